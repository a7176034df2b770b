//! What can be said of each person and of each ballot: places, times, numbers, lengths, and values that both have.
//!
//! Nothing here knows which place means what. Everything of a dump that contains something of a person (handle, id, address,
//! credential, any field of the issuance row) or of a ballot (pseudonym, identifier, hash of the entry, any field of the
//! entry) gives a *mark*: a number for each of them, by which they can be put in an order.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use urna_crypto::{Identifier, Pseudonym};
use urna_election::entry::Kind;

use super::database_file::Operation;
use super::dump::{Dump, Source};
use super::services::Head;
use super::voting::Recording;

/// How much of something must be found of all of a kind: what is missing of one tells nothing of the others.
const OF_HUNDRED: usize = 90;

/// One number for each person or each ballot, by which they can be ordered.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) name: Arc<str>,
    pub(super) values: Vec<u128>,
}

/// A ballot as the public log has it: a pseudonym with all of its entries.
#[derive(Clone, Debug)]
pub(super) struct Ballot {
    pub(super) pseudonym: [u8; 32],
    pub(super) class: String,
    /// With which growth of the log its first entry came.
    pub(super) batch: usize,
    /// Its entries, by sequence.
    pub(super) entries: Vec<Vec<u8>>,
}

/// All that is known of an election.
pub(super) struct Evidence {
    pub(super) ballots: Vec<Ballot>,
    pub(super) of_people: Vec<Mark>,
    pub(super) of_ballots: Vec<Mark>,
    /// For each way of laying a ballot beside a person at once: the person of each ballot, where there is one.
    pub(super) beside: Vec<(String, Vec<Option<usize>>)>,
}

/// The numbers that were found for one kind of mark: none where there is nothing of that person or ballot.
type Found = BTreeMap<String, Vec<Option<u128>>>;

/// A field of a document.
enum Leaf {
    Number(u128),
    Text(String),
}

fn leaves(value: &Value, path: &str, found: &mut Vec<(String, Leaf)>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => {
            found.extend(number.as_u64().map(|number| (path.to_owned(), Leaf::Number(number.into()))));
        }
        Value::String(text) => found.push((path.to_owned(), Leaf::Text(text.clone()))),
        Value::Array(values) => {
            for (place, value) in values.iter().enumerate() {
                leaves(value, &format!("{path}[{place}]"), found);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                leaves(value, &format!("{path}.{name}"), found);
            }
        }
    }
}

/// Something of a person or ballot that is searched for, and its name.
type Needle = (String, Vec<u8>);

/// The forms in which bytes are written somewhere.
fn forms(name: &str, bytes: &[u8]) -> Vec<Needle> {
    let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        (name.to_owned(), bytes.to_vec()),
        (format!("{name} in base64"), STANDARD.encode(bytes).into_bytes()),
        (format!("{name} in hexadecimal"), hexadecimal.into_bytes()),
    ]
}

/// Marks and needles of one document: what its fields say, as numbers and as something to look for.
#[derive(Default)]
struct Known {
    numbers: Vec<(String, u128)>,
    needles: Vec<Needle>,
    /// What may stand on the other side too.
    values: Vec<String>,
}

impl Known {
    fn document(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.numbers.push((format!("{name}: length"), bytes.len().try_into()?));
        let mut found = Vec::new();
        leaves(&serde_json::from_slice(bytes)?, name, &mut found);
        for (path, leaf) in found {
            match leaf {
                Leaf::Number(number) => self.numbers.push((path, number)),
                Leaf::Text(text) => {
                    self.numbers.push((format!("{path}: length"), text.len().try_into()?));
                    if let Ok(bytes) = STANDARD.decode(&text) {
                        let number = |bytes: &mut dyn Iterator<Item = &u8>| {
                            bytes.take(12).fold(0_u128, |number, byte| number << 8 | u128::from(*byte))
                        };
                        self.numbers.push((format!("{path}: first bytes"), number(&mut bytes.iter())));
                        self.numbers.push((format!("{path}: last bytes"), number(&mut bytes.iter().rev())));
                        if bytes.len() >= 16 {
                            self.needles.extend(forms(&path, &bytes));
                        }
                    }
                    self.values.push(text);
                }
            }
        }
        Ok(())
    }
}

