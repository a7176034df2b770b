//! What a program has around it in a browser's worker: bytes that come in and go out, randomness, and a board's record, which is read
//! by requests that are waited for. Verifier (`urna-observer`) and trustee (`urna-custodian`) stand on it.
//!
//! | module | what |
//! |---|---|
//! | `remote` | a board's record behind whatever makes requests |
//! | `progress` | how far a verification is, as often as a person can see |
//! | `raw` | what a browser calls and is called by, in wasm32 only |

mod progress;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
pub mod raw;
mod remote;

pub use progress::Progress;
pub use remote::{Remote, RemoteError};

/// What the program needs of the page around it.
pub trait Outside: Sync {
    /// Asks for a path, seen from the election's address: the status of the answer, and at most `limit` bytes of its body and one
    /// more. Of an answer that is not 200, enough of the body for its explanation. None if there is no answer.
    fn read(&self, path: &str, limit: usize) -> Option<(u16, Vec<u8>)>;

    /// Hears, as JSON, how far the work is, and at the end what came of it.
    fn say(&self, message: &[u8]);
}
