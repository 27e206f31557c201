# The practice's day.
day-total = { $count ->
    [0] keine Termine
    [one] ein Termin
   *[other] { $count } Termine
}
day-practitioner = Behandelnde
day-whose = Wessen Tagesplan?
day-whose-search = Suchen Sie die Person und öffnen Sie den Tagesplan auf ihrer Seite.
day-previous = Tag davor
day-next = Tag danach
day-date = Datum
day-show = Anzeigen
day-empty = An diesem Tag ist nichts gebucht.
day-struck = Fällt in eine Abwesenheit
day-overbooked = Überbucht
day-overbooked-why = Grund der Überbuchung: { $reason }
day-arrived = Eingetroffen
day-fulfilled = Hat stattgefunden
day-no-show = Versäumt
day-take-back = Vermerk zurücknehmen
day-done = Vermerkt.

# Mails of the demo.
mail-title = Gesendete E-Mails
mail-lead = Im Demomodus verlässt keine E-Mail diesen Rechner; lesen Sie hier, was gesendet worden wäre.
mail-none = Es wurde noch keine E-Mail gesendet.
mail-back = Alle E-Mails
