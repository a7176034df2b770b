//! Canonical JSON: RFC 8785 restricted until serde writes it directly (ENC-1 to ENC-6 in `spec/encoding.md`).
//!
//! Every document of Urna is a serde struct whose fields stand in alphabetical order, so that what `serde_json` writes
//! without whitespace *is* the canonical form. Integers only; bytes in standard base64; free keys are restricted ASCII.
//! [`parse`] refuses whatever differs from its own re-encoding, so one value has exactly one byte string, and hashing
//! or signing the bytes is hashing or signing the value.

use std::fmt;
use std::io;
use std::marker::PhantomData;

use base64::Engine;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use urna_crypto::{
    Answer, BallotProof, Challenge, Commitment, CredentialKey, DleqProof, ElectionId, Handle, PlanId, Point,
    Pseudonym, Rehearsal, Scalar, Signature, Token,
};
use zeroize::Zeroizing;

/// Why bytes are not a canonical document.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// More bytes than this kind of document may have.
    #[error("{length} bytes, where at most {limit} are allowed")]
    TooLong {
        /// How many bytes there are.
        length: usize,
        /// How many bytes there may be.
        limit: usize,
    },
    /// Not JSON, or not this kind of document: a field missing, unknown or of the wrong type.
    ///
    /// The message can repeat a name from the document; it is shown cut off and without control characters.
    #[error("not the expected JSON: {}", printable(.0))]
    Syntax(#[from] serde_json::Error),
    /// The document is well formed, but written differently from its canonical form.
    #[error("not in canonical form: the bytes differ from their re-encoding at byte {offset}")]
    NotCanonical {
        /// Where the first difference is, counted from 0.
        offset: usize,
    },
}

/// An error's text for a terminal or a log.
fn printable(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.chars().take(300).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Reads one canonical document of at most `limit` bytes (ENC-1).
///
/// # Errors
/// [`JsonError`]; nothing that arbitrary bytes can do makes it panic or exhaust the stack.
pub fn parse<T: DeserializeOwned + Serialize>(bytes: &[u8], limit: usize) -> Result<T, JsonError> {
    if bytes.len() > limit {
        return Err(JsonError::TooLong { length: bytes.len(), limit });
    }
    let value: T = serde_json::from_slice(bytes)?;
    // What it is compared with is not kept: blobs have megabytes.
    let mut compared = Compared { bytes, same: 0 };
    if serde_json::to_writer(&mut compared, &value).is_err() || compared.same < bytes.len() {
        return Err(JsonError::NotCanonical { offset: compared.same });
    }
    Ok(value)
}

/// Takes what is written for as long as these bytes say the same.
struct Compared<'b> {
    bytes: &'b [u8],
    same: usize,
}

impl io::Write for Compared<'_> {
    fn write(&mut self, written: &[u8]) -> io::Result<usize> {
        let rest = self.bytes.get(self.same..).unwrap_or_default();
        if rest.starts_with(written) {
            self.same = self.same.saturating_add(written.len());
            return Ok(written.len());
        }
        let common = written.iter().zip(rest).take_while(|(a, b)| a == b).count();
        self.same = self.same.saturating_add(common);
        Err(io::ErrorKind::InvalidData.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes a document in canonical form.
///
/// `T` must be one of the documents of `spec/`: structs with their fields in alphabetical order, string keys, and
/// [`Integer`] or a type of at most 32 bits for every number.
pub fn to_bytes<T: Serialize>(value: &T) -> Vec<u8> {
    #[expect(
        clippy::expect_used,
        reason = "fails only for map keys that are not strings, which no document has"
    )]
    serde_json::to_vec(value).expect("documents have string keys")
}

/// An integer from 0 to 2^53 - 1, the largest that every JSON implementation reads exactly (ENC-3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Integer(u64);

impl Integer {
    /// 2^53 - 1.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// The value.
    pub const fn value(self) -> u64 {
        self.0
    }
}

/// A number above 2^53 - 1, which canonical JSON cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is above 9007199254740991, the largest integer that JSON holds exactly")]
pub struct IntegerTooLarge(pub u64);

impl TryFrom<u64> for Integer {
    type Error = IntegerTooLarge;

    fn try_from(value: u64) -> Result<Self, Self::Error> {
        if value > Self::MAX.0 { Err(IntegerTooLarge(value)) } else { Ok(Self(value)) }
    }
}

impl From<u32> for Integer {
    fn from(value: u32) -> Self {
        Self(value.into())
    }
}

impl From<Integer> for u64 {
    fn from(value: Integer) -> Self {
        value.0
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A value that JSON carries as bytes.
pub trait Bytes: Sized {
    /// What the bytes are, for the error message: "a scalar of 32 bytes".
    const EXPECTED: &'static str;

    /// The bytes, borrowed or an array.
    type Encoded<'a>: AsRef<[u8]>
    where
        Self: 'a;

    /// The value's bytes.
    fn encode(&self) -> Self::Encoded<'_>;

    /// The value, or `None` if these are not the bytes of one.
    fn decode(bytes: Vec<u8>) -> Option<Self>;
}

/// Bytes in JSON: standard base64 with padding, decoded strictly (ENC-4).
///
/// The alphabet of RFC 4648 section 4, padded, unused bits zero, no whitespace: one text for one byte string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Base64<T>(pub T);

impl<T: Bytes> Serialize for Base64<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0.encode().as_ref(), &STANDARD))
    }
}

