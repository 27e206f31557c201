//! Who matches, by the directory alone.
//!
//! A statement says only what was asked for, so that the index for it serves: the specialty's, the names' or that of
//! positions. Around a place circles of growing radius are looked at until there are enough, so that a far edge costs nothing
//! where people live close together.

use rendez_platform::store::{Prepared, Transaction};
use rendez_vocab::ids::LocationId;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::super::model::{Facet, Facets, SearchRequest};
use super::super::words::specialties_like;
use super::super::{KM_PER_DEGREE, USUAL_RADIUS_KM};
use crate::regions::{Pack, search_key};

/// How many candidates are looked at before a page is given up as full enough.
pub(super) const PER_ROUND: usize = 40;
/// The circles that are looked at before the one that was asked for, in kilometres.
const CIRCLES: [f64; 4] = [3.0, 10.0, 30.0, 100.0];
/// Without a place no more than these are counted.
const MOST_COUNTED: i64 = 1_000;

/// Counts by kind over `found`, which has a practitioner once.
const COUNTS: &str = "
      SELECT 'total', '', count(*) FROM found
      UNION ALL SELECT 'telehealth', '', count(*) FROM found WHERE telehealth
      UNION ALL SELECT 'new', '', count(*) FROM found WHERE accepts_new_patients
      UNION ALL (SELECT 'specialty', specialty, count(*) FROM found WHERE specialty IS NOT NULL GROUP BY specialty ORDER BY count(*) DESC, specialty LIMIT 20)
      UNION ALL (SELECT 'sector', sector, count(*) FROM found WHERE sector IS NOT NULL GROUP BY sector ORDER BY count(*) DESC, sector LIMIT 20)
      UNION ALL (SELECT 'language', spoken, count(*) FROM found, unnest(languages) AS spoken GROUP BY spoken ORDER BY count(*) DESC, spoken LIMIT 20)";
/// The name that somebody probably meant, when nothing matches what they typed.
const MEANT: &str = "SELECT search_name FROM practitioner WHERE active AND $1 <% search_name
    ORDER BY word_similarity($1, search_name) DESC, search_name LIMIT 1";

/// Somebody who matches.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) id: Uuid,
    /// To the nearest place; nought without a circle.
    pub(super) metres: i64,
    /// The places inside the circle, the nearest first; none without a circle.
    pub(super) places: Vec<(LocationId, i64)>,
}

/// What narrows the directory.
pub(super) struct Filter {
    specialty: Option<String>,
    specialties: Vec<String>,
    /// What names must begin with, each some word of it.
    pub(super) words: Option<Vec<String>>,
    language: Option<String>,
    telehealth: Option<bool>,
    new_patients: Option<bool>,
    sector: Option<String>,
    circle: Option<Circle>,
}

#[derive(Clone, Copy)]
struct Circle {
    latitude: f64,
    longitude: f64,
    radius_km: f64,
}

/// A statement with its parameters.
#[derive(Default)]
struct Statement<'a> {
    text: String,
    parameters: Vec<Box<dyn ToSql + Sync + Send + 'a>>,
}

impl<'a> Statement<'a> {
    fn add(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A parameter, where it stands.
    fn value(&mut self, value: impl ToSql + Sync + Send + 'a) -> &mut Self {
        self.parameters.push(Box::new(value));
        self.text.push('$');
        self.text.push_str(&self.parameters.len().to_string());
        self
    }

    async fn rows(&self, tx: &Transaction<'_>) -> Result<Vec<tokio_postgres::Row>, tokio_postgres::Error> {
        let parameters: Vec<&(dyn ToSql + Sync)> =
            self.parameters.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
        tx.rows(&self.text, &parameters).await
    }
}

impl Filter {
    /// What a request narrows the directory to.
    pub(super) fn new(pack: &'static Pack, request: &SearchRequest) -> Self {
        let typed = request.q.as_deref().map(search_key).filter(|key| !key.is_empty());
        let meant = typed
            .iter()
            .flat_map(|typed| specialties_like(pack, typed))
            .map(|specialty| specialty.code.clone())
            .collect();
        Self {
            // One that is asked for by code holds whatever is typed beside it.
            specialty: request.specialty.clone(),
            specialties: meant,
            words: typed.map(|typed| typed.split(' ').map(like_literal).collect()),
            language: request.language.clone(),
            telehealth: request.telehealth,
            new_patients: request.new_patients,
            sector: request.sector.clone(),
            circle: request.near.map(|(latitude, longitude)| Circle {
                latitude,
                longitude,
                radius_km: request.radius_km.unwrap_or(USUAL_RADIUS_KM).min(180.0 * KM_PER_DEGREE),
            }),
        }
    }

