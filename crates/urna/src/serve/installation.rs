//! All roles of a small organisation in one process.
//!
//! ```text
//! DATA/authority/   people, drafts, the signing key       ┐ one listener, one address
//! DATA/issuer/      an election's issuer in each folder   ┘
//! DATA/board/       the public logs                         a listener and an address of its own
//! ```
//!
//! Each role has its own folder and database, and speaks to the others over HTTP, as it would on another machine; only the
//! authority and the issuer beside it know of each other without: the issuer makes keys when a plan names it, and begins to
//! issue when the manifest is published.

use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use rand_core::OsRng;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;
use urna_api::authority::{IssuerKeys, KeyMade, NewKey, Role};
use urna_api::server::{Clock, Limits, described, serve};
use urna_authority::{Authority, Folder, FolderError, Task, Wanted, keep_time};
use urna_board::Board;
use urna_election::Slug;
use urna_issuer::{IssuerFolder, IssuerService, Served};
use zeroize::Zeroizing;

use super::config::Config;

/// How often the issuer looks what elections want of it.
const EVERY: Duration = Duration::from_secs(1);

/// Where an installation keeps everything.
#[derive(Clone, Debug)]
pub(crate) struct Data(PathBuf);

/// All roles, opened.
pub(crate) struct Installation {
    pub(crate) authority: Arc<Authority>,
    pub(crate) issuer: Arc<IssuerService>,
    board: Arc<Board>,
    data: Data,
}

/// The two listeners.
pub(crate) struct Listeners {
    /// For authority and issuer.
    pub(crate) vote: TcpListener,
    /// For the board.
    pub(crate) board: TcpListener,
}

/// What a first start has made.
pub(crate) struct FirstStart {
    /// For whoever organises elections.
    pub(crate) organiser: Zeroizing<String>,
    /// For whoever keeps the service.
    pub(crate) operator: Zeroizing<String>,
}

impl Data {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn authority(&self) -> PathBuf {
        self.0.join("authority")
    }

    pub(crate) fn issuer(&self) -> PathBuf {
        self.0.join("issuer")
    }

    pub(crate) fn board(&self) -> PathBuf {
        self.0.join("board")
    }

