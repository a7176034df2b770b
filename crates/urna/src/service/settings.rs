//! The settings of a service: a TOML file, over it the environment, over that the command line.

use std::env;
use std::fs;
use std::path::PathBuf;

use clap::Args;
use toml::{Table, Value};

use crate::answer::End;

/// What variables of settings begin with.
const PREFIX: &str = "URNA__";
/// What stands between the words of a variable's path.
const BETWEEN: &str = "__";

/// Where the settings of a service come from.
#[derive(Args, Clone, Debug)]
pub(crate) struct Settings {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set one value, over the file and over the environment (may be repeated)
    #[arg(
        long = "set",
        value_name = "KEY=VALUE",
        value_parser = assignment,
        long_help = "Set one value, over the file and over the environment; may be repeated. KEY is the name in the file, \
                     with dots: --set listen=127.0.0.1:9000 --set mail.server=smtp.uni.example. The environment does the \
                     same: URNA__LISTEN=127.0.0.1:9000, URNA__MAIL__SERVER=smtp.uni.example."
    )]
    set: Vec<(Vec<String>, Value)>,
}

/// A setting, and where it comes from.
pub(crate) struct Effective {
    /// Its name, with dots.
    pub(crate) key: String,
    /// Its value, as TOML.
    pub(crate) value: String,
    /// `file`, `environment` or `--set`.
    pub(crate) source: &'static str,
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// The file cannot be read, or what all of it says together is wrong.
    pub(crate) fn read<C, E>(&self, parse: impl FnOnce(&str) -> Result<C, E>) -> Result<C, End>
    where
        E: Into<anyhow::Error>,
    {
        let (text, table) = self.file()?;
        let over = self.over();
        let wrong = |error: E| {
            let mut told = format!("{:#}", error.into());
            if !over.is_empty() {
                let names: Vec<_> =
                    over.iter().map(|(path, _, source)| format!("{} ({source})", path.join("."))).collect();
                told.push_str(&format!("\nset elsewhere than in the file: {}", names.join(", ")));
            }
            self.about(&told)
        };
        if over.is_empty() {
            // As it is, so that a message names the right line.
            return parse(&text).map_err(wrong);
        }
        let mut merged = table;
        for (path, value, _) in &over {
            put(&mut merged, path, value.clone());
        }
        parse(&merged.to_string()).map_err(wrong)
    }

    /// Every setting that is given, with its source.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn effective(&self) -> Result<Vec<Effective>, End> {
        let mut given = Vec::new();
        flatten(&self.file()?.1, &mut Vec::new(), &mut given);
        let mut given: Vec<_> = given.into_iter().map(|(path, value)| (path, value, "file")).collect();
        for (path, value, source) in self.over() {
            given.retain(|(known, ..)| *known != path);
            given.push((path, value, source));
        }
        given.sort_by(|a, b| a.0.cmp(&b.0));
        let effective = |(path, value, source): (Vec<String>, Value, _)| Effective {
            key: path.join("."),
            value: value.to_string(),
            source,
        };
        Ok(given.into_iter().map(effective).collect())
    }

    /// The file's text, and what it says; both empty without a file.
    fn file(&self) -> Result<(String, Table), End> {
        let Some(path) = &self.config else { return Ok(Default::default()) };
        let text = fs::read_to_string(path).map_err(|error| self.about(&error.to_string()))?;
        let table = text.parse().map_err(|error: toml::de::Error| self.about(&error.to_string()))?;
        Ok((text, table))
    }

    /// What the environment and the command line say, in this order.
    fn over(&self) -> Vec<(Vec<String>, Value, &'static str)> {
        let mut variables: Vec<_> = env::vars_os()
            .filter_map(|(name, value)| {
                let path = name.to_str()?.strip_prefix(PREFIX)?.to_lowercase();
                let path: Vec<_> = path.split(BETWEEN).map(str::to_owned).collect();
                Some((path, value_of(value.to_str()?), "environment"))
            })
            .collect();
        variables.sort_by(|a, b| a.0.cmp(&b.0));
        variables.extend(self.set.iter().map(|(path, value)| (path.clone(), value.clone(), "--set")));
        variables
    }

    fn about(&self, what: &str) -> End {
        let name =
            self.config.as_ref().map_or_else(|| "the settings".to_owned(), |path| path.display().to_string());
        End::unreadable(format!("{name}: {what}"))
    }
}

/// KEY=VALUE.
fn assignment(text: &str) -> Result<(Vec<String>, Value), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE, such as listen=127.0.0.1:9000")?;
    let path: Vec<_> = key.trim().split('.').map(str::to_owned).collect();
    if path.iter().any(String::is_empty) {
        return Err("write KEY=VALUE, such as mail.server=smtp.uni.example".to_owned());
    }
    Ok((path, value_of(value)))
}

/// A value as it would stand in the file; what could not is a text.
fn value_of(text: &str) -> Value {
    let read = format!("value = {text}").parse::<Table>().ok();
    let only = read.filter(|table| table.len() == 1).and_then(|mut table| table.remove("value"));
    only.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// Puts a value at a path; what stands in the way of the path is replaced.
fn put(table: &mut Table, path: &[String], value: Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        table.insert(first.clone(), value);
        return;
    }
    let below = table.entry(first.clone()).or_insert_with(|| Value::Table(Table::new()));
    if !below.is_table() {
        *below = Value::Table(Table::new());
    }
    if let Value::Table(below) = below {
        put(below, rest, value);
    }
}

/// All values with their paths; a list is one value.
fn flatten(table: &Table, path: &mut Vec<String>, into: &mut Vec<(Vec<String>, Value)>) {
    for (key, value) in table {
        path.push(key.clone());
        match value {
            Value::Table(below) => flatten(below, path, into),
            value => into.push((path.clone(), value.clone())),
        }
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_assignments_of_every_type() {
        for (text, key, value) in [
            ("listen=127.0.0.1:9000", "listen", Value::String("127.0.0.1:9000".into())),
            ("mail.port=25", "mail.port", Value::Integer(25)),
            ("mail.from=\"25\"", "mail.from", Value::String("25".into())),
            ("url=https://a.example/?b=c", "url", Value::String("https://a.example/?b=c".into())),
            ("authorities=[\"x\"]", "authorities", Value::Array(vec![Value::String("x".into())])),
            ("a=1\nb = 2", "a", Value::String("1\nb = 2".into())),
        ] {
            let (path, read) = assignment(text).unwrap();
            assert_eq!((path.join(".").as_str(), &read), (key, &value), "{text}");
        }
        for text in ["", "listen", "=1", "mail.=1", ".x=1"] {
            assert!(assignment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn puts_values_over_a_file() {
        let mut table: Table = "listen = \"a\"\n[mail]\nport = 1\nuser = \"x\"\n".parse().unwrap();
        for text in ["mail.port=25", "listen=b", "board.url=c"] {
            let (path, value) = assignment(text).unwrap();
            put(&mut table, &path, value);
        }
        let mut flat = Vec::new();
        flatten(&table, &mut Vec::new(), &mut flat);
        let mut flat: Vec<_> =
            flat.iter().map(|(path, value)| format!("{}={value}", path.join("."))).collect();
        flat.sort();
        assert_eq!(flat, ["board.url=\"c\"", "listen=\"b\"", "mail.port=25", "mail.user=\"x\""]);
    }
}
