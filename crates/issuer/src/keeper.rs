//! One thread for each election: keeps its issuer open, reads the board, and closes the election when its time has come.
//!
//! ```text
//! manifest (kept, or from the board by its id) ─> IssuerFolder::open ─> writer ─> served
//!   every POLL: sessions expire · the board's new entries are followed · after the close: blobs, `issuance` ─ posted? ─>
//!   the roll is written, if there is one, and the keys are destroyed
//! store failed ─> not served, all give it back ─> opened again, after a pause that grows
//! ```

use std::future::Future;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::sleep;
use std::time::Duration;

use rand_core::OsRng;
use tokio::runtime::Handle;
use tokio::sync::watch;
use urna_api::client::{BlobSender, BoardClient, ClientError};
use urna_election::Phase;
use urna_election::blob::BlobKind;
use urna_election::entry::Entry;

use crate::config::Served;
use crate::error::IssuerError;
use crate::folder::IssuerFolder;
use crate::issuer::Issuer;
use crate::reading::{FollowError, Reading};
use crate::store::DiskStore;
use urna_api::server::Clock;

/// How often the board is asked for new entries.
pub const POLL: Duration = Duration::from_secs(2);
/// How long an issuer whose store failed waits before it is opened again, at first and at last.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// How long to wait until nobody holds a store that is to be opened again.
const GIVEN_BACK: Duration = Duration::from_millis(10);

/// What routes answer from; none while the issuer is not open.
#[derive(Default)]
pub(crate) struct Slot(RwLock<Option<Arc<Issuer<DiskStore>>>>);

impl Slot {
    pub(crate) fn issuer(&self) -> Option<Arc<Issuer<DiskStore>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, issuer: Option<Arc<Issuer<DiskStore>>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = issuer;
    }
}

/// Keeps one election's issuer.
pub(crate) struct Keeper {
    pub(crate) served: Served,
    pub(crate) folder: IssuerFolder,
    pub(crate) board: BoardClient,
    pub(crate) slot: Arc<Slot>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) runtime: Handle,
    /// True when the service ends.
    pub(crate) ending: watch::Receiver<bool>,
    /// Something is to be looked at; closed at the end.
    pub(crate) wake: Receiver<()>,
}

/// Whether the keeper goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Again,
    End,
}

impl Keeper {
    /// Opens the issuer, with the manifest that was kept or the board's.
    pub(crate) fn open(&self, accept_loss: bool) -> Result<Issuer<DiskStore>, FollowError> {
        let id = &self.served.election;
        if !self.folder.is_made()? {
            return Err(IssuerError::NoKeys.into());
        }
        let manifest = match self.folder.manifest(id)? {
            Some(manifest) => manifest,
            None => {
                let bytes = self.ask(self.board.blob(&self.served.slug, id.as_bytes()))?;
                self.folder.put_manifest(id, &bytes)?
            }
        };
        let issuer = self.served.issuer.clone();
        Ok(self.folder.open(Arc::new(manifest), issuer, accept_loss, &mut OsRng)?)
    }

    /// Serves until the end. `opened` is what [`Keeper::open`] gave, if it did.
    pub(crate) fn run(self, mut opened: Option<Issuer<DiskStore>>) {
        let election = &self.served.slug;
        let mut pause = PAUSES.0;
        loop {
            let issuer = match opened.take().map_or_else(|| self.open(false), Ok) {
                Ok(issuer) => issuer,
                Err(FollowError::Ending) => return,
                Err(error) if may_pass(&error) => {
                    tracing::error!(%election, %error, "the issuer is not open; trying again in {} s", pause.as_secs());
                    if self.nap(pause) == Next::End {
                        return;
                    }
                    pause = (pause * 2).min(PAUSES.1);
                    continue;
                }
                Err(error) => {
                    tracing::error!(%election, %error, "the issuer is not open");
                    return;
                }
            };
            pause = PAUSES.0;
            let number = issuer.start().number;
            tracing::info!(%election, start = number, "serving");
            match self.serve(Arc::new(issuer)) {
                Next::End => return,
                Next::Again => {
                    if self.nap(pause) == Next::End {
                        return;
                    }
                }
            }
        }
    }

    /// Serves until the issuer stops or the end has come; nobody has the store then.
    fn serve(&self, issuer: Arc<Issuer<DiskStore>>) -> Next {
        let election = &self.served.slug;
        let writer = match issuer.start_writer() {
            Ok(writer) => writer,
            Err(error) => {
                tracing::error!(%election, %error, "no thread for the writer");
                return Next::Again;
            }
        };
        self.slot.set(Some(Arc::clone(&issuer)));
        let next = self.follow(&issuer);
        self.slot.set(None);
        issuer.end();
        // A writer that panicked has answered nobody, and its callers know that.
        let _ = writer.join();
        if let Some(error) = issuer.take_failure() {
            tracing::error!(%election, %error, "the issuer has stopped");
        }
        while Arc::strong_count(&issuer) > 1 {
            sleep(GIVEN_BACK);
        }
        next
    }

