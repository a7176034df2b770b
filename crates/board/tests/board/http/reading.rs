//! What anybody reads: content types, what caches may keep, what is not there.

use std::io::Write;
use std::process::{Command, Stdio};

use reqwest::Method;
use urna_api::ProblemType;
use urna_api::board::OfficialEntries;
use urna_api::server::Limits;
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{Cause, Entry, Kind, Register};
use urna_log::{Bundle, Receipt, SignedCheckpoint, Tile, parse_tile};

use super::answer::Answer;
use super::service::{NOW, Service, hash};
use crate::sample::{MANUAL, SLUG, log_key};

const NOTE: &str = "text/plain; charset=utf-8";
const OCTETS: &str = "application/octet-stream";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// An election with eight ballots: thirteen entries.
async fn voted() -> Service {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    for voter in &MANUAL.voters {
        service.post("ballots", &voter.ballots[0]).await.expect(201);
    }
    service
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serves_the_log_with_its_types_and_says_what_may_be_kept() {
    let service = voted().await;
    let blob = format!("/small-2027/blob/{}", MANUAL.manifest.id());
    let cases = [
        ("/small-2027/checkpoint", NOTE, "no-cache, max-age=1"),
        ("/small-2027/tile/0/000.p/13", OCTETS, FOR_EVER),
        ("/small-2027/tile/0/000.p/1", OCTETS, FOR_EVER),
        ("/small-2027/tile/entries/000.p/13", OCTETS, FOR_EVER),
        ("/small-2027/tile/entries/000.p/2", OCTETS, FOR_EVER),
        (&blob, OCTETS, FOR_EVER),
        ("/small-2027/log.vkey", NOTE, "max-age=60"),
        ("/small-2027/election-id", NOTE, "max-age=60"),
        ("/v1/elections/small-2027/official", "application/json", "no-cache, max-age=1"),
        ("/v1/elections/small-2027", "application/json", "no-store"),
        ("/v1/openapi.json", "application/json", "max-age=60"),
    ];
    for (path, content_type, cache) in cases {
        let answer = service.get(path).await.expect(200);
        assert_eq!(answer.header("content-type"), Some(content_type), "{path}");
        assert_eq!(answer.header("cache-control"), Some(cache), "{path}");
        assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()), "{path}");
        assert_eq!(answer.header("set-cookie"), None, "{path}");
        // From any origin, and never with what identifies.
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), None, "{path}");

        // HEAD: the same, without the body.
        let head = service.send(service.request(Method::HEAD, path)).await.expect(200);
        assert!(head.body.is_empty());
        for name in ["content-type", "cache-control", "content-length", "etag"] {
            assert_eq!(head.header(name), answer.header(name), "{path}: {name}");
        }

        let Some(tag) = answer.header("etag") else {
            assert!(cache == "no-store" || path == "/v1/openapi.json", "{path} has no ETag");
            continue;
        };
        let ask = |tag: &str| service.send(service.request(Method::GET, path).header("if-none-match", tag));
        for known in [tag, &format!("\"other\", {tag}"), "*"] {
            let unchanged = ask(known).await.expect(304);
            assert!(unchanged.body.is_empty());
            assert_eq!(unchanged.header("etag"), Some(tag), "{path}");
            assert_eq!(unchanged.header("cache-control"), Some(cache), "{path}");
        }
        ask("\"other\"").await.expect(200);
    }

    // What they hold.
    let text = service.get("/small-2027/checkpoint").await;
    let checkpoint = SignedCheckpoint::from_bytes(&text.body).unwrap();
    assert_eq!(checkpoint.verify(&log_key().verifier()).unwrap().head.size, 13);
    let tile: Tile = Tile::new(0, 0, 13).unwrap();
    parse_tile(tile, &service.get("/small-2027/tile/0/000.p/13").await.body).unwrap();
    let bundle = Bundle::between(0, 13).next().unwrap();
    let bytes = service.get("/small-2027/tile/entries/000.p/13").await.body;
    assert_eq!(bundle.parse(&bytes).unwrap().len(), 13);
    // A new entry changes the checkpoint's tag, and keeps the narrower tiles.
    let old = text.header("etag").unwrap();
    service.post("ballots", &MANUAL.voters[0].ballots[1]).await.expect(201);
    let request = service.request(Method::GET, "/small-2027/checkpoint").header("if-none-match", old);
    service.send(request).await.expect(200);
    assert_eq!(service.get("/small-2027/tile/entries/000.p/13").await.expect(200).body, bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rejects_tiles_that_are_not_there_or_are_written_otherwise() {
    let service = voted().await;
    for path in [
        // Beyond the tree.
        "tile/0/000",
        "tile/0/000.p/14",
        "tile/0/001.p/1",
        "tile/1/000.p/1",
        "tile/63/000.p/1",
        "tile/entries/000",
        "tile/entries/000.p/14",
        "tile/entries/001.p/1",
        "tile/entries/x999/x999/x999/x999/x999/999",
        "tile/0/x18/446/744/073/709/551/615",
        // Not the one way of writing it.
        "tile/00/000.p/1",
        "tile/+0/000.p/1",
        "tile/64/000",
        "tile/0/0.p/1",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/x000/000.p/1",
        "tile/0/X001/000.p/1",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0//000.p/1",
        "tile/0/000.p",
        "tile/0/%30%30%30.p/-1",
        "tile/entries/000.p/1/2",
        "tile/Entries/000.p/1",
        "tile/entries",
        "tile/data/000.p/1",
    ] {
        let answer = service.get(&format!("/small-2027/{path}")).await;
        let problem = answer.problem();
        let expected = [ProblemType::UnknownTile, ProblemType::UnknownRoute];
        assert!(expected.contains(&problem.kind), "{path}: {problem:?}");
    }
    for name in [
        "",
        "0",
        &hash(b"x")[1..],
        &hash(b"x").to_uppercase(),
        "..%2fkeys.json",
        "..%2f..%2f..%2fetc%2fpasswd",
    ] {
        let answer = service.get(&format!("/small-2027/blob/{name}")).await.expect(404);
        let expected = [ProblemType::UnknownBlob, ProblemType::UnknownRoute];
        assert!(expected.contains(&answer.problem().kind), "{name}");
    }
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let gzip = Command::new("gzip").arg("-dc").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut gzip = gzip.unwrap();
    gzip.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = gzip.wait_with_output().unwrap();
    assert!(output.status.success());
    output.stdout
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compresses_bundles_for_those_who_want_it() {
    let service = voted().await;
    let path = "/small-2027/tile/entries/000.p/13";
    let plain = service.get(path).await;
    assert_eq!(plain.header("content-encoding"), None);
    assert!(plain.header("vary").unwrap().contains("accept-encoding"), "{plain:?}");
    let ask = |value| service.send(service.request(Method::GET, path).header("accept-encoding", value));
    let packed = ask("gzip").await.expect(200);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(packed.header("content-type"), Some(OCTETS));
    assert_eq!(packed.header("etag"), plain.header("etag"));
    assert!(packed.body.len() < plain.body.len());
    assert_eq!(gunzip(&packed.body), plain.body);
    assert_eq!(ask("br").await.expect(200).body, plain.body);
    let tag = plain.header("etag").unwrap();
    let request = service.request(Method::GET, path).header("accept-encoding", "gzip");
    service.send(request.header("if-none-match", tag)).await.expect(304);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lets_pages_of_any_origin_ask_without_credentials() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    for (method, path, headers) in [
        ("POST", "/v1/elections/small-2027/ballots", "content-type"),
        ("PUT", "/v1/elections/small-2027/blobs/00", "content-type,urna-kind,urna-signer,urna-signature"),
        ("GET", "/small-2027/checkpoint", "if-none-match"),
    ] {
        let request = service
            .request(Method::OPTIONS, path)
            .header("origin", "https://booth.example")
            .header("access-control-request-method", method)
            .header("access-control-request-headers", headers);
        let preflight = service.send(request).await.expect(200);
        for name in ["allow-origin", "allow-methods", "allow-headers"] {
            assert_eq!(preflight.header(&format!("access-control-{name}")), Some("*"), "{path}: {name}");
        }
        assert_eq!(preflight.header("access-control-allow-credentials"), None);
        assert_eq!(preflight.header("access-control-max-age"), Some("86400"));
    }
    // A page reads what went wrong, too, and where its ballot is.
    let from = |request: reqwest::RequestBuilder| request.header("origin", "https://booth.example");
    let refused = service.send(from(service.posting("ballots", b"{}"))).await.expect(400);
    let logged =
        service.send(from(service.posting("ballots", &MANUAL.voters[0].ballots[0]))).await.expect(201);
    for answer in [refused, logged] {
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-expose-headers"), Some("*"));
    }
}

/// A cookie, a credential or an address of somebody else makes no difference and comes back nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn takes_no_notice_of_who_asks() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let named = |request: reqwest::RequestBuilder| {
        request
            .header("cookie", "session=ada")
            .header("authorization", "Bearer ada")
            .header("x-forwarded-for", "203.0.113.7")
    };
    let ballot = &MANUAL.voters[0].ballots[0];
    let logged = service.send(named(service.posting("ballots", ballot))).await.expect(201);
    let path = "/v1/elections/small-2027/official";
    let read = service.send(named(service.request(Method::GET, path))).await.expect(200);
    for answer in [&logged, &read] {
        let all = format!("{:?} {:?}", answer.headers, String::from_utf8_lossy(&answer.body));
        assert!(!all.contains("ada") && !all.contains("203.0.113.7"), "{all}");
    }
    assert_eq!(read.body, service.get(path).await.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn serves_official_entries_by_pages_with_proofs() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    // Versions of the register, with a ballot between.
    let (kind, rows) = &MANUAL.blobs[1];
    let named = BlobRef::new(*kind, rows).unwrap();
    assert_eq!(*kind, BlobKind::RegisterRows);
    for number in 3..300 {
        if number == 100 {
            service.post("ballots", &MANUAL.voters[0].ballots[0]).await.expect(201);
        }
        let entitled = MANUAL.counts([5, 3]);
        let body = Register { cause: Cause::Nightly, entitled, rows: vec![named] };
        service.post("entries/authority", &MANUAL.signed(number, body)).await.expect(201);
    }
    let page = async |query: &str| service.get(&format!("/v1/elections/{SLUG}/official{query}")).await;
    let read = |answer: Answer| serde_json::from_value::<OfficialEntries>(answer.expect(200).json()).unwrap();
    let (mut after, mut indices, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let answer = read(page(&after).await);
        let checkpoint = SignedCheckpoint::from_bytes(answer.checkpoint.unwrap().as_bytes()).unwrap();
        for entry in &answer.entries {
            let proof = entry.proof.iter().map(|hash| hash.0).collect();
            let receipt = Receipt::new(entry.index, proof, checkpoint.clone()).unwrap();
            receipt.verify(&entry.entry.0, &log_key().verifier()).unwrap();
            let entry_kind = Entry::parse(&entry.entry.0).unwrap().kind();
            assert!(!matches!(entry_kind, Kind::Ballot | Kind::Withdrawal | Kind::Returned));
            indices.push(entry.index);
        }
        pages += 1;
        if !answer.more {
            break;
        }
        assert_eq!(answer.entries.len(), 256);
        after = format!("?after={}", indices.last().unwrap());
    }
    assert_eq!(pages, 2);
    // All but the ballot.
    assert_eq!(indices, (0..303).filter(|index| *index != 102).collect::<Vec<_>>());

    let opened = read(page("?kind=voting_opened").await);
    assert_eq!(opened.entries.iter().map(|entry| entry.index).collect::<Vec<_>>(), [4]);
    let registers = read(page("?kind=register&after=200").await);
    assert_eq!(registers.entries.first().map(|entry| entry.index), Some(201));
    assert!(!registers.more && registers.entries.len() == 102);
    for nothing in ["?kind=ballot", "?kind=result", "?after=302", "?after=18446744073709551615"] {
        let answer = read(page(nothing).await);
        assert!(answer.entries.is_empty() && !answer.more && answer.checkpoint.is_some(), "{nothing}");
    }
    // By the client.
    let slug = SLUG.parse().unwrap();
    let by_client = service.client.official(&slug, Some(255)).await.unwrap();
    assert_eq!(by_client.entries.first().map(|entry| entry.index), Some(256));
}
