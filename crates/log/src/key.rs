//! Names, ids and Ed25519 keys of signed notes (LOG-8, LOG-9).

use core::fmt;
use core::str::FromStr;

use ed25519_dalek::{Signature, Signer};
use sha2::{Digest, Sha256};
use zeroize::ZeroizeOnDrop;

use crate::LogError;
use crate::encoding::{parse_base64, to_base64};
use crate::note::{NoteSigner, NoteVerifier};

/// The signature type of plain Ed25519, in key ids and verifier keys.
const ED25519: u8 = 0x01;

/// The name of a key: not empty, without Unicode spaces, plus signs and control characters (LOG-8).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This name with more after it, which has none of the forbidden characters.
    pub(crate) fn followed_by(&self, suffix: &'static str) -> Self {
        Self(format!("{}{suffix}", self.0))
    }
}

impl FromStr for KeyName {
    type Err = LogError;

    fn from_str(name: &str) -> Result<Self, LogError> {
        let forbidden = |c: char| c.is_whitespace() || c == '+' || c < ' ';
        if name.is_empty() || name.contains(forbidden) {
            return Err(LogError::KeyName);
        }
        Ok(Self(name.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a key: with the name it says which key a signature line is by. It is too short to be an identity.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// The id with these bytes.
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    pub const fn to_bytes(self) -> [u8; 4] {
        self.0
    }

    /// SHA-256(name ‖ 0x0A ‖ type ‖ key)\[:4\]
    pub fn of(name: &KeyName, signature_type: u8, key: &[u8]) -> Self {
        let [a, b, c, d, ..] = <[u8; 32]>::from(
            Sha256::new()
                .chain_update(name.as_str())
                .chain_update([b'\n', signature_type])
                .chain_update(key)
                .finalize(),
        );
        Self([a, b, c, d])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// An Ed25519 key with its name, under which notes are verified: `<name>+<id>+<base64 of 0x01 ‖ key>` (LOG-9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    key: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    /// The key with these 32 bytes under this name.
    ///
    /// # Errors
    /// [`LogError::WeakKey`] if the bytes are not the canonical encoding of a point, or it is of small order (SIG-3).
    pub fn new(name: KeyName, key: &[u8; 32]) -> Result<Self, LogError> {
        let point = ed25519_dalek::VerifyingKey::from_bytes(key).map_err(|_| LogError::WeakKey)?;
        if point.is_weak() || point.to_edwards().compress().to_bytes() != *key {
            return Err(LogError::WeakKey);
        }
        let id = KeyId::of(&name, ED25519, key);
        Ok(Self { name, id, key: point })
    }

    /// The name.
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The id.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The key's encoding.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }
}

impl NoteVerifier for VerifierKey {
    fn name(&self) -> &KeyName {
        &self.name
    }

    fn id(&self) -> KeyId {
        self.id
    }

    /// By the strict rule SIG-3. Variable time.
    fn verify(&self, text: &str, signature: &[u8]) -> Result<(), LogError> {
        let signature = Signature::from_slice(signature).map_err(|_| LogError::SignatureFailed)?;
        self.key.verify_strict(text.as_bytes(), &signature).map_err(|_| LogError::SignatureFailed)
    }
}

impl FromStr for VerifierKey {
    type Err = LogError;

    fn from_str(vkey: &str) -> Result<Self, LogError> {
        let form = || LogError::VerifierKeyForm;
        let (name, rest) = vkey.split_once('+').ok_or_else(form)?;
        let (id, base64) = rest.split_once('+').ok_or_else(form)?;
        let name: KeyName = name.parse()?;
        let bytes = parse_base64(base64).ok_or_else(form)?;
        let key: [u8; 32] = match bytes.split_first() {
            Some((&ED25519, key)) => key.try_into().map_err(|_| form())?,
            Some((other, _)) => return Err(LogError::VerifierKeyType(*other)),
            None => return Err(form()),
        };
        let key = Self::new(name, &key)?;
        if id == key.id.to_string() { Ok(key) } else { Err(LogError::VerifierKeyId) }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[ED25519], self.to_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, to_base64(bytes))
    }
}

/// An Ed25519 key that signs notes under a name. Wiped when dropped, neither copied nor printed.
#[derive(ZeroizeOnDrop)]
pub struct SigningKey {
    #[zeroize(skip)]
    name: KeyName,
    #[zeroize(skip)]
    id: KeyId,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// Takes the 32-byte seed of RFC 8032, which the caller makes from fresh randomness and wipes.
    pub fn from_seed(name: KeyName, seed: &[u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let id = KeyId::of(&name, ED25519, key.verifying_key().as_bytes());
        Self { name, id, key }
    }

    /// The key under which its signatures are verified.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey { name: self.name.clone(), id: self.id, key: self.key.verifying_key() }
    }
}

impl NoteSigner for SigningKey {
    fn name(&self) -> &KeyName {
        &self.name
    }

    fn id(&self) -> KeyId {
        self.id
    }

    fn sign(&self, text: &str) -> Vec<u8> {
        self.key.sign(text.as_bytes()).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FOO: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    fn parse(vkey: &str) -> Result<VerifierKey, LogError> {
        vkey.parse()
    }

    fn vkey(name: &str, key: [u8; 32]) -> String {
        let id = KeyId::of(&name.parse().unwrap(), ED25519, &key);
        format!("{name}+{id}+{}", to_base64([&[ED25519], key.as_slice()].concat()))
    }

    #[test]
    fn accepts_the_specification_s_key_log_9() {
        let key = parse(FOO).unwrap();
        assert_eq!(key.name().as_str(), "example.com/foo");
        assert_eq!(key.id().to_bytes(), [0x53, 0x0d, 0x90, 0x3a]);
        assert_eq!(key.to_string(), FOO);
        assert_eq!(VerifierKey::new(key.name().clone(), &key.to_bytes()), Ok(key));
    }

    #[test]
    fn rejects_other_verifier_keys_log_9() {
        use LogError::{KeyName, VerifierKeyForm, VerifierKeyId, VerifierKeyType};
        for (vkey, error) in [
            ("", VerifierKeyForm),
            ("example.com/foo+530d903a", VerifierKeyForm),
            ("example.com/foo+530d903a+", VerifierKeyForm),
            ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2", VerifierKeyForm),
            ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==", VerifierKeyForm),
            ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyName),
            ("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyName),
            ("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyId),
            ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyId),
            ("example.com/foo+0530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyId),
            ("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyId),
            ("example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyType(4)),
        ] {
            assert_eq!(parse(vkey), Err(error), "{vkey:?}");
        }
        assert_eq!(parse(&format!("{FOO}\n")), Err(VerifierKeyForm));
    }

    #[test]
    fn rejects_weak_and_non_canonical_keys_sig_3() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(parse(&vkey("a", identity)), Err(LogError::WeakKey));
        // y + p for every y small enough to be encoded twice
        for low in 0xed..=0xff_u8 {
            let mut doubled = [0xff; 32];
            doubled[0] = low;
            doubled[31] = 0x7f;
            assert_eq!(parse(&vkey("a", doubled)), Err(LogError::WeakKey), "{low:#x}");
        }
        assert_eq!(parse(&vkey("a", [2; 32])), Err(LogError::WeakKey));
    }

    #[test]
    fn rejects_signatures_that_are_not_strict_sig_3() {
        let signer = SigningKey::from_seed("a".parse().unwrap(), &[7; 32]);
        let key = signer.verifier();
        let signature = signer.sign("text\n");
        assert_eq!(key.verify("text\n", &signature), Ok(()));
        for bit in 0..512 {
            let mut changed = signature.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key.verify("text\n", &changed), Err(LogError::SignatureFailed), "{bit}");
        }
        // s + l: the same equation, another encoding.
        let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
        let mut carry = 0_u16;
        let mut malleated = signature.clone();
        for place in 0..32 {
            let byte = u8::from_str_radix(&order[2 * place..2 * place + 2], 16).unwrap();
            let sum = u16::from(malleated[32 + place]) + u16::from(byte) + carry;
            malleated[32 + place] = u8::try_from(sum % 256).unwrap();
            carry = sum / 256;
        }
        assert_eq!(key.verify("text\n", &malleated), Err(LogError::SignatureFailed));
    }

    #[test]
    fn rejects_other_names_log_8() {
        for name in ["", " ", "a b", "a+b", "a\nb", "a\u{2003}b", "a\u{85}", "a\0"] {
            assert_eq!(name.parse::<KeyName>(), Err(LogError::KeyName), "{name:?}");
        }
        assert!("žofie.example/volby—2027".parse::<KeyName>().is_ok());
    }

    proptest! {
        #[test]
        fn any_text_is_a_verifier_key_or_refused(text in "[a-c+]{0,4}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]{0,48}|\\PC*") {
            if let Ok(key) = parse(&text) {
                prop_assert_eq!(key.to_string(), text);
            }
        }

        #[test]
        fn keys_round_trip(seed: [u8; 32], name in "[a-z0-9./-]{1,40}") {
            let key = SigningKey::from_seed(name.parse().unwrap(), &seed).verifier();
            prop_assert_eq!(key.to_string().parse(), Ok(key));
        }
    }
}
