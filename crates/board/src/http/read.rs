//! What everybody may read: the log as C2SP has it, and what it says of the election, with proofs.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use urna_api::board::{OfficialEntries, OfficialEntry, Status, Turnout, VotersEntries, VotersEntry};
use urna_api::server::{FOR_EVER, JSON, cacheable, tagged};
use urna_api::{Problem, ProblemType};
use urna_crypto::{Identifier, NotAnIdentifier};
use urna_election::entry::{Entry, Kind};
use urna_election::json::Base64;
use urna_election::manifest::Schedule;
use urna_election::{Phase, json};
use urna_log::TilePath;

use super::refusal::capitalised;
use super::write::parse_hash;
use super::{Service, blocking, fresh, shortened, stopped};
use crate::error::BoardError;
use crate::service::Election;
use crate::store::DiskStore;
use crate::writer::Reading;

const NOTE: &str = "text/plain; charset=utf-8";
const OCTETS: &str = "application/octet-stream";
/// What changes with the log.
pub(super) const BRIEFLY: &str = "no-cache, max-age=1";
/// What changes once.
const A_MINUTE: &str = "max-age=60";
/// How many official entries one answer has at most.
const PAGE: usize = 256;

/// The newest checkpoint
///
/// Of C2SP tlog-checkpoint: the signed note with origin, size and root.
#[utoipa::path(
    get, path = "/{election}/checkpoint", tag = "Log",
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "The checkpoint"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election; unknown-tile of an empty log"),
    )
)]
pub(super) async fn checkpoint(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let checkpoint = read(&service, &election, |_, reading| reading.log.checkpoint()).await?;
    let checkpoint = checkpoint.ok_or_else(empty)?;
    Ok(cacheable(&headers, NOTE, BRIEFLY, checkpoint.to_string().into_bytes()))
}

/// A tile of hashes or a bundle of entries
///
/// Of C2SP tlog-tiles: `<level>/<index>`, `entries/<index>`, each with `.p/<width>` if partial. Bundles with ballots are
/// withheld until the close where the manifest wants no interim figures.
#[utoipa::path(
    get, path = "/{election}/tile/{path}", tag = "Log",
    params(("election" = String, Path, description = "The slug"), ("path" = String, Path, description = "Such as 0/x001/x234/067 or entries/000.p/5")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream", description = "Hashes of 32 bytes, or entries each after its length in two bytes"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-tile, not-yet-public"),
    )
)]
pub(super) async fn tile(
    State(service): State<Service>,
    Path((election, path)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let unknown = || Problem::new(ProblemType::UnknownTile, "The log has no such tile, or not yet.");
    let path: TilePath = format!("tile/{path}").parse().map_err(|_| unknown())?;
    let bytes = read(&service, &election, move |_, reading| match path {
        TilePath::Hashes(tile) => Ok(Ok(reading.log.tile(tile)?)),
        // Without its index nobody knows what is withheld.
        TilePath::Entries(bundle) => match reading.index().map(|index| index.withholds(bundle.entries().end))
        {
            None => Ok(Err(stopped())),
            Some(true) => {
                let detail =
                    "Entries with ballots are withheld until voting is closed, as the manifest says.";
                Ok(Err(Problem::new(ProblemType::NotYetPublic, detail)))
            }
            Some(false) => Ok(Ok(reading.log.bundle(bundle)?)),
        },
    });
    let bytes = bytes.await??.ok_or_else(unknown)?;
    Ok(cacheable(&headers, OCTETS, FOR_EVER, bytes))
}

/// A blob that an entry names
#[utoipa::path(
    get, path = "/{election}/blob/{sha256}", tag = "Log",
    params(("election" = String, Path, description = "The slug"), ("sha256" = String, Path, description = "64 lowercase hexadecimal digits")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream", description = "The bytes"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-blob"),
    )
)]
pub(super) async fn blob(
    State(service): State<Service>,
    Path((election, sha256)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let unknown = || Problem::new(ProblemType::UnknownBlob, "No entry of this log names such a blob.");
    let sha256 = parse_hash(&sha256).ok_or_else(unknown)?;
    let sending = Arc::clone(&service.sending);
    // Only so many are read from the disk at once.
    let _permit = service.large.acquire().await.map_err(|_| stopped())?;
    let bytes = read(&service, &election, move |_, reading| {
        let is_named = reading.index().is_none_or(|index| index.blob(&sha256).is_some());
        if !is_named {
            return Ok(None);
        }
        match sending.find(&sha256) {
            Some(bytes) => Ok(Some(bytes)),
            None => Ok(reading.log.blob(&sha256)?.map(|bytes| sending.share(sha256, bytes))),
        }
    });
    let bytes = bytes.await?.ok_or_else(unknown)?;
    Ok(tagged(&headers, OCTETS, FOR_EVER, &sha256, Bytes::from_owner(bytes)))
}

/// The log's verifier key
///
/// For convenience: what counts is the manifest.
#[utoipa::path(
    get, path = "/{election}/log.vkey", tag = "Log",
    params(("election" = String, Path, description = "The slug")),
    responses((status = 200, body = String, content_type = "text/plain", description = "A C2SP verifier key, one line"))
)]
pub(super) async fn log_key(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let election = service.election(&election)?;
    Ok(cacheable(&headers, NOTE, A_MINUTE, format!("{}\n", election.log_key).into_bytes()))
}

