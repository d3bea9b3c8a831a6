//! What is read of a server: conversations, changes by any name, and who we are.
use super::*;

#[test]
fn a_conversation_holds_what_a_review_needs() {
    let (double, work, number, first) = ready("3.9.1");
    posted(&double, &review(number, &first, "run-1", vec![comment("src/F0.java", 5, "aa"), comment("src/F1.java", 5, "bb")]));
    let ours = double.change(number).comments[0].id.clone();
    double.with_change(number, |change| {
        let said = gerrit_double::state::Comment {
            id: "0a_0b".to_owned(),
            in_reply_to: Some(ours),
            author: JOE,
            tag: None,
            message: "gate: accept it is meant so".to_owned(),
            updated: 99,
            ..change.comments[0].clone()
        };
        change.comments.push(said);
    });
    work.write("src/F0.java", "one more\n".to_owned() + &std::fs::read_to_string(work.root().join("src/F0.java")).expect("a file"));
    work.git(&["mv", "src/F2.java", "src/Renamed.java"]);
    let second = work.amend("Change the fifth line", "change");
    work.push(&double);

    let told = read(&double, number, &second);
    assert_eq!((told.project.as_str(), told.branch.as_str(), told.change), (PROJECT, "master", number));
    assert_eq!((told.patch_set, told.newest, told.revision.as_str(), told.kind), (2, 2, second.as_str(), PatchSetKind::Rework));
    assert!(told.is_open && !told.is_outdated && !told.is_work_in_progress && told.is_service);
    assert_eq!(told.owner, Some(JANE));
    assert_eq!(told.permitted["Code-Quality"], [-1, 0, 1]);
    assert_eq!(told.permitted["Verified"], [0]);
    assert!(told.votes.is_empty(), "the vote is not carried over a rework");
    assert_eq!(told.paths, ["/COMMIT_MSG", "src/F0.java", "src/F1.java", "src/F2.java", "src/Renamed.java"]);
    assert_eq!(told.runs, ["run-1"]);
    assert_eq!(told.version, Some((3, 9)));
    assert_eq!(told.items, 6);
    assert_eq!(told.threads.len(), 2);
    let thread = &told.threads[0];
    assert_eq!((thread.path.as_str(), thread.place, thread.marks.clone()), ("src/F0.java", CommentPlace::Line(5), vec!["aa".to_owned()]));
    assert_eq!(thread.ported, Some(("src/F0.java".to_owned(), CommentPlace::Line(6))), "the server follows it");
    assert!(thread.is_ours && thread.is_answered && thread.is_unresolved);
    assert_eq!(thread.answers, [("Joe Public <joe@example.com>".to_owned(), "gate: accept it is meant so".to_owned())]);
    assert_eq!(told.threads[1].ported, Some(("src/F1.java".to_owned(), CommentPlace::Line(5))));

    let old = read(&double, number, &first);
    assert!(old.is_outdated);
    assert_eq!((old.patch_set, old.newest, old.revision.as_str()), (1, 2, first.as_str()));
    assert!(!old.paths.contains(&"src/Renamed.java".to_owned()));
}

