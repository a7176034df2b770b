//! The result of an election as one JSON document, the same in the log, the APIs and the exports (RES-1).

mod text;

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::count::{ContestCount, Count, CountError};
use crate::id::Id;
use crate::json::{self, Integer, IntegerTooLarge, JsonError};
use crate::manifest::{Contest, ContestOption, Manifest};

pub use text::{percent, printable};

/// A published result. Votes are weighted, all other figures are ballots or people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ElectionResult {
    /// The contests, in the manifest's order.
    pub contests: Vec<ContestResult>,
    /// Pseudonyms whose last entry is a ballot.
    pub counted: Integer,
    /// The election id, 64 hexadecimal digits, as people see it everywhere.
    pub election_id: String,
    /// Voters on the last register.
    pub entitled: Integer,
    /// Issued tokens that no ballot, withdrawal or return explains yet: issued - seen - returned. A ballot that issuers
    /// added is itself seen, so this does not bound how many they added (V-10).
    pub gap: Integer,
    /// Tokens that each issuer accounts for.
    pub issued: Integer,
    /// Unspent tokens shown after the close.
    pub returned: Integer,
    /// Pseudonyms that ever appeared on the board.
    pub seen: Integer,
    /// Whether the election was only a trial, which decides nothing (C22).
    pub trial: bool,
}

/// The result of one contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContestResult {
    /// Ballots that abstain in it.
    pub abstain: Integer,
    /// Ballots without a mark in it.
    pub blank: Integer,
    /// Its id.
    pub id: Id,
    /// Unreadable ballots of the classes that vote on it.
    pub invalid: Integer,
    /// Its options, in the manifest's order.
    pub options: Vec<OptionResult>,
    /// Seats that equal votes leave open.
    pub ties: Vec<TieResult>,
    /// Its title in the manifest's first language.
    pub title: String,
    /// Readable ballots that break its rules.
    pub void: Integer,
    /// Who wins, the most votes first.
    pub winners: Vec<Id>,
}

/// The votes for one option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionResult {
    /// Votes by district; empty where the contest's classes have none.
    pub districts: BTreeMap<Id, Integer>,
    /// Its id.
    pub id: Id,
    /// Its title in the manifest's first language.
    pub title: String,
    /// Votes, weighted.
    pub votes: Integer,
}

/// Options with equal votes, more of them than seats left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TieResult {
    /// The options, in the manifest's order.
    pub options: Vec<Id>,
    /// How many of them win.
    pub seats: Integer,
}

/// The figures around the count, from the register, the issuers and the log (V-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Voters on the last register.
    pub entitled: u64,
    /// Tokens that each issuer accounts for.
    pub issued: u64,
    /// Pseudonyms that ever appeared on the board, withdrawn ones too.
    pub seen: u64,
    /// Unspent tokens shown after the close.
    pub returned: u64,
}

/// Why there is no result to publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResultError {
    /// The count failed.
    #[error(transparent)]
    Count(#[from] CountError),
    /// A figure too large for JSON.
    #[error(transparent)]
    TooLarge(#[from] IntegerTooLarge),
    /// More pseudonyms than tokens: some issuer signed without a request (V-10).
    #[error("{seen} pseudonyms seen and {returned} tokens returned, but only {issued} issued")]
    MoreThanIssued {
        /// Pseudonyms seen.
        seen: u64,
        /// Tokens returned.
        returned: u64,
        /// Tokens issued.
        issued: u64,
    },
}

impl ElectionResult {
    /// The most bytes that a result may have, 64 MiB. No manifest has a longer one (MAN-30).
    pub const LIMIT: usize = 64 << 20;

    /// The bytes of the longest result whose contests have these lengths: every figure is 2^53 - 1 (MAN-30).
    pub(crate) fn longest(contests: impl Iterator<Item = u64>) -> u64 {
        let frame = Self {
            contests: Vec::new(),
            counted: Integer::MAX,
            election_id: "0".repeat(64),
            entitled: Integer::MAX,
            gap: Integer::MAX,
            issued: Integer::MAX,
            returned: Integer::MAX,
            seen: Integer::MAX,
            // One byte longer than the other word.
            trial: false,
        };
        length_of(&frame).saturating_add(list(contests))
    }

    /// Makes the result of a finished count.
    ///
    /// # Errors
    /// [`ResultError`].
    pub fn new(manifest: &Manifest, count: &Count<'_>, figures: Figures) -> Result<Self, ResultError> {
        let Figures { entitled, issued, seen, returned } = figures;
        let gap = issued.checked_sub(seen).and_then(|rest| rest.checked_sub(returned));
        let gap = gap.ok_or(ResultError::MoreThanIssued { seen, returned, issued })?;
        let counts = count.contests()?;
        let contests = manifest
            .contests()
            .iter()
            .zip(&counts)
            .map(|(contest, count)| ContestResult::new(contest, count));
        Ok(Self {
            contests: contests.collect::<Result<_, _>>()?,
            counted: count.turnout()?.counted.try_into()?,
            election_id: manifest.id().to_string(),
            entitled: entitled.try_into()?,
            gap: gap.try_into()?,
            issued: issued.try_into()?,
            returned: returned.try_into()?,
            seen: seen.try_into()?,
            trial: manifest.is_trial(),
        })
    }

    /// Reads a result.
    ///
    /// # Errors
    /// [`JsonError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        json::parse(bytes, Self::LIMIT)
    }

    /// The canonical bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        json::to_bytes(self)
    }
}

