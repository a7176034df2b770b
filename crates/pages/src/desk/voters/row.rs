//! What is wrong with a row of a list, or to be looked at, in the reader's language.

use crate::words::Words;

/// What is wrong with a row of a list of voters. Columns are named as `urna_authority::import` names them, in English.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "its words say what each is")]
pub enum RowProblem<'a> {
    Utf16,
    NotUtf8,
    Empty,
    NobodyListed,
    ColumnMissing { column: &'a str },
    ColumnTwice { column: &'a str },
    Fields { found: u64, expected: u64 },
    Syntax { what: &'a str },
    NoPerson,
    NoName,
    NoClass,
    UnknownClass { found: &'a str },
    UnknownDistrict { found: &'a str },
    ClassNotInDistrict { class: &'a str, district: &'a str },
    SeveralClasses { classes: String },
    NotAnAddress { found: &'a str },
    TooLong { column: &'a str, length: u64, limit: u64 },
    ControlCharacter { column: &'a str },
    OtherName { person: &'a str, line: u64 },
    ListedAlready,
}

impl RowProblem<'_> {
    /// What is wrong, and what to do.
    pub fn text(&self, words: Words) -> String {
        let column = |name| column(words, name).into();
        match *self {
            Self::Utf16 => words.text("voters-bad-utf-16"),
            Self::NotUtf8 => words.text("voters-bad-not-utf-8"),
            Self::Empty => words.text("voters-bad-empty"),
            Self::NobodyListed => words.text("voters-bad-nobody"),
            Self::ColumnMissing { column: name } => {
                words.with("voters-bad-column-missing", &[("column", column(name))])
            }
            Self::ColumnTwice { column: name } => {
                words.with("voters-bad-column-twice", &[("column", column(name))])
            }
            Self::Fields { found, expected } => {
                words.with("voters-bad-fields", &[("found", found.into()), ("expected", expected.into())])
            }
            Self::Syntax { what } => words.of("voters-bad-syntax", "what", what),
            Self::NoPerson => words.text("voters-bad-no-person"),
            Self::NoName => words.text("voters-bad-no-name"),
            Self::NoClass => words.text("voters-bad-no-class"),
            Self::UnknownClass { found } => words.of("voters-bad-unknown-class", "found", found),
            Self::UnknownDistrict { found } => words.of("voters-bad-unknown-district", "found", found),
            Self::ClassNotInDistrict { class, district } => words.with(
                "voters-bad-class-not-in-district",
                &[("class", class.into()), ("district", district.into())],
            ),
            Self::SeveralClasses { ref classes } => {
                words.of("voters-bad-several-classes", "classes", classes)
            }
            Self::NotAnAddress { found } => words.of("voters-bad-not-an-address", "found", found),
            Self::TooLong { column: name, length, limit } => {
                let values = [("column", column(name)), ("length", length.into()), ("limit", limit.into())];
                words.with("voters-bad-too-long", &values)
            }
            Self::ControlCharacter { column: name } => {
                words.with("voters-bad-control-character", &[("column", column(name))])
            }
            Self::ListedAlready => words.text("voters-add-listed"),
            // A line's number is no amount: it is written as editors write it.
            Self::OtherName { person, line } => words.with(
                "voters-bad-other-name",
                &[("person", person.into()), ("line", line.to_string().into())],
            ),
        }
    }
}

/// What somebody should look at although a list can be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "its words say what each is")]
pub enum RowNotice<'a> {
    Merged { person: &'a str, line: u64, class: &'a str },
    SharedAddress { line: u64 },
    ColumnNotRead { column: &'a str },
}

impl RowNotice<'_> {
    /// What it is.
    pub fn text(&self, words: Words) -> String {
        match *self {
            Self::Merged { person, line, class } => words.with(
                "voters-notice-merged",
                &[("person", person.into()), ("line", line.to_string().into()), ("class", class.into())],
            ),
            Self::SharedAddress { line } => words.of("voters-notice-shared", "line", line),
            Self::ColumnNotRead { column } => words.of("voters-notice-not-read", "column", column),
        }
    }
}

/// A column in the reader's language.
fn column(words: Words, name: &str) -> String {
    let key = match name {
        "person" => "voters-person",
        "name" => "voters-name",
        "given name" => "voters-given-name",
        "family name" => "voters-family-name",
        "e-mail" => "voters-email",
        "class" => "voters-class",
        "district" => "voters-district",
        other => return other.to_owned(),
    };
    words.text(key)
}
