//! The invitation: the personal link by which a voter gets the credential and the salt of the own row (INV-1 to INV-4 in
//! `spec/client.md`).
//!
//! ```text
//! https://<authority>/vote/<slug>#<base64url of version 1, election id 32, secret 32, salt 16, length of person 1, person,
//!                                  check 4>
//! ```
//!
//! What stands behind the `#` is not sent to any server by a browser. The authority writes invitations and the voter's client reads
//! them; neither imports the other, so the form lies here.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use urna_crypto::{CredentialSecretKey, ElectionId, Handle};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::id::Slug;
use crate::register;

const VERSION: u8 = 1;
/// What precedes the person: version, election id, secret, salt, length of the person's id.
const HEAD: usize = 1 + 32 + 32 + 16 + 1;
const CHECK: usize = 4;
const CHECK_LABEL: &[u8] = b"urna/v1/invitation";
/// The most bytes of the authority's address, as of every address in a manifest.
const ADDRESS: usize = 2_000;

/// Why a text is not an invitation. For voters: it says what to do about it. Characters are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvitationError {
    /// White space inside the link.
    #[error(
        "there is a space or line break in the link, at character {character}. Mail programs break long links: join \
         the parts, or copy the whole link again"
    )]
    WhiteSpace {
        /// Where.
        character: usize,
    },
    /// Not `https://…/vote/…` (INV-1).
    #[error(
        "this is not a voting link: one begins with https:// and has /vote/ and the election's name before its #"
    )]
    Address,
    /// Nothing behind the `#`, or no `#`: what makes the link personal is missing.
    #[error("the link has no personal part (behind #). It was cut off: copy the whole link again")]
    NoPersonalPart,
    /// A character that no personal part has (INV-2).
    #[error("the link has a character that does not belong into it, at character {character}: copy it again")]
    Character {
        /// Where.
        character: usize,
    },
    /// A link of another version (INV-3).
    #[error("the link is of version {0}, and this program knows version 1: use a newer program")]
    Version(u8),
    /// The link ends too early.
    #[error(
        "the link is cut off, at least {missing} characters are missing at its end: copy the whole link again"
    )]
    CutOff {
        /// How many characters there must be more, at least.
        missing: usize,
    },
    /// Something follows the link's end.
    #[error("{extra} characters too many stand behind the link: copy the link alone")]
    TooLong {
        /// How many.
        extra: usize,
    },
    /// All characters are there, and some are others than were written (INV-4).
    #[error("the link was changed on its way: copy it again, or ask for another one")]
    Damaged,
    /// A person's id of no or too many bytes, or not in UTF-8.
    #[error("a person's id has 1 to 255 bytes of UTF-8")]
    Person,
}

/// An invitation to one election. It is the voter's secret as a whole: wiped when dropped, neither copied nor printed but
/// by [`Invitation::to_link`].
#[derive(ZeroizeOnDrop)]
pub struct Invitation {
    #[zeroize(skip)]
    authority: String,
    #[zeroize(skip)]
    slug: Slug,
    #[zeroize(skip)]
    election: ElectionId,
    secret: [u8; 32],
    salt: [u8; 16],
    person: String,
}

impl Invitation {
    /// The most bytes that a person's id may have.
    pub const PERSON_LIMIT: usize = 255;

    /// Puts an invitation together. `authority` is the address before `/vote/`, such as `https://vote.example`; `secret` and
    /// `salt` are random and this person's alone; `person` is the organiser's id of the person (REG-1).
    ///
    /// # Errors
    /// [`InvitationError::Address`] and [`InvitationError::Person`].
    pub fn new(
        authority: &str,
        slug: Slug,
        election: ElectionId,
        secret: [u8; 32],
        salt: [u8; 16],
        person: &str,
    ) -> Result<Self, InvitationError> {
        if !is_address(authority) {
            return Err(InvitationError::Address);
        }
        if person.is_empty() || person.len() > Self::PERSON_LIMIT {
            return Err(InvitationError::Person);
        }
        Ok(Self { authority: authority.to_owned(), slug, election, secret, salt, person: person.to_owned() })
    }

    /// Reads a link as somebody pasted it: like [`FromStr`], but white space anywhere and angle brackets around it are
    /// ignored. Nothing else can pass for them: the check (INV-4) covers what was read.
    ///
    /// # Errors
    /// [`InvitationError`]; characters are counted without what was ignored.
    pub fn from_pasted(text: &str) -> Result<Self, InvitationError> {
        let joined: Zeroizing<String> =
            Zeroizing::new(text.chars().filter(|character| !character.is_whitespace()).collect());
        let link = joined.strip_prefix('<').and_then(|link| link.strip_suffix('>')).unwrap_or(&joined);
        link.parse()
    }

