//! Checks of how conditions are written: what could be said more simply, and what is tested in the wrong order.
use super::facts::{EQUALITIES, chained, condition, is_boolean, is_comparison, is_else_if, negated, operands, opposite, sole_statement};
use super::wheres::is_pure;
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::model::Safety;
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "inverted-boolean", run: Run::Nodes(&[Role::Unary], inverted_boolean) },
    Builtin { name: "redundant-boolean", run: Run::Nodes(&[Role::Binary, Role::Ternary, Role::Unary], redundant_boolean) },
    Builtin { name: "return-boolean-if", run: Run::Nodes(&[Role::If], return_boolean_if) },
    Builtin { name: "complex-condition", run: Run::Nodes(&[Role::Binary], complex_condition) },
    Builtin { name: "misplaced-null-check", run: Run::Nodes(&[Role::Binary], misplaced_null_check) },
];

/// Binary operators that bind less tightly than `==`: a comparison between them needs no parentheses.
const LOOSER: &[&str] = &["&&", "||", "??", "&", "|", "^"];

fn inverted_boolean<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    if node.operator() != "!" {
        return;
    }
    // `!!x` makes a boolean of anything.
    if node.parent().is_some_and(|parent| parent.is(Role::Unary)) {
        return;
    }
    let Some(compared) = node.child(Field::Argument).map(Node::inner).filter(|inner| inner.is(Role::Binary)) else { return };
    let Some((left, operator, right)) = operands(compared) else { return };
    let Some(other) = opposite(operator) else { return };
    let code = format!("{} {other} {}", left.text(), right.text());
    let in_operation = node.parent().is_some_and(|parent| match parent.role() {
        Role::Binary => !LOOSER.contains(&parent.operator()) || (LOOSER[3..].contains(&parent.operator())),
        role => matches!(role, Role::Unary | Role::Cast | Role::Member | Role::Await | Role::InstanceOf),
    });
    let code = if in_operation { format!("({code})") } else { code };
    // `return!(a == b)` has no space that the operand could do without.
    let is_glued = finder.tree().text[..node.start() as usize].ends_with(|letter: char| letter.is_alphanumeric());
    let code = if is_glued { format!(" {code}") } else { code };
    let finding = finder.report(node, &[("operator", operator), ("other", other)]);
    if node.comments().is_empty() {
        finding.edit(Safety::Safe, node.start(), node.end(), code);
    }
}

fn redundant_boolean<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let is_java = finder.tree().language.name == "java";
    let simple = match node.role() {
        Role::Unary if node.operator() == "!" => {
            node.child(Field::Argument).map(Node::inner).and_then(truth).map(|value| (!value).to_string())
        }
        Role::Binary => compared_with_literal(node, is_java),
        Role::Ternary => chosen_literal(node, is_java),
        _ => None,
    };
    let Some(simple) = simple else { return };
    let finding = finder.report(node, &[("simple", &simple)]);
    if node.comments().is_empty() && !node.parent().is_some_and(|parent| matches!(parent.role(), Role::Binary | Role::Unary)) {
        finding.edit(Safety::Suggest, node.start(), node.end(), simple);
    }
}

fn truth(node: Node) -> Option<bool> {
    match node.role() {
        Role::True => Some(true),
        Role::False => Some(false),
        _ => None,
    }
}

/// `x == true`: in JavaScript only where `x` can be nothing but a boolean.
fn compared_with_literal(node: Node, is_java: bool) -> Option<String> {
    let (left, operator, right) = operands(node)?;
    let (value, other) = match (truth(left.inner()), truth(right.inner())) {
        (None, Some(value)) => (value, left),
        (Some(value), None) => (value, right),
        _ => return None,
    };
    if !EQUALITIES.contains(&operator) || !(is_java || is_boolean(other)) {
        return None;
    }
    let holds = value == matches!(operator, "==" | "===");
    // `!(a instanceof B)` is not simpler than `a instanceof B === false`.
    if !holds && matches!(other.inner().role(), Role::Binary | Role::InstanceOf) {
        return None;
    }
    Some(if holds { other.text().to_owned() } else { negated(other) })
}

