//! `POST /auth/refresh`.

use crate::support::{
    Answer, Call, Person, Tenant, World, credentials::Session, document::ALLOWED_ORIGIN, in_process,
    wire::Fault,
};
use auth::audit::Action;
use http::header::SET_COOKIE;
use std::{
    collections::BTreeSet,
    env,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use time::Duration;
use tokens::COOKIE;

/// Clients that refresh at once.
const CLIENTS: usize = 50;
/// How many rounds they make unless the environment says more. In rounds beyond, an answer is not compared with the
/// document and with every secret before it, which takes longer from round to round.
const ROUNDS: u32 = 10;

fn refresh(token: impl AsRef<str>) -> Call {
    Call::post("/auth/refresh").cookie(token)
}

fn me(token: impl AsRef<str>) -> Call {
    Call::get("/users/me").bearer(token)
}

/// A successor, from an answer that has to be one.
fn successor(answer: Answer) -> String {
    answer.expect(200).cookie().expect("a cookie")
}

async fn begin(world: &World) -> (Tenant, Person, Session) {
    let tenant = world.tenant().await;
    let person = world.member(&tenant).await;
    let session = world.session(&person).await;
    (tenant, person, session)
}

/// How many times a refresh token of the organization was used again.
async fn reuses(world: &World, tenant: &Tenant) -> usize {
    let events = crate::support::fixtures::audited(&world.store, tenant.id, world.now()).await;
    events.iter().filter(|event| event.action == Action::SessionReuseDetected).count()
}

#[tokio::test]
async fn a_refresh_answers_as_a_login_and_sets_the_next_cookie() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, false).await;
    let session = world.log_in(&person).await;
    let answer = world.call(refresh(session.cookie())).await.expect(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!((answer.text("token_type").as_str(), &answer.json()["expires_in"]), ("bearer", &900.into()));
    let set = answer.header("set-cookie");
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict", "Max-Age="] {
        assert!(set.split("; ").any(|it| it.starts_with(attribute)), "{attribute}");
    }
    assert!(!set.contains("Domain"));
    world.call(me(answer.text("access_token"))).await.expect(200);
    let next = successor(answer);
    assert_ne!(next, session.cookie());
    // The session is the same one, and its earlier token is good until its own end.
    world.call(me(&session.token)).await.expect(200);
    successor(world.call(refresh(next)).await);
}

#[tokio::test]
async fn two_tabs_get_the_same_successor() {
    let world = World::new().await;
    let (_, _, session) = begin_with_login(&world).await;
    let one = successor(world.call(refresh(session.cookie())).await);
    let other = successor(world.call(refresh(session.cookie())).await);
    assert_eq!(one, other);
    successor(world.call(refresh(one)).await);
}

async fn begin_with_login(world: &World) -> (Tenant, Person, Session) {
    let tenant = world.tenant().await;
    let person = world.member_with_password(&tenant, false).await;
    let session = world.log_in(&person).await;
    (tenant, person, session)
}

#[tokio::test]
async fn the_grace_is_ten_seconds() {
    let world = in_process!("moves the clock");
    let (tenant, _, session) = begin(&world).await;
    let next = successor(world.call(refresh(session.cookie())).await);
    world.pass(Duration::milliseconds(9_900));
    assert_eq!(successor(world.call(refresh(session.cookie())).await), next);
    world.pass(Duration::milliseconds(100));
    world.call(refresh(session.cookie())).await.is_unauthorized();
    world.call(refresh(next)).await.is_unauthorized();
    world.call(me(&session.token)).await.is_unauthorized();
    assert_eq!(reuses(&world, &tenant).await, 1);
}

#[tokio::test]
async fn the_grace_is_for_the_same_address() {
    let world = in_process!("chooses the source address");
    let (tenant, person, session) = begin(&world).await;
    let next = successor(world.call(refresh(session.cookie()).from("203.0.113.1")).await);
    world.call(refresh(session.cookie()).from("203.0.113.2")).await.is_unauthorized();
    world.call(refresh(next).from("203.0.113.1")).await.is_unauthorized();
    assert_eq!(world.store.session(person.user.id, session.id).await.unwrap(), None);
    let events = crate::support::fixtures::audited(&world.store, tenant.id, world.now()).await;
    let event = events.first().unwrap();
    assert_eq!(
        (event.target.as_str(), event.source_address.as_str()),
        (session.id.to_string().as_str(), "203.0.113.2")
    );
}

