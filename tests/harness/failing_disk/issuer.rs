//! Voters who take tokens of an issuer, each until it has one, with the sessions that its device would have kept.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail, ensure};
use rand_core::OsRng;
use urna::load::{Asked, Asker, Batch, IssuerElsewhere, Planned, ServiceFolder, ServiceProcess, Shape};
use urna_api::ProblemType;
use urna_api::client::{BoardClient, IssuerClient};
use urna_api::issuer::SessionAnswered;
use urna_crypto::Ed25519SigningKey;
use urna_election::Slug;
use urna_election::issuance::Row;
use urna_election::json;
use urna_election::manifest::InterimFigures;
use urna_issuer::{DiskStore, IssuerFolder, MAX_VALUE, Served, Store};

use super::{Askers, FailingDisk, Lost, Outcome, Place, Said, refused};

/// Any free port, another one after each start.
const FREE: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
const SLUG: &str = "tokens-2030";

/// Everybody on the register.
struct Voters {
    slug: Slug,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    without: VecDeque<Voter>,
    with: Vec<(Voter, Asked, SessionAnswered)>,
}

/// A voter without a token, and the second moves that were sent for it, the last one first.
struct Voter {
    asker: Asker,
    asked: Vec<Asked>,
}

impl FailingDisk {
    /// An issuer and so many voters. Its board is in no trouble.
    ///
    /// # Errors
    /// As [`FailingDisk::run`].
    pub async fn issuer(&self, voters: usize, progress: impl Fn()) -> anyhow::Result<Outcome> {
        let place = self.place("issuer")?;
        let (board, folder, voters) = self.election(&place, voters).await?;
        let outcome = self.run(place, &folder, voters, progress).await?;
        board.kill().await?;
        Ok(outcome)
    }

    async fn election(
        &self,
        place: &Place,
        voters: usize,
    ) -> anyhow::Result<(ServiceProcess, ServiceFolder, Voters)> {
        let authority = Ed25519SigningKey::generate(&mut OsRng);
        let board = self.folder.join("board");
        let board = ServiceFolder::board(self.program.clone(), &board, &authority.public())?;
        let board = board.start()?.listening().await?;
        let slug: Slug = SLUG.parse()?;
        let planned = Planned::new(authority, slug.clone())?;
        let shape = Shape {
            voters,
            ballots_each: 1,
            classes: 1,
            batch: Batch { min: 1, wait: 1 },
            interim_figures: InterimFigures::Turnout,
        };
        let issuer = planned.plan().issuers.first().context("a plan without issuers")?.id.clone();
        let keys = IssuerFolder::of(&place.service.join("data"), &slug);
        let keys = keys.make_keys(planned.plan(), &issuer, &shape.class_ids()?, &mut OsRng)?;
        // Nobody looks up in the manifest where it listens.
        let elsewhere = IssuerElsewhere { url: "https://issuer.example".to_owned(), keys };
        let prepared = planned.open_issuance(&BoardClient::new(board.url())?, &shape, &elsewhere).await?;
        let election = *prepared.manifest.id();
        let served = Served { slug: slug.clone(), issuer, board: board.url().parse()?, election };
        let folder = ServiceFolder::issuer(self.program.clone(), &place.service, FREE, &[served])?;
        let without = prepared.askers.into_iter().map(|asker| Voter { asker, asked: Vec::new() });
        let state = Mutex::new(State { without: without.collect(), with: Vec::new() });
        Ok((board, folder, Voters { slug, state }))
    }
}

impl Voters {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a second move; none if it is not the one that was or will be answered.
    async fn second(
        &self,
        client: &IssuerClient,
        asked: &Asked,
    ) -> anyhow::Result<Option<Result<SessionAnswered, Said>>> {
        match client.ask_answer(&self.slug, &asked.session, &asked.body).await {
            Ok(answered) => Ok(Some(Ok(answered))),
            Err(error) => match error.kind() {
                Some(ProblemType::SessionExpired | ProblemType::AlreadyIssued) => Ok(None),
                _ => refused(error).map(|said| Some(Err(said))),
            },
        }
    }

