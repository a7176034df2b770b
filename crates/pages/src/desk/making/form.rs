//! What stands in a form's fields, as it was typed, and what of it could not be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

/// The fields of a form, by their names. A field is named as in the draft: `options[2].title.cs`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(BTreeMap<String, String>);

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Form {
    /// Of several fields of one name the first counts.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let mut form = BTreeMap::new();
        for (name, value) in fields {
            form.entry(name.into()).or_insert_with(|| value.into());
        }
        Self(form)
    }
}

impl Form {
    /// Fills a field.
    pub fn put(&mut self, name: impl Into<String>, value: impl Display) {
        self.0.insert(name.into(), value.to_string());
    }

    /// Ticks a box, or does not.
    pub fn tick(&mut self, name: impl Into<String>, is_ticked: bool) {
        if is_ticked {
            self.put(name, "on");
        }
    }

    /// What stands in a field; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether there is such a field, or the box is ticked.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The numbers of the rows of a list that have a field: 0, 1, 4 of `options[0].id`, `options[1].id`, `options[4].id`.
    pub fn rows(&self, list: &str) -> Vec<usize> {
        let number =
            |name: &String| name.strip_prefix(list)?.strip_prefix('[')?.split_once(']')?.0.parse().ok();
        self.0.keys().filter_map(number).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The same of the rows in which something stands in one of these fields, or in a language of it.
    pub fn filled_rows(&self, list: &str, fields: &[&str]) -> Vec<usize> {
        let is_filled = |row: &usize| {
            let row = format!("{list}[{row}].");
            let of = |name: &String| {
                let field = name.strip_prefix(&row)?;
                fields.iter().find(|own| {
                    field.strip_prefix(**own).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                })
            };
            self.0.iter().any(|(name, value)| !value.is_empty() && of(name).is_some())
        };
        self.rows(list).into_iter().filter(is_filled).collect()
    }

    /// The last parts of the names that begin so: `cs` of `title.cs`.
    pub fn under<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.keys().filter_map(move |field| field.strip_prefix(name)?.strip_prefix('.'))
    }
}

/// Why a field could not be read, whatever the election's rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRead {
    /// Not a whole number, or too large a one.
    Number,
    /// Not a date with a time.
    Time,
    /// A time that the clocks jump over.
    NoSuchTime,
    /// Not a language's tag.
    Language,
    /// There must be something.
    Empty,
}

impl NotRead {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Number => "make-not-number",
            Self::Time => "make-not-time",
            Self::NoSuchTime => "make-not-such-time",
            Self::Language => "make-not-language",
            Self::Empty => "make-not-empty",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_rows_and_languages_by_names() {
        let form: Form = [
            ("a[10].id", "x"),
            ("a[2].id", "y"),
            ("a[2].id", "z"),
            ("a[x].id", ""),
            ("ab[1].id", ""),
            ("t.cs", ""),
        ]
        .into_iter()
        .collect();
        assert_eq!((form.rows("a"), form.rows("none")), (vec![2, 10], vec![]));
        assert_eq!((form.get("a[2].id"), form.get("b")), ("y", ""));
        assert_eq!(form.under("t").collect::<Vec<_>>(), ["cs"]);
        assert!(form.has("t.cs") && !form.has("t"));
    }
}