#[tokio::test]
async fn a_token_of_two_generations_ago_ends_the_session() {
    let world = World::new().await;
    let (tenant, _, session) = begin_with_login(&world).await;
    let second = successor(world.call(refresh(session.cookie())).await);
    let third = successor(world.call(refresh(&second)).await);
    let answer = world.call(refresh(session.cookie())).await;
    // Of two answers to one browser, the later would undo the earlier.
    assert!(!answer.headers.contains_key(SET_COOKIE));
    answer.is_unauthorized();
    world.call(refresh(third)).await.is_unauthorized();
    world.call(me(&session.token)).await.is_unauthorized();
    assert_eq!(reuses(&world, &tenant).await, 1);
}

#[tokio::test]
async fn a_forged_past_has_no_effect() {
    let world = World::new().await;
    let (tenant, _, session) = begin_with_login(&world).await;
    let next = successor(world.call(refresh(session.cookie())).await);
    for at in [0, 10, 20, 33, 36, 60, 90, 122] {
        let mut forged = session.cookie().to_owned();
        let other = if &forged[at..=at] == "A" { "E" } else { "A" };
        forged.replace_range(at..=at, other);
        world.call(refresh(&forged)).await.is_unauthorized();
    }
    for junk in ["", "junk", &session.token, &session.cookie()[1..]] {
        world.call(refresh(junk)).await.is_unauthorized();
    }
    world.call(Call::post("/auth/refresh")).await.is_unauthorized();
    world.call(Call::post("/auth/refresh").bearer(&session.token)).await.is_unauthorized();
    successor(world.call(refresh(next)).await);
    assert_eq!(reuses(&world, &tenant).await, 0);
}

#[tokio::test]
async fn two_cookies_of_the_name_are_none() {
    let world = in_process!("the shape of an event with two cookies is API Gateway's");
    let (_, _, session) = begin(&world).await;
    let twice = format!("{COOKIE}={}; a=b; {COOKIE}=planted", session.cookie());
    world.call(Call::post("/auth/refresh").header("Cookie", twice)).await.is_unauthorized();
    let among = format!("a={COOKIE}; {COOKIE}={}; x{COOKIE}=y", session.cookie());
    world.call(Call::post("/auth/refresh").header("Cookie", among)).await.expect(200);
}

#[tokio::test]
async fn a_page_of_another_origin_uses_no_cookie() {
    let world = in_process!("knows the deployment's own origin");
    let (_, _, session) = begin(&world).await;
    let own = "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com";
    for foreign in [
        "https://evil.example",
        "null",
        "",
        "http://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
        "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com.evil.example",
        "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/v1",
        "https://console.example.test.evil.example",
        "https://CONSOLE.example.test",
    ] {
        for path in ["/auth/refresh", "/auth/logout"] {
            let call = Call::post(path).cookie(session.cookie()).header("Origin", foreign);
            world.call(call).await.is_error(403, "This origin may not use the session");
        }
    }
    // A browser sends an origin with every POST: without one, something took it away.
    for (name, value) in [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Mode", "cors"),
        ("sec-fetch-dest", "empty"),
    ] {
        let call = refresh(session.cookie()).header(name, value);
        world.call(call).await.is_error(403, "This origin may not use the session");
    }
    let two = refresh(session.cookie()).header("Origin", own).header("Origin", "https://evil.example");
    world.call(two).await.is_error(403, "This origin may not use the session");
    world.call(me(&session.token)).await.expect(200);
    // Our own, the allowed one, and none of what is no browser.
    let call = refresh(session.cookie()).header("Origin", own).header("Sec-Fetch-Site", "same-origin");
    let next = successor(world.call(call).await);
    let call = refresh(next).header("Origin", ALLOWED_ORIGIN).header("Sec-Fetch-Site", "same-site");
    let answer = world.call(call).await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), ALLOWED_ORIGIN);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    successor(world.call(refresh(answer.cookie().unwrap())).await);
}

#[tokio::test]
async fn a_session_that_is_not_refreshed_for_its_idle_life_is_over() {
    let world = in_process!("moves the clock");
    let (tenant, _, session) = begin(&world).await;
    world.change_policy(&tenant, |policy| policy.refresh_idle_seconds = 3600).await;
    let mut token = session.cookie().to_owned();
    for _ in 0..5 {
        world.pass(Duration::seconds(3599));
        let answer = world.call(refresh(token)).await;
        assert!(answer.header("set-cookie").ends_with("; Max-Age=3600"), "the cookie idles with its session");
        token = successor(answer);
    }
    world.pass(Duration::seconds(3600));
    world.call(refresh(token)).await.is_unauthorized();
    assert_eq!(reuses(&world, &tenant).await, 0);
}

