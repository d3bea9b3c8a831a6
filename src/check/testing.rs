//! Checks of tests: JUnit's and TestNG's methods, and the callbacks of jest, mocha and their like.
use super::facts::{annotations, arguments, called_name, receiver};
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::model::FileRole;
use crate::parse::Node;

pub(super) const ALL: &[Builtin] =
    &[Builtin { name: "test-without-assertion", run: Run::Nodes(&[Role::Function, Role::Call], test_without_assertion) }];

/// Words in the names of what checks something, in lower case.
const CHECKING: &[&str] = &[
    "assert",
    "verif",
    "check",
    "expect",
    "should",
    "fail",
    "ensure",
    "valid",
    "match",
    "must",
    "require",
    "await",
    "then",
    "compare",
    "confirm",
    "test",
    "throw",
    "equal",
    "snapshot",
    "done",
    "prove",
    "sees",
    "until",
    "todo",
    "skip",
    "contains",
    "run",
    "doesnotthrow",
];

fn test_without_assertion<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    if node.is(Role::Call) {
        callback_without_assertion(node, finder);
        return;
    }
    if finder.tree().language.name != "java" || !annotations(node).any(|name| name == "Test") {
        return;
    }
    let Some(body) = node.child(Field::Body).filter(|body| body.first_child().is_some()) else { return };
    let takes_nothing = node.child(Field::Parameters).is_some_and(|all| all.first_child().is_none());
    let expects = node.child_with(Role::Modifiers).is_some_and(|all| all.text().contains("expected"));
    if takes_nothing && !expects && !annotations(node).any(|name| name == "Disabled" || name == "Ignore") && !may_check(body) {
        report(node, finder);
    }
}

fn report<'t>(function: Node<'t>, finder: &mut Finder<'_, 't>) {
    let name = function.child(Field::Name).unwrap_or(function);
    finder.report(name, &[("name", name.text())]);
}

/// Whether anything in it may check: a name that says so, a `throw`, or a method without an object, which may be a helper.
fn may_check(body: Node) -> bool {
    body.descendants().any(|part| match part.role() {
        Role::Assert | Role::Throw | Role::Super | Role::MethodReference => true,
        Role::Call if receiver(part).is_none_or(|object| object.is(Role::This)) => true,
        Role::Identifier | Role::PropertyName | Role::TypeName => checks(part.text()),
        _ => false,
    })
}

fn checks(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    CHECKING.iter().any(|word| lower.contains(word))
}

fn callback_without_assertion<'t>(call: Node<'t>, finder: &mut Finder<'_, 't>) {
    if finder.file.role != FileRole::Test || receiver(call).is_some() || !matches!(called_name(call), Some("it" | "test")) {
        return;
    }
    let Some(callback) = arguments(call).nth(1).filter(|callback| callback.is(Role::Lambda)) else { return };
    let Some(body) = callback.child(Field::Body).filter(|body| body.first_child().is_some()) else { return };
    let takes_nothing = callback.child(Field::Parameters).is_some_and(|all| all.first_child().is_none());
    let named = arguments(call).next().filter(|name| name.is(Role::Text));
    if let Some(title) = named.filter(|_| takes_nothing && !may_check(body)) {
        finder.report(title, &[("name", title.content())]);
    }
}
