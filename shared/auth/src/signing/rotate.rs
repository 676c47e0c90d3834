//! How the keys that are published change when they rotate. From when to when a key is good is decided here, at
//! its publication, and written into the table, where signers and verifiers read the same; the secret holds key
//! pairs, whose own times are those of their making.
//!
//! An end that was given is never taken back, and what has ended stays in the list for a while: so a key that
//! was withdrawn cannot come back by whoever still holds an older list or ring.

use super::{GenerateError, KeyRing, MAX_KEYS, PublicKey, SigningKey};
use crate::session::MAX_LIFETIME_SECONDS;
use time::{Duration, OffsetDateTime};

/// How old a signer's or a verifier's keys may be.
const GREATEST_AGE: Duration = Duration::seconds(60);
/// For clocks that differ, and answers that take long. AWS refuses the requests of a function whose clock is off by
/// more: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>
const MARGIN: Duration = Duration::minutes(5);
/// From its publication until a key signs: a verifier that read just before knows it by then, and so does who
/// read the JWKS through a cache of the same age.
pub const LEAD: Duration = Duration::seconds(2 * 60).saturating_add(MARGIN);
/// From the last moment in which a signer may still use a key until none of its tokens is alive.
const TAIL: Duration =
    Duration::seconds(MAX_LIFETIME_SECONDS).saturating_add(GREATEST_AGE).saturating_add(MARGIN);
/// How long an ended key stays in the list.
const REMEMBERED: Duration = Duration::days(30);

/// Why a ring cannot have one more key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RenewError {
    /// It has as many as a ring may hold: it was rotated too often for its keys to end.
    #[error("the key ring is full: it was rotated more often than its keys end")]
    Full,
    /// No key pair could be generated.
    #[error(transparent)]
    Generate(#[from] GenerateError),
}

impl KeyRing {
    /// The ring with a new key, and without those that `published` says are retired at `now`.
    ///
    /// # Errors
    /// [`RenewError`].
    pub fn renewed(&self, published: &[PublicKey], now: OffsetDateTime) -> Result<Self, RenewError> {
        let retired =
            |key: &SigningKey| published.iter().any(|it| it.kid == key.public.kid && it.is_retired(now));
        let mut keys: Vec<_> = self.keys.iter().filter(|key| !retired(key)).cloned().collect();
        if keys.len() >= MAX_KEYS {
            return Err(RenewError::Full);
        }
        keys.push(SigningKey::generate(now)?);
        Ok(Self { keys })
    }

    /// Whether each key of `current` that is not retired is here too. A ring that was made of an older one lacks
    /// the newest, whose tokens may be alive and which may be signing.
    pub fn succeeds(&self, current: &Self, published: &[PublicKey], now: OffsetDateTime) -> bool {
        current.keys.iter().map(|key| &key.public.kid).all(|kid| {
            let retired = published.iter().any(|it| it.kid == *kid && it.is_retired(now));
            retired || self.keys.iter().any(|key| key.public.kid == *kid)
        })
    }
}

/// The list with each key of `ring` in it: those that it lacks sign from [`LEAD`] after `now`. Nothing that is
/// there changes.
pub fn announced(published: &[PublicKey], ring: &KeyRing, now: OffsetDateTime) -> Vec<PublicKey> {
    with(published.to_vec(), ring, second(now).saturating_add(LEAD))
}

/// The list in which every key older than the newest of `ring` has an end: of those none signs once it does, and
/// none of their tokens outlives them. A younger one belongs to a rotation that is going on, or ends with the next.
/// What ended long ago, and is in `ring` no more, goes.
pub fn handed_over(published: &[PublicKey], ring: &KeyRing, now: OffsetDateTime) -> Vec<PublicKey> {
    let now = second(now);
    let in_ring = |key: &&PublicKey| ring.keys.iter().any(|it| it.public.kid == key.kid);
    let good = |key: &&PublicKey| in_ring(key) && !key.is_retired(now);
    let Some(newest) = published.iter().filter(good).max_by(|a, b| order(a).cmp(&order(b))) else {
        return published.to_vec();
    };
    let end = newest.sign_from.max(now).saturating_add(TAIL);
    let ending = |key: &PublicKey| match key.retire_at {
        None if order(key) < order(newest) => PublicKey { retire_at: Some(end), ..key.clone() },
        _ => key.clone(),
    };
    let remembered = |key: &&PublicKey| {
        in_ring(key) || key.retire_at.is_none_or(|end| now < end.saturating_add(REMEMBERED))
    };
    published.iter().filter(remembered).map(ending).collect()
}

