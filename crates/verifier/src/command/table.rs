//! The result, and what stands under an identifier, as text for people.

use core::fmt::Write;

use serde_json::{Value, json};
use urna_crypto::Identifier;
use urna_election::Id;
use urna_election::result::ContestResult;
use urna_election::selection::Choice;

use crate::record::Hexadecimal;
use crate::{Found, Verified};

/// The result table; empty where no result was verified.
pub(super) fn result(verified: &Verified) -> String {
    let Some(result) = &verified.result else { return String::new() };
    let mut text = String::new();
    for contest in &result.contests {
        contest_table(&mut text, contest);
    }
    let _ = writeln!(
        text,
        "entitled {}, issued {}, seen {}, returned {}, counted {}, gap {}",
        result.entitled, result.issued, result.seen, result.returned, result.counted, result.gap
    );
    if let Some(turnout) = verified.turnout {
        let (participated, entitled) = (turnout.participated, result.entitled.value());
        let percent = percent(participated, entitled);
        let _ =
            writeln!(text, "turnout {participated} of {entitled}{percent}, as the election's rules count it");
    }
    text
}

fn contest_table(text: &mut String, contest: &ContestResult) {
    let total: u64 = contest.options.iter().map(|option| option.votes.value()).sum();
    let titles = || contest.options.iter().map(|option| shown(&option.title));
    let width = titles().map(|title| title.chars().count()).max().unwrap_or(0).max(10);
    let _ = writeln!(text, "\n{}", shown(&contest.title));
    for (option, title) in contest.options.iter().zip(titles()) {
        let votes = option.votes.value();
        let share = percent(votes, total);
        let mark = if contest.winners.contains(&option.id) { "  elected" } else { "" };
        let _ = writeln!(text, "  {title:width$}  {votes:>9}{share}{mark}");
        for (district, votes) in &option.districts {
            let _ =
                writeln!(text, "    {:>width$}  {:>9}", district.as_str(), votes.value(), width = width - 2);
        }
    }
    let _ = writeln!(text, "  {:width$}  {total:>9}", "votes");
    let ContestResult { blank, abstain, void, invalid, .. } = contest;
    let _ = writeln!(text, "  ballots: {blank} blank, {abstain} abstain, {void} void, {invalid} invalid");
    for tie in &contest.ties {
        let options: Vec<&str> = tie.options.iter().map(Id::as_str).collect();
        let _ = writeln!(text, "  tie: {} for {} seat(s)", options.join(", "), tie.seats);
    }
    let _ = writeln!(text);
}

/// The share in tenths of a percent, rounded half up; nothing of nothing.
fn percent(part: u64, whole: u64) -> String {
    let tenths = part.checked_mul(2_000).and_then(|part| part.checked_add(whole));
    match tenths.and_then(|tenths| tenths.checked_div(whole.checked_mul(2)?)) {
        Some(tenths) => format!(" ({}.{} %)", tenths / 10, tenths % 10),
        None => String::new(),
    }
}

/// Titles are data of the record.
fn shown(title: &str) -> String {
    title.chars().map(crate::report::shown).collect()
}

/// What stands under an identifier.
pub(super) fn found(verified: &Verified, identifier: &Identifier) -> String {
    let mut text = format!("\nidentifier {identifier}: ");
    if verified.found.is_empty() {
        text.push_str("nothing is recorded under it\n");
        return text;
    }
    let _ = writeln!(text, "{} recorded", verified.found.len());
    for found in &verified.found {
        let Found { index, kind, pseudonym, counted, choices } = found;
        let key = pseudonym.to_bytes();
        let standing = if *counted { "counted" } else { "not counted" };
        let _ = write!(text, "  entry {index}: {kind}, {standing}, key {}", Hexadecimal(&key));
        let _ = match choices {
            None => writeln!(text),
            Some(None) => writeln!(text, "; invalid"),
            Some(Some(choices)) => writeln!(text, "; {}", choices_text(verified, choices)),
        };
    }
    text
}

fn choices_text(verified: &Verified, choices: &[(Id, Choice)]) -> String {
    let text = |(contest, choice): &(Id, Choice)| match marked(verified, contest, choice) {
        None => format!("{contest}: abstains"),
        Some(options) if options.is_empty() => format!("{contest}: blank"),
        Some(options) => format!("{contest}: {}", options.join(", ")),
    };
    choices.iter().map(text).collect::<Vec<_>>().join("; ")
}

/// The marked options' ids; none of an abstention.
fn marked(verified: &Verified, contest: &Id, choice: &Choice) -> Option<Vec<String>> {
    let Choice::Marks(marks) = choice else { return None };
    let contest = verified.manifest.as_ref().and_then(|manifest| Some(manifest.contest(contest)?.1));
    let id = |mark: &u16| {
        let option = contest.and_then(|contest| contest.options.get(usize::from(*mark)));
        option.map_or_else(|| mark.to_string(), |option| option.id.to_string())
    };
    Some(marks.iter().map(id).collect())
}

/// The same as JSON.
pub(super) fn found_document(verified: &Verified, identifier: &Identifier) -> Value {
    let entry = |found: &Found| {
        let choices = found.choices.as_ref().map(|choices| match choices {
            None => json!("invalid"),
            Some(choices) => {
                let pairs = choices.iter().map(|(contest, choice)| {
                    let marks = marked(verified, contest, choice);
                    (contest.to_string(), marks.map_or_else(|| json!("abstain"), |marks| json!(marks)))
                });
                Value::Object(pairs.collect())
            }
        });
        json!({
            "choices": choices,
            "counted": found.counted,
            "entry": found.index,
            "kind": found.kind.as_str(),
            "pseudonym": Hexadecimal(&found.pseudonym.to_bytes()).to_string(),
        })
    };
    let entries: Vec<Value> = verified.found.iter().map(entry).collect();
    json!({ "identifier": identifier.to_string(), "entries": entries })
}
