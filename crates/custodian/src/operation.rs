//! What a trustee can do, each as `urna trustee` does it (`spec/trustees.md`).

use std::sync::Arc;

use rand_core::CryptoRngCore;
use serde_json::{Value, json};
use urna_api::ProblemType;
use urna_api::client::{AuthorityClient, BoardClient};
use urna_election::ceremony::PackageKind;
use urna_election::entry::{Entry, Kind};
use urna_election::manifest::Manifest;
use urna_election::{Id, Plan, Slug};
use urna_trustee::driver::{Driver, DriverError, Opened};
use urna_trustee::{
    Advanced, Cost, KeyFile, Sharing, Stage, Trustee, TrusteeError, VerifiedClose, signer, small_classes,
};
use urna_verifier::{Given, parse_election};
use urna_worker::{Outside, Progress, Remote};
use zeroize::Zeroizing;

use crate::failure::{Failure, names};
use crate::message::{Start, What};
use crate::outside::{Place, Wants};

/// What outlives an operation.
pub(crate) struct Session<O, R> {
    wants: Wants,
    outside: O,
    rng: R,
    cost: Cost,
    pub(crate) key: Option<Key<R>>,
}

/// A key that is open.
pub(crate) struct Key<R> {
    pub(crate) driver: Driver<Place, R>,
    /// What was wrong with packages of the others.
    pub(crate) problems: Vec<Value>,
    /// The record up to the close, which this program has verified.
    pub(crate) close: Option<Close>,
    /// How far the opening is.
    pub(crate) opening: Opening,
}

/// A record that was verified.
pub(crate) struct Close {
    close: VerifiedClose,
    pub(crate) ballots: usize,
    pub(crate) small: Vec<(Id, u64)>,
}

/// How far the own opening is.
#[derive(Default)]
pub(crate) enum Opening {
    #[default]
    NotBegun,
    /// Not enough have agreed to the same.
    Waiting {
        needed: usize,
        agreed: Vec<String>,
        otherwise: Vec<String>,
    },
    Done,
}

/// Everything public that an operation and its view rest on; nothing of it is verified.
pub(crate) struct Public {
    pub(crate) plan: Plan,
    pub(crate) id: Option<Id>,
    /// None before it is published.
    pub(crate) manifest: Option<Manifest>,
    courier: AuthorityClient,
}

impl<R: CryptoRngCore> Key<R> {
    fn new(driver: Driver<Place, R>) -> Self {
        Self { driver, problems: Vec::new(), close: None, opening: Opening::NotBegun }
    }
}

