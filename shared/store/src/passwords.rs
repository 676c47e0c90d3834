//! Passwords: what a login reads and a change of password writes.

use crate::{
    OutboxItem, Store, StoreError, Subject, Write,
    attempts::attempts_on,
    codec::{PolicyCopy, Readable as _, Reader, Record as _, attempts, known_addresses},
    expression::Expression,
    item::{
        ATTEMPT, ATTEMPTS, DISABLED, DISABLED_TOLD, EXPIRES_AT, FAILURES, HASH, KNOWN_ADDRESSES, Key,
        MUST_CHANGE, SESSION_EPOCH, VERSION, number, text, time,
    },
    sessions::kept,
    transact::Transaction,
    write::Attempt,
};
use auth::{
    address::AddressKey,
    audit::AuditEvent,
    ids::{OrganizationId, SessionId, UserId},
    one_time::StoredOneTime,
    password::PasswordHash,
    records::{Policy, Session, StoredPassword, User},
    refresh::RefreshState,
    throttle::{AttemptState, MAX_FAILURES},
};
use aws_sdk_dynamodb::types::AttributeValue;
use time::OffsetDateTime;

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
    /// A session to begin with the change, and its refresh state. Its epoch is set here.
    pub new_session: Option<(&'a Session, &'a RefreshState)>,
}

impl Store {
    /// The user, its password and one copy of its organization's policy: one strongly consistent read.
    pub async fn login_records(
        &self,
        organization: OrganizationId,
        user: UserId,
        policy_copy: u8,
    ) -> Result<LoginRecords, StoreError> {
        Ok(self.login_records_and_attempts(organization, user, policy_copy, &[]).await?.0)
    }

    /// The same, and the attempts on these subjects in their order, of which no two may be equal: one strongly
    /// consistent read of it all.
    pub async fn login_records_and_attempts(
        &self,
        organization: OrganizationId,
        user: UserId,
        policy_copy: u8,
        subjects: &[Subject],
    ) -> Result<(LoginRecords, Vec<AttemptState>), StoreError> {
        let (user, password) = (Key::user(user), Key::password(user));
        let policy = Key::policy(organization, policy_copy);
        let mut keys = vec![user.clone(), password.clone(), policy.clone()];
        keys.extend(subjects.iter().map(Key::throttle));
        let found = self.batch_get("login", keys).await?;
        let records = LoginRecords {
            user: found.record(&user)?,
            password: found.record(&password)?,
            policy: found.item(&policy).map(PolicyCopy::read).transpose()?,
        };
        Ok((records, attempts_on(subjects, &found)?))
    }

    /// Changes a password and ends every session but the one to keep or to begin, in one transaction.
    /// [`Write::Conflict`] where the password, the epoch or the session had changed, or the user is disabled.
    pub async fn change_password(&self, change: ChangePassword<'_>) -> Result<Write, StoreError> {
        let ChangePassword { user, current_version, new_hash, keep, new_session } = change;
        let epoch = next_epoch(user)?;
        let password = replaced(current_version, new_hash);
        let profile = active_in_session_epoch(user.session_epoch).set(SESSION_EPOCH, number(epoch));
        let mut parts = vec![
            password.update(&self.table, Key::password(user.id))?,
            profile.update(&self.table, Key::user(user.id))?,
        ];
        if let Some(session) = keep {
            parts.push(kept(user, epoch).update(&self.table, Key::session(user.id, session))?);
        }
        if let Some((session, state)) = new_session {
            parts.extend(self.new_session(&Session { epoch, ..session.clone() }, Some(state))?);
        }
        Ok(self.transact("change password", parts).await?.into())
    }

    /// Sets a password with a one-time token, which ends with it: one transaction with the event. Ends every
    /// session of the user, and what was counted and remembered of attempts. [`Write::Conflict`] where the token
    /// is used, expired or of another version of the password, or the user is disabled.
    pub async fn reset_password(
        &self,
        token: &StoredOneTime,
        new_hash: &PasswordHash,
        now: OffsetDateTime,
        event: &AuditEvent,
    ) -> Result<Write, StoreError> {
        let password = match token.password_version {
            0 => {
                let first = StoredPassword::new(token.user, new_hash.clone(), false);
                Expression::absent().put(&self.table, first.to_item())?
            }
            version => replaced(version, new_hash).update(&self.table, Key::password(token.user))?,
        };
        let user = Expression::exists().equals(DISABLED, AttributeValue::Bool(false)).add(SESSION_EPOCH, 1);
        let parts = vec![
            Expression::exists()
                .more_than(EXPIRES_AT, time(now))
                .delete(&self.table, Key::one_time(token.hash))?,
            password,
            user.update(&self.table, Key::user(token.user))?,
            self.event_part(event)?,
        ];
        Ok(self.transact("reset password", parts).await?.into())
    }

