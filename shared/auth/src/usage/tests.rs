//! Lines, sums, estimates, rules.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use time::{Duration, macros::datetime};

const AT: OffsetDateTime = datetime!(2026-03-04 05:06:07 UTC);

fn good() -> Value {
    json!({
        "decision": "allow", "cred": "key_00000000007", "user": "usr_00000000001",
        "org": "org_0000000000B", "method": "GET", "route": "/api-keys/{id}", "ip": "192.0.2.7",
    })
}

fn with(members: &Value) -> Option<Decided> {
    let mut line = good();
    for (name, value) in members.as_object().unwrap() {
        line[name] = value.clone();
    }
    Decided::parse(&line.to_string())
}

#[test]
fn a_line_says_who_called_what_from_where() {
    let line = with(&json!({"space": "spc_00000000009"})).unwrap();
    let owner = line.owner.unwrap();
    assert_eq!(line.verdict, Verdict::Allow);
    assert_eq!((owner.key, owner.space), (Some(KeyId::from_bits(7)), Some(SpaceId::from_bits(9))));
    assert_eq!((owner.user, owner.organization), (UserId::from_bits(1), OrganizationId::from_bits(11)));
    assert_eq!((line.route.as_str(), line.address.as_str()), ("GET /api-keys/{id}", "192.0.2.7"));
    let session = with(&json!({"cred": "ses_00000000007"})).unwrap().owner.unwrap();
    assert_eq!((session.key, session.user), (None, UserId::from_bits(1)));
}

#[test]
fn the_longest_line_and_the_longest_route_are_read() {
    let line = good().to_string();
    let padded = |length: usize| format!("{line}{}", " ".repeat(length - line.len()));
    assert!(Decided::parse(&padded(1024)).is_some());
    assert_eq!(Decided::parse(&padded(1025)), None);
    assert!(with(&json!({"route": format!("/{}", "a".repeat(127)), "method": "OPTIONS"})).is_some());
}

#[test]
fn what_is_no_decision_is_junk() {
    for junk in [
        json!({"decision": "maybe"}),
        json!({"decision": 1}),
        json!({"cred": "usr_00000000001"}),
        json!({"user": "key_00000000007"}),
        json!({"org": "org_"}),
        json!({"org": null}),
        json!({"cred": null}),
        json!({"method": "get"}),
        json!({"method": ""}),
        json!({"method": "GETGETGET"}),
        json!({"route": "users"}),
        json!({"route": "/a b"}),
        json!({"route": "/\u{e9}"}),
        json!({"route": format!("/{}", "a".repeat(128))}),
        json!({"ip": 7}),
        json!({"reason": "expired"}),
    ] {
        assert_eq!(with(&junk), None, "{junk}");
    }
    for text in
        ["", "{}", "null", "START RequestId", "{\"decision\":\"allow\"", &format!("\"{}\"", "a".repeat(2000))]
    {
        assert_eq!(Decided::parse(text), None, "{text}");
    }
}

#[test]
fn ids_that_a_caller_merely_claims_are_nobody_s() {
    for (decision, reason, credential, vouched) in [
        ("unauthorized", "unknown", "key_00000000007", false),
        ("unauthorized", "mismatch", "key_00000000007", false),
        ("unauthorized", "malformed", "key_00000000007", false),
        ("unauthorized", "token", "key_00000000007", false),
        ("unauthorized", "another word", "key_00000000007", false),
        ("unauthorized", "secret", "key_00000000007", true),
        ("unauthorized", "expired", "key_00000000007", true),
        ("unauthorized", "revoked", "key_00000000007", true),
        ("unauthorized", "disabled", "ses_00000000007", true),
        ("forbidden", "read_only", "key_00000000007", true),
        ("fault", "none", "key_00000000007", false),
        ("fault", "none", "ses_00000000007", true),
    ] {
        let line = with(&json!({"decision": decision, "reason": reason, "cred": credential}));
        assert_eq!(line.unwrap().owner.is_some(), vouched, "{decision} {reason} {credential}");
    }
    let refused = json!({"decision": "forbidden", "reason": "no_space", "space": "spc_00000000009"});
    assert_eq!(with(&refused).unwrap().owner.unwrap().space, None, "only who was let in was there");
    let nameless =
        r#"{"decision":"unauthorized","reason":"malformed","method":"GET","route":"/users/me","ip":"x"}"#;
    assert_eq!(Decided::parse(nameless).unwrap().owner, None);
}

#[test]
fn a_line_of_before_the_credential_was_called_cred_is_still_read_and_one_with_both_is_junk() {
    let mut old = good();
    let credential = old.as_object_mut().unwrap().remove("cred").unwrap();
    old["credential"] = credential.clone();
    assert_eq!(Decided::parse(&old.to_string()), Decided::parse(&good().to_string()));
    old["cred"] = credential;
    assert_eq!(Decided::parse(&old.to_string()), None);
}

