//! RFC 8725 §2.1, §2.2: what a header may not talk a verifier into.

use super::*;

#[test]
fn no_algorithm_but_es256_is_accepted_nor_another_spelling_of_it() {
    for alg in
        ["none", "None", "NONE", "nOnE", "HS256", "RS256", "ES384", "ES512", "EdDSA", "es256", "ES256 ", ""]
    {
        let mut header = header();
        header["alg"] = json!(alg);
        let (header, payload) = (header.to_string(), payload().to_string());
        assert_eq!(error(&forge(&header, &payload)), TokenError::Algorithm, "{alg}");
        assert_eq!(error(&format!("{}.", unsigned(&header, &payload))), TokenError::Algorithm, "{alg}");
    }
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    let point = SIGNER.public.point();
    let jwk = SIGNER.public.to_jwk().to_string();
    for secret in
        [point.as_slice(), &point[1..], &SIGNER.public.x, jwk.as_bytes(), SIGNER.public.kid.as_bytes(), b""]
    {
        for alg in ["HS256", "ES256"] {
            let mut header = header();
            header["alg"] = json!(alg);
            let signed = unsigned(&header.to_string(), &payload().to_string());
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
            assert!(matches!(
                error(&format!("{signed}.{}", encode(tag))),
                TokenError::Algorithm | TokenError::Signature
            ));
        }
    }
}

#[test]
fn a_header_brings_no_key_no_address_and_no_extension() {
    let jwk = SIGNER.public.to_jwk();
    for (name, value) in [
        ("jwk", jwk),
        ("jku", json!("https://evil.example.test/jwks.json")),
        ("x5u", json!("https://evil.example.test/cert.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AA")),
        ("crit", json!([])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("enc", json!("A128GCM")),
        ("ALG", json!("none")),
        ("", json!(null)),
    ] {
        let mut header = header();
        header[name] = value;
        assert_eq!(error(&forge(&header.to_string(), &payload().to_string())), TokenError::Header, "{name}");
    }
}

#[test]
fn a_member_that_stands_twice_is_refused() {
    let kid = &SIGNER.public.kid;
    for twice in [
        r#""alg":"none""#.to_owned(),
        r#""alg":"ES256""#.to_owned(),
        r#""\u0061lg":"ES256""#.to_owned(),
        r#""typ":"at+jwt""#.to_owned(),
        format!(r#""kid":"{kid}""#),
    ] {
        for header in [
            header().to_string().replacen('{', &format!("{{{twice},"), 1),
            header().to_string().replacen('}', &format!(",{twice}}}"), 1),
        ] {
            assert_eq!(error(&forge(&header, &payload().to_string())), TokenError::Header, "{header}");
        }
    }
}

#[test]
fn each_member_is_there_and_a_string() {
    for name in ["alg", "typ", "kid"] {
        let mut without = header();
        without.as_object_mut().unwrap().remove(name);
        assert_eq!(error(&forge(&without.to_string(), &payload().to_string())), TokenError::Header, "{name}");
        let value = header()[name].clone();
        for wrong in [json!(null), json!(true), json!(256), json!([value]), json!({"a": value})] {
            let mut header = header();
            header[name] = wrong;
            assert_eq!(
                error(&forge(&header.to_string(), &payload().to_string())),
                TokenError::Header,
                "{header}"
            );
        }
    }
}

#[test]
fn a_header_is_one_object() {
    let kid = &SIGNER.public.kid;
    for header in [
        format!(r#"["ES256","at+jwt","{kid}"]"#),
        format!("{}{{}}", header()),
        format!("\u{feff}{}", header()),
        format!(" {}", header()),
        "null".to_owned(),
        "{}".to_owned(),
        "{".to_owned(),
        String::new(),
    ] {
        assert_eq!(error(&forge(&header, &payload().to_string())), TokenError::Header, "{header}");
    }
    let signed = format!("{}.{}", encode([b'{', 0xFF, b'}']), encode(payload().to_string()));
    assert_eq!(error(&sign(&signed)), TokenError::Header);
}

#[test]
fn a_token_of_another_type_is_refused() {
    for typ in
        ["JWT", "jwt", "application/at+jwt", "AT+JWT", "at+jwt ", "id+jwt", "logout+jwt", "dpop+jwt", ""]
    {
        let mut header = header();
        header["typ"] = json!(typ);
        assert_eq!(error(&forge(&header.to_string(), &payload().to_string())), TokenError::Type, "{typ}");
    }
}

#[test]
fn a_key_is_a_name_of_ours_and_nothing_else() {
    let kid = &SIGNER.public.kid;
    for name in [
        String::new(),
        "../../dev/null".to_owned(),
        "' OR 1=1 --".to_owned(),
        "https://evil.example.test".to_owned(),
        kid.to_uppercase(),
        format!("{kid} "),
        kid[..42].to_owned(),
    ] {
        let mut header = header();
        header["kid"] = json!(name);
        assert_eq!(
            error(&forge(&header.to_string(), &payload().to_string())),
            TokenError::UnknownKey,
            "{name}"
        );
    }
}
