//! What a backup of an issuer has, and what an issuer does that starts from one: nobody gets a second token, however often and
//! wherever it is restored, also beside the one that goes on.

use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use urna_disk::{Copied, DiskError};
use urna_issuer::{DiskStore, Issuer, IssuerError, IssuerFolder, Refusal};

use crate::folder::Folder;
use crate::sample::{Device, Hours, NOW, Posted, Sample, answer, open_session, rng};

fn posted(sample: &Sample, devices: &[Device]) -> Vec<Posted> {
    let mut posted = sample.until_register(&devices.iter().collect::<Vec<_>>());
    posted.push(sample.opened(2));
    posted
}

fn open(folder: &Path, sample: &Sample, posted: &[Posted], accept_loss: bool) -> Issuer<DiskStore> {
    let folder = IssuerFolder::new(folder);
    let office = "office".parse().unwrap();
    let issuer = folder.open(Arc::clone(&sample.manifest), office, accept_loss, &mut rng()).unwrap();
    for (entry, blobs) in posted {
        issuer.follow(entry, blobs, &mut rng()).unwrap();
    }
    issuer
}

/// Puts a backup of one folder into another.
fn back_up(from: &Path, to: &Path) -> Result<usize, IssuerError> {
    let mut files = 0;
    IssuerFolder::new(from).back_up(|name, copied| {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let bytes = match copied {
            Copied::Bytes(bytes) => bytes.to_vec(),
            Copied::File(path) => fs::read(path).unwrap(),
        };
        let mut file = fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(path).unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        files += 1;
        Ok::<_, IssuerError>(())
    })?;
    Ok(files)
}

#[test]
fn a_restored_issuer_gives_again_what_it_gave_and_nothing_new() {
    let sample = Sample::new(Hours::Manual);
    let devices = sample.devices(3);
    let posted = posted(&sample, &devices);
    let folder = Folder::new();
    let (own, copies) = (folder.0.join("own"), [folder.0.join("copy-1"), folder.0.join("copy-2")]);
    IssuerFolder::new(&own).put_keys(&sample.keys("office")).unwrap();
    // Never opened: nobody has a token, and the keys are made anew.
    assert_eq!(back_up(&own, &copies[0]).unwrap(), 0);

    let issuer = open(&own, &sample, &posted, false);
    let mut sessions = rng();
    let before = open_session(&issuer, &devices[0], NOW, &mut sessions).unwrap();
    let given = answer(&issuer, devices[0].challenge(&before), NOW).unwrap();
    // Not of a running issuer.
    let running = back_up(&own, &folder.0.join("running"));
    assert!(
        matches!(&running, Err(IssuerError::Store(_) | IssuerError::Disk(DiskError::InUse { .. }))),
        "{running:?}"
    );
    drop(issuer);
    for copy in &copies {
        assert!(back_up(&own, copy).unwrap() > 3);
    }

    // The original goes on, and gives a token after the backup.
    let issuer = open(&own, &sample, &posted, false);
    let after = open_session(&issuer, &devices[1], NOW, &mut sessions).unwrap();
    answer(&issuer, devices[1].challenge(&after), NOW).unwrap();

    let secrets: Vec<_> = fs::read_to_string(own.join("keys"))
        .unwrap()
        .lines()
        .filter_map(|line| Some(line.strip_prefix("class ")?.rsplit(' ').next()?.to_owned()))
        .collect();
    assert!(!secrets.is_empty());
    for (copy, accept_loss) in copies.iter().zip([false, true]) {
        let kept = fs::read_to_string(copy.join("keys")).unwrap();
        assert!(secrets.iter().all(|secret| !kept.contains(secret)) && kept.contains("entries "), "{kept}");
        let restored = open(copy, &sample, &posted, accept_loss);
        assert_eq!(restored.is_open(NOW), Err(Refusal::Restored));
        // The one whose row it has.
        assert_eq!(answer(&restored, devices[0].challenge(&before), NOW + 9).unwrap(), given);
        // One who took a token since, with the same second move and with a new session; one who has none.
        assert!(answer(&restored, devices[1].challenge(&after), NOW).is_err());
        for device in &devices {
            let opened = open_session(&restored, device, NOW, &mut sessions);
            assert!(matches!(opened, Err(Refusal::Restored)), "{:?}", opened.err());
        }
        // Its list is what it knows; its keys end as ever.
        let closed = sample.closed(3);
        restored.follow(&closed.0, &[], &mut rng()).unwrap();
        let list = restored.issuance_list().unwrap();
        let entry = restored.issuance_entry(&list, &mut rng()).unwrap();
        restored.follow(&entry, &[], &mut rng()).unwrap();
        IssuerFolder::new(copy).finish(&restored).unwrap();
        assert!(!copy.join("keys").exists());
    }
}
