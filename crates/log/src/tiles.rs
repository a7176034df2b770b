//! The bytes of tiles (LOG-6): written while a tree grows, and read for proofs.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::proof::{HashReader, Node};
use crate::tile::{FULL, HASH};
use crate::tree::node_hash;
use crate::{Hash, LogError, Tile, Tree, TreeHead};

/// The hashes in a tile's bytes.
///
/// # Errors
/// [`LogError::TileLength`] if there are more or fewer bytes than the tile's width says.
pub fn parse_tile(tile: Tile, bytes: &[u8]) -> Result<Vec<Hash>, LogError> {
    let (hashes, rest) = bytes.as_chunks::<HASH>();
    if hashes.len() == usize::from(tile.width()) && rest.is_empty() {
        Ok(hashes.to_vec())
    } else {
        Err(LogError::TileLength { expected: tile.length(), found: bytes.len() })
    }
}

/// The hashes of a tile and of all complete subtrees over them, by height from 0 to 8.
struct Pyramid(Vec<Vec<Hash>>);

impl Pyramid {
    fn new(hashes: Vec<Hash>) -> Self {
        let mut rows = vec![hashes];
        while let Some(below) = rows.last().filter(|row| row.len() > 1) {
            let (pairs, _) = below.as_chunks::<2>();
            rows.push(pairs.iter().map(|[left, right]| node_hash(left, right)).collect());
        }
        Self(rows)
    }

    /// The hash of complete subtree `index` of this height within the tile.
    fn get(&self, height: u8, index: u64) -> Option<Hash> {
        let row = self.0.get(usize::from(height))?;
        row.get(usize::try_from(index).ok()?).copied()
    }
}

/// A tree whose tiles are all there: what a log appends to.
///
/// It holds the rightmost tile of each level, at most 8 KiB each. Appending returns the tiles to be stored; a log that
/// fails to store them drops this tree and takes the clone it appended to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TiledTree {
    tree: Tree,
    /// By level, the hashes of the rightmost tile, of which there are fewer than 256.
    edge: Vec<Vec<Hash>>,
}

impl TiledTree {
    /// The empty tree.
    pub const fn new() -> Self {
        Self { tree: Tree::new(), edge: Vec::new() }
    }

    /// The partial tiles of a tree of this size: what [`TiledTree::load`] asks for.
    pub fn edge_tiles(size: u64) -> impl Iterator<Item = Tile> {
        Tile::between(0, size).filter(|tile| u64::from(tile.width()) < FULL)
    }

    /// The tree of this size, from the bytes of its partial tiles. Whoever trusts a signed root compares it with
    /// [`TiledTree::head`].
    ///
    /// # Errors
    /// What `load` answers; [`LogError::TileLength`] if it gives more or fewer bytes than the tile has.
    pub fn load<B: AsRef<[u8]>, E: From<LogError>>(
        size: u64,
        mut load: impl FnMut(Tile) -> Result<B, E>,
    ) -> Result<Self, E> {
        let mut edge: Vec<Vec<Hash>> = Vec::new();
        let mut subtrees = Vec::new();
        let mut level = 0;
        while let Some(width) = size.checked_shr(8 * level).filter(|count| *count > 0) {
            edge.push(match u16::try_from(width % FULL).unwrap_or(0) {
                0 => Vec::new(),
                partial => {
                    let tile = Tile::new(u8::try_from(level).unwrap_or(u8::MAX), width / FULL, partial)?;
                    parse_tile(tile, load(tile)?.as_ref())?
                }
            });
            level += 1;
        }
        for row in edge.iter().rev() {
            let mut rest = row.as_slice();
            while let Some(height) = rest.len().checked_ilog2() {
                let (subtree, after) = rest.split_at(1 << height);
                subtrees.extend(Pyramid::new(subtree.to_vec()).0.pop().unwrap_or_default());
                rest = after;
            }
        }
        Ok(Self { tree: Tree::from_edge(size, subtrees), edge })
    }

