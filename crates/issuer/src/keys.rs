//! The issuer's secret keys: one for each class, and the one that signs its entries. Made by an explicit act, kept in one
//! file, destroyed after the issuance list is posted (TOK-1).
//!
//! ```text
//! urna issuer keys 1
//! issuer main
//! plan 64 hexadecimal digits       the plan under which the keys were made
//! entries 64 hexadecimal digits    the secret that signs entries
//! class staff 64 hexadecimal digits
//! ```
//!
//! A backup has no `class` line ([`IssuerKeys::for_backup`]): who starts from one can post the list of what was answered, and
//! answer nobody anew. A second token would need x, and x is nowhere but in this file.
//!
//! The file is readable by its owner only, and a file that others may read is refused. It is never overwritten: keys that
//! stand in a manifest cannot be made again.

use std::path::{Path, PathBuf};

use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use urna_crypto::{IssuerPossession, IssuerSecretKey, PlanId, SigningKey};
use urna_disk::{DiskError, secret};
use urna_election::Id;
use urna_election::json::Base64;
use urna_election::manifest::draft::ClassKey;
use zeroize::Zeroizing;

/// The first line of a key file.
const HEADER: &str = "urna issuer keys 1";

/// Why there are no keys to work with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// There are keys already.
    #[error("{} exists: keys are made once. For another election, give its issuer a folder of its own", .0.display())]
    AlreadyMade(PathBuf),
    /// The file or its folder.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Not a key file, or a damaged one.
    #[error("{}: line {line} is not that of a key file", .path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
    /// A class is named twice.
    #[error("the class {0} is named twice")]
    ClassTwice(Id),
}

/// What the authority puts into the manifest for an issuer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKeys {
    /// A key for each class, with the proof that the issuer has its secret, over the plan id.
    pub keys: Vec<ClassKey>,
    /// The key that signs the issuer's entries.
    pub signing_key: Base64<[u8; 32]>,
}

/// An issuer's secret keys for one election. Wiped when dropped.
pub struct IssuerKeys {
    plan: PlanId,
    issuer: Id,
    entries: SigningKey,
    /// In the order in which the classes were named.
    classes: Vec<(Id, IssuerSecretKey)>,
}

impl IssuerKeys {
    /// Makes a key for each of these classes and one for entries. Whoever calls this has been asked to, by name.
    ///
    /// # Errors
    /// [`KeyError::ClassTwice`].
    pub fn generate(
        plan: PlanId,
        issuer: Id,
        classes: &[Id],
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, KeyError> {
        let mut keys = Self { plan, issuer, entries: SigningKey::generate(rng), classes: Vec::new() };
        for class in classes {
            keys.add(class.clone(), IssuerSecretKey::generate(rng))?;
        }
        Ok(keys)
    }

    /// The plan under which the keys were made.
    pub fn plan(&self) -> &PlanId {
        &self.plan
    }

    /// Whose keys they are.
    pub fn issuer(&self) -> &Id {
        &self.issuer
    }

    /// The classes for which there is a key, in the order in which they were named.
    pub fn classes(&self) -> impl Iterator<Item = &Id> {
        self.classes.iter().map(|(class, _)| class)
    }

    /// The public keys, with proofs of possession over the plan id (TOK-1).
    pub fn public(&self, rng: &mut impl CryptoRngCore) -> PublicKeys {
        let key = |(class, key): &(Id, IssuerSecretKey)| {
            let statement =
                IssuerPossession { plan: &self.plan, issuer: self.issuer.as_str(), class: class.as_str() };
            ClassKey {
                class: class.as_str().to_owned(),
                key: Base64(key.public().to_bytes()),
                proof: Base64(key.prove_possession(&statement, rng).to_bytes()),
            }
        };
        PublicKeys {
            keys: self.classes.iter().map(key).collect(),
            signing_key: Base64(self.entries.public().to_bytes()),
        }
    }

    /// The secret x of a class.
    pub(crate) fn class(&self, id: &Id) -> Option<&IssuerSecretKey> {
        self.classes.iter().find(|(class, _)| class == id).map(|(_, key)| key)
    }

    /// The key that signs entries.
    pub(crate) const fn entries(&self) -> &SigningKey {
        &self.entries
    }

    /// Whether these are a backup's: without the secrets of classes, so that nobody gets a second token.
    pub fn are_of_a_backup(&self) -> bool {
        self.classes.is_empty()
    }

    /// The text of a key file without the secrets of classes.
    pub(crate) fn for_backup(&self) -> Zeroizing<String> {
        self.text(&[])
    }

    fn add(&mut self, class: Id, key: IssuerSecretKey) -> Result<(), KeyError> {
        if self.class(&class).is_some() {
            return Err(KeyError::ClassTwice(class));
        }
        self.classes.push((class, key));
        Ok(())
    }

    /// Writes a new key file, which must not be there yet. Durable when this returns.
    ///
    /// # Errors
    /// [`KeyError::AlreadyMade`]; [`KeyError::Disk`].
    pub fn write_new(&self, path: &Path) -> Result<(), KeyError> {
        let text = self.text(&self.classes);
        secret::write_new(path, text.as_bytes()).map_err(|error| match error {
            DiskError::AlreadyThere(path) => KeyError::AlreadyMade(path),
            error => error.into(),
        })
    }

    fn text(&self, classes: &[(Id, IssuerSecretKey)]) -> Zeroizing<String> {
        // Room for all of it: a text that grows would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(400 + 120 * classes.len()));
        text.push_str(HEADER);
        text.push_str("\nissuer ");
        text.push_str(self.issuer.as_str());
        let mut line = |names: [&str; 2], bytes: &[u8; 32]| {
            text.push('\n');
            names.into_iter().for_each(|name| text.push_str(name));
            text.push(' ');
            push_hexadecimal(&mut text, bytes);
        };
        line(["plan", ""], self.plan.as_bytes());
        line(["entries", ""], &self.entries.to_bytes());
        for (class, key) in classes {
            line(["class ", class.as_str()], &key.to_bytes());
        }
        text.push('\n');
        text
    }

    /// Reads a key file; none if there is no such file.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn read(path: &Path) -> Result<Option<Self>, KeyError> {
        let Some(text) = secret::read(path)? else { return Ok(None) };
        Self::parse(&text).map(Some).map_err(|line| KeyError::Line { path: path.to_owned(), line })
    }

