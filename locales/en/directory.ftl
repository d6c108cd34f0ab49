# Organisation and persons, stand-ins, permission table
directory-nav-people = People
directory-nav-stand-ins = Stand-ins
directory-nav-permissions = Permission table
directory-title = Organisation and people
directory-tree = Departments
directory-persons =
    { $count ->
        [one] { $count } person
       *[other] { $count } people
    }
directory-words = Words
directory-words-hint = Name, reading or employee number
directory-any-department = All
directory-department = Department
directory-standing = Employment status
directory-standing-current = Employed
directory-standing-left = Left
directory-kana = Reading of the name
directory-kana-all = All
directory-none = Nobody matches
directory-none-why = Nobody fits the conditions, or nobody within your reach.
directory-none-all = Clear the conditions
directory-name = Name
directory-number = Employee number
directory-reading = Reading
directory-title-of-post = Post
directory-tiers = Roles
directory-tier = Role
directory-mail = Mail address
directory-telephone = Telephone
directory-telephone-change = Enter the telephone number
directory-telephone-go = Enter the number
directory-telephone-hint = This number is called back when an identity is checked.
directory-telephone-wrong = Enter the telephone number in digits.
directory-telephone-set = The telephone number is entered.
directory-employment = Kind of employment
directory-employment-permanent = Permanent
directory-employment-fixed_term = Fixed term
directory-employment-part_time = Part time
directory-employment-temporary = Temporary agency
directory-employment-contractor = Contractor
directory-joined-on = Joined on
directory-left-on = Left on
directory-owner = Owner of this administration account
directory-facts = Person
directory-posts = Appointments
directory-post-kind = Main or concurrent
directory-post-main = Main
directory-post-concurrent = Concurrent
directory-period = Period
directory-period-of = { $from } to { $last }
directory-stand-ins = Stand-ins
directory-sign-in = Sign-in
directory-sign-in-waiting = Not yet activated
directory-sign-in-active = In use
directory-sign-in-locked = Locked (too many failures)
directory-sign-in-stopped = Stopped
directory-no-sign-in = This person has no sign-in to this portal yet.
directory-login = User ID
directory-last-sign-in = Last sign-in
directory-password-since = Password set
directory-failed = Failures in a row
directory-times =
    { $count ->
        [one] once
       *[other] { $count } times
    }
directory-must-change = Next sign-in
directory-must-change-yes = Password must be changed
directory-locked-at = Locked at
directory-disabled-at = Stopped at
directory-code-until = Activation code valid until
directory-release = Release the lock
directory-release-why = Before the release, check that it is really this person, and record how.

stand-in-title = Stand-ins
stand-in-lead = One person per seat, for up to 31 days. Nobody stands in for a stand-in.
stand-in-new = Enter a stand-in
stand-in-enter = Enter the stand-in
stand-in-post = Seat
stand-in-post-hint = Choose the seat of the person who is away. Seats that grant rights (system administrator) cannot be chosen.
stand-in-post-choice = { $name } ({ $post })
stand-in-seat = { $department } { $tier }
stand-in-holder = Holder
stand-in-person = Stand-in
stand-in-person-hint = Enter the employee number or the name.
stand-in-person-unknown = Nobody has this number or name. Enter the employee number
stand-in-person-several = Two or more people have this name. Enter the employee number
stand-in-from = First day
stand-in-last = Last day
stand-in-last-hint = No more than 31 days, counted from the first day.
stand-in-reason = Reason
stand-in-reason-hint = A trip, a holiday. The holder and the stand-in read it.
stand-in-period = Period
stand-in-state = State
stand-in-state-now = Standing in
stand-in-state-coming = Not yet begun
stand-in-state-over = Over
stand-in-state-ended = Ended early
stand-in-act = Action
stand-in-end = End the stand-in
stand-in-end-question = End that { $name } stands in for { $holder }?
stand-in-end-follows = From now on the stand-in cannot act for this seat. The record stays, and both are told by mail.
stand-in-none = No stand-in has been entered yet
stand-in-none-why = A stand-in keeps approvals going while the holder of a seat is away.
stand-in-entered = The stand-in is entered. Both were told by mail.
stand-in-ended = The stand-in has ended. Both were told by mail.
stand-in-refused-grants-rights = This seat grants rights, so nobody can stand in for it. Add another holder of the seat
stand-in-refused-self = Choose somebody other than the holder
stand-in-refused-outsider = Contractors and vendors cannot stand in for a post of the organisation. Choose one of its own people
stand-in-refused-enterer = You cannot enter yourself as a stand-in. Ask a colleague of the office to enter it
stand-in-refused-order = Set the last day no earlier than the first day
stand-in-refused-past = Set the last day to today or later
stand-in-refused-long = A stand-in lasts up to { $days } days. Set an earlier last day
stand-in-refused-post-ends = The holder's term ends before that. Set an earlier last day
stand-in-refused-taken = Somebody else stands in for this seat on one of these days. End that first, or change the days
stand-in-refused-chain = Nobody stands in for a stand-in. Choose people who are in no other stand-in on these days
stand-in-refused-over = This stand-in is already over.
stand-in-mail-entered = A stand-in was entered ({ $name } for { $holder })
stand-in-mail-ended = A stand-in has ended ({ $name } for { $holder })
stand-in-mail-body =
    { $what }

    Holder: { $holder }
    Stand-in: { $name }
    Period: { $from } to { $last }

    If you know nothing of this, tell the office.

permission-title = Permission table
permission-lead = Who may do what, and how far
permission-lead-own = What you may do, and how far
permission-print = Print
permission-what = What may be done
permission-note = Who answers a request and who carries it out follows from the routes of the adopted regulation. “—” means that it is not allowed. If you cannot see something that you expected, look up your own role in this table.
permission-note-accounts = Whoever applies for a change or a stop also sees the IDs and rights of the user they name, who is of their own department.
permission-reach-own = Own
permission-reach-department = Department
permission-reach-organisation = All
permission-own-settings = See and change one's own settings and sessions
permission-requests-file = File requests
permission-requests-view = See requests
permission-requests-decide = Approve, return or refuse
permission-requests-execute = Carry out approved work
permission-requests-proxy = Enter a signed slip on somebody's behalf
permission-accounts-view = See the account register
permission-accounts-export = Export the account register
permission-systems-view = See the register of information systems
permission-systems-edit = Add to and mend the register of information systems
permission-systems-export = Export the register of information systems
permission-privileged-view = See the register of privileged accounts
permission-privileged-edit = Make entries in the register of privileged accounts
permission-privileged-export = Export the register of privileged accounts
permission-clauses-view = See the clause board
permission-parameters-view = See the values that the regulation fixes
permission-parameters-edit = Enter the organisation's own values
permission-permissions-view = See the permission table
permission-people-view = See departments and people
permission-people-edit = Enter departments, people and appointments
permission-stand-ins-edit = Enter stand-ins
permission-sign-ins-manage = Release locks and issue passwords again
permission-calendar-edit = Enter holidays and closures
permission-audit-view = See the event log
permission-audit-verify = Verify and export the event log
permission-outbox-view = See mails that were sent
permission-jobs-view = See the state of background work
