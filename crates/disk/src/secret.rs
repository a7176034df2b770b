//! Files with secrets: readable by their owner only, written once, destroyed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::DiskError;
use crate::files::{self, UNFINISHED, if_there, parent, sync_folder};

/// The most bytes of a file with secrets.
const LIMIT: u64 = 1 << 20;

/// Writes a file that is not there yet, readable by its owner only. Durable when this returns; never in the place of another.
///
/// # Errors
/// [`DiskError::AlreadyThere`]; [`DiskError::File`].
pub fn write_new(path: &Path, secret: &[u8]) -> Result<(), DiskError> {
    let unfinished = path.with_extension(UNFINISHED);
    let write = || {
        // What a crash has left.
        if_there(fs::remove_file(&unfinished))?;
        let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&unfinished)?;
        let linked = file.write_all(secret).and_then(|()| {
            file.sync_all()?;
            // Unlike a rename, a link never takes the place of what is there.
            fs::hard_link(&unfinished, path)
        });
        fs::remove_file(&unfinished)?;
        linked
    };
    write().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => DiskError::AlreadyThere(path.to_owned()),
        _ => DiskError::at(path)(error),
    })?;
    sync_folder(parent(path))
}

/// Puts a file in the place of the one before, readable by its owner only: durably, as a whole or not at all.
///
/// # Errors
/// [`DiskError::File`].
pub fn replace(path: &Path, secret: &[u8]) -> Result<(), DiskError> {
    files::replace(path, secret, 0o600)
}

/// Reads a file; none if there is no such file.
///
/// # Errors
/// [`DiskError::ReadableByOthers`]; [`DiskError::File`], also of one of more than 1 MiB.
pub fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, DiskError> {
    let at = DiskError::at(path);
    let Some(mut file) = if_there(File::open(path)).map_err(&at)? else { return Ok(None) };
    let metadata = file.metadata().map_err(&at)?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(DiskError::ReadableByOthers(path.to_owned()));
    }
    let length = metadata.len();
    if length > LIMIT {
        return Err(at(io::Error::new(io::ErrorKind::FileTooLarge, "this is too long for a file of keys")));
    }
    // Room for all of it: what grows would leave copies behind.
    let mut secret = Zeroizing::new(vec![0; usize::try_from(length).unwrap_or_default()]);
    file.read_exact(&mut secret).map_err(&at)?;
    Ok(Some(secret))
}

/// Destroys a file: overwritten, removed, and the removal durable. Nothing happens if there is none. Disks that write elsewhere
/// than they read, and copies of the file, are beyond its reach.
///
/// # Errors
/// [`DiskError::File`]; it can be tried again.
pub fn destroy(path: &Path) -> Result<(), DiskError> {
    let overwrite = || {
        let Some(mut file) = if_there(OpenOptions::new().write(true).open(path))? else { return Ok(false) };
        let length = file.metadata()?.len();
        io::copy(&mut io::repeat(0).take(length), &mut file)?;
        file.sync_all()?;
        fs::remove_file(path).map(|()| true)
    };
    if overwrite().map_err(DiskError::at(path))? { sync_folder(parent(path)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_once_and_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing.key");
        assert!(read(&path).unwrap().is_none());
        fs::write(folder.path().join("signing.new"), b"torn by a crash").unwrap();
        write_new(&path, b"secret").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(write_new(&path, b"other"), Err(DiskError::AlreadyThere(of)) if of == path));
        assert_eq!(read(&path).unwrap().unwrap().as_slice(), b"secret");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read(&path), Err(DiskError::ReadableByOthers(of)) if of == path));
    }

    #[test]
    fn rejects_a_file_that_is_too_long() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        write_new(&path, &vec![0; usize::try_from(LIMIT).unwrap() + 1]).unwrap();
        assert!(matches!(read(&path), Err(DiskError::File { .. })));
    }

    #[test]
    fn destroys_a_file_and_all_it_had() {
        let folder = tempfile::tempdir().unwrap();
        let (path, witness) = (folder.path().join("keys"), folder.path().join("witness"));
        write_new(&path, b"secret").unwrap();
        // Another name for the same bytes on the disk shows what is left of them.
        fs::hard_link(&path, &witness).unwrap();
        destroy(&path).unwrap();
        destroy(&path).unwrap();
        assert!(!path.exists());
        assert_eq!(fs::read(&witness).unwrap(), [0; 6]);
    }
}
