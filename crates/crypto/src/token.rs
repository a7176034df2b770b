//! The token: a blind signature of an issuer on the voter's pseudonym (design: Snowblind, ePrint 2023/1228).
//!
//! ```text
//! issuer key   x, X = xG
//! I -> V       A = aG, B = bG + yH                       a, b random, y random nonzero
//! V -> I       c = cbar alpha^-5 + beta                  r, beta random, alpha random nonzero
//!              Rbar = rG + alpha^5 A + alpha B + alpha^5 beta X
//!              cbar = H(label, election id, class, issuer, X, pk, Rbar)
//! I -> V       b, y, z = a + (c + y^5) x
//! V checks     y != 0,  zG = A + (c + y^5) X,  B = bG + yH
//! token        (Rbar, zbar = r + alpha^5 z + alpha b, ybar = alpha y)
//! verify       ybar != 0  and  Rbar + (cbar + ybar^5) X = zbar G + ybar H
//! ```
//!
//! The issuer's [`Session`] is consumed by its one answer: two answers for one (A, B) would give x away. The voter's
//! [`Blinding`] is derived from the device's seed, (A, B) and the pseudonym, so that a crash loses nothing and a
//! changed (A, B) never meets an old blinding.

use rand_core::CryptoRngCore;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::VerificationFailure;
use crate::batch::{Equation, Equations, Verifiable};
use crate::context::ElectionId;
use crate::encoding;
use crate::group::{DecodeError, Point, Scalar, SecretScalar};
use crate::keys::{IssuerKey, Pseudonym};
use crate::schnorr::{Signature, SigningKey};
use crate::seed::Seed;
use crate::statement::IssuerPossession;
use crate::transcript::{Transcript, step};

/// What a token is bound to besides the pseudonym: election, class, issuer and the issuer's key for that class.
#[derive(Clone)]
pub struct TokenContext {
    key: IssuerKey,
    /// Everything of the challenge that is the same for all tokens of this context.
    prefix: Transcript,
    blinding: Transcript,
}

impl TokenContext {
    /// The context of `issuer`'s tokens for `class` (both ids as in the manifest), signed under `key`.
    pub fn new(election: &ElectionId, class: &str, issuer: &str, key: &IssuerKey) -> Self {
        let absorb = |step| {
            let mut transcript = Transcript::new(step);
            transcript.message(b"election", election.as_bytes());
            transcript.message(b"class", class.as_bytes());
            transcript.message(b"issuer", issuer.as_bytes());
            transcript.point(b"X", &key.0);
            transcript
        };
        Self { key: *key, prefix: absorb(step::TOKEN_CHALLENGE), blinding: absorb(step::TOKEN_BLINDING) }
    }

    /// The issuer's key X.
    pub fn key(&self) -> &IssuerKey {
        &self.key
    }

    /// cbar = H(label, election id, class, issuer, X, pk, Rbar)
    fn challenge(&self, pseudonym: &Pseudonym, rbar: &Point) -> Scalar {
        let mut transcript = self.prefix.clone();
        transcript.point(b"pk", &pseudonym.0);
        transcript.point(b"Rbar", rbar);
        transcript.challenge(b"cbar")
    }
}

/// An issuer's secret key x for one class of one election. Wiped when dropped, neither copied nor printed.
#[derive(ZeroizeOnDrop)]
pub struct IssuerSecretKey(SigningKey);

impl IssuerSecretKey {
    /// Makes a key from fresh randomness.
    pub fn generate(rng: &mut impl CryptoRngCore) -> Self {
        Self(SigningKey::generate(rng))
    }

    /// Reads a key that [`IssuerSecretKey::to_bytes`] wrote.
    ///
    /// # Errors
    /// Those of [`SecretScalar::from_bytes`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        SigningKey::from_bytes(bytes).map(Self)
    }

    /// The secret's 32 bytes, for the issuer's store. Destroyed after the issuance list is posted.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.to_bytes()
    }

    /// The public key X = xG.
    pub fn public(&self) -> IssuerKey {
        IssuerKey(self.0.public())
    }

    /// Proves possession of x over the plan id (TOK-1).
    pub fn prove_possession(
        &self,
        statement: &IssuerPossession<'_>,
        rng: &mut impl CryptoRngCore,
    ) -> Signature {
        self.0.sign(statement, rng)
    }
}