#[test]
fn each_version_is_read_and_reviewed() {
    for version in ["2.16.28", "3.2.14", "3.5.6", "3.9.1", "3.12.0", "3.13.0", "3.14.2", "3.15-rc0", "hosted"] {
        let (double, work, number, first) = ready(version);
        let receipt = posted(&double, &review(number, &first, "run-1", vec![comment("src/F0.java", 5, "aa")]));
        assert_eq!((receipt.fate, receipt.comments, receipt.lost), (Fate::Posted, 1, vec![]), "{version}");
        work.write("src/F9.java", "new\n");
        let second = work.amend("Change the fifth line", "change");
        work.push(&double);
        let told = read(&double, number, &second);
        assert_eq!(told.threads.len(), 1, "{version}");
        let follows = !["2.16.28", "3.2.14"].contains(&version);
        assert_eq!((told.threads[0].ported.is_some(), told.is_service), (follows, follows), "{version}");
        let mut next = Review { patch_set: 2, ..review(number, &second, "run-2", Vec::new()) };
        next.votes.insert("Code-Quality".to_owned(), 1);
        let message = format!("No longer reported in patch set 2. ([rule](https://gate{}))", fragment(&["aa".to_owned()]));
        let to = told.threads[0].last.clone();
        next.replies =
            vec![Reply { to, patch_set: 1, path: "src/F0.java".to_owned(), place: CommentPlace::Line(5), message, is_unresolved: false }];
        let receipt = posted(&double, &next);
        assert_eq!((receipt.replies, receipt.votes["Code-Quality"], receipt.lost), (1, 1, vec![]), "{version}");
        let after = read(&double, number, &second);
        assert!(!after.threads[0].is_unresolved && !after.threads[0].is_answered, "{version}");
        let (path, body) = double.posts().pop().expect("the reply came last");
        assert!(path.ends_with("/revisions/1/review") && body.get("labels").is_none(), "{version}: {path} {body}");
        assert_eq!(body["notify"], "NONE");
    }
}

#[test]
fn servers_are_told_apart_by_their_errors() {
    let (double, _work, number, _) = ready("3.9.1");
    let told = Mutex::new(Vec::new());
    let tell = |text: &str| told.lock().expect("one thread").push(text.to_owned());
    let failed = |server: Server| format!("{:#}", Gerrit::connect(server, &tell).expect_err("it cannot be connected to"));
    let wrong = Server { credentials: Credentials::of("gate", "wr0ng-pass", "the test"), ..server(&double) };
    let error = failed(wrong.clone());
    assert!(error.contains("401") && error.contains("from the test") && error.contains("GERRIT_USERNAME"), "{error}");
    assert!(!error.contains("wr0ng-pass") && !format!("{wrong:?}").contains("wr0ng-pass"), "{error} {wrong:?}");
    let long = Credentials::of("gate", &"s3cret".repeat(20), "the test");
    let error = failed(Server { credentials: long, ..server(&double) });
    assert!(error.contains("more than 71 characters") && !error.contains("s3cret"), "{error}");

    double.inject(|_| Some(Fault::redirect("https://review.example.com/")));
    assert!(failed(server(&double)).contains("it leads to https://review.example.com/; use the address"));
    double.inject(|_| Some(Fault::html(404)));
    assert!(failed(server(&double)).contains("AllowEncodedSlashes"));
    double.inject(|_| Some(Fault::html(200)));
    assert!(failed(server(&double)).contains("is the address right?"));
    double.heal();

    let closed = Server::at("http://127.0.0.1:9").expect("an address");
    assert!(failed(Server { pace: PACE, ..closed }).contains("http://127.0.0.1:9: accounts/self"));
    let plain = Server::at("http://review.example.com").expect("an address");
    assert!(failed(plain).contains("credentials are not sent over http"));
    assert!(Server::at("https://bot:hunter2@review.example.com").is_err_and(|error| !error.to_string().contains("hunter2")));
    for odd in ["review.example.com", "ftp://x", "https://", "https://a b", "https://a?q"] {
        assert!(Server::at(odd).is_err(), "{odd}");
    }
    assert_eq!(Server::at("https://h/r/a/").expect("an address").base, "https://h/r");
    assert!(told.lock().expect("one thread").is_empty());

    // Not silent.
    Gerrit::connect(Server { insecure: true, ..server(&double) }, &tell).expect("a server");
    assert!(told.lock().expect("one thread")[0].starts_with("insecure: the certificate"));

    let gerrit = connect(&double);
    let which =
        |change: &str, revision: Option<&str>| Which { project: None, change: change.to_owned(), revision: revision.map(str::to_owned) };
    let error = gerrit.conversation(&which("4711", None), TAG).expect_err("no such change").to_string();
    assert!(error.contains("change 4711 is not there, or not visible to account 1000007 (gate <gate@example.com>)"), "{error}");
    let error = gerrit.conversation(&which(&number.to_string(), Some("0123456789")), TAG).expect_err("no such commit").to_string();
    assert!(error.contains("is no patch set of change"), "{error}");
}

