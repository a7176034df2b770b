//! The electoral register as the log carries it: one row per entitled person, without a name (REG-1 to REG-8).
//!
//! A row is a handle, a class and the public key of the voter's credential. Each version of the register is a list of
//! blobs of rows in strictly ascending order of handles; [`Register::check_version`] reads the one that an entry names, and
//! [`Register::follows`] says what changed since the one before and refuses what may not change unseen.

mod reading;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use urna_crypto::{ElectionId, Handle};

use crate::blob::ROWS_PER_BLOB;
use crate::entry;
use crate::id::Id;
use crate::json::{self, Base64, JsonError};
use crate::manifest::{ClassIndex, Manifest};
use reading::Reading;

/// The most bytes of one blob of rows, 4 MiB.
pub const BLOB_LIMIT: usize = 4 << 20;

/// The label of a handle's hash.
const HANDLE_LABEL: &[u8] = b"urna/v1/handle";

/// The handle of a person: SHA-256 of label, election id (32 bytes), salt (16 bytes) and person id (REG-1).
///
/// All parts but the last have fixed lengths, so no two inputs are the same bytes. `person` is the organiser's own id of
/// the person in UTF-8. The salt is random per person and secret: with it, a handle can be tied to its person.
pub fn handle(election: &ElectionId, salt: &[u8; 16], person: &str) -> Handle {
    let hash = Sha256::new().chain_update(HANDLE_LABEL).chain_update(election.as_bytes());
    Handle::from_bytes(hash.chain_update(salt).chain_update(person).finalize().into())
}

/// A row of the register as blobs carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The voter's class.
    pub class: Id,
    /// The public key of the voter's credential; null until the voter's device has made one.
    ///
    /// 32 bytes, not decoded here: whoever verifies a signature with it decodes it, and to a voter with an invalid key
    /// no token can be issued.
    pub credential: Option<Base64<[u8; 32]>>,
    /// Who it is, for those who know salt and person.
    pub handle: Base64<Handle>,
    /// How often a published credential of this row has been replaced.
    pub replaced: u32,
}

/// One blob of rows.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Blob {
    rows: Vec<Row>,
}

/// Why blobs are not a version of the register. Rows are counted from 0 over all blobs.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// A blob is not canonical JSON of rows.
    #[error("blob {blob} of the register: {error}")]
    Json {
        /// Which blob, from 0.
        blob: usize,
        /// What is wrong with it.
        error: JsonError,
    },
    /// A blob is empty, too full, or not full although another follows (REG-2).
    #[error(
        "blob {blob} of the register has {rows} rows; every blob but the last has 16384, the last at least one"
    )]
    BlobRows {
        /// Which blob, from 0.
        blob: usize,
        /// How many rows it has.
        rows: usize,
    },
    /// Handles do not ascend strictly (REG-3).
    #[error("row {row} of the register repeats the handle before it or belongs before it")]
    HandleOrder {
        /// Which row.
        row: usize,
    },
    /// A class that the manifest does not have (REG-4).
    #[error("row {row} of the register has the class `{class}`, which is not in the manifest")]
    UnknownClass {
        /// Which row.
        row: usize,
        /// Its class.
        class: Id,
    },
    /// Two rows with one credential (REG-5).
    #[error("row {row} of the register has the credential of another row")]
    CredentialRepeated {
        /// The later of the two rows.
        row: usize,
    },
    /// The bytes are not the blobs that the entry names (ENT-4).
    #[error("blob {blob} of the register is missing or not the one that the entry names")]
    Blob {
        /// Which blob, from 0.
        blob: usize,
    },
    /// The entry states another number of rows for a class (REG-8).
    #[error("the register has {rows} rows of the class `{class}`, and the entry says {stated}")]
    Count {
        /// The class.
        class: Id,
        /// What the entry says.
        stated: u64,
        /// How many rows there are.
        rows: u64,
    },
    /// A credential changed, but `replaced` did not grow by exactly one (REG-6).
    #[error(
        "row {row} of the register changes its credential; its `replaced` must be {expected}, not {found}"
    )]
    UnmarkedReplacement {
        /// Which row of the later version.
        row: usize,
        /// What it must be.
        expected: u64,
        /// What it is.
        found: u32,
    },
    /// `replaced` of a new row, or of one whose credential was not replaced, is not what it was before (REG-7).
    #[error(
        "row {row} of the register replaces no credential; its `replaced` must be {expected}, not {found}"
    )]
    ReplacedWithoutReplacement {
        /// Which row of the later version.
        row: usize,
        /// What it must be.
        expected: u32,
        /// What it is.
        found: u32,
    },
}

