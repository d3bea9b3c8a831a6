//! Checks that compare the two sides of one operation. Knows neither names' declarations nor flow.
use super::facts::{chained, is_boolean, is_condition, is_stable, operands};
use super::scopes::SymbolKind;
use super::wheres::declared_type;
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "self-assignment", run: Run::Nodes(&[Role::Assignment], self_assignment) },
    Builtin { name: "identical-operands", run: Run::Nodes(&[Role::Binary], identical_operands) },
];

/// Operators that are pointless between equals; `==` and `!=` are told apart below, for they ask for NaN.
const POINTLESS: &[&str] = &["<", ">", "<=", ">=", "-", "/", "%", "&&", "||", "&", "|", "^", "??", "==", "!=", "===", "!=="];

/// Operators of which a longer chain repeats an operand in vain: `a || b || a`.
const REPEATING: &[&str] = &["&&", "||", "|", "&"];

/// Properties of the browser's objects whose setters do something even with the old value.
const SETTERS: &[&str] = &[
    "href",
    "location",
    "src",
    "innerHTML",
    "outerHTML",
    "cssText",
    "className",
    "hash",
    "search",
    "value",
    "length",
    "selectedIndex",
    "display",
    "scrollTop",
    "scrollLeft",
    "data",
    "type",
    "lastIndex",
    "textContent",
    "innerText",
    "content",
    "__proto__",
];

fn self_assignment<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let (Some(left), Some(right)) = (node.child(Field::Left), node.child(Field::Right)) else { return };
    let is_same = left.hash() == right.hash() || takes_apart_itself(left, right) || is_own_field(left, right, finder);
    if !is_same || node.operator() != "=" || !is_stable(left) || has_call(left) || has_setter(left) {
        return;
    }
    finder.report(node, &[("name", left.text())]);
}

/// `[a, b] = [a, b]`.
fn takes_apart_itself(left: Node, right: Node) -> bool {
    let is_literal = matches!(right.role(), Role::ArrayLiteral | Role::ObjectLiteral) && right.first_child().is_some();
    is_literal && left.is(Role::Pattern) && left.text() == right.text()
}

/// `this.x = x` or `C.x = x` in Java, where `x` is that field because no parameter has its name.
fn is_own_field<'t>(left: Node<'t>, right: Node<'t>, finder: &Finder<'_, 't>) -> bool {
    let (member, name) = if left.is(Role::Member) { (left, right.inner()) } else { (right.inner(), left) };
    let (Some(object), Some(field)) = (member.child(Field::Object), member.child(Field::Property)) else { return false };
    if finder.tree().language.name != "java" || !name.is(Role::Identifier) || field.text() != name.text() {
        return false;
    }
    let class = left.enclosing_class();
    // A parameter of the name may be in what could not be read.
    let is_broken = || left.ancestors().any(|around| around.role().is_function() && around.is_broken());
    let is_of_class = object.is(Role::This) || class.and_then(Node::name) == Some(object.text());
    let scopes = finder.file.scopes();
    let symbol = || scopes.symbol(scopes.reference_at(name)?.symbol);
    is_of_class
        && !is_broken()
        && symbol().is_some_and(|it| it.kind == SymbolKind::Field && scopes.declaration(it).enclosing_class() == class)
}

/// A getter of another object may have effects, as in `a().x = a().x`.
fn has_call(node: Node) -> bool {
    node.is(Role::Call) || node.descendants().any(|part| part.is(Role::Call))
}

fn has_setter(node: Node) -> bool {
    node.child(Field::Property).is_some_and(|property| node.tree().language.name != "java" && SETTERS.contains(&property.text()))
}

fn identical_operands<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some((left, operator, right)) = operands(node) else { return };
    if left.hash() == right.hash() {
        let meant = asks_for_nan(operator, right) || is_literal(right) || operator_makes_nan(operator) && is_floating(right, finder);
        if POINTLESS.contains(&operator) && !meant && is_stable(right) {
            finder.report(node, &[("operand", right.inner().text()), ("operator", operator)]);
        }
        return;
    }
    let Some(operator) = REPEATING.iter().find(|one| **one == operator) else { return };
    let Some(first) = chained(left, operator).find(|operand| operand.hash() == right.hash()) else { return };
    if !is_literal(right) && !gives_value(operator, right, finder) && is_stable(node) {
        let message = format!("`{}` stands twice in this chain of `{operator}`: was another operand meant?", right.inner().text());
        finder.report(right, &[]).message(message).see(first, "the first time");
    }
}

/// `x != x` is true for NaN only, and `x >= x` for all but NaN: both are written for that. Of a call it is a slip.
fn asks_for_nan(operator: &str, operand: Node) -> bool {
    match operator {
        "!=" | "!==" | "==" | "===" | "<=" | ">=" => !operand.inner().is(Role::Call),
        _ => false,
    }
}

/// `x - x` and `0 / 0` of floating-point numbers keep NaN and infinity alive.
fn operator_makes_nan(operator: &str) -> bool {
    matches!(operator, "-" | "/")
}

fn is_floating<'t>(operand: Node<'t>, finder: &Finder<'_, 't>) -> bool {
    let names = [operand].into_iter().chain(operand.descendants());
    let mut types = names.map(Node::inner).filter(|part| part.is(Role::Identifier)).filter_map(|name| declared_type(name, finder.file));
    types.any(|name| matches!(name, "double" | "float" | "Double" | "Float"))
}

/// In JavaScript `x && ok(x) && x` is `x` when all is well, which a condition does not ask for.
fn gives_value(operator: &str, operand: Node, finder: &Finder) -> bool {
    operator == "&&" && finder.tree().language.name != "java" && !is_boolean(operand) && !is_condition(operand)
}

fn is_literal(node: Node) -> bool {
    let node = node.inner();
    match node.role() {
        Role::Unary => node.child(Field::Argument).is_some_and(is_literal),
        role => role.is_literal(),
    }
}
