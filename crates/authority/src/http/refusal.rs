//! What a refusal looks like on the wire: one exhaustive match.

use urna_api::{Item, Problem, ProblemType};
use urna_election::ceremony::ExchangeError;

use crate::error::AuthorityError;
use crate::store::StoreError;

/// The problem document of an error.
pub(super) fn problem(error: AuthorityError) -> Problem {
    use AuthorityError as Error;
    use ProblemType as Type;
    let detail = capitalised(&error.to_string());
    let kind = match &error {
        Error::Unauthenticated | Error::NoLink | Error::NoSession => Type::Unauthenticated,
        Error::Forbidden { .. } | Error::NotAnApprover { .. } | Error::OtherOwner { .. } => Type::Forbidden,
        Error::UnknownElection(_) => Type::UnknownElection,
        Error::UnknownIssuer(_) | Error::UnknownTrustee(_) => Type::UnknownSigner,
        Error::OtherPackage => Type::Forbidden,
        Error::Package(error) => package(error),
        Error::UnknownPerson(_) => Type::UnknownPerson,
        Error::UnknownKey(_) => Type::UnknownKey,
        Error::UnknownJob(_) => Type::UnknownJob,
        Error::UnknownPreset(_)
        | Error::ReservedSlug(_)
        | Error::NotASlug
        | Error::NotAnAccount
        | Error::NotAnAddress
        | Error::ManagerOfNothing
        | Error::NotConfirmed(_) => Type::Malformed,
        Error::SlugInUse(_)
        | Error::AlreadyPublished
        | Error::NotPublished
        | Error::NoPlan
        | Error::ApprovalsMissing(_)
        | Error::NobodyListed
        | Error::NoList
        | Error::OtherKeys { .. }
        | Error::OtherAttempt { .. }
        | Error::NotByHand
        | Error::NotOpened
        | Error::Ended
        | Error::RehearsalsMissing(_)
        | Error::NotClosed
        | Error::NotOpenedYet(_)
        | Error::NoResult
        | Error::NoSecrets
        | Error::NoTestMail
        | Error::AlreadySending => Type::WrongPhase,
        Error::EditedMeanwhile | Error::OtherManifest | Error::ListChanged => Type::EditedMeanwhile,
        Error::InvalidDraft(_) => Type::InvalidDraft,
        Error::InvalidRegister(_) | Error::InvalidChanges(_) => Type::InvalidRegister,
        Error::InvalidProof { .. } => Type::InvalidProof,
        Error::AlreadyIssued => Type::AlreadyIssued,
        Error::NoIssuerWord { .. } => Type::IssuerUnreachable,
        Error::NoMailServer | Error::Mail(_) => Type::MailFailed,
        Error::Board(_) | Error::BoardContradicts | Error::RecordUnread(_) => Type::BoardUnreachable,
        Error::RecordFails { .. } => Type::InvalidEntry,
        Error::BoardRefused(problem) => problem.kind,
        Error::OlderCopy => Type::Stale,
        Error::UnderWay => Type::Busy,
        Error::Store(StoreError::Closed) | Error::NoBooth(_) => Type::Stopped,
        Error::Store(_) => Type::UnknownOutcome,
        Error::StoredManifest(_)
        | Error::StoredCeremony(_)
        | Error::Unsealable(_)
        | Error::Record(_)
        | Error::Bundle(_)
        | Error::Folder(_)
        | Error::BrokenOff => Type::Internal,
    };
    let problem = Problem::new(kind, detail);
    match error {
        Error::Package(error) => problem.with_check(error.rule()),
        Error::InvalidDraft(items) | Error::InvalidChanges(items) => problem.with_problems(items),
        Error::InvalidRegister(refused) => {
            let lines = refused.lines.iter().map(|bad| Item::line(bad.line, bad.problem.to_string()));
            problem.with_problems(lines.collect())
        }
        Error::Board(_) | Error::RecordUnread(_) | Error::NoIssuerWord { .. } | Error::UnderWay => {
            problem.retry_after(5)
        }
        Error::RecordFails { check, .. } => problem.with_check(check),
        Error::Store(StoreError::Closed) => problem.retry_after(2),
        Error::BoardRefused(refused) => Problem { check: refused.check, ..problem },
        // Whoever asked learns that it failed; what has failed is for whoever runs the service.
        Error::Store(_)
        | Error::StoredManifest(_)
        | Error::StoredCeremony(_)
        | Error::Unsealable(_)
        | Error::Record(_)
        | Error::Bundle(_)
        | Error::Folder(_) => {
            tracing::error!(error = %problem.detail, "a request failed");
            let detail = "Something failed in the service. Whoever runs it finds the reason in its messages. The same \
                          again is safe, and tells what became of this.";
            Problem::new(kind, detail)
        }
        _ => problem,
    }
}

/// Which type of problem a refused package is.
const fn package(error: &ExchangeError) -> ProblemType {
    use ProblemType as Type;
    match error {
        ExchangeError::Json(_) | ExchangeError::Form { .. } => Type::Malformed,
        ExchangeError::UnknownTrustee { .. } => Type::UnknownSigner,
        ExchangeError::OtherPlan { .. }
        | ExchangeError::OtherAttempt { .. }
        | ExchangeError::Stale { .. }
        | ExchangeError::TooEarly { .. }
        | ExchangeError::Another { .. } => Type::WrongPhase,
        ExchangeError::Unproved { .. }
        | ExchangeError::RepeatedKey { .. }
        | ExchangeError::Ceremony { .. }
        | ExchangeError::Unconfirmed { .. } => Type::InvalidProof,
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    let mut sentence: String =
        characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect());
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}
