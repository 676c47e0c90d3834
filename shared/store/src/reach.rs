//! Which spaces a user reaches: a page of all, or of those that are named.

use crate::{
    Store, StoreError,
    codec::Readable as _,
    expression::Expression,
    item::{Key, prefix, user_partition},
    read::{BATCH_KEYS, Listing},
};
use auth::{
    access::{OrganizationRole, SpaceRole},
    ids::{Slug, UserId},
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
            let page = self.spaces_page(user.organization, after, limit).await?;
            let spaces = page.spaces.into_iter().map(|space| (space, SpaceRole::Admin)).collect();
            return Ok(ReachPage { spaces, next: page.next });
        }
        self.member_spaces(user, after, limit).await
    }

    /// At most `limit`, and at most 100, of the spaces that a user is a member of, from behind `after`, with its role
    /// as a member. A membership shows where its own space still stands.
    pub async fn member_spaces(
        &self,
        user: &User,
        after: Option<&Slug>,
        limit: usize,
    ) -> Result<ReachPage, StoreError> {
        let (memberships, next) = self.memberships_page(user.id, after, limit).await?;
        let slugs: Vec<_> = memberships.iter().map(|membership| membership.slug.clone()).collect();
        let spaces = self.spaces_by_slug(user.organization, &slugs).await?;
        let in_its_space = |membership: &Membership| {
            let space = spaces.iter().find(|space| space.id == membership.space && !space.deleting)?;
            Some((space.clone(), membership.role))
        };
        Ok(ReachPage { spaces: memberships.iter().filter_map(in_its_space).collect(), next })
    }

    /// The spaces of these slugs, and a user's memberships under the same ones: one strongly consistent read for 50
    /// of them. A slug that is no space's, or one's that is being deleted, is passed over; a membership may be one
    /// of an earlier space of its slug.
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
                spaces.extend(found.record::<Space>(space)?.filter(|space| !space.deleting));
                memberships.extend(found.record::<Membership>(membership)?);
            }
        }
        Ok((spaces, memberships))
    }

    /// At most `limit`, and at most 100, of a user's memberships from behind `after`, those of spaces that are no
    /// more included, and the slug to go on after.
    async fn memberships_page(
        &self,
        user: UserId,
        after: Option<&Slug>,
        limit: usize,
    ) -> Result<(Vec<Membership>, Option<Slug>), StoreError> {
        let limit = limit.min(BATCH_KEYS);
        let listing = Listing {
            partition: user_partition(user),
            prefix: prefix::SPACE,
            filter: Expression::always(),
            after: after.map(|slug| Key::membership(user, slug)),
            // One more than asked for tells whether more follow.
            limit: Some(limit.saturating_add(1)),
            backwards: false,
        };
        let (items, _) = self.page("memberships", &listing).await?;
        let memberships =
            items.iter().take(limit).map(Membership::from_item).collect::<Result<Vec<_>, _>>()?;
        let next = memberships.last().filter(|_| items.len() > limit).map(|last| last.slug.clone());
        Ok((memberships, next))
    }
}
