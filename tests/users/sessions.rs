//! `/users/me/sessions`.

use crate::support::{Call, World, in_process};
use serde_json::Value;
use time::Duration;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn list(token: impl AsRef<str>) -> Call {
    Call::get("/users/me/sessions").bearer(token)
}

fn ids(list: &Value) -> Vec<&str> {
    list["sessions"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_list_tells_where_each_session_is_and_which_one_asks() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.log_in(&person).await;
    let login = serde_json::json!({"email": person.user.email.as_str(), "password": person.password});
    let call = Call::post("/auth/login").header("User-Agent", FIREFOX).json(login);
    let other = world.call(call).await.expect(200);
    let shown = world.call(list(&session.token)).await.expect(200).json();
    assert_eq!(ids(&shown).len(), 2);
    for each in shown["sessions"].as_array().unwrap() {
        let own = each["id"] == session.id.to_string();
        assert_eq!(each["current"], own);
        assert!(each["source_address"].as_str().is_some_and(|it| !it.is_empty()));
        if !own {
            let device = serde_json::json!({"browser": "Firefox", "os": "Linux", "kind": "desktop"});
            assert_eq!(each["device"], device);
        }
    }
    let theirs = world.call(list(other.text("access_token"))).await.expect(200).json();
    assert_eq!(ids(&theirs).len(), 2);
}

#[tokio::test]
async fn a_list_comes_a_page_at_a_time_and_each_session_once() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let mut begun = Vec::new();
    for _ in 0..4 {
        begun.push(world.session(&person).await);
    }
    let mut expected: Vec<_> = begun.iter().map(|it| it.id.to_string()).collect();
    expected.sort();
    for limit in [1, 2, 3, 4, 5] {
        let (mut seen, mut query) = (Vec::new(), format!("limit={limit}"));
        loop {
            let call = Call::get(format!("/users/me/sessions?{query}")).bearer(&begun[0].token);
            let page = world.call(call).await.expect(200).json();
            assert!(ids(&page).len() <= limit);
            seen.extend(ids(&page).into_iter().map(str::to_owned));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            query = format!("limit={limit}&cursor={cursor}");
        }
        seen.sort();
        assert_eq!(seen, expected, "{limit} at a time");
    }
    for query in ["limit=0", "limit=101", "cursor=x"] {
        let call = Call::get(format!("/users/me/sessions?{query}")).bearer(&begun[0].token);
        world.call(call).await.expect(422);
    }
}

#[tokio::test]
async fn a_session_is_over_when_it_is_ended_from_another() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let (one, other) = (world.log_in(&person).await, world.log_in(&person).await);
    let end = Call::delete(format!("/users/me/sessions/{}", other.id)).bearer(&one.token);
    world.call(end.clone()).await.expect(204);
    world.call(Call::get("/users/me").bearer(&other.token)).await.is_unauthorized();
    world.call(Call::post("/auth/refresh").cookie(other.cookie())).await.is_unauthorized();
    world.call(end).await.is_error(404, "Not found");
    assert_eq!(ids(&world.call(list(&one.token)).await.expect(200).json()), [one.id.to_string()]);
}

#[tokio::test]
async fn another_users_session_and_none_are_the_same_404() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let stranger = world.member_with_password(&tenant, false).await;
    let (own, theirs) = (world.log_in(&person).await, world.log_in(&stranger).await);
    for id in [theirs.id.to_string(), auth::ids::SessionId::from_bits(world.draw()).to_string()] {
        let end = Call::delete(format!("/users/me/sessions/{id}")).bearer(&own.token);
        world.call(end).await.is_error(404, "Not found");
    }
    world.call(Call::get("/users/me").bearer(&theirs.token)).await.expect(200);
}

#[tokio::test]
async fn all_others_end_and_the_one_that_asks_goes_on() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let (one, two, three) =
        (world.log_in(&person).await, world.log_in(&person).await, world.log_in(&person).await);
    let key = world.key(&person).await;
    world.call(Call::delete("/users/me/sessions").bearer(&one.token)).await.expect(204);
    for ended in [&two, &three] {
        world.call(Call::get("/users/me").bearer(&ended.token)).await.is_unauthorized();
        world.call(Call::post("/auth/refresh").cookie(ended.cookie())).await.is_unauthorized();
    }
    world.call(Call::post("/auth/refresh").cookie(one.cookie())).await.expect(200);
    world.call(Call::get("/users/me").bearer(&key.text)).await.expect(200);
    assert_eq!(ids(&world.call(list(&one.token)).await.expect(200).json()), [one.id.to_string()]);
}

#[tokio::test]
async fn a_refresh_is_a_use_and_what_is_over_is_not_listed() {
    let world = in_process!("moves the clock");
    let person = world.member(&world.tenant().await).await;
    let _idle = world.session(&person).await;
    world.pass(Duration::days(6));
    let used = world.session(&person).await;
    world.pass(Duration::days(1));
    let answer = world.call(Call::post("/auth/refresh").cookie(used.cookie())).await.expect(200);
    let shown = world.call(list(answer.text("access_token"))).await.expect(200).json();
    assert_eq!(ids(&shown), [used.id.to_string()]);
    let [created, last] = ["created_at", "last_used_at"].map(|it| shown["sessions"][0][it].as_str().unwrap());
    assert!(created < last, "{created} {last}");
}
