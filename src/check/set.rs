//! Rules made ready for one language, and the one scan of a file's nodes that serves them all.
use std::collections::HashSet;
use std::sync::Arc;

use super::clause::{self, Ready};
use super::pattern::Captures;
use super::suppress;
use super::{FileView, Finder, Look, Rule, Run};
use crate::lang::{Language, Role};
use crate::model::{Allowed, FileRole, Finding, Judges, Scope};
use crate::parse::{Node, ParsedFile};

type NodeCheck = for<'t> fn(Node<'t>, &mut Finder<'_, 't>);

/// The rules that look at files of one language.
#[derive(Debug)]
pub struct RuleSet {
    pub rules: Vec<Arc<Rule>>,
    /// Those that look once all files are judged: at clones, and at what tests ran.
    pub later: Vec<Arc<Rule>>,
    /// The ids of all rules there are, also of those that do not run.
    pub(super) known: Arc<HashSet<String>>,
    language: &'static Language,
    /// By role: rule and check.
    by_role: Vec<Vec<(usize, NodeCheck)>>,
    clauses: Vec<(usize, Ready)>,
}

/// Buffers that a worker keeps from file to file.
#[derive(Default)]
pub struct Scratch {
    /// By kind: clauses that look at nodes of the kind in this file.
    by_kind: Vec<Vec<u16>>,
}

impl RuleSet {
    pub fn new(rules: &[Arc<Rule>], known: &Arc<HashSet<String>>, language: &'static Language) -> RuleSet {
        let that_judge = |what: Judges| -> Vec<Arc<Rule>> {
            rules.iter().filter(|rule| rule.judges == what && rule.is_for(language)).cloned().collect()
        };
        let rules = that_judge(Judges::Files);
        let later = [that_judge(Judges::Tree), that_judge(Judges::Coverage)].concat();
        let mut by_role = vec![Vec::new(); usize::from(u8::MAX) + 1];
        let mut clauses = Vec::new();
        for (place, rule) in rules.iter().enumerate() {
            for look in &rule.looks {
                match look {
                    Look::Builtin(builtin, languages)
                        if languages.is_empty() || languages.iter().any(|name| name == language.rule_name) =>
                    {
                        if let Run::Nodes(roles, check) = builtin.run {
                            roles.iter().for_each(|role| by_role[*role as usize].push((place, check)));
                        }
                    }
                    Look::Clause(clause) if clause.is_for(language) => clauses.push((place, clause.ready(language))),
                    _ => {}
                }
            }
        }
        RuleSet { rules, later, known: Arc::clone(known), language, by_role, clauses }
    }

    /// What does not compile of the rules that `of` names, with the rule and its block: nothing for rules that were tested.
    pub fn errors(&self, of: impl Fn(&Rule) -> bool) -> Vec<(&Rule, usize, String)> {
        let wanted = self.clauses.iter().map(|(place, ready)| (&*self.rules[*place], ready)).filter(|(rule, _)| of(rule));
        wanted.filter_map(|(rule, ready)| Some((rule, ready.clause.place, ready.error(&rule.message)?))).collect()
    }

    /// Whether a rule looks at what tree-sitter made, and not only at the table.
    pub fn needs_syntax(&self) -> bool {
        self.clauses.iter().any(|(_, ready)| ready.is_query())
    }

