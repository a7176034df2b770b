//! Who may do what: API keys, the accounts that have them, and their roles (C16).
//!
//! An **account** is somebody's name, as long as there are keys of it. An election has one **owner**, the account that made
//! it, for good; so keys can be lost and made anew without an election changing hands. **Managers** of an election edit
//! its draft until it is published, load the register, and open and close by hand. **Operators** run the service: they make
//! and revoke keys, and may cancel. None of them can do anything to what is published, but what the log shows.
//!
//! The first key of a person travels as a **sign-in link**, `https://<authority>/sign-in#urna_<id>_<secret>`: it is exchanged
//! once, within [`LINK_SECONDS`], for a key or a session, and does nothing else. What follows `#` reaches no server.
//!
//! A **browser** shows a link once, or a key, and has a session from then on: a secret of the same form in a cookie, which only the
//! desk's pages take, until it ends by itself after [`SESSION_SECONDS`], by signing out, or by being revoked.
//!
//! A key is `urna_<id>_<secret>`, the secret 32 random bytes. Stored is the SHA-256 of the secret. A slow hash is for
//! secrets that people choose: nobody tries 2^256 values, whatever a try costs.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_core::CryptoRngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use urna_api::authority::Role;
use urna_election::Slug;
use urna_election::json::Base64;
use zeroize::Zeroizing;

use crate::error::AuthorityError;

/// How long a sign-in link can be exchanged: a week.
pub(crate) const LINK_SECONDS: u64 = 7 * 86_400;

/// How long a browser stays signed in: thirty days, as long as an election takes.
pub(crate) const SESSION_SECONDS: u64 = 30 * 86_400;

const PREFIX: &str = "urna_";
const ID: usize = 8;
const SECRET: usize = 32;

/// Somebody who does something, for the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who.
    pub account: String,
    /// With which key; none of the clock and of commands on the machine itself.
    pub key: Option<String>,
}

impl Actor {
    /// What is done because its time has come.
    pub fn clock() -> Self {
        Self { account: "clock".to_owned(), key: None }
    }

    /// Whoever has the machine.
    pub fn machine() -> Self {
        Self { account: "this machine".to_owned(), key: None }
    }
}

/// An API key as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyRecord {
    pub(crate) account: String,
    pub(crate) role: Role,
    pub(crate) election: Option<Slug>,
    /// SHA-256 of the secret.
    pub(crate) hash: Base64<[u8; 32]>,
    pub(crate) made: u64,
    pub(crate) good_for: Use,
}

/// What a secret is good for, and for nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Use {
    /// An API key, until it is revoked.
    Key,
    /// A sign-in link: can be exchanged once, until this Unix second.
    Link { until: u64 },
    /// The session of a browser, until this Unix second; with the id of the API key that it was begun by, if it was one: they end
    /// together.
    Session { until: u64, key: Option<String> },
}

/// Whoever showed a valid key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The key's id.
    pub(crate) key: String,
    pub(crate) account: String,
    role: Role,
    election: Option<Slug>,
}

/// What somebody wants to do in an election.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// See where it stands.
    Read,
    /// Change draft and register, write to voters.
    Manage,
    /// Decide what cannot be undone, and see what only the owner may.
    Own,
    /// Open and close by hand.
    OpenAndClose,
    Cancel,
}

impl Caller {
    /// The account's name.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The caller with this key.
    pub(crate) fn new(id: &str, record: KeyRecord) -> Self {
        Self { key: id.to_owned(), account: record.account, role: record.role, election: record.election }
    }

    /// Who this is in the audit trail.
    pub(crate) fn actor(&self) -> Actor {
        Actor { account: self.account.clone(), key: Some(self.key.clone()) }
    }

    /// The role in an election of this owner, if any.
    pub(crate) fn role_in(&self, slug: &Slug, owner: &str) -> Option<Role> {
        let is_its = self.election.as_ref().is_none_or(|election| election == slug);
        match self.role {
            _ if !is_its => None,
            Role::Owner => (self.account == owner).then_some(Role::Owner),
            // A manager's key always names its election.
            Role::Manager => self.election.is_some().then_some(Role::Manager),
            Role::Operator => Some(Role::Operator),
        }
    }

    /// Whether the caller may do this in an election of this owner.
    pub(crate) fn require(&self, right: Right, slug: &Slug, owner: &str) -> Result<(), AuthorityError> {
        let Some(role) = self.role_in(slug, owner) else {
            return Err(AuthorityError::UnknownElection(slug.to_string()));
        };
        let (is_allowed, needs) = match right {
            Right::Read => (true, "owner, manager or operator"),
            Right::Manage | Right::OpenAndClose => {
                (matches!(role, Role::Owner | Role::Manager), "owner or manager")
            }
            Right::Own => (role == Role::Owner, "owner"),
            Right::Cancel => (matches!(role, Role::Owner | Role::Operator), "owner or operator"),
        };
        if is_allowed { Ok(()) } else { Err(AuthorityError::Forbidden { needs }) }
    }