/// The issuer's first move (A, B), 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment {
    pub(crate) a: Point,
    pub(crate) b: Point,
}

impl Commitment {
    /// The length in bytes.
    pub const LENGTH: usize = 64;

    /// Decodes A and B, 32 bytes each.
    ///
    /// # Errors
    /// Those of [`Point::from_bytes`].
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, DecodeError> {
        let [a, b] = encoding::split(bytes);
        Ok(Self { a: Point::from_bytes(&a)?, b: Point::from_bytes(&b)? })
    }

    /// A and B, 32 bytes each.
    pub fn to_bytes(&self) -> [u8; 64] {
        encoding::join([self.a.to_bytes(), self.b.to_bytes()])
    }
}

/// The voter's move: the blinded challenge c, 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge(pub(crate) Scalar);

impl Challenge {
    /// The length in bytes.
    pub const LENGTH: usize = 32;

    /// Decodes c.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonicalScalar`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        Scalar::from_bytes(bytes).map(Self)
    }

    /// The canonical encoding of c.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }
}

/// The issuer's second move (b, y, z), 96 bytes. Public after the close, in the issuance list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    b: Scalar,
    y: Scalar,
    z: Scalar,
}

impl Answer {
    /// The length in bytes.
    pub const LENGTH: usize = 96;

    /// Decodes b, y and z, 32 bytes each. That y is not zero is checked where the answer is.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonicalScalar`].
    pub fn from_bytes(bytes: &[u8; 96]) -> Result<Self, DecodeError> {
        let [b, y, z] = encoding::split(bytes);
        Ok(Self { b: Scalar::from_bytes(&b)?, y: Scalar::from_bytes(&y)?, z: Scalar::from_bytes(&z)? })
    }

    /// b, y and z, 32 bytes each.
    pub fn to_bytes(&self) -> [u8; 96] {
        encoding::join([self.b.to_bytes(), self.y.to_bytes(), self.z.to_bytes()])
    }
}

/// The issuer's open session: the nonces a, b, y behind one (A, B). Lives in memory only, is never written, and is
/// consumed by the one answer it gives; dropped, it is wiped.
///
/// ```compile_fail,E0382
/// use urna_crypto::{Challenge, IssuerSecretKey, Session};
///
/// fn twice(session: Session, key: &IssuerSecretKey, first: &Challenge, second: &Challenge) {
///     session.answer(key, first);
///     session.answer(key, second); // the session was moved: answering twice would give x away
/// }
/// ```
#[derive(ZeroizeOnDrop)]
pub struct Session {
    a: SecretScalar,
    b: SecretScalar,
    y: SecretScalar,
    #[zeroize(skip)]
    commitment: Commitment,
}

impl Session {
    /// The issuer's first move: draws a, b, y and commits to them (TOK-3). Constant time.
    pub fn open(rng: &mut impl CryptoRngCore) -> Self {
        loop {
            let a = SecretScalar::random(rng);
            let b = SecretScalar::random(rng);
            let y = SecretScalar::random(rng);
            // B = bG + yH, drawn again in the case, never met, that it is the identity
            let sum =
                Point::secret_sum([(b.expose(), &Point::generator_g()), (y.expose(), &Point::generator_h())]);
            if let Some(commitment_b) = sum {
                let commitment = Commitment { a: Point::mul_base(&a), b: commitment_b };
                return Self { a, b, y, commitment };
            }
        }
    }

    /// (A, B), to be sent to the voter.
    pub fn commitment(&self) -> Commitment {
        self.commitment
    }

    /// The issuer's second move: z = a + (c + y^5) x (TOK-5). Constant time. Consumes the session.
    pub fn answer(self, key: &IssuerSecretKey, challenge: &Challenge) -> Answer {
        let (a, b, y) = (self.a.expose(), self.b.expose(), self.y.expose());
        let z = *a + (challenge.0 + y.fifth_power()) * *key.0.secret().expose();
        Answer { b: *b, y: *y, z }
    }
}

