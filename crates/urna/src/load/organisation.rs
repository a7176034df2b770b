//! Who runs the election: authority, issuers and trustees, from the plan to the published manifest.

use std::collections::BTreeMap;
use std::collections::hash_map::{Entry, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, bail, ensure};
use rand_core::{OsRng, RngCore};
use urna_bundle::Bundle;
use urna_crypto::{
    Answer, Ceremony, Challenge, Commitment, CredentialKey, Ed25519SigningKey, Handle, IssuerPossession,
    IssuerSecretKey, PlanId, Round1Secret, Session, SessionChallenge, SessionRequest, Signature, SigningKey,
    TrusteePossession, TrusteeSecretKey, TrusteeShare, solo_share,
};
use urna_election::Id;
use urna_election::issuance;
use urna_election::json::{Base64, Integer};
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::{
    BallotStyle, Batch, Board, Class, ClassKey, Contest, ContestOption, CountsAs, Credentials, Disclosure,
    Draft, InterimFigures, Issuance, Issuer as IssuerDraft, Keys, Method, Organiser, Policy, Revote,
    Schedule, SmallestClass, Texts, Trustee as TrusteeDraft, Trustees as TrusteesDraft, Witnesses,
};
use urna_election::register::Register;
use urna_election::{Party, Plan, Slug};

use crate::demo::Trustees;
use crate::demo::ballot_file::{BallotFile, Named};

/// The only contest.
const CONTEST: &str = "contest";

/// The organiser's service: knows the register, signs phases and results.
pub(crate) struct Authority {
    pub(crate) key: Ed25519SigningKey,
}

impl Authority {
    pub(crate) fn generate() -> Self {
        Self { key: Ed25519SigningKey::generate(&mut OsRng) }
    }
}

/// An issuer: knows handles, classes and credentials; never a pseudonym.
pub(crate) struct Issuer {
    pub(crate) id: Id,
    pub(crate) signing_key: SigningKey,
    keys: BTreeMap<Id, IssuerSecretKey>,
    /// The register in force; empty until the authority publishes one.
    pub(crate) register: Register,
    /// One row for each voter who has an answer. Many voters come at once.
    answered: Mutex<HashMap<Handle, issuance::Row>>,
}

/// What an issuer keeps of an open session.
pub(crate) struct Opened {
    session: Session,
    pub(crate) id: [u8; 16],
    handle: Handle,
    class: Id,
    credential: CredentialKey,
}

impl Opened {
    pub(crate) fn commitment(&self) -> Commitment {
        self.session.commitment()
    }
}

impl Issuer {
    fn new(id: Id, classes: &[Named]) -> anyhow::Result<Self> {
        let keys = classes.iter().map(|class| Ok((class.id.parse()?, IssuerSecretKey::generate(&mut OsRng))));
        Ok(Self {
            id,
            signing_key: SigningKey::generate(&mut OsRng),
            keys: keys.collect::<anyhow::Result<_>>()?,
            register: Register::default(),
            answered: Mutex::default(),
        })
    }

    /// What was answered so far. Nothing is left half done in there, so a panic elsewhere does no harm.
    pub(crate) fn answered(&self) -> MutexGuard<'_, HashMap<Handle, issuance::Row>> {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The issuer's first move, for a voter whom the register entitles in this class and who signs with the register's
    /// credential (TOK-2, TOK-3).
    pub(crate) fn open(
        &self,
        manifest: &Manifest,
        request: &SessionRequest<'_>,
        signature: &Signature,
    ) -> anyhow::Result<Opened> {
        let entitled =
            self.register.entitled(request.handle).context("nobody on the register has this handle")?;
        let class = &manifest.class(entitled.class).context("a class without a place")?.id;
        let credential =
            CredentialKey::from_bytes(&entitled.credential.context("a voter without a credential")?)?;
        // What the voter must have signed, in the issuer's own words.
        let expected = SessionRequest {
            election: manifest.id(),
            issuer: self.id.as_str(),
            class: class.as_str(),
            ..*request
        };
        signature.verify(&credential, &expected).context("the request for a session")?;
        ensure!(!self.answered().contains_key(request.handle), "this voter has a token");
        let mut id = [0; 16];
        OsRng.fill_bytes(&mut id);
        let session = Session::open(&mut OsRng);
        Ok(Opened { session, id, handle: *request.handle, class: class.clone(), credential })
    }

