//! The blobs that are being sent. All who are sent the same one share its bytes, so that clients that read slowly, however
//! many they are, hold no more memory than there are blobs, and keep nobody else waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::store::Sha256Hash;

/// Blobs in memory, as long as somebody is being sent them.
#[derive(Debug, Default)]
pub(super) struct Sending(Mutex<HashMap<Sha256Hash, Weak<Vec<u8>>>>);

/// A blob that is being sent.
#[derive(Clone, Debug)]
pub(super) struct Blob(Arc<Vec<u8>>);

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Sending {
    /// The blob, if somebody is being sent it.
    pub(super) fn find(&self, sha256: &Sha256Hash) -> Option<Blob> {
        let blobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        blobs.get(sha256)?.upgrade().map(Blob)
    }

    /// Lets others have these bytes as long as they are being sent.
    pub(super) fn share(&self, sha256: Sha256Hash, bytes: Vec<u8>) -> Blob {
        let bytes = Arc::new(bytes);
        let mut blobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        blobs.retain(|_, blob| blob.strong_count() > 0);
        blobs.insert(sha256, Arc::downgrade(&bytes));
        Blob(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_one_copy_for_all_and_none_when_it_is_sent() {
        let sending = Sending::default();
        assert!(sending.find(&[1; 32]).is_none());
        let first = sending.share([1; 32], vec![1, 2, 3]);
        let second = sending.find(&[1; 32]).unwrap();
        assert!(Arc::ptr_eq(&first.0, &second.0));
        drop(first);
        assert_eq!(sending.find(&[1; 32]).unwrap().as_ref(), [1, 2, 3]);
        drop(second);
        assert!(sending.find(&[1; 32]).is_none());
        // Nothing is kept of what was sent.
        let _other = sending.share([2; 32], Vec::new());
        assert_eq!(sending.0.lock().unwrap().len(), 1);
    }
}
