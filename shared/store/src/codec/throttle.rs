//! Attempts, in items of their own and beside a password.

use super::{Readable, Reader};
use crate::{
    StoreError,
    item::{ATTEMPT, ATTEMPTS, EXPIRES_AT, LAST, NOT_BEFORE, millis, null, number, time},
};
use auth::throttle::AttemptState;
use aws_sdk_dynamodb::types::AttributeValue;
use time::OffsetDateTime;

/// The attempts on a subject.
pub(crate) struct Attempts(pub(crate) AttemptState);

impl Attempts {
    /// The attributes of the item; `nonce` names the write that made it so.
    pub(crate) fn attributes(
        &self,
        nonce: u64,
        forgotten_at: OffsetDateTime,
    ) -> impl Iterator<Item = (&'static str, AttributeValue)> + use<> {
        let write = [(ATTEMPT, number(nonce)), (EXPIRES_AT, time(forgotten_at))];
        attempts(&self.0).into_iter().chain(write)
    }
}

impl Readable for Attempts {
    const NAME: &'static str = "attempts";

    fn read(reader: &Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self(AttemptState {
            attempts: reader.number(ATTEMPTS)?,
            not_before: reader.nullable(NOT_BEFORE, Reader::millis)?,
            last: reader.nullable(LAST, Reader::millis)?,
        }))
    }
}

/// The attributes of a state of attempts. The first delays are of a second: whole ones would halve them.
pub(crate) fn attempts(state: &AttemptState) -> [(&'static str, AttributeValue); 3] {
    [
        (ATTEMPTS, number(state.attempts)),
        (NOT_BEFORE, state.not_before.map_or_else(null, millis)),
        (LAST, state.last.map_or_else(null, millis)),
    ]
}
