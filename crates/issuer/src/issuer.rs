//! The issuer of one election: opens sessions, answers each at most once, and each handle at most once.
//!
//! The order in which a second move is answered is the argument for its safety ([`Issuer::answer`], [`Issuer::commit`]):
//!
//! | step | if it fails, or the process ends behind it |
//! |---|---|
//! | 1. the handle has no row, and is not in hand: under one lock | nothing was done |
//! | 2. the session is taken out, the handle taken in hand: under the same lock | the session is gone, the voter starts anew |
//! | 3. the signature is verified | the same; the handle is put down |
//! | 4. (b, y, z) is computed, which consumes the session; the row is queued | the same: no answer has left |
//! | 5. the writer makes all that waits durable, with one sync: **the commit** | unknown: the issuer stops, is opened again, and the voter's repetition finds the row or does not |
//! | 6. the handle is put down, its other sessions are dropped, the answer leaves | the repetition gets the row's answer |
//!
//! Steps 1 to 4 run in as many threads as call, step 5 in one. A row is read only where its handle is not in hand, so
//! nobody is told of a row that is written and not durable yet.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use rand_core::CryptoRngCore;
use urna_crypto::{CredentialKey, Session, SessionChallenge, SessionRequest as SignedRequest};
use urna_election::issuance::Row;
use urna_election::json::{self, Base64};
use urna_election::manifest::{ClassIndex, Manifest};
use urna_election::{EntryVerifier, Id, Phase};

use crate::desk::{Desk, Job, Open};
use crate::error::{IssuerError, Refusal};
use crate::issued::Told;
use crate::keys::IssuerKeys;
use crate::moves::{AnswerRequest, Answered, Answering, OpenedSession, SessionId, SessionRequest};
use crate::official::Official;
use crate::store::{AnsweredRow, MAX_VALUE, RegisterVersion, Start, Store, StoreError};

/// How many seconds a request's time may be from the issuer's clock, either way (TOK-2).
pub const CLOCK_TOLERANCE: u64 = 120;
/// The most sessions that are open at once, of all handles.
pub const SESSIONS: usize = 65_536;
/// The most rows that are made durable with one sync.
pub const BATCH: usize = 1_024;
/// The most answers that wait for the writer.
pub const QUEUE: usize = 4_096;

/// The issuer of one election.
pub struct Issuer<S> {
    pub(crate) store: S,
    pub(crate) manifest: Arc<Manifest>,
    /// Its place among the manifest's issuers.
    pub(crate) place: usize,
    pub(crate) id: Id,
    pub(crate) most_sessions: usize,
    pub(crate) start: Start,
    pub(crate) verifier: EntryVerifier,
    /// Stands in for the credential of whoever has none, so that all refusals take about the same work.
    pub(crate) decoy: CredentialKey,
    /// None once they are destroyed.
    pub(crate) keys: RwLock<Option<IssuerKeys>>,
    /// What was read from the board; replaced as a whole.
    pub(crate) official: RwLock<Arc<Official>>,
    /// One entry is followed at a time.
    pub(crate) following: Mutex<()>,
    /// The register that was in force when the issuer stopped; nobody is served under an older one.
    pub(crate) at_least: Option<RegisterVersion>,
    pub(crate) desk: Mutex<Desk>,
    /// The queue has grown, or the issuer ends.
    pub(crate) queued: Condvar,
    /// Why it stopped.
    pub(crate) failure: Mutex<Option<StoreError>>,
    /// Who had taken a token when the authority was last told.
    pub(crate) told: Mutex<Told>,
}

impl<S: Store> Issuer<S> {
    /// This start.
    pub const fn start(&self) -> &Start {
        &self.start
    }

    /// The election.
    pub const fn manifest(&self) -> &Arc<Manifest> {
        &self.manifest
    }

    /// Which of the manifest's issuers this is.
    pub const fn id(&self) -> &Id {
        &self.id
    }

    /// For how many seconds a session is answered (T-4).
    pub fn session_seconds(&self) -> u64 {
        self.manifest.policy().form_time_limit
    }

