//! Characters that cannot be seen or that turn the text around, so that a message does not say what it seems to.
use super::{Report, View};
use crate::check::lines::{is_bidi, is_control, is_hidden};
use crate::check::{Builtin, Run};

pub const ALL: &[Builtin] = &[Builtin { name: "commit-hidden-character", run: Run::Message(hidden) }];

/// One finding a line.
fn hidden(view: &View, report: &mut Report) {
    if view.page.text.is_ascii() && !view.page.text.bytes().any(|byte| is_control(byte.into())) {
        return;
    }
    for line in 1..=view.page.line_count() {
        let bytes = view.page.line(line);
        let text = &view.page.text[bytes.clone()];
        let found =
            text.char_indices().find(|(_, letter)| is_bidi(*letter) || is_control(*letter) || *letter == '\u{1b}' || is_hidden(*letter));
        if let Some((at, letter)) = found {
            let start = bytes.start + at;
            report.add(start..start + letter.len_utf8(), &[("code", &format!("U+{:04X}", u32::from(letter)))]);
        }
    }
}
