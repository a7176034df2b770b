//! What is done with tokens (CLI-16 to CLI-19; `spec/ballot.md`): a ballot, another one, a withdrawal, or the token given back.
//!
//! Each makes an entry that is kept, with its plaintext, before it is sent, and that is sent again as it is until the board
//! has answered. The board's answer is a receipt, or a promise of one.

#[cfg(test)]
mod rejections;

use rand_core::CryptoRngCore;
use urna_crypto::{BallotStatement, Token};
use urna_election::entry::{Ballot, Entry, Kind, Returned, Withdrawal};
use urna_election::manifest::draft::Revote;
use urna_election::selection::{BallotPlaintext, OpenedBallot, Selection};
use urna_log::{Receipt, SignedPromise};
use zeroize::Zeroizing;

use super::{Core, Refused, State, Voter, sealed};
use crate::ClientError;
use crate::saved::StateName;

/// The most bytes of a receipt or promise that is kept: a proof and twenty kilobytes of signatures fit twice.
pub(crate) const NOTE_LIMIT: usize = 65_536;

/// The voter has a token of every issuer, and has used them for nothing.
pub struct WithToken(pub(crate) Spending);

/// An entry is made, and the board has not yet answered it.
pub struct Cast(pub(crate) Spending);

/// The board has promised to log the entry.
pub struct Promised(pub(crate) Spending);

/// The entry is in the log: the board's receipt says so, or what it says about another device's entry.
pub struct Receipted(pub(crate) Spending);

/// Tokens, and what was done with them.
pub struct Spending {
    /// One of each issuer, in the manifest's order.
    pub(crate) tokens: Vec<Token>,
    /// In the order in which they were made or seen.
    pub(crate) records: Vec<Record>,
}

/// An entry under the voter's pseudonym.
pub(crate) struct Record {
    /// What it is; none of an entry of another device that the board does not show yet.
    pub(crate) kind: Option<Kind>,
    /// Its number; none of a return.
    pub(crate) sequence: Option<u32>,
    /// Its canonical bytes; none where the board does not show them.
    pub(crate) entry: Option<Vec<u8>>,
    /// Whether this device, or a copy of its saved form, made it.
    pub(crate) own: bool,
    /// Of an own ballot.
    pub(crate) plaintext: Option<Zeroizing<Vec<u8>>>,
    pub(crate) promise: Option<SignedPromise>,
    pub(crate) receipt: Option<Receipt>,
}

/// A state in which there are tokens: [`WithToken`], [`Cast`], [`Promised`], [`Receipted`].
pub trait HoldsToken: State + AsRef<Spending> + Into<Spending> {}

macro_rules! states {
    ($($state:ident),*) => {$(
        impl State for $state {
            const NAME: StateName = StateName::$state;
        }
        impl sealed::Parts for $state {
            fn spending(&self) -> Option<&Spending> {
                Some(&self.0)
            }
        }
        impl HoldsToken for $state {}
        impl AsRef<Spending> for $state {
            fn as_ref(&self) -> &Spending {
                &self.0
            }
        }
        impl From<$state> for Spending {
            fn from(state: $state) -> Self {
                state.0
            }
        }
    )*};
}

states!(WithToken, Cast, Promised, Receipted);

/// What the board promised and did not keep, as far as this device knows (LOG-19): with a checkpoint and the record, evidence.
pub struct BrokenPromise<'a> {
    /// The board's signed promise.
    pub promise: &'a SignedPromise,
    /// The entry that it promised.
    pub entry: &'a [u8],
}

/// An entry with the board's answers, to be kept or shown.
pub struct Kept<'a> {
    /// What it is; none of an entry of another device that the board does not show yet.
    pub kind: Option<Kind>,
    /// Its number among the pseudonym's entries, from 0; none of a return.
    pub sequence: Option<u32>,
    /// Its bytes, where they are known.
    pub entry: Option<&'a [u8]>,
    /// Whether this device, or a copy of its saved form, made it.
    pub own: bool,
    /// The vote; of an own ballot only.
    pub choices: Option<OpenedBallot>,
    /// The board's promise.
    pub promise: Option<&'a SignedPromise>,
    /// The board's receipt. An own entry that is not the last one and has neither was never recorded: another one took its place.
    pub receipt: Option<&'a Receipt>,
}

