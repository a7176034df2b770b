//! An election from its plan to its certification, as authority, trustee, issuer, voters and a reader see it over the wire.

use std::sync::Arc;

use reqwest::Method;
use urna_api::board::{CreateLog, LogCreated};
use urna_api::client::{Accepted, BlobSender, Outcome};
use urna_api::server::Limits;
use urna_api::{Problem, ProblemType};
use urna_crypto::{Identifier, LogRequest, Point};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::count::Count;
use urna_election::entry::{Certified, Entry, Issuance, ResultPublished};
use urna_election::issuance::{self, Eligible};
use urna_election::json::Base64;
use urna_election::opening::{self, BallotOpener};
use urna_election::register::Register;
use urna_election::result::ElectionResult;
use urna_election::{ElectionState, EntryVerifier, Id, Slug};
use urna_log::{Bundle, Receipt, SignedPromise, Tile, Tree, VerifierKey, parse_tile};

use super::answer::Answer;
use super::pages;
use super::service::{Service, hash};
use crate::disk::Folder;
use crate::sample::{CLOSES, OPENS, SLUG, Sample, Shape, authority, rng};

fn slug() -> Slug {
    SLUG.parse().unwrap()
}

/// The election, and whoever reads what the board serves.
struct Story {
    service: Service,
    sample: Sample,
    log_key: VerifierKey,
    promise_key: VerifierKey,
}

impl Story {
    /// A voter's entry that is logged at once; where.
    async fn logs(&self, route: &str, entry: &[u8], status: u16) -> u64 {
        let answer = self.service.post(route, entry).await.expect(status);
        self.receipt(&answer, entry).index()
    }

