//! The public board's pages: which elections there are, where one stands, how who voted, and the verifier.
//!
//! They show what the log says and nothing else; whoever doubts them has the log. Names of people stand on them only as
//! options, trustees and organisers.

mod election;
mod verify;
mod votes;

use fluent_bundle::FluentValue;
use maud::{Markup, html};
use urna_election::Phase;
use urna_election::manifest::{Manifest, Text};

use crate::layout::{Address, page};
use crate::words::Words;

pub use election::{Act, Election, Party, election};
pub(crate) use election::{contest_result, counted, counted_of, gap_figures, other_ballots, rows};
pub use verify::{Verify, verify};
pub use votes::{Narrowed, Row, Shown, Votes, votes};

/// An election in the list of a board.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its short name, which is its path.
    pub slug: String,
    /// Its title in the reader's language; none before the manifest is published.
    pub title: Option<String>,
    /// The title's language, where it is not the reader's.
    pub language: Option<String>,
    /// Where it stands; none before the manifest is published.
    pub phase: Option<Phase>,
    /// Whether it is only a trial.
    pub trial: bool,
}

/// The elections of a board.
pub fn list(words: Words, board: &str, elections: &[Listed], address: &Address) -> String {
    let title = words.text("board-title");
    let content = html! {
        h1 { (title) }
        p.lead { (words.of("board-lead", "board", board)) }
        @if elections.is_empty() { p { (words.text("board-empty")) } }
        ul.elections {
            @for election in elections {
                li {
                    a lang=[election.language.as_deref()] href={ "/" (election.slug) "/?lang=" (words.language().tag()) } {
                        (election.title.as_deref().unwrap_or(&election.slug))
                    }
                    @if election.trial { span.mark { (words.text("trial")) } }
                    span.note { (phase(words, election.phase)) }
                }
            }
        }
    };
    page(words, &title, None, address, &content)
}

/// A manifest's text in the reader's language, else in the manifest's first.
pub fn text_of(words: Words, text: &Text) -> &str {
    let tag = words.language().tag().parse().ok();
    tag.and_then(|tag| text.language(&tag)).unwrap_or(text.default_language())
}

/// The language of a manifest's texts, where it is not the page's (WCAG 2.2, 3.1.2).
pub fn foreign(words: Words, manifest: &Manifest) -> Option<&str> {
    let has_own = manifest.languages().iter().any(|tag| tag.as_str() == words.language().tag());
    let first = manifest.languages().first().map(|tag| tag.as_str());
    first.filter(|_| !has_own)
}

fn title_of(words: Words, manifest: &Manifest) -> String {
    text_of(words, manifest.title()).to_owned()
}

pub(crate) fn phase(words: Words, phase: Option<Phase>) -> String {
    words.text(match phase {
        None => "phase-created",
        Some(Phase::Announced) => "phase-announced",
        Some(Phase::Rehearsed) => "phase-rehearsed",
        Some(Phase::Voting) => "phase-voting",
        Some(Phase::Closed) => "phase-closed",
        Some(Phase::Tallied) => "phase-tallied",
        Some(Phase::Certified) => "phase-certified",
        Some(Phase::Cancelled) => "phase-cancelled",
    })
}

/// What a trial says of itself, wherever something of it is shown (C22).
pub(crate) fn trial(words: Words) -> Markup {
    html! { p.trial role="note" { strong { (words.text("trial")) } " " (words.text("trial-note")) } }
}

/// Tenths of a per cent, rounded half up; none of nothing.
pub(crate) fn tenths(part: u64, whole: u64) -> Option<u64> {
    let doubled = u128::from(part) * 2_000 + u128::from(whole);
    u64::try_from(doubled.checked_div(u128::from(whole) * 2)?).ok()
}

/// A bar that is as long as the share, beside a figure that says the same.
pub(crate) fn bar(part: u64, whole: u64) -> Markup {
    let tenths = tenths(part, whole).unwrap_or_default().min(1_000);
    html! {
        svg.bar viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.track width="1000" height="10" {}
            rect.share width=(tenths) height="10" {}
        }
    }
}

pub(crate) fn figure(value: u64) -> FluentValue<'static> {
    value.into()
}

#[cfg(test)]
mod tests {
    use urna_election::sample::{COLLECTIVE, NORTH, computed_result, whole_election};

    use super::*;
    use crate::language::Language;

    fn address() -> Address {
        Address { path: "/union-2027/".into(), query: Vec::new() }
    }

    /// Nothing in it that the policy forbids, that another origin serves, or that a text in it could have brought.
    fn is_sound(page: &str) {
        for wrong in [
            " style=",
            "<script",
            "<style",
            " onclick",
            "src=\"http",
            "href=\"http",
            "action=\"http",
            "&amp;amp;",
        ] {
            assert!(!page.contains(wrong), "{wrong} in {page}");
        }
        for (opened, closed) in [("<section", "</section>"), ("<table", "</table>"), ("<ul", "</ul>")] {
            assert_eq!(page.matches(opened).count(), page.matches(closed).count(), "{opened}");
        }
        assert_eq!(page.matches("<h1").count(), 1);
    }

