//! Time, waiting, and how long to keep trying.

use std::time::Duration;
#[cfg(feature = "native")]
use std::time::{SystemTime, UNIX_EPOCH};

use rand_core::{OsRng, RngCore};

/// What time it is on the voter's device, and waiting. Clones are the same clock.
pub trait Clock: Clone + Send + Sync + 'static {
    /// Unix seconds.
    fn now(&self) -> u64;

    /// Lets this much time pass.
    fn wait(&self, duration: Duration) -> impl Future<Output = ()> + Send;
}

/// The machine's own clock.
#[cfg(feature = "native")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

#[cfg(feature = "native")]
impl Clock for SystemClock {
    fn now(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }

    fn wait(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }
}

/// How long a service is asked again that does not answer.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often the same is asked in all.
    pub tries: u32,
    /// The pause before the second time; the ones after it double.
    pub first: Duration,
    /// The longest such pause.
    pub longest: Duration,
    /// The most time that pauses take together; a service that asks for a longer one is not waited for.
    pub total: Duration,
}

impl Default for Patience {
    /// Eight times within a minute, and up to six minutes for a service that says when to come again: an issuer's
    /// sessions expire after five.
    fn default() -> Self {
        Self {
            tries: 8,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(20),
            total: Duration::from_secs(360),
        }
    }
}

/// The pauses between tries of one request.
pub(super) struct Backoff {
    patience: Patience,
    tries: u32,
    waited: Duration,
}

impl Backoff {
    pub(super) const fn new(patience: Patience) -> Self {
        Self { patience, tries: 1, waited: Duration::ZERO }
    }

    /// How long to wait before the next try; none if this was the last one. `asked` is what the service asked for.
    pub(super) fn next(&mut self, asked: Option<u64>) -> Option<Duration> {
        let Patience { tries, first, longest, total } = self.patience;
        let pause = match asked {
            // Everybody else was told the same.
            Some(seconds) => Duration::from_secs(seconds) + first.mul_f64(fraction()),
            None => {
                let doubled = first.saturating_mul(2_u32.saturating_pow(self.tries - 1));
                doubled.min(longest).mul_f64(0.5 + fraction() / 2.0)
            }
        };
        if self.tries >= tries || self.waited.saturating_add(pause) > total {
            return None;
        }
        self.tries += 1;
        self.waited += pause;
        Some(pause)
    }
}

/// Between 0 and 1, so that not everybody comes again at the same moment.
fn fraction() -> f64 {
    f64::from(OsRng.next_u32()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_so_many_tries_and_so_much_waiting() {
        let patience = Patience::default();
        let mut backoff = Backoff::new(patience);
        let pauses: Vec<_> = std::iter::from_fn(|| backoff.next(None)).collect();
        assert_eq!(pauses.len(), 7);
        assert!(pauses.iter().all(|pause| *pause <= patience.longest));
        assert!(pauses[0] <= patience.first && pauses[6] >= Duration::from_secs(8));
        // An issuer's sessions.
        let mut backoff = Backoff::new(patience);
        assert!(backoff.next(Some(300)).unwrap() >= Duration::from_secs(300));
        assert_eq!(backoff.next(Some(300)), None);
        assert_eq!(Backoff::new(patience).next(Some(u64::MAX / 2)), None);
    }
}
