//! Whole logs, entry by entry, and entries that may not stand where they are sent; issuance lists (ENT, STA, ISS).

use std::sync::Arc;

use anyhow::anyhow;
use serde_json::{Value, json};
use urna_election::entry::Entry;
use urna_election::issuance::{Eligible, IssuanceError, check_figures, check_list};
use urna_election::manifest::Manifest;
use urna_election::register::Register;
use urna_election::{ElectionState, EntryVerifier, Rejected};

use super::manifest::json_rules;
use crate::election::{FINAL, ISSUERS, MAIN, TRUSTEES, base64, blob, canonical, point};
use crate::fields::{Fields, List, hex};
use crate::log::{Cast, Log, per_class, unbase64};
use crate::oracle::{self, G, Random, Scalar};
use crate::vector::{Answer, Area, File, No, Vector, no, unknown};

/// The area.
pub const AREA: Area = Area {
    name: "state",
    write,
    crates,
    oracle: |_, _| None,
};

/// The rules that a rejection can mean.
fn refused(rejected: &Rejected) -> No {
    use Rejected as R;
    let rules: &[&str] = match rejected {
        R::Phase { .. } => &["STA-1"],
        R::OtherManifest | R::OtherElection => &["STA-2"],
        R::UnknownClass(_) => &["STA-3"],
        R::UnknownSigner { .. } => &["STA-4"],
        R::Signature { .. } => &["ENT-2", "ENT-3"],
        R::RunningNumber { .. } => &["STA-5"],
        R::TokenCount { .. } => &["BAL-8"],
        R::Proof => &["TOK-7", "TOK-8", "BAL-5", "BAL-7"],
        R::CiphertextLength { .. } => &["BAL-9"],
        R::AlreadyLogged { .. } => &["STA-9"],
        R::ReusedNonce { .. } => &["STA-10"],
        R::Sequence { .. } => &["STA-6"],
        R::RevoteNotAllowed | R::WithdrawalNotAllowed => &["STA-25"],
        R::RevoteLimit { .. } => &["STA-7"],
        R::NothingToWithdraw => &["STA-8"],
        R::OtherClass => &["STA-11"],
        R::TokenUsed { .. } => &["STA-12"],
        R::Repeated { .. } => &["STA-13"],
        R::Possession { .. } => &["ENT-6"],
        R::OtherCeremony { .. } => &["STA-24"],
        R::Rehearsal { .. } => &["ENT-7"],
        R::CeremonyMissing { .. } => &["STA-14"],
        R::Classes => &["STA-15"],
        R::BlobKind { .. } => &["ENT-4"],
        R::BlobLength { .. } => &["ENT-9"],
        R::BlobCount { .. } => &["ENT-10"],
        R::ErasedList | R::ManifestErased => &["STA-23"],
        R::RegisterCause => &["STA-16"],
        R::RegisterMissing => &["STA-17"],
        R::SmallClass(_) => &["STA-26"],
        R::OtherAgreement => &["STA-18"],
        R::IssuanceMissing { .. } => &["STA-19"],
        R::TooFewAgreed { .. } => &["STA-20"],
        R::Chunk { .. } => &["STA-21"],
        R::OpeningsMissing { .. } => &["STA-22"],
    };
    No::Refused(rules.to_vec())
}

/// A log being replayed.
struct Replay {
    manifest: Arc<Manifest>,
    verifier: EntryVerifier,
    state: Option<ElectionState>,
}

impl Replay {
    fn new(log: &Fields) -> Result<Self, No> {
        let manifest = Manifest::parse(log.text("manifest")?.as_bytes()).map_err(anyhow::Error::from)?;
        let manifest = Arc::new(manifest);
        Ok(Self {
            verifier: EntryVerifier::new(Arc::clone(&manifest)),
            manifest,
            state: None,
        })
    }

    fn apply(&mut self, text: &str) -> Result<u64, No> {
        let entry = Entry::parse(text.as_bytes()).map_err(|error| json_rules(&error, &["ENT-1"]))?;
        let verified = self
            .verifier
            .verify(vec![entry], Random::new("batch").rng())
            .pop();
        let verified = verified.ok_or_else(|| anyhow!("no answer"))?;
        let verified = verified.map_err(|rejected| refused(&rejected))?;
        match &mut self.state {
            None => {
                let state = ElectionState::begin(Arc::clone(&self.manifest), verified);
                self.state = Some(state.map_err(|rejected| refused(&rejected))?);
                Ok(0)
            }
            Some(state) => state.apply(verified).map_err(|rejected| refused(&rejected)),
        }
    }

