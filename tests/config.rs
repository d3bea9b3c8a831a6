//! `gate.toml` at its boundary: what it accepts, what it says about what is wrong, and the schema editors use. With `UPDATE_DOCS=1`
//! in the environment the generated files (`docs/gate.schema.json` and the expectations in `fixtures/config`) are written anew.
mod made;

use gate::config::{Config, Profile, UnknownFiles, effective, schema, suggest};
use gate::model::{Condition, Dialect, Effort, FileRole, Limit, Metric, NoData, On, Param, Rating, Scope, Severity};
use proptest::prelude::*;

use made::{equals_file, text_of};

fn parsed(text: &str) -> Config {
    Config::parse(text, "gate.toml").unwrap_or_else(|error| panic!("{error}"))
}

/// Metric, on, warn, fail, no-data in words.
fn in_words(condition: &Condition) -> String {
    let limit = |limit: Option<Limit>| limit.map_or("-".to_owned(), |limit| limit.to_string());
    let Condition { metric, on, warn, fail, no_data } = condition;
    format!("{} {} | {} | {} | {no_data:?}", metric.key(), on.name(), limit(*warn), limit(*fail))
}

fn conditions(config: &Config, module: usize, change: bool) -> Vec<String> {
    config.conditions(module, change).iter().map(in_words).collect()
}

/// Texts and the errors they give, as `TEXT-----ERROR=====TEXT…`.
#[test]
fn what_is_wrong_is_shown_with_its_place_and_the_nearest_right_word() {
    let file = "fixtures/config/errors.txt";
    let rows = text_of(file);
    let actual: Vec<String> = rows
        .split("=====\n")
        .map(|row| {
            let text = row.split("-----\n").next().unwrap_or_default();
            match Config::parse(text, "gate.toml") {
                Ok(_) => panic!("nothing is wrong with\n{text}"),
                Err(error) => format!("{text}-----\n{error}\n"),
            }
        })
        .collect();
    assert!(actual.len() >= 80);
    equals_file(file, &actual.join("=====\n"));
}

#[test]
fn the_example_of_the_design_is_read() {
    let config = parsed(&text_of("fixtures/config/design.toml"));
    assert!(config.project.is_excluded("a/generated/B.java"));
    assert!(!config.project.is_excluded("a/node_modules/b.js"), "a list of one's own replaces the built-in one");
    assert_eq!(FileRole::Test, config.project.role_of("src/app/a.spec.ts"));
    assert_eq!(Profile::Recommended, config.rules.profile);
    let [complexity, todo] = &config.rules.settings[..] else { panic!("{:?}", config.rules) };
    assert_eq!(("cognitive-complexity", Some(true), Some(Severity::Major)), (&*complexity.rule, complexity.on, complexity.severity));
    assert_eq!(("max", &Param::Integer(20)), (&*complexity.params[0].name, &complexity.params[0].value));
    assert_eq!(("todo-comment", Some(false), None), (&*todo.rule, todo.on, todo.severity));
    assert_eq!(vec![0], config.overrides_for("m/src/test/A.java"));
    assert_eq!(Some("origin/master"), config.new_code.base.as_deref());
    assert_eq!(2, config.coverage.reports.texts().len());
    let expected = ["coverage overall | < 95 | < 92 | Undecided", "maintainability_rating overall | - | worse than A | Undecided"];
    assert_eq!(expected, *conditions(&config, 0, false));
    assert_eq!((1, 0), (config.module_of("api/v1/A.java"), config.module_of("api/v2/A.java")));
    assert_eq!(("Code-Quality", -1, 30), (&*config.gerrit.label, config.gerrit.votes.failed, config.gerrit.max_comments));
}

