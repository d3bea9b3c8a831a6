//! Small questions about code that several checks ask: what a call calls, what a branch holds, whether evaluating something
//! twice is the same as once. Knows no rule.
use crate::lang::{Field, Role};
use crate::model::hash;
use crate::parse::{CommentSpan, Node};

pub(super) const EQUALITIES: &[&str] = &["==", "!=", "===", "!=="];
pub(super) const ORDERS: &[&str] = &["<", ">", "<=", ">="];

/// Beginnings of the names of methods that only look: calling them again gives the same again.
const ASKING: &[&str] = &[
    "get",
    "is",
    "has",
    "can",
    "should",
    "equals",
    "contains",
    "includes",
    "startsWith",
    "endsWith",
    "indexOf",
    "lastIndexOf",
    "size",
    "length",
    "charAt",
    "charCodeAt",
    "compareTo",
    "toString",
    "toLowerCase",
    "toUpperCase",
    "trim",
    "name",
    "ordinal",
    "type",
    "kind",
    "isEmpty",
    "hashCode",
    "instanceOf",
    "test",
];

/// Asking by their beginning, but with an effect or a new answer each time.
const CHANGING: &[&str] =
    &["Next", "And", "Random", "Time", "Interrupted", "Acquire", "Line", "Byte", "Char", "Short", "Int", "Long", "Bean"];

/// The two operands of a binary expression and its operator.
pub(super) fn operands<'t>(binary: Node<'t>) -> Option<(Node<'t>, &'t str, Node<'t>)> {
    let mut parts = binary.children();
    let (left, operator, right) = (parts.next()?, parts.next()?, parts.next()?);
    (operator.field() == Field::Operator).then(|| (left, operator.text(), right))
}

/// The operands of a chain of one operator, `a`, `b` and `c` of `a && b && c`, from right to left.
pub(super) fn chained<'t>(node: Node<'t>, operator: &'static str) -> impl Iterator<Item = Node<'t>> {
    let mut rest = Some(node.inner());
    std::iter::from_fn(move || {
        let node = rest?;
        match operands(node).filter(|(_, own, _)| node.is(Role::Binary) && *own == operator) {
            Some((left, _, right)) => {
                rest = Some(left.inner());
                Some(right.inner())
            }
            None => {
                rest = None;
                Some(node)
            }
        }
    })
}

pub(super) fn is_logical_operator(operator: &str) -> bool {
    matches!(operator, "&&" | "||" | "??")
}

/// Whether only its truth is asked for: it is a condition, or an operand of one.
pub(super) fn is_condition(node: Node) -> bool {
    let mut part = node;
    for around in node.ancestors() {
        match around.role() {
            Role::Parenthesized => {}
            Role::Binary if matches!(around.operator(), "&&" | "||") => {}
            Role::Unary => return around.operator() == "!",
            Role::If | Role::While | Role::Do | Role::For | Role::Ternary => return part.field() == Field::Condition,
            _ => return false,
        }
        part = around;
    }
    false
}

/// The simple name of what a call calls: `c` of `a.b.c(x)`.
pub(super) fn called_name(call: Node<'_>) -> Option<&str> {
    if let Some(name) = call.name() {
        return Some(name);
    }
    let function = call.child(Field::Function)?.inner();
    match function.role() {
        Role::Identifier => Some(function.text()),
        Role::Member => Some(function.child(Field::Property)?.text()),
        _ => None,
    }
}

/// What a method is called on: `a.b` of `a.b.c(x)`.
pub(super) fn receiver(call: Node<'_>) -> Option<Node<'_>> {
    call.child(Field::Object).or_else(|| call.child(Field::Function)?.child(Field::Object))
}

pub(super) fn arguments<'t>(call: Node<'t>) -> impl Iterator<Item = Node<'t>> + Clone {
    call.child(Field::Arguments).into_iter().flat_map(Node::children)
}

