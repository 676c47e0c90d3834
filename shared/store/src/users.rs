//! Users: who they are, whether they are disabled, and the epochs that end their credentials.

use crate::{
    OutboxItem, Store, StoreError,
    codec::{EmailClaim, Readable as _, Record as _},
    expression::Expression,
    item::{
        ADMINS, DELETING, DISABLED, Item, KEY_EPOCH, Key, NAME, ORGANIZATION_ROLE, PK, SESSION_EPOCH, number,
        organization_shards, text, user_position,
    },
    read::BATCH_KEYS,
    shards::{Over, Sharded, beginning_with},
    transact::Transaction,
    write::{Attempt, REREADS},
};
use auth::{
    access::OrganizationRole,
    email::Email,
    ids::{OrganizationId, UserId},
    one_time::StoredOneTime,
    records::{Organization, StoredPassword, User, UserKind},
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

/// Some of an organization's users of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPage {
    /// In the order of their email addresses. There may be fewer than asked for, and none, though more follow.
    pub users: Vec<User>,
    /// The email address to go on after, of a user or not; `None` at the end.
    pub next: Option<String>,
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

/// What became of a change of a user as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum UserUpdate {
    /// It is so.
    Done,
    /// The user is another by now, or gone. Nothing is written.
    Changed,
    /// The user is the organization's last active admin and stays it. Nothing is written.
    LastAdmin,
}

