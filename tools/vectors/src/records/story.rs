//! A whole election, step by step, and the files that its board would serve. Every step can be left out, repeated or done
//! with other values: whoever tells the story holds all keys.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use urna_log::{Checkpoint, Hash, Promise, Receipt, SignedCheckpoint, SignedPromise, SigningKey, TreeHead};
use urna_verifier::Files;

use crate::election::{CLASSES, Election, ISSUERS, Rules, TRUSTEES, blob, canonical, sha256};
use crate::log::{Cast, Log, Voter, tree};
use crate::oracle::Point;
use crate::oracle::plaintext::{self, Choice};

/// An election under way.
pub(super) struct Story {
    pub(super) log: Log,
    blobs: HashMap<[u8; 32], Vec<u8>>,
    /// The index of `voting_closed`.
    closed: usize,
    /// What each trustee published.
    decryptions: BTreeMap<u16, Vec<Point>>,
}

/// Marks in a contest.
pub(super) fn marks(marks: &[usize]) -> Choice {
    Choice::Marks(marks.to_vec())
}

impl Story {
    /// With entry 0.
    pub(super) fn new(rules: Rules) -> Self {
        Self::of(Election::new(rules))
    }

    /// The same of an election that exists.
    pub(super) fn of(election: Election) -> Self {
        let log = Log::of(election);
        let mut story = Self { log, blobs: HashMap::new(), closed: 0, decryptions: BTreeMap::new() };
        let text = story.log.election.text.clone();
        let manifest = story.store("manifest", text);
        story.log.post("authority", "manifest", &json!({"manifest": manifest}));
        story
    }

    /// Until voting is open.
    pub(super) fn open(rules: Rules) -> Self {
        let mut story = Self::new(rules);
        story.prepare();
        story.post("voting_opened", None);
        story
    }

    /// Voting is open and three have voted, one of them twice: entries 9 to 12.
    pub(super) fn voted(rules: Rules) -> Self {
        let mut story = Self::new(rules);
        story.prepare();
        story.open_and_vote();
        story
    }

    /// Voting opens, and three vote, one of them twice.
    pub(super) fn open_and_vote(&mut self) {
        self.post("voting_opened", None);
        self.vote(0, 0, &[marks(&[1]), marks(&[0])]);
        self.vote(1, 0, &[marks(&[0, 2]), marks(&[1])]);
        self.vote(1, 1, &[marks(&[1, 4]), marks(&[1])]);
        self.vote(2, 0, &[marks(&[1, 3]), marks(&[0])]);
    }

    /// The index of the next entry.
    pub(super) fn next(&self) -> u64 {
        u64::try_from(self.log.entries.len()).unwrap()
    }

    /// Keeps a blob, and names it.
    pub(super) fn store(&mut self, kind: &str, bytes: impl AsRef<[u8]>) -> Value {
        self.blobs.insert(sha256(bytes.as_ref()), bytes.as_ref().to_vec());
        blob(kind, bytes)
    }

    /// Loses a blob.
    pub(super) fn lose(&mut self, name: &Value) {
        self.blobs.remove(&hash(name)).unwrap();
    }

    /// Changes the bytes of a blob under its old name.
    pub(super) fn damage(&mut self, name: &Value) {
        self.blobs.get_mut(&hash(name)).unwrap()[20] ^= 1;
    }

    /// An entry of the authority with details for people, or none.
    pub(super) fn post(&mut self, kind: &str, details: Option<&str>) {
        let details = details.map(|text| self.store("details", text));
        self.log.post("authority", kind, &json!({"details": details}));
    }

    /// An entry of the trustee at this place.
    pub(super) fn post_of(&mut self, place: usize, kind: &str, body: &Value) {
        self.log.post(TRUSTEES[place], kind, body);
    }

    /// The trustee at this place posts a rehearsal, made with the share of the one at the place `with`.
    pub(super) fn rehearse(&mut self, place: usize, with: usize) {
        let body = self.log.rehearsal(with);
        self.post_of(place, "rehearsal", &body);
    }

    /// Ceremonies, rehearsals, the register.
    pub(super) fn prepare(&mut self) {
        self.hold_ceremonies();
        for place in 0..self.trustees() {
            self.rehearse(place, place);
        }
        self.publish_register();
    }

    pub(super) fn trustees(&self) -> usize {
        self.log.election.shares.len()
    }

    pub(super) fn hold_ceremonies(&mut self) {
        if self.trustees() > 1 {
            let packages = self.log.election.three.packages().concat();
            self.store("round1", packages);
        }
        for place in 0..self.trustees() {
            let body = self.log.ceremony(place);
            self.post_of(place, "ceremony", &body);
        }
    }

    pub(super) fn publish_register(&mut self) {
        self.store("register_rows", self.log.register.clone());
        let body = self.log.register_body();
        self.log.post("authority", "register", &body);
    }

    pub(super) fn voter(&self, place: usize) -> Voter {
        self.log.voters[place].clone()
    }

    /// The bytes that encode choices of a voter.
    pub(super) fn plaintext(&self, voter: &Voter, choices: &[Choice]) -> Vec<u8> {
        plaintext::encode(&self.log.election.manifest, CLASSES[voter.class], choices)
    }

