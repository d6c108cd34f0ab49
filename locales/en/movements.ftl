# Personnel changes and what they call for
nav-movements = Personnel changes
movements-title = Personnel changes
movements-lead = Requests to register, change or cancel accounts that hiring, transfer, retirement and secondment call for.
movements-table = Table of personnel changes
movements-none = No personnel change calls for a request.
movements-late = Past their date, no request filed
movements-late-note = No request was filed by the effective date.
movements-not-filed = No request yet
movements-file = File the request
movements-person = Person
movements-person-hint = Employee number or full name.
movements-kind = Personnel change
movements-kind-hire = Hiring
movements-kind-transfer = Transfer
movements-kind-reassignment = New duties
movements-kind-retirement = Retirement
movements-kind-secondment = Secondment
movements-kind-leave = Leave
movements-kind-maternity = Maternity leave
movements-kind-childcare = Childcare leave
movements-kind-return = Return
movements-effective-on = Effective on
movements-effective-on-hint = For a retirement, the last day of employment.
movements-operation = What is needed
movements-operation-register = Register accounts
movements-operation-change = Change accounts
movements-operation-stop = Cancel accounts
movements-department = Section
movements-request = Request
movements-list = Personnel changes
movements-list-note = Until the date shown only to those who head the sections concerned and to those who handle personnel changes.
movements-places = Section
movements-state = State
movements-state-entered = To come
movements-state-applied = In effect
movements-state-cancelled = Cancelled
movements-source-entered = entered
movements-new = Enter a personnel change
movements-new-lead = Posts move at midnight when the date begins; after a retirement, signing in stops when the last day is over. During leave and secondment signing in stops, and it resumes on return.
movements-to = New section
movements-to-tier = New standing
movements-to-title = New post
movements-enter = Enter the personnel change
movements-breaks = { $count ->
    [one] With this change requests would stop or go another way at one place
   *[other] With this change requests would stop or go another way at { $count } places
}
movements-enter-all-the-same = Enter it all the same
movements-vacant = Functions left vacant by this change
movements-vacant-lead = Nobody else holds these functions.
movements-not-yet = Nothing is entered yet: appoint a successor or enter a stand-in first, or enter it now and see to the successor.
movements-cancel = Cancel
movements-cancel-ask = Cancel this change of { $name }?
movements-reason = Reason for cancelling
movements-left-behind = Accounts of leavers not cancelled
movements-left-behind-note = Still active after the last day of employment.
movements-account = Account
movements-system = System
movements-left-on = Last day
movements-since = Overdue
movements-days-over = { $count ->
    [one] { $count } day over
   *[other] { $count } days over
}
movements-entered = The personnel change was entered.
movements-cancelled = The personnel change was cancelled.
movements-refused-far = Please enter a date no more than a year from today.
movements-refused-no-section = This person has no section on record. Enter it first.
movements-refused-to = Please choose the new section and the new standing.
movements-refused-same = This is the present section. Please choose another.
movements-refused-known = This change of this person has already been entered.
movements-refused-person = This does not name exactly one person. Please enter the employee number.
movements-refused-reason = Please give the reason in no more than 200 characters.
movements-refused-applied = This personnel change is already in effect or cancelled.
movements-draft-reason-retirement = Retirement
movements-draft-reason-unneeded = The planned end has come
movements-why-retirement = A retirement is ordered, so the account has to be cancelled.
movements-why-until = The planned end of the account has come.
movements-mail-left-behind = { $count ->
    [one] { $count } account of a leaver not cancelled
   *[other] { $count } accounts of leavers not cancelled
}
movements-kind-unneeded = No longer needed for the work
movements-kind-expiry = Planned end
movements-source-register = From the register
movements-source-portal = Automatic
movements-rights = Review of rights
movements-rights-lead = Rights from before a personnel change for which nobody has said what is to become of them.
movements-unsettled = Not sorted out after the move
movements-unsettled-note = The day of the change is over, and no request to keep, change or remove them has been carried out.
movements-unsettled-none = No rights are left to sort out.
movements-old-rights = Present right
movements-refused-own = You cannot enter a personnel change of your own. Ask a colleague.
movements-refused-tier = A transfer brings somebody to a section as staff or manager. Functions are given in the register, or by an appointment on the person's page
movements-refused-before-joining = The day lies before the day of hiring. Check the date
movements-refused-not-away = No leave or secondment is entered from which this person could return. Enter that first
