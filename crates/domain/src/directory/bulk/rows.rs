//! The rows of one batch of practitioners, on their way into the temporary tables.

use std::collections::HashMap;

use rendez_platform::fault::Fault;
use rendez_platform::store::Transaction;
use rendez_vocab::ids::VisitTypeId;
use uuid::Uuid;

use super::combine::{Digests, Whole};
use super::copy::{Cell, copy, row};
use super::known::Before;
use super::model::VisitTypeSaid;
use super::places::Known;
use super::run::Maker;
use super::tally::Tally;
use super::write;
use crate::directory::model::NewVisitType;
use crate::regions::search_key;

type Row = Vec<Cell<'static>>;

/// What is written of a batch.
#[derive(Default)]
pub(super) struct Rows {
    practitioners: Vec<Row>,
    places: Vec<Row>,
    hours: Vec<Row>,
    closures: Vec<Row>,
    visit_types: Vec<Row>,
    ended: Vec<Row>,
    identifiers: Vec<Row>,
    says_closures: bool,
}

/// Somebody to write.
pub(super) struct Person<'a> {
    pub(super) id: Uuid,
    /// What the source calls them.
    pub(super) value: &'a str,
    /// What is new of them.
    pub(super) news: Whole,
    pub(super) digests: Digests,
    /// `None` for somebody new.
    pub(super) before: Option<&'a Before>,
    /// Where they work, the main place first; for somebody new never empty.
    pub(super) places: Vec<Known>,
}

impl Rows {
    /// Adds somebody. `known` finds the places of their hours.
    pub(super) fn add(&mut self, maker: &Maker<'_>, person: Person<'_>, known: &HashMap<String, Known>) {
        let fresh = person.before.is_none();
        let said = person.news.said;
        let main = person.places.first();
        let search_name = match (&said.family_name, &said.given_name) {
            (Some(family), Some(given)) => Some(search_key(&format!("{family} {given}"))),
            _ => None,
        };
        self.places.extend(person.places.iter().skip(1).map(|place| row![person.id, place.location]));
        for open in said.hours.iter().flatten() {
            let place = open.place.as_ref().and_then(|key| known.get(key)).map(|place| place.location);
            self.hours.push(row![
                person.id,
                place,
                open.weekday,
                open.starts,
                open.ends,
                open.valid_from,
                open.valid_until
            ]);
        }
        for closed in said.closures.iter().flatten() {
            let (starts, ends) = (closed.starts, closed.ends);
            self.closures.push(row![
                person.id,
                starts.wall(),
                ends.wall(),
                starts.instant(),
                ends.instant(),
                closed.reason.clone()
            ]);
        }
        self.says_closures |= said.closures.is_some();
        let names = self.visit_types(maker, person.id, said.visit_types.as_deref(), person.before);
        self.practitioners.push(row![
            person.id,
            maker.pack.region().to_string(),
            maker.system.to_owned(),
            fresh,
            main.map(|place| place.organization),
            main.map(|place| place.location),
            said.given_name,
            said.family_name,
            search_name,
            said.specialty.is_some(),
            said.specialty.flatten(),
            said.languages,
            said.phone.is_some(),
            said.phone.flatten(),
            said.email.is_some(),
            said.email.flatten(),
            said.sector.is_some(),
            said.sector.flatten(),
            said.accepts_new_patients,
            said.telehealth,
            said.active,
            said.places.is_some(),
            said.hours.is_some(),
            said.closures.is_some(),
        ]);
        let digests = person.digests.over(person.before.map(|before| before.digests).unwrap_or_default());
        self.identifiers.push(row![
            maker.system.to_owned(),
            person.value.to_owned(),
            person.id,
            true,
            digests.profile.to_vec(),
            digests.places,
            digests.hours,
            digests.closures,
            digests.visit_types,
            names,
        ]);
        let nothing = None::<i64>;
        for (system, value) in said.also {
            self.identifiers.push(row![
                system,
                value,
                person.id,
                false,
                None::<Vec<Option<i64>>>,
                nothing,
                nothing,
                nothing,
                nothing,
                Vec::<String>::new(),
            ]);
        }
    }

