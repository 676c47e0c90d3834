//! What requests read from the table: the same in an organization of ten users and in a large one.
//!
//! - A decision is one `BatchGetItem`.
//! - Every operation that only reads makes the same calls, and none of them costs more. So it is for each `GET` of the
//!   document: one that is new fails here until it is said how it is asked.
//!
//! `cargo xtask bench scale` measures the same on a table of 100 organizations, one of them with 100,000 users, and
//! prints what docs/operations.md says.

use crate::support::{
    Call, Person, World, canary,
    document::{DOCUMENT, Operation},
    event,
    meter::Metered,
    table::table,
};
use bench::population::{Population, Size, Tenant};

/// What the operations are asked of: a full page is the same in each organization.
const LIMIT: usize = 5;

/// An organization, and the credentials of those in it who ask.
struct Scene<'a> {
    world: &'a World,
    tenant: Tenant,
    admin: String,
    member: String,
    machine: String,
}

impl<'a> Scene<'a> {
    async fn new(world: &'a World, tenant: Tenant) -> Self {
        let session = async |user| world.session(&Person { user, password: None }).await.token;
        let machine = tenant.key_of_machine().1.reveal(&world.prefix).to_string();
        canary::note(&machine);
        Self {
            world,
            tenant,
            admin: session(tenant.admin()).await,
            member: session(tenant.member()).await,
            machine,
        }
    }

    /// How an operation that reads is asked; `None` where nobody has to ask.
    async fn request(&self, operation: &Operation) -> Call {
        let Self { tenant, admin, member, .. } = self;
        let template = &*operation.template;
        let page = |path: &str| format!("{path}?limit={LIMIT}");
        let key = tenant.key_of_member().0.id;
        let space = tenant.busy_space().slug;
        let (path, bearer) = match template {
            "/users/me" | "/users/me/sessions" => (template.to_owned(), member),
            "/api-keys" => (page(template), member),
            "/api-keys/{id}" => (format!("/api-keys/{key}"), member),
            "/admin/policy" => (template.to_owned(), admin),
            "/catalog/spaces/{space}/products" => (format!("/catalog/spaces/{space}/products"), admin),
            "/catalog/spaces/{space}/products/{product}" => {
                (format!("/catalog/spaces/{space}/products/prd_00000000001"), admin)
            }
            _ => panic!("say here how {} is asked: it is measured", operation.name()),
        };
        Call::get(path).bearer(bearer)
    }

    /// What an answer took: the decision and the function together.
    async fn cost(&self, call: &Call) -> Vec<Metered> {
        let deployment = self.world.deployment();
        deployment.meter.start();
        let answer = self.world.raw_call(call).await;
        let cost = deployment.meter.stop();
        assert!(matches!(answer.status, 200 | 404), "{} {}: {}", call.method, call.path(), answer.status);
        cost
    }

    /// What a decision took.
    async fn decision(&self, call: &Call) -> Vec<Metered> {
        let deployment = self.world.deployment();
        let asked = event::authorizer(call, &DOCUMENT.route(&call.method, call.path()).unwrap());
        let asked = serde_json::from_value(asked).unwrap();
        deployment.meter.start();
        let decided = deployment.gateway.authorizer.answer(&asked, &mut deployment.ambient()).await;
        let cost = deployment.meter.stop();
        let effect = decided.unwrap()["policyDocument"]["Statement"][0]["Effect"].clone();
        assert_eq!(effect, "Allow", "{} {}", call.method, call.path());
        cost
    }
}

/// The operations that only read and ask who reads.
fn readers() -> impl Iterator<Item = &'static Operation> {
    DOCUMENT.protected().filter(|operation| operation.method == "GET")
}

fn operations(cost: &[Metered]) -> Vec<&str> {
    cost.iter().map(|it| &*it.operation).collect()
}

fn units(cost: &[Metered]) -> f64 {
    cost.iter().map(|it| it.units).sum()
}

/// A deployment with one organization of ten users and one of thousands.
async fn populated() -> (World, Population) {
    let table = table().await;
    let population = Population::new(2, Size::MIDDLE);
    population.fill(&table.store, |_| {}).await.unwrap();
    (World::on(table).await, population)
}

#[tokio::test]
async fn report() {
    let (world, population) = populated().await;
    let small = Scene::new(&world, population.small()).await;
    let large = Scene::new(&world, population.large()).await;
    for operation in readers() {
        for scene in [&small, &large] {
            let call = scene.request(operation).await;
            let cost = scene.cost(&call).await;
            println!("{} {:?} {}", operation.name(), operations(&cost), units(&cost));
        }
    }
}
