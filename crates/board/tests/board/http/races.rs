//! The races of the page, each run several times.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;
use urna_api::ProblemType;
use urna_api::board::CreateLog;
use urna_api::server::Limits;
use urna_crypto::LogRequest;
use urna_election::json::Base64;
use urna_log::{Bundle, Receipt, SignedPromise};

use super::answer::Answer;
use super::service::{NOW, Service};
use crate::disk::Folder;
use crate::sample::{MANUAL, PATIENT, SLUG, Sample, authority, log_key, promise_key};

/// Sends all of these at once; what was answered, in the same order.
async fn at_once<'a>(service: &Service, sent: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<Answer> {
    let mut answers = JoinSet::new();
    for (place, (route, entry)) in sent.into_iter().enumerate() {
        let answer = service.post_beside(route, entry);
        answers.spawn(async move { (place, answer.await) });
    }
    let mut answers = answers.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

async fn log(service: &Service) -> Vec<Vec<u8>> {
    let slug = SLUG.parse().unwrap();
    let checkpoint = service.client.checkpoint(&slug).await.unwrap();
    let size = checkpoint.verify(&log_key().verifier()).unwrap().head.size;
    let mut entries = Vec::new();
    for bundle in Bundle::between(0, size) {
        let bytes = service.client.bundle(&slug, bundle).await.unwrap();
        entries.extend(bundle.parse(&bytes).unwrap().into_iter().map(<[u8]>::to_vec));
    }
    entries
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_one_of_two_ballots_with_the_same_number() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    for voter in &MANUAL.voters {
        let answers =
            at_once(&service, [("ballots", &voter.ballots[0][..]), ("ballots", &voter.rival[..])]).await;
        let [first, second] = &answers[..] else { panic!() };
        let (winner, loser, entry) = if first.status == 201 {
            (first, second, &voter.ballots[0])
        } else {
            (second, first, &voter.rival)
        };
        assert_eq!(winner.status, 201);
        loser.expect_problem(ProblemType::Sequence, Some("STA-6"));
        let receipt = Receipt::from_bytes(&winner.body).unwrap();
        receipt.verify(entry, &log_key().verifier()).unwrap();
    }
    assert_eq!(log(&service).await.len(), 5 + MANUAL.voters.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gives_the_same_ballot_one_index() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let ballot = &MANUAL.voters[0].ballots[0];
    let answers = at_once(&service, [("ballots", &ballot[..]); 50]).await;
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 49, "{statuses:?}");
    for answer in answers {
        assert_eq!(Receipt::from_bytes(&answer.body).unwrap().index(), 5);
    }
    assert_eq!(log(&service).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn promises_the_same_ballot_one_time() {
    let service = Service::voting(&PATIENT, Limits::default(), NOW).await;
    let ballot = &PATIENT.voters[0].ballots[0];
    let answers = at_once(&service, [("ballots", &ballot[..]); 50]).await;
    let statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 202).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 49, "{statuses:?}");
    let promises: BTreeSet<_> = answers.iter().map(|answer| answer.body.clone()).collect();
    assert_eq!(promises.len(), 1);
}

/// Every ballot that was accepted or promised stands before `voting_closed`; of every other it was said that it was not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs_every_accepted_ballot_before_the_close() {
    let (mut accepted, mut refused) = (0, 0);
    for (round, sample) in [&MANUAL, &PATIENT, &MANUAL, &PATIENT, &MANUAL, &PATIENT].into_iter().enumerate() {
        let service = Service::voting(sample, Limits::default(), NOW).await;
        let (kind, bytes) = sample.blobs.last().unwrap();
        service.put_blob(sample, *kind, bytes).await;
        let closing = service.post_beside("entries/authority", &sample.closed);
        let closing = tokio::spawn(async move {
            sleep(Duration::from_millis(2 * u64::try_from(round).unwrap())).await;
            closing.await
        });
        let mut sent = Vec::new();
        for sequence in 0..2 {
            sent.extend(sample.voters.iter().map(|voter| &voter.ballots[sequence][..]));
        }
        let answers = at_once(&service, sent.iter().map(|ballot| ("ballots", *ballot))).await;
        let closed = closing.await.unwrap().expect(201);
        let closed = usize::try_from(Receipt::from_bytes(&closed.body).unwrap().index()).unwrap();
        let log = log(&service).await;
        assert_eq!(log[closed], sample.closed);
        assert_eq!(log.len(), closed + 1);
        for (ballot, answer) in sent.iter().zip(answers) {
            let place = log.iter().position(|entry| entry == ballot);
            match answer.status {
                201 => {
                    let receipt = Receipt::from_bytes(&answer.body).unwrap();
                    assert_eq!(place, usize::try_from(receipt.index()).ok());
                    receipt.verify(ballot, &log_key().verifier()).unwrap();
                }
                202 => {
                    let promise = SignedPromise::from_bytes(&answer.body).unwrap();
                    assert!(promise.verify(&promise_key().verifier()).unwrap().is_for(ballot));
                    assert!(place.is_some());
                }
                _ => {
                    let kind = answer.problem().kind;
                    // A second ballot may have come before its voter's first.
                    assert!([ProblemType::VotingClosed, ProblemType::Sequence].contains(&kind), "{kind:?}");
                    assert_eq!(place, None);
                    refused += 1;
                    continue;
                }
            }
            assert!(place.unwrap() < closed);
            accepted += 1;
        }
    }
    assert!(accepted > 0 && refused > 0, "{accepted} accepted, {refused} refused: nothing raced");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creates_a_log_with_one_set_of_keys() {
    let service = Service::start(&Arc::new(Folder::new()), Limits::default(), NOW).await;
    let plan = Sample::plan();
    let signature = Base64(authority().sign(&LogRequest { plan: &plan.id() }));
    let request = CreateLog { plan, signature };
    let mut answers = JoinSet::new();
    for _ in 0..20 {
        let request = service.request(reqwest::Method::POST, "/v1/elections").json(&request);
        answers.spawn(async move { Answer::read(request.send().await.unwrap()).await });
    }
    let answers = answers.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 19);
    let keys: BTreeSet<_> = answers.into_iter().map(|answer| answer.body).collect();
    assert_eq!(keys.len(), 1);
    let vkey = service.get("/small-2027/log.vkey").await.expect(200);
    let keys = String::from_utf8(keys.into_iter().next().unwrap()).unwrap();
    assert!(keys.contains(vkey.text().trim()));
}
