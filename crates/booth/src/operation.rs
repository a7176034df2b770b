//! What a voter can do, each as the command of `urna voter` with the same name does it, and with the same answer (`spec/cli.md`).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use urna_client::driver::{Driver, DriverError, ElectionAddress, Failure, Notice, Service, answer};
use urna_client::{Invitation, RecoveryCode, Resumed};
use urna_crypto::{ElectionId, Identifier};
use urna_election::entry::Kind;

use crate::message::{Ended, Start, What};
use crate::outside::{Outside, Place};
use crate::qr;

/// How many seconds to wait for the receipt after a promise, as `urna voter` does.
const WAIT: u64 = 20;

type Voter = Driver<Place, Outside>;

/// Why an operation did not begin: the document that says so.
struct Unreadable(Value);

impl Unreadable {
    fn new(reason: &str, error: &str) -> Self {
        Self(json!({ "error": error, "reason": reason }))
    }
}

impl From<Failure> for Unreadable {
    fn from(failure: Failure) -> Self {
        Self(answer::failed(&failure))
    }
}

/// Does it, from what is stored to what is stored.
pub(crate) async fn run(start: Start, outside: Outside) -> Ended {
    let begun = begin(&start, outside);
    let (mut driver, invitation, place) = match begun {
        Ok(begun) => begun,
        Err(Unreadable(document)) => return Ended::Failed { document, place: None },
    };
    match perform(&start, &mut driver, invitation.as_ref()).await {
        Ok(document) => Ended::Done { document, place },
        Err(Unreadable(document)) => Ended::Failed { document, place: Some(place) },
    }
}

fn begin(start: &Start, outside: Outside) -> Result<(Voter, Option<Invitation>, String), Unreadable> {
    let invitation = start.link.as_deref().map(Invitation::from_pasted).transpose();
    let invitation = invitation.map_err(|error| Unreadable::new("link", &error.to_string()))?;
    let board = start.board.as_deref().map(str::parse::<ElectionAddress>).transpose();
    let board = board.map_err(|error| Unreadable::new("board", &error.to_string()))?;
    let place = place(start, invitation.as_ref())?;
    let told = outside.clone();
    let driver = Driver::new(Place::new(outside.clone(), place.clone()), outside.clone(), outside)
        .at(board)
        .notices(move |notice| told.notice(words(&notice)));
    Ok((driver, invitation, place))
}

