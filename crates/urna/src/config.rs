//! `urna config check`: what a service would run with, and everything that is wrong with it.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use crate::answer::{Answer, End, finish};
use crate::serve;
use crate::service::settings::{Effective, Settings};

/// Check the configuration of a service before it is started
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what a service would run with, where each value comes from, and everything that is wrong
    Check(CheckArguments),
}

#[derive(Args)]
#[command(after_help = "\
Values come from the file, over it from the environment (URNA__MAIL__SERVER is mail.server), over that from --set. `urna serve
--help` and those of the other services say what there is.

Complete example:

  urna config check serve --config urna.toml

Exit status: 0 the service would start with it; 2 it would not.")]
struct CheckArguments {
    /// Of which service
    #[arg(value_name = "SERVICE")]
    service: Service,
    #[command(flatten)]
    settings: Settings,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

/// What can be configured.
#[derive(Clone, Copy, ValueEnum)]
enum Service {
    Serve,
    Authority,
    Issuer,
    Board,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let Command::Check(check) = &arguments.command;
    finish("urna config check", check.json, checked(check))
}

fn checked(arguments: &CheckArguments) -> Result<Answer, End> {
    let settings = &arguments.settings;
    match arguments.service {
        Service::Serve => settings.read(serve::config::Config::parse).map(drop),
        Service::Authority => settings.read(urna_authority::Config::parse).map(drop),
        Service::Issuer => settings.read(urna_issuer::Config::parse).map(drop),
        Service::Board => settings.read(urna_board::Config::parse).map(drop),
    }?;
    let given = settings.effective()?;
    let width = given.iter().map(|setting| setting.key.len()).max().unwrap_or_default();
    let line =
        |setting: &Effective| format!("{:width$} = {}   # {}", setting.key, setting.value, setting.source);
    let lines: Vec<_> = given.iter().map(line).collect();
    let text = if lines.is_empty() {
        "Nothing is set: the defaults hold.".to_owned()
    } else {
        format!("{}\n\nThe service would start with this.", lines.join("\n"))
    };
    let document: Value = given
        .iter()
        .map(|setting| json!({ "key": setting.key, "source": setting.source, "value": setting.value }))
        .collect();
    Ok(Answer::yes(text, json!({ "settings": document })))
}
