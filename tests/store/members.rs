use super::table_with_admin;
use crate::support::{
    records::{ORG, membership, slug, space, user},
    table::TestTable,
};
use auth::{access::SpaceRole, records::Space};
use aws_sdk_dynamodb::types::AttributeValue;
use store::{Created, MemberChange, Write};

/// A table with a space whose one Admin is user 1.
async fn with_space() -> (TestTable, Space) {
    let (table, admin) = table_with_admin().await;
    let tools = space(9, "tools");
    let creator = membership(&admin, &tools, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&tools, Some(&creator)).await, Ok(Write::Done));
    assert_eq!(table.store.create_user(&user(2), None).await, Ok(Created::Done));
    (table, tools)
}

async fn members(table: &TestTable, space: &Space) -> u32 {
    table.store.space(ORG, &space.slug).await.unwrap().unwrap().members
}

async fn admins(table: &TestTable, space: &Space) -> u32 {
    table.store.space(ORG, &space.slug).await.unwrap().unwrap().admins
}

#[tokio::test]
async fn a_role_is_given_changed_and_taken_and_the_admins_are_counted() {
    let (table, tools) = with_space().await;
    let member = user(2);
    for (role, count) in [
        (SpaceRole::Viewer, 1),
        (SpaceRole::Editor, 1),
        (SpaceRole::Admin, 2),
        (SpaceRole::Admin, 2),
        (SpaceRole::Viewer, 1),
        (SpaceRole::Admin, 2),
    ] {
        let wanted = membership(&member, &tools, role);
        assert_eq!(table.store.put_member(&wanted).await, Ok(MemberChange::Done));
        assert_eq!(table.store.memberships_of(member.id).await, Ok(vec![wanted]));
        assert_eq!(admins(&table, &tools).await, count, "{role:?}");
        assert_eq!(members(&table, &tools).await, 2, "{role:?}");
    }
    let remove = || table.store.remove_member(member.id, ORG, &tools.slug);
    assert_eq!(remove().await, Ok(MemberChange::Done));
    assert_eq!(remove().await, Ok(MemberChange::NoMember));
    assert_eq!(table.store.memberships_of(member.id).await, Ok(vec![]));
    assert_eq!((admins(&table, &tools).await, members(&table, &tools).await), (1, 1));
}

#[tokio::test]
async fn nobody_who_is_not_there_or_is_being_deleted_enters_a_space() {
    let (table, tools) = with_space().await;
    let stranger = membership(&user(3), &tools, SpaceRole::Viewer);
    assert_eq!(table.store.put_member(&stranger).await, Ok(MemberChange::NoUser));
    let mut leaving = table.item(&format!("USER#{}", user(2).id), "PROFILE").await.unwrap();
    leaving.insert("deleting".to_owned(), AttributeValue::Bool(true));
    table.put(leaving).await;
    let late = membership(&user(2), &tools, SpaceRole::Viewer);
    assert_eq!(table.store.put_member(&late).await, Ok(MemberChange::NoUser));
    assert_eq!(members(&table, &tools).await, 1);
}

#[tokio::test]
async fn members_come_in_pages_and_each_page_is_one_query_and_one_read() {
    let (table, tools) = with_space().await;
    for bits in 3..=12 {
        assert_eq!(table.store.create_user(&user(bits), None).await, Ok(Created::Done));
        let viewer = membership(&user(bits), &tools, SpaceRole::Viewer);
        assert_eq!(table.store.put_member(&viewer).await, Ok(MemberChange::Done));
    }
    table.wire.take();
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = table.store.members_page(&tools, after, 4).await.unwrap();
        let calls: Vec<_> = table.wire.take().into_iter().map(|call| call.operation).collect();
        assert_eq!(calls, ["Query", "BatchGetItem"]);
        found.extend(page.members.iter().map(|it| it.user));
        pages += 1;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let mut expected: Vec<_> = [1].into_iter().chain(3..=12).map(|bits| user(bits).id).collect();
    expected.sort();
    found.sort();
    assert_eq!((found, pages), (expected, 3));
}

#[tokio::test]
async fn the_last_admin_of_a_space_stays() {
    let (table, tools) = with_space().await;
    let first = user(1);
    let lesser = membership(&first, &tools, SpaceRole::Editor);
    assert_eq!(table.store.put_member(&lesser).await, Ok(MemberChange::LastAdmin));
    let removed = table.store.remove_member(first.id, ORG, &tools.slug).await;
    assert_eq!(removed, Ok(MemberChange::LastAdmin));
    assert_eq!(table.store.memberships_of(first.id).await.unwrap()[0].role, SpaceRole::Admin);
}

#[tokio::test]
async fn there_is_no_member_of_no_space() {
    let (table, tools) = with_space().await;
    let nowhere = space(10, "nowhere");
    let role = membership(&user(2), &nowhere, SpaceRole::Viewer);
    assert_eq!(table.store.put_member(&role).await, Ok(MemberChange::NoSpace));
    let wrong_id = auth::records::Membership { space: nowhere.id, slug: tools.slug, ..role };
    assert_eq!(table.store.put_member(&wrong_id).await, Ok(MemberChange::NoSpace));
    let removed = table.store.remove_member(user(1).id, ORG, &slug("nowhere")).await;
    assert_eq!(removed, Ok(MemberChange::NoSpace));
    assert_eq!(table.store.memberships_of(user(2).id).await, Ok(vec![]));
}

#[tokio::test]
async fn of_two_admins_that_leave_at_once_one_stays() {
    for round in 0..10 {
        let (table, tools) = with_space().await;
        let (one, two) = (user(1), user(2));
        let second = membership(&two, &tools, SpaceRole::Admin);
        assert_eq!(table.store.put_member(&second).await, Ok(MemberChange::Done));
        let lesser = membership(&two, &tools, SpaceRole::Viewer);
        let results = tokio::join!(
            table.store.remove_member(one.id, ORG, &tools.slug),
            table.store.put_member(&lesser),
        );
        assert!(
            matches!(
                results,
                (Ok(MemberChange::Done), Ok(MemberChange::LastAdmin))
                    | (Ok(MemberChange::LastAdmin), Ok(MemberChange::Done))
            ),
            "round {round}: {results:?}"
        );
        assert_eq!(admins(&table, &tools).await, 1);
    }
}

#[tokio::test]
async fn two_roles_given_at_once_leave_one_and_a_right_count() {
    let (table, tools) = with_space().await;
    let member = user(2);
    let (high, low) =
        (membership(&member, &tools, SpaceRole::Admin), membership(&member, &tools, SpaceRole::Viewer));
    let results = tokio::join!(table.store.put_member(&high), table.store.put_member(&low));
    assert_eq!(results, (Ok(MemberChange::Done), Ok(MemberChange::Done)));
    let stands = table.store.memberships_of(member.id).await.unwrap()[0].role;
    let expected = 1 + u32::from(stands == SpaceRole::Admin);
    assert_eq!(admins(&table, &tools).await, expected, "{stands:?}");
}
