//! `POST /auth/login`.
//!
//! 1. parse
//! 2. load: the user of the email, its password, its organization's policy, the counters of attempts
//! 3. charge the attempt, or 429 before any work is done
//! 4. verify the password, or do the same work where there is none
//! 5. decide: wrong password, unknown email, disabled user or password, suspended organization, an address
//!    that the organization does not admit and service account are one and the same 401
//! 6. take the charge back, and hash the password again where its hash is outdated
//! 7. write the session, under the condition that the user is still what it was
//! 8. respond with its first token and the cookie that refreshes it

use crate::{
    Login,
    attempt::Account,
    reason::{Reason, judge},
};
use auth::{
    audit::{Action, Actor, AuditEvent},
    decide::CredentialId,
    email::Email,
    ids::{OrganizationId, UserId},
    password::{Password, Verification},
    records::{Policy, SessionKind, StoredPassword, User},
};
use edge::{Ambient, Rejection, Request, Response, input};
use serde::Deserialize;
use store::{LoginRecords, Write};
use zeroize::Zeroizing;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    email: String,
    password: Zeroizing<String>,
}

pub(crate) async fn sign_in(
    login: &Login,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let (email, password) = parse(request)?;
    login.issuer.ready(ambient).await?;

    let account = find(login, email, request, ambient).await?;
    let (mut records, counters) = account.read(login, ambient).await?;
    let charged = account.charge(login, &mut records, counters, ambient).await?;
    let verification = verify(login, &password, records.password.as_ref());
    let (user, stored, policy) = match judge(&records, verification, request.source()) {
        Ok(granted) => granted,
        Err(reason) => {
            tell(&records, reason, request);
            account.fail(login, &charged, request, ambient).await?;
            return Err(Rejection::Unauthorized);
        }
    };
    if account.settle(login, stored, charged, ambient).await? == Write::Conflict {
        // The password was changed since it was read: this one was the old one.
        return Err(Rejection::Unauthorized);
    }
    upgrade(login, &password, stored, verification, ambient).await;
    begin(login, user, stored, policy, request, ambient).await
}

/// For whoever looks into an attack: of whom and from where. Of an address that nobody has, from where alone.
fn tell(records: &LoginRecords, reason: Reason, request: &Request) {
    let user = records.user.as_ref();
    tracing::info!(
        reason = reason.as_str(),
        user = user.map(|it| tracing::field::display(it.id)),
        org = user.map(|it| tracing::field::display(it.organization)),
        ip = request.source_address(),
        "a login is refused"
    );
}

fn parse(request: &Request) -> Result<(Email, Password), Rejection> {
    let body: Body = request.json()?;
    let email = input::email(&body.email)?;
    // No password is empty, not even one whose hash was imported.
    let text = Some(body.password).filter(|text| !text.is_empty());
    let password = text.and_then(|text| Password::try_from(text).ok());
    let password = password.ok_or_else(|| Rejection::field("password", "must have 1 to 128 characters"))?;
    Ok((email, password))
}

/// The account of `email`. An unknown one costs the same reads: of a user that does not exist.
async fn find(
    login: &Login,
    email: Email,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Account, Rejection> {
    let claim = login.store.user_by_email(&email).await.map_err(Rejection::dependency)?;
    let nobody = (OrganizationId::generate(&mut ambient.rng), UserId::generate(&mut ambient.rng));
    let (organization, user) = claim.unwrap_or(nobody);
    Ok(Account::new(email, organization, user, request))
}

/// The work is that of a current hash, whatever is stored.
pub(crate) fn verify(login: &Login, password: &Password, stored: Option<&StoredPassword>) -> Verification {
    match stored.filter(|it| !it.is_disabled()) {
        Some(stored) => login.hasher().verify(password, &stored.hash),
        None => {
            login.hasher().verify_nobody(password);
            Verification::Mismatch
        }
    }
}

/// Hashes a password again whose hash is of lesser cost than today's. A failure is no failure of the login:
/// the next one tries again.
async fn upgrade(
    login: &Login,
    password: &Password,
    stored: &StoredPassword,
    verification: Verification,
    ambient: &mut Ambient,
) {
    if verification != (Verification::Match { outdated: true }) {
        return;
    }
    let hashed = login.hasher().hash(password, &mut ambient.rng);
    match hashed {
        Ok(hash) => {
            let written = login.store.upgrade_hash(stored.user, stored.version, &hash).await;
            if let Err(error) = written {
                tracing::warn!(error = edge::telemetry::chain(&error), "a password's hash was not upgraded");
            }
        }
        Err(error) => {
            tracing::warn!(error = edge::telemetry::chain(&error), "a password's hash was not upgraded");
        }
    }
}

/// Writes the session and hands out its first token.
async fn begin(
    login: &Login,
    user: &User,
    stored: &StoredPassword,
    policy: &Policy,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let kind = if stored.must_change { SessionKind::PasswordChange } else { SessionKind::Full };
    let (session, refresh) = tokens::open_session(user, kind, policy, request, ambient);
    let (state, token) = refresh.unzip();
    let event = AuditEvent::new(
        user.organization,
        Actor::User(user.id),
        Some(CredentialId::Session(session.id)),
        Action::SessionCreated,
        session.id.to_string(),
        request.source_address(),
        ambient.now,
        &mut ambient.rng,
    )
    .with("kind", kind.as_str())
    .with("user_agent", &session.user_agent);
    let store = login.store.recording(event);
    match store.create_session(&session, state.as_ref()).await.map_err(Rejection::dependency)? {
        Write::Done => {
            let lifetime = tokens::lifetime(kind, policy);
            let refresh = token.as_ref().map(|token| (token, policy));
            login.issuer.respond(&session, lifetime, refresh, ambient).await
        }
        // Disabled or signed out everywhere since it was read.
        Write::Conflict => Err(Rejection::Unauthorized),
    }
}
