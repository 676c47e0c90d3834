//! What requests read from the table: the same in an organization of ten users and in a large one.
//!
//! - A decision is one `BatchGetItem`, and one more where a key was moved.
//! - Each operation that reads makes the same requests to the table and costs no more than a page's entries differ in,
//!   whoever asks. So it is for each `GET` of the document: one that is new fails here until `requests` says how it is
//!   asked.
//!
//! `cargo xtask bench scale` measures the same on a table of 100 organizations, one of them with 100,000 users, and
//! prints the tables of docs/operations.md.

mod requests;

use crate::support::{
    Call, Person, World, canary,
    document::DOCUMENT,
    event,
    table::{table, table_in},
};
use auth::ids::ProductId;
use bench::meter::Metered;
use bench::population::{Population, Size, Tenant};
use dynoxide::Database;
use requests::{Caller, DECISIONS, READS};
use std::{
    collections::{BTreeMap, BTreeSet},
    env,
};

/// The most entries of a page here. Where a page's entries are looked up one by one, some are of the same user in a small
/// organization, and each that is not is a unit more.
const PAGE: f64 = 5.0;
/// The database that `cargo xtask bench scale` has filled, and whether its large organization is a small one.
const DATABASE: &str = "QARION_SCALE";

/// An organization, and the credentials of those in it who ask.
struct Scene<'a> {
    world: &'a World,
    tenant: Tenant,
    product: ProductId,
    credentials: [String; 5],
}

impl<'a> Scene<'a> {
    async fn new(world: &'a World, tenant: Tenant) -> Self {
        let session = async |user| world.session(&Person { user, password: None }).await.token;
        let key = tenant.key_of_member().1.reveal(&world.prefix).to_string();
        canary::note(&key);
        let admin = session(tenant.admin()).await;
        let credentials = [
            session(tenant.member()).await,
            session(tenant.everywhere()).await,
            admin.clone(),
            key,
            moved(world, &tenant, &admin).await,
        ];
        let admin = Person { user: tenant.admin(), password: None };
        let mut product = ProductId::from_bits(0);
        for _ in 0..6 {
            product = world.product(&tenant.busy_space(), &admin, "Lamp").await.id;
        }
        let scene = Self { world, tenant, product, credentials };
        // What is read once in a minute is read now.
        scene.cost(&scene.call(Caller::Member, "GET", "/users/me")).await;
        scene
    }

    fn call(&self, caller: Caller, method: &str, target: &str) -> Call {
        let target = target
            .replace("<member>", &self.tenant.member().id.to_string())
            .replace("<everywhere>", &self.tenant.everywhere().id.to_string())
            .replace("<machine>", &self.tenant.machine().id.to_string())
            .replace("<machine's key>", &self.tenant.key_of_machine().0.id.to_string())
            .replace("<key>", &self.tenant.key_of_member().0.id.to_string())
            .replace("<space>", self.tenant.busy_space().slug.as_str())
            .replace("<home>", self.tenant.home_of_member().slug.as_str())
            .replace("<product>", &self.product.to_string());
        let [member, everywhere, admin, key, moved] = &self.credentials;
        Call::new(method, target).bearer(match caller {
            Caller::Member => member,
            Caller::MemberOfAll => everywhere,
            Caller::Admin => admin,
            Caller::Key => key,
            Caller::MovedKey => moved,
        })
    }

    /// What an answer took: the decision and the function together.
    async fn cost(&self, call: &Call) -> Vec<Metered> {
        let deployment = self.world.deployment();
        deployment.meter.start();
        let answer = self.world.raw_call(call).await;
        let cost = deployment.meter.stop();
        assert!(matches!(answer.status, 200 | 204), "{} {}: {}", call.method, call.target, answer.status);
        cost
    }

    /// What a decision took.
    async fn decision(&self, call: &Call) -> Vec<Metered> {
        let deployment = self.world.deployment();
        let routed = DOCUMENT.route(&call.method, call.path()).expect("an operation");
        let asked = serde_json::from_value(event::authorizer(call, &routed)).expect("an event");
        deployment.meter.start();
        let decided = deployment.gateway.authorizer.answer(&asked, &mut deployment.ambient()).await;
        let cost = deployment.meter.stop();
        let effect = decided.expect("a decision")["policyDocument"]["Statement"][0]["Effect"].clone();
        assert_eq!(effect, "Allow", "{} {}", call.method, call.target);
        cost
    }
}

/// A key of a user, which an admin has moved to a service account.
async fn moved(world: &World, tenant: &Tenant, admin: &str) -> String {
    // Whose keys nobody lists here: a place that a key was moved from is passed over there.
    let user = tenant.everywhere();
    let key = world.key(&Person { user: user.clone(), password: None }).await;
    let target = format!("/admin/users/{}/api-keys/{}/move", user.id, key.id);
    let body = serde_json::json!({"to": tenant.machine().id, "allow_loss": true, "allow_gain": true});
    world.call(Call::post(target).bearer(admin).json(body)).await.expect(200);
    key.text
}

/// The requests of which it consists, in order.
fn requests(cost: &[Metered]) -> Vec<&str> {
    cost.iter().map(|it| &*it.operation).collect()
}

