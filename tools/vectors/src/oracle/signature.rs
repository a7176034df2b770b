//! Schnorr signatures and the transcripts of what is signed; Ed25519 as the specification words its rule.

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use sha2::{Digest, Sha512};

use super::transcript::Transcript;
use super::{G, Point, Scalar, point, rows, scalar};
use crate::fields::Fields;
use crate::vector::{No, no};

/// A signature with everything it was made from.
pub struct Signed {
    /// R and s.
    pub bytes: [u8; 64],
    /// Key, nonce and everything between.
    pub values: Fields,
}

/// e = H(statement, P, R)
pub fn challenge(statement: Transcript, key: &Point, commitment: &Point) -> Scalar {
    statement.point("P", key).point("R", commitment).challenge("e")
}

/// R = kG, s = k + e x
pub fn sign(statement: Transcript, x: &Scalar, k: &Scalar) -> Signed {
    let (key, commitment) = (x * G, k * G);
    let e = challenge(statement, &key, &commitment);
    let s = k + e * x;
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(commitment.compress().as_bytes());
    bytes[32..].copy_from_slice(s.as_bytes());
    let values = Fields::new()
        .with("P", &key)
        .with("R", &commitment)
        .with("e", &e)
        .with("k", k)
        .with("s", &s)
        .with("x", x);
    Signed { bytes, values }
}

/// sG = R + eP
///
/// # Errors
/// GRP-1 to GRP-3, or `rule`.
pub fn verify(
    statement: Transcript,
    key: &Point,
    signature: &[u8; 64],
    rule: &'static str,
) -> Result<(), No> {
    let [commitment, s] = rows(signature);
    let (commitment, s) = (point(&commitment)?, scalar(&s)?);
    let e = challenge(statement, key, &commitment);
    if s * G == commitment + e * key { Ok(()) } else { Err(no(rule)) }
}

/// The transcript of a statement, by its kind and fields.
///
/// # Errors
/// The fields are not those of such a statement.
pub fn statement(kind: &str, fields: &Fields) -> anyhow::Result<Transcript> {
    let text = |name: &'static str| fields.text(name).map(str::as_bytes);
    let start = |label: &'static str, anchor: &'static str| -> anyhow::Result<Transcript> {
        Ok(Transcript::new(label).bytes(anchor, &fields.array::<32>(anchor)?))
    };
    Ok(match kind {
        "issuer_possession" => start("urna/v1/issuer/possession", "plan")?
            .bytes("issuer", text("issuer")?)
            .bytes("class", text("class")?),
        "session_request" => start("urna/v1/session/request", "election")?
            .bytes("issuer", text("issuer")?)
            .bytes("handle", &fields.array::<32>("handle")?)
            .bytes("class", text("class")?)
            .integer("time", fields.number("time")?),
        "session_challenge" => {
            let [a, b]: [[u8; 32]; 2] = rows(&fields.array::<64>("commitment")?);
            start("urna/v1/session/challenge", "election")?
                .bytes("issuer", text("issuer")?)
                .bytes("handle", &fields.array::<32>("handle")?)
                .bytes("class", text("class")?)
                .bytes("session", &fields.array::<16>("session")?)
                .bytes("A", &a)
                .bytes("B", &b)
                .bytes("c", &fields.array::<32>("challenge")?)
        }
        "withdrawal" => start("urna/v1/withdrawal", "election")?
            .bytes("class", text("class")?)
            .integer("sequence", fields.number("sequence")?),
        "returned" => {
            let transcript = start("urna/v1/returned", "election")?.bytes("class", text("class")?);
            super::token::absorb(transcript, &fields.array_list("tokens")?)
        }
        "entry" => start("urna/v1/entry", "election")?
            .bytes("kind", text("kind")?)
            .bytes("signer", text("signer")?)
            .integer("number", fields.number("number")?)
            .bytes("body", text("body")?),
        "trustee_possession" => {
            start("urna/v1/trustee/possession", "plan")?.bytes("trustee", text("trustee")?)
        }
        "share_possession" => {
            start("urna/v1/share/possession", "election")?.integer("trustee", fields.number("trustee")?)
        }
        "share_confirmation" => start("urna/v1/share/confirmation", "plan")?
            .bytes("ceremony", &fields.array::<32>("ceremony")?)
            .integer("trustee", fields.number("trustee")?),
        _ => anyhow::bail!("there is no statement `{kind}`"),
    })
}

