//! Checks of what is thrown and caught, and of what `finally` does to it.
use super::facts::{called_name, catches, caught, mentions, simple_name, sole_statement, statements};
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::model::Safety;
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "useless-catch", run: Run::Nodes(&[Role::Catch], useless_catch) },
    Builtin { name: "missing-rethrow-cause", run: Run::Nodes(&[Role::Catch], missing_rethrow_cause) },
    Builtin { name: "jump-in-finally", run: Run::Nodes(&[Role::Finally], jump_in_finally) },
    Builtin { name: "interrupted-ignored", run: Run::Nodes(&[Role::Catch], interrupted_ignored) },
];

/// Names of exceptions that only say that something asked for is not there or not right: where they come from says nothing more.
const ANSWERS: &[&str] = &[
    "NoSuch",
    "NotFound",
    "Timeout",
    "Parse",
    "Syntax",
    "Format",
    "Interrupted",
    "CloneNotSupported",
    "OutOfBounds",
    "NullPointer",
    "ClassCast",
    "EOF",
    "Mismatch",
    "EmptyStack",
    "Underflow",
    "NegativeArraySize",
];

/// Exceptions that are known to take a cause.
const WITH_CAUSE: &[&str] = &[
    "Exception",
    "RuntimeException",
    "Error",
    "IllegalStateException",
    "IOException",
    "SecurityException",
    "UnsupportedOperationException",
    "AssertionError",
    "ConcurrentModificationException",
    "SQLException",
    "ServletException",
    "GeneralSecurityException",
    "KeyStoreException",
    "CertificateException",
    "ExecutionException",
    "IOError",
    "TypeError",
    "RangeError",
    "ReferenceError",
    "EvalError",
];

fn useless_catch<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(name) = caught(node) else { return };
    let Some(thrown) = node.child_with(Role::Block).and_then(sole_statement).filter(|only| only.is(Role::Throw)) else { return };
    let same = thrown.first_child().is_some_and(|value| value.inner().is(Role::Identifier) && value.inner().text() == name.text());
    // It keeps a more general handler after it from catching.
    let is_last = !node.next_sibling().is_some_and(|next| next.is(Role::Catch));
    let is_only = !node.previous_sibling().is_some_and(|before| before.is(Role::Catch));
    if !same || !is_last || !node.comments().is_empty() {
        return;
    }
    let has_finally = node.next_sibling().is_some_and(|next| next.is(Role::Finally));
    let before = node.previous_sibling().map_or(node.start(), Node::end);
    let head = node.child_with(Role::Block).map_or(node.end(), Node::start);
    let length = finder.tree().text[node.start() as usize..head as usize].trim_end().len() as u32;
    let keeps_comments = finder.tree().comments_in(before, node.end()).is_empty();
    let finding = finder.report_text(node.start(), node.start() + length, &[("name", name.text())]);
    if (has_finally || !is_only) && keeps_comments {
        finding.edit(Safety::Safe, before, node.end(), "");
    }
}

fn missing_rethrow_cause<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let (Some(name), Some(body)) = (caught(node), node.child_with(Role::Block)) else { return };
    let Some(thrown) = statements(body).find(|statement| statement.is(Role::Throw)) else { return };
    let Some(created) = thrown.first_child().map(Node::inner).filter(|value| value.is(Role::New)) else { return };
    let made = created.child(Field::Type).or_else(|| created.child(Field::Constructor)).map_or("", Node::text);
    if !WITH_CAUSE.contains(&simple_name(made)) || is_answer(node) || name.text().starts_with('_') || means_it(name.text()) {
        return;
    }
    let gives_other = created.descendants().any(|part| part.is(Role::PropertyName) && part.text() == "cause");
    if gives_other || mentions(body, name.text()) || !node.comments().is_empty() {
        return;
    }
    finder.report(created, &[("name", name.text())]);
}

fn is_answer(handler: Node) -> bool {
    let caught =
        handler.child_with(Role::Parameter).and_then(|parameter| parameter.children().find(|part| part.kind_name() == "catch_type"));
    caught.is_some_and(|types| ANSWERS.iter().any(|word| types.text().contains(word)))
}

