//! Tiles and entry bundles: which there are, and where they lie (LOG-5).
//!
//! ```text
//! tile/0/x001/x234/067        256 hashes of leaves, from leaf 1,234,067 · 256
//! tile/1/000.p/17             17 hashes, each the root of a full tile of level 0
//! tile/entries/000.p/112      the first 112 entries
//! ```
//!
//! A tile never changes, but a partial one, with fewer than 256 hashes, is followed by wider ones of the same place.

use core::fmt;
use core::ops::Range;
use core::str::FromStr;

use crate::LogError;
use crate::encoding::parse_decimal;
use crate::proof::Node;

/// How many hashes a full tile has, and how many entries a full bundle.
pub const FULL: u64 = 256;

/// The length in bytes of a hash in a tile.
pub(crate) const HASH: usize = 32;

/// A tile of hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    index: u64,
    width: u16,
}

/// A bundle of entries. It has the entries whose hashes are in the tile of level 0 with the same index and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bundle {
    index: u64,
    width: u16,
}

/// What lies at a path below `tile/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TilePath {
    /// `tile/<L>/<N>[.p/<W>]`
    Hashes(Tile),
    /// `tile/entries/<N>[.p/<W>]`
    Entries(Bundle),
}

/// How many hashes of tiles of this level a tree has: the full subtrees of 256^level leaves.
const fn count(level: u8, size: u64) -> u64 {
    if level < 8 { size >> (8 * level) } else { 0 }
}

/// Index and width of each tile that has some of the hashes `old..new`, all of them or up to `new`.
fn between(old: u64, new: u64) -> impl Iterator<Item = (u64, u16)> {
    let indices = if old < new { old / FULL..new.div_ceil(FULL) } else { 0..0 };
    indices.map(move |index| (index, width(index, new)))
}

/// The width of the tile with this index among `count` hashes: 0 if there is none, at most 256.
fn width(index: u64, count: u64) -> u16 {
    let hashes = count.saturating_sub(index.saturating_mul(FULL)).min(FULL);
    u16::try_from(hashes).unwrap_or(0)
}

impl Tile {
    /// The tile with this place and width.
    ///
    /// # Errors
    /// [`LogError::TileOutOfRange`] if the width is not 1…256, or no tree of less than 2^64 entries has such a tile.
    pub fn new(level: u8, index: u64, width: u16) -> Result<Self, LogError> {
        let end = index.checked_mul(FULL).and_then(|start| start.checked_add(width.into()));
        match end {
            Some(end) if (1..=FULL).contains(&width.into()) && end <= count(level, u64::MAX) => {
                Ok(Self { level, index, width })
            }
            _ => Err(LogError::TileOutOfRange),
        }
    }

    /// The tile of a tree of `size` entries that has this node's hash, or the hashes that it is computed from.
    ///
    /// # Errors
    /// [`LogError::BeyondTree`] if the tree has no such node.
    pub fn of(node: Node, size: u64) -> Result<Self, LogError> {
        let level = node.level / 8;
        let inner = node.level % 8;
        let beyond = LogError::BeyondTree { size, position: node.index };
        let exists = node.level < 64 && node.index < size >> node.level;
        let index = node.index >> (8 - inner);
        let width = width(index, count(level, size));
        if exists { Ok(Self { level, index, width }) } else { Err(beyond) }
    }

    /// The tiles that a tree of `new` entries has and one of `old` entries does not, by level and index. Where the
    /// older tree has a narrower tile in the same place, the wider one is here.
    pub fn between(old: u64, new: u64) -> impl Iterator<Item = Self> {
        (0..8).flat_map(move |level| {
            between(count(level, old), count(level, new)).map(move |(index, width)| Self {
                level,
                index,
                width,
            })
        })
    }

    /// 0 for hashes of leaves, otherwise one more than the level of the tiles whose roots these hashes are.
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// The place within the level, from 0.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes there are, 1…256.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// How many bytes there are: 32 for each hash.
    pub fn length(&self) -> usize {
        usize::from(self.width) * HASH
    }
}

impl Bundle {
    /// The bundle with this place and width.
    ///
    /// # Errors
    /// [`LogError::TileOutOfRange`] as for the tile of level 0.
    pub fn new(index: u64, width: u16) -> Result<Self, LogError> {
        Tile::new(0, index, width).map(|tile| Self { index: tile.index, width: tile.width })
    }

    /// The bundle of a tree of `size` entries that has this entry.
    ///
    /// # Errors
    /// [`LogError::BeyondTree`] if the tree has no such entry.
    pub fn of(entry: u64, size: u64) -> Result<Self, LogError> {
        Tile::of(Node { level: 0, index: entry }, size)
            .map(|tile| Self { index: tile.index, width: tile.width })
    }

