//! Finding a patient at the desk: by the beginnings of names, a birth date, a phone number, in any order.
//!
//! Invariant: nobody is found whom the caller may not see ([`access::patients`]), and never more than a handful. What
//! was typed stands in no log and no address.

use jiff::civil::Date;
use rendez_platform::fault::Fault;
use rendez_platform::store::Prepared;
use tokio_postgres::types::ToSql;

use super::error::DirectoryRefusal;
use super::model::Patient;
use super::patients::read;
use crate::ctx::Ctx;
use crate::identity::access;
use crate::regions::search_key;

/// How many are shown; who sees none of them types more.
const FOUND: i64 = 8;
/// More words than that tell nobody apart.
const MOST_WORDS: usize = 5;
/// A telephone's digits from which on a number tells people apart.
const PHONE_DIGITS: usize = 4;

/// The text by which patients are looked for, exactly as the index `patient_sought` has it.
macro_rules! sought {
    () => {
        "(' ' || translate(replace(replace(regexp_replace(lower(normalize(p.family_name || ' ' || p.given_name, NFKD)), '[\\u0300-\\u036f]', '', 'g'),
        'œ', 'oe'), 'æ', 'ae'), '-''’.,', '     ')
    || ' ' || coalesce((extract(year FROM p.birth_date) * 10000 + extract(month FROM p.birth_date) * 100 + extract(day FROM p.birth_date))::int::text, '')
    || ' ' || coalesce(regexp_replace(p.phone, '[^0-9]', '', 'g'), ''))"
    };
}

/// Parameters `$1` to `$4`: patient, practitioner, organizations, registrars, as in a [`Scope`](access::Scope).
macro_rules! seen {
    () => {
        "SELECT p.id, p.given_name, p.family_name, p.birth_date, p.email, p.phone, p.locale, p.version FROM patient p
    WHERE ($1::uuid IS NULL OR p.id = $1)
      AND (($2::uuid IS NULL AND $3::uuid[] IS NULL AND $4::text[] IS NULL) OR p.registered_by = ANY ($4)
           OR EXISTS (SELECT FROM appointment a WHERE a.patient_id = p.id
                      AND a.status IN ('booked', 'arrived', 'fulfilled', 'no-show')
                      AND (a.practitioner_id = $2 OR a.organization_id = ANY ($3))))"
    };
}

