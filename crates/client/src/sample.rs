//! A small real election for tests: the manifest of `spec/vectors` with keys of its own, two issuers, trustees 2 of 3, eight
//! people of the class `north` on the register; issuers and a board in memory that judge as the services do.

mod issuer;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use urna_crypto::{
    Ceremony as KeyCeremony, Ed25519SigningKey, ElectionId, IssuerPossession, IssuerSecretKey, Round1Secret,
    Seed, SharePossession, SigningKey, TrusteeSecretKey, TrusteeShare,
};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{
    Body, Cancelled, Cause, Ceremony, Entry, ManifestPublished, RehearsalDone, Role, Signed, VotingClosed,
    VotingOpened,
};
use urna_election::invitation::Invitation;
use urna_election::json::{self, Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::{ClassKey, Draft, Revote};
use urna_election::register::{Register, Row};
use urna_election::selection::{Choice, Selection};
use urna_election::{ElectionState, EntryVerifier, Id, Party, Plan, Rejected};
use urna_log::{
    Checkpoint, Hash, HashReader, LogError, Node, Promise, Receipt, SignedCheckpoint, SignedPromise, Tree,
    TreeHead, consistency_proof, inclusion_proof, leaf_hash,
};

pub(crate) use issuer::{Answered, Issuer};

use crate::{
    AnchoredElection, Asked, Cast, ClientError, Lookup, OfficialEntry, OfficialPage, Resumed, Saved,
    SavedForm, Seeded, State, Voter, WithToken,
};

pub(crate) const PEOPLE: u8 = 8;
pub(crate) const NOW: u64 = 1_900_000_000;
const AUTHORITY: u8 = 1;
const LOG: [u8; 32] = [2; 32];
const PROMISES: [u8; 32] = [3; 32];

pub(crate) fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// The election, and the log until voting opens.
pub(crate) struct Election {
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) register: Vec<u8>,
    issuers: Vec<IssuerSecretKey>,
    trustees: Vec<(TrusteeSecretKey, TrusteeShare)>,
    round_1: BlobRef,
}

pub(crate) static ELECTION: LazyLock<Election> = LazyLock::new(|| Election::make(|_| {}));

/// The same where a ballot is final.
pub(crate) static FINAL: LazyLock<Election> = LazyLock::new(|| {
    Election::make(|draft| (draft.policy.revote, draft.policy.revote_limit) = (Revote::Never, 1_u32.into()))
});

fn secret(election: &ElectionId, person: u8) -> [u8; 32] {
    let mut secret = *election.as_bytes();
    secret[0] = person;
    secret
}

