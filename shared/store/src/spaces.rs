//! Spaces.

use crate::{
    Store, StoreError, Write,
    codec::{Readable as _, Record as _},
    expression::Expression,
    item::{DELETING, ID, Key, NAME, organization_partition, prefix, text},
    read::{BATCH_KEYS, Listing},
    write::Attempt,
};
use auth::{
    access::SpaceRole,
    ids::{OrganizationId, Slug},
    records::{Membership, Space},
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::BTreeSet;

/// Some of an organization's spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpacePage {
    /// In the order of their slugs. There may be fewer than asked for, and none, though more follow.
    pub spaces: Vec<Space>,
    /// The slug to go on after; `None` at the end.
    pub next: Option<Slug>,
}

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
    /// slug is taken. The counts are taken from the membership: `space.admins` and `space.members` are not
    /// looked at.
    pub async fn create_space(
        &self,
        space: &Space,
        creator: Option<&Membership>,
    ) -> Result<Write, StoreError> {
        let admins = u32::from(creator.is_some_and(|it| it.role == SpaceRole::Admin));
        let members = u32::from(creator.is_some());
        let space = Space { admins, members, ..space.clone() };
        let mut parts = vec![Expression::absent().put(&self.table, space.to_item())?];
        if let Some(creator) = creator {
            // A membership under this slug can only be one of an earlier space: it goes.
            let creator = Membership { space: space.id, slug: space.slug.clone(), ..creator.clone() };
            parts.push(Expression::always().put(&self.table, creator.to_item())?);
        }
        Ok(self.transact("create space", parts).await?.into())
    }

    /// At most `limit` of an organization's spaces, ordered by slug, from behind `after`. One query.
    pub async fn spaces_page(
        &self,
        organization: OrganizationId,
        after: Option<&Slug>,
        limit: usize,
    ) -> Result<SpacePage, StoreError> {
        let listing = Listing {
            partition: organization_partition(organization),
            prefix: prefix::SPACE,
            filter: Expression::always().equals_or_lacks(DELETING, AttributeValue::Bool(false)),
            after: after.map(|slug| Key::space(organization, slug)),
            // One more than asked for tells whether more follow.
            limit: Some(limit.saturating_add(1)),
            backwards: false,
        };
        let (items, behind) = self.page("list spaces", &listing).await?;
        let mut spaces = items.iter().map(Space::from_item).collect::<Result<Vec<_>, _>>()?;
        if spaces.len() > limit {
            spaces.truncate(limit);
            let next = spaces.last().map(|space| space.slug.clone());
            return Ok(SpacePage { spaces, next });
        }
        let next = behind.and_then(|key| key.sk.strip_prefix(prefix::SPACE)?.parse().ok());
        Ok(SpacePage { spaces, next })
    }

    /// Gives a space another name. `None` where there is no such space.
    pub async fn rename_space(&self, space: &Space, name: &str) -> Result<Option<Space>, StoreError> {
        let change = Expression::exists()
            .equals(ID, text(space.id.to_string()))
            .equals_or_lacks(DELETING, AttributeValue::Bool(false))
            .set(NAME, text(name));
        match self.update("rename space", Key::space(space.organization, &space.slug), &change).await? {
            Attempt::Done(item) => Space::from_item(&item).map(Some),
            Attempt::Lost(_) => Ok(None),
        }
    }
}
