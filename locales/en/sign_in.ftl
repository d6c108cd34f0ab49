# Sign-in, activation codes, password reset
sign-in-title = Sign in
sign-in-login = Employee number or user ID
sign-in-password = Password
sign-in-password-not-kept = Do not let the browser or device keep your password.
sign-in-go = Sign in
sign-in-forgotten = Forgot your password
sign-in-by-code = Use an activation code
sign-in-by-password = Sign in with a password
sign-in-activate = Sign in with an activation code
sign-in-activate-lead = The code you received from the administrator works once. You will then choose a new password.
sign-in-code = Activation code
sign-in-code-hint = Example: 7K3M-Q2XA-… (24 letters; capitals and hyphens do not matter)
sign-in-link = Set a new password
sign-in-link-lead = This link works once, until its time is over. Sign in with it and choose a new password.
sign-in-wrong-link = This link has been used already, or its time is over. Ask for a new one.
sign-in-wrong = The user ID or the password is wrong, or cannot be used now. After several wrong tries you have to wait, and in the end the account is locked.
sign-in-locked = { $words }.
sign-in-wrong-code = The user ID or the activation code is wrong, or cannot be used now. If it has expired, ask for a new one.
sign-in-ended-idle = You were signed out because nothing was done for { $count ->
    [one] one minute
   *[other] { $count } minutes
}
sign-in-ended-absolute = You were signed out because you signed in { $count ->
    [one] one hour
   *[other] { $count } hours
} ago
sign-in-ended-too-many = You were signed out here because you signed in elsewhere
sign-in-ended-changed = You were signed out because your rights or your user ID changed
sign-in-ended-password = You were signed out because your password was changed
sign-in-ended-disowned = All sessions were ended because a sign-in was not yours
sign-in-ended-owner = You ended this session from another device
sign-in-comes-back = Once you have signed in, you return to the page you wanted.
sign-in-stop = {". "}
sign-in-left = You are signed out
