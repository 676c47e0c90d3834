//! What follows from the stack's id, so that a second run finds what the first one made, also while the
//! first one still runs: Lambda may deliver an event twice.

use aws_lc_rs::digest;

/// The 64 bits of an id.
pub(crate) fn bits(purpose: &str, stack_id: &str) -> u64 {
    let hash = hash(purpose, stack_id);
    hash.as_ref().iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

/// The token of a write that is made once: 64 characters.
pub(crate) fn token(purpose: &str, stack_id: &str) -> String {
    hash(purpose, stack_id).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(purpose: &str, stack_id: &str) -> digest::Digest {
    digest::digest(&digest::SHA256, format!("{purpose}\n{stack_id}").as_bytes())
}
