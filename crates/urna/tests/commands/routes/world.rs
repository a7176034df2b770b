//! An installation with an election in each state, and everything that was asked on the way.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use serde_json::Value;
use urna_api::authority::{Audience, NewKey, Role};
use urna_api::client::{ApiKey, AuthorityClient, BoardClient, Native};
use urna_client::driver::{Driver, FileStorage, SystemClock};
use urna_election::Slug;
use urna_election::entry::{Entry, Kind};
use urna_election::selection::Choice;
use zeroize::Zeroizing;

use super::wire::Request;
use crate::gate::Gate;
use crate::making::{Making, installation};
use crate::serve::Serving;
use crate::services::until;
use crate::world::scratch;

/// Certified; voting; a draft.
pub(super) const SLUGS: [&str; 3] = ["past-2030", "voting-2030", "draft-2030"];

/// Keys of each role, and a link that was used.
pub(super) struct Keys {
    pub(super) owner: String,
    pub(super) operator: String,
    /// Of the draft.
    pub(super) manager: String,
    pub(super) used_link: String,
}

pub(super) struct World {
    pub(super) folder: PathBuf,
    pub(super) serving: Serving,
    /// What was asked of authority and issuer, and of the board.
    pub(super) heard: [Vec<Request>; 2],
    pub(super) keys: Keys,
}

impl World {
    pub(super) async fn new(name: &str) -> Self {
        let folder = scratch(name);
        let (vote, board) = (Gate::open().await, Gate::open().await);
        let mut serving = installation(&folder, &vote, &board).await;
        let [organiser, operator] =
            serving.links().await.map(|link| link.split_once('#').unwrap().1.to_owned());
        let accept = async |link: &str| AuthorityClient::exchange_link(&vote.url, link).await.unwrap().key;
        let (owner, operator, used_link) = (accept(&organiser).await, accept(&operator).await, organiser);

        let client = AuthorityClient::with_key(&vote.url, ApiKey::parse(&owner).unwrap()).unwrap();
        let it = Making { folder: &folder, vote: &vote.url, board: &board.url, client };
        tokio::join!(it.voting(SLUGS[1]), async {
            it.voting(SLUGS[0]).await;
            it.certified(SLUGS[0]).await;
        });
        it.draft(SLUGS[2], |_| {}).await;
        let new = |link| NewKey {
            account: "bo".into(),
            role: Role::Manager,
            election: Some(SLUGS[2].into()),
            link,
        };
        let manager = it.client.make_key(&new(false)).await.unwrap().key;
        let gone = it.client.make_key(&new(true)).await.unwrap();
        it.client.revoke_key(&gone.id).await.unwrap();
        it.looked().await;
        let [mut on_vote, mut on_board] =
            [&vote, &board].map(|gate| gate.heard().iter().map(Request::heard).collect());
        it.official(&mut on_board).await;
        let again: &mut Vec<Request> = &mut on_vote;
        again.extend(vote.heard().iter().map(Request::heard));
        let keys = Keys { owner, operator, manager, used_link };
        Self { folder, serving, heard: [on_vote, on_board], keys }
    }

    /// Name, length and time of everything that the installation keeps. Each commit changes them.
    pub(super) fn stored(&self, below: &[&str]) -> Vec<(PathBuf, u64, SystemTime)> {
        let mut found = Vec::new();
        let mut open: Vec<_> = below.iter().map(|name| self.folder.join(name)).collect();
        while let Some(path) = open.pop() {
            let about = fs::metadata(&path).unwrap();
            if about.is_dir() {
                open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
            let length = if about.is_dir() { 0 } else { about.len() };
            found.push((path, length, about.modified().unwrap()));
        }
        found.sort();
        found
    }
}

/// What else is done, so that every route is asked.
impl Making<'_> {
    /// Up to the first ballots, one of them withdrawn.
    async fn voting(&self, name: &str) {
        self.draft(name, |_| {}).await;
        self.open(name).await;
        let slug: Slug = name.parse().unwrap();
        let links = self.links(name).await;
        for (person, link) in links.iter().take(3).enumerate() {
            let file = FileStorage::open(self.folder.join(format!("{name}-{person}"))).unwrap();
            let mut voter = Driver::new(file, SystemClock, Native::new());
            voter.open(Some(link)).await.unwrap();
            voter.tokens().await.unwrap();
            // One keeps the token.
            if person == 2 {
                break;
            }
            voter.cast(&Zeroizing::new(vec![Choice::Marks(vec![0])])).await.unwrap();
            voter.wait_for_receipt(u64::MAX).await.unwrap();
            if person == 1 {
                voter.withdraw().await.unwrap();
                voter.wait_for_receipt(u64::MAX).await.unwrap();
            }
            voter.check().await.unwrap();
        }
        self.client.test_mail(&slug, "it@union.example").await.unwrap();
        for audience in [Audience::All, Audience::NoTokenYet] {
            let job = self.client.send_invitations(&slug, audience).await.unwrap();
            until(async || self.client.job(&slug, &job).await.unwrap().done).await;
        }
    }

    /// From voting to the end.
    async fn certified(&self, name: &str) {
        self.close(name).await;
        let mut voter = Driver::new(
            FileStorage::open(self.folder.join(format!("{name}-2"))).unwrap(),
            SystemClock,
            Native::new(),
        );
        voter.open(None).await.unwrap();
        voter.give_back().await.unwrap();
        self.certify(name).await;
        self.client.result(&name.parse().unwrap()).await.unwrap();
        let keys = self.folder.join("data/issuer").join(name).join("keys");
        until(async || !keys.exists()).await;
    }

    /// What is only read, and what is done again.
    async fn looked(&self) {
        self.client.elections().await.unwrap();
        self.client.keys().await.unwrap();
        for slug in SLUGS.map(|slug| slug.parse::<Slug>().unwrap()) {
            self.client.status(&slug).await.unwrap();
            self.client.draft(&slug).await.unwrap();
            self.client.audit(&slug).await.unwrap();
            self.client.register(&slug).await.unwrap();
            self.client.salts(&slug).await.unwrap();
            // Refused where nothing is published, or where they have tokens.
            let _ = self.client.turnout(&slug).await;
            for person in ["1", "5"] {
                let _ = self.client.resend(&slug, person).await;
            }
        }
    }

    /// What the authority has posted, which it sends to the board itself, and what others have.
    async fn official(&self, heard: &mut Vec<Request>) {
        let board = BoardClient::new(self.board).unwrap();
        for slug in &SLUGS[..2] {
            let page = board.official(&slug.parse().unwrap(), None).await.unwrap();
            for entry in &page.entries {
                let bytes = &entry.entry.0;
                let document: Value = serde_json::from_slice(bytes).unwrap();
                let party = match (&document["signer"], Entry::parse(bytes).unwrap().kind()) {
                    (Value::String(issuer), Kind::Issuance) => format!("issuers/{issuer}"),
                    (Value::String(trustee), _) => format!("trustees/{trustee}"),
                    _ => "authority".to_owned(),
                };
                heard.push(Request::json(
                    "POST",
                    &format!("/v1/elections/{slug}/entries/{party}"),
                    bytes.clone(),
                ));
            }
        }
    }
}