    /// What a practitioner `p` must be.
    fn narrow<'a>(&'a self, sql: &mut Statement<'a>) {
        sql.add("p.active");
        if let Some(specialty) = &self.specialty {
            sql.add(" AND p.specialty = ").value(specialty);
        }
        match (&self.words, self.specialties.is_empty()) {
            (None, _) => {}
            (Some(words), true) => {
                sql.add(" AND ");
                named(sql, "p", words);
            }
            // Around a place few are left, whatever they are called; elsewhere each side of the choice needs its own index.
            (Some(words), false) if self.circle.is_some() => {
                sql.add(" AND (p.specialty = ANY (").value(&self.specialties).add(") OR (");
                named(sql, "p", words);
                sql.add("))");
            }
            (Some(words), false) => {
                sql.add(" AND p.id IN (SELECT id FROM practitioner WHERE active AND specialty = ANY (");
                sql.value(&self.specialties);
                sql.add(") UNION SELECT n.id FROM practitioner n WHERE n.active AND ");
                named(sql, "n", words);
                sql.add(")");
            }
        }
        if let Some(language) = &self.language {
            sql.add(" AND ").value(language).add(" = ANY (p.languages)");
        }
        if self.telehealth == Some(true) {
            sql.add(" AND p.telehealth");
        }
        if let Some(new_patients) = self.new_patients {
            sql.add(" AND p.accepts_new_patients = ").value(new_patients);
        }
        if let Some(sector) = &self.sector {
            sql.add(" AND p.sector = ").value(sector);
        }
    }