    /// The issuer's second move; each voter gets one answer (TOK-5).
    pub(crate) fn answer(
        &self,
        manifest: &Manifest,
        opened: Opened,
        challenge: &Challenge,
        signature: &Signature,
    ) -> anyhow::Result<Answer> {
        let Opened { session, id, handle, class, credential } = opened;
        let commitment = session.commitment();
        let statement = SessionChallenge {
            election: manifest.id(),
            issuer: self.id.as_str(),
            handle: &handle,
            class: class.as_str(),
            session: &id,
            commitment: &commitment,
            challenge,
        };
        signature.verify(&credential, &statement).context("the blinded challenge")?;
        let key = self.keys.get(&class).context("a class without a key")?;
        let mut answered = self.answered();
        let Entry::Vacant(place) = answered.entry(handle) else { bail!("this voter has a token") };
        let answer = session.answer(key, challenge);
        place.insert(issuance::Row {
            answer: Base64(answer),
            challenge: Base64(*challenge),
            class,
            commitment: Base64(commitment),
            credential: Base64(credential),
            handle: Base64(handle),
            session: Base64(id),
            signature: Base64(*signature),
        });
        Ok(answer)
    }
}

/// A trustee: holds a share of the election key.
pub(crate) struct Trustee {
    pub(crate) id: Id,
    pub(crate) key: TrusteeSecretKey,
    pub(crate) share: TrusteeShare,
}

/// Who will take part: the plan, before there is a key of anyone but the authority.
pub(crate) struct Planned {
    pub(crate) authority: Authority,
    pub(crate) plan: Plan,
    trustees: Trustees,
}

impl Planned {
    pub(crate) fn new(
        authority: Authority,
        slug: Slug,
        trustees: Trustees,
        issuers: u8,
    ) -> anyhow::Result<Self> {
        let (threshold, count) = match trustees {
            Trustees::Solo => (1, 1),
            Trustees::Shared { threshold, count } => (threshold, count),
        };
        let party = |what: &str, number: u16| -> anyhow::Result<Party> {
            let name = format!("{} {number}", capitalised(what));
            Ok(Party { id: format!("{what}-{number}").parse()?, name })
        };
        let plan = Plan {
            authority_key: Base64(authority.key.public().to_bytes()),
            issuers: (1..=issuers.into()).map(|i| party("issuer", i)).collect::<Result<_, _>>()?,
            slug,
            spec: 1,
            threshold,
            trustees: (1..=count).map(|i| party("trustee", i)).collect::<Result<_, _>>()?,
        };
        Ok(Self { authority, plan, trustees })
    }
}

/// How many entries of one voter are admitted.
pub(crate) const REVOTE_LIMIT: u32 = 16;

/// What the manifest says that follows from neither the plan nor the ballot file.
pub(crate) struct Terms {
    pub(crate) title: &'static str,
    pub(crate) board: Board,
    pub(crate) batch: Batch,
    pub(crate) interim_figures: InterimFigures,
    pub(crate) revote_limit: u32,
    /// Issuers whose keys were made elsewhere; none if the organisation makes its own.
    pub(crate) issuers: Option<Vec<IssuerDraft>>,
}

impl Terms {
    /// Its board has no server and promises nothing.
    pub(crate) fn trial(plan: &Plan, log: &urna_log::SigningKey) -> Self {
        let promise_key = Base64(Ed25519SigningKey::generate(&mut OsRng).public().to_bytes());
        let board = Board {
            log_key: Base64(log.verifier().to_bytes()),
            origin: log_name(plan),
            promise_key,
            url: "https://board.example".into(),
        };
        Self {
            title: "Demonstration on real ballots",
            board,
            // The preset of a meeting.
            batch: Batch { min: integer(1), wait: integer(1) },
            interim_figures: InterimFigures::Turnout,
            revote_limit: REVOTE_LIMIT,
            issuers: None,
        }
    }
}

