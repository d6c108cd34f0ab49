# Regulations: the clause board, a clause, the values
nav-clauses = Clauses and evidence
nav-parameters = Values of the regulation
regulations-board = Clauses and evidence
regulations-values = Values of the regulation
regulations-clauses =
    { $count ->
        [one] { $count } clause asks for something
       *[other] { $count } clauses ask for something
    }
regulations-print = Print
regulations-narrow = Filter
regulations-narrow-go = Filter
regulations-words = Words
regulations-words-sample = Clause or words (4.1.1, account)
regulations-all = All
regulations-on = As of
regulations-nothing = No clause matches.
regulations-show-all = Show all clauses
regulations-clause = Clause
regulations-duty = What is owed
regulations-holder = Owed by
regulations-kind = Mechanism
regulations-latest = Latest evidence
regulations-next = Next due
regulations-state = State
regulations-any-time = As needed
regulations-by-portal = The portal
regulations-until = until { $day }
regulations-section-note = { $kept } of { $asking } clauses kept
regulations-section-alarming = { $count } overdue or never done

regulations-state-kept = Kept
regulations-state-due = Due
regulations-state-overdue = Overdue
regulations-state-never = Never done
regulations-state-no-case = No case
regulations-state-excepted = Excepted
regulations-state-not-applicable = Not applicable
regulations-state-other-route = Another route
regulations-other-route = Not counted: by the routes in operation others apply, decide or carry it out than this clause names
regulations-state-waiting = In preparation
regulations-state-no-duty = No duty
regulations-state-not-in-force = Not yet in force

regulations-kind-workflow = Request and decision
regulations-kind-ledger = Ledger
regulations-kind-record = Record
regulations-kind-schedule = Recurring duty
regulations-kind-setting = Setting
regulations-kind-notice = Notice
regulations-kind-document = Document
regulations-kind-attest = Self-check
regulations-kind-none = Aim or definition

regulations-level = How binding
regulations-level-must = Must
regulations-level-effort = Should endeavour to
regulations-level-may = May
regulations-level-prohibit = Must not
regulations-level-info = Aim or definition (no duty)

regulations-place = Place in the text
regulations-article-here = Article in this organisation
regulations-article = Article { $number }
regulations-here = here { $article }
regulations-applicant = Who applies
regulations-approvers = Who decides
regulations-either = { " or " }
regulations-executor = Who carries it out
regulations-notify = Who is told
regulations-interval = Interval
regulations-deadline = Deadline
regulations-controls = ISO/IEC 27001:2022 Annex A
regulations-facts = About this clause
regulations-neighbours = Clauses before and after
regulations-fields = What is recorded or considered
regulations-portal = What the portal does
regulations-mechanisms = Mechanisms in operation
regulations-no-mechanism = None yet
regulations-waits-for = In preparation
regulations-evidence = Evidence
regulations-no-evidence = No evidence yet. Records appear here as soon as the mechanism acts.
regulations-record = Record
regulations-mechanism = Mechanism
regulations-when = When
regulations-who = Who
regulations-refused = Refused by the rule
regulations-turned-down = Turned down
regulations-not-confirmed = Identity not confirmed
regulations-failed = Not successful
regulations-more = Show older evidence

regulations-room-duties = Recurring duties
regulations-room-servers = Servers and privileged accounts
regulations-room-network = Management of the network
regulations-room-logs = Log register and log analysis
regulations-room-second-factor = Second factor
regulations-room-documents = Document register
regulations-room-incidents = Incident records
regulations-room-privileged = Privileged and shared accounts
regulations-room-people = Personnel, functions and designation
regulations-room-reports = Reports of problems
regulations-room-routes = Routes of requests (permission line by line, owning section, report of work)
regulations-room-login = Sign-in and protection of the screen
regulations-room-assets = Register of information assets
regulations-room-vendors = Registers of contractors and development