impl<O, R> Session<O, R>
where
    O: Outside,
    R: CryptoRngCore + Clone + Sync,
{
    pub(crate) const fn new(wants: Wants, outside: O, rng: R, cost: Cost) -> Self {
        Self { wants, outside, rng, cost, key: None }
    }

    /// Does it, and says what there is to see; or why not, and whether the key is open still.
    pub(crate) async fn perform(
        mut self,
        start: Start,
        body: Zeroizing<Vec<u8>>,
    ) -> (Self, Result<Value, Value>) {
        let ended = self.act(&start, &body).await;
        if ended.as_ref().is_err_and(Failure::is_of_storage) {
            self.key = None;
        }
        let is_open = self.key.is_some();
        (self, ended.map_err(|failure| failure.to_json(is_open)))
    }

    async fn act(&mut self, start: &Start, body: &[u8]) -> Result<Value, Failure> {
        let public = self.public(start).await?;
        let passphrase = start.passphrase.as_deref().map_or("", String::as_str);
        match start.what {
            What::Look => {}
            What::Enrol => {
                self.enrol(&public, passphrase, &start.authority).await?;
                self.go_on(&public).await?;
            }
            What::Unlock => {
                let (place, kept) = self.place(&public).await?;
                let (file, trustee) = opened(&public, &kept.ok_or(Failure::NotKept)?, passphrase)?;
                self.key = Some(Key::new(Driver::new(place, file, trustee, self.rng.clone())));
            }
            What::Restore => {
                let (file, trustee) = opened(&public, body, passphrase)?;
                let (mut place, kept) = self.place(&public).await?;
                if kept.is_some() {
                    return Err(Failure::Kept);
                }
                place.keep(body).await?;
                self.key = Some(Key::new(Driver::new(place, file, trustee, self.rng.clone())));
            }
            What::GoOn => self.go_on(&public).await?,
            What::Restart => self.restart(&public, start.attempt).await?,
            What::Agree => self.agree(&public, start.election.as_deref().unwrap_or_default()).await?,
            What::Rehearse => {
                let (_, kept) = KeyFile::open(body, passphrase)?;
                let (key, manifest, board) = self.bound(&public)?;
                key.driver.adopt(&board, manifest).await?;
                key.driver.change(|trustee, rng| trustee.rehearse(&kept, rng)).await??;
                key.driver.post(&board, manifest, Kind::Rehearsal).await?;
            }
            What::Verify => self.verify(&public)?,
            What::Open => {
                let now = self.wants.now();
                let (key, manifest, board) = self.bound(&public)?;
                let Close { close, .. } = key.close.as_ref().ok_or(Failure::NotVerified)?;
                key.driver.agree_to_open(&board, manifest, close, now).await?;
                self.open_ballots(&public).await?;
            }
            What::File => {
                self.key()?;
                let kept = self.place(&public).await?.1.ok_or(Failure::NotKept)?;
                return Ok(json!({ "file": String::from_utf8_lossy(&kept), "open": true }));
            }
        }
        self.view(&public).await
    }

    async fn public(&self, start: &Start) -> Result<Public, Failure> {
        let courier = AuthorityClient::through(Arc::new(self.wants.clone()), &start.authority)?;
        let slug: Slug = start.slug.parse().map_err(|_| Failure::Slug(start.slug.clone()))?;
        let plan = match &self.key {
            Some(key) => key.driver.trustee().plan().clone(),
            None => courier.plan(&slug).await?,
        };
        if plan.slug != slug {
            return Err(Failure::OtherPlan(plan.slug.to_string()));
        }
        let id = start.trustee.as_deref().map(|id| {
            let found = plan.trustees.iter().map(|party| &party.id).find(|found| found.as_str() == id);
            found.cloned().ok_or_else(|| Failure::NotATrustee(id.to_owned()))
        });
        let id = id.transpose()?;
        let manifest = match courier.manifest(&slug).await {
            Ok(bytes) => Some(Manifest::parse(&bytes)?),
            Err(error) if error.kind() == Some(ProblemType::NotYetPublic) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Public { plan, id, manifest, courier })
    }

    fn key(&mut self) -> Result<&mut Key<R>, Failure> {
        self.key.as_mut().ok_or(Failure::Locked)
    }

    /// The key, the manifest that it has agreed to, and the board.
    fn bound<'p>(&mut self, public: &'p Public) -> Result<(&mut Key<R>, &'p Manifest, BoardClient), Failure> {
        let transport = Arc::new(self.wants.clone());
        let key = self.key.as_mut().ok_or(Failure::Locked)?;
        let election = key.driver.trustee().election().ok_or(TrusteeError::NotAgreed)?;
        let manifest = public.manifest.as_ref().filter(|manifest| manifest.id() == election);
        let manifest = manifest.ok_or(Failure::OtherManifest)?;
        Ok((key, manifest, BoardClient::through(transport, &manifest.board().url)?))
    }

    /// Where this trustee's key is kept, and what is.
    pub(crate) async fn place(&self, public: &Public) -> Result<(Place, Option<Vec<u8>>), Failure> {
        let id = public.id.as_ref().ok_or(Failure::Locked)?;
        Ok(Place::look(&self.wants, format!("trustee {} {id}", public.plan.id())).await?)
    }

    async fn enrol(&mut self, public: &Public, passphrase: &str, authority: &str) -> Result<(), Failure> {
        if public.plan.trustees.len() == 1 {
            return Err(Failure::Solo);
        }
        let (place, kept) = self.place(public).await?;
        if kept.is_some() {
            return Err(Failure::Kept);
        }
        let id = public.id.as_ref().ok_or(Failure::Locked)?;
        let file = KeyFile::new(passphrase, self.cost, &mut self.rng)?;
        let mut trustee = Trustee::enrol(public.plan.clone(), id, Sharing::Shared, &mut self.rng)?;
        trustee.set_authority(Some(authority.to_owned()));
        let mut driver = Driver::new(place, file, trustee, self.rng.clone());
        driver.change(|_, _| ()).await?;
        self.key = Some(Key::new(driver));
        Ok(())
    }

    async fn go_on(&mut self, public: &Public) -> Result<(), Failure> {
        let key = self.key()?;
        if key.driver.trustee().election().is_none() {
            if public.manifest.is_none() || key.driver.trustee().stage() != Stage::HoldsShare {
                let held = key.driver.hold_ceremony(&public.courier).await?;
                key.problems = problems(&held.advanced);
            }
            return Ok(());
        }
        let (key, manifest, board) = self.bound(public)?;
        let entries = key.driver.official(&board, manifest).await?;
        if is_over(&entries) {
            return Ok(());
        }
        key.driver.change(|trustee, rng| trustee.adopt(manifest, &entries, rng)).await??;
        for kind in [Kind::Ceremony, Kind::Rehearsal, Kind::Agreed] {
            let own = key.driver.trustee().id();
            let stands = entries.iter().any(|entry| own.is_some() && signer(entry, kind) == own);
            let may_stand = kind != Kind::Rehearsal || all_agreed(&public.plan, &entries);
            if may_stand && !stands && key.driver.trustee().posting(kind)?.is_some() {
                key.driver.post(&board, manifest, kind).await?;
            }
        }
        let is_open = matches!(key.opening, Opening::Done);
        if key.driver.trustee().agreed().is_some() && !is_open {
            if key.close.is_none() {
                self.verify(public)?;
            }
            self.open_ballots(public).await?;
        }
        Ok(())
    }

    /// Goes along with another attempt, about which the trustee was asked.
    async fn restart(&mut self, public: &Public, attempt: Option<u32>) -> Result<(), Failure> {
        let key = self.key()?;
        let shown = public.courier.ceremony(&public.plan.slug).await?;
        let own = key.driver.trustee().exchange().attempt();
        if Some(shown.attempt) != attempt {
            return Err(DriverError::OtherAttempt { own, courier: shown.attempt }.into());
        }
        let forgotten = key.forgotten(&shown.packages.unwrap_or_default());
        key.driver.change(|trustee, _| trustee.restart(shown.attempt, &forgotten)).await??;
        self.go_on(public).await
    }

    async fn agree(&mut self, public: &Public, election: &str) -> Result<(), Failure> {
        // As people copy it: in groups, or over the end of a line.
        let election: String = election.split_whitespace().collect();
        let announced = parse_election(&election).ok_or(Failure::NotAnElection)?;
        let manifest = public.manifest.as_ref().ok_or(TrusteeError::NotAgreed)?;
        let key = self.key()?;
        key.driver.change(|trustee, rng| trustee.agree(&announced, manifest, rng)).await??;
        let (key, manifest, board) = self.bound(public)?;
        key.driver.adopt(&board, manifest).await?;
        key.driver.post(&board, manifest, Kind::Ceremony).await?;
        Ok(())
    }

    /// Reads the whole record, and makes all checks.
    fn verify(&mut self, public: &Public) -> Result<(), Failure> {
        let Self { wants, outside, rng, key, .. } = self;
        let key = key.as_mut().ok_or(Failure::Locked)?;
        let election = *key.driver.trustee().election().ok_or(TrusteeError::NotAgreed)?;
        let manifest = public.manifest.as_ref().filter(|manifest| *manifest.id() == election);
        let manifest = manifest.ok_or(Failure::OtherManifest)?;
        let slug = manifest.slug().as_str();
        let board = manifest.board().url.trim_end_matches('/');
        let prefixed = Prefixed { outside, prefix: format!("{board}/{slug}/") };
        let given = Given { election: Some(election), now: wants.now(), ..Given::default() };
        let coins = || rng.clone();
        let verified =
            urna_verifier::verify(&Remote::new(&prefixed, slug), &given, &coins, &Progress::new(outside))?;
        let close = VerifiedClose::of(&election, &verified)?;
        let (ballots, small) = (close.ballots(), small_classes(manifest, &verified));
        key.close = Some(Close { close, ballots, small });
        Ok(())
    }

    async fn open_ballots(&mut self, public: &Public) -> Result<(), Failure> {
        let transport = Arc::new(self.wants.clone());
        let Self { outside, key, .. } = self;
        let (Some(key), Some(manifest)) = (key, &public.manifest) else { return Err(Failure::Locked) };
        let Close { close, .. } = key.close.as_ref().ok_or(Failure::NotVerified)?;
        let board = BoardClient::through(transport, &manifest.board().url)?;
        let told = |position: u32, chunks: u32| {
            let per_cent = u64::from(position) * 100 / u64::from(chunks.max(1));
            let said = json!({ "progress": { "stage": "opening", "per_cent": per_cent } });
            outside.say(said.to_string().as_bytes());
        };
        key.opening = match key.driver.open_ballots(&board, manifest, close, told).await? {
            Opened::All { .. } => Opening::Done,
            Opened::Waiting(TrusteeError::TooFewAgreed { needed, agreed, otherwise }) => {
                Opening::Waiting { needed, agreed: names(&agreed), otherwise: names(&otherwise) }
            }
            Opened::Waiting(error) => return Err(error.into()),
        };
        Ok(())
    }

    /// What there is to see.
    async fn view(&mut self, public: &Public) -> Result<Value, Failure> {
        let kept = match (&self.key, &public.id) {
            (Some(_), _) => true,
            (None, Some(_)) => self.place(public).await?.1.is_some(),
            (None, None) => false,
        };
        let shown = match &public.manifest {
            None => Some(public.courier.ceremony(&public.plan.slug).await?),
            Some(_) => None,
        };
        let entries = match (&public.manifest, &self.key) {
            (Some(manifest), Some(key)) => {
                let board = BoardClient::through(Arc::new(self.wants.clone()), &manifest.board().url)?;
                key.driver.official(&board, manifest).await?
            }
            _ => Vec::new(),
        };
        Ok(crate::view::of(public, self.key.as_ref(), kept, shown.as_ref(), &entries))
    }
}

