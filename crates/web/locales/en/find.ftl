# Home and the search form.
home-title = Book a visit
home-heading = Find someone who can see you soon
home-lead = Look up a specialty or a name, choose a free time, and it is yours.
home-popular = Often looked for
home-how = How it works
home-step-find = Find
home-step-find-text = Times are shown as they are free right now, nearest first.
home-step-hold = Choose a time
home-step-hold-text = It is kept for you while you take a moment to decide.
home-step-confirm = Confirm
home-step-confirm-text = You get a mail for your calendar. Move or cancel whenever you need to.
seek-what = Specialty or name
seek-what-example = Dentist, Martin…
seek-where = Town
seek-where-example = Rennes, 35000…
seek-when = From
seek-go = Search
seek-proposals = Proposals: { $count }
seek-near = Near me
seek-near-busy = Looking for where you are…
seek-near-failed = Your position could not be found. Type your town instead.

# Results.
search-heading-all = Practitioners
search-heading = { $what }
search-heading-place = { $what } near { $place }
search-heading-around = Practitioners near { $place }
search-total = { $count ->
    [0] Nobody found
    [one] One practitioner
   *[other] { $count } practitioners
}
search-as-of = times as of { $time }
search-approximate = Search is not complete at the moment: you see the nearest first, and the counts include people who may have no free time.
search-far = This day lies far ahead: you see the nearest first, and the counts include people who may have no free time.
search-incomplete = Many people are searching at the moment, so not everybody could be looked at. Please try again in a moment.
search-none-free = Somebody matches, but no free time was found
search-not-looked = Not everybody could be looked at
search-call = Without free times online
search-call-text = No free time that can be booked online fits. Call the practice, or look at all times.
search-from-today = The same search from today
search-first = Back to the first results
search-stale = News is arriving late at the moment: a time shown here may be gone. It is checked again when you choose it.
search-empty = Nobody matches this search
search-else = Or look further
search-empty-next = Check the spelling, leave out the town, or look for a specialty:
search-instead = No free time fits this search. This comes close:
search-instead-later = Later, in the same area
search-instead-farther = Farther away
search-instead-telehealth = By video
search-unknown-place = We do not know the town “{ $place }”. Choose one from the list while you type, or leave it empty.
search-other-towns = Another town of that name?
search-meant-town = Did you mean another town?
search-without-place = The same search everywhere
search-next-times = Next free times · { $visit }
search-all-times = All times
search-more-times = More times on { $day }
map-title = Where they are
map-note = A sketch from the addresses: north is up, roads are not drawn.
map-here = The ring is where you searched.
search-more = More results
distance-km = { $km } km

# What narrows a search.
filter-heading = { $count ->
    [0] Filters
    [one] Filters (one set)
   *[other] Filters ({ $count } set)
}
filter-distance = At most
filter-within = Free within
filter-within-days = { $days ->
    [one] One day
   *[other] { $days } days
}
filter-any-time = Any time
filter-hours = Time of day
filter-any-hour = Any hour
filter-morning = Before 12:00
filter-afternoon = 12:00 to 18:00
filter-evening = After 18:00
filter-days = Days
filter-language = Language
filter-sector = Fees
filter-any = Any
filter-telehealth = Video visits
filter-new-patients = Takes new patients
filter-specialties = Specialties
filter-apply = Apply
filter-clear = Without filters

# A practitioner's week.
practitioner-book = Book a visit
practitioner-visit-types = What is it about?
visit-type-minutes = { $name } ({ $minutes } min)
door-directions = Directions
door-hours = Opening hours
door-today = today
door-closed = Closed
door-every-weeks = { $hours } (every { $weeks } weeks)
week-taken-chosen = { $time } has just been taken. The nearest free time has the focus now.
week-heading = { $from } to { $to } { $year }
week-previous = Earlier
week-next = Later
week-zone = Times are in { $zone } time
week-empty = No free time in this week.
week-next-free = Next free: { $when }
week-nothing = No free time can be booked online in the coming months. Try another kind of visit, or call the practice.
week-day-empty = No free time
week-own = Yours
week-taken = { $time } has just been taken.
week-freed = { $time } is free again.
week-promise = The time you choose is kept for you for { $minutes } minutes while you confirm.
