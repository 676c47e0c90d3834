//! One-time tokens: what a link to a new password carries. Good once, for a while, and for one password only.

use crate::{
    ids::{OrganizationId, UserId},
    records::User,
};
use aws_lc_rs::{constant_time, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::CryptoRng;
use std::fmt;
use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

/// How long one for another password is good.
const RESET_LIFE: Duration = Duration::minutes(30);

/// How long one for a first password is good: whoever it is for did not ask for it, and may look tomorrow.
const SETUP_LIFE: Duration = Duration::hours(24);

const BYTES: usize = 32;
const DIGITS: usize = (BYTES * 4).div_ceil(3);

/// A token in the clear: between its making and its mail, and while it is used. Wiped on drop; `Debug` does not
/// show it.
#[derive(Clone)]
pub struct OneTimeToken(Zeroizing<[u8; BYTES]>);

/// A text that is no one-time token. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a one-time token")]
pub struct OneTimeTokenError;

impl OneTimeToken {
    /// A new token of 256 random bits.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; BYTES]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    /// The token that `text` spells: 43 digits of base64url without padding. Each has one spelling.
    ///
    /// # Errors
    /// [`OneTimeTokenError`].
    pub fn parse(text: &str) -> Result<Self, OneTimeTokenError> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        if text.len() != DIGITS {
            return Err(OneTimeTokenError);
        }
        match URL_SAFE_NO_PAD.decode_slice(text, bytes.as_mut_slice()) {
            Ok(BYTES) => Ok(Self(bytes)),
            _ => Err(OneTimeTokenError),
        }
    }

    /// The text for the link: kept nowhere else.
    pub fn reveal(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(DIGITS));
        URL_SAFE_NO_PAD.encode_string(self.0.as_slice(), &mut text);
        text
    }

    /// What is stored. 256 random bits need no slow hash.
    pub fn hash(&self) -> OneTimeHash {
        let mut hash = [0; 32];
        let output = digest::digest(&digest::SHA256, self.0.as_slice());
        hash.iter_mut().zip(output.as_ref()).for_each(|(to, from)| *to = *from);
        OneTimeHash(hash)
    }
}

impl fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeToken([redacted])")
    }
}

/// The SHA-256 of a token: the name under which it is stored.
#[derive(Clone, Copy)]
pub struct OneTimeHash([u8; 32]);

impl OneTimeHash {
    /// The hash of these 64 hexadecimal digits in lower case.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        if text.len() != 64 || text.bytes().any(|it| !matches!(it, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self(hash))
    }

    /// Its 64 hexadecimal digits in lower case.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl PartialEq for OneTimeHash {
    fn eq(&self, other: &Self) -> bool {
        constant_time::verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for OneTimeHash {}

impl fmt::Debug for OneTimeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeHash([redacted])")
    }
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OneTimePurpose {
    /// Another password for one that is lost.
    Reset,
    /// The first password of a user.
    Setup,
}

impl OneTimePurpose {
    /// The word for it in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
            Self::Setup => "setup",
        }
    }

    /// How long a token for it is good.
    pub const fn life(self) -> Duration {
        match self {
            Self::Reset => RESET_LIFE,
            Self::Setup => SETUP_LIFE,
        }
    }

    /// The purpose of this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Reset, Self::Setup].into_iter().find(|it| it.as_str() == text)
    }
}

/// A token as it is stored: never the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOneTime {
    /// Its hash.
    pub hash: OneTimeHash,
    /// What it is for.
    pub purpose: OneTimePurpose,
    /// Whose password it sets.
    pub user: UserId,
    /// The user's organization.
    pub organization: OrganizationId,
    /// The version of the password that it replaces; 0 where there is none yet. Another version, and it is
    /// void: a password that was changed meanwhile stays.
    pub password_version: u64,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// From then on it is void.
    pub expires_at: OffsetDateTime,
    /// The administrator who made it; `None` where its user asked.
    pub made_by: Option<UserId>,
}

/// Makes a token for the password that `user` has in this version, 0 for a user that has none yet, and what is
/// stored of it. `made_by` is the administrator who makes it; `None` where the user asked.
pub fn issue(
    user: &User,
    password_version: u64,
    made_by: Option<UserId>,
    now: OffsetDateTime,
    rng: &mut impl CryptoRng,
) -> (OneTimeToken, StoredOneTime) {
    let purpose = if password_version == 0 { OneTimePurpose::Setup } else { OneTimePurpose::Reset };
    let token = OneTimeToken::generate(rng);
    let created_at = now.replace_nanosecond(0).unwrap_or(now);
    let stored = StoredOneTime {
        hash: token.hash(),
        purpose,
        user: user.id,
        organization: user.organization,
        password_version,
        created_at,
        expires_at: created_at + purpose.life(),
        made_by,
    };
    (token, stored)
}

