//! The committed vectors hold, refuse more than they accept, name rules that exist; and the check would notice if not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests stand outside of the test functions"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use urna_vectors::fields::Fields;
use urna_vectors::vector::{Expect, File};
use urna_vectors::{area, check, write};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files() -> Vec<File> {
    let read = |area: &urna_vectors::vector::Area| {
        let path = repository().join(format!("spec/vectors/{}.json", area.name));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    };
    area::ALL.iter().map(read).collect()
}

#[test]
fn accepts_what_is_committed() {
    let report = check(&repository().join("spec/vectors")).unwrap();
    assert_eq!(report.differences, [""; 0]);
    assert!(report.records > 17, "{}", report.records);
    let all = report.accepted + report.rejected;
    assert!(report.rejected * 100 >= all * 60, "{} of {all} are refused", report.rejected);
    assert!(report.seconded * 2 >= all, "{} of {all} have a second answer", report.seconded);
}

#[test]
fn names_only_rules_that_the_specification_has() {
    let mut pages = String::new();
    for entry in fs::read_dir(repository().join("spec")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            pages += &fs::read_to_string(path).unwrap();
        }
    }
    // A rule's id stands by itself: TRU-1 is not found in TRU-12.
    let ids: BTreeSet<&str> = pages.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).collect();
    for file in files() {
        for vector in file.vectors {
            assert!(
                ids.contains(vector.check.as_str()),
                "{}: `{}` names {}",
                file.area,
                vector.name,
                vector.check
            );
        }
    }
}

#[test]
fn has_refusals_in_every_area_and_values_where_something_is_accepted() {
    for file in files() {
        let refused = file.vectors.iter().filter(|vector| vector.expect == Expect::Reject).count();
        assert!(refused * 2 > file.vectors.len(), "{}", file.area);
        assert!(file.vectors.iter().any(|vector| !vector.values.is_empty()), "{}", file.area);
    }
}

#[test]
fn explains_every_operation() {
    let readme = fs::read_to_string(repository().join("spec/vectors/README.md")).unwrap();
    for file in files() {
        assert!(readme.contains(&format!("{}.json", file.area)), "{}", file.area);
        for vector in file.vectors {
            assert!(
                readme.contains(&format!("`{}`", vector.operation)),
                "{} is not explained",
                vector.operation
            );
        }
    }
}

/// The differences that the check finds after one file was changed.
fn differences_after(name: &str, area: &str, change: impl FnOnce(&mut File)) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    write(&folder).unwrap();
    let path = folder.join(format!("{area}.json"));
    let mut file: File = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut file);
    fs::write(&path, serde_json::to_string_pretty(&file).unwrap() + "\n").unwrap();
    check(&folder).unwrap().differences
}

fn vector(file: &mut File, index: usize) -> &mut urna_vectors::vector::Vector {
    &mut file.vectors[index]
}

#[test]
fn rejects_a_file_that_is_not_up_to_date() {
    let found = differences_after("comment", "token", |file| vector(file, 3).comment.clear());
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("token.json") && found[0].contains("not what `write` writes"));
    let found = differences_after("spaces", "count", |file| drop(file.vectors.pop()));
    assert_eq!(found.len(), 1);
}

#[test]
fn rejects_a_vector_that_expects_the_wrong_answer() {
    // A refusal that must be an acceptance, for both implementations.
    let found = differences_after("accepted", "ballot", |file| {
        let refused = file.vectors.iter_mut().find(|v| v.expect == Expect::Reject).unwrap();
        refused.expect = Expect::Accept;
    });
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].contains("the crates: refused by"));
    assert!(found[1].contains("the second implementation: refused by"));
    // The other way round.
    let found = differences_after("refused", "dleq", |file| vector(file, 0).expect = Expect::Reject);
    assert!(found.iter().any(|line| line.contains("must refuse it")), "{found:?}");
    // Refused, but by another rule.
    let found = differences_after("rule", "state", |file| {
        let refused = file.vectors.iter_mut().find(|v| v.check == "STA-5").unwrap();
        refused.check = "STA-6".into();
    });
    assert!(found.iter().any(|line| line.contains("refused by STA-5, not by STA-6")), "{found:?}");
}

#[test]
fn rejects_another_intermediate_value_and_another_culprit() {
    let found = differences_after("value", "token", |file| {
        let values = std::mem::take(&mut vector(file, 0).values);
        vector(file, 0).values = values.with("token", &[0; 96]);
    });
    assert!(found.iter().any(|line| line.contains("the crates: computed token")), "{found:?}");
    let found = differences_after("culprit", "token", |file| {
        let named = file.vectors.iter_mut().find(|v| v.values.has("bad")).unwrap();
        named.values = Fields::new().with("bad", &urna_vectors::fields::List(&[0_u64]));
    });
    assert!(found.iter().any(|line| line.contains("were named")), "{found:?}");
    let found = differences_after("problem", "manifest", |file| {
        let named = file.vectors.iter_mut().find(|v| v.values.has("problems")).unwrap();
        named.values = Fields::new();
    });
    assert!(found.iter().any(|line| line.contains("the problems found are")), "{found:?}");
}

#[test]
fn rejects_two_vectors_of_one_name() {
    let found = differences_after("twice", "sharing", |file| {
        let again = file.vectors[0].clone();
        file.vectors.push(again);
    });
    assert!(found.iter().any(|line| line.contains("two vectors are called")), "{found:?}");
}

#[test]
fn rejects_records_that_are_damaged_missing_or_not_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("records");
    write(&folder).unwrap();
    let records = folder.join("records");
    // Other entries: the bytes differ, and so does the verifier's answer.
    let [good, bad] =
        ["good-2-of-3", "V-03-not-canonical"].map(|name| records.join(name).join("tile/entries/000.p/23"));
    fs::copy(bad, good).unwrap();
    fs::remove_file(records.join("V-15-broken-promise/given/promise")).unwrap();
    fs::write(records.join("good-voting/notes"), "").unwrap();
    let found = check(&folder).unwrap().differences;
    for said in [
        "23: not what `write` writes",
        "promise: missing",
        "notes: `write` does not write it",
        "good-2-of-3: the verdict is `failed`",
        "V-15-broken-promise: given/promise",
    ] {
        assert!(found.iter().any(|line| line.contains(said)), "{said}: {found:?}");
    }
    assert_eq!(found.len(), 5);
    // What is not written any more goes away.
    write(&folder).unwrap();
    assert_eq!(check(&folder).unwrap().differences, [""; 0]);
}