impl ContestResult {
    /// The bytes of the longest result of a contest: every figure is 2^53 - 1, every option wins and is tied (MAN-30).
    /// `districts` are those of the classes that vote on it.
    pub(crate) fn longest(contest: &Contest, districts: &BTreeSet<&Id>) -> u64 {
        let frame = Self {
            abstain: Integer::MAX,
            blank: Integer::MAX,
            id: contest.id.clone(),
            invalid: Integer::MAX,
            options: Vec::new(),
            ties: vec![TieResult { options: Vec::new(), seats: Integer::MAX }],
            title: contest.title.default_language().to_owned(),
            void: Integer::MAX,
            winners: Vec::new(),
        };
        let by_district = list(districts.iter().map(|id| length_of(id) + 1 + length_of(&Integer::MAX)));
        let option = |option: &ContestOption| {
            let frame = OptionResult {
                districts: BTreeMap::new(),
                id: option.id.clone(),
                title: option.title.default_language().to_owned(),
                votes: Integer::MAX,
            };
            length_of(&frame).saturating_add(by_district)
        };
        let options = list(contest.options.iter().map(option));
        let ids = list(contest.options.iter().map(|option| length_of(&option.id)));
        let lists = options.saturating_add(ids).saturating_add(ids);
        length_of(&frame).saturating_add(lists)
    }

    fn new(contest: &Contest, count: &ContestCount) -> Result<Self, ResultError> {
        let id = |place: &usize| contest.options.get(*place).map(|option| option.id.clone());
        let mut options = Vec::with_capacity(contest.options.len());
        for (place, (option, &votes)) in contest.options.iter().zip(&count.votes).enumerate() {
            let mut districts = BTreeMap::new();
            for (district, votes) in &count.by_district {
                let votes = votes.get(place).copied().unwrap_or_default();
                districts.insert(district.clone(), votes.try_into()?);
            }
            let title = option.title.default_language().to_owned();
            options.push(OptionResult { districts, id: option.id.clone(), title, votes: votes.try_into()? });
        }
        let mut ties = Vec::new();
        for tie in &count.outcome.ties {
            let seats = u64::try_from(tie.seats).unwrap_or(u64::MAX).try_into()?;
            ties.push(TieResult { options: tie.options.iter().filter_map(id).collect(), seats });
        }
        Ok(Self {
            abstain: count.abstain.try_into()?,
            blank: count.blank.try_into()?,
            id: contest.id.clone(),
            invalid: count.invalid.try_into()?,
            options,
            ties,
            title: contest.title.default_language().to_owned(),
            void: count.void.try_into()?,
            winners: count.outcome.winners.iter().filter_map(id).collect(),
        })
    }
}

/// The bytes of a value in canonical JSON.
fn length_of(value: &impl Serialize) -> u64 {
    u64::try_from(json::to_bytes(value).len()).unwrap_or(u64::MAX)
}

