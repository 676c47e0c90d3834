//! What the benches share with the tests.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "part of a program for people and of tests: it stops at the first surprise"
)]

#[cfg(feature = "meter")]
pub mod meter;
#[cfg(feature = "population")]
pub mod population;