/// The election id
///
/// For convenience: compare it with the one on the announcement.
#[utoipa::path(
    get, path = "/{election}/election-id", tag = "Log",
    params(("election" = String, Path, description = "The slug")),
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "64 hexadecimal digits, one line"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "not-yet-public: there is no manifest yet"),
    )
)]
pub(super) async fn election_id(
    State(service): State<Service>,
    Path(election): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = read(&service, &election, |_, reading| {
        Ok(reading.index().map(|index| index.manifest().map(|manifest| manifest.id().to_string())))
    });
    let id = id.await?.ok_or_else(stopped)?;
    let id =
        id.ok_or_else(|| Problem::new(ProblemType::NotYetPublic, "The manifest is not published yet."))?;
    Ok(cacheable(&headers, NOTE, A_MINUTE, format!("{id}\n").into_bytes()))
}

/// Where the election stands
#[utoipa::path(
    get, path = "/v1/elections/{election}", tag = "Election",
    params(("election" = String, Path, description = "The slug")),
    responses((status = 200, body = Status, description = "Its state now"), (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-election"))
)]
pub(super) async fn status(
    State(service): State<Service>,
    Path(election): Path<String>,
) -> Result<Response, Problem> {
    let now = service.board.now();
    let board = Arc::clone(&service.board);
    let status = read(&service, &election, move |election, reading| {
        let size = reading.log.checkpoint()?.map_or(0, |checkpoint| checkpoint.unverified().head.size);
        // Without its index nobody knows where the election stands.
        let Some(index) = reading.index() else { return Ok(None) };
        let manifest = index.manifest();
        let phase = index.phase();
        let is_open = manifest.is_some_and(|manifest| match manifest.schedule() {
            Schedule::Times(times) => (times.opens.value()..times.closes.value()).contains(&now),
            Schedule::Manual => true,
        });
        Ok(Some(Status {
            election_id: manifest.map(|manifest| manifest.id().to_string()),
            origin: election.folder.origin.to_string(),
            url: board.prefix(&election.folder.slug),
            phase: phase.map_or("created", Phase::as_str).to_owned(),
            size,
            turnout: index.turnout().map(|(cast, entitled)| Turnout { cast, entitled }),
            accepting: phase == Some(Phase::Voting) && is_open && election.writer.is_running(),
            now,
        }))
    });
    let status = status.await?.ok_or_else(stopped)?;
    Ok(fresh(JSON, Json(status)))
}

/// What to narrow the official entries by.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Narrowed {
    /// Only entries behind this index.
    after: Option<u64>,
    /// Only entries of this kind, such as `register`.
    kind: Option<String>,
}

