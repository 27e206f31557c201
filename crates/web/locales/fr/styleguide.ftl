# The style guide.
guide-title = Guide de style
guide-lead = Tous les éléments des pages, dans chacun de leurs états. Les pages n’utilisent rien d’autre.
guide-colours = Couleurs
guide-type = Textes
guide-buttons = Boutons
guide-fields = Champs
guide-slots = Horaires
guide-columns = Jours côte à côte
guide-notices = Avis, étiquettes et messages
guide-dialog = Questions
guide-empty = Rien à montrer
guide-loading = Pas encore là
guide-disabled = Indisponible
guide-toast = Le rendez-vous a été déplacé.
guide-undo = Annuler
guide-open = Demander
guide-nav = Guide de style (démo)
