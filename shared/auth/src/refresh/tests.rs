use super::*;
use crate::records::SessionKind;
use proptest::prelude::*;
use rand::{SeedableRng, rngs::StdRng};
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2030-01-01 00:00 UTC);
const HERE: &str = "203.0.113.7";

fn session() -> Session {
    Session {
        id: SessionId::from_bits(3),
        user: UserId::from_bits(2),
        organization: OrganizationId::from_bits(1),
        kind: SessionKind::Full,
        epoch: 0,
        created_at: NOW,
        expires_at: NOW + Duration::days(30),
        source_address: HERE.to_owned(),
        user_agent: String::new(),
    }
}

fn begin() -> (RefreshState, RefreshToken, StdRng) {
    let mut rng = StdRng::seed_from_u64(1);
    let (state, token) = RefreshState::begin(&session(), NOW, &mut rng);
    (state, token, rng)
}

/// The state and the token after a rotation.
fn rotated(state: &RefreshState, token: &RefreshToken, rng: &mut StdRng) -> (RefreshState, RefreshToken) {
    match state.present(token, NOW, HERE, rng) {
        Presented::Rotate { next, token } => (*next, token),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_has_one_spelling_and_comes_back_from_it() {
    let (_, token, _) = begin();
    let text = token.reveal();
    assert_eq!(*RefreshToken::parse(&text).unwrap().reveal(), *text);
    for junk in ["", "=", &text[1..], &format!("{}=", *text), &format!("{}+", &text[..DIGITS - 1])] {
        assert_eq!(RefreshToken::parse(junk).err(), Some(RefreshTokenError), "{junk}");
    }
    // 92 bytes leave two bits of the last digit unused: they have to be zero.
    let last = text.chars().last().unwrap();
    for digit in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
        let spelt = format!("{}{digit}", &text[..DIGITS - 1]);
        let same = RefreshToken::parse(&spelt).is_ok_and(|it| *it.reveal() == *text);
        assert_eq!(same, digit == last, "{digit}");
    }
}

#[test]
fn the_current_token_rotates_and_only_hashes_are_kept() {
    let (state, first, mut rng) = begin();
    let (next, second) = rotated(&state, &first, &mut rng);
    assert_eq!((next.generation, next.refreshed_at), (1, NOW));
    assert_ne!(second.value, first.value);
    for value in [first.value, second.value] {
        assert!(next.current != value && next.tag_key != value);
    }
    assert!(matches!(next.present(&second, NOW, HERE, &mut rng), Presented::Rotate { .. }));
}

#[test]
fn the_predecessor_gets_the_same_successor_within_ten_seconds() {
    let (state, first, mut rng) = begin();
    let (next, second) = rotated(&state, &first, &mut rng);
    for late in [Duration::ZERO, Duration::milliseconds(9_999), Duration::seconds(-2)] {
        match next.present(&first, NOW + late, HERE, &mut rng) {
            Presented::Repeat(again) => assert_eq!(*again.reveal(), *second.reveal()),
            other => panic!("{late}: {other:?}"),
        }
    }
}

#[test]
fn the_true_past_is_reuse_beyond_the_grace_from_elsewhere_or_further_back() {
    let (state, first, mut rng) = begin();
    let (next, second) = rotated(&state, &first, &mut rng);
    let (third_state, _) = rotated(&next, &second, &mut rng);
    let reused = |state: &RefreshState, at, from, rng: &mut StdRng| {
        matches!(state.present(&first, at, from, rng), Presented::Reused)
    };
    assert!(reused(&next, NOW + GRACE, HERE, &mut rng));
    assert!(reused(&next, NOW, "203.0.113.8", &mut rng));
    assert!(reused(&third_state, NOW, HERE, &mut rng));
}

#[test]
fn a_forged_past_or_future_has_no_effect() {
    let (state, first, mut rng) = begin();
    let (next, second) = rotated(&state, &first, &mut rng);
    // A token of the session's future, which this state has not issued.
    assert!(matches!(state.present(&second, NOW, HERE, &mut rng), Presented::Forged));
    let other = Session { id: SessionId::from_bits(4), ..session() };
    let (_, foreign) = RefreshState::begin(&other, NOW, &mut rng);
    assert!(matches!(next.present(&foreign, NOW, HERE, &mut rng), Presented::Forged));
}

#[test]
fn debug_shows_no_value_and_no_key() {
    let (state, token, _) = begin();
    let shown = format!("{state:?} {token:?}");
    assert!(!shown.contains(&*token.reveal()) && !shown.contains('['), "{shown}");
}

proptest! {
    #[test]
    fn any_changed_byte_is_forged(at in 0..BYTES, by in 1_u8..=255, rotations in 0_usize..4) {
        let (mut state, mut token, mut rng) = begin();
        for _ in 0..rotations {
            (state, token) = rotated(&state, &token, &mut rng);
        }
        let mut bytes = URL_SAFE_NO_PAD.decode(token.reveal().as_bytes()).unwrap();
        bytes[at] ^= by;
        let changed = RefreshToken::parse(&URL_SAFE_NO_PAD.encode(bytes)).unwrap();
        let forged = matches!(state.present(&changed, NOW, HERE, &mut rng), Presented::Forged);
        prop_assert!(forged);
    }
}
