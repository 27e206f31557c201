//! The directory's refusals as problems.

use rendez_domain::directory::DirectoryRefusal;

use crate::problem::{FieldError, Problem, codes};

impl From<DirectoryRefusal> for Problem {
    fn from(refusal: DirectoryRefusal) -> Self {
        use DirectoryRefusal as No;
        match refusal {
            No::NotFound => Self::not_found(),
            No::Denied(denied) => denied.into(),
            No::Key(key) => key.into(),
            No::VersionMismatch => Self::new(&codes::VERSION_MISMATCH),
            No::OpeningOverlaps => Self::new(&codes::OPENING_OVERLAPS),
            No::UnknownReference { pointer } => {
                field(pointer, "unknown-reference", "There is no such record here. Check the id.")
            }
            No::UnknownZone { pointer } => field(
                pointer,
                "unknown-time-zone",
                "Send the IANA name of a time zone, such as `Europe/Paris`.",
            ),
            No::UnknownSpecialty => {
                field("/specialty".to_owned(), "unknown-specialty", "Send a code of `GET /v1/specialties`.")
            }
            No::UnknownSector => field(
                "/sector".to_owned(),
                "unknown-sector",
                "Send what insurance has agreed on with the practitioner, such as `sector-1`.",
            ),
            No::OwnEmail => field(
                "/email".to_owned(),
                "change-on-the-account-page",
                "Change your address on the page `/account`, which asks for your password.",
            ),
            No::Fault(fault) => fault.into(),
        }
    }
}

fn field(pointer: String, code: &'static str, detail: &str) -> Problem {
    Problem::fields(vec![FieldError { pointer, code, detail: detail.to_owned() }])
}
