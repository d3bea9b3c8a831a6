//! Checks of Java for what no pattern can say: what a class does not have, and the order of modifiers.
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::model::Safety;
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "equals-parameter-type", run: Run::Nodes(&[Role::Function], equals_parameter_type) },
    Builtin { name: "modifier-order", run: Run::Nodes(&[Role::Modifiers], modifier_order) },
];

/// `boolean equals(Foo)` in a class `Foo` that has no `equals(Object)`. In an enum that one is final, so it is an honest overload.
fn equals_parameter_type<'t>(method: Node<'t>, finder: &mut Finder<'_, 't>) {
    if method.name() != Some("equals") || is_static(method) || returned(method) != "boolean" {
        return;
    }
    let (Some(kind), Some(class)) = (only_parameter_type(method), method.parent()) else { return };
    let is_object = |kind: Node| matches!(kind.text(), "Object" | "java.lang.Object");
    let overrides = |member: Node<'t>| member.name() == Some("equals") && only_parameter_type(member).is_some_and(is_object);
    let is_own = class.parent().is_some_and(|class| class.kind_name() != "enum_declaration" && class.name() == Some(kind.text()));
    if is_own && !is_hidden(method) && !class.children().any(overrides) {
        finder.report(kind, &[("type", kind.text())]);
    }
}

fn returned(method: Node<'_>) -> &str {
    method.child(Field::Type).map_or("", Node::text)
}

fn only_parameter_type(method: Node<'_>) -> Option<Node<'_>> {
    let mut parameters = method.child(Field::Parameters)?.children();
    let first = parameters.next()?;
    if parameters.next().is_some() { None } else { first.child(Field::Type) }
}

fn modifiers(node: Node<'_>) -> impl Iterator<Item = &str> {
    node.child_with(Role::Modifiers).into_iter().flat_map(|modifiers| modifiers.children().map(Node::text))
}

fn is_static(method: Node) -> bool {
    modifiers(method).any(|word| word == "static")
}

/// Private methods and those that override another class's are no attempt at the one of `Object`.
fn is_hidden(method: Node) -> bool {
    modifiers(method).any(|word| matches!(word, "private" | "@Override"))
}

/// As the language's specification lists them.
const ORDER: &[&str] = &[
    "public",
    "protected",
    "private",
    "abstract",
    "default",
    "static",
    "sealed",
    "non-sealed",
    "final",
    "transient",
    "volatile",
    "synchronized",
    "native",
    "strictfp",
];

/// Annotations may stand anywhere: those on the type belong right before it.
fn modifier_order<'t>(modifiers: Node<'t>, finder: &mut Finder<'_, 't>) {
    let rank = |node: &Node| ORDER.iter().position(|word| *word == node.text());
    let ranks = || modifiers.children().filter_map(|node| rank(&node));
    if ranks().is_sorted() {
        return;
    }
    let words: Vec<Node> = modifiers.children().filter(|node| rank(node).is_some()).collect();
    let mut sorted = words.clone();
    sorted.sort_by_key(rank);
    let text: Vec<&str> = sorted.iter().map(|node| node.text()).collect();
    let mut draft = finder.report(words[0], &[("order", &text.join(" "))]);
    for (place, word) in words.iter().zip(text) {
        if place.text() != word {
            draft = draft.edit(Safety::Safe, place.start(), place.end(), word);
        }
    }
}
