//! Entries while voting is open: ballots and withdrawals.

use serde_json::json;

use super::{MARKS, Maker, details};
use crate::election::{base64, point};
use crate::log::Cast;
use crate::oracle::G;

impl Maker {
    pub(super) fn voting(&mut self) {
        self.refuse(
            "voting opens twice",
            "STA-1",
            "It stands open.",
            ("authority", "voting_opened"),
            &details(),
        );
        self.refuse(
            "certified while voting",
            "STA-1",
            "There is no result.",
            ("authority", "certified"),
            &details(),
        );
        let voters = self.log.voters.clone();
        let [ada, bob, _, dan, eva] = [0, 1, 2, 3, 4].map(|place| &voters[place]);
        let entry = self.honest(0, 0);
        // Fields of a ballot, changed.
        for (name, rule, comment, field, value) in [
            (
                "ballot: another class",
                "BAL-5",
                "South exists, but this is not its token and proof.",
                "class",
                json!("south"),
            ),
            ("ballot: an unknown class", "STA-3", "East is not in the manifest.", "class", json!("east")),
            ("ballot: another sequence number", "BAL-5", "The number is proved.", "sequence", json!(1)),
            ("ballot: another pseudonym", "BAL-5", "Bob's.", "pseudonym", json!(point(&(bob.sk * G)))),
            ("ballot: another R", "BAL-5", "G.", "ephemeral", json!(point(&G))),
            ("ballot: R the identity", "GRP-2", "Does not decode.", "ephemeral", json!(base64([0; 32]))),
            ("ballot: pk the identity", "GRP-2", "Does not decode.", "pseudonym", json!(base64([0; 32]))),
            (
                "ballot: a ciphertext of three bytes",
                "BAL-9",
                "The election's length is 4.",
                "ciphertext",
                json!(base64([1, 2, 3])),
            ),
            (
                "ballot: a ciphertext of five bytes",
                "BAL-9",
                "The election's length is 4.",
                "ciphertext",
                json!(base64([1; 5])),
            ),
            ("ballot: no ciphertext", "BAL-9", "The election's length is 4.", "ciphertext", json!("")),
            (
                "ballot: another ciphertext",
                "BAL-5",
                "Of the right length.",
                "ciphertext",
                json!(base64([1; 4])),
            ),
            ("ballot: no tokens", "BAL-8", "One of each issuer.", "tokens", json!([])),
            ("ballot: one token", "BAL-8", "Never a subset.", "tokens", json!([base64(ada.tokens[0])])),
            (
                "ballot: a token too many",
                "BAL-8",
                "One of each issuer.",
                "tokens",
                json!([base64(ada.tokens[0]), base64(ada.tokens[1]), base64(ada.tokens[1])]),
            ),
            (
                "ballot: tokens exchanged",
                "TOK-7",
                "In the manifest's order of issuers.",
                "tokens",
                json!([base64(ada.tokens[1]), base64(ada.tokens[0])]),
            ),
            (
                "ballot: one issuer's token twice",
                "TOK-7",
                "Each issuer's own.",
                "tokens",
                json!([base64(ada.tokens[0]), base64(ada.tokens[0])]),
            ),
            (
                "ballot: Bob's tokens",
                "TOK-7",
                "On another pseudonym.",
                "tokens",
                json!([base64(bob.tokens[0]), base64(bob.tokens[1])]),
            ),
        ] {
            self.changed(name, rule, comment, &entry, |entry| entry[field] = value);
        }
        // The same faults, proved by the voter: only the token refuses.
        let cast = Cast::new(ada, 0, &MARKS);
        for (name, rule, comment, cast) in [
            (
                "ballot: tokens exchanged, and proved",
                "TOK-7",
                "The proof holds.",
                Cast { tokens: vec![ada.tokens[1], ada.tokens[0]], ..cast.clone() },
            ),
            (
                "ballot: Bob's tokens, and proved",
                "TOK-7",
                "The proof holds.",
                Cast { tokens: bob.tokens.clone(), ..cast.clone() },
            ),
            (
                "ballot: one token, and proved",
                "BAL-8",
                "The proof holds.",
                Cast { tokens: ada.tokens[..1].to_vec(), ..cast.clone() },
            ),
            (
                "ballot: in another class, and proved",
                "TOK-7",
                "The tokens are for north.",
                Cast { class: "south", ..cast.clone() },
            ),
            (
                "ballot: of a longer plaintext, and proved",
                "BAL-9",
                "Five bytes.",
                Cast { plaintext: vec![0; 5], ..cast.clone() },
            ),
        ] {
            let entry = self.log.ballot(&cast);
            self.reject(name, rule, comment, &entry);
        }
        let entry_1 = self.honest(0, 1);
        self.reject("ballot: the first has number 1", "STA-6", "Numbers begin at 0.", &entry_1);
        let withdrawal = self.log.withdrawal(ada, "north", 0);
        self.reject("withdrawal without a ballot", "STA-8", "There is nothing to take back.", &withdrawal);
        let signed = self.log.next("authority", "voting_closed", &details());
        self.accept("voting closes without ballots", "STA-1", "An empty counted list.", &signed);

        self.log.entries.push(entry.clone());
        let first = Cast::new(ada, 0, &MARKS);
        self.reject("ballot: sent again", "STA-9", "The answer is the first one's index.", &entry);
        let again = self.log.ballot(&first);
        self.reject(
            "ballot: sent again with another proof",
            "STA-9",
            "The same pk, sequence, R and ct.",
            &again,
        );
        let r = self.log.nonce(&first);
        let reused =
            self.log.ballot(&Cast { sequence: 1, r: Some(r), plaintext: vec![0; 4], ..first.clone() });
        self.reject("ballot: a used R", "STA-10", "By the same voter, with another ciphertext.", &reused);
        let stolen = self.log.ballot(&Cast { r: Some(r), ..Cast::new(bob, 0, &MARKS) });
        self.reject("ballot: another voter's R", "STA-10", "Who would have to know r.", &stolen);
        let replayed = self.log.ballot(&Cast { plaintext: vec![0, 0, 0, 1], ..first });
        self.reject("ballot: number 0 again", "STA-6", "Another ballot; 1 follows.", &replayed);
        let ahead = self.honest(0, 2);
        self.reject("ballot: a number left out", "STA-6", "1 follows.", &ahead);

        let cast = Cast::new(bob, 0, &[0, 0x01, 0, 0x01]);
        let entry = self.log.ballot(&cast);
        self.log.entries.push(entry);
        let entry = self.honest(0, 1);
        self.log.entries.push(entry);
        let withdrawal = self.log.withdrawal(ada, "north", 1);
        self.reject("withdrawal: a used number", "STA-6", "2 follows.", &withdrawal);
        let withdrawal = self.log.withdrawal(ada, "south", 2);
        self.reject("withdrawal: in another class", "STA-11", "Ada's entries are in north.", &withdrawal);
        let withdrawal = self.log.withdrawal(ada, "east", 2);
        self.reject("withdrawal: in an unknown class", "STA-3", "Not in the manifest.", &withdrawal);
        let withdrawal = self.log.withdrawal(ada, "north", 2);
        self.changed(
            "withdrawal: under another pseudonym",
            "BAL-7",
            "Ada's signature, Bob's pseudonym.",
            &withdrawal,
            |entry| {
                entry["pseudonym"] = json!(point(&(bob.sk * G)));
                entry["sequence"] = json!(1);
            },
        );
        self.log.entries.push(withdrawal.clone());
        self.reject("withdrawal: sent again", "STA-9", "It is the pseudonym's last entry.", &withdrawal);
        let twice = self.log.withdrawal(ada, "north", 3);
        self.reject("withdrawal after the last one", "STA-7", "Three entries are the limit.", &twice);
        let over = self.honest(0, 3);
        self.reject("ballot: above the limit", "STA-7", "Three entries are the limit.", &over);
        for (voter, sequence, plaintext) in [(2, 0, [1, 0, 0, 0x02]), (4, 0, [0, 0x10, 0, 0])] {
            let voter = voters[voter].clone();
            let entry = self.log.ballot(&Cast::new(&voter, sequence, &plaintext));
            self.log.entries.push(entry);
        }
        let withdrawal = self.log.withdrawal(&voters[2], "south", 1);
        self.log.entries.push(withdrawal);
        let twice = self.log.withdrawal(&voters[2], "south", 2);
        self.reject("withdrawal of a withdrawal", "STA-8", "The last entry is no ballot.", &twice);
        let entry = self.log.ballot(&Cast::new(&voters[2], 2, &[0, 0x07, 0, 0x02]));
        self.log.entries.push(entry);
        let returned = self.log.returned(dan, "south");
        self.reject("a token returned while voting", "STA-1", "After the close.", &returned);
        let body = self.log.issuance_body(0);
        self.refuse("issuance while voting", "STA-1", "After the close.", ("office", "issuance"), &body);
        self.refuse(
            "erased while voting",
            "STA-1",
            "After the end.",
            ("authority", "erased"),
            &json!({"blobs": [base64([1; 32])], "details": null}),
        );
        let mut late = self.log.register_body();
        late["cause"] = json!("manual");
        late["entitled"] = json!({"collective": 0, "north": 2, "south": 2});
        let entry = self.log.next("authority", "register", &late);
        self.accept("register while voting", "STA-26", "Someone left; an empty class harms nobody.", &entry);
        let mut shrunk = late.clone();
        shrunk["entitled"] = json!({"collective": 1, "north": 1, "south": 2});
        let entry = self.log.next("authority", "register", &shrunk);
        self.accept(
            "register: a class that shrank to one",
            "STA-26",
            "North had two before; it is reported, and the election goes on.",
            &entry,
        );
        self.log.post("authority", "voting_closed", &details());
        let entry = self.log.ballot(&Cast::new(eva, 1, &[0, 0x01, 0, 0]));
        self.reject("a ballot after the close", "STA-1", "Too late.", &entry);
        let entry = self.log.withdrawal(eva, "collective", 1);
        self.reject("a withdrawal after the close", "STA-1", "Too late.", &entry);
        let ballot = self.log.entries[9].clone();
        self.reject(
            "a ballot sent again after the close",
            "STA-9",
            "A retry is told its index in any phase.",
            &ballot,
        );
        self.refuse(
            "a register after the close",
            "STA-1",
            "Until voting closes.",
            ("authority", "register"),
            &late,
        );
    }
}
