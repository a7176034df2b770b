//! The result on a page to print and sign, and as a text.

use maud::html;
use urna_election::manifest::Manifest;
use urna_election::result::ElectionResult;

use super::{Around, overview, page};
use crate::assets;
use crate::board::{contest_result, counted, text_of, trial};

/// How many lines there are to sign on.
const SIGNATURES: usize = 5;

/// The result on a page to print: with the election id, so that it can be compared, and lines to sign on.
pub fn result(around: &Around<'_>, manifest: &Manifest, result: &ElectionResult, is_final: bool) -> String {
    let words = around.words;
    let title = words.of("result-of", "title", text_of(words, manifest.title()));
    let path = format!("/desk/{}", manifest.slug());
    let content = html! {
        h1 { (text_of(words, manifest.title())) }
        p.lead { (manifest.organiser().name) }
        @if manifest.is_trial() { (trial(words)) }
        section.result aria-labelledby="result" {
            h2 #result { (words.text("result")) }
            @if !is_final { p.note { (words.text("not-certified")) } }
            @for contest in &result.contests { (contest_result(words, manifest, contest)) }
            (counted(words, result))
        }
        p.id.small { (words.of("result-election-id", "id", manifest.id())) }
        h2 { (words.text("result-signatures")) }
        ol.signatures {
            @for _ in 0..SIGNATURES { li { span.hidden { (words.text("result-signature")) } } }
        }
        p.note { (words.text("result-signature")) }
        p.note { (words.text("result-print-note")) }
        (overview::downloads(words, &path, false))
    };
    page(around, &title, Some(assets::DESK), &content)
}

/// The result as a plain text, for a mail or a notice.
pub fn result_text(
    words: crate::Words,
    manifest: &Manifest,
    result: &ElectionResult,
    is_final: bool,
) -> String {
    let mut text = format!(
        "{}\n{}\n{}\n",
        words.of("result-of", "title", text_of(words, manifest.title())),
        manifest.organiser().name,
        words.of("result-election-id", "id", manifest.id()),
    );
    if manifest.is_trial() {
        text.push_str(&format!("{}. {}\n", words.text("trial"), words.text("trial-note")));
    }
    if !is_final {
        text.push_str(&format!("{}\n", words.text("not-certified")));
    }
    for counted in &result.contests {
        let contest = manifest.contest(&counted.id).map(|(_, contest)| contest);
        let name = contest.map_or(counted.title.as_str(), |contest| text_of(words, &contest.title));
        text.push_str(&format!("\n{name}\n"));
        let mut order: Vec<_> = counted.options.iter().collect();
        order.sort_by_key(|option| std::cmp::Reverse(option.votes.value()));
        for option in order {
            let named =
                contest.and_then(|contest| contest.options.iter().find(|other| other.id == option.id));
            let named = named.map_or(option.title.as_str(), |option| text_of(words, &option.title));
            let elected = if counted.winners.contains(&option.id) {
                format!(", {}", words.text("elected"))
            } else {
                String::new()
            };
            let tied = counted.ties.iter().any(|tie| tie.options.contains(&option.id));
            let tied = if tied { format!(", {}", words.text("tied")) } else { String::new() };
            text.push_str(&format!("  {named}: {}{elected}{tied}\n", words.number(option.votes.value())));
        }
        text.push_str(&format!("  {}\n", crate::board::other_ballots(words, counted)));
    }
    text.push_str(&format!(
        "\n{}\n{}\n",
        crate::board::counted_of(words, result),
        crate::board::gap_figures(words, result)
    ));
    text
}
