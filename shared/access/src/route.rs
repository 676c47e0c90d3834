//! A route and what it asks for.

use crate::{OrganizationRole, SpaceRole};

/// A kind of credential, as a route accepts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A session's access token.
    Session,
    /// The token of a session that a first password opened.
    PasswordChange,
    /// An API key.
    ApiKey,
}

impl CredentialKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Session, Self::PasswordChange, Self::ApiKey];

    /// The word for it in the document and in the request context.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::PasswordChange => "password_change",
            Self::ApiKey => "api_key",
        }
    }

    /// The kind of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The kinds of credential that a route accepts. Empty accepts none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Credentials {
    /// Whether a session's access token is accepted.
    pub session: bool,
    /// Whether a first password's session is accepted.
    pub password_change: bool,
    /// Whether an API key is accepted.
    pub api_key: bool,
}

impl Credentials {
    /// Whether `kind` is accepted.
    pub const fn accept(self, kind: CredentialKind) -> bool {
        match kind {
            CredentialKind::Session => self.session,
            CredentialKind::PasswordChange => self.password_change,
            CredentialKind::ApiKey => self.api_key,
        }
    }
}

/// What a key that is restricted to spaces may do on a route outside of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RestrictedKeys {
    /// Nothing: the closed side is the default.
    #[default]
    Refuse,
    /// Use the route where the path's `{id}` is the key itself.
    Itself,
    /// Use the route.
    Allow,
}

/// Where the role must be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// At least this role in the organization.
    Organization {
        /// The least role.
        role: OrganizationRole,
        /// What a key restricted to spaces may do here.
        restricted_keys: RestrictedKeys,
    },
    /// At least this role in the space of the path's `{space}`.
    Space {
        /// The least role.
        role: SpaceRole,
    },
}

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing: the authorizer is not asked.
    Public,
    /// A credential of an accepted kind whose user holds the role.
    Protected {
        /// The accepted kinds.
        credentials: Credentials,
        /// The role and where it must be held.
        scope: Scope,
        /// Whether it changes state: a read-only key is refused.
        write: bool,
    },
}

/// One operation of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method, in capitals.
    pub method: &'static str,
    /// The path as the document spells it, such as `/api-keys/{id}`.
    pub template: &'static str,
    /// What it asks for.
    pub access: Access,
}

/// Every operation of the API.
#[derive(Debug, Clone, Copy)]
pub struct RouteTable(&'static [Route]);

impl RouteTable {
    /// The table of these routes.
    pub const fn new(routes: &'static [Route]) -> Self {
        Self(routes)
    }

    /// The operation of this method and resource template. `None` is for the caller to refuse.
    pub fn find(&self, method: &str, template: &str) -> Option<&'static Route> {
        self.0.iter().find(|route| route.method == method && route.template == template)
    }

    /// Every operation, in the document's order.
    pub const fn routes(&self) -> &'static [Route] {
        self.0
    }
}
