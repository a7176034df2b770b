//! What is said of a voter's steps in JSON: `urna voter --json` and the booth say the same (`spec/cli.md`).

use serde_json::{Map, Value, json};
use urna_crypto::ElectionId;
use urna_election::entry::Kind;
use urna_election::manifest::draft::Schedule;
use urna_election::manifest::{ClassIndex, Contest, Manifest};
use urna_election::selection::{Choice, OpenedBallot, Standing as Validity};
use zeroize::Zeroizing;

use super::{Announced, Checked, Failure, Landed, Standing};
use crate::{Recorded, Resumed};

/// What an abstention is called.
const ABSTAIN: &str = "abstain";

/// Why choices are none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoicesError {
    /// They are no object with a list of options, or `abstain`, for each contest.
    #[error("choices are a list of options or \"abstain\" for every contest")]
    Shape,
    /// Nothing is said about a contest of the ballot.
    #[error("nothing is said about the contest `{0}`")]
    Missing(String),
    /// The ballot has no such contest.
    #[error("there is no contest `{0}` on the ballot")]
    NoSuchContest(String),
    /// The contest has no such option, or it is there twice.
    #[error("`{contest}` has no option `{option}`, or it is there twice")]
    Option {
        /// Which contest.
        contest: String,
        /// What stands for one of its options.
        option: String,
    },
    /// A rule of the contest is broken.
    #[error("`{contest}`: {reason}")]
    Void {
        /// Which contest.
        contest: String,
        /// The rule.
        reason: urna_election::selection::VoidReason,
    },
}

/// Reads 64 hexadecimal digits, with or without spaces.
///
/// # Errors
/// What is wrong with them, for a person.
pub fn parse_id(text: &str) -> Result<ElectionId, &'static str> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let [high, low] = pair.map(digit);
        *byte = high
            .zip(low)
            .map(|(high, low)| high << 4 | low)
            .ok_or("an election id has digits 0-9 and a-f only")?;
    }
    if digits.len() == 64 { Ok(ElectionId::from_bytes(bytes)) } else { Err("an election id has 64 digits") }
}

/// Reads choices in the form in which [`choices`] writes them, in the order of the class's ballot.
///
/// # Errors
/// [`ChoicesError`], the first rule that is broken.
pub fn parse_choices(
    manifest: &Manifest,
    class: ClassIndex,
    said: &Value,
) -> Result<Zeroizing<Vec<Choice>>, ChoicesError> {
    let said = said.as_object().ok_or(ChoicesError::Shape)?;
    let contests: Vec<&Contest> = manifest.ballot_style(class).map(|(_, contest)| contest).collect();
    let is_known = |id: &&String| contests.iter().any(|contest| contest.id.as_str() == id.as_str());
    if let Some(other) = said.keys().find(|id| !is_known(id)) {
        return Err(ChoicesError::NoSuchContest(other.clone()));
    }
    let mut choices = Zeroizing::new(Vec::with_capacity(contests.len()));
    for contest in contests {
        let missing = || ChoicesError::Missing(contest.id.to_string());
        let choice = parse_choice(contest, said.get(contest.id.as_str()).ok_or_else(missing)?)?;
        if let Validity::Void(reason) = contest.standing(&choice) {
            return Err(ChoicesError::Void { contest: contest.id.to_string(), reason });
        }
        choices.push(choice);
    }
    Ok(choices)
}

fn parse_choice(contest: &Contest, said: &Value) -> Result<Choice, ChoicesError> {
    if said.as_str() == Some(ABSTAIN) {
        return Ok(Choice::Abstain);
    }
    let mut marks = Vec::new();
    for option in said.as_array().ok_or(ChoicesError::Shape)? {
        let id = option.as_str().ok_or(ChoicesError::Shape)?;
        let place = contest.options.iter().position(|option| option.id.as_str() == id);
        match place.and_then(|place| u16::try_from(place).ok()).filter(|place| !marks.contains(place)) {
            Some(place) => marks.push(place),
            None => {
                let (contest, option) = (contest.id.to_string(), id.to_owned());
                return Err(ChoicesError::Option { contest, option });
            }
        }
    }
    marks.sort_unstable();
    Ok(Choice::Marks(marks))
}

