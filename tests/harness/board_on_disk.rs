//! A board whose data may lie on a disk of its own, two elections on it under load, and what the board has said of them.
//!
//! ```text
//! FOLDER/disk.img      the disk, mounted on FOLDER/board/data
//! FOLDER/board/        configuration, and what the board says
//! FOLDER/kept/         checkpoints and receipts, as somebody keeps them elsewhere
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;
use urna::load::{Batch, ServiceFolder, ServiceProcess, Shape};
use urna_api::client::{BoardClient, ClientError};
use urna_crypto::Ed25519SigningKey;
use urna_election::manifest::InterimFigures;
use urna_log::SignedCheckpoint;

use crate::casting::{Queue, cast, cast_ballot};
use crate::checking::check;
use crate::disk_image::DiskImage;
use crate::election_files::ElectionUnderLoad;
use crate::go::checklog;
use crate::ledger::{Acknowledgement, Said};

/// What a board on a disk is made of.
#[derive(Clone, Debug)]
pub struct Making {
    /// The board's program, which is asked for `board`.
    pub program: PathBuf,
    /// Where all of it lies.
    pub folder: PathBuf,
    /// The bytes of a disk of its own; none if it has none.
    pub disk: Option<u64>,
    /// Ballots of each election.
    pub ballots: usize,
    /// More of them, which are sent only to see what the board says.
    pub spare: usize,
    /// Requests under way in each election.
    pub in_flight: usize,
    /// The authority's key.
    pub authority: [u8; 32],
    /// A library that takes the place of functions that the board calls.
    pub preload: Option<PathBuf>,
    /// Whether Go reads the logs too.
    pub with_go: bool,
}

/// A board on a disk.
pub struct BoardOnDisk {
    making: Making,
    /// The disk, if it has one of its own.
    pub disk: Option<DiskImage>,
    board: ServiceFolder,
    elections: Vec<UnderLoad>,
}

/// One of its elections.
struct UnderLoad {
    election: Arc<ElectionUnderLoad>,
    /// How many of its ballots are to be cast; the others are spare.
    to_cast: usize,
    acknowledgements: Vec<Acknowledgement>,
    checkpoints: Vec<SignedCheckpoint>,
}

/// What was counted.
#[derive(Debug, Default)]
pub struct Counted {
    /// Acknowledgements that are receipts.
    pub receipts: usize,
    /// Acknowledgements that are promises.
    pub promises: usize,
    /// How often a ballot had no answer, or none that says whether it is kept.
    pub in_doubt: usize,
    /// Of those, ballots that turned out to have been accepted.
    pub unheard: usize,
    /// Entries that were checked, again at each check.
    pub entries: u64,
    /// Ballots that were sent again and had the same answer.
    pub again: usize,
    /// Everything that is wrong.
    pub failures: Vec<String>,
}

const ELECTIONS: [(&str, Batch); 2] =
    [("receipts", Batch { min: 1, wait: 1 }), ("promises", Batch { min: 200, wait: 600 })];

/// How many checkpoints and how many receipts Go is shown of each election.
const SHOWN: usize = 6;

impl UnderLoad {
    /// Ballots that are to be cast and not acknowledged.
    fn left(&self) -> impl Iterator<Item = usize> {
        let known: BTreeSet<_> = self.acknowledgements.iter().map(|known| known.ballot).collect();
        (0..self.to_cast).filter(move |ballot| !known.contains(ballot))
    }

    /// The largest checkpoint that anybody has seen.
    fn newest(&self) -> anyhow::Result<Option<SignedCheckpoint>> {
        let mut seen = self.checkpoints.clone();
        for receipt in self.receipts() {
            seen.push(urna_log::Receipt::from_bytes(receipt.as_bytes())?.checkpoint().clone());
        }
        Ok(seen.into_iter().max_by_key(|checkpoint| checkpoint.unverified().head.size))
    }

    fn receipts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.acknowledgements.iter().filter_map(|acknowledgement| match &acknowledgement.said {
            Said::Logged { receipt, .. } => Some(receipt.as_str()),
            Said::Promised { .. } => None,
        })
    }
}

