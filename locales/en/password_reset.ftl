# Forgotten passwords: the open page, the identity check, releasing locks
password-reset-nav = Sign-ins
password-reset-title = Request for a new password
password-reset-lead = Use this when you forgot your password or your account is locked. The IT section first makes sure that it is you, for example by calling your number in the register, and then gives you an activation code.
password-reset-send = Send request
password-reset-back = Back to sign-in
password-reset-received = Your request has arrived
password-reset-received-lead = The IT section looks into it and calls back at the contact in the register.
password-reset-received-next = This page does not tell whether the user ID exists. If it is urgent, call the IT section.
password-reset-subject = New password (claimed name: { $name })
password-reset-line-issue = Identity check and new password
password-reset-line-notice = Telling the user
password-reset-code = Activation code (temporary password)
password-reset-register = Personnel register
password-reset-nobody-found = Nobody in the register has the claimed user ID or employee number
password-reset-nobody = Nobody with a sign-in has this employee number. Look it up in the register
password-reset-no-number = No number in the register
password-reset-no-telephone = The register has no telephone number, so a call cannot prove anything. Choose another way
password-reset-other-telephone = Call the number in the register, and enter that number
password-reset-issue-first = First record the identity check and the new password
password-reset-unmatched = Identity not confirmed ({ $method })
password-reset-telephone = Telephone (register)
password-reset-state = State of the sign-in
password-reset-state-active = In use
password-reset-state-locked = Locked (too many failures)
password-reset-state-stopped = Stopped
password-reset-state-waiting = Waits for an activation code
password-reset-words = Words
password-reset-words-hint = User ID, name or employee number
password-reset-login = User ID
password-reset-name = Name
password-reset-number = Employee number
password-reset-department = Department
password-reset-last = Last sign-in
password-reset-none = No sign-in matches
password-reset-none-why = Search by user ID, name or employee number.
password-reset-list-lead = Locked ones come first. Open a locked user ID to record the identity check and release it.
password-reset-release = Release of a lock
password-reset-release-lead = Make sure that it is this person; record how, at which number, with what result and when; then release.
password-reset-release-reason = Reason for the release
password-reset-release-reason-hint = It is kept in the log.
password-reset-release-go = Record the check and release
password-reset-method = How identity was checked
password-reset-contact = Number or place used for the check
password-reset-contact-hint = Use the one in the register, never one that the caller gives.
password-reset-result = Result of the check
password-reset-result-matched = It is that person
password-reset-result-unmatched = It is not
password-reset-checked-on = Day of the check
password-reset-checked-time = Time of the check
password-reset-checked-time-hint = 24 hours, such as 9:05.
password-reset-check-before-lock = Enter a date and time after the lock
password-reset-notice-early = The notice must come after the new password was issued
password-reset-other-person = This is not the person named in the request. Give the reason for issuing it to them
password-reset-released = The lock of { $name } is released.
password-reset-not-released = It is recorded that the identity of { $name } was not confirmed. The lock stays.
password-reset-mail-reissued = Your password was issued again
password-reset-mail-reissued-body =
    On { $day } your password was issued again.
    The old one no longer works, and sessions on other devices have ended.

    If you know nothing of this, call the IT section at once.
password-reset-mail-unmatched = An identity was not confirmed ({ $number })
password-reset-mail-unmatched-body =
    { $subject }

    Somebody may have claimed to be another person. Please look into it.
    { $href }
password-reset-no-mail-server = This portal cannot send mail, so the link cannot be used. Choose handing over in person
password-reset-no-mail = The register has no mail address of this person. Choose handing over in person
password-reset-other-delivery = It was issued to be delivered in another way
password-reset-mail-link = Please set your new password
password-reset-mail-link-body =
    A new password was issued after your identity was checked. Open this link and choose a new password.
    It works once, within { $hours } hours. If you did not ask for it, do not open it and tell the help desk.
    { $link }
