//! What names mean in JavaScript and TypeScript.
use super::collect::{Declares, Dialect, Meaning, Opens, Place, access_of};
use super::{Access, Binding, SymbolKind, space};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) static DIALECT: Dialect = Dialect { meaning, opens, merges: true };

const BOTH: u8 = space::VALUE | space::TYPE;

fn opens(node: Node) -> Option<Opens> {
    match node.role() {
        Role::Class | Role::Function | Role::Lambda | Role::Initializer | Role::Module | Role::Signature => Some(Opens::Function),
        Role::Block => match node.parent().map(|parent| parent.role()) {
            Some(Role::Function | Role::Lambda | Role::Initializer | Role::Module) => None,
            _ => Some(Opens::Block),
        },
        Role::For | Role::ForEach | Role::Catch | Role::SwitchBody | Role::TypeAlias => Some(Opens::Block),
        _ => None,
    }
}

fn meaning(node: Node) -> Meaning {
    let Some(parent) = node.parent() else { return Meaning::Nothing };
    if node.is(Role::TypeName) { type_name(node, parent) } else { identifier(node, parent) }
}

fn type_name(node: Node, parent: Node) -> Meaning {
    match (parent.role(), node.field()) {
        (Role::Class, Field::Name) => class(parent),
        (Role::TypeAlias, Field::Name) => declares(SymbolKind::TypeAlias, Place::Around, space::TYPE),
        (Role::TypeParameter, Field::Name) => declares(SymbolKind::TypeParameter, Place::Here, space::TYPE),
        (Role::QualifiedType, Field::Name) => Meaning::Nothing,
        _ => Meaning::Uses(Access::Read, space::TYPE),
    }
}

fn identifier(node: Node, parent: Node) -> Meaning {
    match (parent.role(), node.field()) {
        (Role::Class, Field::Name) => class(parent),
        (Role::Function, Field::Name) => declares(SymbolKind::Function, Place::FunctionAround, space::VALUE),
        (Role::Lambda, Field::Name) => declares(SymbolKind::OwnName, Place::Here, space::VALUE),
        (Role::Module, Field::Name) => declares(SymbolKind::Namespace, Place::Around, BOTH),
        (Role::ImportSpecifier, Field::Name) if parent.child(Field::Alias).is_some() => Meaning::Nothing,
        (Role::ImportBinding | Role::ImportSpecifier, _) => imported(),
        (Role::ImportAlias, _) if parent.first_child() == Some(node) => imported(),
        (Role::ImportAlias, _) => Meaning::Uses(Access::Read, BOTH),
        (Role::ExportSpecifier, Field::Name) => exported(parent),
        (Role::ExportSpecifier | Role::NamespaceExport, _) => Meaning::Nothing,
        (Role::Export, _) => Meaning::Uses(Access::Read, BOTH),
        (Role::QualifiedName, _) => qualified(node, parent),
        (Role::IndexSignature, Field::Name) => Meaning::Nothing,
        // The name of an element of a tuple type.
        (Role::Parameter, Field::Name) => Meaning::Nothing,
        _ => bound(node, parent),
    }
}

fn declares(kind: SymbolKind, place: Place, spaces: u8) -> Meaning {
    Meaning::Declares(Declares { kind, binding: Binding::Plain, place, spaces, initial: false })
}

fn imported() -> Meaning {
    declares(SymbolKind::Import, Place::Here, BOTH)
}

/// Classes and enums are values and types, interfaces are types only; the name of a class expression is its own affair.
fn class(class: Node) -> Meaning {
    match class.kind_name() {
        "class" => declares(SymbolKind::OwnName, Place::Here, BOTH),
        "interface_declaration" => declares(SymbolKind::Class, Place::Around, space::TYPE),
        _ => declares(SymbolKind::Class, Place::Around, BOTH),
    }
}

/// `export { a }` uses `a`, `export { a } from "b"` does not.
fn exported(specifier: Node) -> Meaning {
    let statement = specifier.ancestors().find(|around| around.is(Role::Export));
    match statement.and_then(|statement| statement.child(Field::Source)) {
        Some(_) => Meaning::Nothing,
        None => Meaning::Uses(Access::Read, BOTH),
    }
}

fn qualified(node: Node, parent: Node) -> Meaning {
    let is_first = parent.first_child() == Some(node);
    match parent.parent() {
        Some(module) if module.is(Role::Module) && is_first => declares(SymbolKind::Namespace, Place::Around, BOTH),
        _ if is_first => Meaning::Uses(Access::Read, BOTH),
        _ => Meaning::Nothing,
    }
}

/// A name that stands for a value: bound by what is around its pattern, or used.
fn bound(node: Node, parent: Node) -> Meaning {
    let (mut part, mut around) = (node, parent);
    loop {
        let is_target = match around.role() {
            Role::Pattern | Role::RestPattern => true,
            Role::PairPattern => part.field() == Field::Value,
            Role::DefaultPattern => part.field() == Field::Left,
            _ => break,
        };
        if !is_target {
            return Meaning::Uses(Access::Read, space::VALUE);
        }
        match around.parent() {
            Some(next) => (part, around) = (around, next),
            None => return Meaning::Nothing,
        }
    }
    binder(node, part, around)
}

/// `part` is the whole pattern that `node` is in.
fn binder(node: Node, part: Node, around: Node) -> Meaning {
    match (around.role(), part.field()) {
        (Role::Declarator, Field::Name) => variable(around),
        (Role::Parameters, _) | (Role::Parameter, Field::Pattern) | (Role::Lambda, Field::Parameter) => {
            declares(SymbolKind::Parameter, Place::Here, space::VALUE)
        }
        (Role::Catch, Field::Parameter) => declares(SymbolKind::Catch, Place::Here, space::VALUE),
        (Role::ForEach, Field::Left) => match around.child(Field::Kind) {
            Some(keyword) => declared_by(keyword, SymbolKind::ForEach, true),
            None => Meaning::Uses(Access::Write, space::VALUE),
        },
        (Role::Assignment, Field::Left) if part != node => Meaning::Uses(Access::Write, space::VALUE),
        _ if matches!(node.kind_name(), "shorthand_property_identifier") => Meaning::Uses(Access::Read, space::VALUE),
        _ => Meaning::Uses(access_of(node), space::VALUE | namespace_type(around)),
    }
}

/// In `typeof a` as a type, `a` may be an import that is only a type to us.
fn namespace_type(around: Node) -> u8 {
    if matches!(around.role(), Role::Nothing | Role::Member | Role::Jsx) { space::TYPE } else { 0 }
}

fn variable(declarator: Node) -> Meaning {
    let initial = declarator.child(Field::Value).is_some();
    match declarator.parent().and_then(|local| local.first_child()) {
        Some(keyword) => declared_by(keyword, SymbolKind::Local, initial),
        None => Meaning::Nothing,
    }
}

fn declared_by(keyword: Node, kind: SymbolKind, initial: bool) -> Meaning {
    let (binding, place) = match keyword.text() {
        "var" => (Binding::Var, Place::Function),
        "let" => (Binding::Let, Place::Here),
        _ => (Binding::Const, Place::Here),
    };
    Meaning::Declares(Declares { kind, binding, place, spaces: space::VALUE, initial })
}
