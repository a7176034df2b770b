//! Everything that is left of an election: files, databases as their trees and as the raw file, log lines, the public log.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use urna_disk::{Cells, Database};

use super::database_file::{DatabaseFile, Operation};

/// The name of a database's file, in whatever folder.
const DATABASE: &str = "db";

/// A row of bytes in which the place of something may tell who was first.
#[derive(Clone, Debug)]
pub struct Source {
    /// What it is.
    pub name: String,
    /// All of it, in its order.
    pub bytes: Vec<u8>,
}

/// A file's name, and when it was written last.
#[derive(Clone, Debug)]
pub(super) struct FileTime {
    pub(super) name: String,
    pub(super) nanoseconds: u128,
}

/// All that is left.
#[derive(Clone, Debug, Default)]
pub struct Dump {
    /// Files, trees, databases by age, lines.
    pub sources: Vec<Source>,
    /// The public log's entries, by index.
    pub entries: Vec<Vec<u8>>,
    pub(super) times: Vec<FileTime>,
    /// What each database was told to do, in the order in which its file has it.
    pub(super) operations: Vec<(String, Vec<Operation>)>,
}

impl Dump {
    /// Everything below this folder, which no process uses.
    pub(super) fn take(folder: &Path, lines: Vec<u8>, entries: Vec<Vec<u8>>) -> Result<Self> {
        let mut dump = Self { entries, ..Self::default() };
        dump.sources.push(Source { name: "log lines".into(), bytes: lines });
        dump.sources.push(Source { name: "public log".into(), bytes: dump.entries.concat() });
        for path in files(folder)? {
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            let name = name(path.strip_prefix(folder)?, &bytes);
            let written = fs::metadata(&path)?.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let nanoseconds = written.duration_since(UNIX_EPOCH)?.as_nanos();
            dump.times.push(FileTime { name: name.clone(), nanoseconds });
            if path.file_name().is_some_and(|name| name == DATABASE) {
                dump.take_database_file(&name, &bytes);
                dump.take_trees(path.parent().context("a folder")?, &name)?;
            }
            dump.sources.push(Source { name, bytes });
        }
        Ok(dump)
    }

    /// A database's file, by the age of its segments, and what it was told to do.
    pub(super) fn take_database_file(&mut self, name: &str, bytes: &[u8]) {
        let file = DatabaseFile::parse(bytes);
        self.operations.push((name.to_owned(), file.operations));
        // As long as no segment was used again, that is the same.
        if file.bytes != bytes {
            self.sources.push(Source { name: format!("{name} by age"), bytes: file.bytes });
        }
    }

    /// Each tree of a database, in the order of its keys.
    fn take_trees(&mut self, folder: &Path, name: &str) -> Result<()> {
        // A copy, because opening a database writes to it.
        let copy = tempfile::tempdir()?;
        for path in files(folder)? {
            let to = copy.path().join(path.strip_prefix(folder)?);
            fs::create_dir_all(to.parent().context("a folder")?)?;
            fs::copy(&path, to)?;
        }
        let database = Database::open(copy.path(), "attacker")?;
        for name_of_tree in database.tree_names()? {
            // A few names for the life of a tool.
            let tree = database.tree(String::leak(name_of_tree.clone()))?;
            let mut bytes = Vec::new();
            for cell in tree.scan(b"") {
                let (key, value) = cell?;
                bytes.extend_from_slice(&key);
                bytes.extend_from_slice(&value);
            }
            self.sources.push(Source { name: format!("{name} tree {name_of_tree}"), bytes });
        }
        Ok(())
    }
}

/// The name of a file, that of a blob by how it begins: hashes differ between elections.
fn name(path: &Path, bytes: &[u8]) -> String {
    let is_blob = path.parent().is_some_and(|folder| folder.ends_with("blobs"));
    let beginning = || String::from_utf8_lossy(bytes.get(..20).unwrap_or(bytes)).into_owned();
    if is_blob { path.with_file_name(beginning()).display().to_string() } else { path.display().to_string() }
}

/// All files below a folder, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
