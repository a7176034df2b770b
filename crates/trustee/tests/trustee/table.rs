//! Trustees around a table: a key file each, a courier between them, and an election that they open in the end.

use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use urna_crypto::{Ed25519SigningKey, IssuerPossession, IssuerSecretKey, SigningKey, TrusteeSecretKey};
use urna_election::ceremony::{Package, PackageKind};
use urna_election::entry::{Agreed, Entry, Kind};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::{
    BallotStyle, Batch, Board, Class, ClassKey, Contest, ContestOption, CountsAs, Credentials, Disclosure,
    Draft, InterimFigures, Issuance, Issuer, Keys, Method, Organiser, Policy, Revote, Schedule,
    SmallestClass, Texts, Times, Trustee as TrusteeDraft, Trustees, Witnesses,
};
use urna_election::{CountedBallot, Id, Party, Plan};
use urna_trustee::{
    Advanced, Cost, KeyFile, Outcome, OwnVerification, Sharing, Stage, Trustee, VerifiedClose,
};

pub(crate) const PASSPHRASE: &str = "correct horse battery";
pub(crate) const CLOSES: u64 = 1_800_100_000;
pub(crate) const OPENING: u64 = 1_800_100_060;
const NAMES: [&str; 5] = ["anna", "boris", "clara", "dmytro", "eva"];

pub(crate) fn cheap() -> Cost {
    Cost::new(8, 1, 1).unwrap()
}

/// A trustee's machine: the file is all that outlives a command.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) disk: Vec<u8>,
    rng: ChaCha20Rng,
    seed: u64,
}

/// Where a command is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Crash {
    BeforeWriting,
    BeforeSending,
}

impl Person {
    pub(crate) fn open(&self) -> (KeyFile, Trustee) {
        KeyFile::open(&self.disk, PASSPHRASE).unwrap()
    }

    pub(crate) fn trustee(&self) -> Trustee {
        self.open().1
    }

    /// One command: reads the file, works, writes the file. Nothing of memory is left when it ends.
    pub(crate) fn command<T>(
        &mut self,
        crash: Option<Crash>,
        work: impl FnOnce(&mut Trustee, &mut ChaCha20Rng) -> T,
    ) -> Option<(Trustee, T)> {
        let (file, mut trustee) = self.open();
        let came = work(&mut trustee, &mut self.rng);
        if crash == Some(Crash::BeforeWriting) {
            return None;
        }
        let sealed = file.seal(&trustee, &mut self.rng);
        self.disk = sealed.as_bytes().to_vec();
        if crash == Some(Crash::BeforeSending) {
            return None;
        }
        trustee.mark_saved(&sealed);
        Some((trustee, came))
    }

    /// The enrolment key, drawn from the same seed again.
    pub(crate) fn enrolment_key(&self) -> TrusteeSecretKey {
        let mut rng = ChaCha20Rng::seed_from_u64(self.seed);
        rng.fill_bytes(&mut [0; 16]);
        let key = TrusteeSecretKey::generate(&mut rng);
        let trustee = self.trustee();
        assert_eq!(trustee.exchange().enrolled(trustee.index()), Some(&key.public()));
        key
    }

    pub(crate) fn enrol(plan: &Plan, id: &str, sharing: Sharing, seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let file = KeyFile::new(PASSPHRASE, cheap(), &mut rng).unwrap();
        let trustee = Trustee::enrol(plan.clone(), &id.parse().unwrap(), sharing, &mut rng).unwrap();
        let disk = file.seal(&trustee, &mut rng).as_bytes().to_vec();
        Self { disk, rng, seed }
    }
}

/// Carries packages, and remembers what everybody sent.
#[derive(Clone, Default)]
pub(crate) struct Courier(pub(crate) Vec<Package>);

impl Courier {
    /// What is sent twice is sent as it was.
    pub(crate) fn take(&mut self, packages: Vec<Package>) {
        for package in packages {
            let same = |other: &&Package| {
                (&other.trustee, other.kind, other.attempt)
                    == (&package.trustee, package.kind, package.attempt)
            };
            match self.0.iter().find(same) {
                Some(before) => assert_eq!(*before, package, "another package in its place"),
                None => self.0.push(package),
            }
        }
    }

