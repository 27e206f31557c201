# The practice's pages.
practice-nav = Die Praxis
practice-houses = Praxis
practice-nav-agenda = Terminplan
practice-nav-patients = Patientenkartei
practice-nav-hours = Öffnungszeiten
practice-nav-visit-types = Terminarten
practice-nav-staff = Team
practice-nav-trail = Protokoll
date-numbers = { $day }.{ $month }.{ $year }

# What editors have in common.
settings-wrong = Bitte sehen Sie sich das noch einmal an:
settings-preview = Vorschau
settings-preview-hint = Noch wird nichts gespeichert: Sie sehen zuerst, was sich ändern würde.
settings-save = Speichern
settings-save-or = Oder ändern Sie unten etwas und sehen Sie noch einmal nach.
settings-look-again = Sie haben seit der Vorschau etwas geändert. Sehen Sie sich die neue an und speichern Sie dann.
settings-back = Zurück
wrong-number = Schreiben Sie eine ganze Zahl von { NUMBER($least, useGrouping: 0) } bis { NUMBER($most, useGrouping: 0) }.
wrong-time = Schreiben Sie eine Uhrzeit, zum Beispiel 09:00.
wrong-date = Schreiben Sie ein Datum, oder lassen Sie das Feld leer.
wrong-moment = Schreiben Sie ein Datum und eine Uhrzeit.
wrong-weekday = Wählen Sie einen Wochentag.
wrong-choice = Wählen Sie eine der Möglichkeiten.
wrong-location = Wählen Sie einen Ihrer Standorte.
wrong-zero-length = Das Ende darf nicht gleich dem Beginn sein. Für einen ganzen Tag schreiben Sie zweimal 00:00.
wrong-weeks-from = Geben Sie an, ab welchem Datum die Wochen gezählt werden.
wrong-until = Der letzte Tag darf nicht vor dem ersten liegen.
wrong-end = Das Ende muss nach dem Beginn liegen.
wrong-past = Das ist schon vorbei.
wrong-too-far-apart = Eine Abwesenheit dauert höchstens 366 Tage.
wrong-room = Schreiben Sie einen kurzen Namen in Kleinbuchstaben, ohne Umlaute, zum Beispiel labor.

# The preview of a change.
preview-title = Was sich ändern würde
preview-lead = In den nächsten zwei Wochen wären online buchbar:
preview-before = (jetzt: { $slots })
preview-slots = { $count ->
    [0] keine Zeiten
    [one] 1 Zeit
   *[other] { $count } Zeiten
}
preview-none-struck = Kein gebuchter Termin läge außerhalb.
preview-struck = { $count ->
    [one] Ein gebuchter Termin läge außerhalb
   *[other] { $count } gebuchte Termine lägen außerhalb
}
preview-struck-text = Gebuchte Termine bleiben, bis Sie sie verschieben oder absagen: Öffnen Sie jeden, oder lassen Sie alles, wie es ist.
preview-kept = { $count ->
    [one] Ein Termin dieser Art ist gebucht
   *[other] { $count } Termine dieser Art sind gebucht
}
preview-kept-text = Gebuchte Termine behalten die Dauer und den Ort, mit denen sie gebucht wurden.
preview-more = { $count ->
    [one] Und noch einer.
   *[other] Und noch { $count }.
}
preview-why-outside = außerhalb der Öffnungszeiten
preview-why-closed = in einer Schließung
preview-why-holiday = an einem Feiertag
preview-why-away = in einer Abwesenheit
preview-why-elsewhere = an einem anderen Standort
preview-why-not-offered = nicht mehr angeboten

