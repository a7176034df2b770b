//! A small real election for tests: two issuers, trustees 2 of 3 with a real key ceremony, seven people in the class
//! `north` with weight 1, who elect board and auditor, and two in `collective` with weight 3, who elect the board.
//!
//! Everything is drawn from one seed, so that every run makes the same bytes. The file is long because every step that
//! a test may take is looked for here.

#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "for tests, also those of other crates: it fails by panicking"
)]

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Serialize;
use sha2::{Digest, Sha256};
use urna_crypto::{
    BallotContext, Blinding, Ceremony as KeyCeremony, CredentialSecretKey, Handle, IssuerSecretKey, Point,
    PseudonymKey, Round1Secret, Seed, Session, SessionChallenge, SharePossession, SigningKey, Token,
    TokenContext, TrusteeSecretKey, TrusteeShare, solo_share,
};

use super::ElectionState;
use crate::blob::{BlobKind, BlobRef};
use crate::entry::{
    Agreed, Ballot, Body, Cancelled, Cause, Ceremony, Certified, Entry, Erased, Issuance, ManifestPublished,
    Opening, Register, RehearsalDone, ResultPublished, Returned, Signed, VotingClosed, VotingOpened,
    Withdrawal,
};
use crate::id::Id;
use crate::issuance::{self, Eligible};
use crate::json::{Base64, Integer};
use crate::manifest::draft::Draft;
use crate::manifest::{ClassIndex, Manifest, sample};
use crate::opening;
use crate::phase::Phase;
use crate::register;
use crate::rejected::Rejected;
use crate::selection::{BallotPlaintext, Choice, Selection};
use crate::verify::{EntryVerifier, VerifiedEntry};

pub const NORTH: usize = 0;
pub const COLLECTIVE: usize = 1;

/// Who is in which class.
const PEOPLE: [usize; 9] = [NORTH, NORTH, NORTH, NORTH, NORTH, NORTH, NORTH, COLLECTIVE, COLLECTIVE];

pub struct Election {
    pub manifest: Arc<Manifest>,
    pub verifier: EntryVerifier,
    pub state: ElectionState,
    /// The log, and before each entry the state; of entry 0 the state behind it.
    pub log: Vec<(ElectionState, Entry)>,
    pub blobs: HashMap<[u8; 32], Vec<u8>>,
    pub round_1: Option<Vec<u8>>,
    pub shares: Vec<TrusteeShare>,
    pub trustees: Vec<TrusteeSecretKey>,
    /// What each issuer signed.
    pub rows: Vec<Vec<issuance::Row>>,
    pub rng: ChaCha20Rng,
}

/// Someone with tokens.
pub struct Voter {
    pub class: ClassIndex,
    pub class_id: Id,
    pub key: PseudonymKey,
    pub seed: Seed,
    pub tokens: Vec<Token>,
}

/// The manifest of the sample with two of its classes.
pub fn draft() -> Draft {
    let mut draft = sample::draft();
    draft.classes.remove(1);
    sample::prove(&mut draft);
    draft
}

/// Leaves one trustee, who opens alone.
pub fn solo(draft: &mut Draft) {
    let trustees = &mut draft.keys.trustees;
    trustees.members.truncate(1);
    trustees.members[0].share_key = draft.keys.election_key;
    trustees.threshold = 1_u32.into();
    trustees.solo = true;
    sample::prove(draft);
}

pub fn marks(marks: &[u16]) -> Choice {
    Choice::Marks(marks.to_vec())
}

type Step = fn(&mut Election);

