-- To whom a mail was written: an address alone may be anybody's. Null where it is nobody's own, such as an invitation to work
-- somewhere, and for mails that an older program wrote, which are removed within their days.
ALTER TABLE mail ADD COLUMN patient_id uuid REFERENCES patient;