/// A ballot: by contest, the options' ids, or `abstain`; null of one that cannot be read.
pub fn choices(manifest: &Manifest, ballot: &OpenedBallot) -> Value {
    let Ok(choices) = ballot.choices() else { return Value::Null };
    let contests = manifest.ballot_style(ballot.class()).zip(choices);
    let members = contests.map(|((_, contest), choice)| {
        let value = match choice {
            Choice::Abstain => json!(ABSTAIN),
            Choice::Marks(marks) => {
                let options = marks.iter().filter_map(|mark| contest.options.get(usize::from(*mark)));
                options.map(|option| json!(option.id.as_str())).collect()
            }
        };
        (contest.id.to_string(), value)
    });
    Value::Object(members.collect::<Map<_, _>>())
}

/// Of `show`: what the election is.
pub fn shown(shown: &Announced) -> Value {
    let Announced { manifest, class, status, problem } = shown;
    let contest = |contest: &Contest| {
        let options = contest.options.iter();
        let options = options
            .map(|option| json!({ "id": option.id.as_str(), "title": option.title.default_language() }));
        json!({
            "abstain": contest.abstain,
            "id": contest.id.as_str(),
            "max": contest.max,
            "min": contest.min,
            "options": options.collect::<Vec<_>>(),
            "title": contest.title.default_language(),
        })
    };
    let contests: Vec<Value> = match class {
        Some(class) => manifest.ballot_style(*class).map(|(_, found)| contest(found)).collect(),
        None => manifest.contests().iter().map(contest).collect(),
    };
    let (opens, closes) = match manifest.schedule() {
        Schedule::Manual => (None, None),
        Schedule::Times(times) => (Some(times.opens.value()), Some(times.closes.value())),
    };
    json!({
        "accepting": status.as_ref().map(|status| status.accepting),
        "class": class.and_then(|class| manifest.class(class)).map(|class| class.id.as_str()),
        "closes": closes,
        "contests": contests,
        "election_id": manifest.id().to_string(),
        "opens": opens,
        "phase": status.as_ref().map(|status| status.phase.as_str()),
        "problem": problem.as_ref().map(|failure| failure.error.to_string()),
        "ready": problem.is_none(),
        "reason": problem.as_ref().map(|failure| failure.error.name()),
        "slug": manifest.slug().as_str(),
        "title": manifest.title().default_language(),
        "trial": manifest.is_trial(),
    })
}

/// Of `token`.
pub fn token(voter: &Resumed) -> Value {
    let issuers = voter.election().manifest().issuers();
    json!({
        "election_id": voter.election().id().to_string(),
        "identifier": voter.identifier().to_string(),
        "issuers": issuers.iter().map(|issuer| issuer.id.as_str()).collect::<Vec<_>>(),
    })
}

/// Of `cast`, `withdraw` and `return`. What was sent is of this kind, if another device's entry has not come after it.
pub fn landed(voter: &Resumed, kind: Kind, landed: Landed) -> Value {
    let (is, index, deadline) = match landed {
        Landed::Recorded { index } => ("recorded", Some(index), None),
        Landed::Promised { deadline } => ("promised", None, Some(deadline)),
    };
    let kind = voter.kept().last().and_then(|kept| kept.kind).unwrap_or(kind);
    json!({
        "deadline": deadline,
        "election_id": voter.election().id().to_string(),
        "identifier": voter.identifier().to_string(),
        "index": index,
        "is": is,
        "kind": kind.as_str(),
    })
}

/// Of `check`, at this Unix second.
pub fn checked(voter: &Resumed, checked: &Checked, now: u64) -> Value {
    let (index, ballot) = match &checked.recorded {
        Recorded::Nothing | Recorded::Missing { .. } => (None, None),
        Recorded::AsSaved { index, choices, .. } => (Some(*index), choices.as_ref()),
        Recorded::Another { index, .. } | Recorded::Returned { index } => (Some(*index), None),
    };
    json!({
        "choices": ballot.map(|ballot| choices(voter.election().manifest(), ballot)),
        "election_id": voter.election().id().to_string(),
        "identifier": voter.identifier().to_string(),
        "index": index,
        "is": checked.name(now),
        "overdue": checked.overdue,
    })
}

/// Of `recovery`. It is a secret.
pub fn recovery(voter: &Resumed) -> Value {
    json!({ "code": voter.recovery_code().as_str() })
}

/// Of `recover`.
pub fn recovered(voter: &Resumed) -> Value {
    json!({
        "cast": !matches!(voter, Resumed::Seeded(_) | Resumed::Asked(_)),
        "election_id": voter.election().id().to_string(),
        "identifier": voter.identifier().to_string(),
    })
}

