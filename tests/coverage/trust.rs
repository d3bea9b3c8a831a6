//! Which files paths mean, and which reports are believed.
use super::*;

/// Paths of one report named `report` against a tree; what each of several files was found by is in the list.
fn finds(report: &str, path: &str, tree: &[&str], expected: &[&str]) {
    let text = format!("SF:{path}\nDA:1,1\nend_of_record\n");
    let tree = Tree::new(tree.iter().map(|path| path.to_string()).collect());
    let roots = vec!["/builds/repository".to_owned()];
    let surroundings =
        Surroundings { roots, rewrites: vec![("/docker/".to_owned(), "services/web/".to_owned())], ..Surroundings::default() };
    let is_test = |path: &str| path.contains("/test/");
    let context = Context { tree: &tree, surroundings: &surroundings, source: &|_| None, is_test: &is_test };
    let coverage = merge(vec![read(text.as_bytes(), report).expect("a report")], &context);
    let found: Vec<&str> = coverage.files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(expected, found, "{path} of {report}: {:?}", coverage.reports);
    assert_eq!(found.is_empty(), coverage.distrusted().is_some());
}

#[test]
fn paths_mean_one_file_or_none() {
    let monorepo =
        ["packages/a/src/index.ts", "packages/b/src/index.ts", "services/web/main.ts", "lib/src/test/x.ts", "lib/src/main/x.ts", "top.ts"];
    let rows: [(&str, &str, &[&str]); 18] = [
        ("r", "packages/a/src/index.ts", &["packages/a/src/index.ts"]),
        ("r", "./packages/a/lib/../src//index.ts", &["packages/a/src/index.ts"]),
        ("r", "/builds/repository/services/web/main.ts", &["services/web/main.ts"]),
        ("r", "/builds/repository/elsewhere/web/main.ts", &[]),
        ("r", "file:///builds/repository/top.ts", &["top.ts"]),
        ("r", "/docker/main.ts", &["services/web/main.ts"]),
        ("packages/a/coverage/lcov.info", "src/index.ts", &["packages/a/src/index.ts"]),
        ("packages/b/coverage/lcov.info", "src/index.ts", &["packages/b/src/index.ts"]),
        ("coverage/lcov.info", "src/index.ts", &[]),
        ("r", "/ci/job/42/packages/b/src/index.ts", &["packages/b/src/index.ts"]),
        ("r", "web/main.ts", &["services/web/main.ts"]),
        ("r", "main.ts", &["services/web/main.ts"]),
        ("r", "/ci/job/main.ts", &[]),
        ("r", "C:\\ci\\packages\\a\\src\\index.ts", &["packages/a/src/index.ts"]),
        ("r", "x.ts", &["lib/src/main/x.ts"]),
        ("r", "Services/Web/Main.ts", &["services/web/main.ts"]),
        ("r", "dist/main.ts", &[]),
        ("r", "../../etc/passwd", &[]),
    ];
    for (report, path, expected) in rows {
        finds(report, path, &monorepo, expected);
    }
}

#[test]
fn modules_of_an_aggregate_are_told_apart_by_their_groups() {
    let group = |name: &str, line: u32| {
        format!(
            r#"<group name="{name}"><package name="x"><sourcefile name="A.java"><line nr="{line}" ci="1"/></sourcefile></package></group>"#
        )
    };
    let text = format!("<report name=\"all\">{}{}{}</report>", group("one", 1), group("two", 2), group("three", 3));
    let tree = ["one/src/main/java/x/A.java", "two/src/main/java/x/A.java"];
    assert_eq!("one/src/main/java/x/A.java 1:1 two/src/main/java/x/A.java 2:1", shown(text.as_bytes(), &tree));
}