    /// Visit types as said, one usual one for somebody new of whom none is said; the names that are the source's from now on.
    fn visit_types(
        &mut self,
        maker: &Maker<'_>,
        id: Uuid,
        said: Option<&[VisitTypeSaid]>,
        before: Option<&Before>,
    ) -> Vec<String> {
        let earlier = before.map(|before| before.visit_types.clone()).unwrap_or_default();
        if said.is_none() && before.is_some() {
            return earlier;
        }
        let policies = maker.pack.policies();
        let wanted = match said {
            Some(types) if !types.is_empty() => types.to_vec(),
            _ => vec![usual()],
        };
        for (one, position) in wanted.iter().zip(0i16..) {
            self.visit_types.push(row![
                VisitTypeId::new(maker.clock.now(), maker.entropy).uuid(),
                id,
                one.name.clone(),
                one.minutes,
                usual_minutes(),
                policies.min_notice_minutes,
                policies.max_horizon_days,
                policies.hold_minutes,
                one.telehealth,
                position,
            ]);
        }
        let names: Vec<String> = wanted.into_iter().map(|one| one.name).collect();
        self.ended
            .extend(earlier.into_iter().filter(|name| !names.contains(name)).map(|name| row![id, name]));
        names
    }

    /// Writes all of it.
    pub(super) async fn write(self, tx: &Transaction<'_>, tally: &mut Tally) -> Result<(), Fault> {
        if self.practitioners.is_empty() {
            return Ok(());
        }
        let columns =
            "id, region, system, fresh, organization_id, location_id, given_name, family_name, search_name,
            says_specialty, specialty, languages, says_phone, phone, says_email, email, says_sector, sector,
            accepts_new_patients, telehealth, active, says_places, says_hours, says_closures";
        copy(tx, "entering", columns, self.practitioners).await?;
        copy(tx, "entering_place", "id, location_id", self.places).await?;
        let columns = "id, location_id, weekday, starts, ends, valid_from, valid_until";
        copy(tx, "entering_hours", columns, self.hours).await?;
        copy(tx, "entering_closure", "id, starts, ends, starts_at, ends_at, reason", self.closures).await?;
        let columns =
            "visit_type_id, id, name, duration_minutes, usual_minutes, min_notice_minutes, max_horizon_days, hold_minutes,
            telehealth, position";
        copy(tx, "entering_visit_type", columns, self.visit_types).await?;
        copy(tx, "ended_visit_type", "id, name", self.ended).await?;
        let columns =
            "system, value, id, main, said_profile, said_places, said_hours, said_closures, said_visit_types,
            visit_type_names";
        copy(tx, "entering_identifier", columns, self.identifiers).await?;
        tx.execute(&tx.prepare_cached(write::PLACE_HOURS).await?, &[]).await?;
        let left_out = tx.query_one(&tx.prepare_cached(write::LEAVE_HOURS_OUT).await?, &[]).await?;
        tally.notices("hours without a place, where the main place is another source's", left_out.get(0));
        let closures = if self.says_closures { write::ENTER_CLOSURES } else { &[] };
        for statement in write::ENTER_PRACTITIONERS.iter().chain(closures) {
            tx.execute(&tx.prepare_cached(statement).await?, &[]).await?;
        }
        Ok(())
    }
}

fn usual() -> VisitTypeSaid {
    let usual = NewVisitType::default();
    VisitTypeSaid { name: usual.name, minutes: Some(usual_minutes()), telehealth: usual.telehealth }
}

fn usual_minutes() -> i32 {
    i32::try_from(NewVisitType::default().duration_minutes).unwrap_or(i32::MAX)
}