    #[test]
    fn shows_an_election_in_every_language_and_phase() {
        let (mut sample, _) = whole_election();
        let result = computed_result(&mut sample);
        let party = |name: &str, done| Party { name: name.to_owned(), done };
        for language in Language::ALL {
            let words = Words::new(language);
            for (phase, is_over) in
                [(Phase::Announced, false), (Phase::Voting, false), (Phase::Tallied, true)]
            {
                let page = election(
                    words,
                    &Election {
                        manifest: &sample.manifest,
                        prefix: "https://board.example/union-2027/".into(),
                        phase,
                        turnout: (phase == Phase::Voting).then_some((1_000, 3_000)),
                        size: 17,
                        checkpoint: "board.example/union-2027\n17\n<root>\n".into(),
                        trustees: vec![party(
                            "Trustee <b>",
                            vec![Act::Agreed, Act::Rehearsed, Act::AgreedToOpen, Act::Opened],
                        )],
                        issuers: vec![party("Issuer", vec![Act::Posted]), party("Senate", Vec::new())],
                        result: is_over.then_some((&result, "00ff".into())),
                    },
                    &address(),
                );
                is_sound(&page);
                assert!(page.contains("&lt;root&gt;") && page.contains("Trustee &lt;b&gt;"));
                assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())));
                assert_eq!(page.contains("blob/00ff"), is_over);
                assert_eq!(page.contains(&words.per_cent(333)), phase == Phase::Voting);
                assert!(page.contains(&format!("--election {}", sample.manifest.id())));
                // The sample speaks Czech and English.
                let is_foreign = matches!(language, Language::Swedish | Language::Ukrainian);
                assert_eq!(page.contains("<h1 lang=\""), is_foreign);
            }
        }
    }

    #[test]
    fn shows_ballots_and_where_the_others_are() {
        use urna_election::selection::Choice;

        let (sample, _) = whole_election();
        let row = |class, shown| Row { identifier: "9C0Q-JQCN-F6EW-5DBG-P2EG".into(), class, shown };
        let marks = |marks: &[u16]| Choice::Marks(marks.to_vec());
        let page = votes(
            Words::new(Language::English),
            &Votes {
                manifest: &sample.manifest,
                narrowed: Narrowed { identifier: "\"9C".into(), choice: "board:ada".into() },
                rows: vec![
                    row(NORTH, Shown::Choices(vec![marks(&[0, 1]), marks(&[2])])),
                    row(COLLECTIVE, Shown::Choices(vec![Choice::Abstain])),
                    row(NORTH, Shown::Choices(vec![marks(&[]), marks(&[0])])),
                    row(NORTH, Shown::Invalid),
                ],
                found: 204,
                counted: 1_000,
                page: 2,
                pages: 3,
            },
            &Address {
                path: "/union-2027/votes".into(),
                query: vec![("q", "\"9C".into()), ("choice", "board:ada".into()), ("page", "2".into())],
            },
        );
        is_sound(&page);
        for cell in ["Candidate ada, Candidate bob", "Candidate hal", "abstains", "blank", "unreadable", "–"]
        {
            assert!(page.contains(&format!("<td>{cell}</td>")), "{cell} in {page}");
        }
        for said in [
            "204 ballots found, of 1,000.",
            "Page 2 of 3",
            "value=\"&quot;9C\"",
            "<option value=\"board:ada\" selected",
            "votes?q=%229C&amp;choice=board%3Aada&amp;page=3&amp;lang=en",
            "page=1&amp;lang=en",
        ] {
            assert!(page.contains(said), "{said} in {page}");
        }
    }

    #[test]
    fn verifies_in_every_language_without_a_word_in_the_script() {
        let (sample, _) = whole_election();
        let manifest = &sample.manifest;
        for language in Language::ALL {
            let page = verify(
                Words::new(language),
                &Verify {
                    manifest,
                    prefix: "https://board.example/union-2027/".into(),
                    board: "board.example",
                    election: "9f\"2c".into(),
                },
                &Address { path: "/union-2027/verify".into(), query: vec![("election", "9f\"2c".into())] },
            );
            let (before, after) =
                page.split_once("<script type=\"module\" src=\"/v1/assets/verify-").unwrap();
            is_sound(before);
            assert!(after.ends_with("</html>") && !after.contains("<script"));
            assert!(
                page.contains("value=\"9f&quot;2c\"") && page.contains("verify?election=9f%222c&amp;lang=")
            );
            assert!(page.contains(&format!("--election {}", manifest.id())));
            for id in ["V-01", "V-17", "say-status-not-evaluated", "say-verdict-other-note", "say-count-gap"]
            {
                assert!(page.contains(&format!(" id=\"{id}\"")), "{id}");
            }
        }
        // What the script asks for by a name that it composes is there, too; and nothing has a second place.
        let script = include_str!("../../observer/web/verify.js");
        let page = verify(
            Words::new(Language::English),
            &Verify { manifest, prefix: String::new(), board: "b", election: String::new() },
            &address(),
        );
        for part in script.split(" place(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(page.matches(&format!(" id=\"{part}\"")).count(), 1, "{part}");
        }
        for part in script.split("words(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(page.matches(&format!(" id=\"say-{part}\"")).count(), 1, "{part}");
        }
    }

    #[test]
    fn lists_elections() {
        let listed = |slug: &str, title: Option<&str>, phase, trial| Listed {
            slug: slug.to_owned(),
            title: title.map(str::to_owned),
            language: Some("en".to_owned()),
            phase,
            trial,
        };
        let elections = [
            listed("council-2027", Some("Council & senate"), Some(Phase::Voting), false),
            listed("practice", None, None, true),
        ];
        let page = list(Words::new(Language::Swedish), "board.example", &elections, &address());
        is_sound(&page);
        assert!(
            page.contains("Council &amp; senate")
                && page.contains("Röstning pågår")
                && page.contains("Provval")
        );
        assert!(list(Words::new(Language::English), "b", &[], &address()).contains("no election here yet"));
    }

    #[test]
    fn rounds_shares() {
        assert_eq!(
            (tenths(1, 3), tenths(2, 3), tenths(1, 2_000), tenths(0, 0)),
            (Some(333), Some(667), Some(1), None)
        );
        assert_eq!(tenths(u64::MAX, u64::MAX), Some(1_000));
    }
}
