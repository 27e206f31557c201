//! Readers of single values: each says what it expects when it refuses.

use std::ops::RangeInclusive;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{SignedDuration, Timestamp};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::WrongId;
use serde_json::Value;

use super::fields::{Fields, Read, below, wrong};
use crate::problem::FieldError;

/// Seconds since 1970 of the instants that are taken: the years 1900 to 2199. What lies outside is a slip.
const INSTANTS: std::ops::Range<i64> = -2_208_988_800..7_258_118_400;
/// The calendar years of dates that are taken.
const YEARS: RangeInclusive<i16> = 1900..=2199;

/// The two-letter codes of ISO 639-1.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da \
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz \
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln \
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi \
    pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th \
    ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

fn refused<T>(code: &'static str, detail: impl Into<String>) -> Read<T> {
    Err(vec![wrong(code, detail)])
}

/// One line of text without control characters; spaces around it are cut off. Its length is counted in characters.
pub fn text(length: RangeInclusive<usize>) -> impl Fn(&Value) -> Read<String> {
    move |value| limited(value, &length, |character| character.is_control())
}

/// Text that may have several lines.
pub fn paragraph(length: RangeInclusive<usize>) -> impl Fn(&Value) -> Read<String> {
    move |value| {
        limited(value, &length, |character| {
            character.is_control() && !matches!(character, '\n' | '\r' | '\t')
        })
    }
}

/// What somebody may write or not; an empty text is none.
pub fn note(fields: &mut Fields<'_>, name: &'static str) -> Option<String> {
    fields.optional(name, paragraph(0..=500)).filter(|text| !text.is_empty())
}

fn limited(value: &Value, length: &RangeInclusive<usize>, refuse: fn(char) -> bool) -> Read<String> {
    let text = plain(value)?.trim();
    if text.contains(refuse) {
        return refused("control-character", "Leave out control characters.");
    }
    match text.chars().count() {
        0 if *length.start() > 0 => refused("empty", "This field must not be empty."),
        count if count < *length.start() => {
            refused("too-short", format!("Send at least {} characters.", length.start()))
        }
        count if count > *length.end() => {
            refused("too-long", format!("Send at most {} characters.", length.end()))
        }
        _ => Ok(text.to_owned()),
    }
}

/// A password, exactly as it was sent; its length is not told.
pub fn secret(value: &Value) -> Read<String> {
    Ok(plain(value)?.to_owned())
}

fn plain(value: &Value) -> Read<&str> {
    match value {
        Value::String(text) => Ok(text),
        _ => refused("not-a-text", "Send a JSON string."),
    }
}

/// A whole number in a range.
pub fn integer<T: TryFrom<i64>>(range: RangeInclusive<i64>) -> impl Fn(&Value) -> Read<T> {
    move |value| {
        let Some(number) = value.as_i64() else {
            return refused("not-an-integer", "Send a whole number, without quotes.");
        };
        match T::try_from(number) {
            Ok(fitting) if range.contains(&number) => Ok(fitting),
            _ => refused("out-of-range", format!("Send a number from {} to {}.", range.start(), range.end())),
        }
    }
}

/// A number in a range.
pub fn decimal(range: RangeInclusive<f64>) -> impl Fn(&Value) -> Read<f64> {
    move |value| match value.as_f64() {
        Some(number) if range.contains(&number) => Ok(number),
        Some(_) => {
            refused("out-of-range", format!("Send a number from {} to {}.", range.start(), range.end()))
        }
        None => refused("not-a-number", "Send a number, without quotes."),
    }
}

/// True or false.
pub fn boolean(value: &Value) -> Read<bool> {
    value.as_bool().map_or_else(|| refused("not-a-boolean", "Send true or false."), Ok)
}

/// An id of one kind.
pub fn id<T: FromStr<Err = WrongId>>(value: &Value) -> Read<T> {
    let text = plain(value)?;
    text.parse().or_else(|wrong: WrongId| {
        refused("not-an-id", format!("Send an id of the kind `{}_…`.", wrong.expected))
    })
}

