# The frame: words that stand on every page
web-title = { $title } — Mamori
web-title-error = Error: { $title } — Mamori
web-skip = Skip to content
web-menu-open = Open the menu
web-menu = Main menu
web-where = You are here
web-search = Search everything
web-search-hint = Request number, ledger number, name
web-apply = New request
web-notices =
    { $count ->
        [0] Notices
       *[other] Notices, { $count } unread
    }
web-number = { $count }
web-count-unit = { " " }items
web-standing = Capacity
web-theme = Choose light or dark
web-theme-system = Same as this device
web-theme-light = Light
web-theme-dark = Dark
web-cover = The page is covered
web-cover-why = { $count ->
    [one] Nothing was done for one minute, so the page was covered.
   *[other] Nothing was done for { $count } minutes, so the page was covered.
    } Sign in again to go on. What you typed is still on this page.
web-cover-again = Sign in again
web-cover-keep = Keep what I typed and sign in again
web-sign-out = Sign out
web-basis = Clauses behind this page
web-basis-none = No clause asks for this page itself; it is there so that the regulation can be carried out.
web-tagline = Information security portal
web-recorded = Everything done in this system is recorded.
web-printed = Printed { $day }
web-close = Close
web-cancel = Cancel
web-list-comma = { ", " }
web-keys = Keyboard
web-key-search = Go to the search box
web-key-rows = Next or previous row
web-key-open = Open the chosen row
web-key-approve = Approve (asks first)
web-key-return = Send back (asks for the reason)
web-key-refuse = Refuse (asks for the reason)
web-key-help = Open this list
web-keys-note = Keys do nothing while you type.
web-keys-off = Switch off single-letter keys

# Deadlines
date-today = today
date-left =
    { $count ->
        [one] { $count } day left
       *[other] { $count } days left
    }
date-over =
    { $count ->
        [one] { $count } day overdue
       *[other] { $count } days overdue
    }

# Faults of dates and times: why they cannot be read, and how to mend them
date-fault-empty = Enter a date for { $label }
date-fault-unreadable = { $label } cannot be read as a date. Enter it like 2026/4/1 or R8.4.1
date-fault-no-year = { $label } does not say which year { $month }/{ $day } is in. Begin with the year, like R8.{ $month }.{ $day }
date-fault-no-day = { $label } lacks a day. Enter year, month and day, like 2026/4/1 or R8.4.1
date-fault-two-digit-year = The year “{ $year }” in { $label } may be Western or of an era. Enter four digits, like 2026/4/1, or the era, like R8.4.1
date-fault-no-such-day = There is no { $month }/{ $day } that year in { $label }. Check the date
date-fault-no-such-year = { $era ->
    [M] Meiji
    [T] Taisho
    [S] Showa
    [H] Heisei
   *[R] Reiwa
  } has no such year in { $label }. Enter it like 2026/4/1 or R8.4.1
date-fault-outside-era = { $era ->
    [M] Meiji
    [T] Taisho
    [S] Showa
    [H] Heisei
   *[R] Reiwa
  } has no such day in { $label }. For { $western }, enter { $meant }
date-fault-before-solar-calendar = { $label } lies before today’s calendar. Enter a day from 1873/1/1 on
date-fault-wrong-weekday = The weekday in { $label } does not fit the date: { $typed ->
    [Mon] Monday
    [Tue] Tuesday
    [Wed] Wednesday
    [Thu] Thursday
    [Fri] Friday
    [Sat] Saturday
   *[Sun] Sunday
  } was entered, the day is { $actual ->
    [Mon] Monday
    [Tue] Tuesday
    [Wed] Wednesday
    [Thu] Thursday
    [Fri] Friday
    [Sat] Saturday
   *[Sun] Sunday
  }. Check the date
date-fault-has-time = Enter only the date for { $label }, without a time
date-fault-not-yet = { $label } is a day that has not come yet. Enter a day up to today
time-fault-empty = { $label } lacks a time. Enter it like 2026/4/1 9:30, or 9:30
time-fault-unreadable = { $label } cannot be read as a time. Enter it like 9:30 or 14:30
time-fault-no-such-time = The time in { $label } does not lie between 0:00 and 23:59. Check it
time-fault-end-of-day = 24:00 in { $label } is 0:00 of the next day. Enter 0:00 or 23:59
