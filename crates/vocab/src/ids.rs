//! One register of id kinds: a prefix for people, a UUID inside (TypeID specification 0.3).
//!
//! Mixing two kinds does not compile, and an id of another kind does not parse.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::{Entropy, base32};

/// The text is no id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the kind `{expected}_…`")]
pub struct WrongId {
    /// The prefix that the caller should have sent, without the underscore.
    pub expected: &'static str,
}

macro_rules! id_kinds {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of this kind, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id. Ids sort by the time of their making (UUIDv7, RFC 9562 section 5.7).
            pub fn new(now: Timestamp, entropy: &dyn Entropy) -> Self {
                Self(uuid_v7(now, entropy))
            }

            /// Wraps the UUID that stands in the database.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID that stands in the database.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// Appends the id's text to bytes, as `Display` shows it but quicker: long answers are full of ids.
            pub fn append_to(self, out: &mut Vec<u8>) {
                out.extend_from_slice(concat!($prefix, "_").as_bytes());
                out.extend_from_slice(base32::encode(self.0.as_bytes()).as_str().as_bytes());
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                f.write_str(base32::encode(self.0.as_bytes()).as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = WrongId;

            fn from_str(text: &str) -> Result<Self, WrongId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(base32::decode::<16>)
                    .map(|bytes| Self(Uuid::from_bytes(bytes)))
                    .ok_or(WrongId { expected: Self::PREFIX })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

id_kinds! {
    /// A person's login.
    AccountId = "acc";
    /// A visit, from its hold to its outcome.
    AppointmentId = "apt";
    /// A place where visits happen.
    LocationId = "loc";
    /// A one-off range when visits may happen.
    OpeningId = "opn";
    /// A practice, hospital or group.
    OrganizationId = "org";
    /// A person who receives care.
    PatientId = "pat";
    /// A person who gives care.
    PractitionerId = "prac";
    /// A room or device that a visit may need.
    RoomId = "room";
    /// A range when a practitioner is away.
    TimeOffId = "off";
    /// What a patient may book: its length and its policy.
    VisitTypeId = "vt";
    /// What a patient waits for.
    WishId = "wish";
}

/// A bookable start. It is computed, never stored: practitioner, visit type and start are its whole content.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SlotId {
    /// Whose time it is.
    pub practitioner: PractitionerId,
    /// What would be booked.
    pub visit_type: VisitTypeId,
    /// Unix seconds of the start; slots start on whole seconds.
    start_seconds: i64,
}

impl SlotId {
    /// The prefix, without the underscore.
    pub const PREFIX: &'static str = "slot";
    /// Two UUIDs and five bytes of Unix seconds.
    const BYTES: usize = 37;

    /// The slot of a visit type at a start. Fractions of a second are cut off.
    pub fn new(practitioner: PractitionerId, visit_type: VisitTypeId, start: Timestamp) -> Self {
        Self { practitioner, visit_type, start_seconds: start.as_second() }
    }

    /// The start of the visit.
    pub fn start(self) -> Timestamp {
        Timestamp::from_second(self.start_seconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Appends the id's text to bytes, as `Display` shows it but quicker: long answers are full of ids.
    pub fn append_to(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"slot_");
        out.extend_from_slice(base32::encode(&self.bytes()).as_str().as_bytes());
    }

    fn bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0u8; Self::BYTES];
        bytes[..16].copy_from_slice(self.practitioner.0.as_bytes());
        bytes[16..32].copy_from_slice(self.visit_type.0.as_bytes());
        bytes[32..].copy_from_slice(&self.start_seconds.to_be_bytes()[3..]);
        bytes
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("slot_")?;
        f.write_str(base32::encode(&self.bytes()).as_str())
    }
}

impl fmt::Debug for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SlotId {
    type Err = WrongId;

    fn from_str(text: &str) -> Result<Self, WrongId> {
        let bytes: [u8; Self::BYTES] =
            text.strip_prefix("slot_").and_then(base32::decode).ok_or(WrongId { expected: Self::PREFIX })?;
        let part = |from: usize| {
            let mut uuid = [0u8; 16];
            uuid.copy_from_slice(&bytes[from..from + 16]);
            Uuid::from_bytes(uuid)
        };
        let mut seconds = [0u8; 8];
        seconds[3..].copy_from_slice(&bytes[32..]);
        Ok(Self {
            practitioner: PractitionerId(part(0)),
            visit_type: VisitTypeId(part(16)),
            start_seconds: i64::from_be_bytes(seconds),
        })
    }
}

impl Serialize for SlotId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SlotId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// A UUIDv7 (RFC 9562 section 5.7) from the clock and the randomness passed in.
pub fn uuid_v7(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let mut random = [0u8; 10];
    entropy.fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.as_millisecond()).unwrap_or(0), &random)
        .into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn an_id_comes_back_from_its_text_and_from_no_other_kind() {
        let id = PractitionerId::new(Timestamp::UNIX_EPOCH, &SeededEntropy::new(7));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(
            id.to_string().parse::<PatientId>().map_err(|wrong| wrong.expected),
            Err(PatientId::PREFIX)
        );
    }

    #[test]
    fn a_slot_id_is_its_content() {
        let entropy = SeededEntropy::new(1);
        let now = Timestamp::UNIX_EPOCH;
        let start: Timestamp = "2026-12-30T10:00:00Z".parse().expect("a literal");
        let slot = SlotId::new(PractitionerId::new(now, &entropy), VisitTypeId::new(now, &entropy), start);
        let back: SlotId = slot.to_string().parse().expect("its own text");
        assert_eq!(back, slot);
        assert_eq!(back.start(), start);
        assert!("slot_0".parse::<SlotId>().is_err());
    }
}
