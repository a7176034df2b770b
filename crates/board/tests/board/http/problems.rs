//! Every problem that the board can answer with, and that nothing is kept of what it refuses.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use tokio::io::AsyncWriteExt;
use urna_api::ProblemType as Type;
use urna_api::server::Limits;
use urna_crypto::{AuthorityBlob, Ed25519SigningKey, ElectionId, LogRequest};
use urna_election::Plan;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{Cause, Entry, Register, VotingClosed, VotingOpened};
use urna_election::json::Base64;

use super::answer::Answer;
use super::service::{NOW, Service, election_folder, hash, put, read_to_end};
use crate::disk::Folder;
use crate::sample::{CLOSES, MANUAL, OPENS, SLUG, Sample, TIMED, authority};

/// Those that a test cannot bring about.
const UNPROVOKED: [(Type, &str); 1] = [(Type::Internal, "only a panic in a handler ends so, or a full disk")];

/// What a board is asked, and which problems it has named.
struct Interview {
    service: Service,
    heard: BTreeSet<Type>,
}

impl Interview {
    async fn refuses(&mut self, request: RequestBuilder, kind: Type, check: impl Into<Option<&'static str>>) {
        let before = self.service.written().await;
        let what = format!("{request:?}");
        let answer = self.service.send(request).await;
        let problem = answer.problem();
        assert_eq!(
            (problem.kind, problem.check.as_deref()),
            (kind, check.into()),
            "{}: {what}",
            problem.detail
        );
        assert_eq!(self.service.written().await, before, "something was kept of {what}");
        self.heard.insert(kind);
    }

    async fn accepts(&self, request: RequestBuilder) -> Answer {
        self.service.send(request).await.expect(201)
    }

    fn post(&self, route: &str, entry: &[u8]) -> RequestBuilder {
        self.service.posting(route, entry)
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.service.request(Method::GET, path)
    }

    fn create(&self, plan: &Plan, key: &Ed25519SigningKey) -> RequestBuilder {
        let signature = Base64(key.sign(&LogRequest { plan: &plan.id() }));
        let body = serde_json::json!({ "plan": plan, "signature": signature });
        self.service.request(Method::POST, "/v1/elections").json(&body)
    }
}

/// A blob as the authority announces it.
fn announced(sample: &Sample, kind: BlobKind, bytes: &[u8]) -> [u8; 64] {
    let named = BlobRef::new(kind, bytes).unwrap();
    sign(&sample.authority, sample.manifest.id(), &named)
}

fn sign(key: &Ed25519SigningKey, election: &ElectionId, named: &BlobRef) -> [u8; 64] {
    let (kind, length) = (named.kind.as_str(), named.length.value());
    key.sign(&AuthorityBlob { election, kind, length, sha256: &named.sha256.0 })
}

