//! The line a finding is on, cut to a readable width, with carets under the span. Knows neither findings nor colours.
use super::clean::{shown, width};
use crate::model::Span;

/// Columns of source shown at most.
const WIDTH: usize = 96;

/// Characters shown before a span that would else be cut off.
const BEFORE: usize = 24;

const TAB: usize = 4;

const CUT: &str = "…";

/// Two lines of equal indent: the source and the carets.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Snippet {
    pub(super) source: String,
    pub(super) carets: String,
}

/// Nothing if the line does not hold what the span says, as when the file has changed meanwhile.
pub(super) fn snippet(lines: &[&str], at: Span) -> Option<Snippet> {
    let line = lines.get(usize::try_from(at.start_line).ok()?.checked_sub(1)?)?.trim_end_matches(['\r', ' ', '\t']);
    let start = usize::try_from(at.start_column).ok()?.checked_sub(1)?;
    // Of a span over several lines the first is shown.
    let end = if at.end_line > at.start_line { usize::MAX } else { (at.end_column as usize).saturating_sub(1) }.max(start + 1);
    let indent = line.chars().take_while(|c| c.is_whitespace()).take(start).count();
    let columns: usize = line.chars().take(start).skip(indent).map(|c| if c == '\t' { TAB } else { width(shown(c)) }).sum();
    let from = if columns > WIDTH - BEFORE { start.saturating_sub(BEFORE).max(indent) } else { indent };
    draw(line.chars().skip(from), start - from, end - from, from > indent)
}

/// `start` and `end` count characters of `rest`.
fn draw(rest: impl Iterator<Item = char>, start: usize, end: usize, cut: bool) -> Option<Snippet> {
    let mut source = String::from(if cut { CUT } else { "" });
    let mut carets = String::from(if cut { " " } else { "" });
    let (mut columns, mut count) = (0, 0);
    for (place, c) in rest.enumerate() {
        let wide = if c == '\t' { TAB - columns % TAB } else { width(shown(c)) };
        // Marks without a width of their own could pile up without end on one column.
        if columns + wide > WIDTH || place > 4 * WIDTH {
            source.push_str(CUT);
            break;
        }
        if c == '\t' {
            source.extend(std::iter::repeat_n(' ', wide))
        } else {
            source.push(shown(c))
        }
        if place < end {
            carets.extend(std::iter::repeat_n(if place < start { ' ' } else { '^' }, wide));
        }
        (columns, count) = (columns + wide, place + 1);
    }
    if count < start {
        return None;
    }
    if !carets.contains('^') {
        carets.push('^');
    }
    Some(Snippet { source, carets })
}

/// Lines shown of a stretch of whole lines.
const LINES: usize = 4;

/// A line of one or of both of two stretches that are compared: their numbers, and the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) own: Option<u32>,
    pub(super) other: Option<u32>,
    pub(super) text: String,
}

/// The first lines of two stretches of whole lines side by side: what is the same once, what is not below each other. Blank lines are left
/// out. Nothing for spans of another shape or where lines are missing.
pub(super) fn beside(own: (&[&str], Span), other: (&[&str], Span)) -> Option<Vec<Beside>> {
    let (own, other) = (numbered(own)?, numbered(other)?);
    let (mut left, mut right) = (own.iter().peekable(), other.iter().peekable());
    let mut rows = Vec::new();
    while let (Some((number, line)), Some((other_number, other_line))) = (left.peek(), right.peek()) {
        if rows.len() >= LINES {
            break;
        }
        let is_next = |lines: &[(u32, String)], number: u32, line: &str| {
            let after = lines.iter().position(|(other, _)| *other == number).and_then(|place| lines.get(place + 1));
            after.is_some_and(|(_, next)| next == line)
        };
        if line == other_line {
            rows.push(Beside { own: Some(*number), other: Some(*other_number), text: line.clone() });
            left.next();
            right.next();
        } else if is_next(&own, *number, other_line) {
            rows.push(Beside { own: Some(*number), other: None, text: line.clone() });
            left.next();
        } else if is_next(&other, *other_number, line) {
            rows.push(Beside { own: None, other: Some(*other_number), text: other_line.clone() });
            right.next();
        } else {
            rows.push(Beside { own: Some(*number), other: None, text: line.clone() });
            rows.push(Beside { own: None, other: Some(*other_number), text: other_line.clone() });
            left.next();
            right.next();
        }
    }
    Some(rows).filter(|rows| !rows.is_empty())
}

/// The lines of a stretch that are not blank, as they are shown.
fn numbered((lines, at): (&[&str], Span)) -> Option<Vec<(u32, String)>> {
    let shown = first_lines(lines, at, 4 * LINES)?;
    Some((at.start_line..).zip(shown).filter(|(_, line)| !line.trim().is_empty()).collect())
}

/// Whether a span is of several lines, each with all that is on it.
pub(super) fn is_whole_lines(at: Span) -> bool {
    at.start_column == 1 && at.end_column == 1 && at.end_line > at.start_line + 1
}

/// The first of several whole lines, moved to the left as far as they are indented in common. Nothing for a span of another shape.
pub(super) fn whole_lines(lines: &[&str], at: Span) -> Option<Vec<String>> {
    first_lines(lines, at, LINES)
}

