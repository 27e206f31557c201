//! `rendez`: the whole platform in one program.

use clap::Parser;
use rendez_server::Cli;

fn main() -> std::process::ExitCode {
    match rendez_server::run(Cli::parse()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rendez: {error:#}");
            std::process::ExitCode::from(rendez_server::exit_code(&error))
        }
    }
}
