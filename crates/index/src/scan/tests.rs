//! Both ways of scanning give the same bits, and those are what the lanes say one by one.

use std::sync::atomic::Ordering;

use proptest::prelude::*;

use super::*;
use crate::hilbert;
use crate::hot::{Aim, BANDS, COLUMNS, LANES, Slice, Slices, Times, Traits};
use crate::moment::Moment;
use crate::select::{pack, unpack};

impl std::fmt::Debug for Hot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hot").field("places", &self.places()).finish_non_exhaustive()
    }
}

/// Lanes around the world, at the poles and the date line, at one spot, and nowhere.
fn position() -> impl Strategy<Value = Option<[f32; 3]>> {
    prop_oneof![
        (-90.0_f64..90.0, -180.0_f64..180.0).prop_map(Some),
        (48.0_f64..49.0, 2.0_f64..3.0).prop_map(Some),
        (-90.0_f64..-89.9, -180.0_f64..180.0).prop_map(Some),
        (-0.1_f64..0.1, 179.9_f64..180.1).prop_map(Some),
        Just(Some((48.5, 2.5))),
        Just(None),
    ]
    .prop_map(|place| place.map(|(latitude, longitude)| hilbert::unit(latitude, longitude)))
}

fn lane() -> impl Strategy<Value = (Traits, Times)> {
    let moment = prop_oneof![5 => 1_000_u32..600_000, 1 => Just(u32::MAX)];
    let days = prop::array::uniform3(any::<u64>());
    (position(), prop::option::of(0_u16..3), any::<[bool; 2]>(), moment, days).prop_map(
        |(position, specialty, is, first, days)| {
            let traits = Traits {
                person: 0,
                record: 0,
                position,
                specialty,
                languages: [1_u8, 2].into_iter().filter(|n| is[usize::from(n % 2)]).collect(),
                sector: Some(u8::from(is[0])),
                telehealth: is[0],
                new_patients: is[1],
                zone: 0,
                odd_lengths: 0,
                aims: Aim::ALL,
                place_no: 0,
                shortest_horizon_days: 90,
            };
            let first = Moment::from_seconds(first);
            (traits, Times { first: [first; COLUMNS], days: [days; COLUMNS], check_at: Moment::NEVER })
        },
    )
}

fn hot() -> impl Strategy<Value = Hot> {
    prop::collection::vec(lane(), 0..400).prop_map(|lanes| {
        let (mut traits, times): (Vec<_>, Vec<_>) = lanes.into_iter().unzip();
        traits.iter_mut().zip(0..).for_each(|(traits, person)| traits.person = person);
        let (hot, places) = Hot::build(3, &traits);
        for (lane, times) in places.into_iter().zip(&times) {
            hot.set_times(lane, times);
        }
        hot
    })
}

fn disc() -> impl Strategy<Value = Disc> {
    (position(), prop::sample::select(vec![0.0_f32, 1_000.0, 50_000.0, 2_000_000.0, 13_000_000.0])).prop_map(
        |(point, radius)| Disc {
            point: point.unwrap_or([0.0, 0.0, 1.0]),
            edge: hilbert::largest_square(|metres| metres <= radius),
        },
    )
}

fn cells() -> impl Strategy<Value = Vec<Cell>> {
    let cell = (0_u8..64, 1_u8..8, 0_u32..500_000, 1_u32..200_000, any::<[bool; 2]>()).prop_map(
        |(day, bands, from, long, [whole, full])| Cell {
            day,
            bands,
            from,
            until: from + long,
            whole: whole || full,
            full,
        },
    );
    prop::collection::vec(cell, 0..6)
}

fn ways() -> Vec<Way> {
    let mut ways = vec![Way::Portable, Way::without_wide(), Way::best()];
    ways.dedup();
    ways
}

fn everything(hot: &Hot) -> (Vec<Found>, Vec<u64>) {
    let found: Vec<_> =
        (0..hot.blocks() as u32).map(|block| Found { block, nearest: 0.0, inside: false }).collect();
    let masks = vec![u64::MAX; found.len()];
    (found, masks)
}

