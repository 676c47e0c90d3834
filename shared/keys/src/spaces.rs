//! The spaces to which a new key is restricted: names in the request, ids in the record.

use crate::Keys;
use auth::{
    access::effective_space_role,
    ids::Slug,
    records::{KeySpace, KeySpaces, Membership, Space, User},
};
use edge::Rejection;
use std::collections::BTreeSet;

/// How many spaces a key can be restricted to. More is what an unrestricted key is for.
const SPACES_LIMIT: usize = 50;

/// The spaces that a request names. Absent is all of the user's; an empty list is refused, for it could be
/// taken for either all or none.
///
/// # Errors
/// 422 where they are too many, too few or no names of spaces.
pub(crate) fn parse(names: Option<&[String]>) -> Result<Option<BTreeSet<Slug>>, Rejection> {
    let Some(names) = names else { return Ok(None) };
    if !(1..=SPACES_LIMIT).contains(&names.len()) {
        return Err(out_of_reach());
    }
    let slugs: Result<_, _> = names.iter().map(|name| name.parse()).collect();
    slugs.map(Some).map_err(|_| out_of_reach())
}

/// The ids of these spaces, each of which the user reaches.
///
/// # Errors
/// 422 where it does not reach one, whether that exists or not.
pub(crate) async fn resolve(
    keys: &Keys,
    user: &User,
    slugs: Option<BTreeSet<Slug>>,
) -> Result<KeySpaces, Rejection> {
    let Some(slugs) = slugs else {
        return Ok(KeySpaces::All);
    };
    let found = keys.store.spaces_and_memberships(user, &slugs).await;
    let (spaces, memberships) = found.map_err(Rejection::dependency)?;
    let wanted: Vec<Slug> = slugs.into_iter().collect();
    reached(user, &wanted, &spaces, &memberships).map(KeySpaces::Only).ok_or_else(out_of_reach)
}

/// One sentence for a name that is none, a space that is not there and one that the user does not reach.
fn out_of_reach() -> Rejection {
    Rejection::field("spaces", format!("must be the names of 1 to {SPACES_LIMIT} spaces that you reach"))
}

/// The wanted spaces, if the user reaches each of them.
fn reached(
    user: &User,
    wanted: &[Slug],
    spaces: &[Space],
    memberships: &[Membership],
) -> Option<Vec<KeySpace>> {
    wanted
        .iter()
        .map(|slug| {
            let space = spaces.iter().find(|space| space.slug == *slug)?;
            // By id: a membership of an earlier space of this slug counts for nothing.
            let membership = memberships.iter().find(|it| it.space == space.id).map(|it| it.role);
            effective_space_role(user.organization_role, membership)?;
            Some(KeySpace { id: space.id, slug: space.slug.clone() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::tests::user;
    use auth::{
        access::{OrganizationRole, SpaceRole},
        ids::SpaceId,
    };

    fn slug(text: &str) -> Slug {
        text.parse().unwrap()
    }

    fn space(id: u64, name: &str) -> Space {
        Space {
            id: SpaceId::from_bits(id),
            organization: user().organization,
            slug: slug(name),
            name: name.to_owned(),
            created_at: user().created_at,
            admins: 1,
            members: 0,
            deleting: false,
        }
    }

    fn member(id: u64, name: &str) -> Membership {
        Membership {
            user: user().id,
            organization: user().organization,
            slug: slug(name),
            space: SpaceId::from_bits(id),
            role: SpaceRole::Viewer,
        }
    }

    #[test]
    fn a_member_restricts_a_key_to_its_own_spaces_and_an_organization_admin_to_any() {
        let spaces = [space(1, "north"), space(2, "south")];
        let memberships = [member(1, "north"), member(9, "south")];
        let admin = User { organization_role: OrganizationRole::Admin, ..user() };
        let ids = |user: &User, wanted: &[&str], memberships: &[Membership]| {
            let wanted: Vec<_> = wanted.iter().map(|name| slug(name)).collect();
            let found = reached(user, &wanted, &spaces, memberships)?;
            Some(found.iter().map(|it| it.id.bits()).collect::<Vec<_>>())
        };
        assert_eq!(ids(&user(), &["north"], &memberships), Some(vec![1]));
        assert_eq!(ids(&user(), &["north", "south"], &memberships), None, "of an earlier space named south");
        assert_eq!(ids(&user(), &["east"], &[member(3, "east")]), None, "a space that is gone");
        assert_eq!(ids(&admin, &["north", "south"], &[]), Some(vec![1, 2]));
        assert_eq!(ids(&admin, &["east"], &[]), None);
    }

    #[test]
    fn no_restriction_is_absent_and_never_an_empty_list() {
        let names =
            |names: &[&str]| parse(Some(&names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()));
        assert_eq!(parse(None), Ok(None));
        assert_eq!(names(&["b", "a", "b"]), Ok(Some(BTreeSet::from([slug("a"), slug("b")]))));
        for bad in [&[][..], &["North"], &["a", ""], &["a"; SPACES_LIMIT + 1]] {
            assert_eq!(names(bad), Err(out_of_reach()));
        }
    }
}
