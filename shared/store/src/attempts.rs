//! Attempts on what has no item of its own to count them on.

use crate::{
    Store, StoreError, Write,
    codec::{Attempts, attempts},
    expression::Expression,
    item::{ATTEMPT, ATTEMPTS, Key, LAST, Subject, null, number},
    read::Found,
    write::Attempt,
};
use auth::throttle::AttemptState;
use time::OffsetDateTime;

impl Store {
    /// The attempts on these subjects, in their order, in one strongly consistent read. No two may be equal.
    pub async fn attempts(&self, subjects: &[Subject]) -> Result<Vec<AttemptState>, StoreError> {
        let keys: Vec<Key> = subjects.iter().map(Key::throttle).collect();
        attempts_on(subjects, &self.batch_get("attempts", keys).await?)
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
            Expression::always().equals_or_lacks(ATTEMPTS, number(0)).equals_or_lacks(LAST, null())
        } else {
            let [_, _, (_, last)] = attempts(read);
            Expression::exists().equals(ATTEMPTS, number(read.attempts)).equals(LAST, last)
        };
        // An update, as a password's charge is one: both are to take the same time.
        let change = condition.set_all(Attempts(*next).attributes(nonce, forgotten_at));
        match self.update("charge attempt", Key::throttle(subject), &change).await? {
            Attempt::Done(_) => Ok(Write::Done),
            Attempt::Lost(Some(item)) if item.get(ATTEMPT) == Some(&number(nonce)) => Ok(Write::Done),
            Attempt::Lost(_) => Ok(Write::Conflict),
        }
    }
}

/// The attempts on these subjects, of what was found.
pub(crate) fn attempts_on(subjects: &[Subject], found: &Found) -> Result<Vec<AttemptState>, StoreError> {
    let state = |subject| {
        Ok(found.record::<Attempts>(&Key::throttle(subject))?.map_or_else(AttemptState::default, |it| it.0))
    };
    subjects.iter().map(state).collect()
}
