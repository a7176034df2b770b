//! What a voter holds is wiped when dropped, and is neither copied, printed, compared nor serialised but through its saved form.

use core::marker::PhantomData;

use urna_client::{
    Asked, Cast, Entitlement, Invitation, Promised, Receipted, RecoveryCode, Resumed, Saved, SavedForm,
    Seeded, Voter, WithToken,
};

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

macro_rules! implemented {
    ($type:ty) => {
        [
            ("Clone", implements!($type, Clone)),
            ("Debug", implements!($type, core::fmt::Debug)),
            ("Display", implements!($type, core::fmt::Display)),
            ("PartialEq", implements!($type, PartialEq)),
            ("Serialize", implements!($type, serde::Serialize)),
        ]
    };
}

#[test]
fn rejects_copying_printing_comparing_and_serialising_a_voter() {
    macro_rules! assert_secret {
        ($($type:ty),+ $(,)?) => {$(
            for (name, implemented) in implemented!($type) {
                assert!(!implemented, "{} is {name}", stringify!($type));
            }
            assert!(core::mem::needs_drop::<$type>(), "{}", stringify!($type));
        )+};
    }
    assert_secret!(
        Invitation,
        Entitlement,
        RecoveryCode,
        Voter<Seeded>,
        Voter<Asked>,
        Voter<WithToken>,
        Voter<Cast>,
        Voter<Promised>,
        Voter<Receipted>,
        Resumed,
        Saved,
        SavedForm,
    );
}

/// The question asked above has both answers.
#[test]
fn accepts_the_same_traits_where_they_are_implemented() {
    assert_eq!(implemented!(String).map(|(_, implemented)| implemented), [true; 5]);
}
