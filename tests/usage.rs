//! The consumer of the authorizer's log: what is counted, and that it is counted once.

use crate::support::{
    Key, Person, World, in_process,
    in_process::Patience,
    records::{NOW, ORG},
    roles::within,
    wire::Fault,
};
use auth::{
    ids::{KeyId, UserId},
    usage::{Counts, Day, GroupBy, Hour},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::io::Write as _;
use time::{Duration, OffsetDateTime};
use usage::{Event, EventError, Summary, UsageError};

/// An event of CloudWatch Logs with this in it.
pub(crate) fn packed(content: &[u8]) -> Event {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(content).unwrap();
    let data = STANDARD.encode(gzip.finish().unwrap());
    serde_json::from_value(json!({"awslogs": {"data": data}})).unwrap()
}

/// A batch of these lines, each with the time it was printed at.
pub(crate) fn batch(lines: &[(String, OffsetDateTime)]) -> Event {
    let events: Vec<_> = lines
        .iter()
        .enumerate()
        .map(|(number, (line, at))| {
            let milliseconds = at.unix_timestamp() * 1000;
            json!({"id": format!("{milliseconds:040}{number:016}"), "timestamp": milliseconds, "message": format!("{line}\n")})
        })
        .collect();
    packed(&serde_json::to_vec(&message("DATA_MESSAGE", &events)).unwrap())
}

fn message(kind: &str, events: &[Value]) -> Value {
    json!({
        "messageType": kind, "owner": "123456789012", "logGroup": "/qarion-auth/test/authorizer",
        "logStream": "2030/04/09/[1]abc", "subscriptionFilters": ["usage"], "logEvents": events,
    })
}

/// A line about the key with these bits.
pub(crate) fn line(key: u64, route: &str, address: &str) -> Value {
    json!({
        "decision": "allow", "cred": KeyId::from_bits(key), "user": UserId::from_bits(1), "org": ORG,
        "method": "GET", "route": route, "ip": address,
    })
}

/// A line about this key of this person.
pub(crate) fn line_of(key: &Key, person: &Person, address: &str) -> Value {
    let mut line = line(key.id.bits(), "/users/me", address);
    (line["org"], line["user"]) = (json!(person.user.organization), json!(person.user.id));
    line
}

impl World {
    /// Hands a batch to the function.
    pub(crate) async fn count(&self, event: &Event) -> Result<Summary, UsageError> {
        let deployment = self.deployment();
        within("Usage", deployment.gateway.usage.count(event, &deployment.ambient())).await
    }

    /// The allowed decisions of a key by the hours, and those of the organization by the days of keys and of routes.
    pub(crate) async fn allowed(&self, key: u64, now: OffsetDateTime) -> (u64, u64, u64) {
        let (from, to) = (Hour::of(now - Duration::days(2)), Hour::of(now));
        let hours = self.store.usage_hours(KeyId::from_bits(key), from, to).await.unwrap();
        let days = (from.day(), to.day());
        let mut by = Vec::new();
        for group in [GroupBy::Key, GroupBy::Route] {
            let page = self.store.usage_days(ORG, group, days, None, 1000).await.unwrap();
            by.push(page.days.iter().map(|it| it.counts.allowed).sum());
        }
        (hours.iter().map(|it| it.counts.allowed).sum(), by[0], by[1])
    }
}

#[tokio::test]
async fn lines_are_counted_by_key_hour_and_day_with_what_is_new() {
    let world = in_process!("looks into the table");
    let now = world.deployment().now();
    let hour_before = now - Duration::HOUR;
    let mut refused = line(7, "/users/me", "203.0.113.9");
    refused["decision"] = "unauthorized".into();
    refused["reason"] = "secret".into();
    let lines = [
        (line(7, "/users/me", "192.0.2.1").to_string(), hour_before),
        (line(7, "/api-keys/{id}", "2001:db8::1").to_string(), now),
        (line(7, "/api-keys/{id}", "2001:db8::2").to_string(), now),
        (refused.to_string(), now),
    ];
    let summary = world.count(&batch(&lines)).await.unwrap();
    assert_eq!((summary.lines, summary.junk, summary.written, summary.before), (4, 0, 1, 0));

    let key = KeyId::from_bits(7);
    let hours = world.store.usage_hours(key, Hour::of(hour_before), Hour::of(now)).await.unwrap();
    let [first, second] = hours.as_slice() else { panic!("{hours:?}") };
    assert_eq!(second.counts, Counts { allowed: 2, unauthorized: 1, ..Counts::default() });
    assert_eq!(second.addresses.estimate(), 1, "one /64, and none of who had no secret");
    assert_eq!(second.routes["GET /api-keys/{id}"], 2);
    assert_eq!(
        second.new_addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["2001:db8:0:0::/64"]
    );
    assert_eq!(first.routes.len(), 1);
    let last = world.store.last_use(key).await.unwrap().unwrap();
    assert_eq!((last.first_used_at, last.last_used_at), (hour_before, now));
    assert_eq!(last.known_addresses.len(), 2);

    // The same place again is nothing new, and an older line does not take the last use back.
    let lines = [(line(7, "/users/me", "192.0.2.1").to_string(), hour_before - Duration::HOUR)];
    world.count(&batch(&lines)).await.unwrap();
    let earlier = Hour::of(hour_before - Duration::HOUR);
    let hours = world.store.usage_hours(key, earlier, earlier).await.unwrap();
    assert!(hours[0].new_addresses.is_empty());
    let again = world.store.last_use(key).await.unwrap().unwrap();
    assert_eq!(again, last);
}

#[tokio::test]
async fn a_batch_that_comes_again_counts_once_and_another_of_the_same_lines_counts() {
    let world = in_process!("looks into the table");
    let now = world.deployment().now();
    let mut lines: Vec<_> =
        (0..150).map(|key| (line(key, "/users/me", "192.0.2.1").to_string(), now)).collect();
    let first = world.count(&batch(&lines)).await.unwrap();
    let again = world.count(&batch(&lines)).await.unwrap();
    assert!(first.written > 1 && first.before == 0, "{first:?}");
    assert_eq!((again.written, again.before), (0, first.written));
    assert_eq!(world.allowed(3, now).await, (1, 150, 150));
    lines.push(("junk".to_owned(), now));
    world.count(&batch(&lines)).await.unwrap();
    assert_eq!(world.allowed(3, now).await, (2, 300, 300));
}

#[tokio::test]
async fn a_batch_that_was_cut_between_any_two_writes_counts_once_when_it_comes_again() {
    for lost_answer in [false, true] {
        for cut in 0..5 {
            let world = in_process!("breaks the connection to the table", Patience::None);
            let now = world.deployment().now();
            let lines: Vec<_> =
                (0..150).map(|key| (line(key, "/users/me", "192.0.2.1").to_string(), now)).collect();
            let mut writes = 0;
            world.deployment().wire.breaks(move |call| {
                let write = call.operation == "TransactWriteItems";
                writes += i32::from(write);
                let fault = if lost_answer { Fault::AnswerLost } else { Fault::Dropped };
                (write && writes > cut).then_some(fault)
            });
            assert!(matches!(world.count(&batch(&lines)).await, Err(UsageError::Store(_))), "cut at {cut}");
            world.deployment().wire.mend();
            let rest = world.count(&batch(&lines)).await.unwrap();
            assert_eq!(rest.before, usize::try_from(cut).unwrap() + usize::from(lost_answer), "cut at {cut}");
            assert_eq!(world.allowed(3, now).await, (1, 150, 150), "cut at {cut}");
            let (first, last) = (KeyId::from_bits(0), KeyId::from_bits(149));
            for key in [first, last] {
                let hour = world.store.usage_hours(key, Hour::of(now), Hour::of(now)).await.unwrap();
                assert_eq!(hour[0].new_addresses.len(), 1, "told although the batch was cut");
                assert!(world.store.last_use(key).await.unwrap().is_some());
            }
        }
    }
}

#[tokio::test]
async fn junk_is_counted_and_does_not_fail_a_batch() {
    let world = in_process!("looks into the table");
    let now = world.deployment().now();
    let mut claimed = line(8, "/users/me", "192.0.2.1");
    claimed["decision"] = "unauthorized".into();
    claimed["reason"] = "unknown".into();
    let lines = [
        ("START RequestId: 1".to_owned(), now),
        (String::new(), now),
        (claimed.to_string(), now),
        (line(7, "/users/me", "no address").to_string(), now),
    ];
    let summary = world.count(&batch(&lines)).await.unwrap();
    assert_eq!((summary.lines, summary.junk, summary.unattributed), (4, 2, 1));
    assert_eq!(world.allowed(7, now).await, (1, 1, 1));
    let hour = Hour::of(now);
    assert_eq!(world.store.usage_hours(KeyId::from_bits(8), hour, hour).await.unwrap(), []);
}

#[tokio::test]
async fn a_message_that_only_asks_is_answered_and_a_batch_that_is_too_old_counts_nothing() {
    let world = in_process!("looks into the table");
    let now = world.deployment().now();
    let control =
        message("CONTROL_MESSAGE", &[json!({"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE"})]);
    let control = packed(&serde_json::to_vec(&control).unwrap());
    assert_eq!(world.count(&control).await.unwrap(), Summary::default());
    let lines = [(line(7, "/users/me", "192.0.2.1").to_string(), now - Duration::days(15))];
    let summary = world.count(&batch(&lines)).await.unwrap();
    assert_eq!((summary.junk, summary.written), (1, 0), "its markers may be gone");
}

#[tokio::test]
async fn what_cannot_be_unpacked_fails_and_a_bomb_is_not_unpacked() {
    let world = in_process!("looks into the table");
    let event = |data: &str| serde_json::from_value(json!({"awslogs": {"data": data}})).unwrap();
    let form = |outcome| matches!(outcome, Err(UsageError::Event(EventError::Form)));
    assert!(form(world.count(&event("!")).await));
    assert!(form(world.count(&event(&STANDARD.encode("no gzip"))).await));
    assert!(form(world.count(&packed(b"no JSON")).await));
    let zeros = vec![b' '; usize::try_from(usage::LIMIT).unwrap() + 1];
    let outcome = world.count(&packed(&zeros)).await;
    assert!(matches!(outcome, Err(UsageError::Event(EventError::TooLarge))), "{outcome:?}");
}

#[tokio::test]
async fn days_are_paged_newest_first_through_all_shards() {
    let world = in_process!("looks into the table");
    let now = world.deployment().now();
    let lines: Vec<_> = (0..25)
        .map(|it| {
            (line(it % 5, "/users/me", "192.0.2.1").to_string(), now - Duration::days((it / 5).cast_signed()))
        })
        .collect();
    for day in lines.chunks(5) {
        world.count(&batch(day)).await.unwrap();
    }
    let days = (Day::of(now - Duration::days(4)), Day::of(now));
    let whole = world.store.usage_days(ORG, GroupBy::Key, days, None, 100).await.unwrap();
    assert_eq!((whole.days.len(), whole.next), (25, None));
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = world.store.usage_days(ORG, GroupBy::Key, days, after.as_ref(), 4).await.unwrap();
        seen.extend(page.days);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, whole.days);
    assert!(seen.is_sorted_by(|one, other| one.position > other.position));
    assert!(NOW < now);
}

#[tokio::test]
async fn a_line_of_no_time_that_the_log_can_have_is_junk() {
    let world = in_process!("hands lines to the consumer of the log");
    let now = world.deployment().now();
    let text = line(1, "/users/me", "192.0.2.1").to_string();
    let lines = [
        (text.clone(), now),
        (text.clone(), now - Duration::hours(25)),
        (text.clone(), now + Duration::hours(4)),
        (text.clone(), time::macros::datetime!(9999-12-31 23:00 UTC)),
    ];
    let counted = world.count(&batch(&lines)).await.unwrap();
    assert_eq!((counted.lines, counted.junk), (4, 3));
}
