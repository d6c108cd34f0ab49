# Lists
table-total =
    { $count ->
        [one] { $count } item
       *[other] { $count } items
    }
table-total-more = { $count } items or more
table-views = Saved views
table-filter = Filter
table-narrow = Filter
table-clear = Clear filters
table-pages = Pages
table-previous = Previous
table-next = Next
