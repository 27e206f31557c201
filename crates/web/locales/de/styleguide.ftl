# The style guide.
guide-title = Gestaltungshilfe
guide-lead = Alle Teile der Seiten in jedem ihrer Zustände. Die Seiten selbst verwenden nichts anderes.
guide-colours = Farben
guide-type = Schrift
guide-buttons = Schaltflächen
guide-fields = Felder
guide-slots = Zeiten
guide-columns = Tage nebeneinander
guide-notices = Hinweise, Marken und Meldungen
guide-dialog = Rückfragen
guide-empty = Nichts zu zeigen
guide-loading = Noch nicht da
guide-disabled = Nicht verfügbar
guide-toast = Der Termin wurde verschoben.
guide-undo = Rückgängig
guide-open = Fragen
guide-nav = Gestaltungshilfe (Demo)
