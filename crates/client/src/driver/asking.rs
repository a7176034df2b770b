//! Both moves with every issuer at once (CLI-12 to CLI-15). One that is slow or lies keeps none of the others waiting.

use core::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use rand_core::OsRng;
use urna_api::ProblemType;
use urna_api::client::{ClientError as ServiceError, IssuerClient};
use urna_api::issuer::{AskAnswer, OpenSession, SessionAnswered, SessionOpened};
use urna_election::json::Base64;
use urna_election::{Id, Slug};

use super::clock::Backoff;
use super::storage::{Storage, StorageError};
use super::{Clock, Driver, DriverError, Failure, Notice, Service, may_pass};
use crate::{Asked, ChallengeRequest, ClientError, Resumed, SessionRequest, Voter};

/// How many sessions an issuer may forget in one run.
const FORGOTTEN: u32 = 8;

/// One issuer, as far as this run goes.
struct Desk {
    issuer: Id,
    client: IssuerClient,
    backoff: Backoff,
    forgotten: u32,
    /// Whether a first move was too old when it arrived: the network was slow, the device slept, or its clock is wrong.
    late: bool,
    /// The issuer says that the handle has its token: which of the kept sessions is repeated next (CLI-13).
    repeating: Option<usize>,
}

/// What is asked of an issuer.
enum Question {
    Open(OpenSession),
    Answer([u8; 16], AskAnswer),
}

/// What came of it.
enum Came {
    Rested,
    Opened(Result<SessionOpened, ServiceError>),
    Answered([u8; 16], Result<SessionAnswered, ServiceError>),
}

/// How to go on with an issuer.
enum Next {
    Ask,
    Rest(Duration),
    Done,
}

type Questions = FuturesUnordered<Pin<Box<dyn Future<Output = (usize, Came)> + Send>>>;

impl<S: Storage, C: Clock> Driver<S, C> {
    /// Has every issuer sign, and answers the voter with all tokens (CLI-12 to CLI-15). Where they are there already, nothing is asked.
    ///
    /// # Errors
    /// [`Failure`]; what the other issuers answered meanwhile is kept.
    pub async fn tokens(&mut self) -> Result<(), Failure> {
        let asked = self.ask().await;
        self.told(asked)
    }

    async fn ask(&mut self) -> Result<(), DriverError> {
        let mut voter = match self.take().await? {
            Resumed::Seeded(voter) => voter.ask(),
            Resumed::Asked(voter) => voter,
            holds_tokens => {
                self.voter = Some(holds_tokens);
                return Ok(());
            }
        };
        (self.notice)(Notice::Asking);
        self.save(&mut voter).await?;
        match self.ask_every_issuer(&mut voter).await {
            Ok(()) => self.finish(voter).await,
            // Perhaps by this very device, in another window.
            Err(DriverError::IssuedElsewhere { .. }) if self.has_gone_on(&voter).await? => {
                Err(StorageError::OtherWindow.into())
            }
            Err(error) => Err(error),
        }
    }

    /// All tokens are there.
    pub(super) async fn finish(&mut self, voter: Voter<Asked>) -> Result<(), DriverError> {
        let mut voter = voter.finish().map_err(|refused| refused.error)?;
        self.keep(&mut voter).await?;
        self.voter = Some(voter.into());
        Ok(())
    }

    async fn ask_every_issuer(&mut self, voter: &mut Voter<Asked>) -> Result<(), DriverError> {
        let slug = voter.election().manifest().slug().clone();
        let desk = |issuer: &urna_election::manifest::Issuer| {
            let wrong = |_| DriverError::Address {
                service: Service::Issuer(issuer.id.clone()),
                address: issuer.url.clone(),
            };
            Ok(Desk {
                issuer: issuer.id.clone(),
                client: IssuerClient::through(self.transport.apart(), &issuer.url).map_err(wrong)?,
                backoff: Backoff::new(self.patience),
                forgotten: 0,
                late: false,
                repeating: None,
            })
        };
        let mut desks = voter.awaited().map(desk).collect::<Result<Vec<_>, DriverError>>()?;
        let mut questions = Questions::new();
        let mut first_error = None;
        for (place, desk) in desks.iter().enumerate() {
            self.put(voter, place, desk, &slug, &questions)?;
        }
        while let Some((place, came)) = questions.next().await {
            let Some(desk) = desks.get_mut(place) else { continue };
            // Whatever came is stored before the next question leaves, and before anything else is judged.
            let judged = self.judge(voter, desk, came);
            self.save(voter).await?;
            let next = match judged {
                Ok(Next::Ask) => self.put(voter, place, desk, &slug, &questions),
                Ok(Next::Rest(pause)) => {
                    let service = Service::Issuer(desk.issuer.clone());
                    (self.notice)(Notice::Waiting { service, pause });
                    let clock = self.clock.clone();
                    questions.push(Box::pin(async move {
                        clock.wait(pause).await;
                        (place, Came::Rested)
                    }));
                    Ok(())
                }
                Ok(Next::Done) => {
                    (self.notice)(Notice::Token(desk.issuer.clone()));
                    Ok(())
                }
                Err(error) => Err(error),
            };
            if let Err(error) = next {
                first_error.get_or_insert(error);
            }
        }
        first_error.map_or(Ok(()), Err)
    }

