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
web-sign-out = Sign out
web-basis = Why this page exists
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
