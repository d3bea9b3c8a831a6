//! A Gerrit server: whether it knows us, and takes our votes.
use std::time::Duration;

use super::{Row, note, well, wrong};
use crate::config::Gerrit as Settings;
use crate::forge::gerrit::{Feature, Gerrit, Label, encode};

/// Clocks that differ by more spoil what is compared by time: tokens that expire, logs, caches.
const SKEW: Duration = Duration::from_secs(60);

/// Who is kept out of people's attention, under its name since 3.3 and the one before.
const SERVICE_GROUPS: &[&str] = &["Service Users", "Non-Interactive Users"];

pub(super) fn rows(connected: anyhow::Result<Gerrit>, project: &str, settings: &Settings) -> Vec<Row> {
    let gerrit = match connected {
        Ok(gerrit) => gerrit,
        Err(error) => {
            let to_do = "see that the address is right and answers from this machine (proxies are taken from the environment);\n\
                if it does not know us, set GERRIT_USERNAME and GERRIT_PASSWORD (an HTTP password or token from the account's\n\
                settings page), or name a file that holds `user:password` with --credentials";
            return vec![wrong("server", format!("{error:#}"), to_do)];
        }
    };
    let mut rows = vec![well("server", gerrit.base())];
    rows.push(account(&gerrit));
    let looks: [fn(&Gerrit) -> anyhow::Result<Row>; 4] = [version, service, slashes, clock];
    rows.extend(looks.into_iter().map(|look| look(&gerrit).unwrap_or_else(|error| unanswered(&error))));
    rows.extend(label(&gerrit, project, settings).unwrap_or_else(|error| vec![unanswered(&error)]));
    rows
}

fn unanswered(error: &anyhow::Error) -> Row {
    wrong("answer", format!("{error:#}"), "the server's log says why, under the time of this run")
}

fn account(gerrit: &Gerrit) -> Row {
    match gerrit.account() {
        Some(account) => well("account", format!("{} (user name {}, number {})", account.name, account.username, account.id)),
        None => wrong("account", "the server does not know us", "give credentials: nobody may post without"),
    }
}

fn version(gerrit: &Gerrit) -> anyhow::Result<Row> {
    let version = gerrit.version()?;
    let told = if version.text.is_empty() { "not told; taken for the newest" } else { &version.text };
    let lacks = [
        (Feature::Suggestions, "fixes to click (3.9)"),
        (Feature::SubmitRequirements, "submit requirements (3.6)"),
        (Feature::Attention, "the attention set and threads that are followed (3.3)"),
    ];
    let lacks: Vec<&str> = lacks.iter().filter(|(feature, _)| !version.has(*feature)).map(|(_, name)| *name).collect();
    Ok(match lacks.is_empty() {
        true => well("version", told),
        false => note("version", format!("{told}, which has not yet {}", lacks.join(", "))),
    })
}

fn service(gerrit: &Gerrit) -> anyhow::Result<Row> {
    let is_known = gerrit.account().is_some_and(|account| account.is_service);
    // Before 3.3 nothing tells it but the list of groups, which later may not show all.
    let is_member = is_known || gerrit.groups()?.iter().any(|group| SERVICE_GROUPS.contains(&group.as_str()));
    let group = SERVICE_GROUPS[usize::from(!gerrit.version()?.has(Feature::Attention))];
    Ok(match is_member {
        true => well("group", format!("the account is in {group}")),
        false => {
            let to_do = format!("an administrator adds it: `ssh -p 29418 HOST gerrit set-members \"{group}\" --add USER`");
            wrong("group", format!("the account is not in {group}, so each review calls for its owner's attention"), to_do)
        }
    })
}

fn slashes(gerrit: &Gerrit) -> anyhow::Result<Row> {
    let to_do = "Apache: `AllowEncodedSlashes NoDecode` (or `On`) and `ProxyPass … nocanon`; nginx: `proxy_pass` without a path\n\
        (Gerrit's documentation, config-reverseproxy)";
    Ok(match gerrit.keeps_slashes()? {
        true => well("proxy", "a slash within a name arrives as it was sent"),
        false => wrong("proxy", "a proxy in front of the server decodes %2F, so that projects and files with a slash are not found", to_do),
    })
}

fn clock(gerrit: &Gerrit) -> anyhow::Result<Row> {
    let Some(clock) = gerrit.clock()? else { return Ok(note("clock", "the server does not tell the time")) };
    let skew = clock.ours.duration_since(clock.theirs).unwrap_or_else(|before| before.duration());
    Ok(match skew > SKEW {
        true => wrong("clock", format!("this machine's and the server's differ by {} s", skew.as_secs()), "keep both right, by NTP"),
        false => well("clock", "this machine's and the server's agree"),
    })
}

/// The label that is voted on, who requires it, and what we may vote.
fn label(gerrit: &Gerrit, project: &str, settings: &Settings) -> anyhow::Result<Vec<Row>> {
    let name = settings.label.as_str();
    let has_requirements = gerrit.version()?.has(Feature::SubmitRequirements);
    let Some(label) = gerrit.label(project, name)? else {
        let told = format!("{project} has no label {name}, or we may not see it");
        return Ok(vec![wrong("label", told, project_config(settings, has_requirements))]);
    };
    let mut rows = vec![defined(gerrit, &label, settings)?];
    if has_requirements {
        rows.push(required(gerrit, project, settings)?);
    }
    rows.push(permitted(gerrit, project, settings)?);
    Ok(rows)
}

