//! One scan of the tree gives every metric of the file, its classes and its functions. Knows no rule, no limit and no path.
//!
//! One definition for all languages; where tools differ, this is what gate counts:
//!
//! - `lines`, `ncloc`, `comment_lines`: whatever lies in the unit's span. A token makes all lines it spans code lines. A comment line
//!   holds a letter or digit; comments before the first token are the file's header and count nowhere; a line with code and comment
//!   is both.
//! - `statements`, `functions`, `classes`: whatever lies in the unit's span, itself included. Blocks, labels and declarations in a loop's
//!   header are no statements; an empty statement is one in JavaScript only (Java's grammar has no node for it). Functions are methods and
//!   constructors in Java, with or without a body, lambdas and those of anonymous classes left out; in JavaScript declarations, methods,
//!   function expressions and arrows that have a body. Anonymous classes of Java are no classes.
//! - `complexity`: 1 for each function with a body and each lambda, and 1 for each `if`, loop, `?:`, `case` (not `default`), `&&`, `||` and
//!   `??`. `catch` is none. Of a function its own, without the units nested in it; of a class or file the sum.
//! - `cognitive_complexity`: see the module `cognitive`. Of a class or file the sum over its outermost functions and what stands
//!   outside of them.
//! - `nesting`: the deepest nesting of `if` (with its `else if` as one level), loops and `switch`. Lambdas and nested functions start
//!   anew. Of a class or file the deepest in it.
//! - `parameters`, `returns`: of functions only; `returns` without those of lambdas and nested functions.
//! - `executable_lines`: lines on which a statement starts that a coverage tool sees, as the module `statements` says.
//!
//! Which functions are units, and what they are called, is told in the module `units`.
mod cognitive;
mod lines;
mod scan;
mod statements;
mod units;

pub use crate::model::Dialect;
use crate::model::{LineSet, Unit, UnitKind, UnitMetric};
use crate::parse::Tree;
use lines::{CountBetween, code_lines, comment_lines};

/// What was measured of one file.
pub struct Measured {
    /// The first is the file; classes and functions follow in the order of the text.
    pub units: Vec<Unit>,
    /// 1-based, ascending.
    pub executable_lines: Vec<u32>,
    pub code_lines: LineSet,
    pub comment_lines: LineSet,
}

/// Measures a file and every unit in it. A broken tree is measured as far as it goes.
pub fn measure(tree: &Tree, dialect: Dialect) -> Measured {
    let (mut units, executable_lines) = scan::scan(tree, dialect);
    let (code, comments) = (code_lines(tree), comment_lines(tree));
    for unit in &mut units {
        let (first, last) = match unit.kind {
            UnitKind::File => (1, tree.line_count()),
            _ => (unit.at.start_line, unit.at.end_line),
        };
        unit.metrics[UnitMetric::Lines] = last + 1 - first;
        unit.metrics[UnitMetric::Ncloc] = code.count_between(first, last);
        unit.metrics[UnitMetric::CommentLines] = comments.count_between(first, last);
        unit.metrics[UnitMetric::ExecutableLines] = executable_lines.count_between(first, last);
    }
    Measured { units, executable_lines, code_lines: code.into_iter().collect(), comment_lines: comments.into_iter().collect() }
}
