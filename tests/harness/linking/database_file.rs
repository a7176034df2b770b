//! sled's file as somebody reads it who has seized the disk: segments put in the order of their age, and the messages in them.
//!
//! sled 0.34 appends messages to segments of 512 KiB, each of which begins with the log sequence number at which it was begun. A
//! change of one key is a message of its own (a *link*), and stays in the file until its segment is used again.
//!
//! ```text
//! segment  crc32 · first sequence number ⊕ 0x7fff… (8 bytes) · stable number (8 bytes) · messages
//! message  crc32 · kind (1 byte) · length · segment's number · page · body          numbers of variable length
//! link     0 · key's length · key · value's length · value          set
//!          1 · key's length · key                                   removed
//! ```

/// sled's default, which no service changes.
const SEGMENT: usize = 512 << 10;
const SEGMENT_HEADER: usize = 20;
/// The kind of a message that sets or removes one key.
const LINK: u8 = 10;

/// One change of a key, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Operation {
    /// The key, without what it shares with its neighbours on the page.
    pub(super) key: Vec<u8>,
    /// None of a removal.
    pub(super) value: Option<Vec<u8>>,
}

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct DatabaseFile {
    /// All segments, the oldest first.
    pub(super) bytes: Vec<u8>,
    pub(super) operations: Vec<Operation>,
}

/// A number of variable length at the beginning of these bytes, which then begin behind it.
fn number(bytes: &mut &[u8]) -> Option<usize> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    let first = usize::from(*first);
    let mut little_endian = |length: usize| {
        let (number, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        number
            .iter()
            .rev()
            .try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))
    };
    match first {
        0..=240 => Some(first),
        241..=248 => Some((first - 241) * 256 + little_endian(1)? + 240),
        249 => {
            let bytes = little_endian(2)?;
            Some((bytes % 256) * 256 + bytes / 256 + 2_288)
        }
        _ => little_endian(first - 247),
    }
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// The change that a link's body says.
fn operation(mut body: &[u8]) -> Option<Operation> {
    match *take(&mut body, 1)? {
        [0] => {
            let key = number(&mut body)?;
            let key = take(&mut body, key)?.to_vec();
            let value = number(&mut body)?;
            Some(Operation { key, value: Some(take(&mut body, value)?.to_vec()) })
        }
        [1] => {
            let key = number(&mut body)?;
            Some(Operation { key: take(&mut body, key)?.to_vec(), value: None })
        }
        _ => None,
    }
}

/// The next message of a segment; none behind the last.
fn message(bytes: &mut &[u8]) -> Option<Option<Operation>> {
    let header = take(bytes, 5)?;
    let (length, _segment, _page) = (number(bytes)?, number(bytes)?, number(bytes)?);
    let body = take(bytes, length)?;
    match header.last()? {
        // A canary, or bytes that were never written.
        0 => None,
        kind => Some((*kind == LINK).then(|| operation(body)).flatten()),
    }
}

impl DatabaseFile {
    pub(super) fn parse(file: &[u8]) -> Self {
        let mut segments: Vec<(u64, &[u8])> = file
            .chunks(SEGMENT)
            .filter_map(|segment| {
                let number = segment.get(4..12)?.try_into().ok()?;
                Some((u64::from_le_bytes(number) ^ 0x7fff_ffff_ffff_ffff, segment))
            })
            .collect();
        segments.sort_unstable_by_key(|(number, _)| *number);
        let mut parsed = Self::default();
        for (_, segment) in segments {
            parsed.bytes.extend_from_slice(segment);
            let mut messages = segment.get(SEGMENT_HEADER..).unwrap_or_default();
            while let Some(operation) = message(&mut messages) {
                parsed.operations.extend(operation);
            }
        }
        parsed
    }
}

#[cfg(test)]
mod tests {
    use urna_disk::{Cells, Database};

    use super::*;

    /// The order is found again, although it is not that of the keys.
    #[test]
    fn reads_what_a_database_was_told_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(folder.path(), "test").unwrap();
        let tree = database.tree("promises").unwrap();
        let keys: Vec<u64> =
            (0..3_000).map(|number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).collect();
        for key in &keys {
            tree.put(&key.to_be_bytes(), &[7; 300]).unwrap();
        }
        for key in keys.iter().rev() {
            tree.remove(&key.to_be_bytes()).unwrap();
        }
        database.sync().unwrap();
        drop((tree, database));
        let file = DatabaseFile::parse(&std::fs::read(folder.path().join("db")).unwrap());
        // Of the keys, what they have not in common with their neighbours.
        let is_of = |operation: &Operation, key: &u64| {
            !operation.key.is_empty() && key.to_be_bytes().ends_with(&operation.key)
        };
        let sets: Vec<_> =
            file.operations.iter().filter(|o| o.value.as_ref().is_some_and(|v| *v == [7; 300])).collect();
        let removals: Vec<_> = file.operations.iter().filter(|o| o.value.is_none()).collect();
        let in_order = |found: &[&Operation], keys: &mut dyn Iterator<Item = &u64>| {
            let mut found = found.iter();
            keys.filter(|key| found.clone().next().is_some_and(|o| is_of(o, key)) && found.next().is_some())
                .count()
        };
        let found = (in_order(&sets, &mut keys.iter()), in_order(&removals, &mut keys.iter().rev()));
        assert!(found.0 > 2_500 && found.1 > 2_500, "{found:?} of {} and {}", sets.len(), removals.len());
    }
}
