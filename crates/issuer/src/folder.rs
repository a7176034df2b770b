//! The folder of one election's issuer.
//!
//! ```text
//! keys        the secret keys; gone when they are destroyed
//! started     election id and number of the last start: what shows that the store beside it was lost or is older
//! manifest    the manifest, as the board has it
//! answered/   the store
//! roll.csv    who was answered when, where the election has such a roll; from the end on
//! ```
//!
//! A start is written to the store first and to `started` second, both before the first session. So a store that knows
//! fewer starts than `started` is an older copy, and one that knows none is new. A copy of the whole folder is not seen: it
//! is never made of a running issuer, and never started beside the original; a backup ([`IssuerFolder::back_up`]) may be, as it
//! cannot answer anybody anew.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use urna_crypto::ElectionId;
use urna_disk::{
    Copied, DiskError, each_file, make_folder, read_file, remove_unfinished, replace_file, secret,
};
use urna_election::manifest::Manifest;
use urna_election::{Id, Plan, Slug};

use crate::config::read_hash;
use crate::error::IssuerError;
use crate::issuer::{Issuer, SESSIONS};
use crate::keys::{IssuerKeys, KeyError, PublicKeys};
use crate::start::{Known, Settings};
use crate::store::{DiskStore, Start, StoreError};

/// Where an election's issuer keeps everything.
#[derive(Clone, Debug)]
pub struct IssuerFolder(PathBuf);

impl IssuerFolder {
    /// The folder at this path; it is made when something is put there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder of this election among those of a service.
    pub fn of(data: &Path, slug: &Slug) -> Self {
        Self(data.join(slug.as_str()))
    }

    /// Whether keys were ever put here.
    ///
    /// # Errors
    /// [`DiskError::File`] within, if it cannot be known.
    pub fn is_made(&self) -> Result<bool, IssuerError> {
        let is_there = self.0.try_exists();
        Ok(is_there.map_err(|source| DiskError::File { path: self.0.clone(), source })?)
    }

    /// Makes the keys of an issuer for a plan, and answers with what the authority is given: the explicit act of
    /// `urna issuer keys`; nothing else makes any. Where these keys were made before, they are what is answered.
    ///
    /// # Errors
    /// [`IssuerError::UnknownIssuer`]; [`KeyError::AlreadyMade`] within, of keys for another plan, issuer or other classes;
    /// [`KeyError`] within.
    pub fn make_keys(
        &self,
        plan: &Plan,
        issuer: &Id,
        classes: &[Id],
        rng: &mut impl CryptoRngCore,
    ) -> Result<PublicKeys, IssuerError> {
        if !plan.issuers.iter().any(|party| party.id == *issuer) {
            return Err(IssuerError::UnknownIssuer(issuer.clone()));
        }
        let keys = match self.keys()? {
            Some(keys) => keys,
            None => {
                let keys = IssuerKeys::generate(plan.id(), issuer.clone(), classes, rng)?;
                self.put_keys(&keys)?;
                keys
            }
        };
        if *keys.plan() != plan.id() || keys.issuer() != issuer || !keys.classes().eq(classes) {
            return Err(KeyError::AlreadyMade(self.keys_path()).into());
        }
        Ok(keys.public(rng))
    }

    /// Destroys keys that were never used, so that others can be made: those of a plan or of classes that are no longer. Says
    /// whether there were any.
    ///
    /// # Errors
    /// [`IssuerError::KeysInUse`] once an issuer was opened with them; [`DiskError::File`] within.
    pub fn discard_unused_keys(&self) -> Result<bool, IssuerError> {
        if self.started()?.is_some() {
            return Err(IssuerError::KeysInUse);
        }
        let were_made = self.keys()?.is_some();
        self.destroy_key_file()?;
        Ok(were_made)
    }

