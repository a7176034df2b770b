//! Why a trustee's program does not do something.

use urna_crypto::{CeremonyError, ElectionId, PlanId};
use urna_election::Id;
use urna_election::ceremony::{Awaited, ExchangeError, KeyCeremonyError, Member};
use urna_election::entry::Kind;
use urna_election::json::JsonError;
use urna_election::opening::OpeningError;

/// Why something is not done. Nothing has changed, and nothing was handed out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrusteeError {
    /// The state has changed since it was saved: save it first.
    #[error("this is not in the key file yet")]
    Unsaved,
    /// The plan has no such trustee.
    #[error("the plan has no trustee {0}")]
    NotATrustee(Id),
    /// A plan with one trustee, and nobody has said `solo`.
    #[error(
        "in this plan one trustee alone holds the whole key, can read every ballot at any time, and can lose it: say so by name, solo"
    )]
    SoloNotAsked,
    /// Somebody has said `solo` of a plan with several trustees.
    #[error("this plan shares the key among several trustees: it is not solo")]
    NotSolo,
    /// A package of the exchange.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// A rule of the ceremony is broken.
    #[error("{}{error}", .culprit.as_ref().map(|culprit| format!("{culprit}: ")).unwrap_or_default())]
    Ceremony {
        /// Whose doing it is, where it can be said.
        culprit: Option<Member>,
        /// The rule.
        error: CeremonyError,
    },
    /// The share is agreed to under a manifest; there is no other ceremony with this file.
    #[error("this key belongs to the election {0} for good: a new key needs a new plan and a new file")]
    Bound(ElectionId),
    /// An attempt that is not later than the one at hand.
    #[error("this is attempt {current}: a new one has a higher number than {attempt}")]
    NotLater {
        /// The attempt at hand.
        current: u32,
        /// The one that was asked for.
        attempt: u32,
    },
    /// There is no share yet.
    #[error("the key ceremony is not finished{}", .0.as_ref().map(|awaited| format!(": {awaited} are awaited")).unwrap_or_default())]
    NoShare(Option<Awaited>),
    /// The manifest is another than the announced one.
    #[error("the manifest is that of the election {found}, and {expected} was announced")]
    OtherElection {
        /// The id that was given.
        expected: ElectionId,
        /// The manifest's.
        found: ElectionId,
    },
    /// The manifest was made of another plan.
    #[error("the manifest is of the plan {found}, and this key was made for {expected}")]
    OtherPlan {
        /// The key's plan.
        expected: PlanId,
        /// The manifest's.
        found: PlanId,
    },
    /// The manifest has another enrolment key in the place of this trustee's.
    #[error("the manifest names another enrolment key for you")]
    OtherEnrolmentKey,
    /// The manifest has another Y_i in the place of this trustee's.
    #[error("the manifest names another share key for you than that of your share")]
    OtherShareKey,
    /// The manifest has another Y.
    #[error("the manifest names another election key than the one of your ceremony")]
    OtherElectionKey,
    /// The packages of this trustee's ceremony do not give the manifest's keys.
    #[error("the manifest's keys are not those of your ceremony: {0}")]
    KeyCeremony(#[from] KeyCeremonyError),
    /// Nothing is agreed to yet.
    #[error("agree to the published manifest first")]
    NotAgreed,
    /// The backup holds no share.
    #[error("the backup was made before the key ceremony had ended, and holds no share: make it again")]
    BackupWithoutShare,
    /// The backup is of another trustee, plan or ceremony.
    #[error("the backup holds another {0} than the key file: make it again")]
    OtherBackup(&'static str),
    /// A check of this trustee's own verification did not pass.
    #[error("V-{check:02} did not pass: {}", if .reason.is_empty() { "see the report" } else { .reason })]
    NotVerified {
        /// Which check.
        check: u8,
        /// What the report says.
        reason: String,
    },
    /// Voting has not been closed, or an issuer's list is missing.
    #[error("voting is not closed yet, or not every issuer has accounted for what it issued")]
    NotClosed,
    /// The verification was not made against the election's id, or not of this election.
    #[error("the verification was not of this election by its id")]
    NotAnchored,
    /// The list of counted ballots that was handed over is not the one of the agreement.
    #[error("the list of counted ballots is not the one of the agreement")]
    OtherList,
    /// The trustee's own clock.
    #[error("by your clock it is {now}, and nothing is opened before {not_before} (Unix seconds)")]
    TooEarly {
        /// The clock's time.
        now: u64,
        /// The later of `closes` and `opening_not_before`.
        not_before: u64,
    },
    /// This trustee has agreed to something else.
    #[error(
        "you have agreed to something else in this election before: a log with {before} entries when voting closed; this one has {now}. \
         Two logs of one election are evidence: open nothing, and compare with the other trustees"
    )]
    AgreedOtherwise {
        /// The size that was agreed to.
        before: u64,
        /// The size that is to be agreed to now.
        now: u64,
    },
    /// Not enough trustees have signed what this one has.
    #[error(
        "{} of {needed} trustees have signed what you have: {}{}",
        .agreed.len(), names(.agreed), dissent(.otherwise)
    )]
    TooFewAgreed {
        /// How many it takes.
        needed: usize,
        /// Who has, this trustee included.
        agreed: Vec<Member>,
        /// Who has signed something else.
        otherwise: Vec<Member>,
    },
    /// The counted list has no such chunk.
    #[error("the counted list has no chunk {0}")]
    NoChunk(u32),
    /// A chunk cannot be opened.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// The log has an entry under this trustee's key that this file did not make and cannot take for its own.
    #[error(
        "the log has a {0} in your name that this file did not make: is another copy of it in use? Compare before you go on"
    )]
    Stranger(Kind),
}

fn names(members: &[Member]) -> String {
    let names: Vec<_> = members.iter().map(Member::to_string).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

fn dissent(members: &[Member]) -> String {
    if members.is_empty() {
        String::new()
    } else {
        format!("; {} signed something else, which is evidence of two logs: keep both", names(members))
    }
}

/// Why bytes are not a key file that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// Not a key file at all.
    #[error("this is not a trustee's key file: {0}")]
    Json(#[from] JsonError),
    /// Written by another version of the program.
    #[error("the key file has version {0}, which this program does not know")]
    Version(u32),
    /// Parameters of argon2id outside what this program uses.
    #[error(
        "the key file asks for {memory} KiB, {passes} passes and {lanes} lanes, which is outside what is allowed"
    )]
    Cost {
        /// KiB.
        memory: u32,
        /// Passes over it.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
    /// There is not enough memory for the parameters.
    #[error("there is not enough memory to turn the passphrase into a key")]
    Memory,
    /// Too few characters.
    #[error("a passphrase has at least {0} characters; several words that nobody else would choose are good")]
    Short(usize),
    /// The passphrase is another, or bytes have changed: nobody can say which.
    #[error("the passphrase is wrong, or the file is damaged")]
    Passphrase,
    /// What the file holds does not fit together.
    #[error("the key file is damaged: {0}")]
    Content(&'static str),
}
