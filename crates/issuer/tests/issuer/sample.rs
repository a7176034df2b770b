//! A small real election with two issuers and a solo trustee, its register, and the devices of its voters.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Serialize;
use urna_crypto::{
    Answer, Blinding, Commitment, CredentialSecretKey, Ed25519SigningKey, Handle, Pseudonym, Rehearsal, Seed,
    SessionChallenge, SharePossession, Token, TokenContext, TrusteeSecretKey, TrusteeShare, solo_share,
};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{
    Body, Cancelled, Cause, Ceremony, Entry, ManifestPublished, RehearsalDone, Signed, VotingClosed,
    VotingOpened,
};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::{
    BallotStyle, Batch, Board, Class, Contest, ContestOption, CountsAs, Credentials, Disclosure, Draft,
    InterimFigures, Issuance, Issuer as DraftIssuer, Keys, Method, Organiser, Policy, Revote, Schedule,
    SmallestClass, Texts, Times, Trustee, Trustees, Witnesses,
};
use urna_election::register::{self, Register, Row};
use urna_election::{Id, Party, Plan, entry};
use urna_issuer::{
    AnswerRequest, Answered, Issuer, IssuerError, IssuerKeys, Known, OpenedSession, Refusal, SESSIONS,
    SessionId, SessionRequest, Settings, Start, Store,
};

/// When tokens are issued, if the election has hours.
pub(crate) const ISSUANCE_OPENS: u64 = 1_000;
/// When voting opens.
pub(crate) const OPENS: u64 = 2_000;
pub(crate) const CLOSES: u64 = 20_000;
/// For how many seconds a session is answered.
pub(crate) const FORM_SECONDS: u64 = 300;
/// A second in between.
pub(crate) const NOW: u64 = 5_000;

pub(crate) const CLASSES: [&str; 2] = ["north", "south"];
pub(crate) const ISSUERS: [&str; 2] = ["office", "senate"];

pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn number(value: u64) -> Integer {
    Integer::try_from(value).unwrap()
}

fn text(english: &str) -> Texts {
    Texts::from([("en".to_owned(), english.to_owned())])
}

fn sixteen_bytes(person: usize) -> [u8; 16] {
    let mut bytes = [1; 16];
    bytes[..8].copy_from_slice(&u64::try_from(person).unwrap().to_be_bytes());
    bytes
}

/// An entry of the board with the blobs that an issuer reads with it.
pub(crate) type Posted = (Vec<u8>, Vec<Vec<u8>>);

/// An election and what was made for it beforehand.
pub(crate) struct Sample {
    pub(crate) plan: Plan,
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) authority: Ed25519SigningKey,
    trustee: TrusteeSecretKey,
    share: TrusteeShare,
}

/// How the sample's times are set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hours {
    Manual,
    Timed,
    /// Tokens are taken with the ballot, and a form is sent within 60 seconds.
    WithBallot,
}

impl Sample {
    pub(crate) fn new(hours: Hours) -> Self {
        Self::titled(hours, "Small election")
    }

    /// Two elections with other titles have the same plan and other election ids.
    pub(crate) fn titled(hours: Hours, title: &str) -> Self {
        let mut rng = rng();
        let authority = Ed25519SigningKey::from_bytes(&[1; 32]);
        let trustee = TrusteeSecretKey::generate(&mut rng);
        let party = |id: &str| Party { id: id.parse().unwrap(), name: id.to_uppercase() };
        let plan = Plan {
            authority_key: Base64(authority.public().to_bytes()),
            issuers: ISSUERS.map(party).into(),
            slug: "small-2027".parse().unwrap(),
            spec: 1,
            threshold: 1,
            trustees: vec![party("anna")],
        };
        let share = solo_share(&plan.id(), &trustee, &mut rng);
        let draft = draft(&plan, hours, title, &trustee, &share);
        let manifest = Arc::new(Manifest::from_draft(&draft).unwrap());
        Self { plan, manifest, authority, trustee, share }
    }

    pub(crate) fn classes() -> Vec<Id> {
        CLASSES.iter().map(|class| class.parse().unwrap()).collect()
    }

