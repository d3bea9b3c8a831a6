//! Every key of `gate.toml` as a table: what may stand there and what it is for. Checking and the JSON Schema both follow it.
//! Knows neither defaults nor what becomes of a value.

pub struct Key {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
    /// For the JSON Schema, so editors can show it.
    pub about: &'static str,
}

/// What may stand at a key.
#[derive(Clone, Copy)]
pub enum Shape {
    Flag,
    Text,
    /// A string or a list of strings.
    Texts,
    /// A list of strings.
    List,
    Integer {
        least: i64,
        most: i64,
    },
    /// Bytes as an integer, or a string such as `2 MiB`.
    Size,
    Word(&'static [&'static str]),
    Metric,
    Limit,
    /// Minutes, or a table of them.
    Effort,
    Table(&'static [Key]),
    Tables(&'static [Key]),
    /// Settings by rule id, beside keys of its own.
    Rules(&'static [Key]),
}

const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, required: false, about }
}

const fn needed(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, required: true, about }
}

// Each list is held to its enum by a test.
pub const PROFILES: &[&str] = &["recommended", "strict", "all", "none"];
pub const SCOPES: &[&str] = &["all", "main", "test"];
pub const DIALECTS: &[&str] = &["whitepaper", "sonar"];
pub const PRESETS: &[&str] = &["sonar", "pmd-cpd", "jscpd"];
pub const IDENTIFIERS: &[&str] = &["keep", "ignore"];
pub const CLONE_UNITS: &[&str] = &["tokens", "statements"];
pub const ON: &[&str] = &["overall", "new", "delta"];
pub const NO_DATA_WORDS: &[&str] = &["pass", "warn", "fail", "undecided"];
pub const UNKNOWN_FILES: &[&str] = &["uncovered", "ignored"];
pub const SEVERITIES: &[&str] = &["info", "minor", "major", "critical", "blocker"];
pub const TRACKERS: &[&str] = &["jira", "bugzilla"];
pub const ON_FAILURE: &[&str] = &["pass", "reject"];
pub const HOOK_PARTS: &[&str] = &["whitespace", "commit", "secrets"];
/// What a rule can be set to in one word.
pub const SETTING_WORDS: &[&str] = &["off", "on", "info", "minor", "major", "critical", "blocker"];

pub static ROOT: &[Key] = &[
    key("project", Shape::Table(PROJECT), "Which files there are and what they are for."),
    key("rules", Shape::Rules(RULES), "The quality profile: which rules apply, and how."),
    key("overrides", Shape::Tables(OVERRIDE), "Other rule settings for some paths; where several match, later ones win."),
    key("metrics", Shape::Table(METRICS), "How things are counted."),
    key("duplication", Shape::Table(DUPLICATION), "When the same code twice is a clone."),
    key("new-code", Shape::Table(NEW_CODE), "What the change is compared with."),
    key("coverage", Shape::Table(COVERAGE), "Where coverage comes from."),
    key("gate", Shape::Table(GATE), "The conditions that decide the verdict."),
    key("modules", Shape::Tables(MODULE), "Parts of the repository that are judged on their own."),
    key("gerrit", Shape::Table(GERRIT), "How a review is posted."),
    key("hooks", Shape::Table(HOOKS), "How Gerrit's hooks commit-received and ref-update judge a push."),
    key("site", Shape::Table(SITE), "How the hooks reach their server; heeded in `etc/gate.toml` of the Gerrit site alone."),
    key("tracker", Shape::Table(TRACKER), "Where issues are kept, so that those named in commit messages can be looked up."),
];

static PROJECT: &[Key] = &[
    key("include", Shape::List, "Patterns of the files to look at; everything if absent."),
    key("exclude", Shape::List, "Patterns of files to leave out; `..` in the list stands for the built-in patterns."),
    key("tests", Shape::List, "Patterns of test code; `..` in the list stands for the built-in patterns."),
    key("generated", Shape::List, "Patterns of generated code, which is not judged; `..` in the list stands for the built-in patterns."),
    key("max-file-size", Shape::Size, "Larger files are skipped: bytes, or a string such as \"2 MiB\" (the default)."),
];

static RULES: &[Key] = &[
    key("profile", Shape::Word(PROFILES), "Which rules are on; `recommended` if absent."),
    key("path", Shape::Texts, "Folders of your own rules, relative to this file."),
];

/// What can be said of any rule; other keys of a setting are the rule's own parameters.
pub static SETTING: &[Key] = &[
    key("on", Shape::Flag, "Whether the rule applies."),
    key("severity", Shape::Word(SEVERITIES), "How bad a finding is."),
    key("effort", Shape::Effort, "Minutes to put a finding right."),
    key("scope", Shape::Word(SCOPES), "Which files the rule looks at."),
];

pub static EFFORT: &[Key] =
    &[needed("base", MINUTES, "Minutes for any finding."), key("per", MINUTES, "Minutes more for each point over the rule's limit.")];

