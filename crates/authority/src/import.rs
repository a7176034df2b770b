//! Reading the organiser's list of voters: CSV or JSON, the whole list or nothing.
//!
//! ```text
//! person;name;e-mail;class
//! 1041;Ada Lovelace;ada@uni.example;students
//! 1042;"Hopper; Grace";grace@uni.example;staff
//! ```
//!
//! | what | taken |
//! |---|---|
//! | encoding | UTF-8, with or without byte order mark; anything else is refused with the line |
//! | separator | comma, semicolon or tab, whichever the first line has most of; Excel's `sep=;` line |
//! | quoting | `"` around fields with separators or line breaks, doubled inside |
//! | columns | in any order, by name in English, Czech, Swedish or Ukrainian (`import::columns`); others are not read and named in a notice |
//! | lines | LF or CRLF; empty ones are skipped |
//!
//! **One person once** (S1-118, T-11). Who is listed several times under one id is one person. Listed in several classes, it
//! is in the one that stands first in the manifest: an order that everybody sees and approves, and that does not depend on
//! the order of the file. Each such case is a notice. Another name under the same id is a refusal, because these could be two
//! people.
//!
//! Everything that is wrong is reported at once, each with its line, and then nothing is taken.

mod columns;
mod csv_file;
mod json_file;
mod problem;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use urna_election::Id;
use urna_election::manifest::draft::Class;

use columns::{ByColumn, Column};

pub use problem::{BadLine, LineProblem, Notice, NoticeKind, RegisterRefused};

/// The most bytes of a person's id: what an invitation can hold.
pub const PERSON_LIMIT: usize = urna_election::invitation::Invitation::PERSON_LIMIT;
/// The most bytes of a name.
pub const NAME_LIMIT: usize = 500;
/// The most bytes of an e-mail address, by RFC 5321.
pub const EMAIL_LIMIT: usize = 254;
/// So many problems and notices are listed; the rest is counted.
pub const LISTED: usize = 1_000;
/// So many characters of a field are quoted.
const QUOTED: usize = 1_000;

/// A person who is entitled to vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The organiser's id of the person, 1 to 255 bytes.
    pub person: String,
    /// The name, for letters and mails.
    pub name: String,
    /// Where the invitation is mailed, if it is mailed.
    pub email: Option<String>,
    /// The class.
    pub class: Id,
}

/// A list of voters that was read as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The people, each once, in the order of the list.
    pub people: Vec<Listed>,
    /// How many lines more there were than people.
    pub merged: usize,
    /// What somebody should look at: the first [`LISTED`].
    pub notices: Vec<Notice>,
    /// How many notices there are in all.
    pub noticed: usize,
}

/// The form of a list of voters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Comma-, semicolon- or tab-separated values with a header.
    Csv,
    /// A list of objects with the same names.
    Json,
}

/// Reads a list of voters for an election with these classes.
///
/// # Errors
/// [`RegisterRefused`], with everything that is wrong.
pub fn import(bytes: &[u8], form: Form, classes: &[Class]) -> Result<Import, RegisterRefused> {
    let mut reading = Reading::new(classes);
    match form {
        Form::Csv => csv_file::read(bytes, &mut reading),
        Form::Json => json_file::read(bytes, &mut reading),
    }
    reading.finish()
}

/// Some rows of a list, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quoted {
    /// The first line of a list in CSV.
    pub columns: Vec<String>,
    /// By line: the fields of a row in CSV; the one text of an entry in JSON.
    pub rows: BTreeMap<u64, Vec<String>>,
}

/// The rows that begin in these lines, for whoever has to mend them. What is not UTF-8 is shown as far as it goes.
pub fn quote(bytes: &[u8], form: Form, lines: &BTreeSet<u64>) -> Quoted {
    match form {
        Form::Csv => csv_file::quote(bytes, lines),
        Form::Json => json_file::quote(bytes, lines),
    }
}

/// A field as it is quoted: a quote that is not closed has all the rest of the list in it.
fn quoted(field: &[u8]) -> String {
    String::from_utf8_lossy(field).chars().take(QUOTED).collect()
}

/// A line's values, by column. Not set where the list has no such column.
type Values<'a> = ByColumn<Option<&'a str>>;

/// What was read so far.
struct Reading<'a> {
    classes: Classes<'a>,
    people: Vec<Person>,
    /// Place in `people` by id.
    places: HashMap<String, usize>,
    merged: usize,
    bad: Vec<BadLine>,
    bad_lines: usize,
    notices: Vec<Notice>,
    noticed: usize,
}

