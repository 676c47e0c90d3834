//! `GET /admin/usage`: an organization's days.

use auth::usage::{Day, DayPosition, GroupBy};
use edge::{Ambient, Rejection, Request, Response, cursor, response};
use http::StatusCode;
use serde::Serialize;
use store::{Store, UsageDay};

/// The most days of one report.
const DAYS: i64 = 92;

#[derive(Serialize)]
struct List<'a> {
    usage: Vec<Row<'a>>,
    next_cursor: Option<String>,
}

#[derive(Serialize, Default)]
struct Row<'a> {
    date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    space: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'a str>,
    allowed: u64,
    forbidden: u64,
    unauthorized: u64,
    faults: u64,
    distinct_addresses: u64,
}

pub(crate) async fn report(
    store: &Store,
    request: &Request,
    ambient: &Ambient,
) -> Result<Response, Rejection> {
    let caller = request.caller()?;
    let by = request.query("group_by", "must be key, user, space or route")?.unwrap_or(GroupBy::Route);
    let days = days(request, ambient)?;
    let (limit, after) = (request.limit()?, request.cursor::<DayPosition>()?);
    let page = store
        .usage_days(caller.organization, by, days, after.as_ref(), limit)
        .await
        .map_err(Rejection::dependency)?;
    let body = List {
        usage: page.days.iter().map(|day| Row::new(by, day)).collect(),
        next_cursor: page.next.as_ref().map(cursor::encode),
    };
    Ok(response::json(StatusCode::OK, &body))
}

/// `from` and `to`, both included.
fn days(request: &Request, ambient: &Ambient) -> Result<(Day, Day), Rejection> {
    const EXPECTED: &str = "must be a day such as 2026-01-31";
    let to: Day = request.query("to", EXPECTED)?.unwrap_or_else(|| Day::of(ambient.now));
    let from: Day = request.query("from", EXPECTED)?.unwrap_or_else(|| to.before(7));
    match from.until(to) {
        0..DAYS => Ok((from, to)),
        ..0 => Err(Rejection::field("from", "must not be after to")),
        _ => Err(Rejection::field("from", "must be at most 92 days, of which to is the last")),
    }
}

impl<'a> Row<'a> {
    fn new(by: GroupBy, day: &'a UsageDay) -> Self {
        let name = Some(day.position.name.as_str());
        let row = Self {
            date: day.position.day.to_string(),
            allowed: day.counts.allowed,
            forbidden: day.counts.forbidden,
            unauthorized: day.counts.unauthorized,
            faults: day.counts.faults,
            distinct_addresses: day.addresses.estimate(),
            ..Self::default()
        };
        match by {
            GroupBy::Key => Self { key: name, ..row },
            GroupBy::User => Self { user: name, ..row },
            GroupBy::Space => Self { space: name, ..row },
            GroupBy::Route => Self { route: name, ..row },
        }
    }
}
