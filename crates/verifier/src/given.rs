//! What the caller has besides the record.

use urna_crypto::{ElectionId, Identifier};
use urna_log::{Receipt, SignedCheckpoint, SignedPromise};

/// Something with a name by which the report speaks of it, such as its file's.
#[derive(Clone, Debug)]
pub struct Named<T> {
    /// The name.
    pub name: String,
    /// The thing.
    pub item: T,
}

/// What the caller has besides the record, all of it optional.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The election id from the announcement (V-04). Without it the report is not anchored.
    pub election: Option<ElectionId>,
    /// Older checkpoints of the same log (V-02).
    pub older: Vec<Named<SignedCheckpoint>>,
    /// Receipts (V-15).
    pub receipts: Vec<Named<Receipt>>,
    /// Promises (V-15).
    pub promises: Vec<Named<SignedPromise>>,
    /// Whose entries are wanted.
    pub identifier: Option<Identifier>,
    /// The caller's clock, Unix seconds: whether a promise's deadline is past.
    pub now: u64,
}

/// The election id that a person gives: 64 hexadecimal digits of either case.
pub fn parse_election(text: &str) -> Option<ElectionId> {
    let mut id = [0; 32];
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != id.len() || !rest.is_empty() {
        return None;
    }
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    for (byte, [high, low]) in id.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(ElectionId::from_bytes(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_election_ids_only() {
        let id = "9f".repeat(32);
        assert_eq!(parse_election(&id), Some(ElectionId::from_bytes([0x9f; 32])));
        assert_eq!(parse_election(&id.to_uppercase()), Some(ElectionId::from_bytes([0x9f; 32])));
        for wrong in
            ["", "9f", &id[1..], &format!("{id}00"), &id.replacen('9', "g", 1), &id.replacen("9f", "+f", 1)]
        {
            assert!(parse_election(wrong).is_none(), "{wrong}");
        }
    }
}
