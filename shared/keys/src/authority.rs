//! On whose authority a key is made or rotated, because both hand out a secret.
//!
//! A session may whatever its user may. A key may make or rotate no key that is broader than itself in
//! access, spaces, life or addresses, so that a narrow key never obtains a broad one's secret. Three more things follow:
//!
//! - A key rotates, of its own user's keys, itself and the keys that it made, no others. What a leaked key obtained ends when it is
//!   revoked, and revoking reaches what it made: a sibling's new secret would survive.
//! - While a rotation overlaps, the replaced secret makes, rotates and revokes nothing. Otherwise who holds
//!   it would turn the rotation round that was to lock them out, or end the owner's new secret through a
//!   key that they made or that made theirs.
//! - A key is looked up again here, not taken from the authorizer's word: what it may hand out is a matter
//!   of the record as it is now.

use crate::Keys;
use auth::{
    api_key::{ApiKey, SecretHash},
    decide::{Caller, CredentialId},
    ids::{KeyId, UserId},
    records::{PreviousSecret, StoredKey, User},
    restrict::Reach,
};
use edge::{Rejection, Request};
use time::OffsetDateTime;

const BROADER: Rejection =
    Rejection::Forbidden("A key cannot make or rotate a key that is broader than itself");

const REPLACED: Rejection =
    Rejection::Forbidden("The replaced secret of a key can make, rotate and revoke no key");
const FOREIGN: Rejection = Rejection::Forbidden("A key can rotate itself and the keys that it made");

/// Who asks for a secret: the user, and the key that speaks for it, if one does.
#[derive(Debug)]
pub(crate) struct Authority {
    /// The user as it is now.
    pub(crate) user: User,
    /// The calling key. `None` is a session.
    key: Option<StoredKey>,
}

impl Authority {
    /// The authority of this request.
    ///
    /// # Errors
    /// 401 where the user or the key has ended since the authorizer looked, and 409 where the key was moved; 403 for a
    /// replaced secret.
    pub(crate) async fn load(
        keys: &Keys,
        request: &Request,
        caller: &Caller,
        now: OffsetDateTime,
    ) -> Result<Self, Rejection> {
        let user = keys.store.user(caller.user).await.map_err(Rejection::dependency)?;
        let user = user.filter(|user| !user.disabled && user.organization == caller.organization);
        let Some(user) = user else { return Err(keys.missing(caller, Rejection::Unauthorized).await) };
        let CredentialId::ApiKey(id) = caller.credential else {
            return Ok(Self { user, key: None });
        };
        let stored = keys.store.key(caller.user, id).await.map_err(Rejection::dependency)?;
        let presented = request.bearer().and_then(|bearer| ApiKey::parse(bearer, &keys.prefix).ok());
        let Some((stored, presented)) = stored.zip(presented) else {
            return Err(keys.missing(caller, Rejection::Unauthorized).await);
        };
        match presented_as(&stored, &presented.secret_hash(), &user, now) {
            Presented::Current => Ok(Self { user, key: Some(stored) }),
            Presented::Replaced => Err(REPLACED),
            Presented::Ended => Err(Rejection::Unauthorized),
        }
    }

    /// Refuses a target that is broader than the calling key.
    pub(crate) fn require(&self, target: &Reach<'_>) -> Result<(), Rejection> {
        match &self.key {
            Some(key) if !key.reach().covers(target) => Err(BROADER),
            _ => Ok(()),
        }
    }

    /// Refuses a target that the calling key may not rotate. An admin's key rotates another user's keys as the
    /// admin may: what it obtains by that does not end with it, and the audit names it.
    pub(crate) fn require_rotation(&self, target: &StoredKey) -> Result<(), Rejection> {
        match &self.key {
            Some(key)
                if target.user == key.user
                    && target.id != key.id
                    && target.created_by_key != Some(key.id) =>
            {
                Err(FOREIGN)
            }
            _ => self.require(&target.reach()),
        }
    }

    /// The calling key, and whose it is.
    pub(crate) fn calling_key(&self) -> Option<(UserId, KeyId)> {
        self.key.as_ref().map(|key| (key.user, key.id))
    }

    /// The calling key's id where `owner` is its user: a key that it makes there records it, and ends with it.
    pub(crate) fn parent_in(&self, owner: UserId) -> Option<KeyId> {
        self.key.as_ref().filter(|key| key.user == owner).map(|key| key.id)
    }
}

/// What the presented secret is to its key, as the key is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presented {
    Current,
    /// A rotation replaced it, and still overlaps.
    Replaced,
    /// The key or the secret is no longer good.
    Ended,
}

