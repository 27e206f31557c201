//! Practitioners of a run into the directory, each with all of its lines.

use std::collections::{HashMap, HashSet};

use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use rendez_vocab::ids::PractitionerId;
use tokio_postgres::types::Json;
use uuid::Uuid;

use super::combine::{Whole, combine};
use super::copy::{copy, row};
use super::known::{self, Before};
use super::model::{Place, Said};
use super::places::{self, Known};
use super::rows::{Person, Rows};
use super::run::Maker;
use super::tally::{Outcome, Tally};

/// A line of the batch.
struct Line {
    file: i16,
    number: i64,
    said: Said,
}

/// All lines about one practitioner.
struct Group {
    person: String,
    lines: Vec<Line>,
}

/// Lines that turn out to be bad: file, line, field, reason, and what they name.
pub(super) type Findings = Vec<(i16, i64, &'static str, String, String)>;

/// Enters the practitioners after a key; the last of them, or nothing if there are no more.
pub(super) async fn enter_next(
    tx: &Transaction<'_>,
    maker: &Maker<'_>,
    run: i64,
    after: &str,
    limit: i64,
    tally: &mut Tally,
) -> Result<Option<String>, Fault> {
    let mut groups = groups(tx, run, after, limit).await?;
    let last = groups.last().map(|group| group.person.clone());
    let mut findings = Findings::new();
    let known = places::by_key(tx, maker.system, &place_keys(&groups)).await?;
    for group in &mut groups {
        drop_lines_without_their_place(group, &known, &mut findings);
    }
    groups.retain(|group| !group.lines.is_empty());

    let people: Vec<&str> = groups.iter().map(|group| group.person.as_str()).collect();
    let mut before = known::by_main(tx, maker.system, &people).await?;
    let others = adopt(tx, maker, &groups, &mut before).await?;
    let mut rows = Rows::default();
    let mut fresh: Vec<(&Group, Whole)> = Vec::new();
    for group in &groups {
        let said: Vec<Said> = group.lines.iter().map(|line| line.said.clone()).collect();
        let mut whole = combine(&said);
        let lines = i64::try_from(group.lines.len()).unwrap_or(i64::MAX);
        if others.contains(group.person.as_str()) {
            refuse(group, "identifier", "its number belongs to another record of this source", &mut findings);
            continue;
        }
        let Some(earlier) = before.get(&group.person) else {
            match (whole.enters, &whole.skip) {
                (true, _) => fresh.push((group, whole)),
                (false, Some(reason)) => tally.skip(reason, lines),
                (false, None) => {
                    let reason = "the practitioner is neither in these files nor known from earlier ones";
                    refuse(group, "practitioner", reason, &mut findings);
                }
            }
            continue;
        };
        let digests = whole.digests();
        whole.only_news(&digests, &earlier.digests);
        let outcome = if whole.says_something() { Outcome::Updated } else { Outcome::Unchanged };
        tally.lines(outcome, lines);
        tally.practitioner(outcome);
        if outcome == Outcome::Updated {
            let places = named(whole.said.places.as_deref(), &known);
            let (id, value) = (earlier.practitioner, group.person.as_str());
            rows.add(
                maker,
                Person { id, value, news: whole, digests, before: Some(earlier), places },
                &known,
            );
        }
    }
    add_fresh(tx, maker, fresh, &known, &mut rows, tally).await?;
    rows.write(tx, tally).await?;
    record(tx, run, findings, tally).await?;
    Ok(last)
}

/// Makes the lines of the first practitioner after a key bad, because the database refuses them; the key of them.
pub(super) async fn refuse_next(
    tx: &Transaction<'_>,
    run: i64,
    after: &str,
    reason: &str,
    tally: &mut Tally,
) -> Result<Option<String>, Fault> {
    let groups = groups(tx, run, after, 1).await?;
    let mut findings = Findings::new();
    for group in &groups {
        refuse(group, "line", reason, &mut findings);
    }
    record(tx, run, findings, tally).await?;
    Ok(groups.into_iter().next().map(|group| group.person))
}

async fn groups(tx: &Transaction<'_>, run: i64, after: &str, limit: i64) -> Result<Vec<Group>, Fault> {
    let last = tx
        .query_opt(
            "SELECT max(person) FROM (
                SELECT person FROM import_line WHERE run_id = $1 AND person > $2 GROUP BY person ORDER BY person LIMIT $3
             ) AS next",
            &[&run, &after, &limit],
        )
        .await?;
    let Some(last) = last.and_then(|row| row.get::<_, Option<String>>(0)) else { return Ok(Vec::new()) };
    let rows = tx
        .query(
            "SELECT person, file_no, line, said FROM import_line WHERE run_id = $1 AND person > $2 AND person <= $3
             ORDER BY person, file_no, line",
            &[&run, &after, &last],
        )
        .await?;
    let mut groups: Vec<Group> = Vec::new();
    for row in &rows {
        let person: &str = row.get(0);
        if groups.last().is_none_or(|group| group.person != person) {
            groups.push(Group { person: person.to_owned(), lines: Vec::new() });
        }
        let line = Line { file: row.get(1), number: row.get(2), said: row.get::<_, Json<Said>>(3).0 };
        if let Some(group) = groups.last_mut() {
            group.lines.push(line);
        }
    }
    Ok(groups)
}

