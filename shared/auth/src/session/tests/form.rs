//! Segments, their encoding, and the signature.

use super::*;
use proptest::prelude::*;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[test]
fn a_token_is_exactly_three_segments() {
    let good = good();
    let (header, rest) = good.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    for token in [
        String::new(),
        ".".to_owned(),
        format!("{header}.{payload}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{signature}"),
        format!("{header}.{payload}.{signature}.{signature}.{signature}"),
        format!("{header}..{payload}.{signature}"),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{header}.\n{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"),
        format!("{header}.{payload}.{signature}=="),
        good.replace('-', "+").replace('_', "/") + "/+",
        format!("{header}.{payload}.é"),
    ] {
        assert_eq!(error(&token), TokenError::Malformed, "{token}");
    }
    assert_eq!(error(".."), TokenError::Header);
    assert_eq!(error(&format!("{header}.{payload}.")), TokenError::Signature);
    assert_eq!(error(&format!("{header}..{signature}")), TokenError::Signature);
}

#[test]
fn more_than_2048_bytes_are_not_looked_at() {
    let padded = |length: usize| {
        let bare = forge(&header().to_string(), "");
        format!(
            "{}.{}",
            bare.split_once('.').unwrap().0,
            "A".repeat(length - bare.split_once('.').unwrap().0.len() - 1)
        )
    };
    assert_eq!(error(&padded(2049)), TokenError::TooLong);
    assert_eq!(error(&padded(2048)), TokenError::Malformed);
    assert_eq!(error(&"é".repeat(1025)), TokenError::TooLong);
    assert_eq!(error(&".".repeat(1_000_000)), TokenError::TooLong);
}

#[test]
fn bits_behind_the_last_byte_are_zero() {
    // 64 bytes are 86 digits, of the last of which four bits are left over: 15 other spellings.
    let good = good();
    let (start, last) = good.split_at(good.len() - 1);
    let value = ALPHABET.iter().position(|digit| char::from(*digit) == last.chars().next().unwrap()).unwrap();
    for bits in 1..16 {
        let other = char::from(ALPHABET[value + bits]);
        assert_eq!(error(&format!("{start}{other}")), TokenError::Malformed, "{other}");
    }
}

#[test]
fn a_signature_of_zeros_or_at_the_edges_of_its_range_is_refused() {
    let order: [u8; 32] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA,
        0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ];
    let mut one = [0; 32];
    one[31] = 1;
    let signed = unsigned(&header().to_string(), &payload().to_string());
    for r in [[0; 32], one, order, [0xFF; 32]] {
        for s in [[0; 32], one, order, [0xFF; 32]] {
            let token = format!("{signed}.{}", encode([r, s].concat()));
            assert_eq!(error(&token), TokenError::Signature);
        }
    }
}

#[test]
fn a_signature_has_exactly_64_bytes() {
    let good = good();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    for other in
        [&bytes[..0], &bytes[..32], &bytes[..63], &[bytes.as_slice(), &[0]].concat(), &bytes.repeat(2)]
    {
        assert_eq!(error(&format!("{signed}.{}", encode(other))), TokenError::Signature);
    }
}

#[test]
fn a_der_signature_is_refused_though_it_is_right() {
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, SIGNER.private().as_bytes()).unwrap();
    let signed = unsigned(&header().to_string(), &payload().to_string());
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    assert_eq!(error(&format!("{signed}.{}", encode(signature))), TokenError::Signature);
}

#[test]
fn a_signature_is_over_this_header_and_this_payload() {
    let good = good();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let mut claims = claims();
    claims.sub = UserId::from_bits(1);
    let other = encode(serde_json::to_string(&claims).unwrap());
    assert_eq!(error(&format!("{header}.{other}.{signature}")), TokenError::Signature);
    // The same header in another order of its members is another header.
    let kid = &SIGNER.public.kid;
    let reordered = encode(format!(r#"{{"kid":"{kid}","typ":"at+jwt","alg":"ES256"}}"#));
    assert_eq!(error(&format!("{reordered}.{payload}.{signature}")), TokenError::Signature);
}

#[test]
fn each_character_counts() {
    let good = good();
    for at in 0..good.len() {
        for with in ["A", "_", ".", " ", "é"] {
            let changed = format!("{}{with}{}", &good[..at], &good[at + 1..]);
            assert!(changed == good || VERIFIER.verify(&changed, NOW).is_err(), "{at} {with}");
        }
        let flipped: String = good.char_indices().map(|(i, c)| if i == at { flip(c) } else { c }).collect();
        assert!(flipped == good || VERIFIER.verify(&flipped, NOW).is_err(), "{at}");
        assert!(VERIFIER.verify(&good[..at], NOW).is_err(), "{at}");
        assert!(VERIFIER.verify(&good[at..], NOW).is_err() || at == 0, "{at}");
    }
}

fn flip(c: char) -> char {
    if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
}

proptest! {
    #[test]
    fn claims_come_back_from_their_token(
        (user, session, organization, seed) in any::<(u64, u64, u64, u64)>(),
        lifetime in 1_u32..=3600,
        now in 0_i64..253_402_290_000,
        issuer in "https://[a-z0-9.-]{1,200}(/[a-z0-9]{1,20})?",
    ) {
        let now = OffsetDateTime::from_unix_timestamp(now).unwrap();
        let (user, session) = (UserId::from_bits(user), SessionId::from_bits(session));
        let organization = OrganizationId::from_bits(organization);
        let mut rng = StdRng::seed_from_u64(seed);
        let claims = Claims::new(&issuer, user, session, organization, now, lifetime, &mut rng);
        let verifier = Verifier::new(&issuer, std::slice::from_ref(&SIGNER.public)).unwrap();
        let token = issue(&SIGNER, &claims).unwrap();
        prop_assert_eq!(verifier.verify(&token, now), Ok(claims));
    }

    #[test]
    fn an_inserted_character_is_refused(at: prop::sample::Index, with in "[ -~]") {
        let good = good();
        let at = at.index(good.len() + 1);
        let changed = [&good[..at], &with, &good[at..]].concat();
        prop_assert!(VERIFIER.verify(&changed, NOW).is_err());
    }

    #[test]
    fn junk_is_refused_without_a_panic(
        text in "\\PC{0,300}|[A-Za-z0-9_-]{0,99}\\.[A-Za-z0-9_-]{0,99}\\.[A-Za-z0-9_-]{0,99}",
    ) {
        prop_assert!(VERIFIER.verify(&text, NOW).is_err());
    }

    #[test]
    fn a_signed_payload_of_any_json_is_refused_without_a_panic(text in "\\{\\PC{0,99}\\}|\\PC{0,99}") {
        prop_assert_eq!(VERIFIER.verify(&forge(&header().to_string(), &text), NOW), Err(TokenError::Claims));
    }
}
