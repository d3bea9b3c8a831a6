//! Which nodes are statements, and which lines coverage is counted over. Knows neither complexity nor units.
//!
//! Executable lines are the start lines of: expression statements (directives left out), `return`, `throw`, `break`, `continue`, `yield`,
//! `assert`, `debugger`, the headers of `if`, loops, `switch`, `with` and `synchronized`, constructor calls, variables, fields and
//! resources with an initialiser (constants that the compiler folds left out), enum constants in Java, bodies of
//! lambdas that are an expression, and `try` in JavaScript, where coverage tools count it as a statement.
use crate::lang::{Field, Role};
use crate::parse::Node;

/// Whether a node counts as a statement.
pub(super) fn is_statement(node: Node) -> bool {
    match node.role() {
        Role::Local => node.field() != Field::Init,
        Role::Switch => is_switch_statement(node),
        Role::Yield => node.parent().is_some_and(|parent| holds_statements(parent.role())),
        Role::Try => true,
        // In the header of a `for` it is a part that is left out.
        Role::Empty => matches!(node.field(), Field::None | Field::Body | Field::Consequence | Field::Alternative),
        role => is_plain_statement(role),
    }
}

/// Statements that are always one, and executable.
fn is_plain_statement(role: Role) -> bool {
    use Role::*;
    matches!(
        role,
        ExpressionStatement
            | Return
            | Throw
            | Break
            | Continue
            | Assert
            | Debugger
            | If
            | For
            | ForEach
            | While
            | Do
            | With
            | Synchronized
            | ConstructorCall
    )
}

/// Java has one kind for both forms of `switch`: a statement stands where statements stand.
pub(super) fn is_switch_statement(node: Node) -> bool {
    let statement_place = matches!(node.field(), Field::None | Field::Body | Field::Consequence | Field::Alternative);
    statement_place && node.parent().is_some_and(|parent| holds_statements(parent.role()))
}

fn holds_statements(role: Role) -> bool {
    use Role::*;
    role.is_loop() || matches!(role, Program | Block | If | Else | Case | Labelled | With | Error)
}

/// Whether a coverage tool sees the line this node starts on.
pub(super) fn is_executable(node: Node, java: bool) -> bool {
    match node.role() {
        Role::ExpressionStatement => !node.first_child().is_some_and(|child| child.is(Role::Text)),
        Role::Try => !java,
        Role::Switch | Role::Yield => is_statement(node),
        Role::Declarator | Role::Resource => node.child(Field::Value).is_some_and(|value| !is_folded(node, value, java)),
        Role::Field if !java => node.child(Field::Value).is_some(),
        Role::EnumConstant => java,
        role => is_plain_statement(role),
    }
}

/// Constants that the compiler writes where they are used: no code is left where they stand.
fn is_folded(declarator: Node, value: Node, java: bool) -> bool {
    let Some(declaration) = declarator.parent() else { return false };
    if !java || !declaration.is(Role::Field) || !value.inner().role().is_literal() || value.inner().is(Role::Null) {
        return false;
    }
    let in_interface = declaration.kind_name() == "constant_declaration";
    let has = |word: &str| {
        declaration.child_with(Role::Modifiers).is_some_and(|modifiers| modifiers.children().any(|modifier| modifier.text() == word))
    };
    in_interface || (has("static") && has("final"))
}
