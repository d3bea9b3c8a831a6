//! Checks of Java for what no pattern can say: what a class does not have, and the order of modifiers.
use super::facts::{arguments, simple_name};
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::model::Safety;
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "equals-parameter-type", run: Run::Nodes(&[Role::Function], equals_parameter_type) },
    Builtin { name: "misspelt-object-method", run: Run::Nodes(&[Role::Function], misspelt_object_method) },
    Builtin { name: "bigdecimal-from-double", run: Run::Nodes(&[Role::New], bigdecimal_from_double) },
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

/// The methods of `Object` that are overridden: what they return, how they are taken to be misspelt, and whether they take one.
const OF_OBJECT: &[(&str, &[&str], &str, bool)] = &[
    ("int", &["hashcode"], "hashCode", false),
    ("String", &["tostring"], "toString", false),
    ("boolean", &["equals", "equal"], "equals", true),
];

fn misspelt_object_method<'t>(method: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(name) = method.child(Field::Name) else { return };
    let is_near = |word: &&str| name.text().eq_ignore_ascii_case(word);
    let Some((kind, _, right, takes_one)) = OF_OBJECT.iter().find(|(_, near, ..)| near.iter().any(is_near)) else { return };
    let takes_object = || only_parameter_type(method).is_some_and(|kind| kind.text() == "Object");
    let takes_nothing = || method.child(Field::Parameters).is_some_and(|all| all.first_child().is_none());
    let fits = if *takes_one { takes_object() } else { takes_nothing() };
    if name.text() != *right && returned(method) == *kind && fits && method.child(Field::Body).is_some() && !is_static(method) {
        finder.report(name, &[("name", name.text())]);
    }
}

fn bigdecimal_from_double<'t>(made: Node<'t>, finder: &mut Finder<'_, 't>) {
    if made.child(Field::Type).is_none_or(|kind| simple_name(kind.text()) != "BigDecimal") {
        return;
    }
    let mut given = arguments(made);
    let (Some(only), None) = (given.next().map(Node::inner), given.next()) else { return };
    let literal = if only.is(Role::Unary) { only.child(Field::Argument).map_or(only, Node::inner) } else { only };
    if literal.kind_name() != "decimal_floating_point_literal" || is_exact(literal.text()) {
        return;
    }
    let draft = finder.report(made, &[("X", only.text())]);
    // What a `float` is rounded to, `valueOf` is given too.
    if !only.text().ends_with(['f', 'F']) {
        draft.edit(Safety::Suggest, made.start(), made.end(), format!("BigDecimal.valueOf({})", only.text()));
    }
}

/// Whether a decimal literal is a binary fraction of no more digits than its type has.
fn is_exact(literal: &str) -> bool {
    let text = literal.replace('_', "").to_ascii_lowercase();
    let bits = if text.ends_with('f') { f32::MANTISSA_DIGITS } else { f64::MANTISSA_DIGITS };
    let number = text.trim_end_matches(['f', 'd']);
    let (number, power) = number.split_once('e').unwrap_or((number, "0"));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_end_matches('0');
    let (Ok(number), Ok(power)) = (digits.parse::<u128>(), power.parse::<i32>()) else { return digits.is_empty() };
    let power = i64::from(power) + (all.len() - digits.len()) as i64 - fraction.len() as i64;
    let number = number >> number.trailing_zeros();
    // 10^n is 5^n and some shifts.
    let fives = u32::try_from(power.unsigned_abs()).ok().and_then(|power| 5u128.checked_pow(power));
    let odd = match fives {
        Some(fives) if power >= 0 => number.checked_mul(fives),
        Some(fives) if number.is_multiple_of(fives) => Some(number / fives),
        _ => None,
    };
    odd.is_some_and(|odd| odd < 1 << bits)
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
