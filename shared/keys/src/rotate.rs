//! Another secret for a key that stays the same in all else.
//!
//! 1. parse: the overlap, 0 to 7 days
//! 2. load: the organization's policy, who asks, and the key
//! 3. decide: the policy allows keys, the key is no broader than who asks, and still of use
//! 4. write, if the key is as it was read: of two rotations at once, one shows a secret and the other is 409
//! 5. show the new secret, this once

use crate::{Keys, Owner, authority::Authority, limits, view};
use auth::{
    api_key::ApiKey,
    audit::Action,
    ids::KeyId,
    records::{Policy, StoredKey, User},
};
use edge::{Ambient, Rejection, Request, Response, audit};
use serde::Deserialize;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

/// Longest time for which the old secret may go on, in seconds: 7 days.
const OVERLAP_LIMIT: i64 = 604_800;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rotate {
    #[serde(default)]
    overlap_seconds: i64,
}

impl Keys {
    /// Gives the owner's key of this id another secret, as the body says: 201 with the key.
    ///
    /// # Errors
    /// 404 where it has none, or a revoked one; 403 where the policy or the calling key forbids it; 409 where it has
    /// ended, or was changed at the same time; 422 for an overlap out of bounds.
    pub async fn rotate(
        &self,
        owner: &Owner,
        id: KeyId,
        request: &Request,
        ambient: &mut Ambient,
    ) -> Result<Response, Rejection> {
        let caller = request.caller()?;
        let overlap = overlap(&request.json_or_default()?)?;
        let now = ambient.second();
        let policy = limits::policy(self, &caller, ambient).await?;
        let authority = Authority::load(self, request, &caller, now).await?;
        let user = owner.user(&authority);
        let stored = self.store.key(user.id, id).await.map_err(Rejection::dependency)?;
        let Some(stored) = stored.filter(|key| key.revoked_at.is_none()) else {
            return Err(self.missing(&caller, Rejection::NotFound).await);
        };
        authority.require_rotation(&stored)?;
        require_use(&stored, user, now)?;
        // Before the write: what fails behind it would lose the new secret.
        let last_used_at = self.last_used_at(id).await?;
        let key = ApiKey::generate(stored.organization, stored.user, id, &mut ambient.rng);
        let (hash, hint) = (key.secret_hash(), key.hint(&self.prefix));
        let ends = overlap_ends(&stored, &policy, overlap, now);
        let event = audit::event(request, &caller, Action::ApiKeyRotated, id, ambient);
        let event = owner.named(event).with("name", &stored.name);
        let event = match ends.and_then(|end| end.format(&Rfc3339).ok()) {
            None => event,
            Some(end) => event.with("previous_secret_expires_at", end),
        };
        let rotated = self.store.recording(event).rotate_key(&stored, &hash, &hint, now, ends).await;
        let rotated = rotated.map_err(Rejection::dependency)?;
        let rotated = rotated.ok_or(Rejection::Conflict("The key was changed at the same time"))?;
        Ok(view::revealed(&rotated, last_used_at, &key, &self.prefix, now))
    }
}

fn overlap(body: &Rotate) -> Result<Duration, Rejection> {
    if (0..=OVERLAP_LIMIT).contains(&body.overlap_seconds) {
        return Ok(Duration::seconds(body.overlap_seconds));
    }
    Err(Rejection::field("overlap_seconds", "must be a number from 0 to 604800"))
}

/// A new secret revives nothing: for a key that has ended, it would be shown and then refused.
fn require_use(key: &StoredKey, user: &User, now: OffsetDateTime) -> Result<(), Rejection> {
    if user.disabled {
        return Err(Rejection::Conflict("The owner is disabled"));
    }
    if key.is_live(now) && key.epoch == user.key_epoch {
        return Ok(());
    }
    Err(Rejection::Conflict("The key has expired or was ended"))
}

/// When the old secret ends, if not now: no later than the key itself, or than the policy lets a secret live.
fn overlap_ends(
    key: &StoredKey,
    policy: &Policy,
    overlap: Duration,
    now: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let bounds = [key.expires_at, policy.secret_ends_at(key.secret_made_at())];
    let ends = bounds.into_iter().flatten().fold(now.saturating_add(overlap), OffsetDateTime::min);
    (now < ends && overlap.is_positive()).then_some(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::tests::{key, user};

    fn rotate(overlap_seconds: i64) -> Rotate {
        Rotate { overlap_seconds }
    }

    #[test]
    fn an_overlap_is_none_to_seven_days() {
        assert_eq!(overlap(&Rotate::default()), Ok(Duration::ZERO));
        assert_eq!(overlap(&rotate(604_800)), Ok(Duration::days(7)));
        for seconds in [-1, 604_801, i64::MIN, i64::MAX] {
            let refused = overlap(&rotate(seconds));
            assert!(matches!(refused, Err(Rejection::Field(name, _)) if name == "overlap_seconds"));
        }
    }

    #[test]
    fn the_old_secret_ends_with_its_overlap_or_with_its_key() {
        let now = key().created_at;
        let expiring = StoredKey { expires_at: Some(now + Duration::HOUR), ..key() };
        let policy = Policy::initial(key().organization);
        let ends = |key: &StoredKey, overlap| overlap_ends(key, &policy, overlap, now);
        assert_eq!(ends(&key(), Duration::ZERO), None);
        assert_eq!(ends(&key(), Duration::DAY), Some(now + Duration::DAY));
        assert_eq!(ends(&expiring, Duration::DAY), Some(now + Duration::HOUR));
        assert_eq!(ends(&expiring, Duration::MINUTE), Some(now + Duration::MINUTE));
    }

    #[test]
    fn an_old_secret_grows_no_older_than_the_policy_lets_it() {
        let (made, day) = (key().created_at, Duration::DAY);
        let policy = Policy { max_key_age_days: Some(2), ..Policy::initial(key().organization) };
        let ends = |key: &StoredKey, now| overlap_ends(key, &policy, Duration::WEEK, now);
        assert_eq!(ends(&key(), made + day), Some(made + day * 2));
        assert_eq!(ends(&key(), made + day * 2), None);
        let rotated = StoredKey { rotated_at: Some(made + day), ..key() };
        assert_eq!(ends(&rotated, made + day * 2), Some(made + day * 3));
    }

    #[test]
    fn a_key_that_has_ended_gets_no_new_secret() {
        let now = key().created_at;
        assert_eq!(require_use(&key(), &user(), now), Ok(()));
        for ended in [StoredKey { expires_at: Some(now), ..key() }, StoredKey { epoch: 0, ..key() }] {
            assert!(matches!(require_use(&ended, &user(), now), Err(Rejection::Conflict(_))), "{ended:?}");
        }
    }
}
