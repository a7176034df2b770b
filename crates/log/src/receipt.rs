//! Receipts (LOG-15, LOG-16): an entry's index and inclusion proof with a checkpoint, in the format of `tlog-proof`.
//! Whoever has the entry and the log's key checks a receipt without asking anybody.

use core::fmt;
use core::str::FromStr;

use crate::encoding::{parse_base64, parse_decimal, parse_hash, to_base64};
use crate::note::{MAX_NOTE, NoteVerifier};
use crate::{Checkpoint, Hash, LogError, SignedCheckpoint, leaf_hash};

/// The first line of a receipt.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most bytes a receipt may have: a note, and 64 KiB for what is before it.
pub const MAX_RECEIPT: usize = MAX_NOTE + 65_536;

/// The most hashes a proof may have: as many as the largest tree is high (LOG-1).
const MAX_HEIGHT: usize = 53;

/// A receipt as it was read: well formed, and not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    extra: Option<Vec<u8>>,
    index: u64,
    proof: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

impl Receipt {
    /// The receipt for the entry at this index.
    ///
    /// # Errors
    /// [`LogError::BeyondTree`] if the checkpoint is of a tree without such an entry; [`LogError::ProofLength`] if no
    /// tree is as high.
    pub fn new(index: u64, proof: Vec<Hash>, checkpoint: SignedCheckpoint) -> Result<Self, LogError> {
        let size = checkpoint.unverified().head.size;
        if index >= size {
            return Err(LogError::BeyondTree { size, position: index });
        }
        if proof.len() > MAX_HEIGHT {
            return Err(LogError::ProofLength);
        }
        Ok(Self { extra: None, index, proof, checkpoint })
    }

    /// Where the entry is in the log, from 0.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The hashes beside the entry's path, from the leaf upwards.
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// Data that came with the receipt. Nobody signed it. Urna writes none and reads none.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// The checkpoint that the proof leads to.
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Verifies that the log with this key has this entry at the receipt's index, and answers the checkpoint that says
    /// so (LOG-16).
    ///
    /// # Errors
    /// Those of [`SignedCheckpoint::verify`] and [`TreeHead::verify_inclusion`](crate::TreeHead::verify_inclusion).
    pub fn verify(&self, entry: &[u8], log: &impl NoteVerifier) -> Result<&Checkpoint, LogError> {
        let checkpoint = self.checkpoint.verify(log)?;
        let leaf = leaf_hash(entry);
        checkpoint.head.verify_inclusion(self.index, &leaf, &self.proof)?;
        Ok(checkpoint)
    }

    /// Reads a receipt. Nothing is verified.
    ///
    /// # Errors
    /// [`LogError::ReceiptTooLong`], [`LogError::ReceiptForm`], [`LogError::BeyondTree`]; those of
    /// [`SignedCheckpoint::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LogError> {
        if bytes.len() > MAX_RECEIPT {
            return Err(LogError::ReceiptTooLong(bytes.len()));
        }
        let text = core::str::from_utf8(bytes).map_err(|_| LogError::ReceiptForm)?;
        // The first empty line ends the proof; the checkpoint has another one.
        let (head, checkpoint) = text.split_once("\n\n").ok_or(LogError::ReceiptForm)?;
        let (extra, index, proof) = parse_head(head).ok_or(LogError::ReceiptForm)?;
        let receipt = Self::new(index, proof, checkpoint.parse()?)?;
        Ok(Self { extra, ..receipt })
    }
}

