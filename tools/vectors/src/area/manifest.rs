//! Plan and manifest: a valid one with its ids, and everything that a change of one field breaks (MAN-1 to MAN-29, MAN-32 to
//! MAN-34).

mod documents;
mod keys;
mod rules;

use anyhow::anyhow;
use serde_json::{Value, json};
use urna_election::json::JsonError;
use urna_election::manifest::{Manifest, ManifestError, Problem};
use urna_election::{Plan, PlanError};

use crate::election::{Election, FINAL, MAIN, canonical, sha256};
use crate::fields::{Fields, List};
use crate::vector::{Answer, Area, File, No, Vector, no, unknown};

use documents::forms;
use documents::plans;
use keys::keys;
use rules::fields;

/// The area.
pub const AREA: Area = Area { name: "manifest", write, crates, oracle: second };

/// The rules that can be behind an error of reading JSON, of a document with a rule of its own for that.
pub(super) fn json_rules(error: &JsonError, own: &[&'static str]) -> No {
    let rules: &[&str] = match error {
        JsonError::TooLong { .. } => &["ENC-6", "MAN-1"],
        // A member left out where null belongs, too, is found by writing the document again.
        JsonError::NotCanonical { .. } => &["ENC-1", "ENC-2"],
        // A member twice, which ENC-1 refuses, is found while reading.
        JsonError::Syntax(_) => &["ENC-1", "ENC-2", "ENC-3", "ENC-4", "ENC-5", "GRP-1", "GRP-2", "GRP-3"],
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
    let mut found: Vec<String> =
        problems.iter().map(|problem| format!("{}: {}", problem.field, problem.rule.number())).collect();
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
                .with("plaintext_length", &u64::try_from(manifest.plaintext_length()).unwrap()))
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
            if found.is_empty() { Ok(Fields::new()) } else { Err(problems(&found, vector)) }
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
            let ids = manifest["classes"].as_array().unwrap().iter().map(|class| &class["id"]);
            let is_small = |(id, entitled): (&Value, &u64)| {
                let confirmed = small["confirmed"].as_array().unwrap().contains(id);
                !confirmed && *entitled > 0 && *entitled < small["entitled"].as_u64().unwrap()
            };
            if ids.zip(&entitled).any(is_small) { Err(no("MAN-29")) } else { Ok(Fields::new()) }
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
    let shared = Fields::new().with("manifest", &election.text).with("plan", &canonical(&election.plan));
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
        ("a class of one that is not confirmed", [1_u64, 2, 1], Some("classes[0]: MAN-29")),
        ("another class of one that is not confirmed", [2, 1, 1], Some("classes[1]: MAN-29")),
        ("a small class that is confirmed, and an empty one", [2, 0, 1], None),
    ] {
        let input = Fields::new().with("entitled", &List(&entitled));
        let comment = "Entitled persons per class, against smallest_class.";
        vectors.push(match problem {
            Some(problem) => Vector::reject("check_class_sizes", name, "MAN-29", comment, input)
                .naming(Fields::new().with("problems", &json!([problem]))),
            None => Vector::accept("check_class_sizes", name, "MAN-29", comment, input, Fields::new()),
        });
    }
    File { area: "manifest".into(), shared, vectors }
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
        vectors.push(Vector::accept("read_manifest", name, "MAN-2", comment, input, values));
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
        "a meeting",
        "Every ballot is logged within a second, and the turnout is shown.",
        json!([
            change("replace", "/policy/batch", json!({"min": 1, "wait": 1})),
            change("replace", "/policy/interim_figures", json!("turnout")),
        ]),
    );
    accept(
        "the largest batches and the longest wait",
        "1,024 ballots, and a day.",
        json!([change("replace", "/policy/batch", json!({"min": 1_024, "wait": 86_400}))]),
    );
    accept(
        "tokens with the ballot",
        "They are taken while voting is open, within a form of a minute; credentials come from somebody else.",
        json!([
            change("replace", "/policy/credentials", json!("third_party")),
            change("replace", "/policy/form_time_limit", json!(60)),
            change("replace", "/policy/issuance", json!("with_ballot")),
            change("replace", "/schedule", json!("manual")),
        ]),
    );
    accept("a manual schedule", "No times.", json!([change("replace", "/schedule", json!("manual"))]));
    accept(
        "a trial",
        "Another election id for another bit of meaning.",
        json!([change("replace", "/trial", json!(true))]),
    );
    accept(
        "two candidates of one name",
        "Told apart by their descriptions (MAN-14).",
        json!([
            change("replace", "/contests/0/options/4/title/en", json!("Candidate ada")),
            change("replace", "/contests/0/options/4/description", json!({"en": "The other Ada"})),
        ]),
    );
    let solo = Election::new(FINAL);
    let changes = json!([
        change("replace", "/authority_key", solo.manifest["authority_key"].clone()),
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
