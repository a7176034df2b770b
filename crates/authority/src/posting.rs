//! Getting an entry into the log, whatever breaks in between.
//!
//! ```text
//! staged, one commit:    the signed entry, its blobs, what will be true of people
//!        ↓ blobs to the board, then the entry; the same again is the same to the board
//! accepted, one commit:  what is true of people; the entry is forgotten but for its place
//! refused, one commit:   all of it is forgotten; the running number is free for another entry
//! ```
//!
//! An entry that is staged is sent as it is until the board has answered, whatever happens to this process. Nothing else is
//! posted meanwhile, so the authority's running number is always known. An answer counts only with a receipt that the
//! log's key has signed.

use std::sync::Arc;

use serde::Serialize;
use urna_api::ProblemType;
use urna_api::client::{BlobSender, ClientError, Outcome};
use urna_election::Slug;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{Body, Entry, Kind, Signed};
use urna_election::json::{Base64, Integer};
use urna_log::VerifierKey;

use crate::access::Actor;
use crate::error::AuthorityError;
use crate::records::{Election, Invitation, Pending, PostedRecord, Write, blob_key, of};
use crate::service::{Authority, Result};
use crate::store::{Changes, Table};

/// A blob that an entry names.
pub(crate) type Blob = (BlobRef, Vec<u8>);

/// A blob of these bytes.
pub(crate) fn blob(kind: BlobKind, bytes: Vec<u8>) -> Result<Blob> {
    // Only of 2^53 bytes there is none.
    let named = BlobRef::new(kind, &bytes).ok_or(AuthorityError::BrokenOff)?;
    Ok((named, bytes))
}

impl Authority {
    /// Signs the authority's next entry and stages it with its blobs. Whoever calls this commits the changes.
    pub(crate) fn stage<B>(
        &self,
        slug: &Slug,
        election: &mut Election,
        body: B,
        blobs: Vec<Blob>,
        by: &Actor,
        changes: &mut Changes,
    ) -> Result<()>
    where
        B: Body + Serialize,
        Signed<B>: Into<Entry>,
    {
        let published = election.published.as_mut().ok_or(AuthorityError::NotPublished)?;
        if published.pending.is_some() {
            return Err(AuthorityError::UnderWay);
        }
        let number = Integer::try_from(published.number).map_err(|_| AuthorityError::OlderCopy)?;
        let entry: Entry = Signed::by_authority(&published.election.0, &self.key, number, body).into();
        let mut named = Vec::with_capacity(blobs.len());
        for (place, (blob, bytes)) in blobs.into_iter().enumerate() {
            changes.put(Table::Blobs, blob_key(slug, place), bytes);
            named.push(blob);
        }
        published.pending =
            Some(Pending { kind: B::KIND, entry: Base64(entry.to_bytes()), blobs: named, by: by.clone() });
        changes.election(slug, election)
    }

    /// Posts what is staged, if something is. Called by whoever holds the election's act.
    pub(crate) async fn deliver(self: &Arc<Self>, slug: &Slug) -> Result<()> {
        let name = slug.clone();
        let staged = self
            .on_disk(move |authority| {
                let election = authority.election(&name)?;
                let log = election.plan.as_ref().and_then(|plan| plan.log.as_ref());
                let key: Option<VerifierKey> = log.and_then(|log| log.log_key.parse().ok());
                Ok(election.published.zip(key))
            })
            .await?;
        let Some((published, log_key)) = staged else { return Ok(()) };
        let Some(pending) = published.pending else { return Ok(()) };
        let answered = self.send(slug, &published.election.0, &pending).await;
        match answered {
            Ok(Outcome::Logged(receipt)) => {
                let verified = receipt.verify(&pending.entry.0, &log_key);
                verified.map_err(|_| AuthorityError::BoardContradicts)?;
                let (name, index) = (slug.clone(), receipt.index());
                self.on_disk(move |authority| authority.accepted(&name, index)).await
            }
            // Signed entries are never held back.
            Ok(Outcome::Promised(_)) => Err(AuthorityError::BoardContradicts),
            Err(error) => {
                let error = board_error(error);
                if let AuthorityError::BoardRefused(_) = error {
                    let name = slug.clone();
                    self.on_disk(move |authority| authority.refused(&name)).await?;
                }
                Err(error)
            }
        }
    }

