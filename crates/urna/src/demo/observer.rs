//! An observer: knows the election id and the record, trusts nobody, and gets the same result or the first thing that
//! is wrong (V-01 to V-14, as far as they concern a complete record in memory).

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, ensure};
use rand_core::CryptoRngCore;
use urna_crypto::{ElectionId, Point};
use urna_election::ElectionState;
use urna_election::EntryVerifier;
use urna_election::count::Count;
use urna_election::entry::{Agreed, Entry, ResultPublished};
use urna_election::issuance::{self, Eligible};
use urna_election::manifest::Manifest;
use urna_election::opening::{self, BallotOpener};
use urna_election::register::Register;
use urna_election::result::ElectionResult;
use urna_log::Tree;

use super::record::Record;

/// How many entries are verified together.
const BATCH: usize = 4_096;

/// Replays the record of the election `anchor`; returns the published result, which is also the recomputed one.
pub(crate) fn replay(
    anchor: &ElectionId,
    record: &Record,
    rng: &mut impl CryptoRngCore,
) -> anyhow::Result<ElectionResult> {
    // V-04: entry 0 names the manifest, and the manifest is the one announced.
    let first = record.entries.first().context("the record is empty")?;
    let Entry::Manifest(published) = Entry::parse(first)? else {
        anyhow::bail!("entry 0 is not the manifest")
    };
    let manifest = Arc::new(Manifest::parse(record.blob(&published.body.manifest)?)?);
    ensure!(manifest.id() == anchor, "the record is of election {}, not of {anchor}", manifest.id());
    let verifier = EntryVerifier::new(Arc::clone(&manifest));
    let first = verifier.verify(vec![Entry::Manifest(published)], rng).pop().context("entry 0")??;
    let mut state = ElectionState::begin(Arc::clone(&manifest), first)?;

    // V-03, V-07 to V-09, V-11, V-17: every entry by itself and in its place. What rests on blobs is noted.
    let mut notes = Notes::new(&manifest, record)?;
    notes.tree.push(record.entries.first().context("the record is empty")?);
    let rest = record.entries.get(1..).unwrap_or_default();
    for batch in rest.chunks(BATCH) {
        let entries = batch.iter().map(|bytes| Entry::parse(bytes)).collect::<Result<Vec<_>, _>>()?;
        for (bytes, verified) in batch.iter().zip(verifier.verify(entries, rng)) {
            let verified = verified?;
            let entry = verified.entry().clone();
            let index = state.apply(verified).with_context(|| format!("entry {}", state.size()))?;
            notes.tree.push(bytes);
            notes.take(&state, &entry, rng).with_context(|| format!("entry {index}"))?;
        }
    }

    // V-01, as far as there is no signature yet: nothing of what the board told is missing.
    ensure!(notes.tree.root() == record.root, "the entries are not those of the board's log");

    // V-13, V-14: the published openings are the combination, and the published result is the count.
    let published = notes.result.take().context("no result in the record")?;
    let combined = notes.check_combined(&published, rng)?;
    let recomputed = count(&state, record, &notes.eligible, &combined)?;
    let result = ElectionResult::parse(record.blob(&published.result)?)?;
    ensure!(result == recomputed, "the published result is not the count of the ballots");
    Ok(result)
}

/// Opens the counted ballots with their combined openings, and counts (V-10, V-13, V-14).
pub(crate) fn count(
    state: &ElectionState,
    record: &Record,
    eligible: &Eligible,
    combined: &[Point],
) -> anyhow::Result<ElectionResult> {
    let manifest = state.manifest();
    let opener = BallotOpener::new(manifest);
    let mut count = Count::new(manifest);
    let counted = state.counted();
    ensure!(counted.len() == combined.len(), "{} openings of {} ballots", combined.len(), counted.len());
    for (ballot, opening) in counted.iter().zip(combined) {
        let bytes =
            record.entries.get(usize::try_from(ballot.index)?).context("a counted ballot is missing")?;
        let Entry::Ballot(ballot) = Entry::parse(bytes)? else {
            anyhow::bail!("a counted entry is no ballot")
        };
        count.add(&opener.open(&ballot, opening).context("a ballot of no class")?)?;
    }
    Ok(ElectionResult::new(manifest, &count, issuance::check_figures(state, eligible)?)?)
}

/// What an observer keeps while replaying.
struct Notes<'r> {
    manifest: Arc<Manifest>,
    record: &'r Record,
    tree: Tree,
    register: Register,
    eligible: Eligible,
    /// R of the counted ballots, since the close.
    ephemerals: Vec<Point>,
    /// Root at `voting_closed`.
    root: [u8; 32],
    agreed: HashMap<[u8; 32], Agreed>,
    /// Partial decryptions by trustee, in order.
    decryptions: Vec<Vec<Point>>,
    result: Option<ResultPublished>,
}

impl<'r> Notes<'r> {
    fn new(manifest: &Arc<Manifest>, record: &'r Record) -> anyhow::Result<Self> {
        Ok(Self {
            manifest: Arc::clone(manifest),
            record,
            tree: Tree::new(),
            register: Register::default(),
            eligible: Eligible::default(),
            ephemerals: Vec::new(),
            root: [0; 32],
            agreed: HashMap::new(),
            decryptions: vec![Vec::new(); manifest.trustees().members.len()],
            result: None,
        })
    }

