//! `array-callback-return`: a callback whose answer an array method waits for, and that never gives one.
use crate::check::Finder;
use crate::lang::{Field, Role};
use crate::parse::Node;

const METHODS: &[&str] = &[
    "map",
    "filter",
    "some",
    "every",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flatMap",
    "reduce",
    "reduceRight",
    "sort",
    "toSorted",
];

/// Names of things that have such methods and are no arrays.
const NO_ARRAYS: &[&str] =
    &["_", "R", "d3", "async", "Async", "Promise", "Bluebird", "jQuery", "fp", "ko", "collection", "router", "Router"];

pub(super) fn array_callback_return<'t>(call: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(member) = call.child(Field::Function).filter(|member| member.is(Role::Member)) else { return };
    let (Some(method), Some(receiver)) = (member.child(Field::Property), member.child(Field::Object)) else { return };
    let is_from = method.text() == "from" && receiver.text() == "Array";
    if !is_from && (!METHODS.contains(&method.text()) || !may_be_array(receiver)) {
        return;
    }
    let place = usize::from(is_from);
    let Some(callback) = call.child(Field::Arguments).and_then(|arguments| arguments.children().nth(place)) else { return };
    if callback.is(Role::Lambda) && is_plain(callback) && (is_from || takes_item(callback)) && forgets(callback, finder) {
        let name = callback.child(Field::Parameters).or_else(|| callback.child(Field::Parameter)).unwrap_or(callback);
        finder.report(name, &[("method", method.text())]);
    }
}

fn may_be_array(receiver: Node) -> bool {
    let text = receiver.text();
    let first = text.split(['.', '(', '[']).next().unwrap_or_default();
    let last = text.rsplit('.').next().unwrap_or_default();
    !text.contains('$') && !NO_ARRAYS.contains(&first) && !NO_ARRAYS.contains(&last) && !first.starts_with(char::is_uppercase)
}

/// Neither async nor a generator: those always give something back.
fn is_plain(callback: Node) -> bool {
    callback.kind_name() != "generator_function" && !callback.children().any(|child| child.text() == "async")
}

/// A callback without parameters, or whose first is an error, is called by something else than an array.
fn takes_item(callback: Node) -> bool {
    let parameters = callback.child(Field::Parameters);
    let first = callback.child(Field::Parameter).or_else(|| parameters.and_then(|parameters| parameters.first_child()));
    first.is_some_and(|first| !first.text().to_ascii_lowercase().starts_with("err") && first.text() != "e")
}

/// Whether it comes to its end or to a bare `return` on some path and returns a value on none.
fn forgets(callback: Node, finder: &Finder) -> bool {
    let Some(body) = callback.child(Field::Body).filter(|body| body.is(Role::Block)) else { return false };
    let is_own = |node: &Node| node.ancestors().find(|around| around.role().is_boundary()) == Some(callback);
    let returns = || body.descendants().filter(|node| node.is(Role::Return)).filter(is_own);
    (finder.file.completion().returns(body) || returns().next().is_some()) && returns().all(|one| one.first_child().is_none())
}