    /// Reads the text of a key file; says which line is wrong.
    fn parse(text: &[u8]) -> Result<Self, usize> {
        // What follows the last line's end; a torn file has no such end.
        let text = text.strip_suffix(b"\n").ok_or(1_usize)?;
        let mut lines = (1..).zip(text.split(|byte| *byte == b'\n'));
        let mut next = |name: &str| {
            let (number, line) = lines.next().ok_or(0_usize)?;
            let rest = line.strip_prefix(name.as_bytes()).ok_or(number)?;
            Ok::<_, usize>((number, rest))
        };
        if let (number, [_, ..]) = next(HEADER)? {
            return Err(number);
        }
        let (number, id) = next("issuer ")?;
        let issuer = read_id(id).ok_or(number)?;
        let (number, digits) = next("plan ")?;
        let plan = PlanId::from_bytes(*read_hexadecimal(digits).ok_or(number)?);
        let (number, digits) = next("entries ")?;
        let secret = read_hexadecimal(digits).ok_or(number)?;
        let entries = SigningKey::from_bytes(&secret).map_err(|_| number)?;
        let mut keys = Self { plan, issuer, entries, classes: Vec::new() };
        for (number, line) in lines {
            let rest = line.strip_prefix(b"class ").ok_or(number)?;
            let (id, digits) = rest.split_at_checked(rest.len().saturating_sub(65)).ok_or(number)?;
            let digits = digits.strip_prefix(b" ").ok_or(number)?;
            let class = read_id(id).ok_or(number)?;
            let secret = read_hexadecimal(digits).ok_or(number)?;
            let key = IssuerSecretKey::from_bytes(&secret).map_err(|_| number)?;
            keys.add(class, key).map_err(|_| number)?;
        }
        Ok(keys)
    }
}

fn read_id(text: &[u8]) -> Option<Id> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn push_hexadecimal(text: &mut String, bytes: &[u8]) {
    for digit in bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        text.extend(char::from_digit(digit.into(), 16));
    }
}

/// 64 lower-case digits as 32 bytes.
fn read_hexadecimal(digits: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let digits: &[u8; 64] = digits.try_into().ok()?;
    let mut bytes = Zeroizing::new([0; 32]);
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16).filter(|_| !digit.is_ascii_uppercase())?;
            *byte = *byte << 4 | u8::try_from(value).ok()?;
        }
    }
    Some(bytes)
}
