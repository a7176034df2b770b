//! A small real election with one issuer and a solo trustee: five people in the class `north`, three in `south`, and
//! everything that they may send. Made once, from one seed.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Serialize;
use urna_board::{Sequencer, Settings, Store, Submission};
use urna_crypto::{
    BallotContext, Blinding, CredentialSecretKey, Ed25519SigningKey, Handle, Identifier, IssuerPossession,
    IssuerSecretKey, Rehearsal, Seed, Session, SessionChallenge, SharePossession, SigningKey as PartyKey,
    Token, TokenContext, TrusteeSecretKey, TrusteeShare, solo_share,
};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{
    Ballot, Body, Cancelled, Cause, Ceremony, Entry, ManifestPublished, Register, RehearsalDone, Returned,
    Signed, VotingClosed, VotingOpened, Withdrawal,
};
use urna_election::issuance;
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::{
    BallotStyle, Batch, Board, Class, ClassKey, Contest, ContestOption, CountsAs, Credentials, Disclosure,
    Draft, InterimFigures, Issuance, Issuer, Keys, Method, Organiser, Policy, Revote, Schedule,
    SmallestClass, Texts, Times, Trustee, Trustees, Witnesses,
};
use urna_election::register::{self, Row};
use urna_election::selection::{BallotPlaintext, Choice, Selection};
use urna_election::{Id, Party, Plan};
use urna_log::{SigningKey, VerifierKey};

pub(crate) const SLUG: &str = "small-2027";
pub(crate) const ORIGIN: &str = "board.example/small-2027";
pub(crate) const OPENS: u64 = 10_000;
pub(crate) const CLOSES: u64 = 20_000;

/// Who is in which class: `north` is 0, `south` 1.
pub(crate) const PEOPLE: [usize; 8] = [0, 0, 0, 0, 0, 1, 1, 1];
const CLASSES: [&str; 2] = ["north", "south"];

/// The election, and what was made for it beforehand.
pub(crate) struct Sample {
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) authority: Ed25519SigningKey,
    pub(crate) issuer: PartyKey,
    pub(crate) trustee: TrusteeSecretKey,
    pub(crate) share: TrusteeShare,
    /// Blobs of the entries until voting opens, and of `closed`.
    pub(crate) blobs: Vec<(BlobKind, Vec<u8>)>,
    /// The entries until voting opens.
    pub(crate) opening: Vec<Vec<u8>>,
    /// `voting_closed`, with a blob.
    pub(crate) closed: Vec<u8>,
    /// `cancelled` in its place.
    pub(crate) cancelled: Vec<u8>,
    pub(crate) voters: Vec<Voter>,
    pub(crate) rows: Vec<issuance::Row>,
}

/// What an election is like; the rest of it is always the same.
pub(crate) struct Shape<'a> {
    /// So many ballots of a class go together, or fewer after `wait` seconds.
    pub(crate) min: u64,
    pub(crate) wait: u64,
    /// Whether voting has hours.
    pub(crate) timed: bool,
    pub(crate) interim_figures: InterimFigures,
    /// Who is in which class.
    pub(crate) people: &'a [usize],
    /// Whether there is everything that people may send, or one ballot of each.
    pub(crate) all: bool,
    /// The keys of log and promises.
    pub(crate) keys: [VerifierKey; 2],
}

impl Default for Shape<'_> {
    fn default() -> Self {
        Self {
            min: 1,
            wait: 1,
            timed: false,
            interim_figures: InterimFigures::Turnout,
            people: &PEOPLE,
            all: true,
            keys: [log_key().verifier(), promise_key().verifier()],
        }
    }
}

/// What a voter may send.
pub(crate) struct Voter {
    pub(crate) identifier: Identifier,
    /// By sequence.
    pub(crate) ballots: Vec<Vec<u8>>,
    /// By sequence.
    pub(crate) withdrawals: Vec<Vec<u8>>,
    pub(crate) returned: Vec<u8>,
    /// The first ballot with another proof.
    pub(crate) again: Vec<u8>,
    /// The first ballot with a proof of the second.
    pub(crate) false_proof: Vec<u8>,
    /// Another ballot with the number of the first.
    pub(crate) rival: Vec<u8>,
    /// A first ballot with an R that all voters here would use.
    pub(crate) shared_r: Vec<u8>,
    /// One ballot more than the revote limit allows.
    pub(crate) beyond: Vec<u8>,
}

