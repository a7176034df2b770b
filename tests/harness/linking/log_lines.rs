//! The lines that services of this process print, as `urna` has them printed.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing_subscriber::filter::LevelFilter;

/// What was printed so far. One process prints to one place.
static PRINTED: OnceLock<Printed> = OnceLock::new();

#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The lines from a moment on.
pub(super) struct LogLines {
    printed: Printed,
    begin: usize,
}

impl LogLines {
    pub(super) fn begin() -> Self {
        let printed = PRINTED.get_or_init(|| {
            let printed = Printed::default();
            let writer = printed.clone();
            let subscriber = tracing_subscriber::fmt()
                .with_writer(move || writer.clone())
                .with_ansi(false)
                .with_max_level(LevelFilter::INFO)
                .finish();
            // A test that has set another one keeps it, and then these lines are its own.
            let _ = tracing::subscriber::set_global_default(subscriber);
            printed
        });
        let printed = printed.clone();
        let begin = printed.0.lock().unwrap_or_else(PoisonError::into_inner).len();
        Self { printed, begin }
    }

    pub(super) fn take(self) -> Vec<u8> {
        let printed = self.printed.0.lock().unwrap_or_else(PoisonError::into_inner);
        printed.get(self.begin..).unwrap_or_default().to_vec()
    }
}
