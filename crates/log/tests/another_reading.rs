//! Other readings of the same specifications, to which this crate's must agree: the recursive definitions of RFC 6962,
//! sections 2.1 to 2.1.2, written down as they stand there; the reference tree of certificate transparency; and the
//! crates `tlog_tiles` and `signed_note`.

#![expect(clippy::indexing_slicing, clippy::as_conversions, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use signed_note::{StandardSigner, StandardVerifier, VerifierList};
use urna_log::{
    Bundle, Checkpoint, Hash, HashReader, LogError, Node, Note, SignedCheckpoint, SigningKey, Tile,
    TileReader, TiledTree, TreeHead, VerifierKey, consistency_proof, inclusion_proof, leaf_hash, push_entry,
};

/// RFC 6962 over D = the big-endian numbers from 0, for any range of them; what was computed is kept.
#[derive(Default)]
struct Definition(HashMap<(u64, u64), Hash>);

fn entry(index: u64) -> [u8; 8] {
    index.to_be_bytes()
}

/// "k is the largest power of two smaller than n"
fn k(n: u64) -> u64 {
    let mut k = 1;
    while k * 2 < n {
        k *= 2;
    }
    k
}

impl Definition {
    /// MTH(D[start:end])
    fn mth(&mut self, start: u64, end: u64) -> Hash {
        if let Some(hash) = self.0.get(&(start, end)) {
            return *hash;
        }
        let mut hash = Sha256::new();
        match end - start {
            0 => {}
            1 => hash.update([&[0x00], entry(start).as_slice()].concat()),
            n => {
                let left = self.mth(start, start + k(n));
                let right = self.mth(start + k(n), end);
                hash.update([&[0x01], left.as_slice(), right.as_slice()].concat());
            }
        }
        *self.0.entry((start, end)).or_insert(hash.finalize().into())
    }

    /// PATH(m, D[start:end])
    fn path(&mut self, m: u64, start: u64, end: u64) -> Vec<Hash> {
        let n = end - start;
        if n == 1 {
            return vec![];
        }
        let middle = start + k(n);
        if m < k(n) {
            let mut path = self.path(m, start, middle);
            path.push(self.mth(middle, end));
            path
        } else {
            let mut path = self.path(m - k(n), middle, end);
            path.push(self.mth(start, middle));
            path
        }
    }

    /// PROOF(m, D[n]) = SUBPROOF(m, D[n], true)
    fn proof(&mut self, m: u64, n: u64) -> Vec<Hash> {
        self.subproof(m, 0, n, true)
    }

    /// SUBPROOF(m, D[start:end], b)
    fn subproof(&mut self, m: u64, start: u64, end: u64, b: bool) -> Vec<Hash> {
        let n = end - start;
        match (m == n, b) {
            (true, true) => vec![],
            (true, false) => vec![self.mth(start, end)],
            (false, b) if m <= k(n) => {
                let mut proof = self.subproof(m, start, start + k(n), b);
                proof.push(self.mth(start + k(n), end));
                proof
            }
            (false, _) => {
                let mut proof = self.subproof(m - k(n), start + k(n), end, false);
                proof.push(self.mth(start, start + k(n)));
                proof
            }
        }
    }

    fn head(&mut self, size: u64) -> TreeHead {
        TreeHead { size, root: self.mth(0, size) }
    }
}

/// A tree has the hash of every complete subtree.
impl HashReader for Definition {
    type Error = LogError;

    fn hash(&mut self, node: Node) -> Result<Hash, LogError> {
        Ok(self.mth(node.index << node.level, (node.index + 1) << node.level))
    }
}