    /// Reads the next official entry of the board's log, from entry 0 on and in the log's order, with the blobs that a
    /// `register` entry names. Whoever calls this has verified that the entry stands in the log.
    ///
    /// # Errors
    /// [`IssuerError`]; what was read before stays in force.
    pub fn follow(
        &self,
        entry: &[u8],
        blobs: &[Vec<u8>],
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), IssuerError> {
        let _one_at_a_time = self.following.lock().unwrap_or_else(PoisonError::into_inner);
        self.running()?;
        let current = self.official();
        let next = current.and(entry, blobs, &self.manifest, self.id.as_str(), &self.verifier, rng)?;
        if let Some(version) = next.version().filter(|version| Some(*version) != current.version()) {
            match &self.at_least {
                Some(known) if version.number < known.number => {}
                Some(known) if version.number == known.number => {
                    if version != known {
                        return Err(IssuerError::OtherRegister { number: version.number });
                    }
                }
                _ => self.store.set_register(version).map_err(|error| self.failed(error))?,
            }
        }
        let is_over =
            !matches!(next.phase(), None | Some(Phase::Announced | Phase::Rehearsed | Phase::Voting));
        *self.official.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        if is_over {
            let mut desk = self.desk();
            desk.closed = true;
            desk.clear();
        }
        Ok(())
    }

    /// Where the election stands, by the entries read so far.
    pub fn phase(&self) -> Option<Phase> {
        self.official().phase()
    }

    /// Whether a session may be opened at this second, as far as the election is concerned.
    ///
    /// # Errors
    /// [`Refusal::TooEarly`], [`Refusal::IssuanceClosed`]; [`Refusal::Busy`] until the board's register is read again after
    /// a start; [`Refusal::Stopped`].
    pub fn is_open(&self, now: u64) -> Result<(), Refusal> {
        if self.desk().stopped {
            return Err(Refusal::Stopped);
        }
        self.check_open(&self.official(), now)
    }

