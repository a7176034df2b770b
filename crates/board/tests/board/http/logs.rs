//! What a board says of itself while an election runs: nothing of who asked, what for, or when.

use std::fs;
use std::io;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use urna_api::board::CreateLog;
use urna_api::server::Limits;
use urna_board::{DiskStore, Store};
use urna_crypto::LogRequest;
use urna_election::entry::Entry;
use urna_election::json::Base64;

use super::service::{NOW, Service, election_folder, hash, put};
use crate::disk::Folder;
use crate::sample::{MANUAL, SLUG, Sample, THREES, authority};

/// Set in the process of its own in which an election runs and everything that is said is caught.
const ALONE: &str = "URNA_TEST_ALONE";
const BEGIN: &str = "-- ballots begin --";
const END: &str = "-- ballots end --";

fn mark(line: &str) {
    eprintln!("{line}");
}

/// What must not be said, of every voter: what stands in an entry, and in its address.
fn secrets(sample: &Sample) -> Vec<String> {
    let mut secrets = vec!["127.0.0.1".to_owned(), "urna-test-agent".to_owned()];
    for voter in &sample.voters {
        let identifier = voter.identifier.to_string();
        secrets.extend([identifier.to_lowercase(), identifier.replace('-', ""), identifier]);
        for entry in voter.ballots.iter().chain(&voter.withdrawals).chain([&voter.returned]) {
            let object: serde_json::Value = serde_json::from_slice(entry).unwrap();
            for member in ["pseudonym", "ephemeral", "ciphertext", "proof", "signature"] {
                secrets.extend(object[member].as_str().map(str::to_owned));
            }
            for token in object["tokens"].as_array().into_iter().flatten() {
                secrets.push(token.as_str().unwrap().to_owned());
            }
            secrets.push(hash(entry));
            assert!(Entry::parse(entry).is_ok());
        }
    }
    for row in &sample.rows {
        let row = serde_json::to_value(row).unwrap();
        for member in ["handle", "session", "credential"] {
            secrets.push(row[member].as_str().unwrap().to_owned());
        }
    }
    secrets
}

/// Everything that voters and strangers may do, and some of it wrong.
async fn run_an_election(sample: &Sample) {
    let folder = Arc::new(Folder::new());
    drop(sample.voting(put(&folder)));
    let limits = Limits { body: Duration::from_millis(300), ..Limits::default() };
    let service = Service::start(&folder, limits, NOW).await;
    let other = urna_election::Plan { slug: "other-2027".parse().unwrap(), ..Sample::plan() };
    let signature = Base64(authority().sign(&LogRequest { plan: &other.id() }));
    service.client.create_log(&CreateLog { plan: other, signature }).await.unwrap();

    mark(BEGIN);
    for voter in &sample.voters {
        for (route, entry) in [
            ("ballots", &voter.ballots[0]),
            ("ballots", &voter.ballots[0]),
            ("ballots", &voter.again),
            ("ballots", &voter.rival),
            ("ballots", &voter.false_proof),
            ("ballots", &voter.ballots[3]),
            ("ballots", &voter.withdrawals[0]),
            ("withdrawals", &voter.withdrawals[0]),
            ("ballots", &voter.ballots[1]),
            ("withdrawals", &voter.withdrawals[2]),
            ("returned", &voter.returned),
        ] {
            let request = service.posting(route, entry).header("user-agent", "urna-test-agent");
            service.send(request).await;
        }
        service.get(&format!("/v1/elections/{SLUG}/ballots/{}", voter.identifier)).await;
        service.get(&format!("/v1/elections/{SLUG}/ballots/{}x", voter.identifier)).await;
        // Slow, broken off, and not HTTP.
        let head = format!(
            "POST /v1/elections/{SLUG}/ballots HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            voter.ballots[2].len()
        );
        let mut stream = service.connect().await;
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&voter.ballots[2][..300]).await.unwrap();
        drop(stream);
        service.raw(&voter.ballots[2]).await;
    }
    service.set(NOW + 1_000);
    tokio::time::sleep(Duration::from_millis(200)).await;
    mark(END);

    let (kind, bytes) = sample.blobs.last().unwrap();
    service.put_blob(sample, *kind, bytes).await;
    service.post("entries/authority", &sample.closed).await.expect(201);
    mark(BEGIN);
    for voter in &sample.voters {
        service.post("returned", &voter.returned).await;
        service.post("ballots", &voter.ballots[3]).await;
    }
    mark(END);

    // A disk that fails while ballots come.
    let folder = service.stop().await;
    fs::remove_dir_all(election_folder(&folder)).unwrap();
    drop(sample.voting(put(&folder)));
    let service = Service::start(&folder, Limits::default(), NOW).await;
    let database = election_folder(&folder).join("log").join("db");
    let aside = database.with_extension("aside");
    fs::rename(&database, &aside).unwrap();
    service.post("ballots", &sample.voters[0].ballots[0]).await.expect(500);
    fs::rename(&aside, &database).unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    service.post("ballots", &sample.voters[0].ballots[0]).await;
    service.post("ballots", &sample.voters[1].ballots[0]).await;
    service.stop().await;

    // A log that somebody changed.
    let store = DiskStore::open(&election_folder(&folder)).unwrap();
    store.stage(3, std::slice::from_ref(&sample.voters[2].ballots[0])).unwrap();
    drop(store);
    let service = Service::start(&folder, Limits::default(), NOW).await;
    service.post("ballots", &sample.voters[3].ballots[0]).await.expect(503);
    service.get(&format!("/v1/elections/{SLUG}/ballots/{}", sample.voters[3].identifier)).await.expect(503);
    service.stop().await;
}

/// Runs an election with everything caught at the finest level.
async fn run_alone() {
    let filter = Targets::new()
        .with_target("urna", LevelFilter::TRACE)
        .with_target("urna_board", LevelFilter::TRACE)
        .with_target("urna_api", LevelFilter::TRACE)
        .with_target("urna_election", LevelFilter::TRACE)
        .with_target("urna_log", LevelFilter::TRACE)
        .with_default(LevelFilter::INFO);
    let layer = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_ansi(false).with_filter(filter);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();
    for sample in [&MANUAL, &THREES] {
        run_an_election(sample).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn says_nothing_of_requests() {
    if std::env::var_os(ALONE).is_some() {
        return run_alone().await;
    }
    let output = tokio::task::spawn_blocking(|| {
        // By its name: the file may have been replaced by a build meanwhile.
        Command::new(std::env::args_os().next().unwrap())
            .args(["--exact", "http::logs::says_nothing_of_requests", "--nocapture"])
            .env(ALONE, "1")
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    for sample in [&MANUAL, &THREES] {
        for secret in secrets(sample) {
            assert!(!said.contains(&secret), "{secret} was said: {said}");
        }
    }
    // Of ballots nothing is said at all, whatever became of them.
    let parts: Vec<_> =
        said.split(BEGIN).skip(1).map(|part| part.split_once(END).unwrap().0.trim()).collect();
    assert_eq!(parts, ["", "", "", ""]);
    // Of itself it says something, and what is to be done.
    for line in [
        "created a log",
        "the log is not written to; trying again in 1 s",
        "the log is written to again",
        "restore the folder from a copy, and start with --at-least",
    ] {
        assert!(said.contains(line), "not said: {line}: {said}");
    }
}