fn first_lines(lines: &[&str], at: Span, most: usize) -> Option<Vec<String>> {
    let (first, end) = (at.start_line as usize, at.end_line as usize);
    let stretch = lines.get(first.checked_sub(1)?..end.checked_sub(1)?.min(lines.len())).filter(|_| is_whole_lines(at))?;
    let stretch: Vec<&str> = stretch.iter().take(most).map(|line| line.trim_end_matches(['\r', ' ', '\t'])).collect();
    let indent = |line: &&str| line.chars().take_while(|c| c.is_whitespace()).count();
    let common = stretch.iter().filter(|line| !line.is_empty()).map(indent).min().unwrap_or(0);
    let drawn = |line: &str| draw(line.chars().skip(common), 0, 0, false).map(|snippet| snippet.source).unwrap_or_default();
    Some(stretch.into_iter().map(drawn).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(line: &str, (start, end): (u32, u32), source: &str, carets: &str) {
        let at = Span { start_line: 1, end_line: 1, start_column: start, end_column: end, ..Span::default() };
        let expected = Snippet { source: source.to_owned(), carets: carets.to_owned() };
        assert_eq!(snippet(&[line], at), Some(expected), "{line:?}");
    }

    #[test]
    fn carets_stand_under_the_span() {
        draws("int a = b;", (5, 6), "int a = b;", "    ^");
        draws("    int a;", (9, 10), "int a;", "    ^");
        draws("\t\tx\t= 1;\r", (3, 4), "x   = 1;", "^");
        draws("x\ty", (3, 4), "x   y", "    ^");
        draws("漢字 = 1", (4, 5), "漢字 = 1", "     ^");
        draws("a\x1b[2Jb", (1, 7), "a␛[2Jb", "^^^^^^");
        draws("e\u{301}x", (3, 4), "e\u{301}x", " ^");
        draws("", (1, 1), "", "^");
        draws("abc", (4, 4), "abc", "   ^");
    }

    #[test]
    fn two_stretches_stand_side_by_side() {
        let at = |start_line, end_line| Span { start_line, end_line, start_column: 1, end_column: 1, ..Span::default() };
        let shows = |own: &str, other: &str, wanted: &[(u32, u32, &str)]| {
            let (own, other): (Vec<_>, Vec<_>) = (own.split('\n').collect(), other.split('\n').collect());
            let ends = (own.len() as u32 + 1, other.len() as u32 + 1);
            let rows = beside((&own, at(1, ends.0)), (&other, at(1, ends.1))).unwrap_or_default();
            let rows: Vec<_> =
                rows.iter().map(|row| (row.own.unwrap_or_default(), row.other.unwrap_or_default(), row.text.as_str())).collect();
            assert_eq!(rows, wanted);
        };
        shows("a\nb", "  a\n  b", &[(1, 1, "a"), (2, 2, "b")]);
        shows("a\n\nb", "a\nb\n", &[(1, 1, "a"), (3, 2, "b")]);
        shows("a(1)\nb", "a(2)\nb", &[(1, 0, "a(1)"), (0, 1, "a(2)"), (2, 2, "b")]);
        shows("a\n// why\nb", "a\nb\nc", &[(1, 1, "a"), (2, 0, "// why"), (3, 2, "b")]);
        shows("a\nb\nc", "a\n// why\nb", &[(1, 1, "a"), (0, 2, "// why"), (2, 3, "b")]);
        shows("1\n2\n3\n4\n5\n6", "1\n2\n3\n4\n5\n6", &[(1, 1, "1"), (2, 2, "2"), (3, 3, "3"), (4, 4, "4")]);
        assert_eq!(beside((&["a"], at(1, 2)), (&["a", "b"], at(1, 3))), None);
        assert_eq!(beside((&["a", "b"], at(1, 3)), (&[], at(7, 9))), None);
    }

    #[test]
    fn of_whole_lines_the_first_are_shown() {
        let lines = ["a", "    b {", "\r", "      c\u{1b}", "    }", "    d", ""];
        let at = |start_line, end_line| Span { start_line, end_line, start_column: 1, end_column: 1, ..Span::default() };
        let shows = |at, wanted: Option<&[&str]>| {
            assert_eq!(
                whole_lines(&lines, at).as_deref(),
                wanted.map(|it| it.iter().map(|it| it.to_string()).collect::<Vec<_>>()).as_deref()
            )
        };
        shows(at(2, 7), Some(&["b {", "", "  c␛", "}"]));
        shows(at(1, 3), Some(&["a", "    b {"]));
        shows(at(5, 90), Some(&["}", "d", ""]));
        shows(at(2, 3), None);
        shows(at(90, 99), None);
        shows(Span { end_column: 2, ..at(1, 3) }, None);
    }

    #[test]
    fn long_lines_are_cut_around_the_span() {
        let line = format!("{}HERE{}", "a".repeat(500), "b".repeat(500));
        let source = format!("…{}HERE{}…", "a".repeat(BEFORE), "b".repeat(WIDTH - BEFORE - 4));
        draws(&line, (501, 505), &source, &format!(" {}^^^^", " ".repeat(BEFORE)));
        let wide = format!("{}x", "漢".repeat(70));
        draws(&wide, (71, 72), &format!("…{}x", "漢".repeat(BEFORE)), &format!(" {}^", " ".repeat(2 * BEFORE)));
        draws(&"x".repeat(200), (1, 201), &format!("{}…", "x".repeat(WIDTH)), &"^".repeat(WIDTH));
        assert_eq!(snippet(&["a"], Span { start_line: 1, start_column: 9, end_line: 1, end_column: 10, ..Span::default() }), None);
        assert_eq!(snippet(&["a"], Span { start_line: 2, start_column: 1, end_line: 2, end_column: 2, ..Span::default() }), None);
    }
}
