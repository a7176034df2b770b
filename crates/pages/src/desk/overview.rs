//! Where an election stands, what comes next, and what only its organisers do: opening, closing, the result, the end.

use maud::{Markup, html};
use urna_election::Phase;
use urna_election::manifest::Manifest;
use urna_election::result::ElectionResult;

use super::{Around, desk_phase, page};
use crate::assets;
use crate::board::{Party, bar, contest_result, counted, figure, rows, tenths, trial};
use crate::words::Words;

/// Where an election stands, from the first line of its draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is fixed.
    Draft,
    /// The plan is fixed, keys are being made.
    Planned,
    /// The manifest is frozen, and not on the board yet.
    Publishing,
    /// As the record says.
    Published(Phase),
}

/// What is awaited from whom.
#[derive(Clone, Debug)]
pub struct Awaited {
    /// From whom.
    pub who: Who,
    /// What, as a key of the words: `step-…`.
    pub step: Step,
}

impl Awaited {
    /// In a few words.
    pub(super) fn said(&self, words: Words) -> String {
        format!("{}: {}", self.who.said(words), words.text(self.step.words()))
    }
}

/// From whom something is awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever looks.
    You,
    /// The owner, of this name.
    Owner(String),
    /// Somebody who approves.
    Approver(String),
    /// An issuer.
    Issuer(String),
    /// A trustee.
    Trustee(String),
    /// The board.
    Board,
    /// The clock.
    Clock,
}

impl Who {
    fn said(&self, words: Words) -> String {
        match self {
            Self::You => words.text("who-you"),
            Self::Owner(name) => words.of("who-owner", "name", name),
            Self::Approver(name) => words.of("who-approver", "name", name),
            Self::Issuer(name) => words.of("who-issuer", "name", name),
            Self::Trustee(name) => words.of("who-trustee", "name", name),
            Self::Board => words.text("who-board"),
            Self::Clock => words.text("who-clock"),
        }
    }
}

/// What somebody has to do before an election can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "its words say what each is")]
pub enum Step {
    FixPlan,
    IssuerKeys,
    CeremonyPackage,
    ElectionKey,
    MendDraft,
    Approve,
    Publish,
    Board,
    Agree,
    Rehearse,
    Register,
    Open,
    Close,
    PostIssuance,
    AgreeToOpen,
    OpenBallots,
    Tally,
    Certify,
}

impl Step {
    const fn words(self) -> &'static str {
        match self {
            Self::FixPlan => "step-fix-plan",
            Self::IssuerKeys => "step-issuer-keys",
            Self::CeremonyPackage => "step-ceremony-package",
            Self::ElectionKey => "step-election-key",
            Self::MendDraft => "step-mend-draft",
            Self::Approve => "step-approve",
            Self::Publish => "step-publish",
            Self::Board => "step-board",
            Self::Agree => "step-agree",
            Self::Rehearse => "step-rehearse",
            Self::Register => "step-register",
            Self::Open => "step-open",
            Self::Close => "step-close",
            Self::PostIssuance => "step-post-issuance",
            Self::AgreeToOpen => "step-agree-to-open",
            Self::OpenBallots => "step-open-ballots",
            Self::Tally => "step-tally",
            Self::Certify => "step-certify",
        }
    }
}

/// What the account may do now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Open voting by hand.
    pub open: bool,
    /// Close voting by hand.
    pub close: bool,
    /// End the election without a result.
    pub cancel: bool,
    /// Publish the result.
    pub tally: bool,
    /// Certify it.
    pub certify: bool,
}

/// What was done by the form that led here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "its words say what each is")]
pub enum Said {
    Made,
    Opened,
    Closed,
    Cancelled,
    Tallied,
    Certified,
}

impl Said {
    const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Made, "made", "said-made"),
        (Self::Opened, "opened", "said-opened"),
        (Self::Closed, "closed", "said-closed"),
        (Self::Cancelled, "cancelled", "said-cancelled"),
        (Self::Tallied, "tallied", "said-tallied"),
        (Self::Certified, "certified", "said-certified"),
    ];

    /// By its word in an address.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, word, _)| *word == text).map(|(said, _, _)| said)
    }

    /// Its word in an address.
    pub fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(said, _, _)| *said == self).map_or("", |(_, word, _)| word)
    }

    fn words(self) -> &'static str {
        Self::ALL.into_iter().find(|(said, _, _)| *said == self).map_or("", |(_, _, key)| key)
    }
}

/// How many have a ballot on the board, as everybody is told.
#[derive(Clone, Debug)]
pub struct Turnout {
    /// Pseudonyms with a ballot.
    pub cast: u64,
    /// People on the register.
    pub entitled: u64,
    /// What it was, by Unix second.
    pub before: Vec<(u64, u64)>,
}

