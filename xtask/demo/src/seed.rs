//! What the demo consists of.

use crate::Login;
use anyhow::{Context, Result, bail, ensure};
use auth::access::{OrganizationRole, SpaceRole};
use auth::email::Email;
use auth::ids::{OrganizationId, ProductId, Slug, SpaceId, UserId};
use auth::password::{Hasher, Password, PasswordHash, Verification, generate_first};
use auth::records::{Membership, Space, StoredPassword, User, UserKind};
use edge::Ambient;
use store::{ChangePassword, Created, MemberChange, Product, Store, Write};

/// The slug of the space that everybody is in.
pub(crate) const SPACE: &str = "my-space";
const SERVICE_ACCOUNT: &str = "robot@example.test";

/// The users who log in: email, name, role in the organization, role in the space, and the word in
/// stack.json that tells them apart.
const PEOPLE: [(&str, &str, OrganizationRole, SpaceRole, &str); 3] = [
    ("admin@example.test", "Ada Admin", OrganizationRole::Admin, SpaceRole::Admin, "admin"),
    ("editor@example.test", "Edgar Editor", OrganizationRole::Member, SpaceRole::Editor, "editor"),
    ("viewer@example.test", "Vera Viewer", OrganizationRole::Member, SpaceRole::Viewer, "viewer"),
];

const PRODUCTS: [(&str, &str, &[&str]); 3] = [
    ("Desk lamp", "Bends where you need it.", &["light", "office"]),
    ("Notebook", "160 pages, dotted.", &["paper", "office"]),
    ("Tea pot", "Holds one litre.", &["kitchen"]),
];

/// Makes what is missing, and returns who can log in and how.
pub(crate) async fn seed(
    store: &Store,
    ambient: Ambient,
    first_admin: &Email,
    known: &[Login],
) -> Result<Vec<Login>> {
    let (organization, _) = store
        .user_by_email(first_admin)
        .await?
        .with_context(|| format!("there is no {first_admin}: did `setup` run?"))?;
    let mut seeding = Seeding { store, ambient, organization, hasher: Hasher::new() };

    let mut logins = Vec::new();
    let mut members = Vec::new();
    for (email, name, organization_role, space_role, word) in PEOPLE {
        let known = known.iter().find(|login| login.email == email);
        let (user, password) = seeding.person(&email.parse()?, name, organization_role, known).await?;
        members.push((user, space_role));
        logins.push(Login { email: email.to_owned(), password, role: word.to_owned() });
    }
    members.push((seeding.service_account().await?, SpaceRole::Editor));

    let space = seeding.space(&members).await?;
    if let Some((author, _)) = members.first() {
        seeding.products(space, *author).await?;
    }
    Ok(logins)
}

struct Seeding<'a> {
    store: &'a Store,
    ambient: Ambient,
    organization: OrganizationId,
    hasher: Hasher,
}

