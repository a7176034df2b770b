//! A board's record behind whatever makes requests.

use urna_verifier::{Content, File, Official, Record};

use crate::Outside;

/// The record of an election of the board whose page this is.
pub struct Remote<'o, O> {
    outside: &'o O,
    slug: &'o str,
}

/// Why nobody knows what is there.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// No answer.
    #[error("the board cannot be reached")]
    NoAnswer,
    /// Another answer than what is there, or that it is not there.
    #[error("the board answers with status {0}")]
    Status(u16),
    /// No list of official entries.
    #[error("the board does not list its official entries")]
    NoList,
}

impl<'o, O: Outside> Remote<'o, O> {
    /// The record of the election with this short name.
    pub const fn new(outside: &'o O, slug: &'o str) -> Self {
        Self { outside, slug }
    }

    fn get(&self, path: &str, limit: usize) -> Result<Content, RemoteError> {
        match self.outside.read(path, limit) {
            None => Err(RemoteError::NoAnswer),
            Some((200, body)) => Ok(Content::Bytes(body)),
            Some((404 | 410, body)) => Ok(Content::absent(&body)),
            Some((status, _)) => Err(RemoteError::Status(status)),
        }
    }
}

impl<O: Outside> Record for Remote<'_, O> {
    type Error = RemoteError;

    fn read(&self, file: &File, limit: usize) -> Result<Content, RemoteError> {
        self.get(&file.to_string(), limit)
    }

    fn official(&self) -> Result<Vec<(u64, Vec<u8>)>, RemoteError> {
        let mut official = Official::default();
        loop {
            let Content::Bytes(page) = self.get(&official.next(self.slug), Official::LIMIT)? else {
                return Err(RemoteError::NoList);
            };
            if !official.take(&page).map_err(|_| RemoteError::NoList)? {
                return Ok(official.into_entries());
            }
        }
    }
}