#[test]
fn paths_without_files_come_with_a_rewrite_that_helps() {
    let names: Vec<String> = (0..50).map(|number| format!("src/part{number}/file{number}.js")).collect();
    let text: String = names.iter().map(|name| format!("SF:/app/{name}\nDA:1,1\nend_of_record\n")).collect();
    let tree = Tree::new(names.iter().map(|name| format!("services/web/lib/{}", name.trim_start_matches("src/"))).collect());
    let context = Context { tree: &tree, surroundings: &Surroundings::default(), source: &|_| None, is_test: &|_| false };
    let coverage = merge(vec![read(text.as_bytes(), "r").expect("a report")], &context);
    let said = coverage.reports[0].warnings.join("; ");
    assert!(said.contains("the rewrite \"/app/src/\" to \"services/web/lib/\" would resolve 50 of 50"), "{said}");
    assert_eq!(Some("r: none of its 50 paths is a file of the tree"), coverage.distrusted().as_deref());
}

#[test]
fn reports_on_other_revisions_are_not_trusted() {
    let text = "int f() {\n\n  // only a comment\n  return 1;\n}\n";
    let tree: Vec<String> = (0..20).map(|number| format!("f{number}.c")).collect();
    let says = |record: &str, wrong: usize| {
        let report = |number: usize| format!("SF:f{number}.c\n{}end_of_record\n", if number < wrong { record } else { "DA:4,1\n" });
        let report: String = (0..20).map(report).collect();
        let tree = Tree::new(tree.clone());
        let context =
            Context { tree: &tree, surroundings: &Surroundings::default(), source: &|_| Some(text.to_owned()), is_test: &|_| false };
        let coverage = merge(vec![read(report.as_bytes(), "r").expect("a report")], &context);
        let warning = coverage.reports[0].warnings.first().cloned().unwrap_or_default();
        (coverage.totals().lines, coverage.distrusted().is_some(), warning)
    };
    assert_eq!((20, false, String::new()), says("DA:4,1\n", 20));
    let (lines, distrusted, warning) = says("DA:4,1\nDA:90,1\n", 1);
    assert_eq!((20, false), (lines, distrusted), "a line that does not exist does not count");
    assert!(warning.contains("f0.c has 5 lines, the report line 90"), "{warning}");
    assert!(says("DA:3,1\n", 4).1 && says("DA:2,0\n", 4).1 && !says("DA:3,1\n", 2).1);
    // The sums of the line's text and of another.
    assert_eq!((20, false, String::new()), says("DA:4,1,AyL3tppg5Rq1EpN2AqOruw\n", 1));
    let (lines, _, warning) = says("DA:4,1,PlSzzkBSVcLfMDCEkIpn7w\n", 1);
    assert_eq!(19, lines, "{warning}");
}

