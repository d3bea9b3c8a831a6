//! Which findings a comment or annotation silences: each row is a file, run through the binary, and what is still open or silenced in it.
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

/// Name, extension, text, and what is found: a line, a rule, and `-` before what is silenced.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str]);

const ROWS: &[Row] = &[
    ("behind code", "js", "g();\nx = x; // gate:allow self-assignment -- why\nx = x;\n", &["-2 self-assignment", "3 self-assignment"]),
    ("above code", "js", "g();\n// gate:allow self-assignment -- why\n\nx = x;\nx = x;\n", &["-4 self-assignment", "5 self-assignment"]),
    ("before code", "js", "g();\n/* gate:allow self-assignment -- why */ x = x;\nx = x;\n", &["-2 self-assignment", "3 self-assignment"]),
    (
        "before code at the top",
        "js",
        "/* gate:allow self-assignment -- why */ x = x;\nx = x;\n",
        &["-1 self-assignment", "2 self-assignment"],
    ),
    ("at the top", "js", "// gate:allow self-assignment -- why\nx = x;\nx = x;\n", &["-2 self-assignment", "-3 self-assignment"]),
    (
        "after a licence",
        "js",
        "/* Of somebody. */\n// gate:allow self-assignment -- why\nx = x;\nx = x;\n",
        &["-3 self-assignment", "-4 self-assignment"],
    ),
    (
        "in the block that it allows to be empty",
        "java",
        "class A {\n  void f() {\n    try { g(); } catch (E e) { // gate:allow empty-catch -- why\n    }\n  }\n}\n",
        &["-3 empty-catch"],
    ),
    (
        "in the function that it allows to be empty",
        "js",
        "g();\nfunction f() { // gate:allow empty-function -- why\n}\n",
        &["-2 empty-function"],
    ),
    (
        "in a block that is empty for another reason",
        "js",
        "g();\nif (a) { // gate:allow self-assignment -- why\n}\n",
        &["2 useless-suppression"],
    ),
    (
        "at the case that is fallen into",
        "js",
        "g();\nswitch (a) {\n  case 1: g();\n  // gate:allow switch-fallthrough -- why\n  case 2: h();\n}\n",
        &["-5 switch-fallthrough"],
    ),
    (
        "in JSX",
        "jsx",
        "const a = <div>\n  {/* gate:allow self-assignment -- why */}\n  <b onClick={() => { x = x; }} />\n</div>;\n",
        &["-3 self-assignment"],
    ),
    (
        "above a decorated method",
        "ts",
        "g();\nclass A {\n  // gate:allow too-many-parameters -- why\n  @HostListener('click')\n  on(a, b, c, d, e, f, g, h, i, j, k): void { g(); }\n}\n",
        &["-5 too-many-parameters"],
    ),
    (
        "above a decorated class",
        "ts",
        "g();\n// gate:allow empty-block -- why\n@Injectable()\nexport class A { f(a: any) { if (a) {} } }\n",
        &["-4 empty-block"],
    ),
    ("above an export", "js", "g();\n// gate:allow empty-block -- why\nexport default\nfunction f(a) { if (a) {} }\n", &["-4 empty-block"]),
    ("above the comment that is found", "js", "g();\n// gate:allow todo-comment -- why\n// TODO: this\nh();\n", &["-3 todo-comment"]),
    ("in the comment that is found", "js", "g();\n// TODO: this, gate:allow todo-comment -- why\nh();\n", &["-2 todo-comment"]),
    (
        "several in one comment",
        "js",
        "g();\n/*\n * gate:allow self-assignment -- why\n * gate:allow debugger -- why\n */\nx = x; debugger;\n",
        &["-6 debugger", "-6 self-assignment"],
    ),
    (
        "half of it stale",
        "js",
        "g();\nx = x; // gate:allow self-assignment, debugger -- why\n",
        &["-2 self-assignment", "2 useless-suppression"],
    ),
    ("without a reason", "js", "g();\nx = x; // gate:allow self-assignment\n", &["2 self-assignment", "2 useless-suppression"]),
    (
        "as a part of other words",
        "js",
        "g();\nx = x; // gate:allowed self-assignment -- why\nh(); // see http://x/gate:allow/foo\n",
        &["2 self-assignment"],
    ),
    ("NOSONAR", "js", "g();\nx = x; // NOSONAR\nx = x; // see NOSONARQUBE\n", &["-2 self-assignment", "3 self-assignment"]),
    (
        "NOSONAR before another",
        "js",
        "g();\nx = x; debugger; // NOSONAR gate:allow self-assignment -- why\n",
        &["-2 debugger", "-2 self-assignment"],
    ),
    (
        "ESLint's next line",
        "js",
        "g();\n// eslint-disable-next-line no-self-assign -- why\nx = x;\nx = x;\n",
        &["-3 self-assignment", "4 self-assignment"],
    ),
    (
        "ESLint's next line in a block",
        "js",
        "g();\n/* eslint-disable-next-line\n  no-self-assign,\n  no-debugger -- why\n*/\nx = x; debugger;\n",
        &["-6 debugger", "-6 self-assignment"],
    ),
    (
        "ESLint, one on again",
        "js",
        "/* eslint-disable no-self-assign, no-debugger */\ng();\n/* eslint-enable no-debugger */\nx = x; debugger;\n",
        &["-4 self-assignment", "4 debugger"],
    ),
    (
        "ESLint, one of all on again",
        "js",
        "/* eslint-disable */\ndebugger;\n/* eslint-enable no-debugger */\nx = x; debugger;\n",
        &["-2 debugger", "-4 self-assignment", "4 debugger"],
    ),
    (
        "ESLint, all on again",
        "js",
        "/* eslint-disable no-self-assign */\nx = x;\n/* eslint-enable */\nx = x;\n",
        &["-2 self-assignment", "4 self-assignment"],
    ),
    ("ESLint heeds no line comment", "js", "g();\n// eslint-disable no-self-assign\nx = x;\n", &["3 self-assignment"]),
    (
        "ESLint heeds no Java",
        "java",
        "class A {\n  /* eslint-disable no-self-assign */\n  void f() { this.x = this.x; }\n}\n",
        &["3 self-assignment"],
    ),
    (
        "SuppressWarnings",
        "java",
        "class A {\n  @SuppressWarnings(\"java:S1656\")\n  void f() { this.x = this.x; }\n  void g() { this.x = this.x; }\n}\n",
        &["-3 self-assignment", "4 self-assignment"],
    ),
];

#[test]
fn a_comment_silences_what_it_is_about_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |place: usize| format!("row{place}.{}", ROWS[place].1);
    for (place, row) in ROWS.iter().enumerate() {
        fs::write(folder.path().join(file(place)), row.2).expect("a file");
    }
    fs::write(folder.path().join("gate.toml"), "[rules]\nempty-function = \"minor\"\nswitch-fallthrough = \"minor\"\n").expect("a file");
    let mut gate = Command::new(env!("CARGO_BIN_EXE_gate"));
    let output = gate.args(["check", "--all", ".", "--format", "json"]).current_dir(folder.path()).output().expect("gate runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in report["findings"].as_array().expect("a list") {
        let silenced = if finding["suppressed"].is_null() { "" } else { "-" };
        let said = format!("{silenced}{} {}", finding["start"]["line"], finding["rule"].as_str().expect("a name"));
        found.entry(finding["path"].as_str().expect("a path").to_owned()).or_default().push(said);
    }
    for (place, (name, _, text, wanted)) in ROWS.iter().enumerate() {
        let mut found = found.remove(&file(place)).unwrap_or_default();
        found.sort();
        assert_eq!(found, *wanted, "{name}:\n{text}");
    }
}
