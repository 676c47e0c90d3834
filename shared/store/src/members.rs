//! Who is in which space, and the rule that a space keeps its last Admin.
//!
//! A membership counts for the space whose id it names. One that is left from an earlier space of the same
//! slug is treated as none, and overwritten.

use crate::{
    Store, StoreError,
    codec::Record as _,
    expression::Expression,
    item::{
        ADMINS, DELETING, ID, Key, MEMBERS, ROLE, SPACE, membership_index, number, prefix, text,
        user_partition,
    },
    read::IndexPosition,
    transact::Transaction,
    write::REREADS,
};
use auth::{
    access::SpaceRole,
    ids::{OrganizationId, Slug, UserId},
    records::{Membership, Space},
};
use aws_sdk_dynamodb::types::AttributeValue;

/// Some of a space's members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPage {
    /// In the order of their users' ids. There may be fewer than asked for, and none, though more follow.
    pub members: Vec<Membership>,
    /// The member to go on after; `None` at the end.
    pub next: Option<UserId>,
}

/// What became of a change of a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum MemberChange {
    /// It is so.
    Done,
    /// There is no such space, or the slug is another space's by now.
    NoSpace,
    /// The user is no member.
    NoMember,
    /// There is no such user, or it is being deleted. Nothing is written.
    NoUser,
    /// The user is the space's last Admin and stays it. Nothing is written.
    LastAdmin,
}

impl Store {
    /// Every membership of a user, ordered by slug, those of spaces that are no more included.
    pub async fn memberships_of(&self, user: UserId) -> Result<Vec<Membership>, StoreError> {
        self.all("memberships", user_partition(user), prefix::SPACE).await
    }

    /// Who is in a space: at most `limit`, from behind `after`. One query of the index, which may be a moment
    /// late, and one consistent read of what it names.
    pub async fn members_page(
        &self,
        space: &Space,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<MemberPage, StoreError> {
        let at = |user| membership_index(space.organization, &space.slug, user);
        let (partition, _) = at(UserId::from_bits(0));
        let after =
            after.map(|user| IndexPosition { sk: at(user).1, item: Key::membership(user, &space.slug) });
        let (found, more) = self.index_page("members", &partition, "", after, limit).await?;
        let items = self.batch_get("members", found.clone()).await?;
        let mut members = Vec::with_capacity(found.len());
        let mut last = None;
        for key in &found {
            last = key.pk.strip_prefix(prefix::USER).and_then(|user| user.parse().ok());
            let membership: Option<Membership> = items.record(key)?;
            members.extend(membership.filter(|it| it.space == space.id));
        }
        Ok(MemberPage { members, next: last.filter(|_| more) })
    }

    /// A user's membership under a slug, that of an earlier space included.
    pub async fn membership(&self, user: UserId, slug: &Slug) -> Result<Option<Membership>, StoreError> {
        self.get("membership", Key::membership(user, slug)).await
    }

    /// Makes a user a member of a space, or gives it another role there.
    pub async fn put_member(&self, membership: &Membership) -> Result<MemberChange, StoreError> {
        let Membership { user, organization, ref slug, .. } = *membership;
        for _ in 0..REREADS {
            let (space, old) = self.space_and_membership(user, organization, slug).await?;
            let Some(space) = space.filter(|space| space.id == membership.space && !space.deleting) else {
                return Ok(MemberChange::NoSpace);
            };
            if old.as_ref() == Some(membership) {
                return Ok(MemberChange::Done);
            }
            let before = old.as_ref().filter(|it| it.space == space.id).map(|it| it.role);
            let Some(counter) = admin_counter(&space, before, Some(membership.role)) else {
                return Ok(MemberChange::LastAdmin);
            };
            let counter = if before.is_none() { counter.add_from_zero(MEMBERS, 1) } else { counter };
            let parts = vec![
                present().check(&self.table, Key::user(user))?,
                match before {
                    Some(_) => as_read(old.as_ref()).overlay(&self.table, membership.to_item())?,
                    None => as_read(old.as_ref()).put(&self.table, membership.to_item())?,
                },
                self.counted(counter, &space)?,
            ];
            match self.transact("put member", parts).await? {
                Transaction::Committed => return Ok(MemberChange::Done),
                lost if lost.lost(0) => return Ok(MemberChange::NoUser),
                Transaction::Lost(_) => {}
            }
        }
        Err(StoreError::contended("put member"))
    }

    /// Ends a membership.
    pub async fn remove_member(
        &self,
        user: UserId,
        organization: OrganizationId,
        slug: &Slug,
    ) -> Result<MemberChange, StoreError> {
        for _ in 0..REREADS {
            let (space, old) = self.space_and_membership(user, organization, slug).await?;
            let Some(space) = space.filter(|space| !space.deleting) else {
                return Ok(MemberChange::NoSpace);
            };
            let Some(old) = old.filter(|it| it.space == space.id) else {
                return Ok(MemberChange::NoMember);
            };
            let Some(counter) = admin_counter(&space, Some(old.role), None) else {
                return Ok(MemberChange::LastAdmin);
            };
            let parts = vec![
                as_read(Some(&old)).delete(&self.table, Key::membership(user, slug))?,
                self.counted(counter.add_from_zero(MEMBERS, -1), &space)?,
            ];
            if let Transaction::Committed = self.transact("remove member", parts).await? {
                return Ok(MemberChange::Done);
            }
        }
        Err(StoreError::contended("remove member"))
    }

    async fn space_and_membership(
        &self,
        user: UserId,
        organization: OrganizationId,
        slug: &Slug,
    ) -> Result<(Option<Space>, Option<Membership>), StoreError> {
        let (space, membership) = (Key::space(organization, slug), Key::membership(user, slug));
        let found = self.batch_get("member", vec![space.clone(), membership.clone()]).await?;
        Ok((found.record(&space)?, found.record(&membership)?))
    }

    /// The part of a transaction that holds the space to be this one, and counts its Admins.
    fn counted(
        &self,
        counter: Expression,
        space: &Space,
    ) -> Result<aws_sdk_dynamodb::types::TransactWriteItem, StoreError> {
        let key = Key::space(space.organization, &space.slug);
        if counter.change().is_some() {
            counter.update(&self.table, key)
        } else {
            counter.check(&self.table, key)
        }
    }
}

/// The user is there, and is not being deleted.
fn present() -> Expression {
    Expression::exists().lacks(DELETING)
}

/// What has to hold of the space, and the change of its count of Admins. `None` where the last one would go.
fn admin_counter(space: &Space, before: Option<SpaceRole>, after: Option<SpaceRole>) -> Option<Expression> {
    let this = Expression::exists()
        .equals(ID, text(space.id.to_string()))
        .equals_or_lacks(DELETING, AttributeValue::Bool(false));
    match (before == Some(SpaceRole::Admin), after == Some(SpaceRole::Admin)) {
        (true, false) if space.admins <= 1 => None,
        (true, false) => Some(this.more_than(ADMINS, number(1)).add(ADMINS, -1)),
        (false, true) => Some(this.add(ADMINS, 1)),
        (true, true) | (false, false) => Some(this),
    }
}

/// The membership is as it was read.
fn as_read(old: Option<&Membership>) -> Expression {
    match old {
        None => Expression::absent(),
        Some(old) => Expression::exists()
            .equals(SPACE, text(old.space.to_string()))
            .equals(ROLE, text(old.role.as_str())),
    }
}
