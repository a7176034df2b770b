//! Casting, withdrawing, giving back (CLI-16 to CLI-19): an entry is sent, always the same bytes, until the board has answered.

use rand_core::OsRng;
use urna_api::client::{Accepted, BoardClient, ClientError as ServiceError, Outcome};
use urna_election::Slug;
use urna_election::entry::Kind;
use urna_election::manifest::draft::Revote;
use urna_election::selection::{Choice, Selection};
use urna_log::Receipt;
use zeroize::Zeroizing;

use super::clock::Backoff;
use super::storage::Storage;
use super::{Clock, Driver, DriverError, Failure, Notice, Service, Standing, may_pass};
use crate::voter::casting::HoldsToken;
use crate::{Cast, ClientError, Promised, Receipted, Refused, Resumed, Voter};

/// How long to wait before a promised entry is asked for again.
const POLL: std::time::Duration = std::time::Duration::from_secs(5);

/// Where an entry is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landed {
    /// In the log, and the receipt is kept.
    Recorded {
        /// Where it stands.
        index: u64,
    },
    /// With the board, whose promise is kept.
    Promised {
        /// By which Unix second it is in the log.
        deadline: u64,
    },
}

impl<S: Storage, C: Clock> Driver<S, C> {
    /// Casts these choices, one for each contest of the voter's ballot style (CLI-16). Where they are what was cast last, only its
    /// receipt is still asked for; a ballot of other choices that is on its way arrives first.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn cast(&mut self, choices: &Zeroizing<Vec<Choice>>) -> Result<Landed, Failure> {
        let cast = self.cast_choices(choices).await;
        self.told(cast)
    }

    /// Takes back what was cast last (CLI-17).
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn withdraw(&mut self) -> Result<Landed, Failure> {
        let withdrawn = self.withdraw_last().await;
        self.told(withdrawn)
    }

    /// Sends the entry that the board has not answered, or asks for the receipt of one that it has promised. Where there is nothing
    /// like that, nothing is sent.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn resend(&mut self) -> Result<Option<Landed>, Failure> {
        let sent = self.send_pending().await;
        self.told(sent)
    }

    /// Asks for the receipt of a promised entry until it is there, or until this Unix second.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn wait_for_receipt(&mut self, until: u64) -> Result<Option<Landed>, Failure> {
        loop {
            let landed = self.resend().await?;
            match landed {
                Some(Landed::Promised { .. }) if self.clock.now() < until => self.clock.wait(POLL).await,
                _ => return Ok(landed),
            }
        }
    }

    /// Waits some seconds for the receipt of an entry that the board has promised. What goes wrong meanwhile does not undo the
    /// promise, which is kept; only a rule that does not hold is told.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn settle(&mut self, landed: Landed, seconds: u64) -> Result<Landed, Failure> {
        if seconds == 0 || !matches!(landed, Landed::Promised { .. }) {
            return Ok(landed);
        }
        match self.wait_for_receipt(self.clock.now().saturating_add(seconds)).await {
            Ok(later) => Ok(later.unwrap_or(landed)),
            Err(failure) if failure.error.rule().is_some() => Err(failure),
            Err(_) => self.resume(None).await.map(|_| landed),
        }
    }

    async fn cast_choices(&mut self, choices: &Zeroizing<Vec<Choice>>) -> Result<Landed, DriverError> {
        let selection = || Selection::new(choices.to_vec());
        loop {
            let voter = match self.take().await? {
                Resumed::Seeded(voter) => return self.without_token(Resumed::Seeded(voter)),
                Resumed::Asked(voter) => return self.without_token(Resumed::Asked(voter)),
                Resumed::WithToken(voter) => {
                    voter.cast(&selection(), &mut OsRng).map_err(|r| self.refused(r))?
                }
                Resumed::Cast(voter) if says(&voter, choices) => voter,
                Resumed::Cast(voter) => {
                    if voter.election().manifest().policy().revote == Revote::Never {
                        self.voter = Some(voter.into());
                        return Err(DriverError::OtherBallotPending);
                    }
                    self.send(voter).await?;
                    continue;
                }
                Resumed::Promised(voter) if says(&voter, choices) => return self.ask_receipt(voter).await,
                Resumed::Promised(voter) => {
                    voter.cast(&selection(), &mut OsRng).map_err(|r| self.refused(r))?
                }
                Resumed::Receipted(voter) => match recorded(&voter).filter(|_| says(&voter, choices)) {
                    Some(landed) => {
                        self.voter = Some(voter.into());
                        return Ok(landed);
                    }
                    None => voter.cast(&selection(), &mut OsRng).map_err(|r| self.refused(r))?,
                },
            };
            return self.send(voter).await;
        }
    }

    async fn withdraw_last(&mut self) -> Result<Landed, DriverError> {
        loop {
            let voter = match self.take().await? {
                Resumed::Seeded(voter) => return self.without_token(Resumed::Seeded(voter)),
                Resumed::Asked(voter) => return self.without_token(Resumed::Asked(voter)),
                Resumed::WithToken(voter) => {
                    self.voter = Some(voter.into());
                    return Err(ClientError::NothingToWithdraw.into());
                }
                Resumed::Cast(voter) if last_kind(&voter) == Some(Kind::Withdrawal) => voter,
                Resumed::Cast(voter) => {
                    self.send(voter).await?;
                    continue;
                }
                Resumed::Promised(voter) if last_kind(&voter) == Some(Kind::Withdrawal) => {
                    return self.ask_receipt(voter).await;
                }
                Resumed::Promised(voter) => voter.withdraw(&mut OsRng).map_err(|r| self.refused(r))?,
                Resumed::Receipted(voter) => match recorded(&voter) {
                    Some(landed) if last_kind(&voter) == Some(Kind::Withdrawal) => {
                        self.voter = Some(voter.into());
                        return Ok(landed);
                    }
                    _ => voter.withdraw(&mut OsRng).map_err(|r| self.refused(r))?,
                },
            };
            return self.send(voter).await;
        }
    }

    async fn send_pending(&mut self) -> Result<Option<Landed>, DriverError> {
        match self.take().await? {
            Resumed::Cast(voter) => self.send(voter).await.map(Some),
            Resumed::Promised(voter) => self.ask_receipt(voter).await.map(Some),
            Resumed::Receipted(voter) => {
                let landed = recorded(&voter);
                self.voter = Some(voter.into());
                Ok(landed)
            }
            other => {
                self.voter = Some(other);
                Ok(None)
            }
        }
    }

    fn without_token<T>(&mut self, voter: Resumed) -> Result<T, DriverError> {
        self.voter = Some(voter);
        Err(DriverError::NoToken)
    }

    /// Stores the pending entry and sends it until the board has answered.
    pub(super) async fn send(&mut self, mut voter: Voter<Cast>) -> Result<Landed, DriverError> {
        self.keep(&mut voter).await?;
        (self.notice)(Notice::Sending);
        let (board, slug) = self.board_of(&voter)?;
        let mut backoff = Backoff::new(self.patience);
        loop {
            let (kind, entry) = voter.entry()?;
            match post(&board, &slug, kind, entry.to_vec()).await {
                Ok(Accepted { outcome: Outcome::Logged(receipt), .. }) => {
                    return self.take_receipt(voter, &receipt).await;
                }
                Ok(Accepted { outcome: Outcome::Promised(promise), .. }) => {
                    let taken = voter.promise(promise.to_string().as_bytes());
                    let mut voter = taken.map_err(|refused| self.refused(refused))?;
                    self.keep(&mut voter).await?;
                    let deadline = voter.deadline().unwrap_or_default();
                    self.voter = Some(voter.into());
                    return Ok(Landed::Promised { deadline });
                }
                // What was sent before may be there after all, or another device's entry in its place: the board is asked.
                Err(error) if !may_pass(&error) => return self.look_after(voter, kind, error).await,
                Err(error) => self.pause(&Service::Board, &mut backoff, error).await?,
            }
        }
    }

    /// Asks for the receipt of a promised entry, by sending it again.
    async fn ask_receipt(&mut self, mut voter: Voter<Promised>) -> Result<Landed, DriverError> {
        self.keep(&mut voter).await?;
        let (board, slug) = self.board_of(&voter)?;
        let mut backoff = Backoff::new(self.patience);
        loop {
            let (kind, entry) = voter.entry()?;
            match post(&board, &slug, kind, entry.to_vec()).await {
                Ok(Accepted { outcome: Outcome::Logged(receipt), .. }) => {
                    return self.take_receipt(voter, &receipt).await;
                }
                Ok(Accepted { outcome: Outcome::Promised(_), .. }) => {
                    let deadline = voter.deadline().unwrap_or_default();
                    self.voter = Some(voter.into());
                    return Ok(Landed::Promised { deadline });
                }
                Err(error) if !may_pass(&error) => return self.look_after(voter, kind, error).await,
                Err(error) => self.pause(&Service::Board, &mut backoff, error).await?,
            }
        }
    }

    /// A receipt of the entry; or of the same ballot, withdrawal or return with another proof, that a copy of this device has sent
    /// before: then the board shows that one.
    async fn take_receipt<T: Sent>(
        &mut self,
        voter: Voter<T>,
        receipt: &Receipt,
    ) -> Result<Landed, DriverError>
    where
        Resumed: From<Voter<T>>,
    {
        let refused = match T::receipt(voter, receipt.to_string().as_bytes()) {
            Ok(voter) => return self.receipted(voter).await,
            Err(refused) => refused,
        };
        let Refused { voter, error } = refused;
        let shown = match error {
            ClientError::Receipt(_) => self.shown(&voter).await.ok(),
            _ => None,
        };
        let reconciled = match shown {
            Some(shown) => T::reconcile(*voter, &shown.entries()),
            None => Err(Refused { voter, error: ClientError::NotRecorded }),
        };
        match reconciled {
            Ok(voter) if last_kind(&voter).is_some() => self.receipted(voter).await,
            Ok(mut voter) => {
                self.keep(&mut voter).await?;
                self.voter = Some(voter.into());
                Err(DriverError::Displaced)
            }
            Err(refused) => {
                self.voter = Some((*refused.voter).into());
                Err(error.into())
            }
        }
    }

    /// An entry is in the log. It is stored, and then the log must be the one that was seen before (CLI-8); if the board does
    /// not say so just now, "check" asks again.
    pub(super) async fn receipted(&mut self, mut voter: Voter<Receipted>) -> Result<Landed, DriverError> {
        self.keep(&mut voter).await?;
        let receipt = voter.kept().last().and_then(|kept| kept.receipt.cloned());
        let Some(receipt) = receipt else { return Err(ClientError::NotRecorded.into()) };
        let followed = self.follow(&mut voter, &[receipt.checkpoint().to_string()]).await;
        match followed {
            Err(error @ DriverError::Rule(_)) => return Err(error),
            _ => self.keep(&mut voter).await?,
        }
        self.voter = Some(voter.into());
        Ok(Landed::Recorded { index: receipt.index() })
    }

    /// The board refused an entry: what does it show instead?
    async fn look_after<T: Reconciled>(
        &mut self,
        voter: Voter<T>,
        sent: Kind,
        error: ServiceError,
    ) -> Result<Landed, DriverError>
    where
        Resumed: From<Voter<T>>,
    {
        let refused = DriverError::Refused { service: Service::Board, error: error.into() };
        let Ok(shown) = self.shown(&voter).await else {
            self.voter = Some(voter.into());
            return Err(refused);
        };
        match T::reconcile(voter, &shown.entries()) {
            Ok(mut voter) => {
                self.keep(&mut voter).await?;
                let last =
                    voter.kept().last().map(|kept| (kept.own, kept.kind, kept.receipt.map(|r| r.index())));
                match last {
                    Some((true, kind, Some(_))) if kind == Some(sent) => self.receipted(voter).await,
                    Some((_, _, Some(index))) if sent == Kind::Returned => {
                        self.voter = Some(voter.into());
                        Err(DriverError::Used { index })
                    }
                    _ => {
                        self.voter = Some(voter.into());
                        Err(DriverError::Displaced)
                    }
                }
            }
            Err(other) => {
                self.voter = Some((*other.voter).into());
                match other.error {
                    ClientError::NotRecorded => {
                        if let Standing::Pending { kind, earlier } = self.standing {
                            self.standing = Standing::NotTaken { kind, earlier };
                        }
                        Err(refused)
                    }
                    found => Err(found.into()),
                }
            }
        }
    }
}

