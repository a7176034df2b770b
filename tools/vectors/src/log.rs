//! The log of a small election under construction: every party's entries, made by the second implementation.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::election::{CLASSES, Election, ISSUERS, Rules, TRUSTEES, base64, blob, canonical, point, sha256};
use crate::fields::Fields;
use crate::oracle::ballot::{Statement, credential_secret, encrypt, pseudonym_secret};
use crate::oracle::opening::{Chunk, combine, rehearse};
use crate::oracle::{G, Point, Scalar, plaintext, signature};

/// A voter with all secrets.
#[derive(Clone)]
pub struct Voter {
    /// The device's seed.
    pub seed: [u8; 32],
    /// The class, by place.
    pub class: usize,
    /// The credential's secret.
    pub credential: Scalar,
    /// The handle.
    pub handle: [u8; 32],
    /// sk
    pub sk: Scalar,
    /// One token of each issuer.
    pub tokens: Vec<[u8; 96]>,
}

/// A ballot to be made.
#[derive(Clone)]
pub struct Cast<'a> {
    /// Who casts.
    pub voter: &'a Voter,
    /// The class that the ballot names.
    pub class: &'a str,
    /// The sequence number.
    pub sequence: u32,
    /// What is encrypted.
    pub plaintext: Vec<u8>,
    /// The tokens.
    pub tokens: Vec<[u8; 96]>,
    /// Another r than the derived one.
    pub r: Option<Scalar>,
}

impl<'a> Cast<'a> {
    /// As an honest voter casts.
    pub fn new(voter: &'a Voter, sequence: u32, plaintext: &[u8]) -> Self {
        Self {
            voter,
            class: CLASSES[voter.class],
            sequence,
            plaintext: plaintext.to_vec(),
            tokens: voter.tokens.clone(),
            r: None,
        }
    }
}

/// A log, its election, and its voters.
pub struct Log {
    /// The election.
    pub election: Election,
    /// The entries' canonical texts.
    pub entries: Vec<String>,
    /// The next running number of each signer.
    numbers: BTreeMap<String, u64>,
    /// Everyone entitled.
    pub voters: Vec<Voter>,
    /// The blob of the register.
    pub register: String,
    /// The blob of each issuer's list.
    pub issuance: Vec<String>,
}

impl Log {
    /// A log without entries; voters with their tokens: two of each district, one collective member.
    pub fn new(rules: Rules) -> Self {
        Self::of(Election::new(rules))
    }

    /// The same of an election that exists.
    pub fn of(mut election: Election) -> Self {
        let mut voters: Vec<Voter> = Vec::new();
        for (number, class) in [0, 0, 1, 1, 2].into_iter().enumerate() {
            let person = format!("person {number}");
            let salt: [u8; 16] = election.random.bytes();
            let seed = election.random.bytes();
            let handle = [b"urna/v1/handle".as_slice(), &election.id, &salt, person.as_bytes()];
            voters.push(Voter {
                seed,
                class,
                credential: credential_secret(&election.random.bytes(), &election.id),
                handle: sha256(handle.concat()),
                sk: pseudonym_secret(&seed, &election.id),
                tokens: Vec::new(),
            });
        }
        let mut log = Self {
            election,
            entries: Vec::new(),
            numbers: BTreeMap::new(),
            register: String::new(),
            issuance: Vec::new(),
            voters: Vec::new(),
        };
        for issuer in 0..ISSUERS.len() {
            let mut rows: Vec<([u8; 32], Value)> = Vec::new();
            for voter in &mut voters {
                let (token, row) = log.issue(voter, issuer);
                voter.tokens.push(token);
                rows.push((voter.handle, row));
            }
            log.issuance.push(rows_blob(rows));
        }
        let rows = voters.iter().map(|voter| {
            let row = json!({
                "class": CLASSES[voter.class],
                "credential": point(&(voter.credential * G)),
                "handle": base64(voter.handle),
                "replaced": 0,
            });
            (voter.handle, row)
        });
        log.register = rows_blob(rows.collect());
        log.voters = voters;
        log
    }

