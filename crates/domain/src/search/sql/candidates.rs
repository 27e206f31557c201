//! Who matches, by the directory alone.

use rendez_platform::fault::Fault;
use rendez_platform::store::{GenericClient, Transaction};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::super::model::{Facet, Facets, SearchRequest};
use super::super::words::specialties_like;
use super::super::{KM_PER_DEGREE, USUAL_RADIUS_KM};
use crate::ctx::Ctx;
use crate::regions::{Pack, search_key};

/// How many candidates are looked at before a page is given up as full enough.
pub(super) const PER_ROUND: i64 = 40;

/// The matches of `$1` specialties or `$2` words, `$3` language, `$4` telehealth, `$5` new patients, around `$6`, `$7` within
/// `$8` km, `$9` the one specialty that is asked for, `$10` the sector; a box of degrees first, so that the index on
/// positions serves.
macro_rules! matches {
    () => {
        "matches AS (
    SELECT p.id, p.family_name, p.specialty, p.languages, p.sector, p.telehealth, p.accepts_new_patients,
        CASE WHEN $6::float8 IS NULL THEN 0 ELSE round(12742000 * asin(least(1, sqrt(
            sin(radians(l.latitude - $6) / 2) ^ 2
            + cos(radians($6)) * cos(radians(l.latitude)) * sin(radians(l.longitude - $7) / 2) ^ 2))))::bigint END AS metres
    FROM practitioner p JOIN location l ON l.id = p.location_id
    WHERE p.active
      AND ($9::text IS NULL OR p.specialty = $9)
      AND (($1::text[] IS NULL AND $2::text[] IS NULL) OR p.specialty = ANY ($1::text[])
           OR ($2::text[] IS NOT NULL AND (SELECT bool_and(' ' || p.search_name LIKE '% ' || word || '%') FROM unnest($2::text[]) AS word)))
      AND ($3::text IS NULL OR $3 = ANY (p.languages))
      AND ($4::boolean IS NULL OR p.telehealth OR NOT $4)
      AND ($5::boolean IS NULL OR p.accepts_new_patients = $5)
      AND ($10::text IS NULL OR p.sector = $10)
      AND ($6::float8 IS NULL OR (
          l.latitude BETWEEN $6 - $8::float8 / 111.195 AND $6 + $8::float8 / 111.195
          AND l.longitude BETWEEN $7::float8 - $8::float8 / (111.195 * greatest(cos(radians($6)), 0.01))
                              AND $7::float8 + $8::float8 / (111.195 * greatest(cos(radians($6)), 0.01))))
)"
    };
}

const PAGE: &str = concat!(
    "WITH ",
    matches!(),
    " SELECT id, metres FROM matches
      WHERE metres <= coalesce($8::float8 * 1000, 0) AND (metres, id) > ($11, $12) ORDER BY metres, id LIMIT $13"
);
const TOTALS: &str = concat!(
    "WITH ",
    matches!(),
    ", found AS (SELECT * FROM matches WHERE metres <= coalesce($8::float8 * 1000, 0))
      SELECT 'total', '', count(*) FROM found
      UNION ALL SELECT 'telehealth', '', count(*) FROM found WHERE telehealth
      UNION ALL SELECT 'new', '', count(*) FROM found WHERE accepts_new_patients
      UNION ALL (SELECT 'specialty', specialty, count(*) FROM found WHERE specialty IS NOT NULL GROUP BY specialty ORDER BY count(*) DESC, specialty LIMIT 20)
      UNION ALL (SELECT 'sector', sector, count(*) FROM found WHERE sector IS NOT NULL GROUP BY sector ORDER BY count(*) DESC, sector LIMIT 20)
      UNION ALL (SELECT 'language', spoken, count(*) FROM found, unnest(languages) AS spoken GROUP BY spoken ORDER BY count(*) DESC, spoken LIMIT 20)"
);
/// The name that somebody probably meant, when nothing matches what they typed.
const MEANT: &str = "SELECT search_name FROM practitioner WHERE active AND $1 <% search_name
    ORDER BY word_similarity($1, search_name) DESC, search_name LIMIT 1";

/// What narrows the directory, as parameters.
pub(super) struct Filter {
    specialty: Option<String>,
    specialties: Option<Vec<String>>,
    /// What names must begin with, each some word of it.
    pub(super) words: Option<Vec<String>>,
    language: Option<String>,
    telehealth: Option<bool>,
    new_patients: Option<bool>,
    sector: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    radius_km: Option<f64>,
}

impl Filter {
    /// What a request narrows the directory to.
    pub(super) fn new(pack: &'static Pack, request: &SearchRequest) -> Self {
        let typed = request.q.as_deref().map(search_key).filter(|key| !key.is_empty());
        let meant: Vec<String> = typed
            .iter()
            .flat_map(|typed| specialties_like(pack, typed))
            .map(|specialty| specialty.code.clone())
            .collect();
        let words: Option<Vec<String>> = typed.map(|typed| typed.split(' ').map(like_literal).collect());
        Self {
            // One that is asked for by code holds whatever is typed beside it.
            specialty: request.specialty.clone(),
            specialties: (!meant.is_empty()).then_some(meant),
            words,
            language: request.language.clone(),
            telehealth: request.telehealth,
            new_patients: request.new_patients,
            sector: request.sector.clone(),
            latitude: request.near.map(|(latitude, _)| latitude),
            longitude: request.near.map(|(_, longitude)| longitude),
            radius_km: request
                .near
                .map(|_| request.radius_km.unwrap_or(USUAL_RADIUS_KM).min(180.0 * KM_PER_DEGREE)),
        }
    }

    fn parameters(&self) -> [&(dyn ToSql + Sync); 10] {
        [
            &self.specialties,
            &self.words,
            &self.language,
            &self.telehealth,
            &self.new_patients,
            &self.latitude,
            &self.longitude,
            &self.radius_km,
            &self.specialty,
            &self.sector,
        ]
    }

    /// How many match, free or not.
    pub(super) async fn totals(&self, tx: &Transaction<'_>) -> Result<(u32, Facets), tokio_postgres::Error> {
        let statement = tx.prepare_cached(TOTALS).await?;
        let rows = tx.query(&statement, &self.parameters()).await?;
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

    /// The next candidates after one, each with its distance in metres.
    pub(super) async fn page(
        &self,
        tx: &Transaction<'_>,
        after: Option<(i64, Uuid)>,
    ) -> Result<Vec<(Uuid, i64)>, tokio_postgres::Error> {
        let (metres, id) = after.unwrap_or((-1, Uuid::nil()));
        let statement = tx.prepare_cached(PAGE).await?;
        let mut parameters = self.parameters().to_vec();
        parameters.extend([&metres as &(dyn ToSql + Sync), &id, &PER_ROUND]);
        let rows = tx.query(&statement, &parameters).await?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }
}

/// Search keys hold only letters, digits and blanks, but a letter of another script must not become a pattern either.
fn like_literal(word: &str) -> String {
    word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The words of the name that somebody probably meant.
pub(super) async fn meant(ctx: &Ctx, filter: &Filter) -> Result<Option<Vec<String>>, Fault> {
    let Some(words) = &filter.words else { return Ok(None) };
    let typed = words.join(" ");
    let row = super::bounded(ctx, async |tx| {
        let statement = tx.prepare_cached(MEANT).await?;
        tx.query_opt(&statement, &[&typed]).await
    })
    .await?;
    Ok(row.map(|row| row.get::<_, &str>(0).split(' ').map(str::to_owned).collect()))
}
