//! The folder of one election's issuer.
//!
//! ```text
//! keys        the secret keys; gone when they are destroyed
//! started     election id and number of the last start: what shows that the store beside it was lost or is older
//! answered/   the store
//! ```
//!
//! A start is written to the store first and to `started` second, both before the first session. So a store that knows
//! fewer starts than `started` is an older copy, and one that knows none is new. A copy of the whole folder is not seen: it
//! is never made of a running issuer, and never started beside the original.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand_core::CryptoRngCore;
use urna_crypto::ElectionId;
use urna_election::Id;
use urna_election::manifest::Manifest;

use crate::error::IssuerError;
use crate::issuer::{Issuer, Known, SESSION_SECONDS, SESSIONS, Settings};
use crate::keys::{IssuerKeys, destroy_key_file, sync_parent};
use crate::store::{DiskStore, Start, StoreError};

/// Where an election's issuer keeps everything.
#[derive(Clone, Debug)]
pub struct IssuerFolder(PathBuf);

impl IssuerFolder {
    /// The folder at this path; it is made when something is put there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Keeps new keys. The explicit act of `urna issuer keys`: nothing else makes any.
    ///
    /// # Errors
    /// [`KeyError::AlreadyMade`](crate::KeyError::AlreadyMade) within; [`IssuerError`].
    pub fn put_keys(&self, keys: &IssuerKeys) -> Result<(), IssuerError> {
        fs::create_dir_all(&self.0).map_err(|source| file_error(&self.0, source))?;
        sync_parent(&self.0).map_err(|source| file_error(&self.0, source))?;
        Ok(keys.write_new(&self.keys_path())?)
    }

    /// The keys; none if they were not made or are destroyed.
    ///
    /// # Errors
    /// [`KeyError`](crate::KeyError) within.
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
        let settings =
            Settings { manifest, issuer, keys, session_seconds: SESSION_SECONDS, most_sessions: SESSIONS };
        let issuer = Issuer::open(store, settings, known, rng)?;
        self.set_started(issuer.start())?;
        if issuer.are_keys_destroyed() {
            // A crash may have come between the mark and the file.
            self.destroy_key_file()?;
        }
        Ok(issuer)
    }

    /// Destroys the keys of a finished issuer: the mark in its store, the secrets in memory, the file.
    ///
    /// # Errors
    /// As [`Issuer::destroy_keys`]; [`KeyError`](crate::KeyError) within.
    pub fn destroy_keys(&self, issuer: &Issuer<DiskStore>) -> Result<(), IssuerError> {
        issuer.destroy_keys()?;
        self.destroy_key_file()
    }

    fn destroy_key_file(&self) -> Result<(), IssuerError> {
        Ok(destroy_key_file(&self.keys_path())?)
    }

    fn keys_path(&self) -> PathBuf {
        self.0.join("keys")
    }

    fn started(&self) -> Result<Option<Start>, IssuerError> {
        let path = self.0.join("started");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(parse_start(&text).ok_or(StoreError::Damaged("the file `started`"))?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(file_error(&path, source)),
        }
    }

    fn set_started(&self, start: &Start) -> Result<(), IssuerError> {
        let path = self.0.join("started");
        let temporary = path.with_extension("new");
        let write = || {
            let mut file = File::create(&temporary)?;
            write!(file, "election {}\nstart {}\n", start.election, start.number)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            sync_parent(&path)
        };
        write().map_err(|source| file_error(&path, source))
    }
}

fn parse_start(text: &str) -> Option<Start> {
    let (election, number) = text.strip_prefix("election ")?.split_once("\nstart ")?;
    let mut bytes = [0; 32];
    let digits: &[u8; 64] = election.as_bytes().try_into().ok()?;
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    let number = number.strip_suffix('\n')?.parse().ok()?;
    Some(Start { election: ElectionId::from_bytes(bytes), number })
}

fn file_error(path: &Path, source: io::Error) -> IssuerError {
    StoreError::File { path: path.to_owned(), source }.into()
}
