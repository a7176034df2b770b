//! The command `urna`.

use std::process::ExitCode;

fn main() -> ExitCode {
    urna::run()
}