#[test]
fn every_proof_of_small_trees_is_the_rfc_s() {
    let mut rfc = Definition::default();
    for size in 1..=130 {
        let head = rfc.head(size);
        for index in 0..size {
            let proof = inclusion_proof(index, size, &mut rfc).unwrap();
            assert_eq!(proof, rfc.path(index, 0, size), "{index} of {size}");
            assert_eq!(head.verify_inclusion(index, &leaf_hash(&entry(index)), &proof), Ok(()));
        }
        for older in 1..=size {
            let proof = consistency_proof(older, size, &mut rfc).unwrap();
            assert_eq!(proof, rfc.proof(older, size), "{older} to {size}");
            assert_eq!(head.verify_consistency(&rfc.head(older), &proof), Ok(()));
        }
        assert_eq!(head.verify_consistency(&rfc.head(0), &[]), Ok(()));
    }
}

#[test]
fn rejects_every_proof_in_another_place() {
    let mut rfc = Definition::default();
    for size in 1..=20 {
        for index in 0..size {
            let (proof, leaf) = (rfc.path(index, 0, size), leaf_hash(&entry(index)));
            for other_size in 1..=20 {
                // The same entry; only in its own tree is the proof one of it.
                let verified = rfc.head(other_size).verify_inclusion(index, &leaf, &proof);
                assert_eq!(verified.is_ok(), size == other_size, "{index} of {size}, {other_size}");
            }
            for other in (0..size + 2).filter(|other| *other != index) {
                assert!(rfc.head(size).verify_inclusion(other, &leaf, &proof).is_err());
            }
        }
        for older in 1..=size {
            let proof = rfc.proof(older, size);
            for other in 1..=20 {
                for other_older in 1..=other {
                    let verified = rfc.head(other).verify_consistency(&rfc.head(other_older), &proof);
                    // Trees of the same size need no proof, so theirs fits every size.
                    let same =
                        (older, size) == (other_older, other) || (older == size && other_older == other);
                    assert_eq!(verified.is_ok(), same, "{older} to {size}, {other_older} to {other}");
                }
            }
            // Another history: the older tree's root is not this one's.
            let mut older = rfc.head(older);
            older.root[0] ^= 1;
            assert!(rfc.head(size).verify_consistency(&older, &proof).is_err());
        }
    }
    let small = rfc.head(3);
    let error = LogError::BeyondTree { size: 3, position: 4 };
    assert_eq!(small.verify_consistency(&rfc.head(4), &[]), Err(error));
    assert_eq!(consistency_proof(4, 3, &mut rfc), Err(error));
    assert_eq!(inclusion_proof(4, 3, &mut rfc), Err(error));
    let mut empty = rfc.head(0);
    empty.root[0] ^= 1;
    assert_eq!(small.verify_consistency(&empty, &[]), Err(LogError::EmptyRoot));
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Proofs of certificate transparency's reference tree of eight leaves.
#[test]
fn makes_the_reference_proofs() {
    let leaves: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let leaf_1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    let leaf_4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    let leaf_0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
    let from_2_to_4 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    let from_4_to_8 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    let from_6_to_8 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
    let from_4_to_6 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    let from_0_to_4 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";
    let from_0_to_2 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
    let reader = |size: usize| {
        let tiles: BTreeMap<_, _> =
            TiledTree::new().append(leaves[..size].iter().map(|leaf| leaf_hash(leaf))).into_iter().collect();
        TileReader::new(size as u64, move |tile| Ok::<_, LogError>(tiles[&tile].clone()))
    };
    for (index, size, expected) in [
        (0, 8, vec![leaf_1, from_2_to_4, from_4_to_8]),
        (5, 8, vec![leaf_4, from_6_to_8, from_0_to_4]),
        (2, 3, vec![from_0_to_2]),
        (1, 5, vec![leaf_0, from_2_to_4, leaf_4]),
    ] {
        let proof = inclusion_proof(index, size, &mut reader(size as usize)).unwrap();
        assert_eq!(proof.iter().map(hex).collect::<Vec<_>>(), expected, "{index} of {size}");
    }
    for (older, size, expected) in [
        (1, 8, vec![leaf_1, from_2_to_4, from_4_to_8]),
        (6, 8, vec![from_4_to_6, from_6_to_8, from_0_to_4]),
        (2, 5, vec![from_2_to_4, leaf_4]),
    ] {
        let proof = consistency_proof(older, size, &mut reader(size as usize)).unwrap();
        assert_eq!(proof.iter().map(hex).collect::<Vec<_>>(), expected, "{older} to {size}");
    }
}

/// The stored hashes of `tlog_tiles`.
struct Stored(Vec<tlog_tiles::Hash>);

impl tlog_tiles::HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[*index as usize]).collect())
    }
}