    /// The state after the first `count` entries of a log, which are all admitted.
    fn prefix(&mut self, log: &Fields, count: usize) -> Result<(), No> {
        for entry in log.list("entries")?.iter().take(count) {
            let text = entry.as_str().ok_or_else(|| anyhow!("an entry is not a text"))?;
            self.apply(text)
                .map_err(|error| anyhow!("the log before: {error:?}"))?;
        }
        Ok(())
    }
}

fn log(vector: &Vector, shared: &Fields) -> Result<Fields, No> {
    let log = shared.value(vector.input.text("log")?)?;
    Ok(serde_json::from_value(log.clone()).map_err(anyhow::Error::from)?)
}

fn crates(vector: &Vector, shared: &Fields) -> Answer {
    let input = &vector.input;
    let log = log(vector, shared)?;
    let mut replay = Replay::new(&log)?;
    match vector.operation.as_str() {
        "replay" => {
            let mut phases = Vec::new();
            for (place, entry) in log.list("entries")?.iter().enumerate() {
                let text = entry.as_str().unwrap_or_default();
                let index = replay
                    .apply(text)
                    .map_err(|error| anyhow!("entry {place}: {error:?}"))?;
                if index != u64::try_from(place).unwrap() {
                    return Err(No::Malformed(anyhow!("entry {place} got the index {index}")));
                }
                let phase = replay.state.as_ref().map_or("", |state| state.phase().as_str());
                phases.push(json!(phase));
            }
            let state = replay.state.ok_or_else(|| anyhow!("an empty log"))?;
            let counted: Vec<Value> = state
                .counted()
                .iter()
                .map(|ballot| json!({"R": hex(ballot.ephemeral), "index": ballot.index}))
                .collect();
            let agreement = state.agreement([0; 32]).map_err(|rejected| refused(&rejected))?;
            let mut eligible = Eligible::default();
            eligible.add(&register(&replay.manifest, &log)?);
            let figures = check_figures(&state, &eligible).map_err(anyhow::Error::from)?;
            Ok(Fields::new()
                .with("counted", &Value::Array(counted))
                .with("counted_hash", &agreement.counted.0)
                .with("entitled", &figures.entitled)
                .with("issued", &figures.issued)
                .with("phases", &Value::Array(phases))
                .with("returned", &figures.returned)
                .with("seen", &figures.seen))
        }
        "apply" => {
            replay.prefix(&log, input.number("after")?)?;
            let index = replay.apply(input.text("entry")?)?;
            Ok(Fields::new().with("index", &index))
        }
        "check_issuance" => {
            let mut eligible = Eligible::default();
            eligible.add(&register(&replay.manifest, &log)?);
            let issuers = replay.manifest.issuers();
            let issuer = issuers
                .iter()
                .find(|issuer| input.text("issuer").is_ok_and(|id| id == issuer.id.as_str()));
            let issuer = issuer.ok_or_else(|| anyhow!("an unknown issuer"))?;
            let body = serde_json::from_str(input.text("body")?).map_err(anyhow::Error::from)?;
            let blobs: Vec<&str> = input.list("blobs")?.iter().filter_map(Value::as_str).collect();
            let rng = &mut Random::new("batch").rng().clone();
            let checked = check_list(&replay.manifest, issuer, &body, &blobs, &eligible, rng);
            checked
                .map(|()| Fields::new())
                .map_err(|error| list_rules(&error, vector))
        }
        other => Err(unknown(other)),
    }
}

fn register(manifest: &Manifest, log: &Fields) -> Result<Register, No> {
    Ok(Register::parse(manifest, [log.text("register")?]).map_err(anyhow::Error::from)?)
}

fn list_rules(error: &IssuanceError, vector: &Vector) -> No {
    use IssuanceError as E;
    match error {
        E::Json { error, .. } => json_rules(error, &["ISS-1"]),
        E::BlobRows { .. } => no("ISS-2"),
        E::HandleOrder { .. } => no("ISS-3"),
        E::UnknownClass { .. } => no("ISS-4"),
        E::NotEntitled { .. } => no("ISS-5"),
        E::Blob { .. } => no("ENT-4"),
        E::Count { .. } => no("ISS-7"),
        E::Unproved { rows } if Some(rows) == vector.values.number_list("bad").as_ref().ok() => no("ISS-6"),
        E::Unproved { rows } => No::Malformed(anyhow!("the rows {rows:?} were named")),
    }
}

