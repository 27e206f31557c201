# From the hold to the visit.
confirm-title = Confirm your visit
confirm-heading = One step left: confirm your visit
confirm-until = This time is kept for you until { $time }.
confirm-left = Time left:
confirm-minutes-left = About { $minutes } min left to confirm.
confirm-over = The time is no longer kept for you. Choose another one.
confirm-reason = What brings you?
confirm-reason-hint = The practice reads this, and it stands in your own list of visits.
confirm-go = Confirm the visit
confirm-promise = You can move or cancel it later under “My visits”.
confirm-give-up = I do not want this time
appointment-booked = Your visit is booked. We sent you a mail with a calendar file.
appointment-moved = Your visit has been moved.
appointment-cancelled = The visit is cancelled and the time is free again.
appointment-expired = The hold has ended and the time is free again. Nothing was booked.
appointment-heading = Your visit
appointment-heading-practice = Visit of { $patient }
appointment-cancel-reason = Reason for cancelling: { $reason }
appointment-back = All my visits

# My visits.
visits-title = My visits
visits-upcoming = Coming up
visits-past = Past
visits-none = No visit is planned.
visits-find = Find a time
visits-earlier = Earlier visits

# Cancelling and moving.
cancel-title = Cancel this visit?
cancel-reason = Why? (optional, the practice reads it)
cancel-consequence = The time becomes free for others at once. This cannot be undone.
cancel-go = Cancel the visit
cancel-keep = Keep it
cancel-or = Only the time does not suit you?
cancel-move = Move it instead
move-title = Move your visit
move-now = You keep this time until another one is yours:
move-choose = Choose the new time
move-keep = Leave it as it is

# A time that could not be had.
taken-title = Somebody was faster
taken-hold = This time has just been taken. Nothing was booked for you.
taken-move = This time has just been taken. Your visit stays where it was.
taken-instead = Free right now:

# Refusals.
refused-title = This time cannot be booked
refused-not-offered = The practice does not offer this time any more.
refused-too-soon = This visit has to be booked further ahead. Choose a later time.
refused-too-far = This visit cannot be booked so far ahead yet. Choose an earlier time.
refused-patient-overlap = You have another visit at that time. Move or cancel it first, or choose another time.
refused-no-room = The room or device that this visit needs is taken then. Choose another time.
refused-too-many-holds = { $limit ->
    [one] You hold another time that you have not confirmed. Confirm it or give it up first.
   *[other] You already hold { $limit } times that you have not confirmed. Confirm or give up one of them first.
}
refused-known-only = This practitioner offers this visit only to patients who have been here before. Call the practice, or choose another practitioner.
refused-new-only = This visit is for people who have never been here. Choose another kind of visit.
refused-hold-expired = The time was no longer kept for you, so nothing was booked. Choose a time again.
refused-already = This has been done already.
refused-wrong-status = The visit's present state does not allow this.
refused-started = The visit has begun; it can no longer be changed here. Call the practice.
refused-not-started = The visit has not begun yet.
refused-same-slot = The visit is at that time already.
refused-changed = The visit has changed in the meantime. Look at it again.
refused-running = The same request is still running. Wait a moment, then look at your visits.
hold-freed = The time is free again. Nothing is booked.
