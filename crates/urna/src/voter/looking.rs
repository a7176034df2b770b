//! What only looks, or copies: show, check, recovery.

use std::path::PathBuf;

use clap::Args;
use urna_client::driver::{Clock, Driver, FileStorage, NoStorage, Standing, Storage, SystemClock, answer};
use urna_client::{Invitation, Recorded, StateName};
use urna_crypto::ElectionId;
use urna_election::entry::Kind;

use super::{Device, Place, ballot, prompt};
use crate::answer::{Answer, End};
use crate::definition;

#[derive(Args)]
pub(super) struct ShowArguments {
    /// The file that `token` made: shows your own contests, without the link
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    #[command(flatten)]
    pub(super) place: Place,
}

#[derive(Args)]
#[command(after_help = "\
The new file is made from the code and what the board shows; what was cast can be read from the lost file only. With your
link it works even if you had not cast yet, and then the token can only be given back after the close. Without the link,
give the election's id and its address on the board:

  urna voter recover --state new.vote --board https://board.example/council-2027 --election 6dccd5a0…")]
pub(super) struct RecoverArguments {
    #[command(flatten)]
    pub(super) device: Device,
    /// File with the recovery code; `-` is standard input, which is also the default
    #[arg(long, value_name = "FILE")]
    code: Option<PathBuf>,
    /// The election's id, 64 digits, if there is no link
    #[arg(long, value_name = "ID", value_parser = answer::parse_id, requires = "board")]
    election: Option<ElectionId>,
}

/// `urna voter show`.
pub(super) async fn show(arguments: &ShowArguments) -> Result<Answer, End> {
    let ShowArguments { state, place } = arguments;
    match state {
        Some(path) if path.exists() => {
            let invitation = place.invitation()?;
            let storage = FileStorage::open(path).map_err(End::storage)?;
            show_with(place.driver(storage), invitation.as_ref()).await
        }
        _ => {
            let invitation = match place.invitation()? {
                Some(invitation) => invitation,
                None => prompt::ask_link()?,
            };
            show_with(place.driver(NoStorage), Some(&invitation)).await
        }
    }
}

async fn show_with<S: Storage>(
    mut driver: Driver<S, SystemClock>,
    invitation: Option<&Invitation>,
) -> Result<Answer, End> {
    let shown = driver.announced(invitation).await.map_err(|failure| End::failure(&failure, None))?;
    let json = answer::shown(&shown);
    let mut text = definition::describe(&shown.manifest, shown.class, shown.status.as_ref());
    match shown.problem {
        None => {
            text.push_str(
                "\nChecked: this is the announced election, if its id is, and every trustee is ready.\n",
            );
            Ok(Answer::yes(text, json))
        }
        Some(failure) => {
            text.push_str(&format!("\nNo token can be taken here now: {}.\n", failure.error));
            Ok(Answer { text, json, yes: false })
        }
    }
}

