//! What parties and voters send. A request is read as a whole, then it is given its time, then the writer judges it.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{HeaderMap, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use urna_api::board::{CreateLog, KIND, LogCreated, SIGNATURE, SIGNER};
use urna_api::server::{JSON, parse_json, read_body};
use urna_api::{Problem, ProblemType};
use urna_crypto::{
    AuthorityBlob, Ed25519Key, ElectionId, Identifier, IssuerSigningKey, Signature, SignedBlob, TrusteeKey,
    VerificationFailure,
};
use urna_election::blob::BlobKind;
use urna_election::entry::{Entry, Kind};
use urna_election::json::Base64;
use urna_election::manifest::Manifest;
use urna_election::{Id, Phase, Plan};
use urna_log::MAX_ENTRY;

use super::refusal::{capitalised, not_created, problem};
use super::{Service, blocking, fresh, shortened, stopped};
use crate::sequencer::{Answer, GRACE, Submission, place};
use crate::service::Election;
use crate::store::hexadecimal;
use crate::writer::{Reading, Reply};

const OCTETS: &str = "application/octet-stream";
const NOTE: &str = "text/plain; charset=utf-8";

/// Create the log of a plan
///
/// Before keys exist, a plan needs an origin and log keys. The same plan again has the same answer.
#[utoipa::path(
    post, path = "/v1/elections", tag = "Entries", request_body = CreateLog,
    responses(
        (status = 201, body = LogCreated, description = "Created, with new keys"),
        (status = 200, body = LogCreated, description = "It was there"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: this board does not serve this authority"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: another plan has this slug"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-plan, invalid-signature"),
    )
)]
pub(super) async fn create_log(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let bytes = read_body(&headers, body, JSON, Plan::LIMIT, service.patience).await?;
    let CreateLog { plan, signature } = parse_json(&bytes)?;
    let plan = Plan::parse(&plan.to_bytes()).map_err(|error| {
        Problem::new(ProblemType::InvalidPlan, format!("{}.", capitalised(&error.to_string())))
    })?;
    let Service { board, .. } = service;
    blocking(move || {
        let (election, was_there) =
            board.create(&plan, &signature.0).map_err(|reason| not_created(&reason))?;
        let created = LogCreated {
            slug: plan.slug.to_string(),
            plan_id: plan.id().to_string(),
            origin: election.folder.origin.to_string(),
            url: board.prefix(&plan.slug),
            log_key: election.log_key.to_string(),
            promise_key: election.promise_key.to_string(),
        };
        let status = if was_there { StatusCode::OK } else { StatusCode::CREATED };
        Ok((status, fresh(JSON, Json(created))).into_response())
    })
    .await?
}

/// Cast a ballot
///
/// Anybody who holds tokens, without login, cookie or identity. The same ballot again has the same index.
#[utoipa::path(
    post, path = "/v1/elections/{election}/ballots", tag = "Entries",
    params(("election" = String, Path, description = "The slug")),
    request_body(content = Object, description = "A ballot entry in its canonical bytes", content_type = "application/json"),
    responses(
        (status = 201, body = String, content_type = "text/plain", description = "In the log: a tlog-proof, the receipt"),
        (status = 202, body = String, content_type = "text/plain", description = "Durable and held back with others: a promise. Retry-After says when its batch is due"),
        (status = 200, body = String, content_type = "text/plain", description = "This ballot was accepted before: receipt or promise"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election, unknown-class"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "too-early, voting-closed, sequence, reused-r"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "too-large"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-proof, invalid-ciphertext-length, invalid-entry"),
        (status = 500, body = Problem, content_type = "application/problem+json", description = "unknown-outcome: send the same again"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "busy, stopped: not accepted"),
    )
)]
pub(super) async fn ballot(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    post(&service, &election, &headers, body, |entry| kind_is(entry, &[Kind::Ballot])).await
}

