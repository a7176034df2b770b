//! The whole verification, from a record to a report.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rand_core::CryptoRngCore;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use urna_crypto::{ElectionId, Pseudonym};
use urna_election::blob::BlobRef;
use urna_election::count::Turnout;
use urna_election::entry::{Entry, Kind};
use urna_election::json::Base64;
use urna_election::manifest::Manifest;
use urna_election::result::{ElectionResult, Figures};
use urna_election::selection::Choice;
use urna_election::{CountedBallot, ElectionState, Id};
use urna_log::{FULL, Hash, Origin, SignedCheckpoint, TreeHead, VerifierKey};

use crate::audit::Audit;
use crate::blobs::Blobs;
use crate::check::Check;
use crate::given::Given;
use crate::notes::Notes;
use crate::openings::Tally;
use crate::reading::{Found as Bundle, Reader, Unreadable};
use crate::record::{Content, File, Record};
use crate::replay::{Replayed, Start, replay};
use crate::report::{Report, Verdict};
use crate::watch::Watch;

/// What is recorded under the identifier that the caller asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it stands.
    pub index: u64,
    /// Ballot, withdrawal or returned token.
    pub kind: Kind,
    /// The full key: two voters with the same identifier differ in it.
    pub pseudonym: Pseudonym,
    /// Whether it is counted.
    pub counted: bool,
    /// What it chooses by contest, once the counted ballots are open: `None` before, `Some(None)` if it is invalid.
    pub choices: Option<Option<Vec<(Id, Choice)>>>,
}

/// The count of the opened ballots beside the published result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recount {
    /// As it was counted here.
    pub computed: ElectionResult,
    /// As it was published.
    pub published: ElectionResult,
}

/// What a verification came to.
#[derive(Debug)]
pub struct Verified {
    /// The findings.
    pub report: Report,
    /// The checkpoint's size and root.
    pub head: TreeHead,
    /// The manifest, unless V-04 has failed because it is none.
    pub manifest: Option<Arc<Manifest>>,
    /// The state after the last entry, if there is a manifest. It is that of an election that keeps the rules only if no check
    /// failed.
    pub state: Option<ElectionState>,
    /// The root of the log whose last entry is `voting_closed`: what trustees agree on.
    pub root_at_close: Option<Hash>,
    /// The counted list as it stood at `voting_closed`, in log order; empty before.
    pub counted: Vec<CountedBallot>,
    /// The published result, if V-14 has passed.
    pub result: Option<ElectionResult>,
    /// Both counts that V-14 has compared, equal or not.
    pub recount: Option<Recount>,
    /// The result to be published, if there is none yet, V-10 and V-12 have passed, and no check has failed.
    pub tally: Option<Tally>,
    /// How many took part, if the ballots are open.
    pub turnout: Option<Turnout>,
    /// The figures as the log stands, if V-10 has passed.
    pub figures: Option<Figures>,
    /// What is recorded under the identifier that was asked for.
    pub found: Vec<Found>,
}

/// Verifies a record. `coins` makes a source of private randomness for each piece of work, for the weights of batches.
///
/// # Errors
/// [`Unreadable`]: the record is not there, not complete or damaged, so that nothing is said of the election.
pub fn verify<R: Record, G: CryptoRngCore>(
    record: &R,
    given: &Given,
    coins: &(impl Fn() -> G + Sync),
    watch: &impl Watch,
) -> Result<Verified, Unreadable<R::Error>> {
    let checkpoint = read_checkpoint(record)?;
    let head = checkpoint.unverified().head;
    if head.size == 0 {
        return Err(Unreadable::Empty);
    }
    let reader = Reader { record, size: head.size };
    let official = official(&reader)?;
    let (bytes, parsed) = manifest(&reader, &official)?;
    let election = ElectionId::from_bytes(Sha256::digest(&bytes).into());
    let log_key = log_key(&bytes).ok_or(Unreadable::NoLogKey)?;

    let mut notes = Notes::new(given);
    let manifest = match parsed {
        Ok(manifest) => Some(Arc::new(manifest)),
        Err(error) => {
            notes.faults.note(Check::Manifest, Some(0), error);
            None
        }
    };
    let announced = given.election.is_none_or(|announced| announced == election);
    if let Some(announced) = given.election.filter(|_| !announced) {
        let reason = format_args!("this is election {election}, not {announced}");
        notes.faults.note(Check::Manifest, None, reason);
    }
    if let Err(error) = checkpoint.verify(&log_key) {
        notes.faults.note(Check::Root, None, format_args!("the checkpoint does not hold: {error}"));
    }
    for (file, expected) in [(File::LogKey, log_key.to_string()), (File::ElectionId, election.to_string())] {
        if let Content::Bytes(bytes) = reader.read(&file, file.limit())?
            && bytes != format!("{expected}\n").as_bytes()
        {
            notes.faults.note(Check::Root, None, format_args!("{file} is not what the manifest says"));
        }
    }
    let entry_0 = Start { election, manifest: manifest.clone().filter(|_| announced), official, given };
    let replayed = replay(&reader, entry_0, notes, coins, watch)?;
    let Replayed { state, order, mut notes, root } = replayed;
    if root != head.root {
        notes.faults.note(Check::Root, None, "the entries do not have the root that the log signed");
    }
    let phase = state.as_ref().map_or(order.phase(), ElectionState::phase);
    let mut audit = Audit {
        reader: &reader,
        blobs: Blobs::new(record, notes.erased.clone()),
        given,
        coins,
        watch,
        head,
        log_key,
        election,
        phase,
        manifest: manifest.clone(),
        state,
        notes,
        eligible: None,
        superseded: BTreeSet::new(),
        figures: None,
        opened: None,
        result: None,
        recount: None,
    };
    let report = audit.report()?;
    let found = found(&audit)?;
    let is_sound = report.verdict() != Verdict::Failed;
    let tally = audit.opened.as_mut().and_then(|opened| opened.tally.take()).filter(|_| is_sound);
    let turnout = audit.opened.as_ref().and_then(|opened| opened.turnout);
    let Audit { state, notes, figures, result, recount, .. } = audit;
    let (root_at_close, counted) = match notes.close {
        Some(close) => (Some(close.root), close.counted),
        None => (None, Vec::new()),
    };
    Ok(Verified {
        report,
        head,
        manifest,
        state,
        root_at_close,
        counted,
        result,
        recount,
        tally,
        turnout,
        figures,
        found,
    })
}

