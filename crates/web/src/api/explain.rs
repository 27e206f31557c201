//! Why a time is offered or not.

use axum::Json;
use jiff::Timestamp;
use rendez_domain::booking;
use rendez_vocab::ids::{PractitionerId, VisitTypeId};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::slots::{active_visit_types, schedule};
use crate::extract::{ApiQuery, Caller, Fields, FromFields, Id, read};
use crate::problem::Problem;

/// A rule's word about a time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Verdict)]
pub struct VerdictView {
    /// The rule.
    #[schema(value_type = String, example = "notice")]
    pub rule: &'static str,
    /// Whether it lets the time pass.
    pub passed: bool,
    /// Why.
    pub detail: String,
}

/// Why a time is offered or not.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// Whether it can be booked now: all rules let it pass.
    pub offered: bool,
    /// The start that was asked about.
    pub start: Timestamp,
    /// The visit type that was asked about.
    #[schema(value_type = String)]
    pub visit_type_id: VisitTypeId,
    /// Every rule, in order, whether or not another failed.
    pub rules: Vec<VerdictView>,
    /// The instant for which this is true.
    pub as_of: Timestamp,
}

/// Which time.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExplainQuery {
    /// When the visit would begin.
    start: Timestamp,
    /// What it would be; the practitioner's first visit type without it.
    #[param(value_type = Option<String>)]
    visit_type_id: Option<VisitTypeId>,
}

impl FromFields for ExplainQuery {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let start = fields.required("start", read::instant);
        let visit_type_id = fields.optional("visit_type_id", read::id);
        Some(Self { start: start?, visit_type_id })
    }
}

/// Why a time is offered or not, rule by rule.
#[utoipa::path(get, path = "/v1/practitioners/{id}/slots/explain", tag = "slots", params(ExplainQuery), security(()),
    responses((status = 200, description = "Every rule with its word", body = Explanation)))]
pub(crate) async fn explain(
    caller: Caller,
    Id(id): Id<PractitionerId>,
    ApiQuery(query): ApiQuery<ExplainQuery>,
) -> Result<Json<Explanation>, Problem> {
    let visit_type_id = match query.visit_type_id {
        Some(asked) => asked,
        None => {
            let schedule = schedule(&caller.ctx, id).await?;
            *active_visit_types(&schedule).first().ok_or_else(Problem::not_found)?
        }
    };
    let explained = booking::explain(&caller.ctx, id, visit_type_id, query.start).await?;
    let rules = explained.verdicts.into_iter().map(|verdict| VerdictView {
        rule: verdict.rule,
        passed: verdict.passed,
        detail: verdict.detail.into_owned(),
    });
    Ok(Json(Explanation {
        offered: explained.offered,
        start: query.start,
        visit_type_id,
        rules: rules.collect(),
        as_of: explained.as_of,
    }))
}