fn write() -> File {
    let mut maker = Maker {
        log: Log::new(MAIN),
        name: "main",
        vectors: Vec::new(),
    };
    maker.announced();
    maker.rehearsed();
    maker.voting();
    maker.closed();
    maker.replayed();
    let (main, mut vectors) = (shared_log(&maker.log), maker.vectors);
    issuance(&mut vectors, &maker.log);
    let mut maker = Maker {
        log: Log::new(FINAL),
        name: "final",
        vectors,
    };
    maker.solo();
    maker.replayed();
    let shared = Fields::new()
        .with("final", &shared_log(&maker.log))
        .with("main", &main);
    File {
        area: "state".into(),
        shared,
        vectors: maker.vectors,
    }
}

fn shared_log(log: &Log) -> Fields {
    Fields::new()
        .with("entries", &List(&log.entries))
        .with("manifest", &log.election.text)
        .with("register", &log.register)
}

/// A log, and what is refused at each of its sizes.
struct Maker {
    log: Log,
    name: &'static str,
    vectors: Vec<Vector>,
}

const MARKS: [u8; 4] = [0, 0x12, 0, 0x04];

fn details() -> Value {
    json!({"details": null})
}

impl Maker {
    fn input(&self, entry: &str) -> Fields {
        Fields::new()
            .with("after", &u64::try_from(self.log.entries.len()).unwrap())
            .with("entry", entry)
            .with("log", self.name)
    }

    fn reject(&mut self, name: &str, rule: &str, comment: &str, entry: &str) {
        let input = self.input(entry);
        self.vectors
            .push(Vector::reject("apply", name, rule, comment, input));
    }

    fn accept(&mut self, name: &str, rule: &str, comment: &str, entry: &str) {
        let input = self.input(entry);
        let index = input.number::<u64>("after").unwrap();
        self.vectors.push(Vector::accept(
            "apply",
            name,
            rule,
            comment,
            input,
            Fields::new().with("index", &index),
        ));
    }

    /// Refuses the signer's next entry with this body.
    fn refuse(&mut self, name: &str, rule: &str, comment: &str, (signer, kind): (&str, &str), body: &Value) {
        let entry = self.log.next(signer, kind, body);
        self.reject(name, rule, comment, &entry);
    }

    /// Refuses a text with one piece changed.
    fn changed(
        &mut self,
        name: &str,
        rule: &str,
        comment: &str,
        entry: &str,
        change: impl FnOnce(&mut Value),
    ) {
        let mut value: Value = serde_json::from_str(entry).unwrap();
        change(&mut value);
        let changed = canonical(&value);
        assert_ne!(changed, entry, "{name}");
        self.reject(name, rule, comment, &changed);
    }

