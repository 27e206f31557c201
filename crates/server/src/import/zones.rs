//! The zone in which most people of a state of the United States live, by the state's postal abbreviation.

const ZONES: [(&str, &str); 9] = [
    ("America/New_York", "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV"),
    ("America/Chicago", "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI"),
    ("America/Denver", "CO ID MT NM UT WY"),
    ("America/Phoenix", "AZ"),
    ("America/Los_Angeles", "CA NV OR WA"),
    ("America/Anchorage", "AK"),
    ("Pacific/Honolulu", "HI"),
    ("America/Puerto_Rico", "PR VI"),
    ("Pacific/Guam", "GU MP"),
];

/// The IANA name of the zone.
pub(super) fn of_state(state: &str) -> Option<&'static str> {
    let states = |list: &str| list.split(' ').any(|known| known == state);
    ZONES.iter().find(|(_, list)| states(list)).map(|(zone, _)| *zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_a_zone_that_exists() {
        assert_eq!(ZONES.iter().map(|(_, states)| states.split(' ').count()).sum::<usize>(), 55);
        assert!(ZONES.iter().all(|(zone, _)| jiff::tz::TimeZone::get(zone).is_ok()));
        assert_eq!(of_state("MA"), Some("America/New_York"));
        assert_eq!(of_state("ZZ"), None);
    }
}
