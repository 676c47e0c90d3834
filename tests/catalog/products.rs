//! `/catalog/spaces/{space}/products`.

use crate::support::{Call, Person, World};
use auth::access::SpaceRole;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A world with the space `north` and an Editor of it, and that one's token.
struct North {
    world: World,
    space: auth::records::Space,
    editor: Person,
    token: String,
}

async fn north() -> North {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let editor = world.member(&tenant).await;
    let space = world.space(&tenant, "north").await;
    world.join(&editor, &space, SpaceRole::Editor).await;
    let token = world.session(&editor).await.token;
    North { world, space, editor, token }
}

const PRODUCTS: &str = "/catalog/spaces/north/products";

impl North {
    fn create(&self, body: Value) -> Call {
        Call::post(PRODUCTS).bearer(&self.token).json(body)
    }

    fn read(&self, id: &str) -> Call {
        Call::get(format!("{PRODUCTS}/{id}")).bearer(&self.token)
    }

    fn replace(&self, id: &str, body: Value) -> Call {
        Call::put(format!("{PRODUCTS}/{id}")).bearer(&self.token).json(body)
    }

    fn delete(&self, id: &str) -> Call {
        Call::delete(format!("{PRODUCTS}/{id}")).bearer(&self.token)
    }

    async fn lamp(&self) -> String {
        self.world.product(&self.space, &self.editor, "Lamp").await.id.to_string()
    }
}

#[tokio::test]
async fn a_new_product_is_found_where_the_answer_says() {
    let north = north().await;
    let body = json!({"name": "Lamp", "description": "Bright.\nWarm.", "tags": ["light", "home"]});
    let answer = north.world.call(north.create(body)).await.expect(201);
    assert_eq!(answer.header("etag"), "\"1\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    insta::assert_json_snapshot!(answer.json(), {
        ".id" => "[prd]", ".created_at" => "[time]", ".updated_at" => "[time]", ".created_by" => "[usr]",
        ".updated_by" => "[usr]",
    });
    assert_eq!(answer.text("created_by"), north.editor.user.id.to_string());
    // Relative to the request's own path, whatever stage stands before that.
    assert_eq!(answer.header("location"), format!("products/{}", answer.text("id")));
    let shown = north.world.call(north.read(&answer.text("id"))).await.expect(200);
    assert_eq!(shown.json(), answer.json());
    assert_eq!(shown.header("etag"), "\"1\"");
}

#[tokio::test]
async fn what_is_out_of_bounds_is_refused_and_names_the_field() {
    let north = north().await;
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (json!({"name": "x".repeat(201)}), "name"),
        (json!({"name": "x", "description": "x".repeat(2001)}), "description"),
        (json!({"name": "x", "tags": vec!["x"; 21]}), "tags"),
        (json!({"name": "x", "tags": [""]}), "tags"),
        (json!({"name": "x", "tags": ["x".repeat(51)]}), "tags"),
    ] {
        let answer = north.world.call(north.create(body)).await.expect(422);
        assert!(answer.text("detail").starts_with(&format!("{field}: ")), "{}", answer.text("detail"));
    }
    for body in [json!({}), json!({"name": "x", "id": "prd_00000000000"}), json!({"name": "x", "tags": "x"})]
    {
        north.world.call(north.create(body)).await.expect(400);
    }
    let big = north.create(json!({"name": "x", "description": "x".repeat(11_000)}));
    north.world.call(big).await.is_error(413, "Request body is too large");
    let listed = north.world.call(Call::get(PRODUCTS).bearer(&north.token)).await.expect(200);
    assert_eq!(listed.json(), json!({"products": [], "next_cursor": null}));
}

#[tokio::test]
async fn pages_lead_through_the_whole_list_once() {
    let north = north().await;
    let mut made = BTreeSet::new();
    for number in 0..5 {
        let name = format!("Lamp {number}");
        made.insert(north.world.product(&north.space, &north.editor, &name).await.id.to_string());
    }
    let (mut seen, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page =
            north.world.call(Call::get(format!("{PRODUCTS}{query}")).bearer(&north.token)).await.expect(200);
        let page = page.json();
        let products = page["products"].as_array().unwrap();
        assert!(products.len() <= 2);
        seen.extend(products.iter().map(|product| product["id"].as_str().unwrap().to_owned()));
        match &page["next_cursor"] {
            Value::String(cursor) => query = format!("?limit=2&cursor={cursor}"),
            _ => break,
        }
    }
    assert_eq!(seen.len(), made.len());
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), made);
}

