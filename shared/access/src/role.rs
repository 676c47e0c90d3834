//! The roles of a user, in its organization and in each space.

/// A role in the organization. `Member < Admin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrganizationRole {
    /// Belongs to it.
    Member,
    /// Runs it, and is Admin in each of its spaces.
    Admin,
}

/// A role in a space. `Viewer < Editor < Admin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpaceRole {
    /// Reads.
    Viewer,
    /// Reads and writes.
    Editor,
    /// Also decides who is a member.
    Admin,
}

impl OrganizationRole {
    /// Every role, least first.
    pub const ALL: [Self; 2] = [Self::Member, Self::Admin];

    /// The word for it in the API, the document and the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
        }
    }

    /// The role of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl SpaceRole {
    /// Every role, least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Editor, Self::Admin];

    /// The word for it in the API, the document and the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The role of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// The role that counts in a space that exists: an organization admin is Admin in each of its spaces, for
/// everybody else the membership decides. `None` is no access.
pub fn effective_space_role(
    organization: OrganizationRole,
    membership: Option<SpaceRole>,
) -> Option<SpaceRole> {
    match organization {
        OrganizationRole::Admin => Some(SpaceRole::Admin),
        OrganizationRole::Member => membership,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_includes_the_lesser_ones() {
        assert!(SpaceRole::Viewer < SpaceRole::Editor && SpaceRole::Editor < SpaceRole::Admin);
        assert!(OrganizationRole::Member < OrganizationRole::Admin);
    }

    #[test]
    fn a_role_comes_back_from_its_name_and_no_other_name_is_one() {
        for role in SpaceRole::ALL {
            assert_eq!(SpaceRole::parse(role.as_str()), Some(role));
        }
        for role in OrganizationRole::ALL {
            assert_eq!(OrganizationRole::parse(role.as_str()), Some(role));
        }
        for name in ["", "Admin", "owner", "viewer ", "superuser"] {
            assert_eq!(SpaceRole::parse(name), None);
            assert_eq!(OrganizationRole::parse(name), None);
        }
    }

    #[test]
    fn an_organization_admin_needs_no_membership_and_a_member_needs_one() {
        assert_eq!(effective_space_role(OrganizationRole::Admin, None), Some(SpaceRole::Admin));
        assert_eq!(
            effective_space_role(OrganizationRole::Admin, Some(SpaceRole::Viewer)),
            Some(SpaceRole::Admin)
        );
        assert_eq!(effective_space_role(OrganizationRole::Member, None), None);
        assert_eq!(
            effective_space_role(OrganizationRole::Member, Some(SpaceRole::Viewer)),
            Some(SpaceRole::Viewer)
        );
    }
}
