//! What patterns mean, as a table: pattern, language, code, and the text of every node that matches with what its holes hold.
use super::{Captures, Context, compile};
use crate::lang::{self, Language};
use crate::parse::Parser;

fn language(name: &str) -> &'static Language {
    lang::named(name).expect("a language")
}

/// All matches of a pattern in the order of the text.
fn matches(pattern: &str, name: &str, context: &Context, code: &str) -> Vec<String> {
    let pattern = compile(pattern, language(name), context).expect("a pattern");
    let file = Parser::default().parse(code, language(name));
    assert!(!file.tree.has_errors, "{code}");
    let mut found = Vec::new();
    for node in file.tree.nodes().filter(|node| pattern.root_kinds().is_none_or(|kinds| kinds.contains(&node.kind()))) {
        let mut captures = Captures::default();
        if pattern.matches(node, &mut captures) {
            let holes: Vec<_> = captures.values().iter().map(|(name, text)| format!("{name}={text}")).collect();
            found.push(format!("{} {}", node.text(), holes.join(" ")).trim().to_owned());
        }
    }
    found
}

fn finds(pattern: &str, name: &str, code: &str, wanted: &[&str]) {
    assert_eq!(wanted, matches(pattern, name, &Context::default(), code), "{pattern} in {code}");
}

fn finds_strictly(pattern: &str, name: &str, code: &str, wanted: &[&str]) {
    assert_eq!(wanted, matches(pattern, name, &Context { strict: true, ..Context::default() }, code), "{pattern} in {code}");
}

/// Java statements.
fn in_java(pattern: &str, code: &str, wanted: &[&str]) {
    finds(pattern, "java", &format!("class C {{ void m() {{ {code} }} }}"), wanted);
}

fn in_js(pattern: &str, code: &str, wanted: &[&str]) {
    finds(pattern, "javascript", code, wanted);
}

#[test]
fn a_hole_is_one_node() {
    in_java("f($X)", "f(1); f(a + b); f(); f(1, 2);", &["f(1) X=1", "f(a + b) X=a + b"]);
    in_java("f($_, $_)", "f(1, 2); f(1);", &["f(1, 2)"]);
    in_java("if ($C) { $S; }", "if (a) { return; } if (b) { f(); g(); }", &["if (a) { return; } C=(a) S=return;"]);
    in_js("f($X)", "f(1); f(...xs); f(x => y);", &["f(1) X=1", "f(...xs) X=...xs", "f(x => y) X=x => y"]);
    in_js("if ($C) $S", "if (a) b();", &["if (a) b(); C=(a) S=b();"]);
    in_js("`a${$X}`", "`a${b}`; `c${b}`;", &["`a${b}` X=b"]);
}

#[test]
fn an_ellipsis_is_any_number_of_nodes() {
    in_java("f($$$)", "f(); f(1); f(1, 2);", &["f()", "f(1)", "f(1, 2)"]);
    in_java("f($$$A, $B)", "f(); f(1); f(1, 2, 3);", &["f(1) A= B=1", "f(1, 2, 3) A=1, 2 B=3"]);
    in_java("f($A, $$$B)", "f(1); f(1, 2, 3);", &["f(1) A=1 B=", "f(1, 2, 3) A=1 B=2, 3"]);
    in_java("f($$$, 1, $$$)", "f(1); f(0, 1); f(2);", &["f(1)", "f(0, 1)"]);
    in_java(
        "while (true) { $$$A }",
        "while (true) { f(); g(); } while (true) { }",
        &["while (true) { f(); g(); } A=f(); g();", "while (true) { } A="],
    );
    in_java("try { $$$ } finally { return $X; }", "try { f(); } finally { return; }", &[]);
    in_js("function $F($$$A) { $$$ }", "function f(a, b = 1) { g() }", &["function f(a, b = 1) { g() } F=f A=a, b = 1"]);
    in_js("[$$$, ]", "[]; [1, 2];", &["[]", "[1, 2]"]);
}

#[test]
fn the_same_name_is_the_same_code() {
    in_java(
        "$A == $A",
        "f(a == a, a == b, (a) == a, a /* so */ . b == a.b, a[ 0 ] == a[0]);",
        &["a == a A=a", "(a) == a A=(a)", "a /* so */ . b == a.b A=a /* so */ . b", "a[ 0 ] == a[0] A=a[ 0 ]"],
    );
    in_java("f($A, $A, $B)", "f(1, 1, 2); f(1, 2, 1);", &["f(1, 1, 2) A=1 B=2"]);
    in_java(
        "f(g($$$A), h($$$A))",
        "f(g(1, 2), h(1, 2)); f(g(1, 2), h(1, 3)); f(g(), h()); f(g(1), h(1, 2));",
        &["f(g(1, 2), h(1, 2)) A=1, 2", "f(g(), h()) A="],
    );
    in_java("f($_, $_)", "f(1, 2);", &["f(1, 2)"]);
    in_js("$A.x = $A.x", "a.x = a.x; a.x = b.x;", &["a.x = a.x A=a"]);
}

