# The frame of every page.
skip-to-content = Skip to the content
nav-label = Main
nav-visits = My visits
nav-day = The day
nav-sign-in = Sign in
nav-sign-up = Create an account
nav-sign-out = Sign out
nav-mail = Sent mails (demo)
nav-api = For developers
zone-differs = Times are { $zone } time. Your device is set to another zone.
footer = Rendez, open booking for healthcare. In an emergency call 15 or 112.

# A practitioner, as cards show them.
who-languages = Speaks { $languages }
who-telehealth = Video visits
who-known-only = Known patients only

# A visit, as lists and pages show it.
fact-when = When
fact-who = With
fact-what = Visit
fact-where = Where
fact-reason = Reason
fact-zone = { $zone } time
fact-telehealth = By video; the practice sends you the link
visit-confirm = Confirm
visit-move = Move
visit-cancel = Cancel
visit-ics = Add to calendar
visit-again = Book again
status-held = Not confirmed yet
status-booked = Booked
status-arrived = Arrived
status-fulfilled = Took place
status-no-show = Missed
status-cancelled = Cancelled
status-expired = Not confirmed in time

# A time, as people say it.
at-time = { $date } at { $time }
