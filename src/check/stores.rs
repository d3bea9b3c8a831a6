//! Checks for what is written to variables: values nobody reads, constants written to, names declared twice.
use super::flow::dead_stores;
use super::scopes::{Access, Binding, Symbol, SymbolKind};
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) static ALL: &[Builtin] = &[
    Builtin { name: "dead-store", run: Run::File(dead_store) },
    Builtin { name: "const-reassigned", run: Run::File(const_reassigned) },
    Builtin { name: "redeclared-variable", run: Run::File(redeclared_variable) },
];

fn dead_store(finder: &mut Finder) {
    let file = finder.file;
    let scopes = file.scopes();
    if scopes.is_dynamic {
        return;
    }
    for store in dead_stores(scopes) {
        let (name, symbol) = (scopes.tree.node(store.node), scopes.symbol(store.symbol));
        let is_meant = is_default(name, store.access)
            || is_running_total(name)
            || is_part_of_pattern(name)
            || is_passed_on(name)
            || is_one_of_targets(name)
            || is_stored_in_itself(name);
        let Some(symbol) = symbol.filter(|symbol| !is_meant && !scopes.function_of(symbol).is_broken()) else { continue };
        // A `var` that is declared again is several variables to its author.
        if !symbol.repeated {
            finder.report(name, &[("name", name.text())]);
        }
    }
}

/// The value a store gives, if it is written beside it: the last of `a = b = value`.
fn value(name: Node) -> Option<Node> {
    let holder = holder(name)?;
    let mut value = match holder.role() {
        Role::Declarator => holder.child(Field::Value)?,
        Role::Assignment => holder.child(Field::Right)?,
        _ => return None,
    };
    while value.inner().is(Role::Assignment) {
        value = value.inner().child(Field::Right)?;
    }
    Some(value.inner())
}

fn holder(name: Node) -> Option<Node> {
    name.ancestors().find(|around| !around.is(Role::Parenthesized))
}

/// Whether an assignment is part of an expression: its value is used, if not by way of the variable.
fn is_passed_on(name: Node) -> bool {
    let Some(holder) = holder(name).filter(|holder| holder.is(Role::Assignment)) else { return false };
    let in_place = |around: Node| around.is(Role::ExpressionStatement) || around.is(Role::For);
    !holder.ancestors().find(|around| !matches!(around.role(), Role::Parenthesized | Role::Sequence)).is_some_and(in_place)
}

/// A start value that costs nothing to make is a habit that does no harm, and so is letting go of a value with `null`.
fn is_default(name: Node, access: Access) -> bool {
    let (Some(value), is_start) = (value(name), access == Access::Initial) else { return false };
    is_release(value) || is_start && is_free(value)
}

/// `x = x`, which has a rule of its own.
fn is_stored_in_itself(name: Node) -> bool {
    value(name).is_some_and(|value| value.hash() == name.hash())
}

fn is_release(value: Node) -> bool {
    match value.role() {
        Role::Null | Role::Undefined => true,
        Role::ObjectLiteral | Role::ArrayLiteral => value.first_child().is_none(),
        Role::Unary => matches!(value.text(), "-1" | "void 0"),
        role => role.is_literal() && matches!(value.text(), "0" | "\"\"" | "''" | "false"),
    }
}

/// Whether a value is written down rather than computed: a literal, another variable, a property, a function.
fn is_free(value: Node) -> bool {
    let is_work = |part: Node| match part.role() {
        Role::Call | Role::New | Role::Binary | Role::Assignment | Role::Update | Role::Await | Role::Yield | Role::Index => true,
        Role::Ternary | Role::Switch | Role::Template | Role::Jsx => true,
        // `new String[0]`
        Role::Nothing => part.kind_name() == "array_creation_expression" && !part.text().ends_with("[0]"),
        _ => false,
    };
    value.role().is_function() || !value.descendants().chain([value]).any(is_work)
}

