# Three steps to a visit.
steps-label = Steps
step-time = Time
step-done = (chosen; choose another)
step-whom = For whom
step-confirm = Confirm
whom-title = Who is it for?
whom-me = Me
whom-new = Somebody I care for, who is not in the list
whom-overlap = This person has another visit at that time. Choose somebody else, or another time.
whom-known-only = This practitioner takes this visit for patients who have been here before, and this person has not. Choose somebody else, or call the practice.
whom-new-only = This visit is for people who have never been here, and this person has. Choose somebody else, or another kind of visit.
confirm-offline = No connection. Nothing is lost and nothing was booked twice: press the button again when you are online.
confirm-leaving = { $minutes ->
    [one] If you close this page, the time is kept for one more minute.
   *[other] If you close this page, the time is kept for { $minutes } more minutes.
}
fact-for = For

# A time that could not be had.
taken-others = Book it for somebody else
taken-holds = You hold these times: confirm one or give it back
taken-in-the-way = Your visits and holds at that time
refused-call = Call the practice: { $phone }
refused-others = Other practitioners nearby

# People whom a patient cares for.
people-title = People I care for
people-text = Book for your children or for somebody you look after. Mails about their visits come to you.
people-add = Add somebody
people-add-go = Add
people-added = Added. You can book for this person now.
people-corrected = The changes are kept.
people-ended = You no longer book for this person.
people-back = All people I care for
person-born = born { $date }
person-until = You book for this person until the day of majority, { $date }.
person-of-age = Of age since { $date }: this person books with an account of their own.
person-change = Change
person-save = Keep the changes
person-relation = This person is
person-relation-choose = Please choose
person-majority = For a child this ends at 18.
person-declare = I may book for this person
person-declare-hint = The law asks that it is a child of whom you have custody, that this adult has agreed, or that you represent them legally. We do not check it; your declaration is kept on record.
person-end-title = No longer in my care
person-end-text = You will no longer see { $name }’s visits, nor book for { $name }. The practices keep their records. Cancel visits that are still to come first.
person-end = I no longer book for this person
person-wrong-relation = Choose what this person is to you.
person-wrong-declared = Without this declaration you cannot book for somebody else.
person-wrong-of-age = This person is of age. Choose another relation; they have to agree.
person-wrong-too-many = You care for { $limit } people already. Remove somebody first.
person-wrong-visits = Visits of this person are still to come. Cancel them first.
person-wrong-changed = This was changed in the meantime. Look at it again.
relation-child = my child
relation-ward = a child in my care
relation-partner = my partner
relation-parent = my mother or father
relation-other = another adult

# A visit.
visit-directions = Show the way
visits-subscribe = Subscribe
move-soon = Next free times
move-undo = Undo: back to { $when }
cancel-rule-title = The rule
cancel-rule = You can cancel here until the visit begins, { $when }. It costs nothing here.
cancel-what-happens = The practice sees it at once, you get a mail, and the entry in your calendar is struck.
cancel-late = The visit begins in less than 24 hours. Please call the practice as well, so that somebody else can come.

# The calendar that programs subscribe to.
calendar-title = My visits in your calendar
calendar-text = Your calendar program can follow your visits and those of people you care for: what is booked, moved or cancelled changes there by itself.
calendar-off = It is not switched on.
calendar-on = It is switched on. The address was shown when it was made; a new one ends the old one at once.
calendar-make = Make the address
calendar-renew = Make a new address
calendar-end = Switch it off
calendar-made = Here is the address. It is shown this once.
calendar-ended = It is switched off. The old address shows nothing any more.
calendar-address = Address
calendar-secret = Whoever has this address sees your visits. Give it to nobody.
calendar-open = Open in my calendar
calendar-copy = Copy the address
calendar-copied = Copied

# The account.
nav-account = Account
account-title = My account
account-kept = The changes are kept.
account-email-changed = The address is changed. Mails go there from now on.
account-password-changed = The password is changed, and every other session has ended.
account-sessions-ended = Every other session has ended.
account-profile = About me
account-language = Mails in
account-email-now = You sign in with { $email }, and mails go there.
account-email-new = New e-mail address
account-email-go = Change the address
account-email-taken = This address cannot be used.
account-password-now = Your password
account-password-new = New password
account-password-hint = At least 10 characters. Everybody who is signed in elsewhere is signed out.
account-password-go = Change the password
account-wrong-password = This is not your password.
account-consents = What I agreed to
account-consent-needed = No visit can be booked without it; deleting the account takes it back.
account-sessions = Where I am signed in
account-session-since = Since { $when }
account-session-this = here
account-sessions-end = Sign out everywhere else
account-data = My data
account-export-text = Everything that is known of you, of the people you care for and of your visits, as a file that programs can read.
account-export = Export everything
delete-title = Delete my account
delete-goes = What goes now
delete-goes-account = Your account, your sessions, your agreements and your calendar’s address.
delete-goes-visits = Visits that are still to come are cancelled, and their time is free for others at once.
delete-goes-people = The people you care for, as far as nobody else does.
delete-goes-contact = Your e-mail address and phone number, and the mails we keep.
delete-stays = What has to stay
delete-stays-visits = If you have been at a practice: when and where, with name and date of birth, for { $months } months after the last visit; then it is emptied by itself. Without such a visit nothing of it stays.
delete-stays-practice = The practices have to keep their medical record of you; ask them for how long. Rendez does not have it.
delete-stays-audit = The log of who did what, without names.
delete-export-first = Export everything first
delete-final = This cannot be undone.
delete-go = Delete my account now
delete-keep = Keep it
deleted-title = Your account is deleted
deleted-text = Visits that were still to come are cancelled. Thank you for your trust.
