//! The voter's client, without input and output: what a device knows, sends, believes and keeps, from the invitation to the
//! receipt. The page is `spec/client.md`.
//!
//! ```text
//! Invitation ─ from a link ─┐
//! manifest, official entries ─ AnchoredElection::check ─ entitle ─> Entitlement ─┐
//!                                                     Seed, made on the device ─ Voter::new ─> Voter<Seeded>
//!
//! Voter<Seeded> ─ ask ─> Voter<Asked> ─ both moves with every issuer, finish ─> Voter<WithToken>
//!     Voter<WithToken> ─ cast, give_back ─> Voter<Cast> ─ receipt ─> Voter<Receipted> ─ cast, withdraw ─> Voter<Cast>
//!                                                       └ promise ─> Voter<Promised> ─ receipt, cast, withdraw
//! ```
//!
//! **Each state is consumed by the step to the next**, so that what a state does not allow cannot be written down: no token is
//! asked for without the [`AnchoredElection`] that only its check makes, and nothing is cast without a token of every
//! issuer. A step that is refused gives the state back ([`Refused`]).
//!
//! **Saved before sent.** A state that has changed hands out nothing to send until its [`SavedForm`] is stored and
//! [`Voter::mark_saved`] says so. [`Saved::resume`] goes on from there after a crash; whatever was sent before is sent again as
//! it was, or is the same ballot.
//!
//! **One ballot for each number.** A ballot, once made, is all that can be sent under its sequence number until the board has
//! answered; another choice takes the next number. Not even a crash between any two steps lets a second one out.
//!
//! | module | what | rules |
//! |---|---|---|
//! | `anchor` | the election is the announced one, and ready; the own row of the register | CLI-1 to CLI-8 |
//! | `recovery` | the seed as something to write down | CLI-9 |
//! | `voter` | the states, and what they send and take | CLI-10 to CLI-21 |
//! | `saved` | the one saved form | CLI-22 to CLI-24 |
//! | `driver`, of the feature `driver` | fetches, sends, repeats, stores; with files and sockets: feature `native` | CLI-25 to CLI-30 |
//!
//! But for the driver, time and randomness are arguments; addresses, retries and storage are the caller's.

mod anchor;
#[cfg(feature = "driver")]
pub mod driver;
mod error;
mod recovery;
#[cfg(test)]
mod sample;
mod saved;
mod voter;

pub use anchor::{AnchoredElection, Entitlement, Lookup, OfficialEntry, OfficialPage};
pub use error::ClientError;
pub use recovery::RecoveryCode;
pub use saved::{Resumed, Saved, SavedForm, StateName};
pub use urna_election::invitation::{Invitation, InvitationError};
pub use voter::{
    Asked, BoardEntry, BrokenPromise, Cast, ChallengeRequest, HoldsToken, Kept, May, Promised, Receipted,
    Recorded, Refused, Seeded, SessionRequest, State, Voter, WithToken,
};
