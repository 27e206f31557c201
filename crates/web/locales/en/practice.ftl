# The practice's day.
day-total = { $count ->
    [0] no visits
    [one] one visit
   *[other] { $count } visits
}
day-practitioner = Practitioner
day-whose = Whose day?
day-whose-search = Look for the practitioner and open the day from their page.
day-previous = Day before
day-next = Day after
day-date = Date
day-show = Show
day-empty = Nothing is booked on this day.
day-struck = Falls into time off
day-overbooked = Overbooked
day-overbooked-why = Overbooked because: { $reason }
day-arrived = Arrived
day-fulfilled = Took place
day-no-show = Missed
day-take-back = Take back
day-done = Noted.

# Mails of the demo.
mail-title = Sent mails
mail-lead = In demo mode no mail leaves this machine; read here what would have been sent.
mail-none = No mail has been sent yet.
mail-back = All mails
