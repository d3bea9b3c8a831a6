//! The scan itself: what is open around a node, and what each node adds to it. Knows no line of text.
use super::Dialect;
use super::cognitive::{Reading, Score, calls_itself, continues_chain, is_chained, shadows};
use super::lines::push_once;
use super::statements::{is_executable, is_statement};
use super::units::{Named, Reach, is_wrapper, named, nameless, only_declares, parameters, qualified};
use crate::lang::{Field, Role};
use crate::model::{Metrics, NAMELESS, Unit, UnitKind, UnitMetric};
use crate::parse::{Node, NodeId, Tree};

/// Every unit with the metrics that nodes give, and the executable lines.
pub(super) fn scan(tree: &Tree, dialect: Dialect) -> (Vec<Unit>, Vec<u32>) {
    let mut scan = Scan::new(tree, Reading::of(tree, dialect));
    for node in tree.nodes() {
        while scan.frames.last().is_some_and(|frame| frame.end <= node.id()) {
            scan.leave();
        }
        scan.enter(node);
    }
    while !scan.frames.is_empty() {
        scan.leave();
    }
    scan.close();
    (scan.units, scan.executable)
}

/// How deep a node stands in its unit.
#[derive(Clone, Copy, Default)]
struct Level {
    /// What a structural increment costs on top.
    nesting: u32,
    /// Control flow around it.
    depth: u32,
    /// Inside a function that is no unit.
    in_lambda: bool,
}

/// A stretch of nodes after which an earlier level holds again.
struct Frame {
    end: NodeId,
    before: Level,
    is_unit: bool,
}

/// Running sums over the file.
#[derive(Clone, Copy, Default)]
struct Sums {
    statements: u32,
    functions: u32,
    classes: u32,
    complexity: u32,
}

/// A unit that has begun and not ended.
struct Open<'t> {
    /// Index into the units.
    place: usize,
    node: NodeId,
    kind: UnitKind,
    name: Option<Named<'t>>,
    /// The sums when it began.
    before: Sums,
    parameters: u32,
    returns: u32,
    depth: u32,
    /// The deepest of the units in it.
    depth_within: u32,
    /// Of the units directly in it.
    complexity_within: u32,
    score: Score,
    /// Of the units in it: were it not there, and with the nesting it adds.
    score_within: Score,
    score_deeper: Score,
    only_declares: bool,
    is_wrapper: bool,
    is_recursive: bool,
}

struct Scan<'t> {
    tree: &'t Tree<'t>,
    reading: Reading,
    level: Level,
    frames: Vec<Frame>,
    /// The first is the file.
    open: Vec<Open<'t>>,
    sums: Sums,
    units: Vec<Unit>,
    executable: Vec<u32>,
}

impl<'t> Scan<'t> {
    fn new(tree: &'t Tree<'t>, reading: Reading) -> Self {
        let (at, name_at) = (tree.span(0, tree.text.len() as u32), tree.span(0, 0));
        let file = Unit { kind: UnitKind::File, name: String::new(), at, name_at, metrics: Metrics::default() };
        let mut scan = Scan {
            tree,
            reading,
            level: Level::default(),
            frames: Vec::with_capacity(64),
            open: Vec::with_capacity(16),
            sums: Sums::default(),
            units: vec![file],
            executable: Vec::new(),
        };
        scan.open.push(scan.begun(NodeId::MAX, UnitKind::File, None));
        scan
    }

    fn begun(&self, node: NodeId, kind: UnitKind, name: Option<Named<'t>>) -> Open<'t> {
        Open {
            place: self.units.len() - 1,
            node,
            kind,
            name,
            before: self.sums,
            parameters: 0,
            returns: 0,
            depth: 0,
            depth_within: 0,
            complexity_within: 0,
            score: Score::default(),
            score_within: Score::default(),
            score_deeper: Score::default(),
            only_declares: false,
            is_wrapper: false,
            is_recursive: false,
        }
    }

    /// The innermost unit; the file is always open.
    fn unit(&mut self) -> &mut Open<'t> {
        self.open.last_mut().expect("the file is closed last")
    }

    fn enter(&mut self, node: Node<'t>) {
        match node.field() {
            Field::Body | Field::Consequence | Field::Alternative => self.branch(node),
            Field::Operator => self.operator(node),
            _ => {}
        }
        match node.role() {
            Role::Class => self.class(node),
            Role::Function => self.function(node),
            Role::Lambda => self.lambda(node),
            Role::AnonymousClass => self.push(node, Level { depth: 0, ..self.level }),
            Role::Call => self.call(node),
            Role::CaseLabel | Role::Case => self.case(node),
            role if role.is_loop() || matches!(role, Role::If | Role::Switch | Role::Ternary | Role::Catch) => self.control(node),
            role => self.jump(node, role),
        }
        if is_statement(node) {
            self.sums.statements += 1;
        }
        if is_executable(node, self.reading.java) {
            push_once(&mut self.executable, node.line());
        }
    }

