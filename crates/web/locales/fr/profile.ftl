# What patients read of a practitioner.

practice-nav-profile = Profil
profile-title = Ce que lisent les patients
profile-about = Présentation
profile-about-hint = Quelques mots pour les patients : ce que vous faites, comment vous travaillez, comment vous trouver. Une ligne vide commence un nouveau paragraphe.
profile-phone-hint = Le numéro que les patients appellent.
profile-accepts-new = De nouveaux patients peuvent réserver
profile-telehealth = Des téléconsultations sont proposées
profile-telehealth-hint = Les motifs disent quels rendez-vous se font à distance.
profile-public = La page telle que les patients la voient
profile-saved = C’est enregistré.
profile-changed-meanwhile = Quelqu’un d’autre a modifié ceci entre-temps. Si ce qui figure ici est juste, enregistrez à nouveau.
practitioner-about = Présentation
