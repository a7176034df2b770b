//! The tiles of hashes of a log that is read from its leaves: those of its last size, each once.

use std::collections::BTreeMap;

use urna_log::{FULL, Hash, Tile, TiledTree};

/// A tree that grows, and its tiles.
#[derive(Default)]
pub(crate) struct Tiles {
    tree: TiledTree,
    /// By level and index, tiles that are not full: they may yet grow.
    partial: BTreeMap<(u8, u64), (Tile, Vec<u8>)>,
}

impl Tiles {
    /// Appends leaves; the tiles that they make full.
    pub(crate) fn append(&mut self, leaves: Vec<Hash>) -> Vec<(Tile, Vec<u8>)> {
        let mut full = Vec::new();
        for (tile, bytes) in self.tree.append(leaves) {
            let place = (tile.level(), tile.index());
            if u64::from(tile.width()) == FULL {
                self.partial.remove(&place);
                full.push((tile, bytes));
            } else {
                self.partial.insert(place, (tile, bytes));
            }
        }
        full
    }

    /// Where the log ends, the tiles that are not full.
    pub(crate) fn take_partial(&mut self) -> Vec<(Tile, Vec<u8>)> {
        std::mem::take(&mut self.partial).into_values().collect()
    }

    /// Size and root.
    #[cfg(feature = "source")]
    pub(crate) fn head(&self) -> urna_log::TreeHead {
        self.tree.head()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_tiles_of_its_last_size_however_it_grew() {
        let leaves: Vec<Hash> =
            (0..70_000_u32).map(|number| urna_log::leaf_hash(&number.to_be_bytes())).collect();
        for (size, step) in [(70_000, 4_096), (65_536, 65_536), (600, 512), (600, 7), (256, 256), (1, 1)] {
            let mut tiles = Tiles::default();
            let mut found = BTreeMap::new();
            for leaves in leaves[..size].chunks(step) {
                found.extend(tiles.append(leaves.to_vec()));
            }
            found.extend(tiles.take_partial());
            let expected: BTreeMap<_, _> =
                TiledTree::new().append(leaves[..size].to_vec()).into_iter().collect();
            assert!(found == expected, "{size} by {step}");
        }
    }
}
