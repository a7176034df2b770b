//! Why something is not done.

use urna_api::client::ClientError;
use urna_api::{Item, Problem};
use urna_election::Slug;
use urna_election::ceremony::ExchangeError;
use urna_election::manifest::ManifestError;

use crate::folder::FolderError;
use crate::import::RegisterRefused;
use crate::sealing::Unsealable;
use crate::store::StoreError;

/// Why the authority does not do what it was asked. Unless it says otherwise, nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the message of each variant describes it and its values")]
pub enum AuthorityError {
    #[error("this needs an API key: Authorization: Bearer and the key")]
    Unauthenticated,
    #[error(
        "this is no sign-in link that can be used: it may be older than a week, or used before. Ask for a new one"
    )]
    NoLink,
    #[error("this browser is not signed in, or its session has ended: open a sign-in link")]
    NoSession,
    #[error("this needs the role {needs} in this election")]
    Forbidden { needs: &'static str },
    #[error("the draft does not name {account:?} among its approvers")]
    NotAnApprover { account: String },
    #[error("there is no election {0:?}")]
    UnknownElection(String),
    #[error("{0:?} is not an election or a preset to begin from")]
    UnknownPreset(String),
    #[error("there is no issuer {0:?} in the plan")]
    UnknownIssuer(String),
    #[error("there is no trustee {0:?} in the plan")]
    UnknownTrustee(String),
    #[error("the address is another trustee's, or of another kind of package")]
    OtherPackage,
    #[error(transparent)]
    Package(ExchangeError),
    #[error("this is attempt {current} of the key ceremony")]
    OtherAttempt { current: u32 },
    #[error("nobody on the register has the id {0:?}")]
    UnknownPerson(String),
    #[error("there is no API key {0:?}")]
    UnknownKey(String),
    #[error("there is no job {0:?}; jobs end with the service, and what they did is kept")]
    UnknownJob(String),
    #[error("a slug is 3 to 40 characters from a-z, 0-9 and -")]
    NotASlug,
    #[error("there is an election {0} already: choose another slug")]
    SlugInUse(Slug),
    #[error("an account's name has 1 to 100 characters, and none that controls or separates")]
    NotAnAccount,
    #[error("this is no e-mail address that mail can be sent to")]
    NotAnAddress,
    #[error("a key of a manager is for one election: name it")]
    ManagerOfNothing,
    #[error("an election's owner never changes: {owner:?} is the owner of this one")]
    OtherOwner { owner: String },
    #[error("this cannot be undone: give the election's slug, {0}, to confirm it")]
    NotConfirmed(Slug),
    #[error("the election is published: nothing about it changes any more")]
    AlreadyPublished,
    #[error("the election is not published yet")]
    NotPublished,
    #[error(
        "the booth that the manifest of {0} names is not here, so nobody can vote in a browser: whoever runs the service restores it \
         from a backup. `urna voter` works meanwhile"
    )]
    NoBooth(Slug),
    #[error("there is no plan yet: fix it first")]
    NoPlan,
    #[error("the draft was edited since it was read: read it again")]
    EditedMeanwhile,
    #[error("the manifest has other bytes than those that were approved: read it again")]
    OtherManifest,
    #[error("{} problems in the draft, the first: {}", .0.len(), first(.0))]
    InvalidDraft(Vec<Item>),
    #[error("approvals are missing: {}", .0.join(", "))]
    ApprovalsMissing(Vec<String>),
    #[error(transparent)]
    InvalidRegister(#[from] RegisterRefused),
    #[error("{} problems in the changes, the first: {}", .0.len(), first(.0))]
    InvalidChanges(Vec<Item>),
    #[error("there is no list to take: it was taken, or given more than an hour ago. Give it again")]
    NoList,
    #[error("the list of voters was changed since this list was looked at: look again")]
    ListChanged,
    #[error("nobody is on the list of voters yet")]
    NobodyListed,
    #[error("{of} does not prove that its owner has the secret: make it for the plan {plan}")]
    InvalidProof { of: String, plan: String },
    #[error("{of} are other keys than those that were given before; the owner can remove these")]
    OtherKeys { of: String },
    #[error("this election opens and closes at its times, not by hand")]
    NotByHand,
    #[error("voting has not been opened")]
    NotOpened,
    #[error("{0} is an address of the desk itself; choose another short name")]
    ReservedSlug(Slug),
    #[error("voting cannot open before every trustee has agreed and rehearsed; awaited: {}", .0.join(", "))]
    RehearsalsMissing(Vec<String>),
    #[error("voting has ended")]
    Ended,
    #[error("voting has not been closed")]
    NotClosed,
    #[error("there is no result yet: {0}")]
    NotOpenedYet(String),
    #[error("there is no result yet")]
    NoResult,
    #[error(
        "the record on the board does not verify, so nothing is counted: {check} failed because {reason}"
    )]
    RecordFails { check: &'static str, reason: String },
    #[error("the record on the board cannot be read: {0}")]
    RecordUnread(String),
    #[error(
        "this authority does not make the voters' credentials in this election, so there are no secrets to send"
    )]
    NoSecrets,
    #[error("a token was issued to this person; the invitation is used")]
    AlreadyIssued,
    #[error(
        "whether a token was issued is the issuers' to say, and {issuer} does not answer as it should ({reason}): nothing was \
         changed"
    )]
    NoIssuerWord { issuer: urna_election::Id, reason: String },
    #[error("send a test mail with these words first, and read it")]
    NoTestMail,
    #[error("mails of this election are being sent already: see how the job goes")]
    AlreadySending,
    #[error("this authority has no mail server in its configuration; there are letters instead")]
    NoMailServer,
    #[error("the mail was not accepted: {0}")]
    Mail(String),
    #[error("{0}; it is tried again by itself, and the same request again tells how it went")]
    Board(ClientError),
    #[error("the board refused: {0}")]
    BoardRefused(Box<Problem>),
    #[error(
        "the board's answer is not signed by the log of this election: nothing more is sent there until somebody has looked"
    )]
    BoardContradicts,
    #[error(
        "the log has entries of this authority that this folder does not know: it is an older copy, or a second authority uses the key. Nothing is posted; go on with the newest copy of the folder"
    )]
    OlderCopy,
    #[error("the manifest that is stored is none: {0}")]
    StoredManifest(#[from] ManifestError),
    #[error("the packages of the key ceremony that are stored do not fit together: {0}")]
    StoredCeremony(ExchangeError),
    #[error(transparent)]
    Unsealable(#[from] Unsealable),
    #[error("a record cannot be read: {0}")]
    Record(#[from] serde_json::Error),
    #[error("the bundle that this program brings: {0}")]
    Bundle(#[from] urna_bundle::BundleError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("an entry of this election is on its way to the board: ask again in a moment")]
    UnderWay,
    #[error("the work was broken off: ask again")]
    BrokenOff,
}

fn first(items: &[Item]) -> String {
    items.first().map(describe).unwrap_or_default()
}

/// A problem with its place, in one line.
pub(crate) fn describe(item: &Item) -> String {
    match (&item.field, item.line) {
        (Some(field), _) => format!("{field}: {}", item.problem),
        (None, Some(line)) => format!("line {line}: {}", item.problem),
        (None, None) => item.problem.clone(),
    }
}
