//! Checks of single statements: without effect, or other than they look. Knows neither names' declarations nor flow.
use super::facts::{condition, mentions, operands};
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::model::Safety;
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "useless-expression", run: Run::Nodes(&[Role::ExpressionStatement], useless_expression) },
    Builtin { name: "exception-not-thrown", run: Run::Nodes(&[Role::ExpressionStatement], exception_not_thrown) },
    Builtin { name: "misspelt-operator", run: Run::Nodes(&[Role::Assignment], misspelt_operator) },
    Builtin { name: "assignment-in-condition", run: Run::Nodes(CONDITIONAL, assignment_in_condition) },
    Builtin { name: "wrong-loop-counter", run: Run::Nodes(&[Role::For], wrong_loop_counter) },
];

const CONDITIONAL: &[Role] = &[Role::If, Role::While, Role::Do, Role::For, Role::Ternary];

/// Java's grammar has no such statements but `switch` rules that give a value.
fn useless_expression<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(value) = node.first_child().map(Node::inner) else { return };
    if node.tree().language.name == "java"
        || !is_useless(value)
        || is_whole_file(node)
        || probes(node)
        || is_just_declared(node, value)
        || is_torn_let(node)
    {
        return;
    }
    // Tests of types evaluate expressions for the compiler alone.
    if !finder.file.comments_say("@ts-expect-error") {
        finder.report(node, &[("code", value.text())]);
    }
}

/// The grammar takes `let` for a name when a comment stands between it and what it declares.
fn is_torn_let(node: Node) -> bool {
    let is_let = |statement: Node| statement.is(Role::ExpressionStatement) && statement.text().trim_end_matches(';') == "let";
    is_let(node) || node.previous_sibling().is_some_and(is_let)
}

/// Bare property accesses may be getters called for their effect, or carry a type comment; strings are directives.
fn is_useless(value: Node) -> bool {
    match value.role() {
        Role::Identifier | Role::Number | Role::This | Role::Null | Role::True | Role::False | Role::Regex => true,
        Role::Binary | Role::Ternary => has_no_effect(value),
        Role::Unary => value.operator() != "void" && has_no_effect(value),
        _ => false,
    }
}

fn has_no_effect(value: Node) -> bool {
    value.descendants().all(|part| match part.role() {
        Role::Call | Role::New | Role::Assignment | Role::Update | Role::Await | Role::Yield | Role::Error | Role::Member | Role::Index => {
            !has_effect(part)
        }
        Role::Unary => part.operator() != "delete",
        _ => true,
    }) && !(value.is(Role::Unary) && value.operator() == "delete")
}

fn has_effect(part: Node) -> bool {
    !matches!(part.role(), Role::Member | Role::Index)
}

/// Data files hold one expression and nothing else.
fn is_whole_file(node: Node) -> bool {
    node.parent().is_some_and(|parent| parent.is(Role::Program) && parent.first_child() == Some(node) && node.next_sibling().is_none())
}

/// `const rest: never = kind; rest` makes the compiler check that no kind was forgotten.
fn is_just_declared(node: Node, value: Node) -> bool {
    let declares =
        |before: Node| before.is(Role::Local) && before.children().any(|one| one.is(Role::Declarator) && one.name() == Some(value.text()));
    value.is(Role::Identifier) && node.previous_sibling().is_some_and(declares)
}

/// `try { Symbol; } catch …` asks whether the name exists.
fn probes(node: Node) -> bool {
    node.enclosing(|outer| outer.is(Role::Try)).is_some()
}

fn exception_not_thrown<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(created) = node.first_child().map(Node::inner).filter(|value| value.is(Role::New)) else { return };
    let Some(made) = created.child(Field::Type).or_else(|| created.child(Field::Constructor)) else { return };
    // A rule of a `switch` gives the exception as its value.
    let is_value = node.parent().is_some_and(|parent| parent.kind_name() == "switch_rule");
    if is_value || !["Exception", "Error"].iter().any(|end| made.text().ends_with(end)) {
        return;
    }
    finder.report(node, &[("type", made.text())]).edit(Safety::Suggest, node.start(), node.start(), "throw ");
}

fn misspelt_operator<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let (Some(left), Some(right)) = (node.child(Field::Left), node.child(Field::Right)) else { return };
    if !right.is(Role::Unary) || node.operator() != "=" {
        return;
    }
    let sign = right.operator();
    let Some(argument) = right.child(Field::Argument).filter(|_| matches!(sign, "+" | "-" | "!")) else { return };
    let text = finder.tree().text;
    let between = &text[left.end() as usize..right.start() as usize];
    let after = &text[right.start() as usize + sign.len()..argument.start() as usize];
    if between.ends_with('=') && between.len() > 1 && !after.is_empty() {
        let at = right.start() - 1;
        let meant = format!("{sign}=");
        finder.report_text(at, at + 2, &[("written", &format!("={sign}")), ("meant", &meant)]).edit(
            Safety::Suggest,
            at,
            at + 2,
            meant.clone(),
        );
    }
}

