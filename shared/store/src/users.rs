//! Users: who they are, whether they are disabled, and the epochs that end their credentials.

use crate::{
    Store, StoreError,
    codec::{EmailClaim, Readable as _, Record as _},
    expression::Expression,
    item::{ADMINS, DISABLED, KEY_EPOCH, Key, NAME, ORGANIZATION_ROLE, PK, SESSION_EPOCH, number, text},
    read::BATCH_KEYS,
    write::{Attempt, REREADS, Transaction},
};
use auth::{
    access::OrganizationRole,
    email::Email,
    ids::{OrganizationId, UserId},
    records::{Organization, StoredPassword, User},
};
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem};

/// What became of a new user, or of a new organization with its first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Created {
    /// It is there.
    Done,
    /// Another user has this email address. Nothing is written.
    EmailTaken,
}

/// What became of a change that may concern an organization's last active admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum AdminChange {
    /// It is so.
    Done,
    /// There is no such user.
    NotFound,
    /// The user is the organization's last active admin and stays it. Nothing is written.
    LastAdmin,
}

impl Store {
    /// The user of this id.
    pub async fn user(&self, user: UserId) -> Result<Option<User>, StoreError> {
        self.get("user", Key::user(user)).await
    }

    /// The users of these ids, no two the same; who is not there is passed over.
    pub async fn users(&self, users: &[UserId]) -> Result<Vec<User>, StoreError> {
        let mut found = Vec::with_capacity(users.len());
        for some in users.chunks(BATCH_KEYS) {
            let keys: Vec<_> = some.iter().map(|id| Key::user(*id)).collect();
            let items = self.batch_get("users", keys.clone()).await?;
            for key in &keys {
                found.extend(items.record::<User>(key)?);
            }
        }
        Ok(found)
    }

    /// Whose email address this is.
    pub async fn user_by_email(&self, email: &Email) -> Result<Option<(OrganizationId, UserId)>, StoreError> {
        let claim: Option<EmailClaim> = self.get("user by email", Key::email(email)).await?;
        Ok(claim.map(|claim| (claim.organization, claim.user)))
    }

    /// Makes a user, in one transaction with its claim on the email address, its password, and its place
    /// among the organization's active admins if it is one. The organization has to exist.
    pub async fn create_user(
        &self,
        user: &User,
        password: Option<&StoredPassword>,
    ) -> Result<Created, StoreError> {
        let mut parts = self.new_user(user, password)?;
        if is_active_admin(user) {
            let organization = Expression::exists().add(ADMINS, 1);
            parts.push(organization.update(&self.table, Key::organization(user.organization))?);
        }
        created(&self.transact("create user", parts).await?)
    }

    /// The parts of a transaction that make a user. The email claim is the first of them.
    pub(crate) fn new_user(
        &self,
        user: &User,
        password: Option<&StoredPassword>,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let mut parts = vec![
            Expression::absent().put(&self.table, EmailClaim::from(user).to_item())?,
            Expression::absent().put(&self.table, user.to_item())?,
        ];
        if let Some(password) = password {
            parts.push(Expression::absent().put(&self.table, password.to_item())?);
        }
        Ok(parts)
    }

    /// Gives a user another name. `None` where there is no such user.
    pub async fn rename_user(&self, user: UserId, name: &str) -> Result<Option<User>, StoreError> {
        self.change_user("rename user", user, &Expression::exists().set(NAME, text(name))).await
    }

    /// Ends every session of a user. `None` where there is no such user.
    pub async fn end_sessions(&self, user: UserId) -> Result<Option<User>, StoreError> {
        self.change_user("end sessions", user, &Expression::exists().add(SESSION_EPOCH, 1)).await
    }

    /// Ends every API key of a user. `None` where there is no such user.
    pub async fn end_keys(&self, user: UserId) -> Result<Option<User>, StoreError> {
        self.change_user("end keys", user, &Expression::exists().add(KEY_EPOCH, 1)).await
    }

    async fn change_user(
        &self,
        operation: &'static str,
        user: UserId,
        change: &Expression,
    ) -> Result<Option<User>, StoreError> {
        match self.update(operation, Key::user(user), change).await? {
            Attempt::Done(item) => User::from_item(&item).map(Some),
            Attempt::Lost(_) => Ok(None),
        }
    }

    /// Disables a user, or enables it again.
    pub async fn set_user_disabled(&self, user: UserId, disabled: bool) -> Result<AdminChange, StoreError> {
        self.change_admin("disable user", user, |user| user.disabled = disabled).await
    }

    /// Gives a user another role in its organization.
    pub async fn set_organization_role(
        &self,
        user: UserId,
        role: OrganizationRole,
    ) -> Result<AdminChange, StoreError> {
        self.change_admin("organization role", user, |user| user.organization_role = role).await
    }

    /// Reads the user, changes it, and writes it with the count of active admins in one transaction, on the
    /// condition that neither had changed; otherwise begins again.
    async fn change_admin(
        &self,
        operation: &'static str,
        id: UserId,
        change: impl Fn(&mut User),
    ) -> Result<AdminChange, StoreError> {
        for _ in 0..REREADS {
            let Some(old) = self.user(id).await? else {
                return Ok(AdminChange::NotFound);
            };
            let mut new = old.clone();
            change(&mut new);
            if new == old {
                return Ok(AdminChange::Done);
            }
            let organization_key = Key::organization(old.organization);
            let user = Expression::exists()
                .equals(ORGANIZATION_ROLE, text(old.organization_role.as_str()))
                .equals(DISABLED, AttributeValue::Bool(old.disabled))
                .set(ORGANIZATION_ROLE, text(new.organization_role.as_str()))
                .set(DISABLED, AttributeValue::Bool(new.disabled));
            let mut parts = vec![user.update(&self.table, Key::user(id))?];
            match (is_active_admin(&old), is_active_admin(&new)) {
                (true, false) => {
                    let organization: Organization =
                        self.get(operation, organization_key.clone()).await?.ok_or(NO_ORGANIZATION)?;
                    if organization.admins <= 1 {
                        return Ok(AdminChange::LastAdmin);
                    }
                    let counter = Expression::exists().more_than(ADMINS, number(1)).add(ADMINS, -1);
                    parts.push(counter.update(&self.table, organization_key)?);
                }
                (false, true) => {
                    parts.push(Expression::exists().add(ADMINS, 1).update(&self.table, organization_key)?);
                }
                (true, true) | (false, false) => {}
            }
            if let Transaction::Committed = self.transact(operation, parts).await? {
                return Ok(AdminChange::Done);
            }
        }
        Err(StoreError::contended(operation))
    }
}

/// Counted in [`Organization::admins`].
pub(crate) fn is_active_admin(user: &User) -> bool {
    user.organization_role == OrganizationRole::Admin && !user.disabled
}

/// A user's organization that is not there.
const NO_ORGANIZATION: StoreError = StoreError::Corrupt { record: Organization::NAME, attribute: PK };

/// What became of the parts that [`Store::new_user`] makes.
pub(crate) fn created(transaction: &Transaction) -> Result<Created, StoreError> {
    match transaction {
        Transaction::Committed => Ok(Created::Done),
        lost if lost.lost(0) => Ok(Created::EmailTaken),
        // A random id that exists, or no organization to be in.
        Transaction::Lost(_) => Err(StoreError::Corrupt { record: User::NAME, attribute: PK }),
    }
}
