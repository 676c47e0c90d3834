//! `/users/me`.

use crate::support::{Call, World, credentials::only};
use auth::access::SpaceRole;
use serde_json::{Value, json};

#[tokio::test]
async fn a_session_reads_who_it_is() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let north = world.space(&tenant, "north").await;
    world.space(&tenant, "south").await;
    world.join(&person, &north, SpaceRole::Editor).await;
    let session = world.session(&person).await;
    let answer = world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    insta::assert_json_snapshot!(answer.json(), {
        ".id" => "[usr]", ".email" => "[email]", ".organization.id" => "[org]", ".spaces[].id" => "[spc]",
        ".credential.id" => "[ses]",
    });
    let me = answer.json();
    assert_eq!(me["id"], person.user.id.to_string());
    assert_eq!(me["email"], person.user.email.as_str());
    assert_eq!(me["organization"]["id"], tenant.id.to_string());
    assert_eq!(me["credential"]["id"], session.id.to_string());
    assert_eq!(me["spaces"][0]["id"], north.id.to_string());
}

#[tokio::test]
async fn a_key_reads_who_it_is_and_is_named_as_the_credential() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let service = world.service_account(&tenant).await;
    let key = world.key(&service).await;
    let me = world.call(Call::get("/users/me").bearer(&key.text)).await.expect(200).json();
    assert_eq!(me["kind"], "service_account");
    assert_eq!(me["credential"], json!({"kind": "api_key", "id": key.id.to_string()}));
}

#[tokio::test]
async fn an_organization_s_admin_is_admin_in_each_of_its_spaces() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    world.space(&tenant, "north").await;
    world.space(&tenant, "south").await;
    let session = world.session(&tenant.admin).await;
    let me = world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200).json();
    assert_eq!(
        me["organization"],
        json!({"id": tenant.id.to_string(), "name": tenant.name, "role": "admin"})
    );
    let spaces: Vec<_> =
        me["spaces"].as_array().unwrap().iter().map(|it| (&it["slug"], &it["role"])).collect();
    assert_eq!(spaces, [(&json!("north"), &json!("admin")), (&json!("south"), &json!("admin"))]);
}

#[tokio::test]
async fn spaces_come_a_page_at_a_time_each_once_and_in_order() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let slugs = ["east", "north", "south", "up", "west"];
    for slug in slugs {
        let space = world.space(&tenant, slug).await;
        world.join(&person, &space, SpaceRole::Viewer).await;
    }
    for (caller, role) in [(&person, "viewer"), (&tenant.admin, "admin")] {
        let session = world.session(caller).await;
        for limit in [1, 2, 4, 5, 6] {
            let (mut seen, mut target) = (Vec::new(), format!("/users/me?limit={limit}"));
            loop {
                let me = world.call(Call::get(&target).bearer(&session.token)).await.expect(200).json();
                let page = me["spaces"].as_array().unwrap().clone();
                assert!(page.len() <= limit, "{limit}");
                assert!(page.iter().all(|it| it["role"] == role));
                seen.extend(page.iter().map(|it| it["slug"].as_str().unwrap().to_owned()));
                let Some(cursor) = me["next_cursor"].as_str() else { break };
                target = format!("/users/me?limit={limit}&cursor={cursor}");
            }
            assert_eq!(seen, slugs, "{role}, {limit} at a time");
        }
    }
}

#[tokio::test]
async fn a_page_of_spaces_out_of_bounds_is_refused() {
    let world = World::new().await;
    let session = world.session(&world.member(&world.tenant().await).await).await;
    for query in ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=VVA", "limit=1&limit=2"] {
        let answer =
            world.call(Call::get(format!("/users/me?{query}")).bearer(&session.token)).await.expect(422);
        let field = query.split('=').next().unwrap();
        assert!(
            answer.text("detail").starts_with(&format!("{field}: ")),
            "{query}: {}",
            answer.text("detail")
        );
    }
}

#[tokio::test]
async fn a_membership_of_an_earlier_space_of_the_same_name_is_none() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let north = world.space(&tenant, "north").await;
    world.join(&person, &north, SpaceRole::Editor).await;
    let session = world.session(&person).await;
    world.delete_space(&north).await;
    world.space(&tenant, "north").await;
    let me = world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200).json();
    assert_eq!(me["spaces"], json!([]));
    world.call(Call::get("/catalog/spaces/north/products").bearer(&session.token)).await.is_forbidden();
}

#[tokio::test]
async fn a_key_restricted_to_a_space_reads_who_it_is_and_changes_nothing() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let north = world.space(&tenant, "north").await;
    world.join(&person, &north, SpaceRole::Viewer).await;
    let key = world.key_with(&person, |key| key.spaces = only(&[&north])).await;
    world.call(Call::get("/users/me").bearer(&key.text)).await.expect(200);
    world.call(rename(&key.text, json!({"name": "New"}))).await.is_forbidden();
}

fn rename(credential: &str, body: Value) -> Call {
    Call::patch("/users/me").bearer(credential).json(body)
}

#[tokio::test]
async fn a_new_name_is_in_the_answer_and_in_the_next_one() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    let answer = world.call(rename(&session.token, json!({"name": "Zoë Ωmega"}))).await.expect(200);
    assert_eq!(answer.json()["name"], "Zoë Ωmega");
    let me = world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200);
    assert_eq!(me.json(), answer.json());
}

#[tokio::test]
async fn a_name_out_of_bounds_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    for body in [
        json!({"name": ""}),
        json!({"name": "  "}),
        json!({"name": "x".repeat(201)}),
        json!({"name": "a\nb"}),
    ] {
        let answer = world.call(rename(&session.token, body)).await.expect(422);
        assert!(answer.text("detail").starts_with("name: "), "{}", answer.text("detail"));
    }
    for body in [json!({}), json!({"name": 7}), json!({"name": "a", "role": "admin"}), json!([])] {
        world.call(rename(&session.token, body)).await.expect(400);
    }
    let me = world.call(Call::get("/users/me").bearer(&session.token)).await.expect(200);
    assert_eq!(me.json()["name"], person.user.name);
}

#[tokio::test]
async fn a_longest_name_is_taken() {
    let world = World::new().await;
    let person = world.member(&world.tenant().await).await;
    let session = world.session(&person).await;
    let name = "ß".repeat(200);
    let answer = world.call(rename(&session.token, json!({"name": name}))).await.expect(200);
    assert_eq!(answer.json()["name"], name);
}
