//! The bundles in which voters vote (`spec/booth.md`, The bundle): the newest, which this program brings, and the older ones that
//! elections name, in `DATA/booth/<sha256>/<file>`.
//!
//! ```text
//! start: the newest is written there, unless it is there as it should be ─▶ older ones that are named are read, and checked
//!        ─▶ all others are removed
//! ```
//!
//! An upgrade finds there what the program before it has brought. Bundles are read when the authority starts, and are served from
//! memory: a file that changes on the disk is never given to a browser. `bundle.json` is written last: a bundle that a
//! crash has left unfinished has none.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use urna_bundle::{Bundle, BundleError, LIST, parse_name};
use urna_disk::{DiskError, make_folder, read_file, remove_unfinished, replace_file};
use urna_election::Slug;
use urna_election::manifest::Manifest;

use crate::error::AuthorityError;
use crate::records::Records;
use crate::service::Result;

/// What an older bundle is named by: its hash.
type Hash = [u8; 32];

/// The bundles of an authority.
pub(crate) struct Bundles {
    newest: Arc<Bundle>,
    older: BTreeMap<Hash, Arc<Bundle>>,
    /// Elections whose bundle cannot be served, and why.
    missing: BTreeMap<Slug, String>,
}

/// Why a bundle that is kept cannot be used.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("it is not there")]
    NotThere,
    #[error("{LIST} is another one")]
    OtherList,
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl Bundles {
    /// Keeps the newest in this folder, reads those that elections name, and removes what none names any more.
    ///
    /// A bundle that is named and cannot be used stops its elections only: they are in [`Bundles::missing`].
    ///
    /// # Errors
    /// Of the disk, on which the newest cannot be kept for those elections that will name it.
    pub(crate) fn open(folder: &Path, newest: Bundle, named: BTreeMap<Slug, Hash>) -> Result<Self> {
        make_folder(folder).map_err(crate::folder::FolderError::from)?;
        keep(folder, &newest).map_err(crate::folder::FolderError::from)?;
        let mut bundles = Self { newest: Arc::new(newest), older: BTreeMap::new(), missing: BTreeMap::new() };
        let wanted: BTreeSet<Hash> = named.values().copied().chain([*bundles.newest.sha256()]).collect();
        for (slug, hash) in named {
            if bundles.find(&hash).is_some() {
                continue;
            }
            match read(folder, &hash) {
                Ok(bundle) => {
                    bundles.older.insert(hash, Arc::new(bundle));
                }
                Err(error) => {
                    let place = folder.join(hexadecimal(&hash));
                    let why = format!("the booth of {slug} ({}: {error})", place.display());
                    tracing::error!("{why}: its voters cannot vote in a browser; restore it from a backup");
                    bundles.missing.insert(slug, why);
                }
            }
        }
        if let Err(error) = remove_all_but(folder, &wanted) {
            tracing::warn!(%error, "bundles that nothing names any more are not removed");
        }
        Ok(bundles)
    }

    /// The one that this program brings.
    pub(crate) fn newest(&self) -> &Arc<Bundle> {
        &self.newest
    }

    /// The one with this hash.
    pub(crate) fn find(&self, sha256: &Hash) -> Option<&Arc<Bundle>> {
        if self.newest.sha256() == sha256 { Some(&self.newest) } else { self.older.get(sha256) }
    }

    /// What voters cannot be served, and why.
    pub(crate) fn missing(&self) -> impl Iterator<Item = &String> {
        self.missing.values()
    }
}

/// Which bundle each election names that is not over: in its manifest, or before there is one in its draft.
pub(crate) fn named(records: &Records) -> Result<BTreeMap<Slug, Hash>> {
    let mut named = BTreeMap::new();
    for slug in records.slugs()? {
        let published = records.election(&slug)?.and_then(|election| election.published);
        if published.is_some_and(|published| published.is_over()) {
            continue;
        }
        let hash = match records.manifest(&slug)? {
            Some(bytes) => Some(*Manifest::parse(&bytes).map_err(AuthorityError::from)?.booth()),
            None => records.draft(&slug)?.and_then(|draft| draft.booth).map(|booth| booth.0),
        };
        named.extend(hash.map(|hash| (slug, hash)));
    }
    Ok(named)
}

/// Writes a bundle, unless it is there as it should be.
fn keep(folder: &Path, bundle: &Bundle) -> std::result::Result<(), DiskError> {
    if read(folder, bundle.sha256()).is_ok() {
        return Ok(());
    }
    let own = folder.join(bundle.name());
    make_folder(&own)?;
    remove_unfinished(&own)?;
    let list = bundle.file(LIST).map(|list| (LIST, list));
    for (name, file) in bundle.files().chain(list) {
        replace_file(&own.join(name), &file.bytes)?;
    }
    Ok(())
}

/// Reads a bundle that is kept, every byte of which is the one that its hash names.
fn read(folder: &Path, sha256: &Hash) -> std::result::Result<Bundle, Unusable> {
    let own = folder.join(hexadecimal(sha256));
    let file = |name: &str| Ok::<_, Unusable>(read_file(&own.join(name))?.map(Into::into));
    let bundle = Bundle::read(file(LIST)?.ok_or(Unusable::NotThere)?, file)?;
    if bundle.sha256() == sha256 { Ok(bundle) } else { Err(Unusable::OtherList) }
}

/// Removes bundles, and nothing else that may lie there.
fn remove_all_but(folder: &Path, wanted: &BTreeSet<Hash>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let hash = entry.file_name().to_str().and_then(parse_name);
        if hash.is_some_and(|hash| !wanted.contains(&hash)) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

pub(crate) fn hexadecimal(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
