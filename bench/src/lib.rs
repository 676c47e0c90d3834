//! What the benches share with the tests.
#![allow(clippy::expect_used, reason = "part of a program for people: it stops at the first surprise")]

#[cfg(feature = "population")]
pub mod population;
