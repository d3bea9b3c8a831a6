//! Every number in `fixtures/lang/*.md` is what gate measures. How to read those pages stands at their heads; one helper does.
use std::fmt::Write;

use gate::lang::{self, Language};
use gate::measure::{Dialect, Measured, measure};
use gate::model::{UnitKind, UnitMetric};
use gate::parse::Parser;

const JAVA: &str = include_str!("../fixtures/lang/java.md");
const JAVASCRIPT: &str = include_str!("../fixtures/lang/javascript.md");
const TYPESCRIPT: &str = include_str!("../fixtures/lang/typescript.md");

#[test]
fn java_measures_as_its_page_says() {
    holds(JAVA, "java", ("class T { Object f(int n) {\n", "\n} }"), "T.f");
}

#[test]
fn javascript_measures_as_its_page_says() {
    holds(JAVASCRIPT, "js", ("function f(n) {\n", "\n}"), "f");
}

#[test]
fn typescript_measures_as_its_page_says() {
    holds(TYPESCRIPT, "ts", ("function f(n: number) {\n", "\n}"), "f");
}

/// Checks all statements of a page. Rows of tables are bodies put between `around` and stand for the unit `body_of`.
fn holds(page: &str, extension: &str, around: (&str, &str), body_of: &str) {
    let (mut wrong, mut checked) = (String::new(), 0);
    let (mut columns, mut code, mut fence): (Vec<&str>, String, Option<&str>) = Default::default();
    let mut language = language_of(extension);
    for (number, line) in page.lines().enumerate() {
        let mut expect = |language, code: &str, dialect, unit: &str, what: &str, value: &str| {
            let found = look_up(&measured(code, language, dialect), unit, what);
            checked += 1;
            if found != value {
                writeln!(wrong, "line {}: {unit} {dialect:?} {what}: page says {value}, measured {found}", number + 1).unwrap();
            }
        };
        match (fence, line) {
            (Some(_), "```") => fence = None,
            (Some(_), line) => code = code + line + "\n",
            (None, line) if line.starts_with("```") => {
                let tag = &line[3..];
                (language, code, fence) = (language_of(tag), String::new(), Some(tag));
            }
            (None, line) if line.starts_with("| code") => columns = cells(line),
            (None, line) if line.starts_with("| `") => {
                let row: Vec<_> = cells(line).iter().map(|cell| cell.replace("\\|", "|")).collect();
                let body = format!("{}{}{}", around.0, row[0].trim_matches('`'), around.1);
                for (column, value) in columns.iter().zip(&row).skip(1) {
                    let (dialect, metric) = column_means(column);
                    expect(language_of(extension), &body, dialect, body_of, metric, value);
                }
            }
            (None, line) if line.starts_with("- ") => {
                let (unit, values) = line[2..].split_once(": ").expect("a unit, a colon and its numbers");
                let (unit, dialect) = unit.strip_suffix(" by sonar").map_or((unit, Dialect::Whitepaper), |unit| (unit, Dialect::Sonar));
                match unit {
                    "units" | "executable lines" => expect(language, &code, dialect, "", unit, values),
                    unit => {
                        for (metric, value) in values.split(", ").filter_map(|pair| pair.split_once(' ')) {
                            expect(language, &code, dialect, unit.trim_matches('`'), metric, value);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(checked > 30, "the page was not understood: {checked} numbers");
}

fn language_of(extension: &str) -> &'static Language {
    lang::for_extension(extension).expect("a fence names an extension")
}

/// The cells of a table's row; `\|` is no border.
fn cells(line: &str) -> Vec<&str> {
    line.trim_matches('|').split(" | ").map(str::trim).collect()
}

fn column_means(column: &str) -> (Dialect, &str) {
    match column {
        "cognitive" => (Dialect::Whitepaper, "cognitive_complexity"),
        "by sonar" => (Dialect::Sonar, "cognitive_complexity"),
        metric => (Dialect::Whitepaper, metric),
    }
}

fn measured(code: &str, language: &'static Language, dialect: Dialect) -> Measured {
    measure(&Parser::default().parse(code, language).tree, dialect)
}

fn look_up(measured: &Measured, unit: &str, what: &str) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match what {
        "units" => list(measured.units[1..].iter().map(|unit| format!("`{}`", unit.name)).collect()),
        "executable lines" => list(measured.executable_lines.iter().map(u32::to_string).collect()),
        metric => {
            let metric = UnitMetric::named(metric).unwrap_or_else(|| panic!("no metric {metric}"));
            let named = |found: &&gate::model::Unit| if unit == "file" { found.kind == UnitKind::File } else { found.name == unit };
            measured.units.iter().find(named).map_or("no such unit".to_owned(), |found| found.metrics[metric].to_string())
        }
    }
}

/// Whether every unit's place and name lie where the text has them.
fn named_at(code: &str, extension: &str, expected: &[(&str, &str, &str)]) {
    let measured = measured(code, language_of(extension), Dialect::Whitepaper);
    let text = |at: gate::model::Span| &code[at.start as usize..at.end as usize];
    let found: Vec<_> = measured.units[1..].iter().map(|unit| (unit.name.as_str(), text(unit.name_at), text(unit.at))).collect();
    assert_eq!(found, expected);
}

#[test]
fn units_span_their_declaration_and_point_at_their_name() {
    named_at("@A class B { int c() {} }", "java", &[("B", "B", "@A class B { int c() {} }"), ("B.c", "c", "int c() {}")]);
    named_at("const f = x => x;", "js", &[("f", "f", "f = x => x")]);
    named_at("a.b.c = (function () {});", "js", &[("c", "c", "a.b.c = (function () {})")]);
    named_at("it('does', async () => {});", "js", &[("it", "async () =>", "async () => {}")]);
    named_at("class K { 'p q' = () => 1 }", "ts", &[("K", "K", "class K { 'p q' = () => 1 }"), ("K.p q", "'p q'", "'p q' = () => 1")]);
}

#[test]
fn broken_and_empty_files_are_measured() {
    let looks = |code: &str, extension, metric, value: &str| {
        assert_eq!(look_up(&measured(code, language_of(extension), Dialect::Whitepaper), "file", metric), value, "{code:?}");
    };
    looks("", "java", "lines", "1");
    looks("\n\n", "ts", "ncloc", "0");
    looks("class A { void f() { if (a) { b(); } ", "java", "cognitive_complexity", "1");
    looks("function f() { if (a) { b(; } } function", "js", "functions", "1");
    looks(&"if (a) { ".repeat(300), "js", "ncloc", "1");
    looks(&format!("class {} {{ b() {{}} }}", "é".repeat(3000)), "js", "functions", "1");
    looks(&("class Deeper { ".repeat(200) + &"}".repeat(200)), "java", "classes", "200");
    looks(&"(".repeat(3000), "js", "lines", "1");
}
