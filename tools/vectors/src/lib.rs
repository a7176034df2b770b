//! The test vectors of `spec/vectors`: writes them, and checks that Urna's crates answer as they say.
//!
//! | module | what |
//! |---|---|
//! | `oracle` | a second implementation of the equations, from the specification's pages |
//! | `area` | one module for each file: makes its vectors, and asks both implementations |
//! | `vector`, `fields` | what a vector is |
//! | `election`, `log` | small elections that several areas refer to |
//! | `records` | whole elections as directories, good and tampered, and what a verifier must say of each |
//!
//! Everything is derived from fixed seeds, so that writing twice gives the same bytes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a tool over its own fixed inputs: what would panic here is a vector that cannot be made"
)]

pub mod area;
pub mod election;
pub mod fields;
pub mod log;
pub mod oracle;
pub mod records;
pub mod vector;

use std::path::Path;

use anyhow::{Context, Result};

use vector::{Area, Expect, File};

/// What a check found.
#[derive(Debug, Default)]
pub struct Report {
    /// How many vectors must be accepted.
    pub accepted: usize,
    /// How many must be refused.
    pub rejected: usize,
    /// How many the second implementation answered for.
    pub seconded: usize,
    /// How many whole elections the verifier answered for.
    pub records: usize,
    /// What is wrong, each naming file and vector.
    pub differences: Vec<String>,
}

/// Writes all files to `folder`.
///
/// # Errors
/// A file cannot be written.
pub fn write(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for area in area::ALL {
        let path = folder.join(format!("{}.json", area.name));
        std::fs::write(&path, text(&(area.write)())).with_context(|| path.display().to_string())?;
    }
    records::write(folder)
}

/// Checks all files of `folder`: both implementations answer as every vector says, the verifier as every record says, and
/// what `write` writes is there.
///
/// # Errors
/// A file cannot be read.
pub fn check(folder: &Path) -> Result<Report> {
    let mut report = Report::default();
    for area in area::ALL {
        let path = folder.join(format!("{}.json", area.name));
        let found = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let file: File = serde_json::from_str(&found).with_context(|| path.display().to_string())?;
        check_file(&area, &file, &path.display().to_string(), &mut report);
        compare(&found, &file, &(area.write)(), &path.display().to_string(), &mut report);
    }
    records::check(folder, &mut report)?;
    Ok(report)
}

fn check_file(area: &Area, file: &File, path: &str, report: &mut Report) {
    for (place, vector) in file.vectors.iter().enumerate() {
        match vector.expect {
            Expect::Accept => report.accepted += 1,
            Expect::Reject => report.rejected += 1,
        }
        let name = &vector.name;
        if file.vectors[..place].iter().any(|other| other.name == *name) {
            report.differences.push(format!("{path}: two vectors are called `{name}`"));
        }
        let mut answers = vec![("the crates", (area.crates)(vector, &file.shared))];
        if let Some(answer) = (area.oracle)(vector, &file.shared) {
            report.seconded += 1;
            answers.push(("the second implementation", answer));
        }
        for (who, answer) in answers {
            if let Err(difference) = Area::compare(vector, answer) {
                let line = format!("{path}: `{name}`: {who}: {difference}");
                report.differences.push(line);
            }
        }
    }
}

/// The committed file is what `write` writes.
fn compare(found: &str, file: &File, written: &File, path: &str, report: &mut Report) {
    if found == text(written) {
        return;
    }
    let names = file.vectors.iter().zip(&written.vectors);
    let differing = names.filter(|(found, written)| found != written).map(|(found, _)| &found.name);
    let first = differing.map(|name| format!(", the first at `{name}`")).next();
    report.differences.push(format!(
        "{path}: not what `write` writes{}; run it, and look at the difference before committing it",
        first.unwrap_or_default()
    ));
}

fn text(file: &File) -> String {
    serde_json::to_string_pretty(file).unwrap() + "\n"
}
