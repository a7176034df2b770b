//! What can be wrong with a list of voters. Messages say what to do, and repeat no more of a line than helps to find it.

use std::fmt;

use urna_election::Id;

/// A list of which nothing was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found} problems in the register, the first: {}. Nothing was loaded", .lines.first().map(ToString::to_string).unwrap_or_default())]
pub struct RegisterRefused {
    /// What is wrong, by line: the first [`super::LISTED`].
    pub lines: Vec<BadLine>,
    /// How many problems there are in all.
    pub found: usize,
}

/// A line that cannot be taken. Lines are counted from 1 in CSV, and entries of the list from 1 in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Where the row begins.
    pub line: u64,
    /// What is wrong.
    pub problem: LineProblem,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant describes it and its values")]
pub enum LineProblem {
    #[error("the file is UTF-16; save it as \"CSV UTF-8\"")]
    Utf16,
    #[error("this is not UTF-8 (the file may be Windows-1252 or Latin-1); save it as \"CSV UTF-8\"")]
    NotUtf8,
    #[error("the file is empty; the first line must name the columns")]
    Empty,
    #[error("nobody is listed")]
    NobodyListed,
    #[error("there is no column {column:?} (or {synonyms}) in the first line; name it so")]
    ColumnMissing { column: &'static str, synonyms: &'static str },
    #[error("two columns are called {column:?}; remove or rename one")]
    ColumnTwice { column: &'static str },
    #[error(
        "{found} fields, where the first line names {expected} columns; put fields with separators in quotes"
    )]
    Fields { found: usize, expected: usize },
    #[error("{0}")]
    Syntax(String),
    #[error("the person's id is missing")]
    NoPerson,
    #[error("the name is missing")]
    NoName,
    #[error("neither class nor district is given")]
    NoClass,
    #[error("{found:?} is none of the election's classes, by id or title, and none of its districts")]
    UnknownClass { found: String },
    #[error("{found:?} is none of the election's districts")]
    UnknownDistrict { found: String },
    #[error("the class {class:?} is not in the district {district:?}")]
    ClassNotInDistrict { class: String, district: String },
    #[error("this could be each of the classes {}; name one by its id", list(.classes))]
    SeveralClasses { classes: Vec<Id> },
    #[error("{found:?} is not an e-mail address")]
    NotAnAddress { found: String },
    #[error(
        "the {column} has {length} bytes, where {limit} are the most; if it is not that long, a quote is not closed"
    )]
    TooLong { column: &'static str, length: usize, limit: usize },
    #[error("the {column} has a line break or control character")]
    ControlCharacter { column: &'static str },
    #[error("{person:?} has another name in line {line}: give two people two ids, or one person one name")]
    OtherName { person: String, line: u64 },
}

fn list(ids: &[Id]) -> String {
    ids.iter().map(Id::as_str).collect::<Vec<_>>().join(", ")
}

/// What somebody should look at although it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The line.
    pub line: u64,
    /// What it is.
    pub kind: NoticeKind,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.kind)
    }
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant describes it and its values")]
pub enum NoticeKind {
    #[error("{person:?} is listed in line {line} too, and is one voter, in the class {class}")]
    Merged { person: String, line: u64, class: Id },
    #[error("the person of line {line} has the same e-mail address: whoever reads it gets both invitations")]
    SharedAddress { line: u64 },
    #[error("the column {column:?} is not read")]
    ColumnNotRead { column: String },
}