/// Where a token is used: at `page`, or at the console's own page of the deployment at `base_url`. The token
/// is the fragment, which a browser sends to no server and names in no `Referer` (RFC 9110 §10.1.3).
pub fn link(base_url: &str, page: Option<&str>, token: &OneTimeToken) -> Zeroizing<String> {
    let (page, path) = page.map_or((base_url, "/console/reset"), |page| (page, ""));
    // The full length at once: a string that grows leaves copies behind.
    let mut link = Zeroizing::new(String::with_capacity(page.len() + path.len() + 7 + DIGITS));
    link.push_str(page);
    link.push_str(path);
    link.push_str("#token=");
    link.push_str(&token.reveal());
    link
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{access::OrganizationRole, records::UserKind};
    use rand::{SeedableRng, rngs::StdRng};
    use time::macros::datetime;
    use zeroize::ZeroizeOnDrop;

    #[test]
    fn a_link_has_the_token_in_its_fragment() {
        let token = OneTimeToken::generate(&mut StdRng::seed_from_u64(1));
        assert_eq!(
            format!("{token:?} {:?}", token.hash()),
            "OneTimeToken([redacted]) OneTimeHash([redacted])"
        );
        let text = token.reveal();
        let own = link("https://auth.example.test/v1", None, &token);
        assert_eq!(*own, format!("https://auth.example.test/v1/console/reset#token={}", *text));
        let other = link("https://auth.example.test/v1", Some("https://app.example.test/reset"), &token);
        assert_eq!(*other, format!("https://app.example.test/reset#token={}", *text));
        assert_eq!((own.len(), other.len()), (own.capacity(), other.capacity()));
    }

    #[test]
    fn a_token_has_one_spelling_and_its_hash_names_it() {
        let token = OneTimeToken::generate(&mut StdRng::seed_from_u64(1));
        let text = token.reveal();
        assert_eq!(text.len(), 43);
        let again = OneTimeToken::parse(&text).unwrap();
        assert_eq!((&*again.reveal(), again.hash()), (&*text, token.hash()));
        assert_eq!(OneTimeHash::from_hex(&token.hash().to_hex()), Some(token.hash()));
        for junk in ["", &text[1..], &format!("{}=", *text), &format!("{}/", &text[..42])] {
            assert!(OneTimeToken::parse(junk).is_err(), "{junk}");
        }
        for junk in ["", "00", &"0".repeat(63), &"G".repeat(64), &"A".repeat(64), &"é".repeat(32)] {
            assert_eq!(OneTimeHash::from_hex(junk), None, "{junk}");
        }
    }

    #[test]
    fn a_purpose_comes_back_from_its_word_which_the_table_keeps() {
        for (purpose, word) in [(OneTimePurpose::Reset, "reset"), (OneTimePurpose::Setup, "setup")] {
            assert_eq!((purpose.as_str(), OneTimePurpose::parse(word)), (word, Some(purpose)));
        }
        assert_eq!(OneTimePurpose::parse("login"), None);
    }

    #[test]
    fn debug_shows_neither_token_nor_hash_and_the_token_is_wiped() {
        fn wiped(_: &impl ZeroizeOnDrop) {}
        let token = OneTimeToken::generate(&mut StdRng::seed_from_u64(1));
        let shown = format!("{token:?} {:?}", token.hash());
        assert!(!shown.contains(&*token.reveal()) && !shown.contains(&token.hash().to_hex()));
        wiped(&token.0);
        wiped(&token.reveal());
    }
    #[test]
    fn a_token_is_good_for_half_an_hour_and_for_the_password_of_its_version() {
        let now = datetime!(2030-01-01 00:00:00.7 UTC);
        let mut rng = StdRng::seed_from_u64(1);
        let user = User {
            id: UserId::from_bits(2),
            organization: OrganizationId::from_bits(1),
            email: "somebody@example.test".parse().unwrap(),
            name: "Somebody".to_owned(),
            kind: UserKind::Human,
            organization_role: OrganizationRole::Member,
            disabled: false,
            session_epoch: 0,
            key_epoch: 0,
            created_at: now,
        };
        let (first, setup) = issue(&user, 0, Some(UserId::from_bits(9)), now, &mut rng);
        let (second, reset) = issue(&user, 7, None, now, &mut rng);
        assert_eq!((setup.purpose, reset.purpose), (OneTimePurpose::Setup, OneTimePurpose::Reset));
        assert_eq!((setup.password_version, reset.password_version), (0, 7));
        assert_eq!((setup.made_by, reset.made_by), (Some(UserId::from_bits(9)), None));
        assert_eq!((setup.hash, reset.hash), (first.hash(), second.hash()));
        assert_ne!(setup.hash, reset.hash);
        assert_eq!((reset.user, reset.organization), (user.id, user.organization));
        assert_eq!(reset.created_at, datetime!(2030-01-01 00:00 UTC));
        assert_eq!(reset.expires_at, datetime!(2030-01-01 00:30 UTC));
        for purpose in [OneTimePurpose::Setup, OneTimePurpose::Reset] {
            assert_eq!(OneTimePurpose::parse(purpose.as_str()), Some(purpose));
        }
    }
}