fn votes(settings: &Settings) -> [i32; 4] {
    [settings.votes.passed, settings.votes.warned, settings.votes.failed, settings.votes.undecided]
}

fn defined(gerrit: &Gerrit, label: &Label, settings: &Settings) -> anyhow::Result<Row> {
    let lacks = |vote: &i32| !label.values.iter().any(|(value, _)| value == vote);
    let missing: Vec<String> = votes(settings).iter().filter(|vote| lacks(vote)).map(|vote| format!("{vote:+}")).collect();
    let blocks_by_function = !matches!(label.function.as_str(), "" | "NoBlock" | "NoOp" | "PatchSetLock");
    let has_requirements = gerrit.version()?.has(Feature::SubmitRequirements);
    Ok(if !missing.is_empty() {
        let told = format!("{} of {} has no value {}, which gate votes", label.name, label.project, missing.join(" and "));
        wrong("label", told, project_config(settings, has_requirements))
    } else if blocks_by_function && gerrit.version()?.has(Feature::NoBlockingLabels) {
        let told = format!("{} of {} blocks by its function {}, which 3.7 refuses", label.name, label.project, label.function);
        wrong("label", told, project_config(settings, has_requirements))
    } else if label.copy_condition.contains("NO_CODE_CHANGE") {
        note("label", format!("{}'s votes are copied where only the message changes, so messages are not judged again", label.name))
    } else {
        well("label", format!("{} of {}", label.name, label.project))
    })
}

fn required(gerrit: &Gerrit, project: &str, settings: &Settings) -> anyhow::Result<Row> {
    let Some(requirements) = gerrit.submit_requirements(project)? else {
        return Ok(note("requirement", format!("the submit requirements of {project} may not be seen by this account")));
    };
    let asks = format!("label:{}", settings.label);
    Ok(match requirements.iter().find(|(_, expression)| expression.contains(&asks)) {
        Some((name, expression)) => well("requirement", format!("{name}: {expression}")),
        None => {
            let told = format!("no submit requirement of {project} asks for {}, so its votes stop nothing", settings.label);
            wrong("requirement", told, project_config(settings, true))
        }
    })
}

/// What may be voted is told by a change alone.
fn permitted(gerrit: &Gerrit, project: &str, settings: &Settings) -> anyhow::Result<Row> {
    const WHAT: &str = "votes";
    let within = if project == "All-Projects" { String::new() } else { format!("+project:{}", encode::segment(project)) };
    let changes = gerrit.read(&format!("changes/?q=is:open{within}&n=1&o=DETAILED_LABELS"))?.unwrap_or_default();
    let Some(change) = changes.get(0) else {
        return Ok(note(WHAT, format!("no open change of {project} is visible, by which it could be told what may be voted")));
    };
    let listed = change["permitted_labels"][settings.label.as_str()].as_array();
    let values = listed.into_iter().flatten().filter_map(|value| value.as_str()?.trim().trim_start_matches('+').parse().ok());
    let permitted: Vec<i32> = values.collect();
    let missing: Vec<String> = votes(settings).iter().filter(|vote| !permitted.contains(vote)).map(|vote| format!("{vote:+}")).collect();
    let place = format!("change {} of {}", change["_number"], change["project"].as_str().unwrap_or(project));
    Ok(match missing.is_empty() {
        true => well(WHAT, format!("all that gate votes is permitted, on {place}")),
        false => {
            let told = format!("on {place} {} may not be voted {} by this account", settings.label, missing.join(" or "));
            wrong(WHAT, told, project_config(settings, gerrit.version()?.has(Feature::SubmitRequirements)))
        }
    })
}

/// What to add to `project.config`.
fn project_config(settings: &Settings, has_requirements: bool) -> String {
    let label = &settings.label;
    let mut all = votes(settings).to_vec();
    all.push(0);
    let (least, most) = all.iter().fold((0, 0), |(least, most), vote| (least.min(*vote), most.max(*vote)));
    let values: String = (least..=most)
        .map(|value| {
            let meaning = match value {
                0 => "Not analysed",
                _ if value == settings.votes.passed => "Gate passed",
                _ if value == settings.votes.failed => "Gate failed",
                _ if value == settings.votes.warned => "Gate warned",
                _ if value == settings.votes.undecided => "Gate could not decide",
                _ => "Not used",
            };
            let sign = if value > 0 { "+" } else { "" };
            format!("  value = {sign}{value} {meaning}\n")
        })
        .collect();
    let (function, group, copied) = match has_requirements {
        true => ("NoBlock", SERVICE_GROUPS[0], "  copyCondition = changekind:NO_CHANGE OR changekind:TRIVIAL_REBASE\n"),
        false => ("MaxWithBlock", SERVICE_GROUPS[1], "  copyAllScoresIfNoChange = true\n  copyAllScoresOnTrivialRebase = true\n"),
    };
    let requirement = format!(
        "[submit-requirement \"{label}\"]
  applicableIf = -branch:refs/meta/config
  submittableIf = label:{label}=MAX AND -label:{label}=MIN
  canOverrideInChildProjects = true\n"
    );
    format!(
        "add to project.config in refs/meta/config of the project, or of one above it, with the group's UUID in `groups`:

[label \"{label}\"]
  function = {function}
{values}  defaultValue = 0
{copied}[access \"refs/heads/*\"]
  label-{label} = {least}..+{most} group {group}
{}",
        if has_requirements { requirement.as_str() } else { "" }
    )
}