/// `c ? true : false`.
fn chosen_literal(node: Node, is_java: bool) -> Option<String> {
    let tested = node.child(Field::Condition)?;
    let yes = truth(node.child(Field::Consequence)?.inner())?;
    let no = truth(node.child(Field::Alternative)?.inner())?;
    if yes == no || !(is_java || is_boolean(tested)) {
        return None;
    }
    Some(if yes { tested.text().to_owned() } else { negated(tested) })
}

fn return_boolean_if<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(yes) = node.child(Field::Consequence).and_then(returned_truth) else { return };
    let (other, end) = match node.child(Field::Alternative) {
        Some(branch) => (super::facts::alternative(node).and_then(returned_truth), branch.end()),
        None => match node.next_sibling() {
            Some(next) => (returned_truth(next), next.end()),
            None => return,
        },
    };
    let Some(tested) = condition(node) else { return };
    let has_comments = !finder.tree().comments_in(node.start(), end).is_empty();
    // The negation of a longer condition reads no better.
    let is_long = !yes && is_logical(tested);
    if other != Some(!yes)
        || is_one_of_many(node)
        || has_comments
        || is_long
        || !(finder.tree().language.name == "java" || is_boolean(tested))
    {
        return;
    }
    let simple = if yes { tested.text().to_owned() } else { negated(tested) };
    let finding = finder.report_text(node.start(), node.start() + 2, &[("simple", &simple)]);
    finding.edit(Safety::Safe, node.start(), end, format!("return {simple};"));
}

fn returned_truth(body: Node) -> Option<bool> {
    let only = sole_statement(body).filter(|only| only.is(Role::Return))?;
    truth(only.first_child()?.inner())
}

/// The last of several guards reads better like the others.
fn is_one_of_many(node: Node) -> bool {
    let guards = |before: Node| before.is(Role::If) && before.child(Field::Consequence).is_some_and(ends_with_return);
    // The nearest first: a block may hold many such.
    let mut before = std::iter::successors(node.previous_sibling(), |other| other.previous_sibling());
    is_else_if(node) || before.any(guards)
}

fn ends_with_return(body: Node) -> bool {
    super::facts::statements(body).last().is_some_and(|last| last.is(Role::Return))
}

fn complex_condition<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    if !is_logical(node) || node.parent().is_some_and(is_part_of_condition) {
        return;
    }
    let max = finder.rule.params.integer("max");
    let count = count_logical(node);
    // Field after field is compared there; no reader has to untangle it.
    let compares_fields = || node.enclosing_function().and_then(Node::name) == Some("equals");
    if i64::from(count) <= max || is_uniform(node) || compares_fields() {
        return;
    }
    finder.report(node, &[("count", &count.to_string()), ("max", &max.to_string())]);
}

fn is_logical(node: Node) -> bool {
    node.is(Role::Binary) && matches!(node.operator(), "&&" | "||")
}

fn is_part_of_condition(node: Node) -> bool {
    match node.role() {
        Role::Parenthesized | Role::Unary => node.parent().is_some_and(is_part_of_condition),
        _ => is_logical(node),
    }
}

fn count_logical(node: Node) -> u32 {
    let node = node.inner();
    match node.role() {
        Role::Binary if is_logical(node) => operands(node).map_or(0, |(left, _, right)| 1 + count_logical(left) + count_logical(right)),
        Role::Unary if node.operator() == "!" => node.child(Field::Argument).map_or(0, count_logical),
        _ => 0,
    }
}

/// A plain list: one operator, and operands that all ask the same of one thing or are plain names.
fn is_uniform(node: Node) -> bool {
    let operator = if node.operator() == "&&" { "&&" } else { "||" };
    let mut about = None;
    chained(node, operator).all(|operand| {
        let subject = match operand.role() {
            Role::Binary => operands(operand).filter(|(_, own, _)| is_comparison(own)).map(|(left, _, _)| left.hash()),
            Role::Call => super::facts::receiver(operand).map(Node::hash),
            Role::InstanceOf => operand.first_child().map(Node::hash),
            _ => None,
        };
        subject.is_some() && *about.get_or_insert(subject) == subject
    })
}