/// The list in which every key has ended by `now`, whichever clock that is read from.
pub fn withdrawn(published: &[PublicKey], now: OffsetDateTime) -> Vec<PublicKey> {
    let now = by_every_clock(now);
    let ended = |key: &PublicKey| {
        let retire_at = Some(key.retire_at.map_or(now, |end| end.min(now)));
        PublicKey { retire_at, ..key.clone() }
    };
    published.iter().map(ended).collect()
}

/// The list with each key of a fresh `ring` in it, signing at once, and every other one ended: where no older one
/// is accepted any more, there is nobody to wait for. Also a key that another rotation has published meanwhile may
/// be in wrong hands: it was in the same secret.
pub fn installed(published: &[PublicKey], ring: &KeyRing, now: OffsetDateTime) -> Vec<PublicKey> {
    with(withdrawn(published, now), ring, by_every_clock(now))
}

/// A time that has come at `now`, also by a clock that is behind the one that `now` was read from.
pub fn by_every_clock(now: OffsetDateTime) -> OffsetDateTime {
    second(now).saturating_sub(MARGIN)
}

/// The keys, and those of `ring` that are not among them, signing from then on.
fn with(mut keys: Vec<PublicKey>, ring: &KeyRing, sign_from: OffsetDateTime) -> Vec<PublicKey> {
    for key in &ring.keys {
        if !keys.iter().any(|it| it.kid == key.public.kid) {
            keys.push(PublicKey { sign_from, retire_at: None, ..key.public.clone() });
        }
    }
    keys
}

/// Which key of two signs when both may: the greater. As [`KeyRing::signer`] chooses.
fn order(key: &PublicKey) -> (OffsetDateTime, &str) {
    (key.sign_from, &key.kid)
}