/// An instant with its offset from UTC (RFC 3339). A time without an offset is refused, never guessed.
pub fn instant(value: &Value) -> Read<Timestamp> {
    let text = plain(value)?;
    match text.parse::<Timestamp>() {
        Ok(instant) if INSTANTS.contains(&instant.as_second()) => Ok(instant),
        Ok(_) => refused("out-of-range", "Send a time between the years 1900 and 2199."),
        Err(_) if text.parse::<DateTime>().is_ok() => {
            refused("offset-missing", "The time has no offset from UTC. Add one, such as `Z` or `+01:00`.")
        }
        Err(_) => refused("not-a-time", "Send a time such as `2026-12-30T10:00:00+01:00` (RFC 3339)."),
    }
}

/// A calendar date (RFC 3339 full-date).
pub fn date(value: &Value) -> Read<Date> {
    let text = plain(value)?;
    match text.len() == 10 {
        true => match text.parse::<Date>() {
            Ok(date) if YEARS.contains(&date.year()) => Ok(date),
            Ok(_) => refused("out-of-range", "Send a date between the years 1900 and 2199."),
            Err(_) => refused("not-a-date", "Send a date such as `2026-12-30`."),
        },
        false => refused("not-a-date", "Send a date such as `2026-12-30`."),
    }
}

/// A wall-clock time at which something ends: as [`wall_time`], and `24:00` for the midnight that follows.
pub fn wall_end(value: &Value) -> Read<Time> {
    match plain(value)? {
        "24:00" => Ok(Time::midnight()),
        _ => wall_time(value),
    }
}

/// A wall-clock time of day, `09:00` or `09:00:00`.
pub fn wall_time(value: &Value) -> Read<Time> {
    let text = plain(value)?;
    let shaped = matches!(text.len(), 5 | 8)
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at % 3 == 2 { byte == b':' } else { byte.is_ascii_digit() });
    match text.parse::<Time>() {
        Ok(time) if shaped && time.second() == 0 => Ok(time),
        _ => refused("not-a-wall-time", "Send hours and minutes of the day, such as `09:30`."),
    }
}

/// A wall-clock date and time without an offset, or a date, which is its midnight.
pub fn wall_date_time(value: &Value) -> Read<DateTime> {
    let text = plain(value)?;
    if text.len() == 10 {
        return Ok(date(value)?.to_datetime(Time::midnight()));
    }
    if text.parse::<Timestamp>().is_ok() {
        return refused(
            "offset-unexpected",
            "Send the wall-clock time of the location, such as `2026-12-24T12:00`, without an offset.",
        );
    }
    match text.parse::<DateTime>() {
        Ok(wall) if YEARS.contains(&wall.year()) => Ok(wall),
        _ => refused("not-a-wall-time", "Send a wall-clock time such as `2026-12-24T12:00`, or a date."),
    }
}

/// A day of the week by its English name.
pub fn weekday(value: &Value) -> Read<Weekday> {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let position = one_of(&NAMES)(value).map(|name| NAMES.iter().position(|known| *known == name))?;
    let weekday = position.and_then(|position| i8::try_from(position).ok());
    weekday
        .and_then(|weekday| Weekday::from_monday_zero_offset(weekday).ok())
        .map_or_else(|| refused("not-a-weekday", "Send a day such as `monday`."), Ok)
}

/// One word of a list.
pub fn one_of(words: &'static [&'static str]) -> impl Fn(&Value) -> Read<&'static str> {
    move |value| {
        let text = plain(value)?;
        match words.iter().find(|word| **word == text) {
            Some(word) => Ok(*word),
            None => refused("not-one-of", format!("Send one of: {}.", words.join(", "))),
        }
    }
}

/// A list of at most so many items.
pub fn list<T>(most: usize, item: impl Fn(&Value) -> Read<T>) -> impl Fn(&Value) -> Read<Vec<T>> {
    move |value| {
        let Value::Array(items) = value else { return refused("not-a-list", "Send a JSON array.") };
        if items.len() > most {
            return refused("too-many", format!("Send at most {most} at once."));
        }
        let mut errors: Vec<FieldError> = Vec::new();
        let mut found = Vec::with_capacity(items.len());
        for (at, value) in items.iter().enumerate() {
            match item(value) {
                Ok(value) => found.push(value),
                Err(wrongs) => errors.extend(below(&format!("/{at}"), wrongs)),
            }
        }
        if errors.is_empty() { Ok(found) } else { Err(errors) }
    }
}

