//! Who wants to see how far the work is.

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Tiles of hashes that are copied.
    Tiles,
    /// Bundles of entries that are copied.
    Bundles,
    /// Entries of the log.
    Entries,
    /// Blobs of the issuers' lists.
    Issuance,
    /// Counted ballots that are opened.
    Openings,
    /// Blobs that are copied, or that no other check has read.
    Blobs,
}

/// Is told how far the work is, perhaps from several threads.
pub trait Watch: Sync {
    /// A stage begins, with so much to do.
    fn begin(&self, stage: Stage, total: u64);

    /// So much more of it is done.
    fn advance(&self, done: u64);
}

/// Nobody watches.
impl Watch for () {
    fn begin(&self, _: Stage, _: u64) {}

    fn advance(&self, _: u64) {}
}
