use super::*;
use proptest::prelude::*;

const SALT_TEXT: &str = "AAECAwQFBgcICQoLDA0ODw";
const OUTPUT_TEXT: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn phc(cost: &str) -> String {
    format!("$argon2id$v=19${cost}${SALT_TEXT}${OUTPUT_TEXT}")
}

fn argon2(hash: &PasswordHash) -> &Argon2Hash {
    match &hash.scheme {
        Scheme::Argon2(parts) => parts,
        Scheme::Bcrypt(_) | Scheme::Scrypt(_) => panic!("another algorithm"),
    }
}

fn error(text: &str) -> PasswordHashError {
    PasswordHash::parse(text).unwrap_err()
}

#[test]
fn a_current_hash_is_read_and_any_other_is_outdated() {
    let hash = PasswordHash::parse(&phc("m=19456,t=2,p=1")).unwrap();
    assert!(!hash.is_outdated());
    assert_eq!(hash.as_str(), phc("m=19456,t=2,p=1"));
    for cost in
        ["m=19455,t=2,p=1", "m=19457,t=2,p=1", "m=19456,t=3,p=1", "m=19456,t=2,p=2", "m=65536,t=1,p=1"]
    {
        assert!(PasswordHash::parse(&phc(cost)).unwrap().is_outdated(), "{cost}");
    }
    let long_salt = format!("$argon2id$v=19$m=19456,t=2,p=1${SALT_TEXT}AA${OUTPUT_TEXT}");
    assert!(PasswordHash::parse(&long_salt).unwrap().is_outdated());
}

#[test]
fn a_cost_out_of_bounds_is_refused_before_any_work() {
    for cost in [
        "m=4095,t=2,p=1",
        "m=131073,t=2,p=1",
        "m=4294967295,t=2,p=1",
        "m=99999999999999999999,t=2,p=1",
        "m=19456,t=11,p=1",
        "m=19456,t=2,p=9",
        // Each within its bounds, and both together too much.
        "m=65536,t=7,p=1",
        "m=131072,t=4,p=1",
    ] {
        assert_eq!(error(&phc(cost)), PasswordHashError::Cost, "{cost}");
    }
    for cost in ["m=4096,t=1,p=1", "m=131072,t=3,p=8", "m=39321,t=10,p=4"] {
        assert!(PasswordHash::parse(&phc(cost)).is_ok(), "{cost}");
    }
}

#[test]
fn another_spelling_of_the_cost_is_refused() {
    for cost in [
        "m=019456,t=2,p=1",
        "m=+19456,t=2,p=1",
        "m=19456,t=0,p=1",
        "m=,t=2,p=1",
        "m=19456, t=2,p=1",
        "t=2,m=19456,p=1",
        "m=19456,t=2",
        "m=19456,t=2,p=1,",
        "m=19456,t=2,p=1,p=1",
        "m=19456,t=2,p=1,keyid=AA",
        "m=１９４５６,t=2,p=1",
        "",
    ] {
        assert_eq!(error(&phc(cost)), PasswordHashError::Malformed, "{cost}");
    }
}

#[test]
fn another_algorithm_or_version_is_refused() {
    let good = phc("m=19456,t=2,p=1");
    for (from, to) in
        [("argon2id", "argon2"), ("argon2id", "argon2d"), ("argon2id", "Argon2id"), ("v=19", "v=16")]
    {
        assert_eq!(error(&good.replacen(from, to, 1)), PasswordHashError::Algorithm, "{to}");
    }
    for text in [
        good.replacen("$v=19", "", 1),
        format!("{good}$"),
        format!(" {good}"),
        format!("{good}\n"),
        good.trim_start_matches('$').to_owned(),
        String::new(),
        format!("{good}{}", "$".repeat(100)),
        format!("{good}{}", "A".repeat(300)),
    ] {
        assert_eq!(error(&text), PasswordHashError::Malformed, "{text}");
    }
}

#[test]
fn salt_and_hash_have_bounded_lengths_and_one_spelling() {
    let cost = "m=19456,t=2,p=1";
    let text = |salt: &str, output: &str| format!("$argon2id$v=19${cost}${salt}${output}");
    let of = |length| STANDARD_NO_PAD.encode(vec![1; length]);
    for (salt, output) in [(7, 32), (49, 32), (0, 32), (16, 15), (16, 65), (16, 0)] {
        assert_eq!(error(&text(&of(salt), &of(output))), PasswordHashError::Length, "{salt} {output}");
    }
    for (salt, output) in [(8, 16), (16, 32), (48, 64)] {
        assert!(PasswordHash::parse(&text(&of(salt), &of(output))).is_ok());
    }
    // Padding, the other alphabet, and bits behind the last byte.
    let trailing = format!("{}x", &SALT_TEXT[..21]);
    for salt in [format!("{SALT_TEXT}=="), SALT_TEXT.replace('A', "-"), trailing] {
        assert_eq!(error(&text(&salt, OUTPUT_TEXT)), PasswordHashError::Malformed, "{salt}");
    }
}

#[test]
fn debug_and_errors_show_nothing_of_the_hash() {
    let hash = PasswordHash::parse(&phc("m=19456,t=2,p=1")).unwrap();
    assert_eq!(format!("{hash:?}"), "PasswordHash([redacted])");
    assert!(!error(&phc("m=1,t=1,p=1")).to_string().contains(SALT_TEXT));
}

proptest! {
    #[test]
    fn a_hash_comes_back_from_its_text(
        memory in MEMORY,
        passes in PASSES,
        lanes in LANES,
        salt in proptest::collection::vec(any::<u8>(), SALT),
        output in proptest::collection::vec(any::<u8>(), OUTPUT),
    ) {
        let cost = Cost { memory, passes, lanes };
        prop_assume!(cost.blocks() <= MAX_BLOCKS);
        let hash = PasswordHash::new(cost, &salt, &output);
        let again = PasswordHash::parse(hash.as_str()).unwrap();
        let parts = argon2(&again);
        prop_assert_eq!((parts.algorithm, parts.cost), (Algorithm::Argon2id, cost));
        prop_assert_eq!((&parts.salt, &parts.output), (&salt, &output));
        prop_assert_eq!(again, hash);
        prop_assert!(cost.params(output.len()).is_some());
    }

    #[test]
    fn no_other_spelling_is_accepted(index: prop::sample::Index, with in "[ -~]{0,2}") {
        let mut text = phc("m=19456,t=2,p=1");
        let at = index.index(text.len());
        text.replace_range(at..=at, &with);
        if let Ok(hash) = PasswordHash::parse(&text) {
            let parts = argon2(&hash);
            let rewritten = PasswordHash::new(parts.cost, &parts.salt, &parts.output);
            // The one other algorithm that is a character away.
            let expected = text.replacen("argon2i$", "argon2id$", 1);
            prop_assert_eq!(rewritten.as_str(), expected);
        }
    }

    #[test]
    fn junk_never_panics(
        text in "\\PC{0,300}|\\$argon2id\\$v=19\\$m=\\PC{0,9},t=\\PC{0,9},p=\\PC{0,9}\\$\\PC{0,9}\\$\\PC{0,9}",
    ) {
        let _ = PasswordHash::parse(&text);
    }
}
