//! Spaces.

use crate::{
    Store, StoreError, Write,
    codec::Record as _,
    expression::Expression,
    item::{ID, Key, organization_partition, prefix, text},
    read::BATCH_KEYS,
};
use auth::{
    access::SpaceRole,
    ids::{OrganizationId, Slug},
    records::{Membership, Space},
};
use std::collections::BTreeSet;

impl Store {
    /// The space that has this slug now.
    pub async fn space(
        &self,
        organization: OrganizationId,
        slug: &Slug,
    ) -> Result<Option<Space>, StoreError> {
        self.get("space", Key::space(organization, slug)).await
    }

    /// The spaces of these slugs, ordered by slug; a slug that is no space's is passed over.
    pub async fn spaces_by_slug(
        &self,
        organization: OrganizationId,
        slugs: &[Slug],
    ) -> Result<Vec<Space>, StoreError> {
        // A batch with a key twice is refused.
        let keys: Vec<_> = slugs
            .iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .map(|slug| Key::space(organization, slug))
            .collect();
        let mut spaces = Vec::with_capacity(keys.len());
        for some in keys.chunks(BATCH_KEYS) {
            let found = self.batch_get("spaces by slug", some.to_vec()).await?;
            for key in some {
                spaces.extend(found.record::<Space>(key)?);
            }
        }
        Ok(spaces)
    }

    /// Every space of an organization, ordered by slug.
    pub async fn spaces_of(&self, organization: OrganizationId) -> Result<Vec<Space>, StoreError> {
        self.all("spaces", organization_partition(organization), prefix::SPACE).await
    }

    /// Makes a space, in one transaction with the membership of who makes it. [`Write::Conflict`] where the
    /// slug is taken. The count of Admins is taken from the membership: `space.admins` is not looked at.
    pub async fn create_space(
        &self,
        space: &Space,
        creator: Option<&Membership>,
    ) -> Result<Write, StoreError> {
        let admins = u32::from(creator.is_some_and(|it| it.role == SpaceRole::Admin));
        let space = Space { admins, ..space.clone() };
        let mut parts = vec![Expression::absent().put(&self.table, space.to_item())?];
        if let Some(creator) = creator {
            // A membership under this slug can only be one of an earlier space: it goes.
            let creator = Membership { space: space.id, slug: space.slug.clone(), ..creator.clone() };
            parts.push(Expression::always().put(&self.table, creator.to_item())?);
        }
        Ok(self.transact("create space", parts).await?.into())
    }

    /// Deletes a space, if its slug is still this one's. Its memberships stay behind and count for nothing:
    /// they name its id.
    pub async fn delete_space(&self, space: &Space) -> Result<Write, StoreError> {
        let parts = vec![
            Expression::exists()
                .equals(ID, text(space.id.to_string()))
                .delete(&self.table, Key::space(space.organization, &space.slug))?,
        ];
        Ok(self.transact("delete space", parts).await?.into())
    }
}
