//! Which change is reviewed, and where: told by arguments, by the environment that Jenkins' plugins or a Zuul job give, or by what the
//! repository says. Knows no server. Values may be missing, empty, or encoded by whoever passes them on; what is none is passed over.
use anyhow::{Context, bail};

/// What is told of a patch set; each part may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The address of the server, without a slash at its end.
    pub(super) url: Option<String>,
    pub(super) project: Option<String>,
    /// A number, a `Change-Id`, or an id as Gerrit has it.
    pub(super) change: Option<String>,
    pub(super) patch_set: Option<u32>,
    /// The full id of the commit, in hex.
    pub(super) revision: Option<String>,
    /// Host and port for ssh, as `.gitreview` has them.
    pub(super) ssh: Option<(String, Option<u16>)>,
}

impl Told {
    /// What is missing here is taken from there, unless there it is about another change.
    fn or(self, other: Told) -> Told {
        let is_other = self.change.is_some() && other.change.is_some() && self.change != other.change;
        let url = self.url.or(other.url);
        let ssh = self.ssh.or(other.ssh);
        if is_other {
            return Told { url, ssh, ..self };
        }
        Told {
            url,
            project: self.project.or(other.project),
            change: self.change.or(other.change),
            patch_set: self.patch_set.or(other.patch_set),
            revision: self.revision.or(other.revision),
            ssh,
        }
    }
}

/// What the repository itself says.
#[derive(Clone, Debug, Default)]
pub(super) struct Local {
    /// `.gitreview` as the parent has it: a change must not tell where credentials are sent.
    pub(super) gitreview: Option<String>,
    /// The message of the commit.
    pub(super) message: String,
    /// `[gerrit] url`
    pub(super) url: Option<String>,
}

/// The patch set. Arguments stand above the environment, and that above what the repository says.
pub(super) fn found(arguments: Told, variable: &dyn Fn(&str) -> Option<String>, local: &Local) -> Told {
    let variable = |name: &str| variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let told = arguments.or(of_jenkins(&variable)).or(of_zuul(&variable));
    let told = Told { url: told.url.or_else(|| local.url.clone()), ..told };
    told.or(of_repository(local))
}

/// The variables of Gerrit Trigger and of the gerrit-code-review plugin. `GERRIT_CHANGE_ID` means other things in each, and
/// `GERRIT_HOST`, `GERRIT_PORT` and `GERRIT_SCHEME` are where ssh is: neither is read.
fn of_jenkins(variable: &dyn Fn(&str) -> Option<String>) -> Told {
    let page = variable("GERRIT_CHANGE_URL").map(|url| of_page(&url)).unwrap_or_default();
    // `GERRIT_REFSPEC` is `refs/changes/34/1234/5`, and the plugin's `BRANCH_NAME` is `34/1234/5`.
    let refs = variable("GERRIT_REFSPEC").and_then(|refspec| of_ref(refspec.strip_prefix("refs/changes/")?));
    let branch = variable("BRANCH_NAME").filter(|_| variable("GERRIT_PROJECT").is_some()).and_then(|branch| of_ref(&branch));
    let direct = Told {
        url: None,
        project: variable("GERRIT_PROJECT"),
        change: variable("GERRIT_CHANGE_NUMBER").filter(|number| is_number(number)),
        patch_set: variable("GERRIT_PATCHSET_NUMBER").and_then(|number| number.parse().ok()),
        revision: variable("GERRIT_PATCHSET_REVISION").and_then(|id| of_id(&id)),
        ssh: None,
    };
    let addresses = ["GERRIT_API_URL", "GERRIT_ADDRESS"].into_iter().find_map(|name| variable(name).map(|url| address(&url)));
    let told = direct.or(refs.unwrap_or_default()).or(branch.unwrap_or_default()).or(page);
    Told { url: told.url.or(addresses), ..told }
}

