-- no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS patient_sought ON patient USING gin ((
    -- Everything by which a desk looks for somebody, as one text: names without accents, birth date as 19860412, digits of
    -- the phone. `directory/patient_search.rs` asks with the same words.
    ' ' || translate(replace(replace(regexp_replace(lower(normalize(family_name || ' ' || given_name, NFKD)), '[\u0300-\u036f]', '', 'g'),
        'œ', 'oe'), 'æ', 'ae'), '-''’.,', '     ')
    || ' ' || coalesce((extract(year FROM birth_date) * 10000 + extract(month FROM birth_date) * 100 + extract(day FROM birth_date))::int::text, '')
    || ' ' || coalesce(regexp_replace(phone, '[^0-9]', '', 'g'), '')
) gin_trgm_ops);
