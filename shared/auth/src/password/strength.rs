//! Which passwords are refused because they can be guessed.

use super::Password;
use std::collections::BTreeSet;
use zeroize::Zeroizing;
use zxcvbn::{
    Match,
    matching::patterns::{DictionaryPattern, MatchPattern},
    zxcvbn,
};

/// Fewest characters of a new password. NIST SP 800-63B-4 §3.1.1.2: 15 where it is the only factor.
pub const MIN_CHARACTERS: usize = 15;

/// Guesses in powers of ten below which a password is refused: zxcvbn's highest score begins there.
const MIN_GUESSES_LOG10: f64 = 10.0;
/// Fewest characters that must be left once the context's words are taken away.
const MIN_BESIDE_CONTEXT: usize = 8;
/// Shorter words of the context are in every other password by chance.
const MIN_WORD: usize = 3;
/// Most words of the context that are looked at, so that nobody's long name makes the check slow.
const MAX_WORDS: usize = 32;
/// Letters and the symbols that zxcvbn reads as them, where there are several for one or one for several.
const SPELLINGS: [(char, &str); 8] = [
    ('a', "4@"),
    ('c', "({[<"),
    ('g', "69"),
    ('i', "1!|"),
    ('l', "1|7"),
    ('s', "$5"),
    ('t', "+7"),
    ('x', "%"),
];
/// Most ways of reading a password that zxcvbn is left to try.
const MAX_SPELLINGS: usize = 16;
/// Words of the context in every deployment.
const OWN_WORDS: [&str; 1] = ["qarion"];

/// Why a password is refused; `Display` is a sentence for the person who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Fewer than 15 characters.
    #[error("It has fewer than {MIN_CHARACTERS} characters.")]
    TooShort,
    /// Mostly words of its context: names, e-mail address, organization.
    #[error("It is mostly made of your name, your e-mail address or your organization's name.")]
    Context,
    /// One character or group of characters over and over.
    #[error("It repeats the same characters, which makes it easy to guess.")]
    Repeat,
    /// Neighbours on the keyboard or in the alphabet.
    #[error("It follows rows of the keyboard or the alphabet, which makes it easy to guess.")]
    Walk,
    /// Dates and years.
    #[error("It is mostly a date or a year, which makes it easy to guess.")]
    Date,
    /// A common password, or too few words, however they are written.
    #[error("It is made of common words or passwords and easy to guess; add uncommon words.")]
    Common,
}

/// Whether `password` may become someone's password. `context` is what belongs to the user and the
/// organization: their names, the address, the deployment's domain. There are no composition rules
/// (ASVS 5.0 6.2.5).
///
/// # Errors
/// [`Weakness`], the reason to tell the user.
//
// NIST SP 800-63B-4 §3.1.1.2: compare with common, expected and compromised values, among them words of
// the context; ASVS 5.0 6.2.4 and 6.2.11.
pub fn check_strength(password: &Password, context: &[&str]) -> Result<(), Weakness> {
    if password.as_str().chars().count() < MIN_CHARACTERS {
        return Err(Weakness::TooShort);
    }
    let words = context_words(context);
    if is_context(password, &words) {
        return Err(Weakness::Context);
    }
    let inputs: Vec<&str> = words.iter().map(String::as_str).collect();
    // It looks at the first 100 characters only.
    let estimate = zxcvbn(&plain_spelling(password), &inputs);
    if estimate.guesses_log10() >= MIN_GUESSES_LOG10 {
        Ok(())
    } else {
        Err(reason(estimate.sequence(), &words))
    }
}

/// The words of the context, in lower case: whole and in their parts, long ones first.
fn context_words(context: &[&str]) -> Vec<String> {
    let mut words = BTreeSet::new();
    for text in context.iter().chain(&OWN_WORDS) {
        let text = text.to_lowercase();
        let parts = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
        words.extend(parts.chain([text.clone()]).filter(|word| word.chars().count() >= MIN_WORD));
    }
    let mut words: Vec<String> = words.into_iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.truncate(MAX_WORDS);
    words
}

/// Whether too little is left once the context's words are taken away.
fn is_context(password: &Password, words: &[String]) -> bool {
    let mut rest = Zeroizing::new(password.as_str().to_lowercase());
    for word in words {
        rest = Zeroizing::new(rest.replace(word, ""));
    }
    // Where none of them was in it, no fewer than MIN_CHARACTERS are left.
    rest.chars().count() < MIN_BESIDE_CONTEXT
}

/// The password, or where a symbol may stand for letters in too many ways at once, with the letters.
///
/// zxcvbn tries each way to read symbols as letters (`@` for `a`, `(` or `<` for `c`), all combinations of
/// them. A password of nothing but such symbols took it more than a second; with the symbols (not the
/// digits, which make dates and sequences) read beforehand, it takes hundredths.
fn plain_spelling(password: &Password) -> Zeroizing<String> {
    let text = password.as_str();
    let ways =
        SPELLINGS.iter().map(|(_, symbols)| symbols.chars().filter(|c| text.contains(*c)).count().max(1));
    if ways.product::<usize>() <= MAX_SPELLINGS {
        return Zeroizing::new(text.to_owned());
    }
    let letter = |symbol: char| {
        let spelt =
            SPELLINGS.iter().find(|(_, symbols)| !symbol.is_ascii_digit() && symbols.contains(symbol));
        spelt.map_or(symbol, |(letter, _)| *letter)
    };
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    plain.extend(text.chars().map(letter));
    plain
}

/// The reason that covers most of the password. Where the estimator has two readings that cost the same, it
/// takes either: the verdict is fixed, the sentence may not be.
fn reason(sequence: &[Match], words: &[String]) -> Weakness {
    let longest = sequence
        .iter()
        .filter(|part| part.pattern != MatchPattern::BruteForce)
        .max_by_key(|part| part.j.saturating_sub(part.i));
    match longest.map(|part| &part.pattern) {
        Some(MatchPattern::Repeat(_)) => Weakness::Repeat,
        Some(MatchPattern::Spatial(_) | MatchPattern::Sequence(_)) => Weakness::Walk,
        Some(MatchPattern::Date(_) | MatchPattern::Regex(_)) => Weakness::Date,
        Some(MatchPattern::Dictionary(DictionaryPattern { matched_word, .. }))
            if words.contains(matched_word) =>
        {
            Weakness::Context
        }
        Some(MatchPattern::Dictionary(_) | MatchPattern::BruteForce) | None => Weakness::Common,
    }
}

#[cfg(test)]
mod tests;
