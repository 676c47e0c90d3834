//! One row as a user.

use auth::{access::OrganizationRole, email::Email, password::PasswordHash};
use edge::{Rejection, input};
use serde::Deserialize;

/// A row as it stands in the body.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raw {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) org_role: Option<String>,
    pub(crate) password_hash: Option<String>,
}

/// A row that can be a user.
pub(crate) struct Row {
    pub(crate) email: Email,
    pub(crate) name: String,
    pub(crate) organization_role: OrganizationRole,
    pub(crate) password: Option<PasswordHash>,
}

impl TryFrom<Raw> for Row {
    type Error = Rejection;

    /// 422 that names the field, and repeats nothing of a hash.
    fn try_from(raw: Raw) -> Result<Self, Rejection> {
        let role = raw.org_role.as_deref().map(input::organization_role).transpose()?;
        let password = raw.password_hash.as_deref().map(PasswordHash::parse).transpose();
        Ok(Self {
            email: input::new_email(&raw.email)?,
            name: input::line("name", &raw.name, input::USER_NAME_LIMIT)?,
            organization_role: role.unwrap_or(OrganizationRole::Member),
            password: password.map_err(|error| Rejection::field("password_hash", error.to_string()))?,
        })
    }
}
