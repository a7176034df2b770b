//! The key ceremony: packages, keys, sealed shares.

use curve25519_dalek::traits::{Identity, IsIdentity};
use sha2::{Digest, Sha512};

use super::transcript::Transcript;
use super::{G, Point, Scalar, ballot, point, rows, scalar, signature};
use crate::fields::{Fields, List};
use crate::vector::{No, no};

/// What is agreed before.
#[derive(Clone)]
pub struct Ceremony {
    /// The plan id.
    pub plan: [u8; 32],
    /// t
    pub threshold: u16,
    /// P_1 … P_n
    pub keys: Vec<Point>,
}

/// What everybody computes from the packages.
pub struct Keys {
    /// The ceremony hash.
    pub hash: [u8; 32],
    /// Y
    pub election_key: Point,
    /// Y_1 … Y_n
    pub share_keys: Vec<Point>,
    /// phi_i0 … of every trustee.
    commitments: Vec<Vec<Point>>,
}

impl Keys {
    /// No Y_i is the identity, and all differ.
    fn check(&self) -> Result<(), No> {
        let keys = &self.share_keys;
        let equal = (0..keys.len()).any(|i| keys[..i].contains(&keys[i]));
        if equal || keys.iter().any(IsIdentity::is_identity) {
            return Err(no("TRU-4"));
        }
        Ok(())
    }
}

