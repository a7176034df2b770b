//! What changes something: token, ballot, withdrawal, return.

use std::path::PathBuf;

use clap::Args;
use urna_client::Resumed;
use urna_client::driver::{Driver, Failure, FileStorage, Landed, SystemClock, answer};
use urna_election::entry::Kind;
use urna_election::manifest::Manifest;
use urna_election::manifest::draft::Revote;
use zeroize::Zeroizing;

use super::{Device, ballot};
use crate::answer::{Answer, End};
use crate::{definition, prompt};

/// A command that is confirmed first.
#[derive(Args)]
pub(super) struct Confirmed {
    #[command(flatten)]
    pub(super) device: Device,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Where the board only promises to record it: for how long to wait for the receipt
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    wait: u64,
}

#[derive(Args)]
#[command(after_help = "\
  urna voter cast --state ada.vote council=ada,eva auditor=blank

CONTEST and OPTION are those that `urna voter show` prints; every contest of your ballot is named. `blank` marks nothing,
`abstain` abstains, where the contest has it. What breaks a rule is told before anything is sent.

Without choices, a ballot is sent again that was made and has got no answer. Other people on this machine may see a
command's arguments while it runs: --choices FILE keeps them out of there and of the shell's history.")]
pub(super) struct CastArguments {
    /// Your choices
    #[arg(value_name = "CONTEST=OPTION,…")]
    choices: Vec<String>,
    /// File with your choices, one after the other; `-` is standard input
    #[arg(long = "choices", value_name = "FILE", conflicts_with = "choices")]
    file: Option<PathBuf>,
    #[command(flatten)]
    pub(super) act: Confirmed,
}

type Voter = Driver<FileStorage, SystemClock>;

/// Takes the voter from the file, or begins with the link.
async fn open(device: &Device) -> Result<Voter, End> {
    let invitation = device.invitation()?;
    let mut driver = device.driver()?;
    driver.open(invitation.as_ref()).await.map_err(|failure| device.failed(&failure))?;
    Ok(driver)
}

fn state(driver: &Voter) -> Result<&Resumed, End> {
    driver.voter().ok_or_else(|| End::unreadable("there is no voter"))
}

impl Device {
    pub(super) fn failed(&self, failure: &Failure) -> End {
        End::failure(failure, Some(&self.state))
    }
}

/// `urna voter token`.
pub(super) async fn token(device: &Device) -> Result<Answer, End> {
    let mut driver = open(device).await?;
    driver.tokens().await.map_err(|failure| device.failed(&failure))?;
    let voter = state(&driver)?;
    let manifest = voter.election().manifest();
    let issuers: Vec<_> = manifest.issuers().iter().map(|issuer| issuer.name.as_str()).collect();
    let text = format!(
        "{}You have your voting token, of {}.\n\n\
         Election id  {}\n\n\
         It lies in {} with everything that is needed to vote: keep that file, and let nobody read it. The link is not needed\n\
         any more. Next: urna voter cast --state {} …; `urna voter show` says how your choices are written, `urna voter recovery`\n\
         prints a code to write down in case the file is lost.",
        definition::trial(manifest),
        issuers.join(" and "),
        definition::grouped(manifest.id()),
        device.state.display(),
        device.state.display(),
    );
    Ok(Answer::yes(text, answer::token(voter)))
}

/// `urna voter cast`.
pub(super) async fn cast(arguments: &CastArguments) -> Result<Answer, End> {
    let CastArguments { choices, file, act } = arguments;
    let written: Vec<Zeroizing<String>> = match file {
        None => choices.iter().cloned().map(Zeroizing::new).collect(),
        Some(file) => {
            let text = prompt::read_secret(file, "your choices")?;
            text.split_whitespace().map(|word| Zeroizing::new(word.to_owned())).collect()
        }
    };
    let mut driver = open(&act.device).await?;
    let failed = |failure: Failure| act.device.failed(&failure);
    if written.is_empty() {
        return match driver.resend().await.map_err(failed)? {
            Some(landed) => act.landed(driver, Kind::Ballot, landed).await,
            None => Err(End::unreadable(format!(
                "nothing waits to be sent: name your choices, such as {}",
                example(state(&driver)?)
            ))),
        };
    }
    let voter = state(&driver)?;
    let (manifest, class) = (voter.election().manifest(), voter.class());
    let choices = ballot::parse(manifest, class, &written)
        .map_err(|problems| End::unreadable(problems.join("\nurna voter: ")))?;
    let review = format!(
        "{}Your ballot in \"{}\":\n\n{}",
        definition::trial(manifest),
        manifest.title().default_language(),
        ballot::describe(manifest, class, &choices)
    );
    let is_final = manifest.policy().revote == Revote::Never;
    let warning = "\nThis cannot be undone. A ballot is final in this election: it cannot be cast again if you have ticked other\n\
                   options than you meant, nor if somebody else has got your link or file and used it.";
    let review = if is_final { review + warning } else { review };
    let slug = manifest.slug().to_string();
    prompt::confirm(&review, is_final.then_some(slug.as_str()), act.yes)?;
    driver.tokens().await.map_err(failed)?;
    let landed = driver.cast(&choices).await.map_err(failed)?;
    act.landed(driver, Kind::Ballot, landed).await
}

