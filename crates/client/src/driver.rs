//! The driver: the client with input and output, in programs on the voter's own machine and in browsers (feature `driver`).
//!
//! ```text
//! link ─ open ─> manifest, official entries, own row ─ tokens ─> both moves with every issuer at once
//!      ─ cast, withdraw, give_back ─> receipt or promise ─ check, wait_for_receipt, recover
//! ```
//!
//! It fetches, sends, repeats and stores, with the [`Transport`], [`Storage`] and [`Clock`] that a program gives it; what may be done
//! and what is believed is the [`Voter`]'s to say. Everything is stored before it is sent (CLI-11), so that a driver that is dropped or killed
//! between any two steps is made again from its [`Storage`] and goes on. What was sent is sent again as it was.
//!
//! **Whom it trusts.** Nobody: the election id of the link decides which manifest it is, and the manifest who may sign. The
//! link's authority, or an address that the caller gives, says only where to look.
//!
//! **Connections.** Issuers and the board are asked over connections of their own, and what is cast goes over a new one: on
//! that of the register's rows the board could see both.
//!
//! | module | what |
//! |---|---|
//! | `finding` | manifest, official entries, own row |
//! | `asking` | both moves with every issuer |
//! | `sending` | ballots, withdrawals, returns |
//! | `reading` | check, recovery, the checkpoint that is followed |
//! | `answer` | what came of it, in JSON |
//! | `storage` | where the saved form lies; `file`: in a file (feature `native`) |
//! | `clock`, `failure` | time and patience; what a person is told |

pub mod answer;
mod asking;
mod clock;
mod failure;
#[cfg(feature = "native")]
mod file;
mod finding;
mod reading;
mod sending;
mod storage;

use core::fmt;
use core::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use urna_api::ProblemType;
use urna_api::client::{BoardClient, ClientError as ServiceError, Transport, is_address};
use urna_election::Slug;
use urna_election::invitation::Invitation;

use crate::{Cast, Promised, Receipted, Refused, Resumed, Saved, State, Voter, WithToken};
use clock::Backoff;

#[cfg(feature = "native")]
pub use clock::SystemClock;
pub use clock::{Clock, Patience};
pub use failure::{DriverError, Failure, Service, Standing};
#[cfg(feature = "native")]
pub use file::FileStorage;
pub use finding::Announced;
pub use reading::Checked;
pub use sending::Landed;
pub use storage::{NoStorage, Storage, StorageError};

/// What the driver is doing, for a person who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The election's definition, entries and register are fetched and checked.
    Anchoring,
    /// The issuers are asked.
    Asking,
    /// This issuer's token is there.
    Token(urna_election::Id),
    /// An entry is on its way to the board.
    Sending,
    /// A service does not answer or asked to come again later.
    Waiting {
        /// Which one.
        service: Service,
        /// For how long.
        pause: Duration,
    },
}

/// An election's address on its board, such as `https://board.example/council-2027`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectionAddress {
    /// The board's address.
    pub board: String,
    /// The election's name there.
    pub slug: Slug,
}

impl FromStr for ElectionAddress {
    type Err = DriverError;

    fn from_str(text: &str) -> Result<Self, DriverError> {
        let wrong = || DriverError::Address { service: Service::Board, address: text.to_owned() };
        let (board, slug) = text.trim_end_matches('/').rsplit_once('/').ok_or_else(wrong)?;
        let slug = slug.parse().map_err(|_| wrong())?;
        if !is_address(board) {
            return Err(wrong());
        }
        Ok(Self { board: board.to_owned(), slug })
    }
}

/// Votes for one voter in one election.
///
/// Every step is a method that takes the voter from memory or from the storage, goes as far as it can, and leaves what it
/// reached in both. After a [`Failure`], or when a step's future is dropped, the next step begins with what is stored.
pub struct Driver<S, C> {
    storage: S,
    clock: C,
    transport: Arc<dyn Transport>,
    patience: Patience,
    board: Option<ElectionAddress>,
    notice: Box<dyn FnMut(Notice) + Send>,
    voter: Option<Resumed>,
    standing: Standing,
    /// For what stands under the pseudonym, and nothing else.
    own: Option<BoardClient>,
}

