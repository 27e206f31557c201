# The operator's page.
nav-ops = Betrieb
ops-title = Betrieb
ops-at = Stand: { $time }
ops-refresh = Aktualisieren
ops-refresh-itself = Alle 5 Sekunden
ops-parts = Bestandteile
ops-well = Alles in Ordnung
ops-unwell = Etwas stimmt nicht
ops-ready = bereit
ops-figures = Zahlen
ops-version = Version
ops-uptime = Laufzeit
ops-days = { $count ->
    [one] 1 Tag
   *[other] { $count } Tage
}
ops-change-lag = Rückstand des Änderungsprotokolls
ops-index-lag = Rückstand des Suchindex
ops-index-size = Behandelnde im Index
ops-memory = Arbeitsspeicher
ops-disk = Datenträger
ops-disk-value = { $free } von { $size } frei
ops-pool = Datenbankverbindungen
ops-pool-value = { $open } offen, { $waiting } wartend
ops-jobs = Aufgaben
ops-waiting = fällig
ops-later = später
ops-running = laufend
ops-failed = gescheitert, später erneut
ops-dead = aufgegeben
ops-idle = Nichts wartet.
ops-oldest = Die älteste ist { $time } überfällig.
ops-paused-since = Angehalten, bisher { $time }
ops-retry = Erneut versuchen
ops-pause = Anhalten
ops-go-on = Fortsetzen
ops-leave = So lassen
ops-retry-title = { $kind } erneut versuchen?
ops-retry-text = Aufgegebene Aufgaben bekommen wieder alle Versuche, und solche, die nach einem Fehler warten, laufen sofort.
ops-pause-title = { $kind } anhalten?
ops-pause-text = Keine solche Aufgabe beginnt, bis jemand sie fortsetzt; die gerade laufenden enden wie gewohnt. Nichts geht verloren, aber es wartet: E-Mails würden nicht gesendet.
ops-go-on-title = { $kind } fortsetzen?
ops-go-on-text = Solche Aufgaben beginnen sofort wieder.
ops-retried = { $count ->
    [0] Es war nichts mehr zu wiederholen.
    [one] Eine Aufgabe läuft wieder.
   *[other] { $count } Aufgaben laufen wieder.
}
ops-paused-now = Angehalten.
ops-goes-on-now = Es geht weiter.
ops-bookings = Buchungen nach Ergebnis
ops-no-bookings = Keine, seit dieser Prozess gestartet ist.
ops-command = Was
ops-result = Ergebnis
ops-count = Anzahl
ops-command-hold = Termin wählen
ops-command-confirm = Bestätigen
ops-command-cancel = Absagen
ops-command-outcome = Vermerken, was daraus wurde
ops-command-assign = Sagen, für wen
ops-command-take-back = Vermerk zurücknehmen
ops-command-reschedule = Verschieben
ops-command-expire = Ablaufen
ops-command-done = erledigt
ops-command-taken = vergeben
ops-command-refused = abgelehnt
ops-command-fault = Fehler
ops-result-hold = Reservierung
ops-result-confirm = Bestätigung
ops-result-cancel = Absage
ops-result-settle = Ausgang
ops-result-reschedule = Verschiebung
ops-result-expire = Ablauf
ops-result-done = erledigt
ops-result-taken = Termin vergeben
ops-result-refused = abgelehnt
ops-result-fault = Fehler bei uns
ops-routes = Langsamste Routen
ops-route = Route
ops-since-start = Seit dieser Prozess gestartet ist; die Hälfte der Anfragen blieb innerhalb von p50, alle bis auf eine von hundert innerhalb von p99.
ops-regions = Regionen
ops-region-here = diese hier
