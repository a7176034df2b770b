//! How commands end: with an answer or without one, in text or JSON, and an exit status (`spec/cli.md`).

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::{Value, json};

/// What a command has to say.
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) json: Value,
    /// Whether it is as wished.
    pub(crate) yes: bool,
}

impl Answer {
    pub(crate) const fn yes(text: String, json: Value) -> Self {
        Self { text, json, yes: true }
    }

    /// A text, and the same as a document.
    pub(crate) fn of(text: impl Into<String>, document: &impl Serialize) -> Self {
        Self::yes(text.into(), serde_json::to_value(document).unwrap_or_default())
    }
}

/// Why a command ends, and with which status.
pub(crate) struct End {
    status: u8,
    text: String,
    json: Value,
}

impl End {
    pub(crate) const fn new(status: u8, text: String, json: Value) -> Self {
        Self { status, text, json }
    }

    /// Wrong arguments, or something that cannot be read or reached.
    pub(crate) fn unreadable(text: impl Into<String>) -> Self {
        Self::saying(2, text.into())
    }

    /// The answer is no.
    pub(crate) fn no(text: impl Into<String>) -> Self {
        Self::saying(1, text.into())
    }

    /// The same, and another sentence.
    pub(crate) fn adding(mut self, more: &str) -> Self {
        self.text.push('\n');
        self.text.push_str(more);
        self
    }

    /// The same, of this file.
    pub(crate) fn about(mut self, file: &str) -> Self {
        self.text = format!("{file}: {}", self.text);
        self
    }

    fn saying(status: u8, text: String) -> Self {
        let json = json!({ "error": text });
        Self { status, text, json }
    }
}

impl std::fmt::Display for End {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Says what came of a command, and answers with the exit status.
pub(crate) fn finish(command: &str, json: bool, answered: Result<Answer, End>) -> ExitCode {
    // Whoever reads it may have gone.
    match answered {
        Ok(answer) => {
            let text = if json { answer.json.to_string() } else { printable(answer.text.trim_end()) };
            let _ = writeln!(io::stdout(), "{text}");
            ExitCode::from(if answer.yes { 0 } else { 1 })
        }
        Err(End { status, text, json: document }) => {
            let _ = writeln!(io::stderr(), "{command}: {}", printable(&text));
            if json {
                let _ = writeln!(io::stdout(), "{document}");
            }
            ExitCode::from(status)
        }
    }
}

/// What services and files say must not steer the terminal.
fn printable(text: &str) -> String {
    let harmless =
        |character: char| if character.is_control() && character != '\n' { ' ' } else { character };
    text.chars().map(harmless).collect()
}
