//! Which classes and functions are units of their own, their names and places. Counts nothing but parameters.
//!
//! Units are all classes but Java's anonymous ones, all methods and constructors (Java: with or without a body), and all functions that
//! have a body and a name: their own or that of the variable, property or field they are assigned to. A function without a name belongs
//! to the function around it. Where there is none, or only a wrapper, it is a unit named after the function it is passed to,
//! or `<anonymous>`; so is one that a function which only declares hands out. Lambdas of Java are never units.
use crate::lang::{Field, Role};
use crate::model::NAMELESS;
use crate::parse::Node;

/// In characters.
const NAME_AT_MOST: usize = 200;

/// What a class or function is called, and where its declaration begins.
pub(super) struct Named<'t> {
    pub(super) name: &'t str,
    /// The bytes of the name.
    pub(super) at: (u32, u32),
    /// The bytes of the declaration, which may begin before the function.
    pub(super) declaration: (u32, u32),
    pub(super) reach: Reach,
}

/// How code inside a function can call it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    Name,
    /// By `this.name()`.
    Member,
    Nothing,
}

/// The name of a class or function: its own, else that of what it is assigned to.
pub(super) fn named<'t>(node: Node<'t>) -> Option<Named<'t>> {
    match node.child(Field::Name) {
        Some(name) => Some(Named {
            name: name.content(),
            at: bytes(name),
            declaration: bytes(node),
            reach: if is_member(node) { Reach::Member } else { Reach::Name },
        }),
        None => assigned_name(node),
    }
}

/// A unit's name within the unit around it.
pub(super) fn qualified(around: &str, name: &str) -> String {
    // Names nobody writes: each unit within would repeat them.
    let name = name.char_indices().nth(NAME_AT_MOST).map_or(name, |(end, _)| &name[..end]);
    match around {
        "" => name.to_owned(),
        around if around.len() > 4 * NAME_AT_MOST => format!("{NAMELESS}.{name}"),
        around => format!("{around}.{name}"),
    }
}

fn bytes(node: Node) -> (u32, u32) {
    (node.start(), node.end())
}

fn is_member(node: Node) -> bool {
    node.parent().is_some_and(|parent| matches!(parent.role(), Role::ClassBody | Role::ObjectLiteral))
}

fn assigned_name<'t>(node: Node<'t>) -> Option<Named<'t>> {
    let mut value = node;
    let mut holder = node.parent()?;
    while matches!(holder.role(), Role::Parenthesized | Role::Cast) {
        (value, holder) = (holder, holder.parent()?);
    }
    let (name, reach) = match (holder.role(), value.field()) {
        (Role::Declarator, Field::Value) => (holder.child(Field::Name).filter(|name| name.is(Role::Identifier))?, Reach::Name),
        (Role::Assignment, Field::Right) => target(holder.child(Field::Left)?)?,
        (Role::Pair, Field::Value) => (holder.child(Field::Key)?, Reach::Member),
        (Role::Field, Field::Value) => (holder.child(Field::Name).or_else(|| holder.child(Field::Property))?, Reach::Member),
        _ => return None,
    };
    Some(Named { name: name.content(), at: bytes(name), declaration: bytes(holder), reach })
}

/// What an assignment gives a name to.
fn target<'t>(left: Node<'t>) -> Option<(Node<'t>, Reach)> {
    match left.role() {
        Role::Identifier => Some((left, Reach::Name)),
        Role::Member => Some((left.child(Field::Property)?, Reach::Member)),
        Role::Index => Some((left.child(Field::Index).filter(|index| index.is(Role::Text))?, Reach::Member)),
        _ => None,
    }
}

/// A function without a name goes by that of the function it is passed to.
pub(super) fn nameless<'t>(node: Node<'t>) -> Named<'t> {
    let head = node.child(Field::Body).map_or(node.end(), |body| body.start());
    let text = &node.tree().text[node.start() as usize..head as usize];
    let end = node.start() + text.trim_end().len() as u32;
    Named { name: callee(node).unwrap_or(NAMELESS), at: (node.start(), end), declaration: bytes(node), reach: Reach::Nothing }
}

fn callee<'t>(node: Node<'t>) -> Option<&'t str> {
    if node.parent()?.is(Role::Export) {
        return Some("default");
    }
    let mut call = node.parent().filter(|parent| parent.is(Role::Arguments))?.parent()?;
    while matches!(call.role(), Role::Call | Role::New) {
        call = call.child(Field::Function).or_else(|| call.child(Field::Constructor))?.inner();
    }
    match call.role() {
        Role::Identifier => Some(call.text()),
        Role::Member => Some(call.child(Field::Property)?.text()),
        _ => None,
    }
}

/// How many parameters a function takes; a receiver (`this`) is none.
pub(super) fn parameters(function: Node, java: bool) -> u32 {
    let Some(list) = function.child(Field::Parameters) else {
        return u32::from(function.child(Field::Parameter).is_some());
    };
    let is_receiver = |child: &Node| child.first_child().unwrap_or(*child).is(Role::This);
    let counts = |child: &Node| if java { child.is(Role::Parameter) } else { !child.is(Role::Error) && !is_receiver(child) };
    list.children().filter(counts).count() as u32
}

/// Whether a function of JavaScript only declares: what stands directly in it are declarations, assignments and the hand-out of
/// what was declared. The other half of the exception, that nothing in it costs nesting, is known only when it has been measured.
pub(super) fn only_declares(function: Node) -> bool {
    let declares = |statement: Node| match statement.role() {
        Role::ExpressionStatement => matches!(held(statement), Role::Assignment | Role::Text),
        Role::Return => is_hand_out(held(statement)),
        role => is_declaration(role),
    };
    match function.child(Field::Body) {
        Some(body) if body.is(Role::Block) => body.children().all(declares),
        Some(body) => matches!(body.inner().role(), Role::Lambda | Role::Class | Role::ObjectLiteral),
        None => false,
    }
}

/// Whether an outermost function without a name is to what stands in it what a file is: it holds nothing but declarations and simple
/// statements, or it declares functions or classes.
pub(super) fn is_wrapper(function: Node) -> bool {
    let is_simple =
        |statement: Node| is_declaration(statement.role()) || matches!(statement.role(), Role::ExpressionStatement | Role::Return);
    let Some(body) = function.child(Field::Body).filter(|body| body.is(Role::Block)) else { return false };
    body.children().all(is_simple) || body.children().any(|statement| matches!(statement.role(), Role::Function | Role::Class))
}

fn held(statement: Node) -> Role {
    statement.first_child().map_or(Role::Nothing, |held| held.inner().role())
}

fn is_declaration(role: Role) -> bool {
    // Types are declared by kinds that mean nothing.
    matches!(
        role,
        Role::Function
            | Role::Class
            | Role::Local
            | Role::Import
            | Role::Export
            | Role::Empty
            | Role::TypeAlias
            | Role::Ambient
            | Role::Module
            | Role::ImportAlias
            | Role::Nothing
    )
}

fn is_hand_out(role: Role) -> bool {
    use Role::*;
    role.is_literal()
        || matches!(role, Nothing | Identifier | Lambda | Class | ObjectLiteral | ArrayLiteral | Member | Jsx | This | Undefined)
}
