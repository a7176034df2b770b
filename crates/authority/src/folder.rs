//! Where an authority's data lie.
//!
//! ```text
//! DATA/lock                held by the authority that uses DATA
//! DATA/authority.key       the secret with which entries are signed: 32 bytes in base64; made by an explicit command only
//! DATA/sealing/<slug>.key  seals the invitations that are not sent yet; destroyed when voting ends
//! DATA/booth/<sha256>/     a bundle in which voters vote: the newest, and those that elections name (see `bundles`)
//! DATA/records/            everything else (see `store`)
//! ```
//!
//! Key files are readable by their owner only, and one that others may read is refused.

use std::path::{Path, PathBuf};

use rand_core::CryptoRngCore;
use urna_crypto::Ed25519SigningKey;
use urna_disk::{Copied, DiskError, FolderLock, each_file, make_folder, secret};
use urna_election::Slug;
use urna_election::json::Base64;
use zeroize::Zeroizing;

use crate::sealing::SealingKey;

const SIGNING_KEY: &str = "authority.key";
const SEALING: &str = "sealing";
const BOOTH: &str = "booth";
const RECORDS: &str = "records";
/// 32 bytes in base64, and an end of line.
const KEY_FILE: usize = 45;

/// Why a folder or a key file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The signing key was never made.
    #[error("there is no {}: `urna key authority` makes the key with which this authority signs", .0.display())]
    NoSigningKey(PathBuf),
    /// The signing key is there already.
    #[error("{} exists: the key is made once, because every board and manifest names it", .0.display())]
    AlreadyMade(PathBuf),
    /// Not a key.
    #[error("{} does not hold a key; restore it from a copy", .0.display())]
    NotAKey(PathBuf),
}

/// The folder of an authority.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// A folder that no other process uses.
#[derive(Debug)]
pub struct LockedFolder {
    pub(crate) folder: Folder,
    /// Held as long as the authority runs.
    _lock: FolderLock,
}

impl Folder {
    /// The folder at this path; it is made when something is put there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Makes the signing key, and answers with it: the explicit act of `urna key authority`; nothing else makes one.
    ///
    /// # Errors
    /// [`FolderError::AlreadyMade`]; [`FolderError::Disk`].
    pub fn make_signing_key(&self, rng: &mut impl CryptoRngCore) -> Result<Ed25519SigningKey, FolderError> {
        let key = Ed25519SigningKey::generate(rng);
        make_folder(&self.0)?;
        write_key(&self.0.join(SIGNING_KEY), &key.to_bytes()).map_err(|error| match error {
            DiskError::AlreadyThere(path) => FolderError::AlreadyMade(path),
            error => error.into(),
        })?;
        Ok(key)
    }

    /// The signing key.
    ///
    /// # Errors
    /// [`FolderError::NoSigningKey`]; [`FolderError`].
    pub fn signing_key(&self) -> Result<Ed25519SigningKey, FolderError> {
        let path = self.0.join(SIGNING_KEY);
        let secret = read_key(&path)?.ok_or(FolderError::NoSigningKey(path))?;
        Ok(Ed25519SigningKey::from_bytes(&secret))
    }

    /// Takes the folder for this process.
    ///
    /// # Errors
    /// [`DiskError::InUse`] within; [`FolderError::Disk`].
    pub fn lock(&self) -> Result<LockedFolder, FolderError> {
        Ok(LockedFolder { folder: self.clone(), _lock: FolderLock::take(&self.0, "authority")? })
    }

