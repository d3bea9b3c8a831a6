//! The languages gate can read. A language is a table: what its node kinds mean to gate, and where a pattern may stand.
//! Knows no rule and no file; adding a language is one file and one line in `ALL`.
mod java;
mod javascript;
mod typescript;

use std::sync::OnceLock;

use crate::model::hash;

/// Every language, in the order of `gate rules`.
pub static ALL: &[&Language] = &[&java::JAVA, &javascript::JAVASCRIPT, &typescript::TYPESCRIPT, &typescript::TSX];

/// The names by which rules say which languages they are for.
pub const RULE_LANGUAGES: &[&str] = &["java", "javascript", "typescript"];

pub struct Language {
    pub name: &'static str,
    /// The name rules know it by: TSX is TypeScript to them.
    pub rule_name: &'static str,
    pub extensions: &'static [&'static str],
    grammar: fn() -> tree_sitter::Language,
    /// What named node kinds mean; a kind that is not here means nothing.
    roles: &'static [&'static [(&'static str, Role)]],
    /// Anonymous tokens that say nothing the node around them does not: left out of the tree unless they fill a field.
    dropped: &'static [&'static str],
    /// Kinds that a pattern may leave out: `$A.b()` matches `$A.<T>b()`.
    optional: &'static [&'static str],
    /// Where a pattern is tried to stand, in this order: text before and after it.
    pub contexts: &'static [(&'static str, &'static str)],
    compiled: OnceLock<Grammar>,
}

/// What gate asks of a node kind, looked up by kind id.
pub struct Grammar {
    tree_sitter: tree_sitter::Language,
    roles: Vec<Role>,
    optional: Vec<bool>,
    /// Of the kinds' names: ids change when a grammar is regenerated, fingerprints must not.
    kind_hashes: Vec<u64>,
    /// By field id; 0 is no field.
    fields: Vec<Field>,
}

impl Grammar {
    pub fn tree_sitter(&self) -> &tree_sitter::Language {
        &self.tree_sitter
    }

    pub fn role(&self, kind: u16) -> Role {
        // Kind 65535 is tree-sitter's error node.
        self.roles.get(usize::from(kind)).copied().unwrap_or(Role::Error)
    }

    pub fn is_optional(&self, kind: u16) -> bool {
        self.optional.get(usize::from(kind)).copied().unwrap_or(false)
    }

    pub fn field(&self, id: Option<std::num::NonZeroU16>) -> Field {
        id.map_or(Field::None, |id| self.fields[usize::from(id.get())])
    }

    pub(crate) fn kind_hash(&self, kind: u16) -> u64 {
        self.kind_hashes.get(usize::from(kind)).copied().unwrap_or(1)
    }

    pub fn kind_count(&self) -> usize {
        self.roles.len()
    }

    /// The grammar's own name of a kind, as rules write it.
    pub fn kind_name(&self, kind: u16) -> &str {
        self.tree_sitter.node_kind_for_id(kind).unwrap_or("ERROR")
    }

    /// The id of a named kind.
    pub fn kind(&self, name: &str) -> Option<u16> {
        Some(self.tree_sitter.id_for_node_kind(name, true)).filter(|id| *id != 0)
    }
}

impl Language {
    /// Its tables by kind id, made when first asked for.
    pub fn grammar(&self) -> &Grammar {
        self.compiled.get_or_init(|| {
            let tree_sitter = (self.grammar)();
            let ids = 0..tree_sitter.node_kind_count() as u16;
            let name = |id| tree_sitter.node_kind_for_id(id).unwrap_or("");
            let role = |id| match tree_sitter.node_kind_is_named(id) {
                true => self.roles.iter().copied().flatten().find(|(kind, _)| *kind == name(id)).map_or(Role::Nothing, |(_, role)| *role),
                false if self.dropped.contains(&name(id)) => Role::Dropped,
                false => Role::Nothing,
            };
            let field = |id| tree_sitter.field_name_for_id(id).map_or(Field::None, field_named);
            Grammar {
                roles: ids.clone().map(role).collect(),
                kind_hashes: ids.clone().map(|id| hash::bytes(name(id).as_bytes())).collect(),
                optional: ids.map(|id| self.optional.contains(&name(id))).collect(),
                fields: (0..=tree_sitter.field_count() as u16).map(field).collect(),
                tree_sitter,
            }
        })
    }
}

