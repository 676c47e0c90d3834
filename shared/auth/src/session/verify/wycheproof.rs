//! Project Wycheproof's signatures of P-256 with SHA-256 in the form of JWS (<https://github.com/C2SP/wycheproof>): known
//! attacks on verifiers, such as zeros, multiples of the order, points at infinity and other encodings.

use super::{PublicKey, SIGNATURE_BYTES, Verifier};
use time::OffsetDateTime;
use wycheproof::{
    TestResult,
    ecdsa::{TestName, TestSet},
};

#[test]
fn every_signature_is_judged_as_wycheproof_says() {
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let (mut good, mut bad) = (0, 0);
    for group in set.test_groups {
        let point: [u8; 65] = group.key.key.as_ref().try_into().unwrap();
        let public = PublicKey {
            kid: "one".to_owned(),
            x: point[1..33].try_into().unwrap(),
            y: point[33..].try_into().unwrap(),
            sign_from: OffsetDateTime::UNIX_EPOCH,
            retire_at: None,
        };
        let verifier = Verifier::new("issuer", &[public]).unwrap();
        for test in group.tests {
            let accepted = verifier.keys["one"].check_signature(&test.msg, &test.sig).is_ok();
            match test.result {
                TestResult::Valid => good += 1,
                TestResult::Invalid => bad += 1,
                // There is one form of a signature: what is only acceptable is not accepted in another length.
                TestResult::Acceptable => assert!(!accepted || test.sig.len() == SIGNATURE_BYTES),
            }
            let expected = test.result == TestResult::Valid;
            assert!(
                accepted == expected || test.result == TestResult::Acceptable,
                "{}: {}",
                test.tc_id,
                test.comment
            );
        }
    }
    assert!(good > 150 && bad > 80, "{good} good and {bad} bad ones");
}