impl Known {
    /// The headers of a request, as numbers and as values.
    fn head(&mut self, head: &Head) {
        for (name, value) in &head.headers {
            let text = || value.bytes().take(12).fold(0_u128, |number, byte| number << 8 | u128::from(byte));
            self.numbers.push((format!("header {name}"), value.parse().unwrap_or_else(|_| text())));
            self.values.push(value.clone());
        }
    }
}

/// A place at which something was found.
struct Hit {
    at: usize,
    whose: usize,
    name: usize,
}

/// Whose needle, the place of its name, and the needle.
type Sought<'a> = (usize, usize, &'a [u8]);

/// Finds needles by their first eight bytes.
struct Search<'a> {
    names: Vec<&'a str>,
    beginnings: HashMap<[u8; 8], Vec<Sought<'a>>>,
    /// For a first look: which pairs of bytes begin a needle.
    pairs: Vec<bool>,
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

impl<'a> Search<'a> {
    fn new(known: &'a [Known]) -> Self {
        let mut names: Vec<&str> =
            known.iter().flat_map(|known| known.needles.iter().map(|(name, _)| name.as_str())).collect();
        names.sort_unstable();
        names.dedup();
        let mut search = Self { names, beginnings: HashMap::new(), pairs: vec![false; 1 << 16] };
        for (whose, known) in known.iter().enumerate() {
            for (name, needle) in &known.needles {
                let Some(beginning) = needle.first_chunk::<8>() else { continue };
                let Ok(name) = search.names.binary_search(&name.as_str()) else { continue };
                if let Some(pair) = search.pairs.get_mut(pair(beginning[0], beginning[1])) {
                    *pair = true;
                }
                search.beginnings.entry(*beginning).or_default().push((whose, name, needle));
            }
        }
        search
    }

    fn hits(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (at, window) in bytes.windows(8).enumerate() {
            let &[first, second, ..] = window else { continue };
            if !self.pairs.get(pair(first, second)).is_some_and(|begins| *begins) {
                continue;
            }
            let Some(needles) = window.first_chunk::<8>().and_then(|window| self.beginnings.get(window))
            else {
                continue;
            };
            let rest = bytes.get(at..).unwrap_or_default();
            let found = needles.iter().filter(|(.., needle)| rest.starts_with(needle));
            hits.extend(found.map(|(whose, name, _)| Hit { at, whose: *whose, name: *name }));
        }
        hits
    }

    /// What the places say at which this source has something: the first, second and last one, and what stands around the first.
    fn places(&self, source: &Source, count: usize, found: &mut Found) -> Vec<Hit> {
        let hits = self.hits(&source.bytes);
        let mut by_name: BTreeMap<usize, Vec<Vec<usize>>> = BTreeMap::new();
        for hit in &hits {
            let places = by_name.entry(hit.name).or_insert_with(|| vec![Vec::new(); count]);
            if let Some(places) = places.get_mut(hit.whose) {
                places.push(hit.at);
            }
        }
        for (name, places) in by_name {
            let name = self.names.get(name).copied().unwrap_or_default();
            let mut mark = |what: &str, value: &dyn Fn(&Vec<usize>) -> Option<u128>| {
                let values = places.iter().map(value).collect();
                found.insert(format!("{what} place of {name} in {}", source.name), values);
            };
            let wide = |at: Option<&usize>| at.and_then(|at| u128::try_from(*at).ok());
            let number = |from: Option<usize>| {
                let bytes = source.bytes.get(from?..from?.checked_add(8)?)?;
                Some(u128::from(u64::from_be_bytes(bytes.try_into().ok()?)))
            };
            mark("first", &|places| wide(places.first()));
            mark("second", &|places| wide(places.get(1)));
            mark("last", &|places| wide(places.last()));
            mark("number before the first", &|places| number(places.first()?.checked_sub(8)));
            mark("number after the first", &|places| {
                let at = places.first()?;
                number(Some(at + 32))
            });
        }
        hits
    }
}