/// The origin of this log, and the name of its key.
pub(crate) fn log_name(plan: &Plan) -> String {
    format!("board.example/{}", plan.slug)
}

/// Everyone, and what they publish first.
pub(crate) struct Organisation {
    pub(crate) authority: Authority,
    pub(crate) issuers: Vec<Issuer>,
    pub(crate) trustees: Vec<Trustee>,
    pub(crate) manifest: Manifest,
    /// The round-1 packages of the key ceremony; none of a solo trustee.
    pub(crate) round_1: Option<Vec<u8>>,
}

impl Organisation {
    /// Keys of issuers, key ceremony of trustees, manifest.
    pub(crate) fn found(planned: Planned, file: &BallotFile, mut terms: Terms) -> anyhow::Result<Self> {
        let Planned { authority, plan, trustees } = planned;
        let (issuers, listed) = match terms.issuers.take() {
            Some(listed) => (Vec::new(), listed),
            None => {
                let made = plan.issuers.iter().map(|issuer| Issuer::new(issuer.id.clone(), &file.districts));
                let issuers = made.collect::<anyhow::Result<Vec<_>>>()?;
                let pairs = plan.issuers.iter().zip(&issuers);
                let listed = pairs.map(|(party, issuer)| issuer_draft(&plan.id(), party, issuer)).collect();
                (issuers, listed)
            }
        };
        let (trustees, round_1) = hold_ceremony(&plan, trustees)?;
        let draft = draft(file, &plan, listed, &trustees, terms)?;
        let manifest = Manifest::from_draft(&draft).context("the manifest")?;
        ensure!(manifest.plan_id() == &plan.id(), "the manifest does not contain the plan");
        Ok(Self { authority, issuers, trustees, manifest, round_1 })
    }
}

/// The key ceremony: two rounds among all trustees, or none for a solo trustee (TRU-1 to TRU-6).
fn hold_ceremony(plan: &Plan, asked: Trustees) -> anyhow::Result<(Vec<Trustee>, Option<Vec<u8>>)> {
    let ids = plan.trustees.iter().map(|trustee| trustee.id.clone());
    let enrolled: Vec<_> = ids.map(|id| (id, TrusteeSecretKey::generate(&mut OsRng))).collect();
    for (id, key) in &enrolled {
        let statement = TrusteePossession { plan: &plan.id(), trustee: id.as_str() };
        let proof = key.prove_possession(&statement, &mut OsRng);
        proof.verify(&key.public(), &statement).with_context(|| format!("enrolment of {id}"))?;
    }
    if asked == Trustees::Solo {
        let shares = enrolled.into_iter().map(|(id, key)| {
            let share = solo_share(&plan.id(), &key, &mut OsRng);
            Trustee { id, key, share }
        });
        return Ok((shares.collect(), None));
    }

    let keys = enrolled.iter().map(|(_, key)| key.public()).collect();
    let ceremony = Ceremony::new(plan.id(), plan.threshold, keys)?;
    let started =
        (1..).zip(&enrolled).map(|(index, (_, key))| Round1Secret::start(&ceremony, index, key, &mut OsRng));
    let (secrets, packages): (Vec<_>, Vec<_>) = started.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    let round_1 = ceremony.check(packages)?;
    let received = secrets
        .into_iter()
        .zip(&enrolled)
        .map(|(secret, (_, key))| secret.receive(round_1.clone(), key, &mut OsRng));
    let (secrets, sent): (Vec<_>, Vec<_>) = received.collect::<Result<Vec<_>, _>>()?.into_iter().unzip();
    let sent: Vec<_> = sent.into_iter().flatten().collect();
    let finished = (1..).zip(secrets).zip(enrolled).map(|((index, secret), (id, key))| {
        let own: Vec<_> = sent.iter().filter(|share| share.recipient() == index).cloned().collect();
        let share = secret.finish(&own, &key)?;
        Ok(Trustee { id, key, share })
    });
    Ok((finished.collect::<anyhow::Result<_>>()?, Some(round_1.to_bytes())))
}

