//! A trustee's files on its own machine (feature `native`): the key file, its backup, and packages, which are what goes over the
//! authority's interface, byte for byte.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rand_core::OsRng;
use urna_disk::{DiskError, FileLock, make_folder, read_file, replace_file, secret};
use urna_election::ceremony::{Package, PackageKind};
use urna_election::manifest::Manifest;

use super::{Driver, DriverError, Storage};
use crate::{Cost, KeyFile, KeyFileError, Sealed, Trustee, TrusteeError};

/// What is wrong with a file of this machine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// A file that is no usable key file.
    #[error("{}: {error}", .path.display())]
    KeyFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        error: KeyFileError,
    },
    /// A disk.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// There is no key file.
    #[error("{} does not exist: `urna trustee enrol` makes it", .0.display())]
    Missing(PathBuf),
    /// A file that would be lost.
    #[error("{} exists, and is not replaced: name another file", .0.display())]
    Exists(PathBuf),
    /// The backup is the key file.
    #[error("{} is the key file itself: a backup lies in another place, best on another disk", .0.display())]
    SameFile(PathBuf),
    /// A file or folder of packages that cannot be read.
    #[error("{}: {problem}", .path.display())]
    Package {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
}

impl From<DiskError> for DriverError {
    fn from(error: DiskError) -> Self {
        FileError::Disk(error).into()
    }
}

/// A key file on a disk, which nobody else uses meanwhile.
pub struct File {
    path: PathBuf,
    _lock: FileLock,
}

impl File {
    fn write(&self, form: &Sealed) -> Result<(), DriverError> {
        Ok(secret::replace(&self.path, form.as_bytes())?)
    }
}

impl Storage for File {
    async fn replace(&mut self, form: &Sealed) -> Result<(), DriverError> {
        self.write(form)
    }
}

/// A trustee with a key file on a disk.
pub type FileDriver = Driver<File, OsRng>;

impl FileDriver {
    /// Writes the file of a new trustee. `cost` is [`Cost::default`] but in tests.
    ///
    /// # Errors
    /// [`FileError::Exists`], [`FileError::KeyFile`], [`FileError::Disk`].
    pub fn create(
        path: &Path,
        passphrase: &str,
        cost: Cost,
        mut trustee: Trustee,
    ) -> Result<Self, DriverError> {
        let lock = FileLock::take(path, "program")?;
        if path.exists() {
            return Err(FileError::Exists(path.to_owned()).into());
        }
        let file = KeyFile::new(passphrase, cost, &mut OsRng).map_err(at(path))?;
        let storage = File { path: path.to_owned(), _lock: lock };
        let sealed = file.seal(&trustee, &mut OsRng);
        storage.write(&sealed)?;
        trustee.mark_saved(&sealed);
        Ok(Self::new(storage, file, trustee, OsRng))
    }

    /// Opens a trustee's file.
    ///
    /// # Errors
    /// [`FileError::Missing`], [`FileError::KeyFile`], [`FileError::Disk`].
    pub fn open(path: &Path, passphrase: &str) -> Result<Self, DriverError> {
        if !path.exists() {
            return Err(FileError::Missing(path.to_owned()).into());
        }
        let lock = FileLock::take(path, "program")?;
        let (file, trustee) = load(path, passphrase)?;
        Ok(Self::new(File { path: path.to_owned(), _lock: lock }, file, trustee, OsRng))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.storage.path
    }
}

/// A backup that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Whether it lies on the disk on which the key file is, and is lost with it.
    pub same_disk: bool,
}

impl FileDriver {
    /// Writes a backup of the file under the same passphrase, in the place of an older one of this trustee's.
    ///
    /// # Errors
    /// [`FileError::SameFile`], [`FileError::Exists`] of a file that is no backup of this trustee's,
    /// [`DriverError::Trustee`] before there is a share, [`FileError::Disk`].
    pub fn back_up(&self, path: &Path, passphrase: &str) -> Result<Backup, DriverError> {
        if self.trustee().stage() != crate::Stage::HoldsShare {
            return Err(TrusteeError::NoShare(self.trustee().exchange().awaited()).into());
        }
        if path.exists() {
            self.must_differ(path)?;
            let (_, before) = load(path, passphrase).map_err(|_| FileError::Exists(path.to_owned()))?;
            if before.plan() != self.trustee().plan() || before.index() != self.trustee().index() {
                return Err(FileError::Exists(path.to_owned()).into());
            }
        }
        let file = KeyFile::new(passphrase, self.file.cost(), &mut OsRng).map_err(at(path))?;
        secret::replace(path, file.seal(self.trustee(), &mut OsRng).as_bytes())?;
        // What cannot be read back is no backup.
        load(path, passphrase)?;
        Ok(Backup { same_disk: device(path)? == device(self.path())? })
    }

