//! Authority, board and issuers, each a process of the built program behind a gate, whose address is the public one: a service
//! listens on another port at every start. Beside them the trustees, whose program comes later.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand_core::OsRng;
use serde_json::{Value, json};
use urna::load::{ServiceFolder, ServiceProcess};
use urna_api::authority::{TrusteeKey, TrusteeKeys};
use urna_api::client::{BlobSender, BoardClient};
use urna_crypto::{
    Ceremony, ElectionId, Rehearsal, Round1Secret, SharePossession, SignedEntry, TrusteePossession,
    TrusteeSecretKey, TrusteeShare,
};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::entry::{self, Entry, RehearsalDone, Signed};
use urna_election::json::Base64;
use urna_election::{Id, Plan, Slug};

use crate::gate::Gate;
use crate::running::Run;
use crate::world::scratch;

/// A service: its files, and its process if it runs.
pub(crate) struct Service {
    pub(crate) gate: Gate,
    role: &'static str,
    files: ServiceFolder,
    process: Option<ServiceProcess>,
}

/// All services of an organisation, and where its files lie.
pub(crate) struct Organisation {
    pub(crate) folder: PathBuf,
    pub(crate) authority: Service,
    pub(crate) board: Service,
    pub(crate) issuers: Vec<(&'static str, Service)>,
}

impl Service {
    async fn new(role: &'static str, folder: &Path) -> Self {
        let program = env!("CARGO_BIN_EXE_urna").into();
        let files = ServiceFolder::create(program, folder, role, "").unwrap();
        Self { gate: Gate::open().await, role, files, process: None }
    }

    pub(crate) fn data(&self) -> String {
        self.files.data().to_str().unwrap().to_owned()
    }

    pub(crate) fn config(&self) -> String {
        self.files.config().to_str().unwrap().to_owned()
    }

    pub(crate) fn configure(&self, toml: &str) {
        fs::write(self.files.config(), toml).unwrap();
    }

    /// Starts it, and waits until it listens.
    pub(crate) async fn start(&mut self) {
        self.start_with(&[]).await;
    }

    /// The same, with more arguments.
    pub(crate) async fn start_with(&mut self, more: &[&str]) {
        let starting = self.files.start_with(|command| {
            command.args(more);
        });
        let process = starting.unwrap().listening().await;
        let process = process.unwrap_or_else(|error| panic!("{error}\n{}", self.said()));
        self.gate.lead_to(process.url().strip_prefix("http://").unwrap().parse().unwrap());
        self.process = Some(process);
    }

    /// Runs it to its end, where it does not start.
    pub(crate) async fn refuses(&self, status: i32, says: &[&str]) {
        let arguments = [self.role, "--data", &self.data(), "--config", &self.config()];
        Run::with(&arguments, "").await.expect(status, says);
    }

