//! Go's own reading of signed notes and transparency logs accepts what `crates/log` writes, and refuses what was tampered
//! with. The program is `tests/go/checklog`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use urna_log::{
    Bundle, Checkpoint, LogError, MAX_ENTRY, Receipt, SignedCheckpoint, SigningKey, Tile, TileReader,
    TiledTree, inclusion_proof, leaf_hash, push_entry,
};
use urna_tests::go::{checklog, go};

/// Around one tile, one tile of tiles, and what has partial tiles at three levels.
const SIZES: [u64; 7] = [1, 255, 256, 257, 65_535, 65_536, 70_000];

const ORIGIN: &str = "board.example/union-2027";

/// Where this test's files are, one directory for each log.
fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-reads-the-log").join(name)
}

/// A log in a directory, with the files that a board serves. Beside it are the checkpoints of all its sizes, as
/// somebody keeps them, and receipts.
struct Log {
    name: &'static str,
    key: SigningKey,
    /// From this entry on its entries are others than those of other logs.
    differs_from: u64,
    tree: TiledTree,
    kept: Vec<PathBuf>,
    receipts: Vec<PathBuf>,
}

impl Log {
    fn new(name: &'static str, differs_from: u64) -> Self {
        let key = SigningKey::from_seed(ORIGIN.parse().unwrap(), &[1; 32]);
        if scratch(name).exists() {
            fs::remove_dir_all(scratch(name)).unwrap();
        }
        Self { name, key, differs_from, tree: TiledTree::new(), kept: Vec::new(), receipts: Vec::new() }
    }

    /// A log that has had these sizes.
    fn of_sizes(name: &'static str, differs_from: u64, sizes: &[u64]) -> Self {
        let mut log = Self::new(name, differs_from);
        for size in sizes {
            log.grow(*size);
        }
        log
    }

    /// The log's prefix.
    fn prefix(&self) -> PathBuf {
        scratch(self.name).join("log")
    }

    fn write(&self, path: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = scratch(self.name).join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Entries of all lengths: none, two bytes more than a block of SHA-256, the longest.
    fn entry(&self, index: u64) -> Vec<u8> {
        let branch = if index >= self.differs_from { self.name } else { "" };
        let padding = usize::try_from(index % 97).unwrap();
        match index {
            2 => Vec::new(),
            3 => vec![b'x'; MAX_ENTRY],
            _ => format!("{{\"entry\":{index},\"of\":\"{branch}\",\"padding\":\"{:padding$}\"}}", "")
                .into_bytes(),
        }
    }

    fn signed(&self) -> SignedCheckpoint {
        let checkpoint = Checkpoint { origin: ORIGIN.parse().unwrap(), head: self.tree.head() };
        SignedCheckpoint::sign(&checkpoint, &self.key).unwrap()
    }

    /// Appends up to this size, and writes what is new: bundles, tiles, checkpoint.
    fn grow(&mut self, size: u64) {
        let old = self.tree.size();
        for bundle in Bundle::between(old, size) {
            let mut bytes = Vec::new();
            for index in bundle.entries() {
                push_entry(&mut bytes, &self.entry(index)).unwrap();
            }
            self.write(&format!("log/{bundle}"), bytes);
        }
        let leaves: Vec<_> = (old..size).map(|index| leaf_hash(&self.entry(index))).collect();
        for (tile, bytes) in self.tree.append(leaves) {
            self.write(&format!("log/{tile}"), bytes);
        }
        let signed = self.signed().to_string();
        self.write("log/checkpoint", &signed);
        self.kept.push(self.write(&format!("kept/checkpoint-{size}"), &signed));
        for index in [0, size / 2, size - 1] {
            let receipt = self.receipt(index).to_string();
            self.receipts.push(self.write(&format!("kept/{index}-of-{size}.tlog-proof"), receipt));
        }
    }

    /// Reads hashes from the tiles in the directory.
    fn reader(&self) -> TileReader<impl FnMut(Tile) -> Result<Vec<u8>, LogError>> {
        let prefix = self.prefix();
        TileReader::new(self.tree.size(), move |tile: Tile| {
            Ok(fs::read(prefix.join(tile.to_string())).unwrap())
        })
    }

    fn receipt(&self, index: u64) -> Receipt {
        let proof = inclusion_proof(index, self.tree.size(), &mut self.reader()).unwrap();
        let receipt = Receipt::new(index, proof, self.signed()).unwrap();
        receipt.verify(&self.entry(index), &self.key.verifier()).unwrap();
        receipt
    }

    /// Checks the log at this address: the program's line, or the line with which it refuses.
    fn check_at(&self, prefix: &str) -> Result<String, String> {
        checklog(&self.key.verifier(), &self.kept, &self.receipts, prefix)
    }

    fn check(&self) -> Result<String, String> {
        self.check_at(self.prefix().to_str().unwrap())
    }

    /// Changes a file, expects to be refused for this reason, and changes the file back.
    #[track_caller]
    fn refused_with(&self, path: &str, change: impl FnOnce(&mut Vec<u8>), reason: &str) {
        let path = scratch(self.name).join(path);
        let bytes = fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        change(&mut changed);
        assert_ne!(changed, bytes, "nothing was changed");
        fs::write(&path, changed).unwrap();
        let refused = self.check().expect_err("it is accepted");
        assert!(refused.contains(reason), "{}: refused, but for another reason: {refused}", path.display());
        fs::write(&path, bytes).unwrap();
    }
}

/// Serves the files below a directory to whoever asks, until the test ends; answers the address.
fn serve(directory: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), &directory);
        }
    });
    address
}

