//! Every wire form is written in one way only: what decodes is written back as the same bytes, and arbitrary bytes never
//! panic.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a test: a panic is its failure, and its numbers are small"
)]

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use urna_crypto::{
    Answer, BallotContext, BallotProof, Blinding, Challenge, ChunkContext, Commitment, CredentialKey,
    DecodeError, DleqProof, Ed25519Key, Ed25519SigningKey, ElectionId, ElectionKey, IssuerKey,
    IssuerSecretKey, IssuerSigningKey, Point, Pseudonym, Rehearsal, Scalar, SecretScalar, Seed, Session,
    ShareKey, Signature, SigningKey, Token, TokenContext, TrusteeKey, TrusteeSecretKey, TrusteeShare,
    Withdrawal, partial_decrypt,
};

/// A wire form: decodes, and writes what it decoded.
struct Form {
    name: &'static str,
    length: usize,
    again: fn(&[u8]) -> Option<Vec<u8>>,
    /// Which of its 32-byte fields are points; the others are scalars.
    points: &'static [usize],
}

macro_rules! form {
    ($type:ty, $length:literal, $points:expr) => {
        Form {
            name: stringify!($type),
            length: $length,
            again: |bytes| {
                let bytes: &[u8; $length] = bytes.try_into().unwrap();
                <$type>::from_bytes(bytes).ok().map(|value| value.to_bytes().to_vec())
            },
            points: $points,
        }
    };
}

const FORMS: [Form; 17] = [
    form!(Point, 32, &[0]),
    form!(Scalar, 32, &[]),
    form!(SecretScalar, 32, &[]),
    form!(IssuerKey, 32, &[0]),
    form!(IssuerSigningKey, 32, &[0]),
    form!(CredentialKey, 32, &[0]),
    form!(Pseudonym, 32, &[0]),
    form!(TrusteeKey, 32, &[0]),
    form!(ShareKey, 32, &[0]),
    form!(ElectionKey, 32, &[0]),
    form!(Signature, 64, &[0]),
    form!(Commitment, 64, &[0, 1]),
    form!(Challenge, 32, &[]),
    form!(Answer, 96, &[]),
    form!(Token, 96, &[0]),
    form!(BallotProof, 128, &[0, 1]),
    form!(DleqProof, 96, &[0, 1]),
];
const REHEARSAL: Form = form!(Rehearsal, 128, &[0, 1, 2]);

