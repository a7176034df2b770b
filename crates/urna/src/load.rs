//! Load for a board: elections with as many valid ballots as are asked for, and a board to send them to.
//!
//! ```text
//! Planned::new ─> the board creates its log ─> Planned::prepare ─> postings until voting is open, ballots, closing
//!                 └───────────────────── Planned::open, over HTTP ─────────────────────┘          └─> send
//! ```
//!
//! The organisation has one issuer and a solo trustee, and everything is checked in memory before it is handed out: what is sent is what the rules allow, so that a refusal is the board's fault. Ballots are made
//! before anything is measured, over all cores; each has a pseudonym and a token of its own.
//!
//! | module | what | start reading at |
//! |---|---|---|
//! | `election` | plan, keys, manifest, entries until voting is open | [`Planned::prepare`] |
//! | `organisation`, `voter`, `memory`, `record` | parties and record in memory, without services | `memory::Election` |
//! | `ballots` | a token and a ballot of every voter | `ballots::cast` |
//! | `opening` | the same over a board's routes | [`Planned::open`] |
//! | `sending` | ballots in waves, or so many in flight | [`send`] |
//! | `asking` | a voter who takes a token over an issuer's routes | [`Asker`] |
//! | `process` | a board, an issuer or an authority in a process of its own | [`ServiceFolder`] |

mod asking;
mod ballots;
mod election;
pub(crate) mod memory;
mod opening;
pub(crate) mod organisation;
mod process;
pub(crate) mod record;
mod sending;
pub(crate) mod voter;

pub use asking::{Asked, Asker};
pub use election::{
    Batch, Blob, IssuerElsewhere, LogOfBoard, Planned, Posting, Prepared, PreparedIssuance, Shape, Signer,
};
pub use opening::post;
pub use process::{ServiceFolder, ServiceProcess, StartingService};
pub use sending::{Pace, Sent, paced, send};
