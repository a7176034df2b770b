//! Signed notes (LOG-10, LOG-11): a text, an empty line, and lines of signatures on the text.
//!
//! In scope: reading and writing notes, and verifying them under one key at a time through [`NoteVerifier`]. Keys of
//! Ed25519 are in `key`; other kinds of signatures, such as cosignatures, are further implementations of the traits.

use core::fmt;
use core::str::FromStr;

use crate::LogError;
use crate::encoding::{parse_base64, to_base64};
use crate::key::{KeyId, KeyName};

/// The most bytes a note may have.
pub const MAX_NOTE: usize = 1_000_000;

/// The most signature lines a note may have.
pub const MAX_SIGNATURES: usize = 100;

/// A key under which a note can be verified.
pub trait NoteVerifier {
    /// The name in the key's signature lines.
    fn name(&self) -> &KeyName;

    /// The id in the key's signature lines.
    fn id(&self) -> KeyId;

    /// Verifies the bytes behind the id in a signature line.
    ///
    /// # Errors
    /// [`LogError::SignatureFailed`] if they are no signature on the text by this key.
    fn verify(&self, text: &str, signature: &[u8]) -> Result<(), LogError>;
}

/// A key that signs notes.
pub trait NoteSigner {
    /// The name in the key's signature lines.
    fn name(&self) -> &KeyName;

    /// The id in the key's signature lines.
    fn id(&self) -> KeyId;

    /// What comes behind the id in the signature line for this text.
    fn sign(&self, text: &str) -> Vec<u8>;
}

/// A line below a note's text. What it says is not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

impl SignatureLine {
    /// The name of the key, as the line says.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id of the key, as the line says.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The bytes behind the id: at least one.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// `— name base64(id ‖ signature)`
    fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let bytes = parse_base64(base64)?;
        let (id, signature) = bytes.split_first_chunk()?;
        (!signature.is_empty()).then_some(Self {
            name: name.parse().ok()?,
            id: KeyId::from_bytes(*id),
            signature: signature.to_vec(),
        })
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id.to_bytes(), self.signature.as_slice()].concat();
        writeln!(f, "\u{2014} {} {}", self.name, to_base64(bytes))
    }
}

/// A note as it was read: well formed, and not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// UTF-8 without control characters other than line breaks.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte >= 0x20 || byte == b'\n')
}

impl Note {
    /// Signs a text (LOG-11).
    ///
    /// # Errors
    /// [`LogError::NoteForm`] if the text does not end with a line break, [`LogError::NoteCharacters`] if it has other
    /// control characters, [`LogError::NoteTooLong`].
    pub fn sign(text: String, signer: &impl NoteSigner) -> Result<Self, LogError> {
        if !text.ends_with('\n') {
            return Err(LogError::NoteForm);
        }
        if !is_plain(&text) {
            return Err(LogError::NoteCharacters);
        }
        let mut note = Self { text, signatures: Vec::new() };
        note.add_signature(signer)?;
        Ok(note)
    }

    /// Adds a signature below those that are there. Lines with the same name and id are replaced.
    ///
    /// # Errors
    /// [`LogError::TooManySignatures`] or [`LogError::NoteTooLong`]; the note then is as it was.
    pub fn add_signature(&mut self, signer: &impl NoteSigner) -> Result<(), LogError> {
        let line = SignatureLine {
            name: signer.name().clone(),
            id: signer.id(),
            signature: signer.sign(&self.text),
        };
        let kept = self.signatures.iter();
        let mut signatures: Vec<_> =
            kept.filter(|old| old.name != line.name || old.id != line.id).cloned().collect();
        signatures.push(line);
        if signatures.len() > MAX_SIGNATURES {
            return Err(LogError::TooManySignatures);
        }
        let lines: usize = signatures.iter().map(|line| line.to_string().len()).sum();
        let length = self.text.len() + 1 + lines;
        if length > MAX_NOTE {
            return Err(LogError::NoteTooLong(length));
        }
        self.signatures = signatures;
        Ok(())
    }

