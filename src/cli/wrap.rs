//! Text for a terminal of common width, free of what could control the terminal. Knows no rule.
use crate::output::shown;

/// Columns that fit everywhere.
pub(super) const WIDTH: usize = 80;

/// The text with everything shown that would else act on the terminal; line ends and tabs stay.
pub(super) fn visible(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { shown(c) }).collect()
}

/// The words of a text in lines of at most `width` columns, unless a single word is wider.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in visible(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Markdown's paragraphs and lists in lines of common width. Code blocks and tables stay as they are.
pub(super) fn paragraphs(markdown: &str) -> String {
    let mut page = String::new();
    let mut open = String::new();
    let mut in_code = false;
    for line in markdown.lines() {
        let is_fence = line.starts_with("```");
        if in_code || is_fence || line.starts_with('|') || line.starts_with('#') || line.is_empty() {
            close(&mut open, &mut page);
            page.push_str(&visible(line));
            page.push('\n');
            in_code ^= is_fence;
            continue;
        }
        if is_item(line) {
            close(&mut open, &mut page);
        }
        open.push_str(line);
        open.push('\n');
    }
    close(&mut open, &mut page);
    page
}

/// Writes the paragraph or item read so far; an item's later lines stand under its text.
fn close(open: &mut String, page: &mut String) {
    let indent = if is_item(open) { "  " } else { "" };
    for (number, line) in wrap(open, WIDTH - indent.len()).iter().enumerate() {
        page.push_str(if number == 0 { "" } else { indent });
        page.push_str(line);
        page.push('\n');
    }
    open.clear();
}

fn is_item(line: &str) -> bool {
    line.starts_with("- ") || line.starts_with("* ")
}

fn columns(text: &str) -> usize {
    text.chars().filter_map(unicode_width::UnicodeWidthChar::width).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wraps(text: &str, width: usize, expected: &[&str]) {
        assert_eq!(wrap(text, width), expected, "{text:?}");
    }

    #[test]
    fn lines_are_as_full_as_they_can_be() {
        wraps("", 5, &[]);
        wraps("a b  c\nd", 3, &["a b", "c d"]);
        wraps("longer than it", 4, &["longer", "than", "it"]);
        wraps("漢字 漢字 ab", 7, &["漢字", "漢字 ab"]);
    }

    #[test]
    fn structure_is_kept() {
        let cases = [
            ("one\ntwo\n\nthree", "one two\n\nthree\n"),
            ("list:\n- a\n  b\n- c\n\nend", "list:\n- a b\n- c\n\nend\n"),
            ("```java\nint  a;\n\n- b\n```\nc\nd", "```java\nint  a;\n\n- b\n```\nc d\n"),
            ("| a | b |\n|---|---|", "| a | b |\n|---|---|\n"),
        ];
        for (markdown, expected) in cases {
            assert_eq!(paragraphs(markdown), expected);
        }
        let long = format!("- {}", "word ".repeat(20));
        assert!(paragraphs(&long).lines().skip(1).all(|line| line.starts_with("  word")));
    }
}
