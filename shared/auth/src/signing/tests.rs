use super::*;
use proptest::prelude::*;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-01-02 03:04:05 UTC);

fn ring(keys: usize) -> KeyRing {
    KeyRing { keys: (0..keys).map(|_| SigningKey::generate(NOW).unwrap()).collect() }
}

fn error(text: &str) -> KeyRingError {
    KeyRing::from_json(text).unwrap_err()
}

#[test]
fn a_ring_comes_back_from_its_text() {
    let mut ring = ring(3);
    ring.keys[1].public.retire_at = Some(datetime!(2027-01-01 00:00 UTC));
    let text = ring.to_json();
    assert!(text.len() < KEY_TEXT_BYTES * 3, "written without growing");
    let again = KeyRing::from_json(&text).unwrap();
    let publics: Vec<_> = ring.keys.iter().map(|key| key.public.clone()).collect();
    assert_eq!(again.public(), publics);
    assert_eq!(again.to_json(), text);
    assert!(KeyRing::from_json(&KeyRing::default().to_json()).unwrap().keys.is_empty());
}

#[test]
fn a_thumbprint_is_that_of_rfc_7638() {
    // The key of RFC 7517 appendix A.1; its thumbprint was computed by another implementation.
    let decode = |text: &str| -> [u8; 32] { URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap() };
    let x = decode("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4");
    let y = decode("4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
    assert_eq!(thumbprint(&x, &y), "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
}

#[test]
fn a_jwk_has_these_members_and_nothing_private() {
    let key = SigningKey::generate(NOW).unwrap();
    let jwk = key.public.to_jwk();
    let mut names: Vec<_> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    let text = |name: &str| jwk[name].as_str().unwrap().to_owned();
    assert_eq!((text("kty"), text("crv")), ("EC".to_owned(), "P-256".to_owned()));
    assert_eq!((text("alg"), text("use")), ("ES256".to_owned(), "sig".to_owned()));
    assert_eq!(text("kid"), key.public.kid);
    assert_eq!((text("x").len(), text("y").len(), text("kid").len()), (43, 43, 43));
}

#[test]
fn a_public_key_has_one_strict_spelling() {
    let public = SigningKey::generate(datetime!(2026-01-02 04:04:05.9 +1)).unwrap().public;
    assert_eq!(public.sign_from, NOW, "cut to the second");
    let text = serde_json::to_string(&public).unwrap();
    assert_eq!(serde_json::from_str::<PublicKey>(&text).unwrap(), public);
    let x = URL_SAFE_NO_PAD.encode(public.x);
    for (from, to) in [
        (r#""retire_at":null,"#, ""),
        (r#""retire_at":null"#, r#""retire_at":null,"retire_at":null"#),
        (r#""retire_at":null"#, r#""retire_at":null,"use":"sig""#),
        (r#""retire_at":null"#, r#""retire_at":1"#),
        ("2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.0Z"),
        ("2026-01-02T03:04:05Z", "2026-01-02t03:04:05z"),
        ("2026-01-02T03:04:05Z", "2026-01-02 03:04:05Z"),
        (x.as_str(), &x[..42]),
        (x.as_str(), &format!("{x}=")),
        (x.as_str(), &format!("{x}AA")),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert!(serde_json::from_str::<PublicKey>(&changed).is_err(), "{changed}");
    }
}

#[test]
fn a_text_that_is_no_ring_is_refused() {
    let one = ring(1);
    let text = one.to_json();
    let private = URL_SAFE_NO_PAD.encode(one.keys[0].private.as_bytes());
    for text in [
        String::new(),
        "null".to_owned(),
        "{}".to_owned(),
        "[[]]".to_owned(),
        format!("{}x", *text),
        text.replacen(r#"{"keys":"#, r#"{"version":1,"keys":"#, 1),
        text.replacen(r#""private":"#, r#""private":"","private":"#, 1),
        text.replacen(&private, &format!("{private}="), 1),
        text.replacen(&private, "\u{e9}", 1),
    ] {
        assert_eq!(error(&text), KeyRingError::Malformed);
    }
    assert_eq!(error(&text.replacen(&private, &private[..40], 1)), KeyRingError::Key);
    let padded = |length: usize| format!("{}{}", *text, " ".repeat(length - text.len()));
    assert!(KeyRing::from_json(&padded(MAX_RING_BYTES)).is_ok());
    assert_eq!(error(&padded(MAX_RING_BYTES + 1)), KeyRingError::TooLong);
    assert!(KeyRing::from_json(&ring(MAX_KEYS).to_json()).is_ok());
    assert_eq!(error(&ring(MAX_KEYS + 1).to_json()), KeyRingError::TooLong);
    let twice = KeyRing { keys: vec![one.keys[0].clone(), one.keys[0].clone()] };
    assert_eq!(error(&twice.to_json()), KeyRingError::Duplicate);
}

#[test]
fn a_pair_whose_halves_do_not_belong_together_is_refused() {
    let two = ring(2);
    let mut mixed = two.clone();
    mixed.keys[0].public = two.keys[1].public.clone();
    mixed.keys.truncate(1);
    assert_eq!(error(&mixed.to_json()), KeyRingError::Key);
    // Under its own name, so that only the coordinates tell.
    mixed.keys[0].public.kid = two.keys[0].public.kid.clone();
    assert_eq!(error(&mixed.to_json()), KeyRingError::Key);
    let mut renamed = two.clone();
    renamed.keys[0].public.kid = "another".to_owned();
    assert_eq!(error(&renamed.to_json()), KeyRingError::Key);
}

#[test]
fn a_key_of_another_curve_is_refused() {
    use aws_lc_rs::signature::ECDSA_P384_SHA384_FIXED_SIGNING;
    let mut ring = ring(1);
    let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    ring.keys[0].private = EncodingKey::from_ec_der(pair.to_pkcs8v1().unwrap().as_ref());
    assert_eq!(error(&ring.to_json()), KeyRingError::Key);
}

#[test]
fn the_signer_is_the_last_to_begin_of_those_that_may() {
    let at = |minutes: i64| NOW + time::Duration::minutes(minutes);
    let mut ring = ring(3);
    for (key, (from, retire)) in ring.keys.iter_mut().zip([(-90, Some(-10)), (-60, Some(30)), (10, None)]) {
        key.public.sign_from = at(from);
        key.public.retire_at = retire.map(at);
    }
    let kid = |ring: &KeyRing, now| ring.signer(now).map(|key| key.public.kid.clone());
    let nth = |index: usize| Some(ring.keys[index].public.kid.clone());
    assert_eq!(kid(&ring, at(-91)), None);
    assert_eq!(kid(&ring, at(-90)), nth(0), "from the second on");
    assert_eq!(kid(&ring, at(-60)), nth(1));
    assert_eq!(kid(&ring, NOW), nth(1));
    assert_eq!(kid(&ring, at(10)), nth(2), "the next one, though the last is not retired yet");
    let mut gone = ring.clone();
    gone.keys.pop();
    assert_eq!(kid(&gone, at(29)), nth(1));
    assert_eq!(kid(&gone, at(30)), None, "a retired key does not sign");
    // Two that begin together: the same one, in whatever order they stand.
    gone.keys[0].public = PublicKey { sign_from: at(-60), retire_at: None, ..gone.keys[0].public.clone() };
    let forwards = kid(&gone, NOW);
    gone.keys.reverse();
    assert_eq!(kid(&gone, NOW), forwards);
}

#[test]
fn debug_and_errors_show_nothing_of_a_private_key() {
    let ring = ring(1);
    let der = ring.keys[0].private.as_bytes();
    let shown = format!("{ring:?} {:?}", ring.keys[0]);
    assert!(shown.contains("[redacted]"));
    assert!(!shown.contains(&URL_SAFE_NO_PAD.encode(der)[60..80]));
    assert!(!shown.contains(&format!("{:?}", &der[36..40]).replace(['[', ']'], "")));
    let text = ring.to_json().replacen("kid", "kidd", 1);
    let error = error(&text);
    assert!(!format!("{error} {error:?}").contains("kidd"));
}

proptest! {
    #[test]
    fn a_time_has_one_spelling(seconds in 0_i64..253_402_300_800) {
        let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        let public = PublicKey {
            kid: "name".to_owned(), x: [1; 32], y: [2; 32], sign_from: time, retire_at: Some(time),
        };
        let text = serde_json::to_string(&public).unwrap();
        prop_assert_eq!(serde_json::from_str::<PublicKey>(&text).unwrap(), public);
    }

    #[test]
    fn junk_is_no_ring(text in "\\PC{0,200}|\\{\"keys\":\\[\\PC{0,100}\\]\\}") {
        let empty = KeyRing::default().to_json();
        prop_assert!(KeyRing::from_json(&text).is_err() || text == *empty);
    }
}