    pub(crate) fn of(&mut self, trustee: &str, kind: PackageKind) -> &mut Package {
        self.0.iter_mut().find(|package| package.trustee.as_str() == trustee && package.kind == kind).unwrap()
    }
}

#[derive(Clone)]
pub(crate) struct Table {
    pub(crate) plan: Plan,
    pub(crate) people: Vec<Person>,
    pub(crate) courier: Courier,
}

pub(crate) fn plan(threshold: u16, count: usize) -> Plan {
    let party = |id: &str, name: &str| Party { id: id.parse().unwrap(), name: name.into() };
    let name = |id: &&str| party(id, &(id[..1].to_uppercase() + &id[1..]));
    let plan = Plan {
        authority_key: Base64(Ed25519SigningKey::from_bytes(&[1; 32]).public().to_bytes()),
        issuers: vec![party("office", "The office")],
        slug: "union-2027".parse().unwrap(),
        spec: 1,
        threshold,
        trustees: NAMES[..count].iter().map(name).collect(),
    };
    Plan::parse(&plan.to_bytes()).unwrap()
}

impl Table {
    /// All enrolled; the courier has nothing yet.
    pub(crate) fn new(threshold: u16, count: usize) -> Self {
        let plan = plan(threshold, count);
        let sharing = if count == 1 { Sharing::Solo } else { Sharing::Shared };
        let people = (100..).zip(&NAMES[..count]).map(|(seed, id)| Person::enrol(&plan, id, sharing, seed));
        Self { people: people.collect(), plan, courier: Courier::default() }
    }

    /// A person's `ceremony` command: takes what the courier has, goes on, gives the courier what there is.
    pub(crate) fn ceremony(&mut self, place: usize, crash: Option<Crash>) -> Option<Advanced> {
        let packages = self.courier.0.clone();
        let (trustee, advanced) =
            self.people[place].command(crash, |trustee, rng| trustee.advance(&packages, rng))?;
        self.courier.take(trustee.packages().unwrap());
        Some(advanced)
    }

    /// Commands of everybody in turn until all hold shares; whether they came to that.
    pub(crate) fn hold(&mut self) -> bool {
        for _ in 0..6 {
            for place in 0..self.people.len() {
                let advanced = self.ceremony(place, None).unwrap();
                assert!(advanced.is_clean(), "{advanced:?}");
            }
        }
        self.people.iter().all(|person| person.trustee().public_keys().is_some())
    }

    /// The ceremony is over, and everybody has the same keys.
    pub(crate) fn finished(threshold: u16, count: usize) -> Self {
        let mut table = Self::new(threshold, count);
        assert!(table.hold());
        table
    }

    pub(crate) fn manifest(&self) -> Manifest {
        self.manifest_with(|_| {})
    }

    /// The manifest of this ceremony, changed.
    pub(crate) fn manifest_with(&self, change: impl FnOnce(&mut Draft)) -> Manifest {
        let mut draft = self.draft();
        change(&mut draft);
        Manifest::from_draft(&draft).unwrap()
    }

