use super::table_with_admin;
use crate::support::{
    records::{ORG, membership, product, slug, space, user},
    table::TestTable,
    wire::Fault,
};
use auth::{
    access::SpaceRole,
    ids::{OrganizationId, Slug},
    records::Space,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use store::{Created, MemberChange, SpaceRest, Write};

#[tokio::test]
async fn a_space_is_made_with_its_first_admin_and_a_slug_is_one_space_s() {
    let (table, admin) = table_with_admin().await;
    let tools = space(9, "tools");
    let creator = membership(&admin, &tools, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&tools, Some(&creator)).await, Ok(Write::Done));
    assert_eq!(
        table.store.space(ORG, &tools.slug).await,
        Ok(Some(Space { admins: 1, members: 1, ..tools.clone() }))
    );
    assert_eq!(table.store.memberships_of(admin.id).await, Ok(vec![creator]));
    assert_eq!(table.store.space(OrganizationId::from_bits(12), &tools.slug).await, Ok(None));

    assert_eq!(table.store.create_space(&space(10, "tools"), None).await, Ok(Write::Conflict));
    assert_eq!(table.store.space(ORG, &tools.slug).await.unwrap().unwrap().id, tools.id);
}

#[tokio::test]
async fn of_two_spaces_of_one_slug_at_once_one_is_made() {
    let (table, _) = table_with_admin().await;
    let (one, two) = (space(9, "tools"), space(10, "tools"));
    let results = tokio::join!(table.store.create_space(&one, None), table.store.create_space(&two, None));
    let winner = match results {
        (Ok(Write::Done), Ok(Write::Conflict)) => one,
        (Ok(Write::Conflict), Ok(Write::Done)) => two,
        other => panic!("{other:?}"),
    };
    assert_eq!(table.store.space(ORG, &winner.slug).await, Ok(Some(winner)));
}

#[tokio::test]
async fn spaces_are_listed_and_looked_up_by_slug_whatever_their_number() {
    let (table, _) = table_with_admin().await;
    let spaces: Vec<Space> = (100..230).map(|bits| space(bits, &format!("s{bits}"))).collect();
    for space in &spaces {
        assert_eq!(table.store.create_space(space, None).await, Ok(Write::Done));
    }
    assert_eq!(table.store.spaces_of(ORG).await, Ok(spaces.clone()));

    let mut slugs: Vec<Slug> = spaces.iter().rev().map(|space| space.slug.clone()).collect();
    slugs.extend([slug("nowhere"), slug("s100"), slug("s100")]);
    assert_eq!(table.store.spaces_by_slug(ORG, &slugs).await, Ok(spaces));
    assert_eq!(table.store.spaces_by_slug(ORG, &[]).await, Ok(vec![]));
}

/// Deletes a space, however often that takes.
async fn delete(table: &TestTable, space: &Space) -> usize {
    assert_eq!(table.store.begin_space_deletion(space).await, Ok(Write::Done));
    let mut calls = 1;
    while table.store.delete_some_of_space(space).await.unwrap() != SpaceRest::Gone {
        calls += 1;
    }
    calls
}

#[tokio::test]
async fn a_space_of_many_members_is_deleted_in_parts_and_leaves_none() {
    let (table, admin) = table_with_admin().await;
    let tools = space(9, "tools");
    let creator = membership(&admin, &tools, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&tools, Some(&creator)).await, Ok(Write::Done));
    let people: Vec<_> = (100..350).map(user).collect();
    for person in &people {
        assert_eq!(table.store.create_user(person, None).await, Ok(Created::Done));
        let viewer = membership(person, &tools, SpaceRole::Viewer);
        assert_eq!(table.store.put_member(&viewer).await, Ok(MemberChange::Done));
    }
    for bits in 0..150 {
        assert_eq!(table.store.create_product(&product(&tools, bits)).await, Ok(Write::Done));
    }
    assert_eq!(table.store.space(ORG, &tools.slug).await.unwrap().unwrap().members, 251);
    assert!(delete(&table, &tools).await > 2);
    assert_eq!(table.store.space(ORG, &tools.slug).await, Ok(None));
    for person in people.iter().chain([&admin]) {
        assert_eq!(table.store.memberships_of(person.id).await, Ok(vec![]));
    }
    assert_eq!(table.store.products_page(tools.id, None, 1).await.unwrap().products, vec![]);
    // And the slug is free.
    assert_eq!(table.store.create_space(&space(10, "tools"), None).await, Ok(Write::Done));
}

#[tokio::test]
async fn a_space_that_is_being_deleted_takes_no_member_no_name_and_frees_no_slug() {
    let (table, admin) = table_with_admin().await;
    let tools = space(9, "tools");
    let creator = membership(&admin, &tools, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&tools, Some(&creator)).await, Ok(Write::Done));
    assert_eq!(table.store.begin_space_deletion(&tools).await, Ok(Write::Done));
    let again = table.store.space(ORG, &tools.slug).await.unwrap().unwrap();
    assert!(again.deleting);
    assert_eq!(table.store.begin_space_deletion(&again).await, Ok(Write::Done), "again is no error");
    assert_eq!(table.store.begin_space_deletion(&tools).await, Ok(Write::Done), "nor for who read it before");
    assert_eq!(table.store.create_user(&user(2), None).await, Ok(Created::Done));
    let late = membership(&user(2), &tools, SpaceRole::Viewer);
    assert_eq!(table.store.put_member(&late).await, Ok(MemberChange::NoSpace));
    assert_eq!(table.store.remove_member(admin.id, ORG, &tools.slug).await, Ok(MemberChange::NoSpace));
    assert_eq!(table.store.rename_space(&tools, "Other").await, Ok(None));
    assert_eq!(table.store.create_space(&space(10, "tools"), None).await, Ok(Write::Conflict));
    assert_eq!(table.store.spaces_page(ORG, None, 10).await.unwrap().spaces, vec![]);
}

