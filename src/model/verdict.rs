//! What the judge is asked and what it answers.
use super::metric::{Metric, Rating, Value};

/// Which value of a metric a condition looks at: the head's, what is attributable to the change, or head minus base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum On {
    #[default]
    Overall,
    New,
    Delta,
}

impl On {
    pub const ALL: &[(On, &str)] = &[(On::Overall, "overall"), (On::New, "new"), (On::Delta, "delta")];

    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// What a condition becomes when its metric has no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoData {
    Pass,
    Warn,
    Fail,
    #[default]
    Undecided,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
}

/// When a condition is hit: `> 0`, `< 92.5`, `worse than A`. Numbers are exact: `digits / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Number { comparison: Comparison, digits: i64, scale: u32 },
    WorseThan(Rating),
}

/// One limit of the gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    pub metric: Metric,
    pub on: On,
    pub warn: Option<Limit>,
    pub fail: Option<Limit>,
    pub no_data: NoData,
}

/// Ordered from best to worst: the worst of several is their maximum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    #[default]
    Passed,
    Warned,
    /// Could not be judged; not worse than failed, but never passed.
    Undecided,
    Failed,
}

impl Outcome {
    pub const ALL: &[(Outcome, &str)] =
        &[(Outcome::Passed, "passed"), (Outcome::Warned, "warned"), (Outcome::Undecided, "undecided"), (Outcome::Failed, "failed")];

    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The exit code that stands for it.
    pub fn exit_code(self) -> u8 {
        match self {
            Outcome::Passed | Outcome::Warned => 0,
            Outcome::Failed => 1,
            Outcome::Undecided => 2,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    pub outcome: Outcome,
    /// In the order of `Report::modules`; a module without files and conditions is left out.
    pub modules: Vec<ModuleVerdict>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ModuleVerdict {
    pub name: String,
    pub outcome: Outcome,
    pub conditions: Vec<ConditionVerdict>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ConditionVerdict {
    pub condition: Condition,
    pub outcome: Outcome,
    /// Nothing when the metric has no value.
    pub actual: Option<Value>,
    /// The limit that was hit, else the stricter one that held.
    pub limit: Option<Limit>,
    /// The smallest change that would make it pass: "cover 7 more lines".
    pub repair: Option<String>,
    /// The files that contribute most, worst first; only of conditions that did not pass.
    pub worst: Vec<Contributor>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Contributor {
    pub path: String,
    /// In the metric's own unit: findings, minutes, lines.
    pub amount: i64,
}
