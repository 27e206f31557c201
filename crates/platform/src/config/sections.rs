//! One section for each owner, with the sense that its values must make. The sentences stand in `config/default.toml`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rendez_vocab::RegionCode;
use serde::Deserialize;

use super::ConfigError;
use crate::store::StoreSettings;
use crate::telemetry::logs::{LogFormat, LogSettings};

/// HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// How people reach this server, without a slash at the end.
    pub public_url: Option<String>,
    /// The time a request may take.
    pub request_timeout_seconds: u64,
    /// The largest body.
    pub max_body_bytes: usize,
    /// Requests at once.
    pub max_in_flight: usize,
    /// The time that requests in flight have at a stop.
    pub shutdown_seconds: u64,
    /// Reverse proxies of ours in front.
    pub trusted_proxies: usize,
}

impl Server {
    /// The time a request may take.
    pub const fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_seconds)
    }

    /// The time that requests in flight have at a stop.
    pub const fn shutdown_grace(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }

    /// How people reach this server: where it listens, if the settings do not say.
    pub fn public_url(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        at_least("server.request_timeout_seconds", self.request_timeout_seconds, 1)?;
        at_least("server.max_body_bytes", self.max_body_bytes as u64, 1_024)?;
        at_least("server.max_in_flight", self.max_in_flight as u64, 1)?;
        let web = |url: &str| url.starts_with("http://") || url.starts_with("https://");
        match &self.public_url {
            Some(url) if !web(url) || url.ends_with('/') => {
                invalid("server.public_url", "must begin with http:// or https:// and end without a slash")
            }
            _ => Ok(()),
        }
    }
}

/// PostgreSQL. Not printable: the URL has a password in it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// PostgreSQL elsewhere; none for a private one.
    pub url: Option<String>,
    /// A file with the URL.
    pub url_file: Option<PathBuf>,
    /// The binaries of the private PostgreSQL.
    pub bin_dir: Option<PathBuf>,
    /// Connections at most.
    pub pool_size: usize,
    /// The wait for a connection.
    pub wait_seconds: u64,
    /// The time a statement may take.
    pub statement_timeout_seconds: u64,
}

impl Database {
    /// What the store needs of it.
    pub const fn store(&self) -> StoreSettings {
        StoreSettings {
            pool_size: self.pool_size,
            wait: Duration::from_secs(self.wait_seconds),
            statement_timeout: Duration::from_secs(self.statement_timeout_seconds),
        }
    }

    pub(super) fn read_url_file(&mut self) -> Result<(), ConfigError> {
        secret("database.url_file", self.url_file.as_deref(), &mut self.url)
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        // The worker's sweep and what it does take one each.
        at_least("database.pool_size", self.pool_size as u64, 4)?;
        at_least("database.wait_seconds", self.wait_seconds, 1)?;
        at_least("database.statement_timeout_seconds", self.statement_timeout_seconds, 1)?;
        match &self.url {
            Some(url) if url.parse::<tokio_postgres::Config>().is_err() => {
                invalid("database.url", "is not a PostgreSQL URL")
            }
            _ => Ok(()),
        }
    }
}

/// What one caller may ask of us. Zero is without limit.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Of one signed-in caller.
    pub requests_per_minute_per_caller: u32,
    /// From one address that is not signed in.
    pub requests_per_minute_per_address: u32,
    /// Attempts to sign in or up from one address, and to sign in to one account.
    pub sign_in_per_minute: u32,
}

/// Rules of booking that belong to the installation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booking {
    /// The country.
    pub region: String,
    /// Live holds of one patient.
    pub max_holds_per_patient: i16,
    /// How long a flow begun in time may outlast the notice.
    pub notice_grace_minutes: u32,
    /// Live wishes of one patient on the waiting list.
    pub max_wishes_per_patient: i16,
    /// How long a time that is offered to somebody who waits is kept.
    pub offer_minutes: u32,
}

