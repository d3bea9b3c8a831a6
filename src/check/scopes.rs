//! Who declares and who uses which name in one file: scopes, symbols and references, resolved as the language does.
//! Knows no rule; what a name is worth reporting for is for checks to say.
//!
//! One scan of the tree collects declarations and uses ([`collect`]); a second pass over these alone resolves them ([`resolve`]).
//! Inherited members and what other files declare are out of sight: a use without a symbol says nothing.
mod collect;
mod java;
mod resolve;
mod script;

pub use collect::access_of;

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use crate::lang::{Field, Role};
use crate::model::hash;
use crate::parse::{Node, NodeId, Tree};

pub type ScopeId = u32;
pub type SymbolId = u32;

/// Stands for "no symbol" and "no reference".
const NONE: u32 = u32::MAX;

/// The names of a file.
pub struct Scopes<'t> {
    pub tree: &'t Tree<'t>,
    /// In the order of the text; the first is the file's.
    pub scopes: Vec<Scope>,
    /// In the order of the text.
    pub symbols: Vec<Symbol>,
    /// In the order of the text.
    pub references: Vec<Reference>,
    /// Second and later declarations of a name in one scope (JavaScript only).
    pub again: Vec<(SymbolId, NodeId)>,
    /// Names may be used in ways that cannot be seen: `eval`, `with`.
    pub is_dynamic: bool,
    /// Top-level names are the file's own (Java always; JavaScript with imports or exports).
    pub is_module: bool,
    /// The first field of each name, made when first asked for.
    fields: OnceCell<FxHashMap<u64, SymbolId>>,
}

#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The node whose code sees the names.
    pub node: NodeId,
    pub parent: ScopeId,
    /// The innermost scope around it, or itself, whose code runs at its own time: of a function, class, initialiser or file.
    pub function: ScopeId,
    /// `arguments` is used in this function.
    pub uses_arguments: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    Local,
    /// A named function of JavaScript, wherever it stands.
    Function,
    Parameter,
    Field,
    Method,
    Class,
    Import,
    Catch,
    ForEach,
    Resource,
    /// Bound by `instanceof` or a case.
    Pattern,
    TypeParameter,
    TypeAlias,
    EnumConstant,
    Namespace,
    /// The name of a function or class expression, seen only inside.
    OwnName,
}

/// How a variable of JavaScript was declared; `Plain` for all else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    Plain,
    Var,
    Let,
    Const,
}

#[derive(Clone, Copy, Debug)]
pub struct Symbol {
    /// [`crate::model::hash::bytes`] of the name.
    pub name: u64,
    /// The name where it is declared first.
    pub node: NodeId,
    pub scope: ScopeId,
    pub kind: SymbolKind,
    pub binding: Binding,
    /// Used in a function, lambda or class inside the one that declares it.
    pub captured: bool,
    /// Declared more than once in its scope.
    pub repeated: bool,
    spaces: u8,
    id_of_name: u32,
    first: u32,
    last: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    /// `x = …`
    Write,
    /// The value given where it is declared.
    Initial,
    /// `x += …` or `x++` whose value nobody takes.
    Update,
    /// The same where the value is used.
    ReadWrite,
}

impl Access {
    pub fn is_read(self) -> bool {
        matches!(self, Access::Read | Access::ReadWrite)
    }

    pub fn is_write(self) -> bool {
        self != Access::Read
    }
}

/// A use of a name.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    pub node: NodeId,
    pub scope: ScopeId,
    /// Beyond all symbols if nothing in the file declares it.
    pub symbol: SymbolId,
    pub access: Access,
    spaces: u8,
    id_of_name: u32,
    next: u32,
}

/// Name spaces: what is declared in one is not seen by uses of another.
mod space {
    pub const VALUE: u8 = 1;
    pub const TYPE: u8 = 2;
    pub const METHOD: u8 = 4;
    pub const ANY: u8 = 7;
    /// How many there are.
    pub const COUNT: usize = 3;

    /// The numbers of those in a set.
    pub fn each(spaces: u8) -> impl Iterator<Item = usize> {
        (0..COUNT).filter(move |space| spaces & 1 << space != 0)
    }
}

impl<'t> Scopes<'t> {
    pub fn of(tree: &'t Tree<'t>) -> Self {
        let (mut scopes, names) = collect::collect(tree);
        resolve::resolve(&mut scopes, names);
        scopes
    }

    /// The uses of a symbol in the order of the text, values given at the declaration included.
    pub fn uses(&self, symbol: SymbolId) -> impl Iterator<Item = &Reference> {
        let first = self.symbols[symbol as usize].first;
        std::iter::successors(self.references.get(first as usize), |reference| self.references.get(reference.next as usize))
    }

    pub fn is_read(&self, symbol: SymbolId) -> bool {
        self.uses(symbol).any(|reference| reference.access.is_read())
    }

    /// What a name node refers to.
    pub fn reference_at(&self, node: Node) -> Option<&Reference> {
        let place = self.references.binary_search_by_key(&node.id(), |reference| reference.node).ok()?;
        Some(&self.references[place])
    }

    pub fn symbol(&self, id: SymbolId) -> Option<&Symbol> {
        self.symbols.get(id as usize)
    }

    /// The node that declares a symbol's name.
    pub fn declaration(&self, symbol: &Symbol) -> Node<'t> {
        self.tree.node(symbol.node)
    }

    /// The node of the function, class, initialiser or file a symbol belongs to.
    pub fn function_of(&self, symbol: &Symbol) -> Node<'t> {
        let function = self.scopes[symbol.scope as usize].function;
        self.tree.node(self.scopes[function as usize].node)
    }

    /// Whether nothing around the symbol's scope is a function or class: a name of the file.
    pub fn is_top_level(&self, symbol: &Symbol) -> bool {
        self.scopes[symbol.scope as usize].function == 0
    }

    /// The type that a name, or a field behind `this.`, is declared with, if the file declares it.
    pub fn declared_type(&self, name: Node<'t>) -> Option<Node<'t>> {
        let symbol = match name.role() {
            Role::Member => {
                let name = hash::bytes(name.child(Field::Property)?.text().as_bytes());
                self.symbol(*self.fields().get(&name)?)?
            }
            _ => self.symbol(self.reference_at(name)?.symbol)?,
        };
        let declared = self.declaration(symbol).parent()?;
        // A list of names has no type, however long it is looked for.
        if declared.is(Role::Parameters) {
            return None;
        }
        // In Java the type stands beside the declarator, and around it for parameters.
        let around = || declared.parent().filter(|around| around.tree().language.rule_name == "java");
        declared.child(Field::Type).or_else(|| around()?.child(Field::Type))
    }

    fn fields(&self) -> &FxHashMap<u64, SymbolId> {
        self.fields.get_or_init(|| {
            let mut fields = FxHashMap::default();
            for (symbol, id) in self.symbols.iter().zip(0..).filter(|(symbol, _)| symbol.kind == SymbolKind::Field) {
                fields.entry(symbol.name).or_insert(id);
            }
            fields
        })
    }
}

#[cfg(test)]
mod tests;
