//! Whether a verified password opens a session, and if not why: for the log alone, the answer does not tell.

use auth::{
    password::Verification,
    records::{Policy, StoredPassword, User, UserKind},
};
use std::net::IpAddr;
use store::LoginRecords;

/// Why a login is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    UnknownEmail,
    ServiceAccount,
    PasswordDisabled,
    WrongPassword,
    UserDisabled,
    OrganizationSuspended,
    Address,
}

impl Reason {
    /// The word for it in the log.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownEmail => "unknown_email",
            Self::ServiceAccount => "service_account",
            Self::PasswordDisabled => "password_disabled",
            Self::WrongPassword => "wrong_password",
            Self::UserDisabled => "user_disabled",
            Self::OrganizationSuspended => "organization_suspended",
            Self::Address => "address",
        }
    }
}

/// The same state that every decision asks, asked of a user that logs in from `source`.
pub(crate) fn judge(
    records: &LoginRecords,
    verification: Verification,
    source: Option<IpAddr>,
) -> Result<(&User, &StoredPassword, &Policy), Reason> {
    let user = records.user.as_ref().ok_or(Reason::UnknownEmail)?;
    if user.kind != UserKind::Human {
        return Err(Reason::ServiceAccount);
    }
    let password = records.password.as_ref().ok_or(Reason::WrongPassword)?;
    if password.is_disabled() {
        return Err(Reason::PasswordDisabled);
    }
    if verification == Verification::Mismatch || password.user != user.id {
        return Err(Reason::WrongPassword);
    }
    if user.disabled {
        return Err(Reason::UserDisabled);
    }
    let policy = records.policy.as_ref().filter(|it| it.organization == user.organization && !it.suspended);
    let policy = policy.ok_or(Reason::OrganizationSuspended)?;
    if policy.addresses.admit(source) { Ok((user, password, policy)) } else { Err(Reason::Address) }
}