    /// Reads the board until the issuer stops or the end has come.
    fn follow(&self, issuer: &Issuer<DiskStore>) -> Next {
        let election = &self.served.slug;
        let mut reading = match Reading::new(issuer.manifest()) {
            Ok(reading) => reading,
            Err(error) => {
                tracing::error!(%election, %error, "the manifest's board cannot be followed");
                return Next::End;
            }
        };
        let mut last_error = String::new();
        let mut latest = 0;
        loop {
            let now = self.clock.now();
            if now < latest {
                let back = latest - now;
                tracing::warn!(%election, "the clock was set back by {back} s: set it right; voters whose clocks are right are refused while it is more than 120 s off");
            }
            latest = now;
            issuer.expire(now);
            if issuer.is_stopped() {
                return Next::Again;
            }
            match self.step(issuer, &mut reading) {
                Ok(()) => last_error.clear(),
                Err(FollowError::Ending) => return Next::End,
                // Said once, not every other second.
                Err(error) => {
                    let text = error.to_string();
                    if text != last_error {
                        tracing::warn!(%election, %error, "the board is not followed just now");
                    }
                    last_error = text;
                }
            }
            if self.nap(POLL) == Next::End {
                return Next::End;
            }
        }
    }

    /// Follows what is new, and does what is to be done then.
    fn step(&self, issuer: &Issuer<DiskStore>, reading: &mut Reading) -> Result<(), FollowError> {
        if issuer.are_keys_destroyed() {
            return Ok(());
        }
        self.read(issuer, reading)?;
        if issuer.phase() == Some(Phase::Closed) && !issuer.is_posted() {
            match self.post(issuer) {
                // Answers of the last second.
                Err(FollowError::Issuer(IssuerError::StillAnswering)) => return Ok(()),
                posted => posted?,
            }
            self.read(issuer, reading)?;
        }
        if issuer.is_posted() || issuer.phase() == Some(Phase::Cancelled) {
            match self.folder.finish(issuer) {
                Err(IssuerError::StillAnswering) => {}
                destroyed => {
                    destroyed?;
                    tracing::info!(election = %self.served.slug, "the keys are destroyed");
                }
            }
        }
        Ok(())
    }

    /// Reads the board's new entries.
    fn read(&self, issuer: &Issuer<DiskStore>, reading: &mut Reading) -> Result<(), FollowError> {
        let slug = &self.served.slug;
        loop {
            let page = self.ask(self.board.official(slug, reading.last()))?;
            reading.check(&page, |tile| self.ask(self.board.tile(slug, tile)))?;
            for entry in &page.entries {
                let mut blobs = Vec::new();
                if let Ok(Entry::Register(register)) = Entry::parse(&entry.entry.0) {
                    for named in &register.body.rows {
                        let bytes = self.ask(self.board.blob(slug, &named.sha256.0))?;
                        named.check(&bytes).map_err(|_| FollowError::Blob(entry.index))?;
                        blobs.push(bytes);
                    }
                    tracing::info!(election = %slug, number = register.number.value(), "a version of the register");
                }
                issuer.follow(&entry.entry.0, &blobs, &mut OsRng)?;
                reading.followed(entry.index);
            }
            if !page.more || page.entries.is_empty() {
                return Ok(());
            }
        }
    }

    /// Posts the issuance list.
    fn post(&self, issuer: &Issuer<DiskStore>) -> Result<(), FollowError> {
        let (slug, id) = (&self.served.slug, issuer.id());
        let list = issuer.issuance_list()?;
        for (place, named) in list.body.rows.iter().enumerate() {
            let Some(bytes) = issuer.issuance_blob(&list, place)? else { break };
            let sender = issuer.with_entry_key(|key| {
                BlobSender::issuer(issuer.manifest().id(), id, named, |blob| key.sign(blob, &mut OsRng))
            })?;
            self.ask(self.board.put_blob(slug, BlobKind::IssuanceRows, bytes, &named.sha256.0, &sender))?;
        }
        let entry = issuer.issuance_entry(&list, &mut OsRng)?;
        self.ask(self.board.post_issuer(slug, id, entry))?;
        tracing::info!(election = %slug, "the issuance list is posted");
        Ok(())
    }

    /// The board's answer, unless the service ends first.
    fn ask<T>(&self, question: impl Future<Output = Result<T, ClientError>>) -> Result<T, FollowError> {
        let mut ending = self.ending.clone();
        self.runtime.block_on(async {
            tokio::select! {
                answer = question => Ok(answer?),
                _ = ending.wait_for(|ending| *ending) => Err(FollowError::Ending),
            }
        })
    }

    /// Waits; less if somebody wakes the keeper.
    fn nap(&self, duration: Duration) -> Next {
        match self.wake.recv_timeout(duration) {
            Err(RecvTimeoutError::Disconnected) => Next::End,
            Ok(()) | Err(RecvTimeoutError::Timeout) => Next::Again,
        }
    }
}

/// Whether trying again can help: the board may answer again, the disk may have room again.
const fn may_pass(error: &FollowError) -> bool {
    match error {
        FollowError::Board(_) => true,
        FollowError::Issuer(error) => error.may_pass(),
        _ => false,
    }
}
