# L'agenda du cabinet.
nav-agenda = Agenda
agenda-back = Retour à l’agenda
agenda-view = Affichage
agenda-view-day = Jour
agenda-view-week = Semaine
agenda-view-month = Mois
agenda-week-heading = Du { $from } au { $to } { $year }
agenda-month-heading = { $month } { $year }
agenda-today = Aujourd’hui
agenda-earlier = Avant
agenda-later = Après
agenda-who = Qui est affiché
agenda-room = Salle
agenda-hours-all = Afficher toute la journée
agenda-hours-usual = Afficher les heures d’ouverture
agenda-day-list = En liste
agenda-print = Imprimer la journée
agenda-keys = Les flèches passent d’une heure à l’autre, Entrée ouvre. Glissez un rendez-vous pour le déplacer, ou un temps libre pour le remplir.
agenda-legend = Couleurs des rendez-vous
agenda-video = En vidéo
agenda-cut = Il y a plus de rendez-vous qu’on ne peut en afficher. Choisissez moins de personnes.
agenda-left-out = Une semaine affiche au plus { $count } personnes et salles. Retirez-en une pour en voir une autre.
agenda-clocks-change = Changement d’heure
agenda-away = Absence
agenda-closed = Fermé
agenda-cell-free = libre
agenda-cell-closed = hors horaires
agenda-cell-away = absence
agenda-held = Réservé jusqu’à { $time }
agenda-dialog = Détails
agenda-close = Fermer
agenda-undo = Annuler le déplacement
agenda-failed = L’envoi a échoué. Vérifiez la connexion et réessayez ; rien n’a été changé.
agenda-offline = La connexion est perdue. L’agenda peut ne plus être à jour jusqu’à son retour.

# Déplacer un rendez-vous.
agenda-moving = { $patient }, { $when } : choisissez la nouvelle heure.
agenda-moving-stop = Ne pas déplacer
agenda-move-title = Déplacer ce rendez-vous ?
agenda-move-from = De
agenda-move-to = À
agenda-move-go = Déplacer
agenda-move-stays = Le rendez-vous reste où il était.
agenda-moved-to = Déplacé : { $when }.
agenda-patient = Patient
agenda-born = né(e) le { $date }

# Ce qui vient d'être fait.
agenda-done-booked = Réservé : { $when }, { $patient }.
agenda-done-moved = Déplacé à { $when } : { $patient }.
agenda-done-cancelled = Annulé : { $when }, { $patient }.
agenda-done-blocked = Le temps est bloqué.
agenda-done-unblocked = Le temps est de nouveau libre.

# Réserver pour quelqu'un au téléphone.
agenda-book-title = Nouveau rendez-vous
agenda-find = Qui appelle ?
agenda-find-hint = Début du nom, date de naissance (12/04/1986) ou téléphone. Appuyez sur un nom pour réserver.
agenda-find-go = Chercher
agenda-found = { $count ->
    [0] Personne ne correspond.
    [one] Un patient. Appuyez sur le nom pour réserver.
   *[other] { $count } patients. Appuyez sur un nom pour réserver.
}
agenda-visit-type = Motif
agenda-time = Heure
agenda-note = Note
agenda-new = Nouvelle personne
agenda-new-go = Enregistrer et réserver
agenda-new-all-the-same = Ce n’est aucune d’elles : enregistrer et réserver
agenda-similar = Vous connaissez peut-être déjà cette personne. Appuyez sur son nom pour réserver :
agenda-date-form = jj/mm/aaaa
agenda-wrong-name = Indiquez le nom.
agenda-wrong-birth-date = Indiquez une date de naissance passée, par exemple 12/04/1986.
agenda-not-free = Ce temps n’est pas libre :
agenda-overbook-reason = Raison de réserver quand même
agenda-overbook-hint = Avec une raison, le rendez-vous est posé par-dessus. La raison reste avec le rendez-vous.
agenda-overbook-way = Choisissez une autre heure, ou écrivez une raison et appuyez de nouveau sur le nom pour surbooker.
agenda-block = Bloquer ce temps
agenda-block-until = De { $time } à
agenda-block-reason = Raison
agenda-block-hint = Personne ne pourra réserver. Les rendez-vous déjà pris restent et sont signalés.
agenda-block-go = Bloquer
agenda-unblock = Terminer cette absence
agenda-away-from-to = { $reason } : du { $from } au { $to }

# Pourquoi une heure est proposée aux patients ou non.
agenda-why-offered = Pourquoi cette heure est-elle proposée ?
agenda-why-not = Pourquoi cette heure n’est-elle pas proposée ?
why-practitioner-yes = Le praticien prend des rendez-vous.
why-practitioner-no = Le praticien ne prend plus de rendez-vous.
why-visit-type-yes = Ce motif peut être réservé.
why-visit-type-no = Ce motif ne peut plus être réservé.
why-opening-yes = L’heure est dans les horaires d’ouverture de ce motif.
why-opening-no = L’heure est hors des horaires d’ouverture de ce motif, ou n’y tient pas.
why-grid-yes = C’est une des heures proposées aux patients.
why-grid-no = D’autres heures sont proposées aux patients. Vous pouvez la réserver quand même.
why-closure-yes = Le cabinet n’est pas fermé.
why-closure-no = Le cabinet est fermé à ce moment.
why-holiday-yes = Aucun jour férié ne gêne.
why-holiday-no = C’est un jour férié.
why-away-yes = Le praticien n’est pas absent.
why-away-no = Le praticien est absent à ce moment.
why-notice-yes = Le délai demandé aux patients est respecté.
why-notice-no = Les patients doivent réserver { $minutes } minutes à l’avance. Vous pouvez la réserver quand même.
why-horizon-yes = La date n’est pas trop lointaine pour les patients.
why-horizon-no = Les patients réservent au plus { $days } jours à l’avance. Vous pouvez la réserver quand même.
why-claims-yes = Rien d’autre ne prend le temps du rendez-vous et de ses pauses.
why-claims-no = Un autre rendez-vous, une réservation ou une absence prend ce temps ou celui des pauses.
why-room-yes = Une salle du type nécessaire est libre.
why-room-no = Toutes les salles du type nécessaire sont prises.

# Quand réserver ou déplacer est refusé.
agenda-no-taken = Quelqu’un d’autre a ce temps, ou une partie.
agenda-no-inactive = Ce motif ne peut plus être réservé ici.
agenda-no-closed = Le cabinet est fermé à ce moment.
agenda-no-holiday = C’est un jour férié.
agenda-no-away = Le praticien est absent à ce moment.
agenda-no-opening = Le rendez-vous ne tient pas dans les horaires d’ouverture.
agenda-no-past = Cette heure est déjà passée.
agenda-no-patient = Le patient a un autre rendez-vous à ce moment.
agenda-no-room = Aucune salle du type nécessaire n’est libre.
agenda-no-started = Le rendez-vous a déjà commencé et reste où il est.
agenda-no-status = L’état du rendez-vous ne le permet pas.
agenda-no-changed = Quelqu’un vient de modifier ce rendez-vous. Regardez-le de nouveau.
agenda-no-reason = Écrivez pourquoi il faut surbooker.
agenda-no-such-visit = { $name } ne propose pas ce motif.
