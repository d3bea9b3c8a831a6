//! Which values of local variables are read again: backward liveness over structured code, one set of variables at a time.
//!
//! Sets only grow from pass to pass over a loop, so a store seen live once is live; a loop keeps the set of its head for the next
//! pass of a loop around it. Variables that inner functions use are left out: they are read at times that cannot be seen.
use rustc_hash::FxHashMap;

use super::complete::{condition, is_always_true, is_default};
use crate::check::scopes::{Access, Reference, ScopeId, Scopes, SymbolId, SymbolKind};
use crate::lang::{Field, Role};
use crate::model::hash;
use crate::parse::{Node, NodeId};

/// Variables of one function, a bit each.
pub(super) type Set = u64;
const EVERYTHING: Set = Set::MAX;
/// A function with more candidates has the first of them looked at.
const CANDIDATES_AT_MOST: usize = 64;

/// What is known of a store, by reference.
const SEEN: u8 = 1;
const LIVE: u8 = 2;

/// Where a jump may lead.
pub(super) struct Target<'t> {
    node: Node<'t>,
    /// Live after the statement, and at the place to continue with for a loop.
    breaks: Set,
    continues: Option<Set>,
}

/// What is known of a loop.
#[derive(Clone, Copy, Default)]
struct Head {
    /// Live where each pass begins.
    set: Set,
    /// The surroundings in which another pass would add nothing: without it, loops in loops would be run over again and again.
    settled_for: Option<u64>,
}

/// The analysis of one function.
pub(super) struct Liveness<'a, 't> {
    scopes: &'a Scopes<'t>,
    /// The bit of each symbol of the file that is looked at now.
    bits: &'a [u8],
    /// [`SEEN`] and [`LIVE`] by the place of the reference.
    stores: &'a mut [u8],
    heads: FxHashMap<NodeId, Head>,
    targets: Vec<Target<'t>>,
    /// Live where an exception thrown here would be caught.
    thrown: Set,
    /// Live at the start of any `finally` around.
    finals: Set,
}

/// The stores whose value nothing reads, in the order of the text. Only variables that are stored to more than once and are read
/// somewhere: what is never read at all is an unused variable instead.
pub fn dead_stores<'a>(scopes: &'a Scopes) -> Vec<&'a Reference> {
    let mut candidates = candidates(scopes);
    if candidates.is_empty() {
        return Vec::new();
    }
    candidates.sort_unstable();
    let mut bits = vec![u8::MAX; scopes.symbols.len()];
    let mut stores = vec![0; scopes.references.len()];
    for group in candidates.chunk_by(|(one, _), (other, _)| one == other) {
        let function = scopes.tree.node(scopes.scopes[group[0].0 as usize].node);
        let Some(body) = function.child(Field::Body).or_else(|| function.child_with(Role::Block)) else { continue };
        let group = &group[..group.len().min(CANDIDATES_AT_MOST)];
        for ((_, symbol), bit) in group.iter().zip(0..) {
            bits[*symbol as usize] = bit;
        }
        let (heads, targets) = (FxHashMap::default(), Vec::new());
        Liveness { scopes, bits: &bits, stores: &mut stores, heads, targets, thrown: 0, finals: 0 }.before(body, 0);
        group.iter().for_each(|(_, symbol)| bits[*symbol as usize] = u8::MAX);
    }
    let dead = scopes.references.iter().zip(&stores).filter(|(_, known)| **known == SEEN);
    dead.map(|(reference, _)| reference).collect()
}

/// Variables with the scope of the function they belong to.
fn candidates(scopes: &Scopes) -> Vec<(ScopeId, SymbolId)> {
    let mut candidates = Vec::new();
    for (symbol, id) in scopes.symbols.iter().zip(0..) {
        if symbol.captured || !matches!(symbol.kind, SymbolKind::Local | SymbolKind::Parameter | SymbolKind::ForEach) {
            continue;
        }
        let function = scopes.scopes[symbol.scope as usize].function;
        let role = scopes.tree.node(scopes.scopes[function as usize].node).role();
        if !role.is_function() && role != Role::Initializer {
            continue;
        }
        let is_parameter = symbol.kind == SymbolKind::Parameter;
        if is_parameter && scopes.scopes[function as usize].uses_arguments {
            continue;
        }
        let (mut reads, mut writes) = (0, usize::from(is_parameter));
        for reference in scopes.uses(id) {
            reads += usize::from(reference.access.is_read());
            writes += usize::from(reference.access.is_write());
        }
        if reads > 0 && writes > 1 {
            candidates.push((function, id));
        }
    }
    candidates
}

