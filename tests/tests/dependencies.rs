//! What may depend on what: one copy of the cryptography in every program, imports that run downwards only, and pure
//! crates that stay pure.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use urna_tests::{files_below, repository};

/// The layers of the workspace, lowest first. A crate imports only from layers below its own, so that authority, issuer
/// and board can never link each other, not even through a third crate.
const LAYERS: [&[&str]; 6] = [
    &["urna-crypto", "urna-log"],
    &["urna-election"],
    &["urna-api", "urna-bundle", "urna-disk", "urna-pages", "urna-verifier"],
    &["urna-client", "urna-trustee", "urna-worker"],
    &["urna-authority", "urna-issuer", "urna-board", "urna-booth", "urna-observer", "urna-custodian"],
    &["urna"],
];

/// Crates without input and output, clock and randomness of their own. What of them a feature adds has a name of its own: the
/// drivers of voter and trustee.
const PURE: [&str; 6] = ["crypto", "log", "election", "verifier", "client", "trustee"];

/// Crates of which two copies in one program would be two incompatible sets of types, or unreviewed cryptography.
const ONE_COPY: [&str; 4] = ["curve25519-dalek", "rand_core", "sha2", "digest"];

/// The output of `cargo ARGUMENTS` at the top of the repository.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--locked", "--color", "never"])
        .current_dir(repository())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "cargo {arguments:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// The packages of the workspace, as `cargo metadata` describes them.