impl Election {
    fn make(change: impl FnOnce(&mut Draft)) -> Self {
        let mut rng = rng(2030);
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../spec/vectors/manifest.json")).unwrap();
        let text = vectors["shared"]["manifest"].as_str().unwrap();
        let mut draft: Draft = json::parse(text.as_bytes(), Manifest::LIMIT).unwrap();
        draft.policy.revote_limit = 4_u32.into();
        change(&mut draft);
        draft.authority_key = Base64(Ed25519SigningKey::from_bytes(&[AUTHORITY; 32]).public().to_bytes());
        let note_key =
            |seed| urna_log::SigningKey::from_seed("any".parse().unwrap(), &seed).verifier().to_bytes();
        (draft.board.log_key, draft.board.promise_key) = (Base64(note_key(LOG)), Base64(note_key(PROMISES)));

        let party = |id: &String, name: &String| Party { id: id.parse().unwrap(), name: name.clone() };
        let plan = Plan {
            authority_key: draft.authority_key,
            issuers: draft.keys.issuers.iter().map(|issuer| party(&issuer.id, &issuer.name)).collect(),
            slug: draft.slug.parse().unwrap(),
            spec: u32::try_from(draft.spec.value()).unwrap(),
            threshold: u16::try_from(draft.keys.trustees.threshold.value()).unwrap(),
            trustees: draft
                .keys
                .trustees
                .members
                .iter()
                .map(|member| party(&member.id, &member.name))
                .collect(),
        };
        let plan_id = plan.id();
        let classes: Vec<String> = draft.classes.iter().map(|class| class.id.clone()).collect();
        let mut issuers = Vec::new();
        for issuer in &mut draft.keys.issuers {
            issuer.signing_key = Base64(SigningKey::generate(&mut rng).public().to_bytes());
            issuer.keys.clear();
            for class in &classes {
                let key = IssuerSecretKey::generate(&mut rng);
                let statement = IssuerPossession { plan: &plan_id, issuer: &issuer.id, class };
                let proof = Base64(key.prove_possession(&statement, &mut rng).to_bytes());
                issuer.keys.push(ClassKey {
                    class: class.clone(),
                    key: Base64(key.public().to_bytes()),
                    proof,
                });
                if class == "north" {
                    issuers.push(key);
                }
            }
        }
        let keys: Vec<_> = plan.trustees.iter().map(|_| TrusteeSecretKey::generate(&mut rng)).collect();
        let public = keys.iter().map(TrusteeSecretKey::public).collect();
        let ceremony = KeyCeremony::new(plan_id, plan.threshold, public).unwrap();
        let started = (1..).zip(&keys);
        let started =
            started.map(|(index, key)| Round1Secret::start(&ceremony, index, key, &mut rng).unwrap());
        let (secrets, packages): (Vec<_>, Vec<_>) = started.unzip();
        let round_1 = ceremony.check(packages).unwrap();
        let received = secrets.into_iter().zip(&keys);
        let received = received.map(|(secret, key)| secret.receive(round_1.clone(), key, &mut rng).unwrap());
        let (secrets, sealed): (Vec<_>, Vec<_>) = received.unzip();
        let sealed = sealed.concat();
        let shares: Vec<_> = (1..)
            .zip(secrets)
            .zip(&keys)
            .map(|((index, secret), key)| {
                let inbox = sealed.iter().filter(|sealed| sealed.recipient() == index);
                secret.finish(&inbox.cloned().collect::<Vec<_>>(), key).unwrap()
            })
            .collect();
        for ((member, key), share) in draft.keys.trustees.members.iter_mut().zip(&keys).zip(&shares) {
            member.key = Base64(key.public().to_bytes());
            member.share_key = Base64(share.share_key().to_bytes());
        }
        draft.keys.election_key = Base64(shares[0].election_key().to_bytes());
        let manifest = Arc::new(Manifest::from_draft(&draft).unwrap());
        let round_1 = BlobRef::new(BlobKind::Round1, &round_1.to_bytes()).unwrap();
        let trustees = keys.into_iter().zip(shares).collect();
        let mut election = Self { manifest, register: Vec::new(), issuers, trustees, round_1 };
        election.register = election.register_blob(|_| {});
        election
    }

    pub(crate) fn id(&self) -> &ElectionId {
        self.manifest.id()
    }

    pub(crate) fn invitation(&self, person: u8) -> Invitation {
        Invitation::new(
            "https://vote.example",
            self.manifest.slug().clone(),
            *self.id(),
            secret(self.id(), person),
            [person; 16],
            &format!("person {person}"),
        )
        .unwrap()
    }

    pub(crate) fn register_blob(&self, change: impl FnOnce(&mut Vec<Row>)) -> Vec<u8> {
        let row = |person| {
            let invitation = self.invitation(person);
            Row {
                class: "north".parse().unwrap(),
                credential: Some(Base64(invitation.credential().public().to_bytes())),
                handle: Base64(invitation.handle()),
                replaced: 0,
            }
        };
        let mut rows: Vec<_> = (0..PEOPLE).map(row).collect();
        rows.sort_by_key(|row| row.handle.0);
        change(&mut rows);
        Register::from_rows(&self.manifest, &rows).unwrap().to_blobs(&self.manifest).remove(0)
    }

    /// A voter of this person's invitation, with the seed of this number.
    pub(crate) fn voter(&self, person: u8, seed: u8) -> Voter<Seeded> {
        let board = Board::open(self);
        let election = board.anchor().unwrap();
        let entitlement = match election.entitle(&self.invitation(person), 0, &self.register).unwrap() {
            Lookup::Found(entitlement) => entitlement,
            Lookup::Before | Lookup::After => panic!("one blob has all rows"),
        };
        Voter::new(election, entitlement, Seed::from_bytes([seed; 32])).unwrap()
    }

