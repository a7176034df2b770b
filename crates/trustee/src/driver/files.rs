//! The backup, and packages in files: what goes over the authority's interface, byte for byte.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rand_core::OsRng;
use urna_disk::{DiskError, make_folder, replace_file, secret};
use urna_election::ceremony::{Package, PackageKind};
use urna_election::manifest::Manifest;

use super::{Driver, DriverError, load};
use crate::{KeyFile, TrusteeError};

/// A backup that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Whether it lies on the disk on which the key file is, and is lost with it.
    pub same_disk: bool,
}

impl Driver {
    /// Writes a backup of the file under the same passphrase, in the place of an older one of this trustee's.
    ///
    /// # Errors
    /// [`DriverError::SameFile`], [`DriverError::Exists`] of a file that is no backup of this trustee's,
    /// [`DriverError::Trustee`] before there is a share, [`DriverError::Disk`].
    pub fn back_up(&self, path: &Path, passphrase: &str) -> Result<Backup, DriverError> {
        if self.trustee().stage() != crate::Stage::HoldsShare {
            return Err(TrusteeError::NoShare(self.trustee().exchange().awaited()).into());
        }
        if path.exists() {
            self.must_differ(path)?;
            let (_, before) = load(path, passphrase).map_err(|_| DriverError::Exists(path.to_owned()))?;
            if before.plan() != self.trustee().plan() || before.index() != self.trustee().index() {
                return Err(DriverError::Exists(path.to_owned()));
            }
        }
        let file = KeyFile::new(passphrase, self.file.cost(), &mut OsRng).map_err(super::at(path))?;
        secret::replace(path, file.seal(self.trustee(), &mut OsRng).as_bytes())?;
        // What cannot be read back is no backup.
        load(path, passphrase)?;
        Ok(Backup { same_disk: device(path)? == device(self.path())? })
    }

    /// Rehearses from the backup: it is another file, opens with the passphrase, and holds the same share (TRU-7).
    ///
    /// # Errors
    /// [`DriverError::SameFile`], [`DriverError::KeyFile`], [`DriverError::Trustee`], [`DriverError::Disk`].
    pub fn rehearse(&mut self, backup: &Path, passphrase: &str) -> Result<Backup, DriverError> {
        if !backup.exists() {
            let problem = "there is no such backup: `urna trustee backup` makes it".to_owned();
            return Err(DriverError::Package { path: backup.to_owned(), problem });
        }
        self.must_differ(backup)?;
        let (_, kept) = load(backup, passphrase)?;
        self.change(|trustee, rng| trustee.rehearse(&kept, rng))??;
        Ok(Backup { same_disk: device(backup)? == device(self.path())? })
    }

    /// The published manifest that was kept beside the file, if it is the one that was agreed to.
    ///
    /// # Errors
    /// [`DriverError::Disk`].
    pub fn manifest(&self) -> Result<Option<Manifest>, DriverError> {
        let bytes = urna_disk::read_file(&self.beside(".manifest"))?;
        let manifest = bytes.and_then(|bytes| Manifest::parse(&bytes).ok());
        Ok(manifest.filter(|manifest| self.trustee().election() == Some(manifest.id())))
    }

    /// Keeps the manifest beside the file, so that the next command needs nobody for it. It is public.
    ///
    /// # Errors
    /// [`DriverError::Disk`].
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
            return Err(DriverError::SameFile(path.to_owned()));
        }
        Ok(())
    }
}

/// Reads packages from files, and from all files of folders whose names end in `.json`. Of a folder, what is no package is
/// left alone.
///
/// # Errors
/// [`DriverError::Package`] of a file that was named and is no package; [`DriverError::Disk`].
pub fn read_packages(paths: &[PathBuf]) -> Result<Vec<Package>, DriverError> {
    let mut packages = Vec::new();
    for path in paths {
        let wrong = |problem: String| DriverError::Package { path: path.clone(), problem };
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
/// [`DriverError::Disk`].
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
        Ok(metadata) if metadata.is_file() && metadata.len() <= limit => Ok(urna_disk::read_file(path)?),
        _ => Ok(None),
    }
}

fn metadata(path: &Path) -> Result<fs::Metadata, DriverError> {
    fs::metadata(path).map_err(|source| DiskError::File { path: path.to_owned(), source }.into())
}

fn device(path: &Path) -> Result<u64, DriverError> {
    metadata(path).map(|metadata| metadata.dev())
}
