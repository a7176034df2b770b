//! Changes of several records, all or none.
//!
//! ```text
//! write    journal: 0, 1, 2 … the changes, then "" the mark: how many there are ── sync: the commit
//! apply    records, one by one
//! forget   the mark, then the changes
//! ```
//!
//! One sync is enough: a crash keeps no write without those before it (`urna_disk`, 4), so the mark is there until all changes
//! are made. What a crash has left of a journal without its mark is nothing, and dropped at the next opening; one with its mark is
//! applied then, as often as it takes: the changes say what will be there, whatever is. Nobody reads the records between the
//! first write of an [`apply`](Journaled::apply) and the last, nor after one that failed, until they are opened again: that is up
//! to whoever holds this.

use urna_disk::{Cells, DiskError, Values};

use super::{Changes, Pairs, StoreError, Table, VALUE_LIMIT};

/// The longest key: a slug, a separator and a person's id.
const KEY_LIMIT: usize = 320;
/// How many bytes of changes are written together; the last of them may be long.
const TOGETHER: usize = 8 << 10;
/// Under this key the journal has its mark.
const MARK: &[u8] = b"";

/// Records, and the journal of what is being changed.
pub(super) struct Journaled<C> {
    records: Values<C>,
    journal: Values<C>,
}

impl<C: Cells> Journaled<C> {
    /// Records and journal of one database; finishes what a crash has interrupted.
    pub(super) fn open(records: C, journal: C) -> Result<Self, StoreError> {
        let records = Values::new(records, VALUE_LIMIT);
        let journal = Values::new(journal, TOGETHER + VALUE_LIMIT + KEY_LIMIT + 1 + Change::HEAD);
        let this = Self { records, journal };
        if let Some(mark) = this.journal.get(MARK)? {
            let count = u32::from_be_bytes(mark.try_into().map_err(|_| StoreError::JournalDamaged)?);
            for number in 0..count {
                let written = this.journal.get(&number.to_be_bytes())?.ok_or(StoreError::JournalDamaged)?;
                let mut rest = written.as_slice();
                while !rest.is_empty() {
                    let (change, after) = Change::read(rest).ok_or(StoreError::JournalDamaged)?;
                    this.make(&change)?;
                    rest = after;
                }
            }
            this.journal.remove(MARK)?;
        }
        this.journal.clear()?;
        Ok(this)
    }

    /// The value of a key.
    pub(super) fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.records.get(&full_key(table, key)?)?)
    }

    /// All keys that begin with `prefix`, with their values.
    pub(super) fn scan(&self, table: Table, prefix: &[u8]) -> Result<Pairs, StoreError> {
        let full = full_key(table, prefix)?;
        let pairs = self.records.scan(&full).map(|cell| {
            let (key, value) = cell?;
            Ok((key.get(1..).unwrap_or_default().to_vec(), value))
        });
        pairs.collect()
    }

    /// Refuses changes of which one is too long, before anything is written.
    pub(super) fn check(&self, changes: &Changes) -> Result<(), StoreError> {
        for (table, key, value) in changes.iter() {
            full_key(table, key)?;
            self.records.check(value.map_or(0, <[u8]>::len))?;
        }
        Ok(())
    }

    /// Writes changes into the journal: when this returns, they will be made whatever happens. Returns how many values it took.
    pub(super) fn write(&self, changes: &Changes) -> Result<u32, StoreError> {
        let (mut count, mut together) = (0_u32, Vec::new());
        for (table, key, value) in changes.iter() {
            Change { key: &full_key(table, key)?, value }.write(&mut together);
            if together.len() >= TOGETHER {
                self.journal.put(&count.to_be_bytes(), &together)?;
                together.clear();
                count = count.saturating_add(1);
            }
        }
        if !together.is_empty() {
            self.journal.put(&count.to_be_bytes(), &together)?;
            count = count.saturating_add(1);
        }
        self.journal.put(MARK, &count.to_be_bytes())?;
        self.journal.sync()?;
        Ok(count)
    }

    /// Makes the changes that were written.
    pub(super) fn apply(&self, changes: &Changes) -> Result<(), StoreError> {
        for (table, key, value) in changes.iter() {
            self.make(&Change { key: &full_key(table, key)?, value })?;
        }
        Ok(())
    }

    /// Empties the journal, whose changes are made. What of this is lost is done at the next opening.
    pub(super) fn forget(&self, count: u32) -> Result<(), StoreError> {
        self.journal.remove(MARK)?;
        Ok((0..count).try_for_each(|number| self.journal.remove(&number.to_be_bytes()))?)
    }

    fn make(&self, change: &Change<'_>) -> Result<(), DiskError> {
        match change.value {
            Some(value) => self.records.put(change.key, value),
            None => self.records.remove(change.key),
        }
    }
}

