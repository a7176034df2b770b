//! Urna.
fn main() {}
