//! The public log, in the formats of C2SP: pure functions on bytes, without IO, clock or randomness. The page is
//! `spec/log.md`.
//!
//! ```text
//! write    entries ─ push_entry ─> bundles          leaf_hash ─> TiledTree::append ─> tiles to be stored, TreeHead
//!          TreeHead ─> Checkpoint ─ SignedCheckpoint::sign(SigningKey) ─> the note that is served
//! prove    tiles ─ TileReader ─> inclusion_proof ─ Receipt::new ─> the voter        consistency_proof ─> witnesses
//! verify   Receipt::verify(entry, VerifierKey)      SignedCheckpoint::verify ─> TreeHead::verify_consistency
//! promise  Promise::new ─ SignedPromise::sign ─> the voter, until the entry is in the log
//! ```
//!
//! | module | what | specification |
//! |---|---|---|
//! | `tree` | hashes, a growing tree, verification of proofs | RFC 6962, RFC 9162 |
//! | `proof` | making proofs from hashes that lie somewhere else | RFC 6962 |
//! | `tile`, `tiles`, `bundle` | which tiles and bundles there are, their paths, their bytes | tlog-tiles |
//! | `note`, `key` | notes, signatures, verifier keys | signed-note |
//! | `checkpoint` | the signed size and root | tlog-checkpoint |
//! | `receipt` | an entry's index, proof and checkpoint | tlog-proof |
//! | `promise` | the signed word that an entry will be in the log | `spec/log.md` |
//!
//! **Read, then verified.** What was read is well formed and has one form: `to_string` or the bytes are those that were
//! read. Nothing in it is to be believed before `verify`, which answers what was signed.
//!
//! **Not here yet:** cosignatures, policies and the witness protocol. They are further [`NoteSigner`]s and
//! [`NoteVerifier`]s, and lines on a [`Note`] that this crate already keeps.
//!
//! **Why not the crates `signed_note` and `tlog_tiles`?** They add no second copy of the curve or the hashes, but of
//! `base64` and `thiserror`, and with `url` some thirty crates to programs and the voter's page. `signed_note` verifies
//! Ed25519 by a laxer rule than SIG-3 and reads key ids with a sign or in capitals; `tlog_tiles` writes the paths of Go's
//! checksum database and panics on bad arguments. The tests read and write with them, so that what is here has
//! another reading to agree with.

mod bundle;
mod checkpoint;
mod encoding;
mod error;
mod key;
mod note;
mod promise;
mod proof;
mod receipt;
mod tile;
mod tiles;
mod tree;

pub use bundle::{MAX_ENTRY, push_entry};
pub use checkpoint::{Checkpoint, Origin, SignedCheckpoint};
pub use error::LogError;
pub use key::{KeyId, KeyName, SigningKey, VerifierKey};
pub use note::{MAX_NOTE, MAX_SIGNATURES, Note, NoteSigner, NoteVerifier, SignatureLine};
pub use promise::{Promise, SignedPromise};
pub use proof::{HashReader, Node, consistency_nodes, consistency_proof, inclusion_nodes, inclusion_proof};
pub use receipt::{MAX_RECEIPT, Receipt};
pub use tile::{Bundle, FULL, Tile, TilePath};
pub use tiles::{TileReader, TiledTree, parse_tile};
pub use tree::{EMPTY_ROOT, Hash, Tree, TreeHead, leaf_hash};