    fn announced(&mut self) {
        let manifest = json!({"manifest": blob("manifest", &self.log.election.text)});
        self.refuse(
            "entry 0 is no manifest",
            "STA-2",
            "Voting cannot open first.",
            ("authority", "voting_opened"),
            &details(),
        );
        let other = json!({"manifest": blob("manifest", "{}")});
        self.refuse(
            "another manifest",
            "STA-2",
            "Another hash.",
            ("authority", "manifest"),
            &other,
        );
        let kind = json!({"manifest": blob("result", &self.log.election.text)});
        self.refuse(
            "the manifest as another blob",
            "STA-2",
            "The right hash, the wrong kind.",
            ("authority", "manifest"),
            &kind,
        );
        let later = self.log.numbered("authority", 1, "manifest", &manifest);
        self.reject(
            "the manifest under number 1",
            "STA-5",
            "Numbers begin at 0.",
            &later,
        );
        self.log.post("authority", "manifest", &manifest);
        let entry = self.log.next("authority", "manifest", &manifest);
        self.reject("a second manifest", "STA-1", "Entry 0 only.", &entry);

        let ceremony = self.log.ceremony(0);
        let entry = self.log.next("anna", "ceremony", &ceremony);
        self.changed(
            "ceremony: a bit of the signature",
            "ENT-3",
            "s + something.",
            &entry,
            |entry| {
                let mut bytes = unbase64(&entry["signature"]);
                bytes[40] ^= 1;
                entry["signature"] = json!(base64(bytes));
            },
        );
        self.changed(
            "ceremony: another signer",
            "ENT-3",
            "Anna's entry as Boris's.",
            &entry,
            |entry| entry["signer"] = json!("boris"),
        );
        self.changed(
            "ceremony: another number",
            "ENT-3",
            "The number is signed.",
            &entry,
            |entry| entry["number"] = json!(1),
        );
        self.changed(
            "ceremony: a signature of zeros",
            "ENT-3",
            "It does not decode.",
            &entry,
            |entry| entry["signature"] = json!(base64([0; 64])),
        );
        let gap = self.log.numbered("anna", 1, "ceremony", &ceremony);
        self.reject(
            "ceremony: a gap in the numbers",
            "STA-5",
            "Anna's first entry has number 0.",
            &gap,
        );
        let by_issuer = self.log.numbered("office", 0, "ceremony", &ceremony);
        self.reject(
            "ceremony by an issuer",
            "STA-4",
            "An issuer is no trustee.",
            &by_issuer,
        );
        let by_authority = self.log.numbered("authority", 1, "ceremony", &ceremony);
        self.reject(
            "ceremony by the authority",
            "STA-4",
            "The authority is no trustee.",
            &by_authority,
        );
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
        self.refuse(
            "ceremony a second time",
            "STA-13",
            "Once per trustee.",
            ("anna", "ceremony"),
            &ceremony,
        );
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
        self.refuse(
            "rehearsal a second time",
            "STA-13",
            "Once per trustee.",
            ("anna", "rehearsal"),
            &body,
        );
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

    fn rehearsed(&mut self) {
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
        self.accept(
            "register: a nightly version",
            "STA-16",
            "Until voting closes.",
            &entry,
        );
        let cast = self.honest(0, 0);
        self.reject(
            "a ballot before voting",
            "STA-1",
            "Valid, but voting is not open.",
            &cast,
        );
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
        self.changed(
            "voting opens by a bit less",
            "ENT-2",
            "A bit of the signature.",
            &signed,
            |entry| {
                let mut bytes = unbase64(&entry["signature"]);
                bytes[3] ^= 4;
                entry["signature"] = json!(base64(bytes));
            },
        );
        self.changed(
            "voting opens, signed as voting closes",
            "ENT-2",
            "The kind is signed.",
            &signed,
            |entry| entry["kind"] = json!("voting_closed"),
        );
        let entry = self.log.numbered("anna", 2, "voting_opened", &details());
        self.reject(
            "voting opened by a trustee",
            "STA-4",
            "Only the authority.",
            &entry,
        );
        let entry = self.log.numbered("authority", 1, "voting_opened", &details());
        self.reject(
            "voting opens under a used number",
            "STA-5",
            "Number 1 was the register's.",
            &entry,
        );
        let entry = self.log.next("authority", "cancelled", &details());
        self.accept(
            "cancelled before voting",
            "STA-1",
            "From any phase before tallied.",
            &entry,
        );
        self.log.post("authority", "voting_opened", &details());
    }

    fn honest(&mut self, voter: usize, sequence: u32) -> String {
        let voter = self.log.voters[voter].clone();
        self.log.ballot(&Cast::new(&voter, sequence, &MARKS))
    }

    fn voting(&mut self) {
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
            (
                "ballot: an unknown class",
                "STA-3",
                "East is not in the manifest.",
                "class",
                json!("east"),
            ),
            (
                "ballot: another sequence number",
                "BAL-5",
                "The number is proved.",
                "sequence",
                json!(1),
            ),
            (
                "ballot: another pseudonym",
                "BAL-5",
                "Bob's.",
                "pseudonym",
                json!(point(&(bob.sk * G))),
            ),
            ("ballot: another R", "BAL-5", "G.", "ephemeral", json!(point(&G))),
            (
                "ballot: R the identity",
                "GRP-2",
                "Does not decode.",
                "ephemeral",
                json!(base64([0; 32])),
            ),
            (
                "ballot: pk the identity",
                "GRP-2",
                "Does not decode.",
                "pseudonym",
                json!(base64([0; 32])),
            ),
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
            (
                "ballot: no ciphertext",
                "BAL-9",
                "The election's length is 4.",
                "ciphertext",
                json!(""),
            ),
            (
                "ballot: another ciphertext",
                "BAL-5",
                "Of the right length.",
                "ciphertext",
                json!(base64([1; 4])),
            ),
            (
                "ballot: no tokens",
                "BAL-8",
                "One of each issuer.",
                "tokens",
                json!([]),
            ),
            (
                "ballot: one token",
                "BAL-8",
                "Never a subset.",
                "tokens",
                json!([base64(ada.tokens[0])]),
            ),
            (
                "ballot: a token too many",
                "BAL-8",
                "One of each issuer.",
                "tokens",
                json!([
                    base64(ada.tokens[0]),
                    base64(ada.tokens[1]),
                    base64(ada.tokens[1])
                ]),
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
                Cast {
                    tokens: vec![ada.tokens[1], ada.tokens[0]],
                    ..cast.clone()
                },
            ),
            (
                "ballot: Bob's tokens, and proved",
                "TOK-7",
                "The proof holds.",
                Cast {
                    tokens: bob.tokens.clone(),
                    ..cast.clone()
                },
            ),
            (
                "ballot: one token, and proved",
                "BAL-8",
                "The proof holds.",
                Cast {
                    tokens: ada.tokens[..1].to_vec(),
                    ..cast.clone()
                },
            ),
            (
                "ballot: in another class, and proved",
                "TOK-7",
                "The tokens are for north.",
                Cast {
                    class: "south",
                    ..cast.clone()
                },
            ),
            (
                "ballot: of a longer plaintext, and proved",
                "BAL-9",
                "Five bytes.",
                Cast {
                    plaintext: vec![0; 5],
                    ..cast.clone()
                },
            ),
        ] {
            let entry = self.log.ballot(&cast);
            self.reject(name, rule, comment, &entry);
        }
        let entry_1 = self.honest(0, 1);
        self.reject(
            "ballot: the first has number 1",
            "STA-6",
            "Numbers begin at 0.",
            &entry_1,
        );
        let withdrawal = self.log.withdrawal(ada, "north", 0);
        self.reject(
            "withdrawal without a ballot",
            "STA-8",
            "There is nothing to take back.",
            &withdrawal,
        );
        let signed = self.log.next("authority", "voting_closed", &details());
        self.accept(
            "voting closes without ballots",
            "STA-1",
            "An empty counted list.",
            &signed,
        );

        self.log.entries.push(entry.clone());
        let first = Cast::new(ada, 0, &MARKS);
        self.reject(
            "ballot: sent again",
            "STA-9",
            "The answer is the first one's index.",
            &entry,
        );
        let again = self.log.ballot(&first);
        self.reject(
            "ballot: sent again with another proof",
            "STA-9",
            "The same pk, sequence, R and ct.",
            &again,
        );
        let r = self.log.nonce(&first);
        let reused = self.log.ballot(&Cast {
            sequence: 1,
            r: Some(r),
            plaintext: vec![0; 4],
            ..first.clone()
        });
        self.reject(
            "ballot: a used R",
            "STA-10",
            "By the same voter, with another ciphertext.",
            &reused,
        );
        let stolen = self.log.ballot(&Cast {
            r: Some(r),
            ..Cast::new(bob, 0, &MARKS)
        });
        self.reject(
            "ballot: another voter's R",
            "STA-10",
            "Who would have to know r.",
            &stolen,
        );
        let replayed = self.log.ballot(&Cast {
            plaintext: vec![0, 0, 0, 1],
            ..first
        });
        self.reject(
            "ballot: number 0 again",
            "STA-6",
            "Another ballot; 1 follows.",
            &replayed,
        );
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
        self.reject(
            "withdrawal: in another class",
            "STA-11",
            "Ada's entries are in north.",
            &withdrawal,
        );
        let withdrawal = self.log.withdrawal(ada, "east", 2);
        self.reject(
            "withdrawal: in an unknown class",
            "STA-3",
            "Not in the manifest.",
            &withdrawal,
        );
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
        self.reject(
            "withdrawal: sent again",
            "STA-9",
            "It is the pseudonym's last entry.",
            &withdrawal,
        );
        let twice = self.log.withdrawal(ada, "north", 3);
        self.reject(
            "withdrawal after the last one",
            "STA-7",
            "Three entries are the limit.",
            &twice,
        );
        let over = self.honest(0, 3);
        self.reject(
            "ballot: above the limit",
            "STA-7",
            "Three entries are the limit.",
            &over,
        );
        for (voter, sequence, plaintext) in [(2, 0, [1, 0, 0, 0x02]), (4, 0, [0, 0x10, 0, 0])] {
            let voter = voters[voter].clone();
            let entry = self.log.ballot(&Cast::new(&voter, sequence, &plaintext));
            self.log.entries.push(entry);
        }
        let withdrawal = self.log.withdrawal(&voters[2], "south", 1);
        self.log.entries.push(withdrawal);
        let twice = self.log.withdrawal(&voters[2], "south", 2);
        self.reject(
            "withdrawal of a withdrawal",
            "STA-8",
            "The last entry is no ballot.",
            &twice,
        );
        let entry = self.log.ballot(&Cast::new(&voters[2], 2, &[0, 0x07, 0, 0x02]));
        self.log.entries.push(entry);
        let returned = self.log.returned(dan, "south");
        self.reject(
            "a token returned while voting",
            "STA-1",
            "After the close.",
            &returned,
        );
        let body = self.log.issuance_body(0);
        self.refuse(
            "issuance while voting",
            "STA-1",
            "After the close.",
            ("office", "issuance"),
            &body,
        );
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
        self.accept(
            "register while voting",
            "STA-26",
            "Someone left; an empty class harms nobody.",
            &entry,
        );
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
        let text = self.log.entries[8].clone();
        assert!(text.contains("\"kind\":\"voting_opened\""));
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

    fn closed(&mut self) {
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
        self.refuse(
            "issuance a second time",
            "STA-13",
            "Once per issuer.",
            ("office", "issuance"),
            &body,
        );
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
        self.changed(
            "returned: tokens exchanged",
            "TOK-7",
            "In the manifest's order.",
            &entry,
            |entry| {
                entry["tokens"] = json!([entry["tokens"][1], entry["tokens"][0]]);
            },
        );
        self.changed(
            "returned: one token",
            "BAL-8",
            "One of each issuer.",
            &entry,
            |entry| {
                entry["tokens"] = json!([entry["tokens"][0]]);
            },
        );
        let elsewhere = self.log.returned(dan, "north");
        self.reject(
            "returned: in another class",
            "TOK-7",
            "Signed for it, but the tokens are for south.",
            &elsewhere,
        );
        self.log.entries.push(entry.clone());
        self.reject(
            "returned: sent again",
            "STA-9",
            "The answer is the first one's index.",
            &entry,
        );

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
            (
                "agreed on another size",
                "One entry less.",
                with("size", json!(closed)),
            ),
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
        self.refuse(
            "opening before agreement",
            "STA-20",
            "Nobody has agreed.",
            ("anna", "opening"),
            &early,
        );
        self.log.post("anna", "agreed", &agreed);
        self.refuse(
            "agreed a second time",
            "STA-13",
            "Once per trustee.",
            ("anna", "agreed"),
            &agreed,
        );
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
            (
                "opening: position 1",
                "STA-21",
                "0 comes first.",
                with(|body| body["position"] = json!(1)),
            ),
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
        let (body, _) = self
            .log
            .result(&[1, 2], &[first.clone(), self.log.opening_points(1)]);
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
        self.accept(
            "cancelled after the openings",
            "STA-1",
            "Visible to everybody.",
            &entry,
        );
        let (body, _) = self.log.result(&[1, 2], &[first, second]);
        let with = |change: fn(&mut Value)| {
            let mut body = body.clone();
            change(&mut body);
            body
        };
        for (name, rule, comment, body) in [
            (
                "result: of one trustee",
                "STA-22",
                "t is 2.",
                with(|body| body["trustees"] = json!([1])),
            ),
            (
                "result: of no trustee",
                "STA-22",
                "t is 2.",
                with(|body| body["trustees"] = json!([])),
            ),
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
        self.refuse(
            "a second result",
            "STA-1",
            "There is one.",
            ("authority", "result"),
            &body,
        );
        self.refuse(
            "cancelled after the result",
            "STA-1",
            "It stands.",
            ("authority", "cancelled"),
            &details(),
        );
        self.log.post("authority", "certified", &details());
        let entry = self.log.returned(&voters[3], "south");
        self.reject(
            "returned again when certified",
            "STA-9",
            "It is there already.",
            &entry,
        );
        let manifest = json!({"blobs": [base64(self.log.election.id)], "details": null});
        let (low, high) = (base64([1; 32]), base64([2; 32]));
        for (name, comment, body) in [
            (
                "erased: nothing",
                "At least one.",
                json!({"blobs": [], "details": null}),
            ),
            (
                "erased: out of order",
                "Ascending.",
                json!({"blobs": [high, low], "details": null}),
            ),
            (
                "erased: one twice",
                "Strictly.",
                json!({"blobs": [low, low], "details": null}),
            ),
            ("erased: the manifest", "Without it nothing verifies.", manifest),
        ] {
            self.refuse(name, "STA-23", comment, ("authority", "erased"), &body);
        }
        self.log.post(
            "authority",
            "erased",
            &json!({"blobs": [low, high], "details": null}),
        );
    }

    /// The election with one ballot each and a solo trustee, shortly.
    fn solo(&mut self) {
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
        self.reject(
            "solo: another trustee",
            "STA-4",
            "Boris is not in this election.",
            &entry,
        );
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
        let (body, _) = self.log.result(&[1], &[points]);
        self.log.post("authority", "result", &body);
        let returned = self.log.voters[3].clone();
        let entry = self.log.returned(&returned, "south");
        self.log.entries.push(entry);
        self.log.post("authority", "certified", &details());
    }

    /// The whole log.
    fn replayed(&mut self) {
        let log = &self.log;
        let kinds: Vec<Value> = log
            .entries
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
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
        let total: u64 = per_class()
            .as_object()
            .unwrap()
            .values()
            .filter_map(Value::as_u64)
            .sum();
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

/// The office's list, changed (ISS-1 to ISS-7).
fn issuance(vectors: &mut Vec<Vector>, log: &Log) {
    let text = &log.issuance[0];
    let rows: Vec<Value> = {
        let value: Value = serde_json::from_str(text).unwrap();
        value["rows"].as_array().unwrap().clone()
    };
    let input = |blobs: &[String], issued: &Value| {
        let references: Vec<Value> = blobs.iter().map(|text| blob("issuance_rows", text)).collect();
        Fields::new()
            .with("blobs", &List(blobs))
            .with("body", &canonical(&json!({"issued": issued, "rows": references})))
            .with("issuer", "office")
            .with("log", "main")
    };
    let of = |rows: &[Value]| canonical(&json!({"rows": rows}));
    let same = per_class();
    vectors.push(Vector::accept(
        "check_issuance",
        "the office's issuance list",
        "ISS-6",
        "Every row was asked for by someone on the register, and validly answered.",
        input(std::slice::from_ref(text), &same),
        Fields::new(),
    ));
    let list = |name: &str, rule: &str, comment: &str, rows: &[Value]| {
        Vector::reject("check_issuance", name, rule, comment, input(&[of(rows)], &same))
    };
    let with = |place: usize, change: &dyn Fn(&mut Value)| {
        let mut rows = rows.clone();
        change(&mut rows[place]);
        rows
    };
    let mut exchanged = rows.clone();
    exchanged.swap(1, 2);
    let mut twice = rows.clone();
    twice[3] = rows[2].clone();
    vectors.extend([
        list(
            "issuance: rows exchanged",
            "ISS-3",
            "Handles ascend strictly.",
            &exchanged,
        ),
        list(
            "issuance: a handle twice",
            "ISS-3",
            "One token per handle.",
            &twice,
        ),
        list(
            "issuance: an unknown class",
            "ISS-4",
            "Not in the manifest.",
            &with(0, &|row| row["class"] = json!("east")),
        ),
        list(
            "issuance: another class",
            "ISS-5",
            "The register has this handle elsewhere.",
            &with(0, &|row| {
                row["class"] = if row["class"] == "north" {
                    json!("south")
                } else {
                    json!("north")
                };
            }),
        ),
        list(
            "issuance: another credential",
            "ISS-5",
            "G is on no register.",
            &with(4, &|row| row["credential"] = json!(point(&G))),
        ),
        list(
            "issuance: a handle of nobody",
            "ISS-5",
            "The highest there is, so that the order holds.",
            &with(4, &|row| row["handle"] = json!(base64([0xff; 32]))),
        ),
        list(
            "issuance: a row left out",
            "ISS-7",
            "The entry says five.",
            &rows[..4],
        ),
    ]);
    let mut more = same.clone();
    more["south"] = json!(3);
    vectors.push(Vector::reject(
        "check_issuance",
        "issuance: more stated than listed",
        "ISS-7",
        "The entry says three of south.",
        input(std::slice::from_ref(text), &more),
    ));
    vectors.push(Vector::reject(
        "check_issuance",
        "issuance: two blobs for five rows",
        "ISS-2",
        "Every blob but the last is full.",
        input(&[of(&rows[..3]), of(&rows[3..])], &same),
    ));
    vectors.push(Vector::reject(
        "check_issuance",
        "issuance: an empty blob",
        "ISS-2",
        "At least one row.",
        input(&[of(&[])], &same),
    ));
    let good = input(std::slice::from_ref(text), &same);
    let blobs = |name: &str, comment: &str, blobs: &[String]| {
        Vector::reject(
            "check_issuance",
            name,
            "ENT-4",
            comment,
            good.clone().with("blobs", &List(blobs)),
        )
    };
    vectors.extend([
        blobs(
            "issuance: other bytes than the entry names",
            "A row less, the entry as before.",
            &[of(&rows[..4])],
        ),
        blobs("issuance: a blob missing", "The entry names one.", &[]),
        blobs(
            "issuance: a blob too many",
            "The entry names one.",
            &[text.clone(), text.clone()],
        ),
    ]);
    for (name, rule, comment, find, to) in [
        (
            "issuance: whitespace",
            "ENC-1",
            "Not canonical.",
            "{\"rows\"",
            "{ \"rows\"",
        ),
        (
            "issuance: a row with a time",
            "ENC-2",
            "Rows carry no times.",
            "\"signature\":",
            "\"time\":0,\"signature\":",
        ),
        (
            "issuance: a row without a session",
            "ENC-2",
            "Every member is there.",
            "\"session\":",
            "\"sessions\":",
        ),
    ] {
        let changed = text.replacen(find, to, 1);
        assert_ne!(changed, *text);
        vectors.push(Vector::reject(
            "check_issuance",
            name,
            rule,
            comment,
            input(&[changed], &same),
        ));
    }
    // Rows that do not verify: exactly these are named.
    let scalar = |bytes: &[u8], at: usize| {
        let field: [u8; 32] = bytes[at..at + 32].try_into().unwrap();
        oracle::scalar(&field).unwrap()
    };
    let plus = |row: &mut Value, field: &str, at: usize, by: Scalar| {
        let mut bytes = unbase64(&row[field]);
        let sum = scalar(&bytes, at) + by;
        bytes[at..at + 32].copy_from_slice(sum.as_bytes());
        row[field] = json!(base64(bytes));
    };
    let mut cancelling = rows.clone();
    plus(&mut cancelling[1], "answer", 64, Scalar::ONE);
    plus(&mut cancelling[3], "answer", 64, -Scalar::ONE);
    let mut signatures = rows.clone();
    let signature = signatures[0]["signature"].clone();
    signatures[0]["signature"] = signatures[2]["signature"].clone();
    signatures[2]["signature"] = signature;
    let mut zero = rows.clone();
    let mut answer = unbase64(&zero[4]["answer"]);
    answer[32..64].fill(0);
    zero[4]["answer"] = json!(base64(answer));
    let mut whole = rows.clone();
    for field in ["answer", "challenge", "commitment", "session"] {
        whole[0][field] = rows[1][field].clone();
    }
    for (name, comment, rows, bad) in [
        (
            "issuance: z + 1",
            "No valid answer.",
            with(2, &|row| plus(row, "answer", 64, Scalar::ONE)),
            vec![2_u64],
        ),
        (
            "issuance: b + 1",
            "No valid answer.",
            with(2, &|row| plus(row, "answer", 0, Scalar::ONE)),
            vec![2],
        ),
        (
            "issuance: c + 1",
            "Neither answered nor signed.",
            with(0, &|row| plus(row, "challenge", 0, Scalar::ONE)),
            vec![0],
        ),
        ("issuance: y = 0", "No valid answer.", zero, vec![4]),
        (
            "issuance: errors that cancel",
            "z + 1 and z - 1 in two rows.",
            cancelling,
            vec![1, 3],
        ),
        (
            "issuance: signatures exchanged",
            "Each by the other's credential.",
            signatures,
            vec![0, 2],
        ),
        (
            "issuance: another session's moves",
            "The signature is on the session, not the moves alone.",
            whole,
            vec![0],
        ),
        (
            "issuance: another session id",
            "The signature is on the id.",
            with(1, &|row| row["session"] = json!(base64([0; 16]))),
            vec![1],
        ),
    ] {
        vectors.push(list(name, "ISS-6", comment, &rows).naming(Fields::new().with("bad", &List(&bad))));
    }
    let senate = Vector::reject(
        "check_issuance",
        "issuance: another issuer's list",
        "ISS-6",
        "The office's rows as the senate's.",
        good.with("issuer", "senate"),
    );
    vectors.push(senate.naming(Fields::new().with("bad", &List(&[0_u64, 1, 2, 3, 4]))));
}