    /// Whether the caller may make an election, which is its account's then.
    pub(crate) fn may_create(&self) -> Result<(), AuthorityError> {
        if self.role == Role::Owner && self.election.is_none() {
            Ok(())
        } else {
            Err(AuthorityError::Forbidden { needs: "owner, with a key that is not for one election," })
        }
    }

    /// Whether the caller runs the service.
    pub(crate) fn is_operator(&self) -> bool {
        self.role == Role::Operator && self.election.is_none()
    }
}

/// A new key: id, the text that its owner gets, and the hash that is stored.
pub(crate) struct FreshKey {
    pub(crate) id: String,
    pub(crate) text: Zeroizing<String>,
    pub(crate) hash: Base64<[u8; 32]>,
}

impl FreshKey {
    pub(crate) fn generate(rng: &mut impl CryptoRngCore) -> Self {
        let mut id = [0; ID];
        rng.fill_bytes(&mut id);
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut secret = Zeroizing::new([0; SECRET]);
        rng.fill_bytes(&mut *secret);
        let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(*secret));
        let text = Zeroizing::new(format!("{PREFIX}{id}_{}", *encoded));
        Self { id, text, hash: Base64(Sha256::digest(*secret).into()) }
    }
}

/// The id and the hash of a key that somebody shows; none of what is no key.
pub(crate) fn parse_key(text: &str) -> Option<(String, [u8; 32])> {
    let (id, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
    let is_id = id.len() == 2 * ID && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let secret = Zeroizing::new(URL_SAFE_NO_PAD.decode(secret).ok()?);
    (is_id && secret.len() == SECRET).then(|| (id.to_owned(), Sha256::digest(&*secret).into()))
}

/// Whether a shown key is the stored one. Constant time.
pub(crate) fn is_same(stored: &Base64<[u8; 32]>, shown: &[u8; 32]) -> bool {
    stored.0.ct_eq(shown).into()
}

/// The name of an account.
pub(crate) fn account(name: &str) -> Result<String, AuthorityError> {
    let name = name.trim();
    let is_name = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if is_name { Ok(name.to_owned()) } else { Err(AuthorityError::NotAnAccount) }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    fn caller(account: &str, role: Role, election: Option<&str>) -> Caller {
        let election = election.map(|slug| slug.parse().unwrap());
        Caller { key: "k".into(), account: account.into(), role, election }
    }

    /// The whole table of rights.
    #[test]
    fn accepts_and_rejects_by_role_c16() {
        use Right::{Cancel, Manage, OpenAndClose, Own, Read};
        let slug: Slug = "council-2027".parse().unwrap();
        for (caller, rights) in [
            (caller("eva", Role::Owner, None), vec![Read, Manage, Own, OpenAndClose, Cancel]),
            (caller("eva", Role::Owner, Some("council-2027")), vec![Read, Manage, Own, OpenAndClose, Cancel]),
            (caller("eva", Role::Owner, Some("council-2028")), vec![]),
            (caller("jan", Role::Owner, None), vec![]),
            (caller("jan", Role::Owner, Some("council-2027")), vec![]),
            (caller("jan", Role::Manager, Some("council-2027")), vec![Read, Manage, OpenAndClose]),
            (caller("jan", Role::Manager, Some("council-2028")), vec![]),
            (caller("jan", Role::Manager, None), vec![]),
            (caller("it", Role::Operator, None), vec![Read, Cancel]),
            (caller("it", Role::Operator, Some("council-2028")), vec![]),
        ] {
            for right in [Read, Manage, Own, OpenAndClose, Cancel] {
                let allowed = caller.require(right, &slug, "eva").is_ok();
                assert_eq!(allowed, rights.contains(&right), "{caller:?} {right:?}");
            }
        }
        assert!(caller("eva", Role::Owner, None).may_create().is_ok());
        for caller in [
            caller("eva", Role::Owner, Some("council-2027")),
            caller("jan", Role::Manager, Some("council-2027")),
            caller("it", Role::Operator, None),
        ] {
            assert!(caller.may_create().is_err());
        }
        assert!(!caller("it", Role::Operator, Some("council-2027")).is_operator());
    }

    #[test]
    fn accepts_only_the_key_that_was_made() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = FreshKey::generate(&mut rng);
        let (id, hash) = parse_key(&key.text).unwrap();
        assert_eq!(id, key.id);
        assert!(is_same(&key.hash, &hash));
        let (_, other) = parse_key(&FreshKey::generate(&mut rng).text).unwrap();
        assert!(!is_same(&key.hash, &other));
        for text in ["", "urna_", "urna_0_0", &key.text[1..], &key.text[..30], &format!("{}A", *key.text)] {
            assert!(parse_key(text).is_none(), "{text}");
        }
    }

    #[test]
    fn rejects_what_is_no_account() {
        assert_eq!(account(" Eva Nováková ").unwrap(), "Eva Nováková");
        for name in ["", "  ", "a\nb", &"x".repeat(101)] {
            assert!(account(name).is_err(), "{name:?}");
        }
    }
}