/// What may still be done with the tokens, by the manifest's policies and as far as this device knows; when, the phase says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct May {
    /// Cast a ballot, another one where something was cast already (CLI-17).
    pub cast: bool,
    /// Take back what was cast last (BAL-7).
    pub withdraw: bool,
    /// Give the tokens back, unspent, after the close (TOK-8).
    pub give_back: bool,
    /// How many ballots and withdrawals are left.
    pub left: u32,
}

impl Spending {
    fn may(&self, core: &Core) -> May {
        let policy = core.election.manifest().policy();
        let limit = if policy.revote == Revote::Never { 1 } else { policy.revote_limit };
        let is_over = self.check_unreturned().is_err();
        May {
            cast: self.check_policy(core, Kind::Ballot).is_ok(),
            withdraw: self.check_policy(core, Kind::Withdrawal).is_ok(),
            give_back: self.check_unspent().is_ok(),
            left: if is_over { 0 } else { limit.saturating_sub(self.next()) },
        }
    }

    /// The number that follows (STA-6). It is above every number that was ever used, recorded or not.
    fn next(&self) -> u32 {
        let used = self.records.iter().filter_map(|record| record.sequence).max();
        used.map_or(0, |sequence| sequence.saturating_add(1))
    }

    pub(crate) fn last(&self) -> Option<&Record> {
        self.records.last()
    }

    /// The state that the last record makes.
    pub(crate) fn name(&self) -> StateName {
        match self.last() {
            None => StateName::WithToken,
            Some(Record { receipt: Some(_), .. }) => StateName::Receipted,
            Some(Record { promise: Some(_), .. }) => StateName::Promised,
            Some(_) => StateName::Cast,
        }
    }

    fn check_unreturned(&self) -> Result<(), ClientError> {
        match self.last() {
            Some(record) if record.kind == Some(Kind::Returned) => Err(ClientError::TokenReturned),
            _ => Ok(()),
        }
    }

    /// Whether nothing was ever recorded or promised, as far as this device knows (TOK-8).
    fn check_unspent(&self) -> Result<(), ClientError> {
        self.check_unreturned()?;
        let is_spent = self.records.iter().any(|record| record.promise.is_some() || record.receipt.is_some());
        if is_spent { Err(ClientError::TokenSpent) } else { Ok(()) }
    }

    /// Whether the policy lets this voter send one more ballot or withdrawal (CLI-17, STA-7, STA-25).
    fn check_policy(&self, core: &Core, kind: Kind) -> Result<u32, ClientError> {
        self.check_unreturned()?;
        let policy = core.election.manifest().policy();
        let sequence = self.next();
        match (kind, policy.revote) {
            (Kind::Withdrawal, Revote::Never | Revote::Replace) => {
                return Err(ClientError::WithdrawalNotAllowed);
            }
            // Of an entry that the board does not show yet, it is the board that knows.
            (Kind::Withdrawal, Revote::ReplaceAndWithdraw)
                if self.last().is_none_or(|last| last.kind.is_some_and(|kind| kind != Kind::Ballot)) =>
            {
                return Err(ClientError::NothingToWithdraw);
            }
            (Kind::Ballot, Revote::Never) if sequence > 0 => return Err(ClientError::RevoteNotAllowed),
            _ => {}
        }
        if sequence >= policy.revote_limit {
            return Err(ClientError::RevoteLimit { limit: policy.revote_limit });
        }
        Ok(sequence)
    }

    fn push(&mut self, entry: &Entry, sequence: Option<u32>, plaintext: Option<Zeroizing<Vec<u8>>>) {
        self.records.push(Record {
            kind: Some(entry.kind()),
            sequence,
            entry: Some(entry.to_bytes()),
            own: true,
            plaintext,
            promise: None,
            receipt: None,
        });
    }

    fn cast(
        &mut self,
        core: &Core,
        selection: &Selection,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), ClientError> {
        let sequence = self.check_policy(core, Kind::Ballot)?;
        let plaintext = BallotPlaintext::encode(core.election.manifest(), core.class, selection)?;
        let plaintext = Zeroizing::new(plaintext.as_bytes().to_vec());
        let context = core.ballots();
        let encrypted = context.encrypt(&core.seed, sequence, &plaintext, &core.key);
        let (ciphertext, proof) = encrypted.prove(&context, &core.key, &self.tokens, rng);
        let (class, pseudonym, tokens) = (core.class_id.clone(), core.pseudonym(), self.tokens.clone());
        let ballot = Ballot::new(class, pseudonym, sequence, tokens, ciphertext, proof);
        self.push(&ballot.into(), Some(sequence), Some(plaintext));
        Ok(())
    }

