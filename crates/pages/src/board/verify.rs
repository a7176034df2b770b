//! The page on which an election is verified in the reader's browser.
//!
//! All its texts are in it from the beginning, those that are said later in templates: its script (`crates/observer/web`) shows
//! them, and has none of its own.

use maud::{Markup, html};
use urna_election::manifest::Manifest;

use super::{foreign, title_of, trial};
use crate::assets;
use crate::layout::{Address, page};
use crate::words::Words;

/// What the script says: how far it is, how checks ended, what came of it, the figures of the count.
const SAID: [&str; 43] = [
    "stage-start",
    "stage-entries",
    "stage-issuance",
    "stage-openings",
    "stage-blobs",
    "verify-stopped",
    "status-passed",
    "status-failed",
    "status-not-yet",
    "status-not-applicable",
    "status-not-evaluated",
    "status-erased",
    "check-entry",
    "verdict-verified",
    "verdict-verified-note",
    "verdict-unanchored",
    "verdict-unanchored-note",
    "verdict-so-far",
    "verdict-so-far-note",
    "verdict-cancelled",
    "verdict-cancelled-note",
    "verdict-erased",
    "verdict-erased-note",
    "verdict-failed",
    "verdict-failed-note",
    "verdict-other",
    "verdict-other-note",
    "verdict-unreadable",
    "verdict-unreadable-note",
    "count-figures",
    "count-same",
    "count-differs",
    "count-unpublished",
    "count-blank",
    "count-abstain",
    "count-void",
    "count-invalid",
    "count-counted",
    "count-entitled",
    "count-issued",
    "count-seen",
    "count-returned",
    "count-gap",
];

/// How many checks there are.
const CHECKS: u8 = 17;

/// What is verified.
#[derive(Clone, Debug)]
pub struct Verify<'v> {
    /// Its definition.
    pub manifest: &'v Manifest,
    /// Where its record is: scheme, host, slug, and a slash at the end.
    pub prefix: String,
    /// The board's name.
    pub board: &'v str,
    /// The election id that the reader came with; empty if none.
    pub election: String,
}

/// The page of an election whose manifest is published.
pub fn verify(words: Words, verify: &Verify<'_>, address: &Address) -> String {
    let manifest = verify.manifest;
    let title = title_of(words, manifest);
    let content = html! {
        p { a lang=[foreign(words, manifest)] href={ "./?lang=" (words.language().tag()) } { (title) } }
        h1 { (words.text("verify-title")) }
        @if manifest.is_trial() { (trial(words)) }
        p.lead { (words.text("verify-lead")) }
        (honestly(words, verify))
        (form(words, verify))
        (outcome(words))
        (counts(words))
        (checks(words))
        @for key in SAID { template id={ "say-" (key) } { (words.text(key)) } }
        script type="module" src=(assets::address(assets::VERIFY)) {}
    };
    page(words, &words.of("verify-of", "title", &title), Some(&manifest.organiser().name), address, &content)
}

/// What a program from the board that it checks cannot prove, and what can.
fn honestly(words: Words, verify: &Verify<'_>) -> Markup {
    html! {
        div.honest {
            p { (words.of("verify-honest", "board", verify.board)) }
            pre { code { "urna-verify " (verify.prefix) " --election " (verify.manifest.id()) } }
        }
    }
}

fn form(words: Words, verify: &Verify<'_>) -> Markup {
    html! {
        p.honest #no-script { (words.text("verify-no-script")) }
        form.ask #ask hidden data-slug=(verify.manifest.slug())
            data-worker=(assets::address(assets::WORKER)) data-program=(assets::address(assets::PROGRAM)) {
            label for="election" { (words.text("verify-election")) }
            input #election name="election" value=(verify.election) autocomplete="off" autocapitalize="none"
                spellcheck="false" aria-describedby="election-wrong election-why";
            p.wrong #election-wrong hidden { (words.text("verify-election-wrong")) }
            p.note #election-why { (words.text("verify-election-why")) }
            p { button #start { (words.text("verify-now")) } }
        }
        // Heard once for each part of the work; the figure beside the bar changes too often for that.
        p.status #status role="status" {}
        div.running #running hidden {
            progress #bar max="100" value="0" aria-labelledby="status" {}
            span.number #per-cent aria-hidden="true" {}
            button #stop type="button" { (words.text("verify-stop")) }
        }
    }
}

fn outcome(words: Words) -> Markup {
    html! {
        section.outcome #outcome hidden aria-labelledby="verdict" {
            h2 #verdict tabindex="-1" {}
            p.lead #verdict-note {}
            p.note #detail lang="en" {}
            ul.answer #failures {}
            div #found {
                p #compare { strong { (words.text("verdict-compare")) } }
                dl {
                    dt { (words.text("verdict-election")) }
                    dd #found-id {}
                    dt { (words.text("verdict-size")) }
                    dd #found-size {}
                }
            }
        }
    }
}

fn counts(words: Words) -> Markup {
    html! {
        section #counts hidden {
            h2 #counts-title { (words.text("count-title")) }
            p.note { (words.text("count-lead")) }
            div.answer #tables {}
        }
        template #table {
            div.scroll role="region" tabindex="0" {
                table {
                    caption {}
                    thead {
                        tr {
                            th { span.hidden { (words.text("option")) } }
                            th.number scope="col" { (words.text("count-computed")) }
                            th.number scope="col" { (words.text("count-published")) }
                            th { span.hidden { (words.text("count-same")) } }
                        }
                    }
                    tbody {}
                }
            }
        }
    }
}

fn checks(words: Words) -> Markup {
    html! {
        section aria-labelledby="checks" {
            h2 #checks { (words.text("checks")) }
            p.note { (words.text("checks-lead")) }
            ol.checks {
                @for number in 1..=CHECKS {
                    @let id = format!("V-{number:02}");
                    li id=(id) {
                        h3 { span.note { (id) } " " (words.text(&format!("check-name-{number}"))) }
                        p { (words.text(&format!("check-what-{number}"))) }
                        p.answer {}
                    }
                }
            }
        }
    }
}
