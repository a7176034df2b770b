//! `urna mirror`: keeps a complete, verified copy of an election's record.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use urna_election::TRIAL;
use urna_verifier::command::Progress;
use urna_verifier::source::{Mirrored, Prefix, SourceError, mirror};

use crate::answer::{Answer, End, finish};

/// Copy the public record of an election, verify the copy, and go on with it when the log has grown
#[derive(Args)]
#[command(after_help = "\
DIR gets the files that the board serves, byte for byte, under the same names: `urna-verify DIR` verifies it, and any static
web server can serve it. The command may be ended at any time, also by force, and given again: it goes on from there. Given
later, it fetches what is new. Every hash tile, entry and blob is compared with what the board signed.

A board that shows another history than the copy has is refused, and what contradicts is kept in DIR/evidence. While an election
is open, ballots may be withheld: run it again after the close.

Complete example:

  urna mirror https://board.example/council-2026/ council-2026
  urna-verify council-2026 --election 9f2c…41d0

Exit status: 0 the copy is complete for the newest checkpoint; 1 the board contradicts itself or the copy, or lacks a blob that
its log names; 2 it cannot be reached or read, or the disk refuses, and the copy is what it was.")]
pub(crate) struct Arguments {
    /// The election's address on its board, or where somebody serves a copy
    url: String,
    /// Where the copy is or will be
    directory: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    finish("urna mirror", arguments.json, copy(arguments))
}

fn copy(arguments: &Arguments) -> Result<Answer, End> {
    let ended = |error: SourceError| {
        let text = error.to_string();
        if error.is_contradiction() { End::no(text) } else { End::unreadable(text) }
    };
    let prefix = Prefix::new(&arguments.url).map_err(ended)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| End::unreadable(format!("no threads: {error}")))?;
    let progress = Progress::new();
    let mirrored = runtime.block_on(mirror(&prefix, &arguments.directory, &progress));
    progress.end();
    let Mirrored { head, before, withheld, missing, trial } = mirrored.map_err(ended)?;
    let directory = arguments.directory.display().to_string();
    let new = head.size.saturating_sub(before);
    let mut text = format!("{directory}: {} entries, {new} of them new", head.size);
    if withheld {
        text.push_str("; the board withholds some for now: run this again after the close");
    }
    if trial {
        text.push_str(&format!("\n{TRIAL}"));
    }
    for blob in &missing {
        text.push_str(&format!(
            "\n{blob} is missing, though the log names it and does not say that it was erased"
        ));
    }
    let json = json!({
        "directory": directory, "entries": head.size, "missing": missing, "new": new, "trial": trial,
        "withheld": withheld,
    });
    Ok(Answer { text, json, yes: missing.is_empty() })
}