    /// Hands over everything for a backup, by its names in the folder, which is locked meanwhile.
    ///
    /// # Errors
    /// [`FolderError::NoSigningKey`]; [`DiskError::InUse`] within while an authority uses the folder; whatever `add` says.
    pub fn back_up<E: From<FolderError> + From<DiskError>>(
        &self,
        mut add: impl FnMut(&Path, Copied<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.signing_key()?;
        let _locked = self.lock()?;
        each_file(&self.0, &mut |name, file| if name == Path::new("lock") { Ok(()) } else { add(name, file) })
    }

    /// Where bundles lie.
    pub(crate) fn booth(&self) -> PathBuf {
        self.0.join(BOOTH)
    }

    /// Where records lie.
    pub(crate) fn records(&self) -> PathBuf {
        self.0.join(RECORDS)
    }

    /// The key that seals an election's invitations, which is made if it is not there and `make` says so.
    pub(crate) fn sealing_key(
        &self,
        slug: &Slug,
        make: bool,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Option<SealingKey>, FolderError> {
        let folder = self.0.join(SEALING);
        let path = folder.join(format!("{slug}.key"));
        if let Some(secret) = read_key(&path)? {
            return Ok(Some(SealingKey::new(&secret)));
        }
        if !make {
            return Ok(None);
        }
        let mut secret = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *secret);
        make_folder(&folder)?;
        write_key(&path, &secret)?;
        Ok(Some(SealingKey::new(&secret)))
    }

    /// Destroys the key that seals an election's invitations. What was sealed with it is unreadable from then on, wherever the
    /// database has left copies. Nothing happens if there is none.
    pub(crate) fn destroy_sealing_key(&self, slug: &Slug) -> Result<(), FolderError> {
        Ok(secret::destroy(&self.0.join(SEALING).join(format!("{slug}.key")))?)
    }
}

/// Writes a key file that is not there yet, to the disk.
fn write_key(path: &Path, key: &[u8; 32]) -> Result<(), DiskError> {
    let text = Zeroizing::new(serde_json::to_string(&Base64(*key)).unwrap_or_default());
    let line = Zeroizing::new([text.trim_matches('"').as_bytes(), b"\n"].concat());
    secret::write_new(path, &line)
}

/// Reads a key file; none if there is no such file.
fn read_key(path: &Path) -> Result<Option<Zeroizing<[u8; 32]>>, FolderError> {
    let Some(bytes) = secret::read(path)? else { return Ok(None) };
    let key = || {
        let text = str::from_utf8(&bytes).ok().filter(|text| text.len() <= KEY_FILE)?;
        let json = Zeroizing::new(format!("\"{}\"", text.trim_end()));
        serde_json::from_str::<Base64<[u8; 32]>>(&json).ok()
    };
    key().map(|key| Some(Zeroizing::new(key.0))).ok_or_else(|| FolderError::NotAKey(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[test]
    fn makes_the_signing_key_once_and_for_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path().join("data"));
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        assert!(matches!(folder.signing_key(), Err(FolderError::NoSigningKey(_))));
        let made = folder.make_signing_key(&mut rng).unwrap();
        assert!(matches!(folder.make_signing_key(&mut rng), Err(FolderError::AlreadyMade(_))));
        assert_eq!(folder.signing_key().unwrap().public(), made.public());

        let path = directory.path().join("data").join(SIGNING_KEY);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(folder.signing_key(), Err(FolderError::Disk(DiskError::ReadableByOthers(_)))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        for wrong in ["", "AAAA\n", "x\n"] {
            fs::write(&path, wrong).unwrap();
            assert!(matches!(folder.signing_key(), Err(FolderError::NotAKey(_))), "{wrong:?}");
        }
    }

    #[test]
    fn rejects_a_second_process() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path());
        let locked = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(FolderError::Disk(DiskError::InUse { .. }))));
        drop(locked);
        folder.lock().unwrap();
    }

    #[test]
    fn destroys_a_sealing_key() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::new(directory.path());
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let slug: Slug = "council-2027".parse().unwrap();
        assert!(folder.sealing_key(&slug, false, &mut rng).unwrap().is_none());
        let sealed = {
            let key = folder.sealing_key(&slug, true, &mut rng).unwrap().unwrap();
            key.seal(&slug, "ada", &[7; 32], &mut rng).unwrap()
        };
        let again = folder.sealing_key(&slug, true, &mut rng).unwrap().unwrap();
        assert_eq!(*again.open(&slug, "ada", &sealed).unwrap(), [7; 32]);
        folder.destroy_sealing_key(&slug).unwrap();
        folder.destroy_sealing_key(&slug).unwrap();
        let other = folder.sealing_key(&slug, true, &mut rng).unwrap().unwrap();
        assert!(other.open(&slug, "ada", &sealed).is_err());
    }
}
