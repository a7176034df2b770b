//! Organisers of an authority, each with an election of its own: by turns the whole list of voters is loaded, and a long draft is
//! edited. Each is one commit of many records, or of one in several parts; whatever is read is of one version.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use rand_core::OsRng;
use tokio::sync::Mutex;
use urna::load::ServiceFolder;
use urna_api::authority::{Cause, NewElection, NewKey, Role};
use urna_api::client::{ApiKey, AuthorityClient, ClientError};
use urna_api::server::SystemClock;
use urna_authority::{Authority, Config, Folder};
use urna_election::Slug;

use super::{Askers, FailingDisk, Lost, Outcome, Place, Said, refused};

/// How many people are on a list.
const PEOPLE: usize = 60;
/// How many bytes a draft's description has, so that the draft has several parts.
const DESCRIPTION: usize = 10_000;

/// The organisers, with the key that they share.
struct Organisers {
    key: String,
    elections: Vec<(Slug, Mutex<Versions>)>,
}

/// Of the list in an election of an even number, of the draft in one of an odd number.
#[derive(Clone, Copy, Debug, Default)]
struct Versions {
    acknowledged: usize,
    /// The same, or one more.
    asked: usize,
}

/// What there are versions of.
#[derive(Clone, Copy)]
enum Kind {
    List,
    Draft,
}

impl FailingDisk {
    /// An authority and its organisers, who need no board before publication.
    ///
    /// # Errors
    /// As [`FailingDisk::run`].
    pub async fn authority(&self, progress: impl Fn()) -> anyhow::Result<Outcome> {
        let place = self.place("authority")?;
        let folder = ServiceFolder::authority(self.program.clone(), &place.service, "http://127.0.0.1:9")?;
        let organisers = self.organisers(&place)?;
        self.run(place, &folder, organisers, progress).await
    }

    fn organisers(&self, place: &Place) -> anyhow::Result<Organisers> {
        let data = place.service.join("data");
        Folder::new(&data).make_signing_key(&mut OsRng)?;
        let config = std::fs::read_to_string(place.service.join("authority.toml"))?;
        let authority = Authority::open(Config::parse(&config)?, &data, Arc::new(SystemClock))?;
        let new = NewKey { account: "eva".into(), role: Role::Owner, election: None, link: false };
        let key = authority.make_first_key(&new)?.key;
        let owner = authority.authenticate(&key)?;
        let mut elections = Vec::new();
        for number in 0..self.in_flight {
            let slug = format!("election-{number}");
            authority.create(&owner, &NewElection { slug: slug.clone(), from: None })?;
            elections.push((slug.parse()?, Mutex::default()));
        }
        Ok(Organisers { key, elections })
    }
}

impl Organisers {
    fn client(&self, url: &str) -> anyhow::Result<AuthorityClient> {
        Ok(AuthorityClient::with_key(url, ApiKey::parse(&self.key)?)?)
    }
}

impl Kind {
    const fn of(place: usize) -> Self {
        if place.is_multiple_of(2) { Self::List } else { Self::Draft }
    }

    async fn write(self, client: &AuthorityClient, slug: &Slug, version: usize) -> Result<(), ClientError> {
        match self {
            Self::List => {
                let person =
                    |person| format!("p{person},Person {person} of {version} {},\n", "x".repeat(200));
                let list: String = (0..PEOPLE).map(person).collect();
                let list = format!("id,name,e-mail\n{list}").into_bytes();
                client.load_register(slug, list, false, Cause::Manual).await.map(drop)
            }
            Self::Draft => {
                let (mut draft, edit) = client.draft(slug).await?;
                let text = format!("{version} ").repeat(DESCRIPTION / 4);
                draft.description = Some([("en".to_owned(), text)].into());
                client.edit(slug, &draft, &edit).await.map(drop)
            }
        }
    }

    /// The one version of all that is there; 0 of nothing.
    async fn read(self, client: &AuthorityClient, slug: &Slug) -> anyhow::Result<Result<usize, Said>> {
        let versions: Vec<String> = match self {
            Self::List => match client.register(slug).await {
                Ok(rows) => {
                    rows.iter().map(|row| row.name.split(' ').nth(3).unwrap_or_default().to_owned()).collect()
                }
                Err(error) => return Ok(Err(refused(error)?)),
            },
            Self::Draft => match client.draft(slug).await {
                Ok((draft, _)) => {
                    let text = draft.description.unwrap_or_default().remove("en").unwrap_or_default();
                    text.split_whitespace().map(str::to_owned).collect()
                }
                Err(error) => return Ok(Err(refused(error)?)),
            },
        };
        let Some(first) = versions.first() else { return Ok(Ok(0)) };
        let is_whole = !matches!(self, Self::List) || versions.len() == PEOPLE;
        if !is_whole || versions.iter().any(|version| version != first) {
            bail!(Lost(format!("{slug} is not of one version as a whole: {versions:?}")));
        }
        Ok(Ok(first.parse().with_context(|| format!("{slug} has the version {first:?}"))?))
    }
}

impl Askers for Organisers {
    async fn ask(&self, url: &str, place: usize) -> anyhow::Result<Said> {
        let (client, kind) = (self.client(url)?, Kind::of(place));
        let (slug, versions) = self.elections.get(place).context("an election for everybody who asks")?;
        let mut versions = versions.lock().await;
        // What is in doubt, and whatever was acknowledged, is read before it is replaced.
        let found = match kind.read(&client, slug).await? {
            Ok(found) => found,
            Err(said) => return Ok(said),
        };
        let Versions { acknowledged, asked } = *versions;
        if !(acknowledged..=asked).contains(&found) {
            bail!(Lost(format!("{slug} is of version {found}, after {versions:?}")));
        }
        *versions = Versions { acknowledged: found, asked: found + 1 };
        match kind.write(&client, slug, found + 1).await {
            Ok(()) => {
                versions.acknowledged = found + 1;
                Ok(Said::Acknowledged)
            }
            Err(error) => refused(error),
        }
    }

    async fn check(&self, url: &str) -> anyhow::Result<Vec<String>> {
        let mut failures = Vec::new();
        for place in 0..self.elections.len() {
            match self.ask(url, place).await {
                Ok(Said::Acknowledged) => {}
                Ok(Said::Refused) => failures.push("an organiser is refused without trouble".to_owned()),
                Err(error) => failures.push(format!("{error:#}")),
            }
        }
        Ok(failures)
    }

    fn check_stored(&self, _: &Path) -> anyhow::Result<Vec<String>> {
        // All of it is read over the service.
        Ok(Vec::new())
    }
}
