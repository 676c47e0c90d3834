//! An attempt at a password: charged before argon2 runs, settled when it was the right one.
//!
//! - From an address that has logged in to the account before, an attempt counts on that pair alone: whoever
//!   tries the account from elsewhere does not delay its owner.
//! - From any other it counts on the address, and on the account. An email without a password counts on a
//!   counter of its own: the same reads, the same writes, the same waits.
//! - Each attempt at a password counts as a failure until it is known to be none.
//!
//! The charges are conditional on what was read. Of many attempts at the same moment one is charged at a
//! time, and the others are measured by the state that it left.

use crate::{Login, reason::Reason};
use auth::{
    address::AddressKey,
    audit::{Action, Actor, AuditEvent, ulid},
    email::Email,
    ids::{OrganizationId, UserId},
    records::StoredPassword,
    throttle::{ACCOUNT, ADDRESS, AttemptState, KNOWN, MAX_FAILURES, RetryAfter, Schedule},
};
use edge::{Ambient, Rejection, Request};
use rand_core::Rng;
use std::slice;
use store::{LoginRecords, MailKind, OutboxItem, Subject, Write};
use time::{Duration, OffsetDateTime};

/// How often an attempt is measured again because another one was charged first.
const REREADS: u32 = 5;
/// Seconds to wait for who lost that often.
const CONTENDED: RetryAfter = RetryAfter(1);
/// A mail that was not sent by then is of no more use.
const MAIL_LIFE: Duration = Duration::DAY;

/// The account that is tried, and from where.
pub(crate) struct Account {
    pub(crate) email: Email,
    pub(crate) organization: OrganizationId,
    pub(crate) user: UserId,
    /// `None` where the gateway says no address: nothing is remembered of that.
    source: Option<AddressKey>,
}

/// An attempt that may go on.
#[derive(Debug)]
pub(crate) struct Charged {
    place: Place,
    /// The password that it was charged on, and its consecutive failures, this attempt among them.
    password: Option<(StoredPassword, u32)>,
}

/// Where an attempt was charged beside the account.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    subject: Subject,
    schedule: &'static Schedule,
    known: bool,
    /// As it was read.
    read: AttemptState,
    /// With the charge.
    charged: AttemptState,
}

/// The counters of an attempt, as they were read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counters {
    address: AttemptState,
    account: AttemptState,
    known: AttemptState,
}

impl Counters {
    /// In the order of [`Account::subjects`].
    fn of(states: Vec<AttemptState>) -> Self {
        let mut states = states.into_iter();
        let mut next = || states.next().unwrap_or_default();
        Self { address: next(), account: next(), known: next() }
    }
}

impl Account {
    pub(crate) fn new(email: Email, organization: OrganizationId, user: UserId, request: &Request) -> Self {
        let source = request.source().map(|source| AddressKey::of(Some(source)));
        Self { email, organization, user, source }
    }

    /// The user, its password, its organization's policy, and the counters: one read.
    pub(crate) async fn read(
        &self,
        login: &Login,
        ambient: &mut Ambient,
    ) -> Result<(LoginRecords, Counters), Rejection> {
        let copy = ambient.any_byte();
        let (records, states) = login
            .store
            .login_records_and_attempts(self.organization, self.user, copy, &self.subjects())
            .await
            .map_err(Rejection::dependency)?;
        Ok((records, Counters::of(states)))
    }

    /// Charges an attempt by the counters, and leaves in `records` what it was charged on.
    ///
    /// # Errors
    /// 429 where it comes too early.
    pub(crate) async fn charge(
        &self,
        login: &Login,
        records: &mut LoginRecords,
        mut counters: Counters,
        ambient: &mut Ambient,
    ) -> Result<Charged, Rejection> {
        // As exact as it is stored: what was charged is then what will be read.
        let now = ambient.now.truncate_to_millisecond();
        for reread in 0..=REREADS {
            if reread > 0 {
                (*records, counters) = self.read(login, ambient).await?;
            }
            let password = records.password.as_ref();
            let place = self.place(password, &counters, now);
            let (charge, place) = both(self.measure(password, &counters, now), place).map_err(too_many)?;
            if self.write(login, password, &counters, &charge, ambient).await? == Write::Done {
                let password = password.map(|it| (it.clone(), it.failures.saturating_add(1)));
                let place = place.write(login, now, ambient).await?;
                return Ok(Charged { place, password });
            }
        }
        Err(too_many(CONTENDED))
    }

