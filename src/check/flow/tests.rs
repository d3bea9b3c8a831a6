//! Flow on snippets: what can be reached, which stores are dead, and that hostile code is no trouble.
use super::*;
use crate::check::scopes::Scopes;
use crate::lang;
use crate::parse::{DEPTH_AT_MOST, Parser, STACK};

/// The lines of the dead stores in a Java method with the parameter `a`.
fn dead(body: &str, expected: &[u32]) {
    let text = format!("class A {{ int m(int a) {{{body}}} }}");
    let file = Parser::default().parse(&text, lang::named("java").expect("a language"));
    let scopes = Scopes::of(&file.tree);
    let lines: Vec<u32> = dead_stores(&scopes).iter().map(|store| file.tree.node(store.node).line()).collect();
    assert_eq!(expected, lines, "{body}");
}

#[test]
fn stores_are_dead_when_no_path_reads_them() {
    let all: &[(&str, &[u32])] = &[
        ("a = 1;\na = 2;\nreturn a;", &[1]),
        ("int b;\nif (a > 1) b = 1;\nelse b = 2;\nb = 3;\nreturn b;", &[2, 3]),
        ("while (a > 1) {\na = f(a);\nif (a > 2) break;\na = 3;\nreturn 1; }\nreturn 2;", &[4]),
        ("int b = 1;\nfor (;;) {\nb = f(b);\nif (b > 1) continue;\nb = 2; }", &[]),
        ("int b = 1;\ntry {\nb = f(a);\nb = f(a);\n} catch (E e) { return b; }\nreturn 0;", &[]),
        ("int b = 1;\ntry {\nb = f(a);\n} finally {\nb = 2; }\nreturn b;", &[1, 3]),
        ("l: for (int b : c) {\na = 1;\nfor (;;) {\nif (b > 1) break l;\na = 2;\ncontinue l; } }\nreturn a;", &[]),
        ("int b = f(1);\nboolean c = a > 1 && (b = f(2)) > 1;\nreturn b;", &[]),
        ("int b = f(1);\nint c = a > 1 ? (b = 2) : (b = 3);\nreturn b;", &[1]),
        ("int b = f(1);\nswitch (a) {\ncase 1: b = 2;\ncase 2: f(b); break;\ncase 3: b = 4; }\nreturn 1;", &[5]),
        ("do {\na = f(a);\n} while (a > 1);\nreturn 1;", &[]),
    ];
    all.iter().for_each(|(body, lines)| dead(body, lines));
}

#[test]
fn loops_in_loops_take_no_time() {
    let (open, close) = ("while (a > 1) { a = f(a); if (a > 2) break; ".repeat(200), "}".repeat(200));
    dead(&format!("{open}{close}\nreturn a;"), &[]);
}

#[test]
fn the_deepest_code_fits_the_stack() {
    std::thread::Builder::new().stack_size(STACK).spawn(deepest).expect("a thread").join().expect("no overflow");
}

fn deepest() {
    // With how many levels of the tree each takes.
    for (open, close, levels) in [("f(", ")", 2), ("{", "}", 1), ("if (a > 1) ", "", 1), ("while (a > 1) ", "", 1), ("- ", "", 1)] {
        let depth = (DEPTH_AT_MOST - 20) / levels;
        dead(&format!("a = 1; {}f(a){};\na = a + 1; return a;", open.repeat(depth), close.repeat(depth)), &[]);
    }
}
