//! All elections of a board: opened at its start, created on an authority's request, stopped at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use rand_core::OsRng;
use urna_crypto::{Ed25519Key, LogRequest};
use urna_disk::DiskError;
use urna_election::{Plan, Slug};
use urna_log::{Checkpoint, LogError, SignedCheckpoint, VerifierKey};

use crate::config::Config;
use crate::error::BoardError;
use crate::folder::{DataFolder, ElectionFolder, FolderError};
use crate::store::{DiskStore, StoreError};
use crate::writer::{OpenError, Writer};
use urna_api::server::Clock;

/// A board: its elections, and whom it serves.
pub struct Board {
    config: Config,
    folder: DataFolder,
    clock: Arc<dyn Clock>,
    elections: RwLock<BTreeMap<Slug, Arc<Election>>>,
    /// Elections that lie here and cannot even be read.
    unreadable: BTreeSet<Slug>,
    /// Held while a log is created, so that one slug is created once.
    creating: Mutex<()>,
}

/// One election of a board.
pub(crate) struct Election {
    pub(crate) folder: ElectionFolder,
    pub(crate) log_key: VerifierKey,
    pub(crate) promise_key: VerifierKey,
    pub(crate) writer: Writer<DiskStore>,
}

/// Why a board does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The folder of its data, or an election in it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A checkpoint that was given is of no election here.
    #[error("no election here has the log {0} of a checkpoint given by --at-least; use the right folder")]
    UnknownLog(String),
    /// A checkpoint that was given is not signed by its log.
    #[error("the checkpoint of {0} given by --at-least is not signed by its log: {1}")]
    Checkpoint(String, LogError),
    /// A log is older than a checkpoint that was given, or another one.
    #[error("{0}: {1}")]
    Older(Slug, BoardError),
}

/// Why a log is not created.
#[derive(Debug)]
pub(crate) enum NotCreated {
    /// The authority is not in the configuration.
    UnknownAuthority,
    /// The signature is not the authority's on this plan.
    Signature,
    /// Another plan has this slug.
    SlugInUse,
    /// An election of this slug lies here and cannot be read.
    Unreadable,
    /// The disk.
    Open(OpenError),
}

impl<E: Into<OpenError>> From<E> for NotCreated {
    fn from(error: E) -> Self {
        Self::Open(error.into())
    }
}

impl Board {
    /// Opens all elections in this folder, which is used by one board at a time.
    ///
    /// An election whose log contradicts itself does not keep the others from being served: its writer does not start,
    /// and a message says what differs and what to do. A checkpoint in `at_least` is an order not to start on less.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn open(
        config: Config,
        data: &Path,
        at_least: &[SignedCheckpoint],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let folder = DataFolder::open(data)?;
        let (mut elections, mut unreadable) = (BTreeMap::new(), BTreeSet::new());
        for slug in folder.slugs()? {
            let opened = open_election(&config, &folder, &slug, at_least, &clock);
            match opened {
                Ok((election, failure)) => {
                    if let Some(error) = failure {
                        tracing::error!(election = %slug, %error, "the log is read, and not written to");
                    }
                    elections.insert(slug, Arc::new(election));
                }
                // Another process writes here, or an order is not fulfilled: this is not the board to run.
                Err(error @ (StartError::Older(..) | StartError::Checkpoint(..)))
                | Err(
                    error @ StartError::Folder(
                        FolderError::Disk(DiskError::InUse { .. })
                        | FolderError::Store(StoreError::Disk(DiskError::InUse { .. })),
                    ),
                ) => {
                    return Err(error);
                }
                Err(error) => {
                    tracing::error!(election = %slug, %error, "the log can neither be read nor be written to");
                    unreadable.insert(slug);
                }
            }
        }
        for checkpoint in at_least {
            let origin = &checkpoint.unverified().origin;
            if !elections.values().any(|election| election.folder.origin == *origin) {
                return Err(StartError::UnknownLog(origin.to_string()));
            }
        }
        let elections = RwLock::new(elections);
        Ok(Self { config, folder, clock, elections, unreadable, creating: Mutex::default() })
    }

    /// Has all writers finish what is queued, and closes the logs.
    pub fn stop(&self) {
        let elections = std::mem::take(&mut *self.elections.write().unwrap_or_else(PoisonError::into_inner));
        elections.values().for_each(|election| election.writer.stop());
    }

    /// Has all writers look at the clock, after it was set.
    pub fn wake(&self) {
        let elections = self.elections.read().unwrap_or_else(PoisonError::into_inner);
        elections.values().for_each(|election| election.writer.wake());
    }

    /// The elections whose log cannot be read, or not be written to.
    pub fn failing(&self) -> Vec<String> {
        let elections = self.elections.read().unwrap_or_else(PoisonError::into_inner);
        let stopped = elections.iter().filter(|(_, election)| !election.writer.is_running());
        let slugs = self.unreadable.iter().chain(stopped.map(|(slug, _)| slug));
        slugs.map(ToString::to_string).collect()
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.now()
    }

    pub(crate) fn election(&self, slug: &str) -> Option<Arc<Election>> {
        let slug: Slug = slug.parse().ok()?;
        self.elections.read().unwrap_or_else(PoisonError::into_inner).get(&slug).cloned()
    }

    /// All elections, by slug.
    pub(crate) fn elections(&self) -> Vec<Arc<Election>> {
        self.elections.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The board's name, with which its logs' names begin.
    pub(crate) fn name(&self) -> &str {
        self.config.name()
    }

    /// Whether an election of this slug lies here and cannot be read.
    pub(crate) fn is_unreadable(&self, slug: &str) -> bool {
        self.unreadable.iter().any(|unreadable| unreadable.as_str() == slug)
    }

    /// Where an election's log is read.
    pub(crate) fn prefix(&self, slug: &Slug) -> String {
        self.config.prefix(slug)
    }

    /// Creates the log of a plan, or finds it created (HTTP-1). Whether it was there.
    pub(crate) fn create(
        &self,
        plan: &Plan,
        signature: &[u8; 64],
    ) -> Result<(Arc<Election>, bool), NotCreated> {
        let authority = Ed25519Key::from_bytes(&plan.authority_key.0).ok();
        let authority =
            authority.filter(|key| self.config.serves(key)).ok_or(NotCreated::UnknownAuthority)?;
        let statement = LogRequest { plan: &plan.id() };
        authority.verify(&statement, signature).map_err(|_| NotCreated::Signature)?;

        let _creating = self.creating.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_unreadable(plan.slug.as_str()) {
            return Err(NotCreated::Unreadable);
        }
        if let Some(election) = self.election(plan.slug.as_str()) {
            let is_same = election.folder.plan == *plan;
            return if is_same { Ok((election, true)) } else { Err(NotCreated::SlugInUse) };
        }
        let origin = self.config.origin(&plan.slug).ok_or_else(|| FolderError::Origin(plan.slug.clone()))?;
        let folder = self.folder.create(plan, origin, &mut OsRng)?;
        let (election, failure) = Election::open(folder, None, &self.clock)?;
        if let Some(error) = failure {
            return Err(error.into());
        }
        let election = Arc::new(election);
        let mut elections = self.elections.write().unwrap_or_else(PoisonError::into_inner);
        elections.insert(plan.slug.clone(), Arc::clone(&election));
        tracing::info!(election = %plan.slug, "created a log");
        Ok((election, false))
    }
}

