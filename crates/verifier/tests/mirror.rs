//! Copying a record over HTTP: complete, byte for byte, interrupted, grown, forked, withheld.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use rand_core::OsRng;
use serde_json::json;
use urna_election::Phase;
use urna_election::json::Base64;
use urna_election::sample::{Election, whole_election};
use urna_log::SignedCheckpoint;
use urna_verifier::sample::{log_key, record};
use urna_verifier::source::{Directory, Mirrored, Prefix, SourceError, mirror};
use urna_verifier::{Files, Given, Verdict, Verified, verify};

const ORIGIN: &str = "board.example/union-2027";

/// What the server says instead of its files.
#[derive(Default)]
struct Served {
    files: BTreeMap<String, Vec<u8>>,
    /// Paths that are answered `not-yet-public`.
    withheld: Vec<String>,
    /// The official entries.
    official: Vec<(u64, Vec<u8>)>,
    /// The next answers to anything, by status.
    trouble: Vec<u16>,
    /// From this request on, nothing but 403.
    stops_after: Option<usize>,
    asked: Vec<String>,
}

#[derive(Clone)]
struct Server {
    served: Arc<Mutex<Served>>,
    prefix: Prefix,
}

fn answer(status: u16, kind: &str, body: impl Into<Body>) -> Response {
    Response::builder().status(status).header("content-type", kind).body(body.into()).unwrap()
}

async fn serve(State(served): State<Arc<Mutex<Served>>>, request: Request) -> Response {
    let mut served = served.lock().unwrap();
    let path = request.uri().path().to_owned();
    served.asked.push(path.clone());
    if served.stops_after.is_some_and(|requests| served.asked.len() > requests) {
        return answer(403, "text/plain", "");
    }
    if let Some(status) = served.trouble.pop() {
        return answer(status, "text/plain", "");
    }
    if path == "/v1/elections/union-2027/official" {
        let entries = served.official.iter();
        let entries: Vec<_> = entries
            .map(|(index, entry)| json!({"entry": Base64(entry.clone()), "index": index, "proof": []}))
            .collect();
        let page = json!({"checkpoint": null, "entries": entries, "more": false});
        return answer(200, "application/json", page.to_string());
    }
    let name = path.strip_prefix("/union-2027/").unwrap_or_default();
    if served.withheld.iter().any(|withheld| name.starts_with(withheld)) {
        let problem = json!({"type": "urn:urna:problem:not-yet-public", "status": 404});
        return answer(404, "application/problem+json", problem.to_string());
    }
    match served.files.get(name) {
        Some(bytes) => answer(200, "application/octet-stream", bytes.clone()),
        None => answer(404, "text/plain", "nothing"),
    }
}

