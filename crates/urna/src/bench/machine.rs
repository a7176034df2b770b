//! What the figures were measured on.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;

use serde::Serialize;

/// The machine, as far as the figures depend on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Machine {
    /// How many cores this process may use.
    pub(super) cores: usize,
    /// The processor's name.
    pub(super) cpu: String,
    /// The kernel's name and version.
    pub(super) kernel: String,
}

impl Machine {
    /// This one. What the system does not tell is "unknown".
    pub(super) fn this() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let kernel = format!("{} {}", std::env::consts::OS, read("/proc/sys/kernel/osrelease").trim());
        Self {
            cores: available_parallelism().map_or(1, NonZeroUsize::get),
            cpu: model(&read("/proc/cpuinfo")).unwrap_or("unknown processor").to_owned(),
            kernel: kernel.trim().to_owned(),
        }
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cores of {}, {}", self.cores, self.cpu, self.kernel)
    }
}

/// The processor's name in `/proc/cpuinfo`.
fn model(cpuinfo: &str) -> Option<&str> {
    let lines = cpuinfo.lines().filter_map(|line| line.split_once(':'));
    lines
        .map(|(name, value)| (name.trim(), value.trim()))
        .find(|(name, _)| *name == "model name")
        .map(|(_, v)| v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_processor() {
        let cpuinfo = "processor\t: 0\nmodel\t\t: 207\nmodel name\t: A Processor: fast\nprocessor\t: 1\n";
        assert_eq!(model(cpuinfo), Some("A Processor: fast"));
        assert_eq!(model("processor: 0"), None);
    }
}