impl<'de, T: Bytes> Deserialize<'de> for Base64<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Base64Visitor(PhantomData))
    }
}

struct Base64Visitor<T>(PhantomData<T>);

impl<T: Bytes> Visitor<'_> for Base64Visitor<T> {
    type Value = Base64<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in standard base64 with padding", T::EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let bytes = STANDARD.decode(text).ok().and_then(T::decode);
        // The text is not repeated: it can be long, and it says nothing to people.
        bytes.map(Base64).ok_or_else(|| E::custom(format_args!("expected {self}")))
    }
}

impl<T: Bytes> fmt::Display for Base64Visitor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expecting(f)
    }
}

impl Bytes for Vec<u8> {
    const EXPECTED: &'static str = "bytes";
    type Encoded<'a> = &'a [u8];

    fn encode(&self) -> &[u8] {
        self
    }

    fn decode(bytes: Vec<u8>) -> Option<Self> {
        Some(bytes)
    }
}

/// Secret bytes: wiped when dropped. Whoever holds the document's text wipes that too.
impl Bytes for Zeroizing<Vec<u8>> {
    const EXPECTED: &'static str = "secret bytes";
    type Encoded<'a> = &'a [u8];

    fn encode(&self) -> &[u8] {
        self
    }

    fn decode(bytes: Vec<u8>) -> Option<Self> {
        Some(Self::new(bytes))
    }
}

impl<const LENGTH: usize> Bytes for [u8; LENGTH] {
    const EXPECTED: &'static str = "bytes of the length that the field has";
    type Encoded<'a> = &'a [u8];

    fn encode(&self) -> &[u8] {
        self
    }

    fn decode(bytes: Vec<u8>) -> Option<Self> {
        bytes.try_into().ok()
    }
}

/// Types of `urna-crypto` with `to_bytes` and a `from_bytes` that may refuse.
macro_rules! wire_forms {
    ($($type:ty: $expected:literal;)*) => {$(
        impl Bytes for $type {
            const EXPECTED: &'static str = $expected;
            type Encoded<'a> = [u8; <$type>::LENGTH];

            fn encode(&self) -> Self::Encoded<'_> {
                self.to_bytes()
            }

            fn decode(bytes: Vec<u8>) -> Option<Self> {
                Self::from_bytes(bytes.as_array()?).ok()
            }
        }
    )*};
}

/// Hashes: any 32 bytes.
macro_rules! hashes {
    ($($type:ty: $expected:literal;)*) => {$(
        impl Bytes for $type {
            const EXPECTED: &'static str = $expected;
            type Encoded<'a> = &'a [u8; 32];

            fn encode(&self) -> &[u8; 32] {
                self.as_bytes()
            }

            fn decode(bytes: Vec<u8>) -> Option<Self> {
                bytes.try_into().ok().map(Self::from_bytes)
            }
        }
    )*};
}

wire_forms! {
    Answer: "an issuer's answer of 96 bytes";
    BallotProof: "a ballot's proof of 128 bytes";
    Challenge: "a challenge of 32 bytes";
    Commitment: "an issuer's first move of 64 bytes";
    CredentialKey: "a credential of 32 bytes";
    DleqProof: "a proof of partial decryptions of 96 bytes";
    Point: "a ristretto255 point of 32 bytes";
    Pseudonym: "a pseudonym of 32 bytes";
    Rehearsal: "a rehearsal of 128 bytes";
    Scalar: "a scalar of 32 bytes";
    Signature: "a Schnorr signature of 64 bytes";
    Token: "a token of 96 bytes";
}

