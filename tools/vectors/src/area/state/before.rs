//! Entries until voting opens: manifest, ceremonies, rehearsals, the register.

use serde_json::{Value, json};

use super::{Maker, details};
use crate::election::{TRUSTEES, base64, blob};
use crate::log::unbase64;

impl Maker {
    pub(super) fn announced(&mut self) {
        let manifest = json!({"manifest": blob("manifest", &self.log.election.text)});
        self.refuse(
            "entry 0 is no manifest",
            "STA-2",
            "Voting cannot open first.",
            ("authority", "voting_opened"),
            &details(),
        );
        let other = json!({"manifest": blob("manifest", "{}")});
        self.refuse("another manifest", "STA-2", "Another hash.", ("authority", "manifest"), &other);
        let kind = json!({"manifest": blob("result", &self.log.election.text)});
        self.refuse(
            "the manifest as another blob",
            "STA-2",
            "The right hash, the wrong kind.",
            ("authority", "manifest"),
            &kind,
        );
        let later = self.log.numbered("authority", 1, "manifest", &manifest);
        self.reject("the manifest under number 1", "STA-5", "Numbers begin at 0.", &later);
        self.log.post("authority", "manifest", &manifest);
        let entry = self.log.next("authority", "manifest", &manifest);
        self.reject("a second manifest", "STA-1", "Entry 0 only.", &entry);

        let ceremony = self.log.ceremony(0);
        let entry = self.log.next("anna", "ceremony", &ceremony);
        self.changed("ceremony: a bit of the signature", "ENT-3", "s + something.", &entry, |entry| {
            let mut bytes = unbase64(&entry["signature"]);
            bytes[40] ^= 1;
            entry["signature"] = json!(base64(bytes));
        });
        self.changed("ceremony: another signer", "ENT-3", "Anna's entry as Boris's.", &entry, |entry| {
            entry["signer"] = json!("boris")
        });
        self.changed("ceremony: another number", "ENT-3", "The number is signed.", &entry, |entry| {
            entry["number"] = json!(1)
        });
        self.changed("ceremony: a signature of zeros", "ENT-3", "It does not decode.", &entry, |entry| {
            entry["signature"] = json!(base64([0; 64]))
        });
        let gap = self.log.numbered("anna", 1, "ceremony", &ceremony);
        self.reject("ceremony: a gap in the numbers", "STA-5", "Anna's first entry has number 0.", &gap);
        let by_issuer = self.log.numbered("office", 0, "ceremony", &ceremony);
        self.reject("ceremony by an issuer", "STA-4", "An issuer is no trustee.", &by_issuer);
        let by_authority = self.log.numbered("authority", 1, "ceremony", &ceremony);
        self.reject("ceremony by the authority", "STA-4", "The authority is no trustee.", &by_authority);
        let of_another = self.log.ceremony(1);
        self.refuse(
            "ceremony: another trustee's possession",
            "ENT-6",
            "Boris's, in Anna's entry.",
            ("anna", "ceremony"),
            &of_another,
        );
        let mut without = ceremony.clone();
        without["round_1"] = Value::Null;
        self.refuse(
            "ceremony without packages",
            "STA-24",
            "Null of a solo trustee only.",
            ("anna", "ceremony"),
            &without,
        );
        let mut kind = ceremony.clone();
        kind["round_1"]["kind"] = json!("details");
        self.refuse(
            "ceremony: a blob of another kind",
            "ENT-4",
            "The packages are round1.",
            ("anna", "ceremony"),
            &kind,
        );
        let mut length = ceremony.clone();
        length["round_1"]["length"] = json!(595);
        self.refuse(
            "ceremony: packages of another length",
            "ENT-9",
            "Exactly n (134 + 32 t).",
            ("anna", "ceremony"),
            &length,
        );
        let early = self.log.rehearsal(0);
        self.refuse(
            "rehearsal before the ceremonies",
            "STA-14",
            "Nobody has posted one.",
            ("anna", "rehearsal"),
            &early,
        );
        self.log.post("anna", "ceremony", &ceremony);
        self.refuse("ceremony a second time", "STA-13", "Once per trustee.", ("anna", "ceremony"), &ceremony);
        let mut others = self.log.ceremony(1);
        others["round_1"]["sha256"] = json!(base64([7; 32]));
        self.refuse(
            "ceremony: other packages",
            "STA-24",
            "Boris names others than Anna.",
            ("boris", "ceremony"),
            &others,
        );
        for place in [1, 2] {
            let body = self.log.ceremony(place);
            self.log.post(TRUSTEES[place], "ceremony", &body);
        }
        let of_another = self.log.rehearsal(1);
        self.refuse(
            "rehearsal of another canary",
            "ENT-7",
            "Boris's, in Anna's entry.",
            ("anna", "rehearsal"),
            &of_another,
        );
        let body = self.log.rehearsal(0);
        self.log.post("anna", "rehearsal", &body);
        self.refuse("rehearsal a second time", "STA-13", "Once per trustee.", ("anna", "rehearsal"), &body);
        self.refuse(
            "voting opens before all rehearsals",
            "STA-1",
            "Two are missing.",
            ("authority", "voting_opened"),
            &details(),
        );
        for place in [1, 2] {
            let body = self.log.rehearsal(place);
            self.log.post(TRUSTEES[place], "rehearsal", &body);
        }
    }