fn second(time: OffsetDateTime) -> OffsetDateTime {
    time.replace_nanosecond(0).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2030-01-01 00:00 UTC);

    fn ring(keys: usize) -> KeyRing {
        KeyRing { keys: (0..keys).map(|_| SigningKey::generate(NOW).unwrap()).collect() }
    }

    fn ends(keys: &[PublicKey]) -> Vec<Option<OffsetDateTime>> {
        keys.iter().map(|key| key.retire_at).collect()
    }

    #[test]
    fn each_wait_is_of_what_it_waits_for() {
        // A minute of age for a verifier and another for a cache before it, or an hour of a token's life and a minute of
        // its signer's age; five minutes between two clocks.
        assert_eq!((LEAD, TAIL), (Duration::minutes(7), Duration::minutes(66)));
    }

    #[test]
    fn of_a_ring_only_what_has_ended_goes_and_nothing_else_may_be_missing() {
        let two = ring(2);
        let mut published = installed(&[], &two, NOW);
        published[0].retire_at = Some(NOW);
        let next = two.renewed(&published, NOW).unwrap();
        let kids = |ring: &KeyRing| ring.keys.iter().map(|key| key.public.kid.clone()).collect::<Vec<_>>();
        assert_eq!(kids(&next)[..1], kids(&two)[1..]);
        assert!(next.succeeds(&two, &published, NOW));
        assert!(!next.succeeds(&two, &published, NOW - Duration::SECOND), "it has not ended yet");
        let other_half = KeyRing { keys: vec![two.keys[0].clone()] };
        assert!(!other_half.succeeds(&two, &published, NOW), "what it lacks is not what has ended");
        assert!(!ring(2).succeeds(&two, &published, NOW));
    }

    #[test]
    fn a_key_s_times_are_those_of_its_publication() {
        let mut ring = ring(1);
        ring.keys[0].public.retire_at = Some(NOW);
        assert_eq!(ends(&announced(&[], &ring, NOW)), [None]);
    }

    #[test]
    fn a_new_key_is_announced_once_and_signs_later() {
        let old = ring(1);
        let published = installed(&[], &old, NOW);
        let next = old.renewed(&published, NOW).unwrap();
        let later = NOW + Duration::HOUR;
        let keys = announced(&published, &next, later);
        assert_eq!((keys[0].sign_from, keys[1].sign_from), (NOW - MARGIN, later + LEAD));
        assert_eq!(announced(&keys, &next, later + Duration::HOUR), keys);
        assert!(next.succeeds(&old, &keys, later) && !old.succeeds(&next, &keys, later));
    }

    #[test]
    fn a_handover_ends_the_others_after_their_last_token() {
        let old = ring(1);
        let next = old.renewed(&[], NOW).unwrap();
        let keys = announced(&installed(&[], &old, NOW), &next, NOW);
        let over = handed_over(&keys, &next, NOW);
        assert_eq!(ends(&over), [Some(NOW + LEAD + TAIL), None]);
        assert_eq!(handed_over(&over, &next, NOW + Duration::DAY), over);
    }

    #[test]
    fn a_younger_key_of_no_ring_is_left_alone_and_ends_with_the_next_handover() {
        let (old, stray) = (ring(1), ring(1));
        let next = old.renewed(&[], NOW).unwrap();
        let later = NOW + Duration::HOUR;
        let keys = announced(&announced(&installed(&[], &old, NOW), &next, NOW), &stray, later);
        let over = handed_over(&keys, &next, later);
        assert!(over[0].retire_at.is_some());
        assert_eq!((over[1].retire_at, over[2].retire_at), (None, None), "its rotation may be going on");
        let third = next.renewed(&over, later + Duration::HOUR).unwrap();
        let keys = announced(&over, &third, later + Duration::HOUR);
        let over = handed_over(&keys, &third, later + Duration::HOUR);
        let endless: Vec<_> = over.iter().filter(|key| key.retire_at.is_none()).collect();
        assert!(endless.len() == 1 && endless[0].kid == third.keys.last().unwrap().public.kid);
    }

    #[test]
    fn a_fresh_ring_ends_what_was_published_while_it_was_made() {
        let (old, fresh) = (ring(1), ring(1));
        let next = old.renewed(&[], NOW).unwrap();
        let raced = announced(&withdrawn(&installed(&[], &old, NOW), NOW), &next, NOW);
        let keys = installed(&raced, &fresh, NOW);
        let at_once = NOW - MARGIN;
        assert_eq!(ends(&keys), [Some(at_once), Some(at_once), None]);
        assert_eq!(keys[2].sign_from, at_once);
    }

    #[test]
    fn a_withdrawn_key_never_comes_back() {
        let old = ring(2);
        let gone = withdrawn(&installed(&[], &old, NOW), NOW + Duration::HOUR);
        let late = NOW + Duration::days(20);
        for keys in
            [announced(&gone, &old, late), installed(&gone, &old, late), handed_over(&gone, &old, late)]
        {
            assert!(
                keys.len() == 2
                    && keys.iter().all(|key| key.retire_at == Some(NOW + Duration::HOUR - MARGIN))
            );
        }
        assert!(old.renewed(&gone, late).unwrap().keys.len() == 1);
        assert_eq!(withdrawn(&gone, late), gone);
    }

    #[test]
    fn what_ended_long_ago_is_forgotten() {
        let (old, fresh) = (ring(1), ring(1));
        let keys = installed(&installed(&[], &old, NOW), &fresh, NOW);
        let kids = |ring: &KeyRing, now| {
            let keys = handed_over(&keys, ring, now);
            keys.into_iter().map(|key| key.kid).collect::<Vec<_>>()
        };
        let (both, late) =
            (KeyRing { keys: [old.keys, fresh.keys.clone()].concat() }, NOW - MARGIN + REMEMBERED);
        assert_eq!(kids(&fresh, late - Duration::SECOND).len(), 2);
        assert_eq!(kids(&both, late).len(), 2, "what a ring holds could come back");
        assert_eq!(kids(&fresh, late), [fresh.keys[0].public.kid.clone()]);
    }

    #[test]
    fn a_full_ring_takes_no_more() {
        assert_eq!(ring(MAX_KEYS).renewed(&[], NOW).err(), Some(RenewError::Full));
    }
}
