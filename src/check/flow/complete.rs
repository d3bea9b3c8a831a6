//! Which statements can complete, so that what stands after them runs. One backward scan of the tree: parts come before wholes.
use rustc_hash::FxHashMap;

use crate::lang::{Field, Role};
use crate::parse::{Node, Tree};

/// Goes on to the next statement, as far as the language itself can tell.
const GOES_ON: u8 = 1;
/// The same, knowing also which calls never return.
const RETURNS: u8 = 2;
const COMPLETES: u8 = GOES_ON | RETURNS;
/// Holds a `break` that ends the nearest loop or switch around.
const BREAKS: u8 = 4;
/// Holds a `continue` for the nearest loop around.
const CONTINUES: u8 = 8;
/// What a statement passes on to the one around it.
const JUMPS: u8 = BREAKS | CONTINUES;

/// Calls that never come back, by their text up to the arguments.
const NEVER_RETURN: &[&str] = &[
    "System.exit",
    "Runtime.getRuntime().halt",
    "Runtime.getRuntime().exit",
    "Assert.fail",
    "Assertions.fail",
    "fail",
    "process.exit",
    "process.abort",
    "assert.fail",
];

/// How each statement of a file can end.
pub struct Completion<'t> {
    tree: &'t Tree<'t>,
    flags: Vec<u8>,
    /// Jumps with a label, from the last to the first, by the hash of the label and whether it is left.
    labelled: FxHashMap<(u64, bool), Vec<u32>>,
}

impl<'t> Completion<'t> {
    pub fn of(tree: &'t Tree<'t>) -> Self {
        let mut completion = Completion { tree, flags: vec![COMPLETES; tree.len()], labelled: FxHashMap::default() };
        for node in tree.nodes().rev() {
            let flags = completion.judge(node);
            completion.flags[node.id() as usize] = flags;
        }
        completion
    }

    /// Whether the statement after this one can be reached from it.
    pub fn completes(&self, statement: Node) -> bool {
        self.has(statement, GOES_ON)
    }

    /// The same, where a call such as `System.exit` counts as an end.
    pub fn returns(&self, statement: Node) -> bool {
        self.has(statement, RETURNS)
    }

    /// Whether a `continue`, with a label or without, leads back to the head of this loop.
    pub fn is_continued(&self, a_loop: Node) -> bool {
        let body = a_loop.child(Field::Body);
        body.is_some_and(|body| self.has(body, CONTINUES)) || self.is_target(a_loop, Role::Continue)
    }

    fn has(&self, node: Node, flag: u8) -> bool {
        self.flags[node.id() as usize] & flag != 0
    }

    fn flags(&self, node: Option<Node>) -> u8 {
        node.map_or(COMPLETES, |node| self.flags[node.id() as usize])
    }

    fn judge(&mut self, node: Node<'t>) -> u8 {
        if node.is_broken() {
            return COMPLETES | JUMPS;
        }
        match node.role() {
            Role::Return | Role::Throw => 0,
            Role::Break => self.jump(node, BREAKS),
            Role::Continue => self.jump(node, CONTINUES),
            Role::Yield if node.kind_name() == "yield_statement" => 0,
            Role::ExpressionStatement if never_returns(node) => GOES_ON,
            Role::Block | Role::Case | Role::Synchronized | Role::Catch | Role::Else | Role::Finally | Role::With => self.sequence(node),
            Role::If => {
                let (then, other) = (node.child(Field::Consequence), node.child(Field::Alternative));
                self.flags(then) | if other.is_some() { self.flags(other) } else { COMPLETES }
            }
            Role::While | Role::For => self.head_tested(node),
            Role::Do => self.foot_tested(node),
            Role::Labelled => self.labelled(node),
            Role::Switch => self.switch(node),
            Role::Try => self.tried(node),
            _ => COMPLETES,
        }
    }

    fn jump(&mut self, node: Node<'t>, flag: u8) -> u8 {
        match node.first_child() {
            Some(label) => {
                self.labelled.entry((label_hash(label), node.is(Role::Break))).or_default().push(node.id());
                0
            }
            None => flag,
        }
    }

    /// Statements that run one after the other.
    fn sequence(&self, node: Node) -> u8 {
        let parts = node.children().map(|child| self.flags[child.id() as usize]);
        parts.fold(COMPLETES, |all, part| (all & part & COMPLETES) | ((all | part) & JUMPS))
    }

