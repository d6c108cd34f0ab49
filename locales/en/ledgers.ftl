# Ledgers: words that all ledgers share
ledgers-words = Words
ledgers-any = All
ledgers-filter = Filter
ledgers-filter-do = Filter
ledgers-more = More filters
ledgers-from = { $column } (from)
ledgers-to = { $column } (until)
ledgers-view = View
ledgers-kana = Reading
ledgers-kana-all = All
ledgers-as-of = As of
ledgers-as-of-banner = This is the state at the end of { $day }.
ledgers-as-of-now = See the present state
ledgers-as-of-see = See an earlier state
ledgers-as-of-hint = Shows the state at the end of this day.
ledgers-as-of-do = See that day
ledgers-columns = Choose columns
ledgers-columns-do = Show these columns
ledgers-previous = Previous
ledgers-next = Next
ledgers-pages = Pages
ledgers-per-page = Rows per page
ledgers-total =
    { $count ->
        [one] { $count } row
       *[other] { $count } rows
    }
ledgers-total-beyond = { $count } rows or more
ledgers-none = There is nothing here yet.
ledgers-none-found = Nothing matches these filters.
ledgers-show-all = Show all
ledgers-keep-view = Keep this view
ledgers-keep-view-do = Keep
ledgers-view-called = Name of the view
ledgers-view-kept = The view has been kept.
ledgers-view-forgotten = The view has been removed.
ledgers-view-name = Enter a name of at most 40 characters.
ledgers-view-name-taken = You already keep a view of this name. Enter another one.
ledgers-view-too-many = You can keep 20 views. Remove one that you do not use.
ledgers-forget-view = Remove the view "{ $name }"
ledgers-facts = Details
ledgers-history = History
ledgers-history-count =
    { $count ->
        [one] { $count } entry
       *[other] { $count } entries
    }
ledgers-registered = Registered
ledgers-changed = Changed
ledgers-by-portal = The portal (automatic)
ledgers-request = Request
ledgers-requests = Requests behind it
ledgers-requests-none = There are no requests behind it.
ledgers-export = Export
ledgers-export-do = Export to a file
ledgers-export-back = Back to the list
ledgers-export-what = What is exported
ledgers-export-how = File format
ledgers-export-rows = Rows
ledgers-export-recorded = The export is recorded in the event log with person, time and filters.
ledgers-export-proof = Confirm that it is you
ledgers-export-password-hint = For more than 1,000 rows you will be asked for your password once more.
ledgers-export-not-yet = Not exported yet
ledgers-export-too-many = At most { $count } rows can be exported at once. Narrow the list with filters.
ledgers-export-lost =
    { $count ->
        [one] There is { $count } character that Shift_JIS cannot hold.
       *[other] There are { $count } characters that Shift_JIS cannot hold.
    }
ledgers-export-lost-title = Characters that Shift_JIS cannot hold
ledgers-export-character = Character
ledgers-export-count = How often
ledgers-export-where = First place
ledgers-export-times =
    { $count ->
        [one] { $count } time
       *[other] { $count } times
    }
ledgers-export-place = Row { $row }, "{ $column }": { $text }
ledgers-export-accept = Replace them with 〓 and export
ledgers-format-csv = CSV (opens in Excel)
ledgers-format-xlsx = Excel workbook (.xlsx)
ledgers-format-csv-cp932 = CSV (Shift_JIS)
ledgers-format-hint-csv = UTF-8 with byte order mark
ledgers-format-hint-xlsx = Everything as text, leading zeros kept
ledgers-format-hint-csv-cp932 = For older programs
ledgers-past = { $day }, over