/// How a new user comes to a first password, written in the transaction that makes it.
#[derive(Debug, Clone, Copy)]
pub enum Setup<'a> {
    /// By a mail, which carries a link.
    Mail(&'a OutboxItem),
    /// By this token, which is handed over.
    Token(&'a StoredOneTime),
}

impl Store {
    /// The user of this id. One that is being deleted is none.
    pub async fn user(&self, user: UserId) -> Result<Option<User>, StoreError> {
        let item = self.get_item("user", Key::user(user)).await?;
        User::from_found(item.as_ref().filter(|it| !is_marked(Some(*it))))
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

    /// At most `limit` of an organization's users of this kind whose email addresses begin with `email_prefix`, by
    /// email address, from behind `after`. One query for each shard of the index, which may be a moment late, and
    /// one consistent read of what they name.
    pub async fn users_page(
        &self,
        organization: OrganizationId,
        kind: UserKind,
        email_prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<UserPage, StoreError> {
        let listing = Sharded {
            over: Over::Index,
            partitions: organization_shards(organization).collect(),
            range: beginning_with(user_position(kind, email_prefix)),
            after: after.map(|email| user_position(kind, email)),
            backwards: false,
            limit,
        };
        let (found, next) = self.merged_page("list users", &listing).await?;
        let keys = found.iter().map(Key::of).collect::<Result<Vec<_>, _>>()?;
        let items = self.batch_get("list users", keys.clone()).await?;
        let mut users = Vec::with_capacity(keys.len());
        for key in &keys {
            users.extend(items.record::<User>(key)?.filter(|_| !is_marked(items.item(key))));
        }
        let start = user_position(kind, "");
        let next = next.and_then(|sk| sk.strip_prefix(&start).map(str::to_owned));
        Ok(UserPage { users, next })
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

    /// Makes a user as [`Store::create_user`] does, without a password, and in the same transaction the way to one.
    pub async fn create_user_with(&self, user: &User, setup: Setup<'_>) -> Result<Created, StoreError> {
        let mut parts = self.new_user(user, None)?;
        if is_active_admin(user) {
            let organization = Expression::exists().add(ADMINS, 1);
            parts.push(organization.update(&self.table, Key::organization(user.organization))?);
        }
        let setup = match setup {
            Setup::Mail(mail) => mail.to_item(),
            Setup::Token(token) => token.to_item(),
        };
        parts.push(Expression::absent().put(&self.table, setup)?);
        created(&self.transact("create user", parts).await?)
    }

    /// Whether no active admin who can log in would be left without this user.
    pub async fn is_last_admin(&self, user: &User) -> Result<bool, StoreError> {
        if !is_active_admin(user) {
            return Ok(false);
        }
        let organization: Option<Organization> =
            self.get("last admin", Key::organization(user.organization)).await?;
        Ok(organization.ok_or(NO_ORGANIZATION)?.admins <= 1)
    }

    /// Ends every session of a user, and every API key if `keys`: one write. `None` where there is no such user.
    pub async fn sign_out(&self, user: UserId, keys: bool) -> Result<Option<User>, StoreError> {
        let change = Expression::exists().lacks(DELETING).add(SESSION_EPOCH, 1);
        let change = if keys { change.add(KEY_EPOCH, 1) } else { change };
        self.change_user("sign out", user, &change).await
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
            match self.update_user(operation, &old, &new).await? {
                UserUpdate::Done => return Ok(AdminChange::Done),
                UserUpdate::LastAdmin => return Ok(AdminChange::LastAdmin),
                UserUpdate::Changed => {}
            }
        }
        Err(StoreError::contended(operation))
    }

    /// Gives a user the name and the role of `new`, and disables or enables it as there, if it is as it was read: one
    /// transaction with the count of active admins. Disabling ends its sessions for good.
    pub async fn update_user(
        &self,
        operation: &'static str,
        read: &User,
        new: &User,
    ) -> Result<UserUpdate, StoreError> {
        if new == read {
            return Ok(UserUpdate::Done);
        }
        let change = |old: Expression| {
            let change = old
                .set(NAME, text(&new.name))
                .set(ORGANIZATION_ROLE, text(new.organization_role.as_str()))
                .set(DISABLED, AttributeValue::Bool(new.disabled));
            if new.disabled && !read.disabled { change.add(SESSION_EPOCH, 1) } else { change }
        };
        self.change_counted(operation, read, new, change).await
    }

    /// Changes a user that is as it was read, in one transaction with the count of active admins.
    pub(crate) async fn change_counted(
        &self,
        operation: &'static str,
        read: &User,
        new: &User,
        change: impl Fn(Expression) -> Expression,
    ) -> Result<UserUpdate, StoreError> {
        let organization_key = Key::organization(read.organization);
        let same = Expression::exists()
            .lacks(DELETING)
            .equals(NAME, text(&read.name))
            .equals(ORGANIZATION_ROLE, text(read.organization_role.as_str()))
            .equals(DISABLED, AttributeValue::Bool(read.disabled));
        let user = change(same).update(&self.table, Key::user(read.id))?;
        for _ in 0..REREADS {
            let mut parts = vec![user.clone()];
            match (is_active_admin(read), is_active_admin(new)) {
                (true, false) => {
                    let organization: Organization =
                        self.get(operation, organization_key.clone()).await?.ok_or(NO_ORGANIZATION)?;
                    if organization.admins <= 1 {
                        return Ok(UserUpdate::LastAdmin);
                    }
                    let counter = Expression::exists().more_than(ADMINS, number(1)).add(ADMINS, -1);
                    parts.push(counter.update(&self.table, organization_key.clone())?);
                }
                (false, true) => {
                    let counter = Expression::exists().add(ADMINS, 1);
                    parts.push(counter.update(&self.table, organization_key.clone())?);
                }
                (true, true) | (false, false) => {}
            }
            match self.transact(operation, parts).await? {
                Transaction::Committed => return Ok(UserUpdate::Done),
                lost if lost.lost(0) => return Ok(UserUpdate::Changed),
                Transaction::Lost(_) => {}
            }
        }
        Err(StoreError::contended(operation))
    }
}

/// Whether it is being deleted.
pub(crate) fn is_marked(user: Option<&Item>) -> bool {
    user.is_some_and(|item| item.contains_key(DELETING))
}

/// Counted in [`Organization::admins`]: who can log in and put things right.
pub(crate) fn is_active_admin(user: &User) -> bool {
    user.kind == UserKind::Human && user.organization_role == OrganizationRole::Admin && !user.disabled
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