/// What is saved, without asking anybody: the state, how the vote stands, what this device cast last, and what may still be done.
pub fn saved(voter: &Resumed, standing: &Standing) -> Value {
    let manifest = voter.election().manifest();
    let ballot = voter.kept().pop().and_then(|kept| kept.choices);
    let may = voter.may().map(|may| {
        json!({ "left": may.left, "return": may.give_back, "revote": may.cast, "withdraw": may.withdraw })
    });
    json!({
        "choices": ballot.map(|ballot| choices(manifest, &ballot)),
        "class": manifest.class(voter.class()).map(|class| class.id.as_str()),
        "election_id": manifest.id().to_string(),
        "identifier": voter.identifier().to_string(),
        "may": may,
        "standing": stands(standing),
        "state": voter.state(),
        "title": manifest.title().default_language(),
    })
}

/// What the board gave for the last entry, to be kept: texts that `urna-verify` takes as `--receipt` and `--promise` (V-15).
pub fn receipt(voter: &Resumed) -> Value {
    let last = voter.kept().pop();
    let last = last.as_ref();
    json!({
        "election_id": voter.election().id().to_string(),
        "identifier": voter.identifier().to_string(),
        "index": last.and_then(|last| last.receipt).map(urna_log::Receipt::index),
        "kind": last.and_then(|last| last.kind).map(|kind| kind.as_str()),
        "promise": last.and_then(|last| last.promise).map(ToString::to_string),
        "receipt": last.and_then(|last| last.receipt).map(ToString::to_string),
    })
}

/// Why a step was not done, and how the vote stands.
pub fn failed(failure: &Failure) -> Value {
    json!({
        "error": failure.error.to_string(),
        "problem": failure.error.problem().map(|problem| problem.kind.name()),
        "reason": failure.error.name(),
        "safe_to_repeat": true,
        "standing": stands(&failure.standing),
    })
}

/// How the vote stands.
fn stands(standing: &Standing) -> Value {
    match standing {
        Standing::NotRead => Value::Null,
        Standing::NothingSent => json!({ "is": "nothing_cast" }),
        Standing::Pending { kind, earlier } => {
            json!({ "is": "unknown", "kind": kind.as_str(), "earlier_stands": earlier })
        }
        Standing::NotTaken { kind, earlier } => {
            json!({ "is": "not_recorded", "kind": kind.as_str(), "earlier_stands": earlier })
        }
        Standing::Promised { kind, deadline } => {
            json!({ "is": "promised", "kind": kind.as_str(), "deadline": deadline })
        }
        Standing::Recorded { kind, index, own } => {
            json!({ "is": "recorded", "kind": kind.map(|kind| kind.as_str()), "index": index, "own": own })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::ELECTION;

    #[test]
    fn reads_the_choices_that_it_writes() {
        let voter = ELECTION.voter(1, 1);
        let (manifest, class) = (voter.election().manifest(), voter.class());
        let contests: Vec<_> = manifest.ballot_style(class).map(|(_, contest)| contest).collect();
        let said: Map<String, Value> = contests
            .iter()
            .map(|contest| {
                let options =
                    contest.options.iter().take(contest.min.max(1)).map(|option| json!(option.id.as_str()));
                (contest.id.to_string(), options.collect())
            })
            .collect();
        let read = parse_choices(manifest, class, &Value::Object(said.clone())).unwrap();
        assert_eq!(read.len(), contests.len());
        assert!(
            read.iter().zip(&contests).all(|(choice, contest)| contest.standing(choice) == Validity::Valid)
        );
    }

    #[test]
    fn rejects_choices_that_break_a_rule() {
        let voter = ELECTION.voter(1, 1);
        let (manifest, class) = (voter.election().manifest(), voter.class());
        let (_, contest) = manifest.ballot_style(class).next().unwrap();
        let (id, option) = (contest.id.as_str(), contest.options[0].id.as_str());
        for said in [
            json!(null),
            json!([]),
            json!({}),
            json!({ "nothing": [] }),
            json!({ id: "none" }),
            json!({ id: [1] }),
        ] {
            assert!(parse_choices(manifest, class, &said).is_err(), "{said}");
        }
        for options in [json!(["nobody"]), json!([option, option])] {
            let error = parse_choices(manifest, class, &json!({ id: options })).unwrap_err();
            assert!(matches!(error, ChoicesError::Option { .. }), "{error}");
        }
        let all: Vec<_> = contest.options.iter().map(|option| option.id.as_str()).collect();
        let error = parse_choices(manifest, class, &json!({ id: all })).unwrap_err();
        assert!(matches!(error, ChoicesError::Void { .. }), "{error}");
    }
}
