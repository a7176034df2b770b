//! What is signed with Schnorr signatures: one type for each statement, one transcript label for each type (SIG-2).

use crate::context::{ElectionId, Handle, PlanId};
use crate::schnorr::Statement;
use crate::schnorr::sealed::Sealed;
use crate::token::{Challenge, Commitment, Token};
use crate::transcript::{Transcript, step};

/// An issuer has the secret of a key that it lists for a class. Signed with that key (TOK-1).
pub struct IssuerPossession<'a> {
    /// The plan under which the key was made.
    pub plan: &'a PlanId,
    /// The issuer's id.
    pub issuer: &'a str,
    /// The voter class of the key.
    pub class: &'a str,
}

impl Statement for IssuerPossession<'_> {}
impl Sealed for IssuerPossession<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::ISSUER_POSSESSION);
        transcript.message(b"plan", self.plan.as_bytes());
        transcript.message(b"issuer", self.issuer.as_bytes());
        transcript.message(b"class", self.class.as_bytes());
        transcript
    }
}

/// A voter asks an issuer to open a session. Signed with the credential (TOK-2).
pub struct SessionRequest<'a> {
    /// The election.
    pub election: &'a ElectionId,
    /// The issuer asked.
    pub issuer: &'a str,
    /// Who asks.
    pub handle: &'a Handle,
    /// The voter's class.
    pub class: &'a str,
    /// Seconds since the Unix epoch on the voter's clock; issuers accept 120 s either way.
    pub time: u64,
}

impl Statement for SessionRequest<'_> {}
impl Sealed for SessionRequest<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::SESSION_REQUEST);
        transcript.message(b"election", self.election.as_bytes());
        transcript.message(b"issuer", self.issuer.as_bytes());
        transcript.message(b"handle", self.handle.as_bytes());
        transcript.message(b"class", self.class.as_bytes());
        transcript.integer(b"time", self.time);
        transcript
    }
}

/// A voter sends the blinded challenge of an open session. Signed with the credential; part of the issuance row (TOK-4).
pub struct SessionChallenge<'a> {
    /// The election.
    pub election: &'a ElectionId,
    /// The issuer.
    pub issuer: &'a str,
    /// Who asks.
    pub handle: &'a Handle,
    /// The voter's class, under whose key the token is to be signed.
    pub class: &'a str,
    /// The session's random id, 16 bytes.
    pub session: &'a [u8; 16],
    /// The issuer's first move (A, B).
    pub commitment: &'a Commitment,
    /// The blinded challenge c.
    pub challenge: &'a Challenge,
}

impl Statement for SessionChallenge<'_> {}
impl Sealed for SessionChallenge<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::SESSION_CHALLENGE);
        transcript.message(b"election", self.election.as_bytes());
        transcript.message(b"issuer", self.issuer.as_bytes());
        transcript.message(b"handle", self.handle.as_bytes());
        transcript.message(b"class", self.class.as_bytes());
        transcript.message(b"session", self.session);
        transcript.point(b"A", &self.commitment.a);
        transcript.point(b"B", &self.commitment.b);
        transcript.scalar(b"c", &self.challenge.0);
        transcript
    }
}

/// A voter withdraws what was cast last. Signed with the pseudonym's key (BAL-7).
pub struct Withdrawal<'a> {
    /// The election.
    pub election: &'a ElectionId,
    /// The class of the pseudonym.
    pub class: &'a str,
    /// The number of this entry among the pseudonym's, from 0.
    pub sequence: u32,
}

impl Statement for Withdrawal<'_> {}
impl Sealed for Withdrawal<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::WITHDRAWAL);
        transcript.message(b"election", self.election.as_bytes());
        transcript.message(b"class", self.class.as_bytes());
        transcript.integer(b"sequence", self.sequence.into());
        transcript
    }
}

/// A voter shows, after the close, a token that was never used. Signed with the pseudonym's key (TOK-8).
pub struct Returned<'a> {
    /// The election.
    pub election: &'a ElectionId,
    /// The class of the pseudonym.
    pub class: &'a str,
    /// The tokens of all issuers, in the manifest's order.
    pub tokens: &'a [Token],
}

