//! What a browser calls: room for a message, and a turn. All that is unsafe in this crate lies here.
//!
//! 1. `inbox(length)` answers with the place of so many bytes, into which the page writes a message.
//! 2. `turn()` takes it, and answers with the place of what comes of it, of which `outbox()` is the length.
//! 3. `inbox(0)` wipes it when the page has read it.

#![expect(unsafe_code, reason = "a browser finds functions by name, and gives randomness through a pointer")]

use std::sync::{Mutex, PoisonError};

use zeroize::{Zeroize, Zeroizing};

use crate::Booth;

#[derive(Default)]
struct Desk {
    booth: Booth,
    inbox: Zeroizing<Vec<u8>>,
    outbox: Zeroizing<Vec<u8>>,
}

static DESK: Mutex<Option<Desk>> = Mutex::new(None);

fn with<T>(act: impl FnOnce(&mut Desk) -> T) -> T {
    act(DESK.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}

/// Room for a message. What came of the last one is wiped.
#[unsafe(no_mangle)]
extern "C" fn inbox(length: usize) -> *mut u8 {
    with(|desk| {
        desk.outbox.zeroize();
        desk.inbox = Zeroizing::new(vec![0; length]);
        desk.inbox.as_mut_ptr()
    })
}

/// Takes the message.
#[unsafe(no_mangle)]
extern "C" fn turn() -> *const u8 {
    with(|desk| {
        let message = core::mem::take(&mut desk.inbox);
        desk.outbox = desk.booth.turn(&message);
        desk.outbox.as_ptr()
    })
}

/// How many bytes came of it.
#[unsafe(no_mangle)]
extern "C" fn outbox() -> usize {
    with(|desk| desk.outbox.len())
}

#[link(wasm_import_module = "urna")]
unsafe extern "C" {
    /// Fills so many bytes at this place from `crypto.getRandomValues`.
    fn random(place: *mut u8, length: usize);
}

fn fill(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
    // SAFETY: the page writes to exactly these bytes, and to nothing else.
    unsafe { random(bytes.as_mut_ptr(), bytes.len()) };
    Ok(())
}

getrandom::register_custom_getrandom!(fill);
