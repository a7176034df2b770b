//! From the close to the certified result, with two of three trustees, and with whatever keeps it from being made.

use std::collections::BTreeMap;

use rand_core::OsRng;
use urna_api::authority::{NewElection, TrusteeKey, TrusteeKeys, TrusteeParties, TrusteeParty};
use urna_authority::AuthorityError;
use urna_crypto::{
    BallotContext, Blinding, Ceremony as KeyCeremony, Rehearsal, Round1Secret, Seed, Session,
    SessionChallenge, SharePossession, SignedEntry, TokenContext, TrusteePossession, TrusteeSecretKey,
    TrusteeShare,
};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{Ballot, Body, Ceremony, Entry, Issuance, Kind, RehearsalDone, Returned, Signed};
use urna_election::invitation::Invitation;
use urna_election::issuance::{self, Row};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::result::ElectionResult;
use urna_election::selection::{BallotPlaintext, Choice, Selection};
use urna_election::{Id, Phase, opening};
use urna_verifier::{Given, Verdict, Verified, verify};

use crate::memory::Failing;
use crate::sample::{LIST, SLUG, World, draft, slug};

const TRUSTEES: [&str; 3] = ["anna", "boris", "cyril"];

/// An election with three trustees, of whom two suffice.
struct Union {
    world: World,
    trustees: Vec<TrusteeSecretKey>,
    shares: Vec<TrusteeShare>,
    /// What trustees and issuers have posted.
    numbers: BTreeMap<String, u32>,
    root: [u8; 32],
    /// What each issuer signed.
    rows: [Vec<Row>; 2],
    spare: Option<Returned>,
}

fn ceremony(plan: &urna_crypto::PlanId, keys: &[TrusteeSecretKey]) -> (Vec<TrusteeShare>, Vec<u8>) {
    let ceremony = KeyCeremony::new(*plan, 2, keys.iter().map(TrusteeSecretKey::public).collect()).unwrap();
    let started = (1..).zip(keys).map(|(i, key)| Round1Secret::start(&ceremony, i, key, &mut OsRng).unwrap());
    let (secrets, packages): (Vec<_>, Vec<_>) = started.unzip();
    let round_1 = ceremony.check(packages).unwrap();
    let received = secrets.into_iter().zip(keys);
    let received = received.map(|(secret, key)| secret.receive(round_1.clone(), key, &mut OsRng).unwrap());
    let (secrets, sealed): (Vec<_>, Vec<_>) = received.unzip();
    let sealed = sealed.concat();
    let shares = (1..).zip(secrets).zip(keys).map(|((index, secret), key)| {
        let inbox: Vec<_> = sealed.iter().filter(|sealed| sealed.recipient() == index).cloned().collect();
        secret.finish(&inbox, key).unwrap()
    });
    (shares.collect(), round_1.to_bytes())
}