/// Zuul gives its jobs no variables; these are what a job makes of `zuul.change` and the like.
fn of_zuul(variable: &dyn Fn(&str) -> Option<String>) -> Told {
    let page = variable("ZUUL_CHANGE_URL").map(|url| of_page(&url)).unwrap_or_default();
    let direct = Told {
        url: None,
        project: variable("ZUUL_PROJECT"),
        change: variable("ZUUL_CHANGE").filter(|number| is_number(number)),
        patch_set: variable("ZUUL_PATCHSET").and_then(|number| number.parse().ok()),
        revision: variable("ZUUL_COMMIT_ID").and_then(|id| of_id(&id)),
        ssh: None,
    };
    direct.or(page)
}

/// `.gitreview` names server, project and branch, and the message's last `Change-Id` the change.
fn of_repository(local: &Local) -> Told {
    let entry = |key: &str| {
        let lines = local.gitreview.as_deref().unwrap_or_default().lines();
        let mut entries = lines.filter_map(|line| line.split_once('='));
        entries.find(|(name, _)| name.trim() == key).map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let project = entry("project").map(|project| project.trim_end_matches(".git").trim_matches('/').to_owned());
    let id = local.message.lines().rev().find_map(|line| line.trim().strip_prefix("Change-Id:").map(|id| id.trim().to_owned()));
    let id = id.filter(|id| id.len() == 41 && id.starts_with('I') && id[1..].bytes().all(|byte| byte.is_ascii_hexdigit()));
    let change = id.map(|id| match (&project, entry("defaultbranch")) {
        (Some(project), Some(branch)) => format!("{project}~{branch}~{id}"),
        _ => id,
    });
    let ssh = entry("host").map(|host| (host, entry("port").and_then(|port| port.parse().ok())));
    Told { url: entry("host").map(|host| format!("https://{host}")), project, change, ssh, ..Told::default() }
}

/// What the address of a change's page says: `BASE/c/PROJECT/+/N/P`, before 2.15 `BASE/#/c/N/P`, or `BASE/N`.
fn of_page(url: &str) -> Told {
    let Some((scheme, rest)) = url.split_once("://") else { return Told::default() };
    let rest = rest.trim_end_matches('/');
    let told = |base: &str, project: Option<&str>, tail: &str| {
        let mut numbers = tail.trim_matches('/').split('/');
        let change = numbers.next().filter(|number| is_number(number)).map(str::to_owned);
        let patch_set = numbers.next().and_then(|number| number.parse().ok()).filter(|_| change.is_some());
        let url = change.is_some().then(|| format!("{scheme}://{}", base.trim_end_matches('/')));
        Told { url, project: project.map(|project| project.trim_matches('/').to_owned()), change, patch_set, ..Told::default() }
    };
    if let Some((before, tail)) = rest.split_once("/+/") {
        // A project may be called `c` too, but the base never has a change's path in it.
        return before.split_once("/c/").map_or_else(Told::default, |(base, project)| told(base, Some(project), tail));
    }
    if let Some((base, tail)) = rest.split_once("/#/c/") {
        return told(base, None, tail);
    }
    rest.rsplit_once('/').map_or_else(Told::default, |(base, tail)| told(base, None, tail))
}

/// `34/1234/5`
fn of_ref(text: &str) -> Option<Told> {
    let parts: Vec<&str> = text.split('/').collect();
    let [_, change, patch_set] = parts[..] else { return None };
    let patch_set = patch_set.parse().ok()?;
    is_number(change).then(|| Told { change: Some(change.to_owned()), patch_set: Some(patch_set), ..Told::default() })
}

/// A full commit id.
fn of_id(text: &str) -> Option<String> {
    let is_id = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then(|| text.to_ascii_lowercase())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn address(text: &str) -> String {
    let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    url.trim_end_matches('/').trim_end_matches("/a").to_owned()
}

/// Refuses to review something else than what was pushed: a merged or rebased checkout has other lines.
///
/// # Errors
/// `head` is another commit than the patch set's, with what to do.
pub(super) fn is_patch_set(told: &Told, head: &str) -> anyhow::Result<()> {
    let Some(revision) = told.revision.as_deref().filter(|revision| *revision != head) else { return Ok(()) };
    let number = told.change.as_deref().filter(|change| is_number(change));
    let refspec = number.zip(told.patch_set).map(|(change, patch_set)| {
        let last: String = format!("{change:0>2}").chars().rev().take(2).collect::<Vec<_>>().into_iter().rev().collect();
        format!("refs/changes/{last}/{change}/{patch_set}")
    });
    let fetch = refspec
        .map_or_else(|| format!("git checkout {revision}"), |refspec| format!("git fetch origin {refspec} && git checkout FETCH_HEAD"));
    bail!(
        "HEAD is {head}, and the patch set is {revision}: comments would stand at wrong lines. Check out the patch set itself, not merged \
         with its branch (`{fetch}`); in Jenkins choose `Gerrit Trigger` as the strategy of what to build"
    )
}

/// # Errors
/// Where no change is told, with what would tell it.
pub(super) fn needed<'t>(part: Option<&'t String>, what: &str, how: &str) -> anyhow::Result<&'t String> {
    part.with_context(|| format!("{what} is not known: {how}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    /// `url project change patch-set revision`, `-` for what is missing.
    fn finds(variables: &[(&str, &str)], expected: &str) {
        let variable = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let told = found(Told::default(), &variable, &Local::default());
        assert_eq!(shown(&told), expected, "{variables:?}");
    }

    fn shown(told: &Told) -> String {
        let or = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let Told { url, project, change, patch_set, revision, .. } = told.clone();
        [or(url), or(project), or(change), or(patch_set.map(|it| it.to_string())), or(revision)].join(" ")
    }

    #[test]
    fn jenkins_tells_by_variables() {
        let trigger = [
            ("GERRIT_PROJECT", "a/b"),
            ("GERRIT_CHANGE_ID", "I0123456789abcdef0123456789abcdef01234567"),
            ("GERRIT_CHANGE_NUMBER", "1234"),
            ("GERRIT_CHANGE_URL", "https://host/r/c/a/b/+/1234"),
            ("GERRIT_CHANGE_COMMIT_MESSAGE", "U3ViamVjdAo="),
            ("GERRIT_PATCHSET_NUMBER", "5"),
            ("GERRIT_PATCHSET_REVISION", ID),
            ("GERRIT_REFSPEC", "refs/changes/34/1234/5"),
            ("GERRIT_HOST", "ssh.host"),
            ("GERRIT_SCHEME", "ssh"),
        ];
        finds(&trigger, &format!("https://host/r a/b 1234 5 {ID}"));
        let plugin = [
            ("GERRIT_PROJECT", "a/b"),
            ("GERRIT_CHANGE_ID", "a%2Fb~1234"),
            ("GERRIT_API_URL", "https://host/r/a/"),
            ("BRANCH_NAME", "34/1234/5"),
            ("GERRIT_PATCHSET_REVISION", ""),
        ];
        finds(&plugin, "https://host/r a/b 1234 5 -");
    }

    #[test]
    fn what_is_missing_empty_or_encoded_is_passed_over() {
        finds(&[], "- - - - -");
        finds(&[("GERRIT_CHANGE_NUMBER", " 7 "), ("GERRIT_PATCHSET_NUMBER", "")], "- - 7 - -");
        finds(&[("GERRIT_CHANGE_NUMBER", "MTIzNA=="), ("GERRIT_REFSPEC", "refs/changes/34/1234/5")], "- - 1234 5 -");
        finds(&[("GERRIT_PATCHSET_REVISION", "HEAD"), ("GERRIT_PATCHSET_NUMBER", "one")], "- - - - -");
        finds(&[("GERRIT_REFSPEC", "refs/heads/main"), ("GERRIT_CHANGE_URL", "")], "- - - - -");
        finds(&[("BRANCH_NAME", "34/1234/5")], "- - - - -");
        finds(&[("GERRIT_ADDRESS", "host.example.org/")], "https://host.example.org - - - -");
        finds(&[("GERRIT_CHANGE_URL", "https://host/c/a/+/12"), ("GERRIT_API_URL", "https://other/")], "https://host a 12 - -");
    }

    #[test]
    fn the_address_of_a_page_is_cut() {
        let cases = [
            ("https://host/c/a/b/+/12", "https://host a/b 12 - -"),
            ("https://host/r/c/a/b/+/12/3/", "https://host/r a/b 12 3 -"),
            ("https://host/c/c/+/12", "https://host c 12 - -"),
            ("http://host:8080/r/#/c/12/", "http://host:8080/r - 12 - -"),
            ("https://host/#/c/12/3", "https://host - 12 3 -"),
            ("https://host/12", "https://host - 12 - -"),
            ("https://host/", "- - - - -"),
            ("host/12", "- - - - -"),
        ];
        for (url, expected) in cases {
            finds(&[("GERRIT_CHANGE_URL", url)], expected);
        }
    }

    #[test]
    fn zuul_tells_what_its_job_passes_on() {
        let zuul = [("ZUUL_CHANGE", "12"), ("ZUUL_PATCHSET", "3"), ("ZUUL_PROJECT", "a"), ("ZUUL_CHANGE_URL", "https://host/c/a/+/12")];
        finds(&zuul, "https://host a 12 3 -");
        finds(&[("ZUUL_PATCHSET", ID)], "- - - - -");
    }

    #[test]
    fn the_repository_tells_the_rest() {
        let gitreview = "[gerrit]\nhost=review.example.org\nport=29418\nproject = a/b.git\ndefaultbranch=main\n";
        let message = format!("Subject\n\nChange-Id: I{ID}\nSigned-off-by: A <a@x>\n");
        let local = Local { gitreview: Some(gitreview.to_owned()), message: message.clone(), url: None };
        let told = found(Told::default(), &|_| None, &local);
        assert_eq!(shown(&told), format!("https://review.example.org a/b a/b~main~I{ID} - -"));
        assert_eq!(told.ssh, Some(("review.example.org".to_owned(), Some(29418))));
        let configured = Local { url: Some("https://review.example.org/r".to_owned()), ..local.clone() };
        assert_eq!(found(Told::default(), &|_| None, &configured).url.as_deref(), Some("https://review.example.org/r"));
        let alone = Local { gitreview: None, message, url: None };
        assert_eq!(shown(&found(Told::default(), &|_| None, &alone)), format!("- - I{ID} - -"));
        assert_eq!(
            shown(&found(Told::default(), &|_| None, &Local { message: "Change-Id: 12".to_owned(), ..Local::default() })),
            "- - - - -"
        );
    }

    #[test]
    fn arguments_stand_above_all() {
        let variable = |name: &str| match name {
            "GERRIT_CHANGE_NUMBER" => Some("12".to_owned()),
            "GERRIT_PATCHSET_REVISION" => Some(ID.to_owned()),
            "GERRIT_CHANGE_URL" => Some("https://host/c/a/+/12".to_owned()),
            _ => None,
        };
        let arguments = Told { change: Some("13".to_owned()), ..Told::default() };
        assert_eq!(shown(&found(arguments, &variable, &Local::default())), "https://host - 13 - -", "another change has another commit");
        let arguments = Told { url: Some("https://other".to_owned()), ..Told::default() };
        assert_eq!(shown(&found(arguments, &variable, &Local::default())), format!("https://other a 12 - {ID}"));
    }

    #[test]
    fn another_head_is_refused_with_what_to_do() {
        let told = Told { change: Some("7".to_owned()), patch_set: Some(2), revision: Some(ID.to_owned()), ..Told::default() };
        assert!(is_patch_set(&told, ID).is_ok());
        assert!(is_patch_set(&Told::default(), ID).is_ok());
        let error = is_patch_set(&told, "f00").unwrap_err().to_string();
        assert!(error.contains("git fetch origin refs/changes/07/7/2 && git checkout FETCH_HEAD"), "{error}");
    }
}
