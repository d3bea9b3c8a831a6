//! What is known and can be set about a rule apart from how it looks for its findings.
use std::fmt;

/// A rule's place in `Report::rules`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub u16);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Minor,
    Major,
    Critical,
    Blocker,
}

impl Severity {
    pub const ALL: &[(Severity, &str)] = &[
        (Severity::Info, "info"),
        (Severity::Minor, "minor"),
        (Severity::Major, "major"),
        (Severity::Critical, "critical"),
        (Severity::Blocker, "blocker"),
    ];

    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Bug,
    Vulnerability,
    Smell,
    Hotspot,
}

impl Kind {
    pub const ALL: &[(Kind, &str)] =
        &[(Kind::Bug, "bug"), (Kind::Vulnerability, "vulnerability"), (Kind::Smell, "smell"), (Kind::Hotspot, "hotspot")];

    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Judges {
    #[default]
    Files,
    /// All files together.
    Tree,
    /// The lines that a change adds, as git sees them.
    Added,
    /// What tests ran of the lines that a change adds.
    Coverage,
    /// The messages of a change's commits.
    Commits,
}

impl Judges {
    pub fn name(self) -> &'static str {
        match self {
            Judges::Files => "files",
            Judges::Tree => "tree",
            Judges::Added => "added",
            Judges::Coverage => "coverage",
            Judges::Commits => "commits",
        }
    }
}

/// Which files a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    #[default]
    All,
    Main,
    Test,
}

impl Scope {
    pub fn name(self) -> &'static str {
        match self {
            Scope::All => "all",
            Scope::Main => "main",
            Scope::Test => "test",
        }
    }
}

/// Minutes of repair: `base`, and `per` for each point over a threshold rule's limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Effort {
    pub base: u32,
    #[serde(default)]
    pub per: u32,
}

impl Effort {
    pub fn minutes(self, excess: u32) -> u32 {
        self.base.saturating_add(self.per.saturating_mul(excess))
    }
}

/// A parameter's value, of the type of its default.
#[derive(Clone, Debug, PartialEq)]
pub enum Param {
    Integer(i64),
    Boolean(bool),
    Text(String),
    List(Vec<String>),
}

/// As it is written in `gate.toml`.
impl fmt::Display for Param {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Param::Integer(number) => write!(out, "{number}"),
            Param::Boolean(yes) => write!(out, "{yes}"),
            Param::Text(text) => write!(out, "{text:?}"),
            Param::List(words) => write!(out, "{words:?}"),
        }
    }
}

/// Which of the published readings of cognitive complexity is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    #[default]
    Whitepaper,
    Sonar,
}

/// What reports say about a rule. Severity and kind of a finding stand in the finding, since `gate.toml` may change them by path.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleInfo {
    pub id: String,
    pub title: String,
    pub kind: Kind,
    pub severity: Severity,
    pub tags: Vec<String>,
    pub cwe: Vec<u32>,
    /// The reason, in Markdown, without the examples.
    pub why: String,
}