fn full_key(table: Table, key: &[u8]) -> Result<Vec<u8>, DiskError> {
    if key.len() > KEY_LIMIT {
        return Err(DiskError::TooLong { tree: "keys of records", length: key.len(), limit: KEY_LIMIT });
    }
    Ok([&[table.number()], key].concat())
}

/// A change in the journal: whether there is a value, how long key and value are, key, value.
struct Change<'a> {
    key: &'a [u8],
    /// None if the key is removed.
    value: Option<&'a [u8]>,
}

impl<'a> Change<'a> {
    /// The bytes before the key.
    const HEAD: usize = 9;

    fn write(&self, to: &mut Vec<u8>) {
        // Lengths that were checked, and are far below.
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes();
        let value = self.value.unwrap_or_default();
        to.push(u8::from(self.value.is_some()));
        [&length(self.key), &length(value), self.key, value].into_iter().for_each(|part| to.extend(part));
    }

    /// The first change, and what follows it.
    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (is_put, bytes) = bytes.split_first()?;
        let (key, bytes) = bytes.split_first_chunk()?;
        let (value, bytes) = bytes.split_first_chunk()?;
        let length = |number: &[u8; 4]| usize::try_from(u32::from_be_bytes(*number)).ok();
        let (key, bytes) = bytes.split_at_checked(length(key)?)?;
        let (value, rest) = bytes.split_at_checked(length(value)?)?;
        Some((Self { key, value: (*is_put == 1).then_some(value) }, rest))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use urna_disk::crash::{CrashingCells, Machine};

    use super::*;

    fn open(machine: &Machine) -> Result<Journaled<CrashingCells>, StoreError> {
        Journaled::open(machine.tree("records"), machine.tree("journal"))
    }

    fn commit(store: &Journaled<CrashingCells>, changes: &Changes) -> Result<(), StoreError> {
        store.check(changes)?;
        let count = store.write(changes)?;
        store.apply(changes)?;
        store.forget(count)
    }

    type Records = BTreeMap<Vec<u8>, Vec<u8>>;

    fn records(store: &Journaled<CrashingCells>) -> Records {
        store.scan(Table::People, b"").unwrap().into_iter().collect()
    }

    #[test]
    fn rejects_what_is_too_long_and_changes_nothing() {
        let machine = Machine::default();
        let store = open(&machine).unwrap();
        let mut changes = Changes::default();
        changes.put(Table::People, b"fits".as_slice(), vec![]);
        changes.put(Table::People, b"long".as_slice(), vec![0; VALUE_LIMIT + 1]);
        assert!(matches!(commit(&store, &changes), Err(StoreError::Disk(DiskError::TooLong { .. }))));
        let mut changes = Changes::default();
        changes.put(Table::People, b"fits".as_slice(), vec![]);
        changes.put(Table::People, [0; KEY_LIMIT + 1], vec![]);
        assert!(matches!(commit(&store, &changes), Err(StoreError::Disk(DiskError::TooLong { .. }))));
        assert!(store.get(Table::People, &[0; KEY_LIMIT + 1]).is_err());
        assert_eq!(machine.cells(), 0);
    }

