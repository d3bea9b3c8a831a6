//! Grammars as they come with tree-sitter, and in the forms for who parses: the same trees to the byte, of good code and bad.
use gate::lang::Language;
use ignore::WalkBuilder;
use proptest::prelude::*;

/// What grows of a text in one grammar: depth, kind, whether it is missing, and where it lies, node by node.
fn nodes(grammar: &tree_sitter::Language, text: &str) -> Vec<(usize, u16, bool, tree_sitter::Range)> {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(grammar).expect("one ABI");
    let tree = parser.parse(text, None).expect("a tree");
    let (mut cursor, mut depth, mut all) = (tree.walk(), 0, Vec::new());
    loop {
        let node = cursor.node();
        all.push((depth, node.kind_id(), node.is_missing(), node.range()));
        if cursor.goto_first_child() {
            depth += 1;
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return all;
            }
            depth -= 1;
        }
    }
}

fn compare(language: &Language, text: &str) {
    let grammar = language.grammar();
    let plain = nodes(grammar.tree_sitter(), text);
    for form in [grammar.quick(), grammar.for_much()] {
        assert!(nodes(form, text) == plain, "{}: {text}", language.name);
    }
}

/// Each page as each language: what is not of that language makes for trees full of errors.
#[test]
fn all_forms_of_a_grammar_give_the_same_trees() {
    let root = env!("CARGO_MANIFEST_DIR");
    let files = WalkBuilder::new(format!("{root}/rules")).add(format!("{root}/fixtures/lang")).build();
    let pages: Vec<String> = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok()).collect();
    let mut compared = 0;
    for language in gate::lang::ALL {
        assert!(language.grammar().quick() != language.grammar().tree_sitter(), "{}: no lexer of its own", language.name);
        for text in pages.iter().flat_map(|page| page.split("```").chain([page.as_str()])) {
            compare(language, text);
            compared += text.len();
        }
    }
    assert!(compared > 2_000_000, "{compared} bytes");
}

/// What tokens are made of, and what follows words where they end otherwise than one would think.
const PIECES: &[&str] = &[
    "a",
    "ax0",
    "g",
    "static",
    "get",
    "static get\n",
    "non",
    "non-sealed",
    "class",
    "if",
    "x-y",
    "$",
    "_",
    "${",
    "é",
    "aé",
    "a\u{7f}",
    "\\u0041",
    "\u{feff}",
    "0",
    "0x1f",
    "1.e",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\u{c}",
    "\u{a0}",
    "\u{2028}",
    "//",
    "// a\n",
    "//a\r\n",
    "// \u{2028}b\n",
    "/*",
    "/**/",
    "/* é\n */",
    "/*/",
    "*/",
    "/",
    "/a b/g",
    "/[/]/i.x",
    "\"",
    "\"a // b\"",
    "'",
    "'/*'",
    "`",
    "`a ${b} // c`",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "<a>b c</a>",
    "</a>",
    "=",
    ";",
    ",",
    ".",
    "?",
    ":",
    "=>",
    "->",
    "@",
    "#a",
    "<!--",
    "-->",
];

proptest! {
    #[test]
    fn all_forms_give_the_same_trees_of_anything(places in proptest::collection::vec(0..PIECES.len(), 0..30), language in 0..gate::lang::ALL.len()) {
        let text: String = places.iter().map(|place| PIECES[*place]).collect();
        compare(gate::lang::ALL[language], &text);
    }
}
