use super::*;
use rand::{SeedableRng, rngs::StdRng};
use std::collections::BTreeSet;
use zeroize::ZeroizeOnDrop;

#[test]
fn a_password_has_at_most_128_characters_not_bytes() {
    assert!("ж".repeat(128).parse::<Password>().is_ok());
    assert_eq!("ж".repeat(129).parse::<Password>().unwrap_err(), PasswordError);
    assert!("".parse::<Password>().is_ok());
}

#[test]
fn a_password_is_kept_exactly_as_received() {
    let text = " \u{e9} e\u{301}\t\u{0} ";
    assert_eq!(text.parse::<Password>().unwrap().as_bytes(), text.as_bytes());
}

#[test]
fn a_password_shows_nothing_and_is_wiped() {
    fn wiped(_: &impl ZeroizeOnDrop) {}
    let password: Password = "correct horse battery staple".parse().unwrap();
    assert_eq!(format!("{password:?}"), "Password([redacted])");
    wiped(&password.0);
    let read: Password = serde_json::from_str(r#""a \"quoted\" one""#).unwrap();
    assert_eq!(read.as_str(), r#"a "quoted" one"#);
    let long = format!("\"{}\"", "x".repeat(129));
    let error = serde_json::from_str::<Password>(&long).unwrap_err().to_string();
    assert!(error.starts_with("a password has at most 128 characters") && !error.contains("xx"), "{error}");
}

#[test]
fn a_first_password_is_long_typeable_and_strong() {
    let mut rng = StdRng::seed_from_u64(1);
    let first = generate_first(&mut rng);
    assert_eq!(first.len(), 34);
    for group in first.split('-') {
        assert_eq!(group.len(), 4);
        assert!(group.bytes().all(|digit| TYPEABLE.contains(&digit)), "{group}");
    }
    assert_ne!(first, generate_first(&mut rng));
    let digits = (0..50).flat_map(|_| generate_first(&mut rng).bytes().collect::<Vec<_>>());
    assert_eq!(digits.filter(|it| *it != b'-').collect::<BTreeSet<_>>().len(), 32, "each digit comes up");
    for _ in 0..50 {
        let password = Password::try_from(generate_first(&mut rng)).unwrap();
        assert_eq!(check_strength(&password, &["Ada Lovelace", "ada@example.test"]), Ok(()));
    }
}
