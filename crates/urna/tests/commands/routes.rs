//! Every route of authority, issuer and board, as `urna serve` composes them, against arbitrary bodies, headers and paths: never an
//! answer from 500 up, never a connection that ends without one, nothing stored of what is refused, and every error is a problem
//! document.
//!
//! The routes are those that the services describe, so that a new one is among them. `URNA_ROUTES_CASES` is the number of requests
//! (else 6,000), `URNA_ROUTES_SEED` another number to begin with.

mod arbitrary;
mod operations;
mod wire;
mod world;

use std::collections::BTreeMap;
use std::env;
use std::fs;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;
use urna_api::{Problem, ProblemType};
use urna_pages::PROGRAM_POLICY;

use arbitrary::Dice;
use operations::Operations;
use wire::{Answer, Request};
use world::World;

fn number(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// Where the secret of a key begins, after "Bearer urna_" and 16 digits, in the header that shows it.
const SECRET: usize = 29;

/// What an answer to whatever was sent has to be. The problem, if it is one.
fn check(request: &Request, answer: &Answer) -> Option<ProblemType> {
    let what = || format!("{request:?}\nis answered by\n{answer:?}");
    assert!(answer.status < 500, "{}", what());
    // What is no HTTP is refused before there is a request.
    if request.is_odd && matches!(answer.status, 400 | 414 | 431) && answer.body.is_empty() {
        return None;
    }
    check_protection(request, answer);
    if answer.status < 400 {
        return None;
    }
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", what());
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{}", what());
    if request.method == b"HEAD" || answer.header("content-encoding").is_some() {
        return None;
    }
    let problem: Problem =
        serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", what()));
    assert_eq!(problem.status, answer.status, "{}", what());
    assert_eq!(problem.kind.status(), answer.status, "{}", what());
    assert_eq!(answer.header("allow").is_some(), problem.kind == ProblemType::Method, "{}", what());
    assert!(problem.detail.chars().count() <= 1_000, "{}", what());
    // It does not repeat what was shown.
    let shown = request.header("authorization").unwrap_or_default();
    let secret = shown.get(SECRET..).filter(|secret| !secret.is_empty());
    let is_repeated =
        secret.is_some_and(|secret| answer.body.windows(secret.len()).any(|part| part == secret));
    assert!(!is_repeated, "{}", what());
    Some(problem.kind)
}

/// The headers that every answer has for browsers.
fn check_protection(request: &Request, answer: &Answer) {
    let what = || format!("{request:?}\nis answered by\n{answer:?}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}: {}", what());
    }
    let policy = answer.header("content-security-policy").unwrap_or_default();
    if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
        // Pages have more than data, and never what is written into them.
        let is_strict =
            policy.starts_with("default-src 'none'; ") && policy.contains("frame-ancestors 'none'");
        assert!(is_strict && !policy.contains("'unsafe-"), "{policy}: {}", what());
    } else {
        let data = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        assert!([data, PROGRAM_POLICY].contains(&policy), "{policy}: {}", what());
    }
    // The authority's answers are for its own pages, what everybody may read is for all.
    let is_for_all = answer.header("access-control-allow-origin") == Some("*");
    let read_by = if is_for_all { "cross-origin" } else { "same-origin" };
    let policy = answer.header("cross-origin-resource-policy");
    assert_eq!(policy, Some(read_by), "{}", what());
    assert!(answer.header("access-control-allow-credentials").is_none(), "{}", what());
    assert!(answer.header("cache-control").is_some(), "{}", what());
    match request.header("host") {
        None => {
            assert_eq!(answer.header("strict-transport-security"), Some("max-age=63072000"), "{}", what())
        }
        Some(b"127.0.0.1") => assert!(answer.header("strict-transport-security").is_none(), "{}", what()),
        Some(_) => {}
    }
}

/// Sends it; nothing where it breaks off by itself.
fn ask(address: &str, request: &Request) -> Option<(Answer, Option<ProblemType>)> {
    let Some(answer) = request.send(address) else {
        assert!(request.breaks_off(), "no answer to {request:?}");
        return None;
    };
    let problem = check(request, &answer);
    Some((answer, problem))
}

/// What of the installation changes only when somebody is answered.
const OF_THEIR_OWN: [&str; 3] = ["data/authority", "data/board", "mails"];

#[tokio::test(flavor = "multi_thread")]
async fn refuses_whatever_is_sent_and_keeps_nothing_of_it() {
    let world = World::new("routes").await;
    // Nothing here waits for another task.
    tokio::task::block_in_place(|| trial(&world));
    world.serving.stop().await;
}

fn pages_of_other_origins_read_what_is_public(world: &World, [vote, board]: [&String; 2]) {
    for (address, path, origins, kept) in [
        (vote, "/v1/elections/voting-2030/register", None, "no-store"),
        (vote, "/v1/elections/voting-2030/invitations.csv", None, "no-store"),
        (vote, "/v1/keys", None, "no-store"),
        (vote, "/v1/elections/past-2030/result", None, "no-store"),
        (vote, "/v1/elections/voting-2030/issuance", Some("*"), "no-store"),
        (board, "/v1/elections/voting-2030", Some("*"), "no-store"),
        (board, "/past-2030/tile/0/000.p/1", Some("*"), "public, max-age=31536000, immutable"),
        (vote, "/healthz", None, "no-store"),
        (board, "/readyz", None, "no-store"),
    ] {
        let mut request = Request::new("GET", path);
        request.set("authorization", format!("Bearer {}", world.keys.owner).as_bytes());
        request.set("origin", b"https://elsewhere.example");
        let answer = request.send(address).unwrap();
        check_protection(&request, &answer);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), origins, "{path}");
        assert_eq!(answer.header("cache-control"), Some(kept), "{path}");
    }
}

