notices-title = Notices
notices-lead = What is unread comes first. Opening a notice, or “Mark as read”, makes it read.
notices-none = There are no notices
notices-read = Mark as read
notices-read-this = Mark as read: { $what }
notices-read-all = Mark all as read
notices-all-read = All notices are marked as read
notices-state-read = Read
notices-state-over = Settled
notices-part-waiting = Waiting for you
notices-part-due = Due
notices-part-news = To know
notices-settings = Mail preferences
notices-settings-lead = Every notice can be read in this portal. Here you choose what you want by mail as well.
notices-choice-digest = Morning mail
notices-choice-hint-digest = At { $at } on business days your unread notices are sent in one mail. None is sent on days off, or when there is nothing to say.
notices-choice-returns = Mail about returns and refusals
notices-choice-hint-returns = Sent at once when something comes back to you. Otherwise it is part of the morning mail.
notices-choice-urgent = Mail about what is overdue or pressed for
notices-choice-hint-urgent = Sent at once when a day has passed or somebody reminds you. Otherwise it is part of the morning mail.
notices-always = Mail about information security (sign-ins, passwords, locked IDs, irregularities in the event log) cannot be switched off. It is always sent at once.
notices-keep = Keep this choice
notices-chosen = Your mail preferences were changed
notices-digest-subject = [Mamori] { $day }: { $what }
notices-digest-heading = { $part }: { $count }
notices-digest-between = {", "}
notices-digest-section = ■ { $heading }
notices-digest-line = - { $what }
notices-digest-more = { $count } more
notices-digest-foot =
    All notices
    { $all }
    Stop this mail or change what you receive
    { $settings }

notices-circulated = Circulated to you and unread: { $count }
