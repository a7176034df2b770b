//! Packages that travel as files.

use std::fs;
use std::path::Path;

use urna_api::authority::TrusteeKeys;
use urna_crypto::Ed25519SigningKey;
use urna_disk::FileLock;
use urna_election::json::Base64;
use urna_election::{Party, Plan};
use urna_trustee::Sharing;

use crate::running::{PASSPHRASE, Person, run, scratch};

fn plan(threshold: u16, ids: &[&str]) -> Plan {
    let party = |id: &&str| Party { id: id.parse().unwrap(), name: format!("Trustee {id}") };
    Plan {
        authority_key: Base64(Ed25519SigningKey::from_bytes(&[1; 32]).public().to_bytes()),
        issuers: vec![Party { id: "office".parse().unwrap(), name: "The office".into() }],
        slug: "union-2030".parse().unwrap(),
        spec: 1,
        threshold,
        trustees: ids.iter().map(party).collect(),
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_a_ceremony_with_a_stick_that_goes_round() {
    let folder = scratch("stick-goes-round");
    let plan = plan(2, &["anna", "boris", "clara"]);
    fs::write(folder.join("plan.json"), plan.to_bytes()).unwrap();
    let [anna, boris, clara] = ["anna", "boris", "clara"].map(|id| Person::new(&folder.join(id), id));
    let stick = folder.join("packages");

    // One makes her file with the command, at its full price.
    let (plan_file, out) = (folder.join("plan.json"), text(&stick));
    let enrol = |id: &'static str| ["--trustee", id, text(&plan_file), "--out", out];
    anna.run("enrol", &enrol("zoe")).await.expect(1, &["the plan has no trustee zoe"]);
    anna.run_with("enrol", &enrol("anna"), "short").await.expect(2, &["at least 10 characters"]);
    assert!(!anna.file.exists());
    let id = plan.id().to_string();
    let enrolled = anna.run("enrol", &enrol("anna")).await;
    enrolled.expect(
        0,
        &[
            "2 of 3 can open",
            &id[..8],
            "union-2030-anna-enrolment.json",
            "awaited from trustee 2 (Trustee boris)",
        ],
    );
    let again = anna.run("enrol", &enrol("anna")).await;
    again.expect(2, &["exists, and is not replaced"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&anna.file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    for person in [&boris, &clara] {
        person.enrol_cheaply(&plan, Sharing::Shared, None);
    }

    // The passphrase from a file, a wrong one, a file in use.
    let secret = folder.join("passphrase");
    fs::write(&secret, format!("{PASSPHRASE}\n")).unwrap();
    let file = ["status", "--file", text(&boris.file), "--passphrase-file", text(&secret), "--json"];
    let status = run(&file, "").await.expect(0, &[]).json();
    assert_eq!((status["trustee"].as_str(), status["own_turn"].as_bool()), (Some("boris"), Some(false)));
    assert_eq!(status["awaited"].as_array().unwrap().len(), 2);
    boris.run_with("status", &[], "something else entirely").await.expect(2, &["the passphrase is wrong"]);
    let lock = FileLock::take(&boris.file, "program").unwrap();
    boris.run("status", &[]).await.expect(1, &["another program uses"]);
    drop(lock);

    // Around it goes, until all have their shares; and what is there already does no harm.
    let turn = ["--in", out, "--out", out];
    boris.run("ceremony", &turn).await.expect(0, &["awaited from trustee 3 (Trustee clara): the enrolment"]);
    clara.run("ceremony", &turn).await.expect(0, &["the package of round 1"]);
    anna.run("ceremony", &turn).await.expect(0, &["the package of round 1"]);
    anna.run("backup", &[text(&anna.backup)]).await.expect(1, &["the key ceremony is not finished"]);

    // Clara's package is spoilt on the way to boris: she is named, and nothing is lost.
    let package = stick.join("union-2030-clara-round1-1.json");
    let good = fs::read_to_string(&package).unwrap();
    let (head, tail) = good.split_at(good.find("\"parts\":[\"").unwrap() + 60);
    let flipped = if tail.starts_with('A') { "B" } else { "A" };
    fs::write(&package, format!("{head}{flipped}{}", &tail[1..])).unwrap();
    let refused = boris.run("ceremony", &[&turn[..], &["--json"]].concat()).await.expect(1, &[]).json();
    assert_eq!(refused["problems"][0]["trustee"], "clara");
    assert_eq!(refused["awaited"]["trustees"][0], "clara");
    fs::write(&package, "garbage").unwrap();
    boris
        .run("ceremony", &["--in", text(&package)])
        .await
        .expect(2, &["union-2030-clara-round1-1.json", "not the expected JSON"]);
    fs::write(&package, good).unwrap();

    for _ in 0..3 {
        for person in [&boris, &clara, &anna] {
            person.run("ceremony", &turn).await.expect(0, &[]);
        }
    }
    let hash = |said: String| said.lines().find(|line| line.starts_with("Ceremony hash")).unwrap().to_owned();
    let mut hashes = Vec::new();
    for person in [&anna, &boris, &clara] {
        let said =
            person.run("ceremony", &turn).await.expect(0, &["You have your share", "urna trustee backup"]);
        hashes.push(hash(said.out));
    }
    assert!(hashes.iter().all(|hash| *hash == hashes[0]));
    // What the organiser gives the authority.
    let keys: TrusteeKeys =
        serde_json::from_slice(&fs::read(stick.join("union-2030-trustees.json")).unwrap()).unwrap();
    assert_eq!(keys.members.len(), 3);

    // Backups: of one's own file only, in another place.
    let backup = ["backup", "--file", text(&boris.file), text(&boris.backup)];
    run(&backup, PASSPHRASE).await.expect(0, &["under the same passphrase", "on the same disk"]);
    run(&backup, PASSPHRASE).await.expect(0, &[]);
    boris.run("backup", &[text(&boris.file)]).await.expect(1, &["is the key file itself"]);
    let link = folder.join("link");
    fs::hard_link(&boris.file, &link).unwrap();
    boris.run("backup", &[text(&link)]).await.expect(1, &["is the key file itself"]);
    boris.run("backup", &[text(&clara.file)]).await.expect(2, &["exists, and is not replaced"]);
    boris
        .run("rehearse", &["--backup", text(&boris.backup)])
        .await
        .expect(1, &["agree to the published manifest first"]);

    // Another attempt, by an explicit act.
    let restart = ["--restart", "--out", out];
    let restarted = clara.run("ceremony", &[&restart[..], &["--json"]].concat()).await.expect(0, &[]).json();
    assert_eq!((restarted["attempt"].as_u64(), restarted["holds_share"].as_bool()), (Some(2), Some(false)));
    let late = clara.run("ceremony", &turn).await.expect(1, &["is of attempt 1, and this is attempt 2"]);
    assert!(late.out.contains("trustee 2 (Trustee boris)"), "{}", late.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_the_whole_key_only_when_asked_for_by_name() {
    let folder = scratch("solo");
    let plan_file = folder.join("plan.json");
    fs::write(&plan_file, plan(1, &["anna"]).to_bytes()).unwrap();
    let anna = Person::new(&folder, "anna");
    anna.run("enrol", &["--trustee", "anna", text(&plan_file)]).await.expect(1, &["say so by name, solo"]);
    assert!(!anna.file.exists());
    anna.enrol_cheaply(&plan(1, &["anna"]), Sharing::Solo, None);
    anna.run("ceremony", &["--out", text(&folder)]).await.expect(0, &["You have your share"]);
    let keys: TrusteeKeys =
        serde_json::from_slice(&fs::read(folder.join("union-2030-trustees.json")).unwrap()).unwrap();
    assert_eq!(keys.members[0].share_key, keys.election_key);
    let shared = folder.join("shared.json");
    fs::write(&shared, plan(2, &["anna", "boris"]).to_bytes()).unwrap();
    let other = Person::new(&folder, "boris");
    other.run("enrol", &["--trustee", "boris", "--solo", text(&shared)]).await.expect(1, &["it is not solo"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn explains_itself() {
    for (arguments, says) in [
        (vec!["--help"], vec!["A complete example", "urna trustee rehearse", "Exit status: 0"]),
        (vec!["enrol", "--help"], vec!["--solo", "Compare the plan id"]),
        (vec!["ceremony", "--help"], vec!["--restart", "nothing is lost"]),
        (vec!["agree", "--help"], vec!["type it from there"]),
        (vec!["open", "--help"], vec!["If a check fails, nothing is posted"]),
        (vec!["rehearse", "--help"], vec!["Voting cannot begin before"]),
    ] {
        run(&arguments, "").await.expect(0, &says);
    }
    run(&["status", "--file", "/nowhere/anna.key"], PASSPHRASE)
        .await
        .expect(2, &["/nowhere/anna.key does not exist"]);
    run(&["agree", "--file", "x", "--election", "12"], "").await.expect(2, &["64 digits"]);
    run(&["enrol", "--file", "x", "--trustee", "anna"], "").await.expect(2, &["PLAN"]);
}