    /// How many entries there are.
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        self.tree.head()
    }

    /// Appends entries, of which only the hashes as leaves are needed, and returns the tiles that are new or wider than
    /// before with their bytes: those of [`Tile::between`], in the same order.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Vec<(Tile, Vec<u8>)> {
        let old = self.tree.size();
        let mut full: BTreeMap<(u8, u64), Vec<u8>> = BTreeMap::new();
        for leaf in leaves {
            self.tree.push_leaf(leaf);
            let mut hash = leaf;
            for level in 0..8_u8 {
                let place = usize::from(level);
                if self.edge.len() == place {
                    self.edge.push(Vec::new());
                }
                let Some(row) = self.edge.get_mut(place) else {
                    break;
                };
                row.push(hash);
                if row.len() < 256 {
                    break;
                }
                let hashes = core::mem::take(row);
                let index = (self.tree.size() >> (8 * level)) / FULL - 1;
                full.insert((level, index), hashes.concat());
                match Pyramid::new(hashes).get(8, 0) {
                    Some(root) => hash = root,
                    None => break,
                }
            }
        }
        Tile::between(old, self.tree.size())
            .map(|tile| {
                let bytes = full.remove(&(tile.level(), tile.index())).unwrap_or_else(|| {
                    self.edge.get(usize::from(tile.level())).map_or_else(Vec::new, |row| row.concat())
                });
                (tile, bytes)
            })
            .collect()
    }
}

/// Reads hashes from the tiles of a tree of one size, and keeps every tile that it has read, so that the proofs of a
/// batch cost little more than one of them.
///
/// The tiles are believed. A proof from false ones does not verify, so whoever has tiles from elsewhere verifies what
/// it makes of them.
pub struct TileReader<F> {
    size: u64,
    load: F,
    tiles: BTreeMap<Tile, Pyramid>,
}

impl<F> TileReader<F> {
    /// Reads from the tiles of a tree of `size` entries, which `load` has.
    pub const fn new(size: u64, load: F) -> Self {
        Self { size, load, tiles: BTreeMap::new() }
    }
}

