//! Organizations and their policies.

use crate::{
    Created, Store, StoreError, Write,
    codec::{PolicyCopy, Record as _},
    expression::Expression,
    item::{Item, Key, POLICY_COPIES, VERSION, number},
    signing_keys::next_version,
    users::{created, is_active_admin},
};
use auth::{
    audit::AuditEvent,
    ids::OrganizationId,
    records::{Organization, Policy, StoredPassword, User},
};

impl Store {
    /// The organization of this id.
    pub async fn organization(
        &self,
        organization: OrganizationId,
    ) -> Result<Option<Organization>, StoreError> {
        self.get("organization", Key::organization(organization)).await
    }

    /// One of the equal copies of an organization's policy; any number names one.
    pub async fn policy(&self, organization: OrganizationId, copy: u8) -> Result<Option<Policy>, StoreError> {
        let item = self.get_item("policy", Key::policy(organization, copy)).await?;
        item.as_ref().map(PolicyCopy::read).transpose()
    }

    /// Replaces a policy, all its copies in one transaction, if it still has the expected version. The
    /// version is counted here: `policy.version` is not looked at. The event stands in the same transaction.
    pub async fn put_policy(
        &self,
        policy: &Policy,
        expected_version: u64,
        event: Option<&AuditEvent>,
    ) -> Result<Write, StoreError> {
        let version = next_version("policy", Some(expected_version))?;
        let condition = Expression::exists().equals(VERSION, number(expected_version));
        let policy = Policy { version, ..policy.clone() };
        let mut parts = copies(&policy)
            .map(|item| condition.clone().overlay(&self.table, item))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(event) = event {
            parts.push(self.event_part(event)?);
        }
        Ok(self.transact("put policy", parts).await?.into())
    }

    /// Makes an organization with its policy, its first user and that one's password, in one transaction.
    /// The count of admins is taken from the user: `organization.admins` is not looked at.
    pub async fn create_organization(
        &self,
        organization: &Organization,
        policy: &Policy,
        user: &User,
        password: Option<&StoredPassword>,
    ) -> Result<Created, StoreError> {
        let admins = u32::from(is_active_admin(user));
        let organization = Organization { admins, ..organization.clone() };
        let mut parts = self.new_user(user, password)?;
        parts.push(Expression::absent().put(&self.table, organization.to_item())?);
        for item in copies(policy) {
            parts.push(Expression::absent().put(&self.table, item)?);
        }
        created(&self.transact("create organization", parts).await?)
    }
}

fn copies(policy: &Policy) -> impl Iterator<Item = Item> + '_ {
    (0..POLICY_COPIES).map(|copy| PolicyCopy { policy, copy }.to_item())
}
