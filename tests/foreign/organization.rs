//! An organization with one or more of everything, and the ids of what it has.

use crate::support::{Person, Tenant, World};
use auth::{
    access::SpaceRole,
    ids::{KeyId, ProductId, SessionId, UserId},
};

/// With what an admin asks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Credential {
    Session,
    Key,
}

/// What a path, a query or a body can name, in words.
#[derive(Debug, Clone)]
pub(super) struct Things {
    pub(super) human: String,
    pub(super) email: String,
    pub(super) service_account: String,
    pub(super) key_of_human: String,
    pub(super) key_of_service_account: String,
    pub(super) session: String,
    pub(super) slug: String,
    pub(super) product: String,
}

impl Things {
    /// Of the same form, and nobody's.
    pub(super) fn unknown(world: &World) -> Self {
        Self {
            human: UserId::from_bits(world.draw()).to_string(),
            email: "nobody@nowhere.test".to_owned(),
            service_account: UserId::from_bits(world.draw()).to_string(),
            key_of_human: KeyId::from_bits(world.draw()).to_string(),
            key_of_service_account: KeyId::from_bits(world.draw()).to_string(),
            session: SessionId::from_bits(world.draw()).to_string(),
            slug: "nowhere".to_owned(),
            product: ProductId::from_bits(world.draw()).to_string(),
        }
    }
}

/// The organization.
pub(super) struct Organization {
    pub(super) things: Things,
    admin_session: String,
    admin_key: String,
    human_session: String,
    /// Whatever tells of it: ids, emails and names that no other has.
    words: Vec<String>,
}

impl Organization {
    pub(super) async fn new(world: &World, name: &str) -> Self {
        let tenant = world.tenant().await;
        let (human, other) = (world.member_with_password(&tenant, false).await, world.member(&tenant).await);
        let (machine, other_machine) =
            (world.service_account(&tenant).await, world.service_account(&tenant).await);
        let mut words = vec![tenant.id.to_string()];
        let everybody = [&tenant.admin, &human, &other, &machine, &other_machine];
        for (number, person) in everybody.into_iter().enumerate() {
            words.extend([person.user.id.to_string(), person.user.email.to_string()]);
            let called = format!("{name} person {number}");
            world.store.rename_user(person.user.id, &called).await.unwrap();
            words.push(called);
        }
        let slug = format!("space-of-{name}");
        for slug in [slug.clone(), format!("{slug}-2")] {
            let space = world.space(&tenant, &slug).await;
            for member in [&human, &machine, &other] {
                world.join(member, &space, SpaceRole::Admin).await;
            }
            words.extend([space.id.to_string(), slug, space.name]);
        }
        let space = world.store.space(tenant.id, &slug.parse().unwrap()).await.unwrap().unwrap();
        let mut products = Vec::new();
        for product in ["one", "two"] {
            let product = world.product(&space, &human, &format!("{name} product {product}")).await;
            words.extend([product.id.to_string(), product.name]);
            products.push(product.id.to_string());
        }
        let key_of_human = keys(world, &human, &mut words).await;
        let key_of_service_account = keys(world, &machine, &mut words).await;
        keys(world, &tenant.admin, &mut words).await;
        let admin_key = world.key(&tenant.admin).await;
        let (session, admin_session) = (world.session(&human).await, world.session(&tenant.admin).await);
        let machine_session = world.session(&other).await;
        words.extend([&admin_key.id.to_string(), &session.id.to_string()].map(Clone::clone));
        words.extend([admin_session.id.to_string(), machine_session.id.to_string()]);
        audited(world, &tenant).await;
        let things = Things {
            human: human.user.id.to_string(),
            email: human.user.email.to_string(),
            service_account: machine.user.id.to_string(),
            key_of_human,
            key_of_service_account,
            session: session.id.to_string(),
            slug,
            product: products.remove(0),
        };
        Self {
            things,
            admin_session: admin_session.token,
            admin_key: admin_key.text,
            human_session: session.token,
            words,
        }
    }

    pub(super) fn admin(&self, credential: Credential) -> &str {
        match credential {
            Credential::Session => &self.admin_session,
            Credential::Key => &self.admin_key,
        }
    }

    /// Who in the organization may use an operation with this path on its things.
    pub(super) fn caller(&self, template: &str) -> &str {
        let for_admins = template.starts_with("/admin/") || template.starts_with("/spaces/");
        if for_admins { &self.admin_session } else { &self.human_session }
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    pub(super) fn is_told_of(&self, text: &str) -> bool {
        self.words().any(|word| text.contains(word))
    }
}

/// Two keys of a person. The id of the first.
async fn keys(world: &World, person: &Person, words: &mut Vec<String>) -> String {
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(world.key(person).await.id.to_string());
    }
    words.extend(ids.clone());
    ids.remove(0)
}

/// Two changes by the admin, with their events.
async fn audited(world: &World, tenant: &Tenant) {
    use auth::audit::{Action, Actor, AuditEvent};
    for _ in 0..2 {
        let event = {
            let rng = &mut *world.rng.lock().unwrap();
            let (actor, target) = (Actor::User(tenant.admin.user.id), tenant.id.to_string());
            AuditEvent::new(
                tenant.id,
                actor,
                None,
                Action::PolicyUpdated,
                target,
                "192.0.2.7",
                world.now(),
                rng,
            )
        };
        world.store.audit(&event).await.unwrap();
    }
}
