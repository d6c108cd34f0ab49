# Account ledger
accounts-nav = Accounts
accounts-nav-password = Initial passwords
accounts-nav-mine = My accounts
accounts-title = Account ledger
accounts-lead = Who has which account, with which rights, on which system
accounts-search-hint = ID, name, number, system, section
accounts-add = Request an account
accounts-account = ID
accounts-system = System
accounts-holder = User
accounts-employee-no = Employee number
accounts-department = Section
accounts-rights = Rights
accounts-level = Level of the right
accounts-kind = Kind
accounts-kind-personal = Personal
accounts-kind-admin = Administrator's
accounts-kind-service = Service
accounts-kind-shared = Shared
accounts-kind-anonymous = Anonymous
accounts-until = Until
accounts-state = State
accounts-state-active = Active
accounts-state-stopped = Stopped
accounts-password-standing = Password
accounts-password-temporary = Still the temporary one
accounts-password-set = Password last changed
accounts-opened = Created on
accounts-opened-by = Created by
accounts-request = Request
accounts-last-request = Latest request
accounts-necessity = Need for the work
accounts-stopped = Stopped on
accounts-stopped-by = Stopped by
accounts-reason = Cause of stopping
accounts-reason-request = Request
accounts-reason-inventory = Inventory
accounts-reason-unused = Unused
accounts-reason-failures = Too many failures
accounts-reason-retirement = Left
accounts-reason-end-of-use = Notice of end of use
accounts-reason-expired = Past its end
accounts-chip-all = All
accounts-chip-ending = Ending within 30 days
accounts-chip-past = Past their end
accounts-task-past =
    { $count ->
        [one] { $count } account is past the end of its use
       *[other] { $count } accounts are past the end of their use
    }
