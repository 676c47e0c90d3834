//! Deleting a user, however much it has.
//!
//! 1. The user is disabled and marked, and counted off the active admins: its credentials are refused from then on,
//!    it is found no more, and nothing is added to it.
//! 2. What stands in its partition goes, some at a time: a membership with its place in the space's counts, a
//!    session with its refresh state, keys, whatever else. A key that was moved to another user stays, as the way to
//!    its new place; the way to one that was moved to this user goes.
//! 3. Its password goes.
//! 4. The user itself and its claim on the email address go last, together.
//!
//! Whoever is cut off between any two of these begins again at 1 and finds the rest.

use crate::{
    Store, StoreError,
    codec::{EmailClaim, Readable as _},
    expression::Expression,
    item::{
        ADMINS, DELETING, DISABLED, FORWARDED_FROM, ID, Item, KEY_EPOCH, Key, MEMBERS, MOVED_TO, ROLE,
        SESSION_EPOCH, SPACE, USER, prefix, text, user_partition,
    },
    read::Listing,
    transact::Transaction,
    users::{UserUpdate, is_marked},
    write::REREADS,
};
use auth::{
    access::SpaceRole,
    ids::{KeyId, SessionId, UserId},
    records::{Membership, Space, User},
};
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

/// How much of a user is read at once: each item takes at most two parts of a transaction.
const SOME: usize = 40;

/// What is left of a user that is being deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum UserRest {
    /// Nothing: it is gone.
    Gone,
    /// Something. Go on.
    More,
}

impl Store {
    /// The user of this id, and whether it is being deleted.
    pub async fn user_even_marked(&self, user: UserId) -> Result<Option<(User, bool)>, StoreError> {
        let item = self.get_item("user", Key::user(user)).await?;
        let marked = is_marked(item.as_ref());
        Ok(User::from_found(item.as_ref())?.map(|user| (user, marked)))
    }

    /// Marks a user if it is as it was read, in one transaction with the count of active admins: it is refused and
    /// found no more.
    pub async fn begin_user_deletion(&self, read: &User) -> Result<UserUpdate, StoreError> {
        let mark = |old: Expression| {
            old.set(DISABLED, AttributeValue::Bool(true))
                .set(DELETING, AttributeValue::Bool(true))
                .add(SESSION_EPOCH, 1)
                .add(KEY_EPOCH, 1)
        };
        self.change_counted("mark user", read, &User { disabled: true, ..read.clone() }, mark).await
    }

    /// Deletes some of what is left of a user that is marked.
    pub async fn delete_some_of_user(&self, user: &User) -> Result<UserRest, StoreError> {
        let mut listing = Listing {
            partition: user_partition(user.id),
            prefix: "",
            filter: Expression::always().lacks(MOVED_TO),
            after: None,
            limit: Some(SOME),
            backwards: false,
        };
        // Pages of nothing but the ways to moved keys are passed over.
        loop {
            let (items, next) = self.page("what a user has", &listing).await?;
            let own = Key::user(user.id);
            let mut left = Vec::with_capacity(items.len());
            for item in items {
                if Key::of(&item)? != own {
                    left.push(item);
                }
            }
            if !left.is_empty() {
                self.delete_things(user.id, &left).await?;
                return Ok(UserRest::More);
            }
            listing.after = next;
            if listing.after.is_none() {
                break;
            }
        }
        self.delete("delete password", Key::password(user.id), &Expression::always()).await?;
        self.delete_profile(user).await?;
        Ok(UserRest::Gone)
    }

    async fn delete_things(&self, user: UserId, items: &[Item]) -> Result<(), StoreError> {
        let mut parts = Vec::with_capacity(2 * items.len());
        for item in items {
            let key = Key::of(item)?;
            if key.sk.starts_with(prefix::SPACE) {
                self.leave(&Membership::from_item(item)?).await?;
                continue;
            }
            if let Some(session) = key.sk.strip_prefix(prefix::SESSION)
                && let Ok(session) = session.parse::<SessionId>()
            {
                parts.push(Expression::always().delete(&self.table, Key::session_secret(session))?);
            }
            if let Some(id) = key.sk.strip_prefix(prefix::KEY)
                && let Ok(id) = id.parse::<KeyId>()
                && let Some(AttributeValue::S(from)) = item.get(FORWARDED_FROM)
                && let Ok(from) = from.parse::<UserId>()
            {
                parts.push(self.end_forwarding(id, user, from)?);
            }
            // A key that is moved meanwhile stays where it leads from.
            parts.push(Expression::always().lacks(MOVED_TO).delete(&self.table, key)?);
        }
        if !parts.is_empty() {
            // Lost where a key was moved; the next round has the rest.
            self.transact("delete what a user has", parts).await?;
        }
        Ok(())
    }

    /// Ends a membership of a user that is going. The space may lose its last Admin: the organization's admins are
    /// Admins there.
    async fn leave(&self, read: &Membership) -> Result<(), StoreError> {
        for _ in 0..REREADS {
            let (space_key, key) =
                (Key::space(read.organization, &read.slug), Key::membership(read.user, &read.slug));
            let found = self.batch_get("leave", vec![space_key.clone(), key.clone()]).await?;
            let Some(old) = found.record::<Membership>(&key)? else { return Ok(()) };
            let space = found.record::<Space>(&space_key)?.filter(|space| space.id == old.space);
            let same = Expression::exists()
                .equals(SPACE, text(old.space.to_string()))
                .equals(ROLE, text(old.role.as_str()));
            let mut parts = vec![same.delete(&self.table, key)?];
            if let Some(space) = space {
                let count =
                    Expression::exists().equals(ID, text(space.id.to_string())).add_from_zero(MEMBERS, -1);
                let count = if old.role == SpaceRole::Admin { count.add(ADMINS, -1) } else { count };
                parts.push(count.update(&self.table, space_key)?);
            }
            if let Transaction::Committed = self.transact("leave", parts).await? {
                return Ok(());
            }
        }
        Err(StoreError::contended("leave"))
    }

    async fn delete_profile(&self, user: &User) -> Result<(), StoreError> {
        let profile = Expression::exists()
            .equals(DELETING, AttributeValue::Bool(true))
            .delete(&self.table, Key::user(user.id))?;
        let claim = Key::email(&EmailClaim::from(user).email);
        let claim =
            Expression::always().equals(USER, text(user.id.to_string())).delete(&self.table, claim)?;
        let parts: Vec<TransactWriteItem> = vec![profile, claim];
        // Lost where another call has just done the same.
        self.transact("delete user", parts).await?;
        Ok(())
    }
}
