//! The result, and what stands under an identifier, as text for people.

use core::fmt::Write;

use serde_json::{Value, json};
use urna_crypto::Identifier;
use urna_election::Id;
use urna_election::result::percent;
use urna_election::selection::Choice;

use crate::record::Hexadecimal;
use crate::{Found, Verified};

/// The result table; empty where no result was verified.
pub(super) fn result(verified: &Verified) -> String {
    let Some(result) = &verified.result else { return String::new() };
    let mut text = result.to_text();
    if let Some(turnout) = verified.turnout {
        let (participated, entitled) = (turnout.participated, result.entitled.value());
        let percent = percent(participated, entitled);
        let _ =
            writeln!(text, "turnout {participated} of {entitled}{percent}, as the election's rules count it");
    }
    text
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
