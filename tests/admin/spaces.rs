//! `/admin/spaces`: an organization's spaces, made, renamed and deleted.

use crate::support::{Call, World, credentials::only, in_process};
use auth::access::SpaceRole;
use serde_json::{Value, json};
use std::time::Duration;

fn slugs(list: &Value) -> Vec<&str> {
    list["spaces"].as_array().unwrap().iter().map(|it| it["slug"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_space_is_made_shown_renamed_and_deleted() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let body = json!({"slug": "sales", "name": "  Sales & Söhne "});
    let made = world.call(Call::post("/admin/spaces").bearer(&admin).json(body)).await.expect(201).json();
    assert_eq!(
        (&made["slug"], &made["name"], &made["members"]),
        (&json!("sales"), &json!("Sales & Söhne"), &json!(0))
    );
    let path = "/admin/spaces/sales";
    assert_eq!(world.call(Call::get(path).bearer(&admin)).await.expect(200).json(), made);

    let rename = Call::patch(path).bearer(&admin).json(json!({"name": "Revenue"}));
    let renamed = world.call(rename.clone()).await.expect(200).json();
    assert_eq!(renamed["name"], "Revenue");
    assert_eq!((&renamed["id"], &renamed["slug"]), (&made["id"], &made["slug"]));
    assert_eq!(world.call(rename).await.expect(200).json(), renamed, "again is no error");

    world.call(Call::delete(path).bearer(&admin)).await.expect(204);
    world.call(Call::get(path).bearer(&admin)).await.is_not_found();
    world.call(Call::delete(path).bearer(&admin)).await.is_not_found();
}

#[tokio::test]
async fn what_is_no_slug_or_name_and_a_slug_that_is_taken_are_refused() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let create = |slug: &str, name: &str| {
        Call::post("/admin/spaces").bearer(&admin).json(json!({"slug": slug, "name": name}))
    };
    let expected = "slug: must have 1 to 63 characters, each a lowercase letter, a digit or a hyphen";
    for slug in ["", "Sales", "sa les", "sälen", "a/b", "*", &"s".repeat(64)] {
        world.call(create(slug, "Sales")).await.is_error(422, expected);
    }
    let expected = "name: must have 1 to 200 characters and no control characters";
    for name in ["", "  ", "a\u{0}b", "a\u{1b}[31m", &"n".repeat(201)] {
        world.call(create("sales", name)).await.is_error(422, expected);
    }
    world.call(create("sales", "Sales")).await.expect(201);
    world.call(create("sales", "Other")).await.is_error(409, "The slug is taken");
    let body = json!({"slug": "x", "name": "x", "organization": "org_00000000000"});
    let unknown = Call::post("/admin/spaces").bearer(&admin).json(body);
    world.call(unknown).await.expect(400);
    // Another organization's slugs are its own.
    let other = world.tenant().await;
    let theirs = world.session(&other.admin).await.token;
    let call = Call::post("/admin/spaces").bearer(&theirs).json(json!({"slug": "sales", "name": "Theirs"}));
    world.call(call).await.expect(201);
}

#[tokio::test]
async fn spaces_come_in_pages_by_slug() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    for slug in ["e", "a", "c", "b", "d"] {
        world.space(&tenant, slug).await;
    }
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let query = cursor.map(|it| format!("&cursor={it}")).unwrap_or_default();
        let call = Call::get(format!("/admin/spaces?limit=2{query}")).bearer(&admin);
        let page = world.call(call).await.expect(200).json();
        seen.extend(slugs(&page).into_iter().map(str::to_owned));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => break,
        }
    }
    assert_eq!(seen, ["a", "b", "c", "d", "e"]);
    for query in ["limit=0", "limit=101", "limit=x", "cursor=!", "cursor=QUJD", "limit=1&limit=2"] {
        world.call(Call::get(format!("/admin/spaces?{query}")).bearer(&admin)).await.expect(422);
    }
}

#[tokio::test]
async fn a_deleted_space_is_nobody_s_from_the_next_request_and_its_name_can_be_used_again() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let north = world.space(&tenant, "north").await;
    let editor = world.member(&tenant).await;
    world.join(&editor, &north, SpaceRole::Editor).await;
    let session = world.session(&editor).await.token;
    let restricted = world.key_with(&editor, |key| key.spaces = only(&[&north])).await;
    world.product(&north, &editor, "Lamp").await;
    let products = || Call::get("/catalog/spaces/north/products");
    world.call(products().bearer(&restricted.text)).await.expect(200);

    world.call(Call::delete("/admin/spaces/north").bearer(&admin)).await.expect(204);
    world.call(products().bearer(&session)).await.is_forbidden();
    world.call(products().bearer(&restricted.text)).await.is_forbidden();
    let me = world.call(Call::get("/users/me").bearer(&session)).await.expect(200).json();
    assert_eq!(me["spaces"], json!([]));

    let body = json!({"slug": "north", "name": "Another"});
    world.call(Call::post("/admin/spaces").bearer(&admin).json(body)).await.expect(201);
    world.call(products().bearer(&session)).await.is_forbidden();
    let put = Call::put(format!("/spaces/north/members/{}", editor.user.id));
    world.call(put.bearer(&admin).json(json!({"role": "viewer"}))).await.expect(200);
    let page = world.call(products().bearer(&session)).await.expect(200).json();
    assert_eq!(page["products"], json!([]), "what was there before is gone");
    // The key names the space that is gone, not its name.
    world.call(products().bearer(&restricted.text)).await.is_forbidden();
}

#[tokio::test]
async fn a_deletion_that_takes_longer_than_a_request_goes_on_with_the_next_one() {
    let world = in_process!("gives a request no time to delete").deleting_spaces_for(Duration::ZERO);
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let north = world.space(&tenant, "north").await;
    let mut people = Vec::new();
    for _ in 0..250 {
        let person = world.member(&tenant).await;
        world.join(&person, &north, SpaceRole::Viewer).await;
        people.push(person);
    }
    let shown = world.call(Call::get("/admin/spaces/north").bearer(&admin)).await.expect(200).json();
    assert_eq!(shown["members"], 250);
    let mut rounds = 0;
    loop {
        let answer = world.call(Call::delete("/admin/spaces/north").bearer(&admin)).await;
        rounds += 1;
        if answer.status == 204 {
            break;
        }
        assert_eq!(answer.json(), json!({"remaining": true}));
        assert_eq!((answer.status, answer.header("retry-after")), (202, "1"));
        // Gone for everybody, though not gone.
        world.call(Call::get("/admin/spaces/north").bearer(&admin)).await.is_not_found();
        world.call(Call::get("/spaces/north/members").bearer(&admin)).await.is_forbidden();
        let list = world.call(Call::get("/admin/spaces").bearer(&admin)).await.expect(200).json();
        assert_eq!(list["spaces"], json!([]));
        let body = json!({"slug": "north", "name": "Another"});
        let taken = Call::post("/admin/spaces").bearer(&admin).json(body);
        world.call(taken).await.is_error(409, "The slug is taken");
    }
    assert!(rounds > 2, "{rounds}");
    for person in people {
        assert_eq!(world.store.memberships_of(person.user.id).await.unwrap(), []);
    }
}
