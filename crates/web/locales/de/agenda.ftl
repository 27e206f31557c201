# The practice's agenda.
nav-agenda = Terminplan
agenda-back = Zurück zum Terminplan
agenda-view = Ansicht
agenda-view-day = Tag
agenda-view-week = Woche
agenda-view-month = Monat
agenda-week-heading = { $from } bis { $to } { $year }
agenda-month-heading = { $month } { $year }
agenda-today = Heute
agenda-earlier = Früher
agenda-later = Später
agenda-who = Wer gezeigt wird
agenda-room = Raum
agenda-hours-all = Den ganzen Tag zeigen
agenda-hours-usual = Nur die Öffnungszeiten zeigen
agenda-day-list = Als Liste
agenda-print = Tag drucken
agenda-keys = Die Pfeiltasten führen von einer Zeit zur nächsten, die Eingabetaste öffnet sie. Ziehen Sie einen Termin, um ihn zu verschieben, oder über freie Zeit, um sie zu füllen.
agenda-legend = Farben der Termine
agenda-video = Per Video
agenda-cut = Es gibt mehr Termine, als auf einmal gezeigt werden können. Wählen Sie weniger Personen.
agenda-left-out = Eine Woche zeigt höchstens { $count } Personen und Räume. Nehmen Sie eine Auswahl weg, um eine andere zu sehen.
agenda-clocks-change = Zeitumstellung
agenda-away = Abwesend
agenda-closed = Geschlossen
agenda-cell-free = frei
agenda-cell-closed = nicht geöffnet
agenda-cell-away = abwesend
agenda-held = Reserviert bis { $time } Uhr
agenda-dialog = Einzelheiten
agenda-close = Schließen
agenda-undo = Rückgängig
agenda-failed = Das konnte nicht gesendet werden. Prüfen Sie die Verbindung und versuchen Sie es noch einmal; nichts wurde geändert.
agenda-offline = Die Verbindung ist unterbrochen. Bis sie wieder da ist, kann der Terminplan veraltet sein.

# Moving a visit.
agenda-moving = { $patient }, { $when }: Wählen Sie die neue Zeit.
agenda-moving-stop = Nicht verschieben
agenda-move-title = Diesen Termin verschieben?
agenda-move-from = Bisher
agenda-move-to = Neu
agenda-move-go = Verschieben
agenda-move-stays = Der Termin bleibt, wo er war.
agenda-moved-to = Verschoben auf { $when }.
agenda-patient = Patient/in
agenda-born = geboren am { $date }

# What has just been done.
agenda-done-booked = Gebucht: { $when } Uhr, { $patient }.
agenda-done-moved = Verschoben auf { $when } Uhr: { $patient }.
agenda-done-cancelled = Abgesagt: { $when } Uhr, { $patient }.
agenda-done-blocked = Die Zeit ist gesperrt.
agenda-done-unblocked = Die Zeit ist wieder frei.

# Booking for a caller.
agenda-book-title = Neuer Termin
agenda-find = Wer ruft an?
agenda-find-hint = Anfang des Namens, Geburtsdatum (12.04.1986) oder Telefon. Wählen Sie einen Namen, um zu buchen.
agenda-find-go = Suchen
agenda-found = { $count ->
    [0] Niemand gefunden.
    [one] Ein Treffer. Wählen Sie den Namen, um zu buchen.
   *[other] { $count } Treffer. Wählen Sie einen Namen, um zu buchen.
}
agenda-visit-type = Terminart
agenda-time = Uhrzeit
agenda-note = Notiz
agenda-new = Neue Person
agenda-new-go = Eintragen und buchen
agenda-new-all-the-same = Keine davon: eintragen und buchen
agenda-similar = Vielleicht kennen Sie diese Person schon. Wählen Sie den Namen, um für sie zu buchen:
agenda-date-form = TT.MM.JJJJ
agenda-wrong-name = Geben Sie den Namen an.
agenda-wrong-birth-date = Geben Sie als Geburtsdatum ein Datum in der Vergangenheit an, zum Beispiel 12.04.1986.
agenda-not-free = Diese Zeit ist nicht frei:
agenda-overbook-reason = Grund, trotzdem zu buchen
agenda-overbook-hint = Mit einem Grund wird der Termin über das gelegt, was hier steht. Der Grund bleibt beim Termin.
agenda-overbook-way = Wählen Sie eine andere Zeit, oder schreiben Sie einen Grund und wählen Sie den Namen noch einmal, um zu überbuchen.
agenda-block = Diese Zeit sperren
agenda-block-until = Von { $time } Uhr bis
agenda-block-reason = Grund
agenda-block-hint = Niemand kann sie buchen. Termine, die schon da sind, bleiben und werden gekennzeichnet.
agenda-block-go = Sperren
agenda-unblock = Diese Abwesenheit beenden
agenda-away-from-to = { $reason }: { $from } bis { $to }

