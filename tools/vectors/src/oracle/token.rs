//! The blind token.

use super::transcript::Transcript;
use super::{G, Point, Scalar, fifth, h, point, rows, scalar};
use crate::fields::Fields;
use crate::vector::{No, no};

/// What a token is bound to besides the pseudonym.
#[derive(Clone)]
pub struct Context {
    /// The election id.
    pub election: [u8; 32],
    /// The class.
    pub class: String,
    /// The issuer.
    pub issuer: String,
    /// X.
    pub key: Point,
}

/// A token, and everything on the way to it.
pub struct Issued {
    /// (A, B).
    pub commitment: [u8; 64],
    /// c.
    pub challenge: [u8; 32],
    /// (b, y, z).
    pub answer: [u8; 96],
    /// (Rbar, zbar, ybar).
    pub token: [u8; 96],
    /// All randomness and intermediate values.
    pub values: Fields,
}

/// Encodings, one after the other.
pub fn join<const LENGTH: usize>(parts: &[&[u8; 32]]) -> [u8; LENGTH] {
    parts.iter().flat_map(|part| part.iter().copied()).collect::<Vec<_>>().try_into().unwrap()
}

/// How many tokens there are, and each of them.
pub fn absorb(transcript: Transcript, tokens: &[[u8; 96]]) -> Transcript {
    let count = u64::try_from(tokens.len()).unwrap();
    tokens
        .iter()
        .fold(transcript.integer("tokens", count), |transcript, token| transcript.bytes("token", token))
}

impl Context {
    fn transcript(&self, label: &'static str) -> Transcript {
        Transcript::new(label)
            .bytes("election", &self.election)
            .bytes("class", self.class.as_bytes())
            .bytes("issuer", self.issuer.as_bytes())
            .point("X", &self.key)
    }

    /// cbar
    pub fn challenge(&self, pk: &Point, rbar: &Point) -> Scalar {
        let transcript = self.transcript("urna/v1/token/challenge");
        transcript.point("pk", pk).point("Rbar", rbar).challenge("cbar")
    }

    /// r, alpha, beta
    pub fn blinding(&self, seed: &[u8; 32], a: &Point, b: &Point, pk: &Point) -> [Scalar; 3] {
        let mut kdf = self
            .transcript("urna/v1/token/blinding")
            .bytes("seed", seed)
            .point("A", a)
            .point("B", b)
            .point("pk", pk);
        ["r", "alpha", "beta"].map(|name| kdf.challenge(name))
    }

    /// All of issuing a token, with the issuer's secrets.
    pub fn issue(&self, x: &Scalar, nonces: [Scalar; 3], seed: &[u8; 32], pk: &Point) -> Issued {
        let [a, b, y] = nonces;
        let (point_a, point_b) = (a * G, b * G + y * h());
        let [r, alpha, beta] = self.blinding(seed, &point_a, &point_b, pk);
        let alpha5 = fifth(&alpha);
        let rbar = r * G + alpha5 * point_a + alpha * point_b + alpha5 * beta * self.key;
        let cbar = self.challenge(pk, &rbar);
        let c = cbar * alpha5.invert() + beta;
        let z = a + (c + fifth(&y)) * x;
        let zbar = r + alpha5 * z + alpha * b;
        let ybar = alpha * y;
        let [bytes_a, bytes_b, bytes_rbar] =
            [&point_a, &point_b, &rbar].map(|point| point.compress().to_bytes());
        let values = [
            ("a", a),
            ("alpha", alpha),
            ("alpha5", alpha5),
            ("b", b),
            ("beta", beta),
            ("c", c),
            ("cbar", cbar),
            ("r", r),
            ("x", *x),
            ("y", y),
            ("ybar", ybar),
            ("z", z),
            ("zbar", zbar),
        ];
        let values = values.iter().fold(Fields::new(), |fields, (name, scalar)| fields.with(name, scalar));
        let answer = join(&[b.as_bytes(), y.as_bytes(), z.as_bytes()]);
        let token = join(&[&bytes_rbar, zbar.as_bytes(), ybar.as_bytes()]);
        Issued {
            commitment: join(&[&bytes_a, &bytes_b]),
            challenge: c.to_bytes(),
            answer,
            token,
            values: values
                .with("A", &point_a)
                .with("B", &point_b)
                .with("Rbar", &rbar)
                .with("answer", &answer)
                .with("challenge", &c)
                .with("token", &token),
        }
    }

    /// ybar != 0 and Rbar + (cbar + ybar^5) X = zbar G + ybar H
    ///
    /// # Errors
    /// GRP-1 to GRP-3, TOK-7.
    pub fn verify(&self, pk: &Point, token: &[u8; 96]) -> Result<(), No> {
        let [rbar, zbar, ybar] = rows(token);
        let (rbar, zbar, ybar) = (point(&rbar)?, scalar(&zbar)?, scalar(&ybar)?);
        let cbar = self.challenge(pk, &rbar);
        let holds = rbar + (cbar + fifth(&ybar)) * self.key == zbar * G + ybar * h();
        if holds && ybar != Scalar::ZERO { Ok(()) } else { Err(no("TOK-7")) }
    }
}

/// y != 0, zG = A + (c + y^5) X, B = bG + yH
///
/// # Errors
/// GRP-1 to GRP-3, or `rule`.
pub fn check_answer(
    key: &Point,
    commitment: &[u8; 64],
    challenge: &[u8; 32],
    answer: &[u8; 96],
    rule: &'static str,
) -> Result<(), No> {
    let [a, b_point] = rows(commitment);
    let (a, b_point) = (point(&a)?, point(&b_point)?);
    let c = scalar(challenge)?;
    let [b, y, z] = rows(answer);
    let (b, y, z) = (scalar(&b)?, scalar(&y)?, scalar(&z)?);
    let opened = z * G == a + (c + fifth(&y)) * key;
    let committed = b_point == b * G + y * h();
    if opened && committed && y != Scalar::ZERO { Ok(()) } else { Err(no(rule)) }
}
