# Trois étapes vers un rendez-vous.
steps-label = Étapes
step-time = Horaire
step-done = (choisi ; en choisir un autre)
step-whom = Pour qui
step-confirm = Confirmer
whom-title = Pour qui est-ce ?
whom-me = Moi
whom-new = Un proche qui n’est pas dans la liste
whom-overlap = Cette personne a un autre rendez-vous à cette heure. Choisissez quelqu’un d’autre, ou un autre horaire.
whom-known-only = Ce praticien réserve ce rendez-vous aux patients déjà venus, ce qui n’est pas le cas de cette personne. Choisissez quelqu’un d’autre ou appelez le cabinet.
whom-new-only = Ce rendez-vous est réservé aux personnes jamais venues, et celle-ci est déjà venue. Choisissez quelqu’un d’autre ou un autre motif.
confirm-offline = Pas de connexion. Rien n’est perdu et rien n’a été réservé deux fois : appuyez de nouveau une fois en ligne.
confirm-leaving = { $minutes ->
    [one] Si vous fermez cette page, l’horaire reste réservé une minute encore.
   *[other] Si vous fermez cette page, l’horaire reste réservé { $minutes } minutes encore.
}
fact-for = Pour

# Un horaire qui n’a pu être obtenu.
taken-others = Réserver pour quelqu’un d’autre
taken-holds = Ces horaires vous sont réservés : confirmez-en un ou rendez-le
taken-in-the-way = Vos rendez-vous et réservations à cette heure
refused-call = Appeler le cabinet : { $phone }
refused-others = D’autres praticiens à proximité

# Les proches d’un patient.
people-title = Mes proches
people-text = Prenez rendez-vous pour vos enfants ou pour une personne dont vous vous occupez. Les messages vous sont adressés.
people-add = Ajouter un proche
people-add-go = Ajouter
people-added = C’est ajouté. Vous pouvez maintenant prendre rendez-vous pour cette personne.
people-corrected = Les modifications sont enregistrées.
people-ended = Vous ne prenez plus rendez-vous pour cette personne.
people-back = Tous mes proches
person-born = né(e) le { $date }
person-until = Vous prenez rendez-vous pour cette personne jusqu’à sa majorité, le { $date }.
person-of-age = Majeur(e) depuis le { $date } : cette personne prend rendez-vous avec son propre compte.
person-change = Modifier
person-save = Enregistrer
person-relation = Cette personne est
person-relation-choose = Choisissez
person-majority = Pour un enfant, cela prend fin à 18 ans.
person-declare = J’ai le droit de prendre rendez-vous pour cette personne
person-declare-hint = La loi demande que ce soit un enfant dont vous avez l’autorité parentale ou la garde, que cet adulte soit d’accord, ou que vous le représentiez légalement. Nous ne le vérifions pas ; votre déclaration est conservée.
person-end-title = Je ne m’en occupe plus
person-end-text = Vous ne verrez plus les rendez-vous de { $name } et n’en prendrez plus pour { $name }. Les cabinets conservent leurs dossiers. Annulez d’abord les rendez-vous à venir.
person-end = Ne plus prendre rendez-vous pour cette personne
person-wrong-relation = Choisissez ce que cette personne est pour vous.
person-wrong-declared = Sans cette déclaration, vous ne pouvez pas prendre rendez-vous pour quelqu’un d’autre.
person-wrong-of-age = Cette personne est majeure. Choisissez un autre lien ; son accord est nécessaire.
person-wrong-too-many = Vous vous occupez déjà de { $limit } personnes. Retirez-en une d’abord.
person-wrong-visits = Cette personne a encore des rendez-vous à venir. Annulez-les d’abord.
person-wrong-changed = Cela a été modifié entre-temps. Vérifiez de nouveau.
relation-child = mon enfant
relation-ward = un enfant sous ma garde
relation-partner = mon conjoint ou ma conjointe
relation-parent = ma mère ou mon père
relation-other = un autre adulte

