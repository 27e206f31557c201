//! Where people live: 40 cities, Paris before all, and towns over the rest of the country.

use super::dice::{Dice, mixed};

/// Degrees north and east.
pub(crate) type Point = (f64, f64);

/// The middle of Paris.
pub(crate) const PARIS: Point = (48.8566, 2.3522);

const TOWNS: u64 = 36_000;

/// The other cities with their people in thousands, as about 2020.
const CITIES: [(f64, f64, u32); 39] = [
    (45.764, 4.836, 1700),
    (43.296, 5.370, 1600),
    (50.629, 3.057, 1200),
    (43.605, 1.444, 1030),
    (44.838, -0.579, 990),
    (43.710, 7.262, 950),
    (47.218, -1.554, 670),
    (48.573, 7.752, 500),
    (43.611, 3.877, 460),
    (48.117, -1.678, 370),
    (45.188, 5.725, 510),
    (49.443, 1.099, 470),
    (43.125, 5.930, 580),
    (45.440, 4.387, 380),
    (47.394, 0.685, 360),
    (45.777, 3.087, 280),
    (48.692, 6.184, 290),
    (47.902, 1.909, 290),
    (49.183, -0.371, 200),
    (47.322, 5.041, 250),
    (47.478, -0.563, 240),
    (49.258, 4.032, 215),
    (43.949, 4.806, 450),
    (49.120, 6.176, 290),
    (48.390, -4.486, 210),
    (48.004, 0.198, 210),
    (49.895, 2.302, 165),
    (47.237, 6.024, 140),
    (45.833, 1.261, 185),
    (43.837, 4.360, 200),
    (42.689, 2.895, 200),
    (46.580, 0.340, 130),
    (47.750, 7.335, 245),
    (49.494, 0.108, 235),
    (50.951, 1.859, 100),
    (43.295, -0.371, 200),
    (45.899, 6.129, 160),
    (48.298, 4.078, 135),
    (46.160, -1.151, 130),
];

/// The outline of the country, about.
const BORDER: [Point; 20] = [
    (51.0, 2.4),
    (50.3, 4.1),
    (49.5, 5.8),
    (49.0, 8.1),
    (47.6, 7.5),
    (46.3, 6.1),
    (45.0, 6.9),
    (43.8, 7.5),
    (43.1, 6.0),
    (43.4, 4.0),
    (42.5, 3.1),
    (42.8, 0.5),
    (43.4, -1.7),
    (46.0, -1.2),
    (47.5, -2.6),
    (48.1, -4.6),
    (48.7, -1.6),
    (49.7, -1.8),
    (49.5, 0.1),
    (50.2, 1.5),
];

/// The towns, and where practitioners and patients are among them.
pub(crate) struct Geography {
    towns: Vec<Point>,
    /// Until which share each city reaches.
    cities: Vec<f64>,
}

impl Geography {
    pub(crate) fn new(seed: u64) -> Self {
        let dice = &mut Dice::new(mixed(seed ^ 0x6e0));
        let towns = (0..TOWNS).map(|_| inside_the_border(dice)).collect();
        let people: u32 = CITIES.iter().map(|(.., people)| people).sum();
        let mut until = 0.0;
        let cities = CITIES.iter().map(|(.., thousands)| {
            until += f64::from(*thousands) / f64::from(people);
            until
        });
        Self { towns, cities: cities.collect() }
    }

    /// Practitioners settle in cities more than patients do: 35 % around Paris, 40 % in the other cities.
    pub(crate) fn home_of_practitioner(&self, dice: &mut Dice) -> Point {
        self.home(dice, 35, 40)
    }

    /// Where somebody is who looks for a practitioner: most of them in a city.
    pub(crate) fn home_of_patient(&self, dice: &mut Dice) -> Point {
        self.home(dice, 30, 45)
    }

    fn home(&self, dice: &mut Dice, around_paris: u64, in_cities: u64) -> Point {
        let at = dice.below(100);
        if at < around_paris {
            let spread = dice.pick(&[0.04, 0.1, 0.25, 0.45]);
            beside(dice, PARIS, spread)
        } else if at < around_paris + in_cities {
            let share = dice.part();
            let city = CITIES[self.cities.partition_point(|until| *until <= share).min(CITIES.len() - 1)];
            let spread = dice.pick(&[0.02, 0.05, 0.1]);
            beside(dice, (city.0, city.1), spread)
        } else {
            let town = self.towns[dice.below(TOWNS) as usize];
            beside(dice, town, 0.01)
        }
    }
}

/// A point near another: most often within so many degrees of latitude, seldom beyond three times as many.
pub(crate) fn beside(dice: &mut Dice, of: Point, spread: f64) -> Point {
    // The sum of twelve is as good as a bell curve.
    let mut bell = || (0..12).map(|_| dice.part()).sum::<f64>() - 6.0;
    (of.0 + bell() * spread, of.1 + bell() * spread * 1.5)
}

fn inside_the_border(dice: &mut Dice) -> Point {
    loop {
        let point = (42.5 + dice.part() * 8.5, -4.7 + dice.part() * 12.8);
        if is_inside(point) {
            return point;
        }
    }
}

/// Whether a line from the point to the east crosses the border an odd number of times.
fn is_inside((latitude, longitude): Point) -> bool {
    let next = BORDER.iter().cycle().skip(1);
    let crossed = BORDER.iter().zip(next).filter(|((north, east), (next_north, next_east))| {
        (*north > latitude) != (*next_north > latitude)
            && longitude < (next_east - east) * (latitude - north) / (next_north - north) + east
    });
    crossed.count() % 2 == 1
}
