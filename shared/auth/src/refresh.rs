//! Refresh tokens: a session's life beyond its short tokens, and the rule that each is used once.
//!
//! A token is the session's ids, a generation, a 256-bit value and a tag. The server keeps the hash of the
//! current value, and of the one before it with the salt that led from it to the current one:
//!
//! - value *n + 1* = HMAC-SHA-256(value *n*, session ‖ *n + 1* ‖ salt). Who shows value *n* again within ten
//!   seconds, from the same address, gets the *same* successor: two tabs, an answer that was lost. No value is
//!   stored, and no key of the server can make one.
//! - tag = HMAC-SHA-256(key of the session, session ‖ generation ‖ value). Who merely knows a session's id
//!   cannot pose as its past, and so cannot end it.
//! - A value with a good tag that is neither the current one nor inside the grace is the true past, used
//!   again: the session ends (RFC 9700 §4.14.2).

use crate::{
    ids::{OrganizationId, SessionId, UserId},
    records::Session,
};
use aws_lc_rs::{constant_time, digest, hmac};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::CryptoRng;
use std::fmt;
use time::{Duration, OffsetDateTime};
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// For how long the immediate predecessor of the current value gets the current one again.
pub const GRACE: Duration = Duration::seconds(10);

/// Organization, user, session, generation, value, tag.
const BYTES: usize = 8 + 8 + 8 + 4 + 32 + 32;
/// The digits of so many bytes in base64url without padding.
const DIGITS: usize = (BYTES * 4).div_ceil(3);

/// A refresh token in the clear: between its cookie and its verification. Wiped on drop; `Debug` does not show
/// it.
#[derive(Clone, ZeroizeOnDrop)]
pub struct RefreshToken {
    /// The session's organization.
    #[zeroize(skip)]
    pub organization: OrganizationId,
    /// The session's user.
    #[zeroize(skip)]
    pub user: UserId,
    /// The session.
    #[zeroize(skip)]
    pub session: SessionId,
    generation: u32,
    value: [u8; 32],
    tag: [u8; 32],
}

/// A text that is no refresh token. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a refresh token")]
pub struct RefreshTokenError;

impl RefreshToken {
    /// The token that `text` spells: 123 digits of base64url without padding. Each has one spelling.
    ///
    /// # Errors
    /// [`RefreshTokenError`].
    pub fn parse(text: &str) -> Result<Self, RefreshTokenError> {
        if text.len() != DIGITS {
            return Err(RefreshTokenError);
        }
        let mut bytes = Zeroizing::new([0; BYTES]);
        let length =
            URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()).map_err(|_| RefreshTokenError)?;
        if length != BYTES {
            return Err(RefreshTokenError);
        }
        let rest = bytes.as_slice();
        let (organization, rest) = take(rest)?;
        let (user, rest) = take(rest)?;
        let (session, rest) = take(rest)?;
        let (generation, rest) = take(rest)?;
        let (value, rest) = take(rest)?;
        let (tag, _) = take(rest)?;
        Ok(Self {
            organization: OrganizationId::from_bits(u64::from_be_bytes(organization)),
            user: UserId::from_bits(u64::from_be_bytes(user)),
            session: SessionId::from_bits(u64::from_be_bytes(session)),
            generation: u32::from_be_bytes(generation),
            value,
            tag,
        })
    }

    /// The text for the cookie: kept nowhere else.
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES));
        bytes.extend_from_slice(&self.organization.bits().to_be_bytes());
        bytes.extend_from_slice(&self.user.bits().to_be_bytes());
        bytes.extend_from_slice(&self.session.bits().to_be_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.value);
        bytes.extend_from_slice(&self.tag);
        let mut text = Zeroizing::new(String::with_capacity(DIGITS));
        URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
        text
    }
}

fn take<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), RefreshTokenError> {
    bytes.split_first_chunk().map(|(part, rest)| (*part, rest)).ok_or(RefreshTokenError)
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken")
            .field("session", &self.session)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// The value before the current one, for the grace.
#[derive(Clone, PartialEq, Eq)]
pub struct PreviousValue {
    /// Its SHA-256.
    pub hash: [u8; 32],
    /// What led from it to the current one.
    pub salt: [u8; 32],
    /// When it was used.
    pub rotated_at: OffsetDateTime,
    /// From which address.
    pub source: String,
}

/// What is kept of a session's refresh tokens: enough to know one, too little to make one.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshState {
    /// The session.
    pub session: SessionId,
    /// Its user.
    pub user: UserId,
    /// Its user's organization.
    pub organization: OrganizationId,
    /// Counts the values; the current one's number.
    pub generation: u32,
    /// The key of the session's tags.
    pub tag_key: Zeroizing<[u8; 32]>,
    /// SHA-256 of the current value.
    pub current: [u8; 32],
    /// The value before, unless there is none.
    pub previous: Option<PreviousValue>,
    /// When the session was opened or last refreshed.
    pub refreshed_at: OffsetDateTime,
    /// The session's own end.
    pub expires_at: OffsetDateTime,
}