fn packages() -> Vec<Value> {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--no-deps", "--format-version", "1"]))
        .expect("cargo writes JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// The packages in `crates/`, with their directories' names.
fn crates() -> BTreeMap<String, Value> {
    let below = repository().join("crates");
    let below = fs::canonicalize(below).expect("crates/ exists");
    let mut found = BTreeMap::new();
    for package in packages() {
        let manifest = fs::canonicalize(text(&package["manifest_path"])).expect("the manifest exists");
        if manifest.starts_with(&below) {
            found.insert(text(&package["name"]).to_owned(), package);
        }
    }
    assert!(!found.is_empty(), "no crates found");
    found
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

/// The names of the package's dependencies, of all kinds or only the normal ones of every platform.
fn dependencies(package: &Value, normal_only: bool) -> BTreeSet<String> {
    package["dependencies"]
        .as_array()
        .expect("dependencies")
        .iter()
        .filter(|dependency| !normal_only || (dependency["kind"].is_null() && dependency["target"].is_null()))
        .map(|dependency| text(&dependency["name"]).to_owned())
        .collect()
}

/// Name → versions of all that is linked into package `name`, development and build dependencies left out.
fn linked(name: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut versions = BTreeMap::<String, BTreeSet<String>>::new();
    for line in cargo(&["tree", "-p", name, "-e", "normal", "--prefix", "none", "--format", "{p}"]).lines() {
        let mut words = line.split_whitespace();
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            versions.entry(name.to_owned()).or_default().insert(version.to_owned());
        }
    }
    versions
}

#[test]
fn every_program_has_one_copy_of_the_cryptography_and_of_each_direct_dependency() {
    let packages = packages();
    let direct: BTreeSet<String> = packages.iter().flat_map(|package| dependencies(package, true)).collect();
    let mut programs = 0;
    for (name, package) in crates() {
        let targets = package["targets"].as_array().expect("targets");
        if !targets.iter().any(|target| target["kind"] == serde_json::json!(["bin"])) {
            continue;
        }
        programs += 1;
        let linked = linked(&name);
        for wanted in ONE_COPY {
            let versions = linked.get(wanted);
            assert!(
                versions.is_some_and(|versions| versions.len() == 1),
                "{name} links {wanted} in {versions:?}; see `cargo tree -d -e normal -p {name}`"
            );
        }
        for (dependency, versions) in linked.iter().filter(|(dependency, _)| direct.contains(*dependency)) {
            assert_eq!(versions.len(), 1, "{name} links {dependency} in {versions:?}");
        }
    }
    assert!(programs > 0, "no program in crates/");
}

/// The layer of a crate of the workspace, counted from the bottom.
fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

/// Why a crate may not depend on the other, or nothing if it may, or if the other is none of ours.
fn forbidden(name: &str, dependency: &str) -> Option<String> {
    let is_ours = dependency == "urna" || dependency.starts_with("urna-");
    // Tests may have their own crate with more features.
    if !is_ours || dependency == name {
        return None;
    }
    match (layer(name), layer(dependency)) {
        (None, _) => Some(format!("{name} has no layer yet: add it to LAYERS")),
        (_, None) => Some(format!("{name} imports {dependency}, which is in no layer")),
        (Some(own), Some(other)) if other >= own => {
            Some(format!("{name} imports {dependency}, which is not below it"))
        }
        _ => None,
    }
}

#[test]
fn imports_run_downwards_only() {
    for (name, package) in crates() {
        assert!(layer(&name).is_some(), "{name} has no layer yet: add it to LAYERS");
        for dependency in dependencies(&package, false) {
            assert_eq!(forbidden(&name, &dependency), None);
        }
    }
}

#[test]
fn rejects_imports_upwards_and_between_the_roles() {
    for (name, dependency) in [
        ("urna-crypto", "urna-log"),
        ("urna-crypto", "urna-election"),
        ("urna-authority", "urna-issuer"),
        ("urna-issuer", "urna-board"),
        ("urna-board", "urna-authority"),
        ("urna-election", "urna"),
        ("urna-unknown", "urna-crypto"),
        ("urna-board", "urna-vectors"),
    ] {
        assert!(forbidden(name, dependency).is_some(), "{name} -> {dependency}");
    }
    assert_eq!(forbidden("urna-board", "urna-election"), None);
    assert_eq!(forbidden("urna-board", "serde"), None);
}

#[test]
fn only_the_disk_crate_uses_the_database() {
    let packages = packages();
    let users = packages.iter().filter(|package| dependencies(package, false).contains("sled"));
    let users: Vec<_> = users.map(|package| text(&package["name"])).collect();
    assert_eq!(users, ["urna-disk"]);
}

/// A source file without its line comments and without the unit tests at its end.
fn code(source: &str) -> String {
    // Test modules inside the file stand at its end, `mod tests {`; those in files of their own end in a semicolon.
    let tests = source.match_indices("\n#[cfg(test)]\nmod ").find(|(at, opening)| {
        let name = source[at + opening.len()..].lines().next().unwrap_or_default();
        name.ends_with('{')
    });
    let source = tests.map_or(source, |(at, _)| &source[..at]);
    source
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .fold(String::new(), |code, line| code + line + "\n")
}

/// The source files of a crate that the crate's users get: not those of `#[cfg(test)] mod name;`, nor of a module that a
/// feature adds.
fn shipped(src: &Path) -> Vec<PathBuf> {
    let files = files_below(src).expect("the crate has sources");
    let test_only: Vec<PathBuf> = files
        .iter()
        .flat_map(|path| {
            let source = fs::read_to_string(path).expect("a readable source file");
            let modules = if path.ends_with("lib.rs") { src.to_path_buf() } else { path.with_extension("") };
            let declared = source.split("#[cfg(").skip(1).filter_map(|after| {
                let (condition, after) = after.split_once(")]\n")?;
                let line = after.lines().next()?.strip_suffix(';')?;
                let features = ["feature = ", "any(test, feature = "];
                let left_out =
                    condition == "test" || features.iter().any(|start| condition.starts_with(start));
                line.split_once("mod ").filter(|_| left_out).map(|(_, name)| name.to_owned())
            });
            declared.map(|name| modules.join(name)).collect::<Vec<_>>()
        })
        .collect();
    let is_shipped = |path: &PathBuf| {
        !test_only.iter().any(|module| path.starts_with(module) || *path == module.with_extension("rs"))
    };
    files.into_iter().filter(is_shipped).collect()
}

/// The identifiers in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// What in this code reaches the outside world: modules of std, also in `use std::{…}`, and telling names.
fn impurities(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for after in code.split("std::").skip(1) {
        let modules = if after.starts_with('{') { after.split(';').next() } else { words(after).next() };
        for module in words(modules.unwrap_or_default()) {
            if ["fs", "net", "env", "process", "thread"].contains(&module) {
                found.push(format!("std::{module}"));
            }
        }
    }
    let telling = [
        "tokio",
        "SystemTime",
        "Instant",
        "thread_rng",
        "ThreadRng",
        "OsRng",
        "from_entropy",
        "println",
        "eprintln",
    ];
    found.extend(words(code).filter(|word| telling.contains(word)).map(str::to_owned));
    found
}

#[test]
fn pure_crates_hold_no_clock_no_randomness_and_no_input_or_output() {
    for name in PURE {
        let src = repository().join("crates").join(name).join("src");
        for path in shipped(&src) {
            let source = fs::read_to_string(&path).expect("a readable source file");
            assert_eq!(impurities(&code(&source)), Vec::<String>::new(), "{}", path.display());
        }
        let package = &crates()[&format!("urna-{name}")];
        let optional = package["dependencies"].as_array().expect("dependencies").iter();
        let optional: Vec<_> = optional
            .filter(|dependency| dependency["optional"] == true)
            .map(|dependency| text(&dependency["name"]))
            .collect();
        assert!(package["features"]["default"].is_null(), "urna-{name} has features by default");
        for dependency in dependencies(package, true) {
            assert!(
                optional.contains(&dependency.as_str())
                    || !["tokio", "rand", "sled", "reqwest", "indicatif"].contains(&dependency.as_str()),
                "urna-{name} depends on {dependency}"
            );
        }
    }
}

#[test]
fn rejects_impure_code() {
    for source in [
        "use std::fs;",
        "use std::{collections::BTreeMap, net::TcpStream};",
        "use std::{\n    fmt,\n    fs::File,\n};",
        "let now = std::time::SystemTime::now();",
        "let mut rng = rand::thread_rng();",
        "use rand_core::OsRng;",
        "async fn f() { tokio::time::sleep(d).await }",
        "\n#[cfg(test)]\nmod rejections;\n\nuse std::fs;",
    ] {
        assert!(!impurities(&code(source)).is_empty(), "{source}");
    }
    for source in [
        "// never std::fs here",
        "use std::{collections::BTreeMap, fmt};\nfn thread() {}",
        "fn f() {}\n\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}",
    ] {
        assert_eq!(impurities(&code(source)), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn only_the_group_module_names_the_curve() {
    let owner = Path::new("crates/crypto/src/group.rs");
    let top = repository();
    let mut owner_names_it = false;
    for (_, package) in crates() {
        let manifest = Path::new(text(&package["manifest_path"])).to_path_buf();
        let src = manifest.parent().expect("a directory").join("src");
        for path in files_below(&src).expect("the crate has sources") {
            let source = fs::read_to_string(&path).expect("a readable source file");
            let names_it = words(&code(&source)).any(|word| word == "curve25519_dalek");
            if fs::canonicalize(&path).ok() == fs::canonicalize(top.join(owner)).ok() {
                owner_names_it = names_it;
            } else {
                assert!(!names_it, "{} names the curve; only {} may", path.display(), owner.display());
            }
        }
    }
    assert!(owner_names_it, "{} does not name the curve", owner.display());
}
