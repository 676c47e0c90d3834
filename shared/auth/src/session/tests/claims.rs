//! RFC 8725 §3.8, §3.9, RFC 9068 §4: what a rightly signed payload must be.

use super::*;

fn of(payload: &Value) -> TokenError {
    error(&forge(&header().to_string(), &payload.to_string()))
}

#[test]
fn each_claim_is_there_once_and_of_its_type() {
    for (name, value) in payload().as_object().unwrap() {
        let mut without = payload();
        without.as_object_mut().unwrap().remove(name);
        assert_eq!(of(&without), TokenError::Claims, "without {name}");

        let mut wrong =
            vec![json!(null), json!(true), json!([value]), json!({"a": value}), json!(0.5), json!(-0.0)];
        match value {
            Value::Number(number) => {
                wrong.extend([
                    json!(number.to_string()),
                    json!(number.to_string().parse::<f64>().unwrap()),
                    json!(u64::MAX),
                ]);
            }
            _ => wrong.extend([json!(0), json!(1)]),
        }
        for wrong in wrong {
            let mut payload = payload();
            payload[name] = wrong;
            assert_eq!(of(&payload), TokenError::Claims, "{name} in {payload}");
        }

        let twice = format!(r#",{}:{value}}}"#, json!(name));
        let text = payload().to_string();
        let text = [text.strip_suffix('}').unwrap(), &twice].concat();
        assert_eq!(error(&forge(&header().to_string(), &text)), TokenError::Claims, "{text}");
    }
}

#[test]
fn no_claim_but_ours_is_accepted() {
    for name in ["nbf", "scope", "admin", "cnf", "ISS", "iss ", ""] {
        let mut payload = payload();
        payload[name] = json!(1);
        assert_eq!(of(&payload), TokenError::Claims, "{name}");
    }
}

#[test]
fn a_payload_is_one_object() {
    let values: Vec<Value> = payload().as_object().unwrap().values().cloned().collect();
    let claims = claims();
    let in_order = json!([
        claims.iss, claims.aud, claims.sub, claims.sid, claims.org, claims.iat, claims.exp, claims.jti
    ]);
    for text in [
        json!(values).to_string(),
        in_order.to_string(),
        format!("{}{}", payload(), payload()),
        format!("\n{}", payload()),
        json!(payload().to_string()).to_string(),
        "{}".to_owned(),
        "null".to_owned(),
        String::new(),
    ] {
        assert_eq!(error(&forge(&header().to_string(), &text)), TokenError::Claims, "{text}");
    }
    let signed = format!("{}.{}", encode(header().to_string()), encode([b'{', 0xC0, 0x80, b'}']));
    assert_eq!(error(&sign(&signed)), TokenError::Claims);
}

#[test]
fn an_id_of_another_type_or_spelling_is_refused() {
    let claims = claims();
    for (name, id) in [
        ("sub", claims.sid.to_string()),
        ("sub", claims.org.to_string()),
        ("sid", claims.sub.to_string()),
        ("org", claims.sub.to_string()),
        ("sub", claims.sub.to_string().to_uppercase()),
        ("sub", format!("{} ", claims.sub)),
        ("sub", "usr_LygHa16AHYG".to_owned()),
        ("sub", String::new()),
        ("jti", String::new()),
    ] {
        let mut payload = payload();
        payload[name] = json!(id);
        assert_eq!(of(&payload), TokenError::Claims, "{name} {id}");
    }
}

#[test]
fn issuer_and_audience_are_exactly_this_deployment() {
    for other in [
        "https://api.example.test/v1/",
        "https://api.example.test/v2",
        "https://API.example.test/v1",
        "http://api.example.test/v1",
        "https://api.example.test/v1\u{0}",
        "*",
        "",
    ] {
        for (name, expected) in [("iss", TokenError::Issuer), ("aud", TokenError::Audience)] {
            let mut payload = payload();
            payload[name] = json!(other);
            assert_eq!(of(&payload), expected, "{name} {other}");
        }
    }
    // A list that names us among others, and a list of one.
    for list in [json!([ISSUER, "https://other.example.test"]), json!([ISSUER])] {
        let mut payload = payload();
        payload["aud"] = list;
        assert_eq!(of(&payload), TokenError::Claims);
    }
}

#[test]
fn times_are_plausible() {
    let now = NOW.unix_timestamp();
    for (iat, exp, expected) in [
        (now, now, TokenError::Claims),
        (now, now - 1, TokenError::Claims),
        (now, now + MAX_LIFETIME_SECONDS + 1, TokenError::Claims),
        (now, i64::MAX, TokenError::Claims),
        (i64::MIN, i64::MAX, TokenError::Claims),
        (i64::MAX - 10, i64::MAX, TokenError::Claims),
        (now + 61, now + 100, TokenError::Claims),
        (now - 900, now, TokenError::Expired),
        (i64::MIN, i64::MIN + 1, TokenError::Expired),
        (-10, -5, TokenError::Expired),
    ] {
        let mut payload = payload();
        payload["iat"] = json!(iat);
        payload["exp"] = json!(exp);
        assert_eq!(of(&payload), expected, "{iat} {exp}");
    }
}