    pub(crate) fn issuers(&self) -> Vec<Issuer<'_>> {
        (0..self.issuers.len()).map(|place| Issuer::new(self, place)).collect()
    }

    pub(crate) fn authority<B: Body + serde::Serialize>(
        &self,
        state: Option<&ElectionState>,
        body: B,
    ) -> Signed<B> {
        let number = state.map_or(Some(Integer::default()), |state| state.next_number(Role::Authority, 0));
        let key = Ed25519SigningKey::from_bytes(&[AUTHORITY; 32]);
        Signed::by_authority(self.id(), &key, number.unwrap(), body)
    }

    pub(crate) fn trustee<B: Body + serde::Serialize>(
        &self,
        place: usize,
        number: u32,
        body: B,
    ) -> Signed<B> {
        let id = &self.manifest.trustees().members[place].id;
        let key = &self.trustees[place].0;
        Signed::by_party(self.id(), id, number.into(), body, |statement| key.sign(statement, &mut rng(7)))
    }

    pub(crate) fn ceremony(&self, place: usize) -> Signed<Ceremony> {
        let share = &self.trustees[place].1;
        let statement = SharePossession { election: self.id(), trustee: share.index() };
        let possession = Base64(share.prove_possession(&statement, &mut rng(5)));
        self.trustee(place, 0, Ceremony { possession, round_1: Some(self.round_1) })
    }

    pub(crate) fn rehearsal(&self, place: usize) -> Signed<RehearsalDone> {
        let rehearsal = urna_crypto::Rehearsal::new(self.id(), &self.trustees[place].1, &mut rng(6));
        self.trustee(place, 1, RehearsalDone { rehearsal: Base64(rehearsal) })
    }

    pub(crate) fn register_entry(
        &self,
        state: &ElectionState,
        cause: Cause,
        blob: &[u8],
    ) -> Signed<urna_election::entry::Register> {
        let rows = vec![BlobRef::new(BlobKind::RegisterRows, blob).unwrap()];
        let register = Register::parse(&self.manifest, [blob]).unwrap();
        let classes = self.manifest.classes().iter().zip(register.entitled_by_class());
        let entitled: BTreeMap<Id, Integer> =
            classes.map(|(class, count)| (class.id.clone(), Integer::try_from(*count).unwrap())).collect();
        self.authority(Some(state), urna_election::entry::Register { cause, entitled, rows })
    }
}

/// A board in memory. It admits by the rules of every board, and logs at once, or on [`Board::flush`] where it only promises.
pub(crate) struct Board<'e> {
    pub(crate) election: &'e Election,
    pub(crate) state: ElectionState,
    pub(crate) log: Vec<Vec<u8>>,
    pub(crate) promising: bool,
    /// What was promised and is not in the log yet.
    pub(crate) queue: Vec<Vec<u8>>,
    verifier: EntryVerifier,
    /// Every ballot that was ever received, admitted or not.
    pub(crate) received: Vec<Vec<u8>>,
}

pub(crate) enum Reply {
    Receipt(Vec<u8>),
    Promise(Vec<u8>),
    Refused(Rejected),
}

struct Leaves<'a>(&'a [Hash]);

impl HashReader for Leaves<'_> {
    type Error = LogError;

    fn hash(&mut self, node: Node) -> Result<Hash, LogError> {
        let width = 1_usize << node.level;
        let start = usize::try_from(node.index).unwrap() * width;
        let mut tree = Tree::new();
        self.0[start..start + width].iter().for_each(|leaf| tree.push_leaf(*leaf));
        Ok(tree.root())
    }
}

impl<'e> Board<'e> {
    /// Entry 0 only.
    pub(crate) fn announced(election: &'e Election) -> Self {
        let blob = BlobRef::new(BlobKind::Manifest, election.manifest.bytes()).unwrap();
        let first: Entry = election.authority(None, ManifestPublished { manifest: blob }).into();
        let verifier = EntryVerifier::new(Arc::clone(&election.manifest));
        let verified = verifier.verify(vec![first.clone()], &mut rng(0)).remove(0).unwrap();
        let state = ElectionState::begin(Arc::clone(&election.manifest), verified).unwrap();
        let (log, queue, received) = (vec![first.to_bytes()], Vec::new(), Vec::new());
        Self { election, state, log, promising: false, queue, verifier, received }
    }

    /// Voting is open: entries 0 to 8 are there.
    pub(crate) fn open(election: &'e Election) -> Self {
        let mut board = Self::announced(election);
        for place in 0..election.trustees.len() {
            board.admit(election.ceremony(place));
        }
        for place in 0..election.trustees.len() {
            board.admit(election.rehearsal(place));
        }
        board.admit(election.register_entry(&board.state, Cause::Initial, &election.register));
        board.admit(election.authority(Some(&board.state), VotingOpened { details: None }));
        board
    }

