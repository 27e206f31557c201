# Three steps to a visit.
steps-label = Schritte
step-time = Termin
step-done = (gewählt; einen anderen wählen)
step-whom = Für wen
step-confirm = Bestätigen
whom-title = Für wen ist der Termin?
whom-me = Für mich
whom-new = Eine Person, um die ich mich kümmere und die nicht in der Liste steht
whom-overlap = Diese Person hat zu dieser Zeit einen anderen Termin. Wählen Sie jemand anderen oder eine andere Zeit.
whom-known-only = Diesen Termin gibt es hier nur für Personen, die schon einmal da waren, und diese Person war noch nicht da. Wählen Sie jemand anderen, oder rufen Sie in der Praxis an.
whom-new-only = Dieser Termin ist für Personen, die noch nie hier waren, und diese Person war schon hier. Wählen Sie jemand anderen oder eine andere Terminart.
confirm-offline = Keine Verbindung. Nichts ist verloren, und nichts wurde doppelt gebucht: Senden Sie noch einmal, sobald Sie wieder online sind.
confirm-leaving = { $minutes ->
    [one] Wenn Sie diese Seite schließen, bleibt der Termin noch eine Minute reserviert.
   *[other] Wenn Sie diese Seite schließen, bleibt der Termin noch { $minutes } Minuten reserviert.
}
fact-for = Für

# A time that could not be had.
taken-others = Für jemand anderen buchen
taken-holds = Diese Termine sind für Sie reserviert: Bestätigen Sie einen, oder geben Sie einen frei
taken-in-the-way = Ihre Termine und Reservierungen zu dieser Zeit
refused-call = In der Praxis anrufen: { $phone }
refused-others = Andere Behandelnde in der Nähe

# People whom a patient cares for.
people-title = Meine Angehörigen
people-text = Buchen Sie für Ihre Kinder oder für jemanden, um den Sie sich kümmern. E-Mails zu diesen Terminen gehen an Sie.
people-add = Eine Person hinzufügen
people-add-go = Hinzufügen
people-added = Hinzugefügt. Sie können jetzt für diese Person buchen.
people-corrected = Die Änderungen sind gespeichert.
people-ended = Sie buchen nicht mehr für diese Person.
people-back = Alle meine Angehörigen
person-born = geboren am { $date }
person-until = Sie buchen für diese Person bis zur Volljährigkeit am { $date }.
person-of-age = Volljährig seit dem { $date }: Diese Person bucht mit einem eigenen Konto.
person-change = Ändern
person-save = Änderungen speichern
person-relation = Diese Person ist
person-relation-choose = Bitte wählen
person-majority = Bei einem Kind endet dies mit 18 Jahren.
person-declare = Ich darf für diese Person buchen
person-declare-hint = Das Gesetz verlangt, dass es ein Kind ist, für das Sie das Sorgerecht haben, dass diese erwachsene Person einverstanden ist oder dass Sie sie rechtlich vertreten. Wir prüfen das nicht; Ihre Erklärung wird aufbewahrt.
person-end-title = Ich kümmere mich nicht mehr
person-end-text = Sie sehen die Termine von { $name } nicht mehr und buchen nicht mehr für { $name }. Die Praxen behalten ihre Akten. Sagen Sie zuerst die kommenden Termine ab.
person-end = Ich buche nicht mehr für diese Person
person-wrong-relation = Wählen Sie, wer diese Person für Sie ist.
person-wrong-declared = Ohne diese Erklärung können Sie nicht für jemand anderen buchen.
person-wrong-of-age = Diese Person ist volljährig. Wählen Sie ein anderes Verhältnis; sie muss einverstanden sein.
person-wrong-too-many = Sie kümmern sich bereits um { $limit } Personen. Entfernen Sie zuerst eine.
person-wrong-visits = Diese Person hat noch kommende Termine. Sagen Sie sie zuerst ab.
person-wrong-changed = Das wurde inzwischen geändert. Sehen Sie es sich noch einmal an.
relation-child = mein Kind
relation-ward = ein Kind in meiner Obhut
relation-partner = meine Partnerin oder mein Partner
relation-parent = meine Mutter oder mein Vater
relation-other = eine andere erwachsene Person

