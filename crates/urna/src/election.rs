//! `urna election`: the organiser's side, from the draft to the certified result.
//!
//! | module | commands |
//! |---|---|
//! | `drafting` | `new`, `draft`, `edit`, `validate` |
//! | `parties` | `plan`, `keys` |
//! | `approving` | `approve`, `publish` |
//! | `phases` | `open`, `close`, `cancel`, `tally`, `certify` |
//! | `result` | `result` |
//! | `status` | `status`, `list`, `audit` |

mod approving;
mod drafting;
mod parties;
mod phases;
mod result;
mod status;

use std::future::Future;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use urna_api::client::AuthorityClient;
use urna_election::Slug;

use crate::answer::{Answer, End};
use crate::organiser::{Access, EXIT};

/// A first election, in its help.
const FIRST: &str = "\
A first election, in the order in which things happen; `urna election status council-2027` says at every moment what is awaited
from whom, and with which command it goes on.

  urna election new council-2027                    a draft, from the preset for elections over days
  urna election edit council-2027                   in your editor; again, until there is nothing to mend:
  urna election validate council-2027
  urna election plan council-2027 --save plan.json  names of issuers and trustees are fixed; the board makes the log
  urna election keys council-2027 --issuer office office.json
                                                    what `urna issuer keys plan.json …` printed
  urna election keys council-2027 --trustees trustees.json
                                                    what the trustees' key ceremony ended with
  urna register load council-2027 voters.csv        the list of voters
  urna election approve council-2027                by everybody whom the draft names; any edit voids it
  urna election publish council-2027                freezes it, and prints the election id for the announcement
  urna register invite council-2027                 each voter's own link, by mail; --csv FILE for letters
  urna election open council-2027                   by hand, if the schedule says so; otherwise the clock does
  urna election close council-2027
  urna election tally council-2027                  when the trustees have opened: counts, and publishes the result
  urna election result council-2027                 as text; --format csv for a spreadsheet
  urna election certify council-2027";

/// Organise an election: draft, keys, approval, publication, opening, closing, result, and what is awaited from whom
#[derive(Args)]
#[command(after_help = format!("{FIRST}\n\n{EXIT}"))]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make an election, which is your account's for good, and begin with a draft
    New(drafting::NewArguments),
    /// Print the draft, a JSON document
    #[command(after_help = "Example:\n  urna election draft council-2027 > draft.json")]
    Draft(Named),
    /// Replace the draft by a file, or edit it in your editor; voids approvals
    Edit(drafting::EditArguments),
    /// Say everything that keeps the draft from being published
    #[command(
        after_help = "Example:\n  urna election validate council-2027\n\nEverything at once, with the field where it is found. Exit status 1 while anything is left."
    )]
    Validate(Named),
    /// Fix the plan: slug, issuers and trustees; the board creates the log
    Plan(parties::PlanArguments),
    /// Give the keys of an issuer or of the trustees to the authority
    Keys(parties::KeysArguments),
    /// Show the manifest, and approve its exact bytes
    Approve(approving::ApproveArguments),
    /// Publish: freeze the manifest, post it as entry 0, and print the election id
    #[command(after_help = "\
Examples:
  urna election publish council-2027

It asks for the slug; --yes answers for scripts. If it is interrupted, give it again. Who has approved, and what is missing, says \
`urna election status`.")]
    Publish(Irreversible),
    /// Open voting by hand
    #[command(
        after_help = "Example:\n  urna election open council-2027\n\nWhere the schedule has times, the clock opens."
    )]
    Open(Irreversible),
    /// Close voting by hand
    #[command(
        after_help = "Example:\n  urna election close council-2027\n\nWhere the schedule has times, the clock closes."
    )]
    Close(Irreversible),
    /// Count what the trustees have opened, and publish the result
    #[command(after_help = "\
Example:
  urna election tally council-2027

The authority verifies the whole record first, as `urna-verify` does. While trustees are awaited it says whom, with exit status 1. If \
it is interrupted, give it again.")]
    Tally(Irreversible),
    /// Print the result
    Result(result::ResultArguments),
    /// Certify the result; unspent tokens cannot be returned any more
    #[command(after_help = "Example:\n  urna election certify council-2027\n\nFor the owner.")]
    Certify(Irreversible),
    /// End an election without a result
    Cancel(phases::CancelArguments),
    /// Say where an election stands, what is awaited from whom, and how it goes on
    #[command(after_help = "Example:\n  urna election status council-2027")]
    Status(Named),
    /// List your elections
    #[command(after_help = "Example:\n  urna election list --as eva.toml")]
    List(Access),
    /// Say who did what, when
    #[command(after_help = "Example:\n  urna election audit council-2027\n\nFor the owner.")]
    Audit(Named),
}

/// An election.
#[derive(Args)]
pub(crate) struct Named {
    /// The election's short name
    #[arg(value_name = "SLUG")]
    pub(crate) slug: Slug,
    #[command(flatten)]
    pub(crate) access: Access,
}

impl Named {
    /// Asks the authority about this election.
    pub(crate) fn run<F>(&self, command: &str, work: impl FnOnce(AuthorityClient) -> F) -> ExitCode
    where
        F: Future<Output = Result<Answer, End>>,
    {
        self.access.run(command, work)
    }
}

/// What cannot be undone.
#[derive(Args)]
pub(crate) struct Irreversible {
    #[command(flatten)]
    pub(crate) election: Named,
    /// Do not ask for the slug
    #[arg(long)]
    pub(crate) yes: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match &arguments.command {
        Command::New(new) => drafting::new(new),
        Command::Draft(named) => drafting::draft(named),
        Command::Edit(edit) => drafting::edit(edit),
        Command::Validate(named) => drafting::validate(named),
        Command::Plan(plan) => parties::plan(plan),
        Command::Keys(keys) => parties::keys(keys),
        Command::Approve(approve) => approving::approve(approve),
        Command::Publish(publish) => approving::publish(publish),
        Command::Open(open) => phases::open(open),
        Command::Close(close) => phases::close(close),
        Command::Tally(tally) => phases::tally(tally),
        Command::Result(result) => result::result(result),
        Command::Certify(certify) => phases::certify(certify),
        Command::Cancel(cancel) => phases::cancel(cancel),
        Command::Status(named) => status::status(named),
        Command::List(access) => status::list(access),
        Command::Audit(named) => status::audit(named),
    }
}
