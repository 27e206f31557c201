//! The operator's desk: a database, the real program, and a look at what came of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use rendez_testkit::{TestDatabase, consistency};
use tempfile::TempDir;
use tokio::process::Command;
use tokio_postgres::Client;
use tokio_postgres::types::Json;

/// A folder for files beside an empty database.
pub(crate) struct Desk {
    pub(crate) database: TestDatabase,
    pub(crate) client: Client,
    folder: TempDir,
}

/// Lines of the last import by what became of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lines {
    pub(crate) read: i64,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) unchanged: i64,
    pub(crate) skipped: i64,
    pub(crate) bad: i64,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::new().await;
        let client = database.connect().await;
        Self { client, database, folder: tempfile::tempdir().expect("a folder") }
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        self.bytes(name, text.as_bytes())
    }

    /// A file of any bytes.
    pub(crate) fn bytes(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    }

    /// A copy of a fixture.
    pub(crate) fn fixture(&self, name: &str) -> PathBuf {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import").join(name);
        let name = from.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        self.file(&name, &std::fs::read_to_string(from).expect("a fixture"))
    }

    /// Runs `rendez import practitioners` with nothing but files and the database.
    pub(crate) async fn run_bare(&self, files: &[&Path]) -> Output {
        self.command(files).output().await.expect("the program runs")
    }

    fn command(&self, files: &[&Path]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rendez"));
        command
            .args(["import", "practitioners"])
            .args(files)
            .args(["--database-url", &self.database.url()])
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs it as the operator does; with `deadly` it is killed at that point.
    pub(crate) async fn run(&self, files: &[&Path], flags: &[&str], deadly: Option<&str>) -> Output {
        let mut command = self.command(files);
        command.args(flags);
        if !flags.contains(&"--source") {
            command.args(["--source", "clinics"]);
        }
        if let Some(point) = deadly {
            command.env("FAILPOINTS", point);
        }
        command.output().await.expect("the program runs")
    }

    /// The same, and it goes well.
    pub(crate) async fn import(&self, files: &[&Path]) -> Lines {
        self.import_with(files, &[]).await
    }

    /// The same under the name of another source.
    pub(crate) async fn import_from(&self, source: &str, files: &[&Path]) -> Lines {
        self.import_with(files, &["--source", source]).await
    }

    /// The same with flags.
    pub(crate) async fn import_with(&self, files: &[&Path], flags: &[&str]) -> Lines {
        let output = self.run(files, flags, None).await;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("every line is accounted for"), "{said}");
        consistency::check(&self.client).await;
        let leftovers = "SELECT (SELECT count(*) FROM import_finding) + (SELECT count(*) FROM import_line) + (SELECT count(*) FROM import_place)";
        assert_eq!(self.count(leftovers).await, 0, "lines are forgotten once they are entered");
        self.lines().await
    }

    pub(crate) async fn lines(&self) -> Lines {
        let sql =
            "SELECT read, created, updated, unchanged, skipped, bad FROM import_run ORDER BY id DESC LIMIT 1";
        let row = self.client.query_one(sql, &[]).await.expect("a run");
        Lines {
            read: row.get(0),
            created: row.get(1),
            updated: row.get(2),
            unchanged: row.get(3),
            skipped: row.get(4),
            bad: row.get(5),
        }
    }

    /// What was left out of lines that were taken, and why lines were skipped.
    pub(crate) async fn reasons(&self) -> BTreeMap<String, i64> {
        let sql = "SELECT notices, skips FROM import_run ORDER BY id DESC LIMIT 1";
        let row = self.client.query_one(sql, &[]).await.expect("a run");
        let Json(mut notices): Json<BTreeMap<String, i64>> = row.get(0);
        let Json(skips): Json<BTreeMap<String, i64>> = row.get(1);
        notices.extend(skips);
        notices
    }

    /// Line and field of each line of the report beside a file.
    pub(crate) fn report(&self, file: &Path) -> Vec<(u64, String)> {
        let text = self.report_text(file);
        let field = |line: &str| {
            let mut fields = line.split(',').skip(1);
            let number = fields.next().and_then(|number| number.parse().ok()).expect("a line number");
            (number, fields.next().expect("a field").trim_matches('"').to_owned())
        };
        text.lines().skip(1).map(field).collect()
    }

    /// The report beside a file as it is written.
    pub(crate) fn report_text(&self, file: &Path) -> String {
        let mut name = file.as_os_str().to_owned();
        name.push(".report.csv");
        std::fs::read_to_string(name).expect("a report")
    }

    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.client.query_one(sql, &[]).await.expect(sql).get(0)
    }

    pub(crate) async fn text(&self, sql: &str) -> String {
        self.client.query_one(sql, &[]).await.expect(sql).get::<_, Option<String>>(0).unwrap_or_default()
    }

    /// A digest of the directory as people see it: without ids, versions and instants.
    pub(crate) async fn directory(&self) -> String {
        let sql = "SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
            SELECT concat_ws('|', i.system, i.value, p.given_name, p.family_name, p.search_name, p.specialty, p.languages, p.phone,
                p.email, p.accepts_new_patients, p.telehealth, p.active, o.name, l.name, l.line, l.city, l.latitude, l.time_zone,
                (SELECT string_agg(f.name, ',' ORDER BY f.name) FROM practitioner_location pl JOIN location f ON f.id = pl.location_id
                    WHERE pl.practitioner_id = p.id),
                (SELECT string_agg(concat_ws(' ', v.name, v.duration_minutes, v.active), ',' ORDER BY v.name) FROM visit_type v
                    WHERE v.practitioner_id = p.id),
                (SELECT string_agg(concat_ws(' ', r.weekday, r.starts, r.ends), ',' ORDER BY r.weekday, r.starts) FROM opening_rule r
                    WHERE r.practitioner_id = p.id)) AS line
            FROM practitioner p JOIN organization o ON o.id = p.organization_id JOIN location l ON l.id = p.location_id
            LEFT JOIN practitioner_identifier i ON i.practitioner_id = p.id) AS people";
        self.text(sql).await
    }
}
