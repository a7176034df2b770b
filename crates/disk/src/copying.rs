//! Handing over what is in a folder, for a backup.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::DiskError;

/// What a file of a backup has.
#[derive(Clone, Copy, Debug)]
pub enum Copied<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// What this file has.
    File(&'a Path),
}

/// Hands over every file of a folder and of those in it, with its name in the folder, in the order of names. Nobody may be
/// writing there.
///
/// # Errors
/// [`DiskError::File`]; whatever `add` says.
pub fn each_file<E: From<DiskError>>(
    folder: &Path,
    add: &mut impl FnMut(&Path, Copied<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut waiting = vec![PathBuf::new()];
    while let Some(name) = waiting.pop() {
        let path = folder.join(&name);
        let metadata = fs::symlink_metadata(&path).map_err(DiskError::at(&path))?;
        if metadata.is_file() {
            add(&name, Copied::File(&path))?;
        } else if metadata.is_dir() {
            let names = fs::read_dir(&path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let mut names: Vec<_> = names
                .map_err(DiskError::at(&path))?
                .iter()
                .map(|entry| name.join(entry.file_name()))
                .collect();
            names.sort_unstable_by(|a, b| b.cmp(a));
            waiting.extend(names);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hands_over_every_file_in_order_and_follows_no_link() {
        let folder = tempfile::tempdir().unwrap();
        let within = folder.path().join("db/blobs");
        fs::create_dir_all(&within).unwrap();
        for name in ["db/snap", "db/blobs/2", "db/blobs/1", "conf"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        std::os::unix::fs::symlink("/etc", folder.path().join("etc")).unwrap();
        let mut found = Vec::new();
        each_file(folder.path(), &mut |name: &Path, copied: Copied<'_>| {
            let Copied::File(path) = copied else { panic!() };
            assert_eq!(fs::read_to_string(path).unwrap(), name.to_str().unwrap());
            found.push(name.to_str().unwrap().to_owned());
            Ok::<_, DiskError>(())
        })
        .unwrap();
        assert_eq!(found, ["conf", "db/blobs/1", "db/blobs/2", "db/snap"]);
        let missing =
            each_file(Path::new("/nowhere/at/all"), &mut |_: &Path, _: Copied<'_>| Ok::<_, DiskError>(()));
        assert!(matches!(missing, Err(DiskError::File { .. })));
    }
}
