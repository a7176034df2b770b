//! What the parties do, from publication to the result. All they leave is entries and blobs on the board.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use rand_core::{OsRng, RngCore};
use serde::Serialize;
use urna_crypto::{ElectionId, Identifier, Point, Rehearsal, SharePossession};
use urna_election::blob::BlobKind;
use urna_election::count::Count;
use urna_election::entry::{
    Body, Cause, Ceremony, Certified, Entry, Issuance, ManifestPublished, RehearsalDone, ResultPublished,
    Role, Signed, VotingClosed, VotingOpened,
};
use urna_election::issuance::{self, Eligible};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::opening::{self, BallotOpener};
use urna_election::register::Register;
use urna_election::result::ElectionResult;
use urna_election::{Id, Plan};
use urna_verifier::Files;

use super::Trustees;
use super::ballot_file::BallotFile;
use super::organisation::{Authority, Issuer, Organisation, Planned, Terms, Trustee, log_name};
use super::record::{Board, Record};
use super::voter::Voter;

/// How many entries are admitted together at most, as on the board.
const BATCH: usize = 1_024;

/// Runs the election; returns its id, which everyone has from the announcement, and the record that it leaves.
pub(crate) fn run(file: &BallotFile, trustees: Trustees, issuers: u8) -> anyhow::Result<(ElectionId, Files)> {
    step("plan, keys of issuers, key ceremony of trustees, manifest");
    let planned = Planned::new(Authority::generate(), "demo".parse()?, trustees, issuers)?;
    let log = log_key(&planned.plan)?;
    let terms = Terms::demo(&planned.plan, &log);
    let organisation = Organisation::found(planned, file, terms)?;
    let (mut election, round_1) = Election::publish(organisation)?;
    step("every trustee agrees to the manifest and decrypts its canary");
    election.rehearse(round_1)?;
    step("register");
    let voters = election.register(file)?;
    election.authority(VotingOpened { details: None }, Entry::VotingOpened)?;
    election.vote(&voters, file.options.len())?;
    election.authority(VotingClosed { details: None }, Entry::VotingClosed)?;
    let root = election.board.root();
    step("issuance lists");
    election.post_issuance()?;
    step("the trustees agree and open");
    let openings = election.open(root)?;
    step("result");
    election.publish_result(openings)?;
    election.authority(Certified { details: None }, Entry::Certified)?;
    let record = election.board.record;
    Ok((*election.manifest.id(), Files::publish(&record.entries, &record.blobs, &log)?))
}

/// The key of the demo's log.
pub(crate) fn log_key(plan: &Plan) -> anyhow::Result<urna_log::SigningKey> {
    let mut seed = [0; 32];
    OsRng.fill_bytes(&mut seed);
    Ok(urna_log::SigningKey::from_seed(log_name(plan).parse()?, &seed))
}

/// An election under way.
pub(crate) struct Election {
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) authority: Authority,
    pub(crate) issuers: Vec<Issuer>,
    pub(crate) trustees: Vec<Trustee>,
    pub(crate) board: Board,
    pub(crate) eligible: Eligible,
}

impl Election {
    /// Entry 0: the authority publishes the manifest.
    pub(crate) fn publish(organisation: Organisation) -> anyhow::Result<(Self, Option<Vec<u8>>)> {
        let Organisation { authority, issuers, trustees, manifest, round_1 } = organisation;
        let mut record = Record::default();
        let blob = record.add_blob(BlobKind::Manifest, manifest.bytes().to_vec())?;
        let body = ManifestPublished { manifest: blob };
        let first = Signed::by_authority(manifest.id(), &authority.key, Integer::default(), body);
        let manifest = Arc::new(manifest);
        let board = Board::new(Arc::clone(&manifest), record, Entry::Manifest(first))?;
        Ok((Self { manifest, authority, issuers, trustees, board, eligible: Eligible::default() }, round_1))
    }

    pub(crate) fn rehearse(&mut self, round_1: Option<Vec<u8>>) -> anyhow::Result<()> {
        let round_1 = round_1.map(|bytes| self.board.record.add_blob(BlobKind::Round1, bytes)).transpose()?;
        let election = *self.manifest.id();
        for place in 0..self.trustees.len() {
            self.trustee(
                place,
                |trustee| {
                    let statement = SharePossession { election: &election, trustee: trustee.share.index() };
                    let possession = Base64(trustee.share.prove_possession(&statement, &mut OsRng));
                    Ceremony { possession, round_1 }
                },
                Entry::Ceremony,
            )?;
        }
        for place in 0..self.trustees.len() {
            self.trustee(
                place,
                |trustee| RehearsalDone {
                    rehearsal: Base64(Rehearsal::new(&election, &trustee.share, &mut OsRng)),
                },
                Entry::Rehearsal,
            )?;
        }
        Ok(())
    }