/// What is known of an election.
#[derive(Clone, Debug)]
pub struct Overview<'e> {
    /// Where it stands.
    pub standing: Standing,
    /// Whether it is only a trial.
    pub trial: bool,
    /// What was just done.
    pub said: Option<Said>,
    /// What is awaited from whom.
    pub awaited: Vec<Awaited>,
    /// What the account may do now.
    pub may: May,
    /// People on the list of voters.
    pub entitled: u64,
    /// Invitations that are neither sent nor erased.
    pub unsent: u64,
    /// The zone in which times are shown (IANA).
    pub zone: &'e str,
    /// From when until when people vote, in Unix seconds; none where it is opened and closed by hand.
    pub times: Option<(u64, u64)>,
    /// None where the policy withholds it, and before voting.
    pub turnout: Option<Turnout>,
    /// What each trustee has done, as the board says; empty before the election is published.
    pub trustees: Vec<Party>,
    /// Where everybody reads the record, once the election is published.
    pub board: Option<String>,
    /// Where voters vote.
    pub vote: String,
    /// The published result.
    pub result: Option<(&'e Manifest, &'e ElectionResult)>,
}

/// The page of an election.
pub fn overview(around: &Around<'_>, slug: &str, shown: &Overview<'_>) -> String {
    let words = around.words;
    let at = |path: &str| format!("/desk/{slug}{path}");
    let title =
        around.election.map(|election| election.title).filter(|title| !title.is_empty()).unwrap_or(slug);
    let content = html! {
        h1 { (title) }
        @if let Some(said) = shown.said { p.checked role="status" { (words.text(said.words())) } }
        @if shown.trial { (trial(words)) }
        div #standing data-live { (standing(words, shown)) }
        @if let Some((manifest, result)) = shown.result {
            section.result aria-labelledby="result" {
                h2 #result { (words.text("result")) }
                @if shown.standing != Standing::Published(Phase::Certified) { p.note { (words.text("not-certified")) } }
                @for contest in &result.contests { (contest_result(words, manifest, contest)) }
                (counted(words, result))
                (downloads(words, &at(""), true))
            }
        }
        section aria-labelledby="next" {
            h2 #next { (words.text("run-next")) }
            div #awaited data-live { (awaited(words, shown, &at)) }
        }
        div #acts data-live { (acts(words, slug, shown)) }
        @if !shown.trustees.is_empty() {
            section aria-labelledby="trustees" {
                h2 #trustees { (words.text("trustees")) }
                div #done data-live { (rows(words, &shown.trustees)) }
            }
        }
        section aria-labelledby="publicly" {
            h2 #publicly { (words.text("run-publicly")) }
            ul.parties {
                @if let Some(board) = &shown.board { li { a href=(board) { (words.text("run-board-page")) } } }
                li { a href=(shown.vote) { (words.text("run-vote-page")) } }
            }
            h3 { (words.text("run-preset")) }
            p.note { (words.text("run-preset-note")) }
            p { a href=(at("/preset.json")) download={ (slug) ".preset.json" } { (words.text("run-preset")) } }
        }
        @if shown.may.cancel {
            details {
                summary { (words.text("run-cancel-title")) }
                form method="post" action=(at("/cancel")) {
                    p { (words.text("run-cancel-note")) }
                    p.field {
                        label for="reason" { (words.text("run-reason")) }
                        input #reason name="reason" required maxlength="2000";
                    }
                    (confirmation(words, slug, "cancel"))
                    p.buttons { button.plain { (words.text("run-cancel-title")) } }
                }
            }
        }
    };
    page(around, title, Some(assets::DESK), &content)
}

fn standing(words: Words, shown: &Overview<'_>) -> Markup {
    let is_voting = shown.standing == Standing::Published(Phase::Voting);
    html! {
        p.lead { (desk_phase(words, shown.standing)) }
        p.note {
            @match shown.times {
                Some((opens, closes)) => (words.with("run-times", &[
                    ("opens", words.moment(opens, shown.zone).into()),
                    ("closes", words.moment(closes, shown.zone).into()),
                ])),
                None => (words.text("run-by-hand")),
            }
            " " (words.count("run-entitled", shown.entitled)) "."
            @if shown.unsent > 0 { " " (words.count("run-unsent", shown.unsent)) "." }
        }
        @if let Some(turnout) = &shown.turnout {
            (voted(words, turnout, shown.zone))
        } @else if is_voting {
            p { (words.text("turnout-withheld")) }
        }
        @if is_voting || shown.standing == Standing::Published(Phase::Closed) { p.note { (words.text("run-no-result-yet")) } }
    }
}

fn voted(words: Words, turnout: &Turnout, zone: &str) -> Markup {
    let Turnout { cast, entitled, before } = turnout;
    html! {
        h2 { (words.text("run-turnout")) }
        p.figure {
            strong { (words.number(*cast)) } " "
            (words.with("turnout-of", &[("cast", figure(*cast)), ("entitled", figure(*entitled))]))
            @if let Some(tenths) = tenths(*cast, *entitled) { " (" (words.per_cent(tenths)) ")" }
        }
        (bar(*cast, *entitled))
        @if let (Some((from, _)), Some((to, _))) = (before.first(), before.last()) {
            @if from < to {
                @let moment = |second| words.moment(second, zone).into();
                @let said = words.with("run-curve", &[("from", moment(*from)), ("to", moment(*to))]);
                figure.curve {
                    svg viewBox="0 0 1000 240" preserveAspectRatio="none" role="img" aria-label=(said) {
                        path d=(curve(before, *entitled)) vector-effect="non-scaling-stroke" {}
                    }
                    figcaption.note { (said) ". " (words.text("run-curve-note")) }
                }
            }
        }
    }
}

