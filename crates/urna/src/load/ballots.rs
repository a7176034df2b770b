//! A token and a ballot of every voter, over all cores.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use anyhow::{Context, anyhow};
use indicatif::ProgressBar;
use urna_election::manifest::Manifest;

use crate::demo::organisation::Issuer;
use crate::demo::voter::Voter;
use crate::demo::voting::progress_bar;

/// The first ballot of every voter, in the order of the voters, as the entry's bytes.
pub(super) fn cast(
    manifest: &Manifest,
    issuers: &[Issuer],
    voters: &[Voter],
) -> anyhow::Result<Vec<Vec<u8>>> {
    let progress = progress_bar("ballots", voters.len());
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let share = voters.len().div_ceil(cores).max(1);
    let ballots = std::thread::scope(|scope| {
        let progress = &progress;
        let threads: Vec<_> = voters
            .chunks(share)
            .map(|voters| scope.spawn(move || cast_these(manifest, issuers, voters, progress)))
            .collect();
        let shares = threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow!("a thread that makes ballots panicked"))?);
        shares.collect::<anyhow::Result<Vec<_>>>()
    })?;
    progress.finish_and_clear();
    Ok(ballots.concat())
}

fn cast_these(
    manifest: &Manifest,
    issuers: &[Issuer],
    voters: &[Voter],
    progress: &ProgressBar,
) -> anyhow::Result<Vec<Vec<u8>>> {
    let ballots = voters.iter().map(|voter| {
        let tokens = voter.take_tokens(manifest, issuers).context("a token")?;
        let ballot = voter.first_ballot(manifest, &tokens)?;
        progress.inc(1);
        Ok(ballot.to_bytes())
    });
    ballots.collect()
}
