use super::table_with_admin;
use crate::support::records::{ORG, membership, slug, space, user};
use auth::{
    access::SpaceRole,
    ids::{OrganizationId, Slug},
    records::Space,
};
use store::{MemberChange, Write};

#[tokio::test]
async fn a_space_is_made_with_its_first_admin_and_a_slug_is_one_space_s() {
    let (table, admin) = table_with_admin().await;
    let tools = space(9, "tools");
    let creator = membership(&admin, &tools, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&tools, Some(&creator)).await, Ok(Write::Done));
    assert_eq!(table.store.space(ORG, &tools.slug).await, Ok(Some(Space { admins: 1, ..tools.clone() })));
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

#[tokio::test]
async fn a_slug_used_again_revives_no_membership() {
    let (table, admin) = table_with_admin().await;
    let (old, new) = (space(9, "tools"), space(10, "tools"));
    let member = user(2);
    let creator = membership(&admin, &old, SpaceRole::Admin);
    assert_eq!(table.store.create_space(&old, Some(&creator)).await, Ok(Write::Done));
    let left = membership(&member, &old, SpaceRole::Admin);
    assert_eq!(table.store.put_member(&left).await, Ok(MemberChange::Done));

    assert_eq!(table.store.delete_space(&new).await, Ok(Write::Conflict), "not this space's slug");
    assert_eq!(table.store.delete_space(&old).await, Ok(Write::Done));
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
