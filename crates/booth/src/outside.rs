//! The outside world as the driver sees it: a clock, a transport and a storage, of which each makes a want and waits for its
//! answer.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use urna_api::client::{Call, Carried, NoReply, Reply, Transport};
use urna_client::SavedForm;
use urna_client::driver::{Clock, Storage, StorageError};
use zeroize::Zeroizing;

use crate::message::{Answer, Is, Record, Said, Secret, Want, Wanted};

/// Why a request has no answer, if the page answers something else.
const NO_ANSWER: &str = "the page gave no answer to a request";

/// What is wanted and answered. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Outside(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    now: u64,
    next: u32,
    /// Not handed out yet.
    fresh: Vec<Wanted>,
    open: BTreeMap<u32, Slot>,
    withdrawn: Vec<u32>,
    notices: Vec<Value>,
}

/// An answer as it came, with its body.
type Came = (Is, Zeroizing<Vec<u8>>);

/// Something that is waited for.
#[derive(Default)]
struct Slot {
    answer: Option<Came>,
    waker: Option<Waker>,
}

impl Outside {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the clock, in Unix seconds.
    pub(crate) fn set_now(&self, now: u64) {
        self.lock().now = now;
    }

    /// Takes an answer. One to what is not wanted any more is dropped.
    pub(crate) fn answered(&self, answer: Answer, body: &[u8]) {
        let mut inner = self.lock();
        if let Some(slot) = inner.open.get_mut(&answer.id) {
            slot.answer = Some((answer.is, Zeroizing::new(body.to_vec())));
            if let Some(waker) = slot.waker.take() {
                waker.wake();
            }
        }
    }

    /// Tells what is being done.
    pub(crate) fn notice(&self, notice: Value) {
        self.lock().notices.push(notice);
    }

    /// What has come up since it was asked last.
    pub(crate) fn said(&self) -> Said {
        let mut inner = self.lock();
        let (wants, withdrawn) = (core::mem::take(&mut inner.fresh), core::mem::take(&mut inner.withdrawn));
        Said { wants, withdrawn, notices: core::mem::take(&mut inner.notices), ..Said::default() }
    }

    /// Makes a want. It is handed out in this turn.
    fn want(&self, want: Want) -> Waiting {
        let mut inner = self.lock();
        let id = inner.next;
        inner.next = inner.next.wrapping_add(1);
        inner.fresh.push(Wanted { id, want });
        inner.open.insert(id, Slot::default());
        Waiting { id, outside: self.clone() }
    }
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outside")
    }
}

/// Waits for an answer; withdraws the want when it is dropped before.
struct Waiting {
    id: u32,
    outside: Outside,
}

impl Future for Waiting {
    type Output = Came;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Came> {
        let mut inner = self.outside.lock();
        let Some(slot) = inner.open.get_mut(&self.id) else { return Poll::Pending };
        match slot.answer.take() {
            Some(came) => {
                inner.open.remove(&self.id);
                Poll::Ready(came)
            }
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut inner = self.outside.lock();
        if inner.open.remove(&self.id).is_some() {
            let handed_out = inner.fresh.len();
            inner.fresh.retain(|wanted| wanted.id != self.id);
            if inner.fresh.len() == handed_out {
                inner.withdrawn.push(self.id);
            }
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Clock for Outside {
    fn now(&self) -> u64 {
        self.lock().now
    }

    async fn wait(&self, duration: Duration) {
        self.want(Want::Wait { milliseconds: milliseconds(duration) }).await;
    }
}

impl Transport for Outside {
    fn carry(&self, call: Call) -> Carried {
        let outside = self.clone();
        Box::pin(async move {
            // Every body of a voter's requests is JSON.
            let body = call.body.map(String::from_utf8).transpose();
            let body = body.map_err(|error| NoReply::new(&error))?.map(Secret::from);
            let want = Want::Fetch {
                body,
                headers: call
                    .headers
                    .into_iter()
                    .map(|(name, value)| (name, Secret::from(value.to_string())))
                    .collect(),
                limit: call.limit,
                method: call.method.as_str(),
                milliseconds: milliseconds(call.patience),
                url: call.url,
            };
            match outside.want(want).await {
                (Is::Answered { status, headers, complete }, body) => {
                    let body = complete.then(|| body.to_vec()).filter(|body| body.len() <= call.limit);
                    Ok(Reply { status, headers, body })
                }
                (Is::Unreachable { reason }, _) => Err(reason.into()),
                _ => Err(NO_ANSWER.to_owned().into()),
            }
        })
    }

    /// Which connections there are is the browser's alone to say.
    fn apart(&self) -> Arc<dyn Transport> {
        Arc::new(self.clone())
    }
}

/// One voter's state, where the page keeps it.
pub(crate) struct Place {
    outside: Outside,
    name: String,
    /// Of the form that was read or stored last; none before.
    version: Option<u64>,
}

impl Place {
    pub(crate) const fn new(outside: Outside, name: String) -> Self {
        Self { outside, name, version: None }
    }

    async fn read(&self, record: Record) -> Result<(u64, Option<Zeroizing<Vec<u8>>>), StorageError> {
        let place = self.name.clone();
        match self.outside.want(Want::Load { place, record }).await {
            (Is::Loaded { version }, bytes) => Ok((version, Some(bytes).filter(|bytes| !bytes.is_empty()))),
            (is, _) => Err(not_kept(is)),
        }
    }

    async fn write(&self, record: Record, bytes: &[u8], version: Option<u64>) -> Result<u64, StorageError> {
        // Forms and manifests are canonical JSON.
        let text = str::from_utf8(bytes).map_err(|error| StorageError::Keeper(error.to_string()))?;
        let text = Secret::from(text.to_owned());
        let place = self.name.clone();
        match self.outside.want(Want::Store { place, record, text, version }).await {
            (Is::Stored { version }, _) => Ok(version),
            (is, _) => Err(not_kept(is)),
        }
    }
}

fn not_kept(is: Is) -> StorageError {
    match is {
        Is::OtherWindow => StorageError::OtherWindow,
        Is::Failed { reason } => StorageError::Keeper(reason),
        _ => StorageError::Keeper(NO_ANSWER.to_owned()),
    }
}

impl Storage for Place {
    async fn load(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, StorageError> {
        let (version, form) = self.read(Record::Form).await?;
        self.version = Some(version);
        Ok(form)
    }

    /// The version is compared where it is stored, in one step. It says more than the form's own revision: it goes on when a state is
    /// forgotten and another one made.
    async fn replace(&mut self, form: &SavedForm) -> Result<(), StorageError> {
        if self.version.is_none() {
            let stored = self.load().await?;
            form.check_replaces(stored.as_ref().map(|stored| stored.as_slice()))?;
        }
        let version = self.version.take();
        self.version = Some(self.write(Record::Form, form.as_bytes(), version).await?);
        Ok(())
    }

    async fn manifest(&mut self) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.read(Record::Manifest).await?.1.map(|bytes| bytes.to_vec()))
    }

    async fn keep_manifest(&mut self, bytes: &[u8]) -> Result<(), StorageError> {
        self.write(Record::Manifest, bytes, None).await.map(drop)
    }
}
