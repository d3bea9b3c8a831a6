//! Checks for code that is not there: handlers, blocks and functions without statement or comment.
use super::facts::{annotations, called_name, catches, caught, has_modifier, statements};
use super::suppress::allows;
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "empty-catch", run: Run::Nodes(&[Role::Catch], empty_catch) },
    Builtin { name: "empty-block", run: Run::Nodes(&[Role::Block, Role::SwitchBody, Role::If], empty_block) },
    Builtin { name: "empty-function", run: Run::Nodes(&[Role::Function], empty_function) },
];

/// Names by which a handler says that it means to do nothing.
const MEANT: &[&str] = &["ignor", "expect", "unused", "swallow", "_", "dummy", "ok", "nothing", "notThrown"];

/// What cannot happen where it is caught, or has a rule of its own.
const HARMLESS: &[&str] = &["CloneNotSupportedException", "InterruptedException"];

/// Nothing is between its braces, not even a comment.
fn is_bare(block: Node, finder: &Finder) -> bool {
    block.first_child().is_none() && is_uncommented(block, finder)
}

/// No comment is in it, but for those that allow what is found.
fn is_uncommented(node: Node, finder: &Finder) -> bool {
    let text = &finder.tree().text;
    node.comments().iter().all(|comment| allows(&text[comment.start as usize..comment.end as usize], &finder.rule.name))
}

fn empty_catch<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(block) = node.child_with(Role::Block).filter(|block| is_bare(*block, finder)) else { return };
    let is_nameless = node.child_with(Role::Parameter).and_then(Node::last_child).is_some_and(|last| last.text() == "_");
    let says_so = is_nameless || caught(node).is_some_and(|name| MEANT.iter().any(|word| name.text().starts_with(word)));
    if says_so || HARMLESS.iter().any(|name| catches(node, name)) || must_be_thrown(node) {
        return;
    }
    let before = block.start();
    let after_head = finder.tree().text[node.start() as usize..before as usize].trim_end().len() as u32;
    finder.report_text(node.start(), node.start() + after_head, &[]);
}

/// A test that fails when nothing is thrown: `try { parse(); fail(); } catch (ParseException e) { }`.
fn must_be_thrown(handler: Node) -> bool {
    let body = handler.parent().and_then(|attempt| attempt.child(Field::Body));
    let Some(last) = body.and_then(|body| statements(body).last()) else { return false };
    let fails = |call: Node| call.is(Role::Call) && called_name(call).is_some_and(|name| name.starts_with("fail"));
    last.is(Role::Throw) || last.first_child().is_some_and(fails)
}

fn empty_block<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    match node.role() {
        Role::If => {
            let semicolon = node.child(Field::Consequence).filter(|body| body.is(Role::Empty) || body.text() == ";");
            // With an `else` it is no slip.
            let alone = node.child(Field::Alternative).is_none() && is_uncommented(node, finder);
            if let Some(semicolon) = semicolon.filter(|_| alone) {
                finder.report(semicolon, &[]).message("The `;` ends this `if`: what follows always runs.");
            }
        }
        Role::SwitchBody if is_bare(node, finder) => drop(finder.report(node, &[("what", "switch")])),
        Role::Block if is_bare(node, finder) => {
            if let Some(what) = node.parent().and_then(|parent| owner(node, parent)) {
                finder.report(node, &[("what", what)]);
            }
        }
        _ => {}
    }
}

/// What an empty block belongs to. Loops may do all their work in their head, functions and handlers have rules of their own.
fn owner(block: Node, parent: Node) -> Option<&'static str> {
    Some(match parent.role() {
        Role::If if block.field() == Field::Consequence => "if",
        Role::If | Role::Else => "else",
        // With resources the work is to open and to close them.
        Role::Try if parent.child(Field::Resources).is_none() => "try",
        Role::Finally => "finally",
        Role::Synchronized => "synchronized",
        Role::Initializer => "initializer",
        Role::Block => "nested",
        _ => return None,
    })
}

fn empty_function<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    if !node.child(Field::Body).is_some_and(|body| body.is(Role::Block) && is_bare(body, finder)) {
        return;
    }
    let name = node.name().unwrap_or_default();
    let class = node.enclosing_class();
    let is_constructor = name == "constructor" || node.kind_name().contains("constructor");
    if is_constructor || name.to_ascii_lowercase().contains("noop") || is_hook(node, class) {
        return;
    }
    let at = node.child(Field::Name).unwrap_or(node);
    finder.report(at, &[("name", name)]);
}

/// Methods that others may or must override, or that only fulfil a contract.
fn is_hook(function: Node, class: Option<Node>) -> bool {
    let adapts = class.is_some_and(|class| class.is(Role::AnonymousClass) || class.kind_name() == "interface_declaration");
    let abstract_class = class.is_some_and(|class| has_modifier(class, "abstract") || class.kind_name() == "abstract_class_declaration");
    let open = !has_modifier(function, "private") && !has_modifier(function, "static") && !has_modifier(function, "final");
    let overrides = function.children().any(|part| part.kind_name() == "override_modifier");
    adapts || (abstract_class && open) || annotations(function).next().is_some() || overrides
}
