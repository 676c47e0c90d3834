//! `/spaces/{space}/members`: who may what in a space, for its Admins.

use crate::support::{Call, Person, Tenant, World, in_process, turns::in_turns};
use auth::{access::SpaceRole, records::Space};
use serde_json::{Value, json};

struct Scene {
    world: World,
    tenant: Tenant,
    north: Space,
    /// An Admin of the space, and of nothing else.
    chief: Person,
    token: String,
}

impl Scene {
    async fn new() -> Self {
        Self::of(World::new().await).await
    }

    async fn of(world: World) -> Self {
        let tenant = world.tenant().await;
        let north = world.space(&tenant, "north").await;
        let chief = world.member(&tenant).await;
        world.join(&chief, &north, SpaceRole::Admin).await;
        let token = world.session(&chief).await.token;
        Self { world, tenant, north, chief, token }
    }

    fn put(&self, person: &Person, role: &str) -> Call {
        Call::put(path(person)).bearer(&self.token).json(json!({"role": role}))
    }

    async fn members(&self) -> Vec<Value> {
        let call = Call::get("/spaces/north/members").bearer(&self.token);
        let list = self.world.call(call).await.expect(200).json();
        assert_eq!(list["next_cursor"], json!(null));
        list["members"].as_array().unwrap().clone()
    }
}

fn path(person: &Person) -> String {
    format!("/spaces/north/members/{}", person.user.id)
}

#[tokio::test]
async fn a_member_enters_gets_another_role_and_leaves_and_each_holds_from_the_next_request() {
    let scene = Scene::new().await;
    let person = scene.world.member(&scene.tenant).await;
    let session = scene.world.session(&person).await.token;
    let products = || Call::get("/catalog/spaces/north/products").bearer(&session);
    let lamp = || Call::post("/catalog/spaces/north/products").bearer(&session).json(json!({"name": "Lamp"}));
    scene.world.call(products()).await.is_forbidden();

    let put = scene.world.call(scene.put(&person, "viewer")).await.expect(200).json();
    let user = json!({
        "id": person.user.id.to_string(), "email": person.user.email.as_str(), "name": person.user.name,
        "kind": "human",
    });
    assert_eq!(put, json!({"user": user, "role": "viewer"}));
    scene.world.call(products()).await.expect(200);
    scene.world.call(lamp()).await.is_forbidden();

    scene.world.call(scene.put(&person, "editor")).await.expect(200);
    scene.world.call(scene.put(&person, "editor")).await.expect(200);
    scene.world.call(lamp()).await.expect(201);

    let leave = || Call::delete(path(&person)).bearer(&scene.token);
    scene.world.call(leave()).await.expect(204);
    scene.world.call(products()).await.is_forbidden();
    scene.world.call(leave()).await.is_not_found();
}

#[tokio::test]
async fn a_service_account_is_a_member_as_a_person_is() {
    let scene = Scene::new().await;
    let service = scene.world.service_account(&scene.tenant).await;
    let key = scene.world.key(&service).await.text;
    let products = || Call::get("/catalog/spaces/north/products").bearer(&key);
    scene.world.call(products()).await.is_forbidden();
    let put = scene.world.call(scene.put(&service, "viewer")).await.expect(200).json();
    assert_eq!(put["user"]["kind"], "service_account");
    scene.world.call(products()).await.expect(200);
}

