//! What is public while voting goes on, and what only after it (C10).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use urna_api::ProblemType;
use urna_api::server::Limits;
use urna_log::{Receipt, SignedCheckpoint};

use super::service::{NOW, Service, election_folder, put};
use crate::disk::Folder;
use crate::sample::{MANUAL, QUIET, log_key};

async fn turnout(service: &Service) -> serde_json::Value {
    service.get("/v1/elections/small-2027").await.expect(200).json()["turnout"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shows_the_turnout_where_the_manifest_says_so() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    assert_eq!(turnout(&service).await, serde_json::json!({ "cast": 0, "entitled": 8 }));
    let voter = &MANUAL.voters[0];
    service.post("ballots", &voter.ballots[0]).await.expect(201);
    service.post("ballots", &MANUAL.voters[5].ballots[0]).await.expect(201);
    assert_eq!(turnout(&service).await, serde_json::json!({ "cast": 2, "entitled": 8 }));
    service.post("ballots", &voter.ballots[1]).await.expect(201);
    assert_eq!(turnout(&service).await, serde_json::json!({ "cast": 2, "entitled": 8 }));
    service.post("withdrawals", &voter.withdrawals[2]).await.expect(201);
    assert_eq!(turnout(&service).await, serde_json::json!({ "cast": 1, "entitled": 8 }));
    service.get("/small-2027/tile/entries/000.p/9").await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn withholds_ballots_until_the_close() {
    for ending in [&QUIET.closed, &QUIET.cancelled] {
        let service = Service::voting(&QUIET, Limits::default(), NOW).await;
        assert_eq!(turnout(&service).await, serde_json::Value::Null);
        let (ada, bob) = (&QUIET.voters[0], &QUIET.voters[1]);
        service.get("/small-2027/tile/entries/000.p/5").await.expect(200);
        for ballot in [&ada.ballots[0], &bob.ballots[0]] {
            service.post("ballots", ballot).await.expect(201);
        }
        // Whoever starts the board again changes nothing of it.
        let folder = service.stop().await;
        let service = Service::start(&folder, Limits::default(), NOW).await;

        assert_eq!(turnout(&service).await, serde_json::Value::Null);
        for path in ["000.p/6", "000.p/7", "000", "001.p/1"] {
            let answer = service.get(&format!("/small-2027/tile/entries/{path}")).await;
            answer.expect_problem(ProblemType::NotYetPublic, None);
        }
        // Before the first ballot, and without what is in the entries.
        service.get("/small-2027/tile/entries/000.p/5").await.expect(200);
        service.get("/small-2027/tile/0/000.p/7").await.expect(200);
        let checkpoint = service.get("/small-2027/checkpoint").await.expect(200);
        assert_eq!(SignedCheckpoint::from_bytes(&checkpoint.body).unwrap().unverified().head.size, 7);
        let official = service.get("/v1/elections/small-2027/official").await.expect(200).json();
        assert_eq!(official["entries"].as_array().unwrap().len(), 5);
        let address = format!("/v1/elections/small-2027/ballots/{}", ada.identifier);
        let own = service.get(&address).await.expect(200).json();
        assert_eq!(own["entries"][0]["entry"], serde_json::Value::Null);
        let receipt = own["entries"][0]["receipt"].as_str().unwrap();
        let receipt = Receipt::from_bytes(receipt.as_bytes()).unwrap();
        // The device has its own copy.
        receipt.verify(&ada.ballots[0], &log_key().verifier()).unwrap();
        assert!(receipt.verify(&bob.ballots[0], &log_key().verifier()).is_err());

        for (kind, bytes) in &QUIET.blobs[2..] {
            service.put_blob(&QUIET, *kind, bytes).await;
        }
        service.post("entries/authority", ending).await.expect(201);
        service.get("/small-2027/tile/entries/000.p/8").await.expect(200);
        let own = service.get(&address).await.expect(200).json();
        assert!(own["entries"][0]["entry"].is_string());
        assert_eq!(turnout(&service).await, serde_json::json!({ "cast": 2, "entitled": 8 }));
    }
}

/// Between the moment at which a checkpoint is published and the moment at which readers' index knows its entries, nobody
/// gets them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn withholds_the_first_ballot_from_those_who_ask_all_the_time() {
    for _ in 0..3 {
        let folder = Arc::new(Folder::new());
        drop(QUIET.voting(put(&folder)));
        assert!(election_folder(&folder).exists());
        let service = Arc::new(Service::start(&folder, Limits::default(), NOW).await);
        let is_over = Arc::new(AtomicBool::new(false));
        let asking: Vec<_> = (6..10)
            .map(|width| {
                let (service, is_over) = (Arc::clone(&service), Arc::clone(&is_over));
                tokio::spawn(async move {
                    while !is_over.load(Ordering::SeqCst) {
                        let answer = service.get(&format!("/small-2027/tile/entries/000.p/{width}")).await;
                        assert_eq!(answer.status, 404, "a ballot was served: {answer:?}");
                    }
                })
            })
            .collect();
        let ballots = QUIET.voters.iter().map(|voter| service.post_beside("ballots", &voter.ballots[0]));
        let ballots: Vec<_> = ballots.map(tokio::spawn).collect();
        for ballot in ballots {
            ballot.await.unwrap().expect(201);
        }
        is_over.store(true, Ordering::SeqCst);
        for asking in asking {
            asking.await.unwrap();
        }
    }
}
