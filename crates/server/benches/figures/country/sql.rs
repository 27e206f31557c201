//! The same questions put to PostgreSQL alone, in the best form that we know, so that one run shows both.
//!
//! `row`: one row for each practitioner with the next free time written into it, found by GiST (specialty, point). It is
//! given that time for nothing: keeping it true with every booking is not in the figure, nor are the next three times.
//! `document`: one row for each free slot, as systems do that keep slots in a search engine, at a tenth of the country,
//! found by B-tree (specialty, cell of 0.05 degrees). Both count totals and facets as the index does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use rendez_vocab::clock::{Clock, SystemClock};
use tokio::time::Instant;
use tokio_postgres::types::ToSql;

use super::questions::{Dice, Directory};
use super::rush;
use crate::database::Database;
use crate::http::get;
use crate::report::Report;
use crate::server::Server;
use crate::tally::Latencies;

const QUESTIONS: usize = 600;
const LENGTH: Duration = Duration::from_secs(8);
const KM_PER_DEGREE: f64 = 111.195;
const CELLS_A_DEGREE: f64 = 20.0;
const SLOTS: i32 = 233;

const ROWS: &str = "
DROP SCHEMA IF EXISTS compare CASCADE; CREATE SCHEMA compare;
SELECT setseed(0.5);
CREATE TABLE compare.specialty AS SELECT specialty AS code, row_number() OVER (ORDER BY specialty)::smallint AS number
    FROM (SELECT DISTINCT specialty FROM practitioner WHERE specialty IS NOT NULL) s;
CREATE TABLE compare.entry AS SELECT p.id, s.number AS specialty, point(l.longitude, l.latitude) AS at, p.languages, p.telehealth,
    p.accepts_new_patients, now() + random() * random() * interval '40 days' AS first_free
    FROM practitioner p JOIN location l ON l.id = p.location_id JOIN compare.specialty s ON s.code = p.specialty
    WHERE l.latitude IS NOT NULL;
CREATE INDEX entry_place ON compare.entry USING gist (specialty, at);
ANALYZE compare.entry";

const DOCUMENTS: &str = "
CREATE TABLE compare.slot AS SELECT e.number, e.specialty, floor((e.at)[1] * 20)::int * 10000 + floor((e.at)[0] * 20)::int AS cell, e.at, e.languages,
    e.telehealth, e.accepts_new_patients, now() + (g * 370 + (e.number * 37) % 300) * interval '1 minute' AS starts
    FROM (SELECT row_number() OVER (ORDER BY id)::int AS number, * FROM compare.entry TABLESAMPLE BERNOULLI (10) REPEATABLE (3)) e,
        generate_series(1, 233) g;
CREATE INDEX slot_place ON compare.slot (specialty, cell, starts);
ANALYZE compare.slot";

/// Totals, facets and the first twenty of `found`.
macro_rules! answer {
    ($found:literal) => {
        concat!(
            "WITH found AS MATERIALIZED (",
            $found,
            ") SELECT (SELECT count(*) FROM found), (SELECT count(*) FROM found WHERE telehealth),
            (SELECT count(*) FROM found WHERE accepts_new_patients),
            (SELECT json_object_agg(language, n) FROM (SELECT language, count(*) AS n FROM found, unnest(languages) AS language GROUP BY 1) f)::text,
            (SELECT array_agg(id::text) FROM (SELECT id FROM found
                ORDER BY km + 1.5 * extract(epoch FROM first_free - now()) / 86400, id LIMIT 20) top)"
        )
    };
}

const ASK_ROWS: &str = answer!(
    "SELECT * FROM (SELECT id, languages, telehealth, accepts_new_patients, first_free,
        111.195 * sqrt((((at)[0] - $2) * cos(radians($3))) ^ 2 + ((at)[1] - $3) ^ 2) AS km
        FROM compare.entry WHERE specialty = $1 AND first_free < now() + $7 * interval '1 day'
        AND at <@ box(point($2 - $5, $3 - $4), point($2 + $5, $3 + $4))) near WHERE km <= $6"
);
const ASK_DOCUMENTS: &str = answer!(
    "SELECT * FROM (SELECT number AS id, min(languages) AS languages, bool_or(telehealth) AS telehealth, bool_or(accepts_new_patients) AS accepts_new_patients,
        min(starts) AS first_free, min(111.195 * sqrt((((at)[0] - $2) * cos(radians($3))) ^ 2 + ((at)[1] - $3) ^ 2)) AS km
        FROM compare.slot WHERE specialty = $1 AND cell = ANY ($4) AND starts < now() + $6 * interval '1 day'
        GROUP BY number) near WHERE km <= $5"
);

struct Question {
    specialty: String,
    number: i16,
    at: (f64, f64),
    km: f64,
    days: i64,
}

impl Question {
    fn path(&self) -> Result<String> {
        let until = SystemClock.now().checked_add(jiff::SignedDuration::from_hours(24 * self.days))?;
        let until = jiff::Timestamp::from_second(until.as_second())?;
        let (latitude, longitude) = self.at;
        let place = format!("lat={latitude:.4}&lon={longitude:.4}&radius_km={}", self.km);
        Ok(format!("/v1/search?specialty={}&{place}&to={until}", self.specialty))
    }

