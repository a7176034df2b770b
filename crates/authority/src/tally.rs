//! The result: read from the board like anybody else would, counted, posted, certified.
//!
//! ```text
//! official entries ── who has agreed ─▶ the whole record, copied and verified (V-01 to V-17) ── enough openings ─▶ tally
//!   ── combined openings and result, staged ─▶ `result` ─▶ `certified`
//! ```
//!
//! Nothing is kept until it is staged, so that an act that breaks off before begins again; from then on it is gone on with like
//! every other entry. The authority counts nothing that does not verify: what it would publish would not, either.

use std::sync::Arc;

use rand_core::OsRng;
use urna_api::authority::Posted;
use urna_election::Slug;
use urna_election::blob::BlobKind;
use urna_election::entry::{Kind, ResultPublished};
use urna_election::manifest::Manifest;
use urna_verifier::source::{Directory, Prefix, SourceError, mirror};
use urna_verifier::{Check, Finding, Given, Status, Tally, Verified, verify};

use crate::access::{Actor, Caller, Right};
use crate::awaited::Official;
use crate::error::AuthorityError;
use crate::phases::{confirmed, posted};
use crate::posting::{Blob, blob, board_error};
use crate::service::{Authority, Result};
use crate::store::Changes;

impl Authority {
    /// Combines what the trustees have opened, counts, and posts the result, unless it stands in the log.
    ///
    /// # Errors
    /// [`AuthorityError::NotClosed`]; [`AuthorityError::NotOpenedYet`], with who is awaited;
    /// [`AuthorityError::RecordFails`]; [`AuthorityError::RecordUnread`]; as the other acts.
    pub async fn publish_result(
        self: &Arc<Self>,
        caller: &Caller,
        slug: &Slug,
        typed: &str,
    ) -> Result<Posted> {
        let act = self.act(slug);
        let _act = act.lock().await;
        let (by, name, typed) = (caller.clone(), slug.clone(), typed.to_owned());
        self.on_disk(move |authority| {
            authority.allowed(&by, Right::Own, &name)?;
            confirmed(&name, &typed)
        })
        .await?;
        // What was begun before comes first, and may be just this.
        self.deliver(slug).await?;
        let name = slug.clone();
        let there = self.on_disk(move |authority| authority.before_result(&name)).await?;
        let manifest = match there {
            Before::Posted(there) => return Ok(there),
            Before::Closed(manifest) => manifest,
        };
        let official = self.official(slug).await?;
        let awaited = official.awaited_before_opening(&manifest);
        if !awaited.is_empty() {
            return Err(AuthorityError::NotOpenedYet(official.describe(&manifest, &awaited)));
        }
        let tally = self.read_tally(slug, &manifest, &official).await?;
        let (name, by) = (slug.clone(), caller.actor());
        self.on_disk(move |authority| authority.stage_result(&name, tally, &by)).await?;
        self.deliver(slug).await?;
        let name = slug.clone();
        let there =
            self.on_disk(move |authority| Ok(posted(&authority.election(&name)?, Kind::Result))).await?;
        there.ok_or(AuthorityError::BrokenOff)
    }

    /// Certifies the result: the time for returns ends.
    ///
    /// # Errors
    /// [`AuthorityError::NoResult`]; as the other acts.
    pub async fn certify(self: &Arc<Self>, caller: &Caller, slug: &Slug, typed: &str) -> Result<Posted> {
        self.by_hand(caller, Right::Own, slug, typed, Kind::Certified, None).await
    }

    /// The bytes of the published result, from the board, as the log names them.
    ///
    /// # Errors
    /// [`AuthorityError::NoResult`]; [`AuthorityError::Board`]; [`AuthorityError::BoardContradicts`].
    pub async fn result(self: &Arc<Self>, slug: &Slug) -> Result<Vec<u8>> {
        let name = slug.clone();
        let named = self
            .on_disk(move |authority| {
                let published = authority.election(&name)?.published;
                let posted = published.as_ref().and_then(|published| published.posted(Kind::Result));
                posted.and_then(|posted| posted.result).ok_or(AuthorityError::NoResult)
            })
            .await?;
        let bytes = self.board.blob(slug, &named.sha256.0).await.map_err(board_error)?;
        named.check(&bytes).map_err(|_| AuthorityError::BoardContradicts)?;
        Ok(bytes)
    }

