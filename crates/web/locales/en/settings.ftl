# The practice's pages.
practice-nav = The practice
practice-houses = Practice
practice-nav-agenda = Agenda
practice-nav-patients = Patients
practice-nav-hours = Hours
practice-nav-visit-types = Visit types
practice-nav-staff = Staff
practice-nav-trail = Trail
date-numbers = { $day }/{ $month }/{ $year }

# What editors have in common.
settings-wrong = Please look at these again:
settings-preview = Preview
settings-preview-hint = Nothing is saved yet: first you see what would change.
settings-save = Save
settings-save-or = Or change something below and look again.
settings-look-again = You changed something since the preview. Look at this one, then save.
settings-back = Back
wrong-number = Write a whole number from { NUMBER($least, useGrouping: 0) } to { NUMBER($most, useGrouping: 0) }.
wrong-time = Write a time such as 09:00.
wrong-date = Write a date, or leave this empty.
wrong-moment = Write a date and a time.
wrong-weekday = Choose a day of the week.
wrong-choice = Choose one of these.
wrong-location = Choose one of your locations.
wrong-zero-length = The end must differ from the start. For a whole day write 00:00 twice.
wrong-weeks-from = Say from which date on the weeks are counted.
wrong-until = The last day must not come before the first.
wrong-end = The end must come after the start.
wrong-past = This is over already.
wrong-too-far-apart = An absence lasts at most 366 days.
wrong-room = Write a short name in small letters, such as x-ray.

# The preview of a change.
preview-title = What would change
preview-lead = In the next two weeks patients could book:
preview-before = (now: { $slots })
preview-slots = { $count ->
    [0] no times
    [one] 1 time
   *[other] { $count } times
}
preview-none-struck = No booked visit would be left outside.
preview-struck = { $count ->
    [one] One booked visit would be left outside
   *[other] { $count } booked visits would be left outside
}
preview-struck-text = They stay booked until you move or cancel them: open each, or keep them as they are.
preview-kept = { $count ->
    [one] One visit of this kind is booked
   *[other] { $count } visits of this kind are booked
}
preview-kept-text = They keep the length and the place that they were booked with.
preview-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}
preview-why-outside = outside the hours
preview-why-closed = in a closure
preview-why-holiday = on a public holiday
preview-why-away = in an absence
preview-why-elsewhere = at another place
preview-why-not-offered = no longer offered

# Opening hours.
hours-title = Opening hours
hours-saved = The opening hours are saved.
hours-changed-meanwhile = Somebody saved other hours while you were editing. Look at the difference: saving now replaces theirs with yours.
hours-difference = The difference
hours-theirs = Saved by them, missing in yours
hours-yours = In yours, not saved
hours-nothing = Nothing.
hours-take-theirs = Drop mine and continue with theirs
hours-over-midnight = { $weekday } from { $starts } to { $ends } ends on the next day. If that is not meant, change it before you save.
hours-weekly = Every week
hours-weekly-hint = An end at or before the start lies on the next day; 00:00 is midnight.
hours-zones = Each time is by the clock of its location.
hours-no-rules = No weekly hours yet.
hours-rule = Opening { $number }
hours-weekday = Day
hours-starts = From
hours-ends = To
hours-location = Place
hours-more = Only some weeks or visits
hours-weeks = Every how many weeks
hours-from = First day
hours-until = Last day
hours-visit-types = Only for these visits (none ticked: for all)
hours-every-weeks = { $weeks ->
    [one] every week
   *[other] every { $weeks } weeks
}
hours-line-from = from { $date }
hours-line-until = until { $date }
hours-add-rule = Add an opening
hours-remove = Remove
hours-row-added = A row was added.
hours-row-removed = The row was removed.
hours-holidays = Open on public holidays too
hours-next-holidays = The next ones: { $dates }.
hours-closures = Closures
hours-closures-hint = Between these times the weekly hours do not count. Reasons are for the practice only.
hours-closure = Closure { $number }
hours-closed-from = Closed from
hours-closed-until = Open again
hours-closed-reason = Reason (optional)
hours-closed-line = Closed { $from } – { $until }
hours-add-closure = Add a closure
away-title = Time off
away-hint = Nothing can be booked in an absence, whatever is open. What is booked stays until you move or cancel it.
away-none = No absence is planned.
away-from = Away from
away-until = Back
away-reason = Reason (optional, for the practice)
away-line = { $from } – { $until }
away-look = See what it strikes
away-take = Take this time off
away-end = End
away-saved = The absence is entered.
away-ended = The absence is ended; its time is free again.

# Visit types.
visit-types-title = Visit types
visit-types-lead = in the order in which patients see them
visit-type-new = New visit type
visit-type-main = The visit
visit-type-rules = Booking it
visit-type-name = Name, as patients read it
visit-type-duration = Length in minutes
visit-type-before = Minutes free before
visit-type-before-hint = Kept free for preparing
visit-type-after = Minutes free after
visit-type-after-hint = Kept free for notes and cleaning
visit-type-telehealth = By video
visit-type-active = Can be booked
visit-type-inactive = Cannot be booked
visit-type-who = Who may book
visit-type-who-anyone = everybody
visit-type-who-new = new patients only
visit-type-who-known = known patients only
visit-type-notice = Notice in minutes
visit-type-notice-hint = How long before its start it can last be booked; a day is 1440
visit-type-horizon = Days ahead it can be booked
visit-type-hold = Minutes to confirm
visit-type-hold-hint = How long a chosen time is kept for a patient
visit-type-room = Kind of room (optional)
visit-type-room-hint = A room of this kind must be free as well, such as x-ray
visit-type-length = { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
}
visit-type-buffers = { $minutes ->
    [one] 1 minute kept free around it
   *[other] { $minutes } minutes kept free around it
}
visit-type-up = Earlier
visit-type-down = Later
visit-type-saved = Saved.
visit-type-changed = Somebody changed the visit types or the hours meanwhile. Look at them as they stand now, then try again.