    /// Reads a note (LOG-10). Nothing is verified.
    ///
    /// # Errors
    /// [`LogError::NoteTooLong`], [`LogError::NoteCharacters`], [`LogError::NoteForm`], [`LogError::SignatureLine`] or
    /// [`LogError::TooManySignatures`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LogError> {
        if bytes.len() > MAX_NOTE {
            return Err(LogError::NoteTooLong(bytes.len()));
        }
        let note = core::str::from_utf8(bytes).map_err(|_| LogError::NoteCharacters)?;
        if !is_plain(note) {
            return Err(LogError::NoteCharacters);
        }
        // The text may have empty lines; the last one of the note ends it.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(LogError::NoteForm)?;
        let lines = lines.strip_suffix('\n').ok_or(LogError::NoteForm)?;
        let mut signatures = Vec::new();
        for (number, line) in lines.split('\n').enumerate() {
            if number == MAX_SIGNATURES {
                return Err(LogError::TooManySignatures);
            }
            signatures.push(SignatureLine::parse(line).ok_or(LogError::SignatureLine(number))?);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The text, if it is signed by this key (LOG-11): at least one signature line has the key's name and id, and every
    /// such line verifies. Other lines are ignored.
    ///
    /// # Errors
    /// [`LogError::NotSigned`] or [`LogError::SignatureFailed`].
    pub fn verify(&self, key: &impl NoteVerifier) -> Result<&str, LogError> {
        let mut lines =
            self.signatures.iter().filter(|line| line.name == *key.name() && line.id == key.id()).peekable();
        if lines.peek().is_none() {
            return Err(LogError::NotSigned);
        }
        for line in lines {
            key.verify(&self.text, &line.signature)?;
        }
        Ok(&self.text)
    }

    /// The text, by whomever it may be: only good for finding out under which key to verify it.
    pub fn unverified_text(&self) -> &str {
        &self.text
    }

    /// The lines below the text, unverified, at least one.
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        f.write_str("\n")?;
        self.signatures.iter().try_for_each(|line| line.fmt(f))
    }
}

impl FromStr for Note {
    type Err = LogError;

