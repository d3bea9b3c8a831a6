//! What node kinds and fields mean, by one word for all grammars. Knows no language.

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
    /// `x!` in TypeScript: it is neither null nor undefined.
    NonNull,
    MethodReference,
    ObjectLiteral,
    ArrayLiteral,
    Pair,
    Identifier,
    /// The name after a dot or of an object's key.
    PropertyName,
    TypeName,
    /// A label where the grammar has a kind of its own for it.
    LabelName,
    /// A type with type arguments.
    GenericType,
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

/// Words for kinds that rules may use in any language, beside the grammar's own.
const ROLE_WORDS: &[(&str, &[Role])] = &[
    ("assignment", &[Role::Assignment]),
    ("await", &[Role::Await]),
    ("binary", &[Role::Binary]),
    ("block", &[Role::Block]),
    ("boolean", &[Role::True, Role::False]),
    ("call", &[Role::Call]),
    ("case", &[Role::Case]),
    ("catch", &[Role::Catch]),
    ("class", &[Role::Class, Role::AnonymousClass]),
    ("finally", &[Role::Finally]),
    ("function", &[Role::Function, Role::Lambda]),
    ("identifier", &[Role::Identifier]),
    ("if", &[Role::If]),
    ("import", &[Role::Import]),
    ("lambda", &[Role::Lambda]),
    ("literal", &[Role::Text, Role::Character, Role::Number, Role::Regex, Role::True, Role::False, Role::Null]),
    ("loop", &[Role::For, Role::ForEach, Role::While, Role::Do]),
    ("member", &[Role::Member]),
    ("new", &[Role::New]),
    ("null", &[Role::Null]),
    ("number", &[Role::Number]),
    ("parameter", &[Role::Parameter]),
    ("regex", &[Role::Regex]),
    ("return", &[Role::Return]),
    ("string", &[Role::Text]),
    ("switch", &[Role::Switch]),
    ("synchronized", &[Role::Synchronized]),
    ("template", &[Role::Template]),
    ("ternary", &[Role::Ternary]),
    ("this", &[Role::This]),
    ("throw", &[Role::Throw]),
    ("try", &[Role::Try]),
    ("unary", &[Role::Unary]),
    ("update", &[Role::Update]),
];

/// Every word that rules may use for kinds in any language.
pub fn role_words() -> impl Iterator<Item = &'static str> {
    ROLE_WORDS.iter().map(|(word, _)| *word)
}

/// The roles behind one of the words that rules use for kinds.
pub fn roles_named(word: &str) -> Option<&'static [Role]> {
    ROLE_WORDS.iter().find(|(name, _)| *name == word).map(|(_, roles)| *roles)
}

/// The part that a grammar's field name stands for.
pub(super) fn field_named(name: &str) -> Field {
    FIELDS.iter().find(|(field, _)| *field == name).map_or(Field::Other, |(_, field)| *field)
}
