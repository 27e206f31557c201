confirmation-subject = Ihr Termin am { $day } um { $time }
confirmation-body =
    Guten Tag { $patient },

    Ihr Termin ist gebucht.

    { $visit } bei { $practitioner }
    { $day } um { $time }{ $zone }
    { $place }

    Die angehängte Datei trägt ihn in Ihren Kalender ein. Wenn Sie nicht kommen können, sagen Sie bitte auf der Seite „Meine Termine“ ab: Jemand anderes freut sich über den freien Termin.

moved-subject = Ihr Termin ist jetzt am { $day } um { $time }
moved-body =
    Guten Tag { $patient },

    Ihr Termin wurde verschoben.

    { $visit } bei { $practitioner }
    { $day } um { $time }{ $zone }
    { $place }

    Die angehängte Datei bringt Ihren Kalender auf den neuen Stand.

cancellation-subject = Ihr Termin am { $day } um { $time } ist abgesagt
cancellation-body =
    Guten Tag { $patient },

    dieser Termin ist abgesagt:

    { $visit } bei { $practitioner }
    { $day } um { $time }{ $zone }

    Die angehängte Datei nimmt ihn aus Ihrem Kalender. Sie können jederzeit einen anderen Termin buchen.

offer-subject = Ein Termin ist für Sie frei: { $day } um { $time }
offer-body =
    Guten Tag { $patient },

    Sie sind auf der Warteliste an der Reihe, und dieser Termin ist frei:

    { $visit } bei { $practitioner }
    { $day } um { $time }{ $zone }
    { $place }

    Er ist für Sie reserviert bis { $until-day } um { $until-time }{ $zone }. Hier nehmen Sie ihn an oder geben ihn frei:

    { $link }

    Wenn Sie nichts tun, bekommt ihn die nächste Person auf der Liste.

visit-of-another = { $visit } für { $person }

date-form = { $weekday }, { $day }. { $month } { $year }
time-form = { $hour }:{ $minute } Uhr
zone-form = Ortszeit von { $zone }
weekday-1 = Montag
weekday-2 = Dienstag
weekday-3 = Mittwoch
weekday-4 = Donnerstag
weekday-5 = Freitag
weekday-6 = Samstag
weekday-7 = Sonntag
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