/// How many operands before an access are looked at for the test that goes wrong.
const NEAR: usize = 4;

/// `x.f() && x != null` tests too late; `x == null && x.f()` fails whenever it gets there.
fn misplaced_null_check<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some((left, operator, right)) = operands(node).filter(|(_, operator, _)| matches!(*operator, "&&" | "||")) else { return };
    // With `&&` the rest runs when the test held: it must be `!= null`.
    let guard = operator == "&&";
    if let Some((tested, present)) = null_test(right.inner()) {
        let word = if guard { "&&" } else { "||" };
        let earlier = || chained(left, word).collect::<Vec<_>>();
        if present == guard
            && chained(left, word).any(|before| dereferences(before, tested))
            && !earlier().into_iter().any(|before| before.inner().is(Role::Assignment) || tests(before, tested))
        {
            let message = format!("`{}` is used before it is compared with null here.", tested.text());
            finder.report(node, &[]).message(message);
        }
        return;
    }
    let word = if guard { "&&" } else { "||" };
    let Some(first) = chained(right, word).last() else { return };
    for before in chained(left, word).take(NEAR) {
        if let Some((tested, present)) = null_test(before.inner())
            && present != guard
            && dereferences(first, tested)
        {
            let message = format!("`{}` is null whenever this is reached: `{}` was meant.", tested.text(), if guard { "||" } else { "&&" });
            finder.report(node, &[]).message(message);
            return;
        }
        // What stands between may give the variable a value.
        if !is_pure(before) {
            return;
        }
    }
}

/// What is compared with null, and whether the test holds when it is not null.
fn null_test(node: Node<'_>) -> Option<(Node<'_>, bool)> {
    if node.is(Role::Unary) && node.operator() == "!" {
        return null_test(node.child(Field::Argument)?.inner()).map(|(tested, present)| (tested, !present));
    }
    let (left, operator, right) = operands(node).filter(|_| node.is(Role::Binary))?;
    let is_null = |side: Node| matches!(side.inner().role(), Role::Null | Role::Undefined);
    let tested = match (is_null(left), is_null(right)) {
        (false, true) => left.inner(),
        (true, false) => right.inner(),
        _ => return None,
    };
    let present = match operator {
        "!=" | "!==" => true,
        "==" | "===" => false,
        _ => return None,
    };
    (matches!(tested.role(), Role::Identifier | Role::Member) && super::facts::is_stable(tested)).then_some((tested, present))
}

/// Whether evaluating it reads a member of `tested` in any case.
fn dereferences(node: Node, tested: Node) -> bool {
    let node = node.inner();
    match node.role() {
        Role::Binary if matches!(node.operator(), "&&" | "||" | "??") => node.first_child().is_some_and(|left| dereferences(left, tested)),
        Role::Ternary => node.child(Field::Condition).is_some_and(|asked| dereferences(asked, tested)),
        Role::Lambda | Role::Assignment => false,
        Role::Member | Role::Call | Role::Index if reads_member_of(node, tested) => true,
        // `typeof x.y` and `x?.y` do not fail.
        Role::Unary if node.operator() == "typeof" => false,
        _ => node.children().any(|part| !part.role().is_boundary() && part.kind_name() != "optional_chain" && dereferences(part, tested)),
    }
}

fn reads_member_of(node: Node, tested: Node) -> bool {
    node.child(Field::Object).is_some_and(|object| object.hash() == tested.hash()) && node.child(Field::OptionalChain).is_none()
}

/// Whether it compares the same thing with null or undefined already, or tests its truth.
fn tests(node: Node, tested: Node) -> bool {
    let same = |part: Node| part.hash() == tested.hash() && !matches!(part.field(), Field::Object | Field::Function);
    same(node) || node.descendants().any(same)
}
