//! `urna-vectors`: writes and checks `spec/vectors`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Writes and checks the test vectors of the specification.
///
/// Every file of spec/vectors holds vectors of one area; spec/vectors/README.md says what their fields mean. They are
/// made by a second implementation of the equations inside this program, from fixed seeds, so that all randomness and
/// every intermediate value can be written down. The folder records in it has whole elections.
///
/// Exit status: 0 done, nothing differs; 1 something differs or cannot be read; 2 wrong arguments.
#[derive(Parser)]
#[command(name = "urna-vectors")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The folder of the vectors, from the repository's root
    #[arg(long, global = true, default_value = "spec/vectors")]
    folder: PathBuf,
}

#[derive(Subcommand)]
enum Command {
    /// Write all files again; the same bytes unless a rule or a vector changed
    Write,
    /// Check that the code accepts and refuses what the files say, by the rules they name, and that `write` would write
    /// the same files
    Check,
}

#[allow(clippy::print_stdout, reason = "a program's answer")]
fn main() -> ExitCode {
    let Arguments { command, folder } = Arguments::parse();
    let outcome = match command {
        Command::Write => urna_vectors::write(&folder).map(|()| ExitCode::SUCCESS),
        Command::Check => urna_vectors::check(&folder).map(|report| {
            for difference in &report.differences {
                eprintln!("urna-vectors: {difference}");
            }
            println!(
                "{} vectors to accept, {} to refuse, {} of them answered by both implementations; \
                 {} whole elections; {} differences",
                report.accepted,
                report.rejected,
                report.seconded,
                report.records,
                report.differences.len()
            );
            if report.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("urna-vectors: {error:#}");
        ExitCode::FAILURE
    })
}
