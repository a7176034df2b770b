//! Entries after the close: issuance, returned tokens, agreement, openings, result, end.

use serde_json::{Value, json};

use super::{Maker, details};
use crate::election::{base64, point};
use crate::oracle::G;

impl Maker {
    pub(super) fn closed(&mut self) {
        let closed = self.log.entries.len() - 1;
        let voters = self.log.voters.clone();
        let [ada, dan] = [&voters[0], &voters[3]];
        let agreed = self.log.agreed(closed);
        self.refuse(
            "agreed before the issuance lists",
            "STA-19",
            "None is there.",
            ("anna", "agreed"),
            &agreed,
        );
        let body = self.log.issuance_body(0);
        let with = |change: fn(&mut Value)| {
            let mut body = body.clone();
            change(&mut body);
            body
        };
        for (name, rule, comment, body) in [
            (
                "issuance: a class missing",
                "STA-15",
                "Exactly the manifest's classes.",
                with(|body| body["issued"] = json!({"north": 2, "south": 2})),
            ),
            (
                "issuance: no blob of rows",
                "ENT-10",
                "Five rows need one.",
                with(|body| body["rows"] = json!([])),
            ),
            (
                "issuance: a blob of another kind",
                "ENT-4",
                "Rows are issuance_rows.",
                with(|body| body["rows"][0]["kind"] = json!("register_rows")),
            ),
            (
                "issuance: a blob above the limit",
                "ENT-9",
                "16 MiB and a byte.",
                with(|body| body["rows"][0]["length"] = json!((16 << 20) + 1)),
            ),
        ] {
            self.refuse(name, rule, comment, ("office", "issuance"), &body);
        }
        let by_trustee = self.log.numbered("anna", 2, "issuance", &body);
        self.reject("issuance by a trustee", "STA-4", "Only issuers.", &by_trustee);
        self.log.post("office", "issuance", &body);
        self.refuse("issuance a second time", "STA-13", "Once per issuer.", ("office", "issuance"), &body);
        self.refuse(
            "agreed before the last issuance list",
            "STA-19",
            "The senate's is missing.",
            ("anna", "agreed"),
            &agreed,
        );
        let body = self.log.issuance_body(1);
        self.log.post("senate", "issuance", &body);
        let entry = self.log.returned(ada, "north");
        self.reject(
            "returned: a token that was used",
            "STA-12",
            "Ada's vote was withdrawn, its token was used.",
            &entry,
        );
        let entry = self.log.returned(dan, "south");
        self.changed(
            "returned: somebody else's signature",
            "TOK-8",
            "Another pseudonym's.",
            &entry,
            |entry| {
                entry["pseudonym"] = json!(point(&(ada.sk * G)));
            },
        );
        self.changed("returned: tokens exchanged", "TOK-7", "In the manifest's order.", &entry, |entry| {
            entry["tokens"] = json!([entry["tokens"][1], entry["tokens"][0]]);
        });
        self.changed("returned: one token", "BAL-8", "One of each issuer.", &entry, |entry| {
            entry["tokens"] = json!([entry["tokens"][0]]);
        });
        let elsewhere = self.log.returned(dan, "north");
        self.reject(
            "returned: in another class",
            "TOK-7",
            "Signed for it, but the tokens are for south.",
            &elsewhere,
        );
        self.log.entries.push(entry.clone());
        self.reject("returned: sent again", "STA-9", "The answer is the first one's index.", &entry);

        let with = |field: &str, value: Value| {
            let mut body = agreed.clone();
            body[field] = value;
            body
        };
        for (name, comment, body) in [
            (
                "agreed on another counted list",
                "The hash of another list.",
                with("counted", json!(base64([1; 32]))),
            ),
            ("agreed on another size", "One entry less.", with("size", json!(closed))),
            (
                "agreed on other issuance lists",
                "Exchanged.",
                with("issuance", json!([agreed["issuance"][1], agreed["issuance"][0]])),
            ),
            (
                "agreed on fewer issuance lists",
                "The office's only.",
                with("issuance", json!([agreed["issuance"][0]])),
            ),
        ] {
            self.refuse(name, "STA-18", comment, ("anna", "agreed"), &body);
        }
        let (_, early) = self.log.opening(0, &agreed);
        self.refuse("opening before agreement", "STA-20", "Nobody has agreed.", ("anna", "opening"), &early);
        self.log.post("anna", "agreed", &agreed);
        self.refuse("agreed a second time", "STA-13", "Once per trustee.", ("anna", "agreed"), &agreed);
        let (_, early) = self.log.opening(0, &agreed);
        self.refuse(
            "opening when one has agreed",
            "STA-20",
            "Two of three must.",
            ("anna", "opening"),
            &early,
        );
        let root = with("root", json!(base64([2; 32])));
        self.log.post("clara", "agreed", &root);
        self.refuse(
            "opening when two agree on different roots",
            "STA-20",
            "Two agreements, one trustee each.",
            ("anna", "opening"),
            &early,
        );
        self.log.post("boris", "agreed", &agreed);
        let (_, shut) = self.log.opening(2, &agreed);
        self.refuse(
            "opening by who agreed on another root",
            "STA-20",
            "Clara, under the others' agreement.",
            ("clara", "opening"),
            &shut,
        );
        let (first, opening) = self.log.opening(0, &agreed);
        let with = |change: fn(&mut Value)| {
            let mut body = opening.clone();
            change(&mut body);
            body
        };
        for (name, rule, comment, body) in [
            (
                "opening: another agreed hash",
                "STA-20",
                "Of no agreement.",
                with(|body| body["agreed"] = json!(base64([3; 32]))),
            ),
            ("opening: position 1", "STA-21", "0 comes first.", with(|body| body["position"] = json!(1))),
            (
                "opening: a chunk too short",
                "STA-21",
                "32 bytes for each counted ballot.",
                with(|body| body["chunk"]["length"] = json!(64)),
            ),
            (
                "opening: a chunk too long",
                "STA-21",
                "32 bytes for each counted ballot.",
                with(|body| body["chunk"]["length"] = json!(128)),
            ),
            (
                "opening: an empty chunk",
                "STA-21",
                "32 bytes for each counted ballot.",
                with(|body| body["chunk"]["length"] = json!(0)),
            ),
            (
                "opening: a blob of another kind",
                "ENT-4",
                "Chunks are partial_decryptions.",
                with(|body| body["chunk"]["kind"] = json!("combined_openings")),
            ),
        ] {
            self.refuse(name, rule, comment, ("anna", "opening"), &body);
        }
        let (body, ..) = self.log.result(&[1, 2], &[first.clone(), self.log.opening_points(1)]);
        self.refuse(
            "a result before the openings",
            "STA-22",
            "Nobody has opened.",
            ("authority", "result"),
            &body,
        );
        self.log.post("anna", "opening", &opening);
        self.refuse(
            "opening: the same chunk again",
            "STA-21",
            "Nothing follows the last.",
            ("anna", "opening"),
            &opening,
        );
        let next = with(|body| body["position"] = json!(1));
        self.refuse(
            "opening: behind the last chunk",
            "STA-21",
            "Nothing follows the last.",
            ("anna", "opening"),
            &next,
        );
        self.refuse(
            "a result of one trustee's opening",
            "STA-22",
            "Boris has not opened.",
            ("authority", "result"),
            &body,
        );
        let (second, opening) = self.log.opening(1, &agreed);
        self.log.post("boris", "opening", &opening);
        let entry = self.log.next("authority", "cancelled", &details());
        self.accept("cancelled after the openings", "STA-1", "Visible to everybody.", &entry);
        let (body, ..) = self.log.result(&[1, 2], &[first, second]);
        let with = |change: fn(&mut Value)| {
            let mut body = body.clone();
            change(&mut body);
            body
        };
        for (name, rule, comment, body) in [
            ("result: of one trustee", "STA-22", "t is 2.", with(|body| body["trustees"] = json!([1]))),
            ("result: of no trustee", "STA-22", "t is 2.", with(|body| body["trustees"] = json!([]))),
            (
                "result: a trustee twice",
                "STA-22",
                "Strictly ascending.",
                with(|body| body["trustees"] = json!([1, 1])),
            ),
            (
                "result: trustees out of order",
                "STA-22",
                "Strictly ascending.",
                with(|body| body["trustees"] = json!([2, 1])),
            ),
            (
                "result: of a trustee that has not opened",
                "STA-22",
                "Clara.",
                with(|body| body["trustees"] = json!([1, 3])),
            ),
            (
                "result: of a trustee that does not exist",
                "STA-22",
                "There is no trustee 4.",
                with(|body| body["trustees"] = json!([1, 2, 4])),
            ),
            (
                "result: no combined openings",
                "ENT-10",
                "Three ballots need one blob.",
                with(|body| body["combined"] = json!([])),
            ),
            (
                "result: combined openings of another kind",
                "ENT-4",
                "combined_openings.",
                with(|body| body["combined"][0]["kind"] = json!("partial_decryptions")),
            ),
            (
                "result: combined openings of another length",
                "ENT-9",
                "32 bytes a ballot.",
                with(|body| body["combined"][0]["length"] = json!(64)),
            ),
            (
                "result: a blob of another kind",
                "ENT-4",
                "result.",
                with(|body| body["result"]["kind"] = json!("details")),
            ),
            (
                "result: a blob above the limit",
                "ENT-9",
                "64 MiB and a byte.",
                with(|body| body["result"]["length"] = json!((64 << 20) + 1)),
            ),
        ] {
            self.refuse(name, rule, comment, ("authority", "result"), &body);
        }
        self.log.post("authority", "result", &body);
        self.refuse("a second result", "STA-1", "There is one.", ("authority", "result"), &body);
        self.refuse(
            "cancelled after the result",
            "STA-1",
            "It stands.",
            ("authority", "cancelled"),
            &details(),
        );
        self.log.post("authority", "certified", &details());
        let entry = self.log.returned(&voters[3], "south");
        self.reject("returned again when certified", "STA-9", "It is there already.", &entry);
        let manifest = json!({"blobs": [base64(self.log.election.id)], "details": null});
        let (low, high) = (base64([1; 32]), base64([2; 32]));
        for (name, comment, body) in [
            ("erased: nothing", "At least one.", json!({"blobs": [], "details": null})),
            ("erased: out of order", "Ascending.", json!({"blobs": [high, low], "details": null})),
            ("erased: one twice", "Strictly.", json!({"blobs": [low, low], "details": null})),
            ("erased: the manifest", "Without it nothing verifies.", manifest),
        ] {
            self.refuse(name, "STA-23", comment, ("authority", "erased"), &body);
        }
        self.log.post("authority", "erased", &json!({"blobs": [low, high], "details": null}));
    }
}