/// Withdraw the last ballot
///
/// Signed by the pseudonym.
#[utoipa::path(
    post, path = "/v1/elections/{election}/withdrawals", tag = "Entries",
    params(("election" = String, Path, description = "The slug")),
    request_body(content = Object, description = "A withdrawal entry in its canonical bytes", content_type = "application/json"),
    responses(
        (status = 201, body = String, content_type = "text/plain", description = "In the log: the receipt"),
        (status = 202, body = String, content_type = "text/plain", description = "Durable and held back: a promise"),
        (status = 200, body = String, content_type = "text/plain", description = "Accepted before"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "too-early, voting-closed, sequence"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-proof"),
    )
)]
pub(super) async fn withdrawal(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    post(&service, &election, &headers, body, |entry| kind_is(entry, &[Kind::Withdrawal])).await
}

/// Return an unspent token
///
/// After the close, until the result is certified: a token less with which a ballot could have been added.
#[utoipa::path(
    post, path = "/v1/elections/{election}/returned", tag = "Entries",
    params(("election" = String, Path, description = "The slug")),
    request_body(content = Object, description = "A returned entry in its canonical bytes", content_type = "application/json"),
    responses(
        (status = 201, body = String, content_type = "text/plain", description = "In the log: the receipt"),
        (status = 200, body = String, content_type = "text/plain", description = "Accepted before"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase, token-used"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-proof"),
    )
)]
pub(super) async fn returned(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    post(&service, &election, &headers, body, |entry| kind_is(entry, &[Kind::Returned])).await
}

/// Post an entry of the authority
#[utoipa::path(
    post, path = "/v1/elections/{election}/entries/authority", tag = "Entries",
    params(("election" = String, Path, description = "The slug")),
    request_body(content = Object, description = "manifest, register, voting_opened, voting_closed, cancelled, result, certified or erased, in canonical bytes", content_type = "application/json"),
    responses(
        (status = 201, body = String, content_type = "text/plain", description = "In the log: a tlog-proof"),
        (status = 200, body = String, content_type = "text/plain", description = "These bytes are in the log"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase, stale"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-signature, invalid-entry, missing-blob"),
    )
)]
pub(super) async fn authority_entry(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    post(&service, &election, &headers, body, |entry| kind_is(entry, &AUTHORITY)).await
}

/// Post an entry of an issuer
#[utoipa::path(
    post, path = "/v1/elections/{election}/entries/issuers/{issuer}", tag = "Entries",
    params(("election" = String, Path, description = "The slug"), ("issuer" = String, Path, description = "The issuer's id")),
    request_body(content = Object, description = "issuance, in canonical bytes", content_type = "application/json"),
    responses(
        (status = 201, body = String, content_type = "text/plain", description = "In the log: a tlog-proof"),
        (status = 200, body = String, content_type = "text/plain", description = "These bytes are in the log"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase, stale"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-signature, invalid-entry, missing-blob"),
    )
)]
pub(super) async fn issuer_entry(
    State(service): State<Service>,
    Path((election, issuer)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    post(&service, &election, &headers, body, |entry| {
        kind_is(entry, &ISSUER)?;
        signer_is(entry, &issuer)
    })
    .await
}

/// Post an entry of a trustee
#[utoipa::path(
    post, path = "/v1/elections/{election}/entries/trustees/{trustee}", tag = "Entries",
    params(("election" = String, Path, description = "The slug"), ("trustee" = String, Path, description = "The trustee's id")),
    request_body(content = Object, description = "ceremony, rehearsal, agreed or opening, in canonical bytes", content_type = "application/json"),
    responses(
        (status = 201, body = String, content_type = "text/plain", description = "In the log: a tlog-proof"),
        (status = 200, body = String, content_type = "text/plain", description = "These bytes are in the log"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase, stale"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-signature, invalid-entry, missing-blob"),
    )
)]
pub(super) async fn trustee_entry(
    State(service): State<Service>,
    Path((election, trustee)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    post(&service, &election, &headers, body, |entry| {
        kind_is(entry, &TRUSTEE)?;
        signer_is(entry, &trustee)
    })
    .await
}

/// What the authority posts.
const AUTHORITY: [Kind; 8] = [
    Kind::Manifest,
    Kind::Register,
    Kind::VotingOpened,
    Kind::VotingClosed,
    Kind::Cancelled,
    Kind::Result,
    Kind::Certified,
    Kind::Erased,
];
/// What issuers post.
const ISSUER: [Kind; 1] = [Kind::Issuance];
/// What trustees post.
const TRUSTEE: [Kind; 4] = [Kind::Ceremony, Kind::Rehearsal, Kind::Agreed, Kind::Opening];

/// Reads an entry, has it judged, and answers.
async fn post(
    service: &Service,
    slug: &str,
    headers: &HeaderMap,
    body: Body,
    belongs: impl FnOnce(&Entry) -> Result<(), Problem>,
) -> Result<Response, Problem> {
    let election = service.election(slug)?;
    let bytes = read_body(headers, body, JSON, MAX_ENTRY, service.patience).await?;
    let received = service.board.now();
    let submission = Submission::parse(bytes.into(), received).map_err(|refusal| problem(&refusal))?;
    belongs(submission.entry())?;
    let location = location(&election, submission.entry());
    let reply = election.writer.submit(submission).map_err(|busy| {
        let detail =
            format!("{}. Nothing of this request was kept; send it again.", capitalised(&busy.to_string()));
        Problem::new(ProblemType::Busy, detail).retry_after(1)
    })?;
    match reply.await {
        Ok(Reply::Answer(answer)) => answered(answer, location, received),
        Ok(Reply::Stopped) => Err(stopped()),
        // Whoever was queued and is not answered may have been kept.
        Ok(Reply::Unknown) | Err(_) => {
            let detail = "The disk failed while this was kept. Send the same again: that is safe, and tells.";
            Err(Problem::new(ProblemType::UnknownOutcome, detail).retry_after(5))
        }
    }
}

fn answered(answer: Answer, location: Option<String>, received: u64) -> Result<Response, Problem> {
    let (status, text, due) = match answer {
        Answer::Refused(refusal) => return Err(problem(&refusal)),
        Answer::Logged { receipt, repeated } => {
            (if repeated { StatusCode::OK } else { StatusCode::CREATED }, receipt.to_string(), None)
        }
        Answer::Promised { promise, repeated } => {
            let due = promise.unverified().deadline().saturating_sub(GRACE);
            (if repeated { StatusCode::OK } else { StatusCode::ACCEPTED }, promise.to_string(), Some(due))
        }
    };
    let mut response = (status, fresh(NOTE, text)).into_response();
    let headers = response.headers_mut();
    if let Some(due) = due {
        headers.insert(RETRY_AFTER, HeaderValue::from(due.saturating_sub(received).max(1)));
    }
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        headers.insert(LOCATION, location);
    }
    Ok(response)
}