    /// A token on a voter's pseudonym, and its row in the issuer's list.
    fn issue(&mut self, voter: &Voter, issuer: usize) -> ([u8; 96], Value) {
        let context = self.election.token_context(issuer, voter.class);
        let x = self.election.blind[issuer][voter.class];
        let random = &mut self.election.random;
        let nonces = [random.scalar(), random.scalar(), random.scalar()];
        let session: [u8; 16] = random.bytes();
        let issued = context.issue(&x, nonces, &voter.seed, &(voter.sk * G));
        let fields = Fields::new()
            .with("issuer", ISSUERS[issuer])
            .with("handle", &voter.handle)
            .with("class", CLASSES[voter.class])
            .with("session", &session)
            .with("commitment", &issued.commitment)
            .with("challenge", &issued.challenge);
        let signed = self.election.sign("session_challenge", &fields, &voter.credential);
        let row = json!({
            "answer": base64(issued.answer),
            "challenge": base64(issued.challenge),
            "class": CLASSES[voter.class],
            "commitment": base64(issued.commitment),
            "credential": point(&(voter.credential * G)),
            "handle": base64(voter.handle),
            "session": base64(session),
            "signature": base64(signed.bytes),
        });
        (issued.token, row)
    }

    /// An entry signed by `signer` under this number.
    pub fn numbered(&mut self, signer: &str, number: u64, kind: &str, body: &Value) -> String {
        let body_text = canonical(body);
        let fields = Fields::new()
            .with("body", &body_text)
            .with("kind", kind)
            .with("number", &number)
            .with("signer", signer);
        let place = |list: &[&str]| list.iter().position(|id| *id == signer);
        let secret = match (place(&ISSUERS), place(&TRUSTEES)) {
            (Some(place), _) => Some(self.election.issuers[place]),
            (_, Some(place)) => Some(self.election.enrolment[place]),
            _ => None,
        };
        let signature = match secret {
            Some(secret) => self.election.sign("entry", &fields, &secret).bytes,
            None => {
                let fields = fields.with("election", &self.election.id);
                let message = signature::authority_message(&fields).unwrap();
                self.election.authority.sign(&message)
            }
        };
        canonical(&json!({
            "body": body,
            "kind": kind,
            "number": number,
            "signature": base64(signature),
            "signer": signer,
        }))
    }

    /// An entry signed under the signer's next number, not appended.
    pub fn next(&mut self, signer: &str, kind: &str, body: &Value) -> String {
        let number = self.numbers.get(signer).copied().unwrap_or(0);
        self.numbered(signer, number, kind, body)
    }

    /// Appends a signed entry.
    pub fn post(&mut self, signer: &str, kind: &str, body: &Value) {
        let entry = self.next(signer, kind, body);
        *self.numbers.entry(signer.to_owned()).or_default() += 1;
        self.entries.push(entry);
    }

    /// A ballot entry.
    pub fn ballot(&mut self, cast: &Cast<'_>) -> String {
        let (pk, y) = (cast.voter.sk * G, self.election.election_key());
        let election = self.election.id;
        let mut encrypted = encrypt(&election, &cast.voter.seed, cast.sequence, &cast.plaintext, &pk, &y);
        if let Some(r) = cast.r {
            // Whatever it decrypts to.
            encrypted.r = r;
            encrypted.ephemeral = r * G;
        }
        let statement = Statement {
            election,
            class: cast.class.to_owned(),
            pk,
            sequence: cast.sequence,
            tokens: cast.tokens.clone(),
            ephemeral: encrypted.ephemeral,
            ciphertext: encrypted.ciphertext,
        };
        let nonces = [self.election.random.scalar(), self.election.random.scalar()];
        let (proof, _) = statement.prove(&cast.voter.sk, &encrypted.r, nonces);
        canonical(&json!({
            "ciphertext": base64(&statement.ciphertext),
            "class": cast.class,
            "ephemeral": point(&statement.ephemeral),
            "kind": "ballot",
            "proof": base64(proof),
            "pseudonym": point(&pk),
            "sequence": cast.sequence,
            "tokens": cast.tokens.iter().map(base64).collect::<Vec<_>>(),
        }))
    }

    /// The r of an honest ballot.
    pub fn nonce(&self, cast: &Cast<'_>) -> Scalar {
        let (pk, y) = (cast.voter.sk * G, self.election.election_key());
        encrypt(&self.election.id, &cast.voter.seed, cast.sequence, &cast.plaintext, &pk, &y).r
    }

    /// A withdrawal entry.
    pub fn withdrawal(&mut self, voter: &Voter, class: &str, sequence: u32) -> String {
        let fields = Fields::new().with("class", class).with("sequence", &sequence);
        let signed = self.election.sign("withdrawal", &fields, &voter.sk);
        canonical(&json!({
            "class": class,
            "kind": "withdrawal",
            "pseudonym": point(&(voter.sk * G)),
            "sequence": sequence,
            "signature": base64(signed.bytes),
        }))
    }

