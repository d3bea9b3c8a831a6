//! What may use a private member from outside of its file, or be the reason for one that nothing uses: serialisation, annotations,
//! native code, a word in a comment. Knows nothing of the uses inside of the file.
use rustc_hash::FxHashMap;

use crate::check::facts::simple_name;
use crate::lang::{Field, Role};
use crate::model::hash;
use crate::parse::{Node, NodeId};

/// Members that Java's serialisation looks for by name.
pub(super) const SERIAL_NAMES: &[&str] = &[
    "serialVersionUID",
    "serialPersistentFields",
    "readObject",
    "readObjectNoData",
    "writeObject",
    "readResolve",
    "writeReplace",
    "readExternal",
    "writeExternal",
];

/// Annotations of a class by which something else gets at its fields.
const FIELD_USERS: &[&str] = &[
    "Data",
    "Value",
    "Getter",
    "Setter",
    "Builder",
    "SuperBuilder",
    "With",
    "ToString",
    "EqualsAndHashCode",
    "AllArgsConstructor",
    "RequiredArgsConstructor",
    "Entity",
    "Embeddable",
    "MappedSuperclass",
    "Document",
    "XmlAccessorType",
    "XmlRootElement",
    "XmlType",
    "JsonAutoDetect",
    "ConfigurationProperties",
    "State",
];

/// Annotations that only tell compilers and readers something.
const REMARKS: &[&str] = &["Deprecated", "Nullable", "NonNull", "Nonnull", "CheckForNull", "MonotonicNonNull", "GuardedBy", "SafeVarargs"];

/// What the comment of a member says when something that cannot be seen uses it, or when it waits for a use.
const SPOKEN: &[&str] = &[
    "native",
    " vm",
    "jvm",
    "jni",
    "reflect",
    "@serial",
    "to keep",
    "strong ref",
    "garbage collect",
    "debug",
    "later",
    "future",
    "reserved",
    "not called",
    "to suppress",
    "no-unused",
];

/// What is known of the classes of a file: each of their members asks it.
#[derive(Default)]
pub(super) struct Classes {
    hidden_readers: FxHashMap<NodeId, bool>,
    native: FxHashMap<NodeId, bool>,
}

impl Classes {
    /// Whether the fields of the classes around are read by code that cannot be seen: generated, serialising.
    pub(super) fn have_hidden_readers(&mut self, field: Node) -> bool {
        let mut classes = field.ancestors().filter(|around| around.role().is_class());
        classes.any(|class| *self.hidden_readers.entry(class.id()).or_insert_with(|| has_hidden_readers(class)))
    }

    /// Native code of a class gets at its fields and calls back its methods.
    pub(super) fn have_native(&mut self, member: Node) -> bool {
        let mut classes = member.ancestors().filter(|around| around.role().is_class());
        member.tree().words.may_have(hash::bytes(b"native"))
            && classes.any(|class| *self.native.entry(class.id()).or_insert_with(|| has_native(class)))
    }
}

fn has_hidden_readers(class: Node) -> bool {
    let head_end = class.child(Field::Body).map_or(class.start(), |body| body.start());
    let head = &class.tree().text[class.start() as usize..head_end as usize];
    let users = class.child_with(Role::Modifiers).into_iter().flat_map(|modifiers| modifiers.children());
    let is_user = |node: Node| node.name().is_some_and(|name| FIELD_USERS.contains(&simple_name(name)));
    head.contains("Serializable")
        || class.child(Field::Body).is_some_and(is_serialised)
        || head.contains("Externalizable")
        || users.filter(|node| node.is(Role::Annotation)).any(is_user)
}

fn has_native(class: Node) -> bool {
    let is_native = |member: Node| {
        let words = member.child_with(Role::Modifiers).filter(|_| member.is(Role::Function));
        words.is_some_and(|words| words.children().any(|word| word.text() == "native"))
    };
    class.child(Field::Body).is_some_and(|body| body.children().any(is_native))
}

/// A class says by `transient` and `serialVersionUID` that the rest of it is written out.
fn is_serialised(body: Node) -> bool {
    body.children().filter(|member| member.is(Role::Field)).any(|field| {
        let is_transient = |words: Node| words.children().any(|word| word.text() == "transient");
        let is_version = |one: Node| one.name() == Some("serialVersionUID");
        field.child_with(Role::Modifiers).is_some_and(is_transient) || field.children().any(is_version)
    })
}

/// Whether an annotation may have something get at what bears it, or says that nothing does.
pub(super) fn is_user(annotation: Node) -> bool {
    let name = annotation.name().map_or("", simple_name);
    match name {
        "SuppressWarnings" => annotation.text().to_ascii_lowercase().contains("unused") || annotation.text().contains("\"all\""),
        _ => !REMARKS.contains(&name),
    }
}

/// Whether the comment before a member, or beside it, gives a reason for it.
pub(super) fn is_spoken_for(member: Node) -> bool {
    let (tree, span) = (member.tree(), member.span());
    let before = match (member.previous_sibling(), member.parent()) {
        (Some(before), _) => tree.line_start(before.span().end_line + 1),
        (None, around) => around.map_or(0, |around| around.start()),
    };
    let above = tree.comments_in(before.min(member.start()), member.start());
    let beside = tree.comments_in(member.end(), tree.line_start(span.end_line + 1));
    above.iter().chain(beside).any(|comment| {
        let text = tree.text[comment.start as usize..comment.end as usize].to_ascii_lowercase();
        SPOKEN.iter().any(|word| text.contains(word))
    })
}

/// Whether a member is a number in a row of constants: together they write down a format or a layout, used or not.
pub(super) fn is_one_of_many(member: Node) -> bool {
    let is_beside = |other: Option<Node>| other.is_some_and(is_numbered);
    is_numbered(member) && (is_beside(member.previous_sibling()) || is_beside(member.next_sibling()))
}

/// `static final int A = 1, B = 1 << 2;`
fn is_numbered(field: Node) -> bool {
    let has = |word: &str| field.child_with(Role::Modifiers).is_some_and(|words| words.children().any(|other| other.text() == word));
    let is_number = |value: Node| value.descendants().chain([value]).all(is_part_of_number);
    let mut values = field.children().filter(|child| child.is(Role::Declarator)).filter_map(|one| one.child(Field::Value));
    field.is(Role::Field) && has("static") && has("final") && values.all(is_number)
}

fn is_part_of_number(part: Node) -> bool {
    let is_literal = matches!(part.role(), Role::Number | Role::Character | Role::True | Role::False);
    is_literal || matches!(part.role(), Role::Unary | Role::Binary | Role::Parenthesized) || part.field() == Field::Operator
}