/// The voter's secrets r, alpha, beta of one session with what they were made for. Consumed by [`Blinding::finalize`].
#[derive(ZeroizeOnDrop)]
pub struct Blinding {
    r: Scalar,
    alpha: SecretScalar,
    #[zeroize(skip)]
    rbar: Point,
    #[zeroize(skip)]
    key: IssuerKey,
    #[zeroize(skip)]
    commitment: Commitment,
    #[zeroize(skip)]
    challenge: Challenge,
}

impl Blinding {
    /// The voter's move: blinds the challenge on `pseudonym` (TOK-4). Constant time. Derived from `seed`: the same
    /// input gives the same blinding, so that a voter who crashed, or whose answer was withheld, can go on.
    ///
    /// # Errors
    /// [`VerificationFailure`] if Rbar is the identity, which no issuer can bring about but with probability 1/l.
    pub fn new(
        seed: &Seed,
        context: &TokenContext,
        commitment: &Commitment,
        pseudonym: &Pseudonym,
    ) -> Result<Self, VerificationFailure> {
        // r, alpha, beta = KDF(seed, election id, class, issuer, X, A, B, pk)
        let mut kdf = context.blinding.clone();
        kdf.message(b"seed", seed.expose());
        kdf.point(b"A", &commitment.a);
        kdf.point(b"B", &commitment.b);
        kdf.point(b"pk", &pseudonym.0);
        let r = Zeroizing::new(kdf.challenge(b"r"));
        let alpha = kdf.derive_secret(b"alpha");
        let beta = Zeroizing::new(kdf.challenge(b"beta"));

        // Rbar = rG + alpha^5 A + alpha B + alpha^5 beta X
        let alpha5 = Zeroizing::new(alpha.expose().fifth_power());
        let alpha5_beta = Zeroizing::new(*alpha5 * *beta);
        let rbar = Point::secret_sum([
            (&*r, &Point::generator_g()),
            (&*alpha5, &commitment.a),
            (alpha.expose(), &commitment.b),
            (&*alpha5_beta, &context.key.0),
        ])
        .ok_or(VerificationFailure)?;
        // c = cbar alpha^-5 + beta
        let inverse = Zeroizing::new(alpha5.invert().ok_or(VerificationFailure)?);
        let challenge = Challenge(context.challenge(pseudonym, &rbar) * *inverse + *beta);
        Ok(Self { r: *r, alpha, rbar, key: context.key, commitment: *commitment, challenge })
    }

    /// The blinded challenge c, to be sent to the issuer.
    pub fn challenge(&self) -> Challenge {
        self.challenge
    }

    /// Checks the issuer's answer and unblinds it to the token (TOK-6).
    ///
    /// # Errors
    /// [`VerificationFailure`] if y = 0 or the answer does not open (A, B) under X.
    pub fn finalize(self, answer: &Answer) -> Result<Token, VerificationFailure> {
        Answered { key: &self.key, commitment: &self.commitment, challenge: &self.challenge, answer }
            .verify()?;
        let alpha = self.alpha.expose();
        // zbar = r + alpha^5 z + alpha b,  ybar = alpha y
        let zbar = self.r + alpha.fifth_power() * answer.z + *alpha * answer.b;
        Ok(Token { rbar: self.rbar, zbar, ybar: *alpha * answer.y })
    }
}

/// A token (Rbar, zbar, ybar), 96 bytes: who holds it and the pseudonym's secret key sk may cast. Without sk it is
/// worth nothing; it is public once cast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    rbar: Point,
    zbar: Scalar,
    ybar: Scalar,
}

impl Token {
    /// The length in bytes.
    pub const LENGTH: usize = 96;

    /// Decodes Rbar, zbar and ybar, 32 bytes each.
    ///
    /// # Errors
    /// [`DecodeError`] if one is not canonical or Rbar is the identity.
    pub fn from_bytes(bytes: &[u8; 96]) -> Result<Self, DecodeError> {
        let [rbar, zbar, ybar] = encoding::split(bytes);
        Ok(Self {
            rbar: Point::from_bytes(&rbar)?,
            zbar: Scalar::from_bytes(&zbar)?,
            ybar: Scalar::from_bytes(&ybar)?,
        })
    }

