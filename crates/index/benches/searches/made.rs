//! A country in an index: how long it takes to make, to write and to read, and how much memory it needs.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use rendez_index::{Builder, Index, Packed};

use crate::clock::Watch;
use crate::country::Country;
use crate::report::Report;

const THREADS: u64 = 2;
/// How many practitioners travel from thread to thread at a time.
const BATCH: u64 = 256;

/// An index of a whole country.
pub(crate) struct Made {
    pub(crate) country: Country,
    pub(crate) index: Index,
    /// Processor time of all threads for packing.
    packing: Duration,
    adding: Duration,
    finishing: Duration,
    /// Resident memory before the country was made, after, and at most while it was made.
    resident: [u64; 3],
}

impl Made {
    pub(crate) fn new(country: Country) -> Self {
        let before = resident();
        let settings = country.settings();
        let (mut adding, packing) = (Duration::ZERO, AtomicU64::new(0));
        let mut builder = Builder::new(settings.clone());
        let next = &AtomicU64::new(0);
        std::thread::scope(|scope| {
            let (send, receive) = sync_channel::<Vec<Packed>>(8);
            for _ in 0..THREADS {
                let (send, settings, country, packing) = (send.clone(), &settings, &country, &packing);
                scope.spawn(move || {
                    loop {
                        let from = next.fetch_add(BATCH, Ordering::Relaxed);
                        let until = (from + BATCH).min(country.practitioners);
                        if from >= until {
                            break;
                        }
                        let people: Vec<_> = (from..until).map(|no| country.resident(no)).collect();
                        let watch = Watch::start();
                        let packed = people
                            .iter()
                            .map(|person| Packed::with_busy(settings, &person.profile, &person.busy))
                            .collect();
                        let nanos = watch.read().processor.as_nanos() as u64;
                        packing.fetch_add(nanos, Ordering::Relaxed);
                        if send.send(packed).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(send);
            for packed in receive {
                let watch = Watch::start();
                packed.into_iter().for_each(|one| builder.add(one));
                adding += watch.read().processor;
            }
        });
        let watch = Watch::start();
        let index = builder.finish();
        let finishing = watch.read().wall;
        let packing = Duration::from_nanos(packing.into_inner());
        Self { country, index, packing, adding, finishing, resident: [before, resident(), most_resident()] }
    }

    pub(crate) fn report_start(&self, report: &mut Report) {
        report.begin("building");
        let each = self.packing.as_secs_f64() * 1e6 / self.country.practitioners as f64;
        report.line(format!(
            "{} practitioners: packed in {:.2} s of processor time ({each:.1} µs each), added in {:.2} s, arranged in {:.2} s",
            self.country.practitioners,
            self.packing.as_secs_f64(),
            self.adding.as_secs_f64(),
            self.finishing.as_secs_f64(),
        ));
    }

    pub(crate) fn report_memory(&self, report: &mut Report) {
        report.begin("memory");
        let size = self.index.size();
        let mega = |bytes: u64| bytes as f64 / 1e6;
        report.line(format!(
            "{} practitioners in {} lanes: {:.0} MB, {} bytes each",
            size.practitioners,
            size.lanes,
            mega(size.bytes as u64),
            size.bytes / size.practitioners.max(1),
        ));
        let [before, after, most] = self.resident.map(mega);
        report.verdict(
            after < 1200.0,
            "process under 1.2 GB",
            format!(
                "{after:.0} MB resident, {before:.0} MB of it before; at most {most:.0} MB while it was made"
            ),
        );
        let watch = Watch::start();
        self.index.rebuild();
        let seconds = watch.read().wall.as_secs_f64();
        let (after, most) = (mega(resident()), mega(most_resident()));
        report.line(format!(
            "arranged anew in {seconds:.2} s: {after:.0} MB resident afterwards, at most {most:.0} MB"
        ));
    }

    pub(crate) fn report_snapshot(&self, report: &mut Report) {
        report.begin("own snapshot file");
        let folder = std::env::var_os("RENDEZ_FIGURES_DIR").map_or_else(std::env::temp_dir, Into::into);
        let path = folder.join(format!("rendez-index-{}.snapshot", std::process::id()));
        if let Err(error) = self.write_and_read(&path, report) {
            report.verdict(false, "a snapshot file", error.to_string());
        }
        std::fs::remove_file(&path).ok();
    }

    fn write_and_read(&self, path: &std::path::Path, report: &mut Report) -> std::io::Result<()> {
        let watch = Watch::start();
        let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
        self.index.write_to(&mut file, b"the change log stood here")?;
        file.flush()?;
        let bytes = file.get_ref().metadata()?.len();
        let seconds = watch.read().wall.as_secs_f64();
        report.line(format!(
            "written in {seconds:.2} s: {:.0} MB, not yet forced to the disk",
            bytes as f64 / 1e6
        ));
        let watch = Watch::start();
        let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
        let (index, _) = Index::read_from(&mut file)?;
        let seconds = watch.read().wall.as_secs_f64();
        let found = index.size().practitioners;
        report.verdict(
            seconds < 2.0,
            "read back in under 2 s",
            format!("{seconds:.2} s, {found} practitioners"),
        );
        Ok(())
    }
}

/// Resident memory of this process in bytes.
pub(crate) fn resident() -> u64 {
    status("VmRSS:")
}

/// The most that it was.
fn most_resident() -> u64 {
    status("VmHWM:")
}

/// A line of `/proc/self/status` (`proc(5)`), in bytes.
fn status(line: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = text
        .lines()
        .find_map(|at| at.strip_prefix(line)?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kilobytes.unwrap_or_default() * 1024
}
