//! Others' code: where it is from, under which licences, and in how many versions; against `deny.toml`, which says what may be.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use serde::Deserialize;
use serde_json::{Value, json};
use urna_tests::repository;

/// What of `deny.toml` is checked here.
#[derive(Deserialize)]
struct Deny {
    graph: Graph,
    licenses: Licences,
    sources: Sources,
    bans: Bans,
}

#[derive(Deserialize)]
struct Graph {
    targets: Vec<String>,
}

#[derive(Deserialize)]
struct Licences {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
    allow_git: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skipped>,
}

/// A version beside another one.
#[derive(Deserialize)]
struct Skipped {
    #[serde(rename = "crate")]
    named: String,
    reason: String,
}

impl Deny {
    fn read() -> Self {
        let text = fs::read_to_string(repository().join("deny.toml")).expect("deny.toml");
        toml::from_str(&text).expect("deny.toml can be read")
    }

    /// Everything that is wrong with these packages.
    fn problems(&self, packages: &[Value]) -> Vec<String> {
        let mut problems = Vec::new();
        let mut versions = BTreeMap::<&str, BTreeSet<&str>>::new();
        for package in packages {
            let text = |member: &str| package[member].as_str().unwrap_or_default();
            let (name, version) = (text("name"), text("version"));
            // Those of the workspace have no source.
            if package["source"].is_null() {
                continue;
            }
            let registries = self.sources.allow_registry.iter().map(|url| format!("registry+{url}"));
            let mut sources = registries.chain(self.sources.allow_git.iter().map(|url| format!("git+{url}")));
            if !sources.any(|source| source == text("source")) {
                problems.push(format!("{name} {version} is from {}", text("source")));
            }
            if !is_allowed(text("license"), &self.licenses.allow) {
                problems.push(format!("{name} {version} is under {:?}", text("license")));
            }
            versions.entry(name).or_default().insert(version);
        }
        let mut skipped: BTreeSet<&str> =
            self.bans.skip.iter().map(|skipped| skipped.named.as_str()).collect();
        for (name, versions) in versions {
            let several = versions.len() > 1;
            let left: Vec<_> = versions
                .iter()
                .filter(|version| !(several && skipped.remove(format!("{name}@{version}").as_str())))
                .collect();
            if left.len() != 1 {
                problems.push(format!("{name} in versions {versions:?}, of which all but one need a reason"));
            }
        }
        problems.extend(skipped.into_iter().map(|named| format!("{named} needs no exception")));
        problems
    }
}

/// Whether an SPDX expression can be met with these licences. "/" is an old way of writing OR.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest, allowed) == Some(true) && rest.is_empty()
}

/// Alternatives; nothing of what is no expression.
fn either(words: &mut &[&str], allowed: &BTreeSet<String>) -> Option<bool> {
    let mut met = both(words, allowed)?;
    while let Some(("OR" | "or", rest)) = words.split_first().map(|(first, rest)| (*first, rest)) {
        *words = rest;
        met |= both(words, allowed)?;
    }
    Some(met)
}

fn both(words: &mut &[&str], allowed: &BTreeSet<String>) -> Option<bool> {
    let mut met = one(words, allowed)?;
    while let Some(("AND" | "and", rest)) = words.split_first().map(|(first, rest)| (*first, rest)) {
        *words = rest;
        met &= one(words, allowed)?;
    }
    Some(met)
}

fn one(words: &mut &[&str], allowed: &BTreeSet<String>) -> Option<bool> {
    let (first, rest) = words.split_first()?;
    *words = rest;
    match *first {
        "(" => {
            let met = either(words, allowed)?;
            let (closing, rest) = words.split_first()?;
            *words = rest;
            (*closing == ")").then_some(met)
        }
        ")" | "AND" | "OR" | "WITH" => None,
        licence => match words {
            ["WITH", exception, rest @ ..] => {
                *words = rest;
                Some(allowed.contains(&format!("{licence} WITH {exception}")))
            }
            _ => Some(allowed.contains(licence)),
        },
    }
}

/// All packages that a build for these targets takes.
fn packages(targets: &[String]) -> Vec<Value> {
    let mut arguments = vec!["metadata", "--format-version", "1", "--locked"];
    arguments.extend(targets.iter().flat_map(|target| ["--filter-platform", target]));
    let output =
        Command::new(env!("CARGO")).args(arguments).current_dir(repository()).output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    // Those of other platforms are listed, but in no graph.
    let nodes = metadata["resolve"]["nodes"].as_array().expect("a graph");
    let taken: BTreeSet<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
    let all = metadata["packages"].as_array().expect("packages").iter();
    all.filter(|package| package["id"].as_str().is_some_and(|id| taken.contains(id))).cloned().collect()
}

#[test]
fn others_code_is_what_it_may_be() {
    let deny = Deny::read();
    for skipped in &deny.bans.skip {
        assert!(!skipped.reason.is_empty(), "{} has no reason", skipped.named);
    }
    let packages = packages(&deny.graph.targets);
    assert!(packages.len() > 200, "{}", packages.len());
    let problems = deny.problems(&packages);
    assert!(problems.is_empty(), "see deny.toml:\n{}", problems.join("\n"));
}

#[test]
fn rejects_other_sources_licences_and_versions() {
    let mut deny = Deny::read();
    deny.bans.skip = vec![
        Skipped { named: "b@1.0.0".into(), reason: "old".into() },
        Skipped { named: "z@1.0.0".into(), reason: "gone".into() },
    ];
    let registry = format!("registry+{}", deny.sources.allow_registry[0]);
    let package = |name: &str, version: &str, source: &str, licence: Value| json!({ "name": name, "version": version, "source": source, "license": licence });
    let packages = [
        package("a", "1.0.0", &registry, json!("MIT")),
        package("b", "1.0.0", &registry, json!("MIT")),
        package("b", "2.0.0", &registry, json!("MIT")),
        package("c", "1.0.0", &registry, json!("MIT")),
        package("c", "2.0.0", &registry, json!("MIT")),
        package("d", "1.0.0", "git+https://git.example/d", json!("MIT")),
        package("e", "1.0.0", &registry, json!("GPL-3.0-only")),
        package("f", "1.0.0", &registry, Value::Null),
    ];
    let problems = deny.problems(&packages);
    let starts: Vec<&str> =
        problems.iter().map(|problem| problem.split(' ').next().unwrap_or_default()).collect();
    assert_eq!(starts, ["d", "e", "f", "c", "z@1.0.0"], "{problems:?}");
}

#[test]
fn accepts_and_rejects_expressions() {
    let allowed = ["MIT", "Apache-2.0", "ISC"].map(str::to_owned).into();
    for expression in [
        "MIT",
        "GPL-3.0-only OR MIT",
        "MIT/GPL-3.0-only",
        "(MIT OR X) AND ISC",
        "X WITH Y OR ISC",
        "X AND Y OR MIT",
    ] {
        assert!(is_allowed(expression, &allowed), "{expression}");
    }
    for expression in [
        "",
        "X",
        "MIT AND X",
        "(MIT OR ISC) AND X",
        "MIT WITH Y",
        "MIT OR",
        "(MIT",
        "MIT)",
        "MIT ISC",
        "X AND Y OR Z",
    ] {
        assert!(!is_allowed(expression, &allowed), "{expression}");
    }
}
