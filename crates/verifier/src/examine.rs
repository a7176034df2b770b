//! What can be said of entries by themselves, bundle by bundle and on several threads.

use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use urna_crypto::{ElectionId, Identifier};
use urna_election::entry::Entry;
use urna_election::json::JsonError;
use urna_election::{EntryFault, EntryVerifier, RecordedEntry, VerifiedEntry};
use urna_log::{Hash, leaf_hash};

/// How far entries are looked into.
pub(crate) enum Depth<'v> {
    /// Their hashes as leaves.
    Leaves,
    /// Whether they are entries, too.
    Forms,
    /// Signatures, tokens and proofs, too.
    All(&'v EntryVerifier),
}

/// Whose entries and which hashes are wanted besides.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'w> {
    pub(crate) election: &'w ElectionId,
    /// Whether somebody has a promise, which names an entry by its SHA-256.
    pub(crate) digests: bool,
}

/// An entry of the log, looked into.
pub(crate) struct Examined {
    pub(crate) index: u64,
    pub(crate) digest: Option<[u8; 32]>,
    pub(crate) form: Form,
}

/// What became of an entry's bytes.
pub(crate) enum Form {
    /// They were not looked into.
    Unread,
    /// They are no entry.
    Malformed(JsonError),
    /// They are one; it was not verified, for want of a manifest.
    Read(Box<Entry>),
    /// An entry whose signature, tokens and proofs hold. The identifier is that of a pseudonym's first ballot.
    Verified(Box<VerifiedEntry>, Option<Identifier>),
    /// One with faults; without what the state needs if class or signer are unknown.
    Faulty(Box<Entry>, Vec<EntryFault>, Option<Box<RecordedEntry>>),
}

/// Part of the log: the hashes of all its leaves, and those entries that could be had.
pub(crate) struct Part {
    pub(crate) leaves: Vec<Hash>,
    pub(crate) entries: Vec<Examined>,
}

impl Part {
    /// Looks into consecutive entries from `start`.
    pub(crate) fn examine(
        start: u64,
        entries: &[&[u8]],
        depth: &Depth<'_>,
        wanted: Wanted<'_>,
        rng: &mut impl CryptoRngCore,
    ) -> Self {
        let leaves = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let numbered: Vec<_> = (start..).zip(entries.iter().copied()).collect();
        Self { leaves, entries: examine(&numbered, depth, wanted, rng) }
    }
}

/// Looks into entries, their proofs in one batch.
pub(crate) fn examine(
    entries: &[(u64, &[u8])],
    depth: &Depth<'_>,
    wanted: Wanted<'_>,
    rng: &mut impl CryptoRngCore,
) -> Vec<Examined> {
    let digest = |bytes: &[u8]| wanted.digests.then(|| Sha256::digest(bytes).into());
    let examined =
        |(index, bytes): &(u64, &[u8]), form| Examined { index: *index, digest: digest(bytes), form };
    let Depth::All(verifier) = depth else {
        let form = |bytes: &[u8]| match depth {
            Depth::Leaves => Form::Unread,
            _ => Entry::parse(bytes).map_or_else(Form::Malformed, |entry| Form::Read(Box::new(entry))),
        };
        return entries.iter().map(|entry| examined(entry, form(entry.1))).collect();
    };
    let mut parsed = Vec::with_capacity(entries.len());
    let mut malformed = Vec::new();
    for (place, (_, bytes)) in entries.iter().enumerate() {
        match Entry::parse(bytes) {
            Ok(entry) => parsed.push(entry),
            Err(error) => malformed.push((place, error)),
        }
    }
    let mut malformed = malformed.into_iter().peekable();
    let mut verified = verifier.verify(parsed, rng).into_iter();
    let form = |place: usize, bytes: &[u8]| {
        if let Some((_, error)) = malformed.next_if(|(other, _)| *other == place) {
            return Form::Malformed(error);
        }
        match verified.next() {
            Some(Ok(entry)) => {
                let identifier = first_identifier(entry.entry(), wanted.election);
                Form::Verified(Box::new(entry), identifier)
            }
            Some(Err(rejected)) => faulty(verifier, bytes, rejected.into()),
            None => Form::Unread,
        }
    };
    let mut form = form;
    entries.iter().enumerate().map(|(place, entry)| examined(entry, form(place, entry.1))).collect()
}

/// Everything that is wrong with an entry of which the batch has named one fault.
fn faulty(verifier: &EntryVerifier, bytes: &[u8], first: EntryFault) -> Form {
    match Entry::parse(bytes) {
        Err(error) => Form::Malformed(error),
        Ok(entry) => {
            let (mut faults, recorded) = verifier.examine(entry.clone());
            if faults.is_empty() {
                faults.push(first);
            }
            Form::Faulty(Box::new(entry), faults, recorded.map(Box::new))
        }
    }
}

fn first_identifier(entry: &Entry, election: &ElectionId) -> Option<Identifier> {
    match entry {
        Entry::Ballot(ballot) if ballot.sequence == 0 => Some(Identifier::new(election, &ballot.pseudonym.0)),
        _ => None,
    }
}