pub fn for_extension(extension: &str) -> Option<&'static Language> {
    ALL.iter().copied().find(|language| language.extensions.contains(&extension))
}

pub fn named(name: &str) -> Option<&'static Language> {
    ALL.iter().copied().find(|language| language.name == name)
}

/// What a node kind means to gate, in any language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Role {
    /// Part of the tree without a meaning that gate asks for.
    Nothing,
    /// An anonymous token that is not in the tree.
    Dropped,
    Error,
    Program,
    Package,
    Import,
    Export,
    // Declarations.
    Class,
    AnonymousClass,
    ClassBody,
    /// A node that only groups class members, as after the constants of a Java enum.
    MemberGroup,
    Field,
    EnumConstant,
    /// A named function, method or constructor, with or without a body.
    Function,
    /// A class or instance initialiser block.
    Initializer,
    /// A function without a name of its own.
    Lambda,
    Parameters,
    Parameter,
    Modifiers,
    Annotation,
    // Statements.
    Block,
    Local,
    Declarator,
    ExpressionStatement,
    Empty,
    If,
    Else,
    For,
    ForEach,
    While,
    Do,
    Switch,
    SwitchBody,
    Case,
    CaseLabel,
    Try,
    Resources,
    Resource,
    Catch,
    Finally,
    Synchronized,
    With,
    Labelled,
    Return,
    Throw,
    Break,
    Continue,
    Yield,
    Assert,
    Debugger,
    /// `this(…)` and `super(…)` as the first statement of a constructor.
    ConstructorCall,
    // Expressions.
    Assignment,
    Update,
    Binary,
    Unary,
    Ternary,
    Parenthesized,
    Sequence,
    Await,
    Call,
    New,
    Arguments,
    Member,
    Index,
    Cast,
    InstanceOf,
    Spread,
    MethodReference,
    ObjectLiteral,
    ArrayLiteral,
    Pair,
    Identifier,
    /// The name after a dot or of an object's key.
    PropertyName,
    TypeName,
    Text,
    Template,
    Character,
    Number,
    Regex,
    True,
    False,
    Null,
    Undefined,
    This,
    Super,
    Jsx,
    JsxText,
    Comment,
    // What names stand in, where that decides what they mean.
    /// A destructuring pattern: `{ a, b }` or `[a, b]` where something is bound.
    Pattern,
    PairPattern,
    /// A name or pattern with a default value.
    DefaultPattern,
    RestPattern,
    /// What directly holds the name an import binds.
    ImportBinding,
    ImportSpecifier,
    ImportAlias,
    ExportSpecifier,
    NamespaceExport,
    TypeParameter,
    TypeAlias,
    /// The type of a function: its parameters name nothing that runs.
    Signature,
    IndexSignature,
    Module,
    /// `declare …`: says what is elsewhere.
    Ambient,
    RecordPattern,
    /// A type and the variable a matching value is bound to.
    PatternVariable,
    QualifiedName,
    QualifiedType,
    ElementPair,
}

impl Role {
    /// Kinds taken as one token, whatever the grammar puts into them.
    pub fn is_leaf(self) -> bool {
        matches!(self, Role::Text | Role::Character | Role::Number | Role::Regex | Role::Comment | Role::JsxText)
    }

    pub fn is_loop(self) -> bool {
        matches!(self, Role::For | Role::ForEach | Role::While | Role::Do)
    }