    pub(super) fn rehearsed(&mut self) {
        let body = self.log.ceremony(0);
        self.refuse(
            "ceremony after the rehearsals",
            "STA-1",
            "The keys are fixed.",
            ("anna", "ceremony"),
            &body,
        );
        self.refuse(
            "voting opens without a register",
            "STA-17",
            "Nobody is entitled.",
            ("authority", "voting_opened"),
            &details(),
        );
        let register = self.log.register_body();
        let with = |change: fn(&mut Value)| {
            let mut body = register.clone();
            change(&mut body);
            body
        };
        for (name, rule, comment, body) in [
            (
                "register: the first is manual",
                "STA-16",
                "The first version is initial.",
                with(|body| body["cause"] = json!("manual")),
            ),
            (
                "register: a class missing",
                "STA-15",
                "Exactly the manifest's classes.",
                with(|body| body["entitled"] = json!({"north": 2, "south": 2})),
            ),
            (
                "register: another class",
                "STA-15",
                "Exactly the manifest's classes.",
                with(|body| body["entitled"] = json!({"east": 1, "north": 2, "south": 2})),
            ),
            (
                "register: a class of one",
                "STA-26",
                "South has one, and was not confirmed.",
                with(|body| body["entitled"]["south"] = json!(1)),
            ),
            (
                "register: no blob of rows",
                "ENT-10",
                "Five rows need one.",
                with(|body| body["rows"] = json!([])),
            ),
            (
                "register: a blob too many",
                "ENT-10",
                "Five rows need one.",
                with(|body| body["rows"] = json!([body["rows"][0], body["rows"][0]])),
            ),
            (
                "register: a blob of another kind",
                "ENT-4",
                "Rows are register_rows.",
                with(|body| body["rows"][0]["kind"] = json!("issuance_rows")),
            ),
            (
                "register: a blob above the limit",
                "ENT-9",
                "4 MiB and a byte.",
                with(|body| body["rows"][0]["length"] = json!((4 << 20) + 1)),
            ),
        ] {
            self.refuse(name, rule, comment, ("authority", "register"), &body);
        }
        self.log.post("authority", "register", &register);
        self.refuse(
            "register: a second initial version",
            "STA-16",
            "No other is initial.",
            ("authority", "register"),
            &register,
        );
        let mut nightly = register;
        nightly["cause"] = json!("nightly");
        let entry = self.log.next("authority", "register", &nightly);
        self.accept("register: a nightly version", "STA-16", "Until voting closes.", &entry);
        let cast = self.honest(0, 0);
        self.reject("a ballot before voting", "STA-1", "Valid, but voting is not open.", &cast);
        let mut wrong = details();
        wrong["details"] = blob("result", "reasons");
        self.refuse(
            "voting opens with a blob of another kind",
            "ENT-4",
            "Reasons are details.",
            ("authority", "voting_opened"),
            &wrong,
        );
        let signed = self.log.next("authority", "voting_opened", &details());
        self.changed("voting opens by a bit less", "ENT-2", "A bit of the signature.", &signed, |entry| {
            let mut bytes = unbase64(&entry["signature"]);
            bytes[3] ^= 4;
            entry["signature"] = json!(base64(bytes));
        });
        self.changed(
            "voting opens, signed as voting closes",
            "ENT-2",
            "The kind is signed.",
            &signed,
            |entry| entry["kind"] = json!("voting_closed"),
        );
        let entry = self.log.numbered("anna", 2, "voting_opened", &details());
        self.reject("voting opened by a trustee", "STA-4", "Only the authority.", &entry);
        let entry = self.log.numbered("authority", 1, "voting_opened", &details());
        self.reject("voting opens under a used number", "STA-5", "Number 1 was the register's.", &entry);
        let entry = self.log.next("authority", "cancelled", &details());
        self.accept("cancelled before voting", "STA-1", "From any phase before tallied.", &entry);
        self.log.post("authority", "voting_opened", &details());
    }
}
