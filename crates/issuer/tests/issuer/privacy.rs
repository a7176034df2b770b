//! What an issuer has stored and logged after an election, against the list in `spec/privacy.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use tracing::subscriber::set_global_default;
use urna_disk::Database;
use urna_issuer::IssuerFolder;

use crate::folder::Folder;
use crate::sample::{Hours, NOW, Sample, Saved, answer, open_session, rng};

/// The rows of the tables in a rule of the page: each cell without its markup.
fn tables(rule: &str) -> Vec<Vec<String>> {
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

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            if entry.path().is_dir() { format!("{name}/") } else { name }
        })
        .collect()
}

#[test]
fn stores_the_fields_of_the_page_and_no_other_pri_1_to_3() {
    compare_with_the_page(Hours::Manual);
}

/// The page's `roll.csv` and tree of seconds are there only then.
#[test]
fn stores_a_second_more_where_tokens_are_taken_with_the_ballot_pri_16() {
    compare_with_the_page(Hours::WithBallot);
}

fn compare_with_the_page(hours: Hours) {
    let sample = Sample::new(hours);
    let has_roll = hours == Hours::WithBallot;
    let devices = sample.devices(5);
    let folder = Folder::new();
    let own = IssuerFolder::of(&folder.0, &sample.plan.slug);
    own.put_keys(&sample.keys("office")).unwrap();
    own.put_manifest(sample.manifest.id(), sample.manifest.bytes()).unwrap();
    let path = folder.0.join(sample.plan.slug.as_str());
    let open =
        || own.open(Arc::clone(&sample.manifest), "office".parse().unwrap(), false, &mut rng()).unwrap();
    let issuer = open();
    let mut posted = sample.until_register(&devices.iter().collect::<Vec<_>>());
    posted.extend([sample.opened(2), sample.closed(3)]);
    let (before, after) = posted.split_at(5);
    for (entry, blobs) in before {
        issuer.follow(entry, blobs, &mut rng()).unwrap();
    }
    let mut rng_of_sessions = rng();
    // In the reverse order of handles, and one that is never answered.
    let mut order: Vec<_> = devices.iter().collect();
    order.sort_by_key(|device| std::cmp::Reverse(device.handle));
    let mut unanswered = None;
    for (place, device) in order.iter().enumerate() {
        let saved: Saved = open_session(&issuer, device, NOW, &mut rng_of_sessions).unwrap();
        if place == 4 {
            unanswered = Some(saved);
        } else {
            answer(&issuer, device.challenge(&saved), NOW).unwrap();
        }
    }
    // The files while voting goes on.
    let listed: BTreeSet<_> = tables("PRI-1").into_iter().map(|row| row[0].clone()).collect();
    let only_at = |name: &String, end: bool| match name.as_str() {
        "keys" => !end,
        "roll.csv" => end && has_roll,
        _ => true,
    };
    let files = |end| listed.iter().filter(|name| only_at(name, end)).cloned().collect::<BTreeSet<_>>();
    assert!(listed.contains("roll.csv"));
    assert_eq!(names(&path), files(false));
    for (entry, blobs) in after {
        issuer.follow(entry, blobs, &mut rng()).unwrap();
    }
    let list = issuer.issuance_list().unwrap();
    let entry = issuer.issuance_entry(&list, &mut rng()).unwrap();
    issuer.follow(&entry, &[], &mut rng()).unwrap();
    own.finish(&issuer).unwrap();
    drop(issuer);
    assert_eq!(names(&path), files(true));

    // The trees, their keys, and what is in their values.
    let mut expected = BTreeMap::<String, BTreeSet<String>>::new();
    let mut tree = String::new();
    for row in tables("PRI-2") {
        if !row[0].is_empty() {
            tree.clone_from(&row[0]);
        }
        expected.entry(tree.clone()).or_default().insert(row[1].clone());
    }
    let database = Database::open(&path.join("answered"), "issuer").unwrap();
    let cells = |name| database.tree(name).unwrap().after(None).collect::<Result<Vec<_>, _>>().unwrap();
    let (rows, issuer) = (cells("answered rows by handle"), cells("issuer"));
    assert!(
        rows.iter().all(|(key, _)| devices
            .iter()
            .any(|device| device.handle.as_bytes().as_slice() == key.as_slice()))
    );
    let names = issuer.iter().map(|(key, _)| String::from_utf8(key.clone()).unwrap());
    let names: BTreeSet<String> = names.collect();
    let handle = BTreeSet::from(["handle".to_owned()]);
    let seconds = expected.get("seconds by handle").cloned();
    assert_eq!(seconds, Some(handle.clone()));
    if !has_roll {
        expected.remove("seconds by handle");
    }
    let trees =
        [("answered rows by handle", handle.clone()), ("issuer", names), ("seconds by handle", handle)];
    let trees = trees.into_iter().filter(|(name, _)| has_roll || *name != "seconds by handle");
    assert_eq!(expected, trees.map(|(name, keys)| (name.to_owned(), keys)).collect());
    if has_roll {
        let seconds = cells("seconds by handle");
        assert!(seconds.iter().map(|(key, _)| key).eq(rows.iter().map(|(key, _)| key)));
        assert!(seconds.iter().all(|(_, second)| second == &NOW.to_be_bytes()));
    }
    let mut trees = database.tree_names().unwrap();
    trees.sort();
    assert!(trees.iter().eq(expected.keys()), "{trees:?}");
    let length = |key: &str| issuer.iter().find(|(name, _)| name == key.as_bytes()).unwrap().1.len();
    // A number and a hash each.
    assert_eq!((length("start"), length("register in force"), length("keys destroyed")), (40, 40, 0));
    assert_eq!(rows.len(), 4);
    let fields: BTreeSet<_> = tables("PRI-3").into_iter().map(|row| row[0].clone()).collect();
    for (_, row) in rows {
        let row: serde_json::Value = serde_json::from_slice(&row).unwrap();
        assert_eq!(row.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>(), fields);
    }
    // A session that was not answered has left no trace, in whatever file.
    let never = unanswered.unwrap();
    drop((issuer, database));
    for file in fs::read_dir(path.join("answered")).unwrap() {
        let file = file.unwrap().path();
        if file.is_file() {
            let bytes = fs::read(file).unwrap();
            let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
            assert!(!has(&never.session.0) && !has(&never.commitment.to_bytes()));
        }
    }
}