# Patients of the practice.
patients-title = Patients
patients-lead = Fill in what you know.
patients-name = Name
patients-name-hint = The beginning is enough; accents do not count
patients-go = Search
patients-found = Found
patients-none = Nobody of the practice’s patients fits.
patients-more = More
patients-blocked = Asked to call
patients-blocked-list = Asked to call instead of booking online
patient-title = Patient
patient-back = Search for somebody else
patient-visits = { $count ->
    [0] no visit took place
    [one] one visit took place
   *[other] { $count } visits took place
}
patient-missed = { $count ->
    [0] none missed
    [one] one missed
   *[other] { $count } missed
}
patient-online = Booking online
patient-may-book = May book online.
patient-block = Ask to call instead
patient-block-text = Online they read only “This practice asks you to call”. What is booked stays booked, and you can still book for them.
patient-block-why = Why?
patient-block-why-hint = Only the practice reads this.
patient-block-why-missing = Write a reason: your colleagues will want to know.
patient-block-go = Block from online booking
patient-blocked-since = Asked to call since { $date }
patient-blocked-text = Whoever works here can still book for them.
patient-unblock = Let them book online again
patient-now-blocked = From now on they are asked to call.
patient-now-unblocked = They may book online again.
patient-history = Visits here
patient-no-visits = No visit yet.
refused-blocked = This practice asks you to call: they will find a time with you.

# Staff.
staff-title = Staff
staff-members = Who signs in for the practice
staff-nobody = Nobody yet. Invite the first one below.
staff-rights-text = The desk runs agenda and patients. Managers also change hours, visit types and staff, and read the trail.
rights-desk = Desk
rights-manager = Manager
staff-rights = Rights
staff-you = (you)
staff-make-manager = Make manager
staff-make-desk = Desk only
staff-remove = Remove
staff-remove-text = They are signed out at once and see nothing of the practice any more.
staff-remove-go = Remove for good
staff-invitations = Invited
staff-invitation-until = until { $until }
staff-withdraw = Take back
staff-invite = Invite somebody
staff-invite-text = They get a link by mail, choose a password and can begin.
staff-invite-go = Send the invitation
staff-practitioners = Practitioners
staff-no-account = without an account
staff-already = Somebody with this address works here already.
staff-invited = The invitation is on its way.
staff-changed = The rights are changed.
staff-removed = Removed, and signed out everywhere.
staff-withdrawn = The invitation is taken back; its link counts no more.
staff-last-manager = A practice keeps at least one manager. Make somebody else manager first.
invitation-heading = Invitation
invitation-title = { $practice } invites you
invitation-text = You will sign in with this address. Your rights: { $rights }.
invitation-known = This address has an account already: write its password.
invitation-accept = Create my account
invitation-join = Join the practice
invitation-other-role = This address belongs to another account, for instance a patient’s. Ask for an invitation to another address.
invitation-mail-subject = { $practice } invites you to Rendez
invitation-mail-body =
    Hello,

    { $practice } asks you to work with its calendar on Rendez. Open this link and choose a password:

    { $link }

    The link counts once, and for { $hours } hours. If you did not expect this, ignore it.

# The trail.
trail-title = Trail
trail-lead = Who did what, the latest first.
trail-none = Nothing was done that fits.
trail-older = Earlier
trail-who = By whom
trail-everybody = Everybody
trail-patients = Patients
trail-partners = Partners’ programs
trail-server = The server
trail-admin = The operator
trail-patient = { $name } (patient)
trail-visit = { $patient }, { $when }
trail-moved = { $patient }, from { $from } to { $to }
trail-moved-whom = { $patient }, from { $from } with { $before } to { $to } with { $after }
trail-other = did: { $action }
trail-appointment-hold = chose a time
trail-appointment-assign = gave the time to another person they care for
trail-appointment-confirm = confirmed the visit
trail-appointment-cancelled = cancelled the visit
trail-appointment-arrived = noted the arrival
trail-appointment-fulfilled = noted that the visit took place
trail-appointment-no-show = noted that the visit was missed
trail-appointment-booked = took back what was noted
trail-appointment-reschedule = moved the visit
trail-appointment-expire = gave back a time that was not confirmed
trail-appointment-overbook = squeezed the visit in
trail-opening-hours-replace = changed the opening hours
trail-opening-create = opened extra time
trail-opening-delete = took extra time back
trail-time-off-create = entered time off
trail-time-off-end = ended time off
trail-visit-type-change = changed a visit type
trail-visit-type-order = changed the order of the visit types
trail-practitioner-create = entered the practitioner
trail-practitioner-update = changed the practitioner’s details
trail-practitioner-import = brought the practitioner’s details in from a register
trail-location-create = added a place
trail-room-create = added a room
trail-patient-create = entered the patient
trail-patient-update = changed the patient’s details
trail-patient-block = asked the patient to call instead of booking online
trail-patient-unblock = let the patient book online again
trail-staff-invite = invited
trail-staff-join = took the invitation up
trail-staff-remove = removed from the staff
trail-staff-withdraw = took the invitation back
trail-staff-desk = gave desk rights
trail-staff-manager = gave manager rights