#[tokio::test]
async fn a_deletion_that_is_cut_off_anywhere_is_finished_by_the_next() {
    let mut cut = 1;
    loop {
        let (table, admin) = table_with_admin().await;
        let tools = space(9, "tools");
        let creator = membership(&admin, &tools, SpaceRole::Admin);
        assert_eq!(table.store.create_space(&tools, Some(&creator)).await, Ok(Write::Done));
        assert_eq!(table.store.create_user(&user(2), None).await, Ok(Created::Done));
        let viewer = membership(&user(2), &tools, SpaceRole::Viewer);
        assert_eq!(table.store.put_member(&viewer).await, Ok(MemberChange::Done));
        assert_eq!(table.store.create_product(&product(&tools, 1)).await, Ok(Write::Done));
        let broken = breaks_at(&table, cut);
        let mut whole = table.store.begin_space_deletion(&tools).await.is_ok();
        while whole {
            match table.store.delete_some_of_space(&tools).await {
                Ok(SpaceRest::Gone) => break,
                Ok(_) => {}
                Err(_) => whole = false,
            }
        }
        table.wire.mend();
        if !broken.load(Ordering::Relaxed) {
            assert!(cut > 4, "each call was cut off once");
            return;
        }
        delete(&table, &tools).await;
        assert_eq!(table.store.space(ORG, &tools.slug).await, Ok(None), "cut off at {cut}");
        for person in [&admin, &user(2)] {
            assert_eq!(table.store.memberships_of(person.id).await, Ok(vec![]), "cut off at {cut}");
        }
        cut += 1;
    }
}

/// Lets the call of this number be lost, counted from 1. Whether it came to that.
fn breaks_at(table: &TestTable, number: usize) -> Arc<AtomicBool> {
    let (count, broken) = (AtomicUsize::new(0), Arc::new(AtomicBool::new(false)));
    let told = Arc::clone(&broken);
    table.wire.breaks(move |_| {
        // The process is gone: this call, and all that would come after it.
        (count.fetch_add(1, Ordering::Relaxed) + 1 >= number).then(|| {
            told.store(true, Ordering::Relaxed);
            Fault::Refused(400, "AccessDeniedException")
        })
    });
    broken
}

#[tokio::test]
async fn a_slug_used_again_revives_no_membership() {
    let (table, admin) = table_with_admin().await;
    let (old, new) = (space(9, "tools"), space(10, "tools"));
    let member = user(2);
    assert_eq!(table.store.create_user(&member, None).await, Ok(Created::Done));
    let creator = membership(&admin, &old, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&old, Some(&creator)).await, Ok(Write::Done));
    let left = membership(&member, &old, SpaceRole::Admin);
    assert_eq!(table.store.put_member(&left).await, Ok(MemberChange::Done));

    // As an earlier release left it behind.
    let (pk, sk) = (format!("USER#{}", member.id), "SPACE#tools");
    let left_behind = table.item(&pk, sk).await.unwrap();
    assert_eq!(table.store.begin_space_deletion(&new).await, Ok(Write::Conflict), "not this space's slug");
    delete(&table, &old).await;
    assert_eq!(table.store.memberships_of(member.id).await, Ok(vec![]));
    table.put(left_behind).await;
    assert_eq!(table.store.space(ORG, &old.slug).await, Ok(None));
    assert_eq!(table.store.put_member(&left).await, Ok(MemberChange::NoSpace));
    let creator = membership(&admin, &new, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&new, Some(&creator)).await, Ok(Write::Done));
    assert_eq!(table.store.memberships_of(admin.id).await, Ok(vec![creator]), "the maker's is replaced");

    // The one that was left names another space, and no change of it counts in the new one.
    let lookup = store::Lookup {
        organization: ORG,
        user: member.id,
        credential: auth::decide::CredentialId::ApiKey(auth::ids::KeyId::from_bits(1)),
        space: Some(&new.slug),
        policy_copy: 0,
    };
    let records = table.store.decision_records(&lookup).await.unwrap();
    assert_eq!(records.membership.unwrap().space, old.id);
    assert_eq!(records.space.unwrap().id, new.id);
    assert_eq!(table.store.remove_member(member.id, ORG, &new.slug).await, Ok(MemberChange::NoMember));
    assert_eq!(table.store.put_member(&left).await, Ok(MemberChange::NoSpace));
    let viewer = membership(&member, &new, SpaceRole::Viewer);
    assert_eq!(table.store.put_member(&viewer).await, Ok(MemberChange::Done));
    assert_eq!(table.store.memberships_of(member.id).await, Ok(vec![viewer]));
    assert_eq!(table.store.space(ORG, &new.slug).await.unwrap().unwrap().admins, 1, "the old Admin is none");
}
