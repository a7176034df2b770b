//! An installation with an election in each state, and everything that was asked on the way.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rand_core::OsRng;
use serde_json::Value;
use sha2::{Digest, Sha256};
use urna_api::authority::{
    Audience, Cause, IssuerParty, NewElection, NewKey, Role, TrusteeParties, TrusteeParty,
};
use urna_api::client::{ApiKey, AuthorityClient, BoardClient, Native};
use urna_client::Invitation;
use urna_client::driver::{Driver, FileStorage, SystemClock};
use urna_election::Slug;
use urna_election::entry::{Entry, Kind};
use urna_election::json::Integer;
use urna_election::manifest::draft::ContestOption;
use urna_election::selection::Choice;
use urna_trustee::{Cost, Sharing, Trustee};
use zeroize::Zeroizing;

use super::wire::Request;
use crate::gate::Gate;
use crate::running::Run;
use crate::serve::Serving;
use crate::services::until;
use crate::world::scratch;

/// Certified; voting; a draft.
pub(super) const SLUGS: [&str; 3] = ["past-2030", "voting-2030", "draft-2030"];
const TRUSTEES: [&str; 2] = ["anna", "boris"];
const PASSPHRASE: &str = "five words nobody would choose";

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
        fs::create_dir(folder.join("mails")).unwrap();
        let settings = [
            format!("vote.url={}", vote.url),
            format!("board.url={}", board.url),
            "board.name=board.example".to_owned(),
            "mail.from=Elections <elections@union.example>".to_owned(),
            format!("mail.folder={}", text(&folder.join("mails"))),
        ];
        let settings: Vec<_> = settings.iter().flat_map(|set| ["--set", set]).collect();
        let mut serving = Serving::start(text(&folder.join("data")), &settings).await;
        vote.lead_to(serving.vote.strip_prefix("http://").unwrap().parse().unwrap());
        board.lead_to(serving.board.strip_prefix("http://").unwrap().parse().unwrap());
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
        it.draft(SLUGS[2]).await;
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

/// Whoever makes the elections.
struct Making<'a> {
    folder: &'a Path,
    vote: &'a str,
    board: &'a str,
    client: AuthorityClient,
}

impl Making<'_> {
    async fn draft(&self, slug: &str) {
        let new = NewElection { slug: slug.into(), from: Some("meeting".into()) };
        let (mut draft, edit) = self.client.create(&new).await.unwrap();
        let text = |text: &str| [("en".to_owned(), text.to_owned())].into();
        let option = |id: &str| ContestOption { description: None, id: id.into(), title: text(id) };
        draft.title = text("Union elections 2030");
        draft.organiser.name = "The Union".into();
        draft.organiser.contact = "elections@union.example".into();
        draft.contests[0].title = text("Council");
        draft.contests[0].options = vec![option("ada"), option("bob")];
        draft.contests[0].max = Integer::from(1_u32);
        draft.contests[0].seats = Integer::from(1_u32);
        let office = IssuerParty { id: "office".into(), name: "The office".into(), url: self.vote.into() };
        draft.issuers = vec![office];
        let member = |id: &str| TrusteeParty { id: id.into(), name: id.into() };
        let members = TRUSTEES.map(member).into();
        draft.trustees = TrusteeParties { members, solo: false, threshold: Integer::from(2_u32) };
        let slug: Slug = slug.parse().unwrap();
        self.client.edit(&slug, &draft, &edit).await.unwrap();
        let list = "id,name,e-mail\n1,Ada,ada@uni.example\n2,Bob,\n3,Eva,\n4,Fay,\n5,Gus,\n";
        self.client.load_register(&slug, list.into(), false, Cause::Manual).await.unwrap();
    }

    /// A trustee's command.
    async fn trustee(&self, slug: &str, id: &str, command: &[&str]) {
        let file = self.folder.join(format!("{slug}-{id}.key"));
        let arguments = [&["trustee", command[0], "--file", text(&file)], &command[1..]].concat();
        Run::with(&arguments, &format!("{PASSPHRASE}\n")).await.expect(0, &[]);
    }

    async fn trustees(&self, slug: &str, command: &[&str]) {
        for id in TRUSTEES {
            self.trustee(slug, id, command).await;
        }
    }

    /// Up to the first ballots, one of them withdrawn.
    async fn voting(&self, name: &str) {
        self.draft(name).await;
        let slug: Slug = name.parse().unwrap();
        self.client.fix_plan(&slug).await.unwrap();
        let plan = self.client.plan(&slug).await.unwrap();
        for id in TRUSTEES {
            let trustee = Trustee::enrol(plan.clone(), &id.parse().unwrap(), Sharing::Shared, &mut OsRng);
            let mut trustee = trustee.unwrap();
            trustee.set_authority(Some(self.vote.to_owned()));
            // Trying a passphrase costs next to nothing.
            let (file, cost) = (self.folder.join(format!("{name}-{id}.key")), Cost::new(8, 1, 1).unwrap());
            urna_trustee::driver::Driver::create(&file, PASSPHRASE, cost, trustee).unwrap();
        }
        for _ in 0..4 {
            self.trustees(name, &["ceremony"]).await;
        }
        for id in TRUSTEES {
            self.trustee(name, id, &["backup", &self.backup(name, id)]).await;
        }
        until(async || self.client.validate(&slug).await.unwrap().problems.is_empty()).await;
        let manifest = self.client.manifest(&slug).await.unwrap();
        let hash: String = Sha256::digest(&manifest).iter().map(|byte| format!("{byte:02x}")).collect();
        self.client.approve(&slug, &hash).await.unwrap();
        let id = self.client.publish(&slug).await.unwrap().election_id;
        self.trustees(name, &["agree", "--election", &id, "--yes"]).await;
        for id in TRUSTEES {
            self.trustee(name, id, &["rehearse", "--backup", &self.backup(name, id)]).await;
        }
        self.client.open(&slug).await.unwrap();
        let letters = self.client.letters(&slug).await.unwrap();
        let letters = String::from_utf8(letters.to_vec()).unwrap();
        let links = letters.lines().flat_map(|row| row.split(',')).filter(|part| part.contains("/vote/"));
        let links: Vec<Invitation> = links.map(|link| link.parse().unwrap()).collect();
        let issuer = urna_api::client::IssuerClient::new(self.vote).unwrap();
        until(async || issuer.status(&slug).await.is_ok_and(|status| status.open)).await;
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

    fn backup(&self, slug: &str, id: &str) -> String {
        text(&self.folder.join(format!("{slug}-{id}.backup"))).to_owned()
    }

    /// From voting to the end.
    async fn certified(&self, name: &str) {
        let slug: Slug = name.parse().unwrap();
        self.client.close(&slug).await.unwrap();
        let board = BoardClient::new(self.board).unwrap();
        until(async || {
            let page = board.official(&slug, None).await.unwrap();
            let kinds = page.entries.iter().map(|entry| Entry::parse(&entry.entry.0).unwrap().kind());
            kinds.into_iter().any(|kind| kind == Kind::Issuance)
        })
        .await;
        let mut voter = Driver::new(
            FileStorage::open(self.folder.join(format!("{name}-2"))).unwrap(),
            SystemClock,
            Native::new(),
        );
        voter.open(None).await.unwrap();
        voter.give_back().await.unwrap();
        self.trustees(name, &["open", "--yes"]).await;
        self.trustees(name, &["open", "--yes"]).await;
        self.client.tally(&slug).await.unwrap();
        self.client.certify(&slug).await.unwrap();
        self.client.result(&slug).await.unwrap();
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

pub(super) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
