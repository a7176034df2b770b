//! Promises (LOG-17, LOG-18): a log's signed word that an entry will be in it by a certain second. A note of three
//! lines under a key of its own, whose name is the origin followed by `/promise`.
//!
//! ```text
//! board.example/union-2027/promise
//! n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=
//! 1798761600
//!
//! — board.example/union-2027/promise …
//! ```

use core::fmt;
use core::str::FromStr;

use sha2::{Digest, Sha256};

use crate::checkpoint::PROMISE_SUFFIX as SUFFIX;
use crate::encoding::{lines, parse_decimal, parse_hash, to_base64};
use crate::note::{Note, NoteSigner, NoteVerifier};
use crate::{LogError, Origin};

/// What a promise says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    origin: Origin,
    /// SHA-256 of the entry's bytes: not its hash as a leaf.
    entry: [u8; 32],
    deadline: u64,
}

impl Promise {
    /// The promise that the log has `entry` by the Unix second `deadline`.
    ///
    /// # Errors
    /// [`LogError::PromiseForm`] if the deadline is above 2^53 − 1.
    pub fn new(origin: Origin, entry: &[u8], deadline: u64) -> Result<Self, LogError> {
        let promise = Self { origin, entry: Sha256::digest(entry).into(), deadline };
        // What no reader would accept is not promised.
        promise.to_string().parse()
    }

    /// Which log promises.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// SHA-256 of the promised entry's bytes. (Its hash as a leaf is another one.)
    pub const fn entry(&self) -> &[u8; 32] {
        &self.entry
    }

    /// The Unix second by which the entry is in the log.
    pub const fn deadline(&self) -> u64 {
        self.deadline
    }

    /// Whether this is the promised entry.
    pub fn is_for(&self, entry: &[u8]) -> bool {
        self.entry == <[u8; 32]>::from(Sha256::digest(entry))
    }
}

impl fmt::Display for Promise {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = to_base64(self.entry);
        writeln!(f, "{}{SUFFIX}\n{entry}\n{}", self.origin, self.deadline)
    }
}

impl FromStr for Promise {
    type Err = LogError;

    /// Reads the text that is signed: exactly three lines.
    fn from_str(text: &str) -> Result<Self, LogError> {
        let [name, entry, deadline] = lines(text).ok_or(LogError::PromiseForm)?;
        Ok(Self {
            origin: name.strip_suffix(SUFFIX).ok_or(LogError::PromiseForm)?.parse()?,
            entry: parse_hash(entry).ok_or(LogError::PromiseForm)?,
            deadline: parse_decimal(deadline).ok_or(LogError::PromiseForm)?,
        })
    }
}

/// A promise with its signature, as it was read: well formed, and not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedPromise {
    promise: Promise,
    note: Note,
}

impl SignedPromise {
    /// Signs a promise with the log's promise key.
    ///
    /// # Errors
    /// [`LogError::OtherPromise`] if the key has another name.
    pub fn sign(promise: Promise, key: &impl NoteSigner) -> Result<Self, LogError> {
        if *key.name() != promise.origin.promise_key_name() {
            return Err(LogError::OtherPromise);
        }
        let note = Note::sign(promise.to_string(), key)?;
        Ok(Self { promise, note })
    }

    /// Reads a promise. Nothing is verified.
    ///
    /// # Errors
    /// Those of [`Note::from_bytes`]; [`LogError::PromiseForm`] or [`LogError::Origin`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LogError> {
        let note = Note::from_bytes(bytes)?;
        let promise = note.unverified_text().parse()?;
        Ok(Self { promise, note })
    }

    /// What is promised, if the log's promise key signed it (LOG-18). The key's name says which log is meant.
    ///
    /// # Errors
    /// [`LogError::OtherPromise`] if it is of another log; [`LogError::NotSigned`] or [`LogError::SignatureFailed`].
    pub fn verify(&self, key: &impl NoteVerifier) -> Result<&Promise, LogError> {
        if *key.name() != self.promise.origin.promise_key_name() {
            return Err(LogError::OtherPromise);
        }
        self.note.verify(key)?;
        Ok(&self.promise)
    }

    /// What is promised, by whomever it may be.
    pub const fn unverified(&self) -> &Promise {
        &self.promise
    }
}

impl fmt::Display for SignedPromise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}

impl FromStr for SignedPromise {
    type Err = LogError;

