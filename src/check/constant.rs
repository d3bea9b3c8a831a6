//! `constant-condition`: conditions whose value is known from their own text. Knows no variable but whether it is a global one.
use super::facts::{chained, operands};
use super::flow::condition;
use super::wheres::is_global;
use super::{Builtin, FileView, Finder, Run};
use crate::lang::{Field, Role};
use crate::parse::Node;

pub(super) const ALL: &[Builtin] =
    &[Builtin { name: "constant-condition", run: Run::Nodes(&[Role::If, Role::Ternary, Role::While, Role::For], constant_condition) }];

fn constant_condition<'t>(node: Node<'t>, finder: &mut Finder<'_, 't>) {
    let Some(tested) = condition(node) else { return };
    let Some(value) = truth(tested.inner(), finder.file) else { return };
    // Endless loops are written with what is plainly true.
    if !value || !node.role().is_loop() || is_no_flag(tested.inner()) {
        finder.report(tested, &[]);
    }
}

fn is_no_flag(value: Node) -> bool {
    matches!(value.role(), Role::Text | Role::Regex | Role::ObjectLiteral | Role::ArrayLiteral | Role::Lambda | Role::New)
}

/// Whether it is true or false whenever it is asked; nothing if that depends.
fn truth<'t>(node: Node<'t>, file: &FileView<'t>) -> Option<bool> {
    let argument = || node.child(Field::Argument).map(Node::inner);
    match node.role() {
        Role::True | Role::Regex | Role::ObjectLiteral | Role::ArrayLiteral | Role::Lambda | Role::New => Some(true),
        Role::False | Role::Null | Role::Undefined => Some(false),
        Role::Text => Some(!node.content().is_empty()),
        Role::Template => node.descendants().all(|part| part.kind_name() != "template_substitution").then(|| node.text().len() > 2),
        Role::Number => Some(!is_zero(node.text())),
        Role::Identifier => (node.text() == "NaN" && is_global(node, file)).then_some(false),
        Role::Unary => match node.operator() {
            "!" => truth(argument()?, file).map(|value| !value),
            "-" | "+" => argument().filter(|sign| sign.is(Role::Number)).map(|number| !is_zero(number.text())),
            "void" => argument().filter(|value| value.role().is_literal()).map(|_| false),
            _ => None,
        },
        Role::Binary => match operands(node)?.1 {
            "&&" => joined(node, "&&", false, file),
            "||" => joined(node, "||", true, file),
            _ => None,
        },
        _ => None,
    }
}

/// A chain of `&&` or `||`, which one operand of the value `decides` settles.
fn joined<'t>(node: Node<'t>, operator: &'static str, decides: bool, file: &FileView<'t>) -> Option<bool> {
    let mut all_known = true;
    for operand in chained(node, operator) {
        match truth(operand, file) {
            Some(value) if value == decides => return Some(decides),
            known => all_known &= known.is_some(),
        }
    }
    all_known.then_some(!decides)
}

fn is_zero(number: &str) -> bool {
    let digits = number.trim_start_matches(['0', 'x', 'X', 'o', 'O', 'b', 'B', '_', '.']);
    matches!(digits, "" | "n") || digits.starts_with(['e', 'E']) && !number.starts_with("0x")
}

#[cfg(test)]
mod tests {
    use super::is_zero;

    #[test]
    fn zero_is_spelled_in_many_ways() {
        for text in ["0", "0.0", "0x0", "0n", "0b00", "0_0", ".0", "0e5"] {
            assert!(is_zero(text), "{text}");
        }
        for text in ["1", "0.1", "0x10", "0xe", "10n", "1e5", "0b01"] {
            assert!(!is_zero(text), "{text}");
        }
    }
}
