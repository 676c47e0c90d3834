use super::*;
use argon2::Params;
use rand::{SeedableRng, rngs::StdRng};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

const WORD: &str = "correct horse battery staple";

fn password(text: &str) -> Password {
    text.parse().unwrap()
}

/// A hash of [`WORD`] at this cost, by argon2's own one-shot function and memory.
fn one_shot(memory: u32, passes: u32, lanes: u32, salt: &[u8], length: usize) -> PasswordHash {
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    let params = Params::new(memory, passes, lanes, None).unwrap();
    let mut output = vec![0; length];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(WORD.as_bytes(), salt, &mut output)
        .unwrap();
    let (salt, output) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(output));
    let text = format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${output}");
    PasswordHash::parse(&text).unwrap()
}

fn is_wiped(hasher: &Hasher) -> bool {
    hasher.memory.iter().all(|block| block.as_ref().iter().all(|word| *word == 0))
}

#[test]
fn a_new_hash_is_current_and_only_its_password_matches() {
    let mut rng = StdRng::seed_from_u64(1);
    let mut hasher = Hasher::new();
    let hash = hasher.hash(&password(WORD), &mut rng).unwrap();
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
    assert_eq!(hasher.verify(&password(WORD), &hash), Verification::Match { outdated: false });
    // Exactly as received: neither trimmed nor folded.
    for other in
        ["correct horse battery stapl", "Correct horse battery staple", " correct horse battery staple", ""]
    {
        assert_eq!(hasher.verify(&password(other), &hash), Verification::Mismatch, "{other}");
    }
    let again = hasher.hash(&password(WORD), &mut rng).unwrap();
    assert_ne!(again, hash, "each hash has its own salt");
}

#[test]
fn memory_used_again_gives_what_fresh_memory_gives() {
    let mut hasher = Hasher::new();
    let current = one_shot(19_456, 2, 1, &[7; 16], 32);
    // Larger, smaller and of several lanes, and back, so that each meets the others' leavings.
    let others = [
        one_shot(32_768, 1, 4, &[8; 16], 32),
        one_shot(8192, 3, 2, &[9; 48], 64),
        one_shot(19_457, 2, 3, &[6; 16], 32),
    ];
    for _ in 0..2 {
        assert_eq!(hasher.verify(&password(WORD), &current), Verification::Match { outdated: false });
        assert_eq!(hasher.memory.len(), 19_456, "what was needed beyond it is given back");
        for other in &others {
            assert_eq!(hasher.verify(&password(WORD), other), Verification::Match { outdated: true });
            assert_eq!(hasher.verify(&password("something else"), other), Verification::Mismatch);
        }
    }
}

#[test]
fn the_memory_is_wiped_after_each_use_and_kept() {
    let mut rng = StdRng::seed_from_u64(2);
    let mut hasher = Hasher::new();
    let place = hasher.memory.as_ptr();
    let hash = hasher.hash(&password(WORD), &mut rng).unwrap();
    assert!(is_wiped(&hasher));
    hasher.verify(&password(WORD), &hash);
    assert!(is_wiped(&hasher));
    hasher.verify_nobody(&password(WORD));
    assert!(is_wiped(&hasher));
    hasher.verify(&password(WORD), &one_shot(8192, 1, 1, &[1; 16], 32));
    assert!(is_wiped(&hasher));
    assert_eq!(hasher.memory.as_ptr(), place, "the same memory each time");
    assert_eq!(hasher.memory.len(), 19_456);
}

#[test]
fn memory_is_wiped_where_the_use_ends_in_a_panic() {
    let mut memory = vec![Block::new(); 16];
    let params = Params::new(16, 1, 1, None).unwrap();
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let used = Wiped(&mut memory);
        Argon2::from(params).fill_memory(b"password", b"saltsaltsalt", &mut *used.0).unwrap();
        assert!(
            used.0.iter().all(|block| block.as_ref().iter().any(|word| *word != 0)),
            "argon2 wrote it all"
        );
        panic!("on purpose");
    }));
    assert!(result.is_err());
    assert!(memory.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
}

#[test]
fn a_name_without_a_password_takes_the_memory_of_a_current_hash() {
    let mut hasher = Hasher::new();
    hasher.verify_nobody(&password(WORD));
    assert_eq!(hasher.memory.len(), 19_456);
}

