//! Coverage at its boundary: real reports with known totals, hostile ones with what is said of them, and what holds for any.
mod believed;
mod paths;
mod trust;

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
    let rows: [(&[u8], &str); 17] = [
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
        (b"\x7f\x02\x10\xff hello", "it is binary"),
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
    // Nothing is expanded: the entity stands in an attribute that is not read, and there is nothing else.
    let error = report("adversarial/billion-laughs.xml").expect_err("entities").to_string();
    assert!(error.contains("tells of no file"), "{error}");
}

#[test]
fn what_tells_of_no_file_is_no_knowledge() {
    let none = [
        "mode: set\n",
        "TN:\n# nothing\n",
        "<report name=\"x\"><sessioninfo id=\"a\" dump=\"1\"/></report>",
        "<coverage line-rate=\"0\"><packages/></coverage>",
        "<coverage clover=\"3\"><project/></coverage>",
        "<coverage version=\"1\"><file path=\"\"/></coverage>",
        "{\"meta\":{\"format\":3},\"files\":{},\"totals\":{}}",
        "{\"gcc_version\":\"12\",\"files\":[]}",
        "{\"RSpec\":{\"coverage\":{},\"timestamp\":1}}",
    ];
    for text in none {
        let error = read(text.as_bytes(), "r").expect_err(text).to_string();
        assert!(error.contains("tells of no file"), "{text}: {error}");
    }
    let without_lines = read(none[2].as_bytes(), "r").expect_err("no lines").to_string();
    assert!(without_lines.contains("compile with debug information"), "{without_lines}");
    // A file of which nothing can be run is another matter.
    for text in ["SF:a.c\nend_of_record\n", "mode: set\na.go:1.1,2.2 0 0\n", "<coverage version=\"1\"><file path=\"a.c\"/></coverage>"] {
        let coverage = merged(vec![read(text.as_bytes(), "r").unwrap_or_else(|error| panic!("{text}: {error}"))], &source);
        assert_eq!(0, coverage.totals().lines, "{text}");
    }
}

/// The merged coverage of one report by a tree, in one line: `path 1:3 2:0 7:1/2`.
fn shown(text: &[u8], tree: &[&str]) -> String {
    let report = read(text, "report").unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(text)));
    let tree = Tree::new(tree.iter().map(|path| path.to_string()).collect());
    let context = Context { tree: &tree, surroundings: &Surroundings::default(), source: &|_| None, is_test: &|_| false };
    let mut words = Vec::new();
    for (path, file) in merge(vec![report], &context).files {
        words.push(path);
        words.extend(file.lines.iter().map(|row| format!("{}:{}", row.line, row.hits)));
        words.extend(file.branches.iter().map(|row| format!("{}:{}/{}", row.line, row.covered, row.total)));
    }
    words.join(" ")
}

fn reads(text: &str, expected: &str) {
    assert_eq!(expected, shown(text.as_bytes(), &["a.c", "a/b.c", "g/a.go"]), "{text}");
}