# Why a time is offered to patients or not.
agenda-why-offered = Warum wird diese Zeit angeboten?
agenda-why-not = Warum wird diese Zeit nicht angeboten?
why-practitioner-yes = Hier werden Termine angenommen.
why-practitioner-no = Hier werden keine Termine mehr angenommen.
why-visit-type-yes = Diese Terminart kann gebucht werden.
why-visit-type-no = Diese Terminart kann nicht mehr gebucht werden.
why-opening-yes = Die Zeit liegt in den Öffnungszeiten für diese Terminart.
why-opening-no = Die Zeit liegt außerhalb der Öffnungszeiten für diese Terminart, oder der Termin passt nicht hinein.
why-grid-yes = Die Zeit ist eine der Anfangszeiten, die online angeboten werden.
why-grid-no = Online werden andere Anfangszeiten angeboten. Sie können trotzdem buchen.
why-closure-yes = Die Praxis ist nicht geschlossen.
why-closure-no = Die Praxis ist dann geschlossen.
why-holiday-yes = Kein Feiertag steht im Weg.
why-holiday-no = Es ist ein Feiertag.
why-away-yes = Keine Abwesenheit ist eingetragen.
why-away-no = Für diese Zeit ist eine Abwesenheit eingetragen.
why-notice-yes = Die Zeit liegt weit genug voraus, um online gebucht zu werden.
why-notice-no = Online muss { $minutes } Minuten im Voraus gebucht werden. Sie können trotzdem buchen.
why-horizon-yes = Die Zeit liegt nicht zu weit voraus, um online gebucht zu werden.
why-horizon-no = Online kann höchstens { $days } Tage im Voraus gebucht werden. Sie können trotzdem buchen.
why-claims-yes = Nichts anderes belegt die Zeit des Termins und seiner Pausen.
why-claims-no = Ein anderer Termin, eine Reservierung oder eine Abwesenheit belegt die Zeit des Termins oder seiner Pausen.
why-room-yes = Ein Raum der nötigen Art ist frei.
why-room-no = Alle Räume der nötigen Art sind belegt.

# When booking or moving says no.
agenda-no-taken = Jemand anderes hat diese Zeit oder einen Teil davon.
agenda-no-inactive = Diese Terminart kann hier nicht mehr gebucht werden.
agenda-no-closed = Die Praxis ist dann geschlossen.
agenda-no-holiday = Es ist ein Feiertag.
agenda-no-away = Für diese Zeit ist eine Abwesenheit eingetragen.
agenda-no-opening = Der Termin passt dort nicht in die Öffnungszeiten.
agenda-no-past = Diese Zeit ist schon vorbei.
agenda-no-patient = Diese Person hat dann einen anderen Termin.
agenda-no-room = Kein Raum der nötigen Art ist dann frei.
agenda-no-started = Der Termin hat schon begonnen und bleibt, wo er ist.
agenda-no-status = Der jetzige Stand des Termins lässt das nicht zu.
agenda-no-changed = Jemand hat diesen Termin gerade geändert. Sehen Sie ihn sich noch einmal an.
agenda-no-reason = Schreiben Sie, warum überbucht werden muss.
agenda-no-such-visit = { $name } bietet diese Terminart nicht an.
