//! An election, from its definition to its result: what a manifest, a log entry and a count are, and the rules by which
//! each may follow the other. Pure: no clock, no randomness of its own, no storage, no network.
//!
//! # The story
//!
//! 1. The organiser fixes a [`Plan`]: slug, authority, and the names of issuers and trustees. Its hash, the plan id, is
//!    in every statement made before the manifest exists.
//! 2. Issuers make keys and trustees share the election key. A [`manifest::Draft`] with all of it is checked by
//!    [`Manifest::parse`](manifest::Manifest::parse), which reports every problem at once. The hash of its bytes is the
//!    **election id**, in every statement made from now on.
//! 3. The manifest is entry 0 of a public log. Every further [`entry::Entry`] is canonical [`json`]; what is large or
//!    must be erasable is a [`blob`] beside it. [`EntryVerifier`] checks an entry's signatures, tokens and proofs;
//!    [`ElectionState::apply`] is the only copy of the rules about what may follow what ([`Phase`]). The board admits
//!    through the two, and every verifier replays through them.
//! 4. The [`register`] says who is entitled, by handles without names; each version is compared with the one before. Who is
//!    entitled has an [`invitation`], a link with the credential's secret.
//! 5. A voter's [`selection::Selection`] becomes a [`selection::BallotPlaintext`] of the election's one length, which
//!    `urna-crypto` encrypts. [`issuance`] lists account for every token after the close.
//! 6. Trustees open the counted ballots ([`opening`]). Each becomes a [`selection::OpenedBallot`]; a [`count::Count`]
//!    takes nothing else, and [`result::ElectionResult`] is what is published.
//!
//! ```text
//! Plan ──> Draft ── parse ──> Manifest ──> Selection ── encode ──> BallotPlaintext ── urna-crypto ──> entry::Ballot
//!                                                                                                         │
//!       ElectionResult <── Count <── OpenedBallot <── opening <── ElectionState <── apply <── VerifiedEntry
//! ```
//!
//! The rules carry the numbers of `spec/`: ENC, PLA and REG (`encoding.md`), MAN and CNT (`manifest.md`), ENT and STA
//! (`entries.md`), TRU (`trustees.md`), V (`verification.md`).

pub mod blob;
pub mod ceremony;
pub mod count;
pub mod entry;
pub mod invitation;
pub mod issuance;
pub mod json;
pub mod manifest;
pub mod opening;
pub mod register;
pub mod result;
pub mod selection;

/// A small election with everything that can happen to a ballot, and the means to make another: for tests.
#[cfg(any(test, feature = "sample"))]
pub mod sample {
    pub use crate::manifest::sample as manifest;
    pub use crate::state::sample::{COLLECTIVE, Election, NORTH, Voter, draft, marks, solo};
    pub use crate::state::whole_election::{computed_result, whole_election};
}

mod id;
mod phase;
mod plan;
mod rejected;
mod state;
mod verify;

/// What everything that shows a trial election, or its result, says to people (C22).
pub const TRIAL: &str = "This is a trial: it decides nothing.";

pub use id::{Id, Language, NotALanguage, NotASlug, NotAnId, Slug};
pub use phase::Phase;
pub use plan::{Party, Plan, PlanError};
pub use rejected::Rejected;
pub use state::{CountedBallot, ElectionState};
pub use verify::{EntryFault, EntryVerifier, RecordedEntry, VerifiedEntry};