/// An entitled voter in a version of the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entitled {
    /// The voter's class.
    pub class: ClassIndex,
    /// The public key of the voter's credential, 32 bytes, not decoded.
    pub credential: Option<[u8; 32]>,
    /// How often it has been replaced.
    pub replaced: u32,
}

/// A version of the register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// Strictly ascending by handle.
    rows: Vec<(Handle, Entitled)>,
    /// How many are entitled, by class.
    entitled: Vec<u64>,
}

/// What a version changed, by handle, ascending (V-06).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Rows that were not there.
    pub added: Vec<Handle>,
    /// Rows that are no longer there.
    pub removed: Vec<Handle>,
    /// Rows of another class than before.
    pub moved: Vec<Handle>,
    /// Rows whose credential was null and is not.
    pub filled: Vec<Handle>,
    /// Rows whose credential is another than before, or null again.
    pub replaced: Vec<Handle>,
}

impl Register {
    /// Reads the version that a `register` entry names, from its blobs in the entry's order (REG-2 to REG-5, REG-8, V-06).
    /// Each blob is let go before the next one is asked for: a large register need not be held twice.
    ///
    /// # Errors
    /// [`RegisterError`], the first rule broken.
    pub fn check_version<B: AsRef<[u8]>>(
        manifest: &Manifest,
        entry: &entry::Register,
        blobs: impl IntoIterator<Item = B>,
    ) -> Result<Self, RegisterError> {
        let mut reading = Reading::new(manifest);
        let mut blobs = blobs.into_iter();
        for (blob, named) in entry.rows.iter().enumerate() {
            let bytes = blobs.next().filter(|bytes| named.check(bytes.as_ref()).is_ok());
            reading.take_blob(bytes.ok_or(RegisterError::Blob { blob })?.as_ref())?;
        }
        if blobs.next().is_some() {
            return Err(RegisterError::Blob { blob: entry.rows.len() });
        }
        let register = reading.end()?;
        for (class, &rows) in manifest.classes().iter().zip(&register.entitled) {
            let stated = entry.entitled.get(&class.id).map_or(0, |count| count.value());
            if stated != rows {
                return Err(RegisterError::Count { class: class.id.clone(), stated, rows });
            }
        }
        Ok(register)
    }

    /// Reads a version of the register from its blobs (REG-2 to REG-5). No blobs are a register without rows.
    ///
    /// # Errors
    /// [`RegisterError`], the first rule broken.
    pub fn parse<B: AsRef<[u8]>>(
        manifest: &Manifest,
        blobs: impl IntoIterator<Item = B>,
    ) -> Result<Self, RegisterError> {
        let mut reading = Reading::new(manifest);
        blobs.into_iter().try_for_each(|bytes| reading.take_blob(bytes.as_ref()))?;
        reading.end()
    }

    /// Takes rows in ascending order of handles (REG-3 to REG-5).
    ///
    /// # Errors
    /// [`RegisterError`], the first rule broken.
    pub fn from_rows(manifest: &Manifest, rows: &[Row]) -> Result<Self, RegisterError> {
        let mut reading = Reading::new(manifest);
        reading.reserve(rows.len());
        rows.iter().try_for_each(|row| reading.take(row))?;
        reading.end()
    }

    /// Writes the register's blobs.
    pub fn to_blobs(&self, manifest: &Manifest) -> Vec<Vec<u8>> {
        let row = |(handle, entitled): &(Handle, Entitled)| {
            Some(Row {
                class: manifest.class(entitled.class)?.id.clone(),
                credential: entitled.credential.map(Base64),
                handle: Base64(*handle),
                replaced: entitled.replaced,
            })
        };
        let blobs = self.rows.chunks(ROWS_PER_BLOB);
        blobs.map(|rows| json::to_bytes(&Blob { rows: rows.iter().filter_map(row).collect() })).collect()
    }

    /// All rows, ascending by handle.
    pub(crate) fn into_rows(self) -> Vec<(Handle, Entitled)> {
        self.rows
    }

    /// The voter with this handle.
    pub fn entitled(&self, handle: &Handle) -> Option<&Entitled> {
        let place = self.rows.binary_search_by(|(other, _)| other.cmp(handle)).ok()?;
        self.rows.get(place).map(|(_, entitled)| entitled)
    }

