//! What an administrator wants to know about a server: its clock, its labels, whether a proxy spoils addresses. Asks, and judges nothing.
use std::time::SystemTime;

use serde_json::Value;

use super::{Gerrit, encode};

/// Two clocks, read together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub theirs: SystemTime,
    pub ours: SystemTime,
}

/// A label as it is defined for a project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Label {
    pub name: String,
    /// The project that defines it.
    pub project: String,
    pub function: String,
    /// Value and what it means, ascending.
    pub values: Vec<(i32, String)>,
    pub copy_condition: String,
}

impl Gerrit {
    /// None if the server does not tell the time.
    ///
    /// # Errors
    /// No answer came.
    pub fn clock(&self) -> anyhow::Result<Option<Clock>> {
        let answer = self.http.read("config/server/version")?;
        Ok(answer.date.map(|theirs| Clock { theirs, ours: SystemTime::now() }))
    }

    /// The groups that we are in, by name.
    ///
    /// # Errors
    /// No answer came.
    pub fn groups(&self) -> anyhow::Result<Vec<String>> {
        let groups = self.read("accounts/self/groups")?.unwrap_or_default();
        let name = |group: &Value| group.get("name").and_then(Value::as_str).map(str::to_owned);
        Ok(groups.as_array().into_iter().flatten().filter_map(name).collect())
    }

    /// None if the label, or the project, is not there or may not be seen; servers before 3.0 do not tell.
    ///
    /// # Errors
    /// No answer came.
    pub fn label(&self, project: &str, name: &str) -> anyhow::Result<Option<Label>> {
        let endpoint = format!("projects/{}/labels/{}", encode::segment(project), encode::segment(name));
        Ok(self.read(&endpoint)?.map(|label| read_label(&label)))
    }

    /// Names of the submit requirements of a project and those above it, with what makes each fulfilled. None if that may not be seen;
    /// servers before 3.6 have none.
    ///
    /// # Errors
    /// No answer came.
    pub fn submit_requirements(&self, project: &str) -> anyhow::Result<Option<Vec<(String, String)>>> {
        let all = self.read(&format!("projects/{}/submit_requirements/?inherited", encode::segment(project)))?;
        let text = |one: &Value, key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let read = |all: Value| {
            let all = all.as_array().cloned().unwrap_or_default();
            all.iter().map(|one| (text(one, "name"), text(one, "submittability_expression"))).collect()
        };
        Ok(all.map(read))
    }

    /// Whether a slash within a name reaches the server as it was sent, which a proxy may spoil.
    ///
    /// # Errors
    /// No answer came.
    pub fn keeps_slashes(&self) -> anyhow::Result<bool> {
        let name = "gate/is/not/a/project";
        match self.http.once(&format!("projects/{}", encode::segment(name)), None, "") {
            Ok(_) => Ok(true),
            Err(problem) if problem.status == Some(404) => Ok(!problem.is_html && problem.text.contains(name)),
            Err(problem) => Err(self.http.error(&problem, "projects/")),
        }
    }
}

fn read_label(label: &Value) -> Label {
    let text = |key: &str| label.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let all = label.get("values").and_then(Value::as_object).into_iter().flatten();
    let value = |(value, meaning): (&String, &Value)| {
        Some((value.trim().trim_start_matches('+').parse().ok()?, meaning.as_str().unwrap_or_default().to_owned()))
    };
    let mut values: Vec<(i32, String)> = all.filter_map(value).collect();
    values.sort();
    Label { name: text("name"), project: text("project_name"), function: text("function"), values, copy_condition: text("copy_condition") }
}
