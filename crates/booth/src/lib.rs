//! The voter's program in a browser: the driver of `urna-client`, the very same code as the terminal voter's, behind an interface
//! of messages. `spec/booth.md` is the page.
//!
//! ```text
//! page ─ booth.js ─ start: cast ──────────────────────▶ Booth ─ polls ─▶ Driver
//!             ◀──── wants: load, fetch, store, wait ───      ◀─ waits for the outside world
//!              ──── answer 1: loaded, version 4 ──────▶
//!             ◀──── wants …, notices …, in the end: done or failed
//! ```
//!
//! **The program does nothing by itself.** It has no clock, no network and no storage; a [`Booth::turn`] takes one message and
//! says what is wanted from outside. Randomness alone is a function that it calls.
//!
//! **An operation begins with what is stored** and ends with what is stored, as a command of `urna voter` does. So a page that is
//! closed between any two turns loses nothing: the same operation goes on.
//!
//! **Two windows** cannot use one number twice: a state is stored in the place of the version that it was made from or not at all,
//! and nothing is sent before the page has said that it is stored (BOOTH-4).
//!
//! | module | what |
//! |---|---|
//! | `booth` | turns: an operation is started, goes as far as it can, is given an answer, is stopped |
//! | `message` | what goes in and comes out |
//! | `operation` | what a voter can do, each as `urna voter` does it |
//! | `outside` | clock, transport and storage of the driver, as wants and answers |
//! | `qr` | an identifier as a picture for cameras |
//! | `raw` | what a browser calls, in wasm32 only |

mod booth;
mod message;
mod operation;
mod outside;
mod qr;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod raw;

pub use booth::Booth;
