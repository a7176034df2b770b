//! What an election is, for a voter who has two minutes; and times in its own zone.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use urna_api::board::Status;
use urna_crypto::ElectionId;
use urna_election::TRIAL;
use urna_election::manifest::draft::{Disclosure, Issuance, Revote, Schedule};
use urna_election::manifest::{ClassIndex, Contest, Manifest, Text};

use crate::voter::ballot;

/// The id in groups that can be compared by eye.
pub(crate) fn grouped(id: &ElectionId) -> String {
    let digits: Vec<char> = id.to_string().chars().collect();
    let groups: Vec<String> = digits.chunks(8).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// A Unix second as people say it, in the election's zone; in UTC if this program does not know that.
pub(crate) fn time(zone: &str, second: u64) -> String {
    shown(zone, second, "%A %-d %B %Y, %H:%M %Z")
}

/// The same to the second, for tables.
pub(crate) fn exact_time(zone: &str, second: u64) -> String {
    shown(zone, second, "%Y-%m-%d %H:%M:%S %:z")
}

fn shown(zone: &str, second: u64, format: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let instant = i64::try_from(second).ok().and_then(|second| Timestamp::from_second(second).ok());
    let Some(instant) = instant else { return format!("second {second} of Unix time") };
    instant.to_zoned(zone).strftime(format).to_string()
}

/// The line that a trial's voters read with every answer; none in other elections.
pub(crate) fn trial(manifest: &Manifest) -> String {
    if manifest.is_trial() { format!("{TRIAL}\n") } else { String::new() }
}

/// Everything that a voter should know before the first step.
pub(crate) fn describe(manifest: &Manifest, class: Option<ClassIndex>, now: Option<&Status>) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write_definition(&mut text, manifest, class, now);
    text
}

fn write_definition(
    text: &mut String,
    manifest: &Manifest,
    class: Option<ClassIndex>,
    now: Option<&Status>,
) -> std::fmt::Result {
    let english = Text::default_language;
    writeln!(text, "{}", english(manifest.title()))?;
    if manifest.is_trial() {
        writeln!(text, "{TRIAL}")?;
    }
    if let Some(description) = manifest.description() {
        writeln!(text, "{}", english(description))?;
    }
    let organiser = manifest.organiser();
    writeln!(text, "\nOrganiser    {} ({})", organiser.name, organiser.contact)?;
    writeln!(text, "Election id  {}", grouped(manifest.id()))?;
    writeln!(text, "             Compare it with the announcement. If it differs, do not vote here.")?;
    match manifest.schedule() {
        Schedule::Manual => writeln!(text, "Voting       opens and closes by hand")?,
        Schedule::Times(times) => {
            writeln!(text, "Voting       from {}", time(manifest.time_zone(), times.opens.value()))?;
            writeln!(text, "             until {}", time(manifest.time_zone(), times.closes.value()))?;
        }
    }
    if let Some(Status { phase, accepting, .. }) = now {
        let says = match (phase.as_str(), accepting) {
            ("voting", true) => "voting is open",
            ("voting", false) => "ballots are not taken at this hour",
            ("created" | "announced" | "rehearsed", _) => "voting has not opened yet",
            ("cancelled", _) => "the election was cancelled",
            _ => "voting is closed",
        };
        writeln!(text, "Now          {says}, says the board")?;
    }
    match manifest.policy().disclosure {
        Disclosure::PerPseudonym => {
            writeln!(
                text,
                "Public       after the close, everybody can read every ballot under its identifier. Whose"
            )?;
            writeln!(text, "             identifier it is, nobody can see but who is told")?;
        }
    }
    if manifest.policy().issuance == Issuance::WithBallot {
        writeln!(
            text,
            "Roll         the second of your electronic vote is kept for the electoral commission"
        )?;
    }
    writeln!(text, "Changing     {}", changing(manifest))?;
    match class.and_then(|class| manifest.class(class)) {
        Some(class) => writeln!(text, "You          {}", english(&class.title))?,
        None => {
            writeln!(text, "You          your class is found with `urna voter token`; all contests follow")?
        }
    }
    write_contests(text, contests(manifest, class).map(|(_, contest)| contest))
}

/// Whether a voter may vote again.
pub(crate) fn changing(manifest: &Manifest) -> String {
    let limit = manifest.policy().revote_limit;
    match manifest.policy().revote {
        Revote::Never => "a ballot is final: it can neither be changed nor withdrawn".to_owned(),
        Revote::Replace => format!("you can cast up to {limit} times; the last ballot counts"),
        Revote::ReplaceAndWithdraw => {
            format!("you can cast and withdraw up to {limit} times; the last ballot counts")
        }
    }
}

/// Contests with their options, as choices are written.
pub(crate) fn write_contests<'a>(
    text: &mut String,
    contests: impl Iterator<Item = &'a Contest>,
) -> std::fmt::Result {
    let english = Text::default_language;
    for contest in contests {
        writeln!(text, "\n{}: {}", english(&contest.title), rule(contest))?;
        if let Some(description) = &contest.description {
            writeln!(text, "  {}", english(description))?;
        }
        let width = contest.options.iter().map(|option| option.id.as_str().len()).max().unwrap_or_default();
        for option in &contest.options {
            let (id, pad) = (&option.id, width - option.id.as_str().len());
            writeln!(text, "  {}={id}{:pad$}  {}", contest.id, "", english(&option.title))?;
        }
        for word in ballot::possible(contest).iter().skip(contest.options.len()) {
            writeln!(text, "  {word}")?;
        }
    }
    Ok(())
}

fn rule(contest: &Contest) -> String {
    match (contest.min, contest.max) {
        (min, max) if min == max => format!("choose {max}"),
        (0, max) => format!("choose up to {max}"),
        (min, max) => format!("choose {min} to {max}"),
    }
}

/// The contests of a class, or all of them.
fn contests(
    manifest: &Manifest,
    class: Option<ClassIndex>,
) -> Box<dyn Iterator<Item = (usize, &Contest)> + '_> {
    match class {
        Some(class) => Box::new(manifest.ballot_style(class)),
        None => Box::new(manifest.contests().iter().enumerate()),
    }
}
