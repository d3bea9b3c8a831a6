//! What becomes of a review when a server fails, or the way to it.
use super::*;

/// Runs a review of which the n-th request meets a fault, and gives the receipt.
fn with_fault(
    double: &Double,
    review: &Review,
    is_hit: impl Fn(&Seen, usize) -> bool + Send + 'static,
    fault: Fault,
) -> anyhow::Result<Receipt> {
    let gerrit = connect(double);
    let mut posts = 0;
    double.inject(move |seen| {
        posts += usize::from(seen.is_review());
        is_hit(seen, posts).then(|| fault.clone())
    });
    let receipt = gerrit.post(review);
    double.heal();
    receipt
}

#[test]
fn unclear_failures_are_read_back_before_a_second_post() {
    let after = |status: u16| Fault::After { status, body: "Internal server error".to_owned() };
    for (name, fault, fate) in [
        ("500 after it was stored", after(500), Fate::Found),
        ("502 after it was stored", after(502), Fate::Found),
        ("504 after it was stored", after(504), Fate::Found),
        ("503 of a proxy after it was stored", Fault::After { status: 503, body: "<html>".to_owned() }, Fate::Found),
        ("408 after it was stored", after(408), Fate::Found),
        ("499 after it was stored", after(499), Fate::Found),
        ("500 before", Fault::instead(500, "Internal server error"), Fate::Posted),
        ("cut before", Fault::DropBefore, Fate::Posted),
        ("cut after", Fault::DropAfter, Fate::Found),
        ("half an answer", Fault::HalfAnswer, Fate::Found),
        ("a proxy's page with 200", Fault::html(200), Fate::Posted),
        ("502 of a proxy", Fault::html(502), Fate::Posted),
        ("lock failure", Fault::lock_failure(), Fate::Posted),
        ("too many requests", Fault::rate_limit(), Fate::Posted),
    ] {
        let (double, _work, number, revision) = ready("3.9.1");
        let wanted = review(number, &revision, "run-1", vec![comment("src/F0.java", 5, "aa")]);
        double.forget_log();
        let receipt = with_fault(&double, &wanted, |seen, posts| seen.is_review() && posts == 1, fault);
        let receipt = receipt.unwrap_or_else(|error| panic!("{name}: {error:#}"));
        // Found after an attempt of its own, a review is as good as posted.
        assert_eq!((receipt.comments, receipt.votes["Code-Quality"]), (1, -1), "{name}");
        let posts = double.posts().len();
        assert_eq!(posts, if fate == Fate::Found { 1 } else { 2 }, "{name}");
        let (vote, places, _) = page(&double, number);
        assert_eq!((vote, places.len(), double.change(number).messages.len()), (-1, 1, 2), "{name}");
        let log: Vec<String> = double.log().into_iter().map(|logged| logged.method).collect();
        if !["lock failure", "too many requests"].contains(&name) {
            let first = log.iter().position(|method| method == "POST").expect("it was posted");
            assert_eq!(log[first + 1], "GET", "{name}: {log:?}");
        }
    }
}

#[test]
fn what_cannot_be_mended_ends_at_once() {
    for (status, text) in [(401, "Unauthorized"), (404, "Not found: shop~1"), (405, "Not implemented"), (501, "Not implemented")] {
        let (double, _work, number, revision) = ready("3.9.1");
        double.forget_log();
        let wanted = review(number, &revision, "run-1", Vec::new());
        let error = with_fault(&double, &wanted, |seen, _| seen.is_review(), Fault::instead(status, text)).expect_err("it is not taken");
        assert!(error.to_string().contains(&status.to_string()), "{error:#}");
        assert_eq!(double.posts().len(), 1, "{status}");
    }
    // 500 twice, without a trace: one more attempt and no third.
    let (double, _work, number, revision) = ready("3.9.1");
    let wanted = review(number, &revision, "run-1", Vec::new());
    with_fault(&double, &wanted, |seen, _| seen.is_review(), Fault::instead(500, "Internal server error")).expect_err("it is not taken");
    assert_eq!(double.posts().len(), 2);
    // Locked out for good: as often as the pace allows.
    double.forget_log();
    with_fault(&double, &wanted, |seen, _| seen.is_review(), Fault::lock_failure()).expect_err("it is not taken");
    assert_eq!(double.posts().len(), 4);
    // A wait that is asked for is kept, a long one ends it.
    let asked = |seconds: &str| {
        let headers = vec![("Retry-After".to_owned(), seconds.to_owned())];
        Fault::Instead { status: 429, body: "slow down".to_owned(), headers }
    };
    double.forget_log();
    let begin = std::time::Instant::now();
    with_fault(&double, &wanted, |seen, posts| seen.is_review() && posts == 1, asked("1")).expect("the second is taken");
    assert!(begin.elapsed() >= Duration::from_secs(1));
    let other = Review { run: "run-2".to_owned(), ..wanted };
    double.forget_log();
    with_fault(&double, &other, |seen, _| seen.is_review(), asked("3600")).expect_err("nobody waits an hour");
    assert_eq!(double.posts().len(), 1);
}

