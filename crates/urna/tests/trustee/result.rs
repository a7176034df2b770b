//! What the organiser makes of what the trustees have opened: `urna election tally`, `result` and `certify`.

use serde_json::{Value, json};
use urna_api::authority::{NewKey, Role};
use urna_election::manifest::Manifest;
use urna_verifier::source::Directory;
use urna_verifier::{Given, Verdict, verify};

use crate::running::{Run, urna};
use crate::world::{SLUG, World};

impl World {
    /// A command about the election, as whoever has this key.
    pub(crate) async fn organise(&self, command: &str, more: &[&str], key: &str) -> Run {
        let whom = ["--authority", &self.authority, "--key-file", "-"];
        urna(&[&["election", command, SLUG], &whom[..], more].concat(), &format!("{key}\n")).await
    }

    async fn result(&self, more: &[&str]) -> Run {
        urna(&[&["election", "result", SLUG, "--authority", &self.authority], more].concat(), "").await
    }

    /// The three commands say no, with this word of the authority's, and nothing is changed.
    pub(crate) async fn has_no_result(&self, says: &str) {
        self.organise("tally", &["--yes"], &self.key).await.expect(1, &[says]);
        self.organise("certify", &["--yes"], &self.key).await.expect(1, &["here is no result yet"]);
        let early = self.result(&["--json"]).await.expect(1, &[]);
        assert!(
            early.json()["error"].as_str().unwrap().starts_with("there is no result yet"),
            "{}",
            early.out
        );
    }

    /// Two votes for the first option and one for the second are there, and opened.
    pub(crate) async fn publishes_and_certifies(&self, manifest: &Manifest) {
        // Only the owner, and only who says so.
        let manager =
            NewKey { account: "bo".into(), role: Role::Manager, election: Some(SLUG.into()), link: false };
        let manager = self.organiser.make_key(&manager).await.unwrap().key;
        for command in ["tally", "certify"] {
            self.organise(command, &["--yes"], &manager).await.expect(1, &["the role owner"]);
            self.organise(command, &[], &self.key).await.expect(2, &["for good"]);
        }
        self.organise("certify", &["--yes"], &self.key).await.expect(1, &["here is no result yet"]);
        self.organise("status", &[], &self.key).await.expect(0, &[&format!("urna election tally {SLUG}")]);

        let tallied = self.organise("tally", &["--yes", "--json"], &self.key).await.expect(0, &[]).json();
        let again = self.organise("tally", &["--yes"], &self.key).await;
        again.expect(0, &["The result is published", &format!("entry {}", tallied["index"])]);

        let text = self.result(&[]).await;
        let id = manifest.id().to_string();
        text.expect(0, &["Union elections 2030", "a trial", &id, "Ada Ek", "counted 3 of 6 entitled"]);
        let document = self.result(&["--json"]).await.expect(0, &[]).json();
        assert_eq!(
            document,
            json!({
                "contests": [{
                    "abstain": 0, "blank": 0, "id": manifest.contests()[0].id.as_str(), "invalid": 0,
                    "options": [
                        {"districts": {}, "id": "ada", "title": "Ada Ek", "votes": 2},
                        {"districts": {}, "id": "bob", "title": "Bob Lind", "votes": 1},
                    ],
                    "ties": [], "title": "Council", "void": 0, "winners": ["ada"],
                }],
                "counted": 3, "election_id": id, "entitled": 6, "gap": 0, "issued": 3, "returned": 0, "seen": 3,
                "trial": true,
            })
        );
        let exact = self.result(&["--format", "json"]).await.expect(0, &[]);
        assert_eq!(serde_json::from_str::<Value>(&exact.out).unwrap(), document);
        let csv = self.result(&["--format", "csv"]).await.expect(0, &[]);
        let mut rows = csv.out.lines();
        assert_eq!(rows.next(), Some("contest,option,district,what,figure"));
        let rows: Vec<_> = rows.collect();
        let contest = &manifest.contests()[0].id;
        for row in [
            format!("{contest},ada,,votes,2"),
            format!("{contest},bob,,votes,1"),
            ",,,counted,3".into(),
            ",,,trial,1".into(),
        ] {
            assert!(rows.contains(&row.as_str()), "{row}\n{}", csv.out);
        }

        let certified = self.organise("certify", &["--yes", "--json"], &self.key).await.expect(0, &[]).json();
        let again = self.organise("certify", &["--yes"], &self.key).await;
        again.expect(0, &["The result is certified", &format!("entry {}", certified["index"])]);
        assert!(certified["index"].as_u64() > tallied["index"].as_u64());
        self.organise("tally", &["--yes", "--json"], &self.key).await.expect(0, &[]);
        self.organise("status", &[], &self.key)
            .await
            .expect(0, &["The result is certified", "Nothing is awaited"]);

        // Anybody finds the same.
        let copy = self.folder.join("copy");
        let address = format!("{}/{SLUG}/", self.board_url);
        urna(&["mirror", &address, copy.to_str().unwrap()], "").await.expect(0, &["a trial"]);
        let given = Given { election: Some(*manifest.id()), ..Given::default() };
        let verified = verify(&Directory::open(&copy).unwrap(), &given, &|| rand_core::OsRng, &()).unwrap();
        assert_eq!(verified.report.verdict(), Verdict::Verified, "{}", verified.report);
        assert_eq!(serde_json::to_value(verified.result.unwrap()).unwrap(), document);
    }
}
