//! What an authority has stored and logged during an election, against the list in `spec/privacy.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use urna_api::authority::Draft;
use urna_authority::{DiskStore, Table};
use urna_election::manifest::draft::{InterimFigures, Policy};

use crate::sample::{LIST, SLUG, World, draft, slug};

/// The rows of the table in a rule of the page: each cell without its markup.
fn table(rule: &str) -> Vec<Vec<String>> {
    let page = include_str!("../../../../spec/privacy.md");
    let (_, after) = page.split_once(&format!("**{rule}**")).unwrap();
    let section = after.split("\n**PRI-").next().unwrap().split("\n## ").next().unwrap();
    section
        .lines()
        .filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'))
        .filter(|line| !line.starts_with("---"))
        .skip(1)
        .map(|line| line.split('|').map(|cell| cell.trim().replace('`', "")).collect())
        .collect()
}

const fn name(table: Table) -> &'static str {
    match table {
        Table::Keys => "keys",
        Table::Elections => "elections",
        Table::Drafts => "drafts",
        Table::Manifests => "manifests",
        Table::People => "people",
        Table::Staged => "staged",
        Table::Blobs => "blobs",
        Table::Invitations => "invitations",
        Table::Audit => "audit",
        Table::Ceremonies => "ceremonies",
        Table::Turnouts => "turnouts",
    }
}

fn files(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let name = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() { format!("{name}/") } else { name }
    };
    entries.map(name).collect()
}

/// What was logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_and_logs_what_the_page_lists_pri_11_to_14() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    // All tests of this program: whatever any of them logs is looked at.
    let _ = tracing::subscriber::set_global_default(subscriber);

    let world = World::new().await;
    let draft = draft(&world);
    let policy = Policy { interim_figures: InterimFigures::Turnout, ..draft.policy };
    world.publish(Draft { policy, ..draft }).await;
    let (authority, owner) = (world.authority(), world.owner());
    world.rehearse();
    authority.open_voting(&owner, &slug(), SLUG).await.unwrap();
    authority.watch_turnout(&slug()).await.unwrap();
    authority.test_mail(&owner, &slug(), "eva@uni.example").await.unwrap();
    authority.resend(&owner, &slug(), "a1").await.unwrap();
    let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut look = || {
        for (table, key, value) in world.store.records() {
            let fields = found.entry(name(table)).or_default();
            if table == Table::Blobs {
                fields.insert("bytes".to_owned());
                continue;
            }
            let is_of_person_or_place = !matches!(
                table,
                Table::Keys
                    | Table::Elections
                    | Table::Drafts
                    | Table::Manifests
                    | Table::Ceremonies
                    | Table::Turnouts
            );
            assert_eq!(key.contains(&0), is_of_person_or_place);
            match serde_json::from_slice(&value).unwrap() {
                serde_json::Value::Object(members) => {
                    fields.extend(members.into_iter().map(|(name, _)| name))
                }
                serde_json::Value::String(word) => assert!(["sent", "erased"].contains(&word.as_str())),
                other => panic!("{other}"),
            }
        }
    };
    look();
    // Something is being posted: a version of the register that the board does not take.
    world.board.with(|log| log.is_down = true);
    let more = format!("{LIST}c1,New Person,new@uni.example,staff\n");
    world.load(&more).await.unwrap_err();
    look();
    let expected: BTreeMap<String, BTreeSet<String>> = table("PRI-12")
        .into_iter()
        .map(|row| (row[0].clone(), row[2].split(", ").map(str::to_owned).collect()))
        .collect();
    let found: BTreeMap<String, BTreeSet<String>> =
        found.into_iter().map(|(name, fields)| (name.to_owned(), fields)).collect();
    assert_eq!(found, expected);

    // The files, with records as they are kept on a disk; without the key of invitations when voting has ended.
    let data = world.directory.path();
    drop(DiskStore::open(&data.join("records")).unwrap());
    let listed: BTreeSet<String> = table("PRI-11").into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(files(data), listed);
    assert_eq!(files(&data.join("sealing")), BTreeSet::from([format!("{SLUG}.key")]));
    let end = tokio::time::sleep(std::time::Duration::from_millis(300));
    urna_authority::keep_time(world.authority(), end).await;
    world.board.with(|log| log.is_down = false);
    authority.cancel(&owner, &slug(), SLUG, "it was only a test").await.unwrap();
    assert!(files(&data.join("sealing")).is_empty());
    // Nothing is left of what was staged, and the newcomer came before the end.
    let tables: BTreeSet<_> = world.store.records().into_iter().map(|(table, ..)| name(table)).collect();
    assert!(!tables.contains("staged") && !tables.contains("blobs"));
    assert_eq!(world.board.with(|log| log.register.rows().len()), 12);

    // Of voters, the audit trail has numbers only; no line has anybody.
    let audit = authority.audit(&owner, &slug()).unwrap();
    let audit: String = audit.into_iter().map(|done| done.what + "\n").collect();
    let lines = String::from_utf8_lossy(&lines.0.lock().unwrap()).into_owned();
    for text in [&audit, &lines] {
        for person in ["Lovelace", "Turing", "New Person", "@uni.example", "/vote/"] {
            assert!(!text.contains(person), "{person}: {text}");
        }
    }
    assert!(lines.contains("cannot go on") && lines.contains(SLUG), "{lines}");
    let secret = world.owner.rsplit('_').next().unwrap();
    assert!(!lines.contains(secret) && !lines.contains("Bearer"));
}
