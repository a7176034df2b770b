//! The organiser's service: everything that knows people, and nothing of ballots.
//!
//! ```text
//! draft ── plan ─▶ the board's log ── keys of issuers and trustees ─▶ manifest ── approvals of its bytes
//!   ── publish ─▶ frozen; entry 0, the register ─▶ invitations ─▶ open ─▶ close     by the clock or by hand
//!   ── openings of the trustees, on the board ─▶ result ─▶ certified
//!
//! request ─ http ─▶ Authority: who may, what is wrong ─▶ staged: signed entry, blobs, people, in one commit
//!                       ─▶ blobs and entry to the board ─▶ accepted: all of it comes true, in one commit
//! ```
//!
//! An [`Authority`] has many elections, in one folder ([`Folder`]) with the signing key, which only an explicit act makes, and
//! the records ([`DiskStore`]). [`run`] serves its routes and keeps its times ([`keep_time`]).
//!
//! # What holds whatever fails
//!
//! 1. **Approved bytes are published bytes.** An approval is of a SHA-256; any edit voids all of them; what is published is
//!    frozen in the same commit that checks them.
//! 2. **Each entry once.** An entry is staged, signed, before the board hears of it, and sent unchanged until the board has
//!    answered. An answer counts with a receipt of the log's key only. Records that are older than the log stop.
//! 3. **The register in the log is the one that is stored.** People change when the entry stands in the log, together with
//!    the invitations that open the new rows, and not at all if the board refuses.
//! 4. **One person, one handle.** A salt is made once and kept even for those who are removed.
//! 5. **Secrets leave once.** Invitations are sealed until a mail server has them; then they are forgotten, all of
//!    them when voting ends.
//!
//! `tests/authority/faults.rs` fails every commit in both ways; `tests/tests/authority_and_board.rs` loses every answer of a real
//! board. What is kept, and until when, is in `spec/privacy.md`.
//!
//! | module | what | start reading at |
//! |---|---|---|
//! | `http` | the routes of `spec/http.md`; refusals as problem documents | [`routes`] |
//! | `service` | the parts and locks of an authority | [`Authority::open`] |
//! | `access`, `keys` | accounts, roles, rights; API keys, sign-in links, sessions | `Caller::require`, [`Authority::sign_in`] |
//! | `elections`, `draft` | draft, plan, keys of the others, approvals; from the draft to the manifest | [`Authority::approve`], `draft::complete` |
//! | `ceremony` | the trustees' courier | [`Authority::take_package`] |
//! | `phases`, `schedule` | publishing, opening, closing, cancelling; by the clock | [`Authority::publish`], [`keep_time`] |
//! | `tally` | the result, from the record on the board; certifying it | [`Authority::publish_result`] |
//! | `turnout` | what turnout was, where everybody may see it | `Authority::watch_turnout` |
//! | `awaited` | what trustees and issuers have still to do | `Official` |
//! | `posting` | getting an entry into the log | `Authority::deliver` |
//! | [`import`] | lists of voters in CSV and JSON | [`import::import`] |
//! | `look` | a list of voters before it is loaded | `Authority::look` |
//! | `register` | versions of the register | [`Authority::load_register`] |
//! | `invitations`, `mail` | links, letters, mails, reminders | [`Authority::send_invitations`] |
//! | `own_issuer` | what elections want of an issuer beside the authority | [`Authority::wanted_of_own_issuer`] |
//! | `issued` | who has taken a token, by the issuers' word | [`IssuerWord`] |
//! | `bundles` | what voters' browsers are given: the newest bundle, and those that elections name | `Bundles::open` |
//! | `sealing` | secrets at rest | `SealingKey` |
//! | `records`, `store` | what is stored; the disk | [`Store`] |
//! | `folder`, `config` | where things lie; what whoever runs it decides | [`Folder`], [`Config`] |
//! | `error` | why something is not done | [`AuthorityError`] |

mod access;
mod awaited;
mod bundles;
mod ceremony;
mod config;
mod draft;
mod elections;
mod error;
mod folder;
mod http;
pub mod import;
mod invitations;
mod issued;
mod keys;
mod look;
mod mail;
mod own_issuer;
mod phases;
mod posting;
mod records;
mod register;
mod schedule;
mod sealing;
mod service;
mod store;
mod tally;
mod turnout;

pub use access::{Actor, Caller};
pub use config::{Config, Login, MailConfig, MailServer, MailTarget, Security};
pub use error::AuthorityError;
pub use folder::{Folder, FolderError, LockedFolder};
pub use http::{routes, run};
pub use invitations::harmless;
pub use issued::{IssuerWord, Word};
pub use keys::Access;
pub use mail::{Mail, Mailer, Sending};
pub use own_issuer::{Task, Wanted};
pub use schedule::keep_time;
pub use sealing::Unsealable;
pub use service::{Authority, Parts};
pub use store::{Changes, DiskStore, Pairs, Store, StoreError, Table, VALUE_LIMIT};