impl<'t> Liveness<'_, 't> {
    /// The set before a statement or expression, given the one after it.
    pub(super) fn before(&mut self, node: Node<'t>, after: Set) -> Set {
        match node.role() {
            Role::Function | Role::Lambda | Role::Class | Role::AnonymousClass | Role::Signature => after,
            Role::If => self.branches(node, after),
            Role::While | Role::For | Role::Do => self.repeated(node, after),
            Role::ForEach => self.for_each(node, after),
            Role::Switch => self.switch(node, after),
            Role::Try => self.tried(node, after),
            Role::Labelled => self.labelled(node, after),
            Role::Return => self.children(node, self.finals | self.thrown),
            Role::Throw => self.children(node, self.thrown | self.finals),
            Role::Break => self.jump(node, |target| Some(target.breaks), is_breakable),
            Role::Continue => self.jump(node, |target| target.continues, is_loop),
            Role::Yield if node.kind_name() == "yield_statement" => {
                let after = self.target(|target| target.node.is(Role::Switch), |target| Some(target.breaks));
                self.children(node, after)
            }
            _ => self.expression(node, after),
        }
    }

    /// Parts that run one after the other.
    pub(super) fn children(&mut self, node: Node<'t>, after: Set) -> Set {
        let mut live = after;
        let mut id = node.next_id();
        // Children are found backwards from the end: each ends where the next begins.
        while id > node.id() + 1 {
            let mut child = node.tree().node(id - 1);
            while let Some(parent) = child.parent().filter(|parent| *parent != node) {
                child = parent;
            }
            live = self.before(child, live);
            id = child.id();
        }
        live
    }

    pub(super) fn before_field(&mut self, node: Node<'t>, field: Field, after: Set) -> Set {
        node.child(field).map_or(after, |child| self.before(child, after))
    }

    fn branches(&mut self, node: Node<'t>, after: Set) -> Set {
        let then = self.before_field(node, Field::Consequence, after);
        let other = self.before_field(node, Field::Alternative, after);
        self.before_field(node, Field::Condition, then | other)
    }

    /// Runs over a loop until its head does not change; `pass` gives the set before the head from the one at it.
    fn settle(&mut self, node: Node<'t>, after: Set, mut pass: impl FnMut(&mut Self, Set) -> Set) -> Set {
        let around = self.around(after);
        let mut head = self.heads.get(&node.id()).copied().unwrap_or_default();
        while head.settled_for != Some(around) {
            let next = head.set | pass(self, head.set);
            head = Head { set: next, settled_for: (next == head.set).then_some(around) };
            self.heads.insert(node.id(), head);
        }
        head.set
    }

    /// All that a loop's head depends on outside of the loop. Only jumps with a label, and `yield`, lead further out than `after`.
    fn around(&self, after: Set) -> u64 {
        let far = self.targets.iter().filter(|target| target.node.is(Role::Switch) || label_of(target).is_some());
        let far = far.flat_map(|target| [target.breaks, target.continues.unwrap_or(0)]);
        [after, self.thrown, self.finals].into_iter().chain(far).fold(0, hash::mix)
    }

    fn repeated(&mut self, node: Node<'t>, after: Set) -> Set {
        let condition = condition(node);
        let endless = condition.map_or(node.is(Role::For), is_always_true);
        let leaves = if endless { 0 } else { after };
        let is_do = node.is(Role::Do);
        let head = self.settle(node, after, |live, head| {
            // The head of a `do` is the start of its body, of the others the condition.
            let next = match is_do {
                true => condition.map_or(head | leaves, |condition| live.before(condition, head | leaves)),
                false => live.updates(node, head),
            };
            let body = live.body(node, next, after, next);
            match condition.filter(|_| !is_do) {
                Some(condition) => live.before(condition, body | leaves),
                None => body | if is_do { 0 } else { leaves },
            }
        });
        node.children().filter(|child| child.field() == Field::Init).fold(head, |live, child| self.before(child, live))
    }

    /// What a `for` does after each pass.
    fn updates(&mut self, node: Node<'t>, head: Set) -> Set {
        let mut updates: Vec<Node> = node.children().filter(|child| child.field() == Field::Update).collect();
        updates.reverse();
        updates.into_iter().fold(head, |live, update| self.before(update, live))
    }

    fn body(&mut self, node: Node<'t>, at_end: Set, breaks: Set, continues: Set) -> Set {
        self.targets.push(Target { node, breaks, continues: Some(continues) });
        let live = self.before_field(node, Field::Body, at_end);
        self.targets.pop();
        live
    }

    fn for_each(&mut self, node: Node<'t>, after: Set) -> Set {
        let variable = node.child(Field::Left).or_else(|| node.child(Field::Name));
        let head = self.settle(node, after, |live, head| {
            let body = live.body(node, head | after, after, head | after);
            after | variable.map_or(body, |variable| live.before(variable, body))
        });
        let source = node.child(Field::Right).or_else(|| node.child(Field::Value));
        source.map_or(head, |source| self.before(source, head))
    }

    fn switch(&mut self, node: Node<'t>, after: Set) -> Set {
        let Some(body) = node.child(Field::Body) else { return self.children(node, after) };
        let cases: Vec<Node> = body.children().filter(|child| child.is(Role::Case)).collect();
        self.targets.push(Target { node, breaks: after, continues: None });
        let (mut entries, mut next) = (0, after);
        for case in cases.iter().rev() {
            let is_arrow = case.kind_name() == "switch_rule";
            next = self.children(*case, if is_arrow { after } else { next });
            entries |= next;
        }
        self.targets.pop();
        if !cases.iter().any(|case| is_default(*case)) {
            entries |= after;
        }
        let value = node.child(Field::Condition).or_else(|| node.child(Field::Value));
        value.map_or(entries, |value| self.before(value, entries))
    }

    fn tried(&mut self, node: Node<'t>, after: Set) -> Set {
        let (outer_thrown, outer_finals) = (self.thrown, self.finals);
        let mut after = after;
        if let Some(finally) = node.child_with(Role::Finally) {
            // It runs however the rest ended, and goes on wherever that was going.
            let anywhere = self.targets.iter().fold(after, |all, target| all | target.breaks | target.continues.unwrap_or(0));
            let before = self.children(finally, anywhere | outer_thrown | outer_finals);
            after = before;
            (self.thrown, self.finals) = (self.thrown | before, self.finals | before);
        }
        let mut caught = self.thrown;
        for handler in node.children().filter(|child| child.is(Role::Catch)) {
            caught |= self.children(handler, after);
        }
        self.thrown = caught;
        let body = node.children().find(|child| child.is(Role::Block));
        let mut live = body.map_or(after, |body| self.before(body, after));
        if let Some(resources) = node.child(Field::Resources) {
            live = self.children(resources, live | caught);
        }
        (self.thrown, self.finals) = (outer_thrown, outer_finals);
        live | caught
    }

    fn labelled(&mut self, node: Node<'t>, after: Set) -> Set {
        self.targets.push(Target { node, breaks: after, continues: None });
        let live = node.children().last().map_or(after, |body| self.before(body, after));
        self.targets.pop();
        live
    }

    fn jump(&self, node: Node<'t>, reached: fn(&Target) -> Option<Set>, unlabelled: fn(&Target) -> bool) -> Set {
        match node.first_child() {
            None => self.target(unlabelled, reached),
            Some(label) => self.target(|target| has_label(target, label) && reached(target).is_some(), reached),
        }
    }

    fn target(&self, wanted: impl Fn(&Target) -> bool, reached: impl Fn(&Target) -> Option<Set>) -> Set {
        let target = self.targets.iter().rev().find(|target| wanted(target));
        target.and_then(reached).map_or(EVERYTHING, |set| set | self.finals)
    }

    pub(super) fn name(&mut self, name: Node<'t>, after: Set) -> Set {
        let Ok(place) = self.scopes.references.binary_search_by_key(&name.id(), |reference| reference.node) else { return after };
        let Reference { symbol, access, .. } = self.scopes.references[place];
        let Some(bit) = self.bits.get(symbol as usize).filter(|bit| **bit != u8::MAX).map(|bit| 1 << bit) else { return after };
        if access.is_write() {
            self.stores[place] |= if (after | self.thrown) & bit != 0 { SEEN | LIVE } else { SEEN };
        }
        match access {
            Access::Write | Access::Initial => after & !bit,
            Access::Read | Access::ReadWrite | Access::Update => after | bit,
        }
    }
}

fn is_breakable(target: &Target) -> bool {
    target.node.role().is_loop() || target.node.is(Role::Switch)
}

fn is_loop(target: &Target) -> bool {
    target.continues.is_some()
}

/// The label of a statement, or of the one right around a loop.
fn label_of<'t>(target: &Target<'t>) -> Option<Node<'t>> {
    let labelled = match target.node.role() {
        Role::Labelled => Some(target.node),
        _ => target.node.parent().filter(|parent| parent.is(Role::Labelled)),
    };
    labelled?.first_child()
}

fn has_label(target: &Target, label: Node) -> bool {
    label_of(target).is_some_and(|own| own.text() == label.text())
}