/// The bytes between the brackets of a list: the items and a comma after all but the last.
fn list(items: impl Iterator<Item = u64>) -> u64 {
    let sum = items.fold(0, |sum: u64, item| sum.saturating_add(item).saturating_add(1));
    sum.saturating_sub(1)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::manifest::sample;
    use crate::selection::OpenedBallot;

    pub(crate) fn result(figures: Figures) -> Result<ElectionResult, ResultError> {
        let manifest = sample::manifest();
        let mut count = Count::new(&manifest);
        for (class, plaintext) in [
            ("north", [0, 0b11, 0, 1]),
            ("south", [0, 0b10, 0, 2]),
            ("south", [1, 0, 0, 0]),
            ("north", [2, 0, 0, 0]),
            ("collective", [0, 0, 0, 0]),
        ] {
            let class = manifest.class_index(&class.parse().unwrap()).unwrap();
            count.add(&OpenedBallot::decode(&manifest, class, &plaintext)).unwrap();
        }
        ElectionResult::new(&manifest, &count, figures)
    }

    pub(crate) const FIGURES: Figures = Figures { entitled: 20, issued: 9, seen: 6, returned: 1 };

    /// A result as long as none is: every figure as long as it gets, every option among the winners and tied.
    pub(crate) fn extreme(manifest: &Manifest) -> ElectionResult {
        let mut result = ElectionResult::new(manifest, &Count::new(manifest), FIGURES).unwrap();
        let figures = [
            &mut result.counted,
            &mut result.entitled,
            &mut result.gap,
            &mut result.issued,
            &mut result.returned,
            &mut result.seen,
        ];
        figures.into_iter().for_each(|figure| *figure = Integer::MAX);
        result.trial = false;
        for contest in &mut result.contests {
            let ids: Vec<Id> = contest.options.iter().map(|option| option.id.clone()).collect();
            contest.winners.clone_from(&ids);
            contest.ties = vec![TieResult { options: ids, seats: Integer::MAX }];
            let ContestResult { abstain, blank, invalid, void, .. } = contest;
            let figures = [abstain, blank, invalid, void];
            figures.into_iter().for_each(|figure| *figure = Integer::MAX);
            for option in &mut contest.options {
                option.votes = Integer::MAX;
                option.districts.values_mut().for_each(|votes| *votes = Integer::MAX);
            }
        }
        result
    }

    #[test]
    fn accepts_a_count_and_writes_it_in_the_published_form_res_1() {
        let result = result(FIGURES).unwrap();
        let bytes = result.to_bytes();
        assert_eq!(ElectionResult::parse(&bytes).unwrap(), result);
        let option = |id: &str, n: u8, s: u8| {
            let votes = n + s;
            format!(
                r#"{{"districts":{{"n":{n},"s":{s}}},"id":"{id}","title":"Candidate {id}","votes":{votes}}}"#
            )
        };
        let board = [("ada", 1, 0), ("bob", 1, 1), ("cyd", 0, 0), ("dan", 0, 0), ("eva", 0, 0)];
        let auditor = [("fay", 1, 0), ("gus", 0, 1), ("hal", 0, 0)];
        let list = |options: &[(&str, u8, u8)]| {
            options.iter().map(|(id, n, s)| option(id, *n, *s)).collect::<Vec<_>>().join(",")
        };
        let expected = format!(
            concat!(
                r#"{{"contests":[{{"abstain":1,"blank":1,"id":"board","invalid":1,"options":[{}],"ties":[],"#,
                r#""title":"Election of the board","void":0,"winners":["bob","ada"]}},"#,
                r#"{{"abstain":0,"blank":0,"id":"auditor","invalid":1,"options":[{}],"#,
                r#""ties":[{{"options":["fay","gus"],"seats":1}}],"title":"Election of the auditor","void":1,"#,
                r#""winners":[]}}],"counted":5,"election_id":"{}","entitled":20,"gap":2,"issued":9,"returned":1,"seen":6,"trial":false}}"#
            ),
            list(&board),
            list(&auditor),
            sample::manifest().id(),
        );
        assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
        let sorted: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(serde_json::to_vec(&sorted).unwrap(), bytes);
    }

    #[test]
    fn rejects_more_pseudonyms_than_tokens() {
        for (seen, returned) in [(9, 1), (10, 0), (0, 10), (u64::MAX, u64::MAX)] {
            let figures = Figures { seen, returned, ..FIGURES };
            assert_eq!(result(figures), Err(ResultError::MoreThanIssued { seen, returned, issued: 9 }));
        }
        let too_large = Figures { entitled: u64::MAX, ..FIGURES };
        assert!(matches!(result(too_large), Err(ResultError::TooLarge(_))));
    }
}
