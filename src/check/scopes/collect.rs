//! The scan that finds scopes, declarations and uses. What a name means where it stands is the language's to say
//! (`java.rs`, `script.rs`); knows nothing of how uses find their declarations.
use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use super::{Access, Binding, NONE, Reference, Scope, ScopeId, Scopes, Symbol, SymbolKind, java, script};
use crate::lang::{Field, Role};
use crate::model::hash;
use crate::parse::{Node, Tree};

/// What a name means where it stands.
pub(super) enum Meaning {
    Declares(Declares),
    Uses(Access, u8),
    Nothing,
}

pub(super) struct Declares {
    pub kind: SymbolKind,
    pub binding: Binding,
    pub place: Place,
    pub spaces: u8,
    /// Whether it is given a value on the spot.
    pub initial: bool,
}

/// The scope a declaration belongs to, from the one its name stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Here,
    Around,
    Function,
    /// The function around the one whose name it is.
    FunctionAround,
}

/// A language's part of the scan.
pub(super) struct Dialect {
    pub meaning: for<'t> fn(Node<'t>) -> Meaning,
    pub opens: for<'t> fn(Node<'t>) -> Option<Opens>,
    /// A name declared twice in one scope is one symbol.
    pub merges: bool,
}

/// Kinds of scope.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opens {
    Block,
    /// Code inside runs at its own time, and `var` stops here.
    Function,
}

/// How many different names there are.
pub(super) struct Names(pub usize);

struct Collector<'t> {
    found: Scopes<'t>,
    dialect: &'static Dialect,
    /// Open scopes with the id after their last node.
    open: Vec<(ScopeId, u32)>,
    ids: FxHashMap<u64, u32>,
    /// By scope and name, where declarations merge.
    declared: FxHashMap<(ScopeId, u32), u32>,
    eval: u64,
    arguments: u64,
}

pub(super) fn collect<'t>(tree: &'t Tree<'t>) -> (Scopes<'t>, Names) {
    let (is_java, nodes) = (tree.language.rule_name == "java", tree.len());
    let found = Scopes {
        tree,
        scopes: vec![Scope { node: 0, parent: 0, function: 0, uses_arguments: false }],
        symbols: Vec::with_capacity(nodes / 24),
        references: Vec::with_capacity(nodes / 5),
        again: Vec::new(),
        is_dynamic: false,
        is_module: is_java,
        fields: OnceCell::new(),
    };
    let dialect = if is_java { &java::DIALECT } else { &script::DIALECT };
    let (eval, arguments) = (hash::bytes(b"eval"), hash::bytes(b"arguments"));
    let open = vec![(0, u32::MAX)];
    let ids = FxHashMap::with_capacity_and_hasher(nodes / 40, Default::default());
    let mut collector = Collector { found, dialect, open, ids, declared: FxHashMap::default(), eval, arguments };
    for node in tree.nodes().skip(1) {
        collector.visit(node);
    }
    let names = Names(collector.ids.len());
    (collector.found, names)
}

impl<'t> Collector<'t> {
    fn visit(&mut self, node: Node<'t>) {
        while self.open.last().is_some_and(|(_, end)| *end <= node.id()) {
            self.open.pop();
        }
        match node.role() {
            Role::Nothing | Role::Dropped => {}
            Role::Identifier | Role::TypeName => self.name(node),
            Role::With => self.found.is_dynamic = true,
            Role::Import | Role::Export | Role::ImportAlias => self.found.is_module = true,
            _ => {
                if let Some(opens) = (self.dialect.opens)(node) {
                    self.open_scope(node, opens);
                }
            }
        }
    }

    fn here(&self) -> ScopeId {
        self.open.last().map_or(0, |(scope, _)| *scope)
    }

    fn open_scope(&mut self, node: Node<'t>, opens: Opens) {
        let (id, parent) = (self.found.scopes.len() as ScopeId, self.here());
        let function = if opens == Opens::Function { id } else { self.found.scopes[parent as usize].function };
        self.found.scopes.push(Scope { node: node.id(), parent, function, uses_arguments: false });
        self.open.push((id, node.next_id()));
    }