#[test]
fn the_gate_of_fourteen_conditions_is_read_on_everything() {
    let text = text_of("fixtures/config/fourteen.toml");
    let expected = [
        (Metric::BlockerIssues, "- | > 0"),
        (Metric::Bugs, "- | > 0"),
        (Metric::CodeSmells, "- | > 0"),
        (Metric::ConfirmedIssues, "- | > 0"),
        (Metric::Coverage, "< 95 | < 92"),
        (Metric::CriticalIssues, "- | > 0"),
        (Metric::DuplicatedBlocks, "- | > 0"),
        (Metric::MaintainabilityRating, "- | worse than A"),
        (Metric::MajorIssues, "- | > 0"),
        (Metric::MinorIssues, "- | > 0"),
        (Metric::OpenIssues, "- | > 0"),
        (Metric::ReliabilityRating, "- | worse than A"),
        (Metric::SecurityRating, "- | worse than A"),
        (Metric::Vulnerabilities, "- | > 0"),
    ];
    for (on, name) in On::ALL {
        let config = parsed(&text.replace("metric =", &format!("on = \"{name}\", metric =")));
        let expected: Vec<String> =
            expected.iter().map(|(metric, limits)| format!("{} {} | {limits} | Undecided", metric.key(), on.name())).collect();
        assert_eq!(expected, conditions(&config, 0, false));
        assert_eq!(NoData::Undecided, config.gate.no_data);
    }
}

#[test]
fn every_key_is_read() {
    let config = parsed(&text_of("fixtures/config/full.toml"));
    assert_eq!(512 << 10, config.project.max_file_size);
    assert_eq!(Dialect::Sonar, config.metrics.cognitive_dialect);
    let coverage = &config.coverage;
    assert_eq!(
        (UnknownFiles::Ignored, 10, 3, true),
        (coverage.unknown_files, coverage.terms.small_change, coverage.terms.allowance, coverage.allow_partial)
    );
    assert_eq!(
        [("/app/", "services/web/"), ("/ci/build/", "")],
        *coverage.rewrites.iter().map(|(from, to)| (&**from, &**to)).collect::<Vec<_>>()
    );
    assert!(coverage.exclude.matches("a/dto/B.java"));
    assert_eq!(Profile::Strict, config.rules.profile);
    let paths: Vec<&str> = config.rules.paths.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(["rules/team", "rules/web"], *paths);
    let [_, empty_catch, complexity, long, naming] = &config.rules.settings[..] else { panic!("{:?}", config.rules) };
    assert_eq!((Some(true), Some(Severity::Blocker)), (empty_catch.on, empty_catch.severity));
    assert_eq!(Some(Effort { base: 10, per: 2 }), complexity.effort);
    assert_eq!((Some(false), Some(Effort { base: 15, per: 0 }), Some(Scope::Main)), (long.on, long.effort, long.scope));
    let names: Vec<&str> = naming.params.iter().map(|param| param.name.as_str()).collect();
    assert_eq!(["allow", "strict", "pattern"], *names, "in the order of the text");
    assert_eq!(Param::List(vec!["i".to_owned(), "j".to_owned()]), naming.params[0].value);
    assert_eq!(None, config.overrides[0].settings[1].on, "an override's table turns nothing on");
    let expected = [
        "coverage new | < 92.5 | < 80 | Pass",
        "maintainability_rating overall | worse than A | worse than C | Warn",
        "coverage delta | - | < -0.25 | Warn",
    ];
    assert_eq!(expected, *conditions(&config, 0, true));
    assert_eq!(expected, *conditions(&config, 1, false), "a module without conditions has the gate's");
    assert_eq!(["blocker_issues new | - | >= 1 | Fail"], *conditions(&config, 2, false));
    let gerrit = &config.gerrit;
    assert_eq!((2, 1, 5), (gerrit.votes.passed, -gerrit.votes.failed, gerrit.max_comments));
    assert_eq!((Some("https://review.example.org/r"), "autogenerated:gate-v1"), (gerrit.url.as_deref(), &*gerrit.tag));
    assert_eq!([Some(0), Some(3), None, None, None], gerrit.budget);
    assert_eq!((false, true), (gerrit.respect_resolved, gerrit.fix_suggestions));
    assert_eq!((8 << 10, 500, 1 << 20), (gerrit.limits.comment_size, gerrit.limits.comments, gerrit.limits.total_size));
    let site = &config.site;
    assert_eq!((Some("gate@review.example.org:29418"), 7, 20), (site.ssh.as_deref(), site.catch_up_days, site.catch_up_changes));
}

