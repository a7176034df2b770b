//! The saved form in a file.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::storage::{Storage, StorageError};
use crate::{Saved, SavedForm};

/// A file readable by its owner only, the manifest beside it (`FILE.manifest`), and a lock (`FILE.lock`) for as long as
/// this value lives.
#[derive(Debug)]
pub struct FileStorage {
    path: PathBuf,
    _lock: File,
}

impl FileStorage {
    /// The file at this path; it is made when something is stored.
    ///
    /// # Errors
    /// [`StorageError::InUse`]; [`StorageError::File`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, StorageError> {
        let path = path.into();
        // The lock is no lock of the file itself, which is replaced. It is never removed: whoever waits for it would wait for nothing.
        let lock_path = beside(&path, ".lock");
        let lock = private()
            .create(true)
            .append(true)
            .open(&lock_path)
            .map_err(|source| failed(&lock_path, source))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StorageError::InUse(path)),
            Err(TryLockError::Error(source)) => Err(failed(&lock_path, source)),
        }
    }

    /// Where the form lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file as a whole or not at all, durably.
    fn write(path: &Path, bytes: &[u8]) -> Result<(), StorageError> {
        let temporary = beside(path, ".new");
        let write = || {
            match fs::remove_file(&temporary) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = private().create_new(true).write(true).open(&temporary)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, path)?;
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        write().map_err(|source| failed(path, source))
    }
}

impl Storage for FileStorage {
    async fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        read(&self.path).map(|bytes| bytes.map(Zeroizing::new))
    }

    async fn replace(&mut self, form: &SavedForm) -> Result<(), StorageError> {
        let stored = self.load().await?;
        form.check_replaces(stored.as_ref().map(|stored| stored.as_slice()))?;
        Self::write(&self.path, form.as_bytes())
    }

    async fn manifest(&mut self) -> Result<Option<Vec<u8>>, StorageError> {
        read(&beside(&self.path, ".manifest"))
    }

    async fn keep_manifest(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        Self::write(&beside(&self.path, ".manifest"), bytes)
    }
}

/// A file that is there, with room for it at once, so that no copies are left behind where a buffer grew.
fn read(path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed(path, source)),
    };
    let length = file.metadata().map_err(|source| failed(path, source))?.len();
    let limit = u64::try_from(Saved::LIMIT).unwrap_or(u64::MAX);
    if length > limit {
        return Err(failed(path, io::ErrorKind::FileTooLarge.into()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default().saturating_add(1));
    (&mut file).take(limit).read_to_end(&mut bytes).map_err(|source| failed(path, source))?;
    Ok(Some(bytes))
}

fn failed(path: &Path, source: io::Error) -> StorageError {
    StorageError::File { path: path.to_owned(), source }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// For files that nobody else reads.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ClientError;
    use crate::sample::{self, ELECTION};

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("urna-client-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[tokio::test]
    async fn accepts_what_follows_and_keeps_it_from_others() {
        let folder = folder("follows");
        let path = folder.join("vote");
        let mut storage = FileStorage::open(&path).unwrap();
        assert!(storage.load().await.unwrap().is_none());
        let mut voter = ELECTION.voter(1, 1).ask();
        for _ in 0..3 {
            let form = voter.save();
            storage.replace(&form).await.unwrap();
            // Again, after a crash that came between the file and the mark.
            storage.replace(&form).await.unwrap();
            voter.mark_saved(&form).unwrap();
            assert_eq!(storage.load().await.unwrap().unwrap().as_slice(), form.as_bytes());
        }
        storage.keep_manifest(ELECTION.manifest.bytes()).await.unwrap();
        assert_eq!(storage.manifest().await.unwrap().unwrap(), ELECTION.manifest.bytes());
        #[cfg(unix)]
        for name in ["vote", "vote.lock", "vote.manifest"] {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777,
                0o600,
                "{name}"
            );
        }
        let names = fs::read_dir(&folder).unwrap().count();
        assert_eq!(names, 3, "no temporary file is left");
        fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn rejects_a_second_program_and_forms_that_do_not_follow() {
        let folder = folder("rejects");
        let path = folder.join("vote");
        let mut storage = FileStorage::open(&path).unwrap();
        assert!(matches!(FileStorage::open(&path), Err(StorageError::InUse(_))));
        let mut voter = ELECTION.voter(1, 1).ask();
        let first = voter.save();
        storage.replace(&first).await.unwrap();
        voter.mark_saved(&first).unwrap();
        storage.replace(&voter.save()).await.unwrap();
        let other_copy = storage.replace(&first).await.unwrap_err();
        assert!(matches!(other_copy, StorageError::Form(ClientError::OtherCopy { stored: 2, expected: 0 })));
        let other = sample::with_token(&ELECTION, 2, 2).save();
        assert!(matches!(storage.replace(&other).await, Err(StorageError::Form(ClientError::OtherVoter))));
        drop(storage);
        fs::write(&path, b"{}").unwrap();
        let mut storage = FileStorage::open(&path).unwrap();
        assert!(matches!(storage.replace(&first).await, Err(StorageError::Form(ClientError::Saved(_)))));
        fs::remove_dir_all(&folder).unwrap();
        assert!(matches!(FileStorage::open(&path), Err(StorageError::File { .. })));
    }
}
