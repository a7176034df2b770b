//! What a person is told when the driver does not go on: what is wrong, at whose service, and whether the vote counts.

use core::fmt;

use urna_api::ProblemType;
use urna_api::client::ClientError as ServiceError;
use urna_crypto::ElectionId;
use urna_election::Id;
use urna_election::entry::Kind;

use super::storage::StorageError;
use crate::voter::casting::HoldsToken;
use crate::{ClientError, Resumed, Voter};

/// Who was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Service {
    /// The organiser's service.
    Authority,
    /// The bulletin board.
    Board,
    /// This issuer.
    Issuer(Id),
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Authority => f.write_str("the organiser's service"),
            Self::Board => f.write_str("the board"),
            Self::Issuer(id) => write!(f, "the issuer {id}"),
        }
    }
}

/// Why the driver does not go on. No secret is in it; what a service said is repeated without control characters.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    /// A rule of `spec/client.md`: what a service gave is not believed, or the voter may not do this.
    #[error("{0}")]
    Rule(#[from] ClientError),
    /// The saved form was not stored or not read.
    #[error("{0}")]
    Storage(#[from] StorageError),
    /// No answer, or none that can be used, however often it was asked.
    #[error("{service} does not answer as it should ({})", clean(error))]
    Unanswered {
        /// Who.
        service: Service,
        /// The last answer.
        error: Box<ServiceError>,
    },
    /// The service says no.
    #[error("{service} refused: {}{}", clean(error), advice(error))]
    Refused {
        /// Who.
        service: Service,
        /// Why.
        error: Box<ServiceError>,
    },
    /// The address of a service cannot be one.
    #[error("{} is not the address of {service}", clean(address))]
    Address {
        /// Whose.
        service: Service,
        /// What was given.
        address: String,
    },
    /// An issuer gave a token for this link, and not to this device (CLI-13).
    #[error(
        "the issuer {issuer} has given a token for your link already, and this device does not have it. Use the device or the \
         file that has it, or its recovery code; if that was not you, tell the organiser and the commission"
    )]
    IssuedElsewhere {
        /// Which issuer.
        issuer: Id,
    },
    /// An issuer says again and again that it does not have the session that it has just opened.
    #[error("the issuer {issuer} forgets its sessions: try again later, or tell the organiser")]
    SessionsForgotten {
        /// Which issuer.
        issuer: Id,
    },
    /// There is no saved form, and nothing to begin with.
    #[error("nothing is saved here yet: the personal link is needed")]
    LinkNeeded,
    /// The manifest is nowhere to be had.
    #[error(
        "the election's definition is not kept here: give the personal link, or the election's address on the board"
    )]
    ManifestNeeded,
    /// The saved form is of another election than the link.
    #[error("what is saved here is of the election {saved}, and the link is for {link}: use another file")]
    OtherElectionSaved {
        /// What is saved.
        saved: ElectionId,
        /// What was given.
        link: ElectionId,
    },
    /// The saved form is of another link of this election.
    #[error("what is saved here belongs to another link of this election: use another file")]
    OtherLinkSaved,
    /// There is a saved form where a new one was to be made.
    #[error("something is saved here already: use another file")]
    AlreadySaved,
    /// There are no tokens yet.
    #[error("there is no token yet: take one first")]
    NoToken,
    /// A ballot with other choices may be on its way, and ballots are final (CLI-16).
    #[error(
        "a ballot with other choices was made before and may have been sent, and in this election a ballot is final: that one is \
         all that can be sent"
    )]
    OtherBallotPending,
    /// Another device with this seed cast while this one did: this device's entry will never be recorded (CLI-20).
    #[error(
        "another device with your recovery code was first: what you sent now is not recorded and will not be. Check what is \
         recorded, and cast again if it is not what you want"
    )]
    Displaced,
    /// A token was to be given back that was used after all.
    #[error("the token cannot be given back: your ballot is in the log, as entry {index}")]
    Used {
        /// Where.
        index: u64,
    },
    /// A token is given back after the close only.
    #[error("voting has not closed: a token is given back after that, since it cannot be used any more then")]
    NotClosed,
    /// No issuer's list has a row of this voter: there is no token to give back.
    #[error("the issuer {issuer} gave no token for your link: there is nothing to give back")]
    NeverIssued {
        /// Which issuer.
        issuer: Id,
    },
    /// The official entries do not end.
    #[error("the board's official entries do not end")]
    Endless,
}

impl DriverError {
    /// The problem document that a service gave, if it did.
    pub fn problem(&self) -> Option<&urna_api::Problem> {
        match self {
            Self::Refused { error, .. } | Self::Unanswered { error, .. } => error.problem(),
            _ => None,
        }
    }

    /// What is wrong, in one word for programs: a page says it in the voter's language.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Rule(error) => error.name(),
            Self::Storage(error) => error.name(),
            Self::Unanswered { .. } => "unanswered",
            Self::Refused { .. } => "refused",
            Self::Address { .. } => "address",
            Self::IssuedElsewhere { .. } => "issued_elsewhere",
            Self::SessionsForgotten { .. } => "sessions_forgotten",
            Self::LinkNeeded => "link_needed",
            Self::ManifestNeeded => "manifest_needed",
            Self::OtherElectionSaved { .. } => "other_election_saved",
            Self::OtherLinkSaved => "other_link_saved",
            Self::AlreadySaved => "already_saved",
            Self::NoToken => "no_token",
            Self::OtherBallotPending => "other_ballot_pending",
            Self::Displaced => "displaced",
            Self::Used { .. } => "used",
            Self::NotClosed => "not_closed",
            Self::NeverIssued { .. } => "never_issued",
            Self::Endless => "endless",
        }
    }

    /// The rule of `spec/client.md` that does not hold.
    pub const fn rule(&self) -> Option<&ClientError> {
        match self {
            Self::Rule(error) | Self::Storage(StorageError::Form(error)) => Some(error),
            _ => None,
        }
    }
}

