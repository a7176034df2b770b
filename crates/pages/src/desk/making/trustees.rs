//! Who counts: trustees with their threshold, and issuers. Once who takes part is fixed: each one's link, and where each stands.

use maud::{Markup, html};

use super::fields::Choice;
use super::{Part, Sheet};
use crate::words::Words;

/// How many empty rows stand below those that are there.
const MORE_ROWS: usize = 2;

/// Those who take part, once that is fixed.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The trustees.
    pub trustees: Vec<TrusteeFixed>,
    /// How many of them open the ballots.
    pub threshold: u64,
    /// The issuers.
    pub issuers: Vec<IssuerFixed>,
    /// The attempt of the key ceremony.
    pub attempt: u32,
    /// Whether the election's key is there.
    pub has_key: bool,
    /// Whether the account is the owner's.
    pub is_owner: bool,
}

/// A trustee of a plan that is fixed.
#[derive(Clone, Debug)]
pub struct TrusteeFixed {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The address of the trustee's own page.
    pub link: String,
    /// What is awaited: `enrolment`, `round1`, `round2` or `confirmation`.
    pub awaited: Option<String>,
}

/// An issuer of a plan that is fixed.
#[derive(Clone, Debug)]
pub struct IssuerFixed {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether its keys are there.
    pub has_keys: bool,
}

const WHERE: [Choice; 2] = [
    Choice { value: "own", named: "make-issuer-own", means: "make-issuer-own-means", as_at: &[] },
    Choice { value: "other", named: "make-issuer-other", means: "make-issuer-other-means", as_at: &[] },
];

/// The part's page. Fields: `trustees.members[i].id`, `trustees.members[i].name`, `trustees.threshold`, `trustees.solo` ticked,
/// `issuers[i].id`, `issuers[i].name`, `issuers[i].where`, `own` or `other`, `issuers[i].url`. Of a plan that is fixed only the
/// issuers' addresses; and, for another address, `confirm`, `attempt`, `forget.<id>` ticked, `issuer`.
pub fn trustees(sheet: &Sheet<'_>, fixed: Option<&Fixed>) -> String {
    let words = sheet.around.words;
    let fields = match fixed {
        Some(fixed) => those_fixed(sheet, fixed),
        None => html! {
            h2 id="trustees" { (words.text("make-trustees-title")) }
            p { (words.text("make-trustees-note")) }
            (members(sheet))
            (sheet.number("trustees.threshold", &words.text("make-threshold"), Some(&words.text("make-threshold-note"))))
            details open[sheet.form.has("trustees.solo")] {
                summary { (words.text("make-solo-open")) }
                p.warning { (words.text("make-solo-warning")) }
                (sheet.tick("trustees.solo", &words.text("make-solo"), None))
            }
            h2 { (words.text("make-issuers-title")) }
            p { (words.text("make-issuers-note")) }
            (issuers(sheet))
        },
    };
    sheet.part(Part::Trustees, "save", &fields)
}

fn members(sheet: &Sheet<'_>) -> Markup {
    let words = sheet.around.words;
    let list = "trustees.members";
    let rows = sheet.form.filled_rows(list, &["id", "name"]);
    let next = rows.last().map_or(0, |last| last.saturating_add(1));
    let empty = if rows.is_empty() { MORE_ROWS.saturating_add(1) } else { MORE_ROWS };
    let member = |row: usize, number: usize, is_new: bool| {
        let field = format!("{list}[{row}]");
        let (id, name) = (format!("{field}.id"), format!("{field}.name"));
        html! {
            li.row id=(field) {
                input type="hidden" name=(id) value=(sheet.form.get(&id));
                (sheet.line(&name, &words.count("make-trustee-number", u64::try_from(number).unwrap_or(u64::MAX)), None))
                @if !is_new {
                    p.acts { (sheet.button(&format!("remove:{row}"), &words.text("make-remove"), sheet.form.get(&name))) }
                }
            }
        }
    };
    html! {
        ol.rows id=(list) {
            @for (place, row) in rows.iter().enumerate() { (member(*row, place.saturating_add(1), false)) }
            @if sheet.is_open() {
                @for more in 0..empty {
                    (member(next.saturating_add(more), rows.len().saturating_add(more).saturating_add(1), true))
                }
            }
        }
        @if sheet.is_open() {
            p.buttons { button.plain name="do" value="stay" { (words.text("make-rows-more")) } }
        }
    }
}

