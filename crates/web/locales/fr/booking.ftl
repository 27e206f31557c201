# From the hold to the visit.
confirm-title = Confirmez votre rendez-vous
confirm-heading = Plus qu’une étape : confirmez votre rendez-vous
confirm-until = Cet horaire vous est réservé jusqu’à { $time }.
confirm-left = Temps restant :
confirm-minutes-left = Il reste environ { $minutes } min pour confirmer.
confirm-over = Cet horaire ne vous est plus réservé. Choisissez-en un autre.
confirm-reason = Quel est le motif de votre visite ?
confirm-reason-hint = Le cabinet le lit, et il figure dans votre propre liste de rendez-vous.
confirm-go = Confirmer le rendez-vous
confirm-promise = Vous pourrez le déplacer ou l’annuler dans « Mes rendez-vous ».
confirm-give-up = Je ne veux pas de cet horaire
appointment-booked = Votre rendez-vous est confirmé. Un courriel vous est envoyé avec un fichier pour votre agenda.
appointment-moved = Votre rendez-vous est déplacé.
appointment-cancelled = Le rendez-vous est annulé et l’horaire de nouveau libre.
appointment-expired = La réservation a pris fin et l’horaire est de nouveau libre. Rien n’a été confirmé.
appointment-heading = Votre rendez-vous
appointment-heading-practice = Rendez-vous de { $patient }
appointment-cancel-reason = Motif d’annulation : { $reason }
appointment-back = Tous mes rendez-vous

# My visits.
visits-title = Mes rendez-vous
visits-upcoming = À venir
visits-past = Passés
visits-none = Aucun rendez-vous prévu.
visits-find = Trouver un horaire
visits-earlier = Rendez-vous plus anciens

# Cancelling and moving.
cancel-title = Annuler ce rendez-vous ?
cancel-reason = Pourquoi ? (facultatif, lu par le cabinet)
cancel-consequence = L’horaire devient aussitôt libre pour d’autres. C’est définitif.
cancel-go = Annuler le rendez-vous
cancel-keep = Le garder
cancel-or = Seul l’horaire ne vous convient pas ?
cancel-move = Déplacez-le plutôt
move-title = Déplacer votre rendez-vous
move-now = Vous gardez cet horaire tant qu’un autre n’est pas à vous :
move-choose = Choisissez le nouvel horaire
move-keep = Ne rien changer

# A time that could not be had.
taken-title = Quelqu’un a été plus rapide
taken-hold = Cet horaire vient d’être pris. Rien n’a été réservé pour vous.
taken-move = Cet horaire vient d’être pris. Votre rendez-vous reste inchangé.
taken-instead = Libres en ce moment :

# Refusals.
refused-title = Cet horaire ne peut pas être réservé
refused-not-offered = Le cabinet ne propose plus cet horaire.
refused-too-soon = Ce rendez-vous doit être pris plus longtemps à l’avance. Choisissez un horaire plus tardif.
refused-too-far = Ce rendez-vous ne se prend pas encore si longtemps à l’avance. Choisissez un horaire plus proche.
refused-patient-overlap = Vous avez un autre rendez-vous à ce moment-là. Déplacez-le ou annulez-le d’abord, ou choisissez un autre horaire.
refused-no-room = La salle ou l’appareil nécessaire est pris à ce moment-là. Choisissez un autre horaire.
refused-too-many-holds = { $limit ->
    [one] Un autre horaire attend votre confirmation. Confirmez-le ou libérez-le d’abord.
   *[other] { $limit } horaires attendent déjà votre confirmation. Confirmez-en ou libérez-en un d’abord.
}
refused-known-only = Ce praticien réserve ce rendez-vous aux patients déjà suivis. Appelez le cabinet ou choisissez un autre praticien.
refused-new-only = Ce rendez-vous est réservé aux personnes qui ne sont jamais venues. Choisissez un autre type de visite.
refused-hold-expired = L’horaire ne vous était plus réservé : rien n’a été confirmé. Choisissez de nouveau un horaire.
refused-already = C’est déjà fait.
refused-wrong-status = L’état actuel du rendez-vous ne le permet pas.
refused-started = Le rendez-vous a commencé ; il ne se modifie plus ici. Appelez le cabinet.
refused-not-started = Le rendez-vous n’a pas encore commencé.
refused-same-slot = Le rendez-vous est déjà à cet horaire.
refused-changed = Le rendez-vous a changé entre-temps. Regardez-le à nouveau.
refused-running = La même demande est en cours. Attendez un instant, puis regardez vos rendez-vous.
hold-freed = L’horaire est de nouveau libre. Rien n’est réservé.
