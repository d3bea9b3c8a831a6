//! Characters that cannot be seen or that turn the text around, so that a message does not say what it seems to.
use super::{Report, View};
use crate::check::lines::{is_bidi, is_control, is_hidden};
use crate::check::{Builtin, Run};

pub const ALL: &[Builtin] = &[Builtin { name: "commit-hidden-character", run: Run::Message(hidden) }];

/// One finding a line.
fn hidden(view: &View, report: &mut Report) {
    for line in 1..=view.page.line_count() {
        let bytes = view.page.line(line);
        let text = &view.page.text[bytes.clone()];
        let letters = || text.char_indices();
        let found = letters().find(|(at, letter)| is_suspect(*letter) && !keeps_from_linking(&text[..*at], *letter));
        if let Some((at, letter)) = found {
            let start = bytes.start + at;
            report.add(start..start + letter.len_utf8(), &[("code", &format!("U+{:04X}", u32::from(letter)))]);
        }
    }
}

fn is_suspect(letter: char) -> bool {
    // Escape begins what a terminal obeys.
    is_bidi(letter) || is_control(letter) || letter == '\u{1b}' || is_hidden(letter)
}

/// `@` and `#` with a joiner or a space of no width behind: so that a forge makes no link to a user or an issue of it.
fn keeps_from_linking(before: &str, letter: char) -> bool {
    matches!(letter, '\u{2060}' | '\u{200b}') && before.ends_with(['@', '#'])
}
