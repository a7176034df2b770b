//! `urna register roll`: who is on the list of voters, and when the electronic vote of each was accepted (S3-26 to S3-28).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;
use urna_api::authority::{RegisterRow, Salt};
use urna_authority::harmless;
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::Issuance;
use urna_election::register::handle;

use crate::answer::{Answer, End};
use crate::definition::exact_time;
use crate::election::Named;
use crate::organiser::{PrivateFile, refused};

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna register roll council-2027 roll.csv --out roll-with-names.csv

For elections whose manifest says `issuance: with_ballot`. After the close every issuer writes roll.csv into the election's folder,
/var/lib/urna-issuer/council-2027/roll.csv for example, readable by its owner only; whoever runs it hands it over. Give the files of
all issuers.

The new file has a line for everybody on the register: person,name,class,second,accepted. The last two are the Unix second and
the time in the election's zone at which the last of the issuers answered; they are empty for whoever has no electronic vote to
account for. Some may have broken off between this moment and the ballot: how many at most, the gap in the result says.

It is for the commission, and never public: laid beside the board it says with which other ballots somebody's ballot came.")]
pub(super) struct RollArguments {
    #[command(flatten)]
    election: Named,
    /// The issuers' files
    #[arg(value_name = "ROLL", required = true)]
    rolls: Vec<PathBuf>,
    /// The new file, readable by you only
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A line of an issuer's file.
#[derive(Deserialize)]
struct Line {
    handle: String,
    issuer: String,
    second: u64,
}

/// A line of the commission's file.
#[derive(Serialize)]
struct Entry<'a> {
    person: &'a str,
    name: &'a str,
    class: &'a str,
    second: Option<u64>,
    accepted: String,
}

/// `urna register roll`.
pub(super) fn roll(arguments: &RollArguments) -> ExitCode {
    let RollArguments { election, rolls, out } = arguments;
    election.run("urna register roll", async |authority| {
        let manifest = authority.manifest(&election.slug).await.map_err(refused)?;
        let manifest = Manifest::parse(&manifest).map_err(|error| End::unreadable(error.to_string()))?;
        if manifest.policy().issuance != Issuance::WithBallot {
            return Err(End::no(
                "this election has no such roll: its tokens are taken ahead, and no issuer keeps the times",
            ));
        }
        let accepted = Accepted::read(&manifest, rolls)?;
        let file = PrivateFile::create(out)?;
        let salts = authority.salts(&election.slug).await.map_err(refused)?;
        let rows = authority.register(&election.slug).await.map_err(refused)?;
        let (csv, people) = accepted.with_names(&manifest, &salts, &rows)?;
        let removed = accepted.complete.len() - people;
        file.write(&csv)?;
        let mut text = format!(
            "{} people are on the roll, {people} of them with the time of an electronic vote: {}",
            rows.len(),
            out.display()
        );
        if removed > 0 {
            text.push_str(&format!("\nnotice: {removed} more were accepted who are not on the register any more"));
        }
        if accepted.incomplete > 0 {
            let incomplete = accepted.incomplete;
            text.push_str(&format!("\nnotice: {incomplete} were answered by some issuers only, and have no time"));
        }
        let json = json!({
            "accepted": people, "file": out, "incomplete": accepted.incomplete, "people": rows.len(), "removed": removed,
        });
        Ok(Answer::yes(text, json))
    })
}

/// What the issuers' files say together.
struct Accepted {
    /// By handle in hexadecimal digits, of those whom all issuers have answered: the latest second.
    complete: BTreeMap<String, u64>,
    /// How many others there are.
    incomplete: usize,
}

impl Accepted {
    fn read(manifest: &Manifest, files: &[PathBuf]) -> Result<Self, End> {
        let issuers: BTreeSet<&str> = manifest.issuers().iter().map(|issuer| issuer.id.as_str()).collect();
        if files.len() != issuers.len() {
            let names = issuers.into_iter().collect::<Vec<_>>().join(", ");
            return Err(End::unreadable(format!("give one roll of each issuer of the election: {names}")));
        }
        let mut seen = BTreeSet::new();
        // How many issuers have answered, and when the last one did.
        let mut answered: BTreeMap<String, (usize, u64)> = BTreeMap::new();
        for path in files {
            let (issuer, seconds) = read(path, &issuers)?;
            if issuer.is_some() && !seen.insert(issuer) {
                return Err(wrong(path, 2, "another file is of the same issuer: give one of each"));
            }
            for (handle, second) in seconds {
                let (count, latest) = answered.entry(handle).or_default();
                *count += 1;
                *latest = second.max(*latest);
            }
        }
        let all = answered.len();
        let complete = answered.into_iter().filter(|(_, (count, _))| *count == issuers.len());
        let complete: BTreeMap<_, _> = complete.map(|(handle, (_, second))| (handle, second)).collect();
        Ok(Self { incomplete: all - complete.len(), complete })
    }

    /// The commission's file, and how many of its people have a time.
    fn with_names(
        &self,
        manifest: &Manifest,
        salts: &[Salt],
        rows: &[RegisterRow],
    ) -> Result<(Vec<u8>, usize), End> {
        let handles: BTreeMap<&str, String> = salts
            .iter()
            .map(|Salt { person, salt }| {
                (person.as_str(), handle(manifest.id(), &salt.0, person).to_string())
            })
            .collect();
        let mut csv = csv::Writer::from_writer(Vec::new());
        let mut people = 0;
        for RegisterRow { person, name, class, .. } in rows {
            let second = handles.get(person.as_str()).and_then(|handle| self.complete.get(handle)).copied();
            people += usize::from(second.is_some());
            let accepted = second.map_or_else(String::new, |second| exact_time(manifest.time_zone(), second));
            let (person, name) = (&harmless(person), &harmless(name));
            csv.serialize(Entry { person, name, class, second, accepted })
                .map_err(|error| End::unreadable(error.to_string()))?;
        }
        if people == 0 && !self.complete.is_empty() {
            return Err(End::unreadable(
                "nobody on these rolls is on the register: they are of another election",
            ));
        }
        Ok((csv.into_inner().map_err(|error| End::unreadable(error.to_string()))?, people))
    }
}

/// An issuer's file: whose it is, unless it is empty, and the second of each handle.
fn read<'a>(
    path: &Path,
    issuers: &BTreeSet<&'a str>,
) -> Result<(Option<&'a str>, BTreeMap<String, u64>), End> {
    let bytes = fs::read(path).map_err(|error| End::unreadable(format!("{}: {error}", path.display())))?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().ok().map(|header| header.iter().collect::<Vec<_>>().join(","));
    if header.as_deref() != Some("handle,issuer,second") {
        return Err(wrong(path, 1, "this is no issuer's roll: that begins with handle,issuer,second"));
    }
    let (mut of, mut seconds) = (None, BTreeMap::new());
    for (number, line) in (2_u64..).zip(reader.deserialize()) {
        let no_line = |_| wrong(path, number, "a line is a handle, an issuer's id and a second");
        let Line { handle, issuer, second } = line.map_err(no_line)?;
        let Some(issuer) = issuers.get(issuer.as_str()) else {
            return Err(wrong(path, number, "the election has no such issuer"));
        };
        if of.get_or_insert(*issuer) != issuer {
            return Err(wrong(path, number, "a roll is of one issuer"));
        }
        if seconds.insert(handle, second).is_some() {
            return Err(wrong(path, number, "this handle has a line already"));
        }
    }
    Ok((of, seconds))
}

fn wrong(path: &Path, line: u64, what: &str) -> End {
    End::unreadable(format!("{}:{line}: {what}", path.display()))
}
