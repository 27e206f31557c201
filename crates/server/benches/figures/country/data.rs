//! The country that the figures are taken in, made by the program itself.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;
use tokio::time::Instant;

use crate::report::Report;
use crate::stage::Folder;

const USUAL: u64 = 500_000;

/// A data directory with a generated country, not running.
pub(crate) struct Country {
    data_dir: PathBuf,
    /// Removed with the figure, unless the country is kept.
    _folder: Option<Folder>,
}

impl Country {
    /// The kept one, or a new one.
    pub(crate) async fn ready(report: &mut Report) -> Result<Self> {
        let size = std::env::var("RENDEZ_FIGURES_PRACTITIONERS").ok().and_then(|text| text.parse().ok());
        let size: u64 = size.unwrap_or(USUAL);
        let country = match std::env::var_os("RENDEZ_FIGURES_COUNTRY") {
            Some(kept) => Self { data_dir: kept.into(), _folder: None },
            None => {
                let folder = Folder::new()?;
                Self { data_dir: folder.data_dir(), _folder: Some(folder) }
            }
        };
        if country.data_dir.join("postgres").is_dir() {
            report.line(format!("a country that was made before: {}", country.data_dir.display()));
            return Ok(country);
        }
        let begun = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rendez"));
        command.arg("generate").arg("--data-dir").arg(&country.data_dir);
        command.arg("--practitioners").arg(size.to_string()).args(["--patients", "0", "--seed", "1"]);
        let status = command.stdin(Stdio::null()).kill_on_drop(true).status().await.context("generating")?;
        ensure!(status.success(), "the country could not be made: {status}");
        report.line(format!("made {size} practitioners in {:.0} s", begun.elapsed().as_secs_f64()));
        Ok(country)
    }

    /// Where it stands.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.data_dir.clone()
    }

    /// Removes the index's own file, so that the next start reads PostgreSQL.
    pub(crate) fn forget_own_file(&self) -> Result<()> {
        let file = self.data_dir.join("search.index");
        if file.exists() {
            std::fs::remove_file(file)?;
        }
        Ok(())
    }
}
