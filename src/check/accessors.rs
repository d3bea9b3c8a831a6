//! `accessor-recursion`: a getter or setter that asks for itself. Knows nothing of what other members do.
use super::facts::is_logical_operator;
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[Builtin { name: "accessor-recursion", run: Run::Nodes(&[Role::Function], accessor_recursion) }];

fn accessor_recursion<'t>(accessor: Node<'t>, finder: &mut Finder<'_, 't>) {
    let words = || accessor.children().filter(|part| part.field() == Field::None).map(Node::text);
    let Some(kind) = words().find(|word| matches!(*word, "get" | "set")) else { return };
    let (Some(name), Some(body)) = (accessor.child(Field::Name), accessor.child(Field::Body)) else { return };
    let own: Vec<Node> = body.descendants().filter(|part| is_own(*part, name) && part.enclosing_function() == Some(accessor)).collect();
    let is_getter = kind == "get";
    // It puts a plain property in its own place.
    let replaces = ["defineProperty", "delete "].iter().any(|word| body.text().contains(word));
    if own.is_empty() || replaces || is_getter && own.iter().any(|part| is_written(*part)) {
        return;
    }
    let found = own.into_iter().find(|part| if is_getter { is_always_read(*part, body) } else { is_written(*part) });
    if let Some(found) = found {
        let statement = found.parent().filter(|parent| matches!(parent.role(), Role::Return | Role::Assignment));
        finder.report(statement.unwrap_or(found), &[("N", name.content())]);
    }
}

/// `this.name` or `this["name"]`.
fn is_own(node: Node, name: Node) -> bool {
    let of_this = node.child(Field::Object).is_some_and(|object| object.is(Role::This));
    let part = match node.role() {
        Role::Member => node.child(Field::Property),
        Role::Index => node.child(Field::Index).filter(|index| index.is(Role::Text)),
        _ => None,
    };
    of_this && part.is_some_and(|part| part.content() == name.content())
}

fn is_written(node: Node) -> bool {
    node.parent().is_some_and(|parent| parent.is(Role::Assignment) && node.field() == Field::Left || parent.is(Role::Update))
}

/// Returned as it stands, or read by whoever comes in: behind a condition or an early return the value may be there already.
fn is_always_read(node: Node, body: Node) -> bool {
    let is_returned = node.parent().is_some_and(|parent| parent.is(Role::Return));
    let leaves = |part: Node| matches!(part.role(), Role::Return | Role::Throw) && !part.contains(node);
    is_returned || !is_conditional(node, body) && !body.descendants().take_while(|part| part.id() < node.id()).any(leaves)
}

fn is_conditional(node: Node, body: Node) -> bool {
    let mut part = node;
    for around in node.ancestors().take_while(|around| *around != body) {
        let may_be_skipped = match around.role() {
            Role::If | Role::Ternary => part.field() != Field::Condition,
            Role::Binary => is_logical_operator(around.operator()) && part.field() == Field::Right,
            Role::Case | Role::Catch => true,
            role => role.is_loop(),
        };
        if may_be_skipped {
            return true;
        }
        part = around;
    }
    false
}
