//! An election of a student union: two classes, two issuers, one solo trustee, six and five voters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use rand_core::OsRng;
use tempfile::TempDir;
use urna_api::authority::{
    Draft, IssuerKeys, IssuerParty, NewElection, NewKey, Role, TrusteeKey, TrusteeKeys, TrusteeParties,
    TrusteeParty,
};
use urna_api::server::Clock;
use urna_authority::import::Form;
use urna_authority::{
    Authority, AuthorityError, Caller, Config, Folder, IssuerWord, LockedFolder, Mail, Mailer, Parts,
    Sending, Word,
};
use urna_bundle::Bundle;
use urna_crypto::{
    Handle, IssuerPossession, IssuerSecretKey, PlanId, Rehearsal, SharePossession, SigningKey,
    TrusteePossession, TrusteeSecretKey, TrusteeShare, solo_share,
};
use urna_election::entry::{Ceremony, RehearsalDone, Signed};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::draft::{Class, ClassKey, ContestOption, Texts, Times};
use urna_election::manifest::{Manifest, Schedule};
use urna_election::{Id, Plan, Slug};

use crate::board::TestBoard;
use crate::memory::MemoryStore;

pub(crate) const SLUG: &str = "union-2027";
pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const LIST: &str = "\
id,name,e-mail,class
a1,Ada Lovelace,ada@uni.example,students
a2,Alan Turing,alan@uni.example,students
a3,Grace Hopper,grace@uni.example,students
a4,Edsger Dijkstra,edsger@uni.example,students
a5,Barbara Liskov,barbara@uni.example,students
a6,Donald Knuth,,students
b1,Tony Hoare,tony@uni.example,staff
b2,Niklaus Wirth,niklaus@uni.example,staff
b3,John Backus,john@uni.example,staff
b4,Frances Allen,frances@uni.example,staff
b5,Robin Milner,robin@uni.example,staff
";

pub(crate) fn slug() -> Slug {
    SLUG.parse().unwrap()
}

/// A clock that is set.
#[derive(Default)]
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn set(&self, now: u64) {
        self.0.store(now, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Keeps mails; refuses those to addresses that begin with `refused`, and waits with those that begin with `slow`.
#[derive(Default)]
pub(crate) struct Outbox(pub(crate) Mutex<Vec<(String, String, String)>>, pub(crate) tokio::sync::Notify);

impl Outbox {
    pub(crate) fn take(&self) -> Vec<(String, String, String)> {
        let mut mails = std::mem::take(&mut *self.0.lock().unwrap());
        mails.sort();
        mails
    }
}

impl Mailer for Outbox {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move {
            if mail.to.starts_with("refused") {
                return Err("550 no such mailbox".to_owned());
            }
            if mail.to.starts_with("slow") {
                self.1.notified().await;
            }
            let mail = (mail.to.clone(), mail.subject.clone(), mail.text.to_string());
            self.0.lock().unwrap().push(mail);
            Ok(())
        })
    }
}

/// Issuers' word, given by the test.
#[derive(Default)]
pub(crate) struct Tokens {
    pub(crate) taken: Mutex<BTreeSet<Handle>>,
    pub(crate) silent: AtomicBool,
}

impl IssuerWord for Tokens {
    fn issued<'a>(&'a self, _: &'a Manifest) -> Word<'a> {
        Box::pin(async move {
            if self.silent.load(Ordering::SeqCst) {
                let issuer = "office".parse().unwrap();
                return Err(AuthorityError::NoIssuerWord { issuer, reason: "silent".to_owned() });
            }
            Ok(self.taken.lock().unwrap().clone())
        })
    }
}

