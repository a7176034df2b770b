//! Somebody who sees every answer that leaves the issuer, and knows what must never be seen.

use std::collections::HashMap;

use urna_crypto::{Answer, Handle};
use urna_election::issuance::Row;
use urna_election::json;
use urna_issuer::{AnswerRequest, MAX_VALUE, SessionId};

use crate::memory::Disk;

/// Every answer that was given.
#[derive(Default)]
pub(crate) struct Observer {
    by_session: HashMap<SessionId, ([u8; 32], Answer)>,
    by_handle: HashMap<Handle, SessionId>,
}

impl Observer {
    /// Sees an answer. Two answers for one session, or two sessions of one handle, are the disaster.
    pub(crate) fn see(&mut self, request: &AnswerRequest, answer: &Answer) -> Result<(), String> {
        let challenge = request.challenge.to_bytes();
        let known = *self.by_session.entry(request.session).or_insert((challenge, *answer));
        if known != (challenge, *answer) {
            return Err(format!("two answers for the session {}", request.session));
        }
        let session = *self.by_handle.entry(request.handle).or_insert(request.session);
        if session != request.session {
            return Err(format!("two tokens for the handle {}", request.handle));
        }
        Ok(())
    }

    /// Compares all answers seen with the rows that a store has.
    pub(crate) fn check(&self, disk: &Disk) -> Result<(), String> {
        for (handle, session) in &self.by_handle {
            let row = disk.rows.get(handle).ok_or(format!("the row of {handle} is lost"))?;
            let row: Row = json::parse(row, MAX_VALUE).map_err(|error| error.to_string())?;
            let (challenge, answer) = &self.by_session[session];
            if row.session.0 != session.0
                || row.challenge.0.to_bytes() != *challenge
                || row.answer.0 != *answer
            {
                return Err(format!("the row of {handle} is another than its answer"));
            }
        }
        Ok(())
    }

    pub(crate) fn handles(&self) -> usize {
        self.by_handle.len()
    }
}
