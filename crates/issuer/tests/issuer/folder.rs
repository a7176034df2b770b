//! The folder of an election's issuer: its keys, what it is bound to, and what shows that something was lost.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use urna_crypto::{IssuerKey, IssuerPossession, Signature};
use urna_disk::DiskError;
use urna_election::{Id, Plan};
use urna_issuer::{DiskStore, Issuer, IssuerError, IssuerFolder, IssuerKeys, KeyError, PublicKeys};

use crate::sample::{Device, Hours, NOW, Sample, answer, open_session, rng};

/// A folder that is removed in the end.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("issuer-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn issuer(&self) -> IssuerFolder {
        IssuerFolder::new(self.0.join("office"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn open(folder: &Folder, sample: &Sample, accept_loss: bool) -> Result<Issuer<DiskStore>, IssuerError> {
    let manifest = Arc::clone(&sample.manifest);
    folder.issuer().open(manifest, "office".parse().unwrap(), accept_loss, &mut rng())
}

/// A folder with keys, and an issuer that has given the device its token.
fn served(sample: &Sample, device: &Device) -> Folder {
    let folder = Folder::new();
    folder.issuer().put_keys(&sample.keys("office")).unwrap();
    let issuer = open(&folder, sample, false).unwrap();
    for (entry, blobs) in sample.until_register(&[device]) {
        issuer.follow(&entry, &blobs, &mut rng()).unwrap();
    }
    let saved = open_session(&issuer, device, NOW, &mut rng()).unwrap();
    answer(&issuer, device.challenge(&saved), NOW).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        let to = to.join(file.file_name());
        if file.path().is_dir() {
            copy(&file.path(), &to);
        } else {
            fs::copy(file.path(), to).unwrap();
        }
    }
}

#[test]
fn accepts_keys_once_and_reads_them_again_tok_1() {
    let sample = Sample::new(Hours::Manual);
    let folder = Folder::new();
    let path = folder.0.join("keys");
    assert!(IssuerKeys::read(&path).unwrap().is_none());
    let keys = sample.keys("office");
    keys.write_new(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
    let text = fs::read(&path).unwrap();
    // A second time, and with what a crash had left.
    fs::write(folder.0.join("keys.new"), b"torn").unwrap();
    let again = sample.keys("senate").write_new(&path);
    assert!(matches!(again, Err(KeyError::AlreadyMade(_))), "{again:?}");
    assert_eq!(fs::read(&path).unwrap(), text);

    let read = IssuerKeys::read(&path).unwrap().unwrap();
    assert_eq!((read.issuer(), read.plan()), (keys.issuer(), keys.plan()));
    let (public, expected) = (read.public(&mut rng()), keys.public(&mut rng()));
    assert_eq!(public, expected);
    for key in public.keys {
        let statement = IssuerPossession { plan: keys.plan(), issuer: "office", class: &key.class };
        let proof = Signature::from_bytes(&key.proof.0).unwrap();
        proof.verify(&IssuerKey::from_bytes(&key.key.0).unwrap(), &statement).unwrap();
    }
}

/// `urna issuer keys`, given again, says the same; it never makes other keys.
#[test]
fn accepts_the_making_of_keys_twice_and_rejects_others() {
    let sample = Sample::new(Hours::Manual);
    let folder = Folder::new();
    let classes = Sample::classes();
    let make = |plan: &Plan, issuer: &str, classes: &[Id], seed| {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        folder.issuer().make_keys(plan, &issuer.parse().unwrap(), classes, &mut rng)
    };
    assert!(matches!(make(&sample.plan, "registry", &classes, 1), Err(IssuerError::UnknownIssuer(_))));
    assert!(!folder.issuer().is_made().unwrap());
    let first = make(&sample.plan, "office", &classes, 1).unwrap();
    let again = make(&sample.plan, "office", &classes, 2).unwrap();
    let public = |keys: &PublicKeys| {
        let of_classes: Vec<_> = keys.keys.iter().map(|key| (key.class.clone(), key.key)).collect();
        (of_classes, keys.signing_key)
    };
    assert_eq!(public(&first), public(&again));
    let mut other_plan = sample.plan.clone();
    other_plan.slug = "another-2027".parse().unwrap();
    for other in [
        make(&other_plan, "office", &classes, 3),
        make(&sample.plan, "senate", &classes, 3),
        make(&sample.plan, "office", &classes[..1], 3),
    ] {
        assert!(matches!(other, Err(IssuerError::Key(KeyError::AlreadyMade(_)))));
    }
}

#[test]
fn rejects_damaged_and_readable_key_files() {
    let sample = Sample::new(Hours::Manual);
    let folder = Folder::new();
    let path = folder.0.join("keys");
    sample.keys("office").write_new(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 6, "{}", lines[0]);
    let private = |text: &str| {
        fs::write(&path, text).unwrap();
        IssuerKeys::read(&path).map(drop)
    };
    private(&text).unwrap();
    for number in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(number);
        let without = format!("{}\n", without.join("\n"));
        // A class may be missing; that the manifest has it is found at the start.
        assert_eq!(private(&without).is_ok(), number >= 4, "without line {number}");
        let mut changed = lines.clone();
        let longer = format!("{}0", changed[number]);
        changed[number] = &longer;
        let changed = format!("{}\n", changed.join("\n"));
        assert_eq!(private(&changed).is_ok(), number == 1, "line {number} longer");
    }
    for wrong in [
        text.trim_end().to_owned(),
        String::new(),
        "\n".to_owned(),
        text.replace("keys 1", "keys 2"),
        text.replace("class north ", "class NORTH "),
        text.replace("class north ", "class south "),
        text.to_uppercase(),
        // Not a scalar, and zero.
        format!("{}class west {}\n", text, "f".repeat(64)),
        format!("{}class west {}\n", text, "0".repeat(64)),
    ] {
        assert!(matches!(private(&wrong), Err(KeyError::Line { .. })), "{wrong}");
    }
    fs::write(&path, &text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let readable = IssuerKeys::read(&path).map(drop);
    assert!(matches!(readable, Err(KeyError::Disk(DiskError::ReadableByOthers(_)))));
    let twice = IssuerKeys::generate(
        sample.plan.id(),
        "office".parse().unwrap(),
        &["a".parse().unwrap(), "a".parse().unwrap()],
        &mut rng(),
    );
    assert!(matches!(twice.map(drop), Err(KeyError::ClassTwice(_))));
}

#[test]
fn rejects_a_start_without_keys_or_with_others() {
    let sample = Sample::new(Hours::Manual);
    let folder = Folder::new();
    assert!(matches!(open(&folder, &sample, false).map(drop), Err(IssuerError::NoKeys)));
    let manifest = || Arc::clone(&sample.manifest);
    let unknown = folder.issuer().open(manifest(), "registry".parse().unwrap(), false, &mut rng());
    assert!(matches!(unknown.map(drop), Err(IssuerError::UnknownIssuer(_))));
    // The other issuer's keys; keys of another plan; fresh keys of this one; one class too few.
    let with = |keys: IssuerKeys| {
        let folder = Folder::new();
        folder.issuer().put_keys(&keys).unwrap();
        open(&folder, &sample, false).map(drop).unwrap_err()
    };
    assert!(matches!(with(sample.keys("senate")), IssuerError::OtherPlan));
    let office = || "office".parse().unwrap();
    let generate = |plan, classes: &[_]| IssuerKeys::generate(plan, office(), classes, &mut rng()).unwrap();
    let other_plan = urna_crypto::PlanId::from_bytes([9; 32]);
    assert!(matches!(with(generate(other_plan, &Sample::classes())), IssuerError::OtherPlan));
    assert!(matches!(with(generate(sample.plan.id(), &Sample::classes())), IssuerError::OtherKey(_)));
    let text = {
        let folder = Folder::new();
        folder.issuer().put_keys(&sample.keys("office")).unwrap();
        let path = folder.0.join("office").join("keys");
        let text = fs::read_to_string(&path).unwrap();
        let shorter: String = text.lines().take(5).map(|line| format!("{line}\n")).collect();
        fs::write(&path, shorter).unwrap();
        open(&folder, &sample, false).map(drop).unwrap_err().to_string()
    };
    assert!(text.contains("class south"), "{text}");
}

/// A plan can have two manifests. The keys serve the first that they are started with.
#[test]
fn rejects_a_second_election_id_tok_1() {
    let sample = Sample::new(Hours::Manual);
    let other = Sample::titled(Hours::Manual, "The same plan, another title");
    assert_eq!(sample.manifest.plan_id(), other.manifest.plan_id());
    assert_ne!(sample.manifest.id(), other.manifest.id());
    let folder = Folder::new();
    folder.issuer().put_keys(&sample.keys("office")).unwrap();
    // Bound before any session, and whether or not the loss of something is accepted.
    drop(open(&folder, &sample, false).unwrap());
    for accept_loss in [false, true] {
        let refused = open(&folder, &other, accept_loss).map(drop);
        assert!(matches!(refused, Err(IssuerError::OtherElection { .. })), "{refused:?}");
    }
    // Each of the two traces is enough.
    let office = folder.0.join("office");
    fs::rename(office.join("started"), office.join("aside")).unwrap();
    assert!(matches!(open(&folder, &other, true).map(drop), Err(IssuerError::OtherElection { .. })));
    fs::rename(office.join("aside"), office.join("started")).unwrap();
    fs::remove_dir_all(office.join("answered")).unwrap();
    assert!(matches!(open(&folder, &other, true).map(drop), Err(IssuerError::OtherElection { .. })));
    drop(open(&folder, &sample, true).unwrap());
}

#[test]
fn rejects_a_start_on_a_lost_store_unless_the_loss_is_accepted() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let folder = served(&sample, &device);
    fs::remove_dir_all(folder.0.join("office").join("answered")).unwrap();
    for _ in 0..2 {
        let refused = open(&folder, &sample, false).map(drop).unwrap_err();
        assert!(matches!(refused, IssuerError::StoreLost));
        assert!(refused.to_string().contains("--accept-loss"));
    }
    drop(open(&folder, &sample, true).unwrap());
    // What a person has accepted is not asked again.
    drop(open(&folder, &sample, false).unwrap());
}

#[test]
fn rejects_a_start_on_an_older_copy_unless_the_loss_is_accepted() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let folder = served(&sample, &device);
    let answered = folder.0.join("office").join("answered");
    let backup = folder.0.join("backup");
    copy(&answered, &backup);
    drop(open(&folder, &sample, false).unwrap());
    fs::remove_dir_all(&answered).unwrap();
    copy(&backup, &answered);
    let refused = open(&folder, &sample, false).map(drop);
    assert!(matches!(refused, Err(IssuerError::OlderCopy { stored: 1, known: 2 })), "{refused:?}");
    drop(open(&folder, &sample, true).unwrap());
    drop(open(&folder, &sample, false).unwrap());
}