    /// One voter for each line of the file, entitled in the class of the line's district.
    pub(crate) fn register(&mut self, file: &BallotFile) -> anyhow::Result<Vec<Voter>> {
        let voters = file
            .lines
            .iter()
            .enumerate()
            .map(|(place, line)| Voter::invite(&self.manifest, file, place, line));
        let voters = voters.collect::<anyhow::Result<Vec<_>>>()?;
        let mut rows: Vec<_> = voters.iter().map(Voter::register_row).collect();
        rows.sort_unstable_by_key(|row| row.handle.0);
        let register = Register::from_rows(&self.manifest, &rows)?;
        self.eligible.add(&register);
        self.issuers.iter_mut().for_each(|issuer| issuer.register = register.clone());
        let blobs = register.to_blobs(&self.manifest);
        let rows = self.board.record.add_blobs(BlobKind::RegisterRows, blobs)?;
        let entitled = self.per_class(register.entitled_by_class())?;
        self.authority(
            urna_election::entry::Register { cause: Cause::Initial, entitled, rows },
            Entry::Register,
        )?;
        Ok(voters)
    }

    /// Every voter takes a token of each issuer and casts; the board admits batch by batch, in an order that does not
    /// depend on arrival.
    fn vote(&mut self, voters: &[Voter], options: usize) -> anyhow::Result<()> {
        let progress = progress_bar("tokens and ballots", voters.len());
        let mut queue = Vec::new();
        for (place, voter) in voters.iter().enumerate() {
            let tokens = voter.take_tokens(&self.manifest, &self.issuers)?;
            queue.extend(voter.cast(&self.manifest, &tokens, place, options)?);
            if queue.len() >= BATCH {
                self.admit(&mut queue)?;
            }
            progress.inc(1);
        }
        self.admit(&mut queue)?;
        progress.finish_and_clear();
        step(&format!("{} tokens taken, {} ballots cast", voters.len(), self.board.state().cast()));
        Ok(())
    }

    fn admit(&mut self, queue: &mut Vec<(Identifier, u32, Entry)>) -> anyhow::Result<()> {
        queue.sort_by_key(|(identifier, sequence, _)| (*identifier, *sequence));
        self.board.admit(queue.drain(..).map(|(_, _, entry)| entry).collect())
    }

    /// Every issuer says what it signed; its keys for tokens are destroyed.
    fn post_issuance(&mut self) -> anyhow::Result<()> {
        for (place, issuer) in core::mem::take(&mut self.issuers).into_iter().enumerate() {
            let rows = issuer.rows();
            let Issuer { id, signing_key, .. } = issuer;
            let mut issued = vec![0_u64; self.manifest.classes().len()];
            for row in &rows {
                let class = self.manifest.class_index(&row.class).context("a class without a place")?;
                issued.get_mut(class.position()).into_iter().for_each(|count| *count += 1);
            }
            let rows = self.board.record.add_blobs(BlobKind::IssuanceRows, issuance::to_blobs(rows))?;
            let body = Issuance { issued: self.per_class(&issued)?, rows };
            let number = self.next_number(Role::Issuer, place)?;
            let sign = |statement: &urna_crypto::SignedEntry<'_>| signing_key.sign(statement, &mut OsRng);
            let signed = Signed::by_party(self.manifest.id(), &id, number, body, sign);
            self.board.admit(vec![Entry::Issuance(signed)])?;
        }
        Ok(())
    }

