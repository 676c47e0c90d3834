//! What a decision needs, in one read.

use crate::{Store, StoreError, codec::PolicyCopy, item::Key, move_key::moved_to};
use auth::{
    decide::{CredentialId, Records},
    ids::{KeyId, OrganizationId, Slug, UserId},
};

/// Which records a decision needs, by what the credential and the path name.
#[derive(Debug, Clone, Copy)]
pub struct Lookup<'a> {
    /// The credential's organization.
    pub organization: OrganizationId,
    /// The credential's user.
    pub user: UserId,
    /// The credential.
    pub credential: CredentialId,
    /// The space of the path.
    pub space: Option<&'a Slug>,
    /// Which copy of the policy to read: random, so that the copies share the load. Any number will do.
    pub policy_copy: u8,
}

impl Store {
    /// The credential, its user, the policy, and where the path has a space, the space and the membership:
    /// one strongly consistent `BatchGetItem` of three to five items; of a key that was moved to another user, two.
    pub async fn decision_records(&self, lookup: &Lookup<'_>) -> Result<Records, StoreError> {
        let Lookup { organization, user, .. } = *lookup;
        let user_key = Key::user(user);
        let policy_key = Key::policy(organization, lookup.policy_copy);
        let credential_key = match lookup.credential {
            CredentialId::ApiKey(id) => Key::api_key(user, id),
            CredentialId::Session(id) => Key::session(user, id),
        };
        let space_keys =
            lookup.space.map(|slug| (Key::space(organization, slug), Key::membership(user, slug)));

        let mut keys = vec![credential_key.clone(), user_key.clone(), policy_key.clone()];
        if let Some((space, membership)) = &space_keys {
            keys.extend([space.clone(), membership.clone()]);
        }
        let found = self.batch_get("decision", keys).await?;

        let mut records = Records {
            user: found.record(&user_key)?,
            policy: found.item(&policy_key).map(PolicyCopy::read).transpose()?,
            ..Records::default()
        };
        let moved = found.item(&credential_key).map(moved_to).transpose()?.flatten();
        if let (CredentialId::ApiKey(key), Some(owner)) = (lookup.credential, moved) {
            // Apart: few keys are ever moved.
            Box::pin(self.follow(owner, key, lookup, &mut records)).await?;
            records.space = space_keys.map(|(space, _)| found.record(&space)).transpose()?.flatten();
            return Ok(records);
        }
        match lookup.credential {
            CredentialId::ApiKey(_) => records.key = found.record(&credential_key)?,
            CredentialId::Session(_) => records.session = found.record(&credential_key)?,
        }
        if let Some((space, membership)) = &space_keys {
            records.space = found.record(space)?;
            records.membership = found.record(membership)?;
        }
        Ok(records)
    }

    /// The key at the place that a forwarding leads to, with that user and its membership: one more strongly
    /// consistent `BatchGetItem`. A forwarding that leads to another one leads nowhere.
    async fn follow(
        &self,
        owner: UserId,
        key: KeyId,
        lookup: &Lookup<'_>,
        records: &mut Records,
    ) -> Result<(), StoreError> {
        let (key, user) = (Key::api_key(owner, key), Key::user(owner));
        let membership = lookup.space.map(|slug| Key::membership(owner, slug));
        let keys = [key.clone(), user.clone()].into_iter().chain(membership.clone()).collect();
        let found = self.batch_get("moved key", keys).await?;
        records.moved_to = Some(owner);
        records.key = found.record(&key)?;
        records.user = found.record(&user)?;
        records.membership = membership.map(|key| found.record(&key)).transpose()?.flatten();
        Ok(())
    }
}