    /// The bundles that a tree of `new` entries has and one of `old` entries does not; as [`Tile::between`].
    pub fn between(old: u64, new: u64) -> impl Iterator<Item = Self> {
        between(old, new).map(|(index, width)| Self { index, width })
    }

    /// The place among the bundles, from 0.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many entries there are, 1…256.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// The indices of the entries.
    pub fn entries(&self) -> Range<u64> {
        let start = self.index * FULL;
        start..start + u64::from(self.width)
    }
}

/// `<N>[.p/<W>]`: groups of three digits, all but the last after an x.
fn write_place(f: &mut fmt::Formatter<'_>, index: u64, width: u16) -> fmt::Result {
    let mut groups = Vec::new();
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    for group in groups.iter().rev() {
        write!(f, "x{group:03}/")?;
    }
    write!(f, "{:03}", index % 1000)?;
    if u64::from(width) < FULL {
        write!(f, ".p/{width}")?;
    }
    Ok(())
}

/// Reads what [`write_place`] writes, and perhaps more; the caller writes it again and compares.
fn parse_place(text: &str) -> Option<(u64, u16)> {
    let (groups, width) = match text.split_once(".p/") {
        None => (text, FULL),
        Some((groups, width)) => (groups, parse_decimal(width).filter(|width| *width < FULL)?),
    };
    let mut index: u64 = 0;
    for group in groups.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        let group: u16 = digits.parse().ok()?;
        index = index.checked_mul(1000)?.checked_add(group.into())?;
    }
    Some((index, u16::try_from(width).ok()?))
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        write_place(f, self.index, self.width)
    }
}

impl fmt::Display for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tile/entries/")?;
        write_place(f, self.index, self.width)
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hashes(tile) => tile.fmt(f),
            Self::Entries(bundle) => bundle.fmt(f),
        }
    }
}

/// Longer than any path: the level has one digit, the index at most 17 and the width 3.
const LONGEST_PATH: usize = 64;

impl FromStr for TilePath {
    type Err = LogError;

