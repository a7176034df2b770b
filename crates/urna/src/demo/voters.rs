//! The demo's voters: each with a link and a device of its own, driven by the voter's client over the real services.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};
use tokio::task::JoinSet;
use urna_api::client::Native;
use urna_client::driver::{Driver, Storage, StorageError, SystemClock};
use urna_client::{Resumed, SavedForm};
use urna_election::invitation::Invitation;
use urna_election::manifest::Manifest;
use urna_election::selection::Choice;
use zeroize::Zeroizing;

use super::ballot_file::BallotFile;
use super::definition;
use crate::progress::progress_bar;

/// Every how many voters one votes for the next option first and then casts again, and every how many one withdraws
/// before that. What stands in the file is always the last.
const REVOTE_EVERY: usize = 40;
const WITHDRAW_EVERY: usize = 200;

/// How many vote at the same time.
const AT_ONCE: usize = 32;

/// What voters did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Voted {
    pub(super) ballots: usize,
    pub(super) withdrawals: usize,
}

/// A device without a disk: what a voter keeps is gone with it.
struct Memory {
    form: Option<Zeroizing<Vec<u8>>>,
    manifest: Arc<[u8]>,
}

impl Storage for Memory {
    async fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        Ok(self.form.clone())
    }

    async fn replace(&mut self, form: &SavedForm) -> Result<(), StorageError> {
        form.check_replaces(self.form.as_ref().map(|stored| stored.as_slice()))?;
        self.form = Some(Zeroizing::new(form.as_bytes().to_vec()));
        Ok(())
    }

    async fn manifest(&mut self) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(Some(self.manifest.to_vec()))
    }

    async fn keep_manifest(&mut self, _: &[u8]) -> Result<(), StorageError> {
        Ok(())
    }
}

/// Every voter takes a token of each issuer and votes; the receipts go to a folder.
pub(super) async fn vote(
    file: &BallotFile,
    manifest: &Manifest,
    letters: &[u8],
    receipts: &Path,
) -> anyhow::Result<Voted> {
    let mut links = links(letters)?;
    fs::create_dir_all(receipts).with_context(|| receipts.display().to_string())?;
    let bytes: Arc<[u8]> = manifest.bytes().into();
    let progress = progress_bar("voters", file.lines.len());
    let (mut voting, mut voted) = (JoinSet::new(), Voted::default());
    let mut waiting = file.lines.iter().enumerate();
    loop {
        while voting.len() < AT_ONCE
            && let Some((place, line)) = waiting.next()
        {
            let person = definition::person(place);
            let link = links.remove(&person).with_context(|| format!("{person} has no link"))?;
            let steps = steps(place, line.choice, file.options.len())?;
            let receipt = receipts.join(&person);
            voting.spawn(one(link, steps, Arc::clone(&bytes), receipt, person));
        }
        let Some(done) = voting.join_next().await else { break };
        let done = done??;
        voted.ballots += done.ballots;
        voted.withdrawals += done.withdrawals;
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(voted)
}

/// What a voter does on the ballot: marks, or nothing, which withdraws.
type Steps = Vec<Option<Zeroizing<Vec<Choice>>>>;

fn steps(place: usize, choice: Option<usize>, options: usize) -> anyhow::Result<Steps> {
    let marks = |choice: Option<usize>| -> anyhow::Result<_> {
        let marks = choice.map(u16::try_from).transpose()?.into_iter().collect();
        Ok(Some(Zeroizing::new(vec![Choice::Marks(marks)])))
    };
    let mut steps = Vec::new();
    if place % REVOTE_EVERY == REVOTE_EVERY / 2 {
        let other = choice.map_or(0, |choice| choice + 1).checked_rem(options);
        steps.push(marks(other)?);
    }
    if place % WITHDRAW_EVERY == REVOTE_EVERY / 2 {
        steps.push(None);
    }
    steps.push(marks(choice)?);
    Ok(steps)
}

async fn one(
    link: Invitation,
    steps: Steps,
    manifest: Arc<[u8]>,
    receipt: PathBuf,
    person: String,
) -> anyhow::Result<Voted> {
    let mut driver = Driver::new(Memory { form: None, manifest }, SystemClock, Native::new());
    let failed = |failure| anyhow!("{person}: {failure}");
    driver.open(Some(&link)).await.map_err(failed)?;
    driver.tokens().await.map_err(failed)?;
    let mut voted = Voted::default();
    for step in &steps {
        match step {
            Some(choices) => {
                driver.cast(choices).await.map_err(failed)?;
                voted.ballots += 1;
            }
            None => {
                driver.withdraw().await.map_err(failed)?;
                voted.withdrawals += 1;
            }
        }
    }
    driver.wait_for_receipt(u64::MAX).await.map_err(failed)?;
    let text = driver.voter().and_then(receipt_of).with_context(|| format!("{person} has no receipt"))?;
    fs::write(&receipt, text).with_context(|| receipt.display().to_string())?;
    Ok(voted)
}

/// The receipt of the last entry.
fn receipt_of(voter: &Resumed) -> Option<String> {
    voter.kept().last()?.receipt.map(ToString::to_string)
}

/// The personal links of a list for letters, by person.
fn links(letters: &[u8]) -> anyhow::Result<HashMap<String, Invitation>> {
    let mut reader = csv::Reader::from_reader(letters);
    let header = reader.headers().context("the list of links")?;
    let column = |name: &str| header.iter().position(|field| field == name).context("the list of links");
    let (person, link) = (column("person")?, column("link")?);
    reader
        .records()
        .map(|record| {
            let record = record?;
            let field = |place: usize| record.get(place).context("the list of links");
            Ok((field(person)?.to_owned(), field(link)?.parse()?))
        })
        .collect()
}
