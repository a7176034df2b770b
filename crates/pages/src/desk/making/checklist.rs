//! The checklist: each part with its state, what comes next, and who else is awaited.

use maud::{Markup, html};

use super::{Locked, Part, language_name};
use crate::desk::{Around, page};
use crate::words::Words;

/// Where an election stands before it is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nothing but the parts.
    Parts,
    /// Who takes part is fixed; keys are awaited.
    Keys,
    /// Everything is there; approvals are awaited.
    Approvals,
    /// Everybody has approved.
    Ready,
    /// It is published.
    Published,
}

/// What somebody else has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// An issuer, by its name, gives its keys.
    Issuer(String),
    /// A trustee, by the name, goes on with the key ceremony.
    Trustee(String),
    /// The solo trustee's key.
    SoloKey,
    /// An account approves.
    Approver(String),
}

/// A problem of the draft.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The part in which it is mended; none of what nobody mends in a form.
    pub part: Option<Part>,
    /// The field's place, as the end of an address: `titles#title.cs`.
    pub at: String,
    /// The field, as the draft names it.
    pub field: String,
    /// Of what, from the outside: a contest's title, an option's.
    pub of: Vec<String>,
    /// What is wrong.
    pub what: What,
    /// The same in the service's words.
    pub detail: String,
}

/// What is wrong, or missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their words say what each is")]
pub enum What {
    /// A rule of `spec/manifest.md`, by its number.
    Rule(u8),
    /// Rule 13, of what is empty.
    Empty,
    /// Rule 7, of a list in which there is nothing.
    NoneYet,
    NoPlan,
    NoIssuerKeys,
    ClassWithoutKey,
    NoElectionKey,
    UnknownBooth,
    NoApprover,
    RepeatedApprover,
    UnknownApprover,
    NoLink,
    BadSubject,
    NotThePlan,
    OpensInThePast,
    PeopleOfNoClass,
    Other,
}

impl What {
    /// Whether others give it, so that no form mends it.
    pub const fn is_awaited(self) -> bool {
        matches!(self, Self::NoPlan | Self::NoIssuerKeys | Self::NoElectionKey)
    }

    fn text(self, words: Words) -> String {
        let key = match self {
            Self::Empty => "rule-empty",
            Self::NoneYet => "rule-none-yet",
            Self::Rule(number) => return words.text(&format!("rule-man-{number}")),
            Self::NoPlan => "rule-no-plan",
            Self::NoIssuerKeys => "rule-no-issuer-keys",
            Self::ClassWithoutKey => "rule-class-without-key",
            Self::NoElectionKey => "rule-no-election-key",
            Self::UnknownBooth => "rule-unknown-booth",
            Self::NoApprover => "rule-no-approver",
            Self::RepeatedApprover => "rule-repeated-approver",
            Self::UnknownApprover => "rule-unknown-approver",
            Self::NoLink => "rule-no-link",
            Self::BadSubject => "rule-bad-subject",
            Self::NotThePlan => "rule-not-the-plan",
            Self::OpensInThePast => "rule-opens-in-the-past",
            Self::PeopleOfNoClass => "rule-people-of-no-class",
            Self::Other => "rule-other",
        };
        words.text(key)
    }
}

/// Fields with their labels: without the numbers of rows, and the language of a text.
const LABELS: [(&str, &str); 32] = [
    ("title", "make-election-title"),
    ("description", "make-election-description"),
    ("languages", "make-languages"),
    ("organiser.name", "make-organiser-name"),
    ("organiser.contact", "make-organiser-contact"),
    ("time_zone", "make-time-zone"),
    ("contests.title", "make-contest-title"),
    ("contests.description", "make-contest-description"),
    ("contests.options", "make-options"),
    ("contests.options.title", "make-option-title"),
    ("contests.options.description", "make-option-description"),
    ("contests.min", "make-min"),
    ("contests.max", "make-max"),
    ("contests.seats", "make-seats"),
    ("classes.title", "make-class-title"),
    ("classes.weight", "make-weight"),
    ("classes.district", "make-district"),
    ("policy.smallest_class.entitled", "make-smallest"),
    ("schedule.times.opens", "make-opens"),
    ("schedule.times.closes", "make-closes"),
    ("schedule.times.issuance_opens", "make-issuance-opens"),
    ("schedule.times.opening_not_before", "make-opening"),
    ("policy.revote_limit", "make-revote-limit"),
    ("policy.batch.min", "make-batch-min"),
    ("policy.batch.wait", "make-batch-wait"),
    ("policy.form_time_limit", "make-form"),
    ("trustees.members", "make-trustees-title"),
    ("trustees.threshold", "make-threshold"),
    ("issuers.name", "make-issuer-name"),
    ("issuers.url", "make-issuer-url"),
    ("invitation.subject", "make-subject"),
    ("invitation.text", "make-text"),
];

/// What a field is called, with the language of a text.
pub(super) fn label(words: Words, field: &str) -> Option<String> {
    let rows = field.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    let plain: String = rows.collect();
    let named = |field: &str| LABELS.iter().find(|(own, _)| *own == field).map(|(_, key)| words.text(key));
    named(&plain).or_else(|| {
        let (field, tag) = plain.rsplit_once('.')?;
        Some(format!("{} ({})", named(field)?, language_name(tag)))
    })
}

