//! The forms of answers, as Gerrit gives them: JSON with its first line, plain texts for refusals, and what proxies say in HTML.
use serde_json::Value;

use super::http::Reply;

/// An answer that is no success.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: u16,
    body: String,
    is_json: bool,
}

impl Refusal {
    pub fn text(status: u16, text: impl Into<String>) -> Refusal {
        Refusal { status, body: text.into() + "\n", is_json: false }
    }

    pub fn said(&self) -> &str {
        self.body.trim_end()
    }

    pub fn json(status: u16, value: Value) -> Refusal {
        Refusal { status, body: value.to_string(), is_json: true }
    }
}

pub fn unauthorized() -> Reply {
    Reply {
        status: 401,
        headers: vec![("WWW-Authenticate".to_owned(), "Basic realm=\"Gerrit Code Review\"".to_owned())],
        body: b"Unauthorized\n".to_vec(),
    }
}

pub fn content_type(kind: &str) -> (String, String) {
    ("Content-Type".to_owned(), kind.to_owned())
}

pub fn html(status: u16, title: &str) -> Reply {
    let body = format!("<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head><title>{title}</title></head><body/></html>\n");
    Reply { status, headers: vec![content_type("text/html; charset=iso-8859-1")], body: body.into_bytes() }
}

pub fn refused(refusal: &Refusal) -> Reply {
    if refusal.is_json {
        return Reply { status: refusal.status, ..as_json(&refusal.body) };
    }
    Reply { status: refusal.status, headers: vec![content_type("text/plain; charset=utf-8")], body: refusal.body.clone().into_bytes() }
}

fn as_json(text: &str) -> Reply {
    let headers = vec![
        content_type("application/json; charset=UTF-8"),
        ("Content-Disposition".to_owned(), "attachment".to_owned()),
        ("X-Content-Type-Options".to_owned(), "nosniff".to_owned()),
    ];
    Reply { status: 200, headers, body: format!(")]}}'\n{text}\n").into_bytes() }
}

pub fn ok(value: &Value) -> Result<Reply, Refusal> {
    Ok(as_json(&value.to_string()))
}
