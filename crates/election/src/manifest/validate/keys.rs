//! Every key is valid, its own, and its owner has shown to have the secret (MAN-22 to MAN-27).

use std::collections::BTreeMap;

use urna_crypto::{
    Combination, Ed25519Key, ElectionKey, IssuerKey, IssuerPossession, IssuerSigningKey, Point, ShareKey,
    Signature, TrusteeKey, VerifyingKey,
};

use super::{CLASSES, Check, ISSUERS, NAME, TRUSTEES};
use crate::json::Base64;
use crate::manifest::draft::{self, Draft};
use crate::manifest::{Issuer, Rule, Trustee};
use crate::plan::Plan;

/// What the key fields gave; `None` where a problem was noted.
pub(super) struct Found {
    pub(super) authority: Option<Ed25519Key>,
    pub(super) election_key: Option<ElectionKey>,
    pub(super) issuers: Option<Vec<Issuer>>,
    pub(super) trustees: Option<Vec<Trustee>>,
}

impl Check {
    pub(super) fn keys(&mut self, draft: &Draft) -> Found {
        let authority = self.signer_key("authority_key", &draft.authority_key);
        let keys = &draft.keys;
        let election_key = self.key("keys.election_key", &keys.election_key, ElectionKey::from_bytes);
        let issuers = self.issuers(draft);
        let trustees = self.trustees(&keys.trustees);
        self.distinct_keys(draft);
        Found { authority, election_key, issuers, trustees }
    }

    fn key<K, E>(
        &mut self,
        field: &str,
        bytes: &Base64<[u8; 32]>,
        decode: impl Fn(&[u8; 32]) -> Result<K, E>,
    ) -> Option<K> {
        self.ok(field, decode(&bytes.0).map_err(|_| Rule::KeyInvalid))
    }

    fn issuers(&mut self, draft: &Draft) -> Option<Vec<Issuer>> {
        let list = &draft.keys.issuers;
        let length = self.list_length("keys.issuers", list.len(), ISSUERS);
        self.distinct("keys.issuers", ".id", list.iter().map(|issuer| issuer.id.as_str()));
        let issuers: Vec<_> = list
            .iter()
            .enumerate()
            .map(|(i, issuer)| {
                let at = format!("keys.issuers[{i}]");
                let id = self.id(&format!("{at}.id"), &issuer.id);
                self.name(&format!("{at}.name"), &issuer.name, NAME);
                self.url(&format!("{at}.url"), &issuer.url);
                let signing_key =
                    self.key(&format!("{at}.signing_key"), &issuer.signing_key, IssuerSigningKey::from_bytes);
                let keys = self.class_keys(&format!("{at}.keys"), issuer, &draft.classes);
                Some(Issuer {
                    id: id?,
                    name: issuer.name.clone(),
                    url: issuer.url.clone(),
                    signing_key: signing_key?,
                    keys: keys?,
                })
            })
            .collect();
        length?;
        issuers.into_iter().collect()
    }

    fn class_keys(
        &mut self,
        at: &str,
        issuer: &draft::Issuer,
        classes: &[draft::Class],
    ) -> Option<Vec<IssuerKey>> {
        let before = self.problems.len();
        let (found, expected) = (issuer.keys.len(), classes.len());
        if found != expected {
            self.note(at, Rule::ClassKeyCount { expected, found });
        }
        let mut keys = Vec::new();
        for (i, (entry, class)) in issuer.keys.iter().zip(classes).enumerate() {
            if entry.class != class.id {
                let (expected, found) = (class.id.clone(), entry.class.clone());
                self.note(format!("{at}[{i}].class"), Rule::ClassKeyOrder { expected, found });
            }
            keys.extend(self.key(&format!("{at}[{i}].key"), &entry.key, IssuerKey::from_bytes));
        }
        (self.problems.len() == before).then_some(keys)
    }

    fn trustees(&mut self, trustees: &draft::Trustees) -> Option<Vec<Trustee>> {
        let list = &trustees.members;
        let length = self.list_length("keys.trustees.members", list.len(), TRUSTEES);
        self.distinct("keys.trustees.members", ".id", list.iter().map(|member| member.id.as_str()));
        let members: Vec<_> = list
            .iter()
            .enumerate()
            .map(|(i, member)| {
                let at = format!("keys.trustees.members[{i}]");
                let id = self.id(&format!("{at}.id"), &member.id);
                self.name(&format!("{at}.name"), &member.name, NAME);
                let key = self.key(&format!("{at}.key"), &member.key, TrusteeKey::from_bytes);
                let share_key = self.key(&format!("{at}.share_key"), &member.share_key, ShareKey::from_bytes);
                Some(Trustee { id: id?, name: member.name.clone(), key: key?, share_key: share_key? })
            })
            .collect();
        length?;
        members.into_iter().collect()
    }