regulations-mechanism-account-register = Request for a new account
regulations-mechanism-account-least-rights = Check of least rights
regulations-mechanism-account-ledger-created = Entry in the account ledger
regulations-mechanism-account-initial-password = Generation of the initial password
regulations-mechanism-account-handover = Handing over the initial password, and its receipt
regulations-mechanism-account-change = Request to change an account
regulations-mechanism-account-ledger-changed = Change recorded in the account ledger
regulations-mechanism-account-stop = Request to stop an account
regulations-mechanism-account-share = Request for a shared account
regulations-mechanism-account-ledger-shared = Ledger of shared accounts
regulations-mechanism-account-ledger-stopped = Stop recorded in the account ledger
regulations-mechanism-password-rules = Check of password length and characters
regulations-mechanism-password-max-age = Regular change of passwords
regulations-mechanism-password-history = No re-use of passwords
regulations-mechanism-password-first-change = Password change at first sign-in
regulations-mechanism-password-lock = Lock after repeated failures
regulations-mechanism-password-reset = New password on request
regulations-mechanism-password-identity-check = Identity check before a new password
regulations-mechanism-session-elsewhere = Simultaneous sign-ins and the user's answer
regulations-mechanism-person-pledge = Pledge about user ID and password
regulations-mechanism-portal-log = The portal's own event log
regulations-mechanism-privileged-ledger = Entry in the register of privileged accounts
regulations-mechanism-privileged-grant = Request to grant administrator rights
regulations-mechanism-privileged-expiry = End and withdrawal of rights
regulations-mechanism-privileged-order = Instruction to use administrator rights, given by the office itself
regulations-mechanism-privileged-use = Instruction to use administrator rights
regulations-mechanism-privileged-record = Entry in the record of privileged work
regulations-mechanism-privileged-secret = Change of administrator secrets
regulations-mechanism-role-assignment = Assignment of roles
regulations-mechanism-personnel-movement = Personnel changes
regulations-mechanism-personnel-table = Requests called for by personnel changes

regulations-org-defined = Procedures set by the organisation
regulations-org-defined-note = The regulation says nothing of these. They are not counted as evidence.
regulations-value-name = Item
regulations-value = Value
regulations-source = Source
regulations-source-organisation = Set by the organisation
regulations-source-organisation-of = Set by the organisation ({ $of })
regulations-source-base = Base value of the portal
regulations-value-since = In force since
regulations-last-check = Last self-check
regulations-check-failed = Not working
regulations-last-refusal = Last refusal
regulations-value-edit = Change
regulations-value-history = History of values set by the organisation
regulations-value-to-come = from { $day }: { $value }
regulations-value-now = Value now: { $value }
regulations-value-enter = Set this value
regulations-value-entered = The value of “{ $name }” was recorded
regulations-in-force-since = in force since { $day }
regulations-in-force-later = On this day the regulation is not in force; it comes into force on { $day }.
regulations-effective-on = In force from
regulations-reason = Reason
regulations-reason-hint = Say who decided it and what for. Up to 200 characters.
regulations-generations-hint = A number, or "all".
regulations-numbers-hint = Separate the numbers with commas: 14, 7, 1.
regulations-period-hint = For example “3 months”, “1 year” or “14 days”; “none” for no limit.
regulations-words-hint = One on each line.
regulations-lock-minutes = Until some time has passed
regulations-minutes = Minutes
regulations-value-weaker = A value weaker than the one fixed by { $clause } cannot be entered; a stricter one can. To make it weaker, the regulation must be amended.
regulations-value-also = { $source }: { $value } (kept as well)
regulations-value-gave-way = { $source }: { $value } (gave way to the stricter value)
regulations-value-waits = Of what the clause asks for, “{ $room }” is still to come
regulations-value-unused = Nothing acts on this value before “{ $room }” has come
regulations-values-to-come = Values to come
regulations-waiting-values = Left to the organisation by the text, and not needed yet
regulations-waiting-value = { $clause }: nothing acts on it before “{ $room }” has come
regulations-to-come-second-factor-tiers = Who signs in with two factors, and to what
regulations-to-come-rights-review = How often accounts and rights are reviewed
regulations-to-come-operating-hours = Operating hours of systems
regulations-to-come-log-review = How often logs are reviewed
regulations-to-come-diary-retention = How long the operation diary is kept
regulations-to-come-emergency-ratification = Time for ratifying what was done in an emergency
regulations-to-come-privacy-viewing = Permission to view and write out personal and important data
regulations-to-come-contractor-rights = What the staff of contractors may be given
regulations-value-apart = { $source }: { $value } (no value keeps both: that of the operating regulation holds)
regulations-edition = { $title }, version { $version }
regulations-as-of = This is the clause as it was in force on { $day }.
regulations-adopted = Adopted regulations
regulations-adoptions = Adoption of regulations
regulations-value-past = Enter today or a later day
regulations-value-reason = Enter the reason
regulations-value-bounds = Enter a value within the range of this item
regulations-value-looser = { $change } (looser than today)
regulations-value-range = Enter a number from { $least } to { $most }
regulations-value-demanded = { $clause } demands it, so it cannot be left out. Enter a value
regulations-effective-before-approval = The day it comes into force cannot lie before its approval
regulations-blanks-left = Blanks of the text are not filled ({ $names }). Fill all of them before it is adopted
regulations-adopted-that-day = A regulation is already adopted from that day on. Please check the day it comes into force
regulations-adopted-to-come = This regulation is already adopted, from { $day }. To choose another day, take that adoption back first
regulations-in-force-already = It is in force already and cannot be taken back
regulations-taken-back-already = This adoption was taken back already