#[test]
fn changes_are_found_by_any_of_their_names() {
    let (double, _work, number, revision) = ready("3.8.1");
    double.set(|profile| profile.prefix = "/r");
    let gerrit = connect(&double);
    let key = double.change(number).key;
    let names = [
        number.to_string(),
        key.clone(),
        format!("plugins/shop~{number}"),
        format!("plugins%2Fshop~{number}"),
        format!("plugins%2Fshop~master~{key}"),
    ];
    for name in names {
        let which = Which { project: None, change: name.clone(), revision: Some(revision[..12].to_owned()) };
        let told = gerrit.conversation(&which, TAG).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        assert_eq!((told.change, told.revision), (number, revision.clone()), "{name}");
    }
    double.set(|profile| profile.decodes_slashes = true);
    let which = Which { project: Some(PROJECT.to_owned()), change: number.to_string(), revision: None };
    let error = gerrit.conversation(&which, TAG).expect_err("a proxy spoils it").to_string();
    assert!(error.contains("a proxy that decodes %2F"), "{error}");
    assert!(!gerrit.keeps_slashes().expect("an answer"));
}

#[test]
fn those_who_do_not_say_who_they_are_may_read() {
    let (double, _work, number, _) = ready("3.9.1");
    let server = Server { anonymous: true, credentials: Credentials::default(), ..server(&double) };
    let gerrit = Gerrit::connect(server, &|_| ()).expect("a server");
    let told = gerrit.conversation(&Which { change: number.to_string(), ..Which::default() }, TAG).expect("it is visible");
    assert!(told.permitted.is_empty() && told.paths.len() == 4);
    assert!(double.log().iter().all(|logged| !logged.target.starts_with("/a/") && logged.header("authorization").is_none()));
    let error = gerrit.post(&review(number, &told.revision, "run-1", Vec::new())).expect_err("that needs an account").to_string();
    assert!(error.contains("403") && error.contains("that needs credentials"), "{error}");
}

#[test]
fn cookies_and_the_administrators_questions_are_served() {
    let (double, _work, _, _) = ready("3.9.1");
    let file = double.folder().join("gitcookies");
    std::fs::write(&file, "127.0.0.1\tFALSE\t/\tFALSE\t0\to\tgit-gate=gate-secret\n").expect("a writable file");
    let by_cookie = Server { pace: PACE, ..Server::from_environment(&double.base(), Some(&file)).expect("credentials") };
    let gerrit = Gerrit::connect(by_cookie, &|_| ()).expect("a server that knows us");
    assert_eq!(gerrit.account().map(|account| (account.id, account.is_service)), Some((BOT, true)));
    assert!(double.log().iter().any(|logged| logged.header("cookie").is_some()));
    assert_eq!(gerrit.version().expect("an answer").number, Some((3, 9)));
    assert!(gerrit.groups().expect("an answer").contains(&"Service Users".to_owned()));
    let label = gerrit.label(PROJECT, "Code-Quality").expect("an answer").expect("it is defined");
    assert_eq!((label.values.first().map(|value| value.0), label.function.as_str()), (Some(-1), "NoBlock"));
    assert_eq!(gerrit.label(PROJECT, "Lint").expect("an answer"), None);
    let requirements = gerrit.submit_requirements(PROJECT).expect("an answer").expect("this version has them");
    assert!(requirements.contains(&("Code-Quality".to_owned(), "label:Code-Quality=MAX AND -label:Code-Quality=MIN".to_owned())));
    let clock = gerrit.clock().expect("an answer").expect("it tells the time");
    let apart = clock.ours.duration_since(clock.theirs).unwrap_or_default();
    assert!(apart < Duration::from_secs(5), "{clock:?}");
    assert!(gerrit.keeps_slashes().expect("an answer"));
    assert_eq!(gerrit.read("config/server/nothing").expect("an answer"), None);
    double.set(|profile| profile.version = "3.2.14");
    assert_eq!(gerrit.submit_requirements(PROJECT).expect("an answer"), None);
}