#[test]
fn slow_servers_are_told_when_to_stop() {
    for (version, fault) in [
        ("3.9.1", Fault::SlowBefore(Duration::from_millis(900))),
        ("2.16.28", Fault::SlowBefore(Duration::from_millis(900))),
        ("3.9.1", Fault::SlowAfter(Duration::from_millis(900))),
    ] {
        let (double, _work, number, revision) = ready(version);
        let gerrit = Gerrit::connect(Server { timeout: Duration::from_millis(600), ..server(&double) }, &|_| ()).expect("a server");
        let mut hit = false;
        double.inject(move |seen| (seen.is_review() && !std::mem::replace(&mut hit, true)).then(|| fault.clone()));
        let receipt = gerrit.post(&review(number, &revision, "run-1", vec![comment("src/F0.java", 5, "aa")])).expect("it is taken");
        assert_eq!(receipt.comments, 1);
        std::thread::sleep(Duration::from_millis(500));
        let (vote, places, _) = page(&double, number);
        assert_eq!((vote, places.len(), double.change(number).messages.len()), (-1, 1, 2), "{version}");
    }
}

#[test]
fn what_cannot_be_posted_waits_in_the_spool() {
    let (double, work, number, revision) = ready("3.9.1");
    let folder = double.folder().join("spool/reviews");
    assert!(spool::pending(&folder).expect("nothing").entries.is_empty());
    let gerrit = connect(&double);
    let wanted = review(number, &revision, "run-1", vec![comment("src/F0.java", 5, "aa")]);
    double.inject(|seen| seen.is_review().then(Fault::lock_failure));
    let error = format!("{:#}", spool::post(&folder, &gerrit, &wanted).expect_err("the server is locked"));
    assert!(error.contains("the review is kept in") && error.contains("Lock failure"), "{error}");
    let pending = spool::pending(&folder).expect("a folder");
    assert_eq!(pending.entries.iter().map(|(_, entry)| &entry.review).collect::<Vec<_>>(), [&wanted]);
    assert_eq!(pending.entries[0].1.server, double.base());

    // A later review of the change takes its place; another change's stays.
    let (_other, elsewhere, commit) = change_of_other_files(&double);
    spool::post(&folder, &gerrit, &review(elsewhere, &commit, "run-2", Vec::new())).expect_err("the server is locked");
    let later = Review { run: "run-3".to_owned(), ..wanted.clone() };
    spool::post(&folder, &gerrit, &later).expect_err("the server is locked");
    let runs = |folder: &std::path::Path| -> Vec<String> {
        spool::pending(folder).expect("a folder").entries.into_iter().map(|(_, entry)| entry.review.run).collect()
    };
    assert_eq!(runs(&folder), ["run-2", "run-3"]);

    double.heal();
    std::fs::write(folder.join("0-half.part"), "{").expect("a writable folder");
    std::fs::write(folder.join("0-odd.review.json"), "{}").expect("a writable folder");
    let elsewhere_server = Server::at("https://elsewhere.example.com").expect("an address").base;
    drop(spool::keep(&folder, &elsewhere_server, &wanted).expect("it is kept"));
    let flushed = spool::flush(&folder, &gerrit).expect("a folder");
    assert_eq!(flushed.iter().map(|(review, _)| review.run.as_str()).collect::<Vec<_>>(), ["run-2", "run-3"]);
    assert!(flushed.iter().all(|(_, receipt)| receipt.as_ref().is_ok_and(|receipt| receipt.fate == Fate::Posted)));
    assert_eq!(page(&double, number).0, -1);
    let left = spool::pending(&folder).expect("a folder");
    assert_eq!((left.entries.len(), left.broken.len()), (1, 1), "the other server's, and the odd one");
    assert!(!folder.join("0-half.part").exists());

    // What another process posts is left to it.
    let held = spool::keep(&folder, gerrit.base(), &Review { run: "run-4".to_owned(), ..wanted.clone() }).expect("it is kept");
    assert!(spool::flush(&folder, &gerrit).expect("a folder").is_empty());
    drop(held);
    assert_eq!(spool::flush(&folder, &gerrit).expect("a folder").len(), 1);

    // Nothing to write to is no reason not to post.
    let receipt =
        spool::post(&double.folder().join("spool/reviews/0-odd.review.json"), &gerrit, &Review { run: "run-5".to_owned(), ..wanted });
    assert_eq!(receipt.expect("it is taken").fate, Fate::Posted);
    drop(work);
}

fn change_of_other_files(double: &Double) -> (Work, u64, String) {
    let work = Work::new();
    work.write("a.txt", "a\n");
    let commit = work.commit("Another", "another");
    let number = work.push(double);
    (work, number, commit)
}
