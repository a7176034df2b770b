//! The trustee's program in a browser: the driver of `urna-trustee`, the very same code as `urna trustee`, behind an interface of
//! messages. The section "In a browser" of `spec/trustees.md` is the page.
//!
//! ```text
//! page ─ trustee.js ─ go_on ─▶ worker.js ─ start: go_on ───────▶ Custodian ─ polls ─▶ Driver
//!                                      ◀──── want: fetch, store ──     ◀─ waits for the outside world
//!                                       ──── answer: stored, version 4 ─▶
//!                        ◀──────────────◀──── done: what is to be seen, or failed
//! ```
//!
//! **The program does nothing by itself.** It has no clock, no network and no storage; a [`Custodian::turn`] takes one message and
//! says what is wanted from outside, one thing at a time. Randomness, and requests for the record while it is verified, are
//! functions that it calls.
//!
//! **Saved before sent.** A change is sealed into the key file's form, which the page keeps durably in the place of the version that
//! it was made from, or not at all; only then anything about it leaves. So two windows cannot go two ways with one key, and a page
//! that is closed between any two turns loses nothing.
//!
//! **Open between operations.** Turning a passphrase into a key takes seconds; the opened key stays in the program until its worker
//! ends. After a failure to keep something it is dropped: what is kept is the truth, and is opened again.
//!
//! | module | what |
//! |---|---|
//! | `custodian` | turns: an operation is started, goes as far as it can, is given an answer |
//! | `message` | what goes in and comes out |
//! | `operation` | what a trustee can do, each as `urna trustee` does it |
//! | `outside` | transport and storage of the driver, as wants and answers |
//! | `view` | what there is to see, and what is to be done next |
//! | `failure` | why something is not done, by name |
//! | `raw` | what a browser calls, in wasm32 only |

mod custodian;
mod failure;
mod message;
mod operation;
mod outside;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod raw;
mod view;

pub use custodian::Custodian;
