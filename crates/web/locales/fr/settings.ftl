# The practice's pages.
practice-nav = Le cabinet
practice-houses = Cabinet
practice-nav-agenda = Agenda
practice-nav-patients = Patients
practice-nav-hours = Horaires
practice-nav-visit-types = Motifs
practice-nav-staff = Équipe
practice-nav-trail = Journal
date-numbers = { $day }/{ $month }/{ $year }

# What editors have in common.
settings-wrong = Merci de revoir ces points :
settings-preview = Aperçu
settings-preview-hint = Rien n’est encore enregistré : vous voyez d’abord ce qui changerait.
settings-save = Enregistrer
settings-save-or = Ou changez quelque chose ci-dessous et regardez à nouveau.
settings-look-again = Vous avez changé quelque chose depuis l’aperçu. Regardez celui-ci, puis enregistrez.
settings-back = Retour
wrong-number = Écrivez un nombre entier de { NUMBER($least, useGrouping: 0) } à { NUMBER($most, useGrouping: 0) }.
wrong-time = Écrivez une heure, par exemple 09:00.
wrong-date = Écrivez une date, ou laissez vide.
wrong-moment = Écrivez une date et une heure.
wrong-weekday = Choisissez un jour de la semaine.
wrong-choice = Choisissez une des réponses proposées.
wrong-location = Choisissez un de vos lieux.
wrong-zero-length = La fin doit différer du début. Pour une journée entière, écrivez deux fois 00:00.
wrong-weeks-from = Dites à partir de quelle date les semaines se comptent.
wrong-until = Le dernier jour ne peut pas précéder le premier.
wrong-end = La fin doit venir après le début.
wrong-past = C’est déjà passé.
wrong-too-far-apart = Une absence dure au plus 366 jours.
wrong-room = Écrivez un nom court en minuscules, par exemple radio.

# The preview of a change.
preview-title = Ce qui changerait
preview-lead = Dans les deux semaines à venir, les patients pourraient réserver :
preview-before = (actuellement : { $slots })
preview-slots = { $count ->
    [0] aucun créneau
    [one] { $count } créneau
   *[other] { $count } créneaux
}
preview-none-struck = Aucun rendez-vous pris ne se retrouverait en dehors.
preview-struck = { $count ->
    [one] Un rendez-vous pris se retrouverait en dehors
   *[other] { $count } rendez-vous pris se retrouveraient en dehors
}
preview-struck-text = Ils restent pris tant que vous ne les déplacez ni ne les annulez : ouvrez chacun, ou gardez-les tels quels.
preview-kept = { $count ->
    [one] Un rendez-vous de ce motif est pris
   *[other] { $count } rendez-vous de ce motif sont pris
}
preview-kept-text = Ils gardent la durée et le lieu avec lesquels ils ont été pris.
preview-more = { $count ->
    [one] Et un autre.
   *[other] Et { $count } autres.
}
preview-why-outside = hors des horaires
preview-why-closed = pendant une fermeture
preview-why-holiday = un jour férié
preview-why-away = pendant une absence
preview-why-elsewhere = à un autre lieu
preview-why-not-offered = n’est plus proposé

# Opening hours.
hours-title = Horaires
hours-saved = Les horaires sont enregistrés.
hours-changed-meanwhile = Quelqu’un a enregistré d’autres horaires pendant votre saisie. Regardez la différence : enregistrer maintenant remplace les siens par les vôtres.
hours-difference = La différence
hours-theirs = Enregistré par l’autre, absent chez vous
hours-yours = Chez vous, pas enregistré
hours-nothing = Rien.
hours-take-theirs = Abandonner les miens et continuer avec les siens
hours-over-midnight = { $weekday } de { $starts } à { $ends } se termine le lendemain. Si ce n’est pas voulu, corrigez avant d’enregistrer.
hours-weekly = Chaque semaine
hours-weekly-hint = Une fin égale ou antérieure au début tombe le lendemain ; 00:00 est minuit.
hours-zones = Chaque heure est celle du lieu.
hours-no-rules = Pas encore d’horaires hebdomadaires.
hours-rule = Ouverture { $number }
hours-weekday = Jour
hours-starts = De
hours-ends = À
hours-location = Lieu
hours-more = Certaines semaines ou certains motifs
hours-weeks = Toutes les combien de semaines
hours-from = Premier jour
hours-until = Dernier jour
hours-visit-types = Seulement pour ces motifs (aucun coché : pour tous)
hours-every-weeks = { $weeks ->
    [one] chaque semaine
   *[other] toutes les { $weeks } semaines
}
hours-line-from = à partir du { $date }
hours-line-until = jusqu’au { $date }
hours-add-rule = Ajouter une ouverture
hours-remove = Retirer
hours-row-added = Une ligne a été ajoutée.
hours-row-removed = La ligne a été retirée.
hours-holidays = Ouvert aussi les jours fériés
hours-next-holidays = Les prochains : { $dates }.
hours-closures = Fermetures
hours-closures-hint = Entre ces moments, les horaires hebdomadaires ne comptent pas. Les raisons restent au cabinet.
hours-closure = Fermeture { $number }
hours-closed-from = Fermé du
hours-closed-until = Ouvert à nouveau
hours-closed-reason = Raison (facultatif)
hours-closed-line = Fermé { $from } – { $until }
hours-add-closure = Ajouter une fermeture
away-title = Absences
away-hint = Rien ne peut être réservé pendant une absence, quels que soient les horaires. Ce qui est pris reste jusqu’à ce que vous le déplaciez ou l’annuliez.
away-none = Aucune absence n’est prévue.
away-from = Absence du
away-until = Retour
away-reason = Raison (facultatif, pour le cabinet)
away-line = { $from } – { $until }
away-look = Voir ce qu’elle touche
away-take = Poser cette absence
away-end = Terminer
away-saved = L’absence est posée.
away-ended = L’absence est terminée ; son temps est de nouveau libre.