impl<R: CryptoRngCore> Key<R> {
    /// Trustees who have another enrolment at the authority than in this file, or none any more: they enrol again.
    pub(crate) fn forgotten(&self, there: &[urna_election::ceremony::Package]) -> Vec<Id> {
        let trustee = self.driver.trustee();
        let is_other = |(index, party): (u16, &urna_election::Party)| {
            let own = trustee.exchange().package(index, PackageKind::Enrolment)?;
            let other = there
                .iter()
                .find(|package| package.trustee == party.id && package.kind == PackageKind::Enrolment);
            let is_same = other.map(|other| other.parts.first()) == Some(own.parts.first());
            (!is_same && index != trustee.index()).then(|| party.id.clone())
        };
        (1..).zip(&trustee.plan().trustees).filter_map(is_other).collect()
    }
}

/// Whether every trustee has agreed to the manifest: before, the board takes no rehearsal.
pub(crate) fn all_agreed(plan: &Plan, entries: &[Entry]) -> bool {
    let has_agreed = |id| entries.iter().any(|entry| signer(entry, Kind::Ceremony) == Some(id));
    plan.trustees.iter().all(|party| has_agreed(&party.id))
}

/// Whether nothing is to be done any more.
pub(crate) fn is_over(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| matches!(entry.kind(), Kind::Cancelled | Kind::Result))
}

