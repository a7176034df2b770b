//! Bytes that are no manifest, and plans.

use serde_json::{Value, json};

use super::{change, refused};
use crate::election::{Election, base64};
use crate::fields::Fields;
use crate::vector::Vector;

/// Bytes that are no canonical manifest (MAN-2); each names the rule of the encoding too.
pub(super) fn forms(vectors: &mut Vec<Vector>, election: &Election) {
    let text = |name: &str, rule: &str, comment: &str, find: &str, with: &str| {
        let piece = json!([{"find": find, "with": with}]);
        Vector::reject("read_manifest", name, rule, comment, Fields::new().with("replace", &piece))
    };
    vectors.extend([
        text("a space behind a colon", "ENC-1", "Whitespace.", "\"spec\":1", "\"spec\": 1"),
        text(
            "a line break at the end",
            "ENC-1",
            "Behind the document.",
            "\"witnesses\":\"none\"}",
            "\"witnesses\":\"none\"}\n",
        ),
        text("a member twice", "ENC-1", "The same value both times.", "\"spec\":1", "\"spec\":1,\"spec\":1"),
        text(
            "members in another order",
            "ENC-1",
            "spec before slug.",
            "\"slug\":\"club-2030\",\"spec\":1",
            "\"spec\":1,\"slug\":\"club-2030\"",
        ),
        text(
            "an escape that is not needed",
            "ENC-1",
            "C as \\u0043.",
            "\"Club election\"",
            "\"\\u0043lub election\"",
        ),
        text("a fraction", "ENC-3", "1.0.", "\"spec\":1", "\"spec\":1.0"),
        text("an exponent", "ENC-3", "1e0.", "\"spec\":1", "\"spec\":1e0"),
        text("a number in quotes", "ENC-3", "\"1\".", "\"spec\":1", "\"spec\":\"1\""),
        text("a negative number", "ENC-3", "-1.", "\"spec\":1", "\"spec\":-1"),
        text("a number beyond 2^53 - 1", "ENC-3", "2^53.", "\"spec\":1", "\"spec\":9007199254740992"),
        text(
            "a member left out",
            "ENC-2",
            "description is null, and must be written.",
            "\"description\":null,\"keys\"",
            "\"keys\"",
        ),
        text(
            "an unknown member",
            "ENC-2",
            "Refused, never ignored.",
            "\"trial\":false",
            "\"totals\":true,\"trial\":false",
        ),
        text("an unknown method", "MAN-2", "Words only from the lists.", "\"top_n\"", "\"more_than\""),
        text(
            "an unknown disclosure",
            "MAN-2",
            "Not built, so not accepted.",
            "\"per_pseudonym\"",
            "\"totals\"",
        ),
        text(
            "results for some only",
            "ENC-2",
            "The record is public, so who sees results is no field (C13).",
            "\"revote\":",
            "\"results_visible_to\":\"voters\",\"revote\":",
        ),
        text(
            "results while voting goes on",
            "MAN-2",
            "Nobody can have them; interim_figures is none or turnout.",
            "\"interim_figures\":\"none\"",
            "\"interim_figures\":\"results\"",
        ),
        text(
            "no word on interim figures",
            "ENC-2",
            "There is no default.",
            "\"interim_figures\":\"none\",",
            "",
        ),
        text("a batch without a wait", "ENC-2", "min alone.", "\"min\":20,\"wait\":600", "\"min\":20"),
        text(
            "an unknown witness policy",
            "MAN-2",
            "Only none.",
            "\"witnesses\":\"none\"",
            "\"witnesses\":\"two\"",
        ),
        text("base64 without padding", "ENC-4", "One = less.", "=\",\"classes\"", "\",\"classes\""),
        text(
            "cut off",
            "ENC-2",
            "The last brace is missing.",
            "\"witnesses\":\"none\"}",
            "\"witnesses\":\"none\"",
        ),
    ]);
    let booth = election.manifest["booth"].as_str().unwrap();
    let short = base64([9; 31]);
    vectors.push(text("a hash of 31 bytes", "ENC-4", "booth has 32.", booth, &short));
}

/// Plans.
pub(super) fn plans(vectors: &mut Vec<Vector>) {
    let cases: Vec<(&str, &str, Value, &[&str])> = vec![
        ("plan: a later version", "/spec", json!(2), &["spec: MAN-3"]),
        ("plan: no issuers", "/issuers", json!([]), &["issuers: MAN-7"]),
        ("plan: no trustees", "/trustees", json!([]), &["trustees: MAN-7", "threshold: MAN-26"]),
        ("plan: an issuer twice", "/issuers/1/id", json!("office"), &["issuers[1].id: MAN-8"]),
        ("plan: a trustee twice", "/trustees/2/id", json!("anna"), &["trustees[2].id: MAN-8"]),
        ("plan: an empty name", "/trustees/2/name", json!(""), &["trustees[2].name: MAN-13"]),
        ("plan: a key that is none", "/authority_key", json!(base64([0; 32])), &["authority_key: MAN-22"]),
        ("plan: a threshold above the trustees", "/threshold", json!(4), &["threshold: MAN-26"]),
        ("plan: a threshold of zero", "/threshold", json!(0), &["threshold: MAN-26"]),
    ];
    for (name, path, value, problems) in cases {
        let mut vector =
            refused(name, "One field of the plan changed.", vec![change("replace", path, value)], problems);
        vector.operation = "read_plan".into();
        vectors.push(vector);
    }
    for (name, rule, find, with) in [
        ("plan: a slug in capitals", "ENC-5", "\"club-2030\"", "\"Club-2030\""),
        ("plan: a slug too short", "ENC-5", "\"club-2030\"", "\"cl\""),
        ("plan: an id with an underscore", "ENC-5", "\"office\"", "\"off_ice\""),
        ("plan: whitespace", "ENC-1", "\"spec\":1", "\"spec\":1 "),
        ("plan: an unknown member", "ENC-2", "\"spec\":1", "\"seats\":1,\"spec\":1"),
        ("plan: a threshold beyond 16 bits", "ENC-3", "\"threshold\":2", "\"threshold\":65538"),
    ] {
        let piece = json!([{"find": find, "with": with}]);
        vectors.push(Vector::reject(
            "read_plan",
            name,
            rule,
            "Not a canonical plan.",
            Fields::new().with("replace", &piece),
        ));
    }
}