    fn push(&mut self, node: Node, level: Level) {
        self.frames.push(Frame { end: node.next_id(), before: self.level, is_unit: false });
        self.level = level;
    }

    fn deepen(&mut self, node: Node, nesting: bool, depth: bool) {
        let Level { nesting: old_nesting, depth: old_depth, in_lambda } = self.level;
        self.push(node, Level { nesting: old_nesting + u32::from(nesting), depth: old_depth + u32::from(depth), in_lambda });
    }

    /// What a control structure or a lambda governs.
    fn branch(&mut self, node: Node<'t>) {
        let Some(parent) = node.parent() else { return };
        let nests = self.reading.nests(parent) && !self.reading.nests_whole(parent);
        match parent.role() {
            Role::If if node.field() == Field::Alternative => self.alternative(node),
            Role::If => self.deepen(node, true, true),
            Role::Catch | Role::Ternary => self.deepen(node, nests, false),
            role if role.is_loop() || role == Role::Switch => self.deepen(node, nests, true),
            Role::Lambda => self.lambda_body(node, parent.id()),
            _ => {}
        }
    }

    fn alternative(&mut self, node: Node<'t>) {
        if !continues_chain(node) {
            self.unit().score.add_flat();
            self.deepen(node, true, true);
        }
    }

    fn lambda_body(&mut self, body: Node<'t>, lambda: NodeId) {
        if !body.is(Role::Block) {
            push_once(&mut self.executable, body.line());
        }
        if self.unit().node != lambda {
            self.push(body, Level { nesting: self.level.nesting + 1, depth: 0, in_lambda: true });
        }
    }

    fn control(&mut self, node: Node<'t>) {
        let is_switch = node.is(Role::Switch);
        let level = self.level;
        if !is_switch && !node.is(Role::Catch) {
            self.sums.complexity += 1;
        }
        let structural = self.reading.is_structural(node);
        let chained = is_chained(node);
        let unit = self.unit();
        if structural {
            unit.score.add_nesting(level.nesting);
        } else if chained {
            unit.score.add_flat();
        }
        if !matches!(node.role(), Role::Ternary | Role::Catch) {
            unit.depth = unit.depth.max(level.depth + 1);
        }
        if self.reading.nests_whole(node) {
            self.deepen(node, true, false);
        }
    }

    /// Java has labels in its cases, JavaScript has not.
    fn case(&mut self, node: Node<'t>) {
        let labels_inside = node.is(Role::Case) && self.reading.java;
        if !labels_inside && node.text().starts_with("case") {
            self.sums.complexity += 1;
        }
    }

    fn operator(&mut self, operator: Node<'t>) {
        let text = operator.text();
        if !matches!(text, "&&" | "||" | "??") || !operator.parent().is_some_and(|parent| parent.is(Role::Binary)) {
            return;
        }
        self.sums.complexity += 1;
        if text != "??" && self.reading.starts_sequence(operator) {
            self.unit().score.add_flat();
        }
    }

    fn jump(&mut self, node: Node<'t>, role: Role) {
        match role {
            // Whatever it holds is its label.
            Role::Break | Role::Continue if node.first_child().is_some() => self.unit().score.add_flat(),
            Role::Return if !self.level.in_lambda => self.unit().returns += 1,
            _ => {}
        }
    }

    fn call(&mut self, call: Node<'t>) {
        let reading = self.reading;
        let unit = self.unit();
        let parameters = unit.parameters;
        let Some(name) = unit.name.as_mut().filter(|_| !unit.is_recursive && reading.counts_recursion()) else { return };
        if unit.kind != UnitKind::Function || !calls_itself(call, name, parameters, reading.java) {
            return;
        }
        if name.reach == Reach::Name && !reading.java && shadows(call.tree().node(unit.node), name.name) {
            name.reach = Reach::Nothing;
            return;
        }
        unit.is_recursive = true;
        unit.score.add_flat();
    }

    fn class(&mut self, node: Node<'t>) {
        let name = named(node).unwrap_or_else(|| Named { name: NAMELESS, ..nameless(node) });
        self.begin(node, UnitKind::Class, name);
        self.sums.classes += 1;
    }

