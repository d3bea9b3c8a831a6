//! One report with everything hostile in it, through every format.
use std::sync::Arc;

use gate::judge::{judge, metrics};
use gate::model::{
    Change, Comparison, Condition, Decided, Edit, FileFacts, FileReport, FileRole, Finding, Fix, Kind, Limit, Metric, Metrics, NoData, On,
    Outcome, Rating, Related, Report, Review, RuleId, RuleInfo, Safety, Severity, Skipped, Span, State, Suppression, Unit, UnitKind,
    UnitMetric,
};
use gate::output::{self, Page, Style};
use serde_json::Value as Json;
use snapbox::{Data, assert_data_eq, file};

const HOSTILE: &str = "\"quoted\" \\ <tag> \u{1b}[31mred \u{202e} ä漢 [a](http://evil.example) {0}\n\0";

const SOURCE: &str = "class A {\n\tint 漢字 = \"\x1b[2J\" == b;\r\n  int x = x;\n}\n";

fn at(line: u32, columns: (u32, u32)) -> Span {
    Span { start_line: line, start_column: columns.0, end_line: line, end_column: columns.1, ..Span::default() }
}

fn finding(kind: Kind, severity: Severity, message: &str, at: Span) -> Finding {
    let (message, fingerprint) = (message.to_owned(), 0xfeed);
    let (state, fix, related, suppressed) = (State::Existing, None, Vec::new(), None);
    let (rule, effort, tokens, near, is_measured, decided) = (RuleId(0), 5, None, 0, false, None);
    Finding { rule, kind, severity, at, message, effort, fix, related, fingerprint, tokens, near, is_measured, state, decided, suppressed }
}

fn file_of(path: &str, module: usize, findings: Vec<Finding>) -> FileReport {
    let mut metrics = Metrics::default();
    metrics[UnitMetric::Ncloc] = 4;
    let units = vec![Unit { kind: UnitKind::File, name: String::new(), at: Span::default(), name_at: Span::default(), metrics }];
    let facts = FileFacts { findings, units, ..FileFacts::default() };
    FileReport { path: path.to_owned(), language: "java", role: FileRole::Main, module, facts: facts.into(), ..FileReport::default() }
}

fn rule(id: &str, why: &str) -> RuleInfo {
    let tags = ["suspicious", "suspicious"].map(str::to_owned).to_vec();
    let (kind, severity) = (Kind::Bug, Severity::Major);
    RuleInfo { id: id.to_owned(), title: "Both sides are the same".to_owned(), kind, severity, tags, cwe: vec![79], why: why.to_owned() }
}

fn sample() -> Report {
    let fix = Fix { safety: Safety::Suggest, edits: vec![Edit { at: at(3, (7, 12)), text: HOSTILE.to_owned() }] };
    let related = |path: Option<&str>| Related { path: path.map(Into::into), at: at(1, (1, 6)), message: HOSTILE.to_owned() };
    let suppressed = Some(Suppression { reason: HOSTILE.to_owned() });
    let findings = vec![
        finding(Kind::Smell, Severity::Info, "The file has no header", Span::default()),
        Finding {
            related: vec![related(None), related(Some("b/\x1bB.java"))],
            ..finding(Kind::Smell, Severity::Major, HOSTILE, at(2, (6, 8)))
        },
        Finding { fix: Some(fix), ..finding(Kind::Bug, Severity::Blocker, "`x` is assigned to itself", at(3, (7, 12))) },
        Finding { suppressed, ..finding(Kind::Bug, Severity::Blocker, "silenced", at(3, (1, 2))) },
        Finding { decided: Some(Decided::Accepted), ..finding(Kind::Bug, Severity::Blocker, "accepted", at(3, (1, 2))) },
    ];
    let hotspot = Finding { rule: RuleId(1), ..finding(Kind::Hotspot, Severity::Critical, "Weak hash", at(1, (1, 1))) };
    let skipped = |path: &str, why: &str, expected| Skipped { path: path.to_owned(), why: why.to_owned(), module: 0, expected };
    Report {
        is_whole: true,
        files: vec![file_of("src/A b#ä\x1b.java", 0, findings), file_of("v1/gone.java", 1, vec![hotspot])],
        skipped: vec![
            skipped("lib/a.min.js", "minified", true),
            skipped("lib/b.min.js", "minified", true),
            skipped("lib/c.js", HOSTILE, false),
            skipped("lib/g.js", "generated", true),
        ],
        modules: vec!["root".to_owned(), "featureflag-v1".to_owned()],
        rules: vec![rule("self-assignment", "It does **nothing**.\n\nMost often a slip."), rule("weak-hash", "")],
        ..Report::default()
    }
}