/// A ballot that could be cast.
fn example(voter: &Resumed) -> String {
    let contests = voter.election().manifest().ballot_style(voter.class());
    let words = contests.filter_map(|(_, contest)| ballot::possible(contest).into_iter().next());
    words.collect::<Vec<_>>().join(" ")
}

/// `urna voter withdraw`.
pub(super) async fn withdraw(act: &Confirmed) -> Result<Answer, End> {
    act.device.must_exist()?;
    let mut driver = open(&act.device).await?;
    prompt::confirm("This takes back what you cast last: nothing of yours will count.", None, act.yes)?;
    let landed = driver.withdraw().await.map_err(|failure| act.device.failed(&failure))?;
    act.landed(driver, Kind::Withdrawal, landed).await
}

/// `urna voter return`.
pub(super) async fn give_back(act: &Confirmed) -> Result<Answer, End> {
    act.device.must_exist()?;
    let mut driver = open(&act.device).await?;
    let slug = state(&driver)?.election().manifest().slug().to_string();
    let what = "This gives your unused voting token back. Nobody can vote with it after that, you neither; it shows that nobody did.";
    prompt::confirm(what, Some(&slug), act.yes)?;
    let landed = driver.give_back().await.map_err(|failure| act.device.failed(&failure))?;
    act.landed(driver, Kind::Returned, landed).await
}

impl Confirmed {
    /// Says where an entry is, after it was waited for a while.
    async fn landed(&self, mut driver: Voter, kind: Kind, landed: Landed) -> Result<Answer, End> {
        let failed = |failure: Failure| self.device.failed(&failure);
        let landed = driver.settle(landed, self.wait).await.map_err(failed)?;
        let voter = state(&driver)?;
        let json = answer::landed(voter, kind, landed);
        let kind = voter.kept().last().and_then(|kept| kept.kind).unwrap_or(kind);
        let identifier = voter.identifier().to_string();
        let manifest = voter.election().manifest();
        let text = definition::trial(manifest) + &self.text(manifest, kind, &identifier, landed);
        Ok(Answer::yes(text, json))
    }

    fn text(&self, manifest: &Manifest, kind: Kind, identifier: &str, landed: Landed) -> String {
        let what = match kind {
            Kind::Withdrawal => "withdrawal",
            Kind::Returned => "token",
            _ => "ballot",
        };
        let state = self.device.state.display();
        let mut text = match landed {
            Landed::Recorded { index } if kind == Kind::Returned => {
                format!("Your token is given back, as entry {index} of the board's log.\n")
            }
            Landed::Recorded { index } => {
                format!(
                    "Your {what} is recorded, as entry {index} of the board's log. The receipt is in {state}.\n"
                )
            }
            Landed::Promised { deadline } => format!(
                "The board has promised to record your {what} by {}. The promise is in {state}.\n\
                 After that time, `urna voter check --state {state}` takes the receipt.\n",
                definition::time(manifest.time_zone(), deadline)
            ),
        };
        if kind == Kind::Ballot {
            text.push_str(&format!(
                "\n        {identifier}\n\n\
                 This is your identifier: write it down. On the board everybody finds this ballot under it, and nobody sees that it is\n\
                 yours; after the close it says there how it was counted. `urna voter check --state {state}` compares the board\n\
                 with what you cast, at any time.\n"
            ));
            if manifest.policy().revote != Revote::Never {
                text.push_str("To vote in another way, cast again: the last ballot counts.\n");
            }
        }
        text
    }
}
