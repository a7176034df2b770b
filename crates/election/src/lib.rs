//! Urna.
