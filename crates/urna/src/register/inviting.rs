//! `urna register invite`: mails, letters, reminders, another link for who lost it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{ArgGroup, Args};
use serde_json::json;
use urna_api::authority::{Audience, Job, Resent};
use urna_api::client::AuthorityClient;
use urna_election::Slug;

use crate::answer::{Answer, End};
use crate::election::Named;
use crate::organiser::{PrivateFile, refused};
use crate::progress::progress_bar;
use crate::prompt::confirm;

/// How long to wait before a job is asked about again.
const PAUSE: Duration = Duration::from_millis(250);

#[derive(Args)]
#[command(group(ArgGroup::new("what").args(["test", "csv", "remind", "resend", "erase"])))]
#[command(after_help = "\
Examples:
  urna register invite council-2027 --test eva@uni.example    one mail, with a link that opens nothing: read it first
  urna register invite council-2027                           everybody whose invitation is not sent
  urna register invite council-2027 --remind                  those who took no token yet, by the issuers' word
  urna register invite council-2027 --csv links.csv           for letters: person, name, e-mail, class, link, trial
  urna register invite council-2027 --erase                   after the letters are printed: forget what is unsent
  urna register invite council-2027 --resend 1041             what is unsent as it is; otherwise a new link, and the register
                                                              shows that the credential was replaced

Each link is a secret: whoever has it can vote in its owner's place. The file of --csv holds all of them that are unsent; it is
readable by you only, and never written over. A command that is interrupted can be given again: nobody gets a second link.
Exit status 1 if a mail was not accepted.")]
pub(super) struct InviteArguments {
    #[command(flatten)]
    election: Named,
    /// Send one test mail to this address
    #[arg(long, value_name = "ADDRESS")]
    test: Option<String>,
    /// Write the invitations that are not sent to this new file
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write to those who took no token yet
    #[arg(long)]
    remind: bool,
    /// Send this person's invitation again
    #[arg(long, value_name = "PERSON")]
    resend: Option<String>,
    /// Forget all invitations that are not sent
    #[arg(long)]
    erase: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// `urna register invite`.
pub(super) fn invite(arguments: &InviteArguments) -> ExitCode {
    let InviteArguments { election, test, csv, remind, resend, erase, yes } = arguments;
    let slug = &election.slug;
    election.run("urna register invite", async |authority| {
        if let Some(to) = test {
            authority.test_mail(slug, to).await.map_err(refused)?;
            let text = format!("A test mail is on its way to {to}. Read it, then: urna register invite {slug}");
            return Ok(Answer::yes(text, json!({ "to": to })));
        }
        if let Some(path) = csv {
            let file = PrivateFile::create(path)?;
            return letters(&authority, slug, file).await;
        }
        if let Some(person) = resend {
            let about = format!(
                "If the invitation of {person} was sent, this makes another link: the first one opens nothing any more, and the \
                 register shows that the credential was replaced."
            );
            confirm(&about, None, *yes)?;
            let resent = authority.resend(slug, person).await.map_err(refused)?;
            return Ok(Answer::of(describe_resent(&resent, person, slug), &resent));
        }
        if *erase {
            let about = "This forgets every invitation that is not sent. Who loses a letter needs another credential then.";
            confirm(about, Some(slug.as_str()), *yes)?;
            authority.erase_invitations(slug).await.map_err(refused)?;
            let text = "The invitations that were not sent are forgotten.".to_owned();
            return Ok(Answer::yes(text, json!({ "erased": true })));
        }
        let (audience, whom) = if *remind {
            (Audience::NoTokenYet, "everybody who took no token yet")
        } else {
            (Audience::All, "everybody whose invitation is not sent")
        };
        confirm(&format!("This mails {whom}."), None, *yes)?;
        let job = authority.send_invitations(slug, audience).await.map_err(refused)?;
        let job = follow(&authority, slug, &job).await?;
        Ok(Answer { yes: job.failed == 0, ..Answer::of(describe(&job, slug), &job) })
    })
}

async fn letters(authority: &AuthorityClient, slug: &Slug, file: PrivateFile) -> Result<Answer, End> {
    let list = authority.letters(slug).await.map_err(refused)?;
    let mut rows = csv::Reader::from_reader(list.as_slice());
    let count = rows.byte_records().filter(Result::is_ok).count();
    let path = file.path().to_owned();
    file.write(&list)?;
    let text = format!(
        "{count} invitations are in {}. Whoever has that file can vote in their place: print or merge it, destroy it, and then:\n\
         urna register invite {slug} --erase",
        path.display()
    );
    Ok(Answer::yes(text, json!({ "file": path, "invitations": count })))
}

/// Waits for the end of a job, and shows how far it is.
async fn follow(authority: &AuthorityClient, slug: &Slug, id: &str) -> Result<Job, End> {
    let mut job = authority.job(slug, id).await.map_err(refused)?;
    let all = |job: &Job| job.sent + job.failed + job.left;
    let progress = progress_bar("mails", usize::try_from(all(&job)).unwrap_or(usize::MAX));
    while !job.done {
        progress.set_position(job.sent + job.failed);
        tokio::time::sleep(PAUSE).await;
        job = authority.job(slug, id).await.map_err(refused)?;
    }
    progress.finish_and_clear();
    Ok(job)
}

fn describe(job: &Job, slug: &Slug) -> String {
    let mut text = format!("{} mails are sent.", job.sent);
    if job.failed > 0 {
        text.push_str(&format!(" {} were not accepted; the same command tries them again:", job.failed));
        for failure in &job.reasons {
            text.push_str(&format!("\n  {}: {}", failure.person, failure.reason));
        }
    }
    if job.without_address > 0 {
        let people = job.without_address;
        text.push_str(&format!("\n{people} people have no address: urna register invite {slug} --csv FILE"));
    }
    text
}

fn describe_resent(resent: &Resent, person: &str, slug: &Slug) -> String {
    let what = if resent.replaced {
        format!(
            "{person} has a new credential, and the register shows it; the link from before opens nothing any more."
        )
    } else {
        format!("The invitation of {person} was not sent before, and is the same.")
    };
    let how = if resent.mailed {
        "It is mailed.".to_owned()
    } else {
        format!("It is not mailed: urna register invite {slug} --csv FILE")
    };
    format!("{what} {how}")
}
