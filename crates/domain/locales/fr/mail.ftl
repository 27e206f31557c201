confirmation-subject = Votre rendez-vous du { $day } à { $time }
confirmation-body =
    Bonjour { $patient },

    votre rendez-vous est confirmé.

    { $visit } avec { $practitioner }
    { $day } à { $time }{ $zone }
    { $place }

    Le fichier joint l’ajoute à votre agenda. En cas d’empêchement, annulez-le sur la page « Mes rendez-vous » : quelqu’un d’autre sera heureux de prendre cet horaire.

moved-subject = Votre rendez-vous est déplacé au { $day } à { $time }
moved-body =
    Bonjour { $patient },

    votre rendez-vous a été déplacé.

    { $visit } avec { $practitioner }
    { $day } à { $time }{ $zone }
    { $place }

    Le fichier joint met votre agenda à jour.

cancellation-subject = Votre rendez-vous du { $day } à { $time } est annulé
cancellation-body =
    Bonjour { $patient },

    ce rendez-vous est annulé :

    { $visit } avec { $practitioner }
    { $day } à { $time }{ $zone }

    Le fichier joint le retire de votre agenda. Vous pouvez réserver un autre horaire quand vous voulez.

offer-subject = Un horaire se libère pour vous : { $day } à { $time }
offer-body =
    Bonjour { $patient },

    c’est votre tour sur la liste d’attente, et cet horaire est libre :

    { $visit } avec { $practitioner }
    { $day } à { $time }{ $zone }
    { $place }

    Il vous est réservé jusqu’au { $until-day } à { $until-time }{ $zone }. Prenez-le ou laissez-le ici :

    { $link }

    Sans réponse de votre part, il sera proposé à la personne suivante.

visit-of-another = { $visit } pour { $person }

date-form = { $weekday } { $day ->
    [1] 1er
   *[other] { $day }
} { $month } { $year }
time-form = { $hour }:{ $minute }
zone-form = heure de { $zone }
weekday-1 = lundi
weekday-2 = mardi
weekday-3 = mercredi
weekday-4 = jeudi
weekday-5 = vendredi
weekday-6 = samedi
weekday-7 = dimanche
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
