//! Go accepts the log that a board serves, at every size that matters: ballots go in over HTTP, and Go reads over HTTP.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indicatif::ProgressBar;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use urna::load::{Batch, LogOfBoard, Pace, Planned, Shape, post, send};
use urna_api::board::CreateLog;
use urna_api::client::BoardClient;
use urna_api::server::Limits;
use urna_api::server::SystemClock;
use urna_board::{Board, Config};
use urna_crypto::Ed25519SigningKey;
use urna_election::Slug;
use urna_election::json::{self, Base64};
use urna_election::manifest::InterimFigures;
use urna_log::VerifierKey;
use urna_tests::go::checklog;

/// One tile and around it, one tile of tiles and around it, partial tiles at three levels. Size 1 is the manifest alone.
const SIZES: [usize; 6] = [255, 256, 257, 65_535, 65_536, 70_000];
/// Seven hundred voters who change their minds a hundred times: as long a log for the board as seventy thousand voters,
/// and quicker made.
const SHAPE: Shape = Shape {
    voters: 700,
    ballots_each: 100,
    classes: 1,
    batch: Batch { min: 1, wait: 1 },
    interim_figures: InterimFigures::Turnout,
};

struct Log {
    client: BoardClient,
    slug: Slug,
    key: VerifierKey,
    prefix: String,
    folder: PathBuf,
    kept: Vec<PathBuf>,
    receipts: Vec<PathBuf>,
}

impl Log {
    /// Keeps the checkpoint and the receipts of two voters, and has Go check everything that was ever kept.
    async fn check(&mut self, size: usize, receipts: &[String]) {
        let checkpoint = self.client.checkpoint(&self.slug).await.unwrap();
        assert_eq!(checkpoint.unverified().head.size, u64::try_from(size).unwrap());
        self.kept.push(self.keep(&format!("checkpoint-{size}"), &checkpoint.to_string()));
        for (number, receipt) in receipts.iter().enumerate() {
            self.receipts.push(self.keep(&format!("{number}-of-{size}.tlog-proof"), receipt));
        }
        let (key, kept, receipts, prefix) =
            (self.key.clone(), self.kept.clone(), self.receipts.clone(), self.prefix.clone());
        let checked = tokio::task::spawn_blocking(move || checklog(&key, &kept, &receipts, &prefix));
        let accepted = checked.await.unwrap().unwrap();
        assert!(accepted.contains(&format!("size {size}, root ")), "{accepted}");
        assert!(accepted.contains(&format!(": {} bundles, ", size.div_ceil(256))), "{accepted}");
        assert!(accepted.contains(&format!(" {} receipts", self.receipts.len())), "{accepted}");
    }

    fn keep(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accepts_the_served_log_at_every_size() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go-reads-a-served-log");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let authority = Ed25519SigningKey::from_bytes(&[7; 32]);
    let key = String::from_utf8(json::to_bytes(&Base64(authority.public().to_bytes()))).unwrap();
    let config = format!(
        "name = \"board.example\"\nurl = \"{address}\"\nlisten = \"127.0.0.1:0\"\nauthorities = [{key}]\n"
    );
    let config = Config::parse(&config).unwrap();
    let board = Board::open(config, &folder.join("data"), &[], Arc::new(SystemClock)).unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let served = tokio::spawn(urna_board::run(Arc::new(board), listener, Limits::default(), async {
        let _ = ended.await;
    }));

    let client = BoardClient::new(&address).unwrap();
    let planned = Planned::new(authority, "union-2027".parse().unwrap()).unwrap();
    let slug = planned.plan().slug.clone();
    let request = CreateLog { plan: planned.plan().clone(), signature: Base64(planned.signature()) };
    let created = client.create_log(&request).await.unwrap();
    let on_board = LogOfBoard::created(&created).unwrap();
    let (kept, receipts) = (Vec::new(), Vec::new());
    let mut log = Log {
        client: client.clone(),
        slug: slug.clone(),
        key: on_board.log_key.clone(),
        prefix: created.url,
        folder,
        kept,
        receipts,
    };
    let prepared =
        tokio::task::spawn_blocking(move || planned.prepare(&on_board, &SHAPE)).await.unwrap().unwrap();

    post(&client, &slug, &prepared.postings[0]).await.unwrap();
    log.check(1, &[]).await;
    for posting in &prepared.postings[1..] {
        post(&client, &slug, posting).await.unwrap();
    }
    let mut size = prepared.postings.len();
    let mut ballots = prepared.ballots.as_slice();
    for grown in SIZES {
        let (now, later) = ballots.split_at(grown - size);
        // A voter's ballots go one after the other: a wave has at most one of each.
        let sent =
            send(&client, &slug, now, Pace::Waves(SHAPE.voters), &ProgressBar::hidden()).await.unwrap();
        assert_eq!((sent.refused, sent.promised), (None, 0));
        // The first and the last of them again: the same entry, with a receipt under the newest checkpoint.
        let mut receipts = Vec::new();
        for ballot in [&now[0], &now[now.len() - 1]] {
            let accepted = client.post_ballot(&slug, ballot.clone()).await.unwrap();
            assert!(accepted.repeated);
            let urna_api::client::Outcome::Logged(receipt) = accepted.outcome else { unreachable!() };
            receipts.push(receipt.to_string());
        }
        log.check(grown, &receipts).await;
        (size, ballots) = (grown, later);
    }
    end.send(()).unwrap();
    served.await.unwrap().unwrap();
}
