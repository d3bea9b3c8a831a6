//! White space as git sees it: a made history of texts with all sorts of blanks, tabs, line ends and conflict markers, under all sorts of
//! `core.whitespace` and `.gitattributes`, in which lines and kinds equal those of `git diff --check` and `git show --check`, and
//! fixes those of `git apply --whitespace=fix`.
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};

use gate::check::whitespace::{Attribute, Blemish, Defect, Settings, check};

const FILES: usize = 24;
const COMMITS: usize = 24;
/// Every line of a text.
const ALL: Range<u32> = 1..u32::MAX;

/// Path, line and what git says of it.
type Said = BTreeSet<(String, u32, String)>;

/// A small generator (xorshift64*), so that a failure can be seen again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }
}

const CORE: &[&str] = &[
    "",
    "blank-at-eol",
    "-trailing-space",
    "indent-with-non-tab",
    "indent-with-non-tab,tabwidth=4",
    "tab-in-indent",
    "tab-in-indent,-space-before-tab,tabwidth=3",
    "cr-at-eol",
    "cr-at-eol,tab",
    "-blank-at-eof,indent,-blank-at-eol,tabwidth=2",
    "-space-before-tab, cr-at-eol,incomplete-line",
    "t,-bl,-,indent",
    "tabwidth=1,indent",
];
const MARKER_SIZES: &[&str] = &["", "", "conflict-marker-size=3", "-conflict-marker-size", "conflict-marker-size=0"];
const PIECES: &[&[u8]] = &[
    b" ",
    b" ",
    b"  ",
    b"    ",
    b"        ",
    b"\t",
    b"\t",
    b" \t",
    b"\t ",
    b"\r",
    b"x",
    b"x",
    b"y z",
    b"\x0c",
    b"\x0b",
    b"\xc2\xa0",
    b"\xe9",
    b"=======",
    b"<<<<<<<",
    b">>>>>>> a",
    b"|||||||",
    b"===",
    b"<<< ",
];

fn line(dice: &mut Dice) -> Vec<u8> {
    let mut line: Vec<u8> = (0..dice.of(&[0, 0, 1, 1, 2, 3, 4, 6])).flat_map(|_| dice.of(PIECES).to_vec()).collect();
    line.extend(dice.of::<&[u8]>(&[b"\n", b"\n", b"\n", b"\r\n"]));
    line
}

/// A text with some lines replaced, added and taken out; sometimes it ends without a line end.
fn edited(text: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    for _ in 0..dice.below(6) {
        let at = if dice.below(3) == 0 { lines.len() } else { dice.below(lines.len() + 1) };
        match dice.below(4) {
            0 if at < lines.len() => drop(lines.remove(at)),
            1 if at < lines.len() => lines[at] = line(dice),
            _ => lines.insert(at, line(dice)),
        }
    }
    let mut text = lines.concat();
    if dice.below(5) == 0 && text.ends_with(b"\n") {
        text.pop();
    }
    text
}

struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Repository(tempfile::tempdir().expect("a folder"));
        repository.git(&["init", "-q"]);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// What git prints, whatever its exit code; nothing of the machine's or the user's configuration counts.
    fn git(&self, arguments: &[&str]) -> Vec<u8> {
        let mut git = Command::new("git");
        git.current_dir(self.path()).args(["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "core.autocrlf=false"]).args(arguments);
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_ATTR_NOSYSTEM", "1").stderr(Stdio::null());
        git.output().expect("git runs").stdout
    }

    fn write(&self, path: &str, text: &[u8]) {
        std::fs::write(self.path().join(path), text).expect("a writable file");
    }
}

/// `path:line: kind, kind.`
fn said_by_git(output: &[u8]) -> Said {
    let output = String::from_utf8_lossy(output);
    let said = output.lines().filter(|line| line.starts_with("file")).flat_map(|line| {
        let (path, rest) = line.split_once(':').expect("a path");
        let (line, kinds) = rest.split_once(": ").expect("a line");
        let line: u32 = line.parse().expect("a number");
        kinds.trim_end_matches('.').split(", ").map(move |kind| (path.to_owned(), line, kind.to_owned())).collect::<Vec<_>>()
    });
    said.collect()
}

/// The added lines of each file, out of a patch. One without context would not do: git makes it in another way.
fn added_by_git(patch: &[u8]) -> BTreeMap<String, Vec<Range<u32>>> {
    let mut added: BTreeMap<String, Vec<Range<u32>>> = BTreeMap::new();
    let (mut path, mut line) = (String::new(), 0);
    for text in patch.split(|byte| *byte == b'\n') {
        let words = String::from_utf8_lossy(text);
        if let Some(name) = words.strip_prefix("diff --git a/") {
            (path, line) = (name.split(' ').next().unwrap_or_default().to_owned(), 0);
        } else if let Some(rest) = words.strip_prefix("@@ -") {
            let lines = rest.split(['+', '@']).nth(1).expect("the new lines").trim();
            line = lines.split(',').next().and_then(|first| first.parse().ok()).expect("a number");
        } else if line > 0 && text.starts_with(b"+") {
            added.entry(path.clone()).or_default().push(line..line + 1);
            line += 1;
        } else if line > 0 && text.starts_with(b" ") {
            line += 1;
        }
    }
    added
}

fn said_by_gate(path: &str, blemishes: &[Blemish]) -> Said {
    blemishes.iter().map(|blemish| (path.to_owned(), blemish.line, blemish.defect.in_words().to_owned())).collect()
}

fn attribute(word: &str, name: &str) -> Attribute {
    match word.split_once('=') {
        _ if word == name => Attribute::Set,
        _ if word.strip_prefix('-') == Some(name) => Attribute::Unset,
        Some((_, value)) => Attribute::Value(value.to_owned()),
        None => Attribute::Unspecified,
    }
}

fn fixed(text: &[u8], blemishes: &[Blemish]) -> Vec<u8> {
    let mut text = text.to_vec();
    let mut fixes: Vec<_> = blemishes.iter().filter_map(|blemish| blemish.fix.clone()).collect();
    fixes.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, with) in fixes {
        text.splice(range, with);
    }
    text
}

