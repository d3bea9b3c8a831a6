//! Work grows as a file does: whatever stands side by side in it, twice as much of it takes twice as long; and what is nested twice as deep
//! costs at most twice as much for each node of it.
//!
//! Counted are the looks at nodes and comments, so the test is the same on every machine; they are counted in debug builds only.
#![cfg(debug_assertions)]
use std::collections::HashSet;
use std::sync::Arc;

use gate::check::{FileView, Rule, RuleSet, Scratch};
use gate::lang::{self, Language};
use gate::model::{FileRole, RuleId};
use gate::parse::{Parser, STACK};

/// What is repeated in a file: language, what stands before, what is repeated (`#` is its number), what stands after.
type Shape = (&'static str, &'static str, &'static str, &'static str);

const SHAPES: &[Shape] = &[
    ("java", "class A {", "int f#;", "}"),
    ("java", "class A {", "private int f#;", "}"),
    ("java", "class A { native void n();", "private void m#() { }", "}"),
    ("java", "class A {", "private void m(int# a) { m(); }", "}"),
    ("java", "class A {", "int m#() { int a = 1; a = 2; return this.f#; }", "}"),
    ("java", "class A {", "int a# = 1; void a#() { a#(); a# = a#; }", "}"),
    ("java", "class A { void m() {", "int a# = 1; a# += b;", "} }"),
    ("java", "class A { void m() {", "l#: for (;;) { break l#; }", "} }"),
    ("java", "class A { void m() {", "if (a#) return true; return false;", "} }"),
    ("java", "class A { void m() {", "try { a(); } catch (InterruptedException e) { }", "} }"),
    ("java", "class A { void m() { try { a(); }", "catch (E# e) { throw e; }", "} }"),
    ("java", "class A { void m() { switch (a) {", "case #: b(); c(); d#(); break;", "} } }"),
    ("java", "class A { void m() { switch (a) {", "case #: b();", "} } }"),
    ("java", "class A { void m() { a", ".b(#, \"c\").d(e#)", "; } }"),
    ("java", "class A { int[][] a = {", "{ #, #, #, #, #, #, #, # },", "}; }"),
    ("java", "class A { void m(", "int a#,", "int b) { } }"),
    ("java", "class A { Object o = Map.of(", "\"#\", b,", "1, 2); }"),
    ("java", "", "import a.B#;", "class A { }"),
    ("java", "", "/** See {@link B#}. */ // gate:allow todo-comment -- for now", "class A { }"),
    ("java", "class A {", "// gate:allow todo-comment -- for now\n", "int a; }"),
    ("java", "class A {", "int a#; // gate:allow unused-private-member -- for now\n", "}"),
    ("java", "class A {", "@SuppressWarnings(\"unused\") private int a#;", "}"),
    ("java", "", "class A# { boolean equals(A# o) { return a == a; } }", ""),
    ("javascript", "", "a;b;", ""),
    ("javascript", "", "a.b#; // word #\n", ""),
    ("javascript", "", "let a# = 1; a# - a#;", ""),
    ("javascript", "", "var a = #; f(a);", ""),
    ("javascript", "var", "a# = 1,", "b; b - b;"),
    ("javascript", "function f() { const {", "a#,", "...b } = c; return b; }"),
    ("javascript", "function f() { const [", "a#,", "b] = c; return b; }"),
    ("javascript", "function f(", "a#, a#,", "b) { return arguments; }"),
    ("javascript", "import {", "a#,", "b } from 'c';"),
    ("javascript", "", "import a# from 'a#'; /** @see {a#} */", ""),
    ("javascript", "", "import React from 'a#';", "<a/>;"),
    ("javascript", "switch (a) {", "case #: b(); c(); d(#); break;", "}"),
    ("javascript", "switch (a) {", "case b: break;", "}"),
    ("javascript", "switch (a) {", "case #: b();", "}"),
    ("javascript", "a = {", "b#: 1, c: 2,", "};"),
    ("javascript", "a = [", "#, , 'b#',", "];"),
    ("javascript", "class A {", "x#; m#() { this.x#; }", "}"),
    ("javascript", "", "function f#() { return f#; } f#.b = f#.b;", ""),
    ("javascript", "", "l#: for (;;) { continue l#; }", ""),
    ("javascript", "", "if (a#) { b(); } else if (c#) { b(); }", ""),
    ("javascript", "", "x.map(function (a#) { if (a#) { return; } b(); });", ""),
    ("javascript", "", "/* eslint-disable */ a == b; /* eslint-enable */", ""),
    ("javascript", "", "`a#${b}`; /c#/g; a ? b : b;", ""),
    ("javascript", "", "<a href='b#' target='_blank'>c</a>;", ""),
    ("typescript", "", "interface A# { a: string; b(c: number): void; }", ""),
    ("typescript", "class A {", "private a#: number; private b#() { }", "}"),
    ("typescript", "type A =", "'a#' |", "'b';"),
    ("typescript", "", "export const a# = (b: number): b is 1 => b as any;", ""),
    ("typescript", "enum A {", "A# = #,", "}"),
];

