//! `POST /admin/users/import`: many people at once.

use crate::support::{
    Answer, Call, Tenant, World, canary,
    fixtures::{audited, new_password},
    in_process,
    wire::Fault,
};
use auth::{
    audit::{Action, AuditEvent},
    ids::UserId,
    password::PasswordHash,
    records::StoredPassword,
};
use serde_json::{Value, json};
use std::time::Duration as StdDuration;
use store::IMPORT_LIMIT;
use time::Duration;

const WORD: &str = "correct horse battery staple";
/// Of [`WORD`], as other systems' libraries made them.
const HASHES: [(&str, &str); 4] = [
    ("bcrypt", "$2b$08$abcdefghijklmnopqrstuukS31SNuNEoGSYTPCfyZV8d2iX4qVmTa"),
    ("scrypt", "$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$11kKyiyYAc8G7rp3KmncMc44YlkdllIqxOa7pq0fMaU"),
    (
        "argon2i",
        "$argon2i$v=19$m=8192,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$0RsPGjnpD+L6AaILUlkBzN6pWh4QFxiDXz3dBUVZNVs",
    ),
    (
        "argon2id",
        "$argon2id$v=19$m=65536,t=3,p=4$AAECAwQFBgcICQoLDA0ODw$hTsnKkTbFCHAKWJmmlXrCZTzyrOF7RxMeSU+7hm6tJ4",
    ),
];

fn email(world: &World) -> String {
    format!("{:016x}@example.test", world.draw())
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

fn people(emails: &[String]) -> String {
    lines(&emails.iter().map(|email| json!({"email": email, "name": "Ines"})).collect::<Vec<_>>())
}

fn json_lines(admin: &str, body: impl Into<String>) -> Call {
    Call::post("/admin/users/import").bearer(admin).text("application/x-ndjson", body)
}

fn csv(admin: &str, body: impl Into<String>) -> Call {
    Call::post("/admin/users/import").bearer(admin).text("text/csv", body)
}

fn statuses(answer: &Value) -> Vec<&str> {
    answer["results"].as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap()).collect()
}

async fn told(world: &World, tenant: &Tenant) -> Vec<AuditEvent> {
    let events = audited(&world.store, tenant.id, world.now()).await;
    events.into_iter().filter(|it| it.action == Action::UserCreated).collect()
}