/// Where the state is kept (BOOTH-5): nobody who looks at the device can tell from the name whose link it is, and the same link leads
/// there again.
fn place(start: &Start, invitation: Option<&Invitation>) -> Result<String, Unreadable> {
    if let Some(place) = &start.place {
        return Ok(place.clone());
    }
    let mut hash = Sha256::new();
    hash.update(b"urna/v1/place");
    match (invitation, start.what) {
        (Some(invitation), _) => {
            hash.update(invitation.election().as_bytes());
            hash.update(invitation.secret());
        }
        (None, What::Recover) => {
            let election = election(start, None)?;
            let key = seed(start)?.pseudonym_key(&election);
            hash.update(Identifier::new(&election, &key.pseudonym()).to_string());
        }
        (None, _) => return Err(Unreadable::new("link_needed", "the personal link is needed")),
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn seed(start: &Start) -> Result<urna_crypto::Seed, Unreadable> {
    let code = start.code.as_deref().unwrap_or_default();
    RecoveryCode::parse(code).map_err(|error| Unreadable::new(error.name(), &error.to_string()))
}

fn election(start: &Start, invitation: Option<&Invitation>) -> Result<ElectionId, Unreadable> {
    match (invitation, start.election.as_deref()) {
        (Some(invitation), _) => Ok(*invitation.election()),
        (None, Some(id)) => answer::parse_id(id).map_err(|error| Unreadable::new("election", error)),
        (None, None) => {
            Err(Unreadable::new("election", "say which election: a link, or its id and its board"))
        }
    }
}

async fn perform(
    start: &Start,
    driver: &mut Voter,
    invitation: Option<&Invitation>,
) -> Result<Value, Unreadable> {
    let landed = match start.what {
        What::Show => return Ok(answer::shown(&driver.announced(invitation).await?)),
        What::Manifest => {
            let manifest = match invitation {
                Some(invitation) => driver.definition(*invitation.election(), Some(invitation)).await?,
                None => driver.resume(None).await?.election().manifest().clone(),
            };
            return Ok(serde_json::from_slice(manifest.bytes()).unwrap_or_default());
        }
        What::Saved => {
            driver.resume(invitation).await?;
            return Ok(answer::saved(voter(driver)?, &driver.standing()));
        }
        What::Token => {
            driver.open(invitation).await?;
            driver.tokens().await?;
            return Ok(answer::token(voter(driver)?));
        }
        What::Check => {
            driver.resume(invitation).await?;
            let checked = driver.check().await?;
            return Ok(answer::checked(voter(driver)?, &checked, driver.now()));
        }
        What::Receipt => {
            return Ok(answer::receipt(driver.resume(invitation).await?));
        }
        What::Qr => {
            let identifier = driver.resume(invitation).await?.identifier().to_string();
            return Ok(qr::code(&identifier).unwrap_or_default());
        }
        What::Recovery => {
            return Ok(answer::recovery(driver.resume(invitation).await?));
        }
        What::Recover => {
            let (election, seed) = (election(start, invitation)?, seed(start)?);
            return Ok(answer::recovered(driver.recover(election, invitation, seed).await?));
        }
        What::Cast => cast(start, driver, invitation).await?,
        What::Withdraw => {
            driver.resume(invitation).await?;
            (Kind::Withdrawal, driver.withdraw().await?)
        }
        What::Return => {
            driver.resume(invitation).await?;
            (Kind::Returned, driver.give_back().await?)
        }
    };
    let (kind, landed) = landed;
    let landed = driver.settle(landed, start.wait.unwrap_or(WAIT)).await?;
    Ok(answer::landed(voter(driver)?, kind, landed))
}

async fn cast(
    start: &Start,
    driver: &mut Voter,
    invitation: Option<&Invitation>,
) -> Result<(Kind, urna_client::driver::Landed), Unreadable> {
    let opened = driver.open(invitation).await?;
    let landed = match &start.choices {
        Some(choices) => {
            let (manifest, class) = (opened.election().manifest(), opened.class());
            let choices = answer::parse_choices(manifest, class, choices);
            let choices = choices.map_err(|error| Unreadable::new("choices", &error.to_string()))?;
            driver.tokens().await?;
            driver.cast(&choices).await?
        }
        None => {
            driver.resend().await?.ok_or_else(|| Unreadable::new("choices", "nothing waits to be sent"))?
        }
    };
    Ok((Kind::Ballot, landed))
}

fn voter(driver: &Voter) -> Result<&Resumed, Unreadable> {
    let none = || Failure { error: DriverError::LinkNeeded, standing: driver.standing() };
    driver.voter().ok_or_else(|| none().into())
}

/// What is being done, for a page.
fn words(notice: &Notice) -> Value {
    match notice {
        Notice::Anchoring => json!({ "is": "anchoring" }),
        Notice::Asking => json!({ "is": "asking" }),
        Notice::Token(issuer) => json!({ "is": "token", "issuer": issuer.as_str() }),
        Notice::Sending => json!({ "is": "sending" }),
        Notice::Waiting { service, pause } => {
            let (service, issuer) = match service {
                Service::Authority => ("authority", None),
                Service::Board => ("board", None),
                Service::Issuer(id) => ("issuer", Some(id.as_str())),
            };
            json!({ "is": "waiting", "issuer": issuer, "seconds": pause.as_secs(), "service": service })
        }
        _ => json!({ "is": "other" }),
    }
}