    pub(crate) fn close(&mut self) {
        self.flush();
        self.admit(self.election.authority(Some(&self.state), VotingClosed { details: None }));
    }

    pub(crate) fn cancel(&mut self) {
        self.admit(self.election.authority(Some(&self.state), Cancelled { details: None }));
    }

    #[track_caller]
    pub(crate) fn admit(&mut self, entry: impl Into<Entry>) {
        self.append(&entry.into().to_bytes()).unwrap();
    }

    fn append(&mut self, bytes: &[u8]) -> Result<u64, Rejected> {
        let entry = Entry::parse(bytes).unwrap();
        let verified = self.verifier.verify(vec![entry], &mut rng(1)).remove(0)?;
        let index = self.state.apply(verified)?;
        self.log.push(bytes.to_vec());
        Ok(index)
    }

    /// What a voter sends.
    pub(crate) fn post(&mut self, bytes: &[u8]) -> Reply {
        self.received.push(bytes.to_vec());
        if self.promising && !self.log.iter().any(|logged| logged == bytes) {
            if !self.queue.iter().any(|queued| queued == bytes) {
                let mut after = self.state.clone();
                let all = self.queue.iter().map(Vec::as_slice).chain([bytes]);
                let entries = all.map(|bytes| Entry::parse(bytes).unwrap()).collect();
                for verified in self.verifier.verify(entries, &mut rng(1)) {
                    if let Err(rejected) = verified.and_then(|verified| after.apply(verified)) {
                        return Reply::Refused(rejected);
                    }
                }
                self.queue.push(bytes.to_vec());
            }
            return Reply::Promise(self.promise(bytes));
        }
        match self.append(bytes) {
            Ok(index) | Err(Rejected::AlreadyLogged { index }) => Reply::Receipt(self.receipt(index)),
            Err(rejected) => Reply::Refused(rejected),
        }
    }

    pub(crate) fn flush(&mut self) {
        for bytes in core::mem::take(&mut self.queue) {
            self.append(&bytes).unwrap();
        }
    }

    pub(crate) fn promise(&self, bytes: &[u8]) -> Vec<u8> {
        let origin = self.election.manifest.board().origin.parse().unwrap();
        let promise = Promise::new(origin, bytes, NOW + 600).unwrap();
        let name = format!("{}/promise", self.election.manifest.board().origin).parse().unwrap();
        SignedPromise::sign(promise, &urna_log::SigningKey::from_seed(name, &PROMISES))
            .unwrap()
            .to_string()
            .into()
    }

    pub(crate) fn log_key(&self) -> urna_log::SigningKey {
        urna_log::SigningKey::from_seed(self.election.manifest.board().origin.parse().unwrap(), &LOG)
    }

    fn leaves(&self) -> Vec<Hash> {
        self.log.iter().map(|entry| leaf_hash(entry)).collect()
    }

    pub(crate) fn head(&self, size: usize) -> TreeHead {
        let mut tree = Tree::new();
        self.log[..size].iter().for_each(|entry| tree.push(entry));
        tree.head()
    }

    pub(crate) fn sign(&self, head: TreeHead) -> SignedCheckpoint {
        let origin = self.election.manifest.board().origin.parse().unwrap();
        SignedCheckpoint::sign(&Checkpoint { origin, head }, &self.log_key()).unwrap()
    }

    pub(crate) fn checkpoint(&self) -> SignedCheckpoint {
        self.sign(self.head(self.log.len()))
    }

    pub(crate) fn proof(&self, index: usize) -> Vec<Hash> {
        let size = u64::try_from(self.log.len()).unwrap();
        inclusion_proof(u64::try_from(index).unwrap(), size, &mut Leaves(&self.leaves())).unwrap()
    }

    pub(crate) fn consistency(&self, older: usize, newer: usize) -> Vec<Hash> {
        let [older, newer] = [older, newer].map(|size| u64::try_from(size).unwrap());
        consistency_proof(older, newer, &mut Leaves(&self.leaves())).unwrap()
    }

    pub(crate) fn receipt(&self, index: u64) -> Vec<u8> {
        let proof = self.proof(usize::try_from(index).unwrap());
        Receipt::new(index, proof, self.checkpoint()).unwrap().to_string().into()
    }