    /// The manifest of an election that is closed and has no result, or where its result stands.
    fn before_result(&self, slug: &Slug) -> Result<Before> {
        let election = self.election(slug)?;
        if let Some(there) = posted(&election, Kind::Result) {
            return Ok(Before::Posted(there));
        }
        let published = election.published.as_ref().ok_or(AuthorityError::NotPublished)?;
        if published.posted(Kind::Cancelled).is_some() {
            return Err(AuthorityError::Ended);
        }
        published.posted(Kind::VotingClosed).ok_or(AuthorityError::NotClosed)?;
        Ok(Before::Closed(self.manifest_of(slug)?))
    }

    /// Copies the record and verifies all of it, and answers what is to be published.
    async fn read_tally(&self, slug: &Slug, manifest: &Manifest, official: &Official) -> Result<Tally> {
        let address = format!("{}/{slug}", self.config.board.as_str().trim_end_matches('/'));
        // What is public is copied, and removed when it is dropped.
        let folder = tempfile::tempdir().map_err(|error| AuthorityError::RecordUnread(error.to_string()))?;
        let prefix = Prefix::new(&address).map_err(unread)?;
        mirror(&prefix, folder.path(), &()).await.map_err(unread)?;
        let given = Given { election: Some(*manifest.id()), now: self.now(), ..Given::default() };
        let verified = tokio::task::spawn_blocking(move || {
            let record = Directory::open(folder.path()).map_err(unread)?;
            let verified = verify(&record, &given, &|| OsRng, &());
            verified.map_err(|error| AuthorityError::RecordUnread(error.to_string()))
        });
        let verified = verified.await.map_err(|_| AuthorityError::BrokenOff)??;
        let Verified { report, state, tally, .. } = verified;
        if let Some(tally) = tally {
            return Ok(tally);
        }
        let failed = |finding: &&Finding| matches!(finding.status, Status::Failed { .. });
        if let Some(Finding { check, status, reason }) = report.findings.iter().find(failed) {
            let place = match status {
                Status::Failed { entry: Some(entry) } => format!(" at entry {entry}"),
                _ => String::new(),
            };
            return Err(AuthorityError::RecordFails {
                check: check.id(),
                reason: format!("{reason}{place}"),
            });
        }
        let chunks = state.map(|state| state.counted().len().div_ceil(urna_crypto::CHUNK));
        let awaited = official.awaited_openings(manifest, chunks);
        let what = match report.finding(Check::Openings) {
            Some(finding) if awaited.is_empty() => finding.reason.clone(),
            _ => official.describe(manifest, &awaited),
        };
        Err(AuthorityError::NotOpenedYet(what))
    }

    /// Stages the result, unless somebody else was faster.
    fn stage_result(&self, slug: &Slug, tally: Tally, by: &Actor) -> Result<()> {
        let _changing = self.changing();
        if let Before::Posted(_) = self.before_result(slug)? {
            return Ok(());
        }
        let mut election = self.election(slug)?;
        let Tally { trustees, combined, result } = tally;
        let combined = combined.into_iter().map(|bytes| blob(BlobKind::CombinedOpenings, bytes));
        let mut blobs: Vec<Blob> = combined.collect::<Result<_>>()?;
        let combined = blobs.iter().map(|(named, _)| *named).collect();
        let result = blob(BlobKind::Result, result.to_bytes())?;
        let body = ResultPublished { combined, result: result.0, trustees };
        blobs.push(result);
        let mut changes = Changes::default();
        self.stage(slug, &mut election, body, blobs, by, &mut changes)?;
        self.records.commit(&changes)
    }
}

/// What is to be known before a result is made.
enum Before {
    Posted(Posted),
    Closed(Arc<Manifest>),
}

fn unread(error: SourceError) -> AuthorityError {
    AuthorityError::RecordUnread(error.to_string())
}
