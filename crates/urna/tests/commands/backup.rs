//! `urna backup` and `urna restore`, on an installation of `urna serve`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use crate::running::Run;
use crate::serve::Serving;
use crate::world::scratch;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn puts_an_installation_back_as_it_was() {
    let folder = scratch("backup");
    let (data, file, again) = (folder.join("data"), folder.join("union.tar"), folder.join("again"));
    let mut serving = Serving::start(text(&data), &[]).await;
    let [organiser, _] = serving.links().await;
    let eva = folder.join("eva.toml");
    Run::with(&["key", "accept", "-", "--out", text(&eva)], &organiser).await.expect(0, &[]);
    let new = ["election", "new", "union-2030", "--from", "meeting", "--as", text(&eva)];
    Run::with(&new, "").await.expect(0, &[]);

    // Not of a running service, and not in the place of another file.
    let backup = ["backup", "--data", text(&data), text(&file)];
    Run::with(&backup, "").await.expect(1, &["another authority uses"]);
    assert!(!file.exists());
    serving.stop().await;
    let made = Run::with(&[&backup[..], &["--json"]].concat(), "").await.expect(0, &[]).json();
    assert!(made["files"].as_u64().unwrap() > 2, "{made}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    Run::with(&backup, "").await.expect(2, &["union.tar"]);
    let nothing = folder.join("nothing");
    fs::create_dir(&nothing).unwrap();
    let other = folder.join("other.tar");
    Run::with(&["backup", "--data", text(&nothing), text(&other)], "")
        .await
        .expect(1, &["no authority's key"]);
    assert!(!other.exists());

    // Into a new folder only, and whole or not at all.
    Run::with(&["restore", text(&file), "--data", text(&data)], "").await.expect(1, &["exists"]);
    let bytes = fs::read(&file).unwrap();
    // Cut off where a file begins, and the archive ends as it should; a byte of a file changed.
    let end = bytes.windows(9).position(|window| window == b"end.json\0").unwrap();
    let whole_files = [&bytes[..end], &[0; 1_024]].concat();
    let key = fs::read(data.join("authority/authority.key")).unwrap();
    let mut changed = bytes.clone();
    let place = changed.windows(key.len()).position(|window| window == key).unwrap();
    changed[place] ^= 1;
    for (name, bytes) in [
        ("short.tar", &bytes[..bytes.len() / 2]),
        ("whole-files.tar", &whole_files),
        ("no-end.tar", &bytes[..end]),
        ("changed.tar", &changed),
        ("empty.tar", &[][..]),
        ("other.tar", b"something else, which is no archive at all"),
    ] {
        let broken = folder.join(name);
        fs::write(&broken, bytes).unwrap();
        Run::with(&["restore", text(&broken), "--data", text(&again)], "").await.expect(2, &[name]);
        assert!(!again.exists() && !folder.join("again.unfinished").exists(), "{name}");
    }
    Run::with(&["restore", text(&file), "--data", text(&again)], "").await.expect(0, &["files again"]);
    let key = |data: &Path| fs::read(data.join("authority/authority.key")).unwrap();
    assert_eq!(key(&data), key(&again));
    assert_eq!(
        fs::metadata(again.join("authority/authority.key")).unwrap().permissions().mode() & 0o777,
        0o600
    );

    // It serves, with the same accounts and elections.
    let serving = Serving::start(text(&again), &[]).await;
    let list = ["election", "list", "--json", "--authority", &serving.vote, "--as", text(&eva)];
    let listed = Run::with(&list, "").await.expect(0, &[]).json();
    assert_eq!(listed[0]["slug"], json!("union-2030"), "{listed}");
    serving.stop().await;
}
