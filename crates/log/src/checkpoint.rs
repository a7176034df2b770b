//! Checkpoints (LOG-12, LOG-13): a log's signed word on its size and root, a note of three lines.
//!
//! ```text
//! board.example/union-2027
//! 27
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — board.example/union-2027 …
//! ```

use core::fmt;
use core::str::FromStr;

use crate::encoding::{lines, parse_decimal, parse_hash, to_base64};
use crate::key::KeyName;
use crate::note::{Note, NoteSigner, NoteVerifier};
use crate::{EMPTY_ROOT, LogError, TreeHead};

/// What follows the origin in the name of the promise key.
pub(crate) const PROMISE_SUFFIX: &str = "/promise";

/// The name of a log, and of the key that signs its checkpoints: a key name of at most 200 bytes (LOG-12).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(KeyName);

impl Origin {
    /// The most bytes an origin may have.
    pub const MAX_LENGTH: usize = 200;

    /// The name of the log's key, which is the origin itself.
    pub const fn key_name(&self) -> &KeyName {
        &self.0
    }

    /// The name of the key that signs the log's promises: the origin, followed by `/promise` (LOG-17).
    pub fn promise_key_name(&self) -> KeyName {
        self.0.followed_by(PROMISE_SUFFIX)
    }

    /// The origin as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Origin {
    type Err = LogError;

    fn from_str(origin: &str) -> Result<Self, LogError> {
        match origin.parse() {
            Ok(name) if origin.len() <= Self::MAX_LENGTH => Ok(Self(name)),
            _ => Err(LogError::Origin),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log it is.
    pub origin: Origin,
    /// The size, at most 2^53 − 1, and the root.
    pub head: TreeHead,
}

impl fmt::Display for Checkpoint {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TreeHead { size, root } = &self.head;
        writeln!(f, "{}\n{size}\n{}", self.origin, to_base64(root))
    }
}

impl FromStr for Checkpoint {
    type Err = LogError;

    /// Reads the text that is signed: exactly three lines.
    fn from_str(text: &str) -> Result<Self, LogError> {
        let [origin, size, root] = lines(text).ok_or(LogError::CheckpointForm)?;
        let head = TreeHead {
            size: parse_decimal(size).ok_or(LogError::CheckpointForm)?,
            root: parse_hash(root).ok_or(LogError::CheckpointForm)?,
        };
        if head.size == 0 && head.root != EMPTY_ROOT {
            return Err(LogError::EmptyRoot);
        }
        let origin = origin.parse()?;
        Ok(Self { origin, head })
    }
}

/// A checkpoint with signatures, as it was read: well formed, and not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Signs a checkpoint with the log's key, whose name is the origin.
    ///
    /// Whoever signs has made sure that this log never signed another root for this size, or a larger tree that does
    /// not begin with this one.
    ///
    /// # Errors
    /// [`LogError::OtherOrigin`] if the key has another name; [`LogError::CheckpointForm`] or [`LogError::EmptyRoot`] if
    /// no tree of this log has this head.
    pub fn sign(checkpoint: &Checkpoint, log: &impl NoteSigner) -> Result<Self, LogError> {
        if log.name() != checkpoint.origin.key_name() {
            return Err(LogError::OtherOrigin);
        }
        let text = checkpoint.to_string();
        let checkpoint = text.parse()?;
        let note = Note::sign(text, log)?;
        Ok(Self { checkpoint, note })
    }