fn read_checkpoint<R: Record>(record: &R) -> Result<SignedCheckpoint, Unreadable<R::Error>> {
    let file = File::Checkpoint;
    let name = || file.to_string();
    let source = |error| Unreadable::Source { file: name(), error };
    match record.read(&file, file.limit()).map_err(source)? {
        Content::Bytes(bytes) => {
            let read = SignedCheckpoint::from_bytes(&bytes);
            read.map_err(|error| Unreadable::Form { file: name(), error })
        }
        Content::Missing | Content::Withheld => Err(Unreadable::Missing { file: name() }),
    }
}

/// The official entries, if the first bundle or the last is withheld.
fn official<R: Record>(reader: &Reader<'_, R>) -> Result<BTreeMap<u64, Vec<u8>>, Unreadable<R::Error>> {
    for bundle in [0, reader.size.saturating_sub(1) / FULL] {
        if matches!(reader.bundle(bundle)?, Bundle::Withheld) {
            let source = |error| Unreadable::Source { file: "official entries".to_owned(), error };
            return Ok(reader.record.official().map_err(source)?.into_iter().collect());
        }
    }
    Ok(BTreeMap::new())
}

type Parsed = Result<Manifest, urna_election::manifest::ManifestError>;

/// The bytes that entry 0 names, and the manifest that they are, if they are one.
fn manifest<R: Record>(
    reader: &Reader<'_, R>,
    official: &BTreeMap<u64, Vec<u8>>,
) -> Result<(Vec<u8>, Parsed), Unreadable<R::Error>> {
    let first = match reader.bundle(0)? {
        Bundle::Bytes(entries) => entries.of()?.first().map(|entry| entry.to_vec()),
        Bundle::Withheld => official.get(&0).cloned(),
    };
    let first = first.and_then(|bytes| Entry::parse(&bytes).ok());
    let Some(Entry::Manifest(published)) = first else {
        return Err(Unreadable::NoManifest);
    };
    let named: BlobRef = published.body.manifest;
    let file = File::Blob(named.sha256.0);
    let content = reader.read(&file, Manifest::LIMIT)?;
    match content {
        Content::Bytes(bytes) if Sha256::digest(&bytes).as_slice() == named.sha256.0 => {
            let parsed = Manifest::parse(&bytes);
            Ok((bytes, parsed))
        }
        _ => Err(Unreadable::ManifestBlob { file: file.to_string() }),
    }
}

/// The key that signs the log, by the manifest that entry 0 names.
#[cfg(feature = "source")]
pub(crate) fn key_of<R: Record>(reader: &Reader<'_, R>) -> Result<VerifierKey, Unreadable<R::Error>> {
    let (bytes, _) = manifest(reader, &official(reader)?)?;
    log_key(&bytes).ok_or(Unreadable::NoLogKey)
}

/// Whose log it is, also of a manifest that breaks rules: V-01 comes before V-04.
fn log_key(manifest: &[u8]) -> Option<VerifierKey> {
    #[derive(Deserialize)]
    struct Board {
        log_key: Base64<[u8; 32]>,
        origin: String,
    }
    #[derive(Deserialize)]
    struct OfBoard {
        board: Board,
    }
    let Board { log_key, origin } = serde_json::from_slice::<OfBoard>(manifest).ok()?.board;
    let origin: Origin = origin.parse().ok()?;
    VerifierKey::new(origin.key_name().clone(), &log_key.0).ok()
}

/// What stands under the wanted identifier.
fn found<R: Record, G: CryptoRngCore, C: Fn() -> G + Sync, W: Watch>(
    audit: &Audit<'_, R, C, W>,
) -> Result<Vec<Found>, Unreadable<R::Error>> {
    let counted = audit.notes.close.as_ref().map(|close| close.counted.as_slice()).unwrap_or_default();
    let mut found = Vec::new();
    for index in &audit.notes.wanted {
        let Some(entry) = audit.entry(*index)? else { continue };
        let kind = entry.kind();
        let pseudonym = match entry {
            Entry::Ballot(ballot) => ballot.pseudonym.0,
            Entry::Withdrawal(withdrawal) => withdrawal.pseudonym.0,
            Entry::Returned(returned) => returned.pseudonym.0,
            _ => continue,
        };
        let choices = audit.opened.as_ref().and_then(|opened| opened.wanted.get(index).cloned());
        let counted = counted.iter().any(|ballot| ballot.index == *index);
        found.push(Found { index: *index, kind, pseudonym, counted, choices });
    }
    Ok(found)
}
