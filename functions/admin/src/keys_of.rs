//! The API keys of a user, managed by an admin. Of a person's they are listed and revoked: nobody makes a key in
//! another person's name, or sees its secret. Those of a service account, which cannot do it itself, are made,
//! renamed and rotated as well.

use crate::{Admin, users::load};
use auth::records::UserKind;
use edge::{Ambient, Rejection, Request, Response};
use keys::Owner;

pub(crate) async fn list(
    admin: &Admin,
    request: &Request,
    kind: UserKind,
    ambient: &Ambient,
) -> Result<Response, Rejection> {
    let owner = owner(admin, request, kind).await?;
    admin.keys.list(&owner, request, ambient).await
}

pub(crate) async fn create(
    admin: &Admin,
    request: &Request,
    kind: UserKind,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let owner = owner(admin, request, kind).await?;
    admin.keys.create(&owner, request, ambient).await
}

pub(crate) async fn rename(
    admin: &Admin,
    request: &Request,
    kind: UserKind,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let owner = owner(admin, request, kind).await?;
    admin.keys.rename(&owner, request.path("key")?, request, ambient).await
}

pub(crate) async fn revoke(
    admin: &Admin,
    request: &Request,
    kind: UserKind,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let owner = owner(admin, request, kind).await?;
    admin.keys.revoke(&owner, request.path("key")?, request, ambient).await
}

pub(crate) async fn rotate(
    admin: &Admin,
    request: &Request,
    kind: UserKind,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let owner = owner(admin, request, kind).await?;
    admin.keys.rotate(&owner, request.path("key")?, request, ambient).await
}

async fn owner(admin: &Admin, request: &Request, kind: UserKind) -> Result<Owner, Rejection> {
    let caller = request.caller()?;
    load(admin, &caller, request, kind).await.map(Owner::User)
}
