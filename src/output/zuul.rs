//! What a Zuul job returns, so that Zuul posts the comments: <https://zuul-ci.org/docs/zuul/latest/job-content.html#leaving-file-comments>.

use serde_json::{Map, Value, json};

use super::Output;
use crate::model::{Comment, CommentPlace, Severity};

pub(super) const COMMENTS: Output = Output {
    name: "zuul-file-comments",
    about: "a review's comments as data for `zuul_return`",
    write: |page, mut out| {
        let mut files: Map<String, Value> = Map::new();
        for comment in (page.review)().comments {
            if let Value::Array(list) = files.entry(comment.path.clone()).or_insert_with(|| json!([])) {
                list.push(row(&comment));
            }
        }
        serde_json::to_writer_pretty(&mut out, &json!({ "zuul": { "file_comments": files } }))?;
        out.write_all(b"\n")
    },
};

/// Zuul's words for severities.
const LEVELS: &[(Severity, &str)] = &[
    (Severity::Info, "info"),
    (Severity::Minor, "warning"),
    (Severity::Major, "warning"),
    (Severity::Critical, "error"),
    (Severity::Blocker, "error"),
];

fn row(comment: &Comment) -> Value {
    let level = comment.severity.map_or("info", |severity| LEVELS[severity as usize].1);
    let mut row = json!({ "message": comment.message, "level": level });
    match comment.place {
        CommentPlace::File => {}
        CommentPlace::Line(line) => row["line"] = line.into(),
        CommentPlace::Range { end_line, .. } => {
            row["line"] = end_line.into();
            row["range"] = super::checks::range(comment.place);
        }
    }
    row
}