#[test]
fn parentheses_comments_space_and_quotes_do_not_matter() {
    in_java(
        "$A.equals(null)",
        "x .equals( /* why */ null); (x).equals((null));",
        &["x .equals( /* why */ null) A=x", "(x).equals((null)) A=(x)"],
    );
    in_java("($A) + 1", "f(a + 1);", &["a + 1 A=a"]);
    in_js("f('x')", "f('x'); f(\"x\"); f(('x')); f('y'); f(x);", &["f('x')", "f(\"x\")", "f(('x'))"]);
    in_js("(($A)) + 1", "((a + 1))", &["a + 1 A=a"]);
    finds("f($A)", "typescript", "f(\n  a, // last\n)", &["f(\n  a, // last\n) A=a"]);
}

#[test]
fn names_literals_and_operators_are_what_they_are() {
    in_java("$A + 1", "f(a + 1, a - 1, a + 2, a + 1L);", &["a + 1 A=a"]);
    in_java("$A.run()", "t.run(); t.Run(); t.run(1); run();", &["t.run() A=t"]);
    in_java("new $T()", "new A(); new A(1); new a.B(); new A() { };", &["new A() T=A", "new a.B() T=a.B"]);
    in_java("++$A", "++a; a++; --a;", &["++a A=a"]);
    in_java("'x'", "f('x', \"x\");", &["'x'"]);
    in_js("$A === 1", "a == 1; a === 1;", &["a === 1 A=a"]);
    in_js("let $X = $V", "let a = 1; const b = 1; var c = 1;", &["let a = 1; X=a V=1"]);
    in_js("typeof $A", "typeof a; void a;", &["typeof a A=a"]);
    in_js("/a/g", "f(/a/g, /a/)", &["/a/g"]);
}

#[test]
fn a_pattern_may_be_any_piece_of_code() {
    in_java(
        "catch ($T $E) { }",
        "try { f(); } catch (A a) { } catch (B | C b) { } catch (D d) { g(); } finally { }",
        &["catch (A a) { } T=A E=a", "catch (B | C b) { } T=B | C E=b"],
    );
    in_java("finally { $$$A }", "try { } catch (A a) { } finally { f(); }", &["finally { f(); } A=f();"]);
    in_java("case $X -> $Y;", "switch (a) { case 1 -> f(); case 2 -> { } }", &["case 1 -> f(); X=1 Y=f();", "case 2 -> { } X=2 Y={ }"]);
    finds("@Deprecated", "java", "@Deprecated class C { @Deprecated int a; }", &["@Deprecated", "@Deprecated"]);
    finds("import $X;", "java", "import a.b; class C { }", &["import a.b; X=a.b"]);
    finds("void $M($T $P) { $$$ }", "java", "class C { void m(int a) { } void n() { } }", &["void m(int a) { } M=m T=int P=a"]);
    in_js("catch { }", "try { f() } catch { } try { f() } catch (e) { }", &["catch { }"]);
    in_js("case $X: $$$", "switch (a) { case 1: f(); break; }", &["case 1: f(); break; X=1"]);
    in_js("async () => { $$$ }", "f(async () => { g() })", &["async () => { g() }"]);
    in_js("$K: function ($$$) { $$$ }", "x = { a: function () { }, b: 1 }", &[]);
    in_js("({ $K: 1 })", "x = { a: 1 }", &["{ a: 1 } K=a"]);
    in_js("get $X() { $$$ }", "class C { get a() { return 1 } b() { } }", &["get a() { return 1 } X=a"]);
    finds("<img $$$A />", "tsx", "const a = <img src='x' />;", &["<img src='x' /> A=src='x'"]);
    finds("$A as $T", "typescript", "const a = b as C;", &["b as C A=b T=C"]);
}

#[test]
fn code_that_is_the_same_elsewhere_matches_too() {
    finds("$T $X = 1;", "java", "class C { int a = 1; void m() { int b = 1; } }", &["int a = 1; T=int X=a", "int b = 1; T=int X=b"]);
    in_js("function $F() { }", "function a() { } f(function b() { })", &["function a() { } F=a", "function b() { } F=b"]);
    in_js(
        "class $C extends B { $$$ }",
        "class A extends B { } x = class D extends B { }",
        &["class A extends B { } C=A", "class D extends B { } C=D"],
    );
}

#[test]
fn what_a_pattern_leaves_out_does_not_matter() {
    finds(
        "void $M() { }",
        "java",
        "class C { @A public static <T> void m() throws E { } }",
        &["@A public static <T> void m() throws E { } M=m"],
    );
    finds(
        "static $T $X = $V;",
        "java",
        "class C { private static final A a = b; A c = d; }",
        &["private static final A a = b; T=A X=a V=b"],
    );
    in_java(
        "new ArrayList()",
        "f(new ArrayList<String>(), new ArrayList<>(), new LinkedList<>());",
        &["new ArrayList<String>()", "new ArrayList<>()"],
    );
    in_java("$A.f()", "a.<T>f();", &["a.<T>f() A=a"]);
    in_js("$A.b()", "a.b(); a?.b();", &["a.b() A=a", "a?.b() A=a"]);
    in_js("() => { }", "f(() => { }, async () => { })", &["() => { }", "async () => { }"]);
    in_js("async () => { }", "f(() => { }, async () => { })", &["async () => { }"]);
    finds("function $F($A) { }", "typescript", "function f<T>(a: T): void { }", &["function f<T>(a: T): void { } F=f A=a: T"]);
    finds("f($A)", "typescript", "f<string>(a)", &["f<string>(a) A=a"]);
}