struct Person {
    listed: Listed,
    /// Place of the class in the manifest.
    class: usize,
    line: u64,
}

impl<'a> Reading<'a> {
    fn new(classes: &'a [Class]) -> Self {
        Self {
            classes: Classes::new(classes),
            people: Vec::new(),
            places: HashMap::new(),
            merged: 0,
            bad: Vec::new(),
            bad_lines: 0,
            notices: Vec::new(),
            noticed: 0,
        }
    }

    /// Whether a list must say who is in which class.
    fn has_several_classes(&self) -> bool {
        self.classes.all.len() != 1
    }

    fn refuse(&mut self, line: u64, problem: LineProblem) {
        self.bad_lines += 1;
        if self.bad.len() < LISTED {
            self.bad.push(BadLine { line, problem });
        }
    }

    fn notice(&mut self, line: u64, kind: NoticeKind) {
        self.noticed += 1;
        if self.notices.len() < LISTED {
            self.notices.push(Notice { line, kind });
        }
    }

    /// Takes a line, with every problem that it has.
    fn take(&mut self, line: u64, values: &Values<'_>) {
        let value = |column: Column| values.get(column).map(str::trim).filter(|value| !value.is_empty());
        let mut problems = Vec::new();
        let person = match value(Column::Person) {
            None => Err(LineProblem::NoPerson),
            Some(person) => text(person, Column::Person, PERSON_LIMIT),
        };
        let name = name(&value);
        let name = match name.as_deref() {
            None => Err(LineProblem::NoName),
            Some(name) => text(name, Column::Name, NAME_LIMIT),
        };
        let email = value(Column::Email).map(email).transpose();
        let class = self.classes.find(value(Column::Class), value(Column::District));
        let mut good = |problem| problems.push(problem);
        let person = person.map_err(&mut good);
        let name = name.map_err(&mut good);
        let email = email.map_err(&mut good);
        let class = class.map_err(&mut good);
        for problem in problems {
            self.refuse(line, problem);
        }
        if let (Ok(person), Ok(name), Ok(email), Ok(class)) = (person, name, email, class) {
            self.admit(line, person, name, email, class);
        }
    }

    /// Adds a person, or finds who it is.
    fn admit(&mut self, line: u64, person: String, name: String, email: Option<String>, class: usize) {
        let Some(id) = self.classes.id(class) else { return };
        let Some(before) = self.places.get(&person).and_then(|place| self.people.get_mut(*place)) else {
            self.places.insert(person.clone(), self.people.len());
            self.people.push(Person { listed: Listed { person, name, email, class: id }, class, line });
            return;
        };
        let other = before.line;
        if !same_name(&before.listed.name, &name) {
            self.refuse(line, LineProblem::OtherName { person, line: other });
            return;
        }
        let counted = if class < before.class {
            before.listed.class = id;
            before.class = class;
            before.listed.email = email.or_else(|| before.listed.email.take());
            before.listed.class.clone()
        } else {
            before.listed.email = before.listed.email.take().or(email);
            before.listed.class.clone()
        };
        self.merged += 1;
        self.notice(line, NoticeKind::Merged { person, line: other, class: counted });
    }

    fn finish(mut self) -> Result<Import, RegisterRefused> {
        if self.bad_lines == 0 && self.people.is_empty() {
            self.refuse(1, LineProblem::NobodyListed);
        }
        if self.bad_lines > 0 {
            self.bad.sort_by_key(|bad| bad.line);
            return Err(RegisterRefused { lines: self.bad, found: self.bad_lines });
        }
        self.find_shared_addresses();
        self.notices.sort_by_key(|notice| notice.line);
        let people = self.people.into_iter().map(|person| person.listed).collect();
        Ok(Import { people, merged: self.merged, notices: self.notices, noticed: self.noticed })
    }

    /// Whoever reads a mailbox can use every invitation in it.
    fn find_shared_addresses(&mut self) {
        let mut first: HashMap<String, u64> = HashMap::new();
        let mut shared = Vec::new();
        for person in &self.people {
            let Some(email) = &person.listed.email else { continue };
            match first.get(&email.to_lowercase()) {
                Some(&other) => shared.push((person.line, other)),
                None => {
                    first.insert(email.to_lowercase(), person.line);
                }
            }
        }
        for (line, other) in shared {
            self.notice(line, NoticeKind::SharedAddress { line: other });
        }
    }
}