    /// Rbar, zbar and ybar, 32 bytes each.
    pub fn to_bytes(&self) -> [u8; 96] {
        encoding::join([self.rbar.to_bytes(), self.zbar.to_bytes(), self.ybar.to_bytes()])
    }

    /// Verifies the token on `pseudonym` (TOK-7). Variable time.
    ///
    /// # Errors
    /// [`VerificationFailure`] if ybar = 0 or the equation does not hold.
    pub fn verify(&self, context: &TokenContext, pseudonym: &Pseudonym) -> Result<(), VerificationFailure> {
        Tokened { context, pseudonym, token: self }.verify()
    }
}

/// A token beside its context and pseudonym, as an item of a [`crate::Batch`] (TOK-7).
pub struct Tokened<'a> {
    /// Election, class, issuer and key.
    pub context: &'a TokenContext,
    /// The pseudonym that was signed.
    pub pseudonym: &'a Pseudonym,
    /// The token.
    pub token: &'a Token,
}

impl Verifiable for Tokened<'_> {
    fn equations(&self, equations: &mut Equations) {
        let Token { rbar, zbar, ybar } = self.token;
        // A blindness condition, and with it ybar^5 cannot be chosen freely.
        if ybar.is_zero() {
            equations.refuse();
        }
        let cbar = self.context.challenge(self.pseudonym, rbar);
        // Rbar + (cbar + ybar^5) X - zbar G - ybar H = 0
        let equation = Equation::of(rbar)
            .shared_term(cbar + ybar.fifth_power(), &self.context.key.0)
            .basepoint(-*zbar)
            .second_generator(-*ybar);
        equations.push(equation);
    }
}

/// An issuer's answer beside the moves it belongs to: what the voter checks before unblinding, and what anyone checks
/// of every row of an issuance list (TOK-6, TOK-9).
pub struct Answered<'a> {
    /// The issuer's key X for the class.
    pub key: &'a IssuerKey,
    /// (A, B).
    pub commitment: &'a Commitment,
    /// c.
    pub challenge: &'a Challenge,
    /// (b, y, z).
    pub answer: &'a Answer,
}

