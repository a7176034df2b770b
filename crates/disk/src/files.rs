//! Folders that one process uses, and files that are there as a whole or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::DiskError;

/// How the name of a file ends that is being written.
pub(crate) const UNFINISHED: &str = "new";
/// The file whose lock is held.
const LOCK: &str = "lock";

/// A folder that no other process uses, as long as this is held.
#[derive(Debug)]
pub struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Takes the folder, which is made if it is not there, for this process alone. `by` says what else may use it: another
    /// `board`, for example.
    ///
    /// # Errors
    /// [`DiskError::InUse`]; [`DiskError::File`].
    pub fn take(folder: &Path, by: &'static str) -> Result<Self, DiskError> {
        make_folder(folder)?;
        Ok(Self { _file: lock(&folder.join(LOCK), folder, by)? })
    }
}

/// A file that no other process uses, as long as this is held. The lock is no lock of the file itself, which is replaced, but
/// of one beside it, which stays.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Takes the file, whether it is there or not, for this process alone.
    ///
    /// # Errors
    /// [`DiskError::InUse`]; [`DiskError::File`].
    pub fn take(path: &Path, by: &'static str) -> Result<Self, DiskError> {
        let mut name = path.as_os_str().to_owned();
        name.push(".lock");
        Ok(Self { _file: lock(Path::new(&name), path, by)? })
    }
}

fn lock(path: &Path, of: &Path, by: &'static str) -> Result<File, DiskError> {
    let opened = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path);
    let file = opened.map_err(DiskError::at(path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DiskError::InUse { by, path: of.to_owned() }),
        Err(TryLockError::Error(source)) => Err(DiskError::at(path)(source)),
    }
}

/// Makes a folder and those above it, unless they are there, and makes the new names durable.
///
/// # Errors
/// [`DiskError::File`].
pub fn make_folder(path: &Path) -> Result<(), DiskError> {
    if path.is_dir() {
        return Ok(());
    }
    let above = parent(path);
    if above != path {
        make_folder(above)?;
    }
    match fs::create_dir(path) {
        // Somebody else has made it meanwhile.
        Err(_) if path.is_dir() => {}
        made => made.map_err(DiskError::at(path))?,
    }
    sync_folder(above)
}

/// Makes the names in a folder durable.
///
/// # Errors
/// [`DiskError::File`].
pub fn sync_folder(path: &Path) -> Result<(), DiskError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(DiskError::at(path))
}

/// The bytes of a file; none if there is no such file.
///
/// # Errors
/// [`DiskError::File`].
pub fn read_file(path: &Path) -> Result<Option<Vec<u8>>, DiskError> {
    if_there(fs::read(path)).map_err(DiskError::at(path))
}

/// Puts a file in the place of the one before, durably, as a whole or not at all. Several at once do not meet.
///
/// # Errors
/// [`DiskError::File`].
pub fn replace_file(path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    replace(path, bytes, 0o666)
}

/// The same of a file that these may read and write.
pub(crate) fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), DiskError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let unfinished = path.with_extension(format!("{number}.{UNFINISHED}"));
    let write = || {
        // What a crash has left, which may be readable by others.
        if_there(fs::remove_file(&unfinished))?;
        let mut file = OpenOptions::new().create_new(true).write(true).mode(mode).open(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    };
    let written = write();
    if let Err(source) = written {
        // It takes room on a disk that has none.
        let _ = fs::remove_file(&unfinished);
        return Err(DiskError::at(path)(source));
    }
    sync_folder(parent(path))
}

/// Removes what a crash has left of files that were being written. Nobody may be writing any in this folder.
///
/// # Errors
/// [`DiskError::File`].
pub fn remove_unfinished(folder: &Path) -> Result<(), DiskError> {
    for file in fs::read_dir(folder).map_err(DiskError::at(folder))? {
        let path = file.map_err(DiskError::at(folder))?.path();
        if path.extension().is_some_and(|extension| extension == UNFINISHED) {
            fs::remove_file(&path).map_err(DiskError::at(&path))?;
        }
    }
    Ok(())
}

/// The folder in which a path is.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// None where there is no such file.
pub(crate) fn if_there<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        done => done.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_a_second_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a").join("b");
        let held = FolderLock::take(&path, "authority").unwrap();
        let second = FolderLock::take(&path, "authority").unwrap_err();
        assert!(matches!(&second, DiskError::InUse { by: "authority", path: of } if *of == path), "{second}");
        drop(held);
        FolderLock::take(&path, "authority").unwrap();
    }

    #[test]
    fn replaces_files_as_a_whole_and_removes_what_a_crash_has_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("started");
        assert_eq!(read_file(&path).unwrap(), None);
        for bytes in [b"first".as_slice(), b"", b"second"] {
            replace_file(&path, bytes).unwrap();
            assert_eq!(read_file(&path).unwrap().as_deref(), Some(bytes));
        }
        fs::write(folder.path().join("started.9.new"), b"torn").unwrap();
        remove_unfinished(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        // A folder is in its place.
        let error = replace_file(folder.path(), b"").unwrap_err();
        assert!(matches!(&error, DiskError::File { path, .. } if *path == folder.path()), "{error}");
        let none = read_file(&path.join("below")).unwrap_err();
        assert!(matches!(none, DiskError::File { .. }), "{none}");
    }

    #[test]
    fn makes_folders_once_and_rejects_what_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a").join("b");
        make_folder(&path).unwrap();
        make_folder(&path).unwrap();
        fs::write(path.join("file"), b"").unwrap();
        assert!(matches!(make_folder(&path.join("file")), Err(DiskError::File { .. })));
    }
}