impl Seeding<'_> {
    /// A user with a password, and that password.
    async fn person(
        &mut self,
        email: &Email,
        name: &str,
        role: OrganizationRole,
        known: Option<&Login>,
    ) -> Result<(UserId, String)> {
        let existing = self.store.user_by_email(email).await?;
        if let (Some((_, user)), Some(login)) = (existing, known) {
            self.restore_password(user, &login.password).await?;
            return Ok((user, login.password.clone()));
        }
        let (password, hash) = self.new_password()?;
        let user = match existing {
            Some((_, user)) => {
                self.replace_password(user, &hash).await?;
                user
            }
            None => self.create(email, name, UserKind::Human, role, Some(hash)).await?,
        };
        Ok((user, password))
    }

    async fn service_account(&mut self) -> Result<UserId> {
        let email = SERVICE_ACCOUNT.parse()?;
        match self.store.user_by_email(&email).await? {
            Some((_, user)) => Ok(user),
            None => {
                let role = OrganizationRole::Member;
                self.create(&email, "Robot", UserKind::ServiceAccount, role, None).await
            }
        }
    }

    fn new_password(&mut self) -> Result<(String, PasswordHash)> {
        let text = generate_first(&mut self.ambient.rng);
        let password: Password = text.parse()?;
        let hash = self.hasher.hash(&password, &mut self.ambient.rng)?;
        Ok((text.to_string(), hash))
    }

    async fn create(
        &mut self,
        email: &Email,
        name: &str,
        kind: UserKind,
        organization_role: OrganizationRole,
        hash: Option<PasswordHash>,
    ) -> Result<UserId> {
        let id = UserId::generate(&mut self.ambient.rng);
        let user = User {
            id,
            organization: self.organization,
            email: email.clone(),
            name: name.to_owned(),
            kind,
            organization_role,
            disabled: false,
            session_epoch: 0,
            key_epoch: 0,
            created_at: self.ambient.now,
        };
        let password = hash.map(|hash| StoredPassword::new(id, hash, false));
        match self.store.create_user(&user, password.as_ref()).await? {
            Created::Done => Ok(id),
            Created::EmailTaken => bail!("{email} appeared meanwhile: does another `up` run?"),
        }
    }

    /// Makes stack.json true again where the user has changed the password.
    async fn restore_password(&mut self, user: UserId, text: &str) -> Result<()> {
        let records = self.store.login_records(self.organization, user, 0).await?;
        let stored = records.password.context("a demo user lost its password")?;
        let password: Password = text.parse()?;
        if matches!(self.hasher.verify(&password, &stored.hash), Verification::Match { .. }) {
            return Ok(());
        }
        let hash = self.hasher.hash(&password, &mut self.ambient.rng)?;
        self.replace_password(user, &hash).await
    }

    async fn replace_password(&self, user: UserId, hash: &PasswordHash) -> Result<()> {
        let records = self.store.login_records(self.organization, user, 0).await?;
        let (user, password) = records.user.zip(records.password).context("a demo user lost its password")?;
        let change = ChangePassword {
            user: &user,
            current_version: password.version,
            new_hash: hash,
            keep: None,
            new_session: None,
        };
        match self.store.change_password(change).await? {
            Write::Done => Ok(()),
            Write::Conflict => bail!("the password of {} changed meanwhile", user.email),
        }
    }

    /// The space with its members.
    async fn space(&mut self, members: &[(UserId, SpaceRole)]) -> Result<SpaceId> {
        let slug: Slug = SPACE.parse()?;
        let found = self.store.space(self.organization, &slug).await?.map(|space| space.id);
        let id = found.unwrap_or_else(|| SpaceId::generate(&mut self.ambient.rng));
        let membership = |(user, role): (UserId, SpaceRole)| Membership {
            user,
            organization: self.organization,
            slug: slug.clone(),
            space: id,
            role,
        };
        if found.is_some() {
            // Memberships are the developer's to change: what is there stays.
            return Ok(id);
        }
        let space = Space {
            id,
            organization: self.organization,
            slug: slug.clone(),
            name: "My space".to_owned(),
            created_at: self.ambient.now,
            admins: 0,
            members: 0,
            deleting: false,
        };
        let first = members.first().copied().map(membership);
        ensure!(self.store.create_space(&space, first.as_ref()).await? == Write::Done, "{slug} is taken");
        for member in members.iter().skip(1).copied().map(membership) {
            let change = self.store.put_member(&member).await?;
            ensure!(change == MemberChange::Done, "{} cannot become a member of {slug}", member.user);
        }
        Ok(id)
    }

    async fn products(&mut self, space: SpaceId, author: UserId) -> Result<()> {
        if !self.store.products_page(space, None, 1).await?.products.is_empty() {
            return Ok(());
        }
        for (name, description, tags) in PRODUCTS {
            let product = Product {
                id: ProductId::generate(&mut self.ambient.rng),
                space,
                name: name.to_owned(),
                description: description.to_owned(),
                tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
                version: 1,
                created_at: self.ambient.now,
                updated_at: self.ambient.now,
                created_by: author,
                updated_by: author,
            };
            ensure!(self.store.create_product(&product).await? == Write::Done, "{} is taken", product.id);
        }
        Ok(())
    }
}
