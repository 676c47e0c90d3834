//! Characters that a text for people does not have.

/// What stands where bytes were no UTF-8: whoever sends it has lost the character already.
pub const fn is_replaced(c: char) -> bool {
    c == char::REPLACEMENT_CHARACTER
}

/// Whether a character shows nothing by itself: joiners, marks of direction, zero-width spaces, variation selectors,
/// tags. Some of them have their place between others, as the joiner in an emoji.
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a character turns the direction of what follows it, also of what follows the text: a name could show as
/// another, or change what stands beside it (UAX #9 §2).
pub const fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the answer changes, from the first character to the last: the first of a run, and the first after it.
    fn runs(is: fn(char) -> bool) -> Vec<(u32, u32)> {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        for code in (char::MIN..=char::MAX).filter(|c| is(*c)).map(u32::from) {
            match runs.last_mut() {
                Some((_, end)) if *end == code => *end += 1,
                _ => runs.push((code, code + 1)),
            }
        }
        runs
    }

    #[test]
    fn what_turns_the_direction_is_the_embeddings_overrides_and_isolates() {
        // Bidi_Class LRE, RLE, PDF, LRO, RLO and LRI, RLI, FSI, PDI.
        assert_eq!(runs(turns_direction), [(0x202a, 0x202f), (0x2066, 0x206a)]);
    }

    #[test]
    fn what_is_invisible_is_what_unicode_lets_be_ignored() {
        // Default_Ignorable_Code_Point of Unicode 16, but for the unassigned ones before U+FFF9 and the format controls of
        // shorthand and of music.
        let ignored = [
            (0xad, 0xae),
            (0x34f, 0x350),
            (0x61c, 0x61d),
            (0x115f, 0x1161),
            (0x17b4, 0x17b6),
            (0x180b, 0x1810),
            (0x200b, 0x2010),
            (0x202a, 0x202f),
            (0x2060, 0x2070),
            (0x3164, 0x3165),
            (0xfe00, 0xfe10),
            (0xfeff, 0xff00),
            (0xffa0, 0xffa1),
            (0xe0000, 0xe1000),
        ];
        assert_eq!(runs(is_invisible), ignored);
    }

    #[test]
    fn one_character_stands_for_what_was_lost() {
        assert_eq!(runs(is_replaced), [(0xfffd, 0xfffe)]);
    }
}
