//! The rendez program: it wires the crates together and gives them roles.
//!
//! A library beside the binary only so that tests and figures can reach the demo data.

pub mod cli;
pub mod demo;
mod demonstration;
mod roles;
mod serve;
mod starting;
mod token;
mod wiring;

pub use cli::Cli;

use anyhow::Result;
use cli::Command;

/// Runs the command that the arguments name.
pub fn run(cli: Cli) -> Result<()> {
    rendez_platform::crash::arm();
    // Two TLS providers may be linked; this one is ours.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match cli.command {
        Command::Serve(arguments) => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(serve::serve(arguments)),
        Command::Token(arguments) => token::print(&arguments),
    }
}