/// Reads the text of a query parameter as the number or truth value that it spells.
pub fn spelled<T>(read: impl FnOnce(&Value) -> Read<T>) -> impl FnOnce(&Value) -> Read<T> {
    move |value| {
        let scalar =
            plain(value)?.parse::<Value>().ok().filter(|value| value.is_number() || value.is_boolean());
        read(scalar.as_ref().unwrap_or(&Value::Null))
    }
}

/// A range of instants from the fields `start` and `end`, at most so many days long.
pub fn range(fields: &mut Fields<'_>, most_days: i64) -> Option<TimeRange> {
    let start = fields.required("start", instant);
    let end = fields.required("end", instant);
    let (start, end) = (start?, end?);
    match TimeRange::new(start, end) {
        Ok(range) if range.duration() <= SignedDuration::from_hours(24 * most_days) => Some(range),
        Ok(_) => {
            fields.refuse("end", "too-long", format!("A range has at most {most_days} days; send several."));
            None
        }
        Err(_) => {
            fields.refuse("end", "not-after-start", "The end must come after the start.");
            None
        }
    }
}

/// A phone number: digits with spaces, dots, hyphens, brackets, and a plus sign before them.
pub fn phone(value: &Value) -> Read<String> {
    let text = text(3..=40)(value)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(&text);
    let shaped = rest.chars().all(|character| character.is_ascii_digit() || " .-()/".contains(character));
    if shaped && (3..=18).contains(&digits) {
        Ok(text)
    } else {
        refused("not-a-phone-number", "Send a phone number such as `+33 2 99 00 00 00`.")
    }
}

/// A language's code (ISO 639), two or three letters in lower case.
pub fn language(value: &Value) -> Read<String> {
    let text = plain(value)?;
    if !matches!(text.len(), 2 | 3) || !text.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return refused("not-a-language", "Send a code of ISO 639 such as `fr`.");
    }
    // Thousands have three letters; they are taken by their form.
    match text.len() == 3 || LANGUAGES.split(' ').any(|code| code == text) {
        true => Ok(text.to_owned()),
        false => refused("unknown-language", "No language has this code in ISO 639. Send one such as `fr`."),
    }
}

/// A country's code (ISO 3166-1 alpha-2), two letters; they come out in upper case.
pub fn country(value: &Value) -> Read<String> {
    let text = plain(value)?;
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        Ok(text.to_ascii_uppercase())
    } else {
        refused("not-a-country", "Send a code of ISO 3166-1 such as `FR`.")
    }
}

/// A name of a kind: lower-case letters, digits and hyphens, at most 40.
pub fn kebab(value: &Value) -> Read<String> {
    let text = plain(value)?;
    let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let shaped = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if begins && shaped && text.len() <= 40 {
        Ok(text.to_owned())
    } else {
        refused("not-kebab-case", "Send lower-case letters, digits and hyphens, such as `x-ray`.")
    }
}

/// An address of electronic mail, as far as its form tells: something, an `@`, and a domain with a dot.
pub fn email(value: &Value) -> Read<String> {
    let text = text(3..=254)(value)?;
    let fits = text.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && !domain.contains('@')
            && domain.split('.').count() > 1
            && domain.split('.').all(|label| !label.is_empty())
            && !text.contains(char::is_whitespace)
            && !text.contains(['<', '>', ',', ';', '"'])
    });
    if fits { Ok(text) } else { refused("not-an-email", "Send an address such as `name@example.org`.") }
}

/// The IANA name of a time zone that this server knows.
pub fn time_zone(value: &Value) -> Read<String> {
    let name = plain(value)?;
    match jiff::tz::TimeZone::get(name) {
        Ok(zone) => Ok(zone.iana_name().unwrap_or(name).to_owned()),
        Err(_) => refused("unknown-time-zone", "Send the IANA name of a time zone, such as `Europe/Paris`."),
    }
}

