//! Why a credential is refused: words for the log. The caller is told the status and no more.

/// Why a good credential is refused. For the log; the caller is told 403.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    /// The organization or the key may not be used from this address.
    Address,
    /// The organization does not allow API keys.
    ApiKeys,
    /// The route does not accept this kind of credential.
    CredentialKind,
    /// The key only reads.
    ReadOnly,
    /// The key is restricted to spaces and this is none of them.
    Restricted,
    /// The role in the organization does not reach.
    OrganizationRole,
    /// No such space, or no place in it; the caller cannot tell which.
    NoSpace,
    /// The role in the space does not reach.
    SpaceRole,
    /// A path parameter that can name nothing.
    Path,
}

/// Why a credential is refused. For the log; the caller is told 401 and no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthorized {
    /// Neither a key nor a token by its form.
    Malformed,
    /// A token whose signature, issuer, life or form is wrong.
    Token,
    /// No such key, session or user.
    Unknown,
    /// The records name another organization or user than the credential does.
    Mismatch,
    /// The key's secret is not this one.
    Secret,
    /// The end of its life has passed.
    Expired,
    /// It was revoked, or its epoch was ended.
    Revoked,
    /// The user is disabled.
    Disabled,
    /// The organization is suspended.
    Suspended,
    /// A service account has no sessions.
    ServiceAccount,
}

macro_rules! reason_words {
    ($type:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $type {
            /// The word for it in the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

reason_words!(Forbidden {
    Address => "address", ApiKeys => "api_keys",
    CredentialKind => "credential_kind", ReadOnly => "read_only", Restricted => "restricted",
    OrganizationRole => "org_role", NoSpace => "no_space", SpaceRole => "space_role", Path => "path",
});
reason_words!(Unauthorized {
    Malformed => "malformed", Token => "token", Unknown => "unknown", Mismatch => "mismatch", Secret => "secret",
    Expired => "expired", Revoked => "revoked", Disabled => "disabled", Suspended => "suspended",
    ServiceAccount => "service_account",
});
