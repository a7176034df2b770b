//! A voter who takes a token over an issuer's routes.

use std::sync::Arc;

use anyhow::Context;
use urna_api::issuer::{AskAnswer, OpenSession, SessionAnswered, SessionOpened};
use urna_crypto::{Answer, Blinding, Commitment, Token};
use urna_election::invitation::Invitation;
use urna_election::json::Base64;
use urna_election::manifest::{self, Manifest};

use crate::load::voter::Voter;

/// A voter without a token of the election's first issuer.
pub struct Asker {
    manifest: Arc<Manifest>,
    voter: Voter,
}

/// A voter who has a session open and has made the challenge for it.
pub struct Asked {
    /// The session, as it stands in the route.
    pub session: String,
    /// What is sent.
    pub body: AskAnswer,
    blinding: Blinding,
}

impl Asker {
    pub(super) fn new(manifest: Arc<Manifest>, voter: Voter) -> Self {
        Self { manifest, voter }
    }

    /// What the voter was sent.
    pub const fn invitation(&self) -> &Invitation {
        &self.voter.invitation
    }

    /// The first move, signed for this Unix second (TOK-2).
    ///
    /// # Errors
    /// None of an election that was prepared.
    pub fn open(&self, time: u64) -> anyhow::Result<OpenSession> {
        let signature = self.voter.request(&self.manifest, self.issuer()?, time);
        let (class, handle) = (self.voter.class.clone(), Base64(self.voter.handle));
        Ok(OpenSession { class, handle, signature: Base64(signature), time })
    }

    /// The second move, in the session that the issuer has opened (TOK-4).
    ///
    /// # Errors
    /// The issuer's first move is none.
    pub fn challenge(&self, opened: &SessionOpened) -> anyhow::Result<Asked> {
        let session = opened.id().context("the session's id")?;
        let commitment = [opened.a.0, opened.b.0].concat();
        let commitment = Commitment::from_bytes(commitment.as_slice().try_into()?)?;
        let (blinding, signature) =
            self.voter.blind(&self.manifest, self.issuer()?, &session, &commitment)?;
        let body = AskAnswer {
            c: Base64(blinding.challenge()),
            handle: Base64(self.voter.handle),
            signature: Base64(signature),
        };
        Ok(Asked { session: opened.session.clone(), body, blinding })
    }

    /// The token that the issuer's answer gives (TOK-6, TOK-7).
    ///
    /// # Errors
    /// The answer gives none.
    pub fn finish(&self, asked: Asked, answered: &SessionAnswered) -> anyhow::Result<Token> {
        let answer = [answered.b.0, answered.y.0, answered.z.0].concat();
        let answer = Answer::from_bytes(answer.as_slice().try_into()?)?;
        self.voter.unblind(&self.manifest, self.issuer()?, asked.blinding, &answer)
    }

    fn issuer(&self) -> anyhow::Result<&manifest::Issuer> {
        self.manifest.issuers().first().context("an election without issuers")
    }
}
