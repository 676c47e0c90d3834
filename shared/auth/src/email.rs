//! An e-mail address as the name under which a user logs in.

use crate::ids::UserId;
use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr};

/// In bytes (RFC 5321 §4.5.3.1.3).
const LONGEST: usize = 254;

/// A normalized address: lower case, one `@`, no white space or control character, at most 254 bytes
/// (RFC 5321 §4.5.3.1.3). Whether mail arrives there is for the mail to show.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// A string that is not an [`Email`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address")]
pub struct EmailError;

impl Email {
    /// The address of a service account: made of its id, under a name that is never resolved (RFC 2606 §2), so that
    /// it is unique, and no mail to it goes anywhere.
    pub fn of_service_account(user: UserId) -> Self {
        Self(format!("{:016x}@service-accounts.invalid", user.bits()))
    }

    /// The text letter by letter in lower case, wherever in a word a letter stands: so that what an address begins
    /// with is, in lower case, what the address in lower case begins with.
    pub fn lower_case(text: &str) -> String {
        text.chars().flat_map(char::to_lowercase).collect()
    }

    /// The normalized address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        // Before it is looked at, since some characters grow: what is stored must read as what was written.
        let text = Self::lower_case(text);
        let (local, domain) = text.split_once('@').ok_or(EmailError)?;
        let clean = |part: &str| {
            !part.is_empty() && !part.chars().any(|c| c == '@' || c.is_whitespace() || c.is_control())
        };
        if text.len() > LONGEST || !clean(local) || !clean(domain) {
            return Err(EmailError);
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_does_not_make_another_user() {
        assert_eq!("Ada@Example.Test".parse::<Email>(), "ada@example.test".parse());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "@",
            "a@",
            "@b",
            "a@b@c",
            "a b@c",
            "a@b\n",
            "a\u{0}@b",
            &format!("{}@b", "a".repeat(253)),
            // Two bytes that become three in lower case.
            &format!("{}@b", "\u{130}".repeat(120)),
        ] {
            assert_eq!(text.parse::<Email>(), Err(EmailError), "{text:?}");
        }
    }

    #[test]
    fn the_longest_address_is_one_and_is_shown_as_it_is() {
        let text = format!("{}@b", "a".repeat(252));
        let email: Email = text.parse().unwrap();
        assert_eq!((email.as_str().len(), email.to_string()), (LONGEST, text));
    }

    #[test]
    fn a_service_account_s_address_is_one_and_names_its_id() {
        let email = Email::of_service_account(UserId::from_bits(0xab));
        assert_eq!(email.as_str(), "00000000000000ab@service-accounts.invalid");
        assert_eq!(email.as_str().parse::<Email>(), Ok(email));
    }

    proptest! {
        #[test]
        fn a_normalized_address_normalizes_to_itself(text in "\\PC{1,20}@\\PC{1,20}|[a\u{130}\u{1e9e}]{1,130}@[b\u{130}]{1,40}") {
            if let Ok(email) = text.parse::<Email>() {
                prop_assert_eq!(email.as_str().parse::<Email>(), Ok(email.clone()));
            }
        }
    }
}
