//! What costs cognitive complexity, node by node. Knows neither units nor how deep a node is nested; the scan does.
//!
//! The white paper's reading, the default:
//!
//! - `if`, `?:`, `switch` of both forms, loops and `catch` cost 1 and 1 for each level they are nested in; each makes its branches one
//!   level deeper, not its condition.
//! - `else` and `else if` cost 1; an `else if` is no level of its own.
//! - A sequence of like `&&` or `||`, in the order of the text and seen through parentheses, costs 1. A negated or passed group is one
//!   of its own. `??` and `?.` are free.
//! - A `break` or `continue` with a label costs 1.
//! - A function that calls itself (by its bare name or by `this`; in Java, which overloads, with as many arguments as it has
//!   parameters) costs 1, however often it does. Longer cycles are not looked for.
//! - Lambdas, nested functions and methods of local and anonymous classes are one level deeper and cost nothing themselves; what they
//!   hold is part of the function around them, and also stands at their own unit, counted from level 0.
//! - A function of JavaScript that only declares (see `units`) and has nothing in it that nests is ignored: functions in it start at level 0.
//! - So is a wrapper around a file or a good part of it, whatever stands in it: its own control flow is its score.
//!
//! The `sonar` reading differs. Java: a `switch` expression and recursion are free, headers of loops and conditions of `?:` are at the
//! level of their bodies. JavaScript: every function is a unit that is counted alone, `||` and recursion are free, and so is `&&`
//! before JSX.
use super::Dialect;
use super::statements::is_switch_statement;
use super::units::{Named, Reach};
use crate::lang::{Field, Role};
use crate::parse::{Node, Tree};

/// How a file is read: its language and the dialect.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub(super) java: bool,
    sonar: bool,
}

/// Points, and how many of them would be one more for each further level of nesting.
#[derive(Clone, Copy, Default)]
pub(super) struct Score {
    pub(super) points: u32,
    pub(super) nesting: u32,
}

impl Score {
    /// A fundamental increment.
    pub(super) fn add_flat(&mut self) {
        self.points = self.points.saturating_add(1);
    }

    /// A structural increment: nested this deep.
    pub(super) fn add_nesting(&mut self, level: u32) {
        self.points = self.points.saturating_add(1 + level);
        self.nesting = self.nesting.saturating_add(1);
    }

    pub(super) fn deeper(self, levels: u32) -> Score {
        Score { points: self.points.saturating_add(self.nesting.saturating_mul(levels)), nesting: self.nesting }
    }

    pub(super) fn plus(self, other: Score) -> Score {
        Score { points: self.points.saturating_add(other.points), nesting: self.nesting.saturating_add(other.nesting) }
    }
}

impl Reading {
    pub(super) fn of(tree: &Tree, dialect: Dialect) -> Reading {
        Reading { java: tree.language.rule_name == "java", sonar: dialect == Dialect::Sonar }
    }

    /// Whether every function is a unit that is counted alone.
    pub(super) fn counts_functions_alone(self) -> bool {
        self.sonar && !self.java
    }

    pub(super) fn counts_recursion(self) -> bool {
        !self.sonar
    }

    /// Whether a node costs 1 and its level.
    pub(super) fn is_structural(self, node: Node) -> bool {
        match node.role() {
            Role::If => !is_chained(node),
            Role::Switch => self.nests(node),
            role => role.is_loop() || matches!(role, Role::Ternary | Role::Catch),
        }
    }

    /// Whether what a node governs is one level deeper.
    pub(super) fn nests(self, node: Node) -> bool {
        !(self.java && self.sonar && node.is(Role::Switch)) || is_switch_statement(node)
    }

    /// Whether not only its branches but all of a node is one level deeper.
    pub(super) fn nests_whole(self, node: Node) -> bool {
        self.java && self.sonar && (node.role().is_loop() || node.is(Role::Ternary))
    }