#[test]
fn a_limit_is_exact() {
    let limit = |text: &str| {
        let config = parsed(&format!("[[gate.conditions]]\nmetric = \"debt_ratio\"\nfail = \"{text}\""));
        match config.gate.conditions[0].fail {
            Some(Limit::Number { digits, scale, .. }) => (digits, scale),
            other => panic!("{other:?}"),
        }
    };
    let rows =
        [("> 0", (0, 0)), ("> 92.5", (925, 1)), (">= 1.250", (125, 2)), (">0.1", (1, 1)), ("> 123456789.012345", (123456789012345, 6))];
    for (text, expected) in rows {
        assert_eq!(expected, limit(text), "{text}");
    }
}

#[test]
fn without_a_file_a_change_is_judged_by_what_is_new_and_a_tree_by_what_is_there() {
    let config = Config::default();
    let fails = |change: bool| -> Vec<(Metric, On)> {
        let all = config.conditions(0, change).into_iter();
        all.filter(|condition| condition.fail.is_some()).map(|condition| (condition.metric, condition.on)).collect()
    };
    assert_eq!(vec![(Metric::BlockerIssues, On::Overall)], fails(false));
    let new = [Metric::Bugs, Metric::Vulnerabilities, Metric::BlockerIssues].map(|metric| (metric, On::New));
    assert_eq!(new, *fails(true));
    assert!(config.gate.conditions.iter().all(|condition| condition.no_data == NoData::Pass));
    assert!(config.gate.conditions.iter().any(|condition| condition.warn == Some(Limit::WorseThan(Rating::A))));
    let empty = parsed("");
    assert_eq!(conditions(&config, 0, true), conditions(&empty, 0, true));
    assert!(parsed("[gate]\nconditions = []").conditions(0, true).is_empty());
}

#[test]
fn roles_are_known_by_path() {
    use FileRole::{Main, Test};
    let project = Config::default().project;
    let rows = [
        ("src/main/java/a/B.java", Main),
        ("core/src/test/java/a/B.java", Test),
        ("core/src/testFixtures/java/a/B.java", Test),
        ("src/main/java/org/springframework/test/context/Cache.java", Main),
        ("a/FooTest.java", Test),
        ("a/FooTests.java", Test),
        ("a/Contest.java", Main),
        ("test/jdk/A.java", Test),
        ("packages/x/test/a.js", Test),
        ("packages/x/latest/a.js", Main),
        ("src/__tests__/a.tsx", Test),
        ("src/a.test.mjs", Test),
        ("src/a.spec.tsx", Test),
        ("src/spec.ts", Main),
        ("src/a.ts", Main),
        ("pay/pay_test.go", Test),
        ("shop/test_cart.py", Test),
        ("shop/tests/__init__.py", Test),
        ("shop/conftest.py", Test),
        ("shop/latest.py", Main),
    ];
    for (path, role) in rows {
        assert_eq!(role, project.role_of(path), "{path}");
    }
    assert!(project.is_generated("target/generated-sources/A.java") && project.is_generated("lib/x.min.js"));
    assert!(project.is_excluded("web/node_modules/a/b.js") && !project.is_excluded("src/a.js"));
}

#[test]
fn lists_can_name_the_built_in_patterns() {
    let project = parsed(&text_of("fixtures/config/full.toml")).project;
    let rows = [("web/node_modules/a.js", true), ("web/legacy/a.js", true), ("web/a.js", false), ("other/a.js", true)];
    for (path, excluded) in rows {
        assert_eq!(excluded, project.is_excluded(path), "{path}");
    }
    assert_eq!(FileRole::Test, project.role_of("api/v1/checks/A.java"));
    assert_eq!(FileRole::Test, project.role_of("web/a.spec.ts"));
}

