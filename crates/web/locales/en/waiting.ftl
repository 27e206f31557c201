# The waiting list.
waiting-title = Waiting list
waiting-link = No time suits you? Join the waiting list
waiting-search-link = Join the waiting list for this search
waiting-leave = Join the waiting list
waiting-promise = Say what would suit you. The first free time that fits is kept for you, and we send you a mail. Whoever asked first is served first.
waiting-specialty = Specialty
waiting-earliest = Not before
waiting-latest = Not after
waiting-first = From
waiting-last = Until
waiting-go = Join the list
waiting-mine = What you are waiting for
waiting-none = You are not waiting for anything.
waiting-over = No longer waiting
waiting-around = Within { $km } km of { $place }
waiting-until = until { $date }
waiting-any-day = Any day
waiting-any-hour = any hour
waiting-hours-from = from { $from }
waiting-hours-until = until { $until }
waiting-hours-between = { $from } to { $until }
waiting-ahead = { $count ->
    [0] You are next in line.
    [one] One person is before you.
   *[other] { $count } people are before you.
}
waiting-ahead-many = At least { $count } people are before you.
waiting-kept = This time is kept for you until { $until }.
waiting-take = Take it
waiting-decline = No, thanks
waiting-withdraw = Stop waiting
waiting-again = Wait again
waiting-status-waiting = Waiting
waiting-status-offered = A time is kept for you
waiting-status-taken = Booked
waiting-status-withdrawn = Withdrawn
waiting-status-lapsed = Time let go
waiting-status-expired = Over

# What has just been done.
waiting-left = You are on the list. As soon as a time is free for you, you get a mail, and you see it here.
waiting-withdrawn = You are no longer waiting for this.
waiting-declined = The time goes to the next person. You can wait again, at the end of the line.
waiting-again-done = You are on the list again, at the end of the line.

# What is wrong with the form.
waiting-wrong-visit-type = Choose what it is about.
waiting-wrong-specialty = Choose a specialty from the list.
waiting-wrong-place = We do not know this town. Choose one from the list while you type.
waiting-wrong-days = Choose at least one day.
waiting-wrong-hours = The latest hour must come after the earliest.
waiting-wrong-date = This is not a date.
waiting-wrong-days-reversed = The last day must not come before the first.
waiting-wrong-over = This day is over. Choose one that is still to come.
waiting-wrong-too-long = Choose a day within a year.
waiting-wrong-same = You are waiting for exactly this already.
waiting-too-many = { $limit ->
    [one] You are waiting for something else already. Stop waiting for it first.
   *[other] You are waiting for { $limit } things already. Stop waiting for one of them first.
}