    pub(crate) fn keys(&self, issuer: &str) -> IssuerKeys {
        keys(&self.plan, issuer)
    }

    pub(crate) fn settings(&self, issuer: &str) -> Settings {
        Settings {
            manifest: Arc::clone(&self.manifest),
            issuer: issuer.parse().unwrap(),
            keys: Some(self.keys(issuer)),
            most_sessions: SESSIONS,
        }
    }

    /// An issuer on this store that has read nothing of the board yet.
    pub(crate) fn start<S: Store>(&self, store: S, known: Option<Start>) -> Result<Issuer<S>, IssuerError> {
        let known = Known { start: known, accept_loss: false };
        Issuer::open(store, self.settings("office"), known, &mut rng())
    }

    /// An issuer on this store that has read what was posted.
    pub(crate) fn open<S: Store>(&self, store: S, posted: &[Posted]) -> Result<Issuer<S>, IssuerError> {
        let issuer = self.start(store, None)?;
        for (entry, blobs) in posted {
            issuer.follow(entry, blobs, &mut rng())?;
        }
        Ok(issuer)
    }

    /// An issuer of an election whose register has these devices.
    pub(crate) fn issuing<S: Store>(&self, store: S, devices: &[&Device]) -> Issuer<S> {
        self.open(store, &self.until_register(devices)).unwrap()
    }

    fn signed<B: Body + Serialize>(&self, number: u32, body: B) -> Vec<u8>
    where
        Entry: From<Signed<B>>,
    {
        Entry::from(Signed::by_authority(self.manifest.id(), &self.authority, number.into(), body)).to_bytes()
    }

    fn by_trustee<B: Body + Serialize>(&self, number: u32, body: B) -> Vec<u8>
    where
        Entry: From<Signed<B>>,
    {
        let id: Id = "anna".parse().unwrap();
        let sign = |statement: &urna_crypto::SignedEntry<'_>| self.trustee.sign(statement, &mut rng());
        Entry::from(Signed::by_party(self.manifest.id(), &id, number.into(), body, sign)).to_bytes()
    }

    /// The entries until the rehearsal.
    pub(crate) fn until_rehearsal(&self) -> Vec<Posted> {
        let manifest = BlobRef::new(BlobKind::Manifest, self.manifest.bytes()).unwrap();
        let statement = SharePossession { election: self.manifest.id(), trustee: 1 };
        let possession = Base64(self.share.prove_possession(&statement, &mut rng()));
        let rehearsal = Base64(Rehearsal::new(self.manifest.id(), &self.share, &mut rng()));
        let entries = [
            self.signed(0, ManifestPublished { manifest }),
            self.by_trustee(0, Ceremony { possession, round_1: None }),
            self.by_trustee(1, RehearsalDone { rehearsal }),
        ];
        entries.map(|entry| (entry, Vec::new())).into()
    }

    /// The entries until the first version of the register, which has these devices.
    pub(crate) fn until_register(&self, devices: &[&Device]) -> Vec<Posted> {
        let mut posted = self.until_rehearsal();
        let rows: Vec<_> = devices.iter().map(|device| device.row()).collect();
        posted.push(self.register(1, Cause::Initial, &rows));
        posted
    }

