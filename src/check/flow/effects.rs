//! What expressions do to the set of live variables, in the order in which they are evaluated. Knows no statement that jumps.
use super::live::{Liveness, Set};
use crate::lang::{Field, Role};
use crate::parse::Node;

impl<'t> Liveness<'_, 't> {
    /// The set before an expression or a statement without control flow of its own.
    pub(super) fn expression(&mut self, node: Node<'t>, after: Set) -> Set {
        match node.role() {
            Role::Identifier => self.name(node, after),
            Role::Assignment => self.assignment(node, after),
            Role::Declarator => {
                let live = self.before_field(node, Field::Name, after);
                self.before_field(node, Field::Value, live)
            }
            Role::Ternary => {
                let then = self.before_field(node, Field::Consequence, after);
                let other = self.before_field(node, Field::Alternative, after);
                self.before_field(node, Field::Condition, then | other)
            }
            Role::Binary if is_short_circuit(node.operator()) => {
                let right = self.before_field(node, Field::Right, after);
                self.before_field(node, Field::Left, after | right)
            }
            // What may be skipped: assertions that are switched off, defaults not needed, chains cut short.
            Role::Assert | Role::DefaultPattern => after | self.children(node, after),
            Role::Call | Role::Member | Role::Index if node.child(Field::OptionalChain).is_some() => after | self.children(node, after),
            _ if node.first_child().is_none() => after,
            _ => self.children(node, after),
        }
    }

    /// The right side is evaluated first, then the name is written; a target such as `a[i]` is evaluated before both.
    fn assignment(&mut self, node: Node<'t>, after: Set) -> Set {
        let (Some(left), Some(right)) = (node.child(Field::Left), node.child(Field::Right)) else { return after };
        let operator = node.operator();
        if is_short_circuit(operator.trim_end_matches('=')) {
            let assigned = self.before(left, after);
            return assigned | self.before(right, assigned);
        }
        if left.inner().is(Role::Identifier) || left.is(Role::Pattern) {
            let stored = self.before(left, after);
            return self.before(right, stored);
        }
        let live = self.before(right, after);
        self.before(left, live)
    }
}

fn is_short_circuit(operator: &str) -> bool {
    matches!(operator, "&&" | "||" | "??")
}
