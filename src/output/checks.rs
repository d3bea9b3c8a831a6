//! What the JavaScript plugin of a Checks tab fetches: Gerrit's `FetchResponse` with one run. Nothing of it is kept in Gerrit, so it has
//! everything that is new. <https://gerrit.googlesource.com/gerrit/+/refs/heads/master/polygerrit-ui/app/api/checks.ts>

use serde_json::{Value, json};

use super::Output;
use super::remark::{level, range, write};
use crate::model::{Comment, CommentPlace, Outcome, Severity};

pub(super) const CHECKS: Output = Output {
    name: "checks-json",
    about: "everything new, as a plugin of Gerrit's Checks tab fetches it",
    write: |page, out| {
        let review = (page.everything)();
        let results: Vec<Value> = review.comments.iter().map(result).collect();
        let results = if results.is_empty() { vec![nothing(page.verdict.outcome)] } else { results };
        let run = json!({
            "change": review.change,
            "patchset": review.patch_set,
            "externalId": review.run,
            "checkName": "gate",
            "checkDescription": "bugs, smells, clones, coverage and messages of the change",
            "status": "COMPLETED",
            "statusDescription": review.summary.lines().next().unwrap_or_default(),
            "labelName": review.votes.keys().next(),
            "results": results,
        });
        write(&json!({ "responseCode": "OK", "runs": [run] }), out)
    },
};

fn result(comment: &Comment) -> Value {
    let severity = comment.severity.unwrap_or(Severity::Info);
    let mut result = json!({
        "category": level(severity).to_uppercase(),
        "summary": comment.said,
        "message": comment.message,
        "tags": [{ "name": comment.rule }, { "name": severity.name() }],
        "codePointers": [{ "path": comment.path, "range": range(comment.place) }],
    });
    if !comment.fixes.is_empty() {
        let replacement =
            |(path, place, text): &(String, CommentPlace, String)| json!({ "path": path, "range": range(*place), "replacement": text });
        let fixes = comment.fixes.iter().map(|fix| {
            let replacements: Vec<Value> = fix.replacements.iter().map(replacement).collect();
            json!({ "description": fix.description, "replacements": replacements })
        });
        result["fixes"] = fixes.collect();
    }
    result
}

/// The tab shows a run without results as one that found nothing out.
fn nothing(outcome: Outcome) -> Value {
    let category = match outcome {
        Outcome::Passed => "SUCCESS",
        Outcome::Warned | Outcome::Undecided => "WARNING",
        Outcome::Failed => "ERROR",
    };
    json!({ "category": category, "summary": format!("No new finding; the gate {}.", told(outcome)) })
}

fn told(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "holds",
        Outcome::Warned => "warns",
        Outcome::Undecided => "is undecided",
        Outcome::Failed => "does not hold",
    }
}
