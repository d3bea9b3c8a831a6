//! What Gerrit answers to whom: addresses, versions, files, and threads of earlier patch sets.
use super::*;

#[test]
fn who_asks_decides_what_is_answered() {
    let (double, _work, number, _) = ready("3.9.1");
    let review = format!("/changes/{number}/revisions/1/review");
    for (user, method, path, status, text) in [
        ("", "GET", "/config/server/version".to_owned(), 200, ")]}'\n\"3.9.1\"\n"),
        ("", "GET", "/a/config/server/version".to_owned(), 401, "Unauthorized\n"),
        ("nobody", "GET", "/a/config/server/version".to_owned(), 401, "Unauthorized\n"),
        ("", "GET", "/accounts/self".to_owned(), 403, "Authentication required\n"),
        ("", "POST", review.clone(), 403, "Authentication required\n"),
        ("gate", "POST", format!("/a{review}"), 200, ")]}'\n{}\n"),
        ("gate", "GET", "/a/changes/4711".to_owned(), 404, "Not found: 4711\n"),
        ("gate", "GET", "/a/config/server/experiments".to_owned(), 403, "administrate server not permitted\n"),
        ("gate", "GET", "/a/changes/?q=odd:thing".to_owned(), 400, "Unsupported operator odd:thing\n"),
        ("gate", "GET", "/a/changes/1?o=NONSENSE".to_owned(), 400, "\"NONSENSE\" is not a valid value for \"-o\"\n"),
    ] {
        let body = (method == "POST").then_some("{}");
        let (got, kind, said) = ask(&double, user, method, &path, body);
        assert_eq!((got, said.as_str()), (status, text), "{user} {method} {path}");
        assert_eq!(kind.starts_with("application/json"), status == 200, "{path}: {kind}");
    }
    // Those who may not see a project are told that the change is not there.
    double.state().projects.get_mut(PROJECT).expect("it is there").readers = Some([JANE].into());
    assert_eq!(ask(&double, "gate", "GET", &format!("/a/changes/{number}"), None).0, 404);
    assert_eq!(ask(&double, "jane", "GET", &format!("/a/changes/{number}"), None).0, 200);
}

#[test]
fn comments_are_followed_to_later_patch_sets() {
    let (double, work, number, _) = ready("3.9.1");
    let at = |line: u32, text: &str| json!({"line": line, "message": text, "unresolved": true});
    let range =
        json!({"message": "r", "unresolved": true, "range": {"start_line": 7, "start_character": 0, "end_line": 8, "end_character": 2}});
    let body = json!({"comments": {
        "src/F0.java": [at(5, "kept"), at(9, "changed"), {"line": 10, "message": "resolved"}, range],
        "src/F1.java": [at(5, "renamed")], "src/F2.java": [at(5, "gone")], "/COMMIT_MSG": [at(7, "subject"), at(9, "id")]}});
    assert_eq!(post(&double, number, &body).0, 200);
    let text = std::fs::read_to_string(work.root().join("src/F0.java")).expect("a file");
    work.write("src/F0.java", format!("one\ntwo\n{}", text.replace("line 9", "another 9")));
    work.git(&["mv", "src/F1.java", "src/G1.java"]);
    work.remove("src/F2.java");
    work.amend("Change the fifth line of some", "change");
    work.push(&double);
    let ported = get(&double, &format!("/changes/{number}/revisions/2/ported_comments"));
    let mut told: Vec<String> = Vec::new();
    for (path, list) in ported.as_object().expect("a map") {
        let one = |said: &Value| format!("{} {path}:{} {}", said["message"].as_str().unwrap_or_default(), said["line"], said["patch_set"]);
        told.extend(list.as_array().expect("a list").iter().map(one));
    }
    told.sort();
    let wanted = [
        "changed src/F0.java:null 1",
        "gone /PATCHSET_LEVEL:null 1",
        "id /COMMIT_MSG:9 1",
        "kept src/F0.java:7 1",
        "r src/F0.java:10 1",
        "renamed src/G1.java:5 1",
        "subject /COMMIT_MSG:null 1",
    ];
    assert_eq!(told, wanted);
    assert_eq!(ported["src/F0.java"][2]["range"], json!({"start_line": 9, "start_character": 0, "end_line": 10, "end_character": 2}));
    let parents = |version: &'static str| {
        double.set(|profile| profile.version = version);
        ask(&double, "gate", "GET", &format!("/a/changes/{number}/revisions/2/ported_comments"), None).0
    };
    assert_eq!((parents("3.2.14"), parents("3.3.0")), (404, 200));
}

#[test]
fn the_message_has_its_header_where_comments_count() {
    let (double, work, number, _) = ready("3.9.1");
    let subject_at = |number: u64| {
        let diff = get(&double, &format!("/changes/{number}/revisions/current/files/%2FCOMMIT_MSG/diff"));
        let lines: Vec<String> = serde_json::from_value(diff["content"][0]["b"].clone()).expect("lines");
        lines.iter().position(|line| line.is_empty()).expect("an empty line") + 2
    };
    assert_eq!(subject_at(number), 7);
    let root = Work::new();
    root.write("a", "a\n").commit("Root", "root");
    assert_eq!(subject_at(root.push(&double)), 6);
    work.git(&["checkout", "-q", "-b", "side", "HEAD~"]);
    work.write("side.txt", "side\n").commit("Side", "side");
    work.git(&["merge", "-q", "--no-ff", "-m", "Merge\n\nChange-Id: I00000000000000000000000000000000000000aa", "master"]);
    let merge = work.push(&double);
    assert_eq!(subject_at(merge), 8);
    let files = get(&double, &format!("/changes/{merge}/revisions/current/files/"));
    let files: Vec<&String> = files.as_object().expect("a map").keys().collect();
    assert_eq!(files, ["/COMMIT_MSG", "/MERGE_LIST"], "what git merges by itself is no part of a merge");
}

