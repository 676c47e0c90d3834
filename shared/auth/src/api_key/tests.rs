use super::*;
use proptest::prelude::*;
use rand::{SeedableRng, rngs::StdRng};
use zeroize::ZeroizeOnDrop;

fn key(seed: u64) -> ApiKey {
    let mut rng = StdRng::seed_from_u64(seed);
    let (organization, user) = (OrganizationId::generate(&mut rng), UserId::generate(&mut rng));
    let id = KeyId::generate(&mut rng);
    ApiKey::generate(organization, user, id, &mut rng)
}

fn error(text: &str) -> ApiKeyError {
    ApiKey::parse(text, &Prefix::default()).unwrap_err()
}

/// The text with its last six digits made right again.
fn checked(text: &str) -> String {
    let mut text = text[..text.len() - CHECKSUM_WIDTH].to_owned();
    let checksum = crc32fast::hash(text.as_bytes());
    base62::push(&mut text, u64::from(checksum), CHECKSUM_WIDTH);
    text
}

#[test]
fn a_key_has_90_characters_and_holds_the_spellings_of_its_ids() {
    let key = key(1);
    let text = key.reveal(&Prefix::default());
    assert_eq!(text.len(), 90);
    for (id, at) in [(key.organization.to_string(), 7), (key.user.to_string(), 18), (key.key.to_string(), 29)]
    {
        assert_eq!(id[4..], text[at..at + 11]);
    }
    assert_eq!(key.hint(&Prefix::default()), text[86..]);
}

#[test]
fn the_form_is_fixed_for_ever() {
    let secret: [u8; 32] = std::array::from_fn(|index| u8::try_from(index).unwrap());
    let key = ApiKey {
        organization: OrganizationId::from_bits(1),
        user: UserId::from_bits(62),
        key: KeyId::from_bits(u64::MAX),
        secret: Box::new(Zeroizing::new(secret)),
    };
    let text = key.reveal(&Prefix::default());
    assert_eq!(text.as_str(), checked(&text));
    assert!(text.starts_with("qarion_0000000000100000000010LygHa16AHYF"), "{}", *text);
    // SHA-256 of the bytes 0 to 31.
    let expected = "630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd";
    let hex: String = key.secret_hash().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, expected);
}

#[test]
fn each_error_has_its_reason() {
    let good = key(2).reveal(&Prefix::default());
    for text in ["", "qarion", "Qarion_", "qario_", "other_abc", "qarionx_", " qarion_", "qarion-"] {
        assert_eq!(error(text), ApiKeyError::Prefix, "{text}");
    }
    assert_eq!(error(&format!(" {}", *good)), ApiKeyError::Prefix);
    for text in ["qarion_".to_owned(), format!("{}0", *good), good[..89].to_owned(), format!("{}\n", *good)] {
        assert_eq!(error(&text), ApiKeyError::Length, "{text}");
    }
    for foreign in ["-", "_", " ", "\u{0}", "+", "/"] {
        let text = format!("{}{foreign}{}", &good[..40], &good[41..]);
        assert_eq!(error(&text), ApiKeyError::Digit, "{text}");
    }
    // Not ASCII, cut by bytes as by characters.
    assert_eq!(error(&format!("{}é{}", &good[..40], &good[42..])), ApiKeyError::Digit);
    assert_eq!(error(&format!("{}é{}", &good[..40], &good[41..])), ApiKeyError::Length);
    for group in 0..WORDS {
        let at = 7 + group * base62::WIDTH;
        let text = checked(&format!("{}LygHa16AHYG{}", &good[..at], &good[at + base62::WIDTH..]));
        assert_eq!(error(&text), ApiKeyError::Range, "group {group}");
    }
    assert_eq!(error(&format!("{}zzzzzz", &good[..84])), ApiKeyError::Range);
    assert_eq!(error(&format!("{}000000", &good[..84])), ApiKeyError::Checksum);
}

#[test]
fn a_key_of_another_prefix_is_refused_though_its_digits_are_the_same() {
    let key = key(3);
    let (ours, theirs) = (Prefix::default(), "acme".parse::<Prefix>().unwrap());
    let text = key.reveal(&theirs);
    assert_eq!(ApiKey::parse(&text, &ours).unwrap_err(), ApiKeyError::Prefix);
    assert!(ApiKey::parse(&text, &theirs).is_ok());
    assert_eq!(error(&text.replacen("acme", "qarion", 1)), ApiKeyError::Checksum);
}