/// Counters and offsets that are moved on after their last use: the next line added will need it. `a = a + 1` is one of them.
fn is_running_total(name: Node) -> bool {
    let Some(holder) = holder(name) else { return false };
    let is_moved_on =
        || value(name).filter(|value| value.is(Role::Binary)).and_then(Node::first_child).is_some_and(|left| left.text() == name.text());
    holder.is(Role::Update) || holder.is(Role::Assignment) && (holder.operator() != "=" || is_moved_on())
}

/// `a = b = value`: the value is stored where it is needed, and once more.
fn is_one_of_targets(name: Node) -> bool {
    let right = holder(name).and_then(|holder| match holder.role() {
        Role::Declarator => holder.child(Field::Value),
        _ => holder.child(Field::Right),
    });
    right.is_some_and(|right| right.inner().is(Role::Assignment))
}

fn is_part_of_pattern(name: Node) -> bool {
    let parts = [Role::Pattern, Role::PairPattern, Role::DefaultPattern, Role::RestPattern, Role::ForEach];
    name.parent().is_some_and(|parent| parts.contains(&parent.role()))
}

fn const_reassigned(finder: &mut Finder) {
    let file = finder.file;
    let scopes = file.scopes();
    for reference in &scopes.references {
        let symbol = scopes.symbol(reference.symbol).filter(|symbol| symbol.binding == Binding::Const);
        let Some(symbol) = symbol.filter(|_| reference.access.is_write() && reference.access != Access::Initial) else { continue };
        let (name, declaration) = (scopes.tree.node(reference.node), scopes.declaration(symbol));
        if !declaration.parent().is_some_and(|parent| parent.is_broken()) {
            finder.report(name, &[("name", name.text())]).see(declaration, "declared constant here");
        }
    }
}

fn redeclared_variable(finder: &mut Finder) {
    let file = finder.file;
    let scopes = file.scopes();
    for (symbol, node) in &scopes.again {
        let (Some(symbol), name) = (scopes.symbol(*symbol), scopes.tree.node(*node)) else { continue };
        let declaration = scopes.declaration(symbol);
        let is_meant = is_loop_head(name) || is_loop_head(declaration) || is_in_another_block(declaration, name);
        let again = declares_variable(name) || is_function(declaration) && is_function(name) && block(declaration) == block(name);
        if is_variable(symbol) && again && !is_meant {
            let line = declaration.line().to_string();
            finder.report(name, &[("name", name.text()), ("line", &line)]).see(declaration, "declared before here");
        }
    }
}

fn is_variable(symbol: &Symbol) -> bool {
    matches!(symbol.kind, SymbolKind::Local | SymbolKind::Parameter | SymbolKind::Function)
}

/// Whether a later declaration is a `var`, and not a function, a type or a parameter.
fn declares_variable(name: Node) -> bool {
    let declarator = name.ancestors().find(|around| around.is(Role::Declarator) || around.role().is_boundary());
    let names = declarator.filter(|around| around.is(Role::Declarator)).and_then(|declarator| declarator.child(Field::Name));
    names.is_some_and(|names| names == name || names.contains(name))
}

/// Blocks beside each other have a variable each to their author; one inside of the other, or one and the same, do not.
fn is_in_another_block(first: Node, second: Node) -> bool {
    block(first).is_some_and(|block| !block.contains(second))
}

/// The block, case, loop or function that a declaration stands in.
fn block(name: Node<'_>) -> Option<Node<'_>> {
    let is_block =
        |around: &Node| matches!(around.role(), Role::Block | Role::Case) || around.role().is_loop() || around.role().is_boundary();
    let declaration = name.parent().filter(|_| is_function(name)).unwrap_or(name);
    declaration.ancestors().find(is_block)
}

/// The name of a function with a body; one without is an overload.
fn is_function(name: Node) -> bool {
    name.field() == Field::Name && name.parent().is_some_and(|parent| parent.is(Role::Function) && parent.child(Field::Body).is_some())
}

/// `for (var i = 0; …)` once more in the same function is how it was always done.
fn is_loop_head(name: Node) -> bool {
    let local = name.ancestors().find(|around| matches!(around.role(), Role::Local | Role::ForEach));
    local.is_some_and(|local| local.is(Role::ForEach) || local.field() == Field::Init)
}