/// What the authority signs of an entry: label, election id, length of kind, kind, number (big-endian), body.
///
/// # Errors
/// The fields are not those of an entry.
pub fn authority_message(fields: &Fields) -> anyhow::Result<Vec<u8>> {
    let kind = fields.text("kind")?;
    Ok([
        b"urna/v1/authority-entry\0".as_slice(),
        &fields.array::<32>("election")?,
        &[u8::try_from(kind.len())?],
        kind.as_bytes(),
        &fields.number::<u64>("number")?.to_be_bytes(),
        fields.text("body")?.as_bytes(),
    ]
    .concat())
}

/// A key of RFC 8032.
pub struct Ed25519 {
    /// What key and prefix come from.
    pub seed: [u8; 32],
    /// The secret scalar.
    pub secret: Scalar,
    prefix: [u8; 32],
}

impl Ed25519 {
    /// Clamped scalar and prefix: the halves of SHA-512 of the seed.
    pub fn new(seed: [u8; 32]) -> Self {
        let hash: [u8; 64] = Sha512::digest(seed).into();
        let [clamped, prefix] = rows(&hash);
        let secret = Scalar::from_bytes_mod_order(curve25519_dalek::scalar::clamp_integer(clamped));
        Self { seed, secret, prefix }
    }

    /// The public key.
    pub fn public(&self) -> [u8; 32] {
        EdwardsPoint::mul_base(&self.secret).compress().to_bytes()
    }

    /// r
    pub fn nonce(&self, message: &[u8]) -> Scalar {
        let hash = Sha512::new().chain_update(self.prefix).chain_update(message);
        Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
    }

    /// R and s.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let nonce = self.nonce(message);
        let commitment = EdwardsPoint::mul_base(&nonce).compress().to_bytes();
        ed25519_sign(&self.public(), &commitment, message, &self.secret, &nonce)
    }
}

/// s = r + k secret, with R and A as given.
pub fn ed25519_sign(
    key: &[u8; 32],
    commitment: &[u8; 32],
    message: &[u8],
    secret: &Scalar,
    nonce: &Scalar,
) -> [u8; 64] {
    let k = ed25519_challenge(commitment, key, message);
    super::token::join(&[commitment, (nonce + k * secret).as_bytes()])
}

/// k = SHA-512(R, A, M) mod l, over the bytes as given.
pub fn ed25519_challenge(commitment: &[u8; 32], key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(commitment).chain_update(key).chain_update(message).finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

/// A canonical encoding of a point of large order.
///
/// # Errors
/// SIG-3.
pub fn ed25519_point(bytes: &[u8; 32]) -> Result<EdwardsPoint, No> {
    let point = CompressedEdwardsY(*bytes).decompress();
    match point {
        Some(point) if point.compress().to_bytes() == *bytes && !point.is_small_order() => Ok(point),
        _ => Err(no("SIG-3")),
    }
}

/// The strict rule: s below l, A and R canonical and of large order, R = sB - kA without the cofactor.
///
/// # Errors
/// SIG-3.
pub fn ed25519_verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Result<(), No> {
    let [commitment, s] = rows(signature);
    let s: Option<Scalar> = Scalar::from_canonical_bytes(s).into();
    let s = s.ok_or_else(|| no("SIG-3"))?;
    let a = ed25519_point(key)?;
    ed25519_point(&commitment)?;
    let k = ed25519_challenge(&commitment, key, message);
    let r = EdwardsPoint::mul_base(&s) - k * a;
    if r.compress().to_bytes() == commitment { Ok(()) } else { Err(no("SIG-3")) }
}
