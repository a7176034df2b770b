//! What time it is.

use std::time::{SystemTime, UNIX_EPOCH};

/// A clock that the authority reads: when voting opens and closes, and when somebody did something.
pub trait Clock: Send + Sync {
    /// Unix seconds.
    fn now(&self) -> u64;
}

/// The machine's clock. Whoever runs an authority keeps it right (NTP).
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}
