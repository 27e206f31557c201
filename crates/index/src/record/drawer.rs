//! Writes one place of a profile into a record.

use std::borrow::Cow;

use crate::hilbert;
use crate::hot::{COLUMNS, THRESHOLDS};
use crate::moment::Moment;
use crate::profile::{Place, Profile, Shift, VisitType};

use super::bits::ones;
use super::shifts::Grid;
use super::{CLOSED, HEAD, NO_TYPE, OVERLAPS, POSITION, Run, TELEHEALTH, WIDE};

/// No more shifts of a place are looked at: a thousand a day.
const MOST_SHIFTS: usize = 65_000;

/// One place on its way into a record.
pub(super) struct Drawer<'a> {
    /// The place.
    pub(super) place: &'a Place,
    /// Which of the practitioner's places it is.
    pub(super) number: u8,
    /// How the starts of each visit type lie.
    pub(super) grids: &'a [Grid],
    /// When the present local day began.
    pub(super) today: Moment,
}

/// A shift with where its bits begin and of which class it is.
struct Placed {
    anchor: u32,
    minutes: u16,
    base: u32,
    class: u32,
}

impl Drawer<'_> {
    /// Writes the record; `fill` is asked which of up to 64 starts of a run, those in its last argument, are free.
    pub(super) fn pack(
        &self,
        profile: &Profile,
        types: &[VisitType],
        out: &mut Vec<u64>,
        fill: &mut impl FnMut(&Run, u8, u32, u32, u64) -> u64,
    ) {
        let shifts = in_order(&self.place.shifts);
        let shifts = shifts.get(..MOST_SHIFTS).unwrap_or(&shifts);
        let closed_starts = sorted(&self.place.closed);
        let (mut free, mut closed) = (Bits::default(), Bits::default());
        free.words.reserve(64);
        let mut classes: Vec<(u64, bool)> = Vec::with_capacity(2);
        let mut placed = Vec::with_capacity(shifts.len());
        for shift in shifts {
            let class = (shift.visit_types & ones(types.len() as u32), shift.runs_on);
            let number = classes.iter().rposition(|known| *known == class).unwrap_or_else(|| {
                classes.push(class);
                classes.len() - 1
            });
            let base = free.length as u32;
            for run in self.runs(shift, class.0) {
                self.pack_run(&run, &closed_starts, &mut free, &mut closed, fill);
            }
            let (anchor, minutes) = (shift.anchor.seconds(), shift.span_minutes);
            placed.push(Placed { anchor, minutes, base, class: number as u32 });
        }
        let epoch = placed.first().map_or(0, |shift| shift.anchor);
        let wide = classes.len() > 256
            || placed.last().is_some_and(|shift| shift.anchor - epoch >= 1 << 24 || shift.base >= 1 << 16);
        let mut flags = if profile.telehealth { TELEHEALTH } else { 0 };
        flags |= if wide { WIDE } else { 0 };
        flags |= if closed.any { CLOSED } else { 0 };
        flags |= if overlap(shifts) { OVERLAPS } else { 0 };

        let begin = out.len();
        let owner = profile.practitioner.uuid().as_u64_pair();
        self.head(types, epoch, [classes.len(), placed.len(), free.length], flags, (owner, shifts), out);
        types.iter().for_each(|visit_type| pack_type(visit_type, out));
        classes.iter().for_each(|(mask, runs_on)| out.extend([*mask, u64::from(*runs_on)]));
        for shift in &placed {
            let ahead = u64::from(shift.anchor - epoch);
            let (minutes, base, class) =
                (u64::from(shift.minutes), u64::from(shift.base), u64::from(shift.class));
            if wide {
                out.extend([ahead | minutes << 32, base | class << 32]);
            } else {
                out.push(ahead | minutes << 24 | base << 40 | class << 56);
            }
        }
        out.extend_from_slice(&free.words);
        if closed.any {
            out.extend_from_slice(&closed.words);
        }
        let length = out.len() - begin;
        if let Some(head) = out.get_mut(begin) {
            *head = length as u64;
        }
    }

    fn head(
        &self,
        types: &[VisitType],
        epoch: u32,
        [classes, shifts, bits]: [usize; 3],
        flags: u64,
        (owner, all): ((u64, u64), &[Shift]),
        out: &mut Vec<u64>,
    ) {
        let position = self.place.position.filter(|(north, east)| north.is_finite() && east.is_finite());
        let [x, y, z] = position.map_or([0; 3], |(north, east)| {
            hilbert::unit(north, east).map(|share| u64::from(share.to_bits()))
        });
        let flags = flags | if position.is_some() { POSITION } else { 0 };
        let columns = columns(types).into_iter().enumerate();
        let columns = columns.fold(0, |word, (column, number)| word | u64::from(number) << (16 + 8 * column));
        let longest = all.iter().map(|shift| u64::from(shift.span_minutes) * 60).max().unwrap_or(0);
        let (high, low) = self.place.id.uuid().as_u64_pair();
        let counts = flags << 56 | (types.len() as u64) << 48 | (classes as u64) << 32 | shifts as u64;
        let head: [u64; HEAD] = [
            0,
            u64::from(epoch),
            u64::from(self.number) | u64::from(self.place.zone) << 8 | columns,
            counts,
            longest << 32 | bits as u64,
            high,
            low,
            x | y << 32,
            z,
            owner.0,
            owner.1,
        ];
        out.extend(head);
    }

    fn runs(&self, shift: &Shift, mask: u64) -> impl Iterator<Item = Run> {
        let (anchor, span, runs_on) =
            (shift.anchor.seconds(), u32::from(shift.span_minutes) * 60, shift.runs_on);
        let admitted = self.grids.iter().enumerate().filter(move |(number, _)| mask >> number & 1 != 0);
        admitted.map(move |(number, grid)| Run {
            anchor,
            step: grid.step,
            count: grid.starts(span, runs_on),
            before: grid.before,
            behind: grid.behind,
            at: 0,
            visit_type: number as u8,
        })
    }

    fn pack_run(
        &self,
        run: &Run,
        closed_starts: &[(u8, Moment)],
        free: &mut Bits,
        closed: &mut Bits,
        fill: &mut impl FnMut(&Run, u8, u32, u32, u64) -> u64,
    ) {
        let today = run.first_from(i64::from(self.today.seconds()));
        let mut first = 0;
        while first < run.count {
            let length = (run.count - first).min(64);
            let shut = closed_bits(run, closed_starts, first, length);
            let past = ones(today.saturating_sub(first).min(length));
            let open = ones(length) & !shut & !past;
            let bits = if open == 0 { 0 } else { fill(run, self.number, first, length, open) };
            free.push(bits & open, length);
            if !closed_starts.is_empty() {
                closed.push(shut, length);
            }
            first += length;
        }
    }
}

