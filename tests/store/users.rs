use super::table_with_admin;
use crate::support::records::{ORG, admin, key, password, session, user};
use auth::{access::OrganizationRole, ids::UserId, records::User};
use store::{AdminChange, CreateKey, Created, Write};

#[tokio::test]
async fn a_user_is_found_by_id_and_by_address() {
    let (table, _) = table_with_admin().await;
    let member = user(2);
    assert_eq!(table.store.create_user(&member, Some(&password(&member))).await, Ok(Created::Done));
    assert_eq!(table.store.user(member.id).await, Ok(Some(member.clone())));
    assert_eq!(table.store.user_by_email(&member.email).await, Ok(Some((ORG, member.id))));
    assert_eq!(table.store.user(UserId::from_bits(3)).await, Ok(None));
    assert_eq!(table.store.user_by_email(&user(3).email).await, Ok(None));
}

#[tokio::test]
async fn an_address_belongs_to_one_user_whatever_happens_at_once() {
    let (table, first) = table_with_admin().await;
    let (one, two) = (admin(2), User { email: admin(2).email, ..admin(3) });
    let results = tokio::join!(table.store.create_user(&one, None), table.store.create_user(&two, None));
    assert!(
        matches!(
            results,
            (Ok(Created::Done), Ok(Created::EmailTaken)) | (Ok(Created::EmailTaken), Ok(Created::Done))
        ),
        "{results:?}"
    );
    let (_, owner) = table.store.user_by_email(&one.email).await.unwrap().unwrap();
    let loser = if owner == one.id { two.id } else { one.id };
    assert_eq!(table.store.user(loser).await, Ok(None), "nothing of the loser is written");
    assert_eq!(table.store.organization(first.organization).await.unwrap().unwrap().admins, 2);
}

#[tokio::test]
async fn a_name_is_changed_and_no_user_is_made_of_a_name() {
    let (table, first) = table_with_admin().await;
    let renamed = table.store.rename_user(first.id, "Ada").await;
    assert_eq!(renamed, Ok(Some(User { name: "Ada".to_owned(), ..first })));
    assert_eq!(table.store.rename_user(UserId::from_bits(99), "Nobody").await, Ok(None));
    assert_eq!(table.store.user(UserId::from_bits(99)).await, Ok(None));
    assert_eq!(table.store.end_sessions(UserId::from_bits(99)).await, Ok(None));
    assert_eq!(table.store.end_keys(UserId::from_bits(99)).await, Ok(None));
}

#[tokio::test]
async fn an_epoch_counts_each_time_and_only_its_own() {
    let (table, first) = table_with_admin().await;
    let ended = table.store.end_sessions(first.id).await.unwrap().unwrap();
    assert_eq!((ended.session_epoch, ended.key_epoch), (first.session_epoch + 1, first.key_epoch));
    let ended = table.store.end_keys(first.id).await.unwrap().unwrap();
    assert_eq!((ended.session_epoch, ended.key_epoch), (first.session_epoch + 1, first.key_epoch + 1));
    let (one, two) = tokio::join!(table.store.end_keys(first.id), table.store.end_keys(first.id));
    assert_ne!(one.unwrap().unwrap().key_epoch, two.unwrap().unwrap().key_epoch);
}

#[tokio::test]
async fn the_last_active_admin_keeps_role_and_access() {
    let (table, first) = table_with_admin().await;
    let demote = |user: &User| table.store.set_organization_role(user.id, OrganizationRole::Member);
    let disable = |user: &User| table.store.set_user_disabled(user.id, true);
    assert_eq!(demote(&first).await, Ok(AdminChange::LastAdmin));
    assert_eq!(disable(&first).await, Ok(AdminChange::LastAdmin));

    let second = admin(2);
    assert_eq!(table.store.create_user(&second, None).await, Ok(Created::Done));
    assert_eq!(disable(&second).await, Ok(AdminChange::Done));
    assert_eq!(disable(&second).await, Ok(AdminChange::Done), "again is no error and no count");
    assert_eq!(demote(&first).await, Ok(AdminChange::LastAdmin), "a disabled admin does not count");
    assert_eq!(demote(&second).await, Ok(AdminChange::Done), "a disabled one may always go");
    assert_eq!(table.store.set_user_disabled(second.id, false).await, Ok(AdminChange::Done));
    let promoted = table.store.set_organization_role(second.id, OrganizationRole::Admin).await;
    assert_eq!(promoted, Ok(AdminChange::Done));
    assert_eq!(table.store.organization(ORG).await.unwrap().unwrap().admins, 2);
    assert_eq!(demote(&first).await, Ok(AdminChange::Done));
    assert_eq!(disable(&second).await, Ok(AdminChange::LastAdmin));
    assert_eq!(table.store.organization(ORG).await.unwrap().unwrap().admins, 1);

    assert_eq!(disable(&user(99)).await, Ok(AdminChange::NotFound));
}

#[tokio::test]
async fn of_two_admins_that_go_at_once_one_stays() {
    for round in 0..10 {
        let (table, first) = table_with_admin().await;
        let second = admin(2);
        assert_eq!(table.store.create_user(&second, None).await, Ok(Created::Done));
        let results = tokio::join!(
            table.store.set_organization_role(first.id, OrganizationRole::Member),
            table.store.set_user_disabled(second.id, true),
        );
        assert!(
            matches!(
                results,
                (Ok(AdminChange::Done), Ok(AdminChange::LastAdmin))
                    | (Ok(AdminChange::LastAdmin), Ok(AdminChange::Done))
            ),
            "round {round}: {results:?}"
        );
        assert_eq!(table.store.organization(ORG).await.unwrap().unwrap().admins, 1);
    }
}

#[tokio::test]
async fn a_disabled_user_makes_neither_session_nor_key() {
    let (table, _) = table_with_admin().await;
    let member = user(2);
    assert_eq!(table.store.create_user(&member, None).await, Ok(Created::Done));
    assert_eq!(table.store.set_user_disabled(member.id, true).await, Ok(AdminChange::Done));
    assert_eq!(table.store.create_session(&session(&member, 8), None).await, Ok(Write::Conflict));
    assert_eq!(table.store.create_key(&key(&member, 7)).await, Ok(CreateKey::UserGone));
}

#[tokio::test]
async fn an_admin_of_an_organization_that_is_not_there_is_not_made() {
    let table = crate::support::table::table().await;
    assert!(table.store.create_user(&admin(2), None).await.is_err());
    assert_eq!(table.store.user(admin(2).id).await, Ok(None));
}