pub const MINUTES: Shape = Shape::Integer { least: 0, most: 1_000_000 };

static OVERRIDE: &[Key] = &[
    needed("paths", Shape::List, "Patterns of the files these settings are for."),
    needed("rules", Shape::Rules(&[]), "Settings by rule; a table changes only what it names."),
];

static METRICS: &[Key] =
    &[key("cognitive-dialect", Shape::Word(DIALECTS), "Which reading of cognitive complexity is counted; `whitepaper` if absent.")];

static DUPLICATION: &[Key] = &[
    key("enabled", Shape::Flag, "Whether clones are looked for; true if absent."),
    key(
        "preset",
        Shape::Word(PRESETS),
        "The thresholds of a known tool; `sonar` if absent: 10 statements in Java, else 100 tokens over 10 lines.",
    ),
    key("identifiers", Shape::Word(IDENTIFIERS), "`ignore` takes code that differs in names only for the same; `keep` if absent."),
    key("tests", Shape::Flag, "Whether test code is compared too; false if absent."),
    key("java", Shape::Table(JAVA_CLONES), "Other thresholds for Java."),
    key("javascript", Shape::Table(CLONES), "Other thresholds for JavaScript."),
    key("typescript", Shape::Table(CLONES), "Other thresholds for TypeScript."),
];

const MIN_TOKENS: Key = key("min-tokens", Shape::Integer { least: 0, most: 100_000 }, "A clone has so many tokens at least.");
const MIN_LINES: Key = key("min-lines", Shape::Integer { least: 0, most: 100_000 }, "Each copy has so many lines at least.");

static CLONES: &[Key] = &[MIN_TOKENS, MIN_LINES];

static JAVA_CLONES: &[Key] = &[
    key("unit", Shape::Word(CLONE_UNITS), "What is compared."),
    key("min-statements", Shape::Integer { least: 3, most: 100_000 }, "With statements: a clone has so many at least."),
    MIN_TOKENS,
    MIN_LINES,
];

static NEW_CODE: &[Key] =
    &[key("base", Shape::Text, "A branch, tag or commit; if absent the branch's upstream, in Gerrit the patch set's parent.")];

static COVERAGE: &[Key] = &[
    key("reports", Shape::List, "Patterns of coverage reports."),
    key("base-reports", Shape::List, "Patterns of reports about the base, which conditions on `delta` compare with."),
    key("exclude", Shape::List, "Patterns of files whose coverage does not count."),
    key(
        "unknown-files",
        Shape::Word(UNKNOWN_FILES),
        "Files that no report knows, of a language that reports are about; `uncovered` if absent.",
    ),
    key("small-change", COUNT, "With fewer coverable new lines than these the coverage of new code is not judged; 20 if absent."),
    key("allowance", COUNT, "So many uncovered new lines and conditions are allowed in any change; 0 if absent."),
    key("rewrites", Shape::List, "What paths in reports begin with and should, as in \"/app/ => services/web/\"."),
    key("allow-partial", Shape::Flag, "Whether the rest counts when a report cannot be read; `false` if absent."),
    key("limits", Shape::Table(COVERAGE_LIMITS), "What reading reports may take; what goes beyond is refused."),
];

static COVERAGE_LIMITS: &[Key] = &[
    key("report-size", Shape::Size, "Of one report, unpacked; 2 GiB if absent."),
    key("total-size", Shape::Size, "Of all reports together, unpacked; 8 GiB if absent."),
    key("files", LARGE_COUNT, "Files of one report; 5,000,000 if absent."),
    key("lines", LARGE_COUNT, "Lines and branches of one report; 200,000,000 if absent."),
    key("path-size", Shape::Size, "What is longer is no path; 4 KiB if absent."),
    key("line-size", Shape::Size, "Of one line or tag; 1 MiB if absent."),
    key("timeout", Shape::Integer { least: 1, most: 86_400 }, "Seconds for reading all reports; 300 if absent."),
];

const LARGE_COUNT: Shape = Shape::Integer { least: 1, most: 4_000_000_000 };

const COUNT: Shape = Shape::Integer { least: 0, most: 1_000_000 };

static GATE: &[Key] = &[
    key("no-data", NO_DATA, "What a condition becomes when its metric has no value; `undecided` if absent."),
    key("conditions", Shape::Tables(CONDITION), "If absent, the built-in gate; an empty list judges nothing."),
];

const NO_DATA: Shape = Shape::Word(NO_DATA_WORDS);

static CONDITION: &[Key] = &[
    needed("metric", Shape::Metric, "A metric, or SonarQube's name for it; with `new_` in front it is of new code."),
    key("on", Shape::Word(ON), "The whole, what the change added, or head minus base; `overall` if absent."),
    key("warn", Shape::Limit, "When it warns, as in \"> 0\", \"< 92.5\", \"worse than A\"."),
    key("fail", Shape::Limit, "When it fails, as in \"> 0\", \"< 92.5\", \"worse than A\"."),
    key("no-data", NO_DATA, "For this condition alone."),
];

