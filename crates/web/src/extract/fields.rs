//! Reads the fields of a JSON object and collects everything that is wrong with them.
//!
//! Invariant: a value comes out only if no field was wrong, missing or unknown; otherwise every error comes out, each
//! with its JSON pointer (RFC 6901).

use serde_json::{Map, Value};

use crate::problem::FieldError;

/// A value, or all that is wrong with it; pointers are relative to the value.
pub type Read<T> = Result<T, Vec<FieldError>>;

/// What can be read from the fields of a body or of a query string.
pub trait FromFields: Sized {
    /// Reads all fields first, so that all errors are found, and then puts them together.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// An object being read.
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl<'a> Fields<'a> {
    /// Reads a value that must be an object.
    pub fn of<T>(value: &'a Value, read: impl FnOnce(&mut Self) -> Option<T>) -> Read<T> {
        match value {
            Value::Object(object) => Self::of_object(object, read),
            _ => Err(vec![wrong("not-an-object", "Send a JSON object here.")]),
        }
    }

    /// Reads an object.
    pub fn of_object<T>(
        object: &'a Map<String, Value>,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Read<T> {
        let mut fields = Self { object, known: Vec::new(), errors: Vec::new() };
        let made = read(&mut fields);
        for name in object.keys().filter(|name| !fields.known.contains(&name.as_str())) {
            let expected = fields.known.join(", ");
            let detail = match expected.is_empty() {
                true => "This field is not known here; nothing is expected. Leave it out.".to_owned(),
                false => format!("This field is not known here; leave it out. Known are: {expected}."),
            };
            fields.errors.push(FieldError { pointer: pointer(name), code: "unknown-field", detail });
        }
        match made {
            Some(made) if fields.errors.is_empty() => Ok(made),
            _ => Err(fields.errors),
        }
    }

    /// A field that must be there.
    pub fn required<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        match self.present(name) {
            Some(value) => self.keep(name, read(value)),
            None => {
                self.refuse(name, "missing", "This field is needed.");
                None
            }
        }
    }

    /// A field that may be missing or null.
    pub fn optional<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        let value = self.present(name)?;
        self.keep(name, read(value))
    }

    /// A field of a change (RFC 7396): missing leaves things as they are (`None`), null takes the value away
    /// (`Some(None)`).
    pub fn change<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&Value) -> Read<T>,
    ) -> Option<Option<T>> {
        self.known.push(name);
        match self.object.get(name)? {
            Value::Null => Some(None),
            value => self.keep(name, read(value)).map(Some),
        }
    }

    /// A field of a change that cannot be taken away: null is an error.
    pub fn replace<T>(&mut self, name: &'static str, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        match self.change(name, read) {
            Some(None) => {
                self.refuse(name, "null", "This field cannot be taken away; leave it out to keep it.");
                None
            }
            Some(Some(value)) => Some(value),
            None => None,
        }
    }

    /// Whether the field is there and not null.
    pub fn has(&self, name: &str) -> bool {
        self.object.get(name).is_some_and(|value| !value.is_null())
    }

    /// Adds an error about a field, for rules that look at several of them.
    pub fn refuse(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        self.errors.push(FieldError { pointer: pointer(name), code, detail: detail.into() });
    }

    fn present(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.object.get(name).filter(|value| !value.is_null())
    }

    fn keep<T>(&mut self, name: &str, read: Read<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(errors) => {
                self.errors.extend(below(&pointer(name), errors));
                None
            }
        }
    }
}

/// One error about a value itself.
pub fn wrong(code: &'static str, detail: impl Into<String>) -> FieldError {
    FieldError { pointer: String::new(), code, detail: detail.into() }
}

/// The same errors one step further up.
pub(super) fn below(step: &str, errors: Vec<FieldError>) -> impl Iterator<Item = FieldError> {
    errors.into_iter().map(move |error| FieldError { pointer: format!("{step}{}", error.pointer), ..error })
}

/// One step of a JSON pointer (RFC 6901 section 3).
fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::read;
    use super::*;

    #[test]
    fn every_wrong_field_is_told_at_once() {
        let body = json!({"a": 1, "b": "x", "inner": {"list": ["ok", 3]}, "o/t~her": true});
        let result = Fields::of(&body, |fields| {
            let a = fields.required("a", read::text(1..=10));
            let b = fields.required("b", read::text(1..=10));
            let c = fields.required("c", read::boolean);
            let inner = fields.optional("inner", |value| {
                Fields::of(value, |fields| fields.required("list", read::list(5, read::text(1..=5))))
            });
            Some((a?, b?, c?, inner))
        });
        let mut pointers: Vec<(String, &str)> =
            result.expect_err("four errors").into_iter().map(|error| (error.pointer, error.code)).collect();
        pointers.sort();
        assert_eq!(
            pointers,
            [
                ("/a".to_owned(), "not-a-text"),
                ("/c".to_owned(), "missing"),
                ("/inner/list/1".to_owned(), "not-a-text"),
                ("/o~1t~0her".to_owned(), "unknown-field"),
            ]
        );
    }

    #[test]
    fn a_change_tells_missing_from_null() {
        let body = json!({"phone": null, "name": null});
        let changes = Fields::of(&body, |fields| {
            let phone = fields.change("phone", read::text(1..=10));
            let email = fields.change("email", read::text(1..=10));
            assert_eq!((&phone, &email), (&Some(None), &None));
            fields.replace("name", read::text(1..=10));
            Some(())
        });
        assert_eq!(changes.expect_err("a name cannot be null")[0].code, "null");
    }
}