/// The blocks that a password's verification takes.
fn work(hasher: &mut Hasher, word: &str, hash: &PasswordHash) -> u64 {
    let before = hasher.blocks();
    hasher.verify(&password(word), hash);
    hasher.blocks() - before
}

#[test]
fn an_old_hash_takes_the_work_of_a_current_one() {
    const CURRENT_BLOCKS: u64 = 2 * 19_456;
    let mut hasher = Hasher::new();
    hasher.verify_nobody(&password(WORD));
    assert_eq!(hasher.blocks(), CURRENT_BLOCKS);
    // The least there is, those that were or are recommended, and one of several lanes.
    for (memory, passes, lanes) in [
        (8192, 1, 1),
        (8192, 4, 1),
        (16_384, 1, 1),
        (12_288, 3, 1),
        (9216, 4, 1),
        (19_456, 1, 1),
        (9728, 2, 4),
    ] {
        let hash = one_shot(memory, passes, lanes, &[5; 16], 32);
        for word in [WORD, "something else"] {
            let blocks = work(&mut hasher, word, &hash);
            // Memory comes in fours of blocks, at least eight.
            assert!(CURRENT_BLOCKS.abs_diff(blocks) < 64, "m={memory},t={passes},p={lanes}: {blocks}");
            assert!(is_wiped(&hasher));
        }
    }
    let greater = one_shot(32_768, 2, 1, &[5; 16], 32);
    assert_eq!(work(&mut hasher, WORD, &greater), 2 * 32_768);
}

#[test]
fn an_old_hash_takes_the_time_of_a_current_one() {
    const PARTS: u64 = 5;
    // What each look at the clock takes, in milliseconds.
    let step = Arc::new(AtomicU64::new(1_000));
    let (time, each) = (AtomicU64::new(0), Arc::clone(&step));
    let mut hasher = Hasher::with_clock(move || {
        let step = each.load(Ordering::Relaxed);
        Duration::from_millis(time.fetch_add(step, Ordering::Relaxed) + step)
    });
    let (old, equal) = (one_shot(8192, 1, 1, &[5; 16], 32), one_shot(19_456, 2, 1, &[5; 16], 32));
    // Nothing is measured yet: the work alone.
    let alone = work(&mut hasher, WORD, &old);
    work(&mut hasher, WORD, &equal);
    // An old hash looks once as it begins, once for itself and once for each of the two that top its work up; then once
    // before each part and once in it.
    step.store(1_000 / (2 * PARTS + 3), Ordering::Relaxed);
    for word in [WORD, "something else", WORD] {
        let blocks = work(&mut hasher, word, &old) - alone;
        assert_eq!(blocks / u64::from(PART.blocks()), PARTS, "{word}");
    }
    // A clock that stands still: as many as a current hash has.
    step.store(0, Ordering::Relaxed);
    let blocks = work(&mut hasher, WORD, &old) - alone;
    assert_eq!(blocks, u64::from(CURRENT.blocks() / PART.blocks() * PART.blocks()));
    assert_eq!(work(&mut hasher, WORD, &equal), u64::from(CURRENT.blocks()), "a current one takes no more");
}

#[test]
fn a_clock_that_stands_still_or_runs_away_ends_no_verification_otherwise() {
    for step in [0, 1, 1_000_000] {
        let time = AtomicU64::new(0);
        let clock = move || Duration::from_micros(time.fetch_add(step, Ordering::Relaxed));
        let mut hasher = Hasher::with_clock(clock);
        hasher.verify_nobody(&password(WORD));
        let old = one_shot(8192, 1, 1, &[5; 16], 32);
        assert_eq!(hasher.verify(&password(WORD), &old), Verification::Match { outdated: true });
        assert_eq!(hasher.verify(&password("something else"), &old), Verification::Mismatch);
        assert!(hasher.blocks() < 6 * 2 * 19_456, "{}", hasher.blocks());
        assert!(is_wiped(&hasher));
    }
}

#[test]
fn a_hasher_shows_nothing() {
    assert_eq!(format!("{:?}", Hasher::new()), "Hasher { .. }");
}