/// l - 1 and l, little-endian.
const LARGEST: [u8; 32] = [
    0xec, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn forms() -> impl Iterator<Item = Form> {
    FORMS.into_iter().chain([REHEARSAL])
}

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// A valid field: a point where one belongs, else a scalar that is not zero.
fn field(form: &Form, index: usize, seed: u64) -> [u8; 32] {
    let secret = SigningKey::generate(&mut rng(seed ^ (index as u64) << 48));
    if form.points.contains(&index) { secret.public().to_bytes() } else { *secret.to_bytes() }
}

fn valid(form: &Form, seed: u64) -> Vec<u8> {
    (0..form.length / 32).flat_map(|index| field(form, index, seed)).collect()
}

#[test]
fn accepts_only_canonical_fields_in_every_wire_form_grp_1_grp_2_grp_3() {
    let mut order = LARGEST;
    order[0] += 1;
    for form in forms() {
        let good = valid(&form, 7);
        assert_eq!((form.again)(&good), Some(good.clone()), "{}", form.name);
        for index in 0..form.length / 32 {
            let with = |value: [u8; 32]| {
                let mut bytes = good.clone();
                bytes[32 * index..32 * index + 32].copy_from_slice(&value);
                (form.again)(&bytes).is_some()
            };
            let mut negative = [0; 32];
            negative[0] = 1;
            let refused: &[[u8; 32]] = if form.points.contains(&index) {
                &[[0; 32], negative, [0xff; 32]]
            } else {
                &[order, [0xff; 32]]
            };
            for value in refused {
                assert!(!with(*value), "{} field {index}: {value:02x?}", form.name);
            }
            if !form.points.contains(&index) {
                assert!(with(LARGEST), "{} field {index}: l - 1", form.name);
            }
        }
    }
}

#[test]
fn accepts_zero_as_a_public_and_rejects_it_as_a_secret_scalar_grp_3() {
    assert_eq!(Scalar::from_bytes(&[0; 32]), Ok(Scalar::ZERO));
    assert_eq!(SecretScalar::from_bytes(&[0; 32]).err(), Some(DecodeError::ZeroScalar));
    assert_eq!(SigningKey::from_bytes(&[0; 32]).err(), Some(DecodeError::ZeroScalar));
    assert_eq!(IssuerSecretKey::from_bytes(&[0; 32]).err(), Some(DecodeError::ZeroScalar));
    assert_eq!(TrusteeSecretKey::from_bytes(&[0; 32]).err(), Some(DecodeError::ZeroScalar));
}

proptest! {
    /// Arbitrary bytes in every field: decoding never panics, and gives the same bytes back if it succeeds.
    #[test]
    fn round_trips_whatever_decodes(bytes in any::<[[u8; 32]; 4]>()) {
        for form in forms() {
            let bytes = &bytes.as_flattened()[..form.length];
            if let Some(again) = (form.again)(bytes) {
                prop_assert_eq!(again, bytes, "{}", form.name);
            }
        }
        let [first, second, ..] = bytes;
        if let Ok(key) = Ed25519Key::from_bytes(&first) {
            prop_assert_eq!(key.to_bytes(), first);
        }
        let key = Ed25519SigningKey::from_bytes(&second);
        prop_assert_eq!(*key.to_bytes(), second);
        prop_assert_eq!(Ed25519Key::from_bytes(&key.public().to_bytes()), Ok(key.public()));
    }

    /// Valid fields with one replaced by arbitrary bytes, which arbitrary bytes alone would hardly ever reach.
    #[test]
    fn round_trips_whatever_decodes_beside_valid_fields(
        seed in any::<u64>(),
        at in any::<prop::sample::Index>(),
        replacement in any::<[u8; 32]>(),
        bit in 0_usize..256,
    ) {
        for form in forms() {
            let mut bytes = valid(&form, seed);
            prop_assert_eq!((form.again)(&bytes), Some(bytes.clone()), "{}", form.name);
            let start = 32 * at.index(form.length / 32);
            bytes[start + bit / 8] ^= 1 << (bit % 8);
            if let Some(again) = (form.again)(&bytes) {
                prop_assert_eq!(again, bytes.clone(), "{}", form.name);
            }
            bytes[start..start + 32].copy_from_slice(&replacement);
            if let Some(again) = (form.again)(&bytes) {
                prop_assert_eq!(again, bytes, "{}", form.name);
            }
        }
    }

    #[test]
    fn round_trips_a_trustee_share(index in any::<u16>(), seed in any::<u64>(), damaged in 0_usize..8 * 98) {
        let mut rng = rng(seed);
        let (secret, election) = (SigningKey::generate(&mut rng), SigningKey::generate(&mut rng));
        let fields = [*secret.to_bytes(), secret.public().to_bytes(), election.public().to_bytes()];
        let bytes: [u8; 98] = [&index.to_le_bytes(), fields.as_flattened()].concat().try_into().unwrap();
        let share = TrusteeShare::from_bytes(&bytes);
        prop_assert_eq!(share.is_ok(), index != 0);
        if let Ok(share) = share {
            prop_assert_eq!(*share.to_bytes(), bytes);
            prop_assert_eq!(share.index(), index);
        }
        let mut other = bytes;
        other[damaged / 8] ^= 1 << (damaged % 8);
        if let Ok(share) = TrusteeShare::from_bytes(&other) {
            prop_assert_eq!(*share.to_bytes(), other);
            // A changed x_i or Y_i is noticed; index and Y are vouched for by the key file.
            prop_assert!(!(2..66).contains(&(damaged / 8)));
        }
    }

    /// What the protocols themselves produce is written and read back, and still verifies.
    #[test]
    fn round_trips_what_the_protocols_produce(seed in any::<u64>(), plaintext in any::<[u8; 24]>()) {
        let mut rng = rng(seed);
        let election = ElectionId::from_bytes([5; 32]);
        let issuer = IssuerSecretKey::generate(&mut rng);
        let context = TokenContext::new(&election, "c", "i", &issuer.public());
        let voter = Seed::generate(&mut rng);
        let key = voter.pseudonym_key(&election);

        let session = Session::open(&mut rng);
        let commitment = Commitment::from_bytes(&session.commitment().to_bytes()).unwrap();
        let blinding = Blinding::new(&voter, &context, &commitment, &key.pseudonym()).unwrap();
        let challenge = Challenge::from_bytes(&blinding.challenge().to_bytes()).unwrap();
        let answer = Answer::from_bytes(&session.answer(&issuer, &challenge).to_bytes()).unwrap();
        let token = Token::from_bytes(&blinding.finalize(&answer).unwrap().to_bytes()).unwrap();
        prop_assert_eq!(token.verify(&context, &key.pseudonym()), Ok(()));

        let withdrawal = Withdrawal { election: &election, class: "c", sequence: 1 };
        let signature = Signature::from_bytes(&key.sign(&withdrawal, &mut rng).to_bytes()).unwrap();
        prop_assert_eq!(signature.verify(&key.pseudonym(), &withdrawal), Ok(()));

        let secret = SigningKey::generate(&mut rng);
        let fields = [*secret.to_bytes(), secret.public().to_bytes(), secret.public().to_bytes()];
        let share: [u8; 98] = [&[1, 0], fields.as_flattened()].concat().try_into().unwrap();
        let share = TrusteeShare::from_bytes(&share).unwrap();
        let ballots = BallotContext::new(&election, "c", &share.election_key());
        let (ciphertext, proof) =
            ballots.encrypt(&voter, 0, &plaintext, &key).prove(&ballots, &key, &[token], &mut rng);
        let proof = BallotProof::from_bytes(&proof.to_bytes()).unwrap();
        let statement = urna_crypto::BallotStatement {
            context: &ballots,
            pseudonym: &key.pseudonym(),
            sequence: 0,
            tokens: &[token],
            ciphertext: &ciphertext,
        };
        prop_assert_eq!(proof.verify(statement), Ok(()));

        let rehearsal = Rehearsal::new(&election, &share, &mut rng);
        let rehearsal = Rehearsal::from_bytes(&rehearsal.to_bytes()).unwrap();
        prop_assert_eq!(rehearsal.verify(&election, 1, &share.share_key()), Ok(()));
        let chunk = ChunkContext {
            election: &election,
            trustee: 1,
            share_key: &share.share_key(),
            agreed: &[8; 32],
            position: 0,
        };
        let decryptions = partial_decrypt(&share, &[ciphertext.r]);
        let dleq = DleqProof::prove(&chunk, &share, &[ciphertext.r], &decryptions, &mut rng).unwrap();
        let dleq = DleqProof::from_bytes(&dleq.to_bytes()).unwrap();
        prop_assert_eq!(dleq.verify(&chunk, &[ciphertext.r], &decryptions), Ok(()));
        prop_assert_eq!(&*ballots.decrypt(&key.pseudonym(), &ciphertext, &decryptions[0]), &plaintext);
    }
}