impl Statement for Returned<'_> {}
impl Sealed for Returned<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::RETURNED);
        transcript.message(b"election", self.election.as_bytes());
        transcript.message(b"class", self.class.as_bytes());
        absorb_tokens(&mut transcript, self.tokens);
        transcript
    }
}

/// An issuer or a trustee posts an entry of the log. Signed with the signer's key (ENT-3).
pub struct SignedEntry<'a> {
    /// The election.
    pub election: &'a ElectionId,
    /// The entry's kind, as in its JSON.
    pub kind: &'a str,
    /// The signer's id in the manifest.
    pub signer: &'a str,
    /// The signer's running number, from 0, without gaps.
    pub number: u64,
    /// The canonical JSON of the entry's body.
    pub body: &'a [u8],
}

impl Statement for SignedEntry<'_> {}
impl Sealed for SignedEntry<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::ENTRY);
        transcript.message(b"election", self.election.as_bytes());
        transcript.message(b"kind", self.kind.as_bytes());
        transcript.message(b"signer", self.signer.as_bytes());
        transcript.integer(b"number", self.number);
        transcript.message(b"body", self.body);
        transcript
    }
}

/// An issuer or a trustee gives the board a blob that an entry will name. Signed with the signer's key (HTTP-3).
pub struct SignedBlob<'a> {
    /// The election.
    pub election: &'a ElectionId,
    /// The blob's kind, as in entries.
    pub kind: &'a str,
    /// The signer's id in the manifest.
    pub signer: &'a str,
    /// The blob's length in bytes.
    pub length: u64,
    /// SHA-256 of the blob.
    pub sha256: &'a [u8; 32],
}

impl Statement for SignedBlob<'_> {}
impl Sealed for SignedBlob<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::BLOB);
        transcript.message(b"election", self.election.as_bytes());
        transcript.message(b"kind", self.kind.as_bytes());
        transcript.message(b"signer", self.signer.as_bytes());
        transcript.integer(b"length", self.length);
        transcript.message(b"sha256", self.sha256);
        transcript
    }
}

/// A trustee has the secret of its enrolment key. Signed with that key (TRU-1).
pub struct TrusteePossession<'a> {
    /// The plan.
    pub plan: &'a PlanId,
    /// The trustee's id.
    pub trustee: &'a str,
}

impl Statement for TrusteePossession<'_> {}
impl Sealed for TrusteePossession<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::TRUSTEE_POSSESSION);
        transcript.message(b"plan", self.plan.as_bytes());
        transcript.message(b"trustee", self.trustee.as_bytes());
        transcript
    }
}

/// A trustee has finished the key ceremony and holds its share x_i, before there is a manifest. Signed with the share
/// (TRU-15).
pub struct ShareConfirmation<'a> {
    /// The plan.
    pub plan: &'a PlanId,
    /// The ceremony hash ([`crate::Round1::hash`]).
    pub ceremony: &'a [u8; 32],
    /// The trustee's index, 1 to n.
    pub trustee: u16,
}

impl Statement for ShareConfirmation<'_> {}
impl Sealed for ShareConfirmation<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::SHARE_CONFIRMATION);
        transcript.message(b"plan", self.plan.as_bytes());
        transcript.message(b"ceremony", self.ceremony);
        transcript.integer(b"trustee", self.trustee.into());
        transcript
    }
}

/// A trustee has its share x_i of the election key. Signed with the share (TRU-6).
pub struct SharePossession<'a> {
    /// The election.
    pub election: &'a ElectionId,
    /// The trustee's index, 1 to n.
    pub trustee: u16,
}

impl Statement for SharePossession<'_> {}
impl Sealed for SharePossession<'_> {
    fn transcript(&self) -> Transcript {
        let mut transcript = Transcript::new(step::SHARE_POSSESSION);
        transcript.message(b"election", self.election.as_bytes());
        transcript.integer(b"trustee", self.trustee.into());
        transcript
    }
}

/// Absorbs how many tokens there are and every byte of each.
pub(crate) fn absorb_tokens(transcript: &mut Transcript, tokens: &[Token]) {
    transcript.integer(b"tokens", u64::try_from(tokens.len()).unwrap_or(u64::MAX));
    for token in tokens {
        transcript.message(b"token", &token.to_bytes());
    }
}
