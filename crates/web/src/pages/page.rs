//! The frame of every page: what the layout needs, and the texts.

use fluent_templates::fluent_bundle::FluentValue;

use super::{assets, when};
use crate::i18n::Locale;

/// What each template gets under the name `page`.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The visitor's language.
    pub(super) locale: Locale,
    /// Path and query of the page itself; the path alone for the answer to a form.
    pub(super) address: String,
    /// Who is signed in.
    pub(super) person: Option<Person>,
    /// Goes into each form: proves that the form came from us.
    pub(super) csrf: String,
    /// Goes into each form: sending it twice has one effect.
    pub(super) key: String,
    /// Demo data is loaded.
    pub(super) demo: bool,
    /// The region's usual zone (IANA): times without a zone beside them are in it.
    pub(super) zone: &'static str,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// What the page calls them.
    pub(super) name: String,
    /// They work here, rather than being a patient.
    pub(super) practice: bool,
    /// They may change hours and visit types: practitioners their own.
    pub(super) edits: bool,
    /// They may change the staff and read the trail.
    pub(super) manages: bool,
    /// They run this installation.
    pub(super) operates: bool,
}

/// An entry of the language switch.
pub(super) struct Language {
    pub(super) tag: &'static str,
    pub(super) name: &'static str,
    pub(super) href: String,
    pub(super) current: bool,
}

/// A link with its text.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) text: String,
    /// The one among several that is shown now, or that is offered first.
    pub(super) current: bool,
}

impl Link {
    /// A plain link.
    pub(super) fn new(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self { href: href.into(), text: text.into(), current: false }
    }

    /// The same, marked as current or not.
    pub(super) fn current(self, current: bool) -> Self {
        Self { current, ..self }
    }
}

/// What has just happened, at the head of a page.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    /// A class of the style sheet: `good` or none.
    pub(super) kind: &'static str,
    /// A symbol of icons.svg.
    pub(super) icon: &'static str,
    pub(super) text: String,
}

impl Notice {
    /// Something could not be done, or needs attention.
    pub(super) fn warn(text: String) -> Self {
        Self { kind: "warn", icon: "warn", text }
    }

    /// Something went well.
    pub(super) fn good(text: String) -> Self {
        Self { kind: "good", icon: "check", text }
    }

    /// Something to know.
    pub(super) fn plain(text: String) -> Self {
        Self { kind: "", icon: "info", text }
    }
}

impl Page {
    /// The frame of a page that belongs to no visitor in particular: without navigation and without forms.
    pub(super) fn bare(locale: Locale) -> Self {
        Self {
            locale,
            address: "/".to_owned(),
            person: None,
            csrf: String::new(),
            key: String::new(),
            demo: false,
            zone: "",
        }
    }

    /// Whether nothing is known of the visitor.
    pub(super) fn is_bare(&self) -> bool {
        self.csrf.is_empty()
    }

    /// What people call the region's usual zone.
    pub(super) fn zone_name(&self) -> String {
        when::zone_name(self.zone, "")
    }

    /// The text of a key.
    pub(super) fn t(&self, key: &str) -> String {
        self.locale.text(key)
    }

    /// The text of a key with one argument.
    pub(super) fn t1(&self, key: &str, name: &'static str, value: impl ToString) -> String {
        self.locale.text_with(key, [(name, value.to_string().into())])
    }

    /// The text of a key with a number that chooses its plural.
    pub(super) fn tn(&self, key: &str, name: &'static str, value: impl Into<FluentValue<'static>>) -> String {
        self.locale.text_with(key, [(name, value.into())])
    }

    /// The address of a static file.
    pub(super) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// Whether the page lies below a path.
    pub(super) fn is_at(&self, path: &str) -> bool {
        self.address.starts_with(path)
    }

    /// Whether the visitor may change hours and visit types.
    pub(super) fn edits(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.edits)
    }

    /// Whether the visitor may change the staff and read the trail.
    pub(super) fn manages(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.manages)
    }

    /// A page of the practice, for the same organization or practitioner as this one if its address names them.
    pub(super) fn at_work(&self, path: &str) -> String {
        let query = self.address.split_once('?').map_or("", |(_, query)| query);
        let named = |pair: &&str| pair.starts_with("organization=") || pair.starts_with("practitioner=");
        let kept: Vec<&str> = query.split('&').filter(named).collect();
        if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) }
    }

    /// The answer to a form, as if the page at this address had been opened: the navigation shows where one is.
    pub(super) fn at(self, address: impl Into<String>) -> Self {
        Self { address: address.into(), ..self }
    }

    /// The language switch: this very page in each language.
    pub(super) fn languages(&self) -> Vec<Language> {
        let joint = if self.address.contains('?') { '&' } else { '?' };
        Locale::ALL
            .into_iter()
            .map(|locale| Language {
                tag: locale.tag(),
                name: locale.own_name(),
                href: format!("{}{joint}lang={}", self.address, locale.tag()),
                current: locale == self.locale,
            })
            .collect()
    }
}