    /// Sends this issuer its next question.
    fn put(
        &self,
        voter: &Voter<Asked>,
        place: usize,
        desk: &Desk,
        slug: &Slug,
        questions: &Questions,
    ) -> Result<(), DriverError> {
        let question = question(voter, desk, self.clock.now())?;
        let (client, slug) = (desk.client.clone(), slug.clone());
        questions.push(Box::pin(async move {
            let came = match question {
                Question::Open(request) => Came::Opened(client.open_session(&slug, &request).await),
                Question::Answer(session, request) => {
                    let path = hexadecimal(&session);
                    Came::Answered(session, client.ask_answer(&slug, &path, &request).await)
                }
            };
            (place, came)
        }));
        Ok(())
    }

    /// Takes what came of a question.
    fn judge(&self, voter: &mut Voter<Asked>, desk: &mut Desk, came: Came) -> Result<Next, DriverError> {
        let error = match came {
            Came::Rested => return Ok(Next::Ask),
            Came::Opened(Ok(opened)) => {
                let session =
                    opened.id().ok_or_else(|| ClientError::FirstMove { issuer: desk.issuer.clone() })?;
                let commitment = joined([opened.a.0, opened.b.0]);
                voter.session_opened(&desk.issuer, session, &commitment)?;
                desk.backoff = Backoff::new(self.patience);
                return Ok(Next::Ask);
            }
            Came::Answered(session, Ok(answer)) => {
                let answer = joined([answer.b.0, answer.y.0, answer.z.0]);
                voter.answered(&desk.issuer, &session, &answer)?;
                return Ok(Next::Done);
            }
            Came::Answered(session, Err(error)) => {
                let gone =
                    matches!(error.kind(), Some(ProblemType::SessionExpired | ProblemType::UnknownSession));
                match &mut desk.repeating {
                    // Not this one.
                    Some(place) if gone || error.kind() == Some(ProblemType::AlreadyIssued) => {
                        *place += 1;
                        return Ok(Next::Ask);
                    }
                    None if gone => {
                        voter.session_lost(&desk.issuer, &session)?;
                        desk.forgotten += 1;
                        return if desk.forgotten > FORGOTTEN {
                            Err(DriverError::SessionsForgotten { issuer: desk.issuer.clone() })
                        } else {
                            Ok(Next::Ask)
                        };
                    }
                    _ => error,
                }
            }
            Came::Opened(Err(error)) => error,
        };
        if error.kind() == Some(ProblemType::AlreadyIssued) && desk.repeating.is_none() {
            desk.repeating = Some(0);
            return Ok(Next::Ask);
        }
        if error.kind() == Some(ProblemType::WrongTime) && !desk.late {
            desk.late = true;
            return Ok(Next::Ask);
        }
        let service = Service::Issuer(desk.issuer.clone());
        if !may_pass(&error) {
            return Err(DriverError::Refused { service, error: error.into() });
        }
        let asked = error.problem().and_then(|problem| problem.retry_after);
        match desk.backoff.next(asked) {
            Some(pause) => Ok(Next::Rest(pause)),
            None => Err(DriverError::Unanswered { service, error: error.into() }),
        }
    }
}

/// What this issuer is asked next.
fn question(voter: &Voter<Asked>, desk: &Desk, now: u64) -> Result<Question, DriverError> {
    let rng = &mut OsRng;
    if let Some(place) = desk.repeating {
        let kept = voter.earlier_challenge_requests(&desk.issuer, rng)?;
        let again = kept.get(place).map(second_move);
        return again.ok_or_else(|| DriverError::IssuedElsewhere { issuer: desk.issuer.clone() });
    }
    let open = voter.challenge_requests(rng)?;
    if let Some(request) = open.iter().find(|request| request.issuer.id == desk.issuer) {
        return Ok(second_move(request));
    }
    let waiting = voter.session_requests(now, rng)?;
    let request = waiting.iter().find(|request| request.issuer.id == desk.issuer);
    let request = request.ok_or_else(|| ClientError::UnknownIssuer(desk.issuer.clone()))?;
    Ok(first_move(request))
}

fn first_move(request: &SessionRequest<'_>) -> Question {
    Question::Open(OpenSession {
        class: request.class.clone(),
        handle: Base64(*request.handle),
        signature: Base64(request.signature),
        time: request.time,
    })
}

fn second_move(request: &ChallengeRequest<'_>) -> Question {
    let body = AskAnswer {
        c: Base64(request.challenge),
        handle: Base64(*request.handle),
        signature: Base64(request.signature),
    };
    Question::Answer(request.session, body)
}

fn joined<const PARTS: usize, const LENGTH: usize>(parts: [[u8; 32]; PARTS]) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    for (place, byte) in bytes.iter_mut().zip(parts.iter().flatten()) {
        *place = *byte;
    }
    bytes
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
