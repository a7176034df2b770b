//! A board for tests: a real log behind the few routes that an issuer asks for, which can be down and can lie.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use sha2::{Digest, Sha256};
use urna_api::board::{OfficialEntries, OfficialEntry, SIGNATURE};
use urna_api::{Problem, ProblemType};
use urna_election::entry::Entry;
use urna_election::json::Base64;
use urna_log::{
    Checkpoint, LogError, Receipt, SignedCheckpoint, SigningKey, Tile, TilePath, TileReader, TiledTree,
    inclusion_proof, leaf_hash,
};

use crate::sample::Posted;

const ORIGIN: &str = "board.example/small-2027";

/// Clones share it.
#[derive(Clone, Default)]
pub(crate) struct TestBoard(Arc<Mutex<Log>>);

#[derive(Default)]
struct Log {
    entries: Vec<Vec<u8>>,
    tree: TiledTree,
    tiles: HashMap<Tile, Vec<u8>>,
    blobs: HashMap<String, Vec<u8>>,
    is_down: bool,
    /// Takes requests for official entries, and never answers.
    hangs: bool,
    /// So many of the next posts are done and then answered with an error.
    lost_answers: usize,
    posts: usize,
    /// Changes every blob that is read.
    is_false: bool,
}

impl Log {
    fn append(&mut self, entry: Vec<u8>) -> u64 {
        let index = self.tree.size();
        self.tiles.extend(self.tree.append([leaf_hash(&entry)]));
        self.entries.push(entry);
        index
    }

    fn proof(&self, index: u64) -> Vec<[u8; 32]> {
        let mut reader = TileReader::new(self.tree.size(), |tile| {
            self.tiles.get(&tile).cloned().ok_or(LogError::TileOutOfRange)
        });
        inclusion_proof(index, self.tree.size(), &mut reader).unwrap()
    }

    fn checkpoint(&self) -> SignedCheckpoint {
        let key = SigningKey::from_seed(ORIGIN.parse().unwrap(), &[2; 32]);
        let checkpoint = Checkpoint { origin: ORIGIN.parse().unwrap(), head: self.tree.head() };
        SignedCheckpoint::sign(&checkpoint, &key).unwrap()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn busy() -> Response {
    Problem::new(ProblemType::Busy, "Later.").into_response()
}

impl TestBoard {
    pub(crate) fn post(&self, posted: &[Posted]) {
        let mut log = self.0.lock().unwrap();
        for (entry, blobs) in posted {
            log.append(entry.clone());
            log.blobs.extend(blobs.iter().map(|blob| (hexadecimal(blob), blob.clone())));
        }
    }

    pub(crate) fn put_blob(&self, bytes: &[u8]) {
        self.0.lock().unwrap().blobs.insert(hexadecimal(bytes), bytes.to_vec());
    }

    pub(crate) fn set_down(&self, is_down: bool) {
        self.0.lock().unwrap().is_down = is_down;
    }

    pub(crate) fn hang(&self) {
        self.0.lock().unwrap().hangs = true;
    }

    pub(crate) fn set_false(&self, is_false: bool) {
        self.0.lock().unwrap().is_false = is_false;
    }

    pub(crate) fn lose_answers(&self, count: usize) {
        self.0.lock().unwrap().lost_answers = count;
    }

    /// How often an entry was posted over HTTP.
    pub(crate) fn posts(&self) -> usize {
        self.0.lock().unwrap().posts
    }

    pub(crate) fn entries(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().entries.clone()
    }

    pub(crate) fn blob(&self, sha256: &[u8; 32]) -> Option<Vec<u8>> {
        let name: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        self.0.lock().unwrap().blobs.get(&name).cloned()
    }

    /// Serves it on loopback.
    pub(crate) async fn serve(&self) -> SocketAddr {
        let routes = Router::new()
            .route("/v1/elections/{slug}/official", get(official))
            .route("/v1/elections/{slug}/blobs/{sha256}", put(put_blob))
            .route("/v1/elections/{slug}/entries/issuers/{issuer}", post(post_entry))
            .route("/{slug}/blob/{sha256}", get(blob))
            .route("/{slug}/tile/{*path}", get(tile))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let limits = urna_api::server::Limits::default();
        tokio::spawn(urna_api::server::serve(listener, routes, limits, std::future::pending()));
        address
    }
}

async fn official(State(board): State<TestBoard>, Query(query): Query<HashMap<String, u64>>) -> Response {
    if board.0.lock().unwrap().hangs {
        std::future::pending::<()>().await;
    }
    let log = board.0.lock().unwrap();
    if log.is_down {
        return busy();
    }
    let first = query.get("after").map_or(0, |after| after + 1);
    // Two at once, so that there are pages.
    let indices: Vec<u64> = (first..log.tree.size()).take(2).collect();
    let entry = |index: &u64| OfficialEntry {
        index: *index,
        entry: Base64(log.entries[usize::try_from(*index).unwrap()].clone()),
        proof: log.proof(*index).into_iter().map(Base64).collect(),
    };
    let checkpoint = (log.tree.size() > 0).then(|| log.checkpoint().to_string());
    let more = indices.last().is_some_and(|last| last + 1 < log.tree.size());
    Json(OfficialEntries { checkpoint, entries: indices.iter().map(entry).collect(), more }).into_response()
}

async fn blob(State(board): State<TestBoard>, Path((_, sha256)): Path<(String, String)>) -> Response {
    let log = board.0.lock().unwrap();
    match log.blobs.get(&sha256) {
        Some(blob) if !log.is_down => {
            let mut blob = blob.clone();
            if log.is_false {
                blob.push(b' ');
            }
            blob.into_response()
        }
        _ => busy(),
    }
}

async fn tile(State(board): State<TestBoard>, Path((_, path)): Path<(String, String)>) -> Response {
    let Ok(TilePath::Hashes(tile)) = format!("tile/{path}").parse() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let log = board.0.lock().unwrap();
    log.tiles.get(&tile).map_or_else(busy, |bytes| bytes.clone().into_response())
}

async fn put_blob(
    State(board): State<TestBoard>,
    Path((_, sha256)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    assert!(headers.contains_key(SIGNATURE));
    assert_eq!(hexadecimal(&body), sha256);
    let mut log = board.0.lock().unwrap();
    if log.is_down {
        return busy();
    }
    log.blobs.insert(sha256, body.to_vec());
    StatusCode::CREATED.into_response()
}

async fn post_entry(
    State(board): State<TestBoard>,
    Path((_, issuer)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let mut log = board.0.lock().unwrap();
    if log.is_down {
        return busy();
    }
    log.posts += 1;
    let Ok(Entry::Issuance(signed)) = Entry::parse(&body) else {
        return Problem::new(ProblemType::Malformed, "No issuance.").into_response();
    };
    assert_eq!(signed.signer.as_str(), issuer);
    let is_there = log.entries.iter().any(|entry| match Entry::parse(entry) {
        Ok(Entry::Issuance(other)) => other.signer == signed.signer,
        _ => false,
    });
    if is_there {
        return Problem::new(ProblemType::WrongPhase, "It was posted before.").into_response();
    }
    let index = log.append(body.to_vec());
    if log.lost_answers > 0 {
        log.lost_answers -= 1;
        return Problem::new(ProblemType::UnknownOutcome, "Perhaps.").into_response();
    }
    let receipt = Receipt::new(index, log.proof(index), log.checkpoint()).unwrap();
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], receipt.to_string()).into_response()
}