#[test]
fn a_prefix_is_a_letter_and_1_to_15_letters_or_digits() {
    for text in ["ab", "qarion", "a1", "abcdefghijklmnop"] {
        assert_eq!(text.parse::<Prefix>().unwrap().as_str(), text);
    }
    for text in ["", "a", "1a", "Ab", "aB", "a_b", "a-b", "abcdefghijklmnopq", "é1", "aé", "a b", "ab\n"] {
        assert_eq!(text.parse::<Prefix>(), Err(PrefixError), "{text}");
    }
}

#[test]
fn a_new_secret_of_the_same_key_has_another_hash() {
    let first = key(4);
    let second = ApiKey::generate(first.organization, first.user, first.key, &mut StdRng::seed_from_u64(99));
    assert_ne!(first.secret_hash(), second.secret_hash());
    assert_eq!(first.secret_hash(), first.secret_hash());
}

#[test]
fn a_hash_has_32_bytes() {
    for length in [0, 1, 31, 33, 64] {
        assert!(SecretHash::from_slice(&vec![0; length]).is_none());
    }
    let hash = key(5).secret_hash();
    assert_eq!(SecretHash::from_slice(hash.as_bytes()), Some(hash));
}

#[test]
fn debug_shows_neither_secret_nor_hash_and_the_secret_is_wiped() {
    fn wiped(_: &impl ZeroizeOnDrop) {}
    let key = key(6);
    let shown = format!("{key:?} {:?}", key.secret_hash());
    let text = key.reveal(&Prefix::default());
    assert!(shown.contains("secret: \"[redacted]\"") && shown.contains("SecretHash([redacted])"), "{shown}");
    assert!(
        text[40..84].as_bytes().windows(6).all(|part| !shown.contains(std::str::from_utf8(part).unwrap()))
    );
    wiped(&*key.secret);
    wiped(&text);
}

proptest! {
    #[test]
    fn a_key_comes_back_from_its_text(seed: u64, prefix in "[a-z][a-z0-9]{1,15}") {
        let (key, prefix) = (key(seed), prefix.parse::<Prefix>().unwrap());
        let text = key.reveal(&prefix);
        let again = ApiKey::parse(&text, &prefix).unwrap();
        prop_assert_eq!((again.organization, again.user, again.key), (key.organization, key.user, key.key));
        prop_assert_eq!(again.secret_hash(), key.secret_hash());
        prop_assert_eq!(again.reveal(&prefix), text);
    }

    #[test]
    fn a_changed_character_is_refused(seed: u64, at in 0_usize..90, with in "[ -~]") {
        let text = key(seed).reveal(&Prefix::default());
        let changed = format!("{}{with}{}", &text[..at], &text[at + 1..]);
        // CRC-32 finds each change within 32 bits.
        prop_assert_eq!(ApiKey::parse(&changed, &Prefix::default()).is_ok(), changed == *text);
    }

    #[test]
    fn what_parses_is_what_is_written(seed: u64, at in 7_usize..84, with in "[0-9A-Za-z]{1,12}") {
        // With a right checksum: only the canonical spelling is left to refuse.
        let text = key(seed).reveal(&Prefix::default());
        let mut changed = text.to_string();
        let end = (at + with.len()).min(84);
        changed.replace_range(at..end, &with[..end - at]);
        let changed = checked(&changed);
        if let Ok(key) = ApiKey::parse(&changed, &Prefix::default()) {
            prop_assert_eq!(key.reveal(&Prefix::default()).to_string(), changed);
        }
    }

    #[test]
    fn cut_extended_and_flipped_texts_are_refused(seed: u64, at in 0_usize..90, more in "[0-9A-Za-z]{1,9}") {
        let text = key(seed).reveal(&Prefix::default());
        let parse = |text: &str| ApiKey::parse(text, &Prefix::default());
        prop_assert!(parse(&text[..at]).is_err());
        prop_assert!(parse(&text[at.max(1)..]).is_err());
        let extended = [text.as_str(), &more].concat();
        prop_assert!(parse(&extended).is_err());
        let widened = [&text[..at], &more, &text[at..]].concat();
        prop_assert!(parse(&widened).is_err());
        prop_assert!(parse(&text.to_uppercase()).is_err());
        prop_assert_eq!(parse(&text.to_lowercase()).is_ok(), text.to_lowercase() == *text);
    }

    #[test]
    fn junk_is_refused_without_a_panic(text in "\\PC{0,120}|qarion_\\PC{0,90}|qarion_[0-9A-Za-zé]{80,84}") {
        prop_assert!(ApiKey::parse(&text, &Prefix::default()).is_err());
    }
}
