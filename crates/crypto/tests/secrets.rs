//! Secret types are wiped when dropped, are neither copied, printed, compared nor serialised, and what may be used once
//! is consumed by the use.

use core::marker::PhantomData;

use rand_chacha::ChaCha20Rng;
use urna_crypto::{
    Answer, BallotContext, BallotProof, Blinding, Challenge, Ciphertext, CredentialSecretKey,
    Ed25519SigningKey, Encrypted, IssuerSecretKey, PseudonymKey, Round1Secret, Round2Secret, SecretScalar,
    Seed, Session, SigningKey, Token, TrusteeSecretKey, TrusteeShare, VerificationFailure,
};
use zeroize::ZeroizeOnDrop;

/// Whether `$type` implements `$interface`: the constant of the type itself, which exists only if it does, hides that
/// of the trait.
macro_rules! implements {
    ($type:ty, $interface:path) => {{
        #[allow(dead_code, reason = "unused where the trait is implemented")]
        trait Otherwise {
            const IMPLEMENTED: bool = false;
        }
        impl<T: ?Sized> Otherwise for Probe<T> {}
        struct Probe<T: ?Sized>(PhantomData<T>);
        #[allow(dead_code, reason = "unused where the trait is not implemented")]
        impl<T: ?Sized + $interface> Probe<T> {
            const IMPLEMENTED: bool = true;
        }
        Probe::<$type>::IMPLEMENTED
    }};
}

/// One line of the table: what a secret type implements of what it must not, and whether it is wiped.
macro_rules! traits_of {
    ($type:ty) => {
        (
            [
                ("Clone", implements!($type, Clone)),
                ("Debug", implements!($type, core::fmt::Debug)),
                ("Display", implements!($type, core::fmt::Display)),
                ("PartialEq", implements!($type, PartialEq)),
                ("Hash", implements!($type, core::hash::Hash)),
                ("Serialize", implements!($type, serde::Serialize)),
            ],
            implements!($type, ZeroizeOnDrop) && core::mem::needs_drop::<$type>(),
        )
    };
}

macro_rules! assert_secret {
    ($($type:ty),+ $(,)?) => {
        $(
            let (forbidden, wiped) = traits_of!($type);
            for (name, implemented) in forbidden {
                assert!(!implemented, "{} is {name}", stringify!($type));
            }
            assert!(wiped, "{} is not wiped when dropped", stringify!($type));
        )+
    };
}

#[test]
fn rejects_copying_printing_comparing_and_serialising_a_secret() {
    assert_secret!(
        SecretScalar,
        Seed,
        SigningKey,
        IssuerSecretKey,
        Session,
        Blinding,
        PseudonymKey,
        CredentialSecretKey,
        Encrypted,
        TrusteeShare,
        TrusteeSecretKey,
        Ed25519SigningKey,
    );
}

/// The states of the key ceremony: wiped by what they are made of.
#[test]
fn rejects_copying_printing_comparing_and_serialising_a_ceremony_state() {
    for (forbidden, _) in [traits_of!(Round1Secret), traits_of!(Round2Secret)] {
        for (name, implemented) in forbidden {
            assert!(!implemented, "{name}");
        }
    }
    assert!(core::mem::needs_drop::<Round1Secret>() && core::mem::needs_drop::<Round2Secret>());
}

/// The question asked above has both answers.
#[test]
fn accepts_the_same_traits_where_they_are_implemented() {
    let (traits, wiped) = traits_of!(String);
    assert_eq!(traits.map(|(_, implemented)| implemented), [true; 6]);
    assert!(!wiped);
    let (traits, wiped) = traits_of!(Token);
    assert_eq!(traits.map(|(_, implemented)| implemented), [true, true, false, true, false, false]);
    assert!(!wiped);
}

// What is used once is taken by value. As none of the three is `Clone`, a second use does not compile.
const _: fn(Session, &IssuerSecretKey, &Challenge) -> Answer = Session::answer;
const _: fn(Blinding, &Answer) -> Result<Token, VerificationFailure> = Blinding::finalize;
type Prove =
    fn(Encrypted, &BallotContext, &PseudonymKey, &[Token], &mut ChaCha20Rng) -> (Ciphertext, BallotProof);
const _: Prove = Encrypted::prove;
