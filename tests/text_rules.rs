//! Rules about a file's text, on texts that a rule file's examples cannot hold: line ends, marks and odd white space.
use std::collections::HashSet;
use std::sync::Arc;

use gate::catalog;
use gate::check::{FileView, RuleSet, Scratch};
use gate::lang;
use gate::measure::measure;
use gate::model::{FileRole, RuleId};
use gate::parse::Parser;

/// Lines and columns of a rule's findings in a Java file, and the text with all fixes applied.
fn check(rule: &str, text: &str) -> (Vec<(u32, u32)>, String) {
    let entries = catalog::builtin().expect("rule files");
    let entry = entries.iter().find(|entry| entry.id == rule).expect("a rule");
    let rule = entry.rule_with(RuleId(0), entry.header.defaults().expect("parameters")).expect("a rule");
    let java = lang::named("java").expect("a language");
    let set = RuleSet::new(&[rule], &Arc::new(HashSet::new()), java);
    let parsed = Parser::default().parse(text, java);
    let measured = measure(&parsed.tree, Default::default());
    let (found, _) = set.check(&parsed, &FileView::new(&parsed.tree, &measured.units, FileRole::Main), &mut Scratch::default());
    let mut fixed = text.to_owned();
    for edit in found.iter().rev().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| &fix.edits) {
        fixed.replace_range(edit.at.start as usize..edit.at.end as usize, &edit.text);
    }
    (found.iter().map(|finding| (finding.at.start_line, finding.at.start_column)).collect(), fixed)
}

fn finds(rule: &str, text: &str, wanted: &[(u32, u32)]) {
    assert_eq!(wanted, check(rule, text).0, "{rule} in {text:?}");
}

fn fixes(rule: &str, text: &str, wanted: &str) {
    assert_eq!(wanted, check(rule, text).1, "{rule} in {text:?}");
}

#[test]
fn line_ends() {
    finds("missing-final-newline", "class C { }", &[(1, 11)]);
    finds("missing-final-newline", "class C { } // ä", &[(1, 16)]);
    finds("missing-final-newline", "class C { }\n", &[]);
    finds("missing-final-newline", "", &[]);
    fixes("missing-final-newline", "class C {\r\n}", "class C {\r\n}\r\n");
    fixes("missing-final-newline", "class C {\n}", "class C {\n}\n");
    finds("mixed-line-endings", "class C {\r\n\n\n}\n", &[(1, 1)]);
    finds("mixed-line-endings", "class C {\r\n\r\n\n}\r\n", &[(3, 1)]);
    finds("mixed-line-endings", "class C {\r\n}\r\n", &[]);
    finds("mixed-line-endings", "class C {\n}\n", &[]);
}

#[test]
fn white_space() {
    finds("trailing-whitespace", "class C { \r\n\t\r\n}\r\n", &[(1, 10), (2, 1)]);
    fixes("trailing-whitespace", "class C { \r\n\t\r\n}\r\n ", "class C {\r\n\r\n}\r\n");
    finds("trailing-whitespace", "class C {\n\u{c}\n}\n", &[]);
    finds("tab-character", "class C {\r\n\tint a;\r\n}\r\n", &[(2, 1)]);
    finds("line-too-long", &format!("class C {{ }} // {}\r\n", "word ".repeat(40).trim_end()), &[(1, 141)]);
    finds("line-too-long", &format!("class C {{ }} // {}\n", "wörd ".repeat(24).trim_end()), &[]);
}

#[test]
fn marks() {
    finds("byte-order-mark", "\u{feff}class C { }\n", &[(1, 1)]);
    finds("self-assignment", "\u{feff}class C { int x; { x = x; } }\n", &[(1, 20)]);
    finds("self-assignment", "\u{feff}class Ä { int x; { x = x; } }\n", &[(1, 20)]);
    fixes("byte-order-mark", "\u{feff}class C { }\n", "class C { }\n");
    finds("invisible-character", "\u{feff}class C { }\n", &[]);
    finds("invisible-character", "class C { }\n\u{c}\nclass D { }\n", &[]);
    finds("invisible-character", "class\u{a0}C\u{a0}{ }\r\n", &[(1, 6)]);
    finds("merge-conflict-marker", "class C {\r\n<<<<<<< a\r\n=======\r\n>>>>>>> b\r\n}\r\n", &[(2, 1)]);
    finds("merge-conflict-marker", "<<<<<<< a\n", &[]);
    finds("bidi-control", "class C { } // \u{202e}\u{202e}\n// \u{2066}\n", &[(1, 16), (2, 4)]);
    finds("todo-comment", "class C { } // TODO\r\n/* FIXME\r\n */\r\n", &[(1, 16), (2, 4)]);
}

#[test]
fn lines_end_before_their_line_end() {
    finds("hardcoded-secret", "String a = \"AKIAQ7RZ3VPLM9TKWXUB\r\n", &[(1, 13)]);
    finds("hardcoded-secret", "// AKIAQ7RZ3VPLM9TKWXUB\r\n// AKIAQ7RZ3VPLM9TKWXUA", &[(1, 4), (2, 4)]);
}
