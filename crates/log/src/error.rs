//! What can be wrong with bytes that claim to be part of a log.

/// The rule of `spec/log.md` that was broken. None of it is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// LOG-2: a tree of another size was asked for than the hashes are there for.
    #[error("a tree of {size} entries has nothing at {position}")]
    BeyondTree {
        /// How many entries there are.
        size: u64,
        /// What was asked for: an index, or the size of an older tree.
        position: u64,
    },
    /// LOG-3, LOG-4: the proof has too few or too many hashes for its place in the tree.
    #[error("the proof has another length than its place in the tree asks for")]
    ProofLength,
    /// LOG-3, LOG-4: the proof leads to another root.
    #[error("the proof leads to another root hash")]
    RootDiffers,
    /// LOG-5: no tile or bundle has this path.
    #[error("not the path of a tile or an entry bundle")]
    Path,
    /// LOG-5: a tile of this width or place is in no tree.
    #[error("no tree has such a tile")]
    TileOutOfRange,
    /// LOG-6: a tile is as many bytes as its width says.
    #[error("a tile of {expected} bytes has {found}")]
    TileLength {
        /// 32 for each hash of the tile's width.
        expected: usize,
        /// What was there.
        found: usize,
    },
    /// LOG-7: more bytes than the length field of a bundle can say.
    #[error("an entry of {0} bytes; at most 65,535 fit a bundle")]
    EntryTooLong(usize),
    /// LOG-7: the bundle ends before its last entry does.
    #[error("the bundle ends within entry {0} of it")]
    BundleCutOff(usize),
    /// LOG-7: bytes follow the bundle's last entry.
    #[error("{0} bytes follow the bundle's last entry")]
    BundleTooLong(usize),
    /// LOG-8: a key's name is not empty and has no spaces, plus signs or control characters.
    #[error("not a key name")]
    KeyName,
    /// LOG-9: not `<name>+<id>+<base64 of type and key>`.
    #[error("not a verifier key: name, eight hexadecimal digits and base64, joined by plus signs")]
    VerifierKeyForm,
    /// LOG-9: the id in a verifier key is not the one of its name and key.
    #[error("the id in the verifier key does not belong to its name and key")]
    VerifierKeyId,
    /// LOG-9: a verifier key of another type than Ed25519.
    #[error("a verifier key of type {0:#04x}; only Ed25519, 0x01, is known")]
    VerifierKeyType(u8),
    /// SIG-3: the key is not the canonical encoding of a point, or of small order.
    #[error("not the canonical encoding of an Ed25519 key of large order")]
    WeakKey,
    /// LOG-10: longer than any note may be.
    #[error("{0} bytes are more than a note may have")]
    NoteTooLong(usize),
    /// LOG-10: not UTF-8, or a control character besides line breaks.
    #[error("not a text of UTF-8 without control characters")]
    NoteCharacters,
    /// LOG-10: no text that ends with a line break, or no empty line between it and the signatures.
    #[error("not a note: text, an empty line, signature lines")]
    NoteForm,
    /// LOG-10: a line below the text is no signature line.
    #[error("signature line {0} is malformed")]
    SignatureLine(usize),
    /// LOG-10: more signature lines than a note may have.
    #[error("more signature lines than a note may have")]
    TooManySignatures,
    /// LOG-11: no signature line has the key's name and id.
    #[error("the note is not signed by this key")]
    NotSigned,
    /// LOG-11: a line has the key's name and id and is no signature by the key.
    #[error("a signature under this key's name does not verify")]
    SignatureFailed,
    /// LOG-12: not the three lines of a checkpoint.
    #[error("not the text of a checkpoint: origin, size and root hash, a line each")]
    CheckpointForm,
    /// LOG-12: not a key name of at most 200 bytes.
    #[error("not an origin")]
    Origin,
    /// LOG-12: the root of a tree without entries is the hash of nothing.
    #[error("an empty tree with the root of another")]
    EmptyRoot,
    /// LOG-13: the checkpoint is of another log than the key.
    #[error("the checkpoint is of another log")]
    OtherOrigin,
    /// LOG-15: not the lines of a receipt.
    #[error("not a receipt: header, index, proof, an empty line, a checkpoint")]
    ReceiptForm,
    /// LOG-15: longer than any receipt may be.
    #[error("{0} bytes are more than a receipt may have")]
    ReceiptTooLong(usize),
    /// LOG-17: not the three lines of a promise.
    #[error("not the text of a promise: key name, hash of an entry and deadline, a line each")]
    PromiseForm,
    /// LOG-17: the promise is of another log than the key.
    #[error("the promise is of another log")]
    OtherPromise,
}
