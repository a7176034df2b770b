//! What the board checks of the bytes of blobs before it admits the entry that names them (`spec/entries.md`). The state
//! knows references only; a blob that breaks its rules would make the record fail for ever.

use rand_core::CryptoRngCore;
use urna_election::blob::BlobRef;
use urna_election::count::Count;
use urna_election::entry::{self, Entry, ResultPublished, Signed};
use urna_election::issuance::{self, Eligible};
use urna_election::opening::{self, BallotOpener};
use urna_election::register::Register;
use urna_election::result::ElectionResult;
use urna_election::{ElectionState, Id, Rejected, ceremony};

use crate::error::{BoardError, Refusal};
use crate::store::Store;

/// What later checks rest on, of the log so far. The blobs themselves stay where they are.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// All versions of the register.
    registers: Vec<entry::Register>,
    /// Whose chunk it is, and the chunk.
    openings: Vec<(Id, entry::Opening)>,
}

/// Why a check was not passed: the entry's fault, or the store's.
pub(crate) enum Unchecked {
    Refused(Refusal),
    Failed(BoardError),
}

impl<R: Into<Refusal>> From<R> for Unchecked {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal.into())
    }
}

/// The blobs that an entry names.
pub(crate) fn named(entry: &Entry) -> Vec<BlobRef> {
    match entry {
        Entry::Manifest(signed) => vec![signed.body.manifest],
        Entry::Ceremony(signed) => signed.body.round_1.into_iter().collect(),
        Entry::Register(signed) => signed.body.rows.clone(),
        Entry::VotingOpened(signed) => signed.body.details.into_iter().collect(),
        Entry::VotingClosed(signed) => signed.body.details.into_iter().collect(),
        Entry::Issuance(signed) => signed.body.rows.clone(),
        Entry::Opening(signed) => vec![signed.body.chunk],
        Entry::Result(signed) => [signed.body.combined.as_slice(), &[signed.body.result]].concat(),
        Entry::Certified(signed) => signed.body.details.into_iter().collect(),
        Entry::Cancelled(signed) => signed.body.details.into_iter().collect(),
        Entry::Erased(signed) => signed.body.details.into_iter().collect(),
        Entry::Rehearsal(_)
        | Entry::Agreed(_)
        | Entry::Ballot(_)
        | Entry::Withdrawal(_)
        | Entry::Returned(_) => Vec::new(),
    }
}

/// A blob that an entry names, as it is stored (ENT-4, ENT-9).
pub(crate) fn blob(store: &impl Store, named: &BlobRef) -> Result<Vec<u8>, Unchecked> {
    let length = named.length.value();
    if usize::try_from(length).is_ok_and(|length| length <= named.kind.limit()) {
        let sha256 = named.sha256.0;
        let bytes = store.blob(&sha256).map_err(|error| Unchecked::Failed(error.into()))?;
        let bytes = bytes.ok_or(Refusal::BlobMissing { kind: named.kind, sha256 })?;
        named.check(&bytes)?;
        Ok(bytes)
    } else {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        Err(Refusal::BlobTooLong { kind: named.kind, length }.into())
    }
}

fn blobs(store: &impl Store, named: &[BlobRef]) -> Result<Vec<Vec<u8>>, Unchecked> {
    named.iter().map(|named| blob(store, named)).collect()
}

impl Evidence {
    /// Remembers what later checks need of an entry that is in the log.
    pub(crate) fn note(&mut self, entry: &Entry) {
        match entry {
            Entry::Register(signed) => self.registers.push(signed.body.clone()),
            Entry::Opening(signed) => self.openings.push((signed.signer.clone(), signed.body.clone())),
            _ => {}
        }
    }