impl Union {
    /// Closed, with three votes for the first option, one for the second, a token unspent; all issuance posted.
    async fn closed() -> Self {
        let world = World::new().await;
        let trustees: Vec<_> = TRUSTEES.iter().map(|_| TrusteeSecretKey::generate(&mut OsRng)).collect();
        let members = TRUSTEES.map(|id| TrusteeParty { id: id.into(), name: format!("Trustee {id}") });
        let mut draft = draft(&world);
        draft.trial = true;
        draft.trustees =
            TrusteeParties { members: members.to_vec(), solo: false, threshold: Integer::from(2_u32) };
        let (authority, owner) = (world.authority(), world.owner());
        let new = NewElection { slug: SLUG.to_owned(), from: None };
        let (_, version) = authority.create(&owner, &new).unwrap();
        authority.edit(&owner, &slug(), &draft, version).unwrap();
        let plan = authority.fix_plan(&owner, &slug()).await.unwrap().id();
        for (place, issuer) in ["office", "senate"].into_iter().enumerate() {
            authority.take_issuer_keys(&slug(), issuer, world.issuer_keys(&plan, place)).unwrap();
        }
        let (shares, round_1) = ceremony(&plan, &trustees);
        let member = |((id, key), share): ((&&str, &TrusteeSecretKey), &TrusteeShare)| TrusteeKey {
            id: (*id).into(),
            key: Base64(key.public().to_bytes()),
            possession: Base64(
                key.prove_possession(&TrusteePossession { plan: &plan, trustee: id }, &mut OsRng).to_bytes(),
            ),
            share_key: Base64(share.share_key().to_bytes()),
        };
        let members = TRUSTEES.iter().zip(&trustees).zip(&shares).map(member).collect();
        let election_key = Base64(shares[0].election_key().to_bytes());
        authority.take_trustee_keys(&owner, &slug(), TrusteeKeys { election_key, members }).unwrap();
        world.load(LIST).await.unwrap();
        world.approve();
        authority.publish(&owner, &slug(), SLUG).await.unwrap();

        let mut union = Self {
            world,
            trustees,
            shares,
            numbers: BTreeMap::new(),
            root: [0; 32],
            rows: Default::default(),
            spare: None,
        };
        let named = BlobRef::new(BlobKind::Round1, &round_1).unwrap();
        union.world.board.with(|log| log.store(round_1));
        let election = union.world.board.election().unwrap();
        for place in 0..3 {
            let index = u16::try_from(place + 1).unwrap();
            let statement = SharePossession { election: &election, trustee: index };
            let possession = Base64(union.shares[place].prove_possession(&statement, &mut OsRng));
            union.post(place, Ceremony { possession, round_1: Some(named) });
        }
        for place in 0..3 {
            let rehearsal = Base64(Rehearsal::new(&election, &union.shares[place], &mut OsRng));
            union.post(place, RehearsalDone { rehearsal });
        }
        let letters = authority.letters(&owner, &slug()).unwrap();
        authority.open_voting(&owner, &slug(), SLUG).await.unwrap();
        union.vote(&String::from_utf8_lossy(&letters));
        authority.close_voting(&owner, &slug(), SLUG).await.unwrap();
        union.root = union.world.board.with(|log| log.root());
        union
    }

    /// A trustee's next entry.
    fn post<B: Body + serde::Serialize>(&mut self, place: usize, body: B)
    where
        Signed<B>: Into<Entry>,
    {
        let entry = self.signed(place, body);
        self.world.board.post(&entry);
    }

    fn signed<B: Body + serde::Serialize>(&mut self, place: usize, body: B) -> Entry
    where
        Signed<B>: Into<Entry>,
    {
        let election = self.world.board.election().unwrap();
        let id: Id = TRUSTEES[place].parse().unwrap();
        let number = self.numbers.entry(id.to_string()).or_default();
        let key = &self.trustees[place];
        let sign = |statement: &SignedEntry<'_>| key.sign(statement, &mut OsRng);
        let entry = Signed::by_party(&election, &id, Integer::from(*number), body, sign).into();
        *number += 1;
        entry
    }

    fn manifest(&self) -> Manifest {
        Manifest::parse(&self.world.authority().manifest(None, &slug()).unwrap()).unwrap()
    }