hashes! {
    ElectionId: "an election id of 32 bytes";
    Handle: "a handle of 32 bytes";
    PlanId: "a plan id of 32 bytes";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        bytes: Base64<Vec<u8>>,
        map: BTreeMap<String, Integer>,
        none: Option<Base64<[u8; 32]>>,
        text: String,
    }

    const CANONICAL: &str =
        r#"{"bytes":"/+8=","map":{"a":0,"b":9007199254740991},"none":null,"text":"ů\"\\\n"}"#;

    fn refused(text: &str) -> JsonError {
        parse::<Sample>(text.as_bytes(), 200).unwrap_err()
    }

    #[test]
    fn accepts_the_canonical_form() {
        let sample: Sample = parse(CANONICAL.as_bytes(), 200).unwrap();
        assert_eq!(sample.bytes.0, [0xff, 0xef]);
        assert_eq!(sample.text, "ů\"\\\n");
        assert_eq!(to_bytes(&sample), CANONICAL.as_bytes());
    }

    #[test]
    fn rejects_every_other_way_to_write_it_enc_1() {
        for (from, to) in [
            ("{\"bytes\"", "{ \"bytes\""),          // whitespace
            ("\"text\":\"ů", "\"text\":\"\\u016f"), // an escape that is not needed
            ("\\n", "\\u000a"),                     // the long escape of a short one
            ("\"a\":0,\"b\":9007199254740991", "\"b\":9007199254740991,\"a\":0"), // keys out of order
            ("\"a\":0", "\"a\":1,\"a\":0"),         // a key twice
            ("\"none\":null,", ""),                 // a field left out
        ] {
            let changed = CANONICAL.replacen(from, to, 1);
            assert_ne!(changed, CANONICAL);
            assert!(matches!(refused(&changed), JsonError::NotCanonical { .. }), "{changed}");
        }
    }

    #[test]
    fn rejects_what_is_not_the_document_enc_2() {
        for (from, to) in [
            ("{\"bytes\"", "{\"more\":1,\"bytes\""), // an unknown field
            ("{\"bytes\":\"/+8=\",", "{"),           // a field missing
            ("\"a\":0", "\"a\":0.0"),                // a float
            ("\"a\":0", "\"a\":0e0"),
            ("\"a\":0", "\"a\":-0"),
            ("\"a\":0", "\"a\":-1"),
            ("\"a\":0", "\"a\":\"0\""),
            ("9007199254740991", "9007199254740992"), // ENC-3
            ("/+8=", "/+8"),                          // no padding
            ("/+8=", "/+9="),                         // unused bits set
            ("/+8=", "_-8="),                         // the other alphabet
            ("/+8=", "/+8=\\n"),                      // a line break
            ("\"text\":\"ů", "\"text\":\"\\ud800"),   // half a surrogate pair
            ("}", "}{}"),                             // something behind it
        ] {
            let changed = CANONICAL.replacen(from, to, 1);
            assert_ne!(changed, CANONICAL);
            assert!(matches!(refused(&changed), JsonError::Syntax(_)), "{changed}");
        }
    }

    #[test]
    fn an_error_shows_no_control_characters_of_the_document() {
        let error = refused(&CANONICAL.replacen("{\"bytes\"", "{\"\\u001b[2J\":1,\"bytes\"", 1)).to_string();
        assert!(error.contains("unknown field") && !error.contains('\u{1b}'), "{error}");
        let error =
            parse::<Sample>(format!("{{\"{}\":1}}", "a".repeat(9_999)).as_bytes(), 1 << 20).unwrap_err();
        assert!(error.to_string().len() < 400);
    }

    #[test]
    fn rejects_too_many_bytes() {
        let result = parse::<Sample>(CANONICAL.as_bytes(), CANONICAL.len() - 1);
        assert!(matches!(result, Err(JsonError::TooLong { .. })));
    }

    #[test]
    fn rejects_deep_nesting_without_exhausting_the_stack() {
        for text in ["[".repeat(1 << 20), "{\"map\":".repeat(1 << 20)] {
            assert!(matches!(
                parse::<serde_json::Value>(text.as_bytes(), 1 << 30),
                Err(JsonError::Syntax(_))
            ));
            assert!(matches!(parse::<Sample>(text.as_bytes(), 1 << 30), Err(JsonError::Syntax(_))));
        }
    }

    #[test]
    fn rejects_bytes_of_the_wrong_kind() {
        fn read<T: Bytes>(text: &str) -> Option<T> {
            serde_json::from_str::<Base64<T>>(&format!("\"{text}\"")).ok().map(|b| b.0)
        }
        let zeros = STANDARD.encode([0; 32]);
        assert_eq!(read::<[u8; 32]>(&zeros), Some([0; 32]));
        assert_eq!(read::<Scalar>(&zeros), Some(Scalar::ZERO));
        assert_eq!(read::<Point>(&zeros), None);
        assert_eq!(read::<Scalar>(&STANDARD.encode([0xff; 32])), None);
        assert_eq!(read::<[u8; 32]>(&STANDARD.encode([0; 31])), None);
        assert_eq!(read::<[u8; 32]>(&STANDARD.encode([0; 33])), None);
    }

    proptest! {
        #[test]
        fn round_trips(
            bytes: Vec<u8>,
            map in prop::collection::btree_map("[a-z0-9-]{1,9}", 0..=Integer::MAX.0, 0..5),
            none: Option<[u8; 32]>,
            text in any::<String>(),
        ) {
            let map = map.into_iter().map(|(k, v)| (k, Integer(v))).collect();
            let sample = Sample { bytes: Base64(bytes), map, none: none.map(Base64), text };
            let written = to_bytes(&sample);
            prop_assert_eq!(parse::<Sample>(&written, written.len()).unwrap(), sample.clone());
            // Alphabetical order, independently: serde_json's own map sorts its keys.
            let sorted: serde_json::Value = serde_json::from_slice(&written).unwrap();
            prop_assert_eq!(serde_json::to_vec(&sorted).unwrap(), written);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>, at in 0..CANONICAL.len(), byte: u8) {
            let _ = parse::<Sample>(&bytes, 1 << 20);
            let mut changed = CANONICAL.as_bytes().to_vec();
            changed[at] = byte;
            if let Ok(sample) = parse::<Sample>(&changed, 200) {
                prop_assert_eq!(to_bytes(&sample), changed);
            }
        }
    }
}
