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