/// Every ballot is logged at once. Like the following but [`TIMED`] opened and closed by hand.
pub(crate) static MANUAL: LazyLock<Sample> = LazyLock::new(|| Sample::make(&Shape::default()));
/// Two of a class go together, or one after at most 100 seconds.
pub(crate) static PAIRS: LazyLock<Sample> =
    LazyLock::new(|| Sample::make(&Shape { min: 2, wait: 100, ..Shape::default() }));
/// Three of a class go together, or fewer after at most 100 seconds.
pub(crate) static THREES: LazyLock<Sample> =
    LazyLock::new(|| Sample::make(&Shape { min: 3, wait: 100, ..Shape::default() }));
/// More go together than there are, so everything waits for the next multiple of 50 seconds.
pub(crate) static PATIENT: LazyLock<Sample> =
    LazyLock::new(|| Sample::make(&Shape { min: 100, wait: 50, ..Shape::default() }));
/// Voting has hours.
pub(crate) static TIMED: LazyLock<Sample> =
    LazyLock::new(|| Sample::make(&Shape { timed: true, ..Shape::default() }));
/// Nothing is said of who voted before the close.
pub(crate) static QUIET: LazyLock<Sample> =
    LazyLock::new(|| Sample::make(&Shape { interim_figures: InterimFigures::None, ..Shape::default() }));
/// More voters in `north` than a batch has entries, each with one ballot only.
pub(crate) static LARGE: LazyLock<Sample> = LazyLock::new(|| {
    let people: Vec<_> = (0..1_100).map(|person| usize::from(person >= 1_095)).collect();
    Sample::make(&Shape { people: &people, all: false, ..Shape::default() })
});

pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(11)
}

pub(crate) fn authority() -> Ed25519SigningKey {
    Ed25519SigningKey::from_bytes(&[1; 32])
}

pub(crate) fn log_key() -> SigningKey {
    SigningKey::from_seed(ORIGIN.parse().unwrap(), &[2; 32])
}

pub(crate) fn promise_key() -> SigningKey {
    SigningKey::from_seed(format!("{ORIGIN}/promise").parse().unwrap(), &[3; 32])
}

pub(crate) fn number(value: u64) -> Integer {
    Integer::try_from(value).unwrap()
}

fn text(english: &str) -> Texts {
    Texts::from([("en".to_owned(), english.to_owned())])
}

pub(crate) fn submission(bytes: &[u8], received: u64) -> Submission {
    Submission::parse(bytes.to_vec(), received).unwrap()
}

/// Sixteen bytes of a person's own: salt and session.
fn sixteen_bytes(person: usize) -> [u8; 16] {
    let mut bytes = [1; 16];
    bytes[..2].copy_from_slice(&u16::try_from(person).unwrap().to_be_bytes());
    bytes
}

