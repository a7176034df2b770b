//! What is fetched before anything is asked for, and checked against the election id: manifest, official entries, own row.

use rand_core::OsRng;
use sha2::{Digest, Sha256};
use urna_api::board::Status;
use urna_api::client::{AuthorityClient, BoardClient};
use urna_crypto::{ElectionId, Seed};
use urna_election::Slug;
use urna_election::invitation::Invitation;
use urna_election::manifest::{ClassIndex, Manifest};

use super::storage::Storage;
use super::{Clock, Driver, DriverError, Failure, Notice, Service};
use crate::{AnchoredElection, ClientError, Entitlement, Lookup, OfficialEntry, OfficialPage, Seeded, Voter};

/// The most pages of official entries: 256 entries each.
const PAGES: usize = 4_096;

/// What a voter is shown of an election before the first step.
#[derive(Debug)]
pub struct Announced {
    /// Its definition, which has the announced id.
    pub manifest: Manifest,
    /// The voter's class; none while it is not known.
    pub class: Option<ClassIndex>,
    /// What the board says of where it stands, if it says something.
    pub status: Option<Status>,
    /// Why no token can be taken now.
    pub problem: Option<Failure>,
}

/// A page as it was fetched.
pub(super) struct Page {
    checkpoint: String,
    pub(super) entries: Vec<OfficialEntry>,
}

impl<S: Storage, C: Clock> Driver<S, C> {
    /// What the election is, also before it is ready; who has a link only is told, too.
    ///
    /// # Errors
    /// [`Failure`] if the definition itself is not to be had, or nothing is saved and there is no link.
    pub async fn announced(&mut self, invitation: Option<&Invitation>) -> Result<Announced, Failure> {
        let manifest = match invitation {
            Some(invitation) => Some(self.definition(*invitation.election(), Some(invitation)).await?),
            None => None,
        };
        let opened = self.open(invitation).await;
        let opened = opened.map(|voter| (voter.election().manifest().clone(), voter.class()));
        let (manifest, class, problem) = match (opened, manifest) {
            (Ok((manifest, class)), _) => (manifest, Some(class), None),
            (Err(failure), Some(manifest)) => (manifest, None, Some(failure)),
            (Err(failure), None) => return Err(failure),
        };
        let status = self.status(&manifest).await.ok();
        Ok(Announced { manifest, class, status, problem })
    }