    /// `matches`: who works inside a circle, once for each place. A box of degrees comes first, so that the index on
    /// positions serves.
    fn around<'a>(&'a self, sql: &mut Statement<'a>, circle: Circle) {
        let high = circle.radius_km / KM_PER_DEGREE;
        let wide = high / circle.latitude.to_radians().cos().max(0.01);
        sql.add(
            "WITH around AS NOT MATERIALIZED (
    SELECT l.id, round(12742000 * asin(least(1, sqrt(sin(radians(l.latitude - ",
        );
        sql.value(circle.latitude).add("::float8) / 2) ^ 2 + cos(radians(").value(circle.latitude);
        sql.add("::float8)) * cos(radians(l.latitude)) * sin(radians(l.longitude - ").value(circle.longitude);
        sql.add("::float8) / 2) ^ 2))))::bigint AS metres FROM location l WHERE l.latitude BETWEEN ");
        sql.value(circle.latitude - high).add(" AND ").value(circle.latitude + high);
        sql.add(" AND l.longitude BETWEEN ").value(circle.longitude - wide).add(" AND ");
        sql.value(circle.longitude + wide);
        sql.add("), matches AS (SELECT p.id, a.id AS place, a.metres FROM around a JOIN practitioner p ON p.location_id = a.id WHERE ");
        self.narrow(sql);
        sql.add(
            " UNION ALL SELECT p.id, a.id, a.metres FROM around a JOIN practitioner_location w ON w.location_id = a.id
        JOIN practitioner p ON p.id = w.practitioner_id WHERE ",
        );
        self.narrow(sql);
        sql.add(") ");
    }

    /// How many match, free or not; without a place a thousand at most.
    pub(super) async fn totals(&self, tx: &Transaction<'_>) -> Result<(u32, Facets), tokio_postgres::Error> {
        let mut sql = Statement::default();
        const SHOWN: &str = "p.specialty, p.sector, p.languages, p.telehealth, p.accepts_new_patients";
        match self.circle {
            Some(circle) => {
                self.around(&mut sql, circle);
                sql.add(", found AS (SELECT ").add(SHOWN);
                sql.add(" FROM (SELECT DISTINCT id FROM matches WHERE metres <= ");
                sql.value(circle.radius_km * 1_000.0).add("::float8) m JOIN practitioner p USING (id))");
            }
            None => {
                sql.add("WITH found AS (SELECT ").add(SHOWN).add(" FROM practitioner p WHERE ");
                self.narrow(&mut sql);
                sql.add(" ORDER BY p.id LIMIT ").value(MOST_COUNTED).add(")");
            }
        }
        let rows = sql.add(COUNTS).rows(tx).await?;
        let (mut total, mut facets) = (0, Facets::default());
        for row in &rows {
            let (kind, value): (&str, String) = (row.get(0), row.get(1));
            let count = u32::try_from(row.get::<_, i64>(2)).unwrap_or(u32::MAX);
            let facet = Facet { value: value.into(), count };
            match kind {
                "total" => total = count,
                "telehealth" => facets.telehealth = count,
                "new" => facets.new_patients = count,
                "specialty" => facets.specialties.push(facet),
                "sector" => facets.sectors.push(facet),
                _ => facets.languages.push(facet),
            }
        }
        Ok((total, facets))
    }

    /// The next candidates after one, at most [`PER_ROUND`]: the nearest first, else in the order of their ids.
    pub(super) async fn page(
        &self,
        tx: &Transaction<'_>,
        after: Option<(i64, Uuid)>,
    ) -> Result<Vec<Candidate>, tokio_postgres::Error> {
        let Some(whole) = self.circle else { return self.anywhere(tx, after).await };
        let from_km = after.map_or(0.0, |(metres, _)| metres as f64 / 1_000.0);
        let smaller = CIRCLES.into_iter().filter(|radius| (from_km..whole.radius_km).contains(radius));
        for radius_km in smaller {
            let page = self.inside(tx, Circle { radius_km, ..whole }, after).await?;
            if page.len() == PER_ROUND {
                return Ok(page);
            }
        }
        self.inside(tx, whole, after).await
    }

    async fn inside(
        &self,
        tx: &Transaction<'_>,
        circle: Circle,
        after: Option<(i64, Uuid)>,
    ) -> Result<Vec<Candidate>, tokio_postgres::Error> {
        let (metres, id) = after.unwrap_or((-1, Uuid::nil()));
        let mut sql = Statement::default();
        self.around(&mut sql, circle);
        sql.add("SELECT id, min(metres), array_agg(place ORDER BY metres, place), array_agg(metres ORDER BY metres, place) FROM matches WHERE metres <= ");
        sql.value(circle.radius_km * 1_000.0).add("::float8 GROUP BY id HAVING (min(metres), id) > (");
        sql.value(metres).add("::bigint, ").value(id).add("::uuid) ORDER BY 2, 1 LIMIT ").value(limit());
        let candidate = |row: &tokio_postgres::Row| {
            let (places, distances): (Vec<Uuid>, Vec<i64>) = (row.get(2), row.get(3));
            let places = places.into_iter().map(LocationId::from_uuid).zip(distances).collect();
            Candidate { id: row.get(0), metres: row.get(1), places }
        };
        Ok(sql.rows(tx).await?.iter().map(candidate).collect())
    }

    async fn anywhere(
        &self,
        tx: &Transaction<'_>,
        after: Option<(i64, Uuid)>,
    ) -> Result<Vec<Candidate>, tokio_postgres::Error> {
        let mut sql = Statement::default();
        sql.add("SELECT p.id FROM practitioner p WHERE ");
        self.narrow(&mut sql);
        if let Some((_, id)) = after {
            sql.add(" AND p.id > ").value(id);
        }
        sql.add(" ORDER BY p.id LIMIT ").value(limit());
        let candidate =
            |row: &tokio_postgres::Row| Candidate { id: row.get(0), metres: 0, places: Vec::new() };
        Ok(sql.rows(tx).await?.iter().map(candidate).collect())
    }

    /// The words of the name that somebody probably meant.
    pub(super) async fn meant(
        &self,
        tx: &Transaction<'_>,
    ) -> Result<Option<Vec<String>>, tokio_postgres::Error> {
        let Some(words) = &self.words else { return Ok(None) };
        let row = tx.maybe_row(MEANT, &[&words.join(" ")]).await?;
        Ok(row.map(|row| row.get::<_, &str>(0).split(' ').map(str::to_owned).collect()))
    }
}

fn limit() -> i64 {
    i64::try_from(PER_ROUND).unwrap_or(i64::MAX)
}

/// Some word of the name begins with each of these; so written that the index on names serves.
fn named<'a>(sql: &mut Statement<'a>, who: &str, words: &'a [String]) {
    for (at, word) in words.iter().enumerate() {
        sql.add(if at > 0 { " AND (" } else { "(" }).add(who).add(".search_name LIKE ");
        sql.value(format!("{word}%")).add(" OR ").add(who).add(".search_name LIKE ");
        sql.value(format!("% {word}%")).add(")");
    }
}

/// Search keys hold only letters, digits and blanks, but a letter of another script must not become a pattern either.
fn like_literal(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
