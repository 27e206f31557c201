//! What is printed: a line as soon as it is known, and the verdicts again at the end.

/// The verdicts so far.
#[derive(Default)]
pub(crate) struct Report {
    verdicts: Vec<String>,
    missed: usize,
}

impl Report {
    /// The heading of a figure.
    pub(crate) fn begin(&mut self, figure: &str) {
        println!("\n== {figure}");
    }

    /// A line without a verdict.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) {
        println!("        {}", text.as_ref());
    }

    /// What was asked, what was measured, and whether that is enough.
    pub(crate) fn verdict(&mut self, pass: bool, asked: &str, measured: impl AsRef<str>) {
        let verdict = if pass { "PASS" } else { "MISS" };
        let line = format!("  {verdict}  {asked}: {}", measured.as_ref());
        println!("{line}");
        self.missed += usize::from(!pass);
        self.verdicts.push(line);
    }

    /// Prints the verdicts once more.
    pub(crate) fn summary(&self) {
        println!("\n==== all figures");
        self.verdicts.iter().for_each(|line| println!("{line}"));
        println!("\n{} of {} missed", self.missed, self.verdicts.len());
    }
}