/// What is nested in itself: language, what stands before, what each level (`#`) begins with, what stands in the innermost, what each
/// level ends with, what stands after. Each level has neighbours of its own.
type Nest = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const NESTS: &[Nest] = &[
    ("java", "class A { void m() {", "{ int b# = 1; a(b#);", "", "c(b#); }", "} }"),
    ("java", "class A { void m() {", "a(); int b# = 1; if (b# > c) { d(b#);", "", "e(); } f(b#);", "} }"),
    ("java", "class A { int m() {", "if (a#) { b(); return #; } else", "{ c(); return 0; }", "", "} }"),
    ("java", "class A { int m() {", "if (a#) { b(); return #; } else { d(); int e# = 1;", "", "return e#; }", "} }"),
    ("java", "class A { void m() {", "for (int i# = 0; i# < 3; i#++) { a(i#); if (b) continue;", "", "d(); }", "} }"),
    ("java", "class A { void m() {", "l#: while (a#) { b(); c#();", "", "d(); if (e) break l#; }", "} }"),
    ("java", "class A { void m() {", "try { a(); b#();", "", "c(); } catch (Exception e#) { d(e#); } finally { f(); }", "} }"),
    ("java", "class A { void m() {", "switch (a#) { case 1: b(); break; case 2: c();", "", "d(); break; default: e(); }", "} }"),
    ("java", "class A { void m() {", "synchronized (a#) { b(); c();", "", "d(); }", "} }"),
    ("java", "", "class B# { private int f#; void m#() { a(); f# = 1; }", "", "private void n#() { b(f#); } }", ""),
    ("java", "class A { void m() {", "new B() { int f#; void m#() { a(); b(f#);", "", "c(); } };", "} }"),
    ("java", "class A { void m() {", "a(() -> { b(); int c# = 1; d(c#);", "", "e(c#); });", "} }"),
    ("java", "class A { Object o =", "f(a#, b(1), ", "c", ", d, e())", "; }"),
    ("java", "class A { Object o =", "new Object[] { 1, a#, ", "b", ", \"c\" }", "; }"),
    ("java", "class A { int o =", "(a# + b * (", "c", ") - d)", "; }"),
    ("java", "class A { boolean o =", "(a# && b || !", "c", " && d)", "; }"),
    ("java", "class A { int o =", "a# ? b() : c == 1 ? d : (", "e", ")", "; }"),
    ("javascript", "", "{ let b# = 1; a(b#);", "", "c(b#); }", ""),
    ("javascript", "", "a(); var b# = 1; if (b# > c) { d(b#);", "", "e(); } f(b#);", ""),
    ("javascript", "", "if (a#) { b(); } else", "{ c(); }", "", ""),
    ("javascript", "", "for (const i# of a#) { b(i#); if (c) continue;", "", "d(); }", ""),
    ("javascript", "", "l#: while (a#) { b(); c#();", "", "d(); if (e) break l#; }", ""),
    ("javascript", "", "try { a(); b#();", "", "c(); } catch (e#) { d(e#); } finally { f(); }", ""),
    ("javascript", "", "switch (a#) { case 1: b(); break; case 2: c();", "", "d(); break; default: e(); }", ""),
    ("javascript", "", "function f#(a#, b) { let c = a#; g(c);", "", "return c; }", ""),
    ("javascript", "", "f(a#, (b#) => { c(b#); let d# = 1;", "", "return d#; });", ""),
    ("javascript", "", "x.map(function (a#) { if (a#) { return; } b();", "", "c(); });", ""),
    ("javascript", "x =", "{ a#: 1, b: [2, 3], c: ", "4", ", d: f(), e() { return 1; } }", ";"),
    ("javascript", "x =", "class A# { x# = 1; m() { this.x#(); return", "1", "; } n() { return 2; } }", ";"),
    ("javascript", "x =", "[1, a#, ", "b", ", 'c', d()]", ";"),
    ("javascript", "x =", "f(a#, 1, ", "b", ", c())", ";"),
    ("javascript", "x =", "a#().then(b).then(", "c", ").catch(d => { e(d); })", ";"),
    ("javascript", "x =", "<a b={c#}><d/>e", "f", "{g}</a>", ";"),
    ("javascript", "x =", "`a ${b#} c ${", "1", "} d`", ";"),
    ("javascript", "x =", "a# ? b() : c === 1 ? d : (", "e", ")", ";"),
    ("javascript", "x =", "(a# && b || !", "c", " && d)", ";"),
    ("javascript", "x =", "async () => { await a#(); return", "1", "; }", ";"),
    ("typescript", "type A =", "{ a#: string; b: number[]; c:", "1", "; d(): void }", ";"),
    ("typescript", "", "namespace A# { const b# = 1; export function f#() { return b#; }", "", "type C# = 1; }", ""),
    ("typescript", "type A =", "B<string, C#,", "1", ", number>", ";"),
    ("typescript", "type A =", "B extends C# ? 1 : (", "2", ")", ";"),
    ("typescript", "const a =", "(b# as any as", "c", ")", ";"),
];

