//! Founding an organisation, and its election by commands: from the draft to the certified result.

#![expect(clippy::indexing_slicing, reason = "JSON: what is not there is null")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rand_chacha::ChaCha20Rng;
use rand_core::OsRng;
use serde_json::{Value, json};
use tokio::time::sleep;
use urna::load::ServiceFolder;
use urna_api::client::IssuerClient;
use urna_election::invitation::Invitation;
use urna_election::{Plan, Slug};
use urna_trustee::driver::FileDriver;
use urna_trustee::{Cost, Sharing, Trustee};

use super::Form;
use super::commands::Commands;
use super::services::{Services, address};

/// The election's name.
pub(super) const SLUG: &str = "torture-2027";
/// Its classes, which are its districts.
pub(super) const CLASSES: [&str; 2] = ["north", "south"];
/// The options of its only contest.
pub(super) const OPTIONS: [&str; 4] = ["ada", "bob", "eva", "fay"];
const TRUSTEES: [&str; 3] = ["anna", "bert", "cleo"];
/// How many of the trustees open.
const THRESHOLD: usize = 2;
const ISSUER: &str = "office";
const PASSPHRASE: &str = "five words nobody would choose";
/// How long services may take for what they do by themselves, and how soon they are asked again.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// Where an organisation is, and with what it works.
pub(super) struct Organisation {
    /// What its people do.
    pub(super) commands: Commands,
    program: PathBuf,
    folder: PathBuf,
    authority: String,
    issuer: String,
    /// The board's address.
    pub(super) board: String,
    /// Of an issuer that is a process of its own: where it listens.
    own_issuer: Option<ServiceFolder>,
}

/// The words of a command.
macro_rules! words {
    ($($word:expr),* $(,)?) => { &[$(&*$word),*] };
}

impl Organisation {
    /// Makes keys and configurations, and starts what there is before an election.
    ///
    /// # Errors
    /// A service does not start, or a command fails.
    pub(super) async fn found(
        form: Form,
        program: PathBuf,
        folder: &Path,
        commands: Commands,
        services: &mut Services,
        rng: &mut ChaCha20Rng,
    ) -> anyhow::Result<Self> {
        let [vote, board, issuing] = [address(rng)?, address(rng)?, address(rng)?];
        let organiser = path(&commands.file("organiser.toml"))?;
        let issuer = match form {
            Form::Installation => vote,
            Form::Roles => issuing,
        };
        let mut own_issuer = None;
        match form {
            Form::Installation => {
                let toml = format!(
                    "[vote]\nlisten = \"{vote}\"\n[board]\nlisten = \"{board}\"\nname = \"board.example\"\n"
                );
                let installation =
                    ServiceFolder::create(program.clone(), &folder.join("serve"), "serve", &toml)?;
                let process = services.add(installation).await?;
                let link = loop {
                    let line = process.line().await?.context("a first start without a sign-in link")?;
                    if line.contains("/sign-in#") {
                        break line;
                    }
                };
                let accept = ["key", "accept", "-", "--out", &organiser];
                let accepted = commands.once(&accept, &link).await?;
                ensure!(accepted.status == 0, "the sign-in link is no good: {}", accepted.out);
            }
            Form::Roles => {
                let toml =
                    format!("url = \"http://{vote}\"\nlisten = \"{vote}\"\nboard = \"http://{board}\"\n");
                let authority =
                    ServiceFolder::create(program.clone(), &folder.join("authority"), "authority", &toml)?;
                let (data, config) = (path(&authority.data())?, path(&authority.config())?);
                let made = commands.once(&["key", "authority", "--data", &data, "--json"], "").await?;
                let key = made.json()?["public_key"].clone();
                let words = ["key", "api", "--data", &data, "--config", &config, "--account", "eva"];
                let words = [&words[..], &["--role", "owner", "--out", &organiser]].concat();
                commands.once(&words, "").await?;
                let toml = format!(
                    "name = \"board.example\"\nurl = \"http://{board}\"\nlisten = \"{board}\"\nauthorities = [{key}]\n"
                );
                let boards = ServiceFolder::create(program.clone(), &folder.join("board"), "board", &toml)?;
                services.add(boards).await?;
                services.add(authority).await?;
                let toml = format!("listen = \"{issuing}\"\n");
                own_issuer =
                    Some(ServiceFolder::create(program.clone(), &folder.join("issuer"), "issuer", &toml)?);
            }
        }
        let url = |address| format!("http://{address}");
        Ok(Self {
            commands,
            program,
            folder: folder.to_owned(),
            authority: url(vote),
            issuer: url(issuer),
            board: url(board),
            own_issuer,
        })
    }

