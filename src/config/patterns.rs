//! Path patterns: `*` and `?` stay within a folder, `**` crosses folders, `{a,b}` and `[abc]` choose. A pattern without wildcards in
//! its last part names a file or a whole folder. Paths are relative to the root, with `/`. Knows nothing of what is matched for.
use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use memchr::memmem::Finder;

use super::error::{ConfigError, Place, Source};

/// A list of patterns, ready to match.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    texts: Vec<String>,
    simple: Vec<(Row, Simple)>,
    /// In the order of `globs`.
    rows: Vec<Row>,
    globs: GlobSet,
}

/// Which pattern it is, and how much of it is literal before its first wildcard.
#[derive(Clone, Copy, Debug)]
struct Row {
    pattern: usize,
    prefix: usize,
}

/// The common forms of patterns. Compiling them as regular expressions would take longer than a small run.
#[derive(Clone, Debug)]
enum Simple {
    /// `**`
    Any,
    /// `a/b.js`
    Path(String),
    /// `a/**`, as `a/`
    Below(String),
    /// `**/a`, as `/a`
    Name(String),
    /// `**/*.js`
    Ending(String),
    /// `**/test_*.py`
    Around(String, String),
    /// `**/a/**`, as `/a/`
    Under(Finder<'static>),
    /// `**/a/**/*.js`
    UnderEnding(Finder<'static>, String),
}

impl Simple {
    fn of(pattern: &str) -> Option<Simple> {
        if pattern.contains(['?', '[', ']', '{', '}']) {
            return None;
        }
        let literal = |text: &str| !text.is_empty() && !text.contains('*');
        let under = |folder: &str| Finder::new(&format!("/{folder}/")).into_owned();
        let Some(rest) = pattern.strip_prefix("**/") else {
            return match pattern.strip_suffix("/**") {
                _ if pattern == "**" => Some(Simple::Any),
                Some(folder) if literal(folder) => Some(Simple::Below(format!("{folder}/"))),
                _ => literal(pattern).then(|| Simple::Path(pattern.to_owned())),
            };
        };
        if let Some(folder) = rest.strip_suffix("/**").filter(|folder| literal(folder)) {
            return Some(Simple::Under(under(folder)));
        }
        if let Some((folder, ending)) = rest.split_once("/**/*") {
            return (literal(folder) && literal(ending) && !ending.contains('/'))
                .then(|| Simple::UnderEnding(under(folder), ending.to_owned()));
        }
        if let Some(ending) = rest.strip_prefix('*') {
            return (literal(ending) && !ending.contains('/')).then(|| Simple::Ending(ending.to_owned()));
        }
        if let Some((start, end)) = rest.split_once('*').filter(|(start, end)| literal(start) && literal(end) && !rest.contains('/')) {
            return Some(Simple::Around(start.to_owned(), end.to_owned()));
        }
        literal(rest).then(|| Simple::Name(format!("/{rest}")))
    }

    fn matches(&self, path: &str) -> bool {
        let holds = |finder: &Finder| path.as_bytes().starts_with(&finder.needle()[1..]) || finder.find(path.as_bytes()).is_some();
        match self {
            Simple::Any => true,
            Simple::Path(whole) => path == whole,
            Simple::Below(start) => path.starts_with(start.as_str()),
            Simple::Name(name) => path.ends_with(name.as_str()) || path == &name[1..],
            Simple::Ending(ending) => path.ends_with(ending.as_str()),
            Simple::Around(start, end) => {
                let name = path.rsplit('/').next().unwrap_or(path);
                name.len() >= start.len() + end.len() && name.starts_with(start.as_str()) && name.ends_with(end.as_str())
            }
            Simple::Under(finder) => holds(finder),
            Simple::UnderEnding(finder, ending) => path.ends_with(ending.as_str()) && holds(finder),
        }
    }
}

impl Patterns {
    /// Of gate's own patterns, which are all of simple forms.
    pub fn built_in(texts: &[&str]) -> Patterns {
        let mut patterns = Patterns::default();
        for text in texts {
            patterns.add(text, &mut GlobSetBuilder::new()).ok();
        }
        patterns
    }

    /// # Errors
    /// The first text that is no pattern, at its place.
    pub fn compile(source: &Source, texts: &[(&str, Place)]) -> Result<Patterns, ConfigError> {
        let mut patterns = Patterns::default();
        let mut set = GlobSetBuilder::new();
        for (text, place) in texts {
            let added = reject(text).and_then(|()| patterns.add(text, &mut set));
            added.map_err(|(message, hint)| source.error(*place, message, hint))?;
            if patterns.simple.len() + patterns.rows.len() > ROWS_AT_MOST {
                return Err(source.error(*place, format!("more than {ROWS_AT_MOST} patterns, braces counted out"), None));
            }
        }
        if !patterns.rows.is_empty() {
            let at = texts.first().map(|(_, place)| *place).unwrap_or_default();
            patterns.globs = set.build().map_err(|error| source.error(at, format!("these patterns are too large: {error}"), None))?;
        }
        Ok(patterns)
    }

    fn add(&mut self, text: &str, set: &mut GlobSetBuilder) -> Result<(), Wrong> {
        let pattern = self.texts.len();
        self.texts.push(text.to_owned());
        for whole in expanded(text).iter().flat_map(|text| with_folder(text)) {
            let row = Row { pattern, prefix: whole.find(WILDCARDS).unwrap_or(whole.len()) };
            match Simple::of(&whole) {
                Some(simple) => self.simple.push((row, simple)),
                None => {
                    set.add(glob(&whole).map_err(|error| (format!("`{text}` is no pattern: {}", error.kind()), None))?);
                    self.rows.push(row);
                }
            }
        }
        Ok(())
    }

    /// As they were written.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub fn matches(&self, path: &str) -> bool {
        self.simple.iter().any(|(_, simple)| simple.matches(path)) || (!self.rows.is_empty() && self.globs.is_match(path))
    }

    /// Those of its texts that match none of some paths.
    pub fn idle<'p>(&'p self, paths: &[&str]) -> Vec<&'p str> {
        let is_idle = |text: &&String| {
            let mut set = GlobSetBuilder::new();
            let mut own = Patterns::default();
            own.add(text, &mut set).ok();
            own.globs = set.build().unwrap_or_default();
            !paths.iter().any(|path| own.matches(path))
        };
        self.texts.iter().filter(is_idle).map(String::as_str).collect()
    }

    /// How specific the most specific match is and whose it is: the longest literal start wins, then the later pattern.
    pub fn most_specific(&self, path: &str) -> Option<(usize, usize)> {
        let simple = self.simple.iter().filter(|(_, simple)| simple.matches(path)).map(|(row, _)| *row);
        let globs = if self.rows.is_empty() { Vec::new() } else { self.globs.matches(path) };
        simple.chain(globs.into_iter().map(|at| self.rows[at])).map(|row| (row.prefix, row.pattern)).max()
    }
}