impl fmt::Debug for RefreshState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshState")
            .field("session", &self.session)
            .field("generation", &self.generation)
            .field("refreshed_at", &self.refreshed_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// What a token is to a session's state.
#[derive(Debug)]
pub enum Presented {
    /// The current one. `next` is to be written if the state is still what it was; then `token` goes out.
    Rotate {
        /// The state after it.
        next: Box<RefreshState>,
        /// Its successor.
        token: RefreshToken,
    },
    /// The one before, inside the grace: its successor again. Nothing is to be written.
    Repeat(RefreshToken),
    /// A true one of the past, used again: the session is to end.
    Reused,
    /// None of this session's. It has no effect.
    Forged,
}

impl RefreshState {
    /// The state of a new session, and its first token.
    pub fn begin(session: &Session, now: OffsetDateTime, rng: &mut impl CryptoRng) -> (Self, RefreshToken) {
        let (mut tag_key, mut value) = (Zeroizing::new([0; 32]), [0; 32]);
        rng.fill_bytes(tag_key.as_mut_slice());
        rng.fill_bytes(&mut value);
        let state = Self {
            session: session.id,
            user: session.user,
            organization: session.organization,
            generation: 0,
            tag_key,
            current: hash(&value),
            previous: None,
            refreshed_at: now,
            expires_at: session.expires_at,
        };
        let token = state.token(0, value);
        (state, token)
    }

    /// What `token`, shown at `now` from the address `source`, is to this state.
    pub fn present(
        &self,
        token: &RefreshToken,
        now: OffsetDateTime,
        source: &str,
        rng: &mut impl CryptoRng,
    ) -> Presented {
        if !self.issued(token) {
            return Presented::Forged;
        }
        if token.generation == self.generation && equal(&hash(&token.value), &self.current) {
            return self.rotate(token, now, source, rng);
        }
        match self.grace(token, now, source) {
            Some(salt) => Presented::Repeat(self.token(self.generation, self.successor(&token.value, salt))),
            None => Presented::Reused,
        }
    }

    /// Whether this is or was one of the session's tokens.
    pub fn issued(&self, token: &RefreshToken) -> bool {
        let named = (token.organization, token.user, token.session);
        named == (self.organization, self.user, self.session)
            && token.generation <= self.generation
            && equal(&self.tag(token.generation, &token.value), &token.tag)
    }

    fn rotate(
        &self,
        token: &RefreshToken,
        now: OffsetDateTime,
        source: &str,
        rng: &mut impl CryptoRng,
    ) -> Presented {
        let mut salt = [0; 32];
        rng.fill_bytes(&mut salt);
        // Four thousand million refreshes of one session: none gets there.
        let Some(generation) = self.generation.checked_add(1) else {
            return Presented::Forged;
        };
        let mut next = self.clone();
        next.generation = generation;
        let value = next.successor(&token.value, &salt);
        next.current = hash(&value);
        let previous = PreviousValue { hash: self.current, salt, rotated_at: now, source: source.to_owned() };
        next.previous = Some(previous);
        next.refreshed_at = now;
        let token = next.token(generation, value);
        Presented::Rotate { next: Box::new(next), token }
    }

    /// The salt of the current value, where `token` is its predecessor and may have it again.
    fn grace(&self, token: &RefreshToken, now: OffsetDateTime, source: &str) -> Option<&[u8; 32]> {
        let previous = self.previous.as_ref()?;
        let age = now - previous.rotated_at;
        let within = token.generation.checked_add(1) == Some(self.generation)
            && equal(&hash(&token.value), &previous.hash)
            // Clocks of two functions may differ by a little in either direction.
            && age < GRACE
            && age > -GRACE
            && source == previous.source;
        within.then_some(&previous.salt)
    }

    /// The value after `value`, which is the one of this state's generation.
    fn successor(&self, value: &[u8; 32], salt: &[u8; 32]) -> [u8; 32] {
        mac(value, &[&self.session.bits().to_be_bytes(), &self.generation.to_be_bytes(), salt])
    }

    fn token(&self, generation: u32, value: [u8; 32]) -> RefreshToken {
        RefreshToken {
            organization: self.organization,
            user: self.user,
            session: self.session,
            generation,
            value,
            tag: self.tag(generation, &value),
        }
    }

    fn tag(&self, generation: u32, value: &[u8; 32]) -> [u8; 32] {
        mac(&self.tag_key, &[&self.session.bits().to_be_bytes(), &generation.to_be_bytes(), value])
    }
}

/// HMAC-SHA-256 (RFC 2104) of parts that have fixed lengths each, so that their joint has one reading.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let mut context = hmac::Context::with_key(&key);
    parts.iter().for_each(|part| context.update(part));
    bytes(context.sign().as_ref())
}

fn hash(value: &[u8; 32]) -> [u8; 32] {
    bytes(digest::digest(&digest::SHA256, value).as_ref())
}

/// The 32 bytes that SHA-256 puts out.
fn bytes(output: &[u8]) -> [u8; 32] {
    let mut array = [0; 32];
    array.iter_mut().zip(output).for_each(|(to, from)| *to = *from);
    array
}

fn equal(a: &[u8; 32], b: &[u8; 32]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

#[cfg(test)]
mod tests;
