# The frame of every page.
skip-to-content = Aller au contenu
nav-label = Principal
nav-visits = Mes rendez-vous
nav-day = La journée
nav-sign-in = Se connecter
nav-sign-up = Créer un compte
nav-sign-out = Se déconnecter
nav-mail = Courriels envoyés (démo)
nav-api = Développeurs
zone-differs = Les heures sont celles de { $zone }. Votre appareil est réglé sur un autre fuseau.
footer = Rendez, la prise de rendez-vous médicaux, libre et ouverte. En cas d’urgence, appelez le 15 ou le 112.

# A practitioner, as cards show them.
who-languages = Langues parlées : { $languages }
who-telehealth = Téléconsultation
who-known-only = Patients déjà suivis uniquement

# A visit, as lists and pages show it.
fact-when = Date et heure
fact-who = Avec
fact-what = Type de visite
fact-where = Lieu
fact-reason = Motif
fact-zone = heure de { $zone }
fact-telehealth = En vidéo ; le cabinet vous envoie le lien
visit-confirm = Confirmer
visit-move = Déplacer
visit-cancel = Annuler
visit-ics = Ajouter à l’agenda
visit-again = Reprendre rendez-vous
status-held = À confirmer
status-booked = Confirmé
status-arrived = Patient arrivé
status-fulfilled = Honoré
status-no-show = Non honoré
status-cancelled = Annulé
status-expired = Non confirmé à temps

# A time, as people say it.
at-time = { $date } à { $time }