    /// The link. It is a secret.
    pub fn to_link(&self) -> Zeroizing<String> {
        let mut payload = Zeroizing::new(Vec::with_capacity(HEAD + self.person.len() + CHECK));
        payload.push(VERSION);
        payload.extend_from_slice(self.election.as_bytes());
        payload.extend_from_slice(&self.secret);
        payload.extend_from_slice(&self.salt);
        // Invitation::new sees to it that the length fits.
        payload.push(u8::try_from(self.person.len()).unwrap_or(u8::MAX));
        payload.extend_from_slice(self.person.as_bytes());
        let check = check(&payload);
        payload.extend_from_slice(&check);
        let fragment = Zeroizing::new(URL_SAFE_NO_PAD.encode(&*payload));
        Zeroizing::new(format!("{}/vote/{}#{}", self.authority, self.slug, *fragment))
    }

    /// The authority's address, without a slash at the end.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The election's short name.
    pub fn slug(&self) -> &Slug {
        &self.slug
    }

    /// The election's id: the anchor (design section 1).
    pub fn election(&self) -> &ElectionId {
        &self.election
    }

    /// The organiser's id of the person.
    pub fn person(&self) -> &str {
        &self.person
    }

    /// The salt of the person's handle. Who has it can tie the handle to the person.
    pub fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    /// The credential's secret.
    pub fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// The person's handle in the register (REG-1).
    pub fn handle(&self) -> Handle {
        register::handle(&self.election, &self.salt, &self.person)
    }

    /// The voter's credential (TOK-2).
    pub fn credential(&self) -> CredentialSecretKey {
        CredentialSecretKey::from_invitation(&self.secret, &self.election)
    }
}

impl FromStr for Invitation {
    type Err = InvitationError;

    /// Reads the one form that [`Invitation::to_link`] writes.
    fn from_str(link: &str) -> Result<Self, InvitationError> {
        if let Some((place, _)) = link.chars().enumerate().find(|(_, character)| character.is_whitespace()) {
            return Err(InvitationError::WhiteSpace { character: place + 1 });
        }
        let Some((address, fragment)) = link.split_once('#') else {
            // Half an address is cut off as well, but then nobody can say that it was a voting link.
            let voting = link.contains("/vote/") && is_address(link);
            return Err(if voting { InvitationError::NoPersonalPart } else { InvitationError::Address });
        };
        let (authority, slug) = address.rsplit_once("/vote/").ok_or(InvitationError::Address)?;
        let slug: Slug = slug.parse().map_err(|_| InvitationError::Address)?;
        if fragment.is_empty() {
            return Err(InvitationError::NoPersonalPart);
        }
        let payload = decode(fragment, address.chars().count() + 1)?;
        let mut rest = payload.as_slice();
        let [version] = take(&mut rest)?;
        if version != VERSION {
            return Err(InvitationError::Version(version));
        }
        let election = ElectionId::from_bytes(take(&mut rest)?);
        let secret = Zeroizing::new(take(&mut rest)?);
        let salt = Zeroizing::new(take(&mut rest)?);
        let [length] = take(&mut rest)?;
        let person = rest.split_off(..usize::from(length)).ok_or(InvitationError::Damaged)?;
        let body = payload.len().checked_sub(CHECK).and_then(|end| payload.get(..end));
        if body.is_none_or(|body| check(body) != rest) {
            return Err(InvitationError::Damaged);
        }
        let person = str::from_utf8(person).map_err(|_| InvitationError::Person)?;
        Self::new(authority, slug, election, *secret, *salt, person)
    }
}

/// The bytes of a personal part, if they are as many as they say (INV-2, INV-3). `before` characters precede it.
fn decode(fragment: &str, before: usize) -> Result<Zeroizing<Vec<u8>>, InvitationError> {
    let foreign = |character: char| !character.is_ascii_alphanumeric() && !matches!(character, '-' | '_');
    if let Some(place) = fragment.chars().position(foreign) {
        return Err(InvitationError::Character { character: before + place + 1 });
    }
    // Only whole groups of four characters: what was cut off may end within one.
    let whole = fragment.get(..fragment.len() / 4 * 4).unwrap_or_default();
    let known = Zeroizing::new(URL_SAFE_NO_PAD.decode(whole).map_err(|_| InvitationError::Damaged)?);
    if let Some(&version) = known.first().filter(|version| **version != VERSION) {
        return Err(InvitationError::Version(version));
    }
    let person = known.get(HEAD - 1).copied().unwrap_or(1);
    let expected = characters(HEAD + usize::from(person) + CHECK);
    if let Some(missing) = expected.checked_sub(fragment.len()).filter(|missing| *missing > 0) {
        return Err(InvitationError::CutOff { missing });
    }
    if fragment.len() > expected {
        return Err(InvitationError::TooLong { extra: fragment.len() - expected });
    }
    URL_SAFE_NO_PAD.decode(fragment).map(Zeroizing::new).map_err(|_| InvitationError::Damaged)
}

