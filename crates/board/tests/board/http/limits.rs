//! Clients that are slow, break off, send too much or are too many; and the clock at the end of a request.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::Method;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use urna_api::ProblemType;
use urna_api::server::Limits;
use urna_board::QUEUE;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::VotingClosed;

use super::answer::Answer;
use super::service::{NOW, PATIENCE, Service, election_folder, hash, read_to_end};
use crate::sample::{CLOSES, MANUAL, OPENS, SLUG, TIMED};

const SOON: Duration = Duration::from_millis(300);

fn head_of_ballot(length: usize) -> String {
    format!(
        "POST /v1/elections/{SLUG}/ballots HTTP/1.1\r\nHost: board.example\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// Sends all but the last byte, sets the clock, and sends that.
async fn complete_at(service: &Service, ballot: &[u8], begun: u64, complete: u64) -> Answer {
    service.set(begun);
    let mut stream = service.connect().await;
    stream.write_all(head_of_ballot(ballot.len()).as_bytes()).await.unwrap();
    let (last, most) = ballot.split_last().unwrap();
    stream.write_all(most).await.unwrap();
    stream.flush().await.unwrap();
    sleep(Duration::from_millis(100)).await;
    service.set(complete);
    stream.write_all(&[*last]).await.unwrap();
    Answer::parse(&read_to_end(&mut stream).await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn judges_a_ballot_by_the_moment_at_which_all_of_it_is_there() {
    let service = Service::voting(&TIMED, Limits::default(), OPENS - 1).await;
    let [ada, bob, carl, dora, eve, ..] = &TIMED.voters[..] else { panic!() };
    let early = complete_at(&service, &ada.ballots[0], OPENS - 2, OPENS - 1).await;
    early.expect_problem(ProblemType::TooEarly, Some("STA-1"));
    complete_at(&service, &bob.ballots[0], OPENS - 1, OPENS).await.expect(201);
    complete_at(&service, &carl.ballots[0], CLOSES - 2, CLOSES - 1).await.expect(201);
    let late = complete_at(&service, &dora.ballots[0], CLOSES - 1, CLOSES).await;
    late.expect_problem(ProblemType::VotingClosed, Some("STA-1"));
    assert!(late.problem().detail.contains(&CLOSES.to_string()), "{:?}", late.problem());
    let late = complete_at(&service, &eve.ballots[0], OPENS, CLOSES + 1).await;
    late.expect_problem(ProblemType::VotingClosed, Some("STA-1"));
    // What was taken in time is known after it.
    complete_at(&service, &bob.ballots[0], CLOSES, CLOSES).await.expect(200);
    assert_eq!(service.written().await.0, 5 + 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rejects_what_is_larger_than_its_limit() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let before = service.written().await;
    // As long as an entry may be, and read to its end: it is the contents that are wrong.
    let longest = vec![b'1'; 65_535];
    service.post("ballots", &longest).await.expect_problem(ProblemType::Malformed, Some("ENT-1"));
    let longer = vec![b'1'; 65_536];
    for route in ["ballots", "withdrawals", "returned", "entries/authority", "entries/trustees/anna"] {
        service.post(route, &longer).await.expect_problem(ProblemType::TooLarge, None);
    }
    // Its length is not announced.
    let mut request = String::from(
        "POST /v1/elections/small-2027/ballots HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    for _ in 0..17 {
        request += &format!("1000\r\n{}\r\n", "1".repeat(0x1000));
    }
    request += "0\r\n\r\n";
    Answer::parse(&service.raw(request.as_bytes()).await).expect_problem(ProblemType::TooLarge, None);
    // It is announced, and none of it comes: nobody waits for it, or makes room for it.
    for length in ["65536", "99999999999", "9999999999999999999"] {
        let head = head_of_ballot(0).replace("Content-Length: 0", &format!("Content-Length: {length}"));
        let mut stream = service.connect().await;
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = Answer::parse(&read_to_end(&mut stream).await);
        answer.expect_problem(ProblemType::TooLarge, None);
    }
    let plan = vec![b' '; (256 << 10) + 1];
    let request = service.request(Method::POST, "/v1/elections").header("content-type", "application/json");
    service.send(request.body(plan)).await.expect_problem(ProblemType::TooLarge, None);

    // Blobs, by what is announced.
    for kind in [BlobKind::Details, BlobKind::RegisterRows] {
        let head = format!(
            "PUT /v1/elections/{SLUG}/blobs/{} HTTP/1.1\r\nHost: b\r\nConnection: close\r\n\
             Content-Type: application/octet-stream\r\nUrna-Kind: {kind}\r\nUrna-Signer: authority\r\n\
             Urna-Signature: {}==\r\nContent-Length: {}\r\n\r\n",
            hash(b""),
            "A".repeat(86),
            kind.limit() + 1,
        );
        let answer = Answer::parse(&service.raw(head.as_bytes()).await);
        answer.expect_problem(ProblemType::TooLarge, Some("ENT-9"));
        // Just as long as it may be: the signature is asked first, and then nothing is read.
        let head = head.replace(&(kind.limit() + 1).to_string(), &kind.limit().to_string());
        let answer = Answer::parse(&service.raw(head.as_bytes()).await);
        answer.expect_problem(ProblemType::InvalidSignature, Some("HTTP-3"));
    }

    // Heads.
    let head = |bytes: usize| {
        format!(
            "GET /{SLUG}/checkpoint HTTP/1.1\r\nHost: b\r\nConnection: close\r\nX: {}\r\n\r\n",
            "x".repeat(bytes)
        )
    };
    assert_eq!(Answer::parse(&service.raw(head(15 << 10).as_bytes()).await).status, 200);
    let answer = Answer::parse(&service.raw(head(17 << 10).as_bytes()).await);
    assert_eq!((answer.status, answer.body.len()), (431, 0));
    let many = format!("GET /{SLUG}/checkpoint HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(101));
    assert_eq!(Answer::parse(&service.raw(many.as_bytes()).await).status, 431);
    assert_eq!(service.written().await, before);
}

/// Who sends much that is refused at its first bytes learns why, rather than that the connection broke.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tells_why_what_is_large_is_refused() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let rows = vec![b'x'; BlobKind::RegisterRows.limit()];
    for _ in 0..10 {
        let put = |kind: &str| service.putting(&hash(&rows), kind, "authority", &[0; 64], &rows);
        service
            .send(put("register_rows"))
            .await
            .expect_problem(ProblemType::InvalidSignature, Some("HTTP-3"));
        service.send(put("result")).await.expect_problem(ProblemType::WrongPhase, Some("STA-1"));
        service.send(put("details")).await.expect_problem(ProblemType::TooLarge, Some("ENT-9"));
        service.post("ballots", &rows).await.expect_problem(ProblemType::TooLarge, None);
        let other = service.request(Method::POST, "/v1/elections/other-2027/ballots").body(rows.clone());
        service.send(other).await.expect_problem(ProblemType::UnknownElection, None);
    }
}

/// What is announced of a length decides, so that no request is read in two ways by the board and a proxy before it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rejects_requests_that_can_be_read_in_two_ways() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let start = format!(
        "POST /v1/elections/{SLUG}/ballots HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\n"
    );
    for lengths in [
        "Content-Length: 1\r\nContent-Length: 2\r\n",
        "Content-Length: +1\r\n",
        "Content-Length: 1, 2\r\n",
        "Transfer-Encoding: identity\r\n",
    ] {
        let answer = service.raw(format!("{start}{lengths}\r\n{{}}").as_bytes()).await;
        assert!(answer.starts_with(b"HTTP/1.1 400 "), "{lengths}: {}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(service.written().await.0, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ends_connections_of_slow_clients() {
    let limits = Limits { head: SOON, body: SOON, ..Limits::default() };
    let service = Service::voting(&MANUAL, limits, NOW).await;
    let before = service.written().await;
    let ballot = &MANUAL.voters[0].ballots[0];
    let begun = Instant::now();
    // Nothing; the beginning of a head; the beginning of what HTTP/2 begins with, or all of it.
    for bytes in ["", "P", "GET /small-2027/che", "PRI * HTTP/2.0\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut stream = service.connect().await;
        stream.write_all(bytes.as_bytes()).await.unwrap();
        read_to_end(&mut stream).await;
    }
    // A byte now and then does not make it a head.
    let mut stream = service.connect().await;
    for byte in b"GET /small-2027/checkpoint HTTP/1.1\r\nHost: b" {
        sleep(SOON / 10).await;
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
    }
    read_to_end(&mut stream).await;
    // After an answer, too.
    let mut stream = service.connect().await;
    stream.write_all(b"GET /small-2027/log.vkey HTTP/1.1\r\nHost: b\r\n\r\n").await.unwrap();
    Answer::parse(&read_to_end(&mut stream).await).expect(200);
    // A body that comes too slowly, or stops.
    let mut stream = service.connect().await;
    stream.write_all(head_of_ballot(ballot.len()).as_bytes()).await.unwrap();
    for byte in &ballot[..60] {
        sleep(SOON / 20).await;
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
    }
    Answer::parse(&read_to_end(&mut stream).await).expect_problem(ProblemType::Timeout, None);
    assert!(begun.elapsed() < PATIENCE / 3, "{:?}", begun.elapsed());
    // A body that breaks off.
    for sent in [0, 1, ballot.len() - 1] {
        let mut stream = service.connect().await;
        stream.write_all(head_of_ballot(ballot.len()).as_bytes()).await.unwrap();
        stream.write_all(&ballot[..sent]).await.unwrap();
        stream.shutdown().await.unwrap();
        let answer = read_to_end(&mut stream).await;
        if !answer.is_empty() {
            Answer::parse(&answer).expect_problem(ProblemType::Malformed, None);
        }
    }
    assert_eq!(service.written().await, before);
    service.post("ballots", ballot).await.expect(201);
}

/// An election whose last entry names a blob as large as it may be; the blob's path.
async fn with_a_large_blob(limits: Limits) -> (Service, String, usize) {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let bytes = vec![b'x'; BlobKind::Details.limit()];
    service.put_blob(&MANUAL, BlobKind::Details, &bytes).await;
    let named = BlobRef::new(BlobKind::Details, &bytes).unwrap();
    let closed = MANUAL.signed(3, VotingClosed { details: Some(named) });
    service.client.post_authority(&SLUG.parse().unwrap(), closed).await.unwrap();
    let folder = service.stop().await;
    (Service::start(&folder, limits, NOW).await, format!("/{SLUG}/blob/{}", hash(&bytes)), bytes.len())
}

/// A client that asks for more than the system keeps for a connection, and reads nothing of it.
async fn deaf_client(service: &Service, path: &str) -> TcpStream {
    let mut stream = service.connect().await;
    let request = format!("GET {path} HTTP/1.1\r\nHost: b\r\n\r\n");
    stream.write_all(request.repeat(20).as_bytes()).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lets_go_of_clients_that_never_read() {
    let limits = Limits { write: SOON, connections: 1, ..Limits::default() };
    let (service, path, length) = with_a_large_blob(limits).await;
    let mut stream = deaf_client(&service, &path).await;
    // There is one connection at a time, so this is served when the first one is let go.
    service.get(&format!("/{SLUG}/checkpoint")).await.expect(200);
    assert!(read_to_end(&mut stream).await.len() < 20 * length);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serves_others_beside_clients_that_never_read() {
    let (service, path, length) = with_a_large_blob(Limits::default()).await;
    let mut deaf = Vec::new();
    for _ in 0..40 {
        deaf.push(deaf_client(&service, &path).await);
    }
    sleep(SOON).await;
    let begun = Instant::now();
    for path in [path, format!("/{SLUG}/blob/{}", MANUAL.manifest.id())] {
        let blob = service.get(&path).await.expect(200);
        assert!(blob.body.len() == length || blob.body == MANUAL.manifest.bytes());
    }
    assert!(begun.elapsed() < PATIENCE / 3, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_busy_when_there_are_too_many_requests() {
    let limits = Limits { requests: 3, ..Limits::default() };
    let service = Service::voting(&MANUAL, limits, NOW).await;
    let ballot = &MANUAL.voters[0].ballots[0];
    let mut waiting = Vec::new();
    for _ in 0..3 {
        let mut stream = service.connect().await;
        stream.write_all(head_of_ballot(ballot.len()).as_bytes()).await.unwrap();
        stream.write_all(&ballot[..ballot.len() - 1]).await.unwrap();
        waiting.push(stream);
    }
    sleep(Duration::from_millis(200)).await;
    for answer in [service.get("/small-2027/checkpoint").await, service.post("ballots", ballot).await] {
        answer.expect_problem(ProblemType::Busy, None);
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    }
    let mut statuses = Vec::new();
    for mut stream in waiting {
        stream.write_all(&ballot[ballot.len() - 1..]).await.unwrap();
        statuses.push(Answer::parse(&read_to_end(&mut stream).await).status);
    }
    assert_eq!(statuses, [201, 200, 200]);
    service.get("/small-2027/checkpoint").await.expect(200);
}

/// A disk that stands still until this is dropped: the writer opens the file of its database to make it durable, and
/// opening a pipe waits for the other end.
struct StillDisk {
    database: PathBuf,
}

impl StillDisk {
    fn new(service: &Service) -> Self {
        let database = election_folder(&service.folder).join("log").join("db");
        fs::rename(&database, database.with_extension("aside")).unwrap();
        assert!(Command::new("mkfifo").arg(&database).status().unwrap().success());
        Self { database }
    }
}

impl Drop for StillDisk {
    fn drop(&mut self) {
        let pipe = self.database.with_extension("pipe");
        fs::rename(&self.database, &pipe).unwrap();
        fs::rename(self.database.with_extension("aside"), &self.database).unwrap();
        // Opened for both, it waits for nobody. A pipe cannot be made durable, so the writer's call fails now.
        drop(File::options().read(true).write(true).open(pipe).unwrap());
    }
}

/// What fits into the queue waits, and the rest is told at once that it was not accepted. Those that wait too long are told
/// that nobody knows, and learn it when they ask again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_busy_when_the_queue_is_full() {
    let limits = Limits { requests: 2 * QUEUE, answer: Duration::from_secs(2), ..Limits::default() };
    let service = Service::voting(&MANUAL, limits, NOW).await;
    let [ada, bob, ..] = &MANUAL.voters[..] else { panic!() };
    let disk = StillDisk::new(&service);
    let first = tokio::spawn(service.post_beside("ballots", &ada.ballots[0]));
    sleep(Duration::from_millis(300)).await;
    // All of them are one ballot, in requests of their own; a connection carries 200 at once.
    let clients: Vec<_> = (0..=QUEUE / 200)
        .map(|_| reqwest::Client::builder().http2_prior_knowledge().build().unwrap())
        .collect();
    let url = format!("http://{}/v1/elections/{SLUG}/ballots", service.address);
    let mut answers = JoinSet::new();
    for number in 0..QUEUE + 50 {
        let request = clients[number / 200].post(&url).header("content-type", "application/json");
        let request = request.body(bob.ballots[0].clone());
        answers.spawn(async move { Answer::read(request.send().await.unwrap()).await });
    }
    let (mut busy, mut unknown) = (0, 0);
    while let Some(answer) = timeout(PATIENCE, answers.join_next()).await.unwrap() {
        let answer = answer.unwrap();
        match answer.problem().kind {
            ProblemType::Busy => {
                assert_eq!(answer.header("retry-after"), Some("1"));
                busy += 1;
            }
            ProblemType::UnknownOutcome => unknown += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((busy, unknown), (50, QUEUE));
    first.await.unwrap().expect_problem(ProblemType::UnknownOutcome, None);
    // Reading does not wait for the writer.
    service.get("/small-2027/checkpoint").await.expect(200);

    drop(disk);
    for ballot in [&ada.ballots[0], &bob.ballots[0]] {
        let accepted = until_accepted(&service, ballot).await;
        assert!([200, 201].contains(&accepted.status), "{accepted:?}");
    }
    assert_eq!(service.written().await.0, 5 + 2);
}

/// Sends a ballot until the writer is there again.
async fn until_accepted(service: &Service, ballot: &[u8]) -> Answer {
    let begun = Instant::now();
    loop {
        let answer = service.post("ballots", ballot).await;
        if answer.status < 500 {
            return answer;
        }
        // The queue is emptied meanwhile.
        let expected = [ProblemType::Busy, ProblemType::Stopped, ProblemType::UnknownOutcome];
        assert!(expected.contains(&answer.problem().kind) && begun.elapsed() < PATIENCE, "{answer:?}");
        sleep(Duration::from_millis(100)).await;
    }
}
