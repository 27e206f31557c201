//! The command line. What can be set by flag can be set by file and environment too; the flag wins.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
