//! Packages over the authority, entries on the board.

use rand_core::CryptoRngCore;
use urna_api::ProblemType;
use urna_api::client::{AuthorityClient, BlobSender, BoardClient, Outcome};
use urna_election::Slug;
use urna_election::blob::BlobRef;
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::Manifest;
use urna_log::{Origin, VerifierKey};

use super::{Driver, DriverError, Storage};
use crate::{Advanced, TrusteeError, VerifiedClose};

/// The most pages of official entries, of 256 each.
const PAGES: usize = 4_096;

/// What came of a turn of the ceremony.
#[derive(Debug)]
pub struct Held {
    /// What the packages of the others gave.
    pub advanced: Advanced,
    /// How many own packages the authority did not have yet.
    pub sent: usize,
}

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stands {
    /// Its index in the log.
    pub index: u64,
}

/// How far an opening has come.
#[derive(Debug)]
pub enum Opened {
    /// Not enough trustees have agreed yet.
    Waiting(TrusteeError),
    /// All chunks stand in the log.
    All {
        /// How many there are.
        chunks: u32,
    },
}

impl<S: Storage, R: CryptoRngCore> Driver<S, R> {
    /// Takes the packages that the authority has, goes on as far as they allow, and gives it the own ones, until nothing
    /// comes of it.
    ///
    /// # Errors
    /// [`DriverError::OtherAttempt`], [`DriverError::Service`], and those of the storage.
    pub async fn hold_ceremony(&mut self, courier: &AuthorityClient) -> Result<Held, DriverError> {
        let slug = self.trustee().plan().slug.clone();
        let mut sent = 0;
        loop {
            let shown = courier.ceremony(&slug).await?;
            let own = self.trustee().exchange().attempt();
            if shown.attempt != own {
                return Err(DriverError::OtherAttempt { own, courier: shown.attempt });
            }
            let there = shown.packages.unwrap_or_default();
            let advanced = self.change(|trustee, rng| trustee.advance(&there, rng)).await?;
            let mine = self.trustee().packages()?;
            let missing: Vec<_> = mine
                .iter()
                .filter(|package| {
                    !there.iter().any(|other| other.trustee == package.trustee && other.kind == package.kind)
                })
                .collect();
            if missing.is_empty() || !advanced.is_clean() {
                return Ok(Held { advanced, sent });
            }
            for package in missing {
                courier.put_package(&slug, package).await?;
                sent += 1;
            }
        }
    }

    /// Posts the entry of this kind, its blob first. The same again is welcome. The receipt must be the log's own.
    ///
    /// # Errors
    /// [`DriverError::Service`], [`DriverError::NoReceipt`]; [`DriverError::Trustee`] where there is no such entry.
    pub async fn post(
        &mut self,
        board: &BoardClient,
        manifest: &Manifest,
        kind: Kind,
    ) -> Result<Stands, DriverError> {
        let (slug, election) = (manifest.slug(), manifest.id());
        let Self { trustee, rng, .. } = self;
        let posting = trustee.posting(kind)?.ok_or(TrusteeError::NotAgreed)?;
        let id = trustee.id().ok_or(TrusteeError::NotAgreed)?;
        if let Some((kind, bytes)) = posting.blob
            && let Some(named) = BlobRef::new(kind, &bytes)
        {
            let sign = |statement: &urna_crypto::SignedBlob<'_>| trustee.sign_blob(statement, rng);
            let sender = BlobSender::trustee(election, id, &named, sign);
            match board.put_blob(slug, kind, bytes, &named.sha256.0, &sender).await {
                // Of an entry that stands already the board may not want the blob any more: the entry's answer decides.
                Err(error) if error.kind() == Some(ProblemType::WrongPhase) => {}
                answer => answer?,
            }
        }
        let accepted = board.post_trustee(slug, id, posting.entry.clone()).await?;
        let Outcome::Logged(receipt) = accepted.outcome else { return Err(DriverError::NoReceipt) };
        let key = log_key(manifest).ok_or(DriverError::NoReceipt)?;
        receipt.verify(&posting.entry, &key).map_err(|_| DriverError::NoReceipt)?;
        Ok(Stands { index: receipt.index() })
    }

    /// Takes for its own what the log has in this trustee's name; how many chunks of the opening stand.
    ///
    /// # Errors
    /// [`DriverError::Service`], [`DriverError::Trustee`], and those of the storage.
    pub async fn adopt(&mut self, board: &BoardClient, manifest: &Manifest) -> Result<u32, DriverError> {
        let logged = official(board, manifest.slug()).await?;
        Ok(self.change(|trustee, rng| trustee.adopt(manifest, &logged, rng)).await??)
    }

    /// Agrees to open what was verified, and posts it (TRU-9).
    ///
    /// # Errors
    /// [`DriverError`].
    pub async fn agree_to_open(
        &mut self,
        board: &BoardClient,
        manifest: &Manifest,
        verified: &VerifiedClose,
        now: u64,
    ) -> Result<Stands, DriverError> {
        self.adopt(board, manifest).await?;
        self.change(|trustee, rng| trustee.agree_to_open(manifest, verified, now, rng)).await??;
        self.post(board, manifest, Kind::Agreed).await
    }

    /// Opens chunk after chunk, from the first that the log does not have, if enough trustees have agreed.
    ///
    /// # Errors
    /// [`DriverError`]; what was posted stands, and the same again goes on behind it.
    pub async fn open_ballots(
        &mut self,
        board: &BoardClient,
        manifest: &Manifest,
        verified: &VerifiedClose,
        mut progress: impl FnMut(u32, u32),
    ) -> Result<Opened, DriverError> {
        let logged = official(board, manifest.slug()).await?;
        let stand = self.change(|trustee, rng| trustee.adopt(manifest, &logged, rng)).await??;
        let quorum = match self.trustee.quorum(manifest, &logged, &mut self.rng) {
            Err(error @ TrusteeError::TooFewAgreed { .. }) => return Ok(Opened::Waiting(error)),
            other => other?,
        };
        let chunks = verified.chunks();
        for position in stand..chunks {
            progress(position, chunks);
            self.change(|trustee, rng| trustee.open_chunk(manifest, quorum, verified, position, rng))
                .await??;
            self.post(board, manifest, Kind::Opening).await?;
        }
        progress(chunks, chunks);
        Ok(Opened::All { chunks })
    }

    /// What the board shows of authority, issuers and trustees. Nothing of it is verified.
    ///
    /// # Errors
    /// [`DriverError::Service`], [`DriverError::Official`].
    pub async fn official(
        &self,
        board: &BoardClient,
        manifest: &Manifest,
    ) -> Result<Vec<Entry>, DriverError> {
        official(board, manifest.slug()).await
    }
}

async fn official(board: &BoardClient, slug: &Slug) -> Result<Vec<Entry>, DriverError> {
    let mut entries = Vec::new();
    let mut after = None;
    for _ in 0..PAGES {
        let page = board.official(slug, after).await?;
        let last = page.entries.last().map(|entry| entry.index);
        for entry in page.entries {
            let parsed = Entry::parse(&entry.entry.0);
            entries.push(parsed.map_err(|_| DriverError::Official("an entry of it is none"))?);
        }
        if !page.more || last <= after {
            return Ok(entries);
        }
        after = last;
    }
    Err(DriverError::Official("it does not end"))
}

fn log_key(manifest: &Manifest) -> Option<VerifierKey> {
    let origin: Origin = manifest.board().origin.parse().ok()?;
    VerifierKey::new(origin.key_name().clone(), &manifest.board().log_key.to_bytes()).ok()
}
