//! How much is said: many findings of one rule in one file become one comment, the worst come first, and neither their number nor
//! their size is more than is taken. What is left over is given back to be counted. Knows no thread.
use super::Matter;
use super::place;
use super::remarks::Remark;
use super::suggestion::Suggestion;
use crate::model::{Comment, Severity};

/// So many findings of one rule in one file have a comment each; of more the first speaks for all.
const APART_AT_MOST: usize = 3;

/// Marks in one comment; each takes thirteen characters of it.
const MARKS_AT_MOST: usize = 200;

/// Lines that a comment lists of the findings it speaks for.
const LINES_AT_MOST: usize = 12;

/// What Gerrit counts of a comment beside its text, path and tag: ids, and what it may be given yet.
const OVERHEAD: u64 = 128;

/// Room for the message of the review in what a change may hold.
const FOR_MESSAGE: u64 = 4096;

/// Stands for an edit that a comment on the same lines asks for already.
const BESIDE: &str = "The edit suggested in the comment beside mends this too.";

#[derive(Default)]
pub(super) struct Said<'a> {
    pub(super) comments: Vec<Comment>,
    /// What there was no room for.
    pub(super) unsaid: Vec<Remark<'a>>,
}

/// A remark that speaks for others of its rule in its file.
struct Group<'a> {
    first: Remark<'a>,
    more: Vec<Remark<'a>>,
    /// The same said from other places, which the first names.
    twins: Vec<Remark<'a>>,
    /// A comment before asks for the edit that mends the first.
    is_suggested: bool,
}

impl<'a> Group<'a> {
    fn of(first: Remark<'a>) -> Self {
        Group { first, more: Vec::new(), twins: Vec::new(), is_suggested: false }
    }
}

pub(super) fn comments<'a>(matter: &Matter, mut remarks: Vec<Remark<'a>>) -> Said<'a> {
    let (settings, conversation) = (matter.settings, matter.conversation);
    remarks.sort_by(|a, b| a.rank().cmp(&b.rank()));
    let mut said = Said::default();
    let mut of_severity = [0; Severity::ALL.len()];
    // The message of the review counts as one of them.
    let left = |most: u32, taken: u32| most.saturating_sub(taken).saturating_sub(1);
    let own = settings.limits.own_comments.map_or(u32::MAX, |most| left(most, conversation.own_items));
    let room = left(settings.limits.comments, conversation.items).min(own);
    let mut size_left = settings.limits.total_size.saturating_sub(conversation.size).saturating_sub(FOR_MESSAGE);
    let mut suggested: Vec<(String, Suggestion)> = Vec::new();
    for mut group in grouped(remarks) {
        let severity = group.first.severity as usize;
        let edit = group.first.suggestion.clone().map(|edit| (group.first.path.clone(), edit));
        group.is_suggested = edit.as_ref().is_some_and(|edit| suggested.contains(edit));
        let comment = comment(matter, &group);
        let size = u64::from(place::width(&comment.message)) + OVERHEAD;
        let has_room = (said.comments.len() as u32) < settings.max_comments.min(room) && size <= size_left;
        if has_room && settings.budget[severity].is_none_or(|most| of_severity[severity] < most) {
            of_severity[severity] += 1;
            size_left -= size;
            suggested.extend(edit.filter(|(_, edit)| comment.message.ends_with(&edit.fence())));
            said.comments.push(comment);
            let marked = MARKS_AT_MOST.saturating_sub(1 + group.twins.len());
            said.unsaid.extend(group.more.into_iter().skip(marked));
        } else {
            said.unsaid.push(group.first);
            said.unsaid.extend(group.more);
            said.unsaid.extend(group.twins);
        }
    }
    said
}

