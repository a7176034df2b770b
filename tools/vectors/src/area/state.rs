//! Whole logs, entry by entry, and entries that may not stand where they are sent; issuance lists (ENT, STA, ISS).

mod before;
mod closing;
mod lists;
mod voting;
mod whole;

use std::sync::Arc;

use anyhow::anyhow;
use serde_json::{Value, json};
use urna_election::entry::Entry;
use urna_election::issuance::{Eligible, IssuanceError, check_figures, check_list};
use urna_election::manifest::Manifest;
use urna_election::register::Register;
use urna_election::{ElectionState, EntryVerifier, Rejected};

use super::manifest::json_rules;
use crate::election::{FINAL, MAIN, canonical};
use crate::fields::{Fields, List, hex};
use crate::log::{Cast, Log};
use crate::oracle::Random;
use crate::vector::{Answer, Area, File, No, Vector, no, unknown};
use lists::{issuance, register_version};

/// The area.
pub const AREA: Area = Area { name: "state", write, crates, oracle: |_, _| None };

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
        Ok(Self { verifier: EntryVerifier::new(Arc::clone(&manifest)), manifest, state: None })
    }

    fn apply(&mut self, text: &str) -> Result<u64, No> {
        let entry = Entry::parse(text.as_bytes()).map_err(|error| json_rules(&error, &["ENT-1"]))?;
        let verified = self.verifier.verify(vec![entry], Random::new("batch").rng()).pop();
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
            self.apply(text).map_err(|error| anyhow!("the log before: {error:?}"))?;
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
                let index = replay.apply(text).map_err(|error| anyhow!("entry {place}: {error:?}"))?;
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
        "check_register" => {
            let body = serde_json::from_str(input.text("body")?).map_err(anyhow::Error::from)?;
            let blobs: Vec<&str> = input.list("blobs")?.iter().filter_map(Value::as_str).collect();
            Register::check_version(&replay.manifest, &body, &blobs)
                .map_err(|error| super::encoding::refused(&error))?;
            Ok(Fields::new())
        }
        "check_issuance" => {
            let mut eligible = Eligible::default();
            eligible.add(&register(&replay.manifest, &log)?);
            let issuers = replay.manifest.issuers();
            let issuer =
                issuers.iter().find(|issuer| input.text("issuer").is_ok_and(|id| id == issuer.id.as_str()));
            let issuer = issuer.ok_or_else(|| anyhow!("an unknown issuer"))?;
            let body = serde_json::from_str(input.text("body")?).map_err(anyhow::Error::from)?;
            let blobs: Vec<&str> = input.list("blobs")?.iter().filter_map(Value::as_str).collect();
            let rng = &mut Random::new("batch").rng().clone();
            let checked = check_list(&replay.manifest, issuer, &body, &blobs, &eligible, rng);
            checked.map(|()| Fields::new()).map_err(|error| list_rules(&error, vector))
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
    let mut maker = Maker { log: Log::new(MAIN), name: "main", vectors: Vec::new() };
    maker.announced();
    maker.rehearsed();
    maker.voting();
    maker.closed();
    maker.replayed();
    let (main, mut vectors) = (shared_log(&maker.log), maker.vectors);
    register_version(&mut vectors, &maker.log);
    issuance(&mut vectors, &maker.log);
    let mut maker = Maker { log: Log::new(FINAL), name: "final", vectors };
    maker.solo();
    maker.replayed();
    let shared = Fields::new().with("final", &shared_log(&maker.log)).with("main", &main);
    File { area: "state".into(), shared, vectors: maker.vectors }
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
        self.vectors.push(Vector::reject("apply", name, rule, comment, input));
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

    fn honest(&mut self, voter: usize, sequence: u32) -> String {
        let voter = self.log.voters[voter].clone();
        self.log.ballot(&Cast::new(&voter, sequence, &MARKS))
    }
}
