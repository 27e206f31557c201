//! The rendez program: it wires the crates together and gives them roles.
//!
//! A library beside the binary only so that tests and figures can reach the demo data.

mod bulk;
pub mod cli;
mod database;
pub mod demo;
mod demonstration;
pub mod generate;
mod import;
mod index_command;
mod memory;
mod roles;
mod search_nodes;
mod serve;
mod starting;
mod token;
mod wiring;

pub use cli::Cli;

use anyhow::Result;
use cli::Command;

/// What the program ends with: 2 for a file that cannot be imported at all, 1 for everything else that went wrong.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    if error.is::<import::Unusable>() { 2 } else { 1 }
}

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
        Command::Generate(arguments) => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(generate::run(arguments)),
        Command::Import(cli::Import::Practitioners(arguments)) => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(import::import(arguments)),
        Command::Index(cli::Index::Check(arguments)) => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(index_command::check(arguments)),
        Command::Token(arguments) => token::print(&arguments),
    }
}
