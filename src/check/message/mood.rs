//! Verbs that begin subjects, in the forms that are no command. A list, and no grammar: what is not in it is left alone.

/// The command, forms that are hardly ever anything else at the beginning of a line, and forms that may be nouns.
type Verb = (&'static str, &'static str, &'static str);

const VERBS: &[Verb] = &[
    ("add", "added adds adding", ""),
    ("adjust", "adjusted adjusts adjusting", ""),
    ("align", "aligned aligns aligning", ""),
    ("allow", "allowed allows allowing", ""),
    ("apply", "applied applies applying", ""),
    ("avoid", "avoided avoids avoiding", ""),
    ("bump", "bumped bumping", "bumps"),
    ("change", "changed changing", "changes"),
    ("clarify", "clarified clarifies clarifying", ""),
    ("clean", "cleaned", "cleans cleaning"),
    ("close", "closing", "closed closes"),
    ("commit", "committed committing", "commits"),
    ("convert", "converted converts converting", ""),
    ("correct", "corrected corrects correcting", ""),
    ("create", "created creates creating", ""),
    ("delete", "deleted deletes deleting", ""),
    ("deprecate", "deprecates deprecating", ""),
    ("disable", "disabled disables disabling", ""),
    ("document", "documented documenting", "documents"),
    ("drop", "dropped dropping", "drops"),
    ("enable", "enabled enables enabling", ""),
    ("ensure", "ensured ensures ensuring", ""),
    ("expand", "expanded expands expanding", ""),
    ("expose", "exposed exposes exposing", ""),
    ("extend", "extended extends extending", ""),
    ("extract", "extracted extracting", "extracts"),
    ("fix", "fixed fixing", "fixes"),
    ("handle", "handled", "handles handling"),
    ("implement", "implemented implements implementing", ""),
    ("improve", "improved improves improving", ""),
    ("include", "included includes", ""),
    ("increase", "increased increasing", "increases"),
    ("initialize", "initialized initializes initializing", ""),
    ("inline", "inlined inlining", ""),
    ("integrate", "integrated integrates integrating", ""),
    ("introduce", "introduced introduces introducing", ""),
    ("make", "made makes making", ""),
    ("merge", "merged merging", "merges"),
    ("migrate", "migrated migrates migrating", ""),
    ("modify", "modified modifies modifying", ""),
    ("move", "moved moving", "moves"),
    ("optimize", "optimized optimizes optimizing optimised optimises optimising", ""),
    ("port", "ported porting", ""),
    ("prevent", "prevented prevents preventing", ""),
    ("provide", "provided provides providing", ""),
    ("reduce", "reduced reduces reducing", ""),
    ("refactor", "refactored refactors", "refactoring"),
    ("reformat", "reformatted reformats reformatting", ""),
    ("remove", "removed removes removing", ""),
    ("rename", "renamed renaming", "renames"),
    ("replace", "replaced replaces replacing", ""),
    ("resolve", "resolved resolving", "resolves"),
    ("restore", "restored restores restoring", ""),
    ("restructure", "restructured restructures", "restructuring"),
    ("revert", "reverted reverting", "reverts"),
    ("rewrite", "rewrote rewriting", "rewrites"),
    ("rework", "reworked reworking", "reworks"),
    ("simplify", "simplified simplifies simplifying", ""),
    ("skip", "skipped skipping", "skips"),
    ("speed", "speeds", ""),
    ("stop", "stopped stopping", "stops"),
    ("suppress", "suppressed suppresses suppressing", ""),
    ("switch", "switched switching", "switches"),
    ("tidy", "tidied tidies tidying", ""),
    ("try", "tried tries trying", ""),
    ("tweak", "tweaked tweaking", "tweaks"),
    ("unify", "unified unifies unifying", ""),
    ("update", "updated updating", "updates"),
    ("upgrade", "upgraded upgrading", "upgrades"),
    ("use", "using", "used uses"),
    ("wrap", "wrapped wraps wrapping", ""),
    ("write", "wrote", "writes"),
];

/// After these, or before nothing at all, the word in front was a noun: `Updates to the guide`, `Fixes #12`.
const AFTER_NOUNS: &[&str] = &[
    "to", "for", "in", "of", "on", "from", "with", "by", "at", "and", "or", "after", "before", "since", "between", "as", "is", "are",
    "was", "were",
];

/// The first word and the command to write instead; nothing unless the word is surely no command.
pub fn not_a_command(subject: &str) -> Option<(&str, String)> {
    let end = subject.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(subject.len());
    let (word, rest) = subject.split_at(end);
    if word.is_empty() || !(rest.is_empty() || rest.starts_with(char::is_whitespace)) {
        return None;
    }
    let next = rest.split_whitespace().next().unwrap_or_default();
    let form = word.to_ascii_lowercase();
    let has = |forms: &str| forms.split(' ').any(|known| known == form);
    let (command, ..) = VERBS.iter().find(|(_, sure, nouns)| has(sure) || has(nouns) && !follows_noun(next))?;
    let first = word.starts_with(|letter: char| letter.is_ascii_uppercase());
    let (head, tail) = command.split_at(1);
    Some((word, if first { head.to_ascii_uppercase() + tail } else { (*command).to_owned() }))
}

fn follows_noun(next: &str) -> bool {
    let is_word = next.starts_with(char::is_alphabetic);
    // A key such as `ABC-12` names what is closed by it.
    let is_key = next.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase())
        && next.contains('-')
        && next.contains(|letter: char| letter.is_ascii_digit());
    !is_word
        || is_key
        || AFTER_NOUNS.contains(&next.to_ascii_lowercase().as_str())
        || ["issue", "bug"].contains(&next.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(subject: &str, wanted: Option<&str>) {
        assert_eq!(wanted, not_a_command(subject).as_ref().map(|(_, command)| command.as_str()), "{subject}");
    }

    #[test]
    fn forms_that_are_no_command_are_told_from_nouns() {
        command("Added a test", Some("Add"));
        command("fixes the build", Some("fix"));
        command("Fixes #12", None);
        command("Fixes ABC-12: the build", None);
        command("Fixes for the build", None);
        command("Updates", None);
        command("Updates guide", Some("Update"));
        command("Adding", Some("Add"));
        command("Refactoring of names", None);
        command("Fixed-width fonts", None);
        command("Add added lines", None);
        command("Used by nobody", None);
        command("", None);
    }

    #[test]
    fn no_form_is_a_command_or_stands_twice() {
        let commands: Vec<&str> = VERBS.iter().map(|(command, ..)| *command).collect();
        let mut forms: Vec<&str> =
            VERBS.iter().flat_map(|(_, sure, nouns)| sure.split(' ').chain(nouns.split(' '))).filter(|form| !form.is_empty()).collect();
        assert!(forms.iter().all(|form| !commands.contains(form)));
        forms.sort_unstable();
        assert!(forms.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
