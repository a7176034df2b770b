//! What the caller has besides the record.

use urna_crypto::{ElectionId, Identifier};
use urna_log::{Receipt, SignedCheckpoint, SignedPromise};

/// Something with a name by which the report speaks of it, such as its file's.
#[derive(Clone, Debug)]
pub struct Named<T> {
    /// The name.
    pub name: String,
    /// The thing.
    pub item: T,
}

/// What the caller has besides the record, all of it optional.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The election id from the announcement (V-04). Without it the report is not anchored.
    pub election: Option<ElectionId>,
    /// Older checkpoints of the same log (V-02).
    pub older: Vec<Named<SignedCheckpoint>>,
    /// Receipts (V-15).
    pub receipts: Vec<Named<Receipt>>,
    /// Promises (V-15).
    pub promises: Vec<Named<SignedPromise>>,
    /// Whose entries are wanted.
    pub identifier: Option<Identifier>,
    /// The caller's clock, Unix seconds: whether a promise's deadline is past.
    pub now: u64,
}
