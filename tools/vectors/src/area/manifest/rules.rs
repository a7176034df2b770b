//! Manifests with one rule broken, keys aside.

use serde_json::{Value, json};

use super::{change, refused};
use crate::vector::Vector;

/// Everything but keys: path, value, problems.
pub(super) fn fields(vectors: &mut Vec<Vector>) {
    let long = "a".repeat(501);
    let zone = "a".repeat(65);
    let url = format!("https://{}.example", "a".repeat(300));
    let cases: Vec<(&str, &str, Value, &[&str])> = vec![
        ("a later version", "/spec", json!(2), &["spec: MAN-3"]),
        ("a language twice", "/languages", json!(["en", "en"]), &["languages[1]: MAN-8"]),
        ("a title in no language", "/title", json!({}), &["title: MAN-12"]),
        (
            "a title in one language more",
            "/title",
            json!({"cs": "Volby", "en": "Election"}),
            &["title: MAN-12"],
        ),
        ("an empty title", "/title/en", json!(""), &["title.en: MAN-13"]),
        ("a title too long", "/title/en", json!(long), &["title.en: MAN-13"]),
        ("a title that ends with a space", "/title/en", json!("Election "), &["title.en: MAN-13"]),
        ("a title with a line break", "/title/en", json!("Elec\ntion"), &["title.en: MAN-13"]),
        (
            "a title with text running the other way",
            "/title/en",
            json!("Elec\u{202e}tion"),
            &["title.en: MAN-13"],
        ),
        ("a title with an isolate", "/title/en", json!("Elec\u{2066}tion"), &["title.en: MAN-13"]),
        ("a title with a paragraph separator", "/title/en", json!("Elec\u{2029}tion"), &["title.en: MAN-13"]),
        ("no organiser", "/organiser/name", json!(""), &["organiser.name: MAN-13"]),
        (
            "a contact with a control character",
            "/organiser/contact",
            json!("a\u{7f}b"),
            &["organiser.contact: MAN-13"],
        ),
        ("a time zone that ends with a slash", "/time_zone", json!("Europe/"), &["time_zone: MAN-21"]),
        ("a time zone too long", "/time_zone", json!(zone), &["time_zone: MAN-21"]),
        ("a time zone with a space", "/time_zone", json!("Europe Prague"), &["time_zone: MAN-21"]),
        (
            "an option id in capitals",
            "/contests/0/options/4/id",
            json!("Eva"),
            &["contests[0].options[4].id: MAN-5"],
        ),
        (
            "an option id twice",
            "/contests/0/options/4/id",
            json!("ada"),
            &["contests[0].options[4].id: MAN-8"],
        ),
        (
            "an option id too long",
            "/contests/0/options/4/id",
            json!("a".repeat(41)),
            &["contests[0].options[4].id: MAN-5"],
        ),
        (
            "two options that look the same",
            "/contests/0/options/4/title/en",
            json!("Candidate ada"),
            &["contests[0].options[4]: MAN-14"],
        ),
        ("no options", "/contests/1/options", json!([]), &["contests[1].options: MAN-7"]),
        ("more marks than options", "/contests/0/max", json!(6), &["contests[0].max: MAN-15"]),
        ("no marks at most", "/contests/0/max", json!(0), &["contests[0].max: MAN-15"]),
        (
            "more marks at least than options",
            "/contests/0/min",
            json!(6),
            &["contests[0].min: MAN-15", "contests[0].max: MAN-16"],
        ),
        ("min above max", "/contests/0/min", json!(3), &["contests[0].max: MAN-16"]),
        ("more seats than options", "/contests/0/seats", json!(6), &["contests[0].seats: MAN-15"]),
        ("no seats", "/contests/0/seats", json!(0), &["contests[0].seats: MAN-15"]),
        (
            "a ballot style's contests in another order",
            "/ballot_styles/0/contests",
            json!(["auditor", "board"]),
            &["ballot_styles[0].contests[1]: MAN-11"],
        ),
        (
            "a ballot style with a contest twice",
            "/ballot_styles/1/contests",
            json!(["board", "board"]),
            &["ballot_styles[1].contests[1]: MAN-8"],
        ),
        (
            "a ballot style without contests",
            "/ballot_styles/1/contests",
            json!([]),
            &["ballot_styles[1].contests: MAN-7"],
        ),
        (
            "a ballot style with an unknown contest",
            "/ballot_styles/1/contests",
            json!(["bored"]),
            &["ballot_styles[1].contests[0]: MAN-9"],
        ),
        (
            "a contest that nobody votes on",
            "/ballot_styles/0/contests",
            json!(["board"]),
            &["contests[1]: MAN-10"],
        ),
        (
            "a ballot style that nobody has",
            "/classes/2/ballot_style",
            json!("full"),
            &["ballot_styles[1]: MAN-10"],
        ),
        ("a weight of zero", "/classes/2/weight", json!(0), &["classes[2].weight: MAN-15"]),
        ("a weight too large", "/classes/2/weight", json!(1_000_001), &["classes[2].weight: MAN-15"]),
        ("a district that is no id", "/classes/0/district", json!("North"), &["classes[0].district: MAN-5"]),
        (
            "a class with another id",
            "/classes/1/id",
            json!("west"),
            &["keys.issuers[0].keys[1].class: MAN-24", "keys.issuers[1].keys[1].class: MAN-24"],
        ),
        ("a revote limit of zero", "/policy/revote_limit", json!(0), &["policy.revote_limit: MAN-15"]),
        ("a revote limit too large", "/policy/revote_limit", json!(1_001), &["policy.revote_limit: MAN-15"]),
        (
            "no revote, but a limit of three",
            "/policy/revote",
            json!("never"),
            &["policy.revote_limit: MAN-17"],
        ),
        (
            "a smallest class of one",
            "/policy/smallest_class/entitled",
            json!(1),
            &["policy.smallest_class.entitled: MAN-15"],
        ),
        (
            "an unknown class confirmed",
            "/policy/smallest_class/confirmed",
            json!(["east"]),
            &["policy.smallest_class.confirmed[0]: MAN-9"],
        ),
        (
            "a class confirmed twice",
            "/policy/smallest_class/confirmed",
            json!(["collective", "collective"]),
            &["policy.smallest_class.confirmed[1]: MAN-8"],
        ),
        ("batches of no ballots", "/policy/batch/min", json!(0), &["policy.batch.min: MAN-32"]),
        ("batches too large", "/policy/batch/min", json!(1_025), &["policy.batch.min: MAN-32"]),
        ("a form of 59 seconds", "/policy/form_time_limit", json!(59), &["policy.form_time_limit: MAN-15"]),
        (
            "a form of more than an hour",
            "/policy/form_time_limit",
            json!(3_601),
            &["policy.form_time_limit: MAN-15"],
        ),
        (
            "tokens with the ballot, and before it",
            "/policy/issuance",
            json!("with_ballot"),
            &["schedule.times.issuance_opens: MAN-34"],
        ),
        ("ballots that do not wait", "/policy/batch/wait", json!(0), &["policy.batch.wait: MAN-33"]),
        (
            "ballots that wait for longer than a day",
            "/policy/batch/wait",
            json!(86_401),
            &["policy.batch.wait: MAN-33"],
        ),
        (
            "a batch wrong in both",
            "/policy/batch",
            json!({"min": 0, "wait": 9_007_199_254_740_991_u64}),
            &["policy.batch.min: MAN-32", "policy.batch.wait: MAN-33"],
        ),
        (
            "opens before issuance",
            "/schedule/times/opens",
            json!(1_899_899_999),
            &["schedule.times.opens: MAN-18"],
        ),
        (
            "closes when it opens",
            "/schedule/times/closes",
            json!(1_900_000_000),
            &["schedule.times.closes: MAN-18"],
        ),
        (
            "may be opened before it closes",
            "/schedule/times/opening_not_before",
            json!(1_900_099_999),
            &["schedule.times.opening_not_before: MAN-18"],
        ),
        (
            "an origin of another election",
            "/board/origin",
            json!("board.example/club-2029"),
            &["board.origin: MAN-19"],
        ),
        ("an origin without a board", "/board/origin", json!("/club-2030"), &["board.origin: MAN-19"]),
        ("an origin with a plus", "/board/origin", json!("a+b/club-2030"), &["board.origin: MAN-19"]),
        (
            "an origin with an empty part",
            "/board/origin",
            json!("board//club-2030"),
            &["board.origin: MAN-19"],
        ),
        ("a board by FTP", "/board/url", json!("ftp://board.example"), &["board.url: MAN-20"]),
        ("a board without a host", "/board/url", json!("https:///elections"), &["board.url: MAN-20"]),
        (
            "a board's URL that ends with a slash",
            "/board/url",
            json!("https://board.example/"),
            &["board.url: MAN-20"],
        ),
        (
            "a board's URL with a query",
            "/board/url",
            json!("https://board.example?a"),
            &["board.url: MAN-20"],
        ),
        ("a board's URL with a space", "/board/url", json!("https://board example"), &["board.url: MAN-20"]),
        (
            "a board's URL with other letters",
            "/board/url",
            json!("https://žluť.example"),
            &["board.url: MAN-20"],
        ),
        ("a board's URL too long", "/board/url", json!(url), &["board.url: MAN-20"]),
        (
            "an issuer's URL that is none",
            "/keys/issuers/1/url",
            json!("senate"),
            &["keys.issuers[1].url: MAN-20"],
        ),
    ];
    for (name, path, value, problems) in cases {
        let field = path.rsplit('/').next().unwrap();
        let comment = format!("`{field}` changed, everything else as in the valid one.");
        vectors.push(refused(name, &comment, vec![change("replace", path, value)], problems));
    }
    let texts: Vec<String> = text_fields().map(|field| format!("{field}: MAN-12")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for (name, languages, rule) in [
        ("a language in capitals", json!(["EN"]), "languages[0]: MAN-6"),
        ("no languages", json!([]), "languages: MAN-7"),
    ] {
        let comment = "No text has the right languages then.";
        let changes = vec![change("replace", "/languages", languages)];
        vectors.push(refused(name, comment, changes, &[&[rule], texts.as_slice()].concat()));
    }
    vectors.push(refused(
        "several things wrong at once",
        "All problems are reported, not the first.",
        vec![
            change("replace", "/contests/0/max", json!(9)),
            change("replace", "/time_zone", json!("")),
            change("replace", "/board/url", json!("")),
        ],
        &["time_zone: MAN-21", "board.url: MAN-20", "contests[0].max: MAN-15"],
    ));
}

/// The fields of the manifest that are texts.
fn text_fields() -> impl Iterator<Item = String> {
    let options = |contest: usize, count: usize| {
        (0..count).map(move |option| format!("contests[{contest}].options[{option}].title"))
    };
    let single = ["title", "contests[0].title", "contests[1].title", "contests[1].description"];
    let classes = (0..3).map(|class| format!("classes[{class}].title"));
    single.into_iter().map(str::to_owned).chain(options(0, 5)).chain(options(1, 3)).chain(classes)
}