#[test]
fn a_file_is_in_the_module_with_the_most_specific_pattern() {
    let module = |name: &str, paths: &str| format!("[[modules]]\nname = \"{name}\"\npaths = {paths}\n");
    let text = [
        module("api", r#"["api/**"]"#),
        module("v1", r#"["api/v1/**", "docs/v1"]"#),
        module("scripts", r#"["**/*.js"]"#),
        module("v2", r#"["api/{v2,v3}/**"]"#),
        module("late", r#"["api/**"]"#),
    ];
    let config = parsed(&text.concat());
    let rows = [("a.java", 0), ("api/a.java", 5), ("api/v1/a.js", 2), ("docs/v1/a.md", 2), ("web/a.js", 3), ("api/v3/a.js", 4)];
    for (path, expected) in rows {
        assert_eq!(expected, config.module_of(path), "{path}");
    }
}

#[test]
fn later_overrides_are_laid_over_earlier_ones() {
    let config = parsed(&text_of("fixtures/config/full.toml"));
    let rows: [(&str, &[usize]); 4] =
        [("a.java", &[]), ("src/test/A.java", &[0]), ("api/v1/A.java", &[1]), ("api/v1/src/test/A.java", &[0, 1])];
    for (path, expected) in rows {
        assert_eq!(expected, config.overrides_for(path), "{path}");
    }
}

#[test]
fn each_value_has_an_origin() {
    let config = parsed(&text_of("fixtures/config/full.toml"));
    let shown = |config: &Config, path: Option<&str>| -> String {
        effective(config, path).iter().map(|row| format!("{} = {}  # {}\n", row.key, row.value, row.origin)).collect()
    };
    equals_file("fixtures/config/effective.txt", &shown(&config, None));
    equals_file("fixtures/config/effective-file.txt", &shown(&config, Some("api/v1/src/test/A.java")));
    equals_file("fixtures/config/effective-default.txt", &shown(&Config::default(), None));
}

#[test]
fn an_error_can_be_made_for_a_rule_further_up() {
    let config = parsed("[rules]\ncognitve-complexity = \"off\"\n");
    let setting = &config.rules.settings[0];
    let hint = suggest(&setting.rule, ["long-function", "cognitive-complexity"]).map(|near| format!("did you mean `{near}`?"));
    let error = config.error(setting.place, format!("no rule `{}`", setting.rule), hint);
    let expected = "gate.toml:2:1: no rule `cognitve-complexity`\n 2 | cognitve-complexity = \"off\"\n   | ^^^^^^^^^^^^^^^^^^^\n   \
                    = did you mean `cognitive-complexity`?";
    assert_eq!(expected, error.to_string());
}

#[test]
fn long_and_hostile_lines_are_shown_in_part() {
    let text = format!("[project]\nexclude = [\"{}\", \"\u{202e}a\\\\b\", 1]", "x".repeat(5000));
    let error = Config::parse(&text, "gate.toml").expect_err("an error").to_string();
    assert!(error.len() < 500 && !error.contains('\u{202e}'), "{error}");
}

#[test]
fn absurd_numbers_of_patterns_end_in_an_error() {
    for pattern in ["?a*[b]/x{c,d}", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "a/**/b/**", "{{{{{{{{a}}}}}}}}"] {
        let text = format!("[project]\nexclude = [{}]", format!("\"{pattern}\", ").repeat(30_000));
        assert!(Config::parse(&text, "gate.toml").is_err(), "{pattern}");
    }
}

#[test]
fn only_a_text_of_bounded_size_is_loaded() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gate.toml");
    assert_eq!(None, Config::find(folder.path()));
    let loads = |bytes: &[u8]| {
        std::fs::write(&path, bytes).expect("a writable file");
        Config::load(&path).map(|config| config.path).map_err(|error| format!("{error:#}"))
    };
    assert_eq!(Ok(Some(path.clone())), loads(b"\xef\xbb\xbf[gate]\r\nno-data = \"pass\"\r\n"));
    assert_eq!(Some(path.clone()), Config::find(folder.path()));
    let rows: [(&[u8], &str); 3] =
        [(b"a = 1\n\xff", "line 2 is not UTF-8"), (&vec![b'#'; (1 << 20) + 1], "larger than"), (b"\xef\xbb\xbfx = 1", ":1:1: no table")];
    for (bytes, expected) in rows {
        let error = loads(bytes).expect_err("an error");
        assert!(error.contains(expected), "{error}");
    }
    assert!(Config::load(folder.path()).is_err_and(|error| format!("{error:#}").contains("no regular file")));
    assert!(Config::load(&folder.path().join("none.toml")).is_err_and(|error| format!("{error:#}").contains("cannot read")));
}

#[test]
fn the_published_schema_is_the_one_of_the_table_of_keys() {
    let text = serde_json::to_string_pretty(&schema()).expect("JSON");
    equals_file("docs/gate.schema.json", &(text + "\n"));
}

#[test]
fn the_schema_accepts_what_is_read_and_nothing_with_an_unknown_key() {
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let accepts = |text: &str| {
        let value: toml::Value = toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        validator.is_valid(&serde_json::to_value(value).expect("JSON"))
    };
    for file in ["design", "fourteen", "full"] {
        assert!(accepts(&text_of(&format!("fixtures/config/{file}.toml"))), "{file}");
    }
    let rejected = [
        "[proyect]",
        "[project]\nexclud = []",
        "[project]\nexclude = \"a\"",
        "[rules]\nprofile = \"recomended\"",
        "[rules]\na = \"of\"",
        "[rules]\na = { severity = \"mayor\" }",
        "[[overrides]]\npaths = []",
        "[gate]\nno-data = \"x\"",
        "[[gate.conditions]]\nmetric = \"covrage\"",
        "[[gate.conditions]]\nmetric = \"coverage\"\nfail = \"80\"",
        "[[gate.conditions]]\nmetric = \"sqale_rating\"\nfail = \"worse than E\"",
        "[gerrit.votes]\npased = 1",
        "[gerrit]\nmax-comments = -1",
        "[gerrit]\nbudget = { huge = 1 }",
    ];
    for text in rejected {
        assert!(!accepts(text), "{text}");
        assert!(Config::parse(text, "gate.toml").is_err(), "{text}");
    }
}

/// Whatever it is, it is read or refused, and both can be shown.
fn survives(text: &str) {
    match Config::parse(text, "gate.toml") {
        Ok(config) => {
            for path in ["a.java", "api/v1/src/test/A.java", ""] {
                effective(&config, Some(path));
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// What configurations are made of, apart by `~`.
const FRAGMENTS: &str = "[project]\n~[rules]\n~[gate]\n~[[gate.conditions]]\n~[[modules]]\n~[[overrides]]\n~[gerrit]\n~[coverage]\n~\
    exclude = ~tests = ~max-file-size = ~profile = ~path = ~x = ~paths = ~rules = ~metric = ~on = ~warn = ~fail = ~no-data = ~\
    conditions = ~name = ~votes = ~label = ~reports = ~\n~[~]~{~}~, ~\"\"~\"..\"~\"{a,b}{c,d}/**\"~\"[\"~\"coverage\"~\"new_bugs\"~\
    \"sqale_rating\"~\"> 0\"~\"< -1.5\"~\"worse than B\"~\"999999999999999\"~\"off\"~\"new\"~-1~0~1.5~0xffffffffffffffff~true~2020-01-01~\
    '''é\u{202e}\n'''~#~\t~é";

fn fragment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(FRAGMENTS.split('~').collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_ends_in_a_panic(text in "\\PC{0,80}") {
        survives(&text);
    }

    #[test]
    fn no_mix_of_words_ends_in_a_panic(words in prop::collection::vec(fragment(), 0..30)) {
        survives(&words.concat());
    }

    #[test]
    fn no_damage_ends_in_a_panic(at in 0usize..2000, length in 0usize..40, put in fragment()) {
        let text = text_of("fixtures/config/full.toml");
        let (start, end) = (at.min(text.len()), (at + length).min(text.len()));
        survives(&format!("{}{put}{}", &text[..start], &text[end..]));
    }
}
