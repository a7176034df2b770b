//! All elections of an issuer: opened at its start, kept by a thread each, ended at its end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use tokio::runtime::Handle;
use tokio::sync::watch;
use urna_api::client::BoardClient;
use urna_disk::DiskError;
use urna_election::Slug;

use crate::config::Served;
use crate::folder::IssuerFolder;
use crate::issuer::Issuer;
use crate::keeper::{Keeper, Slot};
use crate::reading::FollowError;
use crate::store::DiskStore;
use urna_api::server::Clock;

/// An issuer as a service: its elections, each in a folder of its own below one folder.
pub struct IssuerService {
    data: PathBuf,
    clock: Arc<dyn Clock>,
    runtime: Handle,
    elections: RwLock<BTreeMap<Slug, Arc<Kept>>>,
    /// True when it ends.
    ending: watch::Sender<bool>,
}

/// One election of a service.
struct Kept {
    slot: Arc<Slot>,
    wake: Mutex<Option<SyncSender<()>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Why an election is not served.
#[derive(Debug, thiserror::Error)]
#[error("{slug}: {error}")]
pub struct StartError {
    /// Which.
    pub slug: Slug,
    /// Why.
    pub error: FollowError,
}

impl IssuerService {
    /// A service without elections, whose folders lie in `data`. Boards are asked on `runtime`.
    pub fn new(data: &Path, clock: Arc<dyn Clock>, runtime: Handle) -> Self {
        let ending = watch::Sender::new(false);
        Self { data: data.to_owned(), clock, runtime, elections: RwLock::default(), ending }
    }

    /// Begins to serve an election, whose keys were made before. Where only the board does not answer yet, it is asked
    /// again later. `accept_loss` is what a person says who knows that the store of this election is lost for good.
    ///
    /// Blocks while the store is opened and the manifest is fetched; not to be called from an asynchronous task.
    ///
    /// # Errors
    /// [`StartError`] says what does not fit and what to do.
    pub fn serve(&self, served: Served, accept_loss: bool) -> Result<(), StartError> {
        let slug = served.slug.clone();
        let failed = |error| StartError { slug: slug.clone(), error };
        let board = BoardClient::new(served.board.as_str()).map_err(|error| failed(error.into()))?;
        let (wake, woken) = sync_channel(1);
        let slot = Arc::<Slot>::default();
        let keeper = Keeper {
            folder: IssuerFolder::of(&self.data, &slug),
            served,
            board,
            slot: Arc::clone(&slot),
            clock: Arc::clone(&self.clock),
            runtime: self.runtime.clone(),
            ending: self.ending.subscribe(),
            wake: woken,
        };
        let opened = match keeper.open(accept_loss) {
            Ok(issuer) => Some(issuer),
            // A loss that was accepted must not be forgotten until the board answers.
            Err(error @ FollowError::Board(_)) if !accept_loss => {
                tracing::warn!(election = %slug, %error, "the board does not answer yet");
                None
            }
            Err(error) => return Err(failed(error)),
        };
        let thread =
            thread::Builder::new().name(format!("issuer of {slug}")).spawn(move || keeper.run(opened));
        let thread = thread.map_err(|source| {
            let error = DiskError::File { path: "thread".into(), source };
            failed(FollowError::Issuer(error.into()))
        })?;
        let kept = Kept { slot, wake: Mutex::new(Some(wake)), thread: Mutex::new(Some(thread)) };
        let mut elections = self.elections.write().unwrap_or_else(PoisonError::into_inner);
        elections.insert(slug.clone(), Arc::new(kept));
        Ok(())
    }

    /// Has the boards asked at once, also after the clock was set.
    pub fn wake(&self) {
        for kept in self.all() {
            if let Some(wake) = kept.wake.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                // One that is full wakes it too.
                let _ = wake.try_send(());
            }
        }
    }

    /// Finishes what waits, and closes all stores. Blocks.
    pub fn stop(&self) {
        self.ending.send_replace(true);
        let kept = self.all();
        for kept in &kept {
            kept.wake.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
        for kept in kept {
            let thread = kept.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(thread) = thread {
                // One that panicked has said so.
                let _ = thread.join();
            }
        }
    }

    /// Whether this election is served, or will be when its board answers.
    pub fn is_served(&self, slug: &Slug) -> bool {
        self.elections.read().unwrap_or_else(PoisonError::into_inner).contains_key(slug)
    }

    /// The elections that are not open: their store has failed, or their board does not answer.
    pub fn failing(&self) -> Vec<String> {
        let elections = self.elections.read().unwrap_or_else(PoisonError::into_inner);
        let closed = elections.iter().filter(|(_, kept)| kept.slot.issuer().is_none());
        closed.map(|(slug, _)| slug.to_string()).collect()
    }

    pub(crate) fn now(&self) -> u64 {
        self.clock.now()
    }

    /// The issuer of an election: none if it is not known, none within if it is not open just now.
    pub(crate) fn issuer(&self, slug: &str) -> Option<Option<Arc<Issuer<DiskStore>>>> {
        let slug: Slug = slug.parse().ok()?;
        let elections = self.elections.read().unwrap_or_else(PoisonError::into_inner);
        elections.get(&slug).map(|kept| kept.slot.issuer())
    }

    fn all(&self) -> Vec<Arc<Kept>> {
        self.elections.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }
}

impl Drop for IssuerService {
    fn drop(&mut self) {
        self.stop();
    }
}
