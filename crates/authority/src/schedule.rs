//! What is done when its time has come, without anybody asking: going on with what was begun, the first register, opening
//! and closing by the clock.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use urna_election::Slug;

use crate::service::Authority;

/// How often the clock is looked at: voting opens and closes within this of its second.
const EVERY: Duration = Duration::from_secs(1);
/// The longest pause, in looks, before something that failed is tried again.
const PATIENCE: u32 = 60;

/// Keeps an authority's times until `end` is ready. What fails is tried again, at first after a second, later once a minute.
pub async fn keep_time(authority: Arc<Authority>, end: impl Future<Output = ()>) {
    let mut end = pin!(end);
    let mut failures: BTreeMap<Slug, Failing> = BTreeMap::new();
    let mut latest = 0;
    loop {
        let now = authority.now();
        if now < latest {
            let back = latest - now;
            tracing::warn!(
                "the clock was set back by {back} s: set it right; elections open and close by what it says"
            );
        }
        latest = now;
        let slugs = authority.on_disk(|authority| authority.records.slugs()).await.unwrap_or_default();
        for slug in slugs {
            if let Some(failing) = failures.get_mut(&slug)
                && failing.wait > 0
            {
                failing.wait -= 1;
                continue;
            }
            match authority.tick_election(&slug).await {
                Ok(()) => {
                    failures.remove(&slug);
                }
                Err(error) => {
                    let failing = failures.entry(slug.clone()).or_default();
                    failing.pause = (failing.pause * 2).clamp(1, PATIENCE);
                    failing.wait = failing.pause;
                    let again = failing.pause;
                    tracing::warn!(election = %slug, %error, "cannot go on; next try in {again} s");
                    continue;
                }
            }
            // A curve with a gap is no reason to say anything; the board that does not answer is awaited wherever it is needed.
            let _ = authority.watch_turnout(&slug).await;
        }
        tokio::select! {
            () = sleep(EVERY) => {}
            () = &mut end => return,
        }
    }
}

/// An election that does not go on.
#[derive(Default)]
struct Failing {
    /// Looks at the clock until the next try.
    wait: u32,
    /// How many there were the last time.
    pause: u32,
}
