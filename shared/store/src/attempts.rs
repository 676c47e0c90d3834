//! Attempts on what has no item of its own to count them on.

use crate::{
    Store, StoreError, Write,
    codec::{Attempts, attempts},
    expression::Expression,
    item::{ATTEMPT, ATTEMPTS, Key, LAST, number},
    write::Attempt,
};
use auth::{address::AddressKey, email::Email, ids::UserId, throttle::AttemptState};
use aws_lc_rs::digest;
use std::fmt::Display;
use time::OffsetDateTime;

/// What attempts are counted by. A hash, so that the table's keys name no address and no email.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject(String);

impl Subject {
    /// Logins to an account that may not exist.
    pub fn account(email: &Email) -> Self {
        Self::of("account", email)
    }

    /// Logins from an address.
    pub fn address(address: &AddressKey) -> Self {
        Self::of("address", address)
    }

    /// Logins of a user from an address that it has logged in from.
    pub fn known(user: UserId, address: &AddressKey) -> Self {
        Self::of("known", format_args!("{user} {address}"))
    }

    /// Reset mails to an address of email.
    pub fn forgot_account(email: &Email) -> Self {
        Self::of("forgot account", email)
    }

    /// Reset mails asked for from an address.
    pub fn forgot_address(address: &AddressKey) -> Self {
        Self::of("forgot address", address)
    }

    fn of(kind: &str, name: impl Display) -> Self {
        let hash = digest::digest(&digest::SHA256, format!("{kind} {name}").as_bytes());
        Self(hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Store {
    /// The attempts on these subjects, in their order, in one strongly consistent read. No two may be equal.
    pub async fn attempts(&self, subjects: &[Subject]) -> Result<Vec<AttemptState>, StoreError> {
        let keys: Vec<Key> = subjects.iter().map(|it| Key::throttle(&it.0)).collect();
        let found = self.batch_get("attempts", keys.clone()).await?;
        keys.iter()
            .map(|key| Ok(found.record::<Attempts>(key)?.map_or_else(AttemptState::default, |it| it.0)))
            .collect()
    }

    /// Makes `next` the attempts on a subject, if nobody else changed them since they were read.
    /// `forgotten_at` is when they are of no more use; `nonce` is random: it tells this write, whose answer was
    /// lost, from another's of the same numbers.
    pub async fn charge_attempt(
        &self,
        subject: &Subject,
        read: &AttemptState,
        next: &AttemptState,
        forgotten_at: OffsetDateTime,
        nonce: u64,
    ) -> Result<Write, StoreError> {
        let condition = if *read == AttemptState::default() {
            Expression::absent()
        } else {
            let [_, _, (_, last)] = attempts(read);
            Expression::exists().equals(ATTEMPTS, number(read.attempts)).equals(LAST, last)
        };
        let item = Attempts(*next).to_item(Key::throttle(&subject.0), nonce, forgotten_at);
        match self.put("charge attempt", item, &condition).await? {
            Attempt::Done(_) => Ok(Write::Done),
            Attempt::Lost(Some(item)) if item.get(ATTEMPT) == Some(&number(nonce)) => Ok(Write::Done),
            Attempt::Lost(_) => Ok(Write::Conflict),
        }
    }
}
