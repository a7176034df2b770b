//! A vector, a file of them, and what a program answers when asked about one.

use anyhow::anyhow;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use urna_crypto::DecodeError;

use crate::fields::{Field, Fields};

/// All vectors of one area: `spec/vectors/<area>.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// The area.
    pub area: String,
    /// What several vectors of the file refer to.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub shared: Fields,
    /// The vectors.
    pub vectors: Vec<Vector>,
}

/// One vector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Its name, unique in the file.
    pub name: String,
    /// What is special about it.
    pub comment: String,
    /// Whether it is accepted.
    pub expect: Expect,
    /// The rule that it keeps, or that refuses it.
    pub check: String,
    /// What is to be done with the input: see `spec/vectors/README.md`.
    pub operation: String,
    /// What a program under test is given.
    pub input: Fields,
    /// Of an accepted vector: all randomness and everything computed on the way. Of a refused one: what the refusal names.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub values: Fields,
}

/// The answer that a program must give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// Accepted.
    Accept,
    /// Refused.
    Reject,
}

impl Vector {
    /// A vector that must be accepted.
    pub fn accept(
        operation: &str,
        name: &str,
        check: &str,
        comment: &str,
        input: Fields,
        values: Fields,
    ) -> Self {
        Self {
            name: name.to_owned(),
            comment: comment.to_owned(),
            expect: Expect::Accept,
            check: check.to_owned(),
            operation: operation.to_owned(),
            input,
            values,
        }
    }

    /// A vector that must be refused.
    pub fn reject(operation: &str, name: &str, check: &str, comment: &str, input: Fields) -> Self {
        Self { expect: Expect::Reject, ..Self::accept(operation, name, check, comment, input, Fields::new()) }
    }

    /// With what the refusal must name.
    #[must_use]
    pub fn naming(self, values: Fields) -> Self {
        Self { values, ..self }
    }

    /// This one with one field of the input changed, so that it is refused.
    #[must_use]
    pub fn changed(
        &self,
        name: &str,
        check: &str,
        comment: &str,
        field: &str,
        value: &(impl Field + ?Sized),
    ) -> Self {
        Self::reject(&self.operation, name, check, comment, self.input.clone().with(field, value))
    }
}

/// Why an input is not accepted.
#[derive(Debug)]
pub enum No {
    /// Refused, by one of these rules: where an error does not say which, all that it can be.
    Refused(Vec<&'static str>),
    /// The vector itself cannot be read.
    Malformed(anyhow::Error),
}

/// What a program answers: what it computed, or why not.
pub type Answer = Result<Fields, No>;

/// Refused by this rule.
pub fn no(rule: &'static str) -> No {
    No::Refused(vec![rule])
}

/// The vector names an operation that its area does not have.
pub fn unknown(operation: &str) -> No {
    No::Malformed(anyhow!("there is no operation `{operation}`"))
}

impl From<anyhow::Error> for No {
    fn from(error: anyhow::Error) -> Self {
        Self::Malformed(error)
    }
}

impl From<DecodeError> for No {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::NonCanonicalPoint => no("GRP-1"),
            DecodeError::Identity => no("GRP-2"),
            DecodeError::NonCanonicalScalar | DecodeError::ZeroScalar => no("GRP-3"),
            DecodeError::Length { .. } => Self::Malformed(anyhow!("{error}")),
        }
    }
}

/// One area: a file, and who answers for its vectors.
pub struct Area {
    /// The name, and that of the file without `.json`.
    pub name: &'static str,
    /// Makes the file.
    pub write: fn() -> File,
    /// What Urna's crates answer.
    pub crates: fn(&Vector, &Fields) -> Answer,
    /// What the second implementation answers; `None` where there is none of the operation.
    pub oracle: fn(&Vector, &Fields) -> Option<Answer>,
}

impl Area {
    /// Compares an answer with what the vector expects. `Err` says how they differ.
    pub fn compare(vector: &Vector, answer: Answer) -> Result<(), String> {
        match (vector.expect, answer) {
            (_, Err(No::Malformed(error))) => Err(format!("the vector cannot be read: {error:#}")),
            (Expect::Reject, Ok(_)) => Err(format!("accepted, but {} must refuse it", vector.check)),
            (Expect::Reject, Err(No::Refused(rules))) if rules.contains(&vector.check.as_str()) => Ok(()),
            (Expect::Reject, Err(No::Refused(rules))) => {
                Err(format!("refused by {}, not by {}", rules.join("/"), vector.check))
            }
            (Expect::Accept, Err(No::Refused(rules))) => {
                Err(format!("refused by {}, but must be accepted", rules.join("/")))
            }
            (Expect::Accept, Ok(computed)) => {
                for (name, value) in computed.iter() {
                    let expected = vector.values.value(name).unwrap_or(&Value::Null);
                    if expected != value {
                        return Err(format!("computed {name} = {value}, where {expected} stands"));
                    }
                }
                Ok(())
            }
        }
    }
}