# Visit types.
visit-types-title = Motifs de consultation
visit-types-lead = dans l’ordre où les patients les voient
visit-type-new = Nouveau motif
visit-type-main = La consultation
visit-type-rules = La réservation
visit-type-name = Nom, tel que les patients le lisent
visit-type-duration = Durée en minutes
visit-type-before = Minutes libres avant
visit-type-before-hint = Gardées libres pour préparer
visit-type-after = Minutes libres après
visit-type-after-hint = Gardées libres pour les notes et le ménage
visit-type-telehealth = En vidéo
visit-type-active = Peut être réservé
visit-type-inactive = Ne peut pas être réservé
visit-type-who = Qui peut réserver
visit-type-who-anyone = tout le monde
visit-type-who-new = nouveaux patients seulement
visit-type-who-known = patients connus seulement
visit-type-notice = Préavis en minutes
visit-type-notice-hint = Jusqu’à combien avant le début on peut réserver ; un jour fait 1440
visit-type-horizon = Jours d’avance pour réserver
visit-type-hold = Minutes pour confirmer
visit-type-hold-hint = Combien de temps un créneau choisi est gardé pour un patient
visit-type-room = Type de salle (facultatif)
visit-type-room-hint = Une salle de ce type doit être libre aussi, par exemple radio
visit-type-length = { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
}
visit-type-buffers = { $minutes ->
    [one] { $minutes } minute gardée libre autour
   *[other] { $minutes } minutes gardées libres autour
}
visit-type-up = Plus haut
visit-type-down = Plus bas
visit-type-saved = Enregistré.
visit-type-changed = Quelqu’un a changé les motifs ou les horaires entre-temps. Regardez-les tels qu’ils sont, puis essayez à nouveau.

# Patients of the practice.
patients-title = Patients
patients-lead = Remplissez ce que vous savez.
patients-name = Nom
patients-name-hint = Le début suffit ; les accents ne comptent pas
patients-go = Chercher
patients-found = Trouvé
patients-none = Aucun patient du cabinet ne correspond.
patients-more = Plus
patients-blocked = Prié d’appeler
patients-blocked-list = Priés d’appeler plutôt que de réserver en ligne
patient-title = Patient
patient-back = Chercher quelqu’un d’autre
patient-visits = { $count ->
    [0] aucune consultation n’a eu lieu
    [one] { $count } consultation a eu lieu
   *[other] { $count } consultations ont eu lieu
}
patient-missed = { $count ->
    [0] aucune manquée
    [one] { $count } manquée
   *[other] { $count } manquées
}
patient-online = Réservation en ligne
patient-may-book = Peut réserver en ligne.
patient-block = Prier d’appeler plutôt
patient-block-text = En ligne, la personne lit seulement « Ce cabinet vous prie d’appeler ». Ce qui est pris reste pris, et vous pouvez toujours réserver pour elle.
patient-block-why = Pourquoi ?
patient-block-why-hint = Seul le cabinet le lit.
patient-block-why-missing = Écrivez une raison : vos collègues voudront la connaître.
patient-block-go = Bloquer la réservation en ligne
patient-blocked-since = Prié d’appeler depuis le { $date }
patient-blocked-text = Qui travaille ici peut toujours réserver pour cette personne.
patient-unblock = Permettre à nouveau la réservation en ligne
patient-now-blocked = Désormais cette personne est priée d’appeler.
patient-now-unblocked = Cette personne peut à nouveau réserver en ligne.
patient-history = Consultations ici
patient-no-visits = Pas encore de consultation.
refused-blocked = Ce cabinet vous prie d’appeler : il trouvera un moment avec vous.

