//! What commands show: text, tables and bars of progress.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{ContentArrangement, Table, TableComponent, presets};
use indicatif::{ProgressBar, ProgressStyle};

use crate::text::grouped;

/// Width of tables where the output is no terminal, in characters.
const WIDTH: u16 = 110;

/// Writes text and the end of a line to stdout.
pub fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// An empty table with these heads.
pub fn table(heads: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        // A line after each row would make a table twice as long.
        .remove_style(TableComponent::HorizontalLines)
        .remove_style(TableComponent::MiddleIntersections)
        .remove_style(TableComponent::LeftBorderIntersections)
        .remove_style(TableComponent::RightBorderIntersections)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(heads);
    if !io::stdout().is_terminal() {
        table.set_width(WIDTH);
    }
    table
}

/// A bar on stderr, which is not shown unless that is a terminal.
pub fn bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    // A template with a mistake is shown as the plain bar.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

/// A number of things, in words.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// How many of the trials of an experiment are done, in words.
pub fn done(trials: u64, all: u64) -> String {
    let verb = if trials == 1 { "is" } else { "are" };
    format!("{} of {} {verb} done", grouped(trials), count(all, "trial", "trials"))
}

/// How many trials diverged, in words; `None` if none did.
pub fn diverged(trials: usize) -> Option<String> {
    (trials > 0).then(|| format!("{} diverged", grouped(trials as u64)))
}

/// A difference of shares in percentage points, with its sign.
pub fn points(difference: f64) -> String {
    let text = format!("{:+.1}", 100.0 * difference);
    // What rounds to nothing has no sign.
    if text == "-0.0" || text == "+0.0" {
        "0.0".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches one trial that are done.
    #[test]
    fn one_trial_is_done() {
        assert_eq!(done(1, 20), "1 of 20 trials is done");
        assert_eq!(done(2, 1200), "2 of 1,200 trials are done");
        assert_eq!(done(1, 1), "1 of 1 trial is done");
    }
}