    /// A version of the register, as the authority's entry with this number.
    pub(crate) fn register(&self, number: u32, cause: Cause, rows: &[Row]) -> Posted {
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| row.handle.0);
        let version = Register::from_rows(&self.manifest, &rows).unwrap();
        let blobs = version.to_blobs(&self.manifest);
        let named = |bytes: &Vec<u8>| BlobRef::new(BlobKind::RegisterRows, bytes).unwrap();
        let counts = version.entitled_by_class().iter().map(|count| Integer::try_from(*count).unwrap());
        let body = entry::Register {
            cause,
            entitled: Self::classes().into_iter().zip(counts).collect::<BTreeMap<_, _>>(),
            rows: blobs.iter().map(named).collect(),
        };
        (self.signed(number, body), blobs)
    }

    pub(crate) fn opened(&self, number: u32) -> Posted {
        (self.signed(number, VotingOpened { details: None }), Vec::new())
    }

    pub(crate) fn closed(&self, number: u32) -> Posted {
        (self.signed(number, VotingClosed { details: None }), Vec::new())
    }

    pub(crate) fn cancelled(&self, number: u32) -> Posted {
        (self.signed(number, Cancelled { details: None }), Vec::new())
    }

    /// The devices of so many people, one after the other in `north` and `south`.
    pub(crate) fn devices(&self, people: usize) -> Vec<Device> {
        (0..people).map(|person| self.device(person, person % CLASSES.len())).collect()
    }

    pub(crate) fn device(&self, person: usize, class: usize) -> Device {
        let mut secret = [1; 32];
        secret[..16].copy_from_slice(&sixteen_bytes(person));
        let mut seed = [2; 32];
        seed[..16].copy_from_slice(&sixteen_bytes(person));
        Device {
            manifest: Arc::clone(&self.manifest),
            issuer: "office",
            handle: register::handle(self.manifest.id(), &sixteen_bytes(person), &format!("person {person}")),
            class,
            credential: CredentialSecretKey::from_invitation(&secret, self.manifest.id()),
            seed: Seed::from_bytes(seed),
            replaced: 0,
        }
    }
}

fn keys(plan: &Plan, issuer: &str) -> IssuerKeys {
    let mut rng = ChaCha20Rng::from_seed([issuer.as_bytes()[0]; 32]);
    IssuerKeys::generate(plan.id(), issuer.parse().unwrap(), &Sample::classes(), &mut rng).unwrap()
}

fn draft(plan: &Plan, hours: Hours, title: &str, trustee: &TrusteeSecretKey, share: &TrusteeShare) -> Draft {
    let class = |id: &&str| Class {
        ballot_style: "all".into(),
        district: None,
        id: (*id).into(),
        title: text(id),
        weight: number(1),
    };
    let option = |id: &str| ContestOption { description: None, id: id.into(), title: text(id) };
    let issuer = |id: &str| {
        let public = keys(plan, id).public(&mut rng());
        DraftIssuer {
            id: id.into(),
            keys: public.keys,
            name: id.to_uppercase(),
            signing_key: public.signing_key,
            url: format!("https://{id}.example"),
        }
    };
    let times = Times {
        closes: number(CLOSES),
        issuance_opens: number(if hours == Hours::WithBallot { OPENS } else { ISSUANCE_OPENS }),
        opening_not_before: number(CLOSES + 60),
        opens: number(OPENS),
    };
    Draft {
        authority_key: plan.authority_key,
        ballot_styles: vec![BallotStyle { contests: vec!["chair".into()], id: "all".into() }],
        board: Board {
            log_key: Base64(Ed25519SigningKey::from_bytes(&[2; 32]).public().to_bytes()),
            origin: "board.example/small-2027".into(),
            promise_key: Base64(Ed25519SigningKey::from_bytes(&[3; 32]).public().to_bytes()),
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
            issuers: ISSUERS.iter().map(|id| issuer(id)).collect(),
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
            batch: Batch { min: number(20), wait: number(600) },
            blank_counts_as: CountsAs::Participated,
            credentials: Credentials::Authority,
            disclosure: Disclosure::PerPseudonym,
            form_time_limit: number(if hours == Hours::WithBallot { 60 } else { FORM_SECONDS }),
            interim_figures: InterimFigures::None,
            invalid_counts_as: CountsAs::Participated,
            issuance: if hours == Hours::WithBallot { Issuance::WithBallot } else { Issuance::Ahead },
            revote: Revote::ReplaceAndWithdraw,
            revote_limit: number(4),
            smallest_class: SmallestClass {
                confirmed: CLASSES.map(str::to_owned).into(),
                entitled: number(5),
            },
        },
        schedule: if hours == Hours::Manual { Schedule::Manual } else { Schedule::Times(times) },
        slug: plan.slug.to_string(),
        spec: number(1),
        time_zone: "Etc/UTC".into(),
        title: text(title),
        trial: true,
        witnesses: Witnesses::None,
    }
}