/// Whether evaluating it twice gives the same as once, as far as names tell.
pub(super) fn is_stable(node: Node) -> bool {
    is_stable_part(node) && node.descendants().all(is_stable_part)
}

fn is_stable_part(node: Node) -> bool {
    match node.role() {
        Role::New | Role::Assignment | Role::Update | Role::Await | Role::Yield | Role::Lambda | Role::Switch => false,
        Role::Call => called_name(node).is_some_and(only_asks) && !is_supplier(node),
        Role::Unary => node.operator() != "delete",
        _ => true,
    }
}

/// `buffer.get()` reads on, `provider.get()` and `Type.getInstance(name)` may make a new one.
fn is_supplier(call: Node) -> bool {
    let is_bare = || arguments(call).next().is_none();
    called_name(call).is_some_and(|name| if name == "get" { is_bare() } else { name == "getInstance" && !is_bare() })
}

fn only_asks(name: &str) -> bool {
    ASKING.iter().any(|word| name.starts_with(word)) && !CHANGING.iter().any(|word| name.contains(word))
}

/// The condition of an `if`, a loop or a ternary, without its parentheses.
pub(super) fn condition(node: Node<'_>) -> Option<Node<'_>> {
    Some(node.child(Field::Condition)?.inner())
}

/// What an `if` does otherwise, without the grammar's `else` around it.
pub(super) fn alternative(node: Node<'_>) -> Option<Node<'_>> {
    let branch = node.child(Field::Alternative)?;
    if branch.is(Role::Else) { branch.first_child() } else { Some(branch) }
}

/// Whether an `if` is the `else if` of another.
pub(super) fn is_else_if(node: Node) -> bool {
    node.parent().is_some_and(|parent| parent.is(Role::Else) || (parent.is(Role::If) && node.field() == Field::Alternative))
}

/// The `if` and each `else if` after it.
pub(super) fn if_chain<'t>(first: Node<'t>) -> impl Iterator<Item = Node<'t>> + Clone {
    std::iter::successors(Some(first), |node| alternative(*node).filter(|next| next.is(Role::If)))
}

/// The statements of a block; a statement that is no block is its own only one.
pub(super) fn statements<'t>(body: Node<'t>) -> impl Iterator<Item = Node<'t>> + Clone {
    let (own, inner) = if body.is(Role::Block) { (None, Some(body.children())) } else { (Some(body), None) };
    own.into_iter().chain(inner.into_iter().flatten())
}

/// The statement that a body consists of, if it is one only.
pub(super) fn sole_statement(body: Node<'_>) -> Option<Node<'_>> {
    let mut all = statements(body);
    let first = all.next()?;
    all.next().is_none().then_some(first)
}

/// Whether it is `true` or `false` in any case, by its form. In Java every condition is.
pub(super) fn is_boolean(node: Node) -> bool {
    let node = node.inner();
    match node.role() {
        Role::True | Role::False | Role::InstanceOf => true,
        Role::Unary => node.operator() == "!",
        Role::Binary => operands(node).is_some_and(|(left, operator, right)| match operator {
            "&&" | "||" => is_boolean(left) && is_boolean(right),
            "instanceof" | "in" => true,
            _ => is_comparison(operator),
        }),
        _ => false,
    }
}

pub(super) fn is_comparison(operator: &str) -> bool {
    EQUALITIES.contains(&operator) || ORDERS.contains(&operator)
}

/// `!=` for `==` and so on; not for orders, whose opposites differ when NaN is compared.
pub(super) fn opposite(operator: &str) -> Option<&'static str> {
    const OPPOSITES: &[(&str, &str)] = &[("==", "!="), ("!=", "=="), ("===", "!=="), ("!==", "===")];
    OPPOSITES.iter().find(|(from, _)| *from == operator).map(|(_, to)| *to)
}

