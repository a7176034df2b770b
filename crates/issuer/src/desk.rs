//! The issuer's desk: open sessions, and which handle is being answered. In memory only, lost when the issuer stops.
//!
//! Everything here lies behind one lock. A session leaves it by value, and together with it its handle is taken in hand
//! ([`Desk::take`]) until the row is durable or nothing came of it ([`Desk::put_down`]). While a handle is in hand nobody else
//! looks for its row, which may be written and not durable yet, and no other session of it is answered.

use std::collections::{BTreeSet, HashMap};

use urna_crypto::{CredentialKey, Handle, Session};
use urna_election::manifest::ClassIndex;

use crate::error::Refusal;
use crate::moves::{Answering, SessionId};

/// The most sessions that one handle may have open.
pub const SESSIONS_PER_HANDLE: usize = 3;
/// The most requests that wait for one handle.
const WAITING_PER_HANDLE: usize = 8;

/// A session that waits for its challenge. Dropped, its nonces are wiped.
pub(crate) struct Open {
    pub(crate) handle: Handle,
    /// The class of the first move, under whose key the answer is made.
    pub(crate) class: ClassIndex,
    /// The credential that signed the first move.
    pub(crate) credential: CredentialKey,
    pub(crate) session: Session,
    /// The second of the first move.
    pub(crate) opened: u64,
}

/// A row on its way to the store, and who waits for it.
pub(crate) struct Job {
    pub(crate) handle: Handle,
    pub(crate) row: Vec<u8>,
    pub(crate) answer: urna_crypto::Answer,
    pub(crate) answering: Answering,
}

/// What the lock guards.
#[derive(Default)]
pub(crate) struct Desk {
    sessions: HashMap<SessionId, Open>,
    /// By second of the first move: what expires first.
    by_age: BTreeSet<(u64, SessionId)>,
    by_handle: HashMap<Handle, Vec<SessionId>>,
    /// The handles that are being answered, each with the requests that wait for the outcome.
    in_hand: HashMap<Handle, Vec<Answering>>,
    /// What the writer takes next.
    pub(crate) queue: Vec<Job>,
    /// Voting is closed or the election cancelled: no session is answered any more.
    pub(crate) closed: bool,
    /// The issuer has stopped.
    pub(crate) stopped: bool,
    /// The writer is to end when the queue is empty.
    pub(crate) ending: bool,
}

impl Desk {
    /// Keeps a new session, unless its handle or the issuer has too many.
    pub(crate) fn open(
        &mut self,
        id: SessionId,
        open: Open,
        most: usize,
        lifetime: u64,
    ) -> Result<(), Refusal> {
        self.expire(open.opened, lifetime);
        let of_handle = self.by_handle.get(&open.handle).map_or(0, Vec::len);
        if of_handle >= SESSIONS_PER_HANDLE {
            let first = self.by_handle.get(&open.handle).into_iter().flatten();
            let first = first.filter_map(|id| self.sessions.get(id)).map(|open| open.opened).min();
            let expires = first.unwrap_or(open.opened).saturating_add(lifetime).saturating_add(1);
            return Err(Refusal::TooManySessions { retry_after: expires.saturating_sub(open.opened).max(1) });
        }
        // A generator that repeats itself must not lose a session of somebody else.
        if self.sessions.len() >= most || self.sessions.contains_key(&id) {
            return Err(Refusal::Busy);
        }
        self.by_age.insert((open.opened, id));
        self.by_handle.entry(open.handle).or_default().push(id);
        self.sessions.insert(id, open);
        Ok(())
    }

    /// Takes a session out, and its handle in hand. Nothing can take it a second time.
    pub(crate) fn take(
        &mut self,
        id: &SessionId,
        handle: &Handle,
        now: u64,
        lifetime: u64,
    ) -> Result<Open, Refusal> {
        match self.sessions.get(id) {
            None => return Err(Refusal::SessionExpired),
            Some(open) if open.handle != *handle => return Err(Refusal::UnknownSession),
            Some(_) => {}
        }
        let open = self.remove(id).ok_or(Refusal::SessionExpired)?;
        if now.abs_diff(open.opened) > lifetime {
            return Err(Refusal::SessionExpired);
        }
        self.in_hand.insert(*handle, Vec::new());
        Ok(open)
    }

    /// Whether the handle is being answered.
    pub(crate) fn has_in_hand(&self, handle: &Handle) -> bool {
        self.in_hand.contains_key(handle)
    }

    /// Whether any handle is being answered.
    pub(crate) fn is_answering(&self) -> bool {
        !self.in_hand.is_empty()
    }

    /// Lets a request wait for the outcome of its handle; gives it back if none is in hand or too many wait.
    pub(crate) fn wait(&mut self, answering: Answering) -> Option<Answering> {
        match self.in_hand.get_mut(&answering.request.handle) {
            Some(waiting) if waiting.len() < WAITING_PER_HANDLE => {
                waiting.push(answering);
                None
            }
            _ => Some(answering),
        }
    }

    /// Puts a handle down; returns what waited for it.
    pub(crate) fn put_down(&mut self, handle: &Handle) -> Vec<Answering> {
        self.in_hand.remove(handle).unwrap_or_default()
    }

    /// The handle has its answer: puts it down and drops its other sessions, which nobody will be answered. Returns what
    /// waited for it.
    pub(crate) fn finish(&mut self, handle: &Handle) -> Vec<Answering> {
        for id in self.by_handle.get(handle).cloned().unwrap_or_default() {
            self.remove(&id);
        }
        self.put_down(handle)
    }

    /// Drops the sessions whose time is over.
    pub(crate) fn expire(&mut self, now: u64, lifetime: u64) {
        let is_over = |opened: u64| now.abs_diff(opened) > lifetime;
        while let Some((_, id)) = self.by_age.first().copied().filter(|(opened, _)| is_over(*opened)) {
            self.remove(&id);
        }
        // Of seconds that are still to come: the clock was set back.
        while let Some((_, id)) = self.by_age.last().copied().filter(|(opened, _)| is_over(*opened)) {
            self.remove(&id);
        }
    }

    /// Drops every session.
    pub(crate) fn clear(&mut self) {
        self.sessions.clear();
        self.by_age.clear();
        self.by_handle.clear();
    }

    /// Drops everything; returns whose rows were not written yet, and who waits for a handle.
    pub(crate) fn stop(&mut self) -> (Vec<Answering>, Vec<Answering>) {
        self.stopped = true;
        self.clear();
        let queued = std::mem::take(&mut self.queue).into_iter().map(|job| job.answering);
        let waiting = std::mem::take(&mut self.in_hand).into_values().flatten();
        (queued.collect(), waiting.collect())
    }

    /// How many sessions are open.
    pub(crate) fn sessions(&self) -> usize {
        self.sessions.len()
    }

    fn remove(&mut self, id: &SessionId) -> Option<Open> {
        let open = self.sessions.remove(id)?;
        self.by_age.remove(&(open.opened, *id));
        if let Some(ids) = self.by_handle.get_mut(&open.handle) {
            ids.retain(|other| other != id);
            if ids.is_empty() {
                self.by_handle.remove(&open.handle);
            }
        }
        Some(open)
    }
}