#[tokio::test]
async fn members_are_listed_with_their_names_in_pages() {
    let scene = Scene::new().await;
    let mut expected = vec![(scene.chief.user.id.to_string(), "admin")];
    for role in [SpaceRole::Viewer, SpaceRole::Editor, SpaceRole::Viewer, SpaceRole::Admin] {
        let person = scene.world.member(&scene.tenant).await;
        scene.world.join(&person, &scene.north, role).await;
        expected.push((person.user.id.to_string(), role.as_str()));
    }
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let call = Call::get(format!("/spaces/north/members?limit=2{cursor}")).bearer(&scene.token);
        let page = scene.world.call(call).await.expect(200).json();
        for member in page["members"].as_array().unwrap() {
            let text = |it: &Value| it.as_str().unwrap().to_owned();
            found.push((text(&member["user"]["id"]), text(&member["role"])));
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let mut expected: Vec<_> = expected.into_iter().map(|(id, role)| (id, role.to_owned())).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    let bad = Call::get("/spaces/north/members?cursor=a2V5").bearer(&scene.token);
    scene.world.call(bad).await.expect(422);
}

#[tokio::test]
async fn the_last_admin_of_a_space_stays_one() {
    let scene = Scene::new().await;
    let detail = "The user is the space's last Admin";
    scene.world.call(scene.put(&scene.chief, "viewer")).await.is_error(409, detail);
    scene.world.call(Call::delete(path(&scene.chief)).bearer(&scene.token)).await.is_error(409, detail);
    let second = scene.world.member(&scene.tenant).await;
    scene.world.call(scene.put(&second, "admin")).await.expect(200);
    scene.world.call(Call::delete(path(&scene.chief)).bearer(&scene.token)).await.expect(204);
    scene.world.call(Call::get("/spaces/north/members").bearer(&scene.token)).await.is_forbidden();
    // An organization's admin is an Admin there, and no member: it does not count.
    let admin = scene.world.session(&scene.tenant.admin).await.token;
    scene.world.call(Call::delete(path(&second)).bearer(&admin)).await.is_error(409, detail);
}

#[tokio::test]
async fn of_two_admins_who_leave_at_once_one_stays() {
    let scene = Scene::new().await;
    let second = scene.world.member(&scene.tenant).await;
    scene.world.call(scene.put(&second, "admin")).await.expect(200);
    let admin = scene.world.session(&scene.tenant.admin).await.token;
    let (one, two) =
        (Call::delete(path(&scene.chief)).bearer(&admin), Call::delete(path(&second)).bearer(&admin));
    let (one, two) = tokio::join!(scene.world.call(one), scene.world.call(two));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
}

#[tokio::test]
async fn another_organization_s_user_no_user_and_no_role_are_refused() {
    let scene = Scene::new().await;
    let other = scene.world.tenant().await;
    scene.world.call(scene.put(&other.admin, "viewer")).await.is_not_found();
    let nobody = Call::put("/spaces/north/members/usr_00000000000").bearer(&scene.token);
    scene.world.call(nobody.json(json!({"role": "viewer"}))).await.is_not_found();
    let person = scene.world.member(&scene.tenant).await;
    for role in ["owner", "", "Viewer"] {
        let refused = scene.world.call(scene.put(&person, role)).await;
        refused.is_error(422, "role: must be viewer, editor or admin");
    }
    assert_eq!(scene.members().await.len(), 1);
    // Nor does another organization's admin reach this space, or one of the same name by it.
    let theirs = scene.world.session(&other.admin).await.token;
    scene.world.call(Call::get("/spaces/north/members").bearer(&theirs)).await.is_forbidden();
    scene.world.space(&other, "north").await;
    let list = scene.world.call(Call::get("/spaces/north/members").bearer(&theirs)).await.expect(200).json();
    assert_eq!(list["members"], json!([]));
}

#[tokio::test]
async fn a_space_that_is_deleted_between_the_decision_and_the_list_is_refused_as_if_it_had_gone_before() {
    let mut answers = Vec::new();
    for calls in 0..6 {
        let scene = Scene::of(in_process!("puts calls in an order")).await;
        let admin = scene.world.session(&scene.tenant.admin).await.token;
        let order: Vec<bool> = [true].repeat(calls).into_iter().chain([false].repeat(60)).collect();
        let list = scene.world.call(Call::get("/spaces/north/members").bearer(&scene.token));
        let delete = scene.world.call(Call::delete("/admin/spaces/north").bearer(&admin));
        let (listed, deleted) = in_turns(&order, list, delete).await;
        deleted.expect(204);
        answers.push(listed.status);
    }
    // The decision's read is the first or, where the signing keys are read before it, the second.
    assert_eq!(answers[..3], [403; 3]);
    answers.dedup();
    assert_eq!(answers, [403, 200]);
}
