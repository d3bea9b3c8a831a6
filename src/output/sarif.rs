//! SARIF 2.1.0 for code hosts and viewers. Columns count characters; paths are relative to `SRCROOT`.
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::lazy::List;
use super::{Output, Page};
use crate::model::{Decided, FileReport, Finding, Fix, RuleInfo, Severity, Skipped, Span, State};

pub(super) const SARIF: Output = Output {
    name: "sarif",
    about: "SARIF 2.1.0, for code hosts and viewers",
    write: |page, mut out| {
        serde_json::to_writer(&mut out, &log(page))?;
        out.write_all(b"\n")
    },
};

/// What viewers make of a severity.
const LEVELS: &[(Severity, &str)] = &[
    (Severity::Info, "note"),
    (Severity::Minor, "note"),
    (Severity::Major, "warning"),
    (Severity::Critical, "error"),
    (Severity::Blocker, "error"),
];

/// How findings relate to a base, for those that have such a state.
const BASELINE: &[(State, &str)] = &[(State::New, "new"), (State::Existing, "unchanged"), (State::Fixed, "absent")];

#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [R; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<D, R> {
    tool: Tool<D>,
    invocations: Json,
    column_kind: &'static str,
    original_uri_base_ids: Json,
    results: R,
    properties: Json,
}

#[derive(Serialize)]
struct Tool<D> {
    driver: Driver<D>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<D> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: D,
    notifications: Json,
}

fn log<'a>(page: &'a Page) -> impl Serialize + 'a {
    let version = env!("CARGO_PKG_VERSION");
    let has_change = page.report.change.is_some();
    let results = move || {
        // Of one file: what is found elsewhere must not make another finding of one that stayed.
        let mut seen: FxHashMap<(&str, u64), u32> = FxHashMap::default();
        page.report.findings().chain(page.report.fixed()).map(move |(file, finding)| {
            let occurrence = seen.entry((&file.path, finding.fingerprint)).and_modify(|count| *count += 1).or_insert(0);
            result(page, file, finding, *occurrence, has_change)
        })
    };
    let notifications = json!([{ "id": "skipped-file", "shortDescription": { "text": "A file was not judged, or not wholly." } }]);
    let rules = List(|| page.report.rules.iter().map(descriptor));
    let driver = Driver { name: "gate", version, semantic_version: version, rules, notifications };
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            invocations: invocations(page),
            column_kind: "unicodeCodePoints",
            original_uri_base_ids: base(page.root),
            results: List(results),
            properties: json!({ "verdict": page.verdict.outcome.name() }),
        }],
    }
}

fn base(root: Option<&str>) -> Json {
    match root {
        Some(root) => json!({ "SRCROOT": { "uri": folder_uri(root) } }),
        None => json!({ "SRCROOT": { "description": { "text": "The folder that was judged." } } }),
    }
}

fn folder_uri(root: &str) -> String {
    let root = root.replace('\\', "/");
    format!("file:///{}/", uri(root.trim_matches('/'))).replace("file:////", "file:///")
}

fn invocations(page: &Page) -> Json {
    let skipped: Vec<_> = page.report.skipped.iter().map(notification).collect();
    json!([{ "executionSuccessful": true, "exitCode": page.verdict.outcome.exit_code(), "toolExecutionNotifications": skipped }])
}

fn notification(skipped: &Skipped) -> Json {
    json!({
        "descriptor": { "id": "skipped-file" },
        "level": if skipped.expected { "note" } else { "warning" },
        "message": { "text": message(&skipped.why) },
        "locations": [{ "physicalLocation": { "artifactLocation": artifact(&skipped.path) } }],
    })
}

fn descriptor(rule: &RuleInfo) -> Json {
    let why = if rule.why.trim().is_empty() { &rule.title } else { rule.why.trim() };
    let cwe = rule.cwe.iter().map(|number| format!("external/cwe/cwe-{number:03}"));
    let tags: Vec<_> = rule.tags.iter().cloned().chain(cwe).collect();
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": why.split("\n\n").next().unwrap_or(why).replace('\n', " ") },
        "help": { "text": why, "markdown": why },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "tags": unique(tags), "kind": rule.kind.name(), "severity": rule.severity.name() },
    })
}