/// Rows that become durable together leave no trace of who came first, not even in the raw file.
#[test]
fn writes_a_batch_in_the_order_of_handles() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(6);
    let folder = Folder::new();
    let own = IssuerFolder::of(&folder.0, &sample.plan.slug);
    own.put_keys(&sample.keys("office")).unwrap();
    let issuer =
        own.open(Arc::clone(&sample.manifest), "office".parse().unwrap(), false, &mut rng()).unwrap();
    for (entry, blobs) in sample.until_register(&devices.iter().collect::<Vec<_>>()) {
        issuer.follow(&entry, &blobs, &mut rng()).unwrap();
    }
    let mut order: Vec<_> = devices.iter().collect();
    order.sort_by_key(|device| std::cmp::Reverse(device.handle));
    let mut sessions = rng();
    for device in &order {
        let saved = open_session(&issuer, device, NOW, &mut sessions).unwrap();
        drop(crate::sample::send(&issuer, device.challenge(&saved), NOW));
    }
    assert_eq!(issuer.commit().unwrap(), 6);
    drop(issuer);
    let file = folder.0.join(sample.plan.slug.as_str()).join("answered").join("db");
    let bytes = fs::read(file).unwrap();
    order.reverse();
    let places: Vec<_> = order
        .iter()
        .map(|device| {
            let json = serde_json::to_string(&urna_election::json::Base64(device.handle)).unwrap();
            bytes.windows(json.len()).position(|window| window == json.as_bytes()).unwrap()
        })
        .collect();
    assert!(places.is_sorted(), "{places:?}");
}

/// What all services of this process have logged.
#[derive(Clone, Default)]
pub(crate) struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Logged {
    /// Begins to keep what is logged, at every level, by this crate.
    pub(crate) fn begin() -> Self {
        let logged = Self::default();
        let writer = logged.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .finish();
        set_global_default(subscriber).unwrap();
        logged
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// The lines that the page lists, by their messages.
pub(crate) fn listed_messages() -> Vec<String> {
    tables("PRI-5").iter().flat_map(|row| row[0].split(", ").map(str::to_owned).collect::<Vec<_>>()).collect()
}
