//! Blocking a time, and freeing it again: time off, told from the agenda.

use axum::response::Response;
use rendez_domain::directory::{self, NewTimeOff};
use rendez_domain::identity::access;
use rendez_vocab::TimeRange;
use rendez_vocab::ids::TimeOffId;
use serde_json::Value;

use super::super::error::PageError;
use super::super::form::Posted;
use super::super::visitor::go;
use super::super::when;
use super::asked::way_back;
use super::book::Wanted;

/// What a reason holds, in characters.
const REASON: usize = 200;

/// `POST /practice/block`: from the start until a time of the clock; one that is not later means the end of the day.
pub(in crate::pages) async fn block(posted: Posted) -> Response {
    posted
        .answer(async {
            access::practice(&posted.ctx.actor)?;
            let field = |name: &str| posted.field(name);
            let wanted = Wanted::read(posted.visitor(), field("practitioner"), field("start"), "").await?;
            let until = wanted.at(field("until")).ok_or(PageError::NotFound)?;
            let end = if until > wanted.start {
                until
            } else {
                let zone = wanted.on_clock(until).time_zone().clone();
                when::start_of(when::days_after(wanted.date(), 1), &zone)
            };
            let range = TimeRange::new(wanted.start, end).map_err(|_| PageError::NotFound)?;
            let id = wanted.person.id.to_string();
            let about = [id.as_str(), field("start"), field("until")];
            let ctx = posted.once("POST /practice/block", &about);
            let new = NewTimeOff { range, reason: posted.short_text("reason", REASON) };
            directory::take_time_off(&ctx, wanted.person.id, new, |_| Value::Null).await?;
            let back = way_back(field("back"), wanted.person.id, wanted.date());
            Ok(go(&format!("{back}&done=blocked")))
        })
        .await
}

/// `POST /practice/block/end`: the absence ends, and its time is free again.
pub(in crate::pages) async fn unblock(posted: Posted) -> Response {
    posted
        .answer(async {
            access::practice(&posted.ctx.actor)?;
            let field = |name: &str| posted.field(name);
            let wanted = Wanted::read(posted.visitor(), field("practitioner"), field("start"), "").await?;
            let absence: TimeOffId = field("absence").parse().map_err(|_| PageError::NotFound)?;
            directory::end_time_off(&posted.ctx, wanted.person.id, absence).await?;
            let back = way_back(field("back"), wanted.person.id, wanted.date());
            Ok(go(&format!("{back}&done=unblocked")))
        })
        .await
}