    /// A ballot, not posted; `change` makes it another than an honest one.
    pub(super) fn ballot(
        &mut self,
        voter: &Voter,
        sequence: u32,
        choices: &[Choice],
        change: impl FnOnce(&mut Cast<'_>),
    ) -> String {
        let plaintext = self.plaintext(voter, choices);
        let mut cast = Cast::new(voter, sequence, &plaintext);
        change(&mut cast);
        self.log.ballot(&cast)
    }

    /// The voter at this place votes.
    pub(super) fn vote(&mut self, place: usize, sequence: u32, choices: &[Choice]) {
        let voter = self.voter(place);
        let entry = self.ballot(&voter, sequence, choices, |_| {});
        self.append(entry);
    }

    /// Appends any text as an entry; its index.
    pub(super) fn append(&mut self, entry: String) -> u64 {
        let index = self.next();
        self.log.entries.push(entry);
        index
    }

    pub(super) fn close(&mut self) {
        self.closed = self.log.entries.len();
        self.post("voting_closed", Some("Closed by the commission."));
    }

    pub(super) fn post_issuance(&mut self) {
        for (place, issuer) in ISSUERS.iter().enumerate() {
            self.store("issuance_rows", self.log.issuance[place].clone());
            let body = self.log.issuance_body(place);
            self.log.post(issuer, "issuance", &body);
        }
    }

    pub(super) fn agreement(&self) -> Value {
        self.log.agreed(self.closed)
    }

    pub(super) fn agree(&mut self) {
        let body = self.agreement();
        for trustee in &TRUSTEES[..self.trustees()] {
            self.log.post(trustee, "agreed", &body);
        }
    }

    /// The partial decryptions of a trustee, and the body of its opening.
    pub(super) fn opening(&mut self, place: usize) -> Value {
        let agreed = self.agreement();
        let (points, body) = self.log.opening(place, &agreed);
        self.store("partial_decryptions", encode(&points));
        self.decryptions.insert(u16::try_from(place + 1).unwrap(), points);
        body
    }

    pub(super) fn open_ballots(&mut self) {
        for place in 0..self.trustees().min(2) {
            let body = self.opening(place);
            self.post_of(place, "opening", &body);
        }
    }

    /// The true body of `result`; `change` makes combined openings and result others.
    pub(super) fn result(&mut self, change: impl FnOnce(&mut Vec<u8>, &mut String)) {
        let (trustees, lists): (Vec<u16>, Vec<Vec<Point>>) = self.decryptions.clone().into_iter().unzip();
        let (mut body, mut combined, mut result) = self.log.result(&trustees, &lists);
        change(&mut combined, &mut result);
        body["combined"] = json!([self.store("combined_openings", combined)]);
        body["result"] = self.store("result", result);
        self.log.post("authority", "result", &body);
    }

    /// Everything after the close, as it must be.
    pub(super) fn count(&mut self) {
        self.post_issuance();
        self.agree();
        self.open_ballots();
        self.result(|_, _| {});
    }

    /// Everything from the close on, as it must be.
    pub(super) fn finish(&mut self) {
        self.close();
        self.count();
        self.post("certified", None);
    }

    fn origin(&self) -> &str {
        self.log.election.manifest["board"]["origin"].as_str().unwrap()
    }

    /// The key that signs the log.
    pub(super) fn log_key(&self) -> SigningKey {
        SigningKey::from_seed(self.origin().parse().unwrap(), &self.log.election.board[0].seed)
    }

    /// The record, signed by this key.
    pub(super) fn files_by(&self, key: &SigningKey) -> BTreeMap<String, Vec<u8>> {
        let entries: Vec<Vec<u8>> = self.log.entries.iter().map(|text| text.clone().into_bytes()).collect();
        Files::publish(&entries, &self.blobs, key).unwrap().0
    }

    /// The record, signed by its board.
    pub(super) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.files_by(&self.log_key())
    }

    /// A checkpoint of a log with these entries.
    pub(super) fn checkpoint(&self, entries: &[String]) -> SignedCheckpoint {
        let head = TreeHead { size: u64::try_from(entries.len()).unwrap(), root: tree(&bytes(entries)) };
        let checkpoint = Checkpoint { origin: self.origin().parse().unwrap(), head };
        SignedCheckpoint::sign(&checkpoint, &self.log_key()).unwrap()
    }

    /// A receipt of the entry at this index in a log with these entries.
    pub(super) fn receipt(&self, index: usize, entries: &[String]) -> Vec<u8> {
        let proof = path(index, &bytes(entries));
        let receipt = Receipt::new(u64::try_from(index).unwrap(), proof, self.checkpoint(entries)).unwrap();
        receipt.to_string().into_bytes()
    }

    /// A promise to log the entry.
    pub(super) fn promise(&self, entry: &str) -> Vec<u8> {
        let promise = Promise::new(self.origin().parse().unwrap(), entry.as_bytes(), 1_900_100_600).unwrap();
        let name = format!("{}/promise", self.origin()).parse().unwrap();
        let key = SigningKey::from_seed(name, &self.log.election.board[1].seed);
        SignedPromise::sign(promise, &key).unwrap().to_string().into_bytes()
    }
}

/// Points as a blob has them.
pub(super) fn encode(points: &[Point]) -> Vec<u8> {
    points.iter().flat_map(|point| point.compress().to_bytes()).collect()
}

fn hash(name: &Value) -> [u8; 32] {
    crate::log::unbase64(&name["sha256"]).try_into().unwrap()
}

fn bytes(entries: &[String]) -> Vec<&[u8]> {
    entries.iter().map(String::as_bytes).collect()
}

/// The inclusion proof of RFC 6962.
fn path(index: usize, entries: &[&[u8]]) -> Vec<Hash> {
    if entries.len() == 1 {
        return Vec::new();
    }
    let (left, right) = entries.split_at(entries.len().next_power_of_two() / 2);
    let (mut path, other) = match index.checked_sub(left.len()) {
        None => (path(index, left), tree(right)),
        Some(index) => (path(index, right), tree(left)),
    };
    path.push(other);
    path
}

/// An entry after a change of its members, in canonical form.
pub(super) fn changed(entry: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut value = serde_json::from_str(entry).unwrap();
    change(&mut value);
    canonical(&value)
}