#[cfg(test)]
mod tests {
    use rendez_vocab::ids::PatientId;
    use serde_json::json;

    use super::*;

    fn code<T: std::fmt::Debug>(read: Read<T>) -> &'static str {
        read.expect_err("a refusal")[0].code
    }

    #[test]
    fn a_time_without_an_offset_is_refused_and_never_guessed() {
        assert!(instant(&json!("2026-12-30T10:00:00Z")).is_ok());
        assert_eq!(instant(&json!("2026-12-30T11:00:00+01:00")), instant(&json!("2026-12-30T10:00:00Z")));
        assert_eq!(code(instant(&json!("2026-12-30T10:00:00"))), "offset-missing");
        assert_eq!(code(instant(&json!("tomorrow"))), "not-a-time");
        assert_eq!(code(instant(&json!("1492-10-12T00:00:00Z"))), "out-of-range");
        assert_eq!(code(instant(&json!(1_700_000_000))), "not-a-text");
    }

    #[test]
    fn texts_are_counted_in_characters_and_hold_no_control_characters() {
        assert_eq!(text(1..=3)(&json!(" éèê ")), Ok("éèê".to_owned()));
        assert_eq!(code(text(1..=3)(&json!("   "))), "empty");
        assert_eq!(code(text(2..=3)(&json!("a"))), "too-short");
        assert_eq!(code(text(1..=3)(&json!("abcd"))), "too-long");
        assert_eq!(code(text(1..=9)(&json!("a\u{0}b"))), "control-character");
        assert_eq!(code(text(1..=9)(&json!("a\nb"))), "control-character");
        assert!(paragraph(1..=9)(&json!("a\nb")).is_ok());
    }

    #[test]
    fn wall_times_have_one_form() {
        assert_eq!(wall_time(&json!("09:30")).map(|time| (time.hour(), time.minute())), Ok((9, 30)));
        assert_eq!(wall_end(&json!("24:00")), Ok(Time::midnight()));
        for wrong in ["24:00", "9:30", "09:30:20", "25:00", "0930", "T09:30", "09.30"] {
            assert_eq!(code(wall_time(&json!(wrong))), "not-a-wall-time", "{wrong}");
        }
        assert!(wall_date_time(&json!("2026-12-24")).is_ok());
        assert!(wall_date_time(&json!("2026-12-24T12:00")).is_ok());
        assert_eq!(code(wall_date_time(&json!("2026-12-24T12:00Z"))), "offset-unexpected");
    }

    #[test]
    fn numbers_days_ids_addresses() {
        assert_eq!(code(integer::<u32>(1..=10)(&json!(11))), "out-of-range");
        assert_eq!(code(integer::<u32>(1..=10)(&json!(1.5))), "not-an-integer");
        assert_eq!(spelled(integer::<u32>(1..=10))(&json!("7")), Ok(7));
        assert_eq!(code(spelled(integer::<u32>(1..=10))(&json!("x"))), "not-an-integer");
        assert_eq!(weekday(&json!("sunday")), Ok(Weekday::Sunday));
        assert_eq!(code(weekday(&json!("Sunday"))), "not-one-of");
        assert_eq!(code(id::<PatientId>(&json!("prac_01h2xcejqtf2nbrexx3vqjhp41"))), "not-an-id");
        assert!(email(&json!("a@b.example")).is_ok());
        for wrong in ["a@b", "a b@c.de", "@c.de", "a@@b.de", "a@b..de", "A <a@b.de>"] {
            assert_eq!(code(email(&json!(wrong))), "not-an-email", "{wrong}");
        }
        assert!(language(&json!("br")).is_ok() && language(&json!("gsw")).is_ok());
        assert_eq!(code(language(&json!("xx"))), "unknown-language");
        assert_eq!(code(language(&json!("FR"))), "not-a-language");
        assert_eq!(time_zone(&json!("Europe/Paris")), Ok("Europe/Paris".to_owned()));
        assert_eq!(code(time_zone(&json!("Mars/Olympus"))), "unknown-time-zone");
    }
}