impl Election {
    /// Keys and manifest, and the log with entry 0. `change` leaves a draft that is valid but for trustees' keys.
    pub fn publish(change: impl FnOnce(&mut Draft)) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(2027);
        let mut draft = draft();
        change(&mut draft);
        let plan = *Manifest::from_draft(&draft).unwrap().plan_id();
        let members = &mut draft.keys.trustees.members;
        let threshold = u16::try_from(draft.keys.trustees.threshold.value()).unwrap();
        let trustees: Vec<_> = members.iter().map(|_| TrusteeSecretKey::generate(&mut rng)).collect();
        let (shares, round_1) = if let [solo] = trustees.as_slice() {
            (vec![solo_share(&plan, solo, &mut rng)], None)
        } else {
            let keys = trustees.iter().map(TrusteeSecretKey::public).collect();
            let ceremony = KeyCeremony::new(plan, threshold, keys).unwrap();
            hold(&ceremony, &trustees, &mut rng)
        };
        for ((member, key), share) in members.iter_mut().zip(&trustees).zip(&shares) {
            member.key = Base64(key.public().to_bytes());
            member.share_key = Base64(share.share_key().to_bytes());
        }
        draft.keys.election_key = Base64(shares[0].election_key().to_bytes());
        let manifest = Arc::new(Manifest::from_draft(&draft).unwrap());