# A visit.
visit-directions = Itinéraire
visits-subscribe = S’abonner
move-soon = Prochains horaires libres
move-undo = Annuler le déplacement : revenir au { $when }
cancel-rule-title = La règle
cancel-rule = Vous pouvez annuler ici jusqu’au début du rendez-vous, { $when }. C’est sans frais ici.
cancel-what-happens = Le cabinet le voit aussitôt, vous recevez un message et l’entrée de votre agenda est barrée.
cancel-late = Le rendez-vous commence dans moins de 24 heures. Appelez aussi le cabinet, pour que quelqu’un d’autre puisse venir.

# L’agenda auquel des programmes s’abonnent.
calendar-title = Mes rendez-vous dans votre agenda
calendar-text = Votre agenda peut suivre vos rendez-vous et ceux de vos proches : ce qui est pris, déplacé ou annulé y change tout seul.
calendar-off = L’abonnement n’est pas activé.
calendar-on = L’abonnement est activé. L’adresse a été montrée à sa création ; une nouvelle remplace aussitôt l’ancienne.
calendar-make = Créer l’adresse
calendar-renew = Créer une nouvelle adresse
calendar-end = Désactiver
calendar-made = Voici l’adresse. Elle n’est montrée que cette fois.
calendar-ended = L’abonnement est désactivé. L’ancienne adresse ne montre plus rien.
calendar-address = Adresse
calendar-secret = Qui a cette adresse voit vos rendez-vous. Ne la donnez à personne.
calendar-open = Ouvrir dans mon agenda
calendar-copy = Copier l’adresse
calendar-copied = Copié

# Le compte.
nav-account = Compte
account-title = Mon compte
account-kept = Les modifications sont enregistrées.
account-email-changed = L’adresse est modifiée. Les messages y arrivent désormais.
account-password-changed = Le mot de passe est modifié et toutes les autres sessions sont closes.
account-sessions-ended = Toutes les autres sessions sont closes.
account-profile = À propos de moi
account-language = Messages en
account-email-now = Vous vous connectez avec { $email } et y recevez les messages.
account-email-new = Nouvelle adresse e-mail
account-email-go = Changer l’adresse
account-email-taken = Cette adresse ne peut pas être utilisée.
account-password-now = Votre mot de passe
account-password-new = Nouveau mot de passe
account-password-hint = Au moins 10 caractères. Toutes les autres sessions seront closes.
account-password-go = Changer le mot de passe
account-wrong-password = Ce n’est pas votre mot de passe.
account-consents = Mes consentements
account-consent-needed = Indispensable pour prendre rendez-vous ; il prend fin avec le compte.
account-sessions = Où je suis connecté(e)
account-session-since = Depuis le { $when }
account-session-this = ici
account-sessions-end = Me déconnecter partout ailleurs
account-data = Mes données
account-export-text = Tout ce qui est connu de vous, de vos proches et de vos rendez-vous, dans un fichier lisible par des programmes.
account-export = Tout exporter
delete-title = Supprimer mon compte
delete-goes = Ce qui disparaît maintenant
delete-goes-account = Votre compte, vos sessions, vos consentements et l’adresse de votre agenda.
delete-goes-visits = Les rendez-vous à venir sont annulés et leurs horaires aussitôt libres pour d’autres.
delete-goes-people = Vos proches, si personne d’autre ne s’en occupe.
delete-goes-contact = Votre adresse e-mail, votre numéro de téléphone et les messages conservés.
delete-stays = Ce qui doit rester
delete-stays-visits = Si vous êtes allé(e) dans un cabinet : quand et où, avec nom et date de naissance, pendant { $months } mois après la dernière visite ; puis cela s’efface tout seul. Sans visite, rien n’en reste.
delete-stays-practice = Les cabinets doivent conserver leur dossier médical ; demandez-leur combien de temps. Rendez ne l’a pas.
delete-stays-audit = Le journal de qui a fait quoi, sans noms.
delete-export-first = Tout exporter d’abord
delete-final = C’est définitif.
delete-go = Supprimer mon compte maintenant
delete-keep = Le garder
deleted-title = Votre compte est supprimé
deleted-text = Les rendez-vous à venir sont annulés. Merci de votre confiance.