/// The code for the opposite of a condition.
pub(super) fn negated(node: Node) -> String {
    let node = node.inner();
    match node.role() {
        Role::Unary if node.operator() == "!" => {
            let Some(argument) = node.child(Field::Argument) else { return format!("!({})", node.text()) };
            // In JavaScript the opposite of `!x` is a boolean, and `x` may be none.
            let is_same = node.tree().language.name == "java" || is_boolean(argument);
            if is_same { argument.inner().text().to_owned() } else { format!("!!{}", argument.text()) }
        }
        Role::Binary => match operands(node).and_then(|(left, own, right)| Some((left, opposite(own)?, right))) {
            Some((left, operator, right)) => format!("{} {operator} {}", left.text(), right.text()),
            None => format!("!({})", node.text()),
        },
        Role::Identifier | Role::Call | Role::Member | Role::Index | Role::This => format!("!{}", node.text()),
        _ => format!("!({})", node.text()),
    }
}

/// The name under which a handler knows what it caught.
pub(super) fn caught(handler: Node<'_>) -> Option<Node<'_>> {
    let parameter = handler.child_with(Role::Parameter).or_else(|| handler.child(Field::Parameter))?;
    match parameter.role() {
        Role::Identifier => Some(parameter),
        // It takes the error apart: `catch ({ message })`.
        Role::Pattern => None,
        _ => parameter.children().filter(|part| part.is(Role::Identifier)).last(),
    }
}

/// Whether one of the types that a Java handler catches has this simple name.
pub(super) fn catches(handler: Node, name: &str) -> bool {
    let Some(parameter) = handler.child_with(Role::Parameter) else { return false };
    let types = parameter.children().find(|part| part.kind_name() == "catch_type");
    types.is_some_and(|types| types.children().any(|one| simple_name(one.text()) == name))
}

/// `C` of `a.b.C<D>`.
pub(super) fn simple_name(name: &str) -> &str {
    let bare = name.split('<').next().unwrap_or(name).trim_end();
    bare.rsplit('.').next().unwrap_or(bare)
}

/// `C` of Java's `a.b.C`, where `a.b` can only be a package; nothing for any other code. A package of one word is somebody's own:
/// it is written to tell its class from the well-known one.
pub(super) fn unqualified(node: Node<'_>) -> Option<Node<'_>> {
    if !matches!(node.role(), Role::Member | Role::QualifiedType | Role::QualifiedName) || node.tree().language.name != "java" {
        return None;
    }
    let class = node.last_child().filter(|last| last.text().starts_with(|letter: char| letter.is_ascii_uppercase()))?;
    let package = &node.tree().text.as_bytes()[node.start() as usize..class.start() as usize];
    let is_of_package = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.');
    let words = package.iter().filter(|byte| **byte == b'.').count();
    (words > 1 && package.iter().all(is_of_package)).then_some(class)
}

/// Whether a name is used in it, by an identifier of this text.
pub(super) fn mentions(node: Node, name: &str) -> bool {
    let is_it = |part: Node| part.is(Role::Identifier) && part.text() == name;
    is_it(node) || node.descendants().any(is_it)
}

/// Whether the declaration has this modifier word.
pub(super) fn has_modifier(declaration: Node, word: &str) -> bool {
    let modifiers = declaration.child_with(Role::Modifiers);
    modifiers.is_some_and(|modifiers| modifiers.children().any(|one| one.text() == word))
}

/// The simple names of the annotations of a declaration.
pub(super) fn annotations<'t>(declaration: Node<'t>) -> impl Iterator<Item = &'t str> {
    let modifiers = declaration.child_with(Role::Modifiers);
    let written = modifiers.into_iter().flat_map(Node::children).filter(|one| one.is(Role::Annotation));
    written.filter_map(|one| Some(simple_name(one.name()?)))
}

/// Equal for two stretches of code whose comments say the same: where they differ, the author meant to tell them apart.
pub(super) fn comments_hash(node: Node) -> u64 {
    let text = |comment: &CommentSpan| &node.tree().text.as_bytes()[comment.start as usize..comment.end as usize];
    node.comments().iter().fold(0, |state, comment| hash::mix(state, hash::bytes(text(comment))))
}
