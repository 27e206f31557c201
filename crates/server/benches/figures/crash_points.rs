//! Crash points are tried by a test, not here: they need the program built with its fail points, which no figure of
//! the shipped program may have.

use crate::report::Report;

/// How to run them.
pub(crate) fn explain(report: &mut Report) {
    report.line("the program is killed at each point between request and answer by a test of its own:");
    report.line(
        "RENDEZ_CRASH_HISTORIES=200 cargo test --release -p rendez-server --features failpoints --test crash",
    );
}
