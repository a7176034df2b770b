//! What is killed: an installation in one process, or authority, issuer and board, a process each.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use anyhow::Context;
use rand_chacha::ChaCha20Rng;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::time::sleep;
use urna::load::{ServiceFolder, ServiceProcess};

use crate::torture::{draw, stop};

/// One of so many starts is killed.
const STARTS_KILLED: u64 = 6;
/// One of so many times all services are killed, and not one of them.
const ALL_KILLED: u64 = 5;

/// A service, its folder and its process.
struct Service {
    folder: ServiceFolder,
    process: Option<ServiceProcess>,
    /// How long the last whole start took.
    start_took: Duration,
}

/// Services that are killed and started again.
pub(super) struct Services {
    services: Vec<Service>,
    rng: ChaCha20Rng,
    /// Kills of services that served.
    pub(super) under_load: usize,
    /// Kills of services that were starting.
    pub(super) starting: usize,
    events: UnboundedReceiver<()>,
}

/// Tells whoever kills that something was acknowledged.
#[derive(Clone)]
pub(super) struct Acknowledged(UnboundedSender<()>);

impl Acknowledged {
    /// Tells it.
    pub(super) fn tell(&self) {
        // The receiver outlives whoever tells.
        let _ = self.0.send(());
    }
}

/// How close together kills come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// So many times services are killed, or until the work is done.
    pub(super) kills: usize,
    /// How many acknowledgements there are from one kill to the next, on the average.
    pub(super) apart: usize,
    /// The longest that is waited after the last of them.
    pub(super) longest: Duration,
}

/// An address of this machine that stays free while nobody listens there: outgoing connections get their ports elsewhere.
///
/// # Errors
/// There is none.
pub(super) fn address(rng: &mut ChaCha20Rng) -> anyhow::Result<SocketAddr> {
    for _ in 0..1_000 {
        let port = 10_000 + u16::try_from(draw(rng, 20_000))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    anyhow::bail!("there is no free port")
}

impl Service {
    async fn start(&mut self) -> anyhow::Result<&mut ServiceProcess> {
        let started = Instant::now();
        let process = self.folder.start()?.listening().await?;
        self.start_took = started.elapsed();
        Ok(self.process.insert(process))
    }
}

impl Services {
    /// None yet.
    pub(super) fn new(rng: ChaCha20Rng) -> (Self, Acknowledged) {
        let (sender, events) = unbounded_channel();
        (Self { services: Vec::new(), rng, under_load: 0, starting: 0, events }, Acknowledged(sender))
    }

    /// Starts another one.
    ///
    /// # Errors
    /// It does not start.
    pub(super) async fn add(&mut self, folder: ServiceFolder) -> anyhow::Result<&mut ServiceProcess> {
        self.services.push(Service { folder, process: None, start_took: Duration::ZERO });
        self.services.last_mut().context("a service that was just added")?.start().await
    }

    /// How often anything was killed.
    pub(super) const fn kills(&self) -> usize {
        self.under_load + self.starting
    }

    /// Does this work while services are killed at random.
    ///
    /// # Errors
    /// The work's; a service does not start, or ends by itself.
    pub(super) async fn killed_during<T>(
        &mut self,
        pace: Pace,
        work: impl Future<Output = anyhow::Result<T>>,
    ) -> anyhow::Result<T> {
        let done = watch::Sender::new(false);
        let mut is_done = done.subscribe();
        let work = async {
            let worked = work.await?;
            done.send_replace(true);
            Ok(worked)
        };
        let until = self.kills() + pace.kills;
        let killing = async {
            while self.kills() < until {
                let moment = self.moment(pace);
                tokio::select! {
                    // An error means that the sender is gone, which is an end too.
                    _ = is_done.wait_for(|done| *done) => break,
                    () = moment => {}
                }
                self.kill(until).await?;
            }
            anyhow::Ok(())
        };
        tokio::try_join!(work, killing).map(|(worked, ())| worked)
    }

    async fn moment(&mut self, pace: Pace) {
        let twice = u64::try_from(2 * pace.apart).unwrap_or_default();
        for _ in 0..draw(&mut self.rng, twice + 1) {
            if self.events.recv().await.is_none() {
                break;
            }
        }
        let longest = u64::try_from(pace.longest.as_micros()).unwrap_or_default();
        // Not to wait for something: this is the moment.
        sleep(Duration::from_micros(draw(&mut self.rng, longest))).await;
    }

    /// Kills one of the services, or all, and starts what was killed; perhaps that is killed too.
    ///
    /// # Errors
    /// A service does not start, or ends by itself.
    pub(super) async fn kill(&mut self, until: usize) -> anyhow::Result<()> {
        let all = draw(&mut self.rng, ALL_KILLED) == 0;
        let chosen = usize::try_from(draw(&mut self.rng, u64::try_from(self.services.len())?))?;
        let mut down = Vec::new();
        for (place, service) in self.services.iter_mut().enumerate() {
            if (all || place == chosen)
                && self.under_load + self.starting < until
                && let Some(process) = service.process.take()
            {
                process.kill().await?;
                self.under_load += 1;
                down.push(service);
            }
        }
        for service in down {
            while self.under_load + self.starting < until && draw(&mut self.rng, STARTS_KILLED) == 0 {
                let starting = service.folder.start()?;
                let took = u64::try_from(service.start_took.as_micros())?;
                // The moment again, anywhere in what the last whole start took.
                sleep(Duration::from_micros(draw(&mut self.rng, took))).await;
                starting.kill().await?;
                self.starting += 1;
            }
            service.start().await?;
        }
        Ok(())
    }

    /// Ends them as an operator does, and starts them again.
    ///
    /// # Errors
    /// One does not end well, or does not start.
    pub(super) async fn restart(&mut self) -> anyhow::Result<()> {
        self.stop().await?;
        for service in &mut self.services {
            service.start().await?;
        }
        Ok(())
    }

    /// Ends them as an operator does.
    ///
    /// # Errors
    /// One does not end well.
    pub(super) async fn stop(&mut self) -> anyhow::Result<()> {
        for service in &mut self.services {
            if let Some(process) = service.process.take() {
                stop(process).await?;
            }
        }
        Ok(())
    }
}