const SIMILAR: &str = concat!(
    seen!(),
    " AND ((p.birth_date = $5 AND ",
    sought!(),
    " LIKE $8 AND similarity(lower(p.family_name || ' ' || p.given_name), lower($6)) > 0.25)
        OR (length($7) >= 6 AND ",
    sought!(),
    " LIKE '%' || $7 || '%')
        OR (",
    sought!(),
    " LIKE $9 AND ($5::date IS NULL OR p.birth_date IS NULL)))
    ORDER BY p.family_name, p.given_name, p.id LIMIT $10"
);

/// The patients whom what was typed fits: those whose family name it begins first, then by name. What could tell nobody
/// apart finds nobody.
pub async fn find_patients(ctx: &Ctx, typed: &str) -> Result<Vec<Patient>, DirectoryRefusal> {
    access::practice(&ctx.actor)?;
    let scope = access::patients(&ctx.actor)?;
    let patterns = patterns(ctx, typed);
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = String::from(seen!());
    for number in 0..patterns.len() {
        sql.push_str(&format!(" AND {} LIKE ${}", sought!(), number + 7));
    }
    sql.push_str(concat!(
        " ORDER BY ",
        sought!(),
        " NOT LIKE $6, p.family_name, p.given_name, p.birth_date, p.id LIMIT $5"
    ));
    // The text begins with the family name.
    let first = patterns.iter().find(|pattern| pattern.contains(char::is_alphabetic));
    let first = first.map_or("%", |pattern| &pattern[1..]);
    let conn = ctx.store.read_fresh().await?;
    let statement = conn.prepare_cached(&sql).await?;
    let mut parameters: Vec<&(dyn ToSql + Sync)> =
        vec![&scope.patient, &scope.practitioner, &scope.organizations, &scope.registered_by, &FOUND, &first];
    parameters.extend(patterns.iter().map(|pattern| pattern as &(dyn ToSql + Sync)));
    let rows = conn.query(&statement, &parameters).await?;
    Ok(rows.iter().map(read).collect())
}

/// Who may be the same person as somebody about to be entered: the same birth date and a similar name, the same phone, or
/// the same name where one has no birth date.
pub async fn similar_patients(
    ctx: &Ctx,
    given_name: &str,
    family_name: &str,
    birth_date: Option<Date>,
    phone: Option<&str>,
) -> Result<Vec<Patient>, DirectoryRefusal> {
    access::practice(&ctx.actor)?;
    let scope = access::patients(&ctx.actor)?;
    let name = format!("{family_name} {given_name}");
    let digits = significant_digits(phone.unwrap_or_default());
    let on_the_day = birth_date.map_or_else(|| "%".to_owned(), |date| format!("% {}%", eight_digits(date)));
    let words: Vec<String> = search_key(&name).split(' ').map(str::to_owned).collect();
    let same_name = format!("% {}%", words.join("%"));
    let conn = ctx.store.read_fresh().await?;
    let rows = conn
        .rows(
            SIMILAR,
            &[
                &scope.patient,
                &scope.practitioner,
                &scope.organizations,
                &scope.registered_by,
                &birth_date,
                &name,
                &digits,
                &on_the_day,
                &same_name,
                &FOUND,
            ],
        )
        .await
        .map_err(Fault::from)?;
    Ok(rows.iter().map(read).collect())
}

/// A pattern for each thing that was typed: a date, a number, words.
fn patterns(ctx: &Ctx, typed: &str) -> Vec<String> {
    let mut patterns = Vec::new();
    let mut names = String::new();
    let mut number = String::new();
    for part in typed.split_whitespace() {
        if let Some(date) = written_date(part) {
            patterns.push(format!("% {}%", eight_digits(date)));
        } else if part.starts_with(|c: char| c.is_ascii_digit() || c == '+') {
            number.push_str(part);
        } else {
            names.push(' ');
            names.push_str(part);
        }
    }
    let digits = match ctx.pack.phone().international(&number) {
        Some(whole) => whole.chars().filter(char::is_ascii_digit).collect(),
        None => significant_digits(&number),
    };
    if digits.len() >= PHONE_DIGITS {
        patterns.push(format!("%{digits}%"));
    }
    let key = search_key(&names);
    // One letter alone fits too many.
    if key.len() >= 2 {
        patterns.extend(key.split(' ').map(|word| format!("% {word}%")));
    }
    patterns.truncate(MOST_WORDS);
    patterns
}

/// The digits of a number without the zero that it has only inside the country.
fn significant_digits(number: &str) -> String {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    digits.trim_start_matches('0').to_owned()
}

fn eight_digits(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// A date as desks type it: `12/04/1986`, `12.4.1986`, `1986-04-12`, `12041986`.
pub fn written_date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let (year, month, day) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        [day, month, year] if year.len() == 4 => (*year, *month, *day),
        [whole] if whole.len() == 8 && whole.is_ascii() => (&whole[4..], &whole[2..4], &whole[..2]),
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_are_read_as_desks_type_them() {
        let born = Some(date(1986, 4, 12));
        for typed in ["12/04/1986", "12.4.1986", "1986-04-12", "12-04-1986", "12041986"] {
            assert_eq!(written_date(typed), born, "{typed}");
        }
        for typed in ["", "1986", "32/01/1986", "12/04/86", "0612345678", "martin"] {
            assert_eq!(written_date(typed), None, "{typed}");
        }
    }
}
