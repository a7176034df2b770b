//! The issuer: knows handles, classes and credential keys, and signs one token for each entitled voter without seeing the
//! pseudonym.
//!
//! ```text
//! first move   SessionRequest ─ Issuer::open_session ─> entitled? no token? ─> Session in memory ─> OpenedSession (A, B)
//! second move  AnswerRequest ─ Issuer::answer ─> session taken out ─> row queued ─┐
//!              Issuer::commit, one thread: rows of all that wait, one sync <──────┘ ─> Answer (b, y, z)
//! the board    entries ─ Issuer::follow ─> phase, register in force
//! the close    Issuer::issuance_list ─> blobs, entry ─> the board ─ Issuer::follow ─> roll, Issuer::destroy_keys
//! ```
//!
//! One election is one folder ([`IssuerFolder`]) with the keys, the store of what was answered ([`DiskStore`]), and the trace
//! of earlier starts. Clock and randomness are arguments of all this. Around it, [`IssuerService`] keeps a thread for each
//! election, which reads the board, posts the list and opens an issuer again whose store failed; and [`routes`] turn requests
//! into calls.
//!
//! # What holds whatever fails
//!
//! 1. **At most one answer** for one (A, B), because sessions are consumed and never written; and for one handle in the
//!    whole election, because its row is there for good.
//! 2. **Answered means durable.** An answer leaves when its row would survive the loss of power. Any failure of the store
//!    stops the issuer; it is opened again from what is stored.
//! 3. **No answer is lost.** Who repeats the second move gets the row's answer, also after a restart.
//! 4. **One election.** A key serves the first election that it is started with, and no start goes on from a store that
//!    was lost or is older than known, unless a person says so.
//! 5. **Nothing is kept** but what `spec/privacy.md` lists: no order, and a time only where the election's rules ask for one.
//!
//! `tests/issuer/faults.rs` fails every step of the store in both ways, and pulls the plug.
//!
//! | module | what | start reading at |
//! |---|---|---|
//! | `issuer` | both moves, group commit, following the board | [`Issuer::answer`] |
//! | `start` | whether keys, store and election belong together | [`Issuer::open`] |
//! | `desk` | open sessions, and what is in hand, behind one lock | `Desk::take` |
//! | `moves` | what voter and issuer send | [`SessionRequest`] |
//! | `official` | phase and register, from the board's entries | `Official::and` |
//! | `issuance` | the list after the close, the end of the keys | [`Issuer::issuance_list`] |
//! | `issued` | who has taken a token, for the authority | [`Issuer::issued`] |
//! | `roll` | who was answered when, where the election's rules ask for it | [`Issuer::roll`] |
//! | `keys` | the key file | [`IssuerKeys`] |
//! | `folder` | an election's folder, and what shows that it was lost | [`IssuerFolder`] |
//! | `service`, `keeper` | all elections; one election's thread | `Keeper::run` |
//! | `reading` | what stands in the board's log, with proofs | `Reading::check` |
//! | `http`, `config` | routes, settings | [`routes`] |
//! | `store` | the steps of storage; the disk | [`Store`] |
//! | `error` | refusals and failures | [`Refusal`] |

mod config;
mod desk;
mod error;
mod folder;
mod http;
mod issuance;
mod issued;
mod issuer;
mod keeper;
mod keys;
mod moves;
mod official;
mod reading;
mod roll;
mod service;
mod start;
mod store;

pub use config::{Config, Served};
pub use desk::SESSIONS_PER_HANDLE;
pub use error::{IssuerError, KeyOf, Refusal};
pub use folder::IssuerFolder;
pub use http::{routes, run};
pub use issuance::IssuanceList;
pub use issued::{IssuedPage, PAGE};
pub use issuer::{BATCH, CLOCK_TOLERANCE, Issuer, QUEUE, SESSIONS};
pub use keeper::POLL;
pub use keys::{IssuerKeys, KeyError, PublicKeys};
pub use moves::{AnswerRequest, Answered, OpenedSession, SessionId, SessionRequest};
pub use reading::FollowError;
pub use service::{IssuerService, StartError};
pub use start::{Known, Settings};
pub use store::{AnsweredRow, DiskStore, MAX_VALUE, RegisterVersion, Start, Store, StoreError};
