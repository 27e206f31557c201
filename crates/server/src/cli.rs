//! The command line. What can be set by flag can be set by file and environment too; the flag wins.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::import::Format;
use crate::roles::Role;

/// The open booking platform for healthcare.
#[derive(Debug, Parser)]
#[command(name = "rendez", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server, with a private PostgreSQL in the data directory unless a database URL is given
    Serve(Serve),
    /// Fill an empty database with an invented country, for benchmarks
    Generate(Generate),
    /// Bring registers of practitioners in
    #[command(subcommand)]
    Import(Import),
    /// Look after the search index of a running server
    #[command(subcommand)]
    Index(Index),
    /// Print a bearer token of the server's own issuer
    Token(Token),
}

/// Arguments of `rendez serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where everything of this server is kept: keys and the private PostgreSQL
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data_dir: PathBuf,
    /// Address and port for HTTP [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// PostgreSQL 15 or newer elsewhere; several hosts may be named, the writable one is used
    #[arg(long, value_name = "URL", env = "RENDEZ_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Which parts this process runs
    #[arg(long, value_delimiter = ',', default_value = "api,search,worker")]
    pub roles: Vec<Role>,
    /// Fill an empty database with a region of invented practices, and print logins
    #[arg(long)]
    pub demo: bool,
    /// Send mail through this server: smtp://user:password@host:port?tls=required
    #[arg(long, value_name = "URL", env = "RENDEZ_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// A TOML file with settings; config/default.toml names them all
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Arguments of `rendez generate`.
#[derive(Debug, Args)]
pub struct Generate {
    /// So many practitioners, with practices, visit types, opening hours and what their desks have booked
    #[arg(long, value_name = "N", default_value_t = 500_000)]
    pub practitioners: usize,
    /// So many patients
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub patients: usize,
    /// Everything follows from it and from the day: the same seed makes the same country
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub seed: u64,
    /// The data directory of the server that shall have the country; no server may be running on it
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data_dir: PathBuf,
    /// PostgreSQL 15 or newer elsewhere, with an empty database
    #[arg(long, value_name = "URL", env = "RENDEZ_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// A TOML file with settings, if the server has one
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What can be imported.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Practitioners with their places and hours; started again after an interruption, it goes on where it stopped
    Practitioners(ImportPractitioners),
}

/// Arguments of `rendez import practitioners`.
#[derive(Debug, Args)]
pub struct ImportPractitioners {
    /// Files of one format, plain or packed by gzip; docs/import.md says what may stand in them
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// How the files are written
    #[arg(long, value_enum, default_value = "auto")]
    pub format: Format,
    /// Whose ids the files hold, the same name each time; needed unless they are those of a national register
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Where lines that cannot be taken are listed [default: FILE.report.csv]
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Begin anew even if an import of the same files was interrupted
    #[arg(long)]
    pub restart: bool,
    /// Where the private PostgreSQL is kept
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data_dir: PathBuf,
    /// PostgreSQL 15 or newer elsewhere
    #[arg(long, value_name = "URL", env = "RENDEZ_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// A TOML file with settings
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What can be done with an index.
#[derive(Debug, Subcommand)]
pub enum Index {
    /// Compare it with the database and mend what differs; ends with 1 if anything did
    Check(IndexCheck),
}

/// Arguments of `rendez index check`.
#[derive(Debug, Args)]
pub struct IndexCheck {
    /// Where the server answers [default: the address that it listens on]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The data directory of the server
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data_dir: PathBuf,
    /// A TOML file with settings, if the server has one
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Arguments of `rendez token`.
#[derive(Debug, Args)]
pub struct Token {
    /// The data directory of the server that shall accept the token
    #[arg(long, value_name = "DIR", default_value = "data")]
    pub data_dir: PathBuf,
    /// patient, practitioner, staff, system or admin
    #[arg(long)]
    pub role: String,
    /// For whom: a patient's or practitioner's id, a name for the others
    #[arg(long, value_name = "ID")]
    pub subject: Option<String>,
    /// Where a member of staff works; may be given several times
    #[arg(long, value_name = "ORG")]
    pub organization: Vec<String>,
    /// A TOML file with settings, if the server has one
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}