    /// Whether an installation keeps its authority here.
    ///
    /// # Errors
    /// The key is there, and cannot be read.
    pub(crate) fn has_authority(&self) -> Result<bool, FolderError> {
        match Folder::new(self.authority()).signing_key() {
            Ok(_) => Ok(true),
            Err(FolderError::NoSigningKey(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The authority's signing key is made at the first start, in a folder that is new or empty; never in one from which it
    /// is missing.
    fn make_or_find_key(&self) -> anyhow::Result<()> {
        if self.has_authority()? {
            return Ok(());
        }
        let is_new = match fs::read_dir(&self.0) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(error).with_context(|| self.0.display().to_string()),
        };
        if !is_new {
            bail!(
                "{0} holds something, and no {1}: a first start wants a folder that is new or empty, and every other start \
                 the one that was used before; restore it from a backup",
                self.0.display(),
                self.authority().join("authority.key").display()
            );
        }
        Folder::new(self.authority()).make_signing_key(&mut OsRng)?;
        Ok(())
    }
}

impl Installation {
    /// Opens all roles in this folder; at a first start, makes the authority's key. Blocks.
    ///
    /// # Errors
    /// The folder is in use, is not whole, or cannot be written.
    pub(crate) fn open(
        data: Data,
        config: &Config,
        listeners: &Listeners,
        clock: Arc<dyn Clock>,
        runtime: Handle,
    ) -> anyhow::Result<Self> {
        data.make_or_find_key()?;
        let key = Folder::new(data.authority()).signing_key()?.public();
        let parts = config.parts(listeners.vote.local_addr()?, listeners.board.local_addr()?, &key)?;
        let authority = Authority::open(parts.authority, &data.authority(), Arc::clone(&clock))?;
        let board = Board::open(parts.board, &data.board(), &[], Arc::clone(&clock))?;
        let issuer = IssuerService::new(&data.issuer(), clock, runtime);
        Ok(Self { authority: Arc::new(authority), issuer: Arc::new(issuer), board: Arc::new(board), data })
    }

    /// Makes the first sign-in links, if nobody has a key or a link yet.
    ///
    /// # Errors
    /// The disk's.
    pub(crate) fn first_start(&self) -> anyhow::Result<Option<FirstStart>> {
        if self.authority.has_keys()? {
            return Ok(None);
        }
        let link = |account: &str, role| -> anyhow::Result<_> {
            let new = NewKey { account: account.to_owned(), role, election: None, link: true };
            let made: KeyMade = self.authority.make_first_key(&new)?;
            Ok(self.authority.sign_in_link(&made))
        };
        let (operator, organiser) = (link("operator", Role::Operator)?, link("organiser", Role::Owner)?);
        Ok(Some(FirstStart { organiser, operator }))
    }

    /// Serves until `end` is ready, then lets requests and what they have begun finish, the board last.
    ///
    /// # Errors
    /// Of the listeners.
    pub(crate) async fn run(self, listeners: Listeners, end: impl Future<Output = ()>) -> io::Result<()> {
        let Self { authority, issuer, board, data } = self;
        let limits = Limits::default();
        let ending = watch::Sender::new(false);
        let ended = || {
            let mut ended = ending.subscribe();
            async move {
                // An error means that the sender is gone, which is an end too.
                let _ = ended.wait_for(|ended| *ended).await;
            }
        };
        let clock = tokio::spawn(keep_time(Arc::clone(&authority), ended()));
        let (looked, first_look) = oneshot::channel();
        let own = keep_own_issuer(Arc::clone(&authority), Arc::clone(&issuer), data, looked, ended());
        let own = tokio::spawn(own);
        let board_end = watch::Sender::new(false);
        let mut board_ended = board_end.subscribe();
        let board_served = tokio::spawn(urna_board::run(board, listeners.board, limits, async move {
            let _ = board_ended.wait_for(|ended| *ended).await;
        }));
        let (people, issuing) = (Arc::clone(&authority), Arc::clone(&issuer));
        let failing = move || [people.failing(), issuing.failing()].concat();
        let routes =
            urna_authority::routes(authority, limits).merge(urna_issuer::routes(Arc::clone(&issuer), limits));
        // Or voters who come during the start would be told that there is no such election. An error means that there was no look.
        let _ = first_look.await;
        let served = serve(listeners.vote, described(routes, failing, limits), limits, end).await;
        ending.send_replace(true);
        let _ = (clock.await, own.await);
        // Waits for threads, which still ask the board.
        let _ = tokio::task::spawn_blocking(move || issuer.stop()).await;
        board_end.send_replace(true);
        served.and(board_served.await.unwrap_or_else(|error| Err(io::Error::other(error))))
    }
}

/// Has the issuer beside the authority do what elections want of it, until `end` is ready. What fails is tried again. Tells when
/// it has looked for the first time: what is published is served then.
async fn keep_own_issuer(
    authority: Arc<Authority>,
    issuer: Arc<IssuerService>,
    data: Data,
    looked: oneshot::Sender<()>,
    end: impl Future<Output = ()>,
) {
    let (mut end, mut looked) = (std::pin::pin!(end), Some(looked));
    // What was said of an election is not said again before it is another thing.
    let mut said: BTreeMap<Slug, String> = BTreeMap::new();
    loop {
        let (asked, serving, folder) = (Arc::clone(&authority), Arc::clone(&issuer), data.issuer());
        // Waits for the disk, and for the board.
        let failed = tokio::task::spawn_blocking(move || look_after(&asked, &serving, &folder)).await;
        let failed = failed.unwrap_or_default();
        // Nobody may wait for it any more.
        let _ = looked.take().map(|looked| looked.send(()));
        said.retain(|slug, _| failed.contains_key(slug));
        for (slug, error) in failed {
            if said.get(&slug) != Some(&error) {
                tracing::error!(election = %slug, %error, "the issuer of this installation cannot go on");
                said.insert(slug, error);
            }
        }
        tokio::select! {
            () = sleep(EVERY) => {}
            () = &mut end => return,
        }
    }
}

/// One look; what failed, by election.
fn look_after(authority: &Authority, issuer: &IssuerService, data: &Path) -> BTreeMap<Slug, String> {
    let wanted = authority.wanted_of_own_issuer().unwrap_or_default();
    let wanted = wanted.into_iter().filter(|wanted| !issuer.is_served(&wanted.slug));
    wanted
        .filter_map(|wanted| {
            let slug = wanted.slug.clone();
            let error = fulfil(authority, issuer, data, wanted).err()?;
            Some((slug, format!("{error:#}")))
        })
        .collect()
}

fn fulfil(authority: &Authority, service: &IssuerService, data: &Path, wanted: Wanted) -> anyhow::Result<()> {
    let Wanted { slug, issuer, task } = wanted;
    match task {
        Task::Keys { plan, classes } => {
            let folder = IssuerFolder::of(data, &slug);
            let fits = folder.keys()?.is_none_or(|keys| {
                *keys.plan() == plan.id() && *keys.issuer() == issuer && keys.classes().eq(&classes)
            });
            if !fits {
                // Of a plan or of classes that are no longer; no manifest has them.
                folder.discard_unused_keys()?;
            }
            let made = folder.make_keys(&plan, &issuer, &classes, &mut OsRng)?;
            let keys = IssuerKeys { keys: made.keys, signing_key: made.signing_key };
            authority.take_issuer_keys(&slug, issuer.as_str(), keys)?;
            tracing::info!(election = %slug, %issuer, "made the issuer's keys");
        }
        Task::Issue(election) => {
            let board = authority.board_address().clone();
            service.serve(Served { slug, issuer, board, election }, false)?;
        }
    }
    Ok(())
}
