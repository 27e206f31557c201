# A password that was forgotten, and the account of those who work here.
forgotten-link = Passwort vergessen?
forgotten-title = Passwort vergessen
forgotten-text = Schreiben Sie die E-Mail-Adresse, mit der Sie sich anmelden. Wir senden einen Link dorthin, mit dem Sie ein anderes Passwort wählen.
forgotten-go = Link senden
forgotten-sent = Wenn es ein Konto mit dieser Adresse gibt, ist eine E-Mail unterwegs; der Link gilt eine Stunde.
forgotten-back = Zurück zur Anmeldung
new-password-title = Neues Passwort wählen
new-password-text = Wenn Sie es speichern, sind Sie hier angemeldet, und alle anderen Sitzungen dieses Kontos werden beendet.
new-password-go = Speichern und anmelden
link-over-title = Dieser Link gilt nicht mehr
link-over-text = Ein Link für ein neues Passwort gilt einmal, eine Stunde lang und nur, bis ein anderes Passwort gewählt ist. Fordern Sie einen neuen an.
link-over-again = Neuen Link senden
forgotten-mail-subject = Wählen Sie ein neues Passwort für Rendez
forgotten-mail-body =
    Guten Tag,

    jemand, vermutlich Sie, hat für das Rendez-Konto mit dieser Adresse ein neues Passwort angefordert. Öffnen Sie diesen Link und wählen Sie eines:

    { $link }

    Der Link gilt einmal und eine Stunde lang. Wenn Sie das nicht waren, beachten Sie diese E-Mail nicht: Ihr Passwort bleibt, wie es ist.
work-account-email = Sie melden sich mit { $email } an.

# The trail.
trail-nobody = Jemand ohne Anmeldung
trail-account-forgotten = hat einen Link für ein anderes Passwort angefordert
trail-account-password = hat das Passwort geändert
trail-account-sessions = hat sich überall sonst abgemeldet
