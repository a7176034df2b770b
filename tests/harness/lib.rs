//! What the whole-system tests share: where the repository is, and its files; and a board under load.
//!
//! | module | what | start reading at |
//! |---|---|---|
//! | [`torture`] | kills a board under load, and checks that it keeps its word | [`torture::Torture`] |
//! | [`issuer_torture`] | kills an issuer under load, and checks that everybody gets one token | [`issuer_torture::IssuerTorture`] |
//! | [`installation_torture`] | kills all roles during a whole election, and compares its result with what voters were told | [`installation_torture::InstallationTorture`] |
//! | [`voters`] | voters whose devices are dropped, for both | [`voters::Polls::come`] |
//! | [`powercut`] | cuts the power of its disk instead | [`powercut::Powercut`] |
//! | [`bad_disk`] | fills its disk, or has it report errors | [`bad_disk::BadDisk`] |
//! | [`failing_disk`] | the same for an issuer and an authority | [`failing_disk::FailingDisk`] |
//! | [`disk_image`] | a disk whose power can be cut | [`disk_image::DiskImage`] |
//! | [`board_on_disk`] | a board on it, its elections, and what it has said | [`board_on_disk::BoardOnDisk`] |
//! | [`preload`] | what takes the place of C's functions in a board | [`preload::with_errors`] |
//! | [`election_files`] | an election with ballots to cast, also in a folder | [`election_files::ElectionUnderLoad`] |
//! | [`casting`] | casts ballots until the board stops answering | [`casting::cast`] |
//! | [`ledger`] | what the board has said, kept elsewhere | [`ledger::Ledger`] |
//! | [`go`] | Go's reading of a log | [`go::checklog`] |
//! | [`linking`] | whether dumps of all services tell whose ballot is whose | [`linking::record`], [`linking::attack`] |
//! | [`checking`] | the log against what the board has said | [`checking::check`] |
//!
//! The program `board-load` has what ends a board as commands, and `board-disk` what befalls the disk of a service;
//! `tools/torture`, `tools/powercut` and `tools/baddisk` run them. `linking-attack` is what `tools/link` runs.

pub mod bad_disk;
pub mod board_on_disk;
pub mod casting;
pub mod checking;
pub mod disk_image;
pub mod election_files;
pub mod failing_disk;
pub mod go;
pub mod installation_torture;
pub mod issuer_torture;
pub mod ledger;
pub mod linking;
pub mod powercut;
pub mod preload;
pub mod torture;
pub mod voters;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The top directory of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(1).map(Path::to_path_buf).unwrap_or_default()
}

/// All files below `dir`, sorted, without build products, what is installed, and what begins with a dot; `.ci` and `.github` are looked into.
///
/// # Errors
/// When a directory cannot be read, or `dir` is none.
pub fn files_below(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let skipped = ["node_modules", "target"].contains(&&*name)
                || (name.starts_with('.') && name != ".ci" && name != ".github");
            if skipped {
                continue;
            }
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
