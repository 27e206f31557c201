//! How many lines became what.

use std::collections::BTreeMap;

/// More reasons than this are counted together: a reason may name a code of the file.
const REASONS_AT_MOST: usize = 200;
const OTHERS: &str = "other reasons";

/// Counts of an import. Lines first, then practitioners.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines that were read, blank ones left out.
    pub read: i64,
    /// Lines whose practitioner or place is new.
    pub created: i64,
    /// Lines whose practitioner or place changed.
    pub updated: i64,
    /// Lines that say what was known.
    pub unchanged: i64,
    /// Lines of which nothing is wanted.
    pub skipped: i64,
    /// Lines that could not be taken; each has a finding.
    pub bad: i64,
    /// New practitioners.
    pub practitioners_created: i64,
    /// Practitioners that changed.
    pub practitioners_updated: i64,
    /// Practitioners that stay as they are.
    pub practitioners_unchanged: i64,
    /// Why lines were skipped.
    pub skips: BTreeMap<String, i64>,
    /// What was left out of lines that were taken.
    pub notices: BTreeMap<String, i64>,
}

/// What became of a practitioner or a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Created,
    Updated,
    Unchanged,
}

impl Tally {
    /// Whether every line that was read has become something.
    pub fn adds_up(&self) -> bool {
        self.read == self.created + self.updated + self.unchanged + self.skipped + self.bad
    }

    /// Counts lines of which nothing is wanted.
    pub fn skip(&mut self, reason: &str, lines: i64) {
        self.skipped += lines;
        count(&mut self.skips, reason, lines);
    }

    /// Counts something that was left out of a line.
    pub fn notice(&mut self, what: &str) {
        self.notices(what, 1);
    }

    pub(super) fn notices(&mut self, what: &str, times: i64) {
        if times > 0 {
            count(&mut self.notices, what, times);
        }
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.skipped += other.skipped;
        self.bad += other.bad;
        self.practitioners_created += other.practitioners_created;
        self.practitioners_updated += other.practitioners_updated;
        self.practitioners_unchanged += other.practitioners_unchanged;
        for (reason, lines) in &other.skips {
            count(&mut self.skips, reason, *lines);
        }
        for (what, lines) in &other.notices {
            count(&mut self.notices, what, *lines);
        }
    }

    pub(super) fn lines(&mut self, outcome: Outcome, lines: i64) {
        *match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Unchanged => &mut self.unchanged,
        } += lines;
    }

    pub(super) fn practitioner(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Created => &mut self.practitioners_created,
            Outcome::Updated => &mut self.practitioners_updated,
            Outcome::Unchanged => &mut self.practitioners_unchanged,
        } += 1;
    }
}

fn count(counts: &mut BTreeMap<String, i64>, reason: &str, lines: i64) {
    let key = if counts.contains_key(reason) || counts.len() < REASONS_AT_MOST { reason } else { OTHERS };
    *counts.entry(key.to_owned()).or_default() += lines;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_full_of_unknown_codes_does_not_fill_the_memory() {
        let mut tally = Tally::default();
        for code in 0..1000 {
            tally.skip(&format!("code {code}"), 2);
        }
        assert_eq!((tally.skipped, tally.skips.len()), (2000, REASONS_AT_MOST + 1));
        assert_eq!(tally.skips.values().sum::<i64>(), 2000);
        assert!(!tally.adds_up(), "nothing was read");
    }
}
