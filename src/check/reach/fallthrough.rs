//! `switch-fallthrough`: a case with statements that runs into the next one, with no word about it.
use crate::check::Finder;
use crate::lang::{Field, Role};
use crate::parse::Node;

/// Words of comments that say that it is meant.
const SPOKEN: &[&str] =
    &["fall", "through", "thru", "no break", "nobreak", "no-break", "drop", "intention", "deliberate", "continue", "next case", "cascade"];

pub(super) fn switch_fallthrough<'t>(body: Node<'t>, finder: &mut Finder<'_, 't>) {
    let file = finder.file;
    let mut cases = body.children().filter(|child| child.is(Role::Case)).peekable();
    while let (Some(case), Some(next)) = (cases.next(), cases.peek()) {
        let Some(last) = statements(case).last() else { continue };
        let is_arrow = case.kind_name() == "switch_rule";
        if !is_arrow && file.completion().returns(case) && !does_nothing_more(*next) && !is_spoken_of(last, *next) {
            finder.report(*next, &[]).see(last, "goes on into the next case");
        }
    }
}

fn statements(case: Node) -> impl Iterator<Item = Node> {
    case.children().filter(|child| !child.is(Role::CaseLabel) && child.field() != Field::Value && child.text() != "default")
}

/// Whether nothing happens from this case on that a `break` would have kept from happening.
fn does_nothing_more(case: Node) -> bool {
    let mut next = Some(case);
    while let Some(case) = next {
        match statements(case).next() {
            Some(first) => return matches!(first.role(), Role::Break | Role::Empty),
            None => next = case.next_sibling(),
        }
    }
    true
}

/// A comment from the last statement on, up to the first line of the next case.
fn is_spoken_of(last: Node, next: Node) -> bool {
    let tree = next.tree();
    let end = tree.line_start(next.line() + 1).max(statements(next).next().map_or(0, |first| first.start()));
    tree.comments_in(last.start(), end).iter().any(|comment| {
        let text = tree.text[comment.start as usize..comment.end as usize].to_ascii_lowercase();
        SPOKEN.iter().any(|word| text.contains(word))
    })
}
