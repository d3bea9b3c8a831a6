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
        run: Run::Nodes(&[Role::ClassBody, Role::AnonymousClass, Role::ObjectLiteral, Role::Program, Role::Block], identical_functions),
    },
    Builtin { name: "equals-hashcode-pair", run: Run::Nodes(&[Role::ClassBody], equals_hashcode_pair) },
];

/// Up to this many keys each is compared with each, without a table.
const FEW: usize = 16;

fn duplicate_key<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    if node.is(Role::ObjectLiteral) {
        if node.children().nth(1).is_some() {
            // What is spread between two of a name may set it too, so the later one overrides that.
            let keys = node.children().scan(0u64, |spreads, property| {
                *spreads += u64::from(property.is(Role::Spread));
                Some(object_key(property).map(|(key, node)| (key.wrapping_add(*spreads), node)))
            });
            report_duplicates(keys, finder);
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

/// The key of one property; nothing for keys that are computed, and for spreads, which may mean to be overridden. A getter and a
/// setter have a key each.
fn object_key<'t>(property: Node<'t>) -> Option<(u64, Node<'t>)> {
    let key = match property.role() {
        Role::Pair => property.child(Field::Key)?,
        Role::Function => property.child(Field::Name)?,
        Role::Identifier => property,
        _ => return None,
    };
    // `["a"]` is computed from what it says.
    let key = if key.kind_name() == "computed_property_name" { key.first_child().filter(|it| it.is(Role::Text))? } else { key };
    let named = matches!(key.role(), Role::PropertyName | Role::Text | Role::Number | Role::Identifier);
    let of_name = hash::bytes(key.content().as_bytes());
    let of_key = accessor(property).map_or(of_name, |word| hash::mix(of_name, hash::bytes(word.as_bytes())));
    (named && key.content() != "__proto__").then_some((of_key, key))
}

/// `get` or `set` before the name of a method.
fn accessor(method: Node<'_>) -> Option<&str> {
    let word = method.children().find(|part| part.field() == Field::None && matches!(part.text(), "get" | "set"));
    word.filter(|_| method.is(Role::Function)).map(Node::text)
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
    let bodied = |named: &Named<'t>| {
        let Some(body) = named.function.child(Field::Body).filter(|body| body.is(Role::Block)) else { return false };
        let lines = finder.file.tree.line_at(body.end()).saturating_sub(body.line() + 1);
        lines >= min && count_statements(body) >= 3 && !is_constructor(named)
    };
    let functions = || node.children().flat_map(named_functions).filter(bodied);
    if functions().nth(1).is_none() {
        return;
    }
    let mut all: Vec<(u64, Named<'t>)> = functions().map(|named| (shape(&named), named)).collect();
    all.sort_by_key(|(shape, named)| (*shape, named.function.id()));
    let mut found: Vec<(Node<'t>, Node<'t>)> = Vec::new();
    for same in all.chunk_by(|a, b| a.0 == b.0) {
        let first = same[0].1.name;
        // Overloads differ in types that the body does not name.
        found.extend(same[1..].iter().filter(|(_, other)| other.name.text() != first.text()).map(|(_, other)| (first, other.name)));
    }
    for (first, other) in found {
        finder.report(other, &[("name", other.content()), ("first", first.content())]).see(first, "the same body");
    }
}

/// A function and the name it goes by.
#[derive(Clone, Copy)]
struct Named<'t> {
    name: Node<'t>,
    function: Node<'t>,
    /// Of what it must have in common with its like, beside its code: the object it is given to, the type it is declared with.
    kin: u64,
}

/// The functions that a statement, member or property declares or gives a name.
fn named_functions<'t>(part: Node<'t>) -> impl Iterator<Item = Named<'t>> {
    let part = if part.is(Role::Export) { part.child(Field::Declaration).unwrap_or(part) } else { part };
    let (own, declarators) = if part.is(Role::Local) { (None, Some(part.children())) } else { (Some(part), None) };
    own.into_iter().chain(declarators.into_iter().flatten()).filter_map(named)
}

fn named(part: Node<'_>) -> Option<Named<'_>> {
    // Other keys than names tell kinds of arguments, for which the code means another thing.
    let key = |name: &Node| name.is(Role::PropertyName) || !part.parent().is_some_and(|around| around.is(Role::ObjectLiteral));
    if part.is(Role::Function) {
        return Some(Named { name: part.child(Field::Name).filter(key)?, function: part, kin: 0 });
    }
    if part.tree().language.name == "java" {
        return None;
    }
    let (name, function, kin) = match part.role() {
        Role::Declarator | Role::Field => {
            let value = part.child(Field::Value).filter(|value| value.is(Role::Lambda))?;
            let name = part.child(Field::Name).or_else(|| part.child(Field::Property))?;
            let is_static = part.children().any(|word| word.text() == "static");
            (name, value, part.child(Field::Type).map_or(u64::from(is_static), Node::hash))
        }
        Role::Pair => (part.child(Field::Key).filter(key)?, part.child(Field::Value)?, 0),
        Role::ExpressionStatement => {
            let given = part.first_child().filter(|given| given.is(Role::Assignment))?;
            let target = given.child(Field::Left).filter(|target| target.is(Role::Member))?;
            (target.child(Field::Property)?, given.child(Field::Right)?, target.child(Field::Object)?.hash())
        }
        _ => return None,
    };
    function.is(Role::Lambda).then_some(Named { name, function, kin })
}

fn count_statements(body: Node) -> usize {
    const STATEMENTS: &[Role] =
        &[Role::ExpressionStatement, Role::Local, Role::Return, Role::If, Role::Throw, Role::Switch, Role::Try, Role::Break];
    body.descendants().filter(|part| STATEMENTS.contains(&part.role()) || part.role().is_loop()).take(3).count()
}

/// Constructors cannot share a body, and neither can JavaScript's functions that are used as such.
fn is_constructor(named: &Named) -> bool {
    let name = named.name.text();
    name == "constructor" || name.starts_with(char::is_uppercase) && named.name.tree().language.name != "java"
}

/// All of a function but its name and its annotations. An arrow function has another `this`.
fn shape(named: &Named) -> u64 {
    let is_arrow = named.function.kind_name() == "arrow_function";
    let parts = named.function.children();
    let parts = parts.filter(|part| part.field() != Field::Name && !matches!(part.role(), Role::Modifiers | Role::Annotation));
    parts.fold(hash::mix(named.kin, u64::from(is_arrow)), |state, part| hash::mix(state, part.hash()))
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