#[tokio::test]
async fn a_replaced_product_has_the_new_content_and_the_next_version() {
    let north = north().await;
    let body = json!({"name": "Lamp", "description": "Old.", "tags": ["old"]});
    let before = north.world.call(north.create(body)).await.expect(201).json();
    let id = before["id"].as_str().unwrap();
    let answer = north.world.call(north.replace(id, json!({"name": "Lantern"}))).await.expect(200);
    assert_eq!(answer.header("etag"), "\"2\"");
    let mut expected = before.clone();
    expected["name"] = json!("Lantern");
    expected["description"] = json!("");
    expected["tags"] = json!([]);
    expected["version"] = json!(2);
    expected["updated_at"] = answer.json()["updated_at"].clone();
    assert_eq!(answer.json(), expected);
    assert_eq!(north.world.call(north.read(id)).await.expect(200).json(), expected);
}

#[tokio::test]
async fn only_the_version_that_was_read_is_replaced_or_deleted() {
    let north = north().await;
    let id = north.lamp().await;
    let change = |tag: &str| north.replace(&id, json!({"name": "Lantern"})).header("If-Match", tag);
    let changed = "It was changed since it was read";
    for tag in ["\"2\"", "\"0\"", "1", "W/\"1\"", "junk"] {
        north.world.call(change(tag)).await.is_error(412, changed);
        north.world.call(north.delete(&id).header("If-Match", tag)).await.is_error(412, changed);
    }
    assert_eq!(north.world.call(north.read(&id)).await.expect(200).json()["version"], 1);
    north.world.call(change("\"1\"")).await.expect(200);
    north.world.call(change("\"1\"")).await.is_error(412, changed);
    north.world.call(north.delete(&id).header("If-Match", "\"1\"")).await.is_error(412, changed);
    north.world.call(north.delete(&id).header("If-Match", "\"2\"")).await.expect(204);
    north.world.call(change("\"2\"")).await.is_not_found();
}

#[tokio::test]
async fn a_deleted_product_is_gone() {
    let north = north().await;
    let id = north.lamp().await;
    let answer = north.world.call(north.delete(&id)).await.expect(204);
    assert_eq!(answer.header("cache-control"), "no-store");
    north.world.call(north.read(&id)).await.is_not_found();
    north.world.call(north.delete(&id)).await.is_not_found();
    north.world.call(north.replace(&id, json!({"name": "x"}))).await.is_not_found();
    north.world.call(north.read("prd_00000000000")).await.is_not_found();
}

#[tokio::test]
async fn a_product_is_found_in_its_own_space_only() {
    let north = north().await;
    let id = north.lamp().await;
    let tenant = crate::support::Tenant {
        id: north.space.organization,
        name: String::new(),
        admin: north.editor.clone(),
    };
    let south = north.world.space(&tenant, "south").await;
    north.world.join(&north.editor, &south, SpaceRole::Editor).await;
    let elsewhere = Call::get(format!("/catalog/spaces/south/products/{id}")).bearer(&north.token);
    north.world.call(elsewhere).await.is_not_found();
}

#[tokio::test]
async fn a_role_change_holds_on_the_next_request() {
    let north = north().await;
    north.world.call(north.create(json!({"name": "Lamp"}))).await.expect(201);
    north.world.join(&north.editor, &north.space, SpaceRole::Viewer).await;
    north.world.call(north.create(json!({"name": "Lamp"}))).await.is_forbidden();
    north.world.call(Call::get(PRODUCTS).bearer(&north.token)).await.expect(200);
    let removed =
        north.world.store.remove_member(north.editor.user.id, north.space.organization, &north.space.slug);
    assert_eq!(removed.await.unwrap(), store::MemberChange::Done);
    north.world.call(Call::get(PRODUCTS).bearer(&north.token)).await.is_forbidden();
}

#[tokio::test]
async fn a_space_of_another_organization_and_one_that_is_none_are_the_same_403() {
    let north = north().await;
    let other = north.world.tenant().await;
    north.world.space(&other, "secret").await;
    let answers = [
        north.world.call(Call::get("/catalog/spaces/secret/products").bearer(&north.token)).await,
        north.world.call(Call::get("/catalog/spaces/nowhere/products").bearer(&north.token)).await,
    ];
    answers.iter().for_each(crate::support::Answer::is_forbidden);
    assert_eq!(answers[0].body, answers[1].body);
}
