//! The count that was made here beside the published one, with titles in the reader's language.

use serde::Serialize;
use urna_election::manifest::{Manifest, Text};
use urna_election::result::{ContestResult, ElectionResult};
use urna_verifier::{Recount, Verified};

/// Both counts, figure by figure.
#[derive(Serialize)]
pub(crate) struct Counts {
    contests: Vec<Contest>,
    /// Of the election as a whole.
    figures: Vec<Row>,
}

#[derive(Serialize)]
struct Contest {
    title: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    /// An option's title.
    title: Option<String>,
    /// Else what kind of figure it is, by its name in the result.
    figure: Option<&'static str>,
    computed: u64,
    /// None before there is a result, or where the published one has no such line.
    published: Option<u64>,
}

impl Counts {
    /// What was counted, if V-14 could be evaluated, or there is everything but the published result.
    pub(crate) fn of(verified: &Verified, language: &str) -> Option<Self> {
        let manifest = verified.manifest.as_ref()?;
        let (computed, published) = match (&verified.recount, &verified.tally) {
            (Some(Recount { computed, published }), _) => (computed, Some(published)),
            (None, Some(tally)) => (&tally.result, None),
            (None, None) => return None,
        };
        let contests = computed.contests.iter().map(|contest| {
            let other =
                published.and_then(|result| result.contests.iter().find(|other| other.id == contest.id));
            Contest::of(manifest, language, contest, other)
        });
        let row = |figure, of: fn(&ElectionResult) -> u64| Row::of(figure, of, computed, published);
        let figures = [
            row("counted", |result| result.counted.value()),
            row("entitled", |result| result.entitled.value()),
            row("issued", |result| result.issued.value()),
            row("seen", |result| result.seen.value()),
            row("returned", |result| result.returned.value()),
            row("gap", |result| result.gap.value()),
        ];
        Some(Self { contests: contests.collect(), figures: figures.into() })
    }
}

impl Contest {
    fn of(
        manifest: &Manifest,
        language: &str,
        computed: &ContestResult,
        published: Option<&ContestResult>,
    ) -> Self {
        let contest = manifest.contest(&computed.id).map(|(_, contest)| contest);
        let options = computed.options.iter().map(|option| {
            let shown =
                contest.and_then(|contest| contest.options.iter().find(|shown| shown.id == option.id));
            let other =
                published.and_then(|contest| contest.options.iter().find(|other| other.id == option.id));
            Row {
                title: Some(
                    shown.map_or_else(|| option.title.clone(), |shown| text_of(&shown.title, language)),
                ),
                figure: None,
                computed: option.votes.value(),
                published: other.map(|other| other.votes.value()),
            }
        });
        let row = |figure, of: fn(&ContestResult) -> u64| Row::of(figure, of, computed, published);
        let figures = [
            row("blank", |contest| contest.blank.value()),
            row("abstain", |contest| contest.abstain.value()),
            row("void", |contest| contest.void.value()),
            row("invalid", |contest| contest.invalid.value()),
        ];
        Self {
            title: contest
                .map_or_else(|| computed.title.clone(), |contest| text_of(&contest.title, language)),
            rows: options.chain(figures).collect(),
        }
    }
}

impl Row {
    fn of<T>(figure: &'static str, of: fn(&T) -> u64, computed: &T, published: Option<&T>) -> Self {
        Self { title: None, figure: Some(figure), computed: of(computed), published: published.map(of) }
    }
}

/// A manifest's text in the reader's language, else in the manifest's first.
fn text_of(text: &Text, language: &str) -> String {
    let language = language.parse().ok();
    language.and_then(|language| text.language(&language)).unwrap_or(text.default_language()).to_owned()
}