# A visit.
visit-directions = Weg zeigen
visits-subscribe = Abonnieren
move-soon = Nächste freie Zeiten
move-undo = Rückgängig: zurück auf { $when }
cancel-rule-title = Die Regel
cancel-rule = Sie können hier bis zum Beginn des Termins absagen: { $when }. Das kostet hier nichts.
cancel-what-happens = Die Praxis sieht es sofort, Sie bekommen eine E-Mail, und der Eintrag in Ihrem Kalender wird gestrichen.
cancel-late = Der Termin beginnt in weniger als 24 Stunden. Bitte rufen Sie auch in der Praxis an, damit jemand anderes kommen kann.

# The calendar that programs subscribe to.
calendar-title = Meine Termine in Ihrem Kalender
calendar-text = Ihr Kalenderprogramm kann Ihren Terminen und denen Ihrer Angehörigen folgen: Was gebucht, verschoben oder abgesagt wird, ändert sich dort von selbst.
calendar-off = Das Abonnement ist nicht eingeschaltet.
calendar-on = Das Abonnement ist eingeschaltet. Die Adresse wurde gezeigt, als sie angelegt wurde; eine neue macht die alte sofort ungültig.
calendar-make = Adresse anlegen
calendar-renew = Neue Adresse anlegen
calendar-end = Ausschalten
calendar-made = Hier ist die Adresse. Sie wird nur dieses eine Mal gezeigt.
calendar-ended = Das Abonnement ist ausgeschaltet. Die alte Adresse zeigt nichts mehr.
calendar-address = Adresse
calendar-secret = Wer diese Adresse hat, sieht Ihre Termine. Geben Sie sie niemandem.
calendar-open = In meinem Kalender öffnen
calendar-copy = Adresse kopieren
calendar-copied = Kopiert

# The account.
nav-account = Konto
account-title = Mein Konto
account-kept = Die Änderungen sind gespeichert.
account-email-changed = Die Adresse ist geändert. E-Mails gehen von jetzt an dorthin.
account-password-changed = Das Passwort ist geändert, und alle anderen Sitzungen sind beendet.
account-sessions-ended = Alle anderen Sitzungen sind beendet.
account-profile = Über mich
account-language = Sprache der E-Mails
account-email-now = Sie melden sich mit { $email } an, und E-Mails gehen dorthin.
account-email-new = Neue E-Mail-Adresse
account-email-go = Adresse ändern
account-email-taken = Diese Adresse kann nicht verwendet werden.
account-password-now = Ihr Passwort
account-password-new = Neues Passwort
account-password-hint = Mindestens 10 Zeichen. Wer anderswo angemeldet ist, wird abgemeldet.
account-password-go = Passwort ändern
account-wrong-password = Das ist nicht Ihr Passwort.
account-consents = Meine Zustimmungen
account-consent-needed = Ohne sie kann kein Termin gebucht werden; wenn Sie das Konto löschen, nehmen Sie sie zurück.
account-sessions = Wo ich angemeldet bin
account-session-since = Seit { $when }
account-session-this = hier
account-sessions-end = Überall sonst abmelden
account-data = Meine Daten
account-export-text = Alles, was über Sie, Ihre Angehörigen und Ihre Termine bekannt ist, als Datei, die Programme lesen können.
account-export = Alles exportieren
delete-title = Mein Konto löschen
delete-goes = Was jetzt gelöscht wird
delete-goes-account = Ihr Konto, Ihre Sitzungen, Ihre Zustimmungen und die Adresse Ihres Kalenders.
delete-goes-visits = Kommende Termine werden abgesagt, und ihre Zeit ist sofort für andere frei.
delete-goes-people = Ihre Angehörigen, soweit sich sonst niemand um sie kümmert.
delete-goes-contact = Ihre E-Mail-Adresse und Telefonnummer und die E-Mails, die wir aufbewahren.
delete-stays = Was bleiben muss
delete-stays-visits = Wenn Sie in einer Praxis waren: wann und wo, mit Name und Geburtsdatum, noch { $months } Monate nach dem letzten Termin; dann wird es von selbst geleert. Ohne einen solchen Termin bleibt nichts davon.
delete-stays-practice = Die Praxen müssen ihre medizinischen Akten über Sie aufbewahren; fragen Sie dort, wie lange. Rendez hat sie nicht.
delete-stays-audit = Das Protokoll, wer was getan hat, ohne Namen.
delete-export-first = Zuerst alles exportieren
delete-final = Das lässt sich nicht rückgängig machen.
delete-go = Mein Konto jetzt löschen
delete-keep = Behalten
deleted-title = Ihr Konto ist gelöscht
deleted-text = Kommende Termine sind abgesagt. Danke für Ihr Vertrauen.
