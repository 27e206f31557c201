# What patients read of a practitioner.

practice-nav-profile = Profile
profile-title = What patients read
profile-about = About
profile-about-hint = A few words for patients: what you do, how you work, how to find you. An empty line begins a new paragraph.
profile-phone-hint = For patients to call.
profile-accepts-new = Somebody new may book
profile-telehealth = Visits at a distance are offered
profile-telehealth-hint = Which visits are at a distance, the visit types say.
profile-public = The page as patients see it
profile-saved = Saved.
profile-changed-meanwhile = Somebody else has changed this meanwhile. If what stands here is right, save again.
practitioner-about = About
