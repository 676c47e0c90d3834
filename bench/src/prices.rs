//! What AWS and others ask, of `bench/prices.yaml`.

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prices {
    pub(crate) aws: Aws,
    pub(crate) rivals: Vec<Rival>,
    pub(crate) key_rivals: Vec<KeyRival>,
}

/// Dollars.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Aws {
    pub(crate) looked_up: String,
    /// A million read request units.
    reads: Price,
    /// A million write request units.
    writes: Price,
    /// On arm64.
    gb_second: Price,
    /// A million.
    invocations: Price,
    /// Taken in.
    log_gb: Price,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    price: f64,
    #[allow(dead_code, reason = "for who reads the file")]
    source: String,
}

/// By active users of a month.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rival {
    pub(crate) name: String,
    pub(crate) looked_up: String,
    pub(crate) source: String,
    monthly: f64,
    included_users: f64,
    each_user: f64,
}

impl Rival {
    /// A month with so many active users.
    pub(crate) fn month(&self, users: f64) -> f64 {
        self.monthly + (users - self.included_users).max(0.0) * self.each_user
    }
}

/// By verified keys: steps of so many a month, from the smallest on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyRival {
    pub(crate) name: String,
    pub(crate) looked_up: String,
    pub(crate) source: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    requests: f64,
    monthly: f64,
}

impl KeyRival {
    /// A month with so many verifications; nothing, where there is no list price for as many.
    pub(crate) fn month(&self, requests: f64) -> Option<f64> {
        self.steps.iter().find(|step| requests <= step.requests).map(|step| step.monthly)
    }
}

impl Prices {
    pub(crate) fn read() -> Result<Self> {
        serde_norway::from_str(include_str!("../prices.yaml")).context("bench/prices.yaml")
    }
}

impl Aws {
    /// Of so many units.
    pub(crate) fn table(&self, write_units: f64, read_units: f64) -> f64 {
        (write_units * self.writes.price + read_units * self.reads.price) / 1e6
    }

    /// Of one function's invocations that compute for `processor` seconds each and wait for `waiting` more. A function
    /// has a processor's part by its memory, 1,769 MB being a whole one, and computes longer with less.
    pub(crate) fn function(&self, invocations: f64, memory: f64, processor: f64, waiting: f64) -> f64 {
        let seconds = (processor * 1769.0 / memory.min(1769.0) + waiting) * invocations;
        seconds * memory / 1024.0 * self.gb_second.price + invocations / 1e6 * self.invocations.price
    }

    /// [`Aws::function`], where each invocation is billed to the next millisecond.
    pub(crate) fn function_rounded(
        &self,
        invocations: f64,
        memory: f64,
        processor: f64,
        waiting: f64,
    ) -> f64 {
        let seconds = ((processor * 1769.0 / memory.min(1769.0) + waiting) * 1e3).ceil() / 1e3;
        self.function(invocations, memory, 0.0, seconds)
    }

    pub(crate) fn log(&self, bytes: f64) -> f64 {
        bytes / 1e9 * self.log_gb.price
    }
}
