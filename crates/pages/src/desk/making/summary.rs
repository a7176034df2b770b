//! A whole election to read: everything that its manifest says, in words.

use maud::{Markup, html};
use urna_election::manifest::draft::{CountsAs, Credentials, InterimFigures, Issuance, Revote};
use urna_election::manifest::{Contest, Manifest, Schedule, Text};

use super::language_name;
use crate::words::Words;

/// The election; of each class with how many people are listed.
pub(super) fn summary(words: Words, manifest: &Manifest, people: &[u64]) -> Markup {
    let say = |key: &str| words.text(key);
    let text = |text: &Text| texts(manifest, text);
    let organiser = manifest.organiser();
    let languages: Vec<_> = manifest.languages().iter().map(|tag| language_name(tag.as_str())).collect();
    let trustees = manifest.trustees();
    // Of one voter each, all are too small but those that are confirmed.
    let alone = manifest.class_size_problems(&vec![1; manifest.classes().len()]);
    let may_be_small = |place: usize| {
        let field = format!("classes[{place}]");
        !alone.iter().any(|problem| problem.field == field)
    };
    let booth: String = manifest.booth().iter().map(|byte| format!("{byte:02x}")).collect();
    html! {
        div.card.summary {
            dl {
                dt { (say("make-election-title")) }
                dd { (text(manifest.title())) }
                @if let Some(description) = manifest.description() {
                    dt { (say("make-election-description")) }
                    dd { (text(description)) }
                }
                @if manifest.is_trial() { dt { (say("make-trial")) } dd { (say("make-trial-note")) } }
                dt { (say("make-organiser-name")) }
                dd { (organiser.name) ", " (organiser.contact) }
                dt { (say("make-languages")) }
                dd { (languages.join(", ")) }
                (schedule(words, manifest))
            }
            @for contest in manifest.contests() { (self::contest(words, manifest, contest)) }
            h3 { (say("make-classes")) }
            ul {
                @for (place, class) in manifest.classes().iter().enumerate() {
                    li {
                        (text(&class.title)) " · "
                        (words.count("make-class-people", people.get(place).copied().unwrap_or(0)))
                        br;
                        span.note {
                            (say("make-class-contests")) ": "
                            @for (number, contest) in manifest.contests().iter().enumerate().filter(|(number, _)| class.votes_on(*number)) {
                                @if (0..number).any(|before| class.votes_on(before)) { ", " }
                                (contest.title.default_language())
                            }
                            @if class.weight > 1 { " · " (say("make-weight")) ": " (words.number(class.weight.into())) }
                            @if let Some(district) = &class.district { " · " (say("make-district")) ": " (district) }
                            @if may_be_small(place) { " · " (say("make-confirmed")) }
                        }
                    }
                }
            }
            h3 { (say("make-policies")) }
            (policies(words, manifest))
            h3 { (say("make-trustees")) }
            dl {
                dt { (say("make-trustees-title")) }
                dd {
                    @for (place, member) in trustees.members.iter().enumerate() { @if place > 0 { ", " } (member.name) }
                    br;
                    span.note { (words.count("make-fixed-threshold", trustees.threshold.into())) }
                }
                dt { (say("make-issuers-title")) }
                dd {
                    @for (place, issuer) in manifest.issuers().iter().enumerate() {
                        @if place > 0 { br; }
                        (issuer.name) " " span.note { (issuer.url) }
                    }
                }
                dt { (say("make-board")) }
                dd { (manifest.board().url) "/" (manifest.slug()) }
                dt { (say("make-booth")) }
                dd.id.small { (booth) }
            }
        }
    }
}

/// A text in all languages, the first one plainly.
fn texts(manifest: &Manifest, text: &Text) -> Markup {
    html! {
        @for (place, tag) in manifest.languages().iter().enumerate() {
            // Names are mostly the same in all of them.
            @if let Some(said) = text.language(tag).filter(|said| place == 0 || *said != text.default_language()) {
                @if place > 0 { br; }
                span lang=(tag) .note[place > 0] { (said) }
            }
        }
    }
}

fn contest(words: Words, manifest: &Manifest, contest: &Contest) -> Markup {
    let number = |number: usize| words.number(u64::try_from(number).unwrap_or(u64::MAX));
    html! {
        h3 { (texts(manifest, &contest.title)) }
        @if let Some(description) = &contest.description { p { (texts(manifest, description)) } }
        ol {
            @for option in &contest.options {
                li {
                    (texts(manifest, &option.title))
                    @if let Some(description) = &option.description {
                        br;
                        span.note { (texts(manifest, description)) }
                    }
                }
            }
        }
        p.note {
            (words.text("make-min")) ": " (number(contest.min)) " · "
            (words.text("make-max")) ": " (number(contest.max)) " · "
            (words.text("make-seats")) ": " (number(contest.seats))
            @if contest.abstain { " · " (words.text("make-abstain")) }
        }
    }
}

fn schedule(words: Words, manifest: &Manifest) -> Markup {
    let moment = |time: urna_election::json::Integer| words.moment(time.value(), manifest.time_zone());
    html! {
        dt { (words.text("make-schedule")) }
        @match manifest.schedule() {
            Schedule::Manual => dd { (words.text("make-schedule-manual")) },
            Schedule::Times(times) => {
                dd { (moment(times.opens)) " – " (moment(times.closes)) }
                @if times.issuance_opens != times.opens {
                    dt { (words.text("make-issuance-opens")) }
                    dd { (moment(times.issuance_opens)) }
                }
                @if times.opening_not_before != times.closes {
                    dt { (words.text("make-opening")) }
                    dd { (moment(times.opening_not_before)) }
                }
            }
        }
    }
}

/// The rules, each as it was asked and chosen.
fn policies(words: Words, manifest: &Manifest) -> Markup {
    let policy = manifest.policy();
    let counts = |counts| match counts {
        CountsAs::Participated => "make-counts-participated",
        CountsAs::Unused => "make-counts-unused",
    };
    let chosen = [
        (
            "make-revote",
            match policy.revote {
                Revote::Never => "make-revote-never",
                Revote::Replace => "make-revote-replace",
                Revote::ReplaceAndWithdraw => "make-revote-withdraw",
            },
        ),
        (
            "make-figures",
            match policy.interim_figures {
                InterimFigures::None => "make-figures-none",
                InterimFigures::Turnout => "make-figures-turnout",
            },
        ),
        ("make-blank", counts(policy.blank_counts_as)),
        ("make-invalid", counts(policy.invalid_counts_as)),
        ("make-disclosure", "make-disclosure-each"),
        (
            "make-credentials",
            match policy.credentials {
                Credentials::Authority => "make-credentials-authority",
                Credentials::Device => "make-credentials-device",
                Credentials::ThirdParty => "make-credentials-third",
            },
        ),
        (
            "make-issuance",
            match policy.issuance {
                Issuance::Ahead => "make-issuance-ahead",
                Issuance::WithBallot => "make-issuance-with",
            },
        ),
        ("make-witnesses", "make-witnesses-none"),
    ];
    let small = policy.smallest_class();
    let numbers = [
        ("make-revote-limit", policy.revote_limit.into()),
        ("make-batch-min", u64::try_from(policy.batch.min).unwrap_or(u64::MAX)),
        ("make-batch-wait", policy.batch.wait.get()),
        ("make-form", policy.form_time_limit),
        ("make-smallest", small),
    ];
    html! {
        dl {
            @for (asked, chosen) in chosen { dt { (words.text(asked)) } dd { (words.text(chosen)) } }
            @for (asked, number) in numbers { dt { (words.text(asked)) } dd { (words.number(number)) } }
        }
    }
}