/// What a voter has: an invitation, and a device with its seed.
pub(crate) struct Device {
    manifest: Arc<Manifest>,
    pub(crate) issuer: &'static str,
    pub(crate) handle: Handle,
    pub(crate) class: usize,
    pub(crate) credential: CredentialSecretKey,
    pub(crate) seed: Seed,
    pub(crate) replaced: u32,
}

/// What a device stores before it sends a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    pub(crate) session: SessionId,
    pub(crate) commitment: Commitment,
}

impl From<OpenedSession> for Saved {
    fn from(opened: OpenedSession) -> Self {
        Self { session: opened.session, commitment: opened.commitment }
    }
}

impl Device {
    pub(crate) fn class_id(&self) -> Id {
        CLASSES[self.class].parse().unwrap()
    }

    pub(crate) fn row(&self) -> Row {
        Row {
            class: self.class_id(),
            credential: Some(Base64(self.credential.public().to_bytes())),
            handle: Base64(self.handle),
            replaced: self.replaced,
        }
    }

    pub(crate) fn pseudonym(&self) -> Pseudonym {
        self.seed.pseudonym_key(self.manifest.id()).pseudonym()
    }

    fn context(&self) -> TokenContext {
        let id = self.class_id();
        let issuer = self.manifest.issuers().iter().find(|issuer| issuer.id.as_str() == self.issuer);
        let key = issuer.unwrap().key(self.manifest.class_index(&id).unwrap()).unwrap();
        TokenContext::new(self.manifest.id(), id.as_str(), self.issuer, key)
    }

    /// The first move, in the name of this class and at this time.
    pub(crate) fn request(&self, time: u64) -> SessionRequest {
        let class = self.class_id();
        let statement = urna_crypto::SessionRequest {
            election: self.manifest.id(),
            issuer: self.issuer,
            handle: &self.handle,
            class: class.as_str(),
            time,
        };
        let signature = self.credential.sign(&statement, &mut rng());
        SessionRequest { handle: self.handle, class, time, signature }
    }

    fn blinding(&self, saved: &Saved) -> Blinding {
        Blinding::new(&self.seed, &self.context(), &saved.commitment, &self.pseudonym()).unwrap()
    }

    /// The second move.
    pub(crate) fn challenge(&self, saved: &Saved) -> AnswerRequest {
        let challenge = self.blinding(saved).challenge();
        let class = self.class_id();
        let statement = SessionChallenge {
            election: self.manifest.id(),
            issuer: self.issuer,
            handle: &self.handle,
            class: class.as_str(),
            session: &saved.session.0,
            commitment: &saved.commitment,
            challenge: &challenge,
        };
        let signature = self.credential.sign(&statement, &mut rng());
        AnswerRequest { session: saved.session, handle: self.handle, challenge, signature }
    }

    /// Checks and unblinds the answer (TOK-6), and checks the token (TOK-7).
    pub(crate) fn finish(&self, saved: &Saved, answer: &Answer) -> Token {
        let token = self.blinding(saved).finalize(answer).unwrap();
        token.verify(&self.context(), &self.pseudonym()).unwrap();
        token
    }
}

/// Opens a session.
pub(crate) fn open_session<S: Store>(
    issuer: &Issuer<S>,
    device: &Device,
    now: u64,
    rng: &mut ChaCha20Rng,
) -> Result<Saved, Refusal> {
    issuer.open_session(&device.request(now), now, rng).map(Saved::from)
}

/// Sends a second move; what comes back arrives later, if the issuer lives so long.
pub(crate) fn send<S: Store>(
    issuer: &Issuer<S>,
    request: AnswerRequest,
    now: u64,
) -> mpsc::Receiver<Answered> {
    let (sender, receiver) = mpsc::channel();
    issuer.answer(request, now, move |answered| {
        let _ = sender.send(answered);
    });
    receiver
}

/// Sends a second move and lets the writer work.
pub(crate) fn answer<S: Store>(issuer: &Issuer<S>, request: AnswerRequest, now: u64) -> Answered {
    let receiver = send(issuer, request, now);
    let _ = issuer.commit();
    receiver.try_recv().unwrap()
}
