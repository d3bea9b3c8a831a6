//! The defects of one line, and the line as git's `--whitespace=fix` would leave it. Knows no other line.
use std::ops::Range;

use super::{Defect, Settings};

/// What git takes for white space: neither form feed nor vertical tab, nor anything beyond ASCII.
pub fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// A defect, where it stands in the line, and what to write in place of which bytes.
pub type Found = (Defect, Range<usize>, Option<(Range<usize>, Vec<u8>)>);

/// What is wrong with a line, given without its `\n`, in git's order.
pub fn defects(line: &[u8], settings: &Settings) -> Vec<Found> {
    let mut found = Vec::new();
    if settings.has(Defect::ConflictMarker) && is_conflict_marker(line, settings.marker_size) {
        found.push((Defect::ConflictMarker, 0..settings.marker_size, None));
    }
    let content = match line.strip_suffix(b"\r") {
        Some(content) if settings.cr_at_eol => content,
        _ => line,
    };
    let mut end = content.len();
    if settings.has(Defect::BlankAtEol) {
        end = content.iter().rposition(|byte| !is_blank(byte)).map_or(0, |last| last + 1);
        if end < content.len() {
            found.push((Defect::BlankAtEol, end..content.len(), Some((end..content.len(), Vec::new()))));
        }
    }
    indent(&content[..end], settings, &mut found);
    found
}

/// `<<<<<<< ours`, `||||||| base`, `=======`, `>>>>>>> theirs`: the end of the line or white space follows.
fn is_conflict_marker(line: &[u8], size: usize) -> bool {
    let Some((marker, rest)) = line.split_at_checked(size) else { return false };
    let Some(first) = marker.first().filter(|first| b"<|=>".contains(first)) else { return false };
    marker.iter().all(|byte| byte == first) && rest.first().is_none_or(is_blank)
}

/// The defects of the tabs and spaces a line begins with. One fix is for all of them: the first carries it.
fn indent(content: &[u8], settings: &Settings, found: &mut Vec<Found>) {
    let length = content.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let indent = &content[..length];
    let first = found.len();
    let tabs = || indent.iter().enumerate().filter(|(_, byte)| **byte == b'\t').map(|(place, _)| place);
    let follows_space = |tab: &usize| *tab > 0 && indent[tab - 1] == b' ';
    let crossed = settings.has(Defect::SpaceBeforeTab).then(|| tabs().find(follows_space)).flatten();
    if let Some(tab) = crossed {
        let spaces = indent[..tab].iter().rposition(|byte| *byte == b'\t').map_or(0, |before| before + 1);
        found.push((Defect::SpaceBeforeTab, spaces..tab, None));
    }
    if settings.has(Defect::TabInIndent) {
        // A tab has one defect: that it follows a space goes first.
        let tab = tabs().find(|tab| !(settings.has(Defect::SpaceBeforeTab) && follows_space(tab)));
        found.extend(tab.map(|tab| (Defect::TabInIndent, tab..tab + 1, None)));
    }
    let last = tabs().next_back().map_or(0, |tab| tab + 1);
    if settings.has(Defect::IndentWithNonTab) && length - last >= usize::from(settings.tab_width) {
        found.push((Defect::IndentWithNonTab, last..length, None));
    }
    if let Some((_, _, fix)) = found.get_mut(first) {
        *fix = Some((0..length, put_right(indent, last, settings)));
    }
}

/// An indent without defects. Its tabs end at `last`.
fn put_right(indent: &[u8], last: usize, settings: &Settings) -> Vec<u8> {
    if settings.has(Defect::TabInIndent) {
        return with_spaces(indent, usize::from(settings.tab_width));
    }
    let width = usize::from(settings.tab_width);
    let (before, after) = indent.split_at(last);
    let mut text = with_tabs(before, width);
    match settings.has(Defect::IndentWithNonTab) {
        true => text.extend(with_tabs(after, width)),
        false => text.extend(after),
    }
    text
}

/// Each tab reaches for the next column that is a multiple of the width.
fn with_spaces(indent: &[u8], width: usize) -> Vec<u8> {
    let mut column = 0;
    for byte in indent {
        column += if *byte == b'\t' { width - column % width } else { 1 };
    }
    vec![b' '; column]
}

/// As many spaces as a tab is wide become one; fewer are swallowed by the tab behind them, or stay at the end.
fn with_tabs(indent: &[u8], width: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(indent.len());
    let mut spaces = 0;
    for byte in indent {
        spaces = if *byte == b' ' { spaces + 1 } else { 0 };
        if *byte == b'\t' || spaces == width {
            text.push(b'\t');
            spaces = 0;
        }
    }
    text.resize(text.len() + spaces, b' ');
    text
}
