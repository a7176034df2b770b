//! Values of any length, cut into parts.
//!
//! ```text
//! key, 0, 0     how many parts there are, 2 bytes; the first part
//! key, 0, 1     the second part
//! ```
//!
//! A value is written with its first part last, and removed with it first: a crash leaves either none of a new value, or all of
//! it. Of a value that takes the place of another a crash may leave parts of both: who replaces what others read makes sure
//! that it is written again before it is read, or that both have the same parts.

use crate::database::{Cell, Cells};
use crate::error::DiskError;

/// The most bytes of a value that lie together.
const PART: usize = 4_096;
/// The bytes behind a key that number its part.
const NUMBER: usize = 2;

/// Values of at most so many bytes, in parts.
#[derive(Clone, Debug)]
pub struct Values<C> {
    cells: C,
    limit: usize,
}

impl<C: Cells> Values<C> {
    /// Values in these cells, of at most `limit` bytes each; 256 MiB is the most.
    pub const fn new(cells: C, limit: usize) -> Self {
        Self { cells, limit }
    }

    /// Whether a value of so many bytes may be put.
    ///
    /// # Errors
    /// [`DiskError::TooLong`].
    pub fn check(&self, length: usize) -> Result<(), DiskError> {
        self.parts(length).map(drop)
    }

    /// Puts a value in the place of what is there.
    ///
    /// # Errors
    /// [`DiskError::TooLong`]; [`DiskError`].
    pub fn put(&self, key: &[u8], value: &[u8]) -> Result<(), DiskError> {
        let count = self.parts(value.len())?;
        for (number, part) in (1..count).zip(value.chunks(PART).skip(1)) {
            self.cells.put(&part_key(key, number), part)?;
        }
        let first = value.get(..PART).unwrap_or(value);
        self.cells.put(&part_key(key, 0), &[&count.to_be_bytes(), first].concat())?;
        self.remove_from(key, count)
    }

    /// The value of a key.
    ///
    /// # Errors
    /// [`DiskError::Damaged`] if a part is missing; [`DiskError`].
    pub fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, DiskError> {
        let Some(first) = self.cells.get(&part_key(key, 0))? else { return Ok(None) };
        self.value(key, &first).map(Some)
    }

    /// Removes what is there, if something is.
    ///
    /// # Errors
    /// [`DiskError`].
    pub fn remove(&self, key: &[u8]) -> Result<(), DiskError> {
        self.cells.remove(&part_key(key, 0))?;
        self.remove_from(key, 1)
    }

    /// All keys that begin with `prefix`, with their values, in the order of keys; of keys that continue each other in any.
    ///
    /// # Errors
    /// [`DiskError`], in the place of an item.
    pub fn scan(&self, prefix: &[u8]) -> impl Iterator<Item = Result<Cell, DiskError>> {
        self.cells.scan(prefix).filter_map(move |cell| match cell {
            Ok((key, first)) => {
                // The first part of each stands for all of it.
                let (key, [0, 0]) = key.split_last_chunk::<NUMBER>()? else { return None };
                // Not one that is shorter than the prefix and whose number completes it.
                key.starts_with(prefix).then(|| Ok((key.to_vec(), self.value(key, &first)?)))
            }
            Err(error) => Some(Err(error)),
        })
    }

    /// Removes everything, also parts without their first one.
    ///
    /// # Errors
    /// [`DiskError`].
    pub fn clear(&self) -> Result<(), DiskError> {
        self.cells.scan(b"").try_for_each(|cell| self.cells.remove(&cell?.0))
    }

    /// Makes durable whatever was written, see [`Cells::sync`].
    ///
    /// # Errors
    /// [`DiskError`].
    pub fn sync(&self) -> Result<(), DiskError> {
        self.cells.sync()
    }

    /// How many parts a value of so many bytes has.
    fn parts(&self, length: usize) -> Result<u16, DiskError> {
        let count = u16::try_from(length.div_ceil(PART).max(1)).ok().filter(|_| length <= self.limit);
        count.ok_or(DiskError::TooLong { tree: self.cells.name(), length, limit: self.limit })
    }

    /// Removes the parts from this number on, the last one first: of what is left none is missing between two others.
    fn remove_from(&self, key: &[u8], first: u16) -> Result<(), DiskError> {
        let mut end = first;
        while self.cells.get(&part_key(key, end))?.is_some() {
            end = end.saturating_add(1);
        }
        (first..end).rev().try_for_each(|number| self.cells.remove(&part_key(key, number)))
    }

    fn value(&self, key: &[u8], first: &[u8]) -> Result<Vec<u8>, DiskError> {
        let damaged = || DiskError::Damaged { tree: self.cells.name() };
        let (count, part) = first.split_first_chunk::<NUMBER>().ok_or_else(damaged)?;
        let mut value = part.to_vec();
        for number in 1..u16::from_be_bytes(*count) {
            value.extend_from_slice(&self.cells.get(&part_key(key, number))?.ok_or_else(damaged)?);
        }
        Ok(value)
    }
}