regulations-parameter-password-min-length = Least length of a password
regulations-parameter-password-classes = Kinds of characters in a password
regulations-parameter-password-max-age = Lifetime of a password
regulations-parameter-password-reminders-days = Notice before a password expires
regulations-parameter-password-history = Former passwords that cannot be used again
regulations-parameter-password-change-at-first-logon = Change at first sign-in
regulations-parameter-activation-hours = Lifetime of an activation code
regulations-parameter-password-forbidden-words = Words no password may contain (added here)
regulations-parameter-password-autocomplete = Browsers may keep the password
regulations-parameter-lock-after = Failures in a row until an account is locked
regulations-parameter-lock-mode = Release of a locked account
regulations-parameter-idle-minutes = Signed out when idle for
regulations-parameter-absolute-hours = Longest time signed in
regulations-parameter-sessions-per-person = Devices at the same time (person)
regulations-parameter-sessions-per-admin = Devices at the same time (administration account)
regulations-parameter-admin-separate-account = Administration pages only for administrators’ own IDs
regulations-parameter-capacity-each-act = Whoever holds several functions chooses one with each act on a request
regulations-parameter-log-notice = Notice of recording on the sign-in page
regulations-parameter-identity-check-methods = Ways of checking identity
regulations-parameter-account-unused-limit = Unused accounts are stopped after
regulations-parameter-administrators-per-system = Least number of administrators of each system
regulations-parameter-owning-section-reads = The section that owns a system sees its accounts, those of other sections too
regulations-parameter-servers-on-premises = The organisation installs and manages servers of its own
regulations-applies-if = Applies only if
regulations-applies-if-is = { $name }: { $value }
regulations-parameter-log-retention = How long the event log is kept

regulations-class-letter = letters
regulations-class-upper = capital letters
regulations-class-lower = small letters
regulations-class-digit = digits
regulations-class-special = special characters
regulations-class-symbol = symbols
regulations-yes = Yes
regulations-no = No
regulations-all-generations = All
regulations-no-limit = None
regulations-no-classes = Any
regulations-until-released = When an administrator releases it
regulations-unit-characters =
    { $count ->
        [one] { $count } character
       *[other] { $count } characters
    }
regulations-unit-times =
    { $count ->
        [one] once
       *[other] { $count } times
    }
