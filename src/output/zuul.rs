//! What a Zuul job returns, so that Zuul posts the comments: <https://zuul-ci.org/docs/zuul/latest/job-content.html#leaving-file-comments>.

use serde_json::{Map, Value, json};

use super::Output;
use super::remark::{level, range, write};
use crate::model::{Comment, CommentPlace, Severity};

pub(super) const COMMENTS: Output = Output {
    name: "zuul-file-comments",
    about: "a review's comments as data for `zuul_return`",
    write: |page, out| {
        let mut files: Map<String, Value> = Map::new();
        for comment in (page.review)().comments {
            if let Value::Array(list) = files.entry(comment.path.clone()).or_insert_with(|| json!([])) {
                list.push(row(&comment));
            }
        }
        write(&json!({ "zuul": { "file_comments": files } }), out)
    },
};

fn row(comment: &Comment) -> Value {
    let level = level(comment.severity.unwrap_or(Severity::Info));
    let mut row = json!({ "message": comment.message, "level": level });
    match comment.place {
        CommentPlace::File => {}
        CommentPlace::Line(line) => row["line"] = line.into(),
        CommentPlace::Range { end_line, .. } => {
            row["line"] = end_line.into();
            row["range"] = range(comment.place);
        }
    }
    row
}
