//! Plan and manifest: a valid one with its ids, and everything that a change of one field breaks (MAN-1 to MAN-29).

use anyhow::anyhow;
use serde_json::{Value, json};
use urna_election::json::JsonError;
use urna_election::manifest::{Manifest, ManifestError, Problem};
use urna_election::{Plan, PlanError};

use crate::election::{Election, FINAL, MAIN, base64, canonical, point, sha256};
use crate::fields::{Fields, List};
use crate::oracle::signature::{sign, statement};
use crate::oracle::{G, Random};
use crate::vector::{Answer, Area, File, No, Vector, no, unknown};

/// The area.
pub const AREA: Area = Area {
    name: "manifest",
    write,
    crates,
    oracle: second,
};

/// The rules that can be behind an error of reading JSON, of a document with a rule of its own for that.
pub(super) fn json_rules(error: &JsonError, own: &[&'static str]) -> No {
    let rules: &[&str] = match error {
        JsonError::TooLong { .. } => &["ENC-6", "MAN-1"],
        // A member left out where null belongs, too, is found by writing the document again.
        JsonError::NotCanonical { .. } => &["ENC-1", "ENC-2"],
        // A member twice, which ENC-1 refuses, is found while reading.
        JsonError::Syntax(_) => &[
            "ENC-1", "ENC-2", "ENC-3", "ENC-4", "ENC-5", "GRP-1", "GRP-2", "GRP-3",
        ],
    };
    No::Refused(rules.iter().chain(own).copied().collect())
}

/// The document of a vector: a base text with the changes of RFC 6902, and then pieces of text replaced.
pub(super) fn document(base: &str, input: &Fields) -> Result<String, No> {
    let mut text = base.to_owned();
    if input.has("changes") {
        let mut value: Value = serde_json::from_str(base).map_err(anyhow::Error::from)?;
        for change in input.object_list("changes")? {
            apply(&mut value, &change)?;
        }
        text = canonical(&value);
    }
    if input.has("replace") {
        for piece in input.object_list("replace")? {
            let (find, with) = (piece.text("find")?, piece.text("with")?);
            if !text.contains(find) {
                return Err(No::Malformed(anyhow!("`{find}` is not in the text")));
            }
            text = text.replacen(find, with, 1);
        }
    }
    Ok(text)
}

/// `add`, `remove` and `replace` of RFC 6902.
fn apply(value: &mut Value, change: &Fields) -> Result<(), No> {
    let path = change.text("path")?;
    let missing = || No::Malformed(anyhow!("there is nothing at `{path}`"));
    let (parent, last) = path.rsplit_once('/').ok_or_else(missing)?;
    let parent = value.pointer_mut(parent).ok_or_else(missing)?;
    match (change.text("op")?, parent) {
        ("replace", parent) => {
            *parent.pointer_mut(&format!("/{last}")).ok_or_else(missing)? = change.value("value")?.clone();
        }
        ("add", Value::Object(members)) => {
            members.insert(last.to_owned(), change.value("value")?.clone());
        }
        ("add", Value::Array(items)) if last == "-" => items.push(change.value("value")?.clone()),
        ("remove", Value::Object(members)) => drop(members.remove(last).ok_or_else(missing)?),
        ("remove", Value::Array(items)) => drop(items.remove(last.parse().map_err(|_| missing())?)),
        (other, _) => return Err(No::Malformed(anyhow!("cannot `{other}` at `{path}`"))),
    }
    Ok(())
}

/// Refused by the problems that the vector names, all of them and no other; in what order does not matter.
fn problems(problems: &[Problem], vector: &Vector) -> No {
    let mut found: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}: {}", problem.field, problem.rule.number()))
        .collect();
    let named = vector.values.list("problems").unwrap_or_default();
    let mut expected: Vec<&str> = named.iter().filter_map(Value::as_str).collect();
    expected.sort_unstable();
    found.sort_unstable();
    if expected == found {
        No::Refused(problems.iter().map(|problem| problem.rule.number()).collect())
    } else {
        No::Malformed(anyhow!("the problems found are {found:?}"))
    }
}