# Opening hours.
hours-title = Öffnungszeiten
hours-saved = Die Öffnungszeiten sind gespeichert.
hours-changed-meanwhile = Während Sie daran gearbeitet haben, hat jemand andere Öffnungszeiten gespeichert. Sehen Sie sich den Unterschied an: Wenn Sie jetzt speichern, ersetzen Ihre die anderen.
hours-difference = Der Unterschied
hours-theirs = Von anderen gespeichert, fehlt bei Ihnen
hours-yours = Bei Ihnen, nicht gespeichert
hours-nothing = Nichts.
hours-take-theirs = Meine verwerfen und mit den anderen weitermachen
hours-over-midnight = { $weekday } von { $starts } bis { $ends } endet am nächsten Tag. Wenn das nicht gemeint ist, ändern Sie es vor dem Speichern.
hours-weekly = Jede Woche
hours-weekly-hint = Ein Ende, das nicht nach dem Beginn liegt, fällt auf den nächsten Tag; 00:00 ist Mitternacht.
hours-zones = Jede Uhrzeit gilt in der Ortszeit ihres Standorts.
hours-no-rules = Noch keine wöchentlichen Öffnungszeiten.
hours-rule = Öffnungszeit { $number }
hours-weekday = Tag
hours-starts = Von
hours-ends = Bis
hours-location = Standort
hours-more = Nur manche Wochen oder Terminarten
hours-weeks = Alle wie viele Wochen
hours-from = Erster Tag
hours-until = Letzter Tag
hours-visit-types = Nur für diese Terminarten (keine angekreuzt: für alle)
hours-every-weeks = { $weeks ->
    [one] jede Woche
   *[other] alle { $weeks } Wochen
}
hours-line-from = ab { $date }
hours-line-until = bis { $date }
hours-add-rule = Öffnungszeit hinzufügen
hours-remove = Entfernen
hours-row-added = Eine Zeile wurde hinzugefügt.
hours-row-removed = Die Zeile wurde entfernt.
hours-holidays = Auch an Feiertagen geöffnet
hours-next-holidays = Die nächsten: { $dates }.
hours-closures = Schließungen
hours-closures-hint = Zwischen diesen Zeiten gelten die wöchentlichen Öffnungszeiten nicht. Gründe sieht nur die Praxis.
hours-closure = Schließung { $number }
hours-closed-from = Geschlossen ab
hours-closed-until = Wieder geöffnet ab
hours-closed-reason = Grund (freiwillig)
hours-closed-line = Geschlossen: { $from } – { $until }
hours-add-closure = Schließung hinzufügen
away-title = Abwesenheiten
away-hint = Während einer Abwesenheit kann nichts gebucht werden, was auch immer geöffnet ist. Was gebucht ist, bleibt, bis Sie es verschieben oder absagen.
away-none = Keine Abwesenheit ist geplant.
away-from = Abwesend ab
away-until = Wieder da ab
away-reason = Grund (freiwillig, für die Praxis)
away-line = { $from } – { $until }
away-look = Ansehen, was hineinfällt
away-take = Diese Abwesenheit eintragen
away-end = Beenden
away-saved = Die Abwesenheit ist eingetragen.
away-ended = Die Abwesenheit ist beendet; ihre Zeit ist wieder frei.

# Visit types.
visit-types-title = Terminarten
visit-types-lead = in der Reihenfolge, in der sie bei der Buchung erscheinen
visit-type-new = Neue Terminart
visit-type-main = Der Termin
visit-type-rules = Die Buchung
visit-type-name = Name, wie er bei der Buchung zu lesen ist
visit-type-duration = Dauer in Minuten
visit-type-before = Minuten frei davor
visit-type-before-hint = Für die Vorbereitung freigehalten
visit-type-after = Minuten frei danach
visit-type-after-hint = Für Notizen und Reinigung freigehalten
visit-type-telehealth = Per Video
visit-type-active = Kann gebucht werden
visit-type-inactive = Kann nicht gebucht werden
visit-type-who = Wer buchen darf
visit-type-who-anyone = alle
visit-type-who-new = nur Personen, die noch nie hier waren
visit-type-who-known = nur Personen, die schon einmal hier waren
visit-type-notice = Vorlauf in Minuten
visit-type-notice-hint = Wie lange vor Beginn der Termin spätestens gebucht werden kann; ein Tag hat 1440
visit-type-horizon = Wie viele Tage im Voraus buchbar
visit-type-hold = Minuten zum Bestätigen
visit-type-hold-hint = Wie lange ein gewählter Termin reserviert bleibt
visit-type-room = Art des Raums (freiwillig)
visit-type-room-hint = Ein Raum dieser Art muss ebenfalls frei sein, zum Beispiel labor
visit-type-length = { $minutes ->
    [one] 1 Minute
   *[other] { $minutes } Minuten
}
visit-type-buffers = { $minutes ->
    [one] zusammen 1 Minute davor und danach frei
   *[other] zusammen { $minutes } Minuten davor und danach frei
}
visit-type-up = Nach oben
visit-type-down = Nach unten
visit-type-saved = Gespeichert.
visit-type-changed = Jemand hat inzwischen die Terminarten oder die Öffnungszeiten geändert. Sehen Sie sich an, wie sie jetzt sind, und versuchen Sie es dann noch einmal.

