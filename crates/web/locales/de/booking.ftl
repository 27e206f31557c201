# From the hold to the visit.
confirm-title = Termin bestätigen
confirm-heading = Nur noch ein Schritt: Bestätigen Sie Ihren Termin
confirm-until = Dieser Termin ist bis { $time } Uhr für Sie reserviert.
confirm-left = Verbleibende Zeit:
confirm-minutes-left = Noch etwa { $minutes } Min. zum Bestätigen.
confirm-over = Dieser Termin ist nicht mehr für Sie reserviert. Wählen Sie einen anderen.
confirm-reason = Was ist Ihr Anliegen?
confirm-reason-hint = Die Praxis liest das, und es steht in Ihrer eigenen Terminliste.
confirm-go = Termin bestätigen
confirm-promise = Unter „Meine Termine“ können Sie ihn später verschieben oder absagen.
confirm-give-up = Ich möchte diesen Termin nicht
appointment-booked = Ihr Termin ist gebucht. Wir haben Ihnen eine E-Mail mit einer Kalenderdatei geschickt.
appointment-moved = Ihr Termin wurde verschoben.
appointment-cancelled = Der Termin ist abgesagt, und die Zeit ist wieder frei.
appointment-expired = Die Reservierung ist abgelaufen, und die Zeit ist wieder frei. Es wurde nichts gebucht.
appointment-heading = Ihr Termin
appointment-heading-practice = Termin von { $patient }
appointment-cancel-reason = Grund der Absage: { $reason }
appointment-back = Alle meine Termine

# My visits.
visits-title = Meine Termine
visits-upcoming = Kommende
visits-past = Vergangene
visits-none = Kein Termin geplant.
visits-find = Termin finden
visits-earlier = Frühere Termine

# Cancelling and moving.
cancel-title = Diesen Termin absagen?
cancel-reason = Warum? (freiwillig, die Praxis liest es)
cancel-consequence = Die Zeit wird sofort für andere frei. Das lässt sich nicht rückgängig machen.
cancel-go = Termin absagen
cancel-keep = Behalten
cancel-or = Passt Ihnen nur die Zeit nicht?
cancel-move = Lieber verschieben
move-title = Ihren Termin verschieben
move-now = Diese Zeit behalten Sie, bis Sie eine andere haben:
move-choose = Wählen Sie die neue Zeit
move-keep = Alles so lassen

# A time that could not be had.
taken-title = Jemand war schneller
taken-hold = Dieser Termin wurde gerade vergeben. Für Sie wurde nichts gebucht.
taken-move = Diese Zeit wurde gerade vergeben. Ihr Termin bleibt, wie er war.
taken-instead = Jetzt gerade frei:

# Refusals.
refused-title = Dieser Termin kann nicht gebucht werden
refused-not-offered = Die Praxis bietet diesen Termin nicht mehr an.
refused-too-soon = Dieser Termin muss länger im Voraus gebucht werden. Wählen Sie einen späteren.
refused-too-far = Dieser Termin kann noch nicht so weit im Voraus gebucht werden. Wählen Sie einen früheren.
refused-patient-overlap = Sie haben zu dieser Zeit einen anderen Termin. Verschieben Sie ihn zuerst oder sagen Sie ihn ab, oder wählen Sie eine andere Zeit.
refused-no-room = Der Raum oder das Gerät für diesen Termin ist dann belegt. Wählen Sie eine andere Zeit.
refused-too-many-holds = { $limit ->
    [one] Sie haben einen anderen Termin reserviert und noch nicht bestätigt. Bestätigen Sie ihn zuerst, oder geben Sie ihn frei.
   *[other] Sie haben schon { $limit } Termine reserviert und noch nicht bestätigt. Bestätigen Sie zuerst einen davon, oder geben Sie einen frei.
}
refused-known-only = Diesen Termin gibt es hier nur für Personen, die schon einmal da waren. Rufen Sie in der Praxis an, oder wählen Sie jemand anderen.
refused-new-only = Dieser Termin ist für Personen, die noch nie hier waren. Wählen Sie eine andere Terminart.
refused-hold-expired = Der Termin war nicht mehr für Sie reserviert, deshalb wurde nichts gebucht. Wählen Sie noch einmal einen Termin.
refused-already = Das ist bereits geschehen.
refused-wrong-status = Der jetzige Stand des Termins lässt das nicht zu.
refused-started = Der Termin hat begonnen und lässt sich hier nicht mehr ändern. Rufen Sie in der Praxis an.
refused-not-started = Der Termin hat noch nicht begonnen.
refused-same-slot = Der Termin liegt schon auf dieser Zeit.
refused-changed = Der Termin hat sich inzwischen geändert. Sehen Sie ihn sich noch einmal an.
refused-running = Dieselbe Anfrage läuft noch. Warten Sie einen Moment und sehen Sie dann unter „Meine Termine“ nach.
hold-freed = Der Termin ist wieder frei. Nichts ist gebucht.
