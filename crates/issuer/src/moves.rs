//! What goes between a voter and the issuer: the two moves of a session (TOK-2 to TOK-5).

use std::fmt;

use urna_crypto::{Answer, Challenge, Commitment, Handle, Signature};
use urna_election::Id;

use crate::error::Refusal;

/// A session's id: 16 random bytes, written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub [u8; 16]);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A voter asks for a session (TOK-2).
#[derive(Clone, Debug)]
pub struct SessionRequest {
    /// Who asks.
    pub handle: Handle,
    /// The voter's class.
    pub class: Id,
    /// Unix seconds on the voter's clock.
    pub time: u64,
    /// The credential's signature.
    pub signature: Signature,
}

/// A session is open: the issuer's first move (TOK-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedSession {
    /// Its id.
    pub session: SessionId,
    /// (A, B).
    pub commitment: Commitment,
    /// The last Unix second at which it is answered.
    pub expires: u64,
}

/// A voter sends the challenge of a session (TOK-4).
#[derive(Clone, Debug)]
pub struct AnswerRequest {
    /// The session.
    pub session: SessionId,
    /// Who asks.
    pub handle: Handle,
    /// c.
    pub challenge: Challenge,
    /// The credential's signature.
    pub signature: Signature,
}

/// What becomes of a second move: the answer, whose row is durable, or why there is none.
pub type Answered = Result<Answer, Refusal>;

/// A second move with who is told what becomes of it.
pub(crate) struct Answering {
    pub(crate) request: AnswerRequest,
    /// The Unix second at which the request was complete.
    pub(crate) received: u64,
    pub(crate) reply: Box<dyn FnOnce(Answered) + Send>,
}
