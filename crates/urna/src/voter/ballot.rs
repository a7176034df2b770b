//! Choices as people write them, `CONTEST=OPTION,…`, and ballots as people read them.

use std::collections::BTreeMap;

use urna_election::manifest::{ClassIndex, Contest, Manifest};
use urna_election::selection::{Choice, Standing, VoidReason};
use zeroize::Zeroizing;

/// What a contest without a mark is called, unless an option has the name.
const BLANK: &str = "blank";
/// What an abstention is called, unless an option has the name.
const ABSTAIN: &str = "abstain";

/// The choices that these arguments say, one for each contest of the class's ballot; or everything that is wrong with them.
pub(super) fn parse(
    manifest: &Manifest,
    class: ClassIndex,
    arguments: &[Zeroizing<String>],
) -> Result<Zeroizing<Vec<Choice>>, Vec<String>> {
    let contests: Vec<&Contest> = manifest.ballot_style(class).map(|(_, contest)| contest).collect();
    let ids: Vec<&str> = contests.iter().map(|contest| contest.id.as_str()).collect();
    let mut problems = Vec::new();
    let mut said = BTreeMap::<&str, &str>::new();
    for argument in arguments {
        let Some((contest, options)) = argument.split_once('=') else {
            problems.push(format!("write CONTEST=OPTION, with {} for CONTEST", list(&ids)));
            continue;
        };
        if !ids.contains(&contest) {
            problems.push(format!("there is no contest `{contest}` on your ballot; there is {}", list(&ids)));
        } else if said.insert(contest, options).is_some() {
            problems
                .push(format!("`{contest}` is there twice: write several options with commas between them"));
        }
    }
    let mut choices = Zeroizing::new(Vec::with_capacity(contests.len()));
    for contest in contests {
        match said.get(contest.id.as_str()) {
            None => problems.push(format!(
                "nothing is said about `{}`: {}",
                contest.id,
                possible(contest).join(", ")
            )),
            Some(options) => match parse_contest(contest, options) {
                Ok(choice) => choices.push(choice),
                Err(problem) => problems.push(problem),
            },
        }
    }
    if problems.is_empty() { Ok(choices) } else { Err(problems) }
}

/// What can be written for a contest.
pub(crate) fn possible(contest: &Contest) -> Vec<String> {
    let id = &contest.id;
    let mut possible: Vec<_> = contest.options.iter().map(|option| format!("{id}={}", option.id)).collect();
    if contest.min == 0 {
        possible.push(if has(contest, BLANK) { format!("{id}=") } else { format!("{id}={BLANK}") });
    }
    if contest.abstain && !has(contest, ABSTAIN) {
        possible.push(format!("{id}={ABSTAIN}"));
    }
    possible
}

fn has(contest: &Contest, id: &str) -> bool {
    contest.options.iter().any(|option| option.id.as_str() == id)
}

fn parse_contest(contest: &Contest, options: &str) -> Result<Choice, String> {
    let id = &contest.id;
    let choice = if options.is_empty() || (options == BLANK && !has(contest, BLANK)) {
        Choice::Marks(Vec::new())
    } else if options == ABSTAIN && !has(contest, ABSTAIN) {
        Choice::Abstain
    } else {
        let mut marks = Vec::new();
        for name in options.split(',') {
            let place = contest.options.iter().position(|option| option.id.as_str() == name);
            let Some(place) = place.and_then(|place| u16::try_from(place).ok()) else {
                let known: Vec<_> = contest.options.iter().map(|option| option.id.as_str()).collect();
                return Err(format!("`{id}` has no option `{name}`; it has {}", list(&known)));
            };
            if marks.contains(&place) {
                return Err(format!("`{id}`: `{name}` is there twice"));
            }
            marks.push(place);
        }
        marks.sort_unstable();
        Choice::Marks(marks)
    };
    match contest.standing(&choice) {
        Standing::Void(VoidReason::AbstentionNotOffered) => {
            Err(format!("`{id}` has no abstention; possible is {}", possible(contest).join(", ")))
        }
        Standing::Void(reason) => Err(format!("`{id}`: {reason}")),
        Standing::Valid | Standing::Blank | Standing::Abstained => Ok(choice),
    }
}

fn list(ids: &[&str]) -> String {
    ids.join(", ")
}

/// A ballot, a line for each contest.
pub(super) fn describe(manifest: &Manifest, class: ClassIndex, choices: &[Choice]) -> String {
    let contests = manifest.ballot_style(class).zip(choices);
    let lines = contests.map(|((_, contest), choice)| {
        let what = match choice {
            Choice::Abstain => "you abstain".to_owned(),
            Choice::Marks(marks) if marks.is_empty() => "blank".to_owned(),
            Choice::Marks(marks) => {
                let options = marks.iter().filter_map(|mark| contest.options.get(usize::from(*mark)));
                options.map(|option| option.title.default_language()).collect::<Vec<_>>().join(", ")
            }
        };
        format!("    {}: {what}\n", contest.title.default_language())
    });
    lines.collect()
}
