//! A field of a form, with what stands in it and what is wrong with it.
//!
//! Invariant: what was typed is kept as it was typed; a field that is wrong says so beside itself. The template
//! `field.html` shows one under the name `field`.

use super::visitor::Visitor;

/// A field.
#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    /// Its name in the form, and its id on the page.
    pub(super) name: String,
    pub(super) label: String,
    /// A type of `input`, or `select`, `textarea`, `check`.
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) options: Vec<Choice>,
    pub(super) hint: String,
    pub(super) required: bool,
    /// How long a text may be; 0 for no limit.
    pub(super) max: usize,
    /// Bounds of a number.
    pub(super) range: Option<(u32, u32)>,
    /// HTML's `autocomplete`; empty for none.
    pub(super) autocomplete: &'static str,
    pub(super) wrong: Option<String>,
}

/// An entry of a select.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
}

impl Choice {
    /// A value and how it reads.
    pub(super) fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into() }
    }
}

impl Field {
    /// A field with what stands in it.
    pub(super) fn new(
        kind: &'static str,
        name: impl Into<String>,
        label: String,
        value: impl Into<String>,
    ) -> Self {
        Self { kind, name: name.into(), label, value: value.into(), ..Self::default() }
    }

    /// It may not be left empty.
    pub(super) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// A sentence under it.
    pub(super) fn hint(self, hint: String) -> Self {
        Self { hint, ..self }
    }

    /// At most so many characters.
    pub(super) fn at_most(self, max: usize) -> Self {
        Self { max, ..self }
    }

    /// A number between two.
    pub(super) fn within(self, least: u32, most: u32) -> Self {
        Self { range: Some((least, most)), ..self }
    }

    /// One of these.
    pub(super) fn one_of(self, options: Vec<Choice>) -> Self {
        Self { options, ..self }
    }

    /// Whether a sentence stands under it.
    pub(super) fn is_described(&self) -> bool {
        self.wrong.is_some() || !self.hint.is_empty()
    }

    /// Marks it.
    pub(super) fn refuse(&mut self, text: String) {
        self.wrong.get_or_insert(text);
    }

    /// The number in it; marks the field if there is none within its range.
    pub(super) fn number(&mut self, visitor: &Visitor) -> Option<u32> {
        let (least, most) = self.range.unwrap_or((0, u32::MAX));
        let number = self.value.parse().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let arguments = [("least", least.into()), ("most", most.into())];
            self.refuse(visitor.locale.text_with("wrong-number", arguments));
        }
        number
    }

    /// The text in it; marks the field if it is missing or too long.
    pub(super) fn text(&mut self, visitor: &Visitor) -> Option<String> {
        if self.required && self.value.is_empty() {
            let label = self.label.clone();
            self.refuse(visitor.locale.text_with("wrong-missing", [("field", label.into())]));
        } else if self.max > 0 && self.value.chars().count() > self.max {
            let label = self.label.clone();
            self.refuse(visitor.locale.text_with("wrong-too-long", [("field", label.into())]));
        }
        (self.wrong.is_none() && !self.value.is_empty()).then(|| self.value.clone())
    }
}

/// The first sentences of a form's wrong fields, for the notice at its head: each with the field's id.
pub(super) fn wrongs<'f>(fields: impl IntoIterator<Item = &'f Field>) -> Vec<(String, String)> {
    let marked = fields.into_iter().filter_map(|field| Some((field.name.clone(), field.wrong.clone()?)));
    marked.take(20).collect()
}
