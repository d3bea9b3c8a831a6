//! Checks that compare the branches of one conditional: conditions tested twice, bodies that are the same.
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{alternative, chained, comments_hash, condition, if_chain, is_else_if, is_stable, statements};
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::model::hash;
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "duplicate-condition", run: Run::Nodes(&[Role::If, Role::SwitchBody], duplicate_condition) },
    Builtin { name: "duplicate-branch", run: Run::Nodes(&[Role::If, Role::SwitchBody], duplicate_branch) },
    Builtin { name: "all-branches-identical", run: Run::Nodes(&[Role::If, Role::SwitchBody, Role::Ternary], all_identical) },
];

fn duplicate_condition<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    match node.role() {
        Role::If if is_else_if(node) || alternative(node).is_none() => {}
        Role::If => conditions_of_chain(node, finder),
        _ => labels(node, finder),
    }
}

fn conditions_of_chain<'t>(first: Node<'t>, finder: &mut Finder<'_, 't>) {
    // What was false when a condition is tested, and the conditions as a whole.
    let mut was_false = FxHashSet::default();
    let mut earlier: FxHashMap<u64, Node> = FxHashMap::default();
    let mut unproven = Vec::new();
    for tested in if_chain(first).filter_map(condition) {
        unproven.push(tested);
        // A part cannot be true when it, or something that it needs, was false.
        let cannot_be = |part: Node<'t>| was_false.contains(&part.hash()) || chained(part, "&&").any(|it| was_false.contains(&it.hash()));
        if chained(tested, "||").all(cannot_be) {
            // An effect of this or an earlier one may change what later ones give.
            if !unproven.drain(..).all(has_no_effect) {
                return;
            }
            if is_stable(tested) {
                let finding = finder.report(tested, &[("condition", tested.text())]);
                if let Some(before) = earlier.get(&tested.hash()) {
                    finding.see(*before, "tested here before");
                }
            }
        }
        was_false.extend(chained(tested, "||").map(Node::hash));
        earlier.entry(tested.hash()).or_insert(tested);
    }
}

fn has_no_effect(node: Node) -> bool {
    let effect = |node: Node| matches!(node.role(), Role::Assignment | Role::Update | Role::Await | Role::Yield);
    !effect(node) && !node.descendants().any(effect)
}

/// Labels of one switch. The Java compiler refuses a second one itself.
fn labels<'t>(body: Node<'t>, finder: &mut Finder<'_, 't>) {
    if body.tree().language.name == "java" {
        return;
    }
    let mut seen: FxHashMap<u64, Node> = FxHashMap::default();
    for tested in body.children().filter_map(|case| case.child(Field::Value)) {
        let before = *seen.entry(tested.hash()).or_insert(tested);
        if before != tested && is_stable(tested) {
            finder.report(tested, &[("condition", tested.text())]).see(before, "tested here before");
        }
    }
}

/// What one branch does.
#[derive(Clone, Copy)]
struct Branch<'t> {
    /// Where it is reported.
    at: Node<'t>,
    /// Of its statements but a last `break`.
    hash: u64,
    statements: usize,
    lines: u32,
    /// It does not run on into the next case.
    closed: bool,
    /// Its pattern or condition gives names or types that another branch's does not.
    binds: bool,
}

impl<'t> Branch<'t> {
    fn of(at: Node<'t>, all: impl Iterator<Item = Node<'t>>, binds: bool, closed: bool) -> Self {
        let mut branch = Branch { at, hash: 0, statements: 0, lines: 0, closed, binds };
        let mut first = None;
        for statement in all {
            if matches!(statement.role(), Role::Break | Role::Return | Role::Throw | Role::Continue) {
                branch.closed = true;
            }
            if statement.is(Role::Break) && statement.first_child().is_none() {
                continue;
            }
            first = first.or(Some(statement.line()));
            branch.hash = hash::mix(branch.hash, statement.hash());
            branch.statements += 1;
            branch.lines = at.tree().line_at(statement.end()) + 1 - first.unwrap_or(statement.line());
        }
        branch
    }

    fn same(&self, other: &Branch<'t>) -> bool {
        self.hash == other.hash
            && self.statements == other.statements
            && self.statements > 0
            && !(self.binds || other.binds)
            && comments_hash(self.at) == comments_hash(other.at)
    }
}

fn if_branches<'t>(first: Node<'t>) -> impl Iterator<Item = Branch<'t>> + Clone {
    let body = |link: Node<'t>| {
        Some(Branch::of(link.child(Field::Consequence)?, statements(link.child(Field::Consequence)?), narrows(link), true))
    };
    let last = if_chain(first).filter_map(alternative).find(|other| !other.is(Role::If));
    if_chain(first).filter_map(body).chain(last.map(|body| Branch::of(body, statements(body), false, true)))
}