        let blob = BlobRef::new(BlobKind::Manifest, manifest.bytes()).unwrap();
        let first = Signed::by_authority(
            manifest.id(),
            &sample::ed25519(1),
            0_u32.into(),
            ManifestPublished { manifest: blob },
        );
        let verifier = EntryVerifier::new(Arc::clone(&manifest));
        let first = Entry::Manifest(first);
        let verified = verifier.verify(vec![first.clone()], &mut rng).remove(0).unwrap();
        let state = ElectionState::begin(Arc::clone(&manifest), verified).unwrap();
        Self {
            verifier,
            log: vec![(state.clone(), first)],
            state,
            blobs: HashMap::from([(blob.sha256.0, manifest.bytes().to_vec())]),
            round_1,
            shares,
            trustees,
            rows: vec![Vec::new(); manifest.issuers().len()],
            rng,
            manifest,
        }
    }

    /// An election in this phase, nothing done that the phase does not need. No vote was cast.
    pub fn at(phase: Phase) -> Self {
        let mut election = Self::publish(|_| {});
        if phase == Phase::Cancelled {
            election.cancel();
            return election;
        }
        let steps: [(Phase, Step); 5] = [
            (Phase::Rehearsed, |e| {
                e.hold_ceremony();
                e.rehearse();
                e.publish_register();
            }),
            (Phase::Voting, Self::open_voting),
            (Phase::Closed, Self::close_voting),
            (Phase::Tallied, |e| {
                e.post_issuance();
                e.agree();
                e.open_ballots(&[0, 2]);
                e.publish_result(&[1, 3]);
            }),
            (Phase::Certified, Self::certify),
        ];
        for (reached, step) in steps {
            if reached <= phase {
                step(&mut election);
            }
        }
        assert_eq!(election.state.phase(), phase);
        election
    }

    pub fn verify(&mut self, entry: Entry) -> Result<VerifiedEntry, Rejected> {
        self.verifier.verify(vec![entry], &mut self.rng).remove(0)
    }

    /// Verifies and applies an entry. Whatever is rejected must change nothing.
    pub fn post(&mut self, entry: impl Into<Entry>) -> Result<u64, Rejected> {
        let entry = entry.into();
        assert_eq!(Entry::parse(&entry.to_bytes()).unwrap(), entry);
        let before = self.state.clone();
        let verified = self.verify(entry.clone());
        let answer = verified.and_then(|verified| self.state.apply(verified));
        match &answer {
            Ok(index) => {
                assert_eq!(usize::try_from(*index), Ok(self.log.len()));
                assert_eq!(self.state.size(), index + 1);
                self.log.push((before, entry));
            }
            Err(rejected) => assert!(self.state == before, "{rejected} changed the state"),
        }
        answer
    }

    #[track_caller]
    pub fn admit(&mut self, entry: impl Into<Entry>) -> u64 {
        self.post(entry).unwrap()
    }

    /// Puts an entry into the log whatever rules it breaks, as a board does that keeps to none. Returns those that it breaks
    /// in its place. Of a signer or class that the manifest does not have, the state learns nothing.
    pub fn force(&mut self, entry: impl Into<Entry>) -> Vec<Rejected> {
        let entry = entry.into();
        let before = self.state.clone();
        let (_, recorded) = self.verifier.examine(entry.clone());
        self.log.push((before, entry));
        recorded.map(|recorded| self.state.follow(recorded)).unwrap_or_default()
    }

    pub fn store(&mut self, kind: BlobKind, bytes: Vec<u8>) -> BlobRef {
        let blob = BlobRef::new(kind, &bytes).unwrap();
        self.blobs.insert(blob.sha256.0, bytes);
        blob
    }

    pub fn blobs_of(&self, names: &[BlobRef]) -> Vec<Vec<u8>> {
        let blob = |name: &BlobRef| self.blobs[&name.sha256.0].clone();
        names.iter().map(blob).collect()
    }

    pub fn authority<B: Body + Serialize>(&self, body: B) -> Signed<B> {
        let number = self.state.next_number(B::ROLE, 0).unwrap();
        Signed::by_authority(self.manifest.id(), &sample::ed25519(1), number, body)
    }

    pub fn trustee<B: Body + Serialize>(&mut self, place: usize, body: B) -> Signed<B> {
        let number = self.state.next_number(B::ROLE, place).unwrap();
        let id = self.manifest.trustees().members[place].id.clone();
        let (key, rng) = (&self.trustees[place], &mut self.rng);
        Signed::by_party(self.manifest.id(), &id, number, body, |statement| key.sign(statement, rng))
    }

    pub fn issuer<B: Body + Serialize>(&mut self, place: usize, body: B) -> Signed<B> {
        let number = self.state.next_number(B::ROLE, place).unwrap();
        let id = self.manifest.issuers()[place].id.clone();
        let key = SigningKey::from_bytes(&sample::secret(900 + u64::try_from(place).unwrap())).unwrap();
        let rng = &mut self.rng;
        Signed::by_party(self.manifest.id(), &id, number, body, |statement| key.sign(statement, rng))
    }

    pub fn ceremony(&mut self, place: usize) -> Signed<Ceremony> {
        let round_1 = self.round_1.clone();
        let round_1 = round_1.map(|bytes| self.store(BlobKind::Round1, bytes));
        let share = &self.shares[place];
        let statement = SharePossession { election: self.manifest.id(), trustee: share.index() };
        let possession = Base64(share.prove_possession(&statement, &mut self.rng));
        self.trustee(place, Ceremony { possession, round_1 })
    }

    pub fn rehearsal(&mut self, place: usize) -> Signed<RehearsalDone> {
        let rehearsal = urna_crypto::Rehearsal::new(self.manifest.id(), &self.shares[place], &mut self.rng);
        self.trustee(place, RehearsalDone { rehearsal: Base64(rehearsal) })
    }

    pub fn hold_ceremony(&mut self) {
        for place in 0..self.shares.len() {
            let entry = self.ceremony(place);
            self.admit(entry);
        }
    }

    pub fn rehearse(&mut self) {
        for place in 0..self.shares.len() {
            let entry = self.rehearsal(place);
            self.admit(entry);
        }
    }

    pub fn credential(&self, person: usize, version: u8) -> CredentialSecretKey {
        let mut secret = [version; 32];
        secret[0] = u8::try_from(person).unwrap();
        CredentialSecretKey::from_invitation(&secret, self.manifest.id())
    }

    pub fn handle(&self, person: usize) -> Handle {
        let salt = [u8::try_from(person).unwrap(); 16];
        register::handle(self.manifest.id(), &salt, &format!("person {person}"))
    }

    /// The rows of the register, by person, not sorted.
    pub fn register_rows(&self) -> Vec<register::Row> {
        let row = |(person, class): (usize, &usize)| register::Row {
            class: self.manifest.classes()[*class].id.clone(),
            credential: Some(Base64(self.credential(person, 0).public().to_bytes())),
            handle: Base64(self.handle(person)),
            replaced: 0,
        };
        PEOPLE.iter().enumerate().map(row).collect()
    }

    pub fn register(&mut self, cause: Cause, mut rows: Vec<register::Row>) -> Signed<Register> {
        rows.sort_by_key(|row| row.handle.0);
        let register = register::Register::from_rows(&self.manifest, &rows).unwrap();
        let entitled = self.counts(register.entitled_by_class());
        let blobs = register.to_blobs(&Arc::clone(&self.manifest));
        let rows = blobs.into_iter();
        let rows = rows.map(|bytes| self.store(BlobKind::RegisterRows, bytes)).collect();
        self.authority(Register { cause, entitled, rows })
    }

    pub fn counts(&self, by_class: &[u64]) -> BTreeMap<Id, Integer> {
        let classes = self.manifest.classes().iter().zip(by_class);
        classes.map(|(class, count)| (class.id.clone(), Integer::try_from(*count).unwrap())).collect()
    }

    pub fn publish_register(&mut self) {
        let entry = self.register(Cause::Initial, self.register_rows());
        self.admit(entry);
    }

    /// Everybody who was ever entitled by the log's versions of the register.
    pub fn eligible(&self) -> Eligible {
        let mut eligible = Eligible::default();
        for (_, entry) in &self.log {
            if let Entry::Register(signed) = entry {
                let blobs = self.blobs_of(&signed.body.rows);
                eligible.add(&register::Register::parse(&self.manifest, blobs).unwrap());
            }
        }
        eligible
    }

    pub fn open_voting(&mut self) {
        self.admit(self.authority(VotingOpened { details: None }));
    }

    pub fn close_voting(&mut self) {
        let details = self.store(BlobKind::Details, b"Closed by the commission: A, B and C.".to_vec());
        self.admit(self.authority(VotingClosed { details: Some(details) }));
    }

    pub fn certify(&mut self) {
        self.admit(self.authority(Certified { details: None }));
    }

    pub fn cancel(&mut self) {
        self.admit(self.authority(Cancelled { details: None }));
    }

    /// A person takes a token of every issuer.
    pub fn voter(&mut self, person: usize) -> Voter {
        let class = PEOPLE[person];
        let election = *self.manifest.id();
        let seed = Seed::generate(&mut self.rng);
        let key = seed.pseudonym_key(&election);
        let (index, class_id) = {
            let (index, class) = self.manifest.class_indices().nth(class).unwrap();
            (index, class.id.clone())
        };
        let (credential, handle) = (self.credential(person, 0), self.handle(person));
        let mut tokens = Vec::new();
        for (place, issuer) in self.manifest.issuers().iter().enumerate() {
            let secret =
                IssuerSecretKey::from_bytes(&sample::secret(sample::issuer_key(place, class))).unwrap();
            let public = issuer.key(index).unwrap();
            assert_eq!(secret.public(), *public);
            let session = Session::open(&mut self.rng);
            let id = [u8::try_from(16 * place + person).unwrap(); 16];
            let context = TokenContext::new(&election, class_id.as_str(), issuer.id.as_str(), public);
            let commitment = session.commitment();
            let blinding = Blinding::new(&seed, &context, &commitment, &key.pseudonym()).unwrap();
            let challenge = blinding.challenge();
            let statement = SessionChallenge {
                election: &election,
                issuer: issuer.id.as_str(),
                handle: &handle,
                class: class_id.as_str(),
                session: &id,
                commitment: &commitment,
                challenge: &challenge,
            };
            let signature = credential.sign(&statement, &mut self.rng);
            let answer = session.answer(&secret, &challenge);
            self.rows[place].push(issuance::Row {
                answer: Base64(answer),
                challenge: Base64(challenge),
                class: class_id.clone(),
                commitment: Base64(commitment),
                credential: Base64(credential.public()),
                handle: Base64(handle),
                session: Base64(id),
                signature: Base64(signature),
            });
            tokens.push(blinding.finalize(&answer).unwrap());
        }
        Voter { class: index, class_id, key, seed, tokens }
    }

    /// A ballot with any plaintext, as a client makes it that bypasses the encoder.
    pub fn raw_ballot(&mut self, voter: &Voter, sequence: u32, plaintext: &[u8]) -> Ballot {
        let context =
            BallotContext::new(self.manifest.id(), voter.class_id.as_str(), self.manifest.election_key());
        let encrypted = context.encrypt(&voter.seed, sequence, plaintext, &voter.key);
        let (ciphertext, proof) = encrypted.prove(&context, &voter.key, &voter.tokens, &mut self.rng);
        Ballot::new(
            voter.class_id.clone(),
            voter.key.pseudonym(),
            sequence,
            voter.tokens.clone(),
            ciphertext,
            proof,
        )
    }

    pub fn ballot(&mut self, voter: &Voter, sequence: u32, choices: &[Choice]) -> Ballot {
        let selection = Selection::new(choices.to_vec());
        let plaintext = BallotPlaintext::encode(&self.manifest, voter.class, &selection).unwrap();
        self.raw_ballot(voter, sequence, plaintext.as_bytes())
    }

    pub fn withdrawal(&mut self, voter: &Voter, sequence: u32) -> Withdrawal {
        let statement = urna_crypto::Withdrawal {
            election: self.manifest.id(),
            class: voter.class_id.as_str(),
            sequence,
        };
        let signature = voter.key.sign(&statement, &mut self.rng);
        Withdrawal::new(voter.class_id.clone(), voter.key.pseudonym(), sequence, signature)
    }

    pub fn returned(&mut self, voter: &Voter) -> Returned {
        let statement = urna_crypto::Returned {
            election: self.manifest.id(),
            class: voter.class_id.as_str(),
            tokens: &voter.tokens,
        };
        let signature = voter.key.sign(&statement, &mut self.rng);
        Returned::new(voter.class_id.clone(), voter.key.pseudonym(), voter.tokens.clone(), signature)
    }

    pub fn issuance(&mut self, place: usize) -> Signed<Issuance> {
        let rows = self.rows[place].clone();
        let of = |class: &crate::manifest::Class| rows.iter().filter(|row| row.class == class.id).count();
        let by_class = self.manifest.classes().iter().map(|class| u64::try_from(of(class)).unwrap());
        let issued = self.counts(&by_class.collect::<Vec<_>>());
        let blobs = issuance::to_blobs(rows).into_iter();
        let rows = blobs.map(|bytes| self.store(BlobKind::IssuanceRows, bytes)).collect();
        self.issuer(place, Issuance { issued, rows })
    }

    pub fn post_issuance(&mut self) {
        for place in 0..self.rows.len() {
            let entry = self.issuance(place);
            self.admit(entry);
        }
    }

    /// The root of the log at `voting_closed` (RFC 9162).
    pub fn root(&self) -> [u8; 32] {
        let close = self.log.iter().position(|(_, entry)| matches!(entry, Entry::VotingClosed(_)));
        let entries = &self.log[..=close.unwrap()];
        let leaf = |(_, entry): &(ElectionState, Entry)| {
            Sha256::new().chain_update([0]).chain_update(entry.to_bytes()).finalize().into()
        };
        root(&entries.iter().map(leaf).collect::<Vec<_>>())
    }

    pub fn agreed(&mut self, place: usize) -> Signed<Agreed> {
        let agreed = self.state.agreement(self.root()).unwrap();
        self.trustee(place, agreed)
    }

    pub fn agree(&mut self) {
        for place in 0..self.shares.len() {
            let entry = self.agreed(place);
            self.admit(entry);
        }
    }

    /// The R_j of all counted ballots.
    pub fn ephemerals(&self) -> Vec<Point> {
        let counted = self.state.counted().into_iter();
        counted.map(|ballot| ballot.point().unwrap()).collect()
    }

    pub fn openings(&mut self, place: usize) -> Vec<Opening> {
        let agreed = self.state.agreed().unwrap();
        let mut openings = Vec::new();
        for (position, chunk) in opening::chunks(&self.ephemerals()) {
            let share = &self.shares[place];
            let (opening, bytes) =
                opening::open_chunk(&self.manifest, share, &agreed, position, chunk, &mut self.rng).unwrap();
            self.store(BlobKind::PartialDecryptions, bytes);
            openings.push(opening);
        }
        openings
    }

    pub fn open_ballots(&mut self, places: &[usize]) {
        for place in places {
            for opening in self.openings(*place) {
                let entry = self.trustee(*place, opening);
                self.admit(entry);
            }
        }
    }

    /// The checked partial decryptions of a trustee, from the log.
    pub fn decryptions(&self, place: usize) -> Vec<Point> {
        let id = &self.manifest.trustees().members[place].id;
        let ephemerals = self.ephemerals();
        let mut chunks = opening::chunks(&ephemerals);
        let mut decryptions = Vec::new();
        for (_, entry) in &self.log {
            if let Entry::Opening(signed) = entry
                && signed.signer == *id
            {
                let blob = &self.blobs[&signed.body.chunk.sha256.0];
                let (_, chunk) = chunks.next().unwrap();
                let checked = opening::check_chunk(&self.manifest, place, &signed.body, blob, chunk);
                decryptions.extend(checked.unwrap());
            }
        }
        decryptions
    }

    /// The combined openings, by trustees with these indices.
    pub fn combined(&self, trustees: &[u16]) -> Vec<Point> {
        let lists = trustees.iter().map(|index| self.decryptions(usize::from(*index) - 1));
        opening::combine(trustees, &lists.collect::<Vec<_>>()).unwrap()
    }

    /// A result entry with these bytes as result.
    pub fn result(&mut self, trustees: &[u16], bytes: Vec<u8>) -> Signed<ResultPublished> {
        let blobs = opening::combined_to_blobs(&self.combined(trustees)).into_iter();
        let combined = blobs.map(|bytes| self.store(BlobKind::CombinedOpenings, bytes)).collect();
        let result = self.store(BlobKind::Result, bytes);
        self.authority(ResultPublished { combined, result, trustees: trustees.to_vec() })
    }

    pub fn publish_result(&mut self, trustees: &[u16]) {
        let entry = self.result(trustees, b"{}".to_vec());
        self.admit(entry);
    }

    pub fn erase(&mut self, blobs: Vec<[u8; 32]>) -> Signed<Erased> {
        let blobs = blobs.into_iter().map(Base64).collect();
        self.authority(Erased { blobs, details: None })
    }
}