/// A state that takes what the board shows in the place of an answer.
pub(super) trait Reconciled: HoldsToken + Sized {
    /// [`Voter::reconcile`].
    fn reconcile(
        voter: Voter<Self>,
        entries: &[crate::BoardEntry<'_>],
    ) -> Result<Voter<Receipted>, Refused<Self>>;
}

/// A state whose entry was sent.
pub(super) trait Sent: Reconciled {
    /// The board's receipt of the entry.
    fn receipt(voter: Voter<Self>, receipt: &[u8]) -> Result<Voter<Receipted>, Refused<Self>>;
}

macro_rules! sent {
    ($($state:ident),*) => {$(
        impl Sent for $state {
            fn receipt(voter: Voter<Self>, receipt: &[u8]) -> Result<Voter<Receipted>, Refused<Self>> {
                voter.receipt(receipt)
            }
        }
    )*};
}

sent!(Cast, Promised);

macro_rules! reconciled {
    ($($state:ident),*) => {$(
        impl Reconciled for $state {
            fn reconcile(
                voter: Voter<Self>,
                entries: &[crate::BoardEntry<'_>],
            ) -> Result<Voter<Receipted>, Refused<Self>> {
                voter.reconcile(entries)
            }
        }
    )*};
}

reconciled!(Cast, Promised, Receipted);

async fn post(
    board: &BoardClient,
    slug: &Slug,
    kind: Kind,
    entry: Vec<u8>,
) -> Result<Accepted, ServiceError> {
    match kind {
        Kind::Withdrawal => board.post_withdrawal(slug, entry).await,
        Kind::Returned => board.post_returned(slug, entry).await,
        _ => board.post_ballot(slug, entry).await,
    }
}

/// Whether the last entry is this device's ballot of these choices.
fn says<S: HoldsToken>(voter: &Voter<S>, choices: &[Choice]) -> bool {
    voter.kept().last().and_then(|kept| kept.choices).is_some_and(|ballot| ballot.choices() == Ok(choices))
}

fn last_kind<S: HoldsToken>(voter: &Voter<S>) -> Option<Kind> {
    voter.kept().last().filter(|kept| kept.own)?.kind
}

/// The last entry, if it is this device's own and in the log.
fn recorded(voter: &Voter<Receipted>) -> Option<Landed> {
    let last = voter.kept().last().filter(|kept| kept.own)?;
    last.receipt.map(|receipt| Landed::Recorded { index: receipt.index() })
}