regulations-unit-minutes =
    { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
regulations-unit-hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
regulations-unit-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
regulations-unit-people =
    { $count ->
        [one] { $count } person
       *[other] { $count } people
    }
regulations-unit-sessions =
    { $count ->
        [one] { $count } device
       *[other] { $count } devices
    }
regulations-period-years =
    { $count ->
        [one] { $count } year
       *[other] { $count } years
    }
regulations-period-months =
    { $count ->
        [one] { $count } month
       *[other] { $count } months
    }

nav-adoptions = Adoption of regulations
regulations-adoptions-lead = The regulation under which the portal runs, and those followed besides. What comes into force later changes nothing before its day.
regulations-title = Regulation
regulations-role = What it does here
regulations-role-operating = Operating
regulations-role-tracked = Followed besides
regulations-in-force-on = Comes into force on
regulations-in-force-on-hint = Today or later. On a later day it takes effect at midnight.
regulations-approved-on = Approved on
regulations-approved-by = Approved by
regulations-approved-by-hint = The body or office that approved the regulation. Up to 100 characters.
regulations-approval = Approval
regulations-entered = Entered
regulations-coming = Still to come into force
regulations-coming-note = May be taken back until the day before
regulations-comes-once = To choose another day, take this adoption back first.
regulations-comes-into-force = This regulation comes into force on { $day }.
regulations-faulty = Files that cannot be read
regulations-faulty-note = Not to be adopted before they are mended and the portal was started again
regulations-known = Regulations that can be adopted
regulations-issuer = Issued by
regulations-amends = Amended version
regulations-further = Another regulation
regulations-adoption-history = History of adoptions
regulations-taken-back = Taken back: { $by } ({ $reason })
regulations-side-by-side = Old and new side by side
regulations-no-difference = The clauses do not differ.
regulations-old = In force now
regulations-new = As amended
regulations-change-added = Added
regulations-change-removed = Removed
regulations-change-changed = Changed
regulations-impact = What its adoption changes
regulations-impact-on = If it comes into force on { $day }
regulations-impact-none = Requests, titles, values and mechanisms stay as they are.
regulations-impact-overruled = Values of the organisation that cease to hold
regulations-impact-values = Values that change
regulations-impact-kinds = Requests and routes that change
regulations-impact-under-way = Requests under way (they keep the form and route under which they were filed)
regulations-impact-titles = Titles that change
regulations-impact-mechanisms = Mechanisms that are evidence for clauses
regulations-impact-holes = To be looked into before it is adopted
regulations-requests = { $count ->
    [one] { $count } request
   *[other] { $count } requests
}
regulations-none = none
regulations-kind-renamed = Name: { $old } → { $new }
regulations-route-old = Route now: { $route }
regulations-route-new = New route: { $route }
regulations-form-changes = The questions of the form change
regulations-kind-changes = Details of the form change
regulations-kind-begins = Can be filed from then on
regulations-kind-ends = Cannot be filed any more
regulations-by-applicant = the applicant
regulations-by-person = the person concerned
regulations-mechanism-begins = { $name }: becomes evidence for clauses
regulations-mechanism-ceases = { $name }: is no longer evidence for clauses
regulations-mechanism-account-end = Notice of end of use
regulations-mechanism-account-erased = Rights erased after a notice
regulations-mechanism-problem-report = Report of a password problem
regulations-mechanism-request-report = Report of the work and its confirmation
regulations-hole-vacant = { $name }: nobody holds this office
regulations-hole-waiting = { $count ->
    [one] { $count } clause waits for a mechanism to come
   *[other] { $count } clauses wait for mechanisms to come
}
regulations-hole-none = { $count ->
    [one] { $count } clause without a mechanism
   *[other] { $count } clauses without a mechanism
}
regulations-adopt = Enter the adoption
regulations-adopt-lead = Enter it as it was approved. The blanks of the text and the values that it leaves to the organisation are all filled before it is adopted.
regulations-adopt-go = Adopt this regulation
regulations-adoption-locks-out = Under this regulation the pages of administration open to administrator IDs only. Nobody has one, and the operating regulation has no request for it, so that nobody could administer the portal from that day on. Adopt a regulation that grants administrator rights as the operating one.
regulations-adopted-now = The adoption of “{ $name }” was entered
regulations-blank-hint = A date that the text leaves blank.
regulations-approval-to-come = The approval cannot lie after today
regulations-in-force-past = It can come into force today or later
regulations-take-back = Take the adoption back
regulations-take-back-lead = It is not in force yet and can be taken back. That it was, and why, stays in the history.
regulations-take-back-go = Take the adoption back
regulations-taken-back-now = The adoption of “{ $name }” was taken back