#[test]
fn records_of_lcov_mean_what_their_tools_mean() {
    let file = |records: &str| format!("TN:\nSF:a.c\n{records}end_of_record\n");
    let rows = [
        ("DA:3,1\n", "a.c 3:1"),
        ("DA:3,1\r\nDA:2,0\r\n", "a.c 2:0 3:1"),
        ("DA:3,18446744073709551616\n", "a.c 3:4294967295"),
        ("DA:3,-1\nDA:4,1e3,PlSzzkBSVcLfMDCEkIpn7w\n", "a.c 3:0 4:1000"),
        ("DA:0,1\nDA:99999999999,1\nDA:5,=\nDA:6,undefined\nDA:7,NaN\nDA:8,1\n", "a.c 8:1"),
        ("BRDA:2,0,0,1\nBRDA:2,0,1,-\nBRDA:2,0,2,0\n", "a.c 2:1/3"),
        ("BRDA:2,e0,0,1\nBRDA:2,f0,1,0\nBRDA:2,U0,2,-\n", "a.c 2:1/2"),
        ("BRDA:2,0,x < y, z,4\nBRDA:2,0,jump to line 4,-\n", "a.c 2:1/2"),
        ("BRDA:2,0,0,1\nBRDA:2,1,0,0\nBRDA:2,0,0,0\n", "a.c 2:1/2"),
        ("FNL:0,1,9\nFNA:0,3,f\nMCDC:2,2,t,1,0,a\nDA:1,1\nMCF:2\n", "a.c 1:1"),
        ("NEW:1,2\n# a comment\nDA:1,1\n", "a.c 1:1"),
        ("DA:1,1\nend_of_record\nSF:a.c\nDA:1,0\nDA:2,4\n", "a.c 1:1 2:4"),
        ("", "a.c"),
    ];
    for (records, expected) in rows {
        reads(&file(records), expected);
    }
    let latin = [&b"SF:\xe9.c\nDA:1,1\nend_of_record\n"[..], file("DA:2,1\n").as_bytes()].concat();
    assert_eq!("a.c 2:1", shown(&latin, &["a.c"]));
    let many = file(&"DA:x,1\n".repeat(20));
    assert!(read(many.as_bytes(), "r").is_err_and(|error| error.to_string().contains("20 bad records")));
}

#[test]
fn xml_reports_mean_what_their_tools_mean() {
    let rows = [
        // No line for a method's own lines where the class has some.
        (
            r#"<coverage line-rate="1"><packages><class filename="a.c"><methods><method><lines><line number="1" hits="1"/></lines></method></methods><lines><line number="2" hits="3"/></lines></class></packages></coverage>"#,
            "a.c 2:3",
        ),
        (
            r#"<coverage line-rate="1"><packages><class filename="a.c"><methods><method><lines><line number="1" hits="1"/></lines></method></methods><lines/></class></packages></coverage>"#,
            "a.c 1:1",
        ),
        (
            r#"<coverage line-rate="NaN"><packages><class filename="a.c"><methods/><lines><line number="1" hits="2.0" branch="True" condition-coverage="33,3% (1/3)"/><line number="undefined" hits="1"/></lines></class><class filename="a.c"><lines><line number="1" hits="0"/></lines></class></packages></coverage>"#,
            "a.c 1:2 1:1/3",
        ),
        (
            r#"<coverage clover="3"><project><file name="a.c"><line num="1" type="cond" truecount="4" falsecount="0"/><line num="2" type="method" count="1"/></file></project></coverage>"#,
            "a.c 1:4 1:1/2",
        ),
        (
            r#"<coverage clover="3"><project><file path="a.c"><line num="1" count="1" type="cond" truecount="2" falsecount="1"/></file></project></coverage>"#,
            "a.c 1:1 1:2/3",
        ),
        (
            r#"<coverage generated="1"><project><file name="a.c"><line num="2" type="method" count="1"/></file></project></coverage>"#,
            "a.c 2:1",
        ),
        (
            r#"<coverage version="1"><file path="a.c"><lineToCover lineNumber="1" covered="true" branchesToCover="2" coveredBranches="1"/><lineToCover lineNumber="2" covered="false"/><lineToCover lineNumber="3" covered="true" branchesToCover="1" coveredBranches="2"/></file></coverage>"#,
            "a.c 1:1 2:0 3:1 1:1/2",
        ),
        (
            r#"<report name="x"><group name="g"><package name="a"><class name="C"/><sourcefile name="b.c"><line nr="1" ci="9"/><line mb="1" cb="1" nr='2' mi="0" ci="2"/><line nr="3" mi="0" ci="0" mb="0" cb="0"/><line nr="4" mi="2" ci="0" mb="40000000000" cb="0"/></sourcefile></package></group></report>"#,
            "a/b.c 1:1 2:1 4:0 2:1/2 4:0/65535",
        ),
        (
            r#"<report><package name="a"><class name="C"><!-- </class> --><method/></class><sourcefile name="b.c"><line nr="1" mi="0" ci="1" mb="0" cb="0"/></sourcefile></package></report>"#,
            "a/b.c 1:1",
        ),
    ];
    for (text, expected) in rows {
        reads(text, expected);
    }
}

