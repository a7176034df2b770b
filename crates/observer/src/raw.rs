//! What a browser calls, beside what `urna-worker` gives.

#![expect(unsafe_code, reason = "a browser finds functions by name")]

use rand_core::OsRng;
use urna_worker::raw::{Worker, brought};

/// Takes the question, and is over when it is answered.
#[unsafe(no_mangle)]
extern "C" fn verify() {
    crate::verify(&brought(), &Worker, &|| OsRng);
}