fn crates(vector: &Vector, shared: &Fields) -> Answer {
    let input = &vector.input;
    match vector.operation.as_str() {
        "read_manifest" => {
            let text = document(shared.text("manifest")?, input)?;
            let manifest = Manifest::parse(text.as_bytes()).map_err(|error| match error {
                ManifestError::Json(error) => json_rules(&error, &["MAN-2"]),
                ManifestError::Invalid(list) => problems(&list, vector),
            })?;
            Ok(Fields::new()
                .with("election_id", &manifest.id().to_string())
                .with("plan_id", &manifest.plan_id().to_string())
                .with(
                    "plaintext_length",
                    &u64::try_from(manifest.plaintext_length()).unwrap(),
                ))
        }
        "read_plan" => {
            let text = document(shared.text("plan")?, input)?;
            let plan = Plan::parse(text.as_bytes()).map_err(|error| match error {
                PlanError::Json(error) => json_rules(&error, &["MAN-2"]),
                PlanError::Invalid(list) => problems(&list, vector),
            })?;
            Ok(Fields::new().with("plan_id", &plan.id().to_string()))
        }
        "check_class_sizes" => {
            let manifest =
                Manifest::parse(shared.text("manifest")?.as_bytes()).map_err(anyhow::Error::from)?;
            let found = manifest.class_size_problems(&input.number_list("entitled")?);
            if found.is_empty() {
                Ok(Fields::new())
            } else {
                Err(problems(&found, vector))
            }
        }
        other => Err(unknown(other)),
    }
}