    /// The election's definition, by its id alone: nothing is said of whether it is ready.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn definition(
        &mut self,
        election: ElectionId,
        invitation: Option<&Invitation>,
    ) -> Result<Manifest, Failure> {
        let manifest = self.manifest(election, invitation).await;
        self.told(manifest)
    }

    /// Whether the election is ready for tokens to be given out (CLI-1 to CLI-5).
    ///
    /// # Errors
    /// [`Failure`], the first rule that does not hold.
    pub async fn anchor(&mut self, manifest: &Manifest) -> Result<AnchoredElection, Failure> {
        let anchored = self.anchored(manifest).await.map(|(anchored, _)| anchored);
        self.told(anchored)
    }

    /// What the board says of where the election stands. Nothing proves it; it decides nothing here.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn status(&mut self, manifest: &Manifest) -> Result<Status, Failure> {
        let asked = match self.board_at(manifest) {
            Ok((board, slug)) => self.repeat(Service::Board, || board.status(&slug)).await,
            Err(error) => Err(error),
        };
        self.told(asked)
    }

    /// The manifest with this id: kept, or from the board that was given, or from the link's authority.
    pub(super) async fn manifest(
        &mut self,
        election: ElectionId,
        invitation: Option<&Invitation>,
    ) -> Result<Manifest, DriverError> {
        if let Some(bytes) = self.storage.manifest().await?
            && id_of(&bytes) == election
        {
            return Ok(Manifest::parse(&bytes).map_err(ClientError::from)?);
        }
        let bytes = if let Some(address) = self.board.clone() {
            let board = self.board_client(&address.board)?;
            self.repeat(Service::Board, || board.blob(&address.slug, election.as_bytes())).await?
        } else {
            let invitation = invitation.ok_or(DriverError::ManifestNeeded)?;
            let (authority, slug) = (invitation.authority(), invitation.slug());
            let client = AuthorityClient::through(self.transport.apart(), authority).map_err(|_| {
                DriverError::Address { service: Service::Authority, address: authority.to_owned() }
            })?;
            self.repeat(Service::Authority, || client.manifest(slug)).await?
        };
        let found = id_of(&bytes);
        if found != election {
            return Err(ClientError::OtherManifest { expected: election, found }.into());
        }
        let manifest = Manifest::parse(&bytes).map_err(ClientError::from)?;
        let slug_of = |invitation: &Invitation| invitation.slug() != manifest.slug();
        if invitation.is_some_and(slug_of) {
            return Err(ClientError::OtherSlug.into());
        }
        Ok(manifest)
    }

    /// Begins with a link: the anchor, the own row, and this seed or a new one.
    pub(super) async fn begin(
        &mut self,
        invitation: &Invitation,
        seed: Option<Seed>,
    ) -> Result<Voter<Seeded>, DriverError> {
        (self.notice)(Notice::Anchoring);
        let manifest = self.manifest(*invitation.election(), Some(invitation)).await?;
        let (anchored, _) = self.anchored(&manifest).await?;
        let entitlement = self.entitlement(&anchored, invitation).await?;
        self.storage.keep_manifest(manifest.bytes()).await?;
        let seed = seed.unwrap_or_else(|| Seed::generate(&mut OsRng));
        Ok(Voter::new(anchored, entitlement, seed)?)
    }

    /// The anchored election, and the entries by which it is.
    pub(super) async fn anchored(
        &mut self,
        manifest: &Manifest,
    ) -> Result<(AnchoredElection, Vec<Page>), DriverError> {
        let (board, slug) = self.board_at(manifest)?;
        let pages = self.official(&board, &slug).await?;
        let read: Vec<_> = pages
            .iter()
            .map(|page| OfficialPage { checkpoint: page.checkpoint.as_bytes(), entries: &page.entries })
            .collect();
        let anchored = AnchoredElection::check(manifest.id(), manifest.bytes(), &read, &mut OsRng)?;
        Ok((anchored, pages))
    }

    async fn official(&mut self, board: &BoardClient, slug: &Slug) -> Result<Vec<Page>, DriverError> {
        let mut pages = Vec::new();
        let mut after = None;
        while pages.len() < PAGES {
            let page = self.repeat(Service::Board, || board.official(slug, after)).await?;
            let entries: Vec<_> = page
                .entries
                .into_iter()
                .map(|entry| OfficialEntry {
                    index: entry.index,
                    bytes: entry.entry.0,
                    proof: entry.proof.into_iter().map(|hash| hash.0).collect(),
                })
                .collect();
            let last = entries.last().map(|entry| entry.index);
            // An empty log has no checkpoint, and no page.
            if let Some(checkpoint) = page.checkpoint {
                pages.push(Page { checkpoint, entries });
            }
            if !page.more || last <= after {
                return Ok(pages);
            }
            after = last;
        }
        Err(DriverError::Endless)
    }

    /// The own row: handles ascend over all blobs, so the search begins in the middle (CLI-6).
    async fn entitlement(
        &mut self,
        anchored: &AnchoredElection,
        invitation: &Invitation,
    ) -> Result<Entitlement, DriverError> {
        let (board, slug) = self.board_at(anchored.manifest())?;
        let (mut first, mut behind) = (0, anchored.register().len());
        while first < behind {
            let middle = first.midpoint(behind);
            let named = anchored.register().get(middle).ok_or(ClientError::RegisterBlob(middle))?;
            let bytes = self.repeat(Service::Board, || board.blob(&slug, &named.sha256.0)).await?;
            match anchored.entitle(invitation, middle, &bytes)? {
                Lookup::Found(entitlement) => return Ok(entitlement),
                Lookup::Before => behind = middle,
                Lookup::After => first = middle + 1,
            }
        }
        Err(ClientError::NotOnRegister.into())
    }
}

/// SHA-256 of a manifest's bytes.
fn id_of(bytes: &[u8]) -> ElectionId {
    ElectionId::from_bytes(Sha256::digest(bytes).into())
}
