//! What the tests make in the system: tenants, people, spaces, credentials.

use super::{
    call::Call,
    canary,
    world::World,
};
use auth::{
    access::{OrganizationRole, SpaceRole},
    api_key::ApiKey,
    email::Email,
    ids::{KeyId, OrganizationId, ProductId, SessionId, SpaceId, UserId},
    password::{Hasher, Password, PasswordHash, generate_first},
    records::{
        KeySpace, KeySpaces, Membership, Organization, Policy, SessionKind, Space, StoredKey, StoredPassword, User,
        UserKind,
    },
    session::{Claims, issue},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::Rng;
use serde_json::{Value, json};
use std::sync::LazyLock;
use store::{CreateKey, Created, MemberChange, Product, Write};
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

/// A session with its token.
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) token: String,
}

/// An API key with its text.
pub(crate) struct Key {
    pub(crate) id: KeyId,
    pub(crate) text: String,
}

impl World {
    fn draw(&self) -> u64 {
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
        let created = self.store.create_organization(&organization, &policy, &admin.user, stored.as_ref()).await;
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
        Some(StoredPassword { user: person.user.id, hash: PASSWORD.1.clone(), version: 1, must_change })
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
        };
        assert_eq!(self.store.create_space(&space, None).await.expect("a table"), Write::Done);
        space
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

    /// A session of a person, with its token: by login, or made as a login makes it.
    pub(crate) async fn session(&self, person: &Person) -> Session {
        if self.is_in_process() { self.made_session(person, SessionKind::Full).await } else { self.log_in(person).await }
    }

    /// A session that may do nothing but change the password.
    pub(crate) async fn first_session(&self, person: &Person) -> Session {
        if self.is_in_process() {
            self.made_session(person, SessionKind::PasswordChange).await
        } else {
            self.log_in(person).await
        }
    }

    /// A session by `POST /auth/login`.
    pub(crate) async fn log_in(&self, person: &Person) -> Session {
        let password = person.password.as_ref().expect("this person has a password");
        let body = json!({"email": person.user.email.as_str(), "password": password});
        let answer = self.call(Call::post("/auth/login").json(body)).await.expect(200);
        let token = answer.text("access_token");
        Session { id: claims(&token)["sid"].as_str().expect("a session").parse().expect("an id"), token }
    }

    async fn made_session(&self, person: &Person, kind: SessionKind) -> Session {
        let now = self.second();
        let user = self.store.user(person.user.id).await.expect("a table").expect("a user");
        let session = auth::records::Session {
            id: SessionId::from_bits(self.draw()),
            user: user.id,
            organization: user.organization,
            kind,
            epoch: user.session_epoch,
            created_at: now,
            expires_at: now + Duration::seconds(900),
            source_address: "203.0.113.7".to_owned(),
            user_agent: "tests/1".to_owned(),
        };
        assert_eq!(self.store.create_session(&session).await.expect("a table"), Write::Done);
        let token = self.token(&user, session.id, 900);
        Session { id: session.id, token }
    }

    /// A token that the deployment inside the test would have issued.
    pub(crate) fn token(&self, user: &User, session: SessionId, lifetime: u32) -> String {
        let issuer = super::in_process::BASE_URL;
        let mut rng = self.rng.lock().expect("the generator");
        let claims = Claims::new(issuer, user.id, session, user.organization, self.now(), lifetime, &mut *rng);
        let token = issue(&self.deployment().signer, &claims).expect("a token").to_string();
        canary::note(&token);
        token
    }

    /// Ends a session in the table.
    pub(crate) async fn end_session(&self, person: &Person, session: &Session) {
        self.store.delete_session(person.user.id, session.id).await.expect("a table");
    }

    /// Lets a session be over in the table, whatever its token says.
    pub(crate) async fn expire_session(&self, person: &Person, session: &Session) {
        let stored = self.store.session(person.user.id, session.id).await.expect("a table").expect("a session");
        self.end_session(person, session).await;
        let over = auth::records::Session { expires_at: self.second() - Duration::seconds(1), ..stored };
        assert_eq!(self.store.create_session(&over).await.expect("a table"), Write::Done);
    }

    /// A key of a person that may what the person may.
    pub(crate) async fn key(&self, person: &Person) -> Key {
        self.key_with(person, |_| {}).await
    }

    /// A key of a person, with something about it changed before it is stored.
    pub(crate) async fn key_with(&self, person: &Person, change: impl FnOnce(&mut StoredKey)) -> Key {
        let user = &person.user;
        let id = KeyId::from_bits(self.draw());
        let key = ApiKey::generate(user.organization, user.id, id, &mut *self.rng.lock().expect("the generator"));
        let text = key.reveal(&self.prefix).to_string();
        canary::note(&text);
        let mut stored = StoredKey {
            id,
            user: user.id,
            organization: user.organization,
            name: "a key of the tests".to_owned(),
            hash: key.secret_hash(),
            hint: key.hint(&self.prefix),
            previous: None,
            created_at: self.second(),
            rotated_at: None,
            expires_at: None,
            read_only: false,
            spaces: KeySpaces::All,
            created_by_key: None,
            epoch: user.key_epoch,
            revoked_at: None,
            version: 1,
        };
        change(&mut stored);
        assert_eq!(self.store.create_key(&stored).await.expect("a table"), CreateKey::Done);
        Key { id, text }
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
        let policy = self.store.policy(tenant.id, 0).await.expect("a table").expect("a policy");
        let suspended = Policy { suspended: true, ..policy.clone() };
        assert_eq!(self.store.put_policy(&suspended, policy.version).await.expect("a table"), Write::Done);
    }

    /// Disables a user.
    pub(crate) async fn disable(&self, person: &Person) {
        let changed = self.store.set_user_disabled(person.user.id, true).await;
        assert_eq!(changed.expect("a table"), store::AdminChange::Done);
    }
}

/// Restricts a key to spaces.
pub(crate) fn only(spaces: &[&Space]) -> KeySpaces {
    KeySpaces::Only(spaces.iter().map(|it| KeySpace { id: it.id, slug: it.slug.clone() }).collect())
}

/// What a token says, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a payload");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON")
}

/// A password that is strong, and the only one of its kind.
pub(crate) fn new_password() -> String {
    let mut rng: rand::rngs::StdRng = rand::make_rng();
    let password = generate_first(&mut rng).to_string();
    canary::note(&password);
    let _fits: Password = password.parse().expect("a password");
    password
}