    fn function(&mut self, node: Node<'t>) {
        let has_body = node.child(Field::Body).is_some();
        if !has_body && !self.reading.java {
            return;
        }
        let in_anonymous_class = node.parent().is_some_and(|parent| parent.is(Role::AnonymousClass));
        let name = named(node).unwrap_or_else(|| nameless(node));
        self.begin_function(node, name, false);
        self.sums.functions += u32::from(!in_anonymous_class);
        self.sums.complexity += u32::from(has_body);
    }

    fn lambda(&mut self, node: Node<'t>) {
        if !self.reading.java {
            if let Some(name) = named(node) {
                self.begin_function(node, name, false);
            } else if self.stands_alone(node) {
                let is_wrapper = self.is_outermost() && is_wrapper(node);
                self.begin_function(node, nameless(node), is_wrapper);
            }
            self.sums.functions += 1;
        }
        self.sums.complexity += 1;
    }

    /// Whether a function without a name is a unit all the same.
    fn stands_alone(&mut self, node: Node<'t>) -> bool {
        let handed_out = node.field() == Field::Body || node.parent().is_some_and(|parent| parent.is(Role::Return));
        self.reading.counts_functions_alone() || self.is_outermost() || (handed_out && self.unit().only_declares)
    }

    /// Whether no function is around but wrappers.
    fn is_outermost(&mut self) -> bool {
        let unit = self.unit();
        unit.kind != UnitKind::Function || unit.is_wrapper
    }

    fn begin_function(&mut self, node: Node<'t>, name: Named<'t>, is_wrapper: bool) {
        self.begin(node, UnitKind::Function, name);
        let java = self.reading.java;
        let unit = self.unit();
        unit.parameters = parameters(node, java);
        unit.is_wrapper = is_wrapper;
        unit.only_declares = !java && only_declares(node);
    }

    fn begin(&mut self, node: Node<'t>, kind: UnitKind, name: Named<'t>) {
        let around = self.unit().place;
        let qualified = qualified(&self.units[around].name, name.name);
        let (at, name_at) = (self.tree.span(name.declaration.0, name.declaration.1), self.tree.span(name.at.0, name.at.1));
        self.units.push(Unit { kind, name: qualified, at, name_at, metrics: Metrics::default() });
        self.open.push(self.begun(node.id(), kind, Some(name)));
        self.frames.push(Frame { end: node.next_id(), before: self.level, is_unit: true });
        self.level = Level::default();
    }

    fn leave(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.level = frame.before;
            if frame.is_unit {
                self.close();
            }
        }
    }

    /// Ends the innermost unit: settles its metrics and passes on what counts around it.
    fn close(&mut self) {
        let Some(unit) = self.open.pop() else { return };
        let is_function = unit.kind == UnitKind::Function;
        let (before, sums) = (unit.before, self.sums);
        let complexity = sums.complexity - before.complexity;
        let depth_within = unit.depth_within.max(unit.depth);
        let (own, passed) = self.scores(&unit);

        let metrics = &mut self.units[unit.place].metrics;
        metrics[UnitMetric::Statements] = sums.statements - before.statements;
        metrics[UnitMetric::Functions] = sums.functions - before.functions;
        metrics[UnitMetric::Classes] = sums.classes - before.classes;
        metrics[UnitMetric::Complexity] = if is_function { complexity - unit.complexity_within } else { complexity };
        metrics[UnitMetric::CognitiveComplexity] = own.points;
        metrics[UnitMetric::Nesting] = if is_function { unit.depth } else { depth_within };
        if is_function {
            metrics[UnitMetric::Parameters] = unit.parameters;
            metrics[UnitMetric::Returns] = unit.returns;
        }

        let levels = self.level.nesting + 1;
        if let Some(around) = self.open.last_mut() {
            around.complexity_within += complexity;
            around.depth_within = around.depth_within.max(depth_within);
            around.score_within = around.score_within.plus(passed);
            around.score_deeper = around.score_deeper.plus(passed.deeper(levels));
        }
    }

    /// A unit's own score, and what counts towards those around it.
    fn scores(&self, unit: &Open) -> (Score, Score) {
        let apart = unit.score.plus(unit.score_within);
        let ignored = unit.is_wrapper || (unit.only_declares && unit.score.nesting == 0);
        match unit.kind {
            UnitKind::File | UnitKind::Class => (apart, apart),
            UnitKind::Function if ignored || self.reading.counts_functions_alone() => (unit.score, apart),
            UnitKind::Function => {
                let whole = unit.score.plus(unit.score_deeper);
                (whole, whole)
            }
        }
    }
}
