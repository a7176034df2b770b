//! A board for tests: a real log with the real rules behind the routes that an authority asks for. It can be down, lose
//! answers, and lie.

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
use rand_core::OsRng;
use sha2::{Digest, Sha256};
use urna_api::board::{CreateLog, LogCreated, OfficialEntries, OfficialEntry, SIGNATURE, Status, Turnout};
use urna_api::{Problem, ProblemType};
use urna_crypto::{AuthorityBlob, Ed25519Key, ElectionId, LogRequest};
use urna_election::entry::{Entry, Kind};
use urna_election::json::Base64;
use urna_election::manifest::Manifest;
use urna_election::register::Register;
use urna_election::{ElectionState, EntryVerifier, Phase, Plan};
use urna_log::{
    Checkpoint, LogError, Origin, Receipt, SignedCheckpoint, SigningKey, Tile, TileReader, TiledTree,
    inclusion_proof, leaf_hash,
};
use urna_verifier::Files;

/// Clones share it.
#[derive(Clone, Default)]
pub(crate) struct TestBoard(Arc<Mutex<Log>>);

#[derive(Default)]
pub(crate) struct Log {
    authority: Option<Ed25519Key>,
    plan: Option<Plan>,
    manifest: Option<Arc<Manifest>>,
    state: Option<ElectionState>,
    pub(crate) register: Register,
    pub(crate) entries: Vec<Vec<u8>>,
    tree: TiledTree,
    tiles: HashMap<Tile, Vec<u8>>,
    pub(crate) blobs: HashMap<String, Vec<u8>>,
    /// Answers nothing but that it is busy.
    pub(crate) is_down: bool,
    /// After so many requests, one is done and then answered with an error.
    pub(crate) loses_after: Option<usize>,
    /// Signs with a key that is not the log's.
    pub(crate) is_false: bool,
    /// Refuses the next entry for good.
    pub(crate) refuses: bool,
    url: String,
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Log {
    fn origin(&self) -> Origin {
        format!("board.example/{}", self.plan.as_ref().unwrap().slug).parse().unwrap()
    }

    fn log_key(&self) -> SigningKey {
        let seed = if self.is_false { [7; 32] } else { [2; 32] };
        SigningKey::from_seed(self.origin().key_name().clone(), &seed)
    }

    fn receipt(&self, index: u64) -> Receipt {
        let mut reader = TileReader::new(self.tree.size(), |tile| {
            self.tiles.get(&tile).cloned().ok_or(LogError::TileOutOfRange)
        });
        let proof = inclusion_proof(index, self.tree.size(), &mut reader).unwrap();
        let checkpoint = Checkpoint { origin: self.origin(), head: self.tree.head() };
        Receipt::new(index, proof, SignedCheckpoint::sign(&checkpoint, &self.log_key()).unwrap()).unwrap()
    }

    /// Admits an entry by the rules of every board.
    fn admit(&mut self, bytes: &[u8]) -> Result<u64, Problem> {
        let refused = |kind, detail: String| Problem::new(kind, detail);
        if let Some(index) = self.entries.iter().position(|entry| entry == bytes) {
            return Ok(index.try_into().unwrap());
        }
        let entry =
            Entry::parse(bytes).map_err(|error| refused(ProblemType::Malformed, error.to_string()))?;
        let blobs = |entry: &Entry| -> Vec<String> {
            match entry {
                Entry::Manifest(signed) => vec![hexadecimal(&signed.body.manifest.sha256.0)],
                Entry::Register(signed) => {
                    signed.body.rows.iter().map(|blob| hexadecimal(&blob.sha256.0)).collect()
                }
                Entry::VotingOpened(signed) => {
                    signed.body.details.iter().map(|blob| hexadecimal(&blob.sha256.0)).collect()
                }
                Entry::Result(signed) => {
                    let blobs = signed.body.combined.iter().chain([&signed.body.result]);
                    blobs.map(|blob| hexadecimal(&blob.sha256.0)).collect()
                }
                _ => vec![],
            }
        };
        let mut bytes_of = Vec::new();
        for name in blobs(&entry) {
            let bytes = self.blobs.get(&name);
            bytes_of.push(bytes.cloned().ok_or_else(|| refused(ProblemType::MissingBlob, name.clone()))?);
        }
        if let (None, Entry::Manifest(_)) = (&self.manifest, &entry) {
            let manifest = Manifest::parse(&bytes_of[0]);
            let manifest = manifest.map_err(|e| refused(ProblemType::InvalidEntry, e.to_string()))?;
            assert_eq!(manifest.plan(), self.plan.as_ref().unwrap());
            assert_eq!(manifest.board().origin, self.origin().as_str());
            self.manifest = Some(Arc::new(manifest));
        }
        let manifest =
            self.manifest.clone().ok_or_else(|| refused(ProblemType::WrongPhase, "no manifest".into()))?;
        let verified = EntryVerifier::new(Arc::clone(&manifest)).verify(vec![entry.clone()], &mut OsRng);
        let verified = verified.into_iter().next().unwrap();
        let verified = verified.map_err(|e| refused(ProblemType::InvalidSignature, e.to_string()))?;
        let mut register = None;
        if let Entry::Register(signed) = &entry {
            let version = Register::check_version(&manifest, &signed.body, &bytes_of);
            let version = version.map_err(|e| refused(ProblemType::InvalidEntry, e.to_string()))?;
            version.follows(&self.register).map_err(|e| refused(ProblemType::InvalidEntry, e.to_string()))?;
            register = Some(version);
        }
        let applied = match &mut self.state {
            None => ElectionState::begin(manifest, verified).map(|state| {
                self.state = Some(state);
                0
            }),
            Some(state) => state.apply(verified),
        };
        let index = applied.map_err(|rejected| {
            let kind = match rejected {
                urna_election::Rejected::RunningNumber { .. } => ProblemType::Stale,
                _ => ProblemType::WrongPhase,
            };
            refused(kind, rejected.to_string())
        })?;
        if let Some(register) = register {
            self.register = register;
        }
        self.tiles.extend(self.tree.append([leaf_hash(bytes)]));
        self.entries.push(bytes.to_vec());
        Ok(index)
    }

    /// The record as everybody reads it.
    pub(crate) fn files(&self) -> Files {
        let blobs = self.blobs.values().map(|bytes| (Sha256::digest(bytes).into(), bytes.clone()));
        Files::publish(&self.entries, &blobs.collect(), &self.log_key()).unwrap()
    }

    pub(crate) fn store(&mut self, bytes: Vec<u8>) {
        self.blobs.insert(hexadecimal(&Sha256::digest(&bytes)), bytes);
    }

    pub(crate) fn root(&self) -> [u8; 32] {
        self.tree.head().root
    }

    pub(crate) fn state(&self) -> &ElectionState {
        self.state.as_ref().unwrap()
    }

    fn phase(&self) -> String {
        self.state.as_ref().map_or("created", |state| state.phase().as_str()).to_owned()
    }
}

impl TestBoard {
    /// What the board does from now on, and what it has.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut Log) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }

