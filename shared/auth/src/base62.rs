//! Eight bytes as eleven base62 digits, and back: one spelling for each value.
//!
//! The digits are `0-9A-Za-z`, most significant first, padded to a fixed width. Eleven digits reach
//! past `u64::MAX`, so those spellings are refused: a value has exactly one.

/// Digits of a 64-bit value: `62^11 > 2^64 > 62^10`.
pub(crate) const WIDTH: usize = 11;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Appends `value` in exactly `width` digits; what does not fit the width is cut at the top.
pub(crate) fn push(out: &mut String, mut value: u64, width: usize) {
    let mut digits = [b'0'; WIDTH];
    for digit in digits.iter_mut().rev() {
        let index = usize::try_from(value % 62).unwrap_or_default();
        *digit = DIGITS.get(index).copied().unwrap_or(b'0');
        value /= 62;
    }
    out.extend(digits.iter().skip(WIDTH.saturating_sub(width)).map(|digit| char::from(*digit)));
}

/// The value of `digits`, or `None` where one is no base62 digit or the value exceeds 64 bits.
pub(crate) fn parse(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, byte| value.checked_mul(62)?.checked_add(digit(*byte)?))
}

fn digit(byte: u8) -> Option<u64> {
    match byte {
        b'0'..=b'9' => Some(u64::from(byte - b'0')),
        b'A'..=b'Z' => Some(u64::from(byte - b'A') + 10),
        b'a'..=b'z' => Some(u64::from(byte - b'a') + 36),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_value_has_one_spelling_and_comes_back(value: u64) {
            let mut text = String::new();
            push(&mut text, value, WIDTH);
            prop_assert_eq!(text.len(), WIDTH);
            prop_assert_eq!(parse(text.as_bytes()), Some(value));
        }

        #[test]
        fn what_parses_is_what_is_written(text in "[0-9A-Za-z]{11}") {
            if let Some(value) = parse(text.as_bytes()) {
                let mut again = String::new();
                push(&mut again, value, WIDTH);
                prop_assert_eq!(again, text);
            }
        }
    }

    #[test]
    fn values_past_64_bits_and_foreign_digits_are_refused() {
        assert_eq!(parse(b"LygHa16AHYF"), Some(u64::MAX));
        assert_eq!(parse(b"LygHa16AHYG"), None);
        assert_eq!(parse(b"zzzzzzzzzzz"), None);
        assert_eq!(parse(b"0000000000-"), None);
    }
}