impl<S: Storage, C: Clock> Driver<S, C> {
    /// A driver on this storage.
    pub fn new(storage: S, clock: C, transport: impl Transport + 'static) -> Self {
        let notice = Box::new(|_| {});
        let (patience, standing) = (Patience::default(), Standing::default());
        let transport = Arc::new(transport);
        Self { storage, clock, transport, patience, board: None, notice, voter: None, standing, own: None }
    }

    /// Asks the board at this address, and not the authority for the manifest and then the manifest's board. The election id decides in
    /// both cases.
    #[must_use]
    pub fn at(mut self, board: Option<ElectionAddress>) -> Self {
        (self.board, self.own) = (board, None);
        self
    }

    /// How long to try.
    #[must_use]
    pub const fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Tells what it is doing.
    #[must_use]
    pub fn notices(mut self, notice: impl FnMut(Notice) + Send + 'static) -> Self {
        self.notice = Box::new(notice);
        self
    }

    /// The storage.
    pub const fn storage(&self) -> &S {
        &self.storage
    }

    /// The voter as it is now: none before [`Driver::open`], and after a failure.
    pub const fn voter(&self) -> Option<&Resumed> {
        self.voter.as_ref()
    }

    /// What time it is, by the device's clock.
    pub fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Whether the vote counts, as far as is stored.
    pub const fn standing(&self) -> Standing {
        self.standing
    }