    fn withdraw(&mut self, core: &Core, rng: &mut impl CryptoRngCore) -> Result<(), ClientError> {
        let sequence = self.check_policy(core, Kind::Withdrawal)?;
        let class = core.class_id.clone();
        let statement =
            urna_crypto::Withdrawal { election: core.election.id(), class: class.as_str(), sequence };
        let signature = core.key.sign(&statement, rng);
        let withdrawal = Withdrawal::new(class, core.pseudonym(), sequence, signature);
        self.push(&withdrawal.into(), Some(sequence), None);
        Ok(())
    }

    fn give_back(&mut self, core: &Core, rng: &mut impl CryptoRngCore) {
        let class = core.class_id.clone();
        let statement = urna_crypto::Returned {
            election: core.election.id(),
            class: class.as_str(),
            tokens: &self.tokens,
        };
        let signature = core.key.sign(&statement, rng);
        let returned = Returned::new(class, core.pseudonym(), self.tokens.clone(), signature);
        self.push(&returned.into(), None, None);
    }

    /// CLI-18: the receipt is one of the last entry.
    fn take_receipt(&mut self, core: &Core, receipt: &[u8]) -> Result<(), ClientError> {
        let last = self.records.last_mut().ok_or(ClientError::NothingToRecover)?;
        let entry = last.entry.as_deref().unwrap_or_default();
        last.receipt = Some(parse_receipt(core, receipt, Some(entry))?);
        Ok(())
    }

    /// CLI-18: the promise is for the last entry.
    fn take_promise(&mut self, core: &Core, promise: &[u8]) -> Result<(), ClientError> {
        let last = self.records.last_mut().ok_or(ClientError::NothingToRecover)?;
        let entry = last.entry.as_deref().unwrap_or_default();
        last.promise = Some(parse_promise(core, promise, entry)?);
        Ok(())
    }
}

/// A receipt by the log's key, of this entry where its bytes are known (CLI-18). It must not show another log than the checkpoint
/// that the client keeps (CLI-8).
pub(crate) fn parse_receipt(
    core: &Core,
    receipt: &[u8],
    entry: Option<&[u8]>,
) -> Result<Receipt, ClientError> {
    if receipt.len() > NOTE_LIMIT {
        return Err(ClientError::NoteTooLong(receipt.len()));
    }
    let receipt = Receipt::from_bytes(receipt).map_err(ClientError::Receipt)?;
    let log = core.election.log_key();
    let verified = match entry {
        Some(entry) => receipt.verify(entry, log).map(drop),
        None => receipt.checkpoint().verify(log).map(drop),
    };
    verified.map_err(ClientError::Receipt)?;
    core.election.check_fork(receipt.checkpoint())?;
    Ok(receipt)
}

/// A promise by the board's key for this entry (CLI-18).
pub(crate) fn parse_promise(core: &Core, promise: &[u8], entry: &[u8]) -> Result<SignedPromise, ClientError> {
    if promise.len() > NOTE_LIMIT {
        return Err(ClientError::NoteTooLong(promise.len()));
    }
    let promise = SignedPromise::from_bytes(promise).map_err(ClientError::Promise)?;
    let said = promise.verify(core.election.promise_key()).map_err(ClientError::Promise)?;
    if said.is_for(entry) { Ok(promise) } else { Err(ClientError::OtherPromise) }
}