    /// Rehearses from the backup: it is another file, opens with the passphrase, and holds the same share (TRU-7).
    ///
    /// # Errors
    /// [`FileError::SameFile`], [`FileError::KeyFile`], [`DriverError::Trustee`], [`FileError::Disk`].
    pub async fn rehearse(&mut self, backup: &Path, passphrase: &str) -> Result<Backup, DriverError> {
        if !backup.exists() {
            let problem = "there is no such backup: `urna trustee backup` makes it".to_owned();
            return Err(FileError::Package { path: backup.to_owned(), problem }.into());
        }
        self.must_differ(backup)?;
        let (_, kept) = load(backup, passphrase)?;
        self.change(|trustee, rng| trustee.rehearse(&kept, rng)).await??;
        Ok(Backup { same_disk: device(backup)? == device(self.path())? })
    }

    /// The published manifest that was kept beside the file, if it is the one that was agreed to.
    ///
    /// # Errors
    /// [`FileError::Disk`].
    pub fn manifest(&self) -> Result<Option<Manifest>, DriverError> {
        let bytes = read_file(&self.beside(".manifest"))?;
        let manifest = bytes.and_then(|bytes| Manifest::parse(&bytes).ok());
        Ok(manifest.filter(|manifest| self.trustee().election() == Some(manifest.id())))
    }

    /// Keeps the manifest beside the file, so that the next command needs nobody for it. It is public.
    ///
    /// # Errors
    /// [`FileError::Disk`].
    pub fn keep_manifest(&self, manifest: &Manifest) -> Result<(), DriverError> {
        Ok(replace_file(&self.beside(".manifest"), manifest.bytes())?)
    }

    /// A name beside the file.
    pub fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path().as_os_str().to_owned();
        name.push(suffix);
        name.into()
    }

    /// Neither the file itself nor another name of it.
    fn must_differ(&self, path: &Path) -> Result<(), DriverError> {
        let (own, other) = (metadata(self.path())?, metadata(path)?);
        if (own.dev(), own.ino()) == (other.dev(), other.ino()) {
            return Err(FileError::SameFile(path.to_owned()).into());
        }
        Ok(())
    }
}

/// Reads packages from files, and from all files of folders whose names end in `.json`. Of a folder, what is no package is
/// left alone.
///
/// # Errors
/// [`FileError::Package`] of a file that was named and is no package; [`FileError::Disk`].
pub fn read_packages(paths: &[PathBuf]) -> Result<Vec<Package>, DriverError> {
    let mut packages = Vec::new();
    for path in paths {
        let wrong = |problem: String| FileError::Package { path: path.clone(), problem };
        if path.is_dir() {
            let mut names = Vec::new();
            for entry in fs::read_dir(path).map_err(|error| wrong(error.to_string()))? {
                names.push(entry.map_err(|error| wrong(error.to_string()))?.path());
            }
            names.sort();
            for name in names.iter().filter(|name| name.extension().is_some_and(|end| end == "json")) {
                packages.extend(read(name)?.and_then(|bytes| Package::parse(&bytes).ok()));
            }
        } else {
            let bytes =
                read(path)?.ok_or_else(|| wrong("there is no such file, or it is too long".to_owned()))?;
            packages.push(Package::parse(&bytes).map_err(|error| wrong(error.to_string()))?);
        }
    }
    Ok(packages)
}

/// Writes packages into a folder, each into a file whose name says what it is; the names.
///
/// # Errors
/// [`FileError::Disk`].
pub fn write_packages(folder: &Path, slug: &str, packages: &[Package]) -> Result<Vec<PathBuf>, DriverError> {
    make_folder(folder)?;
    let mut names = Vec::new();
    for package in packages {
        let attempt = match package.kind {
            PackageKind::Enrolment => String::new(),
            _ => format!("-{}", package.attempt),
        };
        let name = format!("{slug}-{}-{}{attempt}.json", package.trustee, package.kind.as_str());
        let path = folder.join(name);
        replace_file(&path, &package.to_bytes())?;
        names.push(path);
    }
    Ok(names)
}

/// A file that may be a package; none if there is none, or it is longer.
fn read(path: &Path) -> Result<Option<Vec<u8>>, DriverError> {
    let limit = u64::try_from(Package::LIMIT).unwrap_or(u64::MAX);
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() && metadata.len() <= limit => Ok(read_file(path)?),
        _ => Ok(None),
    }
}

fn metadata(path: &Path) -> Result<fs::Metadata, DriverError> {
    fs::metadata(path).map_err(|source| DiskError::File { path: path.to_owned(), source }.into())
}

fn device(path: &Path) -> Result<u64, DriverError> {
    metadata(path).map(|metadata| metadata.dev())
}

fn load(path: &Path, passphrase: &str) -> Result<(KeyFile, Trustee), DriverError> {
    let bytes = read_file(path)?.ok_or_else(|| FileError::Missing(path.to_owned()))?;
    Ok(KeyFile::open(&bytes, passphrase).map_err(at(path))?)
}

fn at(path: &Path) -> impl FnOnce(KeyFileError) -> FileError {
    move |error| FileError::KeyFile { path: path.to_owned(), error }
}