    /// Five people take tokens, four cast; the issuers' lists wait.
    fn vote(&mut self, letters: &str) {
        let manifest = self.manifest();
        let election = *manifest.id();
        let links = letters.lines().skip(1);
        let links = links.map(|row| row.split(',').find(|part| part.contains("/vote/")).unwrap());
        let people: Vec<Invitation> = links.map(|link| link.parse().unwrap()).collect();
        let mut rows: [Vec<Row>; 2] = Default::default();
        let chosen = ["a1", "a2", "a3", "b1", "b2"];
        for (number, person) in (0_u8..).zip(chosen) {
            let person = people.iter().find(|link| link.person() == person).unwrap();
            let place = usize::from(person.person().starts_with('b'));
            let (class, described) = manifest.class_indices().nth(place).unwrap();
            let (seed, credential, handle) =
                (Seed::generate(&mut OsRng), person.credential(), person.handle());
            let key = seed.pseudonym_key(&election);
            let mut tokens = Vec::new();
            for (issuer, (name, _, keys)) in self.world.issuers.iter().enumerate() {
                let public = keys[place].public();
                let session = Session::open(&mut OsRng);
                let context = TokenContext::new(&election, described.id.as_str(), name, &public);
                let commitment = session.commitment();
                let blinding = Blinding::new(&seed, &context, &commitment, &key.pseudonym()).unwrap();
                let (challenge, id) = (blinding.challenge(), [number; 16]);
                let statement = SessionChallenge {
                    election: &election,
                    issuer: name,
                    handle: &handle,
                    class: described.id.as_str(),
                    session: &id,
                    commitment: &commitment,
                    challenge: &challenge,
                };
                let signature = credential.sign(&statement, &mut OsRng);
                let answer = session.answer(&keys[place], &challenge);
                rows[issuer].push(Row {
                    answer: Base64(answer),
                    challenge: Base64(challenge),
                    class: described.id.clone(),
                    commitment: Base64(commitment),
                    credential: Base64(credential.public()),
                    handle: Base64(handle),
                    session: Base64(id),
                    signature: Base64(signature),
                });
                tokens.push(blinding.finalize(&answer).unwrap());
            }
            let id = described.id.clone();
            if number == 4 {
                let statement =
                    urna_crypto::Returned { election: &election, class: id.as_str(), tokens: &tokens };
                let signature = key.sign(&statement, &mut OsRng);
                self.spare = Some(Returned::new(id, key.pseudonym(), tokens, signature));
                continue;
            }
            let choice = Choice::Marks(vec![u16::from(number == 3)]);
            let plaintext = BallotPlaintext::encode(&manifest, class, &Selection::new(vec![choice])).unwrap();
            let context = BallotContext::new(&election, id.as_str(), manifest.election_key());
            let encrypted = context.encrypt(&seed, 0, plaintext.as_bytes(), &key);
            let (ciphertext, proof) = encrypted.prove(&context, &key, &tokens, &mut OsRng);
            let ballot = Ballot::new(id, key.pseudonym(), 0, tokens, ciphertext, proof);
            self.world.board.post(&Entry::Ballot(ballot));
        }
        self.rows = rows;
    }

    fn post_issuance(&self) {
        let manifest = self.manifest();
        for ((name, key, _), rows) in self.world.issuers.iter().zip(&self.rows) {
            let of =
                |class: &Id| u64::try_from(rows.iter().filter(|row| row.class == *class).count()).unwrap();
            let classes = manifest.classes().iter();
            let issued = classes.map(|class| (class.id.clone(), of(&class.id).try_into().unwrap())).collect();
            let blobs = issuance::to_blobs(rows.clone()).into_iter().map(|bytes| {
                let named = BlobRef::new(BlobKind::IssuanceRows, &bytes).unwrap();
                self.world.board.with(|log| log.store(bytes));
                named
            });
            let body = Issuance { issued, rows: blobs.collect() };
            let sign = |statement: &SignedEntry<'_>| key.sign(statement, &mut OsRng);
            let signed =
                Signed::by_party(manifest.id(), &name.parse().unwrap(), Integer::default(), body, sign);
            self.world.board.post(&signed.into());
        }
    }

    fn agree(&mut self, place: usize) {
        let root = self.root;
        let agreed = self.world.board.with(|log| log.state().agreement(root)).unwrap();
        self.post(place, agreed);
    }

    /// A trustee's only chunk, opened with the share of another one if wished.
    fn open_with(&mut self, place: usize, share: usize) {
        let manifest = self.manifest();
        let (agreed, nonces) = self.world.board.with(|log| {
            let counted = log.state().counted().into_iter();
            (log.state().agreed().unwrap(), counted.map(|ballot| ballot.point().unwrap()).collect::<Vec<_>>())
        });
        let (body, bytes) =
            opening::open_chunk(&manifest, &self.shares[share], &agreed, 0, &nonces, &mut OsRng).unwrap();
        self.world.board.with(|log| log.store(bytes));
        self.post(place, body);
    }

    fn open(&mut self, place: usize) {
        self.open_with(place, place);
    }

    /// Everything that two trustees have to do.
    async fn opened() -> Self {
        let mut union = Self::closed().await;
        union.post_issuance();
        for place in [0, 2] {
            union.agree(place);
        }
        for place in [0, 2] {
            union.open(place);
        }
        union
    }

