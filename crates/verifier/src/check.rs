//! The seventeen checks of `spec/verification.md`.

use core::fmt;

/// A numbered check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// V-01: checkpoint, root, tiles.
    Root,
    /// V-02: older checkpoints, witnesses.
    History,
    /// V-03: canonical entries, phases in order.
    Entries,
    /// V-04: the anchor, the manifest, its keys.
    Manifest,
    /// V-05: key ceremony and rehearsal.
    Ceremony,
    /// V-06: versions of the register.
    Register,
    /// V-07: tokens.
    Tokens,
    /// V-08: proofs of ballots, signatures of withdrawals and returns.
    Proofs,
    /// V-09: sequences, reused R, the counted list.
    Sequences,
    /// V-10: what was issued.
    Issuance,
    /// V-11: nothing outside voting.
    Voting,
    /// V-12: agreement and openings.
    Openings,
    /// V-13: combination and plaintexts.
    Plaintexts,
    /// V-14: the count.
    Count,
    /// V-15: receipts and promises that the caller has.
    Receipts,
    /// V-16: blobs.
    Blobs,
    /// V-17: signer, running number and phase of every signed entry.
    Signatures,
}

impl Check {
    /// How many there are.
    pub const COUNT: usize = 17;

    /// All of them, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Root,
        Self::History,
        Self::Entries,
        Self::Manifest,
        Self::Ceremony,
        Self::Register,
        Self::Tokens,
        Self::Proofs,
        Self::Sequences,
        Self::Issuance,
        Self::Voting,
        Self::Openings,
        Self::Plaintexts,
        Self::Count,
        Self::Receipts,
        Self::Blobs,
        Self::Signatures,
    ];

    /// `V-01` to `V-17`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Root => "V-01",
            Self::History => "V-02",
            Self::Entries => "V-03",
            Self::Manifest => "V-04",
            Self::Ceremony => "V-05",
            Self::Register => "V-06",
            Self::Tokens => "V-07",
            Self::Proofs => "V-08",
            Self::Sequences => "V-09",
            Self::Issuance => "V-10",
            Self::Voting => "V-11",
            Self::Openings => "V-12",
            Self::Plaintexts => "V-13",
            Self::Count => "V-14",
            Self::Receipts => "V-15",
            Self::Blobs => "V-16",
            Self::Signatures => "V-17",
        }
    }

    /// Without which of the others this one says nothing.
    pub const fn rests_on(self) -> &'static [Self] {
        match self {
            Self::Root => &[],
            Self::History | Self::Entries | Self::Receipts => &[Self::Root],
            Self::Manifest | Self::Blobs => &[Self::Entries],
            Self::Ceremony
            | Self::Register
            | Self::Tokens
            | Self::Proofs
            | Self::Sequences
            | Self::Voting
            | Self::Signatures => &[Self::Manifest],
            Self::Issuance => &[Self::Register, Self::Tokens],
            Self::Openings => &[Self::Ceremony, Self::Sequences],
            Self::Plaintexts => &[Self::Openings],
            Self::Count => &[Self::Plaintexts],
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_orders_all_checks_as_the_page_does() {
        let page = include_str!("../../../spec/verification.md");
        for (number, check) in (1..).zip(Check::ALL) {
            assert_eq!(check.id(), format!("V-{number:02}"));
            assert!(page.contains(&format!("\n### {check} ")), "{check} has no section");
            assert!(check.rests_on().iter().all(|other| *other < check), "{check} rests on a later check");
            let others: Vec<_> = check.rests_on().iter().map(|other| other.id()).collect();
            let others = if others.is_empty() { "–".to_owned() } else { others.join(", ") };
            assert!(page.contains(&format!("| {check} | {others} |")), "{check} does not rest on {others}");
        }
    }
}
