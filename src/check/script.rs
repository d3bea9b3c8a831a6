//! Checks of JavaScript and TypeScript for what no pattern can say: where parentheses, holes and repeated names matter.
use rustc_hash::FxHashSet;

use super::{Builtin, Finder, Run};
use crate::lang::{Field, Role};
use crate::model::{Safety, hash};
use crate::parse::Node;

pub(super) const ALL: &[Builtin] = &[
    Builtin { name: "case-declaration", run: Run::Nodes(&[Role::Case], case_declaration) },
    Builtin { name: "duplicate-argument", run: Run::Nodes(&[Role::Parameters], duplicate_argument) },
    Builtin { name: "invalid-typeof-case", run: Run::Nodes(&[Role::Switch], invalid_typeof_case) },
    Builtin { name: "lost-precision", run: Run::Nodes(&[Role::Number], lost_precision) },
    Builtin { name: "non-null-optional-chain", run: Run::Nodes(&[Role::NonNull], non_null_optional_chain) },
    Builtin { name: "prefer-as-const", run: Run::Nodes(&[Role::Cast, Role::Declarator, Role::Field], prefer_as_const) },
    Builtin { name: "sparse-array", run: Run::Nodes(&[Role::ArrayLiteral], sparse_array) },
    Builtin { name: "unsafe-negation", run: Run::Nodes(&[Role::Binary], unsafe_negation) },
];

/// `let`, `const`, `class` and functions of a clause are seen by the clauses after it, but not set there.
fn case_declaration<'t>(case: Node<'t>, finder: &mut Finder<'_, 't>) {
    let declares = |node: &Node| match node.role() {
        Role::Local => node.child(Field::Kind).is_some(),
        Role::Class | Role::Function => true,
        _ => false,
    };
    if let Some(found) = case.children().find(|child| child.field() == Field::Body && declares(child)) {
        finder.report(found, &[]);
    }
}

fn duplicate_argument<'t>(parameters: Node<'t>, finder: &mut Finder<'_, 't>) {
    // Default values bind nothing, and may hold parameters of their own.
    let target = |parameter: Node<'t>| {
        let pattern = parameter.child(Field::Pattern).unwrap_or(parameter);
        if pattern.is(Role::DefaultPattern) { pattern.child(Field::Left) } else { Some(pattern) }
    };
    let targets = parameters.children().filter_map(target);
    let mut seen = FxHashSet::default();
    for name in targets.flat_map(|target| [target].into_iter().chain(target.descendants())).filter(|name| binds(*name, parameters)) {
        // `_` says that the argument is not used.
        if !seen.insert(hash::bytes(name.text().as_bytes())) && !name.text().trim_matches('_').is_empty() {
            finder.report(name, &[("name", name.text())]);
        }
    }
}

/// Whether a name is bound by a parameter, by itself or in a pattern, rather than used in a default value or a type.
fn binds(name: Node, parameters: Node) -> bool {
    let mut part = name;
    for around in name.ancestors().filter(|_| name.is(Role::Identifier)) {
        let is_target = match around.role() {
            Role::Pattern | Role::RestPattern => true,
            Role::Parameter => part.field() == Field::Pattern,
            Role::PairPattern => part.field() == Field::Value,
            Role::DefaultPattern => part.field() == Field::Left,
            _ => return around == parameters,
        };
        if !is_target {
            return false;
        }
        part = around;
    }
    false
}

/// What `typeof` gives; the last of them old browsers gave for objects of their own.
const TYPES: &[&str] = &["undefined", "object", "boolean", "number", "string", "function", "symbol", "bigint", "unknown"];

/// `switch (typeof a) { case "array": … }`
fn invalid_typeof_case<'t>(switch: Node<'t>, finder: &mut Finder<'_, 't>) {
    let asks = switch.child(Field::Value).is_some_and(|value| value.inner().is(Role::Unary) && value.inner().operator() == "typeof");
    let Some(body) = switch.child(Field::Body).filter(|_| asks) else { return };
    for label in body.children().filter_map(|case| case.child(Field::Value)) {
        if label.is(Role::Text) && !TYPES.contains(&label.content()) {
            finder.report(label, &[("B", label.text())]);
        }
    }
}

/// Whole numbers that the number type rounds. Fractions are rounded nearly always, and nobody minds.
fn lost_precision<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let text = node.text();
    if text.len() > 14 && is_rounded(text) {
        finder.report(node, &[("number", text)]);
    }
}