/// Opens the log of a slug; beside it why its writer does not start, if it does not.
fn open_election(
    config: &Config,
    folder: &DataFolder,
    slug: &Slug,
    at_least: &[SignedCheckpoint],
    clock: &Arc<dyn Clock>,
) -> Result<(Election, Option<OpenError>), StartError> {
    let origin = config.origin(slug).ok_or_else(|| FolderError::Origin(slug.clone()))?;
    let election = folder.election(slug, origin)?;
    let known = newest(at_least, &election)?;
    tracing::info!(election = %slug, "opening the log");
    match Election::open(election, known.as_ref(), clock) {
        Ok((
            _,
            Some(OpenError::Log(error @ (BoardError::OlderCopy { .. } | BoardError::OtherHistory { .. }))),
        )) => Err(StartError::Older(slug.clone(), error)),
        Ok(opened) => Ok(opened),
        Err(OpenError::Folder(error)) => Err(error.into()),
        Err(OpenError::Log(error)) => Err(StartError::Older(slug.clone(), error)),
    }
}

impl Election {
    fn open(
        folder: ElectionFolder,
        at_least: Option<&Checkpoint>,
        clock: &Arc<dyn Clock>,
    ) -> Result<(Self, Option<OpenError>), OpenError> {
        let settings = folder.settings()?;
        let (log_key, promise_key) = (settings.log_key.verifier(), settings.promise_key.verifier());
        let name = folder.slug.to_string();
        let opener = {
            let folder = folder.clone();
            Box::new(move || Ok((folder.store()?, folder.settings()?)))
        };
        let (writer, failure) = Writer::start(&name, opener, at_least, Arc::clone(clock))?;
        Ok((Self { folder, log_key, promise_key, writer }, failure))
    }
}

/// The newest of the given checkpoints that is of this election's log.
fn newest(
    at_least: &[SignedCheckpoint],
    election: &ElectionFolder,
) -> Result<Option<Checkpoint>, StartError> {
    let mut newest: Option<Checkpoint> = None;
    for checkpoint in at_least.iter().filter(|checkpoint| checkpoint.unverified().origin == election.origin) {
        let key = election.settings()?.log_key.verifier();
        let checkpoint = checkpoint
            .verify(&key)
            .map_err(|error| StartError::Checkpoint(election.origin.to_string(), error))?;
        if newest.as_ref().is_none_or(|newest| newest.head.size < checkpoint.head.size) {
            newest = Some(checkpoint.clone());
        }
    }
    Ok(newest)
}
