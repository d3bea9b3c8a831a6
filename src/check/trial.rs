//! Runs built-in checks on snippets and on the examples of their rule files, for tests.
use super::{Builtin, FileView, Finder, Look, Message, Params, Rule, Run, builtins};
use crate::lang;
use crate::model::{Effort, FileRole, Finding, Kind, RuleId, Scope, Severity};
use crate::parse::Parser;

/// What a built-in check finds in some code.
pub fn findings(name: &str, language: &str, code: &str) -> Vec<Finding> {
    let builtin = builtins().find(|builtin| builtin.name == name).expect("a built-in check");
    let file = Parser::default().parse(code, lang::named(language).expect("a language"));
    let (view, rule, mut found) = (FileView::new(&file.tree, &[], FileRole::Main), rule(builtin), Vec::new());
    let mut finder = Finder { file: &view, rule: &rule, found: &mut found };
    match builtin.run {
        Run::File(run) | Run::Text(run) => run(&mut finder),
        Run::Nodes(roles, run) => {
            file.tree.nodes().filter(|node| roles.contains(&node.role()) && !node.is_broken()).for_each(|node| run(node, &mut finder));
        }
    }
    found.sort_by_key(|finding| finding.at.start);
    found
}

fn rule(builtin: &'static Builtin) -> Rule {
    Rule {
        id: RuleId(0),
        name: builtin.name.to_owned(),
        kind: Kind::Smell,
        severity: Severity::Minor,
        effort: Effort::default(),
        scope: Scope::All,
        languages: Vec::new(),
        message: Message("{{name}}".to_owned()),
        params: Params::default(),
        looks: vec![Look::Builtin(builtin)],
    }
}

/// A fenced block of a rule file: the heading above it, its language and its code.
fn blocks(page: &str) -> Vec<(&str, &str, String)> {
    let (mut blocks, mut heading, mut open) = (Vec::new(), "", None);
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => open = Some((heading, language, String::new())),
            (None, Some((_, _, code))) => *code = format!("{code}{line}\n"),
            (None, None) => heading = line.strip_prefix("## ").unwrap_or(heading),
        }
    }
    blocks
}

/// The code without its markers, and the lines on which findings are expected.
fn expected(code: &str) -> (String, Vec<u32>) {
    let (mut plain, mut lines) = (String::new(), Vec::new());
    for (line, number) in code.lines().zip(1..) {
        let (text, marker) = line.split_once("//~").map_or((line, None), |(text, marker)| (text.trim_end(), Some(marker)));
        match marker.map(str::trim) {
            Some("^") => lines.push(number - 1),
            Some(count) => lines.extend(vec![number; count.parse().unwrap_or(1)]),
            None => {}
        }
        plain = format!("{plain}{text}\n");
    }
    (plain, lines)
}

fn fixed(code: &str, findings: &[Finding]) -> String {
    let mut edits: Vec<_> = findings.iter().flat_map(|finding| &finding.fix).flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.at.start));
    edits
        .into_iter()
        .fold(code.to_owned(), |code, edit| format!("{}{}{}", &code[..edit.at.start as usize], edit.text, &code[edit.at.end as usize..]))
}

#[test]
fn rule_files_hold_what_their_examples_say() {
    let rules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut wrong = Vec::new();
    for builtin in builtins() {
        let groups = ["bugs", "smells", "vulnerabilities"];
        let page = groups.iter().find_map(|group| std::fs::read_to_string(rules.join(group).join(format!("{}.md", builtin.name))).ok());
        let page = page.unwrap_or_else(|| panic!("no rule file for {}", builtin.name));
        let (mut seen, mut after_fix) = (0, String::new());
        for (heading, language, code) in blocks(&page) {
            let (plain, lines) = expected(&code);
            if heading == "Fixed" {
                if code != after_fix {
                    wrong.push(format!("{}: fixed to\n{after_fix}", builtin.name));
                }
                continue;
            }
            let found = findings(builtin.name, language, &plain);
            let at: Vec<u32> = found.iter().map(|finding| finding.at.start_line).collect();
            if lines != at || (heading == "Bad") == lines.is_empty() {
                wrong.push(format!("{} in {language}: {at:?} instead of {lines:?} in\n{plain}", builtin.name));
            }
            after_fix = fixed(&plain, &found);
            seen += 1;
        }
        assert!(seen >= 2, "{} has too few examples", builtin.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
