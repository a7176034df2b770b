//! `urna election open`, `close`, `cancel`, `tally`, `certify`.

use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use urna_api::authority::Posted;

use super::{Irreversible, Named};
use crate::answer::{Answer, End};
use crate::organiser::refused;
use crate::prompt::{ask, confirm};

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna election cancel council-2027 --reason reason.txt

The reason is published for good: name nobody in it who should not be named.")]
pub(super) struct CancelArguments {
    #[command(flatten)]
    act: Irreversible,
    /// File with the reason, which everybody reads; without it, it is asked for
    #[arg(long, value_name = "FILE")]
    reason: Option<PathBuf>,
}

/// `urna election open`.
pub(super) fn open(arguments: &Irreversible) -> ExitCode {
    let Irreversible { election: Named { slug, access }, yes } = arguments;
    access.run("urna election open", async |authority| {
        confirm(
            "This opens voting, for good: it can be closed then, and not opened again.",
            Some(slug.as_str()),
            *yes,
        )?;
        let posted = authority.open(slug).await.map_err(refused)?;
        Ok(done(&format!("Voting is open. Next, when it is time: urna election close {slug}"), &posted))
    })
}

/// `urna election close`.
pub(super) fn close(arguments: &Irreversible) -> ExitCode {
    let Irreversible { election: Named { slug, access }, yes } = arguments;
    access.run("urna election close", async |authority| {
        confirm("This closes voting, for good: no ballot is taken any more.", Some(slug.as_str()), *yes)?;
        let posted = authority.close(slug).await.map_err(refused)?;
        Ok(done(&format!("Voting is closed. Next: urna election status {slug}"), &posted))
    })
}

/// `urna election cancel`.
pub(super) fn cancel(arguments: &CancelArguments) -> ExitCode {
    let CancelArguments { act: Irreversible { election: Named { slug, access }, yes }, reason } = arguments;
    access.run("urna election cancel", async |authority| {
        let reason = match reason {
            Some(path) => fs::read_to_string(path)
                .map_err(|error| End::unreadable(format!("{}: {error}", path.display())))?,
            None if std::io::stdin().is_terminal() => {
                let mut line = String::new();
                ask("Why? Everybody reads it: ", &mut line)?;
                line
            }
            None => return Err(End::unreadable("a reason is needed, which everybody reads: --reason FILE")),
        };
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(End::unreadable("the reason is empty; everybody reads it"));
        }
        let about =
            format!("This cancels the election, for good and without a result. Everybody reads:\n  {reason}");
        confirm(&about, Some(slug.as_str()), *yes)?;
        let posted = authority.cancel(slug, reason).await.map_err(refused)?;
        Ok(done("The election is cancelled.", &posted))
    })
}

/// `urna election tally`.
pub(super) fn tally(arguments: &Irreversible) -> ExitCode {
    let Irreversible { election: Named { slug, access }, yes } = arguments;
    access.run("urna election tally", async |authority| {
        confirm(
            "This counts what the trustees have opened, and publishes the result for good.",
            Some(slug.as_str()),
            *yes,
        )?;
        let posted = authority.tally(slug).await.map_err(refused)?;
        let next = format!("The result is published. Next: urna election result {slug}");
        Ok(done(&next, &posted))
    })
}

/// `urna election certify`.
pub(super) fn certify(arguments: &Irreversible) -> ExitCode {
    let Irreversible { election: Named { slug, access }, yes } = arguments;
    access.run("urna election certify", async |authority| {
        confirm(
            "This certifies the result, for good: unspent tokens cannot be returned any more.",
            Some(slug.as_str()),
            *yes,
        )?;
        let posted = authority.certify(slug).await.map_err(refused)?;
        Ok(done("The result is certified.", &posted))
    })
}

fn done(what: &str, posted: &Posted) -> Answer {
    Answer::of(format!("{what}\nThe record says so in entry {}.", posted.index), posted)
}
