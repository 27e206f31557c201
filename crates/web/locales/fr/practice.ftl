# The practice's day.
day-total = { $count ->
    [0] aucun rendez-vous
    [one] un rendez-vous
   *[other] { $count } rendez-vous
}
day-practitioner = Praticien
day-whose = La journée de qui ?
day-whose-search = Cherchez le praticien et ouvrez la journée depuis sa page.
day-previous = Veille
day-next = Lendemain
day-date = Date
day-show = Afficher
day-empty = Rien de prévu ce jour-là.
day-struck = Pendant une absence
day-overbooked = En surréservation
day-overbooked-why = En surréservation parce que : { $reason }
day-arrived = Arrivé
day-fulfilled = Honoré
day-no-show = Non honoré
day-take-back = Annuler cette mention
day-done = C’est noté.

# Mails of the demo.
mail-title = Courriels envoyés
mail-lead = En mode démo, aucun courriel ne quitte cette machine ; lisez ici ce qui aurait été envoyé.
mail-none = Aucun courriel pour l’instant.
mail-back = Tous les courriels