#[test]
fn a_class_is_meant_with_its_package_and_without() {
    in_java("Files.read($A)", "java.nio.file.Files.read(a); Files.read(b);", &["java.nio.file.Files.read(a) A=a", "Files.read(b) A=b"]);
    in_java(
        "new ArrayList()",
        "f(new java.util.ArrayList<String>(), new java.util.ArrayList());",
        &["new java.util.ArrayList<String>()", "new java.util.ArrayList()"],
    );
    in_java(
        "Kind.A",
        "f(a.b.Kind.A, a.b2.c_d.Kind.A, a.Kind.A, Outer.Kind.A, a.Outer.Kind.A, f().Kind.A, a.kind.A);",
        &["a.b.Kind.A", "a.b2.c_d.Kind.A"],
    );
    in_java("a.read()", "b.a.read(); a.read();", &["a.read()"]);
    finds(
        "@Test",
        "java",
        "class C { @org.junit.Test void m() { } @Test void n() { } @Outer.Test void o() { } }",
        &["@org.junit.Test", "@Test"],
    );
    finds("Optional $M() { $$$ }", "java", "class C { java.util.Optional<A> m() { } }", &["java.util.Optional<A> m() { } M=m"]);
    in_js("Files.read()", "node.Files.read();", &[]);
}

#[test]
fn a_strict_pattern_leaves_nothing_out() {
    finds_strictly("$A.b()", "javascript", "a.b(); a?.b();", &["a.b() A=a"]);
    finds_strictly("void $M() { }", "java", "class C { void m() { } static void n() { } }", &["void m() { } M=m"]);
    finds_strictly(
        "static void $M() { }",
        "java",
        "class C { static void m() { } public static void n() { } }",
        &["static void m() { } M=m"],
    );
    finds_strictly("f($A)", "typescript", "f<string>(a); f(a)", &["f(a) A=a"]);
}

#[test]
fn broken_patterns_say_what_is_wrong() {
    let fails = |pattern: &str, name: &str, context: Context, wanted: &str| {
        let error = compile(pattern, language(name), &context).expect_err(pattern);
        assert!(error.contains(wanted), "{pattern}: {error}");
    };
    fails("", "java", Context::default(), "empty");
    fails("$A.equals(", "java", Context::default(), "`$A.equals(` is no piece of java");
    fails("if ($A) }", "javascript", Context::default(), "it goes wrong at `");
    fails("$A", "java", Context { selector: Some("no_such"), ..Context::default() }, "java has no kind `no_such`");
    fails("$A", "java", Context { around: Some("class C { }"), ..Context::default() }, "`context` has no `$$$`");
    fails("f()", "java", Context { selector: Some("class_body"), ..Context::default() }, "is no `class_body` of java");
}

#[test]
fn a_context_and_a_selector_say_what_is_meant() {
    let attribute = Context { selector: Some("jsx_attribute"), ..Context::default() };
    assert_eq!(["a=\"b\""], *matches("a='b'", "tsx", &attribute, "x = <p a=\"b\">x</p>; a = 'b';"));
    let pair = Context { around: Some("x = { $$$ }"), selector: Some("pair"), strict: false };
    assert_eq!(["a: 1 K=a"], *matches("$K: 1", "javascript", &pair, "x = { a: 1 }; a: 1"));
    assert_eq!(["a: 1 K=a"], *matches("$K: 1", "javascript", &Context::default(), "x = { a: 1 }; a: 1"));
}

#[test]
fn the_class_of_a_new_may_have_any_members() {
    in_java("new $T($$$) { $$$ }", "x = new A(1) { int f; }; y = new A(1);", &["new A(1) { int f; } T=A"]);
}

#[test]
fn what_looks_like_a_declaration_means_the_same_wherever_it_is_tried_first() {
    for text in [
        "class $C extends TestCase { $$$ }",
        "public interface $I { $$$ }",
        "enum $E { A, B; $$$ }",
        "synchronized $T $M($$$) { $$$ }",
        "Optional $M($$$) { $$$ }",
        "void $F() { $S; $$$ }",
        "int $N(int $A, $$$) { $$$ return $R; }",
        "public $C($$$) { $$$ }",
        "new HashMap() {{ $$$ }}",
    ] {
        let first = compile(text, language("java"), &Context::default()).expect(text);
        // As it is in all places in turn, since a context of its own spares it the short way.
        let all = language("java").contexts.iter().find_map(|(before, after)| {
            let around = format!("{before}$$$ {after}");
            compile(text, language("java"), &Context { around: Some(&around), ..Context::default() }).ok()
        });
        assert_eq!(Some(first), all, "{text}");
    }
}
