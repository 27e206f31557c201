# The practice's agenda.
nav-agenda = Agenda
agenda-back = Back to the agenda
agenda-view = View
agenda-view-day = Day
agenda-view-week = Week
agenda-view-month = Month
agenda-week-heading = { $from } to { $to } { $year }
agenda-month-heading = { $month } { $year }
agenda-today = Today
agenda-earlier = Earlier
agenda-later = Later
agenda-who = Who is shown
agenda-room = Room
agenda-hours-all = Show the whole day
agenda-hours-usual = Show working hours only
agenda-day-list = As a list
agenda-print = Print the day
agenda-keys = Arrow keys go from time to time, Enter opens one. Drag a visit to move it, or over empty time to fill it.
agenda-legend = Colours of the visits
agenda-video = By video
agenda-cut = There are more visits than can be shown at once. Choose fewer people.
agenda-left-out = A week shows { $count } people and rooms at most. Take one away to see another.
agenda-clocks-change = Clocks change
agenda-away = Away
agenda-closed = Closed
agenda-cell-free = free
agenda-cell-closed = not open
agenda-cell-away = away
agenda-held = Held until { $time }
agenda-dialog = Details
agenda-close = Close
agenda-undo = Undo
agenda-failed = This could not be sent. Check the connection and try again; nothing was changed.
agenda-offline = The connection is lost. The agenda may be out of date until it is back.

# Moving a visit.
agenda-moving = { $patient }, { $when }: choose the new time.
agenda-moving-stop = Leave it where it is
agenda-move-title = Move this visit?
agenda-move-from = From
agenda-move-to = To
agenda-move-go = Move it
agenda-move-stays = The visit stays where it was.
agenda-moved-to = Moved to { $when }.
agenda-patient = Patient
agenda-born = born { $date }

# What has just been done.
agenda-done-booked = Booked: { $when }, { $patient }.
agenda-done-moved = Moved to { $when }: { $patient }.
agenda-done-cancelled = Cancelled: { $when }, { $patient }.
agenda-done-blocked = The time is blocked.
agenda-done-unblocked = The time is free again.

# Booking for a caller.
agenda-book-title = New visit
agenda-find = Who is calling?
agenda-find-hint = Beginning of a name, birth date (12/04/1986) or phone. Press a name to book.
agenda-find-go = Find
agenda-found = { $count ->
    [0] Nobody fits.
    [one] One patient. Press the name to book.
   *[other] { $count } patients. Press a name to book.
}
agenda-visit-type = Visit
agenda-time = Time
agenda-note = Note
agenda-new = Somebody new
agenda-new-go = Enter and book
agenda-new-all-the-same = It is none of them: enter and book
agenda-similar = Perhaps you know this person already. Press the name to book for them:
agenda-date-form = dd/mm/yyyy
agenda-wrong-name = Fill in the name.
agenda-wrong-birth-date = Write the day of birth as a date in the past, such as 12/04/1986.
agenda-not-free = This time is not free:
agenda-overbook-reason = Reason for booking all the same
agenda-overbook-hint = With a reason the visit is put over whatever stands here. The reason stays with the visit.
agenda-overbook-way = Choose another time, or write a reason and press the name again to overbook.
agenda-block = Block this time
agenda-block-until = From { $time } until
agenda-block-reason = Reason
agenda-block-hint = Nobody can book it. Visits that are there already stay, and are marked.
agenda-block-go = Block
agenda-unblock = End this absence
agenda-away-from-to = { $reason }: { $from } to { $to }

# Why a time is offered to patients or not.
agenda-why-offered = Why is this time offered?
agenda-why-not = Why is this time not offered?
why-practitioner-yes = The practitioner takes bookings.
why-practitioner-no = The practitioner takes no bookings any more.
why-visit-type-yes = This kind of visit can be booked.
why-visit-type-no = This kind of visit cannot be booked any more.
why-opening-yes = It lies inside opening hours for this kind of visit.
why-opening-no = It lies outside opening hours for this kind of visit, or does not fit into them.
why-grid-yes = It is one of the starts that patients are offered.
why-grid-no = Patients are offered other starts. You can book it all the same.
why-closure-yes = The practice is not closed.
why-closure-no = The practice is closed then.
why-holiday-yes = No public holiday stands in the way.
why-holiday-no = It is a public holiday.
why-away-yes = The practitioner is not away.
why-away-no = The practitioner is away then.
why-notice-yes = It is far enough ahead for patients to book.
why-notice-no = Patients have to book { $minutes } minutes ahead. You can book it all the same.
why-horizon-yes = It is not too far ahead for patients to book.
why-horizon-no = Patients can book { $days } days ahead at most. You can book it all the same.
why-claims-yes = Nothing else takes the time of the visit and its breaks.
why-claims-no = Another visit, a hold or an absence takes the time of the visit or of its breaks.
why-room-yes = A room of the kind that it needs is free.
why-room-no = Every room of the kind that it needs is taken.

# When booking or moving says no.
agenda-no-taken = Somebody else has this time, or a part of it.
agenda-no-inactive = This kind of visit cannot be booked here any more.
agenda-no-closed = The practice is closed then.
agenda-no-holiday = It is a public holiday.
agenda-no-away = The practitioner is away then.
agenda-no-opening = The visit does not fit into opening hours there.
agenda-no-past = This time has passed already.
agenda-no-patient = The patient has another visit at that time.
agenda-no-room = No room of the kind that this visit needs is free then.
agenda-no-started = The visit has begun already and stays where it is.
agenda-no-status = The visit's present state does not allow this.
agenda-no-changed = Somebody has just changed this visit. Look at it again.
agenda-no-reason = Write why it has to be overbooked.
agenda-no-such-visit = { $name } does not offer this kind of visit.
