//! Reads what `/metrics` prints (Prometheus' text format, version 0.0.4), so that the operator's page and the operator's
//! other tools can never say different things.

use std::collections::BTreeMap;

/// One line of the text: a name, its labels, its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    name: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

/// Every figure of the process.
#[derive(Debug, Clone, Default)]
pub(super) struct Figures(Vec<Figure>);

/// How long the requests to one route took.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Latency {
    pub(super) route: String,
    pub(super) method: String,
    pub(super) count: u64,
    /// Upper bounds in seconds, `None` above the last bucket.
    pub(super) half: Option<f64>,
    pub(super) slowest: Option<f64>,
}

impl Figures {
    /// The figures in a text; lines that are none are skipped.
    pub(super) fn read(text: &str) -> Self {
        Self(text.lines().filter(|line| !line.starts_with('#')).filter_map(figure).collect())
    }

    /// A figure without labels.
    pub(super) fn one(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|figure| figure.name == name).map(|figure| figure.value)
    }

    /// The sum of a figure by one of its labels.
    pub(super) fn by(&self, name: &str, labels: [&str; 2]) -> Vec<([String; 2], f64)> {
        let mut sums: BTreeMap<[String; 2], f64> = BTreeMap::new();
        for figure in self.0.iter().filter(|figure| figure.name == name) {
            let key = labels.map(|label| figure.labels.get(label).cloned().unwrap_or_default());
            *sums.entry(key).or_default() += figure.value;
        }
        sums.into_iter().collect()
    }

    /// Each route with its latencies, the slowest first.
    pub(super) fn latencies(&self, name: &str) -> Vec<Latency> {
        let bucket = format!("{name}_bucket");
        let mut routes: BTreeMap<(String, String), BTreeMap<Bound, f64>> = BTreeMap::new();
        for figure in self.0.iter().filter(|figure| figure.name == bucket) {
            let label = |name: &str| figure.labels.get(name).cloned().unwrap_or_default();
            let Some(bound) = Bound::read(&label("le")) else { continue };
            let buckets = routes.entry((label("route"), label("method"))).or_default();
            *buckets.entry(bound).or_default() += figure.value;
        }
        let mut found: Vec<Latency> = routes
            .into_iter()
            .map(|((route, method), buckets)| Latency {
                route,
                method,
                count: buckets.values().next_back().map_or(0, |total| *total as u64),
                half: quantile(&buckets, 0.5),
                slowest: quantile(&buckets, 0.99),
            })
            .filter(|latency| latency.count > 0)
            .collect();
        let weight = |latency: &Latency| latency.slowest.unwrap_or(f64::INFINITY);
        found.sort_by(|one, other| weight(other).total_cmp(&weight(one)).then(other.count.cmp(&one.count)));
        found
    }
}

/// The upper bound of a bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bound(f64);

impl Bound {
    fn read(text: &str) -> Option<Self> {
        match text {
            "+Inf" => Some(Self(f64::INFINITY)),
            number => number.parse().ok().map(Self),
        }
    }
}

impl Eq for Bound {}

impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Bound {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The bound below which so much of the whole lies; buckets count everything up to theirs.
fn quantile(buckets: &BTreeMap<Bound, f64>, share: f64) -> Option<f64> {
    let total = buckets.values().next_back()?;
    let found = buckets.iter().find(|(_, count)| **count >= total * share)?.0.0;
    found.is_finite().then_some(found)
}

fn figure(line: &str) -> Option<Figure> {
    let (head, value) = line.rsplit_once(' ')?;
    let value = value.parse().ok()?;
    let (name, labels) = match head.split_once('{') {
        Some((name, rest)) => (name, read_labels(rest.strip_suffix('}')?)),
        None => (head, BTreeMap::new()),
    };
    Some(Figure { name: name.to_owned(), labels, value })
}

/// `a="x",b="y"`, with `\"`, `\\` and `\n` inside of values.
fn read_labels(text: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once("=\"") {
        let mut value = String::new();
        let mut characters = after.char_indices();
        let mut end = after.len();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    end = at + 1;
                    break;
                }
                '\\' => match characters.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, other)) => value.push(other),
                    None => {}
                },
                other => value.push(other),
            }
        }
        labels.insert(name.trim_start_matches(',').to_owned(), value);
        rest = after.get(end..).unwrap_or_default();
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"# HELP rendez_bookings_total Bookings
# TYPE rendez_bookings_total counter
rendez_bookings_total{command="hold",result="done"} 7
rendez_bookings_total{command="hold",result="taken"} 2
process_resident_memory_bytes 1048576
took_seconds_bucket{route="/a\"b",method="GET",status="200",le="0.01"} 90
took_seconds_bucket{route="/a\"b",method="GET",status="200",le="0.1"} 98
took_seconds_bucket{route="/a\"b",method="GET",status="200",le="+Inf"} 98
took_seconds_bucket{route="/a\"b",method="GET",status="500",le="0.01"} 0
took_seconds_bucket{route="/a\"b",method="GET",status="500",le="0.1"} 0
took_seconds_bucket{route="/a\"b",method="GET",status="500",le="+Inf"} 2
took_seconds_bucket{route="/quick",method="GET",le="0.01"} 5
took_seconds_bucket{route="/quick",method="GET",le="+Inf"} 5
nonsense
"#;

    #[test]
    fn figures_are_read_with_their_labels() {
        let figures = Figures::read(TEXT);
        assert_eq!(figures.one("process_resident_memory_bytes"), Some(1_048_576.0));
        let bookings = figures.by("rendez_bookings_total", ["command", "result"]);
        assert_eq!(bookings[1], (["hold".to_owned(), "taken".to_owned()], 2.0));
    }

    #[test]
    fn the_slowest_route_comes_first() {
        let found = Figures::read(TEXT).latencies("took_seconds");
        assert_eq!(found[0].route, "/a\"b");
        assert_eq!((found[0].count, found[0].half, found[0].slowest), (100, Some(0.01), None));
        assert_eq!((found[1].route.as_str(), found[1].slowest), ("/quick", Some(0.01)));
    }
}