/// Where a voter's entries are read.
fn location(election: &Election, entry: &Entry) -> Option<String> {
    let manifest = election.writer.read(|reading| reading.index()?.manifest().cloned())??;
    let (identifier, ..): (Identifier, _, _) = place(&manifest, entry)?;
    Some(format!("/v1/elections/{}/ballots/{identifier}", election.folder.slug))
}

fn kind_is(entry: &Entry, kinds: &[Kind]) -> Result<(), Problem> {
    if kinds.contains(&entry.kind()) {
        return Ok(());
    }
    let names: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    let detail = format!("Entries of kind {} are not posted here, but {}.", entry.kind(), names.join(", "));
    Err(Problem::new(ProblemType::Forbidden, detail))
}

fn signer_is(entry: &Entry, expected: &str) -> Result<(), Problem> {
    let signer = match entry {
        Entry::Ceremony(signed) => &signed.signer,
        Entry::Rehearsal(signed) => &signed.signer,
        Entry::Issuance(signed) => &signed.signer,
        Entry::Agreed(signed) => &signed.signer,
        Entry::Opening(signed) => &signed.signer,
        _ => return Ok(()),
    };
    if signer.as_str() == expected {
        return Ok(());
    }
    let detail = format!("The entry is signed by {signer}, and the address is of {}.", shortened(expected));
    Err(Problem::new(ProblemType::Forbidden, detail))
}