#[test]
fn a_wrong_secret_counts_against_the_key_and_is_no_use_of_it() {
    let mut tally = Tally::default();
    tally.add(
        &with(&json!({"decision": "unauthorized", "reason": "secret", "ip": "198.51.100.1"})).unwrap(),
        AT,
    );
    let (_, hour) = tally.hours.first_key_value().unwrap();
    assert_eq!((hour.counts.unauthorized, hour.addresses.estimate()), (1, 0));
    assert!(tally.uses.is_empty());
}

#[test]
fn a_request_in_a_space_by_a_key_has_six_counters() {
    let mut tally = Tally::default();
    assert!(tally.is_empty());
    assert_eq!(tally.len(), 0);
    let line = with(&json!({"space": "spc_00000000009"})).unwrap();
    tally.add(&line, AT);
    tally.add(&line, AT);
    assert!(!tally.is_empty());
    assert_eq!(
        tally.len(),
        6,
        "the key's hour and use; the days of the key, the user, the space and the route"
    );
    let groups: Vec<_> =
        tally.days.keys().map(|(group, _)| (group.by.as_str(), group.name.as_str())).collect();
    assert_eq!(
        groups,
        [
            ("key", "key_00000000007"),
            ("user", "usr_00000000001"),
            ("space", "spc_00000000009"),
            ("route", "GET /api-keys/{id}"),
        ]
    );
    for (group, _) in tally.days.keys() {
        assert_eq!(group.by.as_str().parse(), Ok(group.by));
    }
    assert_eq!("keys".parse::<GroupBy>(), Err(()));
}

#[test]
fn of_a_key_s_uses_the_last_is_kept_and_64_addresses_with_their_first_hour() {
    let from = |last: u8| AddressKey::of(Some([192, 0, 2, last].into()));
    let mut uses = Use::of(&from(7), AT);
    for (minutes, last) in [(90, 3), (-90, 3), (90, 2), (60, 9)] {
        uses.add(&from(last), AT + Duration::minutes(minutes));
    }
    assert_eq!((uses.first, uses.last), (AT - Duration::minutes(90), AT + Duration::minutes(90)));
    assert_eq!(uses.address, from(3), "the later in their text of two at once");
    assert_eq!(uses.addresses[&from(3)], Hour::of(AT - Duration::minutes(90)));
    for last in 10..70 {
        uses.add(&from(last), AT);
    }
    assert_eq!(uses.addresses.len(), KNOWN_ADDRESSES);
    let every = uses.addresses.clone();
    uses.add(&from(99), AT);
    assert_eq!(uses.addresses, every, "behind all others in its text");
    uses.add(&from(1), AT);
    assert!(uses.addresses.contains_key(&from(1)), "before all others");
    assert_eq!(uses.addresses.len(), KNOWN_ADDRESSES);
}

#[test]
fn hours_and_days_are_of_utc_and_have_one_spelling() {
    let at = datetime!(2026-03-05 00:30 +02);
    assert_eq!(Hour::of(at).to_string(), "2026-03-04T22");
    assert_eq!("2026-03-04T22".parse(), Ok(Hour::of(at)));
    assert_eq!(Hour::of(at).start(), datetime!(2026-03-04 22:00 UTC));
    assert_eq!("2026-03-04".parse(), Ok(Day::of(at)));
    assert_eq!(Day::of(at).before(4).to_string(), "2026-02-28");
    for text in ["2026-3-4", "2026-13-01", "2026-02-30", "+2026-03-04", "2026-03-04T", "", "2026-03-04 "] {
        assert!(text.parse::<Day>().is_err() && text.parse::<Hour>().is_err(), "{text}");
    }
    for text in ["2026-03-04T24", "2026-03-04T7", "2026-03-04T007", "2026-03-04T+7"] {
        assert!(text.parse::<Hour>().is_err(), "{text}");
    }
    assert_eq!(Hour::of(at).day(), Day::of(at));
    assert_eq!(Day::of(at).start(), datetime!(2026-03-04 0:00 UTC));
    assert_eq!(Day::of(at).before(4).until(Day::of(at)), 4);
    assert_eq!(Day::of(at).until(Day::of(at).before(4)), -4);
}

#[test]
fn a_place_among_days_has_a_name_that_a_sort_key_has_room_for() {
    let place = DayPosition { day: Day::of(AT), name: "GET /api-keys/{id}".to_owned() };
    assert_eq!(place.to_string(), "2026-03-04#GET /api-keys/{id}");
    assert_eq!(place.to_string().parse(), Ok(place));
    assert!(format!("2026-03-04#{}", "a".repeat(300)).parse::<DayPosition>().is_ok());
    for text in ["2026-03-04", "2026-03-04#", "2026-03#a", &format!("2026-03-04#{}", "a".repeat(301))] {
        assert!(text.parse::<DayPosition>().is_err(), "{text}");
    }
}