fn number(comparison: Comparison, digits: i64) -> Option<Limit> {
    Some(Limit::Number { comparison, digits, scale: 0 })
}

fn conditions() -> Vec<Vec<Condition>> {
    let condition = |metric, warn, fail| Condition { metric, on: On::Overall, warn, fail, no_data: NoData::Undecided };
    let more = |digits| number(Comparison::Greater, digits);
    let root = vec![
        condition(Metric::Bugs, None, more(0)),
        condition(Metric::CodeSmells, more(0), more(5)),
        condition(Metric::Coverage, number(Comparison::Less, 95), number(Comparison::Less, 92)),
        condition(Metric::DebtRatio, None, more(8)),
        condition(Metric::MaintainabilityRating, None, Some(Limit::WorseThan(Rating::B))),
        condition(Metric::ReliabilityRating, None, Some(Limit::WorseThan(Rating::A))),
        condition(Metric::SkippedFiles, None, more(0)),
    ];
    vec![root, vec![condition(Metric::Bugs, None, more(0))]]
}

/// A page without sources and figures.
fn bare<'a>(report: &'a Report, verdict: &'a gate::model::Verdict) -> Page<'a> {
    let style = Style::default();
    Page {
        report,
        verdict,
        metrics: &[],
        new: &[],
        delta: &[],
        modules: &[],
        source: &|_| None,
        root: None,
        elapsed: None,
        style,
        review: &Review::default,
        everything: &Review::default,
    }
}

