//! What a board has stored and logged during an election, against the list in `spec/privacy.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use urna_api::server::Limits;
use urna_disk::{Cell, Cells, Database};
use urna_election::entry::Entry;
use urna_log::SignedCheckpoint;

use crate::disk::Folder;
use crate::http::{NOW, Service};
use crate::sample::{PATIENT, SLUG};

/// The rows of the table in a rule of the page: each cell as it stands.
fn table(rule: &str) -> Vec<Vec<String>> {
    let page = include_str!("../../../../spec/privacy.md");
    let (_, after) = page.split_once(&format!("**{rule}**")).unwrap();
    let section = after.split("\n**PRI-").next().unwrap().split("\n## ").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'))
        .filter(|line| !line.starts_with("---"))
        .skip(1)
        .map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// What stands between backquotes.
fn words(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The names of files below a folder, with what differs between elections as the page has it.
fn files(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let mut found = BTreeSet::new();
    for file in names {
        let name = file.file_name().into_string().unwrap();
        match name.as_str() {
            "log" => drop(found.insert("log/".into())),
            "blobs" | "promises" => {
                let placeholder = if name == "blobs" { "blobs/<sha256>" } else { "promises/<class>.key" };
                for below in fs::read_dir(file.path()).unwrap() {
                    let below = below.unwrap().file_name().into_string().unwrap();
                    let is_listed = if name == "blobs" {
                        below.len() == 64 && below.bytes().all(|byte| byte.is_ascii_hexdigit())
                    } else {
                        ["north.key", "south.key"].contains(&below.as_str())
                    };
                    assert!(is_listed, "{name}/{below}");
                    found.insert(placeholder.to_owned());
                }
            }
            _ => drop(found.insert(name)),
        }
    }
    found
}

/// The keys and values of each tree in which there is something, of a board that has ended.
fn trees(folder: &Folder) -> BTreeMap<String, Vec<Cell>> {
    let database = Database::open(&folder.0.join(SLUG).join("log"), "test").unwrap();
    let names = database.tree_names().unwrap().into_iter();
    names
        .map(|name| {
            let tree = database.tree(String::leak(name.clone())).unwrap();
            let cells = tree.scan(b"").map(|cell| cell.unwrap()).collect();
            (name, cells)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_what_the_page_lists_and_nothing_else_pri_7_and_8() {
    let service = Service::voting(&PATIENT, Limits::default(), NOW).await;
    let ballots: Vec<_> = PATIENT.voters.iter().map(|voter| &voter.ballots[0]).collect();
    // Those of the class with the greater identifiers first, and two for each class at least.
    let mut order = ballots.clone();
    order.sort_by_key(|ballot| std::cmp::Reverse(*ballot));
    for ballot in &order {
        service.post("ballots", ballot).await.expect(202);
    }
    let listed: BTreeSet<String> = table("PRI-7").into_iter().flat_map(|row| words(&row[0])).collect();
    let election = service.folder.0.join(SLUG);
    assert_eq!(files(&election), listed);
    let above = fs::read_dir(&service.folder.0).unwrap().map(|file| file.unwrap().file_name());
    assert_eq!(above.collect::<BTreeSet<_>>(), BTreeSet::from(["lock".into(), SLUG.into()]));
    assert_eq!(fs::metadata(service.folder.0.join("lock")).unwrap().len(), 0);
    let keys = |folder: &Path| fs::read_dir(folder.join("promises")).unwrap().count();
    assert_eq!(keys(&election), 2);

    // What is promised, in a board that has ended: names and texts that say nothing.
    let folder = service.stop().await;
    let expected: BTreeMap<String, Vec<String>> =
        table("PRI-8").into_iter().map(|row| (row[0].replace('`', ""), row)).collect();
    let found = trees(&folder);
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    let promised = &found["promised and sealed"];
    assert_eq!(promised.len(), ballots.len());
    for (name, text) in promised {
        // The name and the number of a part; how many parts, nonce, tag and a padded text.
        assert_eq!((name.len(), text.len()), (34, 2 + 24 + 16 + 2_048));
    }
    let file = |folder: &Folder| fs::read(folder.0.join(SLUG).join("log").join("db")).unwrap();
    let at = |bytes: &[u8], needle: &[u8]| bytes.windows(needle.len()).position(|window| window == needle);
    let pseudonyms: Vec<String> = ballots
        .iter()
        .map(|ballot| match Entry::parse(ballot).unwrap() {
            Entry::Ballot(ballot) => serde_json::to_string(&ballot.pseudonym).unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    let raw = file(&folder);
    assert!(pseudonyms.iter().all(|pseudonym| at(&raw, pseudonym.as_bytes()).is_none()));

    // They are logged by identifier, and nothing is left of the order in which they came.
    let service = Service::start(&folder, Limits::default(), NOW + 1).await;
    service.set(NOW + 50);
    let path = format!("/v1/elections/{SLUG}/ballots/{}", PATIENT.voters[0].identifier);
    for _ in 0..1_000 {
        if service.get(&path).await.status == 200 && keys(&election) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let folder = service.stop().await;
    assert_eq!(keys(&election), 0);
    let found = trees(&folder);
    let names: BTreeSet<&String> = expected.keys().filter(|name| *name != "promised and sealed").collect();
    assert_eq!(found.keys().collect::<BTreeSet<_>>(), names);
    let checkpoints: BTreeSet<_> =
        found["checkpoint"].iter().map(|(key, _)| String::from_utf8(key.clone()).unwrap()).collect();
    assert_eq!(checkpoints, words(&expected["checkpoint"][1]));
    for (_, checkpoint) in &found["checkpoint"] {
        SignedCheckpoint::from_bytes(checkpoint).unwrap();
    }
    for (key, value) in &found["entries by index"] {
        // The place, the number of a part; how many parts, and an entry of entries.md, which has no other fields.
        assert_eq!(key.len(), 8 + 2);
        Entry::parse(&value[2..]).unwrap();
    }
    assert!(
        found["tiles by level and index"].iter().all(|(key, value)| key.len() == 11 && value.len() % 32 == 2)
    );
    let mut sorted: Vec<_> = PATIENT.voters.iter().zip(&pseudonyms).collect();
    sorted.sort_by_key(|(voter, _)| voter.identifier.to_string());
    let raw = file(&folder);
    let places: Vec<_> =
        sorted.iter().map(|(_, pseudonym)| at(&raw, pseudonym.as_bytes()).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
}

/// The messages of a program's lines, each with the names of its fields.
fn lines(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut lines = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|file| file.unwrap().path()));
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        for call in source.split("tracing::").skip(1) {
            // A call, not a path of something else.
            let Some((level, rest)) = call.split_once("!(") else { continue };
            if !["error", "warn", "info", "debug", "trace"].contains(&level) {
                continue;
            }
            let (arguments, message) = rest.split_once('"').unwrap();
            let (message, _) = message.split_once('"').unwrap();
            let fields = arguments.split(',').map(|field| field.split('=').next().unwrap());
            let fields = fields.map(|field| field.trim().trim_start_matches('%').to_owned());
            lines.insert(message.to_owned(), fields.filter(|field| !field.is_empty()).collect());
        }
    }
    lines
}

#[test]
fn logs_what_the_page_lists_and_nothing_else_pri_9() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(PathBuf::from).unwrap();
    let mut found = lines(&crates.join("board").join("src"));
    found.extend(lines(&crates.join("api").join("src").join("server")));
    found.extend(lines(&crates.join("api").join("src").join("server.rs")));
    let mut listed = BTreeMap::new();
    for row in table("PRI-9") {
        listed.extend(words(&row[0]).into_iter().map(|message| (message, words(&row[1]))));
    }
    assert_eq!(found, listed);
}
