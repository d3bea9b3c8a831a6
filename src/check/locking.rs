//! Checks of Java's locking idioms.
use super::facts::{condition, has_modifier, operands, statements};
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) const ALL: &[Builtin] =
    &[Builtin { name: "double-checked-locking", run: Run::Nodes(&[Role::Synchronized], double_checked_locking) }];

/// Types whose values are whole wherever they are seen: primitives but `long` and `double`, and immutable classes.
const SAFE: &[&str] =
    &["int", "boolean", "short", "byte", "char", "float", "String", "Integer", "Boolean", "Long", "Double", "Short", "Byte", "Character"];

fn double_checked_locking<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(body) = node.child_with(Role::Block) else { return };
    let Some(inner) = statements(body).find(|statement| statement.is(Role::If)) else { return };
    let Some(field) = condition(inner).and_then(compared_with_null) else { return };
    let tested_before = node.enclosing(|outer| {
        outer.is(Role::If) && condition(outer).is_some_and(|tested| tested.hash() == condition(inner).map_or(0, Node::hash))
    });
    let Some(outer) = tested_before else { return };
    // A copy in a local variable is tested for the field it is taken from.
    let copied = copied_field(node, field);
    let field = copied.unwrap_or(field);
    let name = field.child(Field::Property).unwrap_or(field).text();
    if assigns(inner, name) && declares_plain_field(node, name) {
        let Some(tested) = condition(outer) else { return };
        finder.report(tested, &[("name", name)]).see(inner, "tested again here");
    }
}

/// `x` of `x == null`.
fn compared_with_null(node: Node<'_>) -> Option<Node<'_>> {
    let (left, operator, right) = operands(node).filter(|_| node.is(Role::Binary))?;
    let field = if right.inner().is(Role::Null) { left.inner() } else { right.inner() };
    let is_compared = operator == "==" && (right.inner().is(Role::Null) || left.inner().is(Role::Null));
    let is_own = field.is(Role::Identifier) || field.child(Field::Object).is_some_and(|object| object.is(Role::This));
    (is_compared && is_own).then_some(field)
}

/// The field whose value a local variable begins with.
fn copied_field<'t>(node: Node<'t>, local: Node<'t>) -> Option<Node<'t>> {
    let is_it = |part: &Node| part.is(Role::Declarator) && part.name() == Some(local.text());
    let declared = node.enclosing_function()?.descendants().find(is_it)?;
    let value = declared.child(Field::Value)?.inner();
    let is_own = value.is(Role::Identifier) || value.child(Field::Object).is_some_and(|object| object.is(Role::This));
    is_own.then_some(value)
}

fn assigns(node: Node, name: &str) -> bool {
    let is_it = |left: Node| left.child(Field::Property).unwrap_or(left).text() == name;
    node.descendants().any(|part| part.is(Role::Assignment) && part.child(Field::Left).is_some_and(is_it))
}

/// Whether the class around declares such a field that is neither volatile nor of a type that needs it not.
fn declares_plain_field(node: Node, name: &str) -> bool {
    let Some(body) = node.ancestors().find(|outer| matches!(outer.role(), Role::ClassBody | Role::AnonymousClass)) else { return false };
    let is_it = |part: Node| part.is(Role::Declarator) && part.name() == Some(name);
    let declared = body.children().find(|part| part.is(Role::Field) && part.children().any(is_it));
    declared.is_some_and(|field| {
        let safe = field.child(Field::Type).is_some_and(|name| SAFE.contains(&name.text()));
        !safe && !has_modifier(field, "volatile") && !has_modifier(field, "final")
    })
}
