//! What a browser calls and is called by: room for bytes, randomness, requests, what is said. All that is unsafe in this crate lies
//! here.
//!
//! 1. `inbox(length)` answers with the place of so many bytes, into which the worker writes what it brings.
//! 2. A program's own function takes it ([`brought`]), and calls `read` and `say` until it is over.
//! 3. In each `read`, the worker asks for an `inbox` of its own, writes the answer's body there, and answers with its status.

#![expect(
    unsafe_code,
    reason = "a browser finds functions by name, and gives and takes bytes through pointers"
)]

use std::sync::{Mutex, PoisonError};

use crate::Outside;

/// What the worker has brought last.
static INBOX: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Room for what the worker brings, in the place of what it brought before.
#[unsafe(no_mangle)]
extern "C" fn inbox(length: usize) -> *mut u8 {
    let mut inbox = INBOX.lock().unwrap_or_else(PoisonError::into_inner);
    *inbox = vec![0; length];
    inbox.as_mut_ptr()
}

/// What the worker has brought, once.
pub fn brought() -> Vec<u8> {
    core::mem::take(&mut INBOX.lock().unwrap_or_else(PoisonError::into_inner))
}

#[link(wasm_import_module = "urna")]
unsafe extern "C" {
    /// Fills so many bytes at this place from `crypto.getRandomValues`.
    fn random(place: *mut u8, length: usize);
    /// Asks for the path at this place, brings at most so many bytes of the answer and one more, and says its status, or 0.
    fn read(place: *const u8, length: usize, limit: usize) -> u32;
    /// Hands the message at this place to the page.
    fn say(place: *const u8, length: usize);
}

/// The worker in which this runs.
#[derive(Clone, Copy, Debug)]
pub struct Worker;

impl Outside for Worker {
    fn read(&self, path: &str, limit: usize) -> Option<(u16, Vec<u8>)> {
        // SAFETY: the worker reads exactly these bytes, and writes to an inbox only.
        let status = unsafe { read(path.as_ptr(), path.len(), limit) };
        let body = brought();
        u16::try_from(status).ok().filter(|status| *status != 0).map(|status| (status, body))
    }

    fn say(&self, message: &[u8]) {
        // SAFETY: the worker reads exactly these bytes.
        unsafe { say(message.as_ptr(), message.len()) };
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
    // SAFETY: the worker writes to exactly these bytes, and to nothing else.
    unsafe { random(bytes.as_mut_ptr(), bytes.len()) };
    Ok(())
}

getrandom::register_custom_getrandom!(fill);