impl Sample {
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            origin: ORIGIN.parse().unwrap(),
            plan: *self.manifest.plan_id(),
            log_key: log_key(),
            promise_key: promise_key(),
        }
    }

    /// A writer whose log has everything until voting is open.
    pub(crate) fn voting<S: Store>(&self, store: S) -> Sequencer<S> {
        let mut sequencer = Sequencer::open(store, self.settings(), None, &mut rng()).unwrap();
        self.open_voting(&mut sequencer);
        sequencer
    }

    pub(crate) fn open_voting<S: Store>(&self, sequencer: &mut Sequencer<S>) {
        for (kind, bytes) in &self.blobs {
            sequencer.put_blob(*kind, bytes).unwrap().unwrap();
        }
        for entry in &self.opening {
            let answers = sequencer.admit(vec![submission(entry, 1)], 1, &mut rng()).unwrap();
            assert!(
                matches!(answers[..], [urna_board::Answer::Logged { repeated: false, .. }]),
                "{answers:?}"
            );
        }
    }

    pub(crate) fn signed<B: Body + Serialize>(&self, number: u32, body: B) -> Vec<u8>
    where
        Entry: From<Signed<B>>,
    {
        Entry::from(Signed::by_authority(self.manifest.id(), &self.authority, number.into(), body)).to_bytes()
    }

    pub(crate) fn by_trustee<B: Body + Serialize>(&self, number: u32, body: B) -> Vec<u8>
    where
        Entry: From<Signed<B>>,
    {
        let id: Id = "anna".parse().unwrap();
        let sign = |statement: &urna_crypto::SignedEntry<'_>| self.trustee.sign(statement, &mut rng());
        Entry::from(Signed::by_party(self.manifest.id(), &id, number.into(), body, sign)).to_bytes()
    }

    pub(crate) fn by_issuer<B: Body + Serialize>(&self, number: u32, body: B) -> Vec<u8>
    where
        Entry: From<Signed<B>>,
    {
        let id: Id = "office".parse().unwrap();
        let sign = |statement: &urna_crypto::SignedEntry<'_>| self.issuer.sign(statement, &mut rng());
        Entry::from(Signed::by_party(self.manifest.id(), &id, number.into(), body, sign)).to_bytes()
    }

    pub(crate) fn counts(&self, by_class: [u64; 2]) -> BTreeMap<Id, Integer> {
        CLASSES.iter().zip(by_class).map(|(class, count)| (class.parse().unwrap(), number(count))).collect()
    }

    /// The keys that everything is made with, from one seed, and the plan that names them.
    fn parties() -> (ChaCha20Rng, Ed25519SigningKey, PartyKey, TrusteeSecretKey, Plan) {
        let mut rng = ChaCha20Rng::seed_from_u64(2027);
        let authority = authority();
        let issuer = PartyKey::generate(&mut rng);
        let trustee = TrusteeSecretKey::generate(&mut rng);
        let party = |id: &str| Party { id: id.parse().unwrap(), name: id.to_uppercase() };
        let plan = Plan {
            authority_key: Base64(authority.public().to_bytes()),
            issuers: vec![party("office")],
            slug: SLUG.parse().unwrap(),
            spec: 1,
            threshold: 1,
            trustees: vec![party("anna")],
        };
        (rng, authority, issuer, trustee, plan)
    }

    /// The plan of every election here.
    pub(crate) fn plan() -> Plan {
        Self::parties().4
    }

    pub(crate) fn make(shape: &Shape<'_>) -> Self {
        let (mut rng, authority, issuer, trustee, plan) = Self::parties();
        let keys: Vec<_> = CLASSES.iter().map(|_| IssuerSecretKey::generate(&mut rng)).collect();
        let share = solo_share(&plan.id(), &trustee, &mut rng);
        let class_key = |(class, key): (&&str, &IssuerSecretKey)| {
            let statement = IssuerPossession { plan: &plan.id(), issuer: "office", class };
            let proof = key.prove_possession(&statement, &mut ChaCha20Rng::seed_from_u64(1));
            ClassKey {
                class: (*class).into(),
                key: Base64(key.public().to_bytes()),
                proof: Base64(proof.to_bytes()),
            }
        };
        let class = |id: &&str| Class {
            ballot_style: "all".into(),
            district: None,
            id: (*id).into(),
            title: text(id),
            weight: number(1),
        };
        let option = |id: &str| ContestOption { description: None, id: id.into(), title: text(id) };
        let manual = Schedule::Manual;
        let times = Schedule::Times(Times {
            closes: number(CLOSES),
            issuance_opens: number(OPENS - 1_000),
            opening_not_before: number(CLOSES + 60),
            opens: number(OPENS),
        });
        let draft = Draft {
            authority_key: plan.authority_key,
            ballot_styles: vec![BallotStyle { contests: vec!["chair".into()], id: "all".into() }],
            board: Board {
                log_key: Base64(shape.keys[0].to_bytes()),
                origin: ORIGIN.into(),
                promise_key: Base64(shape.keys[1].to_bytes()),
                url: "https://board.example".into(),
            },
            booth: Base64([0; 32]),
            classes: CLASSES.iter().map(class).collect(),
            contests: vec![Contest {
                abstain: false,
                description: None,
                id: "chair".into(),
                max: number(1),
                method: Method::TopN,
                min: number(0),
                options: vec![option("ada"), option("bob")],
                seats: number(1),
                title: text("Chair"),
            }],
            description: None,
            keys: Keys {
                election_key: Base64(share.election_key().to_bytes()),
                issuers: vec![Issuer {
                    id: "office".into(),
                    keys: CLASSES.iter().zip(&keys).map(class_key).collect(),
                    name: "OFFICE".into(),
                    signing_key: Base64(issuer.public().to_bytes()),
                    url: "https://office.example".into(),
                }],
                trustees: Trustees {
                    members: vec![Trustee {
                        id: "anna".into(),
                        key: Base64(trustee.public().to_bytes()),
                        name: "ANNA".into(),
                        share_key: Base64(share.share_key().to_bytes()),
                    }],
                    solo: true,
                    threshold: number(1),
                },
            },
            languages: vec!["en".into()],
            organiser: Organiser { contact: "elections@union.example".into(), name: "Union".into() },
            policy: Policy {
                batch: Batch { min: number(shape.min), wait: number(shape.wait) },
                blank_counts_as: CountsAs::Participated,
                credentials: Credentials::Authority,
                disclosure: Disclosure::PerPseudonym,
                form_time_limit: number(300),
                interim_figures: shape.interim_figures,
                invalid_counts_as: CountsAs::Participated,
                issuance: Issuance::Ahead,
                revote: Revote::ReplaceAndWithdraw,
                revote_limit: number(4),
                smallest_class: SmallestClass { confirmed: vec!["south".into()], entitled: number(5) },
            },
            schedule: if shape.timed { times } else { manual },
            slug: plan.slug.to_string(),
            spec: number(1),
            time_zone: "Etc/UTC".into(),
            title: text("Small election"),
            trial: true,
            witnesses: Witnesses::None,
        };
        let manifest = Arc::new(Manifest::from_draft(&draft).unwrap());
        let mut sample = Self {
            manifest,
            authority,
            issuer,
            trustee,
            share,
            blobs: Vec::new(),
            opening: Vec::new(),
            closed: Vec::new(),
            cancelled: Vec::new(),
            voters: Vec::new(),
            rows: Vec::new(),
        };
        sample.prepare(shape.people);
        for (person, class) in shape.people.iter().enumerate() {
            let voter = sample.voter(person, *class, &keys[*class], shape.all, &mut rng);
            sample.voters.push(voter);
        }
        sample
    }

    /// Keeps a blob of the election for those who upload it.
    fn keep(&mut self, kind: BlobKind, bytes: Vec<u8>) -> BlobRef {
        let named = BlobRef::new(kind, &bytes).unwrap();
        self.blobs.push((kind, bytes));
        named
    }

    fn prepare(&mut self, people: &[usize]) {
        let manifest = Arc::clone(&self.manifest);
        let blob = self.keep(BlobKind::Manifest, manifest.bytes().to_vec());
        let statement = SharePossession { election: manifest.id(), trustee: 1 };
        let possession = Base64(self.share.prove_possession(&statement, &mut rng()));
        let rehearsal = Base64(Rehearsal::new(manifest.id(), &self.share, &mut rng()));
        let mut rows: Vec<_> =
            people.iter().enumerate().map(|(person, class)| self.row(person, *class)).collect();
        rows.sort_by_key(|row| row.handle.0);
        let version = register::Register::from_rows(&manifest, &rows).unwrap();
        let rows = version.to_blobs(&manifest);
        let rows = rows.into_iter().map(|bytes| self.keep(BlobKind::RegisterRows, bytes)).collect();
        let of = |class| u64::try_from(people.iter().filter(|other| **other == class).count()).unwrap();
        let entitled = [of(0), of(1)];
        let details = self.keep(BlobKind::Details, b"Closed by the commission.".to_vec());
        self.opening = vec![
            self.signed(0, ManifestPublished { manifest: blob }),
            self.by_trustee(0, Ceremony { possession, round_1: None }),
            self.by_trustee(1, RehearsalDone { rehearsal }),
            self.signed(1, Register { cause: Cause::Initial, entitled: self.counts(entitled), rows }),
            self.signed(2, VotingOpened { details: None }),
        ];
        self.closed = self.signed(3, VotingClosed { details: Some(details) });
        self.cancelled = self.signed(3, Cancelled { details: None });
    }

    fn credential(&self, person: usize) -> CredentialSecretKey {
        let mut secret = [1; 32];
        secret[..2].copy_from_slice(&u16::try_from(person).unwrap().to_be_bytes());
        CredentialSecretKey::from_invitation(&secret, self.manifest.id())
    }

    fn handle(&self, person: usize) -> Handle {
        let salt = sixteen_bytes(person);
        register::handle(self.manifest.id(), &salt, &format!("person {person}"))
    }

    pub(crate) fn row(&self, person: usize, class: usize) -> Row {
        Row {
            class: CLASSES[class].parse().unwrap(),
            credential: Some(Base64(self.credential(person).public().to_bytes())),
            handle: Base64(self.handle(person)),
            replaced: 0,
        }
    }

    fn token(
        &mut self,
        person: usize,
        class: usize,
        key: &IssuerSecretKey,
        seed: &Seed,
        rng: &mut ChaCha20Rng,
    ) -> Token {
        let manifest = Arc::clone(&self.manifest);
        let (election, handle) = (manifest.id(), self.handle(person));
        let credential = self.credential(person);
        let session = Session::open(rng);
        let id = sixteen_bytes(person);
        let context = TokenContext::new(election, CLASSES[class], "office", &key.public());
        let commitment = session.commitment();
        let pseudonym = seed.pseudonym_key(election).pseudonym();
        let blinding = Blinding::new(seed, &context, &commitment, &pseudonym).unwrap();
        let challenge = blinding.challenge();
        let statement = SessionChallenge {
            election,
            issuer: "office",
            handle: &handle,
            class: CLASSES[class],
            session: &id,
            commitment: &commitment,
            challenge: &challenge,
        };
        let signature = credential.sign(&statement, rng);
        let answer = session.answer(key, &challenge);
        self.rows.push(issuance::Row {
            answer: Base64(answer),
            challenge: Base64(challenge),
            class: CLASSES[class].parse().unwrap(),
            commitment: Base64(commitment),
            credential: Base64(credential.public()),
            handle: Base64(handle),
            session: Base64(id),
            signature: Base64(signature),
        });
        blinding.finalize(&answer).unwrap()
    }

    fn voter(
        &mut self,
        person: usize,
        class: usize,
        key: &IssuerSecretKey,
        all: bool,
        rng: &mut ChaCha20Rng,
    ) -> Voter {
        let seed = Seed::generate(rng);
        let token = self.token(person, class, key, &seed, rng);
        let manifest = Arc::clone(&self.manifest);
        let election = manifest.id();
        let own = seed.pseudonym_key(election);
        let id: Id = CLASSES[class].parse().unwrap();
        let context = BallotContext::new(election, id.as_str(), manifest.election_key());
        let index = manifest.class_index(&id).unwrap();
        let common = Seed::from_bytes([9; 32]);
        let mut ballot = |seed: &Seed, sequence: u32, proved: u32, turn: usize| {
            let mark = u16::try_from((person + usize::try_from(sequence).unwrap() + turn) % 2).unwrap();
            let selection = Selection::new(vec![Choice::Marks(vec![mark])]);
            let plaintext = BallotPlaintext::encode(&manifest, index, &selection).unwrap();
            let seal = |sequence| context.encrypt(seed, sequence, plaintext.as_bytes(), &own);
            let (ciphertext, _) = seal(sequence).prove(&context, &own, &[token], rng);
            let (_, proof) = seal(proved).prove(&context, &own, &[token], rng);
            let ballot = Ballot::new(id.clone(), own.pseudonym(), sequence, vec![token], ciphertext, proof);
            Entry::Ballot(ballot).to_bytes()
        };
        let entries = if all { 4 } else { 1 };
        let ballots = (0..entries).map(|sequence| ballot(&seed, sequence, sequence, 0)).collect();
        let mut more = |seed: &Seed, sequence: u32, proved, turn| {
            if all { ballot(seed, sequence, proved, turn) } else { Vec::new() }
        };
        let (again, false_proof) = (more(&seed, 0, 0, 0), more(&seed, 0, 1, 0));
        let (rival, beyond) = (more(&seed, 0, 0, 1), more(&seed, 4, 4, 0));
        let shared_r = more(&common, 0, 0, person % 2);
        let withdrawals = (0..entries).map(|sequence| {
            let statement = urna_crypto::Withdrawal { election, class: id.as_str(), sequence };
            let signature = own.sign(&statement, rng);
            Entry::Withdrawal(Withdrawal::new(id.clone(), own.pseudonym(), sequence, signature)).to_bytes()
        });
        let withdrawals = withdrawals.collect();
        let statement = urna_crypto::Returned { election, class: id.as_str(), tokens: &[token] };
        let signature = own.sign(&statement, rng);
        let returned = Returned::new(id.clone(), own.pseudonym(), vec![token], signature);
        Voter {
            identifier: Identifier::new(election, &own.pseudonym()),
            ballots,
            withdrawals,
            returned: Entry::Returned(returned).to_bytes(),
            again,
            false_proof,
            rival,
            shared_r,
            beyond,
        }
    }
}