    /// The counters alone, for who has the records.
    pub(crate) async fn counters(&self, login: &Login) -> Result<Counters, Rejection> {
        let states = login.store.attempts(&self.subjects()).await.map_err(Rejection::dependency)?;
        Ok(Counters::of(states))
    }

    /// Of three counters, whichever of them are of use: the reads do not depend on what is there.
    fn subjects(&self) -> [Subject; 3] {
        [self.address_subject(), Subject::account(&self.email), self.known_subject()]
    }

    fn address(&self) -> AddressKey {
        self.source.clone().unwrap_or_else(|| AddressKey::of(None))
    }

    fn address_subject(&self) -> Subject {
        Subject::address(&self.address())
    }

    fn known_subject(&self) -> Subject {
        Subject::known(self.user, &self.address())
    }

    /// Whether the password was entered rightly from here before.
    fn is_known(&self, password: Option<&StoredPassword>) -> bool {
        let known = password.map(|it| it.known_addresses.as_slice()).unwrap_or_default();
        self.source.as_ref().is_some_and(|source| known.contains(source))
    }

    /// The account's state with this attempt. From a known address it is not the account that is charged.
    fn measure(
        &self,
        password: Option<&StoredPassword>,
        counters: &Counters,
        now: OffsetDateTime,
    ) -> Result<AttemptState, RetryAfter> {
        match password {
            Some(password) if self.is_known(Some(password)) => Ok(password.throttle),
            Some(password) => password.throttle.charge(&ACCOUNT, now),
            None => counters.account.charge(&ACCOUNT, now),
        }
    }

    fn place(
        &self,
        password: Option<&StoredPassword>,
        counters: &Counters,
        now: OffsetDateTime,
    ) -> Result<Place, RetryAfter> {
        let known = self.is_known(password);
        let (subject, schedule, read) = if known {
            (self.known_subject(), &KNOWN, counters.known)
        } else {
            (self.address_subject(), &ADDRESS, counters.address)
        };
        Ok(Place { subject, schedule, known, read, charged: read.charge(schedule, now)? })
    }

    async fn write(
        &self,
        login: &Login,
        password: Option<&StoredPassword>,
        counters: &Counters,
        charge: &AttemptState,
        ambient: &mut Ambient,
    ) -> Result<Write, Rejection> {
        match password {
            Some(password) => {
                let (failures, nonce) = (password.failures.saturating_add(1), ambient.rng.next_u64());
                let written = login.store.charge_password(password, charge, failures, nonce).await;
                written.map_err(Rejection::dependency)
            }
            None => {
                let subject = Subject::account(&self.email);
                put(login, &subject, (&counters.account, charge), &ACCOUNT, ambient).await
            }
        }
    }

    /// Takes the charge back: the password was the right one. [`Write::Conflict`] where it is another now.
    pub(crate) async fn settle(
        &self,
        login: &Login,
        password: &StoredPassword,
        charged: Charged,
        ambient: &mut Ambient,
    ) -> Result<Write, Rejection> {
        let known = match &self.source {
            Some(source) => password.remembering(source),
            None => password.known_addresses.clone(),
        };
        let cleared = login.store.clear_password_attempts(password.user, password.version, &known).await;
        if cleared.map_err(Rejection::dependency)? == Write::Conflict {
            return Ok(Write::Conflict);
        }
        charged.place.settle(login, ambient).await?;
        Ok(Write::Done)
    }