    /// Everyone entitled, ascending by handle.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&Handle, &Entitled)> {
        self.rows.iter().map(|(handle, entitled)| (handle, entitled))
    }

    /// How many are entitled in each class, in the order of the manifest's classes. Empty for `Register::default()`.
    pub fn entitled_by_class(&self) -> &[u64] {
        &self.entitled
    }

    /// What this version changes (REG-6, REG-7). The initial version follows `Register::default()`.
    ///
    /// # Errors
    /// [`RegisterError::UnmarkedReplacement`] and [`RegisterError::ReplacedWithoutReplacement`].
    pub fn follows(&self, previous: &Self) -> Result<Changes, RegisterError> {
        let mut changes = Changes::default();
        let mut before = previous.rows.iter().peekable();
        for (place, (handle, now)) in self.rows.iter().enumerate() {
            while let Some((removed, _)) = before.next_if(|(other, _)| other < handle) {
                changes.removed.push(*removed);
            }
            let Some((_, old)) = before.next_if(|(other, _)| other == handle) else {
                unreplaced(place, 0, now)?;
                changes.added.push(*handle);
                continue;
            };
            if old.class != now.class {
                changes.moved.push(*handle);
            }
            if old.credential == now.credential {
                unreplaced(place, old.replaced, now)?;
            } else if old.credential.is_none() {
                unreplaced(place, old.replaced, now)?;
                changes.filled.push(*handle);
            } else {
                let expected = u64::from(old.replaced) + 1;
                if u64::from(now.replaced) != expected {
                    return Err(RegisterError::UnmarkedReplacement {
                        row: place,
                        expected,
                        found: now.replaced,
                    });
                }
                changes.replaced.push(*handle);
            }
        }
        changes.removed.extend(before.map(|(handle, _)| *handle));
        Ok(changes)
    }
}

