//! The `where` conditions on what a pattern's hole stands for.
use super::facts::unqualified;
use super::{Expression, FileView};
use crate::lang::{self, Role};
use crate::parse::Node;

/// All that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Where {
    /// Matches the node's text; of string literals what is between the quotes.
    pub regex: Option<Expression>,
    pub not_regex: Option<Expression>,
    pub text: Vec<String>,
    pub not_text: Vec<String>,
    /// Node kinds, by gate's word or the grammar's.
    pub kind: Vec<KindWord>,
    pub not_kind: Vec<KindWord>,
    /// Declared types within the file, without type arguments.
    pub types: Vec<String>,
    /// As `types`, but what the file does not tell the type of will do.
    pub types_if_known: Vec<String>,
    /// A name that the file does not declare.
    pub global: Option<bool>,
    /// No call, creation, assignment, increment or await in it.
    pub pure: Option<bool>,
    /// Made of literals and constants only.
    pub constant: Option<bool>,
}

/// A word for node kinds, looked up once.
#[derive(Clone, Debug)]
pub enum KindWord {
    Roles(&'static [Role]),
    /// One kind of a grammar.
    Grammar(String),
}

impl KindWord {
    pub fn of(word: &str) -> KindWord {
        lang::roles_named(word).map_or_else(|| KindWord::Grammar(word.to_owned()), KindWord::Roles)
    }

    fn fits(&self, node: Node) -> bool {
        match self {
            KindWord::Roles(roles) => roles.contains(&node.role()),
            KindWord::Grammar(name) => node.kind_name() == name,
        }
    }
}

pub fn holds<'t>(wanted: &Where, node: Node<'t>, file: &FileView<'t>) -> bool {
    let inner = node.inner();
    let is_one_of = |kinds: &[KindWord]| kinds.iter().any(|kind| kind.fits(inner));
    if (!wanted.kind.is_empty() && !is_one_of(&wanted.kind)) || is_one_of(&wanted.not_kind) {
        return false;
    }
    let text = inner.content();
    // A class is meant with its package and without.
    let is_word = |word: &String| word == text || unqualified(inner).is_some_and(|class| class.text() == word);
    wanted.regex.as_ref().is_none_or(|regex| regex.is_match(text))
        && wanted.not_regex.as_ref().is_none_or(|regex| !regex.is_match(text))
        && (wanted.text.is_empty() || wanted.text.iter().any(is_word))
        && !wanted.not_text.iter().any(is_word)
        && (wanted.types.is_empty() || declared_type(inner, file).is_some_and(|name| wanted.types.iter().any(|wanted| wanted == name)))
        && (wanted.types_if_known.is_empty()
            || declared_type(inner, file).is_none_or(|name| wanted.types_if_known.iter().any(|it| it == name)))
        && wanted.global.is_none_or(|global| global == is_global(inner, file))
        && wanted.pure.is_none_or(|pure| pure == is_pure(node))
        && wanted.constant.is_none_or(|constant| constant == is_constant(inner))
}

/// A kind that no language has is a slip of the pen.
pub fn check_kinds(wanted: &Where) -> Result<(), String> {
    let unknown = |word: &&KindWord| match word {
        KindWord::Roles(_) => false,
        KindWord::Grammar(name) => lang::ALL.iter().all(|language| language.grammar().kind(name).is_none()),
    };
    match wanted.kind.iter().chain(&wanted.not_kind).find(unknown) {
        Some(KindWord::Grammar(name)) => Err(format!("no language has a kind `{name}`")),
        _ => Ok(()),
    }
}

pub fn is_global<'t>(node: Node<'t>, file: &FileView<'t>) -> bool {
    file.scopes().reference_at(node).is_some_and(|found| file.scopes().symbol(found.symbol).is_none())
}

/// Whether evaluating it twice is the same as once.
pub fn is_pure(node: Node) -> bool {
    let effects = |node: Node| matches!(node.role(), Role::Call | Role::New | Role::Assignment | Role::Update | Role::Await | Role::Yield);
    !effects(node) && !node.descendants().any(effects)
}

/// Whether it is made of literals and names in capitals.
pub fn is_constant(node: Node) -> bool {
    let node = node.inner();
    match node.role() {
        Role::Identifier => is_capitals(node.text()),
        Role::Member => node.children().last().is_some_and(|name| is_capitals(name.text())),
        Role::Binary | Role::Unary | Role::Ternary => {
            node.children().filter(|child| child.field() != lang::Field::Operator).all(is_constant)
        }
        Role::Template => node.first_child().is_none_or(|_| node.descendants().all(|part| part.kind_name() != "template_substitution")),
        role => role.is_literal(),
    }
}

fn is_capitals(name: &str) -> bool {
    name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The simple name of an expression's type, as far as the file itself tells.
pub fn declared_type<'t>(node: Node<'t>, file: &FileView<'t>) -> Option<&'t str> {
    match node.role() {
        Role::Text => Some("String"),
        Role::New => node.child(lang::Field::Type).map(simple_type),
        Role::Cast => node.child(lang::Field::Type).map(simple_type),
        Role::Identifier => file.scopes().declared_type(node).map(simple_type),
        Role::Member if node.first_child().is_some_and(|object| object.is(Role::This)) => {
            file.scopes().declared_type(node).map(simple_type)
        }
        _ => None,
    }
}

/// A type's name without its arguments and its package.
fn simple_type(node: Node<'_>) -> &str {
    let text = node.text();
    let bare = text.split('<').next().unwrap_or(text).trim();
    let bare = if text.ends_with("[]") { text } else { bare };
    bare.rsplit('.').next().unwrap_or(bare)
}
