//! The authority as a whole: its parts, its locks, and who may ask it what.
//!
//! Methods that only touch records are synchronous and meant for a thread that may wait for the disk. Acts that involve
//! the board are `async`, one at a time for each election, and consist of steps that are durable one by one: an act that
//! breaks off anywhere is gone on with by the same request, or by the clock.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use urna_api::client::BoardClient;
use urna_bundle::Bundle;
use urna_crypto::{Ed25519Key, Ed25519SigningKey};
use urna_election::Slug;
use urna_election::manifest::Manifest;

use crate::access::{Actor, Caller, Right};
use crate::bundles::{self, Bundles};
use crate::config::Config;
use crate::error::AuthorityError;
use crate::folder::{Folder, LockedFolder};
use crate::invitations::Jobs;
use crate::issued::{AskIssuers, IssuerWord};
use crate::look::Lists;
use crate::mail::Mailer;
use crate::records::{AuditRecord, Election, Records, Write};
use crate::store::{Changes, DiskStore, Store};
use crate::turnout::Asked;
use urna_api::server::Clock;

pub(crate) type Result<T> = std::result::Result<T, AuthorityError>;

/// The organiser's service.
pub struct Authority {
    pub(crate) config: Config,
    pub(crate) folder: LockedFolder,
    pub(crate) key: Arc<Ed25519SigningKey>,
    pub(crate) records: Records,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) board: BoardClient,
    pub(crate) bundles: Bundles,
    pub(crate) mailer: Option<Arc<dyn Mailer>>,
    pub(crate) word: Arc<dyn IssuerWord>,
    pub(crate) jobs: Jobs,
    pub(crate) asked: Asked,
    pub(crate) lists: Lists,
    /// Held from reading a record to writing it.
    changing: Mutex<()>,
    /// Held during an act that involves the board.
    acts: Mutex<BTreeMap<Slug, Arc<tokio::sync::Mutex<()>>>>,
    /// Manifests that were published; they never change.
    manifests: Mutex<BTreeMap<Slug, Arc<Manifest>>>,
}

/// What an authority is put together from, where tests or other programs choose.
pub struct Parts {
    /// What whoever runs it decides.
    pub config: Config,
    /// Its folder, locked.
    pub folder: LockedFolder,
    /// Its records.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Sends mails, if any are sent.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Knows who took a token; none asks the issuers themselves.
    pub word: Option<Arc<dyn IssuerWord>>,
    /// The newest bundle in which voters vote; none is the one that is compiled in.
    pub bundle: Option<Bundle>,
}

impl Authority {
    /// Opens the authority in this folder, where `urna key authority` has made its key.
    ///
    /// # Errors
    /// [`AuthorityError::Folder`], without the key for example; [`AuthorityError::Store`]; [`AuthorityError::Mail`].
    pub fn open(config: Config, data: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let folder = Folder::new(data).lock()?;
        let store = Arc::new(DiskStore::open(&folder.folder.records())?);
        let mailer = config.mail.as_ref().map(crate::mail::mailer).transpose()?;
        Self::new(Parts { config, folder, store, clock, mailer, word: None, bundle: None })
    }

    /// Puts an authority together.
    ///
    /// # Errors
    /// [`AuthorityError::Folder`]; [`AuthorityError::Board`] of an address that is none.
    pub fn new(parts: Parts) -> Result<Self> {
        let Parts { config, folder, store, clock, mailer, word, bundle } = parts;
        let key = Arc::new(folder.folder.signing_key()?);
        let ask = || Arc::new(AskIssuers { key: Arc::clone(&key), clock: Arc::clone(&clock) });
        let word = word.unwrap_or_else(|| ask());
        let board = BoardClient::new(config.board.as_str()).map_err(AuthorityError::Board)?;
        let records = Records(store);
        let bundle = bundle.map_or_else(Bundle::built_in, Ok)?;
        let bundles = Bundles::open(&folder.folder.booth(), bundle, bundles::named(&records)?)?;
        let authority = Self {
            config,
            folder,
            key,
            records,
            clock,
            board,
            bundles,
            mailer,
            word,
            jobs: Jobs::default(),
            asked: Asked::default(),
            lists: Lists::default(),
            changing: Mutex::default(),
            acts: Mutex::default(),
            manifests: Mutex::default(),
        };
        authority.forget_ended()?;
        Ok(authority)
    }

    /// The key under which boards know this authority.
    pub fn public_key(&self) -> Ed25519Key {
        self.key.public()
    }

    /// What cannot be used just now: the records, the booths of elections.
    pub fn failing(&self) -> Vec<String> {
        let records = self.records.slugs().err().map(|error| format!("the records ({error})"));
        records.into_iter().chain(self.bundles.missing().cloned()).collect()
    }

    /// What time it is.
    pub(crate) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Destroys keys of invitations that a crash has left over.
    fn forget_ended(&self) -> Result<()> {
        for slug in self.records.slugs()? {
            let election = self.records.election(&slug)?;
            if election.and_then(|election| election.published).is_some_and(|published| published.has_ended())
            {
                self.folder.folder.destroy_sealing_key(&slug)?;
            }
        }
        Ok(())
    }

    /// From reading a record to writing it.
    pub(crate) fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lock of an election's acts.
    pub(crate) fn act(&self, slug: &Slug) -> Arc<tokio::sync::Mutex<()>> {
        let mut acts = self.acts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(acts.entry(slug.clone()).or_default())
    }

    /// Does what waits for the disk beside the tasks that wait for the network.
    pub(crate) async fn on_disk<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let authority = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&authority)).await.map_err(|_| AuthorityError::BrokenOff)?
    }

    /// An election's record.
    pub(crate) fn election(&self, slug: &Slug) -> Result<Election> {
        self.records.election(slug)?.ok_or_else(|| AuthorityError::UnknownElection(slug.to_string()))
    }

    /// An election's record, for a caller who has this right in it. Whoever has no role in it does not learn of it.
    pub(crate) fn allowed(&self, caller: &Caller, right: Right, slug: &Slug) -> Result<Election> {
        let election = self.election(slug)?;
        caller.require(right, slug, &election.owner)?;
        Ok(election)
    }

    /// The manifest of a published election.
    pub(crate) fn manifest_of(&self, slug: &Slug) -> Result<Arc<Manifest>> {
        let known = self.manifests.lock().unwrap_or_else(PoisonError::into_inner).get(slug).cloned();
        if let Some(manifest) = known {
            return Ok(manifest);
        }
        let bytes = self.records.manifest(slug)?.ok_or(AuthorityError::NotPublished)?;
        let manifest = Arc::new(Manifest::parse(&bytes)?);
        // Kept only when nothing can take it back any more.
        if self.election(slug)?.published.is_some_and(|published| !published.posted.is_empty()) {
            let mut manifests = self.manifests.lock().unwrap_or_else(PoisonError::into_inner);
            manifests.insert(slug.clone(), Arc::clone(&manifest));
        }
        Ok(manifest)
    }

    /// Adds to an audit trail.
    pub(crate) fn audited(
        &self,
        changes: &mut Changes,
        slug: Option<&Slug>,
        by: &Actor,
        what: impl Into<String>,
    ) -> Result<()> {
        changes.audit(slug, &AuditRecord { time: self.now(), by: by.clone(), what: what.into() })
    }
}

/// The slug in an address or a body.
pub(crate) fn parse_slug(text: &str) -> Result<Slug> {
    text.parse().map_err(|_| AuthorityError::NotASlug)
}
