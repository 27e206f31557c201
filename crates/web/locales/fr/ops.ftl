# The operator's page.
nav-ops = Exploitation
ops-title = Exploitation
ops-at = État du { $time }
ops-refresh = Actualiser
ops-refresh-itself = Toutes les 5 secondes
ops-parts = Parties
ops-well = Tout va bien
ops-unwell = Quelque chose ne va pas
ops-ready = prête
ops-figures = Chiffres
ops-version = Version
ops-uptime = Tourne depuis
ops-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
ops-change-lag = Retard du journal des changements
ops-index-lag = Retard de l’index de recherche
ops-index-size = Praticiens dans l’index
ops-memory = Mémoire
ops-disk = Disque des données
ops-disk-value = { $free } libres sur { $size }
ops-pool = Connexions à la base
ops-pool-value = { $open } ouvertes, { $waiting } en attente
ops-jobs = Tâches
ops-waiting = dues
ops-later = plus tard
ops-running = en cours
ops-failed = échouées, à refaire
ops-dead = abandonnées
ops-idle = Rien n’attend.
ops-oldest = La plus ancienne est due depuis { $time }.
ops-paused-since = En pause depuis { $time }
ops-retry = Réessayer
ops-pause = Mettre en pause
ops-go-on = Reprendre
ops-leave = Laisser ainsi
ops-retry-title = Réessayer { $kind } ?
ops-retry-text = Les tâches abandonnées retrouvent tous leurs essais, et celles qui attendent après un échec repartent aussitôt.
ops-pause-title = Mettre { $kind } en pause ?
ops-pause-text = Aucune tâche de ce type ne commence tant que personne ne les reprend ; celles en cours finissent comme d’habitude. Rien n’est perdu, mais tout attend : des courriels ne partiraient pas.
ops-go-on-title = Reprendre { $kind } ?
ops-go-on-text = Ces tâches recommencent aussitôt.
ops-retried = { $count ->
    [0] Il ne restait rien à réessayer.
    [one] Une tâche repart.
   *[other] { $count } tâches repartent.
}
ops-paused-now = En pause.
ops-goes-on-now = Elles reprennent.
ops-bookings = Réservations par résultat
ops-no-bookings = Aucune depuis le démarrage de ce processus.
ops-command = Quoi
ops-result = Résultat
ops-count = Nombre
ops-command-hold = Choisir un créneau
ops-command-confirm = Confirmer
ops-command-cancel = Annuler
ops-command-outcome = Noter l’issue
ops-command-assign = Dire pour qui
ops-command-take-back = Annuler une mention
ops-command-reschedule = Déplacer
ops-command-expire = Expirer
ops-command-done = fait
ops-command-taken = pris
ops-command-refused = refusé
ops-command-fault = panne
ops-result-hold = créneau
ops-result-confirm = confirmation
ops-result-cancel = annulation
ops-result-settle = issue
ops-result-reschedule = déplacement
ops-result-expire = expiration
ops-result-done = fait
ops-result-taken = créneau pris
ops-result-refused = refusé
ops-result-fault = panne chez nous
ops-routes = Routes les plus lentes
ops-route = Route
ops-since-start = Depuis le démarrage de ce processus ; la moitié des requêtes tenaient dans p50, toutes sauf une sur cent dans p99.
ops-regions = Régions
ops-region-here = celle-ci