    /// Tells that failures have disabled the password, once: with the failure that did, or where that one's process
    /// ended before it told, with the next one.
    pub(crate) async fn fail(
        &self,
        login: &Login,
        charged: &Charged,
        request: &Request,
        ambient: &mut Ambient,
    ) -> Result<(), Rejection> {
        let disabled = |(password, failures): &&(StoredPassword, u32)| {
            *failures >= MAX_FAILURES && !password.disabled_told
        };
        let Some((password, _)) = charged.password.as_ref().filter(disabled) else {
            return Ok(());
        };
        tracing::warn!(user = %self.user, reason = Reason::PasswordDisabled.as_str(), "a password is disabled");
        let event = AuditEvent::new(
            self.organization,
            Actor::Unknown,
            None,
            Action::PasswordDisabled,
            self.user.to_string(),
            request.source_address(),
            ambient.now,
            &mut ambient.rng,
        );
        let created_at = ambient.second();
        let mail = OutboxItem {
            id: ulid(ambient.now, &mut ambient.rng),
            kind: MailKind::PasswordDisabled { user: self.user },
            source_address: request.source_address().to_owned(),
            created_at,
            expires_at: created_at + MAIL_LIFE,
        };
        // Where it is told already, another attempt at the same moment was first.
        let _told =
            login.store.tell_disabled(password, &mail, &event).await.map_err(Rejection::dependency)?;
        Ok(())
    }
}

impl Place {
    /// Writes the charge. Where others were charged meanwhile it is measured again by what they left.
    async fn write(
        mut self,
        login: &Login,
        now: OffsetDateTime,
        ambient: &mut Ambient,
    ) -> Result<Self, Rejection> {
        for reread in 0..=REREADS {
            if reread > 0 {
                self.read = self.reread(login).await?;
                self.charged = self.read.charge(self.schedule, now).map_err(too_many)?;
            }
            let change = (&self.read, &self.charged);
            if put(login, &self.subject, change, self.schedule, ambient).await? == Write::Done {
                return Ok(self);
            }
        }
        Err(too_many(CONTENDED))
    }

    /// A known address begins anew. Of another one attempt was no failure; those before it remain: else an
    /// account of the attacker's own would clear the address for the next guesses.
    async fn settle(mut self, login: &Login, ambient: &mut Ambient) -> Result<(), Rejection> {
        for reread in 0..=REREADS {
            let after = match (self.known, reread) {
                (true, _) => AttemptState { attempts: 0, not_before: None, last: self.charged.last },
                (false, 0) => self.charged.refund(),
                // Others were charged meanwhile: the delay is theirs, and stays.
                (false, _) => {
                    AttemptState { attempts: self.charged.attempts.saturating_sub(1), ..self.charged }
                }
            };
            let change = (&self.charged, &after);
            if put(login, &self.subject, change, self.schedule, ambient).await? == Write::Done {
                return Ok(());
            }
            self.charged = self.reread(login).await?;
        }
        // One attempt too many stays charged on a busy address: no reason to refuse a right password.
        Ok(())
    }

    async fn reread(&self, login: &Login) -> Result<AttemptState, Rejection> {
        let states = login.store.attempts(slice::from_ref(&self.subject)).await;
        Ok(states.map_err(Rejection::dependency)?.into_iter().next().unwrap_or_default())
    }
}

/// Changes the attempts on a subject from what was read to what is to be.
async fn put(
    login: &Login,
    subject: &Subject,
    (read, next): (&AttemptState, &AttemptState),
    schedule: &Schedule,
    ambient: &mut Ambient,
) -> Result<Write, Rejection> {
    let end = next.forgotten_at(schedule).unwrap_or(ambient.now);
    let nonce = ambient.rng.next_u64();
    login.store.charge_attempt(subject, read, next, end, nonce).await.map_err(Rejection::dependency)
}

/// Both, or the longer of the waits.
fn both<A, B>(a: Result<A, RetryAfter>, b: Result<B, RetryAfter>) -> Result<(A, B), RetryAfter> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(RetryAfter(a)), Err(RetryAfter(b))) => Err(RetryAfter(a.max(b))),
        (Err(wait), _) | (_, Err(wait)) => Err(wait),
    }
}

const fn too_many(RetryAfter(seconds): RetryAfter) -> Rejection {
    Rejection::TooManyRequests(seconds)
}
