//! Lists in CSV.

use std::collections::BTreeSet;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::columns::{Column, Header};
use super::{LineProblem, NoticeKind, Quoted, Reading};

/// Reads all lines, the good and the bad ones.
pub(super) fn read(bytes: &[u8], reading: &mut Reading<'_>) {
    if is_utf_16(bytes) {
        return reading.refuse(1, LineProblem::Utf16);
    }
    let mut rows = Rows::of(bytes);
    let mut record = ByteRecord::new();
    let mut header = None;
    while let Some((line, more)) = rows.next(&mut record) {
        if let Err(error) = more {
            return reading.refuse(line, LineProblem::Syntax(error.to_string()));
        }
        let fields: Option<Vec<&str>> = record.iter().map(|field| str::from_utf8(field).ok()).collect();
        let Some(fields) = fields else {
            reading.refuse(line, LineProblem::NotUtf8);
            if header.is_none() {
                return;
            }
            continue;
        };
        let Some((found, columns)) = &header else {
            match self::header(line, &fields, reading) {
                Some(found) => header = Some((found, fields.len())),
                None => return,
            }
            continue;
        };
        if fields.len() != *columns {
            reading.refuse(line, LineProblem::Fields { found: fields.len(), expected: *columns });
            continue;
        }
        let values = found.values(|place| fields.get(place).copied());
        reading.take(line, &values);
    }
    if header.is_none() {
        reading.refuse(1, LineProblem::Empty);
    }
}

/// The header and the rows that begin in these lines, as they stand in the list.
pub(super) fn quote(bytes: &[u8], lines: &BTreeSet<u64>) -> Quoted {
    if is_utf_16(bytes) {
        return Quoted::default();
    }
    let mut rows = Rows::of(bytes);
    let mut record = ByteRecord::new();
    let mut quoted = Quoted::default();
    let fields = |record: &ByteRecord| record.iter().map(super::quoted).collect::<Vec<_>>();
    let mut is_first = true;
    while let Some((line, more)) = rows.next(&mut record) {
        if is_first {
            quoted.columns = fields(&record);
        }
        is_first = false;
        if lines.contains(&line) {
            quoted.rows.insert(line, fields(&record));
        }
        if more.is_err() {
            break;
        }
    }
    quoted
}

fn is_utf_16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

/// The rows that are not empty, each with its line.
struct Rows<'a> {
    csv: Reader<&'a [u8]>,
    lines: Lines<'a>,
    skipped: usize,
}

impl<'a> Rows<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let Preamble { separator, skipped } = Preamble::of(bytes);
        let lines = Lines { bytes, byte: 0, line: 1 };
        let skipped = skipped.unwrap_or(0);
        let bytes = bytes.get(skipped..).unwrap_or_default();
        let csv =
            ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(bytes);
        Self { csv, lines, skipped }
    }

    /// Reads the next one; with an error there are no more.
    fn next(&mut self, record: &mut ByteRecord) -> Option<(u64, Result<(), csv::Error>)> {
        loop {
            let more = self.csv.read_byte_record(record);
            let start = record.position().and_then(|position| usize::try_from(position.byte()).ok());
            let line = self.lines.at(start.unwrap_or_default() + self.skipped);
            match more {
                Ok(true) if record.iter().all(|field| field.trim_ascii().is_empty()) => {}
                Ok(true) => return Some((line, Ok(()))),
                Ok(false) => return None,
                Err(error) => return Some((line, Err(error))),
            }
        }
    }
}

/// Numbers lines. The CSV reader's own numbers are those of the end of the row before.
struct Lines<'a> {
    bytes: &'a [u8],
    /// Up to here line ends are counted.
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first byte from `start` on that ends no line. Asked with ascending starts.
    fn at(&mut self, start: usize) -> u64 {
        while let Some(byte) = self.bytes.get(self.byte) {
            let ends = *byte == b'\n' || *byte == b'\r' && self.bytes.get(self.byte + 1) != Some(&b'\n');
            if self.byte >= start && !matches!(byte, b'\n' | b'\r') {
                break;
            }
            self.line += u64::from(ends);
            self.byte += 1;
        }
        self.line
    }
}

/// The columns, if all that must be there are.
fn header(line: u64, fields: &[&str], reading: &mut Reading<'_>) -> Option<Header> {
    let header = match Header::new(fields.iter().copied()) {
        Ok(header) => header,
        Err(problem) => {
            reading.refuse(line, problem);
            return None;
        }
    };
    if let Some(missing) = header.missing(reading.has_several_classes()) {
        reading.refuse(line, missing);
        return None;
    }
    for column in &header.unknown {
        reading.notice(line, NoticeKind::ColumnNotRead { column: column.clone() });
    }
    Some(header)
}

/// What stands before the header, or follows from it.
struct Preamble {
    separator: u8,
    /// The length of Excel's line `sep=;`, if there is one.
    skipped: Option<usize>,
}

impl Preamble {
    fn of(bytes: &[u8]) -> Self {
        let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
        let line = bytes.get(..end).unwrap_or_default();
        if let [b's', b'e', b'p', b'=', separator @ (b',' | b';' | b'\t')] = line.trim_ascii_end() {
            return Self { separator: *separator, skipped: Some(end) };
        }
        // `trim_ascii_end` takes a tab away.
        if line.starts_with(b"sep=\t") {
            return Self { separator: b'\t', skipped: Some(end) };
        }
        Self { separator: separator(bytes), skipped: None }
    }
}

/// Comma, semicolon or tab: what the first line that says something has most of outside of quotes; of equals, what
/// gives names that are known.
fn separator(bytes: &[u8]) -> u8 {
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
    let line = lines.into_iter().find(|line| !line.trim_ascii().is_empty()).unwrap_or_default();
    let candidates = [b',', b';', b'\t'];
    let known = |separator: &u8| {
        let fields = line.split(|byte| byte == separator);
        let text = |field| String::from_utf8_lossy(field).into_owned();
        fields.filter(|field| Column::named(&text(field)).is_some()).count()
    };
    let count = |separator: &u8| {
        let mut quoted = false;
        let outside = line.iter().filter(|byte| {
            quoted ^= **byte == b'"';
            !quoted && *byte == separator
        });
        outside.count()
    };
    let best = candidates.into_iter().rev().max_by_key(|separator| (known(separator), count(separator)));
    best.unwrap_or(b',')
}
