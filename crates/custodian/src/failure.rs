//! Why something is not done: a name that the page has words for, and the error for who asks further.

use serde_json::{Map, Value, json};
use urna_api::ProblemType;
use urna_api::client::ClientError;
use urna_election::ceremony::Member;
use urna_election::manifest::ManifestError;
use urna_trustee::driver::{DriverError, StorageError};
use urna_trustee::{KeyFileError, TrusteeError};
use urna_verifier::Unreadable;
use urna_worker::RemoteError;

/// Why an operation is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Driver(#[from] DriverError),
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    #[error("the manifest: {0}")]
    Manifest(#[from] ManifestError),
    #[error("the record cannot be read: {0}")]
    Record(#[from] Unreadable<RemoteError>),
    #[error("{0} is no short name of an election")]
    Slug(String),
    #[error("the authority has sent the plan of {0}")]
    OtherPlan(String),
    #[error("the manifest is that of another election than was agreed to")]
    OtherManifest,
    #[error(
        "this plan has one trustee, who holds the whole key: that is done with the program `urna trustee`, and its option --solo"
    )]
    Solo,
    #[error("the plan has no trustee {0}")]
    NotATrustee(String),
    #[error("the key is not open")]
    Locked,
    #[error("this browser keeps no key of this trustee")]
    NotKept,
    #[error("this browser keeps a key of this trustee already")]
    Kept,
    #[error("this is the key file of another trustee, or of another election")]
    OtherFile,
    #[error("an election id has 64 digits, 0 to 9 and a to f")]
    NotAnElection,
    #[error("the record was not verified yet")]
    NotVerified,
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        DriverError::from(error).into()
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        DriverError::from(error).into()
    }
}

impl From<TrusteeError> for Failure {
    fn from(error: TrusteeError) -> Self {
        DriverError::from(error).into()
    }
}

impl Failure {
    /// Whether what is kept may be something else than what is open.
    pub(crate) const fn is_of_storage(&self) -> bool {
        matches!(self, Self::Driver(DriverError::Storage(_)))
    }

    /// The name that the page has words for.
    fn reason(&self) -> &'static str {
        match self {
            Self::Driver(error) => of_driver(error),
            Self::KeyFile(KeyFileError::Passphrase) => "passphrase",
            Self::KeyFile(KeyFileError::Short(_)) => "short",
            Self::KeyFile(KeyFileError::Memory) => "memory",
            Self::KeyFile(_) => "key-file",
            Self::Record(_) => "record",
            Self::Slug(_) => "unknown-election",
            Self::OtherPlan(_) | Self::OtherManifest | Self::Manifest(_) => "other-plan",
            Self::NotATrustee(_) => "not-a-trustee",
            Self::Solo => "solo",
            Self::Locked | Self::NotKept => "locked",
            Self::Kept => "kept",
            Self::OtherFile => "other-file",
            Self::NotAnElection => "not-an-election",
            Self::NotVerified => "not-verified-yet",
        }
    }

    /// What the words have places for.
    fn places(&self) -> Map<String, Value> {
        let places = match self {
            Self::Driver(DriverError::OtherAttempt { own, courier }) => {
                json!({ "own": own, "courier": courier })
            }
            Self::Driver(DriverError::Trustee(error)) => match error {
                TrusteeError::OtherElection { found, .. } => json!({ "found": found.to_string() }),
                TrusteeError::Bound(election) => json!({ "found": election.to_string() }),
                TrusteeError::TooEarly { not_before, .. } => json!({ "not_before": not_before }),
                TrusteeError::NotVerified { check, .. } => json!({ "check": format!("V-{check:02}") }),
                _ => Value::Null,
            },
            _ => Value::Null,
        };
        if let Value::Object(places) = places { places } else { Map::new() }
    }

    /// `open` is whether the key is open still.
    pub(crate) fn to_json(&self, is_open: bool) -> Value {
        let mut document = self.places();
        document.insert("error".to_owned(), self.to_string().into());
        document.insert("open".to_owned(), is_open.into());
        document.insert("reason".to_owned(), self.reason().into());
        document.into()
    }
}

fn of_driver(error: &DriverError) -> &'static str {
    match error {
        DriverError::Trustee(error) => of_trustee(error),
        DriverError::Storage(StorageError::OtherWindow) => "other-window",
        DriverError::Storage(StorageError::Keeper(_)) => "storage",
        DriverError::OtherAttempt { .. } => "other-attempt",
        DriverError::NoReceipt => "no-receipt",
        DriverError::Service(ClientError::Unreachable { .. }) => "unreachable",
        DriverError::Service(error) => match error.kind() {
            Some(ProblemType::UnknownElection | ProblemType::UnknownRoute) => "unknown-election",
            Some(ProblemType::WrongPhase) => "wrong-phase",
            _ => "refused",
        },
        _ => "refused",
    }
}

const fn of_trustee(error: &TrusteeError) -> &'static str {
    match error {
        TrusteeError::NotATrustee(_) => "not-a-trustee",
        TrusteeError::SoloNotAsked => "solo",
        TrusteeError::Bound(_) => "bound",
        TrusteeError::OtherElection { .. } => "other-election",
        TrusteeError::OtherPlan { .. } => "other-plan",
        TrusteeError::OtherEnrolmentKey
        | TrusteeError::OtherShareKey
        | TrusteeError::OtherElectionKey
        | TrusteeError::KeyCeremony(_) => "other-keys",
        TrusteeError::BackupWithoutShare => "backup-without-share",
        TrusteeError::OtherBackup(_) => "other-backup",
        TrusteeError::NotVerified { .. } | TrusteeError::NotAnchored => "not-verified",
        TrusteeError::NotClosed => "not-closed",
        TrusteeError::TooEarly { .. } => "too-early",
        TrusteeError::AgreedOtherwise { .. } | TrusteeError::OtherList => "agreed-otherwise",
        TrusteeError::Stranger(_) => "stranger",
        _ => "refused",
    }
}

/// Names of trustees, for people.
pub(crate) fn names(members: &[Member]) -> Vec<String> {
    members.iter().map(|member| member.name.clone()).collect()
}