impl Grid {
    /// Of a visit type.
    pub(super) fn of(visit_type: &VisitType) -> Self {
        let minutes = |minutes: u16| u32::from(minutes) * 60;
        let duration = minutes(visit_type.duration_minutes);
        Self {
            step: visit_type.step(),
            duration,
            before: minutes(visit_type.buffer_before_minutes),
            behind: duration + minutes(visit_type.buffer_after_minutes),
        }
    }
}

/// Bits, one behind another.
#[derive(Default)]
struct Bits {
    words: Vec<u64>,
    length: usize,
    any: bool,
}

impl Bits {
    fn push(&mut self, bits: u64, length: u32) {
        let shift = (self.length % 64) as u32;
        match self.words.last_mut() {
            Some(last) if shift != 0 => {
                *last |= bits << shift;
                if shift + length > 64 {
                    self.words.push(bits >> (64 - shift));
                }
            }
            _ => self.words.push(bits),
        }
        self.length += length as usize;
        self.any |= bits != 0;
    }
}

/// Which of the starts from `first` on are closed.
fn closed_bits(run: &Run, closed: &[(u8, Moment)], first: u32, length: u32) -> u64 {
    if closed.is_empty() {
        return 0;
    }
    let begin = (run.visit_type, run.start(first));
    let from = closed.partition_point(|start| *start < begin);
    let mut bits = 0;
    for (_, start) in closed.iter().skip(from).take_while(|(visit_type, _)| *visit_type == begin.0) {
        let ahead = start.seconds() - run.anchor;
        let number = ahead / run.step;
        if number >= first + length {
            break;
        }
        bits |= u64::from(ahead.is_multiple_of(run.step)) << (number - first);
    }
    bits
}

/// For each threshold the first visit type that lasts so long.
fn columns(types: &[VisitType]) -> [u8; COLUMNS] {
    THRESHOLDS.map(|threshold| {
        let number = types.iter().position(|visit_type| visit_type.duration_minutes >= threshold);
        number.map_or(NO_TYPE, |number| number as u8)
    })
}

fn pack_type(visit_type: &VisitType, out: &mut Vec<u64>) {
    let (high, low) = visit_type.id.uuid().as_u64_pair();
    let lengths = u64::from(visit_type.duration_minutes)
        | u64::from(visit_type.buffer_before_minutes) << 16
        | u64::from(visit_type.buffer_after_minutes) << 32
        | u64::from(visit_type.max_horizon_days) << 48;
    let rules = u64::from(visit_type.min_notice_minutes)
        | u64::from(visit_type.telehealth) << 32
        | u64::from(visit_type.known_only) << 33;
    // What comes after the first offered start is found out when it lies where it stays.
    out.extend([high, low, lengths, rules, 0]);
}

/// The shifts in one certain order, that of their anchors first.
fn in_order(shifts: &[Shift]) -> Cow<'_, [Shift]> {
    let key = |shift: &Shift| (shift.anchor, shift.span_minutes, shift.runs_on, shift.visit_types);
    if shifts.is_sorted_by_key(key) {
        return Cow::Borrowed(shifts);
    }
    let mut sorted = shifts.to_vec();
    sorted.sort_unstable_by_key(key);
    Cow::Owned(sorted)
}

fn sorted(closed: &[(u8, Moment)]) -> Cow<'_, [(u8, Moment)]> {
    if closed.is_sorted() {
        return Cow::Borrowed(closed);
    }
    let mut sorted = closed.to_vec();
    sorted.sort_unstable();
    Cow::Owned(sorted)
}

/// Whether a shift begins before an earlier one has ended.
fn overlap(shifts: &[Shift]) -> bool {
    let mut end = 0;
    shifts.iter().any(|shift| {
        let begins_inside = shift.anchor.seconds() < end;
        end = end.max(shift.anchor.plus(u32::from(shift.span_minutes).max(1) * 60).seconds());
        begins_inside
    })
}