/// Steps from the first moment to the last, as high as the share of those entitled, in a field of 1,000 by 240.
fn curve(before: &[(u64, u64)], entitled: u64) -> String {
    let (from, to) = (before.first().map_or(0, |(at, _)| *at), before.last().map_or(0, |(at, _)| *at));
    let across =
        |at: u64| (at.saturating_sub(from) * 1_000).checked_div(to.saturating_sub(from)).unwrap_or_default();
    let up = |cast: u64| 238 - (cast.min(entitled) * 236).checked_div(entitled).unwrap_or_default();
    let mut path = String::new();
    for (place, (at, cast)) in before.iter().enumerate() {
        if place == 0 {
            path.push_str(&format!("M0 {}", up(*cast)));
        } else {
            path.push_str(&format!("H{}V{}", across(*at), up(*cast)));
        }
    }
    path
}

fn awaited(words: Words, shown: &Overview<'_>, at: &impl Fn(&str) -> String) -> Markup {
    let waits = |step: &[Step]| shown.awaited.iter().any(|awaited| step.contains(&awaited.step));
    let is_made = matches!(shown.standing, Standing::Published(_) | Standing::Publishing);
    html! {
        @if shown.awaited.is_empty() { p { (words.text("run-nothing-next")) } }
        ul.next {
            @for awaited in &shown.awaited {
                li.own[awaited.who == Who::You] { strong { (awaited.who.said(words)) } ": " (words.text(awaited.step.words())) }
            }
        }
        @if shown.standing == Standing::Published(Phase::Rehearsed) { p.done { (words.text("run-rehearsed-all")) } }
        p.buttons {
            @if waits(&[Step::Approve, Step::Publish]) {
                a.button href=(at("/making/check")) { (words.text("run-to-check")) }
            } @else if !is_made {
                a.button href=(at("/making")) { (words.text("run-to-making")) }
            }
            @if waits(&[Step::Register]) || (!is_made && shown.entitled == 0) {
                a.button.plain href=(at("/voters")) { (words.text("run-to-voters")) }
            }
            @if waits(&[Step::CeremonyPackage, Step::Agree, Step::Rehearse, Step::AgreeToOpen, Step::OpenBallots]) {
                a.button.plain href=(at("/making/trustees")) { (words.text("run-to-trustees")) }
            }
        }
    }
}

/// What only organisers do, as far as the account may do it now.
fn acts(words: Words, slug: &str, shown: &Overview<'_>) -> Markup {
    let is_blocked = shown
        .awaited
        .iter()
        .any(|awaited| matches!(awaited.step, Step::Agree | Step::Rehearse | Step::Register));
    let act = |path: &str, title: &str, note: &str| {
        let title = words.text(title);
        html! {
            section.act aria-labelledby=(path) {
                h2 id=(path) { (title) }
                p { (words.text(note)) }
                form method="post" action={ "/desk/" (slug) "/" (path) } {
                    (confirmation(words, slug, path))
                    p.buttons { button { (title) } }
                }
            }
        }
    };
    html! {
        @if shown.may.open {
            @if is_blocked {
                section.act aria-labelledby="open" {
                    h2 #open { (words.text("run-open-title")) }
                    p.warning { (words.text("run-blocked")) }
                }
            } @else {
                (act("open", "run-open-title", "run-open-note"))
            }
        }
        @if shown.may.close { (act("close", "run-close-title", "run-close-note")) }
        @if shown.may.tally { (act("tally", "run-tally-title", "run-tally-note")) }
        @if shown.may.certify { (act("certify", "run-certify-title", "run-certify-note")) }
    }
}

/// What cannot be undone asks for the election's name.
pub(super) fn confirmation(words: Words, slug: &str, act: &str) -> Markup {
    let id = format!("confirm-{act}");
    html! {
        p.field {
            label for=(id) { (words.of("run-confirm", "slug", slug)) }
            input id=(id) name="confirm" required autocomplete="off" autocapitalize="none" spellcheck="false";
        }
    }
}

/// The result in other forms.
pub(super) fn downloads(words: Words, election: &str, with_page: bool) -> Markup {
    html! {
        ul.actions {
            @if with_page { li { a.button href={ (election) "/result" } { (words.text("result-page")) } } }
            li { a href={ (election) "/result.txt" } download { (words.text("result-text")) } }
            li { a href={ (election) "/result.json" } download { (words.text("download-json")) } }
            li { a href={ (election) "/result.csv" } download { (words.text("download-csv")) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_turnout_as_steps_within_its_field() {
        assert_eq!(curve(&[(100, 0), (150, 1), (200, 2)], 4), "M0 238H500V179H1000V120");
        assert_eq!(curve(&[(5, 3)], 0), "M0 238");
        // More than are entitled there cannot be; if there were, the field would not be left.
        assert_eq!(curve(&[(0, 9), (1, 9)], 4), "M0 2H1000V2");
    }
}
