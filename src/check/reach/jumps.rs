//! `loop-runs-once` and `redundant-jump`.
use crate::check::Finder;
use crate::check::flow::{condition, is_always_true};
use crate::lang::{Field, Role};
use crate::model::Safety;
use crate::parse::Node;

/// A loop over items with a jump at its end takes the first of them; any other that cannot come to its head again is no loop.
pub(super) fn loop_runs_once<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let file = finder.file;
    let (completion, Some(body)) = (file.completion(), node.child(Field::Body)) else { return };
    let is_single = !completion.completes(body) && !completion.is_continued(node) && !is_one_pass(node);
    if !is_single || takes_first(node) {
        return;
    }
    // A loop inside that never ends would be the one to blame.
    let Some(culprit) = culprit(node, finder) else { return };
    if !culprit.role().is_loop() && !culprit.is(Role::Labelled) {
        finder.report(node, &[("jump", super::first_word(culprit))]).see(culprit, "always leaves the loop");
    }
}

/// `do … while (false)` says that it runs once, and `for (;;)` with nothing to count is a block to break out of.
fn is_one_pass(node: Node) -> bool {
    let condition = condition(node).map(Node::inner);
    match node.role() {
        Role::Do => condition.is_some_and(|condition| condition.is(Role::False) || condition.text() == "0"),
        _ => condition.is_none_or(is_always_true) && node.child(Field::Update).is_none(),
    }
}

/// `while (iterator.hasNext()) return iterator.next();` and its like.
fn takes_first(node: Node) -> bool {
    const STEPS: &[&str] = &["next", "hasNext", "hasMoreElements", "nextElement", "poll", "moveToFirst", "moveToNext", "find", "exec"];
    let condition = node.child(Field::Condition);
    condition.is_some_and(|condition| {
        let names = condition.descendants().filter(|node| matches!(node.role(), Role::Identifier | Role::PropertyName));
        { names }.any(|name| STEPS.contains(&name.text()))
    })
}

/// The statement of a loop's body that does not complete.
fn culprit<'t>(node: Node<'t>, finder: &Finder<'_, 't>) -> Option<Node<'t>> {
    let body = node.child(Field::Body)?;
    match body.role() {
        Role::Block => body.children().find(|statement| !finder.file.completion().completes(*statement)),
        _ => Some(body),
    }
}

pub(super) fn redundant_jump<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    if node.first_child().is_some_and(|child| !child.is(Role::Dropped)) {
        return;
    }
    let Some(block) = node.parent().filter(|parent| parent.is(Role::Block)) else { return };
    let is_only = block.first_child() == Some(node);
    if is_only || node.next_sibling().is_some() || !ends_at_target(node, block) {
        return;
    }
    let (start, end) = crate::check::unused::line_range(node);
    finder.report(node, &[("jump", super::first_word(node))]).edit(Safety::Safe, start, end, "");
}

/// Whether control comes to the jump's target from the end of this block anyway.
fn ends_at_target(jump: Node, block: Node) -> bool {
    let Some(holder) = block.parent() else { return false };
    match holder.role() {
        Role::Function | Role::Lambda => jump.is(Role::Return) && block.field() == Field::Body && !returns_value(block),
        _ if holder.role().is_loop() => jump.is(Role::Continue),
        _ => false,
    }
}

/// A script's function that gives back a value elsewhere says by a bare `return` that it gives back none here.
fn returns_value(body: Node) -> bool {
    let owner = body.parent();
    let is_own = |node: &Node| node.ancestors().find(|around| around.role().is_boundary()) == owner;
    let returns =
        body.descendants().filter(|node| node.is(Role::Return) && node.first_child().is_some_and(|value| !value.is(Role::Dropped)));
    { returns }.any(|node| is_own(&node))
}
