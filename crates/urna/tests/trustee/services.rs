//! A whole election of three trustees over authority and board: ceremony, agreement, rehearsal, opening; a trustee that is lost,
//! and one that is shown another board.

use std::path::Path;

use serde_json::Value;
use urna_api::authority::Restart;
use urna_api::client::BoardClient;
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::Manifest;
use urna_election::opening::{BallotOpener, check_chunk, combine};
use urna_trustee::Sharing;

use crate::running::Person;
use crate::world::{SLUG, World, slug};

const TRUSTEES: [&str; 3] = ["anna", "boris", "clara"];

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

impl World {
    fn people(&self) -> [Person; 3] {
        TRUSTEES.map(|id| {
            let person = Person::new(&self.folder.join(id), id);
            person.enrol_cheaply(&self.plan, Sharing::Shared, Some(&self.authority));
            person
        })
    }

    /// From the plan to rehearsals of all.
    async fn rehearsed(&mut self, people: &[Person; 3]) -> Manifest {
        for _ in 0..4 {
            for person in people {
                person.run("ceremony", &[]).await.expect(0, &[]);
            }
        }
        for person in people {
            person.run("backup", &[text(&person.backup)]).await.expect(0, &[]);
        }
        let manifest = self.publish().await;
        let id = manifest.id().to_string();
        for person in people {
            person
                .run("agree", &["--election", &id, "--yes"])
                .await
                .expect(0, &["You have agreed to this manifest"]);
        }
        for person in people {
            person.run("rehearse", &["--backup", text(&person.backup)]).await.expect(0, &["and it decrypts"]);
        }
        manifest
    }
}

/// The one line that `status` says, and whether it is the trustee's own turn.
async fn status(person: &Person) -> (String, bool) {
    let document: Value = person.run("status", &["--json"]).await.expect(0, &[]).json();
    (document["status"].as_str().unwrap().to_owned(), document["own_turn"].as_bool().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn opens_an_election_though_a_trustee_is_lost() {
    let (mut world, _board) = World::new("a-trustee-is-lost", &TRUSTEES).await;
    // One enrols with the command, over the authority.
    let zoe = Person::new(&world.folder.join("zoe"), "anna");
    let enrol = ["--trustee", "anna", "--authority", &world.authority, "--election", SLUG];
    zoe.run("enrol", &enrol)
        .await
        .expect(0, &["2 of 3 can open", "trustee 2 (Trustee boris), trustee 3 (Trustee clara)"]);
    // Her file is lost: the organiser begins again without her enrolment.
    let [anna, boris, clara] = world.people();
    anna.run("ceremony", &[]).await.expect(1, &["somebody else has enrolled in your name"]);
    let forget = vec!["anna".to_owned()];
    world.organiser.restart_ceremony(&slug(), &Restart { attempt: 1, forget }).await.unwrap();
    let told = anna.run("ceremony", &[]).await;
    told.expect(1, &["at attempt 2 of the key ceremony", "urna trustee ceremony --restart"]);
    for person in [&anna, &boris, &clara] {
        person.run("ceremony", &["--restart"]).await.expect(0, &[]);
    }
    assert_eq!(status(&anna).await, ("it is your turn: `urna trustee ceremony`".into(), true));
    let people = [anna, boris, clara];
    assert_eq!(
        status(&people[2]).await.0,
        "awaited from trustee 1 (Trustee anna), trustee 2 (Trustee boris): the package of round 1"
    );
    people[0].run("rehearse", &["--backup", "x"]).await.expect(1, &["agree to the published manifest first"]);
    let manifest = world.rehearsed(&people).await;
    let [anna, boris, clara] = people;

    // Another id than the announced one; a backup that is the file.
    let other = "0".repeat(64);
    anna.run("agree", &["--election", &other, "--yes"]).await.expect(1, &["was announced"]);
    anna.run("rehearse", &["--backup", text(&anna.file)]).await.expect(1, &["is the key file itself"]);
    assert_eq!(status(&anna).await, ("awaited from the organiser: the end of voting".into(), false));
    // Boris' file is lost. His backup takes its place, and takes over what he had posted.
    std::fs::copy(&boris.backup, &boris.file).unwrap();
    assert!(status(&boris).await.1);
    let id = manifest.id().to_string();
    boris.run("agree", &["--election", &id, "--yes"]).await.expect(0, &["You have agreed to this manifest"]);
    assert!(!status(&boris).await.1);
    let early = anna.run("open", &["--yes", "--json"]).await.expect(1, &["Nothing was posted"]).json();
    assert!(early["error"].as_str().unwrap().starts_with("V-"), "{early}");

    world.organiser.open(&slug()).await.unwrap();
    let invitations = world.invitations().await;
    for (person, option) in [(0, 0), (1, 1), (2, 0)] {
        world.vote(&invitations[person], option).await;
    }
    world.has_no_result("Voting has not been closed").await;
    world.organiser.close(&slug()).await.unwrap();
    world.issued().await;
    world.has_no_result("0 of 3 trustees have agreed").await;
    assert_eq!(status(&anna).await, ("it is your turn: `urna trustee open`".into(), true));

    // Anna agrees and waits; boris agrees and opens; anna goes on. Clara has lost file and backup, and nobody needs her.
    let record = anna.file.with_extension("record");
    let alone = anna.run("open", &["--yes", "--record", text(&record)]).await;
    alone.expect(
        0,
        &["1 of 2 trustees", "Warning: in the class voters only 3 have cast", "3 ballots are counted"],
    );
    assert!(world.entries(&world.board()).await.iter().all(|entry| entry.kind() != Kind::Opening));
    world.has_no_result("trustee boris, its agreement").await;
    assert_eq!(status(&boris).await, ("it is your turn: `urna trustee open`".into(), true));
    boris.run("open", &["--yes"]).await.expect(0, &["Your part is open: 3 ballots in 1 chunks"]);
    let opened = anna.run("open", &["--record", text(&record), "--json"]).await.expect(0, &[]).json();
    assert_eq!((opened["opened"].as_bool(), opened["ballots"].as_u64()), (Some(true), Some(3)));
    // Again, nothing more is sent.
    boris.run("open", &[]).await.expect(0, &["Nothing more is asked of you"]);
    std::fs::remove_file(&clara.file).unwrap();
    clara.run("open", &["--yes"]).await.expect(2, &["does not exist"]);

    // What they opened are the votes.
    let board = world.board();
    let entries = world.entries(&board).await;
    let openings: Vec<_> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Opening(opening) => Some(opening),
            _ => None,
        })
        .collect();
    assert_eq!(openings.len(), 2);
    let ballots = ballots(&world, &manifest).await;
    let points: Vec<_> = ballots.iter().map(|ballot| *ballot.ephemeral()).collect();
    let mut lists = Vec::new();
    for (place, id) in [(0, "anna"), (1, "boris")] {
        let opening = openings.iter().find(|opening| opening.signer.as_str() == id).unwrap();
        let blob = board.blob(&slug(), &opening.body.chunk.sha256.0).await.unwrap();
        lists.push(check_chunk(&manifest, place, &opening.body, &blob, &points).unwrap());
    }
    let combined = combine(&[1, 2], &lists).unwrap();
    let opener = BallotOpener::new(&manifest);
    let readable = ballots.iter().zip(&combined).filter(|(ballot, point)| {
        let opened = opener.open(ballot, point).unwrap();
        opened.choices().is_ok()
    });
    assert_eq!(readable.count(), 3);
    world.publishes_and_certifies(&manifest).await;
}