    fn from_str(promise: &str) -> Result<Self, LogError> {
        Self::from_bytes(promise.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;
    use crate::{Checkpoint, SignedCheckpoint, TreeHead};
    use proptest::prelude::*;

    fn key(name: &str, seed: u8) -> SigningKey {
        SigningKey::from_seed(name.parse().unwrap(), &[seed; 32])
    }

    fn origin() -> Origin {
        "board.example/union-2027".parse().unwrap()
    }

    fn promise_key() -> SigningKey {
        key("board.example/union-2027/promise", 2)
    }

    fn promise() -> Promise {
        Promise::new(origin(), b"{\"entry\":2}", 1_798_761_600).unwrap()
    }

    /// The example of `spec/log.md`, byte for byte.
    #[test]
    fn accepts_the_page_s_example_log_17() {
        let text = include_str!("../../../spec/log.md");
        let example = SignedPromise::sign(promise(), &promise_key()).unwrap().to_string();
        assert!(text.contains(&example), "{example}\n{}", promise_key().verifier());
        let read: SignedPromise = example.parse().unwrap();
        let promise = read.verify(&promise_key().verifier()).unwrap();
        assert!(promise.is_for(b"{\"entry\":2}"));
        assert!(!promise.is_for(b"{\"entry\":3}"));
        assert_eq!((promise.origin(), promise.deadline()), (&origin(), 1_798_761_600));
    }

    #[test]
    fn rejects_other_texts_log_17() {
        use LogError::{Origin, PromiseForm};
        let hash = to_base64([7; 32]);
        for (text, error) in [
            (format!("a/promise\n{hash}\n5"), PromiseForm),
            (format!("a/promise\n{hash}\n"), PromiseForm),
            (format!("a/promise\n{hash}\n5\n\n"), PromiseForm),
            (format!("a/promise\n{hash}\n5\nmore\n"), PromiseForm),
            (format!("a/promise\n{hash}\n05\n"), PromiseForm),
            (format!("a/promise\n{hash}\n-5\n"), PromiseForm),
            (format!("a/promise\n{hash}\n9007199254740992\n"), PromiseForm),
            (format!("a/promise\n5\n{hash}\n"), PromiseForm),
            ("a/promise\nAAAA\n5\n".to_owned(), PromiseForm),
            (format!("a\n{hash}\n5\n"), PromiseForm),
            (format!("a/Promise\n{hash}\n5\n"), PromiseForm),
            (format!("{hash}\n5\n"), PromiseForm),
            (format!("/promise\n{hash}\n5\n"), Origin),
            (format!("a b/promise\n{hash}\n5\n"), Origin),
        ] {
            assert_eq!(text.parse::<Promise>(), Err(error), "{text:?}");
        }
        assert_eq!(Promise::new(origin(), b"", 1 << 53), Err(PromiseForm));
    }

    #[test]
    fn rejects_promises_of_other_logs_and_keys_log_18() {
        let signed = SignedPromise::sign(promise(), &promise_key()).unwrap();
        assert_eq!(signed.verify(&promise_key().verifier()), Ok(&promise()));
        for (name, seed, error) in [
            ("board.example/union-2027/promise", 3, LogError::NotSigned),
            ("board.example/union-2028/promise", 2, LogError::OtherPromise),
            ("board.example/union-2027", 2, LogError::OtherPromise),
        ] {
            assert_eq!(signed.verify(&key(name, seed).verifier()), Err(error), "{name}");
            if error == LogError::OtherPromise {
                assert_eq!(SignedPromise::sign(promise(), &key(name, seed)), Err(error), "{name}");
            }
        }
        let later = signed.to_string().replace("1798761600", "1798761601");
        let later: SignedPromise = later.parse().unwrap();
        assert_eq!(later.verify(&promise_key().verifier()), Err(LogError::SignatureFailed));
    }

    /// Even where one key signed both, under whatever names.
    #[test]
    fn rejects_a_promise_as_a_checkpoint_and_the_other_way_round() {
        let signed = SignedPromise::sign(promise(), &promise_key()).unwrap().to_string();
        assert_eq!(signed.parse::<SignedCheckpoint>(), Err(LogError::CheckpointForm));
        // An election of the name "promise" has an origin that looks like the name of a promise key.
        let checkpoint = Checkpoint {
            origin: "board.example/union-2027/promise".parse().unwrap(),
            head: TreeHead { size: 7, root: [7; 32] },
        };
        let signed = SignedCheckpoint::sign(&checkpoint, &promise_key()).unwrap();
        let read: Result<SignedPromise, _> = signed.to_string().parse();
        assert_eq!(read, Err(LogError::PromiseForm));
    }

    proptest! {
        #[test]
        fn any_text_is_a_promise_or_refused(text in "[a-b/ ]{0,3}/promise\n[A-Za-z0-9+/]{43}=\n[0-9]{0,3}\n{1,2}|\\PC*") {
            if let Ok(promise) = text.parse::<Promise>() {
                prop_assert_eq!(promise.to_string(), text);
            }
        }

        #[test]
        fn promises_round_trip(entry: Vec<u8>, deadline in 0_u64..1 << 53) {
            let promise = Promise::new(origin(), &entry, deadline).unwrap();
            let signed = SignedPromise::sign(promise.clone(), &promise_key()).unwrap();
            let read = SignedPromise::from_bytes(signed.to_string().as_bytes()).unwrap();
            prop_assert_eq!(read.verify(&promise_key().verifier()), Ok(&promise));
            prop_assert!(promise.is_for(&entry));
        }
    }
}
