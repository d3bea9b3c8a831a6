//! `unused-local`: local variables and functions whose value nothing reads.
use std::cell::{LazyCell, RefCell};

use rustc_hash::FxHashMap;

use super::{Words, is_ambient, is_excerpt, is_exported};
use crate::check::scopes::{Binding, Scopes, Symbol, SymbolId, SymbolKind};
use crate::check::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::parse::{Node, NodeId, Tree};

pub(in crate::check) static ALL: &[Builtin] = &[Builtin { name: "unused-local", run: Run::File(unused_locals) }];

/// Names that say that nobody will read them.
const SPOKEN: &[&str] = &["ignored", "ignore", "unused", "dummy", "expected", "unusedvar"];

fn unused_locals(finder: &mut Finder) {
    let file = finder.file;
    let scopes = file.scopes();
    if scopes.is_dynamic {
        return;
    }
    let notes = LazyCell::new(|| notes(finder.tree()));
    let rests = Rests::default();
    let mut unused = Vec::new();
    for (symbol, id) in scopes.symbols.iter().zip(0..) {
        if is_candidate(scopes, symbol) && !is_used(scopes, symbol, id) {
            let name = scopes.declaration(symbol);
            if !is_meant(scopes, symbol, name, &rests) && !notes.has(name.text()) {
                unused.push(name);
            }
        }
    }
    if unused.is_empty() || is_excerpt(finder.tree()) {
        return;
    }
    for name in unused {
        finder.report(name, &[("name", name.text())]);
    }
}

/// Whether it is a local whose every use is in sight.
fn is_candidate(scopes: &Scopes, symbol: &Symbol) -> bool {
    match symbol.kind {
        SymbolKind::Local | SymbolKind::Function => !scopes.is_top_level(symbol) || scopes.is_module,
        _ => false,
    }
}

fn is_used(scopes: &Scopes, symbol: &Symbol, id: SymbolId) -> bool {
    let declaration = scopes.declaration(symbol).parent();
    scopes.uses(id).any(|reference| {
        // A function that only calls itself is not used.
        let is_own = symbol.kind == SymbolKind::Function && declaration.is_some_and(|own| own.contains(scopes.tree.node(reference.node)));
        (reference.access.is_read() || is_loop_variable(scopes.tree.node(reference.node))) && !is_own
    })
}

/// `for (name in object)` needs a variable, wherever it is declared.
fn is_loop_variable(name: Node) -> bool {
    name.field() == Field::Left && name.parent().is_some_and(|parent| parent.is(Role::ForEach))
}

/// Whether it is there for another reason than its value.
fn is_meant(scopes: &Scopes, symbol: &Symbol, name: Node, rests: &Rests) -> bool {
    let text = name.text();
    // The parser takes every `undefined` for the value.
    let is_spoken = text.starts_with('_') || text == "undefined" || SPOKEN.iter().any(|word| text.to_ascii_lowercase().starts_with(word));
    is_spoken
        || is_exported(name)
        || is_ambient(name)
        || is_broken_around(scopes, symbol)
        || is_positional(name, rests)
        || is_disposed(symbol, name)
        || symbol.repeated
        || is_proof(name)
        || is_overload(symbol, name)
}

/// Uses may hide in what could not be parsed.
fn is_broken_around(scopes: &Scopes, symbol: &Symbol) -> bool {
    scopes.function_of(symbol).is_broken()
}

/// Which patterns have a rest, and which declarations the call that compilers make of one: many names may ask it of one.
#[derive(Default)]
struct Rests(RefCell<FxHashMap<NodeId, bool>>);

impl Rests {
    fn is_in(&self, node: Node) -> bool {
        *self.0.borrow_mut().entry(node.id()).or_insert_with(|| match node.is(Role::Pattern) {
            true => node.children().any(|child| child.is(Role::RestPattern)),
            false => node.text().contains("__rest("),
        })
    }
}

/// A destructured name may be there to leave a property out of the rest, or to get at a later element.
fn is_positional(name: Node, rests: &Rests) -> bool {
    let mut part = name;
    for around in name.ancestors() {
        match around.role() {
            Role::Pattern if around.kind_name() == "array_pattern" && part.next_sibling().is_some() => return true,
            Role::Pattern if !part.is(Role::RestPattern) && rests.is_in(around) => return true,
            Role::Pattern | Role::PairPattern | Role::DefaultPattern | Role::RestPattern => part = around,
            Role::Declarator => return part != name && around.parent().is_some_and(|local| rests.is_in(local)),
            _ => return false,
        }
    }
    false
}

/// `const rest: never = kind;` compiles only when all kinds were dealt with.
fn is_proof(name: Node) -> bool {
    let kind = name.parent().filter(|around| around.is(Role::Declarator)).and_then(|declarator| declarator.child(Field::Type));
    kind.is_some_and(|kind| kind.text().trim_start_matches([':', ' ']) == "never")
}

/// `using` variables work by being declared.
fn is_disposed(symbol: &Symbol, name: Node) -> bool {
    let keyword = name.ancestors().find(|around| around.is(Role::Local)).and_then(|local| local.first_child());
    symbol.binding == Binding::Const && keyword.is_some_and(|keyword| !matches!(keyword.text(), "const" | "let" | "var"))
}

fn is_overload(symbol: &Symbol, name: Node) -> bool {
    symbol.kind == SymbolKind::Function && name.parent().is_some_and(|function| function.child(Field::Body).is_none())
}

/// Linters of old are told in a comment that a name is used elsewhere.
fn notes<'t>(tree: &'t Tree) -> Words<'t> {
    tree.comment_texts().filter(|text| text.contains("exported") || text.contains("@jsx")).collect()
}