fn draft(
    file: &BallotFile,
    plan: &Plan,
    issuers: Vec<IssuerDraft>,
    trustees: &[Trustee],
    terms: Terms,
) -> anyhow::Result<Draft> {
    let Terms { title, board, batch, interim_figures, revote_limit, issuers: _ } = terms;
    let mut sizes = vec![0_u64; file.districts.len()];
    for line in &file.lines {
        sizes.get_mut(line.district).into_iter().for_each(|size| *size += 1);
    }
    let smallest = 5;
    let small = sizes.iter().zip(&file.districts).filter(|(size, _)| **size < smallest);
    let classes = file.districts.iter().map(|district| Class {
        ballot_style: "all".into(),
        district: Some(district.id.clone()),
        id: district.id.clone(),
        title: text(&district.name),
        weight: integer(1),
    });
    let options = file.options.iter().map(|option| ContestOption {
        description: None,
        id: option.id.clone(),
        title: text(&option.name),
    });
    let contest = Contest {
        abstain: false,
        description: None,
        id: CONTEST.into(),
        max: integer(1),
        method: Method::TopN,
        min: integer(0),
        options: options.collect(),
        seats: integer(1),
        title: text("Council member"),
    };
    let members = plan.trustees.iter().zip(trustees).map(|(party, trustee)| TrusteeDraft {
        id: party.id.to_string(),
        key: Base64(trustee.key.public().to_bytes()),
        name: party.name.clone(),
        share_key: Base64(trustee.share.share_key().to_bytes()),
    });
    let election_key = trustees.first().context("no trustee")?.share.election_key();
    Ok(Draft {
        authority_key: plan.authority_key,
        ballot_styles: vec![BallotStyle { contests: vec![CONTEST.into()], id: "all".into() }],
        board,
        booth: Base64(*Bundle::built_in()?.sha256()),
        classes: classes.collect(),
        contests: vec![contest],
        description: None,
        keys: Keys {
            election_key: Base64(election_key.to_bytes()),
            issuers,
            trustees: TrusteesDraft {
                members: members.collect(),
                solo: trustees.len() == 1,
                threshold: integer(plan.threshold.into()),
            },
        },
        languages: vec!["en".into()],
        organiser: Organiser { contact: "load@example.org".into(), name: "The load".into() },
        policy: Policy {
            batch,
            blank_counts_as: CountsAs::Participated,
            credentials: Credentials::Authority,
            disclosure: Disclosure::PerPseudonym,
            form_time_limit: Integer::from(300_u32),
            interim_figures,
            invalid_counts_as: CountsAs::Participated,
            issuance: Issuance::Ahead,
            revote: Revote::ReplaceAndWithdraw,
            revote_limit: revote_limit.into(),
            smallest_class: SmallestClass {
                confirmed: small.map(|(_, district)| district.id.clone()).collect(),
                entitled: integer(smallest.try_into()?),
            },
        },
        schedule: Schedule::Manual,
        slug: plan.slug.to_string(),
        spec: integer(plan.spec),
        time_zone: "Etc/UTC".into(),
        title: text(title),
        trial: true,
        witnesses: Witnesses::None,
    })
}

fn issuer_draft(plan: &PlanId, party: &Party, issuer: &Issuer) -> IssuerDraft {
    let keys = issuer.keys.iter().map(|(class, key)| {
        let statement = IssuerPossession { plan, issuer: party.id.as_str(), class: class.as_str() };
        let proof = key.prove_possession(&statement, &mut OsRng);
        ClassKey {
            class: class.to_string(),
            key: Base64(key.public().to_bytes()),
            proof: Base64(proof.to_bytes()),
        }
    });
    IssuerDraft {
        id: party.id.to_string(),
        keys: keys.collect(),
        name: party.name.clone(),
        signing_key: Base64(issuer.signing_key.public().to_bytes()),
        url: format!("https://{}.example", party.id),
    }
}

fn text(english: &str) -> Texts {
    Texts::from([("en".to_owned(), english.to_owned())])
}

fn integer(value: u32) -> Integer {
    Integer::from(value)
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + characters.as_str())
        .unwrap_or_default()
}
