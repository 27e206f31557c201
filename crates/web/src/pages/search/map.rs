//! A sketch of where the results are, drawn from their coordinates alone: no map is loaded from anywhere.
//!
//! North is up; lengths are right in the middle of the sketch, and near enough at its edges.

use rendez_domain::regions::Place;
use rendez_domain::search::{Found, Town};

use super::super::visitor::Visitor;
use super::hits::Hit;

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 260.0;
/// Kept free at the edges, so that pins and names are whole.
const MARGIN: f64 = 32.0;
/// How far around its middle a pin can be pressed, also where a phone shows the sketch smaller.
const REACH: u32 = 17;
/// Pins nearer than that become one.
const PIN: f64 = 2.0 * REACH as f64;
/// How far above its town a name stands; where the ring of the search is around the town, it stands below or above that.
const ABOVE: i32 = 8;
const ABOVE_RING: i32 = 15;
const BELOW_RING: i32 = 24;
/// How many towns are named for orientation.
const TOWNS: usize = 6;
/// Half of how wide a letter of a name is.
const LETTER: f64 = 4.0;
/// Between the names of towns.
const BETWEEN_TOWNS: f64 = 60.0;
const KM_PER_DEGREE: f64 = 111.195;
/// Whatever is shown is at least so wide: a street of practices needs no magnifying glass.
const NARROWEST_KM: f64 = 1.0;
/// Lengths that the scale may have, in kilometres.
const SCALES: [f64; 10] = [0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];
/// The longest scale.
const SCALE_WIDTH: f64 = 110.0;
/// Numbers in one pin.
const NUMBERS: usize = 3;

/// A sketch, in the units of its view box.
pub(super) struct Map {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pins: Vec<Pin>,
    pub(super) towns: Vec<Label>,
    /// Where was searched.
    pub(super) here: Option<Point>,
    pub(super) scale: Scale,
    pub(super) reach: u32,
}

/// A place on the sketch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: i32,
    pub(super) y: i32,
}

/// One or several results at about one place.
pub(super) struct Pin {
    pub(super) at: Point,
    /// `3`, or `1, 4`.
    pub(super) text: String,
    /// How wide the pin is around its text.
    pub(super) width: u32,
    /// Who they are.
    pub(super) names: String,
    /// The card of the first.
    pub(super) href: String,
}

/// A town's name.
pub(super) struct Label {
    pub(super) at: Point,
    /// How high its name stands.
    pub(super) text: i32,
    pub(super) name: &'static str,
}

/// How long something is.
pub(super) struct Scale {
    pub(super) width: u32,
    pub(super) text: String,
}

/// From degrees to the sketch.
struct Projection {
    north: f64,
    east: f64,
    /// Units for a degree of latitude.
    units: f64,
    /// How much shorter a degree of longitude is here.
    shorter: f64,
}

impl Map {
    /// The sketch of results that have coordinates, whose cards get their numbers; nothing if none has.
    pub(super) fn new(
        visitor: &Visitor,
        town: Option<&Town>,
        found: &[Found],
        hits: &mut [Hit],
    ) -> Option<Self> {
        let positions: Vec<Option<(f64, f64)>> = found.iter().map(position).collect();
        let here = town.map(|town| (town.place.latitude, town.place.longitude));
        let all: Vec<(f64, f64)> = positions.iter().flatten().copied().chain(here).collect();
        if hits.len() != found.len() || positions.iter().all(Option::is_none) {
            return None;
        }
        let projection = Projection::around(&all)?;
        let mut pins: Vec<(Point, Vec<usize>)> = Vec::new();
        for (at, position) in positions.iter().enumerate() {
            let Some(point) = position.map(|position| projection.point(position)) else { continue };
            hits[at].number = at + 1;
            match pins.iter_mut().find(|(other, _)| other.is_within(PIN, point)) {
                Some((_, results)) => results.push(at),
                None => pins.push((point, vec![at])),
            }
        }
        let here = here.map(|here| projection.point(here));
        let taken: Vec<Point> = pins.iter().map(|(point, _)| *point).collect();
        let pins = pins.into_iter().map(|(point, results)| Pin::new(point, &results, hits)).collect();
        Some(Self {
            width: WIDTH as u32,
            height: HEIGHT as u32,
            pins,
            towns: projection.towns(visitor.ctx.pack.places(), &taken, here),
            here,
            scale: projection.scale(visitor),
            reach: REACH,
        })
    }
}

fn position(found: &Found) -> Option<(f64, f64)> {
    found.card()?.location(found.location)?.position
}

impl Pin {
    fn new(at: Point, results: &[usize], hits: &[Hit]) -> Self {
        let mut numbers: Vec<String> = results.iter().take(NUMBERS).map(|at| (at + 1).to_string()).collect();
        if results.len() > NUMBERS {
            numbers.push("…".to_owned());
        }
        let of = |at: &usize| hits.get(*at);
        let names: Vec<&str> = results.iter().filter_map(of).map(|hit| hit.who.name.as_str()).collect();
        let text = numbers.join(", ");
        Self {
            at,
            width: 18 + 7 * text.chars().count() as u32,
            text,
            names: names.join(", "),
            href: results.first().and_then(of).map(|hit| format!("#{}-who", hit.anchor)).unwrap_or_default(),
        }
    }
}

