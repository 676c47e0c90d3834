//! `GET /admin/audit` and `GET /admin/audit/export`.
//!
//! The log is that of the caller's organization, and no parameter names another.

use crate::{
    Audit,
    query::{self, Position, USUAL},
};
use auth::{
    audit::{Actor, AuditEvent},
    decide::CredentialId,
    ids::OrganizationId,
};
use edge::{Ambient, Rejection, Request, Response, ambient::Stopwatch, cursor, response};
use http::{StatusCode, header};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use store::{ActionFilter, AuditPage, AuditQuery};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339, serde::rfc3339};

/// How much earlier than its organization its first event may be: two clocks wrote them.
const BEFORE: Duration = Duration::DAY;

/// How many events one answer of an export has at most.
const EXPORTED: usize = 1000;

/// How many bytes they have together at most, as they leave the function: Lambda takes 6 MB of an answer.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const EXPORTED_BYTES: usize = 5 << 20;

/// An event, in a list and in a line.
#[derive(Serialize)]
struct EventView<'a> {
    id: &'a str,
    #[serde(with = "rfc3339")]
    at: OffsetDateTime,
    #[serde(serialize_with = "word")]
    actor: Actor,
    #[serde(serialize_with = "credential")]
    credential: Option<CredentialId>,
    action: &'static str,
    target: &'a str,
    source_address: &'a str,
    details: &'a BTreeMap<String, String>,
}

fn word<S: Serializer>(actor: &Actor, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(actor)
}

fn credential<S: Serializer>(id: &Option<CredentialId>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        None => serializer.serialize_none(),
        Some(id) => serializer.collect_str(id),
    }
}

impl<'a> From<&'a AuditEvent> for EventView<'a> {
    fn from(event: &'a AuditEvent) -> Self {
        Self {
            id: &event.id,
            at: event.at,
            actor: event.actor,
            credential: event.credential,
            action: event.action.as_str(),
            target: &event.target,
            source_address: &event.source_address,
            details: &event.details,
        }
    }
}

#[derive(Serialize)]
struct List<'a> {
    events: Vec<EventView<'a>>,
    next_cursor: Option<String>,
}

pub(crate) async fn list(audit: &Audit, request: &Request, ambient: &Ambient) -> Result<Response, Rejection> {
    let limit = request.limit()?;
    let (page, _) = load(audit, request, limit, ambient.now).await?;
    let body = List {
        events: page.events.iter().map(EventView::from).collect(),
        next_cursor: page.next.as_ref().map(cursor::encode),
    };
    Ok(response::json(StatusCode::OK, &body))
}

pub(crate) async fn export(
    audit: &Audit,
    request: &Request,
    ambient: &Ambient,
) -> Result<Response, Rejection> {
    let limit = exported(request)?;
    let (page, query) = load(audit, request, limit, ambient.now).await?;
    let (lines, last) = lines(&page)?;
    let next = last.or(page.next);
    let response = response::text(StatusCode::OK, "application/x-ndjson", lines);
    Ok(match &next {
        None => response,
        Some(next) => response::with_header(response, header::LINK, &link(&query, limit, next)),
    })
}

/// The events as lines: as many as one answer can hold, and the name of the last one where more would not fit.
fn lines(page: &AuditPage) -> Result<(String, Option<String>), Rejection> {
    const UNTOLD: &str = "an event cannot be told in JSON";
    let (mut lines, mut length, mut last) = (String::new(), 0, None);
    for event in &page.events {
        let line = serde_json::to_string(&EventView::from(event)).map_err(|_| Rejection::internal(UNTOLD))?;
        // The answer is handed on as a text in JSON, where each quote and backslash takes one byte more.
        let escaped = line.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
        length += line.len() + escaped + "\\n".len();
        if length > EXPORTED_BYTES && last.is_some() {
            return Ok((lines, last));
        }
        lines.push_str(&line);
        lines.push('\n');
        last = Some(event.id.clone());
    }
    Ok((lines, None))
}

/// How many events are asked for in one answer of an export.
fn exported(request: &Request) -> Result<usize, Rejection> {
    const EXPECTED: &str = "must be a number from 1 to 1000";
    match request.query("limit", EXPECTED)? {
        None => Ok(EXPORTED),
        Some(limit @ 1..=EXPORTED) => Ok(limit),
        Some(_) => Err(Rejection::field("limit", EXPECTED)),
    }
}

async fn load(
    audit: &Audit,
    request: &Request,
    limit: usize,
    now: OffsetDateTime,
) -> Result<(AuditPage, AuditQuery), Rejection> {
    let watch = Stopwatch::start();
    let caller = request.caller()?;
    let query = query::parse(request, now)?;
    let after = request.cursor::<Position>()?.map(|position| position.0);
    let from = beginning(audit, caller.organization, query.from, now).await?;
    let asked = AuditQuery { from, ..query.clone() };
    let in_time = || u128::from(watch.micros()) < audit.budget.as_micros();
    let page =
        audit.store.audit_page(caller.organization, &asked, after.as_deref(), limit, now, in_time).await;
    Ok((page.map_err(Rejection::dependency)?, query))
}

/// From when on to look. Each month costs a query, so that of a start far back the months before the organization was
/// made are left out: there is nothing in them.
async fn beginning(
    audit: &Audit,
    organization: OrganizationId,
    from: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<OffsetDateTime, Rejection> {
    if from >= now.saturating_sub(USUAL) {
        return Ok(from);
    }
    let organization = audit.store.organization(organization).await.map_err(Rejection::dependency)?;
    Ok(organization.map_or(from, |it| from.max(it.created_at.saturating_sub(BEFORE))))
}

/// The same query, from behind this name: relative to the request (RFC 8288 §3.1), so that it holds behind any
/// domain.
fn link(query: &AuditQuery, limit: usize, next: &str) -> String {
    let moment = |at: OffsetDateTime| at.format(&Rfc3339).unwrap_or_default();
    let mut parameters = form_urlencoded::Serializer::new(String::new());
    parameters.append_pair("from", &moment(query.from)).append_pair("to", &moment(query.to));
    if let Some(actor) = query.actor {
        parameters.append_pair("actor", &actor.to_string());
    }
    if let Some(ActionFilter::Is(action) | ActionFilter::BeginsWith(action)) = &query.action {
        parameters.append_pair("action", action);
    }
    if let Some(target) = &query.target {
        parameters.append_pair("target", target);
    }
    parameters.append_pair("limit", &limit.to_string()).append_pair("cursor", &cursor::encode(&next));
    format!("<?{}>; rel=\"next\"", parameters.finish())
}
