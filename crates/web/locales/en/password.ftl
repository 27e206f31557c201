# A password that was forgotten, and the account of those who work here.
forgotten-link = Forgotten your password?
forgotten-title = Forgotten your password
forgotten-text = Write the e-mail address with which you sign in. We send a link to it, with which you choose another password.
forgotten-go = Send me the link
forgotten-sent = If there is an account with this address, a mail is on its way; the link is good for one hour.
forgotten-back = Back to signing in
new-password-title = Choose a new password
new-password-text = Keeping it signs you in here and signs out everybody who is signed in to this account elsewhere.
new-password-go = Keep it and sign in
link-over-title = This link counts no more
link-over-text = A link to choose a password counts once, for one hour, and only until another password is chosen. Ask for a new one.
link-over-again = Send me a new link
forgotten-mail-subject = Choose a new password for Rendez
forgotten-mail-body =
    Hello,

    somebody, probably you, has asked for a new password for the account with this address on Rendez. Open this link and choose one:

    { $link }

    The link counts once, and for one hour. If it was not you, ignore this mail: your password stays as it is.
work-account-email = You sign in with { $email }.

# The trail.
trail-nobody = Somebody who was not signed in
trail-account-forgotten = asked for a link to choose another password
trail-account-password = changed the password
trail-account-sessions = signed out everywhere else
