# Filing many requests: each row of a table becomes one request
filing-link = File many from a table
filing-title = Many at once: { $form }
filing-short = Many at once
filing-lead = Each row of the table becomes one request. Reading the table files nothing; you see the faulty rows first.
filing-file-hint = CSV (UTF-8 or Shift JIS), tab-separated or Excel (.xlsx). The first row names the questions, the rows below answer them. At most 200 rows.
filing-look = Read and check
filing-columns = What the table holds
filing-blank = Empty table (CSV)
filing-head = Column
filing-needed = Needed
filing-how = How to fill it in
filing-required = Required
filing-sometimes = Sometimes
filing-optional = Optional
filing-how-text = Text
filing-how-date = A date (2026/4/1, R8.4.1 and the like)
filing-how-moment = A date with a time (2026/4/1 9:00 and the like)
filing-how-period = the first and the last day (2026/4/1~2027/3/31)
filing-how-time-band = when it begins and ends (9:00~17:15)
filing-how-number = A number
filing-how-yes-no = Yes or no
filing-how-person = The employee number, or the name where nobody else has it
filing-how-department = The code or name of a section; blank means your main one
filing-how-row = The name as the form offers it
filing-how-rows = The names as the form offers them, several with commas between
filing-how-rights = "System: right", several with commas between
filing-how-choice = One of: { $choices }
filing-rows = Rows of the table
filing-subject = About
filing-state = Number, or what was found
filing-ready = Can be filed
filing-waits = Nothing is filed yet. The table is thrown away unless it is filed by { $day }.
filing-over-lead = The table was filed. Correct the rows that were left and read them in as another table.
filing-count-ready = To be filed: { $count }
filing-count-faulty = Faulty: { $count }
filing-count-filed = Filed: { $count }
filing-without-faulty = { $count ->
    [one] 1 faulty row is not filed. Correct the table and read it again.
   *[other] { $count } faulty rows are not filed. Correct the table and read it again.
 }
filing-file = { $count ->
    [one] File 1 request
   *[other] File { $count } requests
 }
filing-none = No row can be filed. Correct the table and read it again.
filing-discard = Throw this table away
filing-discarded = The table was thrown away. Nothing was filed.
filing-filed = Requests filed: { $what }.
filing-another = Read another table
filing-twice = This says the same as row { $row }. One request is not filed twice
filing-refused-empty = There is no row to be filed. The first row names the questions, the rows below answer them.
filing-refused-rows = Too many rows ({ $count }). Split the table into parts of at most { $most }.
filing-refused-heads = The first row does not name any question. Use the names of the columns on this page.
filing-refused-filed = This table has been filed already.
