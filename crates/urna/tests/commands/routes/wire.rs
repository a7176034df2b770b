//! Requests byte for byte, as no client sends them, and the answers to them.

use std::fmt;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::gate::Heard;

/// How long an answer may take: less than the service's own limits, so that one that waits for something is found.
const PATIENCE: Duration = Duration::from_secs(25);

/// How the body is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// With its length.
    Whole,
    /// In chunks.
    Chunked,
    /// In chunks of which one is none.
    BrokenChunks,
    /// So many bytes more are announced than come.
    Short(u64),
    /// Without a length.
    Unannounced,
}

/// A request.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: Vec<u8>,
    pub(super) target: Vec<u8>,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Vec<u8>,
    pub(super) framing: Framing,
    /// Whether it may be no HTTP at all, so that it is answered before any handler sees it.
    pub(super) is_odd: bool,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
            framing: Framing::Whole,
            is_odd: false,
        }
    }

    pub(super) fn json(method: &str, target: &str, body: Vec<u8>) -> Self {
        let headers = vec![("content-type".to_owned(), b"application/json".to_vec())];
        Self { headers, body, ..Self::new(method, target) }
    }

    /// What came to a gate.
    pub(super) fn heard(heard: &Heard) -> Self {
        let mut lines = heard.head.lines();
        let mut words = lines.next().unwrap().split(' ');
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.as_bytes().to_vec()));
        let own = ["host", "content-length", "connection", "transfer-encoding"];
        let headers = headers.filter(|(name, _)| !own.contains(&name.as_str())).collect();
        Self { headers, body: heard.body.clone(), ..Self::new(words.next().unwrap(), words.next().unwrap()) }
    }

    pub(super) fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_slice())
    }

    pub(super) fn set(&mut self, name: &str, value: &[u8]) {
        self.headers.retain(|(found, _)| found != name);
        self.headers.push((name.to_owned(), value.to_vec()));
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [&self.method[..], b" ", &self.target, b" HTTP/1.1\r\n"].concat();
        let mut put =
            |name: &str, value: &[u8]| bytes.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        if self.header("host").is_none() {
            put("host", b"vote.union.example");
        }
        put("connection", b"close");
        for (name, value) in &self.headers {
            put(name, value);
        }
        let length = |more: u64| (u64::try_from(self.body.len()).unwrap() + more).to_string();
        match self.framing {
            Framing::Whole => put("content-length", length(0).as_bytes()),
            Framing::Short(more) => put("content-length", length(more).as_bytes()),
            Framing::Chunked | Framing::BrokenChunks => put("transfer-encoding", b"chunked"),
            Framing::Unannounced => {}
        }
        bytes.extend(b"\r\n");
        match self.framing {
            Framing::Chunked => {
                for chunk in self.body.chunks(1_000) {
                    bytes.extend([format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
                }
                bytes.extend(b"0\r\n\r\n");
            }
            Framing::BrokenChunks => bytes.extend([b"zz\r\n", &self.body[..], b"\r\n"].concat()),
            _ => bytes.extend(&self.body),
        }
        bytes
    }

    /// Whether it ends before it is complete, so that nobody may be left to answer.
    pub(super) fn breaks_off(&self) -> bool {
        matches!(self.framing, Framing::Short(_))
    }

    /// Sends it to an address, on a connection of its own; nothing if the connection ends without an answer.
    pub(super) fn send(&self, address: &str) -> Option<Answer> {
        let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        // Who is refused may be refused before everything is sent.
        let _ = stream.write_all(&self.to_bytes());
        if self.breaks_off() {
            let _ = stream.shutdown(Shutdown::Write);
        }
        let mut bytes = Vec::new();
        let mut part = [0; 16 << 10];
        loop {
            match stream.read(&mut part) {
                Ok(0) => break,
                Ok(read) => bytes.extend(&part[..read]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => break,
                Err(error) => panic!("no answer to {self:?}: {error}"),
            }
        }
        Answer::parse(&bytes)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.to_bytes();
        let shown = &bytes[..bytes.len().min(4_000)];
        write!(f, "{} ({} bytes)", shown.escape_ascii(), bytes.len())
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let body = &bytes[end + 4..];
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        // "Go on" is no answer yet.
        if status == 100 {
            return Self::parse(body);
        }
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
        Some(Self { status, headers, body: body.to_vec() })
    }

    /// A header that is there once.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(found, _)| found == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} twice: {self:?}");
        value
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.body[..self.body.len().min(1_000)];
        write!(f, "{} {:?} {}", self.status, self.headers, shown.escape_ascii())
    }
}