/// Tiles, roots and proofs of large trees, at and around the sizes at which tiles fill.
#[test]
fn agrees_with_tlog_tiles_on_large_trees() {
    let sizes = [1, 2, 255, 256, 257, 4_000, 65_535, 65_536, 65_537, 66_100];
    let mut theirs = Stored(Vec::new());
    let (mut ours, mut store) = (TiledTree::new(), BTreeMap::new());
    for size in sizes {
        let old = ours.size();
        for index in old..size {
            let more = tlog_tiles::stored_hashes(index, &entry(index), &theirs).unwrap();
            theirs.0.extend(more);
        }
        let tiles = ours.append((old..size).map(|index| leaf_hash(&entry(index))));
        let expected = tlog_tiles::Tile::new_tiles(8, old, size);
        assert_eq!(tiles.len(), expected.len(), "{size}");
        for ((tile, bytes), expected) in tiles.iter().zip(expected) {
            let path = expected.path().replacen("tile/8/", "tile/", 1);
            assert_eq!(tile.to_string(), path, "{size}");
            assert_eq!(*bytes, expected.read_data(&theirs).unwrap(), "{tile} of {size}");
        }
        store.extend(tiles);

        let head = ours.head();
        let root = tlog_tiles::Hash(head.root);
        assert_eq!(tlog_tiles::tree_hash(size, &theirs).unwrap(), root, "{size}");
        let mut reader = TileReader::new(size, |tile: Tile| Ok::<_, LogError>(&store[&tile]));
        for step in 0..40 {
            let place = step * 7_919 % size;
            let proof = inclusion_proof(place, size, &mut reader).unwrap();
            let expected = tlog_tiles::prove_record(size, place, &theirs).unwrap();
            let as_theirs: Vec<_> = proof.iter().copied().map(tlog_tiles::Hash).collect();
            assert_eq!(as_theirs, expected, "{place} of {size}");
            let leaf = tlog_tiles::record_hash(&entry(place));
            tlog_tiles::check_record(&as_theirs, size, root, place, leaf).unwrap();
            assert_eq!(head.verify_inclusion(place, &leaf.0, &proof), Ok(()));

            let older = place + 1;
            let proof = consistency_proof(older, size, &mut reader).unwrap();
            let expected = tlog_tiles::prove_tree(size, older, &theirs).unwrap();
            let as_theirs: Vec<_> = proof.iter().copied().map(tlog_tiles::Hash).collect();
            assert_eq!(as_theirs, expected, "{older} to {size}");
            let before = TreeHead { size: older, root: tlog_tiles::tree_hash(older, &theirs).unwrap().0 };
            assert_eq!(head.verify_consistency(&before, &proof), Ok(()));
        }
    }
}

