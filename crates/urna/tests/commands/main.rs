//! The commands of `urna` as people run them, against real services over HTTP, and the voter's driver in this process.
//!
//! Voters have a board and two issuers in this process and one clock for all of them ([`world`]); between them are gates, at which
//! requests are lost, answers changed and voters killed. Organisers have every service as a process of the built program
//! ([`services`]), and do everything by commands.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod backup;
mod booth;
mod browser;
mod chromium;
mod desk;
mod documents;
mod gate;
mod interrupted;
mod lies;
mod making;
mod organiser;
mod pages;
mod restored;
mod roll;
mod routes;
mod running;
mod serve;
mod services;
mod stories;
mod verifying;
mod voter;
mod world;

use urna_client::Invitation;
use urna_client::driver::Failure;
use urna_election::selection::Choice;
use zeroize::Zeroizing;

/// A ballot of the class `north`: council, auditor.
fn choices(council: &[u16], auditor: &[u16]) -> Zeroizing<Vec<Choice>> {
    Zeroizing::new(vec![Choice::Marks(council.to_vec()), Choice::Marks(auditor.to_vec())])
}

/// A failure that says this, that doing it again is safe, and nothing of the link's personal part.
#[track_caller]
fn failed<T>(result: Result<T, Failure>, invitation: &Invitation, says: &str) -> Failure {
    let failure = result.err().expect("it went well");
    let said = failure.to_string();
    assert!(said.contains(says), "{said}");
    assert!(said.ends_with(". Doing the same again is safe"), "{said}");
    let link = invitation.to_link();
    let (_, personal) = link.split_once('#').unwrap();
    for text in [said, format!("{failure:?}")] {
        for secret in [personal, &personal[45..70], invitation.person()] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(!text.contains(char::is_control), "{text:?}");
    }
    failure
}
