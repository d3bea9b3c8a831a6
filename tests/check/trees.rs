//! What lies on disk: line ends and pointers that are git's business, and parts that are asked for alone.
use super::*;

#[test]
fn line_ends_that_git_changes_are_no_white_space() {
    let made = Made::new(&[]);
    made.write(".gitattributes", "*.java text eol=crlf\n").write("A.java", "class A {\r\n    int x;\r\n}\r\n").commit("Add A");
    made.write("A.java", "class A {\r\n    int y; \r\n    int x;\r\n}\r\n");
    let output = gate(made.root(), &["check", "--base", "HEAD", "--format", "json"]);
    let report: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
    let found: Vec<String> =
        report["findings"].as_array().expect("findings").iter().map(|it| format!("{}:{}", it["rule"], it["start"]["line"])).collect();
    assert_eq!(found, ["\"blank-at-eol\":2"]);
    gate(made.root(), &["check", "--base", "HEAD", "--fix"]);
    let text = std::fs::read_to_string(made.root().join("A.java")).expect("a file");
    assert_eq!(text, "class A {\r\n    int y;\r\n    int x;\r\n}\r\n");
}

#[test]
fn parts_of_a_tree_are_judged_alone() {
    let made = Made::new(&[]);
    made.write("A.java", copied("A", "one")).write("B.java", copied("B", "one")).write("C.java", with_bug());
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 123\n", "0".repeat(64));
    made.write("b.js", pointer).commit("Add classes");
    let rules = |parts: &[&str]| {
        let output = gate(made.root(), &[&["check", "--all", "--format", "json"], parts].concat());
        let report: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(&output)));
        assert!(report["skipped"].to_string().contains("Git LFS"), "{}", report["skipped"]);
        let mut rules: Vec<String> = report["findings"].as_array().expect("findings").iter().map(|it| it["rule"].to_string()).collect();
        rules.dedup();
        rules.join(" ")
    };
    assert_eq!(rules(&[]), "\"duplicated-code\" \"self-assignment\"");
    assert_eq!(rules(&["--only", "duplication"]), "\"duplicated-code\"");
    assert_eq!(rules(&["--only", "code"]), "\"self-assignment\"");
    let output = gate(made.root(), &["check", "--all", "--only", "whitespace"]);
    assert!(output.status.code() == Some(2) && said(&output).contains("are judged of changes"), "{}", said(&output));
}
