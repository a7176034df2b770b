//! The public log: so far, the Merkle tree of RFC 6962, section 2.1.
//!
//! ```text
//! leaf   SHA-256(0x00 || entry)
//! node   SHA-256(0x01 || left || right)
//! ```
//!
//! [`Tree`] takes the hashes of entries one by one and gives the root at any moment; it keeps only the right edge, one
//! hash for each complete subtree.

mod tree;

pub use tree::{Hash, Tree, leaf_hash};