# Patients of the practice.
patients-title = Patientenkartei
patients-lead = Füllen Sie aus, was Sie wissen.
patients-name = Name
patients-name-hint = Der Anfang genügt; Akzente zählen nicht
patients-go = Suchen
patients-found = Gefunden
patients-none = Niemand aus der Kartei der Praxis passt dazu.
patients-more = Mehr
patients-blocked = Um Anruf gebeten
patients-blocked-list = Um Anruf statt Online-Buchung gebeten
patient-title = Patient/in
patient-back = Jemand anderen suchen
patient-visits = { $count ->
    [0] kein Termin hat stattgefunden
    [one] ein Termin hat stattgefunden
   *[other] { $count } Termine haben stattgefunden
}
patient-missed = { $count ->
    [0] keiner versäumt
    [one] einer versäumt
   *[other] { $count } versäumt
}
patient-online = Online-Buchung
patient-may-book = Darf online buchen.
patient-block = Stattdessen um Anruf bitten
patient-block-text = Online ist dann nur zu lesen: „Diese Praxis bittet Sie um einen Anruf“. Was gebucht ist, bleibt gebucht, und Sie können weiterhin für diese Person buchen.
patient-block-why = Warum?
patient-block-why-hint = Das liest nur die Praxis.
patient-block-why-missing = Schreiben Sie einen Grund: Ihre Kolleginnen und Kollegen werden ihn wissen wollen.
patient-block-go = Online-Buchung sperren
patient-blocked-since = Um Anruf gebeten seit { $date }
patient-blocked-text = Wer hier arbeitet, kann weiterhin für diese Person buchen.
patient-unblock = Wieder online buchen lassen
patient-now-blocked = Diese Person wird von jetzt an um einen Anruf gebeten.
patient-now-unblocked = Diese Person darf wieder online buchen.
patient-history = Termine hier
patient-no-visits = Noch kein Termin.
refused-blocked = Diese Praxis bittet Sie um einen Anruf: Dort finden Sie gemeinsam einen Termin.

# Staff.
staff-title = Team
staff-members = Wer sich für die Praxis anmeldet
staff-nobody = Noch niemand. Laden Sie unten die erste Person ein.
staff-rights-text = Der Empfang führt Terminplan und Patientenkartei. Die Leitung ändert auch Öffnungszeiten, Terminarten und Team und liest das Protokoll.
rights-desk = Empfang
rights-manager = Leitung
staff-rights = Rechte
staff-you = (Sie)
staff-make-manager = Zur Leitung machen
staff-make-desk = Nur Empfang
staff-remove = Entfernen
staff-remove-text = Die Person wird sofort abgemeldet und sieht nichts mehr von der Praxis.
staff-remove-go = Endgültig entfernen
staff-invitations = Eingeladen
staff-invitation-until = bis { $until }
staff-withdraw = Zurücknehmen
staff-invite = Jemanden einladen
staff-invite-text = Die Person bekommt per E-Mail einen Link, wählt ein Passwort und kann beginnen.
staff-invite-go = Einladung senden
staff-practitioners = Behandelnde
staff-no-account = ohne Konto
staff-already = Jemand mit dieser Adresse arbeitet schon hier.
staff-invited = Die Einladung ist unterwegs.
staff-changed = Die Rechte sind geändert.
staff-removed = Entfernt und überall abgemeldet.
staff-withdrawn = Die Einladung ist zurückgenommen; ihr Link gilt nicht mehr.
staff-last-manager = Eine Praxis behält mindestens eine Person in der Leitung. Machen Sie zuerst jemand anderen zur Leitung.
invitation-heading = Einladung
invitation-title = { $practice } lädt Sie ein
invitation-text = Sie werden sich mit dieser Adresse anmelden. Ihre Rechte: { $rights }.
invitation-known = Für diese Adresse gibt es schon ein Konto: Schreiben Sie dessen Passwort.
invitation-accept = Mein Konto anlegen
invitation-join = Der Praxis beitreten
invitation-other-role = Diese Adresse gehört zu einem anderen Konto, etwa dem einer Patientin oder eines Patienten. Bitten Sie um eine Einladung an eine andere Adresse.
invitation-mail-subject = { $practice } lädt Sie zu Rendez ein
invitation-mail-body =
    Guten Tag,

    { $practice } bittet Sie, mit dem Terminplan der Praxis auf Rendez zu arbeiten. Öffnen Sie diesen Link und wählen Sie ein Passwort:

    { $link }

    Der Link gilt einmal und { $hours } Stunden lang. Wenn Sie das nicht erwartet haben, beachten Sie es nicht.

