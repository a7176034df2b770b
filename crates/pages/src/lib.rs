//! What browsers show of an election: words in four languages, one layout, one stylesheet, the pages of the public board, of the
//! booth, and of the organiser's desk.
//!
//! Pages are made of what a service knows, as plain structs, and are text: nothing here asks, stores or keeps time. They are
//! readable without JavaScript, name no other origin, and carry nothing inline, so that the strictest policy holds for them
//! ([`CONTENT_SECURITY_POLICY`]). One of them runs a program, the verifier ([`PROGRAM_POLICY`]).
//!
//! | module | what | start reading at |
//! |---|---|---|
//! | `language` | which languages there are, and which one a reader wants | [`Language::wanted`] |
//! | `words` | the texts, from `words/*.ftl` | [`Words`] |
//! | `moment` | dates and times, in the election's own zone | [`Words::moment`] |
//! | `layout` | what all pages have around them | `layout::page` |
//! | `assets` | stylesheet, scripts and the verifier, under names that change with them | [`asset`] |
//! | `board` | the public board: its elections, one election, how who voted, verifying | [`board::election`] |
//! | `booth` | where a voter votes, and the elections that a device knows | [`booth::vote`] |
//! | `desk` | where organisers make, run and finish an election | [`desk::list`] |
//! | `trustee` | where a trustee without a terminal guards a part of the key | [`trustee::trustee`] |

pub mod board;
pub mod booth;
pub mod desk;
pub mod trustee;

mod assets;
mod language;
mod layout;
mod moment;
mod words;

pub use assets::{Asset, asset};
pub use language::Language;
pub use layout::{Address, CONTENT_SECURITY_POLICY, PROGRAM_POLICY};
pub use words::Words;
