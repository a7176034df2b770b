//! Opening an issuer: whether keys, store and election belong together, before anybody is served.

use std::sync::{Arc, Condvar, Mutex, RwLock};

use rand_core::CryptoRngCore;
use urna_crypto::{CredentialSecretKey, IssuerSigningKey};
use urna_election::manifest::Manifest;
use urna_election::{EntryVerifier, Id};

use crate::error::{IssuerError, KeyOf};
use crate::issuer::Issuer;
use crate::keys::IssuerKeys;
use crate::store::{Start, Store};

/// What an issuer is opened with.
pub struct Settings {
    /// The election.
    pub manifest: Arc<Manifest>,
    /// Which of its issuers this is.
    pub issuer: Id,
    /// The secret keys; not needed once they are destroyed.
    pub keys: Option<IssuerKeys>,
    /// How many sessions may be open, see [`SESSIONS`](crate::SESSIONS).
    pub most_sessions: usize,
}

/// What is known of earlier starts beside the store itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// The last start.
    pub start: Option<Start>,
    /// A person has said that what the store lost is lost for good.
    pub accept_loss: bool,
}

impl<S: Store> Issuer<S> {
    /// Opens the issuer of an election. Its keys are bound to this election durably before this returns (TOK-1); the caller
    /// keeps [`Issuer::start`] beside the keys before it lets anybody open a session.
    ///
    /// # Errors
    /// [`IssuerError`] says what does not fit and what to do.
    pub fn open(
        store: S,
        settings: Settings,
        known: Known,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, IssuerError> {
        let Settings { manifest, issuer: id, keys, most_sessions } = settings;
        // What can be read may come from a write that failed; nobody is told of it before it is durable.
        store.sync()?;
        let place = manifest.issuers().iter().position(|issuer| issuer.id == id);
        let place = place.ok_or_else(|| IssuerError::UnknownIssuer(id.clone()))?;
        let start = next_start(&manifest, store.start()?, known)?;
        let keys = if store.keys_destroyed()? {
            None
        } else {
            let keys = keys.ok_or(IssuerError::NoKeys)?;
            check_keys(&manifest, place, &id, &keys)?;
            Some(keys)
        };
        let at_least = store.register()?;
        store.set_start(&start)?;
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        Ok(Self {
            decoy: CredentialSecretKey::from_invitation(&secret, manifest.id()).public(),
            verifier: EntryVerifier::new(Arc::clone(&manifest)),
            store,
            manifest,
            place,
            id,
            most_sessions,
            start,
            keys: RwLock::new(keys),
            official: RwLock::default(),
            following: Mutex::default(),
            at_least,
            desk: Mutex::default(),
            queued: Condvar::new(),
            failure: Mutex::default(),
            told: Mutex::default(),
        })
    }
}

/// The start that follows, if the store is the one that was there before and its election the one that is asked for.
fn next_start(manifest: &Manifest, stored: Option<Start>, known: Known) -> Result<Start, IssuerError> {
    let asked = *manifest.id();
    for bound in [stored, known.start].into_iter().flatten().map(|start| start.election) {
        if bound != asked {
            return Err(IssuerError::OtherElection { bound, asked });
        }
    }
    let known_number = known.start.map_or(0, |start| start.number);
    match stored {
        _ if known.accept_loss => {}
        None if known_number > 0 => return Err(IssuerError::StoreLost),
        Some(Start { number, .. }) if number < known_number => {
            return Err(IssuerError::OlderCopy { stored: number, known: known_number });
        }
        _ => {}
    }
    let number = stored.map_or(0, |start| start.number).max(known_number).saturating_add(1);
    Ok(Start { election: asked, number })
}

/// Checks that these are the keys whose public halves the manifest has.
fn check_keys(manifest: &Manifest, place: usize, id: &Id, keys: &IssuerKeys) -> Result<(), IssuerError> {
    let issuer = manifest.issuers().get(place).ok_or_else(|| IssuerError::UnknownIssuer(id.clone()))?;
    if keys.issuer() != id || keys.plan() != manifest.plan_id() {
        return Err(IssuerError::OtherPlan);
    }
    let public = keys.entries().public().to_bytes();
    if IssuerSigningKey::from_bytes(&public) != Ok(issuer.signing_key) {
        return Err(IssuerError::OtherKey(KeyOf::Entries));
    }
    if keys.are_of_a_backup() {
        return Ok(());
    }
    for (index, class) in manifest.class_indices() {
        let own = keys.class(&class.id).map(|key| key.public());
        if own.is_none() || own.as_ref() != issuer.key(index) {
            return Err(IssuerError::OtherKey(KeyOf::Class(class.id.clone())));
        }
    }
    Ok(())
}
