//! Arbitrary drafts of what forms can hold, right and wrong.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use urna_api::authority::{Draft, InvitationText, IssuerParty, TrusteeParties, TrusteeParty};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::draft::*;

fn line() -> impl Strategy<Value = String> {
    "[a-zA-Zčåї&<>\"' |,.0-9{}]{0,12}".prop_map(|text| text.trim().to_owned())
}

fn said() -> impl Strategy<Value = String> {
    "[a-zčåї&<>]{1,12}"
}

fn number() -> impl Strategy<Value = Integer> {
    (0..2_000_000_u64).prop_map(|number| Integer::try_from(number).unwrap())
}

/// A text in some of these languages, and sometimes in one more.
fn texts(languages: &[String]) -> BoxedStrategy<Texts> {
    let count = languages.len();
    let all = [languages, &["fr".to_owned()]].concat();
    (subsequence(all, 0..=count), vec(line(), count + 1), said())
        .prop_map(|(tags, texts, foreign)| {
            let text = |(tag, text): (String, String)| {
                let text = if tag == "fr" { foreign.clone() } else { text };
                (tag, text)
            };
            tags.into_iter().zip(texts).map(text).collect()
        })
        .boxed()
}

fn description(languages: &[String]) -> BoxedStrategy<Option<Texts>> {
    let first = languages[0].clone();
    let with_first = (texts(languages), said()).prop_map(move |(mut texts, text)| {
        texts.insert(first.clone(), text);
        texts
    });
    option::of(with_first).boxed()
}

fn contests(languages: &[String]) -> BoxedStrategy<Vec<Contest>> {
    let option = (description(languages), texts(languages));
    let contest = (
        (any::<bool>(), description(languages), texts(languages)),
        (number(), number(), number()),
        vec(option, 0..4),
    );
    let make =
        |(number, ((abstain, description, title), (max, min, seats), options)): (usize, (_, _, Vec<_>))| {
            Contest {
                abstain,
                description,
                id: format!("contest-{number}"),
                max,
                method: Method::TopN,
                min,
                options: options
                    .into_iter()
                    .enumerate()
                    .map(|(number, (description, title))| ContestOption {
                        description,
                        id: format!("o{number}"),
                        title,
                    })
                    .collect(),
                seats,
                title,
            }
        };
    vec(contest, 0..3).prop_map(move |contests| contests.into_iter().enumerate().map(make).collect()).boxed()
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let time = || (1_700_000_000..1_900_000_000_u64).prop_map(|time| Integer::try_from(time).unwrap());
    let times = (time(), option::of(time()), option::of(time()), time()).prop_map(
        |(closes, issuance, opening, opens)| {
            Schedule::Times(Times {
                closes,
                issuance_opens: issuance.unwrap_or(opens),
                opening_not_before: opening.unwrap_or(closes),
                opens,
            })
        },
    );
    prop_oneof![Just(Schedule::Manual), times]
}

fn policy() -> impl Strategy<Value = Policy> {
    let counts = || select(vec![CountsAs::Participated, CountsAs::Unused]);
    (
        (number(), number(), number(), number(), number()),
        (counts(), counts()),
        select(vec![Credentials::Authority, Credentials::Device, Credentials::ThirdParty]),
        select(vec![InterimFigures::None, InterimFigures::Turnout]),
        select(vec![Issuance::Ahead, Issuance::WithBallot]),
        select(vec![Revote::Never, Revote::Replace, Revote::ReplaceAndWithdraw]),
    )
        .prop_map(
            |(
                (min, wait, form_time_limit, revote_limit, entitled),
                (blank, invalid),
                credentials,
                figures,
                issuance,
                revote,
            )| Policy {
                batch: Batch { min, wait },
                blank_counts_as: blank,
                credentials,
                disclosure: Disclosure::PerPseudonym,
                form_time_limit,
                interim_figures: figures,
                invalid_counts_as: invalid,
                issuance,
                revote,
                revote_limit,
                smallest_class: SmallestClass { confirmed: Vec::new(), entitled },
            },
        )
}