/// A problem with the way to its field, in the reader's words, and in the service's below.
pub(crate) fn problem(words: Words, making: &str, problem: &Problem) -> Markup {
    let part = problem.part.map(|part| words.text(part.title()));
    let way: Vec<String> =
        part.into_iter().chain(problem.of.iter().cloned()).chain(label(words, &problem.field)).collect();
    html! {
        li {
            @if !way.is_empty() {
                a href={ (making) "/" (problem.at) } { (way.join(" › ")) } ": "
            }
            (problem.what.text(words))
            @if problem.what == What::Other || matches!(problem.what, What::Rule(_)) {
                br;
                span.note lang="en" { (problem.detail) }
            }
        }
    }
}

/// What the checklist knows.
#[derive(Clone, Debug)]
pub struct Checklist {
    /// Where it stands.
    pub stage: Stage,
    /// Everything that keeps it from being published.
    pub problems: Vec<Problem>,
    /// What others have to do.
    pub awaited: Vec<Awaited>,
    /// People on the list of voters.
    pub voters: u64,
    /// Why nothing can be changed, if so.
    pub locked: Option<Locked>,
    /// The part that was just saved.
    pub saved: bool,
}

/// The checklist's page.
pub fn checklist(around: &Around<'_>, list: &Checklist) -> String {
    let words = around.words;
    let slug = around.election.map(|election| election.slug).unwrap_or_default();
    let making = format!("/desk/{slug}/making");
    let title = words.text("make-title");
    let of = |part: Part| {
        list.problems.iter().filter(move |problem| problem.part == Some(part) && !problem.what.is_awaited())
    };
    let is_complete = Part::ALL.into_iter().all(|part| of(part).next().is_none());
    let next = match list.stage {
        Stage::Published => "make-next-published",
        Stage::Ready => "make-next-publish",
        Stage::Approvals => "make-next-approve",
        Stage::Keys if is_complete => "make-next-keys",
        Stage::Parts if is_complete => "make-next-plan",
        Stage::Keys | Stage::Parts => "make-next-parts",
    };
    let step = |stage: Stage, name: &str| {
        let (over, current) = (list.stage > stage, list.stage == stage);
        html! {
            li data-over[over] aria-current=[current.then_some("step")] {
                (words.text(name))
                @if over { span.hidden { " (" (words.text("make-complete")) ")" } }
            }
        }
    };
    let content = html! {
        h1 { (title) }
        @if list.saved { p.status.saved role="status" { (words.text("make-saved")) } }
        p.lead { (words.text(next)) }
        @if list.locked == Some(Locked::Role) { p.note.honest { (words.text("make-locked-role")) } }
        ol.checklist {
            @for part in Part::ALL {
                @let problems: Vec<_> = of(part).collect();
                li {
                    h2.flat { a href={ (making) "/" (part.path()) } { (words.text(part.title())) } }
                    @if problems.is_empty() {
                        p.state.ok { (words.text("make-complete")) }
                    } @else {
                        p.state { (words.count("make-problems", u64::try_from(problems.len()).unwrap_or(u64::MAX))) }
                    }
                    p.note { (words.text(part.about())) }
                    @if !problems.is_empty() {
                        details {
                            summary { (words.text("make-what-is-missing")) }
                            ul { @for found in &problems { (problem(words, &making, found)) } }
                        }
                    }
                }
            }
            li {
                h2.flat { a href={ "/desk/" (slug) "/voters" } { (words.text("make-voters")) } }
                @if list.voters > 0 {
                    p.state.ok { (words.count("make-voters-count", list.voters)) }
                } @else {
                    p.state { (words.text("make-voters-none")) }
                }
                p.note { (words.text("make-voters-about")) }
            }
            li {
                h2.flat { a href={ "/desk/" (slug) "/preview" } { (words.text("preview-try")) } }
                p.note { (words.text("preview-try-about")) }
            }
        }
        h2 { (words.text("make-then")) }
        ol.progress {
            (step(Stage::Parts, "make-step-plan"))
            (step(Stage::Keys, "make-step-keys"))
            (step(Stage::Approvals, "make-step-approve"))
            (step(Stage::Ready, "make-step-publish"))
        }
        @if !list.awaited.is_empty() { (awaited(words, &list.awaited)) }
        p.buttons { a.button href={ (making) "/check" } { (words.text("make-check-go")) } }
    };
    page(around, &title, None, &content)
}

/// Who is awaited, with what.
pub(super) fn awaited(words: Words, list: &[Awaited]) -> Markup {
    let text = |awaited: &Awaited| match awaited {
        Awaited::Issuer(name) => words.of("make-awaits-issuer", "name", name),
        Awaited::Trustee(name) => words.of("make-awaits-trustee", "name", name),
        Awaited::SoloKey => words.text("make-awaits-solo"),
        Awaited::Approver(name) => words.of("make-awaits-approver", "name", name),
    };
    html! {
        h2 { (words.text("make-awaited")) }
        ul.parties { @for awaited in list { li { (text(awaited)) } } }
    }
}