/// Everything around an authority; it can be started again.
pub(crate) struct World {
    pub(crate) board: TestBoard,
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) outbox: Arc<Outbox>,
    /// None asks the issuers themselves, from the next start on.
    pub(crate) tokens: Option<Arc<Tokens>>,
    pub(crate) config: Config,
    pub(crate) directory: TempDir,
    /// What the next start brings; none is what is compiled in.
    pub(crate) bundle: Option<Bundle>,
    pub(crate) authority: Option<Arc<Authority>>,
    pub(crate) owner: String,
    pub(crate) operator: String,
    pub(crate) trustee: TrusteeSecretKey,
    share: OnceLock<TrusteeShare>,
    pub(crate) issuers: Vec<(&'static str, SigningKey, Vec<IssuerSecretKey>)>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let board = TestBoard::default();
        let address = board.serve().await;
        let config = Config::parse(&format!(
            "url = \"https://vote.example\"\nlisten = \"127.0.0.1:0\"\nboard = \"http://{address}\"\n"
        ));
        let directory = tempfile::tempdir().unwrap();
        let key = Folder::new(directory.path()).make_signing_key(&mut OsRng).unwrap();
        board.serves(key.public());
        let clock = Arc::new(TestClock::default());
        clock.set(NOW);
        let issuer = |id| {
            let keys = (0..2).map(|_| IssuerSecretKey::generate(&mut OsRng)).collect();
            (id, SigningKey::generate(&mut OsRng), keys)
        };
        let mut world = Self {
            board,
            store: MemoryStore::default(),
            clock,
            outbox: Arc::default(),
            tokens: Some(Arc::default()),
            config: config.unwrap(),
            directory,
            bundle: None,
            authority: None,
            owner: String::new(),
            operator: String::new(),
            trustee: TrusteeSecretKey::generate(&mut OsRng),
            share: OnceLock::new(),
            issuers: vec![issuer("office"), issuer("senate")],
        };
        world.start();
        world.owner = world.first_key("eva", Role::Owner);
        world.operator = world.first_key("it", Role::Operator);
        world
    }

    fn first_key(&self, account: &str, role: Role) -> String {
        let new = NewKey { account: account.to_owned(), role, election: None, link: false };
        self.authority().make_first_key(&new).unwrap().key
    }

    /// Stops the authority, and answers with its folder.
    fn lock(&mut self) -> LockedFolder {
        self.authority = None;
        let folder = Folder::new(self.directory.path());
        // Tasks of the runtime may hold the old one for a moment.
        let lock = |_| {
            folder.lock().ok().or_else(|| {
                std::thread::sleep(std::time::Duration::from_millis(20));
                None
            })
        };
        (0..100).find_map(lock).unwrap()
    }

    /// Stops the authority, after which its folder is free.
    pub(crate) fn stop(&mut self) {
        drop(self.lock());
    }

    /// Starts the authority, again after the first time.
    pub(crate) fn start(&mut self) {
        let locked = self.lock();
        let word = self.tokens.clone().map(|tokens| -> Arc<dyn IssuerWord> { tokens });
        let outbox: Arc<Outbox> = Arc::clone(&self.outbox);
        let clock: Arc<TestClock> = Arc::clone(&self.clock);
        let parts = Parts {
            config: self.config.clone(),
            folder: locked,
            store: Arc::new(self.store.clone()),
            clock,
            mailer: Some(outbox),
            word,
            bundle: self.bundle.clone(),
        };
        self.authority = Some(Arc::new(Authority::new(parts).unwrap()));
    }

    pub(crate) fn authority(&self) -> Arc<Authority> {
        Arc::clone(self.authority.as_ref().unwrap())
    }

    pub(crate) fn owner(&self) -> Caller {
        self.authority().authenticate(&self.owner).unwrap()
    }

    pub(crate) fn operator(&self) -> Caller {
        self.authority().authenticate(&self.operator).unwrap()
    }

    /// A key of somebody who has this role in the election.
    pub(crate) fn key(&self, account: &str, role: Role) -> (String, Caller) {
        let new = NewKey { account: account.to_owned(), role, election: Some(SLUG.to_owned()), link: false };
        let made = self.authority().make_key(&self.owner(), &new).unwrap();
        let caller = self.authority().authenticate(&made.key).unwrap();
        (made.key, caller)
    }

    pub(crate) fn issuer_keys(&self, plan: &PlanId, place: usize) -> IssuerKeys {
        let (issuer, signing, keys) = &self.issuers[place];
        let key = |(class, key): (&str, &IssuerSecretKey)| ClassKey {
            class: class.to_owned(),
            key: Base64(key.public().to_bytes()),
            proof: Base64(
                key.prove_possession(&IssuerPossession { plan, issuer, class }, &mut OsRng).to_bytes(),
            ),
        };
        IssuerKeys {
            keys: ["students", "staff"].into_iter().zip(keys).map(key).collect(),
            signing_key: Base64(signing.public().to_bytes()),
        }
    }

    pub(crate) fn trustee_keys(&self, plan: &PlanId) -> TrusteeKeys {
        let share = self.share.get_or_init(|| solo_share(plan, &self.trustee, &mut OsRng));
        let statement = TrusteePossession { plan, trustee: "anna" };
        let member = TrusteeKey {
            id: "anna".into(),
            key: Base64(self.trustee.public().to_bytes()),
            possession: Base64(self.trustee.prove_possession(&statement, &mut OsRng).to_bytes()),
            share_key: Base64(share.share_key().to_bytes()),
        };
        TrusteeKeys { election_key: Base64(share.election_key().to_bytes()), members: vec![member] }
    }

    /// From nothing to a plan with everybody's keys.
    pub(crate) async fn prepare(&self, draft: Draft) -> Plan {
        let (authority, owner) = (self.authority(), self.owner());
        let new = NewElection { slug: SLUG.to_owned(), from: None };
        let (_, version) = authority.create(&owner, &new).unwrap();
        authority.edit(&owner, &slug(), &draft, version).unwrap();
        let plan = authority.fix_plan(&owner, &slug()).await.unwrap();
        for (place, issuer) in ["office", "senate"].into_iter().enumerate() {
            let keys = self.issuer_keys(&plan.id(), place);
            authority.take_issuer_keys(&slug(), issuer, keys).unwrap();
        }
        let enrolment = crate::ceremony::enrolment(&plan, "anna", "anna", &self.trustee);
        authority.take_package(&slug(), "anna", enrolment.kind, &enrolment).unwrap();
        authority.take_trustee_keys(&owner, &slug(), self.trustee_keys(&plan.id())).unwrap();
        assert_eq!(authority.validate(&owner, &slug()).unwrap(), []);
        plan
    }

    pub(crate) fn approve(&self) {
        let (authority, owner) = (self.authority(), self.owner());
        let manifest = authority.manifest(Some(&owner), &slug()).unwrap();
        authority.approve(&owner, &slug(), &sha256(&manifest)).unwrap();
    }

    pub(crate) async fn load(
        &self,
        list: &str,
    ) -> Result<urna_api::authority::RegisterLoaded, AuthorityError> {
        let cause = urna_api::authority::Cause::Manual;
        let list = list.as_bytes().to_vec();
        self.authority().load_register(&self.owner(), &slug(), list, Form::Csv, cause).await
    }

    /// From nothing to the register in the log.
    pub(crate) async fn publish(&self, draft: Draft) {
        self.prepare(draft).await;
        self.load(LIST).await.unwrap();
        self.approve();
        self.authority().publish(&self.owner(), &slug(), SLUG).await.unwrap();
    }

    /// The trustee agrees and rehearses.
    pub(crate) fn rehearse(&self) {
        let share = self.share.get().unwrap();
        let election = self.board.election().unwrap();
        let anna: Id = "anna".parse().unwrap();
        let statement = SharePossession { election: &election, trustee: 1 };
        let possession = Base64(share.prove_possession(&statement, &mut OsRng));
        let number = |number: u32| Integer::from(number);
        let sign = |statement: &urna_crypto::SignedEntry<'_>| self.trustee.sign(statement, &mut OsRng);
        let ceremony = Ceremony { possession, round_1: None };
        self.board.post(&Signed::by_party(&election, &anna, number(0), ceremony, sign).into());
        let rehearsal = RehearsalDone { rehearsal: Base64(Rehearsal::new(&election, share, &mut OsRng)) };
        self.board.post(&Signed::by_party(&election, &anna, number(1), rehearsal, sign).into());
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

pub(crate) fn text(text: &str) -> Texts {
    BTreeMap::from([("en".to_owned(), text.to_owned())])
}

/// A draft without problems, but for the keys.
pub(crate) fn draft(world: &World) -> Draft {
    let (authority, owner) = (world.authority(), world.owner());
    let probe = NewElection { slug: "probe".to_owned(), from: None };
    let (mut draft, _) = match authority.create(&owner, &probe) {
        Ok(made) => made,
        Err(AuthorityError::SlugInUse(_)) => authority.draft(&owner, &"probe".parse().unwrap()).unwrap(),
        Err(error) => panic!("{error}"),
    };
    let class = |id: &str, title: &str| Class {
        ballot_style: "all".into(),
        district: None,
        id: id.into(),
        title: text(title),
        weight: Integer::from(1_u32),
    };
    let option =
        |id: &str, title: &str| ContestOption { description: None, id: id.into(), title: text(title) };
    draft.classes = vec![class("students", "Students"), class("staff", "Staff")];
    draft.contests[0].options = vec![option("yes", "Yes"), option("no", "No")];
    draft.contests[0].title = text("Shall it be so?");
    draft.title = text("Union election 2027");
    draft.organiser.name = "Student Union".into();
    draft.organiser.contact = "elections@union.example".into();
    draft.issuers = ["office", "senate"]
        .map(|id| IssuerParty {
            id: id.into(),
            name: format!("Issuer {id}"),
            url: format!("https://{id}.example"),
        })
        .to_vec();
    draft.trustees = TrusteeParties {
        members: vec![TrusteeParty { id: "anna".into(), name: "Trustee anna".into() }],
        solo: true,
        threshold: Integer::from(1_u32),
    };
    draft
}

/// A draft that opens an hour from now for an hour.
pub(crate) fn by_the_clock(draft: Draft) -> Draft {
    let at = |seconds: u64| Integer::try_from(NOW + seconds).unwrap();
    let times =
        Times { closes: at(7_200), issuance_opens: at(0), opening_not_before: at(7_260), opens: at(3_600) };
    Draft { schedule: Schedule::Times(times), ..draft }
}