    /// A returned token.
    pub fn returned(&mut self, voter: &Voter, class: &str) -> String {
        let fields = Fields::new().with("class", class).with("tokens", &crate::fields::List(&voter.tokens));
        let signed = self.election.sign("returned", &fields, &voter.sk);
        canonical(&json!({
            "class": class,
            "kind": "returned",
            "pseudonym": point(&(voter.sk * G)),
            "signature": base64(signed.bytes),
            "tokens": voter.tokens.iter().map(base64).collect::<Vec<_>>(),
        }))
    }

    /// The body of `ceremony` of the trustee at this place.
    pub fn ceremony(&mut self, place: usize) -> Value {
        let fields = Fields::new().with("trustee", &u16::try_from(place + 1).unwrap());
        let share = self.election.shares[place];
        let signed = self.election.sign("share_possession", &fields, &share);
        let round_1 = match self.election.rules.solo {
            true => Value::Null,
            false => blob("round1", self.election.three.packages().concat()),
        };
        json!({"possession": base64(signed.bytes), "round_1": round_1})
    }

    /// The body of `rehearsal` of the trustee at this place.
    pub fn rehearsal(&mut self, place: usize) -> Value {
        let (share, nonce) = (self.election.shares[place], self.election.random.scalar());
        let index = u16::try_from(place + 1).unwrap();
        let (bytes, _) = rehearse(&self.election.id, index, &share, &nonce);
        json!({"rehearsal": base64(bytes)})
    }

    /// The body of the initial `register`.
    pub fn register_body(&self) -> Value {
        let entitled = counts(&self.register);
        json!({"cause": "initial", "entitled": entitled, "rows": [blob("register_rows", &self.register)]})
    }

    /// The body of an issuer's `issuance`.
    pub fn issuance_body(&self, issuer: usize) -> Value {
        let text = &self.issuance[issuer];
        json!({"issued": counts(text), "rows": [blob("issuance_rows", text)]})
    }

    /// The counted ballots as the log stands: index and R, in log order.
    pub fn counted(&self) -> Vec<(u64, Value)> {
        let mut last: BTreeMap<String, (u64, Value)> = BTreeMap::new();
        for (index, text) in (0..).zip(&self.entries) {
            let entry: Value = serde_json::from_str(text).unwrap();
            if let Some(pseudonym) = entry["pseudonym"].as_str() {
                last.insert(pseudonym.to_owned(), (index, entry));
            }
        }
        let mut counted: Vec<(u64, Value)> = last.into_values().collect();
        counted.retain(|(_, entry)| entry["kind"] == "ballot");
        counted.sort_by_key(|(index, _)| *index);
        counted
    }

