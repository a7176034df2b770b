//! The command `urna-verify`.

use std::process::ExitCode;

fn main() -> ExitCode {
    urna_verifier::command::run()
}
