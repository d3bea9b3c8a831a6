//! What stands below the subject: a blank line, and lines that fit a terminal.
use super::{Part, Report, Shape, View};
use crate::check::{Builtin, Run};

pub const ALL: &[Builtin] = &[
    Builtin { name: "commit-blank-line", run: Run::Message(blank_line) },
    Builtin { name: "commit-body-width", run: Run::Message(width) },
];

fn blank_line(view: &View, report: &mut Report) {
    if let Some((_, part, bytes)) = view.body().next().filter(|_| view.subject_line > 0)
        && part != Part::Blank
        && !view.page.text[bytes.clone()].trim().is_empty()
    {
        report.add(bytes.clone(), &[]);
        report.mend(bytes.start..bytes.start, "\n");
    }
}

/// One finding a message, at the first line that is too wide: whoever breaks one breaks them all.
fn width(view: &View, report: &mut Report) {
    if !matches!(view.shape, Shape::Plain | Shape::Revert) {
        return;
    }
    let max = report.length("max").max(1);
    let text = |bytes: &std::ops::Range<usize>| &view.page.text[bytes.clone()];
    let is_wide = |part: Part, line: &str| part == Part::Text && line.chars().nth(max).is_some() && can_be_broken(line, max);
    let mut wide = view.body().filter(|(_, part, bytes)| is_wide(*part, text(bytes)));
    let Some((_, _, bytes)) = wide.next() else { return };
    let lines = 1 + wide.count();
    let width = text(&bytes).chars().count();
    let cut = text(&bytes).char_indices().nth(max).map_or(0, |(cut, _)| cut);
    let lines = if lines == 1 { "1 line is".to_owned() } else { format!("{lines} lines are") };
    report.add(bytes.start + cut..bytes.end, &[("lines", &lines), ("width", &width.to_string()), ("max", &max.to_string())]);
}

/// Whether a line holds no address, and no word that would not fit a line anyway.
fn can_be_broken(line: &str, max: usize) -> bool {
    // An indent and a bullet stay with the word behind them.
    let words = line.trim_start_matches([' ', '*', '-', '+']);
    let before_limit = words.char_indices().nth(max).map_or(words, |(cut, _)| &words[..cut]);
    !line.contains("://") && before_limit.trim_end().contains(char::is_whitespace)
}