fn unreplaced(row: usize, expected: u32, now: &Entitled) -> Result<(), RegisterError> {
    let found = now.replaced;
    if found == expected {
        Ok(())
    } else {
        Err(RegisterError::ReplacedWithoutReplacement { row, expected, found })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::manifest::sample;
    use proptest::prelude::*;

    fn row(handle: u8, class: &str, credential: Option<u8>, replaced: u32) -> Row {
        Row {
            class: class.parse().unwrap(),
            credential: credential.map(|byte| Base64([byte; 32])),
            handle: Base64(Handle::from_bytes([handle; 32])),
            replaced,
        }
    }

    fn register(rows: &[Row]) -> Result<Register, RegisterError> {
        Register::from_rows(&sample::manifest(), rows)
    }

    fn handles(bytes: &[u8]) -> Vec<Handle> {
        bytes.iter().map(|byte| Handle::from_bytes([*byte; 32])).collect()
    }

    #[test]
    fn a_handle_is_the_hash_of_its_parts_reg_1() {
        let election = ElectionId::from_bytes([1; 32]);
        let mut input = b"urna/v1/handle".to_vec();
        input.extend([1; 32]);
        input.extend([2; 16]);
        input.extend("žofie@example".bytes());
        let expected = Handle::from_bytes(Sha256::digest(&input).into());
        assert_eq!(handle(&election, &[2; 16], "žofie@example"), expected);
        // The example of the specification.
        let page = include_str!("../../../spec/encoding.md");
        assert!(page.contains(&expected.to_string()));
        let blob = page.split("```json\n").nth(1).unwrap().lines().next().unwrap();
        let register = Register::parse(&sample::manifest(), [blob]).unwrap();
        let (first, entitled) = register.rows().next().unwrap();
        assert_eq!((*first, entitled.replaced), (expected, 0));
        assert_ne!(handle(&election, &[3; 16], "žofie@example"), expected);
        assert_ne!(handle(&election, &[2; 16], "žofie@exampl"), expected);
        assert_ne!(handle(&ElectionId::from_bytes([0; 32]), &[2; 16], "žofie@example"), expected);
    }

    #[test]
    fn accepts_and_counts_rows() {
        let rows = [
            row(1, "north", Some(1), 0),
            row(2, "collective", None, 0),
            row(3, "north", Some(3), 0),
            row(4, "north", None, 1),
        ];
        let register = register(&rows).unwrap();
        assert_eq!(register.entitled_by_class(), [3, 0, 1]);
        assert_eq!(register.entitled(&handles(&[3])[0]).unwrap().credential, Some([3; 32]));
        assert_eq!(register.entitled(&handles(&[9])[0]), None);
    }

    #[test]
    fn rejects_bad_rows_reg_3_to_5() {
        let order = register(&[row(2, "north", None, 0), row(1, "north", None, 0)]);
        assert!(matches!(order, Err(RegisterError::HandleOrder { row: 1 })));
        let twice = register(&[row(1, "north", None, 0), row(1, "south", None, 0)]);
        assert!(matches!(twice, Err(RegisterError::HandleOrder { row: 1 })));
        let class = register(&[row(1, "west", None, 0)]);
        assert!(matches!(class, Err(RegisterError::UnknownClass { row: 0, .. })));
        let credential =
            register(&[row(1, "north", Some(7), 0), row(2, "north", None, 0), row(3, "south", Some(7), 0)]);
        assert!(matches!(credential, Err(RegisterError::CredentialRepeated { row: 2 })));
    }

    #[test]
    fn accepts_only_the_blobs_and_counts_of_the_entry_reg_8() {
        let manifest = sample::manifest();
        let rows = [row(1, "north", None, 0), row(2, "south", Some(7), 0), row(3, "north", None, 0)];
        let version = Register::from_rows(&manifest, &rows).unwrap();
        let blobs = version.to_blobs(&manifest);
        let counts = manifest.classes().iter().zip(version.entitled_by_class());
        let named =
            |bytes: &[u8]| crate::blob::BlobRef::new(crate::blob::BlobKind::RegisterRows, bytes).unwrap();
        let stated = entry::Register {
            cause: entry::Cause::Initial,
            entitled: counts.map(|(class, rows)| (class.id.clone(), sample::number(*rows))).collect(),
            rows: blobs.iter().map(|bytes| named(bytes)).collect(),
        };
        let check =
            |entry: &entry::Register, blobs: &[Vec<u8>]| Register::check_version(&manifest, entry, blobs);
        assert_eq!(check(&stated, &blobs).unwrap(), version);

        let mut changed = blobs.clone();
        changed[0][20] ^= 1;
        let more = [blobs.as_slice(), &blobs].concat();
        for (blobs, at) in [(Vec::new(), 0), (changed, 0), (more, 1)] {
            assert!(matches!(check(&stated, &blobs), Err(RegisterError::Blob { blob }) if blob == at));
        }
        for class in manifest.classes() {
            let mut other = stated.clone();
            let count = other.entitled.get_mut(&class.id).unwrap();
            *count = sample::number(count.value() + 1);
            let refused = check(&other, &blobs);
            assert!(matches!(refused, Err(RegisterError::Count { class: named, .. }) if named == class.id));
        }
    }

    #[test]
    fn rejects_blobs_that_are_not_filled_in_order_reg_2() {
        let manifest = sample::manifest();
        let row = |i: u32| {
            let mut handle = [0; 32];
            handle[..4].copy_from_slice(&i.to_be_bytes());
            Row { handle: Base64(Handle::from_bytes(handle)), ..row(0, "north", None, 0) }
        };
        let rows: Vec<Row> = (0..).take(ROWS_PER_BLOB + 1).map(row).collect();
        let blob = |rows: &[Row]| json::to_bytes(&Blob { rows: rows.to_vec() });
        let parse = |blobs: &[Vec<u8>]| Register::parse(&manifest, blobs);
        let (full, last) = rows.split_at(ROWS_PER_BLOB);
        let whole = parse(&[blob(full), blob(last)]).unwrap();
        assert_eq!(whole, Register::from_rows(&manifest, &rows).unwrap());
        assert_eq!(whole.to_blobs(&manifest), [blob(full), blob(last)]);
        assert!(blob(full).len() < BLOB_LIMIT / 2);
        for (blobs, number, count) in [
            (vec![blob(&rows)], 0, ROWS_PER_BLOB + 1),
            (vec![blob(&[])], 0, 0),
            (vec![blob(full), blob(&[])], 1, 0),
            (vec![blob(&rows[..5]), blob(&rows[5..9])], 0, 5),
        ] {
            let Err(RegisterError::BlobRows { blob, rows }) = parse(&blobs) else { panic!("accepted") };
            assert_eq!((blob, rows), (number, count));
        }
        assert!(matches!(parse(&[b"{\"rows\": []}".to_vec()]), Err(RegisterError::Json { blob: 0, .. })));
    }

    #[test]
    fn reports_what_a_version_changes_v_06() {
        let before = register(&[
            row(1, "north", None, 0),
            row(2, "north", Some(2), 0),
            row(3, "north", Some(3), 0),
            row(4, "north", Some(4), 0),
            row(6, "north", Some(6), 0),
            row(9, "north", None, 0),
        ]);
        let after = register(&[
            row(1, "south", Some(1), 0),
            row(2, "north", Some(22), 1),
            row(3, "north", None, 1),
            row(5, "collective", None, 0),
            row(6, "north", Some(6), 0),
        ]);
        let (before, after) = (before.unwrap(), after.unwrap());
        let changes = after.follows(&before).unwrap();
        let expected = Changes {
            added: handles(&[5]),
            removed: handles(&[4, 9]),
            moved: handles(&[1]),
            filled: handles(&[1]),
            replaced: handles(&[2, 3]),
        };
        assert_eq!(changes, expected);
        assert_eq!(before.follows(&before).unwrap(), Changes::default());
        assert_eq!(before.follows(&Register::default()).unwrap().added, handles(&[1, 2, 3, 4, 6, 9]));
    }

    #[test]
    fn rejects_unmarked_replacements_and_marks_without_one_reg_6_7() {
        let follows = |old: &[Row], new: Row| register(&[new]).unwrap().follows(&register(old).unwrap());
        let old = [row(1, "north", Some(1), 3)];
        for (credential, replaced) in [(Some(2), 3), (Some(2), 5), (Some(2), 2), (None, 3)] {
            let result = follows(&old, row(1, "north", credential, replaced));
            assert!(matches!(result, Err(RegisterError::UnmarkedReplacement { row: 0, expected: 4, .. })));
        }
        for (old, credential, replaced) in [(&old[..], Some(1), 4), (&old[..], Some(1), 2), (&[], Some(1), 1)]
        {
            let result = follows(old, row(1, "north", credential, replaced));
            assert!(matches!(result, Err(RegisterError::ReplacedWithoutReplacement { row: 0, .. })));
        }
        let result = follows(&[row(1, "north", None, 2)], row(1, "north", Some(1), 3));
        assert!(matches!(
            result,
            Err(RegisterError::ReplacedWithoutReplacement { row: 0, expected: 2, found: 3 })
        ));
        let most = [row(1, "north", Some(1), u32::MAX)];
        assert!(follows(&most, row(1, "north", Some(2), u32::MAX)).is_err());
    }

    fn any_register() -> impl Strategy<Value = Vec<Row>> {
        let entry = (0_usize..3, any::<bool>(), 0_u32..3);
        prop::collection::btree_map(any::<u8>(), entry, 0..20).prop_map(|rows| {
            let class = |place| ["north", "south", "collective"][place];
            rows.into_iter()
                .map(|(handle, (place, has, replaced))| {
                    row(handle, class(place), has.then_some(handle), replaced)
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn round_trips(rows in any_register()) {
            let manifest = sample::manifest();
            let register = Register::from_rows(&manifest, &rows).unwrap();
            prop_assert_eq!(Register::parse(&manifest, register.to_blobs(&manifest)).unwrap(), register.clone());
            let total: u64 = register.entitled_by_class().iter().sum();
            prop_assert_eq!(total, u64::try_from(rows.len()).unwrap());
        }

        #[test]
        fn changes_lead_from_one_version_to_the_next(old in any_register(), new in any_register()) {
            let (before, after) = (register(&old).unwrap(), register(&new).unwrap());
            let Ok(changes) = after.follows(&before) else { return Ok(()) };
            let by_handle = |rows: &[Row]| -> BTreeMap<Handle, Row> {
                rows.iter().map(|row| (row.handle.0, row.clone())).collect()
            };
            let (old, new) = (by_handle(&old), by_handle(&new));
            prop_assert_eq!(changes.added, new.keys().filter(|h| !old.contains_key(h)).copied().collect::<Vec<_>>());
            prop_assert_eq!(changes.removed, old.keys().filter(|h| !new.contains_key(h)).copied().collect::<Vec<_>>());
            for (handle, row) in new {
                let Some(old) = old.get(&handle) else { continue };
                prop_assert_eq!(changes.moved.contains(&handle), old.class != row.class);
                prop_assert_eq!(changes.replaced.contains(&handle), old.replaced != row.replaced);
            }
        }

        #[test]
        fn arbitrary_bytes_never_panic(blobs: Vec<Vec<u8>>) {
            let _ = Register::parse(&sample::manifest(), blobs);
        }
    }
}