fn place_keys(groups: &[Group]) -> Vec<String> {
    let named =
        groups.iter().flat_map(|group| &group.lines).flat_map(|line| line.said.places.iter().flatten());
    let keys: HashSet<&String> = named.collect();
    keys.into_iter().cloned().collect()
}

fn drop_lines_without_their_place(
    group: &mut Group,
    known: &HashMap<String, Known>,
    findings: &mut Findings,
) {
    group.lines.retain(|line| {
        let missing = line.said.places.iter().flatten().find(|key| !known.contains_key(key.as_str()));
        if let Some(key) = missing {
            let reason =
                "the place is not in these files or could not be taken, and is not known from earlier ones";
            findings.push((line.file, line.number, "location", reason.to_owned(), key.clone()));
        }
        missing.is_none()
    });
}

/// Finds practitioners of other sources by their further numbers, and makes them known under this one's. Answers those
/// whose number belongs to another record of this source.
async fn adopt(
    tx: &Transaction<'_>,
    maker: &Maker<'_>,
    groups: &[Group],
    before: &mut HashMap<String, Before>,
) -> Result<HashSet<String>, Fault> {
    let unknown: Vec<(&str, Vec<&(String, String)>)> = groups
        .iter()
        .filter(|group| !before.contains_key(&group.person))
        .map(|group| {
            let also: Vec<_> = group.lines.iter().flat_map(|line| &line.said.also).collect();
            (group.person.as_str(), also)
        })
        .filter(|(_, also)| !also.is_empty())
        .collect();
    let numbers: Vec<&(String, String)> = unknown.iter().flat_map(|(_, also)| also.iter().copied()).collect();
    let found = known::by_also(tx, &numbers).await?;
    let practitioners: Vec<Uuid> = found.values().copied().collect();
    let taken = known::taken(tx, maker.system, &practitioners).await?;
    // Whoever comes first under a number, or as a practitioner, is the one.
    let (mut claimed, mut claimed_practitioners, mut others) =
        (HashSet::new(), HashSet::new(), HashSet::new());
    for (person, also) in unknown {
        let theirs = also.iter().find_map(|number| found.get(*number)).copied();
        let disputed = also.iter().any(|number| claimed.contains(*number))
            || theirs.is_some_and(|practitioner| {
                taken.contains(&practitioner) || claimed_practitioners.contains(&practitioner)
            });
        if disputed {
            others.insert(person.to_owned());
            continue;
        }
        claimed.extend(also);
        claimed_practitioners.extend(theirs);
        if let Some(practitioner) = theirs {
            before.insert(person.to_owned(), Before { practitioner, ..Before::default() });
        }
    }
    Ok(others)
}

fn named(places: Option<&[String]>, known: &HashMap<String, Known>) -> Vec<Known> {
    places.into_iter().flatten().filter_map(|key| known.get(key).copied()).collect()
}

/// New practitioners; whoever has no place gets a nameless one.
async fn add_fresh(
    tx: &Transaction<'_>,
    maker: &Maker<'_>,
    fresh: Vec<(&Group, Whole)>,
    known: &HashMap<String, Known>,
    rows: &mut Rows,
    tally: &mut Tally,
) -> Result<(), Fault> {
    let homeless: Vec<Place> = fresh
        .iter()
        .filter(|(_, whole)| named(whole.said.places.as_deref(), known).is_empty())
        .map(|(group, whole)| {
            let name = |part: &Option<String>| part.clone().unwrap_or_default();
            let whose = format!("{} {}", name(&whole.said.given_name), name(&whole.said.family_name));
            let country = maker.pack.region().as_str().to_ascii_uppercase();
            Place::nameless(&group.person, whose, country, maker.pack.time_zone_name().to_owned())
        })
        .collect();
    places::enter(tx, maker, &homeless).await?;
    let keys: Vec<String> = homeless.iter().map(|place| place.key.clone()).collect();
    let homes = places::by_key(tx, maker.system, &keys).await?;
    for (group, whole) in fresh {
        tally.lines(Outcome::Created, i64::try_from(group.lines.len()).unwrap_or(i64::MAX));
        tally.practitioner(Outcome::Created);
        let mut places = named(whole.said.places.as_deref(), known);
        if places.is_empty() {
            tally.notice("no place");
            places.extend(homes.get(&format!("of:{}", group.person)));
        }
        let digests = whole.digests();
        let id = PractitionerId::new(maker.clock.now(), maker.entropy).uuid();
        rows.add(
            maker,
            Person { id, value: &group.person, news: whole, digests, before: None, places },
            known,
        );
    }
    Ok(())
}

fn refuse(group: &Group, field: &'static str, reason: &str, findings: &mut Findings) {
    let lines = group.lines.iter();
    findings
        .extend(lines.map(|line| (line.file, line.number, field, reason.to_owned(), group.person.clone())));
}

pub(super) async fn record(
    tx: &Transaction<'_>,
    run: i64,
    findings: Findings,
    tally: &mut Tally,
) -> Result<(), Fault> {
    tally.bad += i64::try_from(findings.len()).unwrap_or(i64::MAX);
    let rows = findings
        .into_iter()
        .map(|(file, line, field, reason, names)| row![run, file, line, field, reason, names])
        .collect();
    copy(tx, "import_finding", "run_id, file_no, line, field, reason, excerpt", rows).await
}