/// What `.gitattributes` says of a file in a commit.
struct Attributes {
    whitespace: String,
    marker_size: &'static str,
}

impl Attributes {
    fn random(dice: &mut Dice) -> Self {
        let whitespace = match dice.below(5) {
            0 | 1 => String::new(),
            2 => dice.of(&["whitespace", "-whitespace", "whitespace="]).to_owned(),
            _ => format!("whitespace={}", dice.of(CORE).replace(' ', "")),
        };
        Attributes { whitespace, marker_size: dice.of(MARKER_SIZES) }
    }

    fn settings(&self, core: &str) -> Settings {
        let settings = Settings::of(core, &attribute(&self.whitespace, "whitespace")).expect("no contradiction");
        settings.with_marker_size(&attribute(self.marker_size, "conflict-marker-size"))
    }
}

#[test]
fn lines_and_kinds_are_those_of_git() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let repository = Repository::new();
    let mut texts: BTreeMap<String, Vec<u8>> = (0..FILES).map(|number| (format!("file{number}"), Vec::new())).collect();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for _ in 0..COMMITS {
        let core = dice.of(CORE);
        repository.git(&["config", "core.whitespace", core]);
        let before = texts.clone();
        let rows: BTreeMap<String, Attributes> = texts.keys().map(|path| (path.clone(), Attributes::random(&mut dice))).collect();
        let lines = rows.iter().map(|(path, row)| format!("{path} {} {}\n", row.whitespace, row.marker_size));
        repository.write(".gitattributes", lines.collect::<String>().as_bytes());
        for (path, text) in &mut texts {
            *text = edited(text, &mut dice);
            repository.write(path, text);
        }
        let patch = repository.git(&["diff", "--no-renames", "--no-color"]);
        let in_worktree = said_by_git(&repository.git(&["diff", "--no-renames", "--check"]));
        repository.git(&["add", "."]);
        repository.git(&["commit", "-q", "-m", "x"]);
        let in_commit = said_by_git(&repository.git(&["show", "--no-renames", "--format=", "--check"]));

        let added = match patch.is_empty() {
            // Files that git did not know are all new.
            true => texts.keys().map(|path| (path.clone(), vec![ALL; 1])).collect(),
            false => added_by_git(&patch),
        };
        let mut said = Said::new();
        for (path, text) in &texts {
            let added = added.get(path).map_or(&[][..], Vec::as_slice);
            said.extend(said_by_gate(path, &check(&before[path], text, added, &rows[path].settings(core))));
        }
        assert_eq!(in_commit, said, "git show --check, core.whitespace = {core:?}");
        assert!(in_worktree.is_empty() && patch.is_empty() || in_worktree == said, "git diff --check, core.whitespace = {core:?}");
        seen.extend(said.into_iter().map(|(_, _, kind)| kind));
    }
    assert_eq!(Defect::ALL.len(), seen.len(), "the history has every kind: {seen:?}");
}

/// git fixes patches of new files, so that every line is new. Where tabs are to go, git puts some in, and it keeps blank lines at an end
/// without line end; that is not followed.
#[test]
fn fixes_are_those_of_git() {
    let mut dice = Dice(0xdead_beef_cafe_f00d);
    for core in CORE {
        let settings = Settings::of(core, &Attribute::Unspecified).expect("no contradiction");
        let repository = Repository::new();
        repository.git(&["config", "core.whitespace", core]);
        let mut fixes = BTreeMap::new();
        for number in 0..FILES * 2 {
            let path = format!("file{number}");
            let text = (0..8).fold(Vec::new(), |text, _| edited(&text, &mut dice));
            let text = [b"first\n", &text[..], b"\n"].concat();
            let found = check(b"", &text, &[ALL], &settings);
            let fixed = fixed(&text, &found);
            let left = check(b"", &fixed, &[ALL], &settings);
            assert!(left.iter().all(|blemish| blemish.defect == Defect::ConflictMarker), "{core}: {text:?} to {fixed:?}");
            repository.write(&path, &text);
            fixes.insert(path, (text, fixed));
        }
        repository.git(&["add", "."]);
        let patch = repository.git(&["diff", "--cached", "--binary"]);
        repository.write("patch", &patch);
        fixes.keys().for_each(|path| std::fs::remove_file(repository.path().join(path)).expect("a file"));
        repository.git(&["apply", "--whitespace=fix", "patch"]);
        for (path, (text, fixed)) in fixes {
            let by_git = std::fs::read(repository.path().join(&path)).expect("a file");
            let follows = !settings.has(Defect::TabInIndent) || !settings.has(Defect::SpaceBeforeTab);
            assert!(!follows || by_git == fixed, "{core}: {text:?}\ngit:  {by_git:?}\ngate: {fixed:?}");
        }
    }
}
