//! An issuer in memory: sessions that a crash loses, and at most one answer.

use urna_crypto::{Challenge, CredentialKey, Handle, Session, SessionChallenge, Signature};
use urna_election::json::Base64;
use urna_election::register::Register;
use urna_election::{Id, issuance};

use super::{Election, rng};

/// An issuer in memory, which answers each handle once.
pub(crate) struct Issuer<'e> {
    election: &'e Election,
    place: usize,
    /// Open sessions, newest last. Lost in a crash. Made again from a number, because they cannot be copied.
    open: Vec<([u8; 16], u64)>,
    /// Sessions that were handed out, whatever became of them.
    opened: u8,
    pub(crate) rows: Vec<issuance::Row>,
}

/// What an issuer says to a challenge.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    Answer([u8; 96]),
    AlreadyIssued,
    SessionGone,
}

impl<'e> Issuer<'e> {
    pub(super) fn new(election: &'e Election, place: usize) -> Self {
        Self { election, place, open: Vec::new(), opened: 0, rows: Vec::new() }
    }

    pub(crate) fn id(&self) -> &Id {
        &self.election.manifest.issuers()[self.place].id
    }

    pub(crate) fn crash(&mut self) {
        self.open.clear();
    }

    fn credential(&self, handle: &Handle) -> CredentialKey {
        let register = Register::parse(&self.election.manifest, [&self.election.register]).unwrap();
        CredentialKey::from_bytes(&register.entitled(handle).unwrap().credential.unwrap()).unwrap()
    }

    fn session(&self, number: u64) -> Session {
        Session::open(&mut rng(1_000_000 * (u64::try_from(self.place).unwrap() + 1) + number))
    }

    /// The first move; `None` where the handle has a token.
    pub(crate) fn open(&mut self, request: &crate::SessionRequest<'_>) -> Option<([u8; 16], [u8; 64])> {
        let statement = urna_crypto::SessionRequest {
            election: self.election.id(),
            issuer: self.id().as_str(),
            handle: request.handle,
            class: request.class.as_str(),
            time: request.time,
        };
        request.signature.verify(&self.credential(request.handle), &statement).unwrap();
        if !self.rows.is_empty() {
            return None;
        }
        self.opened += 1;
        let (id, number) = ([self.opened; 16], u64::from(self.opened));
        self.open.push((id, number));
        Some((id, self.session(number).commitment().to_bytes()))
    }

    /// The second move.
    pub(crate) fn answer(
        &mut self,
        session: [u8; 16],
        handle: &Handle,
        challenge: Challenge,
        signature: Signature,
    ) -> Answered {
        if let Some(row) = self.rows.first() {
            let same = row.session.0 == session && row.challenge.0 == challenge;
            return if same { Answered::Answer(row.answer.0.to_bytes()) } else { Answered::AlreadyIssued };
        }
        let Some(place) = self.open.iter().position(|(id, _)| *id == session) else {
            return Answered::SessionGone;
        };
        let (_, number) = self.open.remove(place);
        let opened = self.session(number);
        let (class, commitment): (Id, _) = ("north".parse().unwrap(), opened.commitment());
        let statement = SessionChallenge {
            election: self.election.id(),
            issuer: self.id().as_str(),
            handle,
            class: class.as_str(),
            session: &session,
            commitment: &commitment,
            challenge: &challenge,
        };
        let credential = self.credential(handle);
        signature.verify(&credential, &statement).unwrap();
        let answer = opened.answer(&self.election.issuers[self.place], &challenge);
        self.rows.push(issuance::Row {
            answer: Base64(answer),
            challenge: Base64(challenge),
            class,
            commitment: Base64(commitment),
            credential: Base64(credential),
            handle: Base64(*handle),
            session: Base64(session),
            signature: Base64(signature),
        });
        Answered::Answer(answer.to_bytes())
    }
}