/// What others wrote, for a terminal: in one line, and of a length that can be read.
fn clean(text: impl fmt::Display) -> String {
    let text = text.to_string();
    let short = text.chars().filter(|character| !character.is_control()).take(600);
    short.collect::<String>().trim_end_matches('.').to_owned()
}

/// What a voter does about a refusal, where the service does not know it.
fn advice(error: &ServiceError) -> &'static str {
    match error.kind() {
        Some(ProblemType::WrongTime) => ". Set this device's clock",
        Some(ProblemType::TooEarly) => ". Come again when it has opened",
        Some(ProblemType::InvalidSignature) => {
            ". Your link may have been replaced by a newer one: use that, or tell the organiser"
        }
        Some(ProblemType::IssuanceClosed) => ". It is too late to take a token",
        Some(ProblemType::Sequence) => {
            ". Another device of yours may have cast a moment ago: check, and try again"
        }
        Some(ProblemType::InvalidProof) => ". Tell the commission, and keep what is saved",
        _ => "",
    }
}

/// Whether the vote counts, as far as this device knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// What is kept was not read, so nothing is known.
    #[default]
    NotRead,
    /// Nothing was cast.
    NothingSent,
    /// An entry was made and may have been sent; the board has not answered.
    Pending {
        /// What it is.
        kind: Kind,
        /// Whether an earlier entry stands until this one is recorded.
        earlier: bool,
    },
    /// The board refused an entry, and shows neither it nor another one in its place.
    NotTaken {
        /// What it is.
        kind: Kind,
        /// Whether an earlier entry stands.
        earlier: bool,
    },
    /// The board has promised to record an entry.
    Promised {
        /// What it is.
        kind: Kind,
        /// By which Unix second.
        deadline: u64,
    },
    /// The last entry is in the log.
    Recorded {
        /// What it is; none of another device's that the board does not show.
        kind: Option<Kind>,
        /// Where it stands.
        index: u64,
        /// Whether this device, or a copy of what it keeps, made it.
        own: bool,
    },
}

impl Standing {
    /// How a voter's vote stands.
    pub fn of(voter: &Resumed) -> Self {
        match voter {
            Resumed::Seeded(_) | Resumed::Asked(_) => Self::NothingSent,
            Resumed::WithToken(voter) => Self::after(voter),
            Resumed::Cast(voter) => Self::after(voter),
            Resumed::Promised(voter) => Self::after(voter),
            Resumed::Receipted(voter) => Self::after(voter),
        }
    }

    pub(super) fn after<S: HoldsToken>(voter: &Voter<S>) -> Self {
        let kept: Vec<_> = voter.kept().collect();
        let Some((last, before)) = kept.split_last() else { return Self::NothingSent };
        match (last.receipt, last.promise, last.kind) {
            (Some(receipt), _, kind) => Self::Recorded { kind, index: receipt.index(), own: last.own },
            (None, Some(promise), Some(kind)) => {
                Self::Promised { kind, deadline: promise.unverified().deadline() }
            }
            (None, None, Some(kind)) => {
                let earlier = before.iter().any(|kept| kept.receipt.is_some() || kept.promise.is_some());
                Self::Pending { kind, earlier }
            }
            (None, _, None) => Self::NothingSent,
        }
    }
}

/// A kind of entry in words.
const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Withdrawal => "withdrawal",
        Kind::Returned => "returned token",
        _ => "ballot",
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead => {
                f.write_str("Whether you have cast is not known here: what is kept was not read")
            }
            Self::NothingSent => f.write_str("Nothing was cast"),
            Self::Pending { kind, earlier } => {
                let kind = name(*kind);
                write!(
                    f,
                    "It is not known whether your {kind} has arrived; it is kept here, and the same {kind} is sent again"
                )?;
                if *earlier {
                    f.write_str(". Until it has arrived, what you sent before stands")
                } else {
                    Ok(())
                }
            }
            Self::NotTaken { kind, earlier } => {
                write!(f, "Your {} is not recorded", name(*kind))?;
                if *earlier { f.write_str("; what you sent before stands") } else { Ok(()) }
            }
            Self::Promised { kind, .. } => write!(f, "The board has promised to record your {}", name(*kind)),
            Self::Recorded { kind: Some(kind), index, own: true } => {
                write!(f, "Your {} is recorded, as entry {index}", name(*kind))
            }
            Self::Recorded { kind: Some(kind), index, own: false } => {
                write!(
                    f,
                    "A {} that was not made here is recorded under your identifier, as entry {index}",
                    name(*kind)
                )
            }
            Self::Recorded { kind: None, index, .. } => {
                write!(f, "An entry that was not made here is recorded under your identifier, at {index}")
            }
        }
    }
}

/// Why the driver does not go on, and how the vote stands. Doing the same again is always safe.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong, and what to do.
    pub error: DriverError,
    /// Whether the vote counts.
    pub standing: Standing,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A rule may cite what others wrote.
        let error: String =
            self.error.to_string().chars().filter(|character| !character.is_control()).collect();
        write!(f, "{error}. {}. Doing the same again is safe", self.standing)
    }
}

impl core::error::Error for Failure {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(&self.error)
    }
}
