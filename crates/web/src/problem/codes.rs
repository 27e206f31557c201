//! The register of problem codes: status, title and what the caller can do next. Codes are never renamed.

/// One kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The stable name in kebab-case.
    pub name: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it means and what the caller can do.
    pub next: &'static str,
}

macro_rules! codes {
    ($($constant:ident = $status:literal $name:literal, $title:literal, $next:literal;)*) => {
        $(
            #[doc = $title]
            pub static $constant: Code = Code { name: $name, status: $status, title: $title, next: $next };
        )*

        /// All of them.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

codes! {
    MALFORMED_JSON = 400 "malformed-json", "The body is not JSON",
        "Send one JSON object in UTF-8 (RFC 8259).";
    MALFORMED_HEADER = 400 "malformed-header", "A header cannot be read",
        "Correct the header that the detail names.";
    MALFORMED_QUERY = 400 "malformed-query", "The query string cannot be read",
        "Send `name=value` pairs, percent-encoded, joined by ampersands.";

    UNAUTHENTICATED = 401 "unauthenticated", "Nobody is signed in",
        "Send `Authorization: Bearer` with a token of this server's issuer or of a configured one.";
    INVALID_TOKEN = 401 "invalid-token", "The token is not believed",
        "Get a new token from the issuer and try again.";
    WRONG_CREDENTIALS = 401 "wrong-credentials", "The e-mail address or the password is wrong",
        "Check both and try again; which of them is wrong is not said.";
    FORBIDDEN = 403 "forbidden", "Your role does not include this",
        "Ask somebody who may, or sign in with another role.";
    NOT_FOUND = 404 "not-found", "No such record",
        "There is none with this id, or none that you may see. Check the id and who you are.";
    UNKNOWN_URL = 404 "unknown-url", "No such URL",
        "The API is described at /openapi.json and /docs.";
    METHOD_NOT_ALLOWED = 405 "method-not-allowed", "The URL does not know this method",
        "The `Allow` header lists the methods that it knows.";
    NOT_ACCEPTED_TYPE = 415 "unsupported-media-type", "The body has another type than JSON",
        "Send `Content-Type: application/json`.";
    TOO_LARGE = 413 "body-too-large", "The body is too large",
        "Send less at once.";

    INVALID_FIELDS = 422 "invalid-fields", "Some fields are wrong",
        "`errors` lists each field with the reason. Correct them all and send the request again.";
    INVALID_KEY = 422 "invalid-idempotency-key", "The idempotency key cannot be used",
        "Send 1 to 255 visible ASCII characters in `Idempotency-Key`.";
    KEY_REUSED = 422 "idempotency-key-reused", "The idempotency key was used for another request",
        "Use a new key for each new request, and the same key only for the very same request.";
    KEY_IN_USE = 409 "idempotency-key-in-use", "The first request with this key still runs",
        "Wait a moment and send the same request with the same key: it will get the first answer.";

    SLOT_TAKEN = 409 "slot-taken", "The time has just been taken",
        "Choose another time; `alternatives` lists the next free ones.";
    ALREADY_YOURS = 409 "already-yours", "You hold this time already",
        "Confirm the hold that `appointment_id` names, or cancel it.";
    NOT_OFFERED = 409 "not-offered", "The practitioner does not offer this time",
        "Ask for the slots again; `rule` names what stands in the way.";
    TOO_SOON = 409 "too-soon", "The visit begins too soon to be booked",
        "Choose a later time; `notice_minutes` says how long before its start a visit can last be booked.";
    TOO_FAR = 409 "too-far", "The visit lies too far ahead to be booked",
        "Choose an earlier time; `horizon_days` says how far ahead visits can be booked.";
    PATIENT_OVERLAP = 409 "patient-overlap", "The patient has another visit at that time",
        "Choose another time, or cancel or move the other visit first.";
    NO_ROOM_FREE = 409 "no-room-free", "No room that the visit needs is free then",
        "Choose another time.";
    TOO_MANY_HOLDS = 409 "too-many-holds", "The patient has too many open holds",
        "Confirm or cancel one of the open holds first; `limit` says how many one patient may have.";
    TOO_MANY_WISHES = 409 "too-many-wishes", "The patient has too many wishes on the waiting list",
        "Withdraw one of them first; `limit` says how many one patient may have.";
    ALREADY_WISHED = 409 "already-wished", "The patient waits for this already",
        "Nothing is left to do: `wish_id` names the wish.";
    KNOWN_PATIENTS_ONLY = 409 "known-patients-only", "Only for patients who have been here before",
        "Choose a visit type or a practitioner that is open to new patients.";
    NEW_PATIENTS_ONLY = 409 "new-patients-only", "Only for new patients",
        "Choose a visit type for patients who have been here before.";
    BLOCKED_BY_PRACTICE = 409 "blocked-by-practice", "This practice asks the patient to call",
        "Call the practice: its staff can book. Other practices can be booked online as usual.";
    HOLD_EXPIRED = 409 "hold-expired", "The hold has expired",
        "The time is free again: hold it, or another one, anew.";
    ALREADY_CONFIRMED = 409 "already-confirmed", "The visit is confirmed already",
        "Nothing is left to do; read the visit to see how it stands.";
    ALREADY_DONE = 409 "already-done", "The visit has this status already",
        "Nothing is left to do; `appointment_status` says how the visit stands.";
    WRONG_STATUS = 409 "wrong-status", "The visit's status does not allow this",
        "Read the visit to see how it stands.";
    ALREADY_STARTED = 409 "already-started", "The visit has begun",
        "Ask the practice: only they can change a visit that has begun.";
    NOT_STARTED = 409 "not-started", "The visit has not begun",
        "Wait until the visit begins.";
    SAME_SLOT = 409 "same-slot", "The visit is at that time already",
        "Choose another time to move it.";
    BUSY = 409 "busy", "Another request about this is running",
        "Send the same request again in a moment.";
    OPENING_OVERLAPS = 409 "opening-overlaps", "The opening overlaps another",
        "Send ranges that overlap neither each other nor an opening of the practitioner.";
    EMAIL_TAKEN = 409 "email-taken", "The address has an account",
        "Sign in with it, or use another address.";
    NO_INDEX = 409 "no-index", "This process has no search index to check",
        "Ask a process with the role `search`, once `GET /v1/index` says that it is `following`.";
    CONFLICT = 409 "conflict", "The present state does not allow this",
        "Read the record again and decide anew.";
    VERSION_MISMATCH = 412 "version-mismatch", "Somebody has changed the record",
        "Read it again, look at what changed, and send your change with the new `ETag`.";

    RATE_LIMITED = 429 "rate-limited", "Too many requests",
        "Wait for the seconds in `Retry-After`, then go on more slowly.";
    INTERNAL = 500 "internal", "Something broke on our side",
        "Try again later. If it goes on, tell the operator the number in `incident`.";
    OVERLOADED = 503 "overloaded", "The server has too much to do",
        "Try again after the seconds in `Retry-After`.";
    TIMED_OUT = 503 "timed-out", "The answer took too long",
        "A write may have been done all the same: send it again with the same `Idempotency-Key` to get its answer.";
    UNAVAILABLE = 503 "unavailable", "The server cannot do this now",
        "Try again after the seconds in `Retry-After`; with an `Idempotency-Key` nothing happens twice.";
}

/// The code with this name.
pub fn named(name: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kebab_case_and_stand_once() {
        for code in ALL {
            assert!(code.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", code.name);
            assert_eq!(ALL.iter().filter(|other| other.name == code.name).count(), 1, "{}", code.name);
            assert!((400..600).contains(&code.status));
        }
        assert_eq!(named("slot-taken"), Some(&SLOT_TAKEN));
        assert_eq!(named("nothing"), None);
    }
}