    async fn publish(&self) -> Result<u64, AuthorityError> {
        let (authority, owner) = (self.world.authority(), self.world.owner());
        authority.publish_result(&owner, &slug(), SLUG).await.map(|posted| posted.index)
    }

    async fn certify(&self) -> Result<u64, AuthorityError> {
        let (authority, owner) = (self.world.authority(), self.world.owner());
        authority.certify(&owner, &slug(), SLUG).await.map(|posted| posted.index)
    }

    /// Why there is no result; nothing was posted.
    async fn refused(&self) -> String {
        let before = self.world.board.kinds();
        let error = self.publish().await.unwrap_err();
        assert!(
            matches!(error, AuthorityError::NotOpenedYet(_) | AuthorityError::RecordFails { .. }),
            "{error}"
        );
        assert_eq!(self.world.board.kinds(), before);
        assert!(matches!(self.world.authority().result(&slug()).await, Err(AuthorityError::NoResult)));
        error.to_string()
    }

    fn verified(&self) -> Verified {
        let given = Given { election: self.world.board.election(), ..Given::default() };
        verify(&self.world.board.with(|log| log.files()), &given, &|| OsRng, &()).unwrap()
    }

    /// The posted result, in a record in which every check passes.
    fn published(&self) -> ElectionResult {
        let Verified { report, result, .. } = self.verified();
        assert_eq!(report.verdict(), Verdict::Verified, "{report}");
        result.unwrap()
    }

