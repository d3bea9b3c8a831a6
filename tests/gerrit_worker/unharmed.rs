//! Workers that are killed or meet each other, full disks, broken files and servers that do not answer.
use super::*;

#[test]
fn workers_killed_at_any_moment_lose_nothing_and_say_nothing_twice() {
    let server = server();
    let numbers: Vec<u64> = ["One", "Two", "Three", "Four"].iter().map(|key| server.change(key)).collect();
    let lock = server.lock().expect("nobody works yet");
    numbers.iter().for_each(|number| drop(server.created(*number)));
    drop(lock);
    let mut random = 0x2545_f491_4f6c_dd1d_u64 ^ Instant::now().elapsed().subsec_nanos() as u64 ^ std::process::id() as u64;
    for _ in 0..12 {
        // Attempts that end a worker are counted, so that a review that does so by itself ends some day.
        if server.site.queued().iter().any(|event| event["tries"].as_u64() >= Some(4)) {
            break;
        }
        let mut worker = server.worker();
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        std::thread::sleep(Duration::from_millis(20 + (random >> 33) % 700));
        worker.kill().expect("it can be killed");
        worker.wait().expect("an end");
    }
    let mut worker = server.worker();
    server.settled();
    worker.wait().expect("an end");
    numbers.iter().for_each(|number| server.is_reviewed_once(*number));
    assert!(server.site.files("data/gate/set-aside").is_empty(), "{}", server.site.log());
}

#[test]
fn of_workers_that_start_together_one_works() {
    let server = server();
    let numbers: Vec<u64> = ["One", "Two", "Three"].iter().map(|key| server.change(key)).collect();
    let lock = server.lock().expect("nobody works yet");
    numbers.iter().for_each(|number| drop(server.created(*number)));
    drop(lock);
    let workers: Vec<Child> = (0..4).map(|_| server.worker()).collect();
    for mut worker in workers {
        assert!(worker.wait().expect("an end").success());
    }
    server.settled();
    numbers.iter().for_each(|number| server.is_reviewed_once(*number));
}

/// The site's folder of gate on a tiny disk, which is filled up. Only root may mount one.
#[test]
fn a_full_disk_stops_no_review() {
    let server = server();
    let folder = server.site.root().join("data/gate");
    let mount = std::process::Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&folder).output();
    if !mount.as_ref().is_ok_and(|out| out.status.success()) {
        eprintln!("SKIPPED: no disk can be mounted here ({mount:?})");
        return;
    }
    let ran = server.site.gate(&["install", "--gerrit-site"]);
    let fill = || std::fs::write(folder.join("filler"), vec![b'x'; 1 << 20]).is_err();
    let (full, number) = (fill(), server.change("One"));
    let queued = server.created(number);
    let begin = Instant::now();
    while server.reviews(number) == 0 && begin.elapsed() < Duration::from_secs(40) {
        std::thread::sleep(Duration::from_millis(100));
    }
    let left = server.site.queued();
    while server.lock().is_none() && begin.elapsed() < Duration::from_secs(50) {
        std::thread::sleep(Duration::from_millis(100));
    }
    let log = server.site.log();
    let unmounted = std::process::Command::new("umount").arg("-l").arg(&folder).status();
    assert!(full && ran.code == Some(0) && unmounted.is_ok_and(|status| status.success()), "{}", ran.output);
    assert_eq!((queued.code, left.len()), (Some(0), 0), "{}", queued.output);
    assert!(queued.output.contains("gate::WARNING::") && queued.output.contains("the worker is told directly"), "{}", queued.output);
    let change = server.double.change(number);
    assert_eq!((server.reviews(number), change.vote(BOT, LABEL, 1)), (1, -1), "{log}");
}

#[test]
fn what_cannot_be_done_is_set_aside_with_why_and_can_be_tried_again() {
    let server = server();
    let events = server.site.root().join("data/gate/events");
    let gone = r#"{"event":"patchset-created","repository":"/not/there","project":"p","branch":"m","change":"p~1","number":1,"patch_set":1,
        "commit":"c","kind":"REWORK","by":"jane","comment":"","tries":5,"error":"as before"}"#;
    let large = vec![b' '; (1 << 20) + 9];
    let broken: [(&str, &[u8]); 5] = [("1", b""), ("2", b"{"), ("3", b"[1]"), ("4", &[0xff; 2000]), ("5", &large)];
    broken.iter().for_each(|(name, bytes)| std::fs::write(events.join(format!("{name}.json")), bytes).expect("a file"));
    std::fs::create_dir(events.join("6.json")).expect("a folder");
    std::os::unix::fs::symlink("/dev/zero", events.join("7.json")).expect("a link");
    std::fs::write(events.join("8.json"), gone).expect("a file");
    let number = server.change("One");
    server.created(number);
    server.settled();
    server.is_reviewed_once(number);

    let ran = server.site.gate(&["worker", "--status", "--gerrit-site"]);
    assert_eq!(ran.code, Some(2), "{}", ran.output);
    for said in
        ["0 queued, 8 set aside", "patchset-created of p 1,1: ", "no regular file", "it is larger than 1048576 bytes", "it is no event"]
    {
        assert!(ran.output.contains(said), "{said}: {}", ran.output);
    }
    let ran = server.site.gate(&["doctor", "--gerrit-site"]);
    assert!(ran.code == Some(2) && ran.output.contains("set aside"), "{}", ran.output);
    let ran = server.site.gate(&["worker", "--retry", "--once", "--gerrit-site"]);
    assert!(ran.code == Some(0) && ran.output.contains("8 set aside before, back in the queue"), "{}", ran.output);
    let queued = server.site.queued();
    assert_eq!((queued.len(), queued[0]["tries"].as_u64()), (1, Some(1)), "{queued:?}");
    assert!(queued[0]["error"].as_str().is_some_and(|error| error.contains("/not/there")), "{queued:?}");
}

#[test]
fn what_the_server_does_not_answer_is_tried_again() {
    let server = server();
    let number = server.change("One");
    server.double.inject(|_| Some(Fault::html(404)));
    server.created(number);
    let begin = Instant::now();
    while !server.site.log().contains("tried again in") {
        assert!(begin.elapsed() < Duration::from_secs(30), "{}", server.site.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(server.site.queued()[0]["tries"], 1);
    server.double.heal();
    server.settled();
    server.is_reviewed_once(number);
}
