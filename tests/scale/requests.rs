//! What is measured.
//!
//! `<member>` and its like stand for ids of the organization that is asked. Pages are so small that each is full in the
//! smallest organization: otherwise it would be cheaper there for having less to show.

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Caller {
    /// A member with two keys, in one or two spaces.
    Member,
    /// A member of every space, with many sessions.
    MemberOfAll,
    /// The organization's admin.
    Admin,
    /// A key of the member.
    Key,
    /// A key that was a user's and is a service account's.
    MovedKey,
}

use Caller::{Admin, Key, Member, MemberOfAll, MovedKey};

/// Decisions: a name, who asks for what, how often the table is read, and the most read units.
pub(super) const DECISIONS: [(&str, Caller, &str, &str, usize, f64); 5] = [
    ("session, no space", Member, "GET", "/users/me", 1, 3.0),
    ("API key, no space", Key, "GET", "/users/me", 1, 3.0),
    ("session, in a space", Admin, "GET", "/catalog/spaces/<space>/products", 1, 5.0),
    ("API key, in a space", Key, "GET", "/catalog/spaces/<home>/products", 1, 5.0),
    ("API key that was moved, until its rotation", MovedKey, "GET", "/users/me", 2, 6.0),
];

/// Operations that read: a name, who asks for what.
pub(super) const READS: [(&str, Caller, &str); 30] = [
    ("`GET /users/me` by a member", Member, "/users/me?limit=1"),
    ("… by a member of all spaces", MemberOfAll, "/users/me?limit=5"),
    ("… by an admin", Admin, "/users/me?limit=5"),
    ("`GET /users/me/sessions`, of one", Member, "/users/me/sessions"),
    ("… of many", MemberOfAll, "/users/me/sessions?limit=1"),
    ("`GET /api-keys`", Member, "/api-keys?limit=1"),
    ("`GET /api-keys/{id}`", Member, "/api-keys/<key>"),
    ("`GET /api-keys/{id}/usage`", Member, "/api-keys/<key>/usage"),
    ("`GET /admin/policy`", Admin, "/admin/policy"),
    ("`GET /admin/users`", Admin, "/admin/users?limit=5"),
    ("… by the beginning of an email", Admin, "/admin/users?limit=1&email_prefix=user-000005"),
    ("`GET /admin/users/{id}`", Admin, "/admin/users/<member>"),
    ("`GET /admin/users/{id}/sessions`", Admin, "/admin/users/<member>/sessions"),
    ("`GET /admin/users/{id}/api-keys`", Admin, "/admin/users/<member>/api-keys?limit=1"),
    ("`GET /admin/users/{id}/offboarding`", Admin, "/admin/users/<member>/offboarding?limit=1"),
    ("`GET /admin/service-accounts`", Admin, "/admin/service-accounts?limit=1"),
    ("`GET /admin/service-accounts/{id}`", Admin, "/admin/service-accounts/<machine>"),
    (
        "`GET /admin/service-accounts/{id}/api-keys`",
        Admin,
        "/admin/service-accounts/<machine>/api-keys?limit=1",
    ),
    ("`GET /admin/users/{id}/api-keys/{key}/usage`", Admin, "/admin/users/<member>/api-keys/<key>/usage"),
    (
        "`GET /admin/service-accounts/{id}/api-keys/{key}/usage`",
        Admin,
        "/admin/service-accounts/<machine>/api-keys/<machine's key>/usage",
    ),
    ("`GET /admin/api-keys`", Admin, "/admin/api-keys?limit=5"),
    ("… that are unused", Admin, "/admin/api-keys?limit=5&unused_for=1d"),
    ("`GET /admin/spaces`", Admin, "/admin/spaces?limit=5"),
    ("`GET /admin/spaces/{space}`", Admin, "/admin/spaces/<space>"),
    ("`GET /spaces/{space}/members`", Admin, "/spaces/<space>/members?limit=1"),
    ("`GET /admin/audit`", Admin, "/admin/audit?limit=5"),
    ("`GET /admin/audit/export`", Admin, "/admin/audit/export?limit=5"),
    ("`GET /admin/usage`", Admin, "/admin/usage?limit=5&group_by=key"),
    ("`GET /catalog/spaces/{space}/products`", Admin, "/catalog/spaces/<space>/products?limit=5"),
    ("`GET /catalog/spaces/{space}/products/{product}`", Admin, "/catalog/spaces/<space>/products/<product>"),
];