#[test]
fn accepts_a_crash_between_the_two_traces_of_a_start() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let folder = served(&sample, &device);
    let started = folder.0.join("office").join("started");
    let before = fs::read(&started).unwrap();
    drop(open(&folder, &sample, false).unwrap());
    fs::write(&started, before).unwrap();
    let issuer = open(&folder, &sample, false).unwrap();
    assert_eq!(issuer.start().number, 3);
    drop(issuer);
    fs::write(&started, b"election 00\n").unwrap();
    assert!(matches!(open(&folder, &sample, false).map(drop), Err(IssuerError::Store(_))));
}

#[test]
fn destroys_the_key_file_also_when_a_crash_came_between() {
    let sample = Sample::new(Hours::Manual);
    let device = sample.device(0, 0);
    let folder = served(&sample, &device);
    let keys = folder.0.join("office").join("keys");
    let mut posted = sample.until_register(&[&device]);
    posted.extend([sample.opened(2), sample.closed(3)]);
    let issuer = open(&folder, &sample, false).unwrap();
    for (entry, blobs) in &posted {
        issuer.follow(entry, blobs, &mut rng()).unwrap();
    }
    assert!(matches!(folder.issuer().finish(&issuer), Err(IssuerError::NotClosed)));
    assert!(keys.exists());
    let list = issuer.issuance_list().unwrap();
    assert_eq!(list.body.issued.values().map(|count| count.value()).sum::<u64>(), 1);
    let entry = issuer.issuance_entry(&list, &mut rng()).unwrap();
    issuer.follow(&entry, &[], &mut rng()).unwrap();
    // The mark is there, the file still is.
    issuer.destroy_keys().unwrap();
    assert!(keys.exists());
    drop(issuer);
    let issuer = open(&folder, &sample, false).unwrap();
    assert!(issuer.are_keys_destroyed() && !keys.exists());
    drop(issuer);
    drop(open(&folder, &sample, false).unwrap());
}
