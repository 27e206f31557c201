//! FHIR R4 as bulk data exports it: one resource a line, of any of four types, in any order and in any number of files.
//!
//! Extensions and fields that have no place in the directory are passed over.

mod location;
mod practitioner;
mod role;
mod schedule;
mod types;

use serde::Deserialize;
use serde_json::Error;

use super::clerk::Clerk;
use super::taken::{Bad, Taken};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    resource_type: String,
}

pub(super) fn take(line: &str, clerk: &mut Clerk) -> Result<Taken, Bad> {
    let head: Head = read(line)?;
    match head.resource_type.as_str() {
        "Practitioner" => practitioner::take(read(line)?, clerk),
        "PractitionerRole" => role::take(read(line)?, clerk),
        "Location" => location::take(read(line)?, clerk),
        "Schedule" => schedule::take(read(line)?, clerk),
        other if other.len() <= 60 && other.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            Ok(Taken::Skipped(format!("a resource of the type {other}")))
        }
        _ => Err(Bad::new("resourceType", "it is no type of a resource")),
    }
}

/// What the parser says may quote the line, which is people's data: only where and what kind of mistake is passed on.
fn read<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T, Bad> {
    serde_json::from_str(line).map_err(|error: Error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "a field is missing or of another kind",
            serde_json::error::Category::Eof => "it ends too early",
            _ => "it is no JSON",
        };
        Bad::new("line", format!("{what} (column {})", error.column()))
    })
}
