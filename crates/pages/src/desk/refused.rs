//! The page that says why something was not done.

use maud::html;

use super::{Around, page};

/// Why something was not done, as far as a reader in a hurry needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "its words say what each is")]
pub enum Wrong {
    AlreadyIssued,
    AlreadyPublished,
    AlreadySending,
    ApprovalsMissing,
    BoardRefused,
    Draft,
    EditedMeanwhile,
    Forged,
    ListChanged,
    Mail,
    NoSecrets,
    NoTestMail,
    NotASlug,
    NotConfirmed,
    NotRead,
    Other,
    OtherManifest,
    Phase,
    Register,
    Rehearsal,
    ReservedSlug,
    Role,
    SlugInUse,
    UnknownElection,
    UnknownPerson,
    Unreachable,
}

impl Wrong {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::AlreadyIssued => "wrong-already-issued",
            Self::AlreadyPublished => "wrong-already-published",
            Self::AlreadySending => "wrong-already-sending",
            Self::ApprovalsMissing => "wrong-approvals-missing",
            Self::BoardRefused => "wrong-board-refused",
            Self::Draft => "wrong-draft",
            Self::EditedMeanwhile => "wrong-edited-meanwhile",
            Self::Forged => "wrong-forged",
            Self::ListChanged => "wrong-list-changed",
            Self::Mail => "wrong-mail",
            Self::NoSecrets => "wrong-no-secrets",
            Self::NoTestMail => "wrong-no-test-mail",
            Self::NotASlug => "wrong-not-a-slug",
            Self::NotConfirmed => "wrong-not-confirmed",
            Self::NotRead => "wrong-not-read",
            Self::Other => "wrong-other",
            Self::OtherManifest => "wrong-other-manifest",
            Self::Phase => "wrong-phase",
            Self::Register => "wrong-register",
            Self::Rehearsal => "wrong-rehearsal",
            Self::ReservedSlug => "wrong-reserved-slug",
            Self::Role => "wrong-role",
            Self::SlugInUse => "wrong-slug-in-use",
            Self::UnknownElection => "wrong-unknown-election",
            Self::UnknownPerson => "wrong-unknown-person",
            Self::Unreachable => "wrong-unreachable",
        }
    }
}

/// Says why something was not done: in the reader's language, and in the service's own words. `back` is the page to go on from.
pub fn refused(around: &Around<'_>, wrong: Wrong, detail: Option<&str>, back: &str) -> String {
    let words = around.words;
    let title = words.text("wrong-title");
    let content = html! {
        h1 { (title) }
        p.warning role="alert" { (words.text(wrong.words())) }
        // Elsewhere it goes on by itself.
        @if wrong != Wrong::Unreachable { p { (words.text("wrong-nothing-changed")) } }
        p.buttons { a.button href=(back) { (words.text("wrong-back")) } }
        @if let Some(detail) = detail {
            details {
                summary { (words.text("wrong-details")) }
                p lang="en" { (detail) }
            }
        }
    };
    page(around, &title, None, &content)
}