    fn from_str(note: &str) -> Result<Self, LogError> {
        Self::from_bytes(note.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::{SigningKey, VerifierKey};
    use proptest::prelude::*;

    /// The example of the specification signed-note, section "Example".
    const FOO: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const FOO_NOTE: &str = "This is an example message.\n\n\
        — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    fn key(name: &str, seed: u8) -> SigningKey {
        SigningKey::from_seed(name.parse().unwrap(), &[seed; 32])
    }

    #[test]
    fn accepts_the_specification_s_example_log_10() {
        let foo: VerifierKey = FOO.parse().unwrap();
        let note: Note = FOO_NOTE.parse().unwrap();
        assert_eq!(note.verify(&foo), Ok("This is an example message.\n"));
        assert_eq!(note.to_string(), FOO_NOTE);
        assert_eq!(note.signatures()[0].name().as_str(), "example.com/foo");
    }

    #[test]
    fn rejects_the_example_with_any_byte_changed_log_11() {
        let foo: VerifierKey = FOO.parse().unwrap();
        for place in 0..FOO_NOTE.len() {
            for flip in [0x01, 0x20] {
                let mut bytes = FOO_NOTE.as_bytes().to_vec();
                bytes[place] ^= flip;
                let verified = Note::from_bytes(&bytes).is_ok_and(|note| note.verify(&foo).is_ok());
                assert!(!verified, "byte {place}");
            }
        }
    }

    #[test]
    fn accepts_texts_with_empty_lines_log_10() {
        let signer = key("a", 1);
        for text in ["\n", "\n\n", "a\n\nb\n", "a\n\n\n", "— a b\n", "\n— a AAAAAAA=\n"] {
            let note = Note::sign(text.to_owned(), &signer).unwrap();
            let read: Note = note.to_string().parse().unwrap();
            assert_eq!(read, note);
            assert_eq!(read.verify(&signer.verifier()), Ok(text));
        }
    }

    #[test]
    fn rejects_what_is_no_note_log_10() {
        use LogError::{NoteCharacters, NoteForm, NoteTooLong, SignatureLine};
        let line = "— a AAAAAAA=\n";
        for (note, error) in [
            ("".to_owned(), NoteForm),
            ("text\n".to_owned(), NoteForm),
            (line.to_owned(), NoteForm),
            (format!("\n{line}"), NoteForm),
            (format!("text\n{line}"), NoteForm),
            (format!("text\n\n{}", line.trim_end()), NoteForm),
            ("text\n\n".to_owned(), NoteForm),
            (format!("text\n\n{line}\n"), NoteForm),
            ("text\n\n\n".to_owned(), NoteForm),
            (format!("text\n\n{line} "), NoteForm),
            (format!("te\txt\n\n{line}"), NoteCharacters),
            (format!("text\r\n\n{line}"), NoteCharacters),
            (format!("te\0xt\n\n{line}"), NoteCharacters),
            ("text\n\n- a AAAAAAA=\n".to_owned(), SignatureLine(0)),
            ("text\n\n—  AAAAAAA=\n".to_owned(), SignatureLine(0)),
            ("text\n\n—a AAAAAAA=\n".to_owned(), SignatureLine(0)),
            ("text\n\n— a  AAAAAAA=\n".to_owned(), SignatureLine(0)),
            ("text\n\n— a+b AAAAAAA=\n".to_owned(), SignatureLine(0)),
            ("text\n\n— a\u{a0}b AAAAAAA=\n".to_owned(), SignatureLine(0)),
            ("text\n\n— a\n".to_owned(), SignatureLine(0)),
            ("text\n\n— a \n".to_owned(), SignatureLine(0)),
            ("text\n\n— a AAAAAA==\n".to_owned(), SignatureLine(0)),
            ("text\n\n— a AAAAAAA\n".to_owned(), SignatureLine(0)),
            ("text\n\n— a AAAAAAB=\n".to_owned(), SignatureLine(0)),
            ("text\n\n— a AAAAAAA= \n".to_owned(), SignatureLine(0)),
            (format!("text\n\n{line}text\n"), SignatureLine(1)),
            ("a".repeat(MAX_NOTE + 1), NoteTooLong(MAX_NOTE + 1)),
        ] {
            assert_eq!(note.parse::<Note>(), Err(error), "{:.60?}", note);
        }
        assert_eq!(Note::from_bytes(b"\xff\n\n"), Err(NoteCharacters));
        let many = |lines| format!("text\n\n{}", line.repeat(lines)).parse::<Note>();
        assert_eq!(many(MAX_SIGNATURES).unwrap().signatures().len(), MAX_SIGNATURES);
        assert_eq!(many(MAX_SIGNATURES + 1), Err(LogError::TooManySignatures));
    }

    #[test]
    fn accepts_signatures_of_others_beside_one_s_own_log_11() {
        let (log, witness) = (key("log.example/1", 1), key("witness.example", 2));
        let mut note = Note::sign("text\n".to_owned(), &log).unwrap();
        note.add_signature(&witness).unwrap();
        assert_eq!(note.verify(&log.verifier()), Ok("text\n"));
        assert_eq!(note.verify(&witness.verifier()), Ok("text\n"));
        let again = note.clone();
        note.add_signature(&log).unwrap();
        assert_eq!(note.signatures().len(), 2);
        assert_eq!(note.signatures()[0], again.signatures()[1]);
        // The same key under another name, another key under the same name.
        for other in [key("log.example/2", 1), key("log.example/1", 3)] {
            assert_eq!(note.verify(&other.verifier()), Err(LogError::NotSigned));
        }
    }

    #[test]
    fn rejects_a_note_in_which_one_of_the_key_s_lines_fails_log_11() {
        let log = key("log.example/1", 1);
        let note = Note::sign("text\n".to_owned(), &log).unwrap();
        let foreign = Note::sign("other\n".to_owned(), &log).unwrap();
        let both = format!("{note}{}", foreign.signatures()[0]);
        let both: Note = both.parse().unwrap();
        assert_eq!(both.verify(&log.verifier()), Err(LogError::SignatureFailed));
        let twice: Note = format!("{note}{}", note.signatures()[0]).parse().unwrap();
        assert_eq!(twice.verify(&log.verifier()), Ok("text\n"));
        // Ed25519 signatures have 64 bytes.
        for change in [|s: &mut Vec<u8>| s.push(0), |s: &mut Vec<u8>| _ = s.pop()] {
            let mut note = note.clone();
            change(&mut note.signatures[0].signature);
            assert_eq!(note.verify(&log.verifier()), Err(LogError::SignatureFailed));
        }
    }

    #[test]
    fn rejects_signing_what_is_no_text() {
        let signer = key("a", 1);
        for (text, error) in
            [("", LogError::NoteForm), ("text", LogError::NoteForm), ("a\tb\n", LogError::NoteCharacters)]
        {
            assert_eq!(Note::sign(text.to_owned(), &signer), Err(error), "{text:?}");
        }
        let long = "a".repeat(MAX_NOTE - 1) + "\n";
        assert!(matches!(Note::sign(long, &signer), Err(LogError::NoteTooLong(_))));
    }

    proptest! {
        #[test]
        fn any_text_is_a_note_or_refused(note in "[a\n ]{0,6}\n\n(— a[b ]? AA[A-D=]{3,10}\n)*|\\PC*") {
            if let Ok(read) = note.parse::<Note>() {
                prop_assert_eq!(read.to_string(), note);
            }
        }

        #[test]
        fn any_bytes_do_no_harm(bytes: Vec<u8>) {
            if let Ok(read) = Note::from_bytes(&bytes) {
                prop_assert_eq!(read.to_string().into_bytes(), bytes);
            }
        }
    }
}