struct Rules {
    all: Vec<Arc<Rule>>,
    known: Arc<HashSet<String>>,
}

fn rules() -> Rules {
    let entries = gate::catalog::builtin().expect("rules");
    let rule = |(place, entry): (usize, &gate::catalog::Entry)| {
        entry.rule_with(RuleId(place as u16), entry.header.defaults().expect("defaults")).expect("a rule")
    };
    Rules { all: entries.iter().enumerate().map(rule).collect(), known: Arc::new(entries.iter().map(|entry| entry.id.clone()).collect()) }
}

/// Looks at nodes while one text is measured and checked by all rules.
fn steps(text: &str, language: &'static Language, set: &RuleSet) -> u64 {
    let parsed = Parser::default().parse(text, language);
    let measured = gate::measure::measure(&parsed.tree, Default::default());
    let view = FileView::new(&parsed.tree, &measured.units, FileRole::Main);
    set.check(&parsed, &view, &mut Scratch::default());
    parsed.tree.steps()
}

/// What the second half of a file costs more than twice its first half, in thousandths.
fn excess(of: &dyn Fn(usize) -> u64, count: usize) -> i64 {
    let [once, twice, four] = [1, 2, 4].map(|times| of(count * times) as i64);
    let (first, second) = (2 * (twice - once), four - twice);
    1000 * (second - first) / first.max(1)
}

fn repeated(&(_, before, part, after): &Shape, count: usize) -> String {
    let parts = (0..count).map(|number| part.replace('#', &number.to_string()) + "\n");
    format!("{before}\n{}{after}\n", parts.collect::<String>())
}

/// On a thread with the stack that gate works with.
fn on_stack(test: fn()) {
    std::thread::Builder::new().stack_size(STACK).spawn(test).expect("a thread").join().expect("no panic");
}

/// In thousandths: what logarithms and buffers make of it.
const EXCESS_AT_MOST: i64 = 50;

/// Up to a hundred private members of one name are told apart by each use of the name; examples bring one of theirs each time.
const BOUNDED: &[&str] = &["unused-private-member"];

