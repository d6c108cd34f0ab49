# Own password and sessions, and what may be refused to those who keep sign-ins
people-back-home = Back to home
people-refused-has-sign-in = This person can already sign in
people-refused-login-taken = The user ID “{ $login }” is taken. Enter another one
people-refused-identity-check = Record the identity check
people-refused-not-recognised = The person was not recognised, so nothing can be issued
people-refused-check-future = The time of the check must lie in the past
people-refused-not-locked = This user ID is not locked
people-refused-stopped = This user ID has been stopped. An account request is needed to use it again
people-refused-oneself = You cannot handle your own user ID. Another system administrator has to do it
people-letter-locked = A user ID is locked. Please look into it
people-mail-locked = The user ID of { $name } is locked
people-mail-locked-body =
    A user ID was locked after repeated failures. Check the identity before releasing it.
    { $link }
people-mail-locked-section =
    The user ID of somebody in your section was locked after repeated failures. See in the portal whose it is, and ask them whether it was they who tried.
    It is released on their request, with a reason, by those responsible in the section that owns the portal.
people-mail-password-due = Change your password by { $day }
people-password-title = Change password
people-password-title-forced = Change your password
people-password-lead = Changing it signs you out everywhere else.
people-password-lead-first = Your activation code was accepted. Choose a new password to go on.
people-password-expired = The password has passed its date for changing
people-password-lead-expired = { $words }. Until it is changed, no other page opens.
people-password-lead-disowned = You said that a sign-in from another terminal was not yours, so the former password counts no longer. No other page opens before a new one is chosen.
people-password-set-on = The present password was set on { $day }.
people-password-due = Your password must be changed by { $day }.
people-password-current = Current password
people-password-new = New password
people-password-again = New password again
people-password-again-hint = You may paste it.
people-password-rules = What a password must be like
people-password-go = Change and go on
people-password-changed = Your password has been changed
people-password-differs = Enter the new password once more, exactly the same
people-password-current-wrong = The current password is wrong, or cannot be used now
people-password-rule-length = { $count ->
    [one] At least { $count } character
   *[other] At least { $count } characters
    }
people-password-rule-classes = At least one of each: { $classes }
people-password-rule-guessable = No common words, employee number, names, user ID, section or organisation, and no date that could be a birthday
people-password-rule-history = { $count ->
    [one] Not the last one
   *[other] None of the last { $count }
    }
people-password-rule-history-all = Differs from every former one
people-password-class-between = {", "}
people-password-class-letter = letter
people-password-class-upper = upper case
people-password-class-lower = lower case
people-password-class-digit = digit
people-password-class-special = special character
people-password-class-symbol = symbol
people-password-broken-short = { $count ->
    [one] Use at least { $count } character
   *[other] Use at least { $count } characters
    }
people-password-broken-long = { $count ->
    [one] Use at most { $count } character
   *[other] Use at most { $count } characters
    }
people-password-broken-class = Include at least one { $classes }
people-password-broken-classes = Include at least one of each: { $classes }
people-password-broken-common = This password is easy to guess. Combine other words
people-password-broken-context = This password is easy to guess: it contains “{ $word }”. Use another word instead
people-password-broken-date = This password is easy to guess: it contains the date { $word }. Use another word instead
people-password-broken-reused = { $count ->
    [one] Your last password cannot be used again
   *[other] Your last { $count } passwords cannot be used again
    }
people-password-broken-reused-all = A password used before cannot be used again
people-password-broken-temporary = Choose a password other than the temporary one (activation code)
people-sessions = Where you are signed in
people-sessions-idle = { $count ->
    [one] Ends after { $count } minute without use
   *[other] Ends after { $count } minutes without use
    }
people-sessions-most = { $count ->
    [one] { $count } at a time
   *[other] Up to { $count } at a time
    }
