//! What the practice's own desk does with its own time: it books and moves by telephone.
//!
//! Invariant: the desk is free of the rules made for patients (grid, notice, horizon, who may book), and bound by
//! everything else: what is open, who is away, what is taken, which room is free. Beyond that it overbooks, with a
//! reason.

use rendez_vocab::ids::{AppointmentId, SlotId};

use super::confirm::confirm_by;
use super::hold::{HoldRequest, hold_by};
use super::reschedule::reschedule_by;
use super::settle::cancel;
use super::support::Rules;
use crate::booking::error::BookingRefusal;
use crate::booking::model::Appointment;
use crate::booking::queries;
use crate::ctx::Ctx;

/// Books a time for a patient at once. A repeated request books once; a hold that cannot be confirmed is given up.
pub async fn book_at_desk(ctx: &Ctx, request: HoldRequest) -> Result<Appointment, BookingRefusal> {
    let held = hold_by(ctx, request, Rules::Desk).await?;
    // The key belongs to the hold; confirming twice is harmless by itself.
    let ctx = Ctx { idempotency: None, ..ctx.clone() };
    match confirm_by(&ctx, held.id, None, None, Rules::Desk).await {
        Err(BookingRefusal::AlreadyConfirmed) => queries::find(&ctx, held.id).await,
        Err(refusal) => {
            // If this fails too, the hold ends by itself.
            let _ = cancel(&ctx, held.id, None, None).await;
            Err(refusal)
        }
        booked => booked,
    }
}

/// Moves a visit to a time of the desk's choice, under the same id: either moved, or exactly as before.
pub async fn move_at_desk(
    ctx: &Ctx,
    id: AppointmentId,
    if_match: Option<i64>,
    slot: SlotId,
) -> Result<Appointment, BookingRefusal> {
    reschedule_by(ctx, id, if_match, slot, Rules::Desk).await
}
