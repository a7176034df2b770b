//! Every rule of the manifest, broken alone: the problem names the field and the rule, and nothing else is reported.
//!
//! Long because it is one table of cases, a line or a few for each rule.

use proptest::prelude::*;

use super::draft::{Batch, *};
use super::sample::*;
use super::*;
use crate::json::{Base64, Integer};

/// The longest list of contests and options that the cases below make.
fn many_contests(draft: &mut Draft, count: usize, options: usize) {
    let ids: Vec<String> = (0..options).map(|i| format!("o{i}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    draft.contests = (0..count).map(|i| contest(&format!("c{i}"), &ids, 0, 1, 1, true)).collect();
    let all: Vec<String> = draft.contests.iter().map(|contest| contest.id.clone()).collect();
    draft.ballot_styles.iter_mut().for_each(|style| style.contests.clone_from(&all));
}

fn solo(draft: &mut Draft) {
    let trustees = &mut draft.keys.trustees;
    trustees.members.truncate(1);
    trustees.members[0].share_key = draft.keys.election_key;
    trustees.threshold = number(1);
    trustees.solo = true;
}

type Case = (fn(&mut Draft), &'static [&'static str]);

/// Cases that leave the plan as it is, so that the proofs of the sample stay right.
const CASES: &[Case] = &[
    (|d| d.spec = number(2), &["spec (MAN-3)"]),
    (
        |d| d.languages[1] = "CS".into(),
        &[
            "languages[1] (MAN-6)",
            "title (MAN-12)",
            "description (MAN-12)",
            "contests[0].title (MAN-12)",
            "contests[0].options[0].title (MAN-12)",
            "contests[0].options[1].title (MAN-12)",
            "contests[0].options[2].title (MAN-12)",
            "contests[0].options[3].title (MAN-12)",
            "contests[0].options[4].title (MAN-12)",
            "contests[1].title (MAN-12)",
            "contests[1].options[0].title (MAN-12)",
            "contests[1].options[1].title (MAN-12)",
            "contests[1].options[2].title (MAN-12)",
            "classes[0].title (MAN-12)",
            "classes[1].title (MAN-12)",
            "classes[2].title (MAN-12)",
        ],
    ),
    (|d| d.languages.push("en".into()), &["languages[2] (MAN-8)"]),
    (|d| drop(d.title.remove("cs")), &["title (MAN-12)"]),
    (|d| drop(d.title.insert("sv".into(), "Val".into())), &["title (MAN-12)"]),
    (|d| drop(d.title.insert("en".into(), String::new())), &["title.en (MAN-13)"]),
    (|d| drop(d.title.insert("en".into(), "a".repeat(501))), &["title.en (MAN-13)"]),
    (|d| drop(d.title.insert("en".into(), " a".into())), &["title.en (MAN-13)"]),
    (|d| drop(d.title.insert("en".into(), "a\nb".into())), &["title.en (MAN-13)"]),
    (|d| drop(d.title.insert("en".into(), "a\u{202e}b".into())), &["title.en (MAN-13)"]),
    (|d| d.description = Some(Texts::new()), &["description (MAN-12)", "description (MAN-12)"]),
    (|d| d.organiser.name.clear(), &["organiser.name (MAN-13)"]),
    (|d| d.organiser.contact = "a\u{7f}".into(), &["organiser.contact (MAN-13)"]),
    (|d| d.time_zone = "Europe/".into(), &["time_zone (MAN-21)"]),
    (|d| d.time_zone = "a".repeat(65), &["time_zone (MAN-21)"]),
    // Contests and options.
    (
        |d| d.contests[0].id = "Board".into(),
        &[
            "contests[0].id (MAN-5)",
            "ballot_styles[0].contests[0] (MAN-9)",
            "ballot_styles[1].contests[0] (MAN-9)",
            "contests[0] (MAN-10)",
        ],
    ),
    (|d| d.contests[0].options[4].id = "ada".into(), &["contests[0].options[4].id (MAN-8)"]),
    (|d| d.contests[0].options[4].id = "é".into(), &["contests[0].options[4].id (MAN-5)"]),
    (|d| d.contests[0].options[4].title = texts("Candidate ada"), &["contests[0].options[4] (MAN-14)"]),
    (|d| d.contests[0].max = number(6), &["contests[0].max (MAN-15)"]),
    (|d| d.contests[0].max = number(0), &["contests[0].max (MAN-15)"]),
    (|d| d.contests[0].seats = number(6), &["contests[0].seats (MAN-15)"]),
    (|d| d.contests[0].seats = number(0), &["contests[0].seats (MAN-15)"]),
    (|d| d.contests[0].min = number(3), &["contests[0].max (MAN-16)"]),
    (|d| d.contests[0].min = number(6), &["contests[0].min (MAN-15)", "contests[0].max (MAN-16)"]),
    (
        |d| d.contests[1].id = "board".into(),
        &["contests[1].id (MAN-8)", "ballot_styles[0].contests[1] (MAN-9)", "contests[1] (MAN-10)"],
    ),
    (|d| d.contests[1].options.clear(), &["contests[1].options (MAN-7)"]),
    (
        |d| many_contests(d, 101, 1),
        &["contests (MAN-7)", "ballot_styles[0].contests (MAN-7)", "ballot_styles[1].contests (MAN-7)"],
    ),
    (|d| many_contests(d, 1, 65_536), &["contests[0].options (MAN-7)"]),
    (
        |d| many_contests(d, 6, 65_000),
        &["contests[5] (MAN-31)", "ballot_styles[0] (MAN-28)", "ballot_styles[1] (MAN-28)"],
    ),
    // Ballot styles and classes.
    (|d| d.ballot_styles[0].contests.swap(0, 1), &["ballot_styles[0].contests[1] (MAN-11)"]),
    (
        |d| d.ballot_styles[0].contests[1] = "board".into(),
        &["ballot_styles[0].contests[1] (MAN-8)", "contests[1] (MAN-10)"],
    ),
    (|d| d.ballot_styles[1].contests.clear(), &["ballot_styles[1].contests (MAN-7)"]),
    (|d| d.classes[2].ballot_style = "full".into(), &["ballot_styles[1] (MAN-10)"]),
    (
        |d| d.classes[2].ballot_style = "none".into(),
        &["ballot_styles[1] (MAN-10)", "classes[2].ballot_style (MAN-9)"],
    ),
    (|d| d.classes[2].weight = number(0), &["classes[2].weight (MAN-15)"]),
    (|d| d.classes[2].weight = number(1_000_001), &["classes[2].weight (MAN-15)"]),
    (|d| d.classes[2].district = Some("N".into()), &["classes[2].district (MAN-5)"]),
    (
        |d| d.classes[1].id = "west".into(),
        &["keys.issuers[0].keys[1].class (MAN-24)", "keys.issuers[1].keys[1].class (MAN-24)"],
    ),
    // Policy and schedule.
    (|d| d.policy.batch.min = number(0), &["policy.batch.min (MAN-32)"]),
    (|d| d.policy.batch.min = number(1_025), &["policy.batch.min (MAN-32)"]),
    (|d| d.policy.batch.min = Integer::MAX, &["policy.batch.min (MAN-32)"]),
    (|d| d.policy.batch.wait = number(0), &["policy.batch.wait (MAN-33)"]),
    (|d| d.policy.batch.wait = number(86_401), &["policy.batch.wait (MAN-33)"]),
    (
        |d| d.policy.batch = Batch { min: number(0), wait: Integer::MAX },
        &["policy.batch.min (MAN-32)", "policy.batch.wait (MAN-33)"],
    ),
    (|d| d.policy.form_time_limit = number(59), &["policy.form_time_limit (MAN-15)"]),
    (|d| d.policy.form_time_limit = number(3_601), &["policy.form_time_limit (MAN-15)"]),
    (|d| d.policy.issuance = Issuance::WithBallot, &["schedule.times.issuance_opens (MAN-34)"]),
    (|d| d.policy.revote_limit = number(0), &["policy.revote_limit (MAN-15)"]),
    (|d| d.policy.revote_limit = number(1_001), &["policy.revote_limit (MAN-15)"]),
    (|d| d.policy.revote = Revote::Never, &["policy.revote_limit (MAN-17)"]),
    (|d| d.policy.smallest_class.entitled = number(1), &["policy.smallest_class.entitled (MAN-15)"]),
    (
        |d| d.policy.smallest_class.confirmed.push("south-west".into()),
        &["policy.smallest_class.confirmed[1] (MAN-9)"],
    ),
    (
        |d| d.policy.smallest_class.confirmed.push("collective".into()),
        &["policy.smallest_class.confirmed[1] (MAN-8)"],
    ),
    (|d| times(d).opens = number(1), &["schedule.times.opens (MAN-18)"]),
    (|d| times(d).closes = times(d).opens, &["schedule.times.closes (MAN-18)"]),
    (|d| times(d).opening_not_before = times(d).opens, &["schedule.times.opening_not_before (MAN-18)"]),
    // Board.
    (|d| d.board.origin = "board.example/other".into(), &["board.origin (MAN-19)"]),
    (|d| d.board.origin = "/union-2027".into(), &["board.origin (MAN-19)"]),
    (|d| d.board.origin = "a b/union-2027".into(), &["board.origin (MAN-19)"]),
    (|d| d.board.origin = "a+b/union-2027".into(), &["board.origin (MAN-19)"]),
    (|d| d.board.url = "ftp://board.example".into(), &["board.url (MAN-20)"]),
    (|d| d.board.url = "https://".into(), &["board.url (MAN-20)"]),
    (|d| d.board.url = "https://board.example/".into(), &["board.url (MAN-20)"]),
    (|d| d.board.url = "https://board.example/?a".into(), &["board.url (MAN-20)"]),
    (|d| d.board.url = "https://board.example/č".into(), &["board.url (MAN-20)"]),
    (|d| d.board.log_key = Base64([0; 32]), &["board.log_key (MAN-22)"]),
    (|d| d.board.promise_key = Base64([0xff; 32]), &["board.promise_key (MAN-22)"]),
    (|d| d.board.promise_key = d.board.log_key, &["board.promise_key (MAN-23)"]),
    (|d| d.board.log_key = d.authority_key, &["board.log_key (MAN-23)"]),
    // Keys.
    (|d| d.keys.election_key = Base64([0; 32]), &["keys.election_key (MAN-22)"]),
    (|d| d.keys.election_key = public(1), &["keys.trustees.members[1].share_key (MAN-27)"]),
    (|d| d.keys.issuers[1].signing_key = Base64([0; 32]), &["keys.issuers[1].signing_key (MAN-22)"]),
    (
        |d| d.keys.issuers[1].signing_key = d.keys.issuers[0].signing_key,
        &["keys.issuers[1].signing_key (MAN-23)"],
    ),
    (|d| d.keys.issuers[1].url = "senate".into(), &["keys.issuers[1].url (MAN-20)"]),
    (|d| drop(d.keys.issuers[1].keys.pop()), &["keys.issuers[1].keys (MAN-24)"]),
    (|d| d.keys.issuers[1].keys[1].key = Base64([0xff; 32]), &["keys.issuers[1].keys[1].key (MAN-22)"]),
    (|d| d.keys.issuers[1].keys[1].key = public(77), &["keys.issuers[1].keys[1].proof (MAN-25)"]),
    (|d| d.keys.issuers[1].keys[1].proof = Base64([0; 64]), &["keys.issuers[1].keys[1].proof (MAN-25)"]),
    (
        |d| d.keys.issuers[1].keys.swap(0, 1),
        &["keys.issuers[1].keys[0].class (MAN-24)", "keys.issuers[1].keys[1].class (MAN-24)"],
    ),
    // A copied key is refused even with its own proof.
    (
        |d| d.keys.issuers[1].keys[1] = d.keys.issuers[0].keys[1].clone(),
        &["keys.issuers[1].keys[1].key (MAN-23)", "keys.issuers[1].keys[1].proof (MAN-25)"],
    ),
    (|d| d.keys.trustees.members[2].key = Base64([0; 32]), &["keys.trustees.members[2].key (MAN-22)"]),
    (
        |d| d.keys.trustees.members[2].key = d.keys.issuers[0].signing_key,
        &["keys.trustees.members[2].key (MAN-23)"],
    ),
    (|d| d.keys.trustees.members[2].share_key = public(78), &["keys.trustees.members[2].share_key (MAN-27)"]),
    (
        |d| d.keys.trustees.members[2].share_key = d.keys.trustees.members[1].share_key,
        &["keys.trustees.members[2].share_key (MAN-23)", "keys.trustees.members[2].share_key (MAN-27)"],
    ),
    (|d| d.keys.trustees.threshold = number(1), &["keys.trustees.threshold (MAN-26)"]),
    (|d| d.keys.trustees.threshold = number(0), &["keys.trustees.threshold (MAN-26)"]),
    (|d| d.keys.trustees.threshold = number(4), &["keys.trustees.threshold (MAN-26)"]),
    (|d| d.keys.trustees.threshold = Integer::MAX, &["keys.trustees.threshold (MAN-26)"]),
    (|d| d.keys.trustees.solo = true, &["keys.trustees.solo (MAN-27)"]),
];

fn times(draft: &mut Draft) -> &mut Times {
    match &mut draft.schedule {
        Schedule::Times(times) => times,
        Schedule::Manual => unreachable!(),
    }
}

#[test]
fn rejects_each_broken_rule_by_field_and_number() {
    for (i, (change, expected)) in CASES.iter().enumerate() {
        let mut draft = draft();
        change(&mut draft);
        assert_eq!(problems(&draft), *expected, "case {i}");
    }
}

#[test]
fn rejects_what_also_changes_the_plan() {
    let cases: &[Case] = &[
        (|d| d.keys.issuers[1].id = "office".into(), &["keys.issuers[1].id (MAN-8)"]),
        (
            |d| d.keys.issuers[1].name = "\t".into(),
            &["keys.issuers[1].name (MAN-13)", "keys.issuers[1].name (MAN-13)"],
        ),
        (|d| d.keys.trustees.members[1].id = "anna".into(), &["keys.trustees.members[1].id (MAN-8)"]),
        (|d| d.keys.trustees.members[1].name.clear(), &["keys.trustees.members[1].name (MAN-13)"]),
        (|d| d.keys.issuers.clear(), &["keys.issuers (MAN-7)"]),
        (
            |d| {
                solo(d);
                d.keys.trustees.solo = false;
            },
            &["keys.trustees.threshold (MAN-26)"],
        ),
    ];
    for (i, (change, expected)) in cases.iter().enumerate() {
        let mut draft = draft();
        change(&mut draft);
        prove(&mut draft);
        let found = problems(&draft);
        assert!(
            expected.iter().all(|problem| found.iter().any(|other| other == problem)),
            "case {i}: {found:?}"
        );
    }
    let mut solo_with_another_share = draft();
    solo(&mut solo_with_another_share);
    solo_with_another_share.keys.trustees.members[0].share_key = public(79);
    prove(&mut solo_with_another_share);
    let field = "keys.trustees.members[0].share_key (MAN-27)";
    assert_eq!(problems(&solo_with_another_share), [field, field]);
}

#[test]
fn a_problem_quotes_names_of_the_document_escaped() {
    let mut draft = draft();
    draft.classes[2].ballot_style = "\u{1b}[2J".into();
    draft.title.insert("\u{1b}".into(), "\u{1b}".into());
    let problems = validate::validate(&draft).unwrap_err();
    assert_eq!(problems.len(), 3);
    assert!(problems.iter().all(|problem| !problem.to_string().contains('\u{1b}')), "{problems:?}");
}

#[test]
fn a_hostile_manifest_is_refused_in_bounded_time_and_space() {
    // Every list is as long as a few megabytes allow; anything quadratic would not end.
    let many = 20_000;
    let mut draft = draft();
    draft.languages = (0..many).map(|i| format!("en-{i:05}")).collect();
    let contest = contest("board", &[], 0, 1, 1, false);
    draft.contests = vec![contest; many];
    draft.ballot_styles =
        (0..many).map(|i| BallotStyle { contests: vec!["board".into()], id: format!("style-{i}") }).collect();
    draft.ballot_styles[0].contests = vec!["board".into(); many];
    draft.classes = vec![class("north", "style-0", None, 1); many];
    draft.policy.smallest_class.confirmed = (0..many).map(|i| format!("class-{i}")).collect();
    assert_eq!(validate::validate(&draft).unwrap_err().len(), 1_000);
}

#[test]
fn rejects_proofs_made_for_another_plan_man_25() {
    let mut draft = draft();
    draft.slug = "union-2028".into();
    draft.board.origin = "board.example/union-2028".into();
    let all: Vec<String> =
        (0..6).map(|i| format!("keys.issuers[{}].keys[{}].proof (MAN-25)", i / 3, i % 3)).collect();
    assert_eq!(problems(&draft), all);
}

/// 16 MiB have room for 100,000 keys, and a proof takes longer to check than the rest of its key.
#[test]
fn checks_no_proofs_of_more_classes_than_there_may_be() {
    let mut draft = draft();
    draft.ballot_styles.truncate(1);
    draft.keys.issuers.truncate(1);
    draft.policy.smallest_class.confirmed.clear();
    draft.classes = (0..1_001).map(|i| class(&format!("class-{i}"), "full", None, 1)).collect();
    sample::prove(&mut draft);
    draft.keys.issuers[0].name = "Issuer of another plan".into();
    assert_eq!(problems(&draft), ["classes (MAN-7)"]);
    draft.classes.truncate(1_000);
    draft.keys.issuers[0].keys.truncate(1_000);
    assert!(problems(&draft)[0].contains("MAN-25"));
    assert_eq!(problems(&draft).len(), 1_000);
}

#[test]
fn rejects_a_slug_and_reports_everything_else_too() {
    let mut draft = draft();
    draft.slug = "No".into();
    draft.contests[0].max = number(9);
    draft.time_zone = String::new();
    draft.board.url = String::new();
    let expected = [
        "slug (MAN-4)",
        "time_zone (MAN-21)",
        "board.origin (MAN-19)",
        "board.url (MAN-20)",
        "contests[0].max (MAN-15)",
    ];
    assert_eq!(problems(&draft), expected);
}

#[test]
fn accepts_the_sample_and_its_variants() {
    let same = |draft: &Draft| assert_eq!(problems(draft), [""; 0]);
    let mut changed = draft();
    same(&changed);
    changed.schedule = Schedule::Manual;
    changed.policy.batch = Batch { min: number(1), wait: number(1) };
    changed.policy.credentials = Credentials::ThirdParty;
    changed.policy.form_time_limit = number(60);
    changed.policy.issuance = Issuance::WithBallot;
    changed.policy.interim_figures = InterimFigures::Turnout;
    changed.policy.revote = Revote::Never;
    changed.policy.revote_limit = number(1);
    changed.description = None;
    changed.contests[0].options[4].title = texts("Candidate ada");
    changed.contests[0].options[4].description = Some(texts("Another person of the same name"));
    same(&changed);
    changed.policy.batch = Batch { min: number(1_024), wait: number(86_400) };
    changed.schedule = draft().schedule;
    if let Schedule::Times(times) = &mut changed.schedule {
        times.issuance_opens = times.opens;
    }
    changed.policy.form_time_limit = number(3_600);
    solo(&mut changed);
    prove(&mut changed);
    same(&changed);
    // n of n is the organiser's choice.
    let mut all_of_two = draft();
    all_of_two.keys.trustees.members.truncate(2);
    prove(&mut all_of_two);
    same(&all_of_two);
}

#[test]
fn accepts_only_canonical_bytes_man_2() {
    let bytes = draft().to_bytes();
    let manifest = Manifest::parse(&bytes).unwrap();
    assert_eq!(manifest.bytes(), bytes);
    assert_eq!(*manifest.id().as_bytes(), <[u8; 32]>::from(Sha256::digest(&bytes)));
    let sorted: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(serde_json::to_vec(&sorted).unwrap(), bytes);
    let text = String::from_utf8(bytes).unwrap();
    for (from, to) in [
        ("{", " {"),
        ("{", "{\"a\":1,"),
        ("\"trial\":false,", ""),
        ("\"top_n\"", "\"condorcet\""),
        ("\"per_pseudonym\"", "\"totals\""),
        ("\"interim_figures\":\"none\"", "\"interim_figures\":\"results\""),
        ("\"interim_figures\":\"none\",", ""),
        ("\"credentials\":\"authority\"", "\"credentials\":\"voter\""),
        ("\"form_time_limit\":300,", ""),
        ("\"issuance\":\"ahead\"", "\"issuance\":\"early\""),
        (",\"wait\":600", ""),
        ("\"wait\":600", "\"wait\":\"10 min\""),
        ("\"witnesses\":\"none\"", "\"witnesses\":\"some\""),
        ("\"min\":0", "\"min\":-1"),
        ("\"district\":\"n\",", ""),
        ("\"district\":null,", ""),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        assert!(matches!(Manifest::parse(changed.as_bytes()), Err(ManifestError::Json(_))), "{to}");
    }
    let long = vec![b' '; Manifest::LIMIT + 1];
    assert!(matches!(Manifest::parse(&long), Err(ManifestError::Json(JsonError::TooLong { .. })))); // MAN-1
}

#[test]
fn accepts_the_example_of_the_specification() {
    let page = include_str!("../../../../spec/manifest.md");
    let mut blocks = page.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let draft: Draft = serde_json::from_str(blocks.next().unwrap()).unwrap();
    assert_eq!(draft, example(), "{}", String::from_utf8(example().to_bytes()).unwrap());
    let manifest = Manifest::from_draft(&draft).unwrap();
    let plan: Plan = serde_json::from_str(blocks.next().unwrap()).unwrap();
    assert_eq!(plan, *manifest.plan());
    for id in [manifest.id().to_string(), manifest.plan_id().to_string()] {
        assert!(page.contains(&id), "{id}");
    }
}

#[test]
fn gives_back_the_plan() {
    let manifest = manifest();
    let plan = Plan::parse(&manifest.plan().to_bytes()).unwrap();
    assert_eq!(plan, *manifest.plan());
    assert_eq!(plan.id(), *manifest.plan_id());
    let changes: [fn(&mut Plan); 7] = [
        |plan| plan.spec = 2,
        |plan| plan.threshold = 1,
        |plan| plan.threshold = 4,
        |plan| plan.trustees.clear(),
        |plan| plan.issuers[1].id = plan.issuers[0].id.clone(),
        |plan| plan.issuers[1].name.clear(),
        |plan| plan.authority_key = Base64([0; 32]),
    ];
    for change in changes {
        let mut changed = plan.clone();
        change(&mut changed);
        assert!(matches!(Plan::parse(&changed.to_bytes()), Err(crate::plan::PlanError::Invalid(_))));
    }
    assert!(matches!(Plan::parse(b"{}"), Err(crate::plan::PlanError::Json(_))));
}

#[test]
fn finds_classes_and_contests() {
    let manifest = manifest();
    let class = manifest.class_index(&"collective".parse().unwrap()).unwrap();
    assert_eq!(manifest.class(class).unwrap().weight, 3);
    let style: Vec<&str> = manifest.ballot_style(class).map(|(_, contest)| contest.id.as_str()).collect();
    assert_eq!(style, ["board"]);
    assert_eq!(manifest.contest(&"auditor".parse().unwrap()).unwrap().0, 1);
    assert_eq!(manifest.plaintext_length(), 4); // tag and 5 bits, tag and 3 bits
    assert_eq!(manifest.title().default_language(), "Union election 2027");
    assert_eq!(manifest.title().language(&"cs".parse().unwrap()), Some("Union election 2027 (cs)"));
}

#[test]
fn gives_the_policies_of_the_time_before_the_close() {
    let policy = manifest().policy().clone();
    assert_eq!((policy.batch.min, policy.batch.wait.get()), (20, 600));
    assert_eq!(policy.interim_figures, InterimFigures::None);
    let terms = (policy.credentials, policy.form_time_limit, policy.issuance);
    assert_eq!(terms, (Credentials::Authority, 300, Issuance::Ahead));
}

#[test]
fn rejects_small_classes_that_nobody_confirmed_man_29() {
    let manifest = manifest();
    let fields = |entitled: &[u64]| -> Vec<String> {
        manifest.class_size_problems(entitled).into_iter().map(|problem| problem.field).collect()
    };
    assert_eq!(fields(&[5, 5, 1]), [""; 0]);
    assert_eq!(fields(&[4, 5, 1]), ["classes[0]"]);
    assert_eq!(fields(&[1, 4, 9]), ["classes[0]", "classes[1]"]);
    assert_eq!(fields(&[0, 5, 0]), [""; 0]);
}

#[test]
fn the_largest_plaintext_fits_into_an_entry_man_28() {
    for issuers in 1..=16 {
        let most = largest_plaintext(issuers);
        assert!(largest_ballot_entry(most, issuers) <= ENTRY_LIMIT);
        assert!(largest_ballot_entry(most + 3, issuers) > ENTRY_LIMIT);
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>, at in 0_usize..4_500, byte: u8) {
        let _ = (Manifest::parse(&bytes), Plan::parse(&bytes));
        let mut changed = manifest().bytes().to_vec();
        if let Some(place) = changed.get_mut(at) {
            *place = byte;
        }
        if let Ok(manifest) = Manifest::parse(&changed) {
            prop_assert_eq!(manifest.bytes(), changed);
        }
    }
}
