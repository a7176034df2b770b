//! An organiser and trustees who hold an election with everything that `urna serve` gives: draft, ceremony, approval, opening,
//! count. In each test's own words, but for what is alike.

use std::fs;
use std::path::Path;

use rand_core::OsRng;
use sha2::{Digest, Sha256};
use urna_api::authority::{Cause, Draft, IssuerParty, NewElection, TrusteeParties, TrusteeParty};
use urna_api::client::{AuthorityClient, BoardClient, IssuerClient};
use urna_client::Invitation;
use urna_election::entry::{Entry, Kind};
use urna_election::json::Integer;
use urna_election::manifest::draft::ContestOption;
use urna_election::{Plan, Slug};
use urna_trustee::{Cost, Sharing, Trustee};

use crate::gate::Gate;
use crate::running::Run;
use crate::serve::Serving;
use crate::services::until;

const TRUSTEES: [&str; 2] = ["anna", "boris"];
pub(crate) const PASSPHRASE: &str = "five words nobody would choose";

/// `urna serve` in this folder, with a gate before the authority and one before the board.
pub(crate) async fn installation(folder: &Path, vote: &Gate, board: &Gate) -> Serving {
    fs::create_dir(folder.join("mails")).unwrap();
    let settings = [
        format!("vote.url={}", vote.url),
        format!("board.url={}", board.url),
        "board.name=board.example".to_owned(),
        "mail.from=Elections <elections@union.example>".to_owned(),
        format!("mail.folder={}", text(&folder.join("mails"))),
    ];
    let settings: Vec<_> = settings.iter().flat_map(|set| ["--set", set]).collect();
    let serving = Serving::start(text(&folder.join("data")), &settings).await;
    vote.lead_to(serving.vote.strip_prefix("http://").unwrap().parse().unwrap());
    board.lead_to(serving.board.strip_prefix("http://").unwrap().parse().unwrap());
    serving
}

/// Whoever makes the elections.
pub(crate) struct Making<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) vote: &'a str,
    pub(crate) board: &'a str,
    pub(crate) client: AuthorityClient,
}

