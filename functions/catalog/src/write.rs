//! `POST …/products`, `PUT` and `DELETE …/products/{product}`.
//!
//! `If-Match` is decided twice. First against the product as it is read, which says what to answer; then by
//! the database, as the condition of the write, which is what keeps two editors from losing one's work.

use crate::{
    content::{Body, Content},
    view,
};
use auth::{
    audit::{Action, AuditEvent},
    decide::Caller,
    ids::{ProductId, SpaceId, UserId},
};
use edge::{Ambient, Rejection, Request, Response, audit, precondition::IfMatch, response};
use http::{StatusCode, header};
use store::{Product, ProductWrite, Store, Write};
use time::OffsetDateTime;

pub(crate) async fn create(
    store: &Store,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let (caller, space) = request.caller_in_space()?;
    let content = Content::try_from(request.json::<Body>()?)?;
    let id = ProductId::generate(&mut ambient.rng);
    let product = product(id, space, content, caller.user, ambient.second());
    let event = event(request, &caller, Action::ProductCreated, id, ambient);
    match store
        .recording(event.with("name", &product.name))
        .create_product(&product)
        .await
        .map_err(Rejection::dependency)?
    {
        Write::Done => Ok(view::created(&product)),
        Write::Conflict => Err(Rejection::internal("a new product's random id exists already")),
    }
}

pub(crate) async fn replace(
    store: &Store,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let (caller, space) = request.caller_in_space()?;
    let id: ProductId = request.path("product")?;
    let content = Content::try_from(request.json::<Body>()?)?;
    let (before, expected) = found(store, request, space, id).await?;
    // The store keeps who made it and when, and counts the version.
    let product = product(id, space, content, caller.user, ambient.second());
    let event = event(request, &caller, Action::ProductUpdated, id, ambient);
    let store = store.recording(described(event.with("name", &product.name), &before, &product));
    let write = store.replace_product(&product, expected).await.map_err(Rejection::dependency)?;
    written(write).map(|product| view::product(StatusCode::OK, &product))
}

pub(crate) async fn delete(
    store: &Store,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let (caller, space) = request.caller_in_space()?;
    let id: ProductId = request.path("product")?;
    let (before, expected) = found(store, request, space, id).await?;
    let event = event(request, &caller, Action::ProductDeleted, id, ambient);
    let event = event.with("name", before.name);
    let write =
        store.recording(event).delete_product(space, id, expected).await.map_err(Rejection::dependency)?;
    written(write).map(|_| response::empty(StatusCode::NO_CONTENT))
}

/// The event, which names the space: in the log it is all that tells where a product was.
fn event(
    request: &Request,
    caller: &Caller,
    action: Action,
    id: ProductId,
    ambient: &mut Ambient,
) -> AuditEvent {
    let event = audit::event(request, caller, action, id, ambient);
    match caller.space {
        Some((space, _)) => event.with("space_id", space.to_string()),
        None => event,
    }
}

/// The product as it is, and the version that the write must still find, by the request's `If-Match`; `None` is any.
///
/// # Errors
/// 412 where the current version is none that `If-Match` names. RFC 9110 §13.2.1: a precondition counts only
/// where the answer without it would be a success, so no such product is 404 whatever `If-Match` says.
async fn found(
    store: &Store,
    request: &Request,
    space: SpaceId,
    id: ProductId,
) -> Result<(Product, Option<u64>), Rejection> {
    let if_match = IfMatch::parse(request.header_lines(header::IF_MATCH));
    let current = store.product(space, id).await.map_err(Rejection::dependency)?;
    let current = current.ok_or(Rejection::NotFound)?;
    let version = current.version;
    match if_match {
        IfMatch::Any => Ok((current, None)),
        _ if if_match.accepts(version) => Ok((current, Some(version))),
        _ => Err(Rejection::PreconditionFailed),
    }
}

/// The event with each member that changes, as it was and as it is.
fn described(event: AuditEvent, before: &Product, after: &Product) -> AuditEvent {
    let members = |it: &Product| {
        [("name", it.name.clone()), ("description", it.description.clone()), ("tags", it.tags.join(", "))]
    };
    event.with_changes(members(before), members(after))
}

fn written(write: ProductWrite) -> Result<Product, Rejection> {
    match write {
        ProductWrite::Done(product) => Ok(product),
        ProductWrite::NotFound => Err(Rejection::NotFound),
        // Somebody else was faster than this request, after it had read.
        ProductWrite::Conflict => Err(Rejection::PreconditionFailed),
    }
}

/// A first version of a product, made and changed by the same user at the same time.
fn product(id: ProductId, space: SpaceId, content: Content, user: UserId, now: OffsetDateTime) -> Product {
    Product {
        id,
        space,
        name: content.name,
        description: content.description,
        tags: content.tags,
        version: 1,
        created_at: now,
        updated_at: now,
        created_by: user,
        updated_by: user,
    }
}