/// c_i of the proof of knowledge.
pub fn knowledge_challenge(trustee: u16, constant: &Point, commitment: &Point) -> Scalar {
    let hash = Sha512::new()
        .chain_update("FROST-RISTRETTO255-SHA512-v1")
        .chain_update("dkg")
        .chain_update(Scalar::from(trustee).as_bytes())
        .chain_update(constant.compress().as_bytes())
        .chain_update(commitment.compress().as_bytes())
        .finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

/// f(x)
pub fn evaluate(coefficients: &[Scalar], x: u16) -> Scalar {
    coefficients.iter().rev().fold(Scalar::ZERO, |sum, coefficient| sum * Scalar::from(x) + coefficient)
}

fn evaluate_commitments(commitments: &[Point], x: u16) -> Point {
    commitments.iter().rev().fold(Point::identity(), |sum, commitment| Scalar::from(x) * sum + commitment)
}

/// What a trustee makes its package of.
#[derive(Clone)]
pub struct Maker {
    /// i as the package says it.
    pub index: u16,
    /// p_i
    pub secret: Scalar,
    /// a_i0 …
    pub coefficients: Vec<Scalar>,
    /// k of the proof of knowledge.
    pub nonce: Scalar,
    /// k of the signature.
    pub signature_nonce: Scalar,
}

impl Ceremony {
    /// n
    pub fn count(&self) -> u16 {
        u16::try_from(self.keys.len()).unwrap()
    }

    /// The length of a package.
    pub fn package_length(&self) -> usize {
        134 + 32 * usize::from(self.threshold)
    }

    fn package_statement(&self, unsigned: &[u8]) -> Transcript {
        Transcript::new("urna/v1/ceremony/package").bytes("plan", &self.plan).bytes("package", unsigned)
    }

    /// Signs the part of a package before its signature.
    pub fn sign_package(&self, unsigned: &[u8], secret: &Scalar, nonce: &Scalar) -> Vec<u8> {
        let signed = signature::sign(self.package_statement(unsigned), secret, nonce);
        [unsigned, &signed.bytes].concat()
    }

    /// A package.
    pub fn package(&self, maker: &Maker) -> (Vec<u8>, Fields) {
        let commitments: Vec<Point> = maker.coefficients.iter().map(|a| a * G).collect();
        let commitment = maker.nonce * G;
        let c = knowledge_challenge(maker.index, &commitments[0], &commitment);
        let mu = maker.nonce + maker.coefficients[0] * c;
        let mut bytes = Vec::new();
        let length = u16::try_from(commitments.len()).unwrap();
        for number in [maker.index, length, self.count()] {
            bytes.extend(number.to_le_bytes());
        }
        for point in commitments.iter().chain([&commitment]) {
            bytes.extend(point.compress().as_bytes());
        }
        bytes.extend(mu.as_bytes());
        let package = self.sign_package(&bytes, &maker.secret, &maker.signature_nonce);
        let values = Fields::new()
            .with("R_i", &commitment)
            .with("a_i", &List(&maker.coefficients))
            .with("c_i", &c)
            .with("i", &maker.index)
            .with("k", &maker.nonce)
            .with("k_signature", &maker.signature_nonce)
            .with("mu_i", &mu)
            .with("p_i", &maker.secret)
            .with("phi_i", &List(&commitments));
        (package, values)
    }

    /// Checks the list of all packages of a finished ceremony and computes the keys.
    ///
    /// # Errors
    /// GRP-1 to GRP-3, TRU-2 to TRU-4.
    pub fn check(&self, list: &[u8]) -> Result<Keys, No> {
        let keys = self.read(list)?;
        keys.check()?;
        Ok(keys)
    }

    /// The same in the middle of a ceremony: whether the share keys are fit is asked after the shares.
    ///
    /// # Errors
    /// GRP-1 to GRP-3, TRU-2 to TRU-3; TRU-4 of the election key.
    pub fn read(&self, list: &[u8]) -> Result<Keys, No> {
        let (length, t) = (self.package_length(), usize::from(self.threshold));
        if list.len() != length * self.keys.len() {
            return Err(no("TRU-2"));
        }
        let mut hash = Transcript::new("urna/v1/ceremony/hash")
            .bytes("plan", &self.plan)
            .integer("threshold", self.threshold.into())
            .integer("count", self.count().into());
        // Everything is read before anything is checked.
        let mut read = Vec::new();
        for (i, package) in (1_u16..).zip(list.chunks(length)) {
            let number = |at: usize| u16::from_le_bytes([package[at], package[at + 1]]);
            if usize::from(number(2)) != t {
                return Err(no("TRU-2"));
            }
            let commitments: Vec<Point> =
                (0..t).map(|k| point(&rows::<1>(&package[6 + 32 * k..])[0])).collect::<Result<_, _>>()?;
            let [commitment, mu] = rows(&package[6 + 32 * t..]);
            let (commitment, mu) = (point(&commitment)?, scalar(&mu)?);
            let [r, s] = rows(&package[70 + 32 * t..]);
            point(&r)?;
            scalar(&s)?;
            if number(0) != i {
                return Err(no("TRU-2"));
            }
            read.push((number(4), commitments, commitment, mu));
        }
        for ((((i, package), key), (count, commitments, commitment, mu)), _) in
            (1_u16..).zip(list.chunks(length)).zip(&self.keys).zip(&read).zip(0..)
        {
            let (unsigned, signed) = package.split_at(length - 64);
            let statement = self.package_statement(unsigned);
            signature::verify(statement, key, signed.try_into().unwrap(), "TRU-2")?;
            if *count != self.count() {
                return Err(no("TRU-2"));
            }
            let c = knowledge_challenge(i, &commitments[0], commitment);
            if mu * G != commitment + c * commitments[0] {
                return Err(no("TRU-3"));
            }
            hash = hash.point("P", key).bytes("package", package);
        }
        let commitments: Vec<Vec<Point>> = read.into_iter().map(|read| read.1).collect();
        let key_at = |x: u16| {
            commitments
                .iter()
                .fold(Point::identity(), |sum, commitments| sum + evaluate_commitments(commitments, x))
        };
        let election_key = key_at(0);
        let share_keys: Vec<Point> = (1..=self.count()).map(key_at).collect();
        if election_key.is_identity() {
            return Err(no("TRU-4"));
        }
        Ok(Keys { hash: hash.draw("hash", 32).try_into().unwrap(), election_key, share_keys, commitments })
    }

    /// Seals a share.
    pub fn seal(
        &self,
        hash: &[u8; 32],
        indices: [u16; 2],
        p_sender: &Scalar,
        share: &[u8; 32],
        nonces: [Scalar; 2],
    ) -> ([u8; 132], Fields) {
        let [sender, recipient] = indices;
        let [r, k] = nonces;
        let key = self.keys[usize::from(recipient) - 1];
        let (nonce, s) = (r * G, r * key);
        let keystream = share_keystream(hash, indices, &nonce, &key, &s);
        let ciphertext = ballot::xor(share, &keystream);
        let signed = signature::sign(share_statement(hash, indices, &nonce, &ciphertext), p_sender, &k);
        let bytes = [
            sender.to_le_bytes().as_slice(),
            &recipient.to_le_bytes(),
            nonce.compress().as_bytes(),
            &ciphertext,
            &signed.bytes,
        ]
        .concat();
        let values = Fields::new()
            .with("R", &nonce)
            .with("S", &s)
            .with("ct", &ciphertext)
            .with("keystream", &keystream)
            .with("k_signature", &k)
            .with("r", &r)
            .with("sealed", &bytes)
            .with("share", share);
        (bytes.try_into().unwrap(), values)
    }

    /// Opens the shares sealed to trustee `index` and adds them up.
    ///
    /// # Errors
    /// GRP-1 to GRP-3, TRU-5; then TRU-4 of the share keys.
    pub fn finish(
        &self,
        keys: &Keys,
        index: u16,
        p: &Scalar,
        own: &Scalar,
        sealed: &[[u8; 132]],
    ) -> Result<Scalar, No> {
        let refused = || no("TRU-5");
        let mut sum = *own;
        let mut senders = vec![index];
        for sealed in sealed {
            let indices = self.verify_sealed(keys, sealed)?;
            let [sender, recipient] = indices;
            if recipient != index || senders.contains(&sender) {
                return Err(refused());
            }
            senders.push(sender);
            let [nonce, ciphertext] = rows(&sealed[4..]);
            let nonce = point(&nonce)?;
            let key = self.keys[usize::from(index) - 1];
            let keystream = share_keystream(&keys.hash, indices, &nonce, &key, &(p * nonce));
            let share: [u8; 32] = ballot::xor(&ciphertext, &keystream).try_into().unwrap();
            let share = scalar(&share).map_err(|_| refused())?;
            let expected = evaluate_commitments(&keys.commitments[usize::from(sender) - 1], index);
            if share * G != expected || share == Scalar::ZERO {
                return Err(refused());
            }
            sum += share;
        }
        if senders.len() != self.keys.len() {
            return Err(refused());
        }
        keys.check()?;
        Ok(sum)
    }

    /// Verifies that a sealed share is its sender's; gives sender and recipient.
    ///
    /// # Errors
    /// GRP-1 to GRP-3, TRU-5.
    pub fn verify_sealed(&self, keys: &Keys, sealed: &[u8; 132]) -> Result<[u16; 2], No> {
        let [sender, recipient] = [0, 2].map(|at| u16::from_le_bytes([sealed[at], sealed[at + 1]]));
        let [nonce, ciphertext] = rows(&sealed[4..]);
        let nonce = point(&nonce)?;
        let [r, s] = rows(&sealed[68..]);
        point(&r)?;
        scalar(&s)?;
        let known = 1..=self.count();
        if !known.contains(&sender) || !known.contains(&recipient) || sender == recipient {
            return Err(no("TRU-5"));
        }
        let statement = share_statement(&keys.hash, [sender, recipient], &nonce, &ciphertext);
        let key = self.keys[usize::from(sender) - 1];
        signature::verify(statement, &key, sealed[68..].try_into().unwrap(), "TRU-5")?;
        Ok([sender, recipient])
    }
}

fn share_keystream(
    hash: &[u8; 32],
    [sender, recipient]: [u16; 2],
    nonce: &Point,
    key: &Point,
    s: &Point,
) -> Vec<u8> {
    Transcript::new("urna/v1/share/sealing")
        .bytes("ceremony", hash)
        .integer("sender", sender.into())
        .integer("recipient", recipient.into())
        .point("R", nonce)
        .point("P", key)
        .point("S", s)
        .draw("keystream", 32)
}

fn share_statement(
    hash: &[u8; 32],
    [sender, recipient]: [u16; 2],
    nonce: &Point,
    ciphertext: &[u8],
) -> Transcript {
    Transcript::new("urna/v1/share/sealed")
        .bytes("ceremony", hash)
        .integer("sender", sender.into())
        .integer("recipient", recipient.into())
        .point("R", nonce)
        .bytes("ct", ciphertext)
}