    /// All trustees say what they will open; then the first t of them open it. Returns their indices and openings.
    fn open(&mut self, root: urna_log::Hash) -> anyhow::Result<(Vec<u16>, Vec<Vec<Point>>)> {
        let agreed = self.board.state().agreement(root)?;
        let digest = agreed.digest();
        for place in 0..self.trustees.len() {
            self.trustee(place, |_| agreed.clone(), Entry::Agreed)?;
        }
        let counted = self.board.state().counted();
        let ephemerals: Vec<_> = counted.iter().filter_map(|ballot| ballot.point()).collect();
        let threshold = usize::from(self.manifest.trustees().threshold);
        let progress = progress_bar("partial decryptions", threshold * ephemerals.len());
        let (mut indices, mut decryptions) = (Vec::new(), Vec::new());
        for place in 0..threshold {
            let trustee = self.trustees.get(place).context("a trustee")?;
            indices.push(trustee.share.index());
            let mut points = Vec::new();
            for (position, chunk) in opening::chunks(&ephemerals) {
                let trustee = self.trustees.get(place).context("a trustee")?;
                let (body, blob) = opening::open_chunk(
                    &self.manifest,
                    &trustee.share,
                    &digest,
                    position,
                    chunk,
                    &mut OsRng,
                )?;
                points.extend(opening::check_chunk(&self.manifest, place, &body, &blob, chunk)?);
                self.board.record.add_blob(BlobKind::PartialDecryptions, blob)?;
                self.trustee(place, |_| body, Entry::Opening)?;
                progress.inc(chunk.len().try_into()?);
            }
            decryptions.push(points);
        }
        progress.finish_and_clear();
        Ok((indices, decryptions))
    }

    /// The authority combines, counts and publishes; the observer will do the same again.
    fn publish_result(&mut self, (trustees, decryptions): (Vec<u16>, Vec<Vec<Point>>)) -> anyhow::Result<()> {
        let combined = opening::combine(&trustees, &decryptions)?;
        let result = self.count(&combined)?;
        let blobs = opening::combined_to_blobs(&combined);
        let combined = self.board.record.add_blobs(BlobKind::CombinedOpenings, blobs)?;
        let result = self.board.record.add_blob(BlobKind::Result, result.to_bytes())?;
        self.authority(ResultPublished { combined, result, trustees }, Entry::Result)
    }

    /// Opens the counted ballots with their combined openings, and counts.
    fn count(&self, combined: &[Point]) -> anyhow::Result<ElectionResult> {
        let (opener, mut count) = (BallotOpener::new(&self.manifest), Count::new(&self.manifest));
        for (ballot, opening) in self.board.state().counted().iter().zip(combined) {
            let bytes = self.board.record.entries.get(usize::try_from(ballot.index)?);
            let Entry::Ballot(ballot) = Entry::parse(bytes.context("a counted ballot is missing")?)? else {
                anyhow::bail!("a counted entry is no ballot")
            };
            count.add(&opener.open(&ballot, opening).context("a ballot of no class")?)?;
        }
        let figures = issuance::check_figures(self.board.state(), &self.eligible)?;
        Ok(ElectionResult::new(&self.manifest, &count, figures)?)
    }

    pub(crate) fn authority<B: Body + Serialize>(
        &mut self,
        body: B,
        entry: fn(Signed<B>) -> Entry,
    ) -> anyhow::Result<()> {
        let number = self.next_number(Role::Authority, 0)?;
        let signed = Signed::by_authority(self.manifest.id(), &self.authority.key, number, body);
        self.board.admit(vec![entry(signed)])
    }

    fn trustee<B: Body + Serialize>(
        &mut self,
        place: usize,
        body: impl FnOnce(&Trustee) -> B,
        entry: fn(Signed<B>) -> Entry,
    ) -> anyhow::Result<()> {
        let number = self.next_number(Role::Trustee, place)?;
        let trustee = self.trustees.get(place).context("a trustee")?;
        let body = body(trustee);
        let sign = |statement: &urna_crypto::SignedEntry<'_>| trustee.key.sign(statement, &mut OsRng);
        let signed = Signed::by_party(self.manifest.id(), &trustee.id, number, body, sign);
        self.board.admit(vec![entry(signed)])
    }

    fn next_number(&self, role: Role, place: usize) -> anyhow::Result<Integer> {
        self.board.state().next_number(role, place).context("no such signer")
    }

    fn per_class(&self, counts: &[u64]) -> anyhow::Result<BTreeMap<Id, Integer>> {
        let classes = self.manifest.classes().iter().zip(counts);
        classes.map(|(class, count)| Ok((class.id.clone(), Integer::try_from(*count)?))).collect()
    }
}

fn step(what: &str) {
    eprintln!("{what}");
}

/// Drawn on a terminal only.
pub(crate) fn progress_bar(what: &'static str, length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:20} {bar:40} {pos}/{len}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    ProgressBar::new(length).with_style(style).with_message(what)
}
