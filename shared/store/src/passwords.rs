//! Passwords: what a login reads and a change of password writes.

use crate::{
    Store, StoreError, Write,
    codec::{PolicyCopy, Readable as _, Record as _},
    expression::Expression,
    item::{DISABLED, EPOCH, HASH, Key, MUST_CHANGE, SESSION_EPOCH, VERSION, number, text},
    write::{Attempt, Transaction},
};
use auth::{
    ids::{OrganizationId, SessionId, UserId},
    password::PasswordHash,
    records::{Policy, Session, StoredPassword, User},
};
use aws_sdk_dynamodb::types::AttributeValue;

/// What a login looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoginRecords {
    /// The user.
    pub user: Option<User>,
    /// Its password; a service account has none.
    pub password: Option<StoredPassword>,
    /// The organization's policy.
    pub policy: Option<Policy>,
}

/// A change of password.
#[derive(Debug, Clone, Copy)]
pub struct ChangePassword<'a> {
    /// The user as it was read: its session epoch has to be the same still.
    pub user: &'a User,
    /// The version of the password that was verified.
    pub current_version: u64,
    /// The new password's hash.
    pub new_hash: &'a PasswordHash,
    /// The session that goes on, of all the user's: it must still be there, in the user's present epoch.
    pub keep: Option<SessionId>,
    /// A session to begin with the change. Its epoch is set here.
    pub new_session: Option<&'a Session>,
}

impl Store {
    /// The user, its password and one copy of its organization's policy: one strongly consistent read.
    pub async fn login_records(
        &self,
        organization: OrganizationId,
        user: UserId,
        policy_copy: u8,
    ) -> Result<LoginRecords, StoreError> {
        let (user, password) = (Key::user(user), Key::password(user));
        let policy = Key::policy(organization, policy_copy);
        let found = self.batch_get("login", vec![user.clone(), password.clone(), policy.clone()]).await?;
        Ok(LoginRecords {
            user: found.record(&user)?,
            password: found.record(&password)?,
            policy: found.item(&policy).map(PolicyCopy::read).transpose()?,
        })
    }

    /// Changes a password and ends every session but the one to keep or to begin, in one transaction.
    /// [`Write::Conflict`] where the password, the epoch or the session had changed, or the user is disabled.
    pub async fn change_password(&self, change: ChangePassword<'_>) -> Result<Write, StoreError> {
        let ChangePassword { user, current_version, new_hash, keep, new_session } = change;
        let epoch = user
            .session_epoch
            .checked_add(1)
            .ok_or(StoreError::Corrupt { record: User::NAME, attribute: SESSION_EPOCH })?;
        let password = Expression::exists()
            .equals(VERSION, number(current_version))
            .set(HASH, text(new_hash.as_str()))
            .set(MUST_CHANGE, AttributeValue::Bool(false))
            .add(VERSION, 1);
        let profile = active_in_session_epoch(user.session_epoch).set(SESSION_EPOCH, number(epoch));
        let mut parts = vec![
            password.update(&self.table, Key::password(user.id))?,
            profile.update(&self.table, Key::user(user.id))?,
        ];
        if let Some(session) = keep {
            let kept =
                Expression::exists().equals(EPOCH, number(user.session_epoch)).set(EPOCH, number(epoch));
            parts.push(kept.update(&self.table, Key::session(user.id, session))?);
        }
        if let Some(session) = new_session {
            let session = Session { epoch, ..session.clone() };
            parts.push(Expression::absent().put(&self.table, session.to_item())?);
        }
        Ok(self.transact("change password", parts).await?.into())
    }

    /// Replaces the hash of the same password by one at the current cost. Its version stays.
    pub async fn upgrade_hash(
        &self,
        user: UserId,
        version: u64,
        hash: &PasswordHash,
    ) -> Result<Write, StoreError> {
        let change = Expression::exists().equals(VERSION, number(version)).set(HASH, text(hash.as_str()));
        Ok(match self.update("upgrade hash", Key::password(user), &change).await? {
            Attempt::Done(_) => Write::Done,
            Attempt::Lost(_) => Write::Conflict,
        })
    }
}

/// The user is there, not disabled, and its sessions of this epoch are good.
pub(crate) fn active_in_session_epoch(epoch: u64) -> Expression {
    Expression::exists().equals(SESSION_EPOCH, number(epoch)).equals(DISABLED, AttributeValue::Bool(false))
}

impl From<Transaction> for Write {
    fn from(transaction: Transaction) -> Self {
        match transaction {
            Transaction::Committed => Self::Done,
            Transaction::Lost(_) => Self::Conflict,
        }
    }
}
