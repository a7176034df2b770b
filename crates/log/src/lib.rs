//! The public log: so far, the Merkle tree of RFC 6962 with its proofs, tiles and entry bundles.

mod bundle;
mod encoding;
mod error;
mod proof;
mod tile;
mod tiles;
mod tree;

pub use bundle::{MAX_ENTRY, push_entry};
pub use error::LogError;
pub use proof::{HashReader, Node, consistency_nodes, consistency_proof, inclusion_nodes, inclusion_proof};
pub use tile::{Bundle, FULL, Tile, TilePath};
pub use tiles::{TileReader, TiledTree, parse_tile};
pub use tree::{EMPTY_ROOT, Hash, Tree, TreeHead, leaf_hash};