    /// All findings of a file, in the order of the text, and where those of rules that look later are silenced.
    pub fn check<'t>(&'t self, parsed: &ParsedFile, file: &FileView<'t>, scratch: &mut Scratch) -> (Vec<Finding>, Vec<Allowed>) {
        let mut found = Vec::new();
        let on: Vec<bool> = self.rules.iter().map(|rule| rule.scope.covers(file.role)).collect();
        self.check_files(file, &on, &mut found);
        self.check_nodes(file, &on, scratch, &mut found);
        self.check_queries(parsed, file, &on, &mut found);
        let allowed = suppress::suppress(self, file, &mut found);
        found.sort_by_key(|finding| (finding.at.start, finding.at.end, finding.rule));
        (found, allowed)
    }

    fn check_files(&self, file: &FileView, on: &[bool], found: &mut Vec<Finding>) {
        for (rule, _) in self.rules.iter().zip(on).filter(|(_, on)| **on) {
            let mut finder = Finder { file, rule, found };
            for look in &rule.looks {
                match look {
                    Look::Threshold(threshold) => threshold.look(&mut finder),
                    Look::Textual(textual) => textual.look(&mut finder),
                    Look::Builtin(builtin, languages)
                        if languages.is_empty() || languages.iter().any(|name| name == self.language.rule_name) =>
                    {
                        match builtin.run {
                            Run::File(check) if !file.tree.is_empty() => check(&mut finder),
                            Run::Text(check) => check(&mut finder),
                            _ => {}
                        }
                    }
                    Look::Builtin(..) | Look::Clause(_) => {}
                }
            }
        }
    }

    /// The one scan. A clause whose words are not in the file is not even compiled.
    fn check_nodes<'t>(&'t self, file: &FileView<'t>, on: &[bool], scratch: &mut Scratch, found: &mut Vec<Finding>) {
        let kinds = file.tree.grammar.kind_count();
        scratch.by_kind.iter_mut().for_each(Vec::clear);
        scratch.by_kind.resize_with(kinds.max(scratch.by_kind.len()), Vec::new);
        let mut anywhere: Vec<u16> = Vec::new();
        for (place, (rule, ready)) in self.clauses.iter().enumerate() {
            if !on[*rule] || !ready.may_match(file.tree) {
                continue;
            }
            let Ok(targets) = ready.targets() else { continue };
            match &targets.root_kinds {
                _ if targets.query.is_some() => {}
                Some(kinds) => kinds.iter().for_each(|kind| scratch.by_kind[usize::from(*kind)].push(place as u16)),
                None => anywhere.push(place as u16),
            }
        }
        let mut captures = Captures::default();
        for node in file.tree.nodes() {
            let by_role = &self.by_role[node.role() as usize];
            let by_kind = scratch.by_kind.get(usize::from(node.kind())).map_or(&[][..], Vec::as_slice);
            if (by_role.is_empty() && by_kind.is_empty() && anywhere.is_empty()) || node.is_broken() || is_misread(node) {
                continue;
            }
            for (place, check) in by_role.iter().filter(|(place, _)| on[*place]) {
                check(node, &mut Finder { file, rule: &self.rules[*place], found });
            }
            for place in by_kind.iter().chain(&anywhere) {
                let (rule, ready) = &self.clauses[usize::from(*place)];
                ready.look(node, &mut captures, &mut Finder { file, rule: &self.rules[*rule], found });
            }
        }
    }

    /// Rules written as tree-sitter queries, each a run of its own: the escape hatch, not the way.
    fn check_queries<'t>(&'t self, parsed: &ParsedFile, file: &FileView<'t>, on: &[bool], found: &mut Vec<Finding>) {
        let Some(syntax) = &parsed.syntax else { return };
        for (rule, ready) in self.clauses.iter().filter(|(rule, _)| on[*rule]) {
            // Of other clauses only those are made ready that may match.
            if !ready.is_query() {
                continue;
            }
            let Ok(clause::Targets { query: Some(query), .. }) = ready.targets() else { continue };
            let mut finder = Finder { file, rule: &self.rules[*rule], found };
            super::query::matches(query, syntax, file.tree, |node: Node<'t>, mut captures: Captures<'t>| {
                if !node.is_broken() && ready.holds(node, &mut captures, &finder) {
                    ready.report(node, &captures, &mut finder);
                }
            });
        }
    }
}

/// tree-sitter-typescript takes `a && b!.c` for `(a && b)!.c` and `delete a![b]` for `(delete a)![b]`: an operator right below a `!`
/// stands in fact around it.
fn is_misread(node: Node) -> bool {
    matches!(node.role(), Role::Binary | Role::Unary) && node.parent().is_some_and(|parent| parent.is(Role::NonNull))
}

impl Rule {
    pub fn is_for(&self, language: &Language) -> bool {
        self.languages.is_empty() || self.languages.contains(&language.rule_name)
    }
}

impl Scope {
    pub fn covers(self, role: FileRole) -> bool {
        match self {
            Scope::All => true,
            Scope::Main => role == FileRole::Main,
            Scope::Test => role == FileRole::Test,
        }
    }
}