#[tokio::test]
async fn a_session_is_over_after_its_absolute_life_however_often_it_is_refreshed() {
    let world = in_process!("moves the clock");
    let (_, _, session) = begin(&world).await;
    let mut token = session.cookie().to_owned();
    for _ in 0..5 {
        world.pass(Duration::days(5));
        token = successor(world.call(refresh(token)).await);
    }
    world.pass(Duration::days(5) - Duration::SECOND);
    let last = world.call(refresh(token)).await.expect(200);
    assert!(last.header("set-cookie").ends_with("Max-Age=1"), "the cookie ends with its session");
    world.pass(Duration::SECOND);
    world.call(refresh(last.cookie().unwrap())).await.is_unauthorized();
    world.call(me(last.text("access_token"))).await.is_unauthorized();
}

#[tokio::test]
async fn a_tightened_policy_holds_for_sessions_that_exist() {
    let world = in_process!("moves the clock");
    let (tenant, _, session) = begin(&world).await;
    world.pass(Duration::hours(2));
    let token = successor(world.call(refresh(session.cookie())).await);
    world
        .change_policy(&tenant, |policy| {
            policy.refresh_absolute_seconds = 7200;
            policy.refresh_idle_seconds = 3600;
        })
        .await;
    world.call(refresh(token)).await.is_unauthorized();
}

#[tokio::test]
async fn who_may_not_be_decided_for_is_not_refreshed() {
    let world = World::new().await;
    let (tenant, person, session) = begin_with_login(&world).await;
    let (suspended, ended) = (world.log_in(&person).await, world.log_in(&person).await);
    world.end_session(&person, &ended).await;
    world.call(refresh(ended.cookie())).await.is_unauthorized();
    world.store.end_sessions(person.user.id).await.unwrap();
    world.call(refresh(session.cookie())).await.is_unauthorized();
    let again = world.log_in(&person).await;
    world.disable(&person).await;
    world.call(refresh(again.cookie())).await.is_unauthorized();
    world.suspend(&tenant).await;
    world.call(refresh(suspended.cookie())).await.is_unauthorized();
}

#[tokio::test]
async fn an_address_that_the_organization_does_not_allow_is_403_and_changes_nothing() {
    let world = in_process!("chooses the source address");
    let (tenant, _, session) = begin(&world).await;
    let list = auth::address::Addresses::parse(&["203.0.113.0/24"]).unwrap();
    world.change_policy(&tenant, |policy| policy.addresses = list).await;
    let outside = world.call(refresh(session.cookie()).from("198.51.100.1")).await;
    outside.is_error(403, "The organization does not allow this address");
    successor(world.call(refresh(session.cookie()).from("203.0.113.9")).await);
}

#[tokio::test]
async fn the_session_of_a_first_password_has_no_cookie() {
    let world = World::new().await;
    let person = world.member_with_password(&world.tenant().await, true).await;
    let session = world.log_in(&person).await;
    assert_eq!(session.refresh, None);
}

#[tokio::test]
async fn an_answer_that_is_lost_after_the_write_is_asked_for_again() {
    let world = in_process!("injects faults");
    let (tenant, _, session) = begin(&world).await;
    // The SDK tries again by itself and finds its own write there.
    let deployment = world.deployment();
    let broken =
        deployment.breaks(1, true, |operation| (operation == "UpdateItem").then_some(Fault::AnswerLost));
    let answer = world.call(refresh(session.cookie())).await;
    deployment.mend();
    assert!(broken.load(Ordering::Relaxed) > 0);
    assert_eq!(answer.status, 503);
    // Its client does, too, and gets the successor that was written.
    let next = successor(world.call(refresh(session.cookie())).await);
    successor(world.call(refresh(next)).await);
    assert_eq!(reuses(&world, &tenant).await, 0);
}