/// The lines before the checkpoint.
fn parse_head(head: &str) -> Option<(Option<Vec<u8>>, u64, Vec<Hash>)> {
    let mut lines = head.split('\n').peekable();
    if lines.next()? != HEADER {
        return None;
    }
    let extra = match lines.peek()?.strip_prefix("extra ") {
        None => None,
        Some(base64) => {
            lines.next();
            Some(parse_base64(base64).filter(|extra| !extra.is_empty())?)
        }
    };
    let index = parse_decimal(lines.next()?.strip_prefix("index ")?)?;
    let mut proof = Vec::new();
    for line in lines {
        if proof.len() == MAX_HEIGHT {
            return None;
        }
        proof.push(parse_hash(line)?);
    }
    Some((extra, index, proof))
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", to_base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.proof {
            writeln!(f, "{}", to_base64(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Receipt {
    type Err = LogError;

    fn from_str(receipt: &str) -> Result<Self, LogError> {
        Self::from_bytes(receipt.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;
    use crate::{LogError, TileReader, TiledTree, inclusion_proof};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const ORIGIN: &str = "board.example/union-2027";

    fn log() -> SigningKey {
        SigningKey::from_seed(ORIGIN.parse().unwrap(), &[1; 32])
    }

    fn entry(index: u64) -> Vec<u8> {
        format!("{{\"entry\":{index}}}").into_bytes()
    }

    /// The receipt for an entry in a log of this size.
    fn receipt(index: u64, size: u64) -> Receipt {
        let mut tree = TiledTree::new();
        let tiles: BTreeMap<_, _> =
            tree.append((0..size).map(|index| leaf_hash(&entry(index)))).into_iter().collect();
        let mut reader = TileReader::new(size, |tile| Ok::<_, LogError>(tiles[&tile].clone()));
        let checkpoint = Checkpoint { origin: ORIGIN.parse().unwrap(), head: tree.head() };
        let checkpoint = SignedCheckpoint::sign(&checkpoint, &log()).unwrap();
        Receipt::new(index, inclusion_proof(index, size, &mut reader).unwrap(), checkpoint).unwrap()
    }

    /// The example of `spec/log.md`, byte for byte.
    #[test]
    fn accepts_the_page_s_example_log_15() {
        let text = include_str!("../../../spec/log.md");
        let example = receipt(2, 3).to_string();
        assert!(text.contains(&example), "{example}\n{}", log().verifier());
        let read: Receipt = example.parse().unwrap();
        assert_eq!(read.verify(&entry(2), &log().verifier()).unwrap().head.size, 3);
    }

    #[test]
    fn accepts_a_receipt_of_the_only_entry_log_16() {
        let text = receipt(0, 1).to_string();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nboard.example/union-2027\n1\n"));
        let read: Receipt = text.parse().unwrap();
        assert!(read.verify(&entry(0), &log().verifier()).is_ok());
    }

    #[test]
    fn accepts_and_keeps_extra_data_log_15() {
        let text = receipt(2, 5).to_string().replace("index 2", "extra aGVsbG8=\nindex 2");
        let read: Receipt = text.parse().unwrap();
        assert_eq!(read.extra(), Some(b"hello".as_slice()));
        assert_eq!(read.to_string(), text);
        assert!(read.verify(&entry(2), &log().verifier()).is_ok());
    }

    #[test]
    fn rejects_another_entry_place_key_or_proof_log_16() {
        let good = receipt(2, 5);
        let key = log().verifier();
        assert!(good.verify(&entry(2), &key).is_ok());
        assert_eq!(good.verify(&entry(3), &key), Err(LogError::RootDiffers));
        let changed = |change: fn(&mut Receipt)| {
            let mut receipt = good.clone();
            change(&mut receipt);
            receipt.verify(&entry(2), &key).unwrap_err()
        };
        assert_eq!(changed(|receipt| receipt.index = 3), LogError::RootDiffers);
        assert_eq!(changed(|receipt| receipt.index = 4), LogError::ProofLength);
        assert_eq!(changed(|receipt| receipt.proof[1][0] ^= 1), LogError::RootDiffers);
        assert_eq!(changed(|receipt| receipt.proof.swap(0, 1)), LogError::RootDiffers);
        assert_eq!(changed(|receipt| _ = receipt.proof.pop()), LogError::ProofLength);
        assert_eq!(changed(|receipt| receipt.proof.push([0; 32])), LogError::ProofLength);
        assert_eq!(
            changed(|receipt| receipt.checkpoint = super::tests::receipt(2, 6).checkpoint),
            LogError::RootDiffers
        );
        let other = SigningKey::from_seed(ORIGIN.parse().unwrap(), &[2; 32]);
        assert_eq!(good.verify(&entry(2), &other.verifier()), Err(LogError::NotSigned));
    }

    #[test]
    fn rejects_other_forms_log_15() {
        let good = receipt(2, 5).to_string();
        let hash = to_base64([0; 32]);
        for (from, to) in [
            ("proof@v1", "proof@v2"),
            ("c2sp.org", " c2sp.org"),
            ("v1\n", "v1\r\n"),
            ("index 2", "index 02"),
            ("index 2", "index  2"),
            ("index 2", "index +2"),
            ("index 2", "Index 2"),
            ("index 2\n", "index 2 \n"),
            ("index 2\n", ""),
            ("index 2", "index 2\nindex 2"),
            ("index 2", "extra \nindex 2"),
            ("index 2", "extra aGVsbG9=\nindex 2"),
            ("index 2", "extra aGVsbG8=\nextra aGVsbG8=\nindex 2"),
            ("index 2", "index 2\nextra aGVsbG8="),
            ("index 2", "index 2\nAAAA"),
            ("index 2\n", &format!("index 2\n{}", format!("{hash}\n").repeat(54))),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good, "{from:?}");
            assert_eq!(bad.parse::<Receipt>(), Err(LogError::ReceiptForm), "{bad}");
        }
        let beyond = LogError::BeyondTree { size: 5, position: 5 };
        assert_eq!(good.replacen("index 2", "index 5", 1).parse::<Receipt>(), Err(beyond));
        let extension = good.replacen("\n5\n", "\n5\n\n", 1);
        assert!(extension.parse::<Receipt>().is_err());
        for end in 0..good.len() {
            assert!(Receipt::from_bytes(&good.as_bytes()[..end]).is_err(), "{end}");
        }
        assert!(format!("{good}\n").parse::<Receipt>().is_err());
        let long = vec![b'a'; MAX_RECEIPT + 1];
        assert_eq!(Receipt::from_bytes(&long), Err(LogError::ReceiptTooLong(MAX_RECEIPT + 1)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn receipts_round_trip(size in 1_u64..300, place: u64, byte: usize, flip in 1_u8..) {
            let index = place % size;
            let text = receipt(index, size).to_string();
            let read: Receipt = text.parse().unwrap();
            prop_assert_eq!(read.to_string(), text.clone());
            prop_assert!(read.verify(&entry(index), &log().verifier()).is_ok());
            // Whatever byte is changed, it is no receipt for this entry any more.
            let mut bytes = text.into_bytes();
            let byte = byte % bytes.len();
            bytes[byte] ^= flip;
            if let Ok(read) = Receipt::from_bytes(&bytes) {
                prop_assert_eq!(read.to_string().into_bytes(), bytes);
                prop_assert!(read.verify(&entry(index), &log().verifier()).is_err());
            }
        }

        #[test]
        fn any_text_is_a_receipt_or_refused(text in "c2sp.org/tlog-proof@v1\n(extra AAA=\n)?index [0-9]\n\nb\n[0-9]\n[A-Z]{43}=\n\n— b AAAAAAA=\n|\\PC*") {
            if let Ok(read) = text.parse::<Receipt>() {
                prop_assert_eq!(read.to_string(), text);
            }
        }
    }
}
