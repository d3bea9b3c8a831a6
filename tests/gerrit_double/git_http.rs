//! Git's own server behind Gerrit's, for clients that push and fetch.
use std::io::Write;
use std::process::Stdio;

use super::answer::unauthorized;
use super::http::{Reply, Request};
use super::route::decoded;
use super::{Inner, git, lock, push};

/// Nothing for what git does not ask; pushes for review become changes.
pub fn handle(inner: &Inner, request: &Request, path: &str, user: Option<u64>) -> Option<Reply> {
    let (project, service) =
        ["/info/refs", "/git-upload-pack", "/git-receive-pack"].iter().find_map(|end| Some((path.strip_suffix(end)?, *end)))?;
    let project = decoded(project).trim_end_matches(".git").to_owned();
    let is_push = service == "/git-receive-pack" || request.query().contains("service=git-receive-pack");
    if is_push && user.is_none() {
        return Some(unauthorized());
    }
    let root = inner.folder.path().join("git");
    let mut command = git::command(&root);
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", &root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", format!("/{project}.git{service}"))
        .env("REQUEST_METHOD", &request.method)
        .env("QUERY_STRING", request.query())
        .env("CONTENT_TYPE", request.header("content-type").unwrap_or_default())
        .env("CONTENT_LENGTH", request.body.len().to_string());
    for (variable, header) in
        [("HTTP_CONTENT_ENCODING", "content-encoding"), ("HTTP_GIT_PROTOCOL", "git-protocol"), ("GIT_PROTOCOL", "git-protocol")]
    {
        if let Some(value) = request.header(header) {
            command.env(variable, value);
        }
    }
    if let Some(user) = user {
        command.env("REMOTE_USER", user.to_string());
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("git is there");
    let mut stdin = child.stdin.take().expect("it is piped");
    let body = request.body.clone();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&body)));
    let output = child.wait_with_output().expect("our child");
    let _ = writer.join();
    let end = output.stdout.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&output.stdout[..end]).into_owned();
    let mut reply = Reply { status: 200, headers: vec![("X-Git".to_owned(), "yes".to_owned())], body: output.stdout[end + 4..].to_vec() };
    for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
        match name {
            "Status" => reply.status = value.trim().split(' ').next()?.parse().ok()?,
            name => reply.headers.push((name.to_owned(), value.trim().to_owned())),
        }
    }
    if let Some(user) = user.filter(|_| service == "/git-receive-pack") {
        // What does not become a change leaves no trace, as at Gerrit; the pusher's git is told of success all the same.
        let _ = push::receive(&mut lock(&inner.state), &project, user);
    }
    Some(reply)
}
