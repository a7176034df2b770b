//! What an issuer says when it does not do what it was asked: a refusal to a voter, or a failure of its own.

use urna_crypto::ElectionId;
use urna_disk::DiskError;
use urna_election::json::JsonError;
use urna_election::manifest::ManifestError;
use urna_election::register::RegisterError;
use urna_election::{Id, Rejected};

use crate::keys::KeyError;
use crate::store::StoreError;

/// Why a voter's move, or the authority's question, is not answered. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The manifest has no such class.
    #[error("there is no class {0}")]
    UnknownClass(Id),
    /// Before issuance opens: the time has not come, or a trustee has not rehearsed, or there is no register.
    #[error("issuance has not opened: {}", opening(*.opens))]
    TooEarly {
        /// Unix second, if it is only the time.
        opens: Option<u64>,
    },
    /// The clock or the election's phase says so. What was answered is answered again.
    #[error("issuance is closed: only an answer that was given before is given again")]
    IssuanceClosed,
    /// The issuer was restored from a backup, which has no key to answer with.
    #[error(
        "this issuer was restored from a backup: it gives everybody what they were given before, and no new token to anybody"
    )]
    Restored,
    /// The request's time is too far from the issuer's (TOK-2).
    #[error(
        "the request is of {time}, and the issuer's clock says {now}: 120 seconds are the most; set the clock"
    )]
    WrongTime {
        /// What the request says.
        time: u64,
        /// The issuer's clock.
        now: u64,
    },
    /// Unknown handle, wrong class, no credential, or a signature that does not verify: which of them is not told (TOK-2,
    /// TOK-4).
    #[error(
        "the register does not entitle this request: handle, class and the credential's signature belong together"
    )]
    InvalidSignature,
    /// The signature is not that of the election's authority (HTTP-7).
    #[error(
        "only the authority of this election is told who has taken a token, and this is not its signature"
    )]
    NotTheAuthority,
    /// The handle has its answer, to another session or challenge.
    #[error("a token was issued to this handle; its second move, repeated, gets the same answer")]
    AlreadyIssued,
    /// Three sessions of this handle are open.
    #[error("three sessions of this handle are open: use one, or wait until one expires")]
    TooManySessions {
        /// In how many seconds the first of them expires.
        retry_after: u64,
    },
    /// The session is another handle's.
    #[error("this handle has no such session")]
    UnknownSession,
    /// The session is not open: older than its lifetime, used, lost when the issuer stopped, or never there.
    #[error("the session is not open any more: start a new one")]
    SessionExpired,
    /// Too much waits already, or the issuer has not read the board's register yet.
    #[error("the issuer is busy: try again")]
    Busy,
    /// The issuer has stopped: its store failed, or it ends. Nothing came of the move.
    #[error("the issuer has stopped: send the same again later")]
    Stopped,
    /// The store failed while the row was written. Whether it is there is known when the same is sent again.
    #[error("it is not known whether the answer was kept: send the same again")]
    UnknownOutcome,
}

fn opening(opens: Option<u64>) -> String {
    match opens {
        Some(opens) => format!("it opens at {opens}"),
        None => "the rehearsals of all trustees and the register come first".to_owned(),
    }
}

/// Why an issuer does not start, does not follow the board, or stops. The message says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IssuerError {
    /// The store failed. What it did is not known, so the issuer has stopped: open it again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A file beside the store.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The issuer stopped before this call.
    #[error("this issuer has stopped; open it again")]
    Stopped,
    /// Plan or manifest do not name this issuer.
    #[error("the election has no issuer {0}: give the id that its plan has")]
    UnknownIssuer(Id),
    /// There are no keys.
    #[error("there are no keys: make them with `urna issuer keys`, or put the key file back")]
    NoKeys,
    /// Keys that would be discarded were used.
    #[error("these keys were in use: they are destroyed after the election, and not before")]
    KeysInUse,
    /// The manifest is not of the election that was asked for.
    #[error("these bytes are not the manifest of the election {0}")]
    OtherManifestBytes(ElectionId),
    /// The manifest cannot be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The keys were made under another plan.
    #[error(
        "the keys were made under another plan than the manifest's: make new ones with `urna issuer keys`"
    )]
    OtherPlan,
    /// A key is not the one that the manifest has.
    #[error("the manifest has another key of this issuer for {0}: put the right key file back")]
    OtherKey(KeyOf),
    /// The keys serve another election (TOK-1).
    #[error(
        "these keys serve the election {bound} and never another: {asked} needs an issuer with new keys in a folder of \
         its own"
    )]
    OtherElection {
        /// The first election that was served.
        bound: ElectionId,
        /// The one that was asked for.
        asked: ElectionId,
    },
    /// The keys were in use, and the rows are gone.
    #[error(
        "the keys were in use, and the store of what was answered is new: put the folder back as it was. Only if it is \
         lost for good, start with --accept-loss; whoever had a token can then take a second one"
    )]
    StoreLost,
    /// The store is an older copy.
    #[error(
        "the store knows {stored} starts, and there were {known}: it is an older copy. Put the newest one back. Only if it \
         is lost for good, start with --accept-loss; whoever had a token since can then take a second one"
    )]
    OlderCopy {
        /// How many starts the store knows.
        stored: u64,
        /// How many there were.
        known: u64,
    },
    /// An entry of the board cannot be read.
    #[error("an entry of the board: {0}")]
    Json(#[from] JsonError),
    /// An entry of the board breaks a rule.
    #[error("an entry of the board: {0}")]
    Rejected(#[from] Rejected),
    /// A version of the register breaks a rule (V-06).
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// Entry 0 is of another manifest, or not there.
    #[error("the board's log does not begin with this election's manifest")]
    OtherManifest,
    /// The board shows another version of the register than before.
    #[error(
        "the board's register version {number} is another than the one that was read before: the log was forked"
    )]
    OtherRegister {
        /// The running number of its entry.
        number: u64,
    },
    /// The board has an issuance list of this issuer that is not the stored rows.
    #[error(
        "the board has an issuance list of this issuer that is not that of the stored rows; keep folder and keys"
    )]
    OtherIssuance,
    /// Voting is not closed, so there is no list yet.
    #[error("voting is not closed: the issuance list comes after it")]
    NotClosed,
    /// Answers are being written.
    #[error("answers are still being written: ask again")]
    StillAnswering,
    /// A row cannot be read.
    #[error("a stored row cannot be read: {0}; keep the folder")]
    Row(JsonError),
    /// More rows than an entry can name.
    #[error("more rows than an entry can name")]
    TooManyRows,
}

impl IssuerError {
    /// Whether trying again can help: the disk may have room again, or answer again.
    pub(crate) const fn may_pass(&self) -> bool {
        match self {
            Self::Disk(error) | Self::Store(StoreError::Disk(error)) | Self::Key(KeyError::Disk(error)) => {
                error.may_pass()
            }
            _ => false,
        }
    }
}

/// Which of an issuer's keys is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyOf {
    /// The key of a class.
    Class(Id),
    /// The key that signs entries.
    Entries,
}

impl std::fmt::Display for KeyOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Class(class) => write!(f, "the class {class}"),
            Self::Entries => f.write_str("its entries"),
        }
    }
}
