//! Practices in towns: where they lie and what they are called.

use rendez_domain::regions::Place;

use super::dice::Dice;

const KM_PER_DEGREE: f64 = 111.195;

/// A position in a town, as degrees north and east.
pub(crate) fn somewhere_in(town: &Place, dice: &Dice) -> (f64, f64) {
    // Larger towns are wider: about three kilometres for the largest, a few hundred metres for a village.
    let reach_km = 0.2 + f64::from(town.population).sqrt() / 150.0;
    let (distance_km, angle) = (reach_km * dice.unit().sqrt(), dice.unit() * std::f64::consts::TAU);
    let latitude = town.latitude + distance_km * angle.cos() / KM_PER_DEGREE;
    let longitude =
        town.longitude + distance_km * angle.sin() / (KM_PER_DEGREE * town.latitude.to_radians().cos());
    (round_to_metres(latitude), round_to_metres(longitude))
}

/// Five decimals of a degree.
fn round_to_metres(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

/// A practice's name from its template. French joins `de` with an article or with a vowel that follows it.
pub(crate) fn practice_name(template: &str, town: &str, family: &str) -> String {
    let vowel = town.chars().next().is_some_and(|first| "AEÉÈIOUYH".contains(first));
    let of_town = match (town.strip_prefix("Le "), town.strip_prefix("Les ")) {
        (Some(rest), _) => format!("du {rest}"),
        (_, Some(rest)) => format!("des {rest}"),
        _ if vowel => format!("d'{town}"),
        _ => format!("de {town}"),
    };
    template.replace("de {town}", &of_town).replace("{town}", town).replace("{family}", family)
}

#[cfg(test)]
mod tests {
    use super::practice_name;

    #[test]
    fn names_are_french() {
        for (town, name) in [
            ("Rennes", "Centre de santé de Rennes"),
            ("Auray", "Centre de santé d'Auray"),
            ("Le Faou", "Centre de santé du Faou"),
            ("Les Iffs", "Centre de santé des Iffs"),
            ("La Gacilly", "Centre de santé de La Gacilly"),
        ] {
            assert_eq!(practice_name("Centre de santé de {town}", town, "Morvan"), name);
        }
        assert_eq!(practice_name("Cabinet {family}", "Rennes", "Le Gall"), "Cabinet Le Gall");
    }
}