    fn from_str(path: &str) -> Result<Self, LogError> {
        if path.len() > LONGEST_PATH {
            return Err(LogError::Path);
        }
        let place = path.strip_prefix("tile/").ok_or(LogError::Path)?;
        let (level, place) = place.split_once('/').ok_or(LogError::Path)?;
        let (index, width) = parse_place(place).ok_or(LogError::Path)?;
        let parsed = if level == "entries" {
            Self::Entries(Bundle::new(index, width)?)
        } else {
            let level = parse_decimal(level)
                .and_then(|level| u8::try_from(level).ok())
                .filter(|level| *level < 64)
                .ok_or(LogError::Path)?;
            Self::Hashes(Tile::new(level, index, width)?)
        };
        // One path for each tile: this refuses signs, missing digits, an x in the wrong place and groups of zeros.
        if parsed.to_string() == path { Ok(parsed) } else { Err(LogError::Path) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paths<T: fmt::Display>(tiles: impl Iterator<Item = T>) -> Vec<String> {
        tiles.map(|tile| tile.to_string()).collect()
    }

    /// The examples of tlog-tiles.
    #[test]
    fn accepts_the_specification_s_examples_log_5() {
        let tile = Tile::new(0, 1_234_067, 256).unwrap();
        assert_eq!(tile.to_string(), "tile/0/x001/x234/067");
        assert_eq!("tile/0/x001/x234/067".parse(), Ok(TilePath::Hashes(tile)));
        let tiles: Vec<_> = Tile::between(0, 70_000).collect();
        let full = |level| tiles.iter().filter(move |tile| tile.level == level && tile.width == 256);
        assert_eq!((full(0).count(), full(1).count(), full(2).count()), (273, 1, 0));
        let partial: Vec<_> = tiles.iter().filter(|tile| tile.width < 256).collect();
        assert_eq!(paths(partial.iter()), ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
        assert_eq!(paths(Tile::between(0, 256)), ["tile/0/000", "tile/1/000.p/1"]);
    }

    #[test]
    fn accepts_growth_log_6() {
        assert_eq!(paths(Tile::between(0, 0)), Vec::<String>::new());
        assert_eq!(paths(Tile::between(300, 300)), Vec::<String>::new());
        assert_eq!(paths(Tile::between(0, 1)), ["tile/0/000.p/1"]);
        assert_eq!(paths(Tile::between(255, 256)), ["tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(paths(Tile::between(256, 257)), ["tile/0/001.p/1"]);
        assert_eq!(
            paths(Tile::between(250, 520)),
            ["tile/0/000", "tile/0/001", "tile/0/002.p/8", "tile/1/000.p/2"]
        );
        assert_eq!(
            paths(Bundle::between(250, 520)),
            ["tile/entries/000", "tile/entries/001", "tile/entries/002.p/8"]
        );
        assert_eq!(paths(Tile::between(65_535, 65_536)), ["tile/0/255", "tile/1/000", "tile/2/000.p/1"]);
        assert_eq!(Bundle::of(519, 520).unwrap().entries(), 512..520);
        assert!(Bundle::of(520, 520).is_err());
    }

    #[test]
    fn rejects_other_paths_log_5() {
        for path in [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/0/1",
            "tile/0/01",
            "tile/0/0001",
            "tile/0/x001",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/x001/x002",
            "tile/0/X001/002",
            "tile/0/xx01/002",
            "tile/0/+01",
            "tile/0/1e3",
            "tile/0/000/",
            "tile/0//000",
            "/tile/0/000",
            "tile/0/000.p",
            "tile/0/000.p/",
            "tile/0/000.p/0",
            "tile/0/000.p/01",
            "tile/0/000.p/256",
            "tile/0/000.p/257",
            "tile/0/000.p/-1",
            "tile/0/000.p/1.p/1",
            "tile/0/000.p/1/",
            "tile/00/000",
            "tile/-1/000",
            "tile/8/000",
            "tile/63/000",
            "tile/64/000",
            "tile/256/000",
            "tile/7/000",
            "tile/data/000",
            "tile/8/0/000",
            "tile/entries/0",
            "tile/entries/x001",
            "tile/entries/000.p/256",
            "tile/Entries/000",
            "tile/0/x072/x057/x594/x037/x927/936",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/0/٠٠١",
        ] {
            assert!(path.parse::<TilePath>().is_err(), "{path:?}");
        }
        // The last hash of level 7 would be over 2^64 leaves.
        assert!("tile/7/000.p/255".parse::<TilePath>().is_ok());
        assert!("tile/0/x072/x057/x594/x037/x927/935.p/255".parse::<TilePath>().is_ok());
        assert!("tile/0/x072/x057/x594/x037/x927/935".parse::<TilePath>().is_err());
    }

    proptest! {
        #[test]
        fn every_tile_has_one_path(level in 0_u8..8, index: u64, width in 1_u16..=256) {
            let index = index >> (8 * u32::from(level)).min(63) >> 8;
            if let Ok(tile) = Tile::new(level, index, width) {
                prop_assert_eq!(tile.to_string().parse(), Ok(TilePath::Hashes(tile)));
            }
            if let Ok(bundle) = Bundle::new(index, width) {
                prop_assert_eq!(bundle.to_string().parse(), Ok(TilePath::Entries(bundle)));
            }
        }

        #[test]
        fn any_text_is_a_path_or_refused(text in "(tile/)?[0-9x/.pe+-]{0,40}|\\PC*") {
            if let Ok(path) = text.parse::<TilePath>() {
                prop_assert_eq!(path.to_string(), text);
            }
        }

        /// What lies in a tree of the new size is what lay in the old one, and what is between them.
        #[test]
        fn growth_leaves_nothing_out(old in 0_u64..200_000, more in 0_u64..70_000) {
            let new = old + more;
            let mut grown: std::collections::BTreeMap<_, _> =
                Tile::between(0, old).map(|tile| ((tile.level, tile.index), tile.width)).collect();
            for tile in Tile::between(old, new) {
                let before = grown.insert((tile.level, tile.index), tile.width);
                prop_assert!(before.is_none_or(|before| before < tile.width));
            }
            let all = Tile::between(0, new).map(|tile| ((tile.level, tile.index), tile.width)).collect();
            prop_assert_eq!(grown, all);
        }

        #[test]
        fn a_node_s_tile_has_it(size in 1_u64..1 << 40, leaf: u64, level in 0_u8..40) {
            let node = Node { level, index: (leaf % size) >> level };
            match Tile::of(node, size) {
                Ok(tile) => {
                    let start = (tile.index() * FULL) << (8 * tile.level());
                    let end = start + (u64::from(tile.width()) << (8 * tile.level()));
                    prop_assert!(start <= node.index << level && (node.index + 1) << level <= end && end <= size);
                    prop_assert!(size > 1 << 20 || Tile::between(0, size).any(|other| other == tile));
                }
                Err(_) => prop_assert!((node.index + 1) << level > size),
            }
        }
    }
}