async fn stored(world: &World, id: &Value) -> StoredPassword {
    let id: UserId = id.as_str().unwrap().parse().unwrap();
    world.store.password(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn each_row_has_its_own_result_and_the_same_body_may_be_sent_again() {
    let world = World::new().await;
    let (tenant, other) = (world.tenant().await, world.tenant().await);
    let admin = world.session(&tenant.admin).await.token;
    let (new, capital) = (email(&world), email(&world));
    let body = lines(&[
        json!({"email": new, "name": "Ines"}),
        json!({"email": "nobody", "name": "Imre"}),
        json!({"email": tenant.admin.user.email.as_str(), "name": "Another name", "org_role": "member"}),
        json!({"email": other.admin.user.email.as_str(), "name": "Elsewhere"}),
        json!({"email": new.to_uppercase(), "name": "Ines again"}),
        json!({"email": capital, "name": " Imre ", "org_role": "admin"}),
    ]);
    let answer = world.call(json_lines(&admin, &body)).await.expect(200).json();
    assert_eq!(statuses(&answer), ["created", "refused", "exists", "refused", "exists", "created"]);
    assert_eq!(answer["next_row"], Value::Null);
    let results = &answer["results"];
    assert_eq!(results[1]["detail"], "email: must be an e-mail address");
    assert_eq!((&results[1]["email"], &results[1]["id"]), (&Value::Null, &Value::Null));
    assert_eq!(results[2]["id"], tenant.admin.user.id.to_string());
    assert_eq!(
        (&results[3]["detail"], &results[3]["id"]),
        (&json!("The email address is taken"), &Value::Null)
    );
    assert_eq!(results[4]["id"], results[0]["id"]);

    let path = |row: usize| format!("/admin/users/{}", results[row]["id"].as_str().unwrap());
    let shown = world.call(Call::get(path(5)).bearer(&admin)).await.expect(200).json();
    assert_eq!((&shown["name"], &shown["org_role"]), (&json!("Imre"), &json!("admin")));
    assert_eq!((&shown["kind"], &shown["email"]), (&json!("human"), &json!(capital)));
    let unchanged = world.call(Call::get(path(2)).bearer(&admin)).await.expect(200).json();
    assert_eq!((&unchanged["name"], &unchanged["org_role"]), (&json!("Ada Example"), &json!("admin")));
    let events = told(&world, &tenant).await;
    let targets: Vec<_> = events.iter().map(|it| it.target.as_str()).collect();
    assert_eq!(targets.len(), 2);
    for row in [0, 5] {
        let id = results[row]["id"].as_str().unwrap();
        let event = &events[targets.iter().position(|it| *it == id).unwrap()];
        assert_eq!(event.details["email"], results[row]["email"].as_str().unwrap());
        assert_eq!(event.details["imported_password"], "none");
    }

    let again = world.call(json_lines(&admin, &body)).await.expect(200).json();
    assert_eq!(statuses(&again), ["exists", "refused", "exists", "refused", "exists", "exists"]);
    assert_eq!(again["results"][5]["id"], results[5]["id"]);
    assert_eq!(told(&world, &tenant).await.len(), 2);
    // The imported admin counts: of two one may go.
    let demote = Call::patch(path(5)).bearer(&admin).json(json!({"org_role": "member"}));
    world.call(demote).await.expect(200);
    let last = Call::patch(path(2)).bearer(&admin).json(json!({"org_role": "member"}));
    world.call(last).await.expect(409);
}

#[tokio::test]
async fn a_password_of_another_system_logs_in_and_is_ours_from_then_on() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let rows = HASHES.map(|(algorithm, hash)| (algorithm, hash, email(&world)));
    let mut body = "password_hash,email,name\n".to_owned();
    for (_, hash, email) in &rows {
        body.push_str(&format!("\"{hash}\",{email},Ines\n"));
    }
    let answer = world.call(csv(&admin, body)).await.expect(200).json();
    assert_eq!(statuses(&answer), ["created"; 4], "{answer}");
    let events = told(&world, &tenant).await;
    for (row, (algorithm, hash, email)) in rows.iter().enumerate() {
        let id = &answer["results"][row]["id"];
        assert_eq!(stored(&world, id).await.hash.as_str(), *hash);
        let event = events.iter().find(|it| it.target == id.as_str().unwrap()).unwrap();
        assert_eq!(event.details["imported_password"], *algorithm);
        assert!(event.details.values().all(|value| !value.contains('$')), "{:?}", event.details);
        let log_in = |password: &str| {
            Call::post("/auth/login")
                .json(json!({"email": email, "password": password}))
                .from("2001:db8:77::1")
        };
        world.call(log_in("another horse battery staple")).await.is_unauthorized();
        if world.is_in_process() {
            world.pass(Duration::minutes(30));
        } else {
            tokio::time::sleep(StdDuration::from_secs(2)).await;
        }
        world.call(log_in(WORD)).await.expect(200);
        let upgraded = stored(&world, id).await;
        assert!(!upgraded.hash.is_outdated(), "{algorithm}");
        assert_eq!((upgraded.hash.algorithm(), upgraded.must_change), ("argon2id", false));
        world.call(log_in(WORD)).await.expect(200);
    }
}

#[tokio::test]
async fn who_brings_no_password_gets_one_by_a_reset() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let email = email(&world);
    let answer =
        world.call(json_lines(&admin, people(std::slice::from_ref(&email)))).await.expect(200).json();
    let id: UserId = answer["results"][0]["id"].as_str().unwrap().parse().unwrap();
    let log_in = json!({"email": email, "password": WORD});
    world.call(Call::post("/auth/login").json(log_in)).await.is_unauthorized();
    world.call(Call::post(format!("/admin/users/{id}/password-reset")).bearer(&admin)).await.expect(200);
    let user = world.store.user(id).await.unwrap().unwrap();
    let mail = world.mail_to(&crate::support::Person { user, password: None }).await;
    let password = new_password();
    let body = json!({"token": mail.token(), "password": password});
    world.call(Call::post("/auth/password/reset").json(body)).await.expect(204);
}

