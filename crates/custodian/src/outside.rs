//! The outside world as the driver sees it: a transport and a storage, each of which makes a want and waits for its answer.

use core::fmt;
use core::future::poll_fn;
use core::task::Poll;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use urna_api::client::{Call, Carried, Reply, Transport};
use urna_election::json::Base64;
use urna_trustee::Sealed;
use urna_trustee::driver::{DriverError, Storage, StorageError};

use crate::message::{Is, Want};

/// Why something has no answer, if the page answers something else.
const NO_ANSWER: &str = "the page gave another answer than what was wanted";
/// What is kept at a place.
const FORM: &str = "form";

/// What is wanted and answered, one thing after the other. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Wants(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    now: u64,
    want: Option<Want>,
    answer: Option<(Is, Vec<u8>)>,
}

impl Wants {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the clock, in Unix seconds.
    pub(crate) fn set_now(&self, now: u64) {
        self.lock().now = now;
    }

    pub(crate) fn now(&self) -> u64 {
        self.lock().now
    }

    pub(crate) fn answered(&self, answer: Is, body: &[u8]) {
        self.lock().answer = Some((answer, body.to_vec()));
    }

    /// What is wanted and not handed out yet.
    pub(crate) fn take(&self) -> Option<Want> {
        self.lock().want.take()
    }

    async fn ask(&self, want: Want) -> (Is, Vec<u8>) {
        self.lock().want = Some(want);
        poll_fn(|_| self.lock().answer.take().map_or(Poll::Pending, Poll::Ready)).await
    }
}

impl fmt::Debug for Wants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wants")
    }
}

impl Transport for Wants {
    fn carry(&self, call: Call) -> Carried {
        let wants = self.clone();
        Box::pin(async move {
            let want = Want::Fetch {
                body: call.body.map(Base64),
                headers: call.headers.iter().map(|(name, value)| (*name, value.to_string())).collect(),
                limit: call.limit,
                method: call.method.as_str(),
                milliseconds: u64::try_from(call.patience.as_millis()).unwrap_or(u64::MAX),
                url: call.url,
            };
            match wants.ask(want).await {
                (Is::Answered { status, headers, complete }, body) => {
                    let body = Some(body).filter(|body| complete && body.len() <= call.limit);
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

/// Where the page keeps one trustee's key file.
pub(crate) struct Place {
    wants: Wants,
    name: String,
    version: u64,
}

impl Place {
    /// The place of this name, and the key file that is kept there.
    pub(crate) async fn look(wants: &Wants, name: String) -> Result<(Self, Option<Vec<u8>>), StorageError> {
        match wants.ask(Want::Load { place: name.clone(), record: FORM }).await {
            (Is::Loaded { version }, form) => {
                Ok((Self { wants: wants.clone(), name, version }, Some(form).filter(|form| !form.is_empty())))
            }
            (is, _) => Err(not_kept(is)),
        }
    }

    /// Keeps a key file's bytes in the place of what was there.
    pub(crate) async fn keep(&mut self, form: &[u8]) -> Result<(), StorageError> {
        // Key files are canonical JSON.
        let text = str::from_utf8(form).map_err(|error| StorageError::Keeper(error.to_string()))?.to_owned();
        let (place, version) = (self.name.clone(), self.version);
        match self.wants.ask(Want::Store { place, record: FORM, text, version }).await {
            (Is::Stored { version }, _) => {
                self.version = version;
                Ok(())
            }
            (is, _) => Err(not_kept(is)),
        }
    }
}

impl Storage for Place {
    async fn replace(&mut self, form: &Sealed) -> Result<(), DriverError> {
        Ok(self.keep(form.as_bytes()).await?)
    }
}

fn not_kept(is: Is) -> StorageError {
    match is {
        Is::OtherWindow => StorageError::OtherWindow,
        Is::Failed { reason } => StorageError::Keeper(reason),
        _ => StorageError::Keeper(NO_ANSWER.to_owned()),
    }
}
