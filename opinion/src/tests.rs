use super::*;
use std::collections::BTreeMap;

#[test]
fn both_say_the_same_of_thousands_of_cases_of_each_answer() {
    let second = Second::new().unwrap();
    let mut answers = BTreeMap::new();
    for number in 0..4_000 {
        let case = random::case(number);
        let ours = first(&case);
        assert_eq!(second.answer(&case).unwrap(), ours, "case {number}");
        *answers.entry(ours).or_insert(0) += 1;
    }
    assert_eq!(answers.len(), 3);
    assert!(answers.values().all(|count| *count > 400), "{answers:?}");
}

/// Each reason of the first opinion is met, so that each of its branches had a second one.
#[test]
fn the_cases_meet_every_reason() {
    let mut met = std::collections::BTreeSet::new();
    for number in 0..100_000 {
        let case = random::case(number);
        let path = Path { space: case.space_of_path.as_ref(), id: case.id_of_path.as_deref() };
        match decide(&case.credential, &case.route, &path, &case.records, &case.circumstances) {
            Decision::Allow(_) => {}
            Decision::Forbidden(reason) => drop(met.insert(format!("{reason:?}"))),
            Decision::Unauthorized(reason) => drop(met.insert(format!("{reason:?}"))),
        }
    }
    let expected = [
        "Address",
        "ApiKeys",
        "CredentialKind",
        "Disabled",
        "Expired",
        "Mismatch",
        "NoSpace",
        "OrganizationRole",
        "ReadOnly",
        "Restricted",
        "Revoked",
        "Secret",
        "ServiceAccount",
        "SpaceRole",
        "Suspended",
        "Unknown",
    ];
    assert_eq!(met.into_iter().collect::<Vec<_>>(), expected);
}
