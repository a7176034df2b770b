//! Ending, starting again, and starting on what is not as it was left.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::sleep;
use urna_api::ProblemType;
use urna_api::board::{CreateLog, LogCreated};
use urna_api::server::Limits;
use urna_board::{DiskStore, StartError, Store};
use urna_crypto::LogRequest;
use urna_election::entry::VotingClosed;
use urna_election::json::Base64;
use urna_log::{Checkpoint, Receipt, SignedCheckpoint, SigningKey};

use super::answer::Answer;
use super::service::{NOW, Service, election_folder, open, put, read_to_end};
use crate::disk::Folder;
use crate::sample::{MANUAL, ORIGIN, PATIENT, SLUG, Sample, authority, log_key};

const OTHER: &str = "other-2027";

/// The request for another log.
fn other_log() -> CreateLog {
    let plan = urna_election::Plan { slug: OTHER.parse().unwrap(), ..Sample::plan() };
    let signature = Base64(authority().sign(&LogRequest { plan: &plan.id() }));
    CreateLog { plan, signature }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_its_keys_and_its_word_across_a_restart() {
    let service = Service::voting(&PATIENT, Limits::default(), NOW).await;
    let created = service.client.create_log(&other_log()).await.unwrap();
    let ballot = &PATIENT.voters[0].ballots[0];
    let promised = service.post("ballots", ballot).await.expect(202);
    let folder = service.stop().await;

    let service = Service::start(&folder, Limits::default(), NOW + 1).await;
    let again = service.client.create_log(&other_log()).await.unwrap();
    assert_eq!((again.log_key, again.promise_key), (created.log_key.clone(), created.promise_key));
    let vkey = service.get(&format!("/{OTHER}/log.vkey")).await.expect(200);
    assert_eq!(vkey.text().trim_end(), created.log_key);
    let repeated = service.post("ballots", ballot).await.expect(200);
    assert_eq!(repeated.body, promised.body);
    service
        .post("ballots", &PATIENT.voters[0].rival)
        .await
        .expect_problem(ProblemType::Sequence, Some("STA-6"));
    // Its time comes while nobody asks.
    service.set(NOW + 50);
    let path = format!("/v1/elections/{SLUG}/ballots/{}", PATIENT.voters[0].identifier);
    for _ in 0..500 {
        if service.get(&path).await.status == 200 {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    let logged = service.post("ballots", ballot).await.expect(200);
    Receipt::from_bytes(&logged.body).unwrap().verify(ballot, &log_key().verifier()).unwrap();

    // And if its time comes while no board runs.
    let second = &PATIENT.voters[1].ballots[0];
    service.post("ballots", second).await.expect(202);
    let folder = service.stop().await;
    let service = Service::start(&folder, Limits::default(), NOW + 500).await;
    for _ in 0..500 {
        if service.written().await.0 == 7 {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    let logged = service.post("ballots", second).await.expect(200);
    assert_eq!(Receipt::from_bytes(&logged.body).unwrap().index(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rejects_a_second_board_on_the_same_data() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let path = service.folder.0.clone();
    let second = tokio::task::spawn_blocking(move || open(&path, &[], NOW).err()).await.unwrap().unwrap();
    assert!(matches!(second, StartError::Folder(_)), "{second:?}");
    let message = second.to_string();
    assert!(message.starts_with("another board uses ") && message.contains("stop it"), "{message}");
    // Nor somebody who opens the election beside the board.
    let path = election_folder(&service.folder);
    let beside = tokio::task::spawn_blocking(move || DiskStore::open(&path).err()).await.unwrap().unwrap();
    assert!(beside.to_string().contains("another board uses"), "{beside}");
    service.post("ballots", &MANUAL.voters[0].ballots[0]).await.expect(201);
    // A second board on a folder of its own has nothing to do with it.
    let other = Service::created().await;
    other.get("/v1/elections/small-2027").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serves_the_others_when_one_election_has_lost_its_keys_or_its_log() {
    for missing in ["keys.json", "plan.json", "log"] {
        let folder = Arc::new(Folder::new());
        drop(MANUAL.voting(put(&folder)));
        let service = Service::start(&folder, Limits::default(), NOW).await;
        let created: LogCreated = service.client.create_log(&other_log()).await.unwrap();
        service.stop().await;
        let path = election_folder(&folder).join(missing);
        let aside = folder.0.join("aside");
        fs::rename(&path, &aside).unwrap();

        let service = Service::start(&folder, Limits::default(), NOW).await;
        for path in ["/small-2027/checkpoint", "/small-2027/log.vkey", "/v1/elections/small-2027"] {
            service.get(path).await.expect_problem(ProblemType::Stopped, None);
        }
        let answer = service.post("ballots", &MANUAL.voters[0].ballots[0]).await;
        answer.expect_problem(ProblemType::Stopped, None);
        assert!(answer.header("retry-after").is_some());
        // Nobody makes new keys for an old log.
        let signature = Base64(authority().sign(&LogRequest { plan: &Sample::plan().id() }));
        let again = CreateLog { plan: Sample::plan(), signature };
        let refused = service.client.create_log(&again).await.unwrap_err();
        assert_eq!(refused.kind(), Some(ProblemType::Stopped));
        assert!(!path.exists(), "{missing} was made again");
        assert_eq!(service.client.create_log(&other_log()).await.unwrap(), created);
        service.get(&format!("/v1/elections/{OTHER}")).await.expect(200);
        service.stop().await;

        // When it is back, so is the election.
        fs::rename(&aside, &path).unwrap();
        let service = Service::start(&folder, Limits::default(), NOW).await;
        service.post("ballots", &MANUAL.voters[0].ballots[0]).await.expect(201);
        service.stop().await;
    }
}

fn start_at_least(folder: &Path, known: &SignedCheckpoint) -> Result<(), StartError> {
    open(folder, std::slice::from_ref(known), NOW).map(|(board, _)| board.stop())
}

fn signed(checkpoint: &Checkpoint, key: &SigningKey) -> SignedCheckpoint {
    SignedCheckpoint::sign(checkpoint, key).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts_on_no_less_than_it_is_told() {
    let folder = Arc::new(Folder::new());
    drop(MANUAL.voting(put(&folder)));
    let service = Service::start(&folder, Limits::default(), NOW).await;
    let slug = SLUG.parse().unwrap();
    let older = service.client.checkpoint(&slug).await.unwrap();
    service.post("ballots", &MANUAL.voters[0].ballots[0]).await.expect(201);
    let newest = service.client.checkpoint(&slug).await.unwrap();
    service.stop().await;

    let path = folder.0.clone();
    tokio::task::spawn_blocking(move || {
        for known in [&older, &newest] {
            start_at_least(&path, known).unwrap();
        }
        // The newest of those that are given counts, in whatever order.
        for given in [[older.clone(), newest.clone()], [newest.clone(), older.clone()]] {
            open(&path, &given, NOW).map(|(board, _)| board.stop()).unwrap();
        }
        let mut later = newest.unverified().clone();
        later.head.size += 1;
        let error = start_at_least(&path, &signed(&later, &log_key())).unwrap_err();
        assert_eq!(
            error.to_string(),
            "small-2027: the log has 6 entries, and had 7 when the checkpoint given by --at-least was signed: this is an \
             older copy, which would fork the log; use the newest one"
        );
        let mut forked = older.unverified().clone();
        forked.head.root = [7; 32];
        let error = start_at_least(&path, &signed(&forked, &log_key())).unwrap_err();
        assert!(matches!(&error, StartError::Older(..)), "{error:?}");
        assert!(error.to_string().contains("is not of the stored log"), "{error}");
        // Signed by somebody else under the log's name.
        let forger = SigningKey::from_seed(ORIGIN.parse().unwrap(), &[9; 32]);
        let error = start_at_least(&path, &signed(newest.unverified(), &forger)).unwrap_err();
        assert!(matches!(&error, StartError::Checkpoint(..)), "{error:?}");
        // Of a log that is not here.
        let origin = "board.example/another-2027";
        let mut other = newest.unverified().clone();
        other.origin = origin.parse().unwrap();
        let key = SigningKey::from_seed(origin.parse().unwrap(), &[9; 32]);
        let error = start_at_least(&path, &signed(&other, &key)).unwrap_err();
        assert!(matches!(&error, StartError::UnknownLog(name) if name == origin), "{error:?}");
        // Nothing was changed by all this.
        start_at_least(&path, &newest).unwrap();
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stops_writing_to_a_log_that_was_tampered_with() {
    let folder = Arc::new(Folder::new());
    drop(MANUAL.voting(put(&folder)));
    let service = Service::start(&folder, Limits::default(), NOW).await;
    service.client.create_log(&other_log()).await.unwrap();
    service.post("ballots", &MANUAL.voters[0].ballots[0]).await.expect(201);
    let checkpoint = service.get("/small-2027/checkpoint").await.expect(200);
    service.stop().await;
    // Somebody puts another ballot into the place of the logged one.
    let store = DiskStore::open(&election_folder(&folder)).unwrap();
    store.stage(5, std::slice::from_ref(&MANUAL.voters[1].ballots[0])).unwrap();
    drop(store);

    let service = Service::start(&folder, Limits::default(), NOW).await;
    for path in ["checkpoint", "tile/0/000.p/6", "log.vkey"] {
        service.get(&format!("/small-2027/{path}")).await.expect(200);
    }
    assert_eq!(service.get("/small-2027/checkpoint").await.body, checkpoint.body);
    let blob = format!("/small-2027/blob/{}", MANUAL.manifest.id());
    assert_eq!(service.get(&blob).await.expect(200).body, MANUAL.manifest.bytes());
    // What only a log that agrees with its root can say.
    let own = format!("/v1/elections/small-2027/ballots/{}", MANUAL.voters[0].identifier);
    for path in [
        "/v1/elections/small-2027",
        "/v1/elections/small-2027/official",
        "/small-2027/election-id",
        "/small-2027/tile/entries/000.p/6",
        &own,
    ] {
        service.get(path).await.expect_problem(ProblemType::Stopped, None);
    }
    for (route, entry) in [("ballots", &MANUAL.voters[2].ballots[0]), ("entries/authority", &MANUAL.closed)] {
        let answer = service.post(route, entry).await;
        answer.expect_problem(ProblemType::Stopped, None);
        assert!(answer.problem().detail.contains("Nothing was kept"), "{:?}", answer.problem());
    }
    let details = &MANUAL.blobs[2].1;
    let put = service.putting(&super::service::hash(details), "details", "authority", &[0; 64], details);
    service.send(put).await.expect_problem(ProblemType::Stopped, None);
    service.get(&format!("/v1/elections/{OTHER}")).await.expect(200);
    service.stop().await;

    // From a copy that agrees, it goes on.
    let store = DiskStore::open(&election_folder(&folder)).unwrap();
    store.stage(5, std::slice::from_ref(&MANUAL.voters[0].ballots[0])).unwrap();
    drop(store);
    let service = Service::start(&folder, Limits::default(), NOW).await;
    service.post("ballots", &MANUAL.voters[2].ballots[0]).await.expect(201);
}

/// A disk that fails for a while: nothing is lost, and the same again tells what became of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goes_on_by_itself_when_the_disk_is_there_again() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let database = election_folder(&service.folder).join("log").join("db");
    let aside = database.with_extension("aside");
    fs::rename(&database, &aside).unwrap();
    let ballot = &MANUAL.voters[0].ballots[0];
    let unknown = service.post("ballots", ballot).await;
    unknown.expect_problem(ProblemType::UnknownOutcome, None);
    assert!(unknown.header("retry-after").is_some());
    let stopped = service.post("ballots", &MANUAL.voters[1].ballots[0]).await;
    stopped.expect_problem(ProblemType::Stopped, None);
    fs::rename(&aside, &database).unwrap();
    for _ in 0..500 {
        let answer = service.post("ballots", ballot).await;
        if answer.status != 503 {
            assert!([200, 201].contains(&answer.status), "{answer:?}");
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    service.post("ballots", &MANUAL.voters[1].ballots[0]).await.expect(201);
    assert_eq!(service.written().await.0, 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_what_is_under_way_before_it_ends() {
    let mut service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let ballot = &MANUAL.voters[0].ballots[0];
    let head = format!(
        "POST /v1/elections/{SLUG}/ballots HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        ballot.len()
    );
    let mut under_way = service.connect().await;
    under_way.write_all(head.as_bytes()).await.unwrap();
    under_way.write_all(&ballot[..200]).await.unwrap();
    // One that says nothing does not hold it up.
    let mut silent = service.connect().await;
    sleep(Duration::from_millis(200)).await;
    service.ask_to_end();
    sleep(Duration::from_millis(200)).await;
    assert!(TcpStream::connect(service.address).await.is_err(), "it takes new connections");
    assert!(read_to_end(&mut silent).await.is_empty());
    under_way.write_all(&ballot[200..]).await.unwrap();
    let answer = Answer::parse(&read_to_end(&mut under_way).await).expect(201);
    let folder = service.ended().await;

    let service = Service::start(&folder, Limits::default(), NOW).await;
    let logged = service.post("ballots", ballot).await.expect(200);
    let receipts = [&answer, &logged].map(|answer| Receipt::from_bytes(&answer.body).unwrap().index());
    assert_eq!(receipts, [5, 5]);
    // An entry of the authority, too.
    let closed = MANUAL.signed(3, VotingClosed { details: None });
    service.post("entries/authority", &closed).await.expect(201);
}