accounts-task-past-why = Ask to stop them, or to extend their use
accounts-task-past-go = Open the list
accounts-chip-beyond = Beyond standard rights
accounts-chip-privileged = Privileged
accounts-chip-without-request = Without a request
accounts-kana = Reading of the user's name
accounts-mine = My accounts
accounts-mine-lead = The IDs and rights that you use
accounts-mine-none = You have no accounts yet.
accounts-ask = Request
accounts-ask-change = Request a change
accounts-ask-end = Give notice of end of use
accounts-ask-stop = Request to stop it
accounts-why-opened = Account created
accounts-why-corrected = Record of the work corrected
accounts-why-changed = Rights changed
accounts-why-stopped = Stopped on request
accounts-why-stopped-inventory = Stopped after an inventory
accounts-why-stopped-unused = Stopped as unused
accounts-why-stopped-failures = Stopped after too many failures
accounts-why-stopped-retirement = Stopped on leaving
accounts-why-stopped-end-of-use = Stopped on notice of end of use
accounts-why-end-undone = Opened again: the notice of end of use came to nothing
accounts-why-end-returned = Opened again: the notice of end of use was returned
accounts-why-stopped-expired = Stopped because its last day was over
accounts-why-right-erased = Right deleted
accounts-why-erased = Deleted
accounts-ended = End of use
accounts-users = Users (shared)
accounts-approved-by = Approved by
accounts-sharing-rule = Rule that allows sharing
accounts-password-state = Password
accounts-password-kept = Changed
accounts-password-due = Password has to be changed
accounts-password-changed = Password changed on
accounts-password-changed-hint = The date only. Never enter the password itself.
accounts-password-changed-title = Enter the date of a password change
accounts-password-changed-lead = When somebody who knows the password leaves, change it, and then enter the day here.
accounts-password-changed-do = Enter the date
accounts-password-changed-done = The date of the password change has been entered.
accounts-chip-shared = Shared
accounts-ask-users = Request other users
accounts-why-shared = Change of users
accounts-why-user-left = A user left
accounts-why-password-changed = Password changed
accounts-mail-password-due = [Action needed] Change the password of the shared ID “{ $account }”
accounts-mail-password-due-body = Somebody who knows the password has left. Change it, and have the day of the change entered. { $href }
accounts-refused-beyond-role = This goes beyond the rights that this role may have
accounts-refused-taken = { $words }
accounts-refused-portal-not-shared = Accounts of this portal itself are never shared.
accounts-refused-no-sharing-rule = No separate rule that allows accounts of this system to be shared is registered.
accounts-refused-same-users = Nothing changes. Enter everybody who is to use it from now on.
accounts-refused-unknown-user = Nobody was found for “{ $typed }”. Enter employee numbers or names, one person to a line.
accounts-refused-several-users = Several people are called “{ $typed }”. Enter the employee number.
accounts-refused-one-system = Choose one system for each request.
accounts-refused-no-approver = Without a recorded approval this cannot be entered.
accounts-refused-right-gone = This account no longer has this right.
accounts-refused-end-under-way = Notice of the end of use of this user ID has already been given ({ $number }).
accounts-refused-last-of-function = Nobody else holds the function of whoever uses this ID, and requests would stand still. Give notice once a successor holds it
accounts-refused-not-of-the-staff = Only the staff of the section gives notice for somebody else. Choose an ID of your own
accounts-refused-last-administrator = This is the last user ID with which somebody can administer the portal. Without it nobody could. Appoint another person to that role first.
accounts-why-released = Released
accounts-refused-already-has = This user already has an account on "{ $system }". To change its rights, use the request to change an account.
accounts-refused-beyond-request = Rights beyond what was requested cannot be set.
accounts-refused-beyond-standard = Enter a reason for more than the standard rights.
accounts-refused-not-apart = Keep administrator rights apart from the account of business duties
accounts-refused-name-taken = This ID is already in use on this system. Enter another one.
accounts-refused-several-owners = One request cannot ask for systems of several owners. “{ $first }” belongs to { $first-owner }, “{ $second }” to { $second-owner }. File another request for one of them.
accounts-refused-under-way = An account on { $system } has already been requested for this person ({ $number }).
accounts-refused-number-of-another = This ID is the employee number of somebody else. Enter another one.
accounts-refused-code-gone = This account has been stopped: its handing over cannot be recorded
accounts-refused-handed-over-early = Enter when it was handed over, after the code was made
accounts-refused-name-of-another = This ID belonged to another user. Enter another one.
accounts-refused-name-shape = Enter an ID of at most 64 letters, digits and marks such as . _ - @, without blanks.
accounts-refused-stopped = This account has been stopped.
accounts-refused-system-retired = This system is no longer in use.
accounts-refused-nothing-changes = Nothing would change. Choose the new rights.
accounts-refused-until-missing = Enter an end date for somebody not permanently employed.
accounts-refused-until-after-leaving = { $label }: the date must not be after the end of employment ({ $day }).
accounts-refused-one-person = Choose one user.
accounts-refused-left = This user has left.
accounts-refused-too-early = It cannot be stopped before { $day }.
accounts-refused-stop-under-way = A request to stop “{ $account }” is already under way ({ $number }). There is no need to ask again
accounts-refused-stop-past = { $label }: enter today ({ $day }) or a later day. If the account is no longer used, ask for today and say in the reason since when
accounts-refused-opened-too-early = It cannot be set up before the start of use ({ $day }).
accounts-refused-change-too-early = It cannot be changed before the day asked for ({ $day }).
accounts-refused-before-hire = { $label }: enter { $day }, when the person was employed, or a later day.
accounts-refused-begun = { $label }: enter { $day } or a later day. An account cannot be said to have been used for more than 31 days.
accounts-refused-one-department = Accounts of different sections cannot be in one request. File one for each section.
accounts-refused-other-department = This account belongs to the section "{ $department }". Choose "{ $department }" as the section; if it is not offered, ask somebody of that section to file.
accounts-refused-right-redefined = The rights of this system were redefined after the request was filed. Return it, and have it filed anew.
accounts-right-standard = Standard right
accounts-right-beyond = Beyond the standard
accounts-right-privileged = Privileged
accounts-right-elsewhere = Privileged: not given on an account of business duties; ask for an ID of its own with the request for it
accounts-rights-asked = Rights asked for
accounts-rights-standard = Standard rights of the work
accounts-code = Activation code
accounts-password = Initial password for another system
accounts-password-lead = Makes an initial password that is hard to guess, for an account on another system.
accounts-password-do = Make an initial password
accounts-password-made = An initial password has been made
accounts-password-once = It is shown on this page only. It is not stored and cannot be shown again.
accounts-notice-management = The account of { $system } is for you alone. Tell nobody the password and do not write it down anywhere. Replace a temporary password when you first use it. Report at once if anybody else may know it.
accounts-notice-access = Open { $system } from a device of your workplace with the ID and password that you were given.
accounts-notice-scope = Your right on { $system } is “{ $rights }”, from { $from }. Access beyond it is not permitted.
accounts-notice-scope-until = Your right on { $system } is “{ $rights }”, from { $from } until { $until }. Access beyond it is not permitted.
accounts-notice-prohibited = Use for anything but the work that it was requested for ({ $reason }), use by others, and acts beyond the right are prohibited.
accounts-reason-leave = Leave or secondment
accounts-after-leaving = Days from leaving to cancellation
accounts-why-stopped-leave = Stopped during leave or secondment
accounts-why-resumed = Active again on return
accounts-refused-need = For those not permanently employed, please fill in: { $label }
accounts-treatment-keep = Keep ({ $rights })
accounts-treatment-change = Change → { $rights }
accounts-treatment-remove = Remove ({ $rights })
accounts-refused-untreated = For each right, say what is to become of it
accounts-refused-stop-after-leaving = The account of somebody who leaves is cancelled by their last day, or today if that day is over
accounts-cancelled = Cancellation final
accounts-mail-end-received = The user ID { $login } was stopped by a notice of end of use
accounts-mail-end-received-body =
    A notice of end of use ({ $number }) for the user ID { $login } was received, and the ID signs in no more.
    If you still use it, tell the section that gave the notice or those who look after the systems. Once the notice is withdrawn, the ID works again as before.
accounts-mail-end-undone = The user ID { $login } can be used again
accounts-mail-end-undone-body =
    The user ID { $login } had been stopped by a notice of end of use ({ $number }). The notice came to nothing, so the ID works again as before.
    The password has not changed.
    Sign in: { $link }
accounts-mail-end-returned-body =
    The user ID { $login } had been stopped by a notice of end of use ({ $number }). The notice was returned to its sender, so the ID works again as before.
    It stops again as soon as the notice is sent again.
    The password has not changed.
    Sign in: { $link }
accounts-mail-unused = Is a notice of end of use due for the user ID { $login }?
accounts-mail-unused-own =
    Nobody has signed in with your user ID { $login } since { $day }.
    If you need it no longer, file a notice of end of use. If you go on using it, no notice is needed; please sign in once.
    { $link }
accounts-mail-unused-head =
    Nobody has signed in with the user ID { $login } since { $day }.
    If it is needed no longer, they or a colleague of the section file a notice of end of use. If it goes on being used, no notice is needed.
    { $link }
accounts-mail-unused-stop = The user ID { $login } will be stopped on { $stop }
accounts-mail-unused-stop-body =
    Nobody has signed in with your user ID { $login } since { $day }.
    Unless you sign in, it will be stopped on { $stop } as unused. Nothing is erased.
    If you go on using it, please sign in once before that day. Once stopped, it is opened again by a request for a new account.
    { $link }
