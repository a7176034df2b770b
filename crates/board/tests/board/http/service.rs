//! A board on a free port, with a clock that stands still until it is set.

use std::fs;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use urna_api::client::{BlobSender, BoardClient};
use urna_api::server::Clock;
use urna_api::server::Limits;
use urna_board::{Board, Config, DiskStore, StartError};
use urna_election::blob::{BlobKind, BlobRef};
use urna_election::json::Base64;
use urna_log::SignedCheckpoint;

use super::answer::Answer;
use crate::disk::Folder;
use crate::sample::{SLUG, Sample, authority};

/// When the clock starts in an election without hours.
pub(crate) const NOW: u64 = 5_000;
/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A clock that says what it is told to say.
pub(crate) struct MockClock(AtomicU64);

impl Clock for MockClock {
    fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A board that serves. Dropped without [`Service::stop`], it ends with its test.
pub(crate) struct Service {
    pub(crate) folder: Arc<Folder>,
    pub(crate) board: Arc<Board>,
    pub(crate) address: SocketAddr,
    pub(crate) client: BoardClient,
    clock: Arc<MockClock>,
    http: reqwest::Client,
    end: Option<oneshot::Sender<()>>,
    served: JoinHandle<io::Result<()>>,
}

pub(crate) fn config() -> Config {
    let key = serde_json::to_string(&Base64(authority().public().to_bytes())).unwrap();
    let toml = format!(
        "name = \"board.example\"\nurl = \"https://board.example\"\nlisten = \"127.0.0.1:0\"\nauthorities = [{key}]\n"
    );
    Config::parse(&toml).unwrap()
}

/// Opens the board in a folder, as a start of the program does.
pub(crate) fn open(
    folder: &Path,
    at_least: &[SignedCheckpoint],
    now: u64,
) -> Result<(Arc<Board>, Arc<MockClock>), StartError> {
    let clock = Arc::new(MockClock(AtomicU64::new(now)));
    let board = Board::open(config(), folder, at_least, clock.clone())?;
    Ok((Arc::new(board), clock))
}

/// Where an election of this slug lies.
pub(crate) fn election_folder(folder: &Folder) -> PathBuf {
    folder.0.join(SLUG)
}

/// Puts a sample's election into a folder as if the board had created its log.
pub(crate) fn put(folder: &Folder) -> DiskStore {
    let path = election_folder(folder);
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("plan.json"), Sample::plan().to_bytes()).unwrap();
    let keys = serde_json::json!({ "log": Base64([2; 32]), "promise": Base64([3; 32]) });
    urna_disk::secret::write_new(&path.join("keys.json"), keys.to_string().as_bytes()).unwrap();
    DiskStore::open(&path).unwrap()
}

impl Service {
    /// Serves what is in the folder.
    pub(crate) async fn start(folder: &Arc<Folder>, limits: Limits, now: u64) -> Self {
        let path = folder.0.clone();
        let opened = tokio::task::spawn_blocking(move || open(&path, &[], now)).await.unwrap();
        let (board, clock) = opened.unwrap();
        Self::serve(Arc::clone(folder), board, clock, limits).await
    }

    pub(crate) async fn serve(
        folder: Arc<Folder>,
        board: Arc<Board>,
        clock: Arc<MockClock>,
        limits: Limits,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel();
        let end_of = async {
            let _ = ended.await;
        };
        let served = tokio::spawn(urna_board::run(Arc::clone(&board), listener, limits, end_of));
        let client = BoardClient::new(&format!("http://{address}")).unwrap();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { folder, board, address, client, clock, http, end: Some(end), served }
    }

    /// An election that has a log and nothing in it.
    pub(crate) async fn created() -> Self {
        let folder = Arc::new(Folder::new());
        drop(put(&folder));
        Self::start(&folder, Limits::default(), NOW).await
    }

    /// An election in which voting is open.
    pub(crate) async fn voting(sample: &Sample, limits: Limits, now: u64) -> Self {
        let folder = Arc::new(Folder::new());
        drop(sample.voting(put(&folder)));
        Self::start(&folder, limits, now).await
    }

    /// Sets the clock.
    pub(crate) fn set(&self, now: u64) {
        self.clock.0.store(now, Ordering::SeqCst);
        self.board.wake();
    }

    /// Ends it as SIGTERM does, and waits until it has.
    pub(crate) async fn stop(mut self) -> Arc<Folder> {
        self.ask_to_end();
        self.ended().await
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(mut self) -> Arc<Folder> {
        timeout(PATIENCE, &mut self.served).await.unwrap().unwrap().unwrap();
        self.folder
    }

    pub(crate) fn ask_to_end(&mut self) {
        let _ = self.end.take().unwrap().send(());
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.address))
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        Answer::read(timeout(PATIENCE, request.send()).await.unwrap().unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts an entry, or what is to look like one.
    pub(crate) fn posting(&self, route: &str, entry: &[u8]) -> RequestBuilder {
        self.request(Method::POST, &format!("/v1/elections/{SLUG}/{route}"))
            .header("content-type", "application/json")
            .body(entry.to_vec())
    }

    pub(crate) async fn post(&self, route: &str, entry: &[u8]) -> Answer {
        self.send(self.posting(route, entry)).await
    }

    /// Posts an entry on a task of its own.
    pub(crate) fn post_beside(
        &self,
        route: &str,
        entry: &[u8],
    ) -> impl Future<Output = Answer> + Send + 'static {
        let request = self.posting(route, entry);
        async move { Answer::read(timeout(PATIENCE, request.send()).await.unwrap().unwrap()).await }
    }

    /// Puts a blob with these headers, as they are.
    pub(crate) fn putting(
        &self,
        sha256: &str,
        kind: &str,
        signer: &str,
        signature: &[u8; 64],
        bytes: &[u8],
    ) -> RequestBuilder {
        let signature = serde_json::to_value(Base64(*signature)).unwrap();
        self.request(Method::PUT, &format!("/v1/elections/{SLUG}/blobs/{sha256}"))
            .header("content-type", "application/octet-stream")
            .header("urna-kind", kind)
            .header("urna-signer", signer)
            .header("urna-signature", signature.as_str().unwrap())
            .body(bytes.to_vec())
    }

    /// Puts a blob of the authority's by the client.
    pub(crate) async fn put_blob(&self, sample: &Sample, kind: BlobKind, bytes: &[u8]) {
        let named = BlobRef::new(kind, bytes).unwrap();
        let sender = BlobSender::authority(sample.manifest.id(), &sample.authority, &named);
        let slug = SLUG.parse().unwrap();
        self.client.put_blob(&slug, kind, bytes.to_vec(), &named.sha256.0, &sender).await.unwrap();
    }

    /// A connection of its own.
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends these bytes and reads until the board closes the connection.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        read_to_end(&mut stream).await
    }

    /// How many entries and promises there are, and how many blobs.
    pub(crate) async fn written(&self) -> (u64, usize) {
        let size = match self.client.checkpoint(&SLUG.parse().unwrap()).await {
            Ok(checkpoint) => checkpoint.unverified().head.size,
            Err(error) => {
                assert!(error.problem().is_some(), "{error}");
                0
            }
        };
        let blobs = fs::read_dir(election_folder(&self.folder).join("blobs"));
        (size, blobs.map_or(0, Iterator::count))
    }
}

/// Everything until the other side closes; whether it does so politely is its affair.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
    answer
}

/// SHA-256 as it stands in addresses.
pub(crate) fn hash(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