    /// What a voter does until it has an answer, or is refused.
    async fn take(
        &self,
        client: &IssuerClient,
        voter: &mut Voter,
    ) -> anyhow::Result<Option<(usize, SessionAnswered)>> {
        for (place, asked) in voter.asked.iter().enumerate() {
            match self.second(client, asked).await? {
                Some(Ok(answered)) => return Ok(Some((place, answered))),
                Some(Err(_)) => return Ok(None),
                None => {}
            }
        }
        let opened = match client.open_session(&self.slug, &voter.asker.open(now()?)?).await {
            Ok(opened) => opened,
            Err(error) if error.kind() == Some(ProblemType::AlreadyIssued) => {
                let sent = voter.asked.len();
                bail!(Lost(format!(
                    "a voter who has sent {sent} second moves has a token, and does not get it"
                )))
            }
            Err(error) => return refused(error).map(|_| None),
        };
        voter.asked.insert(0, voter.asker.challenge(&opened)?);
        let asked = voter.asked.first().context("a session")?;
        match self.second(client, asked).await? {
            Some(Ok(answered)) => Ok(Some((0, answered))),
            Some(Err(_)) => Ok(None),
            // The issuer was opened again between the two moves.
            None => Ok(None),
        }
    }
}

impl Askers for Voters {
    async fn ask(&self, url: &str, _: usize) -> anyhow::Result<Said> {
        let client = IssuerClient::new(url)?;
        let voter = self.state().without.pop_front();
        let mut voter = voter.context("every voter has a token in spite of the trouble: give it more")?;
        let taken = self.take(&client, &mut voter).await?;
        let mut state = self.state();
        match taken {
            Some((place, answered)) => {
                let asked = voter.asked.remove(place);
                state.with.push((voter, asked, answered));
                Ok(Said::Acknowledged)
            }
            None => {
                // So that it is tried again soon.
                state.without.push_front(voter);
                Ok(Said::Refused)
            }
        }
    }

    async fn check(&self, url: &str) -> anyhow::Result<Vec<String>> {
        let client = IssuerClient::new(url)?;
        // Whoever is in doubt finds out; who was refused a session may stand before them.
        self.state().without.make_contiguous().sort_by_key(|voter| voter.asked.is_empty());
        while self.state().without.front().is_some_and(|voter| !voter.asked.is_empty()) {
            ensure!(self.ask(url, 0).await? == Said::Acknowledged, "a voter is refused without trouble");
        }
        let with = std::mem::take(&mut self.state().with);
        let mut failures = Vec::new();
        for (voter, asked, answered) in &with {
            match client.ask_answer(&self.slug, &asked.session, &asked.body).await {
                Ok(again) if again == *answered => {}
                other => failures.push(format!("an answer is not the same again: {other:?}")),
            }
            let second = client.open_session(&self.slug, &voter.asker.open(now()?)?).await;
            if second.as_ref().err().and_then(|error| error.kind()) != Some(ProblemType::AlreadyIssued) {
                failures.push(format!("a second token is offered: {second:?}"));
            }
        }
        self.state().with = with;
        Ok(failures)
    }

    /// A row for every answer and no other, and every answer gives a token.
    fn check_stored(&self, data: &Path) -> anyhow::Result<Vec<String>> {
        let store = DiskStore::open(&data.join(SLUG).join("answered"))?;
        let mut rows = BTreeMap::new();
        for row in store.answered_after(None, usize::MAX)? {
            let row: Row = json::parse(&row, MAX_VALUE)?;
            rows.insert(row.handle.0, row.answer.0.to_bytes().to_vec());
        }
        let mut failures = Vec::new();
        for (voter, asked, answered) in std::mem::take(&mut self.state().with) {
            let stored = rows.remove(&asked.body.handle.0);
            if stored != Some([answered.b.0, answered.y.0, answered.z.0].concat()) {
                failures.push("an answer is not the stored row's".to_owned());
            }
            if let Err(error) = voter.asker.finish(asked, &answered) {
                failures.push(format!("an answer gives no token: {error:#}"));
            }
        }
        if !rows.is_empty() {
            failures.push(format!("{} rows are stored of which nobody has the answer", rows.len()));
        }
        Ok(failures)
    }
}

fn now() -> anyhow::Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}
