//! How a file is written: said by the operator, or seen at its beginning.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;

use super::lines::{Lines, Next};
use super::source::{self, Consumed, Unusable};

const SOURCE_AT_MOST: usize = 60;

/// How files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Seen at the beginning of the file
    Auto,
    /// FHIR R4, one resource a line (NDJSON, bulk data)
    Fhir,
    /// Rendez's own columns; docs/import.md names them
    Csv,
    /// The open extract of the French register, PS_LibreAcces_Personne_activite
    Rpps,
    /// The monthly file of the register of the United States, npidata_pfile
    Nppes,
}

impl Format {
    /// Its name on the command line.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Fhir => "fhir",
            Self::Csv => "csv",
            Self::Rpps => "rpps",
            Self::Nppes => "nppes",
        }
    }

    /// Whose numbers such files hold. Ids that are not those of a register mean something only beside a source's name.
    pub(super) fn system(self, source: Option<&str>) -> Result<String, &'static str> {
        let is_name = |name: &&str| {
            (1..=SOURCE_AT_MOST).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        match (self, source) {
            (Self::Rpps, _) => Ok("rpps".to_owned()),
            (Self::Nppes, _) => Ok("npi".to_owned()),
            (_, None) => {
                Err("it holds ids of its own: say whose they are by --source NAME, the same name each time")
            }
            (other, Some(name)) if is_name(&name) => Ok(format!("{}:{name}", other.as_str())),
            _ => Err(
                "the name of its source must be 1 to 60 letters without accents, digits, points, hyphens and underscores",
            ),
        }
    }

    /// The format of a file, by its first line if the operator did not say.
    pub(super) fn of(self, path: &Path) -> Result<Self> {
        let foreign = source::foreign(path).map_err(|error| Unusable::new(path, error.to_string()))?;
        if let Some(reason) = foreign {
            return Err(Unusable::new(path, reason).into());
        }
        let reader = source::open(path, 0, &Consumed::default())
            .map_err(|error| Unusable::new(path, error.to_string()))?;
        let mut lines = Lines::new(reader, 0, 0);
        let first = loop {
            match lines.next().map_err(|error| Unusable::new(path, error.to_string()))? {
                Next::Line(line) if line.trim_ascii().is_empty() => {}
                Next::Line(line) | Next::TooLong(line) => break String::from_utf8_lossy(line).into_owned(),
                Next::End => return Err(Unusable::new(path, "it is empty").into()),
            }
        };
        match (self, seen(&first)) {
            (Self::Auto, Some(format)) => Ok(format),
            (Self::Auto, None) => {
                Err(Unusable::new(path, "its first line is that of no known format").into())
            }
            (said, _) => Ok(said),
        }
    }
}

fn seen(first: &str) -> Option<Format> {
    let has = |words: &str| first.contains(words);
    if first.trim_start().starts_with('{') {
        Some(Format::Fhir)
    } else if has("|") && has("Identifiant PP") {
        Some(Format::Rpps)
    } else if has("NPI") && has("Entity Type Code") {
        Some(Format::Nppes)
    } else if has("source_id") {
        Some(Format::Csv)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_ones_own_need_a_source_and_those_of_registers_none() {
        assert_eq!(Format::Rpps.system(None).as_deref(), Ok("rpps"));
        assert_eq!(Format::Csv.system(Some("clinic-7")).as_deref(), Ok("csv:clinic-7"));
        assert_eq!(Format::Fhir.system(Some(&"x".repeat(60))).map(|name| name.len()), Ok(65));
        for wrong in [None, Some(""), Some("à Rennes"), Some(&*"x".repeat(61))] {
            assert!(Format::Csv.system(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_first_line_tells_the_format() {
        for (first, format) in [
            (r#"{"resourceType":"Location"}"#, Some(Format::Fhir)),
            ("Type d'identifiant PP|Identifiant PP|Identification nationale PP", Some(Format::Rpps)),
            (r#""NPI","Entity Type Code","Replacement NPI""#, Some(Format::Nppes)),
            ("family_name;source_id;city", Some(Format::Csv)),
            ("PK\u{3}\u{4}", None),
        ] {
            assert_eq!(seen(first), format, "{first}");
        }
    }
}
