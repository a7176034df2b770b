//! What the board shows (CLI-8, CLI-20, CLI-21): check, recovery, and what stands there after the close.

use std::collections::BTreeMap;

use rand_core::OsRng;
use serde::{Deserialize, Serialize};
use urna_api::ProblemType;
use urna_api::client::BoardClient;
use urna_crypto::{ElectionId, Identifier, Seed};
use urna_election::blob::BlobRef;
use urna_election::entry::{Entry, Kind};
use urna_election::invitation::Invitation;
use urna_election::manifest::Manifest;
use urna_election::{Slug, issuance, json};
use urna_log::{Hash, LogError, SignedCheckpoint, TileReader, consistency_proof};

use super::finding::Page;
use super::sending::{Landed, Reconciled};
use super::storage::Storage;
use super::{Clock, Driver, DriverError, Failure, Service};
use crate::voter::casting::HoldsToken;
use crate::{Asked, BoardEntry, ClientError, Receipted, Recorded, Resumed, Voter};

/// What the board says of the voter's entries, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What is recorded.
    pub recorded: Recorded,
    /// Whether the board promised the last entry, and the time is over: evidence (LOG-19).
    pub overdue: bool,
}

impl Checked {
    /// The answer in one word, for programs, at this Unix second.
    pub const fn name(&self, now: u64) -> &'static str {
        match self.recorded {
            Recorded::Nothing => "nothing",
            Recorded::AsSaved { .. } => "as_saved",
            Recorded::Another { .. } => "another",
            Recorded::Returned { .. } => "returned",
            Recorded::Missing { promised: Some(by), .. } if !self.overdue && by >= now => "promised",
            Recorded::Missing { .. } => "missing",
        }
    }
}

/// What the board shows under an identifier.
pub(super) struct Shown(Vec<(Option<Vec<u8>>, String)>);

impl Shown {
    pub(super) fn entries(&self) -> Vec<BoardEntry<'_>> {
        let entries = self.0.iter();
        entries
            .map(|(entry, receipt)| BoardEntry { entry: entry.as_deref(), receipt: receipt.as_bytes() })
            .collect()
    }
}

/// A blob of an issuance list.
#[derive(Serialize, Deserialize)]
struct Rows {
    rows: Vec<issuance::Row>,
}

impl<S: Storage, C: Clock> Driver<S, C> {
    /// "Check now": compares what the board shows under the identifier with what was saved, takes receipts that are missing, and
    /// follows the board's log (CLI-8, CLI-20).
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn check(&mut self) -> Result<Checked, Failure> {
        let checked = self.check_recorded().await;
        self.told(checked)
    }

    /// A voter whose device is lost, from the seed of the recovery code (CLI-21). Where the board shows no ballot of that seed, and
    /// the link is there, it is a voter who may still ask for tokens, or give one back after the close.
    ///
    /// # Errors
    /// [`Failure`]; [`DriverError::AlreadySaved`] if the storage has a voter.
    pub async fn recover(
        &mut self,
        election: ElectionId,
        invitation: Option<&Invitation>,
        seed: Seed,
    ) -> Result<&Resumed, Failure> {
        let recovered = self.recover_seed(election, invitation, seed).await;
        let voter = self.told(recovered)?;
        Ok(self.voter.insert(voter))
    }

    /// Gives back a token that was not used, after the close (TOK-8). Where an issuer's answer never came, its published list has
    /// it (TOK-9).
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn give_back(&mut self) -> Result<Landed, Failure> {
        let given = self.give_back_token().await;
        self.told(given)
    }

    async fn check_recorded(&mut self) -> Result<Checked, DriverError> {
        match self.take().await? {
            voter @ (Resumed::Seeded(_) | Resumed::Asked(_)) => {
                self.voter = Some(voter);
                Ok(Checked { recorded: Recorded::Nothing, overdue: false })
            }
            Resumed::WithToken(voter) => {
                let shown = self.shown(&voter).await?;
                self.compare(voter, &shown).await
            }
            Resumed::Cast(voter) => self.reconcile_and_compare(voter).await,
            Resumed::Promised(voter) => {
                let checked = self.reconcile_and_compare(voter).await?;
                let late = match &self.voter {
                    Some(Resumed::Promised(voter)) => voter.overdue(self.clock.now()).is_some(),
                    _ => false,
                };
                Ok(Checked { overdue: late, ..checked })
            }
            Resumed::Receipted(voter) => self.reconcile_and_compare(voter).await,
        }
    }

