//! The count beside the ballot file, as a table for people.

use std::collections::BTreeMap;
use std::fmt;

use urna_election::result::ElectionResult;

use super::ballot_file::BallotFile;
use super::expected::Expected;

/// A row of the table.
struct Row {
    name: String,
    /// Votes by district, then over all: as counted. Blank ballots are not counted by district.
    districts: Vec<Option<u64>>,
    counted: u64,
    /// By the script.
    expected: u64,
    /// By whoever held the election.
    official: Option<u64>,
    equal: bool,
}

pub(crate) struct Comparison {
    districts: Vec<String>,
    rows: Vec<Row>,
    figures: String,
    winners: Vec<String>,
    ties: Vec<String>,
}

impl Comparison {
    /// Compares the result with what the script counts, and with the official votes by option, if there are any.
    pub(crate) fn new(
        file: &BallotFile,
        result: &ElectionResult,
        expected: &Expected,
        official: Option<&BTreeMap<String, u64>>,
    ) -> Self {
        let official = |option: &str| official.map(|votes| votes.get(option).copied().unwrap_or_default());
        let contest = result.contests.first();
        let counted = contest.map(|contest| contest.options.as_slice()).unwrap_or_default();
        let mut rows: Vec<_> = file
            .options
            .iter()
            .map(|option| {
                let result = counted.iter().find(|result| result.id.as_str() == option.id);
                let by_district = file.districts.iter().map(|district| {
                    let votes = result?.districts.iter().find(|(id, _)| id.as_str() == district.id);
                    votes.map(|(_, votes)| votes.value())
                });
                let by_district: Vec<_> = by_district.collect();
                let wanted =
                    file.districts.iter().map(|district| expected.votes(&option.name, &district.name));
                let equal = by_district.iter().copied().eq(wanted.map(Some));
                let counted = result.map_or(0, |result| result.votes.value());
                let (expected, official) = (expected.total(&option.name), official(&option.name));
                let equal = equal && counted == expected && official.is_none_or(|votes| votes == counted);
                Row { name: option.name.clone(), districts: by_district, counted, expected, official, equal }
            })
            .collect();
        let blank = contest.map_or(0, |contest| contest.blank.value());
        rows.sort_by_key(|row| std::cmp::Reverse(row.counted));
        let (expected, unmarked) = (expected.total(""), official(""));
        rows.push(Row {
            name: "blank".into(),
            districts: vec![None; file.districts.len()],
            counted: blank,
            expected,
            official: unmarked,
            equal: blank == expected && unmarked.is_none_or(|votes| votes == blank),
        });
        // Nothing may have been voted that the file does not name.
        let named =
            counted.iter().all(|result| file.options.iter().any(|option| option.id == result.id.as_str()));
        let others = contest
            .map_or(1, |contest| contest.void.value() + contest.invalid.value() + contest.abstain.value());
        if !named || others > 0 {
            rows.push(Row {
                name: "other".into(),
                districts: Vec::new(),
                counted: others,
                expected: 0,
                official: official("other"),
                equal: false,
            });
        }
        let title = |id: &urna_election::Id| {
            counted
                .iter()
                .find(|result| result.id == *id)
                .map_or_else(|| id.to_string(), |result| result.title.clone())
        };
        let ties = contest.map(|contest| contest.ties.as_slice()).unwrap_or_default();
        Self {
            districts: file.districts.iter().map(|district| district.name.clone()).collect(),
            rows,
            figures: format!(
                "entitled {}, tokens issued {}, voters seen {}, counted {}, gap {}",
                result.entitled, result.issued, result.seen, result.counted, result.gap
            ),
            winners: contest.map(|contest| contest.winners.iter().map(title).collect()).unwrap_or_default(),
            ties: ties
                .iter()
                .map(|tie| {
                    let options: Vec<_> = tie.options.iter().map(title).collect();
                    format!("{} for {} seat(s)", options.join(", "), tie.seats)
                })
                .collect(),
        }
    }

    pub(crate) fn is_equal(&self) -> bool {
        self.rows.iter().all(|row| row.equal)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or_default().max(6);
        // More districts than fit on a line are left to --json.
        let districts = if self.districts.len() <= 10 { self.districts.as_slice() } else { &[] };
        write!(f, "{:width$}", "option")?;
        for district in districts {
            write!(f, "  {district:>6}")?;
        }
        let is_official = self.rows.iter().any(|row| row.official.is_some());
        let city = if is_official { "  the city" } else { "" };
        writeln!(f, "  {:>8}  {:>8}{city}", "counted", "in file")?;
        for row in &self.rows {
            write!(f, "{:width$}", row.name)?;
            for (place, district) in districts.iter().enumerate() {
                let votes = row.districts.get(place).copied().flatten();
                let votes = votes.map_or_else(String::new, |votes| votes.to_string());
                write!(f, "  {votes:>width$}", width = district.chars().count().max(6))?;
            }
            write!(f, "  {:>8}  {:>8}", row.counted, row.expected)?;
            if let Some(votes) = row.official {
                write!(f, "  {votes:>8}")?;
            }
            writeln!(f, "{}", if row.equal { "" } else { "  DIFFERS" })?;
        }
        writeln!(f)?;
        if !self.winners.is_empty() {
            writeln!(f, "elected: {}", self.winners.join(", "))?;
        }
        for tie in &self.ties {
            writeln!(f, "tie: {tie}")?;
        }
        writeln!(f, "{}", self.figures)?;
        let verdict = if self.is_equal() { "equals" } else { "DIFFERS FROM" };
        let city = if is_official { " and the city's own count" } else { "" };
        writeln!(f, "the count {verdict} the ballot file{city}")
    }
}