#[tokio::test]
async fn a_body_that_is_no_rows_is_refused_and_nothing_of_it_is_done() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let good = people(&[email(&world)]);
    let post = |kind: &str, body: &str| Call::post("/admin/users/import").bearer(&admin).text(kind, body);
    let media = "Content-Type must be application/x-ndjson or text/csv";
    for kind in ["application/json", "text/plain", "text/csv; charset=latin1", "application/x-ndjson+json"] {
        world.call(post(kind, &good)).await.is_error(415, media);
    }
    let header = "header: must name email and name, may name org_role and password_hash, each once, and no other column";
    world.call(csv(&admin, "email,name,role\na@b,A,member\n")).await.is_error(422, header);
    let count = "body: must have 1 to 1000 rows";
    world.call(json_lines(&admin, "\n")).await.is_error(422, count);
    world.call(csv(&admin, "email,name\n")).await.is_error(422, count);
    world.call(json_lines(&admin, good.repeat(1001))).await.is_error(422, count);
    let large = format!("{good}{}", " ".repeat(1024 * 1024 + 1 - good.len()));
    world.call(json_lines(&admin, &large)).await.is_error(413, "Request body is too large");
    for row in ["0", "2", "-1", "x", "1&from_row=1"] {
        let call = Call::post(format!("/admin/users/import?from_row={row}")).bearer(&admin);
        assert_eq!(world.call(call.text("application/x-ndjson", &good)).await.status, 422, "{row}");
    }
    assert!(told(&world, &tenant).await.is_empty());
    // As large as may be.
    let all = json_lines(&admin, &large[..1024 * 1024]);
    assert_eq!(statuses(&world.call(all).await.expect(200).json()), ["created"]);
}

#[tokio::test]
async fn a_session_of_long_ago_imports_nobody() {
    let world = in_process!("moves the clock");
    let tenant = world.tenant().await;
    let opened = world.session(&tenant.admin).await;
    world.pass(Duration::minutes(10));
    let call = json_lines(&opened.token, people(&[email(&world)]));
    let stale = "Log in again: this needs a password that was entered within the last 10 minutes";
    world.call(call).await.is_error(403, stale);
    assert!(told(&world, &tenant).await.is_empty());
}

#[tokio::test]
async fn what_one_request_has_no_time_for_the_next_ones_do() {
    let world = in_process!("cuts the time short").importing_for(StdDuration::ZERO);
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let emails: Vec<_> = (0..2 * IMPORT_LIMIT + 5).map(|_| email(&world)).collect();
    let body = people(&emails);
    let (mut from, mut requests, mut seen) = (json!(1), 0, Vec::new());
    while from != Value::Null {
        let call = Call::post(format!("/admin/users/import?from_row={from}")).bearer(&admin);
        let answer = world.call(call.text("application/x-ndjson", &body)).await.expect(200).json();
        assert!(statuses(&answer).iter().all(|status| *status == "created"));
        let rows = answer["results"].as_array().unwrap();
        assert_eq!(rows[0]["row"], from);
        seen.extend(rows.iter().map(|row| row["email"].as_str().unwrap().to_owned()));
        (from, requests) = (answer["next_row"].clone(), requests + 1);
    }
    assert_eq!((requests, seen), (3, emails));
    assert_eq!(told(&world, &tenant).await.len(), 2 * IMPORT_LIMIT + 5);
}

#[tokio::test]
async fn a_thousand_rows_are_one_request() {
    let world = in_process!("counts the calls");
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let emails: Vec<_> = (0..1000).map(|_| email(&world)).collect();
    world.deployment().take();
    // Time is the machine's here; that it suffices is for the calls to show.
    let body = people(&emails);
    let mut from = json!(1);
    let mut transactions = 0;
    while from != Value::Null {
        let call = Call::post(format!("/admin/users/import?from_row={from}")).bearer(&admin);
        from =
            world.call(call.text("application/x-ndjson", &body)).await.expect(200).json()["next_row"].clone();
        let calls = world.deployment().take();
        transactions += calls.iter().filter(|call| call.as_str() == "TransactWriteItems").count();
    }
    assert_eq!(transactions, 1000_usize.div_ceil(IMPORT_LIMIT));
}

#[tokio::test]
async fn two_imports_of_the_same_people_at_once_make_each_of_them_once() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    for _ in 0..3 {
        let emails: Vec<_> = (0..IMPORT_LIMIT + 3).map(|_| email(&world)).collect();
        let before = told(&world, &tenant).await.len();
        let import = || async { world.call(json_lines(&admin, people(&emails))).await.expect(200) };
        let (one, two): (Answer, Answer) = tokio::join!(import(), import());
        let (one, two) = (one.json(), two.json());
        for (a, b) in statuses(&one).into_iter().zip(statuses(&two)) {
            assert!(matches!((a, b), ("created", "exists") | ("exists", "created")), "{a} {b}");
        }
        assert_eq!(told(&world, &tenant).await.len() - before, emails.len());
    }
}