impl Booking {
    /// The country.
    pub fn region(&self) -> Result<RegionCode, ConfigError> {
        self.region.parse().or_else(|_| invalid("booking.region", "must be two letters, such as \"fr\""))
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        self.region()?;
        if !(1..=20).contains(&self.max_holds_per_patient) {
            return invalid("booking.max_holds_per_patient", "must be from 1 to 20");
        }
        if !(1..=20).contains(&self.max_wishes_per_patient) {
            return invalid("booking.max_wishes_per_patient", "must be from 1 to 20");
        }
        if !(15..=2_880).contains(&self.offer_minutes) {
            return invalid("booking.offer_minutes", "must be from 15 to 2880");
        }
        Ok(())
    }
}

/// Tokens and sessions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// The `iss` of our own tokens.
    pub issuer: String,
    /// The `aud` that tokens must name.
    pub audience: String,
    /// The life of our own tokens.
    pub token_hours: u32,
    /// The life of a session that is not used.
    pub session_hours: u32,
    /// The life of a signing key.
    pub key_days: u32,
    /// Another issuer that is trusted.
    pub oidc_issuer: Option<String>,
    /// The `aud` of its tokens; ours if not set.
    pub oidc_audience: Option<String>,
}

impl Auth {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        at_least("auth.token_hours", self.token_hours.into(), 1)?;
        at_least("auth.session_hours", self.session_hours.into(), 1)?;
        at_least("auth.key_days", self.key_days.into(), 1)?;
        if self.issuer.is_empty() || self.audience.is_empty() {
            return invalid("auth.issuer", "issuer and audience must not be empty");
        }
        match &self.oidc_issuer {
            Some(url) if !url.starts_with("https://") && !url.starts_with("http://") => {
                invalid("auth.oidc_issuer", "must begin with https://")
            }
            _ => Ok(()),
        }
    }
}

/// Outgoing mail. Not printable: the URL has a password in it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailTransport {
    /// The mail server.
    pub smtp_url: Option<String>,
    /// A file with the URL.
    pub smtp_url_file: Option<PathBuf>,
    /// The sender.
    pub from: String,
}

impl MailTransport {
    pub(super) fn read_url_file(&mut self) -> Result<(), ConfigError> {
        secret("mail.smtp_url_file", self.smtp_url_file.as_deref(), &mut self.smtp_url)
    }

    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        match crate::mail::Mailer::new(self.smtp_url.as_deref(), &self.from) {
            Ok(_) => Ok(()),
            Err(fault) => invalid("mail", format!("there is a mistake ({fault})")),
        }
    }
}

/// Logs and traces.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// How lines look.
    pub log_format: LogFormat,
    /// What is logged.
    pub log_filter: String,
    /// Where traces go.
    pub otlp_endpoint: Option<String>,
}

impl Telemetry {
    /// What telemetry needs of it.
    pub fn logs(&self) -> LogSettings {
        LogSettings {
            format: self.log_format,
            filter: self.log_filter.clone(),
            otlp_endpoint: self.otlp_endpoint.clone(),
        }
    }
}

/// How long things are kept.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Days of the change log.
    pub change_days: u16,
    /// Hours of first answers.
    pub idempotency_hours: u32,
    /// Days of finished jobs.
    pub job_days: u16,
    /// Days of mails.
    pub mail_days: u16,
}

impl Retention {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        at_least("retention.change_days", self.change_days.into(), 1)?;
        at_least("retention.mail_days", self.mail_days.into(), 1)?;
        // Clients are promised a day.
        at_least("retention.idempotency_hours", self.idempotency_hours.into(), 24)
    }
}

pub(super) fn at_least(setting: &'static str, value: u64, least: u64) -> Result<(), ConfigError> {
    if value < least { invalid(setting, format!("must be {least} or more")) } else { Ok(()) }
}

pub(super) fn invalid<T>(setting: &'static str, problem: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError::Invalid { setting, problem: problem.into() })
}

/// Takes the content of the file, if one is set, without the line's end.
pub(super) fn secret(
    setting: &'static str,
    file: Option<&Path>,
    value: &mut Option<String>,
) -> Result<(), ConfigError> {
    if let Some(path) = file {
        match std::fs::read_to_string(path) {
            Ok(text) => *value = Some(text.trim().to_owned()),
            Err(error) => return invalid(setting, format!("{} cannot be read ({error})", path.display())),
        }
    }
    Ok(())
}
