//! What names mean in Java.
use super::collect::{Declares, Dialect, Meaning, Opens, Place, access_of};
use super::{Access, Binding, SymbolKind, space};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) static DIALECT: Dialect = Dialect { meaning, opens, merges: false };

fn opens(node: Node) -> Option<Opens> {
    match node.role() {
        // The head of a class sees its type parameters, but not its members.
        Role::Class | Role::ClassBody | Role::AnonymousClass | Role::Function | Role::Lambda | Role::Initializer => Some(Opens::Function),
        // A block among members is an initialiser; the body of a function shares the scope of its parameters.
        Role::Block => match node.parent().map(|parent| parent.role()) {
            Some(Role::ClassBody | Role::AnonymousClass | Role::MemberGroup) => Some(Opens::Function),
            Some(Role::Function | Role::Lambda | Role::Initializer | Role::Catch) => None,
            _ => Some(Opens::Block),
        },
        Role::For | Role::ForEach | Role::Try | Role::Catch | Role::SwitchBody => Some(Opens::Block),
        // The rules of `case … ->` do not share their variables; the groups of `case … :` do.
        Role::Case if node.kind_name() == "switch_rule" => Some(Opens::Block),
        _ => None,
    }
}

fn meaning(node: Node) -> Meaning {
    let Some(parent) = node.parent() else { return Meaning::Nothing };
    if node.is(Role::TypeName) { type_name(node, parent) } else { identifier(node, parent) }
}

fn type_name(node: Node, parent: Node) -> Meaning {
    let is_first = parent.first_child() == Some(node);
    match parent.role() {
        Role::TypeParameter if is_first => declares(SymbolKind::TypeParameter, Place::Here, space::TYPE, false),
        Role::QualifiedType if !is_first => Meaning::Nothing,
        _ => Meaning::Uses(Access::Read, space::TYPE),
    }
}

fn identifier(node: Node, parent: Node) -> Meaning {
    match (parent.role(), node.field()) {
        (Role::Class, Field::Name) => declares(SymbolKind::Class, Place::Around, space::TYPE, false),
        (Role::Function, Field::Name) => method(parent),
        (Role::Declarator, Field::Name) => variable(parent),
        (Role::Parameter, Field::Name) => match parent.parent().map(|around| around.role()) {
            Some(Role::Catch) => declares(SymbolKind::Catch, Place::Here, space::VALUE, false),
            _ => parameter(),
        },
        (Role::Lambda, Field::Parameters) => parameter(),
        (Role::Parameters, _) => parameter(),
        (Role::ForEach, Field::Name) => declares(SymbolKind::ForEach, Place::Here, space::VALUE, true),
        (Role::Resource, Field::Name) => declares(SymbolKind::Resource, Place::Here, space::VALUE, true),
        (Role::InstanceOf, Field::Name) | (Role::PatternVariable, _) => declares(SymbolKind::Pattern, Place::Here, space::VALUE, false),
        (Role::RecordPattern, _) => Meaning::Uses(Access::Read, space::TYPE),
        (Role::EnumConstant, Field::Name) => declares(SymbolKind::EnumConstant, Place::Here, space::VALUE, false),
        (Role::TypeParameter, _) => declares(SymbolKind::TypeParameter, Place::Here, space::TYPE, false),
        (Role::Import, _) => Meaning::Nothing,
        (Role::QualifiedName, _) => qualified(node, parent),
        (Role::Labelled, _) if parent.first_child() == Some(node) => Meaning::Nothing,
        (Role::Package | Role::Break | Role::Continue, _) => Meaning::Nothing,
        (Role::Member, Field::Property) | (Role::ElementPair, Field::Key) => Meaning::Nothing,
        (Role::Call, Field::Name) if parent.child(Field::Object).is_none() => Meaning::Uses(Access::Read, space::METHOD),
        (Role::Call, Field::Name) => Meaning::Nothing,
        (Role::Annotation, Field::Name) => Meaning::Uses(Access::Read, space::TYPE),
        (Role::MethodReference, _) if parent.first_child() != Some(node) => Meaning::Nothing,
        (Role::MethodReference, _) | (Role::Call | Role::Member, Field::Object) => Meaning::Uses(Access::Read, space::VALUE | space::TYPE),
        (Role::Nothing, Field::Name) => Meaning::Nothing,
        _ => Meaning::Uses(access_of(node), space::VALUE),
    }
}

fn declares(kind: SymbolKind, place: Place, spaces: u8, initial: bool) -> Meaning {
    Meaning::Declares(Declares { kind, binding: Binding::Plain, place, spaces, initial })
}

fn parameter() -> Meaning {
    declares(SymbolKind::Parameter, Place::Here, space::VALUE, false)
}

/// Constructors bear the name of their class and are no symbols of their own.
fn method(function: Node) -> Meaning {
    match function.child(Field::Type) {
        Some(_) => declares(SymbolKind::Method, Place::Around, space::METHOD, false),
        None => Meaning::Nothing,
    }
}

fn variable(declarator: Node) -> Meaning {
    let kind = match declarator.parent().map(|around| around.role()) {
        Some(Role::Field) => SymbolKind::Field,
        Some(Role::Parameter) => SymbolKind::Parameter,
        _ => SymbolKind::Local,
    };
    declares(kind, Place::Here, space::VALUE, declarator.child(Field::Value).is_some())
}

/// Only the first part of a qualified name is looked up; an import declares the last.
fn qualified(node: Node, parent: Node) -> Meaning {
    match parent.parent() {
        Some(import) if import.is(Role::Import) && node.field() == Field::Name => imported(import),
        _ if node.field() == Field::Name => Meaning::Nothing,
        _ => match parent.ancestors().find(|around| !around.is(Role::QualifiedName)) {
            Some(around) if matches!(around.role(), Role::Import | Role::Package) => Meaning::Nothing,
            _ => Meaning::Uses(Access::Read, space::TYPE),
        },
    }
}

fn imported(import: Node) -> Meaning {
    let has = |kind: &str| import.children().any(|child| child.kind_name() == kind);
    match (has("asterisk"), has("static")) {
        (true, _) => Meaning::Nothing,
        (false, true) => declares(SymbolKind::Import, Place::Here, space::ANY, false),
        (false, false) => declares(SymbolKind::Import, Place::Here, space::TYPE, false),
    }
}
