//! Roles, and what each route of the API asks of its caller.
//!
//! The permission of a route stands beside the route, in the OpenAPI document, as `x-qarion-access`.
//! [`openapi`] reads it, at build time for the authorizer and in the tests; [`Route`] is what it becomes.
//! This crate is apart from `auth` because a build script needs it, and should need nothing else.

pub mod openapi;
mod role;
mod route;

pub use role::{OrganizationRole, SpaceRole, effective_space_role};
pub use route::{Access, CredentialKind, Credentials, RestrictedKeys, Route, RouteTable, Scope};
