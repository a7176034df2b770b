//! Turns: an operation goes as far as it can, and says what it waits for.

use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use zeroize::Zeroizing;

use crate::message::{Ended, Said, Turn, split};
use crate::operation;
use crate::outside::Outside;

/// One voter's program. It has one operation at a time, and nothing between two of them.
#[derive(Default)]
pub struct Booth {
    outside: Outside,
    running: Option<Pin<Box<dyn Future<Output = Ended> + Send>>>,
}

impl Booth {
    /// Without an operation.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a message, and says what comes of it: JSON of `spec/booth.md`, with whatever secrets the page is to store.
    ///
    /// A message that cannot be read, starts a second operation or answers where none is under way changes nothing, and `refused` says
    /// so. Answers to what is not wanted any more are ignored.
    pub fn turn(&mut self, message: &[u8]) -> Zeroizing<Vec<u8>> {
        let said = self.taken(message).unwrap_or_else(|why| Said { refused: Some(why), ..Said::default() });
        // All keys are text.
        Zeroizing::new(serde_json::to_vec(&said).unwrap_or_default())
    }

    fn taken(&mut self, message: &[u8]) -> Result<Said, &'static str> {
        let (head, body) = split(message).ok_or("the message is shorter than its head")?;
        let turn: Turn = serde_json::from_slice(head).map_err(|_| "the head has another shape")?;
        match (turn.start, turn.answer, &self.running) {
            (Some(start), None, None) => {
                self.outside.set_now(turn.now);
                self.running = Some(Box::pin(operation::run(start, self.outside.clone())));
            }
            (None, Some(answer), Some(_)) => {
                self.outside.set_now(turn.now);
                self.outside.answered(answer, body);
            }
            (Some(_), None, Some(_)) => return Err("an operation is under way"),
            (None, Some(_), None) => return Err("no operation is under way"),
            _ => return Err("a turn starts or answers"),
        }
        Ok(self.on())
    }

    /// Goes on as far as it goes. Whoever waits for an answer is woken by it; the whole is asked in every turn.
    fn on(&mut self) -> Said {
        let mut ended = None;
        if let Some(running) = &mut self.running
            && let Poll::Ready(end) = running.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        {
            self.running = None;
            ended = Some(end);
        }
        Said { ended, ..self.outside.said() }
    }
}

impl fmt::Debug for Booth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Booth").field("is_running", &self.running.is_some()).finish_non_exhaustive()
    }
}
