//! Transcripts, as `spec/encoding.md` has them: a label for each step, then named messages.

use super::{Point, Scalar};

/// A transcript under construction.
#[derive(Clone)]
pub struct Transcript(merlin::Transcript);

impl Transcript {
    /// A transcript under a step's label.
    pub fn new(label: &'static str) -> Self {
        Self(merlin::Transcript::new(label.as_bytes()))
    }

    /// Bytes.
    #[must_use]
    pub fn bytes(mut self, name: &'static str, message: &[u8]) -> Self {
        self.0.append_message(name.as_bytes(), message);
        self
    }

    /// An integer: eight bytes, little-endian.
    #[must_use]
    pub fn integer(self, name: &'static str, value: u64) -> Self {
        self.bytes(name, &value.to_le_bytes())
    }

    /// A point, encoded.
    #[must_use]
    pub fn point(self, name: &'static str, point: &Point) -> Self {
        self.bytes(name, point.compress().as_bytes())
    }

    /// A scalar, encoded.
    #[must_use]
    pub fn scalar(self, name: &'static str, scalar: &Scalar) -> Self {
        self.bytes(name, scalar.as_bytes())
    }

    /// So many bytes out.
    pub fn draw(&mut self, name: &'static str, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.challenge_bytes(name.as_bytes(), &mut bytes);
        bytes
    }

    /// A scalar out: 64 bytes, reduced modulo l.
    pub fn challenge(&mut self, name: &'static str) -> Scalar {
        let wide: [u8; 64] = self.draw(name, 64).try_into().unwrap();
        Scalar::from_bytes_mod_order_wide(&wide)
    }
}