    /// Reads a checkpoint. Nothing is verified.
    ///
    /// # Errors
    /// Those of [`Note::from_bytes`]; [`LogError::CheckpointForm`], [`LogError::EmptyRoot`] or [`LogError::Origin`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LogError> {
        Note::from_bytes(bytes).and_then(Self::from_note)
    }

    fn from_note(note: Note) -> Result<Self, LogError> {
        let checkpoint = note.unverified_text().parse()?;
        Ok(Self { checkpoint, note })
    }

    /// What the checkpoint says, if the log's key signed it (LOG-13). The key's name says which log is meant.
    ///
    /// # Errors
    /// [`LogError::OtherOrigin`] if it is of another log; [`LogError::NotSigned`] or [`LogError::SignatureFailed`].
    pub fn verify(&self, log: &impl NoteVerifier) -> Result<&Checkpoint, LogError> {
        if log.name() != self.checkpoint.origin.key_name() {
            return Err(LogError::OtherOrigin);
        }
        self.note.verify(log)?;
        Ok(&self.checkpoint)
    }

    /// What the checkpoint says, by whomever it may be.
    pub const fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, on which others may have signed too.
    pub const fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a signature of somebody else, such as a cosignature.
    ///
    /// # Errors
    /// Those of [`Note::add_signature`].
    pub fn add_signature(&mut self, signer: &impl NoteSigner) -> Result<(), LogError> {
        self.note.add_signature(signer)
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

impl FromStr for SignedCheckpoint {
    type Err = LogError;

    fn from_str(checkpoint: &str) -> Result<Self, LogError> {
        Self::from_bytes(checkpoint.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;
    use proptest::prelude::*;

    const TEXT: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    const EMPTY: &str = "log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

    fn key(name: &str, seed: u8) -> SigningKey {
        SigningKey::from_seed(name.parse().unwrap(), &[seed; 32])
    }

    fn parse(text: &str) -> Result<Checkpoint, LogError> {
        text.parse()
    }

    /// The example of tlog-checkpoint.
    #[test]
    fn accepts_the_specification_s_example_log_12() {
        let checkpoint = parse(TEXT).unwrap();
        assert_eq!(checkpoint.origin.as_str(), "example.com/behind-the-sofa");
        assert_eq!(checkpoint.head.size, 20_852_163);
        assert_eq!(checkpoint.head.root[..3], [0x0a, 0xc5, 0x18]);
        assert_eq!(checkpoint.to_string(), TEXT);
        assert_eq!(parse(EMPTY).unwrap().head.root, EMPTY_ROOT);
    }

    #[test]
    fn rejects_other_texts_log_12() {
        use LogError::{CheckpointForm, EmptyRoot, Origin};
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        for (text, error) in [
            ("".to_owned(), CheckpointForm),
            (TEXT.trim_end().to_owned(), CheckpointForm),
            (format!("{TEXT}extension\n"), CheckpointForm),
            (format!("{TEXT}\n"), CheckpointForm),
            (format!("a\n5\n{root} \n"), CheckpointForm),
            (format!("a\n05\n{root}\n"), CheckpointForm),
            (format!("a\n+5\n{root}\n"), CheckpointForm),
            (format!("a\n\n{root}\n"), CheckpointForm),
            (format!("a\n9007199254740992\n{root}\n"), CheckpointForm),
            ("a\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n".to_owned(), CheckpointForm),
            ("a\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n".to_owned(), CheckpointForm),
            (format!("\n5\n{root}\n"), Origin),
            (format!("a b\n5\n{root}\n"), Origin),
            (format!("a+b\n5\n{root}\n"), Origin),
            (format!("{}\n5\n{root}\n", "a".repeat(201)), Origin),
            (format!("a\n0\n{root}\n"), EmptyRoot),
        ] {
            assert_eq!(parse(&text), Err(error), "{text:?}");
        }
        assert!(parse(&format!("a\n9007199254740991\n{root}\n")).is_ok());
    }

    #[test]
    fn accepts_only_the_log_s_key_under_the_log_s_name_log_13() {
        let log = key("example.com/behind-the-sofa", 1);
        let mut signed = SignedCheckpoint::sign(&parse(TEXT).unwrap(), &log).unwrap();
        signed.add_signature(&key("witness.example", 2)).unwrap();
        let signed: SignedCheckpoint = signed.to_string().parse().unwrap();
        assert_eq!(signed.verify(&log.verifier()).unwrap().to_string(), TEXT);
        assert_eq!(signed.note().signatures().len(), 2);
        for (name, seed, error) in [
            ("example.com/behind-the-sofa", 2, LogError::NotSigned),
            ("example.com/behind-the-desk", 1, LogError::OtherOrigin),
            // A witness's signature is there, and is not the log's.
            ("witness.example", 2, LogError::OtherOrigin),
        ] {
            assert_eq!(signed.verify(&key(name, seed).verifier()), Err(error), "{name} {seed}");
        }
    }

    #[test]
    fn rejects_a_checkpoint_that_was_changed_after_signing_log_13() {
        let log = key("example.com/behind-the-sofa", 1);
        let signed = SignedCheckpoint::sign(&parse(TEXT).unwrap(), &log).unwrap();
        let changed = signed.to_string().replace("20852163", "20852164");
        let changed: SignedCheckpoint = changed.parse().unwrap();
        assert_eq!(changed.verify(&log.verifier()), Err(LogError::SignatureFailed));
    }

    #[test]
    fn rejects_signing_for_another_log_or_an_impossible_tree() {
        let mut checkpoint = parse(TEXT).unwrap();
        let other = key("example.com", 1);
        assert_eq!(SignedCheckpoint::sign(&checkpoint, &other), Err(LogError::OtherOrigin));
        let log = key("example.com/behind-the-sofa", 1);
        checkpoint.head.size = 1 << 53;
        assert_eq!(SignedCheckpoint::sign(&checkpoint, &log), Err(LogError::CheckpointForm));
        checkpoint.head.size = 0;
        assert_eq!(SignedCheckpoint::sign(&checkpoint, &log), Err(LogError::EmptyRoot));
    }

    proptest! {
        #[test]
        fn any_text_is_a_checkpoint_or_refused(text in "[a-c+ ]{0,3}\n[0-9]{0,3}\n[A-Za-z0-9+/]{43}=\n{1,2}|\\PC*") {
            if let Ok(checkpoint) = parse(&text) {
                prop_assert_eq!(checkpoint.to_string(), text);
            }
        }

        #[test]
        fn checkpoints_round_trip(size in 1_u64..1 << 53, root: [u8; 32]) {
            let log = key("board.example/union-2027", 1);
            let origin = "board.example/union-2027".parse().unwrap();
            let checkpoint = Checkpoint { origin, head: TreeHead { size, root } };
            let signed = SignedCheckpoint::sign(&checkpoint, &log).unwrap();
            let read = SignedCheckpoint::from_bytes(signed.to_string().as_bytes()).unwrap();
            prop_assert_eq!(read.verify(&log.verifier()), Ok(&checkpoint));
        }
    }
}
