//! `POST /auth/password/forgot`.
//!
//! Who asks learns nothing, neither from the answer nor from its time: nobody is looked up here. What is done
//! is the same whomever the e-mail address belongs to, and `mailer` goes on with it.
//!
//! 1. parse
//! 2. charge the source address; beyond its share is a 429
//! 3. charge the e-mail address; beyond its share no more mails are wanted, which is not said
//! 4. write one item into the outbox
//! 5. respond, always the same

use crate::Login;
use auth::{
    address::AddressKey,
    audit::ulid,
    email::Email,
    throttle::{FORGOT_ACCOUNT, FORGOT_ADDRESS, RetryAfter, Schedule},
};
use edge::{Ambient, Rejection, Request, Response, input, response};
use http::StatusCode;
use rand_core::Rng as _;
use serde::Deserialize;
use serde_json::json;
use store::{MailKind, OutboxItem, Subject, Write};
use time::Duration;

/// What was not sent within a day is not sent any more.
const OUTBOX_LIFE: Duration = Duration::DAY;

/// How often a charge is tried whose state others keep changing.
const CHARGES: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    email: String,
}

pub(crate) async fn forgot(
    login: &Login,
    request: &Request,
    ambient: &mut Ambient,
) -> Result<Response, Rejection> {
    let body: Body = request.json()?;
    let email: Email = input::email(&body.email)?;

    let address = Subject::forgot_address(&AddressKey::of(request.source()));
    if let Err(RetryAfter(seconds)) = charge(login, &address, &FORGOT_ADDRESS, ambient).await? {
        return Err(Rejection::TooManyRequests(seconds));
    }
    let account = Subject::forgot_account(&email);
    if charge(login, &account, &FORGOT_ACCOUNT, ambient).await?.is_ok() {
        let item = outbox_item(email, request, ambient);
        login.store.enqueue(&item).await.map_err(Rejection::dependency)?;
    }
    Ok(response::json(StatusCode::ACCEPTED, &json!({})))
}

/// Charges one attempt, or says how long to wait.
async fn charge(
    login: &Login,
    subject: &Subject,
    schedule: &Schedule,
    ambient: &mut Ambient,
) -> Result<Result<(), RetryAfter>, Rejection> {
    let now = ambient.second();
    for _ in 0..CHARGES {
        let states = login.store.attempts(std::slice::from_ref(subject)).await;
        let read = states.map_err(Rejection::dependency)?.into_iter().next().unwrap_or_default();
        let next = match read.charge(schedule, now) {
            Ok(next) => next,
            Err(wait) => return Ok(Err(wait)),
        };
        let (ends, nonce) = (now + schedule.forget, ambient.rng.next_u64());
        let written = login.store.charge_attempt(subject, &read, &next, ends, nonce).await;
        if written.map_err(Rejection::dependency)? == Write::Done {
            return Ok(Ok(()));
        }
    }
    Ok(Err(RetryAfter(1)))
}

fn outbox_item(email: Email, request: &Request, ambient: &mut Ambient) -> OutboxItem {
    let now = ambient.second();
    OutboxItem {
        id: ulid(ambient.now, &mut ambient.rng),
        kind: MailKind::ResetAsked { email },
        source_address: request.source_address().to_owned(),
        created_at: now,
        expires_at: now + OUTBOX_LIFE,
    }
}
