//! Time as the index counts it: whole seconds since 2020-01-01T00:00:00Z in 32 bits, good until 2156.
//!
//! A zone is a list of offsets, made by the caller; local days and times of day are counted from it.

/// A whole second; [`Moment::NEVER`] is later than every one that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u32);

/// 2020-01-01T00:00:00Z in seconds since the Unix epoch.
const EPOCH: i64 = 1_577_836_800;

impl Moment {
    /// The first one.
    pub const MIN: Self = Self(0);
    /// Later than every other: what is free never.
    pub const NEVER: Self = Self(u32::MAX);

    /// From seconds since the Unix epoch; what lies outside is cut to the edges.
    pub const fn from_unix(seconds: i64) -> Self {
        let own = seconds.saturating_sub(EPOCH);
        if own < 0 {
            Self::MIN
        } else if own >= u32::MAX as i64 {
            Self::NEVER
        } else {
            Self(own as u32)
        }
    }

    /// Seconds since the Unix epoch.
    pub const fn unix(self) -> i64 {
        self.0 as i64 + EPOCH
    }

    /// The index's own count.
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// From the index's own count.
    pub const fn from_seconds(seconds: u32) -> Self {
        Self(seconds)
    }

    /// So many seconds later, at most [`Moment::NEVER`].
    pub const fn plus(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// So many seconds earlier, at least [`Moment::MIN`].
    pub const fn minus(self, seconds: u32) -> Self {
        Self(self.0.saturating_sub(seconds))
    }
}

/// A half-open range of moments; empty when the end is not after the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first inside.
    pub start: Moment,
    /// The first after.
    pub end: Moment,
}

impl Span {
    /// A range.
    pub const fn new(start: Moment, end: Moment) -> Self {
        Self { start, end }
    }

    /// Whether it holds nothing.
    pub const fn is_empty(self) -> bool {
        self.end.0 <= self.start.0
    }

    /// Whether the two have a moment in common.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start.0 < other.end.0 && other.start.0 < self.end.0
    }
}

/// The number of a zone in the list that the index was made with.
pub type ZoneNo = u8;

/// A time zone as far as the index needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// IANA name.
    pub name: String,
    /// From each moment on, local time is UTC plus so many seconds; in order, the first at [`Moment::MIN`].
    pub offsets: Vec<(Moment, i32)>,
}

const DAY: i64 = 86_400;

impl Zone {
    /// UTC.
    pub fn utc() -> Self {
        Self { name: "UTC".into(), offsets: vec![(Moment::MIN, 0)] }
    }

    /// Seconds to add to UTC at a moment.
    pub fn offset(&self, at: Moment) -> i32 {
        let after = self.offsets.partition_point(|(from, _)| *from <= at);
        after.checked_sub(1).and_then(|last| self.offsets.get(last)).map_or(0, |(_, offset)| *offset)
    }

    /// The local date, counted in days since 1970-01-01 (a Thursday), and the seconds since its midnight by the wall clock.
    pub fn local(&self, at: Moment) -> (i32, u32) {
        let wall = at.unix() + i64::from(self.offset(at));
        (wall.div_euclid(DAY) as i32, wall.rem_euclid(DAY) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_days_follow_the_offsets() {
        let change = Moment::from_unix(1_774_746_000); // 2026-03-29T01:00:00Z, when Paris goes to summer time
        let paris = Zone { name: "Europe/Paris".into(), offsets: vec![(Moment::MIN, 3600), (change, 7200)] };
        assert_eq!(paris.local(change.minus(1)), (20_541, 2 * 3600 - 1));
        assert_eq!(paris.local(change), (20_541, 3 * 3600));
        assert_eq!(Zone::utc().local(Moment::from_unix(0)), (18_262, 0), "cut to 2020");
    }
}
