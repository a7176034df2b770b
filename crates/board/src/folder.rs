//! Where an election lies on the disk, and how a new one comes to lie there.
//!
//! ```text
//! DATA/lock             held by the board that uses DATA
//! DATA/<slug>/plan.json  the plan for which the log was created
//! DATA/<slug>/keys.json  the seeds of the log key and the promise key; readable by the board's user only
//! DATA/<slug>/log/       the database (see `store`)
//! DATA/<slug>/promises/  the keys of what is promised (see `promises`)
//! DATA/<slug>/blobs/     the blobs
//! ```
//!
//! An election's folder is made under another name and renamed when all of it is on the disk: it is there as a whole or not
//! at all. Its keys are made here, once; a folder without them is never given new ones, because a log has one key.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use urna_disk::{Database, DiskError, FolderLock, read_file, replace_file, secret, sync_folder};
use urna_election::json::{self, Base64};
use urna_election::{Plan, PlanError, Slug};
use urna_log::{Origin, SigningKey};
use zeroize::{Zeroize, Zeroizing};

use crate::sequencer::Settings;
use crate::store::{DiskStore, StoreError};

const PLAN: &str = "plan.json";
const KEYS: &str = "keys.json";
/// How the name of a folder begins that is being made. No slug has a full stop.
const UNFINISHED: &str = ".new-";
/// The most bytes of the file of keys.
const KEYS_LIMIT: usize = 1 << 10;

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The plan that is stored is none.
    #[error("{}: {source}; restore the folder from a copy, and start with --at-least", .path.display())]
    Plan {
        /// Where.
        path: PathBuf,
        /// Why.
        source: PlanError,
    },
    /// The plan that is stored is of another election than the folder's name says.
    #[error("{} holds the plan of {slug}: give the folder this name again", .path.display())]
    OtherSlug {
        /// Where.
        path: PathBuf,
        /// Of what.
        slug: Slug,
    },
    /// No keys, or none that can be read.
    #[error("{} does not hold the keys of this log, and new ones cannot continue it; restore the file from a copy", .0.display())]
    Keys(PathBuf),
    /// The log is not there, though it was created.
    #[error("{} is missing; restore the folder from a copy, and start with --at-least", .0.display())]
    LogMissing(PathBuf),
    /// The board's name and the slug are too long together for an origin.
    #[error("the board's name and the slug {0} are too long together")]
    Origin(Slug),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The folder of all elections of a board, locked.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    /// Held as long as the board runs.
    _lock: FolderLock,
}

/// One election's folder.
#[derive(Clone, Debug)]
pub(crate) struct ElectionFolder {
    path: PathBuf,
    pub(crate) slug: Slug,
    pub(crate) plan: Plan,
    pub(crate) origin: Origin,
}

/// The seeds of an election's keys; wiped when dropped.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeds {
    log: Base64<[u8; 32]>,
    promise: Base64<[u8; 32]>,
}

impl Drop for Seeds {
    fn drop(&mut self) {
        self.log.0.zeroize();
        self.promise.0.zeroize();
    }
}

impl DataFolder {
    /// Opens the folder, which is made if it is not there, for this process alone.
    pub(crate) fn open(path: &Path) -> Result<Self, FolderError> {
        let lock = FolderLock::take(path, "board")?;
        for folder in folders(path)? {
            if name(&folder).starts_with(UNFINISHED) {
                fs::remove_dir_all(&folder).map_err(|source| at(&folder, source))?;
            }
        }
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The slugs of all elections that lie here.
    pub(crate) fn slugs(&self) -> Result<Vec<Slug>, FolderError> {
        let mut slugs: Vec<Slug> =
            folders(&self.path)?.iter().filter_map(|path| name(path).parse().ok()).collect();
        slugs.sort();
        Ok(slugs)
    }

    /// The folder of an election that was created.
    pub(crate) fn election(&self, slug: &Slug, origin: Origin) -> Result<ElectionFolder, FolderError> {
        let path = self.path.join(slug.as_str());
        let file = path.join(PLAN);
        let bytes = read_file(&file)?.ok_or_else(|| at(&file, io::ErrorKind::NotFound.into()))?;
        let plan = Plan::parse(&bytes).map_err(|source| FolderError::Plan { path: file.clone(), source })?;
        if plan.slug != *slug {
            return Err(FolderError::OtherSlug { path: file, slug: plan.slug });
        }
        Ok(ElectionFolder { path, slug: slug.clone(), plan, origin })
    }

    /// Makes the folder of a new election, with new keys and an empty log.
    pub(crate) fn create(
        &self,
        plan: &Plan,
        origin: Origin,
        rng: &mut impl CryptoRngCore,
    ) -> Result<ElectionFolder, FolderError> {
        let unfinished = self.path.join(format!("{UNFINISHED}{}", plan.slug));
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(|source| at(&unfinished, source))?;
        }
        fs::create_dir(&unfinished).map_err(|source| at(&unfinished, source))?;
        let mut seeds = Seeds { log: Base64([0; 32]), promise: Base64([0; 32]) };
        rng.fill_bytes(&mut seeds.log.0);
        rng.fill_bytes(&mut seeds.promise.0);
        secret::write_new(&unfinished.join(KEYS), &Zeroizing::new(json::to_bytes(&seeds)))?;
        replace_file(&unfinished.join(PLAN), &plan.to_bytes())?;
        drop(DiskStore::open(&unfinished)?);
        let path = self.path.join(plan.slug.as_str());
        fs::rename(&unfinished, &path).map_err(|source| at(&path, source))?;
        sync_folder(&self.path)?;
        Ok(ElectionFolder { path, slug: plan.slug.clone(), plan: plan.clone(), origin })
    }
}

impl ElectionFolder {
    /// The keys, and what else the log was created with.
    pub(crate) fn settings(&self) -> Result<Settings, FolderError> {
        let path = self.path.join(KEYS);
        let bytes = secret::read(&path)?.ok_or_else(|| FolderError::Keys(path.clone()))?;
        let seeds: Seeds = json::parse(&bytes, KEYS_LIMIT).map_err(|_| FolderError::Keys(path.clone()))?;
        Ok(Settings {
            origin: self.origin.clone(),
            plan: self.plan.id(),
            log_key: SigningKey::from_seed(self.origin.key_name().clone(), &seeds.log.0),
            promise_key: SigningKey::from_seed(self.origin.promise_key_name(), &seeds.promise.0),
        })
    }

    /// The store, which is one process's at a time.
    pub(crate) fn store(&self) -> Result<DiskStore, FolderError> {
        // An empty log would be made in the place of one that is missing.
        let log = self.path.join("log");
        if !Database::is_there(&log)? {
            return Err(FolderError::LogMissing(log));
        }
        Ok(DiskStore::open(&self.path)?)
    }
}

fn folders(path: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let read = || {
        let entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
        let paths = entries.collect::<io::Result<Vec<_>>>()?;
        Ok(paths.into_iter().filter(|path| path.is_dir()).collect())
    };
    read().map_err(|source| at(path, source))
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(OsStr::to_str).unwrap_or("")
}

fn at(path: &Path, source: io::Error) -> FolderError {
    DiskError::File { path: path.to_owned(), source }.into()
}
