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

impl Unauthorized {
    /// Whether the ids of a credential that is refused for this are those of a real one, so that the refusal may be
    /// counted for it. Of the others the ids are merely claimed, and anyone may claim any.
    pub const fn is_attributable(self) -> bool {
        match self {
            Self::Malformed | Self::Token | Self::Unknown | Self::Mismatch => false,
            Self::Secret
            | Self::Expired
            | Self::Revoked
            | Self::Disabled
            | Self::Suspended
            | Self::ServiceAccount => true,
        }
    }
}

/// [`Unauthorized::is_attributable`] of the reason of this word; what is no such word is not.
pub(crate) fn attributable(word: &str) -> bool {
    Unauthorized::parse(word).is_some_and(Unauthorized::is_attributable)
}

/// Whether the ids of a credential whose decision failed are those of a real one: a session's, whose token was
/// verified by then, and not a key's, of which nothing was read.
pub(crate) const fn authenticated_fault(by_session: bool) -> bool {
    by_session
}

macro_rules! reason_words {
    ($type:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it in the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The reason of a word of the log.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

reason_words!(Forbidden {
    Address => "address", ApiKeys => "api_keys",
    CredentialKind => "kind", ReadOnly => "read_only", Restricted => "restricted",
    OrganizationRole => "org_role", NoSpace => "no_space", SpaceRole => "space_role", Path => "path",
});
reason_words!(Unauthorized {
    Malformed => "malformed", Token => "token", Unknown => "unknown", Mismatch => "mismatch", Secret => "secret",
    Expired => "expired", Revoked => "revoked", Disabled => "disabled", Suspended => "suspended",
    ServiceAccount => "no_login",
});
