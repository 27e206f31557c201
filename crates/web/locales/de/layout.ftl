# The frame of every page.
skip-to-content = Zum Inhalt springen
nav-label = Hauptmenü
nav-visits = Meine Termine
nav-day = Tagesplan
nav-sign-in = Anmelden
nav-sign-up = Konto anlegen
nav-sign-out = Abmelden
nav-mail = Gesendete E-Mails (Demo)
nav-api = Für Entwicklungsteams
zone-differs = Alle Zeiten gelten für { $zone }. Ihr Gerät ist auf eine andere Zeitzone eingestellt.
footer = Rendez, offene Terminbuchung für das Gesundheitswesen. Im Notfall rufen Sie die 15 oder die 112 an.

# A practitioner, as cards show them.
who-languages = Spricht { $languages }
who-telehealth = Videosprechstunde
who-known-only = Nur, wenn Sie schon hier waren

# A visit, as lists and pages show it.
fact-when = Wann
fact-who = Bei
fact-what = Terminart
fact-where = Wo
fact-reason = Anliegen
fact-zone = Ortszeit von { $zone }
fact-telehealth = Per Video; die Praxis schickt Ihnen den Link
visit-confirm = Bestätigen
visit-move = Verschieben
visit-cancel = Absagen
visit-ics = In den Kalender
visit-again = Noch einmal buchen
status-held = Noch nicht bestätigt
status-booked = Gebucht
status-arrived = Eingetroffen
status-fulfilled = Hat stattgefunden
status-no-show = Versäumt
status-cancelled = Abgesagt
status-expired = Nicht rechtzeitig bestätigt

# A time, as people say it.
at-time = { $date } um { $time } Uhr
