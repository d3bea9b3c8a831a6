//! `switch-fallthrough`: a case with statements that runs into the next one, with no word about it.
use crate::check::Finder;
use crate::check::suppress::allows;
use crate::lang::{Field, Role};
use crate::parse::Node;

/// Words of comments that say that it is meant.
const SPOKEN: &[&str] = &[
    "fall",
    "through",
    "thru",
    "no break",
    "nobreak",
    "no-break",
    "drop",
    "intention",
    "deliberate",
    "continue",
    "next case",
    "cascade",
    "w086",
];

/// How the names of functions begin that are called to give up.
const GIVING_UP: &[&str] = &["fail", "panic", "abort", "die", "throw", "exit", "fatal", "unreachable", "usage", "assertNever"];

/// So many cases in a row that run on are a plan.
const CASCADE: usize = 3;

pub(super) fn switch_fallthrough<'t>(body: Node<'t>, finder: &mut Finder<'_, 't>) {
    let mut in_a_row = Vec::new();
    let mut cases = body.children().filter(|child| child.is(Role::Case)).peekable();
    while let Some(case) = cases.next() {
        let Some(last) = statements(case).last() else { continue };
        match cases.peek().filter(|_| runs_on(case, last, finder)) {
            Some(next) => in_a_row.push((last, *next)),
            None => report(std::mem::take(&mut in_a_row), finder),
        }
    }
    report(in_a_row, finder);
}

fn runs_on<'t>(case: Node<'t>, last: Node<'t>, finder: &Finder<'_, 't>) -> bool {
    case.kind_name() != "switch_rule" && finder.file.completion().returns(case) && !gives_up(last)
}

fn report<'t>(in_a_row: Vec<(Node<'t>, Node<'t>)>, finder: &mut Finder<'_, 't>) {
    if in_a_row.len() >= CASCADE {
        return;
    }
    for (last, next) in in_a_row {
        if !does_nothing_more(next) && !is_spoken_of(last, next, &finder.rule.name) {
            finder.report(next, &[]).see(last, "goes on into the next case");
        }
    }
}

/// Whether a statement calls something that by its name does not come back.
fn gives_up(statement: Node) -> bool {
    let call = statement.first_child().filter(|call| statement.is(Role::ExpressionStatement) && call.is(Role::Call));
    let name = call.and_then(|call| match call.child(Field::Name) {
        Some(name) => Some(name),
        None => call.child(Field::Function).map(|callee| callee.child(Field::Property).unwrap_or(callee)),
    });
    name.is_some_and(|name| GIVING_UP.iter().any(|word| name.text().starts_with(word)))
}

fn statements(case: Node) -> impl Iterator<Item = Node> {
    case.children().filter(|child| !child.is(Role::CaseLabel) && child.field() != Field::Value && child.text() != "default")
}

/// Whether nothing happens from this case on that a `break` would have kept from happening.
fn does_nothing_more(case: Node) -> bool {
    let mut next = Some(case);
    while let Some(case) = next {
        match statements(case).next() {
            Some(first) => return matches!(first.role(), Role::Break | Role::Empty) || is_bare_return(first),
            None => next = case.next_sibling(),
        }
    }
    true
}

fn is_bare_return(statement: Node) -> bool {
    statement.is(Role::Return) && statement.first_child().is_none()
}

/// A comment from the last statement on, up to the first line of the next case.
fn is_spoken_of(last: Node, next: Node, rule: &str) -> bool {
    let tree = next.tree();
    let end = tree.line_start(next.line() + 1).max(statements(next).next().map_or(0, |first| first.start()));
    tree.comments_in(last.start(), end).iter().any(|comment| {
        let text = &tree.text[comment.start as usize..comment.end as usize];
        let words = text.to_ascii_lowercase();
        SPOKEN.iter().any(|word| words.contains(word)) && !allows(text, rule)
    })
}