impl<B, E, F> HashReader for TileReader<F>
where
    B: AsRef<[u8]>,
    E: From<LogError>,
    F: FnMut(Tile) -> Result<B, E>,
{
    type Error = E;

    fn hash(&mut self, node: Node) -> Result<Hash, E> {
        let tile = Tile::of(node, self.size)?;
        let pyramid = match self.tiles.entry(tile) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(place) => {
                let bytes = (self.load)(tile)?;
                place.insert(Pyramid::new(parse_tile(tile, bytes.as_ref())?))
            }
        };
        let height = node.level % 8;
        let beyond = LogError::BeyondTree { size: self.size, position: node.index };
        let within = node.index - (tile.index() << (8 - height));
        Ok(pyramid.get(height, within).ok_or(beyond)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{consistency_proof, inclusion_nodes, inclusion_proof, leaf_hash};
    use proptest::prelude::*;

    type Store = BTreeMap<Tile, Vec<u8>>;

    fn leaf(index: u64) -> Hash {
        leaf_hash(&index.to_be_bytes())
    }

    /// A tree grown in steps of these sizes, and all tiles that were returned.
    fn grown(steps: &[u64]) -> (TiledTree, Store) {
        let (mut tree, mut store) = (TiledTree::new(), Store::new());
        for step in steps {
            let (old, new) = (tree.size(), tree.size() + step);
            let tiles = tree.append((old..new).map(leaf));
            assert!(tiles.iter().map(|(tile, _)| *tile).eq(Tile::between(old, new)));
            store.extend(tiles);
        }
        (tree, store)
    }

    fn reader(size: u64, store: &Store) -> TileReader<impl FnMut(Tile) -> Result<Vec<u8>, LogError>> {
        TileReader::new(size, |tile| store.get(&tile).cloned().ok_or(LogError::TileOutOfRange))
    }

    #[test]
    fn accepts_tiles_written_in_one_step_or_many_log_6() {
        let (at_once, tiles) = grown(&[70_000]);
        let (in_steps, more) = grown(&[1, 254, 1, 1, 65_278, 1, 4_464]);
        assert_eq!(at_once, in_steps);
        assert!(tiles.iter().all(|(tile, bytes)| more.get(tile) == Some(bytes)));
        assert!(tiles.iter().all(|(tile, bytes)| tile.length() == bytes.len()));
        let mut tree = Tree::new();
        (0..70_000).for_each(|index| tree.push_leaf(leaf(index)));
        assert_eq!(at_once.head(), tree.head());
        assert_eq!(tiles[&Tile::new(0, 273, 112).unwrap()][..32], leaf(273 * 256));
        // Level 1 holds roots of 256 leaves each.
        let mut first = Tree::new();
        (0..256).for_each(|index| first.push_leaf(leaf(index)));
        assert_eq!(tiles[&Tile::new(1, 0, 256).unwrap()][..32], first.root());
    }

    #[test]
    fn accepts_its_own_partial_tiles_again() {
        for size in [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000] {
            let (tree, store) = grown(&[size]);
            let mut asked = Vec::new();
            let mut loaded = TiledTree::load(size, |tile| {
                asked.push(tile);
                store.get(&tile).cloned().ok_or(LogError::TileOutOfRange)
            })
            .unwrap();
            assert!(asked.iter().copied().eq(TiledTree::edge_tiles(size)), "{size}");
            assert_eq!(loaded.head(), tree.head(), "{size}");
            let mut tree = tree;
            assert_eq!(loaded.append([leaf(size)]), tree.append([leaf(size)]), "{size}");
            assert_eq!(loaded.head(), tree.head(), "{size}");
        }
    }

    #[test]
    fn rejects_a_tile_cut_off_log_6() {
        let (_, mut store) = grown(&[300]);
        let tile = Tile::new(0, 1, 44).unwrap();
        let wrong = LogError::TileLength { expected: 44 * 32, found: 44 * 32 - 1 };
        store.get_mut(&tile).unwrap().pop();
        let load = |tile: Tile| Ok::<_, LogError>(store[&tile].clone());
        assert_eq!(TiledTree::load(300, load).unwrap_err(), wrong);
        assert_eq!(inclusion_proof(299, 300, &mut reader(300, &store)), Err(wrong));
        assert_eq!(
            parse_tile(tile, &[0; 45 * 32]).unwrap_err(),
            LogError::TileLength { expected: 44 * 32, found: 45 * 32 }
        );
    }

    #[test]
    fn rejects_a_changed_hash_in_any_tile_of_a_proof() {
        let (tree, store) = grown(&[66_000]);
        for index in [0, 255, 256, 65_535, 65_536, 65_999] {
            for node in inclusion_nodes(index, 66_000).unwrap() {
                let tile = Tile::of(node, 66_000).unwrap();
                let mut store = store.clone();
                let bytes = store.get_mut(&tile).unwrap();
                bytes.iter_mut().for_each(|byte| *byte ^= 1);
                let proof = inclusion_proof(index, 66_000, &mut reader(66_000, &store)).unwrap();
                let verified = tree.head().verify_inclusion(index, &leaf(index), &proof);
                assert_eq!(verified, Err(LogError::RootDiffers), "{index} {tile}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn proofs_from_tiles_verify(steps in prop::collection::vec(1_u64..700, 1..5), place: u64, older: u64) {
            let (tree, store) = grown(&steps);
            let size = tree.size();
            let (index, older) = (place % size, older % (size + 1));
            let proof = inclusion_proof(index, size, &mut reader(size, &store)).unwrap();
            prop_assert_eq!(tree.head().verify_inclusion(index, &leaf(index), &proof), Ok(()));
            let before = Tree::read(older, &mut reader(size, &store)).unwrap().head();
            let proof = consistency_proof(older, size, &mut reader(size, &store)).unwrap();
            prop_assert_eq!(tree.head().verify_consistency(&before, &proof), Ok(()));
            prop_assert_eq!(before, grown(&[older]).0.head());
        }
    }
}