# Staff.
staff-title = Équipe
staff-members = Qui se connecte pour le cabinet
staff-nobody = Personne pour l’instant. Invitez la première personne ci-dessous.
staff-rights-text = L’accueil tient l’agenda et les patients. Les responsables changent aussi les horaires, les motifs et l’équipe, et lisent le journal.
rights-desk = Accueil
rights-manager = Responsable
staff-rights = Droits
staff-you = (vous)
staff-make-manager = Nommer responsable
staff-make-desk = Accueil seulement
staff-remove = Retirer
staff-remove-text = La personne est déconnectée aussitôt et ne voit plus rien du cabinet.
staff-remove-go = Retirer définitivement
staff-invitations = Invités
staff-invitation-until = jusqu’au { $until }
staff-withdraw = Reprendre
staff-invite = Inviter quelqu’un
staff-invite-text = La personne reçoit un lien par courriel, choisit un mot de passe et peut commencer.
staff-invite-go = Envoyer l’invitation
staff-practitioners = Praticiens
staff-no-account = sans compte
staff-already = Quelqu’un avec cette adresse travaille déjà ici.
staff-invited = L’invitation est en route.
staff-changed = Les droits sont changés.
staff-removed = Retiré, et déconnecté partout.
staff-withdrawn = L’invitation est reprise ; son lien ne compte plus.
staff-last-manager = Un cabinet garde au moins un responsable. Nommez d’abord quelqu’un d’autre.
invitation-heading = Invitation
invitation-title = { $practice } vous invite
invitation-text = Vous vous connecterez avec cette adresse. Vos droits : { $rights }.
invitation-known = Cette adresse a déjà un compte : écrivez son mot de passe.
invitation-accept = Créer mon compte
invitation-join = Rejoindre le cabinet
invitation-other-role = Cette adresse appartient à un autre compte, par exemple celui d’un patient. Demandez une invitation à une autre adresse.
invitation-mail-subject = { $practice } vous invite sur Rendez
invitation-mail-body =
    Bonjour,

    { $practice } vous propose de travailler avec son agenda sur Rendez. Ouvrez ce lien et choisissez un mot de passe :

    { $link }

    Le lien compte une seule fois, pendant { $hours } heures. Si vous ne vous y attendiez pas, ignorez-le.

# The trail.
trail-title = Journal
trail-lead = Qui a fait quoi, le plus récent d’abord.
trail-none = Rien n’a été fait qui corresponde.
trail-older = Plus ancien
trail-who = Par qui
trail-everybody = Tout le monde
trail-patients = Les patients
trail-partners = Les programmes de partenaires
trail-server = Le serveur
trail-admin = L’exploitant
trail-patient = { $name } (patient)
trail-visit = { $patient }, { $when }
trail-moved = { $patient }, du { $from } au { $to }
trail-moved-whom = { $patient }, du { $from } avec { $before } au { $to } avec { $after }
trail-other = a fait : { $action }
trail-appointment-hold = a choisi un créneau
trail-appointment-assign = a donné l’horaire à une autre personne dont elle s’occupe
trail-appointment-confirm = a confirmé le rendez-vous
trail-appointment-cancelled = a annulé le rendez-vous
trail-appointment-arrived = a noté l’arrivée
trail-appointment-fulfilled = a noté que la consultation a eu lieu
trail-appointment-no-show = a noté que le rendez-vous a été manqué
trail-appointment-booked = a annulé la mention
trail-appointment-reschedule = a déplacé le rendez-vous
trail-appointment-expire = a rendu un créneau non confirmé
trail-appointment-overbook = a intercalé le rendez-vous
trail-opening-hours-replace = a changé les horaires
trail-opening-create = a ouvert du temps en plus
trail-opening-delete = a repris du temps en plus
trail-time-off-create = a posé une absence
trail-time-off-end = a terminé une absence
trail-visit-type-change = a changé un motif
trail-visit-type-order = a changé l’ordre des motifs
trail-practitioner-create = a enregistré le praticien
trail-practitioner-update = a changé la fiche du praticien
trail-practitioner-import = a repris la fiche du praticien d’un registre
trail-location-create = a ajouté un lieu
trail-room-create = a ajouté une salle
trail-patient-create = a enregistré le patient
trail-patient-update = a changé la fiche du patient
trail-patient-block = a prié le patient d’appeler plutôt que de réserver en ligne
trail-patient-unblock = a permis à nouveau au patient de réserver en ligne
trail-staff-invite = a invité
trail-staff-join = a accepté l’invitation
trail-staff-remove = a retiré de l’équipe
trail-staff-withdraw = a repris l’invitation
trail-staff-desk = a donné les droits d’accueil
trail-staff-manager = a donné les droits de responsable
