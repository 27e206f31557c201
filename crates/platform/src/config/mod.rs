//! Settings: the committed defaults, under a file, under the environment; validated before a port opens.
//!
//! Invariant: `config/default.toml` names every setting with its sentence, and whatever is not named there is refused.
//! It does not know the command line, which changes [`Settings`] and then calls [`Settings::validate`] again.

mod search;
mod sections;

use std::path::Path;

use config::{Config, Environment, File, FileFormat, Map};
use serde::Deserialize;

pub use search::Search;
pub use sections::{Auth, Booking, Database, Limits, MailTransport, Retention, Server, Telemetry};

/// The defaults with a sentence for each.
pub const DEFAULTS: &str = include_str!("../../../../config/default.toml");

const PREFIX: &str = "RENDEZ_";

/// All settings, one section for each owner.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// HTTP.
    pub server: Server,
    /// PostgreSQL.
    pub database: Database,
    /// What one caller may ask of us.
    pub limits: Limits,
    /// Rules of booking that belong to the installation.
    pub booking: Booking,
    /// Tokens and sessions.
    pub auth: Auth,
    /// Outgoing mail.
    pub mail: MailTransport,
    /// Logs and traces.
    pub telemetry: Telemetry,
    /// How long things are kept.
    pub retention: Retention,
    /// The index, and those who ask it.
    pub search: Search,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A name, a type or the syntax is wrong.
    #[error("the settings cannot be read")]
    Unreadable(#[from] config::ConfigError),
    /// A value makes no sense.
    #[error("{setting}: {problem}")]
    Invalid {
        /// Section and name, such as `database.pool_size`.
        setting: &'static str,
        /// What is wrong, as a clause.
        problem: String,
    },
}

impl Settings {
    /// Reads the layers. `environment` is usually [`std::env::vars`]; of it only `RENDEZ_<SECTION>__<SETTING>` counts.
    pub fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        // Variables of ours without a section (RENDEZ_TEST_POSTGRES) are not settings.
        let variables: Map<String, String> = environment
            .filter(|(name, _)| name.strip_prefix(PREFIX).is_some_and(|rest| rest.contains("__")))
            .collect();
        let mut builder = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(path) = file {
            builder = builder.add_source(File::from(path).format(FileFormat::Toml));
        }
        let environment =
            Environment::with_prefix("RENDEZ").prefix_separator("_").separator("__").source(Some(variables));
        let mut settings: Self = builder.add_source(environment).build()?.try_deserialize()?;
        settings.database.read_url_file()?;
        settings.mail.read_url_file()?;
        settings.search.read_token_file()?;
        settings.validate()?;
        Ok(settings)
    }

    /// Refuses values that make no sense, naming the first.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.server.validate()?;
        self.database.validate()?;
        self.booking.validate()?;
        self.auth.validate()?;
        self.mail.validate()?;
        self.retention.validate()?;
        self.search.validate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(variables: &[(&str, &str)]) -> Result<Settings, ConfigError> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::load(None, variables)
    }

    fn refusal(variables: &[(&str, &str)]) -> String {
        let error = anyhow::Error::from(load(variables).err().expect("refused"));
        format!("{error:#}")
    }

    #[test]
    fn the_defaults_are_valid_and_each_has_its_sentence() {
        load(&[]).expect("valid defaults");
        let lines: Vec<&str> = DEFAULTS.lines().collect();
        for (before, line) in lines.iter().zip(&lines[1..]) {
            let is_setting = line.contains(" = ") && !line.starts_with("# ")
                || line.starts_with("# ") && line.contains(" = \"");
            assert!(!is_setting || before.starts_with("# "), "`{line}` has no sentence above it");
        }
    }

    #[test]
    fn a_file_goes_over_the_defaults_and_the_environment_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rendez.toml");
        std::fs::write(&path, "[database]\npool_size = 7\nwait_seconds = 9\n").unwrap();
        let variables = [
            ("RENDEZ_DATABASE__POOL_SIZE", "8"),
            ("RENDEZ_DATABASE__URL", "postgresql://u:0123@h/d"),
            ("RENDEZ_SERVER__LISTEN", "[::1]:81"),
            ("RENDEZ_TELEMETRY__LOG_FORMAT", "json"),
            ("RENDEZ_TEST_POSTGRES", "not a setting"),
        ];
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = Settings::load(Some(&path), variables).unwrap();
        assert_eq!((settings.database.pool_size, settings.database.wait_seconds), (8, 9));
        assert_eq!(settings.database.url.as_deref(), Some("postgresql://u:0123@h/d"));
        assert_eq!(settings.server.listen.port(), 81);
        assert_eq!(settings.telemetry.log_format, crate::telemetry::logs::LogFormat::Json);
    }

    #[test]
    fn secrets_may_stand_in_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("url");
        std::fs::write(&path, "postgresql://u:p@h/d\n").unwrap();
        let path = path.to_str().unwrap();
        let settings = load(&[("RENDEZ_DATABASE__URL_FILE", path)]).unwrap();
        assert_eq!(settings.database.url.as_deref(), Some("postgresql://u:p@h/d"));
        assert!(refusal(&[("RENDEZ_MAIL__SMTP_URL_FILE", "/not/there")]).starts_with("mail.smtp_url_file: "));
    }

    #[test]
    fn typos_and_nonsense_are_refused_by_name() {
        assert!(refusal(&[("RENDEZ_SERVER__LISTNE", "x")]).contains("listne"));
        assert!(refusal(&[("RENDEZ_SEVRER__LISTEN", "x")]).contains("sevrer"));
        assert!(refusal(&[("RENDEZ_DATABASE__POOL_SIZE", "many")]).contains("pool_size"));
        assert!(refusal(&[("RENDEZ_DATABASE__POOL_SIZE", "1")]).starts_with("database.pool_size: "));
        assert!(refusal(&[("RENDEZ_DATABASE__URL", "h:secret:")]).starts_with("database.url: "));
        assert!(!refusal(&[("RENDEZ_DATABASE__URL", "h:secret:")]).contains("secret"));
        assert!(refusal(&[("RENDEZ_BOOKING__REGION", "fra")]).starts_with("booking.region: "));
        assert!(refusal(&[("RENDEZ_BOOKING__MAX_HOLDS_PER_PATIENT", "21")]).starts_with("booking.max_holds"));
        assert!(refusal(&[("RENDEZ_SERVER__PUBLIC_URL", "rendez.org/")]).starts_with("server.public_url: "));
        assert!(refusal(&[("RENDEZ_SEARCH__CHECK_AT", "half past")]).starts_with("search.check_at: "));
        assert!(refusal(&[("RENDEZ_SEARCH__NODES", "10.0.0.7:7070")]).starts_with("search.nodes: "));
    }

    #[test]
    fn search_nodes_are_a_list_and_share_a_secret() {
        let nodes = ("RENDEZ_SEARCH__NODES", "http://a:7070, http://b:7070");
        assert!(refusal(&[nodes]).starts_with("search.internal_token: "));
        let settings = load(&[nodes, ("RENDEZ_SEARCH__INTERNAL_TOKEN", "0123456789abcdef")]).unwrap();
        assert_eq!(settings.search.nodes, ["http://a:7070", "http://b:7070"]);
        let listening = [("RENDEZ_SEARCH__INTERNAL_LISTEN", "127.0.0.1:7070")];
        assert!(refusal(&listening).starts_with("search.internal_token: "));
    }
}