/// Bits of lanes, one by one.
fn expected(found: &[Found], masks: &[u64], passes: impl Fn(u32) -> bool) -> Vec<u64> {
    let block = |(found, mask): (&Found, &u64)| {
        let of = |seat: u32| u64::from(passes(found.block * LANES as u32 + seat)) << seat;
        (0..LANES as u32).fold(0, |bits, seat| bits | of(seat)) & mask
    };
    found.iter().zip(masks).map(block).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn near_blocks_miss_nobody(hot in hot(), disc in disc(), specialty in 0_u16..3) {
        let [run, _] = hot.runs(Some(specialty));
        let mut answers = Vec::new();
        for way in ways() {
            let mut found = Vec::new();
            way.near_blocks(&hot, &disc, run.clone(), &mut found);
            for block in run.clone() {
                let known = found.iter().find(|found| found.block == block);
                for lane in block * LANES as u32..(block + 1) * LANES as u32 {
                    let square = hilbert::square(hot.position(lane), disc.point);
                    if square <= disc.edge {
                        prop_assert!(known.is_some_and(|found| found.nearest <= square));
                    } else if !square.is_nan() {
                        prop_assert!(known.is_none_or(|found| !found.inside));
                    }
                }
            }
            answers.push(found);
        }
        prop_assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn filters_are_exact(
        hot in hot(), disc in prop::option::of(disc()), column in 0..COLUMNS,
        bound in prop::option::of(0_u32..700_000), bounds in prop::array::uniform4(0_u32..700_000), few in 0..=4_usize,
        [with, without, doubtful] in any::<[bool; 3]>(),
        language in prop::sample::select(vec![None, Some(1), Some(2), Some(200)]), sector in prop::option::of(0_u8..2),
    ) {
        let slots = |add: bool, slice| {
            let mut slots = Slots::default();
            if add {
                slots.add(slice);
            }
            slots
        };
        let choice = |asked: Option<u8>, place: Option<usize>| match (asked, place) {
            (None, _) => Choice::Any,
            (_, Some(place)) => Choice::At(place),
            (_, None) => Choice::Nobody,
        };
        let filter = Filter {
            with: slots(with, Slice::Telehealth),
            without: slots(without, Slice::New),
            doubtful: slots(doubtful, Slice::Placed),
            language: choice(language, language.and_then(|number| hot.slices.language(number))),
            sector: choice(sector, sector.and_then(|number| hot.slices.sector(number))),
            disc,
            before: bound.map(|bound| (column, bound)),
        };
        let (found, all) = everything(&hot);
        let is = |lane: u32, place: usize| {
            hot.slices.at(lane as usize / LANES, place).load(Ordering::Relaxed) >> (lane % LANES as u32) & 1 == 1
        };
        let chosen = |lane, choice| match choice {
            Choice::Any => None,
            Choice::At(place) => Some(is(lane, place)),
            Choice::Nobody => Some(false),
        };
        let near = expected(&found, &all, |lane| {
            disc.is_none_or(|disc| hilbert::square(hot.position(lane), disc.point) <= disc.edge)
                && (!with || is(lane, Slice::Telehealth.at()))
                && (!without || !is(lane, Slice::New.at()))
                && match (chosen(lane, filter.language), chosen(lane, filter.sector)) {
                    (Some(language), Some(sector)) => language || sector,
                    _ => true,
                }
        });
        let is_doubtful = |lane| doubtful && is(lane, Slice::Placed.at());
        let unsure = expected(&found, &near, is_doubtful);
        let sure = expected(&found, &near, |lane| {
            !is_doubtful(lane) && bound.is_none_or(|bound| hot.first(column, lane).seconds() < bound)
        });
        let counts = bounds.map(|bound| {
            let early = expected(&found, &sure, |lane| hot.first(column, lane).seconds() < bound);
            early.iter().map(|mask| mask.count_ones()).sum::<u32>()
        });
        for way in ways() {
            let (mut masks, mut spare) = (all.clone(), vec![7; 3]);
            let met = way.matches(&hot, &filter, &found, &mut masks, &mut spare);
            prop_assert_eq!((&masks, &spare), (&sure, &unsure));
            prop_assert_eq!(met, Met { doubtful: unsure.iter().any(|mask| *mask != 0), later: false });
            prop_assert_eq!(&way.count_before(&hot, column, &bounds[..few], &found, &masks)[..few], &counts[..few]);
        }
    }

    #[test]
    fn counts_are_exact(hot in hot(), bound in 0_u32..700_000) {
        let (found, all) = everything(&hot);
        let masks = expected(&found, &all, |lane| hot.first(0, lane).seconds() < bound);
        let counted: Vec<u32> = (0..hot.slices.counted_words())
            .map(|at| {
                let of = |(found, mask): (&Found, &u64)| {
                    let word = hot.slices.at(found.block as usize, Slices::COUNTED + at);
                    (word.load(Ordering::Relaxed) & mask).count_ones()
                };
                found.iter().zip(&masks).map(of).sum()
            })
            .collect();
        for way in ways() {
            let mut sums = vec![0; counted.len()];
            way.count(&hot, &found, &masks, &mut sums);
            prop_assert_eq!(&sums, &counted);
        }
    }

    #[test]
    fn cells_are_decided_alike(hot in hot(), cells in cells(), column in 0..COLUMNS) {
        for block in 0..hot.blocks().min(8) as u32 {
            let answers: Vec<_> = ways().into_iter().map(|way| way.in_cells(&hot, column, &cells, block, u64::MAX)).collect();
            prop_assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
            let (sure, maybe) = answers[0];
            prop_assert_eq!(sure & maybe, 0);
            for seat in 0..LANES as u32 {
                let first = hot.first(column, block * LANES as u32 + seat).seconds();
                let free = |cell: &Cell| {
                    first < cell.until && cell.free(&hot.days[block as usize].0[column]) >> seat & 1 == 1
                };
                let certain = |cell: &Cell| free(cell) && (cell.full || cell.whole && first >= cell.from);
                prop_assert_eq!(sure >> seat & 1 == 1, cells.iter().any(certain));
                prop_assert!((sure | maybe) >> seat & 1 == u64::from(cells.iter().any(free)));
            }
        }
        prop_assert_eq!(BANDS, 3);
    }

    #[test]
    fn people_are_those_whose_bits_are_set(
        hot in hot(), bits in prop::collection::vec(any::<u32>(), 0..14), mask: u64,
    ) {
        for way in ways() {
            for block in 0..hot.blocks() as u32 {
                let found = way.of_people(&hot, &bits, block, mask);
                for seat in 0..LANES as u32 {
                    let person = hot.person(block * LANES as u32 + seat);
                    let is_set = bits.get(person as usize / 32).is_some_and(|word| word >> (person % 32) & 1 == 1);
                    prop_assert_eq!(found >> seat & 1 == 1, is_set && mask >> seat & 1 == 1);
                }
            }
        }
    }

    #[test]
    fn scores_are_the_same_to_the_bit(
        hot in hot(), disc in prop::option::of(disc()), reference in 0_u32..700_000, floor in 0_u32..20_000, cut in any::<u32>(),
    ) {
        let scoring = Scoring { point: disc.map(|disc| disc.point), column: 3, reference, floor, cut };
        for block in 0..hot.blocks().min(8) as u32 {
            let placed = (0..LANES as u32).fold(0_u64, |mask, seat| {
                mask | u64::from(!hot.position(block * LANES as u32 + seat)[0].is_nan()) << seat
            });
            let score = |lane: u32| {
                let metres = scoring.point.map(|point| hilbert::metres(hilbert::square(hot.position(lane), point)) as u32);
                metres.unwrap_or(0) + waiting(hot.first(3, lane).seconds(), reference)
            };
            let lanes = block * LANES as u32..(block + 1) * LANES as u32;
            let expected: Vec<_> = lanes
                .filter(|lane| placed >> (lane % LANES as u32) & 1 == 1 && (floor..=cut).contains(&score(*lane)))
                .map(|lane| pack(score(lane), lane))
                .collect();
            for way in ways() {
                let mut candidates = [7; _];
                let wanted = way.candidates(&hot, &scoring, block, placed, &mut candidates);
                prop_assert_eq!(&candidates[..wanted.count_ones() as usize], &expected);
                let lanes = expected.iter().map(|candidate| unpack(*candidate).1);
                prop_assert_eq!(wanted, lanes.fold(0, |mask, lane| mask | 1 << (lane % LANES as u32)));
            }
        }
    }
}
