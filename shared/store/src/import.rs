//! Many users of one organization at once: each with its event, and as many in one transaction as fit.
//!
//! 1. Whose email addresses are claimed already is read; they are left as they are.
//! 2. The others are one transaction. Where an address was claimed meanwhile, it begins again.

use crate::{
    Store, StoreError,
    codec::EmailClaim,
    expression::Expression,
    item::{ADMINS, Key},
    transact::{TRANSACTION_ITEMS, Transaction},
    users::is_active_admin,
    write::REREADS,
};
use auth::{
    audit::AuditEvent,
    ids::{OrganizationId, UserId},
    records::{StoredPassword, User},
};
use aws_sdk_dynamodb::types::TransactWriteItem;

/// Items of a user: it, the claim on its email address, its password, its event.
const ITEMS: usize = 4;
/// How many users [`Store::import_users`] takes: all their items and the organization's in one transaction.
pub const IMPORT_LIMIT: usize = (TRANSACTION_ITEMS - 1) / ITEMS;

/// A user to be made among others.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Who it is.
    pub user: User,
    /// Its password, if it brings one.
    pub password: Option<StoredPassword>,
    /// What tells of it.
    pub event: AuditEvent,
}

/// What became of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Imported {
    /// It is there.
    Created,
    /// The organization has a user of this email address already: this one. Nothing of it is changed.
    Exists(UserId),
    /// Another organization has. Nothing is written of it.
    Taken,
}

impl Store {
    /// Makes the users of one organization whose email addresses are not claimed, each in one transaction with its
    /// event: what became of each, in their order. At most [`IMPORT_LIMIT`], no two of the same email address.
    ///
    /// # Errors
    /// Where it fails, none of them is made, or all are and the answer was lost.
    pub async fn import_users(
        &self,
        organization: OrganizationId,
        users: &[NewUser],
    ) -> Result<Vec<Imported>, StoreError> {
        for _ in 0..REREADS {
            let claims: Vec<_> = users.iter().map(|it| Key::email(&it.user.email)).collect();
            let found = self.batch_get("import users", claims.clone()).await?;
            let mut outcomes = Vec::with_capacity(users.len());
            for claim in &claims {
                outcomes.push(match found.record::<EmailClaim>(claim)? {
                    None => Imported::Created,
                    Some(claim) if claim.organization == organization => Imported::Exists(claim.user),
                    Some(_) => Imported::Taken,
                });
            }
            let new: Vec<_> = users
                .iter()
                .zip(&outcomes)
                .filter_map(|(user, outcome)| (*outcome == Imported::Created).then_some(user))
                .collect();
            if new.is_empty() {
                return Ok(outcomes);
            }
            match self.transact("import users", self.imported(organization, &new)?).await? {
                Transaction::Committed => return Ok(outcomes),
                // Claimed since it was read; or a random id that exists, which is not there next time.
                Transaction::Lost(_) => {}
            }
        }
        Err(StoreError::contended("import users"))
    }

    fn imported(
        &self,
        organization: OrganizationId,
        users: &[&NewUser],
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut parts = Vec::with_capacity(users.len() * ITEMS + 1);
        let mut admins = 0;
        for new in users {
            parts.extend(self.new_user(&new.user, new.password.as_ref())?);
            parts.push(self.event_part(&new.event)?);
            admins += i64::from(is_active_admin(&new.user));
        }
        if admins > 0 {
            let counter = Expression::exists().add(ADMINS, admins);
            parts.push(counter.update(&self.table, Key::organization(organization))?);
        }
        Ok(parts)
    }
}