fn presented_as(key: &StoredKey, presented: &SecretHash, user: &User, now: OffsetDateTime) -> Presented {
    let overlaps = |it: &PreviousSecret| it.hash == *presented && now < it.expires_at;
    if !key.is_live(now) || key.epoch != user.key_epoch || key.organization != user.organization {
        Presented::Ended
    } else if key.hash == *presented {
        Presented::Current
    } else if key.previous.as_ref().is_some_and(overlaps) {
        Presented::Replaced
    } else {
        Presented::Ended
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use auth::{
        access::OrganizationRole,
        address::Addresses,
        ids::OrganizationId,
        records::{KeySpaces, PreviousSecret, UserKind},
    };
    use time::{Duration, macros::datetime};

    const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

    fn hash(byte: u8) -> SecretHash {
        SecretHash::from_slice(&[byte; 32]).unwrap()
    }

    pub(crate) fn user() -> User {
        User {
            id: UserId::from_bits(2),
            organization: OrganizationId::from_bits(1),
            email: "ada@example.test".parse().unwrap(),
            name: "Ada".to_owned(),
            kind: UserKind::Human,
            organization_role: OrganizationRole::Member,
            disabled: false,
            session_epoch: 1,
            key_epoch: 1,
            created_at: NOW,
        }
    }

    pub(crate) fn key() -> StoredKey {
        StoredKey {
            id: KeyId::from_bits(3),
            user: UserId::from_bits(2),
            organization: OrganizationId::from_bits(1),
            name: "deploy".to_owned(),
            hash: hash(1),
            hint: "abcd".to_owned(),
            previous: None,
            created_at: NOW,
            rotated_at: None,
            expires_at: None,
            read_only: false,
            spaces: KeySpaces::All,
            addresses: Addresses::Any,
            created_by_key: None,
            epoch: 1,
            forwarding: None,
            revoked_at: None,
            version: 1,
        }
    }

    fn overlapping(expires_at: Option<OffsetDateTime>, overlap: Duration) -> StoredKey {
        let previous = PreviousSecret { hash: hash(0), made_at: NOW, expires_at: NOW + overlap };
        StoredKey { expires_at, previous: Some(previous), ..key() }
    }

    #[test]
    fn a_key_rotates_itself_and_what_it_made_and_no_sibling() {
        let caller = Authority { user: user(), key: Some(key()) };
        let sibling = StoredKey { id: KeyId::from_bits(4), ..key() };
        let child = StoredKey { created_by_key: Some(key().id), ..sibling.clone() };
        assert_eq!(caller.require_rotation(&key()), Ok(()));
        assert_eq!(caller.require_rotation(&child), Ok(()));
        assert_eq!(caller.require_rotation(&sibling), Err(FOREIGN));
        assert_eq!(Authority { user: user(), key: None }.require_rotation(&sibling), Ok(()));
    }

    #[test]
    fn a_secret_is_current_or_replaced_until_its_overlap_ends() {
        let stored = overlapping(None, Duration::HOUR);
        for (secret, now, expected) in [
            (1, NOW, Presented::Current),
            (0, NOW, Presented::Replaced),
            (0, NOW + Duration::HOUR, Presented::Ended),
            (9, NOW, Presented::Ended),
        ] {
            assert_eq!(presented_as(&stored, &hash(secret), &user(), now), expected);
        }
    }

    #[test]
    fn a_key_or_secret_that_ended_since_the_authorizer_looked_has_no_authority() {
        let good = key();
        for (ended, secret) in [
            (good.clone(), 9),
            (overlapping(None, Duration::ZERO), 0),
            (StoredKey { revoked_at: Some(NOW), ..good.clone() }, 1),
            (StoredKey { expires_at: Some(NOW), ..good.clone() }, 1),
            (StoredKey { epoch: 0, ..good.clone() }, 1),
            (StoredKey { organization: OrganizationId::from_bits(9), ..good }, 1),
        ] {
            assert_eq!(presented_as(&ended, &hash(secret), &user(), NOW), Presented::Ended, "{ended:?}");
        }
    }

    #[test]
    fn a_key_that_only_reads_hands_out_no_writing_one_and_a_session_is_not_limited() {
        let reader = Authority { user: user(), key: Some(StoredKey { read_only: true, ..key() }) };
        assert_eq!(reader.require(&key().reach()), Err(BROADER));
        let session = Authority { user: user(), key: None };
        assert_eq!((session.require(&key().reach()), session.calling_key()), (Ok(()), None));
    }
}