    pub(crate) fn serves(&self, authority: Ed25519Key) {
        self.with(|log| log.authority = Some(authority));
    }

    /// Posts an entry of another party.
    pub(crate) fn post(&self, entry: &Entry) {
        self.with(|log| log.admit(&entry.to_bytes())).unwrap();
    }

    pub(crate) fn kinds(&self) -> Vec<Kind> {
        self.with(|log| log.entries.iter().map(|entry| Entry::parse(entry).unwrap().kind()).collect())
    }

    pub(crate) fn phase(&self) -> Option<Phase> {
        self.with(|log| log.state.as_ref().map(ElectionState::phase))
    }

    pub(crate) fn election(&self) -> Option<ElectionId> {
        self.with(|log| log.manifest.as_ref().map(|manifest| *manifest.id()))
    }

    /// Serves it on loopback.
    pub(crate) async fn serve(&self) -> SocketAddr {
        let routes = Router::new()
            .route("/v1/elections", post(create))
            .route("/v1/elections/{slug}", get(status))
            .route("/v1/elections/{slug}/official", get(official))
            .route("/v1/elections/{slug}/blobs/{sha256}", put(put_blob))
            .route("/v1/elections/{slug}/entries/authority", post(post_entry))
            .route("/{slug}/{*path}", get(record))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        self.with(|log| log.url = format!("http://{address}"));
        let limits = urna_api::server::Limits::default();
        tokio::spawn(urna_api::server::serve(listener, routes, limits, std::future::pending()));
        address
    }