#[tokio::test]
async fn a_reuse_that_cannot_be_written_down_is_a_503_and_the_next_one_ends_the_session() {
    let world = in_process!("injects faults");
    let (tenant, _, session) = begin(&world).await;
    let second = successor(world.call(refresh(session.cookie())).await);
    let third = successor(world.call(refresh(second)).await);
    let deployment = world.deployment();
    deployment
        .breaks(1, true, |operation| (operation == "TransactWriteItems").then_some(Fault::Refused(500, "E")));
    world.call(refresh(session.cookie())).await.is_error(503, "Service unavailable");
    deployment.mend();
    // Neither half of it was done.
    world.call(me(&session.token)).await.expect(200);
    assert_eq!(reuses(&world, &tenant).await, 0);
    world.call(refresh(session.cookie())).await.is_unauthorized();
    world.call(me(&session.token)).await.is_unauthorized();
    world.call(refresh(third)).await.is_unauthorized();
    assert_eq!(reuses(&world, &tenant).await, 1);
}

#[tokio::test]
async fn an_answer_that_the_sdk_asks_for_again_finds_its_own_write() {
    let world = in_process!("injects faults");
    let (tenant, _, session) = begin(&world).await;
    let deployment = world.deployment();
    deployment.take();
    let lost = AtomicUsize::new(0);
    deployment.wire.breaks(move |call| {
        let first = call.operation == "UpdateItem" && lost.fetch_add(1, Ordering::Relaxed) == 0;
        first.then_some(Fault::AnswerLost)
    });
    let next = successor(world.call(refresh(session.cookie())).await);
    deployment.mend();
    assert_eq!(deployment.take().iter().filter(|it| *it == "UpdateItem").count(), 2, "written, asked again");
    // What it answered is what was written: good, and the same for the second tab.
    assert_eq!(successor(world.call(refresh(session.cookie())).await), next);
    successor(world.call(refresh(next)).await);
    assert_eq!(reuses(&world, &tenant).await, 0);
}

/// `QARION_REFRESH_ROUNDS` rounds of 50 clients that refresh one cookie at once, on two threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_clients_at_once_make_one_lineage_and_end_no_session() {
    let world = Arc::new(in_process!("counts on one process"));
    let rounds = env::var("QARION_REFRESH_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let (tenant, person, session) = begin(&world).await;
    let mut token = session.cookie().to_owned();
    let mut seen = BTreeSet::from([token.clone()]);
    let (mut writes, unavailable) = (0, Arc::new(AtomicUsize::new(0)));
    for round in 0..rounds {
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..CLIENTS {
            let unavailable = Arc::clone(&unavailable);
            clients.spawn(persist(Arc::clone(&world), token.clone(), round < ROUNDS, unavailable));
        }
        let successors: BTreeSet<_> = clients.join_all().await.into_iter().collect();
        assert_eq!(successors.len(), 1, "round {round}");
        token = successors.into_iter().next().unwrap();
        assert!(seen.insert(token.clone()), "round {round}: a successor of an earlier round");
        writes += world.deployment().take().iter().filter(|it| *it == "UpdateItem").count();
        if round % 100 == 99 {
            let unavailable = unavailable.load(Ordering::Relaxed);
            println!("{} rounds: {writes} writes tried, {unavailable} answers of 503", round + 1);
        }
        // Tokens are good for a quarter of an hour, and sessions for a week without use.
        world.pass(Duration::seconds(60));
    }
    assert_eq!(reuses(&world, &tenant).await, 0);
    let states = world.store.refresh_states(&[session.id]).await.unwrap();
    assert_eq!(states.first().map(|state| state.generation), Some(rounds));
    assert!(world.store.session(person.user.id, session.id).await.unwrap().is_some());
    // A race in which nobody lost shows nothing.
    assert!(writes > usize::try_from(rounds).unwrap(), "no two clients met");
    // A busy machine may take longer than an answer's budget; that may not be what the race is about.
    let (answers, unavailable) =
        (CLIENTS * usize::try_from(rounds).unwrap(), unavailable.load(Ordering::Relaxed));
    assert!(unavailable * 100 <= answers, "{unavailable} of {answers} were 503");
}

/// The successor, asked for again where the answer is a 503, as a client would: it is no reason to lose a
/// session. Counts these.
async fn persist(world: Arc<World>, token: String, checked: bool, unavailable: Arc<AtomicUsize>) -> String {
    for _ in 0..10 {
        let call = refresh(&token);
        let answer = if checked { world.call(call).await } else { world.raw_call(&call).await };
        if answer.status != 503 {
            return successor(answer);
        }
        unavailable.fetch_add(1, Ordering::Relaxed);
    }
    panic!("unavailable ten times");
}