    /// The hash of the counted list.
    pub fn counted_hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new().chain_update("urna/v1/counted").chain_update(self.election.id);
        for (index, ballot) in self.counted() {
            hash.update(index.to_be_bytes());
            hash.update(unbase64(&ballot["ephemeral"]));
        }
        hash.finalize().into()
    }

    /// The body of `agreed`, while `voting_closed` is the entry at this index.
    pub fn agreed(&self, closed: usize) -> Value {
        let entries: Vec<&[u8]> = self.entries[..=closed].iter().map(|entry| entry.as_bytes()).collect();
        let issuance: Vec<String> =
            (0..ISSUERS.len()).map(|issuer| base64(sha256(canonical(&self.issuance_body(issuer))))).collect();
        json!({
            "counted": base64(self.counted_hash()),
            "issuance": issuance,
            "root": base64(tree(&entries)),
            "size": closed + 1,
        })
    }

    /// The partial decryptions of the trustee at this place, and the body of its one `opening`.
    pub fn opening(&mut self, place: usize, agreed: &Value) -> (Vec<Point>, Value) {
        self.opening_of(place, agreed, self.ephemerals())
    }

    /// The same of these R.
    pub fn opening_of(&mut self, place: usize, agreed: &Value, nonces: Vec<Point>) -> (Vec<Point>, Value) {
        let (share, k) = (self.election.shares[place], self.election.random.scalar());
        let chunk = Chunk {
            election: self.election.id,
            trustee: u16::try_from(place + 1).unwrap(),
            share_key: share * G,
            agreed: sha256(canonical(agreed)),
            position: 0,
            decryptions: nonces.iter().map(|nonce| share * nonce).collect(),
            nonces,
        };
        let (proof, _) = chunk.prove(&share, &k);
        let bytes: Vec<u8> = chunk.decryptions.iter().flat_map(|point| point.compress().to_bytes()).collect();
        let body = json!({
            "agreed": base64(chunk.agreed),
            "chunk": blob("partial_decryptions", bytes),
            "position": 0,
            "proof": base64(proof),
        });
        (chunk.decryptions, body)
    }

    /// The partial decryptions of the trustee at this place.
    pub fn opening_points(&self, place: usize) -> Vec<Point> {
        let share = self.election.shares[place];
        self.ephemerals().iter().map(|nonce| share * nonce).collect()
    }

    /// R of every counted ballot.
    pub fn ephemerals(&self) -> Vec<Point> {
        let read = |ballot: &Value| {
            crate::oracle::point(&unbase64(&ballot["ephemeral"]).try_into().unwrap()).unwrap()
        };
        self.counted().iter().map(|(_, ballot)| read(ballot)).collect()
    }

    /// The body of `result`, the combined openings and the result, from the partial decryptions of the trustees with these
    /// indices.
    pub fn result(&self, trustees: &[u16], decryptions: &[Vec<Point>]) -> (Value, Vec<u8>, String) {
        let mut combined = Vec::new();
        let mut ballots: Vec<plaintext::Ballot> = Vec::new();
        for (place, (_, ballot)) in self.counted().iter().enumerate() {
            let column: Vec<Point> = decryptions.iter().map(|list| list[place]).collect();
            let s = combine(trustees, &column).unwrap();
            combined.extend(s.compress().to_bytes());
            let field = |name: &str| -> Point {
                crate::oracle::point(&unbase64(&ballot[name]).try_into().unwrap()).unwrap()
            };
            let ct = unbase64(&ballot["ciphertext"]);
            let keystream = crate::oracle::ballot::keystream(
                &self.election.id,
                &field("pseudonym"),
                &field("ephemeral"),
                &self.election.election_key(),
                &s,
                ct.len(),
            );
            let text = crate::oracle::ballot::xor(&ct, &keystream);
            ballots.push((ballot["class"].as_str().unwrap().to_owned(), text));
        }
        let kinds = |kind: &str| {
            let entries = self.entries.iter().map(|text| serde_json::from_str::<Value>(text).unwrap());
            let mut found: Vec<String> = entries
                .filter(|entry| entry["kind"] == kind)
                .map(|entry| entry["pseudonym"].to_string())
                .collect();
            found.sort_unstable();
            found.dedup();
            found.len()
        };
        let (issued, seen, returned) = (self.voters.len(), kinds("ballot"), kinds("returned"));
        let result = canonical(&json!({
            "contests": plaintext::contests(&self.election.manifest, &ballots),
            "counted": ballots.len(),
            "election_id": crate::fields::hex(self.election.id),
            "entitled": issued,
            "gap": issued - seen - returned,
            "issued": issued,
            "returned": returned,
            "seen": seen,
            "trial": self.election.manifest["trial"],
        }));
        let body = json!({
            "combined": [blob("combined_openings", &combined)],
            "result": blob("result", &result),
            "trustees": trustees,
        });
        (body, combined, result)
    }
}

/// Two, two and one.
pub fn per_class() -> Value {
    json!({"collective": 1, "north": 2, "south": 2})
}

/// How many rows of each class a blob of rows has.
fn counts(rows: &str) -> Value {
    let rows: Value = serde_json::from_str(rows).unwrap();
    let of =
        |class: &str| rows["rows"].as_array().unwrap().iter().filter(|row| row["class"] == class).count();
    CLASSES
        .iter()
        .map(|class| ((*class).to_owned(), json!(of(class))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A blob of rows in the order of their handles.
pub fn rows_blob(mut rows: Vec<([u8; 32], Value)>) -> String {
    rows.sort_by_key(|(handle, _)| *handle);
    let rows: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
    canonical(&json!({"rows": rows}))
}

/// Bytes of a field in base64.
pub fn unbase64(value: &Value) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap()).unwrap()
}

/// The Merkle tree hash of RFC 6962.
pub fn tree(entries: &[&[u8]]) -> [u8; 32] {
    match entries {
        [] => sha256([]),
        [entry] => sha256([&[0], *entry].concat()),
        entries => {
            let split = entries.len().next_power_of_two() / 2;
            let (left, right) = entries.split_at(split);
            sha256([[1].as_slice(), &tree(left), &tree(right)].concat())
        }
    }
}