/// Changes a member of an entry, which stays canonical.
fn changed(entry: &[u8], member: &str, value: serde_json::Value) -> Vec<u8> {
    let mut object: serde_json::Value = serde_json::from_slice(entry).unwrap();
    assert!(object.get(member).is_some());
    object[member] = value;
    let bytes = object.to_string().into_bytes();
    Entry::parse(&bytes).unwrap();
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rejects_with_every_problem_of_the_page() {
    let mut heard = BTreeSet::new();
    for part in [
        BeforeTheManifest::ask().await,
        BeforeVoting::ask().await,
        WhileVoting::ask().await,
        ByTheClock::ask().await,
        AfterTheClose::ask().await,
        UnderPressure::ask().await,
    ] {
        heard.extend(part);
    }
    let page = include_str!("../../../../../spec/http.md");
    let part = |from: &str, to: &str| page.split_once(from).unwrap().1.split_once(to).unwrap().0;
    let of_all = part("\n## Rules for all three services\n", "\n### Problem documents\n");
    let of_the_board = part("\n## Board\n", "\n## Issuer\n");
    let limits = part("\n## Limits\n", "\n## Races\n");
    for kind in Type::ALL {
        let name = format!("`{}`", kind.name());
        let is_excused = UNPROVOKED.iter().any(|(unprovoked, _)| unprovoked == kind);
        let is_named = [of_all, of_the_board, limits].iter().any(|part| part.contains(&name));
        assert_eq!(
            heard.contains(kind),
            is_named && !is_excused,
            "{name}: named {is_named}, excused {is_excused}"
        );
    }
}

struct BeforeTheManifest;

impl BeforeTheManifest {
    async fn ask() -> BTreeSet<Type> {
        let mut board = Interview { service: Service::created().await, heard: BTreeSet::new() };
        let ballot = &MANUAL.voters[0].ballots[0];

        // Addresses.
        for path in [
            "/v1/elections/small-2027/",
            "/v1/elections/small-2027/nothing",
            "/a/b/c",
            "/v1/assets/style.css",
        ] {
            board.refuses(board.get(path), Type::UnknownRoute, None).await;
        }
        for path in
            ["/v1", "/v1/elections/other", "/other/checkpoint", "/SMALL-2027/checkpoint", "/v1/elections/%20"]
        {
            board.refuses(board.get(path), Type::UnknownElection, None).await;
        }
        let path = "/v1/elections/small-2027/ballots";
        board.refuses(board.get(path), Type::Method, None).await;
        let delete = board.service.request(Method::DELETE, "/small-2027/checkpoint");
        board.refuses(delete, Type::Method, None).await;
        for path in
            ["/small-2027/checkpoint", "/small-2027/tile/0/000.p/1", "/small-2027/tile/entries/000.p/1"]
        {
            board.refuses(board.get(path), Type::UnknownTile, None).await;
        }
        board.refuses(board.get("/small-2027/election-id"), Type::NotYetPublic, None).await;
        let unnamed = format!("/small-2027/blob/{}", hash(b""));
        board.refuses(board.get(&unnamed), Type::UnknownBlob, None).await;
        let identifier = format!("/v1/elections/small-2027/ballots/{}", MANUAL.voters[0].identifier);
        board.refuses(board.get(&identifier), Type::UnknownIdentifier, None).await;
        for path in [
            "/v1/elections/small-2027/ballots/abc",
            "/v1/elections/small-2027/ballots/%ff",
            "/v1/elections/small-2027/official?after=-1",
            "/v1/elections/small-2027/official?kind=vote",
            "/v1/elections/small-2027/official?before=3",
        ] {
            board.refuses(board.get(path), Type::Malformed, None).await;
        }

        // The log of a plan.
        let plan = Sample::plan();
        let mut other = plan.clone();
        other.trustees[0].name = "BEA".to_owned();
        board.refuses(board.create(&other, &authority()), Type::WrongPhase, None).await;
        let stranger = Ed25519SigningKey::from_bytes(&[7; 32]);
        board.refuses(board.create(&plan, &stranger), Type::InvalidSignature, None).await;
        other.authority_key = Base64(stranger.public().to_bytes());
        board.refuses(board.create(&other, &stranger), Type::Forbidden, None).await;
        let mut wrong = plan.clone();
        wrong.threshold = 0;
        board.refuses(board.create(&wrong, &authority()), Type::InvalidPlan, None).await;
        for body in
            ["", "[]", "{\"plan\":{}}", "{\"signature\":\"\"}", "{\"plan\":1,\"signature\":\"\",\"more\":1}"]
        {
            let request = board.service.request(Method::POST, "/v1/elections");
            let request = request.header("content-type", "application/json").body(body);
            board.refuses(request, Type::Malformed, None).await;
        }

        // Entries before entry 0.
        board.refuses(board.post("ballots", ballot), Type::WrongPhase, "STA-2").await;
        board.refuses(board.post("entries/authority", &MANUAL.opening[4]), Type::WrongPhase, "STA-2").await;
        // The manifest without its blob.
        board.refuses(board.post("entries/authority", &MANUAL.opening[0]), Type::MissingBlob, "V-16").await;

        // Blobs before there is an election: the manifest only, under its own hash.
        let bytes = MANUAL.manifest.bytes();
        let signature = announced(&MANUAL, BlobKind::Manifest, bytes);
        let put = |signature| board.service.putting(&hash(bytes), "manifest", "authority", signature, bytes);
        let request = put(&[0; 64]);
        board.refuses(request, Type::InvalidSignature, "HTTP-3").await;
        let details = announced(&MANUAL, BlobKind::Details, b"x");
        let request = board.service.putting(&hash(b"x"), "details", "authority", &details, b"x");
        board.refuses(request, Type::WrongPhase, "STA-1").await;
        let request = board.service.putting(&hash(bytes), "manifest", "authority", &signature, bytes);
        board.accepts(request).await;
        // Stored, and not named by an entry.
        let path = format!("/small-2027/blob/{}", hash(bytes));
        board.refuses(board.get(&path), Type::UnknownBlob, None).await;
        board.heard
    }
}

struct BeforeVoting;

impl BeforeVoting {
    async fn ask() -> BTreeSet<Type> {
        let mut board = Interview { service: Service::created().await, heard: BTreeSet::new() };
        for (kind, bytes) in &MANUAL.blobs[..2] {
            if *kind == BlobKind::Manifest {
                board.service.put_blob(&MANUAL, *kind, bytes).await;
            }
        }
        let [manifest, ceremony, rehearsal, register, opened] = &MANUAL.opening[..] else { panic!() };
        board.accepts(board.post("entries/authority", manifest)).await;
        let ballot = &MANUAL.voters[0].ballots[0];
        board.refuses(board.post("ballots", ballot), Type::TooEarly, "STA-1").await;
        board.refuses(board.post("entries/trustees/anna", rehearsal), Type::Stale, "STA-5").await;
        let Entry::Rehearsal(early) = Entry::parse(rehearsal).unwrap() else { panic!() };
        let early = MANUAL.by_trustee(0, early.body);
        board.refuses(board.post("entries/trustees/anna", &early), Type::WrongPhase, "STA-14").await;
        board.accepts(board.post("entries/trustees/anna", ceremony)).await;
        board.accepts(board.post("entries/trustees/anna", rehearsal)).await;
        board.refuses(board.post("ballots", ballot), Type::TooEarly, "STA-1").await;
        board.refuses(board.post("returned", &MANUAL.voters[0].returned), Type::WrongPhase, "STA-1").await;
        let early = MANUAL.signed(1, VotingOpened { details: None });
        board.refuses(board.post("entries/authority", &early), Type::WrongPhase, "STA-17").await;
        board.refuses(board.post("entries/authority", register), Type::MissingBlob, "V-16").await;
        let (kind, rows) = &MANUAL.blobs[1];
        board.service.put_blob(&MANUAL, *kind, rows).await;
        let Entry::Register(right) = Entry::parse(register).unwrap() else { panic!() };
        let entitled = MANUAL.counts([4, 4]);
        let wrong = MANUAL.signed(1, Register { entitled, ..right.body.clone() });
        board.refuses(board.post("entries/authority", &wrong), Type::InvalidEntry, "V-06").await;
        let wrong = MANUAL.signed(1, Register { cause: Cause::Nightly, ..right.body.clone() });
        board.refuses(board.post("entries/authority", &wrong), Type::InvalidEntry, "STA-16").await;
        board.refuses(board.post("entries/authority", opened), Type::Stale, "STA-5").await;
        board.heard
    }
}

struct WhileVoting;

impl WhileVoting {
    async fn ask() -> BTreeSet<Type> {
        let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
        let mut board = Interview { service, heard: BTreeSet::new() };
        let voters = &MANUAL.voters;
        let (ada, bob) = (&voters[0], &voters[1]);

        // Bodies.
        for body in [&b""[..], b"{}", b"ballot", &[b" ", &ada.ballots[0][..]].concat(), &[0xff; 20]] {
            board.refuses(board.post("ballots", body), Type::Malformed, "ENT-1").await;
        }
        let twice = [&ada.ballots[0][..], &ada.ballots[0]].concat();
        board.refuses(board.post("ballots", &twice), Type::Malformed, "ENT-1").await;
        for content_type in ["text/plain", "application/jsonp", "application/octet-stream"] {
            let request = board.service.request(Method::POST, "/v1/elections/small-2027/ballots");
            let request = request.header("content-type", content_type).body(ada.ballots[0].clone());
            board.refuses(request, Type::UnsupportedMediaType, None).await;
        }
        board.refuses(board.post("ballots", &vec![b' '; 65_536]), Type::TooLarge, None).await;

        // Whose address it is.
        board.refuses(board.post("ballots", &ada.withdrawals[0]), Type::Forbidden, None).await;
        board.refuses(board.post("withdrawals", &ada.ballots[0]), Type::Forbidden, None).await;
        board.refuses(board.post("entries/authority", &ada.ballots[0]), Type::Forbidden, None).await;
        board.refuses(board.post("ballots", &MANUAL.closed), Type::Forbidden, None).await;
        board.refuses(board.post("entries/trustees/bea", &MANUAL.opening[1]), Type::Forbidden, None).await;
        board.refuses(board.post("entries/issuers/anna", &MANUAL.opening[1]), Type::Forbidden, None).await;

        // Voters' entries.
        let class = changed(&ada.ballots[0], "class", "east".into());
        board.refuses(board.post("ballots", &class), Type::UnknownClass, "STA-3").await;
        let ciphertext = changed(&ada.ballots[0], "ciphertext", "AAAA".into());
        board.refuses(board.post("ballots", &ciphertext), Type::InvalidCiphertextLength, "BAL-9").await;
        let tokens = changed(&ada.ballots[0], "tokens", serde_json::json!([]));
        board.refuses(board.post("ballots", &tokens), Type::InvalidEntry, "BAL-8").await;
        board.refuses(board.post("ballots", &ada.false_proof), Type::InvalidProof, None).await;
        let class = changed(&ada.ballots[0], "class", "south".into());
        board.refuses(board.post("ballots", &class), Type::InvalidProof, None).await;
        let forged = changed(&ada.withdrawals[0], "sequence", 1.into());
        board.refuses(board.post("withdrawals", &forged), Type::InvalidProof, None).await;
        board.refuses(board.post("ballots", &ada.ballots[1]), Type::Sequence, "STA-6").await;
        board.refuses(board.post("withdrawals", &ada.withdrawals[0]), Type::Sequence, "STA-8").await;
        for ballot in &ada.ballots {
            board.accepts(board.post("ballots", ballot)).await;
        }
        board.refuses(board.post("ballots", &ada.rival), Type::Sequence, "STA-6").await;
        board.refuses(board.post("ballots", &ada.beyond), Type::Sequence, "STA-7").await;
        board.accepts(board.post("ballots", &bob.shared_r)).await;
        board.refuses(board.post("ballots", &voters[2].shared_r), Type::ReusedR, "STA-10").await;
        board.refuses(board.post("returned", &voters[2].returned), Type::WrongPhase, "STA-1").await;
        let path = format!("/v1/elections/small-2027/ballots/{}", voters[2].identifier);
        board.refuses(board.get(&path), Type::UnknownIdentifier, None).await;

        // Signed entries.
        let stale = MANUAL.signed(2, VotingClosed { details: None });
        board.refuses(board.post("entries/authority", &stale), Type::Stale, "STA-5").await;
        let forged = changed(&stale, "number", 3.into());
        board.refuses(board.post("entries/authority", &forged), Type::InvalidSignature, "V-17").await;
        let again = MANUAL.signed(3, VotingOpened { details: None });
        board.refuses(board.post("entries/authority", &again), Type::WrongPhase, "STA-1").await;
        let stranger = changed(&MANUAL.opening[1], "signer", "bea".into());
        board.refuses(board.post("entries/trustees/bea", &stranger), Type::UnknownSigner, "STA-4").await;

        Self::ask_for_blobs(&mut board).await;
        board.heard
    }

    async fn ask_for_blobs(board: &mut Interview) {
        let text = b"Opened by the commission.";
        let signature = announced(&MANUAL, BlobKind::Details, text);
        let name = hash(text);
        let put = |board: &Interview, name: &str, kind: &str, signer: &str, signature: &[u8; 64]| {
            board.service.putting(name, kind, signer, signature, text)
        };
        for (name, kind, signer, wrong) in [
            (name.as_str(), "minutes", "authority", Type::Malformed),
            (&name[1..], "details", "authority", Type::Malformed),
            (&name.to_uppercase(), "details", "authority", Type::Malformed),
            (&name, "details", "", Type::Forbidden),
            (&name, "details", "issuer office", Type::Forbidden),
            (&name, "issuance_rows", "authority", Type::Forbidden),
            (&name, "round1", "issuer office", Type::Forbidden),
        ] {
            board.refuses(put(board, name, kind, signer, &signature), wrong, None).await;
        }
        for kind in ["manifest", "result", "combined_openings"] {
            board.refuses(put(board, &name, kind, "authority", &signature), Type::WrongPhase, "STA-1").await;
        }
        for (kind, signer) in [
            ("round1", "trustee anna"),
            ("partial_decryptions", "trustee anna"),
            ("issuance_rows", "issuer office"),
        ] {
            board.refuses(put(board, &name, kind, signer, &signature), Type::WrongPhase, "STA-1").await;
        }
        // Signed for another kind, by another, for other bytes.
        let stranger = sign(
            &Ed25519SigningKey::from_bytes(&[7; 32]),
            MANUAL.manifest.id(),
            &BlobRef::new(BlobKind::Details, text).unwrap(),
        );
        for (kind, signature) in
            [("register_rows", &signature), ("details", &stranger), ("details", &[0; 64])]
        {
            let request = put(board, &name, kind, "authority", signature);
            board.refuses(request, Type::InvalidSignature, "HTTP-3").await;
        }
        let request =
            board.service.putting(&name, "details", "authority", &signature, b"Opened by the Commission.");
        board.refuses(request, Type::Malformed, None).await;
        let mut large = vec![b'x'; BlobKind::Details.limit()];
        let signature = announced(&MANUAL, BlobKind::Details, &large);
        let request = board.service.putting(&hash(&large), "details", "authority", &signature, &large);
        board.accepts(request).await;
        large.push(b'x');
        let signature = announced(&MANUAL, BlobKind::Details, &large);
        let request = board.service.putting(&hash(&large), "details", "authority", &signature, &large);
        board.refuses(request, Type::TooLarge, "ENT-9").await;
    }
}

struct ByTheClock;

impl ByTheClock {
    async fn ask() -> BTreeSet<Type> {
        let service = Service::voting(&TIMED, Limits::default(), OPENS - 1).await;
        let mut board = Interview { service, heard: BTreeSet::new() };
        let voter = &TIMED.voters[0];
        board.refuses(board.post("ballots", &voter.ballots[0]), Type::TooEarly, "STA-1").await;
        board.service.set(CLOSES);
        for (route, entry) in [("ballots", &voter.ballots[0]), ("withdrawals", &voter.withdrawals[0])] {
            board.refuses(board.post(route, entry), Type::VotingClosed, "STA-1").await;
        }
        board.heard
    }
}

struct AfterTheClose;

impl AfterTheClose {
    async fn ask() -> BTreeSet<Type> {
        let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
        let mut board = Interview { service, heard: BTreeSet::new() };
        let [ada, bob, ..] = &MANUAL.voters[..] else { panic!() };
        board.accepts(board.post("ballots", &ada.ballots[0])).await;
        board.accepts(board.post("entries/authority", &MANUAL.closed)).await;
        board.refuses(board.post("ballots", &bob.ballots[0]), Type::VotingClosed, "STA-1").await;
        board.refuses(board.post("withdrawals", &ada.withdrawals[1]), Type::VotingClosed, "STA-1").await;
        board.refuses(board.post("returned", &ada.returned), Type::TokenUsed, "STA-12").await;
        board.refuses(board.post("entries/authority", &MANUAL.cancelled), Type::Stale, "STA-5").await;
        board.heard
    }
}

struct UnderPressure;

impl UnderPressure {
    async fn ask() -> BTreeSet<Type> {
        let mut heard = BTreeSet::new();
        let soon = Duration::from_millis(200);
        let ballot = &MANUAL.voters[0].ballots[0];
        let head = |length: usize| {
            format!(
                "POST /v1/elections/{SLUG}/ballots HTTP/1.1\r\nHost: board.example\r\n\
                 Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
            )
        };

        let limits = Limits { body: soon, ..Limits::default() };
        let service = Service::voting(&MANUAL, limits, NOW).await;
        let before = service.written().await;
        let mut stream = service.connect().await;
        stream.write_all(head(ballot.len()).as_bytes()).await.unwrap();
        stream.write_all(&ballot[..100]).await.unwrap();
        Answer::parse(&read_to_end(&mut stream).await).expect_problem(Type::Timeout, None);
        heard.insert(Type::Timeout);
        let long = format!("GET / HTTP/1.1\r\nHost: board.example\r\nX: {}\r\n\r\n", "x".repeat(17 << 10));
        let answer = Answer::parse(&service.raw(long.as_bytes()).await);
        // The one that has no document.
        assert_eq!((answer.status, answer.body.len()), (Type::HeadTooLarge.status(), 0));
        heard.insert(Type::HeadTooLarge);
        assert_eq!(service.written().await, before);

        let service = Service::voting(&MANUAL, Limits { answer: soon, ..Limits::default() }, NOW).await;
        let mut stream = service.connect().await;
        stream.write_all(head(ballot.len()).as_bytes()).await.unwrap();
        Answer::parse(&read_to_end(&mut stream).await).expect_problem(Type::UnknownOutcome, None);
        heard.insert(Type::UnknownOutcome);
        assert_eq!(service.written().await, before);

        let limits = Limits { requests: 0, ..Limits::default() };
        let service = Service::voting(&MANUAL, limits, NOW).await;
        let answer = service.post("ballots", ballot).await;
        answer.expect_problem(Type::Busy, None);
        assert_eq!(answer.header("retry-after"), Some("1"));
        heard.insert(Type::Busy);

        let folder = Arc::new(Folder::new());
        drop(MANUAL.voting(put(&folder)));
        fs::remove_file(election_folder(&folder).join("keys.json")).unwrap();
        let service = Service::start(&folder, Limits::default(), NOW).await;
        let answer = service.post("ballots", ballot).await;
        answer.expect_problem(Type::Stopped, None);
        assert!(answer.header("retry-after").is_some());
        heard.insert(Type::Stopped);
        heard
    }
}