fn is_rounded(text: &str) -> bool {
    let digits: String = text.chars().filter(|letter| *letter != '_').collect();
    let lower = digits.to_ascii_lowercase();
    let radix = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find_map(|(mark, radix)| Some((lower.strip_prefix(mark)?, radix)));
    let is_decimal = radix.is_none() && lower.bytes().all(|byte| byte.is_ascii_digit()) && !lower.starts_with('0');
    if radix.is_none() && !is_decimal {
        return false;
    }
    // 10^23 is kept as its neighbour, but shown as it was written.
    let is_shown = || is_decimal && lower.parse::<f64>().is_ok_and(|kept| kept.to_string() == lower);
    let (digits, radix) = radix.unwrap_or((&lower, 10));
    u128::from_str_radix(digits, radix).is_ok_and(|exact| (exact as f64) as u128 != exact) && !is_shown()
}

/// `a?.b!`. In the middle of a chain, as in `a?.b!.c`, the assertion is skipped together with what it is about.
fn non_null_optional_chain<'t>(asserted: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(chain) = asserted.first_child() else { return };
    let goes_on = !chain.is(Role::Parenthesized) && matches!(asserted.field(), Field::Object | Field::Function);
    let link = |node: &Node<'t>| match node.role() {
        Role::NonNull => node.first_child(),
        _ => node.child(Field::Object).or_else(|| node.child(Field::Function)),
    };
    let links = || std::iter::successors(Some(chain.inner()), link).take_while(|part| !part.is(Role::Parenthesized));
    if !goes_on && links().any(|part| part.children().any(|token| token.text() == "?.")) {
        finder.report(asserted, &[]);
    }
}

/// `"a" as "a"`, where `as const` says the same without saying it twice.
fn prefer_as_const<'t>(cast: Node<'t>, finder: &mut Finder<'_, 't>) {
    if !cast.is(Role::Cast) {
        return declared_as_itself(cast, finder);
    }
    let mut children = cast.children();
    let (Some(value), Some(word), Some(kind)) = (children.next(), children.next(), children.next()) else { return };
    let is_literal = matches!(value.role(), Role::Text | Role::Number) && word.text() == "as" && kind.kind_name() == "literal_type";
    if is_literal && kind.first_child().is_some_and(|literal| literal.hash() == value.hash()) {
        let (start, end) = (kind.start(), kind.end());
        finder.report(cast, &[("value", value.text())]).edit(Safety::Safe, start, end, "const");
    }
}

/// `let a: "a" = "a"`.
fn declared_as_itself<'t>(declared: Node<'t>, finder: &mut Finder<'_, 't>) {
    let (Some(annotation), Some(value)) = (declared.child(Field::Type), declared.child(Field::Value)) else { return };
    let Some(kind) = annotation.first_child().filter(|kind| kind.kind_name() == "literal_type") else { return };
    let is_literal = matches!(value.role(), Role::Text | Role::Number);
    if is_literal && kind.first_child().is_some_and(|literal| literal.hash() == value.hash()) {
        let finding = finder.report(declared, &[("value", value.text())]);
        finding.edit(Safety::Safe, annotation.start(), annotation.end(), "").edit(Safety::Safe, value.end(), value.end(), " as const");
    }
}

/// Two commas with nothing between them.
fn sparse_array<'t>(array: Node<'t>, finder: &mut Finder<'_, 't>) {
    let text = array.tree().text;
    let mut end = array.start() + 1;
    for (place, child) in array.children().enumerate() {
        let gap = &text[end as usize..child.start() as usize];
        // A comma inside a comment is none; such gaps are let go.
        let commas = gap.bytes().filter(|byte| *byte == b',').count();
        if commas > usize::from(place > 0) && !gap.contains('/') {
            finder.report(array, &[]);
            return;
        }
        end = child.end();
    }
}

/// `!a in b`: the negation is done first. In parentheses it is meant.
fn unsafe_negation<'t>(binary: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(left) = binary.child(Field::Left).filter(|left| left.is(Role::Unary) && left.operator() == "!") else { return };
    let operator = binary.operator();
    if matches!(operator, "in" | "instanceof") {
        let (start, end) = (left.start(), binary.end());
        let operand = left.end() - left.child(Field::Argument).map_or(0, |inner| inner.end() - inner.start());
        let text = &binary.tree().text[operand as usize..end as usize];
        finder.report(binary, &[("operator", operator)]).edit(Safety::Suggest, start, end, format!("!({text})"));
    }
}

#[cfg(test)]
mod tests {
    use super::is_rounded;

    #[test]
    fn numbers_are_rounded_beyond_what_a_double_holds() {
        for (text, wanted) in [
            ("9007199254740991", false),
            ("9007199254740993", true),
            ("9_007_199_254_740_993", true),
            ("100000000000000000000000", false),
            ("18446744073709551616", false),
            ("18446744073709551615", true),
            ("0x1fffffffffffff", false),
            ("0x20000000000001", true),
            ("0xffffffffffffffff", true),
            ("0XFFFFFFFFFFFFF000", false),
            ("9007199254740993n", false),
            ("3.141592653589793238", false),
            ("1e400", false),
            ("0b111", false),
        ] {
            assert_eq!(wanted, is_rounded(text), "{text}");
        }
    }
}