#[test]
fn functions_that_are_not_where_they_were_betray_another_revision() {
    let text = "def f():\n    return 1\n\n\n\ndef g():\n    return 2\n";
    let java = "class A {\n  int f(\n      int a) {\n    return a;\n  }\n\n\n\n\n  int g() {\n    return 2;\n  }\n}\n";
    let lcov = |records: &str| format!("SF:a.py\n{records}DA:2,1\nend_of_record\n");
    let jacoco = |methods: &str| {
        format!(
            "<report name=\"x\"><package name=\"p\"><class name=\"p/A\" sourcefilename=\"A.java\">{methods}<counter type=\"LINE\"/></class>\
            <class name=\"p/B\" sourcefilename=\"B.java\"><method name=\"g\" desc=\"()V\" line=\"1\"/></class>\
            <sourcefile name=\"A.java\"><line nr=\"4\" mi=\"0\" ci=\"1\" mb=\"0\" cb=\"0\"/></sourcefile></package></report>"
        )
    };
    let method = |name: &str, line: u32| format!("<method name=\"{name}\" desc=\"(I)I\" line=\"{line}\"><counter type=\"LINE\"/></method>");
    let rows = [
        (lcov("FN:6,g\n"), None),
        (lcov("FN:2,g\n"), Some(2)),
        (lcov("FNL:0,1,2\nFNA:0,3,f\nFNL:1,6,7\nFNA:1,0,g\n"), None),
        (lcov("FNL:0,1,2\nFNL:1,2\nFNA:0,3,f\nFNA:1,0,g\n"), Some(2)),
        // Numbers are of one file; a name without a line says nothing.
        (lcov("FNA:1,0,g\n"), None),
        (format!("SF:b.py\nFNL:1,2\nend_of_record\n{}", lcov("FNA:1,0,g\n")), None),
        (jacoco(&(method("&lt;init&gt;", 1) + &method("f", 4) + &method("g", 11))), None),
        (jacoco(&(method("f", 4) + &method("g", 5))), Some(5)),
        (jacoco(&(method("f", 11) + &method("g", 11))), Some(11)),
        // Compilers and annotations made these.
        (jacoco(&(method("f", 4) + &method("getA", 1) + &method("lambda$g$0", 3) + &method("&lt;clinit&gt;", 3))), None),
    ];
    let tree = Tree::new(vec!["a.py".to_owned(), "b.py".to_owned(), "p/A.java".to_owned()]);
    let source = |path: &str| Some(if path.ends_with("java") { java } else { text }.to_owned());
    let context = Context { tree: &tree, surroundings: &Surroundings::default(), source: &source, is_test: &|_| false };
    for (report, expected) in rows {
        let coverage = merge(vec![read(report.as_bytes(), "r").unwrap_or_else(|error| panic!("{error}\n{report}"))], &context);
        let said = coverage.reports[0].warnings.join("; ");
        let words = expected.map(|line| format!("has not the function near line {line} that the report has there"));
        assert_eq!(words.is_some(), said.contains("do not fit"), "{report}: {said}");
        assert!(words.is_none_or(|words| said.contains(&words)), "{report}: {said}");
    }
}

#[test]
fn lines_of_go_that_run_in_part_are_covered_and_told() {
    let text = "package a\n\nfunc f(x int) int {\n\tif x > 0 { return 1 }\n\treturn 0\n}\n";
    let profile = |hits: [u32; 3]| {
        let [test, inner, last] = hits;
        format!("mode: count\na.go:3.19,4.11 1 {test}\na.go:4.11,4.23 1 {inner}\na.go:5.2,5.10 1 {last}\n")
    };
    let partial = |profiles: &[[u32; 3]], text: Option<&str>| {
        let tree = Tree::new(vec!["a.go".to_owned()]);
        let source = |_: &str| text.map(str::to_owned);
        let context = Context { tree: &tree, surroundings: &Surroundings::default(), source: &source, is_test: &|_| false };
        let reports = profiles.iter().map(|hits| read(profile(*hits).as_bytes(), "r").expect("a profile")).collect();
        let coverage = merge(reports, &context);
        let file = coverage.of_file("a.go").expect("known").clone();
        assert_eq!(0, coverage.totals().branches, "a part is no branch");
        let states: String = [4, 5].iter().map(|line| format!("{:?} ", file.state(*line))).collect();
        (in_words(coverage.totals()), states)
    };
    let is = |covered: &str, states: &str| (format!("{covered} 0/0"), format!("{states} "));
    assert_eq!(is("2/2", "InPart Covered"), partial(&[[1, 0, 1]], Some(text)));
    assert_eq!(is("1/2", "Covered Uncovered"), partial(&[[1, 1, 0]], Some(text)));
    assert_eq!(is("0/2", "Uncovered Uncovered"), partial(&[[0, 0, 0]], Some(text)));
    // What one report leaves out another has: nothing of the line is left out, and in whatever order.
    assert_eq!(is("2/2", "Covered Covered"), partial(&[[1, 0, 1], [1, 1, 0]], Some(text)));
    assert_eq!(is("2/2", "Covered Covered"), partial(&[[0, 1, 0], [1, 0, 1]], Some(text)));
    assert_eq!(is("2/2", "InPart Covered"), partial(&[[1, 0, 0], [2, 0, 1]], Some(text)));
    assert_eq!("Covered Covered ", partial(&[[1, 0, 1]], None).1, "without the text nobody knows where a block begins");
}