/// Those of one rule in one file together where they are many; in the order of the first of each.
fn grouped(remarks: Vec<Remark<'_>>) -> Vec<Group<'_>> {
    let alike = |a: &Remark, b: &Remark| a.rule == b.rule && a.path == b.path && a.severity == b.severity;
    let mut groups: Vec<Group> = Vec::new();
    for remark in remarks {
        // Of a clone all of whose copies are new, each copy has a finding.
        let is_told = |group: &&mut Group| remark.names_others && group.first.mark == remark.mark && group.first.rule == remark.rule;
        if let Some(group) = groups.iter_mut().find(is_told) {
            group.twins.push(remark);
            continue;
        }
        match groups.iter_mut().rev().find(|group| alike(&group.first, &remark)) {
            Some(group) => group.more.push(remark),
            None => groups.push(Group::of(remark)),
        }
    }
    groups.into_iter().flat_map(apart).collect()
}

/// One by one where they are few.
fn apart(group: Group<'_>) -> Vec<Group<'_>> {
    if group.more.len() >= APART_AT_MOST {
        return vec![group];
    }
    let more = group.more.into_iter().map(Group::of);
    let first = Group { twins: group.twins, ..Group::of(group.first) };
    std::iter::once(first).chain(more).collect()
}

/// A remark as a comment of its own.
pub(super) fn alone(matter: &Matter, remark: Remark<'_>) -> Comment {
    comment(matter, &Group::of(remark))
}

fn comment(matter: &Matter, group: &Group) -> Comment {
    let first = &group.first;
    let marks: Vec<String> =
        std::iter::once(first).chain(&group.twins).chain(&group.more).take(MARKS_AT_MOST).map(|remark| remark.mark.clone()).collect();
    let source = first.source(matter.settings.rule_url.as_deref(), &marks);
    let more = more(&group.more);
    let fence = match &first.suggestion {
        // Whoever applies one edit after the other finds nothing left to apply.
        Some(_) if group.is_suggested => format!("\n\n{BESIDE}"),
        Some(suggestion) => format!("\n\n{}", suggestion.fence()),
        None => String::new(),
    };
    let taken = u64::from(place::width(&first.path) + place::width(&matter.settings.tag)) + OVERHEAD;
    let most = matter.settings.limits.comment_size.saturating_sub(taken);
    let related = if first.related.is_empty() { String::new() } else { format!("\n{}", first.related) };
    // What is said comes last of what is given up: without the mark it would be said again.
    let tail = format!(" ({source})");
    let full = [format!("{related}{more}{fence}"), format!("{related}{more}"), more, String::new()];
    let fits = |rest: &String| u64::from(place::width(&first.text) + place::width(&tail) + place::width(rest)) <= most;
    let rest = full.into_iter().find(fits).unwrap_or_default();
    let head = shortened(first.text.clone(), most.saturating_sub(u64::from(place::width(&tail) + place::width(&rest))));
    Comment {
        path: first.path.clone(),
        place: first.place,
        message: format!("{head}{tail}{rest}"),
        is_unresolved: true,
        severity: Some(first.severity),
        rule: first.rule.to_owned(),
        said: first.text.clone(),
        fixes: first.fixes.clone(),
    }
}

/// `12 more of this rule in this file, in lines 4, 9 and others.`
fn more(more: &[Remark]) -> String {
    if more.is_empty() {
        return String::new();
    }
    let mut lines: Vec<u32> = more.iter().map(|remark| place::line(remark.place)).filter(|line| *line > 0).collect();
    lines.sort_unstable();
    lines.dedup();
    let others = lines.len() > LINES_AT_MOST;
    lines.truncate(LINES_AT_MOST);
    let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
    let listed = match lines.as_slice() {
        [] => String::new(),
        [only] => format!(", in line {only}"),
        all if others => format!(", in lines {} and others", all.join(", ")),
        [all @ .., last] => format!(", in lines {} and {last}", all.join(", ")),
    };
    format!("\n\n{} more of this rule in this file{listed}.", more.len())
}

/// At most so many units of UTF-16, cut at a character.
pub(super) fn shortened(text: String, most: u64) -> String {
    if u64::from(place::width(&text)) <= most {
        return text;
    }
    let mut left = most.saturating_sub(1);
    let fits = |letter: &char| {
        let width = letter.len_utf16() as u64;
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    kept + "…"
}
