//! An election in memory, from publication until voting is open. All that its parties leave is entries and blobs.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use rand_core::{OsRng, RngCore};
use serde::Serialize;
use urna_crypto::{Rehearsal, SharePossession};
use urna_election::blob::BlobKind;
use urna_election::entry::{Body, Cause, Ceremony, Entry, ManifestPublished, RehearsalDone, Role, Signed};
use urna_election::issuance::Eligible;
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::register::Register;
use urna_election::{Id, Plan};

use super::organisation::{Authority, Issuer, Organisation, Trustee, log_name};
use super::record::{Board, Record};
use super::voter::Voter;
use crate::demo::ballot_file::BallotFile;

/// The key of this log.
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
