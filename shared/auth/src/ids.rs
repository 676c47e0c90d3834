//! Typed ids: `<prefix>_` and 64 random bits in eleven base62 digits, such as `usr_0Vq3YkB7cQ9`.
//!
//! An id is no secret. Its type keeps an organization's id from standing where a user's is meant, and
//! its single spelling keeps two strings from naming one thing.

use crate::base62;
use rand_core::Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// A string that is not an id of the expected type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_ and {} base62 digits", base62::WIDTH)]
pub struct IdError {
    prefix: &'static str,
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u64);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new random id.
            pub fn generate(rng: &mut impl Rng) -> Self {
                Self(rng.next_u64())
            }

            /// The id of these 64 bits.
            pub const fn from_bits(bits: u64) -> Self {
                Self(bits)
            }

            /// The 64 bits behind the spelling.
            pub const fn bits(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = String::with_capacity($prefix.len() + 1 + base62::WIDTH);
                text.push_str(concat!($prefix, "_"));
                base62::push(&mut text, self.0, base62::WIDTH);
                f.write_str(&text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|digits| digits.len() == base62::WIDTH)
                    .and_then(|digits| base62::parse(digits.as_bytes()))
                    .map(Self)
                    .ok_or(IdError { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

typed_id!(
    /// An organization: the tenant.
    OrganizationId, "org"
);
typed_id!(
    /// A user, human or service account.
    UserId, "usr"
);
typed_id!(
    /// An API key. Stays the same when the key's secret is rotated.
    KeyId, "key"
);
typed_id!(
    /// A session, from login to logout.
    SessionId, "ses"
);
typed_id!(
    /// A space. A slug that is used again belongs to another id.
    SpaceId, "spc"
);
typed_id!(
    /// A product of the sample catalog.
    ProductId, "prd"
);

/// A space's name in paths: `[a-z0-9-]{1,63}`.
///
/// Nothing else is let through to a store key or to a policy's `Resource`, where `*` and `?` are
/// wildcards.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

/// A string that is not a [`Slug`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 63 of a-z, 0-9 and -")]
pub struct SlugError;

impl Slug {
    /// The slug as it stands in a path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `text` is a slug.
    pub fn is_valid(text: &str) -> bool {
        (1..=63).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, SlugError> {
        if Self::is_valid(text) { Ok(Self(text.to_owned())) } else { Err(SlugError) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_comes_back_from_its_spelling(bits: u64) {
            let id = UserId::from_bits(bits);
            prop_assert_eq!(id.to_string().parse::<UserId>(), Ok(id));
        }

        #[test]
        fn no_second_spelling_of_an_id_is_accepted(text in "usr_[ -~]{0,14}|[ -~]{0,18}") {
            if let Ok(id) = text.parse::<UserId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }

        #[test]
        fn no_slug_holds_a_wildcard_a_slash_or_a_capital(text in "\\PC{0,70}|[a-z0-9-]{0,70}") {
            let fits = (1..=63).contains(&text.len())
                && text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'));
            let slug = text.parse::<Slug>().ok();
            let (shown, held) = (slug.as_ref().map(Slug::to_string), slug.as_ref().map(Slug::as_str));
            prop_assert_eq!(shown.as_deref(), fits.then_some(&*text));
            prop_assert_eq!(held, fits.then_some(&*text));
        }
    }

    #[test]
    fn an_id_of_another_type_is_refused() {
        let user = UserId::from_bits(7).to_string();
        assert!(user.parse::<OrganizationId>().is_err());
        assert!(user.parse::<KeyId>().is_err());
    }
}
