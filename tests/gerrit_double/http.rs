//! Just enough of HTTP, over sockets of our own: a test must be able to cut a connection at any point, which servers in libraries avoid.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::faults::{Fault, Seen};
use super::{Inner, Logged, lock, route};

#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(there, _)| there == name).map(|(_, value)| value.as_str())
    }

    /// Path without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// Serves until the double is gone.
pub fn serve(listener: TcpListener, inner: &Arc<Inner>) {
    let inner = Arc::downgrade(inner);
    let count = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if inner.strong_count() == 0 {
                break;
            }
            let (inner, count) = (inner.clone(), count.clone());
            let Ok(stream) = stream else { continue };
            std::thread::spawn(move || converse(stream, &inner, &count));
        }
    });
}

/// Wakes the listener, which then sees that nobody needs it.
pub fn stop(inner: &Arc<Inner>) {
    let address = inner.address;
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        let _ = TcpStream::connect(address);
    });
}

fn converse(stream: TcpStream, inner: &Weak<Inner>, count: &AtomicUsize) {
    let _ = stream.set_nodelay(true);
    let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
    let mut reader = BufReader::new(stream.try_clone().expect("a socket can be shared"));
    let mut writer = stream;
    while let Some(request) = read(&mut reader, &mut writer) {
        let Some(inner) = inner.upgrade() else { break };
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        if !answer(&inner, number, &request, &mut writer) {
            break;
        }
    }
    let _ = writer.shutdown(Shutdown::Both);
}

/// Whether the connection goes on.
fn answer(inner: &Inner, number: usize, request: &Request, writer: &mut TcpStream) -> bool {
    let begin = Instant::now();
    let seen = Seen { number, method: request.method.clone(), target: request.target.clone() };
    let fault = lock(&inner.injector).as_mut().and_then(|injector| injector(&seen));
    std::thread::sleep(lock(&inner.profile).latency);
    let log = |status: u16| {
        lock(&inner.log).push(Logged {
            method: request.method.clone(),
            target: request.target.clone(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
            headers: request.headers.clone(),
            status,
            begin,
            end: Instant::now(),
        });
    };
    let handle = || route::handle(inner, request);
    let reply = match fault.clone() {
        None | Some(Fault::DropAfter | Fault::HalfAnswer) => handle(),
        Some(Fault::Instead { status, body, headers }) => Reply { status, headers, body: body.into_bytes() },
        Some(Fault::After { status, body }) => {
            handle();
            Reply { status, headers: Vec::new(), body: body.into_bytes() }
        }
        Some(Fault::DropBefore) => {
            log(0);
            return false;
        }
        Some(Fault::SlowBefore(time)) => {
            let deadline = request.header("x-gerrit-deadline").and_then(|text| text.strip_suffix("ms")?.parse().ok());
            let knows_deadlines = lock(&inner.profile).number() >= (3, 5);
            match deadline.map(Duration::from_millis).filter(|deadline| knows_deadlines && *deadline < time) {
                Some(deadline) => {
                    std::thread::sleep(deadline);
                    let body = format!("Client Provided Deadline Exceeded\n\nrequest.timeout={}ms", deadline.as_millis());
                    Reply { status: 408, headers: Vec::new(), body: body.into_bytes() }
                }
                None => {
                    std::thread::sleep(time);
                    handle()
                }
            }
        }
        Some(Fault::SlowAfter(time)) => {
            let reply = handle();
            std::thread::sleep(time);
            reply
        }
        Some(Fault::CallBefore(call)) => {
            call();
            handle()
        }
        Some(Fault::CallAfter(call)) => {
            let reply = handle();
            call();
            reply
        }
    };
    match fault {
        Some(Fault::DropAfter) => {
            log(0);
            false
        }
        Some(Fault::HalfAnswer) => {
            log(0);
            let bytes = bytes_of(&reply, request);
            let _ = writer.write_all(&bytes[..bytes.len() / 2]);
            false
        }
        _ => {
            log(reply.status);
            writer.write_all(&bytes_of(&reply, request)).is_ok()
        }
    }
}

fn bytes_of(reply: &Reply, request: &Request) -> Vec<u8> {
    let mut body = reply.body.clone();
    let mut headers = reply.headers.clone();
    let has = |headers: &[(String, String)], name: &str| headers.iter().any(|(there, _)| there.eq_ignore_ascii_case(name));
    if !has(&headers, "content-type") {
        headers.push(("Content-Type".to_owned(), "text/plain; charset=utf-8".to_owned()));
    }
    let takes_gzip = request.header("accept-encoding").is_some_and(|all| all.contains("gzip"));
    if takes_gzip && body.len() > 64 && !has(&headers, "content-encoding") && !has(&headers, "x-git") {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&body).expect("memory can be written to");
        body = encoder.finish().expect("memory can be written to");
        headers.push(("Content-Encoding".to_owned(), "gzip".to_owned()));
    }
    let now = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    let mut head = format!("HTTP/1.1 {} Said\r\nDate: {now}\r\nContent-Length: {}\r\n", reply.status, body.len());
    headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    [head.as_bytes(), b"\r\n", &body].concat()
}

fn read(reader: &mut BufReader<TcpStream>, writer: &mut TcpStream) -> Option<Request> {
    let mut request = Request::default();
    let line = read_line(reader)?;
    let mut words = line.split(' ');
    request.method = words.next()?.to_owned();
    request.target = words.next()?.to_owned();
    loop {
        let line = read_line(reader)?;
        let Some((name, value)) = line.split_once(':') else { break };
        request.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if request.header("expect").is_some() {
        writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
    }
    if request.header("transfer-encoding").is_some_and(|value| value.contains("chunked")) {
        loop {
            let size = usize::from_str_radix(read_line(reader)?.split(';').next()?.trim(), 16).ok()?;
            let mut chunk = vec![0; size];
            reader.read_exact(&mut chunk).ok()?;
            read_line(reader)?;
            request.body.extend(chunk);
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = request.header("content-length").and_then(|length| length.parse().ok()) {
        request.body = vec![0; length];
        reader.read_exact(&mut request.body).ok()?;
    }
    Some(request)
}

fn read_line(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    (reader.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
}
