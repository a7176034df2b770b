//! The rules in which elections differ: what each means for voters, and which services do so.

use maud::html;

use super::fields::Choice;
use super::{Part, Sheet};

// The services whose rules the requirements list. The column numbers there: S0, S1, S3, S4; S2 is a strategy and has no such rules.
const STOCKHOLM: &str = "Stockholms universitet";
const VSZDRAV: &str = "VŠZDRAV";
const CSTUG: &str = "CSTUG";
const REPUBLIC: &str = "Student Republic";

/// C1: S0-12, S1-105, S3-22.
const REVOTE: [Choice; 3] = [
    Choice {
        value: "replace_and_withdraw",
        named: "make-revote-withdraw",
        means: "make-revote-withdraw-means",
        as_at: &[VSZDRAV],
    },
    Choice { value: "replace", named: "make-revote-replace", means: "make-revote-replace-means", as_at: &[] },
    Choice {
        value: "never",
        named: "make-revote-never",
        means: "make-revote-never-means",
        as_at: &[STOCKHOLM, CSTUG],
    },
];

/// C10.
const FIGURES: [Choice; 2] = [
    Choice {
        value: "none",
        named: "make-figures-none",
        means: "make-figures-none-means",
        as_at: &[STOCKHOLM, CSTUG, REPUBLIC],
    },
    Choice {
        value: "turnout",
        named: "make-figures-turnout",
        means: "make-figures-turnout-means",
        as_at: &[VSZDRAV],
    },
];

/// C5, C6.
const BLANK: [Choice; 2] = [
    Choice {
        value: "participated",
        named: "make-counts-participated",
        means: "make-blank-participated-means",
        as_at: &[STOCKHOLM, VSZDRAV, CSTUG],
    },
    Choice {
        value: "unused",
        named: "make-counts-unused",
        means: "make-blank-unused-means",
        as_at: &[REPUBLIC],
    },
];

/// C4, C6.
const INVALID: [Choice; 2] = [
    Choice {
        value: "unused",
        named: "make-counts-unused",
        means: "make-invalid-unused-means",
        as_at: &[STOCKHOLM, VSZDRAV, CSTUG, REPUBLIC],
    },
    Choice {
        value: "participated",
        named: "make-counts-participated",
        means: "make-invalid-participated-means",
        as_at: &[],
    },
];

/// C18, C25.
const CREDENTIALS: [Choice; 3] = [
    Choice {
        value: "authority",
        named: "make-credentials-authority",
        means: "make-credentials-authority-means",
        as_at: &[STOCKHOLM, CSTUG],
    },
    Choice {
        value: "device",
        named: "make-credentials-device",
        means: "make-credentials-device-means",
        as_at: &[VSZDRAV],
    },
    Choice {
        value: "third_party",
        named: "make-credentials-third",
        means: "make-credentials-third-means",
        as_at: &[],
    },
];

/// C12, C20: S3-22.
const ISSUANCE: [Choice; 2] = [
    Choice {
        value: "ahead",
        named: "make-issuance-ahead",
        means: "make-issuance-ahead-means",
        as_at: &[STOCKHOLM, VSZDRAV],
    },
    Choice {
        value: "with_ballot",
        named: "make-issuance-with",
        means: "make-issuance-with-means",
        as_at: &[CSTUG],
    },
];

/// C2, C3, C26: S3 would need totals only, which there are not (S3-51).
const DISCLOSURE: [Choice; 1] = [Choice {
    value: "per_pseudonym",
    named: "make-disclosure-each",
    means: "make-disclosure-each-means",
    as_at: &[STOCKHOLM, VSZDRAV, REPUBLIC],
}];

const WITNESSES: [Choice; 1] =
    [Choice { value: "none", named: "make-witnesses-none", means: "make-witnesses-none-means", as_at: &[] }];

const NEWEST: Choice =
    Choice { value: "newest", named: "make-booth-newest", means: "make-booth-newest-means", as_at: &[] };
const PINNED: Choice =
    Choice { value: "pinned", named: "make-booth-pinned", means: "make-booth-pinned-means", as_at: &[] };

/// The part's page. Fields are named as in the draft, and each is one of its words or a number; `booth` is `newest` or `pinned`, and
/// `pinned` is the bundle that the draft names, if any.
pub fn policies(sheet: &Sheet<'_>, pinned: Option<&str>) -> String {
    let words = sheet.around.words;
    let text = |key: &str| words.text(key);
    let choice =
        |name: &str, label: &str, choices: &[Choice]| sheet.choice(name, &text(label), None, choices);
    let number = |name: &str, label: &str, note: &str| sheet.number(name, &text(label), Some(&text(note)));
    let fields = html! {
        h2 { (text("make-for-voters")) }
        (choice("policy.revote", "make-revote", &REVOTE))
        (number("policy.revote_limit", "make-revote-limit", "make-revote-limit-note"))
        (choice("policy.interim_figures", "make-figures", &FIGURES))
        h2 { (text("make-for-result")) }
        (choice("policy.blank_counts_as", "make-blank", &BLANK))
        (choice("policy.disclosure", "make-disclosure", &DISCLOSURE))
        details open[sheet.is_unfolded()] {
            summary { (text("make-policies-more")) }
            (choice("policy.invalid_counts_as", "make-invalid", &INVALID))
            (choice("policy.credentials", "make-credentials", &CREDENTIALS))
            (choice("policy.issuance", "make-issuance", &ISSUANCE))
            fieldset.group {
                legend { (text("make-batch")) }
                p.note { (text("make-batch-note")) }
                p.note.as-at { (words.of("make-batch-many", "names", [STOCKHOLM, CSTUG].join(", "))) }
                p.note.as-at { (words.of("make-batch-one", "names", VSZDRAV)) }
                div.columns {
                    (number("policy.batch.min", "make-batch-min", "make-batch-min-note"))
                    (number("policy.batch.wait", "make-batch-wait", "make-batch-wait-note"))
                }
            }
            (number("policy.form_time_limit", "make-form", "make-form-note"))
            (choice("witnesses", "make-witnesses", &WITNESSES))
            @if let Some(pinned) = pinned {
                (sheet.choice("booth", &text("make-booth"), Some(pinned), &[NEWEST, PINNED]))
            } @else {
                (choice("booth", "make-booth", &[NEWEST]))
            }
        }
    };
    sheet.part(Part::Policies, "save", &fields)
}
