//! Numbers that must not be guessed, made by generators whose numbers can be.
use super::facts::simple_name;
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[Builtin { name: "insecure-random", run: Run::Nodes(&[Role::Call, Role::New], insecure_random) }];

/// Parts of names of what must not be guessed.
const SECRETS: &[&str] =
    &["password", "passwd", "secret", "nonce", "salt", "csrf", "sessionid", "authtoken", "accesstoken", "apikey", "otp", "resettoken"];

fn insecure_random<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let is_random = match node.role() {
        Role::New => node.child(Field::Type).is_some_and(|kind| simple_name(kind.text()) == "Random") && !feeds_a_field(node),
        _ => matches!(node.text(), "Math.random()"),
    };
    if !is_random {
        return;
    }
    if let Some(name) = names_around(node).find(|name| is_secret(name)) {
        finder.report(node, &[("name", name)]);
    }
}

/// A generator kept in a field serves everything in the class, whatever the class is called.
fn feeds_a_field(node: Node) -> bool {
    node.ancestors().take_while(|outer| !outer.is(Role::Block)).any(|outer| outer.is(Role::Field))
}

/// What the value is given to: variables, keys, and the function it is made in.
fn names_around<'t>(node: Node<'t>) -> impl Iterator<Item = &'t str> {
    let functions = node.ancestors().position(|outer| outer.is(Role::Function)).unwrap_or(usize::MAX);
    node.ancestors().take(functions.saturating_add(1)).filter_map(|outer| match outer.role() {
        Role::Declarator | Role::Function => outer.name(),
        Role::Assignment => outer.child(Field::Left).map(Node::text),
        Role::Pair => outer.child(Field::Key).map(Node::text),
        _ => None,
    })
}

fn is_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    SECRETS.iter().any(|secret| plain.ends_with(secret))
}