#[test]
fn json_and_text_reports_mean_what_their_tools_mean() {
    let rows = [
        (
            r#"{"a.c":{"path":"a.c","all":true,"statementMap":{"0":{"start":{"line":1,"column":2}},"1":{"start":{"line":2,"column":null}}},"s":{"1":3,"0":null},"branchMap":{},"b":{}}}"#,
            "a.c 1:0 2:3",
        ),
        (
            r#"{"a.c":{"data":{"path":"a.c","statementMap":{"0":{"start":{"line":1,"column":2}}},"s":{"0":1},"branchMap":{"0":{"type":"if","line":1,"loc":{"start":{"line":1,"column":2},"end":{}},"locations":[{"start":{},"end":{}}]}},"b":{"0":[1,0]}}}}"#,
            "a.c 1:1 1:1/2",
        ),
        // V8's ranges: no branches.
        (
            r#"{"a.c":{"statementMap":{"0":{"start":{"line":1,"column":0}}},"s":{"0":1},"branchMap":{"0":{"line":1}},"b":{"0":[1]}}}"#,
            "a.c 1:1",
        ),
        (
            r#"{"meta":{"format":3},"files":{"a.c":{"executed_lines":[1,2],"missing_lines":[4],"executed_branches":[[1,2]],"missing_branches":[[1,-1]],"contexts":{"1":["x"]}}},"totals":{}}"#,
            "a.c 1:1 2:1 4:0 1:1/2",
        ),
        (
            r#"{"data":[{"files":[{"branches":[[2,3,2,8,1,0,0,0,4]],"expansions":[],"filename":"a.c","segments":[[1,10,4,true,true,false],[3,1,0,true,true,false],[4,2,4,true,false,false],[6,2,0,false,false,false]]}],"functions":[{"name":"f"}]}],"type":"llvm.coverage.json.export","version":"2.0.1"}"#,
            "a.c 1:4 2:4 3:4 4:0 5:4 6:4 2:1/2",
        ),
        (
            r#"{"RSpec":{"coverage":{"/x/a/b.c":{"lines":[null,1,0,"ignored"],"branches":{"[:if, 0, 2, 4, 7, 7]":{"[:then, 1, 2, 4, 2, 8]":1,"[:else, 2, 2, 4, 7, 7]":0}}}},"timestamp":1}}"#,
            "a/b.c 2:1 3:0 2:1/2",
        ),
        (r#"{"RSpec":{"coverage":{"/x/a/b.c":[null,1,0]},"timestamp":1}}"#, "a/b.c 2:1 3:0"),
        (
            r#"{"meta":{"simplecov_version":"0.21"},"coverage":{"/x/a/b.c":{"lines":[1,null],"branches":[{"type":"then","start_line":1,"coverage":1},{"type":"else","start_line":1,"coverage":0}]}},"groups":{}}"#,
            "a/b.c 1:1 1:1/2",
        ),
        (
            r#"{"gcc_version":"12","files":[{"file":"a.c","lines":[{"line_number":1,"count":2,"branches":[{"count":2,"throw":false},{"count":0}]},{"line_number":1,"count":0,"branches":[{"count":0},{"count":1}]}]}],"format_version":"1"}"#,
            "a.c 1:2 1:2/2",
        ),
        (
            r#"{"gcovr/format_version":"0.5","files":[{"file":"a.c","lines":[{"line_number":1,"count":2.0,"gcovr/noncode":true},{"line_number":2,"count":1e10,"branches":[]}]}]}"#,
            "a.c 2:4294967295",
        ),
        ("mode: count\r\na.go:1.2,3.4 2 7\r\nmode: count\na.go:1.2,3.4 2 9\na.go:5.1,6.2 0 0\n", "g/a.go 1:9 2:9 3:9"),
        ("mode: set\nC:\\x\\g\\a.go:1.2,2.2 1 0\n", "g/a.go 1:0"),
    ];
    for (text, expected) in rows {
        reads(text, expected);
    }
}
