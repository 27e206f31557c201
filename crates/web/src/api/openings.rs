//! One-off openings.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use rendez_domain::directory::{self, NewOpenings, OpenedRange};
use rendez_vocab::TimeRange;
use rendez_vocab::ids::{LocationId, OpeningId, PractitionerId, VisitTypeId};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{first, render};
use super::slots::SlotView;
use crate::extract::path::Ids;
use crate::extract::{Command, Fields, FromFields, Id, Nothing, SignedIn, read};
use crate::problem::Problem;

const MOST_RANGES: usize = 100;
/// As the table's own check.
const MOST_DAYS: i64 = 31;

/// Ranges to open.
pub struct OpeningsBody(NewOpenings);

/// A range of instants.
#[derive(Debug, Serialize, ToSchema)]
pub struct Range {
    /// The first instant inside, with its offset.
    pub start: Timestamp,
    /// The first instant after, with its offset.
    pub end: Timestamp,
}

/// Ranges to open: all of them or none.
#[derive(ToSchema)]
#[schema(as = NewOpenings)]
#[allow(dead_code, reason = "a schema: the body is read by `OpeningsBody::read`")]
pub(crate) struct NewOpeningsSchema {
    /// 1 to 100, each at most 31 days long.
    ranges: Vec<Range>,
    /// For which visit types; all without it.
    visit_type_ids: Option<Vec<String>>,
    /// Where; the main location without it.
    location_id: Option<String>,
}

impl FromFields for OpeningsBody {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let ranges: Option<Vec<TimeRange>> = fields.required(
            "ranges",
            read::list(MOST_RANGES, |value| Fields::of(value, |range| read::range(range, MOST_DAYS))),
        );
        let visit_types = fields.optional("visit_type_ids", read::list(50, read::id::<VisitTypeId>));
        let location = fields.optional("location_id", read::id::<LocationId>);
        let ranges = ranges?;
        if ranges.is_empty() {
            fields.refuse("ranges", "too-few", "Send at least one range.");
        }
        Some(Self(NewOpenings { ranges, visit_types: visit_types.unwrap_or_default(), location }))
    }
}

/// A range when visits may happen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Opening)]
pub struct OpeningView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: OpeningId,
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after.
    pub end: Timestamp,
    /// Where.
    #[schema(value_type = String)]
    pub location_id: LocationId,
    /// For which visit types; empty for all.
    #[schema(value_type = Vec<String>)]
    pub visit_type_ids: Vec<VisitTypeId>,
}

/// What was opened.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenedRanges {
    /// The openings, in the order of the request.
    pub openings: Vec<OpeningView>,
    /// Every slot that they make, whether or not notice or other visits leave it free at this moment.
    pub slots: Vec<SlotView>,
}

impl OpenedRanges {
    fn new(practitioner: PractitionerId, opened: &[OpenedRange]) -> Self {
        let openings = opened.iter().map(|OpenedRange { opening, .. }| OpeningView {
            id: opening.id,
            start: opening.range.start(),
            end: opening.range.end(),
            location_id: opening.location,
            visit_type_ids: opening.visit_types.clone(),
        });
        let slots = opened.iter().flat_map(|opened| &opened.slots);
        Self {
            openings: openings.collect(),
            slots: slots.map(|slot| SlotView::new(practitioner, *slot)).collect(),
        }
    }
}

/// Open ranges for visits.
#[utoipa::path(post, path = "/v1/practitioners/{id}/openings", tag = "opening hours", request_body = NewOpeningsSchema,
    responses((status = 201, description = "The openings and every slot that they make", body = OpenedRanges)))]
pub(crate) async fn open(
    _: SignedIn,
    Id(id): Id<PractitionerId>,
    command: Command<OpeningsBody>,
) -> Result<Response, Problem> {
    let answer = directory::open(&command.ctx, id, command.body.0, move |opened| {
        render(&OpenedRanges::new(id, opened))
    })
    .await?;
    Ok(first(answer, |opened| OpenedRanges::new(id, &opened), None))
}

/// Take an opening back. What is booked in it stays booked.
#[utoipa::path(delete, path = "/v1/practitioners/{id}/openings/{opening_id}", tag = "opening hours",
    responses((status = 204, description = "It is gone")))]
pub(crate) async fn delete(
    _: SignedIn,
    Ids(id, opening): Ids<PractitionerId, OpeningId>,
    command: Command<Nothing>,
) -> Result<StatusCode, Problem> {
    directory::delete_opening(&command.ctx, id, opening).await?;
    Ok(StatusCode::NO_CONTENT)
}
