//! The description of the interface against what the board does.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;
use urna_api::ProblemType;
use urna_api::board::CreateLog;
use urna_api::server::Limits;
use urna_crypto::LogRequest;
use urna_election::json::Base64;

use super::answer::Answer;
use super::service::{NOW, Service, hash};
use crate::sample::{MANUAL, Sample, authority};

/// Every route, as the page has it.
const ROUTES: [(&str, &str); 17] = [
    ("get", "/v1/elections/{election}"),
    ("get", "/v1/elections/{election}/ballots/{identifier}"),
    ("get", "/v1/elections/{election}/official"),
    ("get", "/v1/openapi.json"),
    ("get", "/{election}/blob/{sha256}"),
    ("get", "/{election}/checkpoint"),
    ("get", "/{election}/election-id"),
    ("get", "/{election}/log.vkey"),
    ("get", "/{election}/tile/{path}"),
    ("post", "/v1/elections"),
    ("post", "/v1/elections/{election}/ballots"),
    ("post", "/v1/elections/{election}/entries/authority"),
    ("post", "/v1/elections/{election}/entries/issuers/{issuer}"),
    ("post", "/v1/elections/{election}/entries/trustees/{trustee}"),
    ("post", "/v1/elections/{election}/returned"),
    ("post", "/v1/elections/{election}/withdrawals"),
    ("put", "/v1/elections/{election}/blobs/{sha256}"),
];

struct Document(Value);

impl Document {
    async fn of(service: &Service) -> Self {
        Self(service.get("/v1/openapi.json").await.expect(200).json())
    }

    fn operations(&self) -> BTreeMap<(String, String), &Value> {
        let mut operations = BTreeMap::new();
        for (path, item) in self.0["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                assert!(["get", "post", "put"].contains(&method.as_str()), "{method} {path}");
                operations.insert((method.clone(), path.clone()), operation);
            }
        }
        operations
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema.get("$ref") {
            None => schema,
            Some(reference) => {
                let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
                self.0.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
            }
        }
    }

    /// Whether a value is what a schema says, and has no member that it does not name.
    fn check(&self, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
        let schema = self.resolve(schema);
        if let Some(alternatives) = schema.get("oneOf") {
            let mut checked =
                alternatives.as_array().unwrap().iter().map(|one| self.check(one, value, place));
            return if checked.any(|one| one.is_ok()) {
                Ok(())
            } else {
                Err(format!("{place}: none of {schema}"))
            };
        }
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let types: Vec<_> = match &schema["type"] {
            Value::String(one) => vec![one.as_str()],
            Value::Array(several) => several.iter().map(|one| one.as_str().unwrap()).collect(),
            _ => return Err(format!("{place}: {schema} has no type")),
        };
        if !types.contains(&found) {
            return Err(format!("{place}: {found}, where {types:?} belong"));
        }
        for item in value.as_array().into_iter().flatten() {
            self.check(&schema["items"], item, &format!("{place}[]"))?;
        }
        // An object without members is any, such as a plan.
        if let (Some(object), Some(properties)) = (value.as_object(), schema.get("properties")) {
            for (name, member) in object {
                let property = properties.get(name).ok_or(format!("{place}.{name} is not described"))?;
                self.check(property, member, &format!("{place}.{name}"))?;
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                if object.get(name.as_str().unwrap()).is_none() {
                    return Err(format!("{place}.{name} is missing"));
                }
            }
        }
        Ok(())
    }

    /// Whether an answer is one that the operation has.
    fn check_answer(&self, method: &str, path: &str, answer: &Answer) {
        let operation = self.operations()[&(method.to_owned(), path.to_owned())];
        let responses = &operation["responses"];
        let (response, is_named) = match responses.get(answer.status.to_string()) {
            Some(response) => (self.resolve(response), true),
            None => (&responses["default"], false),
        };
        let what = format!("{method} {path}: {}", answer.status);
        // What is not a problem is named.
        assert!(is_named || answer.status >= 400, "{what} is not described");
        let Some(content) = response.get("content") else {
            assert!(answer.body.is_empty(), "{what} has a body");
            return;
        };
        let found = answer.header("content-type").unwrap_or_else(|| panic!("{what} has no type"));
        let found = found.split(';').next().unwrap();
        let content = content.get(found).unwrap_or_else(|| panic!("{what} is {found}, not {content}"));
        if found.ends_with("json") {
            let body: Value = serde_json::from_slice(&answer.body).unwrap();
            // The document itself has no schema.
            if let Some(schema) = content.get("schema") {
                self.check(schema, &body, "body").unwrap_or_else(|error| panic!("{what}: {error}"));
            }
        }
        if !is_named {
            return;
        }
        // Which problems go with a status is said with it.
        let description =
            response["description"].as_str().unwrap_or_else(|| panic!("{what} is not described"));
        if answer.status >= 400 {
            let name = answer.problem().kind.name();
            assert!(description.contains(name), "{what}: {name} is not in \"{description}\"");
        }
    }
}

fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str));
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(array) => array.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_every_route_and_nothing_else() {
    let service = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let document = Document::of(&service).await;
    assert!(document.0["openapi"].as_str().unwrap().starts_with("3.1."));
    assert!(document.0["info"]["version"].is_string());
    let operations = document.operations();
    let routes: Vec<_> = operations.keys().map(|(method, path)| (method.as_str(), path.as_str())).collect();
    assert_eq!(routes, ROUTES);

    let mut found = BTreeSet::new();
    references(&document.0, &mut found);
    assert!(!found.is_empty());
    for reference in &found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.0.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    for schema in document.0["components"]["schemas"].as_object().unwrap().keys() {
        assert!(
            found.contains(format!("#/components/schemas/{schema}").as_str()),
            "{schema} is used nowhere"
        );
    }

    let page = include_str!("../../../../../spec/http.md")
        .replace("<prefix>", "/{election}")
        .replace("<sha256>", "{sha256}");
    let mut identifiers = BTreeSet::new();
    for ((method, path), operation) in &operations {
        assert!(identifiers.insert(operation["operationId"].as_str().unwrap()));
        for member in ["summary", "tags", "responses"] {
            assert!(operation.get(member).is_some(), "{method} {path} has no {member}");
        }
        // Each parameter in the path is described, and no other.
        let named: BTreeSet<_> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let in_path = parameters.iter().filter(|parameter| parameter["in"] == "path");
        let described: BTreeSet<_> = in_path.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        assert_eq!(named, described, "{method} {path}");
        let shown = path.replace("{path}", "");
        assert!(page.contains(&shown), "{path} is not on the page");

        // It is there, and takes this method and those that are described only.
        let real = path
            .replace("{election}", "small-2027")
            .replace("{identifier}", &MANUAL.voters[0].identifier.to_string())
            .replace("{path}", "0/000.p/5")
            .replace("{sha256}", &MANUAL.manifest.id().to_string())
            .replace("{issuer}", "office")
            .replace("{trustee}", "anna");
        let send = async |method: &str| {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            service.send(service.request(method, &real)).await
        };
        let answer = send(method).await;
        if answer.status >= 400 {
            let kind = answer.problem().kind;
            assert!(
                ![ProblemType::UnknownRoute, ProblemType::Method].contains(&kind),
                "{method} {path}: {kind:?}"
            );
        }
        document.check_answer(method, path, &answer);
        let mut allowed: BTreeSet<_> = ROUTES
            .iter()
            .filter(|(_, other)| other == path)
            .map(|(method, _)| method.to_uppercase())
            .collect();
        if allowed.contains("GET") {
            allowed.insert("HEAD".to_owned());
        }
        for other in ["get", "post", "put", "delete", "patch"] {
            if !allowed.contains(&other.to_uppercase()) {
                let answer = send(other).await;
                answer.expect_problem(ProblemType::Method, None);
                assert!(answer.problem().detail.contains("Allow"), "{:?}", answer.problem());
                let named = answer.header("allow").unwrap().split(',').map(|method| method.trim().to_owned());
                assert_eq!(named.collect::<BTreeSet<_>>(), allowed, "{other} {path}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn describes_the_bodies_that_are_sent() {
    let service = Service::created().await;
    let document = Document::of(&service).await;
    let plan = Sample::plan();
    let signature = Base64(authority().sign(&LogRequest { plan: &plan.id() }));
    let request = serde_json::to_value(CreateLog { plan, signature }).unwrap();
    let schema = &document.operations()[&("post".to_owned(), "/v1/elections".to_owned())]["requestBody"];
    document.check(&schema["content"]["application/json"]["schema"], &request, "request").unwrap();
    let created =
        service.send(service.request(Method::POST, "/v1/elections").json(&request)).await.expect(200);
    document.check_answer("post", "/v1/elections", &created);
    // Of an empty log.
    let empty = service;
    let full = Service::voting(&MANUAL, Limits::default(), NOW).await;
    let voter = &MANUAL.voters[0];
    for (route, entry) in [
        ("ballots", &voter.ballots[0]),
        ("ballots", &voter.ballots[0]),
        ("ballots", &voter.rival),
        ("ballots", &voter.false_proof),
        ("ballots", &voter.ballots[2]),
        ("ballots", &MANUAL.voters[1].false_proof),
        ("ballots", &voter.returned),
        ("withdrawals", &voter.withdrawals[1]),
        ("withdrawals", &voter.withdrawals[1]),
        ("withdrawals", &voter.withdrawals[3]),
        ("returned", &voter.returned),
        ("entries/authority", &MANUAL.opening[0]),
        ("entries/authority", &MANUAL.opening[1]),
        ("entries/authority", &MANUAL.closed),
        ("entries/authority", &MANUAL.cancelled),
        ("ballots", &MANUAL.voters[1].ballots[0]),
    ] {
        let answer = full.post(route, entry).await;
        document.check_answer("post", &format!("/v1/elections/{{election}}/{route}"), &answer);
    }
    let unnamed = full.putting(&hash(b""), "details", "authority", &[0; 64], b"");
    let answer = full.send(unnamed).await;
    document.check_answer("put", "/v1/elections/{election}/blobs/{sha256}", &answer);
    let identifier = voter.identifier;
    for service in [&empty, &full] {
        for (path, real) in [
            ("/v1/elections/{election}", "/v1/elections/small-2027".to_owned()),
            ("/v1/elections/{election}", "/v1/elections/other".to_owned()),
            ("/v1/elections/{election}/official", "/v1/elections/small-2027/official".to_owned()),
            ("/v1/elections/{election}/official", "/v1/elections/small-2027/official?kind=x".to_owned()),
            (
                "/v1/elections/{election}/ballots/{identifier}",
                format!("/v1/elections/small-2027/ballots/{identifier}"),
            ),
            (
                "/v1/elections/{election}/ballots/{identifier}",
                "/v1/elections/small-2027/ballots/x".to_owned(),
            ),
            ("/{election}/checkpoint", "/small-2027/checkpoint".to_owned()),
            ("/{election}/election-id", "/small-2027/election-id".to_owned()),
            ("/{election}/log.vkey", "/small-2027/log.vkey".to_owned()),
            ("/{election}/log.vkey", "/other/log.vkey".to_owned()),
            ("/{election}/tile/{path}", "/small-2027/tile/0/000.p/1".to_owned()),
            ("/{election}/tile/{path}", "/small-2027/tile/entries/000.p/1".to_owned()),
            ("/{election}/blob/{sha256}", format!("/small-2027/blob/{}", MANUAL.manifest.id())),
            ("/v1/openapi.json", "/v1/openapi.json".to_owned()),
        ] {
            document.check_answer("get", path, &service.get(&real).await);
        }
    }
}