    async fn reconcile_and_compare<T: Reconciled>(&mut self, voter: Voter<T>) -> Result<Checked, DriverError>
    where
        Resumed: From<Voter<T>>,
    {
        let shown = self.shown(&voter).await?;
        match T::reconcile(voter, &shown.entries()) {
            Ok(mut voter) => {
                self.keep(&mut voter).await?;
                self.compare::<Receipted>(voter, &shown).await
            }
            Err(refused) if matches!(refused.error, ClientError::NotRecorded) => {
                self.compare(*refused.voter, &shown).await
            }
            Err(refused) => Err(self.refused(refused)),
        }
    }

    async fn compare<T: HoldsToken>(
        &mut self,
        mut voter: Voter<T>,
        shown: &Shown,
    ) -> Result<Checked, DriverError>
    where
        Resumed: From<Voter<T>>,
    {
        let recorded = voter.check_recorded(&shown.entries())?;
        let (board, slug) = self.board_of(&voter)?;
        let newest = self.repeat(Service::Board, || board.checkpoint(&slug)).await?;
        let mut checkpoints = vec![newest.to_string()];
        for BoardEntry { receipt, .. } in shown.entries() {
            if let Ok(receipt) = urna_log::Receipt::from_bytes(receipt) {
                checkpoints.push(receipt.checkpoint().to_string());
            }
        }
        checkpoints.dedup();
        let followed = self.follow(&mut voter, &checkpoints).await;
        self.keep(&mut voter).await?;
        self.voter = Some(voter.into());
        followed?;
        Ok(Checked { recorded, overdue: false })
    }

    /// What the board shows under the voter's identifier.
    pub(super) async fn shown<T>(&mut self, voter: &Voter<T>) -> Result<Shown, DriverError> {
        let (board, slug) = self.board_of(voter)?;
        self.shown_under(&board, &slug, &voter.identifier()).await
    }

    async fn shown_under(
        &mut self,
        board: &BoardClient,
        slug: &Slug,
        identifier: &Identifier,
    ) -> Result<Shown, DriverError> {
        match self.repeat(Service::Board, || board.entries_of(slug, identifier)).await {
            Ok(shown) => {
                let shown = shown.entries.into_iter();
                Ok(Shown(shown.map(|shown| (shown.entry.map(|entry| entry.0), shown.receipt)).collect()))
            }
            Err(DriverError::Refused { error, .. })
                if error.kind() == Some(ProblemType::UnknownIdentifier) =>
            {
                Ok(Shown(Vec::new()))
            }
            Err(error) => Err(error),
        }
    }

    /// Follows these checkpoints: the log only grew (CLI-8).
    pub(super) async fn follow<T>(
        &mut self,
        voter: &mut Voter<T>,
        checkpoints: &[String],
    ) -> Result<(), DriverError> {
        for text in checkpoints {
            let other = SignedCheckpoint::from_bytes(text.as_bytes()).map_err(ClientError::Checkpoint)?;
            other.verify(voter.election().log_key()).map_err(ClientError::Checkpoint)?;
            let (kept, head) = (voter.election().checkpoint().unverified().head, other.unverified().head);
            if head == kept {
                continue;
            }
            let (older, newer) = (kept.size.min(head.size), kept.size.max(head.size));
            let proof =
                if older == newer { Vec::new() } else { self.consistency(voter, older, newer).await? };
            voter.follow(text.as_bytes(), &proof)?;
        }
        Ok(())
    }

    /// The consistency proof between two sizes, from the tiles of the greater one. It is the voter's to believe.
    async fn consistency<T>(
        &mut self,
        voter: &Voter<T>,
        older: u64,
        newer: u64,
    ) -> Result<Vec<Hash>, DriverError> {
        let (board, slug) = self.board_of(voter)?;
        let mut tiles = BTreeMap::new();
        loop {
            let mut missing = None;
            let mut reader = TileReader::new(newer, |tile| {
                tiles.get(&tile).cloned().ok_or_else(|| {
                    missing = Some(tile);
                    LogError::TileOutOfRange
                })
            });
            let proof: Result<_, LogError> = consistency_proof(older, newer, &mut reader);
            drop(reader);
            match (proof, missing) {
                (Ok(proof), _) => return Ok(proof),
                // Each is asked for once.
                (Err(_), Some(tile)) => {
                    let bytes: Vec<u8> = self.repeat(Service::Board, || board.tile(&slug, tile)).await?;
                    tiles.insert(tile, bytes);
                }
                (Err(error), None) => return Err(ClientError::Checkpoint(error).into()),
            }
        }
    }