static MODULE: &[Key] = &[
    needed("name", Shape::Text, "Unique; `root` is what belongs to no module."),
    needed("paths", Shape::List, "Patterns of its files; the most specific pattern of all modules decides."),
    key("conditions", Shape::Tables(CONDITION), "Its own gate instead of `[gate]`'s."),
    key("no-data", NO_DATA, "For the module's own conditions; `[gate]`'s if absent."),
    key("coverage", Shape::List, "Patterns of its own coverage reports."),
];

static GERRIT: &[Key] = &[
    key("url", Shape::Text, "The server's address, as in \"https://gerrit.example.org\", where the environment does not say it."),
    key("label", Shape::Text, "The label to vote on; `Code-Quality` if absent."),
    key("votes", Shape::Table(VOTES), "The vote for each outcome."),
    key("tag", Shape::Text, "By which the review's messages are known; `autogenerated:gate` if absent."),
    key("rule-url", Shape::Text, "Where rules are explained, as in \"https://example.org/rules/{rule}\"."),
    key("max-comments", COMMENTS, "At most this many comments in one review; 30 if absent."),
    key("budget", Shape::Table(BUDGET), "At most so many comments of a severity in one review."),
    key("respect-resolved", Shape::Flag, "Whether a thread that a person resolved is left at that; true if absent."),
    key("fix-suggestions", Shape::Flag, "Whether comments carry fixes to click; only where the server allows them. false if absent."),
    key("limits", Shape::Table(LIMITS), "What the server takes, if its administrators set other limits."),
];

const COMMENTS: Shape = Shape::Integer { least: 0, most: 10_000 };

static BUDGET: &[Key] = &[
    key("info", COMMENTS, "No limit of its own if absent."),
    key("minor", COMMENTS, "No limit of its own if absent."),
    key("major", COMMENTS, "No limit of its own if absent."),
    key("critical", COMMENTS, "No limit of its own if absent."),
    key("blocker", COMMENTS, "No limit of its own if absent."),
];

static LIMITS: &[Key] = &[
    key("comment-size", Shape::Size, "`change.commentSizeLimit`; 16 KiB if absent."),
    key("comments", COUNT, "`change.maxComments`; 5000 if absent."),
    key("comments-per-user", COUNT, "`change.maxCommentsPerUser` of Gerrit 3.14 and later; no limit if absent."),
    key("total-size", Shape::Size, "`change.cumulativeCommentSizeLimit`; 3 MiB if absent."),
];

static HOOKS: &[Key] = &[
    key(
        "deadline",
        Shape::Integer { least: 1, most: 600 },
        "Seconds that a push is held up at most; 20 if absent. Gerrit kills a hook after 30.",
    ),
    key("on-failure", Shape::Word(ON_FAILURE), "What becomes of a push that cannot be judged; `pass`, with a warning, if absent."),
    key("reject", Shape::List, "Which of `whitespace`, `commit` and `secrets` reject a push, if not all; the others only warn."),
];

static SITE: &[Key] = &[
    key("url", Shape::Text, "Gerrit's address, as in \"https://review.example.org/\"."),
    key(
        "ssh",
        Shape::Text,
        "The same by ssh instead, as in \"gate@review.example.org:29418\"; it tells less, so threads cannot be answered.",
    ),
    key("credentials", Shape::Text, "A file with the user and password of the account that reviews."),
    key("account", Shape::Text, "The user name of that account, whose own comments ask for nothing."),
    key(
        "catch-up-days",
        Shape::Integer { least: 0, most: 3650 },
        "Every hour a worker looks for patch sets that came since and have no review, but for none older than this; 3 if absent, 0 for never.",
    ),
    key("catch-up-changes", Shape::Integer { least: 1, most: 500 }, "So many changes are looked at then; 100 if absent."),
];

static TRACKER: &[Key] = &[
    needed("kind", Shape::Word(TRACKERS), "The REST interface it has."),
    needed("url", Shape::Text, "Its address, as in \"https://jira.example.org\". Credentials come from the environment."),
    key("projects", Shape::List, "Keys of Jira's projects: `ABC` for `ABC-123`. Nothing else is taken for an issue."),
    key("timeout", Shape::Integer { least: 1, most: 60 }, "Seconds to wait for each answer; 5 if absent."),
];

const VOTE: Shape = Shape::Integer { least: -99, most: 99 };

static VOTES: &[Key] = &[
    key("passed", VOTE, "1 if absent."),
    key("warned", VOTE, "0 if absent."),
    key("failed", VOTE, "-1 if absent."),
    key("undecided", VOTE, "0 if absent."),
];