    /// The first move (TOK-2, TOK-3): opens a session for somebody entitled who has no token yet.
    ///
    /// An unknown handle, a wrong class, a missing credential and a wrong signature take the same course and get the same
    /// answer. Signatures are verified in variable time; nonces are drawn and committed to in constant time.
    ///
    /// # Errors
    /// [`Refusal`], the first check that fails in the order of its variants.
    pub fn open_session(
        &self,
        request: &SessionRequest,
        now: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Result<OpenedSession, Refusal> {
        let class = self.manifest.class_index(&request.class);
        let class = class.ok_or_else(|| Refusal::UnknownClass(request.class.clone()))?;
        let official = self.official();
        self.check_open(&official, now)?;
        if request.time.abs_diff(now) > CLOCK_TOLERANCE {
            return Err(Refusal::WrongTime { time: request.time, now });
        }
        let credential = self.verify_request(&official, class, request)?;

        let session = Session::open(rng);
        let commitment = session.commitment();
        let mut id = SessionId([0; 16]);
        rng.fill_bytes(&mut id.0);
        let open = Open { handle: request.handle, class, credential, session, opened: now };
        let mut desk = self.desk();
        check_desk(&desk)?;
        // A handle in hand may have a row that is not durable yet, of which nobody is told.
        if !desk.has_in_hand(&request.handle) {
            match self.store.answered(&request.handle) {
                Ok(None) => {}
                Ok(Some(_)) => return Err(Refusal::AlreadyIssued),
                Err(error) => {
                    drop(desk);
                    self.stop(Some(error));
                    return Err(Refusal::Stopped);
                }
            }
        }
        desk.open(id, open, self.most_sessions, self.session_seconds())?;
        Ok(OpenedSession { session: id, commitment, expires: now.saturating_add(self.session_seconds()) })
    }

    /// The second move (TOK-5). `reply` is called once, from this thread or the writer's; an answer that it is given is
    /// durable. `received` is the second at which the request was complete.
    ///
    /// Refused with [`Refusal::UnknownSession`], [`Refusal::SessionExpired`], [`Refusal::AlreadyIssued`],
    /// [`Refusal::IssuanceClosed`], [`Refusal::InvalidSignature`], [`Refusal::Busy`], [`Refusal::Stopped`] or
    /// [`Refusal::UnknownOutcome`]. The answer is computed in constant time.
    pub fn answer(
        &self,
        request: AnswerRequest,
        received: u64,
        reply: impl FnOnce(Answered) + Send + 'static,
    ) {
        let mut waiting = VecDeque::from([Answering { request, received, reply: Box::new(reply) }]);
        while let Some(answering) = waiting.pop_front() {
            // Those that waited for a request of which nothing came have their turn.
            waiting.extend(self.answer_one(answering));
        }
    }

    /// Makes durable what waits, at most [`BATCH`] rows, and gives the answers. Returns how many.
    ///
    /// # Errors
    /// [`IssuerError::Stopped`], also if the store fails; [`Issuer::take_failure`] then says why.
    pub fn commit(&self) -> Result<usize, IssuerError> {
        let mut jobs: Vec<Job> = {
            let mut desk = self.desk();
            if desk.stopped {
                return Err(IssuerError::Stopped);
            }
            let count = desk.queue.len().min(BATCH);
            desk.queue.drain(..count).collect()
        };
        if jobs.is_empty() {
            return Ok(0);
        }
        // Within a batch nothing keeps who came first.
        jobs.sort_unstable_by_key(|job| job.handle);
        let keeps_seconds = self.keeps_seconds();
        let split = |Job { handle, row, answer, answering }| {
            let second = keeps_seconds.then_some(answering.received);
            (AnsweredRow { handle, row, second }, (answer, answering))
        };
        let (rows, answers): (Vec<_>, Vec<(_, Answering)>) = jobs.into_iter().map(split).unzip();
        if let Err(error) = self.store.put_answered(&rows) {
            self.stop(Some(error));
            answers.into_iter().for_each(|(_, answering)| (answering.reply)(Err(Refusal::UnknownOutcome)));
            return Err(IssuerError::Stopped);
        }
        let waiting: Vec<_> = {
            let mut desk = self.desk();
            rows.iter().map(|row| desk.finish(&row.handle)).collect()
        };
        let committed = answers.len();
        for ((answer, answering), waiting) in answers.into_iter().zip(waiting) {
            let AnswerRequest { session, challenge, .. } = answering.request;
            (answering.reply)(Ok(answer));
            for repeated in waiting {
                let same = repeated.request.session == session && repeated.request.challenge == challenge;
                (repeated.reply)(if same { Ok(answer) } else { Err(Refusal::AlreadyIssued) });
            }
        }
        Ok(committed)
    }

    /// Starts the thread that commits whatever waits, until [`Issuer::end`] or a failure.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn start_writer(self: &Arc<Self>) -> io::Result<JoinHandle<()>> {
        /// However the thread ends, nobody waits for it.
        struct Ended<S: Store>(Arc<Issuer<S>>);
        impl<S: Store> Drop for Ended<S> {
            fn drop(&mut self) {
                self.0.stop(None);
            }
        }
        let issuer = Ended(Arc::clone(self));
        thread::Builder::new().name("issuer's writer".into()).spawn(move || {
            while issuer.0.wait_for_rows() {
                if issuer.0.commit().is_err() {
                    break;
                }
            }
        })
    }

    /// Lets the writer finish what waits, and then stop.
    pub fn end(&self) {
        self.desk().ending = true;
        self.queued.notify_all();
    }

    /// Drops the sessions whose time is over, so that their nonces do not stay in memory. Called from time to time.
    pub fn expire(&self, now: u64) {
        self.desk().expire(now, self.session_seconds());
    }

    /// How many sessions are open.
    pub fn sessions(&self) -> usize {
        self.desk().sessions()
    }

    /// Whether the issuer has stopped. It is then dropped and opened again.
    pub fn is_stopped(&self) -> bool {
        self.desk().stopped
    }

