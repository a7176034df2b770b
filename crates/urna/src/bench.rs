//! `urna bench`: figures of whole processes on this machine. Nothing passes or fails by them.

mod admit;
mod figures;
mod machine;

use std::process::ExitCode;

#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// How many ballots a second a board admits durably over HTTP, and how long one waits
    Admit(admit::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match &arguments.what {
        What::Admit(arguments) => admit::run(arguments),
    }
}