/// What of a text repeated `count` times and more costs too much, with the rules that it costs most.
fn costly(text: &dyn Fn(usize) -> String, count: usize, language: &'static Language, rules: &Rules, set: &RuleSet) -> Option<String> {
    // A rule may begin to look at nodes when a file has so many words that those of the rule may be among them: that happens once.
    let always = |set: &RuleSet| {
        let of = |count| excess(&|count| steps(&text(count), language, set), count);
        if of(count) > EXCESS_AT_MOST { of(2 * count) } else { 0 }
    };
    if always(set) <= EXCESS_AT_MOST {
        return None;
    }
    let alone = |rule: &Arc<Rule>| {
        let set = RuleSet::new(std::slice::from_ref(rule), &rules.known, language);
        (always(&set), rule.name.clone())
    };
    let mut by_rule: Vec<(i64, String)> = rules.all.iter().map(alone).filter(|(excess, _)| *excess > EXCESS_AT_MOST).collect();
    by_rule.sort_by(|one, other| other.cmp(one));
    by_rule.retain(|(_, name)| !BOUNDED.contains(&name.as_str()));
    (!by_rule.is_empty()).then(|| format!("{by_rule:?} in\n{}", text(1)))
}

#[test]
fn what_stands_side_by_side_costs_no_more_for_its_neighbours() {
    on_stack(|| {
        let rules = rules();
        let mut found = Vec::new();
        for language in lang::ALL {
            let set = RuleSet::new(&rules.all, &rules.known, language);
            let shapes = SHAPES.iter().filter(|shape| shape.0 == language.name);
            found.extend(shapes.filter_map(|shape| costly(&|count| repeated(shape, count), 150, language, &rules, &set)));
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    });
}

fn nested(&(_, before, open, inner, close, after): &Nest, depth: usize) -> String {
    let level = |part: &str, number: usize| part.replace('#', &number.to_string()) + "\n";
    let opens: String = (0..depth).map(|number| level(open, number)).collect();
    let closes: String = (0..depth).rev().map(|number| level(close, number)).collect();
    format!("{before}\n{opens}{inner}\n{closes}{after}\n")
}

const DEPTH: usize = 60;

/// How much more a node costs when all is nested twice as deep, in thousandths: in what is nested so deep, and twice as deep.
fn growth(nest: &Nest, language: &'static Language, set: &RuleSet) -> u64 {
    let cost = |depth: usize| {
        let text = nested(nest, depth);
        1000 * steps(&text, language, set) / Parser::default().parse(&text, language).tree.len() as u64
    };
    let [once, twice, four] = [1, 2, 4].map(|times| cost(DEPTH * times));
    (1000 * twice / once).min(1000 * four / twice)
}

/// In thousandths.
const GROWTH_AT_MOST: u64 = 2100;

#[test]
fn what_is_nested_deeper_costs_no_more_than_its_depth() {
    on_stack(|| {
        let rules = rules();
        let mut found = Vec::new();
        for language in lang::ALL {
            let set = RuleSet::new(&rules.all, &rules.known, language);
            for nest in NESTS.iter().filter(|nest| nest.0 == language.name) {
                let all = growth(nest, language, &set);
                let alone = |rule: &Arc<Rule>| growth(nest, language, &RuleSet::new(std::slice::from_ref(rule), &rules.known, language));
                let by_rule = rules.all.iter().map(|rule| (alone(rule), &rule.name)).filter(|(grown, _)| *grown > GROWTH_AT_MOST);
                if all > GROWTH_AT_MOST {
                    found.push(format!("{all} {:?} in\n{}", by_rule.collect::<Vec<_>>(), nested(nest, 2)));
                }
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    });
}

/// Every example of every rule, over and over.
#[test]
fn code_full_of_findings_costs_no_more_for_each() {
    on_stack(|| {
        let rules = rules();
        let entries = gate::catalog::builtin().expect("rules");
        let examples: Vec<_> = entries.iter().flat_map(|entry| entry.examples().expect("examples")).collect();
        let mut found = Vec::new();
        for language in lang::ALL {
            let set = RuleSet::new(&rules.all, &rules.known, language);
            for example in examples.iter().filter(|example| example.language.is_some_and(|own| own.name == language.name)) {
                let code = example.code.clone() + "\n";
                found.extend(costly(&|count| code.repeat(count), 10, language, &rules, &set));
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    });
}