/// Of one list; each costs time for every file.
const ROWS_AT_MOST: usize = 4096;

const WILDCARDS: [char; 4] = ['*', '?', '[', '{'];

/// What is wrong, and a hint.
type Wrong = (String, Option<String>);

fn glob(pattern: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(pattern).literal_separator(true).backslash_escape(false).build()
}

/// What globs would take but never match as meant.
fn reject(text: &str) -> Result<(), Wrong> {
    const LONGEST: usize = 1000;
    let wrong = |message: &str, hint: String| Err((message.to_owned(), Some(hint)));
    match text {
        "" => wrong("a pattern cannot be empty", "`**` matches everything".to_owned()),
        _ if text.len() > LONGEST => Err((format!("a pattern has at most {LONGEST} bytes"), None)),
        _ if text.contains('\\') => wrong("patterns are written with `/`", format!("write `{}`", text.replace('\\', "/"))),
        _ if text.starts_with('/') => wrong("patterns are relative to the root", format!("write `{}`", text.trim_start_matches('/'))),
        _ if text.starts_with('!') => wrong("there are no negative patterns", "leave it out of the list".to_owned()),
        _ if text.split('/').any(|part| part == "..") => wrong("a pattern cannot leave the root", "leave `..` out".to_owned()),
        _ => Ok(()),
    }
}

/// The pattern with each choice of its braces; nested braces and very many choices are left to the glob.
fn expanded(text: &str) -> Vec<String> {
    const AT_MOST: usize = 64;
    let mut done = vec![String::new()];
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((choices, after)) = after.split_once('}').filter(|(choices, _)| !choices.contains('{')) else {
            return vec![text.to_owned()];
        };
        if text.contains('[') || done.len() * choices.split(',').count() > AT_MOST {
            return vec![text.to_owned()];
        }
        done = done.iter().flat_map(|start| choices.split(',').map(move |choice| format!("{start}{before}{choice}"))).collect();
        rest = after;
    }
    done.into_iter().map(|start| start + rest).collect()
}

