//! What is wrong with rows of a list, in the reader's language.

use urna_pages::Words;
use urna_pages::desk::{BadRow, RowNotice, RowProblem, bad_rows_header};

use super::number;
use crate::import::{LineProblem, NoticeKind};
use crate::invitations::harmless;
use crate::look::BadRows;

/// So many characters of a row are shown on a page.
const SHOWN: usize = 160;

/// What is wrong with a row.
pub(super) fn problem(words: Words, problem: &LineProblem) -> String {
    let said = match problem {
        LineProblem::Utf16 => RowProblem::Utf16,
        LineProblem::NotUtf8 => RowProblem::NotUtf8,
        LineProblem::Empty => RowProblem::Empty,
        LineProblem::NobodyListed => RowProblem::NobodyListed,
        LineProblem::ColumnMissing { column, .. } => RowProblem::ColumnMissing { column },
        LineProblem::ColumnTwice { column } => RowProblem::ColumnTwice { column },
        LineProblem::Fields { found, expected } => {
            RowProblem::Fields { found: number(*found), expected: number(*expected) }
        }
        LineProblem::Syntax(what) => RowProblem::Syntax { what },
        LineProblem::NoPerson => RowProblem::NoPerson,
        LineProblem::NoName => RowProblem::NoName,
        LineProblem::NoClass => RowProblem::NoClass,
        LineProblem::UnknownClass { found } => RowProblem::UnknownClass { found },
        LineProblem::UnknownDistrict { found } => RowProblem::UnknownDistrict { found },
        LineProblem::ClassNotInDistrict { class, district } => {
            RowProblem::ClassNotInDistrict { class, district }
        }
        LineProblem::SeveralClasses { classes } => {
            let classes: Vec<&str> = classes.iter().map(urna_election::Id::as_str).collect();
            RowProblem::SeveralClasses { classes: classes.join(", ") }
        }
        LineProblem::NotAnAddress { found } => RowProblem::NotAnAddress { found },
        LineProblem::TooLong { column, length, limit } => {
            RowProblem::TooLong { column, length: number(*length), limit: number(*limit) }
        }
        LineProblem::ControlCharacter { column } => RowProblem::ControlCharacter { column },
        LineProblem::OtherName { person, line } => RowProblem::OtherName { person, line: *line },
    };
    said.text(words)
}

/// What to look at in a row.
pub(super) fn notice(words: Words, kind: &NoticeKind) -> String {
    let said = match kind {
        NoticeKind::Merged { person, line, class } => {
            RowNotice::Merged { person, line: *line, class: class.as_str() }
        }
        NoticeKind::SharedAddress { line } => RowNotice::SharedAddress { line: *line },
        NoticeKind::ColumnNotRead { column } => RowNotice::ColumnNotRead { column },
    };
    said.text(words)
}

/// The bad rows of a list, for its page.
pub(super) fn bad_rows(words: Words, bad: &BadRows) -> Vec<BadRow> {
    let row = |(line, problems): (&u64, &Vec<LineProblem>)| {
        let text = bad.quoted.rows.get(line).map(|row| row.join(" | ")).unwrap_or_default();
        let mut row: String = text.chars().filter(|character| !character.is_control()).take(SHOWN).collect();
        if row.len() < text.len() {
            row.push('…');
        }
        BadRow { line: *line, problem: all(words, problems), row }
    };
    bad.problems.iter().map(row).collect()
}

/// The same to be mended in a spreadsheet: the line, what is wrong, and the row's own fields under their own names.
pub(super) fn bad_rows_csv(words: Words, bad: &BadRows) -> Result<Vec<u8>, csv::Error> {
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let separator = if words.language() == urna_pages::Language::English { b',' } else { b';' };
    let mut csv = csv::WriterBuilder::new().flexible(true).delimiter(separator).from_writer(&mut bytes);
    let write = |csv: &mut csv::Writer<_>, fields: Vec<&str>| {
        csv.write_record(fields.into_iter().map(harmless).map(|field| field.as_bytes().to_vec()))
    };
    let header = bad_rows_header(words);
    write(&mut csv, header.iter().chain(&bad.quoted.columns).map(String::as_str).collect())?;
    for (line, problems) in &bad.problems {
        let before = [line.to_string(), all(words, problems)];
        let row = bad.quoted.rows.get(line).map(Vec::as_slice).unwrap_or_default();
        write(&mut csv, before.iter().chain(row).map(String::as_str).collect())?;
    }
    csv.flush()?;
    drop(csv);
    Ok(bytes)
}

fn all(words: Words, problems: &[LineProblem]) -> String {
    problems.iter().map(|one| problem(words, one)).collect::<Vec<_>>().join(" ")
}
