//! Booking's own statements as a pgbench script.
//!
//! pgbench knows integers and constants, and sends its variables as parameters of a prepared statement. So `$4` becomes
//! `:h4`, or an expression over one where the parameter is an id or an instant. A variable that is never set is NULL.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::process::Command;

use crate::database::Database;
use crate::practices::{ID_NUMBER, Kind, Practices, id_prefix};

/// One run of pgbench.
pub(crate) struct Run {
    /// Scripts, each a hold and a confirmation, in a second.
    pub(crate) a_second: f64,
    /// Scripts in all.
    pub(crate) total: u64,
}

/// Writes the script that books for a group: each run of it holds and confirms one time that no other run takes.
pub(crate) fn script(practices: &Practices, hold: &str, confirm: &str) -> String {
    let group = practices.group();
    let id = |kind, variable: &str| format!("('{}' || :{variable}::text)", id_prefix(kind, group));
    let instant = |variable: &str| format!("to_timestamp(:{variable}::double precision)");
    let hold = with_variables(
        hold,
        "h",
        &[
            (1, id(Kind::Appointment, "appointment")),
            (2, id(Kind::Practitioner, "practitioner")),
            (3, id(Kind::VisitType, "practitioner")),
            (4, instant("starts")),
            (5, instant("ends")),
            (6, instant("starts")),
            (7, instant("ends")),
            (9, id(Kind::Patient, "patient")),
            (10, id(Kind::Location, "practitioner")),
            (11, id(Kind::Organization, "practitioner")),
            (27, ":appointment".to_owned()),
        ],
    );
    let confirm = with_variables(
        confirm,
        "c",
        &[
            (1, id(Kind::Appointment, "appointment")),
            (2, id(Kind::Patient, "patient")),
            (12, ":appointment".to_owned()),
        ],
    );
    format!(
        "\\set turn :turn + 1\n\
         \\set n :base + :turn * :clients + :client_id\n\
         \\set appointment {ID_NUMBER} + :n\n\
         \\set practitioner {ID_NUMBER} + :n % {practitioners}\n\
         \\set patient {ID_NUMBER} + :n % {patients}\n\
         \\set starts {first} + :n / {practitioners} * 900\n\
         \\set ends :starts + 900\n\
         {hold};\n{confirm};\n",
        practitioners = practices.practitioners(),
        patients = practices.patients(),
        first = practices.first_start().as_second(),
    )
}

/// The values that are the same in each call; the names are those of [`script`].
const CONSTANTS: &[(&str, &str)] = &[
    ("turn", "0"),
    ("h8", "1"),
    ("h12", "Europe/Paris"),
    ("h13", "30"),
    ("h14", "0"),
    ("h15", "365"),
    ("h16", "3"),
    ("h17", "5"),
    ("h20", "anyone"),
    ("h21", "false"),
    ("h22", "patient:pat_01jd000000e00w000000000000"),
    ("h23", "127.0.0.1"),
    ("h24", "01jd000000e00w000000000000"),
    ("h25", "patient:pat_01jd000000e00w000000000000"),
    ("h26", "POST /v1/appointments"),
    ("h28", "\\x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
    ("c7", "patient:pat_01jd000000e00w000000000000"),
    ("c8", "127.0.0.1"),
    ("c9", "01jd000000e00w000000000000"),
    ("c10", "patient:pat_01jd000000e00w000000000000"),
    ("c11", "POST /v1/appointments/{id}/confirm"),
    ("c13", "\\x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
];

/// Runs a script file. `base` is above every number that an earlier run used.
pub(crate) async fn run(
    database: &Database,
    file: &std::path::Path,
    clients: usize,
    length: Duration,
    base: u64,
) -> Result<Run> {
    let mut command = Command::new("pgbench");
    command.args([
        "-n",
        "-M",
        "prepared",
        "-j",
        "2",
        "-c",
        &clients.to_string(),
        "-T",
        &length.as_secs().to_string(),
    ]);
    command.arg("-f").arg(file);
    command.args(["-D", &format!("base={base}"), "-D", &format!("clients={clients}")]);
    for (name, value) in CONSTANTS {
        command.args(["-D", &format!("{name}={value}")]);
    }
    command
        .env("PGHOST", &database.socket_folder)
        .env("PGUSER", "rendez")
        .env("PGPASSWORD", &database.password)
        .env("PGDATABASE", "rendez")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output =
        command.output().await.context("running pgbench (it comes with PostgreSQL's server package)")?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        bail!("pgbench: {} {said}", String::from_utf8_lossy(&output.stderr));
    }
    let after =
        |start: &str| said.lines().find_map(|line| line.strip_prefix(start)?.split_whitespace().next());
    Ok(Run {
        a_second: after("tps = ").context("no rate in what pgbench said")?.parse()?,
        total: after("number of transactions actually processed: ").context("no count")?.parse()?,
    })
}

/// The statement on one line, with variables for parameters.
fn with_variables(sql: &str, prefix: &str, expressions: &[(usize, String)]) -> String {
    let bare: Vec<&str> = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default().trim())
        .filter(|line| !line.is_empty())
        .collect();
    let mut parts = bare.join(" ").split('$').map(str::to_owned).collect::<Vec<_>>().into_iter();
    let mut text = parts.next().unwrap_or_default();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let known = expressions.iter().find(|(known, _)| number.parse() == Ok(*known));
        match known {
            Some((_, expression)) => text.push_str(expression),
            None => text.push_str(&format!(":{prefix}{number}")),
        }
        text.push_str(rest);
    }
    text
}
