//! What the key file holds, as canonical JSON: all that a trustee's program knows between two commands (TRU-17).

use serde::{Deserialize, Serialize};
use urna_crypto::{Round1Secret, Round2Secret, TrusteeSecretKey, TrusteeShare};
use urna_election::Plan;
use urna_election::ceremony::{Exchange, ExchangeRecord};
use urna_election::json::{Base64, Integer};
use zeroize::Zeroizing;

use crate::error::KeyFileError;
use crate::trustee::{Bound, Secret, Stage, Trustee};

const VERSION: u32 = 1;

/// The document. Members stand in alphabetical order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// The authority that carries packages; none where they travel as files.
    authority: Option<String>,
    /// Since the trustee agreed to a manifest.
    bound: Option<Bound>,
    exchange: ExchangeRecord,
    index: u16,
    /// The enrolment key's secret.
    key: Base64<Zeroizing<Vec<u8>>>,
    plan: Plan,
    revision: Integer,
    /// By stage: none, the state after round 1 or 2, the share.
    secret: Option<Base64<Zeroizing<Vec<u8>>>>,
    stage: Stage,
    version: u32,
}

impl Document {
    pub(crate) fn of(trustee: &Trustee) -> Self {
        let secret = match &trustee.secret {
            Secret::None => None,
            Secret::Round1(bytes) | Secret::Round2(bytes) => Some(bytes.clone()),
            Secret::Share(share) => Some(Zeroizing::new(share.to_bytes().to_vec())),
        };
        Self {
            authority: trustee.authority.clone(),
            bound: trustee.bound.clone(),
            exchange: trustee.exchange.record(),
            index: trustee.index,
            key: Base64(Zeroizing::new(trustee.key.to_bytes().to_vec())),
            plan: trustee.plan().clone(),
            revision: Integer::try_from(trustee.revision).unwrap_or(Integer::MAX),
            secret: secret.map(Base64),
            stage: trustee.stage(),
            version: VERSION,
        }
    }

    /// The trustee that was saved. Everything is checked against everything else: a state that does not fit together would
    /// fail at the moment when it is needed.
    pub(crate) fn restore(self) -> Result<Trustee, KeyFileError> {
        let damaged = KeyFileError::Content;
        if self.version != VERSION {
            return Err(KeyFileError::Version(self.version));
        }
        let plan = Plan::parse(&self.plan.to_bytes()).map_err(|_| damaged("the plan breaks rules"))?;
        let key = self.key.0.as_slice().as_array().and_then(|key| TrusteeSecretKey::from_bytes(key).ok());
        let key = key.ok_or(damaged("the enrolment key does not decode"))?;
        let exchange = Exchange::restore(plan, &self.exchange)
            .map_err(|_| damaged("a package does not belong there"))?;
        if exchange.enrolled(self.index) != Some(&key.public()) {
            return Err(damaged("the enrolment is of another key"));
        }
        let wrong = || damaged("the ceremony's state does not fit");
        let secret = match (self.stage, self.secret) {
            (Stage::Enrolled, None) => Secret::None,
            (Stage::Round1, Some(bytes)) => {
                let ceremony = exchange.ceremony().ok_or_else(wrong)?;
                if Round1Secret::from_bytes(ceremony, &bytes.0).is_err() {
                    return Err(wrong());
                }
                Secret::Round1(bytes.0)
            }
            (Stage::Round2, Some(bytes)) => {
                let ceremony = exchange.ceremony().ok_or_else(wrong)?;
                if Round2Secret::from_bytes(ceremony, &bytes.0).is_err() {
                    return Err(wrong());
                }
                Secret::Round2(bytes.0)
            }
            (Stage::HoldsShare, Some(bytes)) => {
                let share =
                    bytes.0.as_slice().as_array().and_then(|share| TrusteeShare::from_bytes(share).ok());
                let share = share.filter(|share| share.index() == self.index).ok_or_else(wrong)?;
                let is_its = exchange.round_1().map_or(exchange.is_solo(), |round_1| {
                    let place = usize::from(self.index).saturating_sub(1);
                    let key = round_1.share_keys().ok().and_then(|keys| keys.get(place));
                    key == Some(&share.share_key()) && round_1.election_key() == share.election_key()
                });
                if !is_its {
                    return Err(damaged("the share is of another ceremony"));
                }
                Secret::Share(Box::new(share))
            }
            _ => return Err(wrong()),
        };
        if self.bound.is_some() && !matches!(secret, Secret::Share(_)) {
            return Err(damaged("an election without a share"));
        }
        let (authority, index, bound) = (self.authority, self.index, self.bound);
        let revision = self.revision.value();
        Ok(Trustee {
            authority,
            exchange,
            index,
            key,
            secret,
            bound,
            revision,
            saved: Some(revision),
            chunk: None,
        })
    }
}