    fn head_tested(&self, node: Node) -> u8 {
        let endless = match condition(node) {
            Some(condition) => is_always_true(condition),
            None => node.is(Role::For),
        };
        let body = self.flags(node.child(Field::Body));
        if endless && body & BREAKS == 0 { 0 } else { COMPLETES }
    }

    fn foot_tested(&self, node: Node) -> u8 {
        let body = self.flags(node.child(Field::Body));
        let endless = condition(node).is_some_and(is_always_true);
        let is_continued = body & CONTINUES != 0 || self.is_target(node, Role::Continue);
        let reached = if is_continued { COMPLETES } else { body & COMPLETES };
        match (body & BREAKS != 0, endless) {
            (true, _) => COMPLETES,
            (false, true) => 0,
            (false, false) => reached,
        }
    }

    fn labelled(&self, node: Node) -> u8 {
        let body = self.flags(node.children().last());
        let jumped_out = self.jumps_to(node, Role::Break);
        if jumped_out { COMPLETES | (body & JUMPS) } else { body }
    }

    fn switch(&self, node: Node) -> u8 {
        let Some(body) = node.child(Field::Body) else { return COMPLETES };
        let mut cases = 0;
        let (mut has_default, mut last, mut all) = (false, COMPLETES, 0);
        for case in body.children().filter(|child| child.is(Role::Case)) {
            last = self.flags[case.id() as usize];
            // A rule with an arrow leaves the switch at its end.
            let is_arrow = case.kind_name() == "switch_rule";
            cases |= last & JUMPS;
            all |= if is_arrow { last & COMPLETES } else { 0 };
            has_default |= is_default(case);
        }
        let ends = if has_default && cases & BREAKS == 0 { all | (last & COMPLETES) } else { COMPLETES };
        ends | (cases & CONTINUES)
    }

    fn tried(&self, node: Node) -> u8 {
        let (mut ends, mut jumps, mut finally) = (0, 0, COMPLETES);
        for part in node.children() {
            let flags = self.flags[part.id() as usize];
            match part.role() {
                Role::Block | Role::Catch => ends |= flags & COMPLETES,
                Role::Finally => finally = flags & COMPLETES,
                _ => continue,
            }
            jumps |= flags & JUMPS;
        }
        (ends & finally) | jumps
    }

    /// Whether a jump of this kind names the label around this loop.
    fn is_target(&self, a_loop: Node, jump: Role) -> bool {
        a_loop.parent().is_some_and(|parent| parent.is(Role::Labelled) && self.jumps_to(parent, jump))
    }

    fn jumps_to(&self, labelled: Node, jump: Role) -> bool {
        let Some(label) = labelled.first_child().map(label_hash) else { return false };
        let Some(jumps) = self.labelled.get(&(label, jump == Role::Break)) else { return false };
        let last_inside = jumps.partition_point(|id| *id >= labelled.next_id());
        jumps.get(last_inside).is_some_and(|id| *id > labelled.id())
    }

    pub fn tree(&self) -> &'t Tree<'t> {
        self.tree
    }
}

fn label_hash(label: Node) -> u64 {
    crate::model::hash::bytes(label.text().as_bytes())
}

/// The condition of a loop, if it is more than a semicolon.
pub(in crate::check) fn condition(a_loop: Node) -> Option<Node> {
    let is_given = |child: &Node| child.field() == Field::Condition && !matches!(child.role(), Role::Empty | Role::Dropped);
    a_loop.children().find(is_given)
}

pub(in crate::check) fn is_always_true(condition: Node) -> bool {
    let condition = condition.inner();
    match condition.role() {
        Role::True => true,
        Role::Number => condition.text() == "1",
        _ => false,
    }
}

/// Whether one of the labels of a case is `default`.
pub(super) fn is_default(case: Node) -> bool {
    let is_word = |node: Node| node.text() == "default";
    case.kind_name() == "switch_default" || case.children().any(|child| child.is(Role::CaseLabel) && (child.children().any(is_word)))
}

fn never_returns(statement: Node) -> bool {
    let Some(call) = statement.first_child().filter(|call| call.is(Role::Call)) else { return false };
    let Some(arguments) = call.child(Field::Arguments) else { return false };
    let callee = &call.tree().text[call.start() as usize..arguments.start() as usize];
    NEVER_RETURN.contains(&callee.trim_end())
}
