//! What can go wrong between a client and a server.
use std::sync::Arc;
use std::time::Duration;

/// A request before it is handled.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Counts from 1, over all connections.
    pub number: usize,
    pub method: String,
    pub target: String,
}

impl Seen {
    pub fn is_review(&self) -> bool {
        self.method == "POST" && self.target.ends_with("/review")
    }
}

#[derive(Clone)]
pub enum Fault {
    /// Answers so instead of handling it.
    Instead {
        status: u16,
        body: String,
        headers: Vec<(String, String)>,
    },
    /// Handles it, then answers so.
    After {
        status: u16,
        body: String,
    },
    DropBefore,
    DropAfter,
    /// Closes the connection in the middle of the answer.
    HalfAnswer,
    /// Waits before it is handled; past the client's deadline it is not, on servers that know deadlines.
    SlowBefore(Duration),
    SlowAfter(Duration),
    /// Runs something before it is handled, or after that and before it is answered.
    CallBefore(Arc<dyn Fn() + Send + Sync>),
    CallAfter(Arc<dyn Fn() + Send + Sync>),
}

impl Fault {
    pub fn rate_limit() -> Fault {
        Fault::instead(429, "Exceeded rate limit of 1000 REST API requests/hour (or idle time used up)")
    }

    pub fn lock_failure() -> Fault {
        Fault::instead(503, "Lock failure\n\nrefs/changes/01/1/meta: LOCK_FAILURE")
    }

    pub fn expired() -> Fault {
        Fault::Instead {
            status: 401,
            body: "Unauthorized".to_owned(),
            headers: vec![("WWW-Authenticate".to_owned(), "Basic realm=\"Gerrit Code Review\"".to_owned())],
        }
    }

    pub fn html(status: u16) -> Fault {
        Fault::Instead {
            status,
            body: "<!DOCTYPE html>\n<html><body><h1>Proxy Error</h1></body></html>".to_owned(),
            headers: vec![("Content-Type".to_owned(), "text/html; charset=iso-8859-1".to_owned())],
        }
    }

    pub fn redirect(to: &str) -> Fault {
        Fault::Instead { status: 302, body: String::new(), headers: vec![("Location".to_owned(), to.to_owned())] }
    }

    pub fn instead(status: u16, body: &str) -> Fault {
        Fault::Instead { status, body: body.to_owned(), headers: Vec::new() }
    }
}