    /// Hands over what a backup has of this election, by its names in the folder: the rows, what shows that the store is
    /// theirs, the manifest, and the keys without the secrets of classes. Nothing of an election that was never opened:
    /// nobody has a token of it, and its keys are made anew. The store is held meanwhile, so that nobody writes to it.
    ///
    /// # Errors
    /// [`DiskError::InUse`] within while an issuer uses the folder; whatever `add` says.
    pub fn back_up<E: From<IssuerError> + From<DiskError>>(
        &self,
        mut add: impl FnMut(&Path, Copied<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.started()?.is_none() {
            return Ok(());
        }
        let answered = self.0.join("answered");
        let _held = DiskStore::open(&answered).map_err(IssuerError::from)?;
        if let Some(keys) = self.keys()? {
            add(Path::new("keys"), Copied::Bytes(keys.for_backup().as_bytes()))?;
        }
        for name in ["started", "manifest", "roll.csv"] {
            if let Some(bytes) = read_file(&self.0.join(name))? {
                add(Path::new(name), Copied::Bytes(&bytes))?;
            }
        }
        each_file(&answered, &mut |name, file| add(&Path::new("answered").join(name), file))
    }

    /// Keeps new keys.
    ///
    /// # Errors
    /// [`KeyError::AlreadyMade`] within; [`IssuerError`].
    pub fn put_keys(&self, keys: &IssuerKeys) -> Result<(), IssuerError> {
        make_folder(&self.0)?;
        Ok(keys.write_new(&self.keys_path())?)
    }

    /// The manifest of this election, if it was kept. Whose bytes are not its manifest is as if it were not there.
    ///
    /// # Errors
    /// [`IssuerError::Manifest`]; [`DiskError::File`] within.
    pub fn manifest(&self, election: &ElectionId) -> Result<Option<Manifest>, IssuerError> {
        let kept = read_file(&self.0.join("manifest"))?.filter(|bytes| sha256(bytes) == *election);
        Ok(kept.map(|bytes| Manifest::parse(&bytes)).transpose()?)
    }

    /// Keeps the manifest of this election, so that a start needs no board.
    ///
    /// # Errors
    /// [`IssuerError::OtherManifestBytes`]; [`IssuerError::Manifest`]; [`DiskError::File`] within.
    pub fn put_manifest(&self, election: &ElectionId, bytes: &[u8]) -> Result<Manifest, IssuerError> {
        if sha256(bytes) != *election {
            return Err(IssuerError::OtherManifestBytes(*election));
        }
        let manifest = Manifest::parse(bytes)?;
        replace_file(&self.0.join("manifest"), bytes)?;
        Ok(manifest)
    }

    /// The keys; none if they were not made or are destroyed.
    ///
    /// # Errors
    /// [`KeyError`] within.
    pub fn keys(&self) -> Result<Option<IssuerKeys>, IssuerError> {
        Ok(IssuerKeys::read(&self.keys_path())?)
    }

    /// Opens the issuer of this election. `accept_loss` is what a person says who knows that the store is lost for good:
    /// whoever had a token can then take a second one.
    ///
    /// # Errors
    /// [`IssuerError`] says what does not fit and what to do.
    pub fn open(
        &self,
        manifest: Arc<Manifest>,
        issuer: Id,
        accept_loss: bool,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Issuer<DiskStore>, IssuerError> {
        let keys = self.keys()?;
        let known = Known { start: self.started()?, accept_loss };
        let store = DiskStore::open(&self.0.join("answered"))?;
        // Whoever has the store is the only one to write here.
        remove_unfinished(&self.0)?;
        let settings = Settings { manifest, issuer, keys, most_sessions: SESSIONS };
        let issuer = Issuer::open(store, settings, known, rng)?;
        self.set_started(issuer.start())?;
        if issuer.are_keys_destroyed() {
            // A crash may have come between the mark and the file.
            self.destroy_key_file()?;
        }
        Ok(issuer)
    }

    /// Ends a finished issuer: writes its roll, if it has one, and destroys its keys: the mark in its store, the secrets in memory,
    /// the file. Until the keys are destroyed it can be begun again.
    ///
    /// # Errors
    /// As [`Issuer::destroy_keys`] and [`Issuer::roll`]; [`DiskError::File`] within.
    pub fn finish(&self, issuer: &Issuer<DiskStore>) -> Result<(), IssuerError> {
        // A cancelled election is voted on by nobody, and has no roll.
        if issuer.is_posted()
            && let Some(roll) = issuer.roll()?
        {
            secret::replace(&self.0.join("roll.csv"), roll.as_bytes())?;
        }
        issuer.destroy_keys()?;
        self.destroy_key_file()
    }

    fn destroy_key_file(&self) -> Result<(), IssuerError> {
        Ok(secret::destroy(&self.keys_path())?)
    }

    fn keys_path(&self) -> PathBuf {
        self.0.join("keys")
    }

    fn started(&self) -> Result<Option<Start>, IssuerError> {
        let Some(bytes) = read_file(&self.0.join("started"))? else { return Ok(None) };
        let start = str::from_utf8(&bytes).ok().and_then(parse_start);
        Ok(Some(start.ok_or(StoreError::Damaged("the file `started`"))?))
    }

    fn set_started(&self, start: &Start) -> Result<(), IssuerError> {
        let text = format!("election {}\nstart {}\n", start.election, start.number);
        Ok(replace_file(&self.0.join("started"), text.as_bytes())?)
    }
}

fn sha256(bytes: &[u8]) -> ElectionId {
    ElectionId::from_bytes(Sha256::digest(bytes).into())
}

fn parse_start(text: &str) -> Option<Start> {
    let (election, number) = text.strip_prefix("election ")?.split_once("\nstart ")?;
    let bytes = read_hash(election)?;
    let number = number.strip_suffix('\n')?.parse().ok()?;
    Some(Start { election: ElectionId::from_bytes(bytes), number })
}