fn units(cost: &[Metered]) -> f64 {
    cost.iter().map(|it| it.units).sum()
}

/// A deployment with one organization of ten users and one of thousands.
async fn populated() -> (World, Population) {
    let table = table().await;
    let population = Population::new(2, Size::MIDDLE);
    population.fill(async |bulk| table.store.put_bulk(bulk).await).await.unwrap();
    (World::on(table).await, population)
}

#[tokio::test]
async fn a_decision_is_one_read_however_large_the_organization_is() {
    let (world, population) = populated().await;
    for tenant in [population.small(), population.large()] {
        let scene = Scene::new(&world, tenant).await;
        for (name, caller, method, target, reads, most) in DECISIONS {
            let cost = scene.decision(&scene.call(caller, method, target)).await;
            assert_eq!(requests(&cost), vec!["BatchGetItem"; reads], "{name}");
            assert!(units(&cost) <= most, "{name}: {} units", units(&cost));
        }
    }
}

#[tokio::test]
async fn what_is_read_costs_the_same_however_large_the_organization_is() {
    let (world, population) = populated().await;
    let (small, large) =
        (Scene::new(&world, population.small()).await, Scene::new(&world, population.large()).await);
    let mut grow = Vec::new();
    for (name, caller, target) in READS {
        let less = small.cost(&small.call(caller, "GET", target)).await;
        let more = large.cost(&large.call(caller, "GET", target)).await;
        let known = |it: &Metered| matches!(&*it.operation, "GetItem" | "BatchGetItem" | "Query");
        assert!(more.iter().all(known), "{name}: {:?}", requests(&more));
        if requests(&less) != requests(&more) || units(&more) > units(&less) + PAGE {
            grow.push(format!(
                "{name}: {} units by {:?}, {} by {:?}",
                units(&less),
                requests(&less),
                units(&more),
                requests(&more)
            ));
        }
    }
    assert!(grow.is_empty(), "{}", grow.join("\n"));
}

#[test]
fn every_operation_that_reads_is_measured() {
    let documented = DOCUMENT.protected().filter(|it| it.method == "GET").map(|it| &*it.template);
    let measured = READS.iter().map(|(name, _, target)| {
        let path = target.split('?').next().unwrap();
        &*DOCUMENT.route("GET", path).unwrap_or_else(|| panic!("{name}: no operation")).operation.template
    });
    assert_eq!(measured.collect::<BTreeSet<_>>(), documented.collect());
}

/// A table of the decisions and one of the operations that read, for docs/operations.md.
#[tokio::test]
#[ignore = "part of `cargo xtask bench scale`"]
async fn report() {
    let path = env::var(DATABASE).expect("cargo xtask bench scale");
    let table = table_in(Database::new(&path).unwrap()).await;
    table.forget_signing_keys().await;
    let size = if path.ends_with("small.db") { Size::MIDDLE } else { Size::LARGE };
    let population = Population::new(100, size);
    let world = World::on(table).await;
    let (small, large) =
        (Scene::new(&world, population.small()).await, Scene::new(&world, population.large()).await);
    let users = |scene: &Scene<'_>| scene.tenant.size.users;
    let head =
        format!("requests to the table | units, {} users | units, {} users", users(&small), users(&large));
    println!("\n| decision | {head} |\n|---|---|---|---|");
    for (name, caller, method, target, ..) in DECISIONS {
        let less = small.decision(&small.call(caller, method, target)).await;
        println!("{}", row(name, &less, &large.decision(&large.call(caller, method, target)).await));
    }
    println!("\n| operation, decision included | {head} | a page of 100 |\n|---|---|---|---|---|");
    for (name, caller, target) in READS {
        let less = small.cost(&small.call(caller, "GET", target)).await;
        let more = large.cost(&large.call(caller, "GET", target)).await;
        let full = match target.split_once("limit=") {
            None => String::new(),
            Some((before, after)) => {
                let target =
                    format!("{before}limit=100{}", after.trim_start_matches(|it: char| it.is_ascii_digit()));
                units(&large.cost(&large.call(caller, "GET", &target)).await).to_string()
            }
        };
        println!("{} {full} |", row(name, &less, &more));
    }
    revocation(&small).await;
    revocation(&large).await;
}

/// What a revocation reads: it grows with the keys of its user.
async fn revocation(scene: &Scene<'_>) {
    let (asking, asked) = (scene.tenant.key_of_machine().1, scene.tenant.other_key_of_machine());
    let call = Call::delete(format!("/api-keys/{}", asked.id)).bearer(&*asking.reveal(&scene.world.prefix));
    let cost = scene.cost(&call).await;
    let reads: Vec<_> = cost.into_iter().filter(|it| it.operation == "Query").collect();
    let keys = scene.tenant.keys_of_machine();
    println!(
        "\nA revocation among {keys} keys of one user reads {} units in {} requests.",
        units(&reads),
        reads.len()
    );
}

fn row(name: &str, small: &[Metered], large: &[Metered]) -> String {
    let mut counts = BTreeMap::new();
    requests(large).into_iter().for_each(|it| *counts.entry(it).or_insert(0) += 1);
    let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    format!("| {name} | {} | {} | {} |", counts.join(", "), units(small), units(large))
}
