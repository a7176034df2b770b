//! Whole logs, and the short election of a solo trustee.

use serde_json::{Value, json};

use super::{MARKS, Maker, details};
use crate::election::{ISSUERS, MAIN, blob};
use crate::fields::{Fields, hex};
use crate::log::{Cast, Log, per_class, unbase64};
use crate::vector::Vector;

impl Maker {
    /// The election with one ballot each and a solo trustee, shortly.
    pub(super) fn solo(&mut self) {
        let manifest = json!({"manifest": blob("manifest", &self.log.election.text)});
        self.log.post("authority", "manifest", &manifest);
        let ceremony = self.log.ceremony(0);
        let mut with = ceremony.clone();
        with["round_1"] = blob("round1", [0; 166]);
        self.refuse(
            "solo: ceremony with packages",
            "STA-24",
            "A solo trustee has none.",
            ("anna", "ceremony"),
            &with,
        );
        let entry = self.log.numbered("boris", 0, "ceremony", &ceremony);
        self.reject("solo: another trustee", "STA-4", "Boris is not in this election.", &entry);
        self.log.post("anna", "ceremony", &ceremony);
        let body = self.log.rehearsal(0);
        self.log.post("anna", "rehearsal", &body);
        let body = self.log.register_body();
        self.log.post("authority", "register", &body);
        self.log.post("authority", "voting_opened", &details());
        let entry = self.honest(0, 0);
        self.log.entries.push(entry);
        let entry = self.honest(0, 1);
        self.reject("final: a second ballot", "STA-25", "revote: never.", &entry);
        let ada = self.log.voters[0].clone();
        let entry = self.log.withdrawal(&ada, "north", 1);
        self.reject("final: a withdrawal", "STA-25", "revote: never.", &entry);
        // A ballot of the other election, in every field.
        let mut other = Log::new(MAIN);
        let bob = other.voters[1].clone();
        let entry = other.ballot(&Cast::new(&bob, 0, &MARKS));
        self.reject("a ballot of another election", "TOK-7", "Valid there.", &entry);
        let entry = other.numbered("authority", 3, "voting_closed", &details());
        self.reject(
            "an authority's entry of another election",
            "ENT-2",
            "Another key, another election id.",
            &entry,
        );
        let entry = self.honest(1, 0);
        self.log.entries.push(entry);
        self.log.post("authority", "voting_closed", &details());
        for (place, issuer) in ISSUERS.iter().enumerate() {
            let body = self.log.issuance_body(place);
            self.log.post(issuer, "issuance", &body);
        }
        let closed = self.log.entries.len() - 3;
        let agreed = self.log.agreed(closed);
        self.log.post("anna", "agreed", &agreed);
        let (points, opening) = self.log.opening(0, &agreed);
        self.log.post("anna", "opening", &opening);
        let (body, ..) = self.log.result(&[1], &[points]);
        self.log.post("authority", "result", &body);
        let returned = self.log.voters[3].clone();
        let entry = self.log.returned(&returned, "south");
        self.log.entries.push(entry);
        self.log.post("authority", "certified", &details());
    }

    /// The whole log.
    pub(super) fn replayed(&mut self) {
        let log = &self.log;
        let kinds: Vec<Value> = log.entries.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
        let mut rehearsals = log.election.shares.len();
        let mut phase = "announced";
        let mut phases = Vec::new();
        for entry in &kinds {
            phase = match entry["kind"].as_str().unwrap() {
                "rehearsal" => {
                    rehearsals -= 1;
                    if rehearsals == 0 { "rehearsed" } else { phase }
                }
                "voting_opened" => "voting",
                "voting_closed" => "closed",
                "result" => "tallied",
                "certified" => "certified",
                _ => phase,
            };
            phases.push(json!(phase));
        }
        let counted: Vec<Value> = log
            .counted()
            .iter()
            .map(|(index, ballot)| json!({"R": hex(unbase64(&ballot["ephemeral"])), "index": index}))
            .collect();
        let distinct = |kind: &str| {
            let mut found: Vec<&str> = kinds
                .iter()
                .filter(|entry| entry["kind"] == kind)
                .filter_map(|entry| entry["pseudonym"].as_str())
                .collect();
            found.sort_unstable();
            found.dedup();
            u64::try_from(found.len()).unwrap()
        };
        let total: u64 = per_class().as_object().unwrap().values().filter_map(Value::as_u64).sum();
        let values = Fields::new()
            .with("counted", &Value::Array(counted))
            .with("counted_hash", &log.counted_hash())
            .with("entitled", &total)
            .with("issued", &total)
            .with("phases", &Value::Array(phases))
            .with("returned", &distinct("returned"))
            .with("seen", &distinct("ballot"));
        let name = format!("the whole log `{}`", self.name);
        self.vectors.push(Vector::accept(
            "replay",
            &name,
            "STA-1",
            "Every entry is admitted; after each the phase is as listed.",
            Fields::new().with("log", self.name),
            values,
        ));
    }
}