/// Keeps what was found of most and is not the same for all.
fn marks(found: Found) -> Vec<Mark> {
    let tells = |(name, values): (String, Vec<Option<u128>>)| {
        let known = values.iter().flatten().count();
        let first = values.iter().flatten().next()?;
        let differs = values.iter().flatten().any(|value| value != first);
        let is_of_most = known * 100 >= values.len() * OF_HUNDRED;
        // What is missing comes last.
        let values = values.iter().map(|value| value.unwrap_or(u128::MAX)).collect();
        (differs && is_of_most).then(|| Mark { name: name.into(), values })
    };
    found.into_iter().filter_map(tells).collect()
}

/// Which ballot an entry of the log is of.
struct Stood {
    batch: usize,
    ballot: usize,
    is_first: bool,
}

/// The ballots of the public log, each with the growth with which it came; and where all of their entries stand.
fn ballots(dump: &Dump, growth: &[(u64, u64)]) -> Result<(Vec<Ballot>, Vec<Stood>)> {
    let mut ballots: Vec<Ballot> = Vec::new();
    let mut places: HashMap<[u8; 32], usize> = HashMap::new();
    let mut stood = Vec::new();
    for (index, bytes) in (0_u64..).zip(&dump.entries) {
        let entry: Value = serde_json::from_slice(bytes)?;
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        if text("kind") != Kind::Ballot.as_str() {
            continue;
        }
        let batch = batch(growth, index);
        let pseudonym: [u8; 32] = STANDARD.decode(text("pseudonym"))?.as_slice().try_into()?;
        let place = *places.entry(pseudonym).or_insert(ballots.len());
        stood.push(Stood { batch, ballot: place, is_first: place == ballots.len() });
        match ballots.get_mut(place) {
            Some(ballot) => ballot.entries.push(bytes.clone()),
            None => {
                ballots.push(Ballot { pseudonym, class: text("class"), batch, entries: vec![bytes.clone()] })
            }
        }
    }
    Ok((ballots, stood))
}

/// With which growth of the log an entry came.
pub(super) fn batch(growth: &[(u64, u64)], index: u64) -> usize {
    growth.partition_point(|(_, size)| *size <= index)
}

/// What authority and issuer know of each person.
fn of_people(recording: &Recording) -> Result<Vec<Known>> {
    let places: HashMap<Vec<u8>, usize> = (0..)
        .zip(&recording.people)
        .map(|(place, person)| (person.handle.as_bytes().to_vec(), place))
        .collect();
    let mut known: Vec<Known> = recording
        .people
        .iter()
        .map(|person| Known {
            numbers: vec![(ASKED.into(), person.asked.into())],
            needles: [
                (String::from("person"), person.id.clone().into_bytes()),
                ("e-mail".into(), format!("{}@uni.example", person.id).into_bytes()),
            ]
            .into_iter()
            .chain(forms("handle", person.handle.as_bytes()))
            .collect(),
            values: vec![person.id.clone()],
        })
        .collect();
    // Lists whose rows have a handle: of the register, of what was issued.
    for source in recording.dump.sources.iter().filter(|source| source.name.contains("/blobs/")) {
        let Ok(Value::Object(blob)) = serde_json::from_slice(&source.bytes) else { continue };
        let Some(Value::Array(rows)) = blob.get("rows") else { continue };
        for row in rows {
            let Some(handle) = row.get("handle").and_then(Value::as_str) else { continue };
            let place = places.get(&STANDARD.decode(handle)?);
            let known = place.and_then(|place| known.get_mut(*place)).context("a handle of nobody")?;
            let list = if row.get("session").is_some() { "issuance row" } else { "register row" };
            known.document(list, &serde_json::to_vec(row)?)?;
        }
    }
    for head in recording.heads.iter().filter(|head| head.service == "issuer") {
        if let Some(known) = known.get_mut(head.sender.person) {
            known.head(head);
        }
    }
    Ok(known)
}

