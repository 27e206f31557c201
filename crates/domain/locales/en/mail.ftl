confirmation-subject = Your visit on { $day } at { $time }
confirmation-body =
    Hello { $patient },

    your visit is booked.

    { $visit } with { $practitioner }
    { $day } at { $time }{ $zone }
    { $place }

    The attached file puts it into your calendar. If you cannot come, please cancel on the page “My visits”: somebody else will be glad of the time.

moved-subject = Your visit now takes place on { $day } at { $time }
moved-body =
    Hello { $patient },

    your visit has been moved.

    { $visit } with { $practitioner }
    { $day } at { $time }{ $zone }
    { $place }

    The attached file updates your calendar.

cancellation-subject = Your visit on { $day } at { $time } is cancelled
cancellation-body =
    Hello { $patient },

    this visit is cancelled:

    { $visit } with { $practitioner }
    { $day } at { $time }{ $zone }

    The attached file takes it out of your calendar. You can book another time whenever you like.

offer-subject = A time is free for you: { $day } at { $time }
offer-body =
    Hello { $patient },

    you are next on the waiting list, and this time is free:

    { $visit } with { $practitioner }
    { $day } at { $time }{ $zone }
    { $place }

    It is kept for you until { $until-day } at { $until-time }{ $zone }. Take it or let it go here:

    { $link }

    If you do nothing, the next person on the list gets it.

visit-of-another = { $visit } for { $person }

date-form = { $weekday } { $day } { $month } { $year }
time-form = { $hour }:{ $minute }
zone-form = { $zone } time
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