people-session-agent = Browser
people-session-source = From
people-session-since = Signed in
people-session-seen = Last used
people-session-until = Ends at the latest
people-session-this = This one
people-session-end = End it
people-session-ended = The session has been ended
elsewhere-title = Simultaneous sign-ins
elsewhere-lead = When one user ID was in use at two terminals at the same time.
elsewhere-none = There were no simultaneous sign-ins
elsewhere-none-why = A sign-in from another terminal while the user ID is in use is listed here; its user and you are told.
elsewhere-person = User
elsewhere-at = Found
elsewhere-came = From
elsewhere-there = Terminal that was signed in before
elsewhere-answer = Answer of the user
elsewhere-unanswered = Not answered
elsewhere-answer-own = It was me
elsewhere-answer-not-own = It was not me
elsewhere-not-own-follows = All sessions end at once, and the present password counts no longer: you apply for a new one.
elsewhere-not-own-follows-alone = All sessions end at once, and the present password counts no longer. Since nobody else can sign in as an administrator now, no page can issue a new one: on the machine of the portal, `mamori admin reset` with your login prints an activation code after the identity check. Make sure that somebody can reach that machine before you answer.
elsewhere-heading = There was a sign-in from another terminal
elsewhere-question = { $at }: somebody signed in with your user ID from { $came }, while it was in use at { $there }. Was it you?
elsewhere-go = Answer
elsewhere-owned = Your answer has been recorded
elsewhere-disowned = All sessions have been ended, and the password counts no longer. Apply for a new one below, under “Forgot your password”.
elsewhere-disowned-alone = All sessions have been ended, and the password counts no longer. Nobody else can sign in as an administrator, so no page can issue a new one: run `mamori admin reset` on the machine of the portal after the identity check, and enter the code that it prints under “Begin with an activation code”.
elsewhere-refused-answered = This has been answered already.
elsewhere-mail = There was a sign-in from another terminal
elsewhere-mail-body =
    { $at }: somebody signed in with your user ID from { $source } ({ $browser }), while it was in use at another terminal.

    Please say on this page whether it was you. If it was not, all sessions end, and the present password counts no longer.

    { $href }
elsewhere-letter-watch = Simultaneous sign-in. Please look into it
elsewhere-mail-watch = Simultaneous sign-in ({ $name })
elsewhere-mail-watch-body =
    A user ID was in use at two terminals at the same time. See in the portal whose it is.

    Found { $at }
    From { $source } ({ $browser })

    { $href }
elsewhere-letter-disowned = “It was not me”: please act on it
elsewhere-mail-disowned = “It was not me” ({ $name })
elsewhere-mail-disowned-body =
    Somebody says that a simultaneous sign-in was not theirs. All sessions have been ended, and the password counts no longer. A new one is to be issued after the identity check.

    { $href }
elsewhere-mail-alone = Nobody can sign in as an administrator any more
elsewhere-mail-alone-body =
    An administrator said of a simultaneous sign-in that it was not them, so their password counts no longer. Nobody else can sign in as an administrator, and no page can issue a new password.

    On the machine of the portal, after the identity check, run this command. It prints an activation code.

    mamori admin reset { $login } --method "in person" --contact "number or place used"
pledge-title = Pledge about user ID and password
pledge-lead = Do you pledge to keep to this? Your answer is kept with its time.
pledge-answer = Answer
pledge-answer-given = I pledge it
pledge-answer-declined = I do not pledge it
pledge-go = Answer
pledge-given = Your pledge has been recorded
pledge-declined = It has been recorded that you do not pledge it
pledge-given-on = Last answer: pledged ({ $day })
pledge-declined-on = Last answer: not pledged ({ $day })
people-step-up = Enter your password once more
people-step-up-export = Exporting more than 1,000 rows needs your password once more.
people-step-up-unlock = Releasing a locked user ID needs your password once more.
people-step-up-reissue = Issuing a new password needs your password once more.
people-step-up-rights = Entries that touch rights need your password once more.
people-step-up-settings = Changing a value of the organisation needs your password once more.
people-step-up-log = Exporting the event log needs your password once more.
people-step-up-go = Go on
people-own-password = Your own password
people-own-password-wrong = The password is wrong, or cannot be used now