    pub(crate) fn official(&self) -> Vec<OfficialEntry> {
        let official = self.log.iter().enumerate().filter(|(_, bytes)| {
            !matches!(Entry::parse(bytes), Ok(Entry::Ballot(_) | Entry::Withdrawal(_) | Entry::Returned(_)))
        });
        let entry = |(index, bytes): (usize, &Vec<u8>)| OfficialEntry {
            index: u64::try_from(index).unwrap(),
            bytes: bytes.clone(),
            proof: self.proof(index),
        };
        official.map(entry).collect()
    }

    pub(crate) fn anchor(&self) -> Result<AnchoredElection, ClientError> {
        self.anchor_with(&self.official())
    }

    pub(crate) fn anchor_with(&self, entries: &[OfficialEntry]) -> Result<AnchoredElection, ClientError> {
        let checkpoint = self.checkpoint().to_string();
        let page = OfficialPage { checkpoint: checkpoint.as_bytes(), entries };
        AnchoredElection::check(self.election.id(), self.election.manifest.bytes(), &[page], &mut rng(2))
    }

    /// What the board shows of everybody: bytes and receipt, in log order.
    pub(crate) fn voters_entries(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let entries =
            self.log.iter().enumerate().filter(|(_, bytes)| {
                matches!(Entry::parse(bytes), Ok(Entry::Ballot(_) | Entry::Withdrawal(_)))
            });
        entries.map(|(index, bytes)| (bytes.clone(), self.receipt(u64::try_from(index).unwrap()))).collect()
    }
}

/// Saves, as a device does.
pub(crate) fn store<S: State>(voter: &mut Voter<S>) -> SavedForm {
    let form = voter.save();
    voter.mark_saved(&form).unwrap();
    form
}

pub(crate) fn resume(form: &SavedForm, election: &Election) -> Resumed {
    Saved::parse(form.as_bytes()).unwrap().resume(election.manifest.bytes()).unwrap()
}

pub(crate) fn asked(election: &Election, person: u8, seed: u8) -> Voter<Asked> {
    let mut voter = election.voter(person, seed).ask();
    store(&mut voter);
    voter
}

/// A voter with the tokens of all issuers, saved.
pub(crate) fn with_token(election: &Election, person: u8, seed: u8) -> Voter<WithToken> {
    let mut voter = asked(election, person, seed);
    for mut issuer in election.issuers() {
        let (session, commitment) = {
            let requests = voter.session_requests(NOW, &mut rng(3)).unwrap();
            let request = requests.iter().find(|request| request.issuer.id == *issuer.id()).unwrap();
            issuer.open(request).unwrap()
        };
        voter.session_opened(issuer.id(), session, &commitment).unwrap();
        store(&mut voter);
        let answer = {
            let requests = voter.challenge_requests(&mut rng(4)).unwrap();
            let request = requests.iter().find(|request| request.issuer.id == *issuer.id()).unwrap();
            issuer.answer(request.session, request.handle, request.challenge, request.signature)
        };
        let Answered::Answer(answer) = answer else { panic!("{answer:?}") };
        voter.answered(issuer.id(), &session, &answer).unwrap();
        store(&mut voter);
    }
    let mut voter = voter.finish().unwrap();
    store(&mut voter);
    voter
}

/// A voter who has made a ballot, saved.
pub(crate) fn cast(election: &Election, person: u8, seed: u8, choice: u16) -> Voter<Cast> {
    let mut voter = with_token(election, person, seed).cast(&selection(choice), &mut rng(8)).unwrap();
    store(&mut voter);
    voter
}

/// A mark for one of the board's five candidates, and for the auditor's first.
pub(crate) fn selection(choice: u16) -> Selection {
    Selection::new(vec![Choice::Marks(vec![choice]), Choice::Marks(vec![0])])
}

#[track_caller]
pub(crate) fn receipt(reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Receipt(receipt) => receipt,
        Reply::Promise(_) => panic!("a promise"),
        Reply::Refused(rejected) => panic!("{rejected}"),
    }
}

#[track_caller]
pub(crate) fn promise(reply: Reply) -> Vec<u8> {
    match reply {
        Reply::Promise(promise) => promise,
        Reply::Receipt(_) => panic!("a receipt"),
        Reply::Refused(rejected) => panic!("{rejected}"),
    }
}