/// The schema wants tags to differ.
fn unique(tags: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        if !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    kept
}

fn result(page: &Page, file: &FileReport, finding: &Finding, occurrence: u32, has_change: bool) -> Json {
    let mut result = json!({
        "ruleId": page.report.rule(finding.rule).id,
        "ruleIndex": finding.rule.0,
        "level": level(finding.severity),
        "message": { "text": message(&finding.message) },
        "locations": [{ "physicalLocation": place(&file.path, finding.at) }],
        "partialFingerprints": { "gateFinding/v1": format!("{:016x}:{occurrence}", finding.fingerprint) },
        "properties": { "kind": finding.kind.name(), "severity": finding.severity.name(), "effortMinutes": finding.effort },
    });
    if !finding.related.is_empty() {
        result["relatedLocations"] = related(file, finding);
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = fixes(&file.path, fix);
    }
    if let Some(suppressions) = suppressions(finding) {
        result["suppressions"] = suppressions;
    }
    if has_change {
        result["baselineState"] = BASELINE.iter().find(|(state, _)| *state == finding.state).map(|(_, name)| *name).into();
    }
    result
}

fn level(severity: Severity) -> &'static str {
    LEVELS[severity as usize].1
}

fn related(file: &FileReport, finding: &Finding) -> Json {
    let places = finding.related.iter().enumerate().map(|(number, related)| {
        let path = related.path.as_deref().unwrap_or(&file.path);
        json!({ "id": number, "physicalLocation": place(path, related.at), "message": { "text": message(&related.message) } })
    });
    places.collect()
}

fn fixes(path: &str, fix: &Fix) -> Json {
    let replacements: Vec<_> =
        fix.edits.iter().map(|edit| json!({ "deletedRegion": region(edit.at), "insertedContent": { "text": edit.text } })).collect();
    // The schema wants at least one replacement.
    if replacements.is_empty() {
        return json!([]);
    }
    json!([{ "artifactChanges": [{ "artifactLocation": artifact(path), "replacements": replacements }] }])
}

fn suppressions(finding: &Finding) -> Option<Json> {
    match (&finding.suppressed, finding.decided) {
        (Some(suppression), _) => Some(json!([{ "kind": "inSource", "justification": suppression.reason }])),
        (None, Some(decided @ (Decided::Accepted | Decided::FalsePositive))) => {
            Some(json!([{ "kind": "external", "status": "accepted", "justification": decided.name() }]))
        }
        _ => None,
    }
}

fn place(path: &str, at: Span) -> Json {
    if at.start_line == 0 {
        return json!({ "artifactLocation": artifact(path) });
    }
    json!({ "artifactLocation": artifact(path), "region": region(at) })
}

fn region(at: Span) -> Json {
    json!({
        "startLine": at.start_line.max(1),
        "startColumn": at.start_column.max(1),
        "endLine": at.end_line.max(at.start_line).max(1),
        "endColumn": at.end_column.max(1),
    })
}

fn artifact(path: &str) -> Json {
    json!({ "uri": uri(path), "uriBaseId": "SRCROOT" })
}

/// A path as a relative URI: all but unreserved characters and `/` encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// Viewers turn `[text](target)` into a link, which source code must not be able to place in a message. Braces stay single
/// although the standard doubles them: no viewer undoes that where a message has no arguments.
fn message(text: &str) -> String {
    if text.contains("](") { text.replace('[', "\\[") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        let cases = [
            ("src/A.java", "src/A.java"),
            ("a b/ä#?.js", "a%20b/%C3%A4%23%3F.js"),
            ("c:x/100%.ts", "c%3Ax/100%25.ts"),
            ("x\ny\"<>", "x%0Ay%22%3C%3E"),
        ];
        for (path, expected) in cases {
            assert_eq!(uri(path), expected);
        }
        assert_eq!(folder_uri("/home/me/my repo"), "file:///home/me/my%20repo/");
        assert_eq!(folder_uri("/"), "file:///");
    }

    #[test]
    fn levels_stand_in_the_order_of_severities() {
        assert!(LEVELS.iter().enumerate().all(|(place, (severity, _))| place == *severity as usize));
    }
}
