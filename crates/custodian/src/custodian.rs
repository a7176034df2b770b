//! Turns: an operation goes as far as it can, and says what it waits for.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use rand_core::CryptoRngCore;
use serde_json::Value;
use urna_trustee::Cost;
use urna_worker::Outside;
use zeroize::Zeroizing;

use crate::message::{Said, Turn, split};
use crate::operation::Session;
use crate::outside::Wants;

type Running<O, R> = Pin<Box<dyn Future<Output = (Session<O, R>, Result<Value, Value>)>>>;

/// One trustee's program. It has one operation at a time; between two of them it has the key that was opened.
pub struct Custodian<O, R: CryptoRngCore> {
    wants: Wants,
    idle: Option<Session<O, R>>,
    running: Option<Running<O, R>>,
}

impl<O, R> Custodian<O, R>
where
    O: Outside + 'static,
    R: CryptoRngCore + Clone + Sync + 'static,
{
    /// Without a key. `outside` reads records while they are verified, and hears how far that is; `rng` makes all that is random;
    /// `cost` is [`Cost::default`] but in tests.
    pub fn new(outside: O, rng: R, cost: Cost) -> Self {
        let wants = Wants::default();
        Self { idle: Some(Session::new(wants.clone(), outside, rng, cost)), wants, running: None }
    }

    /// Takes a message, and says what comes of it: JSON of `message`.
    ///
    /// A message that cannot be read, starts a second operation or answers where none is under way changes nothing, and `refused`
    /// says so.
    pub fn turn(&mut self, message: &[u8]) -> Vec<u8> {
        let said = self.taken(message).unwrap_or_else(Said::Refused);
        // All keys are text.
        serde_json::to_vec(&said).unwrap_or_default()
    }

    fn taken(&mut self, message: &[u8]) -> Result<Said, &'static str> {
        let (head, body) = split(message).ok_or("the message is shorter than its head")?;
        let turn: Turn = serde_json::from_slice(head).map_err(|_| "the head has another shape")?;
        match (turn.start, turn.answer) {
            (Some(start), None) => {
                let session = self.idle.take().ok_or("an operation is under way")?;
                self.wants.set_now(turn.now);
                let body = Zeroizing::new(body.to_vec());
                self.running = Some(Box::pin(session.perform(start, body)));
            }
            (None, Some(answer)) if self.running.is_some() => {
                self.wants.set_now(turn.now);
                self.wants.answered(answer, body);
            }
            (None, Some(_)) => return Err("no operation is under way"),
            _ => return Err("a turn starts or answers"),
        }
        Ok(self.on())
    }

    /// Goes on as far as it goes.
    fn on(&mut self) -> Said {
        if let Some(running) = &mut self.running
            && let Poll::Ready((session, ended)) =
                running.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            self.running = None;
            self.idle = Some(session);
            return match ended {
                Ok(done) => Said::Done(done),
                Err(failure) => Said::Failed(failure),
            };
        }
        // What runs and does not end waits for something.
        self.wants.take().map_or(Said::Refused("the answer is to nothing that was wanted"), Said::Want)
    }
}

impl<O, R: CryptoRngCore> fmt::Debug for Custodian<O, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Custodian").field("is_running", &self.running.is_some()).finish_non_exhaustive()
    }
}
