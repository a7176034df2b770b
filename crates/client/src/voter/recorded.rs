//! What the board says about the voter's own entries: "check now", two devices, and a lost one (CLI-20, CLI-21).

#[cfg(test)]
mod rejections;

use urna_crypto::Seed;
use urna_election::entry::{Ballot, Entry, Kind};
use urna_election::selection::{BallotPlaintext, OpenedBallot, Selection};
use urna_log::Receipt;

use super::casting::{Cast, HoldsToken, Promised, Receipted, Record, Spending, is_valid, parse_receipt};
use super::{Core, Refused, Voter};
use crate::{AnchoredElection, ClientError};

/// An entry under the voter's identifier as the board shows it (`spec/http.md`, Reading one's own).
#[derive(Clone, Copy, Debug)]
pub struct BoardEntry<'a> {
    /// Its bytes; none while the board withholds entries.
    pub entry: Option<&'a [u8]>,
    /// Its receipt.
    pub receipt: &'a [u8],
}

/// What is recorded under the pseudonym, by the board's answer (CLI-20).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Nothing was cast here, and nothing is recorded.
    Nothing,
    /// What this device cast last is recorded, as it was saved, and nothing follows it.
    AsSaved {
        /// Where it stands in the log.
        index: u64,
        /// Its number among the pseudonym's entries.
        sequence: u32,
        /// The vote; none of a withdrawal.
        choices: Option<OpenedBallot>,
    },
    /// The last entry under the pseudonym was not made by this device: by another one with the same seed, or by a thief of it.
    Another {
        /// Where it stands in the log.
        index: u64,
        /// Its number among the pseudonym's entries.
        sequence: u32,
        /// What it is; none while the board withholds entries.
        kind: Option<Kind>,
    },
    /// The token is given back, and can vote no more.
    Returned {
        /// Where that stands in the log.
        index: u64,
    },
    /// What this device cast last is not there.
    Missing {
        /// The number of the last entry that is.
        latest: Option<u32>,
        /// The Unix second by which the board promised it.
        promised: Option<u64>,
    },
}

/// An entry of the board that was looked at.
struct Seen {
    index: u64,
    sequence: u32,
    kind: Option<Kind>,
    entry: Option<Vec<u8>>,
    receipt: Receipt,
    /// Which record it is, or is the same ballot or withdrawal as.
    record: Option<usize>,
}

