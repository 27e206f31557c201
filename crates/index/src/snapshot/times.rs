//! What a lane knows of time, as it stands in a file and until it is in its place: a head, and for each visit type that
//! columns speak of its first start and the days of each band.

use crate::hot::{BANDS, COLUMNS, Times};
use crate::moment::Moment;

/// Words of a visit type.
const OF_TYPE: usize = 1 + BANDS;
/// No visit type.
const NONE: u64 = 15;

/// The head: when the first starts are to be looked at again, and which of those that follow each column speaks of.
pub(super) fn head(check_at: Moment, numbers: [Option<usize>; COLUMNS]) -> u64 {
    let numbers = numbers.into_iter().enumerate().fold(0, |word, (column, number)| {
        word | number.map_or(NONE, |number| number as u64) << (32 + 4 * column)
    });
    u64::from(check_at.seconds()) | numbers
}

fn number(head: u64, column: usize) -> Option<usize> {
    let number = head >> (32 + 4 * column) & NONE;
    (number != NONE).then_some(number as usize)
}

/// How many words follow a head.
pub(super) fn length(head: u64) -> usize {
    (0..COLUMNS).filter_map(|column| number(head, column)).max().map_or(0, |last| (last + 1) * OF_TYPE)
}

/// What the words say.
pub(crate) fn read(words: &[u64]) -> Option<Times> {
    let (head, types) = words.split_first()?;
    let mut times = Times {
        first: [Moment::NEVER; COLUMNS],
        days: [[0; BANDS]; COLUMNS],
        check_at: Moment::from_seconds(*head as u32),
    };
    for column in 0..COLUMNS {
        let Some(number) = number(*head, column) else { continue };
        let (first, days) = types.get(number * OF_TYPE..)?.split_first()?;
        times.first[column] = Moment::from_seconds(*first as u32);
        times.days[column] = *days.first_chunk()?;
    }
    Some(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_that_speak_of_the_same_share_their_words() {
        let check_at = Moment::from_seconds(77);
        let head = head(check_at, [Some(0), Some(0), Some(1), Some(0), None, None]);
        assert_eq!(length(head), 8);
        let words = [head, 100, 1, 2, 3, 200, 4, 5, 6];
        let times = read(&words).expect("it is whole");
        assert_eq!(times.check_at, check_at);
        assert_eq!(times.first.map(Moment::seconds)[..4], [100, 100, 200, 100]);
        assert_eq!((times.first[4], times.days[5]), (Moment::NEVER, [0; BANDS]));
        assert_eq!((times.days[1], times.days[2]), ([1, 2, 3], [4, 5, 6]));
        assert_eq!(read(&words[..8]), None);
    }
}
