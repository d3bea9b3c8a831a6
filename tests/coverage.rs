//! Coverage at its boundary: real reports with known totals, hostile ones with what is said of them, and what holds for any.
use gate::coverage::{Context, Parsed, Refused, Surroundings, Tree, merge, read};
use gate::model::{Coverage, Covered};

const FOLDER: &str = "fixtures/coverage";

/// The project files beside the reports.
const SOURCES: &[&str] = &[
    "cpp/src/main.cpp",
    "cpp/src/tpl.h",
    "go/calc/calc.go",
    "go/go.mod",
    "go/util/util.go",
    "java-jacoco/lib/src/main/java/com/example/util/Calc.java",
    "java-jacoco/lib/src/main/java/com/example/util/Helper.java",
    "js/src/shape.js",
    "python/src/shop/__init__.py",
    "python/src/shop/cart.py",
    "python/src/shop/unused.py",
];

fn report(name: &str) -> Result<Parsed, Refused> {
    let bytes = std::fs::read(format!("{FOLDER}/{name}")).unwrap_or_else(|error| panic!("{name}: {error}"));
    read(&bytes[..], name)
}

fn source(path: &str) -> Option<String> {
    std::fs::read_to_string(format!("{FOLDER}/{path}")).ok()
}

fn merged(reports: Vec<Parsed>, source: &dyn Fn(&str) -> Option<String>) -> Coverage {
    let tree = Tree::new(SOURCES.iter().map(|path| path.to_string()).collect());
    merge(reports, &Context { tree: &tree, surroundings: &Surroundings::default(), source, is_test: &|_| false })
}

/// `21/27 14/19`, lines and branches; `10..16/19` where it cannot be said how many branches are covered.
fn in_words(sum: Covered) -> String {
    let Covered { lines, covered_lines, branches, covered_branches, covered_branches_at_most: most } = sum;
    let most = if most > covered_branches { format!("..{most}") } else { String::new() };
    format!("{covered_lines}/{lines} {covered_branches}{most}/{branches}")
}

fn sums_to(names: &str, expected: &str) {
    let reports: Vec<Parsed> = names.split(' ').map(|name| report(name).unwrap_or_else(|error| panic!("{name}: {error}"))).collect();
    let coverage = merged(reports, &source);
    assert_eq!(
        (expected, None),
        (in_words(coverage.totals()).as_str(), coverage.distrusted().as_deref()),
        "{names}: {:?}",
        coverage.reports
    );
}

#[test]
fn real_reports_have_their_known_totals() {
    let rows = [
        ("java-jacoco/reports/lib-unit.xml", "16/27 9/19"),
        ("java-jacoco/reports/lib-it.xml", "15/27 7/19"),
        ("java-jacoco/reports/lib-merged-truth.xml", "21/27 14/19"),
        ("python/reports/a.xml", "24/32 8/14"),
        ("python/reports/a.json", "24/32 8/14"),
        ("python/reports/a.lcov", "24/32 8/14"),
        ("python/reports/b.xml", "23/32 8/14"),
        ("python/reports/b.json", "23/32 8/14"),
        ("python/reports/b.lcov", "23/32 8/14"),
        ("python/reports/truth.xml", "26/32 10/14"),
        ("python/reports/truth.json", "26/32 10/14"),
        ("python/reports/truth.lcov", "26/32 10/14"),
        ("js/reports/nyc-a/coverage-final.json", "10/16 5/14"),
        ("js/reports/nyc-a/lcov.info", "10/16 5/14"),
        ("js/reports/nyc-a/cobertura-coverage.xml", "10/16 4/13"),
        ("js/reports/nyc-a/clover.xml", "10/16 4/13"),
        ("js/reports/nyc-b/coverage-final.json", "11/16 10/14"),
        ("js/reports/nyc-b/lcov.info", "11/16 10/14"),
        ("js/reports/nyc-b/cobertura-coverage.xml", "11/16 9/13"),
        ("js/reports/nyc-b/clover.xml", "11/16 9/13"),
        ("js/reports/nyc-truth/coverage-final.json", "15/16 12/14"),
        ("js/reports/nyc-truth/lcov.info", "15/16 12/14"),
        ("js/reports/nyc-truth/cobertura-coverage.xml", "15/16 11/13"),
        ("js/reports/nyc-truth/clover.xml", "15/16 11/13"),
        ("go/reports/set.out", "9/17 0/0"),
        ("go/reports/count.out", "9/17 0/0"),
        ("cpp/reports/lcov1.info", "19/19 17/22"),
        ("cpp/reports/gcovr-cobertura.xml", "19/19 17/22"),
        ("adversarial/jacoco.xml.gz", "16/27 9/19"),
        ("adversarial/jacoco-bom.xml", "16/27 9/19"),
    ];
    for (name, expected) in rows {
        sums_to(name, expected);
    }
}

