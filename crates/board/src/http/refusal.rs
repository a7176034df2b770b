//! What a refusal looks like on the wire: one exhaustive match each.

use urna_api::{Problem, ProblemType};
use urna_election::entry::Kind;
use urna_election::opening::OpeningError;
use urna_election::{Phase, Rejected};

use super::stopped;
use crate::error::Refusal;
use crate::service::NotCreated;

/// The problem document of a refusal.
pub(super) fn problem(refusal: &Refusal) -> Problem {
    use ProblemType as Type;
    let (kind, check) = match refusal {
        Refusal::TooLong { .. } => (Type::TooLarge, "ENT-1"),
        Refusal::BlobTooLong { .. } => (Type::TooLarge, "ENT-9"),
        Refusal::Json(_) => (Type::Malformed, "ENT-1"),
        Refusal::Rejected(rejected) => of_rejected(rejected),
        Refusal::NoManifest => (Type::WrongPhase, "STA-2"),
        Refusal::TooEarly { .. } => (Type::TooEarly, "STA-1"),
        Refusal::TooLate { .. } => (Type::VotingClosed, "STA-1"),
        Refusal::Manifest(_) | Refusal::OtherLog { .. } => (Type::InvalidEntry, "V-04"),
        Refusal::BlobMissing { .. } => (Type::MissingBlob, "V-16"),
        Refusal::Blob(_) => (Type::InvalidEntry, "ENT-4"),
        Refusal::KeyCeremony(_) => (Type::InvalidEntry, "V-05"),
        Refusal::Register(_) => (Type::InvalidEntry, "V-06"),
        Refusal::Issuance(_) | Refusal::Figures(_) => (Type::InvalidEntry, "V-10"),
        Refusal::Opening(error) => (Type::InvalidEntry, of_opening(error)),
        Refusal::Count(_) | Refusal::Result(_) | Refusal::OtherResult => (Type::InvalidEntry, "V-14"),
    };
    let detail = format!("{}. The entry was not accepted.", capitalised(&refusal.to_string()));
    let problem = Problem::new(kind, detail);
    // Whether it is a token, the proof or the signature that does not verify is not said.
    if kind == Type::InvalidProof { problem } else { problem.with_check(check) }
}

/// Chunks are V-12's, what is combined of them V-13's.
const fn of_opening(error: &OpeningError) -> &'static str {
    match error {
        OpeningError::UnknownTrustee { .. }
        | OpeningError::Incomplete
        | OpeningError::Combined { .. }
        | OpeningError::Combination(_) => "V-13",
        OpeningError::Length { .. }
        | OpeningError::Point { .. }
        | OpeningError::Proof { .. }
        | OpeningError::Chunk { .. } => "V-12",
    }
}

const fn of_rejected(rejected: &Rejected) -> (ProblemType, &'static str) {
    use ProblemType as Type;
    match rejected {
        Rejected::Phase { kind: Kind::Ballot | Kind::Withdrawal, phase } => match phase {
            Phase::Announced | Phase::Rehearsed => (Type::TooEarly, "STA-1"),
            _ => (Type::VotingClosed, "STA-1"),
        },
        Rejected::Phase { .. } => (Type::WrongPhase, "STA-1"),
        Rejected::OtherManifest | Rejected::OtherElection => (Type::WrongPhase, "STA-2"),
        Rejected::UnknownClass(_) => (Type::UnknownClass, "STA-3"),
        Rejected::UnknownSigner { .. } => (Type::UnknownSigner, "STA-4"),
        Rejected::Signature { .. } => (Type::InvalidSignature, "V-17"),
        Rejected::RunningNumber { .. } => (Type::Stale, "STA-5"),
        Rejected::Sequence { .. } => (Type::Sequence, "STA-6"),
        Rejected::RevoteLimit { .. } => (Type::Sequence, "STA-7"),
        Rejected::NothingToWithdraw => (Type::Sequence, "STA-8"),
        Rejected::AlreadyLogged { .. } => (Type::Sequence, "STA-9"),
        Rejected::ReusedNonce { .. } => (Type::ReusedR, "STA-10"),
        Rejected::OtherClass => (Type::Sequence, "STA-11"),
        Rejected::TokenUsed { .. } => (Type::TokenUsed, "STA-12"),
        Rejected::Repeated { .. } => (Type::WrongPhase, "STA-13"),
        Rejected::CeremonyMissing { .. } => (Type::WrongPhase, "STA-14"),
        Rejected::Classes => (Type::InvalidEntry, "STA-15"),
        Rejected::RegisterCause => (Type::InvalidEntry, "STA-16"),
        Rejected::RegisterMissing => (Type::WrongPhase, "STA-17"),
        Rejected::OtherAgreement => (Type::InvalidEntry, "STA-18"),
        Rejected::IssuanceMissing { .. } => (Type::WrongPhase, "STA-19"),
        Rejected::TooFewAgreed { .. } => (Type::WrongPhase, "STA-20"),
        Rejected::Chunk { .. } => (Type::InvalidEntry, "STA-21"),
        Rejected::OpeningsMissing { .. } => (Type::WrongPhase, "STA-22"),
        Rejected::ErasedList | Rejected::ManifestErased => (Type::InvalidEntry, "STA-23"),
        Rejected::OtherCeremony { .. } => (Type::InvalidEntry, "STA-24"),
        Rejected::RevoteNotAllowed | Rejected::WithdrawalNotAllowed => (Type::Sequence, "STA-25"),
        Rejected::SmallClass(_) => (Type::InvalidEntry, "STA-26"),
        Rejected::TokenCount { .. } => (Type::InvalidEntry, "BAL-8"),
        Rejected::Proof => (Type::InvalidProof, "V-08"),
        Rejected::CiphertextLength { .. } => (Type::InvalidCiphertextLength, "BAL-9"),
        Rejected::Possession { .. } => (Type::InvalidEntry, "ENT-6"),
        Rejected::Rehearsal { .. } => (Type::InvalidEntry, "ENT-7"),
        Rejected::BlobKind { .. } => (Type::InvalidEntry, "ENT-4"),
        Rejected::BlobLength { .. } => (Type::InvalidEntry, "ENT-9"),
        Rejected::BlobCount { .. } => (Type::InvalidEntry, "ENT-10"),
    }
}

/// The problem document of a log that was not created.
pub(super) fn not_created(reason: &NotCreated) -> Problem {
    match reason {
        NotCreated::UnknownAuthority => {
            let detail = "This board does not serve this authority. Whoever runs the board adds the authority's key to \
                          its configuration.";
            Problem::new(ProblemType::Forbidden, detail)
        }
        NotCreated::Signature => {
            Problem::new(ProblemType::InvalidSignature, "The signature is not the authority's on this plan.")
        }
        NotCreated::SlugInUse => {
            let detail = "Another plan has a log of this slug here. Choose another slug.";
            Problem::new(ProblemType::WrongPhase, detail)
        }
        NotCreated::Unreadable => stopped(),
        NotCreated::Open(error) => {
            tracing::error!(%error, "a log cannot be created");
            stopped()
        }
    }
}

/// As a sentence begins.
pub(super) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
