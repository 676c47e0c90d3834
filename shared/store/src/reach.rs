//! Which spaces a user reaches: a page of all, or of those that are named.

use crate::{
    Store, StoreError,
    codec::Readable,
    expression::Expression,
    item::{Key, organization_partition, prefix, user_partition},
    read::{BATCH_KEYS, Listing},
};
use auth::{
    access::{OrganizationRole, SpaceRole},
    ids::Slug,
    records::{Membership, Space, User},
};
use std::collections::BTreeSet;

/// Some of the spaces that a user reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReachPage {
    /// With the role that counts there, ordered by slug. There may be fewer than asked for, and none, though more
    /// follow.
    pub spaces: Vec<(Space, SpaceRole)>,
    /// The slug to go on after; `None` at the end.
    pub next: Option<Slug>,
}

impl Store {
    /// At most `limit`, and at most 100, of the spaces that a user reaches, from behind `after`: each of the
    /// organization's for its admins, those of its memberships for everybody else. A membership shows where its own
    /// space still stands: a slug that is used again revives none.
    pub async fn reached_spaces(
        &self,
        user: &User,
        after: Option<&Slug>,
        limit: usize,
    ) -> Result<ReachPage, StoreError> {
        if user.organization_role == OrganizationRole::Admin {
            let after = after.map(|slug| Key::space(user.organization, slug));
            let partition = organization_partition(user.organization);
            let (spaces, next) = self.slugs::<Space>(partition, after, limit, |it| &it.slug).await?;
            let spaces = spaces.into_iter().map(|space| (space, SpaceRole::Admin)).collect();
            return Ok(ReachPage { spaces, next });
        }
        let after = after.map(|slug| Key::membership(user.id, slug));
        let partition = user_partition(user.id);
        let (memberships, next) =
            self.slugs::<Membership>(partition, after, limit, |membership| &membership.slug).await?;
        let slugs: Vec<_> = memberships.iter().map(|membership| membership.slug.clone()).collect();
        let spaces = self.spaces_by_slug(user.organization, &slugs).await?;
        let in_its_space = |membership: &Membership| {
            let space = spaces.iter().find(|space| space.id == membership.space)?;
            Some((space.clone(), membership.role))
        };
        Ok(ReachPage { spaces: memberships.iter().filter_map(in_its_space).collect(), next })
    }

    /// The spaces of these slugs, and a user's memberships under the same ones: one strongly consistent read for 50 of
    /// them. A slug that is no space's is passed over; a membership may be one of an earlier space of its slug.
    pub async fn spaces_and_memberships(
        &self,
        user: &User,
        slugs: &BTreeSet<Slug>,
    ) -> Result<(Vec<Space>, Vec<Membership>), StoreError> {
        let slugs: Vec<&Slug> = slugs.iter().collect();
        let (mut spaces, mut memberships) =
            (Vec::with_capacity(slugs.len()), Vec::with_capacity(slugs.len()));
        for some in slugs.chunks(BATCH_KEYS / 2) {
            let pairs: Vec<_> = some
                .iter()
                .map(|slug| (Key::space(user.organization, slug), Key::membership(user.id, slug)))
                .collect();
            let keys = pairs.iter().flat_map(|(space, membership)| [space.clone(), membership.clone()]);
            let found = self.batch_get("spaces and memberships", keys.collect()).await?;
            for (space, membership) in &pairs {
                spaces.extend(found.record::<Space>(space)?);
                memberships.extend(found.record::<Membership>(membership)?);
            }
        }
        Ok((spaces, memberships))
    }

    /// A page of what stands under slugs in a partition, and the slug to go on after.
    async fn slugs<R: Readable>(
        &self,
        partition: String,
        after: Option<Key>,
        limit: usize,
        slug: impl Fn(&R) -> &Slug,
    ) -> Result<(Vec<R>, Option<Slug>), StoreError> {
        let limit = limit.min(BATCH_KEYS);
        // One more, to know whether one follows.
        let listing = Listing {
            partition,
            prefix: prefix::SPACE,
            filter: Expression::always(),
            after,
            limit: Some(limit.saturating_add(1)),
            backwards: false,
        };
        let (items, _) = self.page("reached spaces", &listing).await?;
        let follows = items.len() > limit;
        let records = items.iter().take(limit).map(R::from_item).collect::<Result<Vec<_>, _>>()?;
        let next = records.last().filter(|_| follows).map(|last| slug(last).clone());
        Ok((records, next))
    }
}