    /// No key stands twice, whatever its role (MAN-23); only a solo trustee's share is the election key (MAN-27).
    fn distinct_keys(&mut self, draft: &Draft) {
        let keys = &draft.keys;
        let solo = keys.trustees.solo && keys.trustees.members.len() == 1;
        let mut all: Vec<(String, &[u8; 32])> = vec![
            ("authority_key".into(), &draft.authority_key.0),
            ("board.log_key".into(), &draft.board.log_key.0),
            ("board.promise_key".into(), &draft.board.promise_key.0),
            ("keys.election_key".into(), &keys.election_key.0),
        ];
        for (i, issuer) in keys.issuers.iter().enumerate() {
            all.push((format!("keys.issuers[{i}].signing_key"), &issuer.signing_key.0));
            for (j, entry) in issuer.keys.iter().enumerate() {
                all.push((format!("keys.issuers[{i}].keys[{j}].key"), &entry.key.0));
            }
        }
        for (i, member) in keys.trustees.members.iter().enumerate() {
            all.push((format!("keys.trustees.members[{i}].key"), &member.key.0));
            let field = format!("keys.trustees.members[{i}].share_key");
            if !solo {
                all.push((field, &member.share_key.0));
            } else if member.share_key != keys.election_key {
                self.note(field, Rule::SoloShare);
            }
        }
        let mut seen: BTreeMap<&[u8; 32], String> = BTreeMap::new();
        for (field, key) in all {
            match seen.get(key) {
                Some(first) => self.note(field, Rule::KeyRepeated { first: first.clone() }),
                None => {
                    seen.insert(key, field);
                }
            }
        }
    }

    /// Election key and shares lie on one polynomial of degree t - 1 (MAN-27): every t consecutive shares give the key.
    pub(super) fn sharing(&mut self, found: &Found, threshold: Option<u16>) {
        let (Some(election_key), Some(trustees), Some(threshold)) =
            (&found.election_key, &found.trustees, threshold)
        else {
            return;
        };
        let shares: Vec<Point> = trustees.iter().map(|trustee| *trustee.share_key.point()).collect();
        let indices: Vec<u16> = (1..).take(shares.len()).collect();
        let threshold = usize::from(threshold);
        let groups = indices.windows(threshold).zip(shares.windows(threshold));
        for (first, (indices, shares)) in groups.enumerate() {
            let key = Combination::new(indices).and_then(|combination| combination.combine(shares));
            if key.as_ref() != Ok(election_key.point()) {
                let last = first + threshold - 1;
                return self.note(format!("keys.trustees.members[{last}].share_key"), Rule::SharesDisagree);
            }
        }
    }

    /// Every issuer has the secret of every key that it lists, shown over the plan id (MAN-25, TOK-1).
    pub(super) fn possession(
        &mut self,
        draft: &Draft,
        plan: Option<&Plan>,
        issuers: Vec<Issuer>,
    ) -> Vec<Issuer> {
        // Nor for more classes than there may be: proofs are what costs most.
        let Some(plan) = plan.filter(|_| CLASSES.contains(&draft.classes.len())) else {
            return issuers;
        };
        let plan = plan.id();
        for (i, (issuer, draft)) in issuers.iter().zip(&draft.keys.issuers).enumerate() {
            for (j, (key, entry)) in issuer.keys.iter().zip(&draft.keys).enumerate() {
                let statement =
                    IssuerPossession { plan: &plan, issuer: issuer.id.as_str(), class: &entry.class };
                let proof = Signature::from_bytes(&entry.proof.0);
                if !proof.is_ok_and(|proof| proof.verify(key, &statement).is_ok()) {
                    let (issuer, class) = (draft.id.clone(), entry.class.clone());
                    self.note(
                        format!("keys.issuers[{i}].keys[{j}].proof"),
                        Rule::PossessionUnproven { issuer, class },
                    );
                }
            }
        }
        issuers
    }

    /// An Ed25519 key of authority or board (MAN-22).
    pub(super) fn signer_key(&mut self, field: &str, key: &Base64<[u8; 32]>) -> Option<Ed25519Key> {
        self.key(field, key, Ed25519Key::from_bytes)
    }
}