    /// Checks what an admitted entry says of blobs, and remembers what later ones rest on.
    fn take(
        &mut self,
        state: &ElectionState,
        entry: &Entry,
        rng: &mut impl CryptoRngCore,
    ) -> anyhow::Result<()> {
        match entry {
            Entry::Ceremony(signed) => {
                // V-05: anyone recomputes Y and all Y_i.
                let blob = signed.body.round_1.map(|blob| self.record.blob(&blob)).transpose()?;
                urna_election::ceremony::check_key_ceremony(&self.manifest, blob)?;
            }
            Entry::Register(signed) => {
                // V-06
                let blobs = self.blobs(&signed.body.rows)?;
                let register = Register::check_version(&self.manifest, &signed.body, &blobs)?;
                register.follows(&self.register)?;
                self.eligible.add(&register);
                self.register = register;
            }
            Entry::VotingClosed(_) => {
                self.root = self.tree.root();
                self.ephemerals = state.counted().iter().filter_map(|ballot| ballot.point()).collect();
            }
            Entry::Issuance(signed) => {
                // V-10
                let issuer = self.manifest.issuers().iter().find(|issuer| issuer.id == signed.signer);
                let issuer = issuer.context("an issuer")?;
                let blobs = self.blobs(&signed.body.rows)?;
                issuance::check_list(&self.manifest, issuer, &signed.body, blobs, &self.eligible, rng)?;
            }
            Entry::Agreed(signed) => {
                self.agreed.insert(signed.body.digest(), signed.body.clone());
            }
            Entry::Opening(signed) => {
                // V-12
                let members = &self.manifest.trustees().members;
                let place =
                    members.iter().position(|trustee| trustee.id == signed.signer).context("a trustee")?;
                let position = usize::try_from(signed.body.position)?;
                let chunk = self.ephemerals.chunks(urna_crypto::CHUNK).nth(position).context("a chunk")?;
                let blob = self.record.blob(&signed.body.chunk)?;
                let points = opening::check_chunk(&self.manifest, place, &signed.body, blob, chunk)?;
                self.decryptions.get_mut(place).context("a trustee")?.extend(points);
            }
            Entry::Result(signed) => {
                // V-12: that enough trustees agreed on this is the state's to say, and that it is this log ours; also
                // where nothing is counted and so nothing was opened.
                let agreed =
                    state.agreed().and_then(|digest| self.agreed.get(&digest)).context("an agreement")?;
                ensure!(agreed.root.0 == self.root, "the trustees opened what another log holds");
                self.result = Some(signed.body.clone());
            }
            _ => {}
        }
        Ok(())
    }

    fn blobs(&self, blobs: &[urna_election::blob::BlobRef]) -> anyhow::Result<Vec<&'r [u8]>> {
        blobs.iter().map(|blob| self.record.blob(blob)).collect()
    }

    /// V-13: S_j = sum lambda_i D_ij for every counted ballot.
    fn check_combined(
        &self,
        published: &ResultPublished,
        rng: &mut impl CryptoRngCore,
    ) -> anyhow::Result<Vec<Point>> {
        let mut combined = Vec::new();
        for blob in self.blobs(&published.combined)? {
            combined.extend(opening::points_from_bytes(blob)?);
        }
        let of = |index: &u16| self.decryptions.get(usize::from(*index).checked_sub(1)?).cloned();
        let lists: Vec<_> = published.trustees.iter().filter_map(of).collect();
        opening::check_combined(&published.trustees, &lists, &combined, rng)?;
        Ok(combined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::ballot_file::BallotFile;
    use crate::demo::{Trustees, voting};
    use rand_core::OsRng;

    #[test]
    fn accepts_the_record_and_rejects_it_changed_anywhere() {
        let file =
            BallotFile::parse(b"district,choice_1\nNorth,Bo\nSouth,Ann\nNorth,undervote\n", None).unwrap();
        let trustees = Trustees::Shared { threshold: 2, count: 3 };
        let (anchor, record) = voting::run(&file, trustees, 2).unwrap();
        let result = replay(&anchor, &record, &mut OsRng).unwrap();
        assert_eq!(result.counted.value(), 3);

        let refused = |what: &str, anchor: &ElectionId, change: &dyn Fn(&mut Record)| {
            let mut changed = record.clone();
            change(&mut changed);
            assert!(replay(anchor, &changed, &mut OsRng).is_err(), "accepted: {what}");
        };
        refused("another election", &ElectionId::from_bytes([0; 32]), &|_| ());
        refused("no result", &anchor, &|record| record.entries.truncate(record.entries.len() - 2));
        for entry in 0..record.entries.len() {
            for at in [0, 2, 3] {
                let byte = record.entries[entry].len() * at / 4;
                refused(&format!("entry {entry}, byte {byte}"), &anchor, &|record| {
                    record.entries[entry][byte] ^= 1
                });
            }
            refused(&format!("without entry {entry}"), &anchor, &|record| drop(record.entries.remove(entry)));
        }
        for hash in record.blobs.keys() {
            refused("a blob changed", &anchor, &|record| record.blobs.get_mut(hash).unwrap()[0] ^= 1);
            refused("a blob missing", &anchor, &|record| drop(record.blobs.remove(hash)));
        }
    }
}