    /// Half of the box around the circle, in degrees of latitude and longitude.
    fn half(&self) -> (f64, f64) {
        let north = self.km / KM_PER_DEGREE;
        (north, north / self.at.0.to_radians().cos().max(0.01))
    }

    fn cells(&self) -> Vec<i32> {
        let (north, east) = self.half();
        let cell = |degrees: f64| (degrees * CELLS_A_DEGREE).floor() as i32;
        let rows = cell(self.at.0 - north)..=cell(self.at.0 + north);
        rows.flat_map(|row| {
            (cell(self.at.1 - east)..=cell(self.at.1 + east)).map(move |column| row * 10_000 + column)
        })
        .collect()
    }
}

pub(crate) async fn measure(report: &mut Report, server: &Server, database: &Database) -> Result<()> {
    let directory = Directory::sample(database).await?;
    database
        .client
        .batch_execute("SET statement_timeout = 0; SET jit = off; SET enable_seqscan = off")
        .await?;
    built(report, database, "row", ROWS, "compare.entry").await?;
    let asked = questions(database, &directory).await?;

    let requests: Vec<Vec<u8>> =
        asked.iter().map(|one| Ok(get(&one.path()?, None))).collect::<Result<_>>()?;
    let ours = rush::closed_loop(server.address, 1, LENGTH, &Arc::new(requests)).await?;
    ensure!(ours.surprises.total() == 0, "searches are answered with {}", ours.surprises.list());
    report.line(format!("{}   {:>7.0}/s", ours.latencies.row("index, HTTP"), ours.rate));

    let rows = ask(database, &asked, Form::Rows).await?;
    report.line(format!("{}   {:>7.0}/s", rows.0.row("row a person"), rows.1));
    built(report, database, "document", DOCUMENTS, "compare.slot").await?;
    let documents = ask(database, &asked, Form::Documents).await?;
    report.line(format!("{}   {:>7.0}/s", documents.0.row("document a slot"), documents.1));
    report.line(format!(
        "one caller: the index, with HTTP and JSON, answers {:.0} times as many as PostgreSQL with a row for each practitioner, and {:.0} times as many as \
         with {SLOTS} documents for each of a tenth of them",
        ours.rate / rows.1,
        ours.rate / documents.1
    ));
    database.client.batch_execute("DROP SCHEMA compare CASCADE").await?;
    Ok(())
}

async fn built(report: &mut Report, database: &Database, name: &str, sql: &str, table: &str) -> Result<()> {
    let begun = Instant::now();
    database.client.batch_execute(sql).await?;
    let rows = database.number(&format!("SELECT count(*) FROM {table}")).await?;
    let bytes = database.number(&format!("SELECT pg_total_relation_size('{table}')")).await? as f64;
    let took = begun.elapsed().as_secs_f64();
    report.line(format!("{name}: {rows} rows, {:.0} MB, built in {took:.0} s", bytes / 1e6));
    Ok(())
}

async fn questions(database: &Database, directory: &Directory) -> Result<Vec<Question>> {
    let rows = database.client.query("SELECT code, number FROM compare.specialty", &[]).await?;
    let numbers: BTreeMap<String, i16> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let dice = Dice::new(9);
    Ok((0..QUESTIONS)
        .map(|_| {
            let specialty = directory.specialties[dice.below(directory.specialties.len())].clone();
            let number = numbers.get(&specialty).copied().unwrap_or_default();
            let km = [5.0, 10.0, 30.0, 50.0][dice.below(4)];
            let days = [4, 14, 28][dice.below(3)];
            Question { specialty, number, at: directory.places[dice.below(directory.places.len())], km, days }
        })
        .collect())
}

#[derive(Clone, Copy)]
enum Form {
    Rows,
    Documents,
}

/// One question after another over one connection, as long as the length allows.
async fn ask(database: &Database, asked: &[Question], form: Form) -> Result<(Latencies, f64)> {
    let sql = match form {
        Form::Rows => ASK_ROWS,
        Form::Documents => ASK_DOCUMENTS,
    };
    let statement = database.client.prepare(sql).await?;
    let latencies = Latencies::new();
    let begun = Instant::now();
    for one in asked.iter().cycle() {
        if begun.elapsed() >= LENGTH {
            break;
        }
        let (north, east) = one.half();
        let (latitude, longitude) = one.at;
        let days = one.days as f64;
        let cells = one.cells();
        let parameters: Vec<&(dyn ToSql + Sync)> = match form {
            Form::Rows => vec![&one.number, &longitude, &latitude, &north, &east, &one.km, &days],
            Form::Documents => vec![&one.number, &longitude, &latitude, &cells, &one.km, &days],
        };
        let sent = Instant::now();
        database.client.query(&statement, &parameters).await?;
        latencies.record(sent.elapsed());
    }
    let rate = latencies.count() as f64 / begun.elapsed().as_secs_f64();
    Ok((latencies, rate))
}
