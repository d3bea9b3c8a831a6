//! `unused-private-member`: private fields, methods and classes that their file never uses. A member that something outside the
//! file may find (by reflection, serialisation, an annotation, native code) is left alone.
use rustc_hash::FxHashMap;

use super::hidden::{Classes, SERIAL_NAMES, is_one_of_many, is_spoken_for, is_user};
use super::{is_ambient, is_excerpt};
use crate::check::scopes::{Access, Scopes, SymbolKind, access_of};
use crate::check::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::model::hash;
use crate::parse::{Node, Tree};

pub(in crate::check) static ALL: &[Builtin] = &[Builtin { name: "unused-private-member", run: Run::File(unused_members) }];

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Field,
    Method,
    Class,
}

#[derive(Clone, Copy)]
struct Member<'t> {
    name: Node<'t>,
    /// The whole declaration: uses inside of it do not count for methods and classes.
    whole: Node<'t>,
    what: What,
    used: bool,
}

/// More members of one name are not told apart, and none of them is reported.
const NAMESAKES_AT_MOST: usize = 100;

fn unused_members(finder: &mut Finder) {
    let (tree, file) = (finder.tree(), finder.file);
    if tree.has_errors {
        return;
    }
    let mut members: Vec<Member> = match tree.language.rule_name == "java" {
        true => {
            let mut classes = Classes::default();
            tree.nodes().filter(|node| is_private(*node)).flat_map(|node| java_members(node, &mut classes)).collect()
        }
        false => tree.nodes().filter_map(script_member).collect(),
    };
    if members.is_empty() {
        return;
    }
    // Members that are not known to be used, by name.
    let mut by_name: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for (place, member) in members.iter().enumerate() {
        by_name.entry(hash::bytes(member.name.text().as_bytes())).or_default().push(place);
    }
    for node in tree.nodes().filter(|node| is_word(node.role())) {
        let Some(places) = by_name.get_mut(&hash::bytes(node.content().as_bytes())) else { continue };
        let is_crowd = places.len() > NAMESAKES_AT_MOST;
        places.retain(|place| {
            let member = &mut members[*place];
            member.used = is_crowd || is_use(file.scopes(), *member, node);
            !member.used
        });
    }
    let mut unused = members.iter().filter(|member| !member.used).peekable();
    if unused.peek().is_none() || is_excerpt(tree) {
        return;
    }
    let opened = opened_classes(tree);
    let is_opened = |member: &Member| {
        let class = member.whole.enclosing_class();
        // What begins with `#` is no property, so no text names it.
        !member.name.text().starts_with('#') && class.is_some_and(|class| opened.iter().any(|opened| opened.is_of(class)))
    };
    for member in unused.filter(|member| !is_spoken_for(member.whole) && !is_one_of_many(member.whole) && !is_opened(member)) {
        let (what, use_of_it) = match member.what {
            What::Field => ("field", "read"),
            What::Method => ("method", "used"),
            What::Class => ("class", "used"),
        };
        finder.report(member.name, &[("name", member.name.text()), ("what", what), ("use", use_of_it)]);
    }
}

/// A class whose members are read by names made at run time: `this[name]`, `Name[name]`.
enum Opened<'t> {
    Around(Node<'t>),
    Named(&'t str),
}

impl Opened<'_> {
    fn is_of(&self, class: Node) -> bool {
        match self {
            Opened::Around(node) => *node == class,
            Opened::Named(name) => class.name() == Some(name),
        }
    }
}

fn opened_classes<'t>(tree: &'t Tree) -> Vec<Opened<'t>> {
    let computed = tree.nodes().filter(|node| node.kind_name() == "subscript_expression");
    let computed = computed.filter(|node| node.child(Field::Index).is_some_and(|index| !index.role().is_literal()));
    let opened = computed.filter_map(|node| {
        let mut object = node.child(Field::Object)?.inner();
        while matches!(object.kind_name(), "as_expression" | "non_null_expression" | "satisfies_expression") {
            object = object.first_child()?.inner();
        }
        match object.role() {
            Role::This => object.enclosing_class().map(Opened::Around),
            Role::Identifier => Some(Opened::Named(object.text())),
            _ => None,
        }
    });
    opened.collect()
}

fn is_word(role: Role) -> bool {
    matches!(role, Role::Identifier | Role::TypeName | Role::PropertyName | Role::Text)
}

fn is_private(node: Node) -> bool {
    let has_modifier = |modifiers: Node| modifiers.children().any(|modifier| modifier.text() == "private");
    matches!(node.role(), Role::Field | Role::Function | Role::Class) && node.child_with(Role::Modifiers).is_some_and(has_modifier)
}

fn java_members<'t>(node: Node<'t>, classes: &mut Classes) -> Vec<Member<'t>> {
    let is_annotated = |modifiers: Node| modifiers.children().any(|modifier| modifier.is(Role::Annotation) && is_user(modifier));
    let is_native = node.child_with(Role::Modifiers).is_some_and(|modifiers| modifiers.children().any(|word| word.text() == "native"));
    let is_constructor = node.is(Role::Function) && node.child(Field::Type).is_none();
    if is_native || is_constructor || node.child_with(Role::Modifiers).is_some_and(is_annotated) {
        return Vec::new();
    }
    let what = match node.role() {
        Role::Field if classes.have_hidden_readers(node) => return Vec::new(),
        Role::Field | Role::Function if classes.have_native(node) => return Vec::new(),
        Role::Field => What::Field,
        Role::Function => What::Method,
        _ => What::Class,
    };
    let named = |holder: Node<'_>| holder.child(Field::Name).is_some_and(|name| !SERIAL_NAMES.contains(&name.text()));
    let holders = node.children().filter(|child| child.is(Role::Declarator) && what == What::Field);
    let itself = (what != What::Field).then_some(node);
    let holders = holders.chain(itself).filter(|holder| named(*holder));
    holders.filter_map(|holder| Some(Member { name: holder.child(Field::Name)?, whole: node, what, used: false })).collect()
}

