//! `urna register load`, `show`, `add`, `remove`, `move`, `fill`, `salts`.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::ProgressBar;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use urna_api::authority::{Cause, Fill, Move, RegisterChanged, RegisterChanges, RegisterLoaded, RegisterRow};

use crate::answer::{Answer, End};
use crate::election::Named;
use crate::organiser::{PrivateFile, json_error, place, refused};

/// Why there is another version of the register.
#[derive(Clone, Copy, Default, ValueEnum)]
enum CauseName {
    /// Changed by a person
    #[default]
    Manual,
    /// Recomputed by the clock, as by a timer every night
    Nightly,
}

impl From<CauseName> for Cause {
    fn from(name: CauseName) -> Self {
        match name {
            CauseName::Manual => Self::Manual,
            CauseName::Nightly => Self::Nightly,
        }
    }
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna register load council-2027 voters.csv
  urna register load council-2027 voters.json
  nightly-export | urna register load council-2027 - --cause nightly

A file that ends in .json is a list of objects, everything else is CSV. Who is missing in it is removed; who comes back has the
same handle and credential as before.")]
pub(super) struct LoadArguments {
    #[command(flatten)]
    election: Named,
    /// The list; `-` is standard input, in CSV
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What the record says of why there is another version
    #[arg(long, value_enum, default_value_t)]
    cause: CauseName,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna register add council-2027 1043 --name 'Alan Turing' --email alan@uni.example --class staff
  urna register add council-2027 --file late.csv

New people are invited with `urna register invite`, as all others.")]
pub(super) struct AddArguments {
    #[command(flatten)]
    election: Named,
    /// The person's id, the organiser's own
    #[arg(
        value_name = "PERSON",
        required_unless_present = "file",
        conflicts_with = "file",
        requires = "name"
    )]
    person: Option<String>,
    /// The name
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    name: Option<String>,
    /// The e-mail address; without one there is a letter
    #[arg(long, value_name = "ADDRESS", conflicts_with = "file")]
    email: Option<String>,
    /// Id or title of the class
    #[arg(long, value_name = "CLASS", conflicts_with = "file")]
    class: Option<String>,
    /// The district
    #[arg(long, value_name = "DISTRICT", conflicts_with = "file")]
    district: Option<String>,
    /// A list in CSV, with the columns of `urna register load`; `-` is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// What the record says of why there is another version
    #[arg(long, value_enum, default_value_t)]
    cause: CauseName,
}

/// People, by their ids.
#[derive(Args)]
struct People {
    #[command(flatten)]
    election: Named,
    /// The people's ids
    #[arg(value_name = "PERSON", required_unless_present = "file")]
    people: Vec<String>,
    /// File with more ids, one a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// What the record says of why there is another version
    #[arg(long, value_enum, default_value_t)]
    cause: CauseName,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna register remove council-2027 1043 1044
  urna register remove council-2027 --file left.txt

Who has a token keeps it: tokens cannot be recognised. Who has none gets none any more.")]
pub(super) struct RemoveArguments {
    #[command(flatten)]
    people: People,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna register move council-2027 1043 --to staff

A token is of the class in which it was taken; nobody gets a second one.")]
pub(super) struct MoveArguments {
    #[command(flatten)]
    people: People,
    /// The class's id
    #[arg(long, value_name = "CLASS")]
    to: String,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna register fill council-2027 credentials.json

