//! What the tests make in the system: tenants, people, spaces, products.

use super::{canary, world::World};
use auth::{
    access::{OrganizationRole, SpaceRole},
    audit::AuditEvent,
    email::Email,
    ids::{OrganizationId, ProductId, SpaceId, UserId},
    password::{Hasher, Password, PasswordHash, generate_first},
    records::{Membership, Organization, Policy, Space, StoredPassword, User, UserKind},
};
use rand_core::Rng;
use std::sync::LazyLock;
use store::{AuditQuery, Created, MemberChange, Product, SpaceRest, Store, Write};
use time::{Duration, OffsetDateTime};

/// The password of everybody who has one: hashing one takes as long as a login, so a process does it once.
static PASSWORD: LazyLock<(String, PasswordHash)> = LazyLock::new(|| {
    let mut rng: rand::rngs::StdRng = rand::make_rng();
    let password = generate_first(&mut rng).to_string();
    canary::note(&password);
    let hash = Hasher::new().hash(&password.parse().expect("a password"), &mut rng).expect("a hash");
    (password, hash)
});

/// An organization and its first user.
pub(crate) struct Tenant {
    pub(crate) id: OrganizationId,
    pub(crate) name: String,
    pub(crate) admin: Person,
}

/// A user, and the password where it has one.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) user: User,
    pub(crate) password: Option<String>,
}

impl World {
    /// 64 random bits.
    pub(crate) fn draw(&self) -> u64 {
        self.rng.lock().expect("the generator").next_u64()
    }

    /// The time to the second, as records keep it.
    pub(crate) fn second(&self) -> OffsetDateTime {
        self.now().replace_nanosecond(0).expect("no nanoseconds")
    }

    /// A new organization with its admin.
    pub(crate) async fn tenant(&self) -> Tenant {
        let id = OrganizationId::from_bits(self.draw());
        let name = "Example & Daughters".to_owned();
        let admin = self.person(id, OrganizationRole::Admin, UserKind::Human);
        let organization = Organization { id, name: name.clone(), created_at: self.second(), admins: 1 };
        let stored = self.stored_password(&admin, false);
        let policy = Policy::initial(id);
        let created =
            self.store.create_organization(&organization, &policy, &admin.user, stored.as_ref()).await;
        assert_eq!(created.expect("a table"), Created::Done);
        Tenant { id, name, admin }
    }

    /// A new member of an organization, who logs in where that is under test.
    pub(crate) async fn member(&self, tenant: &Tenant) -> Person {
        let person = self.person(tenant.id, OrganizationRole::Member, UserKind::Human);
        self.add(person, false).await
    }

    /// A new admin of an organization, with a password or without.
    pub(crate) async fn admin_with(&self, tenant: &Tenant, password: bool) -> Person {
        let mut person = self.person(tenant.id, OrganizationRole::Admin, UserKind::Human);
        if password {
            person.password = Some(PASSWORD.0.clone());
        }
        self.add(person, false).await
    }

    /// A new service account of an organization.
    pub(crate) async fn service_account(&self, tenant: &Tenant) -> Person {
        let person = self.person(tenant.id, OrganizationRole::Member, UserKind::ServiceAccount);
        self.add(person, false).await
    }

    /// A new member with a password, which has to be changed first or not.
    pub(crate) async fn member_with_password(&self, tenant: &Tenant, must_change: bool) -> Person {
        let mut person = self.person(tenant.id, OrganizationRole::Member, UserKind::Human);
        person.password = Some(PASSWORD.0.clone());
        self.add(person, must_change).await
    }

    fn person(&self, organization: OrganizationId, role: OrganizationRole, kind: UserKind) -> Person {
        let id = UserId::from_bits(self.draw());
        let email: Email = format!("{:016x}@example.test", self.draw()).parse().expect("an address");
        let user = User {
            id,
            organization,
            email,
            name: "Ada Example".to_owned(),
            kind,
            organization_role: role,
            disabled: false,
            session_epoch: 0,
            key_epoch: 0,
            created_at: self.second(),
        };
        // In process a session needs no login.
        let password = (kind == UserKind::Human && !self.is_in_process()).then(|| PASSWORD.0.clone());
        Person { user, password }
    }

