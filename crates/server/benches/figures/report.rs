//! What is printed: a line as soon as it is known, and all of them again at the end.

/// The lines of all figures so far.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<String>,
    broken: bool,
    missed: usize,
}

impl Report {
    /// The heading of a figure.
    pub(crate) fn begin(&mut self, name: &str) {
        self.put(format!("\n== {name}"));
    }

    /// A line of a figure's table.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) {
        self.put(format!("   {}", text.as_ref()));
    }

    /// A statement that has to be true on every machine.
    pub(crate) fn must(&mut self, pass: bool, text: impl AsRef<str>) {
        self.broken |= !pass;
        self.verdict(pass, text.as_ref());
    }

    /// A speed or size that is aimed at.
    pub(crate) fn aim(&mut self, pass: bool, text: impl AsRef<str>) {
        self.missed += usize::from(!pass);
        self.verdict(pass, text.as_ref());
    }

    /// Whether something was wrong, as opposed to slow.
    pub(crate) const fn is_broken(&self) -> bool {
        self.broken
    }

    /// Prints everything once more.
    pub(crate) fn summary(&self) {
        println!("\n==== all figures");
        for line in &self.lines {
            println!("{line}");
        }
        let truth = if self.broken { "something was WRONG" } else { "nothing was wrong" };
        println!("\n{truth}; {} of the speeds and sizes missed", self.missed);
    }

    fn verdict(&mut self, pass: bool, text: &str) {
        self.put(format!("   {}  {text}", if pass { "PASS" } else { "MISS" }));
    }

    fn put(&mut self, line: String) {
        println!("{line}");
        self.lines.push(line);
    }
}