impl BoardOnDisk {
    /// Makes the disk, starts a board on it and opens the elections.
    ///
    /// # Errors
    /// The machine does not let us, or the board does not start.
    pub async fn create(making: Making) -> anyhow::Result<(Self, ServiceProcess)> {
        let folder = &making.folder;
        let authority = Ed25519SigningKey::from_bytes(&making.authority);
        let board = ServiceFolder::board(making.program.clone(), &folder.join("board"), &authority.public())?;
        let (image, mounted) = (folder.join("disk.img"), folder.join("board/data"));
        let disk = making.disk.map(|bytes| DiskImage::create(&image, &mounted, bytes)).transpose()?;
        fs::create_dir_all(folder.join("kept"))?;
        let mut this = Self { board, disk, elections: Vec::new(), making };
        let process = this.start(false).await?;
        let client = BoardClient::new(process.url())?;
        for (slug, batch) in ELECTIONS {
            let shape = Shape {
                voters: this.making.ballots + this.making.spare,
                ballots_each: 1,
                classes: 1,
                batch,
                interim_figures: InterimFigures::Turnout,
            };
            let authority = Ed25519SigningKey::from_bytes(&this.making.authority);
            let election = ElectionUnderLoad::open(&client, authority, slug.parse()?, &shape).await?;
            this.elections.push(UnderLoad {
                election: Arc::new(election),
                to_cast: this.making.ballots,
                acknowledgements: Vec::new(),
                checkpoints: Vec::new(),
            });
        }
        Ok((this, process))
    }