    async fn awaited(&self) -> Vec<String> {
        let status = self.world.authority().status(&self.world.owner(), &slug()).await.unwrap();
        status.awaited.into_iter().map(|awaited| format!("{}: {}", awaited.from, awaited.what)).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn publishes_and_certifies_what_two_of_three_have_opened() {
    let mut union = Union::closed().await;
    assert!(union.refused().await.contains("awaited: issuer office, the list of what it issued"));
    union.post_issuance();
    assert!(
        union.refused().await.contains("0 of 3 trustees have agreed; awaited: trustee anna, its agreement")
    );
    union.agree(0);
    assert!(union.awaited().await.contains(&"trustee boris: its agreement on what is opened".to_owned()));
    union.agree(1);
    let refused = union.refused().await;
    assert!(
        refused.contains("2 of 3 trustees have agreed; awaited: trustee anna, its opening, chunk 0 of 1"),
        "{refused}"
    );
    union.open(0);
    let refused = union.refused().await;
    assert!(
        refused.ends_with("2 of 3 trustees have agreed; awaited: trustee boris, its opening, chunk 0 of 1"),
        "{refused}"
    );
    assert_eq!(union.awaited().await, ["trustee boris: its opening"]);
    assert!(matches!(union.certify().await, Err(AuthorityError::NoResult)));
    // The third one never comes.
    union.open(1);
    assert_eq!(union.awaited().await, ["owner: to publish the result"]);

    let (authority, owner) = (union.world.authority(), union.world.owner());
    let unconfirmed = authority.publish_result(&owner, &slug(), "other").await.unwrap_err();
    assert!(matches!(unconfirmed, AuthorityError::NotConfirmed(_)));
    let operator = authority.publish_result(&union.world.operator(), &slug(), SLUG).await.unwrap_err();
    assert!(matches!(operator, AuthorityError::Forbidden { .. }));
    let index = union.publish().await.unwrap();
    assert_eq!(union.publish().await.unwrap(), index, "the same again");
    let result = union.published();
    let votes: Vec<u64> = result.contests[0].options.iter().map(|option| option.votes.value()).collect();
    assert_eq!(votes, [3, 1]);
    assert!(result.trial, "it says what the manifest says (C22)");
    let figures = [result.entitled, result.issued, result.seen, result.returned, result.counted, result.gap];
    assert_eq!(figures.map(Integer::value), [11, 5, 4, 0, 4, 1]);
    assert_eq!(authority.result(&slug()).await.unwrap(), result.to_bytes());
    assert_eq!(union.awaited().await, ["owner: to certify the result"]);
    let cancelled = authority.cancel(&owner, &slug(), SLUG, "too late").await.unwrap_err();
    assert!(matches!(cancelled, AuthorityError::BoardRefused(_)), "{cancelled}");

    // A token is returned until it is certified.
    let spare = union.spare.take().unwrap();
    union.world.board.post(&Entry::Returned(spare));
    let index = union.certify().await.unwrap();
    assert_eq!(union.certify().await.unwrap(), index);
    assert_eq!(union.published(), result);
    assert_eq!(union.world.board.phase(), Some(Phase::Certified));
    assert_eq!(authority.status(&owner, &slug()).await.unwrap().phase, "certified");
    assert!(union.awaited().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn rejects_results_before_the_close_and_of_cancelled_elections() {
    let world = World::new().await;
    world.publish(draft(&world)).await;
    let (authority, owner) = (world.authority(), world.owner());
    let early = authority.publish_result(&owner, &slug(), SLUG).await.unwrap_err();
    assert!(matches!(early, AuthorityError::NotClosed), "{early}");
    world.rehearse();
    authority.open_voting(&owner, &slug(), SLUG).await.unwrap();
    let early = authority.publish_result(&owner, &slug(), SLUG).await.unwrap_err();
    assert!(matches!(early, AuthorityError::NotClosed), "{early}");
    assert!(matches!(authority.result(&slug()).await, Err(AuthorityError::NoResult)));
    authority.cancel(&owner, &slug(), SLUG, "no reason").await.unwrap();
    let late = authority.publish_result(&owner, &slug(), SLUG).await.unwrap_err();
    assert!(matches!(late, AuthorityError::Ended), "{late}");
    let late = authority.certify(&owner, &slug(), SLUG).await.unwrap_err();
    assert!(matches!(late, AuthorityError::Ended), "{late}");
}

#[tokio::test(flavor = "multi_thread")]
async fn never_counts_wrong_openings_or_a_record_with_something_missing() {
    let mut union = Union::closed().await;
    union.post_issuance();
    for place in 0..3 {
        union.agree(place);
    }
    union.open(0);
    union.open_with(1, 2);
    let refused = union.refused().await;
    assert!(refused.contains("does not verify") && refused.contains("V-12"), "{refused}");
    // Not even when there are enough right ones: somebody has to look.
    union.open(2);
    assert!(union.refused().await.contains("V-12"));

    let union = Union::opened().await;
    let rows = union.world.board.with(|log| {
        let name = log.blobs.iter().find(|(_, bytes)| bytes.starts_with(b"{\"rows\"")).unwrap().0.clone();
        (log.blobs.remove(&name), name)
    });
    let (Some(bytes), name) = rows else { panic!("no rows") };
    assert!(union.refused().await.contains("does not verify"));
    union.world.board.with(|log| log.blobs.insert(name, bytes));
    union.publish().await.unwrap();
    union.published();
}

/// Every commit and every request of both acts fails once.
#[tokio::test(flavor = "multi_thread")]
async fn goes_on_after_the_failure_of_every_commit_and_answer() {
    for certifying in [false, true] {
        for commit in 0..2 {
            for failing in [Failing::Before, Failing::After] {
                let mut union = Union::opened().await;
                if certifying {
                    union.publish().await.unwrap();
                }
                let store = &union.world.store;
                store.fail_at(store.commits() + commit, failing);
                let failed = if certifying { union.certify().await } else { union.publish().await };
                assert!(matches!(failed, Err(AuthorityError::Store(_))), "{failed:?}");
                union.world.start();
                union.publish().await.unwrap();
                union.certify().await.unwrap();
                union.published();
                let kinds = union.world.board.kinds();
                for kind in [Kind::Result, Kind::Certified] {
                    assert_eq!(kinds.iter().filter(|posted| **posted == kind).count(), 1);
                }
            }
        }
    }
    // What was staged is gone on with by the clock, though nobody asks again.
    let union = Union::opened().await;
    let store = &union.world.store;
    store.fail_at(store.commits() + 1, Failing::Before);
    assert!(union.publish().await.is_err());
    assert!(union.world.authority().tick().await.is_empty());
    assert_eq!(union.world.board.phase(), Some(Phase::Tallied));
    union.published();
}