fn parties() -> impl Strategy<Value = (Vec<IssuerParty>, TrusteeParties)> {
    let url =
        select(vec!["https://vote.example", "https://vote.example/", "http://other.example:1", "nowhere"]);
    let issuers = vec((said(), url), 0..3).prop_map(|issuers| {
        let party = |(number, (name, url)): (usize, (String, &str))| IssuerParty {
            id: format!("i{number}"),
            name,
            url: url.into(),
        };
        issuers.into_iter().enumerate().map(party).collect()
    });
    let trustees = (vec(line(), 0..4), any::<bool>(), number()).prop_map(|(names, solo, threshold)| {
        let party = |(number, name)| TrusteeParty { id: format!("t{number}"), name };
        TrusteeParties { members: names.into_iter().enumerate().map(party).collect(), solo, threshold }
    });
    (issuers, trustees)
}

fn words() -> impl Strategy<Value = Option<InvitationText>> {
    let text = "[a-z<&]{1,9}(\n{0,2}[a-z {}]{0,9}){0,3}[a-z]".prop_map(|text| text.trim().to_owned());
    option::of((line(), text).prop_map(|(subject, text)| InvitationText { subject, text }))
}

pub(crate) fn draft(base: Draft) -> impl Strategy<Value = Draft> {
    let languages = ["en", "cs", "sv", "uk", "de", "pt-BR"].map(str::to_owned).to_vec();
    let languages = subsequence(languages, 1..=4).prop_shuffle();
    let all = languages.prop_flat_map(|languages| {
        let class = (texts(&languages), option::of("[a-z0-9-]{1,5}"), number(), vec(any::<bool>(), 3));
        (
            (contests(&languages), vec(class, 0..4), vec(any::<Index>(), 4)),
            (texts(&languages), description(&languages), Just(languages)),
        )
    });
    let zones = select(vec!["Europe/Prague", "Europe/Stockholm", "UTC", "America/New_York", "Mars/Base"]);
    let approvers = vec(select(vec!["eva", "it", "stranger", "O'Neill & co"]), 0..4);
    let others = (schedule(), policy(), parties(), words(), approvers);
    (all, others, (line(), line(), zones, any::<bool>(), option::of(any::<[u8; 32]>()))).prop_map(
        move |(
            ((contests, classes, confirmed), (title, description, languages)),
            others,
            (name, contact, zone, trial, booth),
        )| {
            let (schedule, mut policy, (issuers, trustees), invitation, approvers) = others;
            let ballot = |on: &[bool]| {
                let on = contests.iter().zip(on).filter(|(_, on)| **on);
                on.map(|(contest, _)| contest.id.clone()).collect()
            };
            let ballot_styles = classes.iter().enumerate();
            let ballot_styles = ballot_styles
                .map(|(number, (.., on))| BallotStyle { contests: ballot(on), id: format!("s{number}") })
                .collect();
            let classes: Vec<Class> = classes
                .into_iter()
                .enumerate()
                .map(|(number, (title, district, weight, _))| Class {
                    ballot_style: format!("s{number}"),
                    district,
                    id: format!("class-{number}"),
                    title,
                    weight,
                })
                .collect();
            for index in confirmed.into_iter().filter(|_| !classes.is_empty()) {
                let id = classes[index.index(classes.len())].id.clone();
                if !policy.smallest_class.confirmed.contains(&id) {
                    policy.smallest_class.confirmed.push(id);
                }
            }
            Draft {
                approvers: approvers.into_iter().map(str::to_owned).collect(),
                ballot_styles,
                booth: booth.map(Base64),
                classes,
                contests,
                description,
                invitation,
                issuers,
                languages,
                organiser: Organiser { contact, name },
                policy,
                schedule,
                time_zone: zone.into(),
                title,
                trial,
                trustees,
                ..base.clone()
            }
        },
    )
}