/// Addresses are written down on the way: in the logs of proxies, in histories. What they name, everybody on the way may know.
fn secrets_stay_out_of_addresses(description: &Value) {
    let public = [
        "after",
        "cause",
        "election",
        "id",
        "identifier",
        "issuer",
        "job",
        "kind",
        "package",
        "path",
        "person",
        "session",
        "sha256",
        "trustee",
    ];
    let operations = description["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|path| path.as_object().unwrap().values());
    let parameters = operations.filter_map(|operation| operation["parameters"].as_array()).flatten();
    let mut seen = 0;
    for parameter in parameters.filter(|parameter| parameter["in"] != "header") {
        let name = parameter["name"].as_str().unwrap();
        assert!(public.contains(&name), "may everybody on the way know {name:?}? then add it here");
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}

fn trial(world: &World) {
    let addresses = [&world.serving.vote, &world.serving.board];
    let operations = [0, 1].map(|place| {
        let description = Request::new("GET", "/v1/openapi.json").send(addresses[place]).unwrap();
        let description: Value = serde_json::from_slice(&description.body).unwrap();
        secrets_stay_out_of_addresses(&description);
        Operations::new(description, &world.heard[place])
    });
    pages_of_other_origins_read_what_is_public(world, addresses);
    let all: Vec<_> = (0..2)
        .flat_map(|place| operations[place].all.iter().map(move |operation| (place, operation)))
        .collect();
    assert!(all.len() > 60, "{}", all.len());
    // More can be wrong with what has a body.
    let turns: Vec<_> = all
        .iter()
        .flat_map(|of| std::iter::repeat_n(*of, if of.1.bodies.is_empty() { 1 } else { 3 }))
        .collect();
    let keys = &world.keys;
    let id = &keys.owner[..SECRET - "Bearer _".len()];
    let unknown = "A".repeat(43);
    let strangers = [
        None,
        Some("Bearer".to_owned()),
        Some("Basic dXJuYTp1cm5h".to_owned()),
        Some(format!("Bearer {id}_{unknown}")),
        Some(format!("Bearer urna_0000000000000000_{unknown}")),
        Some(format!("Bearer {}", keys.used_link)),
        Some(format!("Bearer {}", "q".repeat(8_000))),
    ];
    let roles =
        [&keys.owner, &keys.owner, &keys.manager, &keys.operator].map(|key| Some(format!("Bearer {key}")));
    let cases = number("URNA_ROUTES_CASES", 6_000);
    let mut dice = Dice(ChaCha20Rng::seed_from_u64(number("URNA_ROUTES_SEED", 1)));
    let mut seen = BTreeMap::<(usize, &str, &str), BTreeMap<String, u32>>::new();

    // First strangers, of whom nothing may be kept at all; then those who have keys, of whom only what is accepted is.
    for (callers, share, below) in
        [(&strangers[..], 2, &["data", "mails"][..]), (&roles[..], 1, &OF_THEIR_OWN)]
    {
        let is_stranger = share == 2;
        let mut stored = world.stored(below);
        // What was accepted may go on for a while: mails, keys of the own issuer. Whoever is refused then asks again, until it is
        // over; what is stored of a refusal is stored every time.
        let mut is_under_way = false;
        for case in 0..cases * share / 3 {
            let (place, operation) = turns[usize::try_from(case).unwrap() % turns.len()];
            let mut request = arbitrary::request(&mut dice, &operations[place], operation);
            match dice.one(callers) {
                Some(shown) => request.set("authorization", shown.as_bytes()),
                None => request.headers.retain(|(name, _)| name != "authorization"),
            }
            let Some((answer, problem)) = ask(addresses[place], &request) else { continue };
            let what = problem.map_or_else(|| answer.status.to_string(), |kind| kind.name().to_owned());
            if !is_stranger {
                let seen = seen.entry((place, &operation.method, &operation.path)).or_default();
                *seen.entry(what).or_default() += 1;
            }
            // Who looks at salts or letters is written down, too.
            let may_keep = !is_stranger && answer.status < 400;
            let mut now = world.stored(below);
            for _ in 0..500 {
                if !(is_under_way && !may_keep && now != stored) {
                    break;
                }
                stored = now;
                ask(addresses[place], &request);
                now = world.stored(below);
            }
            is_under_way |= may_keep;
            if !may_keep {
                let changed: Vec<_> = now.iter().filter(|file| !stored.contains(file)).collect();
                assert!(now == stored, "{changed:?} by {request:?}\nanswered by {answer:?}");
            }
            stored = now;
        }
    }

    // Each was reached: somebody with a key was answered by its handler.
    let elsewhere = [ProblemType::UnknownRoute, ProblemType::Method].map(ProblemType::name);
    for (place, operation) in all {
        let answers = &seen[&(place, operation.method.as_str(), operation.path.as_str())];
        let reached = answers.keys().any(|answer| !elsewhere.contains(&answer.as_str()));
        assert!(reached, "{} {}: {answers:?}", operation.method, operation.path);
    }
    if env::var_os("URNA_ROUTES_CASES").is_some() {
        eprintln!("{seen:#?}");
    }
    let said = fs::read_to_string(world.folder.join("data.said")).unwrap();
    for word in ["panicked", "ERROR", "WARN"] {
        assert!(!said.contains(word), "{said}");
    }
}