impl Point {
    fn is_within(self, reach: f64, other: Self) -> bool {
        f64::from(self.x - other.x).hypot(f64::from(self.y - other.y)) < reach
    }
}

impl Projection {
    /// What shows all of these places.
    fn around(all: &[(f64, f64)]) -> Option<Self> {
        let (_, reference) = *all.first()?;
        let turned = |east: f64| reference + turn(east - reference);
        let bounds = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)))
        };
        let (south, north) = bounds(&mut all.iter().map(|place| place.0));
        let (west, east) = bounds(&mut all.iter().map(|place| turned(place.1)));
        let middle = (south + north) / 2.0;
        let shorter = middle.to_radians().cos().max(0.05);
        let least = NARROWEST_KM / KM_PER_DEGREE;
        let high = (HEIGHT - 2.0 * MARGIN) / (north - south).max(least);
        let wide = (WIDTH - 2.0 * MARGIN) / ((east - west) * shorter).max(least);
        Some(Self { north: middle, east: (west + east) / 2.0, units: high.min(wide), shorter })
    }

    fn point(&self, (north, east): (f64, f64)) -> Point {
        Point {
            x: (WIDTH / 2.0 + turn(east - self.east) * self.shorter * self.units).round() as i32,
            y: (HEIGHT / 2.0 - (north - self.north) * self.units).round() as i32,
        }
    }

    /// The largest towns that are shown, apart from one another and from what is pinned.
    fn towns(&self, places: &'static [Place], taken: &[Point], here: Option<Point>) -> Vec<Label> {
        let inside = |place: &&Place| {
            let point = self.point((place.latitude, place.longitude));
            place.part_of.is_none()
                && f64::from(point.x.min(WIDTH as i32 - point.x)) > LETTER * place.name.chars().count() as f64
                && !taken.iter().any(|pin| pin.is_within(PIN, point))
                && (MARGIN / 2.0..HEIGHT - MARGIN).contains(&f64::from(point.y))
        };
        let mut known: Vec<&Place> = places.iter().filter(inside).collect();
        known.sort_by_key(|place| std::cmp::Reverse(place.population));
        let mut labels: Vec<Label> = Vec::new();
        for place in known {
            let at = self.point((place.latitude, place.longitude));
            if labels.len() < TOWNS && !labels.iter().any(|label| label.at.is_within(BETWEEN_TOWNS, at)) {
                let rings = here.is_some_and(|here| here.is_within(f64::from(ABOVE_RING), at));
                let below = Point { y: at.y + BELOW_RING, ..at };
                let text = match taken.iter().any(|pin| pin.is_within(PIN, below)) {
                    _ if !rings => at.y - ABOVE,
                    true => at.y - ABOVE_RING,
                    false => below.y,
                };
                labels.push(Label { at, text, name: &place.name });
            }
        }
        labels
    }

    fn scale(&self, visitor: &Visitor) -> Scale {
        let width = |km: f64| km / KM_PER_DEGREE * self.units;
        let km = SCALES.into_iter().rfind(|km| width(*km) <= SCALE_WIDTH).unwrap_or(SCALES[0]);
        let text = visitor.locale.decimal(km, if km < 1.0 { 1 } else { 0 });
        let text = visitor.locale.text_with("distance-km", [("km", text.into())]);
        Scale { width: width(km).round() as u32, text }
    }
}

/// The shorter way around the world between two longitudes.
fn turn(degrees: f64) -> f64 {
    (degrees + 540.0).rem_euclid(360.0) - 180.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_on_the_sketch_and_north_is_up() {
        let places = [(48.11, -1.68), (48.39, -4.49), (47.22, -1.55)];
        let projection = Projection::around(&places).expect("places");
        let [rennes, brest, nantes] = places.map(|place| projection.point(place));
        for point in [rennes, brest, nantes] {
            assert!((0..=WIDTH as i32).contains(&point.x) && (0..=HEIGHT as i32).contains(&point.y));
        }
        assert!(brest.x < rennes.x && rennes.y < nantes.y);
        let far = f64::from(rennes.x - brest.x).hypot(f64::from(rennes.y - brest.y)) / projection.units
            * KM_PER_DEGREE;
        assert!((205.0..220.0).contains(&far), "Rennes and Brest are {far} km apart");
    }

    #[test]
    fn one_place_and_the_date_line_are_no_trouble() {
        let alone = Projection::around(&[(48.11, -1.68)]).expect("a place");
        assert_eq!(alone.point((48.11, -1.68)), Point { x: 160, y: 130 });
        let pacific = Projection::around(&[(-13.3, 179.9), (-13.3, -179.9)]).expect("places");
        let [west, east] = [(-13.3, 179.9), (-13.3, -179.9)].map(|place| pacific.point(place));
        assert!(west.x < east.x && east.x <= WIDTH as i32);
        assert!(Projection::around(&[]).is_none());
    }
}
