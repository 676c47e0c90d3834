use super::*;
use proptest::prelude::*;

const CONTEXT: [&str; 3] = ["Ada Lovelace", "ada.lovelace@analytical-engine.test", "Analytical Engine"];

fn check(text: &str) -> Result<(), Weakness> {
    check_strength(&text.parse().unwrap(), &CONTEXT)
}

#[test]
fn a_password_has_at_least_15_characters_whatever_they_are() {
    assert_eq!(check(""), Err(Weakness::TooShort));
    assert_eq!(check("kV9#qZ2!xW7$mT"), Err(Weakness::TooShort));
    assert_eq!(check("kV9#qZ2!xW7$mTp"), Ok(()));
    // Characters, not bytes.
    assert_eq!(check("жёлтаярыба"), Err(Weakness::TooShort));
}

#[test]
fn no_digits_capitals_or_symbols_are_asked_for() {
    for text in ["correct horse battery staple", "my dog eats purple socks", "жёлтая рыба пьёт кофе"]
    {
        assert_eq!(check(text), Ok(()), "{text}");
    }
}

#[test]
fn what_can_be_guessed_is_refused_with_its_reason() {
    for (text, reason) in [
        ("aaaaaaaaaaaaaaa", Weakness::Repeat),
        ("               ", Weakness::Repeat),
        ("abcabcabcabcabcabc", Weakness::Repeat),
        ("12345678901234567890", Weakness::Repeat),
        ("letmeinletmeinletmein", Weakness::Repeat),
        ("abcdefghijklmnopqrstuvwxyz", Weakness::Walk),
        ("!@#$%^&*()_+!@#$%^&*", Weakness::Walk),
        ("qwertyuiopasdfghjkl", Weakness::Common),
        ("1q2w3e4r5t6y7u8i9o0p", Weakness::Common),
        ("iloveyouforever1", Weakness::Common),
        ("thisismypassword", Weakness::Common),
        ("P@$$w0rd!P@55w0rd", Weakness::Common),
        ("19.05.2024 2024", Weakness::Date),
        ("AdaLovelace-2026!", Weakness::Context),
        ("analyticalengine1843", Weakness::Context),
        ("qarionqarionqarion1", Weakness::Context),
        ("ada.lovelace@analytical-engine.test", Weakness::Context),
        ("LOVELACE lovelace lovelace", Weakness::Context),
    ] {
        assert_eq!(check(text), Err(reason), "{text}");
    }
}

#[test]
fn where_two_readings_cost_the_same_either_is_the_reason() {
    for _ in 0..20 {
        assert!(matches!(check("Password123456789"), Err(Weakness::Walk | Weakness::Common)));
    }
}

#[test]
fn the_same_password_is_fine_where_its_words_are_nobodys() {
    let password = "lovelace-2026-engines".parse().unwrap();
    assert_eq!(check_strength(&password, &[]), Ok(()));
    assert_eq!(check_strength(&password, &["Ada Lovelace", "Engines"]), Err(Weakness::Context));
}

#[test]
fn context_beside_enough_else_is_fine() {
    assert_eq!(check("lovelace kicks purple marmosets"), Ok(()));
    assert_eq!(check("lovelaceqv7z-k2m"), Ok(()), "eight characters beside it");
    assert_eq!(check("lovelaceqv7z-k2"), Err(Weakness::Context));
    assert_eq!(
        check("analytical-12345678"),
        Err(Weakness::Context),
        "enough beside it, which is guessed as well"
    );
}

#[test]
fn a_weakness_is_one_sentence_for_the_person() {
    for weakness in [
        Weakness::TooShort,
        Weakness::Context,
        Weakness::Repeat,
        Weakness::Walk,
        Weakness::Date,
        Weakness::Common,
    ] {
        let sentence = weakness.to_string();
        assert!(sentence.starts_with("It ") && sentence.ends_with('.'), "{sentence}");
        assert_eq!(sentence.matches('.').count(), 1, "{sentence}");
    }
}

/// The product of the ways, which is what the estimator's time grows with.
fn spellings(text: &str) -> usize {
    SPELLINGS
        .iter()
        .map(|(_, symbols)| symbols.chars().filter(|c| text.contains(*c)).count().max(1))
        .product()
}

#[test]
fn symbols_that_stand_for_letters_in_too_many_ways_are_read_beforehand() {
    let all = "4@8({[<369!1|70$5+7%2";
    assert!(spellings(all) > MAX_SPELLINGS);
    assert_eq!(plain_spelling(&all.parse().unwrap()).as_str(), "4a8cccc369i1i70s5t7x2");
    let few = "p@$$w0rd";
    assert_eq!(plain_spelling(&few.parse().unwrap()).as_str(), few);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_estimator_is_left_a_bounded_number_of_ways(text in "[4@8({\\[<369!1|70$5+7%2a-c]{0,128}") {
        // What is left are the digits: 69, 17 (for two letters), 17, and 7 alone or with the rest read.
        let plain = plain_spelling(&text.parse().unwrap());
        prop_assert!(spellings(&plain) <= MAX_SPELLINGS);
    }

    #[test]
    fn no_password_panics_the_estimator(
        text in "\\PC{15,128}|[ab]{15,128}|(ab|ba|aab|c){15,40}|[İıßǅa-c]{15,128}|[\u{0}-\u{20}a]{15,128}\
                 |[4@({\\[<!1|7+$5]{15,128}|[0-9./-]{15,128}|(a{9}b){3}a{9}(cd){10}",
        context in proptest::collection::vec("\\PC{0,40}", 0..6),
    ) {
        let context: Vec<&str> = context.iter().map(String::as_str).collect();
        if let Ok(password) = text.parse::<Password>() {
            let _ = check_strength(&password, &context);
        }
    }

    #[test]
    fn random_passwords_pass(text in "[!-~]{20,128}") {
        prop_assert_eq!(check(&text), Ok(()));
    }
}