/// The pattern, and all below it where it may name a folder.
fn with_folder(text: &str) -> Vec<String> {
    let text = text.strip_prefix("./").unwrap_or(text);
    if let Some(folder) = text.strip_suffix('/') {
        return vec![format!("{folder}/**")];
    }
    let last = text.rsplit('/').next().unwrap_or(text);
    match last.contains(WILDCARDS) {
        true => vec![text.to_owned()],
        false => vec![text.to_owned(), format!("{text}/**")],
    }
}

#[cfg(test)]
mod tests {
    use super::super::project;
    use super::*;
    use proptest::prelude::*;

    fn compiled(text: &str) -> Patterns {
        Patterns::compile(&Source::new("gate.toml", text), &[(text, Place::default())]).expect("a pattern")
    }

    #[test]
    fn patterns_match_paths() {
        let rows: &[(&str, &[&str], &[&str])] = &[
            ("**", &["a", "a/b.js"], &[]),
            ("src/**", &["src/a", "src/b/c"], &["src", "a/src/b"]),
            ("vendor", &["vendor", "vendor/a/b"], &["vendors/a", "a/vendor"]),
            ("./lib/", &["lib/a"], &["lib", "a/lib/b"]),
            ("**/gen/**", &["gen/a", "x/gen/a"], &["gen", "regen/a", "x/gen"]),
            ("**/src/test/**", &["src/test/A.java", "m/src/test/A.java"], &["src/a/test/A.java"]),
            ("**/*.{test,spec}.ts", &["a.test.ts", "x/a.spec.ts"], &["a.ts", "a.spec.tsx"]),
            ("**/test/**/*.js", &["test/a.js", "x/test/b/a.js"], &["test/a.java", "latest/a.js", "test.js"]),
            ("*.js", &["a.js"], &["x/a.js"]),
            ("**/test_*.py", &["test_a.py", "x/test_.py"], &["a_test_a.py", "test_a/b.py", "test_.pyc"]),
            ("src/*/gen/**", &["src/a/gen/b"], &["src/a/b/gen/c"]),
            ("a?c", &["abc"], &["a/c", "ac"]),
            ("{api,web}/v[12]/**", &["api/v1/a", "web/v2/a"], &["web/v3/a"]),
            ("**/package-info.java", &["package-info.java", "a/package-info.java"], &["a/b-package-info.java"]),
        ];
        for (pattern, matching, others) in rows {
            let patterns = compiled(pattern);
            matching.iter().for_each(|path| assert!(patterns.matches(path), "{pattern} {path}"));
            others.iter().for_each(|path| assert!(!patterns.matches(path), "{pattern} {path}"));
        }
    }

    #[test]
    fn the_longest_literal_start_wins() {
        let source = Source::new("", "");
        let texts = ["api/**", "api/v1/**", "**/v1/**", "api/{v1,v2}/**"].map(|text| (text, Place::default()));
        let patterns = Patterns::compile(&source, &texts).expect("patterns");
        for (path, expected) in [("api/a", Some((4, 0))), ("api/v1/a", Some((7, 3))), ("x/v1/a", Some((0, 2))), ("x/a", None)] {
            assert_eq!(expected, patterns.most_specific(path), "{path}");
        }
    }

    /// Others would be dropped, and take too long to compile.
    #[test]
    fn built_in_patterns_are_simple() {
        for texts in [project::EXCLUDED, project::TESTS, project::GENERATED] {
            let patterns = Patterns::built_in(texts);
            assert!(patterns.rows.is_empty() && patterns.texts == texts);
        }
    }

    proptest! {
        #[test]
        fn simple_forms_match_what_globs_match(
            pattern in "(\\*\\*/)?(\\*?[a.]{1,2}|[ab]/[ab]|[ab]\\*[ab.])(/\\*\\*)?(/\\*[.a]{1,2})?",
            path in "[ab.]{1,2}(/[ab.]{1,2}){0,3}",
        ) {
            if let Some(simple) = Simple::of(&pattern) {
                let glob = glob(&pattern).expect("a pattern").compile_matcher();
                prop_assert_eq!(glob.is_match(&path), simple.matches(&path), "{} {}", pattern, path);
            }
        }
    }
}
