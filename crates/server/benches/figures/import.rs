//! How long it takes to bring a register in, for the first time and again, and how long its followers wait meanwhile.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;
use tokio::time::Instant;

use crate::database::Database;
use crate::report::Report;
use crate::stage::Folder;

const LINES: u32 = 500_000;
const BAR: Duration = Duration::from_secs(300);
const MEMORY_BAR_MB: f64 = 150.0;
/// Followers see nothing that was committed after the oldest transaction that still runs and writes.
const LONGEST_BAR_MS: f64 = 200.0;
const LOOK_EVERY: Duration = Duration::from_millis(20);

const REGISTER: &str = include_str!("../../tests/fixtures/import/PS_LibreAcces_Personne_activite_sample.txt");
const TOWNS: [(&str, &str, &str); 4] = [
    ("35400", "35288", "SAINT MALO"),
    ("35000", "35238", "RENNES"),
    ("29200", "29019", "BREST"),
    ("97400", "97411", "ST DENIS"),
];

/// What a run of the program showed.
#[derive(Default)]
struct Seen {
    took: Duration,
    memory_mb: f64,
    longest_ms: f64,
    said: String,
}

pub(crate) async fn measure(report: &mut Report) -> Result<()> {
    let asked = std::env::var("RENDEZ_FIGURES_LINES").ok().and_then(|text| text.parse().ok());
    let lines = asked.unwrap_or(LINES);
    for (name, write) in [("csv", csv as fn(&mut BufWriter<File>, u32) -> Result<()>), ("rpps", rpps)] {
        let folder = Folder::new()?;
        let file = folder.file(&format!("register.{name}"));
        let mut out = BufWriter::new(File::create(&file)?);
        write(&mut out, lines)?;
        out.flush()?;
        for turn in ["first", "again"] {
            let seen = import(&folder.data_dir(), &file).await?;
            let rate = f64::from(lines) / seen.took.as_secs_f64();
            report.line(format!(
                "{name} {turn:<6} {lines} lines in {:.1} s ({rate:.0}/s), {:.0} MB, longest transaction {:.0} ms",
                seen.took.as_secs_f64(),
                seen.memory_mb,
                seen.longest_ms
            ));
            report.must(
                seen.said.contains("every line is accounted for"),
                "every line is created, updated, unchanged, skipped or bad",
            );
            if turn == "first" {
                report.aim(seen.took < BAR, format!("{name} within {} s", BAR.as_secs()));
            }
            report.aim(seen.memory_mb < MEMORY_BAR_MB, format!("memory under {MEMORY_BAR_MB} MB"));
            report.aim(seen.longest_ms < LONGEST_BAR_MS, format!("transactions under {LONGEST_BAR_MS} ms"));
        }
    }
    Ok(())
}

/// Runs the program as an operator does, and looks at it and its database from outside.
async fn import(data_dir: &Path, file: &Path) -> Result<Seen> {
    let begun = Instant::now();
    let child = Command::new(env!("CARGO_BIN_EXE_rendez"))
        .args(["import", "practitioners", "--source", "figures", "--data-dir"])
        .arg(data_dir)
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("starting rendez")?;
    let pid = child.id().context("it has ended")?;
    let mut seen = Seen::default();
    let mut end = std::pin::pin!(child.wait_with_output());
    let mut database = None;
    let output = loop {
        tokio::select! {
            output = &mut end => break output?,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        seen.memory_mb = peak_mb(pid).unwrap_or_default().max(seen.memory_mb);
        if database.is_none() {
            database = Database::connect(data_dir).await.ok();
        }
        if let Some(database) = &database {
            let longest = longest_ms(database).await.unwrap_or_default();
            seen.longest_ms = longest.max(seen.longest_ms);
        }
    };
    ensure!(output.status.success(), "it ended with {}", output.status);
    seen.took = begun.elapsed();
    seen.said = String::from_utf8(output.stdout)?;
    Ok(seen)
}

/// How long the oldest transaction that writes has been at it.
async fn longest_ms(database: &Database) -> Result<f64> {
    let sql = "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 * 1000
        FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND backend_type = 'client backend'";
    Ok(database.client.query_one(sql, &[]).await?.get(0))
}

/// The most memory that a process has had, in megabytes of 1,000,000 bytes (`VmHWM`).
fn peak_mb(pid: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let kib: f64 = line.split_whitespace().next().context("no number")?.parse()?;
    Ok(kib * 1024.0 / 1e6)
}

/// A clinic's list: everybody with a place, hours and visit types; three share a practice.
fn csv(out: &mut BufWriter<File>, lines: u32) -> Result<()> {
    writeln!(
        out,
        "source_id,given_name,family_name,specialty,languages,phone,location_name,line,postal_code,city,visit_types,opening_hours"
    )?;
    for line in 0..lines {
        let (postal_code, _, city) = TOWNS[line as usize % TOWNS.len()];
        let practice = line / 3;
        writeln!(
            out,
            "{line},Ana {line},Petit,general-practice,fr|en,0299000001,Cabinet {practice},{practice} rue du Lac,{postal_code},{city},\
             Consultation:15|Bilan:30,\"mon-fri 09:00-12:00,14:00-18:00\""
        )?;
    }
    Ok(())
}

/// The French register: two people of three have one line, the third has two.
fn rpps(out: &mut BufWriter<File>, lines: u32) -> Result<()> {
    let header = REGISTER.lines().next().context("the fixture has a header")?;
    writeln!(out, "{header}")?;
    let columns: Vec<&str> = header.split('|').collect();
    for line in 0..lines {
        let person = line / 4 * 3 + (line % 4).min(2);
        let (postal_code, commune, city) = TOWNS[line as usize % TOWNS.len()];
        let (number, structure) = (rpps_number(person), format!("C{}", line / 3));
        let (place, name) = (format!("CABINET {}", line / 3), format!("PETIT {person}"));
        let fields = columns.iter().map(|column| match *column {
            "Type d'identifiant PP" => "8",
            "Identifiant PP" => &number,
            "Nom d'exercice" => &name,
            "Prénom d'exercice" => "Ana",
            "Code profession" => "10",
            "Code catégorie professionnelle" => "C",
            "Code savoir-faire" => "SM26",
            "Identifiant technique de la structure" => &structure,
            "Raison sociale site" => &place,
            "Numéro Voie (coord. structure)" => "3",
            "Libellé Voie (coord. structure)" => "DU LAC",
            "Code postal (coord. structure)" => postal_code,
            "Code commune (coord. structure)" => commune,
            "Libellé commune (coord. structure)" => city,
            "Téléphone (coord. structure)" => "0299000001",
            _ => "",
        });
        writeln!(out, "{}", fields.collect::<Vec<_>>().join("|"))?;
    }
    Ok(())
}

/// Ten digits and their check digit (Luhn).
fn rpps_number(person: u32) -> String {
    let body = format!("10{person:08}");
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}
