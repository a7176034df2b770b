//! From the seed to a token of every issuer (CLI-10 to CLI-15; `spec/token.md`).

#[cfg(test)]
mod rejections;

use rand_core::CryptoRngCore;
use urna_crypto::{
    Answer, Blinding, Challenge, Commitment, CredentialSecretKey, ElectionId, Handle, SessionChallenge,
    Signature, Token, TokenContext,
};
use urna_election::Id;
use urna_election::issuance;
use urna_election::manifest::Issuer;
use zeroize::Zeroizing;

use super::casting::{Spending, WithToken};
use super::{Core, Refused, State, Voter, sealed};
use crate::ClientError;
use crate::saved::StateName;

/// The most sessions with one issuer that are kept although the issuer no longer has them.
pub(crate) const LOST_LIMIT: usize = 256;

/// The voter has a seed, and has asked nobody for anything.
pub struct Seeded(pub(crate) Asking);

/// The voter asks every issuer for a token.
pub struct Asked {
    pub(crate) asking: Asking,
    /// One for each issuer, in the manifest's order.
    pub(crate) progress: Vec<Progress>,
}

/// What is needed until there are tokens, and is dropped then: credential and handle.
pub struct Asking {
    pub(crate) handle: Handle,
    pub(crate) secret: Zeroizing<[u8; 32]>,
    pub(crate) credential: CredentialSecretKey,
}

impl Asking {
    pub(crate) fn new(election: &ElectionId, handle: Handle, secret: Zeroizing<[u8; 32]>) -> Self {
        let credential = CredentialSecretKey::from_invitation(&secret, election);
        Self { handle, secret, credential }
    }
}

/// How far things are with one issuer.
#[derive(Default)]
pub(crate) struct Progress {
    /// The session that is answered next.
    pub(crate) open: Option<Move>,
    /// Sessions whose challenge may have left, and which the issuer says it no longer has. Should it have answered one all the same,
    /// that answer is the only one it will ever give.
    pub(crate) lost: Vec<Move>,
    pub(crate) token: Option<Token>,
}

/// An issuer's first move.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) session: [u8; 16],
    pub(crate) commitment: Commitment,
}

impl State for Seeded {
    const NAME: StateName = StateName::Seeded;
}

impl State for Asked {
    const NAME: StateName = StateName::Asked;
}

impl sealed::Parts for Seeded {
    fn asking(&self) -> Option<(&Asking, Option<&Asked>)> {
        Some((&self.0, None))
    }
}

impl sealed::Parts for Asked {
    fn asking(&self) -> Option<(&Asking, Option<&Asked>)> {
        Some((&self.asking, Some(self)))
    }
}

/// A first move to be asked of an issuer (TOK-2; `spec/http.md`, First move).
pub struct SessionRequest<'a> {
    /// Whom to ask, and where.
    pub issuer: &'a Issuer,
    /// Who asks.
    pub handle: &'a Handle,
    /// The voter's class.
    pub class: &'a Id,
    /// Unix seconds on the voter's clock.
    pub time: u64,
    /// By the credential.
    pub signature: Signature,
}

/// A second move to be asked of an issuer (TOK-4; `spec/http.md`, Second move).
pub struct ChallengeRequest<'a> {
    /// Whom to ask, and where.
    pub issuer: &'a Issuer,
    /// The session, which is in the request's path.
    pub session: [u8; 16],
    /// Who asks.
    pub handle: &'a Handle,
    /// c.
    pub challenge: Challenge,
    /// By the credential.
    pub signature: Signature,
}

impl Voter<Seeded> {
    /// Begins to ask for tokens.
    pub fn ask(mut self) -> Voter<Asked> {
        self.core.changed();
        let progress = self.core.election.manifest().issuers().iter().map(|_| Progress::default()).collect();
        Voter { core: self.core, state: Asked { asking: self.state.0, progress } }
    }

    /// The voter's handle in the register.
    pub fn handle(&self) -> &Handle {
        &self.state.0.handle
    }
}

impl Voter<Asked> {
    /// The voter's handle in the register.
    pub fn handle(&self) -> &Handle {
        &self.state.asking.handle
    }