/// The counted ballots in log order: here every voter has cast once.
async fn ballots(world: &World, manifest: &Manifest) -> Vec<urna_election::entry::Ballot> {
    let board = world.board();
    let size = board.status(&slug()).await.unwrap().size;
    let bundle = urna_log::Bundle::of(0, size).unwrap();
    let bytes = board.bundle(&slug(), bundle).await.unwrap();
    let entries = bundle.parse(&bytes).unwrap();
    let ballots = entries.iter().filter_map(|entry| match Entry::parse(entry).unwrap() {
        Entry::Ballot(ballot) => Some(ballot),
        _ => None,
    });
    assert_eq!(manifest.slug(), &slug());
    ballots.collect()
}

/// Before the close a second board is made of the first one's disk, and shown to clara: what it leaves out, she does not know.
#[tokio::test(flavor = "multi_thread")]
async fn gives_no_share_for_a_forked_board() {
    let (mut world, board) = World::new("a-forked-board", &TRUSTEES).await;
    let people = world.people();
    let _manifest = world.rehearsed(&people).await;
    let [anna, boris, clara] = people;
    world.organiser.open(&slug()).await.unwrap();
    let invitations = world.invitations().await;
    world.vote(&invitations[0], 0).await;
    // The fork.
    board.stop().await;
    let (data, forked) = (world.folder.join("board"), world.folder.join("forked-board"));
    copy(&data, &forked);
    let _board = world.serve(&data, true).await;
    let fork = world.serve(&forked, false).await;
    world.vote(&invitations[1], 1).await;
    world.vote(&invitations[2], 1).await;
    world.organiser.close(&slug()).await.unwrap();
    world.issued().await;
    let shown = BoardClient::new(&fork.url).unwrap();
    world.replay(&shown, &forked, &[Kind::VotingClosed, Kind::Issuance]).await;

    // Everything on the fork holds, and clara agrees to open the one ballot that is there. Nobody else has.
    let alone = clara.run("open", &["--yes", "--board", &fork.url]).await;
    alone.expect(0, &["1 ballots are counted", "1 of 2 trustees"]);
    anna.run("open", &["--yes"]).await.expect(0, &["3 ballots are counted", "1 of 2 trustees"]);
    boris.run("open", &["--yes"]).await.expect(0, &["Your part is open: 3 ballots"]);
    // On the true board clara has agreed to something else, durably: she opens nothing there, and nothing on the fork.
    clara.run("open", &["--yes"]).await.expect(1, &["you have agreed to something else"]);
    clara.run("open", &["--board", &fork.url]).await.expect(0, &["Nothing is opened before"]);
    // Not even if the fork shows what the others have signed.
    for entry in world.entries(&world.board()).await {
        if let Entry::Agreed(agreed) = &entry {
            // The fork's rules refuse it: it is not what is counted there.
            shown.post_trustee(&slug(), &agreed.signer, entry.to_bytes()).await.unwrap_err();
        }
    }
    for (board, kinds) in [(&shown, 0), (&world.board(), 1)] {
        let openings = world.entries(board).await.into_iter().filter(|entry| entry.kind() == Kind::Opening);
        assert_eq!(openings.count(), kinds);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
