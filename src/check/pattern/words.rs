//! The words without which a pattern cannot match: a file that lacks one costs the pattern nothing. Told from the text alone, so
//! that patterns need not be parsed to find out that they are not needed.
use crate::lang::Language;
use crate::model::hash;

/// Hashes of the words: what is neither a hole, a keyword nor in quotes.
pub fn required_words(text: &str, language: &'static Language) -> Vec<u64> {
    let grammar = language.grammar();
    // Numbers may be spelled in more than one way, names with hyphens are one token.
    let usable =
        |word: &&str| !word.starts_with(['$', '-']) && !word.contains('-') && !word.starts_with(|letter: char| letter.is_ascii_digit());
    words(text).into_iter().filter(usable).filter(|word| !grammar.is_keyword(word)).map(|word| hash::bytes(word.as_bytes())).collect()
}

/// Runs of letters outside quotes. What may be a regular expression is left out too.
fn words(text: &str) -> Vec<&str> {
    let (mut words, mut quote, mut start) = (Vec::new(), None, None);
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        let in_word = quote.is_none() && (letter.is_alphanumeric() || matches!(letter, '_' | '$' | '#' | '-'));
        match (in_word, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(&text[from..at]);
                start = None;
            }
            _ => {}
        }
        match quote {
            Some(open) if open == letter => quote = None,
            None if matches!(letter, '"' | '\'' | '`' | '/') => quote = Some(letter),
            _ => {}
        }
    }
    words
}
