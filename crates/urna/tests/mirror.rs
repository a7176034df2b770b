//! `urna mirror` as a watchdog runs it: ended by force at any moment and given again, until the copy is complete.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use urna_election::sample::{Election, whole_election};
use urna_verifier::Files;
use urna_verifier::sample::log_key;

const ORIGIN: &str = "board.example/union-2027";

/// A log of many bundles. Only its first entries are any.
fn record() -> Files {
    let (election, _) = whole_election();
    let mut entries: Vec<_> = election.log.iter().map(|(_, entry)| entry.to_bytes()).collect();
    entries.extend((entries.len()..5_000).map(|number| format!("entry {number}").into_bytes()));
    Files::publish(&entries, &election.blobs, &log_key(ORIGIN)).unwrap()
}

/// A static web server that stands still at one request until it is told to go on.
struct Server {
    address: String,
    asked: Arc<AtomicUsize>,
    gate: Arc<(Mutex<usize>, Condvar)>,
}

impl Server {
    fn start(files: Files) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/union-2027", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let gate = Arc::new((Mutex::new(usize::MAX), Condvar::new()));
        let server = Self { address, asked: Arc::clone(&asked), gate: Arc::clone(&gate) };
        let files = Arc::new(files.0);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (files, asked, gate) = (Arc::clone(&files), Arc::clone(&asked), Arc::clone(&gate));
                std::thread::spawn(move || answer(connection.unwrap(), &files, &asked, &gate));
            }
        });
        server
    }

    /// From now on, this many requests are answered and the next ones wait.
    fn allow(&self, requests: usize) {
        self.asked.store(0, Ordering::SeqCst);
        *self.gate.0.lock().unwrap() = requests;
        self.gate.1.notify_all();
    }

    /// Waits until a request waits.
    fn wait(&self, requests: usize) {
        let (lock, changed) = &*self.gate;
        let guard = lock.lock().unwrap();
        drop(changed.wait_while(guard, |_| self.asked.load(Ordering::SeqCst) <= requests).unwrap());
    }
}

/// Answers the requests of one connection; nothing comes of it once the other side is gone.
fn answer(
    connection: TcpStream,
    files: &BTreeMap<String, Vec<u8>>,
    asked: &AtomicUsize,
    (lock, changed): &(Mutex<usize>, Condvar),
) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    loop {
        let mut request = String::new();
        reader.read_line(&mut request).ok().filter(|read| *read > 0)?;
        let mut line = String::new();
        while reader.read_line(&mut line).ok()? > 2 {
            line.clear();
        }
        let number = asked.fetch_add(1, Ordering::SeqCst);
        let guard = lock.lock().unwrap();
        changed.notify_all();
        drop(changed.wait_while(guard, |allowed| number >= *allowed).unwrap());
        let name = request.split(' ').nth(1)?.strip_prefix("/union-2027/")?;
        let (status, body) = files.get(name).map_or(("404 Not Found", &[][..]), |bytes| ("200 OK", bytes));
        let mut connection = &connection;
        write!(connection, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len()).ok()?;
        connection.write_all(body).ok()?;
    }
}

fn command(server: &Server, directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_urna"));
    command.arg("mirror").arg(&server.address).arg(directory);
    command
}

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

#[test]
fn goes_on_after_being_killed_at_any_moment() {
    let files = record();
    let server = Server::start(files.clone());
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy");
    // Checkpoint, 21 tiles of hashes, 20 bundles, the blobs: fewer each time than are left.
    for requests in [0, 1, 5, 19, 21, 25, 8, 10, 6, 4] {
        server.allow(requests);
        let mut child = command(&server, &copy).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        server.wait(requests);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!copy.join("checkpoint").exists(), "it looks complete after {requests} requests");
    }
    server.allow(usize::MAX);
    let output = command(&server, &copy).arg("--json").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["entries"], &json["withheld"]), (&5_000.into(), &false.into()));
    for (name, bytes) in &files.0 {
        assert!(fs::read(copy.join(name)).unwrap() == *bytes, "{name}");
    }
    // Nothing half written is left.
    assert_eq!(fs::read_dir(copy.join(".parts")).unwrap().count(), 0);
}

#[test]
fn answers_with_what_went_wrong() {
    let (election, _) = whole_election();
    let good = urna_verifier::sample::record(&election);
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy");
    let status = |files: &Files, copy: &Path| {
        let output = command(&Server::start(files.clone()), copy).output().unwrap();
        (output.status.code(), text(&output))
    };
    let (code, said) = status(&good, &copy);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("33 entries, 33 of them new"), "{said}");
    assert!(!said.contains("trial"), "{said}");
    // A trial is one in the copy too.
    let trial = urna_verifier::sample::record(&Election::publish(|draft| draft.trial = true));
    let (code, said) = status(&trial, &directory.path().join("trial"));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("This is a trial: it decides nothing."), "{said}");
    // Another history.
    let mut entries: Vec<_> = election.log.iter().map(|(_, entry)| entry.to_bytes()).collect();
    entries.swap(10, 11);
    let forked = Files::publish(&entries, &election.blobs, &log_key(ORIGIN)).unwrap();
    let (code, said) = status(&forked, &copy);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("another log of 33 entries") && said.contains("evidence"), "{said}");
    // No record at all.
    let (code, said) = status(&Files::default(), &directory.path().join("other"));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("checkpoint is missing"), "{said}");
    let output =
        Command::new(env!("CARGO_BIN_EXE_urna")).args(["mirror", "nowhere", "copy"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    // A blob that the log names, and that is not there.
    let mut without = good.clone();
    let rows = election.log.iter().find_map(|(_, entry)| match entry {
        urna_election::entry::Entry::Register(signed) => Some(signed.body.rows[0].sha256.0),
        _ => None,
    });
    let name = urna_verifier::File::Blob(rows.unwrap()).to_string();
    assert!(without.0.remove(&name).is_some());
    let (code, said) = status(&without, &directory.path().join("third"));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&name), "{said}");
}