#[test]
fn the_estimate_of_addresses_is_near_the_truth_and_bounded() {
    let of = |count: u32| {
        let mut addresses = Addresses::default();
        let keys: Vec<_> = (0..count)
            .map(|it| {
                AddressKey::of(Some(std::net::Ipv4Addr::from_bits(it.wrapping_mul(2_654_435_761)).into()))
            })
            .collect();
        addresses.extend(&keys);
        addresses.estimate()
    };
    assert_eq!((of(0), of(1), of(2)), (0, 1, 2));
    for count in [10_u32, 50, 100, 300] {
        let (estimate, truth) = (of(count), u64::from(count));
        assert!(estimate.abs_diff(truth) * 100 <= truth * 20, "{estimate} for {truth}");
    }
    assert_eq!(of(100_000), 1_420, "full");
    let mut both = Addresses::of(BTreeSet::from([1, 2]));
    both.merge(&Addresses::of(BTreeSet::from([2, 3])));
    assert_eq!(both.buckets(), &BTreeSet::from([1, 2, 3]));
}

#[test]
fn a_sudden_rise_is_more_than_ten_times_the_mean_and_more_than_a_thousand() {
    assert!(!sudden_rise(1_000, [0; 7]) && sudden_rise(1_001, [0; 7]));
    assert!(!sudden_rise(2_000, [200; 7]) && sudden_rise(2_001, [200; 7]));
    assert!(!sudden_rise(u64::MAX, [u64::MAX; 7]));
}

#[test]
fn an_address_is_new_until_64_are_known() {
    let key = |it: u8| AddressKey::of(Some([192, 0, 2, it].into()));
    let known: BTreeSet<_> = (0..62).map(key).collect();
    let seen: Vec<_> = (60..70).map(key).collect();
    assert_eq!(first_seen(&known, &seen), BTreeSet::from([key(62), key(63)]));
    let full: BTreeSet<_> = (0..64).map(key).collect();
    assert_eq!(first_seen(&full, &seen), BTreeSet::new());
}

/// A line among few keys, users, routes and addresses, and when.
fn a_line() -> impl Strategy<Value = (String, i64)> {
    let reasons = prop::sample::select(vec!["unknown", "secret", "expired", "read_only"]);
    let decisions = prop::sample::select(vec!["allow", "forbidden", "unauthorized", "fault", "junk"]);
    (decisions, reasons, 0_u8..3, any::<bool>(), 0_u8..100, 0_i64..200_000).prop_map(
        |(decision, reason, which, session, address, seconds)| {
            let kind = if session { "ses" } else { "key" };
            let mut line = good();
            line["decision"] = decision.into();
            line["cred"] = format!("{kind}_0000000000{which}").into();
            line["user"] = format!("usr_0000000000{which}").into();
            line["ip"] = format!("192.0.2.{address}").into();
            if decision == "allow" {
                line["space"] = format!("spc_0000000000{which}").into();
            } else {
                line["reason"] = reason.into();
            }
            (line.to_string(), seconds)
        },
    )
}

fn tally<'a>(lines: impl IntoIterator<Item = &'a (String, i64)>) -> Tally {
    let mut tally = Tally::default();
    for (line, seconds) in lines {
        if let Some(line) = Decided::parse(line) {
            tally.add(&line, AT + Duration::seconds(*seconds));
        }
    }
    tally
}

/// What the table adds up to from some batches: the counts, in text.
fn sums(tallies: &[Tally]) -> (BTreeMap<String, Counts>, BTreeMap<String, BTreeSet<u8>>, u64) {
    let (mut counts, mut buckets) = (BTreeMap::<_, Counts>::new(), BTreeMap::<_, BTreeSet<_>>::new());
    let mut put = |name: String, count: Counts, addresses: &Addresses| {
        counts.entry(name.clone()).or_default().add(count);
        buckets.entry(name).or_default().extend(addresses.buckets().iter().copied());
    };
    for tally in tallies {
        for ((key, hour), it) in &tally.hours {
            assert_eq!(it.routes.values().sum::<u64>(), it.counts.total());
            put(format!("{key} {hour}"), it.counts, &it.addresses);
        }
        for ((group, day), it) in &tally.days {
            put(format!("{group:?} {day}"), it.counts, &it.addresses);
        }
    }
    (counts, buckets, tallies.iter().map(|it| it.unattributed).sum())
}

proptest! {
    #[test]
    fn neither_the_order_of_lines_nor_their_partition_changes_a_sum(
        lines in prop::collection::vec(a_line(), 0..150),
        cut in 0_usize..150,
    ) {
        let whole = tally(&lines);
        prop_assert_eq!(&tally(lines.iter().rev()), &whole);
        let (one, other) = lines.split_at(cut.min(lines.len()));
        prop_assert_eq!(sums(&[tally(one), tally(other)]), sums(&[whole]));
    }

    #[test]
    fn no_text_of_a_line_panics(text in ".{0,200}") {
        let _ = (Decided::parse(&text), text.parse::<DayPosition>(), text.parse::<Hour>());
    }
}
