//! `unused-import`: names a file imports and never mentions.
use std::cell::LazyCell;

use rustc_hash::FxHashSet;

use super::{Words, is_ambient, is_exported, line_range};
use crate::check::scopes::{Scopes, SymbolKind};
use crate::check::{Builtin, Finder, Run};
use crate::lang::Role;
use crate::model::Safety;
use crate::parse::{Node, Tree};

pub(in crate::check) static ALL: &[Builtin] = &[Builtin { name: "unused-import", run: Run::File(unused_imports) }];

/// What JSX calls without saying so.
const JSX_NAMES: &[&str] = &["React", "Preact", "preact", "h", "jsx", "Fragment", "createElement", "jsxs", "Inferno", "m"];

fn unused_imports(finder: &mut Finder) {
    let (tree, file) = (finder.tree(), finder.file);
    // A use may hide in what could not be parsed.
    if tree.has_errors {
        return;
    }
    let scopes = file.scopes();
    if scopes.is_dynamic {
        return;
    }
    let used = used_names(scopes);
    let referred = LazyCell::new(|| referred(tree));
    for symbol in scopes.symbols.iter().filter(|symbol| symbol.kind == SymbolKind::Import && !used.contains(&symbol.name)) {
        let name = scopes.declaration(symbol);
        let is_spoken = name.text().len() > 1 && name.text().starts_with('_');
        if !is_spoken && !is_ambient(name) && !is_exported(name) && !referred.has(name.text()) && !is_implied_by_jsx(tree, name.text()) {
            report(name, finder);
        }
    }
}

fn report<'t>(name: Node<'t>, finder: &mut Finder<'_, 't>) {
    let is_whole = |around: &Node| matches!(around.role(), Role::Import | Role::ImportAlias);
    let statement = name.ancestors().find(is_whole).unwrap_or(name);
    let is_java = finder.tree().language.rule_name == "java";
    let is_only_name = bound_names(statement).nth(1).is_none();
    let (start, end) = line_range(statement);
    let draft = finder.report(if is_java { statement } else { name }, &[("name", name.text())]);
    if is_java {
        draft.edit(Safety::Safe, start, end, "");
    } else if is_only_name {
        // Loading a module may have effects that the program wants.
        draft.edit(Safety::Suggest, start, end, "");
    }
}

fn bound_names<'t>(statement: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    statement.descendants().filter(|node| matches!(node.role(), Role::ImportSpecifier) || is_direct_binding(*node))
}

fn is_direct_binding(node: Node) -> bool {
    node.is(Role::Identifier) && node.parent().is_some_and(|parent| parent.is(Role::ImportBinding))
}

/// The names of imports that have a use. Static methods of several classes may be imported under one name; only one of them gets the
/// uses.
fn used_names(scopes: &Scopes) -> FxHashSet<u64> {
    let imports = scopes.symbols.iter().zip(0..).filter(|(symbol, _)| symbol.kind == SymbolKind::Import);
    imports.filter(|(_, id)| scopes.uses(*id).next().is_some()).map(|(symbol, _)| symbol.name).collect()
}

/// The words by which documentation may refer to a name: `{@link Name}`, `@see Name`, `@type {Name}`.
fn referred<'t>(tree: &'t Tree) -> Words<'t> {
    let mut words = Words::default();
    for text in tree.comment_texts() {
        // `@jsx name` in any comment says what JSX is compiled to.
        if text.starts_with("///") || tree.language.rule_name != "java" && text.contains("@jsx") {
            words.add(text);
        } else if text.starts_with("/**") {
            tagged_lines(text).for_each(|line| words.add(line));
        }
    }
    words
}

/// The lines with a tag, and those after them: a tag may be broken over two lines.
fn tagged_lines(comment: &str) -> impl Iterator<Item = &str> {
    let mut tagged_before = false;
    comment.lines().filter(move |line| {
        let tagged = line.contains('@');
        std::mem::replace(&mut tagged_before, tagged) || tagged
    })
}

fn is_implied_by_jsx(tree: &Tree, name: &str) -> bool {
    JSX_NAMES.contains(&name) && tree.nodes().any(|node| node.is(Role::Jsx))
}