    fn draft(&self) -> Draft {
        let keys = self.people[0].trustee().public_keys().unwrap();
        let key = IssuerSecretKey::from_bytes(&Base64([7; 32]).0).unwrap();
        let statement = IssuerPossession { plan: &self.plan.id(), issuer: "office", class: "all" };
        let proof = key.prove_possession(&statement, &mut ChaCha20Rng::seed_from_u64(1));
        let ed25519 = |seed| Base64(Ed25519SigningKey::from_bytes(&[seed; 32]).public().to_bytes());
        let signing = SigningKey::from_bytes(&[5; 32]).unwrap().public();
        let number = |number: u64| Integer::try_from(number).unwrap();
        let text = |english: &str| Texts::from([("en".to_owned(), english.to_owned())]);
        let option = |id: &str| ContestOption { description: None, id: id.into(), title: text(id) };
        let member = |((id, key, _, share), party): ((Id, _, _, _), &Party)| {
            let (key, share): (urna_crypto::TrusteeKey, urna_crypto::ShareKey) = (key, share);
            TrusteeDraft {
                id: id.into(),
                key: Base64(key.to_bytes()),
                name: party.name.clone(),
                share_key: Base64(share.to_bytes()),
            }
        };
        let members: Vec<_> = keys.members.into_iter().zip(&self.plan.trustees).map(member).collect();
        Draft {
            authority_key: self.plan.authority_key,
            ballot_styles: vec![BallotStyle { contests: vec!["chair".into()], id: "all".into() }],
            board: Board {
                log_key: ed25519(2),
                origin: "board.example/union-2027".into(),
                promise_key: ed25519(3),
                url: "https://board.example".into(),
            },
            booth: Base64([0; 32]),
            classes: vec![Class {
                ballot_style: "all".into(),
                district: None,
                id: "all".into(),
                title: text("All"),
                weight: number(1),
            }],
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
                election_key: Base64(keys.election_key.to_bytes()),
                issuers: vec![Issuer {
                    id: "office".into(),
                    keys: vec![ClassKey {
                        class: "all".into(),
                        key: Base64(key.public().to_bytes()),
                        proof: Base64(proof.to_bytes()),
                    }],
                    name: "The office".into(),
                    signing_key: Base64(signing.to_bytes()),
                    url: "https://issuer.example".into(),
                }],
                trustees: Trustees {
                    solo: members.len() == 1,
                    members,
                    threshold: number(self.plan.threshold.into()),
                },
            },
            languages: vec!["en".into()],
            organiser: Organiser { contact: "elections@union.example".into(), name: "The union".into() },
            policy: Policy {
                batch: Batch { min: number(1), wait: number(1) },
                blank_counts_as: CountsAs::Participated,
                credentials: Credentials::Authority,
                disclosure: Disclosure::PerPseudonym,
                form_time_limit: number(300),
                interim_figures: InterimFigures::Turnout,
                invalid_counts_as: CountsAs::Participated,
                issuance: Issuance::Ahead,
                revote: Revote::ReplaceAndWithdraw,
                revote_limit: number(16),
                smallest_class: SmallestClass { confirmed: vec!["all".into()], entitled: number(5) },
            },
            schedule: Schedule::Times(Times {
                closes: number(CLOSES),
                issuance_opens: number(CLOSES - 200),
                opening_not_before: number(OPENING),
                opens: number(CLOSES - 100),
            }),
            slug: "union-2027".into(),
            spec: number(1),
            time_zone: "Europe/Prague".into(),
            title: text("Union election"),
            trial: true,
            witnesses: Witnesses::None,
        }
    }

    /// Everybody agrees to the manifest; the entries.
    pub(crate) fn agree(&mut self, manifest: &Manifest) -> Vec<Entry> {
        let entries = self.people.iter_mut().map(|person| {
            let agreed = person.command(None, |trustee, rng| trustee.agree(manifest.id(), manifest, rng));
            let (trustee, agreed) = agreed.unwrap();
            agreed.unwrap();
            entry(&trustee, Kind::Ceremony)
        });
        entries.collect()
    }
}

/// The entry of this kind that the trustee hands out.
pub(crate) fn entry(trustee: &Trustee, kind: Kind) -> Entry {
    Entry::parse(&trustee.posting(kind).unwrap().unwrap().entry).unwrap()
}

/// A verified log in which so many ballots are counted. `fork` makes another one.
pub(crate) fn verification(manifest: &Manifest, ballots: u64, fork: u8) -> OwnVerification {
    let mut rng = ChaCha20Rng::seed_from_u64(fork.into());
    let mut point =
        |index| CountedBallot { index, ephemeral: SigningKey::generate(&mut rng).public().to_bytes() };
    let counted: Vec<_> = (10..10 + ballots).map(&mut point).collect();
    OwnVerification {
        anchor: Some(*manifest.id()),
        checks: (1..=17)
            .map(|check| match check {
                2 => (check, Outcome::NotApplicable),
                12..=15 => (check, Outcome::Other("not yet".into())),
                _ => (check, Outcome::Passed),
            })
            .collect(),
        agreement: Agreed {
            counted: Base64(CountedBallot::digest(manifest.id(), &counted)),
            issuance: vec![Base64([3; 32])],
            root: Base64([fork; 32]),
            size: Integer::try_from(10 + ballots + 1).unwrap(),
        },
        counted,
    }
}

pub(crate) fn verified(manifest: &Manifest, ballots: u64, fork: u8) -> VerifiedClose {
    VerifiedClose::new(manifest.id(), verification(manifest, ballots, fork)).unwrap()
}

pub(crate) fn holds_share(person: &Person) -> bool {
    person.trustee().stage() == Stage::HoldsShare
}
