//! Leaks that the product does not have, planted in what is left of an election: an attack that does not find them finds nothing.

use std::collections::HashMap;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use urna_disk::{Cells, Database};

use super::dump::Source;
use super::marks::batch;
use super::voting::{Arrival, Recording};

/// What is kept that should not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leak {
    /// Within a batch, entries stand in the order in which they came.
    ArrivalOrder,
    /// An entry says when it came.
    Time,
    /// The board's database has what it promised as it came.
    FileOrder,
}

impl Leak {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ArrivalOrder, Self::Time, Self::FileOrder];

    /// What it is, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ArrivalOrder => "order of arrival within a batch",
            Self::Time => "a time in an entry",
            Self::FileOrder => "order of arrival in a database's file",
        }
    }

    /// A copy of what is left, with this leak in it.
    ///
    /// # Errors
    /// Whatever cannot be read or written.
    pub fn planted(self, recording: &Recording) -> Result<Recording> {
        let mut leaking = recording.clone();
        let came = came(recording)?;
        match self {
            Self::ArrivalOrder => {
                let mut in_order = came.iter().map(|(index, _)| *index).collect::<Vec<_>>();
                in_order
                    .sort_by_key(|index| batch(&recording.growth, u64::try_from(*index).unwrap_or(u64::MAX)));
                let mut places = in_order.clone();
                places.sort_unstable();
                for (from, to) in in_order.into_iter().zip(places) {
                    let entry = recording.dump.entries.get(from).context("an entry")?;
                    entry.clone_into(leaking.dump.entries.get_mut(to).context("an entry")?);
                }
            }
            Self::Time => {
                for (index, arrival) in came {
                    let entry = leaking.dump.entries.get_mut(index).context("an entry")?;
                    let mut document: Value = serde_json::from_slice(entry)?;
                    let fields = document.as_object_mut().context("an object")?;
                    fields.insert("received".into(), arrival.time.into());
                    *entry = serde_json::to_vec(&document)?;
                }
            }
            Self::FileOrder => {
                let folder = tempfile::tempdir()?;
                let database = Database::open(folder.path(), "leaking board")?;
                let tree = database.tree("promised")?;
                for (index, arrival) in came {
                    let entry = recording.dump.entries.get(index).context("an entry")?;
                    let key = [arrival.pseudonym.as_slice(), &arrival.sequence.to_be_bytes()].concat();
                    tree.put(&key, entry)?;
                    database.sync()?;
                }
                drop((tree, database));
                let name = "a board that keeps what it promised as it came";
                let bytes = std::fs::read(folder.path().join("db"))?;
                leaking.dump.take_database_file(name, &bytes);
                leaking.dump.sources.push(Source { name: name.into(), bytes });
            }
        }
        Ok(leaking)
    }
}

/// Where each entry stands in the log, in the order in which they came.
fn came(recording: &Recording) -> Result<Vec<(usize, Arrival)>> {
    let mut places: HashMap<([u8; 32], u64), usize> = HashMap::new();
    for (index, bytes) in recording.dump.entries.iter().enumerate() {
        let entry: Value = serde_json::from_slice(bytes)?;
        let pseudonym = entry.get("pseudonym").and_then(Value::as_str);
        let (Some(pseudonym), Some(sequence)) = (pseudonym, entry.get("sequence").and_then(Value::as_u64))
        else {
            continue;
        };
        places.insert((STANDARD.decode(pseudonym)?.as_slice().try_into()?, sequence), index);
    }
    let place = |arrival: &Arrival| {
        let index = places
            .get(&(arrival.pseudonym, arrival.sequence.into()))
            .context("a ballot that is not in the log")?;
        Ok((*index, *arrival))
    };
    recording.arrivals.iter().map(place).collect()
}