fn assignment_in_condition<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(tested) = node.child(Field::Condition) else { return };
    // Loops and `if` have one pair of parentheses anyway; a second pair says that the assignment is meant.
    let assigned = if tested.is(Role::Parenthesized) { tested.first_child() } else { Some(tested) };
    let Some(assigned) = assigned.filter(|assigned| assigned.is(Role::Assignment) && assigned.operator() == "=") else { return };
    if node.is(Role::Ternary) && tested.is(Role::Parenthesized) {
        return;
    }
    let (Some(name), Some(value)) = (assigned.child(Field::Left), assigned.child(Field::Right).map(Node::inner)) else { return };
    let is_step = node.role().is_loop() && !value.role().is_literal();
    if may_be_slip(value) && last_name(name) != last_name(value) && !is_step {
        finder.report(assigned, &[("name", name.text())]);
    }
}

/// Literals, names and constants are what things are compared with; to keep what a call or a property gives and test it is an idiom.
fn may_be_slip(value: Node) -> bool {
    match value.role() {
        Role::Identifier | Role::Undefined => true,
        Role::Member => {
            value.first_child().is_some_and(|object| object.is(Role::Identifier) && object.text().starts_with(char::is_uppercase))
        }
        role => role.is_literal(),
    }
}

/// `c` of `a.b.c`: `if (closed = this.closed)` is meant.
fn last_name(node: Node<'_>) -> &str {
    node.child(Field::Property).unwrap_or(node).text()
}

fn wrong_loop_counter<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let updates = || node.children().filter(|part| part.field() == Field::Update && !part.is(Role::Dropped));
    let Some(tested) = condition(node).filter(|tested| tested.is(Role::Binary)) else { return };
    let Some(stepped) = updates().next().and_then(target) else { return };
    let Some(counter) = operands(tested).map(|(left, _, _)| left.inner()).filter(|left| left.is(Role::Identifier)) else { return };
    // What the condition mentions is stepped for it, unless that is an outer loop's counter.
    if updates().count() != 1 || mentions(tested, stepped.text()) && !is_stepped_outside(node, stepped.text()) {
        return;
    }
    // The other side of the comparison may be what moves: `for (e = d + 1, d = b; e < d; --c)` ends by what its body does to `d`.
    let names: Vec<&str> = tested.descendants().filter(|part| part.is(Role::Identifier)).map(|name| name.text()).collect();
    let changed = |code: Node| names.iter().any(|name| (*name != stepped.text() || *name == counter.text()) && changes(code, name));
    // The inner loop's own counter is stepped, the outer one's tested.
    let tests_outer = || begins_with(node, stepped.text()) && is_stepped_outside(node, counter.text());
    if !begins_with(node, counter.text()) && !tests_outer()
        || node.child(Field::Body).is_none_or(changed)
        || changed(tested)
        || updates().any(changed)
    {
        return;
    }
    finder.report(stepped, &[("stepped", stepped.text()), ("tested", counter.text())]);
}

fn is_stepped_outside(node: Node, name: &str) -> bool {
    let steps =
        |outer: Node| outer.children().any(|part| part.field() == Field::Update && target(part).is_some_and(|it| it.text() == name));
    node.enclosing(|outer| outer.is(Role::For) && steps(outer)).is_some()
}

/// The variable that an increment or assignment changes.
fn target(update: Node<'_>) -> Option<Node<'_>> {
    let changed = match update.role() {
        Role::Update => update.children().find(|part| part.is(Role::Identifier)),
        Role::Assignment => update.child(Field::Left),
        _ => None,
    };
    changed.filter(|name| name.is(Role::Identifier))
}

/// Whether the loop's head gives this variable its first value.
fn begins_with(node: Node, name: &str) -> bool {
    let declares = |part: Node| part.is(Role::Declarator) && part.name() == Some(name) && part.child(Field::Value).is_some();
    let assigns = |part: Node| part.is(Role::Assignment) && part.child(Field::Left).is_some_and(|left| left.text() == name);
    node.children()
        .filter(|part| part.field() == Field::Init)
        .any(|init| assigns(init) || init.descendants().any(|part| declares(part) || assigns(part)))
}

fn changes(code: Node, name: &str) -> bool {
    let changes = |part: Node| target(part).is_some_and(|changed| changed.text() == name);
    changes(code) || code.descendants().any(changes)
}
