//! The event of a custom resource.
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html>

use crate::SetupError;
use auth::email::Email;
use serde::Deserialize;
use std::fmt;

/// What CloudFormation asks.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// `Create`, `Update` or `Delete`.
    pub request_type: String,
    /// Where the answer goes: a signed URL, so a secret.
    #[serde(rename = "ResponseURL")]
    pub response_url: String,
    /// The stack.
    pub stack_id: String,
    /// The request.
    pub request_id: String,
    /// The resource's name in the template.
    pub logical_resource_id: String,
    /// The resource's properties.
    #[serde(default)]
    pub resource_properties: ResourceProperties,
}

/// The properties of `Setup` in the template.
#[derive(Deserialize, Default, Clone)]
#[serde(rename_all = "PascalCase", default)]
pub struct ResourceProperties {
    /// The deployment's base URL: issuer, links, origin checks.
    pub base_url: String,
    /// The first organization's name.
    pub organization_name: String,
    /// The first admin's address.
    pub admin_email: String,
}

/// The properties, checked.
pub(crate) struct Properties {
    pub(crate) base_url: String,
    pub(crate) organization_name: String,
    pub(crate) admin_email: Email,
}

impl fmt::Debug for Event {
    /// Without the signed URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("request_type", &self.request_type).finish_non_exhaustive()
    }
}

impl Event {
    pub(crate) fn properties(&self) -> Result<Properties, SetupError> {
        let given = &self.resource_properties;
        let base_url = given.base_url.trim_end_matches('/');
        let name = given.organization_name.trim();
        if !(base_url.starts_with("https://") || base_url.starts_with("http://")) {
            return Err(SetupError::Property("BaseUrl"));
        }
        if name.is_empty() {
            return Err(SetupError::Property("OrganizationName"));
        }
        Ok(Properties {
            base_url: base_url.to_owned(),
            organization_name: name.to_owned(),
            admin_email: given.admin_email.parse().map_err(|_| SetupError::Property("AdminEmail"))?,
        })
    }
}
