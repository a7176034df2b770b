//! What a browser calls, beside what `urna-worker` gives.

#![expect(unsafe_code, reason = "a browser finds functions by name")]

use std::cell::RefCell;

use rand_core::OsRng;
use urna_trustee::Cost;
use urna_worker::Outside;
use urna_worker::raw::{Worker, brought};

use crate::Custodian;

thread_local! {
    static CUSTODIAN: RefCell<Custodian<Worker, OsRng>> = RefCell::new(Custodian::new(Worker, OsRng, Cost::default()));
}

/// Takes a message, and says what comes of it.
#[unsafe(no_mangle)]
extern "C" fn turn() {
    CUSTODIAN.with_borrow_mut(|custodian| Worker.say(&custodian.turn(&brought())));
}
