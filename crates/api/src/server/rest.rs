//! What a refused request has still to send. A connection that is closed on a client that is still sending is reset, and
//! the client loses the answer that says why; so the rest is read, and thrown away.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::time::timeout;

/// How long nothing of the rest may come before it is given up.
const PAUSE: Duration = Duration::from_millis(300);

/// Where a handler leaves what it did not read.
#[derive(Debug, Default)]
pub(super) struct Rest(Arc<Mutex<Option<Body>>>);

/// A body that is put back when it is dropped.
struct Lent {
    body: Body,
    rest: Arc<Mutex<Option<Body>>>,
}

impl Rest {
    /// The body to give to a handler.
    pub(super) fn lend(&self, body: Body) -> Body {
        Body::new(Lent { body, rest: Arc::clone(&self.0) })
    }

    /// Reads what was not read, for this long at most.
    pub(super) async fn throw_away(self, patience: Duration) {
        let rest = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut body) = rest else { return };
        let read = async { while let Ok(Some(Ok(_))) = timeout(PAUSE, body.frame()).await {} };
        let _ = timeout(patience, read).await;
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.body.is_end_stream() {
            let body = std::mem::take(&mut self.body);
            *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
        }
    }
}