#[test]
fn agrees_with_signed_note_in_both_directions() {
    let seed = [5; 32];
    let ours = SigningKey::from_seed("board.example/union-2027".parse().unwrap(), &seed);
    let vkey = ours.verifier().to_string();
    let pair = ed25519_dalek::SigningKey::from_bytes(&seed);
    let theirs = signed_note::new_ed25519_verifier_key("board.example/union-2027", &pair.verifying_key());
    assert_eq!(vkey, theirs);

    let origin = "board.example/union-2027".parse().unwrap();
    let head = Definition::default().head(300);
    let checkpoint = Checkpoint { origin, head };
    let signed = SignedCheckpoint::sign(&checkpoint, &ours).unwrap();
    let read = signed_note::Note::from_bytes(signed.to_string().as_bytes()).unwrap();
    let known = |vkey: &str| VerifierList::new(vec![Box::new(StandardVerifier::new(vkey).unwrap())]);
    let (verified, unknown) = read.verify(&known(&vkey)).unwrap();
    assert_eq!((verified.len(), unknown.len()), (1, 0));
    let text = tlog_tiles::Checkpoint::from_bytes(read.text()).unwrap();
    assert_eq!((text.origin(), text.size()), ("board.example/union-2027", 300));
    assert_eq!((text.hash().0, text.extension()), (head.root, ""));
    assert_eq!(text.to_bytes(), checkpoint.to_string().into_bytes());

    // The key and the note of signed_note's, and Go's, documentation.
    let peter = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    let text = "If you think cryptography is the answer to your problem,\n\
                then you don't know what your problem is.\n";
    let line = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let mut note = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
    note.add_sigs(&[&StandardSigner::new(peter).unwrap()]).unwrap();
    let read = Note::from_bytes(&note.to_bytes()).unwrap();
    assert_eq!(read.to_string(), format!("{text}\n{line}"));
    let key: VerifierKey = vkey.parse().unwrap();
    assert_eq!(read.verify(&key), Ok(text));
}

/// R is the identity and s is k times the secret scalar (seed 07 × 32), so the equation holds; SIG-3 refuses such an R.
#[test]
fn rejects_a_small_order_signature_that_signed_note_accepts_sig_3() {
    let vkey = "board.example/union-2027+30cef2f6+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
    let line = "MM7y9gEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAASSKZduSrlFpt0is6Hldu58bFiE57/8KdN158gYP0Gw4=";
    let note = format!("text\n\n— board.example/union-2027 {line}\n");
    let theirs = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(vkey).unwrap())]);
    assert_eq!(theirs.verify(&known).unwrap().0.len(), 1);
    let key: VerifierKey = vkey.parse().unwrap();
    let ours: Note = note.parse().unwrap();
    assert_eq!(ours.verify(&key), Err(LogError::SignatureFailed));
}

#[test]
fn bundles_hash_to_their_tile() {
    let mut tree = TiledTree::new();
    let tiles: BTreeMap<_, _> =
        tree.append((0..600).map(|index| leaf_hash(&entry(index)))).into_iter().collect();
    for bundle in Bundle::between(0, 600) {
        let mut bytes = Vec::new();
        for index in bundle.entries() {
            push_entry(&mut bytes, &entry(index)).unwrap();
        }
        let hashes: Vec<Hash> = bundle.parse(&bytes).unwrap().into_iter().map(leaf_hash).collect();
        let tile = Tile::new(0, bundle.index(), bundle.width()).unwrap();
        assert_eq!(tiles[&tile], hashes.concat(), "{bundle}");
    }
}

proptest! {
    /// What we accept, signed_note accepts and reads alike. (It accepts a little more.)
    #[test]
    fn notes_are_read_alike(note in "[a\n ]{0,6}\n\n(— [ab]{1,2} AA[A-D]{5,6}={0,2}\n){0,3}|\\PC*") {
        if let Ok(ours) = note.parse::<Note>() {
            let theirs = signed_note::Note::from_bytes(note.as_bytes()).unwrap();
            prop_assert_eq!(ours.unverified_text().as_bytes(), theirs.text());
            prop_assert_eq!(theirs.to_bytes(), note.as_bytes());
        }
    }

    #[test]
    fn checkpoints_are_read_alike(text in "[a-c+ ]{0,3}\n[0-9]{0,3}\n[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=\n{1,2}") {
        let theirs = tlog_tiles::Checkpoint::from_bytes(text.as_bytes());
        match text.parse::<Checkpoint>() {
            Ok(ours) => {
                let theirs = theirs.unwrap();
                prop_assert_eq!(ours.origin.as_str(), theirs.origin());
                prop_assert_eq!((ours.head.size, ours.head.root), (theirs.size(), theirs.hash().0));
            }
            // The empty tree's root is checked by us alone, and so are names.
            Err(LogError::EmptyRoot | LogError::Origin) => {}
            Err(_) => prop_assert!(theirs.is_err()),
        }
    }
}