/// Give the board a blob that an entry will name
///
/// The signature is checked before anything is read. A blob can be read once an entry names it.
#[utoipa::path(
    put, path = "/v1/elections/{election}/blobs/{sha256}", operation_id = "put_blob", tag = "Entries",
    params(
        ("election" = String, Path, description = "The slug"),
        ("sha256" = String, Path, description = "SHA-256 of the blob, 64 hexadecimal digits"),
        ("urna-kind" = String, Header, description = "What it is, such as register_rows"),
        ("urna-signer" = String, Header, description = "authority, issuer ID or trustee ID"),
        ("urna-signature" = String, Header, description = "Of the signer on kind, length and SHA-256, 64 bytes in base64"),
        ("content-length" = u64, Header, description = "The blob's length"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "Stored"),
        (status = 200, description = "It was there"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed: a header, or bytes with another hash"),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "forbidden: blobs of this kind are another party's"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "wrong-phase: no entry can name it now"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "too-large for its kind"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "invalid-signature"),
    )
)]
pub(super) async fn blob(
    State(service): State<Service>,
    Path((election, sha256)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let election = service.election(&election)?;
    let announced = Announced::read(&headers, &sha256)?;
    let known = election.writer.read(|reading| {
        let index = reading.index()?;
        Some((index.manifest().cloned(), index.phase()))
    });
    let (manifest, phase) = known.flatten().filter(|_| election.writer.is_running()).ok_or_else(stopped)?;
    announced.check(&election.folder.plan, manifest.as_deref(), phase)?;
    let bytes = read_body(&headers, body, OCTETS, announced.length, service.patience).await?;
    if bytes.len() != announced.length || <[u8; 32]>::from(Sha256::digest(&bytes)) != announced.sha256 {
        let detail =
            "The bytes do not have the length or the SHA-256 that the address names. Nothing was kept.";
        return Err(Problem::new(ProblemType::Malformed, detail));
    }
    let stored = blocking(move || {
        election.writer.read(|Reading { log, .. }| {
            let was_there = log.blob(&announced.sha256)?.is_some();
            log.put_blob(announced.kind, &bytes).map(|stored| stored.map(|_| was_there))
        })
    });
    match stored.await? {
        None => Err(stopped()),
        Some(Ok(Ok(was_there))) => {
            Ok(if was_there { StatusCode::OK } else { StatusCode::CREATED }.into_response())
        }
        Some(Ok(Err(refusal))) => Err(problem(&refusal)),
        Some(Err(error)) => {
            tracing::error!(%error, "a blob cannot be kept");
            Err(stopped())
        }
    }
}

/// What the headers say of a blob.
struct Announced {
    kind: BlobKind,
    signer: String,
    signature: [u8; 64],
    length: usize,
    sha256: [u8; 32],
}

impl Announced {
    fn read(headers: &HeaderMap, sha256: &str) -> Result<Self, Problem> {
        let text = |name: &str| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value
                .ok_or_else(|| Problem::new(ProblemType::Malformed, format!("The header {name} is missing.")))
        };
        let wrong = |what: &str| Problem::new(ProblemType::Malformed, format!("{what}."));
        let quoted = |text: &str| serde_json::Value::from(text);
        let kind = serde_json::from_value(quoted(text(KIND)?))
            .map_err(|_| wrong("The header urna-kind names no kind of blob"))?;
        let signature: Base64<[u8; 64]> = serde_json::from_value(quoted(text(SIGNATURE)?))
            .map_err(|_| wrong("The header urna-signature is not 64 bytes in base64"))?;
        let length =
            text("content-length")?.parse().map_err(|_| wrong("The header content-length is no number"))?;
        let sha256 = parse_hash(sha256)
            .ok_or_else(|| wrong("A blob's address ends in 64 lowercase hexadecimal digits"))?;
        Ok(Self { kind, signer: text(SIGNER)?.to_owned(), signature: signature.0, length, sha256 })
    }

    /// Whether this party may give the board this blob now (HTTP-3).
    fn check(&self, plan: &Plan, manifest: Option<&Manifest>, phase: Option<Phase>) -> Result<(), Problem> {
        let limit = self.kind.limit();
        if self.length > limit {
            let detail = format!("A blob of kind {} has at most {limit} bytes. Nothing was kept.", self.kind);
            return Err(Problem::new(ProblemType::TooLarge, detail).with_check("ENT-9"));
        }
        let (role, kinds) = named_by(self.kind);
        let (found, signer) = self.signer.split_once(' ').unwrap_or((&self.signer, ""));
        if found != role {
            let detail = format!("Blobs of kind {} come from {role}.", self.kind);
            return Err(Problem::new(ProblemType::Forbidden, detail));
        }
        // The manifest makes the election, so it comes before there is a phase.
        let is_time = match phase {
            None => self.kind == BlobKind::Manifest,
            Some(phase) => kinds.iter().any(|kind| phase.admits(*kind)),
        };
        if !is_time {
            let detail = format!("No entry can name a blob of kind {} now.", self.kind);
            return Err(Problem::new(ProblemType::WrongPhase, detail).with_check("STA-1"));
        }
        let own = ElectionId::from_bytes(self.sha256);
        let election = manifest.map_or(&own, Manifest::id);
        let verified = match (role, manifest) {
            ("authority", _) => Ed25519Key::from_bytes(&plan.authority_key.0)
                .map_err(|_| VerificationFailure)
                .and_then(|key| self.verify_authority(election, &key)),
            (_, None) => Err(VerificationFailure),
            ("issuer", Some(manifest)) => {
                let issuer = manifest.issuers().iter().find(|issuer| issuer.id.as_str() == signer);
                let issuer = issuer.ok_or_else(|| unknown_signer(signer))?;
                self.verify_issuer(election, &issuer.id, &issuer.signing_key)
            }
            (_, Some(manifest)) => {
                let trustee =
                    manifest.trustees().members.iter().find(|trustee| trustee.id.as_str() == signer);
                let trustee = trustee.ok_or_else(|| unknown_signer(signer))?;
                self.verify_trustee(election, &trustee.id, &trustee.key)
            }
        };
        verified.map_err(|_| {
            let detail = "The signature is not the sender's on this blob. Nothing was kept.";
            Problem::new(ProblemType::InvalidSignature, detail).with_check("HTTP-3")
        })
    }

    fn verify_authority(&self, election: &ElectionId, key: &Ed25519Key) -> Result<(), VerificationFailure> {
        let (kind, length) = (self.kind.as_str(), self.length_as_signed());
        key.verify(&AuthorityBlob { election, kind, length, sha256: &self.sha256 }, &self.signature)
    }

    fn verify_issuer(
        &self,
        election: &ElectionId,
        signer: &Id,
        key: &IssuerSigningKey,
    ) -> Result<(), VerificationFailure> {
        self.signature()?.verify(key, &self.statement(election, signer))
    }

    fn verify_trustee(
        &self,
        election: &ElectionId,
        signer: &Id,
        key: &TrusteeKey,
    ) -> Result<(), VerificationFailure> {
        self.signature()?.verify(key, &self.statement(election, signer))
    }

    fn signature(&self) -> Result<Signature, VerificationFailure> {
        Signature::from_bytes(&self.signature).map_err(|_| VerificationFailure)
    }

    fn statement<'a>(&'a self, election: &'a ElectionId, signer: &'a Id) -> SignedBlob<'a> {
        let (kind, length) = (self.kind.as_str(), self.length_as_signed());
        SignedBlob { election, kind, signer: signer.as_str(), length, sha256: &self.sha256 }
    }

    fn length_as_signed(&self) -> u64 {
        u64::try_from(self.length).unwrap_or(u64::MAX)
    }
}

/// Whose blob it is, and which entries name it.
const fn named_by(kind: BlobKind) -> (&'static str, &'static [Kind]) {
    match kind {
        BlobKind::Manifest => ("authority", &[]),
        BlobKind::RegisterRows => ("authority", &[Kind::Register]),
        BlobKind::CombinedOpenings | BlobKind::Result => ("authority", &[Kind::Result]),
        BlobKind::Details => (
            "authority",
            &[Kind::VotingOpened, Kind::VotingClosed, Kind::Cancelled, Kind::Certified, Kind::Erased],
        ),
        BlobKind::IssuanceRows => ("issuer", &[Kind::Issuance]),
        BlobKind::Round1 => ("trustee", &[Kind::Ceremony]),
        BlobKind::PartialDecryptions => ("trustee", &[Kind::Opening]),
    }
}

fn unknown_signer(signer: &str) -> Problem {
    let detail = format!("The manifest has no party \"{}\" of this kind.", shortened(signer));
    Problem::new(ProblemType::UnknownSigner, detail)
}

/// A hash as it stands in paths.
pub(super) fn parse_hash(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    let digits = text.as_bytes();
    for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    // The one way of writing it.
    (hexadecimal(&hash) == text).then_some(hash)
}
