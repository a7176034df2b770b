//! The named inputs and values of a vector: bytes as hexadecimal, texts, numbers, lists and objects of these.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use curve25519_dalek::ristretto::RistrettoPoint;
use curve25519_dalek::scalar::Scalar;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Named values, in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<String, Value>);

/// Something that a field holds.
pub trait Field {
    /// Its JSON.
    fn value(&self) -> Value;
}

/// Writes bytes in lowercase hexadecimal.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads lowercase hexadecimal.
///
/// # Errors
/// Anything else.
pub fn unhex(text: &str) -> Result<Vec<u8>> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        _ => Err(anyhow!("not lowercase hexadecimal")),
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        bail!("an odd number of hexadecimal digits");
    }
    pairs.iter().map(|[high, low]| Ok(digit(high)? << 4 | digit(low)?)).collect()
}

macro_rules! fields {
    ($($type:ty: |$self:ident| $value:expr;)*) => {$(
        impl Field for $type {
            fn value(&$self) -> Value {
                $value
            }
        }
    )*};
}

fields! {
    RistrettoPoint: |self| hex(self.compress().to_bytes()).into();
    Scalar: |self| hex(self.to_bytes()).into();
    [u8]: |self| hex(self).into();
    Vec<u8>: |self| hex(self).into();
    str: |self| self.into();
    String: |self| self.as_str().into();
    u64: |self| (*self).into();
    u32: |self| (*self).into();
    u16: |self| (*self).into();
    bool: |self| (*self).into();
    Value: |self| self.clone();
    Fields: |self| self.0.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
}

impl<const LENGTH: usize> Field for [u8; LENGTH] {
    fn value(&self) -> Value {
        hex(self).into()
    }
}

/// A list.
pub struct List<'a, T>(pub &'a [T]);

impl<T: Field> Field for List<'_, T> {
    fn value(&self) -> Value {
        self.0.iter().map(Field::value).collect()
    }
}

impl Fields {
    /// No fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With one more field, or another value for one.
    #[must_use]
    pub fn with(mut self, name: &str, value: &(impl Field + ?Sized)) -> Self {
        self.0.insert(name.to_owned(), value.value());
        self
    }

    /// With the fields of both; those of `more` win.
    #[must_use]
    pub fn and(mut self, more: &Self) -> Self {
        self.0.extend(more.0.iter().map(|(name, value)| (name.clone(), value.clone())));
        self
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// A field as it is.
    ///
    /// # Errors
    /// There is none.
    pub fn value(&self, name: &str) -> Result<&Value> {
        self.0.get(name).ok_or_else(|| anyhow!("the field `{name}` is missing"))
    }

    /// Whether there is such a field.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A text.
    ///
    /// # Errors
    /// It is none.
    pub fn text(&self, name: &str) -> Result<&str> {
        self.value(name)?.as_str().ok_or_else(|| anyhow!("`{name}` is not a text"))
    }

    /// A number.
    ///
    /// # Errors
    /// It is none, or does not fit.
    pub fn number<N: TryFrom<u64>>(&self, name: &str) -> Result<N> {
        let number = self.value(name)?.as_u64().and_then(|number| N::try_from(number).ok());
        number.ok_or_else(|| anyhow!("`{name}` is not such a number"))
    }

    /// Bytes.
    ///
    /// # Errors
    /// It is no hexadecimal.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        unhex(self.text(name)?).with_context(|| format!("`{name}`"))
    }

    /// Exactly so many bytes.
    ///
    /// # Errors
    /// Others.
    pub fn array<const LENGTH: usize>(&self, name: &str) -> Result<[u8; LENGTH]> {
        exact(&self.bytes(name)?).with_context(|| format!("`{name}`"))
    }

    /// A list.
    ///
    /// # Errors
    /// It is none.
    pub fn list(&self, name: &str) -> Result<&[Value]> {
        let list = self.value(name)?.as_array();
        Ok(list.ok_or_else(|| anyhow!("`{name}` is not a list"))?)
    }

    /// A list of byte strings.
    ///
    /// # Errors
    /// It is none.
    pub fn byte_list(&self, name: &str) -> Result<Vec<Vec<u8>>> {
        let item = |value: &Value| unhex(value.as_str().ok_or_else(|| anyhow!("not a text"))?);
        let list: Result<_> = self.list(name)?.iter().map(item).collect();
        list.with_context(|| format!("`{name}`"))
    }

    /// A list of byte strings of exactly so many bytes.
    ///
    /// # Errors
    /// It is none.
    pub fn array_list<const LENGTH: usize>(&self, name: &str) -> Result<Vec<[u8; LENGTH]>> {
        let list: Result<_> = self.byte_list(name)?.iter().map(|bytes| exact::<LENGTH>(bytes)).collect();
        list.with_context(|| format!("`{name}`"))
    }

    /// A list of numbers.
    ///
    /// # Errors
    /// It is none.
    pub fn number_list<N: TryFrom<u64>>(&self, name: &str) -> Result<Vec<N>> {
        let item = |value: &Value| N::try_from(value.as_u64()?).ok();
        let list: Option<_> = self.list(name)?.iter().map(item).collect();
        list.ok_or_else(|| anyhow!("`{name}` is not a list of such numbers"))
    }

    /// A list of objects.
    ///
    /// # Errors
    /// It is none.
    pub fn object_list(&self, name: &str) -> Result<Vec<Self>> {
        let item = |value: &Value| Ok(serde_json::from_value(value.clone())?);
        let list: Result<_> = self.list(name)?.iter().map(item).collect();
        list.with_context(|| format!("`{name}`"))
    }
}

fn exact<const LENGTH: usize>(bytes: &[u8]) -> Result<[u8; LENGTH]> {
    bytes.try_into().map_err(|_| anyhow!("{} bytes where {LENGTH} belong", bytes.len()))
}