#[test]
fn votes_go_on_as_their_conditions_say() {
    let (double, work, number, _) = ready("3.9.1");
    let vote = |revision: &str| post_to(&double, number, revision, &json!({"labels": {"Code-Quality": 1, "Code-Review": -1}})).0;
    let mine = |patch_set: u32| {
        (double.change(number).vote(BOT, "Code-Quality", patch_set), double.change(number).vote(BOT, "Code-Review", patch_set))
    };
    assert_eq!(vote("1"), 200);
    work.amend("Another message", "change");
    work.push(&double);
    assert_eq!((double.change(number).newest().kind, mine(2)), ("NO_CODE_CHANGE", (0, 0)));
    assert_eq!(vote("2"), 200);
    // The branch moves, and the change is rebased on it.
    work.git(&["checkout", "-q", "-b", "trunk", "HEAD~"]);
    work.write("trunk.txt", "t\n").commit("Trunk", "trunk");
    double.push_directly(PROJECT, work.root(), "master");
    work.git(&["checkout", "-q", "master"]);
    work.git(&["rebase", "-q", "trunk"]);
    work.push(&double);
    assert_eq!((double.change(number).newest().kind, mine(3)), ("TRIVIAL_REBASE", (1, -1)));
    work.write("src/F0.java", "all new\n");
    work.amend("Another message", "change");
    work.push(&double);
    assert_eq!((double.change(number).newest().kind, mine(4)), ("REWORK", (0, 0)));
    assert_eq!(double.stream_events().iter().filter(|line| line.contains("\"patchset-created\"")).count(), 4);
}

#[test]
fn each_version_has_its_own_ways() {
    let robots = json!({"robot_comments": {"src/F0.java": [{"robot_id": "r", "robot_run_id": "1", "message": "x", "line": 1}]}});
    let fix = json!({"comments": {"src/F0.java": [{"message": "x", "line": 1, "fix_suggestions": []}]}});
    for (version, robot_comments, fixes, identifier, labels) in [
        ("2.16.28", 200, 200, "plugins%2Fshop~master~", 200),
        ("3.5.6", 200, 200, "plugins%2Fshop~master~", 200),
        ("3.9.1", 200, 200, "plugins%2Fshop~1", 200),
        ("3.12.0", 200, 500, "plugins%2Fshop~1", 200),
        ("3.13.0", 404, 500, "plugins%2Fshop~1", 200),
    ] {
        let (double, _work, number, _) = ready(version);
        assert_eq!(post(&double, number, &robots).0, 200, "{version}");
        let stored = double.change(number).robot_comments.len();
        let listed = ask(&double, "gate", "GET", &format!("/a/changes/{number}/robotcomments"), None);
        assert_eq!((stored, listed.0), (usize::from(robot_comments == 200), robot_comments), "{version}: {}", listed.2);
        assert_eq!(post(&double, number, &fix).0, fixes, "{version}");
        let info = get(&double, &format!("/changes/{number}?o=CURRENT_REVISION"));
        assert!(info["id"].as_str().is_some_and(|id| id.starts_with(identifier)), "{version}: {info}");
        let requirements = ask(&double, "gate", "GET", &format!("/a/changes/{number}?o=SUBMIT_REQUIREMENTS"), None).0;
        assert_eq!(requirements, if version == "2.16.28" { 400 } else { 200 }, "{version}");
        assert_eq!(ask(&double, "gate", "GET", "/a/projects/plugins%2Fshop/labels/Code-Quality", None).0, labels);
        let tags = get(&double, "/accounts/self").get("tags").is_some();
        assert_eq!(tags, version != "2.16.28", "{version}");
    }
}

#[test]
fn addresses_are_decoded_as_forms_are() {
    let double = Double::new(Profile { prefix: "/r", ..Profile::of("3.9.1") });
    let work = Work::new();
    work.write("a b+c.txt", "x\n");
    let commit = work.commit("Odd names", "odd");
    let number = work.push(&double);
    let content =
        |name: &str| ask(&double, "gate", "GET", &format!("/a/changes/{number}/revisions/{}/files/{name}/content", &commit[..7]), None);
    assert_eq!(content("a%20b%2Bc.txt").2, STANDARD.encode("x\n"));
    assert_eq!((content("a+b%2Bc.txt").0, content("a%20b+c.txt").0), (200, 404), "+ is a blank");
    let without_prefix = ureq::get(format!("http://{}/changes/", double.address())).call();
    assert!(matches!(without_prefix, Err(ureq::Error::StatusCode(404))));
    double.set(|profile| profile.decodes_slashes = true);
    let (status, kind, _) = ask(&double, "gate", "GET", &format!("/a/changes/plugins%2Fshop~{number}"), None);
    assert!(status == 404 && kind.starts_with("text/html"), "a proxy's page");
}

#[test]
fn faults_come_as_they_are_ordered() {
    let (double, _work, number, _) = ready("3.9.1");
    double.inject(|seen| (seen.number % 2 == 1).then(|| Fault::After { status: 500, body: "Internal server error".to_owned() }));
    let body = json!({"message": "m"});
    let first = post(&double, number, &body).0;
    let second = post(&double, number, &body).0;
    assert_eq!((first.min(second), first.max(second)), (200, 500));
    assert_eq!(double.change(number).messages.len(), 3, "both were stored");
}