/// The second implementation computes the ids of what is accepted; the rules of the manifest it does not have.
fn second(vector: &Vector, shared: &Fields) -> Option<Answer> {
    if vector.expect == crate::vector::Expect::Reject && vector.operation != "check_class_sizes" {
        return None;
    }
    let input = &vector.input;
    let answer = || match vector.operation.as_str() {
        "read_manifest" => {
            let text = document(shared.text("manifest")?, input)?;
            let manifest: Value = serde_json::from_str(&text).map_err(anyhow::Error::from)?;
            let party = |item: &Value| json!({"id": item["id"], "name": item["name"]});
            let parties = |list: &Value| list.as_array().unwrap().iter().map(party).collect::<Value>();
            let keys = &manifest["keys"];
            let plan = json!({
                "authority_key": manifest["authority_key"],
                "issuers": parties(&keys["issuers"]),
                "slug": manifest["slug"],
                "spec": manifest["spec"],
                "threshold": keys["trustees"]["threshold"],
                "trustees": parties(&keys["trustees"]["members"]),
            });
            let length = crate::oracle::plaintext::length(&manifest);
            Ok(Fields::new()
                .with("election_id", &sha256(&text))
                .with("plan_id", &sha256(canonical(&plan)))
                .with("plaintext_length", &u64::try_from(length).unwrap()))
        }
        "read_plan" => Ok(Fields::new().with("plan_id", &sha256(document(shared.text("plan")?, input)?))),
        "check_class_sizes" => {
            let manifest: Value =
                serde_json::from_str(shared.text("manifest")?).map_err(anyhow::Error::from)?;
            let small = &manifest["policy"]["smallest_class"];
            let entitled: Vec<u64> = input.number_list("entitled")?;
            let ids = manifest["classes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|class| &class["id"]);
            let is_small = |(id, entitled): (&Value, &u64)| {
                let confirmed = small["confirmed"].as_array().unwrap().contains(id);
                !confirmed && *entitled > 0 && *entitled < small["entitled"].as_u64().unwrap()
            };
            if ids.zip(&entitled).any(is_small) {
                Err(no("MAN-29"))
            } else {
                Ok(Fields::new())
            }
        }
        other => Err(unknown(other)),
    };
    Some(answer())
}

fn change(op: &str, path: &str, value: Value) -> Value {
    match op {
        "remove" => json!({"op": op, "path": path}),
        _ => json!({"op": op, "path": path, "value": value}),
    }
}

fn write() -> File {
    let election = Election::new(MAIN);
    let shared = Fields::new()
        .with("manifest", &election.text)
        .with("plan", &canonical(&election.plan));
    let mut vectors = vec![
        Vector::accept(
            "read_manifest",
            "a manifest",
            "MAN-2",
            "Three classes, two contests, two issuers, trustees two of three. Its id is the SHA-256 of its bytes.",
            Fields::new(),
            Fields::new()
                .with("election_id", &election.id)
                .with("plan_id", &election.plan_id)
                .with("plaintext_length", &4_u64)
                .with("authority_seed", &election.authority.seed)
                .with("shares", &List(&election.shares)),
        ),
        Vector::accept(
            "read_plan",
            "the plan of the manifest",
            "MAN-2",
            "What is fixed before any key exists.",
            Fields::new(),
            Fields::new().with("plan_id", &election.plan_id),
        ),
    ];
    accepted(&mut vectors, &election);
    fields(&mut vectors);
    keys(&mut vectors, &election);
    forms(&mut vectors, &election);
    plans(&mut vectors);
    for (name, entitled, problem) in [
        (
            "a class of one that is not confirmed",
            [1_u64, 2, 1],
            Some("classes[0]: MAN-29"),
        ),
        (
            "another class of one that is not confirmed",
            [2, 1, 1],
            Some("classes[1]: MAN-29"),
        ),
        (
            "a small class that is confirmed, and an empty one",
            [2, 0, 1],
            None,
        ),
    ] {
        let input = Fields::new().with("entitled", &List(&entitled));
        let comment = "Entitled persons per class, against smallest_class.";
        vectors.push(match problem {
            Some(problem) => Vector::reject("check_class_sizes", name, "MAN-29", comment, input)
                .naming(Fields::new().with("problems", &json!([problem]))),
            None => Vector::accept("check_class_sizes", name, "MAN-29", comment, input, Fields::new()),
        });
    }
    File {
        area: "manifest".into(),
        shared,
        vectors,
    }
}

/// A vector that changes the manifest; the problems as `field: rule`, the first rule being the vector's.
fn refused(name: &str, comment: &str, changes: Vec<Value>, problems: &[&str]) -> Vector {
    let rule = problems[0].rsplit(' ').next().unwrap();
    Vector::reject(
        "read_manifest",
        name,
        rule,
        comment,
        Fields::new().with("changes", &Value::Array(changes)),
    )
    .naming(Fields::new().with("problems", &json!(problems)))
}

/// Manifests with other rules that are valid.
fn accepted(vectors: &mut Vec<Vector>, election: &Election) {
    let mut accept = |name: &str, comment: &str, changes: Value| {
        let input = Fields::new().with("changes", &changes);
        let text = document(&election.text, &input).unwrap();
        let values = Fields::new()
            .with("election_id", &sha256(&text))
            .with("plan_id", &election.plan_id)
            .with("plaintext_length", &4_u64);
        vectors.push(Vector::accept(
            "read_manifest",
            name,
            "MAN-2",
            comment,
            input,
            values,
        ));
    };
    accept(
        "one ballot each",
        "revote: never, with its limit of 1.",
        json!([
            change("replace", "/policy/revote", json!("never")),
            change("replace", "/policy/revote_limit", json!(1))
        ]),
    );
    accept(
        "a manual schedule",
        "No times.",
        json!([change("replace", "/schedule", json!("manual"))]),
    );
    accept(
        "a trial",
        "Another election id for another bit of meaning.",
        json!([change("replace", "/trial", json!(true))]),
    );
    accept(
        "two candidates of one name",
        "Told apart by their descriptions (MAN-14).",
        json!([
            change(
                "replace",
                "/contests/0/options/4/title/en",
                json!("Candidate ada")
            ),
            change(
                "replace",
                "/contests/0/options/4/description",
                json!({"en": "The other Ada"})
            ),
        ]),
    );
    let solo = Election::new(FINAL);
    let changes = json!([
        change(
            "replace",
            "/authority_key",
            solo.manifest["authority_key"].clone()
        ),
        change("replace", "/board", solo.manifest["board"].clone()),
        change("replace", "/booth", solo.manifest["booth"].clone()),
        change("replace", "/keys", solo.manifest["keys"].clone()),
        change("replace", "/policy", solo.manifest["policy"].clone()),
        change("replace", "/slug", solo.manifest["slug"].clone()),
    ]);
    let values = Fields::new()
        .with("election_id", &solo.id)
        .with("plan_id", &solo.plan_id)
        .with("plaintext_length", &4_u64);
    let input = Fields::new().with("changes", &changes);
    vectors.push(Vector::accept(
        "read_manifest",
        "a solo trustee",
        "MAN-27",
        "n = t = 1, the share is the election key; another plan, so other keys and proofs.",
        input,
        values,
    ));
}

/// Everything but keys: path, value, problems.
fn fields(vectors: &mut Vec<Vector>) {
    let long = "a".repeat(501);
    let zone = "a".repeat(65);
    let url = format!("https://{}.example", "a".repeat(300));
    let cases: Vec<(&str, &str, Value, &[&str])> = vec![
        ("a later version", "/spec", json!(2), &["spec: MAN-3"]),
        (
            "a language twice",
            "/languages",
            json!(["en", "en"]),
            &["languages[1]: MAN-8"],
        ),
        ("a title in no language", "/title", json!({}), &["title: MAN-12"]),
        (
            "a title in one language more",
            "/title",
            json!({"cs": "Volby", "en": "Election"}),
            &["title: MAN-12"],
        ),
        ("an empty title", "/title/en", json!(""), &["title.en: MAN-13"]),
        (
            "a title too long",
            "/title/en",
            json!(long),
            &["title.en: MAN-13"],
        ),
        (
            "a title that ends with a space",
            "/title/en",
            json!("Election "),
            &["title.en: MAN-13"],
        ),
        (
            "a title with a line break",
            "/title/en",
            json!("Elec\ntion"),
            &["title.en: MAN-13"],
        ),
        (
            "a title with text running the other way",
            "/title/en",
            json!("Elec\u{202e}tion"),
            &["title.en: MAN-13"],
        ),
        (
            "a title with an isolate",
            "/title/en",
            json!("Elec\u{2066}tion"),
            &["title.en: MAN-13"],
        ),
        (
            "a title with a paragraph separator",
            "/title/en",
            json!("Elec\u{2029}tion"),
            &["title.en: MAN-13"],
        ),
        (
            "no organiser",
            "/organiser/name",
            json!(""),
            &["organiser.name: MAN-13"],
        ),
        (
            "a contact with a control character",
            "/organiser/contact",
            json!("a\u{7f}b"),
            &["organiser.contact: MAN-13"],
        ),
        (
            "a time zone that ends with a slash",
            "/time_zone",
            json!("Europe/"),
            &["time_zone: MAN-21"],
        ),
        (
            "a time zone too long",
            "/time_zone",
            json!(zone),
            &["time_zone: MAN-21"],
        ),
        (
            "a time zone with a space",
            "/time_zone",
            json!("Europe Prague"),
            &["time_zone: MAN-21"],
        ),
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
        (
            "no options",
            "/contests/1/options",
            json!([]),
            &["contests[1].options: MAN-7"],
        ),
        (
            "more marks than options",
            "/contests/0/max",
            json!(6),
            &["contests[0].max: MAN-15"],
        ),
        (
            "no marks at most",
            "/contests/0/max",
            json!(0),
            &["contests[0].max: MAN-15"],
        ),
        (
            "more marks at least than options",
            "/contests/0/min",
            json!(6),
            &["contests[0].min: MAN-15", "contests[0].max: MAN-16"],
        ),
        (
            "min above max",
            "/contests/0/min",
            json!(3),
            &["contests[0].max: MAN-16"],
        ),
        (
            "more seats than options",
            "/contests/0/seats",
            json!(6),
            &["contests[0].seats: MAN-15"],
        ),
        (
            "no seats",
            "/contests/0/seats",
            json!(0),
            &["contests[0].seats: MAN-15"],
        ),
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
        (
            "a weight of zero",
            "/classes/2/weight",
            json!(0),
            &["classes[2].weight: MAN-15"],
        ),
        (
            "a weight too large",
            "/classes/2/weight",
            json!(1_000_001),
            &["classes[2].weight: MAN-15"],
        ),
        (
            "a district that is no id",
            "/classes/0/district",
            json!("North"),
            &["classes[0].district: MAN-5"],
        ),
        (
            "a class with another id",
            "/classes/1/id",
            json!("west"),
            &[
                "keys.issuers[0].keys[1].class: MAN-24",
                "keys.issuers[1].keys[1].class: MAN-24",
            ],
        ),
        (
            "a revote limit of zero",
            "/policy/revote_limit",
            json!(0),
            &["policy.revote_limit: MAN-15"],
        ),
        (
            "a revote limit too large",
            "/policy/revote_limit",
            json!(1_001),
            &["policy.revote_limit: MAN-15"],
        ),
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
        (
            "an origin without a board",
            "/board/origin",
            json!("/club-2030"),
            &["board.origin: MAN-19"],
        ),
        (
            "an origin with a plus",
            "/board/origin",
            json!("a+b/club-2030"),
            &["board.origin: MAN-19"],
        ),
        (
            "an origin with an empty part",
            "/board/origin",
            json!("board//club-2030"),
            &["board.origin: MAN-19"],
        ),
        (
            "a board by FTP",
            "/board/url",
            json!("ftp://board.example"),
            &["board.url: MAN-20"],
        ),
        (
            "a board without a host",
            "/board/url",
            json!("https:///elections"),
            &["board.url: MAN-20"],
        ),
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
        (
            "a board's URL with a space",
            "/board/url",
            json!("https://board example"),
            &["board.url: MAN-20"],
        ),
        (
            "a board's URL with other letters",
            "/board/url",
            json!("https://žluť.example"),
            &["board.url: MAN-20"],
        ),
        (
            "a board's URL too long",
            "/board/url",
            json!(url),
            &["board.url: MAN-20"],
        ),
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
        vectors.push(refused(
            name,
            &comment,
            vec![change("replace", path, value)],
            problems,
        ));
    }
    let texts: Vec<String> = text_fields().map(|field| format!("{field}: MAN-12")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    for (name, languages, rule) in [
        ("a language in capitals", json!(["EN"]), "languages[0]: MAN-6"),
        ("no languages", json!([]), "languages: MAN-7"),
    ] {
        let comment = "No text has the right languages then.";
        let changes = vec![change("replace", "/languages", languages)];
        vectors.push(refused(
            name,
            comment,
            changes,
            &[&[rule], texts.as_slice()].concat(),
        ));
    }
    vectors.push(refused(
        "several things wrong at once",
        "All problems are reported, not the first.",
        vec![
            change("replace", "/contests/0/max", json!(9)),
            change("replace", "/time_zone", json!("")),
            change("replace", "/board/url", json!("")),
        ],
        &[
            "time_zone: MAN-21",
            "board.url: MAN-20",
            "contests[0].max: MAN-15",
        ],
    ));
}

/// The fields of the manifest that are texts.
fn text_fields() -> impl Iterator<Item = String> {
    let options = |contest: usize, count: usize| {
        (0..count).map(move |option| format!("contests[{contest}].options[{option}].title"))
    };
    let single = [
        "title",
        "contests[0].title",
        "contests[1].title",
        "contests[1].description",
    ];
    let classes = (0..3).map(|class| format!("classes[{class}].title"));
    single
        .into_iter()
        .map(str::to_owned)
        .chain(options(0, 5))
        .chain(options(1, 3))
        .chain(classes)
}

/// Keys and proofs.
fn keys(vectors: &mut Vec<Vector>, election: &Election) {
    let keys = &election.manifest["keys"];
    let other = point(&(Random::new("manifest").scalar() * G));
    let (zero, ones) = (base64([0; 32]), base64([0xff; 32]));
    let mut weak = [0; 32];
    weak[0] = 1;
    let issuer_key = |issuer: usize, class: usize| keys["issuers"][issuer]["keys"][class].clone();
    let member = |i: usize| &keys["trustees"]["members"][i];
    let cases: Vec<(&str, &str, Value, &[&str])> = vec![
        (
            "the identity as log key",
            "/board/log_key",
            json!(base64(weak)),
            &["board.log_key: MAN-22"],
        ),
        (
            "a log key of small order",
            "/board/log_key",
            json!(zero),
            &["board.log_key: MAN-22"],
        ),
        (
            "a promise key that is no point",
            "/board/promise_key",
            json!(ones),
            &["board.promise_key: MAN-22"],
        ),
        (
            "one key for log and promises",
            "/board/promise_key",
            election.manifest["board"]["log_key"].clone(),
            &["board.promise_key: MAN-23"],
        ),
        (
            "the authority's key as log key",
            "/board/log_key",
            election.manifest["authority_key"].clone(),
            &["board.log_key: MAN-23"],
        ),
        (
            "the identity as election key",
            "/keys/election_key",
            json!(zero),
            &["keys.election_key: MAN-22"],
        ),
        (
            "another election key",
            "/keys/election_key",
            json!(other),
            &["keys.trustees.members[1].share_key: MAN-27"],
        ),
        (
            "the identity as an issuer's signing key",
            "/keys/issuers/1/signing_key",
            json!(zero),
            &["keys.issuers[1].signing_key: MAN-22"],
        ),
        (
            "one signing key for two issuers",
            "/keys/issuers/1/signing_key",
            keys["issuers"][0]["signing_key"].clone(),
            &["keys.issuers[1].signing_key: MAN-23"],
        ),
        (
            "a class key that is no point",
            "/keys/issuers/1/keys/1/key",
            json!(ones),
            &["keys.issuers[1].keys[1].key: MAN-22"],
        ),
        (
            "the identity as a class key",
            "/keys/issuers/0/keys/2/key",
            json!(zero),
            &["keys.issuers[0].keys[2].key: MAN-22"],
        ),
        (
            "a class key without its proof",
            "/keys/issuers/1/keys/1/key",
            json!(other),
            &["keys.issuers[1].keys[1].proof: MAN-25"],
        ),
        (
            "a proof that is no signature",
            "/keys/issuers/1/keys/1/proof",
            json!(base64([0; 64])),
            &["keys.issuers[1].keys[1].proof: MAN-25"],
        ),
        (
            "the proof of another class",
            "/keys/issuers/1/keys/1/proof",
            issuer_key(1, 0)["proof"].clone(),
            &["keys.issuers[1].keys[1].proof: MAN-25"],
        ),
        (
            "another issuer's key, with its proof",
            "/keys/issuers/1/keys/1",
            issuer_key(0, 1),
            &[
                "keys.issuers[1].keys[1].key: MAN-23",
                "keys.issuers[1].keys[1].proof: MAN-25",
            ],
        ),
        (
            "class keys in another order",
            "/keys/issuers/1/keys",
            json!([issuer_key(1, 1), issuer_key(1, 0), issuer_key(1, 2)]),
            &[
                "keys.issuers[1].keys[0].class: MAN-24",
                "keys.issuers[1].keys[1].class: MAN-24",
            ],
        ),
        (
            "a class key missing",
            "/keys/issuers/1/keys",
            json!([issuer_key(1, 0), issuer_key(1, 1)]),
            &["keys.issuers[1].keys: MAN-24"],
        ),
        (
            "the identity as an enrolment key",
            "/keys/trustees/members/2/key",
            json!(zero),
            &["keys.trustees.members[2].key: MAN-22"],
        ),
        (
            "a trustee with an issuer's key",
            "/keys/trustees/members/2/key",
            keys["issuers"][0]["signing_key"].clone(),
            &["keys.trustees.members[2].key: MAN-23"],
        ),
        (
            "a share key that does not fit",
            "/keys/trustees/members/2/share_key",
            json!(other),
            &["keys.trustees.members[2].share_key: MAN-27"],
        ),
        (
            "one share key twice",
            "/keys/trustees/members/2/share_key",
            member(1)["share_key"].clone(),
            &[
                "keys.trustees.members[2].share_key: MAN-23",
                "keys.trustees.members[2].share_key: MAN-27",
            ],
        ),
        (
            "share keys exchanged",
            "/keys/trustees/members",
            json!([
                member(0),
                swapped(member(1), member(2)),
                swapped(member(2), member(1))
            ]),
            &["keys.trustees.members[1].share_key: MAN-27"],
        ),
        (
            "one trustee suffices",
            "/keys/trustees/threshold",
            json!(1),
            &["keys.trustees.threshold: MAN-26"],
        ),
        (
            "no trustee is needed",
            "/keys/trustees/threshold",
            json!(0),
            &["keys.trustees.threshold: MAN-26"],
        ),
        (
            "more trustees are needed than there are",
            "/keys/trustees/threshold",
            json!(4),
            &["keys.trustees.threshold: MAN-26"],
        ),
        (
            "solo with three trustees",
            "/keys/trustees/solo",
            json!(true),
            &["keys.trustees.solo: MAN-27"],
        ),
    ];
    for (name, path, value, problems) in cases {
        vectors.push(refused(
            name,
            "A key, proof or number of `keys` changed.",
            vec![change("replace", path, value)],
            problems,
        ));
    }
    // A proof for a key over another plan: valid in itself.
    let x = election.blind[1][1];
    let fields = Fields::new()
        .with("plan", &[7; 32])
        .with("issuer", "senate")
        .with("class", "south");
    let nonce = Random::new("manifest: another plan").scalar();
    let proof = sign(statement("issuer_possession", &fields).unwrap(), &x, &nonce);
    vectors.push(refused(
        "a proof over another plan",
        "By the right key, for the right class.",
        vec![change(
            "replace",
            "/keys/issuers/1/keys/1/proof",
            json!(base64(proof.bytes)),
        )],
        &["keys.issuers[1].keys[1].proof: MAN-25"],
    ));
    let all: Vec<String> = (0..6)
        .map(|i| format!("keys.issuers[{}].keys[{}].proof: MAN-25", i / 3, i % 3))
        .collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    vectors.push(refused(
        "another slug",
        "Another plan: no proof of possession is for it.",
        vec![
            change("replace", "/slug", json!("club-2032")),
            change("replace", "/board/origin", json!("board.example/club-2032")),
        ],
        &all,
    ));
}

fn swapped(member: &Value, other: &Value) -> Value {
    let mut member = member.clone();
    member["share_key"] = other["share_key"].clone();
    member
}

/// Bytes that are no canonical manifest (MAN-2); each names the rule of the encoding too.
fn forms(vectors: &mut Vec<Vector>, election: &Election) {
    let text = |name: &str, rule: &str, comment: &str, find: &str, with: &str| {
        let piece = json!([{"find": find, "with": with}]);
        Vector::reject(
            "read_manifest",
            name,
            rule,
            comment,
            Fields::new().with("replace", &piece),
        )
    };
    vectors.extend([
        text(
            "a space behind a colon",
            "ENC-1",
            "Whitespace.",
            "\"spec\":1",
            "\"spec\": 1",
        ),
        text(
            "a line break at the end",
            "ENC-1",
            "Behind the document.",
            "\"witnesses\":\"none\"}",
            "\"witnesses\":\"none\"}\n",
        ),
        text(
            "a member twice",
            "ENC-1",
            "The same value both times.",
            "\"spec\":1",
            "\"spec\":1,\"spec\":1",
        ),
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
        text(
            "a number in quotes",
            "ENC-3",
            "\"1\".",
            "\"spec\":1",
            "\"spec\":\"1\"",
        ),
        text("a negative number", "ENC-3", "-1.", "\"spec\":1", "\"spec\":-1"),
        text(
            "a number beyond 2^53 - 1",
            "ENC-3",
            "2^53.",
            "\"spec\":1",
            "\"spec\":9007199254740992",
        ),
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
        text(
            "an unknown method",
            "MAN-2",
            "Words only from the lists.",
            "\"top_n\"",
            "\"more_than\"",
        ),
        text(
            "an unknown disclosure",
            "MAN-2",
            "Not built, so not accepted.",
            "\"per_pseudonym\"",
            "\"totals\"",
        ),
        text(
            "an unknown witness policy",
            "MAN-2",
            "Only none.",
            "\"witnesses\":\"none\"",
            "\"witnesses\":\"two\"",
        ),
        text(
            "base64 without padding",
            "ENC-4",
            "One = less.",
            "=\",\"classes\"",
            "\",\"classes\"",
        ),
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
    vectors.push(text(
        "a hash of 31 bytes",
        "ENC-4",
        "booth has 32.",
        booth,
        &short,
    ));
}

/// Plans.
fn plans(vectors: &mut Vec<Vector>) {
    let cases: Vec<(&str, &str, Value, &[&str])> = vec![
        ("plan: a later version", "/spec", json!(2), &["spec: MAN-3"]),
        ("plan: no issuers", "/issuers", json!([]), &["issuers: MAN-7"]),
        (
            "plan: no trustees",
            "/trustees",
            json!([]),
            &["trustees: MAN-7", "threshold: MAN-26"],
        ),
        (
            "plan: an issuer twice",
            "/issuers/1/id",
            json!("office"),
            &["issuers[1].id: MAN-8"],
        ),
        (
            "plan: a trustee twice",
            "/trustees/2/id",
            json!("anna"),
            &["trustees[2].id: MAN-8"],
        ),
        (
            "plan: an empty name",
            "/trustees/2/name",
            json!(""),
            &["trustees[2].name: MAN-13"],
        ),
        (
            "plan: a key that is none",
            "/authority_key",
            json!(base64([0; 32])),
            &["authority_key: MAN-22"],
        ),
        (
            "plan: a threshold above the trustees",
            "/threshold",
            json!(4),
            &["threshold: MAN-26"],
        ),
        (
            "plan: a threshold of zero",
            "/threshold",
            json!(0),
            &["threshold: MAN-26"],
        ),
    ];
    for (name, path, value, problems) in cases {
        let mut vector = refused(
            name,
            "One field of the plan changed.",
            vec![change("replace", path, value)],
            problems,
        );
        vector.operation = "read_plan".into();
        vectors.push(vector);
    }
    for (name, rule, find, with) in [
        (
            "plan: a slug in capitals",
            "ENC-5",
            "\"club-2030\"",
            "\"Club-2030\"",
        ),
        ("plan: a slug too short", "ENC-5", "\"club-2030\"", "\"cl\""),
        (
            "plan: an id with an underscore",
            "ENC-5",
            "\"office\"",
            "\"off_ice\"",
        ),
        ("plan: whitespace", "ENC-1", "\"spec\":1", "\"spec\":1 "),
        (
            "plan: an unknown member",
            "ENC-2",
            "\"spec\":1",
            "\"seats\":1,\"spec\":1",
        ),
        (
            "plan: a threshold beyond 16 bits",
            "ENC-3",
            "\"threshold\":2",
            "\"threshold\":65538",
        ),
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