# The trail.
trail-title = Protokoll
trail-lead = Wer was getan hat, das Neueste zuerst.
trail-none = Es wurde nichts getan, das dazu passt.
trail-older = Früher
trail-who = Von wem
trail-everybody = Alle
trail-patients = Patientinnen und Patienten
trail-partners = Programme von Partnern
trail-server = Der Server
trail-admin = Die Administration
trail-patient = { $name } (Patient/in)
trail-visit = { $patient }, { $when }
trail-moved = { $patient }, von { $from } auf { $to }
trail-moved-whom = { $patient }, von { $from } bei { $before } auf { $to } bei { $after }
trail-other = hat ausgeführt: { $action }
trail-appointment-hold = hat einen Termin gewählt
trail-appointment-assign = hat den Termin auf eine andere angehörige Person übertragen
trail-appointment-confirm = hat den Termin bestätigt
trail-appointment-cancelled = hat den Termin abgesagt
trail-appointment-arrived = hat das Eintreffen vermerkt
trail-appointment-fulfilled = hat vermerkt, dass der Termin stattgefunden hat
trail-appointment-no-show = hat vermerkt, dass der Termin versäumt wurde
trail-appointment-booked = hat den Vermerk zurückgenommen
trail-appointment-reschedule = hat den Termin verschoben
trail-appointment-expire = hat einen nicht bestätigten Termin freigegeben
trail-appointment-overbook = hat den Termin eingeschoben
trail-opening-hours-replace = hat die Öffnungszeiten geändert
trail-opening-create = hat zusätzliche Zeit geöffnet
trail-opening-delete = hat zusätzliche Zeit zurückgenommen
trail-time-off-create = hat eine Abwesenheit eingetragen
trail-time-off-end = hat eine Abwesenheit beendet
trail-visit-type-change = hat eine Terminart geändert
trail-visit-type-order = hat die Reihenfolge der Terminarten geändert
trail-practitioner-create = hat das Profil angelegt
trail-practitioner-update = hat das Profil geändert
trail-practitioner-import = hat das Profil aus einem Register übernommen
trail-location-create = hat einen Standort hinzugefügt
trail-room-create = hat einen Raum hinzugefügt
trail-patient-create = hat die Karteikarte angelegt
trail-patient-update = hat die Karteikarte geändert
trail-patient-block = hat um Anruf statt Online-Buchung gebeten
trail-patient-unblock = hat die Online-Buchung wieder erlaubt
trail-staff-invite = hat eingeladen
trail-staff-join = hat die Einladung angenommen
trail-staff-remove = hat aus dem Team entfernt
trail-staff-withdraw = hat die Einladung zurückgenommen
trail-staff-desk = hat die Rechte des Empfangs gegeben
trail-staff-manager = hat die Rechte der Leitung gegeben