    fn stored_password(&self, person: &Person, must_change: bool) -> Option<StoredPassword> {
        person.password.as_ref()?;
        Some(StoredPassword::new(person.user.id, PASSWORD.1.clone(), must_change))
    }

    async fn add(&self, person: Person, must_change: bool) -> Person {
        let stored = self.stored_password(&person, must_change);
        let created = self.store.create_user(&person.user, stored.as_ref()).await;
        assert_eq!(created.expect("a table"), Created::Done);
        person
    }

    /// A new space of an organization.
    pub(crate) async fn space(&self, tenant: &Tenant, slug: &str) -> Space {
        let space = Space {
            id: SpaceId::from_bits(self.draw()),
            organization: tenant.id,
            slug: slug.parse().expect("a slug"),
            name: format!("The {slug}"),
            created_at: self.second(),
            admins: 0,
            members: 0,
            deleting: false,
        };
        assert_eq!(self.store.create_space(&space, None).await.expect("a table"), Write::Done);
        space
    }

    /// Deletes a space with all that is in it.
    pub(crate) async fn delete_space(&self, space: &Space) {
        assert_eq!(self.store.begin_space_deletion(space).await.expect("a table"), Write::Done);
        let marked = Space { deleting: true, ..space.clone() };
        while self.store.delete_some_of_space(&marked).await.expect("a table") != SpaceRest::Gone {}
    }

    /// Gives a user a role in a space.
    pub(crate) async fn join(&self, person: &Person, space: &Space, role: SpaceRole) {
        let membership = Membership {
            user: person.user.id,
            organization: space.organization,
            slug: space.slug.clone(),
            space: space.id,
            role,
        };
        assert_eq!(self.store.put_member(&membership).await.expect("a table"), MemberChange::Done);
    }

    /// A new product in a space.
    pub(crate) async fn product(&self, space: &Space, by: &Person, name: &str) -> Product {
        let product = Product {
            id: ProductId::from_bits(self.draw()),
            space: space.id,
            name: name.to_owned(),
            description: String::new(),
            tags: Vec::new(),
            version: 1,
            created_at: self.second(),
            updated_at: self.second(),
            created_by: by.user.id,
            updated_by: by.user.id,
        };
        assert_eq!(self.store.create_product(&product).await.expect("a table"), Write::Done);
        product
    }

    /// Suspends an organization.
    pub(crate) async fn suspend(&self, tenant: &Tenant) {
        self.change_policy(tenant, |policy| policy.suspended = true).await;
    }

    /// Changes something about an organization's policy.
    pub(crate) async fn change_policy(&self, tenant: &Tenant, change: impl FnOnce(&mut Policy)) {
        let mut policy = self.store.policy(tenant.id, 0).await.expect("a table").expect("a policy");
        let version = policy.version;
        change(&mut policy);
        let written = self.store.put_policy(&policy, version, None).await;
        assert_eq!(written.expect("a table"), Write::Done);
    }

    /// Disables a user.
    pub(crate) async fn disable(&self, person: &Person) {
        let changed = self.store.set_user_disabled(person.user.id, true).await;
        assert_eq!(changed.expect("a table"), store::AdminChange::Done);
    }
}

/// A password that is strong, and the only one of its kind.
pub(crate) fn new_password() -> String {
    let mut rng: rand::rngs::StdRng = rand::make_rng();
    let password = generate_first(&mut rng).to_string();
    canary::note(&password);
    let _fits: Password = password.parse().expect("a password");
    password
}

/// What the audit log of an organization says of the days around `now`, the newest first.
pub(crate) async fn audited(
    store: &Store,
    organization: OrganizationId,
    now: OffsetDateTime,
) -> Vec<AuditEvent> {
    let query = AuditQuery {
        from: now - Duration::days(40),
        to: now + Duration::days(40),
        actor: None,
        action: None,
        target: None,
    };
    let page = store.audit_page(organization, &query, None, 1000, now, || true).await.expect("a table");
    assert_eq!(page.next, None, "more than the tests make");
    page.events
}
