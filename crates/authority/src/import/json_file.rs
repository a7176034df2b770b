//! Lists in JSON: `[{"person": "1041", "name": "Ada Lovelace", "email": "ada@uni.example", "class": "students"}, …]`.
//! Names are those of columns; a person's id may be a number.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::columns::Header;
use super::{LineProblem, NoticeKind, Quoted, Reading};

/// Reads all entries, the good and the bad ones.
pub(super) fn read(bytes: &[u8], reading: &mut Reading<'_>) {
    let entries: Vec<Map<String, Value>> = match serde_json::from_slice(bytes) {
        Ok(entries) => entries,
        Err(error) => {
            let line = u64::try_from(error.line()).unwrap_or(1);
            return reading.refuse(line, LineProblem::Syntax(format!("not a JSON list of objects: {error}")));
        }
    };
    let mut unknown = BTreeSet::new();
    for (line, entry) in (1..).zip(&entries) {
        let header = match Header::new(entry.keys().map(String::as_str)) {
            Ok(header) => header,
            Err(problem) => {
                reading.refuse(line, problem);
                continue;
            }
        };
        for column in &header.unknown {
            if unknown.insert(column.clone()) {
                reading.notice(line, NoticeKind::ColumnNotRead { column: column.clone() });
            }
        }
        let texts: Result<Vec<String>, LineProblem> =
            entry.iter().map(|(name, value)| text(name, value)).collect();
        match texts {
            Ok(texts) => reading.take(line, &header.values(|place| texts.get(place).map(String::as_str))),
            Err(problem) => reading.refuse(line, problem),
        }
    }
}

/// The entries with these numbers, as JSON.
pub(super) fn quote(bytes: &[u8], lines: &BTreeSet<u64>) -> Quoted {
    let entries: Vec<Value> = serde_json::from_slice(bytes).unwrap_or_default();
    let wanted = (1..).zip(&entries).filter(|(line, _)| lines.contains(line));
    let rows = wanted.map(|(line, entry)| (line, vec![super::quoted(entry.to_string().as_bytes())]));
    Quoted { columns: Vec::new(), rows: rows.collect() }
}

fn text(name: &str, value: &Value) -> Result<String, LineProblem> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null => Ok(String::new()),
        // Columns that are not read may hold anything.
        _ if super::columns::Column::named(name).is_none() => Ok(String::new()),
        _ => Err(LineProblem::Syntax(format!("{:?} must be a text", super::shortened(name)))),
    }
}