/// `urna voter check`.
pub(super) async fn check(device: &Device) -> Result<Answer, End> {
    device.must_exist()?;
    let invitation = device.place.invitation()?;
    let mut driver = device.driver()?;
    driver.open(invitation.as_ref()).await.map_err(|failure| device.failed(&failure))?;
    let checked = driver.check().await.map_err(|failure| device.failed(&failure))?;
    let standing = driver.standing();
    let voter = driver.voter().ok_or_else(|| End::unreadable("there is no voter"))?;
    let manifest = voter.election().manifest();
    let identifier = voter.identifier().to_string();
    let state = device.state.display();
    let json = answer::checked(voter, &checked, SystemClock.now());
    let (yes, text) = match checked.recorded {
        Recorded::Nothing => {
            let token = match voter.state() {
                StateName::Seeded | StateName::Asked => "You have no voting token yet",
                _ => "You have a voting token, and have not cast",
            };
            (true, format!("{token}. Nothing is recorded under your identifier."))
        }
        Recorded::Returned { index: at } => {
            (true, format!("Your unused token is given back, as entry {at}."))
        }
        Recorded::Missing { .. } if matches!(standing, Standing::Pending { kind: Kind::Returned, .. }) => (
            false,
            format!("Your token is not given back yet: `urna voter return --state {state}` sends it again."),
        ),
        Recorded::AsSaved { index: at, sequence, choices: ballot } => {
            let text = match &ballot {
                None => format!("Your withdrawal is recorded, as entry {at}: nothing of yours counts."),
                Some(ballot) => {
                    let said = ballot.choices().unwrap_or_default();
                    format!(
                        "Recorded as you cast it: entry {at} is your ballot number {}, and nothing of yours follows it. It says:\n\n{}",
                        u64::from(sequence) + 1,
                        ballot::describe(manifest, voter.class(), said)
                    )
                }
            };
            (true, text)
        }
        Recorded::Another { index: at, sequence, .. } => {
            let text = format!(
                "The last entry under your identifier, entry {at}, number {}, was not made with this file. If you voted with\n\
                 another device, or before you lost a file, that is it. If you did not, somebody has your file or recovery code: cast again, and tell the\n\
                 commission.",
                u64::from(sequence) + 1
            );
            (false, text)
        }
        Recorded::Missing { promised: Some(by), .. } if !checked.overdue && by >= SystemClock.now() => (
            false,
            format!(
                "Not recorded yet. The board has promised to do it by {}: check again after that.",
                definition::time(manifest.time_zone(), by)
            ),
        ),
        Recorded::Missing { promised: Some(by), .. } => (
            false,
            format!(
                "NOT RECORDED. The board had promised to record your entry by {}, and has not. The promise in {state} is evidence:\n\
                 keep the file, and tell the commission.",
                definition::time(manifest.time_zone(), by)
            ),
        ),
        Recorded::Missing { promised: None, .. } if matches!(standing, Standing::Recorded { .. }) => (
            false,
            format!(
                "The board does not show your entry, though it has given a receipt for it. The receipt in {state} is evidence: keep\n\
                 the file, check again, and tell the commission."
            ),
        ),
        Recorded::Missing { promised: None, .. } => (
            false,
            format!("Not recorded. `urna voter cast --state {state}`, without choices, sends it again."),
        ),
    };
    let trial = definition::trial(manifest);
    Ok(Answer { text: format!("{trial}{text}\n\nIdentifier  {identifier}\n"), json, yes })
}

/// `urna voter recovery`.
pub(super) async fn recovery(device: &Device) -> Result<Answer, End> {
    device.must_exist()?;
    let invitation = device.place.invitation()?;
    let mut driver = device.driver()?;
    let voter = driver.open(invitation.as_ref()).await.map_err(|failure| device.failed(&failure))?;
    let code = voter.recovery_code();
    let text = format!(
        "{}\n\nWrite it down, and keep it where nobody finds it: whoever has it can vote in your place. `urna voter recover` makes\n\
         a new file from it. Every group of five shows by itself whether it was typed right.",
        code.as_str()
    );
    Ok(Answer::yes(text, answer::recovery(voter)))
}

/// `urna voter recover`.
pub(super) async fn recover(arguments: &RecoverArguments) -> Result<Answer, End> {
    let RecoverArguments { device, code, election } = arguments;
    let invitation = device.place.invitation()?;
    let election = match (&invitation, election) {
        (Some(invitation), _) => *invitation.election(),
        (None, Some(election)) => *election,
        (None, None) => {
            return Err(End::unreadable(
                "say which election: --link FILE, or --election ID with --board URL from the announcement",
            ));
        }
    };
    let mut driver = device.driver()?;
    let seed = prompt::read_code(code.as_deref())?;
    let recovered = driver.recover(election, invitation.as_ref(), seed).await;
    let voter = recovered.map_err(|failure| device.failed(&failure))?;
    let has_cast = !matches!(voter.state(), StateName::Seeded | StateName::Asked);
    let text = if has_cast {
        "Your token and what you cast are found. You can cast again, withdraw and check."
    } else {
        "Nothing was cast with this code. If no token was taken with your link, `urna voter token` takes one; if one was, it\n\
         cannot vote any more, and `urna voter return` gives it back after the close."
    };
    let json = answer::recovered(voter);
    let trial = definition::trial(voter.election().manifest());
    Ok(Answer::yes(format!("{trial}{text}\n\nIdentifier  {}\n", voter.identifier()), json))
}
