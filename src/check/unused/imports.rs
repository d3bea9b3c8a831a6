//! `unused-import`: names a file imports and never mentions.
use super::{has_word, is_ambient, is_exported, line_range};
use crate::check::scopes::{Scopes, Symbol, SymbolKind};
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
    let imports = scopes.symbols.iter().zip(0..).filter(|(symbol, _)| symbol.kind == SymbolKind::Import);
    for (symbol, _) in imports.filter(|(symbol, id)| scopes.uses(*id).next().is_none() && !is_used_by_namesake(scopes, symbol)) {
        let name = scopes.declaration(symbol);
        let is_spoken = name.text().len() > 1 && name.text().starts_with('_');
        if !is_spoken
            && !is_ambient(name)
            && !is_exported(name)
            && !is_in_comments(tree, name.text())
            && !is_implied_by_jsx(tree, name.text())
        {
            report(name, finder);
        }
    }
}

fn report<'t>(name: Node<'t>, finder: &mut Finder<'_, 't>) {
    let is_whole = |around: &Node| matches!(around.role(), Role::Import | Role::ImportAlias);
    let statement = name.ancestors().find(is_whole).unwrap_or(name);
    let is_java = finder.tree().language.rule_name == "java";
    let is_only_name = bound_names(statement) == 1;
    let (start, end) = line_range(statement);
    let draft = finder.report(if is_java { statement } else { name }, &[("name", name.text())]);
    if is_java {
        draft.edit(Safety::Safe, start, end, "");
    } else if is_only_name {
        // Loading a module may have effects that the program wants.
        draft.edit(Safety::Suggest, start, end, "");
    }
}

fn bound_names(statement: Node) -> usize {
    statement.descendants().filter(|node| matches!(node.role(), Role::ImportSpecifier) || is_direct_binding(*node)).count()
}

fn is_direct_binding(node: Node) -> bool {
    node.is(Role::Identifier) && node.parent().is_some_and(|parent| parent.is(Role::ImportBinding))
}

/// Static methods of several classes may be imported under one name; only one of them gets the uses.
fn is_used_by_namesake(scopes: &Scopes, symbol: &Symbol) -> bool {
    let namesakes = scopes.symbols.iter().zip(0..).filter(|(other, _)| other.kind == SymbolKind::Import && other.name == symbol.name);
    { namesakes }.any(|(_, id)| scopes.uses(id).next().is_some())
}

/// Whether documentation refers to a name: `{@link Name}`, `@see Name`, `@type {Name}`.
fn is_in_comments(tree: &Tree, name: &str) -> bool {
    let comments = tree.comments.iter().map(|comment| &tree.text[comment.start as usize..comment.end as usize]);
    comments.filter(|text| text.starts_with("/**") || text.starts_with("///")).any(|text| is_referred_to(text, name))
        || tree.language.rule_name != "java" && is_pragma(tree, name)
}

fn is_referred_to(comment: &str, name: &str) -> bool {
    if comment.starts_with("///") {
        return has_word(comment, name);
    }
    // A tag may be broken over two lines.
    let mut tagged_before = false;
    comment.contains(name)
        && comment.lines().any(|line| {
            let tagged = line.contains('@');
            (std::mem::replace(&mut tagged_before, tagged) || tagged) && has_word(line, name)
        })
}

/// `@jsx name` in any comment says what JSX is compiled to.
fn is_pragma(tree: &Tree, name: &str) -> bool {
    let texts = tree.comments.iter().map(|comment| &tree.text[comment.start as usize..comment.end as usize]);
    texts.filter(|text| text.contains("@jsx")).any(|text| has_word(text, name))
}

fn is_implied_by_jsx(tree: &Tree, name: &str) -> bool {
    JSX_NAMES.contains(&name) && tree.nodes().any(|node| node.is(Role::Jsx))
}
