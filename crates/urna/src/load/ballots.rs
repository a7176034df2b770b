//! A token of every voter and as many ballots as are asked for, over all cores.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use anyhow::{Context, anyhow};
use indicatif::ProgressBar;
use urna_election::manifest::Manifest;

use crate::load::organisation::Issuer;
use crate::load::voter::Voter;
use crate::progress::progress_bar;

/// The first ballot of every voter, then the second of every voter and so on, as the entry's bytes.
pub(super) fn cast(
    manifest: &Manifest,
    issuers: &[Issuer],
    voters: &[Voter],
    each: u32,
) -> anyhow::Result<Vec<Vec<u8>>> {
    let progress = progress_bar("voters", voters.len());
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let share = voters.len().div_ceil(cores).max(1);
    let ballots = std::thread::scope(|scope| {
        let progress = &progress;
        let threads: Vec<_> = voters
            .chunks(share)
            .map(|voters| scope.spawn(move || cast_these(manifest, issuers, voters, each, progress)))
            .collect();
        let shares = threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow!("a thread that makes ballots panicked"))?);
        shares.collect::<anyhow::Result<Vec<_>>>()
    })?;
    progress.finish_and_clear();
    let mut ballots: Vec<_> = ballots.into_iter().flatten().map(Vec::into_iter).collect();
    let rounds = (0..each).flat_map(|_| ballots.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>());
    Ok(rounds.collect())
}

fn cast_these(
    manifest: &Manifest,
    issuers: &[Issuer],
    voters: &[Voter],
    each: u32,
    progress: &ProgressBar,
) -> anyhow::Result<Vec<Vec<Vec<u8>>>> {
    let ballots = voters.iter().map(|voter| {
        let tokens = voter.take_tokens(manifest, issuers).context("a token")?;
        let ballot = |sequence| Ok(voter.numbered_ballot(manifest, &tokens, sequence)?.to_bytes());
        let ballots = (0..each).map(ballot).collect();
        progress.inc(1);
        ballots
    });
    ballots.collect()
}