impl Server {
    async fn start(files: &Files) -> Self {
        let served = Arc::new(Mutex::new(Served { files: files.0.clone(), ..Served::default() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(serve).with_state(Arc::clone(&served));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let prefix = Prefix::new(&format!("http://{address}/union-2027/")).unwrap();
        Self { served, prefix: prefix.with_pause(Duration::from_millis(1)) }
    }

    fn change(&self, change: impl FnOnce(&mut Served)) {
        change(&mut self.served.lock().unwrap());
    }

    fn asked(&self) -> usize {
        std::mem::take(&mut self.served.lock().unwrap().asked).len()
    }

    async fn copy(&self, directory: &Path) -> Result<Mirrored, SourceError> {
        mirror(&self.prefix, directory, &()).await
    }
}

/// Files by name, in short.
fn short(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, String> {
    let short = |bytes: &Vec<u8>| {
        let hash = urna_log::leaf_hash(bytes);
        format!("{} bytes, {:02x}{:02x}{:02x}", bytes.len(), hash[0], hash[1], hash[2])
    };
    files.iter().map(|(name, bytes)| (name.clone(), short(bytes))).collect()
}

/// What lies in a directory, without what begins with a dot.
fn lying(directory: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open: Vec<PathBuf> = vec![directory.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_str().unwrap().starts_with('.') {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(directory).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    short(&found)
}

fn verified(directory: &Path) -> Verified {
    verify(&Directory::open(directory).unwrap(), &Given::default(), &|| OsRng, &()).unwrap()
}

/// A log of `size` entries that begins with those of the sample; the others are of no kind, which is nothing to a mirror.
fn long(size: usize) -> Files {
    Files::publish(&long_entries(size), &blobs(), &log_key(ORIGIN)).unwrap()
}

fn long_entries(size: usize) -> Vec<Vec<u8>> {
    let (election, _) = whole_election();
    let mut entries: Vec<_> = election.log.iter().map(|(_, entry)| entry.to_bytes()).collect();
    entries.extend((entries.len()..size).map(|number| format!("entry {number}").into_bytes()));
    entries.truncate(size);
    entries
}

fn blobs() -> HashMap<[u8; 32], Vec<u8>> {
    whole_election().0.blobs
}

#[tokio::test]
async fn copies_a_record_byte_for_byte_and_verifies_the_copy() {
    let (election, _) = whole_election();
    let files = record(&election);
    let server = Server::start(&files).await;
    let directory = tempfile::tempdir().unwrap();
    let mirrored = server.copy(directory.path()).await.unwrap();
    assert_eq!((mirrored.head.size, mirrored.before, mirrored.withheld), (33, 0, false));
    assert_eq!(mirrored.missing, Vec::<String>::new());
    assert_eq!(lying(directory.path()), short(&files.0));
    assert_eq!(verified(directory.path()).report.verdict(), Verdict::Verified);
    // The copy can be copied, and a second time there is nothing to fetch but the checkpoint and two small files.
    server.asked();
    server.copy(directory.path()).await.unwrap();
    assert_eq!(server.asked(), 3);
}

#[tokio::test]
async fn asks_again_where_the_server_is_in_trouble() {
    let server = Server::start(&long(700)).await;
    server.change(|served| served.trouble = vec![503, 500, 429, 502, 503]);
    let directory = tempfile::tempdir().unwrap();
    server.copy(directory.path()).await.unwrap();
    assert_eq!(lying(directory.path()), short(&long(700).0));
    let other = tempfile::tempdir().unwrap();
    server.change(|served| served.trouble = vec![503; 400]);
    let error = server.copy(other.path()).await.unwrap_err();
    assert!(matches!(error, SourceError::Unreachable { .. }), "{error}");
    assert!(error.to_string().contains("503"), "{error}");
}

/// Whatever the copy had when the connection ended, it goes on from there, and never looks complete before it is.
#[tokio::test]
async fn goes_on_where_it_was_interrupted() {
    let files = long(1_300);
    let server = Server::start(&files).await;
    server.copy(tempfile::tempdir().unwrap().path()).await.unwrap();
    let all = server.asked();
    let directory = tempfile::tempdir().unwrap();
    let mut requests = 0;
    for stops_after in 0..all {
        server.change(|served| served.stops_after = Some(stops_after));
        assert!(server.copy(directory.path()).await.is_err());
        requests += server.asked();
        let record = Directory::open(directory.path()).unwrap();
        assert!(verify(&record, &Given::default(), &|| OsRng, &()).is_err(), "{stops_after}");
        if stops_after > 2 && directory.path().join("tile/entries/000").exists() {
            break;
        }
    }
    assert!(requests > 0);
    server.change(|served| served.stops_after = None);
    server.copy(directory.path()).await.unwrap();
    assert!(server.asked() < all, "what was there was fetched again");
    assert_eq!(lying(directory.path()), short(&files.0));
}

#[tokio::test]
async fn grows_with_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&long(33)).await;
    for size in [33, 256, 300, 511, 512, 513, 1_300] {
        let files = long(size);
        // As a board does: partial tiles of sizes that were once published stay.
        server.change(|served| served.files.extend(files.0.clone()));
        let mirrored = server.copy(directory.path()).await.unwrap();
        assert_eq!(mirrored.head.size, u64::try_from(size).unwrap());
        assert_eq!(lying(directory.path()), short(&files.0), "{size}");
    }
    let mirrored = server.copy(directory.path()).await.unwrap();
    assert_eq!((mirrored.before, mirrored.head.size), (1_300, 1_300));
}

/// Between the checkpoint and the tiles, the log has grown, and the server is one that keeps only what is newest.
#[tokio::test]
async fn takes_the_full_tile_for_the_partial_one() {
    let server = Server::start(&long(600)).await;
    let older = long(300).0["checkpoint"].clone();
    server.change(|served| drop(served.files.insert("checkpoint".into(), older)));
    // Level 0 is full now; that of level 1 lies there with both widths.
    let upper = long(300).0["tile/1/000.p/1"].clone();
    server.change(|served| drop(served.files.insert("tile/1/000.p/1".into(), upper)));
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(server.copy(directory.path()).await.unwrap().head.size, 300);
    assert!(directory.path().join("tile/entries/001").exists());
    let record = Directory::open(directory.path()).unwrap();
    let report = verify(&record, &Given::default(), &|| OsRng, &()).unwrap().report;
    // Its entries are of no kind, but they are those of the log.
    assert_eq!(report.first_failure().unwrap().check.id(), "V-03", "{report}");
}

#[tokio::test]
async fn refuses_another_history_and_keeps_the_evidence() {
    let server = Server::start(&long(600)).await;
    let directory = tempfile::tempdir().unwrap();
    server.copy(directory.path()).await.unwrap();
    let kept = lying(directory.path());
    let forked = |size: usize, changed: usize| {
        let mut entries = long_entries(size);
        entries[changed] = b"another entry".to_vec();
        Files::publish(&entries, &blobs(), &log_key(ORIGIN)).unwrap()
    };
    for (what, files) in [
        ("shorter", long(500)),
        ("as long", forked(600, 599)),
        ("longer, changed at its end", forked(900, 599)),
        ("longer, changed early", forked(900, 40)),
    ] {
        server.change(|served| served.files.clone_from(&files.0));
        let error = server.copy(directory.path()).await.unwrap_err();
        let SourceError::Contradiction { evidence, .. } = &error else { panic!("{what}: {error}") };
        let shown = fs::read(evidence.join("checkpoint-shown")).unwrap();
        assert_eq!(shown, files.0["checkpoint"], "{what}");
        let before =
            SignedCheckpoint::from_bytes(&fs::read(evidence.join("checkpoint-before")).unwrap()).unwrap();
        assert!(before.verify(&log_key(ORIGIN).verifier()).is_ok());
        // The copy is what it was.
        fs::remove_dir_all(directory.path().join("evidence")).unwrap();
        assert_eq!(lying(directory.path()), kept, "{what}");
    }
}

#[tokio::test]
async fn refuses_what_the_board_did_not_sign() {
    let files = long(600);
    type Change = fn(&mut Served);
    let changes: [(&str, Change); 5] = [
        ("a tile", |served| served.files.get_mut("tile/0/001").unwrap()[40] ^= 1),
        ("an upper tile", |served| served.files.get_mut("tile/1/000.p/2").unwrap()[40] ^= 1),
        ("an entry", |served| served.files.get_mut("tile/entries/001").unwrap()[40] ^= 1),
        ("the root", |served| {
            let other = long(601).0["checkpoint"].clone();
            served.files.insert("checkpoint".into(), other);
            for (name, from) in [("tile/0/002.p/89", "tile/0/002.p/88"), ("tile/1/000.p/2", "tile/1/000.p/2")]
            {
                let mut bytes = served.files[from].clone();
                bytes.resize(bytes.len() + if name == from { 0 } else { 32 }, 7);
                served.files.insert(name.into(), bytes);
            }
        }),
        ("another key's signature", |served| {
            let unsigned = SignedCheckpoint::from_bytes(&served.files["checkpoint"]).unwrap();
            let key = urna_log::SigningKey::from_seed(ORIGIN.parse().unwrap(), &[9; 32]);
            let signed = SignedCheckpoint::sign(unsigned.unverified(), &key).unwrap();
            served.files.insert("checkpoint".into(), signed.to_string().into_bytes());
        }),
    ];
    for (what, change) in changes {
        let server = Server::start(&files).await;
        server.change(change);
        let directory = tempfile::tempdir().unwrap();
        let error = server.copy(directory.path()).await.unwrap_err();
        assert!(error.is_contradiction(), "{what}: {error}");
        assert!(!directory.path().join("checkpoint").exists(), "{what}");
    }
    let server = Server::start(&files).await;
    server.change(|served| served.files.get_mut("tile/entries/001").unwrap().truncate(1_000));
    let error = server.copy(tempfile::tempdir().unwrap().path()).await.unwrap_err();
    assert!(matches!(error, SourceError::Form { .. }), "{error}");
    for (name, length) in [("checkpoint", 1_000_001), ("tile/0/000", 8_193)] {
        let server = Server::start(&files).await;
        server.change(|served| drop(served.files.insert(name.into(), vec![b'a'; length])));
        let error = server.copy(tempfile::tempdir().unwrap().path()).await.unwrap_err();
        assert!(matches!(error, SourceError::TooLong { .. }), "{error}");
    }
}

#[tokio::test]
async fn mends_a_damaged_copy() {
    let files = long(600);
    let server = Server::start(&files).await;
    let directory = tempfile::tempdir().unwrap();
    server.copy(directory.path()).await.unwrap();
    let blob = files.0.keys().find(|name| name.starts_with("blob/")).unwrap();
    for name in ["tile/0/001", "tile/1/000.p/2", "tile/0/002.p/88", "tile/entries/001", blob, "log.vkey"] {
        for damage in [vec![], files.0[name][1..].to_vec(), vec![7; files.0[name].len()]] {
            fs::write(directory.path().join(name), damage).unwrap();
            server.copy(directory.path()).await.unwrap();
            assert_eq!(lying(directory.path()), short(&files.0), "{name}");
        }
    }
}

#[tokio::test]
async fn says_which_blobs_are_missing() {
    let (election, _) = whole_election();
    let files = record(&election);
    let server = Server::start(&files).await;
    let manifest = format!("blob/{}", election.manifest.id());
    let erased: String =
        election.state.erased().iter().next().unwrap().iter().map(|b| format!("{b:02x}")).collect();
    let erased = format!("blob/{erased}");
    let gone =
        files.0.keys().find(|name| name.starts_with("blob/") && **name != manifest && **name != erased);
    let gone = gone.unwrap().clone();
    server.change(|served| served.files.retain(|name, _| *name != gone && *name != erased));
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(server.copy(directory.path()).await.unwrap().missing, [gone.as_str()]);
    assert_eq!(verified(directory.path()).report.first_failure().unwrap().check.id(), "V-16");
    // When it is there again, the next copy has it.
    server.change(|served| drop(served.files.insert(gone.clone(), files.0[&gone].clone())));
    assert!(server.copy(directory.path()).await.unwrap().missing.is_empty());
    assert_eq!(verified(directory.path()).report.verdict(), Verdict::SoFar);
}

#[tokio::test]
async fn copies_what_an_open_election_shows() {
    let mut election = Election::at(Phase::Voting);
    for person in 0..3 {
        let voter = election.voter(person);
        let marks = urna_election::sample::marks;
        let ballot = election.ballot(&voter, 0, &[marks(&[1]), marks(&[0])]);
        election.admit(ballot);
    }
    let files = record(&election);
    let server = Server::start(&files).await;
    let entries = (0..).zip(election.log.iter().map(|(_, entry)| entry));
    let official = entries.filter(|(_, entry)| entry.signed_by().is_some());
    let official: Vec<_> = official.map(|(index, entry)| (index, entry.to_bytes())).collect();
    server.change(|served| {
        served.official = official.clone();
        served.withheld.push("tile/entries/".into());
    });
    let directory = tempfile::tempdir().unwrap();
    assert!(server.copy(directory.path()).await.unwrap().withheld);
    let Verified { report, .. } = verified(directory.path());
    let status = |report: &urna_verifier::Report, id: &str| {
        let found = report.findings.iter().find(|finding| finding.check.id() == id);
        found.map(|finding| (finding.status.as_str(), finding.reason.clone())).unwrap()
    };
    assert_eq!(report.verdict(), Verdict::SoFar, "{report}");
    for id in ["V-01", "V-04", "V-05", "V-06", "V-16"] {
        assert_eq!(status(&report, id).0, "passed", "{report}");
    }
    let withheld = ("not yet", "entries are withheld until the close".to_owned());
    for id in ["V-03", "V-07", "V-08", "V-09", "V-11", "V-17"] {
        assert_eq!(status(&report, id), withheld, "{report}");
    }
    // An official entry that is not in the log is not believed.
    server.change(|served| served.official[8].1 = b"{}".to_vec());
    server.copy(directory.path()).await.unwrap();
    assert_eq!(status(&verified(directory.path()).report, "V-05").0, "passed");
    // After the close everything is shown, and the copy is as any other.
    election.close_voting();
    server.change(|served| {
        served.withheld.clear();
        served.files.extend(record(&election).0);
    });
    assert!(!server.copy(directory.path()).await.unwrap().withheld);
    assert_eq!(lying(directory.path()), short(&record(&election).0));
}

#[tokio::test]
async fn lets_one_process_copy_at_a_time() {
    let server = Server::start(&long(33)).await;
    let directory = tempfile::tempdir().unwrap();
    let lock = fs::File::create(directory.path().join(".lock")).unwrap();
    lock.lock().unwrap();
    let error = server.copy(directory.path()).await.unwrap_err();
    assert!(matches!(error, SourceError::InUse(_)), "{error}");
    drop(lock);
    server.copy(directory.path()).await.unwrap();
}

#[test]
fn reads_addresses_only() {
    for good in
        ["https://board.example/council-2026/", "http://127.0.0.1:80/union", "https://b.example/a/b/c"]
    {
        assert!(Prefix::is_address(good) && Prefix::new(good).is_ok(), "{good}");
    }
    for wrong in [
        "https://",
        "ftp://board.example/x",
        "board.example",
        "https://b.example/x?y=1",
        "https://b.example/#x",
    ] {
        assert!(Prefix::new(wrong).is_err(), "{wrong}");
    }
}