fn answer(mut stream: TcpStream, directory: &Path) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
    let request = lines.next().unwrap();
    // All of the request is read, so that closing does not reset the connection.
    assert!(lines.any(|line| line.is_empty()), "a request without an end");
    let path = request.split(' ').nth(1).unwrap().trim_start_matches('/');
    let (status, body) = match fs::read(directory.join(path)) {
        Ok(bytes) => ("200 OK", bytes),
        Err(_) => ("404 Not Found", b"no such file".to_vec()),
    };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())
        .unwrap();
    stream.write_all(&body).unwrap();
}

#[test]
fn the_program_is_formatted_and_passes_its_own_tests() {
    let differing = go("gofmt", &["-l", "tests/go"]).stdout;
    assert_eq!(String::from_utf8_lossy(&differing), "", "`gofmt -w tests/go` formats them");
    go("go", &["test", "./tests/go/checklog"]);
}

#[test]
fn accepts_the_log_at_every_size() {
    let mut log = Log::new("grown", u64::MAX);
    for size in SIZES {
        log.grow(size);
        let accepted = log.check().unwrap();
        let bundles = size.div_ceil(256);
        let tiles = Tile::between(0, size).count();
        let says = format!("accepted {ORIGIN}, size {size}, root ");
        assert!(accepted.contains(&says), "{accepted}");
        assert!(accepted.contains(&format!(": {bundles} bundles, {tiles} tiles, ")), "{accepted}");
        // Each kept checkpoint and receipt, and the log's own, with the log; each with the next larger.
        let checkpoints = log.kept.len() + log.receipts.len() + 1;
        let says =
            format!(" and {} consistency proofs, {} receipts", 2 * checkpoints - 1, log.receipts.len());
        assert!(accepted.contains(&says), "{accepted}");
    }
    // The page's example of which tiles there are (LOG-6).
    for path in ["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"] {
        assert!(log.prefix().join(path).is_file(), "{path}");
    }
    assert_eq!(log.check_at(&serve(log.prefix())), log.check());
}