    /// From the draft to the published manifest. The election id.
    ///
    /// # Errors
    /// A command is refused.
    pub(super) async fn publish(&self, voters: usize) -> anyhow::Result<String> {
        let draft = self.commands.done(&["election", "draft", SLUG, "--json"]).await?.json()?;
        let file = self.write("draft.json", &self.filled(&draft).to_string())?;
        self.commands.done(words!["election", "edit", SLUG, file]).await?;
        let plan = self.commands.file("plan.json");
        let fix = ["election", "plan", SLUG, "--yes", "--save", &path(&plan)?];
        self.commands.until_done(&fix, "", Some(&plan), |_| Ok(true)).await?;
        if let Some(issuer) = &self.own_issuer {
            let (plan, data) = (path(&plan)?, path(&issuer.data())?);
            let keys = ["issuer", "keys", &plan, "--issuer", ISSUER, "--data", &data];
            let keys = [&keys[..], &["--class", CLASSES[0], "--class", CLASSES[1]]].concat();
            let made = self.commands.done(&keys).await?;
            let file = self.write("office.json", &made.out)?;
            self.commands.done(words!["election", "keys", SLUG, "--issuer", ISSUER, file]).await?;
        }
        self.hold_ceremony().await?;
        self.until_not_awaited("issuer_keys").await?;
        let list = (0..voters).fold("id,name,class\n".to_owned(), |list, voter| {
            let class = CLASSES.iter().cycle().nth(voter).copied().unwrap_or_default();
            format!("{list}v{voter},Person {voter},{class}\n")
        });
        let list = self.write("voters.csv", &list)?;
        self.commands.done(words!["register", "load", SLUG, list]).await?;
        self.commands.done(&["election", "approve", SLUG, "--yes"]).await?;
        let published =
            self.commands.done(&["election", "publish", SLUG, "--yes", "--json"]).await?.json()?;
        let election = published["election_id"].as_str().context("an election without an id")?;
        Ok(election.to_owned())
    }

    /// The preset of a meeting, made an election of two classes.
    fn filled(&self, preset: &Value) -> Value {
        let text = |english: &str| json!({ "en": english });
        let mut draft = preset.clone();
        draft["title"] = text("Elections under fire");
        draft["trial"] = true.into();
        draft["organiser"] = json!({ "contact": "torture@example.org", "name": "The torture" });
        let class = |id: &&str| {
            let mut class = preset["classes"][0].clone();
            class["id"] = (*id).into();
            class["district"] = (*id).into();
            class["title"] = text(id);
            class
        };
        draft["classes"] = CLASSES.iter().map(class).collect();
        let option = |id: &&str| json!({ "description": null, "id": id, "title": text(id) });
        draft["contests"][0]["options"] = OPTIONS.iter().map(option).collect();
        draft["contests"][0]["title"] = text("Council");
        draft["contests"][0]["min"] = 0.into();
        draft["contests"][0]["max"] = 1.into();
        draft["policy"]["revote"] = "replace_and_withdraw".into();
        // Some get receipts at once, some promises.
        draft["policy"]["batch"] = json!({ "min": 4, "wait": 2 });
        draft["policy"]["smallest_class"] = json!({ "confirmed": CLASSES, "entitled": 5 });
        draft["issuers"] = json!([{ "id": ISSUER, "name": "The office", "url": self.issuer }]);
        let members = TRUSTEES.map(|id| json!({ "id": id, "name": id }));
        draft["trustees"] = json!({ "members": members, "solo": false, "threshold": THRESHOLD });
        draft
    }

    async fn hold_ceremony(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let plan = Plan::parse(&fs::read(self.commands.file("plan.json"))?)?;
        for id in TRUSTEES {
            // As `urna trustee enrol` does it, but that trying a passphrase costs next to nothing.
            let mut trustee = Trustee::enrol(plan.clone(), &id.parse()?, Sharing::Shared, &mut OsRng)?;
            trustee.set_authority(Some(self.authority.clone()));
            FileDriver::create(&self.key(id), PASSPHRASE, Cost::new(8, 1, 1)?, trustee)?;
        }
        let mut holding = 0;
        while holding < TRUSTEES.len() {
            ensure!(started.elapsed() < PATIENCE, "the key ceremony does not come to its end");
            holding = 0;
            for trustee in TRUSTEES {
                let held = self.trustee(trustee, &["ceremony", "--json"]).await?;
                holding += usize::from(held["holds_share"] == true);
            }
        }
        for trustee in TRUSTEES {
            let backup = path(&self.backup(trustee))?;
            self.trustee(trustee, words!["backup", backup, "--json"]).await?;
        }
        Ok(())
    }

