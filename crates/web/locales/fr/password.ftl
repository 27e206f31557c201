# A password that was forgotten, and the account of those who work here.
forgotten-link = Mot de passe oublié ?
forgotten-title = Mot de passe oublié
forgotten-text = Indiquez l’adresse électronique avec laquelle vous vous connectez. Nous y envoyons un lien qui vous permet de choisir un autre mot de passe.
forgotten-go = M’envoyer le lien
forgotten-sent = S’il existe un compte avec cette adresse, un courriel est en route ; le lien est valable une heure.
forgotten-back = Retour à la connexion
new-password-title = Choisir un nouveau mot de passe
new-password-text = En l’enregistrant, vous êtes connecté(e) ici, et toutes les autres sessions de ce compte sont closes.
new-password-go = Enregistrer et me connecter
link-over-title = Ce lien n’est plus valable
link-over-text = Un lien pour choisir un mot de passe sert une seule fois, pendant une heure, et seulement tant qu’aucun autre mot de passe n’a été choisi. Demandez-en un nouveau.
link-over-again = M’envoyer un nouveau lien
forgotten-mail-subject = Choisissez un nouveau mot de passe pour Rendez
forgotten-mail-body =
    Bonjour,

    quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour le compte Rendez lié à cette adresse. Ouvrez ce lien et choisissez-en un :

    { $link }

    Le lien sert une seule fois et reste valable une heure. Si ce n’était pas vous, ignorez ce message : votre mot de passe ne change pas.
work-account-email = Vous vous connectez avec { $email }.

# The trail.
trail-nobody = Quelqu’un qui n’était pas connecté
trail-account-forgotten = a demandé un lien pour choisir un autre mot de passe
trail-account-password = a changé de mot de passe
trail-account-sessions = s’est déconnecté(e) partout ailleurs