    pub fn is_function(self) -> bool {
        matches!(self, Role::Function | Role::Lambda)
    }

    pub fn is_class(self) -> bool {
        matches!(self, Role::Class | Role::AnonymousClass)
    }

    pub fn is_literal(self) -> bool {
        matches!(self, Role::Text | Role::Character | Role::Number | Role::Regex | Role::True | Role::False | Role::Null)
    }

    /// Whether a walk outwards ends here: code inside runs at another time.
    pub fn is_boundary(self) -> bool {
        self.is_function() || self.is_class() || self == Role::Initializer
    }
}

/// The part a node plays in its parent, by one name for all grammars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Field {
    None,
    Alias,
    Alternative,
    Argument,
    Arguments,
    Body,
    Condition,
    Consequence,
    Constructor,
    Declaration,
    Declarator,
    Decorator,
    Element,
    Finalizer,
    Function,
    Handler,
    Index,
    Init,
    Interfaces,
    Key,
    Kind,
    Label,
    Left,
    Name,
    Object,
    Operator,
    OptionalChain,
    Parameter,
    Parameters,
    Pattern,
    Property,
    Resources,
    ReturnType,
    Right,
    Source,
    Superclass,
    Type,
    TypeArguments,
    TypeParameters,
    Update,
    Value,
    /// A field gate has no name for.
    Other,
}

/// Grammar field names and what gate calls them.
const FIELDS: &[(&str, Field)] = &[
    ("alias", Field::Alias),
    ("alternative", Field::Alternative),
    ("argument", Field::Argument),
    ("operand", Field::Argument),
    ("arguments", Field::Arguments),
    ("array", Field::Object),
    ("body", Field::Body),
    ("condition", Field::Condition),
    ("consequence", Field::Consequence),
    ("constructor", Field::Constructor),
    ("declaration", Field::Declaration),
    ("declarator", Field::Declarator),
    ("decorator", Field::Decorator),
    ("element", Field::Element),
    ("finalizer", Field::Finalizer),
    ("function", Field::Function),
    ("handler", Field::Handler),
    ("index", Field::Index),
    ("init", Field::Init),
    ("initializer", Field::Init),
    ("interfaces", Field::Interfaces),
    ("key", Field::Key),
    ("kind", Field::Kind),
    ("label", Field::Label),
    ("left", Field::Left),
    ("name", Field::Name),
    ("object", Field::Object),
    ("operator", Field::Operator),
    ("optional_chain", Field::OptionalChain),
    ("parameter", Field::Parameter),
    ("parameters", Field::Parameters),
    ("pattern", Field::Pattern),
    ("property", Field::Property),
    ("field", Field::Property),
    ("resources", Field::Resources),
    ("return_type", Field::ReturnType),
    ("right", Field::Right),
    ("source", Field::Source),
    ("superclass", Field::Superclass),
    ("type", Field::Type),
    ("type_arguments", Field::TypeArguments),
    ("type_parameters", Field::TypeParameters),
    ("update", Field::Update),
    ("increment", Field::Update),
    ("value", Field::Value),
];

fn field_named(name: &str) -> Field {
    FIELDS.iter().find(|(field, _)| *field == name).map_or(Field::Other, |(_, field)| *field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_names_kinds_of_its_grammar() {
        for language in ALL {
            let grammar = (language.grammar)();
            for (kind, _) in language.roles.iter().copied().flatten() {
                assert_ne!(0, grammar.id_for_node_kind(kind, true), "{}: no kind {kind}", language.name);
            }
            for token in language.dropped {
                assert_ne!(0, grammar.id_for_node_kind(token, false), "{}: no token {token}", language.name);
            }
            for kind in language.optional {
                let known = [true, false].map(|named| grammar.id_for_node_kind(kind, named));
                assert_ne!([0, 0], known, "{}: no kind or token {kind}", language.name);
            }
            assert!(RULE_LANGUAGES.contains(&language.rule_name));
        }
    }
}