/// What the board knows of each ballot. `people` tells which requests came under which pseudonym, as the board sees.
fn of_ballots(recording: &Recording, ballots: &[Ballot]) -> Result<Vec<Known>> {
    let mut known = Vec::new();
    for ballot in ballots {
        let mut of_ballot = Known::default();
        let identifier = Identifier::new(&recording.election, &Pseudonym::from_bytes(&ballot.pseudonym)?);
        of_ballot.needles.push(("identifier".into(), identifier.to_string().into_bytes()));
        of_ballot.numbers.push(("number of entries".into(), ballot.entries.len().try_into()?));
        for (sequence, entry) in ballot.entries.iter().enumerate() {
            let name = if sequence == 0 { "entry" } else { "later entry" };
            of_ballot.document(name, entry)?;
            of_ballot.needles.extend(forms(&format!("hash of the {name}"), &Sha256::digest(entry)));
        }
        let person = recording.people.iter().position(|person| person.pseudonym == ballot.pseudonym);
        let heads = recording.heads.iter().filter(|head| head.sender.casts && head.service == "board");
        for head in heads.filter(|head| Some(head.sender.person) == person) {
            of_ballot.head(head);
        }
        known.push(of_ballot);
    }
    Ok(known)
}

/// When a token was taken, as the issuer sees it.
pub(super) const ASKED: &str = "moment of the request";

impl Evidence {
    /// Puts together what is known.
    pub(super) fn of(recording: &Recording) -> Result<Self> {
        let (ballots, stood) = ballots(&recording.dump, &recording.growth)?;
        ensure!(ballots.len() == recording.people.len(), "{} ballots", ballots.len());
        let people = of_people(recording)?;
        let known = of_ballots(recording, &ballots)?;
        let (mut of_people, mut of_ballots) = (numbers(&people), numbers(&known));
        let mut beside = vec![("a value that both have".to_owned(), shared(&people, &known))];
        let index = (0_u128..).take(ballots.len()).map(Some).collect();
        of_ballots.insert("index in the log".into(), index);
        let (search_people, search_ballots) = (Search::new(&people), Search::new(&known));
        for source in &recording.dump.sources {
            let persons = search_people.places(source, people.len(), &mut of_people);
            let hits = search_ballots.places(source, known.len(), &mut of_ballots);
            if !persons.is_empty() && !hits.is_empty() {
                beside.push((format!("nearest in {}", source.name), nearest(&persons, &hits, known.len())));
            }
        }
        for (name, values) in file_times(recording, &people) {
            of_people.insert(name, values);
        }
        for (name, values) in file_times(recording, &known) {
            of_ballots.insert(name, values);
        }
        for (name, operations) in &recording.dump.operations {
            let removed = removed_by_batch(operations);
            for shift in [0, 1, 2] {
                let name =
                    format!("when what was removed in its place was written in {name}, shifted by {shift}");
                of_ballots.insert(name, by_removal(ballots.len(), &stood, &removed, shift));
            }
        }
        Ok(Self { ballots, of_people: marks(of_people), of_ballots: marks(of_ballots), beside })
    }
}

/// The fields of documents that are numbers: the first of each name.
fn numbers(known: &[Known]) -> Found {
    let mut found = Found::new();
    for (whose, known_of_one) in known.iter().enumerate() {
        for (name, number) in &known_of_one.numbers {
            let values = found.entry(name.clone()).or_insert_with(|| vec![None; known.len()]);
            if let Some(value) = values.get_mut(whose) {
                value.get_or_insert(*number);
            }
        }
    }
    found
}

