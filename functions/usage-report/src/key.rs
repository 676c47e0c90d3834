//! A key's hours or days, for its owner at `GET /api-keys/{id}/usage`, and for an admin below the owner.
//!
//! A revoked key is told of as long as its tombstone is there: where a leaked key was used from is asked most when it
//! has been revoked.

use auth::{
    address::AddressKey,
    decide::Caller,
    ids::{KeyId, UserId},
    records::UserKind,
    usage::{Addresses, Counts, Day, Hour, RISE_DAYS, sudden_rise},
};
use edge::{Ambient, Rejection, Request, Response, input, response};
use http::StatusCode;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};
use store::{LastUse, Store, UsageHour};
use time::{Duration, OffsetDateTime, serde::rfc3339};

/// The longest report.
const LONGEST: Duration = Duration::days(31);

/// The usual one.
const USUAL: Duration = Duration::days(7);

/// An address that came up that short before now is flagged.
const FLAGGED: Duration = Duration::days(7);

#[derive(Serialize)]
struct Report {
    usage: Vec<Row>,
    flags: Vec<&'static str>,
    #[serde(with = "rfc3339::option")]
    last_used_at: Option<OffsetDateTime>,
}

#[derive(Serialize)]
struct Row {
    #[serde(with = "rfc3339")]
    from: OffsetDateTime,
    allowed: u64,
    forbidden: u64,
    unauthorized: u64,
    faults: u64,
    distinct_addresses: u64,
    routes: BTreeMap<String, u64>,
    new_addresses: BTreeSet<String>,
}

/// What hours are added up into.
#[derive(Default)]
struct Sum {
    counts: Counts,
    routes: BTreeMap<String, u64>,
    addresses: Addresses,
    new_addresses: BTreeSet<AddressKey>,
}

/// A time in the query.
struct Moment(OffsetDateTime);

impl FromStr for Moment {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        input::moment(text).map(Self).ok_or(())
    }
}

/// What is counted by.
#[derive(Clone, Copy)]
enum Interval {
    Hour,
    Day,
}

impl FromStr for Interval {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "hour" => Ok(Self::Hour),
            "day" => Ok(Self::Day),
            _ => Err(()),
        }
    }
}

impl Interval {
    fn start(self, hour: Hour) -> OffsetDateTime {
        match self {
            Self::Hour => hour.start(),
            Self::Day => hour.day().start(),
        }
    }
}

/// Of a key of the caller's.
pub(crate) async fn own(store: &Store, request: &Request, ambient: &Ambient) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let id: KeyId = request.path("id")?;
    report(store, caller.user, id, request, ambient).await
}

/// Of a key of the user of the path, who is of this kind and of the caller's organization.
pub(crate) async fn of_user(
    store: &Store,
    kind: UserKind,
    request: &Request,
    ambient: &Ambient,
) -> Result<Response, Rejection> {
    let caller: Caller = request.caller()?;
    let (user, id): (UserId, KeyId) = (request.path("id")?, request.path("key")?);
    let found = store.user(user).await.map_err(Rejection::dependency)?;
    let owner = found.filter(|user| user.organization == caller.organization && user.kind == kind);
    let owner = owner.ok_or(Rejection::NotFound)?;
    report(store, owner.id, id, request, ambient).await
}

async fn report(
    store: &Store,
    owner: UserId,
    id: KeyId,
    request: &Request,
    ambient: &Ambient,
) -> Result<Response, Rejection> {
    let interval = request.query("interval", "must be hour or day")?.unwrap_or(Interval::Day);
    let (from, to) = period(request, ambient.now)?;
    let key = store.key(owner, id).await.map_err(Rejection::dependency)?.ok_or(Rejection::NotFound)?;

    let (from, to) = (Hour::of(from), Hour::of(to));
    let hours = store.usage_hours(id, from, to).await.map_err(Rejection::dependency)?;
    let last_use = store.last_use(id).await.map_err(Rejection::dependency)?;
    // The last full day is yesterday.
    let yesterday = Day::of(ambient.now).before(1);
    let days = (0..=u16::try_from(RISE_DAYS).unwrap_or(u16::MAX)).map(|days| yesterday.before(days));
    let days = store.usage_of_key(key.organization, id, days).await.map_err(Rejection::dependency)?;

    let mut flags = Vec::new();
    if has_new_address(&hours, last_use.as_ref(), ambient.now) {
        flags.push("new_address");
    }
    if days.split_first().is_some_and(|(last, before)| sudden_rise(*last, before.iter().copied())) {
        flags.push("sudden_rise");
    }
    let last_used_at = last_use.map(|it| it.last_used_at);
    Ok(response::json(StatusCode::OK, &Report { usage: rows(hours, interval), flags, last_used_at }))
}

/// `from` and `to`; whole hours are told, those of both included.
fn period(request: &Request, now: OffsetDateTime) -> Result<(OffsetDateTime, OffsetDateTime), Rejection> {
    const EXPECTED: &str = "must be a time such as 2026-01-31T00:00:00Z";
    let to = request.query("to", EXPECTED)?.map_or(now, |Moment(to)| to);
    let from = request.query("from", EXPECTED)?.map_or(to.saturating_sub(USUAL), |Moment(from)| from);
    if from > to {
        return Err(Rejection::field("from", "must not be after to"));
    }
    if to - from > LONGEST {
        return Err(Rejection::field("from", "must be at most 31 days before to"));
    }
    Ok((from, to))
}

/// Whether an address came up in the last seven days from which the key was never used before. The places of its
/// first hour are no news.
fn has_new_address(hours: &[UsageHour], last_use: Option<&LastUse>, now: OffsetDateTime) -> bool {
    let Some(first) = last_use.map(|it| Hour::of(it.first_used_at)) else { return false };
    let since = Hour::of(now.saturating_sub(FLAGGED)).max(first);
    hours.iter().any(|it| it.hour > since && !it.new_addresses.is_empty())
}

/// Newest first.
fn rows(hours: Vec<UsageHour>, interval: Interval) -> Vec<Row> {
    let mut sums: BTreeMap<OffsetDateTime, Sum> = BTreeMap::new();
    for hour in hours {
        let sum = sums.entry(interval.start(hour.hour)).or_default();
        sum.counts.add(hour.counts);
        sum.addresses.merge(&hour.addresses);
        sum.new_addresses.extend(hour.new_addresses);
        for (route, count) in hour.routes {
            let of_route = sum.routes.entry(route).or_default();
            *of_route = of_route.saturating_add(count);
        }
    }
    let row = |(from, sum): (OffsetDateTime, Sum)| Row {
        from,
        allowed: sum.counts.allowed,
        forbidden: sum.counts.forbidden,
        unauthorized: sum.counts.unauthorized,
        faults: sum.counts.faults,
        distinct_addresses: sum.addresses.estimate(),
        routes: sum.routes,
        new_addresses: sum.new_addresses.iter().map(ToString::to_string).collect(),
    };
    sums.into_iter().rev().map(row).collect()
}
