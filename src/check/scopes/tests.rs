//! Which uses belong to which declarations, as tables of snippets.
use super::*;
use crate::lang;
use crate::parse::Parser;

/// Each use of a name as `line:name>line of its declaration` (`?` if nothing declares it), reads bare, others with their access.
fn uses(language: &str, text: &str, expected: &[&str]) {
    let file = Parser::default().parse(text, lang::named(language).expect("a language"));
    assert!(!file.tree.has_errors, "{text}");
    let scopes = Scopes::of(&file.tree);
    let shown: Vec<String> = scopes
        .references
        .iter()
        .map(|reference| {
            let node = file.tree.node(reference.node);
            let declared = scopes.symbol(reference.symbol).map_or("?".to_owned(), |symbol| scopes.declaration(symbol).line().to_string());
            let access = if reference.access == Access::Read { String::new() } else { format!(" {:?}", reference.access) };
            format!("{}:{}>{declared}{access}", node.line(), node.text())
        })
        .collect();
    assert_eq!(expected, shown, "{text}");
}

/// The names captured by inner functions, in the order of their declarations.
fn captured(language: &str, text: &str, expected: &[&str]) {
    let file = Parser::default().parse(text, lang::named(language).expect("a language"));
    let scopes = Scopes::of(&file.tree);
    let names: Vec<&str> = scopes.symbols.iter().filter(|symbol| symbol.captured).map(|symbol| scopes.declaration(symbol).text()).collect();
    assert_eq!(expected, names, "{text}");
}

#[test]
fn java_resolves_names_by_scope_and_name_space() {
    let all: &[(&str, &[&str])] = &[
        ("class A {\n int a;\n void m(int a) {\n a = a; }\n int n() {\n return a; } }", &["4:a>3 Write", "4:a>3", "6:a>2"]),
        (
            "class A { void m() {\n int a = 1;\n a++; f(a++);\n a += 2; } }",
            &["2:a>2 Initial", "3:a>2 Update", "3:f>?", "3:a>2 ReadWrite", "4:a>2 Update"],
        ),
        (
            "class A { void m() { for (int i = 0;\n i < 1;\n i++) {}\n i = 1; } }",
            &["1:i>1 Initial", "2:i>1", "3:i>1 Update", "4:i>? Write"],
        ),
        ("import a.List;\nclass A {\n List l(List.X List) {\n return List; } }", &["3:List>1", "3:List>1", "4:List>3"]),
        ("import a.B;\n@X(B.class) class A<T extends\n B> {\n B b; class B {} }", &["2:X>?", "2:B>1", "3:B>1", "4:B>4"]),
        ("import static a.b.c;\nclass A { int m() {\n c(); return c; } }", &["3:c>1", "3:c>1"]),
        ("class A { void m(Object o) {\n if (o instanceof B b) {\n b.c(); } } }", &["1:Object>?", "2:o>1", "2:B>?", "3:b>2"]),
        ("class A { int m() {\n int v = f;\n return f; }\n int f; }", &["2:v>2 Initial", "2:f>4", "3:f>4"]),
        ("class A { F m() { return\n x -> x + \n(y, z) -> y; } }", &["1:F>?", "2:x>2", "3:y>3"]),
    ];
    all.iter().for_each(|(text, expected)| uses("java", text, expected));
}

#[test]
fn javascript_hoists_var_and_functions_and_keeps_blocks_apart() {
    let all: &[(&str, &[&str])] = &[
        ("function f() {\n a = 1;\n { var a; } }", &["2:a>3 Write"]),
        ("let a;\n{ let a;\n a; }\n a;", &["3:a>2", "4:a>1"]),
        ("g();\nfunction g() {}", &["1:g>2"]),
        ("const { a, b: [c = d], ...e } =\n f;", &["1:a>1 Initial", "1:c>1 Initial", "1:d>?", "1:e>1 Initial", "2:f>?"]),
        ("let a, b;\n[a, b.c] = [a];\n({ a } = { a });", &["2:a>1 Write", "2:b>1", "2:a>1", "3:a>1 Write", "3:a>1"]),
        ("for (const k of\n x) { k; }\nfor (k in\n x) {}", &["1:k>1 Initial", "2:x>?", "2:k>1", "3:k>? Write", "4:x>?"]),
        ("(function g() { g; });\n g;", &["1:g>1", "2:g>?"]),
        ("import a, { b as c } from 'x'; import * as d from 'y';\na; b; c; d;", &["2:a>1", "2:b>?", "2:c>1", "2:d>1"]),
        ("let a, b;\nexport { a as b };\nexport { c } from 'x';", &["2:a>1"]),
        ("import A from 'x';\nlet b = <A.C d={b}><e/></A.C>;", &["2:b>2 Initial", "2:A>1", "2:b>2", "2:e>?", "2:A>1"]),
    ];
    all.iter().for_each(|(text, expected)| uses("javascript", text, expected));
}

#[test]
fn typescript_keeps_types_and_values_apart() {
    let all: &[(&str, &[&str])] = &[
        ("import { A } from 'x';\nfunction f(A: A) {\n return A; }", &["2:A>1", "3:A>2"]),
        ("import { A, b } from 'x';\nlet c: A.B;\nlet d: typeof b;", &["2:A>1", "3:b>1"]),
        ("interface A {\n a: A }\nclass B implements A {}", &["2:A>1", "3:A>1"]),
        ("type F<T> =\n (a: T) => T;", &["2:T>1", "2:T>1"]),
    ];
    all.iter().for_each(|(text, expected)| uses("typescript", text, expected));
}

#[test]
fn names_used_by_inner_functions_are_captured() {
    captured("java", "class A { void m(int a, int b) { int c; f(() -> a); new B() { int d = c; }; g(b); } }", &["a", "c"]);
    captured("javascript", "function f(a, b) { return () => a + g(function () { return b; }); }", &["a", "b"]);
    captured("javascript", "function f(a) { { a; } for (const b of a) { b; } }", &[]);
}