    /// Does what was asked, unless the board is down; and says so, unless the answer is lost.
    fn answer(&self, work: impl FnOnce(&mut Log) -> Response) -> Response {
        let mut log = self.0.lock().unwrap();
        if log.is_down {
            return Problem::new(ProblemType::Busy, "Later.").into_response();
        }
        let answer = work(&mut log);
        let left = log.loses_after;
        log.loses_after = left.and_then(|left| left.checked_sub(1));
        if left == Some(0) {
            return Problem::new(ProblemType::UnknownOutcome, "Perhaps.").into_response();
        }
        answer
    }
}

async fn create(State(board): State<TestBoard>, Json(asked): Json<CreateLog>) -> Response {
    board.answer(|log| {
        let key = Ed25519Key::from_bytes(&asked.plan.authority_key.0).unwrap();
        if log.authority.as_ref() != Some(&key) {
            return Problem::new(ProblemType::Forbidden, "Not served.").into_response();
        }
        key.verify(&LogRequest { plan: &asked.plan.id() }, &asked.signature.0).unwrap();
        if log.plan.as_ref().is_some_and(|plan| *plan != asked.plan) {
            return Problem::new(ProblemType::WrongPhase, "Another plan.").into_response();
        }
        log.plan = Some(asked.plan.clone());
        let origin = log.origin();
        Json(LogCreated {
            slug: asked.plan.slug.to_string(),
            plan_id: asked.plan.id().to_string(),
            origin: origin.to_string(),
            url: format!("{}/{}", log.url, asked.plan.slug),
            log_key: SigningKey::from_seed(origin.key_name().clone(), &[2; 32]).verifier().to_string(),
            promise_key: SigningKey::from_seed(origin.promise_key_name(), &[3; 32]).verifier().to_string(),
        })
        .into_response()
    })
}

async fn status(State(board): State<TestBoard>) -> Response {
    board.answer(|log| {
        let phase = log.phase();
        let turnout = (phase == "voting").then_some(Turnout { cast: 0, entitled: 6 });
        Json(Status {
            election_id: log.manifest.as_ref().map(|manifest| manifest.id().to_string()),
            origin: log.origin().to_string(),
            url: String::new(),
            accepting: phase == "voting",
            phase,
            size: log.tree.size(),
            turnout,
            now: 0,
        })
        .into_response()
    })
}

async fn official(State(board): State<TestBoard>, Query(query): Query<HashMap<String, u64>>) -> Response {
    board.answer(|log| {
        let first = query.get("after").map_or(0, |after| after + 1);
        // Two at once, so that there are pages.
        let indices: Vec<u64> = (first..log.tree.size()).take(2).collect();
        let entry = |index: &u64| OfficialEntry {
            index: *index,
            entry: Base64(log.entries[usize::try_from(*index).unwrap()].clone()),
            proof: vec![],
        };
        let more = indices.last().is_some_and(|last| last + 1 < log.tree.size());
        Json(OfficialEntries { checkpoint: None, entries: indices.iter().map(entry).collect(), more })
            .into_response()
    })
}

async fn put_blob(
    State(board): State<TestBoard>,
    Path((_, sha256)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    board.answer(|log| {
        let hash: [u8; 32] = Sha256::digest(&body).into();
        assert_eq!(hexadecimal(&hash), sha256);
        let kind = headers[urna_api::board::KIND].to_str().unwrap();
        let signature = format!("\"{}\"", headers[SIGNATURE].to_str().unwrap());
        let signature: Base64<[u8; 64]> = serde_json::from_str(&signature).unwrap();
        // The manifest's election id is its own hash.
        let election = log.manifest.as_ref().map_or(ElectionId::from_bytes(hash), |manifest| *manifest.id());
        let names: &[Kind] = match kind {
            "register_rows" => &[Kind::Register],
            "combined_openings" | "result" => &[Kind::Result],
            "details" => {
                &[Kind::VotingOpened, Kind::VotingClosed, Kind::Certified, Kind::Cancelled, Kind::Erased]
            }
            _ => &[],
        };
        let is_time = match log.state.as_ref().map(ElectionState::phase) {
            None => kind == "manifest",
            Some(phase) => names.iter().any(|kind| phase.admits(*kind)),
        };
        if !is_time {
            return Problem::new(ProblemType::WrongPhase, "No entry can name it now.").into_response();
        }
        let length = body.len().try_into().unwrap();
        let statement = AuthorityBlob { election: &election, kind, length, sha256: &hash };
        log.authority.as_ref().unwrap().verify(&statement, &signature.0).unwrap();
        log.blobs.insert(sha256, body.to_vec());
        StatusCode::CREATED.into_response()
    })
}

async fn record(State(board): State<TestBoard>, Path((_, path)): Path<(String, String)>) -> Response {
    board.answer(|log| match log.files().0.remove(&path) {
        Some(bytes) => bytes.into_response(),
        None => Problem::new(ProblemType::UnknownRoute, "Nothing.").into_response(),
    })
}

async fn post_entry(State(board): State<TestBoard>, body: Bytes) -> Response {
    board.answer(|log| {
        if log.refuses {
            log.refuses = false;
            return Problem::new(ProblemType::InvalidEntry, "No.").with_check("V-04").into_response();
        }
        match log.admit(&body) {
            Ok(index) => {
                let receipt = log.receipt(index).to_string();
                ([(CONTENT_TYPE, "text/plain; charset=utf-8")], receipt).into_response()
            }
            Err(problem) => problem.into_response(),
        }
    })
}
