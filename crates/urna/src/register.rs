//! `urna register`: the list of voters, and their invitations.
//!
//! | module | commands |
//! |---|---|
//! | `people` | `load`, `show`, `add`, `remove`, `move`, `fill`, `salts` |
//! | `roll` | `roll` |
//! | `inviting` | `invite` |

mod inviting;
mod people;
mod roll;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::election::Named;
use crate::organiser::EXIT;

/// A list and what is done with it, in the help.
const LISTS: &str = "\
A list of voters is CSV (comma, semicolon or tab; UTF-8) or JSON, with the columns person, name, e-mail, and class or district:

  person;name;e-mail;class
  1041;Ada Lovelace;ada@uni.example;students
  1042;Grace Hopper;grace@uni.example;staff

  urna register load council-2027 voters.csv       all of it, or nothing and every bad line with its reason
  urna register invite council-2027 --test eva@uni.example
  urna register invite council-2027                each voter's own link, by mail
  urna register invite council-2027 --csv links.csv
                                                   the same for letters, in a new file
  urna register invite council-2027 --remind       to those who took no token yet
  urna register add council-2027 1043 --name 'Alan Turing' --email alan@uni.example --class staff
  urna register invite council-2027 --resend 1041  who lost the link gets another one

Before publication the list is only kept. From then on every change of who is entitled is a version of the register in the
public record, with numbers and without names, until voting ends.";

/// The list of voters, and their invitations
#[derive(Args)]
#[command(after_help = format!("{LISTS}\n\n{EXIT}"))]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Load a whole list in the place of the one before: all of it, or nothing
    Load(people::LoadArguments),
    /// Print the list of voters
    #[command(after_help = "Example:\n  urna register show council-2027")]
    Show(Named),
    /// Add people, by hand or from a list
    Add(people::AddArguments),
    /// Remove people
    Remove(people::RemoveArguments),
    /// Move people to another class
    Move(people::MoveArguments),
    /// Fill credentials that voters' devices or a third party made
    Fill(people::FillArguments),
    /// Write the salts, with which a commission compares the register with people
    Salts(people::SaltsArguments),
    /// Write the roll with the times of electronic votes, for the commission
    Roll(roll::RollArguments),
    /// Send invitations or reminders, write them for letters, or forget them
    Invite(inviting::InviteArguments),
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match &arguments.command {
        Command::Load(load) => people::load(load),
        Command::Show(named) => people::show(named),
        Command::Add(add) => people::add(add),
        Command::Remove(remove) => people::remove(remove),
        Command::Move(moved) => people::move_to(moved),
        Command::Fill(fill) => people::fill(fill),
        Command::Salts(salts) => people::salts(salts),
        Command::Roll(roll) => roll::roll(roll),
        Command::Invite(invite) => inviting::invite(invite),
    }
}