/// How many characters of base64 without padding so many bytes are.
const fn characters(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}

/// The next bytes.
fn take<const LENGTH: usize>(rest: &mut &[u8]) -> Result<[u8; LENGTH], InvitationError> {
    let (bytes, behind) = rest.split_first_chunk().ok_or(InvitationError::Damaged)?;
    *rest = behind;
    Ok(*bytes)
}

/// The first bytes of SHA-256 over label and everything before them (INV-4).
fn check(body: &[u8]) -> [u8; CHECK] {
    let hash: [u8; 32] = Sha256::new().chain_update(CHECK_LABEL).chain_update(body).finalize().into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

/// Whether this is an address of the form of INV-1: https, or http to the own machine.
fn is_address(address: &str) -> bool {
    let local = |rest: &&str| {
        let host = rest.split('/').next().unwrap_or_default();
        let host = host
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
            .map_or(host, |(host, _)| host);
        matches!(host, "localhost" | "127.0.0.1" | "[::1]")
    };
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://").filter(local));
    let printable =
        |b: u8| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'\\');
    address.len() <= ADDRESS
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(printable))
        && !address.ends_with('/')
}

impl Zeroize for Invitation {
    fn zeroize(&mut self) {
        self.secret.zeroize();
        self.salt.zeroize();
        self.person.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADDRESS: &str = "https://vote.example";

    fn invitation(person: &str) -> Invitation {
        let slug = "union-2027".parse().unwrap();
        Invitation::new(ADDRESS, slug, ElectionId::from_bytes([1; 32]), [4; 32], [6; 16], person).unwrap()
    }

    fn error(link: &str) -> InvitationError {
        link.parse::<Invitation>().err().unwrap()
    }

    /// The example of `spec/client.md`.
    #[test]
    fn accepts_the_specification_s_link_inv_1() {
        let written = invitation("ada").to_link();
        let link = "https://vote.example/vote/union-2027#AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBBAQEBAQEBAQEBAQEBAQEBAQEBAQE\
                    BAQEBAQEBAQEBAQGBgYGBgYGBgYGBgYGBgYGA2FkYdzler8";
        assert_eq!(*written, link);
        let read: Invitation = written.parse().unwrap();
        assert_eq!(read.person(), "ada");
        assert_eq!(read.authority(), ADDRESS);
        assert_eq!(read.slug().as_str(), "union-2027");
        // The keys of the example of spec/token.md.
        assert_eq!(
            read.handle().to_string(),
            "38721a97b305dde27c8bc06512c232e1acbc5d00e47bc3639415f9170a343c56"
        );
        assert_eq!(format!("{:?}", read.credential().public()).get(20..28), Some("2cb57a4e"));
    }

    #[test]
    fn rejects_a_link_cut_off_anywhere() {
        let link = invitation("žofie@example").to_link();
        for end in 1..link.len() {
            let cut = error(&link[..end]);
            let personal = link.find('#').unwrap();
            match end.checked_sub(personal + 1) {
                None if end > personal - 3 => assert_eq!(cut, InvitationError::NoPersonalPart, "{end}"),
                None => assert!(matches!(cut, InvitationError::Address | InvitationError::NoPersonalPart)),
                Some(0) => assert_eq!(cut, InvitationError::NoPersonalPart),
                // Behind the length of the person's id it is known how many are missing.
                Some(known) if known >= 112 => {
                    assert_eq!(cut, InvitationError::CutOff { missing: link.len() - end }, "{end}");
                }
                Some(_) => assert!(matches!(cut, InvitationError::CutOff { missing: 1.. }), "{end}: {cut}"),
            }
        }
    }

    #[test]
    fn rejects_a_link_changed_anywhere_inv_4() {
        let link = invitation("ada").to_link();
        let personal = link.find('#').unwrap() + 1;
        for place in personal..link.len() {
            for other in ["A", "B", "z", "-"] {
                let mut changed = link.to_string();
                changed.replace_range(place..=place, other);
                assert!(changed == *link || changed.parse::<Invitation>().is_err(), "{changed}");
            }
        }
        // The unused bits of the last character.
        let payload = URL_SAFE_NO_PAD.decode(&link[personal..]).unwrap();
        assert_eq!(payload.len() % 3, 2, "the last character has unused bits");
        let last = link.chars().last().unwrap();
        let next = char::from(u8::try_from(last).unwrap() + 1);
        assert_eq!(error(&format!("{}{next}", &link[..link.len() - 1])), InvitationError::Damaged);
    }

    #[test]
    fn rejects_white_space_with_its_place_and_accepts_it_pasted() {
        let link = invitation("ada").to_link();
        let (start, end) = link.split_at(70);
        for space in [" ", "\n", "\r\n", "\u{a0}", "\t"] {
            let broken = format!("{start}{space}{end}");
            assert_eq!(error(&broken), InvitationError::WhiteSpace { character: 71 });
            assert_eq!(Invitation::from_pasted(&broken).ok().unwrap().to_link(), link);
        }
        assert_eq!(error(&format!(" {}", *link)), InvitationError::WhiteSpace { character: 1 });
        let around = format!("  <{}>\n", *link);
        assert_eq!(Invitation::from_pasted(&around).ok().unwrap().to_link(), link);
        assert_eq!(Invitation::from_pasted(&link[..150]).err(), Some(error(&link[..150])));
    }

    #[test]
    fn rejects_other_links_by_the_first_thing_that_is_wrong() {
        use InvitationError::{Address, Character, NoPersonalPart, TooLong, Version};
        let link = invitation("ada").to_link();
        let personal = &link[link.find('#').unwrap()..];
        let at = |address: &str| format!("{address}{personal}");
        for (text, wrong) in [
            (String::new(), Address),
            ("https://vote.example/".into(), Address),
            ("https://vote.example/vote/union-2027".into(), NoPersonalPart),
            ("https://vote.example/vote/union-2027#".into(), NoPersonalPart),
            (at("http://vote.example/vote/union-2027"), Address),
            (at("ftp://vote.example/vote/union-2027"), Address),
            (at("https:///vote/union-2027"), Address),
            (at("https://vote.example/vote/un"), Address),
            (at("https://vote.example/vote/union-2027/"), Address),
            (at("https://vote.example/union-2027"), Address),
            (at("https://vote.example/?a=/vote/union-2027"), Address),
            (at("http://localhost.evil.example/vote/union-2027"), Address),
            (format!("{}.", *link), Character { character: link.len() + 1 }),
            (format!("{}=", *link), Character { character: link.len() + 1 }),
            (format!("{}A", *link), TooLong { extra: 1 }),
            (format!("{}AAAAA", *link), TooLong { extra: 5 }),
            (link.replace("#AQ", "#Ag"), Version(2)),
            (link.replace("#AQ", "#AA"), Version(0)),
        ] {
            assert_eq!(error(&text), wrong, "{text}");
        }
        for local in ["http://localhost:8080", "http://127.0.0.1:1", "http://[::1]", "https://a.example/urna"]
        {
            assert!(at(&format!("{local}/vote/union-2027")).parse::<Invitation>().is_ok(), "{local}");
        }
    }

    #[test]
    fn rejects_persons_and_addresses_that_no_link_can_hold() {
        let new = |authority: &str, person: &str| {
            let slug = "union-2027".parse().unwrap();
            Invitation::new(authority, slug, ElectionId::from_bytes([1; 32]), [4; 32], [6; 16], person).err()
        };
        assert_eq!(new(ADDRESS, ""), Some(InvitationError::Person));
        assert_eq!(new(ADDRESS, &"é".repeat(128)), Some(InvitationError::Person));
        assert_eq!(new(ADDRESS, &"e".repeat(255)), None);
        for authority in ["", "vote.example", "https://", "https://vote.example/", "https://vote.example/a b"]
        {
            assert_eq!(new(authority, "ada"), Some(InvitationError::Address), "{authority}");
        }
        assert_eq!(new(&format!("https://{}", "a".repeat(1_993)), "ada"), Some(InvitationError::Address));
    }

    proptest! {
        #[test]
        fn round_trips(
            secret: [u8; 32], salt: [u8; 16], election: [u8; 32], person in "\\PC{1,60}", slug in "[a-z0-9-]{3,40}",
        ) {
            let slug: Slug = slug.parse().unwrap();
            let election = ElectionId::from_bytes(election);
            let made = Invitation::new(ADDRESS, slug, election, secret, salt, &person).ok().unwrap();
            let read: Invitation = made.to_link().parse().ok().unwrap();
            prop_assert_eq!(read.secret(), &secret);
            prop_assert_eq!(read.salt(), &salt);
            prop_assert_eq!(read.person(), person);
            prop_assert_eq!(read.election(), &election);
            prop_assert_eq!(read.to_link(), made.to_link());
        }

        #[test]
        fn any_text_is_an_invitation_or_refused(personal in "[A-Za-z0-9_=-]{0,200}|\\PC*") {
            let link = format!("{ADDRESS}/vote/union-2027#{personal}");
            if let Ok(read) = link.parse::<Invitation>() {
                prop_assert_eq!(&*read.to_link(), &link);
            }
            let _ = Invitation::from_pasted(&personal);
        }
    }
}
