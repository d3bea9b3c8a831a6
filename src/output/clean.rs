//! Makes text from repositories safe to show: no control character, no escape sequence, nothing that reorders or hides text.
//! Everything untrusted passes here before it reaches a terminal.
use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// What is shown for a character that must not reach a terminal; itself for all others.
pub fn shown(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => '\u{fffd}',
        c if is_invisible(c) => '\u{fffd}',
        c => c,
    }
}

/// Formatting characters: bidirectional controls, zero-width characters, tags. The joiners of emoji and scripts stay.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Text on one line.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| shown(c) == c) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if c.is_whitespace() && c.is_control() { ' ' } else { shown(c) }).collect())
}

/// Columns a shown character takes.
pub(super) fn width(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Columns a cleaned text takes.
pub(super) fn width_of(text: &str) -> usize {
    text.chars().map(width).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_controls_the_terminal() {
        let cases = [
            ("plain äöü 漢字", "plain äöü 漢字"),
            ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
            ("a\r\nb\tc", "a  b c"),
            ("bell\x07 \u{9b}31m", "bell␇ \u{fffd}31m"),
            ("\u{202e}txt.exe\u{2066}", "\u{fffd}txt.exe\u{fffd}"),
            ("zero\u{200b}width\u{7f}", "zero\u{fffd}width␡"),
        ];
        for (text, expected) in cases {
            assert_eq!(clean(text), expected);
        }
    }
}