#[test]
fn rejects_what_was_tampered_with() {
    let log = Log::of_sizes("tampered", u64::MAX, &[255, 257, 65_800]);
    log.check().unwrap();
    let flip = |place: usize| move |bytes: &mut Vec<u8>| bytes[place] ^= 1;
    let flip_last = |bytes: &mut Vec<u8>| *bytes.last_mut().unwrap() ^= 1;

    for tile in
        ["tile/0/000", "tile/0/256", "tile/0/257.p/8", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"]
    {
        let path = format!("log/{tile}");
        log.refused_with(&path, flip(0), &format!("{tile}: these are not the hashes that the entries have"));
        log.refused_with(
            &path,
            flip_last,
            &format!("{tile}: these are not the hashes that the entries have"),
        );
    }
    let cut = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() - 1);
    log.refused_with("log/tile/0/257.p/8", cut, "tile/0/257.p/8: 255 bytes, where 8 hashes have 256");
    log.refused_with("log/tile/0/257.p/8", |bytes| bytes.push(0), "tile/0/257.p/8: 257 bytes");
    log.refused_with("log/tile/0/000", cut, "tile/0/000: 8191 bytes, where 256 hashes have 8192");
    log.refused_with("log/tile/0/000", |bytes| bytes.push(0), "tile/0/000: more than 8192 bytes");
    // Those of an older size.
    log.refused_with("log/tile/0/000.p/255", flip_last, "tile/0/000.p/255: these are not the hashes");
    log.refused_with("log/tile/entries/000.p/255", flip_last, "entry 254 is another one in the log");

    let bundle = "log/tile/entries/257.p/8";
    log.refused_with(bundle, flip(2), "the entries have root");
    log.refused_with(bundle, flip(0), "tile/entries/257.p/8: it ends within entry");
    log.refused_with(bundle, |bytes| bytes.push(0), "1 bytes follow the last entry");
    log.refused_with("log/tile/entries/000", flip_last, "the entries have root");

    let signature = "invalid signature";
    let (origin, size, root) = (0, ORIGIN.len() + 1, ORIGIN.len() + 7);
    for place in [origin, size, root] {
        log.refused_with("log/checkpoint", flip(place), signature);
    }
    log.refused_with("log/checkpoint", |bytes| bytes.insert(root, b'\n'), signature);
    // In the middle of the signature, where every bit counts.
    log.refused_with("log/checkpoint", |bytes| change_base64(bytes, 30), signature);
    log.refused_with("kept/checkpoint-257", |bytes| change_base64(bytes, 30), signature);
    let other = SigningKey::from_seed(ORIGIN.parse().unwrap(), &[2; 32]);
    let other = SignedCheckpoint::sign(log.signed().unverified(), &other).unwrap().to_string();
    log.refused_with("log/checkpoint", |bytes| *bytes = other.into_bytes(), "no verifiable signatures");

    // The first hash of the proof begins after the lines with header and index.
    let receipt = "kept/32900-of-65800.tlog-proof";
    let index = "c2sp.org/tlog-proof@v1\nindex ".len();
    log.refused_with(receipt, |bytes| change_base64(&mut bytes[..index + 12], 3), "entry 32900 is not in it");
    log.refused_with(receipt, flip(index + 4), "entry 32901 is not in it");
    log.refused_with(receipt, |bytes| change_base64(bytes, 30), signature);
    log.check().unwrap();

    let path = log.prefix().join("tile/1/000");
    fs::remove_file(&path).unwrap();
    assert!(log.check().unwrap_err().contains("tile/1/000: no such file"));
    assert!(
        log.check_at(&serve(log.prefix())).unwrap_err().contains("tile/1/000: the answer is 404 Not Found")
    );
}

/// Another character in place of the one so far from the end: base64 still, and another value.
fn change_base64(bytes: &mut [u8], from_the_end: usize) {
    let place = bytes.len() - from_the_end;
    bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
}

/// Two histories under one key (LOG-14): each is a log without fault, and checkpoints of both convict.
#[test]
fn rejects_a_kept_checkpoint_of_another_history() {
    let log = Log::of_sizes("shown-to-one", 200, &[100, 255, 600]);
    let other = Log::of_sizes("shown-to-another", 200, &[100, 255, 600, 601]);
    log.check().unwrap();
    other.check().unwrap();
    let kept = |size: u64| {
        fs::read(other.kept.iter().find(|file| file.ends_with(format!("checkpoint-{size}"))).unwrap())
    };
    // Up to 200 entries they are one log.
    assert_eq!(kept(100).unwrap(), fs::read(&log.kept[0]).unwrap());
    log.refused_with("kept/checkpoint-255", |bytes| *bytes = kept(255).unwrap(), "not consistent");
    log.refused_with("kept/checkpoint-600", |bytes| *bytes = kept(600).unwrap(), "not consistent");
    log.refused_with(
        "kept/checkpoint-600",
        |bytes| *bytes = kept(601).unwrap(),
        "the log has only 600 entries",
    );
    log.refused_with("log/checkpoint", |bytes| *bytes = kept(600).unwrap(), "the entries have root");
    let receipt = fs::read(&other.receipts[5]).unwrap();
    log.refused_with("kept/254-of-255.tlog-proof", |bytes| *bytes = receipt, "entry 254 is not in it");
    // Receipts of an entry that both have, from trees that differ.
    let receipt = fs::read(&other.receipts[3]).unwrap();
    log.refused_with("kept/0-of-255.tlog-proof", |bytes| *bytes = receipt, "not consistent");
}