/// The person of each ballot that has a value which nobody else has.
fn shared(people: &[Known], ballots: &[Known]) -> Vec<Option<usize>> {
    let mut owners: HashMap<&str, Vec<usize>> = HashMap::new();
    for (person, known) in people.iter().enumerate() {
        for value in &known.values {
            let owners = owners.entry(value).or_default();
            if owners.last() != Some(&person) {
                owners.push(person);
            }
        }
    }
    let only = |value: &String| match owners.get(value.as_str()).map(Vec::as_slice) {
        Some([person]) => Some(*person),
        _ => None,
    };
    ballots.iter().map(|known| known.values.iter().find_map(only)).collect()
}

/// The person whose trace stands nearest before each ballot's.
fn nearest(people: &[Hit], ballots: &[Hit], count: usize) -> Vec<Option<usize>> {
    let mut found: Vec<Option<(usize, usize)>> = vec![None; count];
    for hit in ballots {
        let before = people.partition_point(|person| person.at < hit.at);
        let before = before.checked_sub(1).and_then(|before| people.get(before));
        let (Some(person), Some(found)) = (before, found.get_mut(hit.whose)) else { continue };
        let distance = hit.at - person.at;
        if found.is_none_or(|(nearest, _)| distance < nearest) {
            *found = Some((distance, person.whose));
        }
    }
    found.into_iter().map(|found| found.map(|(_, person)| person)).collect()
}

/// When the file was written whose name has something of a person or ballot.
fn file_times(recording: &Recording, known: &[Known]) -> Found {
    let mut found = Found::new();
    for (whose, known_of_one) in known.iter().enumerate() {
        for file in &recording.dump.times {
            let has =
                |(_, needle): &&Needle| str::from_utf8(needle).is_ok_and(|text| file.name.contains(text));
            if let Some((name, _)) = known_of_one.needles.iter().find(has) {
                let name = format!("when the file with the {name} was written");
                let values = found.entry(name).or_insert_with(|| vec![None; known.len()]);
                if let Some(value) = values.get_mut(whose) {
                    value.get_or_insert(file.nanoseconds);
                }
            }
        }
    }
    found
}

/// For each batch, in order: the places at which those keys were written first that were removed behind it.
fn removed_by_batch(operations: &[Operation]) -> Vec<Vec<usize>> {
    /// So much of a key is never shared with its neighbours.
    const END: usize = 20;
    let end = |operation: &Operation| operation.key.last_chunk::<END>().copied();
    let is_ballot = |value: &Vec<u8>| value.windows(PSEUDONYM.len()).any(|window| window == PSEUDONYM);
    let mut written: HashMap<[u8; END], usize> = HashMap::new();
    let (mut removed, mut of_batch) = (Vec::new(), Vec::new());
    for (place, operation) in operations.iter().enumerate() {
        match &operation.value {
            // The next batch is staged.
            Some(value) if is_ballot(value) && !of_batch.is_empty() => {
                removed.push(std::mem::take(&mut of_batch))
            }
            _ => {}
        }
        let Some(key) = end(operation) else { continue };
        if operation.value.is_some() {
            written.entry(key).or_insert(place);
        } else {
            of_batch.extend(written.get(&key));
        }
    }
    removed.push(of_batch);
    removed
}

/// Where an entry of a voter has the pseudonym.
const PSEUDONYM: &[u8] = b"\"pseudonym\":";

/// Lays removals beside the entries of each batch in the order of the log. The entry that fills a batch is never promised, and not
/// all that was written is found again, so that some are missing: they are laid evenly, and `shift` tries both sides.
fn by_removal(count: usize, stood: &[Stood], removed: &[Vec<usize>], shift: usize) -> Vec<Option<u128>> {
    let mut values = vec![None; count];
    for (batch, removed) in stood.chunk_by(|one, other| one.batch == other.batch).zip(removed) {
        for (place, stood) in batch.iter().enumerate().filter(|(_, stood)| stood.is_first) {
            let at =
                (place * removed.len() / batch.len()).checked_add(shift).and_then(|at| at.checked_sub(1));
            if let (Some(value), Some(at)) = (values.get_mut(stood.ballot), at.and_then(|at| removed.get(at)))
            {
                *value = u128::try_from(*at).ok();
            }
        }
    }
    values
}