    /// The first moves to be asked for now: of every issuer with which no session is open and whose token is missing (TOK-2).
    /// `time` is the voter's clock in Unix seconds.
    ///
    /// # Errors
    /// [`ClientError::NotSaved`].
    pub fn session_requests(
        &self,
        time: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<SessionRequest<'_>>, ClientError> {
        self.core.check_stored()?;
        let Asking { handle, credential, .. } = &self.state.asking;
        let class = &self.core.class_id;
        let waiting =
            self.issuers().filter(|(_, progress)| progress.open.is_none() && progress.token.is_none());
        let request = waiting.map(|(issuer, _)| {
            let statement = urna_crypto::SessionRequest {
                election: self.core.election.id(),
                issuer: issuer.id.as_str(),
                handle,
                class: class.as_str(),
                time,
            };
            SessionRequest { issuer, handle, class, time, signature: credential.sign(&statement, rng) }
        });
        Ok(request.collect())
    }

    /// An issuer's first move (TOK-3): session id and A ‖ B. Where a session is open or the token is there already, nothing changes:
    /// the answer came twice.
    ///
    /// # Errors
    /// [`ClientError::UnknownIssuer`]; [`ClientError::FirstMove`] if A or B is no point.
    pub fn session_opened(
        &mut self,
        issuer: &Id,
        session: [u8; 16],
        commitment: &[u8; 64],
    ) -> Result<(), ClientError> {
        let progress = self.progress(issuer)?;
        if progress.open.is_some() || progress.token.is_some() {
            return Ok(());
        }
        let commitment = Commitment::from_bytes(commitment)
            .map_err(|_| ClientError::FirstMove { issuer: issuer.clone() })?;
        progress.open = Some(Move { session, commitment });
        self.core.changed();
        Ok(())
    }

    /// The second moves to be asked for now: of every issuer with which a session is open (TOK-4). The same session always gives the same
    /// challenge, so repeating is harmless.
    ///
    /// # Errors
    /// [`ClientError::NotSaved`].
    pub fn challenge_requests(
        &self,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<ChallengeRequest<'_>>, ClientError> {
        self.core.check_stored()?;
        let open = self.issuers().filter(|(_, progress)| progress.token.is_none());
        let open = open.filter_map(|(issuer, progress)| Some((issuer, progress.open.as_ref()?)));
        open.map(|(issuer, first)| self.challenge(issuer, first, rng)).collect()
    }

    /// The second moves of all sessions that this issuer has lost, newest first. To be tried where it says that the handle has a
    /// token already (409 `already-issued`): one of them has the answer.
    ///
    /// # Errors
    /// [`ClientError::NotSaved`], [`ClientError::UnknownIssuer`].
    pub fn earlier_challenge_requests(
        &self,
        issuer: &Id,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Vec<ChallengeRequest<'_>>, ClientError> {
        self.core.check_stored()?;
        let found = self.issuers().find(|(listed, _)| listed.id == *issuer);
        let (issuer, progress) = found.ok_or_else(|| ClientError::UnknownIssuer(issuer.clone()))?;
        if progress.token.is_some() {
            return Ok(Vec::new());
        }
        progress.lost.iter().rev().map(|first| self.challenge(issuer, first, rng)).collect()
    }

    /// The issuer no longer has this session (410 `session-expired`, 404 `unknown-session`): another may be opened. Its first move is
    /// kept, because the challenge may have left and have been answered after all.
    ///
    /// # Errors
    /// [`ClientError::UnknownIssuer`]; [`ClientError::TooManySessions`].
    pub fn session_lost(&mut self, issuer: &Id, session: &[u8; 16]) -> Result<(), ClientError> {
        let progress = self.progress(issuer)?;
        let Some(first) = progress.open.filter(|open| open.session == *session) else {
            return Ok(());
        };
        if progress.lost.len() >= LOST_LIMIT {
            return Err(ClientError::TooManySessions { issuer: issuer.clone() });
        }
        progress.lost.push(first);
        progress.open = None;
        self.core.changed();
        Ok(())
    }

    /// An issuer's second move (TOK-6): b ‖ y ‖ z to a session that is open or was lost. It is checked and unblinded to the token. Where
    /// the token is there already, nothing changes.
    ///
    /// # Errors
    /// [`ClientError::UnknownIssuer`], [`ClientError::UnknownSession`]; [`ClientError::Answer`] if the answer is wrong.
    pub fn answered(
        &mut self,
        issuer: &Id,
        session: &[u8; 16],
        answer: &[u8; 96],
    ) -> Result<(), ClientError> {
        let progress = self.progress(issuer)?;
        if progress.token.is_some() {
            return Ok(());
        }
        let mut known = progress.open.iter().chain(&progress.lost);
        let first = known.find(|first| first.session == *session).copied();
        let first = first.ok_or_else(|| ClientError::UnknownSession { issuer: issuer.clone() })?;
        let wrong = || ClientError::Answer { issuer: issuer.clone() };
        let answer = Answer::from_bytes(answer).map_err(|_| wrong())?;
        self.unblind(issuer, &first.commitment, &answer)
    }

