//! Which changes a query means: enough of Gerrit's language for clients that look for theirs.
use super::answer::Refusal;
use super::state::{Change, State, Status};
use super::validate::bad;

/// The changes that fit, the newest first.
pub fn find<'a>(state: &'a State, query: &str, user: Option<u64>) -> Result<Vec<&'a Change>, Refusal> {
    let mut found: Vec<&Change> = state.changes.values().filter(|change| state.is_visible(change, user)).collect();
    for term in query.split_whitespace() {
        let (term, wanted) = term.strip_prefix('-').map_or((term, true), |term| (term, false));
        let mut kept = Vec::new();
        for change in found {
            if fits(state, change, term, user)? == wanted {
                kept.push(change);
            }
        }
        found = kept;
    }
    found.sort_by_key(|change| std::cmp::Reverse((change.updated, change.number)));
    Ok(found)
}

fn fits(state: &State, change: &Change, term: &str, user: Option<u64>) -> Result<bool, Refusal> {
    let (operator, value) = term.split_once(':').unwrap_or(("change", term));
    let value = value.trim_matches(['"', '{', '}']);
    Ok(match operator {
        "change" => is_id(change, value),
        "project" | "p" => change.project == value,
        "branch" => change.branch == value.trim_start_matches("refs/heads/"),
        "topic" => change.topic == value,
        "owner" => Some(change.owner) == state.account_named(value, user),
        "commit" => change.patch_sets.iter().any(|patch_set| patch_set.commit.starts_with(value)),
        "is" | "status" => match value {
            "open" | "pending" | "new" => change.is_open(),
            "closed" => !change.is_open(),
            "merged" => change.status == Status::Merged,
            "abandoned" => change.status == Status::Abandoned,
            "wip" => change.is_wip,
            _ => return Err(bad(format!("Invalid value for status: {value}"))),
        },
        "after" | "since" => super::show::time(change.updated).as_str() >= value,
        "limit" => true,
        _ => return Err(bad(format!("Unsupported operator {operator}:{value}"))),
    })
}

fn is_id(change: &Change, value: &str) -> bool {
    let parts: Vec<&str> = value.split('~').collect();
    match parts[..] {
        [number] => change.number.to_string() == number || number.len() > 4 && change.key.starts_with(number),
        [project, number] => change.project == project && change.number.to_string() == number,
        [project, branch, key] => {
            change.project == project && change.branch == branch.trim_start_matches("refs/heads/") && change.key == key
        }
        _ => false,
    }
}

/// The one change that an address names, in any of the forms, decoded.
pub fn one(state: &State, id: &str, user: Option<u64>) -> Result<u64, Refusal> {
    let found: Vec<&Change> = state.changes.values().filter(|change| is_id(change, id) && state.is_visible(change, user)).collect();
    match found[..] {
        [] => Err(Refusal::text(404, format!("Not found: {id}"))),
        [one] => Ok(one.number),
        _ => Err(Refusal::text(404, format!("Multiple changes found for {id}"))),
    }
}

/// `current`, a number, or a commit of which at least four digits are given.
pub fn revision(change: &Change, id: &str) -> Result<u32, Refusal> {
    let by_number = id.parse::<u32>().ok().filter(|number| change.patch_set(*number).is_some());
    let by_commit = || {
        let is_hex = id.len() >= 4 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let found: Vec<u32> = change
            .patch_sets
            .iter()
            .filter(|patch_set| is_hex && patch_set.commit.starts_with(id))
            .map(|patch_set| patch_set.number)
            .collect();
        (found.len() == 1).then(|| found[0])
    };
    if id == "current" {
        return Ok(change.newest().number);
    }
    if id == "0" || id == "edit" {
        return Err(Refusal::text(404, format!("Not found: {id}")));
    }
    by_number.or_else(by_commit).ok_or_else(|| Refusal::text(404, format!("Not found: {id}")))
}
