//! A review as Gerrit takes it, for who posts it with other tools.

use super::Output;
use super::remark::write;
use crate::forge::gerrit::review_input;

pub(super) const INPUT: Output = Output {
    name: "gerrit-review-json",
    about: "a review as Gerrit's ReviewInput, for `POST …/review` or `gerrit review --json`",
    write: |page, out| write(&review_input(&(page.review)()), out),
};
