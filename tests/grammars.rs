//! Grammars as they come with tree-sitter, and in the form for who parses much: the same trees, of good code and bad.
use ignore::WalkBuilder;

/// What grows of a text in one grammar.
fn tree(grammar: &tree_sitter::Language, text: &str) -> String {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(grammar).expect("one ABI");
    parser.parse(text, None).expect("a tree").root_node().to_sexp()
}

/// Each page as each language: what is not of that language makes for trees full of errors.
#[test]
fn a_dense_grammar_gives_the_same_trees() {
    let root = env!("CARGO_MANIFEST_DIR");
    let files = WalkBuilder::new(format!("{root}/rules")).add(format!("{root}/fixtures/lang")).build();
    let pages: Vec<String> = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok()).collect();
    let mut compared = 0;
    for language in gate::lang::ALL {
        let (plain, for_much) = (language.grammar().tree_sitter(), language.grammar().for_much());
        for text in pages.iter().flat_map(|page| page.split("```").chain([page.as_str()])) {
            assert_eq!(tree(for_much, text), tree(plain, text), "{}: {text}", language.name);
            compared += text.len();
        }
    }
    assert!(compared > 2_000_000, "{compared} bytes");
}