    /// The row that an issuer published for this voter's handle after the close (TOK-9), where the answer itself was withheld or
    /// every saved form was lost: too late to vote, in time to give the token back.
    ///
    /// # Errors
    /// As [`Voter::answered`]; [`ClientError::Answer`] also of a row that the seed did not ask for.
    pub fn answered_in_list(&mut self, issuer: &Id, row: &issuance::Row) -> Result<(), ClientError> {
        let progress = self.progress(issuer)?;
        if progress.token.is_some() {
            return Ok(());
        }
        if row.handle.0 != self.state.asking.handle || row.class != self.core.class_id {
            return Err(ClientError::Answer { issuer: issuer.clone() });
        }
        self.unblind(issuer, &row.commitment.0, &row.answer.0)
    }

    /// Ends the asking: every issuer has signed the same pseudonym. Credential and handle are dropped, since nothing needs them any more.
    ///
    /// # Errors
    /// [`ClientError::TokenMissing`], the first one.
    pub fn finish(mut self) -> Result<Voter<WithToken>, Refused<Asked>> {
        let missing = self.issuers().find(|(_, progress)| progress.token.is_none());
        if let Some((issuer, _)) = missing {
            let error = ClientError::TokenMissing { issuer: issuer.id.clone() };
            return Err(Refused::new(self, error));
        }
        self.core.changed();
        let tokens = self.state.progress.iter().filter_map(|progress| progress.token).collect();
        Ok(Voter { core: self.core, state: WithToken(Spending { tokens, records: Vec::new() }) })
    }

    /// The issuers whose tokens are still missing.
    pub fn awaited(&self) -> impl Iterator<Item = &Issuer> {
        self.issuers().filter(|(_, progress)| progress.token.is_none()).map(|(issuer, _)| issuer)
    }

    fn issuers(&self) -> impl Iterator<Item = (&Issuer, &Progress)> {
        self.core.election.manifest().issuers().iter().zip(&self.state.progress)
    }

    fn progress(&mut self, issuer: &Id) -> Result<&mut Progress, ClientError> {
        let mut pairs = self.core.election.manifest().issuers().iter().zip(&mut self.state.progress);
        let found = pairs.find(|(listed, _)| listed.id == *issuer);
        found.map(|(_, progress)| progress).ok_or_else(|| ClientError::UnknownIssuer(issuer.clone()))
    }

    fn challenge<'a>(
        &'a self,
        issuer: &'a Issuer,
        first: &Move,
        rng: &mut impl CryptoRngCore,
    ) -> Result<ChallengeRequest<'a>, ClientError> {
        let Asking { handle, credential, .. } = &self.state.asking;
        let challenge = blind(&self.core, issuer, &first.commitment)?.challenge();
        let statement = SessionChallenge {
            election: self.core.election.id(),
            issuer: issuer.id.as_str(),
            handle,
            class: self.core.class_id.as_str(),
            session: &first.session,
            commitment: &first.commitment,
            challenge: &challenge,
        };
        let signature = credential.sign(&statement, rng);
        Ok(ChallengeRequest { issuer, session: first.session, handle, challenge, signature })
    }

    fn unblind(&mut self, issuer: &Id, commitment: &Commitment, answer: &Answer) -> Result<(), ClientError> {
        let wrong = || ClientError::Answer { issuer: issuer.clone() };
        let mut listed = self.core.election.manifest().issuers().iter();
        let listed = listed.find(|listed| listed.id == *issuer).ok_or_else(wrong)?;
        let token = blind(&self.core, listed, commitment)?.finalize(answer).map_err(|_| wrong())?;
        let progress = self.progress(issuer)?;
        progress.token = Some(token);
        progress.open = None;
        progress.lost.clear();
        self.core.changed();
        Ok(())
    }
}

/// What a token of this issuer is bound to.
pub(crate) fn token_context(core: &Core, issuer: &Issuer) -> Option<TokenContext> {
    let key = issuer.key(core.class)?;
    Some(TokenContext::new(core.election.id(), core.class_id.as_str(), issuer.id.as_str(), key))
}

/// The blinding of a first move: always the same, and never that of another one (TOK-4).
fn blind(core: &Core, issuer: &Issuer, commitment: &Commitment) -> Result<Blinding, ClientError> {
    let refused = || ClientError::FirstMove { issuer: issuer.id.clone() };
    let context = token_context(core, issuer).ok_or_else(refused)?;
    Blinding::new(&core.seed, &context, commitment, &core.pseudonym()).map_err(|_| refused())
}
