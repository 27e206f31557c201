# Home and the search form.
home-title = Termin buchen
home-heading = Finden Sie eine Praxis, die bald Zeit für Sie hat
home-lead = Suchen Sie eine Fachrichtung oder einen Namen, wählen Sie einen freien Termin, und er gehört Ihnen.
home-popular = Oft gesucht
home-how = So funktioniert es
home-step-find = Suchen
home-step-find-text = Sie sehen, welche Termine jetzt gerade frei sind, die nächsten zuerst.
home-step-hold = Termin wählen
home-step-hold-text = Er bleibt für Sie reserviert, während Sie in Ruhe überlegen.
home-step-confirm = Bestätigen
home-step-confirm-text = Sie bekommen eine E-Mail für Ihren Kalender. Sie können verschieben oder absagen, wann immer es nötig ist.
seek-what = Fachrichtung oder Name
seek-what-example = Zahnmedizin, Martin…
seek-where = Ort
seek-where-example = Rennes, 35000…
seek-when = Ab wann
seek-go = Suchen
seek-proposals = Vorschläge: { $count }
seek-near = In meiner Nähe
seek-near-busy = Ihr Standort wird gesucht…
seek-near-failed = Ihr Standort konnte nicht gefunden werden. Schreiben Sie stattdessen Ihren Ort.

# Results.
search-heading-all = Behandelnde
search-heading = { $what }
search-heading-place = { $what } in der Nähe von { $place }
search-heading-around = Behandelnde in der Nähe von { $place }
search-total = { $count ->
    [0] Niemand gefunden
    [one] Ein Treffer
   *[other] { $count } Treffer
}
search-as-of = Stand: { $time } Uhr
search-approximate = Die Suche ist im Moment nicht vollständig: Sie sehen die Nächstgelegenen zuerst, und die Zahlen enthalten auch Behandelnde, bei denen vielleicht nichts frei ist.
search-far = Dieser Tag liegt weit in der Zukunft: Sie sehen die Nächstgelegenen zuerst, und die Zahlen enthalten auch Behandelnde, bei denen vielleicht nichts frei ist.
search-incomplete = Im Moment suchen viele gleichzeitig, deshalb konnten nicht alle Termine geprüft werden. Bitte versuchen Sie es gleich noch einmal.
search-none-free = Es gibt Treffer, aber kein freier Termin wurde gefunden
search-not-looked = Nicht alle Termine konnten geprüft werden
search-call = Ohne freie Termine online
search-call-text = Kein online buchbarer Termin passt. Rufen Sie in der Praxis an, oder sehen Sie sich alle Termine an.
search-from-today = Dieselbe Suche ab heute
search-first = Zurück zu den ersten Ergebnissen
search-stale = Änderungen kommen im Moment verspätet an: Ein Termin, den Sie hier sehen, kann schon vergeben sein. Er wird noch einmal geprüft, wenn Sie ihn wählen.
search-empty = Zu dieser Suche passt niemand
search-else = Oder suchen Sie weiter
search-empty-next = Prüfen Sie die Schreibweise, lassen Sie den Ort weg, oder suchen Sie eine Fachrichtung:
search-instead = Kein freier Termin passt zu dieser Suche. Das kommt ihr nahe:
search-instead-later = Später, in derselben Gegend
search-instead-farther = Weiter entfernt
search-instead-telehealth = Per Video
search-unknown-place = Wir kennen den Ort „{ $place }“ nicht. Wählen Sie beim Tippen einen aus der Liste, oder lassen Sie das Feld leer.
search-other-towns = Ein anderer Ort mit diesem Namen?
search-meant-town = Meinten Sie einen anderen Ort?
search-without-place = Dieselbe Suche überall
search-next-times = Nächste freie Termine · { $visit }
search-all-times = Alle Termine
search-more-times = Weitere Zeiten am { $day }
map-title = Wo das ist
map-note = Eine Skizze nach den Adressen: Norden ist oben, Straßen sind nicht gezeichnet.
map-here = Der Ring zeigt, wo Sie suchen.
search-more = Weitere Ergebnisse
distance-km = { $km } km

# What narrows a search.
filter-heading = { $count ->
    [0] Filter
    [one] Filter (einer gesetzt)
   *[other] Filter ({ $count } gesetzt)
}
filter-distance = Umkreis
filter-within = Frei innerhalb von
filter-within-days = { $days ->
    [one] einem Tag
   *[other] { $days } Tagen
}
filter-any-time = Egal wann
filter-hours = Tageszeit
filter-any-hour = Jede Uhrzeit
filter-morning = Vor 12 Uhr
filter-afternoon = 12 bis 18 Uhr
filter-evening = Nach 18 Uhr
filter-days = Wochentage
filter-language = Sprache
filter-sector = Kosten
filter-any = Egal
filter-telehealth = Videosprechstunde
filter-new-patients = Neuaufnahme möglich
filter-specialties = Fachrichtungen
filter-apply = Anwenden
filter-clear = Ohne Filter

# A practitioner's week.
practitioner-book = Termin buchen
practitioner-visit-types = Worum geht es?
visit-type-minutes = { $name } ({ $minutes } Min.)
door-directions = Wegbeschreibung
door-hours = Öffnungszeiten
door-today = heute
door-closed = Geschlossen
door-every-weeks = { $hours } (alle { $weeks } Wochen)
week-taken-chosen = { $time } wurde gerade vergeben. Die nächste freie Zeit ist jetzt ausgewählt.
week-heading = { $from } bis { $to } { $year }
week-previous = Früher
week-next = Später
week-zone = Uhrzeiten in der Ortszeit von { $zone }
week-empty = In dieser Woche ist kein Termin frei.
week-next-free = Nächster freier Termin: { $when }
week-nothing = In den kommenden Monaten lässt sich online kein freier Termin buchen. Versuchen Sie eine andere Terminart, oder rufen Sie in der Praxis an.
week-day-empty = Kein freier Termin
week-own = Ihr Termin
week-taken = Gerade vergeben: { $time }.
week-freed = Wieder frei: { $time }.
week-promise = Der Termin, den Sie wählen, bleibt { $minutes } Minuten für Sie reserviert, während Sie bestätigen.