    async fn recover_seed(
        &mut self,
        election: ElectionId,
        invitation: Option<&Invitation>,
        seed: Seed,
    ) -> Result<Resumed, DriverError> {
        if self.storage.load().await?.is_some() {
            return Err(DriverError::AlreadySaved);
        }
        let manifest = self.manifest(election, invitation).await?;
        let (anchored, _) = self.anchored(&manifest).await?;
        self.storage.keep_manifest(manifest.bytes()).await?;
        let (board, slug) = self.board_at(&manifest)?;
        let identifier = Identifier::new(&election, &seed.pseudonym_key(&election).pseudonym());
        let shown = self.shown_under(&board, &slug, &identifier).await?;
        let again = Seed::from_bytes(*seed.expose());
        match (Voter::recover(anchored, seed, &shown.entries()), invitation) {
            (Ok(mut voter), _) => {
                self.keep(&mut voter).await?;
                Ok(voter.into())
            }
            (Err(ClientError::NothingToRecover), Some(invitation)) => {
                let mut voter = self.begin(invitation, Some(again)).await?.ask();
                self.save(&mut voter).await?;
                Ok(Resumed::Asked(voter))
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    async fn give_back_token(&mut self) -> Result<Landed, DriverError> {
        let voter = match self.take().await? {
            Resumed::Cast(voter) if is_returned(&voter) => return self.send(voter).await,
            Resumed::Receipted(voter) => {
                let last = voter.kept().last().and_then(|kept| kept.receipt.map(urna_log::Receipt::index));
                let returned = is_returned(&voter);
                self.voter = Some(voter.into());
                return match last {
                    Some(index) if returned => Ok(Landed::Recorded { index }),
                    Some(index) => Err(DriverError::Used { index }),
                    None => Err(ClientError::TokenSpent.into()),
                };
            }
            Resumed::Promised(voter) => {
                self.voter = Some(voter.into());
                return Err(ClientError::TokenSpent.into());
            }
            other => other,
        };
        // Nobody's word that voting has closed is enough: what is made now can never vote.
        let manifest = Manifest::parse(voter.election().manifest().bytes()).map_err(ClientError::from)?;
        let (_, pages) = self.anchored(&manifest).await?;
        let entries: Vec<Entry> = pages
            .iter()
            .flat_map(|page: &Page| &page.entries)
            .filter_map(|official| Entry::parse(&official.bytes).ok())
            .collect();
        if !entries.iter().any(|entry| entry.kind() == Kind::VotingClosed) {
            self.voter = Some(voter);
            return Err(DriverError::NotClosed);
        }
        let voter = match voter {
            Resumed::Seeded(voter) => self.tokens_of_lists(voter.ask(), &entries).await?,
            Resumed::Asked(voter) => self.tokens_of_lists(voter, &entries).await?,
            other => other,
        };
        let voter = match voter {
            Resumed::WithToken(voter) => voter.give_back(&mut OsRng),
            Resumed::Cast(voter) => voter.give_back(&mut OsRng).map_err(|refused| self.refused(refused))?,
            other => {
                self.voter = Some(other);
                return Err(DriverError::NoToken);
            }
        };
        self.send(voter).await
    }

    /// The tokens that are missing, from the issuers' published lists (TOK-9).
    async fn tokens_of_lists(
        &mut self,
        mut voter: Voter<Asked>,
        entries: &[Entry],
    ) -> Result<Resumed, DriverError> {
        let (board, slug) = self.board_at(voter.election().manifest())?;
        let awaited: Vec<_> = voter.awaited().map(|issuer| issuer.id.clone()).collect();
        for issuer in awaited {
            let list = entries.iter().find_map(|entry| match entry {
                Entry::Issuance(list) if list.signer == issuer => Some(&list.body.rows),
                _ => None,
            });
            let list: &[BlobRef] = list.map(Vec::as_slice).unwrap_or_default();
            let mut found = None;
            for named in list {
                let bytes = self.repeat(Service::Board, || board.blob(&slug, &named.sha256.0)).await?;
                let rows = named
                    .check(&bytes)
                    .ok()
                    .and_then(|()| json::parse::<Rows>(&bytes, issuance::BLOB_LIMIT).ok());
                let wrong = || ClientError::Answer { issuer: issuer.clone() };
                let own = rows.ok_or_else(wrong)?.rows;
                found = own.into_iter().find(|row| row.handle.0 == *voter.handle());
                if found.is_some() {
                    break;
                }
            }
            let row = found.ok_or_else(|| DriverError::NeverIssued { issuer: issuer.clone() })?;
            voter.answered_in_list(&issuer, &row)?;
        }
        self.save(&mut voter).await?;
        self.finish(voter).await?;
        self.voter.take().ok_or(DriverError::NoToken)
    }
}

fn is_returned<T: HoldsToken>(voter: &Voter<T>) -> bool {
    voter.kept().last().is_some_and(|kept| kept.kind == Some(Kind::Returned))
}
