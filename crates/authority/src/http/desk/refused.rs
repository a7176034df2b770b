//! The page that says why something is not done.

use axum::http::StatusCode;
use urna_api::Problem;
use urna_pages::Words;
use urna_pages::desk::{self, Around, Wrong};

use super::{Refusal, around, shown};
use crate::error::AuthorityError;
use crate::http::refusal::problem;

/// The page of an error, with the way back.
pub(super) fn refused(around: &Around<'_>, back: &str, error: AuthorityError) -> Refusal {
    let wrong = wrong(&error);
    let problem = problem(error);
    Refusal::of(shown(status(&problem), desk::refused(around, wrong, Some(&problem.detail), back)))
}

/// The page of a form that could not be read.
pub(super) fn not_read(words: Words, problem: Problem) -> Refusal {
    let around = around(words, "/desk", None);
    let page = desk::refused(&around, Wrong::NotRead, Some(&problem.detail), "/desk");
    Refusal::of(shown(status(&problem), page))
}

/// What is said of an error in the reader's language.
const fn wrong(error: &AuthorityError) -> Wrong {
    use AuthorityError as Error;
    match error {
        Error::Forbidden { .. } | Error::NotAnApprover { .. } | Error::OtherOwner { .. } => Wrong::Role,
        Error::UnknownElection(_) => Wrong::UnknownElection,
        Error::ListChanged => Wrong::ListChanged,
        Error::UnknownPerson(_) => Wrong::UnknownPerson,
        Error::EditedMeanwhile => Wrong::EditedMeanwhile,
        Error::OtherManifest => Wrong::OtherManifest,
        Error::ApprovalsMissing(_) => Wrong::ApprovalsMissing,
        Error::NotConfirmed(_) => Wrong::NotConfirmed,
        Error::SlugInUse(_) => Wrong::SlugInUse,
        Error::NotASlug => Wrong::NotASlug,
        Error::ReservedSlug(_) => Wrong::ReservedSlug,
        Error::AlreadyPublished => Wrong::AlreadyPublished,
        Error::NotPublished
        | Error::NoPlan
        | Error::NobodyListed
        | Error::NotByHand
        | Error::NotOpened
        | Error::Ended
        | Error::NotClosed
        | Error::NotOpenedYet(_)
        | Error::NoResult => Wrong::Phase,
        Error::InvalidDraft(_) => Wrong::Draft,
        Error::InvalidRegister(_) | Error::InvalidChanges(_) => Wrong::Register,
        Error::NoSecrets => Wrong::NoSecrets,
        Error::NoTestMail => Wrong::NoTestMail,
        Error::AlreadySending => Wrong::AlreadySending,
        Error::AlreadyIssued => Wrong::AlreadyIssued,
        Error::NoMailServer | Error::Mail(_) => Wrong::Mail,
        Error::Board(_) | Error::RecordUnread(_) | Error::NoIssuerWord { .. } | Error::UnderWay => {
            Wrong::Unreachable
        }
        Error::RehearsalsMissing(_) => Wrong::Rehearsal,
        Error::BoardRefused(_) => Wrong::BoardRefused,
        _ => Wrong::Other,
    }
}

fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
