//! A gate before a service, at which requests are lost, answers are changed, and voters are killed.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// What came to the gate.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
}

/// What becomes of it.
pub(crate) enum Action {
    Pass,
    /// It does not arrive.
    Cut,
    /// It arrives, and the answer does not.
    Lose,
    /// The service is not asked.
    Say(u16, &'static str, Vec<u8>),
    /// The body of the answer is another one.
    Change(Box<dyn FnOnce(Vec<u8>) -> Vec<u8> + Send>),
    /// Whoever asks is killed, before it arrives or before the answer does.
    Kill {
        arrives: bool,
        victim: Arc<Notify>,
    },
}

type Rule = Box<dyn FnMut(&Request) -> Action + Send>;

struct Inner {
    target: Option<SocketAddr>,
    rule: Rule,
    heard: Vec<Heard>,
}

/// A request as it came.
pub(crate) struct Heard {
    /// Its head, up to the empty line.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// Listens on a port of its own. Clones are the same gate.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) url: String,
    inner: Arc<Mutex<Inner>>,
}

impl Gate {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner { target: None, rule: Box::new(|_| Action::Pass), heard: Vec::new() };
        let inner = Arc::new(Mutex::new(inner));
        let shared = Arc::clone(&inner);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move { pass(stream, shared).await });
            }
        });
        Self { url, inner }
    }

    pub(crate) fn lead_to(&self, target: SocketAddr) {
        self.inner.lock().unwrap().target = Some(target);
    }

    /// The service itself.
    pub(crate) fn target(&self) -> String {
        format!("http://{}", self.inner.lock().unwrap().target.unwrap())
    }

    /// From now on.
    pub(crate) fn rule(&self, rule: impl FnMut(&Request) -> Action + Send + 'static) {
        self.inner.lock().unwrap().rule = Box::new(rule);
    }

    /// Everything passes.
    pub(crate) fn free(&self) {
        self.rule(|_| Action::Pass);
    }

    /// Once, to the first request whose path has this in it.
    pub(crate) fn once(&self, part: &'static str, action: Action) {
        let mut action = Some(action);
        self.rule(move |request| match action.take_if(|_| request.path.contains(part)) {
            Some(action) => action,
            None => Action::Pass,
        });
    }

    /// Method and path of everything that came since it was asked last.
    pub(crate) fn asked(&self) -> Vec<String> {
        let line = |heard: Heard| {
            let mut words = heard.head.split_whitespace().take(2);
            [words.next().unwrap(), " ", words.next().unwrap()].concat()
        };
        self.heard().into_iter().map(line).collect()
    }

    /// The same, whole.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.inner.lock().unwrap().heard)
    }
}

/// One connection, one request.
async fn pass(mut stream: TcpStream, inner: Arc<Mutex<Inner>>) -> Option<()> {
    let (head, body) = read_message(&mut stream).await?;
    let mut words = head.split_whitespace();
    let request = Request { method: words.next()?.to_owned(), path: words.next()?.to_owned() };
    let (action, target) = {
        let mut inner = inner.lock().unwrap();
        inner.heard.push(Heard { head: head.clone(), body: body.clone() });
        ((inner.rule)(&request), inner.target)
    };
    let forward = async || {
        let mut service = TcpStream::connect(target?).await.ok()?;
        let (line, rest) = head.split_once("\r\n")?;
        let message = format!("{line}\r\nConnection: close\r\n{rest}");
        service.write_all(&[message.as_bytes(), &body].concat()).await.ok()?;
        read_message(&mut service).await
    };
    let (head, body) = match action {
        Action::Pass => forward().await?,
        Action::Cut => return None,
        Action::Lose => {
            forward().await?;
            return None;
        }
        Action::Say(status, kind, body) => {
            let length = body.len();
            (
                format!(
                    "HTTP/1.1 {status} Said\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
                ),
                body,
            )
        }
        Action::Change(change) => {
            let (head, body) = forward().await?;
            let body = change(body);
            let lines = head.split_inclusive("\r\n").filter(|line| !is_length(line) && *line != "\r\n");
            (format!("{}content-length: {}\r\n\r\n", lines.collect::<String>(), body.len()), body)
        }
        Action::Kill { arrives, victim } => {
            if arrives {
                forward().await?;
            }
            victim.notify_one();
            // Nothing is said to the dead.
            let _ = stream.read(&mut [0; 1]).await;
            return None;
        }
    };
    stream.write_all(&[head.as_bytes(), &body].concat()).await.ok()?;
    stream.shutdown().await.ok()
}

fn is_length(line: &str) -> bool {
    line.to_ascii_lowercase().starts_with("content-length:")
}

/// A head up to its empty line, and its body.
async fn read_message(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let mut body = bytes.split_off(end);
    let head = String::from_utf8(bytes).ok()?;
    let length = head.lines().find(|line| is_length(line)).and_then(|line| line[15..].trim().parse().ok());
    match length {
        Some(length) => {
            while body.len() < length {
                if stream.read_buf(&mut body).await.ok()? == 0 {
                    return None;
                }
            }
        }
        None if head.starts_with("HTTP") => {
            stream.read_to_end(&mut body).await.ok()?;
        }
        None => {}
    }
    Some((head, body))
}