    /// A receipt that verifies.
    fn receipt(&self, answer: &Answer, entry: &[u8]) -> Receipt {
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("retry-after"), None);
        let receipt = Receipt::from_bytes(&answer.body).unwrap();
        receipt.verify(entry, &self.log_key).unwrap();
        receipt
    }

    fn promise(&self, answer: &Answer, entry: &[u8]) -> SignedPromise {
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let promise = SignedPromise::from_bytes(&answer.body).unwrap();
        assert!(promise.verify(&self.promise_key).unwrap().is_for(entry));
        promise
    }

    /// What a party posts by the client; where it stands.
    fn index(&self, accepted: Result<Accepted, urna_api::client::ClientError>, entry: &[u8]) -> u64 {
        let Accepted { outcome: Outcome::Logged(receipt), repeated: false, location: None } =
            accepted.unwrap()
        else {
            panic!("not logged at once, or with the address of a voter")
        };
        receipt.verify(entry, &self.log_key).unwrap();
        receipt.index()
    }

    async fn by_authority(&self, entry: &[u8]) -> u64 {
        let accepted = self.service.client.post_authority(&slug(), entry.to_vec()).await;
        self.index(accepted, entry)
    }

    async fn by_trustee(&self, entry: &[u8]) -> u64 {
        let anna = "anna".parse().unwrap();
        let accepted = self.service.client.post_trustee(&slug(), &anna, entry.to_vec()).await;
        self.index(accepted, entry)
    }

    async fn phase(&self) -> (String, u64, Option<(u64, u64)>, bool) {
        let status = self.service.client.status(&slug()).await.unwrap();
        let turnout = status.turnout.map(|turnout| (turnout.cast, turnout.entitled));
        (status.phase, status.size, turnout, status.accepting)
    }

    /// Where the board says that this voter's entries are.
    fn address(&self, voter: usize) -> String {
        format!("/v1/elections/{SLUG}/ballots/{}", self.sample.voters[voter].identifier)
    }

    /// All entries as a reader gets them, with the root checked by bundles and by tiles; and the state that they make.
    async fn read(&self) -> (Vec<Vec<u8>>, ElectionState) {
        let client = &self.service.client;
        let head = client.checkpoint(&slug()).await.unwrap().verify(&self.log_key).unwrap().head;
        let mut entries = Vec::new();
        for bundle in Bundle::between(0, head.size) {
            let bytes = client.bundle(&slug(), bundle).await.unwrap();
            entries.extend(bundle.parse(&bytes).unwrap().into_iter().map(<[u8]>::to_vec));
        }
        let mut tree = Tree::new();
        for entry in &entries {
            tree.push(entry);
        }
        assert_eq!(tree.head(), head);
        for tile in Tile::between(0, head.size) {
            parse_tile(tile, &client.tile(&slug(), tile).await.unwrap()).unwrap();
        }
        let parsed = entries.iter().map(|entry| Entry::parse(entry).unwrap()).collect();
        let verifier = EntryVerifier::new(Arc::clone(&self.sample.manifest));
        let mut verified = verifier.verify(parsed, &mut rng()).into_iter().map(Result::unwrap);
        let mut state =
            ElectionState::begin(Arc::clone(&self.sample.manifest), verified.next().unwrap()).unwrap();
        for entry in verified {
            state.apply(entry).unwrap();
        }
        (entries, state)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accepts_an_election_from_its_plan_to_its_certification() {
    let story = create_the_log().await;
    publish(&story).await;
    vote(&story).await;
    close(&story).await;
    count(&story).await;
    let folder = story.service.stop().await;
    // Somebody who starts the board again finds all of it.
    let service = Service::start(&folder, Limits::default(), CLOSES).await;
    assert_eq!(service.client.status(&slug()).await.unwrap().phase, "certified");
}

/// HTTP-1.
async fn create_the_log() -> Story {
    let service = Service::start(&Arc::new(Folder::new()), Limits::default(), OPENS - 100).await;
    let plan = Sample::plan();
    let signature = Base64(authority().sign(&LogRequest { plan: &plan.id() }));
    let request = CreateLog { plan: plan.clone(), signature };
    let post = || service.request(Method::POST, "/v1/elections").json(&request);

    let first = service.send(post()).await.expect(201);
    assert_eq!(first.header("cache-control"), Some("no-store"));
    let created: LogCreated = serde_json::from_value(first.json()).unwrap();
    assert_eq!(created.slug, SLUG);
    assert_eq!(created.plan_id, plan.id().to_string());
    assert_eq!(created.origin, "board.example/small-2027");
    assert_eq!(created.url, "https://board.example/small-2027");
    let again = service.send(post()).await.expect(200);
    assert_eq!(again.body, first.body);
    assert_eq!(service.client.create_log(&request).await.unwrap(), created);
    let vkey = service.get("/small-2027/log.vkey").await.expect(200);
    assert_eq!(vkey.text(), format!("{}\n", created.log_key));

    let status = service.get("/v1/elections/small-2027").await.expect(200);
    assert_eq!(
        status.json(),
        serde_json::json!({
            "election_id": null, "origin": created.origin, "url": created.url, "phase": "created",
            "size": 0, "turnout": null, "accepting": false, "now": OPENS - 100,
        })
    );
    let official = service.get("/v1/elections/small-2027/official").await.expect(200);
    assert_eq!(official.json(), serde_json::json!({ "checkpoint": null, "entries": [], "more": false }));

    let log_key: VerifierKey = created.log_key.parse().unwrap();
    let promise_key: VerifierKey = created.promise_key.parse().unwrap();
    assert_eq!(promise_key.name().as_str(), "board.example/small-2027/promise");
    let keys = [log_key.clone(), promise_key.clone()];
    let sample = Sample::make(&Shape { min: 2, wait: 100, timed: true, keys, ..Shape::default() });
    Story { service, sample, log_key, promise_key }
}

/// HTTP-3 and HTTP-2, until voting is open.
async fn publish(story: &Story) {
    let Story { service, sample, .. } = story;
    let (kind, bytes) = &sample.blobs[0];
    let named = BlobRef::new(*kind, bytes).unwrap();
    let statement = urna_crypto::AuthorityBlob {
        election: sample.manifest.id(),
        kind: "manifest",
        length: named.length.value(),
        sha256: &named.sha256.0,
    };
    let signature = sample.authority.sign(&statement);
    let put = || service.putting(&hash(bytes), "manifest", "authority", &signature, bytes);
    let stored = service.send(put()).await.expect(201);
    assert_eq!((stored.body.len(), stored.header("cache-control")), (0, Some("no-store")));
    service.send(put()).await.expect(200);
    let path = format!("/small-2027/blob/{}", hash(bytes));
    service.get(&path).await.expect(404);

    let manifest = &sample.opening[0];
    let answer = service.post("entries/authority", manifest).await.expect(201);
    assert_eq!(answer.header("location"), None);
    assert_eq!(story.receipt(&answer, manifest).index(), 0);
    let answer = service.post("entries/authority", manifest).await.expect(200);
    assert_eq!(story.receipt(&answer, manifest).index(), 0);
    assert_eq!(service.get(&path).await.expect(200).body, *bytes);
    let id = service.get("/small-2027/election-id").await.expect(200);
    assert_eq!(id.text(), format!("{}\n", sample.manifest.id()));
    assert_eq!(hash(bytes), sample.manifest.id().to_string());
    assert_eq!(story.phase().await, ("announced".to_owned(), 1, None, false));

    for (kind, bytes) in &sample.blobs[1..] {
        service.put_blob(sample, *kind, bytes).await;
    }
    let [_, ceremony, rehearsal, register, opened] = &sample.opening[..] else { panic!() };
    assert_eq!(story.by_trustee(ceremony).await, 1);
    assert_eq!(story.by_trustee(rehearsal).await, 2);
    assert_eq!(story.by_authority(register).await, 3);
    assert_eq!(story.phase().await, ("rehearsed".to_owned(), 4, None, false));
    assert_eq!(story.by_authority(opened).await, 4);
    // Opened in the log, and not yet by the clock.
    assert_eq!(story.phase().await, ("voting".to_owned(), 5, Some((0, 8)), false));
    let answer = service.post("ballots", &sample.voters[0].ballots[0]).await;
    answer.expect_problem(ProblemType::TooEarly, Some("STA-1"));
}

/// HTTP-4. Ballots of `north` go together by two, or after 100 seconds.
async fn vote(story: &Story) {
    let Story { service, sample, .. } = story;
    let voters = &sample.voters;
    service.set(OPENS);
    assert_eq!(story.phase().await, ("voting".to_owned(), 5, Some((0, 8)), true));

    let ballot = &voters[0].ballots[0];
    let first = service.post("ballots", ballot).await.expect(202);
    assert_eq!(first.header("retry-after"), Some("100"));
    assert_eq!(first.header("location"), Some(story.address(0).as_str()));
    assert_eq!(first.header("set-cookie"), None);
    assert_eq!(story.promise(&first, ballot).unverified().deadline(), OPENS + 100 + 60);
    service.set(OPENS + 40);
    let again = service.post("ballots", ballot).await.expect(200);
    assert_eq!((&again.body, again.header("retry-after")), (&first.body, Some("60")));
    assert_eq!(again.header("location"), Some(story.address(0).as_str()));
    // Promised and not there.
    service.get(&story.address(0)).await.expect_problem(ProblemType::UnknownIdentifier, None);
    assert_eq!(story.phase().await.1, 5);

    // The second of its class brings both into the log.
    let second = service.post("ballots", &voters[1].ballots[0]).await.expect(201);
    assert_eq!(second.header("location"), Some(story.address(1).as_str()));
    let second = story.receipt(&second, &voters[1].ballots[0]).index();
    let first = story.logs("ballots", ballot, 200).await;
    assert_eq!([first.min(second), first.max(second)], [5, 6]);
    assert_eq!(voters[0].identifier < voters[1].identifier, first < second);
    // The same ballot with another proof: what is logged is the first one.
    let again = service.post("ballots", &voters[0].again).await.expect(200);
    assert_eq!(story.receipt(&again, ballot).index(), first);
    assert_eq!(story.phase().await, ("voting".to_owned(), 7, Some((2, 8)), true));

    let found = service.client.entries_of(&slug(), &voters[0].identifier).await.unwrap();
    let [entry] = &found.entries[..] else { panic!("{found:?}") };
    assert_eq!((entry.index, entry.kind.as_str(), entry.sequence), (first, "ballot", Some(0)));
    assert_eq!(entry.entry.as_ref().unwrap().0, *ballot);
    let receipt = Receipt::from_bytes(entry.receipt.as_bytes()).unwrap();
    receipt.verify(ballot, &story.log_key).unwrap();
    // As people type it.
    let typed = voters[0].identifier.to_string().to_lowercase().replace('-', "").replace('0', "o");
    let typed = service.get(&format!("/v1/elections/{SLUG}/ballots/{typed}")).await.expect(200);
    assert_eq!(typed.json(), serde_json::to_value(&found).unwrap());

    // One that waits for its time.
    let ballot = &voters[2].ballots[0];
    let accepted = service.client.post_ballot(&slug(), ballot.clone()).await.unwrap();
    assert!(matches!(accepted.outcome, Outcome::Promised(_)), "{accepted:?}");
    assert_eq!(accepted.location, Some(story.address(2)));
    service.set(OPENS + 99);
    service.get(&story.address(2)).await.expect(404);
    service.set(OPENS + 100);
    let found = until_found(story, 2).await;
    assert_eq!(found.entries[0].index, 7);

    // A withdrawal, and a second ballot.
    let withdrawal = &voters[0].withdrawals[1];
    let accepted = service.client.post_withdrawal(&slug(), withdrawal.clone()).await.unwrap();
    assert!(matches!(accepted.outcome, Outcome::Promised(_)), "{accepted:?}");
    let revote = story.logs("ballots", &voters[1].ballots[1], 201).await;
    let withdrawn = story.logs("withdrawals", withdrawal, 200).await;
    assert_eq!([revote.min(withdrawn), revote.max(withdrawn)], [8, 9]);
    let found = service.client.entries_of(&slug(), &voters[0].identifier).await.unwrap();
    let kinds: Vec<_> = found.entries.iter().map(|entry| (entry.kind.as_str(), entry.sequence)).collect();
    assert_eq!(kinds, [("ballot", Some(0)), ("withdrawal", Some(1))]);
    assert_eq!(story.phase().await, ("voting".to_owned(), 10, Some((2, 8)), true));
}

/// The writer looks at the clock in its own time.
async fn until_found(story: &Story, voter: usize) -> urna_api::board::VotersEntries {
    for _ in 0..500 {
        let found = story.service.client.entries_of(&slug(), &story.sample.voters[voter].identifier).await;
        match found {
            Ok(found) => return found,
            Err(error) => assert_eq!(error.kind(), Some(ProblemType::UnknownIdentifier)),
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("what was promised does not come")
}

async fn close(story: &Story) {
    let Story { service, sample, .. } = story;
    let voters = &sample.voters;
    service.set(CLOSES - 1);
    let last = &voters[5].ballots[0];
    let promised = service.post("ballots", last).await.expect(202);
    assert_eq!(promised.header("retry-after"), Some("1"));
    service.set(CLOSES);
    service
        .post("ballots", &voters[6].ballots[0])
        .await
        .expect_problem(ProblemType::VotingClosed, Some("STA-1"));
    assert!(!story.phase().await.3);
    let closed = story.by_authority(&sample.closed).await;
    assert_eq!(story.logs("ballots", last, 200).await, closed - 1);
    assert_eq!(story.phase().await, ("closed".to_owned(), 12, Some((3, 8)), false));
    // Late, and told where it stands.
    assert_eq!(
        story.logs("ballots", &voters[1].ballots[1], 200).await,
        8 + u64::from(story.read().await.0[8] != voters[1].ballots[1])
    );

    let returned = service.client.post_returned(&slug(), voters[6].returned.clone()).await.unwrap();
    assert_eq!((returned.repeated, returned.location), (false, Some(story.address(6))));
    assert!(matches!(returned.outcome, Outcome::Logged(receipt) if receipt.index() == 12));
    assert_eq!(story.logs("returned", &voters[6].returned, 200).await, 12);
    let found = service.client.entries_of(&slug(), &voters[6].identifier).await.unwrap();
    assert_eq!((found.entries[0].kind.as_str(), found.entries[0].sequence), ("returned", None));
}

/// The issuer's list, the trustee's opening, the result.
async fn count(story: &Story) {
    let Story { service, sample, .. } = story;
    let (client, manifest) = (&service.client, &sample.manifest);
    let (office, anna): (Id, Id) = ("office".parse().unwrap(), "anna".parse().unwrap());

    let mut rows = Vec::new();
    for bytes in issuance::to_blobs(sample.rows.clone()) {
        let named = BlobRef::new(BlobKind::IssuanceRows, &bytes).unwrap();
        let sign = |statement: &urna_crypto::SignedBlob<'_>| sample.issuer.sign(statement, &mut rng());
        let sender = BlobSender::issuer(manifest.id(), &office, &named, sign);
        client.put_blob(&slug(), named.kind, bytes, &named.sha256.0, &sender).await.unwrap();
        rows.push(named);
    }
    let entry = sample.by_issuer(0, Issuance { issued: sample.counts([5, 3]), rows });
    let accepted = client.post_issuer(&slug(), &office, entry.clone()).await;
    story.index(accepted, &entry);

    let (entries, state) = story.read().await;
    let mut tree = Tree::new();
    let closed = entries.iter().position(|entry| *entry == sample.closed).unwrap();
    for entry in &entries[..=closed] {
        tree.push(entry);
    }
    let agreement = state.agreement(tree.head().root).unwrap();
    story.by_trustee(&sample.by_trustee(2, agreement)).await;

    let (_, state) = story.read().await;
    let ephemerals: Vec<Point> = state.counted().iter().filter_map(|ballot| ballot.point()).collect();
    assert_eq!(ephemerals.len(), 3);
    let agreed = state.agreed().unwrap();
    let (chunk, bytes) =
        opening::open_chunk(manifest, &sample.share, &agreed, 0, &ephemerals, &mut rng()).unwrap();
    let named = BlobRef::new(BlobKind::PartialDecryptions, &bytes).unwrap();
    let sign = |statement: &urna_crypto::SignedBlob<'_>| sample.trustee.sign(statement, &mut rng());
    let sender = BlobSender::trustee(manifest.id(), &anna, &named, sign);
    client.put_blob(&slug(), named.kind, bytes, &named.sha256.0, &sender).await.unwrap();
    story.by_trustee(&sample.by_trustee(3, chunk)).await;

    // Anybody combines what everybody can read.
    let points = opening::points_from_bytes(&client.blob(&slug(), &named.sha256.0).await.unwrap()).unwrap();
    let combined = opening::combine(&[1], &[points]).unwrap();
    let (entries, state) = story.read().await;
    let (opener, mut count) = (BallotOpener::new(manifest), Count::new(manifest));
    let mut ballots = Vec::new();
    for (counted, opened) in state.counted().iter().zip(&combined) {
        let entry = &entries[usize::try_from(counted.index).unwrap()];
        let Entry::Ballot(ballot) = Entry::parse(entry).unwrap() else { panic!() };
        let opened = opener.open(&ballot, opened).unwrap();
        count.add(&opened).unwrap();
        ballots.push((Identifier::new(manifest.id(), &ballot.pseudonym.0).to_string(), opened));
    }
    let mut eligible = Eligible::default();
    eligible.add(&Register::parse(manifest, [&sample.blobs[1].1]).unwrap());
    let figures = issuance::check_figures(&state, &eligible).unwrap();
    let result = ElectionResult::new(manifest, &count, figures).unwrap();
    let mut blobs = Vec::new();
    for bytes in opening::combined_to_blobs(&combined) {
        service.put_blob(sample, BlobKind::CombinedOpenings, &bytes).await;
        blobs.push(BlobRef::new(BlobKind::CombinedOpenings, &bytes).unwrap());
    }
    pages::hides_ballots(service).await;
    let bytes = result.to_bytes();
    service.put_blob(sample, BlobKind::Result, &bytes).await;
    let named = BlobRef::new(BlobKind::Result, &bytes).unwrap();
    story
        .by_authority(
            &sample.signed(4, ResultPublished { combined: blobs, result: named, trustees: vec![1] }),
        )
        .await;
    assert_eq!(story.phase().await.0, "tallied");
    assert_eq!(client.blob(&slug(), &named.sha256.0).await.unwrap(), bytes);
    pages::shows_everything(service, sample, &ballots, &result).await;

    // Until it is certified, tokens may be returned.
    let seventh = &sample.voters[7].returned;
    story.logs("returned", seventh, 201).await;
    story.by_authority(&sample.signed(5, Certified { details: None })).await;
    let size = story.read().await.0.len();
    assert_eq!(
        story.phase().await,
        ("certified".to_owned(), u64::try_from(size).unwrap(), Some((3, 8)), false)
    );
    let late: Problem = service.post("returned", &sample.voters[4].returned).await.problem();
    assert_eq!(late.kind, ProblemType::WrongPhase);
    assert_eq!(story.logs("returned", seventh, 200).await + 2, u64::try_from(size).unwrap());
}