/// Whether the condition gives a name its type, by which equal code means another thing.
fn narrows(link: Node) -> bool {
    let Some(tested) = condition(link) else { return false };
    let binds = |part: Node| part.is(Role::InstanceOf) && part.child(Field::Name).is_some() || part.kind_name().ends_with("_pattern");
    binds(tested) || tested.descendants().any(binds)
}

/// The branches of a switch; cases that only run on into the next one are none of their own.
fn case_branches<'t>(body: Node<'t>) -> impl Iterator<Item = Branch<'t>> + Clone {
    let is_last = move |case: Node<'t>| case.next_sibling().is_none();
    let branch = move |case: Node<'t>| {
        let binds =
            case.children().any(|label| label.is(Role::CaseLabel) && label.descendants().any(|part| part.kind_name().contains("pattern")));
        Branch::of(case, case_statements(case), binds, is_last(case) || case.kind_name() == "switch_rule")
    };
    body.children().filter(|case| case.is(Role::Case)).map(branch).filter(|branch| branch.statements > 0 || branch.closed)
}

/// The statements of a case, out of the block that may hold them all.
fn case_statements<'t>(case: Node<'t>) -> impl Iterator<Item = Node<'t>> + Clone {
    let is_label = |part: &Node| part.is(Role::CaseLabel) || part.field() == Field::Value || part.kind_name() == "default";
    let mut own = case.children().filter(move |part| !is_label(part));
    let only = own.next().filter(|first| first.is(Role::Block) && own.next().is_none());
    let rest = case.children().filter(move |part| only.is_none() && !is_label(part));
    only.into_iter().flat_map(Node::children).chain(rest)
}

fn duplicate_branch<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    match node.role() {
        Role::If if is_else_if(node) || alternative(node).is_none() => {}
        Role::If => report_duplicates(if_branches(node), has_else(node), finder),
        _ => report_duplicates(case_branches(node), node.children().any(is_default), finder),
    }
}

fn report_duplicates<'t>(branches: impl Iterator<Item = Branch<'t>> + Clone, is_complete: bool, finder: &mut Finder<'_, 't>) {
    // All the same is another rule's finding.
    if is_complete && are_identical(branches.clone()) {
        return;
    }
    let mut seen: FxHashMap<(u64, u64), Branch> = FxHashMap::default();
    let mut last: Option<Branch> = None;
    for branch in branches {
        // Neighbours can be joined; of others only longer bodies are worth a function.
        let is_long = branch.statements > 2;
        let content = (branch.hash, if is_long { comments_hash(branch.at) } else { 0 });
        let before = if is_long { seen.get(&content).copied() } else { last };
        if let Some(before) = before.filter(|before| is_worth_merging(&branch) && before.closed && before.same(&branch)) {
            finder.report(branch.at, &[("line", &before.at.line().to_string())]).see(before.at, "the same here");
        }
        if is_long && branch.closed && !branch.binds {
            seen.entry(content).or_insert(branch);
        }
        last = Some(branch);
    }
}

/// Short bodies are easier to read twice than under a longer condition.
fn is_worth_merging(branch: &Branch) -> bool {
    branch.closed && branch.lines >= 2 && branch.statements >= 2
}

fn all_identical<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    match node.role() {
        Role::Ternary => {
            let sides = (node.child(Field::Consequence), node.child(Field::Alternative));
            // A comment beside one of them tells why it stands there.
            if matches!(sides, (Some(yes), Some(no)) if yes.hash() == no.hash()) && node.comments().is_empty() {
                finder.report(node, &[("what", "conditional expression")]);
            }
        }
        Role::If => {
            if has_else(node) && !is_else_if(node) && are_identical(if_branches(node)) {
                finder.report(node, &[("what", "`if`")]);
            }
        }
        _ => {
            let has_default = node.children().any(is_default);
            let closed = case_branches(node).all(|branch| branch.closed);
            if has_default && closed && are_identical(case_branches(node)) {
                finder.report(node.parent().unwrap_or(node), &[("what", "`switch`")]);
            }
        }
    }
}

fn has_else(first: Node) -> bool {
    if_chain(first).last().is_some_and(|link| alternative(link).is_some())
}

fn is_default(case: Node) -> bool {
    let labels =
        |label: Node| label.text() == "default" || label.is(Role::CaseLabel) && label.children().any(|one| one.text() == "default");
    case.first_child().is_some_and(labels)
}

fn are_identical<'t>(mut branches: impl Iterator<Item = Branch<'t>>) -> bool {
    let Some(first) = branches.next() else { return false };
    let mut others = 0;
    let same = branches.all(|other| {
        others += 1;
        other.same(&first)
    });
    same && others > 0
}
