//! The Merkle tree of RFC 6962, section 2.1 (LOG-2): hashes, and a tree that grows.

use sha2::{Digest, Sha256};

use crate::LogError;
use crate::proof::{HashReader, edge_nodes};

/// A hash of the tree, 32 bytes.
pub type Hash = [u8; 32];

/// The root of a tree without entries: SHA-256 of nothing.
pub const EMPTY_ROOT: Hash = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27,
    0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// SHA-256(0x00 || entry): the hash of an entry as a leaf.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0x00]).chain_update(entry).finalize().into()
}

/// SHA-256(0x01 || left || right): the hash of two subtrees.
pub(crate) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// A tree in 40 bytes: how many entries it has, and its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// How many entries there are.
    pub size: u64,
    /// The root hash.
    pub root: Hash,
}

/// A growing tree, of which only the right edge is kept: one hash for each one-bit of the size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// Complete subtrees from the largest, on the left, to the smallest.
    edge: Vec<Hash>,
}

impl Tree {
    /// The empty tree.
    pub const fn new() -> Self {
        Self { size: 0, edge: Vec::new() }
    }

    /// The tree of the first `size` entries, from hashes that were stored.
    ///
    /// # Errors
    /// The reader's, if a hash cannot be had.
    pub fn read<R: HashReader>(size: u64, reader: &mut R) -> Result<Self, R::Error> {
        let edge = edge_nodes(0, size).into_iter().map(|node| reader.hash(node)).collect::<Result<_, _>>()?;
        Ok(Self { size, edge })
    }

    /// The tree with these complete subtrees, from the largest to the smallest.
    pub(crate) const fn from_edge(size: u64, edge: Vec<Hash>) -> Self {
        Self { size, edge }
    }

    /// How many leaves there are.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends an entry.
    pub fn push(&mut self, entry: &[u8]) {
        self.push_leaf(leaf_hash(entry));
    }

    /// Appends an entry of which only the hash as a leaf is known.
    pub fn push_leaf(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Every trailing one-bit of the size is a complete subtree as large as the new one: together they are one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.edge.push(hash);
        self.size += 1;
    }

    /// The root hash; of the empty tree SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        fold(&self.edge)
    }

    /// Size and root.
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }
}

/// The hash over neighbouring complete subtrees, from the largest to the smallest.
pub(crate) fn fold(edge: &[Hash]) -> Hash {
    let mut edge = edge.iter().rev().copied();
    match edge.next() {
        None => EMPTY_ROOT,
        Some(smallest) => edge.fold(smallest, |right, left| node_hash(&left, &right)),
    }
}

impl TreeHead {
    /// Verifies that the entry with this hash as a leaf is in this tree at this index (LOG-3; RFC 9162, section
    /// 2.1.3.2).
    ///
    /// # Errors
    /// [`LogError::BeyondTree`], [`LogError::ProofLength`] or [`LogError::RootDiffers`].
    pub fn verify_inclusion(&self, index: u64, leaf: &Hash, proof: &[Hash]) -> Result<(), LogError> {
        if index >= self.size {
            return Err(LogError::BeyondTree { size: self.size, position: index });
        }
        let (mut place, mut last) = (index, self.size - 1);
        let mut hash = *leaf;
        for sibling in proof {
            if last == 0 {
                return Err(LogError::ProofLength);
            }
            if place % 2 == 1 || place == last {
                hash = node_hash(sibling, &hash);
                // Levels at which the place is the last one and has no sibling.
                while place % 2 == 0 && place != 0 {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                hash = node_hash(&hash, sibling);
            }
            place >>= 1;
            last >>= 1;
        }
        if last != 0 {
            return Err(LogError::ProofLength);
        }
        if hash == self.root { Ok(()) } else { Err(LogError::RootDiffers) }
    }

    /// Verifies that the entries of the older tree are the first ones of this tree (LOG-4; RFC 9162, section 2.1.4.2).
    ///
    /// # Errors
    /// [`LogError::BeyondTree`] if the other tree is larger, [`LogError::EmptyRoot`] if it is empty and has another
    /// root, [`LogError::ProofLength`] or [`LogError::RootDiffers`].
    pub fn verify_consistency(&self, older: &Self, proof: &[Hash]) -> Result<(), LogError> {
        if older.size > self.size {
            return Err(LogError::BeyondTree { size: self.size, position: older.size });
        }
        if older.size == 0 && older.root != EMPTY_ROOT {
            return Err(LogError::EmptyRoot);
        }
        if older.size == 0 || older.size == self.size {
            return match proof {
                [] if older.size == 0 || older.root == self.root => Ok(()),
                [] => Err(LogError::RootDiffers),
                _ => Err(LogError::ProofLength),
            };
        }
        // A complete older tree is itself the first hash of the proof, and is left out.
        let (first, rest) = if older.size.is_power_of_two() {
            (&older.root, proof)
        } else {
            proof.split_first().ok_or(LogError::ProofLength)?
        };
        let shift = (older.size - 1).trailing_ones();
        let (mut place, mut last) = ((older.size - 1) >> shift, (self.size - 1) >> shift);
        let (mut old, mut new) = (*first, *first);
        for hash in rest {
            if last == 0 {
                return Err(LogError::ProofLength);
            }
            if place % 2 == 1 || place == last {
                old = node_hash(hash, &old);
                new = node_hash(hash, &new);
                while place % 2 == 0 && place != 0 {
                    place >>= 1;
                    last >>= 1;
                }
            } else {
                new = node_hash(&new, hash);
            }
            place >>= 1;
            last >>= 1;
        }
        if last != 0 {
            return Err(LogError::ProofLength);
        }
        if old == older.root && new == self.root { Ok(()) } else { Err(LogError::RootDiffers) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition of RFC 6962, section 2.1, word for word: k is the largest power of two smaller than n.
    fn mth(entries: &[Vec<u8>]) -> Hash {
        match entries {
            [] => Sha256::digest([]).into(),
            [entry] => leaf_hash(entry),
            _ => {
                let k = entries.len().next_power_of_two() / 2;
                node_hash(&mth(&entries[..k]), &mth(&entries[k..]))
            }
        }
    }

    fn hex(hash: Hash) -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The roots of certificate transparency's reference tree of eight leaves.
    #[test]
    fn accepts_the_reference_roots() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = Tree::new();
        assert_eq!(hex(tree.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        for (leaf, root) in leaves.iter().zip(roots) {
            tree.push(leaf);
            assert_eq!(hex(tree.root()), root);
        }
    }

    proptest! {
        #[test]
        fn equals_the_definition(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 0..80)) {
            let mut tree = Tree::new();
            entries.iter().for_each(|entry| tree.push(entry));
            prop_assert_eq!(tree.root(), mth(&entries));
            prop_assert_eq!(usize::try_from(tree.size()), Ok(entries.len()));
        }
    }
}