fn issuers(sheet: &Sheet<'_>) -> Markup {
    let words = sheet.around.words;
    let rows = sheet.form.filled_rows("issuers", &["id", "name", "url"]);
    let next = rows.last().map_or(0, |last| last.saturating_add(1));
    let mut form = sheet.form.clone();
    form.put(format!("issuers[{next}].where"), "other");
    let fresh = Sheet { form, ..sheet.clone() };
    let issuer = |sheet: &Sheet<'_>, row: usize, can_go: bool| {
        let field = format!("issuers[{row}]");
        let (id, name) = (format!("{field}.id"), format!("{field}.name"));
        html! {
            li.row id=(field) {
                input type="hidden" name=(id) value=(sheet.form.get(&id));
                (sheet.choice(&format!("{field}.where"), &words.text("make-issuer-where"), None, &WHERE))
                (sheet.line(&name, &words.text("make-issuer-name"), Some(&words.text("make-issuer-name-note"))))
                (sheet.line(&format!("{field}.url"), &words.text("make-issuer-url"), Some(&words.text("make-issuer-url-note"))))
                @if can_go {
                    p.acts { (sheet.button(&format!("remove-issuer:{row}"), &words.text("make-remove"), sheet.form.get(&name))) }
                }
            }
        }
    };
    html! {
        ol.rows id="issuers" { @for row in &rows { (issuer(sheet, *row, rows.len() > 1)) } }
        @if sheet.is_open() {
            details open[sheet.is_unfolded()] {
                summary { (words.text("make-issuer-new")) }
                p { (words.text("make-issuer-new-note")) }
                ol.rows { (issuer(&fresh, next, false)) }
                p.buttons { button.plain name="do" value="stay" { (words.text("make-issuer-add")) } }
            }
        }
    }
}

/// The parties of a plan that is fixed, and what only the owner can do about them.
fn those_fixed(sheet: &Sheet<'_>, fixed: &Fixed) -> Markup {
    let words = sheet.around.words;
    let acts = sheet.is_open() && fixed.is_owner;
    let slug = sheet.around.election.map(|election| election.slug).unwrap_or_default();
    html! {
        p.note.honest { (words.text("make-fixed-note")) }
        h2 id="trustees" { (words.text("make-trustees-title")) }
        p { (words.count("make-fixed-threshold", fixed.threshold)) }
        p { (words.text("make-links-note")) }
        ol.rows id="trustees.members" {
            @for (place, trustee) in fixed.trustees.iter().enumerate() {
                li.row id={ "trustees.members[" (place) "]" } {
                    p { strong { (trustee.name) } }
                    p.state.ok[trustee.awaited.is_none() && fixed.has_key] { (words.text(standing(trustee, fixed.has_key))) }
                    p { (words.text("make-link")) ": " a.address href=(trustee.link) { (trustee.link) } }
                }
            }
        }
        @if acts {
            details.remove {
                summary { (words.text("make-restart")) }
                p.warning { (words.text("make-restart-warning")) }
                input type="hidden" name="attempt" value=(fixed.attempt);
                fieldset.group {
                    legend { (words.text("make-forget")) }
                    p.note { (words.text("make-forget-note")) }
                    div.choices {
                        @for trustee in &fixed.trustees {
                            (sheet.tick(&format!("forget.{}", trustee.id), &trustee.name, None))
                        }
                    }
                }
                (sheet.line("confirm", &words.of("make-confirm", "slug", slug), None))
                p.buttons {
                    button formaction={ (sheet.making()) "/trustees/restart" } { (words.text("make-restart-do")) }
                }
            }
        }
        h2 { (words.text("make-issuers-title")) }
        ol.rows id="issuers" {
            @for (place, issuer) in fixed.issuers.iter().enumerate() {
                li.row id={ "issuers[" (place) "]" } {
                    p { strong { (issuer.name) } }
                    p.state.ok[issuer.has_keys] {
                        (words.text(if issuer.has_keys { "make-issuer-has-keys" } else { "rule-no-issuer-keys" }))
                    }
                    (sheet.line(&format!("issuers[{place}].url"), &words.text("make-issuer-url"), None))
                    @if acts && issuer.has_keys {
                        details.remove {
                            summary { (words.text("make-issuer-again")) }
                            p { (words.text("make-issuer-again-note")) }
                            p.buttons {
                                button.plain name="issuer" value=(issuer.id) formaction={ (sheet.making()) "/trustees/keys" } {
                                    (words.text("make-issuer-again-do"))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn standing(trustee: &TrusteeFixed, has_key: bool) -> &'static str {
    match trustee.awaited.as_deref() {
        Some("enrolment") => "make-ceremony-enrolment",
        Some("round1") => "make-ceremony-round1",
        Some("round2") => "make-ceremony-round2",
        Some(_) => "make-ceremony-confirmation",
        None if has_key => "make-ceremony-done",
        None => "make-ceremony-waits",
    }
}

/// What the issuer beside the authority is called unless somebody says otherwise.
pub fn own_issuer(words: Words) -> String {
    words.text("make-issuer-own-name")
}