fn part_key(key: &[u8], number: u16) -> Vec<u8> {
    [key, &number.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::crash::Machine;
    use crate::database::{Database, Tree};

    const LIMIT: usize = 1 << 20;

    fn values(database: &Database) -> Values<Tree> {
        Values::new(database.tree("values").unwrap(), LIMIT)
    }

    fn all<C: Cells>(values: &Values<C>, prefix: &[u8]) -> Vec<Cell> {
        let mut found = values.scan(prefix).collect::<Result<Vec<_>, _>>().unwrap();
        found.sort();
        found
    }

    #[test]
    fn accepts_values_of_any_length_and_finds_them_again() {
        let folder = tempfile::tempdir().unwrap();
        let lengths = [0, 1, PART - 1, PART, PART + 1, 3 * PART, LIMIT];
        {
            let database = Database::open(folder.path(), "test").unwrap();
            let values = values(&database);
            for length in lengths {
                values.put(format!("a{length}").as_bytes(), &vec![7; length]).unwrap();
            }
            // A shorter one in its place, and a removal, leave nothing behind.
            values.put(b"b", &vec![1; 5 * PART]).unwrap();
            values.put(b"b", &vec![2; PART]).unwrap();
            values.put(b"c", &vec![1; 5 * PART]).unwrap();
            values.remove(b"c").unwrap();
            assert!(matches!(values.put(b"d", &vec![0; LIMIT + 1]), Err(DiskError::TooLong { .. })));
            database.sync().unwrap();
        }
        let database = Database::open(folder.path(), "test").unwrap();
        let values = values(&database);
        let found = all(&values, b"a");
        assert_eq!(found.len(), lengths.len());
        assert!(found.iter().all(|(key, value)| key.ends_with(value.len().to_string().as_bytes())));
        assert_eq!(values.get(b"b").unwrap(), Some(vec![2; PART]));
        assert_eq!((values.get(b"c").unwrap(), values.get(b"d").unwrap()), (None, None));
        assert_eq!(values.cells.scan(b"b").count() + values.cells.scan(b"c").count(), 1);
        // No side files: sled would not make them durable.
        assert_eq!(fs::read_dir(folder.path().join("blobs")).map_or(0, Iterator::count), 0);
        values.clear().unwrap();
        assert_eq!(values.cells.scan(b"").count(), 0);
    }

    #[test]
    fn rejects_a_value_without_one_of_its_parts() {
        let values = Values::new(Machine::default().tree("values"), LIMIT);
        values.put(b"a", &[1; 3 * PART]).unwrap();
        values.cells.remove(&part_key(b"a", 1)).unwrap();
        assert!(matches!(values.get(b"a"), Err(DiskError::Damaged { tree: "values" })));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

        /// Keys that continue each other, also by what looks like the number of a part.
        #[test]
        fn is_a_map(operations in proptest::collection::vec(
            ("[ab\\x00]{0,4}", proptest::option::of(0_usize..9_000)), 1..40,
        )) {
            let folder = tempfile::tempdir().unwrap();
            let database = Database::open(folder.path(), "test").unwrap();
            let values = values(&database);
            let mut expected = BTreeMap::new();
            for (key, length) in operations {
                let key = key.into_bytes();
                match length {
                    Some(length) => {
                        values.put(&key, &vec![3; length]).unwrap();
                        expected.insert(key, vec![3; length]);
                    }
                    None => {
                        values.remove(&key).unwrap();
                        expected.remove(&key);
                    }
                }
            }
            for prefix in [b"".as_slice(), b"a", b"a\0", b"a\0\0", b"b"] {
                let with_prefix = expected.iter().filter(|(key, _)| key.starts_with(prefix));
                let with_prefix: Vec<Cell> = with_prefix.map(|(key, value)| (key.clone(), value.clone())).collect();
                prop_assert_eq!(all(&values, prefix), with_prefix);
            }
        }

        /// Wherever it crashes, a value that was put where none was is there as a whole or not at all; what a crash has left of
        /// it is gone when another value is put there.
        #[test]
        fn is_whole_after_a_crash_at_any_write(
            lengths in proptest::collection::vec(0_usize..20_000, 1..4), next in 0_usize..20_000,
        ) {
            for crash in 0.. {
                let machine = Machine::default();
                let values = Values::new(machine.tree("values"), LIMIT);
                machine.crash_after(crash);
                let put = |length: &usize| {
                    values.put(b"a", &vec![1; *length])?;
                    values.remove(b"a")
                };
                let crashed = lengths.iter().try_for_each(put).is_err();
                let machine = machine.restarted(false);
                let values = Values::new(machine.tree("values"), LIMIT);
                let found = values.get(b"a").unwrap();
                prop_assert!(found.is_none_or(|value| lengths.contains(&value.len())));
                values.put(b"a", &vec![2; next]).unwrap();
                prop_assert_eq!(values.get(b"a").unwrap(), Some(vec![2; next]));
                prop_assert_eq!(machine.cells(), next.div_ceil(PART).max(1));
                if !crashed {
                    break;
                }
            }
        }
    }
}
