//! Making proofs of inclusion and consistency (LOG-3, LOG-4) from hashes that lie somewhere else, such as in tiles.
//!
//! Every hash of a tree is one over some complete subtrees, [`Node`]s, which never change once they are there. So a
//! proof says first which nodes it needs, and is made from a [`HashReader`] that has them. Who must fetch them first
//! asks [`inclusion_nodes`] and [`consistency_nodes`], and [`Tile::of`](crate::Tile::of) for each.

use crate::tree::fold;
use crate::{Hash, LogError};

/// A complete subtree: the leaves from index · 2^level to (index + 1) · 2^level, that one excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node {
    /// 0 for a leaf; at most 63.
    pub level: u8,
    /// Its place among the subtrees of this level, from 0.
    pub index: u64,
}

/// Where the hashes of complete subtrees come from.
pub trait HashReader {
    /// Why a hash cannot be had; also what the log's own rules say.
    type Error: From<LogError>;

    /// The hash of a complete subtree.
    ///
    /// # Errors
    /// The reader's own.
    fn hash(&mut self, node: Node) -> Result<Hash, Self::Error>;
}

/// The largest power of two that is smaller than `width`, which is at least 2.
const fn split(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

/// The complete subtrees over the leaves from `start` to `end`, from the largest to the smallest. `start` is a multiple
/// of the largest one's width.
pub(crate) fn edge_nodes(start: u64, end: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut start = start;
    while let Some(level) = end.saturating_sub(start).checked_ilog2() {
        nodes.push(Node { level: u8::try_from(level).unwrap_or(u8::MAX), index: start >> level });
        start += 1 << level;
    }
    nodes
}

/// A range of leaves whose hash is part of a proof.
type Range = (u64, u64);

/// PATH of RFC 6962, section 2.1.1: the siblings from the leaf upwards.
fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range>, LogError> {
    if index >= size {
        return Err(LogError::BeyondTree { size, position: index });
    }
    let (mut start, mut end) = (0, size);
    let mut siblings = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            siblings.push((middle, end));
            end = middle;
        } else {
            siblings.push((start, middle));
            start = middle;
        }
    }
    siblings.reverse();
    Ok(siblings)
}

/// PROOF of RFC 6962, section 2.1.2.
fn consistency_ranges(older: u64, size: u64) -> Result<Vec<Range>, LogError> {
    if older > size {
        return Err(LogError::BeyondTree { size, position: older });
    }
    if older == 0 {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, size);
    let mut ranges = Vec::new();
    while end != older {
        let middle = start + split(end - start);
        if older <= middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
        }
    }
    // If the walk never went right, what remains is the older tree itself, whose root the verifier has.
    if start != 0 {
        ranges.push((start, end));
    }
    ranges.reverse();
    Ok(ranges)
}

fn nodes(ranges: Vec<Range>) -> Vec<Node> {
    ranges.into_iter().flat_map(|(start, end)| edge_nodes(start, end)).collect()
}

fn hashes<R: HashReader>(ranges: Vec<Range>, reader: &mut R) -> Result<Vec<Hash>, R::Error> {
    let mut hashes = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        let edge: Vec<Hash> =
            edge_nodes(start, end).into_iter().map(|node| reader.hash(node)).collect::<Result<_, _>>()?;
        hashes.push(fold(&edge));
    }
    Ok(hashes)
}

/// The nodes that [`inclusion_proof`] reads.
///
/// # Errors
/// [`LogError::BeyondTree`] if the index is not below the size.
pub fn inclusion_nodes(index: u64, size: u64) -> Result<Vec<Node>, LogError> {
    inclusion_ranges(index, size).map(nodes)
}

/// The nodes that [`consistency_proof`] reads.
///
/// # Errors
/// [`LogError::BeyondTree`] if the older size is above the size.
pub fn consistency_nodes(older: u64, size: u64) -> Result<Vec<Node>, LogError> {
    consistency_ranges(older, size).map(nodes)
}

/// Proves that an entry is in the tree of `size` entries: the hashes beside its path, from the leaf upwards (LOG-3).
///
/// # Errors
/// [`LogError::BeyondTree`] if the index is not below the size; the reader's.
pub fn inclusion_proof<R: HashReader>(index: u64, size: u64, reader: &mut R) -> Result<Vec<Hash>, R::Error> {
    hashes(inclusion_ranges(index, size)?, reader)
}

/// Proves that the tree of `size` entries begins with those of the tree of `older` entries (LOG-4).
///
/// # Errors
/// [`LogError::BeyondTree`] if the older size is above the size; the reader's.
pub fn consistency_proof<R: HashReader>(
    older: u64,
    size: u64,
    reader: &mut R,
) -> Result<Vec<Hash>, R::Error> {
    hashes(consistency_ranges(older, size)?, reader)
}
