//! Cursors of lists: where the page before ended, opaque to clients.
//!
//! A cursor holds the id of the last entry and nothing else, so it grants nothing: whose list is read comes
//! from the caller.

use crate::{request::Request, response::Rejection};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{fmt::Display, str::FromStr};

/// The cursor of the page behind the entry with this id.
pub fn encode(id: &impl Display) -> String {
    URL_SAFE_NO_PAD.encode(id.to_string())
}

/// The id behind a cursor. `None` where it is none of ours.
fn decode<T: FromStr>(cursor: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    std::str::from_utf8(&bytes).ok()?.parse().ok()
}

impl Request {
    /// Where the list goes on: the id behind `cursor`. `None` where it is absent.
    ///
    /// # Errors
    /// 422 where it is no cursor of such a list.
    pub fn cursor<T: FromStr>(&self) -> Result<Option<T>, Rejection> {
        const EXPECTED: &str = "must be the next_cursor of the page before";
        let Some(cursor) = self.query::<String>("cursor", EXPECTED)? else {
            return Ok(None);
        };
        decode(&cursor).map(Some).ok_or_else(|| Rejection::field("cursor", EXPECTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auth::ids::{KeyId, ProductId};

    #[test]
    fn a_cursor_leads_back_to_its_id_and_to_no_id_of_another_kind() {
        let cursor = encode(&KeyId::from_bits(7));
        assert_eq!(decode(&cursor), Some(KeyId::from_bits(7)));
        assert_eq!(decode::<ProductId>(&cursor), None);
    }

    #[test]
    fn what_we_did_not_make_is_no_cursor() {
        let cursor = encode(&KeyId::from_bits(7));
        for text in ["", "key_00000000007", "!", "a2V5", &format!("{cursor}="), &format!("{cursor}A")] {
            assert_eq!(decode::<KeyId>(text), None, "{text}");
        }
    }
}