  [{\"credential\": \"<32 bytes in base64>\", \"person\": \"1041\"}, …]

For elections whose voters' devices, or a third party, make the credentials. A credential is filled once.")]
pub(super) struct FillArguments {
    #[command(flatten)]
    election: Named,
    /// The credentials
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna register salts council-2027 --out salts.json

With a salt and a person's id, anybody computes the person's handle and finds the row on the board; after the close it shows
whether a token was taken. Give the file to the commission that audits the register, and to nobody else.")]
pub(super) struct SaltsArguments {
    #[command(flatten)]
    election: Named,
    /// The new file, readable by you only
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// `urna register load`.
pub(super) fn load(arguments: &LoadArguments) -> ExitCode {
    let LoadArguments { election, file, cause } = arguments;
    election.run("urna register load", async |authority| {
        let list = read(file)?;
        let is_json = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let progress = waiting("loading the list of voters …");
        let loaded = authority.load_register(&election.slug, list, is_json, (*cause).into()).await;
        progress.finish_and_clear();
        let loaded = loaded.map_err(|error| refused(error).about(&name(file)))?;
        Ok(Answer::of(describe_loaded(&loaded), &loaded))
    })
}

/// `urna register show`.
pub(super) fn show(named: &Named) -> ExitCode {
    named.run("urna register show", async |authority| {
        let rows = authority.register(&named.slug).await.map_err(refused)?;
        let line = |row: &RegisterRow| {
            let RegisterRow { person, name, email, class, invitation, replaced, .. } = row;
            let email = email.as_deref().unwrap_or("no address");
            let replaced = if *replaced > 0 { format!(", replaced {replaced} times") } else { String::new() };
            format!("{person}  {name}, {email}, {class}: invitation {invitation}{replaced}")
        };
        Ok(Answer::of(rows.iter().map(line).collect::<Vec<_>>().join("\n"), &rows))
    })
}

/// `urna register add`.
pub(super) fn add(arguments: &AddArguments) -> ExitCode {
    let AddArguments { election, person, name: full_name, email, class, district, file, cause } = arguments;
    let slug = &election.slug;
    election.run("urna register add", async |authority| {
        let changed = match file {
            Some(file) => {
                let added = authority.add_to_register(slug, read(file)?, (*cause).into()).await;
                added.map_err(|error| refused(error).about(&name(file)))?
            }
            None => {
                let fields = [
                    ("person", person),
                    ("name", full_name),
                    ("email", email),
                    ("class", class),
                    ("district", district),
                ];
                let given = fields.into_iter().filter_map(|(field, value)| Some((field, value.as_deref()?)));
                let row: Map<String, Value> =
                    given.map(|(field, value)| (field.to_owned(), value.into())).collect();
                let changes =
                    RegisterChanges { add: vec![row], cause: (*cause).into(), ..RegisterChanges::default() };
                authority.change_register(slug, &changes).await.map_err(refused)?
            }
        };
        let next = format!("Next: urna register invite {slug}");
        Ok(Answer::of(format!("{}\n{next}", describe_changed(&changed)), &changed))
    })
}

/// `urna register remove`.
pub(super) fn remove(arguments: &RemoveArguments) -> ExitCode {
    let people = &arguments.people;
    people.change("urna register remove", |remove| RegisterChanges { remove, ..RegisterChanges::default() })
}

/// `urna register move`.
pub(super) fn move_to(arguments: &MoveArguments) -> ExitCode {
    let MoveArguments { people, to } = arguments;
    people.change("urna register move", |people| {
        let moved = people.into_iter().map(|person| Move { class: to.clone(), person });
        RegisterChanges { r#move: moved.collect(), ..RegisterChanges::default() }
    })
}

/// A credential with its person, as in a file.
#[derive(Deserialize)]
#[serde(transparent)]
struct Filled(Vec<Fill>);

/// `urna register fill`.
pub(super) fn fill(arguments: &FillArguments) -> ExitCode {
    let FillArguments { election, file } = arguments;
    election.run("urna register fill", async |authority| {
        let Filled(fill) = serde_json::from_slice(&read(file)?)
            .map_err(|error| End::unreadable(json_error(&name(file), &error)))?;
        let changes = RegisterChanges { fill, ..RegisterChanges::default() };
        let changed = authority.change_register(&election.slug, &changes).await.map_err(refused)?;
        Ok(Answer::of(describe_changed(&changed), &changed))
    })
}

/// `urna register salts`.
pub(super) fn salts(arguments: &SaltsArguments) -> ExitCode {
    let SaltsArguments { election, out } = arguments;
    election.run("urna register salts", async |authority| {
        let file = PrivateFile::create(out)?;
        let salts = authority.salts(&election.slug).await.map_err(refused)?;
        file.write(serde_json::to_string(&salts).unwrap_or_default().as_bytes())?;
        let text = format!("The salts of {} people are in {}.", salts.len(), out.display());
        Ok(Answer::yes(text, json!({ "file": out, "people": salts.len() })))
    })
}

impl People {
    fn change(&self, command: &str, changes: impl FnOnce(Vec<String>) -> RegisterChanges) -> ExitCode {
        self.election.run(command, async |authority| {
            let mut people = self.people.clone();
            if let Some(file) = &self.file {
                let text = String::from_utf8(read(file)?);
                let text = text.map_err(|_| End::unreadable(format!("{} is not UTF-8", name(file))))?;
                people.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
            }
            let changes = RegisterChanges { cause: self.cause.into(), ..changes(people) };
            let changed = authority.change_register(&self.election.slug, &changes).await.map_err(refused)?;
            Ok(Answer::of(describe_changed(&changed), &changed))
        })
    }
}

/// All of a file, or of standard input if it is `-`.
fn read(path: &Path) -> Result<Vec<u8>, End> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    read.map_err(|error| End::unreadable(format!("{}: {error}", name(path))))
}

fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// Shows a person at a terminal that something goes on.
fn waiting(what: &'static str) -> ProgressBar {
    let progress = ProgressBar::new_spinner().with_message(what);
    progress.enable_steady_tick(Duration::from_millis(100));
    progress
}

fn describe_loaded(loaded: &RegisterLoaded) -> String {
    let people: u64 = loaded.entitled.values().sum();
    let classes: Vec<_> = loaded.entitled.iter().map(|(class, count)| format!("{count} {class}")).collect();
    let mut text = format!("{people} people are on the list of voters: {}.", classes.join(", "));
    if loaded.merged > 0 {
        text.push_str(&format!(" {} lines were of people who stand in another line too.", loaded.merged));
    }
    text.push('\n');
    text.push_str(&describe_changed(&loaded.changes));
    for notice in &loaded.notices {
        text.push_str("\nnotice: ");
        text.push_str(&place(notice));
    }
    text
}

fn describe_changed(changed: &RegisterChanged) -> String {
    let RegisterChanged { added, removed, moved, filled, replaced, index } = changed;
    let counts = [
        (added, "added"),
        (removed, "removed"),
        (moved, "moved"),
        (filled, "with a credential that was filled"),
        (replaced, "with another credential"),
    ];
    let said: Vec<_> = counts
        .into_iter()
        .filter(|(count, _)| **count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let said = if said.is_empty() { "nothing that is public".to_owned() } else { said.join(", ") };
    match index {
        Some(index) => format!("Changed: {said}. The record says so, without names, in entry {index}."),
        None => format!("Changed: {said}."),
    }
}