    /// Starts the issuer of the published election, where it is a process of its own.
    ///
    /// # Errors
    /// It does not start.
    pub(super) async fn start_issuer(&self, services: &mut Services, election: &str) -> anyhow::Result<()> {
        if self.own_issuer.is_none() {
            return Ok(());
        }
        let listen = self.issuer.trim_start_matches("http://");
        let board = &self.board;
        let toml = format!(
            "listen = \"{listen}\"\n[[elections]]\nslug = \"{SLUG}\"\nissuer = \"{ISSUER}\"\nboard = \"{board}\"\nelection = \"{election}\"\n"
        );
        let folder =
            ServiceFolder::create(self.program.clone(), &self.folder.join("issuer"), "issuer", &toml)?;
        services.add(folder).await?;
        Ok(())
    }

    /// Agreement and rehearsal of all trustees, voting opened. The links.
    ///
    /// # Errors
    /// A command is refused.
    pub(super) async fn open(&self, election: &str) -> anyhow::Result<Vec<Invitation>> {
        for trustee in TRUSTEES {
            self.trustee(trustee, &["agree", "--election", election, "--yes", "--json"]).await?;
        }
        for trustee in TRUSTEES {
            let backup = path(&self.backup(trustee))?;
            self.trustee(trustee, words!["rehearse", "--backup", backup, "--json"]).await?;
        }
        let letters = self.commands.file("letters.csv");
        let invite = ["register", "invite", SLUG, "--csv", &path(&letters)?];
        self.commands.until_done(&invite, "", Some(&letters), |_| Ok(true)).await?;
        self.commands.done(&["election", "open", SLUG, "--yes"]).await?;
        let (issuer, slug) = (IssuerClient::new(&self.issuer)?, SLUG.parse::<Slug>()?);
        let started = Instant::now();
        while !issuer.status(&slug).await.is_ok_and(|status| status.open) {
            ensure!(started.elapsed() < PATIENCE, "the issuer does not open");
            sleep(POLL).await;
        }
        let letters = fs::read_to_string(letters)?;
        let links = letters.lines().flat_map(|row| row.split(',')).filter(|field| field.contains("/vote/"));
        Ok(links.map(str::parse).collect::<Result<_, _>>()?)
    }

    /// Ends voting, and waits for the issuer's list.
    ///
    /// # Errors
    /// A command is refused.
    pub(super) async fn close(&self) -> anyhow::Result<()> {
        self.commands.done(&["election", "close", SLUG, "--yes"]).await?;
        self.until_not_awaited("post_issuance").await
    }

    /// Every trustee agrees to open, as many as are needed open, and the result is published and certified.
    ///
    /// # Errors
    /// A command is refused.
    pub(super) async fn count(&self) -> anyhow::Result<()> {
        let started = Instant::now();
        let mut opened = 0;
        while opened < THRESHOLD {
            ensure!(started.elapsed() < PATIENCE, "the trustees do not open");
            opened = 0;
            for trustee in TRUSTEES {
                let asked = self.trustee(trustee, &["open", "--yes", "--json"]).await?;
                opened += usize::from(asked["opened"] == true);
            }
        }
        self.commands.done(&["election", "tally", SLUG, "--yes"]).await?;
        self.commands.done(&["election", "certify", SLUG, "--yes"]).await?;
        Ok(())
    }

    async fn until_not_awaited(&self, step: &str) -> anyhow::Result<()> {
        let status = ["election", "status", SLUG, "--json"];
        let is_there = |status: &super::commands::Ended| {
            let status = status.json()?;
            let awaited = status["awaited"].as_array().context("a status without what is awaited")?;
            Ok(awaited.iter().all(|awaited| awaited["step"] != step))
        };
        self.commands.until_done(&status, "", None, is_there).await?;
        Ok(())
    }

    /// A command of a trustee.
    async fn trustee(&self, trustee: &str, arguments: &[&str]) -> anyhow::Result<Value> {
        let file = path(&self.key(trustee))?;
        let words = [&["trustee"], arguments, &["--file", &file]].concat();
        self.commands.until_done(&words, &format!("{PASSPHRASE}\n"), None, |_| Ok(true)).await?.json()
    }

    fn key(&self, trustee: &str) -> PathBuf {
        self.commands.file(&format!("{trustee}.key"))
    }

    fn backup(&self, trustee: &str) -> PathBuf {
        self.commands.file(&format!("{trustee}.backup"))
    }

    fn write(&self, name: &str, text: &str) -> anyhow::Result<String> {
        let file = self.commands.file(name);
        fs::write(&file, text)?;
        path(&file)
    }
}

fn path(path: &Path) -> anyhow::Result<String> {
    path.to_str().map(str::to_owned).with_context(|| format!("an unusual folder: {}", path.display()))
}