impl Making<'_> {
    /// A draft of a meeting with five voters, changed.
    pub(crate) async fn draft(&self, slug: &str, change: impl FnOnce(&mut Draft)) {
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
        change(&mut draft);
        let slug: Slug = slug.parse().unwrap();
        self.client.edit(&slug, &draft, &edit).await.unwrap();
        let list = "id,name,e-mail\n1,Ada,ada@uni.example\n2,Bob,\n3,Eva,\n4,Fay,\n5,Gus,\n";
        self.client.load_register(&slug, list.into(), false, Cause::Manual).await.unwrap();
    }

    /// A trustee's command.
    pub(crate) async fn trustee(&self, slug: &str, id: &str, command: &[&str]) {
        let file = self.folder.join(format!("{slug}-{id}.key"));
        let arguments = [&["trustee", command[0], "--file", text(&file)], &command[1..]].concat();
        Run::with(&arguments, &format!("{PASSPHRASE}\n")).await.expect(0, &[]);
    }

    async fn trustees(&self, slug: &str, command: &[&str]) {
        for id in TRUSTEES {
            self.trustee(slug, id, command).await;
        }
    }

    /// From the draft to voting.
    pub(crate) async fn open(&self, name: &str) {
        self.publish(name).await;
        self.rehearse(name).await;
        self.client.open(&name.parse().unwrap()).await.unwrap();
        self.await_issuer(name).await;
    }

    /// From the draft to the published manifest, with trustees who have done nothing yet.
    pub(crate) async fn publish(&self, name: &str) {
        let slug: Slug = name.parse().unwrap();
        self.client.fix_plan(&slug).await.unwrap();
        self.ceremony(name).await;
        self.approve(&slug).await;
    }

    /// Makes a trustee's key file as `urna trustee enrol` does, but that trying a passphrase costs next to nothing.
    pub(crate) fn enrol(&self, plan: &Plan, id: &str) {
        let trustee = Trustee::enrol(plan.clone(), &id.parse().unwrap(), Sharing::Shared, &mut OsRng);
        let mut trustee = trustee.unwrap();
        trustee.set_authority(Some(self.vote.to_owned()));
        let (file, cost) = (self.folder.join(format!("{}-{id}.key", plan.slug)), Cost::new(8, 1, 1).unwrap());
        urna_trustee::driver::FileDriver::create(&file, PASSPHRASE, cost, trustee).unwrap();
    }

    /// Approves and publishes the manifest, once the ceremony is over; its id.
    pub(crate) async fn approve(&self, slug: &Slug) -> String {
        until(async || self.client.validate(slug).await.unwrap().problems.is_empty()).await;
        let manifest = self.client.manifest(slug).await.unwrap();
        let hash: String = Sha256::digest(&manifest).iter().map(|byte| format!("{byte:02x}")).collect();
        self.client.approve(slug, &hash).await.unwrap();
        self.client.publish(slug).await.unwrap().election_id
    }

    /// The trustees make the election's key, once it is fixed who they are.
    pub(crate) async fn ceremony(&self, name: &str) {
        let plan = self.client.plan(&name.parse().unwrap()).await.unwrap();
        TRUSTEES.iter().for_each(|id| self.enrol(&plan, id));
        for _ in 0..4 {
            self.trustees(name, &["ceremony"]).await;
        }
        for id in TRUSTEES {
            self.trustee(name, id, &["backup", &self.backup(name, id)]).await;
        }
    }

    /// Trustees agree to what is published, and rehearse.
    pub(crate) async fn rehearse(&self, name: &str) {
        let id = self.client.status(&name.parse().unwrap()).await.unwrap().election_id.unwrap();
        self.trustees(name, &["agree", "--election", &id, "--yes"]).await;
        for id in TRUSTEES {
            self.trustee(name, id, &["rehearse", "--backup", &self.backup(name, id)]).await;
        }
    }

    /// Waits until the issuer gives tokens.
    pub(crate) async fn await_issuer(&self, name: &str) {
        let (issuer, slug) = (IssuerClient::new(self.vote).unwrap(), name.parse().unwrap());
        until(async || issuer.status(&slug).await.is_ok_and(|status| status.open)).await;
    }

    /// A voter votes, by the command.
    pub(crate) async fn vote(&self, link: &Invitation, contest: &str, option: &str) {
        let file = self.folder.join(format!("link-{}", link.person()));
        fs::write(&file, &*link.to_link()).unwrap();
        let state = self.folder.join(format!("vote-{}", link.person()));
        let choice = format!("{contest}={option}");
        let arguments = ["voter", "cast", "--link", text(&file), "--state", text(&state), "--yes", &choice];
        Run::with(&arguments, "").await.expect(0, &[]);
    }

    /// Each voter's link, in the order of the register.
    pub(crate) async fn links(&self, name: &str) -> Vec<Invitation> {
        let letters = self.client.letters(&name.parse().unwrap()).await.unwrap();
        let letters = String::from_utf8(letters.to_vec()).unwrap();
        let links = letters.lines().flat_map(|row| row.split(',')).filter(|part| part.contains("/vote/"));
        links.map(|link| link.parse().unwrap()).collect()
    }

    /// Ends voting, and waits for the issuer's list.
    pub(crate) async fn close(&self, name: &str) {
        let slug: Slug = name.parse().unwrap();
        self.client.close(&slug).await.unwrap();
        let board = BoardClient::new(self.board).unwrap();
        until(async || {
            let page = board.official(&slug, None).await.unwrap();
            let kinds = page.entries.iter().map(|entry| Entry::parse(&entry.entry.0).unwrap().kind());
            kinds.into_iter().any(|kind| kind == Kind::Issuance)
        })
        .await;
    }

    /// From the close to the certified result.
    pub(crate) async fn certify(&self, name: &str) {
        let slug: Slug = name.parse().unwrap();
        self.open_ballots(name).await;
        self.client.tally(&slug).await.unwrap();
        self.client.certify(&slug).await.unwrap();
        self.client.result(&slug).await.unwrap();
    }

    /// Trustees agree on what is opened, and open it.
    pub(crate) async fn open_ballots(&self, name: &str) {
        self.trustees(name, &["open", "--yes"]).await;
        self.trustees(name, &["open", "--yes"]).await;
    }

    pub(crate) fn backup(&self, slug: &str, id: &str) -> String {
        text(&self.folder.join(format!("{slug}-{id}.backup"))).to_owned()
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