    /// Whether the operator `&&` or `||` costs 1, being the first of its sequence.
    pub(super) fn starts_sequence(self, operator: Node) -> bool {
        let Some(binary) = operator.parent() else { return false };
        if self.counts_functions_alone() && (operator.text() == "||" || guards_jsx(binary)) {
            return false;
        }
        operator_before(binary).is_none_or(|before| before != operator.text())
    }
}

/// An `if` that continues another: the alternative itself in Java, the clause's only statement in JavaScript.
pub(super) fn is_chained(node: Node) -> bool {
    let after_if = |parent: Node| parent.is(Role::Else) || (parent.is(Role::If) && node.field() == Field::Alternative);
    node.is(Role::If) && node.parent().is_some_and(after_if)
}

/// Whether an alternative is the `else if` of a chain, which costs through its `if`.
pub(super) fn continues_chain(alternative: Node) -> bool {
    alternative.is(Role::If) || (alternative.is(Role::Else) && alternative.first_child().is_some_and(|child| child.is(Role::If)))
}

fn guards_jsx(binary: Node) -> bool {
    binary.child(Field::Right).is_some_and(|right| right.inner().is(Role::Jsx))
}

fn logical_operator<'t>(node: Node<'t>) -> Option<&'t str> {
    let operator = if node.is(Role::Binary) { node.operator() } else { "" };
    matches!(operator, "&&" | "||").then_some(operator)
}

/// The logical operator next before that of a binary expression, in the order of the text and within one group.
fn operator_before<'t>(binary: Node<'t>) -> Option<&'t str> {
    match binary.child(Field::Left).and_then(|left| last_operator(left.inner())) {
        Some(operator) => Some(operator),
        None => operator_around(binary),
    }
}

/// The last logical operator of an operand.
fn last_operator<'t>(operand: Node<'t>) -> Option<&'t str> {
    let mut last = None;
    let mut node = operand;
    while let Some(operator) = logical_operator(node) {
        last = Some(operator);
        match node.child(Field::Right) {
            Some(right) => node = right.inner(),
            None => break,
        }
    }
    last
}

/// The operator of the innermost logical expression whose right side this begins.
fn operator_around<'t>(binary: Node<'t>) -> Option<&'t str> {
    let mut node = binary;
    loop {
        let parent = node.parent()?;
        if !parent.is(Role::Parenthesized) {
            let operator = logical_operator(parent)?;
            if node.field() == Field::Right {
                return Some(operator);
            }
        }
        node = parent;
    }
}

/// Whether a call within the function of this name calls that function.
pub(super) fn calls_itself(call: Node, own: &Named, parameters: u32, java: bool) -> bool {
    if java {
        let on_this = call.child(Field::Object).is_none_or(|object| object.is(Role::This));
        return call.name() == Some(own.name) && on_this && arguments(call) == parameters;
    }
    let Some(function) = call.child(Field::Function).map(Node::inner) else { return false };
    match function.role() {
        Role::Identifier => own.reach == Reach::Name && function.text() == own.name,
        Role::Member => own.reach == Reach::Member && is_own_member(function, own.name),
        _ => false,
    }
}

/// Whether a parameter of a JavaScript function, or what its body declares outermost, has this name.
pub(super) fn shadows(function: Node, name: &str) -> bool {
    let is_it = |part: Node| part.is(Role::Identifier) && part.text() == name;
    let has_it = |part: Node| is_it(part) || part.descendants().any(is_it);
    let parameters = function.child(Field::Parameters).or_else(|| function.child(Field::Parameter));
    let declares = |statement: Node| match statement.role() {
        Role::Local => statement.children().filter_map(|one| one.child(Field::Name)).any(has_it),
        Role::Function => statement.name() == Some(name),
        _ => false,
    };
    parameters.is_some_and(has_it) || function.child(Field::Body).is_some_and(|body| body.children().any(declares))
}

fn is_own_member(member: Node, name: &str) -> bool {
    let property = member.child(Field::Property);
    property.is_some_and(|property| property.text() == name) && member.child(Field::Object).is_some_and(|object| object.is(Role::This))
}

fn arguments(call: Node) -> u32 {
    call.child(Field::Arguments).map_or(0, |arguments| arguments.children().count() as u32)
}
