# The waiting list.
waiting-title = Warteliste
waiting-link = Keine Zeit passt Ihnen? Setzen Sie sich auf die Warteliste
waiting-search-link = Für diese Suche auf die Warteliste setzen
waiting-leave = Auf die Warteliste setzen
waiting-promise = Sagen Sie, was Ihnen passen würde. Der erste freie Termin, der passt, wird für Sie reserviert, und wir schicken Ihnen eine E-Mail. Wer zuerst gefragt hat, kommt zuerst an die Reihe.
waiting-specialty = Fachrichtung
waiting-earliest = Nicht vor
waiting-latest = Nicht nach
waiting-first = Ab
waiting-last = Bis
waiting-go = Auf die Liste setzen
waiting-mine = Worauf Sie warten
waiting-none = Sie warten auf nichts.
waiting-over = Nicht mehr auf der Liste
waiting-around = Im Umkreis von { $km } km um { $place }
waiting-until = bis { $date }
waiting-any-day = Jeder Tag
waiting-any-hour = jede Uhrzeit
waiting-hours-from = ab { $from } Uhr
waiting-hours-until = bis { $until } Uhr
waiting-hours-between = { $from } bis { $until } Uhr
waiting-ahead = { $count ->
    [0] Sie sind als Nächstes an der Reihe.
    [one] Eine Person ist vor Ihnen.
   *[other] { $count } Personen sind vor Ihnen.
}
waiting-ahead-many = Mindestens { $count } Personen sind vor Ihnen.
waiting-kept = Dieser Termin ist für Sie reserviert bis { $until }.
waiting-take = Annehmen
waiting-decline = Nein, danke
waiting-withdraw = Nicht mehr warten
waiting-again = Noch einmal warten
waiting-status-waiting = Auf der Liste
waiting-status-offered = Ein Termin ist für Sie reserviert
waiting-status-taken = Gebucht
waiting-status-withdrawn = Zurückgezogen
waiting-status-lapsed = Termin nicht angenommen
waiting-status-expired = Vorbei

# What has just been done.
waiting-left = Sie stehen auf der Liste. Sobald ein Termin für Sie frei ist, bekommen Sie eine E-Mail, und Sie sehen ihn hier.
waiting-withdrawn = Sie warten nicht mehr darauf.
waiting-declined = Der Termin geht an die nächste Person. Sie können noch einmal warten, am Ende der Liste.
waiting-again-done = Sie stehen wieder auf der Liste, an ihrem Ende.

# What is wrong with the form.
waiting-wrong-visit-type = Wählen Sie, worum es geht.
waiting-wrong-specialty = Wählen Sie eine Fachrichtung aus der Liste.
waiting-wrong-place = Wir kennen diesen Ort nicht. Wählen Sie beim Tippen einen aus der Liste.
waiting-wrong-days = Wählen Sie mindestens einen Tag.
waiting-wrong-hours = Die späteste Uhrzeit muss nach der frühesten liegen.
waiting-wrong-date = Das ist kein Datum.
waiting-wrong-days-reversed = Der letzte Tag darf nicht vor dem ersten liegen.
waiting-wrong-over = Dieser Tag ist vorbei. Wählen Sie einen, der noch kommt.
waiting-wrong-too-long = Wählen Sie einen Tag innerhalb eines Jahres.
waiting-wrong-same = Genau darauf warten Sie schon.
waiting-too-many = { $limit ->
    [one] Sie warten schon auf etwas anderes. Ziehen Sie das zuerst zurück.
   *[other] Sie warten schon auf { $limit } Dinge. Ziehen Sie zuerst eines davon zurück.
}