/// A `#private` member, or one that TypeScript calls private.
fn script_member(name: Node) -> Option<Member> {
    let whole = name.parent().filter(|parent| matches!(parent.role(), Role::Field | Role::Function))?;
    if !name.is(Role::PropertyName) || !matches!(name.field(), Field::Name | Field::Property) {
        return None;
    }
    let has = |text: &str| whole.children().any(|child| child.text() == text);
    let class = whole.ancestors().find(|around| around.is(Role::Class))?;
    let is_hidden = name.text().starts_with('#') || has("private");
    // `private brand!: never` and `private brand!: 'A'` tell apart two classes of the same shape.
    let is_brand = is_brand(whole);
    if !is_hidden
        || is_brand
        || has("declare")
        || is_ambient(class)
        || name.text() == "constructor"
        || is_decorated(whole)
        || is_decorated(class)
    {
        return None;
    }
    let what = match whole.role() {
        Role::Function if whole.child(Field::Body).is_none() => return None,
        Role::Function => What::Method,
        _ => What::Field,
    };
    Some(Member { name, whole, what, used: false })
}

fn is_brand(field: Node) -> bool {
    let Some(kind) = field.child(Field::Type).map(|kind| kind.text().trim_start_matches([':', ' '])) else { return false };
    let is_unique = kind.starts_with(['\'', '"', '`']) || kind == "unique symbol";
    matches!(kind, "never" | "void") || is_unique && field.child(Field::Value).is_none()
}

fn is_decorated(node: Node) -> bool {
    let has = |node: Node| node.children().any(|child| child.is(Role::Annotation));
    // Before a method a decorator is a sibling, before an exported class it is a child of the export.
    has(node)
        || node.previous_sibling().is_some_and(|before| before.is(Role::Annotation))
        || node.parent().is_some_and(|parent| parent.is(Role::Export) && has(parent))
}

/// Whether a word that spells the member's name is a use of it. What else it may be is decided in the member's favour.
fn is_use(scopes: &Scopes, member: Member, word: Node) -> bool {
    if word == member.name {
        return false;
    }
    if word.is(Role::Text) {
        return true;
    }
    let Some(parent) = word.parent() else { return true };
    let is_java = word.tree().language.rule_name == "java";
    match member.what {
        What::Field if is_java => is_field_use(scopes, member, word, parent),
        What::Field => is_property_read(word, parent),
        What::Method | What::Class if member.whole.contains(word) => false,
        What::Method if is_java => is_method_use(member, word, parent),
        What::Method => !is_declaration(word, parent) && (!parent.is(Role::Pair) || word.field() != Field::Key),
        What::Class => !is_declaration(word, parent),
    }
}

fn is_field_use(scopes: &Scopes, member: Member, word: Node, parent: Node) -> bool {
    if parent.is(Role::Member) && word.field() == Field::Property {
        return is_taken(parent);
    }
    let Some(reference) = scopes.reference_at(word) else { return false };
    // A pattern variable is taken to be seen in the whole block, which is more than it is.
    let meant = scopes.symbol(reference.symbol);
    let is_own = meant.is_none_or(|symbol| symbol.node == member.name.id() || symbol.kind == SymbolKind::Pattern);
    is_own && reference.access.is_read()
}

fn is_property_read(word: Node, parent: Node) -> bool {
    match parent.role() {
        Role::Member => is_taken(parent),
        Role::Field | Role::Function => false,
        Role::Pair => word.field() != Field::Key,
        // `const { name } = this`, `#name in other`
        _ => word.is(Role::PropertyName) || word.kind_name().starts_with("shorthand"),
    }
}

/// Whether the value of a member expression is read.
fn is_taken(member: Node) -> bool {
    !matches!(access_of(member), Access::Write | Access::Update)
}

fn is_method_use(member: Member, word: Node, parent: Node) -> bool {
    match parent.role() {
        Role::Call if word.field() == Field::Name => takes(member.whole, parent),
        Role::MethodReference => true,
        // JUnit takes the method of the same name for the arguments of a test.
        Role::Function => parent.child_with(Role::Modifiers).is_some_and(|modifiers| modifiers.text().contains("Source")),
        _ => false,
    }
}

/// Whether a method can be what is called with so many arguments.
fn takes(method: Node, call: Node) -> bool {
    let (Some(parameters), Some(arguments)) = (method.child(Field::Parameters), call.child(Field::Arguments)) else { return true };
    let is_variadic = parameters.children().any(|parameter| parameter.kind_name() == "spread_parameter");
    let taken = parameters.children().filter(|parameter| parameter.is(Role::Parameter)).count();
    is_variadic || taken == arguments.children().count()
}

fn is_declaration(word: Node, parent: Node) -> bool {
    matches!(word.field(), Field::Name | Field::Property) && matches!(parent.role(), Role::Function | Role::Field | Role::Class)
}
