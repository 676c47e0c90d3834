//! How many addresses there were, without their names: linear counting (Whang, Vander-Zanden, Taylor, 1990) over 256
//! buckets.
//!
//! A bucket is a number of a set, so that adding is idempotent and a counter's size is bounded, whoever calls from how
//! many addresses. The estimate is within a few of the truth up to about 100 addresses, and ends at some 1,400.

use crate::address::AddressKey;
use aws_lc_rs::digest;
use std::collections::BTreeSet;

const BUCKETS: f64 = 256.0;

/// The buckets of some addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses(BTreeSet<u8>);

impl Addresses {
    /// Of these buckets.
    pub const fn of(buckets: BTreeSet<u8>) -> Self {
        Self(buckets)
    }

    /// Its buckets.
    pub const fn buckets(&self) -> &BTreeSet<u8> {
        &self.0
    }

    /// Adds the others.
    pub fn merge(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }

    /// About how many different addresses were added. All buckets full is told as one short of it.
    #[allow(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "of 0 to 256 buckets, an estimate of 0 to some 1,400"
    )]
    pub fn estimate(&self) -> u64 {
        let empty = (BUCKETS - self.0.len() as f64).max(1.0);
        (-BUCKETS * (empty / BUCKETS).ln()).round() as u64
    }
}

impl<'a> Extend<&'a AddressKey> for Addresses {
    fn extend<T: IntoIterator<Item = &'a AddressKey>>(&mut self, addresses: T) {
        self.0.extend(addresses.into_iter().map(bucket));
    }
}

/// SHA-256 modulo 256: its last byte.
fn bucket(address: &AddressKey) -> u8 {
    let hash = digest::digest(&digest::SHA256, address.as_str().as_bytes());
    hash.as_ref().last().copied().unwrap_or_default()
}