    /// Checks an entry whose signature is verified, before it is applied: its blobs are stored and say what they must.
    pub(crate) fn check(
        &self,
        entry: &Entry,
        state: &ElectionState,
        store: &impl Store,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), Unchecked> {
        let blobs = blobs(store, &named(entry))?;
        match entry {
            // V-05
            Entry::Ceremony(_) => {
                ceremony::check_key_ceremony(state.manifest(), blobs.first().map(Vec::as_slice))?;
            }
            // V-06
            Entry::Register(signed) => {
                let register = Register::check_version(state.manifest(), &signed.body, &blobs)?;
                let previous = match self.registers.last() {
                    None => Register::default(),
                    Some(version) => load(state, store, version)?,
                };
                register.follows(&previous)?;
            }
            // V-10
            Entry::Issuance(signed) => {
                let mut issuers = state.manifest().issuers().iter();
                let issuer = issuers.find(|issuer| issuer.id == signed.signer);
                let issuer = issuer.ok_or_else(|| unknown(signed, entry::Role::Issuer))?;
                let eligible = self.eligible(state, store)?;
                issuance::check_list(state.manifest(), issuer, &signed.body, blobs, &eligible, rng)?;
            }
            // V-12
            Entry::Opening(signed) => {
                let place =
                    trustee(state, &signed.signer).ok_or_else(|| unknown(signed, entry::Role::Trustee))?;
                check_chunk(state, place, &signed.body, blobs.first().map_or(&[], Vec::as_slice))?;
            }
            // V-13, V-14
            Entry::Result(signed) => self.check_result(&signed.body, state, store, rng)?,
            _ => {}
        }
        Ok(())
    }

    fn eligible(&self, state: &ElectionState, store: &impl Store) -> Result<Eligible, Unchecked> {
        let mut eligible = Eligible::default();
        for version in &self.registers {
            eligible.add(&load(state, store, version)?);
        }
        Ok(eligible)
    }

    /// Recomputes the result from the openings in the log and the ballots.
    fn check_result(
        &self,
        published: &ResultPublished,
        state: &ElectionState,
        store: &impl Store,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), Unchecked> {
        let mut combined = Vec::new();
        for bytes in blobs(store, &published.combined)? {
            combined.extend(opening::points_from_bytes(&bytes)?);
        }
        let mut decryptions = Vec::new();
        for index in &published.trustees {
            let place = usize::from(*index).checked_sub(1);
            let member = place.and_then(|place| state.manifest().trustees().members.get(place));
            let mut points = Vec::new();
            for (_, chunk) in
                self.openings.iter().filter(|(id, _)| member.is_some_and(|member| member.id == *id))
            {
                points.extend(opening::points_from_bytes(&blob(store, &chunk.chunk)?)?);
            }
            decryptions.push(points);
        }
        opening::check_combined(&published.trustees, &decryptions, &combined, rng)?;

        let manifest = state.manifest();
        let opener = BallotOpener::new(manifest);
        let mut count = Count::new(manifest);
        for (ballot, opening) in state.counted().iter().zip(&combined) {
            let damaged = BoardError::EntryMissing { index: ballot.index, size: state.size() };
            let bytes = store.entry(ballot.index).map_err(|error| Unchecked::Failed(error.into()))?;
            let Some(Entry::Ballot(ballot)) = bytes.and_then(|bytes| Entry::parse(&bytes).ok()) else {
                return Err(Unchecked::Failed(damaged));
            };
            if let Some(opened) = opener.open(&ballot, opening) {
                count.add(&opened)?;
            }
        }
        let figures = issuance::check_figures(state, &self.eligible(state, store)?)?;
        let recomputed = ElectionResult::new(manifest, &count, figures)?;
        if ElectionResult::parse(&blob(store, &published.result)?)? == recomputed {
            Ok(())
        } else {
            Err(Refusal::OtherResult.into())
        }
    }
}

/// The chunk's proof over exactly the R_j at its position. A position beyond the last is the state's to refuse.
fn check_chunk(
    state: &ElectionState,
    place: usize,
    chunk: &entry::Opening,
    bytes: &[u8],
) -> Result<(), Unchecked> {
    let counted = state.counted();
    let position = usize::try_from(chunk.position).unwrap_or(usize::MAX);
    if let Some(ballots) = counted.chunks(urna_crypto::CHUNK).nth(position) {
        let points: Vec<_> = ballots.iter().filter_map(|ballot| ballot.point()).collect();
        opening::check_chunk(state.manifest(), place, chunk, bytes, &points)?;
    }
    Ok(())
}

/// A version of the register that is in the log.
fn load(state: &ElectionState, store: &impl Store, version: &entry::Register) -> Result<Register, Unchecked> {
    Ok(Register::check_version(state.manifest(), version, &blobs(store, &version.rows)?)?)
}

fn trustee(state: &ElectionState, id: &Id) -> Option<usize> {
    state.manifest().trustees().members.iter().position(|trustee| trustee.id == *id)
}

fn unknown<B>(signed: &Signed<B>, role: entry::Role) -> Rejected {
    Rejected::UnknownSigner { signer: signed.signer.clone(), role }
}
