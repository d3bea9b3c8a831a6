//! Checks of JSX elements and their attributes.
use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "img-alt", run: Run::Nodes(&[Role::Jsx], img_alt) },
    Builtin { name: "jsx-danger-with-children", run: Run::Nodes(&[Role::Jsx], danger_with_children) },
    Builtin { name: "target-blank", run: Run::Nodes(&[Role::Jsx], target_blank) },
];

/// The tag that an element begins with; of `<a />` it is the element.
fn opening(element: Node) -> Node {
    element.children().find(|child| child.kind_name() == "jsx_opening_element").unwrap_or(element)
}

/// An attribute's value; nothing for `<a hidden>`. The outer nothing: there is no such attribute.
fn attribute<'t>(tag: Node<'t>, name: &str) -> Option<Option<Node<'t>>> {
    let named = |child: &Node| child.kind_name() == "jsx_attribute" && child.first_child().is_some_and(|key| key.text() == name);
    tag.children().find(named).map(|found| found.children().nth(1))
}

/// Whether attributes come from elsewhere: then nobody knows which there are.
fn has_spread(tag: Node) -> bool {
    tag.children().any(|child| child.kind_name() == "jsx_expression")
}

fn text_of<'t>(tag: Node<'t>, name: &str) -> Option<&'t str> {
    let value = attribute(tag, name)??;
    match value.role() {
        Role::Text => Some(value.content()),
        _ => value.first_child().filter(|inner| inner.is(Role::Text)).map(Node::content),
    }
}

fn img_alt<'t>(element: Node<'t>, finder: &mut Finder<'_, 't>) {
    let tag = opening(element);
    let is_image = match tag.name() {
        Some("img") => true,
        Some("input") => text_of(tag, "type") == Some("image"),
        _ => false,
    };
    if !is_image || has_spread(tag) {
        return;
    }
    // `<img alt>` and `alt={undefined}` say nothing.
    let is_said = |value: Node| value.is(Role::Text) || value.first_child().is_none_or(|inner| !inner.is(Role::Undefined));
    let has_text = attribute(tag, "alt").flatten().is_some_and(is_said);
    let named = has_text || ["aria-label", "aria-labelledby", "aria-hidden"].iter().any(|name| attribute(tag, name).is_some());
    if !named && !matches!(text_of(tag, "role"), Some("presentation" | "none")) {
        finder.report(tag, &[]);
    }
}

fn danger_with_children<'t>(element: Node<'t>, finder: &mut Finder<'_, 't>) {
    let tag = opening(element);
    if attribute(tag, "dangerouslySetInnerHTML").is_none() {
        return;
    }
    let is_tag = |child: &Node| matches!(child.kind_name(), "jsx_opening_element" | "jsx_closing_element");
    let says_something = |child: Node| match child.role() {
        Role::JsxText => !child.text().trim().is_empty(),
        // An expression that only holds a comment.
        _ => child.kind_name() != "jsx_expression" || child.first_child().is_some(),
    };
    let has_content = tag != element && element.children().filter(|child| !is_tag(child)).any(says_something);
    if has_content || attribute(tag, "children").is_some() {
        finder.report(tag, &[]);
    }
}

fn target_blank<'t>(element: Node<'t>, finder: &mut Finder<'_, 't>) {
    let tag = opening(element);
    if text_of(tag, "target") != Some("_blank") || has_spread(tag) {
        return;
    }
    let leaves = text_of(tag, "href").is_some_and(|to| to.starts_with("http:") || to.starts_with("https:") || to.starts_with("//"));
    let is_safe = match attribute(tag, "rel") {
        None | Some(None) => false,
        Some(Some(_)) => text_of(tag, "rel").is_none_or(|rel| rel.contains("noopener") || rel.contains("noreferrer")),
    };
    if leaves && !is_safe && tag.child(Field::Name).is_some() {
        finder.report(tag, &[]);
    }
}
