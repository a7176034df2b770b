//! Lists in CSV.

use csv::{ByteRecord, ReaderBuilder};

use super::columns::{Column, Header};
use super::{LineProblem, NoticeKind, Reading};

/// Reads all lines, the good and the bad ones.
pub(super) fn read(bytes: &[u8], reading: &mut Reading<'_>) {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return reading.refuse(1, LineProblem::Utf16);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Preamble { separator, skipped } = Preamble::of(bytes);
    let mut lines = Lines { bytes, byte: 0, line: 1 };
    let skipped = skipped.unwrap_or(0);
    let bytes = bytes.get(skipped..).unwrap_or_default();
    let mut csv =
        ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut header = None;
    loop {
        let more = csv.read_byte_record(&mut record);
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok());
        let line = lines.at(start.unwrap_or_default() + skipped);
        match more {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return reading.refuse(line, LineProblem::Syntax(error.to_string())),
        }
        if record.iter().all(|field| field.trim_ascii().is_empty()) {
            continue;
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
