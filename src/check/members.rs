//! Checks that compare the members of one class, object or file with each other.
use super::facts::{annotations, arguments, called_name, is_stable, receiver};
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::model::hash;
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "duplicate-key", run: Run::Nodes(&[Role::ObjectLiteral, Role::Call], duplicate_key) },
    Builtin {
        name: "identical-functions",
        run: Run::Nodes(&[Role::ClassBody, Role::AnonymousClass, Role::Program, Role::Block], identical_functions),
    },
    Builtin { name: "equals-hashcode-pair", run: Run::Nodes(&[Role::ClassBody], equals_hashcode_pair) },
];

/// Up to this many keys each is compared with each, without a table.
const FEW: usize = 16;

fn duplicate_key<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    if node.is(Role::ObjectLiteral) {
        if node.children().nth(1).is_some() {
            report_duplicates(node.children().map(object_key), finder);
        }
        return;
    }
    let step = match (receiver(node).map(Node::text), called_name(node)) {
        (Some("Map" | "ImmutableMap"), Some("of")) if node.tree().language.name == "java" => 2,
        (Some("Set"), Some("of")) if node.tree().language.name == "java" => 1,
        _ => return,
    };
    report_duplicates(arguments(node).step_by(step).map(|key| is_fixed(key).then(|| (key.hash(), key))), finder);
}

/// A literal or a constant: two of them are equal whenever their text is.
fn is_fixed(key: Node) -> bool {
    super::wheres::is_constant(key) || key.is(Role::Member) && is_stable(key)
}

/// The key of one property; nothing for computed keys, accessors, and spreads, which may mean to be overridden.
fn object_key<'t>(property: Node<'t>) -> Option<(u64, Node<'t>)> {
    let key = match property.role() {
        Role::Pair => property.child(Field::Key)?,
        Role::Function if !is_accessor(property) => property.child(Field::Name)?,
        Role::Identifier => property,
        _ => return None,
    };
    let named = matches!(key.role(), Role::PropertyName | Role::Text | Role::Number | Role::Identifier);
    (named && key.content() != "__proto__").then(|| (hash::bytes(key.content().as_bytes()), key))
}

fn is_accessor(method: Node) -> bool {
    method.children().any(|part| matches!(part.text(), "get" | "set") && part.field() != Field::Name)
}

fn report_duplicates<'t>(keys: impl Iterator<Item = Option<(u64, Node<'t>)>> + Clone, finder: &mut Finder<'_, 't>) {
    if keys.clone().nth(FEW).is_none() {
        for (place, (key, node)) in keys.clone().enumerate().filter_map(|(place, key)| Some((place, key?))) {
            if let Some((_, first)) = keys.clone().take(place).flatten().find(|(other, _)| *other == key) {
                finder.report(node, &[("key", node.content())]).see(first, "first here");
            }
        }
        return;
    }
    let mut sorted: Vec<(u64, Node<'t>)> = keys.flatten().collect();
    sorted.sort_by_key(|(key, node)| (*key, node.id()));
    for pair in sorted.chunk_by(|a, b| a.0 == b.0) {
        for (_, node) in &pair[1..] {
            finder.report(*node, &[("key", node.content())]).see(pair[0].1, "first here");
        }
    }
}

fn identical_functions<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let min = finder.rule.params.integer("min").max(1) as u32;
    let bodied = |function: Node<'t>| {
        let body = function.child(Field::Body).filter(|body| body.is(Role::Block))?;
        let lines = finder.file.tree.line_at(body.end()).saturating_sub(body.line() + 1);
        (lines >= min && count_statements(body) >= 3 && !is_constructor(function)).then_some(function)
    };
    let functions = || node.children().filter(|part| part.is(Role::Function)).filter_map(bodied);
    if functions().nth(1).is_none() {
        return;
    }
    let mut all: Vec<(u64, Node<'t>)> = functions().map(|function| (shape(function), function)).collect();
    all.sort_by_key(|(shape, function)| (*shape, function.id()));
    let mut found: Vec<(Node<'t>, Node<'t>)> = Vec::new();
    for same in all.chunk_by(|a, b| a.0 == b.0) {
        let first = same[0].1;
        // Overloads differ in types that the body does not name.
        found.extend(same[1..].iter().filter(|(_, other)| other.name() != first.name()).map(|(_, other)| (first, *other)));
    }
    for (first, other) in found {
        let at = other.child(Field::Name).unwrap_or(other);
        let values = [("name", other.name().unwrap_or_default()), ("first", first.name().unwrap_or_default())];
        finder.report(at, &values).see(first.child(Field::Name).unwrap_or(first), "the same body");
    }
}

fn count_statements(body: Node) -> usize {
    const STATEMENTS: &[Role] =
        &[Role::ExpressionStatement, Role::Local, Role::Return, Role::If, Role::Throw, Role::Switch, Role::Try, Role::Break];
    body.descendants().filter(|part| STATEMENTS.contains(&part.role()) || part.role().is_loop()).take(3).count()
}

/// Constructors cannot share a body, and neither can JavaScript's functions that are used as such.
fn is_constructor(function: Node) -> bool {
    let name = function.name().unwrap_or_default();
    name == "constructor" || name.starts_with(char::is_uppercase) && function.tree().language.name != "java"
}

/// All of a function but its name and its annotations.
fn shape(function: Node) -> u64 {
    let parts =
        function.children().filter(|part| part.field() != Field::Name && !matches!(part.role(), Role::Modifiers | Role::Annotation));
    parts.fold(0, |state, part| hash::mix(state, part.hash()))
}

/// Annotations by which a tool writes the other method.
const GENERATING: &[&str] = &["EqualsAndHashCode", "Data", "Value", "AutoValue", "Immutable"];

fn equals_hashcode_pair<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let method = |name: &str, fits: fn(Node) -> bool| {
        node.children().find(|part| part.is(Role::Function) && part.name() == Some(name) && fits(*part))
    };
    let (equals, hash_code) = (method("equals", takes_object), method("hashCode", takes_nothing));
    // The reverse breaks no contract: objects that are only equal to themselves may have any hash code.
    let (Some(lone), None) = (equals, hash_code) else { return };
    let Some(class) = node.parent().filter(|class| class.kind_name() == "class_declaration") else { return };
    // A superclass may have the other one.
    let inherits = class.child(Field::Superclass).is_some();
    if inherits || lone.child(Field::Body).is_none() || annotations(class).any(|name| GENERATING.contains(&name)) {
        return;
    }
    // Its `equals` compares comparators.
    if class.child(Field::Interfaces).is_some_and(|all| all.text().contains("Comparator")) {
        return;
    }
    finder.report(lone.child(Field::Name).unwrap_or(lone), &[("class", class.name().unwrap_or_default())]);
}

fn takes_object(method: Node) -> bool {
    let Some(parameters) = method.child(Field::Parameters) else { return false };
    let mut all = parameters.children();
    let object = all.next().and_then(|one| one.child(Field::Type)).is_some_and(|name| super::facts::simple_name(name.text()) == "Object");
    object && all.next().is_none()
}

fn takes_nothing(method: Node) -> bool {
    method.child(Field::Parameters).is_some_and(|all| all.first_child().is_none())
}