/// A key file of this trustee.
fn opened(public: &Public, form: &[u8], passphrase: &str) -> Result<(KeyFile, Trustee), Failure> {
    let (file, trustee) = KeyFile::open(form, passphrase)?;
    if trustee.plan() != &public.plan || trustee.id() != public.id.as_ref() {
        return Err(Failure::OtherFile);
    }
    Ok((file, trustee))
}

/// What was wrong with packages: whose, where that can be said, and what.
fn problems(advanced: &Advanced) -> Vec<Value> {
    let refused = advanced.refused.iter().map(|refused| {
        json!({ "is": "refused", "from": refused.from().map(|from| &from.name), "error": refused.to_string() })
    });
    let strangers = advanced.strangers.iter().map(|kind| {
        let is = if *kind == PackageKind::Enrolment { "stranger" } else { "copy" };
        json!({ "is": is, "from": null, "error": null })
    });
    let failed = advanced.failed.iter().map(|failed| {
        let from = match failed {
            TrusteeError::Ceremony { culprit, .. } => culprit.as_ref().map(|culprit| &culprit.name),
            _ => None,
        };
        json!({ "is": "failed", "from": from, "error": failed.to_string() })
    });
    refused.chain(strangers).chain(failed).collect()
}

/// What is asked for is seen from an election's address.
struct Prefixed<'o, O> {
    outside: &'o O,
    prefix: String,
}

impl<O: Outside> Outside for Prefixed<'_, O> {
    fn read(&self, path: &str, limit: usize) -> Option<(u16, Vec<u8>)> {
        self.outside.read(&format!("{}{path}", self.prefix), limit)
    }

    fn say(&self, message: &[u8]) {
        self.outside.say(message);
    }
}