/// Entries of authority, issuers and trustees
///
/// With inclusion proofs, in the log's order, at any time whatever is withheld.
#[utoipa::path(
    get, path = "/v1/elections/{election}/official", tag = "Election",
    params(("election" = String, Path, description = "The slug"), Narrowed),
    responses((status = 200, body = OfficialEntries, description = "At most 256, and whether there are more"), (status = 400, body = Problem, content_type = "application/problem+json", description = "malformed"))
)]
pub(super) async fn official(
    State(service): State<Service>,
    Path(election): Path<String>,
    Query(narrowed): Query<Narrowed>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let kind: Option<Kind> = match &narrowed.kind {
        None => None,
        Some(kind) => Some(serde_json::from_value(serde_json::Value::from(kind.as_str())).map_err(|_| {
            Problem::new(ProblemType::Malformed, format!("There is no kind \"{}\".", shortened(kind)))
        })?),
    };
    let after = narrowed.after;
    let answer = read(&service, &election, move |_, reading| {
        let page = reading.index().map(|index| index.official(after, kind, PAGE));
        let Some((indices, more)) = page else { return Ok(Err(stopped())) };
        let Some(checkpoint) = reading.log.checkpoint()? else {
            return Ok(Ok(OfficialEntries { checkpoint: None, entries: Vec::new(), more: false }));
        };
        let entries =
            reading.log.entries(&checkpoint, &indices)?.into_iter().map(|(entry, receipt)| OfficialEntry {
                index: receipt.index(),
                entry: Base64(entry),
                proof: receipt.proof().iter().map(|hash| Base64(*hash)).collect(),
            });
        Ok(Ok(OfficialEntries { entries: entries.collect(), checkpoint: Some(checkpoint.to_string()), more }))
    });
    let answer = answer.await??;
    Ok(cacheable(&headers, JSON, BRIEFLY, json::to_bytes(&answer)))
}

/// What stands under an identifier
///
/// With receipts. What is only promised is not there yet.
#[utoipa::path(
    get, path = "/v1/elections/{election}/ballots/{identifier}", tag = "Election",
    params(("election" = String, Path, description = "The slug"), ("identifier" = String, Path, description = "As on the receipt, such as 9C0Q-JQCN-F6EW-5DBG-P2EG")),
    responses(
        (status = 200, body = VotersEntries, description = "In the log's order"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "unknown-identifier"),
    )
)]
pub(super) async fn voters_entries(
    State(service): State<Service>,
    Path((election, identifier)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let identifier: Identifier = identifier.parse().map_err(|error: NotAnIdentifier| {
        Problem::new(ProblemType::Malformed, format!("{}.", capitalised(&error.to_string())))
    })?;
    let answer = read(&service, &election, move |_, reading| {
        let found = reading.index().map(|index| {
            let indices = index.entries_of(&identifier);
            let withheld = indices.iter().map(|entry| index.withholds(entry.saturating_add(1)));
            (withheld.collect::<Vec<_>>(), indices)
        });
        let Some((withheld, indices)) = found else { return Ok(None) };
        let mut entries = Vec::new();
        let Some(checkpoint) = reading.log.checkpoint()? else { return Ok(Some(VotersEntries { entries })) };
        let found = reading.log.entries(&checkpoint, &indices)?;
        for ((bytes, receipt), is_withheld) in found.into_iter().zip(withheld) {
            let (kind, sequence) = match Entry::parse(&bytes) {
                Ok(Entry::Ballot(ballot)) => (Kind::Ballot, Some(ballot.sequence)),
                Ok(Entry::Withdrawal(withdrawal)) => (Kind::Withdrawal, Some(withdrawal.sequence)),
                _ => (Kind::Returned, None),
            };
            entries.push(VotersEntry {
                index: receipt.index(),
                kind: kind.to_string(),
                sequence,
                entry: (!is_withheld).then_some(Base64(bytes)),
                receipt: receipt.to_string(),
            });
        }
        Ok(Some(VotersEntries { entries }))
    });
    match answer.await? {
        None => Err(stopped()),
        Some(answer) if answer.entries.is_empty() => {
            let detail =
                "Nothing stands under this identifier. A ballot that is promised comes here with its batch.";
            Err(Problem::new(ProblemType::UnknownIdentifier, detail))
        }
        Some(answer) => Ok(fresh(JSON, Json(answer))),
    }
}

/// Reads an election's log beside the tasks that wait for the network.
pub(super) async fn read<T: Send + 'static>(
    service: &Service,
    slug: &str,
    read: impl FnOnce(&Election, &Reading<DiskStore>) -> Result<T, BoardError> + Send + 'static,
) -> Result<T, Problem> {
    let election = service.election(slug)?;
    let found = blocking(move || election.writer.read(|reading| read(&election, reading))).await?;
    found.ok_or_else(stopped)?.map_err(|error| {
        tracing::error!(%error, "the log cannot be read");
        stopped()
    })
}

fn empty() -> Problem {
    Problem::new(ProblemType::UnknownTile, "The log is empty: the manifest is not published yet.")
}
