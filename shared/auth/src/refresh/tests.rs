use super::*;
use crate::records::SessionKind;
use proptest::prelude::*;
use rand::{SeedableRng, rngs::StdRng};
use time::macros::datetime;
use zeroize::ZeroizeOnDrop;

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
        assert!(next.current != value && *next.tag_key != value);
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
fn debug_shows_no_value_and_no_key_and_a_token_is_wiped() {
    fn wiped(_: &impl ZeroizeOnDrop) {}
    let (state, token, _) = begin();
    assert_eq!(format!("{token:?}"), "RefreshToken { session: ses_00000000003, generation: 0, .. }");
    assert_eq!(
        format!("{state:?}"),
        "RefreshState { session: ses_00000000003, generation: 0, refreshed_at: 2030-01-01 0:00:00.0 +00:00:00, \
         expires_at: 2030-01-31 0:00:00.0 +00:00:00, .. }"
    );
    wiped(&state.tag_key);
    wiped(&token);
    wiped(&token.reveal());
}

#[test]
fn the_loser_of_a_race_gets_the_winner_s_successor() {
    let (state, first, mut rng) = begin();
    let (won, second) = rotated(&state, &first, &mut rng);
    let (lost, unsent) = rotated(&state, &first, &mut rng);
    assert!(won.current != lost.current, "two salts");
    match won.present(&first, NOW, HERE, &mut rng) {
        Presented::Repeat(token) => assert_eq!(*token.reveal(), *second.reveal()),
        other => panic!("{other:?}"),
    }
    // It was never written, and never sent: whoever shows it is no winner.
    assert!(matches!(won.present(&unsent, NOW, HERE, &mut rng), Presented::Reused));
}

#[test]
fn a_token_s_own_session_user_and_organization_are_the_state_s() {
    let (state, token, mut rng) = begin();
    for changed in [
        RefreshToken { organization: OrganizationId::from_bits(9), ..token.clone() },
        RefreshToken { user: UserId::from_bits(9), ..token.clone() },
        RefreshToken { session: SessionId::from_bits(9), ..token.clone() },
    ] {
        assert!(!state.issued(&changed));
        assert!(matches!(state.present(&changed, NOW, HERE, &mut rng), Presented::Forged));
    }
    assert!(state.issued(&token));
}

#[test]
fn the_last_generation_has_no_successor_and_ends_nothing() {
    let (mut last, token, mut rng) = begin();
    last.generation = u32::MAX;
    let token = last.token(u32::MAX, token.value);
    assert!(matches!(last.present(&token, NOW, HERE, &mut rng), Presented::Forged));
}

#[test]
fn a_clock_that_is_far_behind_has_no_endless_grace() {
    let (state, first, mut rng) = begin();
    let (next, _) = rotated(&state, &first, &mut rng);
    assert!(matches!(next.present(&first, NOW - GRACE, HERE, &mut rng), Presented::Reused));
}

proptest! {
    // Any tokens of the past and present, shown in any order at any pace from two addresses: there is one lineage,
    // only its newest value moves it, and only the newest's immediate predecessor is told the newest again.
    #[test]
    fn there_is_one_lineage_however_its_tokens_are_shown(
        shown in prop::collection::vec((0_usize..4, 0_i64..6_000, any::<bool>()), 1..40),
    ) {
        let (mut state, first, mut rng) = begin();
        let (mut lineage, mut now, mut rotation) = (vec![first], NOW, (NOW, HERE));
        for (back, pause, here) in shown {
            now += Duration::milliseconds(pause);
            let source = if here { HERE } else { "203.0.113.8" };
            let at = lineage.len() - 1 - back.min(lineage.len() - 1);
            let distance = lineage.len() - 1 - at;
            match state.present(&lineage[at], now, source, &mut rng) {
                Presented::Rotate { next, token } => {
                    prop_assert_eq!(distance, 0);
                    prop_assert!(next.generation == state.generation + 1 && next.tag_key == state.tag_key);
                    prop_assert!(lineage.iter().all(|it| it.value != token.value));
                    (state, rotation) = (*next, (now, source));
                    lineage.push(token);
                }
                Presented::Repeat(token) => {
                    prop_assert!(distance == 1 && now - rotation.0 < GRACE && source == rotation.1);
                    prop_assert_eq!(&*token.reveal(), &*lineage[at + 1].reveal());
                }
                Presented::Reused => {
                    let graced = distance == 1 && now - rotation.0 < GRACE && source == rotation.1;
                    prop_assert!(distance > 0 && !graced);
                }
                Presented::Forged => prop_assert!(false, "a true token"),
            }
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,130}", digits in "[A-Za-z0-9_-]{123}") {
        prop_assert!(RefreshToken::parse(&text).is_err());
        if let Ok(token) = RefreshToken::parse(&digits) {
            prop_assert_eq!(&**token.reveal(), &digits);
            let (state, _, mut rng) = begin();
            let forged = matches!(state.present(&token, NOW, HERE, &mut rng), Presented::Forged);
            prop_assert!(forged);
        }
    }

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
