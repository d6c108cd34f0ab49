# Lists
table-total =
    { $count ->
        [one] { $count } item
       *[other] { $count } items
    }