    fn name(&mut self, node: Node<'t>) {
        match (self.dialect.meaning)(node) {
            Meaning::Nothing => {}
            Meaning::Uses(access, spaces) => {
                let name = hash::bytes(node.text().as_bytes());
                let id_of_name = self.id_of(name);
                self.watch(name);
                self.refer(node, id_of_name, access, spaces);
            }
            Meaning::Declares(declares) => self.declare(node, &declares),
        }
    }

    fn id_of(&mut self, name: u64) -> u32 {
        let next = self.ids.len() as u32;
        *self.ids.entry(name).or_insert(next)
    }

    /// Names through which others are used unseen.
    fn watch(&mut self, name: u64) {
        if name == self.eval {
            self.found.is_dynamic = true;
        } else if name == self.arguments {
            let mut scope = self.here();
            // Arrow functions and blocks see the arguments of the function around them.
            while scope != 0 && !self.found.scopes[scope as usize].uses_arguments {
                self.found.scopes[scope as usize].uses_arguments = true;
                scope = self.found.scopes[scope as usize].parent;
            }
        }
    }

    fn refer(&mut self, node: Node<'t>, id_of_name: u32, access: Access, spaces: u8) {
        let scope = self.here();
        self.found.references.push(Reference { node: node.id(), scope, symbol: NONE, access, spaces, id_of_name, next: NONE });
    }

    fn declare(&mut self, node: Node<'t>, declares: &Declares) {
        let name = hash::bytes(node.text().as_bytes());
        let id_of_name = self.id_of(name);
        let scope = self.place(declares.place);
        let next = self.found.symbols.len() as u32;
        let symbol = match self.dialect.merges {
            true => *self.declared.entry((scope, id_of_name)).or_insert(next),
            false => next,
        };
        if symbol == next {
            let (kind, binding, spaces) = (declares.kind, declares.binding, declares.spaces);
            let (captured, repeated) = (false, false);
            let (node, first, last) = (node.id(), NONE, NONE);
            self.found.symbols.push(Symbol { name, node, scope, kind, binding, captured, repeated, spaces, id_of_name, first, last });
        } else {
            self.found.symbols[symbol as usize].spaces |= declares.spaces;
            self.found.symbols[symbol as usize].repeated = true;
            self.found.again.push((symbol, node.id()));
        }
        if declares.initial {
            self.refer(node, id_of_name, Access::Initial, declares.spaces);
        }
    }

    fn place(&self, place: Place) -> ScopeId {
        let (here, scopes) = (self.here(), &self.found.scopes);
        let around = |scope: ScopeId| scopes[scope as usize].parent;
        let function = |scope: ScopeId| scopes[scope as usize].function;
        match place {
            Place::Here => here,
            Place::Around => around(here),
            Place::Function => function(here),
            Place::FunctionAround => function(around(here)),
        }
    }
}

/// How a name or member in the place of a value is used, seen from what is around it.
pub fn access_of(node: Node) -> Access {
    let Some((holder, inside)) = holder_of(node) else { return Access::Read };
    match holder.role() {
        Role::Assignment if inside.field() == Field::Left && holder.operator() == "=" => Access::Write,
        Role::Assignment if inside.field() == Field::Left => updated(holder),
        Role::Update => updated(holder),
        _ => Access::Read,
    }
}

/// What holds a node and the child of it that the node is, seen through parentheses and `!`.
fn holder_of(node: Node) -> Option<(Node, Node)> {
    let (mut inside, mut holder) = (node, node.parent()?);
    while holder.is(Role::Parenthesized) {
        (inside, holder) = (holder, holder.parent()?);
    }
    Some((holder, inside))
}

fn updated(expression: Node) -> Access {
    match holder_of(expression) {
        Some((holder, _)) if holder.is(Role::ExpressionStatement) => Access::Update,
        Some((_, inside)) if inside.field() == Field::Update => Access::Update,
        _ => Access::ReadWrite,
    }
}