impl Verifiable for Answered<'_> {
    fn equations(&self, equations: &mut Equations) {
        let Answer { b, y, z } = self.answer;
        if y.is_zero() {
            equations.refuse();
        }
        // A + (c + y^5) X - zG = 0
        let opened = Equation::of(&self.commitment.a)
            .shared_term(self.challenge.0 + y.fifth_power(), &self.key.0)
            .basepoint(-*z);
        // B - bG - yH = 0
        let committed = Equation::of(&self.commitment.b).basepoint(-*b).second_generator(-*y);
        equations.push(opened);
        equations.push(committed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Batch;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    struct Fixture {
        rng: ChaCha20Rng,
        key: IssuerSecretKey,
        context: TokenContext,
        election: ElectionId,
    }

    fn fixture() -> Fixture {
        let mut rng = ChaCha20Rng::seed_from_u64(20);
        let key = IssuerSecretKey::generate(&mut rng);
        let election = ElectionId::from_bytes([3; 32]);
        let context = TokenContext::new(&election, "students", "union", &key.public());
        Fixture { rng, key, context, election }
    }

    #[test]
    fn accepts_200_interleaved_sessions_tok_7() {
        let Fixture { mut rng, key, context, election } = fixture();
        let voters: Vec<_> = (0..200_u8).map(|i| Seed::from_bytes([i; 32])).collect();
        let sessions: Vec<_> = voters.iter().map(|_| Session::open(&mut rng)).collect();
        let blindings: Vec<_> = voters
            .iter()
            .zip(&sessions)
            .map(|(seed, session)| {
                let pseudonym = seed.pseudonym_key(&election).pseudonym();
                Blinding::new(seed, &context, &session.commitment(), &pseudonym).unwrap()
            })
            .collect();
        // Every session is opened before the first is answered, and they are answered backwards.
        let answers: Vec<_> = sessions
            .into_iter()
            .zip(&blindings)
            .rev()
            .map(|(session, blinding)| session.answer(&key, &blinding.challenge()))
            .collect();
        let mut batch = Batch::new();
        for ((seed, blinding), answer) in voters.iter().zip(blindings).zip(answers.iter().rev()) {
            let pseudonym = seed.pseudonym_key(&election).pseudonym();
            let token = blinding.finalize(answer).unwrap();
            assert_eq!(token.verify(&context, &pseudonym), Ok(()));
            batch.push(&Tokened { context: &context, pseudonym: &pseudonym, token: &token });
        }
        assert_eq!(batch.len(), 200);
        assert_eq!(batch.verify(&mut rng), Ok(()));
    }

    #[test]
    fn accepts_a_blinding_made_again_after_a_crash() {
        let Fixture { mut rng, key, context, election } = fixture();
        let seed = Seed::generate(&mut rng);
        let pseudonym = seed.pseudonym_key(&election).pseudonym();
        let session = Session::open(&mut rng);
        let commitment = session.commitment();
        let lost = Blinding::new(&seed, &context, &commitment, &pseudonym).unwrap();
        let answer = session.answer(&key, &lost.challenge());
        let again = Blinding::new(&seed, &context, &commitment, &pseudonym).unwrap();
        assert_eq!(again.challenge(), lost.challenge());
        assert_eq!(again.finalize(&answer).unwrap(), lost.finalize(&answer).unwrap());
        // Another (A, B) never meets the old blinding.
        let other =
            Blinding::new(&seed, &context, &Session::open(&mut rng).commitment(), &pseudonym).unwrap();
        let old = Blinding::new(&seed, &context, &commitment, &pseudonym).unwrap();
        assert!(other.r != old.r && other.alpha.expose() != old.alpha.expose());
        assert_ne!(other.challenge(), old.challenge());
    }

    #[test]
    fn rejects_answers_to_another_challenge_or_session_tok_6() {
        let Fixture { mut rng, key, context, election } = fixture();
        let seed = Seed::generate(&mut rng);
        let pseudonym = seed.pseudonym_key(&election).pseudonym();
        let (mine, other) = (Session::open(&mut rng), Session::open(&mut rng));
        let blind =
            |session: &Session| Blinding::new(&seed, &context, &session.commitment(), &pseudonym).unwrap();
        let (blinding, foreign) = (blind(&mine), blind(&other));
        let answer = other.answer(&key, &foreign.challenge());
        assert_eq!(blinding.finalize(&answer), Err(VerificationFailure));
        let wrong_key = IssuerSecretKey::generate(&mut rng);
        let blinding = blind(&mine);
        let answer = mine.answer(&wrong_key, &blinding.challenge());
        assert_eq!(blinding.finalize(&answer), Err(VerificationFailure));
    }

    /// An issuer that skips y: A = aG, B = bG, z = a + c x satisfies every equation, but would not be blind.
    #[test]
    fn rejects_y_zero_by_voter_and_verifier_tok_6_tok_7() {
        let Fixture { mut rng, key, context, election } = fixture();
        let seed = Seed::generate(&mut rng);
        let pseudonym = seed.pseudonym_key(&election).pseudonym();
        let (a, b) = (SecretScalar::random(&mut rng), SecretScalar::random(&mut rng));
        let commitment = Commitment { a: Point::mul_base(&a), b: Point::mul_base(&b) };
        let blinding = Blinding::new(&seed, &context, &commitment, &pseudonym).unwrap();
        let c = blinding.challenge().0;
        let z = *a.expose() + c * *key.0.secret().expose();
        let answer = Answer { b: *b.expose(), y: Scalar::ZERO, z };

        // What a voter without the check would hold satisfies the token's equation ...
        let alpha = *blinding.alpha.expose();
        let zbar = blinding.r + alpha.fifth_power() * z + alpha * answer.b;
        let token = Token { rbar: blinding.rbar, zbar, ybar: Scalar::ZERO };
        let cbar = context.challenge(&pseudonym, &token.rbar);
        let (g, x) = (Point::generator_g(), context.key.0);
        assert_eq!(
            Point::vartime_sum([(Scalar::ONE, &token.rbar), (cbar, &x)].into_iter()),
            Point::vartime_sum([(zbar, &g)].into_iter())
        );
        // ... and is refused, alone and in a batch, as are the voter's and the auditor's view of the answer.
        assert_eq!(token.verify(&context, &pseudonym), Err(VerificationFailure));
        let mut batch = Batch::new();
        batch.push(&Tokened { context: &context, pseudonym: &pseudonym, token: &token });
        batch.push(&Answered {
            key: &key.public(),
            commitment: &commitment,
            challenge: &Challenge(c),
            answer: &answer,
        });
        assert_eq!(batch.verify(&mut rng), Err(vec![0, 1]));
        assert_eq!(blinding.finalize(&answer), Err(VerificationFailure));
    }

    /// Who knows h with H = hG forges tokens from the public key alone; this is why H is hashed.
    #[test]
    fn rejects_the_forgery_that_a_known_logarithm_of_h_would_allow() {
        let Fixture { mut rng, context, election, .. } = fixture();
        let pseudonym = Seed::generate(&mut rng).pseudonym_key(&election).pseudonym();
        let (h, u, v) =
            (SecretScalar::random(&mut rng), SecretScalar::random(&mut rng), SecretScalar::random(&mut rng));
        let (g, x) = (Point::generator_g(), context.key.0);
        // Rbar = uG + vX, ybar = (-v - cbar)^(1/5), zbar = u - h ybar
        let rbar = Point::vartime_sum([(*u.expose(), &g), (*v.expose(), &x)].into_iter()).unwrap();
        let cbar = context.challenge(&pseudonym, &rbar);
        let ybar = fifth_root(-*v.expose() - cbar);
        let zbar = *u.expose() - *h.expose() * ybar;
        let token = Token { rbar, zbar, ybar };

        let left =
            Point::vartime_sum([(Scalar::ONE, &rbar), (cbar + ybar.fifth_power(), &x)].into_iter()).unwrap();
        let known = Point::mul_base(&h);
        let with_known = Point::vartime_sum([(zbar, &g), (ybar, &known)].into_iter()).unwrap();
        assert_eq!(left, with_known, "with H = hG the forgery verifies");
        assert_eq!(token.verify(&context, &pseudonym), Err(VerificationFailure));
    }

    /// Two tokens whose errors cancel in an unweighted sum.
    #[test]
    fn rejects_errors_that_cancel_bat_1() {
        let Fixture { mut rng, key, context, election } = fixture();
        let mut issued: Vec<_> = (0..8_u8)
            .map(|i| {
                let seed = Seed::from_bytes([i; 32]);
                let pseudonym = seed.pseudonym_key(&election).pseudonym();
                let session = Session::open(&mut rng);
                let blinding = Blinding::new(&seed, &context, &session.commitment(), &pseudonym).unwrap();
                let answer = session.answer(&key, &blinding.challenge());
                (pseudonym, blinding.finalize(&answer).unwrap())
            })
            .collect();
        let d = Scalar::from(12_345);
        issued[2].1.zbar = issued[2].1.zbar + d;
        issued[6].1.zbar = issued[6].1.zbar - d;
        let mut batch = Batch::new();
        for (pseudonym, token) in &issued {
            batch.push(&Tokened { context: &context, pseudonym, token });
        }
        assert_eq!(batch.verify(&mut rng), Err(vec![2, 6]));
    }

    /// s^(1/5) = s^e with 5e = 1 mod (l - 1).
    fn fifth_root(s: Scalar) -> Scalar {
        const INVERSE_OF_FIVE: [u8; 32] = [
            0xc1, 0x18, 0x2d, 0x9e, 0xdc, 0xa1, 0xa4, 0x01, 0xe7, 0x2a, 0x2e, 0xc8, 0xb8, 0x62, 0x1f, 0xa6,
            0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x09,
        ];
        let root = INVERSE_OF_FIVE.iter().rev().fold(Scalar::ONE, |mut power, byte| {
            for bit in (0..8).rev() {
                power = power * power;
                if byte >> bit & 1 == 1 {
                    power = power * s;
                }
            }
            power
        });
        assert_eq!(root.fifth_power(), s);
        root
    }
}