fn means_it(name: &str) -> bool {
    ["ignor", "expect", "unused"].iter().any(|word| name.starts_with(word))
}

fn jump_in_finally<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    for jump in node.descendants() {
        let word = match jump.role() {
            Role::Return => "return",
            // Elsewhere in the clause it mostly is the exception that was kept for the end.
            Role::Throw if stands_bare(jump, node) => "throw",
            Role::Break => "break",
            Role::Continue => "continue",
            _ => continue,
        };
        if leaves(jump, node) {
            finder.report(jump, &[("jump", word)]);
        }
    }
}

/// A `throw new …` that the clause comes to in any case.
fn stands_bare(thrown: Node, finally: Node) -> bool {
    let is_new = thrown.first_child().is_some_and(|value| value.inner().is(Role::New));
    is_new && thrown.parent().and_then(Node::parent) == Some(finally)
}

/// Whether a jump goes out of the `finally` clause it stands in.
fn leaves(jump: Node, finally: Node) -> bool {
    let label = jump.first_child().filter(|_| matches!(jump.role(), Role::Break | Role::Continue)).map(Node::text);
    for outer in jump.ancestors().take_while(|outer| *outer != finally) {
        let catches_it = match (jump.role(), outer.role()) {
            (_, role) if role.is_boundary() => true,
            (Role::Throw, Role::Block) => is_tried(outer),
            (Role::Break | Role::Continue, Role::Labelled) => label.is_some() && outer.first_child().map(Node::text) == label,
            (Role::Break, Role::Switch) => label.is_none(),
            (Role::Break | Role::Continue, role) if role.is_loop() => label.is_none(),
            _ => false,
        };
        if catches_it {
            return false;
        }
    }
    true
}

/// Whether the block is the body of a `try` that has a handler.
fn is_tried(block: Node) -> bool {
    block.parent().is_some_and(|parent| parent.is(Role::Try) && block.field() == Field::Body && parent.child_with(Role::Catch).is_some())
}

fn interrupted_ignored<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    if !catches(node, "InterruptedException") {
        return;
    }
    let (Some(name), Some(body)) = (caught(node), node.child_with(Role::Block)) else { return };
    if body.descendants().any(answers) || ends_thread(node) || passes_on(body, name.text()) {
        return;
    }
    let head = finder.tree().text[node.start() as usize..body.start() as usize].trim_end().len() as u32;
    finder.report_text(node.start(), node.start() + head, &[("name", name.text())]);
}

/// What takes notice of the interrupt: rethrows, restores, leaves, or remembers it for later.
fn answers(part: Node) -> bool {
    match part.role() {
        Role::Throw | Role::Return | Role::Break | Role::Continue | Role::Assignment => true,
        Role::Call => called_name(part).is_some_and(|name| {
            let lower = name.to_ascii_lowercase();
            ["interrupt", "fail", "exit", "shutdown", "stop", "cancel", "throw", "abort", "close"].iter().any(|word| lower.contains(word))
        }),
        _ => false,
    }
}

/// Whether the exception is given to someone but a log.
fn passes_on(body: Node, name: &str) -> bool {
    let call = |part: Node| part.is(Role::Call) && part.child(Field::Arguments).is_some_and(|all| mentions(all, name));
    let logs = |part: Node| {
        let called = called_name(part).unwrap_or_default();
        ["log", "debug", "info", "warn", "error", "trace", "severe", "fine", "print", "println", "printf"].contains(&called)
    };
    body.descendants().any(|part| call(part) && !logs(part))
}

/// At the end of a thread's main function nobody asks for the interrupt any more.
fn ends_thread(handler: Node) -> bool {
    let Some(function) = handler.enclosing_function() else { return false };
    let is_main = function.is(Role::Lambda) || matches!(function.name(), Some("run" | "main" | "call"));
    let attempt = handler.parent();
    let last = function.child(Field::Body).and_then(|body| statements(body).last());
    is_main && attempt.is_some() && last == attempt
}