    #[test]
    fn accepts_the_longest_record_and_leaves_no_journal() {
        let machine = Machine::default();
        let mut changes = Changes::default();
        changes.put(Table::People, b"almost".as_slice(), vec![1; TOGETHER - 100]);
        changes.put(Table::People, [9; KEY_LIMIT], vec![2; VALUE_LIMIT]);
        changes.put(Table::People, b"before".as_slice(), vec![3; 3 * TOGETHER]);
        commit(&open(&machine).unwrap(), &changes).unwrap();
        let found = records(&open(&machine).unwrap());
        assert!(
            found
                .iter()
                .map(|(key, value)| (Table::People, key.as_slice(), Some(value.as_slice())))
                .eq(changes.iter())
        );
        assert_eq!(machine.tree("journal").scan(b"").count(), 0);
    }

    #[test]
    fn rejects_a_journal_that_is_not_whole() {
        let machine = Machine::default();
        let store = open(&machine).unwrap();
        let mut changes = Changes::default();
        changes.put(Table::People, b"a".as_slice(), vec![1; 9_000]);
        store.write(&changes).unwrap();
        store.journal.put(&0_u32.to_be_bytes(), b"torn").unwrap();
        assert!(matches!(open(&machine).map(drop), Err(StoreError::JournalDamaged)));
        store.journal.remove(&0_u32.to_be_bytes()).unwrap();
        assert!(matches!(open(&machine).map(drop), Err(StoreError::JournalDamaged)));
    }

    /// Commits until one fails; says how many did not.
    fn live(machine: &Machine, history: &[Changes]) -> usize {
        let Ok(store) = open(machine) else { return 0 };
        history.iter().take_while(|changes| commit(&store, changes).is_ok()).count()
    }

    fn history() -> impl Strategy<Value = Vec<Changes>> {
        // Of one part, of two and of three; what makes a journal of several values.
        let length = prop_oneof![4 => 0..40_usize, 2 => 4_000..4_200_usize, 1 => 8_190..8_200_usize];
        let change = ("[ab]{1,2}", prop::option::weighted(0.8, length), any::<u8>());
        let changes = prop::collection::vec(change, 1..5).prop_map(|all| {
            let mut changes = Changes::default();
            for (key, length, byte) in all {
                match length {
                    Some(length) => changes.put(Table::People, key, vec![byte; length]),
                    None => changes.remove(Table::People, key),
                }
            }
            changes
        });
        prop::collection::vec(changes, 1..4)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

        /// A crash at every single write, with what was not synced lost or not, and another at every write of the next opening:
        /// what was committed is there, of what was being committed all or nothing, and it goes on.
        #[test]
        fn commits_all_or_nothing_wherever_it_crashes(history in history()) {
            // What there is behind each commit.
            let mut expected = vec![Records::new()];
            for changes in &history {
                let mut records = expected.last().unwrap().clone();
                for (_, key, value) in changes.iter() {
                    match value {
                        Some(value) => records.insert(key.to_vec(), value.to_vec()),
                        None => records.remove(key),
                    };
                }
                expected.push(records);
            }
            let whole = Machine::default();
            prop_assert_eq!(live(&whole, &history), history.len());
            for (crash, without_power) in (0..whole.writes()).flat_map(|crash| [(crash, false), (crash, true)]) {
                let machine = Machine::default();
                machine.crash_after(crash);
                let committed = live(&machine, &history);
                prop_assert!(committed < history.len());
                let left = machine.restarted(without_power);
                for again in 0.. {
                    let machine = left.restarted(false);
                    machine.crash_after(again);
                    let opened = open(&machine).is_ok();
                    let machine = machine.restarted(without_power);
                    let store = open(&machine).unwrap();
                    let found = records(&store);
                    let is_before = found == expected[committed];
                    prop_assert!(is_before || found == expected[committed + 1], "crash {crash}, {again}");
                    prop_assert_eq!(machine.tree("journal").scan(b"").count(), 0);
                    if opened {
                        let rest = &history[committed + usize::from(!is_before)..];
                        rest.iter().try_for_each(|changes| commit(&store, changes)).unwrap();
                        prop_assert!(records(&store) == *expected.last().unwrap());
                        break;
                    }
                }
            }
        }
    }
}