#[tokio::test]
async fn a_failure_on_the_way_keeps_what_is_done_and_says_where_to_go_on() {
    let world = in_process!("breaks the table");
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let emails: Vec<_> = (0..2 * IMPORT_LIMIT).map(|_| email(&world)).collect();
    let body = people(&emails);
    let mut transactions = 0;
    world.deployment().wire.breaks(move |call| {
        transactions += usize::from(call.operation == "TransactWriteItems");
        (transactions > 1).then_some(Fault::Refused(400, "ValidationException"))
    });
    let answer = world.call(json_lines(&admin, &body)).await.expect(200).json();
    assert_eq!(statuses(&answer), vec!["created"; IMPORT_LIMIT]);
    assert_eq!(answer["next_row"], IMPORT_LIMIT + 1);
    let rest = || {
        let call = Call::post(format!("/admin/users/import?from_row={}", IMPORT_LIMIT + 1)).bearer(&admin);
        call.text("application/x-ndjson", &body)
    };
    // The session is read in another way.
    world.call(rest()).await.expect(503);
    world.deployment().mend();
    let answer = world.call(rest()).await.expect(200).json();
    assert_eq!((statuses(&answer), &answer["next_row"]), (vec!["created"; IMPORT_LIMIT], &Value::Null));
    assert_eq!(told(&world, &tenant).await.len(), 2 * IMPORT_LIMIT);
}

#[tokio::test]
async fn a_hash_that_is_refused_is_not_repeated() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let cheap = HASHES[0].1.replacen("$08$", "$04$", 1);
    canary::note(&cheap);
    assert!(PasswordHash::parse(&cheap).is_err());
    let row = json!({"email": email(&world), "name": "Ines", "password_hash": cheap});
    let answer = world.call(json_lines(&admin, lines(&[row]))).await.expect(200).json();
    assert_eq!(answer["results"][0]["detail"], "password_hash: is too cheap or too costly to compute");
    assert!(!answer.to_string().contains('$'));
}

#[tokio::test]
async fn a_file_of_another_encoding_is_refused_whole() {
    let world = World::new().await;
    let admin = world.session(&world.tenant().await.admin).await.token;
    let mut body = b"email,name\nx1@hr.test,M".to_vec();
    body.extend([0xfc, b'l', b'l', b'e', b'r', b'\n']);
    let call = csv(&admin, String::from_utf8_lossy(&body));
    world.call(call).await.is_error(400, "body: must be UTF-8");
    let mut raw = csv(&admin, "");
    raw.body = body;
    world.call(raw).await.is_error(400, "body: must be UTF-8");
}

#[tokio::test]
async fn a_refused_row_says_whose_it_is() {
    let world = World::new().await;
    let admin = world.session(&world.tenant().await.admin).await.token;
    let (one, two) = (email(&world), email(&world));
    let rows =
        [json!({"email": one, "name": "E", "password_hash": "$x$y"}), json!({"email": "no", "name": "E"})];
    let answer = world.call(json_lines(&admin, lines(&rows))).await.expect(200).json();
    assert_eq!((&answer["results"][0]["email"], &answer["results"][1]["email"]), (&json!(one), &json!(null)));
    let body = format!("email,name\n{two},\n{two}\n");
    let answer = world.call(csv(&admin, body)).await.expect(200).json();
    let row = |number: usize| {
        (answer["results"][number]["status"].clone(), answer["results"][number]["email"].clone())
    };
    assert_eq!((row(0), row(1)), ((json!("refused"), json!(two)), (json!("refused"), json!(two))));
}

#[tokio::test]
async fn a_slip_behind_what_bcrypt_knows_does_not_become_the_password() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let admin = world.session(&tenant.admin).await.token;
    let right = format!("{}72", "correct horse ".repeat(5));
    assert_eq!(right.len(), 72);
    let hash = "$2b$08$abcdefghijklmnopqrstuuQ8SoOkkc3Z34tlEM/PCinqWBNDU1Sd6";
    let email = email(&world);
    let rows = [json!({"email": email, "name": "E", "password_hash": hash})];
    world.call(json_lines(&admin, lines(&rows))).await.expect(200);
    let login =
        |password: String| Call::post("/auth/login").json(json!({"email": email, "password": password}));
    world.call(login(format!("{right}tail"))).await.expect(200);
    world.call(login(right)).await.expect(200);
}