    /// Sends blobs, then the entry, whose answer decides: of an entry that is in the log already, the board may not take the
    /// blobs any more.
    async fn send(
        self: &Arc<Self>,
        slug: &Slug,
        election: &urna_crypto::ElectionId,
        pending: &Pending,
    ) -> std::result::Result<Outcome, ClientError> {
        let mut refused = None;
        for (place, blob) in pending.blobs.iter().enumerate() {
            let name = slug.clone();
            let bytes = self.on_disk(move |authority| authority.records.blob(&name, place)).await;
            // The board will miss it and say so.
            let Ok(Some(bytes)) = bytes else { continue };
            let sender = BlobSender::authority(election, &self.key, blob);
            match self.board.put_blob(slug, blob.kind, bytes, &blob.sha256.0, &sender).await {
                Err(error) if is_for_good(&error) => refused = Some(error),
                sent => sent?,
            }
        }
        match self.board.post_authority(slug, pending.entry.0.clone()).await {
            Ok(accepted) => Ok(accepted.outcome),
            // Why it is missing says more.
            Err(error) if error.kind() == Some(ProblemType::MissingBlob) => Err(refused.unwrap_or(error)),
            Err(error) => Err(error),
        }
    }

    /// The entry stands in the log: what was staged is true.
    fn accepted(&self, slug: &Slug, index: u64) -> Result<()> {
        let _changing = self.changing();
        let mut election = self.election(slug)?;
        let Some(published) = election.published.as_mut() else { return Ok(()) };
        let Some(pending) = published.pending.take() else { return Ok(()) };
        let kind = pending.kind;
        let result = pending.blobs.iter().find(|blob| blob.kind == BlobKind::Result).copied();
        published.posted.push(PostedRecord { kind, number: published.number, index, result });
        published.number += 1;
        let has_ended = published.has_ended();
        let mut changes = Changes::default();
        for (person, staged) in self.records.staged(slug)? {
            changes.write(Table::People, of(slug, &person), &staged.person)?;
            if let Some(invitation) = staged.invitation {
                changes.write(Table::Invitations, of(slug, &person), &invitation)?;
            }
            changes.remove(Table::Staged, of(slug, &person));
        }
        for place in 0..pending.blobs.len() {
            changes.remove(Table::Blobs, blob_key(slug, place));
        }
        if has_ended {
            for (person, invitation) in self.records.invitations(slug)? {
                if matches!(invitation, Invitation::Unsent(_)) {
                    changes.write(Table::Invitations, of(slug, &person), &Invitation::Erased)?;
                }
            }
        }
        changes.election(slug, &election)?;
        let what = format!("posted {} as entry {index}", pending.kind);
        self.audited(&mut changes, Some(slug), &pending.by, what)?;
        self.records.commit(&changes)?;
        if has_ended {
            self.folder.folder.destroy_sealing_key(slug)?;
        }
        Ok(())
    }

    /// The board will not take the entry: nothing that was staged comes true.
    fn refused(&self, slug: &Slug) -> Result<()> {
        let _changing = self.changing();
        let mut election = self.election(slug)?;
        let Some(published) = election.published.as_mut() else { return Ok(()) };
        let Some(pending) = published.pending.take() else { return Ok(()) };
        let mut changes = Changes::default();
        for person in self.records.staged(slug)?.into_keys() {
            changes.remove(Table::Staged, of(slug, &person));
        }
        for place in 0..pending.blobs.len() {
            changes.remove(Table::Blobs, blob_key(slug, place));
        }
        if pending.kind == Kind::Manifest {
            election.published = None;
            changes.remove(Table::Manifests, slug.as_str().as_bytes());
        }
        changes.election(slug, &election)?;
        let what = format!("the board refused {}", pending.kind);
        self.audited(&mut changes, Some(slug), &pending.by, what)?;
        self.records.commit(&changes)
    }
}

/// Whether a board's answer will be the same for the same request; otherwise it is to be sent again.
fn is_for_good(error: &ClientError) -> bool {
    use ProblemType as Type;
    error.kind().is_some_and(|kind| {
        !matches!(
            kind,
            Type::Busy
                | Type::Stopped
                | Type::UnknownOutcome
                | Type::Internal
                | Type::Timeout
                | Type::UnknownRoute
        )
    })
}

/// What a board's answer means for what was sent: refused for good, or to be sent again.
pub(crate) fn board_error(error: ClientError) -> AuthorityError {
    let is_for_good = is_for_good(&error);
    match error {
        ClientError::Problem { problem, .. } if problem.kind == ProblemType::Stale => {
            tracing::error!(detail = %problem.detail, "the board knows entries of this authority that are not known here");
            AuthorityError::OlderCopy
        }
        ClientError::Problem { problem, .. } if is_for_good => AuthorityError::BoardRefused(problem),
        error => AuthorityError::Board(error),
    }
}