    /// Starts the board on what the disk holds; on nothing less than the newest checkpoints, if that is asked.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(&self, at_least: bool) -> anyhow::Result<ServiceProcess> {
        let mut files = Vec::new();
        for under_load in self.elections.iter().filter(|_| at_least) {
            let file = self.kept(&format!("{}.newest", under_load.election.slug));
            if let Some(newest) = under_load.newest()? {
                fs::write(&file, newest.to_string())?;
                files.push(file);
            }
        }
        let starting = self.board.start_with(|command| {
            for file in &files {
                command.arg("--at-least").arg(file);
            }
            if let Some(library) = &self.making.preload {
                command.env("LD_PRELOAD", library);
            }
        })?;
        starting.listening().await
    }

    /// How many ballots are left to cast.
    pub fn left(&self) -> usize {
        self.elections.iter().map(|under_load| under_load.left().count()).sum()
    }

    /// Casts at most so many ballots in each election. Once there are so many acknowledgements, or it has come to an end
    /// without, `act`; then until the board stops answering, or the ballots are cast.
    ///
    /// # Errors
    /// Whatever `act` says.
    pub async fn cast(
        &mut self,
        process: &ServiceProcess,
        ballots: usize,
        acknowledgements: usize,
        act: impl AsyncFnOnce(Option<&DiskImage>) -> anyhow::Result<()>,
        counted: &mut Counted,
    ) -> anyhow::Result<()> {
        let client = BoardClient::new(process.url())?;
        let (sender, mut receiver) = unbounded_channel();
        let mut casting = JoinSet::new();
        for (place, under_load) in self.elections.iter().enumerate() {
            let queue = Queue::new(under_load.left().take(ballots));
            let (client, election) = (client.clone(), Arc::clone(&under_load.election));
            let (in_flight, sender) = (self.making.in_flight, sender.clone());
            casting.spawn(async move {
                // The receiver outlives whoever casts.
                let acknowledged = move |acknowledgement| drop(sender.send((place, acknowledgement)));
                cast(&client, &election, &queue, in_flight, acknowledged).await
            });
        }
        drop(sender);
        let mut heard = Vec::new();
        while heard.len() < acknowledgements {
            let Some(next) = receiver.recv().await else { break };
            heard.push(next);
        }
        let acted = act(self.disk.as_ref()).await;
        while let Some(next) = receiver.recv().await {
            heard.push(next);
        }
        while let Some(cast) = casting.join_next().await {
            let cast = cast?;
            counted.in_doubt += cast.in_doubt.len();
            counted.failures.extend(cast.refused);
        }
        for (place, acknowledgement) in heard {
            let Some(under_load) = self.elections.get_mut(place) else { continue };
            match acknowledgement.said {
                Said::Logged { .. } => counted.receipts += 1,
                Said::Promised { .. } => counted.promises += 1,
            }
            counted.unheard += usize::from(acknowledgement.repeated);
            under_load.acknowledgements.push(acknowledgement);
        }
        acted
    }

    /// Whether every election has ballots left.
    pub fn each_has_left(&self) -> bool {
        self.elections.iter().all(|under_load| under_load.left().next().is_some())
    }

    /// How many logs there are.
    pub fn logs(&self) -> usize {
        self.elections.len()
    }

    /// The file with what the board says.
    pub fn log(&self) -> PathBuf {
        self.making.folder.join("board").join("board.log")
    }

    /// Sends each election its spare ballot of this number; what it says to them.
    ///
    /// # Errors
    /// The board's address is none.
    pub async fn try_another(
        &self,
        process: &ServiceProcess,
        number: usize,
    ) -> anyhow::Result<Vec<Result<Acknowledgement, ClientError>>> {
        let client = BoardClient::new(process.url())?;
        let mut answers = Vec::new();
        for UnderLoad { election, to_cast, .. } in &self.elections {
            answers.push(cast_ballot(&client, election, to_cast + number).await);
        }
        Ok(answers)
    }

    /// Compares the logs with everything that was said; ends voting before, if that is asked. What is wrong is counted.
    ///
    /// # Errors
    /// The board does not answer.
    pub async fn check(
        &mut self,
        process: &ServiceProcess,
        close: bool,
        counted: &mut Counted,
    ) -> anyhow::Result<()> {
        let client = BoardClient::new(process.url())?;
        for place in 0..self.elections.len() {
            let Some(under_load) = self.elections.get_mut(place) else { continue };
            let slug = under_load.election.slug.clone();
            if close {
                under_load.election.close(&client).await.with_context(|| format!("closing {slug}"))?;
            }
            let UnderLoad { election, acknowledgements, checkpoints, .. } = under_load;
            let checked = match check(&client, election, acknowledgements, checkpoints).await {
                Ok(checked) => checked,
                Err(error) => {
                    counted.failures.push(format!("{slug}: {error:#}"));
                    continue;
                }
            };
            counted.entries += checked.entries;
            counted.again += checked.again;
            counted.failures.extend(checked.failures.iter().map(|failure| format!("{slug}: {failure}")));
            if close && checked.open > 0 {
                counted.failures.push(format!("{slug}: {} promises are open after the close", checked.open));
            }
            checkpoints.push(client.checkpoint(&slug).await?);
            if self.making.with_go
                && let Err(why) = self.check_with_go(process.url(), place)?
            {
                counted.failures.push(format!("{slug}: {why}"));
            }
        }
        Ok(())
    }

    /// Go's reading of one of the logs, with some of the checkpoints and receipts that are kept.
    fn check_with_go(&self, url: &str, place: usize) -> anyhow::Result<Result<String, String>> {
        let under_load = self.elections.get(place).context("no such election")?;
        let UnderLoad { election, checkpoints, .. } = under_load;
        let write = |number: usize, what: &str, text: String| -> anyhow::Result<PathBuf> {
            let file = self.kept(&format!("{}.{number}.{what}", election.slug));
            fs::write(&file, text)?;
            Ok(file)
        };
        let (mut kept, mut receipts) = (Vec::new(), Vec::new());
        for checkpoint in checkpoints.iter().rev().take(SHOWN) {
            kept.push(write(kept.len(), "checkpoint", checkpoint.to_string())?);
        }
        for receipt in under_load.receipts().rev().take(SHOWN) {
            receipts.push(write(receipts.len(), "tlog-proof", receipt.to_owned())?);
        }
        let prefix = format!("{}/{}", url.trim_end_matches('/'), election.slug);
        Ok(checklog(&election.log_key, &kept, &receipts, &prefix))
    }

    fn kept(&self, name: &str) -> PathBuf {
        self.making.folder.join("kept").join(name)
    }

    /// Ends the board as an operator does, and removes the disk.
    ///
    /// # Errors
    /// It does not end well, or the disk is in use.
    pub async fn end(mut self, process: ServiceProcess) -> anyhow::Result<()> {
        let status = process.stop().await?;
        ensure!(status.success(), "the board was asked to end and ended with {status}");
        if let Some(disk) = &mut self.disk {
            disk.unmount()?;
        }
        let folder: &Path = &self.making.folder;
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())
    }
}