/// The name, of one column or of two.
fn name<'v>(value: &impl Fn(Column) -> Option<&'v str>) -> Option<String> {
    let first = value(Column::GivenName).or_else(|| value(Column::Name));
    match (first, value(Column::FamilyName)) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
    }
}

fn text(value: &str, column: Column, limit: usize) -> Result<String, LineProblem> {
    if value.len() > limit {
        return Err(LineProblem::TooLong { column: column.name(), length: value.len(), limit });
    }
    if value.chars().any(char::is_control) {
        return Err(LineProblem::ControlCharacter { column: column.name() });
    }
    Ok(value.to_owned())
}

/// An address to which mail can be sent. Whether anybody reads it, only a mail can tell.
fn email(value: &str) -> Result<String, LineProblem> {
    let address = text(value, Column::Email, EMAIL_LIMIT)?;
    let foreign = |c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\' | '[' | ']')
    };
    let is_address = address.split_once('@').is_some_and(|(local, domain)| {
        let dots = |part: &str| part.starts_with('.') || part.ends_with('.') || part.contains("..");
        let label = |label: &str| {
            !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        (1..=64).contains(&local.len())
            && !dots(local)
            && domain.contains('.')
            && !dots(domain)
            && domain.split('.').all(label)
    });
    if is_address && !address.contains(foreign) {
        Ok(address)
    } else {
        Err(LineProblem::NotAnAddress { found: shortened(&address) })
    }
}

/// Names are the same if they differ in case and white space at most.
fn same_name(one: &str, other: &str) -> bool {
    let words = |name: &str| name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    words(one) == words(other)
}

/// What was found, for a message: not more of it than helps.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The election's classes, by everything that a list may call them.
struct Classes<'a> {
    all: &'a [Class],
    /// Places, by id or title in lower case.
    by_name: HashMap<String, Vec<usize>>,
    by_district: HashMap<String, Vec<usize>>,
}

impl<'a> Classes<'a> {
    fn new(all: &'a [Class]) -> Self {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_district: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, class) in all.iter().enumerate() {
            let names = class.title.values().map(|title| title.trim().to_lowercase());
            for name in names.chain([class.id.clone()]) {
                let places = by_name.entry(name).or_default();
                if !places.contains(&place) {
                    places.push(place);
                }
            }
            if let Some(district) = &class.district {
                by_district.entry(district.clone()).or_default().push(place);
            }
        }
        Self { all, by_name, by_district }
    }

    fn id(&self, place: usize) -> Option<Id> {
        self.all.get(place)?.id.parse().ok()
    }

    /// The class that a line names by class, by district, or by both.
    fn find(&self, class: Option<&str>, district: Option<&str>) -> Result<usize, LineProblem> {
        let named = class.map(|name| self.named(name)).transpose()?;
        let in_district = district.map(|district| self.in_district(district)).transpose()?;
        let places = match (named, in_district) {
            (None, None) if self.all.len() == 1 => return Ok(0),
            (None, None) => return Err(LineProblem::NoClass),
            (Some(places), None) | (None, Some(places)) => places,
            (Some(named), Some(there)) => {
                named.into_iter().filter(|place| there.contains(place)).collect::<Vec<_>>()
            }
        };
        match places.as_slice() {
            [place] => Ok(*place),
            [] => Err(LineProblem::ClassNotInDistrict {
                class: shortened(class.unwrap_or_default()),
                district: shortened(district.unwrap_or_default()),
            }),
            several => Err(LineProblem::SeveralClasses {
                classes: several.iter().filter_map(|p| self.id(*p)).collect(),
            }),
        }
    }

    fn named(&self, name: &str) -> Result<Vec<usize>, LineProblem> {
        if let Some(places) = self.by_name.get(name).or_else(|| self.by_name.get(&name.to_lowercase())) {
            return Ok(places.clone());
        }
        // A column "class" may hold what the manifest calls a district.
        self.by_district
            .get(name)
            .cloned()
            .ok_or_else(|| LineProblem::UnknownClass { found: shortened(name) })
    }

    fn in_district(&self, district: &str) -> Result<Vec<usize>, LineProblem> {
        let places =
            self.by_district.get(district).or_else(|| self.by_district.get(&district.to_lowercase()));
        places.cloned().ok_or_else(|| LineProblem::UnknownDistrict { found: shortened(district) })
    }
}

#[cfg(test)]
mod tests;