/// Looks at what the board shows under the identifier: receipts hold, entries are the pseudonym's own, and which of them this
/// device made.
fn look(core: &Core, spending: &Spending, entries: &[BoardEntry<'_>]) -> Result<Vec<Seen>, ClientError> {
    let mut seen = Vec::<Seen>::new();
    for BoardEntry { entry, receipt } in entries {
        let looked = match entry {
            Some(bytes) => look_at(core, spending, bytes, receipt)?,
            None => look_behind(core, spending, seen.len(), receipt)?,
        };
        seen.extend(looked);
    }
    Ok(seen)
}

/// An entry with its bytes; nothing if it is of another pseudonym with the same identifier.
fn look_at(
    core: &Core,
    spending: &Spending,
    bytes: &[u8],
    receipt: &[u8],
) -> Result<Option<Seen>, ClientError> {
    let receipt = parse_receipt(core, receipt, Some(bytes))?;
    let index = receipt.index();
    let entry = Entry::parse(bytes).map_err(|error| ClientError::Entry { index, error })?;
    let (pseudonym, sequence) = match &entry {
        Entry::Ballot(ballot) => (ballot.pseudonym.0, ballot.sequence),
        Entry::Withdrawal(withdrawal) => (withdrawal.pseudonym.0, withdrawal.sequence),
        // The token given back has no number and no followers: its own receipt is what there is to check.
        _ => return Ok(None),
    };
    if pseudonym != core.pseudonym() {
        return Ok(None);
    }
    if !is_valid(core, &entry) {
        return Err(ClientError::Unverifiable { index });
    }
    let same = |record: &Record| is_same(core, record, &entry, bytes) || was_veiled(record, index);
    let record = spending.records.iter().position(same);
    Ok(Some(Seen { index, sequence, kind: Some(entry.kind()), entry: Some(bytes.to_vec()), receipt, record }))
}

/// An entry of which the board shows the receipt only: one of this device, if the receipt is of its bytes.
fn look_behind(
    core: &Core,
    spending: &Spending,
    place: usize,
    receipt: &[u8],
) -> Result<Option<Seen>, ClientError> {
    let receipt = parse_receipt(core, receipt, None)?;
    let log = core.election.log_key();
    let record = spending.records.iter().position(|record| {
        record.entry.as_deref().is_some_and(|bytes| receipt.verify(bytes, log).is_ok())
            || was_veiled(record, receipt.index())
    });
    let known = record.and_then(|record| spending.records.get(record));
    let sequence = match known {
        Some(record) => match record.sequence {
            Some(sequence) => sequence,
            None => return Ok(None),
        },
        // Numbers are consecutive from 0.
        None => u32::try_from(place).unwrap_or(u32::MAX),
    };
    let kind = known.and_then(|record| record.kind);
    Ok(Some(Seen { index: receipt.index(), sequence, kind, entry: None, receipt, record }))
}

/// Whether this is the entry at this index, seen when the board withheld its bytes.
fn was_veiled(record: &Record, index: u64) -> bool {
    record.entry.is_none() && record.receipt.as_ref().is_some_and(|receipt| receipt.index() == index)
}

/// Whether the board's entry is what the record says, perhaps with another proof (`spec/ballot.md`, The same ballot).
fn is_same(core: &Core, record: &Record, entry: &Entry, bytes: &[u8]) -> bool {
    if record.entry.as_deref() == Some(bytes) {
        return true;
    }
    match (entry, &record.plaintext) {
        // With the seed, the saved plaintext gives R and ct again.
        (Entry::Ballot(ballot), Some(plaintext)) if record.sequence == Some(ballot.sequence) => {
            encrypts(core, ballot, plaintext)
        }
        (Entry::Withdrawal(withdrawal), None) => {
            record.own
                && record.kind == Some(Kind::Withdrawal)
                && record.sequence == Some(withdrawal.sequence)
        }
        _ => false,
    }
}

/// Whether this plaintext, under the ballot's number, gives the ballot's R and ct (BAL-3, BAL-6).
pub(crate) fn encrypts(core: &Core, ballot: &Ballot, plaintext: &[u8]) -> bool {
    let encrypted = core.ballots().encrypt(&core.seed, ballot.sequence, plaintext, &core.key);
    *encrypted.ciphertext() == ballot.ciphertext()
}

impl<S: HoldsToken> Voter<S> {
    /// "Check now": compares what the board shows under the identifier with what was saved (CLI-20). `entries` are in the
    /// board's order. Every receipt is verified, and a ballot is encrypted again from the saved plaintext.
    ///
    /// A board can leave out the newest entries; whoever has a receipt of one convicts it.
    ///
    /// # Errors
    /// [`ClientError::Receipt`], [`ClientError::Forked`], [`ClientError::NoteTooLong`], [`ClientError::Entry`],
    /// [`ClientError::Unverifiable`].
    pub fn check_recorded(&self, entries: &[BoardEntry<'_>]) -> Result<Recorded, ClientError> {
        let spending = self.state.as_ref();
        let seen = look(&self.core, spending, entries)?;
        let numbered = spending.records.iter().enumerate().rfind(|(_, record)| record.sequence.is_some());
        let top = seen.iter().max_by_key(|seen| seen.sequence);
        if spending.last().is_some_and(|last| last.kind == Some(Kind::Returned)) {
            return Ok(match (top, look_for_return(&self.core, entries)?) {
                (Some(top), _) => top.another(),
                (None, Some((_, receipt))) => Recorded::Returned { index: receipt.index() },
                (None, None) => Recorded::Missing { latest: None, promised: None },
            });
        }
        let Some((place, last)) = numbered else {
            return Ok(top.map_or(Recorded::Nothing, Seen::another));
        };
        match top {
            Some(top) if top.record == Some(place) && last.own => Ok(Recorded::AsSaved {
                index: top.index,
                sequence: top.sequence,
                choices: self.choices(last),
            }),
            Some(top) if Some(top.sequence) >= last.sequence => Ok(top.another()),
            _ => {
                let promised = last.promise.as_ref().map(|promise| promise.unverified().deadline());
                Ok(Recorded::Missing { latest: top.map(|top| top.sequence), promised })
            }
        }
    }

    /// Whether a ballot on the board, such as one of another device with this seed, holds this selection. What it holds cannot be read
    /// from the seed alone; it can be tried.
    ///
    /// # Errors
    /// [`ClientError::Selection`] if the selection could not have been cast.
    pub fn holds(&self, ballot: &Ballot, selection: &Selection) -> Result<bool, ClientError> {
        let plaintext = BallotPlaintext::encode(self.core.election.manifest(), self.core.class, selection)?;
        Ok(ballot.pseudonym.0 == self.core.pseudonym() && encrypts(&self.core, ballot, plaintext.as_bytes()))
    }
}

impl Seen {
    fn another(&self) -> Recorded {
        Recorded::Another { index: self.index, sequence: self.sequence, kind: self.kind }
    }

    fn into_record(self) -> Record {
        Record {
            kind: self.kind,
            sequence: Some(self.sequence),
            entry: self.entry,
            own: false,
            plaintext: None,
            promise: None,
            receipt: Some(self.receipt),
        }
    }
}

/// The token given back, as the board shows it: by this device, or by a copy of it with another signature.
fn look_for_return(
    core: &Core,
    entries: &[BoardEntry<'_>],
) -> Result<Option<(Vec<u8>, Receipt)>, ClientError> {
    for BoardEntry { entry, receipt } in entries {
        let Some(bytes) = entry else { continue };
        let Ok(entry @ Entry::Returned(_)) = Entry::parse(bytes) else { continue };
        let receipt = parse_receipt(core, receipt, Some(bytes))?;
        // Another pseudonym may have the same identifier.
        if is_valid(core, &entry) {
            return Ok(Some((bytes.to_vec(), receipt)));
        }
    }
    Ok(None)
}

/// Brings the records up to what the board shows (CLI-20). Answers whether the last one is settled by that.
fn reconcile(core: &Core, spending: &mut Spending, entries: &[BoardEntry<'_>]) -> Result<bool, ClientError> {
    if let Some(last) = spending.records.last_mut()
        && last.kind == Some(Kind::Returned)
        && let Some((entry, receipt)) = look_for_return(core, entries)?
    {
        (last.entry, last.receipt) = (Some(entry), Some(receipt));
        return Ok(true);
    }
    let seen = look(core, spending, entries)?;
    let numbered = spending.records.iter().enumerate().rfind(|(_, record)| record.sequence.is_some());
    let (place, pending) = numbered.map_or((None, None), |(place, record)| (Some(place), record.sequence));
    let settles = |seen: &Seen| match seen.record {
        Some(_) => seen.record == place,
        None => Some(seen.sequence) >= pending,
    };
    if !seen.iter().any(settles) {
        return Ok(false);
    }
    // A return that was made although an entry of the pseudonym is there: the board refuses it.
    if spending.last().is_some_and(|last| last.kind == Some(Kind::Returned) && last.receipt.is_none()) {
        spending.records.pop();
    }
    let mut followers = Vec::new();
    for seen in seen {
        match seen.record.and_then(|record| spending.records.get_mut(record)) {
            Some(record) => {
                // In the log stands the first proof that came, which may be that of a copy of this device.
                if let Some(entry) = seen.entry {
                    (record.kind, record.sequence) = (seen.kind, Some(seen.sequence));
                    record.entry = Some(entry);
                    record.promise = record.promise.take().filter(|promise| {
                        record.entry.as_deref().is_some_and(|entry| promise.unverified().is_for(entry))
                    });
                }
                record.receipt.get_or_insert(seen.receipt);
            }
            None if Some(seen.sequence) >= pending => followers.push(seen),
            None => {}
        }
    }
    followers.sort_by_key(|seen| seen.sequence);
    spending.records.extend(followers.into_iter().map(Seen::into_record));
    Ok(true)
}

macro_rules! reconciled {
    ($($state:ident),*) => {$(
        impl Voter<$state> {
            /// Takes what the board shows under the identifier, where an answer was lost, the sequence number was refused (409) or
            /// the receipt is awaited (CLI-20): either the pending entry is there, or another device's stands in its place and it
            /// will never be recorded. The next entry then follows what the board shows.
            ///
            /// # Errors
            /// [`Refused`], with [`ClientError::NotRecorded`] if the board shows neither, or an error of
            /// [`Voter::check_recorded`].
            pub fn reconcile(self, entries: &[BoardEntry<'_>]) -> Result<Voter<Receipted>, Refused<$state>> {
                self.step(Receipted, $state, |spending, core| {
                    if reconcile(core, spending, entries)? { Ok(()) } else { Err(ClientError::NotRecorded) }
                })
            }
        }
    )*};
}

reconciled!(Cast, Promised);

impl Voter<Receipted> {
    /// As [`Voter::check_recorded`], and keeps what was found: another device's entries, which the next one must follow.
    ///
    /// # Errors
    /// [`Refused`], with an error of [`Voter::check_recorded`] or [`ClientError::NotRecorded`] if the board shows nothing.
    pub fn reconcile(self, entries: &[BoardEntry<'_>]) -> Result<Self, Refused<Receipted>> {
        self.step(Receipted, Receipted, |spending, core| {
            if reconcile(core, spending, entries)? { Ok(()) } else { Err(ClientError::NotRecorded) }
        })
    }

    /// A voter whose device is lost, from the recovery code and the board (CLI-21): the tokens are those of the ballots that are
    /// there. The voter can cast again, withdraw, and check, but not read what the lost device cast.
    ///
    /// # Errors
    /// [`ClientError::NothingToRecover`] if the board shows no ballot of this seed with its bytes; those of
    /// [`Voter::check_recorded`].
    pub fn recover(
        election: AnchoredElection,
        seed: Seed,
        entries: &[BoardEntry<'_>],
    ) -> Result<Self, ClientError> {
        let pseudonym = seed.pseudonym_key(election.id()).pseudonym();
        let ballot = entries.iter().find_map(|entry| match Entry::parse(entry.entry?) {
            Ok(Entry::Ballot(ballot)) if ballot.pseudonym.0 == pseudonym => Some(ballot),
            _ => None,
        });
        let ballot = ballot.ok_or(ClientError::NothingToRecover)?;
        let class = election.manifest().class_index(&ballot.class).ok_or(ClientError::NothingToRecover)?;
        let core = Core::new(election, class, seed).ok_or(ClientError::NothingToRecover)?;
        let mut spending = Spending { tokens: ballot.tokens(), records: Vec::new() };
        // With every entry the tokens of this ballot are verified too.
        if !reconcile(&core, &mut spending, entries)? {
            return Err(ClientError::NothingToRecover);
        }
        Ok(Self { core, state: Receipted(spending) })
    }
}