    /// Has it read its configuration again.
    pub(crate) async fn hang_up(&self) {
        self.process.as_ref().unwrap().signal("HUP").await.unwrap();
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(&mut self) {
        let status = self.process.take().unwrap().stop().await.unwrap();
        assert!(status.success(), "{}: {status}\n{}", self.role, self.said());
    }

    /// What it has said.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.files.log()).unwrap()
    }
}

impl Organisation {
    /// The services' places, configured where that is possible before there are keys, and not started.
    pub(crate) async fn new(name: &str, issuers: &[&'static str]) -> Self {
        let folder = scratch(name);
        let board = Service::new("board", &folder.join("board")).await;
        let authority = Service::new("authority", &folder.join("authority")).await;
        authority.configure(&format!(
            "url = {:?}\nlisten = \"127.0.0.1:0\"\nboard = {:?}\n[mail]\nfrom = \"Elections <e@union.example>\"\nfolder = {:?}\n",
            authority.gate.url,
            board.gate.url,
            folder.join("mails"),
        ));
        fs::create_dir_all(folder.join("mails")).unwrap();
        let mut made = Vec::new();
        for issuer in issuers {
            let service = Service::new("issuer", &folder.join(issuer)).await;
            service.configure("listen = \"127.0.0.1:0\"\n");
            made.push((*issuer, service));
        }
        Self { folder, authority, board, issuers: made }
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        fs::write(self.file(name), text).unwrap();
        self.file(name)
    }

    /// What the configuration of an issuer says of an election.
    pub(crate) fn table(&self, issuer: &str, slug: &str, election: &str) -> String {
        let board = &self.board.gate.url;
        format!(
            "listen = \"127.0.0.1:0\"\n[[elections]]\nslug = {slug:?}\nissuer = {issuer:?}\nboard = {board:?}\nelection = {election:?}\n"
        )
    }

    /// `urna` as somebody, with the words of a command; the first word or two name it.
    pub(crate) async fn run(&self, whom: &str, arguments: &[&str]) -> Run {
        let file = self.file(&format!("{whom}.toml"));
        Run::with(&[arguments, &["--as", &file]].concat(), "").await
    }

    /// The mails that were sent since this was asked last, as one text each.
    pub(crate) fn mails(&self) -> Vec<String> {
        let mut mails = Vec::new();
        for mail in fs::read_dir(self.folder.join("mails")).unwrap() {
            let path = mail.unwrap().path();
            // Quoted-printable, of which soft line breaks and the sign for equality are all that matters here.
            let text = fs::read_to_string(&path).unwrap();
            mails.push(text.replace("=\r\n", "").replace("=3D", "="));
            fs::remove_file(path).unwrap();
        }
        mails
    }
}

/// Waits until it is so.
pub(crate) async fn until(mut what: impl AsyncFnMut() -> bool) {
    let begin = Instant::now();
    while !what().await {
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not come to that");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The trustees after their key ceremony.
pub(crate) struct Trustees {
    members: Vec<(Id, TrusteeSecretKey, TrusteeShare)>,
    round_1: Vec<u8>,
    pub(crate) keys: TrusteeKeys,
}

impl Trustees {
    /// Holds the ceremony, in which everybody is honest.
    pub(crate) fn of(plan: &Plan) -> Self {
        let enrolled: Vec<_> = plan
            .trustees
            .iter()
            .map(|party| (party.id.clone(), TrusteeSecretKey::generate(&mut OsRng)))
            .collect();
        let keys = enrolled.iter().map(|(_, key)| key.public()).collect();
        let ceremony = Ceremony::new(plan.id(), plan.threshold, keys).unwrap();
        let mut secrets = Vec::new();
        let mut packages = Vec::new();
        for (index, (_, key)) in (1..).zip(&enrolled) {
            let (secret, package) = Round1Secret::start(&ceremony, index, key, &mut OsRng).unwrap();
            secrets.push(secret);
            packages.push(package);
        }
        let round_1 = ceremony.check(packages).unwrap();
        let mut received = Vec::new();
        let mut sent = Vec::new();
        for (secret, (_, key)) in secrets.into_iter().zip(&enrolled) {
            let (secret, shares) = secret.receive(round_1.clone(), key, &mut OsRng).unwrap();
            received.push(secret);
            sent.extend(shares);
        }
        let mut members = Vec::new();
        for ((index, secret), (id, key)) in (1..).zip(received).zip(enrolled) {
            let own: Vec<_> = sent.iter().filter(|share| share.recipient() == index).cloned().collect();
            let share = secret.finish(&own, &key).unwrap();
            members.push((id, key, share));
        }
        let member = |(id, key, share): &(Id, TrusteeSecretKey, TrusteeShare)| {
            let statement = TrusteePossession { plan: &plan.id(), trustee: id.as_str() };
            TrusteeKey {
                id: id.to_string(),
                key: Base64(key.public().to_bytes()),
                possession: Base64(key.prove_possession(&statement, &mut OsRng).to_bytes()),
                share_key: Base64(share.share_key().to_bytes()),
            }
        };
        let keys = TrusteeKeys {
            election_key: Base64(members[0].2.election_key().to_bytes()),
            members: members.iter().map(member).collect(),
        };
        Self { members, round_1: round_1.to_bytes(), keys }
    }

    /// Every trustee agrees to the manifest.
    pub(crate) async fn agree(&self, board: &BoardClient, slug: &Slug, election: &ElectionId) {
        let round_1 = BlobRef::new(BlobKind::Round1, &self.round_1).unwrap();
        for (id, key, share) in &self.members {
            let sender = BlobSender::trustee(election, id, &round_1, |blob| key.sign(blob, &mut OsRng));
            let sha256 = &round_1.sha256.0;
            board.put_blob(slug, BlobKind::Round1, self.round_1.clone(), sha256, &sender).await.unwrap();
            let statement = SharePossession { election, trustee: share.index() };
            let possession = Base64(share.prove_possession(&statement, &mut OsRng));
            let body = entry::Ceremony { possession, round_1: Some(round_1) };
            let sign = |statement: &SignedEntry<'_>| key.sign(statement, &mut OsRng);
            let entry = Entry::from(Signed::by_party(election, id, 0_u32.into(), body, sign));
            board.post_trustee(slug, id, entry.to_bytes()).await.unwrap();
        }
    }

    /// Every trustee rehearses.
    pub(crate) async fn rehearse(&self, board: &BoardClient, slug: &Slug, election: &ElectionId) {
        for (id, key, share) in &self.members {
            let body = RehearsalDone { rehearsal: Base64(Rehearsal::new(election, share, &mut OsRng)) };
            let sign = |statement: &SignedEntry<'_>| key.sign(statement, &mut OsRng);
            let entry = Entry::from(Signed::by_party(election, id, 1_u32.into(), body, sign));
            board.post_trustee(slug, id, entry.to_bytes()).await.unwrap();
        }
    }
}

/// A preset's draft, made an election of a union: two classes, two contests, these issuers, three trustees, of whom two open.
pub(crate) fn filled(preset: &Value, organisation: &Organisation, approvers: &[&str]) -> Value {
    let text = |english: &str| json!({ "en": english });
    let option = |id: &str, title: &str| json!({ "description": null, "id": id, "title": text(title) });
    let mut draft = preset.clone();
    draft["approvers"] = json!(approvers);
    draft["title"] = text("Union elections 2030");
    draft["trial"] = true.into();
    draft["organiser"] = json!({ "contact": "elections@union.example", "name": "The Union" });
    let class = |id: &str, style: &str| {
        let mut class = preset["classes"][0].clone();
        class["id"] = id.into();
        class["title"] = text(&format!("The {id}"));
        class["ballot_style"] = style.into();
        class
    };
    draft["classes"] = json!([class("north", "both"), class("south", "one")]);
    draft["ballot_styles"] = json!([
        { "contests": ["council", "auditor"], "id": "both" },
        { "contests": ["auditor"], "id": "one" },
    ]);
    let mut council = preset["contests"][0].clone();
    council["options"] = json!([option("ada", "Ada Ek"), option("bob", "Bob Lind")]);
    council["title"] = text("Council");
    let mut auditor = council.clone();
    auditor["id"] = "auditor".into();
    auditor["options"] = json!([option("fay", "Fay Holm"), option("gus", "Gus Berg")]);
    auditor["title"] = text("Auditor");
    draft["contests"] = json!([council, auditor]);
    let issuer = |(id, service): &(&str, Service)| json!({ "id": id, "name": format!("The {id}"), "url": service.gate.url });
    draft["issuers"] = organisation.issuers.iter().map(issuer).collect();
    let trustee = |id: &str| json!({ "id": id, "name": id.to_uppercase() });
    let members = ["anna", "bert", "cleo"].map(trustee);
    draft["trustees"] = json!({ "members": members, "solo": false, "threshold": 2 });
    draft
}

/// The people of a list in CSV: `n1`, `n2` … of the north, `s1` … of the south; `n1` has no address.
pub(crate) fn list(north: usize, south: usize) -> String {
    let mut list = "\u{feff}person;name;e-mail;class\r\n".to_owned();
    for (letter, class, count) in [("n", "north", north), ("s", "south", south)] {
        for place in 1..=count {
            let address = if (letter, place) == ("n", 1) {
                String::new()
            } else {
                format!("{letter}{place}@union.example")
            };
            list.push_str(&format!("{letter}{place};\"Person; {letter}{place}\";{address};{class}\r\n"));
        }
    }
    list
}

/// The links of a file for letters, by person.
pub(crate) fn links(path: impl AsRef<Path>) -> Vec<(String, String)> {
    let text = fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let link = line.split(',').find(|field| field.contains("/vote/")).unwrap().to_owned();
        (line.split(',').next().unwrap().to_owned(), link)
    };
    text.lines().skip(1).map(row).collect()
}
