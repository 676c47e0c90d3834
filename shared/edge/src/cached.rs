//! A value that is read again when it is old: signing keys, public and private.

use std::sync::{Arc, Mutex, PoisonError};
use time::{Duration, OffsetDateTime};

/// A value with the time of its reading. Two calls may read at once; the later one stays.
#[derive(Debug)]
pub struct Cached<T> {
    greatest_age: Duration,
    state: Mutex<Option<(OffsetDateTime, Arc<T>)>>,
}

impl<T> Cached<T> {
    /// A cache whose values are read again once they are older than `greatest_age`.
    pub const fn new(greatest_age: Duration) -> Self {
        Self { greatest_age, state: Mutex::new(None) }
    }

    /// The value, at most `greatest_age` old at `now`.
    ///
    /// # Errors
    /// Those of `load`. An old value does not stand in for a failed reading.
    pub async fn get<E>(
        &self,
        now: OffsetDateTime,
        load: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        self.get_younger(now, self.greatest_age, load).await
    }

    /// The value, at most `age` old at `now`: for a caller with reason to doubt it.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn get_younger<E>(
        &self,
        now: OffsetDateTime,
        age: Duration,
        load: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<Arc<T>, E> {
        if let Some(value) = self.peek(now, age) {
            return Ok(value);
        }
        let value = Arc::new(load().await?);
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&value)));
        Ok(value)
    }

    fn peek(&self, now: OffsetDateTime, age: Duration) -> Option<Arc<T>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, value) = state.as_ref()?;
        // A clock that went back makes a value of the future: read it again.
        let old = now - *read_at;
        (Duration::ZERO <= old && old < age).then(|| Arc::clone(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use time::macros::datetime;

    #[tokio::test]
    async fn a_value_is_read_again_when_it_is_old_or_of_the_future() {
        let reads = AtomicU32::new(0);
        let cache = Cached::new(Duration::seconds(60));
        let start = datetime!(2030-01-01 00:00 UTC);
        let load = async || Ok::<u32, ()>(reads.fetch_add(1, Ordering::Relaxed));
        assert_eq!(*cache.get(start, load).await.unwrap(), 0);
        assert_eq!(*cache.get(start + Duration::seconds(59), load).await.unwrap(), 0);
        assert_eq!(*cache.get(start + Duration::seconds(60), load).await.unwrap(), 1);
        assert_eq!(*cache.get(start, load).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_failed_reading_is_not_hidden_by_an_old_value() {
        let cache = Cached::new(Duration::seconds(60));
        let start = datetime!(2030-01-01 00:00 UTC);
        cache.get(start, async || Ok::<u32, &str>(1)).await.unwrap();
        let late = start + Duration::seconds(61);
        assert_eq!(cache.get(late, async || Err::<u32, &str>("down")).await, Err("down"));
    }
}
