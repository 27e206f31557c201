# What patients read of a practitioner.

practice-nav-profile = Profil
profile-title = Was Patienten lesen
profile-about = Über mich
profile-about-hint = Einige Worte für Patienten: was Sie tun, wie Sie arbeiten, wie man zu Ihnen kommt. Eine leere Zeile beginnt einen neuen Absatz.
profile-phone-hint = Die Nummer, die Patienten anrufen.
profile-accepts-new = Neue Patienten dürfen buchen
profile-telehealth = Videosprechstunden werden angeboten
profile-telehealth-hint = Welche Termine per Video stattfinden, sagen die Terminarten.
profile-public = Die Seite, wie Patienten sie sehen
profile-saved = Gespeichert.
profile-changed-meanwhile = Jemand anderes hat dies inzwischen geändert. Wenn es so stimmt, speichern Sie noch einmal.
practitioner-about = Über die Praxis
