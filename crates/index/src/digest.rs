//! One number for all that is known of a practitioner, so that an index and a database can be compared quickly.
//!
//! Invariants: equal content gives an equal digest, however it is arranged in memory and whenever on the same local day it
//! was packed; starts of days that are over do not count, nor does the present within the day. It is no protection against
//! somebody who wants two contents to look alike.

use crate::moment::Moment;
use crate::profile::{Profile, VisitType};
use crate::record::{Planner, Record};

/// A digest under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Digest(u64);

impl Digest {
    /// Of nothing yet.
    pub(crate) fn new() -> Self {
        Self(0x243f_6a88_85a3_08d3)
    }

    /// Adds a number.
    #[inline]
    pub(crate) fn add(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word ^ 0x1319_8a2e_0370_7344) * 0x9e37_79b9_7f4a_7c15;
        self.0 = self.0.rotate_left(23).wrapping_add(product as u64 ^ (product >> 64) as u64);
    }

    /// Adds bytes, and how many they are.
    pub(crate) fn add_bytes(&mut self, bytes: &[u8]) {
        self.add(bytes.len() as u64);
        for piece in bytes.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(piece) {
                *to = *from;
            }
            self.add(u64::from_le_bytes(word));
        }
    }

    /// The digest.
    pub(crate) fn finish(mut self) -> u64 {
        self.add(0);
        self.0
    }
}

/// The digest of a profile but for its shifts and what is free.
pub(crate) fn of_profile(profile: &Profile) -> u64 {
    let mut digest = Digest::new();
    let (high, low) = profile.practitioner.uuid().as_u64_pair();
    digest.add(high);
    digest.add(low);
    digest.add(profile.specialty.map_or(u64::MAX, u64::from));
    digest.add(profile.sector.map_or(u64::MAX, u64::from));
    digest.add(u64::from(profile.accepts_new_patients) | u64::from(profile.telehealth) << 1);
    let mut languages = [0_u64; 4];
    for language in &profile.languages {
        languages[usize::from(language / 64)] |= 1 << (language % 64);
    }
    languages.into_iter().for_each(|word| digest.add(word));
    digest.add_bytes(profile.names.as_bytes());
    digest.add_bytes(&profile.card);
    digest.add(profile.visit_types.len() as u64);
    profile.visit_types.iter().for_each(|visit_type| add_visit_type(&mut digest, visit_type));
    digest.add(profile.places.len() as u64);
    for place in &profile.places {
        let (high, low) = place.id.uuid().as_u64_pair();
        digest.add(high);
        digest.add(low);
        digest.add(u64::from(place.zone) | u64::from(place.position.is_some()) << 8);
        if let Some((latitude, longitude)) = place.position {
            digest.add(latitude.to_bits());
            digest.add(longitude.to_bits());
        }
    }
    digest.finish()
}

fn add_visit_type(digest: &mut Digest, visit_type: &VisitType) {
    let (high, low) = visit_type.id.uuid().as_u64_pair();
    digest.add(high);
    digest.add(low);
    let minutes =
        [visit_type.duration_minutes, visit_type.buffer_before_minutes, visit_type.buffer_after_minutes];
    minutes.into_iter().for_each(|minutes| digest.add(u64::from(minutes)));
    digest.add(u64::from(visit_type.min_notice_minutes) << 16 | u64::from(visit_type.max_horizon_days));
    digest.add(u64::from(visit_type.telehealth) | u64::from(visit_type.known_only) << 1);
}

impl Record<'_> {
    /// Adds what is open, closed and free from `today` on.
    pub(crate) fn digest_into(&self, digest: &mut Digest, today: Moment) {
        let mut planner = Planner::default();
        for number in 0..self.shift_count() {
            let shift = self.shift(number);
            if shift.end() <= today.seconds() {
                continue;
            }
            let (mask, runs_on) = self.class(&shift);
            digest.add(u64::from(shift.anchor) << 32 | u64::from(shift.span) << 1 | u64::from(runs_on));
            digest.add(mask);
            for run in planner.runs(self, &shift) {
                let mut at = run.first_from(i64::from(today.seconds()));
                while at < run.count {
                    let length = (run.count - at).min(64);
                    digest.add(self.free(&run, at, length));
                    if self.has_closed() {
                        digest.add(self.closed(&run, at, length));
                    }
                    at += length;
                }
            }
        }
        digest.add(u64::MAX);
    }
}