fn written(name: &str, report: &Report, style: Style) -> String {
    let verdict = judge(report, &conditions());
    let metrics = metrics(report, On::Overall);
    let source = |path: &str| path.starts_with("src").then(|| SOURCE.to_owned());
    let root = Some("/home/me/my repo");
    let page = Page {
        report,
        verdict: &verdict,
        metrics: &metrics,
        new: &[],
        delta: &[],
        modules: &gate::judge::module_metrics(report, On::Overall),
        source: &source,
        root,
        elapsed: None,
        style,
        review: &Review::default,
        everything: &Review::default,
    };
    let mut out = Vec::new();
    output::named(name).unwrap().write(&page, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn all(color: bool) -> Style {
    Style { color, findings: None }
}

fn reads_as(style: Style, report: &Report, expected: Data) {
    assert_data_eq!(written("text", report, style), expected.raw());
}

#[test]
fn text_is_made_to_be_read() {
    reads_as(all(false), &sample(), file!["../fixtures/output/all.txt": Text]);
    reads_as(Style { color: false, findings: Some(1) }, &sample(), file!["../fixtures/output/few.txt": Text]);
    reads_as(
        all(false),
        &Report { modules: vec!["root".to_owned()], is_whole: true, ..Report::default() },
        file!["../fixtures/output/empty.txt": Text],
    );
}

/// The places that are listed under a finding with this message: lines 1 and 12 of another file, and line 3 of its own.
fn lists(message: &str, expected: &[&str]) {
    let lines = |first: u32| Span { start_line: first, start_column: 1, end_line: first + 2, end_column: 1, ..Span::default() };
    let other = |path: Option<&str>, first| Related { path: path.map(Into::into), at: lines(first), message: "the same".to_owned() };
    let related = vec![other(Some("src/B.java"), 1), other(Some("src/B.java"), 12), other(None, 3)];
    let clone = Finding { related, ..finding(Kind::Smell, Severity::Major, message, lines(1)) };
    let report = Report { files: vec![file_of("src/A.java", 0, vec![clone])], ..sample() };
    let text = written("text", &report, all(false));
    let listed: Vec<&str> = text.lines().filter_map(|line| line.trim_start().strip_prefix("see ")).collect();
    assert_eq!(listed, expected, "{message}");
}

#[test]
fn a_place_that_a_message_names_is_not_listed_too() {
    let [first, second, own] = ["src/B.java:1-2 the same", "src/B.java:12-13 the same", "3-4 the same"];
    lists("The same as in `f` (src/B.java:1) and 2 more places.", &[second, own]);
    lists("The same as in src/B.java:12.", &[first, own]);
    lists("The same as in line 3 and 2 more places.", &[first, second]);
    lists("The same as in line 31 of src/B.java:123.", &[first, second, own]);
}

#[test]
fn text_lets_nothing_control_the_terminal() {
    let plain = written("text", &sample(), all(false));
    assert!(plain.chars().all(|c| c == '\n' || !c.is_control()), "{plain:?}");
    assert!(!plain.contains('\u{202e}'));
    assert!(plain.lines().all(|line| !line.ends_with(' ')), "{plain}");
    let styled = written("text", &sample(), all(true));
    let without_styles = anstream::adapter::strip_str(&styled).to_string();
    assert_eq!(without_styles, plain, "colour changes no text");
}

#[test]
fn many_conditions_show_those_that_did_not_hold() {
    let report = sample();
    let passed = Condition {
        metric: Metric::Vulnerabilities,
        on: On::Overall,
        warn: None,
        fail: number(Comparison::Greater, 0),
        no_data: NoData::Pass,
    };
    let verdict = judge(&report, &[vec![passed; 30]]);
    let page = bare(&report, &verdict);
    let mut out = Vec::new();
    output::named("text").unwrap().write(&page, &mut out).unwrap();
    assert!(String::from_utf8(out).unwrap().contains("and 30 conditions that passed (-v shows all)"));
}

/// Objects may have no other keys than those the schema describes: what gate writes must be written down.
fn closed(mut schema: Json) -> Json {
    fn close(schema: &mut Json) {
        match schema {
            Json::Object(object) => {
                if object.contains_key("properties") {
                    object.insert("additionalProperties".to_owned(), false.into());
                }
                object.values_mut().for_each(close);
            }
            Json::Array(items) => items.iter_mut().for_each(close),
            _ => {}
        }
    }
    close(&mut schema);
    schema
}

fn is_valid(schema: &Json, text: &str) -> Json {
    let document: Json = serde_json::from_str(text).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document
}

/// The published schema; its pattern for the names of human languages has a bracket too many, which later editions dropped.
fn sarif_schema() -> Json {
    let mut schema: Json = serde_json::from_str(include_str!("../fixtures/output/sarif-schema-2.1.0.json")).unwrap();
    for owner in ["run", "toolComponent"] {
        schema["definitions"][owner]["properties"]["language"]["pattern"] = "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$".into();
    }
    schema
}

#[test]
fn json_keeps_its_contract() {
    let schema = closed(serde_json::from_str(include_str!("../docs/report.schema.json")).unwrap());
    is_valid(&schema, &written("json", &Report::default(), all(false)));
    let document = is_valid(&schema, &written("json", &sample(), all(false)));
    let cases = [
        ("/schema", Json::from(1)),
        ("/verdict/outcome", "failed".into()),
        ("/verdict/modules/0/conditions/0/limit", "> 0".into()),
        ("/verdict/modules/0/conditions/0/repair", "fix 1 bug".into()),
        ("/verdict/modules/0/conditions/2/actual", Json::Null),
        ("/verdict/modules/0/conditions/3/actual", "8.33".into()),
        ("/metrics/overall/reliability_rating", "E".into()),
        ("/metrics/overall/debt_ratio", 4.16.into()),
        ("/findings/1/message", HOSTILE.into()),
        ("/findings/1/related/0/path", "src/A b#ä\x1b.java".into()),
        ("/findings/1/start/column", 6.into()),
        ("/findings/2/fix/safety", "suggest".into()),
        ("/findings/3/suppressed", HOSTILE.into()),
        ("/findings/4/state", "accepted".into()),
        ("/findings/4/fingerprint", "000000000000feed".into()),
        ("/skipped/2/expected", false.into()),
    ];
    for (pointer, expected) in cases {
        assert_eq!(document.pointer(pointer), Some(&expected), "{pointer}");
    }
}

#[test]
fn sarif_is_valid_and_complete() {
    let schema = sarif_schema();
    is_valid(&schema, &written("sarif", &Report::default(), all(false)));
    let document = is_valid(&schema, &written("sarif", &sample(), all(false)));
    let cases = [
        ("/tool/driver/rules/0/id", Json::from("self-assignment")),
        ("/tool/driver/rules/0/fullDescription/text", "It does **nothing**.".into()),
        ("/tool/driver/rules/0/properties/tags/1", "external/cwe/cwe-079".into()),
        ("/tool/driver/rules/1/help/text", "Both sides are the same".into()),
        ("/columnKind", "unicodeCodePoints".into()),
        ("/originalUriBaseIds/SRCROOT/uri", "file:///home/me/my%20repo/".into()),
        ("/invocations/0/exitCode", 1.into()),
        ("/invocations/0/toolExecutionNotifications/2/level", "warning".into()),
        ("/results/0/level", "note".into()),
        ("/results/0/locations/0/physicalLocation/artifactLocation/uri", "src/A%20b%23%C3%A4%1B.java".into()),
        ("/results/1/level", "warning".into()),
        ("/results/1/message/text", HOSTILE.replace('[', "\\[").into()),
        ("/results/1/locations/0/physicalLocation/region/endColumn", 8.into()),
        ("/results/1/relatedLocations/1/physicalLocation/artifactLocation/uri", "b/%1BB.java".into()),
        ("/results/2/level", "error".into()),
        ("/results/2/fixes/0/artifactChanges/0/replacements/0/insertedContent/text", HOSTILE.into()),
        ("/results/2/partialFingerprints/gateFinding~1v1", "000000000000feed:2".into()),
        ("/results/3/suppressions/0/kind", "inSource".into()),
        ("/results/3/suppressions/0/justification", HOSTILE.into()),
        ("/results/4/suppressions/0/kind", "external".into()),
        ("/results/5/ruleIndex", 1.into()),
        // Alike, in another file.
        ("/results/5/partialFingerprints/gateFinding~1v1", "000000000000feed:0".into()),
    ];
    let run = &document["runs"][0];
    for (pointer, expected) in cases {
        assert_eq!(run.pointer(pointer), Some(&expected), "{pointer}");
    }
    assert_eq!(run.pointer("/results/0/baselineState"), None, "nothing to compare with");
    assert_eq!(run.pointer("/results/0/locations/0/physicalLocation/region"), None, "a finding about a whole file");
}

#[test]
fn sarif_says_what_is_new_when_there_is_a_change() {
    let mut report = sample();
    report.change = Some(Change::default());
    Arc::make_mut(&mut report.files[0].facts).findings[0].state = State::New;
    let schema = sarif_schema();
    let document = is_valid(&schema, &written("sarif", &report, all(false)));
    let states: Vec<_> = (0..3).map(|place| document["runs"][0]["results"][place]["baselineState"].as_str()).collect();
    assert_eq!(states, [Some("new"), Some("unchanged"), Some("unchanged")]);
}

#[test]
fn errors_of_the_writer_are_returned() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let report = sample();
    let verdict = judge(&report, &conditions());
    assert_eq!(verdict.outcome, Outcome::Failed);
    let page = bare(&report, &verdict);
    for output in output::ALL {
        let error = output.write(&page, &mut Closed).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe, "{}", output.name);
    }
}

#[test]
fn metrics_are_given_for_every_module_file_and_unit() {
    let page: Json = serde_json::from_str(&written("metrics", &sample(), Style::default())).expect("JSON");
    let names: Vec<_> = ["/modules/0/name", "/modules/1/name", "/files/0/path", "/files/1/module"].map(|at| page.pointer(at)).to_vec();
    assert_eq!(
        ["root", "featureflag-v1", "src/A b#\u{e4}\u{1b}.java", "featureflag-v1"].map(|name| Some(Json::from(name))).to_vec(),
        names.into_iter().map(|name| name.cloned()).collect::<Vec<_>>()
    );
    let numbers =
        ["/overall/ncloc", "/modules/0/metrics/ncloc", "/files/0/metrics/ncloc"].map(|at| page.pointer(at).and_then(Json::as_i64));
    assert_eq!([Some(8), Some(4), Some(4)], numbers);
}
