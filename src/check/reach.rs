//! Checks for where control goes: code that cannot run, loops that run once, jumps to where it was going anyway, cases that run
//! into the next, callbacks that forget their answer.
mod callbacks;
mod fallthrough;
mod jumps;

use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) static ALL: &[Builtin] = &[
    Builtin { name: "unreachable-code", run: Run::Nodes(&[Role::Block, Role::Case], unreachable_code) },
    Builtin { name: "loop-runs-once", run: Run::Nodes(&[Role::While, Role::For, Role::Do], jumps::loop_runs_once) },
    Builtin { name: "redundant-jump", run: Run::Nodes(&[Role::Return, Role::Continue], jumps::redundant_jump) },
    Builtin { name: "switch-fallthrough", run: Run::Nodes(&[Role::SwitchBody], fallthrough::switch_fallthrough) },
    Builtin { name: "array-callback-return", run: Run::Nodes(&[Role::Call], callbacks::array_callback_return) },
];

fn unreachable_code<'t>(block: Node<'t>, finder: &mut Finder<'_, 't>) {
    let file = finder.file;
    let mut statements = block.children().filter(|child| is_statement(*child));
    let Some(last) = statements.find(|statement| !file.completion().completes(*statement)) else { return };
    let mut after = statements.filter(|statement| runs(*statement));
    let last = innermost(last, finder);
    if let Some(first) = after.next().filter(|first| !is_habit(*first, last)) {
        finder.report(first, &[("jump", first_word(last))]).see(last, "nothing goes on from here");
    }
}

fn first_word<'t>(node: Node<'t>) -> &'t str {
    node.text().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default()
}

fn is_statement(node: Node) -> bool {
    !matches!(node.role(), Role::CaseLabel) && node.field() != Field::Value
}

/// Whether a statement does something when control comes to it: declarations of JavaScript take effect before.
fn runs(statement: Node) -> bool {
    match statement.role() {
        Role::Empty | Role::Function | Role::TypeAlias | Role::Ambient | Role::Dropped | Role::Import | Role::Export => false,
        Role::Class => false,
        Role::Local => !statement.children().all(|child| !child.is(Role::Declarator) || child.child(Field::Value).is_none()),
        _ => true,
    }
}

/// What leaves a block: the statement in it that does not complete.
fn innermost<'t>(mut last: Node<'t>, finder: &Finder<'_, 't>) -> Node<'t> {
    while last.is(Role::Block) {
        match last.children().find(|statement| !finder.file.completion().completes(*statement)) {
            Some(inner) => last = inner,
            None => break,
        }
    }
    last
}

/// A `break` after the `return` that ends a case, and a `return` for a type checker after an endless loop or with a plain answer
/// after branches, are habits that do no harm.
fn is_habit(first: Node, last: Node) -> bool {
    let is_jump = matches!(last.role(), Role::Return | Role::Throw | Role::Continue | Role::Break);
    let is_plain = first.first_child().is_none_or(|value| matches!(value.role(), Role::True | Role::False | Role::Null | Role::Undefined));
    let is_habit = match first.role() {
        Role::Break => is_jump || last.is(Role::If),
        Role::Return => last.role().is_loop() || is_plain && !is_jump,
        _ => false,
    };
    is_habit && first.next_sibling().is_none()
}
