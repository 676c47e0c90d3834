use super::{audited, event, table_with_admin};
use crate::support::{
    records::{ORG, admin, organization, password, policy, user},
    table::{TestTable, table},
    wire::Fault,
};
use auth::{
    address::Addresses,
    audit::Action,
    ids::OrganizationId,
    records::{Organization, Policy},
};
use store::{Created, POLICY_COPIES, Published, Write};

async fn copies(table: &TestTable) -> Vec<Policy> {
    let mut copies = Vec::new();
    for copy in 0..POLICY_COPIES {
        copies.push(table.store.policy(ORG, copy).await.unwrap().unwrap());
    }
    copies
}

#[tokio::test]
async fn an_organization_is_made_with_its_first_admin_in_one_transaction() {
    let (table, first) = table_with_admin().await;
    assert_eq!(table.store.organization(ORG).await, Ok(Some(organization())));
    assert_eq!(table.store.user(first.id).await, Ok(Some(first.clone())));
    assert_eq!(copies(&table).await, vec![policy(); 16]);

    let other = Organization { id: OrganizationId::from_bits(12), ..organization() };
    let taken = auth::records::User { organization: other.id, email: first.email, ..admin(2) };
    let policy = Policy::initial(other.id);
    let made = table.store.create_organization(&other, &policy, &taken, Some(&password(&taken))).await;
    assert_eq!(made, Ok(Created::EmailTaken));
    assert_eq!(table.store.organization(other.id).await, Ok(None), "nothing of it is written");
    assert_eq!(table.store.policy(other.id, 0).await, Ok(None));
}

#[tokio::test]
async fn an_organization_s_admins_are_counted_and_not_believed() {
    let table = table().await;
    let wrong = Organization { admins: 7, ..organization() };
    let made = table.store.create_organization(&wrong, &policy(), &user(1), None).await;
    assert_eq!(made, Ok(Created::Done));
    assert_eq!(table.store.organization(ORG).await.unwrap().unwrap().admins, 0);
}

#[tokio::test]
async fn an_organization_that_exists_is_not_made_again() {
    let (table, _) = table_with_admin().await;
    assert!(table.store.create_organization(&organization(), &policy(), &admin(2), None).await.is_err());
    assert_eq!(table.store.user(admin(2).id).await, Ok(None));
}

#[tokio::test]
async fn sixteen_copies_are_equal_after_changes_at_once() {
    let (table, _) = table_with_admin().await;
    for version in 1..=5 {
        let short = Policy { session_seconds: 300, ..policy() };
        let long = Policy { session_seconds: 3600, suspended: true, ..policy() };
        let results = tokio::join!(
            table.store.put_policy(&short, version, None),
            table.store.put_policy(&long, version, None)
        );
        let winner = match results {
            (Ok(Write::Done), Ok(Write::Conflict)) => short,
            (Ok(Write::Conflict), Ok(Write::Done)) => long,
            other => panic!("{other:?}"),
        };
        assert_eq!(copies(&table).await, vec![Policy { version: version + 1, ..winner }; 16]);
    }
}

#[tokio::test]
async fn a_policy_that_was_changed_meanwhile_or_never_made_is_not_overwritten() {
    let (table, _) = table_with_admin().await;
    assert_eq!(table.store.put_policy(&policy(), 2, None).await, Ok(Write::Conflict));
    let other = Policy::initial(OrganizationId::from_bits(12));
    assert_eq!(table.store.put_policy(&other, 1, None).await, Ok(Write::Conflict));
    assert_eq!(table.store.policy(other.organization, 0).await, Ok(None));
}

#[tokio::test]
async fn what_is_published_is_replaced_by_whoever_read_it_last() {
    let table = table().await;
    assert_eq!(table.store.published().await, Ok(None));
    let key = auth::signing::PublicKey {
        kid: "one".to_owned(),
        x: [1; 32],
        y: [2; 32],
        sign_from: crate::support::records::NOW,
        retire_at: None,
    };
    let first =
        Published { base_url: "https://auth.example".to_owned(), keys: vec![key.clone()], version: 1 };
    assert_eq!(table.store.publish(&first, None).await, Ok(Write::Done));
    assert_eq!(table.store.published().await, Ok(Some(first.clone())));
    let other = Published { base_url: "https://other.example".to_owned(), ..first.clone() };
    assert_eq!(table.store.publish(&other, None).await, Ok(Write::Conflict));
    assert_eq!(table.store.publish(&other, Some(7)).await, Ok(Write::Conflict));

    let retired = auth::signing::PublicKey { retire_at: Some(crate::support::records::NOW), ..key };
    let next = Published { keys: vec![retired], ..first };
    let results = tokio::join!(table.store.publish(&next, Some(1)), table.store.publish(&other, Some(1)));
    let winner = match results {
        (Ok(Write::Done), Ok(Write::Conflict)) => next,
        (Ok(Write::Conflict), Ok(Write::Done)) => other,
        other => panic!("{other:?}"),
    };
    assert_eq!(table.store.published().await, Ok(Some(Published { version: 2, ..winner })));
}

#[tokio::test]
async fn a_policy_comes_back_whole_and_its_event_is_written_with_it_or_not_at_all() {
    let (table, _) = table_with_admin().await;
    let strict = Policy {
        session_seconds: 300,
        refresh_idle_seconds: 3600,
        refresh_absolute_seconds: 7200,
        api_keys_allowed: false,
        max_key_age_days: Some(90),
        addresses: Addresses::parse(&["203.0.113.0/24", "2001:db8::/32"]).unwrap(),
        ..policy()
    };
    let event = event(Action::PolicyUpdated);
    let lost = table.store.put_policy(&strict, 7, Some(&event)).await;
    assert_eq!(lost, Ok(Write::Conflict));
    assert_eq!(audited(&table).await, vec![]);

    table.wire.breaks_once_each([Fault::AnswerLost]);
    assert_eq!(table.store.put_policy(&strict, 1, Some(&event)).await, Ok(Write::Done));
    assert_eq!(copies(&table).await, vec![Policy { version: 2, ..strict.clone() }; 16]);
    assert_eq!(audited(&table).await, vec![event.clone()]);

    let again = table.store.put_policy(&policy(), 2, Some(&event)).await;
    assert_eq!(again, Ok(Write::Conflict), "an event is not written twice");
    assert_eq!(copies(&table).await, vec![Policy { version: 2, ..strict }; 16]);
}