fn hold(
    ceremony: &KeyCeremony,
    keys: &[TrusteeSecretKey],
    rng: &mut ChaCha20Rng,
) -> (Vec<TrusteeShare>, Option<Vec<u8>>) {
    let started = (1..).zip(keys);
    let started = started.map(|(index, key)| Round1Secret::start(ceremony, index, key, rng).unwrap());
    let (secrets, packages): (Vec<_>, Vec<_>) = started.unzip();
    let round_1 = ceremony.check(packages).unwrap();
    let received = secrets.into_iter().zip(keys);
    let received = received.map(|(secret, key)| secret.receive(round_1.clone(), key, rng).unwrap());
    let (secrets, sealed): (Vec<_>, Vec<_>) = received.unzip();
    let sealed = sealed.concat();
    let finished = (1..).zip(secrets).zip(keys).map(|((index, secret), key)| {
        let inbox = sealed.iter().filter(|sealed| sealed.recipient() == index);
        secret.finish(&inbox.cloned().collect::<Vec<_>>(), key).unwrap()
    });
    (finished.collect(), Some(round_1.to_bytes()))
}

fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    if let [leaf] = leaves {
        return *leaf;
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let hash = Sha256::new().chain_update([1]).chain_update(root(left));
    hash.chain_update(root(right)).finalize().into()
}
