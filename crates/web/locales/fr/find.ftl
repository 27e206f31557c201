# Home and the search form.
home-title = Prendre rendez-vous
home-heading = Trouvez un praticien qui peut vous recevoir rapidement
home-lead = Cherchez une spécialité ou un nom, choisissez un horaire libre : il est à vous.
home-popular = Souvent recherchés
home-how = Comment ça marche
home-step-find = Cherchez
home-step-find-text = Les horaires affichés sont réellement libres, au plus près de vous d’abord.
home-step-hold = Choisissez un horaire
home-step-hold-text = Il vous est réservé le temps de vous décider.
home-step-confirm = Confirmez
home-step-confirm-text = Vous recevez un courriel pour votre agenda. Déplacez ou annulez quand il le faut.
seek-what = Spécialité ou nom
seek-what-example = Dentiste, Martin…
seek-where = Ville
seek-where-example = Rennes, 35000…
seek-when = À partir du
seek-go = Rechercher
seek-proposals = Propositions : { $count }
seek-near = Autour de moi
seek-near-busy = Recherche de votre position…
seek-near-failed = Votre position n’a pas pu être trouvée. Indiquez plutôt votre ville.

# Results.
search-heading-all = Praticiens
search-heading = { $what }
search-heading-place = { $what } près de { $place }
search-heading-around = Praticiens près de { $place }
search-total = { $count ->
    [0] Aucun praticien trouvé
    [one] Un praticien
   *[other] { $count } praticiens
}
search-as-of = horaires à jour à { $time }
search-approximate = La recherche est incomplète en ce moment : les plus proches d’abord, et les nombres comptent aussi des praticiens sans horaire libre.
search-far = Cette date est lointaine : les plus proches d’abord, et les nombres comptent aussi des praticiens sans horaire libre.
search-incomplete = Beaucoup de recherches sont en cours : tous les praticiens n’ont pas pu être examinés. Réessayez dans un instant.
search-none-free = Des praticiens correspondent, mais sans horaire libre trouvé
search-not-looked = Tous les praticiens n’ont pas pu être examinés
search-call = Sans horaire libre en ligne
search-call-text = Aucun horaire réservable en ligne ne correspond. Appelez le cabinet, ou voyez tous les horaires.
search-from-today = La même recherche à partir d’aujourd’hui
search-first = Retour aux premiers résultats
search-stale = Les nouvelles arrivent en retard en ce moment : un horaire affiché peut être pris. Il est vérifié à nouveau quand vous le choisissez.
search-empty = Personne ne correspond à cette recherche
search-else = Ou cherchez plus largement
search-instead = Aucun horaire libre ne correspond. Voici ce qui s’en approche :
search-instead-later = Plus tard, au même endroit
search-instead-farther = Plus loin
search-instead-telehealth = En vidéo
search-empty-next = Vérifiez l’orthographe, retirez la ville, ou cherchez une spécialité :
search-unknown-place = Nous ne connaissons pas la ville « { $place } ». Choisissez-en une dans la liste pendant la saisie, ou laissez le champ vide.
search-other-towns = Une autre ville de ce nom ?
search-meant-town = Vouliez-vous dire une autre ville ?
search-without-place = La même recherche partout
search-next-times = Prochains horaires libres · { $visit }
search-all-times = Tous les horaires
search-more-times = Autres horaires, { $day }
map-title = Où se trouvent-ils ?
map-note = Un croquis tiré des adresses : le nord est en haut, les routes ne sont pas dessinées.
map-here = L’anneau marque le lieu de votre recherche.
search-more = Plus de résultats
distance-km = { $km } km

# What narrows a search.
filter-heading = { $count ->
    [0] Filtres
    [one] Filtre (un actif)
   *[other] Filtres ({ $count } actifs)
}
filter-distance = Au plus
filter-within = Libre d’ici
filter-within-days = { $days ->
    [one] Un jour
   *[other] { $days } jours
}
filter-any-time = Peu importe
filter-hours = Moment de la journée
filter-any-hour = Toute heure
filter-morning = Avant 12:00
filter-afternoon = De 12:00 à 18:00
filter-evening = Après 18:00
filter-days = Jours
filter-language = Langue
filter-sector = Honoraires
filter-any = Peu importe
filter-telehealth = Consultations vidéo
filter-new-patients = Accepte de nouveaux patients
filter-specialties = Spécialités
filter-apply = Appliquer
filter-clear = Sans filtres

# A practitioner's week.
practitioner-book = Prendre rendez-vous
practitioner-visit-types = Quel type de visite ?
visit-type-minutes = { $name } ({ $minutes } min)
door-directions = Itinéraire
door-hours = Horaires d’ouverture
door-today = aujourd’hui
door-closed = Fermé
door-every-weeks = { $hours } (toutes les { $weeks } semaines)
week-taken-chosen = { $time } vient d’être pris. L’horaire libre le plus proche est maintenant sélectionné.
week-heading = Du { $from } au { $to } { $year }
week-previous = Avant
week-next = Après
week-zone = Les horaires sont à l’heure de { $zone }
week-empty = Aucun horaire libre cette semaine.
week-next-free = Prochain horaire libre : { $when }
week-nothing = Aucun horaire réservable en ligne dans les mois à venir. Essayez un autre type de visite ou appelez le cabinet.
week-day-empty = Aucun horaire libre
week-own = Le vôtre
week-taken = { $time } vient d’être pris.
week-freed = { $time } est de nouveau libre.
week-promise = L’horaire choisi vous est réservé { $minutes } minutes, le temps de confirmer.
