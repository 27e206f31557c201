# The waiting list.
waiting-title = Liste d’attente
waiting-link = Aucun horaire ne vous convient ? Inscrivez-vous sur la liste d’attente
waiting-search-link = S’inscrire sur la liste d’attente pour cette recherche
waiting-leave = S’inscrire sur la liste d’attente
waiting-promise = Dites ce qui vous conviendrait. Le premier horaire libre qui correspond vous est réservé, et un courriel vous prévient. Les personnes inscrites en premier sont servies en premier.
waiting-specialty = Spécialité
waiting-earliest = Pas avant
waiting-latest = Pas après
waiting-first = À partir du
waiting-last = Jusqu’au
waiting-go = S’inscrire
waiting-mine = Ce que vous attendez
waiting-none = Vous n’attendez rien pour le moment.
waiting-over = Attentes terminées
waiting-around = À moins de { $km } km de { $place }
waiting-until = jusqu’au { $date }
waiting-any-day = Tous les jours
waiting-any-hour = à toute heure
waiting-hours-from = à partir de { $from }
waiting-hours-until = jusqu’à { $until }
waiting-hours-between = de { $from } à { $until }
waiting-ahead = { $count ->
    [0] C’est à vous : personne ne vous précède.
    [one] { $count } personne vous précède.
   *[other] { $count } personnes vous précèdent.
}
waiting-ahead-many = Au moins { $count } personnes vous précèdent.
waiting-kept = Cet horaire vous est réservé jusqu’au { $until }.
waiting-take = Je le prends
waiting-decline = Non, merci
waiting-withdraw = Ne plus attendre
waiting-again = Attendre encore
waiting-status-waiting = En attente
waiting-status-offered = Un horaire vous est réservé
waiting-status-taken = Confirmé
waiting-status-withdrawn = Retirée
waiting-status-lapsed = Horaire laissé
waiting-status-expired = Terminée

# What has just been done.
waiting-left = Vous êtes sur la liste. Dès qu’un horaire se libère pour vous, un courriel vous prévient et vous le voyez ici.
waiting-withdrawn = Vous n’êtes plus sur cette liste.
waiting-declined = L’horaire est proposé à la personne suivante. Vous pouvez attendre encore, en fin de liste.
waiting-again-done = Vous êtes de nouveau sur la liste, à la fin.

# What is wrong with the form.
waiting-wrong-visit-type = Choisissez le motif.
waiting-wrong-specialty = Choisissez une spécialité de la liste.
waiting-wrong-place = Nous ne connaissons pas cette ville. Choisissez-en une dans la liste pendant la saisie.
waiting-wrong-days = Choisissez au moins un jour.
waiting-wrong-hours = L’heure la plus tardive doit suivre la plus matinale.
waiting-wrong-date = Ce n’est pas une date.
waiting-wrong-days-reversed = Le dernier jour ne peut pas précéder le premier.
waiting-wrong-over = Ce jour est passé. Choisissez-en un à venir.
waiting-wrong-too-long = Choisissez un jour dans l’année qui vient.
waiting-wrong-same = Vous attendez déjà exactement cela.
waiting-too-many = { $limit ->
    [one] Vous êtes déjà sur une liste. Retirez-vous d’abord de celle-ci.
   *[other] Vous êtes déjà sur { $limit } listes. Retirez-vous d’abord de l’une d’elles.
}
