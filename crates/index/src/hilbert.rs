//! Where a point lies: on the unit sphere for distances, on the Hilbert curve for order.
//!
//! Invariant: lanes and queries get their coordinates from the same function, so that a distance of nought is nought.

/// The mean radius of the earth in metres.
pub(crate) const EARTH_METRES: f32 = 6_371_008.8;

/// A point of the unit sphere. Straight-line distances between two of them need no trigonometry and know no date line.
pub(crate) fn unit(latitude: f64, longitude: f64) -> [f32; 3] {
    let (north, east) = (latitude.to_radians(), longitude.to_radians());
    [(north.cos() * east.cos()) as f32, (north.cos() * east.sin()) as f32, north.sin() as f32]
}

/// The square of the distance on the unit sphere. Every path does these operations in this order: a fused or reordered sum
/// would put somebody at the edge of a circle inside for one machine and outside for another.
#[inline]
pub(crate) fn square(a: [f32; 3], b: [f32; 3]) -> f32 {
    let (dx, dy, dz) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    (dx * dx + dy * dy) + dz * dz
}

/// A square of a distance in metres.
#[inline]
pub(crate) fn metres(square: f32) -> f32 {
    EARTH_METRES * square.sqrt()
}

/// A square that no distance that rounds down to so many metres lies beyond; a little more than needed.
#[inline]
pub(crate) fn reaching(metres: u32) -> f32 {
    let share = (metres as f32 + 2.0) * (1.000_001 / EARTH_METRES);
    share * share
}

/// How far two points, given in degrees north and east, are from each other in a straight line, in metres, as hits tell it.
pub fn metres_between(one: (f64, f64), other: (f64, f64)) -> u32 {
    metres(square(unit(one.0, one.1), unit(other.0, other.1))) as u32
}

/// The largest square for which `keep(metres)` holds; `keep` must hold up to some distance and not beyond. Below zero if
/// it never does. The square root and the product rise with their argument, so comparing squares with it is exact.
pub(crate) fn largest_square(keep: impl Fn(f32) -> bool) -> f32 {
    // Positive floats are ordered as their bits are; 5 is more than any square between two points of the sphere.
    let (mut below, mut above) = (0_u32, 5.0_f32.to_bits());
    if !keep(metres(0.0)) {
        return -1.0;
    }
    if keep(metres(f32::from_bits(above))) {
        return f32::from_bits(above);
    }
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if keep(metres(f32::from_bits(middle))) { below = middle } else { above = middle }
    }
    f32::from_bits(below)
}

/// How far along the curve a point lies: neighbours on the curve are neighbours on the map.
pub(crate) fn along(position: [f32; 3]) -> u32 {
    let [x, y, z] = position;
    let latitude = z.clamp(-1.0, 1.0).asin().to_degrees();
    let longitude = y.atan2(x).to_degrees();
    let cell = |share: f32| ((share * 65_536.0) as u32).min(65_535);
    curve(cell((longitude + 180.0) / 360.0), cell((latitude + 90.0) / 180.0))
}

/// The Hilbert curve over 65,536 × 65,536 cells.
fn curve(mut x: u32, mut y: u32) -> u32 {
    let mut along = 0;
    let mut side = 1 << 15;
    while side > 0 {
        let (right, up) = (u32::from(x & side > 0), u32::from(y & side > 0));
        along += side * side * ((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (65_535 - x, 65_535 - y);
            }
            (x, y) = (y, x);
        }
        side /= 2;
    }
    along
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_goes_from_neighbour_to_neighbour() {
        let mut cells: Vec<(u32, u32, u32)> =
            (0..32).flat_map(|x| (0..32).map(move |y| (curve(x * 2048, y * 2048), x, y))).collect();
        cells.sort_unstable();
        for pair in cells.windows(2) {
            let ((a, ax, ay), (b, bx, by)) = (pair[0], pair[1]);
            assert_ne!(a, b);
            assert_eq!(ax.abs_diff(bx) + ay.abs_diff(by), 1, "({ax}, {ay}) to ({bx}, {by})");
        }
    }

    #[test]
    fn distances_hold_at_the_poles_and_the_date_line() {
        let pole = [unit(90.0, 0.0), unit(90.0, 133.0)];
        assert!(metres(square(pole[0], pole[1])) < 1.0, "a pole has no longitude");
        let across = metres(square(unit(0.0, 179.995), unit(0.0, -179.995)));
        assert!((across - 1_112.0).abs() < 2.0, "a hundredth of a degree at the equator, not {across} m");
        let paris_lyon = metres(square(unit(48.8566, 2.3522), unit(45.764, 4.8357)));
        assert!((paris_lyon - 391_500.0).abs() < 1_000.0, "{paris_lyon}");
    }

    #[test]
    fn nothing_lies_beyond_what_reaches() {
        for square in [0.0, 1e-16, 3e-14, 6e-7, 1e-4, 0.3, 4.0] {
            assert!(square <= reaching(metres(square) as u32));
        }
        assert!(metres(reaching(1_000)) < 1_003.0);
    }

    #[test]
    fn the_largest_square_is_exact_at_the_edge() {
        for radius in [0.0_f32, 1.0, 999.999, 5_000.0, 50_000.0, 12_000_000.0] {
            let edge = largest_square(|metres| metres <= radius);
            assert!(metres(edge) <= radius);
            assert!(metres(f32::from_bits(edge.to_bits() + 1)) > radius);
        }
        assert_eq!(largest_square(|_| true), 5.0);
        assert!(largest_square(|_| false) < 0.0);
    }
}