/// Whether an entry is one of this voter's pseudonym and class, with valid tokens and proof. Single verification, on public
/// values: what a board admits (V-07, V-08).
pub(crate) fn is_valid(core: &Core, entry: &Entry) -> bool {
    let pseudonym = core.pseudonym();
    let (election, class) = (core.election.id(), &core.class_id);
    match entry {
        Entry::Ballot(ballot) => {
            let (tokens, context) = (ballot.tokens(), core.ballots());
            let statement = BallotStatement {
                context: &context,
                pseudonym: &pseudonym,
                sequence: ballot.sequence,
                tokens: &tokens,
                ciphertext: &ballot.ciphertext(),
            };
            ballot.class == *class
                && ballot.pseudonym.0 == pseudonym
                && ballot.text().len() == core.election.manifest().plaintext_length()
                && are_valid(core, &tokens)
                && ballot.proof.0.verify(statement).is_ok()
        }
        Entry::Withdrawal(withdrawal) => {
            let statement =
                urna_crypto::Withdrawal { election, class: class.as_str(), sequence: withdrawal.sequence };
            withdrawal.class == *class
                && withdrawal.pseudonym.0 == pseudonym
                && withdrawal.signature.0.verify(&pseudonym, &statement).is_ok()
        }
        Entry::Returned(returned) => {
            let tokens = returned.tokens();
            let statement = urna_crypto::Returned { election, class: class.as_str(), tokens: &tokens };
            returned.class == *class
                && returned.pseudonym.0 == pseudonym
                && are_valid(core, &tokens)
                && returned.signature.0.verify(&pseudonym, &statement).is_ok()
        }
        _ => false,
    }
}

/// Whether these are a token of each issuer on this voter's pseudonym (BAL-8, TOK-7).
pub(crate) fn are_valid(core: &Core, tokens: &[Token]) -> bool {
    let issuers = core.election.manifest().issuers();
    let pseudonym = core.pseudonym();
    tokens.len() == issuers.len()
        && issuers.iter().zip(tokens).all(|(issuer, token)| {
            let context = super::asking::token_context(core, issuer);
            context.is_some_and(|context| token.verify(&context, &pseudonym).is_ok())
        })
}

impl<S: HoldsToken> Voter<S> {
    /// Everything that was made or seen under the pseudonym, with the board's answers. What the voter may keep.
    pub fn kept(&self) -> impl Iterator<Item = Kept<'_>> {
        self.state.as_ref().records.iter().map(|record| Kept {
            kind: record.kind,
            sequence: record.sequence,
            entry: record.entry.as_deref(),
            own: record.own,
            choices: self.choices(record),
            promise: record.promise.as_ref(),
            receipt: record.receipt.as_ref(),
        })
    }

    /// What may still be done.
    pub fn may(&self) -> May {
        self.state.as_ref().may(&self.core)
    }

    pub(crate) fn choices(&self, record: &Record) -> Option<OpenedBallot> {
        let plaintext = record.plaintext.as_deref()?;
        Some(OpenedBallot::decode(self.core.election.manifest(), self.core.class, plaintext))
    }

    /// Does one step on the tokens, or nothing.
    pub(super) fn step<T>(
        self,
        wrap: fn(Spending) -> T,
        back: fn(Spending) -> S,
        step: impl FnOnce(&mut Spending, &Core) -> Result<(), ClientError>,
    ) -> Result<Voter<T>, Refused<S>> {
        let Self { mut core, state } = self;
        let mut spending = state.into();
        match step(&mut spending, &core) {
            Ok(()) => {
                core.changed();
                Ok(Voter { core, state: wrap(spending) })
            }
            Err(error) => Err(Refused::new(Self { core, state: back(spending) }, error)),
        }
    }
}

impl Voter<WithToken> {
    /// Makes the first ballot of a selection (CLI-16). It must be saved before it is sent.
    ///
    /// # Errors
    /// [`ClientError::Selection`] if it would not count (S1-62, S3-21).
    pub fn cast(
        self,
        selection: &Selection,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Voter<Cast>, Refused<WithToken>> {
        self.step(Cast, WithToken, |spending, core| spending.cast(core, selection, rng))
    }

    /// Gives the unspent token back (TOK-8): to be sent after the close, in the place of a ballot. It cannot be used after that.
    pub fn give_back(mut self, rng: &mut impl CryptoRngCore) -> Voter<Cast> {
        self.state.0.give_back(&self.core, rng);
        self.core.changed();
        Voter { core: self.core, state: Cast(self.state.0) }
    }
}

impl Voter<Cast> {
    /// Gives the token back after the close, where the ballot that was made came too late and nothing else was ever recorded
    /// (TOK-8). The board refuses it if the ballot is there (409 `token-used`): see [`Voter::reconcile`].
    ///
    /// # Errors
    /// [`ClientError::TokenSpent`] if an entry was recorded or promised; [`ClientError::TokenReturned`].
    pub fn give_back(self, rng: &mut impl CryptoRngCore) -> Result<Voter<Cast>, Refused<Cast>> {
        self.step(Cast, Cast, |spending, core| {
            spending.check_unspent()?;
            spending.give_back(core, rng);
            Ok(())
        })
    }

