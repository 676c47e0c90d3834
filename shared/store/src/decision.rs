//! What a decision needs, in one read.

use crate::{Store, StoreError, codec::PolicyCopy, item::Key};
use auth::{
    decide::{CredentialId, Records},
    ids::{OrganizationId, Slug, UserId},
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
    /// one strongly consistent `BatchGetItem` of three to five items.
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
}
