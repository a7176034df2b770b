//! Urna, the verifiable voting service: one command for every role.
//!
//! Each subcommand is a module of its own that turns arguments into calls of the crates below and their answers into
//! text, JSON and an exit status: 0 as wished, 1 the answer is no, 2 wrong arguments or something unreadable
//! (`spec/cli.md`).
//!
//! [`run`] is the command. [`load`] makes elections to put a board under load, for `urna bench` and for the tests of the
//! whole system.

pub mod load;

mod answer;
mod authority;
mod backup;
mod bench;
mod board;
mod config;
mod definition;
mod demo;
mod election;
mod issuer;
mod key;
mod memory;
mod mirror;
mod organiser;
mod progress;
mod prompt;
mod register;
mod serve;
mod service;
mod trustee;
mod voter;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use answer::{End, finish};

/// A first election, step by step. A test does just what it says.
const TUTORIAL: &str = include_str!("tutorial.txt");

/// Verifiable voting for universities, student unions and associations
#[derive(Parser)]
#[command(name = "urna", version, about, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Start here:\n  urna demo               a whole election on real ballots, in a minute\n  urna help tutorial      an election of your own, step by step\n  urna serve --data DIR   the services of a small organisation"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a whole election on real ballots and compare its count with the ballots
    Demo(demo::Arguments),
    /// Run everything that a small organisation needs, in one process: authority, issuer and board
    Serve(serve::Arguments),
    /// Run an authority: the organiser's service, with drafts, the register, invitations and phases
    Authority(authority::Arguments),
    /// Run an issuer, which signs one token for each entitled voter without seeing whose; or make its keys
    Issuer(issuer::Arguments),
    /// Run a bulletin board: the public log that takes ballots and that everybody reads
    Board(board::Arguments),
    /// Organise an election: draft, keys, approval, publication, opening, closing, and what is awaited from whom
    Election(election::Arguments),
    /// The list of voters, and their invitations
    Register(register::Arguments),
    /// Make the authority's signing key; make, list and revoke API keys
    Key(key::Arguments),
    /// Guard a part of the election's key: ceremony, rehearsal, opening
    Trustee(trustee::Arguments),
    /// Vote from the terminal: token, ballot, check, withdrawal, recovery
    Voter(voter::Arguments),
    /// Copy the public record of an election, verify the copy, and go on with it when the log has grown
    Mirror(mirror::Arguments),
    /// Copy what authority and issuer keep into one file; nobody can give second tokens with it
    Backup(backup::BackupArguments),
    /// Put a backup into a new folder
    Restore(backup::RestoreArguments),
    /// Check the configuration of a service before it is started
    Config(config::Arguments),
    /// Measure this program on this machine
    Bench(bench::Arguments),
    /// A first election, step by step
    #[command(long_about = TUTORIAL, help_template = "{about}\n")]
    Tutorial,
}

/// Runs the command with the arguments of this process.
pub fn run() -> ExitCode {
    if let Err(error) = memory::keep_to_itself() {
        return finish("urna", false, Err(End::no(format!("core files cannot be forbidden: {error}"))));
    }
    let Arguments { command } = Arguments::parse();
    match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Authority(arguments) => authority::run(&arguments),
        Command::Issuer(arguments) => issuer::run(&arguments),
        Command::Board(arguments) => board::run(&arguments),
        Command::Election(arguments) => election::run(&arguments),
        Command::Register(arguments) => register::run(&arguments),
        Command::Key(arguments) => key::run(&arguments),
        Command::Trustee(arguments) => trustee::run(&arguments),
        Command::Voter(arguments) => voter::run(&arguments),
        Command::Mirror(arguments) => mirror::run(&arguments),
        Command::Backup(arguments) => backup::back_up(&arguments),
        Command::Restore(arguments) => backup::restore(&arguments),
        Command::Config(arguments) => config::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Tutorial => {
            service::announce(TUTORIAL.trim_end());
            ExitCode::SUCCESS
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// Commands without commands below them, with all words of their names.
    fn leaves(command: &clap::Command, name: &str, into: &mut Vec<(String, String)>) {
        let below: Vec<_> = command.get_subcommands().filter(|below| below.get_name() != "help").collect();
        if below.is_empty() || name == "urna issuer" {
            let help = command.get_after_help().map(ToString::to_string);
            into.push((name.to_owned(), help.unwrap_or_default()));
        }
        for command in below {
            leaves(command, &format!("{name} {}", command.get_name()), into);
        }
    }

    #[test]
    fn teaches_every_command_of_organisers_and_operators_by_an_example() {
        let mut commands = Vec::new();
        leaves(&Arguments::command(), "urna", &mut commands);
        let taught = ["serve", "authority", "issuer", "board", "key", "election", "register"];
        let taught = |name: &str| taught.iter().any(|word| name.split(' ').nth(1) == Some(word));
        let mut seen = 0;
        for (name, help) in commands.iter().filter(|(name, _)| taught(name)) {
            seen += 1;
            let is_service = help.contains("The configuration is a TOML document");
            assert!(is_service || help.contains(name.as_str()), "{name}: {help}");
        }
        assert!(seen > 25, "{seen}");
    }

    /// Every process of the machine can read arguments: what is secret comes from a file or from standard input.
    #[test]
    fn takes_no_secret_as_an_argument() {
        let (mut open, mut seen) = (vec![Arguments::command()], 0);
        while let Some(command) = open.pop() {
            for argument in command.get_arguments().filter(|argument| argument.get_action().takes_values()) {
                let name = argument.get_id().as_str();
                let words =
                    ["link", "pass", "key", "code", "seed", "secret", "token", "recovery", "invitation"];
                if words.iter().any(|word| name.contains(word)) {
                    seen += 1;
                    let values = argument.get_value_names().unwrap_or_default();
                    assert!(
                        values.iter().all(|value| value.contains("FILE")),
                        "{command}: {name} {values:?}"
                    );
                }
            }
            open.extend(command.get_subcommands().cloned());
        }
        assert!(seen > 5, "{seen}");
    }

    #[test]
    fn accepts_its_own_arguments() {
        Arguments::command().debug_assert();
    }
}