    /// Takes the voter from the storage, or begins with a link: anchor, own row of the register, a new seed. Nothing is stored yet in
    /// the second case, and nobody was asked for a token.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn open(&mut self, invitation: Option<&Invitation>) -> Result<&Resumed, Failure> {
        let opened = self.load_or_begin(invitation).await;
        let voter = self.told(opened)?;
        Ok(self.voter.insert(voter))
    }

    /// Takes the voter from the storage, and never begins. The link helps to find the manifest.
    ///
    /// # Errors
    /// [`Failure`]; [`DriverError::LinkNeeded`] if nothing is saved.
    pub async fn resume(&mut self, invitation: Option<&Invitation>) -> Result<&Resumed, Failure> {
        let loaded = self.load(invitation).await.and_then(|voter| voter.ok_or(DriverError::LinkNeeded));
        let voter = self.told(loaded)?;
        Ok(self.voter.insert(voter))
    }

    async fn load_or_begin(&mut self, invitation: Option<&Invitation>) -> Result<Resumed, DriverError> {
        if let Some(voter) = self.load(invitation).await? {
            return Ok(voter);
        }
        let invitation = invitation.ok_or(DriverError::LinkNeeded)?;
        self.begin(invitation, None).await.map(Resumed::Seeded)
    }

    /// The voter of the storage, if there is one.
    async fn load(&mut self, invitation: Option<&Invitation>) -> Result<Option<Resumed>, DriverError> {
        let Some(bytes) = self.storage.load().await? else {
            self.standing = Standing::NothingSent;
            return Ok(None);
        };
        let saved = Saved::parse(&bytes)?;
        if let Some(invitation) = invitation.filter(|invitation| invitation.election() != saved.election()) {
            let (saved, link) = (*saved.election(), *invitation.election());
            return Err(DriverError::OtherElectionSaved { saved, link });
        }
        let manifest = self.manifest(*saved.election(), invitation).await?;
        let voter = saved.resume(manifest.bytes())?;
        if let (Some(invitation), Some(handle)) = (invitation, voter.handle())
            && *handle != invitation.handle()
        {
            return Err(DriverError::OtherLinkSaved);
        }
        self.standing = Standing::of(&voter);
        Ok(Some(voter))
    }

    /// The voter of the last step, or of the storage.
    async fn take(&mut self) -> Result<Resumed, DriverError> {
        match self.voter.take() {
            Some(voter) => Ok(voter),
            None => self.load(None).await?.ok_or(DriverError::LinkNeeded),
        }
    }

    /// Whether another state is stored than this one, which was.
    async fn has_gone_on<T>(&mut self, voter: &Voter<T>) -> Result<bool, DriverError> {
        let Some(bytes) = self.storage.load().await? else { return Ok(false) };
        Ok(Saved::parse(&bytes)?.revision() != voter.revision())
    }

    /// Stores a state that has changed.
    async fn save<T: State>(&mut self, voter: &mut Voter<T>) -> Result<(), DriverError> {
        if !voter.is_unsaved() {
            return Ok(());
        }
        let form = voter.save();
        self.storage.replace(&form).await?;
        voter.mark_saved(&form)?;
        Ok(())
    }

    /// Stores a state that holds tokens; from then on it is how the vote stands.
    async fn keep<T: crate::HoldsToken>(&mut self, voter: &mut Voter<T>) -> Result<(), DriverError> {
        self.save(voter).await?;
        self.standing = Standing::after(voter);
        Ok(())
    }

    /// Keeps the voter of a step that was refused, as it was before.
    fn refused<T>(&mut self, refused: Refused<T>) -> DriverError
    where
        Resumed: From<Voter<T>>,
    {
        self.voter = Some((*refused.voter).into());
        refused.error.into()
    }

    fn told<T>(&self, result: Result<T, DriverError>) -> Result<T, Failure> {
        result.map_err(|error| Failure { error, standing: self.standing })
    }

    /// The client for what the voter sends and reads under the pseudonym, with connections on which nobody asked for rows of the
    /// register.
    fn board_of<T>(&mut self, voter: &Voter<T>) -> Result<(BoardClient, Slug), DriverError> {
        let manifest = voter.election().manifest();
        let client = match &self.own {
            Some(client) => client.clone(),
            None => self.own.insert(self.board_at(manifest)?.0).clone(),
        };
        Ok((client, manifest.slug().clone()))
    }

    /// A client with connections of its own.
    fn board_at(
        &self,
        manifest: &urna_election::manifest::Manifest,
    ) -> Result<(BoardClient, Slug), DriverError> {
        let address = self.board.as_ref().map_or(manifest.board().url.as_str(), |given| &given.board);
        Ok((self.board_client(address)?, manifest.slug().clone()))
    }

    fn board_client(&self, address: &str) -> Result<BoardClient, DriverError> {
        let wrong = |_| DriverError::Address { service: Service::Board, address: address.to_owned() };
        BoardClient::through(self.transport.apart(), address).map_err(wrong)
    }

    /// Asks the same until there is an answer.
    async fn repeat<T, F>(&mut self, service: Service, ask: impl Fn() -> F) -> Result<T, DriverError>
    where
        F: Future<Output = Result<T, ServiceError>>,
    {
        let mut backoff = Backoff::new(self.patience);
        loop {
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(error) => self.pause(&service, &mut backoff, error).await?,
            }
        }
    }

    /// Waits where asking again can help.
    async fn pause(
        &mut self,
        service: &Service,
        backoff: &mut Backoff,
        error: ServiceError,
    ) -> Result<(), DriverError> {
        let service = service.clone();
        if !may_pass(&error) {
            return Err(DriverError::Refused { service, error: error.into() });
        }
        let asked = error.problem().and_then(|problem| problem.retry_after);
        let Some(pause) = backoff.next(asked) else {
            return Err(DriverError::Unanswered { service, error: error.into() });
        };
        (self.notice)(Notice::Waiting { service, pause });
        self.clock.wait(pause).await;
        Ok(())
    }
}

impl<S: fmt::Debug, C> fmt::Debug for Driver<S, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("standing", &self.standing).finish_non_exhaustive()
    }
}

/// Whether the same may have another answer in a moment: nobody answered, or a service that cannot just now.
fn may_pass(error: &ServiceError) -> bool {
    use ProblemType as Type;
    match error {
        ServiceError::Unreachable { .. } => true,
        // Not one of Urna's own: what stands before the service.
        ServiceError::Unexpected { status, .. } => *status >= 500,
        // Only a service that may hear of the opening in a moment says when to come again.
        other if other.kind() == Some(Type::TooEarly) => {
            other.problem().is_some_and(|problem| problem.retry_after.is_some())
        }
        other => matches!(
            other.kind(),
            Some(
                Type::Busy
                    | Type::Stopped
                    | Type::Internal
                    | Type::UnknownOutcome
                    | Type::Timeout
                    | Type::BoardUnreachable
                    | Type::TooManySessions
            )
        ),
    }
}

macro_rules! resumed {
    ($($state:ident),*) => {$(
        impl From<Voter<$state>> for Resumed {
            fn from(voter: Voter<$state>) -> Self {
                Self::$state(voter)
            }
        }
    )*};
}

resumed!(WithToken, Cast, Promised, Receipted);