    /// What the store said when the issuer stopped, once.
    pub fn take_failure(&self) -> Option<StoreError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn official(&self) -> Arc<Official> {
        Arc::clone(&self.official.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The lock. Whoever panics with it leaves a desk that cannot be relied on.
    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(|poisoned| {
            let mut desk = poisoned.into_inner();
            desk.stopped = true;
            desk
        })
    }

    pub(crate) fn running(&self) -> Result<(), IssuerError> {
        if self.desk().stopped { Err(IssuerError::Stopped) } else { Ok(()) }
    }

    /// Stops, because the store failed.
    pub(crate) fn failed(&self, error: StoreError) -> IssuerError {
        self.stop(Some(error));
        IssuerError::Stopped
    }

    /// Stops: no session is answered any more, and whoever waits is told so.
    fn stop(&self, error: Option<StoreError>) {
        let (queued, waiting) = self.desk().stop();
        if let Some(error) = error {
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        self.queued.notify_all();
        queued.into_iter().for_each(|answering| (answering.reply)(Err(Refusal::Stopped)));
        // What they wait for may have been written.
        waiting.into_iter().for_each(|answering| (answering.reply)(Err(Refusal::UnknownOutcome)));
    }

    /// Waits until there is something to commit; false when there will be nothing more.
    fn wait_for_rows(&self) -> bool {
        let desk = self.desk();
        let idle = |desk: &mut Desk| desk.queue.is_empty() && !desk.stopped && !desk.ending;
        let desk = self.queued.wait_while(desk, idle).unwrap_or_else(PoisonError::into_inner);
        !desk.queue.is_empty() && !desk.stopped
    }

    fn check_open(&self, official: &Official, now: u64) -> Result<(), Refusal> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        match keys.as_ref() {
            None => return Err(Refusal::IssuanceClosed),
            Some(keys) if keys.are_of_a_backup() => return Err(Refusal::Restored),
            Some(_) => {}
        }
        let is_behind =
            |known: &RegisterVersion| official.version().is_none_or(|version| version.number < known.number);
        if self.at_least.as_ref().is_some_and(is_behind) {
            return Err(Refusal::Busy);
        }
        official.is_open(&self.manifest, now)
    }

    /// TOK-2, 1. Whatever fails, one signature is verified.
    fn verify_request(
        &self,
        official: &Official,
        class: ClassIndex,
        request: &SessionRequest,
    ) -> Result<CredentialKey, Refusal> {
        let decoy = self.decoy.to_bytes();
        let listed = official.entitled(&request.handle);
        let bytes = listed.map_or(decoy, |(_, credential)| credential);
        let decoded = CredentialKey::from_bytes(&bytes);
        let credential = decoded.unwrap_or(self.decoy);
        let statement = SignedRequest {
            election: self.manifest.id(),
            issuer: self.id.as_str(),
            handle: &request.handle,
            class: request.class.as_str(),
            time: request.time,
        };
        let verified = request.signature.verify(&credential, &statement);
        let is_entitled = listed.is_some_and(|(listed, _)| listed == class) && decoded.is_ok();
        if verified.is_ok() && is_entitled { Ok(credential) } else { Err(Refusal::InvalidSignature) }
    }

    /// Answers, refuses or queues a second move. Returns those that waited for it in vain.
    fn answer_one(&self, answering: Answering) -> Vec<Answering> {
        let official = self.official();
        let request = answering.request.clone();
        let Some((open, answering)) = self.take(answering, &official) else { return Vec::new() };
        let Open { class, credential, session, .. } = open;
        match self.sign(&official, &request, class, &credential, session) {
            Ok((row, answer)) => {
                let mut desk = self.desk();
                if desk.stopped {
                    drop(desk);
                    (answering.reply)(Err(Refusal::Stopped));
                    return Vec::new();
                }
                desk.queue.push(Job { handle: request.handle, row, answer, answering });
                drop(desk);
                self.queued.notify_one();
                Vec::new()
            }
            Err(refusal) => {
                let waiting = self.desk().put_down(&request.handle);
                (answering.reply)(Err(refusal));
                waiting
            }
        }
    }

    /// Takes the session out and its handle in hand; otherwise the request is answered or waits.
    fn take(&self, answering: Answering, official: &Official) -> Option<(Open, Answering)> {
        let AnswerRequest { session, handle, .. } = &answering.request;
        let mut desk = self.desk();
        let outcome = if desk.stopped {
            Err(Refusal::Stopped)
        } else if desk.has_in_hand(handle) {
            let too_many = desk.wait(answering);
            drop(desk);
            if let Some(answering) = too_many {
                (answering.reply)(Err(Refusal::Busy));
            }
            return None;
        } else {
            match self.store.answered(handle) {
                Err(error) => {
                    drop(desk);
                    self.stop(Some(error));
                    (answering.reply)(Err(Refusal::Stopped));
                    return None;
                }
                Ok(Some(row)) => stored_answer(&row, &answering.request).map(Err),
                Ok(None) => self
                    .check_open(official, answering.received)
                    .and_then(|()| check_desk(&desk))
                    .and_then(|()| if desk.queue.len() < QUEUE { Ok(()) } else { Err(Refusal::Busy) })
                    .and_then(|()| desk.take(session, handle, answering.received, self.session_seconds()))
                    .map(Ok),
            }
        };
        drop(desk);
        let answered = match outcome {
            Ok(Ok(open)) => return Some((open, answering)),
            Ok(Err(answer)) => Ok(answer),
            Err(refusal) => Err(refusal),
        };
        (answering.reply)(answered);
        None
    }

    /// TOK-5, 2 and 3: verifies the second move's signature, consumes the session, and makes the row.
    fn sign(
        &self,
        official: &Official,
        request: &AnswerRequest,
        class: ClassIndex,
        credential: &CredentialKey,
        session: Session,
    ) -> Result<(Vec<u8>, urna_crypto::Answer), Refusal> {
        let AnswerRequest { session: id, handle, challenge, signature } = request;
        let commitment = session.commitment();
        let class = self.manifest.class(class).ok_or(Refusal::InvalidSignature)?.id.clone();
        let in_force = self.manifest.class_index(&class);
        let in_force = in_force.and_then(|class| official.credential(handle, class, credential));
        let credential = in_force.ok_or(Refusal::InvalidSignature)?;
        let statement = SessionChallenge {
            election: self.manifest.id(),
            issuer: self.id.as_str(),
            handle,
            class: class.as_str(),
            session: &id.0,
            commitment: &commitment,
            challenge,
        };
        signature.verify(&credential, &statement).map_err(|_| Refusal::InvalidSignature)?;
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        let key = keys.as_ref().and_then(|keys| keys.class(&class)).ok_or(Refusal::IssuanceClosed)?;
        let answer = session.answer(key, challenge);
        let row = Row {
            answer: Base64(answer),
            challenge: Base64(*challenge),
            class,
            commitment: Base64(commitment),
            credential: Base64(credential),
            handle: Base64(*handle),
            session: Base64(id.0),
            signature: Base64(*signature),
        };
        Ok((json::to_bytes(&row), answer))
    }
}

/// Whether anything is opened or answered at all.
const fn check_desk(desk: &Desk) -> Result<(), Refusal> {
    if desk.stopped {
        Err(Refusal::Stopped)
    } else if desk.closed {
        Err(Refusal::IssuanceClosed)
    } else {
        Ok(())
    }
}

/// The stored answer, for who asks for it again with the same session and challenge.
fn stored_answer(row: &[u8], request: &AnswerRequest) -> Answered {
    let row = parse_row(row).map_err(|_| Refusal::UnknownOutcome)?;
    if row.session.0 == request.session.0 && row.challenge.0 == request.challenge {
        Ok(row.answer.0)
    } else {
        Err(Refusal::AlreadyIssued)
    }
}

/// A row as the store has it.
pub(crate) fn parse_row(bytes: &[u8]) -> Result<Row, json::JsonError> {
    json::parse(bytes, MAX_VALUE)
}