    /// The canonical bytes of the entry to be sent, always the same until the board has answered, and what it is: where it is sent.
    ///
    /// # Errors
    /// [`ClientError::NotSaved`].
    pub fn entry(&self) -> Result<(Kind, &[u8]), ClientError> {
        self.core.check_stored()?;
        let pending = self.state.0.last().and_then(|last| Some((last.kind?, last.entry.as_deref()?)));
        pending.ok_or(ClientError::SavedContradiction { field: "records" })
    }

    /// The board's receipt of the entry (201, 200; CLI-18).
    ///
    /// # Errors
    /// [`ClientError::Receipt`], [`ClientError::NoteTooLong`], [`ClientError::Forked`].
    pub fn receipt(self, receipt: &[u8]) -> Result<Voter<Receipted>, Refused<Cast>> {
        self.step(Receipted, Cast, |spending, core| spending.take_receipt(core, receipt))
    }

    /// The board's promise to log the entry (202, 200; CLI-18).
    ///
    /// # Errors
    /// [`ClientError::Promise`], [`ClientError::OtherPromise`], [`ClientError::NoteTooLong`].
    pub fn promise(self, promise: &[u8]) -> Result<Voter<Promised>, Refused<Cast>> {
        self.step(Promised, Cast, |spending, core| spending.take_promise(core, promise))
    }
}

impl Voter<Promised> {
    /// The receipt that follows the promise (CLI-18).
    ///
    /// # Errors
    /// [`ClientError::Receipt`], [`ClientError::NoteTooLong`], [`ClientError::Forked`].
    pub fn receipt(self, receipt: &[u8]) -> Result<Voter<Receipted>, Refused<Promised>> {
        self.step(Receipted, Promised, |spending, core| spending.take_receipt(core, receipt))
    }

    /// The entry that was promised, to be sent again: the answer is then the receipt, if there is one by now.
    ///
    /// # Errors
    /// [`ClientError::NotSaved`].
    pub fn entry(&self) -> Result<(Kind, &[u8]), ClientError> {
        self.core.check_stored()?;
        let promised = self.state.0.last().and_then(|last| Some((last.kind?, last.entry.as_deref()?)));
        promised.ok_or(ClientError::SavedContradiction { field: "records" })
    }

    /// The Unix second by which the entry is in the log, on the board's word.
    pub fn deadline(&self) -> Option<u64> {
        let promise = self.state.0.last().and_then(|last| last.promise.as_ref());
        promise.map(|promise| promise.unverified().deadline())
    }

    /// What there is to complain with, if the deadline is past at `now` (Unix seconds) and no receipt has come (CLI-19).
    pub fn overdue(&self, now: u64) -> Option<BrokenPromise<'_>> {
        let last = self.state.0.last()?;
        let (promise, entry) = (last.promise.as_ref()?, last.entry.as_deref()?);
        (promise.unverified().deadline() < now).then_some(BrokenPromise { promise, entry })
    }
}

macro_rules! answered {
    ($($state:ident),*) => {$(
        impl Voter<$state> {
            /// Makes another ballot in the place of what was cast last (CLI-16, CLI-17).
            ///
            /// # Errors
            /// [`ClientError::Selection`], [`ClientError::RevoteNotAllowed`], [`ClientError::RevoteLimit`],
            /// [`ClientError::TokenReturned`].
            pub fn cast(
                self,
                selection: &Selection,
                rng: &mut impl CryptoRngCore,
            ) -> Result<Voter<Cast>, Refused<$state>> {
                self.step(Cast, $state, |spending, core| spending.cast(core, selection, rng))
            }

            /// Takes back what was cast last (BAL-7, CLI-17).
            ///
            /// # Errors
            /// [`ClientError::WithdrawalNotAllowed`], [`ClientError::NothingToWithdraw`], [`ClientError::RevoteLimit`],
            /// [`ClientError::TokenReturned`].
            pub fn withdraw(self, rng: &mut impl CryptoRngCore) -> Result<Voter<Cast>, Refused<$state>> {
                self.step(Cast, $state, |spending, core| spending.withdraw(core, rng))
            }
        }
    )*};
}

answered!(Promised, Receipted);
