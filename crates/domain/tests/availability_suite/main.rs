//! What a practitioner offers: tables of days that are easy to get wrong, and properties against a naive oracle.

mod agenda;
mod builders;
mod explanations;
mod oracle;
mod policies;
mod properties;
mod tables;
mod worlds;