    /// Charges an attempt on a password, if nobody else did since it was read. `nonce` is random: it tells this
    /// write, whose answer was lost, from another's of the same numbers.
    pub async fn charge_password(
        &self,
        read: &StoredPassword,
        next: &AttemptState,
        failures: u32,
        nonce: u64,
    ) -> Result<Write, StoreError> {
        let change = same_attempts(read)
            .set_all(attempts(next))
            .set(FAILURES, number(failures))
            .set(ATTEMPT, number(nonce));
        match self.update("charge password", Key::password(read.user), &change).await? {
            Attempt::Done(_) => Ok(Write::Done),
            Attempt::Lost(Some(item)) if item.get(ATTEMPT) == Some(&number(nonce)) => Ok(Write::Done),
            Attempt::Lost(_) => Ok(Write::Conflict),
        }
    }

    /// A success: no attempts, no failures, and these addresses known. Nothing changes where the password was
    /// changed meanwhile.
    pub async fn clear_password_attempts(
        &self,
        user: UserId,
        version: u64,
        known: &[AddressKey],
    ) -> Result<Write, StoreError> {
        let change = Expression::exists()
            .equals(VERSION, number(version))
            .set_all(attempts(&AttemptState::default()))
            .set(FAILURES, number(0))
            .set(KNOWN_ADDRESSES, known_addresses(known))
            .set(DISABLED_TOLD, AttributeValue::Bool(false));
        Ok(match self.update("clear attempts", Key::password(user), &change).await? {
            Attempt::Done(_) => Write::Done,
            Attempt::Lost(_) => Write::Conflict,
        })
    }

    /// Hands a mail that says that this password is disabled to whoever sends it, in one transaction with the event and
    /// with the mark that it was told. [`Write::Conflict`] where it was told before, or the password is another or is
    /// good again.
    pub async fn tell_disabled(
        &self,
        read: &StoredPassword,
        mail: &OutboxItem,
        event: &AuditEvent,
    ) -> Result<Write, StoreError> {
        let mark = Expression::exists()
            .equals(VERSION, number(read.version))
            .more_than(FAILURES, number(MAX_FAILURES.saturating_sub(1)))
            .equals_or_lacks(DISABLED_TOLD, AttributeValue::Bool(false))
            .set(DISABLED_TOLD, AttributeValue::Bool(true));
        let parts = vec![
            mark.update(&self.table, Key::password(read.user))?,
            Expression::absent().put(&self.table, mail.to_item())?,
            self.event_part(event)?,
        ];
        Ok(self.transact("tell disabled", parts).await?.into())
    }

    /// A user's password.
    pub async fn password(&self, user: UserId) -> Result<Option<StoredPassword>, StoreError> {
        self.get("password", Key::password(user)).await
    }

    /// The version of a user's password and nothing else of it: for who may know that there is one.
    pub async fn password_version(&self, user: UserId) -> Result<Option<u64>, StoreError> {
        let answer = self
            .client()
            .get_item()
            .table_name(&self.table)
            .set_key(Some(Key::password(user).into_item()))
            .projection_expression("#version")
            .expression_attribute_names("#version", VERSION)
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| StoreError::of("password version", &error))?;
        answer.item.map(|item| Reader::new(&item, StoredPassword::NAME).number(VERSION)).transpose()
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

/// The user's next session epoch.
pub(crate) fn next_epoch(user: &User) -> Result<u64, StoreError> {
    let fault = StoreError::Corrupt { record: User::NAME, attribute: SESSION_EPOCH };
    user.session_epoch.checked_add(1).ok_or(fault)
}

/// The password of this version becomes another. What was counted and remembered of the old one ends: an
/// address that knew the old one may be who it was changed against.
fn replaced(version: u64, hash: &PasswordHash) -> Expression {
    Expression::exists()
        .equals(VERSION, number(version))
        .set(HASH, text(hash.as_str()))
        .set(MUST_CHANGE, AttributeValue::Bool(false))
        .set_all(attempts(&AttemptState::default()))
        .set(FAILURES, number(0))
        .set(KNOWN_ADDRESSES, known_addresses(&[]))
        .set(DISABLED_TOLD, AttributeValue::Bool(false))
        .add(VERSION, 1)
}

/// Nobody has tried the password, or changed it, since it was read.
fn same_attempts(read: &StoredPassword) -> Expression {
    let same = Expression::exists().equals(VERSION, number(read.version));
    let [(_, _), _, (last, last_value)] = attempts(&read.throttle);
    if read.throttle == AttemptState::default() && read.failures == 0 {
        let none = number(0);
        return same.equals_or_lacks(ATTEMPTS, none.clone()).equals_or_lacks(FAILURES, none);
    }
    same.equals(ATTEMPTS, number(read.throttle.attempts))
        .equals(FAILURES, number(read.failures))
        .equals(last, last_value)
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