#[test]
fn shards_come_as_near_to_the_truth_as_their_formats_allow() {
    let rows = [
        ("java-jacoco/reports/lib-unit.xml java-jacoco/reports/lib-it.xml", "21/27 10..16/19"),
        ("java-jacoco/reports/lib-it.xml java-jacoco/reports/lib-unit.xml java-jacoco/reports/lib-it.xml", "21/27 10..16/19"),
        ("python/reports/a.json python/reports/b.json", "26/32 10/14"),
        ("python/reports/a.lcov python/reports/b.lcov", "26/32 10/14"),
        ("python/reports/a.xml python/reports/b.xml", "26/32 10/14"),
        ("js/reports/nyc-a/lcov.info js/reports/nyc-b/lcov.info", "15/16 12/14"),
        ("js/reports/nyc-a/coverage-final.json js/reports/nyc-b/coverage-final.json", "15/16 12/14"),
        ("js/reports/nyc-a/cobertura-coverage.xml js/reports/nyc-b/cobertura-coverage.xml", "15/16 9..11/13"),
        ("js/reports/nyc-a/clover.xml js/reports/nyc-b/clover.xml", "15/16 9..11/13"),
        ("go/reports/set.out go/reports/count.out", "9/17 0/0"),
        ("java-jacoco/reports/lib-unit.xml js/reports/nyc-a/lcov.info python/reports/a.json", "50/75 22/47"),
    ];
    for (names, expected) in rows {
        sums_to(names, expected);
    }
}

#[test]
fn without_sources_go_lines_are_those_of_whole_blocks() {
    let coverage = merged(vec![report("go/reports/set.out").expect("a report")], &|path| source(path).filter(|_| path.ends_with("go.mod")));
    assert_eq!("15/29 0/0", in_words(coverage.totals()));
}

#[test]
fn what_is_no_report_is_refused_with_advice() {
    let rows: [(&[u8], &str); 16] = [
        (b"", "is empty"),
        (b"\x01\xc0\xc0\x10\x07", "jacococli report"),
        (b"SQLite format 3\0abc", "coverage json"),
        (b"\0cvm\0\0", "go tool covdata textfmt"),
        (b"<!DOCTYPE html><html><body>502</body></html>", "HTML page"),
        (b"<html><body>502</body></html>", "HTML page"),
        (b"        -:    0:Source:a.c\n", "gcov --json-format"),
        (b"{\"result\":[{\"scriptId\":\"1\",\"functions\":[]}]}", "c8 report"),
        (b"<CoverageSession/>", "dotnet-coverage"),
        (b"<scoverage/>", "Cobertura"),
        (b"<project/>", "root element is `project`"),
        (b"{\"a\":1,\"b\":2}", "first keys are `a`, `b`"),
        (b"[1,2]", "is a list"),
        (b"hello", "begins with \"hello\""),
        (b"\x1f\x8b\x08\x00garbage", "cannot be read"),
        (b"\x7fELF", "no coverage report"),
    ];
    for (bytes, expected) in rows {
        let error = read(bytes, "x").expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn what_is_not_whole_or_hostile_is_refused() {
    let rows = [
        ("truncated-between-tags.xml", "ends too early"),
        ("truncated-in-tag.xml", "ends too early"),
        ("empty.xml", "is empty"),
        ("html-error-page.xml", "HTML page"),
        ("lcov-weird.info", "ends too early"),
    ];
    for (name, expected) in rows {
        let error = report(&format!("adversarial/{name}")).expect_err(name).to_string();
        assert!(error.contains(expected), "{name}: {error}");
    }
    // Nothing is expanded: the entity stands in an attribute that is not read.
    assert!(report("adversarial/billion-laughs.xml").is_ok_and(|parsed| parsed.name.ends_with("laughs.xml")));
}
